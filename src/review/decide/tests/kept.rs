//! Decisions once they are made: what makes them outdated, what keeps them as they are.

use super::*;

#[test]
fn a_decision_is_outdated_by_what_it_rested_on_and_by_nothing_else() {
    let mut desk = Desk::ready("low");
    desk.approve("sue").expect("approved");
    desk.set("ana", "REV-1", vec![("notes", "a note".into()), ("title", "Another title".into())]).expect("typos");
    desk.set("ana", "RSK-1", vec![("statement", "Because of …".into()), ("title", "Better".into())]).expect("typos");
    desk.set("ana", "SYS-1", vec![("lifecycle", "production".into())]).expect("launched");
    desk.set("ana", "ITM-2", vec![("status", "pass".into())]).expect("passed");
    let review = Value::text(desk.at("REV-1").id());
    let evidence = |name: &str| {
        vec![("title", Value::text(name)), ("review", review.clone()), ("sha256", Value::text("ab".repeat(32)))]
    };
    desk.add("ana", &EVIDENCE, evidence("Figures")).expect("evidence");
    assert_eq!(desk.differences("DEC-2"), Vec::<String>::new());
    assert_eq!(desk.state("DEC-2"), State::InForce);
    desk.set("ana", "PKT-1", vec![("human_oversight", "none".into())]).expect("a change");
    desk.set("ana", "SYS-1", vec![("model_version", "1.1".into())]).expect("a change");
    desk.set("ana", "RSK-1", vec![("severity", 4.into())]).expect("a change");
    desk.set("ana", "ITM-2", vec![("status", "fail".into())]).expect("a change");
    let told = desk.differences("DEC-2");
    assert_eq!(
        told,
        [
            "ITM-2 status was “open”, is “fail”",
            "PKT-1 human oversight was “before action”, is “none”",
            "RSK-1 severity was “3”, is “4”",
            "SYS-1 model version was “1.0”, is “1.1”",
        ]
    );
    assert!(matches!(desk.state("DEC-2"), State::Outdated(_)));
    // A tier rests on the answers alone.
    let tier = desk.differences("DEC-1");
    assert_eq!(tier.len(), 2, "{tier:?}");
    // Going back to what was decided mends it.
    desk.set("ana", "PKT-1", vec![("human_oversight", "before action".into())]).expect("back");
    desk.set("ana", "SYS-1", vec![("model_version", "1.0".into())]).expect("back");
    assert_eq!(desk.state("DEC-1"), State::InForce);
}

#[test]
fn what_another_process_changed_a_second_ago_is_noticed() {
    let mut desk = Desk::ready("low");
    let ask = Ask { seen: None, ..Ask::new(APPROVE, Some(&desk.at("REV-1")), "As I saw it") };
    let seen = Ask { seen: Some(basis(&desk.workspace, &ask, today())), ..ask };
    let path = desk.folder.path().join("w.db");
    let mut other = Workspace::open(&path, crate::workspace::Options::default(), Arc::new(Policy::builtin()))
        .expect("opened twice");
    let packet = other.find("PKT-1").expect("the packet");
    let fields = vec![("human_oversight", "none".into())];
    let edit = Edit::Set { kind: &PACKET, id: packet.id().to_owned(), version: None, fields };
    other.write(Change::by(&desk.id("ana"), vec![edit])).expect("another process writes");
    match desk.decide("sue", &seen) {
        Err(Error::Overtaken { differences, .. }) => {
            let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
            assert_eq!(told, ["PKT-1 human oversight was “before action”, is “none”"]);
        }
        other => panic!("not noticed: {other:?}"),
    }
    assert_eq!(desk.workspace.total(&DECISION).expect("a total"), 1, "nothing was saved");
    let fresh = Ask { seen: Some(basis(&desk.workspace, &seen, today())), ..seen.clone() };
    let review = other.find("REV-1").expect("the review");
    let fields = vec![("priority", "urgent".into())];
    let edit = Edit::Set { kind: &REVIEW, id: review.id().to_owned(), version: None, fields };
    other.write(Change::by(&desk.id("ana"), vec![edit])).expect("another process writes");
    assert!(matches!(desk.decide("sue", &fresh), Err(Error::Stale { .. })), "the review itself moved on");
    let again = Ask { subject: Some(desk.at("REV-1")), ..fresh };
    desk.decide("sue", &again).expect("decided on what is there");
}

