//! From a predictions file to the worst slices: lays out what was counted for [`search`](super::search), and names what
//! is measured.

use super::cells::{Cells, Level, Task, Values};
use super::error::{Error, Result};
use super::labels;
use super::metric::Rate;
use super::options::Request;
use super::read::plan::MOST_DIMENSIONS;
use super::read::{self, Columns};
use super::search::{
    Column, Direction, ERROR, Found, Grouping, Measure, Options, Outcome, Ranking, SearchError, Searcher, Table, Watch,
    outcome, rate, worst,
};

/// What slices are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// SliceLine's score of the error, of the absolute error of a regression, or of what lacks the favourable outcome.
    Sliceline,
    /// How far this rate is from that of all rows.
    Rate(&'static Rate),
    /// How far the mean absolute error of a regression is above that of all rows.
    Loss,
}

impl By {
    /// What has this name on the command line; dashes may stand for underscores.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.replace('-', "_").as_str() {
            "sliceline" => Some(Self::Sliceline),
            "loss" => Some(Self::Loss),
            "selection" => rate("selection_rate").map(Self::Rate),
            name => rate(name).map(Self::Rate),
        }
    }

    /// The name of what is measured.
    #[must_use]
    pub const fn measure(self, task: Task) -> &'static str {
        match (self, task) {
            (Self::Rate(rate), _) => rate.name,
            (Self::Sliceline, Task::Classification) => ERROR.name,
            (Self::Sliceline, Task::Outcome) => "not_favourable",
            (Self::Loss, _) | (Self::Sliceline, Task::Regression) => "absolute_error",
        }
    }

    /// What slices are ranked by, where SliceLine's score weighs the loss by `alpha`.
    #[must_use]
    pub const fn ranking(self, alpha: f64) -> Ranking {
        match self {
            Self::Sliceline => Ranking::Sliceline { alpha },
            Self::Rate(rate) => Ranking::Divergence { direction: worst(rate) },
            Self::Loss => Ranking::Divergence { direction: Direction::Highest },
        }
    }
}

/// A search for the worst slices, as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Hunt {
    /// The columns that slices are made of; those of the report, where none is named.
    pub columns: Vec<String>,
    /// What makes a slice bad.
    pub by: By,
    /// How it is searched.
    pub options: Options,
}

/// What is true and what was predicted in each entry of a table.
#[derive(Debug, Clone, PartialEq)]
enum Facts {
    /// By the places of labels.
    Labels(Vec<(Option<u8>, Option<u8>)>),
    /// By how far the prediction is off.
    Losses(Vec<f64>),
}

/// Predictions laid out for searches, as many as wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// What the predictions are.
    pub task: Task,
    /// The columns that slices are made of.
    pub table: Table,
    /// The labels.
    pub labels: Vec<String>,
    facts: Facts,
}

/// The labels that matter for a measure, by their places; none where no row has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Meaning {
    /// The positive one.
    pub positive: Option<u8>,
    /// The one that is good for the person; the positive one, where that was not said.
    pub favourable: Option<u8>,
}

impl Encoded {
    /// What was counted, all columns of it.
    ///
    /// # Errors
    /// Where a regression has more rows than are kept one by one.
    pub fn of(cells: &Cells) -> Result<Self> {
        let place = |level: u8| u32::from(level);
        let columns = |entries: &mut dyn Iterator<Item = usize>| -> Vec<Column> {
            let entries: Vec<usize> = entries.collect();
            let code = |at: usize, entry: &usize| cells.cells.get(*entry)?.levels.get(at).copied().map(place);
            let column = |(at, dimension): (usize, &super::cells::Dimension)| Column {
                name: dimension.name.clone(),
                levels: dimension.levels.iter().map(|level: &Level| level.text.clone()).collect(),
                codes: entries.iter().filter_map(|entry| code(at, entry)).collect(),
            };
            cells.dimensions.iter().enumerate().map(column).collect()
        };
        let (table, facts) = match &cells.values {
            Values::Exact(rows) => {
                let columns = columns(&mut rows.iter().map(|row| row.cell as usize));
                let losses = rows.iter().map(|row| (row.y_pred - row.y_true).abs()).collect();
                (Table::new(columns, None), Facts::Losses(losses))
            }
            Values::Moments(_) => {
                return Err(Error::Asked(
                    "The worst slices of a regression are searched row by row, and there are too many rows. Search a sample of them."
                        .to_owned(),
                ));
            }
            Values::None => {
                let columns = columns(&mut (0..cells.cells.len()));
                let counts = cells.cells.iter().map(|cell| cell.n).collect();
                let labels = cells.cells.iter().map(|cell| (cell.y_true, cell.y_pred)).collect();
                (Table::new(columns, Some(counts)), Facts::Labels(labels))
            }
        };
        let table = table.map_err(|error| Error::Asked(error.to_string()))?;
        Ok(Self { task: cells.task, table, labels: cells.labels.clone(), facts })
    }

