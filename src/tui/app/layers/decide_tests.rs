//! Deciding, signing, checking and taking back, by keys alone.

use crate::tui::app::stage::Stage;

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ssh/decider");
const LOCKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ssh/locked");
const SIGNERS: &str = include_str!("../../../../tests/data/ssh/allowed_signers");

/// Ana has decided that the first review's tier is high, and looks at the decision.
fn decided() -> Stage {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("v").types("decide the tier").keys("Enter").types("high").keys("Enter").types("It ranks people");
    stage.keys("Enter Enter");
    while !stage.screen().contains("[Decisions") {
        stage.keys("l");
    }
    stage.keys("Enter");
    stage
}

/// A file of allowed signers that gives the tests' key to somebody.
fn signers(stage: &Stage, whose: &str) -> String {
    let own = SIGNERS.lines().next().and_then(|line| line.rsplit_once("ssh-ed25519")).expect("a key").1;
    let path = stage.folder.path().join("signers");
    std::fs::write(&path, format!("{whose} ssh-ed25519{own}\n")).expect("written");
    path.display().to_string()
}

#[test]
fn a_decision_is_signed_and_checked_on_its_page() {
    let mut stage = decided();
    assert!(stage.screen().contains("Signed              no"), "{}", stage.screen());
    stage.keys("V");
    assert!(stage.status().contains("DEC-1 is not signed"), "{}", stage.status());
    stage.keys("S C-u").types("/nowhere/at/all").keys("Enter");
    assert!(stage.screen().contains("Reading /nowhere/at/all failed"), "{}", stage.screen());
    stage.keys("C-u").types(KEY).keys("Enter");
    assert!(stage.status().starts_with("DEC-1 signed"), "{}", stage.status());
    assert!(stage.screen().contains("by the key SHA256:"), "{}", stage.screen());
    assert!(stage.screen().contains("not checked here yet"), "{}", stage.screen());
    let file = signers(&stage, "bo");
    stage.keys("V C-u").types(&file).keys("Enter");
    assert!(stage.screen().contains("does not count"), "{}", stage.screen());
    let file = signers(&stage, "ana");
    stage.keys("V");
    assert!(stage.screen().contains(&file), "the file that was used last is offered: {}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("verified: ana"), "{}", stage.screen());
    // What was checked is another signature once it is signed anew.
    stage.keys("S C-u").types(LOCKED).keys("Enter").types("open sesame").keys("Enter");
    assert!(stage.screen().contains("not checked here yet"), "{}", stage.screen());
}

#[test]
fn a_passphrase_is_asked_for_unseen_and_kept_nowhere() {
    let mut stage = decided();
    stage.keys("S C-u").types(LOCKED).keys("Enter").types("wrong").keys("Enter");
    assert!(stage.screen().contains("does not open the key"), "{}", stage.screen());
    stage.types("open sesame");
    assert!(!stage.screen().contains("sesame") && stage.screen().contains("***********"), "{}", stage.screen());
    let asked = stage.program.state.layers.asked(&stage.program.state.ctx).expect("a question");
    assert!(!format!("{asked:?}").contains("sesame"), "nor in words");
    stage.keys("Enter");
    assert!(stage.workspace().find("DEC-1").expect("the decision").text("signature").is_some());
    for file in std::fs::read_dir(stage.folder.path()).expect("the folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        assert!(!bytes.windows(6).any(|part| part == b"sesame"), "nor in a file");
    }
}

#[test]
fn a_decision_is_withdrawn_with_a_reason() {
    let mut stage = decided();
    stage.keys("W Enter");
    assert!(stage.screen().contains("Say why it is withdrawn"), "{}", stage.screen());
    stage.types("A new finding").keys("Enter");
    assert!(stage.screen().contains("A tier is not withdrawn: decide another one"), "{}", stage.screen());
    assert!(stage.screen().contains("A new finding"), "what was typed stays: {}", stage.screen());
    stage.keys("Esc Esc Esc 3 v").types("No figures").keys("Enter").types("A person reads each").keys("Enter");
    stage.types("+30d").keys("Enter");
    assert_eq!(stage.workspace().find("DEC-2").expect("a waiver").text("status"), Some("in force"));
    stage.keys("1 Enter");
    while !stage.screen().contains("[Decisions") {
        stage.keys("l");
    }
    stage.keys("g W");
    assert!(stage.screen().contains("Withdraw DEC-2"), "{}", stage.screen());
    stage.types("The figures are there").keys("Enter");
    let waiver = stage.workspace().find("DEC-2").expect("the waiver");
    assert_eq!(waiver.text("withdrawn_reason"), Some("The figures are there"));
    stage.keys("W");
    assert!(stage.status().contains("DEC-2 is withdrawn already"), "{}", stage.status());
}

/// A stage whose first review has a tier and stands before its decision, and the form of its approval.
fn approving() -> Stage {
    let mut stage = Stage::new(120, 36, "dark");
    stage.keys("v").types("decide the tier").keys("Enter").types("low").keys("Enter").types("Low").keys("Enter");
    for to in ["triage", "assessment", "mitigation", "decision"] {
        let review = stage.workspace().find("REV-1").expect("the review");
        stage.set(&review, vec![("stage", to.into()), ("stage_reason", "On we go".into())]);
    }
    stage.keys("C-l v").types("with cond").keys("Enter");
    stage
}

#[test]
fn conditions_have_owners_and_dates_and_are_shown_as_understood() {
    let mut stage = approving();
    assert!(stage.screen().contains("approved with conditions"), "{}", stage.screen());
    stage.types("Label 500 cases @lena due:+3w");
    assert!(stage.screen().contains("owner @lena · due "), "{}", stage.screen());
    stage.keys("Enter").types("Watch it @nobody");
    assert!(stage.screen().contains("There is no person"), "{}", stage.screen());
    stage.keys("Enter C-u").types("Watch it due:2020-01-01").keys("Enter");
    assert!(stage.screen().contains("is over"), "{}", stage.screen());
    stage.keys("C-u").types("Watch it @me").keys("Enter Enter").types("Bo would wait").keys("Enter");
    stage.types("It ranks nobody").keys("Enter");
    let decision = stage.workspace().find("DEC-2").expect("an approval");
    assert_eq!(decision.text("kind"), Some("approve with conditions"));
    assert_eq!(
        (decision.text("dissent"), decision.text("rationale")),
        (Some("Bo would wait"), Some("It ranks nobody"))
    );
    let action = |name: &str| stage.workspace().find(name).expect("an action");
    let (label, watch) = (action("ACT-2"), action("ACT-3"));
    let lena = stage.workspace().find("PER-2").expect("Lena");
    assert_eq!((label.title(), label.text("owner")), ("Label 500 cases", Some(lena.id())));
    assert_eq!(watch.text("owner"), Some(stage.program.state.ctx.me.id.as_str()));
    assert!(label.get("due_on").as_day().is_some() && watch.get("due_on").is_empty());
    assert_eq!(stage.workspace().find("REV-1").expect("the review").text("stage"), Some("approved with conditions"));
}

#[test]
fn what_was_typed_stays_when_the_decision_is_refused() {
    let mut stage = approving();
    stage.types("Label 500 cases").keys("Enter Enter Enter").types("It ranks nobody");
    let packet = stage.workspace().find("PKT-1").expect("a packet");
    stage.set(&packet, vec![("human_oversight", "none".into())]);
    stage.keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("human oversight was nothing, is"), "{screen}");
    assert!(screen.contains("Label 500 cases") && screen.contains("It ranks nobody"), "{screen}");
    let review = stage.workspace().find("REV-1").expect("the review");
    stage.set(&review, vec![("priority", "urgent".into())]);
    stage.keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("Priority was") && screen.contains("It ranks nobody"), "{screen}");
    let ana = stage.workspace().find("PER-1").expect("Ana");
    stage.set(&ana, vec![("roles", Vec::<String>::new().into())]);
    stage.keys("Enter");
    let screen = stage.screen();
    assert!(screen.contains("not decided") && screen.contains("You may only recommend"), "{screen}");
    assert_eq!(stage.workspace().total(&crate::record::DECISION).expect("a total"), 1, "nothing was saved so far");
    stage.keys("Enter");
    assert_eq!(stage.workspace().find("DEC-2").expect("a recommendation").text("status"), Some("recommended"));
}

