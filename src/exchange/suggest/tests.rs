//! Suggestions: what is recognised, what can be corrected, and that what is saved is what runs.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::exchange::Progress;
use crate::exchange::mapping::{MappedRow, named};
use crate::exchange::table::{ReadOptions, Row};
use crate::record::{PACKET, REVIEW, SYSTEM};

fn table(csv: &str) -> Table {
    Table::from_bytes("Our list (2025).csv", csv.as_bytes(), &ReadOptions::default(), &mut Progress::silent())
        .expect("a table")
}

fn used(draft: &Draft) -> Vec<String> {
    let name = |used: Use| match used {
        Use::Field(target) => target.name(),
        Use::Notes(kind) => format!("{} notes", kind.name),
        Use::Nothing => "nothing".to_owned(),
    };
    draft.columns.iter().map(|column| name(column.used)).collect()
}

fn run(draft: &Draft, table: &Table) -> Vec<MappedRow> {
    let mapping = draft.mapping().expect("a mapping");
    let bound = mapping.bind(table).expect("columns found");
    bound.rows(&mut Progress::silent()).expect("not cancelled")
}

const LIST: &str = "Use Case Name,Department,Lifecycle stage,Purpose,Go-live date,Human oversight,Colour\n\
    Claims,Insurance,In production,Sorts claims by urgency,12/31/2025,before action,red\n\
    Chat,Service,Pilot phase,Answers,1/15/2026,none,N/A\n\
    Search,Service,retired,Finds,TBD,N/A,blue\n";

#[test]
fn columns_are_recognised_by_header_and_values() {
    let table = table(LIST);
    let draft = suggest(&table);
    assert_eq!(draft.id, "our-list-2025");
    assert_eq!(
        used(&draft),
        [
            "system.name",
            "system.product_area",
            "system.lifecycle",
            "packet.use_case",
            "review.launch_on",
            "packet.human_oversight",
            "system notes"
        ]
    );
    assert_eq!(draft.formats, ["%m/%d/%Y"]);
    assert_eq!(draft.blank, ["n/a", "tbd"]);
    assert_eq!(draft.key, [0, 1]);
    let stage: Vec<(&str, Option<&str>)> =
        draft.columns[2].values.iter().map(|(text, _, choice)| (text.as_str(), *choice)).collect();
    assert_eq!(
        stage,
        [("In production", Some("production")), ("Pilot phase", Some("pilot")), ("retired", Some("retired"))]
    );
    assert_eq!(draft.columns[2].reason, "its header reads like “Lifecycle”, its texts are like the choices");
    let rows = run(&draft, &table);
    assert_eq!(rows[1].text(&SYSTEM, "lifecycle"), Some("pilot"));
    assert_eq!(rows[0].text(&REVIEW, "launch_on"), Some("2025-12-31"));
    assert_eq!(rows[2].text(&SYSTEM, "notes"), Some("- Colour: blue"));
}

#[test]
fn a_long_list_goes_by_the_column_that_names_each_row() {
    let mut csv = "Use Case Name,System Name,Model name\n".to_owned();
    for at in 0..400 {
        let host = if at % 3 == 0 { "Ledger" } else { "N/A" };
        let _ = writeln!(csv, "Use {at},{host},Model {}", at % 7);
    }
    let draft = suggest(&table(&csv));
    assert_eq!(used(&draft), ["system.name", "system notes", "system.model_name"]);
    assert_eq!(draft.columns[0].reason, "it names each row");
}

#[test]
fn what_is_corrected_by_hand_is_what_runs() {
    let table = table(LIST);
    let mut draft = suggest(&table);
    let field = |name: &str| Use::Field(Target::named(name).expect("a field"));
    draft.assign(3, field("packet.intended_use"));
    draft.assign(6, field("packet.intended_use"));
    draft.assign(5, Use::Nothing);
    draft.choose(2, "Pilot phase", Some("development"));
    draft.choose(2, "retired", None);
    let rows = run(&draft, &table);
    assert_eq!(rows[0].text(&PACKET, "intended_use"), Some("Purpose: Sorts claims by urgency\n\nColour: red"));
    assert_eq!(rows[1].text(&SYSTEM, "lifecycle"), Some("development"));
    assert_eq!(rows[2].text(&SYSTEM, "lifecycle"), None);
    assert_eq!(rows[2].text(&SYSTEM, "notes"), Some("- Lifecycle stage: retired"));
    assert_eq!(rows[0].text(&PACKET, "human_oversight"), None);
    draft.assign(6, field("system.lifecycle"));
    assert_eq!(draft.columns[2].used, Use::Notes(&SYSTEM), "a field of one choice has one column");
    assert_eq!((draft.columns[6].score, draft.columns[6].values[0].2), (100, None));
}

