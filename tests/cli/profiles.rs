//! `probity policy profile`: another profile, with what it changes shown first, written in one change that undo takes back.

use serde_json::Value as Json;

use crate::desk::Desk;

/// A workspace with a review of a loan model, and with Vic, an executive, beside its owner, who is none.
fn lender() -> Desk {
    let desk = Desk::new();
    desk.ok(["person", "add", "Vic Sand", "--handle", "vic", "--roles", "executive"]);
    desk.ok([
        "packet",
        "set",
        "REV-1",
        "--use-case",
        "Decides on loan applications below 500 euro",
        "--decision-role",
        "decides-with-review",
        "--exposure",
        "customers",
        "--domain",
        "other",
    ]);
    desk
}

fn profile(desk: &Desk) -> String {
    let all = desk.json(["policy", "profile", "--json"]);
    let now = all.as_array().into_iter().flatten().find(|one| one["in_force"] == true);
    now.and_then(|one| one["name"].as_str()).unwrap_or_default().to_owned()
}

fn packet(desk: &Desk) -> (Json, Json) {
    let packet = desk.json(["packet", "show", "REV-1", "--json"]);
    (packet["asked"].clone(), packet["answered"].clone())
}

fn proposed(desk: &Desk) -> Json {
    desk.json(["review", "show", "REV-1", "--json"])["proposed_tier"].clone()
}

