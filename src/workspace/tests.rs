//! The workspace's promises, by example and by property.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::record::*;

/// Terms with just enough in them: the matrix is the product, in four levels.
struct Plain;

impl Terms for Plain {
    fn names(&self, list: Names) -> Vec<String> {
        let names: &[&str] = match list {
            Names::Category => &["fairness", "transparency"],
            Names::Role => &["specialist"],
            Names::Function => &["privacy", "security"],
            Names::Law => &["act"],
            Names::Clock => &["act 15 days"],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn level(&self, severity: i64, likelihood: i64) -> Option<(String, i64)> {
        let rank = match severity * likelihood {
            ..=4 => 0,
            5..=9 => 1,
            10..=15 => 2,
            _ => 3,
        };
        Some((["low", "medium", "high", "critical"][usize::try_from(rank).ok()?].to_owned(), rank))
    }

    fn step(&self, _: Scale, step: i64) -> Option<String> {
        Some(format!("step {step}"))
    }

    fn completeness(&self, packet: &Record) -> (i64, i64) {
        (i64::from(!packet.get("use_case").is_empty()), 1)
    }

    fn stage_days(&self, _: &str, _: Option<&str>) -> Option<u32> {
        Some(5)
    }
}

struct Desk {
    folder: TempDir,
    workspace: Workspace,
    me: String,
    system: String,
    review: String,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(Plain)).expect("a workspace");
    let now = Utc::now();
    let (me, founder, system, review) = (new_id(now), new_id(now), new_id(now), new_id(now));
    let edits = vec![
        Edit::Add { kind: &PERSON, id: founder.clone(), fields: vec![("name", "Bo".into()), ("handle", "bo".into())] },
        Edit::Add {
            kind: &PERSON,
            id: me.clone(),
            fields: vec![("name", "Ana Lima".into()), ("handle", "ana".into())],
        },
        Edit::Add { kind: &SYSTEM, id: system.clone(), fields: vec![("name", "Resume screener".into())] },
        Edit::Add {
            kind: &REVIEW,
            id: review.clone(),
            fields: vec![("title", "Resume screener v2".into()), ("system", system.as_str().into())],
        },
    ];
    workspace.write(Change::by(&founder, edits)).expect("the first records");
    Desk { folder, workspace, me, system, review }
}

impl Desk {
    fn add_risk(&mut self, title: &str, severity: i64) -> Record {
        let fields = vec![
            ("title", title.into()),
            ("review", self.review.as_str().into()),
            ("severity", severity.into()),
            ("likelihood", 3.into()),
        ];
        let edit = Edit::Add { kind: &RISK, id: new_id(Utc::now()), fields };
        self.workspace.write(Change::by(&self.me, vec![edit])).expect("a risk").records.remove(0)
    }

    fn set(&mut self, record: &Record, field: &'static str, value: impl Into<Value>) -> Result<Receipt> {
        let edit = Edit::Set {
            kind: record.kind(),
            id: record.id().to_owned(),
            version: Some(record.version()),
            fields: vec![(field, value.into())],
        };
        self.workspace.write(Change::by(&self.me, vec![edit]))
    }

    fn outside(&self) -> Connection {
        Connection::open(self.workspace.path()).expect("a second connection")
    }

