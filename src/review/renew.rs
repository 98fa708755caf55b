//! Bringing a checklist to the template as it is now: only what changed needs a new look. Items that say the same keep
//! their verdict; changed ones are open again; new ones are added; those that went are not applicable, with the reason. What
//! was found before stays in the history, and in the reason.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::packet_of;
use crate::policy::{Policy, TemplateItem};
use crate::record::{CHECKLIST, CHECKLIST_ITEM, Record, Value};
use crate::workspace::{Condition, Edit, Error, Query, Result, Workspace, new_id};

/// How the reason of an item begins that the template, or the packet, no longer asks for. An item that comes back is known
/// by it.
const GONE: &str = "No longer asked:";

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is new.
    Added,
    /// It says something else, or comes back, and is open again.
    Changed,
    /// It is no longer asked.
    Gone,
    /// It stays as it is, with its verdict.
    Unchanged,
}

impl Fate {
    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What becomes of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renewed {
    /// What becomes of it.
    pub fate: Fate,
    /// Its code in the template.
    pub code: String,
    /// Its reference, where it is there already.
    pub item: Option<String>,
    /// Its text then.
    pub text: String,
    /// What was found so far.
    pub status: String,
    /// What is different, in words; empty where nothing is.
    pub what: String,
}

/// What comes of bringing a checklist to the template as it is now.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The checklist.
    pub checklist: Record,
    /// The version that it stands on.
    pub from: i64,
    /// The template's version now.
    pub to: i64,
    /// What becomes of each item, in the template's order; those that go come last.
    pub items: Vec<Renewed>,
    edits: Vec<Edit>,
}

impl Renewal {
    /// Whether there is anything to do.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        !self.edits.is_empty()
    }

    /// How many items have a fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.items.iter().filter(|item| item.fate == fate).count()
    }

    /// How it is told in a line: `2 added, 1 changed, 0 gone, 18 unchanged`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let all = [Fate::Added, Fate::Changed, Fate::Gone, Fate::Unchanged];
        all.map(|fate| format!("{} {}", self.count(fate), fate.word())).join(", ")
    }

    /// What the change is called in the history.
    #[must_use]
    pub fn called(&self) -> String {
        format!("{} renewed to version {}: {}", self.checklist.reference(), self.to, self.in_words())
    }

    /// The edits that do it.
    #[must_use]
    pub fn edits(self) -> Vec<Edit> {
        self.edits
    }
}

/// What comes of bringing a checklist to the template as it is now, for the packet as it is now.
///
/// # Errors
/// Where the policy has no such template any more, the review has no packet, a rule of the policy cannot be applied, or the
/// file cannot be read.
pub fn renewal(workspace: &Workspace, policy: &Policy, checklist: &Record, at: DateTime<Utc>) -> Result<Renewal> {
    let named = checklist.text("template").unwrap_or_default();
    let template = policy.checklist(named).ok_or_else(|| {
        let (reference, named) = (checklist.reference(), crate::text::line(named).into_owned());
        Error::Query(format!("{reference} cannot be renewed: the policy has no checklist “{named}” any more."))
    })?;
    let packet = packet_of(workspace, checklist.text("review").unwrap_or_default())?;
    let wanted = policy.items_for(template, &packet).map_err(|error| Error::Policy(error.to_string()))?;
    let of = Query::all(&CHECKLIST_ITEM).with(Condition::Is("checklist", Value::text(checklist.id())));
    let there = workspace.records(&of)?;
    let from = checklist.number("template_version").unwrap_or(0);
    let to = i64::from(template.version);
    let mut making = Making { checklist, from, at, items: Vec::new(), edits: Vec::new() };
    if from != to {
        let fields = vec![("template_version", Value::Number(to)), ("title", Value::text(template.title.as_str()))];
        let (kind, id) = (&CHECKLIST, checklist.id().to_owned());
        making.edits.push(Edit::Set { kind, id, version: Some(checklist.version()), fields });
    }
    let mut known: HashMap<&str, &Record> =
        there.iter().map(|item| (item.text("code").unwrap_or_default(), item)).collect();
    for (position, item) in wanted.iter().enumerate() {
        let position = i64::try_from(position).unwrap_or(0);
        match known.remove(item.code.as_str()) {
            Some(record) => making.compare(record, item, position),
            None => making.add(item, position),
        }
    }
    let in_template = |code: &str| template.items.iter().any(|item| item.code == code);
    let rest = there.iter().filter(|item| known.contains_key(item.text("code").unwrap_or_default()));
    for (after, record) in rest.enumerate() {
        let position = i64::try_from(wanted.len() + after).unwrap_or(0);
        let why = if in_template(record.text("code").unwrap_or_default()) {
            "the packet's answers do not call for it".to_owned()
        } else {
            format!("version {to} of the template has no such item")
        };
        making.drop(record, &why, position);
    }
    let Making { items, edits, .. } = making;
    Ok(Renewal { checklist: checklist.clone(), from, to, items, edits })
}

