//! Mappings: what they make of rows, real ones among them, and with which words wrong ones are refused.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::exchange::Progress;
use crate::exchange::table::{Format, Row};
use crate::record::FieldKind;

fn table(text: &str) -> Table {
    Table::from_bytes("list.csv", text.as_bytes(), &ReadOptions::default(), &mut Progress::silent()).expect("a table")
}

fn rows(mapping: &Mapping, table: &Table) -> Vec<MappedRow> {
    mapping.bind(table).expect("columns found").rows(&mut Progress::silent()).expect("not cancelled")
}

fn excerpt(name: &str, file: &str) -> Vec<MappedRow> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let mapping = named(name).expect("shipped");
    let table = Table::read(&path, &mapping.read_options(), &mut Progress::silent()).expect("read");
    rows(&mapping, &table)
}

fn counts(rows: &[MappedRow], kind: Kind, field: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in rows.iter().filter_map(|row| row.text(kind, field)) {
        *counts.entry(text.to_owned()).or_default() += 1;
    }
    counts
}

/// The least mapping, with more rules.
fn with(rules: &str) -> String {
    format!(
        "id = \"t\"\ntitle = \"T\"\nkey = [\"Name\"]\nblank = [\"n/a\"]\n{rules}\n[[field]]\nto = \"system.name\"\nfrom = \"Name\"\n"
    )
}

fn map(rules: &str, csv: &str) -> Vec<MappedRow> {
    rows(&Mapping::parse("t.toml", &with(rules)).expect("a mapping"), &table(csv))
}

fn refusal(rules: &str) -> String {
    let text = with(rules);
    let error = Mapping::parse("t.toml", &text)
        .and_then(|mapping| mapping.bind(&table("Name,Stage,Other,Stage,Other\na,b,c,d,e\n")).map(|_| ()));
    error.expect_err("must be refused").to_string()
}

#[test]
fn every_shipped_mapping_is_sound() {
    for shipped in shipped() {
        let mapping = named(shipped.name).expect("sound");
        assert_eq!(mapping.id, shipped.name);
        assert!(!mapping.description.is_empty() && !mapping.title.is_empty());
    }
    let error = named("federal").expect_err("no such").to_string();
    assert!(error.contains("there are plain, us-federal-2023, us-federal-2024"), "{error}");
}

#[test]
fn the_impact_that_agencies_declare_comes_over() {
    let rows = excerpt("us-federal-2024", "us-federal-2024-excerpt.csv");
    assert_eq!(rows.len(), 30);
    let impact = counts(&rows, &PACKET, "declared_impact");
    let counted: Vec<(&str, usize)> = impact.iter().map(|(text, n)| (text.as_str(), *n)).collect();
    assert_eq!(counted, [("both", 2), ("neither", 21), ("rights-impacting", 1), ("safety-impacting", 2)]);
    let not_listed: Vec<&str> = rows
        .iter()
        .flat_map(|row| &row.warnings)
        .filter(|warning| warning.to.field.name == "declared_impact")
        .map(|warning| warning.text.as_str())
        .collect();
    assert_eq!(not_listed.len(), 2, "{not_listed:?}");
    assert!(not_listed.iter().any(|text| text.starts_with("No, use case is too new")));
    let too_new = rows.iter().find(|row| row.title() == "Azure Data Factory").expect("there");
    assert_eq!(too_new.text(&PACKET, "declared_impact"), None, "“too new” is neither yes nor no");
    assert!(too_new.text(&REVIEW, "notes").expect("notes").contains("No, use case is too new to fully assess impacts"));
}

#[test]
fn the_same_inventory_as_a_workbook_says_the_same() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/us-federal-2024-excerpt.csv");
    let mapping = named("us-federal-2024").expect("shipped");
    let csv = Table::read(&path, &mapping.read_options(), &mut Progress::silent()).expect("read");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("m/d/yyyy");
    let lines = std::iter::once(&csv.headers).chain(csv.rows.iter().map(|row| &row.cells));
    for (line, cells) in (0..).zip(lines) {
        for (column, cell) in (0..).zip(cells) {
            // As a spreadsheet would keep them: dates are dates.
            match chrono::NaiveDate::parse_from_str(cell, "%m/%d/%Y") {
                Ok(date) => sheet.write_datetime_with_format(line, column, date, &day).map(|_| ()),
                Err(_) => sheet.write(line, column, cell.as_str()).map(|_| ()),
            }
            .expect("written");
        }
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let xlsx = Table::from_bytes("list.xlsx", &bytes, &mapping.read_options(), &mut Progress::silent()).expect("read");
    let (from_csv, from_xlsx) = (rows(&mapping, &csv), rows(&mapping, &xlsx));
    assert_eq!(from_csv.len(), from_xlsx.len());
    for (one, other) in from_csv.iter().zip(&from_xlsx) {
        assert_eq!((&one.key, one.warnings.len()), (&other.key, other.warnings.len()));
        // What is no date is quoted as the cell shows it, and a workbook's cell shows it in ISO 8601.
        if !one.warnings.iter().any(|warning| warning.text.contains("/1905")) {
            assert_eq!(one.texts, other.texts);
        }
    }
}

