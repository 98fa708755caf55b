//! What comes first, and for whom, in a small workspace.

use std::sync::Arc;

use chrono::{Days, Local, Utc};
use tempfile::TempDir;

use super::*;
use crate::record::decision::{ACCEPTANCE, APPROVE, WAIVER};
use crate::record::{ACTION, CHECKLIST, CHECKLIST_ITEM, EVIDENCE, Kind, PACKET, PERSON, RISK, ROUTE, SYSTEM, Value};
use crate::review::decide::Ask;
use crate::workspace::{Change, Edit, new_id};

struct Desk {
    #[expect(dead_code, reason = "the folder stays for as long as the desk does")]
    folder: TempDir,
    workspace: Workspace,
    policy: Policy,
    me: String,
    other: String,
    review: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).expect("a workspace");
        let (me, other) = (new_id(Utc::now()), new_id(Utc::now()));
        let review = String::new();
        let mut desk = Self { folder, workspace, policy, me: me.clone(), other: other.clone(), review };
        for (id, handle) in [(me, "ana"), (other, "bo")] {
            let roles = ["specialist", "governance forum", "executive"].map(str::to_owned).to_vec();
            let fields = vec![("name", Value::text(handle)), ("handle", Value::text(handle)), ("roles", roles.into())];
            desk.write(vec![Edit::Add { kind: &PERSON, id, fields }]);
        }
        let system = desk.add(&SYSTEM, vec![("name", "Screener".into())]);
        desk.review = desk.review("Screening v2", &system);
        desk
    }

    fn review(&mut self, title: &str, system: &str) -> String {
        let me = self.me.clone();
        let fields = vec![("title", title.into()), ("system", system.into()), ("reviewer", Value::text(me))];
        let (id, edits) = crate::review::start(Utc::now(), fields);
        self.write(edits);
        id
    }

    fn write(&mut self, edits: Vec<Edit>) {
        self.workspace.write(Change::by(&self.me, edits)).expect("a change");
    }

    fn add(&mut self, kind: Kind, fields: Vec<(&'static str, Value)>) -> String {
        let id = new_id(Utc::now());
        self.write(vec![Edit::Add { kind, id: id.clone(), fields }]);
        id
    }

    /// Somebody else than the reviewer decides.
    fn decide(&mut self, ask: &Ask) {
        let edits = crate::review::decide::decide(&self.workspace, ask, Utc::now()).expect("edits");
        self.workspace.write(Change::by(&self.other, edits)).expect("a decision");
    }

    fn todo(&self, whose: Whose<'_>, days_from_now: u64) -> Vec<Todo> {
        let day = today() + Days::new(days_from_now);
        agenda(&self.workspace, &self.policy, whose, 20, day).expect("an agenda")
    }

    fn order(&self, days_from_now: u64) -> Vec<(&'static str, String)> {
        let todo = self.todo(Whose::Of(&self.me), days_from_now);
        todo.into_iter().map(|todo| (todo.pressing.word(), todo.record)).collect()
    }
}

fn today() -> NaiveDate {
    Local::now().date_naive()
}

fn expected(order: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    order.iter().map(|(word, reference)| (*word, (*reference).to_owned())).collect()
}

#[test]
fn what_is_pressing_comes_first_and_a_review_stands_once() {
    let mut desk = Desk::new();
    let review = desk.review.clone();
    let of = |title: &str| vec![("title", Value::text(title)), ("review", Value::text(review.as_str()))];
    let due = |days: u64| ("due_on", Value::Day(today() + Days::new(days)));
    let mut route = vec![("review", Value::text(review.as_str())), ("function", "privacy".into())];
    route.push(due(2));
    desk.add(&ROUTE, route);
    let mut action = of("Ask the team");
    action.push(due(3));
    desk.add(&ACTION, action.clone());
    action[0].1 = Value::text("Mask titles");
    action.push(("launch_blocking", Value::Flag(true)));
    desk.add(&ACTION, action);
    let mut evidence = of("Log");
    evidence.push(("drift", "missing".into()));
    desk.add(&EVIDENCE, evidence);
    let mut risk = of("Proxy");
    risk.extend([("severity", Value::Number(2)), ("likelihood", Value::Number(2))]);
    desk.add(&RISK, risk);
    let risk = desk.workspace.find("RSK-1").expect("the risk");
    let until = Some(today() + Days::new(1));
    desk.decide(&Ask { expires_on: until, ..Ask::new(ACCEPTANCE, Some(&risk), "Small, and watched.") });
    assert_eq!(desk.order(0), expected(&[("drifted", "EVD-1"), ("next", "REV-1")]));
    assert_eq!(
        desk.order(40),
        expected(&[
            ("expired", "RSK-1"),
            ("drifted", "EVD-1"),
            ("blocking", "ACT-2"),
            ("late", "ACT-1"),
            ("late", "RTE-1"),
            ("late", "REV-1"),
        ])
    );
    for todo in desk.todo(Whose::All, 40) {
        assert!(todo.step.command.starts_with("probity ") && !todo.step.what.is_empty(), "{todo:?}");
        assert_eq!(todo.review.as_deref(), Some("REV-1"), "{todo:?}");
        assert!(todo.why.ends_with('.'), "{todo:?}");
    }
}

