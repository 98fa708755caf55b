//! What rules are asked of: records read in bulk and found again without the file, with the policy and the day.
//!
//! Some kinds are few, belong to no review, and are there whole: people, systems, releases, delegations, recusals. All
//! others are there for the reviews at hand. What a rule needs beyond that, such as evidence of another review, is read
//! once when it is asked for.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::NaiveDate;

use crate::policy::Policy;
use crate::record::{
    CHECKLIST_ITEM, EVIDENCE, Field, FieldKind, KINDS, Kind, Look, PACKET, PERSON, RECUSAL, RELEASE, REVIEW, Record,
    SYSTEM, Value, kind_of_reference,
};
use crate::review::evidence::{Standing, Subject, newest, standing};
use crate::workspace::{Condition, Query, Result, Workspace};

/// Records of one kind, found by id, by reference, and by the review they belong to.
#[derive(Default)]
struct Table {
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
    by_reference: HashMap<String, usize>,
    by_review: HashMap<String, Vec<usize>>,
}

impl Table {
    fn of(records: Vec<Record>) -> Self {
        let mut table = Self::default();
        for (at, record) in records.iter().enumerate() {
            table.by_id.insert(record.id().to_owned(), at);
            table.by_reference.insert(record.reference().to_owned(), at);
            if let Some(review) = record.text("review") {
                table.by_review.entry(review.to_owned()).or_default().push(at);
            }
        }
        table.records = records;
        table
    }
}

/// Whether a kind's records are few and are there whole.
pub(super) fn stands_alone(kind: Kind) -> bool {
    kind == &RECUSAL || kind != &REVIEW && kind.field("review").is_none()
}

/// The records at hand, with the policy and the day.
pub struct Facts<'w> {
    /// The workspace, for rules that ask for everything at once.
    pub workspace: &'w Workspace,
    /// The policy in force.
    pub policy: &'w Policy,
    /// The day on which it is judged.
    pub today: NaiveDate,
    tables: HashMap<&'static str, Table>,
    elsewhere: RefCell<HashMap<String, Option<Record>>>,
}

impl<'w> Facts<'w> {
    /// Facts without any records yet.
    #[must_use]
    pub fn new(workspace: &'w Workspace, policy: &'w Policy, today: NaiveDate) -> Self {
        Self { workspace, policy, today, tables: HashMap::new(), elsewhere: RefCell::default() }
    }

    /// Puts the records of a kind in place of those that were there.
    pub(super) fn put(&mut self, kind: Kind, records: Vec<Record>) {
        self.tables.insert(kind.name, Table::of(records));
    }

    /// Reads everything that belongs to these reviews, in place of what was there before.
    pub(super) fn read_reviews(&mut self, reviews: Vec<Record>) -> Result<()> {
        let ids: Vec<Value> = reviews.iter().map(|review| Value::text(review.id())).collect();
        self.put(&REVIEW, reviews);
        self.read_belonging(|_| vec![Condition::OneOf("review", ids.clone())])
    }

    /// Reads everything that belongs to no review: of one system, or of all.
    pub(super) fn read_loose(&mut self, system: Option<&str>) -> Result<()> {
        self.put(&REVIEW, Vec::new());
        self.read_belonging(|kind| {
            let none = Condition::Is("review", Value::Empty);
            match system {
                Some(id) if kind.field("system").is_some() => vec![none, Condition::Is("system", Value::text(id))],
                // Nothing stands between it and one system.
                Some(_) => vec![none, Condition::Is("id", Value::text("-"))],
                None => vec![none],
            }
        })
    }

    fn read_belonging(&mut self, conditions: impl Fn(Kind) -> Vec<Condition>) -> Result<()> {
        for kind in KINDS.iter().copied().filter(|kind| !stands_alone(kind) && *kind != &REVIEW) {
            let query = conditions(kind).into_iter().fold(Query::all(kind), Query::with);
            let records = self.workspace.records(&query)?;
            self.put(kind, records);
        }
        Ok(())
    }

    /// The records of a kind that are at hand.
    #[must_use]
    pub fn records(&self, kind: Kind) -> &[Record] {
        self.tables.get(kind.name).map_or(&[], |table| &table.records)
    }

    /// The record of a kind with this id, where it is at hand.
    #[must_use]
    pub fn get(&self, kind: Kind, id: &str) -> Option<&Record> {
        let table = self.tables.get(kind.name)?;
        table.by_id.get(id).map(|at| &table.records[*at])
    }

    /// The records of a kind that belong to a review.
    pub fn of(&self, kind: Kind, review: &str) -> impl Iterator<Item = &Record> {
        let table = self.tables.get(kind.name);
        let places = table.and_then(|table| table.by_review.get(review)).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(move |at| table.map(|table| &table.records[*at]))
    }

    /// The review that a record is, or belongs to.
    #[must_use]
    pub fn review<'r>(&'r self, record: &'r Record) -> Option<&'r Record> {
        if record.kind() == &REVIEW { Some(record) } else { self.get(&REVIEW, record.text("review")?) }
    }

