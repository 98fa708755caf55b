//! Imports into a workspace: first, again, newer, stopped, undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::exchange::mapping::{Mapping, named};
use crate::exchange::table::{ReadOptions, Table};
use crate::policy::Policy;
use crate::record::{KINDS, Kind, PACKET, PERSON, RELEASE, REVIEW, Record, SYSTEM};
use crate::workspace::{Direction, Query, new_id};

struct Desk {
    _folder: TempDir,
    workspace: Workspace,
    me: String,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let terms = Arc::new(Policy::builtin());
    let mut workspace = Workspace::create(&folder.path().join("w.db"), terms).expect("a workspace");
    let me = new_id(Utc::now());
    let fields = vec![("name", "Ana Lima".into()), ("handle", "ana".into())];
    let edits = vec![Edit::Add { kind: &PERSON, id: me.clone(), fields }];
    workspace.write(Change::by(&me, edits)).expect("the first person");
    Desk { _folder: folder, workspace, me }
}

impl Desk {
    fn import(&mut self, mapping: &Mapping, table: &Table) -> (Plan, Applied) {
        let bound = mapping.bind(table).expect("columns found");
        import(&mut self.workspace, &bound, &self.me, &mut Progress::silent()).expect("imported")
    }

    fn plan(&self, mapping: &Mapping, table: &Table) -> Plan {
        let bound = mapping.bind(table).expect("columns found");
        plan(&self.workspace, &bound, Some(&self.me), &mut Progress::silent()).expect("planned")
    }

    fn all(&self, kind: Kind) -> Vec<Record> {
        let page = self.workspace.page(&Query::all(kind), None, Direction::After, 10_000).expect("listed");
        page.rows.into_iter().map(|row| row.record).collect()
    }

    fn set(&mut self, record: &Record, field: &'static str, text: &str) {
        let (kind, id) = (record.kind(), record.id().to_owned());
        let edits = vec![Edit::Set { kind, id, version: None, fields: vec![(field, text.into())] }];
        self.workspace.write(Change::by(&self.me, edits)).expect("set");
    }

    /// What every record says, for comparing workspaces.
    fn contents(&self) -> Vec<String> {
        let mut all = Vec::new();
        for kind in KINDS {
            for record in self.all(kind) {
                let said: Vec<String> = record
                    .fields()
                    .filter(|(field, value)| field.is_editable() && field.linked_kind().is_none() && !value.is_empty())
                    .filter(|(field, _)| field.name != "source")
                    .map(|(field, value)| format!("{}={}", field.name, value.display()))
                    .collect();
                all.push(format!("{} {}", kind.name, said.join("; ")));
            }
        }
        all.sort();
        all
    }
}

fn excerpt() -> (Mapping, Table) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/us-federal-2024-excerpt.csv");
    let mapping = named("us-federal-2024").expect("shipped");
    let table = Table::read(&path, &mapping.read_options(), &mut Progress::silent()).expect("read");
    (mapping, table)
}

fn plain() -> Mapping {
    named("plain").expect("shipped")
}

fn table(csv: &str) -> Table {
    Table::from_bytes("list.csv", csv.as_bytes(), &ReadOptions::default(), &mut Progress::silent()).expect("a table")
}

#[test]
fn each_row_becomes_a_system_a_review_at_intake_and_a_packet() {
    let mut desk = desk();
    let (mapping, table) = excerpt();
    let before = desk.workspace.newest_entry().expect("read");
    let dry = desk.plan(&mapping, &table);
    assert_eq!(desk.workspace.newest_entry().expect("read"), before, "a plan writes nothing");
    assert_eq!((dry.counts().create, dry.counts().same, dry.rows.len()), (30, 0, 30));
    assert!(dry.rows[0].to_string().starts_with("line 2      create   Babel"), "{}", dry.rows[0]);
    let (_, applied) = desk.import(&mapping, &table);
    assert_eq!(applied.what, "us-federal-2024-excerpt.csv: 30 use cases added");
    assert_eq!([&SYSTEM, &REVIEW, &PACKET, &RELEASE].map(|kind| desk.all(kind).len()), [30, 30, 30, 0]);
    let reviews = desk.all(&REVIEW);
    assert!(reviews.iter().all(|review| review.text("stage") == Some("intake") && !review.get("system").is_empty()));
    let declared =
        |impact: &str| desk.all(&PACKET).iter().filter(|packet| packet.text("declared_impact") == Some(impact)).count();
    assert_eq!(["both", "rights-impacting", "safety-impacting"].map(declared), [2, 1, 2]);
    let system = desk.all(&SYSTEM).into_iter().find(|system| system.title() == "CBP One").expect("there");
    assert_eq!(system.text("source"), Some("us-federal-2024-excerpt.csv, line 11"));
    let packet = desk.all(&PACKET).into_iter().next().expect("there");
    assert!(packet.number("asked").is_some_and(|asked| asked > 0), "the policy's required answers are counted");
    let change = desk.workspace.history_change(applied.change).expect("sealed");
    assert_eq!((change.source.as_str(), change.what.as_str()), ("import", applied.what.as_str()));
    let verified = desk.workspace.verify_history(&AtomicBool::new(false), |_| {}).expect("verified");
    assert_eq!(verified.broken, None);
}

