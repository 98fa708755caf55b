//! Each figure against a case that was worked by hand; the working stands beside it.

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

/// The builtin policy in which one role may do everything and nobody is kept from their own work.
fn policy(more: &str) -> Policy {
    let open = "[[right]]\nid = \"all\"\nkinds = [\"tier\", \"approve\", \"approve with conditions\", \"reject\", \"waiver\", \
                \"risk acceptance\", \"policy change\", \"roles\"]\nroles = [\"specialist\"]\nreason = \"For trials.\"\n\
                [[separation]]\nid = \"own-work\"\nremove = true\n[[separation]]\nid = \"own-risk\"\nremove = true\n";
    Policy::from_layers(&[Layer::new("trial", format!("{open}{more}"))]).expect("it loads")
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
fn coverage_asks_for_a_complete_packet_and_an_approval_before_the_launch() {
    // Three answers are asked for, whatever is answered.
    let few = policy("").to_table().get("requirement").and_then(toml::Value::as_array).expect("rules").clone();
    let gone: String = few
        .iter()
        .filter_map(|rule| rule.get("id")?.as_str().filter(|id| *id != "use-case"))
        .fold(String::new(), |gone, id| gone + "[[requirement]]\nid = \"" + id + "\"\nremove = true\n");
    let mut desk = Desk::under(&policy(&gone));
    let release = |desk: &mut Desk, on: &str| desk.release(on);
    let link = |release: &Record| vec![("release", Value::text(release.id()))];
    // 1: approved on 1 July, complete, launched on 10 July: counts.
    let good = release(&mut desk, "2026-07-10");
    let one = desk.review("2026-06-01", link(&good));
    desk.complete("2026-06-02", &one, vec![("use_case", "Ranks".into())]);
    desk.approve("2026-07-01", &one);
    // 2: approved five days after its launch: does not.
    let late = release(&mut desk, "2026-07-15");
    let two = desk.review("2026-06-01", link(&late));
    desk.complete("2026-06-02", &two, vec![("use_case", "Ranks".into())]);
    desk.approve("2026-07-20", &two);
    // 3: approved in time, but its packet was completed only after the launch: does not.
    let hollow = release(&mut desk, "2026-08-01");
    let three = desk.review("2026-06-01", link(&hollow));
    desk.approve("2026-07-01", &three);
    desk.complete("2026-09-02", &three, vec![("use_case", "Ranks".into())]);
    // 4: no review at all: does not. Launched on the last day of the quarter.
    release(&mut desk, "2026-09-30");
    // Not counted: launched the day after the quarter.
    release(&mut desk, "2026-10-01");
    let counted = desk.figure("assessment-coverage", "2026-Q3");
    close(counted.value, 0.25);
    assert_eq!((counted.numerator, counted.denominator, counted.n), (Some(1.0), Some(4.0), 4));
    let behind: Vec<(&str, bool)> = counted.behind.iter().map(|one| (one.id.as_str(), one.counts)).collect();
    assert_eq!(behind.first(), Some(&(good.id(), true)));
    // What came into it later does not make it good afterwards: the packet of the first was emptied after its launch.
    desk.complete("2026-10-02", &one, vec![("use_case", Value::Empty)]);
    close(desk.figure("assessment-coverage", "2026-Q3").value, 0.25);
    // A system that is not in scope is left out.
    let system = desk.workspace.get(&SYSTEM, &desk.system.clone()).expect("the system");
    desk.set("2026-10-03", &system, vec![("tags", Value::List(vec!["out of scope".to_owned()]))]);
    assert_eq!(desk.figure("assessment-coverage", "2026-Q3").value, None);
}

#[test]
fn reviews_are_in_time_and_take_days() {
    let mut desk = Desk::new();
    // Submitted on the first of March; approved after 10, 20 and 60 days; targets met, met on the day, missed.
    for (approved, target) in [("2026-03-11", "2026-04-01"), ("2026-03-21", "2026-03-21"), ("2026-04-30", "2026-04-01")]
    {
        let review = desk.review("2026-03-01", vec![("target_on", day(target).into())]);
        desk.approve(approved, &review);
    }
    // Decided without a target; and one that is not decided.
    let review = desk.review("2026-03-01", Vec::new());
    desk.approve("2026-03-31", &review);
    desk.review("2026-03-01", vec![("target_on", day("2026-03-05").into())]);
    let on_time = desk.figure("on-time-completion", "2026-H1");
    close(on_time.value, 2.0 / 3.0);
    assert_eq!((on_time.numerator, on_time.denominator, on_time.n), (Some(2.0), Some(3.0), 3));
    // 10, 20, 30 and 60 days: the median is 25, the 90th percentile 30 + 0.7 × 30 = 51.
    let cycle = desk.figure("cycle-time", "2026-H1");
    close(cycle.value, 25.0);
    assert_eq!(cycle.more.len(), 1);
    close(Some(cycle.more[0].1), 51.0);
    // A period of a single review.
    let one = desk.figure("cycle-time", "2026-03-11..2026-03-11");
    close(one.value, 10.0);
    assert_eq!(one.n, 1);
    close(Some(one.more[0].1), 10.0);
    // It opens again: what was decided in March was decided in March.
    desk.stage("2026-06-01", &review, &["assessment"]);
    assert_eq!(desk.figure("cycle-time", "2026-H1").n, 4);
    // By tier, everything is low.
    let period = Period::parse("2026-H1").expect("a period");
    let only = [kpi("cycle-time").expect("a figure")];
    let by = |by| {
        let all =
            figures(&desk.workspace, &desk.policies, &period, Some(by), &only, day("2026-12-31")).expect("computed");
        all.into_iter().map(|figure| (figure.group.unwrap_or_default(), figure.counted.n)).collect::<Vec<_>>()
    };
    assert_eq!(by(By::Tier), [("low".to_owned(), 4)]);
    assert_eq!(by(By::Team), [("Hiring".to_owned(), 4)]);
    assert_eq!(by(By::Area), [("People".to_owned(), 4)]);
}

#[test]
fn a_target_may_look_back() {
    let mut desk = Desk::new();
    // 40 days in the first quarter, 30 in the third: 36 was asked for, ten percent under.
    for (submitted, approved) in [("2026-01-01", "2026-02-10"), ("2026-08-01", "2026-08-31")] {
        let review = desk.review(submitted, Vec::new());
        desk.approve(approved, &review);
    }
    let figure = desk.whole("cycle-time", "2026-Q3");
    assert_eq!(figure.goal.words, "≤ 36.0 d (10 % under 6 months before)");
    assert_eq!(figure.verdict, Verdict::Met);
    assert_eq!(figure.trend.last().map(|(name, value)| (name.as_str(), *value)), Some(("2026-Q3", Some(30.0))));
    assert_eq!(desk.whole("cycle-time", "2026-Q1").verdict, Verdict::Open, "nothing to compare with");
}

#[test]
fn evidence_is_complete_when_required_documents_are_there() {
    let rules = policy("").to_table().get("document_rule").and_then(toml::Value::as_array).expect("rules").clone();
    let gone: String = rules
        .iter()
        .filter_map(|rule| rule.get("id")?.as_str())
        .fold(String::new(), |gone, id| gone + "[[document_rule]]\nid = \"" + id + "\"\nremove = true\n");
    let own = "[[document_rule]]\nid = \"card\"\ndocument = \"model card\"\nfrom_tier = \"low\"\nreason = \"x\"\n\
               [[document_rule]]\nid = \"sheet\"\ndocument = \"data sheet\"\nfrom_tier = \"low\"\nreason = \"x\"\n";
    let mut desk = Desk::under(&policy(&format!("{gone}{own}")));
    let one = desk.review("2026-03-01", Vec::new());
    let two = desk.review("2026-03-01", Vec::new());
    for review in [&one, &two] {
        desk.complete("2026-03-02", review, vec![("use_case", "Ranks".into())]);
    }
    assert_eq!(desk.figure("evidence-completeness", "2025").value, None, "before anything was submitted");
    // The first has its card, handed in and accepted in May; the second nothing: one of four.
    let card = desk.add(
        "2026-05-01",
        &EVIDENCE,
        vec![("title", "Card".into()), ("kind", "model card".into()), ("review", Value::text(one.id()))],
    );
    let verdict = vec![("status", "accepted".into()), ("verdict_reason", "Sound.".into())];
    desk.by_the_other(|desk| desk.set("2026-05-02", &card, verdict));
    let half = desk.figure("evidence-completeness", "2026-H1");
    close(half.value, 0.25);
    assert_eq!((half.numerator, half.denominator, half.n), (Some(1.0), Some(4.0), 2));
    close(desk.figure("evidence-completeness", "2026-Q1").value, 0.0);
    // Withdrawn by the end: no more asked of it.
    desk.stage("2026-06-01", &two, &["withdrawn"]);
    close(desk.figure("evidence-completeness", "2026-H1").value, 0.5);
    close(desk.figure("evidence-completeness", "2026-05").value, 0.25);
}

#[test]
fn documents_are_reworked() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    let give = |desk: &mut Desk, title: &str, rounds: &[(&str, &'static str)]| {
        let fields = vec![
            ("title", title.into()),
            ("template", "model-card".into()),
            ("review", Value::text(review.id())),
            ("author", Value::text(desk.me.as_str())),
        ];
        let document = desk.add("2026-03-02", &DOCUMENT, fields);
        let section = vec![
            ("document", Value::text(document.id())),
            ("code", "a".into()),
            ("heading", "A".into()),
            ("text", "Says it.".into()),
        ];
        desk.add("2026-03-02", &SECTION, section);
        for (when, rework) in rounds {
            let other = Value::text(desk.other.as_str());
            let round =
                desk.add(when, &ROUND, vec![("document", Value::text(document.id())), ("reviewer", other.clone())]);
            desk.set(when, &document, vec![("status", "in review".into()), ("reviewer", other)]);
            desk.by_the_other(|desk| {
                desk.set(when, &round, vec![("rework", (*rework).into()), ("summary", "Said.".into())]);
            });
        }
    };
    give(&mut desk, "One", &[("2026-03-10", "major"), ("2026-03-20", "none")]);
    give(&mut desk, "Two", &[("2026-03-10", "minor")]);
    give(&mut desk, "Three", &[("2026-04-10", "none")]);
    give(&mut desk, "Never read", &[]);
    let march = desk.figure("artifact-rework", "2026-03");
    close(march.value, 0.5);
    assert_eq!((march.numerator, march.denominator), (Some(1.0), Some(2.0)));
    close(desk.figure("artifact-rework", "2026").value, 1.0 / 3.0);
    assert_eq!(desk.figure("artifact-rework", "2026-05").value, None);
}

#[test]
fn fairness_issues_are_counted_by_severity_and_phase() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    for (severity, phase) in [(4, "pre-launch"), (4, "pre-launch"), (2, "pre-launch"), (5, "post-launch")] {
        let fields = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("category", "fairness".into()),
            ("severity", Value::Number(severity)),
            ("found_phase", phase.into()),
        ];
        desk.add("2026-03-05", &RISK, fields);
    }
    desk.add(
        "2026-03-05",
        &RISK,
        vec![("title", "Other".into()), ("review", Value::text(review.id())), ("category", "transparency".into())],
    );
    let before = desk.figure("fairness-pre-launch", "2026-Q1");
    assert_eq!((before.value, before.n), (Some(3.0), 3));
    assert_eq!(before.more, [("severity 4".to_owned(), 2.0), ("severity 2".to_owned(), 1.0)]);
    assert_eq!(desk.figure("fairness-post-launch", "2026-Q1").value, Some(1.0));
    // None found in a programme that looks is a figure; before it looked it is not.
    assert_eq!(desk.figure("fairness-post-launch", "2026-Q2").value, Some(0.0));
    assert_eq!(desk.figure("fairness-post-launch", "2025").value, None);
    assert_eq!(desk.whole("fairness-post-launch", "2026-Q2").verdict, Verdict::Met, "downward from 1 to 0");
}

