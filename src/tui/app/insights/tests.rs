//! The place of insights, used as people use it, on a small workspace whose past has fixed dates.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Over, Part};
use crate::record::{ENABLEMENT, RELEASE, REVIEW, RISK, SURVEY, SYSTEM, Value};
use crate::review::kpi::Period;
use crate::tui::app::stage::{Stage, steady};
use crate::tui::app::state::Base;
use crate::workspace::{Access, Change, Edit, new_id};

fn day(text: &str) -> Value {
    Value::Day(text.parse::<NaiveDate>().expect("a day"))
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a moment").to_utc()
}

/// Writes something as it was written on a day of the past.
fn past(stage: &Stage, when: &str, edits: Vec<Edit>) {
    let me = stage.program.state.ctx.me.id.clone();
    let change = Change { at: at(when), ..Change::by(&me, edits) };
    stage.opened(Access::Write).write(change).expect("it is saved");
}

/// What happened in the first quarter of 2026: two launches, three sessions, two survey responses, risks before and after a
/// launch, one of them in two systems.
fn history(stage: &mut Stage) {
    let workspace = stage.workspace();
    let id = |reference: &str| Value::text(workspace.find(reference).expect(reference).id());
    let add =
        |kind, fields: Vec<(&'static str, Value)>| Edit::Add { kind, id: new_id(at("2026-01-01T00:00:00Z")), fields };
    let risk = |title: &str, system: &str, phase: &'static str, scores: [i64; 4]| {
        let mut fields = vec![
            ("title", title.into()),
            ("system", id(system)),
            ("category", "fairness".into()),
            ("found_phase", phase.into()),
            ("severity", Value::Number(scores[0])),
            ("likelihood", Value::Number(scores[1])),
        ];
        if scores[2] > 0 {
            fields.extend([
                ("residual_severity", Value::Number(scores[2])),
                ("residual_likelihood", Value::Number(scores[3])),
            ]);
        }
        add(&RISK, fields)
    };
    let session = |title: &str, on: &str, came: i64| {
        add(&ENABLEMENT, vec![("title", title.into()), ("held_on", day(on)), ("attendees", Value::Number(came))])
    };
    past(
        stage,
        "2026-03-30T09:00:00Z",
        vec![
            add(&RELEASE, vec![("name", "One".into()), ("system", id("SYS-1")), ("launched_on", day("2026-02-12"))]),
            add(&RELEASE, vec![("name", "Two".into()), ("system", id("SYS-2")), ("launched_on", day("2026-03-02"))]),
            session("Slice metrics in an hour", "2026-01-20", 14),
            session("Office hours", "2026-02-17", 6),
            session("Model cards", "2026-03-17", 11),
            add(&SURVEY, vec![("review", id("REV-1")), ("score", Value::Number(5)), ("given_on", day("2026-02-20"))]),
            add(&SURVEY, vec![("review", id("REV-2")), ("score", Value::Number(4)), ("given_on", day("2026-03-05"))]),
            risk("Older applicants ranked lower", "SYS-1", "pre-launch", [4, 4, 2, 3]),
            risk("Older applicants ranked lower", "SYS-2", "post-launch", [3, 4, 0, 0]),
            risk("Accents understood less often", "SYS-2", "pre-launch", [5, 4, 5, 4]),
        ],
    );
    stage.keys("C-l");
}

/// The stage with that history, at the place, in that quarter.
fn insights(width: u16, height: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(width, height, theme);
    history(&mut stage);
    stage.keys("9 s").types("2026-Q1").keys("Enter");
    stage
}

fn part(stage: &Stage) -> Part {
    match &stage.program.state.base {
        Base::Insights(place) => place.part,
        _ => panic!("it is another place"),
    }
}

#[test]
fn the_figures_stand_in_a_table_at_every_size() {
    for (width, height) in [(80, 24), (120, 36), (200, 60)] {
        let stage = insights(width, height, "dark");
        insta::assert_snapshot!(format!("kpis_{width}x{height}"), steady(&stage.screen()));
    }
    let stage = insights(80, 24, "ascii");
    insta::assert_snapshot!("kpis_80x24_ascii", steady(&stage.screen()));
}

