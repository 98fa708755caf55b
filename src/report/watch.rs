//! Long work, watched: told how far it is, and stopped when somebody asks.

use std::sync::atomic::{AtomicBool, Ordering};

use super::error::{Error, Result};

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is being done: `Reading risks`, `Writing pack.xlsx` …
    pub what: &'static str,
    /// How much of this is done: rows.
    pub done: u64,
    /// How much of this there is; 0 where that is not known.
    pub total: u64,
}

/// Who watches the work.
#[derive(Default)]
pub struct Watch<'a> {
    cancel: Option<&'a AtomicBool>,
    tell: Option<&'a mut dyn FnMut(Step)>,
}

impl<'a> Watch<'a> {
    /// Nobody: the work runs to its end in silence.
    #[must_use]
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Somebody who is told of every step, and may stop the work by setting `cancel`.
    pub fn new(cancel: &'a AtomicBool, tell: &'a mut dyn FnMut(Step)) -> Self {
        Self { cancel: Some(cancel), tell: Some(tell) }
    }

    /// Says how far it is.
    ///
    /// # Errors
    /// When the work is to stop.
    pub(super) fn at(&mut self, what: &'static str, done: u64, total: u64) -> Result<()> {
        if let Some(tell) = &mut self.tell {
            tell(Step { what, done, total });
        }
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Whether the work is to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }

    /// What is set when the work is to stop.
    pub(super) fn flag(&self) -> Option<&'a AtomicBool> {
        self.cancel
    }
}
