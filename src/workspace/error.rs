//! What can go wrong with a workspace, in words that say what happened, to what, and what to do.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::record::decision::authority::Refusal;
use crate::record::decision::snapshot::Difference;
use crate::record::{Kind, Problem, Record, told};

/// A result of the workspace.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A workspace's refusal or failure. After any of these the file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no file.
    #[error("There is no workspace at {}. `probity init` makes one.", .0.display())]
    Missing(PathBuf),
    /// The file is there already.
    #[error("There is a file at {} already; it is left as it is. Choose another place.", .0.display())]
    Exists(PathBuf),
    /// Not an SQLite file, or another program's.
    #[error("{} is not a Probity workspace: {why}. It is left as it is.", .path.display())]
    NotAWorkspace {
        /// The file.
        path: PathBuf,
        /// How that shows.
        why: String,
    },
    /// Made by a newer version of the program.
    #[error("{} was written by a newer version of Probity (schema {found}; this program knows {known}). \
             Update Probity to open it; it is left as it is.", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
    },
    /// The file's pages are damaged.
    #[error(
        "The workspace is damaged: {0}. Nothing was written. `probity doctor` says what can be read; \
             restore a backup, or recover the file with `sqlite3 FILE .recover`."
    )]
    Damaged(String),
    /// Somebody else holds the file.
    #[error(
        "Another process is writing to the workspace and did not finish within {0} seconds. \
             Nothing was written; try again."
    )]
    Locked(u64),
    /// No room.
    #[error("The disk is full. Nothing was written; make room and try again.")]
    DiskFull,
    /// The file, its folder or its disk cannot be written.
    #[error("The workspace cannot be written: the file, its folder or its disk is read-only. Nothing was changed.")]
    ReadOnly,
    /// The system refused a file.
    #[error("{action} {} failed: {source}.", .path.display())]
    File {
        /// What was tried: `Reading`, `Writing` …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No such record.
    #[error("There is no {} {}.", .1.map_or("record", |kind| kind.label), .0)]
    NoRecord(String, Option<Kind>),
    /// A text that names no record, or several.
    #[error("{0}")]
    Unresolved(String),
    /// The record does not hold what a record of its kind must.
    #[error("{}", refused(.what, *.kind, .problems))]
    Refused {
        /// What was to be saved: a kind and a title.
        what: String,
        /// Its kind, whose description names the fields; none where no one record is meant.
        kind: Option<Kind>,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// Who would decide does not hold the right to it.
    #[error("{what}: not decided. {refusal} Whoever lacks the right can recommend it.")]
    NoRight {
        /// What was to be decided.
        what: String,
        /// Why not, by which rule, and who may.
        refusal: Refusal,
    },
    /// What was decided on is no longer as it was seen.
    #[error("{what} was not decided: what it rests on has changed since you looked at it. Nothing was saved; your text \
             is kept. What differs: {}.", in_a_row(.differences))]
    Overtaken {
        /// What was to be decided.
        what: String,
        /// What differs between what was seen and what is there.
        differences: Vec<Difference>,
    },
    /// Somebody saved the record since it was read.
    #[error("{} was changed by somebody else since you opened it. Nothing was saved; \
             your text is kept. Compare the two and save again.", .theirs.reference())]
    Stale {
        /// The record as it stands now.
        theirs: Box<Record>,
        /// The record as it would have been saved.
        ours: Box<Record>,
    },
    /// Other records point to it.
    #[error("{0} cannot be deleted: {1}.")]
    InUse(String, String),
    /// Undo or redo cannot be done.
    #[error("{0}")]
    CannotUndo(String),
    /// A filter, an order or a search that makes no sense.
    #[error("{0}")]
    Query(String),
    /// The policy does not load.
    #[error("{0}")]
    Policy(String),
    /// Cancelled by the user.
    #[error("Cancelled; the workspace is as it was.")]
    Cancelled,
    /// Anything else that SQLite says.
    #[error("The workspace could not be used: {0}. Nothing was changed.")]
    Sqlite(rusqlite::Error),
}

fn in_a_row(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn refused(what: &str, kind: Option<Kind>, problems: &[Problem]) -> String {
    let mut out = format!("{what} was not saved.");
    for problem in problems {
        out.push(' ');
        out.push_str(&told(kind, problem));
    }
    out
}

/// Seconds that a writer waits for another before it gives up.
pub const BUSY_SECONDS: u64 = 5;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(BUSY_SECONDS),
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(error.to_string()),
            Some(ErrorCode::OperationInterrupted) => Self::Cancelled,
            _ => Self::Sqlite(error),
        }
    }
}
