//! Meetings: a board, a triage, a review of risks or of incidents, with who was there, what stood on the agenda, what was
//! moved and how it was voted.
//!
//! The rules of the room stand here, on the floor of the records, because they are checked where every write is checked:
//! [`quorum`] says who counts, [`MOTION`] and [`VOTE`] how a vote ends, [`forum`] when a decision may be recorded as made in
//! a meeting. So nobody decides without a quorum by taking another way in.

mod attendance;
pub mod forum;
mod item;
mod motion;
pub mod quorum;

pub use attendance::{ATTENDANCE, CHAIR, GUEST, MEMBER, SEATS, Span, is_voting, spans};
pub use item::{
    AGENDA_ITEM, APPROVE_MINUTES, ASKS, CARRIED_OVER, CONSENT, DECIDED, DISCUSS, DISCUSSED, DISCUSSION, NOT_REACHED,
    NOTE, NOTED, OUTCOMES, RECOMMENDED, WITHDRAWN,
};
pub use motion::{ABSTAIN, AGAINST, BY_COUNT, BY_NAME, IN_FAVOUR, MOTION, NO_QUORUM, OPEN, TIED, VOTE};
pub use motion::{CARRIED, LOST, Tally, result, tally};

use super::document::{APPROVED, DOCUMENT, IN_REVIEW};
use super::{Context, Field, FieldKind, Look, Names, Problem, Record, RecordType, Value};

/// A board that decides what the policy leaves to the governance forum.
pub const BOARD: &str = "review board";
/// New reviews are looked at and given their tier.
pub const TRIAGE: &str = "intake triage";
/// The risks of one project.
pub const RISKS: &str = "project risk review";
/// What went wrong, and what follows.
pub const INCIDENTS: &str = "incident review";
/// Anybody may come and ask.
pub const HOURS: &str = "office hours";

/// Kinds of meeting.
pub const KINDS: &[&str] = &[TRIAGE, BOARD, RISKS, INCIDENTS, HOURS];

/// It is still to come.
pub const PLANNED: &str = "planned";
/// It goes on now.
pub const IN_SESSION: &str = "in session";
/// It is over.
pub const ENDED: &str = "ended";
/// It does not take place.
pub const CANCELLED: &str = "cancelled";

/// Where a meeting can stand.
pub const STATUSES: &[&str] = &[PLANNED, IN_SESSION, ENDED, CANCELLED];

/// Minutes are being written.
pub const DRAFT: &str = "draft";
/// They were sent to those who were there.
pub const CIRCULATED: &str = "circulated";

/// A later meeting heard them and let them stand.
pub const APPROVED_MINUTES: &str = APPROVED;

/// Where minutes can stand.
pub const MINUTES: &[&str] = &[DRAFT, CIRCULATED, APPROVED_MINUTES];

/// A meeting.
pub static MEETING: RecordType = RecordType {
    name: "meeting",
    label: "Meeting",
    plural: "Meetings",
    prefix: "MTG",
    title: "title",
    help: "People who come together to decide or to discuss: a review board, a triage, office hours.",
    fields: &[
        Field::line("title", "Title", "What it is called.").required().column(34),
        Field::choice("kind", "Kind", KINDS, "What sort of meeting it is.").required().default(BOARD).column(19),
        Field::choice("status", "Status", STATUSES, "Whether it is to come, goes on, or is over.")
            .default(PLANNED)
            .seldom()
            .column(10),
        Field::moment("starts_at", "Starts", "When it begins.").required().column(16),
        Field::of("planned", "Minutes planned", FieldKind::Number(5, 1440), "How long it is to last, in minutes.")
            .default("60")
            .column(7),
        Field::link("facilitator", "Facilitator", "person", "Who prepares and runs it.").column(14),
        Field::line("place", "Place", "The room, or the address of the call."),
        Field::of(
            "quorum",
            "Quorum",
            FieldKind::Number(1, 999),
            "How many members must be there for a decision; more than half of them, where nothing is said.",
        ),
        Field::of(
            "quorum_roles",
            "Quorum by role",
            FieldKind::NamedMany(Names::Role),
            "Roles of which somebody must be there for a decision.",
        ),
        Field::prose("remarks", "Remarks", "What was said beside the items of the agenda; it stands in the minutes."),
        Field::of("current", "Current item", FieldKind::Reference, "The item that the room is at.").by_workspace(),
        Field::moment("began_at", "Began", "When it was opened.").by_rule(),
        Field::moment("ended_at", "Ended", "When it was closed.").by_rule(),
        Field::choice("minutes_status", "Minutes", MINUTES, "Where its minutes stand.").by_rule().column(10),
        Field::of("minutes", "Minutes as document", FieldKind::Reference, "The newest version of its minutes.")
            .by_rule(),
    ],
    closed: Some(("status", &[ENDED, CANCELLED])),
    order: &[("starts_at", true)],
    settle,
    check,
};

