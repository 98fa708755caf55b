//! Files that are no workspace, or cannot be used: each gets a clear complaint, its own exit code, and is left as it is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command as Process;

use rusqlite::Connection;

use crate::desk::{Desk, hash, told};

/// Commands that read, and commands that write.
const COMMANDS: &[&[&str]] = &[
    &["risk", "list"],
    &["doctor"],
    &["audit", "verify"],
    &["search", "x"],
    &["risk", "add", "x", "--review", "REV-1"],
    &["undo"],
];

/// Runs every command on the desk's file; all must fail so, and none may touch it.
fn all_refuse(desk: &Desk, code: i32, words: &str) {
    let before = hash(&desk.file);
    for command in COMMANDS {
        let told = desk.run(*command);
        assert_eq!(told.code, code, "{command:?}: {}{}", told.out, told.err);
        assert!(told.err.contains(words), "{command:?}: {}", told.err);
        assert_eq!(told.err.matches("probity: ").count(), 1, "{}", told.err);
    }
    assert_eq!(hash(&desk.file), before, "the file was touched");
}

#[test]
fn a_file_that_is_not_there() {
    let desk = Desk::empty();
    for command in COMMANDS {
        let told = desk.run(*command);
        assert_eq!(told.code, 5, "{command:?}");
        assert!(told.err.contains("`probity init` makes one"), "{}", told.err);
    }
    assert!(!desk.file.exists(), "nothing was made by looking");
}

#[test]
fn files_that_are_something_else() {
    for content in [&b""[..], b"short", &[b'%'; 4096], b"SQLite format 3\0 but then nothing that a database would say"]
    {
        let desk = Desk::empty();
        fs::write(&desk.file, content).expect("a file");
        all_refuse(&desk, 5, "is not a Probity workspace");
    }
}

#[test]
fn a_folder_in_place_of_a_file() {
    let desk = Desk::empty();
    fs::create_dir(&desk.file).expect("a folder");
    let told = desk.run(["risk", "list"]);
    assert_eq!(told.code, 5);
    assert!(told.err.contains("it is a folder"), "{}", told.err);
}

#[test]
fn a_database_of_another_program() {
    let desk = Desk::empty();
    let other = Connection::open(&desk.file).expect("a database");
    other.execute_batch("CREATE TABLE t(x); INSERT INTO t VALUES (1)").expect("a table");
    drop(other);
    all_refuse(&desk, 5, "another program");
}

#[test]
fn a_workspace_of_a_newer_version() {
    let desk = Desk::new();
    let newer = Connection::open(&desk.file).expect("the workspace");
    newer.execute_batch("PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)").expect("a version");
    drop(newer);
    all_refuse(&desk, 5, "newer version of Probity");
}

#[test]
fn a_damaged_workspace() {
    let desk = Desk::new();
    let mut bytes = fs::read(&desk.file).expect("the workspace");
    for byte in bytes.iter_mut().skip(4096) {
        *byte = !*byte;
    }
    fs::write(&desk.file, &bytes).expect("a damaged workspace");
    let before = hash(&desk.file);
    for command in COMMANDS {
        let told = desk.run(*command);
        assert_eq!(told.code, 5, "{command:?}: {}{}", told.out, told.err);
        assert!(told.err.contains("damaged"), "{}", told.err);
    }
    assert_eq!(hash(&desk.file), before);
}

#[test]
fn a_workspace_cut_short() {
    let desk = Desk::new();
    let bytes = fs::read(&desk.file).expect("the workspace");
    fs::write(&desk.file, &bytes[..bytes.len() / 2]).expect("a short workspace");
    let told = desk.run(["doctor"]);
    assert!([1, 5].contains(&told.code), "{}{}", told.out, told.err);
    assert!(!told.err.contains("panicked"), "{}", told.err);
}

