//! What only reviews have: moves between stages, requests for what is missing, and the next step.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure, of_problem};
use crate::cli::out::Out;
use crate::cli::record::{labelled, print_arg, print_receipt, said, why, why_arg};
use crate::record::{REVIEW, Record, Value};
use crate::review as work;
use crate::session::{Session, today};
use crate::workspace::{Change, Edit, Error};

/// The command `review move`.
pub fn move_command() -> Command {
    Command::new("move").about("Moves a review to another stage, and keeps the reason.").args([
        Arg::new("review").value_name("REF").required(true).help("The review, such as REV-1."),
        Arg::new("stage").value_name("STAGE").required(true).help("The stage, such as triage."),
        why_arg(),
        print_arg(),
    ])
}

/// Runs `review move`.
pub fn run_move(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let review = one(matches, &session)?;
    let typed = matches.get_one::<String>("stage").map_or("", String::as_str);
    let Some(field) = REVIEW.field("stage") else { return Ok(()) };
    let stage = session.parse(field, typed).map_err(|problem| of_problem(&problem))?;
    // A reason that belongs to an earlier move does not explain this one.
    let fields = vec![("stage", stage), ("stage_reason", Value::text(why(matches)))];
    let edit = Edit::Set { kind: &REVIEW, id: review.id().to_owned(), version: Some(review.version()), fields };
    let change = Change::by(&session.me()?.id, vec![edit]).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &REVIEW, &session, &receipt, matches)
}

fn one(matches: &ArgMatches, session: &Session) -> Done<Record> {
    let named = matches.get_one::<String>("review").map_or("", String::as_str);
    Ok(session.record(&REVIEW, named)?)
}

/// The command `review request`.
pub fn request_command() -> Command {
    Command::new("request")
        .about(
            "Writes the request for the answers that a review's packet lacks, ready to send, and adds it as an action.",
        )
        .args([
            Arg::new("review").value_name("REF").required(true).help("The review, such as REV-1."),
            Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Print the text only; add no action."),
        ])
}

/// Runs `review request`.
pub fn run_request(matches: &ArgMatches, context: &mut Context) -> Done {
    let dry = matches.get_flag("dry-run");
    let mut session = if dry { context.open()? } else { context.open_to_write()? };
    let review = one(matches, &session)?;
    let asked = work::information_request(&session.workspace, &session.policy, &review, Utc::now());
    let (text, edits) = asked.map_err(|error| match error {
        Error::Query(message) => Failure::Refused(message),
        other => other.into(),
    })?;
    if !dry {
        let receipt = session.workspace.write(Change::by(&session.me()?.id, edits))?;
        said(&mut context.out, &receipt)?;
        context.out.end()?;
    }
    context.out.text(&text)
}

/// Tells how far a review has come and what to do next.
pub fn tell(review: &Record, session: &Session, out: &mut Out) -> Done {
    let all = work::progress(&session.workspace, &[review.id().to_owned()], today())?;
    let Some(progress) = all.get(review.id()) else { return Ok(()) };
    labelled(out, "Packet", &format!("{} of {} required answers", progress.answered, progress.asked), false)?;
    if progress.items > 0 {
        labelled(out, "Checklist", &format!("{} of {} items settled", progress.settled, progress.items), false)?;
    }
    match work::next(review, progress) {
        Some(next) => labelled(out, "Next", &format!("{}. {}", next.what, next.why), false),
        None => Ok(()),
    }
}
