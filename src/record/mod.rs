//! Floor 1: what is kept. One file a kind of record, with its fields, its lifecycle and its rules, described once.
//!
//! Everything here is pure: it knows no file, no screen and no policy beyond the few [`Terms`] it asks for.
//! To add a kind of record: one file here, one line in [`KINDS`], one migration.

mod action;
pub mod alert;
pub mod analysis;
mod checklist;
pub mod checklist_item;
pub mod decimal;
pub mod decision;
mod delegation;
pub mod document;
mod enablement;
pub mod evidence;
mod field;
pub mod incident;
pub mod legal;
pub mod meeting;
pub mod packet;
mod parse;
mod person;
pub mod quick;
mod recusal;
mod release;
pub mod review;
pub mod risk;
mod route;
mod series;
pub mod signal;
pub mod silence;
mod survey;
mod system;
mod value;
pub mod when;

pub use action::ACTION;
pub use alert::ALERT;
pub use analysis::ANALYSIS;
pub use checklist::CHECKLIST;
pub use checklist_item::CHECKLIST_ITEM;
pub use decision::DECISION;
pub use delegation::DELEGATION;
pub use document::DOCUMENT;
pub use enablement::ENABLEMENT;
pub use evidence::EVIDENCE;
pub use field::{
    COMMON, COMMON_AFTER, Context, Field, FieldKind, Look, Names, Problem, RecordType, Scale, Terms, Written,
    check_nothing, kind_named, settle_nothing,
};
pub use incident::INCIDENT;
pub use legal::LEGAL;
pub use meeting::{AGENDA_ITEM, ATTENDANCE, MEETING, MOTION, VOTE};
pub use packet::PACKET;
pub use parse::{Resolve, as_typed, check_value, describe, parse};
pub use person::PERSON;
pub use recusal::RECUSAL;
pub use release::RELEASE;
pub use review::REVIEW;
pub use risk::RISK;
pub use route::ROUTE;
pub use series::SERIES;
pub use signal::SIGNAL;
pub use silence::SILENCE;
pub use survey::SURVEY;
pub use system::SYSTEM;
pub use value::{Value, rfc3339};

/// A kind of record.
pub type Kind = &'static RecordType;

/// Every kind of record, each after the kinds it links to.
pub static KINDS: &[Kind] = &[
    &PERSON,
    &MEETING,
    &AGENDA_ITEM,
    &SYSTEM,
    &RELEASE,
    &REVIEW,
    &PACKET,
    &LEGAL,
    &ROUTE,
    &DECISION,
    &RISK,
    &EVIDENCE,
    &ANALYSIS,
    &DOCUMENT,
    &document::SECTION,
    &document::ROUND,
    &document::COMMENT,
    &ACTION,
    &CHECKLIST,
    &CHECKLIST_ITEM,
    &DELEGATION,
    &RECUSAL,
    &SILENCE,
    &ATTENDANCE,
    &MOTION,
    &VOTE,
    &SIGNAL,
    &SERIES,
    &INCIDENT,
    &incident::ENTRY,
    &incident::MITIGATION,
    &ALERT,
    &ENABLEMENT,
    &SURVEY,
];

/// The kind whose references start like this one: `RSK-31` and `rsk-b31` are risks.
#[must_use]
pub fn kind_of_reference(reference: &str) -> Option<Kind> {
    let (prefix, rest) = reference.split_once('-')?;
    if rest.is_empty() || !rest.chars().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    KINDS.iter().copied().find(|kind| kind.prefix.eq_ignore_ascii_case(prefix))
}

/// What people read before the value of a field with this name: its label. Where it is not known of which kind it is, the
/// label on which all kinds agree, and otherwise the name in words.
#[must_use]
pub fn label_of(kind: Option<Kind>, name: &str) -> String {
    if let Some(field) = kind.and_then(|kind| kind.field(name)) {
        return field.label.to_owned();
    }
    let mut labels = KINDS.iter().filter_map(|kind| kind.field(name)).map(|field| field.label);
    match labels.next() {
        Some(label) if labels.all(|other| other == label) => label.to_owned(),
        _ => {
            let words = name.replace('_', " ");
            let (first, rest) = words.split_at(words.chars().next().map_or(0, char::len_utf8));
            format!("{}{rest}", first.to_uppercase())
        }
    }
}

/// What is wrong, as people read it: with the label of the field before it, unless it begins with that.
#[must_use]
pub fn told(kind: Option<Kind>, problem: &Problem) -> String {
    let label = problem.field.map(|field| label_of(kind, field));
    match label.filter(|label| !problem.message.starts_with(label.as_str())) {
        Some(label) => format!("{label}: {}", problem.message),
        None => problem.message.clone(),
    }
}

