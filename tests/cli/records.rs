//! The commands that every kind of record has.

use serde_json::{Value as Json, json};

use crate::desk::Desk;

#[test]
fn the_example_of_the_manual_works() {
    let desk = Desk::new();
    let said = desk.ok([
        "risk",
        "add",
        "Proxy for age in job titles",
        "--review",
        "REV-1",
        "--severity",
        "4",
        "--likelihood",
        "3",
        "--owner",
        "me",
        "--due",
        "fri",
    ]);
    assert_eq!(said, "RSK-1 added.\n");
    let risks = desk.json(["risk", "list", "--json"]);
    assert_eq!(risks[0]["ref"], "RSK-1");
    assert_eq!(risks[0]["review"], "REV-1");
    assert_eq!(risks[0]["owner"], "ana");
    assert_eq!(risks[0]["severity"], 4);
    assert_eq!(risks[0]["level"], "high");
    assert_eq!(risks[0]["category"], Json::Null);
    assert_eq!(risks[0]["tags"], json!([]));
}

#[test]
fn every_kind_can_be_listed_in_every_form() {
    let desk = Desk::new();
    let kinds = [
        "person",
        "system",
        "release",
        "review",
        "packet",
        "legal",
        "route",
        "risk",
        "action",
        "evidence",
        "checklist",
        "item",
    ];
    for kind in kinds {
        assert!(desk.json([kind, "list", "--all", "--json"]).is_array(), "{kind}");
        let csv = desk.ok([kind, "list", "--csv"]);
        assert!(csv.starts_with("ref,id,version,"), "{kind}: {csv}");
        assert_eq!(desk.run([kind, "list"]).code, 0, "{kind}");
    }
}

#[test]
fn a_line_is_understood_as_in_the_screens() {
    let desk = Desk::new();
    desk.ok([
        "risk",
        "add",
        "--quick",
        "Bias against older applicants @me sev:4 lik:3 due:fri #fairness",
        "--review",
        "REV-1",
    ]);
    let risk = desk.json(["risk", "show", "RSK-1", "--json"]);
    assert_eq!(risk["title"], "Bias against older applicants");
    assert_eq!(risk["category"], "fairness");
    assert_eq!(risk["owner"], "ana");
}

#[test]
fn lists_take_filters_sorts_limits_and_columns() {
    let desk = Desk::new();
    for (title, severity) in [("One", "1"), ("Two", "2"), ("Four", "4"), ("Five", "5")] {
        desk.ok(["risk", "add", title, "--review", "REV-1", "--severity", severity, "--likelihood", "3"]);
    }
    desk.ok(["risk", "set", "RSK-4", "--status", "closed"]);
    let titles = |args: &[&str]| -> Vec<String> {
        let mut all = vec!["risk", "list", "--json"];
        all.extend(args);
        let list = desk.json(all);
        list.as_array().expect("an array").iter().map(|risk| risk["title"].as_str().unwrap_or("").to_owned()).collect()
    };
    assert_eq!(titles(&[]), ["Four", "Two", "One"], "open ones, the highest level first");
    assert_eq!(titles(&["--all"]).len(), 4);
    assert_eq!(titles(&["--closed"]), ["Five"]);
    assert_eq!(titles(&["--status", "closed"]), ["Five"], "a filter on status asks for closed ones itself");
    assert_eq!(titles(&["--filter", "severity>=2", "--filter", "severity<4"]), ["Two"]);
    assert_eq!(titles(&["--severity", ">=2", "--sort", "severity"]), ["Two", "Four"]);
    assert_eq!(titles(&["--sort", "-title", "--limit", "2"]), ["Two", "One"]);
    assert_eq!(titles(&["--find", "fou"]), ["Four"]);
    assert_eq!(titles(&["--filter", "review.title~screening", "--review", "rev-1"]).len(), 3);
    assert_eq!(titles(&["--owner", ""]).len(), 3, "an empty value finds what nobody said");
    let narrow = desk.json(["risk", "list", "--json", "--columns", "title,severity", "--limit", "1"]);
    assert_eq!(narrow, json!([{ "ref": "RSK-3", "title": "Four", "severity": 4 }]));
    assert_eq!(desk.ok(["risk", "list", "--csv", "--columns", "ref,title", "--limit", "1"]), "ref,title\nRSK-3,Four\n");
}

