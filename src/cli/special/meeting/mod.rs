//! What only meetings have: being planned, given an agenda, run item by item, and minuted.

mod after;
mod before;
mod decide;
mod room;
mod vote;

pub(super) use after::{
    end_command, ics_command, minutes_command, pack_command, run_end, run_ics, run_minutes, run_pack, run_summary,
    summary_command,
};
pub(super) use before::{agenda_command, plan_command, run_agenda, run_plan, tell};
pub(super) use decide::{consent_command, decide_command, run_consent, run_decide};
pub(super) use room::{
    arrive_command, carry_command, excuse_command, item_command, leave_command, note_command, recuse_command,
    run_arrive, run_carry, run_excuse, run_item, run_leave, run_note, run_recuse, run_start, start_command,
};
pub(super) use vote::{run_vote, vote_command};

use chrono::{DateTime, Utc};
use clap::{Arg, ArgAction, ArgMatches};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{print_receipt, said as told};
use crate::meeting::{Board, Step, perform, read};
use crate::record::{MEETING, PERSON, Record, Resolve};
use crate::session::Session;
use crate::workspace::{Receipt, Result, Workspace};

/// The meeting that a command is about.
fn meeting_arg() -> Arg {
    Arg::new("meeting").value_name("MEETING").required(true).help("The meeting, such as MTG-1.")
}

/// The item that a command is about.
fn item_option() -> Arg {
    Arg::new("item")
        .long("item")
        .value_name("ITEM")
        .help("The item: its place on the agenda, or its reference; without it, the one that the room is at.")
}

fn people_arg() -> Arg {
    Arg::new("people").value_name("PERSON").num_args(1..).required(true).help("Who: handles or references.")
}

fn text_option(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TEXT").allow_hyphen_values(true).help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn said<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.try_get_one::<String>(name).ok().flatten().map_or("", String::as_str)
}

fn the_meeting(matches: &ArgMatches, session: &Session) -> Done<Record> {
    Ok(session.record(&MEETING, said(matches, "meeting"))?)
}

fn the_board(matches: &ArgMatches, session: &Session) -> Done<Board> {
    Ok(read(&session.workspace, the_meeting(matches, session)?.id())?)
}

/// The id of the item that was named, or of the one that the room is at.
fn item_named(board: &Board, named: &str) -> Done<String> {
    let reference = board.meeting.reference();
    let found = if named.trim().is_empty() { board.at() } else { board.item(named) };
    found.map(|held| held.item.id().to_owned()).ok_or_else(|| {
        Failure::NoRecord(if named.trim().is_empty() {
            format!("{reference} is at no item; name one with --item.")
        } else {
            format!("{reference} has no item “{}”; it has {}.", crate::text::line(named), board.items.len())
        })
    })
}

fn person(named: &str, session: &Session) -> Done<String> {
    session.resolver().id_of(&PERSON, named).map_err(Failure::NoRecord)
}

fn people(matches: &ArgMatches, name: &str, session: &Session) -> Done<Vec<String>> {
    let named = matches.try_get_many::<String>(name).ok().flatten().into_iter().flatten();
    named
        .flat_map(|named| named.split(','))
        .map(str::trim)
        .filter(|named| !named.is_empty())
        .map(|named| person(named, session))
        .collect()
}

/// Writes a step in the name of whoever works.
fn write(session: &mut Session, make: &dyn Fn(&Workspace, DateTime<Utc>) -> Result<Step>) -> Done<Receipt> {
    let me = session.me()?.id.clone();
    let at = Utc::now();
    Ok(perform(&mut session.workspace, &me, at, &|workspace| make(workspace, at))?)
}

/// Writes a step and says what it did.
fn done(
    session: &mut Session,
    matches: &ArgMatches,
    context: &mut Context,
    make: &dyn Fn(&Workspace, DateTime<Utc>) -> Result<Step>,
) -> Done {
    let receipt = write(session, make)?;
    if matches.try_get_one::<String>("print").ok().flatten().is_some() {
        let kind = receipt.first().map_or(&MEETING, Record::kind);
        return print_receipt(&mut context.out, kind, session, &receipt, matches);
    }
    told(&mut context.out, &receipt)
}