#[test]
fn mitigations_are_closed_in_time_and_improvements_shipped() {
    let mut desk = Desk::new();
    let mut action = |kind: &'static str, due: &str, closed: Option<(&str, &'static str)>| {
        let action = desk.add(
            "2026-03-01",
            &ACTION,
            vec![("title", "Do".into()), ("kind", kind.into()), ("due_on", day(due).into())],
        );
        if let Some((when, status)) = closed {
            desk.set(when, &action, vec![("status", status.into()), ("closing_note", "Said.".into())]);
        }
    };
    action("mitigation", "2026-04-10", Some(("2026-04-10", "done")));
    action("mitigation", "2026-04-10", Some(("2026-04-11", "done")));
    action("mitigation", "2026-04-20", None);
    action("mitigation", "2026-04-20", Some(("2026-04-01", "cancelled")));
    action("mitigation", "2027-04-20", None);
    action("follow-up", "2026-04-20", None);
    action("control improvement", "2026-05-01", Some(("2026-05-20", "done")));
    action("control improvement", "2026-05-01", Some(("2026-06-20", "done")));
    action("control improvement", "2026-05-01", None);
    let closed = desk.figure("mitigation-closure", "2026-04");
    close(closed.value, 1.0 / 3.0);
    assert_eq!((closed.numerator, closed.denominator), (Some(1.0), Some(3.0)));
    assert_eq!(desk.figure("mitigation-closure", "2027").value, None, "still in time");
    // Two in a half-year; in the second quarter, half a half-year, that is four a half-year.
    close(desk.figure("control-improvements", "2026-H1").value, 2.0);
    close(desk.figure("control-improvements", "2026-Q2").value, 4.0);
    close(desk.figure("control-improvements", "2026-H2").value, 0.0);
}

