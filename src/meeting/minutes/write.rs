//! Minutes as one text, and as a message.

use std::fmt::Write as _;

use super::Minutes;
use crate::record::meeting::CARRIED_OVER;
use crate::text::{fit, line, markdown};

/// How long a line of a message gets, in cells.
const MESSAGE: usize = 160;

/// Minutes as one Markdown text.
#[must_use]
pub fn whole(minutes: &Minutes) -> String {
    let mut text = format!("# {}\n", markdown(&minutes.title));
    for section in &minutes.sections {
        // Writing to a String never fails.
        let _ = write!(text, "\n## {}\n\n{}\n", markdown(&section.heading), section.text);
    }
    text
}

/// What a meeting came to, fit for a chat message: plain lines, one for each item, and the new actions.
#[must_use]
pub fn summary(minutes: &Minutes, handle: &dyn Fn(&str) -> String) -> String {
    let board = &minutes.board;
    let quorum = board.room.quorum();
    let came =
        board.room.seats.iter().filter(|seat| seat.votes && !seat.attendance.get("arrived_at").is_empty()).count();
    let mut text = format!(
        "{} {}: {came} of {} members\n",
        board.meeting.reference(),
        line(board.meeting.title()),
        quorum.members
    );
    for (at, held) in board.items.iter().enumerate() {
        let outcome = held.item.text("outcome").unwrap_or("open");
        let decisions: Vec<String> = held
            .decisions
            .iter()
            .map(|decision| format!("{} {}", decision.reference(), line(decision.text("outcome").unwrap_or_default())))
            .collect();
        let what = match (decisions.is_empty(), outcome) {
            (false, CARRIED_OVER) => format!("{}, carried over", decisions.join(", ")),
            (false, _) => decisions.join(", "),
            (true, outcome) => outcome.to_owned(),
        };
        let title = line(held.item.title());
        let one = format!("{}. {}: {what}", at + 1, fit(&title, 100));
        let _ = writeln!(text, "{}", fit(&one, MESSAGE));
    }
    for action in board.items.iter().flat_map(|held| &held.actions) {
        let owner = action.text("owner").map_or_else(|| "nobody".to_owned(), handle);
        let due = action.get("due_on").as_day().map(|day| format!(", by {day}")).unwrap_or_default();
        let one = format!("{} {} ({owner}{due})", action.reference(), line(action.title()));
        let _ = writeln!(text, "- {}", fit(&one, MESSAGE));
    }
    if let (Some(status), Some(document)) = (board.meeting.text("minutes_status"), board.meeting.text("minutes")) {
        let _ = writeln!(text, "Minutes: {document}, {status}");
    }
    text
}