#[test]
fn what_is_listed_can_be_added_again() {
    let desk = Desk::new();
    desk.ok([
        "risk",
        "add",
        "First, with a comma",
        "--review",
        "REV-1",
        "--tags",
        "a,b",
        "--due",
        "2027-01-31",
        "--notes",
        "- x\n- y",
    ]);
    desk.ok(["risk", "add", "Second", "--review", "REV-1", "--owner", "me", "--severity", "5", "--likelihood", "5"]);
    let before = desk.ok(["risk", "list", "--json", "--sort", "title"]);
    let told = desk.run_with(["risk", "add", "--json", "-"], &before);
    assert_eq!(told.code, 0, "{}", told.err);
    let added: Vec<Json> = serde_json::from_str(&told.out).expect("JSON comes out where JSON came in");
    let before: Vec<Json> = serde_json::from_str(&before).expect("JSON");
    for (old, new) in before.iter().zip(&added) {
        for (field, value) in old.as_object().expect("an object") {
            let own = ["ref", "id", "created_at", "updated_at"].contains(&field.as_str());
            assert!(own || new[field] == *value, "{field}: {value} became {}", new[field]);
        }
    }
    let log = desk.json(["audit", "log", "--json", "--limit", "1"]);
    assert_eq!(log[0]["entries"], 2, "all in one change");
}

#[test]
fn an_array_is_added_whole_or_not_at_all() {
    let desk = Desk::new();
    let bad = json!([{ "title": "Good", "review": "REV-1" }, { "title": "Bad", "review": "REV-1", "severity": 9 }]);
    let path = desk.write("risks.json", bad.to_string());
    let path = path.to_string_lossy().into_owned();
    let told = desk.fails(2, ["risk", "add", "--json", &path]);
    assert!(told.contains("Object 2: Severity"), "{told}");
    let unknown = desk.write("unknown.json", r#"{"title": "x", "review": "REV-1", "sevrity": 3}"#);
    let told = desk.fails(2, ["risk", "add", "--json", &unknown.to_string_lossy()]);
    assert!(told.contains("no field “sevrity”"), "{told}");
    let refused = desk.write("refused.json", r#"[{"title": "x", "review": "REV-1"}, {"title": "no review"}]"#);
    desk.fails(1, ["risk", "add", "--json", &refused.to_string_lossy()]);
    assert_eq!(desk.json(["risk", "list", "--json"]), json!([]));
    desk.fails(7, ["risk", "add", "--json", "nowhere.json"]);
    let broken = desk.write("broken.json", "{");
    assert!(desk.fails(2, ["risk", "add", "--json", &broken.to_string_lossy()]).contains("not JSON"));
    assert_eq!(desk.run_with(["risk", "add", "--json", "-"], "[]").out, "[]\n");
}

#[test]
fn several_records_change_in_one_go_and_one_undo() {
    let desk = Desk::new();
    for title in ["A", "B", "C"] {
        desk.ok(["action", "add", title, "--review", "REV-1"]);
    }
    desk.ok(["action", "set", "ACT-1", "act-2", "--owner", "me", "--status", "in-progress", "--why", "Monday round"]);
    let list = desk.json(["action", "list", "--json", "--owner", "me"]);
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    assert_eq!(list[0]["status"], "in progress");
    assert_eq!(desk.json(["audit", "log", "--json", "--limit", "1"])[0]["why"], "Monday round");
    assert!(desk.ok(["undo"]).starts_with("Undid: ACT-1"));
    assert_eq!(desk.json(["action", "list", "--json", "--owner", "me"]), json!([]));
    assert!(desk.ok(["redo"]).starts_with("Did again: "));
    desk.ok(["action", "set", "ACT-1", "--owner", ""]);
    assert_eq!(desk.json(["action", "show", "ACT-1", "--json"])["owner"], Json::Null);
}

#[test]
fn records_are_set_from_what_was_shown() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "A", "--review", "REV-1"]);
    let mut shown = desk.json(["risk", "show", "RSK-1", "--json"]);
    shown.as_object_mut().expect("an object").remove("parts");
    shown["title"] = json!("Better");
    shown["severity"] = json!(2);
    let told = desk.run_with(["risk", "set", "--json", "-"], &shown.to_string());
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(desk.json(["risk", "show", "RSK-1", "--json"])["title"], "Better");
    // The same once more is stale: it names the version that was shown.
    shown["title"] = json!("Worse");
    let told = desk.run_with(["risk", "set", "--json", "-"], &shown.to_string());
    assert_eq!(told.code, 6, "{}", told.err);
    assert!(told.err.contains("yours:  Worse") && told.err.contains("theirs: Better"), "{}", told.err);
}