#[test]
fn the_other_parts_follow_one_another() {
    let mut stage = insights(120, 36, "dark");
    // Of the forecast only what does not move with today is in a picture.
    for name in ["risks", "flow", "forecast", "patterns", "coverage", "enablement"] {
        stage.keys("Tab");
        if name != "forecast" {
            insta::assert_snapshot!(format!("{name}_120x36"), steady(&stage.screen()));
        }
    }
    assert_eq!(part(&stage), Part::Enablement);
    stage.keys("9");
    assert_eq!(part(&stage), Part::Kpis);
    stage.keys("S-Tab");
    assert_eq!(part(&stage), Part::Enablement);
    stage.keys("1 9");
    assert_eq!(part(&stage), Part::Kpis, "from elsewhere it begins with the figures");
    for size in [(80, 24), (200, 60)] {
        let mut stage = insights(size.0, size.1, "dark");
        stage.keys("Tab");
        insta::assert_snapshot!(format!("risks_{}x{}", size.0, size.1), steady(&stage.screen()));
        stage.keys("Tab Tab Tab");
        insta::assert_snapshot!(format!("patterns_{}x{}", size.0, size.1), steady(&stage.screen()));
    }
}

#[test]
fn a_click_on_a_name_shows_that_part_and_the_wheel_moves() {
    use ratatui::layout::Position;

    use crate::tui::event::{Input, Mouse, MouseKind};
    let mut stage = insights(120, 36, "dark");
    let mouse = |kind, x, y| Input::Mouse(Mouse { kind, at: Position::new(x, y), extend: false });
    let line = stage.screen().lines().nth(2).expect("the names").to_owned();
    let x =
        line.chars().collect::<String>().find("Patterns").map(|at| line[..at].chars().count()).expect("it is there");
    stage.input(mouse(MouseKind::Click, u16::try_from(x).expect("near"), 2));
    assert_eq!(part(&stage), Part::Patterns);
    stage.input(mouse(MouseKind::Click, 2, 2));
    assert_eq!(part(&stage), Part::Kpis);
    stage.input(mouse(MouseKind::WheelDown, 20, 10));
    let Base::Insights(place) = &stage.program.state.base else { panic!("elsewhere") };
    assert_eq!(place.cursor(), 3);
}

#[test]
fn a_period_is_typed_and_gone_along() {
    let mut stage = insights(120, 36, "dark");
    assert!(stage.screen().contains("2026-01-01 to 2026-03-31"), "{}", stage.screen());
    stage.keys("Left");
    assert!(stage.screen().contains("2025-10-01 to 2025-12-31"), "{}", stage.screen());
    stage.keys("l C-Right");
    assert!(stage.screen().contains("2026-04-01 to 2026-06-30"), "{}", stage.screen());
    stage.keys("s").types("2026-Q7");
    assert!(stage.screen().contains("is no period; write one such as"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("is no period"), "it is asked again: {}", stage.screen());
    stage.keys("Esc s").types("2026-02-01..2026-02-28");
    assert!(
        stage.screen().contains("Sunday 1 February 2026 to Saturday 28 February 2026, 28 days"),
        "{}",
        stage.screen()
    );
    stage.keys("Enter <");
    assert!(stage.screen().contains("2026-01-04..2026-01-31"), "{}", stage.screen());
    stage.keys("s Enter");
    let year = Period::year_to(stage.program.state.ctx.today).name;
    assert!(stage.screen().contains(&year), "empty is the last twelve months: {}", stage.screen());
    stage.keys("Tab C-Right");
    assert!(stage.status().contains("of now, not of a period"), "{}", stage.status());
}

#[test]
fn a_period_with_nothing_in_it_says_so_and_never_nought_percent() {
    let mut stage = insights(120, 36, "dark");
    stage.keys("s").types("2001-Q1").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("without data"), "{screen}");
    for name in ["RAI assessment coverage", "Cycle time", "Stakeholder satisfaction", "Mitigation closure"] {
        let line = screen.lines().find(|line| line.contains(name)).expect(name);
        assert!(line.contains("no data") && !line.contains(" 0 %") && !line.contains(" 100 % "), "{line}");
    }
    insta::assert_snapshot!("kpis_of_nothing", steady(&screen));
    stage.keys("Enter");
    assert!(stage.screen().contains("No record is behind it."), "{}", stage.screen());
    stage.keys("Esc Tab Tab");
    assert!(stage.screen().contains("no data") && stage.screen().contains("Nothing of it ended in this period."));
    stage.keys("Tab");
    assert!(stage.screen().contains("too few reviews are decided"), "{}", stage.screen());
    stage.keys("Tab");
    assert!(stage.screen().contains("Nothing was found after a launch"), "{}", stage.screen());
}

