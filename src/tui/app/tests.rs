//! The screens, used as people use them: keys in, what stands there out.

use crate::tui::settings::DateStyle;
use proptest::prelude::*;

use super::stage::{Stage, steady};
use crate::record::{ACTION, CHECKLIST_ITEM, RISK, Value};
use crate::tui::command::{Available, COMMANDS};
use crate::tui::event::Input;
use crate::tui::keys::Key;
use crate::workspace::{Change, Edit};

#[test]
fn the_desk_at_three_sizes_and_in_four_themes() {
    let mut stage = Stage::new(80, 24, "dark");
    insta::assert_snapshot!("desk_80x24", steady(&stage.screen()));
    stage.resize(120, 36);
    insta::assert_snapshot!("desk_120x36", steady(&stage.screen()));
    stage.resize(200, 60);
    insta::assert_snapshot!("desk_200x60", steady(&stage.screen()));
    for theme in ["light", "colour-blind", "ascii"] {
        let stage = Stage::new(100, 30, theme);
        insta::assert_snapshot!(format!("desk_{theme}"), steady(&stage.screen()));
    }
}

#[test]
fn the_screens_of_records() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("Enter");
    insta::assert_snapshot!("review_overview", steady(&stage.screen()));
    stage.keys("Tab");
    insta::assert_snapshot!("review_packet", steady(&stage.screen()));
    stage.keys("Tab Tab Enter");
    insta::assert_snapshot!("risk", steady(&stage.screen()));
    stage.resize(80, 24);
    insta::assert_snapshot!("risk_80x24", steady(&stage.screen()));
    stage.keys("Esc Tab");
    insta::assert_snapshot!("review_checklist", steady(&stage.screen()));
    stage.keys("Esc Esc 0");
    stage.resize(120, 36);
    let screen = stage.screen();
    assert!(screen.contains("CHK-1 added, and"), "{screen}");
    assert!(screen.contains("launch-readiness") || screen.contains("Launch readiness"), "{screen}");
}

#[test]
fn days_are_written_as_the_settings_say() {
    let mut stage = Stage::new(120, 36, "dark");
    let today = stage.program.state.ctx.today;
    let due = |stage: &Stage| stage.workspace().find("RSK-1").expect("risk").get("due_on").as_day().expect("a day");
    let day = due(&stage);
    assert!(!stage.screen().contains(&day.to_string()));
    stage.program.state.ctx.dates = DateStyle::Iso;
    stage.keys("j k");
    assert!(stage.screen().contains(&format!(" {day}")), "{}", stage.screen());
    stage.program.state.ctx.today = day.succ_opt().expect("a day");
    stage.keys("j k");
    assert!(stage.screen().contains(&format!("!{day}")), "late since {today}: {}", stage.screen());
}

#[test]
fn popups_at_the_least_size() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.keys("?");
    insta::assert_snapshot!("keys_help", stage.screen());
    stage.keys("Esc :").types("undo");
    insta::assert_snapshot!("palette", stage.screen());
    stage.keys("Esc t");
    insta::assert_snapshot!("triage", stage.screen());
    stage.keys("Esc 2 e");
    insta::assert_snapshot!("form", steady(&stage.screen()));
    stage.keys("Esc a").types("Bias against older applicants @me sev:4 lik:3 due:fri #fair");
    let screen = stage.screen();
    assert!(screen.contains("Severity 4 Major"), "{screen}");
}

