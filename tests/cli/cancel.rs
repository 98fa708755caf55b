//! Ctrl-C in the middle of long work: it ends cleanly, with its own exit code, and leaves no trace.

use std::path::Path;
use std::process::{Child, Command as Process, Stdio};

use crate::desk::{Desk, told};

fn start(desk: &Desk, args: &[&str]) -> Child {
    Process::new(assert_cmd::cargo::cargo_bin!("probity"))
        .args(args)
        .current_dir(desk.folder.path())
        .env("PROBITY_WORKSPACE", &desk.file)
        .env("PROBITY_SETTINGS", desk.folder.path().join("none"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs")
}

/// Waits until something is so, or the process has ended.
fn wait_until(child: &mut Child, so: impl Fn() -> bool) {
    while !so() && child.try_wait().expect("a state").is_none() {
        std::thread::yield_now();
    }
}

fn interrupt(child: &Child) {
    let sent = Process::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |info| info.len())
}

#[test]
fn generating_is_cancelled_and_leaves_nothing() {
    let desk = Desk::empty();
    let mut child = start(&desk, &["generate", "--reviews", "100000", "--out", "large.db"]);
    let log = desk.folder.path().join("large.db-wal");
    // In the middle: some of it is written already.
    wait_until(&mut child, || size(&log) > 1_000_000);
    interrupt(&child);
    let told = told(child.wait_with_output().expect("an end"));
    assert_eq!(told.code, 130, "{}", told.err);
    assert!(told.err.contains("Cancelled"), "{}", told.err);
    let left: Vec<_> = std::fs::read_dir(desk.folder.path()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_import_is_cancelled_and_changes_nothing() {
    let desk = Desk::new();
    let rows: Vec<String> = (0..20_000).map(|at| format!("System {at},What system {at} does")).collect();
    desk.write("inventory.csv", format!("system.name,packet.use_case\n{}\n", rows.join("\n")));
    let log = desk.file.with_file_name("w.db-wal");
    let mut child = start(&desk, &["import", "inventory", "inventory.csv", "--mapping", "plain"]);
    // SQLite writes what does not fit into its memory before the change is complete.
    wait_until(&mut child, || size(&log) > 1_000_000);
    interrupt(&child);
    let told = told(child.wait_with_output().expect("an end"));
    assert_eq!(told.code, 130, "{}{}", told.out, told.err);
    assert_eq!(desk.json(["system", "list", "--json"]).as_array().map(Vec::len), Some(1));
    desk.ok(["doctor"]);
}
