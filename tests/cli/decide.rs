//! Decisions on the command line: refused, recommended, made, withdrawn, outdated, signed.

use std::process::Command as Process;

use rusqlite::Connection;
use serde_json::json;

use crate::desk::Desk;

const DECIDER: &str = include_str!("../data/ssh/decider");
const STRANGER: &str = include_str!("../data/ssh/stranger");
const SIGNERS: &str = include_str!("../data/ssh/allowed_signers");

/// A workspace with a forum and an executive, and a review that is ready for its decision.
fn ready(tier: &str) -> Desk {
    let desk = Desk::new();
    desk.ok(["person", "add", "Fred", "--handle", "fred", "--roles", "governance forum"]);
    desk.ok(["person", "add", "Eve", "--handle", "eve", "--email", "eve@example.org", "--roles", "executive"]);
    desk.ok(["risk", "add", "Proxy", "--review", "REV-1", "--severity", "5", "--likelihood", "4"]);
    desk.ok(["checklist", "add", "--template", "launch-readiness", "--review", "REV-1"]);
    desk.ok(["review", "move", "REV-1", "triage"]);
    let decider = if tier == "low" { "ana" } else { "fred" };
    desk.ok(["decide", "REV-1", "tier", tier, "--why", "By the answers", "--as", decider]);
    desk.ok(["review", "move", "REV-1", "assessment"]);
    desk.ok(["review", "move", "REV-1", "decision"]);
    desk
}

#[test]
fn a_refusal_names_the_rule_and_who_may_and_has_its_own_code() {
    let desk = ready("high");
    let told = desk.fails(9, ["decide", "REV-1", "approve", "--why", "Fine"]);
    assert!(
        told.contains("rule launch-executive") && told.contains("@eve now") && told.contains("recommend"),
        "{told}"
    );
    let said = desk.ok(["decide", "REV-1", "recommend", "approve", "--why", "Fine by me"]);
    assert_eq!(said, "DEC-2 REV-1: approved (recommended; it changes nothing).\n");
    assert_eq!(desk.json(["review", "show", "REV-1", "--json"])["stage"], "decision");
    let preview = desk.ok(["decide", "REV-1", "approve", "--preview"]);
    assert!(preview.starts_with("You may not") && preview.contains("\"packet\""), "{preview}");
    assert!(desk.fails(2, ["decide", "REV-1", "approve"]).contains("--why"));
    assert!(desk.fails(2, ["decide", "approve", "--why", "x"]).contains("Name the review"));
    assert!(desk.fails(1, ["decision", "add", "--notes", "x"]).contains("probity decide"));
    assert!(desk.fails(1, ["decision", "delete", "DEC-1"]).contains("it is kept"));
    let explained = desk.ok(["policy", "explain", "right.launch-executive"]);
    assert!(explained.contains("executive"), "{explained}");
}

#[test]
fn an_approval_with_conditions_and_what_outdates_it() {
    let desk = ready("high");
    let said = desk.ok([
        "decide",
        "REV-1",
        "approve",
        "--why",
        "With conditions",
        "--condition",
        "Label 500 cases",
        "--owner",
        "fred",
        "--due",
        "+30d",
        "--condition",
        "Tell the council",
        "--as",
        "eve",
    ]);
    assert!(said.contains("decided as executive by the rule launch-executive"), "{said}");
    let actions = desk.json(["action", "list", "--json"]);
    assert_eq!(actions.as_array().map(Vec::len), Some(2));
    assert!(actions.as_array().is_some_and(|all| all.iter().all(|action| action["kind"] == "condition")));
    let shown = desk.json(["decision", "show", "DEC-2", "--json"]);
    assert_eq!((shown["standing"].as_str(), &shown["differences"]), (Some("in force"), &json!([])));
    desk.ok(["packet", "set", "REV-1", "--notes", "a note"]);
    assert!(desk.ok(["decision", "show", "DEC-2"]).contains("in force"));
    desk.ok(["packet", "set", "REV-1", "--human-oversight", "none"]);
    let told = desk.ok(["decision", "show", "DEC-2"]);
    assert!(told.contains("outdated") && told.contains("PKT-1 human oversight was nothing, is “none”"), "{told}");
    let shown = desk.json(["decision", "show", "DEC-2", "--json"]);
    assert_eq!(shown["differences"][0]["field"], "human_oversight");
    assert!(!desk.ok(["decision", "show", "DEC-2"]).contains("{\""), "the snapshot is not told unless asked for");
    desk.ok(["decision", "withdraw", "DEC-2", "--why", "Oversight went", "--as", "eve"]);
    assert_eq!(desk.json(["review", "show", "REV-1", "--json"])["stage"], "decision");
    assert!(desk.fails(2, ["decide", "REV-1", "approve", "--why", "x", "--owner", "fred"]).contains("before it"));
}

