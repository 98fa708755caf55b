//! Every rule on records that are made up: one set with which it finds fault, and a change of it that keeps it quiet.

use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::cases::CASES;
use super::*;
use crate::policy::Policy;
use crate::record::{FieldKind, KINDS, PACKET, PERSON, RELEASE, REVIEW, RISK, SILENCE, SYSTEM, Value};
use crate::workspace::{Change, Edit, Registered, Workspace, new_id};
use chrono::{NaiveDate, TimeZone as _, Utc};

/// One record as `KIND REF field=value; field=value`: short enough to read a case in a line or two.
pub(super) type Told = (Kind, &'static str, &'static str);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("{text} is no date"))
}

const TODAY: &str = "2026-11-24";

/// A record from words; links name records by their reference.
fn record((kind, reference, said): Told) -> Record {
    let mut record = Record::empty(kind);
    record.set("id", format!("id {reference}"));
    record.set("ref", reference);
    for pair in said.split("; ").filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or_else(|| panic!("{pair} says no value"));
        let field = kind.field(name).unwrap_or_else(|| panic!("{} have no {name}", kind.plural));
        let value = match field.kind {
            FieldKind::Link(_) => Value::text(format!("id {text}")),
            FieldKind::Step(_) | FieldKind::Number(..) => Value::Number(text.parse().expect("a number")),
            FieldKind::Flag => Value::Flag(text == "yes"),
            FieldKind::Day => Value::Day(day(text)),
            FieldKind::Moment => Value::Moment(Utc.from_utc_datetime(&day(text).and_hms_opt(12, 0, 0).expect("noon"))),
            _ if field.is_list() => Value::List(text.split(", ").map(str::to_owned).collect()),
            _ => Value::text(text),
        };
        record.set(name, value);
    }
    record
}

/// A workspace with nothing in it but its owner.
fn empty() -> (TempDir, Workspace, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut workspace =
        Workspace::create(&folder.path().join("w.db"), Arc::new(Policy::builtin())).expect("a workspace");
    let me = new_id(Utc::now());
    let fields = vec![("name", Value::text("Ana")), ("handle", Value::text("ana"))];
    workspace.write(Change::by(&me, vec![Edit::Add { kind: &PERSON, id: me.clone(), fields }])).expect("the owner");
    (folder, workspace, me)
}

/// What a rule finds among these records: the references.
fn found(workspace: &Workspace, policy: &Policy, rule: &Rule, told: &[Told]) -> Vec<String> {
    let mut facts = Facts::new(workspace, policy, day(TODAY));
    for kind in KINDS {
        facts.put(kind, told.iter().filter(|one| one.0 == *kind).map(|one| record(*one)).collect());
    }
    let Test::Each(test) = rule.test else { panic!("{} needs everything at once", rule.id) };
    let fires = |record: &&Record| {
        test(&facts, record)
            .inspect(|fault| {
                assert!(fault.text.ends_with(['.', '…']) || fault.text.contains(": "), "{}: {}", rule.id, fault.text);
                assert!(fault.command.starts_with("probity "), "{}: {}", rule.id, fault.command);
            })
            .is_some()
    };
    facts.records(rule.about).iter().filter(fires).map(|record| record.reference().to_owned()).collect()
}

#[test]
fn every_rule_fires_where_it_should_and_is_quiet_where_it_should() {
    let (_folder, workspace, _) = empty();
    let policy = Policy::builtin();
    for (id, faulty, sound) in CASES {
        let rule = rule(id).unwrap_or_else(|| panic!("there is no rule {id}"));
        assert_eq!(found(&workspace, &policy, rule, faulty).len(), 1, "{id} is to find one");
        assert_eq!(found(&workspace, &policy, rule, sound), Vec::<String>::new(), "{id} is to find none");
    }
    let whole = rules().filter(|rule| matches!(rule.test, Test::Whole(_))).map(|rule| rule.id);
    let mut tested: Vec<&str> = CASES.iter().map(|(id, ..)| *id).chain(whole).collect();
    tested.dedup();
    let all: Vec<&str> = rules().map(|rule| rule.id).collect();
    for id in &all {
        assert!(tested.contains(id), "{id} has no case");
    }
}

