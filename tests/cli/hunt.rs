//! `probity slices`: the worst slices, the query for a warehouse, and its result.

use std::path::{Path, PathBuf};

use crate::desk::Desk;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slices/data").join(name)
}

/// 2,400 rows of three columns: half of the rows with a = 1 and b = 2 are predicted wrongly, and a twentieth of the others.
fn rows() -> String {
    let mut rows = "a,b,c,y,p\n".to_owned();
    for row in 0..2400_usize {
        let (a, b, c) = (row % 2, row / 2 % 3, row / 6 % 4);
        let wrong = if a == 1 && b == 2 { row / 24 % 2 == 0 } else { row / 24 % 20 == 0 };
        let truth = row / 3 % 2;
        let said = if wrong { 1 - truth } else { truth };
        rows.push_str(&format!("{a},{b},{c},{truth},{said}\n"));
    }
    rows
}

const ASKED: [&str; 8] = ["slices", "p.csv", "--y-true=y", "--y-pred=p", "--by=a,b,c", "--worst=5", "--format", "json"];

#[test]
fn the_worst_slice_is_found_and_told_in_every_format() {
    let desk = Desk::empty();
    desk.write("p.csv", rows());
    for by in ["sliceline", "error", "accuracy"] {
        let json = desk.json([&ASKED[..], &["--search-by", by]].concat());
        let found = &json["worst_slices"];
        let worst = &found["slices"][0];
        assert_eq!(worst["n"].as_u64(), Some(400), "{by}: {worst}");
        let named: Vec<&str> =
            worst["items"].as_array().into_iter().flatten().filter_map(|item| item["column"].as_str()).collect();
        assert_eq!(named, ["a", "b"], "{by}");
        assert!(worst["p_adjusted"].as_f64().is_some_and(|p| p < 1e-6), "{by}: {worst}");
        // Two, three and four values: ab, ac, bc and abc.
        assert_eq!(found["examined"].as_u64(), Some(2 + 3 + 4 + 6 + 8 + 12 + 24), "{by}");
    }
    let mut asked = ASKED;
    for (format, part) in [
        ("text", "Worst slices"),
        ("markdown", "## Worst slices"),
        ("csv", "worst_slice_gap"),
        ("html", "Worst slices"),
    ] {
        asked[7] = format;
        let told = desk.ok(asked);
        assert!(told.contains(part) && told.contains("a = 1"), "{format}: {told}");
        assert_eq!(desk.ok(asked), told, "the same bytes again");
    }
}

#[test]
fn finds_are_confirmed_in_the_other_half() {
    let desk = Desk::empty();
    desk.write("p.csv", rows());
    let json = desk.json([&ASKED[..], &["--split", "--seed", "7", "--columns", "b,a"]].concat());
    let found = &json["worst_slices"];
    let split = &found["split"];
    assert_eq!(split["searched"].as_u64().zip(split["confirmed_in"].as_u64()).map(|(a, b)| a + b), Some(2400));
    let confirmed = &found["slices"][0]["confirmed"];
    assert_eq!(confirmed["holds"].as_bool(), Some(true), "{confirmed}");
    assert_eq!(found["columns"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_cannot_be_searched_is_told() {
    let desk = Desk::empty();
    desk.write("p.csv", rows());
    for (options, code, part) in [
        (&["--search-by", "recall"][..], 2, "sliceline"),
        (&["--min-support", "half"], 2, "share such as 1%"),
        (&["--alpha", "0"], 2, "alpha"),
        (&["--columns", "a,nowhere"], 7, "nowhere"),
        (&["--search-by", "loss"], 2, "Only a regression"),
    ] {
        let told = desk.run([&ASKED[..], options].concat());
        assert!(told.code == code && told.err.contains(part), "{options:?}: {} {}", told.code, told.err);
    }
    let none = desk.json([&ASKED[..], &["--min-support", "5000"]].concat());
    assert_eq!(none["worst_slices"]["slices"].as_array().map(Vec::len), Some(0));
    // No slice under --min-count is told of, whatever the support.
    let few = desk.json([&ASKED[..], &["--min-support", "1", "--min-count", "450", "--redundancy", "off"]].concat());
    for slice in few["worst_slices"]["slices"].as_array().into_iter().flatten() {
        assert!(slice["n"].as_u64().is_some_and(|n| n >= 450), "{slice}");
    }
}

fn warehouse(more: &[&str]) -> Vec<String> {
    let options = [
        "slices",
        "--y-true=y_true",
        "--y-pred=y_pred",
        "--score=score",
        "--weight=w",
        "--edges=age=25,45.5",
        "--na=?",
        "--by=sex,race,age_band,age,odd 'n\"a`me\\",
        "--intersect=sex,race",
    ];
    options.iter().chain(more).map(|option| (*option).to_owned()).collect()
}

#[test]
fn the_query_is_written_for_each_engine() {
    let desk = Desk::empty();
    for engine in ["duckdb", "spark", "bigquery", "snowflake", "postgres", "trino"] {
        let sql = desk.ok(warehouse(&["--emit-sql", engine, "--table", "lake.scores"]));
        assert!(sql.starts_with("-- Counts for Probity") && sql.trim_end().ends_with(';'), "{engine}: {sql}");
        assert!(sql.contains("scores") && sql.contains("GROUP BY"), "{engine}");
    }
    let told = desk.run(warehouse(&["--emit-sql", "excel"]));
    assert!(told.code == 2 && told.err.contains("duckdb, spark"), "{}", told.err);
}

/// The report from what DuckDB counted is the report from the rows, wherever counts decide it.
#[test]
fn counts_of_an_engine_give_the_same_report() {
    let desk = Desk::empty();
    let (rows, counts) = (shipped("warehouse_rows.csv"), shipped("warehouse_duckdb.csv"));
    let more = ["--format", "json", "--worst", "5", "--min-support", "5%", "--redundancy", "off"];
    let near = desk.json([warehouse(&more), vec![rows.display().to_string()]].concat());
    let far = desk.json([warehouse(&more), vec!["--from-counts".to_owned(), counts.display().to_string()]].concat());
    let figures = |report: &serde_json::Value| {
        let groups = report["attributes"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|one| one["groups"].as_array().into_iter().flatten());
        let of = |group: &serde_json::Value, name: &str| {
            group["metrics"][name]["value"].as_f64().map(|value| format!("{value:.12}"))
        };
        let rates = ["base_rate", "selection_rate", "tpr", "fpr", "precision", "accuracy"];
        groups.flat_map(|group| rates.map(|name| (group["value"].to_string(), of(group, name)))).collect::<Vec<_>>()
    };
    assert!(figures(&near).len() > 60);
    assert_eq!(figures(&near), figures(&far));
    assert!(near["worst_slices"]["slices"].as_array().is_some_and(|slices| slices.len() == 5));
    assert_eq!(near["worst_slices"], far["worst_slices"]);
    assert_eq!(near["data"]["dropped"], far["data"]["dropped"]);
    let other = desk.run([
        "slices",
        "--y-true=y_true",
        "--y-pred=y_pred",
        "--by=sex",
        "--from-counts",
        &counts.display().to_string(),
    ]);
    assert!(other.code != 0 && other.err.contains("are asked for"), "{}", other.err);
}
