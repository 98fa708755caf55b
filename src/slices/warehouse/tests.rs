//! The result that a real engine gave, against the same rows counted here; and results that must be refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::{Dialect, From, Params, read_counts, sql};
use crate::slices::cells::{Cells, Scores};
use crate::slices::error::Result;
use crate::slices::read::{Columns, Missing, Read, Watch, read};

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slices/data").join(name)
}

fn columns() -> Columns {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    Columns {
        file: shipped("warehouse_rows.csv"),
        y_true: Some("y_true".to_owned()),
        y_pred: Some("y_pred".to_owned()),
        score: Some("score".to_owned()),
        weight: Some("w".to_owned()),
        by: list(&["sex", "race", "age_band", "age", "odd 'n\"a`me\\"]),
        intersect: vec![list(&["sex", "race"])],
        edges: vec![("age".to_owned(), vec![25.0, 45.5])],
        na: list(&["?"]),
        exact_rows: Some(0),
        ..Columns::default()
    }
}

fn far(path: &Path, columns: &Columns) -> Result<Read> {
    let cancel = AtomicBool::new(false);
    read_counts(path, columns, None, &mut Watch { cancel: &cancel, tell: &mut |_, _| {} })
}

fn near(columns: &Columns) -> Read {
    let cancel = AtomicBool::new(false);
    read(columns, None, &mut Watch { cancel: &cancel, tell: &mut |_, _| {} }).expect("rows are read")
}

fn close(left: f64, right: f64) {
    assert!((left - right).abs() <= 1e-12 * left.abs().max(1.0), "{left} is not {right}");
}

fn same(left: &Cells, right: &Cells) {
    assert_eq!((&left.dimensions, &left.labels, left.weighted), (&right.dimensions, &right.labels, right.weighted));
    assert_eq!(left.cells.len(), right.cells.len());
    for (left, right) in left.cells.iter().zip(&right.cells) {
        assert_eq!(
            (&left.levels, left.y_true, left.y_pred, left.n),
            (&right.levels, right.y_true, right.y_pred, right.n)
        );
        close(left.weight, right.weight);
        close(left.weight_squared, right.weight_squared);
    }
    let (Scores::Binned(left), Scores::Binned(right)) = (&left.scores, &right.scores) else { panic!("no bins") };
    assert_eq!(left.len(), right.len());
    for (left, right) in left.iter().zip(right) {
        let of =
            |table: &crate::slices::cells::ScoreTable| (table.dimensions.clone(), table.levels.clone(), table.y_true);
        assert_eq!(of(left), of(right));
        left.bins.iter().zip(&right.bins).for_each(|(left, right)| close(*left, *right));
    }
}

/// DuckDB 2.0.1 counted the rows with the query for it: weights, missing cells, texts that mean missing, ranges of a
/// number, a column and values with quotes and backslashes in their names.
#[test]
fn what_duckdb_counted_is_what_is_counted_here() {
    let (near, far) = (near(&columns()), far(&shipped("warehouse_duckdb.csv"), &columns()).expect("read"));
    assert_eq!(near.facts.dropped, far.facts.dropped);
    assert_eq!((near.facts.rows, near.facts.used), (far.facts.rows, far.facts.used));
    assert!(near.facts.dropped.len() >= 4, "{:?}", near.facts.dropped);
    assert_eq!((near.models.len(), far.models.len()), (1, 1));
    same(&near.models[0].cells, &far.models[0].cells);
}

