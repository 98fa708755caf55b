//! All five formats say the same: every count and every reference, read back from each and compared with the model.

use std::collections::BTreeMap;

use super::desk::now;
use super::hostile::hostile_pack;
use super::programme::programme_pack;
use super::read::{Html, Table, Written, shown};
use crate::report::{Cell, Figure, Holds, Pack, Register};
use crate::text;

/// The registers of the pages, with the heading of their table in Markdown.
const PAGED: &[(&str, &str)] = &[
    ("queue", "Reviews in the queue"),
    ("risks", "Open risks"),
    ("acceptances", "Accepted risks"),
    ("checklists", "Checklists"),
    ("items", "Failed, waived, and open items that need evidence"),
    ("actions", "Actions"),
    ("evidence", "Evidence"),
    ("documents", "Documents"),
    ("checks", "Standing checks"),
];

fn figures(pack: &Pack) -> Vec<&Figure> {
    pack.figures.0.iter().chain(pack.changes.iter().flat_map(|period| &period.counts.0)).collect()
}

fn references(register: &Register) -> Vec<String> {
    let at = register.position("ref").expect("a reference");
    register.rows.iter().map(|row| row.cells[at].shown(*now().offset())).collect()
}

fn plain(number: &str) -> u64 {
    number.replace(',', "").parse().unwrap_or_else(|_| panic!("“{number}” is not a count"))
}

fn check_figures(pack: &Pack, written: &Written, html: &Html, markdown: &[Table]) {
    let expected: BTreeMap<String, u64> =
        figures(pack).iter().map(|figure| (figure.name.clone(), figure.value)).collect();
    assert_eq!(expected.len(), figures(pack).len(), "two figures have one name");
    let page: BTreeMap<String, u64> = html.figures.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
    assert_eq!(page, expected, "HTML");
    let table = markdown.iter().find(|table| table.heading == "All figures").expect("the figures");
    let by_label: Vec<(String, u64)> = table.rows[1..].iter().map(|row| (row[0].clone(), plain(&row[1]))).collect();
    let labels: Vec<(String, u64)> = figures(pack).iter().map(|figure| (figure.label.clone(), figure.value)).collect();
    assert_eq!(by_label, labels, "Markdown");
    let csv: BTreeMap<String, u64> =
        written.csv("figures")[1..].iter().map(|row| (row[0].clone(), plain(&row[2]))).collect();
    assert_eq!(csv, expected, "CSV");
    let sheet: BTreeMap<String, u64> =
        written.sheet("Figures")[1..].iter().map(|row| (shown(&row[0]), plain(&shown(&row[2])))).collect();
    assert_eq!(sheet, expected, "XLSX");
    let json = written.json();
    for (name, value) in &expected {
        let found = json["figures"].get(name).or_else(|| json["changes"]["counts"].get(name));
        assert_eq!(found.and_then(serde_json::Value::as_u64), Some(*value), "JSON: {name}");
    }
}

fn check_references(pack: &Pack, written: &Written, html: &Html, markdown: &[Table]) {
    let json = written.json();
    for (name, heading) in PAGED {
        let register = pack.registers.get(name).expect("a register");
        let expected = references(register);
        let page = html.refs.get(*name).cloned().unwrap_or_default();
        assert_eq!(page, expected, "HTML: {name}");
        let known: Vec<&Table> = markdown.iter().filter(|table| table.heading == *heading).collect();
        let table = known.last().filter(|_| !expected.is_empty());
        let rows: Vec<String> =
            table.map(|table| table.rows[1..].iter().map(|row| row[0].clone()).collect()).unwrap_or_default();
        assert_eq!(rows, expected, "Markdown: {name}");
        let rows = json["registers"][name]["rows"].as_array().expect("rows");
        let found: Vec<&str> = rows.iter().map(|row| row["ref"].as_str().expect("a reference")).collect();
        assert_eq!(found, expected, "JSON: {name}");
        assert_eq!(json["registers"][name]["count"], expected.len());
    }
    let changes = &pack.registers.get("changes").expect("a register").rows;
    let table = markdown.iter().find(|table| table.heading == "What changed").map_or(1, |table| table.rows.len());
    assert_eq!(table - 1, changes.len(), "Markdown: changes");
}