#[test]
fn a_workspace_that_another_process_holds() {
    let desk = Desk::new();
    let other = Connection::open(&desk.file).expect("the workspace");
    other.execute_batch("BEGIN IMMEDIATE").expect("a writer");
    let told = desk.run(["risk", "add", "x", "--review", "REV-1"]);
    assert_eq!(told.code, 6, "{}", told.err);
    assert!(told.err.contains("Another process"), "{}", told.err);
    assert_eq!(desk.run(["review", "list"]).code, 0, "reading goes on meanwhile");
    other.execute_batch("ROLLBACK").expect("an end");
    desk.ok(["risk", "add", "x", "--review", "REV-1"]);
}

#[test]
fn what_is_there_is_never_overwritten() {
    let desk = Desk::new();
    let before = hash(&desk.file);
    for command in [vec!["init"], vec!["generate", "--reviews", "1", "--out", "w.db"], vec!["backup", "w.db"]] {
        let told = desk.run(&command);
        assert_eq!(told.code, 7, "{command:?}: {}", told.err);
        assert!(told.err.contains("left as it is"), "{}", told.err);
    }
    assert_eq!(hash(&desk.file), before);
}

#[test]
fn places_where_nothing_can_be_made() {
    let desk = Desk::empty();
    desk.write("file", "x");
    for path in ["/proc/nowhere/w.db", "file/w.db"] {
        let told = desk.run(["--workspace", path, "init"]);
        assert_eq!(told.code, 7, "{}", told.err);
    }
    let desk = Desk::new();
    assert_eq!(desk.run(["backup", "/proc/copy.db"]).code, 7);
    assert_eq!(desk.run(["man", "--out", "/proc/man"]).code, 7);
}

/// Runs the binary as somebody for whom permissions count: root may write everywhere.
fn without_privileges(desk: &Desk, args: &[&str]) -> crate::desk::Told {
    let mut process = Process::new(assert_cmd::cargo::cargo_bin!("probity"));
    process.args(args).env("PROBITY_WORKSPACE", &desk.file).env("PROBITY_SETTINGS", desk.folder.path().join("none"));
    if is_root(desk) {
        process.uid(65_534).gid(65_534);
    }
    told(process.output().expect("the binary runs"))
}

fn is_root(desk: &Desk) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(desk.folder.path()).is_ok_and(|info| info.uid() == 0)
}

/// Whether somebody without privileges can start the binary here at all.
fn can_be_started(desk: &Desk) -> bool {
    let started = std::panic::catch_unwind(|| without_privileges(desk, &["--version"]).code == 0).unwrap_or(false);
    if !started {
        eprintln!("skipped: the binary cannot be started without privileges here");
    }
    started
}

#[test]
fn a_workspace_that_may_only_be_read() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "Kept", "--review", "REV-1"]);
    fs::set_permissions(&desk.file, fs::Permissions::from_mode(0o444)).expect("permissions");
    fs::set_permissions(desk.folder.path(), fs::Permissions::from_mode(0o555)).expect("permissions");
    if can_be_started(&desk) {
        let before = hash(&desk.file);
        let told = without_privileges(&desk, &["risk", "list"]);
        assert_eq!(told.code, 0, "what can be read is shown: {}", told.err);
        assert!(told.out.contains("Kept"));
        for command in [&["risk", "add", "x", "--review", "REV-1"][..], &["undo"]] {
            let told = without_privileges(&desk, command);
            assert_eq!(told.code, 7, "{}", told.err);
            assert!(told.err.contains("read-only"), "{}", told.err);
        }
        assert_eq!(hash(&desk.file), before);
    }
    fs::set_permissions(desk.folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
}

