//! Floor 5: one file a format, in and out.
//!
//! Coming in, a file goes three steps, each of which can be looked at before the next: [`table`] reads it into
//! headers and rows whatever its layout and encoding, [`mapping`] turns each row into texts for the fields of our
//! records, [`inventory`] compares them with what is there and saves the difference. Where no mapping
//! is written yet, [`suggest`] makes one to be corrected.
//!
//! [`script`] plays a workspace's whole history from TOML; [`sample`] is the one that is shipped.
//! [`document`] takes Markdown cards in and gives documents out. [`mod@file`] reads and writes
//! files of text with care, [`ics`] gives meetings to calendars. [`ssh`] makes and checks signatures, [`signing`] puts them to decisions.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{text, workspace};

pub mod alerts;
pub mod bundle;
pub mod document;
pub mod file;
pub mod ics;
pub mod inventory;
pub mod mapping;
pub mod sample;
pub mod script;
pub mod signing;
pub mod ssh;
pub mod suggest;
pub mod table;

/// A result of reading or writing a format.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a file was not taken in, in words that say where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user stopped it.
    #[error("Stopped. Nothing was changed.")]
    Cancelled,
    /// The file that was to be read is not fit.
    #[error("{}: {message}", place(.file, *.line))]
    Input {
        /// The file's name.
        file: String,
        /// The line in it, counted from 1, where one is to blame.
        line: Option<u64>,
        /// What is wrong and what to do.
        message: String,
    },
    /// The mapping is not fit, in itself or for this file.
    #[error("{}: {message}", place(.file, *.line))]
    Mapping {
        /// The mapping's file, or the name of a shipped one.
        file: String,
        /// The line in it, counted from 1.
        line: Option<u64>,
        /// What is wrong and what was expected.
        message: String,
    },
    /// Somebody wrote to the workspace between the plan and its application.
    #[error("The workspace was changed while the import was being looked at. Nothing was imported; look again.")]
    Moved,
    /// The workspace refused or failed.
    #[error(transparent)]
    Workspace(workspace::Error),
}

impl From<workspace::Error> for Error {
    fn from(error: workspace::Error) -> Self {
        match error {
            workspace::Error::Cancelled => Self::Cancelled,
            other => Self::Workspace(other),
        }
    }
}

fn place(file: &str, line: Option<u64>) -> String {
    match line {
        Some(line) => format!("{}, line {line}", text::line(file)),
        None => text::line(file).into_owned(),
    }
}

/// A text from a file, fit to stand in a message: one safe line of at most 60 cells.
fn shown(text: &str) -> String {
    text::fit(text::line(text).trim(), 60).into_owned()
}

/// How far a long job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is being done: `Reading`, `Mapping` …
    pub doing: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// How much there is.
    pub total: u64,
}

/// Whom a long job tells how far it is, and who may stop it.
#[derive(Default)]
pub struct Progress<'a> {
    stop: Option<&'a AtomicBool>,
    tell: Option<&'a mut dyn FnMut(Step)>,
}

impl<'a> Progress<'a> {
    /// Tells nobody and cannot be stopped.
    #[must_use]
    pub fn silent() -> Self {
        Self::default()
    }

    /// Tells `tell` now and then, and stops soon after `stop` is set.
    #[must_use]
    pub fn new(stop: &'a AtomicBool, tell: &'a mut dyn FnMut(Step)) -> Self {
        Self { stop: Some(stop), tell: Some(tell) }
    }

    /// Says how far the job is.
    ///
    /// # Errors
    /// [`Error::Cancelled`] where the user asked to stop.
    pub fn at(&mut self, doing: &'static str, done: usize, total: usize) -> Result<()> {
        if let Some(tell) = self.tell.as_mut() {
            tell(Step { doing, done: done as u64, total: total as u64 });
        }
        if self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) { Err(Error::Cancelled) } else { Ok(()) }
    }
}