/// Every cell of every table, in the spreadsheet and in the CSV files.
fn check_cells(pack: &Pack, written: &Written) {
    let zone = *now().offset();
    for table in pack.tables() {
        let csv = written.csv(table.name);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(csv[0], names, "{}", table.name);
        assert_eq!(csv.len() - 1, table.rows.len(), "{}", table.name);
        let sheet = written.sheet(table.title);
        assert_eq!(sheet.len() - 1, table.rows.len(), "{}", table.name);
        for (number, row) in table.rows.iter().enumerate() {
            for (at, cell) in row.cells.iter().enumerate() {
                let place = format!("{}, row {number}, {}", table.name, names[at]);
                let raw = &csv[number + 1][at];
                if let Cell::Moment(moment) = cell {
                    assert_eq!(*raw, crate::record::rfc3339(*moment), "{place}");
                } else if matches!(cell, Cell::Number(_) | Cell::Decimal(_)) {
                    assert_eq!(*raw, cell.shown(zone), "{place}");
                } else {
                    assert_eq!(*raw, text::spreadsheet_cell(&cell.shown(zone)), "{place}");
                    assert!(!text::looks_like_formula(raw), "{place} could be taken for a formula: {raw}");
                }
                let in_sheet = sheet[number + 1].get(at).map(shown).unwrap_or_default();
                assert_eq!(in_sheet, cell.shown(zone), "{place}");
                if matches!(cell, Cell::Day(_) | Cell::Moment(_)) {
                    assert!(matches!(sheet[number + 1][at], calamine::Data::DateTime(_)), "{place} is no date");
                }
            }
        }
    }
}

/// The tables that the pages compute: stages, the matrix, and the owners of actions.
fn check_pictures(pack: &Pack, html: &Html, markdown: &[Table]) {
    let stages: Vec<Vec<String>> = pack
        .stages
        .iter()
        .filter(|line| line.reviews > 0 || !line.ended)
        .map(|line| {
            let rest = |number: u64| if line.ended { String::new() } else { number.to_string() };
            let mut row = vec![line.stage.to_string(), line.reviews.to_string(), rest(line.overdue)];
            row.extend(line.ages.iter().map(|count| rest(*count)));
            row
        })
        .collect();
    assert_eq!(html.lines.get("stages").cloned().unwrap_or_default(), stages, "HTML: stages");
    let table = markdown.iter().find(|table| table.heading == "Review queue").expect("the stages");
    assert_eq!(table.rows[1..], stages, "Markdown: stages");
    let owners: Vec<[u64; 5]> = pack
        .owners
        .iter()
        .map(|line| [line.open, line.overdue, line.due_soon, line.blocked, line.launch_blocking])
        .collect();
    let page: Vec<[u64; 5]> = html
        .lines
        .get("owners")
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|row| [1, 2, 3, 4, 5].map(|at| plain(&row[at])))
        .collect();
    assert_eq!(page, owners, "HTML: owners");
    for (grid, heading) in
        [(&pack.heat.inherent, "Before mitigation"), (&pack.heat.residual, "With mitigations in place")]
    {
        let table = markdown.iter().find(|table| table.heading.starts_with(heading)).expect("a matrix");
        for (at, cell) in grid.cells.iter().enumerate() {
            let shown = &table.rows[1 + at / 5][1 + at % 5];
            let level = cell.level.as_deref().unwrap_or_default();
            let expected = if cell.count > 0 { format!("{} {level}", cell.count) } else { level.to_owned() };
            assert_eq!(*shown, expected, "Markdown: {heading}");
        }
    }
}

/// The figures of the programme, its funnel and its signals, on both pages as in the tables.
fn check_programme(pack: &Pack, html: &Html, markdown: &[Table]) {
    let programme = pack.programme.as_ref().expect("the programme");
    assert_eq!((programme.kpis.len(), programme.funnel.len()), (16, 8));
    let kpis: Vec<Vec<String>> = programme
        .kpis
        .iter()
        .map(|kpi| {
            let verdict = if kpi.verdict == "open" { "" } else { kpi.verdict };
            let told = [kpi.name, &kpi.shown, &kpi.target, verdict, &kpi.counted, &kpi.n.to_string()];
            told.map(str::to_owned).to_vec()
        })
        .collect();
    let funnel: Vec<Vec<String>> = programme
        .funnel
        .iter()
        .map(|line| {
            let share = line.share.map_or("no data".to_owned(), |share| format!("{:.0} %", (share * 100.0).round()));
            vec![line.stage.clone(), line.reached.to_string(), share]
        })
        .collect();
    let shown = |rows: &[Vec<String>], most: usize| -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().take(most).map(|cell| cell.replace('\u{a0}', " ")).collect()).collect()
    };
    assert_eq!(shown(&html.lines["kpis"], 6), kpis, "HTML: KPIs");
    assert_eq!(shown(&html.lines["funnel"], 3), funnel, "HTML: funnel");
    let table = |heading: &str| &markdown.iter().find(|table| table.heading == heading).expect(heading).rows[1..];
    assert_eq!(shown(table("The programme"), 6), kpis, "Markdown: KPIs");
    assert_eq!(shown(table("How far reviews came"), 3), funnel, "Markdown: funnel");
    let crossed: Vec<String> = programme.crossed.iter().map(|one| one.reference.to_string()).collect();
    assert!(!crossed.is_empty(), "no signal to compare");
    assert_eq!(html.refs["crossed"], crossed, "HTML: signals");
    let rows: Vec<&String> = table("Signals that crossed their threshold").iter().map(|row| &row[0]).collect();
    assert_eq!(rows, crossed.iter().collect::<Vec<_>>(), "Markdown: signals");
    let drawn = html
        .elements
        .iter()
        .filter(|(_, attributes)| attributes.iter().any(|(name, value)| name == "class" && value == "spark"));
    assert_eq!(drawn.count(), 16 + crossed.len().min(8), "a picture for each figure and signal");
}

