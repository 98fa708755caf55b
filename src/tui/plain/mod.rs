//! The screens for screen readers, braille lines and old terminals: the same state, the same commands, the same work on
//! the file, but nothing is drawn. Lines of text are appended, then a prompt waits for a line.
//!
//! - A screen is told as lines (`screen`): where one is, the rows of a list by number, or the text of a page.
//! - A line at the main prompt is a row's number, a command by key or name, or a reference (`commands`).
//! - A popup tells what it asks in words and takes whole answers ([`crate::tui::asked`], `question`); one that has no
//!   words is read out as it would be drawn and answered with keys (`drawn`).
//! - Everything that is printed goes through `words`: safe text, plain signs, no escape sequences ever.
//!
//! It works the same on a terminal and through pipes, so sessions can be scripted and are tested as transcripts.

mod commands;
mod drawn;
mod input;
mod insights;
mod news;
mod operations;
mod present;
mod question;
mod rows;
mod screen;
mod session;
mod steps;
#[cfg(test)]
mod tests;
mod waiting;
mod words;

use std::io::{self, BufReader, IsTerminal};

use crate::tui::app::Start;
use crate::tui::app::state::State;
use crate::tui::event::{self, Input};
use crate::tui::signal::Listener;
use session::{Around, Session};

/// Runs the screens as lines of text until the user leaves or the input ends.
///
/// # Errors
/// When the output cannot be written to (a reader that is gone is no error), or no thread can be started.
pub fn run(start: Start) -> io::Result<()> {
    let (outbox, inbox) = event::channel();
    let program = start.program(&outbox)?;
    let terminal = io::stdin().is_terminal();
    let ask = input::start(BufReader::new(io::stdin()), outbox.clone())?;
    let signals = Listener::start(move |signal| outbox.input(Input::Signal(signal)))?;
    let around = Around { ask, out: Box::new(io::stdout()), terminal, signals: Some(signals) };
    match Session::new(program, inbox, around).run() {
        // Whoever reads the output has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended,
    }
}

/// What stands on the screen, as text: the place with its rows or its page, and what a popup over it asks.
#[must_use]
pub fn as_text(state: &State) -> String {
    let shown = screen::screen(state);
    let mut lines = shown.lines;
    lines.extend(shown.beside);
    if let (None, crate::tui::app::state::Base::History(place)) = (state.screens.last(), &state.base) {
        lines.extend(screen::change(state, place));
    }
    match state.layers.asked(&state.ctx) {
        Some(asked) => {
            lines.extend(question::opening(&asked));
            lines.extend(question::lines(&asked, 0));
            lines.push(question::prompt(&asked));
        }
        None if !state.layers.is_empty() => lines.extend(drawn::lines(&state.layers, &state.ctx)),
        None => {}
    }
    let lines: Vec<String> = lines.iter().map(|line| words::line(line)).collect();
    lines.join("\n")
}
