//! `probity evidence check`: looks at the origins of evidence and hashes them again; keeps what it found.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Style, note};
use crate::cli::progress::{Progress, cancel_flag, is_cancelled};
use crate::record::{EVIDENCE, REVIEW, Record, Value};
use crate::review::evidence::origins_in_words;
use crate::session::Session;
use crate::text;
use crate::workspace::{Change, Condition, Found, Query, look_at_origin};

/// The command.
pub fn check_command() -> Command {
    Command::new("check")
        .about("Hashes the origins of evidence again and says what differs from what was registered.")
        .long_about(
            "Hashes the origins of evidence again: unchanged, changed, missing, unreadable; or not checked, for an address, \
             which is never fetched. Without a reference, all evidence that is neither rejected nor superseded. What was \
             found is kept with the evidence, unless --dry-run. Exit code 1 where an origin is changed, missing or \
             unreadable.",
        )
        .args([
            Arg::new("records").value_name("REF").num_args(0..).help("The evidence, by reference such as EVD-1."),
            Arg::new("review")
                .long("review")
                .value_name("REVIEW")
                .conflicts_with("records")
                .help("All evidence of this review that is neither rejected nor superseded."),
            flag("dry-run", "Keep nothing of what is found."),
            flag("json", "Print a JSON array of objects, each with its ref."),
        ])
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// Runs it.
pub fn run_check(matches: &ArgMatches, context: &mut Context) -> Done {
    let dry = matches.get_flag("dry-run");
    let mut session = if dry { context.open()? } else { context.open_to_write()? };
    let evidence = wanted(matches, &session)?;
    let found = look(&evidence)?;
    if !dry && !found.is_empty() {
        let now = Utc::now();
        let edits = evidence.iter().zip(&found).map(|(one, found)| found.edit(one, now)).collect();
        session.workspace.write(Change::by(&session.me()?.id, edits).called(origins_in_words(&found)))?;
    }
    if matches.get_flag("json") {
        let objects: Vec<Json> = evidence.iter().zip(&found).map(|(one, found)| object(one, found)).collect();
        context.out.json(&objects.into())?;
    } else {
        for (one, found) in evidence.iter().zip(&found) {
            let style = if found.is_drift() { Style::Bad } else { Style::Plain };
            context.out.styled(Style::Strong, one.reference())?;
            context.out.styled(Style::Plain, "  ")?;
            context.out.styled(style, found.word())?;
            let why = if found.note().is_empty() { String::new() } else { format!(" ({})", found.note()) };
            context.out.line(&format!("  {}{why}", text::line(one.title())))?;
        }
        if evidence.is_empty() {
            note("There is no such evidence.");
        } else {
            context.out.line(&format!("{}.", origins_in_words(&found)))?;
        }
    }
    if found.iter().any(Found::is_drift) { Err(Failure::Found) } else { Ok(()) }
}

fn wanted(matches: &ArgMatches, session: &Session) -> Done<Vec<Record>> {
    let mut evidence: Vec<Record> = Vec::new();
    for name in matches.get_many::<String>("records").into_iter().flatten() {
        let record = session.record(&EVIDENCE, name)?;
        if !evidence.iter().any(|known| known.id() == record.id()) {
            evidence.push(record);
        }
    }
    if !evidence.is_empty() {
        return Ok(evidence);
    }
    let mut query = Query::open(&EVIDENCE);
    if let Some(name) = matches.get_one::<String>("review") {
        let review = session.record(&REVIEW, name)?;
        query = query.with(Condition::Is("review", Value::text(review.id())));
    }
    Ok(session.workspace.records(&query)?)
}

/// Looks at each origin, the workspace held by nobody meanwhile. Ctrl-C ends it and nothing is kept.
fn look(evidence: &[Record]) -> Done<Vec<Found>> {
    let cancel = cancel_flag()?;
    let mut progress = Progress::of("");
    let mut found = Vec::with_capacity(evidence.len());
    for one in evidence {
        let what = format!("{}:", one.reference());
        found.push(look_at_origin(one, &mut |done, all| {
            progress.doing(&what, done, all);
            !is_cancelled(&cancel)
        })?);
    }
    Ok(found)
}

fn object(evidence: &Record, found: &Found) -> Json {
    json!({
        "ref": evidence.reference(),
        "title": evidence.title(),
        "origin": evidence.text("origin"),
        "drift": found.word(),
        "note": found.note(),
    })
}
