//! Evidence at work: versions, drift, staleness, verdicts, what it proves; and files that are none.

use std::fs;

use serde_json::json;

use crate::desk::{Desk, hash};

/// A desk with a second person, since nobody accepts their own evidence.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(["person", "add", "Bo Berg", "--handle", "bo"]);
    desk
}

fn field(desk: &Desk, reference: &str, name: &str) -> serde_json::Value {
    desk.json(["evidence", "show", reference, "--json"])[name].clone()
}

#[test]
fn a_new_version_takes_the_place_of_the_old_one() {
    let desk = desk();
    let old = hash(&desk.write("report.csv", "a,1\n"));
    desk.ok(["evidence", "add", "report.csv", "--title", "Slices", "--review", "REV-1", "--model-version", "1.0"]);
    let told = desk.fails(1, ["evidence", "version", "EVD-1", "report.csv"]);
    assert!(told.contains("the same, byte for byte"), "{told}");
    desk.write("report.csv", "a,2\n");
    let said = desk.ok(["evidence", "version", "EVD-1", "report.csv", "--model-version", "1.1"]);
    assert!(said.contains("EVD-2 takes the place of EVD-1"), "{said}");
    let new = desk.json(["evidence", "show", "EVD-2", "--json"]);
    assert_eq!((&new["number"], &new["title"], &new["model_version"]), (&json!(2), &json!("Slices"), &json!("1.1")));
    assert_eq!((&new["supersedes"], &new["status"]), (&json!("EVD-1"), &json!("submitted")));
    assert_eq!(field(&desk, "EVD-1", "status"), "superseded");
    assert_eq!(field(&desk, "EVD-1", "sha256"), json!(old));
    let shown = desk.ok(["evidence", "show", "EVD-1"]);
    assert!(shown.contains("Superseded by") && shown.contains("EVD-2"), "{shown}");
    desk.ok(["evidence", "export", "EVD-1", "--out", "old.csv"]);
    assert_eq!(fs::read_to_string(desk.folder.path().join("old.csv")).expect("the old content"), "a,1\n");
    desk.write("report.csv", "a,3\n");
    let told = desk.fails(1, ["evidence", "version", "EVD-1", "report.csv"]);
    assert!(told.contains("EVD-2 took its place already"), "{told}");
    desk.ok(["undo"]);
    assert_eq!(field(&desk, "EVD-1", "status"), "submitted", "one change, taken back as one");
    desk.fails(4, ["evidence", "show", "EVD-2"]);
}

#[test]
fn drift_is_found_and_kept() {
    let desk = desk();
    let report = desk.write("report.csv", "a,1\n");
    desk.write("log.csv", "a,1\n");
    desk.ok(["evidence", "add", "report.csv", "--review", "REV-1"]);
    desk.ok(["evidence", "add", "log.csv", "--review", "REV-1"]);
    desk.ok(["evidence", "add", "--link", "https://example.org/r", "--review", "REV-1"]);
    let said = desk.ok(["evidence", "check"]);
    assert!(said.contains("EVD-3  not checked") && said.contains("nothing is fetched"), "{said}");
    assert!(said.contains("2 unchanged, 1 not checked"), "{said}");
    assert!(field(&desk, "EVD-1", "checked_at").is_string());

    fs::write(&report, "a,2\n").expect("it changes");
    fs::remove_file(desk.folder.path().join("log.csv")).expect("it goes");
    let told = desk.run(["evidence", "check", "--review", "REV-1", "--dry-run"]);
    assert_eq!((told.code, told.err.as_str()), (1, ""), "{}", told.out);
    assert_eq!(field(&desk, "EVD-1", "drift"), "unchanged", "nothing was kept");
    let told = desk.run(["evidence", "check", "--json"]);
    assert_eq!(told.code, 1, "{}", told.err);
    let found: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!((&found[0]["drift"], &found[1]["drift"]), (&json!("changed"), &json!("missing")));
    assert_eq!(field(&desk, "EVD-1", "standing"), "drifted");
    let listed = desk.ok(["evidence", "list"]);
    assert!(listed.lines().any(|line| line.contains("EVD-1") && line.contains("drifted")), "{listed}");
    assert!(listed.lines().any(|line| line.contains("EVD-3") && line.contains("current")), "{listed}");
    fs::write(&report, "a,1\n").expect("it is put back");
    desk.ok(["evidence", "check", "EVD-1"]);
    assert_eq!(field(&desk, "EVD-1", "standing"), "current");
    desk.fails(4, ["evidence", "check", "EVD-9"]);
}

#[test]
fn evidence_goes_stale_by_model_version_and_by_age() {
    let desk = desk();
    desk.ok(["release", "add", "2.0", "--system", "SYS-1", "--model-version", "2.0"]);
    desk.ok(["review", "set", "REV-1", "--release", "REL-1"]);
    let add = |title: &str, more: &[&str]| {
        let args = ["evidence", "add", "--link", "https://example.org", "--title", title, "--review", "REV-1"];
        desk.ok(args.iter().chain(more));
    };
    add("Old model", &["--model-version", "1.0"]);
    add("Old report", &["--model-version", "2.0", "--kind", "fairness report", "--produced-on", "2020-01-01"]);
    add("Good", &["--model-version", "2.0", "--kind", "fairness report"]);
    let standing = |reference: &str| field(&desk, reference, "standing");
    assert_eq!(
        (standing("EVD-1"), standing("EVD-2"), standing("EVD-3")),
        (json!("stale"), json!("stale"), json!("current"))
    );
    let shown = desk.ok(["evidence", "show", "EVD-1"]);
    assert!(shown.contains("model version 1.0, and 2.0 is under review"), "{shown}");
    assert!(desk.ok(["evidence", "show", "EVD-2"]).contains("policy allows 180"));
}

