//! `probity evidence version`: a new version of evidence, which takes the place of the one before.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};

use super::read;
use crate::cli::Context;
use crate::cli::exit::Done;
use crate::cli::record::{options, print_arg, print_receipt, why, why_arg};
use crate::record::EVIDENCE;
use crate::review::evidence::next_version;
use crate::workspace::Change;

/// The command.
pub fn version_command() -> Command {
    Command::new("version")
        .about("Registers a file as the next version of evidence. The version before is superseded, and keeps its content.")
        .long_about(
            "Registers a file as the next version of evidence. Title, kind, review, release and method are taken over unless \
             said anew; who made it, when, and for which model version are not. The version before is superseded, and \
             keeps its content and its history. What named it means the newest version from then on, which has to be \
             accepted anew.",
        )
        .args([
            Arg::new("evidence").value_name("REF").required(true).help("The evidence, such as EVD-1."),
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("The file of the new version."),
            print_arg(),
            why_arg(),
        ])
        .args(options::for_writing(&EVIDENCE))
}

/// Runs it.
pub fn run_version(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let named = matches.get_one::<String>("evidence").map_or("", String::as_str);
    let before = session.record(&EVIDENCE, named)?;
    let Some(file) = matches.get_one::<PathBuf>("file") else { return Ok(()) };
    let said = options::assignments(&EVIDENCE, matches, &session)?;
    let registered = read(file, &session)?;
    let edits = next_version(&session.workspace, &before, registered, said, Utc::now())?;
    let what = format!("{}: next version registered", before.reference());
    let change = Change::by(&session.me()?.id, edits).called(what).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &EVIDENCE, &session, &receipt, matches)?;
    let new = receipt.records.iter().find(|record| record.text("supersedes") == Some(before.id()));
    match new {
        Some(new) if matches.get_one::<String>("print").is_none_or(|form| form == "text") => {
            context.out.line(&format!("{} takes the place of {}.", new.reference(), before.reference()))
        }
        _ => Ok(()),
    }
}
