//! `probity backup`: a copy of the workspace that stands alone, made while others go on working.

use std::cell::RefCell;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};

use super::Context;
use super::exit::Done;
use super::progress::{Progress, cancel_flag, is_cancelled};

/// The command.
pub fn command() -> Command {
    Command::new("backup").about("Copies the workspace to a new file, while others may go on working.").arg(
        Arg::new("file")
            .value_name("FILE")
            .required(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help("The copy. A file that is there already is left as it is."),
    )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(()) };
    let session = context.open()?;
    let cancel = cancel_flag()?;
    let progress = RefCell::new(Progress::of("Copying pages:"));
    session.workspace.backup(path, &|done, all| {
        let count = |pages: i32| u64::try_from(pages).unwrap_or(0);
        progress.borrow_mut().at(count(done), Some(count(all)));
        !is_cancelled(&cancel)
    })?;
    drop(progress);
    let bytes = std::fs::metadata(path).map_or(0, |info| info.len());
    context.out.line(&format!("{} holds a copy of {} ({bytes} bytes).", path.display(), session.workspace.name()))
}