/// Whether the room sits now.
#[must_use]
pub fn is_in_session(meeting: &Record) -> bool {
    meeting.text("status") == Some(IN_SESSION)
}

/// The items of a meeting, in the order of its agenda: by place, and the older first where two share one.
#[must_use]
pub fn items(meeting: &str, records: &dyn Look) -> Vec<Record> {
    let mut items = records.all(&AGENDA_ITEM, "meeting", meeting);
    items.sort_by_key(|item| item.number("position").unwrap_or(i64::MAX));
    items
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let was = before.and_then(|before| before.text("status")).unwrap_or(PLANNED).to_owned();
    match after.text("status").unwrap_or(PLANNED) {
        IN_SESSION if was != IN_SESSION => {
            after.set("began_at", context.now);
            after.set("ended_at", Value::Empty);
        }
        ENDED if was != ENDED => after.set("ended_at", context.now),
        PLANNED => {
            after.set("began_at", Value::Empty);
            after.set("ended_at", Value::Empty);
        }
        _ => {}
    }
    let newest = context.records.all(&DOCUMENT, "meeting", after.id());
    let newest = newest.into_iter().max_by_key(|document| document.number("number").unwrap_or(0));
    let status = newest.as_ref().map(|document| match document.text("status") {
        Some(IN_REVIEW) => CIRCULATED,
        Some(APPROVED | super::document::SUPERSEDED) => APPROVED,
        _ => DRAFT,
    });
    after.set("minutes_status", status.map_or(Value::Empty, Value::from));
    after.set("minutes", newest.map_or(Value::Empty, |document| Value::text(document.reference())));
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let was = before.and_then(|before| before.text("status")).unwrap_or(PLANNED);
    let now = after.text("status").unwrap_or(PLANNED);
    let mut problems = Vec::new();
    match (was, now) {
        _ if was == now => {}
        (PLANNED, IN_SESSION) => problems.extend(check_begun(after, context)),
        (PLANNED | IN_SESSION, ENDED) if before.is_some() && was == IN_SESSION => {
            problems.extend(check_ended(after, context));
        }
        (PLANNED, CANCELLED) | (CANCELLED, PLANNED) if before.is_some() => {}
        _ if before.is_none() => problems.push(Problem::of("status", "A new meeting is planned.")),
        _ => problems.push(Problem::of("status", format!("A meeting does not go from {was} to {now}."))),
    }
    let is_over = was == ENDED && now == ENDED;
    if let Some(before) = before.filter(|_| is_over) {
        let fixed = ["kind", "starts_at", "planned", "facilitator", "quorum", "quorum_roles"];
        if let Some(field) = MEETING.fields.iter().find(|field| {
            let changed = before.get(field.name) != after.get(field.name);
            changed && (fixed.contains(&field.name) || field.name == "remarks" && is_approved(before))
        }) {
            let message = format!("{} is over; what was is not rewritten.", after.reference());
            problems.push(Problem::of(field.name, message));
        }
    }
    problems
}

/// Whether its minutes were approved, so that what they were made from stays as it is.
pub(super) fn is_approved(meeting: &Record) -> bool {
    meeting.text("minutes_status") == Some(APPROVED)
}

fn check_begun(after: &Record, context: &Context<'_>) -> Vec<Problem> {
    if context.records.all(&ATTENDANCE, "meeting", after.id()).is_empty() {
        let message = format!(
            "Nobody is on the list of {0}: name who takes part first (`probity meeting arrive {0} PERSON`).",
            after.reference()
        );
        return vec![Problem::of("status", message)];
    }
    Vec::new()
}

fn check_ended(after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let open = context.records.all(&MOTION, "meeting", after.id());
    let open = open.into_iter().find(|motion| motion.text("status") == Some(OPEN));
    open.map_or_else(Vec::new, |motion| {
        let message = format!("The vote on {} is still open; close it or withdraw it first.", motion.reference());
        vec![Problem::of("status", message)]
    })
}

/// The meeting that a record of it belongs to.
fn meeting_of(record: &Record, context: &Context<'_>) -> Option<Record> {
    record.text("meeting").and_then(|id| context.records.record(&MEETING, id))
}

/// Why this record is not to be deleted, if it is not: it belongs to a meeting that was held.
#[must_use]
pub fn kept(record: &Record, records: &dyn Look) -> Option<String> {
    let meeting = match record.kind().name {
        "meeting" => Some(record.clone()),
        "attendance" | "agenda" | "motion" => record.text("meeting").and_then(|id| records.record(&MEETING, id)),
        "vote" => record
            .text("motion")
            .and_then(|id| records.record(&MOTION, id))
            .and_then(|motion| motion.text("meeting").and_then(|id| records.record(&MEETING, id))),
        _ => None,
    };
    let held = meeting.filter(|meeting| !matches!(meeting.text("status"), None | Some(PLANNED | CANCELLED)))?;
    Some(format!("{} was held, and what was recorded of it is kept; undo what was a mistake", held.reference()))
}
