//! `probity demo`: the sample workspace, in a file of its own, never mixed with the user's.

use std::path::Path;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::desk;
use super::exit::{Done, Failure};
use crate::exchange::sample;
use crate::policy::Policy;
use crate::session::{Session, data_folder, today};
use crate::workspace::Workspace;

/// The command.
pub fn command() -> Command {
    Command::new("demo")
        .about("Opens the sample: a lived-in workspace in a file of its own, to look around and try things.")
        .arg(
            Arg::new("fresh")
                .long("fresh")
                .action(ArgAction::SetTrue)
                .help("Makes the sample anew, as of today; what was tried in it before is lost."),
        )
}

/// Runs it. Without a terminal it makes the sample and says where it is.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let path = data_folder()?.join("demo.db");
    if matches.get_flag("fresh") {
        take_away(&path);
    }
    if !path.exists() {
        make(&path)?;
    }
    let mut wanted = context.wanted();
    wanted.workspace = Some(path.clone());
    // The sample was made under the shipped policy, and stays under it.
    wanted.policy = None;
    if !desk::is_possible() {
        context.out.line(&format!("The sample workspace is {}.", path.display()))?;
        return context.out.line(&format!("probity --workspace {} review list", path.display()));
    }
    desk::show(Session::open_at(wanted, &path)?)
}

/// Makes the sample workspace; takes it away again where that fails.
///
/// # Errors
/// Where the file cannot be made or written.
pub fn make(path: &Path) -> Done {
    let policy = Policy::builtin();
    let mut workspace = Workspace::create(path, Arc::new(policy.clone()))?;
    let filled = fill(&mut workspace, &policy);
    if filled.is_err() {
        drop(workspace);
        take_away(path);
    }
    filled
}

fn fill(workspace: &mut Workspace, policy: &Policy) -> Done {
    let loaded = sample::load(workspace, policy, today()).map_err(|error| Failure::Refused(error.to_string()))?;
    workspace.batch(|batch| batch.set_meta("owner", &loaded.owner))?;
    Ok(())
}

/// Takes a workspace away, with what SQLite keeps beside it.
fn take_away(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
}
