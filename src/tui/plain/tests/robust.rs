//! What others do meanwhile, what nobody has words for, and what attackers write.

use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Desk, lasting};
use crate::policy::Policy;
use crate::record::{RISK, SYSTEM};
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::stage::Stage;
use crate::tui::command::{Available, COMMANDS, Where};
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::plain::{as_text, drawn};
use crate::workspace::{Access, Change, Edit, Options, Workspace};

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

#[test]
fn an_inventory_is_imported_after_a_preview() {
    let desk = Desk::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/us-federal-2023-excerpt.csv");
    let script = format!(
        "import
         {file}
         us-federal-2023
         ?
         no
         import {file}
         us-federal-2023
         yes
         q"
    );
    let transcript = desk.session(&script);
    for words in
        ["A folder to go into", "How to read us-federal-2023", "Line 2, create: ", "Nothing was imported", "u undo"]
    {
        assert!(transcript.contains(words), "{words}: {transcript}");
    }
    assert!(desk.open(Access::Read).total(&SYSTEM).expect("systems") > 10, "three were there");
}

#[test]
fn columns_are_matched_by_hand() {
    let desk = Desk::new();
    let file = desk.folder.path().join("ours.csv");
    std::fs::write(&file, "Use case,Who owns it,Colour\nTravel bot,Ana,blue\n").expect("a file");
    let script = format!(
        "import {}
         match
         3
         notes
         .
         !
         q",
        file.display()
    );
    let transcript = desk.session(&script);
    assert!(transcript.contains("3. Colour: "), "{transcript}");
    assert!(transcript.contains("3. Colour: notes of the system"), "{transcript}");
    assert!(transcript.contains("Name of the mapping") || transcript.contains("Problem: "), "{transcript}");
}

#[test]
fn nothing_that_is_about_drawing_is_done_or_listed() {
    let transcript = Desk::new().session(
        "theme
         :mouse
         ?
         more
         more
         undo
         q",
    );
    assert!(transcript.contains("\"Theme\" is about what is drawn"), "{transcript}");
    assert!(transcript.contains("Problem: There is nothing") || transcript.contains("Undid: "), "{transcript}");
    assert!(!transcript.contains(". Theme"), "{transcript}");
}

#[test]
fn every_popup_has_words() {
    // On the Desk, on a review, on a risk and on the history: whatever opens a popup there.
    for keys in ["", "2", "3", "Enter", "2 Enter", "0"] {
        let mut stage = Stage::new(80, 24, "ascii");
        stage.keys(keys);
        let place = |stage: &Stage| {
            let state = &stage.program.state;
            (state.place(), state.screens.len(), state.desk.focus)
        };
        let there = place(&stage);
        for command in COMMANDS {
            let state = &mut stage.program.state;
            if state.available(command.id) == Available::Yes {
                drop(state.run(command.id));
                let asked = state.layers.asked(&state.ctx);
                assert!(state.layers.is_empty() || asked.is_some(), "{} after “{keys}”", command.name);
                state.layers.clear();
            }
            if place(&stage) != there {
                stage = Stage::new(80, 24, "ascii");
                stage.keys(keys);
            }
        }
    }
}

#[test]
fn every_screen_is_text() {
    let mut stage = Stage::new(80, 24, "ascii");
    for (keys, words) in [
        ("", "1. REV-1 Resume screener v2, tier not decided, intake"),
        ("2", "1. RSK-1 Proxy discrimination through job titles, high, open, due in 4 days"),
        ("Enter", "Inherent: High, severity 4, likelihood 4"),
        ("s", "Scoring the inherent risk of RSK-1: severity 4 Major, likelihood 4 Likely, so high."),
        ("Esc Esc 3", "no evidence yet"),
        ("0", "Seal: "),
        ("1 e", "Title, field 1 of"),
        ("Esc t", "1. Work through the packet: 19 of 19 required answers missing"),
        ("Esc D", "Delete? yes or no"),
    ] {
        stage.keys(keys);
        let text = as_text(&stage.program.state);
        assert!(text.contains(words), "{keys}: {text}");
        assert!(!text.chars().any(|c| c != '\n' && text::is_unsafe(c)), "{text}");
    }
}

