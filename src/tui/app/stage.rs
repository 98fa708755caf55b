//! A stage for tests: the whole program on a screen in memory, driven by keys, waiting for idle and never for time.

use std::sync::Arc;

use chrono::{Days, Local, NaiveDate, Utc};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;

use super::ctx::Me;
use super::message::Message;
use super::{Program, Start};
use crate::policy::Policy;
use crate::record::{ACTION, CHECKLIST, EVIDENCE, PACKET, PERSON, RISK, ROUTE, SYSTEM, Value};
use crate::review;
use crate::tui::event::{Inbox, Incoming, Input, Woken, channel};
use crate::tui::keys::Key;
use crate::tui::run::{App, Request};
use crate::tui::settings::Setup;
use crate::tui::theme_file::built_in;
use crate::tui::widgets::testing::screen;
use crate::workspace::{Access, Change, Edit, Options, Workspace, new_id};

/// The program, its screen and its workspace.
pub(crate) struct Stage {
    pub(crate) program: Program,
    inbox: Inbox<Message>,
    pub(crate) folder: TempDir,
    /// What was copied to the clipboard.
    pub(crate) copied: Vec<String>,
    /// Whether the program asked to end.
    pub(crate) over: bool,
    size: (u16, u16),
}

/// A small workspace that shows something in every pane. Dates are relative to today, so nothing in it grows late.
pub(crate) fn fill(workspace: &mut Workspace, policy: &Policy) -> String {
    let now = Utc::now();
    let today = Local::now().date_naive();
    let day = |ahead: u64| Value::Day(today + Days::new(ahead));
    let (me, lena) = (new_id(now), new_id(now));
    let mut edits = vec![
        Edit::Add {
            kind: &PERSON,
            id: me.clone(),
            fields: vec![
                ("name", "Ana Lima".into()),
                ("handle", "ana".into()),
                ("roles", vec!["specialist".to_owned(), "governance forum".to_owned(), "executive".to_owned()].into()),
            ],
        },
        Edit::Add {
            kind: &PERSON,
            id: lena.clone(),
            fields: vec![("name", "Lena Novak".into()), ("handle", "lena".into())],
        },
    ];
    let mut reviews = Vec::new();
    for (title, priority) in
        [("Resume screener v2", "high"), ("Claims triage assistant", "normal"), ("Chat summaries", "low")]
    {
        let system = new_id(now);
        edits.push(Edit::Add { kind: &SYSTEM, id: system.clone(), fields: vec![("name", title.into())] });
        let fields = vec![
            ("title", title.into()),
            ("system", system.as_str().into()),
            ("priority", priority.into()),
            ("reviewer", me.as_str().into()),
        ];
        let (review, more) = review::start(now, fields);
        edits.extend(more);
        reviews.push(review);
    }
    for (title, severity, likelihood) in
        [("Proxy discrimination through job titles", 4, 4), ("Stale job descriptions", 2, 2)]
    {
        let fields = vec![
            ("title", title.into()),
            ("review", reviews[0].as_str().into()),
            ("severity", Value::Number(severity)),
            ("likelihood", Value::Number(likelihood)),
            ("category", "fairness".into()),
            (
                "statement",
                "Job titles stand in for age, so older applicants may be ranked lower and lose interviews.".into(),
            ),
            ("due_on", day(4)),
            ("owner", lena.as_str().into()),
        ];
        edits.push(Edit::Add { kind: &RISK, id: new_id(now), fields });
    }
    let fields = vec![
        ("title", "Re-run slices with age bands".into()),
        ("review", reviews[0].as_str().into()),
        ("owner", me.as_str().into()),
        ("due_on", day(3)),
    ];
    edits.push(Edit::Add { kind: &ACTION, id: new_id(now), fields });
    let fields = vec![("review", reviews[0].as_str().into()), ("function", "privacy".into()), ("due_on", day(7))];
    edits.push(Edit::Add { kind: &ROUTE, id: new_id(now), fields });
    let fields = vec![("title", "Slice report".into()), ("review", reviews[0].as_str().into())];
    edits.push(Edit::Add { kind: &EVIDENCE, id: new_id(now), fields });
    workspace.write(Change::by(&me, edits)).expect("the first records");
    let fields = [("review", Value::text(reviews[0].as_str())), ("template", "launch-readiness".into())];
    let edits = review::start_checklist(workspace, policy, now, &fields).expect("a checklist");
    workspace.write(Change::by(&me, edits)).expect("a checklist");
    assert!(workspace.total(&PACKET).expect("packets") == 3 && workspace.total(&CHECKLIST).expect("checklists") == 1);
    me
}

impl Stage {
    /// The program at a size, in a theme, after everything was read.
    pub(crate) fn new(width: u16, height: u16, theme: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let path = folder.path().join("acme-rai.db");
        let mut workspace = Workspace::create(&path, Arc::new(policy.clone())).expect("a workspace");
        let me = fill(&mut workspace, &policy);
        drop(workspace);
        let mut stage = Self::open(folder, &me, policy, theme);
        stage.resize(width, height);
        stage
    }

