//! What is due goes through its steps, each at its day; legal clocks before they run out.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tempfile::TempDir;

use super::decide::{Ask, decide};
use super::due::{Due, Sort, due};
use crate::policy::{Layer, Policy};
use crate::record::incident::{self, ENTRY, MITIGATION, REPORT};
use crate::record::*;
use crate::workspace::{Change, Edit, Error, Workspace, new_id};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect(text)
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect(text).to_utc()
}

struct Desk {
    _folder: TempDir,
    workspace: Workspace,
    policy: Policy,
    me: String,
    system: String,
    now: DateTime<Utc>,
}

impl Desk {
    /// A workspace at ten in the morning of the first of March.
    fn new(more: &str) -> Self {
        let open = "[[right]]\nid = \"all\"\nkinds = [\"waiver\", \"risk acceptance\", \"roles\", \"tier\"]\n\
                    roles = [\"specialist\"]\nreason = \"x\"\n[[separation]]\nid = \"own-work\"\nremove = true\n\
                    [[separation]]\nid = \"own-risk\"\nremove = true\n";
        let policy = Policy::from_layers(&[Layer::new("trial", format!("{open}{more}"))]).expect("it loads");
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).expect("a workspace");
        let now = at("2026-03-01T10:00:00Z");
        let (me, system) = (new_id(now), new_id(now));
        let mut desk = Self { _folder: folder, workspace, policy, me: me.clone(), system: system.clone(), now };
        let roles = Value::List(vec!["specialist".to_owned()]);
        let person = vec![("name", "Ana".into()), ("handle", "ana".into()), ("roles", roles)];
        let named = vec![("name", "Screener".into()), ("business_owner", Value::text(me.as_str()))];
        desk.write(vec![
            Edit::Add { kind: &PERSON, id: me, fields: person },
            Edit::Add { kind: &SYSTEM, id: system, fields: named },
        ]);
        desk
    }

    fn write(&mut self, edits: Vec<Edit>) -> Vec<Record> {
        let change = Change { at: self.now, ..Change::by(&self.me, edits) };
        self.workspace.write(change).unwrap_or_else(|error| panic!("{error}")).records
    }

    fn add(&mut self, kind: Kind, fields: Vec<(&'static str, Value)>) -> Record {
        let id = new_id(self.now);
        let all = self.write(vec![Edit::Add { kind, id: id.clone(), fields }]);
        all.into_iter().find(|record| record.id() == id).expect("the record")
    }

    fn incident(&mut self, clocks: &[&str], aware: &str) -> Record {
        let clocks = clocks.iter().map(|clock| (*clock).to_owned()).collect();
        self.add(
            &INCIDENT,
            vec![
                ("title", "Wrong letters".into()),
                ("system", Value::text(self.system.clone())),
                ("detected_at", at(aware).into()),
                ("commander", Value::text(self.me.clone())),
                ("clocks", Value::List(clocks)),
            ],
        )
    }

    fn told(&self, today: NaiveDate) -> Vec<Due> {
        let now = today.and_hms_opt(10, 0, 0).expect("a time").and_utc();
        due(&self.workspace, &self.policy, now, today).expect("computed")
    }

    /// The step that a sort of thing has reached on a day.
    fn step(&self, sort: Sort, today: NaiveDate) -> Option<String> {
        self.told(today).into_iter().find(|one| one.sort == sort).map(|one| one.step)
    }
}

