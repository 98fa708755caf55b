//! Decisions in a real workspace: who may, what follows, what is outdated, what is refused.

mod kept;
mod others;

use std::sync::Arc;

use chrono::{Days, Local, NaiveDate, Utc};
use tempfile::TempDir;

use super::*;
use crate::policy::Policy;
use crate::record::{CHECKLIST, DELEGATION, EVIDENCE, PACKET, RECUSAL, Resolve as _, SYSTEM};
use crate::workspace::{Change, Error, Receipt};

/// A workspace with people of every role and a review that is ready for its decision.
pub(super) struct Desk {
    folder: TempDir,
    pub workspace: Workspace,
}

pub(super) fn today() -> NaiveDate {
    Local::now().date_naive()
}

pub(super) fn in_days(days: i64) -> NaiveDate {
    today() + chrono::TimeDelta::days(days)
}

/// Handles with their roles: the owner, who has none, and three of each other sort.
pub(super) const CAST: &[(&str, &[&str])] = &[
    ("ana", &[]),
    ("sam", &["specialist"]),
    ("sue", &["specialist"]),
    ("fred", &["governance forum"]),
    ("fay", &["governance forum"]),
    ("eve", &["executive"]),
    ("eli", &["executive"]),
    ("olga", &["executive", "governance forum", "specialist"]),
    ("rita", &["executive"]),
    ("nobody", &[]),
];

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let mut workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy)).expect("a workspace");
        let at = Utc::now();
        let ids: Vec<String> = CAST.iter().map(|_| new_id(at)).collect();
        let person = |(id, (handle, roles)): (&String, &(&str, &[&str]))| {
            let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
            let fields =
                vec![("name", Value::text(*handle)), ("handle", Value::text(*handle)), ("roles", roles.into())];
            Edit::Add { kind: &PERSON, id: id.clone(), fields }
        };
        let mut edits: Vec<Edit> = ids.iter().zip(CAST).map(person).collect();
        let id_of = |handle: &str| {
            let at = CAST.iter().position(|(known, _)| *known == handle).expect("somebody");
            Value::text(ids[at].as_str())
        };
        let (system, review) = (new_id(at), new_id(at));
        let fields = vec![
            ("name", "Screener".into()),
            ("business_owner", id_of("olga")),
            ("lifecycle", "development".into()),
            ("model_version", "1.0".into()),
        ];
        edits.push(Edit::Add { kind: &SYSTEM, id: system.clone(), fields });
        let fields = vec![
            ("title", "Screener, launch".into()),
            ("system", system.into()),
            ("reviewer", id_of("sam")),
            ("requester", id_of("rita")),
        ];
        edits.push(Edit::Add { kind: &REVIEW, id: review.clone(), fields });
        let fields = vec![
            ("review", review.as_str().into()),
            ("use_case", "Sorts applications".into()),
            ("human_oversight", "before action".into()),
        ];
        edits.push(Edit::Add { kind: &PACKET, id: new_id(at), fields });
        for (severity, owner) in [(3, "sue"), (5, "sam")] {
            let fields = vec![
                ("title", "A risk".into()),
                ("review", review.as_str().into()),
                ("severity", Value::Number(severity)),
                ("likelihood", Value::Number(if severity == 5 { 4 } else { 2 })),
                ("owner", id_of(owner)),
            ];
            edits.push(Edit::Add { kind: &RISK, id: new_id(at), fields });
        }
        let checklist = new_id(at);
        let fields = vec![
            ("title", "Launch".into()),
            ("review", review.as_str().into()),
            ("template", "launch-readiness".into()),
            ("template_version", Value::Number(1)),
        ];
        edits.push(Edit::Add { kind: &CHECKLIST, id: checklist.clone(), fields });
        for code in ["FAIR-02", "MON-01"] {
            let fields = vec![("code", code.into()), ("text", code.into()), ("checklist", checklist.as_str().into())];
            edits.push(Edit::Add { kind: &CHECKLIST_ITEM, id: new_id(at), fields });
        }
        let owner = ids[0].clone();
        workspace
            .batch(|batch| {
                batch.set_meta("owner", &owner)?;
                batch.write(Change::by(&owner, edits))
            })
            .expect("the records");
        Self { folder, workspace }
    }

    /// The same, with a decided tier and at the stage of decision.
    pub fn ready(tier: &str) -> Self {
        let mut desk = Self::new();
        let decider = if matches!(tier, "minimal" | "low") { "sue" } else { "fred" };
        desk.set("ana", "REV-1", vec![("stage", "triage".into())]).expect("triage");
        desk.decide(decider, &Ask::tier(&desk.at("REV-1"), tier, "By the answers")).expect("a tier");
        for stage in ["assessment", "decision"] {
            desk.set("ana", "REV-1", vec![("stage", stage.into())]).expect(stage);
        }
        desk
    }

    pub fn id(&self, handle: &str) -> String {
        self.workspace.resolver(None).id_of(&PERSON, handle).expect(handle)
    }

    pub fn at(&self, reference: &str) -> Record {
        self.workspace.find(reference).expect(reference)
    }

    pub fn set(&mut self, by: &str, reference: &str, fields: Vec<(&'static str, Value)>) -> Result<Receipt> {
        let record = self.at(reference);
        let edit = Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields };
        self.workspace.write(Change::by(&self.id(by), vec![edit]))
    }

    pub fn add(&mut self, by: &str, kind: Kind, fields: Vec<(&'static str, Value)>) -> Result<Receipt> {
        self.workspace.write(Change::by(&self.id(by), vec![Edit::Add { kind, id: new_id(Utc::now()), fields }]))
    }

    pub fn decide(&mut self, by: &str, ask: &Ask) -> Result<Receipt> {
        let edits = decide(&self.workspace, ask, Utc::now())?;
        self.workspace.write(Change::by(&self.id(by), edits))
    }

    pub fn approve(&mut self, by: &str) -> Result<Receipt> {
        let ask = Ask::new(APPROVE, Some(&self.at("REV-1")), "Enough is known");
        self.decide(by, &ask)
    }

    fn state(&self, reference: &str) -> State {
        state(&self.workspace.look(), &self.at(reference), today())
    }

    fn differences(&self, reference: &str) -> Vec<String> {
        outdated(&self.workspace, &self.at(reference), today()).iter().map(ToString::to_string).collect()
    }

    fn waive(&self, until: NaiveDate) -> Ask {
        let item = self.at("ITM-1");
        Ask {
            control: "A person reads each".to_owned(),
            expires_on: Some(until),
            ..Ask::new(WAIVER, Some(&item), "No figures yet")
        }
    }

    fn accept(&self, risk: &str, until: NaiveDate) -> Ask {
        Ask { expires_on: Some(until), ..Ask::new(ACCEPTANCE, Some(&self.at(risk)), "Small, and watched") }
    }

    fn delegate(&mut self, from: &str, to: &str, days: (i64, i64)) -> Result<Receipt> {
        let fields = vec![
            ("delegator", self.id(from).into()),
            ("delegate", self.id(to).into()),
            ("starts_on", in_days(days.0).into()),
            ("ends_on", in_days(days.1).into()),
            ("reason", "On leave".into()),
        ];
        self.add(from, &DELEGATION, fields)
    }
}