#[test]
fn what_was_decided_and_carries_no_more_comes_first() {
    let mut desk = Desk::new();
    let review = desk.review.clone();
    let of = |title: &str| vec![("title", Value::text(title)), ("review", Value::text(review.as_str()))];
    let mut checklist = of("Launch");
    checklist.extend([("template", "launch-readiness".into()), ("template_version", Value::Number(1))]);
    let checklist = desk.add(&CHECKLIST, checklist);
    let item = vec![
        ("checklist", Value::text(checklist)),
        ("review", Value::text(review.as_str())),
        ("code", "FAIR-02".into()),
        ("text", "Slices reported".into()),
    ];
    desk.add(&CHECKLIST_ITEM, item);
    let item = desk.workspace.find("ITM-1").expect("the item");
    let until = Some(today() + Days::new(1));
    let ask = Ask {
        expires_on: until,
        control: "A person looks at each.".to_owned(),
        ..Ask::new(WAIVER, Some(&item), "Data is late.")
    };
    desk.decide(&ask);
    for stage in ["triage", "assessment", "decision"] {
        if stage == "assessment" {
            let review = desk.workspace.find("REV-1").expect("the review");
            desk.decide(&Ask::tier(&review, "low", "By the answers."));
        }
        let fields = vec![("stage", Value::text(stage))];
        desk.write(vec![Edit::Set { kind: &REVIEW, id: review.clone(), version: None, fields }]);
    }
    let subject = desk.workspace.find("REV-1").expect("the review");
    desk.decide(&Ask::new(APPROVE, Some(&subject), "Good enough."));
    assert!(desk.order(0).iter().all(|(word, _)| !["expired", "outdated"].contains(word)), "{:?}", desk.order(0));

    let packet = desk.workspace.find("PKT-1").expect("the packet");
    let fields = vec![("exposure", Value::text("public"))];
    desk.write(vec![Edit::Set { kind: &PACKET, id: packet.id().to_owned(), version: None, fields }]);
    let todo = desk.todo(Whose::Of(&desk.me), 2);
    let found: Vec<(&str, &str)> = todo.iter().map(|todo| (todo.pressing.word(), todo.record.as_str())).collect();
    assert_eq!(found[..2], [("expired", "ITM-1"), ("outdated", "REV-1")], "{todo:?}");
    assert!(todo[0].why.contains("counts as failed") && todo[0].days_late == Some(1), "{:?}", todo[0]);
    assert!(todo[1].why.starts_with("DEC-3 approved something else: "), "{:?}", todo[1]);
}

#[test]
fn mine_is_what_i_own_or_run() {
    let mut desk = Desk::new();
    let (other, system) = (desk.other.clone(), desk.add(&SYSTEM, vec![("name", "Chat".into())]));
    let theirs = desk.review("Chat", &system);
    let set = Edit::Set {
        kind: &REVIEW,
        id: theirs.clone(),
        version: None,
        fields: vec![("reviewer", Value::text(other.as_str()))],
    };
    desk.write(vec![set]);
    let due = ("due_on", Value::Day(today()));
    desk.add(&ACTION, vec![("title", "Theirs".into()), ("review", Value::text(theirs.as_str())), due.clone()]);
    let mine = vec![
        ("title", "Mine".into()),
        ("review", Value::text(theirs.as_str())),
        due,
        ("owner", Value::text(desk.me.as_str())),
    ];
    desk.add(&ACTION, mine);
    assert_eq!(desk.order(1), expected(&[("late", "ACT-2"), ("next", "REV-1")]));
    let all: Vec<String> = desk.todo(Whose::All, 1).into_iter().map(|todo| todo.record).collect();
    assert_eq!(all.len(), 4, "{all:?}");
    let bo: Vec<String> = desk.todo(Whose::Of(&other), 1).into_iter().map(|todo| todo.record).collect();
    assert_eq!(bo, ["ACT-1", "ACT-2", "REV-2"], "they run that review");
    let chased = &desk.todo(Whose::Of(&other), 1)[1];
    assert_eq!(chased.step.what, "chase ACT-2 with @ana");
}

#[test]
fn what_is_late_says_to_whom_it_goes_now() {
    let mut desk = Desk::new();
    let review = desk.review.clone();
    let fields = vec![
        ("title", "Mask".into()),
        ("review", Value::text(review)),
        ("owner", Value::text(desk.other.as_str())),
        ("due_on", Value::Day(today())),
    ];
    desk.add(&ACTION, fields);
    let at = |days: u64| desk.todo(Whose::Of(&desk.me), days)[0].clone();
    assert_eq!(at(1).escalates_to, ["@bo", "@ana", "RAI lead"], "owner, reviewer and a role");
    assert_eq!(at(8).escalates_to, ["RAI lead", "executive"]);
    assert_eq!(at(8).days_late, Some(8));
}