#[test]
fn what_remains_at_a_launch_is_accepted_or_not() {
    let mut desk = Desk::new();
    let launch = |desk: &mut Desk, on: &str, steps: Option<i64>| {
        let release = desk.release(on);
        let review = desk.review("2026-06-01", vec![("release", Value::text(release.id()))]);
        let fields = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("severity", 5.into()),
            ("likelihood", 4.into()),
            ("residual_severity", steps.map_or(Value::Empty, Value::Number)),
            ("residual_likelihood", steps.map_or(Value::Empty, Value::Number)),
        ];
        desk.add("2026-06-02", &RISK, fields)
    };
    // Low in the end: not partial. High, and accepted before the launch. High, and accepted after it. High, never assessed.
    launch(&mut desk, "2026-07-10", Some(1));
    let accepted = launch(&mut desk, "2026-07-11", Some(4));
    let afterwards = launch(&mut desk, "2026-07-12", Some(4));
    launch(&mut desk, "2026-07-13", None);
    for (risk, when) in [(&accepted, "2026-07-01"), (&afterwards, "2026-07-20")] {
        let risk = desk.workspace.get(&RISK, risk.id()).expect("the risk");
        let ask = crate::review::decide::Ask {
            expires_on: Some(day("2026-12-31")),
            ..crate::review::decide::Ask::new(decision::ACCEPTANCE, Some(&risk), "Known.")
        };
        desk.decide(when, &ask);
    }
    let documented = desk.figure("residual-acceptance", "2026-07");
    close(documented.value, 1.0 / 3.0);
    assert_eq!(documented.denominator, Some(3.0));
    // Lowered after the launch: at the launch it was high.
    desk.set("2026-08-01", &afterwards, vec![("residual_severity", 1.into())]);
    close(desk.figure("residual-acceptance", "2026-07").value, 1.0 / 3.0);
    // Found after the launch: it did not remain at it.
    let review =
        desk.workspace.get(&RISK, accepted.id()).expect("the risk").text("review").unwrap_or_default().to_owned();
    let fields = vec![
        ("title", "Late".into()),
        ("review", Value::text(review)),
        ("severity", 5.into()),
        ("likelihood", 5.into()),
    ];
    desk.add("2026-09-01", &RISK, fields);
    close(desk.figure("residual-acceptance", "2026-07").value, 1.0 / 3.0);
}