#[test]
fn what_is_no_date_stays_as_text_and_is_counted() {
    let rows = excerpt("us-federal-2024", "us-federal-2024-excerpt.csv");
    let dates: Vec<(&str, &str)> = rows
        .iter()
        .flat_map(|row| &row.warnings)
        .filter(|warning| matches!(warning.why, Why::NotADate(_)))
        .map(|warning| (warning.header.as_str(), warning.text.as_str()))
        .collect();
    for unread in ["Q4FY25", "24-Nov", "10/12023", "TBD", "Pre-2021", "On-going development", "7/13/1905"] {
        assert!(dates.iter().any(|(_, text)| *text == unread), "{unread} in {dates:?}");
    }
    assert!(!dates.iter().any(|(_, text)| *text == "N/A"), "{dates:?}");
    let of = |title: &str| rows.iter().find(|row| row.title() == title).and_then(|row| row.text(&SYSTEM, "notes"));
    let notes = of(rows[18].title()).expect("notes");
    assert!(
        notes.contains("- Date retired: 7/15/1905 (day 2023 of a spreadsheet's calendar: probably the year 2023)"),
        "{notes}"
    );
    assert!(of("CBP One").expect("notes").contains("- Date implemented: 2023-05-11"));
    assert!(of("Training Conversation Tool").expect("notes").contains("- Date initiated: 24-Nov"));
}

#[test]
fn the_same_name_is_not_the_same_row() {
    let rows = excerpt("us-federal-2024", "us-federal-2024-excerpt.csv");
    let same = |name: &str| -> Vec<(&[String], u32)> {
        rows.iter().filter(|row| row.title() == name).map(|row| (row.key.as_slice(), row.occurrence)).collect()
    };
    let one_agency = same("Generative AI Usage");
    let numbers: Vec<(&str, u32)> = one_agency.iter().map(|(key, n)| (key[1].as_str(), *n)).collect();
    assert_eq!(numbers, [("cam", 1), ("fsa", 1), ("fsa", 2)]);
    let several: Vec<(&str, u32)> = same("Chatbot").iter().map(|(key, n)| (key[0].as_str(), *n)).collect();
    assert_eq!(several, [("hhs", 1), ("hhs", 2), ("ftc", 1)]);
}

#[test]
fn answers_come_over_and_what_is_not_said_stays_empty() {
    let rows = excerpt("us-federal-2024", "us-federal-2024-excerpt.csv");
    let row = |start: &str| rows.iter().find(|row| row.title().starts_with(start)).expect("there");
    let one = row("CBP One");
    assert_eq!(one.text(&SYSTEM, "lifecycle"), Some("production"));
    assert_eq!(one.text(&SYSTEM, "product_area"), Some("Department of Homeland Security"));
    assert_eq!(one.text(&PACKET, "human_oversight"), Some("before action"));
    assert_eq!(one.text(&PACKET, "decision_role"), None);
    assert_eq!(one.text(&PACKET, "domain"), None, "no topic area says which area of Annex III applies");
    assert!(one.text(&PACKET, "fallback").expect("said").starts_with("Established fallback and escalation process: "));
    assert!(one.text(&PACKET, "use_case").expect("said").contains("\n\nOutputs: "));
    let alone = row("Enriched Citation");
    assert_eq!(alone.text(&PACKET, "decision_role"), Some("decides alone"));
    assert_eq!(alone.text(&PACKET, "human_oversight"), None, "nobody was asked whether somebody looks afterwards");
    let list = row("CareCentra").text(&PACKET, "protected_attributes_available").expect("said");
    assert!(list.starts_with("Used as model features: ") && !list.contains('['), "{list}");
    assert_eq!(row("Machine Translation").title(), "Machine Translation (Previously Language Translator)");
    assert!(row("Science Data Portal").text(&SYSTEM, "links").expect("said").starts_with("https://"));
    let notes = row("Adobe Firefly").text(&SYSTEM, "notes").expect("said");
    assert!(!notes.contains("Contracts") && !notes.contains("not reported"), "{notes}");
    for row in &rows {
        assert!(row.refusal.is_none() && !row.title().is_empty() && !row.title().contains('\n'));
        for (target, text) in &row.texts {
            assert_eq!(text.trim(), text, "{} of line {}", target.name(), row.line);
            assert!(!text.contains('\r'), "{} of line {}", target.name(), row.line);
        }
    }
}

