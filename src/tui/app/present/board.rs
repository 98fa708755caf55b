//! A board of seven with nine items, for tests: three pass by consent, six are talked about.

use chrono::{TimeDelta, Utc};

use crate::meeting;
use crate::policy::Policy;
use crate::record::meeting::{BOARD, CONSENT, DISCUSSION};
use crate::record::{AGENDA_ITEM, ANALYSIS, EVIDENCE, MEETING, PACKET, PERSON, REVIEW, RISK, SYSTEM, Value};
use crate::review::decide::Ask;
use crate::tui::app::stage::Stage;
use crate::workspace::{Access, Change, Condition, Edit, Query, Workspace, new_id};

/// What private fields and notes say in these tests; it must never be on a presented screen.
pub(crate) const PRIVATE: &str = "not-for-the-room";

/// Members beside Ana, with their roles.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("ben", "Ben Osei", "governance forum"),
    ("cleo", "Cleo Martin", "governance forum"),
    ("dan", "Dan Novák", "governance forum"),
    ("eve", "Eve Fontaine", "executive"),
    ("finn", "Finn Berg", "executive"),
    ("gus", "Gus Okafor", "governance forum"),
];

/// Somebody's hand on a workspace.
pub(crate) struct Hand<'a> {
    pub(crate) open: &'a dyn Fn(Access) -> Workspace,
    pub(crate) me: &'a str,
    pub(crate) policy: &'a Policy,
}

impl Hand<'_> {
    fn write(&self, edits: Vec<Edit>) {
        self.write_as(self.me, edits);
    }

    fn write_as(&self, by: &str, edits: Vec<Edit>) {
        (self.open)(Access::Write).write(Change::by(by, edits)).expect("written");
    }

    fn workspace(&self) -> Workspace {
        (self.open)(Access::Read)
    }
}

/// Puts the board and its agenda into the stage's workspace.
pub(crate) fn fill(stage: &Stage) {
    let ctx = &stage.program.state.ctx;
    fill_by(&Hand { open: &|access| stage.opened(access), me: &ctx.me.id, policy: &ctx.policy });
}

/// The same by any hand.
pub(crate) fn fill_by(stage: &Hand<'_>) {
    let at = Utc::now();
    let mut edits = Vec::new();
    let sam = new_id(at);
    let people = MEMBERS.iter().map(|(handle, name, role)| (new_id(at), *handle, *name, *role));
    let people: Vec<_> = people.chain([(sam.clone(), "sam", "Sam Roth", "specialist")]).collect();
    for (id, handle, name, role) in &people {
        let roles: Vec<String> = vec![(*role).to_owned()];
        let fields = vec![
            ("name", Value::text(*name)),
            ("handle", Value::text(*handle)),
            ("roles", roles.into()),
            ("notes", PRIVATE.into()),
        ];
        edits.push(Edit::Add { kind: &PERSON, id: id.clone(), fields });
    }
    stage.write(edits);
    let ben = people[0].0.clone();
    let gus = people[5].0.clone();
    let cleo = people[1].0.clone();
    let titles = [
        "Chat routing",
        "Résumé screening v2",
        "Claims triage",
        "Voice clone check",
        "Credit limit advice",
        "Shift planning",
    ];
    let owners = [&gus, &cleo, &gus, &gus, &gus, &gus];
    let reviews: Vec<String> =
        titles.iter().zip(owners).map(|(title, owner)| review(stage, title, owner, &sam, &ben)).collect();
    meet(stage, &reviews);
}