#[test]
fn a_draft_is_saved_whole_and_replaces_nothing_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let draft = suggest(&table(LIST));
    let path = draft.save(&folder.path().join("mappings"), false).expect("saved");
    let saved = std::fs::read_to_string(&path).expect("there");
    assert_eq!(saved, draft.to_toml());
    assert_eq!(Mapping::parse("saved", &saved).expect("sound").id, "our-list-2025");
    let again = draft.save(&folder.path().join("mappings"), false).expect_err("there already").to_string();
    assert!(again.contains("there is a mapping of this name already"), "{again}");
    draft.save(&folder.path().join("mappings"), true).expect("replaced");
    let mut nameless = draft;
    nameless.assign(0, Use::Nothing);
    let error = nameless.mapping().expect_err("no name").to_string();
    assert_eq!(error, "our-list-2025: choose the column that holds the system's name.");
}

#[test]
fn days_and_months_are_not_guessed_apart() {
    let draft = suggest(&table("name,planned launch\na,3/4/2025\nb,5/6/2025\n"));
    assert!(draft.formats.is_empty(), "{:?}", draft.formats);
    let draft = suggest(&table("name,planned launch\na,3/4/2025\nb,25/6/2025\n"));
    assert_eq!(draft.formats, ["%d/%m/%Y"]);
}

#[test]
fn the_name_is_found_even_under_another_header() {
    let draft = suggest(&table("No,What,State\n1,Claims triage,open\n2,Chat,open\n3,Search,open\n"));
    assert_eq!(used(&draft)[1], "system.name");
}

#[test]
fn the_federal_inventory_is_recognised_without_its_mapping() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/us-federal-2024-excerpt.csv");
    let read = named("us-federal-2024").expect("shipped").read_options();
    let table = Table::read(&path, &read, &mut Progress::silent()).expect("read");
    let draft = suggest(&table);
    let column = |start: &str| {
        let at = table.headers.iter().position(|header| header.starts_with(start)).expect("there");
        used(&draft)[at].clone()
    };
    assert_eq!(column("Use Case Name"), "system.name");
    assert_eq!(column("Agency"), "system.product_area");
    assert_eq!(column("Stage of Development"), "system.lifecycle");
    assert_eq!(column("Is the AI use case rights-impacting"), "packet.declared_impact");
    assert_eq!(column("What is the intended purpose"), "packet.use_case");
    assert_eq!(column("How is the agency providing reasonable and timely notice"), "packet.disclosure");
    assert_eq!(run(&draft, &table).len(), table.rows.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_table_makes_a_draft_whose_toml_runs(
        headers in proptest::collection::vec("[a-c \"'\\\\é]{0,4}|use case|stage|date|\\PC{0,8}", 1..6),
        cells in proptest::collection::vec("\\PC{0,10}|idea|neither|1/2/2025|N/A|a\nb\"", 1..30),
    ) {
        let columns = headers.len();
        let mut rows = Vec::new();
        for (at, cells) in cells.chunks_exact(columns).enumerate() {
            rows.push(Row { line: at as u64 + 2, cells: cells.to_vec() });
        }
        prop_assume!(!rows.is_empty());
        let headers = headers.iter().map(|h| h.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let format = Format::Delimited { delimiter: ',', encoding: "UTF-8" };
        let table = Table { name: "t.csv".to_owned(), sha256: String::new(), bytes: 0, format, headers, rows };
        let mut draft = suggest(&table);
        draft.assign(0, Use::Field(Target::named("system.name").expect("a field")));
        let toml = draft.to_toml();
        let mapping = Mapping::parse("t.toml", &toml);
        prop_assert!(mapping.is_ok(), "{}\n{toml}", mapping.err().map(|e| e.to_string()).unwrap_or_default());
        let mapping = draft.mapping().expect("a mapping");
        let bound = mapping.bind(&table);
        prop_assert!(bound.is_ok(), "{}\n{toml}", bound.err().map(|e| e.to_string()).unwrap_or_default());
        let rows = bound.expect("bound").rows(&mut Progress::silent()).expect("not cancelled");
        prop_assert_eq!(rows.len(), table.rows.len());
    }
}
