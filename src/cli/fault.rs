//! What a fault of the program itself looks like from outside: the terminal as it was, one message that says what was kept
//! and what to report, an exit code of its own, and no stack.
//!
//! A fault ends the program at once, from whatever thread it comes: the workspace bears an end at any moment, and a
//! program that goes on without one of its threads would answer some keys and not others.

use std::io::Write;
use std::panic::{self, PanicHookInfo};

use super::exit;
use crate::text;
use crate::tui::terminal::guard;

/// Sees to faults from here on, for the whole process.
pub fn see_to_faults() {
    panic::set_hook(Box::new(|info| {
        guard::restore();
        // Nobody to tell when standard error is gone.
        let _ = writeln!(std::io::stderr(), "{}", last_words(&what(info)));
        std::process::exit(i32::from(exit::FAULT));
    }));
}

/// What happened, and where in the program.
fn what(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!("{}{place}", said.unwrap_or("no reason was given"))
}

fn last_words(what: &str) -> String {
    let what = text::line(what);
    format!(
        "probity: a fault of the program itself ended it: {what}. What was saved is safe, what was being typed is offered \
         again as a draft. Please report this line; `probity doctor` checks the workspace."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_one_safe_line() {
        let words = last_words("index out of bounds\u{1b}[2J\nstack backtrace:");
        assert!(words.contains("index out of bounds") && words.contains("doctor"), "{words}");
        assert!(!words.chars().any(char::is_control), "{words}");
    }
}
