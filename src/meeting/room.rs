//! What happens in a room: it opens, people come and go, it moves from item to item, minutes are typed, it closes.

use chrono::{DateTime, Utc};

use super::board::item_of;
use super::plan::next_planned;
use super::{Step, add, named, refuse, set};
use crate::record::meeting::{self, CARRIED_OVER, ENDED, IN_SESSION, NOT_REACHED, Span, is_in_session, spans};
use crate::record::{AGENDA_ITEM, ATTENDANCE, Look, MEETING, PERSON, Record, Value};
use crate::workspace::{Edit, Error, Result, Workspace};

/// In which seat, and in which capacity, somebody takes part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seat<'a> {
    /// One of [`meeting::SEATS`]; what they have, or member.
    pub seat: Option<&'a str>,
    /// In which capacity.
    pub role: Option<&'a str>,
}

impl Seat<'_> {
    fn fields(self) -> Vec<(&'static str, Value)> {
        let said = |name: &'static str, text: Option<&str>| text.map(|text| (name, Value::text(text)));
        [said("seat", self.seat), said("role", self.role)].into_iter().flatten().collect()
    }
}

/// Seconds that the room has been at an item, up to now. A clock that was set back does not count backwards.
#[must_use]
pub fn seconds(item: &Record, now: DateTime<Utc>) -> i64 {
    let running = item.get("running_since").as_moment().map_or(0, |since| (now - since).num_seconds().max(0));
    item.number("seconds").unwrap_or(0).saturating_add(running).min(1_000_000)
}

fn in_session(meeting: &Record) -> Result<()> {
    if is_in_session(meeting) {
        return Ok(());
    }
    let reference = meeting.reference();
    let how = match meeting.text("status") {
        Some(ENDED) => "is over".to_owned(),
        Some(meeting::CANCELLED) => "was cancelled".to_owned(),
        _ => format!("is not in session; open it first (`probity meeting start {reference}`)"),
    };
    Err(refuse(reference, format!("It {how}.")))
}

fn attendance_of(look: &dyn Look, meeting: &str, person: &str) -> Option<Record> {
    let all = look.all(&ATTENDANCE, "meeting", meeting);
    all.into_iter().find(|seat| seat.text("person") == Some(person))
}

fn who(workspace: &Workspace, person: &str) -> Result<String> {
    Ok(format!("@{}", crate::text::line(workspace.get(&PERSON, person)?.text("handle").unwrap_or_default())))
}

/// Opens a meeting, at its first item that is still open.
///
/// # Errors
/// When the file cannot be read. Whether it may be opened is judged when it is written.
pub fn open(workspace: &Workspace, meeting: &str, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    if is_in_session(&meeting) {
        return Err(refuse(meeting.reference(), "It is in session already."));
    }
    let items = meeting::items(meeting.id(), &workspace.look());
    let first = items.iter().find(|item| !AGENDA_ITEM.is_closed(item));
    let mut fields = vec![("status", IN_SESSION.into())];
    fields.extend(first.map(|item| ("current", Value::text(item.reference()))));
    let mut edits = vec![set(&meeting, fields)];
    edits.extend(first.map(|item| set(item, vec![("running_since", Value::Moment(at))])));
    Ok(Step::new(format!("{}: opened", meeting.reference()), edits))
}

/// Closes a meeting: the clock stops, who is there leaves, and what was not reached stays for the next one.
///
/// # Errors
/// Where it is not in session, or the file cannot be read.
pub fn end(workspace: &Workspace, meeting: &str, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    in_session(&meeting)?;
    let look = workspace.look();
    let mut edits = Vec::new();
    for item in meeting::items(meeting.id(), &look) {
        let mut fields = stopped(&item, at);
        if !AGENDA_ITEM.is_closed(&item) {
            fields.push(("outcome", NOT_REACHED.into()));
        }
        if !fields.is_empty() {
            edits.push(set(&item, fields));
        }
    }
    let there = look.all(&ATTENDANCE, "meeting", meeting.id());
    let there = there.iter().filter(|seat| seat.get("present").is_set());
    edits.extend(there.map(|seat| set(seat, vec![("spans", left(seat, at))])));
    edits.push(set(&meeting, vec![("status", ENDED.into()), ("current", Value::Empty)]));
    Ok(Step::new(format!("{}: closed", meeting.reference()), edits))
}