/// The row of the figure with this name.
fn go_to(stage: &mut Stage, kpi: &str) {
    let at = crate::review::kpi::KPIS.iter().position(|known| known.id == kpi).expect("a figure");
    stage.keys("g");
    for _ in 0..at {
        stage.keys("j");
    }
}

#[test]
fn a_figure_opens_with_its_chart_and_the_records_behind_it() {
    let mut stage = insights(120, 36, "dark");
    go_to(&mut stage, "monitoring-readiness");
    stage.keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("launches with live signals"), "the formula: {screen}");
    assert!(
        screen.contains("0 ÷ 2, n 2") && screen.contains("The records behind it · 2: 0 counted, 2 not counted"),
        "{screen}"
    );
    insta::assert_snapshot!("kpi_120x36", steady(&screen));
    stage.keys("j Enter");
    assert!(stage.screen().contains("REL-2"), "it opens the record: {}", stage.screen());
    stage.keys("Esc");
    assert!(stage.screen().contains("The records behind it"), "and comes back: {}", stage.screen());
    stage.keys("c");
    assert!(
        stage.screen().contains("2 of 2: only what not counted") || stage.screen().contains("only"),
        "{}",
        stage.screen()
    );
    stage.keys("c Esc");
    assert!(stage.screen().contains("Template adoption"), "{}", stage.screen());
    assert_eq!(part(&stage), Part::Kpis);
    stage.keys("Esc");
    assert!(matches!(stage.program.state.base, Base::Desk));
}

#[test]
fn figures_are_told_apart_by_groups() {
    let mut stage = insights(120, 36, "dark");
    let system = stage.workspace().find("SYS-2").expect("a system");
    stage.set(&system, vec![("team", "Claims".into())]);
    stage.keys("C-l b");
    let screen = stage.screen();
    assert!(screen.contains("by team") && screen.contains("Claims") && screen.contains("(none)"), "{screen}");
    go_to(&mut stage, "on-time-completion");
    stage.keys("Enter");
    assert!(stage.screen().contains("RAI assessment coverage, (none)"), "{}", stage.screen());
    stage.keys("Esc b");
    assert!(stage.screen().contains("by tier"), "{}", stage.screen());
    stage.keys("b");
    assert!(stage.screen().contains("by product area"), "{}", stage.screen());
    stage.keys("b");
    assert!(!stage.screen().contains("product area"), "{}", stage.screen());
    stage.keys("Tab b");
    assert!(stage.status().contains("Only figures are told apart"), "{}", stage.status());
}

#[test]
fn the_cells_of_the_heat_map_list_their_risks() {
    let mut stage = insights(120, 36, "dark");
    stage.keys("Tab");
    // It begins at the worst cell that holds a risk: severity 5, likelihood 4.
    assert!(stage.screen().contains("Severity 5 Severe, likelihood 4 Likely: critical. 1 risk before mitigation."));
    assert!(stage.screen().contains("1 to 5×4 critical"), "it went nowhere: {}", stage.screen());
    stage.keys("Enter");
    assert!(
        stage.screen().contains("Accents understood less often") && stage.screen().contains("· 1"),
        "{}",
        stage.screen()
    );
    stage.keys("Enter");
    assert!(stage.screen().contains("RSK-5"), "{}", stage.screen());
    stage.keys("Esc Esc Down Enter");
    // Severity 4, likelihood 4: one of now, and one of then.
    let screen = stage.screen();
    assert!(screen.contains("Proxy discrimination") && screen.contains("Older applicants"), "{screen}");
    stage.keys("/").types("proxy").keys("Enter");
    assert!(stage.screen().contains("“proxy”") && !stage.screen().contains("Older applicants"), "{}", stage.screen());
    stage.keys("Esc Esc");
    assert!(stage.screen().contains("Before mitigation"), "{}", stage.screen());
    // Past the edge lies the matrix after mitigation.
    stage.keys("l l");
    assert!(stage.screen().contains("[After mitigation]"), "{}", stage.screen());
    stage.keys("h");
    assert!(stage.screen().contains("[Before mitigation]"), "{}", stage.screen());
}