#[test]
fn each_launch_is_judged_by_the_policy_of_its_day() {
    let mut desk = Desk::new();
    for on in ["2026-03-10", "2026-09-10"] {
        let release = desk.release(on);
        let review = desk.review("2026-02-01", vec![("release", Value::text(release.id()))]);
        // Medium: tolerated by the first policy, above what the second tolerates.
        let level = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("severity", 3.into()),
            ("likelihood", 3.into()),
        ];
        assert_eq!(desk.add("2026-02-02", &RISK, level).text("level"), Some("medium"));
    }
    let strict = policy("[risk]\ntolerated_level = \"low\"\n[[kpi]]\nid = \"residual-acceptance\"\nat_least = 0.5\n");
    let lax = policy("");
    desk.policies = Policies::over_time(&strict, vec![(at("2025-01-01"), lax), (at("2026-06-01"), strict.clone())]);
    let year = desk.whole("residual-acceptance", "2026");
    assert_eq!((year.counted.value, year.counted.denominator), (Some(0.0), Some(1.0)), "only the second was partial");
    assert_eq!(year.goal.words, "≥ 50 %", "the target in force at the end");
    let first = desk.whole("residual-acceptance", "2026-H1");
    assert_eq!((first.counted.value, first.counted.denominator), (None, Some(0.0)));
    assert_eq!(desk.whole("residual-acceptance", "2026-Q1").goal.words, "≥ 100 %");
}