fn refusal(result: Result<Receipt>) -> Refusal {
    match result {
        Err(Error::NoRight { refusal, .. }) => refusal,
        other => panic!("not refused for want of a right: {other:?}"),
    }
}

fn said(result: Result<Receipt>) -> String {
    result.expect_err("refused").to_string()
}

#[test]
fn a_tier_is_decided_by_who_may_and_keeps_its_rule_and_role() {
    let mut desk = Desk::new();
    let ask = Ask::tier(&desk.at("REV-1"), "high", "It ranks people");
    let refused = refusal(desk.decide("sam", &ask));
    assert_eq!((refused.rule.as_str(), refused.holders), ("tier-forum", vec!["fred".to_owned(), "fay".to_owned()]));
    let executive = refusal(desk.decide("eve", &ask));
    assert_eq!(executive.rule, "tier-forum", "an executive does not hold what the policy gives the forum");
    desk.decide("fred", &ask).expect("decided");
    let (review, decision) = (desk.at("REV-1"), desk.at("DEC-1"));
    assert_eq!((review.text("tier"), review.text("tier_reason")), (Some("high"), Some("It ranks people")));
    assert_eq!((decision.text("role"), decision.text("rule")), (Some("governance forum"), Some("tier-forum")));
    assert_eq!(decision.text("decided_by"), Some(desk.id("fred").as_str()));
    let lower = Ask::tier(&review, "low", "It is small");
    assert_eq!(refusal(desk.decide("sue", &lower)).rule, "tier-forum", "nobody lowers what they could not set");
    desk.decide("fay", &Ask::tier(&desk.at("REV-1"), "low", "It is small")).expect("lowered");
    assert_eq!(desk.state("DEC-1"), State::Superseded);
    assert_eq!(desk.state("DEC-2"), State::InForce);
}