/// Somebody comes: they are in the room from now on, and on the list if they were not.
///
/// # Errors
/// Where they are there already, or the file cannot be read.
pub fn arrive(workspace: &Workspace, meeting: &str, person: &str, seat: Seat<'_>, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let handle = who(workspace, person)?;
    let span = Span { from: at, to: None }.written();
    let mut fields = seat.fields();
    let edit = match attendance_of(&workspace.look(), meeting.id(), person) {
        Some(there) if there.get("present").is_set() => {
            if fields.is_empty() {
                return Err(refuse(meeting.reference(), format!("{handle} is in the room already.")));
            }
            set(&there, fields)
        }
        Some(there) => {
            let mut spans = there.get("spans").items().to_vec();
            spans.push(span);
            fields.extend([("spans", Value::List(spans)), ("excused", Value::Flag(false))]);
            set(&there, fields)
        }
        None => {
            fields.extend([
                ("meeting", Value::text(meeting.id())),
                ("person", Value::text(person)),
                ("spans", Value::List(vec![span])),
            ]);
            add(&ATTENDANCE, at, fields)
        }
    };
    Ok(Step::new(format!("{}: {handle} came", meeting.reference()), vec![edit]))
}

fn left(seat: &Record, at: DateTime<Utc>) -> Value {
    let mut all = spans(seat);
    if let Some(last) = all.last_mut().filter(|span| span.to.is_none()) {
        last.to = Some(at.max(last.from));
    }
    Value::List(all.iter().map(Span::written).collect())
}

/// Somebody leaves the room. Votes that they cast stay cast.
///
/// # Errors
/// Where they are not there, or the file cannot be read.
pub fn leave(workspace: &Workspace, meeting: &str, person: &str, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let handle = who(workspace, person)?;
    let there = attendance_of(&workspace.look(), meeting.id(), person).filter(|seat| seat.get("present").is_set());
    let Some(there) = there else {
        return Err(refuse(meeting.reference(), format!("{handle} is not in the room.")));
    };
    let edits = vec![set(&there, vec![("spans", left(&there, at))])];
    Ok(Step::new(format!("{}: {handle} left", meeting.reference()), edits))
}

/// Somebody says that they cannot come; they stay on the list.
///
/// # Errors
/// When the file cannot be read.
pub fn excuse(workspace: &Workspace, meeting: &str, person: &str, seat: Seat<'_>, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let handle = who(workspace, person)?;
    let mut fields = seat.fields();
    fields.push(("excused", Value::Flag(true)));
    let edit = match attendance_of(&workspace.look(), meeting.id(), person) {
        Some(there) => set(&there, fields),
        None => {
            fields.extend([("meeting", Value::text(meeting.id())), ("person", Value::text(person))]);
            add(&ATTENDANCE, at, fields)
        }
    };
    Ok(Step::new(format!("{}: {handle} is excused", meeting.reference()), vec![edit]))
}

/// What stops an item's clock; nothing where it does not run.
fn stopped(item: &Record, at: DateTime<Utc>) -> Vec<(&'static str, Value)> {
    if item.get("running_since").is_empty() {
        return Vec::new();
    }
    vec![("seconds", Value::Number(seconds(item, at))), ("running_since", Value::Empty)]
}

/// Goes to an item: the clock of the one before stops, and its own runs. Whoever opens the meeting again, in another window
/// or after a kill, comes back to it.
///
/// # Errors
/// Where the meeting is not in session, or the file cannot be read.
pub fn go(workspace: &Workspace, item: &str, at: DateTime<Utc>) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    in_session(&meeting)?;
    let mut edits = Vec::new();
    for other in meeting::items(meeting.id(), &workspace.look()) {
        let fields = if other.id() != item.id() {
            stopped(&other, at)
        } else if other.get("running_since").is_empty() {
            vec![("running_since", Value::Moment(at))]
        } else {
            Vec::new()
        };
        if !fields.is_empty() {
            edits.push(set(&other, fields));
        }
    }
    if meeting.text("current") != Some(item.reference()) {
        edits.push(set(&meeting, vec![("current", Value::text(item.reference()))]));
    }
    Ok(Step::new(format!("{}: at {} {}", meeting.reference(), item.reference(), named(&item)), edits))
}

/// Stops the clock of the item that the room is at, for a break.
///
/// # Errors
/// Where no clock runs, or the file cannot be read.
pub fn stop(workspace: &Workspace, meeting: &str, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    in_session(&meeting)?;
    let items = meeting::items(meeting.id(), &workspace.look());
    let edits: Vec<Edit> = items
        .iter()
        .map(|item| (item, stopped(item, at)))
        .filter(|(_, fields)| !fields.is_empty())
        .map(|(item, fields)| set(item, fields))
        .collect();
    if edits.is_empty() {
        return Err(refuse(meeting.reference(), "No clock runs."));
    }
    Ok(Step::new(format!("{}: clock stopped", meeting.reference()), edits))
}

/// Lets the clock of the item that the room is at run again.
///
/// # Errors
/// Where the room is at no item, or the file cannot be read.
pub fn resume(workspace: &Workspace, meeting: &str, at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let current = meeting.text("current").and_then(|reference| workspace.look().named(reference));
    match current {
        Some(item) => go(workspace, item.id(), at),
        None => Err(refuse(meeting.reference(), "The room is at no item.")),
    }
}

