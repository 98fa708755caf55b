//! Minutes: made from what was recorded, in sections. The same sections are printed, shown as a page, and kept as a document
//! with versions. What is private (notes of one's own) is in none of them.
//!
//! The head of the history's chain of seals stands in them: whoever holds the paper can have it checked later that the
//! history still contains what it contained then (`probity audit verify --against SEAL`).

mod item;
mod write;

use std::fmt::Write as _;

use chrono::{DateTime, Local, Utc};

use super::board::{Board, read};
use super::{Step, add, refuse, set};
use crate::record::document::{FILLED, IN_REVIEW, SECTION, is_frozen};
use crate::record::meeting::{APPROVE_MINUTES, CARRIED_OVER, DECIDED, NOT_REACHED, PLANNED, Span, quorum, spans};
use crate::record::{ACTION, DOCUMENT, Look, PERSON, Record, Value};
use crate::review::document as documents;
use crate::text::{line, markdown};
use crate::workspace::{Edit, Result, Workspace, new_id};

pub use write::{summary, whole};

/// What documents that are minutes name as their template and their kind.
pub const TEMPLATE: &str = "minutes";

/// A part of minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its code, by which a document finds it again.
    pub code: String,
    /// What stands over it, as plain text.
    pub heading: String,
    /// What it says, in Markdown; what people typed in single lines is escaped.
    pub text: String,
}

/// The minutes of a meeting.
#[derive(Debug, Clone, PartialEq)]
pub struct Minutes {
    /// The meeting with all that was held.
    pub board: Board,
    /// What is over the whole, as plain text.
    pub title: String,
    /// The parts, in order.
    pub sections: Vec<Section>,
    /// The last seal of the history when they were made.
    pub head: String,
}

/// Makes the minutes of a meeting from what was recorded up to now.
///
/// # Errors
/// Where the meeting has not begun, or the file cannot be read.
pub fn minutes(workspace: &Workspace, meeting: &str, now: DateTime<Utc>) -> Result<Minutes> {
    let board = read(workspace, meeting)?;
    if matches!(board.meeting.text("status"), None | Some(PLANNED)) {
        return Err(refuse(board.meeting.reference(), "It has not begun; there is nothing to minute."));
    }
    let (head, changes) = (workspace.chain_head()?, workspace.history_length()?);
    let look = workspace.look();
    let mut sections = vec![about(&board, &look), attendance(&board)];
    for (at, held) in board.items.iter().enumerate() {
        sections.push(item::section_of(at + 1, held, &look, now));
    }
    sections.extend(remarks(&board));
    sections.push(actions(&board, &look));
    sections.push(carried(&board, &look));
    sections.push(record(&head, changes));
    let title = format!("Minutes: {}", line(board.meeting.title()));
    Ok(Minutes { board, title, sections, head })
}

fn section(code: impl Into<String>, heading: impl Into<String>, text: &str) -> Section {
    Section { code: code.into(), heading: heading.into(), text: text.trim_end().to_owned() }
}

fn name_of(look: &dyn Look, id: Option<&str>) -> String {
    let name = id.map(|id| look.field(&PERSON, id, "name").display()).unwrap_or_default();
    if name.is_empty() { "nobody".to_owned() } else { markdown(&line(&name)) }
}

