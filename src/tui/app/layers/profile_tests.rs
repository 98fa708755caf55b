//! Another profile, chosen in the screens: what it changes is shown, a yes switches, undo takes it back.

use crate::record::{PACKET, PERSON, Value};
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
    assert!(stage.screen().contains("Why the profile startup?"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("Say why it is decided so."), "{}", stage.screen());
    assert_eq!(profile(&stage), None);
    stage.types("We are twelve people").keys("Enter");
    assert_eq!(profile(&stage).as_deref(), Some("startup"));
    assert!(stage.status().contains("The profile is now startup"), "{}", stage.status());
    let after = asked(&stage);
    assert!(after.iter().zip(&before).all(|(after, before)| *after == before - 2), "{before:?} {after:?}");
    assert_eq!(stage.program.state.ctx.policy.about().name, "startup", "the screens work under it at once");
    let decision = stage.workspace().find("DEC-1").expect("a decision");
    assert_eq!(decision.text("title"), Some("Profile startup"));
    assert_eq!(decision.text("rationale"), Some("We are twelve people"));
    assert_eq!((decision.text("kind"), decision.text("rule")), (Some("policy change"), Some("policy-change")));
    let review = stage.workspace().find("REV-1").expect("a review");
    assert!(!matches!(review.get("due_on"), Value::Empty));

    stage.keys("u");
    assert_eq!((profile(&stage), asked(&stage)), (None, before));
    assert_ne!(stage.program.state.ctx.policy.about().name, "startup");
}

#[test]
fn whoever_may_not_is_told_before_anything_is_asked() {
    let mut stage = Stage::new(140, 30, "dark");
    let me = stage.workspace().get(&PERSON, &stage.program.state.ctx.me.id).expect("me");
    stage.set(&me, vec![("roles", Value::List(vec!["specialist".to_owned()]))]);
    stage.keys(":").types("policy profile").keys("Enter").types("startup").keys("Enter");
    let screen = stage.screen();
    assert!(!screen.contains("What the profile startup changes"), "{screen}");
    for part in ["does not hold the right to decide on a policy change", "(rule policy-change)"] {
        assert!(screen.contains(part), "{part} is missing in:\n{screen}");
    }
    stage.types("We are twelve people").keys("C-s");
    let decision = stage.workspace().find("DEC-1").expect("a recommendation");
    assert_eq!(decision.text("status"), Some("recommended"));
    assert_eq!(profile(&stage), None, "a recommendation changes nothing");
}
