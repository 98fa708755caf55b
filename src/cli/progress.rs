//! Long work: how far it is, on standard error where a person looks at it, and Ctrl-C that ends it cleanly.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::exit::{Done, Failure};

/// How often the line is drawn anew at the most.
const PAUSE: Duration = Duration::from_millis(100);

/// A line on standard error that says how far something is; gone when this is dropped.
pub struct Progress {
    what: &'static str,
    shown: bool,
    drawn: Option<Instant>,
}

impl Progress {
    /// Nothing is drawn before the first [`Progress::at`], and nothing at all where standard error is no terminal.
    #[must_use]
    pub fn of(what: &'static str) -> Self {
        Self { what, shown: io::stderr().is_terminal(), drawn: None }
    }

    /// Says how far it is: `done` of `all`, where it is known how many there are.
    pub fn at(&mut self, done: u64, all: Option<u64>) {
        if self.is_due() {
            match all {
                Some(all) if all > 0 => {
                    let share = done.saturating_mul(100) / all;
                    self.draw(&format!("{} {done} of {all} ({share} %)", self.what));
                }
                _ => self.draw(&format!("{} {done}", self.what)),
            }
        }
    }

    /// Says what is being done, and how far that is.
    pub fn doing(&mut self, what: &str, done: u64, all: u64) {
        if self.is_due() {
            let share = done.saturating_mul(100).checked_div(all).unwrap_or(0);
            self.draw(&format!("{what} {done} of {all} ({share} %)"));
        }
    }

    /// Says what it is at.
    pub fn step(&mut self, name: &str) {
        if self.is_due() {
            self.draw(&format!("{} {}", self.what, crate::text::line(name)));
        }
    }

    fn is_due(&self) -> bool {
        self.shown && self.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE)
    }

    fn draw(&mut self, line: &str) {
        self.drawn = Some(Instant::now());
        let mut stderr = io::stderr();
        let _ = write!(stderr, "\r\x1b[K{line}");
        let _ = stderr.flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// A flag that Ctrl-C or a request to end sets. A second one ends the program at once: the workspace is then as it was
/// too, since SQLite takes back what was not committed.
///
/// # Errors
/// When the system does not let signals be handled.
pub fn cancel_flag() -> Done<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let second = i32::from(super::exit::INTERRUPTED);
        signal_hook::flag::register_conditional_shutdown(signal, second, flag.clone())
            .and_then(|_| signal_hook::flag::register(signal, flag.clone()))
            .map_err(Failure::Output)?;
    }
    Ok(flag)
}

/// Whether the user has cancelled.
#[must_use]
pub fn is_cancelled(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}