#[test]
fn rows_of_a_long_list_have_their_own_numbers_from_both_ends() {
    let desk = Desk::new();
    let mut workspace = desk.open(Access::Write);
    let system = workspace.find("SYS-1").expect("the system").id().to_owned();
    let now = chrono::Utc::now();
    let edits = (3..=250).map(|at| {
        let fields = vec![("title", format!("Risk {at}").into()), ("system", system.as_str().into())];
        Edit::Add { kind: &RISK, id: crate::workspace::new_id(now), fields }
    });
    workspace.write(Change::by(&desk.me, edits.collect())).expect("many risks");
    drop(workspace);
    let transcript = desk.session(
        "scope
         scope
         risk register
         filter system=SYS-1
         G
         page up
         g

         15 mark
         q",
    );
    for line in [
        "Rows 1 to 10 of 250; Enter shows the next.",
        "Rows 241 to 250 of 250, the last.",
        "Rows 231 to 240 of 250; Enter shows the next.",
        "15. RSK-15 Risk 15, not scored, open",
    ] {
        assert!(transcript.lines().any(|printed| printed == line), "{line}: {transcript}");
    }
}

/// A popup that nobody has found words for.
struct Silent;

impl Layer<Ctx, Message> for Silent {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match input {
            Input::Paste(text) => Outcome::Say(vec![Message::Say(format!("Typed {text}"))]),
            Input::Key(key) if ctx.keymap.lookup(Where::Picker, *key).is_some() => Outcome::Close(Vec::new()),
            _ => Outcome::Consumed,
        }
    }

    fn draw(&self, frame: &mut ratatui::Frame<'_>, area: ratatui::layout::Rect, ctx: &Ctx) {
        let popup = crate::tui::widgets::popup::Popup {
            theme: &ctx.theme,
            title: "A picture",
            count: "",
            hint: "",
            width: 40,
            height: 5,
        };
        let inner = popup.draw(area, frame.buffer_mut());
        frame.render_widget(ratatui::widgets::Paragraph::new("worth a thousand words"), inner);
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}

#[test]
fn a_popup_without_words_is_read_out_as_it_is_drawn() {
    let mut stage = Stage::new(80, 24, "ascii");
    stage.program.state.layers.push(Box::new(Silent));
    let state = &stage.program.state;
    let lines = drawn::lines(&state.layers, &state.ctx);
    assert_eq!(lines, ["A picture", "worth a thousand words"]);
    assert!(as_text(state).ends_with("A picture\nworth a thousand words"));
}

/// What people paste, or attackers write.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{1b}]52;c;aGk=\u{7}",
        "\u{9b}31m",
        "\r",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "שלום",
        "日本",
        "👩‍👩‍👧‍👦",
        "\u{0}",
        "e\u{301}",
        "·",
        "…",
        "<",
        ".",
        "-",
        "!",
        ":",
        "?",
        "q",
        "1",
        " ",
        "text",
    ]);
    proptest::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever stands in the records and whatever is typed: lines of safe text, no escape, no panic, and the history holds.
    #[test]
    fn nothing_unsafe_is_ever_printed(
        title in hostile(),
        lines in proptest::collection::vec(prop_oneof![
            3 => hostile(),
            2 => prop::sample::select(COMMANDS.to_vec()).prop_map(|command| command.name.to_owned()),
            2 => prop::sample::select(vec!["1", "2", "", "yes", "no", "!", ".", "-", "<", "e", "a x", "risks", "1 e", "^C"])
                .prop_map(str::to_owned),
        ], 0..25),
    ) {
        let desk = Desk::new();
        let mut workspace = desk.open(Access::Write);
        let risk = workspace.find("RSK-1").expect("the risk");
        let fields = ["title", "statement", "affected_groups", "acceptance"];
        let fields = fields.iter().map(|name| (*name, format!("x{title}").into())).collect();
        let edit = Edit::Set { kind: &RISK, id: risk.id().into(), version: None, fields };
        workspace.write(Change::by(&desk.me, vec![edit])).expect("whatever people write");
        drop(workspace);
        // Files and programs outside are not for random lines to touch.
        let wild = ["import", "export-pack", "suspend"];
        let lines: Vec<String> =
            lines.into_iter().map(|line| line.replace('\n', " ")).filter(|line| !wild.contains(&line.as_str())).collect();
        let script = format!("risk register\n1\nhistory\nback\n{}", lines.join("\n"));
        let transcript = desk.session(&script);
        let unsafe_one = transcript.chars().find(|c| *c != '\n' && text::is_unsafe(*c));
        prop_assert_eq!(unsafe_one, None, "{:?}", transcript);
        let workspace = desk.open(Access::Read);
        for finding in workspace.doctor(&std::sync::atomic::AtomicBool::new(false), |_| {}).expect("a diagnosis") {
            prop_assert!(finding.ok, "{}: {}", finding.check, finding.detail);
        }
    }
}
