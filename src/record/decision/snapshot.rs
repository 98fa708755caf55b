//! What a decision was about: a snapshot of the fields that count, and what differs from it now.
//!
//! A snapshot is JSON of the form `{"packet": {"PKT-1": {"domain": "other", …}}, "risk": {"RSK-3": {…}}, …}`: by kind of
//! record, by reference, the fields whose description says that they count ([`Field::decides`]). In its canonical form
//! keys are sorted by their bytes at every depth, nothing stands between the tokens, text is escaped as serde_json
//! escapes it (RFC 8259, UTF-8), lists keep their order, dates and moments are texts, and fields that say nothing are
//! left out. The digest is the SHA-256 over that text.
//!
//! Which records count depends on the kind of decision. Those that let something launch, or keep it from it, rest on all
//! there is; a tier rests on the answers; a waiver and an acceptance on the one item or risk. What a decision itself brings
//! about is in its snapshot as if it stood already. The lifecycle is left out: it moves because of the decision.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DEFER, METRIC, REJECT, STATEMENT, TIER, WAIVER};
use crate::record::{
    ANALYSIS, CHECKLIST_ITEM, DOCUMENT, EVIDENCE, Field, Kind, LEGAL, Look, PACKET, REVIEW, RISK, Record, SYSTEM,
    Value, checklist_item, kind_named, risk,
};

/// By kind, by reference, by field.
type Parts = BTreeMap<String, BTreeMap<String, BTreeMap<String, Json>>>;

/// In a risk's part: whether it is accepted, today.
const ACCEPTED: &str = "accepted";

/// One thing that differs from what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The reference of the record.
    pub record: String,
    /// The name of the field; empty where the whole record came or went.
    pub field: String,
    /// What people call the field.
    pub label: String,
    /// What it was; empty where it was nothing.
    pub was: String,
    /// What it is; empty where it is nothing.
    pub is: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |text: &str| {
            if text.is_empty() {
                "nothing".to_owned()
            } else {
                format!("“{}”", crate::text::fit(&crate::text::line(text), 80))
            }
        };
        match (self.field.is_empty(), self.is.is_empty()) {
            (true, true) => write!(f, "{} counted, and no longer does", self.record),
            (true, false) => write!(f, "{} is new", self.record),
            _ => write!(
                f,
                "{} {} was {}, is {}",
                self.record,
                self.label.to_lowercase(),
                shown(&self.was),
                shown(&self.is)
            ),
        }
    }
}

/// The canonical snapshot of what a decision is about, as it stands now.
pub fn taken(decision: &Record, records: &dyn Look, today: NaiveDate) -> String {
    canonical(&serde_json::to_value(parts(decision, records, today)).unwrap_or_default())
}

/// SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String never fails.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// JSON in its canonical form.
#[must_use]
pub fn canonical(value: &Json) -> String {
    match value {
        Json::Object(fields) => {
            let sorted: BTreeMap<&String, &Json> = fields.iter().collect();
            let fields: Vec<String> = sorted
                .iter()
                .map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// What differs now from what was decided, in the order of the snapshot; nothing while the decision fits.
///
/// Two things that came since do not count: evidence or an approved document that was added, and an item that was open and has passed. Neither
/// takes anything from the ground on which it was decided, and conditions ask for just that.
pub fn outdated(decision: &Record, records: &dyn Look, today: NaiveDate) -> Vec<Difference> {
    let then = decision.text("snapshot").and_then(|text| serde_json::from_str::<Parts>(text).ok()).unwrap_or_default();
    let mut found = differences(&then, &parts(decision, records, today));
    found.retain(|difference| {
        let kind = crate::record::kind_of_reference(&difference.record);
        let added = difference.field.is_empty() && difference.was.is_empty();
        let passed = difference.field == "status" && difference.was == "open" && difference.is == "pass";
        let proof = [Some(&EVIDENCE), Some(&DOCUMENT), Some(&ANALYSIS)].contains(&kind);
        !(proof && added || kind == Some(&CHECKLIST_ITEM) && passed)
    });
    found
}

/// What differs between two snapshots, given as text.
#[must_use]
pub fn between(then: &str, now: &str) -> Vec<Difference> {
    let read = |text: &str| serde_json::from_str::<Parts>(text).unwrap_or_default();
    differences(&read(then), &read(now))
}

fn differences(then: &Parts, now: &Parts) -> Vec<Difference> {
    let mut found = Vec::new();
    let kinds: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let none = BTreeMap::new();
    for kind in kinds {
        let (was, is) = (then.get(kind).unwrap_or(&none), now.get(kind).unwrap_or(&none));
        let references: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for reference in references {
            match (was.get(reference), is.get(reference)) {
                (Some(was), Some(is)) => found.extend(fields_that_differ(kind, reference, was, is)),
                (was, is) => found.push(Difference {
                    record: reference.clone(),
                    field: String::new(),
                    label: String::new(),
                    was: was.map_or_else(String::new, |_| "there".to_owned()),
                    is: is.map_or_else(String::new, |_| "there".to_owned()),
                }),
            }
        }
    }
    found
}

fn fields_that_differ(
    kind: &str,
    reference: &str,
    was: &BTreeMap<String, Json>,
    is: &BTreeMap<String, Json>,
) -> Vec<Difference> {
    let names: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let label = |name: &str| {
        kind_named(kind)
            .and_then(|kind| kind.field(name))
            .map_or_else(|| name.to_owned(), |field| field.label.to_owned())
    };
    names
        .into_iter()
        .filter(|name| was.get(*name) != is.get(*name))
        .map(|name| Difference {
            record: reference.to_owned(),
            field: name.clone(),
            label: label(name),
            was: was.get(name).map(shown).unwrap_or_default(),
            is: is.get(name).map(shown).unwrap_or_default(),
        })
        .collect()
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Json::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn parts(decision: &Record, records: &dyn Look, today: NaiveDate) -> Parts {
    let subject = decision.text("subject").and_then(|reference| records.named(reference));
    let review = decision.text("review").and_then(|id| records.record(&REVIEW, id));
    let system = review.as_ref().or(subject.as_ref()).and_then(|record| record.text("system"));
    let system = system.and_then(|id| records.record(&SYSTEM, id));
    let of = |kind: Kind| review.as_ref().map(|review| records.all(kind, "review", review.id())).unwrap_or_default();
    let mut all: Vec<Record> = system.into_iter().chain(review.clone()).collect();
    match decision.text("kind").unwrap_or_default() {
        TIER | METRIC | STATEMENT => all.extend([of(&PACKET), of(&LEGAL)].concat()),
        APPROVE | APPROVE_WITH_CONDITIONS | REJECT | DEFER => {
            all.extend([of(&PACKET), of(&LEGAL), of(&RISK), of(&CHECKLIST_ITEM), of(&EVIDENCE)].concat());
            all.extend([of(&DOCUMENT), of(&ANALYSIS)].concat());
        }
        _ => {}
    }
    if let Some(subject) = subject
        && !all.iter().any(|record| record.id() == subject.id())
    {
        all.push(subject);
    }
    let mut parts = Parts::new();
    for record in all.iter().filter(|record| counts(record)) {
        let fields = part(record, decision, today);
        parts.entry(record.kind().name.to_owned()).or_default().insert(record.reference().to_owned(), fields);
    }
    parts
}

/// Evidence that was rejected or superseded proves nothing any more, and a document proves nothing before it is approved.
fn counts(record: &Record) -> bool {
    match (record.kind().name, record.text("status")) {
        ("evidence", status) => !matches!(status, Some("rejected" | "superseded")),
        ("document", status) => status == Some("approved"),
        ("analysis", _) => !ANALYSIS.is_closed(record),
        _ => true,
    }
}

/// What of a record counts.
fn part(record: &Record, decision: &Record, today: NaiveDate) -> BTreeMap<String, Json> {
    let is_subject = decision.text("subject") == Some(record.reference());
    let kind = decision.text("kind").unwrap_or_default();
    let mut fields: BTreeMap<String, Json> = record
        .fields()
        .filter(|(field, value)| counts_for_decisions(record.kind(), field) && !value.is_empty())
        .map(|(field, value)| (field.name.to_owned(), json(value)))
        .collect();
    match record.kind().name {
        "review" if kind == TIER && is_subject => {
            fields.insert("tier".to_owned(), json(decision.get("outcome")));
        }
        "risk" => {
            let accepted = kind == ACCEPTANCE && is_subject && !super::has_expired(decision, today)
                || risk::standing(record, today) == "accepted";
            fields.insert(ACCEPTED.to_owned(), Json::Bool(accepted));
        }
        "checklist_item" => {
            let waived = kind == WAIVER && is_subject && !super::has_expired(decision, today);
            let status = if waived { "waived" } else { checklist_item::standing(record, today) };
            fields.insert("status".to_owned(), Json::from(status));
        }
        _ => {}
    }
    fields
}

/// Evidence counts by the hash of its content; every other kind by its description.
fn counts_for_decisions(kind: Kind, field: &Field) -> bool {
    if kind == &EVIDENCE { field.name == "sha256" } else { field.decides }
}

/// A value as it stands in canonical JSON.
#[must_use]
pub fn json(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Number(number) => Json::from(*number),
        Value::Flag(flag) => Json::Bool(*flag),
        Value::List(items) => Json::from(items.clone()),
        Value::Text(_) | Value::Day(_) | Value::Moment(_) => Json::from(value.display()),
    }
}

/// The text that a signature is made over: what the decision is, with the SHA-256 over all that it says. It ends with a
/// line break.
#[must_use]
pub fn payload(decision: &Record) -> String {
    let said: BTreeMap<&str, Json> = decision
        .fields()
        .filter(|(field, value)| (field.decides || matches!(field.name, "id" | "ref")) && !value.is_empty())
        .map(|(field, value)| (field.name, json(value)))
        .collect();
    let said = canonical(&serde_json::to_value(said).unwrap_or_default());
    // The snapshot itself counts, and not only what the record says its digest is.
    format!(
        "probity decision 1\n{} {}\ndecision sha256 {}\nsnapshot sha256 {}\n",
        decision.reference(),
        decision.id(),
        digest(&said),
        digest(decision.text("snapshot").unwrap_or_default())
    )
}
