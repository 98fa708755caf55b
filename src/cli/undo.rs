//! `probity undo` and `probity redo`: as new changes; nothing is erased.

use clap::{Arg, ArgMatches, Command};

use super::Context;
use super::exit::{Done, none_such};
use super::record::said;

/// The command `undo`.
pub fn undo_command() -> Command {
    Command::new("undo").about("Undoes your last change, or any change by its number.").arg(
        Arg::new("change")
            .value_name("N")
            .value_parser(clap::value_parser!(i64))
            .help("The number of the change, as `probity audit log` shows it; without it, your last one."),
    )
}

/// Runs `undo`.
pub fn undo(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let me = session.me()?.id.clone();
    let receipt = match matches.get_one::<i64>("change") {
        Some(number) => session.workspace.undo_change(&me, *number).map_err(none_such)?,
        None => session.workspace.undo(&me)?,
    };
    said(&mut context.out, &receipt)
}

/// The command `redo`.
pub fn redo_command() -> Command {
    Command::new("redo").about("Does again what you undid last, if you have changed nothing since.")
}

/// Runs `redo`.
pub fn redo(_: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let me = session.me()?.id.clone();
    let receipt = session.workspace.redo(&me)?;
    said(&mut context.out, &receipt)
}
