//! What the rows of a predictions file come to: how many rows fall into each combination of attribute values, true label
//! and predicted label, and how their scores lie.
//!
//! This is all that the statistics know of the data. Whoever fills a [`Cells`], by reading rows here or from the result
//! of an aggregate query that a warehouse ran, gets the same report wherever counts decide it.
//!
//! The order of everything in it is fixed (levels and labels by their text, cells by their key, exact scores by value),
//! so that the order of the rows in the file never shows in the report.

use serde::{Deserialize, Serialize};

/// What the predictions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A true label and a predicted one: [`Cell::y_true`] and [`Cell::y_pred`] are both set.
    Classification,
    /// One label that says how it went, as in a log of tests: only [`Cell::y_pred`] is set.
    Outcome,
    /// A true and a predicted number: neither is set, and [`Cells::values`] holds the numbers.
    Regression,
}

/// What a column is sliced for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Groups of it are compared (`--by`).
    Attribute,
    /// Everything is repeated within each of its values (`--control`).
    Control,
}

/// One value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Level {
    /// Whether this stands for the rows that say nothing. Such a level comes after all others.
    pub missing: bool,
    /// Its text; `(missing)` for the rows that say nothing.
    pub text: String,
}

impl Level {
    /// A value.
    #[must_use]
    pub fn of(text: impl Into<String>) -> Self {
        Self { missing: false, text: text.into() }
    }

    /// The level of the rows that say nothing.
    #[must_use]
    pub fn missing() -> Self {
        Self { missing: true, text: MISSING.to_owned() }
    }
}

/// What stands for a value that is not there.
pub const MISSING: &str = "(missing)";

/// The most levels that a column may have.
pub const MOST_LEVELS: usize = 50;

/// The most combinations of values that are counted.
pub const MOST_CELLS: usize = 1_000_000;

/// The most rows whose scores are kept one by one.
pub const EXACT_ROWS: u64 = 1_000_000;

/// Into how many bins of equal width scores from 0 to 1 are counted beyond [`EXACT_ROWS`]: bin `b` holds the scores in
/// (`b`/40000, (`b`+1)/40000], and the first one 0 as well. A multiple of ten, so that the ten bins of calibration, which
/// have the same open and closed ends, are unions of these.
pub const SCORE_BINS: usize = 40_000;

/// One column that rows are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// The column's name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its values: in the order of their texts (or of the edges, where numbers were cut), missing last.
    pub levels: Vec<Level>,
}

/// How many rows share one combination of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// For each of [`Cells::dimensions`], which of its levels.
    pub levels: Vec<u8>,
    /// Which of [`Cells::labels`] is true.
    pub y_true: Option<u8>,
    /// Which of [`Cells::labels`] was predicted.
    pub y_pred: Option<u8>,
    /// How many rows.
    pub n: u64,
    /// The sum of their weights; `n` where there are none.
    pub weight: f64,
    /// The sum of their squared weights; `n` where there are none.
    pub weight_squared: f64,
}

/// The score of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreRow {
    /// Which of [`Cells::cells`] the row is in; this also says its true label.
    pub cell: u32,
    /// The score.
    pub score: f64,
    /// Its weight; 1 where there are none.
    pub weight: f64,
}

/// How the scores of one group and one true label lie.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreTable {
    /// Which of [`Cells::dimensions`] the group is made of, ascending; none for all rows.
    pub dimensions: Vec<usize>,
    /// The level in each of them.
    pub levels: Vec<u8>,
    /// Which of [`Cells::labels`] is true.
    pub y_true: u8,
    /// For each of the [`SCORE_BINS`], the sum of weights (of ones, where there are none).
    pub bins: Vec<f64>,
}

/// Scores, as far as they are known.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Scores {
    /// There are none.
    #[default]
    None,
    /// Every one, in ascending order of score, then cell, then weight.
    Exact(Vec<ScoreRow>),
    /// Counted into bins, for each group that is reported.
    Binned(Vec<ScoreTable>),
    /// Too many for each to be kept, and outside of 0 to 1, so that there are no bins for them: why, in words.
    Unusable(String),
}

/// The true and the predicted number of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueRow {
    /// Which of [`Cells::cells`] the row is in.
    pub cell: u32,
    /// The true number.
    pub y_true: f64,
    /// The predicted one.
    pub y_pred: f64,
    /// Its weight; 1 where there are none.
    pub weight: f64,
}

/// Sums over the rows of one cell, each exact before it is rounded once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moments {
    /// Σ w·y.
    pub y_true: f64,
    /// Σ w·y².
    pub y_true_squared: f64,
    /// Σ w·ŷ.
    pub y_pred: f64,
    /// Σ w·(ŷ − y).
    pub error: f64,
    /// Σ w·(ŷ − y)².
    pub error_squared: f64,
    /// Σ w·|ŷ − y|.
    pub error_absolute: f64,
    /// How |ŷ − y| lies: upper ends of bins, each at most 0.1 % above its lower end, with the sum of weights; ascending.
    pub absolute: Vec<(f64, f64)>,
}

/// The numbers of a regression.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Values {
    /// There are none.
    #[default]
    None,
    /// Every pair, in a fixed order.
    Exact(Vec<ValueRow>),
    /// Sums for each of [`Cells::cells`].
    Moments(Vec<Moments>),
}

/// Everything that the statistics know of one model's predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// What the predictions are.
    pub task: Task,
    /// The columns that rows are grouped by: those of `--by` in the order given, others that only an intersection or
    /// `--control` names after them.
    pub dimensions: Vec<Dimension>,
    /// All true and predicted labels, in the order of their texts. Spellings of one label (`1` and `1.0`, `True` and
    /// `true`) are one.
    pub labels: Vec<String>,
    /// Whether rows have weights.
    pub weighted: bool,
    /// Each combination that occurs, once, in ascending order of (levels, true label, predicted label).
    pub cells: Vec<Cell>,
    /// The scores of the rows.
    pub scores: Scores,
    /// The numbers of the rows, for a regression.
    pub values: Values,
}

impl Cells {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.cells.iter().map(|cell| cell.n).sum()
    }

    /// Which dimension has this name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<usize> {
        self.dimensions.iter().position(|dimension| dimension.name == name)
    }

    /// Which label has this text, however it is spelt.
    #[must_use]
    pub fn label(&self, text: &str) -> Option<u8> {
        let wanted = super::labels::canonical(text);
        let at = self.labels.iter().position(|label| super::labels::canonical(label) == wanted)?;
        u8::try_from(at).ok()
    }
}