#[test]
fn past_triage_the_next_step_comes_from_the_gate() {
    let mut desk = Desk::new();
    for stage in ["triage", "assessment"] {
        let id = desk.review.clone();
        if stage == "assessment" {
            let review = desk.workspace.find("REV-1").expect("the review");
            desk.decide(&Ask::tier(&review, "low", "By the answers."));
        }
        desk.write(vec![Edit::Set { kind: &REVIEW, id, version: None, fields: vec![("stage", Value::text(stage))] }]);
    }
    let todo = desk.todo(Whose::Of(&desk.me), 0);
    assert!(todo[0].why.contains("is not answered") && todo[0].why.contains("more checks"), "{:?}", todo[0]);
    assert!(todo[0].step.command.starts_with("probity packet set REV-1 --"), "{:?}", todo[0]);
}

#[test]
fn a_limit_holds_and_an_empty_workspace_asks_for_nothing() {
    let mut desk = Desk::new();
    for number in 0..30 {
        let due = ("due_on", Value::Day(today()));
        desk.add(
            &ACTION,
            vec![("title", format!("Action {number}").into()), due, ("owner", Value::text(desk.me.as_str()))],
        );
    }
    let few = agenda(&desk.workspace, &desk.policy, Whose::All, 5, today() + Days::new(3)).expect("an agenda");
    assert_eq!(few.len(), 5);
    let stranger = agenda(&desk.workspace, &desk.policy, Whose::Of("nobody"), 5, today()).expect("an agenda");
    assert_eq!(stranger, []);
}

/// A document waits for its reader, then for an approval, then, where rework was asked for, for its author; each time only
/// for those who can do something about it.
#[test]
fn documents_wait_for_whoever_is_asked() {
    use crate::record::DOCUMENT;
    use crate::review::document::{Library, Verdict, review, sections, start, submit};
    let mut desk = Desk::new();
    let library = Library::default();
    let fields = vec![("template", "monitoring-plan".into()), ("review", Value::text(desk.review.as_str()))];
    let place = crate::review::document::Desk {
        workspace: &desk.workspace,
        policy: &desk.policy,
        library: &library,
        today: today(),
    };
    let (id, edits) = start(&place, Utc::now(), fields, None).expect("a document");
    desk.write(edits);
    let document = |desk: &Desk| desk.workspace.get(&DOCUMENT, &id).expect("the document");
    let words = |desk: &Desk, whose: Whose<'_>| -> Vec<&'static str> {
        let todo = desk.todo(whose, 0);
        todo.into_iter().filter(|todo| todo.record == "DOC-1").map(|todo| todo.pressing.word()).collect()
    };
    let write = |desk: &mut Desk| {
        let mut edits = Vec::new();
        for section in sections(&desk.workspace, &document(desk)).expect("sections") {
            let fields = vec![("text", Value::text(format!("Written {}.", section.version())))];
            edits.push(Edit::Set { kind: section.kind(), id: section.id().to_owned(), version: None, fields });
        }
        desk.write(edits);
    };
    write(&mut desk);
    assert_eq!(words(&desk, Whose::All), Vec::<&str>::new(), "a draft waits for nobody");
    let (me, other) = (desk.me.clone(), desk.other.clone());
    let edits = submit(&desk.workspace, &document(&desk), Some(&other), Utc::now()).expect("handed in");
    desk.write(edits);
    assert_eq!((words(&desk, Whose::Of(&other)), words(&desk, Whose::Of(&me))), (vec!["read"], vec![]));
    assert_eq!(words(&desk, Whose::All), ["read"]);
    let late = desk.todo(Whose::Of(&other), 10).into_iter().find(|todo| todo.record == "DOC-1").expect("to read");
    assert_eq!(late.days_late, Some(3), "policy gives seven days");
    let give = |desk: &mut Desk, rework: &str| {
        let verdict = Verdict { rework: rework.to_owned(), summary: "Read.".to_owned(), comments: Vec::new() };
        let edits = review(&desk.workspace, &document(desk), &verdict, Utc::now()).expect("a verdict");
        desk.workspace.write(Change::by(&other, edits)).expect("given");
    };
    give(&mut desk, "minor");
    assert_eq!((words(&desk, Whose::Of(&me)), words(&desk, Whose::Of(&other))), (vec!["rework"], vec![]));
    write(&mut desk);
    let edits = submit(&desk.workspace, &document(&desk), None, Utc::now()).expect("handed in again");
    desk.write(edits);
    give(&mut desk, "none");
    assert_eq!((words(&desk, Whose::Of(&other)), words(&desk, Whose::Of(&me))), (vec!["approve"], vec![]));
    let found = desk.todo(Whose::All, 0).into_iter().find(|todo| todo.record == "DOC-1").expect("to approve");
    assert_eq!(
        (found.step.command.as_str(), found.review.as_deref()),
        ("probity document approve DOC-1", Some("REV-1"))
    );
    assert!(found.why.starts_with("@bo found today that it needs no rework"), "{}", found.why);
    let fields = vec![("status", Value::text("approved"))];
    let approved = vec![Edit::Set { kind: &DOCUMENT, id: id.clone(), version: None, fields }];
    desk.workspace.write(Change::by(&other, approved)).expect("approved");
    assert_eq!(words(&desk, Whose::All), Vec::<&str>::new());
}