#[test]
fn what_was_typed_about_a_decision_is_kept_and_comes_back() {
    let mut stage = approving();
    stage
        .types("Label 500 cases @me")
        .keys("Enter")
        .types("Watch it @lena")
        .keys("Enter Enter Enter")
        .types("It ranks");
    stage.keys("Esc");
    assert!(stage.screen().contains("Leave, and keep a draft"), "{}", stage.screen());
    stage.keys("Down Enter");
    assert!(stage.status().contains("The draft is kept"), "{}", stage.status());
    // Another decision about the same review does not get it.
    stage.keys("v").types("defer").keys("Enter");
    assert!(!stage.screen().contains("It ranks"), "{}", stage.screen());
    stage.keys("Esc v").types("with cond").keys("Enter");
    let screen = stage.screen();
    for text in ["is back", "Label 500 cases @me", "Watch it @lena", "It ranks"] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
    stage.keys("C-s");
    let decision = stage.workspace().find("DEC-2").expect("an approval");
    assert_eq!(decision.text("rationale"), Some("It ranks"));
    assert_eq!(stage.workspace().drafts().expect("read"), [], "decided: nothing is kept any more");
    assert_eq!(stage.workspace().find("ACT-3").expect("the second condition").title(), "Watch it");
}

#[test]
fn a_draft_of_a_decision_may_be_thrown_away_or_gone_on_with_from_the_list() {
    let mut stage = approving();
    stage.types("Label 500 cases").keys("Esc").types("throw").keys("Enter");
    assert_eq!(stage.workspace().drafts().expect("read"), []);
    stage.keys("v").types("reject").keys("Enter").types("It harms").keys("Esc Down Enter");
    assert_eq!(stage.workspace().drafts().expect("read").len(), 1);
    stage.keys(":").types("drafts").keys("Enter Enter");
    assert!(stage.screen().contains("It harms"), "{}", stage.screen());
    stage.keys("C-s");
    assert_eq!(stage.workspace().find("REV-1").expect("the review").text("stage"), Some("rejected"));
}