#[test]
fn the_inventory_of_the_year_before_comes_over_too() {
    let rows = excerpt("us-federal-2023", "us-federal-2023-excerpt.csv");
    assert_eq!(rows.len(), 10);
    assert_eq!(counts(&rows, &SYSTEM, "lifecycle").get("pilot"), Some(&1));
    assert_eq!(counts(&rows, &SYSTEM, "model_type").get("deep learning"), Some(&1));
    let links = rows.iter().filter_map(|row| row.text(&SYSTEM, "links")).collect::<Vec<_>>();
    assert_eq!(links[0].lines().count(), 2, "{links:?}");
    assert!(rows.iter().all(|row| row.occurrence == 1));
}

#[test]
fn plain_files_need_no_mapping() {
    let plain = named("plain").expect("shipped");
    let csv = "system.name,Use case,declared_impact,planned_launch_on,ref,Colour\n\
               Claims triage,Sorts claims,Rights impacting,2026-12-01,SYS-9,red\nChat,,maybe,soon,,N/A\n";
    let rows = rows(&plain, &table(csv));
    assert_eq!(rows[0].text(&SYSTEM, "name"), Some("Claims triage"));
    assert_eq!(rows[0].text(&REVIEW, "title"), Some("Claims triage"));
    assert_eq!(rows[0].text(&PACKET, "declared_impact"), Some("rights-impacting"));
    assert_eq!(rows[0].text(&PACKET, "planned_launch_on"), Some("2026-12-01"));
    assert_eq!(rows[0].text(&REVIEW, "notes"), Some("- Colour: red"));
    assert_eq!(rows[0].key, ["claims triage"]);
    assert_eq!(rows[1].text(&REVIEW, "notes"), Some("- declared_impact: maybe\n- planned_launch_on: soon"));
    assert_eq!(rows[1].warnings.len(), 2);
    let refused = |csv: &str| plain.bind(&table(csv)).expect_err("must be refused").to_string();
    assert_eq!(
        refused("use_case\na\n"),
        "plain: list.csv has no column system.name (or name), and every system needs a name."
    );
    assert_eq!(
        refused("name,model_type\na,b\n"),
        "plain: the header “model_type” can mean system.model_type or packet.model_type; write it out."
    );
    assert_eq!(refused("name,system.name\na,b\n"), "plain: two columns of list.csv hold system.name.");
}

#[test]
fn values_are_mapped_whatever_their_case() {
    let rules = r#"
        [map.stage]
        "In  production" = "production"
        "gone" = ""
        [[field]]
        to = "system.lifecycle"
        from = "Stage"
        map = "stage"
        [[field]]
        to = "packet.users"
        from = { column = "Users", map = "stage", else = "keep" }
        [[field]]
        to = "packet.scale"
        from = { column = "Stage", map = "stage", default = "large" }
        [[field]]
        to = "packet.languages"
        from = "Languages"
        split = ["/"]
        [[field]]
        to = "packet.exposure"
        value = "public"
        when = { column = "Stage", not = ["gone"] }"#;
    let rows =
        map(rules, "Name,Stage,Users,Languages\na,in Production ,clerks,de / fr\nb,Gone,,\nc,other,IN PRODUCTION,\n");
    assert_eq!(rows[0].text(&SYSTEM, "lifecycle"), Some("production"));
    assert_eq!(rows[0].text(&PACKET, "languages"), Some("de\nfr"));
    assert_eq!(rows[0].text(&PACKET, "exposure"), Some("public"));
    assert_eq!(rows[1].text(&SYSTEM, "lifecycle"), None);
    assert_eq!((rows[1].text(&PACKET, "exposure"), rows[1].warnings.len()), (None, 0));
    assert_eq!(rows[2].text(&PACKET, "scale"), Some("large"));
    assert_eq!(rows[2].text(&PACKET, "users"), Some("production"));
    assert_eq!(rows[2].text(&SYSTEM, "notes"), Some("- Stage: other"));
    let said = rows[2].warnings[0].to_string();
    assert_eq!(said, "line 4, “Stage”: “other” stays in the notes: not listed in the value map “stage”.");
    let strict = rules.replace("map = \"stage\"\n        [[", "map = \"stage\"\n        else = \"error\"\n        [[");
    let refused = map(&strict, "Name,Stage,Users,Languages\nc,other,,\n");
    assert_eq!(refused[0].refusal.as_deref(), Some("“other” in “Stage” is not listed in the value map “stage”."));
}

