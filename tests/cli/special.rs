//! The commands that only some kinds of record have.

use std::fs;

use serde_json::{Value as Json, json};

use crate::desk::{Desk, hash};

#[test]
fn a_review_moves_with_its_reason() {
    let desk = Desk::new();
    desk.ok(["review", "move", "REV-1", "triage", "--why", "Complete enough"]);
    let told = desk.fails(1, ["review", "move", "REV-1", "assessment"]);
    assert!(told.contains("Decide the tier"), "{told}");
    desk.ok(["decide", "REV-1", "tier", "low", "--why", "Nobody is ranked"]);
    desk.ok(["review", "move", "REV-1", "assess"]);
    let review = desk.json(["review", "show", "REV-1", "--json"]);
    assert_eq!(review["stage"], "assessment");
    assert_eq!(review["stage_reason"], Json::Null, "the reason of an earlier move is not this one's");
    assert!(desk.fails(1, ["review", "move", "REV-1", "launched"]).contains("cannot go"));
    assert!(desk.fails(2, ["review", "move", "REV-1", "moon"]).contains("intake, triage"));
}

#[test]
fn a_team_is_asked_for_what_is_missing() {
    let desk = Desk::new();
    let text = desk.ok(["review", "request", "REV-1", "--dry-run"]);
    assert!(text.starts_with("For the review REV-1"), "{text}");
    assert_eq!(desk.json(["action", "list", "--json"]), json!([]));
    desk.ok(["review", "request", "REV-1"]);
    assert_eq!(desk.json(["action", "list", "--json"])[0]["kind"], "information request");
}

#[test]
fn a_checklist_has_the_items_of_its_template() {
    let desk = Desk::new();
    desk.ok(["packet", "set", "REV-1", "--model-type", "RAG", "--exposure", "public", "--decision-role", "assists"]);
    desk.ok(["checklist", "add", "--template", "launch-readiness", "--review", "REV-1"]);
    let items = desk.json(["item", "list", "--json", "--checklist", "CHK-1"]);
    let items = items.as_array().expect("an array");
    assert!(items.len() > 15, "{}", items.len());
    let shown = desk.ok(["checklist", "show", "CHK-1"]);
    for item in items {
        assert!(shown.contains(item["code"].as_str().expect("a code")), "{shown}");
    }
    desk.ok(["item", "set", "ITM-1", "--status", "pass"]);
    assert!(desk.fails(1, ["item", "set", "ITM-2", "--status", "waived"]).contains("Say why"));
    assert!(
        desk.fails(1, ["item", "set", "ITM-2", "--status", "waived", "--reason", "x"])
            .contains("probity decide REV-… waive ITM-2")
    );
    let summary = desk.ok(["review", "show", "REV-1"]);
    assert!(summary.contains(&format!("1 of {} items settled", items.len())), "{summary}");
    assert!(
        desk.fails(1, ["checklist", "add", "--template", "none", "--review", "REV-1"]).contains("launch-readiness")
    );
    assert!(desk.fails(2, ["checklist", "add", "--review", "REV-1"]).contains("--template"));
}

#[test]
fn risks_are_accepted_and_actions_done() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "A", "--review", "REV-1", "--severity", "2", "--likelihood", "2"]);
    desk.ok(["action", "add", "B", "--review", "REV-1"]);
    desk.ok(["risk", "accept", "RSK-1", "--until", "+6m", "--reason", "Small, and watched"]);
    let risk = desk.json(["risk", "show", "RSK-1", "--json"]);
    assert_eq!((risk["status"].as_str(), risk["acceptance"].as_str()), (Some("accepted"), Some("Small, and watched")));
    assert!(desk.fails(1, ["risk", "accept", "RSK-1", "--until", "-1d", "--reason", "x"]).contains("in the past"));
    let acceptance = desk.json(["decision", "show", "DEC-1", "--json"]);
    assert_eq!(
        (acceptance["rule"].as_str(), acceptance["standing"].as_str()),
        (Some("acceptance-tolerated"), Some("in force"))
    );
    desk.fails(2, ["risk", "accept", "RSK-1"]);
    desk.ok(["action", "done", "ACT-1", "--note", "Done on Monday"]);
    let action = desk.json(["action", "show", "ACT-1", "--json"]);
    assert_eq!((action["status"].as_str(), action["closing_note"].as_str()), (Some("done"), Some("Done on Monday")));
    assert!(action["closed_at"].is_string());
}

#[test]
fn evidence_goes_in_and_comes_out_the_same() {
    let desk = Desk::new();
    let report = desk.write("report.csv", "group,fpr\na,0.1\n");
    let said = desk.ok([
        "evidence",
        "add",
        "report.csv",
        "--title",
        "Slices",
        "--review",
        "REV-1",
        "--kind",
        "fairness-report",
    ]);
    assert_eq!(said, "EVD-1 added.\n");
    let evidence = desk.json(["evidence", "show", "EVD-1", "--json"]);
    assert_eq!(evidence["sha256"], hash(&report));
    assert_eq!((evidence["bytes"].as_i64(), evidence["stored"].as_bool()), (Some(16), Some(true)));
    assert_eq!(evidence["system"], "SYS-1", "taken from the review");
    desk.ok(["evidence", "export", "EVD-1", "--out", "copy.csv"]);
    assert_eq!(fs::read(desk.folder.path().join("copy.csv")).expect("a copy"), b"group,fpr\na,0.1\n");
    let told = desk.fails(7, ["evidence", "export", "EVD-1", "--out", "copy.csv"]);
    assert!(told.contains("left as it is"), "{told}");
    desk.ok(["evidence", "export", "EVD-1"]);
    assert!(desk.folder.path().join("EVD-1-report.csv").exists());
    desk.ok(["evidence", "add", "--link", "https://example.org/r", "--review", "REV-1"]);
    assert!(desk.fails(1, ["evidence", "export", "EVD-2"]).contains("no copy"));
    desk.fails(2, ["evidence", "add", "--title", "Nothing"]);
    desk.fails(7, ["evidence", "add", "nowhere.pdf"]);
    assert!(desk.fails(7, ["evidence", "add", "."]).contains("not a regular file"));
    assert!(desk.fails(7, ["evidence", "add", "/dev/null"]).contains("not a regular file"));
    desk.ok(["evidence", "add", "report.csv"]);
    assert_eq!(desk.json(["evidence", "show", "EVD-3", "--json"])["title"], "report.csv");
}

#[test]
fn a_large_file_is_registered_by_reference() {
    let desk = Desk::new();
    desk.write("policy.toml", "[evidence]\ncopy_limit_bytes = 1000\n");
    let limit = desk.run(["policy", "show", "evidence"]);
    assert_eq!(limit.code, 0, "{}", limit.err);
    desk.write("big.bin", vec![7_u8; 1001]);
    desk.ok(["evidence", "add", "big.bin", "--review", "REV-1"]);
    let evidence = desk.json(["evidence", "show", "EVD-1", "--json"]);
    assert_eq!((evidence["stored"].as_bool(), evidence["bytes"].as_i64()), (Some(false), Some(1001)));
}