    /// Reads a file for slices of these columns, which may be others, and more, than the report compares. Where they are
    /// more than are counted at once the file is read several times, and what is kept grows with the number of rows.
    ///
    /// # Errors
    /// As [`read::read`]; and where there are more rows than can be remembered one by one.
    pub fn read(
        columns: &Columns,
        names: &[String],
        positive: Option<&str>,
        model: Option<&str>,
        watch: &mut read::Watch<'_>,
    ) -> Result<Self> {
        let several = names.len() > MOST_DIMENSIONS;
        let mut parts = Vec::new();
        for names in names.chunks(MOST_DIMENSIONS) {
            let asked = Columns {
                by: names.to_vec(),
                intersect: Vec::new(),
                control: None,
                id: None,
                edges: columns.edges.iter().filter(|(name, _)| names.contains(name)).cloned().collect(),
                trail: several,
                ..columns.clone()
            };
            let read = read::read(&asked, positive, watch)?;
            let chosen = read.models.into_iter().find(|one| model.is_none() || one.name.as_deref() == model);
            let Some(chosen) = chosen else {
                return Err(Error::Asked("There is no such model in the file.".to_owned()));
            };
            parts.push((chosen.cells, read.trail));
        }
        match parts.as_slice() {
            [(cells, _)] => Self::of(cells),
            parts => joined(parts),
        }
    }

    /// The measure of each entry.
    ///
    /// # Errors
    /// Where these predictions have no such measure.
    pub fn measure(&self, by: By, meaning: Meaning) -> Result<Measure> {
        match (by, &self.facts) {
            (By::Sliceline | By::Loss, Facts::Losses(losses)) => Ok(Measure::Loss(losses.clone())),
            (By::Rate(rate), Facts::Losses(_)) => {
                Err(Error::Asked(format!("A regression has no {}; search by sliceline or by loss.", rate.name)))
            }
            (By::Loss, Facts::Labels(_)) => {
                Err(Error::Asked("Only a regression has a loss; search by sliceline or by a rate.".to_owned()))
            }
            (By::Sliceline, Facts::Labels(labels)) if self.task == Task::Outcome => {
                let good = meaning.favourable.or(meaning.positive);
                let of =
                    |(_, said): &(Option<u8>, Option<u8>)| if *said == good { Outcome::False } else { Outcome::True };
                Ok(Measure::Rate(labels.iter().map(of).collect()))
            }
            (By::Sliceline, Facts::Labels(labels)) => Ok(share(&ERROR, labels, meaning)),
            (By::Rate(rate), Facts::Labels(labels)) => {
                let known = super::metric::rates(self.task).iter().any(|known| known.name == rate.name);
                if known || (self.task == Task::Classification && *rate == ERROR) {
                    return Ok(share(rate, labels, meaning));
                }
                let names: Vec<&str> = super::metric::rates(self.task).iter().map(|rate| rate.name).collect();
                Err(Error::Asked(format!("There is no {} here; there are {}.", rate.name, names.join(", "))))
            }
        }
    }
}

fn share(rate: &Rate, labels: &[(Option<u8>, Option<u8>)], meaning: Meaning) -> Measure {
    let is = |label: &Option<u8>| label.is_some() && *label == meaning.positive;
    Measure::Rate(labels.iter().map(|(actual, predicted)| outcome(rate, is(actual), is(predicted))).collect())
}