#[test]
fn a_stale_version_is_refused() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "A", "--review", "REV-1"]);
    desk.ok(["risk", "set", "RSK-1", "--title", "B", "--if-version", "1"]);
    let told = desk.fails(6, ["risk", "set", "RSK-1", "--title", "C", "--if-version", "1"]);
    assert!(told.contains("yours:  C") && told.contains("theirs: B"), "{told}");
    desk.fails(2, ["risk", "set", "RSK-1", "RSK-1x", "--if-version", "one"]);
}

#[test]
fn deleting_takes_what_cannot_be_without_it_and_undo_brings_it_back() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "A", "--review", "REV-1"]);
    let told = desk.fails(1, ["review", "delete", "REV-1"]);
    assert!(told.contains("RSK-1 still point to it"), "{told}");
    desk.ok(["risk", "delete", "RSK-1", "--why", "Said twice"]);
    desk.ok(["review", "delete", "REV-1"]);
    assert_eq!(desk.json(["packet", "list", "--json"]), json!([]), "the packet went with its review");
    desk.fails(4, ["review", "delete", "REV-1"]);
    desk.ok(["undo"]);
    desk.ok(["undo"]);
    assert_eq!(desk.json(["packet", "list", "--json"])[0]["review"], "REV-1");
    assert_eq!(desk.json(["risk", "list", "--json"])[0]["title"], "A");
}

#[test]
fn names_that_mean_nothing_or_several_are_refused() {
    let desk = Desk::new();
    desk.ok(["system", "add", "Twin"]);
    desk.ok(["system", "add", "Twin"]);
    let told = desk.fails(4, ["review", "add", "x", "--system", "Twin"]);
    assert!(told.contains("SYS-2 or SYS-3"), "{told}");
    assert!(desk.fails(4, ["review", "add", "x", "--system", "Nothing"]).contains("no system “Nothing”"));
    assert!(desk.fails(4, ["risk", "show", "RSK-99"]).contains("RSK-99"));
    assert!(desk.fails(4, ["show", "RSK-99"]).contains("RSK-99"));
    assert!(desk.fails(4, ["show", "nonsense"]).contains("nonsense"));
    assert!(desk.fails(4, ["risk", "add", "x", "--review", "REV-1", "--owner", "nobody"]).contains("nobody"));
    assert!(desk.fails(4, ["--as", "nobody", "risk", "list"]).contains("--as"));
    assert!(desk.fails(4, ["review", "show", "RSK-1"]).contains("not a review"));
}

#[test]
fn values_that_make_no_sense_are_refused_with_what_would() {
    let desk = Desk::new();
    for (args, hint) in [
        (vec!["risk", "add", "x", "--review", "REV-1", "--severity", "9"], "1 to 5"),
        (vec!["risk", "add", "x", "--review", "REV-1", "--status", "opne"], "open, mitigating"),
        (vec!["risk", "add", "x", "--review", "REV-1", "--due", "someday"], "tomorrow"),
        (vec!["risk", "add", "x", "--review", "REV-1", "--category", "cats"], "fairness"),
        (vec!["risk", "list", "--filter", "nonsense"], "not a filter"),
        (vec!["risk", "list", "--sort", "colour"], "no field “colour”"),
        (vec!["risk", "list", "--columns", "colour"], "no field “colour”"),
        (vec!["risk", "list", "--limit", "many"], "many"),
        (vec!["risk", "set", "RSK-1"], "RSK-1"),
        (vec!["risk", "fly"], "fly"),
        (vec!["rsik", "list"], "risk"),
        (vec!["risk", "add", "x", "--title", "y", "--review", "REV-1"], "twice"),
        (vec!["search", "x", "--kind", "cat"], "cat"),
    ] {
        let told = desk.run(&args);
        assert!([2, 4].contains(&told.code), "{args:?}: {}{}", told.out, told.err);
        assert!(told.err.contains(hint), "{args:?}: {}", told.err);
    }
    let told = desk.fails(1, ["risk", "add", "--review", "REV-1"]);
    assert!(told.contains("Title is needed"), "{told}");
}