    fn check(&self) {
        for finding in self.workspace.doctor(&AtomicBool::new(false), |_| {}).expect("a diagnosis") {
            assert!(finding.ok, "{}: {}", finding.check, finding.detail);
        }
    }
}

#[test]
fn tables_have_a_column_for_every_field_and_no_other() {
    let desk = desk();
    for kind in KINDS {
        let mut columns = schema::columns_of(&desk.workspace.conn, kind.name).expect("columns");
        columns.retain(|column| column != "no");
        let mut fields: Vec<&str> = kind.columns().map(|field| field.name).collect();
        // A later migration adds a column at the end, wherever its field is shown.
        columns.sort_unstable();
        fields.sort_unstable();
        assert_eq!(columns, fields, "{}", kind.name);
    }
}

#[test]
fn a_new_record_gets_a_reference_defaults_and_what_follows() {
    let mut desk = desk();
    let risk = desk.add_risk("Proxy discrimination", 4);
    assert_eq!(risk.reference(), "RSK-1");
    assert_eq!(risk.text("status"), Some("open"));
    assert_eq!(risk.text("system"), Some(desk.system.as_str()), "the review's system");
    assert_eq!(risk.text("level"), Some("high"));
    assert_eq!(desk.workspace.find("rsk-1").expect("found"), risk);
    desk.check();
}

#[test]
fn a_change_may_link_to_what_it_adds_later() {
    let mut desk = desk();
    let (review, packet) = (new_id(Utc::now()), new_id(Utc::now()));
    let to = |review: &str| vec![("review", Value::text(review))];
    let add = |kind: Kind, id: &str, fields| Edit::Add { kind, id: id.to_owned(), fields };
    let about = vec![("title", "Later".into()), ("system", Value::text(desk.system.as_str()))];
    let edits = vec![add(&PACKET, &packet, to(&review)), add(&REVIEW, &review, about)];
    desk.workspace.write(Change::by(&desk.me, edits)).expect("both");
    assert_eq!(desk.workspace.get(&REVIEW, &review).expect("there").version(), 1, "it was written once");
    // Not to what never comes, nor to a record of another kind.
    let (other, risk) = (new_id(Utc::now()), new_id(Utc::now()));
    let alone = desk.workspace.write(Change::by(&desk.me, vec![add(&PACKET, &other, to(&risk))]));
    assert!(matches!(alone, Err(Error::Refused { .. })));
    let system = vec![("name", "No review".into())];
    let edits = vec![add(&PACKET, &other, to(&risk)), add(&SYSTEM, &risk, system)];
    assert!(matches!(desk.workspace.write(Change::by(&desk.me, edits)), Err(Error::Refused { .. })));
    desk.workspace.undo(&desk.me).expect("undone");
    assert!(desk.workspace.get(&REVIEW, &review).is_err());
    desk.check();
}

#[test]
fn problems_are_named_and_nothing_is_saved() {
    let mut desk = desk();
    let before = desk.workspace.history_length().expect("length");
    let edit = Edit::Add {
        kind: &RISK,
        id: new_id(Utc::now()),
        fields: vec![("severity", 9.into()), ("category", "bananas".into()), ("owner", "nobody".into())],
    };
    let error = desk.workspace.write(Change::by(&desk.me, vec![edit])).expect_err("refused").to_string();
    for part in ["not saved. Title is needed", "1 to 5, not 9", "“bananas” is not one of: fairness", "no such person"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(desk.workspace.history_length().expect("length"), before);
    assert_eq!(desk.workspace.total(&RISK).expect("total"), 0);
}

#[test]
fn a_stale_save_is_refused_and_shows_both() {
    let mut desk = desk();
    let risk = desk.add_risk("A", 2);
    let mut other = Workspace::open(desk.workspace.path(), Options::default(), Arc::new(Plain)).expect("opened twice");
    let theirs =
        Edit::Set { kind: &RISK, id: risk.id().to_owned(), version: Some(1), fields: vec![("title", "Theirs".into())] };
    other.write(Change::by(&desk.me, vec![theirs])).expect("saved first");
    match desk.set(&risk, "title", "Ours") {
        Err(Error::Stale { theirs, ours }) => {
            assert_eq!(theirs.title(), "Theirs");
            assert_eq!(ours.title(), "Ours");
        }
        other => panic!("not refused: {other:?}"),
    }
    desk.check();
}

#[test]
fn undo_and_redo_go_back_and_forth_and_are_history_too() {
    let mut desk = desk();
    let risk = desk.add_risk("A", 2);
    desk.set(&risk, "severity", 5).expect("set");
    let me = desk.me.clone();
    let undone = desk.workspace.undo(&me).expect("undone");
    assert!(undone.what.starts_with("Undid: RSK-1: severity"), "{}", undone.what);
    assert_eq!(desk.workspace.find("RSK-1").expect("risk").number("severity"), Some(2));
    assert_eq!(desk.workspace.find("RSK-1").expect("risk").text("level"), Some("medium"), "what follows goes back too");
    desk.workspace.undo(&me).expect("the adding is undone");
    assert!(desk.workspace.find("RSK-1").is_err());
    desk.workspace.redo(&me).expect("redone");
    desk.workspace.redo(&me).expect("redone");
    assert_eq!(desk.workspace.find("RSK-1").expect("risk").number("severity"), Some(5));
    assert!(matches!(desk.workspace.redo(&me), Err(Error::CannotUndo(_))));
    assert_eq!(desk.workspace.history_length().expect("length"), 7, "nothing is erased");
    desk.check();
}

#[test]
fn undo_does_not_clobber_what_was_changed_since() {
    let mut desk = desk();
    let risk = desk.add_risk("A", 2);
    let set = desk.set(&risk, "severity", 5).expect("set").change;
    let now = desk.workspace.find("RSK-1").expect("risk");
    desk.set(&now, "severity", 3).expect("set again");
    let me = desk.me.clone();
    let error = desk.workspace.undo_change(&me, set).expect_err("refused").to_string();
    assert!(error.contains("RSK-1 was changed since, in change 4 by ana"), "{error}");
    let other = desk.workspace.find("RSK-1").expect("risk");
    desk.set(&other, "title", "Another title").expect("another field");
    desk.workspace.undo(&me).expect("undone");
    desk.workspace.undo(&me).expect("undone");
    desk.workspace.undo_change(&me, set).expect("nothing stands in the way now");
    desk.check();
}

#[test]
fn adding_is_not_undone_under_what_was_added_to_it() {
    let mut desk = desk();
    desk.add_risk("A", 2);
    let me = desk.me.clone();
    let error = desk.workspace.undo_change(&me, 1).expect_err("refused").to_string();
    assert!(error.contains("RSK-1 was added since"), "{error}");
    desk.check();
}

#[test]
fn deleting_takes_what_belongs_and_refuses_what_points() {
    let mut desk = desk();
    let packet =
        Edit::Add { kind: &PACKET, id: new_id(Utc::now()), fields: vec![("review", desk.review.as_str().into())] };
    desk.workspace.write(Change::by(&desk.me, vec![packet])).expect("a packet");
    desk.add_risk("A", 2);
    let delete = |desk: &mut Desk| {
        let edit = Edit::Delete { kind: &REVIEW, id: desk.review.clone() };
        desk.workspace.write(Change::by(&desk.me, vec![edit]))
    };
    let error = delete(&mut desk).expect_err("refused").to_string();
    assert!(error.contains("REV-1 cannot be deleted: RSK-1"), "{error}");
    let me = desk.me.clone();
    desk.workspace.undo(&me).expect("the risk goes");
    delete(&mut desk).expect("deleted");
    assert_eq!(desk.workspace.total(&PACKET).expect("total"), 0);
    desk.workspace.undo(&me).expect("all comes back");
    assert_eq!(desk.workspace.total(&PACKET).expect("total"), 1);
    desk.check();
}

#[test]
fn what_another_program_writes_is_caught_and_sealed() {
    let mut desk = desk();
    desk.add_risk("A", 2);
    desk.outside().execute("UPDATE risk SET severity = 1", []).expect("written outside");
    let verified = desk.workspace.verify_history(&AtomicBool::new(false), |_| {}).expect("verified");
    assert_eq!((verified.unsealed, verified.broken), (1, None));
    desk.add_risk("B", 2);
    let verified = desk.workspace.verify_history(&AtomicBool::new(false), |_| {}).expect("verified");
    assert_eq!((verified.unsealed, verified.outside.len()), (0, 1));
    let changes = desk.workspace.history(&HistoryFilter::default(), 10).expect("history");
    assert_eq!(changes[1].by, "outside");
}

#[test]
fn who_alters_the_history_is_caught() {
    let mut desk = desk();
    desk.add_risk("A", 2);
    desk.add_risk("B", 3);
    let outside = desk.outside();
    assert!(outside.execute("DELETE FROM history_entry", []).is_err(), "not by accident");
    outside
        .execute_batch(
            "DROP TRIGGER history_entry_stays;
             UPDATE history_entry SET after = replace(after, '\"A\"', '\"Z\"') WHERE kind = 'risk'",
        )
        .expect("on purpose");
    let verified = desk.workspace.verify_history(&AtomicBool::new(false), |_| {}).expect("verified");
    let broken = verified.broken.expect("caught");
    assert_eq!((broken.change, verified.changes), (2, 1), "{broken:?}");
}

#[test]
fn who_hides_a_write_from_the_triggers_is_caught_by_the_state() {
    let mut desk = desk();
    desk.add_risk("A", 2);
    let outside = desk.outside();
    outside.execute_batch("DROP TRIGGER risk_set; UPDATE risk SET severity = 1").expect("hidden");
    let findings = desk.workspace.doctor(&AtomicBool::new(false), |_| {}).expect("a diagnosis");
    let state = findings.iter().find(|finding| finding.check == "state").expect("the check");
    assert!(!state.ok && state.detail.contains("not as its history left it"), "{state:?}");
}

#[test]
fn text_is_found_by_the_start_of_a_word() {
    let mut desk = desk();
    let risk = desk.add_risk("Proxy for age in job titles", 4);
    desk.add_risk("Prompt injection", 4);
    let hits = desk.workspace.search("job tit", &[], 10).expect("hits");
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].reference.as_str(), hits[0].kind), ("RSK-1", &RISK));
    assert_eq!(hits[0].passage, "Proxy for age in \u{1}job\u{2} \u{1}titles\u{2}");
    desk.set(&risk, "title", "Something else").expect("set");
    assert!(desk.workspace.search("job", &[], 10).expect("hits").is_empty(), "the index follows");
    assert_eq!(desk.workspace.search("rsk-2", &[], 10).expect("hits")[0].title, "Prompt injection");
}