/// Each row's cells from several readings of one file, put side by side; equal rows once.
fn joined(parts: &[(Cells, Vec<Option<u32>>)]) -> Result<Encoded> {
    let Some((first, trail)) = parts.first() else {
        return Err(Error::Asked("Name the columns to search.".to_owned()));
    };
    if parts.iter().any(|(_, other)| other.len() != trail.len() || other.is_empty()) {
        return Err(Error::Asked(format!(
            "There are too many rows to search more than {MOST_DIMENSIONS} columns at once; name fewer."
        )));
    }
    if first.task == Task::Regression {
        return Err(Error::Asked(format!(
            "Name at most {MOST_DIMENSIONS} columns to search the errors of a regression."
        )));
    }
    let mut rows = Grouping::<Vec<u8>>::default();
    let mut key = Vec::new();
    'rows: for row in 0..trail.len() {
        key.clear();
        let mut said = [u8::MAX; 2];
        for (cells, trail) in parts {
            let cell = trail.get(row).copied().flatten().and_then(|cell| cells.cells.get(cell as usize));
            let Some(cell) = cell else { continue 'rows };
            key.extend_from_slice(&cell.levels);
            said = [cell.y_true, cell.y_pred].map(|label| label.unwrap_or(u8::MAX));
        }
        key.extend_from_slice(&said);
        rows.add(key.as_slice(), 1);
    }
    let rows = rows.sorted();
    let dimensions = parts.iter().flat_map(|(cells, _)| &cells.dimensions);
    let column = |(at, dimension): (usize, &super::cells::Dimension)| Column {
        name: dimension.name.clone(),
        levels: dimension.levels.iter().map(|level| level.text.clone()).collect(),
        codes: rows.iter().filter_map(|(key, _)| key.get(at).copied().map(u32::from)).collect(),
    };
    let columns: Vec<Column> = dimensions.enumerate().map(column).collect();
    let width = columns.len();
    let label = |key: &[u8], at: usize| key.get(width + at).copied().filter(|label| *label != u8::MAX);
    let labels = rows.iter().map(|(key, _)| (label(key, 0), label(key, 1))).collect();
    let counts = rows.iter().map(|(_, count)| *count).collect();
    let table = Table::new(columns, Some(counts)).map_err(|error| Error::Asked(error.to_string()))?;
    Ok(Encoded { task: first.task, table, labels: first.labels.clone(), facts: Facts::Labels(labels) })
}

/// Searches once. For several searches of the same predictions keep the [`Encoded`] and a [`Searcher`] of its table.
///
/// # Errors
/// As [`Encoded::measure`] and [`Searcher::search`].
pub fn find(encoded: &Encoded, by: By, meaning: Meaning, options: &Options, watch: &Watch) -> Result<Found> {
    let measure = encoded.measure(by, meaning)?;
    let found = Searcher::new(encoded.table.clone()).search(&measure, options, watch);
    let mut found = found.map_err(|error| match error {
        SearchError::Cancelled => Error::Cancelled,
        error => Error::Asked(format!("The worst slices cannot be searched: {error}.")),
    })?;
    by.measure(encoded.task).clone_into(&mut found.measure);
    Ok(found)
}

