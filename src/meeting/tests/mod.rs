//! A board in a real workspace: seven members, a facilitator and a guest, with reviews to decide.

mod agenda;
mod room;
mod votes;

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use tempfile::TempDir;

use super::*;
use crate::policy::Policy;
use crate::record::decision::APPROVE;
use crate::record::meeting::{BOARD, IN_FAVOUR, MEMBER};
use crate::record::{AGENDA_ITEM, MEETING, PACKET, PERSON, REVIEW, SYSTEM};
use crate::review::decide::{self as deciding, Ask};
use crate::workspace::{Options, new_id};

/// Handles with their roles. The facilitator holds the forum's right, and records what the board decides.
pub(crate) const CAST: &[(&str, &[&str])] = &[
    ("fay", &["governance forum", "facilitator"]),
    ("ben", &["governance forum"]),
    ("cleo", &["governance forum"]),
    ("dan", &["governance forum"]),
    ("eve", &["executive"]),
    ("finn", &["executive"]),
    ("gus", &["governance forum"]),
    ("sam", &["specialist"]),
];

pub(crate) struct Desk {
    pub folder: TempDir,
    pub workspace: Workspace,
    pub policy: Policy,
    pub at: DateTime<Utc>,
}

impl Desk {
    /// A board of seven, planned for now, with nobody there yet.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let file = folder.path().join("w.db");
        let mut workspace = Workspace::create(&file, Arc::new(policy.clone())).expect("a workspace");
        let at = Utc::now();
        let mut edits = Vec::new();
        for (handle, roles) in CAST {
            let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
            let name = format!("{}{} Example", handle[..1].to_uppercase(), &handle[1..]);
            let fields = vec![("name", name.into()), ("handle", Value::text(*handle)), ("roles", roles.into())];
            edits.push(Edit::Add { kind: &PERSON, id: new_id(at), fields });
        }
        let Edit::Add { id: owner, .. } = &edits[0] else { unreachable!() };
        let owner = owner.clone();
        workspace
            .batch(|batch| {
                batch.set_meta("owner", &owner)?;
                batch.write(Change::by(&owner, edits))
            })
            .expect("the people");
        let mut desk = Self { folder, workspace, policy, at };
        desk.meet(BOARD, 0);
        desk
    }

    /// The same, in session, with all seven there.
    pub fn sitting() -> Self {
        let mut desk = Self::new();
        for (handle, _) in &CAST[..7] {
            desk.arrive(handle);
        }
        desk.step(|workspace, at| open(workspace, &meeting(workspace, "MTG-1"), at)).expect("opened");
        desk
    }

    /// Plans a meeting of a kind, in so many days.
    pub fn meet(&mut self, kind: &str, in_days: i64) {
        let fields = vec![
            ("kind", Value::text(kind)),
            ("starts_at", Value::Moment(self.at + TimeDelta::days(in_days))),
            ("facilitator", Value::text(self.id("fay"))),
        ];
        let edits = new_edits(&self.workspace, &self.policy, fields, self.at).expect("edits");
        self.write("fay", edits);
    }

    pub fn id(&self, handle: &str) -> String {
        use crate::record::Resolve as _;
        self.workspace.resolver(None).id_of(&PERSON, handle).expect(handle)
    }

    pub fn find(&self, reference: &str) -> Record {
        self.workspace.find(reference).expect(reference)
    }

    pub fn write(&mut self, by: &str, edits: Vec<Edit>) -> Receipt {
        let by = self.id(by);
        self.workspace.write(Change::by(&by, edits)).expect("a change")
    }

    pub fn step(&mut self, make: impl Fn(&Workspace, DateTime<Utc>) -> Result<Step>) -> Result<Receipt> {
        self.step_by("fay", make)
    }

    pub fn step_by(&mut self, by: &str, make: impl Fn(&Workspace, DateTime<Utc>) -> Result<Step>) -> Result<Receipt> {
        let (by, at) = (self.id(by), self.at);
        perform(&mut self.workspace, &by, at, &|workspace| make(workspace, at))
    }

    /// Lets time go by.
    pub fn wait(&mut self, seconds: i64) {
        self.at += TimeDelta::seconds(seconds);
    }

    pub fn arrive(&mut self, handle: &str) {
        let person = self.id(handle);
        let done =
            self.step(|workspace, at| arrive(workspace, &meeting(workspace, "MTG-1"), &person, Seat::default(), at));
        done.expect(handle);
    }

    pub fn leave(&mut self, handle: &str) {
        let person = self.id(handle);
        self.step(|workspace, at| leave(workspace, &meeting(workspace, "MTG-1"), &person, at)).expect(handle);
    }

    /// A review at medium tier that is ready for its launch decision, and its reference.
    pub fn review(&mut self, title: &str) -> String {
        let system = new_id(self.at);
        let (id, mut edits) =
            crate::review::start(self.at, vec![("title", title.into()), ("system", system.as_str().into())]);
        let fields = vec![("name", title.into()), ("business_owner", Value::text(self.id("gus")))];
        edits.insert(0, Edit::Add { kind: &SYSTEM, id: system, fields });
        self.write("sam", edits);
        let set = |id: &str, stage: &str| Edit::Set {
            kind: &REVIEW,
            id: id.to_owned(),
            version: None,
            fields: vec![("stage", Value::text(stage)), ("stage_reason", "For the test.".into())],
        };
        self.write("sam", vec![set(&id, "triage")]);
        let review = self.workspace.get(&REVIEW, &id).expect("the review");
        let ask = Ask::tier(&review, "medium", "By the answers.");
        let edits = deciding::decide(&self.workspace, &ask, Utc::now()).expect("edits");
        self.write("ben", edits);
        for stage in ["assessment", "decision"] {
            self.write("sam", vec![set(&id, stage)]);
        }
        review.reference().to_owned()
    }

    /// Puts a record on the agenda of MTG-1, and gives the item's id.
    pub fn item(&mut self, subject: &str, section: &str, asks: &str) -> String {
        self.item_of("MTG-1", subject, section, asks)
    }

    pub fn item_of(&mut self, of: &str, subject: &str, section: &str, asks: &str) -> String {
        let id = new_id(self.at);
        let mut fields = vec![
            ("meeting", Value::text(meeting(&self.workspace, of))),
            ("section", Value::text(section)),
            ("asks", Value::text(asks)),
        ];
        let named = crate::record::kind_of_reference(subject).is_some();
        fields.push((if named { "subject" } else { "title" }, Value::text(subject)));
        self.write("fay", vec![Edit::Add { kind: &AGENDA_ITEM, id: id.clone(), fields }]);
        id
    }

    /// Puts a launch to the vote and lets these members vote; gives the motion's id.
    pub fn vote(&mut self, item: &str, votes: &[(&str, &str)]) -> String {
        let receipt = self.step(|workspace, at| put(workspace, item, "", Some(APPROVE), true, at)).expect("put");
        let motion = receipt.first().expect("a motion").id().to_owned();
        for (handle, choice) in votes {
            self.cast(&motion, handle, choice).expect(handle);
        }
        motion
    }

    pub fn cast(&mut self, motion: &str, handle: &str, choice: &str) -> Result<Receipt> {
        let person = self.id(handle);
        let reason = if choice == "against" { "The figures are a year old." } else { "" };
        self.step(|workspace, at| cast(workspace, motion, Cast { person: &person, choice, reason }, at))
    }

    pub fn decide(&mut self, by: &str, item: &str, kind: &'static str) -> Result<Receipt> {
        self.decide_as(by, item, kind, false)
    }

    pub fn decide_as(&mut self, by: &str, item: &str, kind: &'static str, recommend: bool) -> Result<Receipt> {
        let subject = self.workspace.get(&AGENDA_ITEM, item).expect("the item");
        let subject = self.find(subject.text("subject").expect("a subject"));
        let ask = Ask { recommend, ..Ask::new(kind, Some(&subject), "The board heard the case.") };
        self.step_by(by, |workspace, at| decide(workspace, item, &ask, at))
    }

    pub fn board(&self) -> Board {
        read(&self.workspace, &meeting(&self.workspace, "MTG-1")).expect("the board")
    }

    /// Another connection to the same file, as another process has.
    pub fn other(&self) -> Workspace {
        let file = self.folder.path().join("w.db");
        Workspace::open(&file, Options::default(), Arc::new(self.policy.clone())).expect("opened")
    }
}

