//! Files of older versions, filled as those versions filled them: each is brought up to date with a backup beside it, loses
//! nothing, and what was decided before there were decisions stays readable and workable.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::policy::Policy;
use crate::record::{CHECKLIST_ITEM, PERSON, REVIEW, RISK, Record, Value};

const AT: &str = "2026-05-04T09:00:00.000Z";
const ANA: &str = "01970000-0000-7000-8000-000000000001";
const SYSTEM: &str = "01970000-0000-7000-8000-000000000002";
const REV: &str = "01970000-0000-7000-8000-000000000003";

/// A file of this schema version, in which a review has a tier, one of its risks is accepted and one of its items waived.
fn filled(folder: &TempDir, version: usize) -> PathBuf {
    let path = folder.path().join(format!("schema-{version}.db"));
    let conn = Connection::open(&path).expect("a file");
    #[cfg(unix)]
    {
        let own = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, own).expect("for its owner only");
    }
    for (_, sql) in &schema::MIGRATIONS[..version] {
        conn.execute_batch(sql).expect("a migration");
    }
    let triggers = schema::triggers(&conn).expect("tables");
    conn.execute_batch(&triggers).expect("triggers");
    let add = |table: &str, id: &str, number: usize, reference: &str, own: &[(&str, &str)]| {
        let mut columns = vec!["no", "id", "ref", "version", "created_at", "created_by", "updated_at", "updated_by"];
        let number = number.to_string();
        let mut values = vec![number.as_str(), id, reference, "1", AT, ANA, AT, ANA];
        columns.extend(own.iter().map(|(name, _)| name));
        values.extend(own.iter().map(|(_, value)| value));
        let places = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT INTO \"{table}\" ({}) VALUES ({places})", columns.join(", "));
        conn.execute(&sql, rusqlite::params_from_iter(values)).expect("a row");
        conn.execute("INSERT OR REPLACE INTO counter VALUES (?1, ?2 + 1)", [table, &number]).expect("counted");
    };
    let other = |end: u8| format!("01970000-0000-7000-8000-0000000001{end:02}");
    add("person", ANA, 1, "PER-1", &[("name", "Ana"), ("handle", "ana"), ("active", "1")]);
    add("system", SYSTEM, 1, "SYS-1", &[("name", "Screener")]);
    let review = [("title", "Screener v1"), ("system", SYSTEM), ("stage", "assessment"), ("tier", "high")];
    add("review", REV, 1, "REV-1", &[&review[..], &[("priority", "normal"), ("stage_since", AT)]].concat());
    add("packet", &other(1), 1, "PKT-1", &[("review", REV), ("use_case", "It ranks resumes by heron.")]);
    let risk = [("title", "Proxy for age"), ("review", REV), ("severity", "4"), ("likelihood", "3")];
    let accepted = [("status", "accepted"), ("acceptance", "The board, in May."), ("accepted_until", "2027-01-31")];
    add("risk", &other(2), 1, "RSK-1", &[&risk[..], &accepted].concat());
    let checklist = [("title", "Launch"), ("review", REV), ("template", "launch-readiness"), ("template_version", "1")];
    add("checklist", &other(3), 1, "CHK-1", &checklist);
    let list = other(3);
    let item = [("code", "FAIR-02"), ("text", "Slices"), ("checklist", list.as_str()), ("review", REV)];
    add(
        "checklist_item",
        &other(4),
        1,
        "ITM-1",
        &[&item[..], &[("status", "waived"), ("reason", "Late data")]].concat(),
    );
    let done = format!(
        "INSERT INTO meta VALUES ('workspace', 'w'), ('owner', '{ANA}');
         PRAGMA user_version = {version}; PRAGMA application_id = {}",
        schema::APPLICATION_ID
    );
    conn.execute_batch(&done).expect("a workspace");
    path
}

fn open(path: &Path) -> Workspace {
    Workspace::open(path, Options::default(), Arc::new(Policy::builtin())).expect("brought up to date")
}

fn set(workspace: &mut Workspace, record: &Record, field: &'static str, value: &str) -> Result<Receipt> {
    let fields = vec![(field, Value::text(value))];
    let edit = Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: Some(record.version()), fields };
    workspace.write(Change::by(ANA, vec![edit]))
}

#[test]
fn a_filled_file_of_every_older_version_is_brought_up_to_date_and_worked_on() {
    let folder = tempfile::tempdir().expect("a folder");
    for version in 1..schema::MIGRATIONS.len() {
        let path = filled(&folder, version);
        let before = std::fs::read(&path).expect("the file");
        let mut workspace = open(&path);
        let backup = Connection::open(open::backup_name(&path, version.try_into().expect("small"))).expect("a backup");
        let kept: i64 = backup.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version");
        assert_eq!(usize::try_from(kept), Ok(version));
        assert!(!before.is_empty() && workspace.total(&REVIEW).expect("counted") == 1, "{version}");

        // What rests on no decision reads as it was written, and can be worked on.
        let review = workspace.find("REV-1").expect("the review");
        assert_eq!((review.text("tier"), review.text("stage")), (Some("high"), Some("assessment")));
        set(&mut workspace, &review, "title", "Screener v1, again").expect("a title");
        let risk = workspace.find("RSK-1").expect("the risk");
        assert_eq!(
            (risk.text("status"), risk.get("accepted_until").display()),
            (Some("accepted"), "2027-01-31".into())
        );
        set(&mut workspace, &risk, "notes", "Seen in May.").expect("a note");
        let item = workspace.find("ITM-1").expect("the item");
        set(&mut workspace, &item, "notes", "Data comes in June.").expect("a note");
        let found = workspace.count(&Query::all(&crate::record::PACKET).finding("heron"));
        assert_eq!(found.expect("searched"), 1, "schema {version}: what was there is found by its words");

        // But it moves only by a decision now.
        let review = workspace.find("REV-1").expect("the review");
        let refused = set(&mut workspace, &review, "tier", "low");
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
        let risk = workspace.find("RSK-1").expect("the risk");
        set(&mut workspace, &risk, "status", "open").expect("an acceptance may be given up");

        for _ in 0..4 {
            workspace.undo(ANA).expect("undone");
        }
        assert_eq!(workspace.find("REV-1").expect("the review").title(), "Screener v1");
        assert_eq!(workspace.find("RSK-1").expect("the risk").text("status"), Some("accepted"));
        assert_eq!(workspace.total(&PERSON).expect("counted"), 1);
        assert_eq!(workspace.total(&RISK).expect("counted") + workspace.total(&CHECKLIST_ITEM).expect("counted"), 2);
        let findings = workspace.doctor(&AtomicBool::new(false), |_| {}).expect("looked at");
        let wrong: Vec<_> = findings.iter().filter(|finding| !finding.ok).collect();
        // The rows were written by no change of ours: that they came from outside is the one thing to tell.
        assert!(wrong.iter().all(|finding| format!("{finding:?}").contains("outside")), "schema {version}: {wrong:?}");
    }
}
