//! Attendance: who belongs to a meeting, in which seat, and from when to when they were in the room.

use chrono::{DateTime, Utc};

use super::{ENDED, IN_SESSION, meeting_of};
use crate::record::{Context, Field, PERSON, Problem, Record, RecordType, Value, rfc3339};

/// Leads the meeting, and votes.
pub const CHAIR: &str = "chair";
/// Counts for the quorum, and votes.
pub const MEMBER: &str = "member";
/// Is heard; neither counts nor votes.
pub const GUEST: &str = "guest";

/// Seats.
pub const SEATS: &[&str] = &[CHAIR, MEMBER, GUEST];

/// Somebody's attendance of a meeting.
pub static ATTENDANCE: RecordType = RecordType {
    name: "attendance",
    label: "Attendance",
    plural: "Attendance",
    prefix: "ATT",
    title: "name",
    help: "Somebody who belongs to a meeting: as chair, member or guest, and when they were in the room.",
    fields: &[
        Field::line("name", "Name", "Who it is, by the name they had then.").by_rule().column(24),
        Field::link("meeting", "Meeting", "meeting", "The meeting.").required().column(12),
        Field::link("person", "Person", "person", "Who takes part.").required().column(14),
        Field::choice("seat", "Seat", SEATS, "Chair and members count for the quorum and vote; guests do neither.")
            .default(MEMBER)
            .column(8),
        Field::line("role", "Role", "In which capacity they take part."),
        Field::flag("excused", "Excused", "Whether they have said that they cannot come.").seldom().column(7),
        Field::flag("present", "Present", "Whether they are in the room.").by_rule().column(7),
        Field::of(
            "spans",
            "In the room",
            crate::record::FieldKind::Words,
            "From when to when they were there, in UTC.",
        )
        .by_workspace(),
        Field::moment("arrived_at", "Arrived", "When they first came.").by_rule().column(11),
        Field::moment("left_at", "Left", "When they last left.").by_rule().column(11),
    ],
    closed: None,
    order: &[("id", false)],
    settle,
    check,
};

/// A stay in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When they came.
    pub from: DateTime<Utc>,
    /// When they left; none while they are there.
    pub to: Option<DateTime<Utc>>,
}

impl Span {
    /// As it stands in the record: RFC 3339 in UTC, `from/to`, with nothing after the stroke while it lasts.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}/{}", rfc3339(self.from), self.to.map(rfc3339).unwrap_or_default())
    }

    fn read(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('/')?;
        let read = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.with_timezone(&Utc));
        let to = if to.is_empty() { None } else { Some(read(to)?) };
        Some(Self { from: read(from)?, to })
    }
}

/// When somebody was in the room, in order.
#[must_use]
pub fn spans(attendance: &Record) -> Vec<Span> {
    attendance.get("spans").items().iter().filter_map(|text| Span::read(text)).collect()
}

/// Whether this seat counts for the quorum and votes.
#[must_use]
pub fn is_voting(attendance: &Record) -> bool {
    attendance.text("seat") != Some(GUEST)
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if before.is_none() || after.get("name").is_empty() {
        let name = after.text("person").map(|id| context.records.field(&PERSON, id, "name"));
        after.set("name", name.unwrap_or_default());
    }
    let spans = spans(after);
    let last = spans.last();
    after.set("present", last.is_some_and(|span| span.to.is_none()));
    after.set("arrived_at", spans.first().map_or(Value::Empty, |span| Value::Moment(span.from)));
    after.set("left_at", last.and_then(|span| span.to).map_or(Value::Empty, Value::Moment));
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let Some(meeting) = meeting_of(after, context) else { return Vec::new() };
    let mut problems = Vec::new();
    if let Some(before) = before {
        for field in ["meeting", "person"] {
            if before.get(field) != after.get(field) {
                problems.push(Problem::of(field, "Attendance stays with its meeting and its person; add another."));
            }
        }
    }
    let twice = context
        .records
        .all(&ATTENDANCE, "meeting", meeting.id())
        .into_iter()
        .find(|other| other.id() != after.id() && other.get("person") == after.get("person"));
    if let Some(other) = twice {
        let message = format!("{} is on the list already: {}.", crate::text::line(other.title()), other.reference());
        problems.push(Problem::of("person", message));
    }
    let all = spans(after);
    if all.len() != after.get("spans").items().len() {
        problems.push(Problem::of("spans", "A stay is written as two moments in UTC with a stroke between."));
    }
    let in_order = all.iter().all(|span| span.to.is_none_or(|to| to >= span.from))
        && all.iter().zip(all.iter().skip(1)).all(|(one, next)| one.to.is_some_and(|to| to <= next.from));
    if !in_order {
        problems.push(Problem::of("spans", "Nobody leaves before they came, or comes twice without leaving."));
    }
    let moved = before.map_or(!all.is_empty(), |before| before.get("spans") != after.get("spans"));
    let sits = meeting.text("status") == Some(IN_SESSION);
    if moved && !sits && meeting.text("status") != Some(super::PLANNED) {
        problems.push(Problem::of("spans", format!("{} is not in session.", meeting.reference())));
    }
    let seat = before.is_none_or(|before| before.get("seat") != after.get("seat"));
    if seat && meeting.text("status") == Some(ENDED) {
        problems.push(Problem::of("seat", format!("{} is over.", meeting.reference())));
    }
    problems
}
