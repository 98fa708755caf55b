//! `probity incident open`, `note`, `mitigate`, `end` and `report`: while it goes on.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{incident_arg, said, text_arg, the_incident, typed};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{options, print_arg, print_receipt, why, why_arg};
use crate::record::incident::{ENTRY, MITIGATION};
use crate::record::{ALERT, INCIDENT, Value};
use crate::review::operations::incident::{ended, opened, reported};
use crate::workspace::{Change, Edit, new_id};

/// The command `incident open`.
pub fn open_command() -> Command {
    Command::new("open")
        .about("Opens an incident, from an alert or by hand, and opens again the review that let the release launch.")
        .args([
            Arg::new("title")
                .value_name("TITLE")
                .help("What happened, in a few words; the alert's title, unless said."),
            text_arg("from", "ALERT", "The alert that it is opened from: system, time and commander come from it."),
            Arg::new("keep-review")
                .long("keep-review")
                .action(ArgAction::SetTrue)
                .help("Leave the review where it stands."),
            print_arg(),
            why_arg(),
        ])
        // The title is said without an option.
        .args(options::for_writing(&INCIDENT).into_iter().map(|arg| {
            let is_said = arg.get_long() == Some("title");
            arg.hide(is_said)
        }))
}

/// Runs `incident open`.
pub fn run_open(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let alert = matches.get_one::<String>("from").map(|named| session.record(&ALERT, named)).transpose()?;
    let mut fields = options::assignments(&INCIDENT, matches, &session)?;
    if let Some(title) = matches.get_one::<String>("title") {
        fields.retain(|(name, _)| *name != "title");
        fields.push(("title", Value::text(title.as_str())));
    }
    if alert.is_none() && !fields.iter().any(|(name, _)| *name == "system") {
        return Err(Failure::Usage("Say which system it happened with: --system, or --from an alert.".to_owned()));
    }
    let keep_review = matches.get_flag("keep-review");
    let edits = opened(&session.workspace, alert.as_ref(), fields, keep_review, Utc::now())?;
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &INCIDENT, &session, &receipt, matches)
}

/// The command `incident note`.
pub fn note_command() -> Command {
    Command::new("note").about("Adds a line to an incident's timeline.").args([
        incident_arg(),
        Arg::new("text")
            .value_name("TEXT")
            .required(true)
            .allow_hyphen_values(true)
            .help("What happened, in a sentence."),
        text_arg("at", "TIME", "When; now, unless said."),
        text_arg("kind", "KIND", "observation, action, decision or communication."),
        print_arg(),
    ])
}

/// Runs `incident note`.
pub fn run_note(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let incident = the_incident(matches, &session)?;
    let mut fields = vec![("incident", Value::text(incident.id())), ("text", Value::text(said(matches, "text")))];
    for name in ["at", "kind"] {
        let value = typed(matches, name, ENTRY.field(name), &session)?;
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    let edit = Edit::Add { kind: &ENTRY, id: new_id(Utc::now()), fields };
    let receipt = session.workspace.write(Change::by(&session.me()?.id, vec![edit]))?;
    print_receipt(&mut context.out, &ENTRY, &session, &receipt, matches)
}

/// The command `incident report`.
pub fn report_command() -> Command {
    Command::new("report").about("Records that an authority was told, which stops a legal clock of the incident.").args(
        [
            incident_arg(),
            Arg::new("text")
                .value_name("TEXT")
                .required(true)
                .allow_hyphen_values(true)
                .help("Whom, by what way, under which number."),
            text_arg("clock", "CLOCK", "The legal clock that it stops; all of them, unless said."),
            text_arg("at", "TIME", "When; now, unless said."),
            print_arg(),
        ],
    )
}

/// Runs `incident report`.
pub fn run_report(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let incident = the_incident(matches, &session)?;
    if incident.get("clocks").items().is_empty() {
        let reference = incident.reference();
        return Err(Failure::Refused(format!(
            "{reference} has no legal clock that a report would stop; `probity incident set {reference} --clocks …`."
        )));
    }
    let clock = typed(matches, "clock", ENTRY.field("clock"), &session)?;
    let at = typed(matches, "at", ENTRY.field("at"), &session)?;
    let edit = reported(&incident, said(matches, "text"), clock, at, Utc::now());
    let receipt = session.workspace.write(Change::by(&session.me()?.id, vec![edit]))?;
    print_receipt(&mut context.out, &ENTRY, &session, &receipt, matches)
}

/// The command `incident mitigate`.
pub fn mitigate_command() -> Command {
    Command::new("mitigate").about("Records what was put in for a while: what, by whom, and when it ends.").args([
        incident_arg(),
        Arg::new("title").value_name("TITLE").required(true).allow_hyphen_values(true).help("What was put in."),
        text_arg("ends", "DATE", "The day by which it is taken out, or made to last.").required(true),
        text_arg("kind", "KIND", "feature flag, throttle, filter, rollback, switched off, manual check."),
        text_arg("by", "PERSON", "Who put it in; you, unless said."),
        text_arg("at", "TIME", "When it was put in; now, unless said."),
        print_arg(),
    ])
}

/// Runs `incident mitigate`.
pub fn run_mitigate(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let incident = the_incident(matches, &session)?;
    let mut fields = vec![("incident", Value::text(incident.id())), ("title", Value::text(said(matches, "title")))];
    for (option, name) in [("ends", "ends_on"), ("kind", "kind"), ("by", "put_in_by"), ("at", "put_in_at")] {
        fields.push((name, typed(matches, option, MITIGATION.field(name), &session)?));
    }
    let edit = Edit::Add { kind: &MITIGATION, id: new_id(Utc::now()), fields };
    let receipt = session.workspace.write(Change::by(&session.me()?.id, vec![edit]))?;
    print_receipt(&mut context.out, &MITIGATION, &session, &receipt, matches)
}

/// The command `incident end`.
pub fn end_command() -> Command {
    Command::new("end").about("Ends a temporary mitigation, and says what took its place.").args([
        Arg::new("mitigation").value_name("REF").required(true).help("The temporary mitigation, such as TMP-1."),
        text_arg("note", "TEXT", "What took its place.").required(true),
        print_arg(),
    ])
}

/// Runs `incident end`.
pub fn run_end(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let one = session.record(&MITIGATION, said(matches, "mitigation"))?;
    let edit = ended(&one, said(matches, "note"), Utc::now());
    let receipt = session.workspace.write(Change::by(&session.me()?.id, vec![edit]))?;
    print_receipt(&mut context.out, &MITIGATION, &session, &receipt, matches)
}