#[test]
fn rules_are_described_well() {
    let mut ids = std::collections::HashSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
        assert!(!rule.title.ends_with('.') && rule.title.len() < 76, "{}", rule.title);
        assert!(rule.why.ends_with('.') && rule.why.len() > 40, "{}", rule.id);
        let about = if rule.place == crate::review::Place::Packet { &PACKET } else { rule.about };
        assert!(rule.field.is_empty() || about.field(rule.field).is_some(), "{}: {}", rule.id, rule.field);
    }
    assert!(rules().count() >= 40);
}

/// A workspace in which two systems say the same, to ask the rules that need everything at once.
struct Desk {
    _folder: TempDir,
    workspace: Workspace,
    me: String,
}

impl Desk {
    fn new() -> Self {
        let (folder, workspace, me) = empty();
        Self { _folder: folder, workspace, me }
    }

    fn add(&mut self, kind: Kind, fields: Vec<(&'static str, Value)>) -> String {
        let id = new_id(Utc::now());
        let edit = Edit::Add { kind, id: id.clone(), fields };
        self.workspace.write(Change::by(&self.me, vec![edit])).unwrap_or_else(|error| panic!("{error}"));
        id
    }

    /// A system with a review and its packet.
    fn review(&mut self, name: &str, title: &str, use_case: &str) -> (String, String) {
        let text = |text: &str| Value::text(text);
        let system = self.add(&SYSTEM, vec![("name", text(name)), ("product_area", text("Claims"))]);
        let review = self.add(&REVIEW, vec![("title", text(title)), ("system", text(&system))]);
        self.add(&PACKET, vec![("review", text(&review)), ("use_case", text(use_case))]);
        (system, review)
    }

    fn found(&self, id: &str, review: Option<&str>) -> Vec<Finding> {
        let rules = vec![rule(id).unwrap_or_else(|| panic!("there is no rule {id}"))];
        let review = review.map(|id| self.workspace.get(&REVIEW, id).expect("the review"));
        let report = lint(&self.workspace, &Policy::builtin(), &Scope { review, rules }, day(TODAY));
        report.expect("a report").findings
    }

    fn records(&self, id: &str) -> Vec<String> {
        self.found(id, None).into_iter().map(|finding| finding.record).collect()
    }
}

const USE: &str = "Estimate the cost of repair from photos of a damaged car, so that assessors settle claims sooner.";

#[test]
fn what_two_systems_share_word_for_word_is_found_on_the_later_one() {
    let mut desk = Desk::new();
    let (_, first) = desk.review("Estimator", "Damage", USE);
    let (_, second) = desk.review("Photo tool", "Photos", USE);
    desk.review("Mail", "Mail", "Sort the mail.");
    assert_eq!(desk.records("review-duplicate"), ["REV-2"]);
    assert_eq!(desk.records("packet-copied"), ["PKT-2"]);
    assert_eq!(desk.found("packet-copied", Some(&first)).len(), 0);
    assert_eq!(desk.found("packet-copied", Some(&second)).len(), 1, "one review alone is told of its own");
    let statement = Value::text("Because photos are dark, the estimate may be low, so that claimants are underpaid.");
    for review in [&first, &first, &second] {
        desk.add(
            &RISK,
            vec![
                ("title", Value::text("Low estimate")),
                ("review", Value::text(review.as_str())),
                ("statement", statement.clone()),
            ],
        );
    }
    assert_eq!(desk.records("risk-statement-copied"), ["RSK-3"], "twice in one system is that system's own affair");
}

#[test]
fn the_same_words_in_another_area_are_not_the_same_system() {
    let mut desk = Desk::new();
    let (system, _) = desk.review("Estimator", "Damage", USE);
    desk.review("Photo tool", "Damage", "Answer questions of members about their bills in the app at any hour.");
    assert_eq!(desk.records("review-duplicate"), Vec::<String>::new(), "only the title is the same");
    desk.review("Third", "Damage", USE);
    assert_eq!(desk.records("review-duplicate"), ["REV-3"]);
    let edit =
        Edit::Set { kind: &SYSTEM, id: system, version: None, fields: vec![("product_area", Value::text("Fleet"))] };
    desk.workspace.write(Change::by(&desk.me, vec![edit])).expect("another area");
    assert_eq!(desk.records("review-duplicate"), Vec::<String>::new());
}

#[test]
fn a_card_of_another_system_is_found() {
    let mut desk = Desk::new();
    let (_, first) = desk.review("Estimator", "Damage", USE);
    let (_, second) = desk.review("Photo tool", "Photos", "Sort photos.");
    for (review, kind) in [(&first, "model card"), (&second, "model card"), (&second, "test log")] {
        let registered = Registered::from_bytes("card.md", b"# Card".to_vec());
        let fields =
            vec![("title", Value::text("Card")), ("kind", Value::text(kind)), ("review", Value::text(review.as_str()))];
        let edits = registered.edits(&new_id(Utc::now()), fields);
        desk.workspace.write(Change::by(&desk.me, edits)).expect("evidence");
    }
    assert_eq!(desk.records("evidence-copied"), ["EVD-2"]);
}

#[test]
fn what_is_live_was_reviewed() {
    let mut desk = Desk::new();
    let (system, review) = desk.review("Estimator", "Damage", USE);
    let live = |id: &str| Edit::Set {
        kind: &SYSTEM,
        id: id.to_owned(),
        version: None,
        fields: vec![("lifecycle", Value::text("production"))],
    };
    assert_eq!(desk.records("system-live-unreviewed"), Vec::<String>::new());
    desk.workspace.write(Change::by(&desk.me, vec![live(&system)])).expect("live");
    let told = desk.found("system-live-unreviewed", None);
    assert!(told[0].text.contains("still open"), "{}", told[0].text);
    let release = |name: &str| {
        vec![
            ("system", Value::text(system.as_str())),
            ("name", Value::text(name)),
            ("launched_on", Value::Day(day("2026-11-01"))),
        ]
    };
    let (one, two) = (release("1.0"), release("2.0"));
    let first = desk.add(&RELEASE, one);
    desk.add(&RELEASE, two);
    let of =
        Edit::Set { kind: &REVIEW, id: review, version: None, fields: vec![("release", Value::text(first.as_str()))] };
    desk.workspace.write(Change::by(&desk.me, vec![of])).expect("the review of a release");
    assert_eq!(desk.records("release-unreviewed"), ["REL-2"]);
}

#[test]
fn a_silence_holds_until_its_day_and_the_finding_comes_back() {
    let mut desk = Desk::new();
    desk.add(&SYSTEM, vec![("name", Value::text("Mail")), ("lifecycle", Value::text("production"))]);
    let system = desk.workspace.find("SYS-1").expect("the system");
    let rule = rule("system-no-owner").expect("the rule");
    let today = chrono::Local::now().date_naive();
    let hush = |desk: &mut Desk, reason: &str, until: Value| {
        let edits = silence(&desk.workspace, rule, &system, Value::text(reason), until, Utc::now()).expect("edits");
        desk.workspace.write(Change::by(&desk.me, edits))
    };
    let why = "The owner is named next week.";
    for (reason, until, word) in [
        ("", Value::Day(today), "Reason"),
        (why, Value::Empty, "Until"),
        (why, Value::Day(today.pred_opt().expect("a day")), "over"),
        (why, Value::Day(today + chrono::Days::new(366)), "at most"),
    ] {
        let refused = hush(&mut desk, reason, until).expect_err("refused").to_string();
        assert!(refused.contains(word), "{refused}");
    }
    hush(&mut desk, why, Value::Day(today)).expect("silenced");
    hush(&mut desk, why, Value::Day(today + chrono::Days::new(1))).expect("silenced for longer");
    assert_eq!(desk.workspace.total(&SILENCE).expect("a count"), 1, "a second silence changes the first");
    let on = |day: NaiveDate| {
        let scope = Scope { review: None, rules: vec![rule] };
        lint(&desk.workspace, &Policy::builtin(), &scope, day).expect("a report")
    };
    let silent = on(today);
    assert_eq!((silent.heard().count(), silent.silenced()), (0, 1));
    assert_eq!(silent.findings[0].silenced.as_ref().map(|silenced| silenced.reason.as_str()), Some(why));
    let later = on(today + chrono::Days::new(2));
    assert_eq!(later.heard().count(), 1);
    assert_eq!(later.findings[0].lapsed, Some(today + chrono::Days::new(1)), "and says so");
    desk.workspace.undo(&desk.me).expect("undone");
    let edits = unsilence(&desk.workspace, rule, &system).expect("edits");
    desk.workspace.write(Change::by(&desk.me, edits)).expect("heard again");
    assert_eq!(desk.found("system-no-owner", None)[0].silenced, None);
}

fn any_value(field: &'static crate::record::Field) -> BoxedStrategy<Value> {
    let some = match field.kind {
        FieldKind::Choice(choices) => proptest::sample::select(choices).prop_map(Value::text).boxed(),
        FieldKind::Step(_) | FieldKind::Number(..) => (0_i64..6).prop_map(Value::Number).boxed(),
        FieldKind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        FieldKind::Day => (0_u64..800).prop_map(|days| Value::Day(day("2025-12-01") + chrono::Days::new(days))).boxed(),
        FieldKind::Moment => (0_i64..80_000_000)
            .prop_map(|seconds| {
                Value::Moment(Utc.timestamp_opt(1_764_000_000 + seconds, 0).single().unwrap_or_default())
            })
            .boxed(),
        FieldKind::Link(kind) => {
            let prefix = crate::record::kind_named(kind).map_or("NON", |kind| kind.prefix);
            (1_usize..4).prop_map(move |number| Value::text(format!("id {prefix}-{number}"))).boxed()
        }
        FieldKind::Reference => {
            proptest::sample::select(&["RSK-1", "REV-1", "ITM-2", "DEC-9", "nothing"][..]).prop_map(Value::text).boxed()
        }
        _ if field.is_list() => {
            proptest::collection::vec("(EVD-[123]|GOV-01|AGT-01|none|.{0,8})", 0..3).prop_map(Value::List).boxed()
        }
        _ => "(privacy|high|low|.{0,40})".prop_map(Value::text).boxed(),
    };
    prop_oneof![1 => Just(Value::Empty), 3 => some].boxed()
}

fn any_records() -> impl Strategy<Value = Vec<Record>> {
    let of_kind = |kind: Kind| {
        let one = kind.fields.iter().map(any_value).collect::<Vec<_>>();
        proptest::collection::vec(one, 0..4).prop_map(move |rows| {
            rows.into_iter()
                .enumerate()
                .map(|(at, values)| {
                    let mut record = Record::empty(kind);
                    record.set("id", format!("id {}-{}", kind.prefix, at + 1));
                    record.set("ref", format!("{}-{}", kind.prefix, at + 1));
                    for (field, value) in kind.fields.iter().zip(values) {
                        if !(field.is_list() && value == Value::Empty) {
                            record.set(field.name, value);
                        }
                    }
                    record
                })
                .collect::<Vec<_>>()
        })
    };
    KINDS.iter().map(|kind| of_kind(kind)).collect::<Vec<_>>().prop_map(|kinds| kinds.into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever stands in the records, also what no write would let pass, no rule fails.
    #[test]
    fn no_rule_fails_on_any_records(records in any_records()) {
        thread_local!(static EMPTY: (TempDir, Workspace, String) = empty());
        EMPTY.with(|(_, workspace, _)| {
            let policy = Policy::builtin();
            let mut facts = Facts::new(workspace, &policy, day(TODAY));
            for kind in KINDS {
                facts.put(kind, records.iter().filter(|record| record.kind() == *kind).cloned().collect());
            }
            for rule in rules() {
                if let Test::Each(test) = rule.test {
                    for record in facts.records(rule.about) {
                        let _ = test(&facts, record);
                    }
                }
            }
        });
    }
}
