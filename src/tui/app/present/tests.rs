//! A meeting run by its keys, and how it looks.

use chrono::TimeDelta;

use super::board::{PRIVATE, fill};
use super::*;
use crate::record::{ACTION, AGENDA_ITEM, DOCUMENT, Value};
use crate::tui::app::stage::{Stage, steady};
use crate::workspace::{Access, Query};

/// The board, presented.
fn stage(width: u16, height: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(width, height, theme);
    fill(&stage);
    stage.keys("C-l 7 P");
    stage
}

/// Lets these come, by the keys of the list of who is here.
fn come(stage: &mut Stage, handles: &[&str]) {
    stage.keys("r");
    let board = stage.program.state.presenting.as_ref().and_then(Presenting::board).expect("read").clone();
    for seat in &board.room.seats {
        stage.keys(if handles.contains(&seat.handle.as_str()) { "Space Down" } else { "Down" });
    }
    stage.keys("Esc");
}

/// The same in session, with four of the seven there.
fn sitting(width: u16, height: u16, theme: &str) -> Stage {
    let mut stage = stage(width, height, theme);
    come(&mut stage, &["ana", "cleo", "dan", "eve"]);
    stage.keys("n");
    assert!(stage.screen().contains("quorum: 4 of 7 members count, 4 needed"), "{}", stage.screen());
    stage
}

/// Lets the clock of the item stand at so many seconds, in pictures.
fn at_second(stage: &mut Stage, seconds: i64) {
    let presenting = stage.program.state.presenting.as_mut().expect("presented");
    let since = presenting.at().and_then(|held| held.item.get("running_since").as_moment());
    presenting.fixed = since.map(|since| since + TimeDelta::seconds(seconds));
}