#[test]
fn waivers_acceptances_and_the_other_kinds() {
    let desk = ready("low");
    let waive = |expires: &str| -> Vec<String> {
        [
            "decide",
            "REV-1",
            "waive",
            "gov-03",
            "--control",
            "Somebody looks",
            "--why",
            "No figures",
            "--as",
            "fred",
            "--expires",
        ]
        .iter()
        .map(|word| (*word).to_owned())
        .chain([expires.to_owned()])
        .collect()
    };
    assert!(desk.fails(1, waive("-1d")).contains("in the past"));
    assert!(desk.fails(1, waive("+2y")).contains("180 days"));
    assert!(desk.ok(waive("+60d")).contains("by the rule waiver"));
    assert!(
        desk.fails(9, ["decide", "REV-1", "accept", "RSK-1", "--why", "x", "--expires", "+9d"])
            .contains("acceptance-executive")
    );
    desk.ok(["decide", "REV-1", "accept", "RSK-1", "--why", "Watched", "--expires", "+9d", "--as", "eve"]);
    assert_eq!(desk.json(["risk", "show", "RSK-1", "--json"])["status"], "accepted");
    desk.ok(["decide", "REV-1", "metric", "Recall at 1 % FPR", "--why", "Rare", "--as", "fred"]);
    desk.ok(["decide", "policy-change", "Waivers last 90 days", "--why", "Too long", "--as", "eve"]);
    desk.ok(["decide", "REV-1", "statement", "We publish the card", "--why", "Asked for", "--as", "eve"]);
    desk.ok(["decide", "REV-1", "defer", "--why", "Figures are late"]);
    desk.ok(["decide", "REV-1", "reject", "--why", "Still no figures"]);
    let stands = desk.json(["decision", "list", "--all", "--json"]);
    let deferred = stands
        .as_array()
        .and_then(|all| all.iter().find(|one| one["outcome"] == "deferred" || one["title"] == "REV-1: deferred"));
    assert_eq!(deferred.map(|one| one["status"].clone()), Some(json!("superseded")));
    assert!(
        desk.fails(4, ["decide", "REV-1", "waive", "NONE-1", "--control", "x", "--expires", "+9d", "--why", "x"])
            .contains("NONE-1")
    );
}

#[test]
fn delegation_recusal_and_a_look_that_is_too_old() {
    let desk = ready("high");
    desk.ok(["delegate", "fred", "--until", "+5d", "--why", "Leave", "--as", "eve"]);
    assert!(
        desk.fails(1, ["delegate", "fred", "--until", "-5d", "--why", "Leave", "--as", "eve"])
            .contains("before it starts")
    );
    let preview = desk.ok(["decide", "REV-1", "approve", "--preview", "--as", "fred"]);
    let seen = preview.split("snapshot ").nth(1).and_then(|rest| rest.split(':').next()).expect("a digest").to_owned();
    desk.ok(["packet", "set", "REV-1", "--human-oversight", "none"]);
    let told = desk.fails(6, ["decide", "REV-1", "approve", "--why", "x", "--seen", &seen, "--as", "fred"]);
    assert!(told.contains("changed since"), "{told}");
    let told = desk.fails(6, ["decide", "REV-1", "approve", "--why", "x", "--if-version", "1", "--as", "fred"]);
    assert!(told.contains("changed by somebody else"), "{told}");
    desk.ok(["recuse", "REV-1", "--why", "A friend", "--as", "eve"]);
    let told = desk.fails(9, ["decide", "REV-1", "approve", "--why", "x", "--as", "fred"]);
    assert!(told.contains("RCU-1") && told.contains("conflict-of-interest"), "{told}");
    assert!(desk.ok(["recusal", "list"]).contains("A friend"));
}

#[test]
fn a_signature_binds_who_decided_to_what_was_decided() {
    let desk = ready("high");
    for why in ["First", "Second"] {
        desk.ok(["decide", "REV-1", "defer", "--why", why, "--as", "eve"]);
    }
    let (key, stranger) = (desk.write("key", DECIDER), desk.write("stranger", STRANGER));
    desk.write("signers", SIGNERS);
    let verify = ["decision", "verify", "DEC-2", "--signers", "signers"];
    assert!(desk.fails(1, verify).contains("not signed"));
    assert!(desk.fails(1, ["decision", "sign", "DEC-2", "--key", "key", "--as", "fred"]).contains("Only who decided"));
    desk.ok(["decision", "sign", "DEC-2", "--key", "key", "--as", "eve"]);
    assert!(desk.ok(verify).contains("DEC-2 was signed by eve@example.org with SHA256:"));
    assert!(
        desk.ok(["decision", "show", "DEC-2"]).contains("superseded"),
        "what becomes of it does not touch the signature"
    );
    // By the wrong key.
    desk.ok(["decision", "sign", "DEC-3", "--key", "stranger", "--as", "eve"]);
    let third = ["decision", "verify", "DEC-3", "--signers", "signers"];
    assert!(desk.fails(1, third).contains("none of the allowed signers"));
    // Over another decision.
    let signature =
        desk.json(["decision", "show", "DEC-2", "--json"])["signature"].as_str().expect("signed").to_owned();
    desk.write("other.sig", &signature);
    desk.ok(["decision", "sign", "DEC-3", "--signature", "other.sig", "--as", "eve"]);
    assert!(desk.fails(1, third).contains("over something else"));
    // By ssh-keygen, where it is installed.
    let payload = desk.ok(["decision", "payload", "DEC-3"]);
    assert!(payload.starts_with("probity decision 1\nDEC-3 "), "{payload}");
    let payload = desk.write("payload", &payload);
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("permissions");
    let made = Process::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", "probity-decision", "-f"])
        .args([&key, &payload])
        .status();
    match made {
        Ok(status) => {
            assert!(status.success());
            desk.ok(["decision", "sign", "DEC-3", "--signature", "payload.sig", "--as", "eve"]);
            assert!(desk.ok(third).contains("DEC-3 was signed by eve@example.org"));
        }
        Err(error) => eprintln!("skipped: ssh-keygen is not installed here ({error})"),
    }
    // After somebody changed the record with another program.
    for change in ["rationale = 'Another'", "snapshot = '{}'", "outcome = 'approved'"] {
        let file = Connection::open(&desk.file).expect("the file");
        file.execute(&format!("UPDATE decision SET {change} WHERE ref = 'DEC-2'"), []).expect("changed");
        drop(file);
        let told = desk.run(["decision", "verify", "DEC-2", "--signers", "signers", "--json"]);
        assert_eq!(told.code, 1, "{change}: {}", told.out);
        assert!(told.out.contains("over something else"), "{change}: {}", told.out);
    }
    drop(stranger);
}