#[test]
fn a_risk_is_added_in_one_line_edited_scored_and_undone() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("2 a").types("Bias against older applicants @me sev:4 lik:3 due:fri #fair").keys("Enter");
    assert_eq!(stage.status(), "RSK-3 added · u undo");
    let risk = stage.workspace().find("RSK-3").expect("the risk");
    assert_eq!((risk.number("severity"), risk.number("likelihood")), (Some(4), Some(3)));
    assert_eq!((risk.text("category"), risk.text("level")), (Some("fairness"), Some("high")));
    assert!(!risk.get("review").is_empty() && !risk.get("owner").is_empty());

    stage.keys("Enter s Up Right Enter");
    assert!(stage.status().contains("severity 5"), "{}", stage.status());
    assert_eq!(stage.workspace().find("RSK-3").expect("the risk").text("level"), Some("critical"));
    stage.keys("u");
    assert!(stage.status().starts_with("Undid: RSK-3"), "{}", stage.status());
    stage.keys("u");
    assert!(stage.workspace().find("RSK-3").is_err());
    assert!(stage.screen().contains("no longer there"), "{}", stage.screen());
    stage.keys("C-r");
    assert!(stage.workspace().find("RSK-3").is_ok());
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong() {
    let mut stage = Stage::new(100, 40, "dark");
    stage.keys("2 e C-a C-k");
    stage.types("A better title").keys("Tab Tab Tab Tab Tab Tab C-a C-k").types("9").keys("C-s");
    let screen = stage.screen();
    assert!(screen.contains("A better title") && screen.contains("1 to 5"), "{screen}");
    assert!(stage.workspace().find("RSK-1").expect("the risk").title().starts_with("Proxy"));
}

#[test]
fn a_save_that_meets_a_newer_record_shows_both() {
    let mut stage = Stage::new(100, 40, "dark");
    stage.keys("2 e C-a C-k").types("Ours");
    let mut other = {
        let path = stage.workspace().path().to_owned();
        let policy = std::sync::Arc::new(crate::policy::Policy::builtin());
        crate::workspace::Workspace::open(&path, crate::workspace::Options::default(), policy).expect("opened")
    };
    let risk = other.find("RSK-1").expect("the risk");
    let me = risk.text("created_by").expect("somebody").to_owned();
    let edit = Edit::Set { kind: &RISK, id: risk.id().into(), version: None, fields: vec![("title", "Theirs".into())] };
    other.write(Change::by(&me, vec![edit])).expect("saved first");
    stage.keys("C-s");
    let screen = stage.screen();
    assert!(screen.contains("Ours") && screen.contains("Theirs now: Theirs"), "{screen}");
    assert_eq!(stage.workspace().find("RSK-1").expect("the risk").title(), "Theirs");
    stage.keys("C-s");
    assert_eq!(stage.workspace().find("RSK-1").expect("the risk").title(), "Ours");
}

#[test]
fn what_is_typed_survives_a_kill() {
    let mut stage = Stage::new(100, 30, "dark");
    stage.keys("2 e Tab Tab Tab Tab").types("Half a sentence").keys("Esc");
    let screen = stage.screen();
    assert!(screen.contains("Leave, and keep a draft"), "{screen}");
    let mut stage = stage.reopen();
    assert!(stage.status().contains("You were typing “RSK-1"), "{}", stage.status());
    stage.keys("R Enter");
    let screen = stage.screen();
    assert!(screen.contains("Half a sentence") && screen.contains("is back"), "{screen}");
    stage.keys("C-s");
    assert_eq!(stage.workspace().drafts().expect("drafts"), [], "saved, so no draft any more");
}

#[test]
fn marked_records_are_changed_together_in_one_change() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("2 Space Space .").types("mitigating").keys("Enter");
    assert_eq!(stage.status(), "RSK-1: status mitigating, and 1 more · u undo");
    let open = stage.workspace().counts_by(&crate::workspace::Query::all(&RISK), "status").expect("counts");
    assert_eq!(open, [(Value::text("mitigating"), 2)]);
    stage.keys("u");
    let open = stage.workspace().counts_by(&crate::workspace::Query::all(&RISK), "status").expect("counts");
    assert_eq!(open, [(Value::text("open"), 2)]);
}

#[test]
fn finding_filtering_and_ordering_narrow_a_list_and_esc_widens_it() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("s s 2 z /").types("stale").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("Stale job descriptions") && !screen.contains("Proxy"), "{screen}");
    stage.keys("Esc f").types("severity>=4").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("Proxy") && !screen.contains("Stale"), "{screen}");
    stage.keys("Esc f").types("owner=lena").keys("Enter");
    assert!(stage.screen().contains("Proxy"), "{}", stage.screen());
    stage.keys("Esc f").types("nonsense=1").keys("Enter");
    assert!(stage.screen().contains("no field “nonsense”"), "{}", stage.screen());
    stage.keys("Esc o").types("title, the least").keys("Enter");
    assert_eq!(stage.program.state.listing().expect("a list").list.current().expect("a row").reference(), "RSK-1");
}