/// A screen without what changes from day to day.
fn picture_of(screen: &str) -> String {
    let day = chrono::Local::now().format("%A %-d %B %Y, ").to_string();
    let steadied = steady(screen);
    let lines = steadied.lines().map(|line| match line.find(&day) {
        Some(at) => format!("{}WEEKDAY D MONTH YYYY, HH:MM", &line[..at]),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a routine decision takes: three keys at most.
fn routine(stage: &mut Stage, keys: &str) {
    assert!(keys.split(' ').count() <= 3, "{keys}");
    stage.keys(keys);
    assert!(!stage.program.state.status.bad, "{keys}: {}", stage.status());
    assert!(stage.program.state.layers.is_empty(), "{keys} leaves something open:\n{}", stage.screen());
}

fn board(stage: &Stage) -> Board {
    let workspace = stage.workspace();
    let meeting = workspace.find("MTG-1").expect("the board");
    crate::meeting::read(&workspace, meeting.id()).expect("read")
}

fn outcomes(board: &Board) -> Vec<&str> {
    board.items.iter().map(|held| held.item.text("outcome").unwrap_or("open")).collect()
}

/// What the issue asks for: seven members, nine items, three of them by consent, a recusal that breaks the quorum, a
/// deferral, an approval with two conditions, a rejection with a dissent.
fn play(width: u16, height: u16) {
    let mut stage = sitting(width, height, "dark");
    assert!(stage.screen().contains("3 items pass together"), "{}", stage.screen());
    routine(&mut stage, "c");
    assert_eq!(outcomes(&board(&stage))[..3], ["decided", "noted", "noted"]);

    routine(&mut stage, "n");
    routine(&mut stage, "x Enter Enter");
    let screen = stage.screen();
    assert!(screen.contains("no quorum: 3 of 7 members count, 4 needed; 1 recused"), "{screen}");
    // What three decide is no decision.
    stage.keys("d a");
    assert!(
        stage.screen().contains("You may only recommend") && stage.screen().contains("no quorum"),
        "{}",
        stage.screen()
    );
    stage.keys("Esc");
    routine(&mut stage, "d o Enter");

    routine(&mut stage, "n");
    routine(&mut stage, "d f Enter");

    routine(&mut stage, "n");
    stage.keys("d c").types("Label 500 cases @ben due:+30d").keys("Enter").types("Explain each rank @dan due:+2w");
    stage.keys("Enter Enter C-s");

    routine(&mut stage, "n");
    stage.keys("d r Down").types("Eve Fontaine: the figures are good enough.").keys("C-s");

    routine(&mut stage, "n");
    // By name and unanimous: three keys for the vote, and the decision follows from it.
    stage.keys("v a Enter");
    assert!(stage.screen().contains("Why? "), "{}", stage.screen());
    stage.keys("Enter");

    routine(&mut stage, "n");
    stage.keys("a").types("Write a guide to wording @cleo due:+3w").keys("Enter");
    stage.keys("m").types("Short sentences, said once.").keys("Esc");
    routine(&mut stage, "d s");
    routine(&mut stage, "n");
    assert!(stage.screen().contains("approved with conditions"), "{}", stage.screen());
    routine(&mut stage, "E y");
    routine(&mut stage, "y");
    ended(&stage);
}

fn ended(stage: &Stage) {
    let board = board(stage);
    assert_eq!(
        outcomes(&board),
        ["decided", "noted", "noted", "carried over", "carried over", "decided", "decided", "decided", "discussed"]
    );
    let kinds: Vec<&str> =
        board.items.iter().flat_map(|held| &held.decisions).filter_map(|decision| decision.text("kind")).collect();
    assert_eq!(kinds, ["tier", "defer", "approve with conditions", "reject", "approve"]);
    assert_eq!(board.items[5].actions.len(), 2);
    let rejected = &board.items[6].decisions[0];
    assert_eq!(rejected.text("dissent"), Some("Eve Fontaine: the figures are good enough."));
    let approved = &board.items[7].decisions[0];
    assert!(approved.text("votes").is_some_and(|votes| votes.contains("4 in favour, 0 against")), "{approved:?}");
    assert_eq!(board.items[8].item.text("minutes"), Some("Short sentences, said once."));
    assert_eq!(board.items[8].actions.len(), 1);
    let workspace = stage.workspace();
    assert_eq!(workspace.total(&ACTION).expect("counted"), 1 + 2 + 1);
    let minutes = workspace.records(&Query::all(&DOCUMENT)).expect("read");
    assert_eq!(minutes.len(), 1, "the minutes are made when the meeting is closed");
    let next = workspace.find("MTG-2").expect("the next one");
    let carried = crate::record::meeting::items(next.id(), &workspace.look());
    assert_eq!(carried.len(), 2, "what was carried over and what was deferred stands on the next agenda");
    let copied = stage.copied.last().expect("a summary");
    for said in ["MTG-1", "approved with conditions", "Label 500 cases", "carried over", "Minutes: DOC-1, draft"] {
        assert!(copied.contains(said), "{said}: {copied}");
    }
    assert!(stage.screen().contains("DOC-1, draft") || stage.size().1 < 30, "{}", stage.screen());
}

#[test]
fn a_board_of_seven_works_through_nine_items_by_keyboard() {
    play(120, 36);
    play(200, 60);
}

/// Shows one side of the meeting after another, and looks at each.
fn every_side(stage: &mut Stage, look: &mut dyn FnMut(&Stage)) {
    look(stage);
    for popup in ["r", "?"] {
        stage.keys(popup);
        look(stage);
        stage.keys("Esc");
    }
    come(stage, &["ana", "cleo", "dan", "eve"]);
    stage.keys("n");
    look(stage);
    stage.keys("c");
    look(stage);
    stage.keys("n");
    for _ in Look::ALL {
        look(stage);
        stage.keys("Tab");
    }
    for popup in ["d", "g", "x", "a", "m", "r", "v", "?"] {
        stage.keys(popup);
        look(stage);
        stage.keys("Esc");
    }
    stage.keys("v f Down n r").types("Too early.").keys("Enter");
    look(stage);
    stage.keys("Enter S-Tab");
    look(stage);
    stage.keys("n d a");
    look(stage);
    stage.keys("Enter");
    look(stage);
    stage.keys("n n n n n");
    look(stage);
    stage.keys("E");
    look(stage);
    stage.keys("y");
    look(stage);
}

#[test]
fn nothing_private_is_on_a_presented_screen() {
    let mut stage = stage(200, 60, "dark");
    let mut seen = 0;
    every_side(&mut stage, &mut |stage| {
        seen += 1;
        let screen = stage.screen();
        assert!(!screen.contains(PRIVATE), "{screen}");
    });
    assert!(seen > 20);
    assert_eq!(stage.program.state.presenting.as_ref().map(Presenting::page), Some(Page::Over));
}

#[test]
fn the_facilitators_window_shows_what_the_room_does_not_see() {
    let mut stage = stage(200, 60, "dark");
    stage.keys("n");
    come(&mut stage, &["ana", "cleo", "dan", "eve"]);
    stage.keys("n g").types("claims").keys("Enter");
    let meeting = board(&stage).meeting;
    let effects = stage.program.state.present(&meeting, true);
    stage.with(|_| effects);
    let screen = stage.screen();
    assert!(screen.contains(PRIVATE) && screen.contains("not for the room"), "{screen}");
    assert!(screen.contains("Who answers an applicant who asks why?"), "{screen}");
    assert!(screen.contains("Next"), "{screen}");
    stage.keys("i").types(" Ask about the appeal.").keys("Esc");
    let held = board(&stage).at().expect("an item").clone();
    assert_eq!(held.item.text("notes"), Some("not-for-the-room Ask about the appeal."));
}

#[test]
fn a_second_window_follows_and_leads() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n");
    let here = board(&stage);
    // The other window, on its own connection.
    let mut other = stage.opened(Access::Write);
    let me = stage.program.state.ctx.me.id.clone();
    let to = here.items[6].item.id().to_owned();
    crate::meeting::perform(&mut other, &me, Utc::now(), &|workspace| crate::meeting::go(workspace, &to, Utc::now()))
        .expect("led elsewhere");
    stage.ring();
    assert!(stage.screen().contains("item 7 of 9"), "{}", stage.screen());
    // And back from here.
    stage.keys("p");
    let back = crate::meeting::read(&other, here.meeting.id()).expect("read");
    assert_eq!(back.current, Some(5));
    // What is written there while minutes are typed here is not lost.
    stage.keys("m").types("Ours.");
    let item = back.items[5].item.id().to_owned();
    let theirs = |workspace: &crate::workspace::Workspace| crate::meeting::minute(workspace, &item, "", "Theirs.");
    crate::meeting::perform(&mut other, &me, Utc::now(), &theirs).expect("written");
    stage.keys("Esc");
    assert!(stage.screen().contains("Somebody else wrote here meanwhile"), "{}", stage.screen());
    stage.keys("Esc");
    assert_eq!(board(&stage).items[5].item.text("minutes"), Some("Theirs.\nOurs."));
}

#[test]
fn keys_pressed_before_the_screen_follows_go_on_from_where_they_lead() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n");
    // Both before anything of the first was read.
    stage.with(|state| {
        let mut effects = state.run(crate::tui::command::CommandId::PresentNext);
        effects.extend(state.run(crate::tui::command::CommandId::PresentNext));
        effects
    });
    assert_eq!(board(&stage).current, Some(5), "{}", stage.screen());
    stage.keys("n");
    assert_eq!(board(&stage).current, Some(6));
}

#[test]
fn a_kill_comes_back_to_the_item_its_clock_and_the_minutes_typed_so_far() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n");
    let before = board(&stage);
    let since = before.at().expect("an item").item.get("running_since").clone();
    stage.keys("m").types("The figures are a year old.");
    let mut stage = stage.reopen();
    stage.keys("7 P");
    let after = board(&stage);
    assert_eq!(after.current, before.current);
    assert_eq!(after.at().map(|held| held.item.get("running_since").clone()), Some(since), "the clock never stopped");
    assert!(stage.screen().contains("item 4 of 9"), "{}", stage.screen());
    stage.keys("Tab Tab Tab");
    assert!(stage.screen().contains("The figures are a year old."), "{}", stage.screen());
    stage.keys("m Esc");
    assert_eq!(board(&stage).items[3].item.text("minutes"), Some("The figures are a year old."));
    // What was saved is no draft any more.
    stage.keys("m Esc");
    assert!(stage.workspace().drafts().expect("read").is_empty());
}

