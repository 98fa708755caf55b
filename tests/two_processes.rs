//! Two processes that write at once lose nothing, and neither sees the other's work half done.

#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

fn probity(file: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("probity"));
    command.env("PROBITY_WORKSPACE", file).env("PROBITY_SETTINGS", file.with_file_name("none"));
    command
}

fn must(command: &mut Command) -> String {
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(command: &mut Command) -> Json {
    serde_json::from_str(&must(command)).expect("JSON")
}

#[test]
fn two_writers_lose_nothing() {
    const EACH: usize = 40;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("w.db");
    must(probity(&file).args(["init", "--name", "Ana", "--handle", "ana"]));
    must(probity(&file).args(["person", "add", "Bo", "--handle", "bo"]));
    must(probity(&file).args(["system", "add", "S"]));
    let script = "n=0; while [ $n -lt $EACH ]; do \"$PROBITY\" --as $WHO risk add \"Risk $n of $WHO\" --system SYS-1 \
                  --print ref || exit 1; n=$((n + 1)); done";
    let writers: Vec<_> = ["ana", "bo"]
        .into_iter()
        .map(|who| {
            Command::new("sh")
                .args(["-c", script])
                .env("PROBITY", assert_cmd::cargo::cargo_bin!("probity"))
                .env("PROBITY_WORKSPACE", &file)
                .env("PROBITY_SETTINGS", folder.path().join("none"))
                .env("WHO", who)
                .env("EACH", EACH.to_string())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("a shell")
        })
        .collect();
    let mut references = Vec::new();
    for writer in writers {
        let output = writer.wait_with_output().expect("an end");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        references.extend(String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned));
    }
    references.sort();
    references.dedup();
    assert_eq!(references.len(), 2 * EACH, "no reference was given twice");
    let risks = json(probity(&file).args(["risk", "list", "--json"]));
    for who in ["ana", "bo"] {
        let own = risks.as_array().expect("an array").iter().filter(|risk| risk["created_by"] == who).count();
        assert_eq!(own, EACH, "{who}");
    }
    must(probity(&file).args(["doctor"]));
}

#[test]
fn of_two_who_change_the_same_record_one_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("w.db");
    must(probity(&file).args(["init", "--name", "Ana"]));
    must(probity(&file).args(["system", "add", "S"]));
    for round in 1..=10 {
        let version = round.to_string();
        let writers: Vec<_> = ["one", "two"]
            .into_iter()
            .map(|who| {
                probity(&file)
                    .args(["system", "set", "SYS-1", "--team", &format!("{who} {round}"), "--if-version", &version])
                    .stderr(Stdio::piped())
                    .stdout(Stdio::null())
                    .spawn()
                    .expect("the binary runs")
            })
            .collect();
        let mut codes: Vec<Option<i32>> =
            writers.into_iter().map(|writer| writer.wait_with_output().expect("an end").status.code()).collect();
        codes.sort_unstable();
        assert_eq!(codes, [Some(0), Some(6)], "round {round}");
    }
    assert_eq!(json(probity(&file).args(["system", "show", "SYS-1", "--json"]))["version"], 11);
}
