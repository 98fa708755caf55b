//! The loop: do what was asked and wait until it is done, say what is new, prompt, wait for a line.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::time::Instant;

use super::input::Ask;
use super::news::{self, Last};
use super::screen::{self, Meant};
use super::{drawn, question, words};
use crate::tui::app::Program;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::state::State;
use crate::tui::asked::Asked;
use crate::tui::editor::{self, Edited};
use crate::tui::event::{Inbox, Incoming};
use crate::tui::run::{App, Request};
use crate::tui::signal::Listener;

/// What is said first.
const HOW: &str = "A number opens that row. A key or a name runs a command, such as a, triage or risk register. Enter \
                   shows more, / finds, ? lists what can be done, q leaves.";

/// What a session has around it.
pub struct Around {
    /// Asks for a line.
    pub ask: Ask,
    /// Where lines are printed.
    pub out: Box<dyn Write>,
    /// Whether a person types at a terminal: their lines show without us, and an editor can have it.
    pub terminal: bool,
    /// Hears signals; none in tests.
    pub signals: Option<Listener>,
}

/// A session.
pub struct Session {
    pub(super) program: Program,
    pub(super) around: Around,
    pub(super) inbox: Inbox<Message>,
    /// Lines that came before they were asked for.
    pub(super) waiting: VecDeque<String>,
    /// Whether a line was asked for and has not come.
    pub(super) asked: bool,
    /// Whether Ctrl-C was pressed since the last prompt.
    pub(super) interrupted: bool,
    /// What the numbers that were shown stand for.
    pub(super) numbers: BTreeMap<usize, Meant>,
    last: Last,
    /// What stood beside the screen that was said last.
    beside: Vec<String>,
    /// The question that was said last, how deep it lay, and the first of its choices that was listed.
    opened: Option<(usize, usize, Asked)>,
    /// The first choice that is listed.
    pub(super) from: usize,
    /// A text of several lines that is being typed, and what was there before.
    pub(super) text: Option<(Vec<String>, String)>,
    /// Counts how often everything was waited for.
    pub(super) waits: u64,
    /// When it was last said how far the long job is that runs.
    pub(super) told: Option<Instant>,
    /// How many lines were printed.
    pub(super) printed: u64,
    pub(super) over: bool,
}

impl Session {
    /// A session with a program whose work arrives in this inbox.
    #[must_use]
    pub fn new(mut program: Program, inbox: Inbox<Message>, around: Around) -> Self {
        let theme = words::theme(&program.state.ctx.theme);
        program.state.ctx.theme = theme;
        Self {
            program,
            around,
            inbox,
            waiting: VecDeque::new(),
            asked: false,
            interrupted: false,
            numbers: BTreeMap::new(),
            last: Last::default(),
            beside: Vec::new(),
            opened: None,
            from: 0,
            text: None,
            waits: 0,
            told: None,
            printed: 0,
            over: false,
        }
    }

    /// Runs until the user leaves or the input ends.
    ///
    /// # Errors
    /// When the output cannot be written to.
    pub fn run(&mut self) -> io::Result<()> {
        self.settle()?;
        let programme = screen::programme(self.state());
        self.say(&programme)?;
        self.say(HOW)?;
        while !self.over {
            self.show()?;
            self.prompt()?;
            match self.next_line()? {
                Some(line) => self.take(&line)?,
                None if !self.over => self.interrupt()?,
                None => {}
            }
            self.settle()?;
        }
        Ok(())
    }

    pub(super) fn state(&self) -> &State {
        &self.program.state
    }