#[test]
fn a_checklist_item_is_answered_with_a_reason_where_one_is_needed() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("3 .").types("not applicable").keys("Enter");
    assert!(stage.screen().contains("Why not applicable?"), "{}", stage.screen());
    stage.keys("Enter").types("No personal data at all").keys("Enter");
    let items = crate::workspace::Query::all(&CHECKLIST_ITEM);
    let items = items.with(crate::workspace::Condition::Is("status", "not applicable".into()));
    assert_eq!(stage.workspace().count(&items).expect("count"), 1);
}

#[test]
fn a_review_is_triaged_and_moved_with_a_reason() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("t").types("decide").keys("Enter").types("high").keys("Enter").types("It ranks people").keys("Enter");
    assert_eq!(stage.workspace().find("REV-1").expect("review").text("tier"), Some("high"));
    stage.keys("m").types("triage").keys("Enter").types("Taken up today").keys("Enter");
    assert_eq!(stage.workspace().find("REV-1").expect("review").text("stage"), Some("triage"));
    let history = stage.workspace().history(&crate::workspace::HistoryFilter::default(), 1).expect("history");
    assert_eq!(history[0].why.as_deref(), Some("Taken up today"));
    stage.keys("t").types("ask the team").keys("Enter");
    assert!(stage.copied.last().is_some_and(|text| text.contains("Intended use")), "{:?}", stage.copied);
    assert!(stage.workspace().find("ACT-2").expect("action").title().ends_with("missing in REV-1"));
}

#[test]
fn decisions_are_made_and_shown_with_how_they_stand() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("v").types("decide the tier").keys("Enter").types("high").keys("Enter");
    assert!(stage.screen().contains("Why? REV-1: tier high decided"), "{}", stage.screen());
    stage.types("It ranks people").keys("Enter");
    assert_eq!(stage.workspace().find("DEC-1").expect("a decision").text("rule"), Some("tier-forum"));
    // An item is waived with a control and an end; the reason is asked for first.
    stage
        .keys("3 v")
        .types("No figures")
        .keys("Enter")
        .types("A person reads each")
        .keys("Enter")
        .types("+2y")
        .keys("Enter");
    assert!(stage.screen().contains("180 days at most"), "{}", stage.screen());
    stage.keys("C-u").types("+30d").keys("Enter");
    assert_eq!(stage.workspace().find("DEC-2").expect("a waiver").text("kind"), Some("waiver"));
    // A critical risk is accepted by the executive that Ana is.
    stage.keys("2 v").types("Watched weekly").keys("Enter").types("+30d").keys("Enter");
    assert_eq!(stage.workspace().find("RSK-1").expect("a risk").text("status"), Some("accepted"));
    // What the tier rested on changes.
    let packet = stage.workspace().find("PKT-1").expect("a packet");
    stage.set(&packet, vec![("human_oversight", "none".into())]);
    stage.keys("1 Enter");
    while !stage.screen().contains("[Decisions") {
        stage.keys("l");
        assert!(!stage.screen().contains("[History"), "the tab of decisions stands before the history");
    }
    assert!(stage.screen().contains("outdated") && stage.screen().contains("in force"), "{}", stage.screen());
    insta::assert_snapshot!("decisions", steady(&stage.screen()));
}

#[test]
fn who_may_not_decide_is_told_before_typing_and_can_recommend() {
    let mut stage = Stage::new(120, 36, "dark");
    let ana = stage.workspace().find("PER-1").expect("Ana");
    stage.set(&ana, vec![("roles", vec!["specialist".to_owned()].into())]);
    stage.keys("v").types("decide the tier").keys("Enter").types("high").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("You may only recommend") && screen.contains("tier-forum"), "{screen}");
    stage.types("It ranks people").keys("Enter");
    assert_eq!(stage.workspace().find("DEC-1").expect("a decision").text("status"), Some("recommended"));
    assert_eq!(stage.workspace().find("REV-1").expect("the review").text("tier"), None);
}

