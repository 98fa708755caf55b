//! `probity evidence accept` and `reject`: what somebody who neither made nor registered it found.

use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::Done;
use crate::cli::record::{named, named_args, print_arg, print_receipt};
use crate::record::{EVIDENCE, Value};
use crate::workspace::{Change, Edit};

fn command(name: &'static str, about: &'static str) -> Command {
    Command::new(name).about(about).args([
        named_args(&EVIDENCE),
        Arg::new("reason")
            .long("reason")
            .value_name("TEXT")
            .required(true)
            .allow_hyphen_values(true)
            .help("What you looked at and what you found."),
        print_arg(),
    ])
}

/// The command `evidence accept`.
pub fn accept_command() -> Command {
    command("accept", "Accepts evidence that somebody else made and registered, with the reason.")
}

/// The command `evidence reject`.
pub fn reject_command() -> Command {
    command("reject", "Rejects evidence, with the reason.")
}

/// Runs `evidence accept`.
pub fn run_accept(matches: &ArgMatches, context: &mut Context) -> Done {
    judge("accepted", matches, context)
}

/// Runs `evidence reject`.
pub fn run_reject(matches: &ArgMatches, context: &mut Context) -> Done {
    judge("rejected", matches, context)
}

fn judge(status: &'static str, matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let reason = matches.get_one::<String>("reason").map_or("", String::as_str);
    let fields = vec![("status", Value::text(status)), ("verdict_reason", Value::text(reason.trim()))];
    let edits = named(&EVIDENCE, matches, &session)?
        .iter()
        .map(|one| Edit::Set {
            kind: &EVIDENCE,
            id: one.id().to_owned(),
            version: Some(one.version()),
            fields: fields.clone(),
        })
        .collect();
    let receipt = session.workspace.write(Change::by(&session.me()?.id, edits).because(reason))?;
    print_receipt(&mut context.out, &EVIDENCE, &session, &receipt, matches)
}
