//! `probity risk history`: who changed what of one record, when and why.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value as Json;

use super::{named, named_args};
use crate::cli::Context;
use crate::cli::audit;
use crate::cli::exit::Done;
use crate::record::Kind;

/// The command.
pub fn command(kind: Kind) -> Command {
    Command::new("history")
        .about(format!("Shows who changed what of a {}, newest first.", kind.label.to_lowercase()))
        .args([
            named_args(kind),
            Arg::new("limit")
                .long("limit")
                .value_name("N")
                .value_parser(clap::value_parser!(usize))
                .default_value("50")
                .help("At most so many changes of each."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON array of changes."),
        ])
}

/// Runs it.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let limit = matches.get_one::<usize>("limit").copied().unwrap_or(usize::MAX);
    let mut objects: Vec<Json> = Vec::new();
    for record in named(kind, matches, &session)? {
        for (change, entries) in session.workspace.record_history(record.id(), limit)? {
            if matches.get_flag("json") {
                objects.push(audit::change_json(&change, Some(&entries), &session));
            } else {
                audit::print_change(&mut context.out, &change, &entries, &session)?;
            }
        }
    }
    if matches.get_flag("json") { context.out.json(&objects.into()) } else { Ok(()) }
}
