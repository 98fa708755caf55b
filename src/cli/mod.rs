//! Floor 6: the command line. One file a subcommand; the commands of records are made from the records' descriptions.
//!
//! Everything the screens can do can be done here, through the same functions, without a terminal.

mod audit;
mod backup;
mod completions;
mod decide;
mod demo;
mod desk;
mod doctor;
mod due;
pub mod exit;
mod export;
pub mod fault;
mod framework;
mod gate;
mod generate;
mod guide;
mod hunt;
mod import;
mod init;
mod insights;
pub mod json;
mod keys;
mod kpi;
mod lint;
mod man;
mod next;
mod out;
mod policy;
mod progress;
pub mod record;
mod reference;
mod search;
mod slices;
mod special;
mod table;
mod trace;
mod triage;
mod undo;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::record::KINDS;
use crate::review::document::Library;
use crate::session::{Session, Wanted};
use crate::text;
use crate::workspace::Access;
use exit::{CODES, DONE, Done, Failure, USAGE};
use out::Out;

/// A subcommand that is not made from a kind of record.
struct Sub {
    name: &'static str,
    command: fn() -> Command,
    run: fn(&ArgMatches, &mut Context) -> Done,
}

/// The subcommands that are not made from kinds of record, in the order in which help lists them.
const SUBS: &[Sub] = &[
    Sub { name: "desk", command: desk::command, run: desk::run },
    Sub { name: "init", command: init::command, run: init::run },
    Sub { name: "demo", command: demo::command, run: demo::run },
    Sub { name: "show", command: record::any_command, run: record::show_any },
    Sub { name: "triage", command: triage::command, run: triage::run },
    Sub { name: "decide", command: decide::command, run: decide::run },
    Sub { name: "delegate", command: decide::standing::delegate_command, run: decide::standing::run_delegate },
    Sub { name: "recuse", command: decide::standing::recuse_command, run: decide::standing::run_recuse },
    Sub { name: "next", command: next::command, run: next::run },
    Sub { name: "due", command: due::command, run: due::run },
    Sub { name: "gate", command: gate::command, run: gate::run },
    Sub { name: "trace", command: trace::command, run: trace::run },
    Sub { name: "framework", command: framework::command, run: framework::run },
    Sub { name: "lint", command: lint::command, run: lint::run },
    Sub { name: "slices", command: slices::command, run: slices::run },
    Sub { name: "kpi", command: kpi::command, run: kpi::run },
    Sub { name: "insights", command: insights::command, run: insights::run },
    Sub { name: "search", command: search::command, run: search::run },
    Sub { name: "guide", command: guide::command, run: guide::run },
    Sub { name: "import", command: import::command, run: import::run },
    Sub { name: "export", command: export::command, run: export::run },
    Sub { name: "undo", command: undo::undo_command, run: undo::undo },
    Sub { name: "redo", command: undo::redo_command, run: undo::redo },
    Sub { name: "audit", command: audit::command, run: audit::run },
    Sub { name: "policy", command: policy::command, run: policy::run },
    Sub { name: "backup", command: backup::command, run: backup::run },
    Sub { name: "doctor", command: doctor::command, run: doctor::run },
    Sub { name: "generate", command: generate::command, run: generate::run },
    Sub { name: "keys", command: keys::command, run: keys::run },
    Sub { name: "completions", command: completions::command, run: completions::run },
    Sub { name: "man", command: man::command, run: man::run },
];

/// Options that go with every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// The workspace file; without it, the one in the settings or in the data folder.
    #[arg(long, global = true, value_name = "FILE", env = "PROBITY_WORKSPACE", hide_env_values = true)]
    workspace: Option<PathBuf>,
    /// Work as this person: a handle, a name or a reference. Without it, the settings' `me` or the workspace's owner.
    #[arg(long = "as", global = true, value_name = "PERSON", env = "PROBITY_AS", hide_env_values = true)]
    person: Option<String>,
    /// The organisation's policy file; without it, policy.toml in the folder of the settings, if there is one.
    #[arg(long, global = true, value_name = "FILE", env = "PROBITY_POLICY", hide_env_values = true)]
    policy: Option<PathBuf>,
    /// Write nothing, whatever the command.
    #[arg(long, global = true)]
    read_only: bool,
    /// No colours, symbols or columns: for screen readers and simple programs.
    #[arg(long, global = true)]
    plain: bool,
}

/// What a command works with.
pub struct Context {
    /// The options that go with every command.
    pub globals: Globals,
    /// Standard output.
    pub out: Out,
}

