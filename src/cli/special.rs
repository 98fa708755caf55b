//! The few commands and habits that only some kinds of record have.

use chrono::{DateTime, Utc};
use clap::{ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use crate::record::{Kind, REVIEW, Value};
use crate::review;
use crate::workspace::{Edit, new_id};

/// A kind's commands with those that only it has.
pub fn extend(kind: Kind, command: Command) -> Command {
    let _ = kind;
    command
}

/// Runs a command that only this kind has.
pub fn run(kind: Kind, name: &str, matches: &ArgMatches, context: &mut Context) -> Done {
    let _ = (matches, context);
    Err(Failure::Usage(format!("{} have no command “{name}”.", kind.plural)))
}

/// The edits that add a record, with what a record of its kind is never without: a review's packet.
#[must_use]
pub fn edits_for_new(kind: Kind, fields: Vec<(&'static str, Value)>, now: DateTime<Utc>) -> Vec<Edit> {
    if kind == &REVIEW {
        return review::start(now, fields).1;
    }
    vec![Edit::Add { kind, id: new_id(now), fields }]
}