#[test]
fn lines_of_the_flow_and_of_patterns_open_what_is_behind_them() {
    let mut stage = insights(120, 36, "dark");
    stage.keys("s").types("2020-01-01..2199-12-31").keys("Enter Tab Tab Enter");
    let screen = stage.screen();
    assert!(screen.contains("came to intake · 3: 3 came so far, 0 did not"), "{screen}");
    stage.keys("Enter");
    assert!(stage.screen().contains("Resume screener v2"), "{}", stage.screen());
    stage.keys("Esc Esc Tab");
    assert!(stage.screen().contains("3 no date"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("REV-1") || stage.screen().contains("REV-"), "{}", stage.screen());
    stage.keys("Esc Tab");
    let screen = stage.screen();
    assert!(screen.contains("older applicants ranked lower"), "it came in two systems: {screen}");
    stage.keys("Enter");
    assert!(stage.screen().contains("2: 1 after launch, 1 before"), "{}", stage.screen());
    stage.keys("Esc j Enter");
    assert!(stage.screen().contains("RSK-4"), "the late find opens: {}", stage.screen());
}

#[test]
fn a_requirement_opens_the_items_that_cover_it() {
    let mut stage = insights(120, 36, "dark");
    stage.keys("S-Tab S-Tab");
    assert_eq!(part(&stage), Part::Coverage);
    let first = stage.screen();
    stage.keys("l");
    assert_ne!(stage.screen(), first, "another framework");
    stage.keys("h");
    // The first requirement of the first framework whose controls have items.
    let Base::Insights(place) = &stage.program.state.base else { panic!("elsewhere") };
    let all = place.coverage.get().expect("read")[0].requirements.clone();
    let at = all.iter().position(|one| one.controls.iter().any(|control| control.open > 0)).expect("one is asked for");
    for _ in 0..at {
        stage.keys("j");
    }
    stage.keys("Enter");
    assert!(stage.screen().contains(&format!("Items that cover {}", all[at].id)), "{}", stage.screen());
    assert!(stage.program.state.listing().is_some_and(|listing| !listing.list.rows.is_empty()));
    stage.keys("Enter Esc Esc");
    assert_eq!(part(&stage), Part::Coverage);
}

#[test]
fn a_session_is_added_in_a_line_and_counts() {
    let mut stage = insights(120, 36, "dark");
    stage.keys("S-Tab");
    assert!(stage.screen().contains("3 held, 31 people reached"), "{}", stage.screen());
    assert!(stage.screen().contains("4.50 of 5 (n 2)"), "{}", stage.screen());
    stage.keys("a").types("Prompt injection, hands on kind:how-to attendees:9 held_on:2026-03-20").keys("Enter");
    assert!(stage.status().contains("ENA-4 added"), "{}", stage.status());
    assert!(stage.screen().contains("4 held, 40 people reached"), "{}", stage.screen());
    // A response names its review: that takes the form.
    stage.keys("l a");
    assert!(stage.screen().contains("Add survey response"), "{}", stage.screen());
    stage.keys("Esc");
    stage.keys("h a").types("Today").keys("Enter");
    let today = stage.program.state.ctx.today;
    let added = stage.workspace().find("ENA-5").expect("added");
    assert_eq!(added.get("held_on").as_day(), Some(today), "of today, unless said");
}

#[test]
fn figures_and_readout_are_written_to_files_that_are_not_there_yet() {
    let mut stage = insights(120, 36, "dark");
    let folder = stage.folder.path().to_owned();
    for (keys, name, words) in [
        ("E Enter", "kpi-2026-Q1.csv", "2026-Q1,satisfaction,Stakeholder satisfaction,,4.5,score"),
        ("E Down Enter", "kpi-2026-Q1.json", "\"id\": \"satisfaction\""),
        ("E Down Down Enter", "kpi-2026-Q1.html", "<!doctype html>"),
        ("E Down Down Down Enter", "readout-2026-Q1.md", "# Readout of the Responsible AI programme, 2026-Q1"),
    ] {
        stage.keys(keys);
        assert!(stage.screen().contains(name), "{}", stage.screen());
        stage.keys("Enter");
        assert!(stage.status().contains("is written"), "{name}: {}", stage.status());
        let text = std::fs::read_to_string(folder.join(name)).expect(name);
        assert!(text.contains(words), "{name}: {text}");
    }
    std::fs::write(folder.join("kpi-2026-Q1.csv"), "mine").expect("written");
    stage.keys("E Enter Enter");
    assert!(stage.screen().contains("is there already"), "{}", stage.screen());
    assert_eq!(std::fs::read_to_string(folder.join("kpi-2026-Q1.csv")).expect("read"), "mine");
}

#[test]
fn what_has_the_cursor_is_copied_as_a_sentence() {
    let mut stage = insights(120, 36, "dark");
    go_to(&mut stage, "satisfaction");
    stage.keys("y");
    let said = stage.copied.last().expect("copied").clone();
    assert!(
        said.starts_with("Stakeholder satisfaction, 2026-Q1: 4.50 of 5 (9 of 2, n 2). Target ≥ 4.20 of 5: met."),
        "{said}"
    );
    stage.keys("Tab Y");
    assert!(stage.copied.last().expect("copied").contains("before mitigation"));
    stage.keys("Tab y");
    assert!(stage.copied.last().expect("copied").starts_with("intake: 0 reviews came so far"), "{:?}", stage.copied);
}

#[test]
fn what_was_read_is_kept_until_the_file_changes() {
    let mut stage = insights(120, 36, "dark");
    let read = |stage: &Stage| match &stage.program.state.base {
        Base::Insights(place) => std::sync::Arc::as_ptr(place.kpis.get().expect("read")),
        _ => panic!("elsewhere"),
    };
    let before = read(&stage);
    stage.keys("j j k G g Tab S-Tab");
    assert_eq!(read(&stage), before, "moving and going to and fro reads nothing");
    let system = stage.workspace().find("SYS-1").expect("a system");
    stage.set(&system, vec![("team", "Hiring".into())]);
    stage.ring();
    assert_ne!(read(&stage), before, "another process wrote");
}

#[test]
fn an_open_figure_stays_open_when_the_file_changes() {
    let mut stage = insights(120, 36, "dark");
    go_to(&mut stage, "enablement-reach");
    stage.keys("Enter j");
    let session = stage.workspace().find("ENA-1").expect("a session");
    stage.set(&session, vec![("attendees", Value::Number(20))]);
    stage.ring();
    let Base::Insights(place) = &stage.program.state.base else { panic!("elsewhere") };
    let Some(Over::Figure(at, behind)) = &place.over else { panic!("it was closed") };
    assert_eq!((place.figure(*at).expect("it").kpi.id, behind.selected), ("enablement-reach", 1));
    assert!(stage.screen().contains("37 people reached"), "{}", stage.screen());
}

#[test]
fn hostile_titles_are_data() {
    let mut stage = insights(80, 24, "dark");
    let nasty = "\u{1b}[2J\u{202e}evil\u{7} 日本語😀 a\u{301}\u{301}\u{301} <b> =cmd";
    let (system, release, review) = ("SYS-2", "REL-2", "REV-2");
    for (reference, field) in
        [(system, "name"), (release, "name"), (review, "title"), ("ENA-1", "title"), ("RSK-4", "title")]
    {
        let record = stage.workspace().find(reference).expect(reference);
        stage.set(&record, vec![(field, nasty.into())]);
    }
    let team = stage.workspace().find("SYS-1").expect("a system");
    stage.set(&team, vec![("team", "=HYPERLINK(\"x\") \u{1b}[31m".into())]);
    assert_eq!([SYSTEM.name, REVIEW.name], ["system", "review"]);
    stage.keys("C-l");
    go_to(&mut stage, "monitoring-readiness");
    stage.keys("Enter");
    let mut seen = stage.screen();
    stage.keys("Esc b");
    seen.push_str(&stage.screen());
    stage.keys("b b b");
    for _ in Part::ALL {
        stage.keys("Tab");
        seen.push_str(&stage.screen());
    }
    assert!(!seen.contains('\u{1b}') && !seen.contains('\u{202e}') && !seen.contains('\u{7}'), "{seen}");
    assert!(seen.contains("evil"), "{seen}");
    for (width, height) in [(1, 1), (7, 3), (20, 8), (40, 12), (79, 23), (130, 20), (250, 80)] {
        for _ in Part::ALL {
            stage.keys("9");
            let _ = stage.screen_at(width, height);
            stage.keys("Enter");
            let _ = stage.screen_at(width, height);
            stage.keys("Esc");
            if part_or_none(&stage).is_none() {
                stage.keys("9");
            }
        }
    }
}

fn part_or_none(stage: &Stage) -> Option<Part> {
    match &stage.program.state.base {
        Base::Insights(place) if stage.program.state.screens.is_empty() => Some(place.part),
        _ => None,
    }
}