#[test]
fn pages_join_into_the_whole_list_in_both_directions() {
    let mut desk = desk();
    for number in 0..37_i64 {
        desk.add_risk(&format!("Risk {number}"), number % 5 + 1);
    }
    for sort in [
        vec![],
        vec![Sort { field: "title", descending: true }],
        vec![Sort { field: "severity", descending: false }, Sort { field: "owner", descending: true }],
    ] {
        let query = Query::open(&RISK).sorted(sort);
        let all = desk.workspace.page(&query, None, Direction::After, 100).expect("all").rows;
        assert_eq!(all.len(), 37);
        for direction in [Direction::After, Direction::Before] {
            let mut joined: Vec<Row> = Vec::new();
            loop {
                let cursor = match direction {
                    Direction::After => joined.last(),
                    Direction::Before => joined.first(),
                }
                .map(|row| row.cursor.clone());
                let page = desk.workspace.page(&query, cursor.as_ref(), direction, 10).expect("a page");
                let at = if direction == Direction::After { joined.len() } else { 0 };
                joined.splice(at..at, page.rows);
                if !page.more {
                    break;
                }
            }
            assert_eq!(joined, all, "{direction:?} {:?}", query.sort);
        }
    }
    let query = Query::all(&RISK).with(Condition::AtLeast("severity", 4.into())).finding("risk 3");
    assert_eq!(desk.workspace.count(&query).expect("count"), 3, "3, 33 and 34");
}