#[test]
fn a_launch_is_watched_when_its_signals_are_live() {
    let mut desk = Desk::new();
    desk.release("2026-04-01");
    desk.release("2026-06-01");
    let owner = Value::text(desk.me.as_str());
    let fields = vec![
        ("name", "Drift".into()),
        ("system", Value::text(desk.system.as_str())),
        ("owner", owner),
        ("alert_route", "#alerts".into()),
    ];
    let signal = desk.add("2026-03-01", &SIGNAL, fields);
    // Live between the two launches.
    desk.set("2026-05-01", &signal, vec![("status", "live".into())]);
    let half = desk.figure("monitoring-readiness", "2026-H1");
    assert_eq!((half.numerator, half.denominator), (Some(1.0), Some(2.0)));
    close(desk.figure("monitoring-readiness", "2026-06").value, 1.0);
    // A second live signal without a route: not ready any more, from then on.
    let bare = vec![("name", "Bias".into()), ("system", Value::text(desk.system.as_str())), ("status", "live".into())];
    desk.add("2026-05-20", &SIGNAL, bare);
    close(desk.figure("monitoring-readiness", "2026-06").value, 0.0);
}

#[test]
fn alerts_are_answered_in_business_time() {
    let mut desk = Desk::new();
    let signal =
        desk.add("2026-01-05", &SIGNAL, vec![("name", "Drift".into()), ("system", Value::text(desk.system.as_str()))]);
    let mut alert = |raised: &str, answered: Option<&str>| {
        let fields =
            vec![("signal", Value::text(signal.id())), ("raised_at", at(raised).into()), ("value", "0.4".into())];
        let alert = desk.add("2026-03-31", &ALERT, fields);
        if let Some(answered) = answered {
            desk.set("2026-03-31", &alert, vec![("acknowledged_at", at(answered).into())]);
        }
    };
    // Monday to Friday, 9 to 17. Within the hour; Friday 16:00 to Monday 11:00, three hours; two days.
    alert("2026-03-02T10:00:00Z", Some("2026-03-02T11:00:00Z"));
    alert("2026-03-06T16:00:00Z", Some("2026-03-09T11:00:00Z"));
    alert("2026-03-10T09:00:00Z", Some("2026-03-11T17:00:00Z"));
    // Two in the same millisecond, one of them never answered.
    alert("2026-03-12T09:00:00.123Z", Some("2026-03-12T09:00:00.123Z"));
    alert("2026-03-12T09:00:00.123Z", None);
    let march = desk.figure("alert-response", "2026-03");
    // 0, 1/8, 3/8 and 2 business days: the median is 2/8.
    close(march.value, 0.25);
    assert_eq!((march.numerator, march.denominator, march.n), (Some(3.0), Some(5.0), 5));
    assert_eq!(desk.whole("alert-response", "2026-03").verdict, Verdict::Met);
}