/// Writes the minutes of an item as they were typed. `seen` is the text that whoever typed it began from: where somebody else
/// has written meanwhile, it is refused with both, and nobody's words are lost.
///
/// # Errors
/// [`Error::Stale`] with both texts; and when the file cannot be read.
pub fn minute(workspace: &Workspace, item: &str, seen: &str, text: &str) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    let (now, text) = (item.text("minutes").unwrap_or_default(), text.trim_end());
    if now != seen.trim_end() && now != text {
        let mut ours = item.clone();
        ours.set("minutes", text);
        return Err(Error::Stale { theirs: Box::new(item), ours: Box::new(ours) });
    }
    let edits = vec![set(&item, vec![("minutes", Value::text(text))])];
    Ok(Step::new(format!("{}: minutes of {}", meeting.reference(), item.reference()), edits))
}

fn appended(before: Option<&str>, line: &str) -> Value {
    let line = line.trim();
    Value::text(match before.map(str::trim_end).filter(|before| !before.is_empty()) {
        Some(before) => format!("{before}\n{line}"),
        None => line.to_owned(),
    })
}

/// Adds a paragraph to the minutes of an item, after what others have written.
///
/// # Errors
/// When the file cannot be read.
pub fn minute_add(workspace: &Workspace, item: &str, line: &str, private: bool) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    let field = if private { "notes" } else { "minutes" };
    let edits = vec![set(&item, vec![(field, appended(item.text(field), line))])];
    let what = if private { "a note of one's own on" } else { "minutes of" };
    Ok(Step::new(format!("{}: {what} {}", meeting.reference(), item.reference()), edits))
}

/// Adds a paragraph to what was said beside the items; a private one is for nobody but who runs the meeting.
///
/// # Errors
/// When the file cannot be read.
pub fn remark_add(workspace: &Workspace, meeting: &str, line: &str, private: bool) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let field = if private { "notes" } else { "remarks" };
    let edits = vec![set(&meeting, vec![(field, appended(meeting.text(field), line))])];
    Ok(Step::new(format!("{}: remarks", meeting.reference()), edits))
}

/// Ends an item without a decision: noted, discussed, or taken off the agenda.
///
/// # Errors
/// Where the meeting is over, or the file cannot be read.
pub fn finish(workspace: &Workspace, item: &str, outcome: &'static str, note: &str) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    if outcome != meeting::WITHDRAWN {
        in_session(&meeting)?;
    }
    let quorum = meeting::quorum::Room::of(&meeting, Some(&item), &workspace.look()).quorum();
    let mut fields = vec![("outcome", outcome.into()), ("outcome_note", Value::text(note.trim()))];
    if is_in_session(&meeting) {
        fields.push(("quorum_then", Value::text(quorum.to_string())));
    }
    Ok(Step::new(format!("{}: {} {outcome}", meeting.reference(), item.reference()), vec![set(&item, fields)]))
}

/// Carries an item over to the next meeting of the kind. Where that one is planned already, the item stands on its agenda at
/// once; otherwise it is the first thing that the next agenda proposes.
///
/// # Errors
/// Where the item has gone on already, or the file cannot be read.
pub fn carry(workspace: &Workspace, item: &str, why: &str, at: DateTime<Utc>) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    if meeting.text("status") == Some(meeting::PLANNED) && !is_in_session(&meeting) {
        return Err(refuse(item.reference(), format!("{} was not held yet.", meeting.reference())));
    }
    let mut edits = vec![set(&item, vec![("outcome", CARRIED_OVER.into()), ("outcome_note", Value::text(why.trim()))])];
    let next = next_planned(workspace, &meeting)?;
    edits.extend(next.as_ref().map(|next| add(&AGENDA_ITEM, at, carried(&item, &meeting, next.id(), why))));
    let to = next.as_ref().map_or_else(|| "the next meeting".to_owned(), |next| next.reference().to_owned());
    Ok(Step {
        why: why.trim().to_owned(),
        ..Step::new(format!("{}: {} carried over to {to}", meeting.reference(), item.reference()), edits)
    })
}

/// The fields of an item that goes on with another one.
pub(super) fn carried(item: &Record, from: &Record, to: &str, why: &str) -> Vec<(&'static str, Value)> {
    let kept =
        ["title", "subject", "asks", "proposed", "proposal", "control", "until", "questions", "planned", "presenter"];
    let mut fields: Vec<(&'static str, Value)> = AGENDA_ITEM
        .columns()
        .filter(|field| kept.contains(&field.name) && !item.get(field.name).is_empty())
        .map(|field| (field.name, item.get(field.name).clone()))
        .collect();
    let why = why.trim().trim_end_matches('.');
    let reason = match why {
        "" => format!("Carried over from {}.", from.reference()),
        why => format!("Carried over from {}: {}.", from.reference(), crate::text::line(why)),
    };
    fields.extend([
        ("meeting", Value::text(to)),
        ("carried_from", Value::text(item.id())),
        ("reason", Value::text(reason)),
    ]);
    fields
}
