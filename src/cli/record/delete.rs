//! `probity risk delete`: takes records out, with what cannot be without them. Undo brings them back.

use clap::{ArgMatches, Command};

use super::{named, named_args, print_arg, print_receipt, why, why_arg};
use crate::cli::Context;
use crate::cli::exit::Done;
use crate::record::Kind;
use crate::workspace::{Change, Edit};

/// The command.
pub fn command(kind: Kind) -> Command {
    Command::new("delete")
        .about(format!(
            "Deletes {}, with what cannot be without them. `probity undo` brings them back.",
            kind.plural.to_lowercase()
        ))
        .args([named_args(kind), why_arg(), print_arg()])
}

/// Runs it.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let records = named(kind, matches, &session)?;
    let edits = records.iter().map(|record| Edit::Delete { kind, id: record.id().to_owned() }).collect();
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, kind, &session, &receipt, matches)
}
