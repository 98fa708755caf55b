//! What can go wrong with a pack, in words that say what happened, to what, and what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::workspace;

/// A result of the report.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no pack. After any of these no file has been left half written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The workspace could not be read.
    #[error(transparent)]
    Workspace(#[from] workspace::Error),
    /// A template is wrong, or used more than it may.
    #[error("The template {file}{} cannot be used: {message}.", .line.map(|line| format!(", line {line},")).unwrap_or_default())]
    Template {
        /// The template's file, or its name where it is a shipped one.
        file: String,
        /// The line, from 1.
        line: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// A file stands in the way that is not a pack of ours, or was changed since.
    #[error("{} is there already and {why}; it is left as it is. \
             Choose another folder, or overwrite it with --force.", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
        /// Why it is not simply replaced.
        why: &'static str,
    },
    /// The place for the pack is not a folder.
    #[error("{} is not a folder. Name a folder for the pack; it is made where there is none.", .0.display())]
    NotAFolder(PathBuf),
    /// No room.
    #[error("The disk is full: the pack could not be written to {}. Nothing was left there; \
             make room and try again.", .0.display())]
    DiskFull(PathBuf),
    /// The folder or its disk cannot be written.
    #[error("{} cannot be written: the folder or its disk is read-only. Choose another folder.", .0.display())]
    ReadOnly(PathBuf),
    /// The system refused a file.
    #[error("{action} {} failed: {source}.", .path.display())]
    File {
        /// What was tried: `Reading`, `Writing` …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A spreadsheet could not be made.
    #[error("The spreadsheet {} could not be made: {why}.", .path.display())]
    Spreadsheet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        why: String,
    },
    /// A format that is not known.
    #[error("“{0}” is not a format of the pack; there are: html, md, xlsx, csv, json.")]
    Format(String),
    /// Cancelled by the user.
    #[error("Cancelled; no pack was written.")]
    Cancelled,
}

impl Error {
    /// A failure to write a file, told apart by what the user can do about it.
    pub(super) fn writing(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(folder_of(path)),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly(folder_of(path)),
            _ => Self::File { action: "Writing", path: path.to_owned(), source },
        }
    }

    /// The same for the places that the files were to take: nobody knows the folder in which they were made ready.
    pub(super) fn in_place(self, scratch: &Path, folder: &Path) -> Self {
        let place = |path: PathBuf| match path.strip_prefix(scratch) {
            Ok(below) if below.as_os_str().is_empty() => folder.to_owned(),
            Ok(below) => folder.join(below),
            Err(_) => path,
        };
        match self {
            Self::DiskFull(path) => Self::DiskFull(place(path)),
            Self::ReadOnly(path) => Self::ReadOnly(place(path)),
            Self::File { action, path, source } => Self::File { action, path: place(path), source },
            Self::Spreadsheet { path, why } => Self::Spreadsheet { path: place(path), why },
            other => other,
        }
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(path).to_owned()
}