#[test]
fn the_panes_read_their_order_from_an_index() {
    let desk = desk();
    for kind in [&REVIEW, &RISK, &ACTION, &CHECKLIST_ITEM] {
        let order: Vec<String> =
            kind.order.iter().map(|(name, down)| query::stored_key(kind.field(name).expect("field"), *down)).collect();
        let down = |at: usize| if kind.order[at].1 { " DESC" } else { "" };
        let keys: Vec<String> = order.iter().enumerate().map(|(at, key)| format!("{key}{}", down(at))).collect();
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM \"{}\" t WHERE is_open = 1 ORDER BY {}, no LIMIT 50",
            kind.name,
            keys.join(", ")
        );
        let plan: Vec<String> = desk
            .workspace
            .conn
            .prepare(&sql)
            .expect("a plan")
            .query_map([], |row| row.get(3))
            .expect("steps")
            .collect::<rusqlite::Result<_>>()
            .expect("steps");
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{}: {plan:?}", kind.name);
    }
}

#[test]
fn what_belongs_to_one_record_is_found_by_that_record() {
    let desk = desk();
    for kind in [&RISK, &ACTION, &CHECKLIST_ITEM] {
        let query = Query::open(kind).with(Condition::Is("review", desk.review.as_str().into()));
        let sql = query.sql("*").expect("a query");
        let plan: Vec<String> = desk
            .workspace
            .conn
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .expect("a plan")
            .query_map([&desk.review], |row| row.get(3))
            .expect("steps")
            .collect::<rusqlite::Result<_>>()
            .expect("steps");
        let by_review = format!("{}_review (review=?)", kind.name);
        assert!(plan.iter().any(|step| step.contains(&by_review)), "{}: {plan:?}", kind.name);
    }
}

#[test]
fn what_evidence_proves_is_found_without_what_has_none() {
    let desk = desk();
    for kind in [&RISK, &CHECKLIST_ITEM, &EVIDENCE] {
        let query = Query::all(kind).with(Condition::Cites("evidence", "EVD-9".to_owned()));
        let sql = format!("EXPLAIN QUERY PLAN {}", query.sql("*").expect("a query"));
        let plan: String = desk.workspace.conn.query_row(&sql, ["EVD-9"], |row| row.get(3)).expect("one step");
        assert!(plan.contains(&format!("USING INDEX {}_evidence", kind.name)), "{plan}");
    }
}

