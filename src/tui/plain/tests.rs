//! Sessions as people and scripts have them: lines in, the whole transcript out.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use tempfile::TempDir;

use super::session::{Around, Session};
use crate::policy::Policy;
use crate::record::RISK;
use crate::tui::app::Start;
use crate::tui::app::ctx::Me;
use crate::tui::app::message::Message;
use crate::tui::app::stage::{fill, steady};
use crate::tui::event::{self, Input, Outbox};
use crate::tui::settings::Setup;
use crate::tui::signal::Signal;
use crate::workspace::{Access, Change, Edit, Options, Workspace};

/// The transcript without what changes from day to day.
fn lasting(transcript: &str) -> String {
    let today = chrono::Local::now().date_naive();
    let mut transcript = transcript.to_owned();
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
        self.session_with(script, Rc::new(|| {}))
    }

    /// The same, with something that is done where the script says so.
    fn session_with(&self, script: &str, meanwhile: Rc<dyn Fn()>) -> String {
        let script: VecDeque<String> = script.lines().map(|line| line.trim_start().to_owned()).collect();
        let (outbox, inbox) = event::channel();
        let program = self.start().program(&outbox).expect("threads");
        let script = Rc::new(RefCell::new(script));
        let paper = Paper { printed: Rc::default(), script, outbox, meanwhile };
        let around = Around { ask: Box::new(|| {}), out: Box::new(paper.clone()), terminal: false, signals: None };
        Session::new(program, inbox, around).run().expect("printed");
        String::from_utf8(paper.printed.take()).expect("text")
    }
}

#[test]
fn looking_at_the_queue_and_opening_a_review() {
    let transcript = Desk::new().session(
        "1
         packet
         risks
         1
         back
         tab hist
         back
         back
         scope
         risk register
         /stale
         /
         place-evidence
         1
         REV-2
         q",
    );
    insta::assert_snapshot!("queue", lasting(&transcript));
}

#[test]
fn a_risk_is_added_edited_with_a_refusal_and_undone() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         a Bias against older applicants @me sev:9 lik:3
         Bias against older applicants @me sev:4 lik:3 due:+10d #fair
         yes
         RSK-3
         e
         ?
         Bias against applicants over 50
         :statement
         Because age stands behind years of experience,
         older applicants may be ranked lower,
         \\.
         so that they lose interviews.
         .
         :severity
         9
         5
         <
         Severe
         4
         .
         e
         :13
         :choose
         len
         !
         lena
         :nonsense
         .
         matrix
         4 6
         5 2
         undo
         undo
         redo
         q",
    );
    insta::assert_snapshot!("risk", lasting(&transcript));
    let risk = desk.open(Access::Read).find("RSK-3").expect("the risk");
    assert_eq!(risk.text("statement").map(|text| text.lines().count()), Some(4));
    assert_eq!((risk.number("severity"), risk.number("likelihood")), (Some(5), Some(4)));
}

#[test]
fn finding_filtering_and_ordering() {
    let transcript = Desk::new().session(
        "scope
         s
         risk register
         find
         proxy
         back
         filter nonsense=1
         severity>=4
         back
         o
         3
         search slice
         2
         back
         search nothing says this
         !
         q",
    );
    insta::assert_snapshot!("find", lasting(&transcript));
}

#[test]
fn a_review_is_triaged_and_gets_a_checklist() {
    let transcript = Desk::new().session(
        "2 triage
         3
         high
         !
         t
         decide
         high

         It ranks people.
         m triage
         Taken up today.
         2
         checklist
         a
         llm
         1 status pass
         2 status
         not applicable

         No such data.
         history
         q",
    );
    insta::assert_snapshot!("triage", lasting(&transcript));
}

#[test]
fn an_action_is_added_in_a_form_field_by_field() {
    let desk = Desk::new();
    let transcript = desk.session(
        "action items
         A
         Write the model card
         evidence


         .
         2 owner
         !
         A
         !
         A
         Half an action
         !
         2
         A
         .
         q",
    );
    insta::assert_snapshot!("form", lasting(&transcript));
}