fn check(pack: &Pack) {
    let written = Written::new(pack);
    let (html, markdown) = (written.html(), written.markdown());
    check_figures(pack, &written, &html, &markdown);
    check_references(pack, &written, &html, &markdown);
    check_cells(pack, &written);
    check_pictures(pack, &html, &markdown);
    check_programme(pack, &html, &markdown);
}

#[test]
fn five_formats_agree_on_a_programme() {
    let pack = programme_pack();
    for (name, _) in PAGED {
        assert!(!pack.registers.get(name).expect("a register").rows.is_empty(), "nothing in {name} to compare");
    }
    check(pack);
}

#[test]
fn five_formats_agree_on_hostile_text() {
    let pack = hostile_pack();
    for (name, _) in PAGED {
        assert!(!pack.registers.get(name).expect("a register").rows.is_empty(), "nothing in {name} to compare");
    }
    check(pack);
}

#[test]
fn the_model_as_json_is_the_model() {
    let pack = programme_pack();
    let json = Written::new(pack).json();
    assert_eq!(json, serde_json::to_value(pack).expect("JSON"));
    let row = &json["registers"]["risks"]["rows"][0];
    assert_eq!(row["review"]["ref"], "REV-7");
    assert_eq!(row["due_on"], "2026-11-09");
    assert_eq!(row["controls"], serde_json::json!(["FAIR-02", "MON-01"]));
    assert_eq!(row["residual_level"], serde_json::Value::Null);
}

#[test]
fn what_a_page_has_no_room_for_is_said_and_is_elsewhere() {
    let pack = programme_pack();
    let written = Written::with_rows(pack, 3);
    let html = written.html();
    let risks = references(pack.registers.get("risks").expect("a register"));
    assert_eq!(html.refs["risks"], risks[..3], "the highest risks");
    assert_eq!(html.refs["queue"].len(), 3);
    assert!(html.refs["queue"].contains(&"REV-4".to_owned()), "what is for decision is never cut first");
    for page in [&html.text, &written.text("pack.md")] {
        assert!(page.contains("Shown: 3 of 13"), "{page}");
        assert!(page.contains("the sheet “Open risks” of pack.xlsx, and in csv/risks.csv"));
    }
    check_figures(pack, &written, &html, &written.markdown());
    check_cells(pack, &written);
}

#[test]
fn columns_come_from_the_descriptions_and_private_ones_stay_away() {
    let pack = programme_pack();
    let risks = pack.registers.get("risks").expect("a register");
    for field in crate::record::RISK.fields.iter().filter(|field| !field.private) {
        let left_out = ["rank", "closed_on", "acceptance", "accepted_until"].contains(&field.name);
        assert_eq!(risks.position(field.name).is_none(), left_out, "{}", field.name);
    }
    for register in &pack.registers.0 {
        assert!(register.position("notes").is_none() && register.position("id").is_none(), "{}", register.name);
        assert!(register.title.chars().count() <= 31, "{} is too long for a sheet", register.title);
        for row in &register.rows {
            assert_eq!(row.cells.len(), register.columns.len(), "{}", register.name);
            for (column, cell) in register.columns.iter().zip(&row.cells) {
                let fits = match cell {
                    Cell::Empty | Cell::Text(_) => true,
                    Cell::Number(_) => column.holds == Holds::Number,
                    Cell::Decimal(_) => column.holds == Holds::Decimal,
                    Cell::Flag(_) => column.holds == Holds::Flag,
                    Cell::Day(_) => column.holds == Holds::Day,
                    Cell::Moment(_) => column.holds == Holds::Moment,
                    Cell::Link(_) => column.holds == Holds::Link,
                    Cell::List(_) => column.holds == Holds::List,
                };
                assert!(fits, "{}.{}: {cell:?}", register.name, column.name);
            }
        }
    }
    let written = Written::new(pack);
    for file in super::read::files(written.folder.path()) {
        let bytes = std::fs::read(&file).expect("a file");
        assert!(!String::from_utf8_lossy(&bytes).contains("PRIVATE"), "{}", file.display());
    }
    let sheet = format!("{:?}", written.sheet("Open risks"));
    assert!(!sheet.contains("PRIVATE"));
}
