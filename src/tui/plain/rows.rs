//! A row of a list as a sentence: which record, then what tells it from its neighbours, in words.

use std::collections::HashMap;

use crate::record::{ACTION, CHECKLIST_ITEM, Field, FieldKind, REVIEW, RISK, Record, describe, when};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::list::List;
use crate::workspace::Label;

/// What is told of the kinds that the Desk shows, the most telling first; of any other kind, its columns are.
fn told(record: &Record) -> Option<&'static [&'static str]> {
    let kinds: [(&str, &[&str]); 4] = [
        (REVIEW.name, &["tier", "stage", "due_on"]),
        (RISK.name, &["level", "status", "due_on"]),
        (CHECKLIST_ITEM.name, &["status"]),
        (ACTION.name, &["status", "due_on", "owner"]),
    ];
    kinds.into_iter().find(|(name, _)| *name == record.kind().name).map(|(_, fields)| fields)
}

/// A record as a row of a list.
#[must_use]
pub fn row(ctx: &Ctx, list: &List, record: &Record) -> String {
    let mut parts = vec![name(record).trim_end_matches('.').to_owned()];
    if list.marked.contains(record.id()) {
        parts.push("marked".to_owned());
    }
    let kind = record.kind();
    let fields: Vec<&Field> = if let Some(names) = told(record) {
        names.iter().filter_map(|name| kind.field(name)).collect()
    } else {
        let own = [kind.title, "ref"];
        kind.columns().filter(|field| field.column.is_some() && !own.contains(&field.name)).collect()
    };
    parts.extend(fields.into_iter().filter_map(|field| fact(ctx, record, field, &list.labels)));
    parts.extend(beside(list, record));
    parts.join(", ")
}

/// What a record is called: an item by its code, any other by its reference.
#[must_use]
pub fn name(record: &Record) -> String {
    let code = if record.kind() == &CHECKLIST_ITEM { record.text("code") } else { None };
    format!("{} {}", code.unwrap_or(record.reference()), record.title())
}

/// What is known beside the record: how much of a packet is answered, how much evidence an item has.
fn beside(list: &List, record: &Record) -> Option<String> {
    if record.kind() == &CHECKLIST_ITEM {
        let wanted = !record.get("required_evidence").items().is_empty();
        return match record.get("evidence").items().len() {
            0 if wanted => Some("no evidence yet".to_owned()),
            0 => None,
            1 => Some("1 piece of evidence".to_owned()),
            count => Some(format!("{count} pieces of evidence")),
        };
    }
    let progress = list.progress.get(record.id()).filter(|progress| progress.asked > 0)?;
    Some(format!("{} of {} answers", progress.answered, progress.asked))
}

/// A field of a record in few words; none where it says nothing.
fn fact(ctx: &Ctx, record: &Record, field: &Field, labels: &HashMap<String, Label>) -> Option<String> {
    let value = record.get(field.name);
    let kind = record.kind();
    match (field.name, value.as_day()) {
        ("level", _) => return Some(value.as_text().unwrap_or("not scored").to_owned()),
        ("tier", _) => return Some(tier(record)),
        ("due_on" | "target_on", Some(day)) if kind.ends() => {
            return (!kind.is_closed(record)).then(|| due(day, ctx));
        }
        _ => {}
    }
    if value.is_empty() {
        return None;
    }
    let label_of = |id: &str| labels.get(id).map(Label::shown);
    let words = describe(field, value, ctx.terms(), &label_of);
    // These say themselves what they are.
    let plain = matches!(field.name, "status" | "stage" | "lifecycle");
    Some(match field.kind {
        _ if plain => words,
        FieldKind::Flag => format!("{}: {words}", field.label.to_lowercase()),
        _ => format!("{} {words}", field.label.to_lowercase()),
    })
}

fn tier(record: &Record) -> String {
    match (record.text("tier"), record.text("proposed_tier")) {
        (Some(tier), _) => format!("tier {tier}"),
        (None, Some(tier)) => format!("tier {tier} proposed"),
        (None, None) => "tier not decided".to_owned(),
    }
}

fn due(day: chrono::NaiveDate, ctx: &Ctx) -> String {
    let distance = when::spoken(day, ctx.today);
    if day < ctx.today { distance } else { format!("due {distance}") }
}