#[test]
fn a_decision_is_kept_as_it_was_made() {
    let mut desk = Desk::ready("low");
    desk.approve("sue").expect("approved");
    let told = said(desk.set("sue", "DEC-2", vec![("rationale", "Another".into())]));
    assert!(told.contains("not rewritten"), "{told}");
    for fields in [vec![("snapshot", "{}".into())], vec![("digest", "0".into())], vec![("decided_by", "x".into())]] {
        assert!(desk.set("sue", "DEC-2", fields).is_err());
    }
    let delete = Edit::Delete { kind: &DECISION, id: desk.at("DEC-2").id().to_owned() };
    assert!(said(desk.workspace.write(Change::by(&desk.id("sue"), vec![delete]))).contains("it is kept"));
    assert!(said(desk.set("sue", "DEC-2", vec![("status", "superseded".into())])).contains("newer one"));
    let alone = vec![("status", WITHDRAWN.into()), ("withdrawn_reason", "x".into())];
    assert!(said(desk.set("sue", "DEC-2", alone)).contains("still rests on it"));
    let edits = withdraw(&desk.workspace.look(), &desk.at("DEC-2"), "A new finding");
    refusal(desk.workspace.write(Change::by(&desk.id("nobody"), edits.clone())));
    desk.workspace.write(Change::by(&desk.id("sam"), edits)).expect("withdrawn by another who may");
    assert_eq!(desk.at("REV-1").text("stage"), Some("decision"));
    assert_eq!(desk.state("DEC-2"), State::Withdrawn);
    assert!(said(desk.set("sue", "DEC-2", vec![("status", IN_FORCE.into())])).contains("Decide anew"));
}

#[test]
fn undo_and_redo_keep_to_the_rights() {
    let mut desk = Desk::ready("low");
    desk.approve("sue").expect("approved");
    let change = desk.workspace.history(&crate::workspace::HistoryFilter::default(), 1).expect("history")[0].number;
    let told = desk.workspace.undo_change(&desk.id("nobody"), change).expect_err("another's").to_string();
    assert!(told.contains("decided by somebody else"), "{told}");
    desk.workspace.undo(&desk.id("sue")).expect("undone");
    assert_eq!(desk.at("REV-1").text("stage"), Some("decision"));
    assert_eq!(desk.workspace.total(&DECISION).expect("a total"), 1);
    desk.workspace.redo(&desk.id("sue")).expect("done again");
    assert_eq!(desk.at("REV-1").text("stage"), Some("approved"));
    desk.workspace.undo(&desk.id("sue")).expect("undone");
    let sue = desk.at("PER-3");
    assert_eq!(sue.text("handle"), Some("sue"));
    desk.set("ana", "PER-3", vec![("roles", Value::List(Vec::new()))]).expect("no role");
    assert!(matches!(desk.workspace.redo(&desk.id("sue")), Err(Error::NoRight { .. })), "the right was lost since");
    assert_eq!(desk.at("REV-1").text("stage"), Some("decision"));
    // Moving back and undoing that after the approval was withdrawn does not bring it back.
    desk.approve("sam").expect("approved");
    desk.set("nobody", "REV-1", vec![("stage", "mitigation".into())]).expect("moved back");
    let edits = withdraw(&desk.workspace.look(), &desk.at("DEC-3"), "A new finding");
    desk.workspace.write(Change::by(&desk.id("sam"), edits)).expect("withdrawn");
    let told = desk.workspace.undo(&desk.id("nobody")).expect_err("refused").to_string();
    assert!(told.contains("does not hold"), "{told}");
    assert_eq!(desk.at("REV-1").text("stage"), Some("mitigation"));
}
