//! The result of the query, checked and put together as if rows had been counted here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::gather::Names;
use super::query::{AFTER, BEFORE, Params};
use crate::slices::cells::SCORE_BINS;
use crate::slices::error::{Error, Result};
use crate::slices::read::{Columns, Count, FileFacts, Read, Watch};
use crate::text;

/// How often a watcher is told how far it is, in rows.
const TELL: u64 = 1 << 14;

/// The counts of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The texts of groups; '' for one that says nothing, the place of the range where numbers are cut.
    pub groups: Vec<String>,
    /// The true label.
    pub y_true: String,
    /// The predicted label, or `above` and `below`.
    pub y_pred: String,
    /// The model.
    pub model: String,
    /// Why the rows are left out; '' where they are used.
    pub why: String,
    /// How many rows.
    pub n: u64,
    /// The sum of their weights.
    pub weight: f64,
    /// The sum of their squared weights.
    pub squared: f64,
}

/// Whose scores: the set of columns, the texts of its groups, the true label, the model.
pub type ScoreKey = (usize, Vec<String>, String, String);

/// The scores of one group and one true label.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    /// How many in each bin.
    pub counts: Vec<u64>,
    /// The sum of their weights; empty where rows have none.
    pub weights: Vec<f64>,
    /// How many in all.
    pub n: u64,
    /// How many of them outside of 0 to 1.
    pub outside: u64,
}

impl Histogram {
    /// Takes what is in a bin, or outside of all for one below zero. Says whether that is new.
    fn add(&mut self, bin: Option<usize>, n: u64, weight: Option<f64>) -> bool {
        self.n += n;
        let Some(bin) = bin else {
            self.outside += n;
            return self.outside == n;
        };
        self.counts.resize(SCORE_BINS, 0);
        if let Some(weight) = weight {
            self.weights.resize(SCORE_BINS, 0.0);
            self.weights.get_mut(bin).into_iter().for_each(|sum| *sum += weight);
        }
        self.counts.get_mut(bin).is_some_and(|count| std::mem::replace(count, n) == 0)
    }
}

/// All rows of the result.
#[derive(Debug, Default)]
pub struct Rows {
    /// How many rows there are in all, and what the query was made for.
    pub total: Option<(u64, String)>,
    /// The counts of cells.
    pub cells: Vec<Row>,
    /// The counts of scores.
    pub scores: BTreeMap<ScoreKey, Histogram>,
}

/// A file that is hashed while it is read.
struct Hashing {
    file: File,
    digest: Sha256,
    bytes: u64,
}

impl io::Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Reads the result of a query that was made for these columns.
///
/// # Errors
/// Where it cannot be read, is no such result, was made for other columns, or does not add up; or the user cancelled.
pub fn read_counts(path: &Path, columns: &Columns, positive: Option<&str>, watch: &mut Watch<'_>) -> Result<Read> {
    let name = path.display().to_string();
    let params = Params::of(columns)?;
    let failed = |source| Error::Read { file: name.clone(), source };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut hashing = Hashing { file, digest: Sha256::new(), bytes: 0 };
    let separator = separator(path).map_err(failed)?;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).from_reader(BufReader::with_capacity(1 << 20, &mut hashing));
    let file = Checked { name: &name, params: &params };
    let rows = file.rows(&mut reader, size, watch)?;
    drop(reader);
    // What follows the last row belongs to the file too.
    io::copy(&mut hashing, &mut io::sink()).map_err(failed)?;
    file.check(&rows)?;
    let names = Names::of(&rows, &params, positive)?;
    let facts = FileFacts {
        file: name.clone(),
        sha256: hex(&hashing.digest.finalize()),
        bytes: hashing.bytes,
        encoding: "UTF-8, counts of a query".to_owned(),
        separator: char::from(separator),
        columns: BEFORE.len() + params.by.len() + AFTER.len(),
        rows: rows.total.as_ref().map_or(0, |total| total.0),
        used: rows.cells.iter().filter(|row| row.why.is_empty()).map(|row| row.n).sum(),
        dropped: dropped(&rows, &params),
        repeated_ids: None,
    };
    if facts.used == 0 {
        return file.refuse(None, format!("none of the {} rows that were counted can be used.", facts.rows));
    }
    let models = names.models.iter().map(|model| names.model(model, &rows, &params, columns)).collect::<Result<_>>()?;
    Ok(Read { facts, models, trail: Vec::new() })
}

/// A tab where the header holds one, a comma otherwise.
fn separator(path: &Path) -> io::Result<u8> {
    let mut beginning = Vec::new();
    File::open(path)?.take(4096).read_to_end(&mut beginning)?;
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(if header.contains(&b'\t') { b'\t' } else { b',' })
}