#[test]
fn what_is_to_be_done_is_found_by_an_index() {
    let desk = desk();
    let day = Value::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day"));
    for (kind, field, open, index) in [
        (&RISK, "accepted_until", false, "risk_acceptance (<expr><?)"),
        (&REVIEW, "waiting_since", false, "review_waiting (<expr><?)"),
        (&REVIEW, "due_on", true, "review_due (is_open=? AND <expr><?)"),
        (&ROUTE, "due_on", true, "route_list (is_open=? AND <expr><?)"),
    ] {
        let mut query = if open { Query::open(kind) } else { Query::all(kind) };
        query = query.with(Condition::AtMost(field, day.clone()));
        let sql = format!("EXPLAIN QUERY PLAN {}", query.sql("*").expect("a query"));
        let plan: String = desk.workspace.conn.query_row(&sql, ["2026-11-23"], |row| row.get(3)).expect("one step");
        assert!(plan.contains(index), "{plan}");
    }
}

#[test]
fn what_is_late_is_counted_by_the_index_of_the_list() {
    let desk = desk();
    let yesterday = Value::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day"));
    let query = Query::open(&ACTION).with(Condition::AtMost("due_on", yesterday));
    let sql = format!("EXPLAIN QUERY PLAN {}", query.sql("count(*)").expect("a query"));
    let plan: String = desk.workspace.conn.query_row(&sql, ["2026-11-23"], |row| row.get(3)).expect("one step");
    assert!(plan.contains("INDEX action_list (is_open=? AND <expr><?)"), "{plan}");
}

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