/// A review at medium tier that waits for its launch decision, with what a room must see of it; the first one waits for its
/// tier.
fn review(stage: &Hand<'_>, title: &str, owner: &str, sam: &str, ben: &str) -> String {
    let at = Utc::now();
    let system = new_id(at);
    let fields = vec![("title", title.into()), ("system", Value::text(&*system)), ("notes", PRIVATE.into())];
    let (id, mut edits) = crate::review::start(at, fields);
    let fields = vec![("name", title.into()), ("business_owner", Value::text(owner)), ("notes", PRIVATE.into())];
    edits.insert(0, Edit::Add { kind: &SYSTEM, id: system, fields });
    stage.write_as(sam, edits);
    let workspace = stage.workspace();
    let of = Query::all(&PACKET).with(Condition::Is("review", Value::text(&*id)));
    let packet = workspace.records(&of).expect("packets").remove(0);
    let fields = vec![
        (
            "use_case",
            "Ranks what comes in, so that people see the most pressing first; a person decides each case.".into(),
        ),
        ("affected_people", "Applicants and those who answer them.".into()),
        ("notes", PRIVATE.into()),
    ];
    let mut edits = vec![Edit::Set { kind: &PACKET, id: packet.id().to_owned(), version: None, fields }];
    for (risk, severity, likelihood) in
        [("Older applicants are ranked lower", 4, 4), ("Reasons are not shown", 3, 3), ("Stale data is used", 2, 3)]
    {
        let fields = vec![
            ("title", Value::text(format!("{risk} ({title})"))),
            ("review", Value::text(&*id)),
            ("severity", Value::Number(severity)),
            ("likelihood", Value::Number(likelihood)),
            ("category", "fairness".into()),
            ("statement", "Job titles stand in for age, so that some lose their chance of an interview.".into()),
            ("notes", PRIVATE.into()),
        ];
        edits.push(Edit::Add { kind: &RISK, id: new_id(at), fields });
    }
    for (evidence, kind) in [("Slice report, March", "fairness report"), ("Model card", "model card")] {
        let fields = vec![
            ("title", evidence.into()),
            ("kind", kind.into()),
            ("review", Value::text(&*id)),
            ("notes", PRIVATE.into()),
        ];
        edits.push(Edit::Add { kind: &EVIDENCE, id: new_id(at), fields });
    }
    let fields = vec![
        ("title", "Slices of March".into()),
        ("review", Value::text(&*id)),
        ("verdict", "breached".into()),
        ("reasons", "Broken: age, FPR: from 14.8 % (under 30) to 44.8 % (over 50).".into()),
        ("limitations", "Nobody under 18 is in the data.".into()),
        ("n", Value::Number(7214)),
        ("notes", PRIVATE.into()),
    ];
    edits.push(Edit::Add { kind: &ANALYSIS, id: new_id(at), fields });
    stage.write_as(sam, edits);
    let stage_of = |name: &str| Edit::Set {
        kind: &REVIEW,
        id: id.clone(),
        version: None,
        fields: vec![("stage", Value::text(name)), ("stage_reason", "For the test.".into())],
    };
    stage.write_as(sam, vec![stage_of("triage")]);
    let workspace = stage.workspace();
    let record = workspace.get(&REVIEW, &id).expect("the review");
    if title == "Chat routing" {
        return record.reference().to_owned();
    }
    let ask = Ask::tier(&record, "medium", "It ranks people, and a person decides.");
    let edits = crate::review::decide::decide(&workspace, &ask, Utc::now()).expect("edits");
    stage.write_as(ben, edits);
    for name in ["assessment", "decision"] {
        stage.write_as(sam, vec![stage_of(name)]);
    }
    record.reference().to_owned()
}

fn meet(stage: &Hand<'_>, reviews: &[String]) {
    let at = Utc::now();
    let workspace = stage.workspace();
    for days in [0, 14] {
        let fields = vec![
            ("kind", BOARD.into()),
            ("title", Value::text(if days == 0 { "Review board, November" } else { "Review board, December" })),
            ("starts_at", Value::Moment(at + TimeDelta::days(days))),
            ("facilitator", Value::text(stage.me)),
            ("notes", PRIVATE.into()),
        ];
        stage.write(meeting::new_edits(&workspace, stage.policy, fields, at).expect("edits"));
    }
    let board = stage.workspace().find("MTG-1").expect("the board");
    let item = |fields: Vec<(&'static str, Value)>| {
        let mut all = vec![("meeting", Value::text(board.id())), ("notes", PRIVATE.into())];
        all.extend(fields);
        Edit::Add { kind: &AGENDA_ITEM, id: new_id(at), fields: all }
    };
    let subject = |at: usize| ("subject", Value::text(&*reviews[at]));
    let consent = ("section", Value::text(CONSENT));
    let asks = |what: &'static str| ("asks", Value::text(what));
    let ask = "Who answers an applicant who asks why?\nWhat happens when the data is a week old?";
    let launch = |at: usize| {
        item(vec![
            subject(at),
            ("section", DISCUSSION.into()),
            asks("approve"),
            ("questions", ask.into()),
            ("planned", Value::Number(15)),
        ])
    };
    stage.write(vec![
        item(vec![
            consent.clone(),
            subject(0),
            asks("tier"),
            ("proposed", "low".into()),
            ("proposal", "It sorts questions by topic; nobody's rights hang on it.".into()),
        ]),
        item(vec![consent.clone(), ("title", "Register of the quarter".into()), asks("note")]),
        item(vec![consent, ("title", "Calendar of 2027".into()), asks("note")]),
    ]);
    stage.write((1..6).map(launch).collect());
    stage.write(vec![item(vec![("title", "How we word decisions".into()), asks("discuss")])]);
    assert_eq!(stage.workspace().total(&MEETING).expect("meetings"), 2);
}
