//! Faults that no story can have, because the program refuses to write them: each is planted here in the way in which it comes
//! about in an organisation, by a policy that was raised since, or by another program that writes into the file.

use rusqlite::{Connection, params};

use super::tests::{Desk, FAULTS, sample};
use crate::policy::{Layer, Policy};
use crate::record::meeting::{ENDED, IN_FAVOUR};
use crate::record::{
    AGENDA_ITEM, CHECKLIST, DECISION, DOCUMENT, LEGAL, MEETING, MOTION, RECUSAL, REVIEW, Record, SYSTEM, VOTE, Value,
};
use crate::review::lint::{Scope, lint, rules};
use crate::workspace::{Change, Edit, new_id};

/// Plants a fault; returns the policy under which it is asked, and the record it is about.
type Plant = fn(&mut Desk) -> (Policy, String);

/// The rules whose faults are planted here.
pub(super) const PLANTED: &[(&str, Plant)] = &[
    ("checklist-superseded-template", raised_template),
    ("decision-by-recused", recusal_dated_back),
    ("legal-no-reasons", reasons_taken_away),
    ("document-section-empty", section_emptied),
    ("meeting-left-open", meeting_forgotten),
    ("vote-own-work", vote_of_an_owner),
];

/// Another program, writing into the file.
fn outside(desk: &Desk, sql: &str, what: impl rusqlite::Params) {
    let file = Connection::open(desk.workspace.path()).expect("the file");
    assert_eq!(file.execute(sql, what).expect("written"), 1, "{sql}");
}

/// A newer version of a template came into the policy after the checklist was made.
fn raised_template(desk: &mut Desk) -> (Policy, String) {
    let is_open = |checklist: &Record| {
        let review = desk.workspace.get(&REVIEW, checklist.text("review").expect("a review")).expect("the review");
        checklist.text("template") == Some("llm-application") && !REVIEW.is_closed(&review)
    };
    let mut checklists = desk.all(&CHECKLIST);
    checklists.retain(is_open);
    checklists.sort_by_key(|checklist| checklist.reference().to_owned());
    let policy = Policy::builtin();
    let version = policy.checklist("llm-application").expect("the template").version + 1;
    let layer = format!("[[checklist]]\nid = \"llm-application\"\nversion = {version}\n");
    let policy = Policy::from_layers(&[Layer::new("organisation", layer)]).expect("a policy");
    (policy, checklists.iter().map(Record::reference).collect::<Vec<_>>().join(" "))
}

/// A recusal that was known before the decision, entered after it, and dated back by hand.
fn recusal_dated_back(desk: &mut Desk) -> (Policy, String) {
    let mut decisions = desk.all(&DECISION);
    let review = desk.where_is(&REVIEW, "Live captions for webinars");
    decisions.retain(|one| one.text("review") == Some(review.id()) && one.text("kind") == Some("tier"));
    let decision = decisions.pop().expect("a decision");
    let by = decision.text("decided_by").expect("a decider").to_owned();
    let id = new_id(chrono::Utc::now());
    let fields = vec![
        ("person", Value::text(by.as_str())),
        ("review", Value::text(review.id())),
        ("reason", Value::text("Holds shares of the vendor.")),
    ];
    let edits = vec![Edit::Add { kind: &RECUSAL, id: id.clone(), fields }];
    desk.workspace.write(Change::by(&by, edits)).expect("declared");
    outside(desk, "UPDATE recusal SET declared_at = '2020-01-01T09:00:00Z' WHERE id = ?1", params![id]);
    (Policy::builtin(), decision.reference().to_owned())
}

/// Another program emptied the reasons of a classification that had them.
fn reasons_taken_away(desk: &mut Desk) -> (Policy, String) {
    let review = desk.where_is(&REVIEW, "Shortlist resume screener 2.0");
    let mut classified = desk.all(&LEGAL);
    classified.retain(|legal| legal.text("review") == Some(review.id()));
    let legal = classified.pop().expect("a classification");
    outside(desk, "UPDATE legal SET annex_iii_reason = NULL WHERE id = ?1", params![legal.id()]);
    (Policy::builtin(), legal.reference().to_owned())
}

/// Another program emptied a section that the template requires, in a document that was approved.
fn section_emptied(desk: &mut Desk) -> (Policy, String) {
    let review = desk.where_is(&REVIEW, "Shortlist resume screener 2.0");
    let mut documents = desk.all(&DOCUMENT);
    documents.retain(|one| one.text("review") == Some(review.id()) && one.text("status") == Some("approved"));
    let document = documents.pop().expect("an approved document");
    let sql = "UPDATE document_section SET text = NULL WHERE document = ?1 AND code = 'composition'";
    outside(desk, sql, params![document.id()]);
    (Policy::builtin(), document.reference().to_owned())
}

/// A meeting that nobody closed, because the laptop was put away: it has been in session ever since.
fn meeting_forgotten(desk: &mut Desk) -> (Policy, String) {
    let mut meetings = desk.all(&MEETING);
    meetings.retain(|meeting| meeting.text("status") == Some(ENDED));
    let meeting = meetings.pop().expect("a meeting that was held");
    let sql = "UPDATE meeting SET status = 'in session', began_at = '2020-01-01T09:00:00.000Z' WHERE id = ?1";
    outside(desk, sql, params![meeting.id()]);
    (Policy::builtin(), meeting.reference().to_owned())
}

/// A vote in favour that was put into the name of whoever owns the system.
fn vote_of_an_owner(desk: &mut Desk) -> (Policy, String) {
    let mut votes = desk.all(&VOTE);
    votes.retain(|vote| vote.text("choice") == Some(IN_FAVOUR));
    let found = votes.into_iter().find_map(|vote| {
        let of = |kind, record: &Record, field: &str| desk.workspace.get(kind, record.text(field)?).ok();
        let motion = of(&MOTION, &vote, "motion").filter(|motion| !motion.get("proposes").is_empty())?;
        let item = of(&AGENDA_ITEM, &motion, "agenda_item")?;
        let review = desk.workspace.find(item.text("subject")?).ok().filter(|subject| subject.kind() == &REVIEW)?;
        let system = of(&SYSTEM, &review, "system")?;
        Some((vote, system.text("business_owner")?.to_owned()))
    });
    let (vote, owner) = found.expect("a vote about a review");
    outside(desk, "UPDATE vote SET person = ?2 WHERE id = ?1", params![vote.id(), owner]);
    (Policy::builtin(), vote.reference().to_owned())
}

#[test]
fn what_the_program_refuses_to_write_is_found_where_it_comes_about() {
    for (id, plant) in PLANTED {
        let mut desk = sample();
        let (policy, planted) = plant(&mut desk);
        let scope = Scope { rules: rules().filter(|rule| rule.id == *id).collect(), ..Scope::default() };
        assert_eq!(scope.rules.len(), 1, "{id} is a rule");
        let report = lint(&desk.workspace, &policy, &scope, desk.today).expect("a report");
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.record.as_str()).collect();
        assert_eq!(found.join(" "), planted, "{id}");
    }
}

/// No rule is left without a fault that was planted for it.
#[test]
fn every_rule_has_a_planted_fault() {
    let planted =
        |id: &str| FAULTS.iter().any(|(known, _)| *known == id) || PLANTED.iter().any(|(known, _)| *known == id);
    let without: Vec<&str> = rules().map(|rule| rule.id).filter(|id| !planted(id)).collect();
    assert_eq!(without, Vec::<&str>::new());
}