#[test]
fn a_workspace_of_somebody_else() {
    let desk = Desk::new();
    fs::set_permissions(desk.folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    if is_root(&desk) && can_be_started(&desk) {
        let told = without_privileges(&desk, &["risk", "list"]);
        assert_eq!(told.code, 7, "{}", told.err);
        assert!(told.err.contains("ermission denied"), "{}", told.err);
    }
}

#[test]
fn nothing_is_written_when_asked_not_to() {
    let desk = Desk::new();
    let told = desk.fails(7, ["--read-only", "risk", "add", "x", "--review", "REV-1"]);
    assert!(told.contains("read-only"), "{told}");
    assert_eq!(desk.run(["--read-only", "review", "list"]).code, 0);
}

/// Runs a shell script in a mount namespace of its own, where a small disk can be had; none where the system forbids it.
fn on_a_small_disk(desk: &Desk, script: &str) -> Option<crate::desk::Told> {
    let disk = desk.folder.path().join("disk");
    fs::create_dir_all(&disk).expect("a folder");
    let script = format!("mount -t tmpfs -o size=6m tmpfs '{}' || exit 99; {script}", disk.display());
    let output = Process::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .env("PROBITY", assert_cmd::cargo::cargo_bin!("probity"))
        .env("PROBITY_SETTINGS", desk.folder.path().join("none"))
        .env("DISK", &disk)
        .output()
        .ok()?;
    let told = told(output);
    if [99, 1].contains(&told.code) && !told.err.contains("probity: ") {
        eprintln!("skipped: no small disk can be mounted here ({})", told.err.trim());
        return None;
    }
    Some(told)
}

#[test]
fn a_full_disk() {
    let desk = Desk::new();
    // Leaves some hundred kilobytes, adds risks until the disk is full, then looks whether every one that was reported is there.
    let script = r#"
        export PROBITY_WORKSPACE="$DISK/w.db"
        "$PROBITY" init --name Ana --handle ana >/dev/null && "$PROBITY" system add S >/dev/null || exit 98
        free=$(df -k -P "$DISK" | awk 'NR == 2 { print $4 }')
        head -c $(((free - 450) * 1024)) /dev/zero > "$DISK/filler"
        added=0
        while [ $added -lt 300 ]; do
            "$PROBITY" risk add "A risk that takes some room on this small disk" --system SYS-1 >/dev/null || break
            added=$((added + 1))
        done
        "$PROBITY" risk add "One more" --system SYS-1; echo "code $?"
        echo "added $added"
        "$PROBITY" risk list --json | grep -c RSK
        rm -f "$DISK/filler"; "$PROBITY" doctor >/dev/null; echo "doctor $?"
    "#;
    let Some(told) = on_a_small_disk(&desk, script) else { return };
    assert!(told.err.contains("The disk is full"), "{}{}", told.out, told.err);
    let lines: Vec<&str> = told.out.lines().collect();
    assert!(lines.contains(&"code 7"), "{}{}", told.out, told.err);
    let added = lines.iter().find_map(|line| line.strip_prefix("added ")).expect("a count");
    assert!(lines.contains(&added), "each that was reported is there: {}", told.out);
    assert!(lines.contains(&"doctor 0"), "{}{}", told.out, told.err);
}

#[test]
fn output_that_cannot_be_written() {
    let desk = Desk::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let output = Process::new(assert_cmd::cargo::cargo_bin!("probity"))
        .args(["review", "list"])
        .env("PROBITY_WORKSPACE", &desk.file)
        .stdout(full)
        .output()
        .expect("the binary runs");
    let told = told(output);
    assert_eq!(told.code, 7);
    assert!(told.err.contains("Writing the output failed"), "{}", told.err);
}

#[test]
fn settings_and_policies_that_are_wrong() {
    let desk = Desk::new();
    desk.write("settings.toml", "mouse = true\ntheem = 1\n");
    let told = desk.fails(8, ["risk", "list"]);
    assert!(told.contains("settings.toml") && told.contains("theem"), "{told}");
    fs::remove_file(desk.folder.path().join("settings.toml")).expect("no settings");
    desk.write("policy.toml", "[[category]]\nname = 3\n");
    let told = desk.fails(8, ["risk", "list"]);
    assert!(told.contains("policy.toml:2"), "{told}");
    let told = desk.run(["policy", "check"]);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.out.contains("policy.toml:2:8"), "{}", told.out);
}