#[test]
fn undo_takes_back_the_last_thing_in_the_room() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n n n d a Enter");
    assert_eq!(outcomes(&board(&stage))[5], "decided");
    assert!(stage.screen().contains("[Decision]"), "what was decided is what the room looks at");
    stage.keys("u");
    assert_eq!(outcomes(&board(&stage))[5], "open");
    stage.keys("d");
    assert!(stage.screen().contains("Approve with conditions"), "{}", stage.screen());
}

#[test]
fn votes_by_count_are_held_to_who_is_in_the_room() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n n V").types("6 1 0").keys("Enter");
    assert!(stage.status().contains("These are 7 votes, but 4 members"), "{}", stage.status());
    stage.keys("V").types("2 2 0").keys("Enter");
    assert!(stage.status().contains("tied"), "{}", stage.status());
    assert!(stage.program.state.layers.is_empty(), "a tie records nothing");
    stage.keys("V").types("3 1 0").keys("Enter Enter");
    let held = board(&stage).items.remove(4);
    assert!(held.decisions[0].text("votes").is_some_and(|votes| votes.contains("by count: 3 in favour, 1 against")));
}

#[test]
fn without_a_quorum_the_room_recommends() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n x Enter Enter d");
    assert!(stage.screen().contains("recorded as a recommendation"), "{}", stage.screen());
    stage.keys("a Enter");
    let held = board(&stage).items.remove(3);
    assert_eq!(held.item.text("outcome"), Some("recommended"));
    assert_eq!(held.decisions[0].text("status"), Some("recommended"));
}