#[test]
fn what_is_decided_is_not_written_by_hand() {
    let mut desk = Desk::ready("medium");
    for (reference, field, value, instead) in [
        ("REV-1", "tier", "low", "decide REV-1 tier low"),
        ("REV-1", "tier", "", "Decide the tier"),
        ("REV-1", "stage", "approved", "decide REV-1 approve"),
        ("REV-1", "stage", "approved with conditions", "--condition"),
        ("REV-1", "stage", "rejected", "decide REV-1 reject"),
        ("ITM-1", "status", "waived", "waive ITM-1"),
        ("RSK-1", "status", "accepted", "accept RSK-1"),
    ] {
        for by in ["ana", "olga", "eve", "fred"] {
            let mut fields = vec![(field, Value::text(value))];
            fields.extend([("reason", "x".into())].into_iter().filter(|_| reference == "ITM-1"));
            let until = Value::Day(in_days(30));
            let acceptance = [("acceptance", "x".into()), ("accepted_until", until)];
            fields.extend(acceptance.into_iter().filter(|_| reference == "RSK-1"));
            let told = said(desk.set(by, reference, fields));
            assert!(told.contains(instead), "{by} {field}: {told}");
        }
    }
    assert_eq!(desk.at("REV-1").text("stage"), Some("decision"));
    desk.set("ana", "REV-1", vec![("stage", "closed".into())]).expect("closed");
    let told = said(desk.set("ana", "REV-1", vec![("stage", "launched".into())]));
    assert!(told.contains("Only an approved review"), "no way round through closed: {told}");
}

#[test]
fn a_new_record_cannot_bring_a_decision_along() {
    let mut desk = Desk::new();
    let system = Value::text(desk.at("SYS-1").id());
    for stage in ["approved", "rejected", "launched", "monitoring"] {
        let fields = vec![("title", "x".into()), ("system", system.clone()), ("stage", stage.into())];
        assert!(desk.add("ana", &REVIEW, fields).is_err(), "{stage}");
    }
    let fields = vec![("title", "x".into()), ("system", system.clone()), ("tier", "low".into())];
    assert!(desk.add("ana", &REVIEW, fields).is_err());
    let bare = vec![("rationale", "x".into())];
    assert!(said(desk.add("eve", &DECISION, bare)).contains("probity decide"));
}