/// One of each sort, all due on the first of June 2026.
fn full() -> Desk {
    let mut desk = Desk::new("[service_level.intake]\nany = 92\n");
    let end = || ("due_on", day("2026-06-01").into());
    let me = Value::text(desk.me.clone());
    let (review, edits) = super::start(
        desk.now,
        vec![("title", "R".into()), ("system", Value::text(desk.system.clone())), ("reviewer", me.clone())],
    );
    desk.write(edits);
    let review = Value::text(review);
    let owned = |fields: Vec<(&'static str, Value)>| {
        fields.into_iter().chain([("review", review.clone()), ("owner", me.clone())]).collect::<Vec<_>>()
    };
    desk.add(&ACTION, owned(vec![("title", "Do".into()), end()]));
    desk.add(&ROUTE, vec![("review", review.clone()), ("function", "privacy".into()), ("reviewer", me.clone()), end()]);
    let risk = desk.add(&RISK, owned(vec![("title", "R".into()), ("severity", 3.into()), ("likelihood", 3.into())]));
    let list = desk.add(
        &CHECKLIST,
        vec![
            ("title", "L".into()),
            ("review", review.clone()),
            ("template", "x".into()),
            ("template_version", 1.into()),
        ],
    );
    let item = desk.add(
        &CHECKLIST_ITEM,
        vec![("code", "A".into()), ("text", "T".into()), ("checklist", Value::text(list.id())), ("review", review)],
    );
    for (kind, subject) in [(decision::WAIVER, &item), (decision::ACCEPTANCE, &risk)] {
        let subject = desk.workspace.get(subject.kind(), subject.id()).expect("it is there");
        let ask = Ask {
            expires_on: Some(day("2026-06-01")),
            control: "By hand.".to_owned(),
            ..Ask::new(kind, Some(&subject), "For now.")
        };
        let edits = decide(&desk.workspace, &ask, desk.now).expect("edits");
        desk.write(edits);
    }
    let incident = desk.incident(&[], "2026-03-01T09:00:00Z");
    desk.add(
        &MITIGATION,
        vec![
            ("incident", Value::text(incident.id())),
            ("title", "Off".into()),
            ("put_in_by", me),
            ("ends_on", day("2026-06-01").into()),
        ],
    );
    desk
}

#[test]
fn everything_goes_through_three_steps_by_the_policy() {
    let desk = full();
    let review = desk.workspace.records(&crate::workspace::Query::all(&REVIEW)).expect("read").remove(0);
    assert_eq!(review.get("due_on").as_day(), Some(day("2026-06-01")), "by the service level of its stage");
    let due = day("2026-06-01");
    let step = |sort, days: i64| desk.step(sort, due + TimeDelta::days(days)).unwrap_or_default();
    for sort in [Sort::Action, Sort::Route, Sort::Stage] {
        let steps: Vec<String> = [-3, -2, 0, 1, 6, 7, 400].map(|days| step(sort, days)).into();
        let expected =
            ["", "reminder", "reminder", "escalation", "escalation", "second escalation", "second escalation"];
        assert_eq!(steps, expected, "{}", sort.word());
    }
    for sort in [Sort::Waiver, Sort::Acceptance, Sort::Mitigation] {
        let steps: Vec<String> = [-15, -14, 0, 1, 6, 7].map(|days| step(sort, days)).into();
        let expected = ["", "reminder", "reminder", "escalation", "escalation", "second escalation"];
        assert_eq!(steps, expected, "{}", sort.word());
    }
    // Who is told, step by step: owner and reviewer are one person here.
    let to = |days: i64| {
        let all = desk.told(due + TimeDelta::days(days));
        all.into_iter().find(|one| one.sort == Sort::Waiver).map(|one| one.to).expect("it is due")
    };
    assert_eq!(to(0), ["@ana"]);
    assert_eq!(to(1), ["@ana", "RAI lead"]);
    assert_eq!(to(7), ["RAI lead", "executive"]);
}

const SERIOUS: &str = "AI Act: serious incident";
const WIDESPREAD: &str = "AI Act: widespread or critical infrastructure";
const DEATH: &str = "AI Act: death of a person";

#[test]
fn legal_clocks_escalate_before_they_run_out() {
    let mut desk = Desk::new("");
    desk.incident(&[SERIOUS], "2026-03-01T09:00:00Z");
    // Fifteen days after the first is the sixteenth.
    let clock = desk.told(day("2026-03-01")).remove(0);
    assert_eq!((clock.sort, clock.due_on, clock.step.as_str()), (Sort::LegalClock, day("2026-03-16"), "reminder"));
    let steps: Vec<String> = ["2026-03-10", "2026-03-11", "2026-03-14", "2026-03-15", "2026-03-17"]
        .map(|on| desk.step(Sort::LegalClock, day(on)).unwrap_or_default())
        .into();
    assert_eq!(steps, ["reminder", "escalation", "escalation", "second escalation", "second escalation"]);
}

