//! How a command ends: the exit codes, what each means, and the failures that lead to them. Defined here and nowhere
//! else; `--help` and the manual page print this table.

use std::fmt::Write;
use std::io;
use std::path::PathBuf;

use crate::exchange::file::FileError;
use crate::exchange::{self, script};
use crate::policy::PolicyError;
use crate::record::{Problem, told};
use crate::report;
use crate::session;
use crate::slices;
use crate::text;
use crate::workspace::{self, Error};

/// The end of a command.
pub type Done<T = ()> = Result<T, Failure>;

/// All went well.
pub const DONE: u8 = 0;
/// The rules of the records or the policy refused it, or a check found problems.
pub const REFUSED: u8 = 1;
/// The command line makes no sense.
pub const USAGE: u8 = 2;
/// A gate is closed.
pub const CLOSED: u8 = 3;
/// No record is meant by a name, or several are.
pub const NO_RECORD: u8 = 4;
/// The workspace is missing, is something else, is damaged, or is of a newer version.
pub const WORKSPACE: u8 = 5;
/// Another process holds the workspace, or has changed the record.
pub const BUSY: u8 = 6;
/// A file or the disk failed.
pub const FILE: u8 = 7;
/// A policy, a mapping or the settings are wrong.
pub const CONFIGURATION: u8 = 8;
/// Whoever would decide does not hold the right to it.
pub const NO_RIGHT: u8 = 9;
/// A fault of the program itself.
pub const FAULT: u8 = 70;
/// Cancelled by the user.
pub const INTERRUPTED: u8 = 130;

