//! Floor 4: meetings at work. The agenda out of the records, the room with its quorum and its clock, votes, decisions as
//! they are made, what goes to the next meeting, and minutes made from what was recorded.
//!
//! Everything here makes a [`Step`]: edits with the words for the history. [`perform`] writes one, and makes it anew where
//! somebody else wrote meanwhile, so that two people can record at once. What is refused (no quorum, a vote by somebody
//! who is recused, a tie) is refused by the records' own rules, whatever way in was taken.

mod board;
mod case;
mod consent;
mod decide;
pub mod minutes;
mod plan;
mod propose;
mod room;
mod vote;

pub use board::{Board, Held, read};
pub use case::{Case, Conflict, case, conflicts};
pub use consent::{Consent, consent};
pub use decide::{decide, motion_for, recuse};
pub use plan::{Coming, last_before, new_edits, next_planned, next_starts, plan};
pub use propose::{Fit, Proposal, Source, fit, propose, put_on};
pub use room::{
    Seat, arrive, carry, end, excuse, finish, go, leave, minute, minute_add, open, remark_add, resume, seconds, stop,
};
pub use vote::{Ballot, Cast, cast, close, put, take, withdraw};

use chrono::{DateTime, Utc};

use crate::record::{Kind, Problem, Record, Value};
use crate::workspace::{Change, Edit, Error, Receipt, Result, Workspace};

/// How often a step is made anew where somebody else wrote meanwhile.
const TRIES: usize = 5;

/// What is to be written, and the words for it.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// What it does, for the history.
    pub what: String,
    /// Why, where somebody said so.
    pub why: String,
    /// The edits.
    pub edits: Vec<Edit>,
}

impl Step {
    fn new(what: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { what: crate::text::fit(&what.into(), 200).into_owned(), why: String::new(), edits }
    }
}

/// Writes a step, in the name of whoever has this id. Where a record has moved on between reading and writing, the step is
/// made anew from what is there now.
///
/// # Errors
/// What makes the step, and what [`Workspace::write`] can.
pub fn perform(
    workspace: &mut Workspace,
    me: &str,
    at: DateTime<Utc>,
    make: &dyn Fn(&Workspace) -> Result<Step>,
) -> Result<Receipt> {
    let mut tries = 0;
    loop {
        let step = make(workspace)?;
        let mut change = Change::by(me, step.edits).called(step.what).because(&step.why);
        change.at = at;
        tries += 1;
        match workspace.write(change) {
            Err(Error::Stale { .. }) if tries < TRIES => {}
            done => return done,
        }
    }
}

fn refuse(what: &str, message: impl Into<String>) -> Error {
    Error::Refused {
        what: what.to_owned(),
        kind: None,
        problems: vec![Problem { field: None, message: message.into() }],
    }
}

/// The edit that sets fields of a record as it was read.
fn set(record: &Record, fields: Vec<(&'static str, Value)>) -> Edit {
    Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: Some(record.version()), fields }
}

fn add(kind: Kind, at: DateTime<Utc>, fields: Vec<(&'static str, Value)>) -> Edit {
    Edit::Add { kind, id: crate::workspace::new_id(at), fields }
}

/// A record's title, safe and short enough for a line of the history.
fn named(record: &Record) -> String {
    crate::text::fit(&crate::text::line(record.title()), 80).into_owned()
}

#[cfg(test)]
pub(crate) mod tests;
