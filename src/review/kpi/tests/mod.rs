//! Each figure against a case that was worked by hand; the working stands beside it.

mod evidence;
mod launches;
mod people;
mod policy;
mod reviews;
mod work;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::*;
use crate::policy::{Layer, Policy};
use crate::record::document::{ROUND, SECTION};
use crate::record::*;
use crate::workspace::{Change, Edit, new_id};

struct Desk {
    _folder: TempDir,
    workspace: Workspace,
    me: String,
    other: String,
    system: String,
    policies: Policies,
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect(text)
}

/// Ten in the morning of a day; or a moment.
fn at(text: &str) -> DateTime<Utc> {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => day.and_hms_opt(10, 0, 0).expect("a time").and_utc(),
        Err(_) => DateTime::parse_from_rfc3339(text).expect(text).to_utc(),
    }
}

/// A layer in which one role may do everything and nobody is kept from their own work.
fn open() -> &'static str {
    "[[right]]\nid = \"all\"\nkinds = [\"tier\", \"approve\", \"approve with conditions\", \"reject\", \"waiver\", \
                \"risk acceptance\", \"policy change\", \"roles\"]\nroles = [\"specialist\"]\nreason = \"For trials.\"\n\
                [[separation]]\nid = \"own-work\"\nremove = true\n[[separation]]\nid = \"own-risk\"\nremove = true\n"
}

/// The builtin policy with that layer, and more.
fn policy(more: &str) -> Policy {
    Policy::from_layers(&[Layer::new("trial", format!("{}{more}", open()))]).expect("it loads")
}

impl Desk {
    fn new() -> Self {
        Self::under(&policy(""))
    }

    fn under(policy: &Policy) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("w.db");
        let workspace = Workspace::create(&path, Arc::new(policy.clone())).expect("a workspace");
        let founded = at("2025-01-01");
        let (me, other, system) = (new_id(founded), new_id(founded), new_id(founded));
        let mut desk = Self {
            _folder: folder,
            workspace,
            me: me.clone(),
            other: other.clone(),
            system: system.clone(),
            policies: Policies::one(policy),
        };
        let roles = || ("roles", Value::List(vec!["specialist".to_owned()]));
        let edits = vec![
            Edit::Add {
                kind: &PERSON,
                id: me.clone(),
                fields: vec![("name", "Ana".into()), ("handle", "ana".into()), roles()],
            },
            Edit::Add {
                kind: &PERSON,
                id: other,
                fields: vec![("name", "Bo".into()), ("handle", "bo".into()), roles()],
            },
            Edit::Add {
                kind: &SYSTEM,
                id: system,
                fields: vec![("name", "Screener".into()), ("team", "Hiring".into()), ("product_area", "People".into())],
            },
        ];
        desk.write("2025-01-01", edits);
        desk
    }

    fn write(&mut self, when: &str, edits: Vec<Edit>) -> Vec<Record> {
        let change = Change { at: at(when), ..Change::by(&self.me, edits) };
        self.workspace.write(change).unwrap_or_else(|error| panic!("{when}: {error}")).records
    }

    fn add(&mut self, when: &str, kind: Kind, fields: Vec<(&'static str, Value)>) -> Record {
        let id = new_id(at(when));
        let records = self.write(when, vec![Edit::Add { kind, id: id.clone(), fields }]);
        records.into_iter().find(|record| record.id() == id).expect("the record")
    }

    /// Lets the other person do something.
    fn by_the_other(&mut self, work: impl FnOnce(&mut Self)) {
        let other = self.other.clone();
        let me = std::mem::replace(&mut self.me, other);
        work(self);
        self.me = me;
    }

    fn set(&mut self, when: &str, record: &Record, fields: Vec<(&'static str, Value)>) {
        let edit = Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields };
        self.write(when, vec![edit]);
    }

    /// A review with a low tier and a packet that says what it must, or not.
    fn review(&mut self, submitted: &str, more: Vec<(&'static str, Value)>) -> Record {
        let mut fields = vec![
            ("title", "A review".into()),
            ("system", Value::text(self.system.as_str())),
            ("submitted_at", day(submitted).into()),
        ];
        fields.extend(more);
        let (review, edits) = crate::review::start(at(submitted), fields);
        self.write(submitted, edits);
        let review = self.workspace.get(&REVIEW, &review).expect("the review");
        self.decide(submitted, &crate::review::decide::Ask::tier(&review, "low", "Trial."));
        self.workspace.get(&REVIEW, review.id()).expect("the review")
    }

    fn decide(&mut self, when: &str, ask: &crate::review::decide::Ask) {
        let edits = crate::review::decide::decide(&self.workspace, ask, at(when)).expect("edits");
        self.write(when, edits);
    }

    fn stage(&mut self, when: &str, review: &Record, stages: &[&'static str]) {
        for stage in stages {
            self.set(when, review, vec![("stage", (*stage).into())]);
        }
    }

    /// Brings a review to an approval on a day.
    fn approve(&mut self, when: &str, review: &Record) {
        self.stage(when, review, &["triage", "assessment", "decision"]);
        let review = self.workspace.get(&REVIEW, review.id()).expect("the review");
        self.decide(when, &crate::review::decide::Ask::new(decision::APPROVE, Some(&review), "Good."));
    }

    fn release(&mut self, launched: &str) -> Record {
        let system = Value::text(self.system.as_str());
        self.add(
            "2025-06-01",
            &RELEASE,
            vec![("system", system), ("name", "1".into()), ("launched_on", day(launched).into())],
        )
    }

    fn complete(&mut self, when: &str, review: &Record, answers: Vec<(&'static str, Value)>) {
        let packet = self.workspace.look().belonging(&PACKET, "review", review.id()).expect("a packet");
        self.set(when, &packet, answers);
    }

    fn figure(&self, id: &str, period: &str) -> Counted {
        self.whole(id, period).counted
    }

    fn whole(&self, id: &str, period: &str) -> Figure {
        let period = Period::parse(period).expect("a period");
        let only = [kpi(id).expect("a figure")];
        figures(&self.workspace, &self.policies, &period, None, &only, day("2026-12-31")).expect("computed").remove(0)
    }
}

fn close(value: Option<f64>, expected: f64) {
    assert!(value.is_some_and(|value| (value - expected).abs() < 1e-9), "{value:?}, not {expected}");
}

#[test]
fn an_empty_period_has_no_data_never_zero_or_all() {
    let desk = Desk::new();
    let period = Period::parse("2026-Q3").expect("a period");
    let all = figures(&desk.workspace, &desk.policies, &period, None, &[], day("2026-12-31")).expect("computed");
    assert_eq!(all.len(), 16);
    for figure in &all {
        assert_eq!((figure.counted.value, figure.counted.n), (None, 0), "{}", figure.kpi.id);
        assert_eq!((figure.shown().as_str(), figure.verdict), ("no data", Verdict::Open), "{}", figure.kpi.id);
        assert_eq!(figure.trend.len(), TREND);
    }
}

#[test]
fn percentiles_fall_between_neighbours() {
    assert_eq!(percentile(&mut [], 0.5), None);
    assert_eq!(percentile(&mut [7.0], 0.9), Some(7.0));
    assert_eq!(percentile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
    let apart = TimeDelta::zero();
    assert!(apart.is_zero() && percentile(&mut [1.0, 2.0], 1.0) == Some(2.0));
}
