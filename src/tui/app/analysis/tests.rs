//! Analyses by keys: from the file to the run, the risk and the record.

use std::fmt::Write as _;

use crate::record::Value;
use crate::review::evidence::Subject;
use crate::tui::app::stage::{Stage, steady};

/// Rows of a small predictions file, from cell counts: sex, race, how many of each true and predicted label.
fn rows() -> String {
    let mut text = "y_true,y_pred,score,sex,race\n".to_owned();
    for (sex, race, cells) in [
        ("Female", "Black", [30, 20, 30, 40]),
        ("Female", "White", [60, 30, 20, 120]),
        ("Male", "Black", [40, 20, 45, 60]),
        ("Male", "White", [120, 50, 40, 260]),
        ("Male", "Other", [2, 1, 1, 3]),
    ] {
        for (cell, (truth, predicted)) in cells.into_iter().zip([(1, 1), (1, 0), (0, 1), (0, 0)]) {
            for at in 0..cell {
                let score = if predicted == 1 { 0.5 + f64::from(at % 5) / 10.0 } else { f64::from(at % 5) / 10.0 };
                writeln!(text, "{truth},{predicted},{score:.2},{sex},{race}").expect("a text");
            }
        }
    }
    text
}

/// A stage with the file, on the screen of its analysis for the first review.
fn analysed(width: u16, height: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(width, height, theme);
    let path = stage.folder.path().join("predictions.csv");
    std::fs::write(&path, rows()).expect("written");
    stage.keys("6 a").types(&path.to_string_lossy()).keys("Enter");
    assert!(stage.screen().contains("What the columns of predictions.csv are for"), "{}", stage.screen());
    // Which outcome is good for a person: the second label.
    stage.keys("Enter").types("1").keys("Enter");
    stage.keys("C-s");
    assert!(stage.screen().contains("Verdict"), "{}", stage.screen());
    stage
}

#[test]
fn the_columns_are_guessed_and_can_be_corrected() {
    let mut stage = Stage::new(120, 36, "dark");
    let path = stage.folder.path().join("predictions.csv");
    std::fs::write(&path, rows()).expect("written");
    stage.keys("6 a").types(&path.to_string_lossy()).keys("Enter");
    insta::assert_snapshot!("analysis_setup", stage.screen());
    // Without groups to compare there is nothing to analyse.
    for column in ["sex", "race"] {
        let line = stage.screen().lines().position(|line| line.contains(&format!("Column {column}"))).expect("a line");
        assert!(line > 0);
    }
    stage.keys("G PgDn Enter").types("not used").keys("Enter Up Enter").types("not used").keys("Enter C-s");
    assert!(stage.screen().contains("Say which columns hold the groups"), "{}", stage.screen());
    stage.keys("Esc");
    assert!(stage.screen().contains("Analysis runs"), "{}", stage.screen());
}

#[test]
fn every_part_is_drawn_at_every_size_and_in_every_theme() {
    for (width, height, theme) in
        [(80, 24, "dark"), (120, 36, "dark"), (200, 60, "dark"), (120, 36, "light"), (80, 24, "ascii")]
    {
        let mut stage = analysed(width, height, theme);
        for part in ["verdict", "groups", "crossed", "worst", "calibration", "data"] {
            insta::assert_snapshot!(format!("analysis_{part}_{width}x{height}_{theme}"), stage.screen());
            stage.keys("Tab");
        }
        assert!(stage.screen().contains("[Verdict]"), "it comes around: {}", stage.screen());
    }
}

#[test]
fn it_is_attached_with_limitations_and_opens_again_on_the_same_screen() {
    let mut stage = analysed(120, 36, "dark");
    assert!(stage.screen().contains("not kept yet · for REV-1"), "{}", stage.screen());
    stage.keys("a");
    assert!(stage.screen().contains("Attach to REV-1: its limitations"), "{}", stage.screen());
    stage.types("One county only").keys("Enter");
    assert!(stage.status().contains("analysis attached"), "{}", stage.status());
    assert!(stage.screen().contains("RUN-1 · for REV-1"), "{}", stage.screen());
    let run = stage.workspace().find("RUN-1").expect("the run");
    assert_eq!(run.text("limitations"), Some("One county only"));
    let evidence = stage.workspace().find("EVD-2").expect("the evidence");
    assert_eq!((evidence.text("kind"), run.text("evidence")), (Some("fairness report"), Some(evidence.id())));
    stage.keys("a");
    assert!(stage.status().contains("It is RUN-1 already"), "{}", stage.status());
    // The list, the same screen again, and the record behind it.
    stage.keys("Esc");
    insta::assert_snapshot!("analysis_runs", steady(&stage.screen()));
    stage.keys("Enter");
    assert!(
        stage.screen().contains("RUN-1 · for REV-1") && stage.screen().contains("One county only"),
        "{}",
        stage.screen()
    );
    stage.keys("+");
    assert!(stage.status().contains("Only the report is kept"), "{}", stage.status());
    stage.keys("Enter");
    assert!(stage.screen().contains("Limitations") && stage.screen().contains("History"), "{}", stage.screen());
    // From the review's own tab too.
    stage.keys("1 Enter");
    let tab = (0..20).find(|_| {
        let shown = stage.screen().contains("[Analysis 1]");
        if !shown {
            stage.keys("Tab");
        }
        shown
    });
    assert!(tab.is_some(), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("[Verdict]"), "{}", stage.screen());
    // Undo takes run and evidence back together.
    stage.keys("Esc u");
    assert!(stage.workspace().find("RUN-1").is_err() && stage.workspace().find("EVD-2").is_err());
}