/// Every exit code with what it means, as `--help` and the manual page print it.
pub const CODES: &[(u8, &str)] = &[
    (DONE, "done"),
    (REFUSED, "refused by the rules of the records or by the policy; or a check found problems"),
    (USAGE, "the command line makes no sense"),
    (CLOSED, "a gate is closed"),
    (NO_RECORD, "no such record, or several could be meant"),
    (WORKSPACE, "the workspace is missing, is no workspace, is damaged, or was written by a newer version"),
    (BUSY, "another process holds the workspace, or changed the record since it was read"),
    (FILE, "a file or the disk: not found, read-only, full"),
    (CONFIGURATION, "a policy, a mapping or the settings are wrong"),
    (NO_RIGHT, "who would decide lacks the right to it, owns what is decided, or is recused"),
    (FAULT, "a fault of the program itself; what was saved is safe"),
    (INTERRUPTED, "interrupted; the workspace is as it was"),
];

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The workspace refused or failed.
    #[error("{}", explained(.0))]
    Workspace(#[from] Error),
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// No record is meant, or several are.
    #[error("{0}")]
    NoRecord(String),
    /// What was looked at has changed since.
    #[error("{0}")]
    Overtaken(String),
    /// Something is refused for a reason of the program's own.
    #[error("{0}")]
    Refused(String),
    /// The policy does not load.
    #[error("{0}")]
    Policy(#[from] PolicyError),
    /// A file cannot be taken in.
    #[error("{0}")]
    Exchange(#[from] exchange::Error),
    /// The pack cannot be written.
    #[error("{0}")]
    Report(#[from] report::Error),
    /// Predictions cannot be analysed.
    #[error("{0}")]
    Slices(#[from] slices::Error),
    /// The settings do not load, or make no sense.
    #[error("{0}")]
    Settings(String),
    /// A file cannot be read or written.
    #[error("{action} {} failed: {source}.", .path.display())]
    File {
        /// What was tried: `Reading`, `Writing` …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The output cannot be written.
    #[error("Writing the output failed: {0}.")]
    Output(#[from] io::Error),
    /// A check found problems, and has said which.
    #[error("Problems were found.")]
    Found,
    /// A gate is closed, and why has been said.
    #[error("The gate is closed.")]
    Closed,
    /// The user cancelled.
    #[error("Cancelled; the workspace is as it was.")]
    Cancelled,
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Failed { action, path, source } => Self::File { action, path, source },
            FileError::Unfit(why) => Self::Refused(why),
            FileError::Exists(path) => Self::Workspace(Error::Exists(path)),
        }
    }
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Workspace(error) => workspace_code(error),
            Self::Usage(_) => USAGE,
            Self::Overtaken(_) => BUSY,
            Self::NoRecord(_) => NO_RECORD,
            Self::Refused(_) | Self::Found => REFUSED,
            Self::Closed => CLOSED,
            Self::Policy(_) | Self::Settings(_) => CONFIGURATION,
            Self::File { .. } | Self::Output(_) => FILE,
            Self::Cancelled => INTERRUPTED,
            Self::Report(error) => match error {
                report::Error::Workspace(error) => workspace_code(error),
                report::Error::Template { .. } => CONFIGURATION,
                report::Error::Format(_) => USAGE,
                report::Error::Cancelled => INTERRUPTED,
                _ => FILE,
            },
            Self::Slices(error) => match error {
                slices::Error::Read { .. } | slices::Error::Content { .. } => FILE,
                slices::Error::Changed(_) => BUSY,
                slices::Error::Asked(_) => USAGE,
                slices::Error::Cancelled => INTERRUPTED,
            },
            Self::Exchange(error) => match error {
                exchange::Error::Cancelled => INTERRUPTED,
                exchange::Error::Input { .. } => FILE,
                exchange::Error::Mapping { .. } => CONFIGURATION,
                exchange::Error::Moved => BUSY,
                exchange::Error::Workspace(error) => workspace_code(error),
            },
        }
    }

    /// Whether there is nothing to tell: whoever read the output went away, or has been told.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Found | Self::Closed) || self.is_reader_gone()
    }

    /// Whether the program that read the output has ended, as `head` does.
    #[must_use]
    pub fn is_reader_gone(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn workspace_code(error: &Error) -> u8 {
    match error {
        Error::Missing(_) | Error::NotAWorkspace { .. } | Error::Newer { .. } | Error::Damaged(_) => WORKSPACE,
        Error::Locked(_) | Error::Stale { .. } | Error::Overtaken { .. } => BUSY,
        Error::NoRight { .. } => NO_RIGHT,
        Error::Exists(_) | Error::DiskFull | Error::ReadOnly | Error::File { .. } | Error::Sqlite(_) => FILE,
        Error::NoRecord(..) | Error::Unresolved(_) => NO_RECORD,
        Error::Refused { .. } | Error::InUse(..) | Error::CannotUndo(_) => REFUSED,
        Error::Query(_) => USAGE,
        Error::Policy(_) => CONFIGURATION,
        Error::Cancelled => INTERRUPTED,
    }
}

/// The error in words; for a stale save, both texts field by field.
fn explained(error: &Error) -> String {
    let Error::Stale { theirs, ours } = error else { return error.to_string() };
    let mut out = format!(
        "{} was changed by somebody else: it is at version {} now. Nothing was saved. What differs:",
        theirs.reference(),
        theirs.version()
    );
    for (field, mine) in ours.fields() {
        let other = theirs.get(field.name);
        if field.is_editable() && mine != other {
            // Writing to a String never fails.
            let _ = write!(out, "\n  {}\n    yours:  {}\n    theirs: {}", field.name, shown(mine), shown(other));
        }
    }
    out
}

fn shown(value: &crate::record::Value) -> String {
    if value.is_empty() { "(nothing)".to_owned() } else { text::fit(&text::line(&value.display()), 200).into_owned() }
}

impl From<script::Error> for Failure {
    fn from(error: script::Error) -> Self {
        match error {
            script::Error::Workspace(error) => Self::Workspace(error),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<session::Error> for Failure {
    fn from(error: session::Error) -> Self {
        match error {
            session::Error::Workspace(error) => Self::Workspace(error),
            session::Error::Policy(error) => Self::Policy(error),
            session::Error::Nobody(message) => Self::NoRecord(message),
            session::Error::NoPlace(message) | session::Error::Settings(message) => Self::Settings(message),
        }
    }
}

/// A value that cannot be read as what its field holds: a record that cannot be found, or a wrong word.
#[must_use]
pub fn of_problem(problem: &Problem) -> Failure {
    let Some(name) = problem.field else { return Failure::Usage(problem.message.clone()) };
    let message = told(None, problem);
    let names_a_record = crate::record::KINDS
        .iter()
        .filter_map(|kind| kind.field(name))
        .any(|field| matches!(field.kind, crate::record::FieldKind::Link(_)));
    if names_a_record { Failure::NoRecord(message) } else { Failure::Usage(message) }
}

/// A failure to find something that is not a record by reference: a change, a template.
#[must_use]
pub fn none_such(error: workspace::Error) -> Failure {
    match error {
        Error::Query(message) => Failure::NoRecord(message),
        other => Failure::Workspace(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RISK, Record};

    #[test]
    fn codes_are_told_once_each() {
        let mut seen = std::collections::HashSet::new();
        for (code, meaning) in CODES {
            assert!(seen.insert(code), "{code} stands twice");
            assert!(!meaning.is_empty());
        }
    }

    #[test]
    fn a_stale_save_shows_both_texts() {
        let mut theirs = Record::empty(&RISK);
        theirs.set("ref", "RSK-1");
        theirs.set("version", 3);
        theirs.set("title", "Their \u{1b}[31mtitle");
        let mut ours = theirs.clone();
        ours.set("title", "My title");
        let failure = Failure::from(Error::Stale { theirs: Box::new(theirs), ours: Box::new(ours) });
        assert_eq!(failure.code(), BUSY);
        let told = failure.to_string();
        assert!(told.contains("yours:  My title") && told.contains("theirs: Their [31mtitle"), "{told}");
    }
}