    fn open(folder: TempDir, me: &str, policy: Policy, theme: &str) -> Self {
        let path = folder.path().join("acme-rai.db");
        let open = |access| {
            let options = Options { access, ..Options::default() };
            Workspace::open(&path, options, Arc::new(policy.clone())).expect("opened")
        };
        let mut setup = Setup::load(&folder.path().join("settings.toml")).expect("no settings");
        setup.theme = built_in(theme).expect("a theme");
        let start = Start {
            reading: open(Access::Read),
            writing: open(Access::Write),
            policy,
            me: Me { id: me.to_owned(), handle: "ana".to_owned() },
            setup,
            policies: crate::session::policies(None),
            opening: None,
        };
        let (outbox, inbox) = channel();
        let program = start.program(&outbox).expect("threads");
        let mut stage = Self { program, inbox, folder, copied: Vec::new(), over: false, size: (0, 0) };
        stage.settle();
        stage
    }

    /// The same workspace opened anew, as after a kill: nothing of the old program is saved first.
    pub(crate) fn reopen(self) -> Self {
        let me = self.program.state.ctx.me.id.clone();
        let policy = self.program.state.ctx.policy.clone();
        let (folder, size) = (self.folder, self.size);
        drop(self.program);
        let mut stage = Self::open(folder, &me, policy, "dark");
        stage.resize(size.0, size.1);
        stage
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.size = (width, height);
        self.give(Input::Resize(width, height));
    }

    fn give(&mut self, input: Input) {
        let requests = self.program.update(Incoming::Input(input));
        self.serve(requests);
        self.settle();
    }

    fn serve(&mut self, requests: Vec<Request<Message>>) {
        for request in requests {
            match request {
                Request::Copy(text, then) => {
                    self.copied.push(text);
                    let more = self.program.update(Incoming::Message(then(Ok(()))));
                    self.serve(more);
                }
                Request::Quit => self.over = true,
                _ => {}
            }
        }
    }

    /// Handles answers until nothing is asked for any more.
    pub(crate) fn settle(&mut self) {
        loop {
            self.program.reader.wait_idle();
            self.program.writer.wait_idle();
            match self.inbox.take() {
                Woken::By(all) => {
                    for one in all {
                        let requests = self.program.update(one);
                        self.serve(requests);
                    }
                }
                Woken::Late | Woken::Alone if self.program.reader.is_idle() && self.program.writer.is_idle() => return,
                Woken::Late | Woken::Alone => {}
            }
        }
    }

    /// Presses keys, written as in the key reference with spaces between; waits for idle after each.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in Key::parse_all(keys).expect("keys") {
            self.give(Input::Key(key));
        }
        self
    }

    /// Types a text, letter by letter.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.give(Input::Key(Key::char(letter)));
        }
        self
    }

    pub(crate) fn paste(&mut self, text: &str) -> &mut Self {
        self.give(Input::Paste(text.to_owned()));
        self
    }

    pub(crate) fn input(&mut self, input: Input) -> &mut Self {
        self.give(input);
        self
    }

    /// Its size.
    pub(crate) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Does something to the state, and waits for what follows.
    pub(crate) fn with(&mut self, act: impl FnOnce(&mut super::state::State) -> Vec<super::message::Effect>) {
        let requests = self.program.with(act);
        self.serve(requests);
        self.settle();
    }

    /// Rings the alarm, as the loop does when its time has come: the file is looked at for changes by others.
    pub(crate) fn ring(&mut self) -> &mut Self {
        let requests = self.program.ring(std::time::Instant::now());
        self.serve(requests);
        self.settle();
        self
    }

    /// What stands on the screen.
    pub(crate) fn screen(&self) -> String {
        self.screen_at(self.size.0, self.size.1)
    }

    /// What would stand on a screen of this size.
    pub(crate) fn screen_at(&self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
        terminal.draw(|frame| self.program.view(frame)).expect("drawn");
        screen(terminal.backend().buffer())
    }

    /// The workspace, to be looked at.
    pub(crate) fn workspace(&self) -> Workspace {
        self.opened(Access::Read)
    }

    /// Changes a record as another process would.
    pub(crate) fn set(&self, record: &crate::record::Record, fields: Vec<(&'static str, Value)>) {
        self.write(vec![Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields }]);
    }

    /// What another process writes.
    pub(crate) fn write(&self, edits: Vec<Edit>) {
        let change = Change::by(&self.program.state.ctx.me.id, edits);
        self.opened(Access::Write).write(change).expect("changed from outside");
    }

    /// Another connection to the file.
    pub(crate) fn opened(&self, access: Access) -> Workspace {
        let path = self.folder.path().join("acme-rai.db");
        let options = Options { access, ..Options::default() };
        Workspace::open(&path, options, Arc::new(Policy::builtin())).expect("opened")
    }

    /// The line at the bottom.
    pub(crate) fn status(&self) -> &str {
        &self.program.state.status.text
    }
}

/// Texts in which what changes from day to day is left out, for snapshots.
pub(crate) fn steady(text: &str) -> String {
    let today = Local::now().date_naive();
    let mut text = text.to_owned();
    for ahead in 0..60 {
        let day: NaiveDate = today + Days::new(ahead);
        text = text.replace(&day.format("%Y-%m-%d").to_string(), "YYYY-MM-DD");
    }
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find("YYYY-MM-DD ") {
            let (before, after) = rest.split_at(at + 11);
            out.push_str(before);
            // The time of day after a date.
            let time = after.len() >= 5 && after.as_bytes()[2] == b':';
            rest = if time { &after[5..] } else { after };
            out.push_str(if time { "HH:MM" } else { "" });
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}