#[test]
fn parts_are_joined_and_the_first_rule_wins() {
    let rules = r#"
        [[field]]
        to = "packet.fallback"
        join = "; "
        from = ["Stage", { after = "Stage", label = "Why" }]
        [[field]]
        to = "packet.fallback"
        from = "Last"
        [[note]]
        to = "review.notes"
        from = [{ number = 4 }, { column = "Name", label = "Called" }]"#;
    let rows = map(rules, "Name,Stage,Other,Last\na,yes,\"so\r\nit is\",x\nb,N/A,,\"y\r\n\r\nz\"\n");
    assert_eq!(rows[0].text(&PACKET, "fallback"), Some("yes; Why: so\nit is"));
    assert_eq!(rows[1].text(&PACKET, "fallback"), Some("y\n\nz"));
    assert_eq!(rows[1].text(&REVIEW, "notes"), Some("- Last: y\n\n  z\n- Called: b"));
}

#[test]
fn wrong_mappings_are_refused_with_the_line_and_what_was_expected() {
    let cases: &[(&str, &str)] = &[
        ("[[field]\n", "t.toml, line 5: "),
        ("[[field]]\nto = 7\nfrom = \"Name\"", "t.toml, line 6: invalid type: integer `7`, expected a string"),
        (
            "[[field]]\nto = \"system.team\"\nform = \"Name\"",
            "line 7: unknown field `form`, expected one of `to`, `from`",
        ),
        (
            "[[field]]\nto = \"packet.usecase\"\nfrom = \"Name\"",
            "t.toml, line 6: there is no field “packet.usecase”. Did you mean packet.use_case?",
        ),
        (
            "[[field]]\nto = \"review.system\"\nfrom = \"Name\"",
            "line 6: “review.system” is not for a file to fill: Probity does.",
        ),
        ("[[field]]\nto = \"review.stage\"\nfrom = \"Name\"", "line 6: “review.stage” is not for a file to fill"),
        ("[[field]]\nto = \"risk.title\"\nfrom = \"Name\"", "line 6: there is no field “risk.title”. "),
        (
            "[map.s]\n\"x\" = \"idea\"\n\"y\" = \"productoin\"\n[[field]]\nto = \"system.lifecycle\"\nfrom = \"Name\"\nmap = \"s\"",
            "t.toml, line 7: system.lifecycle: “productoin” is not one of: idea, development, pilot, production, retired.",
        ),
        ("[map.s]\n\"x\" = \"a\"\n\"X \" = \"b\"", "line 7: “X” stands twice, for different values."),
        (
            "[map.stages]\n[[field]]\nto = \"system.lifecycle\"\nfrom = \"Name\"\nmap = \"stage\"",
            "line 9: there is no value map “stage”. Did you mean “stages”?",
        ),
        ("[[field]]\nto = \"system.team\"\nvalue = \"a\"\nfrom = \"Name\"", "line 6: a rule needs either from"),
        (
            "[[field]]\nto = \"system.lifecycle\"\nvalue = \"dream\"",
            "line 7: system.lifecycle: “dream” is not one of: idea",
        ),
        (
            "[[field]]\nto = \"system.team\"\nfrom = { column = \"Name\", after = \"Name\" }",
            "line 7: name a column by one of",
        ),
        ("[[field]]\nto = \"system.team\"\nfrom = \"Name\"\nwhen = { column = \"Name\" }", "line 8: when needs is = "),
        (
            "[[field]]\nto = \"system.team\"\nfrom = \"Name\"\nelse = \"keep\"",
            "line 7: else and default say what a value map",
        ),
        ("[[note]]\nto = \"system.team\"\nfrom = \"Name\"", "line 6: a [[note]] goes to system.notes"),
        ("[dates]\nformats = [\"%m/%d/%Y\",\n\"%b %Y\"]", "line 7: “%b %Y” does not give a whole date"),
        ("[dates]\nformats = [\"%Q\"]", "line 6: “%Q” does not give a whole date"),
        ("[read]\nencoding = \"latin-ish\"", "line 6: “latin-ish” is not the name of an encoding."),
        ("[read]\ndelimiter = \"::\"", "line 6: the delimiter is one ASCII character"),
        // What only the file's headers show.
        (
            "[[field]]\nto = \"system.team\"\nfrom = \"Names\"",
            "t.toml, line 7: list.csv has no column “Names”. The nearest is “Name”.",
        ),
        (
            "[[field]]\nto = \"system.team\"\nfrom = [\n\"Name\",\n{ column = \"Other\" },\n]",
            "t.toml, line 9: 2 columns of list.csv have the header “Other”: say which with nth, or by after",
        ),
        (
            "[[field]]\nto = \"system.team\"\nfrom = { column = \"Other\", nth = 3 }",
            "line 7: list.csv has the header “Other” only 2 times",
        ),
        ("[[field]]\nto = \"system.team\"\nfrom = { number = 6 }", "line 7: list.csv has no column 6: it has 5."),
        (
            "[[field]]\nto = \"system.team\"\nfrom = { after = \"Other\", nth = 2 }",
            "line 7: “Other” is the last column of list.csv.",
        ),
    ];
    for (rules, expected) in cases {
        let said = refusal(rules);
        assert!(said.contains(expected), "{rules}\nsaid: {said}\nnot:  {expected}");
    }
    let nameless =
        Mapping::parse("t.toml", "id = \"t\"\ntitle = \"T\"\nkey = [\"a\"]\n").expect_err("no name").to_string();
    assert_eq!(nameless, "t.toml, line 1: no rule fills system.name, and every system needs a name.");
    let keyless = with("").replace("key = [\"Name\"]\n", "");
    let keyless = Mapping::parse("t.toml", &keyless).expect_err("no key").to_string();
    assert!(keyless.starts_with("t.toml, line 1: key is missing: name the columns that identify a row"), "{keyless}");
}