#[test]
fn slices_are_sought_anew_by_keys_and_a_risk_is_proposed() {
    let mut stage = analysed(120, 36, "dark");
    stage.keys("s");
    assert!(stage.screen().contains("by SliceLine's score"), "{}", stage.screen());
    stage.keys("s s s");
    assert!(
        stage.screen().contains("FPR, by its divergence · at least 1 % of rows · at most 3 items"),
        "{}",
        stage.screen()
    );
    stage.keys("+ <");
    assert!(stage.screen().contains("at least 2 % of rows · at most 2 items"), "{}", stage.screen());
    assert!(stage.screen().contains("race = Black"), "{}", stage.screen());
    stage.keys("r");
    let form = stage.screen();
    assert!(form.contains("Add risk") && form.contains("REV-1"), "{form}");
    let flat = form.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("[cause:") && flat.contains("a gap of +"), "{flat}");
    stage.keys("C-s");
    let risk = stage.workspace().find("RSK-3").expect("the risk");
    let statement = risk.text("statement").expect("a statement").to_owned();
    assert!(statement.contains("FPR for") && statement.contains("n ") && statement.contains("points ["), "{statement}");
    assert_eq!(risk.text("category"), Some("fairness"));
    assert!(stage.screen().contains("[Worst slices]"), "back where one was: {}", stage.screen());
}

#[test]
fn a_run_on_a_new_model_version_shows_what_changed() {
    let mut stage = analysed(120, 36, "dark");
    stage.keys("a").types("One county").keys("Enter Esc");
    let review = stage.workspace().find("REV-1").expect("the review");
    let system = stage.workspace().find("SYS-1").expect("the system");
    stage.set(&system, vec![("model_version", Value::text("2.0"))]);
    let path = stage.folder.path().join("predictions.csv");
    // The new version has no false alarms for one group.
    std::fs::write(&path, rows().replace("0,1,0.50,Female,White", "0,0,0.10,Female,White")).expect("written");
    stage.keys("C-l 1 6 a").types(&path.to_string_lossy()).keys("Enter C-s a").types("One county").keys("Enter");
    assert!(stage.status().contains("RUN-1 is stale"), "{}", stage.status());
    let subject = Subject::of_review(&stage.workspace(), &review, None).expect("read");
    assert_eq!(subject.model_version.as_deref(), Some("2.0"));
    stage.keys("Esc C-l g Enter S-Tab S-Tab");
    assert!(stage.screen().contains("[Changes]"), "{}", stage.screen());
    assert!(stage.screen().contains("went from"), "{}", stage.screen());
}

#[test]
fn what_cannot_be_analysed_says_why_and_nothing_is_shown() {
    let mut stage = Stage::new(120, 36, "dark");
    for (name, text, words) in [
        ("empty.csv", "", "is empty"),
        ("ragged.csv", "y_true,y_pred,sex\n1,1,f\n1,1\n0,0,m\n", "line 3"),
        ("third.csv", "y_true,y_pred,sex\na,a,f\nb,a,m\nc,b,f\n", "[Verdict]"),
    ] {
        let path = stage.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        stage.keys("6 a").types(&path.to_string_lossy()).keys("Enter");
        let first = stage.status().to_owned();
        stage.keys("C-s");
        let shown = format!("{first} {} {}", stage.screen(), stage.status());
        assert!(shown.contains(words), "{name}: {shown}");
        stage.keys("Esc Esc");
    }
}

#[test]
fn it_is_read_out_in_sentences_where_nothing_is_drawn() {
    let stage = analysed(120, 36, "dark");
    let state = &stage.program.state;
    let asked = state.layers.asked(&state.ctx).expect("it has words");
    assert!(asked.title.contains("Verdict: breached"), "{}", asked.title);
    assert!(asked.help.iter().any(|line| line.starts_with("Broken: ")), "{:?}", asked.help);
    let crate::tui::asked::Wants::Choice { choices, .. } = asked.wants else { panic!("a choice") };
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels[0], "Groups");
    assert!(labels.iter().any(|label| label.contains("race = White") && label.contains(", n ")), "{labels:?}");
}
