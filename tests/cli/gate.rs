//! The gate on the command line: its exit codes and its formats. `docs/GATE.md` walks one from closed to open.

use serde_json::Value as Json;

use crate::desk::Desk;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(["release", "add", "2.0", "--system", "SYS-1", "--model-version", "2.0"]);
    desk.ok(["release", "add", "2.1", "--system", "SYS-1", "--model-version", "2.1"]);
    desk.ok(["review", "set", "REV-1", "--release", "REL-1"]);
    desk
}

fn gate(desk: &Desk, args: &[&str]) -> (i32, String) {
    let told = desk.run(["gate"].iter().chain(args));
    assert_eq!(told.err, "", "a closed gate is no complaint");
    (told.code, told.out)
}

#[test]
fn a_closed_gate_exits_with_3_in_every_format() {
    let desk = desk();
    let (code, text) = gate(&desk, &["REV-1"]);
    assert_eq!(code, 3);
    assert!(text.contains("release 2.0, model 2.0") && text.contains("No tier was decided"), "{text}");
    let (code, json) = gate(&desk, &["REV-1", "--format", "json"]);
    let json: Json = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, json["open"].as_bool()), (3, Some(false)));
    let checks = json["checks"].as_array().expect("checks");
    assert_eq!(checks.len(), 11);
    for check in checks {
        let verdict = check["verdict"].as_str().expect("a verdict");
        assert!(["pass", "fail", "not required"].contains(&verdict), "{check}");
        assert_eq!(check["findings"].as_array().is_some_and(Vec::is_empty), verdict != "fail", "{check}");
        assert!(text.contains(check["title"].as_str().expect("a title")), "{check}");
    }
    let (code, junit) = gate(&desk, &["REV-1", "--format", "junit"]);
    assert_eq!(code, 3);
    let failed = checks.iter().filter(|check| check["verdict"] == "fail").count();
    assert!(junit.contains(&format!("failures=\"{failed}\"")), "{junit}");
    let (code, sarif) = gate(&desk, &["REV-1", "--format", "sarif"]);
    let sarif: Json = serde_json::from_str(&sarif).expect("JSON");
    let findings: usize = checks.iter().map(|check| check["findings"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!((code, sarif["runs"][0]["results"].as_array().map(Vec::len)), (3, Some(findings)));
}

#[test]
fn what_cannot_be_judged_is_neither_open_nor_closed() {
    let desk = desk();
    desk.fails(4, ["gate", "REV-9"]);
    let told = desk.fails(4, ["gate", "REV-1", "--release", "9.9"]);
    assert!(told.contains("it has: 2.0, 2.1"), "{told}");
    desk.fails(2, ["gate", "REV-1", "--format", "pdf"]);
    desk.fails(2, ["gate"]);
    desk.ok(["release", "add", "2.1", "--system", "SYS-1"]);
    let told = desk.fails(4, ["gate", "REV-1", "--release", "2.1"]);
    assert!(told.contains("several releases called 2.1"), "{told}");
    desk.fails(5, ["--workspace", "nowhere.db", "gate", "REV-1"]);
}

#[test]
fn another_release_is_judged_by_its_own_model_version() {
    let desk = desk();
    let (_, text) = gate(&desk, &["REV-1", "--release", "rel-2"]);
    assert!(text.contains("release 2.1, model 2.1"), "{text}");
    assert!(text.contains("The review is of another release than 2.1."), "{text}");
}
