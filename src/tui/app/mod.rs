//! The program behind the screens: the Elm architecture, with the file off the drawing thread.
//!
//! [`state::State`] is everything that is shown; [`state::State::hear`] and `commands` change it; [`view`] draws it;
//! [`message::Effect`]s are what it asks for, and [`message::Message`]s what comes back.

pub mod analysis;
pub mod at_hand;
mod available;
mod commands;
pub mod ctx;
pub mod desk;
pub mod documents;
pub mod export;
pub mod files;
pub mod history;
pub mod import;
pub mod insights;
pub mod layers;
pub mod list;
pub mod load;
pub mod meetings;
pub mod message;
mod mouse;
mod moves;
pub mod operations;
pub mod origins;
pub mod present;
pub mod reads;
pub mod record_screen;
#[cfg(test)]
pub(crate) mod stage;
mod start;
pub mod state;
mod steer;
#[cfg(test)]
mod tests;
pub mod triage;
pub mod view;
pub mod walk;
pub mod work;
pub mod writes;

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Size;

use super::editor::configured;
use super::event::{Incoming, Input};
use super::run::{App, Request};
use message::{Effect, Message};
pub use start::{Opening, Start, run};
use state::State;
use work::Work;

/// How often the file is looked at for changes by other processes.
const LOOK: Duration = Duration::from_secs(2);

/// How often while a meeting is on the screen: its clock goes on, and the other window is followed without a delay that a
/// room would notice.
const TICK: Duration = Duration::from_millis(500);

/// The program: its state, and the two threads that work on the file.
pub struct Program {
    /// What is shown.
    pub state: State,
    reader: Work<Message>,
    writer: Work<Message>,
    look_at: Instant,
    editor: String,
}

impl Program {
    /// A program that starts to read at once.
    #[must_use]
    pub fn new(mut state: State, reader: Work<Message>, writer: Work<Message>) -> Self {
        let effects = state.start();
        let editor = configured(Some(state.ctx.editor.as_str()).filter(|editor| !editor.is_empty()));
        let mut program = Self { state, reader, writer, look_at: Instant::now() + LOOK, editor };
        // Nothing that is read at the start asks for the terminal.
        let requests = program.carry_out(effects);
        debug_assert!(requests.is_empty());
        program
    }

    /// Does something to the state, and what follows from it; for front ends that do not hand on keys.
    pub fn with(&mut self, act: impl FnOnce(&mut State) -> Vec<Effect>) -> Vec<Request<Message>> {
        let effects = act(&mut self.state);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Vec<Request<Message>> {
        let mut requests = Vec::new();
        for effect in effects {
            match effect {
                Effect::Read(slot, job) => self.reader.post(slot, job),
                Effect::Write(slot, job) => self.writer.post(slot, job),
                Effect::Cancel => {
                    self.writer.cancel();
                    self.reader.cancel();
                }
                Effect::Copy(text, what) => {
                    requests.push(Request::Copy(text, Box::new(move |copied| Message::Copied(what, copied))));
                }
                Effect::Edit(text, name) => requests.push(Request::Edit {
                    text,
                    name,
                    editor: self.editor.clone(),
                    then: Box::new(Message::Edited),
                }),
                Effect::Mouse(on) => requests.push(Request::Mouse(on)),
                Effect::Redraw => requests.push(Request::Redraw),
                Effect::Suspend => requests.push(Request::Suspend),
                Effect::Quit => requests.push(Request::Quit),
            }
        }
        requests
    }
}

impl App for Program {
    type Message = Message;

    fn update(&mut self, incoming: Incoming<Message>) -> Vec<Request<Message>> {
        let effects = match incoming {
            Incoming::Input(input) => self.state.input(&input),
            Incoming::Message(message) => self.state.hear(message),
        };
        self.carry_out(effects)
    }

    fn view(&self, frame: &mut Frame<'_>) {
        view::draw(&self.state, frame);
    }

    fn changed(&mut self) -> bool {
        std::mem::take(&mut self.state.changed)
    }

    fn stayed(&mut self, why: &str) {
        self.state.complain(why);
    }

    fn alarm(&self) -> Option<Instant> {
        Some(self.look_at)
    }

    fn ring(&mut self, now: Instant) -> Vec<Request<Message>> {
        let presenting = self.state.presenting.as_ref();
        self.look_at = now + if presenting.is_some() { TICK } else { LOOK };
        // The clock of the item goes on by itself.
        self.state.changed |= presenting.is_some_and(present::Presenting::ticks);
        let mut effects = vec![reads::file_version(self.state.file_version)];
        effects.extend(self.state.new_day());
        self.carry_out(effects)
    }
}

impl State {
    /// Takes what a person did.
    pub fn input(&mut self, input: &Input) -> Vec<Effect> {
        self.changed = true;
        match input {
            Input::Resize(width, height) => {
                self.size = Size::new(*width, *height);
                return operations::resized(self);
            }
            Input::Signal(_) | Input::Lost(_) => return vec![Effect::Quit],
            // Only the plain front end reads lines, and it deals with them itself.
            Input::Line(_) => return Vec::new(),
            Input::Key(_) | Input::Paste(_) | Input::Mouse(_) => {}
        }
        // What the last command said stays until the next key.
        if matches!(input, Input::Key(_)) {
            self.status = state::Status::default();
        }
        if let Some(said) = self.layers.handle(input, &self.ctx) {
            let mut effects = Vec::new();
            for one in said {
                effects.extend(self.act(one));
            }
            return effects;
        }
        match input {
            Input::Key(key) => match self.ctx.keymap.lookup(self.place(), *key) {
                Some(id) => self.run(id),
                None => Vec::new(),
            },
            Input::Mouse(mouse) => self.mouse(*mouse),
            _ => Vec::new(),
        }
    }
}
