//! Files that are no workspace, damaged, newer, locked or older ones.

use super::*;

#[test]
fn files_that_are_no_workspace_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name: &str| {
        Workspace::open(&folder.path().join(name), Options::default(), Arc::new(Plain))
            .map(drop)
            .expect_err("refused")
            .to_string()
    };
    std::fs::write(folder.path().join("text"), "x".repeat(5000)).expect("written");
    std::fs::write(folder.path().join("empty"), "").expect("written");
    Connection::open(folder.path().join("other")).and_then(|c| c.execute_batch("CREATE TABLE t(x)")).expect("made");
    assert!(open("missing").contains("`probity init` makes one"));
    assert!(open("text").contains("not an SQLite file"));
    assert!(open("empty").contains("too short"));
    assert!(open("other").contains("another program"));
    assert!(open(".").contains("a folder"));
    assert_eq!(std::fs::read(folder.path().join("text")).expect("read").len(), 5000);
}

#[test]
fn a_newer_damaged_or_locked_workspace_is_refused() {
    let mut desk = desk();
    for number in 0..200 {
        desk.add_risk(&format!("Risk {number}"), 3);
    }
    let path = desk.folder.path().join("copy.db");
    desk.workspace.backup(&path, &|_, _| true).expect("a backup");
    let open = || Workspace::open(&path, Options::default(), Arc::new(Plain));
    Connection::open(&path).and_then(|c| c.execute_batch("PRAGMA user_version = 99")).expect("set");
    assert!(open().map(drop).expect_err("newer").to_string().contains("newer version of Probity (schema 99"));
    Connection::open(&path)
        .and_then(|c| c.execute_batch(&format!("PRAGMA user_version = {}", schema::newest())))
        .expect("set");
    let mut bytes = std::fs::read(&path).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 60_000].fill(0xA5);
    std::fs::write(&path, &bytes).expect("written");
    let damaged = open().and_then(|workspace| {
        let findings = workspace.doctor(&AtomicBool::new(false), |_| {})?;
        assert!(findings.iter().any(|finding| finding.check == "pages" && !finding.ok));
        Ok(())
    });
    assert!(matches!(damaged, Ok(()) | Err(Error::Damaged(_))), "{damaged:?}");

    let outside = desk.outside();
    outside.execute_batch("BEGIN IMMEDIATE").expect("locked");
    desk.workspace.conn.busy_timeout(std::time::Duration::from_millis(10)).expect("set");
    let edit = Edit::Delete { kind: &RISK, id: "x".to_owned() };
    let error = desk.workspace.write(Change::by(&desk.me, vec![edit])).expect_err("locked");
    assert!(matches!(error, Error::Locked(_)), "{error}");
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let desk = desk();
    for entry in std::fs::read_dir(desk.folder.path()).expect("files") {
        let entry = entry.expect("a file");
        let mode = entry.metadata().expect("its mode").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn an_older_schema_is_backed_up_first() {
    let desk = desk();
    let path = desk.workspace.path().to_owned();
    drop(desk.workspace);
    // A file whose generated part was made by another version: it is made anew, and says so no more.
    Connection::open(&path)
        .and_then(|c| c.execute_batch("UPDATE meta SET value = 'x' WHERE key = 'derived'; DROP TRIGGER risk_added"))
        .expect("made old");
    let workspace = Workspace::open(&path, Options::default(), Arc::new(Plain)).expect("opened");
    assert!(schema::is_current(&workspace.conn).expect("read"));
    let triggers: i64 = workspace
        .conn
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'risk_added'", [], |row| row.get(0))
        .expect("count");
    assert_eq!(triggers, 1);
}
