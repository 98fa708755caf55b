//! kill -9 at a hundred moments while writing: nothing that was acknowledged is lost, and nothing is torn.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use probity::policy::Policy;
use probity::record::RISK;
use probity::workspace::{Access, Options, Query, Workspace};

fn probity(file: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("probity"));
    command.env("PROBITY_WORKSPACE", file).env("PROBITY_SETTINGS", file.with_file_name("none"));
    command
}

fn must(command: &mut Command) {
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A number that follows from the one before it: moments that differ, and can be repeated.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

/// Opens the workspace as the next one to use it would, and runs every check.
fn check(file: &Path) -> Workspace {
    let options = Options { access: Access::Write, rollback_journal: false };
    let workspace = Workspace::open(file, options, Arc::new(Policy::builtin())).expect("the workspace opens");
    for finding in workspace.doctor(&AtomicBool::new(false), |_| {}).expect("a diagnosis") {
        assert!(finding.ok, "{}: {}", finding.check, finding.detail);
    }
    workspace
}

#[test]
fn killed_at_a_hundred_moments() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("w.db");
    must(probity(&file).args(["init", "--name", "Ana"]));
    must(probity(&file).args(["system", "add", "S"]));
    let add = ["risk", "add", "A risk", "--system", "SYS-1", "--print", "ref"];
    let began = Instant::now();
    must(probity(&file).args(add));
    // Moments from before a write begins until after it is over, whatever the machine.
    let life = u64::try_from(began.elapsed().as_micros()).expect("a short life") * 3 / 2;
    let mut seed = 20_261_124;
    let mut acknowledged = vec!["RSK-1".to_owned()];
    let mut killed = 0;
    for _ in 0..100 {
        let mut child = probity(&file).args(add).stdout(Stdio::piped()).spawn().expect("the binary runs");
        std::thread::sleep(Duration::from_micros(next(&mut seed) % life));
        let _ = child.kill();
        let output = child.wait_with_output().expect("an end");
        killed += usize::from(output.status.code().is_none());
        acknowledged.extend(String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned));
    }
    assert!(killed >= 20, "only {killed} were killed in the middle");
    let workspace = check(&file);
    for reference in &acknowledged {
        workspace.find(reference).unwrap_or_else(|error| panic!("{reference} was acknowledged: {error}"));
    }
    let all = workspace.count(&Query::all(&RISK)).expect("a count");
    assert!(all >= acknowledged.len() as u64, "{all} are there, {} were acknowledged", acknowledged.len());
}

#[test]
fn killed_within_one_large_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("w.db");
    must(probity(&file).args(["init", "--name", "Ana"]));
    must(probity(&file).args(["system", "add", "S"]));
    let risks: Vec<String> =
        (0..400).map(|at| format!("{{\"title\": \"Risk {at}\", \"system\": \"SYS-1\"}}")).collect();
    let risks = format!("[{}]", risks.join(","));
    let mut seed = 7;
    let mut done = 0;
    for _ in 0..20 {
        let mut child = probity(&file)
            .args(["risk", "add", "--json", "-", "--print", "ref"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        child.stdin.take().expect("a pipe").write_all(risks.as_bytes()).expect("input");
        std::thread::sleep(Duration::from_micros(next(&mut seed) % 250_000));
        let _ = child.kill();
        let output = child.wait_with_output().expect("an end");
        let acknowledged = String::from_utf8_lossy(&output.stdout).lines().count();
        let now = usize::try_from(check(&file).count(&Query::all(&RISK)).expect("a count")).expect("a size");
        assert!(now == done || now == done + 400, "all of a change or nothing: {done} became {now}");
        assert!(acknowledged == 0 || now == done + 400, "what was acknowledged is there");
        done = now;
    }
}

#[test]
fn a_meeting_killed_in_the_middle_comes_back_to_its_item_its_clock_and_its_minutes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("w.db");
    must(probity(&file).args(["init", "--name", "Ana"]));
    must(probity(&file).args(["meeting", "add", "--kind", "office hours", "--starts-at", "today 13:00"]));
    for title in ["First", "Second"] {
        must(probity(&file).args(["agenda", "add", "--meeting", "MTG-1", "--title", title]));
    }
    must(probity(&file).args(["meeting", "arrive", "MTG-1", "me"]));
    must(probity(&file).args(["meeting", "start", "MTG-1"]));
    must(probity(&file).args(["meeting", "item", "MTG-1", "2"]));
    let began = Instant::now();
    must(probity(&file).args(["meeting", "note", "MTG-1", "Line 0"]));
    let life = u64::try_from(began.elapsed().as_micros()).expect("a short life") * 3 / 2;
    let mut seed = 2_026;
    let (mut told, mut killed) = (vec!["Line 0".to_owned()], 0);
    for at in 1..=40 {
        let line = format!("Line {at}");
        let mut child = probity(&file)
            .args(["meeting", "note", "MTG-1", &line])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        std::thread::sleep(Duration::from_micros(next(&mut seed) % life));
        let _ = child.kill();
        let output = child.wait_with_output().expect("an end");
        killed += usize::from(output.status.code().is_none());
        if !output.stdout.is_empty() {
            told.push(line);
        }
    }
    assert!(killed >= 5, "only {killed} were killed in the middle");
    let workspace = check(&file);
    let meeting = workspace.find("MTG-1").expect("the meeting");
    let board = probity::meeting::read(&workspace, meeting.id()).expect("the board");
    let held = board.at().expect("the room is at an item");
    assert_eq!((held.item.reference(), meeting.text("status")), ("AGI-2", Some("in session")));
    assert!(!held.item.get("running_since").is_empty(), "the clock runs");
    let minutes: Vec<&str> = held.item.text("minutes").unwrap_or_default().lines().collect();
    for line in &told {
        assert!(minutes.contains(&line.as_str()), "{line} was acknowledged: {minutes:?}");
    }
    assert!(minutes.windows(2).all(|pair| pair[0] != pair[1]), "nothing stands twice: {minutes:?}");
}
