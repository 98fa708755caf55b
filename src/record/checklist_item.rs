//! Checklist items: one question each, answered with evidence.

use chrono::NaiveDate;

use super::{Context, Field, FieldKind, Problem, Record, RecordType, Value};

/// A checklist item.
pub static CHECKLIST_ITEM: RecordType = RecordType {
    name: "checklist_item",
    label: "Checklist item",
    plural: "Checklist items",
    prefix: "ITM",
    title: "text",
    help: "One thing to check, what it must be shown with, and what was found.",
    fields: &[
        Field::line("code", "Code", "Its id in the template.").decides().required().column(9),
        Field::line("text", "Text", "What must be true.").required().column(44),
        Field::choice("status", "Status", &["open", "pass", "fail", "not applicable", "waived"], "What was found.")
            .decides()
            .default("open")
            .column(14),
        Field::link("checklist", "Checklist", "checklist", "The checklist it stands in.").required(),
        Field::link("review", "Review", "review", "The review it is worked in.").required().column(10),
        Field::prose("guidance", "Guidance", "How to find out."),
        Field::of("controls", "Controls", FieldKind::Words, "Ids of the controls it serves."),
        Field::of(
            "required_evidence",
            "Required evidence",
            FieldKind::Words,
            "Kinds of evidence it must be shown with.",
        ),
        Field::prose("reason", "Reason", "Why it is not applicable or waived, or what was found."),
        Field::day("waived_until", "Waived until", "The last day of the waiver; after it the item counts as failed."),
        Field::link("waiver", "Waiver", "decision", "The decision by which it is waived.").seldom(),
        Field::of("evidence", "Evidence", FieldKind::Links("evidence"), "What proves it, by reference."),
        Field::link("assessed_by", "Assessed by", "person", "Who answered it.").by_rule(),
        Field::moment("assessed_at", "Assessed", "When it was answered.").by_rule(),
        Field::of("position", "Position", FieldKind::Number(0, 9999), "Its place in the checklist.").by_rule(),
    ],
    closed: Some(("status", &["pass", "not applicable", "waived"])),
    order: &[("review", true), ("position", false)],
    settle,
    check,
};

/// Where it stands on a day: an item whose waiver has run out counts as failed.
#[must_use]
pub fn standing(item: &Record, today: NaiveDate) -> &str {
    match item.text("status").unwrap_or("open") {
        "waived" if item.get("waived_until").as_day().is_some_and(|last| last < today) => "fail",
        status => status,
    }
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    context.inherit(after, "review", "checklist");
    let was = before.and_then(|before| before.text("status")).unwrap_or("open");
    let now = after.text("status").unwrap_or("open").to_owned();
    if was != now {
        let open = now == "open";
        after.set("assessed_by", if open { Value::Empty } else { Value::text(context.actor) });
        if now != "waived" {
            after.set("waived_until", Value::Empty);
            after.set("waiver", Value::Empty);
        }
        after.set("assessed_at", if open { Value::Empty } else { Value::Moment(context.now) });
    }
}

fn check(_: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    match after.text("status") {
        Some(status @ ("not applicable" | "waived")) if after.get("reason").is_empty() => {
            vec![Problem::of("reason", format!("Say why it is {status}."))]
        }
        _ => Vec::new(),
    }
}