/// One record: a kind, and a value for each of its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    kind: Kind,
    values: Vec<Value>,
}

impl Record {
    /// A record of this kind in which nothing is said yet.
    #[must_use]
    pub fn empty(kind: Kind) -> Self {
        let empty = |field: &Field| if field.is_list() { Value::List(Vec::new()) } else { Value::Empty };
        Self { kind, values: kind.columns().map(empty).collect() }
    }

    /// A record from the values of its columns, in the order of [`RecordType::columns`].
    #[must_use]
    pub fn from_values(kind: Kind, mut values: Vec<Value>) -> Self {
        values.resize(kind.columns().count(), Value::Empty);
        Self { kind, values }
    }

    /// A record of this kind of which only these fields are said.
    #[must_use]
    pub fn from_said(kind: Kind, fields: &[(&'static str, Value)]) -> Self {
        let mut record = Self::empty(kind);
        for (name, value) in fields {
            record.set(name, value.clone());
        }
        record
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// A field's value; [`Value::Empty`] where the kind has no such field.
    #[must_use]
    pub fn get(&self, field: &str) -> &Value {
        static EMPTY: Value = Value::Empty;
        self.kind.position(field).and_then(|at| self.values.get(at)).unwrap_or(&EMPTY)
    }

    /// Sets a field. A field that the kind does not have is left out: callers check names where they come in.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        if let Some(at) = self.kind.position(field) {
            self.values[at] = value.into();
        }
    }

    /// All fields with their values, in the order of [`RecordType::columns`].
    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.kind.columns().zip(&self.values)
    }

    /// A text field's text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field).as_text()
    }

    /// A number field's number.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<i64> {
        self.get(field).as_number()
    }

    /// The globally unique id; empty before the first save.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// The reference that people say aloud; empty before the first save.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.text("ref").unwrap_or_default()
    }

    /// How often it was saved; 0 before the first save.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.number("version").unwrap_or(0)
    }

    /// What names this record among others of its kind.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text(self.kind.title).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_is_described_well() {
        let mut names = HashSet::new();
        let mut prefixes = HashSet::new();
        for kind in KINDS {
            assert!(names.insert(kind.name) && prefixes.insert(kind.prefix), "{} stands twice", kind.name);
            assert!(kind.field(kind.title).is_some(), "{} is named by a field it lacks", kind.name);
            let mut fields = HashSet::new();
            for field in kind.columns() {
                assert!(fields.insert(field.name), "{}.{} stands twice", kind.name, field.name);
                assert!(field.help.ends_with('.'), "{}.{} needs a sentence of help", kind.name, field.name);
                if let Some(linked) = field.linked_kind() {
                    assert!(kind_named(linked).is_some(), "{}.{} leads to no kind", kind.name, field.name);
                }
            }
            for (field, _) in kind.order {
                assert!(kind.field(field).is_some(), "{} is ordered by a field it lacks: {field}", kind.name);
            }
            // History writes a row as one json_object call; SQLite builds before 3.48 take 127 arguments.
            assert!(fields.len() <= 63, "{} has more fields than every SQLite can put in its history", kind.name);
        }
    }

    #[test]
    fn fields_are_called_by_their_labels() {
        assert_eq!(label_of(Some(&EVIDENCE), "verdict_reason"), "Reason");
        assert_eq!(label_of(Some(&REVIEW), "due_on"), "Stage due");
        assert_eq!(label_of(None, "verdict_reason"), "Reason", "only evidence has it");
        assert_eq!(label_of(None, "due_on"), "Due on", "two kinds call it differently");
        assert_eq!(told(Some(&RISK), &Problem::of("title", "Title is needed.")), "Title is needed.");
        assert_eq!(told(Some(&RISK), &Problem::of("due_on", "It is late.")), "Due: It is late.");
        for kind in KINDS {
            for field in kind.columns() {
                assert!(!label_of(None, field.name).contains('_'), "{}.{}", kind.name, field.name);
            }
        }
    }

    #[test]
    fn references_tell_their_kind() {
        assert_eq!(kind_of_reference("RSK-31"), Some(&RISK));
        assert_eq!(kind_of_reference("rsk-B31"), Some(&RISK));
        assert_eq!(kind_of_reference("XYZ-1"), None);
        assert_eq!(kind_of_reference("RSK-"), None);
    }
}