#[test]
fn teams_are_asked_taught_and_let_pass() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    for (given, score) in [("2026-03-10", 5), ("2026-03-20", 4), ("2026-04-01", 1)] {
        desk.add(
            "2026-04-02",
            &SURVEY,
            vec![("review", Value::text(review.id())), ("given_on", day(given).into()), ("score", score.into())],
        );
    }
    let march = desk.figure("satisfaction", "2026-03");
    assert_eq!((march.value, march.numerator, march.denominator, march.n), (Some(4.5), Some(9.0), Some(2.0), 2));
    for (held, people) in [("2026-03-10", 12), ("2026-05-20", 30)] {
        desk.add(
            "2026-06-01",
            &ENABLEMENT,
            vec![("title", "T".into()), ("held_on", day(held).into()), ("attendees", people.into())],
        );
    }
    let half = desk.figure("enablement-reach", "2026-H1");
    close(half.value, 2.0 / 6.0);
    assert_eq!((half.n, half.more.first().map(|(_, people)| *people)), (2, Some(42.0)));
    close(desk.figure("enablement-reach", "2026-04").value, 0.0);
    // Two waivers, one of them only recommended; two launches.
    let list = desk.add(
        "2026-03-03",
        &CHECKLIST,
        vec![
            ("title", "L".into()),
            ("review", Value::text(review.id())),
            ("template", "launch-readiness".into()),
            ("template_version", 1.into()),
        ],
    );
    for (code, recommend) in [("A-1", false), ("A-2", true)] {
        let fields = vec![
            ("code", code.into()),
            ("text", "T".into()),
            ("checklist", Value::text(list.id())),
            ("review", Value::text(review.id())),
        ];
        let item = desk.add("2026-03-03", &CHECKLIST_ITEM, fields);
        let ask = crate::review::decide::Ask {
            expires_on: Some(day("2026-06-30")),
            control: "By hand.".to_owned(),
            recommend,
            ..crate::review::decide::Ask::new(decision::WAIVER, Some(&item), "For now.")
        };
        desk.decide("2026-03-04", &ask);
    }
    assert_eq!(desk.figure("policy-exceptions", "2026-03").value, None, "no launch to set them against");
    desk.release("2026-03-20");
    desk.release("2026-03-21");
    let waived = desk.figure("policy-exceptions", "2026-03");
    assert_eq!((waived.value, waived.numerator, waived.denominator, waived.n), (Some(0.5), Some(1.0), Some(2.0), 2));
}

#[test]
fn templates_are_used_or_not() {
    let mut desk = Desk::new();
    let (one, two) = (desk.review("2026-03-01", Vec::new()), desk.review("2026-03-02", Vec::new()));
    desk.review("2026-03-03", Vec::new());
    for (review, template) in [(&one, "launch-readiness"), (&two, "launch-readiness"), (&two, "our-own-list")] {
        let fields = vec![
            ("title", "L".into()),
            ("review", Value::text(review.id())),
            ("template", template.into()),
            ("template_version", 1.into()),
        ];
        desk.add("2026-03-04", &CHECKLIST, fields);
    }
    let adopted = desk.figure("template-adoption", "2026-Q1");
    assert_eq!((adopted.value, adopted.numerator, adopted.denominator), (Some(0.5), Some(1.0), Some(2.0)));
    // A card that was made elsewhere.
    desk.add(
        "2026-03-05",
        &EVIDENCE,
        vec![("title", "Card".into()), ("kind", "model card".into()), ("review", Value::text(one.id()))],
    );
    close(desk.figure("template-adoption", "2026-Q1").value, 0.0);
}

#[test]
fn percentiles_fall_between_neighbours() {
    assert_eq!(percentile(&mut [], 0.5), None);
    assert_eq!(percentile(&mut [7.0], 0.9), Some(7.0));
    assert_eq!(percentile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
    let apart = TimeDelta::zero();
    assert!(apart.is_zero() && percentile(&mut [1.0, 2.0], 1.0) == Some(2.0));
}
