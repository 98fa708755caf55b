//! Hostile text in every field never reaches a terminal as a command.

use serde_json::json;

use crate::desk::Desk;

/// Escape sequences, overrides of direction, invisible characters, C1 controls, and characters of odd width.
const HOSTILE: &str =
    "a\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}\u{e0041}👩‍👩‍👧 日本\u{ad}z";

fn is_safe(text: &str) -> bool {
    !text.chars().any(|c| c != '\n' && probity::text::is_unsafe(c))
}

#[test]
fn no_field_can_command_the_terminal() {
    let desk = Desk::new();
    let words = format!("{HOSTILE}\nsecond\tline\r");
    desk.ok(["person", "add", HOSTILE, "--handle", "evil", "--email", HOSTILE, "--team", HOSTILE, "--notes", &words]);
    desk.ok(["system", "add", HOSTILE, "--summary", &words, "--product-area", HOSTILE, "--links", HOSTILE]);
    let review =
        json!({ "title": HOSTILE, "system": "SYS-2", "waiting_on": HOSTILE, "notes": words, "tags": [HOSTILE] });
    assert_eq!(desk.run_with(["review", "add", "--json", "-"], &review.to_string()).code, 0);
    let risk =
        json!({ "title": HOSTILE, "review": "REV-2", "statement": words, "affected_groups": HOSTILE, "owner": "evil" });
    assert_eq!(desk.run_with(["risk", "add", "--json", "-", "--why", HOSTILE], &risk.to_string()).code, 0);
    desk.ok(["packet", "set", "REV-2", "--use-case", &words, "--geography", HOSTILE]);
    desk.ok(["action", "add", HOSTILE, "--review", "REV-2", "--ticket", HOSTILE, "--why", HOSTILE]);
    desk.ok(["evidence", "add", "--link", HOSTILE, "--title", HOSTILE, "--review", "REV-2", "--method", &words]);
    desk.ok(["risk", "set", "RSK-1", "--title", "tame"]);
    desk.ok(["risk", "set", "RSK-1", "--title", HOSTILE]);
    for args in [
        "person list",
        "person list --json",
        "person list --csv",
        "person show evil",
        "person show evil --json",
        "system list",
        "system show SYS-2",
        "review list",
        "review list --csv",
        "review show REV-2",
        "risk list",
        "risk list --json",
        "risk list --plain",
        "risk show RSK-1",
        "risk show RSK-1 --json",
        "packet show REV-2",
        "packet list --csv",
        "action list",
        "action show ACT-1",
        "evidence list",
        "evidence show EVD-1",
        "audit log",
        "audit log --json",
        "audit show 9",
        "risk history RSK-1",
        "risk history RSK-1 --json",
        "search red",
        "search red --json",
        "undo",
        "redo",
        "doctor",
    ] {
        let told = desk.run(args.split(' '));
        assert_eq!(told.code, 0, "{args}: {}", told.err);
        assert!(is_safe(&told.out), "{args}: {:?}", told.out);
        assert!(is_safe(&told.err), "{args}: {:?}", told.err);
    }
    // What was said is kept as it was, and JSON carries it unchanged.
    let shown = desk.json(["risk", "show", "RSK-1", "--json"]);
    assert_eq!(shown["title"], HOSTILE);
}

#[test]
fn complaints_quote_hostile_text_safely() {
    let desk = Desk::new();
    for args in [
        vec!["risk", "show", HOSTILE],
        vec!["risk", "list", "--filter", HOSTILE],
        vec!["risk", "list", "--sort", HOSTILE],
        vec!["risk", "add", "x", "--review", HOSTILE],
        vec!["risk", "add", "x", "--review", "REV-1", "--status", HOSTILE],
        vec!["risk", "add", "x", "--review", "REV-1", "--due", HOSTILE],
        vec!["evidence", "add", HOSTILE],
        vec!["policy", "check", HOSTILE],
        vec!["policy", "explain", HOSTILE],
        vec!["backup", "nowhere/\u{1b}[31m"],
        vec!["--as", HOSTILE, "risk", "list"],
        vec!["--workspace", HOSTILE, "risk", "list"],
        vec![HOSTILE],
        vec!["risk", HOSTILE],
    ] {
        let told = desk.run(&args);
        assert_ne!(told.code, 0, "{args:?}");
        assert!(is_safe(&told.out) && is_safe(&told.err), "{args:?}: {:?}{:?}", told.out, told.err);
    }
}

#[test]
fn spreadsheets_are_given_no_formulas() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "--title", "=HYPERLINK(\"http://evil\")", "--review", "REV-1"]);
    let csv = desk.ok(["risk", "list", "--csv", "--columns", "title"]);
    assert_eq!(csv, "title\n\"'=HYPERLINK(\"\"http://evil\"\")\"\n");
}
