//! The workspace's promises, by example and by property.

mod files;
mod lists;
mod properties;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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
