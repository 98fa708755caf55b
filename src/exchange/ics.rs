//! Meetings for any calendar: iCalendar (RFC 5545), one event each.
//!
//! Times stand in UTC, so that no zone has to be described and none can be misread. Lines are folded at 75 octets without
//! cutting a character in two, text is escaped, and what is private is not in it.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

use crate::meeting::Board;
use crate::record::meeting::{CANCELLED, quorum::Seat};
use crate::record::{PERSON, Record};
use crate::text;
use crate::workspace::{Result, Workspace};

/// The most octets of a line, its line break left out (RFC 5545, section 3.1).
const LINE: usize = 75;

/// A calendar with these meetings.
///
/// # Errors
/// When the file cannot be read.
pub fn calendar(workspace: &Workspace, boards: &[Board]) -> Result<String> {
    let mut out = String::new();
    for fixed in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Probity//Meetings//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        put(&mut out, fixed);
    }
    for board in boards {
        event(&mut out, workspace, board)?;
    }
    put(&mut out, "END:VCALENDAR");
    Ok(out)
}

fn event(out: &mut String, workspace: &Workspace, board: &Board) -> Result<()> {
    let meeting = &board.meeting;
    let Some(starts) = meeting.get("starts_at").as_moment() else { return Ok(()) };
    let ends = starts + TimeDelta::minutes(meeting.number("planned").unwrap_or(60));
    put(out, "BEGIN:VEVENT");
    put(out, &format!("UID:{}@probity", meeting.id()));
    let changed = meeting.get("updated_at").as_moment().unwrap_or(starts);
    put(out, &format!("DTSTAMP:{}", moment(changed)));
    put(out, &format!("SEQUENCE:{}", meeting.version().saturating_sub(1).max(0)));
    put(out, &format!("DTSTART:{}", moment(starts)));
    put(out, &format!("DTEND:{}", moment(ends)));
    put(out, &format!("SUMMARY:{}", escaped(&text::line(meeting.title()))));
    if let Some(place) = meeting.text("place") {
        put(out, &format!("LOCATION:{}", escaped(&text::line(place))));
    }
    put(out, &format!("DESCRIPTION:{}", escaped(&description(board))));
    put(out, &format!("CATEGORIES:{}", escaped(meeting.text("kind").unwrap_or_default())));
    let cancelled = meeting.text("status") == Some(CANCELLED);
    put(out, if cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    if let Some(id) = meeting.text("facilitator") {
        let person = workspace.get(&PERSON, id)?;
        if let Some(address) = address(&person) {
            put(out, &format!("ORGANIZER;CN={}:mailto:{address}", parameter(person.title())));
        }
    }
    for seat in &board.room.seats {
        let person = workspace.get(&PERSON, &seat.person)?;
        if let Some(address) = address(&person) {
            put(out, &format!("ATTENDEE;CN={};ROLE={}:mailto:{address}", parameter(seat.name()), role(seat)));
        }
    }
    put(out, "END:VEVENT");
    Ok(())
}

fn role(seat: &Seat) -> &'static str {
    match seat.attendance.text("seat") {
        Some(crate::record::meeting::CHAIR) => "CHAIR",
        Some(crate::record::meeting::GUEST) => "OPT-PARTICIPANT",
        _ => "REQ-PARTICIPANT",
    }
}

/// The agenda in lines.
fn description(board: &Board) -> String {
    let mut lines = format!("{} ({})\n", board.meeting.reference(), board.meeting.text("kind").unwrap_or_default());
    for (at, held) in board.items.iter().enumerate() {
        let minutes = held.item.number("planned").unwrap_or(0);
        // Writing to a String never fails.
        let _ = writeln!(lines, "{}. {} ({minutes} min)", at + 1, text::line(held.item.title()));
    }
    lines.trim_end().to_owned()
}

/// An address that is plain enough to stand in a line of a calendar; any other is left out.
fn address(person: &Record) -> Option<&str> {
    let address = person.text("email")?.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    (address.contains('@') && address.chars().all(plain)).then_some(address)
}

/// A moment in UTC: `20261126T130000Z`.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Text as a parameter's value (section 3.2): in quotes, in which a quote cannot stand.
fn parameter(text: &str) -> String {
    let safe: String =
        text::line(text).chars().filter(|c| !c.is_control()).map(|c| if c == '"' { '\'' } else { c }).collect();
    format!("\"{safe}\"")
}

/// Puts a line, folded: each one after the first begins with a blank, which counts.
fn put(out: &mut String, line: &str) {
    let mut room = LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::meeting::tests::Desk;
    use crate::record::Value;
    use crate::workspace::Edit;

    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split("\r\n").map(str::to_owned).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn a_meeting_is_an_event_in_utc_with_its_people_and_its_agenda() {
        let mut desk = Desk::new();
        let set = |reference: &str, fields: Vec<(&'static str, Value)>| {
            let record = desk.find(reference);
            Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields }
        };
        let starts = DateTime::parse_from_rfc3339("2026-12-03T14:00:00+01:00").expect("a moment").with_timezone(&Utc);
        let edits = vec![
            set("PER-1", vec![("email", "fay@example.org".into()), ("name", "Fay \"F\"; Example".into())]),
            set("PER-2", vec![("email", "no address; ATTENDEE:mailto:x@y".into())]),
            set(
                "MTG-1",
                vec![
                    ("starts_at", Value::Moment(starts)),
                    ("place", "Room 1, second floor; left".into()),
                    ("notes", "PRIVATE".into()),
                ],
            ),
        ];
        desk.write("fay", edits);
        desk.item("Opening \\ welcome", "discussion", "discuss");
        let whole = calendar(&desk.workspace, &[desk.board()]).expect("a calendar");
        assert!(whole.ends_with("END:VCALENDAR\r\n") && !whole.contains("PRIVATE"));
        let lines = unfolded(&whole);
        for line in [
            "DTSTART:20261203T130000Z",
            "DTEND:20261203T143000Z",
            "LOCATION:Room 1\\, second floor\\; left",
            "DESCRIPTION:MTG-1 (review board)\\n1. Opening \\\\ welcome (10 min)",
            "ORGANIZER;CN=\"Fay 'F'; Example\":mailto:fay@example.org",
            "ATTENDEE;CN=\"Fay Example\";ROLE=REQ-PARTICIPANT:mailto:fay@example.org",
            "STATUS:CONFIRMED",
        ] {
            assert!(lines.iter().any(|known| known == line), "{line}\n{whole}");
        }
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("ATTENDEE")).count(),
            1,
            "what is no address is left out"
        );
    }

    proptest! {
        /// No line is longer than it may be, no character is cut, and unfolding gives the line back.
        #[test]
        fn folded_lines_fit_and_come_back(text in "[a-zé漢🎈;,\\\\]{0,200}") {
            let mut out = String::new();
            put(&mut out, &text);
            for line in out.split("\r\n") {
                prop_assert!(line.len() <= LINE, "{line}");
            }
            prop_assert_eq!(out.trim_end_matches("\r\n").replace("\r\n ", ""), text);
        }

        /// Whatever was typed, a value is one line.
        #[test]
        fn a_value_is_one_line(text in ".*") {
            prop_assert!(!escaped(&text).contains(['\n', '\r']));
        }
    }
}