#[test]
fn the_gate_leads_to_what_mends_it_and_the_trace_names_its_gaps() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("Enter S-Tab S-Tab S-Tab");
    insta::assert_snapshot!("review_gate", steady(&stage.screen()));
    stage.keys("Tab");
    insta::assert_snapshot!("review_trace", steady(&stage.screen()));
    stage.keys("S-Tab Down Enter");
    assert!(stage.screen().contains("[Packet]"), "{}", stage.screen());
}

#[test]
fn a_document_is_begun_in_a_review_written_and_handed_in_with_the_refusal_shown() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("Enter S-Tab S-Tab S-Tab S-Tab S-Tab");
    assert!(stage.screen().contains("[Documents"), "{}", stage.screen());
    stage.keys("a");
    insta::assert_snapshot!("document_templates", steady(&stage.screen()));
    stage.types("system").keys("Enter");
    assert!(stage.screen().contains("System card, Resume screener v2"), "{}", stage.screen());
    stage.keys("Enter");
    insta::assert_snapshot!("document_overview", steady(&stage.screen()));
    stage.keys("w");
    insta::assert_snapshot!("document_work", steady(&stage.screen()));
    stage.types("hand").keys("Enter").types("@lena").keys("Enter");
    assert!(stage.screen().contains("must say something first"), "{}", stage.screen());
    stage.keys("Tab Enter");
    insta::assert_snapshot!("document_section", steady(&stage.screen()));
    stage.resize(80, 24);
    stage.keys("Esc S-Tab");
    insta::assert_snapshot!("document_overview_80x24", steady(&stage.screen()));
    stage.keys("5");
    assert!(stage.screen().contains("Slice report"), "evidence: {}", stage.screen());
    stage.keys("5");
    assert!(stage.screen().contains("DOC-1"), "once more, documents: {}", stage.screen());
}

#[test]
fn who_wrote_a_document_is_told_that_somebody_else_judges_it() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("Enter S-Tab S-Tab S-Tab S-Tab S-Tab a").types("disclosure").keys("Enter Enter Tab");
    for _ in 0..5 {
        stage.keys("e").types("Said by hand.").keys("C-s Down");
    }
    stage.keys("w").types("hand").keys("Enter").types("@lena").keys("Enter");
    assert!(stage.screen().contains("handed in for review"), "{}", stage.screen());
    stage.keys("w");
    assert!(stage.screen().contains("Somebody else does that"), "{}", stage.screen());
}

#[test]
fn what_to_do_now_is_one_key_away_from_its_place() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("N");
    insta::assert_snapshot!("agenda", steady(&stage.screen()));
    stage.keys("End Enter");
    assert!(stage.screen().contains("REV-1"), "{}", stage.screen());
}

#[test]
fn everything_is_found_by_a_word_and_opened() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("C-f").types("proxy older applic").keys("Enter");
    assert!(stage.screen().contains("Proxy discrimination"), "{}", stage.screen());
    stage.keys("y");
    assert_eq!(stage.copied, ["RSK-1"]);
    stage.keys("Y");
    assert!(stage.copied[1].starts_with("RSK-1 Proxy discrimination through job titles\n"), "{}", stage.copied[1]);
}

#[test]
fn deleting_asks_with_another_key_and_can_be_undone() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("4 D D Enter");
    assert_eq!(stage.workspace().total(&ACTION).expect("count"), 1, "neither D nor Enter confirms");
    stage.keys("y");
    assert_eq!(stage.workspace().total(&ACTION).expect("count"), 0);
    stage.keys("u");
    assert_eq!(stage.workspace().total(&ACTION).expect("count"), 1);
}

#[test]
fn esc_goes_back_and_never_out() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.keys("Enter Tab Enter Esc Esc Esc Esc Esc Esc");
    assert!(!stage.over);
    stage.keys("q");
    assert!(stage.over);
}

