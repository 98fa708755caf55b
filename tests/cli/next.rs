//! What to do now, and what a release rests on, on the command line.

use serde_json::Value as Json;

use crate::desk::Desk;

#[test]
fn the_latest_comes_first_with_its_command() {
    let desk = Desk::new();
    desk.ok(["person", "add", "Bo Berg", "--handle", "bo"]);
    desk.ok([
        "action",
        "add",
        "Mask titles",
        "--review",
        "REV-1",
        "--owner",
        "bo",
        "--due",
        "-3d",
        "--launch-blocking",
        "yes",
    ]);
    desk.ok(["action", "add", "Ask the team", "--review", "REV-1", "--owner", "me", "--due", "-9d"]);
    let told = desk.ok(["next"]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "  1. blocking  ACT-1 (REV-1) Mask titles, 3 d late: chase ACT-1 with @bo");
    assert!(told.contains("Goes to @bo, @ana, RAI lead."), "{told}");
    assert!(told.contains("  2. late      ACT-2 (REV-1) Ask the team, 9 d late: do ACT-2"), "{told}");
    assert!(told.contains("  3. next      REV-1"), "{told}");
    let json = desk.json(["next", "--json", "--limit", "2"]);
    assert_eq!(json.as_array().map(Vec::len), Some(2));
    assert_eq!((&json[0]["ref"], &json[0]["review"]), (&"ACT-1".into(), &"REV-1".into()));
    assert_eq!(json[0]["command"], "probity action done ACT-1 --note NOTE");
    let theirs: Json = desk.json(["next", "--json", "--as", "bo"]);
    assert_eq!(theirs.as_array().map(Vec::len), Some(1), "they run no review: {theirs}");
    assert_eq!(desk.json(["next", "--all", "--json"]).as_array().map(Vec::len), Some(3));
    assert!(desk.ok(["next", "--plain"]).contains("ACT-1"));
    desk.fails(2, ["next", "--mine", "--all"]);
    desk.fails(2, ["next", "--limit", "0"]);
    desk.ok(["review", "move", "REV-1", "withdrawn", "--why", "Stopped"]);
    desk.ok(["action", "done", "ACT-1", "ACT-2"]);
    let told = desk.run(["next"]);
    assert_eq!((told.code, told.out.as_str()), (0, ""));
    assert!(told.err.contains("Nothing is to be done by you"), "{}", told.err);
}

#[test]
fn a_trace_names_its_gaps() {
    let desk = Desk::new();
    let told = desk.ok(["trace", "REV-1"]);
    assert!(told.contains("model version: missing") && told.contains("└─ release: missing"), "{told}");
    assert!(told.contains("links are missing."), "{told}");
    desk.ok(["release", "add", "2.0", "--system", "SYS-1", "--model-version", "2.0"]);
    desk.ok(["review", "set", "REV-1", "--release", "REL-1"]);
    let json = desk.json(["trace", "REV-1", "--json"]);
    assert_eq!(
        (&json["link"], &json["title"], &json["state"]),
        (&"model version".into(), &"2.0".into(), &"there".into())
    );
    assert_eq!(json["children"].as_array().map(Vec::len), Some(6));
    assert!(!desk.ok(["trace", "REV-1", "--plain"]).contains('├'));
    desk.fails(4, ["trace", "REV-9"]);
}