#[test]
fn typed_texts_become_values_or_are_all_refused_at_once() {
    let desk = desk();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
    let typed = |texts: &[(&str, &str)]| {
        let texts: Vec<(&str, String)> = texts.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        desk.workspace.typed(&RISK, &texts, today, Some(&desk.me))
    };
    let values = typed(&[("title", "A"), ("owner", "me"), ("review", "rev-1"), ("due_on", "fri"), ("severity", "4")]);
    assert_eq!(
        values.expect("read"),
        [
            ("title", Value::text("A")),
            ("owner", Value::text(desk.me.as_str())),
            ("review", Value::text(desk.review.as_str())),
            ("due_on", Value::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date"))),
            ("severity", Value::Number(4)),
        ]
    );
    let error = typed(&[("owner", "@zoe"), ("level", "high"), ("due_on", "soon"), ("nonsense", "x")]);
    let error = error.expect_err("refused").to_string();
    for part in ["no person “@zoe”", "Level: It follows", "“soon” is not a date", "no field “nonsense”"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn drafts_are_kept_and_dropped_without_history() {
    let mut desk = desk();
    let before = desk.workspace.history_length().expect("length");
    let body = serde_json::json!({ "title": "half a sent" });
    let me = desk.me.clone();
    desk.workspace.save_draft("add/risk", &me, "New risk", &body).expect("kept");
    assert_eq!(desk.workspace.draft("add/risk").expect("read").expect("there").body, body);
    desk.workspace.drop_draft("add/risk").expect("dropped");
    assert_eq!(desk.workspace.drafts().expect("read"), []);
    assert_eq!(desk.workspace.history_length().expect("length"), before);
}

#[test]
fn a_batch_is_all_or_nothing() {
    let mut desk = desk();
    let me = desk.me.clone();
    let before = desk.workspace.history_length().expect("length");
    let failed = desk.workspace.batch(|batch| {
        let fields = vec![("name", Value::from("B")), ("handle", "b".into())];
        batch.write(Change::by(
            &me,
            vec![Edit::Add { kind: &PERSON, id: new_id(Utc::now()), fields: fields.clone() }],
        ))?;
        batch.write(Change::by(&me, vec![Edit::Add { kind: &PERSON, id: new_id(Utc::now()), fields }]))
    });
    assert!(failed.expect_err("the handle is taken").to_string().contains("“b” is taken already"));
    assert_eq!(desk.workspace.history_length().expect("length"), before);
    desk.check();
}

/// One thing somebody does.
#[derive(Debug, Clone)]
enum Deed {
    Add(i64),
    Set(usize, &'static str, i64),
    Close(usize),
    Delete(usize),
    Undo,
    Redo,
    Outside(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let field = prop_oneof![Just("severity"), Just("likelihood")];
    let deed = prop_oneof![
        3 => (1_i64..=5).prop_map(Deed::Add),
        3 => (0_usize..9, field, 1_i64..=5).prop_map(|(at, field, to)| Deed::Set(at, field, to)),
        1 => (0_usize..9).prop_map(Deed::Close),
        1 => (0_usize..9).prop_map(Deed::Delete),
        3 => Just(Deed::Undo),
        2 => Just(Deed::Redo),
        1 => (0_usize..9).prop_map(Deed::Outside),
    ];
    proptest::collection::vec(deed, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done, in whatever order, the history holds and the state is what the history says.
    #[test]
    fn the_history_always_holds(deeds in deeds()) {
        let mut desk = desk();
        let me = desk.me.clone();
        for deed in deeds {
            let risks = desk.workspace.page(&Query::all(&RISK), None, Direction::After, 9).expect("risks").rows;
            let risk = |at: usize| risks.get(at).map(|row| row.record.clone());
            match deed {
                Deed::Add(severity) => { desk.add_risk("A risk", severity); }
                Deed::Set(at, field, to) => if let Some(risk) = risk(at) { desk.set(&risk, field, to).expect("set"); },
                Deed::Close(at) => if let Some(risk) = risk(at) { desk.set(&risk, "status", "closed").expect("closed"); },
                Deed::Delete(at) => if let Some(risk) = risk(at) {
                    let edit = Edit::Delete { kind: &RISK, id: risk.id().to_owned() };
                    desk.workspace.write(Change::by(&me, vec![edit])).expect("deleted");
                },
                Deed::Undo => match desk.workspace.undo(&me) { Ok(_) | Err(Error::CannotUndo(_)) => {}, Err(error) => panic!("{error}") },
                Deed::Redo => match desk.workspace.redo(&me) { Ok(_) | Err(Error::CannotUndo(_)) => {}, Err(error) => panic!("{error}") },
                Deed::Outside(at) => if let Some(risk) = risk(at) {
                    desk.outside().execute("UPDATE risk SET tags = '[\"outside\"]' WHERE id = ?1", [risk.id()]).expect("written");
                },
            }
        }
        for finding in desk.workspace.doctor(&AtomicBool::new(false), |_| {}).expect("a diagnosis") {
            prop_assert!(finding.ok || finding.check == "outside", "{}: {}", finding.check, finding.detail);
        }
    }

    /// Undoing everything leaves an empty register; doing it all again brings back the very same records.
    #[test]
    fn undoing_all_and_redoing_all_comes_back_to_the_same(severities in proptest::collection::vec(1_i64..=5, 1..8)) {
        let mut desk = desk();
        let me = desk.me.clone();
        for severity in &severities {
            let risk = desk.add_risk("A risk", 1);
            if *severity > 1 { desk.set(&risk, "severity", *severity).expect("set"); }
        }
        let contents = |desk: &Desk| -> Vec<Vec<(&str, Value)>> {
            desk.workspace.page(&Query::all(&RISK), None, Direction::After, 99).expect("risks").rows.iter()
                .map(|row| row.record.fields().filter(|(field, _)| !["version", "updated_at"].contains(&field.name))
                    .map(|(field, value)| (field.name, value.clone())).collect())
                .collect()
        };
        let before = contents(&desk);
        let count = severities.len() + severities.iter().filter(|severity| **severity > 1).count();
        for _ in 0..count { desk.workspace.undo(&me).expect("undone"); }
        prop_assert_eq!(desk.workspace.total(&RISK).expect("total"), 0);
        for _ in 0..count { desk.workspace.redo(&me).expect("redone"); }
        prop_assert_eq!(contents(&desk), before);
    }

    /// Any text at all can be saved, found again and comes back as it was.
    #[test]
    fn any_text_comes_back_as_it_was(text in "\\PC{1,60}", typed in any::<String>()) {
        prop_assume!(!text.trim().is_empty());
        let mut desk = desk();
        let risk = desk.add_risk("A", 1);
        desk.set(&risk, "statement", text.as_str()).expect("saved");
        let found = desk.workspace.find("RSK-1").expect("found");
        prop_assert_eq!(found.text("statement"), Some(text.as_str()));
        desk.workspace.search(&typed, &[], 5).expect("whatever is typed");
        desk.workspace.count(&Query::all(&RISK).finding(&typed)).expect("whatever is typed");
    }
}
