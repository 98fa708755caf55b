//! Another profile, chosen in the screens: what it changes is shown, a yes switches, undo takes it back.

use crate::record::{PACKET, Value};
use crate::session::profile_of;
use crate::tui::app::stage::Stage;
use crate::workspace::{Direction, Query};

fn asked(stage: &Stage) -> Vec<i64> {
    let page = stage.workspace().page(&Query::all(&PACKET), None, Direction::After, 10).expect("packets");
    page.rows.iter().filter_map(|row| row.record.number("asked")).collect()
}

fn profile(stage: &Stage) -> Option<String> {
    profile_of(&stage.workspace().policy_layers().expect("layers"))
}

#[test]
fn a_profile_is_previewed_confirmed_and_undone() {
    let mut stage = Stage::new(110, 40, "dark");
    let before = asked(&stage);
    stage.keys(":").types("policy profile").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("healthcare") && screen.contains("it is in force"), "{screen}");
    stage.types("startup").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("What the profile startup changes"), "{screen}");
    assert!(screen.contains("0 of 3 reviews would be proposed another tier"), "{screen}");
    assert!(screen.contains("service_level.intake.any: 10 → 5"), "{screen}");
    stage.keys("Esc");
    assert_eq!((profile(&stage), asked(&stage)), (None, before.clone()), "no is no");

    stage.keys(":").types("policy profile").keys("Enter").types("startup").keys("Enter y");
    assert_eq!(profile(&stage).as_deref(), Some("startup"));
    assert!(stage.status().contains("The profile is now startup"), "{}", stage.status());
    let after = asked(&stage);
    assert!(after.iter().zip(&before).all(|(after, before)| *after == before - 2), "{before:?} {after:?}");
    assert_eq!(stage.program.state.ctx.policy.about().name, "startup", "the screens work under it at once");
    let review = stage.workspace().find("REV-1").expect("a review");
    assert!(!matches!(review.get("due_on"), Value::Empty));

    stage.keys("u");
    assert_eq!((profile(&stage), asked(&stage)), (None, before));
    assert_ne!(stage.program.state.ctx.policy.about().name, "startup");
}