    /// The system that a record is, names, or belongs to through its review.
    #[must_use]
    pub fn system<'r>(&'r self, record: &'r Record) -> Option<&'r Record> {
        if record.kind() == &SYSTEM {
            return Some(record);
        }
        let id = record.text("system").or_else(|| self.review(record)?.text("system"))?;
        self.get(&SYSTEM, id)
    }

    /// The packet of a review.
    #[must_use]
    pub fn packet(&self, review: &Record) -> Option<&Record> {
        self.of(&PACKET, review.id()).next()
    }

    /// What people call somebody: `@handle`.
    #[must_use]
    pub fn who(&self, id: Option<&str>) -> String {
        let handle = id.and_then(|id| self.get(&PERSON, id)).and_then(|person| person.text("handle"));
        handle.map_or_else(|| "nobody".to_owned(), |handle| format!("@{handle}"))
    }

    /// Whether the person with this id has left.
    #[must_use]
    pub fn has_left(&self, id: Option<&str>) -> bool {
        id.and_then(|id| self.get(&PERSON, id)).is_some_and(|person| person.get("active") == &Value::Flag(false))
    }

    /// The evidence that a record names by reference, each in its newest version. What was deleted is left out.
    #[must_use]
    pub fn cited(&self, record: &Record) -> Vec<Record> {
        let mut found = Vec::new();
        for reference in record.get("evidence").items() {
            let Some(mut evidence) = self.named(reference) else { continue };
            if evidence.text("status") == Some("superseded") {
                let next = self.records(&EVIDENCE).iter().find(|next| next.text("supersedes") == Some(evidence.id()));
                evidence = match next {
                    Some(next) if next.text("status") != Some("superseded") => next.clone(),
                    _ => newest(self.workspace, evidence.clone()).unwrap_or(evidence),
                };
            }
            found.push(evidence);
        }
        found
    }

    /// Whether evidence still holds for a review; once that is decided, whether it held on that day: what was launched on it
    /// was not launched on old evidence because time went by since.
    #[must_use]
    pub fn standing(&self, evidence: &Record, review: &Record) -> Standing {
        let day = review.get("decided_at").as_day().unwrap_or(self.today);
        standing(self.policy, evidence, &self.subject(review), day)
    }

    /// What evidence of a review must be about.
    fn subject(&self, review: &Record) -> Subject {
        let release = review.text("release").and_then(|id| self.get(&RELEASE, id));
        let said = release.and_then(|release| release.text("model_version"));
        let model = said.or_else(|| self.system(review)?.text("model_version"));
        Subject { release: release.map(|release| release.id().to_owned()), model_version: model.map(str::to_owned) }
    }

    /// Evidence that may count for a review: its own, and what its items name.
    #[must_use]
    pub fn proofs(&self, review: &Record) -> Vec<Record> {
        let mut found: Vec<Record> = self.of(&EVIDENCE, review.id()).cloned().collect();
        for item in self.of(&CHECKLIST_ITEM, review.id()) {
            for cited in self.cited(item) {
                if !found.iter().any(|known| known.id() == cited.id()) {
                    found.push(cited);
                }
            }
        }
        found.retain(|evidence| !EVIDENCE.is_closed(evidence));
        found
    }

    /// What is read once when it is asked for.
    fn fetched(&self, key: &str, read: impl FnOnce() -> Option<Record>) -> Option<Record> {
        if let Some(known) = self.elsewhere.borrow().get(key) {
            return known.clone();
        }
        let found = read();
        self.elsewhere.borrow_mut().insert(key.to_owned(), found.clone());
        found
    }
}

impl Look for Facts<'_> {
    fn field(&self, kind: Kind, id: &str, field: &str) -> Value {
        self.record(kind, id).map_or(Value::Empty, |record| record.get(field).clone())
    }

    fn belonging(&self, kind: Kind, link: &str, id: &str) -> Option<Record> {
        self.all(kind, link, id).into_iter().next()
    }

    fn record(&self, kind: Kind, id: &str) -> Option<Record> {
        self.get(kind, id).cloned().or_else(|| self.fetched(id, || self.workspace.look().record(kind, id)))
    }

    fn named(&self, reference: &str) -> Option<Record> {
        let kind = kind_of_reference(reference)?;
        let table = self.tables.get(kind.name);
        let here = table.and_then(|table| table.by_reference.get(reference).map(|at| &table.records[*at]));
        here.cloned().or_else(|| self.fetched(reference, || self.workspace.look().named(reference)))
    }

    fn all(&self, kind: Kind, link: &str, id: &str) -> Vec<Record> {
        if link == "review" && !stands_alone(kind) && self.get(&REVIEW, id).is_some() {
            return self.of(kind, id).cloned().collect();
        }
        if stands_alone(kind) && self.tables.contains_key(kind.name) {
            let is_text = kind.field(link).is_some_and(|field: &Field| !matches!(field.kind, FieldKind::Links(_)));
            let leads = |record: &&Record| is_text && record.text(link) == Some(id);
            return self.records(kind).iter().filter(leads).cloned().collect();
        }
        self.workspace.look().all(kind, link, id)
    }

    fn every(&self, kind: Kind) -> Vec<Record> {
        if stands_alone(kind) { self.records(kind).to_vec() } else { self.workspace.look().every(kind) }
    }

    fn owner(&self) -> Option<String> {
        self.workspace.look().owner()
    }
}
