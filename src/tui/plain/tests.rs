//! Sessions as people and scripts have them: lines in, the whole transcript out.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::session::{Around, Session};
use crate::policy::Policy;
use crate::record::{CHECKLIST_ITEM, RISK, Value};
use crate::text;
use crate::tui::app::Start;
use crate::tui::app::ctx::Me;
use crate::tui::app::stage::{fill, steady};
use crate::tui::event::{self, Input};
use crate::tui::settings::Setup;
use crate::tui::signal::Signal;
use crate::workspace::{Access, Change, Condition, Edit, Options, Query, Workspace};

/// Ctrl-C in a script.
const INTERRUPT: &str = "^C";

/// What was printed.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
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

    fn start(&self) -> Start {
        Start {
            reading: self.open(Access::Read),
            writing: self.open(Access::Write),
            policy: Policy::builtin(),
            me: Me { id: self.me.clone(), handle: "ana".to_owned() },
            setup: Setup::load(&self.folder.path().join("settings.toml")).expect("no settings"),
        }
    }

    /// A session with these lines; the transcript.
    fn session(&self, script: &str) -> String {
        let mut lines: VecDeque<String> = script.lines().map(|line| line.trim_start().to_owned()).collect();
        let (outbox, inbox) = event::channel();
        let program = self.start().program(&outbox).expect("threads");
        let ask = Box::new(move || {
            outbox.input(match lines.pop_front() {
                Some(line) if line == INTERRUPT => {
                    // The terminal forgets what was typed, and the line that was asked for comes later.
                    outbox.input(Input::Signal(Signal::Interrupt));
                    match lines.pop_front() {
                        Some(line) => Input::Line(line),
                        None => Input::Lost("The input has ended.".to_owned()),
                    }
                }
                Some(line) => Input::Line(line),
                None => Input::Lost("The input has ended.".to_owned()),
            });
        });
        let paper = Paper::default();
        let around = Around { ask, out: Box::new(paper.clone()), terminal: false, signals: None };
        Session::new(program, inbox, around).run().expect("printed");
        let printed = paper.0.borrow().clone();
        String::from_utf8(printed).expect("text")
    }
}

#[test]
fn looking_at_the_queue_and_opening_a_review() {
    let desk = Desk::new();
    let transcript = desk.session(
        "2
         packet
         risks
         1
         back
         back
         risk register
         q",
    );
    insta::assert_snapshot!("queue", steady(&transcript));
}