#[test]
fn a_switch_is_shown_first_and_then_holds_for_what_rules_wrote() {
    let desk = lender();
    assert_eq!((profile(&desk).as_str(), proposed(&desk)), ("default", "medium".into()));
    let before = packet(&desk);
    let told = desk.ok(["policy", "profile", "financial services", "--dry-run"]);
    for part in [
        "The policy, from default to financial services",
        "+ tier_rule.credit-decisions: high: It takes part in who gets credit",
        "* service_level.assessment.high: 25 → 45",
        "1 of 1 reviews would be proposed another tier: REV-1 medium → high",
        "1 of 1 reviews need other functions to look: REV-1",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    assert_eq!((profile(&desk).as_str(), packet(&desk)), ("default", before.clone()), "a dry run writes nothing");

    let told = desk.fails(9, ["policy", "profile", "financial services", "--why", "We lend now."]);
    assert!(told.contains("does not hold the right to decide on a policy change"), "{told}");
    assert!(told.contains("(rule policy-change)") && told.contains("It is for @vic now."), "{told}");
    assert_eq!(profile(&desk), "default", "a refusal writes nothing");
    let told = desk.fails(2, ["--as", "vic", "policy", "profile", "financial services"]);
    assert!(told.contains("say --why"), "{told}");

    let told = desk.ok(["--as", "vic", "policy", "profile", "Financial Services", "--why", "We lend now."]);
    assert!(told.contains("The profile is now financial services"), "{told}");
    assert_eq!((profile(&desk).as_str(), proposed(&desk)), ("financial services", "high".into()));
    let after = packet(&desk);
    assert!(after.0.as_i64() > before.0.as_i64(), "{before:?} {after:?}");
    let triage = desk.json(["triage", "REV-1", "--json"]);
    assert_eq!(triage["required"], after.0, "what is stored is what is computed");
    let log = desk.ok(["audit", "log"]);
    assert!(log.contains("The profile is now financial services") && log.contains("We lend now."), "{log}");
    assert!(desk.ok(["policy", "profile", "financial services"]).contains("already"));

    // Taking the decision back alone would leave the profile resting on nothing.
    let told = desk.fails(1, ["--as", "vic", "decision", "withdraw", "DEC-1", "--why", "We stopped."]);
    assert!(told.contains("A change of policy is not withdrawn"), "{told}");
    assert_eq!(profile(&desk), "financial services");

    let decision = desk.json(["decision", "show", "DEC-1", "--json"]);
    for (field, value) in [
        ("kind", "policy change"),
        ("title", "Profile financial services"),
        ("rationale", "We lend now."),
        ("decided_by", "vic"),
        ("rule", "policy-change"),
        ("standing", "in force"),
    ] {
        assert_eq!(decision[field], value, "{field}");
    }

    desk.ok(["--as", "vic", "undo"]);
    assert_eq!((profile(&desk).as_str(), packet(&desk), proposed(&desk)), ("default", before.clone(), "medium".into()));
    desk.fails(4, ["decision", "show", "DEC-1"]);
    desk.ok(["--as", "vic", "redo"]);
    assert_eq!(desk.json(["decision", "show", "DEC-1", "--json"])["standing"], "in force");
    assert_eq!((profile(&desk).as_str(), packet(&desk)), ("financial services", after));
    desk.ok(["--as", "vic", "policy", "profile", "default", "--why", "We sold the loans."]);
    assert_eq!((profile(&desk).as_str(), packet(&desk)), ("default", before));
    desk.ok(["doctor"]);
}

#[test]
fn programs_get_the_same_as_json_and_init_takes_each_profile() {
    let desk = lender();
    let found = desk.json(["policy", "profile", "EU", "--dry-run", "--json"]);
    assert_eq!((found["from"].as_str(), found["to"].as_str()), (Some("default"), Some("EU")));
    let changes = found["policy"].as_array().expect("changes");
    assert!(changes.iter().any(|change| change["path"] == "checklist.eu-high-risk" && change["before"].is_null()));
    let all = desk.json(["policy", "profile", "--json"]);
    let names: Vec<&str> = all.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(
        names,
        ["default", "startup", "enterprise", "financial services", "healthcare", "consumer platform", "EU"]
    );
    for name in names.into_iter().skip(1) {
        let path = format!("{}.db", name.replace(' ', "-"));
        desk.ok(["--workspace", &path, "init", "--profile", name, "--name", "Ana Lima"]);
        let all = desk.json(["--workspace", &path, "policy", "profile", "--json"]);
        let now = all.as_array().into_iter().flatten().find(|one| one["in_force"] == true).expect("one");
        assert_eq!(now["name"], *name);
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let desk = lender();
    let told = desk.fails(2, ["policy", "profile", "bank"]);
    assert!(told.contains("There is no profile “bank”; there are: startup, enterprise"), "{told}");
    // The organisation's file takes away what this profile builds on: the whole would not load.
    desk.write("ours.toml", "[[function]]\nname = \"fair lending\"\nremove = true\n");
    let told = desk.fails(8, ["--policy", "ours.toml", "policy", "profile", "financial services", "--dry-run"]);
    assert!(told.contains("ours.toml") && told.contains("fair lending"), "{told}");
    assert_eq!(profile(&desk), "default");
    desk.ok(["doctor"]);
}

#[test]
fn an_owner_alone_becomes_an_executive_and_then_may() {
    let desk = lender();
    desk.ok(["person", "set", "vic", "--active", "no"]);
    let told = desk.fails(9, ["policy", "profile", "EU", "--why", "We sell in the EU."]);
    assert!(told.contains("Nobody here holds the right now: `probity person set HANDLE --roles …`"), "{told}");
    desk.ok(["person", "set", "me", "--roles", "specialist,executive"]);
    desk.ok(["policy", "profile", "EU", "--why", "We sell in the EU."]);
    assert_eq!(profile(&desk), "EU");
}

#[test]
fn undo_and_redo_of_a_switch_need_the_right_too() {
    let desk = lender();
    desk.ok(["--as", "vic", "policy", "profile", "EU", "--why", "We sell in the EU."]);
    let change = desk.json(["audit", "log", "--json"]);
    let number =
        change.as_array().into_iter().flatten().filter_map(|one| one["change"].as_i64()).max().expect("a change");
    desk.fails(9, ["undo", &number.to_string()]);
    desk.ok(["person", "set", "vic", "--roles", "specialist"]);
    desk.fails(9, ["--as", "vic", "undo"]);
    assert_eq!(profile(&desk), "EU", "the right was lost since");
    desk.ok(["person", "set", "vic", "--roles", "executive"]);
    desk.ok(["--as", "vic", "undo"]);
    desk.ok(["person", "set", "vic", "--roles", "specialist"]);
    desk.fails(9, ["--as", "vic", "redo"]);
    assert_eq!(profile(&desk), "default");
    desk.ok(["person", "set", "vic", "--roles", "executive"]);
    desk.ok(["--as", "vic", "redo"]);
    assert_eq!(profile(&desk), "EU");
    desk.ok(["doctor"]);
}