#[test]
fn each_clock_of_an_incident_is_told_and_stopped_for_itself() {
    let mut desk = Desk::new("");
    let incident = desk.incident(&[SERIOUS, WIDESPREAD, DEATH], "2026-03-01T09:00:00Z");
    let told: Vec<(Option<String>, NaiveDate, String)> =
        desk.told(day("2026-03-01")).into_iter().map(|one| (one.clock, one.due_on, one.step)).collect();
    let expected = [
        (WIDESPREAD, "2026-03-03", "escalation"),
        (DEATH, "2026-03-11", "reminder"),
        (SERIOUS, "2026-03-16", "reminder"),
    ];
    let expected = expected.map(|(clock, on, step)| (Some(clock.to_owned()), day(on), step.to_owned()));
    assert_eq!(told, expected, "the two days leave no time for a reminder");
    let report = vec![
        ("incident", Value::text(incident.id())),
        ("kind", REPORT.into()),
        ("text", "By form.".into()),
        ("clock", WIDESPREAD.into()),
    ];
    desk.add(&ENTRY, report);
    let left = desk.told(day("2026-03-01")).into_iter().filter_map(|one| one.clock).collect::<Vec<_>>();
    assert_eq!(left, [DEATH, SERIOUS]);
    let entries = uids(&desk);
    assert_eq!(entries.len(), 2, "a calendar keeps them apart: {entries:?}");
}

/// The ids of the entries of the calendar.
fn uids(desk: &Desk) -> std::collections::BTreeSet<String> {
    let text = super::due::calendar(&desk.told(day("2026-03-01")), "w", desk.now);
    text.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned).collect()
}

#[test]
fn clocks_run_over_months_leap_days_and_changes_of_the_clock() {
    let clock = |zone: &str, aware: &str, name: &str| {
        let policy = Policy::from_layers(&[Layer::new("zone", format!("[business]\ntime_zone = \"{zone}\"\n"))]);
        let said = [("detected_at", Value::from(at(aware))), ("clocks", Value::List(vec![name.to_owned()]))];
        let incident = Record::from_said(&INCIDENT, &said);
        incident::clocks(&incident, &[], &policy.expect("it loads")).remove(0).due_on
    };
    let berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
    for (zone, aware, name, due) in [
        // Over the end of a month and of a year.
        ("UTC0", "2026-01-31T12:00:00Z", SERIOUS, "2026-02-15"),
        ("UTC0", "2026-12-30T12:00:00Z", WIDESPREAD, "2027-01-01"),
        // A February with and without its leap day.
        ("UTC0", "2028-02-20T12:00:00Z", DEATH, "2028-03-01"),
        ("UTC0", "2027-02-20T12:00:00Z", DEATH, "2027-03-02"),
        ("UTC0", "2028-02-29T23:59:59Z", SERIOUS, "2028-03-15"),
        // The day is that of the organisation's clocks: half past midnight there, and the evening before in New York.
        (berlin, "2026-06-01T22:30:00Z", WIDESPREAD, "2026-06-04"),
        ("EST5EDT,M3.2.0,M11.1.0", "2026-06-02T02:00:00Z", WIDESPREAD, "2026-06-03"),
        // Days are days, also those of 23 and 25 hours: 29 March and 25 October 2026.
        (berlin, "2026-03-28T22:59:00Z", WIDESPREAD, "2026-03-30"),
        (berlin, "2026-03-28T23:00:00Z", WIDESPREAD, "2026-03-31"),
        (berlin, "2026-10-24T21:59:00Z", WIDESPREAD, "2026-10-26"),
        (berlin, "2026-10-24T22:00:00Z", WIDESPREAD, "2026-10-27"),
    ] {
        assert_eq!(clock(zone, aware, name), day(due), "{zone} {aware} {name}");
    }
}

#[test]
fn an_incident_is_not_closed_over_a_running_clock_without_a_reason() {
    let mut desk = Desk::new("");
    let incident = desk.incident(&[SERIOUS], "2026-03-01T09:00:00Z");
    let set = |desk: &mut Desk, fields: Vec<(&'static str, Value)>| {
        let edit = Edit::Set { kind: &INCIDENT, id: incident.id().to_owned(), version: None, fields };
        desk.workspace.write(Change { at: desk.now, ..Change::by(&desk.me, vec![edit]) })
    };
    let refused = set(&mut desk, vec![("status", "resolved".into())]);
    let Err(Error::Refused { problems, .. }) = refused else { panic!("{refused:?}") };
    assert!(problems[0].message.contains("due by 2026-03-16"), "{problems:?}");
    // Said why, it is closed, and no more asked for; opened again, its clock still runs.
    let why = "Legal: not a high-risk system.";
    set(&mut desk, vec![("status", "resolved".into()), ("clock_note", why.into())]).expect("closed");
    assert!(desk.told(day("2026-03-20")).is_empty());
    set(&mut desk, vec![("status", "open".into())]).expect("opened");
    assert_eq!(desk.step(Sort::LegalClock, day("2026-03-17")).as_deref(), Some("second escalation"));
}