#[test]
fn the_documented_mapping_does_what_is_said() {
    let page = include_str!("../../../docs/MAPPINGS.md");
    let toml = page.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).expect("an example").0;
    let mapping = Mapping::parse("docs/MAPPINGS.md", toml).expect("sound");
    let csv = "Agency,Use case,Stage,Why,Languages,Notice,Posters,Since,Other,Other\n\
               Health,Triage,In production,n/a,de/fr,online,at the gate,9/30/2024,x,see https://a.example/b\n\
               Health,Search,Not started,to learn,\"[\"\"en\"\"]\",none,,TBD,,\n";
    let rows = rows(&mapping, &table(csv));
    assert_eq!(rows[0].text(&SYSTEM, "lifecycle"), Some("production"));
    assert_eq!(rows[0].text(&PACKET, "languages"), Some("de\nfr"));
    assert_eq!(rows[0].text(&PACKET, "disclosure"), Some("online: Explanation: at the gate"));
    assert_eq!(rows[0].text(&SYSTEM, "links"), Some("https://a.example/b"));
    assert_eq!(rows[0].text(&PACKET, "exposure"), Some("internal"));
    assert_eq!(rows[0].text(&SYSTEM, "notes"), Some("- Agency: Health\n- In use since: 2024-09-30"));
    assert_eq!((rows[1].text(&SYSTEM, "lifecycle"), rows[1].text(&PACKET, "languages")), (None, Some("en")));
    assert_eq!(rows[1].text(&SYSTEM, "notes"), Some("- Agency: Health\n- Why: to learn\n- In use since: TBD"));
    assert_eq!(rows[1].warnings.len(), 1);
}