#[test]
fn a_paste_is_text_and_never_keys() {
    let mut stage = Stage::new(100, 30, "dark");
    stage.paste("D\ny\nq");
    assert!(!stage.over);
    stage.keys("2 a").paste("A title\nwith \u{1b}[31mcolour and \u{202e}tricks");
    let screen = stage.screen();
    assert!(screen.contains("A title with") && !screen.contains('\u{1b}'), "{screen}");
}

#[test]
fn every_command_can_be_run_from_where_it_applies() {
    // Each from a fresh program: what one opens must not be in the way of the next.
    for command in COMMANDS {
        let mut stage = Stage::new(100, 30, "dark");
        let place = stage.program.state.place();
        if command.id.applies(place) && stage.program.state.available(command.id) == Available::Yes {
            let effects = stage.program.state.run(command.id);
            drop(effects);
            assert!(!stage.screen().is_empty(), "{}", command.name);
        }
    }
}

#[test]
fn no_size_makes_it_panic() {
    let mut stage = Stage::new(80, 24, "dark");
    let views: &[&str] =
        &["", "Enter", "Tab", "Tab", "Tab Enter", "s", "Esc Esc Esc 0", "? ", "Esc 2 e", "Esc a", "Esc C-f"];
    for keys in views {
        stage.keys(keys);
        for (width, height) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (3, 7),
            (5, 3),
            (10, 4),
            (20, 8),
            (39, 11),
            (64, 12),
            (79, 23),
            (200, 60),
            (500, 200),
        ] {
            stage.resize(width, height);
            let _ = stage.screen();
        }
        stage.resize(80, 24);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is pressed, at whatever size: nothing panics, and the history holds.
    #[test]
    fn any_keys_at_any_size(
        keys in proptest::collection::vec(prop_oneof![
            6 => "[a-zA-Z0-9/:?.@ ]".prop_map(|key| key.chars().next().map_or(Key::char(' '), Key::char)),
            4 => prop::sample::select(vec!["Enter", "Esc", "Tab", "Up", "Down", "Left", "Right", "PgDn", "End", "C-s", "C-r"])
                .prop_map(|key| key.parse().expect("a key")),
        ], 0..40),
        sizes in proptest::collection::vec((0u16..=200, 0u16..=200), 1..4),
    ) {
        let mut stage = Stage::new(80, 24, "dark");
        for (at, key) in keys.into_iter().enumerate() {
            stage.input(Input::Key(key));
            if at % 10 == 9 {
                let (width, height) = sizes[at / 10 % sizes.len()];
                stage.resize(width, height);
                let _ = stage.screen();
            }
        }
        for finding in stage.workspace().doctor(&std::sync::atomic::AtomicBool::new(false), |_| {}).expect("a diagnosis") {
            prop_assert!(finding.ok, "{}: {}", finding.check, finding.detail);
        }
    }
}

#[test]
fn the_cursor_goes_to_what_was_added_and_stays_where_it_is_seen_elsewhere() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("2 a").types("Nobody reads the log sev:1 lik:1").keys("Enter");
    assert!(stage.status().contains("RSK-3 added"), "{}", stage.status());
    let at_hand = |stage: &Stage| stage.program.state.chosen()[0].reference().to_owned();
    assert_eq!(at_hand(&stage), "RSK-3", "{}", stage.screen());
    // What is added to another list leaves this one where it is.
    stage.keys("g 4 a").types("Ask the team").keys("Enter");
    assert!(stage.status().contains("ACT-2 added"), "{}", stage.status());
    assert_eq!(at_hand(&stage), "ACT-2");
    stage.keys("2");
    assert_eq!(at_hand(&stage), "RSK-1");
    stage.keys("u");
    assert_eq!(at_hand(&stage), "RSK-1", "an undo sends it nowhere");
    let file = stage.folder.path().join("fairness-report.md");
    std::fs::write(&file, "rates by group").expect("written");
    stage.keys("1 Enter l l l l l l a").types(&file.display().to_string()).keys("Enter");
    assert_eq!(at_hand(&stage), "EVD-2", "{}", stage.screen());
    assert_eq!(stage.workspace().find("EVD-2").expect("it").text("kind"), Some("fairness report"));
}