fn changed(change: impl Fn(&str) -> String) -> String {
    let text = fs::read_to_string(shipped("warehouse_duckdb.csv")).expect("it ships");
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), change(&text)).expect("written");
    match far(file.path(), &columns()) {
        Ok(_) => "read".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The lines, without the first that begins so.
fn without(text: &str, begins: &str) -> String {
    let at = text.lines().position(|line| line.starts_with(begins)).expect("there is such a line");
    let kept: Vec<&str> = text.lines().enumerate().filter(|(line, _)| *line != at).map(|(_, line)| line).collect();
    kept.join("\n") + "\n"
}

#[test]
fn counts_that_do_not_add_up_are_refused() {
    for (told, change) in [
        ("add up to", Box::new(|text: &str| without(text, "cell")) as Box<dyn Fn(&str) -> String>),
        ("scores: the result was cut off", Box::new(|text: &str| without(text, "score"))),
        ("the total is missing", Box::new(|text: &str| without(text, "total"))),
        ("first column would be p_kind", Box::new(|text: &str| without(text, "p_kind"))),
        (
            "stand twice",
            Box::new(|text: &str| {
                let line = text.lines().find(|line| line.starts_with("cell")).expect("a cell");
                format!("{text}{line}\n")
            }),
        ),
        (
            "these scores stand twice",
            Box::new(|text: &str| {
                let line = text.lines().find(|line| line.starts_with("score")).expect("a score");
                format!("{text}{line}\n")
            }),
        ),
        (
            "two totals",
            Box::new(|text: &str| {
                let line = text.lines().find(|line| line.starts_with("total")).expect("a total");
                format!("{text}{line}\n")
            }),
        ),
        ("kind of count", Box::new(|text: &str| text.replacen("\nscore", "\nscores", 1))),
        ("no table that can be read", Box::new(|text: &str| text.replacen("\nscore,0,", "\nscore,", 1))),
        ("first column would be p_kind", Box::new(|_: &str| String::new())),
        ("read", Box::new(str::to_owned)),
    ] {
        let error = changed(change);
        assert!(error.contains(told), "{told}: {error}");
    }
}

#[test]
fn counts_of_something_else_are_refused() {
    let asked = |change: &dyn Fn(&mut Columns)| {
        let mut columns = columns();
        change(&mut columns);
        far(&shipped("warehouse_duckdb.csv"), &columns).expect_err("refused").to_string()
    };
    let told = asked(&|columns| columns.by.truncate(3));
    assert!(told.contains("--edges age"), "{told}");
    let told = asked(&|columns| {
        columns.by.truncate(3);
        columns.edges.clear();
    });
    assert!(told.contains("of 5 columns, and 3 are asked for"), "{told}");
    let told = asked(&|columns| columns.by.swap(0, 1));
    assert!(told.contains("by was [\"sex\"") && told.contains("is [\"race\""), "{told}");
    let told = asked(&|columns| columns.weight = None);
    assert!(told.contains("weight was \"w\" and is null"), "{told}");
    let told = asked(&|columns| columns.missing = Missing::Drop);
    assert!(told.contains("missing was \"group\" and is \"drop\""), "{told}");
    let told = asked(&|columns| {
        columns.regression = true;
        columns.score = None;
    });
    assert!(told.contains("no query gives them"), "{told}");
}

#[test]
fn every_dialect_quotes_what_it_is_given() {
    let params = Params::of(&columns()).expect("a query");
    for (name, dialect) in Dialect::ALL {
        let written = sql(&params, dialect, From::Table("lake.predictions; DROP TABLE x")).expect("written");
        let quote = if matches!(dialect, Dialect::Spark | Dialect::Bigquery) { '`' } else { '"' };
        assert!(
            written.contains(&format!("FROM {quote}lake{quote}.{quote}predictions; DROP TABLE x{quote}\n")),
            "{name}"
        );
        assert!(written.contains(&dialect.identifier("odd 'n\"a`me\\").expect("quoted")), "{name}");
        assert_eq!(written.matches("UNION ALL").count(), 1 + params.score_sets.len(), "{name}");
        assert!(written.contains("wrong by at most"), "{name}");
        let from_file = sql(&params, dialect, From::File("it's.csv"));
        assert_eq!(from_file.is_ok(), dialect == Dialect::Duckdb, "{name}");
    }
    let mut hostile = columns();
    hostile.by.push("a\nb".to_owned());
    let params = Params::of(&hostile).expect("params");
    let told = sql(&params, Dialect::Duckdb, From::Table("t")).expect_err("refused").to_string();
    assert!(told.contains("control character"), "{told}");
}