#[test]
fn the_same_file_again_changes_nothing() {
    let mut desk = desk();
    let (mapping, table) = excerpt();
    desk.import(&mapping, &table);
    let edited = desk.all(&SYSTEM).into_iter().next().expect("there");
    desk.set(&edited, "name", "Our own name");
    let before = desk.workspace.newest_entry().expect("read");
    let (plan, applied) = desk.import(&mapping, &table);
    assert_eq!((plan.counts().same, applied.change), (30, 0));
    assert!(plan.is_idle() && plan.gone.is_empty());
    assert_eq!(desk.workspace.newest_entry().expect("read"), before);
    assert_eq!(applied.what, "us-federal-2024-excerpt.csv: nothing new");
}

#[test]
fn a_newer_file_changes_what_nobody_edited_and_lists_the_rest() {
    let mut desk = desk();
    let first = "name,use_case,lifecycle,personal_data\nClaims,Sorts claims,pilot,none\nChat,Answers,idea,\n";
    desk.import(&plain(), &table(first));
    let systems = desk.all(&SYSTEM);
    let claims = systems.iter().find(|system| system.title() == "Claims").expect("there").clone();
    desk.set(&claims, "lifecycle", "retired");
    let newer = "name,use_case,lifecycle,personal_data\nClaims,Sorts and ranks claims,production,none\nChat,Answers,idea,personal\n\
                 Search,Finds,idea,\n";
    let (plan, applied) = desk.import(&plain(), &table(newer));
    let doing: Vec<&str> = plan.rows.iter().map(|row| row.doing.word()).collect();
    assert_eq!(doing, ["update", "update", "create"]);
    assert_eq!(applied.what, "list.csv: 1 use case added, 2 use cases updated, 1 in conflict");
    let row = &plan.rows[0];
    assert_eq!(row.conflicts.len(), 1);
    let said = row.to_string();
    let reference = claims.reference();
    assert!(
        said.contains(&format!(
            "conflict  {reference} lifecycle: “retired” here, “production” in the file; ours stays"
        )),
        "{said}"
    );
    assert!(said.contains("use case: “Sorts claims” here, “Sorts and ranks claims” in the file"), "{said}");
    let now = desk.workspace.get(&SYSTEM, claims.id()).expect("there");
    assert_eq!(now.text("lifecycle"), Some("retired"));
    let cases: Vec<String> = desk.all(&PACKET).iter().filter_map(|p| p.text("use_case").map(str::to_owned)).collect();
    assert!(cases.contains(&"Sorts and ranks claims".to_owned()), "{cases:?}");
    // The conflict stays one until the two agree.
    let (plan, applied) = desk.import(&plain(), &table(newer));
    assert_eq!((plan.rows[0].doing.clone(), applied.change), (Doing::Conflict, 0));
    desk.set(&claims, "lifecycle", "production");
    let (plan, _) = desk.import(&plain(), &table(newer));
    assert_eq!(plan.rows[0].doing, Doing::Same);
    let (plan, _) = desk.import(&plain(), &table("name,lifecycle\nClaims,idea\n"));
    assert_eq!(plan.rows[0].changes.len(), 3, "lifecycle as the file says, and two answers it no longer gives");
    let gone: Vec<&str> = plan.gone.iter().map(|gone| gone.title.as_str()).collect();
    assert_eq!(gone, ["Chat", "Search"]);
}

#[test]
fn rows_that_share_a_key_are_told_apart_by_what_they_say() {
    let mut desk = desk();
    desk.import(&plain(), &table("name,use_case\nAI use,one\nAI use,two\nAI use,three\n"));
    assert_eq!(desk.all(&SYSTEM).len(), 3);
    let (plan, applied) = desk.import(&plain(), &table("name,use_case\nAI use,three\nAI use,one\n"));
    assert_eq!((plan.counts().same, plan.gone.len(), applied.change), (2, 1, 0));
    let (plan, _) = desk.import(&plain(), &table("name,use_case\nAI use,three\nAI use,four\nAI use,two\nAI use,one\n"));
    let doing: Vec<&str> = plan.rows.iter().map(|row| row.doing.word()).collect();
    assert_eq!(doing, ["same", "create", "same", "same"]);
    assert_eq!(desk.all(&SYSTEM).len(), 4);
}

