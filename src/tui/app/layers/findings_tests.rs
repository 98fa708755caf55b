//! Standing checks and guides on the screens, by keys alone.

use crate::tui::app::stage::{Stage, steady};

#[test]
fn findings_are_listed_narrowed_opened_and_silenced() {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("F9");
    let screen = stage.screen();
    assert!(screen.contains("Standing checks") && screen.contains("warning"), "{screen}");
    assert!(screen.contains("Next:") && screen.contains("probity "), "the rule is explained below: {screen}");
    stage.types("nobody says this");
    assert!(stage.screen().contains("Nothing of that kind"), "{}", stage.screen());
    stage.keys("C-u").types("risk-no-");
    assert!(stage.screen().contains("RSK-"), "{}", stage.screen());
    stage.keys("F6");
    let screen = stage.screen();
    assert!(screen.contains("silenced finding") && screen.contains("risk-no-"), "the form asks: {screen}");
    stage.types("It is named next week").keys("Tab").types("+30d").keys("C-s");
    assert!(stage.status().contains("SIL-1"), "{}", stage.status());
    stage.keys("F9").types("silenced");
    stage.keys("C-u").types("risk-no-");
    assert!(stage.screen().contains("silenced"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("RSK-") && !stage.screen().contains("Standing checks"), "{}", stage.screen());
}

#[test]
fn a_review_alone_is_asked_and_severities_take_turns() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.keys("C");
    assert!(stage.screen().contains("Standing checks: REV-"), "{}", stage.screen());
    stage.keys("Tab");
    assert!(stage.screen().contains("errors only"), "{}", stage.screen());
    stage.keys("Tab Tab Tab");
    assert!(!stage.screen().contains("only"), "{}", stage.screen());
    stage.keys("Esc");
    assert!(!stage.screen().contains("Standing checks"), "{}", stage.screen());
}

#[test]
fn guides_are_searched_and_read() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.keys("F8").types("wilson");
    let screen = stage.screen();
    assert!(screen.contains("Read an interval") && !screen.contains("Prepare a board"), "{screen}");
    stage.keys("Enter");
    assert!(stage.screen().contains("What it says"), "{}", stage.screen());
    stage.keys("PgDn PgDn PgDn PgDn PgDn");
    assert!(stage.screen().contains("Sources"), "{}", stage.screen());
    stage.keys("Esc Esc");
    assert!(!stage.screen().contains("How-to guides"), "{}", stage.screen());
}

#[test]
fn findings_at_three_sizes() {
    for (width, height) in [(80, 24), (120, 36), (200, 60)] {
        let mut stage = Stage::new(width, height, "dark");
        stage.keys("F9");
        insta::assert_snapshot!(format!("findings_{width}x{height}"), steady(&stage.screen()));
    }
}
