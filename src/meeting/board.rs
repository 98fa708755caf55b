//! A meeting as the room sees it: read at once, by whoever shows or writes it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::seconds;
use crate::record::meeting::quorum::{Quorum, Room};
use crate::record::{ACTION, AGENDA_ITEM, DECISION, Look, MEETING, MOTION, Record, VOTE};
use crate::workspace::{Result, Workspace};

/// What was held under an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The item.
    pub item: Record,
    /// The people of the meeting at this item, with who is recused for it.
    pub room: Room,
    /// The motions under it, the oldest first.
    pub motions: Vec<Record>,
    /// The votes on them by the motion's id, in the order in which they were cast.
    pub votes: HashMap<String, Vec<Record>>,
    /// The decisions under it, the oldest first; those that were withdrawn too.
    pub decisions: Vec<Record>,
    /// Actions that came of it: conditions of its decisions, and what was added on the spot.
    pub actions: Vec<Record>,
    /// The record it is about, as it is now; none where it is about none.
    pub subject: Option<Record>,
    /// Whether it names a record that is not there any more.
    pub gone: bool,
}

impl Held {
    /// Whether there is a quorum for this item now.
    #[must_use]
    pub fn quorum(&self) -> Quorum {
        self.room.quorum()
    }

    /// The vote that is open, if there is one.
    #[must_use]
    pub fn open_motion(&self) -> Option<&Record> {
        self.motions.iter().find(|motion| !MOTION.is_closed(motion))
    }
}

/// A meeting with its people and its agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// The meeting.
    pub meeting: Record,
    /// Its people, recusals left out.
    pub room: Room,
    /// The items in the order of the agenda.
    pub items: Vec<Held>,
    /// Where in `items` the room is.
    pub current: Option<usize>,
}

impl Board {
    /// The item that the room is at.
    #[must_use]
    pub fn at(&self) -> Option<&Held> {
        self.items.get(self.current?)
    }

    /// Minutes planned for all items together.
    #[must_use]
    pub fn planned(&self) -> i64 {
        self.items.iter().filter_map(|held| held.item.number("planned")).sum()
    }

    /// Seconds used on all items up to now.
    #[must_use]
    pub fn used(&self, now: DateTime<Utc>) -> i64 {
        self.items.iter().map(|held| seconds(&held.item, now)).sum()
    }

    /// The item that a person means: its place on the agenda (`3`) or its reference.
    #[must_use]
    pub fn item(&self, named: &str) -> Option<&Held> {
        let named = named.trim();
        let by_place = named.parse::<usize>().ok().and_then(|place| self.items.get(place.checked_sub(1)?));
        by_place.or_else(|| self.items.iter().find(|held| held.item.reference().eq_ignore_ascii_case(named)))
    }

    /// The place of an item on the agenda, 1 the first.
    #[must_use]
    pub fn place(&self, item: &str) -> Option<usize> {
        self.items.iter().position(|held| held.item.id() == item).map(|at| at + 1)
    }
}

/// Reads a meeting by its id, in one state of the file.
///
/// # Errors
/// Where there is no such meeting, or the file cannot be read.
pub fn read(workspace: &Workspace, meeting: &str) -> Result<Board> {
    workspace.snapshot(|workspace| {
        let meeting = workspace.get(&MEETING, meeting)?;
        let look = workspace.look();
        let items = crate::record::meeting::items(meeting.id(), &look);
        let current = meeting.text("current");
        let current = current.and_then(|current| items.iter().position(|item| item.reference() == current));
        let room = Room::of(&meeting, None, &look);
        let items = items.into_iter().map(|item| held(&meeting, item, &look)).collect();
        Ok(Board { meeting, room, items, current })
    })
}

fn held(meeting: &Record, item: Record, look: &dyn Look) -> Held {
    let motions = look.all(&MOTION, "agenda_item", item.id());
    let votes = motions.iter().map(|motion| (motion.id().to_owned(), look.all(&VOTE, "motion", motion.id()))).collect();
    let decisions = look.all(&DECISION, "agenda_item", item.id());
    let mut actions: Vec<Record> =
        decisions.iter().flat_map(|decision| look.all(&ACTION, "decision", decision.id())).collect();
    actions.extend(look.all(&ACTION, "source", item.reference()));
    let subject = item.text("subject").and_then(|reference| look.named(reference));
    Held {
        gone: subject.is_none() && !item.get("subject").is_empty(),
        room: Room::of(meeting, Some(&item), look),
        motions,
        votes,
        decisions,
        actions,
        subject,
        item,
    }
}

/// The item with this id, as it is now, with its meeting.
pub(super) fn item_of(workspace: &Workspace, item: &str) -> Result<(Record, Record)> {
    let item = workspace.get(&AGENDA_ITEM, item)?;
    let meeting = workspace.get(&MEETING, item.text("meeting").unwrap_or_default())?;
    Ok((meeting, item))
}
