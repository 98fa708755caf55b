//! When a decision may be recorded as made in a meeting: the meeting sits, the item is its own, there is a quorum for the
//! item, who records it is in the room, and no vote says otherwise.
//!
//! The right to decide stays what it is outside of meetings: whoever records the decision must hold it by the policy. So a
//! board decides by one of its members who holds the right, with the quorum and the votes attached to the decision.

use super::motion::attendance_of;
use super::{
    AGENDA_ITEM, BY_COUNT, CARRIED, MEETING, MOTION, NO_QUORUM, OPEN, Tally, WITHDRAWN, is_in_session, quorum,
};
use crate::record::decision::{APPROVE, APPROVE_WITH_CONDITIONS, DEFER, IN_FORCE, answers_the_same};
use crate::record::{Context, Look, Problem, Record};

/// What a meeting has to say of a decision that is made in it: the quorum, and the vote, where there was one.
#[must_use]
pub fn said(decision: &Record, records: &dyn Look) -> Option<(String, Option<String>)> {
    let (meeting, item) = place(decision, records)?;
    let quorum = quorum::Room::of(&meeting, Some(&item), records).quorum().to_string();
    let vote = motion_on(decision, &item, records).map(|motion| in_words(&motion));
    Some((quorum, vote))
}

/// How a vote stands, in words: `MOT-1 carried by name: 5 in favour, 1 against, 0 abstaining`.
#[must_use]
pub fn in_words(motion: &Record) -> String {
    let said = |field: &str| motion.number(field).unwrap_or(0);
    let tally = Tally { in_favour: said("in_favour"), against: said("against"), abstained: said("abstained") };
    let status = motion.text("status").unwrap_or(OPEN);
    format!("{} {status}, {}: {tally}", motion.reference(), motion.text("method").unwrap_or(BY_COUNT))
}

fn place(decision: &Record, records: &dyn Look) -> Option<(Record, Record)> {
    let item = decision.text("agenda_item").and_then(|id| records.record(&AGENDA_ITEM, id))?;
    let meeting = item.text("meeting").and_then(|id| records.record(&MEETING, id))?;
    Some((meeting, item))
}

/// The last vote under an item on the question that a decision answers, taken-back ones left out.
#[must_use]
pub fn motion_on(decision: &Record, item: &Record, records: &dyn Look) -> Option<Record> {
    let kind = decision.text("kind").unwrap_or_default();
    let mut motions = records.all(&MOTION, "agenda_item", item.id());
    motions.retain(|motion| {
        motion.text("status") != Some(WITHDRAWN)
            && motion.text("proposes").is_some_and(|proposes| answers_the_same(proposes, kind) || proposes == kind)
    });
    motions.pop()
}

/// What keeps a decision from being recorded as made in a meeting.
pub(in crate::record) fn problems(decision: &Record, context: &Context<'_>) -> Vec<Problem> {
    let records = context.records;
    let refused = |message: String| vec![Problem::of("meeting", message)];
    if decision.get("meeting").is_empty() && decision.get("agenda_item").is_empty() {
        return Vec::new();
    }
    let Some((meeting, item)) = place(decision, records) else {
        return refused("There is no such item of a meeting any more.".to_owned());
    };
    let (reference, named) = (meeting.reference(), item.reference());
    if decision.text("meeting") != Some(reference) {
        return refused(format!("{named} is an item of {reference}."));
    }
    if !is_in_session(&meeting) {
        return refused(format!("{reference} is not in session; nothing is decided in it."));
    }
    let kind = decision.text("kind").unwrap_or_default();
    let vote = motion_on(decision, &item, records);
    if let Some(motion) = vote.as_ref().filter(|motion| motion.text("status") == Some(OPEN)) {
        return refused(format!("The vote on {} is still open; close it first.", motion.reference()));
    }
    let in_force = decision.text("status") == Some(IN_FORCE);
    if in_force {
        let room = quorum::Room::of(&meeting, Some(&item), records);
        let quorum = room.quorum();
        if !quorum.is_met() {
            return refused(format!(
                "{named} has {quorum}. Record it as a recommendation, or carry the item over to the next meeting."
            ));
        }
        if let Some(why) = kept_out(&room, context, &meeting) {
            return refused(why);
        }
    }
    match vote.filter(|_| kind != DEFER) {
        Some(motion) => unlike(&motion, kind, in_force).map_or_else(Vec::new, refused),
        None => Vec::new(),
    }
}

/// Why whoever records a decision cannot do so for the room.
fn kept_out(room: &quorum::Room, context: &Context<'_>, meeting: &Record) -> Option<String> {
    let there = attendance_of(meeting.id(), context.actor, context.records);
    let is_there = there.as_ref().is_some_and(|seat| seat.get("present").is_set());
    let reference = meeting.reference();
    if !is_there {
        return Some(format!("A decision of {reference} is recorded by somebody who is in the room."));
    }
    let seat = room.seat(context.actor)?;
    let why = seat.recused.as_ref()?;
    Some(format!("@{} is recused for this item: {}.", seat.handle, crate::text::line(why).trim_end_matches('.')))
}

/// Why the vote does not carry this decision.
fn unlike(motion: &Record, kind: &str, in_force: bool) -> Option<String> {
    let words = in_words(motion);
    match motion.text("status") {
        Some(CARRIED) => {
            let launch =
                |kind: &str| if kind == APPROVE_WITH_CONDITIONS { APPROVE.to_owned() } else { kind.to_owned() };
            let voted = motion.text("proposes").unwrap_or_default();
            (launch(voted) != launch(kind))
                .then(|| format!("The room voted to {voted} ({words}), which is not to {kind}. Put that to the vote."))
        }
        // The room was too small to decide; what it would have decided can still be recommended.
        Some(NO_QUORUM) if !in_force => None,
        Some(super::TIED) => {
            Some(format!("The vote was tied ({words}): nobody has decided. Vote again, or carry it over."))
        }
        Some(NO_QUORUM) => {
            Some(format!("There was no quorum when the vote was closed ({words}). Vote again, or recommend."))
        }
        _ => Some(format!("The vote was lost ({words}). Put the other side to the vote, or carry the item over.")),
    }
}

/// Whether minutes are approved by a room rather than by a person: a meeting is in session that has them on its agenda to be
/// approved, with a quorum, and whoever records it is there. Then it is not their own work that they approve.
#[must_use]
pub(in crate::record) fn approves_minutes(document: &Record, context: &Context<'_>) -> bool {
    if document.get("meeting").is_empty() {
        return false;
    }
    let records = context.records;
    records.all(&AGENDA_ITEM, "subject", document.reference()).into_iter().any(|item| {
        let meeting = item.text("meeting").and_then(|id| records.record(&MEETING, id));
        let asked = item.text("asks") == Some(super::APPROVE_MINUTES);
        let Some(meeting) = meeting.filter(|meeting| asked && is_in_session(meeting)) else { return false };
        let room = quorum::Room::of(&meeting, Some(&item), records);
        let there = room.seat(context.actor).is_some_and(|seat| seat.present);
        there && room.quorum().is_met()
    })
}