#[test]
fn people_and_packets_are_named_as_people_name_them() {
    let desk = Desk::new();
    desk.ok(["person", "add", "Lena Maier", "--handle", "lena", "--roles", "specialist"]);
    assert_eq!(desk.json(["person", "show", "@lena", "--json"])["name"], "Lena Maier");
    desk.ok(["packet", "set", "REV-1", "--use-case", "Sorts applications.", "--model-type", "prompted-llm"]);
    let packet = desk.json(["packet", "show", "REV-1", "--json"]);
    assert_eq!((packet["ref"].as_str(), packet["model_type"].as_str()), (Some("PKT-1"), Some("prompted LLM")));
    desk.ok(["--as", "lena", "risk", "add", "By Lena", "--review", "Resume screening v2", "--owner", "me"]);
    let risk = desk.json(["risk", "show", "RSK-1", "--json"]);
    assert_eq!((risk["owner"].as_str(), risk["created_by"].as_str()), (Some("lena"), Some("lena")));
    desk.write("settings.toml", "me = \"lena\"\n");
    desk.ok(["risk", "set", "RSK-1", "--severity", "2"]);
    assert_eq!(desk.json(["audit", "log", "--json", "--limit", "1"])[0]["by"], "lena");
    desk.write("settings.toml", "me = \"stranger\"\n");
    assert_eq!(desk.run(["risk", "list"]).code, 0, "a stranger may read");
    assert!(desk.fails(4, ["risk", "set", "RSK-1", "--severity", "3"]).contains("stranger"));
}

#[test]
fn a_record_is_shown_with_what_belongs_to_it() {
    let desk = Desk::new();
    desk.ok([
        "risk",
        "add",
        "A risk",
        "--review",
        "REV-1",
        "--severity",
        "4",
        "--likelihood",
        "3",
        "--statement",
        "Because …",
    ]);
    desk.ok(["action", "add", "An action", "--review", "REV-1"]);
    let shown = desk.ok(["review", "show", "REV-1"]);
    for part in ["REV-1 Resume screening v2", "Intake packets (1)", "Risks (1, 1 open)", "A risk", "An action", "Next"]
    {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    let risk = desk.ok(["show", "rsk-1"]);
    assert!(risk.contains("4 Major") && risk.contains("REV-1 Resume screening v2"), "{risk}");
    assert!(!risk.contains("Acceptance"), "what nobody said is left out: {risk}");
    assert!(desk.ok(["risk", "show", "RSK-1", "--all"]).contains("Acceptance"));
    let json = desk.json(["review", "show", "REV-1", "--json"]);
    assert_eq!(json["parts"]["risks"][0]["title"], "A risk");
    assert_eq!(json["parts"]["actions"][0]["ref"], "ACT-1");
    let several = desk.json(["show", "RSK-1", "ACT-1", "--json"]);
    assert_eq!(several.as_array().map(Vec::len), Some(2));
}

#[test]
fn history_tells_field_by_field() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "A", "--review", "REV-1", "--severity", "2", "--likelihood", "2"]);
    desk.ok(["risk", "set", "RSK-1", "--severity", "5", "--why", "A new case"]);
    let told = desk.ok(["risk", "history", "RSK-1"]);
    assert!(told.contains("Severity: 2 Minor → 5 Severe") && told.contains("why: A new case"), "{told}");
    let json = desk.json(["risk", "history", "RSK-1", "--json"]);
    assert_eq!(json[0]["records"][0]["fields"]["severity"], json!({ "before": 2, "after": 5 }));
    assert_eq!(json[1]["records"][0]["op"], "add");
}

