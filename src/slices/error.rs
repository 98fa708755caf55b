//! What keeps an analysis from being made, in words that say what to do.

use std::io;

/// The result of a step.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("Reading {file} failed: {source}.")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// What the file holds cannot be taken in.
    #[error("{file}{}: {message}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Content {
        /// The file.
        file: String,
        /// The line, counted from 1, where it is one line's fault.
        line: Option<u64>,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// The file changed while it was read.
    #[error(
        "{0} changed while it was read, so no figure of it could be repeated. Wait until it is written, or copy it and analyse the copy."
    )]
    Changed(String),
    /// What was asked for does not fit the data, or itself.
    #[error("{0}")]
    Asked(String),
    /// The user cancelled.
    #[error("Cancelled.")]
    Cancelled,
}