#[test]
fn a_stopped_import_leaves_the_workspace_as_it_was() {
    let mut desk = desk();
    let (mapping, table) = excerpt();
    let before = desk.workspace.newest_entry().expect("read");
    let bound = mapping.bind(&table).expect("columns found");
    for stop_at in ["Mapping", "Comparing", "Saving"] {
        let stop = AtomicBool::new(false);
        let mut tell = |step: crate::exchange::Step| {
            if step.doing == stop_at && (stop_at != "Saving" || step.done > 0) {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let mut progress = Progress::new(&stop, &mut tell);
        let stopped = import(&mut desk.workspace, &bound, &desk.me, &mut progress);
        assert!(matches!(stopped, Err(Error::Cancelled)), "{stop_at}");
        assert_eq!(desk.workspace.newest_entry().expect("read"), before, "{stop_at}");
        assert!(desk.all(&SYSTEM).is_empty());
    }
}

#[test]
fn an_import_is_undone_as_one_and_can_be_made_again() {
    let mut desk = desk();
    let (mapping, table) = excerpt();
    desk.import(&mapping, &table);
    desk.workspace.undo(&desk.me.clone()).expect("undone");
    assert_eq!([&SYSTEM, &REVIEW, &PACKET].map(|kind| desk.all(kind).len()), [0, 0, 0]);
    let (plan, _) = desk.import(&mapping, &table);
    assert_eq!((plan.counts().create, desk.all(&SYSTEM).len()), (30, 30));
}

#[test]
fn what_was_deleted_here_is_not_imported_again() {
    let mut desk = desk();
    desk.import(&plain(), &table("name,use_case\nClaims,one\nChat,two\n"));
    let claims = desk.all(&SYSTEM).into_iter().find(|system| system.title() == "Claims").expect("there");
    let edits = vec![Edit::Delete { kind: &SYSTEM, id: claims.id().to_owned() }];
    desk.workspace.write(Change::by(&desk.me, edits)).expect("deleted, with its review");
    let (plan, _) = desk.import(&plain(), &table("name,use_case\nClaims,one and a half\nChat,two\n"));
    assert_eq!(plan.rows[0].doing, Doing::Skip("its system was deleted here".to_owned()));
    let (plan, _) = desk.import(&plain(), &table("name,use_case\nChat,two\n"));
    assert_eq!(plan.gone, [], "what is gone on both sides is no news");
}

#[test]
fn a_plan_does_not_hold_once_somebody_has_written() {
    let mut desk = desk();
    let (mapping, table) = excerpt();
    let plan = desk.plan(&mapping, &table);
    let edits = vec![Edit::Add { kind: &SYSTEM, id: new_id(Utc::now()), fields: vec![("name", "Another".into())] }];
    desk.workspace.write(Change::by(&desk.me, edits)).expect("written");
    let moved = plan.apply(&mut desk.workspace, &desk.me, &mut Progress::silent());
    assert!(matches!(moved, Err(Error::Moved)));
    assert_eq!(desk.all(&SYSTEM).len(), 1);
}

#[test]
fn rows_without_a_name_are_left_out_and_bad_values_refuse_all() {
    let mut desk = desk();
    let (plan, _) = desk.import(&plain(), &table("name,use_case\n,one\nChat,two\n"));
    assert_eq!(plan.rows[0].doing, Doing::Skip("it has no name".to_owned()));
    assert_eq!(plan.in_words(), "list.csv: 1 use case added, 1 left out");
    let strict = Mapping::parse(
        "t.toml",
        "id = \"t\"\ntitle = \"T\"\nkey = [\"name\"]\n[map.m]\na = \"idea\"\n[[field]]\nto = \"system.name\"\nfrom = \"name\"\n\
         [[field]]\nto = \"system.lifecycle\"\nfrom = \"stage\"\nmap = \"m\"\nelse = \"error\"\n",
    )
    .expect("a mapping");
    let table = table("name,stage\nA,a\nB,b\n");
    let bound = strict.bind(&table).expect("columns found");
    let error = import(&mut desk.workspace, &bound, &desk.me, &mut Progress::silent()).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "list.csv, line 3: “b” in “stage” is not listed in the value map “m”. Nothing was imported."
    );
    assert_eq!(desk.all(&SYSTEM).len(), 1);
}

#[test]
fn people_are_found_and_unknown_ones_go_to_the_notes() {
    let mut desk = desk();
    let csv = "name,business_owner,technical_owner,release.name,release.planned_on\n\
               Claims,@ana,Somebody Else,2.1,2027-01-31\nChat,,,,2027-02-01\n";
    let (plan, _) = desk.import(&plain(), &table(csv));
    let system = desk.all(&SYSTEM).into_iter().find(|system| system.title() == "Claims").expect("there");
    assert_eq!(system.text("business_owner"), Some(desk.me.as_str()));
    assert_eq!(system.get("technical_owner"), &Value::Empty);
    assert_eq!(system.text("notes"), Some("- Technical owner: Somebody Else"));
    assert_eq!(plan.warnings().count(), 2);
    let release = desk.all(&RELEASE);
    assert_eq!(release.len(), 1);
    let review = desk.all(&REVIEW).into_iter().find(|review| review.title() == "Claims").expect("there");
    assert_eq!(review.text("release"), Some(release[0].id()));
    let chat = desk.all(&REVIEW).into_iter().find(|review| review.title() == "Chat").expect("there");
    assert_eq!(chat.text("notes"), Some("- Planned on: 2027-02-01"));
    let newer = "name,review.title,release.name,release.planned_on\nChat,Chat again,1.0,2027-02-01\n";
    desk.import(&plain(), &table(newer));
    let chat = desk.workspace.get(&REVIEW, chat.id()).expect("there");
    assert_eq!((chat.title(), desk.all(&RELEASE).len()), ("Chat again", 2));
    assert!(!chat.get("release").is_empty() && chat.get("notes").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_newer_file_leads_where_it_would_have_led_alone(
        first in proptest::collection::btree_map("[a-f]", ("[a-c]{0,2}", "pilot|idea|"), 1..6),
        second in proptest::collection::btree_map("[a-f]", ("[a-c]{0,2}", "pilot|idea|"), 6),
    ) {
        let csv = |rows: &std::collections::BTreeMap<String, (String, String)>| {
            let lines = rows.iter().map(|(name, (case, stage))| format!("{name},{case},{stage}\n"));
            format!("name,use_case,lifecycle\n{}", lines.collect::<String>())
        };
        // All of the first file's names stand in the second, so that nothing is left over from it.
        let mut all = first.clone();
        all.extend(second);
        let (mut both, mut alone) = (desk(), desk());
        both.import(&plain(), &table(&csv(&first)));
        both.import(&plain(), &table(&csv(&all)));
        alone.import(&plain(), &table(&csv(&all)));
        prop_assert_eq!(both.contents(), alone.contents());
        let (_, again) = both.import(&plain(), &table(&csv(&all)));
        prop_assert_eq!(again.change, 0);
    }
}

/// The whole inventory into a workspace: `PROBITY_DATA=FOLDER cargo test --release whole_inventory -- --nocapture`.
#[test]
fn the_whole_inventory_goes_in() {
    let Some(folder) = std::env::var_os("PROBITY_DATA") else {
        println!("skipped: set PROBITY_DATA to the folder that holds federal-2024/ to run this");
        return;
    };
    let file = std::path::PathBuf::from(folder).join("federal-2024/2024_consolidated_ai_inventory_raw_v2.csv");
    let mapping = named("us-federal-2024").expect("shipped");
    let mut desk = desk();
    let start = std::time::Instant::now();
    let table = Table::read(&file, &mapping.read_options(), &mut Progress::silent()).expect("read");
    let bound = mapping.bind(&table).expect("columns found");
    let plan = plan(&desk.workspace, &bound, Some(&desk.me), &mut Progress::silent()).expect("planned");
    println!("read, mapped and planned in {:?}: {:?}", start.elapsed(), plan.counts());
    let saving = std::time::Instant::now();
    plan.apply(&mut desk.workspace, &desk.me, &mut Progress::silent()).expect("imported");
    let seconds = start.elapsed().as_secs_f64();
    println!("saved in {:?}, all in {seconds:.2} s: {:.0} rows a second", saving.elapsed(), 2133.0 / seconds);
    println!("file {} bytes", std::fs::metadata(desk.workspace.path()).expect("there").len());
    let declared: usize = desk
        .all(&PACKET)
        .iter()
        .filter(|packet| packet.text("declared_impact").is_some_and(|impact| impact != "neither"))
        .count();
    assert_eq!((desk.all(&SYSTEM).len(), declared), (2133, 351));
    let again = std::time::Instant::now();
    let (second, applied) = desk.import(&mapping, &table);
    println!("again in {:?}: {:?}", again.elapsed(), second.counts());
    assert_eq!((second.counts().same, applied.change), (2133, 0));
}