#[test]
fn who_votes_against_says_why_and_who_is_recused_does_not_vote() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n n v");
    let small = stage.screen_at(80, 24);
    assert!(small.contains("Gus Okafor") && small.contains("closes"), "everybody stands on it: {small}");
    stage.keys("f");
    let who = board(&stage);
    let of = |stage: &Stage| {
        let held = board(stage).items.remove(4);
        held.votes.values().flatten().map(|vote| vote.text("choice").unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(&stage), ["in favour"], "{}", stage.screen());
    stage.keys("r").types("A year old.").keys("Enter j");
    assert!(stage.screen().contains("against: A year old."), "{}", stage.screen());
    stage.keys("b");
    let absent = who.room.seats.iter().filter(|seat| !seat.present).count();
    assert_eq!(absent, 3);
    stage.keys("a");
    assert_eq!(of(&stage).len(), 4, "those who are not here did not vote");
    stage.keys("Enter Enter");
    let decision = &board(&stage).items.remove(4).decisions[0];
    assert!(decision.text("dissent").is_some_and(|dissent| dissent.contains("A year old.")), "{decision:?}");
}

#[test]
fn a_meeting_that_nobody_came_to_or_that_lost_a_record_says_so() {
    let mut stage = stage(120, 36, "dark");
    let board_before = board(&stage);
    let seats = board_before.room.seats.iter().map(|seat| crate::workspace::Edit::Delete {
        kind: seat.attendance.kind(),
        id: seat.attendance.id().to_owned(),
    });
    stage.write(seats.collect());
    stage.ring();
    assert!(stage.screen().contains("Nobody is on the list yet."), "{}", stage.screen());
    stage.keys("n");
    assert!(stage.program.state.status.bad && stage.status().contains("Nobody is on the list"), "{}", stage.status());
    stage.keys("r +").types("ana").keys("Enter Esc n");
    let subject = stage.workspace().find("RSK-2").expect("a risk");
    let fields = vec![("meeting", Value::text(board_before.meeting.id())), ("subject", Value::text("RSK-2"))];
    let item = crate::workspace::new_id(Utc::now());
    stage.write(vec![crate::workspace::Edit::Add { kind: &AGENDA_ITEM, id: item, fields }]);
    stage.write(vec![crate::workspace::Edit::Delete { kind: subject.kind(), id: subject.id().to_owned() }]);
    stage.ring().keys("g").types("stale job").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("is not there any more: another program deleted it."), "{screen}");
    stage.keys("Tab Tab Tab d w Enter");
    assert_eq!(outcomes(&board(&stage))[9], "withdrawn");
}

#[test]
fn names_and_minutes_with_escape_sequences_are_text() {
    let mut stage = sitting(120, 36, "dark");
    let hostile = "=cmd|' /C calc'!A0 \u{1b}[2J<script>\u{202e}";
    let items = board(&stage).items;
    let set = |record: &Record, field| crate::workspace::Edit::Set {
        kind: record.kind(),
        id: record.id().to_owned(),
        version: None,
        fields: vec![(field, crate::record::Value::text(hostile))],
    };
    let risk = items[3].subject.as_ref().map(|subject| set(subject, "title")).expect("a subject");
    stage.write(vec![
        set(&items[3].item, "title"),
        set(&items[3].item, "minutes"),
        set(&items[3].item, "questions"),
        risk,
    ]);
    stage.ring().keys("c n Tab Tab Tab");
    let screen = stage.screen();
    assert!(screen.contains("<script>") && !screen.contains(['\u{1b}', '\u{202e}']), "{screen}");
}

#[test]
fn no_size_breaks_any_side_of_it() {
    let sizes = [(1, 1), (2, 3), (7, 5), (20, 6), (33, 9), (79, 23), (100, 12), (300, 80), (40, 100)];
    for name in ["dark", "ascii"] {
        let mut stage = stage(120, 36, name);
        every_side(&mut stage, &mut |stage| {
            for (width, height) in sizes {
                stage.screen_at(width, height);
            }
            if name == "ascii" {
                let screen = stage.screen_at(120, 36).replace(['é', 'á', '…', '·', '“', '”'], "?");
                assert!(screen.is_ascii(), "{screen}");
            }
        });
        let meeting = board(&stage).meeting;
        let effects = stage.program.state.present(&meeting, true);
        stage.with(|_| effects);
        for (width, height) in sizes {
            stage.screen_at(width, height);
        }
    }
}