pub(crate) fn meeting(workspace: &Workspace, reference: &str) -> String {
    workspace.find(reference).expect(reference).id().to_owned()
}

#[test]
fn a_new_meeting_has_its_people_its_length_and_its_quorum_by_the_policy() {
    let desk = Desk::new();
    let board = desk.board();
    let handles: Vec<&str> = board.room.seats.iter().map(|seat| seat.handle.as_str()).collect();
    assert_eq!(handles, ["fay", "ben", "cleo", "dan", "eve", "finn", "gus"], "the specialist is no member");
    assert!(board.room.seats.iter().all(|seat| seat.attendance.text("seat") == Some(MEMBER)));
    assert_eq!(board.meeting.number("planned"), Some(90));
    assert_eq!(board.meeting.get("quorum_roles").items(), ["governance forum"]);
    assert!(board.meeting.title().starts_with("Review board 2"));
    let quorum = board.room.quorum();
    assert_eq!((quorum.members, quorum.needed, quorum.is_met()), (7, 4, false));
}

#[test]
fn a_decision_of_the_board_carries_its_quorum_and_its_votes_and_can_be_undone() {
    let mut desk = Desk::sitting();
    let review = desk.review("Screener");
    let item = desk.item(&review, "discussion", "approve");
    desk.step(|workspace, at| go(workspace, &item, at)).expect("at the item");
    let motion = desk.vote(&item, &[("fay", IN_FAVOUR), ("ben", IN_FAVOUR), ("cleo", "against"), ("dan", "abstain")]);
    desk.step(|workspace, _| close(workspace, &motion, None)).expect("closed");
    desk.decide("fay", &item, APPROVE).expect("decided");
    let held = desk.board().items.remove(0);
    let decision = held.decisions.first().expect("a decision");
    assert_eq!(decision.text("meeting"), Some("MTG-1"));
    assert_eq!(decision.text("votes"), Some("MOT-1 carried, by name: 2 in favour, 1 against, 1 abstaining"));
    assert_eq!(decision.text("quorum"), Some("quorum: 7 of 7 members count, 4 needed; with governance forum"));
    assert_eq!(decision.text("dissent"), Some("Cleo Example: The figures are a year old."));
    assert_eq!(held.item.text("outcome"), Some("decided"));
    assert_eq!(desk.find(&review).text("stage"), Some("approved"));
    let payload = crate::record::decision::snapshot::payload(decision);
    assert_ne!(
        payload,
        crate::record::decision::snapshot::payload(&{
            let mut other = decision.clone();
            other.set("votes", "7 in favour");
            other
        }),
        "a signature covers the votes"
    );

    let fay = desk.id("fay");
    desk.workspace.undo(&fay).expect("undone");
    assert_eq!(desk.find(&review).text("stage"), Some("decision"));
    let held = desk.board().items.remove(0);
    assert_eq!((held.item.text("outcome"), held.decisions.len()), (None, 0));
    desk.workspace.redo(&fay).expect("done again");
    assert_eq!(desk.find(&review).text("stage"), Some("approved"));
}