impl Context {
    /// What is asked for on the command line and in the environment.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        let said = |path: &Option<PathBuf>| path.clone().filter(|path| !path.as_os_str().is_empty());
        Wanted {
            workspace: said(&self.globals.workspace),
            person: self.globals.person.clone().filter(|person| !person.trim().is_empty()),
            policy: said(&self.globals.policy),
            access: if self.globals.read_only { Access::Read } else { Access::Write },
            alone: false,
        }
    }

    /// The templates of documents: the shipped ones, and the organisation's over them.
    #[must_use]
    pub fn library(&self) -> Library {
        self.wanted().library()
    }

    /// Opens the workspace.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open(&self) -> Done<Session> {
        Ok(Session::open(self.wanted())?)
    }

    /// Opens the workspace for somebody who is going to write.
    ///
    /// # Errors
    /// As [`Session::open`]; and where it is not known who writes, or nothing can be written.
    pub fn open_to_write(&self) -> Done<Session> {
        let session = self.open()?;
        if session.workspace.is_read_only() {
            return Err(Failure::Workspace(crate::workspace::Error::ReadOnly));
        }
        session.me()?;
        Ok(session)
    }
}

/// The whole command line.
#[must_use]
pub fn command() -> Command {
    let codes: Vec<String> = CODES.iter().map(|(code, meaning)| format!("  {code:>3}  {meaning}")).collect();
    // The description after the options: theirs would take its place.
    Globals::augment_args(Command::new("probity"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Responsible AI reviews in the terminal: intake, risks, checklists, actions and evidence in one file.")
        .after_help(format!("Exit codes:\n{}", codes.join("\n")))
        .infer_long_args(true)
        .max_term_width(100)
        .subcommands(SUBS.iter().map(|sub| (sub.command)()))
        .subcommands(KINDS.iter().map(|kind| record::command(kind)))
}

/// Runs a command line; returns the exit code.
///
/// # Errors
/// What kept it from being done, for the one place that prints errors.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Done<u8> {
    let matches = match command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return told_by_clap(&error),
    };
    let globals = Globals::from_arg_matches(&matches).map_err(|error| Failure::Usage(error.to_string()))?;
    let out = Out::new(globals.plain);
    let mut context = Context { globals, out };
    let done = dispatch(&matches, &mut context);
    // What was printed before a failure is still printed before the failure is.
    let finished = context.out.finish();
    done.and(finished).map(|()| DONE)
}

fn dispatch(matches: &ArgMatches, context: &mut Context) -> Done {
    let Some((name, matches)) = matches.subcommand() else { return desk::open(context) };
    if let Some(sub) = SUBS.iter().find(|sub| sub.name == name) {
        return (sub.run)(matches, context);
    }
    match record::kind_of_command(name) {
        Some(kind) => record::run(kind, matches, context),
        None => Err(Failure::Usage(format!("There is no command “{name}”."))),
    }
}

/// Help and the version go to standard output; everything else is a wrong command line.
fn told_by_clap(error: &clap::Error) -> Done<u8> {
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            error.print().map_err(Failure::Output)?;
            Ok(DONE)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            error.print().map_err(Failure::Output)?;
            Ok(USAGE)
        }
        _ => {
            let told = error.to_string();
            Err(Failure::Usage(told.strip_prefix("error: ").unwrap_or(&told).trim_end().to_owned()))
        }
    }
}

/// Prints a failure on standard error, in safe text, unless there is nothing to tell.
pub fn complain(failure: &Failure) {
    if !failure.is_silent() {
        // Nobody to tell when standard error is gone too.
        let _ = writeln!(std::io::stderr(), "probity: {}", text::lines(&failure.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn subcommands_have_the_names_they_are_found_by() {
        for sub in SUBS {
            assert_eq!((sub.command)().get_name(), sub.name);
        }
    }

    #[test]
    fn every_kind_has_its_command() {
        for kind in KINDS {
            assert_eq!(record::kind_of_command(record::command_name(kind)), Some(*kind));
            assert_eq!(record::kind_of_command(kind.name), Some(*kind));
        }
        let item = record::kind_of_command("item").map(|kind| kind.name);
        assert_eq!(item, Some("checklist_item"));
    }

    #[test]
    fn no_subcommand_stands_twice() {
        let command = command();
        let mut seen = std::collections::HashSet::new();
        for sub in command.get_subcommands() {
            for name in std::iter::once(sub.get_name()).chain(sub.get_all_aliases()) {
                assert!(seen.insert(name.to_owned()), "{name} stands twice");
            }
        }
    }
}
