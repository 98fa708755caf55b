//! The library, a renewal and the coverage in the screens, used as people use them.

use crate::record::{ACTION, PACKET, RISK, Value};
use crate::tui::app::stage::{Stage, steady};
use crate::workspace::{Direction, Query};

/// A stage whose first review is about an assistant with retrieval, open to the public.
fn assistant(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height, "dark");
    let packet = stage.workspace().find("PKT-1").expect("the packet");
    assert_eq!(packet.kind(), &PACKET);
    let answers = [
        ("use_case", "Answers questions of customers"),
        ("model_type", "RAG"),
        ("model_provider", "vendor API"),
        ("exposure", "public"),
        ("decision_role", "informs"),
    ];
    stage.set(&packet, answers.map(|(name, value)| (name, Value::text(value))).to_vec());
    stage.keys("C-l");
    stage
}

#[test]
fn a_suggested_risk_is_read_made_to_fit_and_saved() {
    let mut stage = assistant(120, 36);
    stage.keys("i");
    let screen = stage.screen();
    assert!(screen.contains("Risks to think of in REV-1"), "{screen}");
    insta::assert_snapshot!("suggested_risks_120x36", steady(&screen));
    stage.types("injection");
    assert!(stage.screen().contains("Prompt injection takes over"), "{}", stage.screen());
    stage.keys("Enter");
    let form = stage.screen();
    assert!(form.contains("Add risk") && form.contains("cannot tell data from instructions"), "{form}");
    stage.keys("C-s");
    let risk = stage.workspace().find("RSK-3").expect("a risk");
    assert_eq!((risk.kind(), risk.text("pattern")), (&RISK, Some("prompt-injection")));
    assert_eq!(risk.get("controls").items(), ["SEC-03", "SEC-09", "SEC-04"]);
    assert!(risk.get("severity").is_empty());
    // Now it is marked as recorded, and opens.
    stage.keys("i").types("injection");
    assert!(stage.screen().contains("recorded") && stage.screen().contains("RSK-3"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("RSK-3"), "{}", stage.screen());
    // What is usually done becomes an action.
    stage.keys("K");
    assert!(stage.screen().contains("Make actions for RSK-3"), "{}", stage.screen());
    stage.keys("Tab Down Tab Enter");
    let actions = stage.workspace().page(&Query::all(&ACTION), None, Direction::After, 20).expect("actions").rows;
    let of_risk = actions.iter().filter(|row| row.record.text("source") == Some("RSK-3")).count();
    assert!(of_risk >= 1, "{}", stage.status());
    stage.keys("K");
    assert!(stage.screen().contains("ACT-"), "{}", stage.screen());
}

#[test]
fn a_risk_from_nowhere_has_no_usual_mitigations() {
    let mut stage = Stage::new(110, 30, "dark");
    stage.keys("2 K");
    assert!(stage.status().contains("was not drawn from the library"), "{}", stage.status());
    stage.keys("1 i");
    assert!(stage.status().contains("No pattern of the library speaks of the packet of REV-1"), "{}", stage.status());
}

#[test]
fn coverage_leads_from_the_framework_to_the_item() {
    let mut stage = assistant(120, 36);
    stage.keys(":").types("coverage").keys("Enter");
    insta::assert_snapshot!("coverage_120x36", steady(&stage.screen()));
    stage.types("NIST AI RMF").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("GOVERN 1.1") && screen.contains("never assessed"), "{screen}");
    insta::assert_snapshot!("coverage_requirements_120x36", steady(&screen));
    stage.types("GOVERN 1.1").keys("Enter");
    assert!(stage.screen().contains("Items for GOVERN 1.1"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("ITM-"), "{}", stage.screen());
}

#[test]
fn a_checklist_that_is_current_says_so_and_another_shows_what_changes() {
    let mut stage = Stage::new(110, 36, "dark");
    // The packet says more now than when the checklist was made, so some items are new.
    stage.keys("3 :").types("renew").keys("Enter");
    assert!(stage.status().contains("is up to date"), "{}", stage.status());
    let packet = stage.workspace().find("PKT-1").expect("the packet");
    let answers = [("exposure", "public"), ("personal_data", "personal"), ("decision_role", "decides alone")];
    stage.set(&packet, answers.map(|(name, value)| (name, Value::text(value))).to_vec());
    stage.keys("C-l 3 :").types("renew").keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("Renew it?") && screen.contains("added"), "{screen}");
    insta::assert_snapshot!("renewal_110x36", steady(&screen));
    stage.keys("y");
    assert!(stage.status().contains("CHK-1 renewed to version 1"), "{}", stage.status());
    stage.keys("u");
    assert!(stage.status().contains("renewed"), "{}", stage.status());
}

#[test]
fn the_triage_tells_the_first_suggestions_and_their_reasons() {
    let mut stage = assistant(120, 110);
    stage.keys("Enter Tab Tab");
    let screen = stage.screen();
    assert!(screen.contains("Risks to think of: 31 of 31 not recorded"), "{screen}");
    assert!(screen.contains("Language models confabulate, whatever they are told."), "{screen}");
    let lines = stage.program.state.screens.last().and_then(|screen| screen.triaged.clone()).expect("a triage").items;
    let at = lines.iter().position(|item| item.text.starts_with("Confident answers")).expect("the suggestion");
    for _ in 0..at {
        stage.keys("j");
    }
    stage.keys("Enter");
    assert!(stage.screen().contains("Add risk"), "{}", stage.screen());
    stage.keys("C-s");
    assert_eq!(stage.workspace().find("RSK-3").expect("a risk").text("pattern"), Some("confabulated-answer"));
    assert!(stage.screen().contains("Risks to think of: 30 of 31 not recorded"), "{}", stage.screen());
}