#[test]
fn nobody_accepts_their_own_evidence() {
    let desk = desk();
    desk.ok(["evidence", "add", "--link", "https://example.org", "--review", "REV-1", "--produced-by", "Bo Berg"]);
    let told = desk.fails(1, ["evidence", "accept", "EVD-1", "--reason", "Fine"]);
    assert!(told.contains("Nobody accepts their own evidence, and you registered this"), "{told}");
    let told = desk.fails(1, ["evidence", "accept", "EVD-1", "--reason", "Fine", "--as", "bo"]);
    assert!(told.contains("you made this"), "{told}");
    desk.fails(1, ["evidence", "set", "EVD-1", "--status", "accepted", "--verdict-reason", "Fine"]);
    desk.fails(1, ["evidence", "add", "--link", "x", "--status", "accepted", "--verdict-reason", "Fine"]);
    desk.fails(2, ["evidence", "accept", "EVD-1"]);
    desk.ok(["person", "add", "Cy Cole", "--handle", "cy"]);
    assert!(desk.fails(1, ["evidence", "accept", "EVD-1", "--reason", " ", "--as", "cy"]).contains("Say why"));
    desk.ok(["evidence", "accept", "EVD-1", "--reason", "Counts agree", "--as", "cy"]);
    let evidence = desk.json(["evidence", "show", "EVD-1", "--json"]);
    assert_eq!((&evidence["status"], &evidence["judged_by"]), (&json!("accepted"), &json!("cy")));
    let told = desk.fails(1, ["evidence", "reject", "EVD-1", "--reason", "Counts agree", "--as", "cy"]);
    assert!(told.contains("Say why it is rejected"), "the reason of the opposite verdict: {told}");
    desk.ok(["evidence", "reject", "EVD-1", "--reason", "The counts are of another model", "--as", "bo"]);
}

#[test]
fn what_evidence_proves_shows_from_both_sides() {
    let desk = desk();
    desk.ok(["evidence", "add", "--link", "https://example.org", "--review", "REV-1"]);
    desk.ok(["evidence", "add", "--link", "https://example.org/2", "--review", "REV-1"]);
    desk.ok(["checklist", "add", "--template", "launch-readiness", "--review", "REV-1"]);
    desk.ok(["risk", "add", "Proxy for age", "--review", "REV-1"]);
    desk.ok(["action", "add", "Test again", "--review", "REV-1"]);
    let said = desk.ok(["evidence", "prove", "EVD-1", "ITM-1", "RSK-1", "ACT-1", "EVD-2"]);
    assert_eq!(said, "EVD-1 proves ITM-1, RSK-1, ACT-1, EVD-2.\n");
    assert_eq!(field(&desk, "EVD-1", "proves"), json!(["RSK-1", "EVD-2", "ACT-1", "ITM-1"]));
    assert_eq!(desk.json(["item", "show", "ITM-1", "--json"])["evidence"], json!(["EVD-1"]));
    assert!(desk.ok(["evidence", "prove", "EVD-1", "ITM-1"]).contains("already"));
    assert!(desk.fails(1, ["evidence", "prove", "EVD-1", "EVD-1"]).contains("Nothing proves itself"));
    assert!(desk.fails(1, ["evidence", "prove", "EVD-2", "ACT-1"]).contains("closing evidence already"));
    assert!(desk.fails(1, ["evidence", "prove", "EVD-1", "SYS-1"]).contains("Systems name no evidence"));
    desk.fails(4, ["evidence", "prove", "EVD-1", "RSK-7"]);
    // The next version proves what the version before proved.
    desk.write("report.csv", "a,1\n");
    desk.ok(["evidence", "version", "EVD-1", "report.csv"]);
    assert_eq!(field(&desk, "EVD-3", "proves"), json!(["RSK-1", "EVD-2", "ACT-1", "ITM-1"]));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_a_link_is_told() {
    let desk = desk();
    let made = std::process::Command::new("mkfifo").arg(desk.folder.path().join("pipe")).status().expect("mkfifo");
    assert!(made.success());
    assert!(desk.fails(7, ["evidence", "add", "pipe"]).contains("a pipe"));
    assert!(desk.fails(7, ["evidence", "add", "/dev/zero"]).contains("a device"));
    assert!(desk.fails(7, ["evidence", "add", "."]).contains("a folder"));
    let report = desk.write("report.csv", "a,1\n");
    std::os::unix::fs::symlink(&report, desk.folder.path().join("latest")).expect("a link");
    let told = desk.run(["evidence", "add", "latest", "--review", "REV-1"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.err.contains("latest is a link; what is registered is"), "{}", told.err);
    let origin = field(&desk, "EVD-1", "origin");
    assert!(origin.as_str().is_some_and(|origin| origin.ends_with("report.csv")), "{origin}");
    fs::rename(&report, desk.folder.path().join("other.csv")).expect("it moves");
    let told = desk.fails(7, ["evidence", "add", "latest"]);
    assert!(told.contains("it is a link that leads to"), "{told}");
    // A link where the file was, with the same content: not what was registered.
    std::os::unix::fs::symlink(desk.folder.path().join("other.csv"), &report).expect("a link");
    let told = desk.run(["evidence", "check"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains("(a link that leads to") && told.out.contains("other.csv"), "{}", told.out);
}
