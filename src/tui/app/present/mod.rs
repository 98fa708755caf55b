//! A meeting on the screen: presented to a room, or followed and led from the facilitator's own window.
//!
//! What the room is at stands in the workspace, so that two windows show the same, and a program that was killed comes back
//! to it. What is kept here is only which side of it this window shows.

#[cfg(test)]
pub(crate) mod board;
mod keys;
pub mod read;

use chrono::{DateTime, Utc};

pub(super) use keys::is_present;
pub use read::{Presented, next_one};

use super::ctx::Ctx;
use super::message::Effect;
use crate::meeting::{Board, Held};
use crate::record::meeting::{CONSENT, ENDED, is_in_session};
use crate::record::{AGENDA_ITEM, Record};

/// What of a meeting is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Who is here, and whether they are enough.
    Opening,
    /// The routine items, which pass together.
    Consent,
    /// The item that the room is at.
    Item,
    /// What came of it so far, before it is closed.
    Closing,
    /// It is over.
    Over,
}

/// What of an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The case on one screen.
    Case,
    /// Its open risks on the matrix.
    Risks,
    /// Its evidence.
    Evidence,
    /// What to ask, what is to be decided, and how it was voted.
    Decision,
}

impl Look {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Case, Self::Risks, Self::Evidence, Self::Decision];

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Case => "Case",
            Self::Risks => "Risks",
            Self::Evidence => "Evidence",
            Self::Decision => "Decision",
        }
    }
}

/// A meeting on the screen.
pub struct Presenting {
    /// The meeting's id.
    pub id: String,
    /// Its reference, known before the rest is read.
    pub reference: String,
    /// Whether this is the facilitator's own window, which nobody else sees.
    pub own: bool,
    /// Which side of the meeting was asked for; what is shown follows from where the meeting stands ([`Self::page`]).
    pub wanted: Page,
    /// Which side of the item.
    pub look: Look,
    /// What was read.
    pub read: Option<Presented>,
    /// Why nothing could be read.
    pub failure: Option<String>,
    /// How far the page is scrolled.
    pub scroll: usize,
    /// The id of the item that the room was sent to, until the workspace says that it is there: keys pressed meanwhile go on
    /// from it.
    pub heading: Option<String>,
    /// The moment that clocks show, for pictures that stay the same.
    #[cfg(test)]
    pub fixed: Option<DateTime<Utc>>,
}

impl Presenting {
    /// A meeting, for a room or for who leads it.
    #[must_use]
    pub fn new(meeting: &Record, own: bool) -> Self {
        Self {
            id: meeting.id().to_owned(),
            reference: meeting.reference().to_owned(),
            own,
            wanted: if is_in_session(meeting) { Page::Item } else { Page::Opening },
            look: Look::Case,
            read: None,
            failure: None,
            scroll: 0,
            heading: None,
            #[cfg(test)]
            fixed: None,
        }
    }

    /// Asks for what it shows.
    #[must_use]
    pub fn reload(&self, ctx: &Ctx) -> Effect {
        read::presented(&self.id, self.own, ctx)
    }

    /// Takes what was read. Where somebody else led the room to another item, this window goes there too.
    pub fn take(&mut self, read: crate::workspace::Result<Presented>) {
        match read {
            Ok(read) => {
                let there = read.board.at().map(|held| held.item.id());
                if self.heading.as_deref() == there {
                    self.heading = None;
                }
                let at = |read: &Presented| read.board.meeting.text("current").map(str::to_owned);
                let moved = self.read.as_ref().is_some_and(|before| at(before) != at(&read));
                if moved {
                    (self.wanted, self.look, self.scroll) = (Page::Item, Look::Case, 0);
                } else if self.read.as_ref().is_some_and(|before| voted(before) != voted(&read)) {
                    // What was put to the vote or decided just now is what the room looks at.
                    (self.look, self.scroll) = (Look::Decision, 0);
                }
                (self.read, self.failure) = (Some(read), None);
            }
            Err(error) => self.failure = Some(error.to_string()),
        }
    }

    /// What was read of the meeting.
    #[must_use]
    pub fn board(&self) -> Option<&Board> {
        self.read.as_ref().map(|read| &read.board)
    }

    /// What is shown.
    #[must_use]
    pub fn page(&self) -> Page {
        let Some(board) = self.board() else { return Page::Opening };
        if board.meeting.text("status") == Some(ENDED) {
            return Page::Over;
        }
        if !is_in_session(&board.meeting) {
            return Page::Opening;
        }
        match (self.wanted, board.at()) {
            (Page::Opening, _) => Page::Opening,
            (Page::Closing, _) | (_, None) => Page::Closing,
            (_, Some(held)) if is_open_consent(held) => Page::Consent,
            _ => Page::Item,
        }
    }

    /// The item that the room is at, where one is shown.
    #[must_use]
    pub fn at(&self) -> Option<&Held> {
        match self.page() {
            Page::Item | Page::Consent => self.board()?.at(),
            _ => None,
        }
    }

    /// Where the room is on the agenda, or is on its way to.
    fn place(&self, board: &Board) -> Option<usize> {
        let heading = self.heading.as_deref();
        let heading = heading.and_then(|id| board.items.iter().position(|held| held.item.id() == id));
        heading.or(board.current)
    }

    /// The item that comes next: the first one behind the current one that is still open. Routine items are one step.
    #[must_use]
    pub fn next(&self) -> Option<&Held> {
        let board = self.board()?;
        let from = self.place(board).map_or(0, |at| at + 1);
        let skips = self.page() == Page::Consent && self.heading.is_none();
        let rest = board.items.iter().skip(from);
        rest.into_iter().find(|held| !(AGENDA_ITEM.is_closed(&held.item) || skips && is_open_consent(held)))
    }

    /// The item before, open or not.
    #[must_use]
    pub fn previous(&self) -> Option<&Held> {
        let board = self.board()?;
        let at = self.place(board)?;
        board.items.get(at.checked_sub(1)?)
    }

    /// What changes by itself, so that it is drawn again when it did: seconds on the clock.
    #[must_use]
    pub fn ticks(&self) -> bool {
        self.at().is_some_and(|held| !held.item.get("running_since").is_empty())
    }
}

/// How the current item stands: its outcome, and the motions under it.
fn voted(read: &Presented) -> Option<(Option<&str>, usize)> {
    let held = read.board.at()?;
    Some((held.item.text("outcome"), held.motions.len()))
}

/// Whether an item waits to pass by consent.
#[must_use]
pub fn is_open_consent(held: &Held) -> bool {
    held.item.text("section") == Some(CONSENT) && !AGENDA_ITEM.is_closed(&held.item)
}

/// A number of seconds as a clock shows it: `4:05`, `1:02:09`.
#[must_use]
pub fn clock(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The seconds that the room has been at an item, and those that were planned for it.
#[must_use]
pub fn spent(item: &Record, now: DateTime<Utc>) -> (i64, i64) {
    (crate::meeting::seconds(item, now), item.number("planned").unwrap_or(0).saturating_mul(60))
}

#[cfg(test)]
mod tests;
