//! `probity meeting end`, `minutes`, `summary`, `ics` and `pack`: what goes out of a meeting, before and after it.

use std::path::PathBuf;

use chrono::Utc;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::{done, flag, meeting_arg, person, said, text_option, the_board, the_meeting};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::exchange::document::{Form, export, page};
use crate::exchange::file::write_new;
use crate::exchange::ics;
use crate::meeting::{end, minutes, read};
use crate::record::meeting::{APPROVED_MINUTES, CIRCULATED, PLANNED};
use crate::record::{MEETING, PERSON, Record};
use crate::session::Session;
use crate::text;
use crate::workspace::{Condition, Query, Sort};

/// The command `meeting end`.
pub fn end_command() -> Command {
    Command::new("end")
        .about("Closes a meeting: the clock stops, who is there leaves, what was not reached stays for the next one.")
        .args([meeting_arg()])
}

/// Runs `meeting end`.
pub fn run_end(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let meeting = the_meeting(matches, &session)?;
    done(&mut session, matches, context, &|workspace, at| end(workspace, meeting.id(), at))
}

fn out_arg(help: &'static str) -> Arg {
    Arg::new("out").long("out").value_name("FILE").value_parser(clap::value_parser!(PathBuf)).help(help)
}

/// The command `meeting minutes`.
pub fn minutes_command() -> Command {
    Command::new("minutes")
        .about("Makes the minutes from what was recorded: prints them, keeps them as a document, circulates or amends them.")
        .long_about(
            "Makes the minutes from what was recorded. Without an option they are printed: as they stand in their document once \
             they are circulated or approved, otherwise from the records as they are now. --draft makes them a document, or \
             makes its draft anew; sections that somebody wrote by hand stay. Once circulated they do not change; the next \
             meeting of the kind has them on its agenda, and approves them. From then on --amend begins a new version.",
        )
        .args([
            meeting_arg(),
            Arg::new("form")
                .long("form")
                .value_name("FORM")
                .default_value("markdown")
                .value_parser(PossibleValuesParser::new(["markdown", "html"]))
                .help("The form in which they are printed."),
            out_arg("The new file; without it, standard output. What is there already is left."),
            flag("draft", "Make them a document, or make its draft anew."),
            flag("circulate", "Hand them to a member who was there; from then on they do not change."),
            text_option("reviewer", "Who is to read them; without it, the chair, or a member who did not write them.")
                .requires("circulate"),
            flag("amend", "Begin the next version of approved minutes."),
        ])
        .group(clap::ArgGroup::new("what").args(["draft", "circulate", "amend"]))
}

/// Runs `meeting minutes`.
pub fn run_minutes(matches: &ArgMatches, context: &mut Context) -> Done {
    let writes = ["draft", "circulate", "amend"].iter().any(|name| matches.get_flag(name));
    let mut session = if writes { context.open_to_write()? } else { context.open()? };
    let meeting = the_meeting(matches, &session)?;
    let id = meeting.id();
    if matches.get_flag("draft") {
        return done(&mut session, matches, context, &|workspace, at| minutes::draft(workspace, id, at));
    }
    if matches.get_flag("amend") {
        return done(&mut session, matches, context, &|workspace, at| minutes::amend(workspace, id, at));
    }
    if matches.get_flag("circulate") {
        let reader = match said(matches, "reviewer") {
            "" => None,
            named => Some(person(named, &session)?),
        };
        return done(&mut session, matches, context, &|workspace, at| {
            minutes::circulate(workspace, id, reader.as_deref(), at)
        });
    }
    let html = said(matches, "form") == "html";
    let whole = text_of(&meeting, html, &session)?;
    put_out(matches, &whole, &format!("The minutes of {}", meeting.reference()), context)
}

fn text_of(meeting: &Record, html: bool, session: &Session) -> Done<String> {
    let fixed = matches!(meeting.text("minutes_status"), Some(CIRCULATED | APPROVED_MINUTES));
    if let Some(document) = minutes::document_of(&session.workspace, meeting).filter(|_| fixed) {
        let form = if html { Form::Html } else { Form::Markdown };
        return Ok(export(&session.workspace, &document, form)?);
    }
    let made = minutes::minutes(&session.workspace, meeting.id(), Utc::now())?;
    let whole = minutes::whole(&made);
    Ok(if html { page(&made.title, &whole) } else { whole })
}

fn put_out(matches: &ArgMatches, whole: &str, what: &str, context: &mut Context) -> Done {
    let Some(path) = matches.get_one::<PathBuf>("out") else { return context.out.text(whole) };
    write_new(path, whole.as_bytes())?;
    context.out.line(&format!("{what} are in {} ({} bytes).", path.display(), whole.len()))
}

/// The command `meeting summary`.
pub fn summary_command() -> Command {
    Command::new("summary")
        .about("Prints what a meeting came to in a few lines, fit for a chat message.")
        .args([meeting_arg()])
}

/// Runs `meeting summary`.
pub fn run_summary(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let meeting = the_meeting(matches, &session)?;
    let made = minutes::minutes(&session.workspace, meeting.id(), Utc::now())?;
    let handle = |id: &str| match session.workspace.get(&PERSON, id) {
        Ok(person) => format!("@{}", text::line(person.text("handle").unwrap_or_default())),
        Err(_) => "nobody".to_owned(),
    };
    context.out.text(&minutes::summary(&made, &handle))
}

/// The command `meeting ics`.
pub fn ics_command() -> Command {
    Command::new("ics").about("Writes meetings as an iCalendar file, for any calendar.").args([
        Arg::new("meetings")
            .value_name("MEETING")
            .num_args(0..)
            .help("The meetings; without any, all that are planned."),
        out_arg("The new file; without it, standard output. What is there already is left."),
    ])
}

/// Runs `meeting ics`.
pub fn run_ics(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let mut meetings = Vec::new();
    for named in matches.get_many::<String>("meetings").into_iter().flatten() {
        meetings.push(session.record(&MEETING, named)?);
    }
    if meetings.is_empty() {
        let query = Query::all(&MEETING)
            .with(Condition::Is("status", PLANNED.into()))
            .sorted(vec![Sort { field: "starts_at", descending: false }]);
        meetings = session.workspace.records(&query)?;
    }
    let boards =
        meetings.iter().map(|meeting| read(&session.workspace, meeting.id())).collect::<Result<Vec<_>, _>>()?;
    let whole = ics::calendar(&session.workspace, &boards)?;
    if let Some(path) = matches.get_one::<PathBuf>("out") {
        write_new(path, whole.as_bytes())?;
        return context.out.line(&format!("{} meetings are in {}.", boards.len(), path.display()));
    }
    context.out.raw(whole.as_bytes())
}

/// The command `meeting pack`.
pub fn pack_command() -> Command {
    crate::cli::export::for_meeting(
        Command::new("pack")
            .about("Writes the pre-read pack: just what is on the agenda, with what changed since the last meeting of the kind.")
            .args([meeting_arg()]),
    )
}

/// Runs `meeting pack`.
pub fn run_pack(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let board = the_board(matches, &session)?;
    if board.items.is_empty() {
        let reference = board.meeting.reference();
        return Err(Failure::Refused(format!(
            "Nothing stands on the agenda of {reference}: `probity meeting agenda {reference} --propose` first."
        )));
    }
    crate::cli::export::pack_of(matches, &board, &session, context)
}
