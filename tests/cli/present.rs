//! `probity present`: what it refuses, and a meeting run line by line through a pipe.

use crate::desk::Desk;

/// A workspace with one meeting, one item and two people who may take part.
fn desk() -> Desk {
    let desk = Desk::empty();
    desk.ok(["init", "--name", "Ana Lima", "--handle", "ana"]);
    desk.ok(["person", "set", "ana", "--roles", "governance forum"]);
    desk.ok(["meeting", "add", "--kind", "review board", "--starts-at", "today 14:00", "--facilitator", "ana"]);
    desk.ok(["agenda", "add", "--meeting", "MTG-1", "--title", "How we word decisions", "--notes", "not-for-the-room"]);
    desk
}

#[test]
fn what_cannot_be_presented_is_said() {
    let desk = desk();
    let refused = desk.fails(2, ["present"]);
    assert!(refused.contains("presented on a terminal") && refused.contains("--plain"), "{refused}");
    let refused = desk.fails(2, ["--plain", "present", "AGI-1"]);
    assert!(refused.contains("AGI-1 is no meeting"), "{refused}");
    desk.fails(4, ["--plain", "present", "MTG-9"]);
    desk.ok(["meeting", "set", "MTG-1", "--status", "cancelled"]);
    let refused = desk.fails(2, ["--plain", "present"]);
    assert!(refused.contains("`probity meeting plan`"), "{refused}");
}

#[test]
fn a_meeting_is_presented_and_led_line_by_line() {
    let desk = desk();
    let told = desk.run_with(["--plain", "present"], "r\nall\n\nn\nd\ns\nn\nE\nyes\nq\n");
    assert_eq!(told.code, 0, "{}", told.err);
    for said in
        ["MTG-1 Review board", "Item 1 of 1: How we word decisions", "Outcome: discussed", "The meeting is over."]
    {
        assert!(told.out.contains(said), "{said}:\n{}", told.out);
    }
    assert!(!told.out.contains("not-for-the-room"), "{}", told.out);
    assert_eq!(desk.json(["meeting", "show", "MTG-1", "--json"])["status"], "ended");

    desk.ok(["meeting", "add", "--kind", "review board", "--starts-at", "tomorrow 14:00", "--facilitator", "ana"]);
    desk.ok(["agenda", "add", "--meeting", "MTG-2", "--title", "Again", "--notes", "for-who-leads"]);
    let told = desk.run_with(["--plain", "present", "MTG-2", "--follow"], "r\nall\n\nn\nq\n");
    assert!(told.out.contains("for-who-leads"), "{}", told.out);
}