#[test]
fn mappings_are_found_beside_the_program_and_as_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ours.toml");
    std::fs::write(&file, with("")).expect("written");
    assert_eq!(find("ours", &[folder.path().to_owned()]).expect("found").id, "t");
    assert_eq!(find(&file.display().to_string(), &[]).expect("found").id, "t");
    assert_eq!(find("plain", &[folder.path().to_owned()]).expect("found").id, "plain");
    let missing = find("none.toml", &[]).expect_err("no file").to_string();
    assert!(missing.starts_with("none.toml: the mapping cannot be read"), "{missing}");
    assert!(find(&folder.path().display().to_string(), &[]).is_err(), "a folder is no mapping");
}

proptest! {
    #[test]
    fn any_table_is_mapped_without_a_panic_and_every_value_fits(
        cells in proptest::collection::vec(proptest::collection::vec("\\PC{0,12}|N/A|in production|9/30/2024|\r\n", 4), 1..6)
    ) {
        let rules = r#"
            [dates]
            formats = ["%m/%d/%Y"]
            [map.stage]
            "in production" = "production"
            [[field]]
            to = "system.lifecycle"
            from = "Stage"
            map = "stage"
            [[field]]
            to = "packet.planned_launch_on"
            from = "Date"
            [[field]]
            to = "packet.stakeholders"
            from = ["Stage", "Other"]
            split = [","]"#;
        let mapping = Mapping::parse("t.toml", &with(rules)).expect("a mapping");
        let rows_in = cells.into_iter().enumerate().map(|(at, cells)| Row { line: at as u64 + 2, cells }).collect();
        let headers = ["Name", "Stage", "Date", "Other"].map(str::to_owned).to_vec();
        let format = Format::Delimited { delimiter: ',', encoding: "UTF-8" };
        let table = Table { name: "t.csv".to_owned(), sha256: String::new(), bytes: 0, format, headers, rows: rows_in };
        for row in rows(&mapping, &table) {
            for (target, text) in &row.texts {
                prop_assert!(check::fit(target.field, text).is_ok(), "{} {text:?}", target.name());
                if target.field.kind == FieldKind::Line {
                    prop_assert!(!text.contains('\n'));
                }
            }
        }
    }

    #[test]
    fn no_text_as_a_mapping_makes_it_panic(text in "\\PC{0,80}", cut in 0_usize..2000) {
        let _ = Mapping::parse("t.toml", &text);
        let shipped = include_str!("../../../assets/import/us-federal-2023.toml");
        let cut = shipped.char_indices().nth(cut).map_or(shipped.len(), |(at, _)| at);
        let _ = Mapping::parse("t.toml", &shipped[..cut]);
    }
}

/// The whole inventories, where somebody has them: `PROBITY_DATA=FOLDER cargo test whole_inventories -- --nocapture`.
#[test]
fn the_whole_inventories_come_over() {
    let Some(folder) = std::env::var_os("PROBITY_DATA") else {
        println!("skipped: set PROBITY_DATA to the folder that holds federal-2024/ to run this");
        return;
    };
    let folder = std::path::PathBuf::from(folder).join("federal-2024");
    let read = |name: &str, file: &str| {
        let start = std::time::Instant::now();
        let mapping = named(name).expect("shipped");
        let table = Table::read(&folder.join(file), &mapping.read_options(), &mut Progress::silent()).expect("read");
        let read = start.elapsed();
        let bound = mapping.bind(&table).expect("columns found");
        assert_eq!(bound.unused().count(), 0);
        let rows = bound.rows(&mut Progress::silent()).expect("not cancelled");
        println!("{name}: {} rows, read in {read:?}, read and mapped in {:?}", rows.len(), start.elapsed());
        for tally in tally(rows.iter().flat_map(|row| &row.warnings)) {
            println!("  {} {}: {} cells, such as {:?}", tally.to.name(), tally.what, tally.cells, tally.texts[0]);
        }
        rows
    };
    let rows = read("us-federal-2024", "2024_consolidated_ai_inventory_raw_v2.csv");
    assert_eq!(rows.len(), 2133);
    let impact = counts(&rows, &PACKET, "declared_impact");
    assert_eq!(
        impact,
        [("both", 195), ("neither", 1722), ("rights-impacting", 131), ("safety-impacting", 25)]
            .map(|(text, n)| (text.to_owned(), n))
            .into()
    );
    let keys: std::collections::HashSet<(&[String], u32)> =
        rows.iter().map(|row| (&row.key[..], row.occurrence)).collect();
    assert_eq!(keys.len(), rows.len());
    assert_eq!(read("us-federal-2023", "2023_consolidated_ai_inventory_raw.csv").len(), 710);
}