#[test]
fn how_it_looks() {
    for theme in ["dark", "light", "ascii"] {
        let mut stage = stage(120, 36, theme);
        shots(&stage, "opening", theme);
        come(&mut stage, &["ana", "cleo", "dan", "eve"]);
        stage.keys("n");
        at_second(&mut stage, 12);
        shots(&stage, "consent", theme);
        stage.keys("c n n");
        at_second(&mut stage, 125);
        shots(&stage, "item", theme);
        stage.keys("Tab");
        shots(&stage, "risks", theme);
        stage.keys("Tab Tab v a Esc");
        at_second(&mut stage, 1000);
        shots(&stage, "decision", theme);
        let meeting = board(&stage).meeting;
        let effects = stage.program.state.present(&meeting, true);
        stage.with(|_| effects);
        at_second(&mut stage, 1000);
        shots(&stage, "facilitator", theme);
    }
}

/// A picture at each size; light differs from dark in colours alone, so its words must be the same.
fn shots(stage: &Stage, name: &str, theme: &str) {
    let theme = if theme == "light" { "dark" } else { theme };
    for (width, height) in [(80, 24), (120, 36), (200, 60)] {
        let picture = picture_of(&stage.screen_at(width, height));
        insta::assert_snapshot!(format!("present_{name}_{theme}_{width}x{height}"), picture);
    }
}

#[test]
fn an_agenda_is_put_together_from_what_is_proposed() {
    let mut stage = Stage::new(200, 60, "dark");
    fill(&stage);
    stage.keys("C-l 7 j Enter");
    let screen = stage.screen();
    assert!(screen.contains("4 of 7 members") && screen.contains("review board"), "{screen}");
    stage.keys("Tab");
    let screen = stage.screen();
    assert!(screen.contains("Proposed, the most pressing first"), "{screen}");
    let of = |stage: &Stage| {
        let workspace = stage.workspace();
        let next = workspace.find("MTG-2").expect("the next one");
        crate::record::meeting::items(next.id(), &workspace.look())
    };
    stage.keys("j Enter");
    assert_eq!(of(&stage).len(), 1, "{}", stage.screen());
    stage.keys("+");
    let all = of(&stage);
    assert!(all.len() > 2, "{}", stage.screen());
    // The first one goes down, passes by consent, and takes 25 minutes.
    stage.keys("g J");
    assert_eq!(of(&stage)[1].id(), all[0].id(), "{}", stage.screen());
    stage.keys("c s").types("25").keys("Enter");
    let item = of(&stage).remove(1);
    let flipped = if all[0].text("section") == Some("consent") { "discussion" } else { "consent" };
    assert_eq!((item.text("section"), item.number("planned")), (Some(flipped), Some(25)));
    // A record is found by typing; what is none becomes an item of its own.
    stage.keys("a").types("stale job").keys("Enter");
    assert_eq!(of(&stage).last().and_then(|item| item.text("subject").map(str::to_owned)).as_deref(), Some("RSK-2"));
    stage.keys("a").types("Zebra crossing").keys("Enter");
    assert_eq!(of(&stage).last().map(|item| item.title().to_owned()).as_deref(), Some("Zebra crossing"));
    stage.keys("Tab a").types("lena").keys("Enter");
    let workspace = stage.workspace();
    let next = workspace.find("MTG-2").expect("the next one");
    assert_eq!(crate::meeting::read(&workspace, next.id()).expect("read").room.seats.len(), 8);
    assert_eq!(workspace.records(&Query::all(&AGENDA_ITEM)).expect("read").len(), 9 + of(&stage).len());
    insta::assert_snapshot!(
        "agenda_tab",
        steady(&{
            stage.keys("S-Tab");
            stage.screen_at(120, 36)
        })
    );
}

#[test]
fn the_evidence_shows_what_analyses_came_to_with_their_figures() {
    let mut stage = sitting(120, 36, "dark");
    stage.keys("c n Tab Tab");
    let screen = stage.screen();
    assert!(screen.contains("RUN-") && screen.contains("breached"), "{screen}");
    assert!(screen.contains("from 14.8 % (under 30) to 44.8 %") && screen.contains("Nobody under 18"), "{screen}");
    assert!(screen.contains("Other evidence") && screen.contains("Model card"), "{screen}");
    insta::assert_snapshot!("present_evidence_120x36", crate::tui::app::stage::steady(&screen));
}