/// A moment in local time: the whole of it, or the time alone where the day is that of `day`.
fn local(moment: DateTime<Utc>, day: Option<DateTime<Utc>>) -> String {
    let there = moment.with_timezone(&Local);
    let same = day.is_some_and(|day| day.with_timezone(&Local).date_naive() == there.date_naive());
    there.format(if same { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

fn about(board: &Board, look: &dyn Look) -> Section {
    let meeting = &board.meeting;
    let began = meeting.get("began_at").as_moment();
    let mut text = String::new();
    let mut row = |label: &str, value: String| {
        // Writing to a String never fails.
        let _ = writeln!(text, "- **{label}:** {value}");
    };
    row("Meeting", format!("{} ({})", meeting.reference(), meeting.text("kind").unwrap_or_default()));
    if let Some(began) = began {
        let zone = began.with_timezone(&Local).format("%:z");
        let ended = meeting.get("ended_at").as_moment();
        let ended =
            ended.map_or_else(|| "still in session".to_owned(), |ended| format!("to {}", local(ended, Some(began))));
        row("Held", format!("{} {ended} (local time, UTC{zone})", local(began, None)));
    }
    if let Some(place) = meeting.text("place") {
        row("Place", markdown(&line(place)));
    }
    row("Facilitator", name_of(look, meeting.text("facilitator")));
    let quorum = board.room.quorum();
    let roles: Vec<String> = meeting.get("quorum_roles").items().iter().map(|role| markdown(&line(role))).collect();
    let roles = if roles.is_empty() { String::new() } else { format!(", with somebody as {}", roles.join(" and as ")) };
    row("Quorum", format!("{} of {} members{roles}", quorum.needed, quorum.members));
    section("about", "Meeting", &text)
}

fn stay(span: &Span, began: Option<DateTime<Utc>>) -> String {
    let to = span.to.map_or_else(|| "now".to_owned(), |to| local(to, began));
    format!("{}–{to}", local(span.from, began))
}

fn attendance(board: &Board) -> Section {
    let began = board.meeting.get("began_at").as_moment();
    let mut text = String::from("| Name | Seat | As | In the room |\n| --- | --- | --- | --- |\n");
    for seat in &board.room.seats {
        let stays: Vec<String> = spans(&seat.attendance).iter().map(|span| stay(span, began)).collect();
        let when = match (stays.is_empty(), seat.attendance.get("excused").is_set()) {
            (false, _) => stays.join(", "),
            (true, true) => "excused".to_owned(),
            (true, false) => "absent".to_owned(),
        };
        let cell = |field: &str| markdown(&line(seat.attendance.text(field).unwrap_or_default()));
        let _ = writeln!(text, "| {} | {} | {} | {when} |", cell("name"), cell("seat"), cell("role"));
    }
    if board.room.seats.is_empty() {
        text = "Nobody is on the list.\n".to_owned();
    }
    section("attendance", "Attendance", &text)
}

fn remarks(board: &Board) -> Option<Section> {
    let said = board.meeting.text("remarks")?;
    Some(section("remarks", "Beside the agenda", &quoted(said)))
}

/// Prose that people typed, set off, so that a heading in it does not become one of the minutes.
fn quoted(prose: &str) -> String {
    let safe = crate::text::lines(prose.trim());
    safe.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn action_row(text: &mut String, action: &Record, look: &dyn Look) {
    let due = action.get("due_on").as_day().map_or_else(|| "no date".to_owned(), |day| day.to_string());
    let title = markdown(&line(action.title()));
    let status = action.text("status").unwrap_or("open");
    let _ = writeln!(
        text,
        "| {} | {title} | {} | {due} | {status} |",
        action.reference(),
        name_of(look, action.text("owner"))
    );
}

fn actions(board: &Board, look: &dyn Look) -> Section {
    let all: Vec<&Record> = board.items.iter().flat_map(|held| &held.actions).collect();
    let beside = look.all(&ACTION, "source", board.meeting.reference());
    if all.is_empty() && beside.is_empty() {
        return section("actions", "Actions", "None.");
    }
    let mut text = String::from("| Action | What | Who | Until | Status |\n| --- | --- | --- | --- | --- |\n");
    all.into_iter().chain(&beside).for_each(|action| action_row(&mut text, action, look));
    section("actions", "Actions", &text)
}

fn carried(board: &Board, look: &dyn Look) -> Section {
    let open = |outcome: Option<&str>| matches!(outcome, Some(CARRIED_OVER | NOT_REACHED));
    let mut text = String::new();
    for held in board.items.iter().filter(|held| open(held.item.text("outcome"))) {
        let next = look.belonging(&crate::record::AGENDA_ITEM, "carried_from", held.item.id());
        let to = next.and_then(|next| next.text("meeting").and_then(|id| look.record(&crate::record::MEETING, id)));
        let to = to.map_or_else(|| "the next meeting".to_owned(), |to| to.reference().to_owned());
        let why = held.item.text("outcome_note").map(|why| format!(" ({})", markdown(&line(why)))).unwrap_or_default();
        let _ = writeln!(
            text,
            "- {} {}: {} to {to}{why}",
            held.item.reference(),
            markdown(&line(held.item.title())),
            held.item.text("outcome").unwrap_or_default()
        );
    }
    section("carried-over", "Carried over", if text.is_empty() { "Nothing." } else { &text })
}

fn record(head: &str, changes: u64) -> Section {
    let text = format!(
        "These minutes were made from the records. The history of the workspace held {changes} changes then, and its last \
         seal was:\n\n`{head}`\n\nWhether the history still contains it: `probity audit verify --against {head}`"
    );
    section("record", "The record", &text)
}

/// The newest document of a meeting's minutes, where there is one.
#[must_use]
pub fn document_of(workspace: &Workspace, meeting: &Record) -> Option<Record> {
    let all = workspace.look().all(&DOCUMENT, "meeting", meeting.id());
    all.into_iter().max_by_key(|document| document.number("number").unwrap_or(0))
}

fn section_fields(
    document: &str,
    made: &Section,
    at: usize,
    meeting: &str,
    now: DateTime<Utc>,
) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("document", Value::text(document)),
        ("code", Value::text(made.code.as_str())),
        ("heading", Value::text(crate::text::fit(&made.heading, 200).into_owned())),
        ("position", Value::Number(i64::try_from(at).unwrap_or(9999).min(9999))),
    ];
    fields.extend(text_fields(made, meeting, now));
    fields
}

fn text_fields(made: &Section, meeting: &str, now: DateTime<Utc>) -> Vec<(&'static str, Value)> {
    vec![
        ("text", Value::text(made.text.as_str())),
        ("origin", FILLED.into()),
        ("source", Value::text(format!("the records of {meeting}"))),
        ("taken_at", Value::Moment(now)),
    ]
}

/// Makes the minutes a document, as a draft; where there is a draft already, its sections are made anew from the records, but
/// for those that somebody wrote by hand.
///
/// # Errors
/// Where the minutes are circulated or approved already, or the file cannot be read.
pub fn draft(workspace: &Workspace, meeting: &str, now: DateTime<Utc>) -> Result<Step> {
    let made = minutes(workspace, meeting, now)?;
    let reference = made.board.meeting.reference();
    let what = format!("{reference}: minutes drafted");
    let Some(there) = document_of(workspace, &made.board.meeting) else {
        let document = new_id(now);
        let fields = vec![
            ("title", Value::text(made.title.as_str())),
            ("template", TEMPLATE.into()),
            ("kind", TEMPLATE.into()),
            ("meeting", Value::text(made.board.meeting.id())),
        ];
        let mut edits = vec![Edit::Add { kind: &DOCUMENT, id: document.clone(), fields }];
        for (at, section) in made.sections.iter().enumerate() {
            edits.push(add(&SECTION, now, section_fields(&document, section, at, reference, now)));
        }
        return Ok(Step::new(what, edits));
    };
    if is_frozen(&there) || there.text("status") == Some(IN_REVIEW) {
        let how = if is_frozen(&there) {
            "are approved; amend them by a new version"
        } else {
            "are circulated; take them back to draft first"
        };
        return Err(refuse(reference, format!("Its minutes, {}, {how}.", there.reference())));
    }
    let mut edits = vec![set(&there, Vec::new())];
    let sections = documents::sections(workspace, &there)?;
    for (at, section) in made.sections.iter().enumerate() {
        match sections.iter().find(|known| known.text("code") == Some(&section.code)) {
            None => edits.push(add(&SECTION, now, section_fields(there.id(), section, at, reference, now))),
            Some(known) if known.text("origin") == Some(FILLED) && known.text("text") != Some(&section.text) => {
                let mut fields = text_fields(section, reference, now);
                fields.push(("heading", Value::text(crate::text::fit(&section.heading, 200).into_owned())));
                edits.push(set(known, fields));
            }
            Some(_) => {}
        }
    }
    Ok(Step::new(what, edits))
}

/// Sends the minutes round: they are handed to a member who was there and did not write them (the chair, where there is one),
/// and do not change until they are approved or taken back.
///
/// # Errors
/// Where there is no document yet, nobody else was there, or the file cannot be read.
pub fn circulate(workspace: &Workspace, meeting: &str, reader: Option<&str>, now: DateTime<Utc>) -> Result<Step> {
    let board = read(workspace, meeting)?;
    let reference = board.meeting.reference();
    let document = document_of(workspace, &board.meeting).ok_or_else(|| {
        refuse(reference, format!("Make its minutes a document first (`probity meeting minutes {reference} --draft`)."))
    })?;
    let author = document.text("author").unwrap_or_default();
    let was_there = |seat: &&quorum::Seat| seat.votes && seat.person != author && !spans(&seat.attendance).is_empty();
    let mut readers: Vec<&quorum::Seat> = board.room.seats.iter().filter(was_there).collect();
    readers.sort_by_key(|seat| seat.attendance.text("seat") != Some(crate::record::meeting::CHAIR));
    let reader = reader.or(readers.first().map(|seat| seat.person.as_str()));
    let reader =
        reader.ok_or_else(|| refuse(reference, "Nobody else was there who could read them; name a reader."))?;
    let edits = documents::submit(workspace, &document, Some(reader), now)?;
    Ok(Step::new(format!("{reference}: minutes circulated, {}", document.reference()), edits))
}

/// Approves minutes as an item of a later meeting: the room has heard them, with a quorum.
///
/// # Errors
/// Where the item is about no minutes, or the file cannot be read. Whether there is a quorum is judged when it is written.
pub fn approve(workspace: &Workspace, item: &str) -> Result<Step> {
    let (meeting, item) = super::board::item_of(workspace, item)?;
    let subject = item.text("subject").and_then(|reference| workspace.look().named(reference));
    let document = subject.filter(|subject| subject.kind() == &DOCUMENT && item.text("asks") == Some(APPROVE_MINUTES));
    let document =
        document.ok_or_else(|| refuse(item.reference(), "It is about no minutes that are to be approved."))?;
    let quorum = quorum::Room::of(&meeting, Some(&item), &workspace.look()).quorum();
    if !quorum.is_met() {
        return Err(refuse(item.reference(), format!("There is {quorum}.")));
    }
    let mut edits = documents::approve(workspace, &document)?;
    edits.push(set(&item, vec![("outcome", DECIDED.into()), ("quorum_then", Value::text(quorum.to_string()))]));
    Ok(Step::new(format!("{}: {} approved", meeting.reference(), document.reference()), edits))
}

/// Begins the next version of approved minutes, to amend them. The approved one holds until the new one is approved.
///
/// # Errors
/// Where they are not approved, or the file cannot be read.
pub fn amend(workspace: &Workspace, meeting: &str, now: DateTime<Utc>) -> Result<Step> {
    let board = read(workspace, meeting)?;
    let reference = board.meeting.reference();
    let document = document_of(workspace, &board.meeting).ok_or_else(|| refuse(reference, "It has no minutes yet."))?;
    let (_, edits) = documents::next_version(workspace, &document, Vec::new(), now)?;
    Ok(Step::new(format!("{reference}: next version of {} begun", document.reference()), edits))
}

#[cfg(test)]
mod tests;