#[test]
fn an_approval_goes_by_tier_and_conditions_become_actions() {
    for (tier, by, not) in [("low", "sue", "fred"), ("medium", "fred", "eve"), ("high", "eve", "fred")] {
        let mut desk = Desk::ready(tier);
        let refused = refusal(desk.approve(not));
        assert!(refused.rule.starts_with("launch-") && refused.holders.contains(&by.to_owned()), "{refused:?}");
        desk.approve(by).expect("approved");
        assert_eq!(desk.at("REV-1").text("stage"), Some("approved"));
    }
    let mut desk = Desk::ready("high");
    let mut ask = Ask::new(APPROVE, Some(&desk.at("REV-1")), "With two conditions");
    ask.conditions = vec![
        Condition { text: "Label 500 cases".to_owned(), owner: Some(desk.id("sam")), due_on: Some(in_days(30)) },
        Condition { text: "Tell the council".to_owned(), ..Condition::default() },
    ];
    ask.dissent = "Fay: too early".to_owned();
    desk.decide("eve", &ask).expect("approved");
    assert_eq!(desk.at("REV-1").text("stage"), Some("approved with conditions"));
    let decision = desk.at("DEC-2");
    let written = format!("- Label 500 cases (@sam, by {})\n- Tell the council", in_days(30));
    assert_eq!(decision.text("conditions"), Some(written.as_str()));
    assert_eq!(decision.text("dissent"), Some("Fay: too early"));
    for (reference, title) in [("ACT-1", "Label 500 cases"), ("ACT-2", "Tell the council")] {
        let action = desk.at(reference);
        assert_eq!((action.title(), action.text("kind")), (title, Some("condition")));
        assert!(action.get("launch_blocking").is_set());
        assert_eq!(action.text("decision"), Some(decision.id()));
    }
}

#[test]
fn prohibited_uses_are_approved_by_nobody() {
    let mut desk = Desk::ready("prohibited");
    for by in ["eve", "fred", "olga", "sue"] {
        let refused = refusal(desk.approve(by));
        assert_eq!((refused.rule.as_str(), refused.holders.len()), ("launch-prohibited", 0));
    }
    desk.decide("eve", &Ask::new(REJECT, Some(&desk.at("REV-1")), "Prohibited")).expect("rejected");
    assert_eq!(desk.at("REV-1").text("stage"), Some("rejected"));
}

#[test]
fn what_is_put_off_after_it_was_decided_waits_for_a_decision_again() {
    for first in [REJECT, APPROVE] {
        let mut desk = Desk::ready("low");
        desk.decide("sam", &Ask::new(first, Some(&desk.at("REV-1")), "As it stands")).expect("decided");
        desk.decide("sam", &Ask::new(DEFER, Some(&desk.at("REV-1")), "Figures are coming")).expect("deferred");
        assert_eq!(desk.at("REV-1").text("stage"), Some("decision"), "{first}");
        assert!(crate::record::decision::guard::stands(&desk.at("REV-1"), &desk.workspace.look()));
    }
}

#[test]
fn nobody_approves_their_own_work_and_not_through_a_delegate_either() {
    let mut desk = Desk::ready("high");
    for (by, part) in [("olga", "business owner"), ("rita", "requester")] {
        let refused = refusal(desk.approve(by));
        assert_eq!(refused.rule, "own-work");
        assert!(refused.why.contains(part), "{refused}");
        assert_eq!(refused.holders, ["eve", "eli"]);
    }
    // The delegator's own work.
    desk.delegate("olga", "nobody", (0, 5)).expect("delegated");
    let refused = refusal(desk.approve("nobody"));
    assert!(refused.rule == "own-work" && refused.why.contains("DLG-1"), "{refused}");
    // The delegate's own work.
    let system = desk.at("SYS-1").id().to_owned();
    let edit = Edit::Set {
        kind: &SYSTEM,
        id: system,
        version: None,
        fields: vec![("technical_owner", desk.id("fay").into())],
    };
    desk.workspace.write(Change::by(&desk.id("ana"), vec![edit])).expect("an owner");
    desk.delegate("eve", "fay", (0, 5)).expect("delegated");
    assert_eq!(refusal(desk.approve("fay")).rule, "own-work");
    // A risk's owner does not accept it.
    let refused = refusal(desk.decide("sue", &desk.accept("RSK-1", in_days(30))));
    assert_eq!(refused.rule, "own-risk");
    desk.decide("sam", &desk.accept("RSK-1", in_days(30))).expect("accepted by another");
}

