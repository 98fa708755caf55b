//! `probity demo`: the sample workspace, in a file of its own, never mixed with the user's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::exit::{Done, Failure};
use super::{Context, desk};
use crate::exchange::sample;
use crate::policy::Policy;
use crate::session::{SAMPLE, Session, data_folder, today};
use crate::workspace::{Access, Error, Options, Workspace, take_away};

/// The command.
pub fn command() -> Command {
    Command::new("demo")
        .about("Opens a lived-in sample workspace, in a file of its own beside yours.")
        .long_about(
            "Opens the sample: a fictional insurer's reviews after a year of work, in a file of its own in the data \
             folder. What you change there stays until `probity demo --fresh`. Your own workspace is never touched. \
             Without a terminal, it is made, and said where.",
        )
        .arg(
            Arg::new("fresh")
                .long("fresh")
                .action(ArgAction::SetTrue)
                .help("Make the sample anew first: what was changed in it is lost."),
        )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let path = data_folder()?.join("demo.db");
    if matches.get_flag("fresh") && path.exists() {
        make_room(&path)?;
    }
    if !path.exists() {
        fill(&path)?;
    }
    if desk::is_possible(context) {
        let mut wanted = context.wanted();
        wanted.alone = true;
        return desk::show(Session::open_at(wanted, &path)?, context);
    }
    let out = &mut context.out;
    out.line(&format!("The sample is in {}.", path.display()))?;
    out.line(&format!("Look at it with: probity --workspace {} review list", path.display()))
}

/// Makes the sample at a place where nothing is yet.
///
/// # Errors
/// Where there is a file already, or it cannot be made; a file that was begun is taken away again.
pub fn fill(path: &Path) -> Done {
    let policy = Policy::builtin();
    let mut workspace = Workspace::create(path, Arc::new(policy.clone()))?;
    let filled = sample::load(&mut workspace, &policy, today()).map_err(Failure::from).and_then(|loaded| {
        workspace
            .batch(|batch| {
                batch.set_meta("owner", &loaded.owner)?;
                batch.set_meta(SAMPLE, "yes")
            })
            .map_err(Failure::from)
    });
    if filled.is_err() {
        drop(workspace);
        take_away(path);
        sample::take_files_away(path);
    }
    filled
}

/// Takes an old sample away; refuses where the file is anything else.
fn make_room(path: &Path) -> Done {
    let options = Options { access: Access::Read, ..Options::default() };
    let is_sample = Workspace::open(path, options, Arc::new(Policy::builtin()))
        .and_then(|workspace| workspace.meta(SAMPLE))
        .is_ok_and(|mark| mark.is_some());
    if !is_sample {
        return Err(Failure::Workspace(Error::Exists(PathBuf::from(path))));
    }
    take_away(path);
    sample::take_files_away(path);
    Ok(())
}