    /// Prints a text, line by line, safe and plain.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        for line in words::lines(text) {
            writeln!(self.around.out, "{line}")?;
            self.printed += 1;
        }
        Ok(())
    }

    pub(super) fn say_all(&mut self, lines: &[String]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.say(line))
    }

    /// Does something to the state, and what it asks of the terminal.
    pub(super) fn with(&mut self, act: impl FnOnce(&mut State) -> Vec<Effect>) -> io::Result<()> {
        let requests = self.program.with(act);
        self.serve(requests)
    }

    /// Hands something on to the program.
    pub(super) fn update(&mut self, incoming: Incoming<Message>) -> io::Result<()> {
        let requests = self.program.update(incoming);
        self.serve(requests)
    }

    /// Looks whether another process changed the file, or the day has changed.
    pub(super) fn look(&mut self) -> io::Result<()> {
        let requests = self.program.ring(Instant::now());
        self.serve(requests)
    }

    fn serve(&mut self, requests: Vec<Request<Message>>) -> io::Result<()> {
        self.status()?;
        for request in requests {
            match request {
                Request::Quit => self.over = true,
                Request::Redraw => self.last = Last::default(),
                Request::Suspend => self.stop()?,
                // Nothing here reports the mouse.
                Request::Mouse(_) => {}
                Request::Copy(text, _) => {
                    self.say("To copy:")?;
                    self.say(&text)?;
                }
                Request::Edit { text, name, editor, then } => {
                    let edited = self.edit(&text, &name, &editor)?;
                    self.update(Incoming::Message(then(edited)))?;
                }
            }
        }
        Ok(())
    }

    fn edit(&mut self, text: &str, name: &str, command: &str) -> io::Result<Result<Edited, editor::EditorError>> {
        if !self.around.terminal {
            self.say(
                "Problem: An editor needs a terminal. Type the text here; a line with nothing but a dot ends it.",
            )?;
            return Ok(Ok(Edited::Unchanged));
        }
        let lend = |lent| self.around.signals.iter().for_each(|signals| signals.lend(lent));
        lend(true);
        let edited = editor::edit(text, name, command);
        lend(false);
        Ok(edited)
    }

    /// Says what the line at the bottom of the drawn screens would.
    fn status(&mut self) -> io::Result<()> {
        let status = std::mem::take(&mut self.program.state.status);
        match (status.text.is_empty(), status.bad) {
            (true, _) => Ok(()),
            (false, true) => self.say(&format!("Problem: {}", status.text)),
            (false, false) => self.say(&status.text),
        }
    }

    /// Leaves, after saying so.
    pub(super) fn leave(&mut self) -> io::Result<()> {
        self.over = true;
        let workspace = self.state().ctx.workspace.clone();
        self.say(&format!("Left {workspace}. Everything that was saved is there."))
    }

    /// Says what is new since the last prompt: a question, another screen, another row.
    fn show(&mut self) -> io::Result<()> {
        if self.text.is_some() {
            return Ok(());
        }
        if !self.state().layers.is_empty() {
            return self.show_question();
        }
        self.opened = None;
        self.from = 0;
        let now = Last::of(self.state());
        if now.place != self.last.place {
            let shown = screen::screen(self.state());
            if !now.holds_numbers_of(&self.last) {
                self.numbers.clear();
            }
            self.numbers.extend(shown.numbers);
            self.say_all(&shown.lines)?;
            if shown.beside != self.beside || self.last.place.is_empty() {
                self.say_all(&shown.beside)?;
                self.beside = shown.beside;
            }
        } else if now.focus != self.last.focus {
            let (lines, number) = news::focused(self.state());
            self.numbers.extend(number);
            self.say_all(&lines)?;
        }
        self.last = now;
        Ok(())
    }

    /// Counts what is shown of the place as said.
    pub(super) fn seen(&mut self) {
        self.last = Last::of(self.state());
    }

    /// Makes the screen be said again.
    pub(super) fn again(&mut self) {
        self.last = Last::default();
    }

    fn show_question(&mut self) -> io::Result<()> {
        let state = self.state();
        let depth = state.layers.len();
        let Some(asked) = state.layers.asked(&state.ctx) else {
            let lines = drawn::lines(&state.layers, &state.ctx);
            self.opened = None;
            self.say_all(&lines)?;
            return self.say("Text is typed and taken; :NAME runs a command of this popup; ! leaves.");
        };
        let last = self.opened.replace((depth, self.from, asked.clone()));
        let known = last.filter(|(at, _, known)| *at == depth && known.title == asked.title);
        if known.is_none() {
            self.say_all(&question::opening(&asked))?;
        }
        let heard = known.as_ref().and_then(|(_, _, known)| known.notice.as_ref());
        if let Some(notice) = asked.notice.as_ref().filter(|notice| heard != Some(notice)) {
            // What takes a key where it is drawn takes a sign here.
            self.say(&notice.replace("Esc", "!"))?;
        }
        // Asked once more, only what was wrong is said: the rest was heard.
        let again = known.is_some_and(|(_, from, known)| from == self.from && question::same(&known, &asked));
        let problem = question::problem(&asked).filter(|_| again);
        if again {
            problem.iter().try_for_each(|line| self.say(line))
        } else {
            self.say_all(&question::lines(&asked, self.from))
        }
    }

    /// Makes the question be said again as a whole.
    pub(super) fn ask_again(&mut self) {
        if let Some((_, from, _)) = &mut self.opened {
            // No list begins there, so this was never said.
            *from = usize::MAX;
        }
    }

    pub(super) fn prompt(&mut self) -> io::Result<()> {
        let state = self.state();
        let prompt = match (&self.text, state.layers.asked(&state.ctx)) {
            (Some(_), _) => "text> ".to_owned(),
            (None, Some(asked)) => question::prompt(&asked),
            (None, None) if !state.layers.is_empty() => "answer> ".to_owned(),
            (None, None) => format!("{}> ", words::short(&news::here(state))),
        };
        write!(self.around.out, "{prompt}")?;
        self.around.out.flush()
    }
}
