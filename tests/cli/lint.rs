//! Standing checks on the command line: what is found, how it is told, how it is silenced, and how the command ends.

use serde_json::Value as Json;

use crate::desk::Desk;

/// A workspace in which one rule of each severity finds something.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok([
        "risk",
        "add",
        "Wrong answers",
        "--review",
        "REV-1",
        "--severity",
        "4",
        "--likelihood",
        "2",
        "--residual-severity",
        "4",
        "--residual-likelihood",
        "4",
        "--statement",
        "Answers are odd.",
    ]);
    desk
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn findings_are_told_with_why_and_what_mends_them() {
    let desk = desk();
    let told = desk.run(["lint"]);
    assert_eq!((told.code, told.err.as_str()), (1, ""), "an error was found, and that is no complaint");
    let (error, note) =
        (told.out.find("error  Residual level above"), told.out.find("note  Statement that names no harm"));
    assert!(error.is_some() && note.is_some() && error < note, "the worst first: {}", told.out);
    assert!(told.out.contains("risk-residual-above-inherent"), "{}", told.out);
    assert!(told.out.contains("probity risk set RSK-1 --residual-severity"), "{}", told.out);
    let all = json(&desk.run(["lint", "--json"]).out);
    assert_eq!(all["counts"]["error"], 1);
    let first = &all["findings"][0];
    assert_eq!(
        (first["record"].as_str(), first["review"].as_str(), first["field"].as_str(), first["next"]["place"].as_str()),
        (Some("RSK-1"), Some("REV-1"), Some("residual_severity"), Some("risks"))
    );
}

#[test]
fn what_is_asked_for_is_asked_and_nothing_else() {
    let desk = desk();
    let only = json(&desk.ok(["lint", "--rule", "risk-no-harm", "--json"]));
    assert!(only["findings"].as_array().is_some_and(|all| all.iter().all(|one| one["rule"] == "risk-no-harm")));
    let errors = json(&desk.run(["lint", "--severity", "error", "--json"]).out);
    assert!(errors["findings"].as_array().is_some_and(|all| all.iter().all(|one| one["severity"] == "error")));
    let of_review = desk.run(["lint", "--review", "REV-1", "--json"]);
    assert_eq!(json(&of_review.out)["counts"]["error"], 1);
    desk.fails(4, ["lint", "--review", "REV-99"]);
    assert!(desk.fails(2, ["lint", "--rule", "no-such"]).contains("lint --rules"));
    assert!(desk.fails(2, ["lint", "--severity", "awful"]).contains("error, warning, note"));
}

#[test]
fn rules_are_listed_with_and_without_a_workspace() {
    let desk = desk();
    let listed = desk.ok(["--workspace", "nowhere.db", "lint", "--rules"]);
    let rules = json(&desk.ok(["lint", "--rules", "--json"]));
    let rules = rules.as_array().expect("a list");
    assert!(rules.len() >= 40, "{}", rules.len());
    for rule in rules {
        assert!(listed.contains(rule["id"].as_str().expect("an id")), "{rule}");
        assert!(rule["why"].as_str().is_some_and(|why| why.ends_with('.')), "{rule}");
    }
}

#[test]
fn a_finding_is_silenced_with_a_reason_and_an_end_only() {
    let desk = desk();
    let rule = "risk-residual-above-inherent";
    let told = desk.fails(1, ["lint", "silence", rule, "RSK-1", "--until", "+30d"]);
    assert!(told.contains("Reason"), "{told}");
    let told = desk.fails(1, ["lint", "silence", rule, "RSK-1", "--reason", "It is assessed again this week."]);
    assert!(told.contains("Until"), "{told}");
    for until in ["2020-01-01", "+2y", "+800d"] {
        let told = desk.run(["lint", "silence", rule, "RSK-1", "--reason", "Later this week.", "--until", until]);
        assert!(matches!(told.code, 1 | 2), "{until}: {}", told.err);
    }
    desk.fails(4, ["lint", "silence", rule, "RSK-9", "--reason", "Later.", "--until", "+30d"]);
    desk.fails(2, ["lint", "silence", "no-such", "RSK-1", "--reason", "Later.", "--until", "+30d"]);
    assert_eq!(json(&desk.ok(["silence", "list", "--json"])), Json::Array(Vec::new()), "nothing was written");

    let why = "It is assessed again this week.";
    let said = desk.ok(["lint", "silence", rule, "RSK-1", "--reason", why, "--until", "+30d"]);
    assert!(said.contains("RSK-1: risk-residual-above-inherent silenced"), "{said}");
    let quiet = desk.ok(["lint", "--severity", "error"]);
    assert!(quiet.contains("0 errors") && quiet.contains("1 silenced") && !quiet.contains("Residual level"), "{quiet}");
    assert!(desk.ok(["lint", "--severity", "error", "--all"]).contains(why), "who asks for all is told why");
    let finding = &json(&desk.ok(["lint", "--severity", "error", "--json"]))["findings"][0];
    assert_eq!(finding["silenced"]["reason"], why);
    assert!(desk.ok(["audit", "log"]).contains("silenced"), "the history knows");

    desk.ok(["undo"]);
    assert_eq!(desk.run(["lint", "--severity", "error"]).code, 1, "what is undone is heard again");
    desk.ok(["redo"]);
    desk.ok(["lint", "unsilence", rule, "RSK-1"]);
    assert_eq!(desk.run(["lint", "--severity", "error"]).code, 1);
    desk.fails(4, ["lint", "unsilence", rule, "RSK-1"]);
}

#[test]
fn hostile_words_stay_words() {
    let desk = desk();
    desk.ok(["risk", "set", "RSK-1", "--title", "\u{1b}]0;owned\u{7}title"]);
    let told = desk.run(["lint"]);
    assert!(!told.out.contains('\u{1b}') && !told.out.contains('\u{7}'), "{:?}", told.out);
}

/// An inventory of many systems that all have the same fault fills no screens; what programs read stays whole.
#[test]
fn findings_that_say_the_same_are_told_together() {
    let desk = Desk::new();
    let systems: Vec<Json> =
        (0..30).map(|at| serde_json::json!({ "name": format!("System {at}"), "lifecycle": "production" })).collect();
    let path = desk.write("systems.json", Json::from(systems).to_string());
    desk.ok(["system", "add", "--json", &path.display().to_string()]);
    let told = desk.ok(["lint"]);
    assert!(told.contains("30 alike: SYS-2, SYS-3, SYS-4, SYS-5, SYS-6 and 25 more"), "{told}");
    assert!(told.contains("All of them, one by one: probity lint --rule system-no-owner --all"), "{told}");
    assert!(!told.contains("System 12"), "{told}");
    assert!(told.lines().count() < 30, "{told}");
    let each = desk.ok(["lint", "--all"]);
    assert!(each.contains("System 12") && !each.contains("alike"), "{each}");
    let asked = desk.ok(["lint", "--rule", "system-no-owner"]);
    assert!(asked.contains("30 alike"), "{asked}");
    let json = json(&desk.ok(["lint", "--rule", "system-no-owner", "--json"]));
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(30));
}