/// A renewal under construction.
struct Making<'c> {
    checklist: &'c Record,
    from: i64,
    at: DateTime<Utc>,
    items: Vec<Renewed>,
    edits: Vec<Edit>,
}

impl Making<'_> {
    fn note(&mut self, fate: Fate, record: Option<&Record>, code: &str, text: &str, what: String) {
        self.items.push(Renewed {
            fate,
            code: code.to_owned(),
            item: record.map(|record| record.reference().to_owned()),
            text: text.to_owned(),
            status: record.and_then(|record| record.text("status")).unwrap_or("open").to_owned(),
            what,
        });
    }

    fn set(&mut self, record: &Record, fields: Vec<(&'static str, Value)>) {
        let differs = |(name, value): &(&'static str, Value)| record.get(name) != value;
        if fields.iter().any(differs) {
            let (kind, id) = (&CHECKLIST_ITEM, record.id().to_owned());
            self.edits.push(Edit::Set { kind, id, version: Some(record.version()), fields });
        }
    }

    fn add(&mut self, item: &TemplateItem, position: i64) {
        let mut fields = said(item);
        fields.extend([
            ("checklist", Value::text(self.checklist.id())),
            ("review", self.checklist.get("review").clone()),
            ("code", Value::text(item.code.as_str())),
            ("position", Value::Number(position)),
        ]);
        self.edits.push(Edit::Add { kind: &CHECKLIST_ITEM, id: new_id(self.at), fields });
        self.note(Fate::Added, None, &item.code, &item.text, String::new());
    }

    fn compare(&mut self, record: &Record, item: &TemplateItem, position: i64) {
        let mut fields = said(item);
        let changed: Vec<&str> =
            fields.iter().filter(|(name, value)| record.get(name) != value).map(|(name, _)| label(name)).collect();
        let status = record.text("status").unwrap_or("open").to_owned();
        let back = status == "not applicable" && record.text("reason").is_some_and(|why| why.starts_with(GONE));
        fields.push(("position", Value::Number(position)));
        if changed.is_empty() && !back {
            self.set(record, fields);
            return self.note(Fate::Unchanged, Some(record), &item.code, &item.text, String::new());
        }
        let what = if back { "it is asked again".to_owned() } else { format!("other {}", changed.join(", ")) };
        if status != "open" {
            fields.push(("status", Value::text("open")));
            fields.push(("reason", Value::text(before(record, &status, self.from))));
        }
        self.set(record, fields);
        self.note(Fate::Changed, Some(record), &item.code, &item.text, what);
    }

    fn drop(&mut self, record: &Record, why: &str, position: i64) {
        let status = record.text("status").unwrap_or("open").to_owned();
        let (code, text) = (record.text("code").unwrap_or_default(), record.title());
        let mut fields = vec![("position", Value::Number(position))];
        let gone_already =
            status == "not applicable" && record.text("reason").is_some_and(|said| said.starts_with(GONE));
        if gone_already {
            self.set(record, fields);
            return self.note(Fate::Unchanged, Some(record), code, text, String::new());
        }
        let mut reason = format!("{GONE} {why}.");
        if status != "open" {
            reason.push('\n');
            reason.push_str(&before(record, &status, self.from));
        }
        fields.extend([("status", Value::text("not applicable")), ("reason", Value::text(reason))]);
        self.set(record, fields);
        self.note(Fate::Gone, Some(record), code, text, why.to_owned());
    }
}

/// What a template says of an item.
fn said(item: &TemplateItem) -> Vec<(&'static str, Value)> {
    vec![
        ("text", Value::text(item.text.as_str())),
        ("guidance", Value::text(item.guidance.as_str())),
        ("controls", Value::List(item.controls.clone())),
        ("required_evidence", Value::List(item.required_evidence.clone())),
    ]
}

fn label(name: &str) -> &str {
    match name {
        "required_evidence" => "required evidence",
        other => other,
    }
}

/// What was found of an item before, in words.
fn before(record: &Record, status: &str, version: i64) -> String {
    let why = record.text("reason").map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("Under version {version} it was {status}{why}")
}