#[test]
fn waivers_and_acceptances_end_within_policy_and_come_back() {
    let mut desk = Desk::ready("low");
    assert!(said(desk.decide("fred", &desk.waive(in_days(-1)))).contains("in the past"));
    assert!(said(desk.decide("fred", &desk.waive(in_days(181)))).contains("180 days"));
    let endless = Ask { expires_on: None, ..desk.waive(today()) };
    assert!(said(desk.decide("fred", &endless)).contains("has an end"));
    let careless = Ask { control: String::new(), ..desk.waive(in_days(9)) };
    assert!(said(desk.decide("fred", &careless)).contains("protects people"));
    refusal(desk.decide("eve", &desk.waive(in_days(9))));
    desk.decide("fred", &desk.waive(in_days(9))).expect("waived");
    let item = desk.at("ITM-1");
    assert_eq!((item.text("status"), item.get("waived_until").as_day()), (Some("waived"), Some(in_days(9))));
    assert_eq!(crate::record::checklist_item::standing(&item, in_days(9)), "waived", "its last day counts");
    assert_eq!(crate::record::checklist_item::standing(&item, in_days(10)), "fail");
    assert_eq!(state(&desk.workspace.look(), &desk.at("DEC-2"), in_days(10)), State::Expired(in_days(9)));
    let longer = vec![("waived_until", in_days(100).into())];
    assert!(said(desk.set("fred", "ITM-1", longer)).contains("waive ITM-1"), "an end is not moved by hand");
    assert_eq!(refusal(desk.decide("sue", &desk.accept("RSK-2", in_days(30)))).rule, "acceptance-executive");
    desk.decide("eve", &desk.accept("RSK-2", in_days(30))).expect("accepted");
    let risk = desk.at("RSK-2");
    assert_eq!(risk.text("acceptance_decision"), Some(desk.at("DEC-3").id()));
    assert_eq!(crate::record::risk::standing(&risk, in_days(31)), "open");
    let count = |kind: Kind, day: NaiveDate| {
        let query = crate::workspace::Query::all(kind).with(crate::workspace::Condition::RunOut(day));
        desk.workspace.count(&query).expect("counted")
    };
    assert_eq!((count(&CHECKLIST_ITEM, in_days(9)), count(&CHECKLIST_ITEM, in_days(10))), (0, 1));
    assert_eq!((count(&RISK, in_days(30)), count(&RISK, in_days(31)), count(&DECISION, in_days(31))), (0, 1, 2));
    let review = desk.at("REV-1").id().to_owned();
    let progress =
        |day| crate::review::progress(&desk.workspace, std::slice::from_ref(&review), day).expect("progress")[&review];
    let (before, after) = (progress(in_days(9)), progress(in_days(31)));
    assert_eq!((before.settled, before.failed, before.open_risks), (1, 0, 1));
    assert_eq!((after.settled, after.failed, after.open_risks), (0, 1, 2));
    // Both make an approval that rested on them outdated.
    desk.approve("sue").expect("approved");
    assert_eq!(desk.state("DEC-4"), State::InForce);
    let State::Outdated(later) = state(&desk.workspace.look(), &desk.at("DEC-4"), in_days(31)) else {
        panic!("what it rested on has run out");
    };
    let later: Vec<String> = later.iter().map(ToString::to_string).collect();
    assert_eq!(later, ["ITM-1 status was “waived”, is “fail”", "RSK-2 accepted was “yes”, is “no”"]);
}

#[test]
fn roles_are_not_taken_but_given() {
    let mut desk = Desk::new();
    let executive = || vec![("roles", vec!["executive".to_owned()].into())];
    let own = desk.workspace.resolver(None).id_of(&PERSON, "nobody").expect("somebody");
    let own = desk.workspace.get(&PERSON, &own).expect("somebody").reference().to_owned();
    assert!(said(desk.set("nobody", &own, executive())).contains("Nobody gives themselves"));
    assert!(said(desk.set("sam", &own, executive())).contains("RAI lead"));
    let fields =
        vec![("name", "Puppet".into()), ("handle", "puppet".into()), ("roles", vec!["executive".to_owned()].into())];
    assert!(desk.add("sam", &PERSON, fields).is_err(), "nor by a person of straw");
    desk.set("eve", &own, executive()).expect("given by an executive");
}

