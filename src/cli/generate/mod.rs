//! `probity generate`: a large workspace for trials, with a past of a year and a half, through the same write path as
//! anybody's work. The same seed and the same day give the same records.

mod content;
mod intake;
mod launched;
mod names;
mod papers;
mod plan;
mod random;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::Context;
use super::exit::{Done, Failure};
use super::progress::{Progress, cancel_flag, is_cancelled};
use crate::policy::Policy;
use crate::record::when;
use crate::session::today;
use crate::workspace::{Error, Workspace, take_away};
use plan::Programme;

/// Changes written in one transaction.
const CHANGES: usize = 200;

#[derive(Args)]
struct Options {
    /// How many reviews: each with a system, a packet, documents, about 10 risks, 30 checklist items and 10 actions; and what
    /// comes after a launch.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    reviews: u32,
    /// The new workspace file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What chance starts from: the same seed gives the same records.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The day up to which work is made up; without it, today.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    today: Option<String>,
}

/// The command.
pub fn command() -> Command {
    Options::augment_args(Command::new("generate").about("Makes a large workspace of made-up reviews, for trials."))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let options = Options::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))?;
    let day = match &options.today {
        Some(typed) => when::parse_day(typed, today()).map_err(|why| Failure::Usage(format!("--today: {why}")))?,
        None => today(),
    };
    let policy = context.wanted().policy_outside()?;
    let cancel = cancel_flag()?;
    let mut workspace = Workspace::create(&options.out, Arc::new(policy.clone()))?;
    let filled = fill(&mut workspace, &policy, &options, day, &cancel);
    if let Err(failure) = filled {
        drop(workspace);
        take_away(&options.out);
        return Err(failure);
    }
    let changes = workspace.history_length()?;
    context.out.line(&format!(
        "{} holds {} reviews, with {changes} changes in their history.",
        options.out.display(),
        options.reviews
    ))
}

fn fill(workspace: &mut Workspace, policy: &Policy, options: &Options, day: NaiveDate, cancel: &AtomicBool) -> Done {
    let mut programme = Programme::new(policy, options.reviews, options.seed, day);
    let all = programme.len();
    let mut progress = Progress::of("Writing changes:");
    let mut done = 0;
    loop {
        let changes = programme.next_changes(CHANGES).map_err(|error| Failure::Refused(error.to_string()))?;
        if changes.is_empty() {
            return Ok(());
        }
        done += changes.len();
        let first = done == changes.len();
        workspace.batch(|batch| {
            if first && let Some(change) = changes.first() {
                batch.set_meta("owner", &change.by)?;
            }
            for change in changes {
                if is_cancelled(cancel) {
                    return Err(Error::Cancelled);
                }
                batch.write(change)?;
            }
            Ok(())
        })?;
        progress.at(done as u64, Some(all as u64));
    }
}
