//! The content on the command line: catalogues and coverage, suggested risks and their mitigations, renewed checklists, and
//! what an organisation's own layers change of it.

use serde_json::{Value as Json, json};

use crate::desk::Desk;

/// A desk whose review is about an assistant with retrieval, open to the public.
fn assistant() -> Desk {
    let desk = Desk::new();
    let packet = ["packet", "set", "REV-1", "--use-case", "Answers customers", "--model-type", "RAG"];
    desk.ok(packet.into_iter().chain(["--exposure", "public", "--decision-role", "informs"]));
    desk
}

#[test]
fn frameworks_are_listed_with_counts_sources_and_dates() {
    let desk = Desk::empty();
    let all = desk.json(["framework", "list", "--json"]);
    let count = |id: &str| {
        let found = all.as_array().and_then(|all| all.iter().find(|one| one["id"] == id)).expect(id);
        assert!(found["source"].as_str().is_some_and(|source| source.len() > 20), "{found}");
        assert_eq!(found["checked_on"], "2026-09", "{found}");
        found["entries"].as_u64().expect("a count")
    };
    let counts =
        ["nist-ai-rmf", "nist-ai-600-1", "iso-42001", "soc-2", "ms-rai", "mit-risk", "owasp-llm", "eu-annex-iii"];
    assert_eq!(counts.map(count), [72, 12, 38, 61, 17, 24, 10, 25]);
    let told = desk.ok(["framework", "show", "nist-ai-rmf"]);
    for part in
        ["GOVERN 1.1", "MEASURE 2.13", "Controls: GOV-04", "Source: a stored copy of the text", "Checked 2026-09"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(desk.ok(["framework", "show", "iso-23894"]).contains("(not confirmed)"));
    let shown = desk.json(["framework", "show", "eu-ai-act", "--json"]);
    assert_eq!(shown["requirements"][0]["id"], "Art. 4");
    assert!(desk.fails(2, ["framework", "show", "nist"]).contains("there are: nist-ai-rmf, nist-ai-600-1"));
}

#[test]
fn coverage_follows_what_was_assessed() {
    let desk = assistant();
    desk.ok(["checklist", "add", "--template", "launch-readiness", "--review", "REV-1"]);
    let state = |arguments: &[&str], id: &str| -> (Json, Json) {
        let whole = desk.json(["framework", "coverage", "nist-ai-rmf", "--json"].iter().chain(arguments));
        let requirement = whole["requirements"].as_array().and_then(|all| all.iter().find(|one| one["id"] == id));
        (requirement.expect("it is there")["state"].clone(), whole["counts"].clone())
    };
    assert_eq!(state(&[], "GOVERN 1.1").0, "never_assessed");
    let items = desk.json(["item", "list", "--all", "--json", "--checklist", "CHK-1"]);
    let legal = items.as_array().and_then(|all| all.iter().find(|item| item["code"] == "GOV-04")).expect("the item");
    desk.ok(["item", "set", legal["ref"].as_str().expect("a reference"), "--status", "pass"]);
    let (now, counts) = state(&["--system", "SYS-1"], "GOVERN 1.1");
    assert_eq!((now, &counts["passed"]), (json!("passed"), &json!(1)));
    assert_eq!(counts.as_object().expect("counts").values().filter_map(Json::as_u64).sum::<u64>(), 72);
    let told = desk.ok(["framework", "coverage", "nist-ai-rmf", "--system", "SYS-1"]);
    assert!(told.contains("1 passed, 71 never assessed") && told.contains("GOV-04 passed"), "{told}");
    let all = desk.json(["framework", "coverage", "--json"]);
    assert!(all.as_array().is_some_and(|all| all.iter().all(|one| one["framework"] != "eu-annex-iii")));
    assert!(desk.ok(["framework", "coverage"]).contains("owasp-llm"));
    assert!(desk.fails(1, ["framework", "coverage", "eu-annex-iii"]).contains("nothing in it to be covered"));
    assert!(desk.fails(4, ["framework", "coverage", "--system", "SYS-9"]).contains("SYS-9"));
}

#[test]
fn risks_are_suggested_and_never_added_by_themselves() {
    let desk = assistant();
    let found = desk.json(["risk", "suggest", "REV-1", "--json"]);
    let found = found.as_array().expect("an array");
    let injection = found.iter().find(|one| one["pattern"] == "prompt-injection").expect("prompt injection");
    assert_eq!(injection["why"], "It reads text that somebody else wrote.");
    assert_eq!(injection["references"]["owasp-llm"], json!(["LLM01:2025"]));
    assert_eq!(injection["present"], json!([]));
    assert_eq!(desk.json(["risk", "list", "--json"]), json!([]), "nothing is added");
    desk.ok(["risk", "add", "--review", "REV-1", "--pattern", "prompt-injection", "--severity", "5"]);
    let risk = desk.json(["risk", "show", "RSK-1", "--json"]);
    assert_eq!(risk["title"], "Prompt injection takes over");
    assert_eq!(risk["category"], "privacy & security");
    assert_eq!((&risk["severity"], &risk["likelihood"]), (&json!(5), &Json::Null), "levels are only what was given");
    assert!(risk["statement"].as_str().is_some_and(|text| text.starts_with("Because the model cannot tell")));
    let top = desk.run(["risk", "suggest", "REV-1", "--top", "2"]);
    assert_eq!(top.out.matches("Here because: ").count(), 2, "{}", top.out);
    assert!(top.err.contains(" more: probity risk suggest REV-1"), "{}", top.err);
    desk.fails(2, ["risk", "suggest", "REV-1", "--top", "0"]);
    let told = desk.ok(["risk", "suggest", "REV-1"]);
    assert!(told.contains("Recorded already: RSK-1."), "{told}");
    assert!(!desk.ok(["risk", "suggest", "REV-1", "--new"]).contains("prompt-injection"));
    desk.ok(["risk", "add", "Our own words", "--review", "REV-1", "--pattern", "confabulated-answer"]);
    assert_eq!(desk.json(["risk", "show", "RSK-2", "--json"])["title"], "Our own words");
    let wrong = desk.fails(1, ["risk", "add", "--review", "REV-1", "--pattern", "prompt-injektion"]);
    assert!(wrong.contains("did you mean “prompt-injection”?"), "{wrong}");
}

#[test]
fn mitigations_become_actions_in_one_change() {
    let desk = assistant();
    desk.ok(["risk", "add", "--review", "REV-1", "--pattern", "prompt-injection"]);
    assert!(desk.ok(["risk", "mitigations", "RSK-1"]).contains(" 1. Try direct and indirect injection before launch."));
    desk.ok(["risk", "mitigations", "RSK-1", "--add", "1", "--owner", "me", "--due", "2099-01-31"]);
    let action = &desk.json(["action", "list", "--json"])[0];
    assert_eq!((&action["kind"], &action["source"]), (&json!("mitigation"), &json!("RSK-1")));
    assert_eq!((&action["owner"], &action["due_on"]), (&json!("ana"), &json!("2099-01-31")));
    desk.ok(["risk", "mitigations", "RSK-1", "--all"]);
    assert_eq!(desk.json(["action", "list", "--json"]).as_array().map(Vec::len), Some(4));
    assert!(desk.ok(["risk", "mitigations", "RSK-1", "--all"]).contains("each has its action already"));
    desk.ok(["undo"]);
    assert_eq!(desk.json(["action", "list", "--json"]).as_array().map(Vec::len), Some(1));
    assert!(desk.fails(2, ["risk", "mitigations", "RSK-1", "--add", "9"]).contains("there are 1 to 4"));
    desk.ok(["risk", "add", "From nowhere", "--review", "REV-1"]);
    assert!(desk.fails(1, ["risk", "mitigations", "RSK-2"]).contains("was not drawn from a pattern"));
}

#[test]
fn a_checklist_is_renewed_to_the_organisations_new_version() {
    let desk = assistant();
    desk.ok(["checklist", "add", "--template", "llm-application", "--review", "REV-1"]);
    let item = |code: &str| {
        let items = desk.json(["item", "list", "--all", "--json", "--checklist", "CHK-1"]);
        items.as_array().and_then(|all| all.iter().find(|item| item["code"] == code)).cloned().expect("the item")
    };
    for code in ["SEC-03", "SEC-04", "MON-06"] {
        desk.ok(["item", "set", item(code)["ref"].as_str().expect("a reference"), "--status", "pass"]);
    }
    assert!(desk.ok(["checklist", "renew", "CHK-1"]).contains("up to date, at version 1"));
    desk.write(
        "policy.toml",
        "[[checklist]]\nid = \"llm-application\"\nversion = 2\n[[checklist.item]]\ncode = \"SEC-03\"\ntext = \"Ours.\"\n\
         [[checklist.item]]\ncode = \"MON-06\"\nremove = true\n[[checklist.item]]\ncode = \"ACME-1\"\ntext = \"New.\"\n\
         guidance = \"Look.\"\ncontrols = [\"GOV-01\"]\n",
    );
    assert!(desk.ok(["checklist", "show", "CHK-1"]).contains("is now at version 2: probity checklist renew CHK-1"));
    let dry = desk.json(["checklist", "renew", "CHK-1", "--dry-run", "--json"]);
    assert_eq!((&dry["from"], &dry["to"], &dry["written"]), (&json!(1), &json!(2), &json!(false)));
    assert_eq!(item("SEC-03")["status"], "pass");
    let told = desk.ok(["checklist", "renew", "CHK-1"]);
    assert!(told.contains("version 1 to 2: 1 added, 1 changed, 1 gone"), "{told}");
    assert!(told.contains("changed  SEC-03  Ours. (was pass) [other text]"), "{told}");
    let status = |code: &str| item(code)["status"].clone();
    assert_eq!(["SEC-03", "SEC-04", "MON-06", "ACME-1"].map(status), ["open", "pass", "not applicable", "open"]);
    assert_eq!(item("SEC-03")["reason"], "Under version 1 it was pass");
    desk.ok(["undo"]);
    assert_eq!(item("SEC-03")["status"], "pass");
    assert_eq!(desk.json(["checklist", "show", "CHK-1", "--json"])["template_version"], 1);
}

#[test]
fn wrong_content_is_refused_with_file_and_line() {
    let desk = Desk::new();
    for (text, place, words) in [
        ("[[framework]]\nid = \"ms-rai\"\n[[framework.requirement]]\nsummary = \"x\"\n", "3", "needs the key “id”"),
        (
            "[[control]]\nid = \"GOV-01\"\n[control.references]\nsoc-2 = [\"CC1.9\"]\n",
            "4",
            "not an identifier of SOC 2",
        ),
        ("[[pattern]]\nid = \"prompt-injection\"\nwhen = \"packet.exposed\"\n", "3", "exposed"),
        ("[[pattern]]\nid = \"prompt-injection\"\ncontrols = [\"SEC-99\"]\n", "3", "not a control"),
        ("[[checklist_rule]]\nid = \"x\"\nchecklist = \"lmm\"\nreason = \"x\"\n", "3", "not a checklist"),
    ] {
        desk.write("policy.toml", text);
        let told = desk.run(["policy", "check"]);
        assert_eq!(told.code, 1, "{text}{}{}", told.out, told.err);
        assert!(told.out.contains(&format!("policy.toml:{place}:")) && told.out.contains(words), "{}", told.out);
        assert!(desk.fails(8, ["risk", "list"]).contains("policy.toml"));
    }
}
