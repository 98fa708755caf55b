//! Starting the screens: threads, terminal, loop, and giving all of it back.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono::Local;
use ratatui::layout::Rect;

use super::Program;
use super::ctx::{Ctx, Me};
use super::message::Message;
use super::present::Presenting;
use super::state::State;
use super::work::Work;
use crate::policy::Policy;
use crate::record::Record;
use crate::session::{Policies, govern};
use crate::tui::event::{self, Outbox, Reader};
use crate::tui::run::{Feeders, Run};
use crate::tui::settings::Setup;
use crate::tui::signal::Listener;
use crate::tui::terminal::{Modes, Screen};
use crate::tui::tty::Tty;
use crate::workspace::Workspace;

/// A meeting that is on the screen from the start.
pub struct Opening {
    /// The meeting.
    pub meeting: Record,
    /// Whether in the facilitator's own window.
    pub own: bool,
}

/// What the screens start with.
pub struct Start {
    /// The workspace that is read.
    pub reading: Workspace,
    /// The same file, to be written.
    pub writing: Workspace,
    /// The policy it is under.
    pub policy: Policy,
    /// Who works.
    pub me: Me,
    /// Settings, keys and theme.
    pub setup: Setup,
    /// The policies that follow from the workspace's own layers.
    pub policies: Policies,
    /// A meeting to be presented at once.
    pub opening: Option<Opening>,
}

impl Start {
    /// The surroundings that follow from it.
    #[must_use]
    pub fn ctx(&self, outbox: &Outbox<Message>) -> Ctx {
        let outbox = outbox.clone();
        let folder = self.setup.file.parent().unwrap_or(Path::new(""));
        Ctx {
            me: self.me.clone(),
            policy: self.policy.clone(),
            policies: self.policies.clone(),
            own_layers: self.reading.policy_layers().unwrap_or_default(),
            today: Local::now().date_naive(),
            dates: self.setup.settings.dates,
            workspace: self.reading.name(),
            read_only: self.writing.is_read_only(),
            keymap: Arc::new(self.setup.keymap.clone()),
            theme: Arc::new(self.setup.theme.clone()),
            editor: self.setup.settings.editor.clone().unwrap_or_default(),
            config: folder.to_owned(),
            tell: Arc::new(move |message| {
                outbox.send(message);
            }),
            screen: Cell::new(Rect::ZERO),
        }
    }

    /// The program behind any front end, with its two threads.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(in crate::tui) fn program(mut self, outbox: &Outbox<Message>) -> io::Result<Program> {
        let mut state = State::new(self.ctx(outbox), self.setup.settings.mouse);
        govern(&mut self.writing, &self.policies);
        self.reading.path().clone_into(&mut state.workspace_path);
        if let Some(opening) = self.opening {
            state.presenting = Some(Presenting::new(&opening.meeting, opening.own));
        }
        let reader = Work::start("reading", true, self.reading, outbox.clone())?;
        let writer = Work::start("writing", false, self.writing, outbox.clone())?;
        Ok(Program::new(state, reader, writer))
    }
}

/// Runs the screens until the user leaves. The terminal is given back whatever happens.
///
/// # Errors
/// When the terminal cannot be used, or no thread can be started.
pub fn run(start: Start) -> io::Result<()> {
    let (outbox, inbox) = event::channel();
    let mouse = start.setup.settings.mouse;
    // Reading the file begins before the terminal is taken over, so that the first frame has something to show.
    let mut program = start.program(&outbox)?;
    let mut screen = Screen::new(Tty::stdout(), Modes { alternate: true, mouse })?;
    program.state.size = screen.size()?;
    screen.enter()?;
    let typing = outbox.clone();
    let reader = Reader::start(move |input| typing.input(input))?;
    let signals = Listener::start(move |signal| outbox.input(event::Input::Signal(signal)))?;
    let feeders = Feeders { reader: Some(reader), signals: Some(signals) };
    let mut run = Run::new(program, screen, inbox, feeders);
    let ended = run.run();
    let left = run.screen.leave();
    // What must still be written is written before the program ends.
    drop(run);
    ended.and(left)
}