#[test]
fn the_snapshot_is_canonical() {
    let mut desk = Desk::ready("low");
    desk.approve("sue").expect("approved");
    let decision = desk.at("DEC-2");
    let text = decision.text("snapshot").expect("a snapshot");
    let parsed: serde_json::Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(snapshot::canonical(&parsed), text);
    assert_eq!(snapshot::digest(text), decision.text("digest").expect("a digest"));
    assert_eq!(parsed["review"]["REV-1"]["tier"], "low");
    assert_eq!(parsed["packet"]["PKT-1"]["human_oversight"], "before action");
    assert!(parsed["packet"]["PKT-1"].get("notes").is_none());
    let keys: Vec<&String> = parsed.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["checklist_item", "packet", "review", "risk", "system"]);
}

#[test]
fn a_waiver_lasts_to_its_last_day_at_any_length_that_policy_allows() {
    for days in [0, 1, 180] {
        let mut desk = Desk::ready("low");
        desk.decide("fred", &desk.waive(today() + Days::new(days))).expect("waived");
        assert!(crate::record::decision::is_live(&desk.at("DEC-2"), today() + Days::new(days)));
    }
}

/// The workspace's own layers of policy come with a decision in the same change, whatever writes them.
#[test]
fn the_policy_is_not_written_without_a_decision_of_who_may() {
    let mut desk = Desk::new();
    let layer = |text: &str| Edit::PutRow {
        table: "policy_layer",
        id: "workspace".to_owned(),
        columns: vec![("text", text.to_owned())],
    };
    let decision = |recommend: bool| {
        let ask = Ask { recommend, ..Ask::new(POLICY_CHANGE, None, "The board wants it.") };
        super::edits(&ask, &mut || new_id(Utc::now()), &[], &|id| id.to_owned())
    };
    let refused = desk.workspace.write(Change::by(&desk.id("eve"), vec![layer("# a")]));
    let Err(Error::Refused { problems, .. }) = refused else { panic!("{refused:?}") };
    assert!(problems[0].message.contains("by a decision of who holds the right"), "{problems:?}");
    let only_recommended: Vec<Edit> = decision(true).into_iter().chain([layer("# a")]).collect();
    assert!(matches!(desk.workspace.write(Change::by(&desk.id("sue"), only_recommended)), Err(Error::Refused { .. })));
    let decided = || -> Vec<Edit> { decision(false).into_iter().chain([layer("# a")]).collect() };
    for handle in ["ana", "sue", "fay", "nobody"] {
        let refused = desk.workspace.write(Change::by(&desk.id(handle), decided()));
        assert!(matches!(refused, Err(Error::NoRight { .. })), "{handle}: {refused:?}");
    }
    // Nor by calling oneself new: a workspace has begun once there is anybody.
    let me = new_id(Utc::now());
    let fields = vec![("name", "Max".into()), ("handle", "max".into())];
    let edits = vec![Edit::Add { kind: &PERSON, id: me.clone(), fields }, layer("# a")];
    assert!(matches!(desk.workspace.write(Change::by(&me, edits)), Err(Error::Refused { .. })));
    assert!(desk.workspace.policy_layers().expect("read").is_empty(), "refusals leave the file as it was");

    desk.workspace.write(Change::by(&desk.id("eve"), decided())).expect("an executive may");
    let drop = vec![Edit::DropRow { table: "policy_layer", id: "workspace".to_owned() }];
    assert!(matches!(desk.workspace.write(Change::by(&desk.id("eve"), drop)), Err(Error::Refused { .. })));
    assert_eq!(desk.workspace.policy_layers().expect("read").len(), 1);
}