#[test]
fn what_is_decided_in_a_meeting_needs_the_right_as_anywhere() {
    let mut desk = Desk::sitting();
    let review = desk.review("Screener");
    let item = desk.item(&review, "discussion", "approve");
    let refused = desk.decide("eve", &item, APPROVE).expect_err("an executive does not decide medium launches");
    assert!(matches!(refused, Error::NoRight { .. }), "{refused}");
    let refused = desk.decide("gus", &item, APPROVE).expect_err("they own the system");
    assert!(refused.to_string().contains("business owner"), "{refused}");
    desk.arrive("sam");
    let refused = desk.decide("sam", &item, APPROVE).expect_err("a specialist in the room");
    assert!(matches!(refused, Error::NoRight { .. }), "{refused}");
    desk.leave("ben");
    let refused = desk.decide("ben", &item, APPROVE).expect_err("not in the room").to_string();
    assert!(refused.contains("recorded by somebody who is in the room"), "{refused}");
    let packet = desk.workspace.records(&crate::workspace::Query::all(&PACKET)).expect("read");
    assert_eq!(packet.len(), 1);
    desk.decide("fay", &item, APPROVE).expect("decided");
    let held = desk.workspace.get(&MEETING, desk.board().meeting.id()).expect("the meeting");
    assert_eq!(held.text("status"), Some("in session"));
}
