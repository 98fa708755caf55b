//! What is asked of an analysis, besides which columns hold what.

use super::read::Columns;
use super::worst::Hunt;

/// Which group others are compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reference {
    /// The one with the most rows.
    #[default]
    Largest,
    /// The one with the highest rate of the favourable outcome.
    Best,
    /// Those that are named, one a column; the largest where none is.
    Named(Vec<(String, String)>),
}

/// A table that a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// New York City, Local Law 144 of 2021 and the final rules of 2023.
    NycLl144,
    /// The four-fifths rule of the Uniform Guidelines, 29 CFR 1607.4(D).
    UsFourFifths,
}

/// A group under this many rows is not shown.
pub const MIN_COUNT: u64 = 10;

/// What chance is drawn with, where nobody says otherwise.
pub const SEED: u64 = 20_260_101;

/// How far apart two rates may be for a criterion to count as holding.
pub const TOLERANCE: f64 = 0.05;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The file and its columns.
    pub columns: Columns,
    /// The positive label.
    pub positive: Option<String>,
    /// The label that is good for the person.
    pub favourable: Option<String>,
    /// Which group others are compared with.
    pub reference: Reference,
    /// Groups with fewer rows are not shown.
    pub min_count: u64,
    /// What chance is drawn with.
    pub seed: u64,
    /// Which of several models in the file is looked at.
    pub model: Option<String>,
    /// The model in the file that it is compared with.
    pub baseline: Option<String>,
    /// The file that it is compared with.
    pub against: Option<std::path::PathBuf>,
    /// A table that a rule asks for.
    pub preset: Option<Preset>,
    /// Whether conventions are Fairlearn's: rates of nothing are 0, groups of every size are shown, rows that do not say
    /// their group are refused.
    pub fairlearn_compatible: bool,
    /// The worst slices, where they are searched for.
    pub worst: Option<Hunt>,
    /// The result of a query that counted the rows, instead of the file.
    pub counts: Option<std::path::PathBuf>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            columns: Columns::default(),
            positive: None,
            favourable: None,
            reference: Reference::default(),
            min_count: MIN_COUNT,
            seed: SEED,
            model: None,
            baseline: None,
            against: None,
            preset: None,
            fairlearn_compatible: false,
            worst: None,
            counts: None,
        }
    }
}