#[test]
fn long_lists_come_whole() {
    let desk = Desk::new();
    let many: Vec<Json> = (0..5203).map(|at| json!({ "title": format!("Risk {at}"), "review": "REV-1" })).collect();
    let told = desk.run_with(["risk", "add", "--json", "-", "--print", "ref"], &Json::from(many).to_string());
    assert_eq!(told.out.lines().count(), 5203);
    let list = desk.json(["risk", "list", "--json", "--sort", "title"]);
    let titles: Vec<&str> =
        list.as_array().expect("an array").iter().filter_map(|risk| risk["title"].as_str()).collect();
    assert_eq!(titles.len(), 5203);
    assert!(titles.is_sorted_by_key(|title| title.to_lowercase()));
    assert_eq!(desk.ok(["risk", "list"]).lines().count(), 5204, "a heading, and each once");
    assert_eq!(desk.json(["risk", "list", "--json", "--limit", "5100"]).as_array().map(Vec::len), Some(5100));
}

#[test]
fn people_whose_work_is_here_stay() {
    let desk = Desk::new();
    desk.ok(["person", "add", "Lena Maier", "--handle", "lena"]);
    desk.ok(["--as", "lena", "risk", "add", "A", "--review", "REV-1"]);
    assert!(desk.fails(1, ["person", "delete", "lena"]).contains("set active to no instead"));
    assert!(desk.fails(1, ["person", "delete", "ana"]).contains("the workspace is theirs"));
    desk.ok(["person", "set", "lena", "--active", "no"]);
    let fresh = Desk::empty();
    fresh.ok(["init", "--name", "Bo"]);
    assert!(fresh.fails(1, ["undo"]).contains("the workspace is theirs"));
    fresh.ok(["person", "add", "Typo", "--handle", "typo"]);
    fresh.ok(["person", "delete", "typo"]);
}

#[test]
fn choices_are_taken_as_people_write_them() {
    let desk = Desk::new();
    let domain = "migration, asylum and border control";
    for typed in [domain, "migration,-asylum-and-border-control", "Migration"] {
        desk.ok(["packet", "set", "REV-1", "--domain", "other"]);
        desk.ok(["packet", "set", "REV-1", "--domain", typed]);
        assert_eq!(desk.json(["packet", "show", "REV-1", "--json"])["domain"], domain);
        assert_eq!(desk.json(["packet", "list", "--json", "--domain", typed]).as_array().map(Vec::len), Some(1));
    }
    let several = desk.json(["packet", "list", "--json", "--domain", "biometrics,migration"]);
    assert_eq!(several.as_array().map(Vec::len), Some(1));
    desk.ok(["route", "add", "privacy", "--review", "REV-1", "--reason", "Personal data"]);
    assert_eq!(desk.json(["route", "list", "--json"])[0]["function"], "privacy");
    desk.ok(["checklist", "add", "--template", "launch-readiness", "--review", "REV-1"]);
    desk.ok(["item", "set", "ITM-1", "--status", "not-applicable", "--reason", "No people are concerned"]);
    assert_eq!(desk.json(["item", "show", "ITM-1", "--json"])["status"], "not applicable");
    desk.ok(["release", "add", "2.0", "--system", "SYS-1", "--planned", "2027-02-01"]);
    assert_eq!(desk.json(["release", "show", "REL-1", "--json"])["planned_on"], "2027-02-01");
}

/// Refusals name fields as the screens do, not as the file's columns.
#[test]
fn refusals_call_fields_by_their_labels() {
    let desk = Desk::new();
    let log = desk.write("log.txt", "17 attempts, none succeeded.");
    desk.ok(["evidence", "add", &log.display().to_string(), "--kind", "test log", "--review", "REV-1"]);
    let refused = desk.run(["evidence", "reject", "EVD-1", "--reason", ""]);
    assert_ne!(refused.code, 0);
    assert!(!refused.err.contains("verdict_reason"), "{}", refused.err);
    let refused = desk.run(["evidence", "set", "EVD-1", "--status", "rejected"]);
    assert!(refused.err.contains(" Reason: "), "{}", refused.err);
    let refused = desk.run(["risk", "set", "RSK-1", "--accepted-until", "someday"]);
    assert!(!refused.err.contains("accepted_until"), "{}", refused.err);
}

/// A packet without a use case has no title, and leaves no blank where one would stand.
#[test]
fn what_has_no_title_ends_with_its_reference() {
    let desk = Desk::new();
    let shown = desk.ok(["packet", "show", "PKT-1"]);
    assert_eq!(shown.lines().next(), Some("PKT-1"), "{shown}");
}
