//! The search against what the published programs find, on data that ships with the tests.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::tests::close;
use super::{
    Adjust, Column, Direction, Measure, Options, Ranking, Searcher, SliceFound, Support, Table, Watch, outcome,
};

struct Loaded {
    table: Table,
    actual: Vec<bool>,
    predicted: Vec<bool>,
}

impl Loaded {
    fn measure(&self, rate: &str) -> Measure {
        let rate = super::rate(rate).unwrap();
        Measure::Rate(self.actual.iter().zip(&self.predicted).map(|(a, p)| outcome(rate, *a, *p)).collect())
    }
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slices/data").join(name)
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    } else {
        std::io::BufReader::new(file).read_to_string(&mut text).unwrap();
    }
    text
}

fn load(path: &Path) -> Loaded {
    let text = text(path);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |at: usize| rows.iter().map(move |row| row[at].to_owned());
    let (mut columns, mut counts, mut actual, mut predicted) = (Vec::new(), None, Vec::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        match name.as_str() {
            "y_true" | "class" => actual = cells(at).map(|cell| cell == "1").collect(),
            "y_pred" | "predicted" => predicted = cells(at).map(|cell| cell == "1").collect(),
            "n" => counts = Some(cells(at).map(|cell| cell.parse().unwrap()).collect()),
            "error" => {}
            _ => {
                let places: BTreeMap<String, u32> = cells(at).map(|cell| (cell, 0)).collect();
                let levels: Vec<String> = places.into_keys().collect();
                let code = |cell: String| u32::try_from(levels.binary_search(&cell).unwrap()).unwrap();
                columns.push(Column {
                    name: name.clone(),
                    codes: cells(at).map(code).collect(),
                    levels: levels.clone(),
                });
            }
        }
    }
    Loaded { table: Table::new(columns, counts).unwrap(), actual, predicted }
}

/// `column=value` of each item, in the order of their texts, as in the recorded results.
fn sorted_name(slice: &SliceFound) -> String {
    let mut items: Vec<String> = slice.items.iter().map(|item| format!("{}={}", item.column, item.value)).collect();
    items.sort_unstable();
    items.join(" ")
}

fn every(data: &Loaded, rate: &str, share: f64, epsilon: Option<f64>) -> Vec<SliceFound> {
    let ranking = Ranking::Divergence { direction: Direction::Highest };
    let asked = Options { ranking, support: Support::Share(share), depth: usize::MAX, epsilon, ..Options::default() };
    Searcher::new(data.table.clone()).every(&data.measure(rate), &asked, &Watch::default()).unwrap()
}

fn compas_is_as_published(data: &Loaded) {
    assert_eq!(data.table.rows(), 6172);
    // DivExplorer counts the whole as a pattern too. Its pruning keeps it.
    for (share, all, kept) in [(0.1, 155, 55), (0.05, 316, 112), (0.01, 969, 338), (0.005, 1314, 472)] {
        assert_eq!(every(data, "fpr", share, None).len() + 1, all);
        assert_eq!(every(data, "fpr", share, Some(0.01)).len() + 1, kept);
    }
    let ranking = Ranking::Divergence { direction: Direction::Highest };
    let asked = Options {
        ranking,
        support: Support::Share(0.1),
        depth: usize::MAX,
        least_defined: 1,
        epsilon: None,
        ..Options::default()
    };
    let found = Searcher::new(data.table.clone()).search(&data.measure("fpr"), &asked, &Watch::default()).unwrap();
    close(found.overall.value.unwrap(), 0.088_314_005_4, 1e-9);
    let top = &found.slices[0];
    assert_eq!(sorted_name(top), "#prior=>3 age=25-45 race=Afr-Am sex=Male");
    close(top.share, 0.128_645, 1e-6);
    close(top.divergence.unwrap(), 0.219_722, 1e-6);
    close(top.t.unwrap(), 7.116_857, 1e-6);
    let share = |column: &str| top.items.iter().find(|item| item.column == column).and_then(|item| item.share).unwrap();
    for (column, published) in [("#prior", 0.142_261), ("race", 0.051_155), ("age", 0.019_085), ("sex", 0.007_221)] {
        close(share(column), published, 1e-6);
    }
    let second = &found.slices[1];
    assert_eq!(sorted_name(second), "#prior=>3 age=25-45 race=Afr-Am");
    close(second.divergence.unwrap(), 0.210_928, 1e-6);
    close(second.t.unwrap(), 7.448_260, 1e-6);
}

#[test]
fn divexplorers_patterns_of_compas_are_found() {
    compas_is_as_published(&load(&shipped("compas_discretized_counts.csv")));
}

/// All 154 patterns, with divergence and t of three rates, as DivExplorer 0.2.6 gave them.
#[test]
fn every_pattern_of_compas_has_divexplorers_figures() {
    let data = load(&shipped("compas_discretized_counts.csv"));
    let recorded = text(&shipped("divexplorer_compas_s0.1.csv"));
    let mut reader = csv::Reader::from_reader(recorded.as_bytes());
    let recorded: BTreeMap<String, Vec<f64>> = reader
        .records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), row.iter().skip(1).map(|cell| cell.parse().unwrap()).collect()))
        .collect();
    assert_eq!(recorded.len(), 155);
    for (rate, at) in [("fpr", 1), ("fnr", 4), ("accuracy", 7)] {
        let told = every(&data, rate, 0.1, None);
        assert_eq!(told.len(), 154);
        for slice in told {
            let expected = &recorded[&sorted_name(&slice)];
            close(slice.n as f64, expected[0], 0.0);
            close(slice.figure.value.unwrap(), expected[at], 1e-10);
            close(slice.divergence.unwrap(), expected[at + 1], 1e-10);
            close(slice.t.unwrap(), expected[at + 2], 1e-10);
        }
    }
}

fn adult_is_as_sliceline_finds_it(data: &Loaded) {
    let recorded = text(&shipped("sliceline_adult.csv"));
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(recorded.as_bytes()).records().map(Result::unwrap).collect();
    let mut searcher = Searcher::new(data.table.clone());
    for depth in 1..=3 {
        let asked =
            Options { support: Support::Share(0.01), depth, epsilon: None, adjust: Adjust::None, ..Options::default() };
        let found = searcher.search(&data.measure("error"), &asked, &Watch::default()).unwrap();
        let expected: Vec<&csv::StringRecord> = rows.iter().filter(|row| row[0] == depth.to_string()).collect();
        assert_eq!(found.slices.len(), expected.len());
        assert_eq!((found.rows, found.min_support), (32_561, 326));
        for (slice, row) in found.slices.iter().zip(expected) {
            let name: Vec<String> = slice.items.iter().map(|item| format!("{}={}", item.column, item.value)).collect();
            assert_eq!(name.join(" "), row[1]);
            assert_eq!(slice.n.to_string(), row[2]);
            close(slice.score.unwrap(), row[4].parse().unwrap(), 1e-12);
            close(slice.figure.value.unwrap() * slice.n as f64, row[3].parse().unwrap(), 1e-12);
        }
    }
}

#[test]
fn slicelines_top_ten_of_adult_are_found() {
    adult_is_as_sliceline_finds_it(&load(&shipped("adult_binned_counts.csv.gz")));
}

/// The same from the rows, where they are at hand.
#[test]
fn the_rows_give_what_their_counts_give() {
    let folder = Path::new("/work/shared/data/slices");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there, only the counts of its rows were tried", folder.display());
        return;
    }
    compas_is_as_published(&load(&folder.join("compas_discretized.csv")));
    adult_is_as_sliceline_finds_it(&load(&folder.join("adult_binned_pred.csv")));
}