#[test]
fn several_at_once_and_deleting_with_a_question() {
    let transcript = Desk::new().session(
        "action items
         1 d tomorrow
         1 owner lena
         1 D
         D
         no
         D
         yes
         undo
         risk register
         1-2 status mitigating
         1,2 mark
         mark-none
         1,2
         7
         0
         q",
    );
    insta::assert_snapshot!("several", lasting(&transcript));
}

#[test]
fn control_c_leaves_the_question_and_then_the_program() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         1 D
         ^C
         e
         :statement
         A text that
         goes on
         ^C
         ^C
         matrix
         ^C
         ^C
         never read",
    );
    insta::assert_snapshot!("interrupt", lasting(&transcript));
    assert!(transcript.ends_with("Everything that was saved is there.\n"), "{transcript}");
    let risk = desk.open(Access::Read).find("RSK-1").expect("still there");
    assert!(risk.text("statement").is_some_and(|text| text.starts_with("Job titles")));
}

#[test]
fn what_was_answered_survives_the_end_of_the_input() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         1 e
         :statement
         Because of job titles,
         half a sentence",
    );
    assert!(transcript.contains("What was answered so far is kept as a draft."), "{transcript}");
    let transcript = desk.session(
        "drafts
         1
         ?
         .
         q",
    );
    insta::assert_snapshot!("draft", lasting(&transcript));
    let workspace = desk.open(Access::Read);
    let statement = workspace.find("RSK-1").expect("the risk").text("statement").map(str::to_owned);
    assert_eq!(statement.as_deref(), Some("Because of job titles,\nhalf a sentence"));
    assert_eq!(workspace.drafts().expect("drafts"), []);
}

#[test]
fn a_save_that_meets_a_newer_record_tells_both() {
    let desk = Desk::new();
    let (me, path) = (desk.me.clone(), desk.folder.path().join("acme-rai.db"));
    let meanwhile = Rc::new(move || {
        let mut other = Workspace::open(&path, Options::default(), Arc::new(Policy::builtin())).expect("opened");
        let risk = other.find("RSK-1").expect("the risk");
        let fields = vec![("title", "Theirs".into()), ("affected_groups", "older applicants".into())];
        let edit = Edit::Set { kind: &RISK, id: risk.id().into(), version: None, fields };
        other.write(Change::by(&me, vec![edit])).expect("saved first");
    });
    let script = "risk register
         1 e
         Ours
         ^M
         .
         ?
         .
         again
         q";
    let transcript = desk.session_with(script, meanwhile);
    insta::assert_snapshot!("stale", lasting(&transcript));
    let risk = desk.open(Access::Read).find("RSK-1").expect("the risk");
    assert_eq!((risk.title(), risk.text("affected_groups")), ("Ours", Some("older applicants")));
}

#[test]
fn rows_that_others_took_away_are_gone_and_not_mistaken() {
    let desk = Desk::new();
    let (me, path) = (desk.me.clone(), desk.folder.path().join("acme-rai.db"));
    let meanwhile = Rc::new(move || {
        let mut other = Workspace::open(&path, Options::default(), Arc::new(Policy::builtin())).expect("opened");
        let risk = other.find("RSK-1").expect("the risk");
        let edit = Edit::Delete { kind: &RISK, id: risk.id().into() };
        other.write(Change::by(&me, vec![edit])).expect("deleted");
    });
    let script = "risk register
         ^M
         1 D yes
         2
         q";
    let transcript = desk.session_with(script, meanwhile);
    assert!(transcript.contains("That row is no longer in the list"), "{transcript}");
    assert!(
        transcript.contains("RSK-2 Stale job descriptions, risk."),
        "the number still means its record: {transcript}"
    );
    assert!(desk.open(Access::Read).find("RSK-2").is_ok());
}