/// Searches for what is asked for, in what the report counted, or else in the file.
///
/// # Errors
/// As [`find`]; and where the counts of a query do not have the columns.
pub fn hunt(
    hunt: &Hunt,
    request: &Request,
    cells: &Cells,
    model: Option<&str>,
    watch: &mut read::Watch<'_>,
) -> Result<Found> {
    let at_hand = Encoded::of(cells)?;
    let encoded = match at_hand.table.select(&hunt.columns) {
        _ if hunt.columns.is_empty() => at_hand,
        Some(table) => Encoded { table, ..at_hand },
        None if request.counts.is_some() => {
            return Err(Error::Asked(
                "--columns names columns that the query did not count. Name them with --by when the query is written."
                    .to_owned(),
            ));
        }
        None => Encoded::read(&request.columns, &hunt.columns, request.positive.as_deref(), model, watch)?,
    };
    let place = |named: Option<&str>, option: &str| -> Result<Option<u8>> {
        if encoded.task == Task::Regression {
            return Ok(None);
        }
        Ok(labels::positive(&encoded.labels, named, option)?.at)
    };
    let positive = place(request.positive.as_deref(), "--positive")?;
    let favourable = request.favourable.as_deref().map(|label| place(Some(label), "--favourable")).transpose()?;
    let meaning = Meaning { positive, favourable: favourable.flatten() };
    let options = Options { least_defined: hunt.options.least_defined.max(request.min_count), ..hunt.options.clone() };
    find(&encoded, hunt.by, meaning, &options, &Watch { cancelled: Some(watch.cancel), ..Watch::default() })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;

    use super::super::search::Support;
    use super::*;

    fn columns(file: &Path) -> Columns {
        Columns {
            file: file.to_owned(),
            y_true: Some("y".to_owned()),
            y_pred: Some("p".to_owned()),
            by: vec!["c0".to_owned()],
            ..Columns::default()
        }
    }

    fn encoded(file: &Path, count: usize) -> Encoded {
        let names: Vec<String> = (0..count).map(|at| format!("c{at}")).collect();
        let cancel = AtomicBool::new(false);
        let mut watch = read::Watch { cancel: &cancel, tell: &mut |_, _| {} };
        Encoded::read(&columns(file), &names, None, None, &mut watch).expect("it is read")
    }

    /// Sixteen columns, which takes two readings; errors where c0 = 1 and c15 = 2.
    fn file() -> tempfile::NamedTempFile {
        let mut csv = String::new();
        for at in 0..16 {
            let _ = write!(csv, "c{at},");
        }
        csv.push_str("y,p\n");
        for row in 0_u32..900 {
            for at in 0..15_u32 {
                let _ = write!(csv, "{},", (row >> at) & 1);
            }
            let wrong = row & 1 == 1 && row % 3 == 2;
            let _ = writeln!(csv, "{},1,{}", row % 3, u8::from(!wrong));
        }
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), csv).expect("written");
        file
    }

    #[test]
    fn more_columns_than_are_counted_at_once_are_read_in_turns() {
        let file = file();
        let all = encoded(file.path(), 16);
        assert_eq!((all.table.rows(), all.table.columns().len()), (900, 16));
        let positive = all.labels.iter().position(|label| label == "1").and_then(|at| u8::try_from(at).ok());
        let meaning = Meaning { positive, favourable: None };
        for by in ["sliceline", "error", "fnr"] {
            let by = By::named(by).expect("known");
            let options = Options { ranking: by.ranking(0.95), support: Support::Rows(30), ..Options::default() };
            let found = find(&all, by, meaning, &options, &Watch::default()).expect("found");
            let worst = found.slices.first().expect("a slice");
            assert_eq!((worst.name().as_str(), worst.n, worst.figure.value), ("c0 = 1 and c15 = 2", 150, Some(1.0)));
        }
    }

    #[test]
    fn columns_read_at_once_and_in_turns_say_the_same() {
        let file = file();
        let (few, many) = (encoded(file.path(), 12), encoded(file.path(), 13));
        let positive = Some(1);
        let by = By::named("selection").expect("known");
        let options = Options { ranking: by.ranking(0.95), support: Support::Rows(30), ..Options::default() };
        let meaning = Meaning { positive, favourable: None };
        let found = |encoded: &Encoded| find(encoded, by, meaning, &options, &Watch::default()).expect("found");
        let (few, many) = (found(&few), found(&many));
        assert_eq!(few.overall, many.overall);
        assert_eq!(
            few.slices.first().map(|slice| slice.gap.clone()),
            many.slices.first().map(|slice| slice.gap.clone())
        );
    }

    #[test]
    fn what_the_predictions_do_not_have_is_refused() {
        let file = file();
        let encoded = encoded(file.path(), 2);
        for by in ["loss", "rate"] {
            let told =
                encoded.measure(By::named(by).expect("known"), Meaning::default()).expect_err("refused").to_string();
            assert!(told.contains("sliceline") || told.contains("fpr"), "{told}");
        }
        assert_eq!(By::named("recall"), None);
    }
}