struct Checked<'a> {
    name: &'a str,
    params: &'a Params,
}

impl Checked<'_> {
    fn refuse<T>(&self, line: Option<u64>, message: String) -> Result<T> {
        Err(Error::Content { file: self.name.to_owned(), line, message })
    }

    fn rows<R: io::Read>(&self, reader: &mut csv::Reader<R>, size: u64, watch: &mut Watch<'_>) -> Result<Rows> {
        let wrong = |error: &csv::Error| {
            let line = error.position().map(csv::Position::line);
            self.refuse(line, format!("this is no table that can be read ({error})."))
        };
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return wrong(&error),
        };
        self.header(&header)?;
        let mut rows = Rows::default();
        let mut record = csv::StringRecord::new();
        let mut read = 0_u64;
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(rows),
                Err(error) => return wrong(&error),
            }
            self.row(&record, &mut rows)?;
            read += 1;
            if read.is_multiple_of(TELL) {
                if watch.cancel.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                (watch.tell)(reader.position().byte(), Some(size));
            }
        }
    }

    fn header(&self, header: &csv::StringRecord) -> Result<()> {
        let found: Vec<String> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').to_ascii_lowercase()).collect();
        let groups = (0..self.params.by.len()).map(|at| format!("g{at}"));
        let expected: Vec<String> =
            BEFORE.iter().map(|name| (*name).to_owned()).chain(groups).chain(AFTER.map(str::to_owned)).collect();
        if found == expected {
            return Ok(());
        }
        if found.first().map(String::as_str) == Some(BEFORE[0]) {
            let count = found.len().saturating_sub(BEFORE.len() + AFTER.len());
            return self.refuse(
                Some(1),
                format!(
                    "the counts are of {count} columns, and {} are asked for ({}). Give the options that the query was written with.",
                    self.params.by.len(),
                    text::line(&self.params.by.join(", "))
                ),
            );
        }
        self.refuse(
            Some(1),
            "this is not the result of a query of --emit-sql, with its header: the first column would be p_kind."
                .to_owned(),
        )
    }

    fn row(&self, record: &csv::StringRecord, rows: &mut Rows) -> Result<()> {
        let line = record.position().map(csv::Position::line);
        let groups = self.params.by.len();
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let last = |at: usize| cell(BEFORE.len() + groups + at);
        let wrong = |what: &str, at: &str| {
            self.refuse(line, format!("“{}” is no {what}. Save the result as it is.", text::fit(&text::line(at), 40)))
        };
        let Some(n) = count(last(5)) else { return wrong("count", last(5)) };
        if cell(0) == "total" {
            if rows.total.replace((n, last(8).to_owned())).is_some() {
                return self
                    .refuse(line, "there are two totals: this is more than one result. Keep them apart.".to_owned());
            }
            return Ok(());
        }
        let weight = |at: usize| last(at).parse::<f64>().ok().filter(|weight| weight.is_finite() && *weight >= 0.0);
        let (Some(sum), Some(squared)) = (weight(6), weight(7)) else { return wrong("sum of weights", last(6)) };
        if cell(0) == "score" {
            let Ok(bin) = last(4).parse::<i64>() else { return wrong("bin", last(4)) };
            let Some(set) = cell(1).parse().ok().filter(|set| *set < self.params.score_sets.len()) else {
                return wrong("set of columns", cell(1));
            };
            let bin = usize::try_from(bin).ok();
            if n == 0 || bin.is_some_and(|bin| bin >= SCORE_BINS) {
                return wrong("bin with rows in it", last(4));
            }
            let columns = self.params.score_sets.get(set).into_iter().flatten();
            let group = columns.map(|at| cell(BEFORE.len() + at).to_owned()).collect();
            let histogram = rows.scores.entry((set, group, last(0).to_owned(), last(2).to_owned())).or_default();
            if !histogram.add(bin, n, self.params.weight.is_some().then_some(sum)) {
                return self.refuse(
                    line,
                    "these scores stand twice: this is more than one result, or it was changed.".to_owned(),
                );
            }
            return Ok(());
        }
        if cell(0) != "cell" {
            return wrong("kind of count", cell(0));
        }
        rows.cells.push(Row {
            groups: (0..groups).map(|at| cell(BEFORE.len() + at).to_owned()).collect(),
            y_true: last(0).to_owned(),
            y_pred: last(1).to_owned(),
            model: last(2).to_owned(),
            why: last(3).to_owned(),
            n,
            weight: sum,
            squared,
        });
        Ok(())
    }

    /// Whether the counts are those that were asked for, whole, and each there once.
    fn check(&self, rows: &Rows) -> Result<()> {
        let Some((total, note)) = &rows.total else {
            return self.refuse(None, "the total is missing: the result was cut off, or filtered.".to_owned());
        };
        self.asked(note)?;
        let mut seen = BTreeSet::new();
        for row in &rows.cells {
            if !seen.insert((&row.groups, &row.y_true, &row.y_pred, &row.model, &row.why)) {
                return self.refuse(None, format!("the counts of {} stand twice.", self.told(row)));
            }
        }
        let counted: u64 = rows.cells.iter().map(|row| row.n).sum();
        if counted != *total {
            return self.refuse(
                None,
                format!(
                    "the cells add up to {counted} rows and the total says {total}: the result was cut off or changed, or the table was written to meanwhile."
                ),
            );
        }
        if let Some(row) = rows.cells.iter().find(|row| row.why == "negative weight") {
            return self
                .refuse(None, format!("{} rows have a negative weight. Correct it, or leave --weight out.", row.n));
        }
        self.check_scores(rows)
    }

    /// Whether the scores of each group are those of its rows.
    fn check_scores(&self, rows: &Rows) -> Result<()> {
        let mut counts: BTreeMap<ScoreKey, u64> = rows.scores.keys().map(|key| (key.clone(), 0)).collect();
        for (number, set) in self.params.score_sets.iter().enumerate() {
            for row in rows.cells.iter().filter(|row| row.why.is_empty()) {
                let group = set.iter().filter_map(|at| row.groups.get(*at)).cloned().collect();
                *counts.entry((number, group, row.y_true.clone(), row.model.clone())).or_default() += row.n;
            }
        }
        for (key, cells) in &counts {
            let scores = rows.scores.get(key).map_or(0, |histogram| histogram.n);
            if *cells != scores {
                return self.refuse(
                    None,
                    format!(
                        "{cells} rows are counted for “{}” with the true label “{}”, but {scores} scores: the result was cut off or changed.",
                        text::line(&key.1.join(" × ")),
                        text::line(&key.2)
                    ),
                );
            }
        }
        Ok(())
    }

    /// Whether the query was written with the options that are given now.
    fn asked(&self, note: &str) -> Result<()> {
        let Ok(made) = serde_json::from_str::<Params>(note) else {
            return self.refuse(None, "the total does not say what the query was made for: it was changed.".to_owned());
        };
        if made == *self.params {
            return Ok(());
        }
        let fields = |params: &Params| match serde_json::to_value(params) {
            Ok(serde_json::Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let (then, now) = (fields(&made), fields(self.params));
        let mut told = Vec::new();
        for (field, value) in &then {
            let asked = now.get(field).unwrap_or(&serde_json::Value::Null);
            if value != asked {
                told.push(format!("{field} was {value} and is {asked}"));
            }
        }
        self.refuse(
            None,
            format!(
                "the query was made for something else: {}. Give the options that it was written with, or run it anew.",
                text::line(&told.join("; "))
            ),
        )
    }

    fn told(&self, row: &Row) -> String {
        let named = self.params.by.iter().zip(&row.groups).map(|(name, text)| format!("{name} = {text}"));
        text::line(&named.collect::<Vec<_>>().join(", ")).into_owned()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String never fails.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A whole number, also where it is written as 12.0.
fn count(text: &str) -> Option<u64> {
    let whole = text
        .split_once('.')
        .map_or(text, |(whole, part)| if part.bytes().all(|byte| byte == b'0') { whole } else { text });
    whole.parse().ok()
}

/// Why rows were left out, in the words that reading rows has for it.
fn dropped(rows: &Rows, params: &Params) -> Vec<Count> {
    let roles = [
        (params.y_true.as_ref(), "true"),
        (params.said(), "pred"),
        (params.score.as_ref(), "score"),
        (params.weight.as_ref(), "weight"),
        (params.model.as_ref(), "model"),
    ];
    let named = roles.into_iter().filter_map(|(name, role)| Some((name?.clone(), role.to_owned())));
    let groups = params.by.iter().enumerate().map(|(at, name)| (name.clone(), format!("g{at}")));
    let mut counts = Vec::new();
    for (name, role) in named.chain(groups) {
        for (why, what) in [("empty", "is empty"), ("infinite", "is NaN or infinite")] {
            let why = format!("{why} {role}");
            let n: u64 = rows.cells.iter().filter(|row| row.why == why).map(|row| row.n).sum();
            if n > 0 {
                counts.push(Count { what: format!("“{name}” {what}"), n });
            }
        }
    }
    counts
}
