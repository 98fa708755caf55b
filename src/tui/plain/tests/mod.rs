//! Sessions as people and scripts have them: lines in, the whole transcript out.

mod robust;
mod transcripts;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use tempfile::TempDir;

use super::session::{Around, Session};
use crate::policy::Policy;
use crate::tui::app::Start;
use crate::tui::app::ctx::Me;
use crate::tui::app::message::Message;
use crate::tui::app::stage::{fill, steady};
use crate::tui::event::{self, Input, Outbox};
use crate::tui::settings::Setup;
use crate::tui::signal::Signal;
use crate::workspace::{Access, Options, Workspace};

/// The transcript without what changes from day to day.
fn lasting(transcript: &str) -> String {
    let today = chrono::Local::now().date_naive();
    // A day in examples is the same every day.
    let mut transcript = transcript.replace("2026-12-31", "THE-LAST-DAY");
    for ahead in 0..30 {
        let day = (today + chrono::Days::new(ahead)).format("%A %-d %B %Y").to_string();
        transcript = transcript.replace(&day, "WEEKDAY D MONTH YYYY");
    }
    steady(&transcript)
}

/// Ctrl-C in a script.
const INTERRUPT: &str = "^C";

/// A line of a script that has something done behind the session's back.
const MEANWHILE: &str = "^M";

/// What was printed; and whoever reads it: at each prompt, they give the next line of the script.
#[derive(Clone)]
struct Paper {
    printed: Rc<RefCell<Vec<u8>>>,
    script: Rc<RefCell<VecDeque<String>>>,
    outbox: Outbox<Message>,
    meanwhile: Rc<dyn Fn()>,
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.printed.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut next = self.script.borrow_mut().pop_front();
        if next.as_deref() == Some(MEANWHILE) {
            (self.meanwhile)();
            next = self.script.borrow_mut().pop_front();
        }
        self.outbox.input(match next {
            Some(line) if line == INTERRUPT => Input::Signal(Signal::Interrupt),
            Some(line) => Input::Line(line),
            None => Input::Lost("The input has ended.".to_owned()),
        });
        Ok(())
    }
}

/// A workspace for one test, and who works there.
struct Desk {
    folder: TempDir,
    me: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let path = folder.path().join("acme-rai.db");
        let mut workspace = Workspace::create(&path, Arc::new(policy.clone())).expect("a workspace");
        let me = fill(&mut workspace, &policy);
        Self { folder, me }
    }

    fn open(&self, access: Access) -> Workspace {
        let options = Options { access, ..Options::default() };
        Workspace::open(&self.folder.path().join("acme-rai.db"), options, Arc::new(Policy::builtin())).expect("opened")
    }

    fn start(&self, access: Access) -> Start {
        Start {
            reading: self.open(Access::Read),
            writing: self.open(access),
            policy: Policy::builtin(),
            me: Me { id: self.me.clone(), handle: "ana".to_owned() },
            setup: Setup::load(&self.folder.path().join("settings.toml")).expect("no settings"),
            policies: crate::session::policies(None),
            opening: None,
        }
    }

    /// A session with these lines; the transcript.
    fn session(&self, script: &str) -> String {
        self.session_with(script, Rc::new(|| {}))
    }

    /// The same on a workspace that cannot be written.
    fn read_only_session(&self, script: &str) -> String {
        self.transcript(script, Access::Read, Rc::new(|| {}))
    }

    /// The same, with something that is done where the script says so.
    fn session_with(&self, script: &str, meanwhile: Rc<dyn Fn()>) -> String {
        self.transcript(script, Access::Write, meanwhile)
    }

    fn transcript(&self, script: &str, access: Access, meanwhile: Rc<dyn Fn()>) -> String {
        let script: VecDeque<String> = script.lines().map(|line| line.trim_start().to_owned()).collect();
        let (outbox, inbox) = event::channel();
        let program = self.start(access).program(&outbox).expect("threads");
        let script = Rc::new(RefCell::new(script));
        let paper = Paper { printed: Rc::default(), script, outbox, meanwhile };
        let around = Around { ask: Box::new(|| {}), out: Box::new(paper.clone()), terminal: false, signals: None };
        Session::new(program, inbox, around).run().expect("printed");
        String::from_utf8(paper.printed.take()).expect("text")
    }
}
