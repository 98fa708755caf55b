//! What is looked for, and why it cannot be.

use serde::{Deserialize, Serialize};

use super::index::number;
use super::measure::Direction;

/// The most slices that are looked at one by one, where nobody says otherwise.
pub const MOST_SLICES: u64 = 5_000_000;

/// What slices are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Ranking {
    /// SliceLine's score of the loss: high mean loss in many rows.
    Sliceline {
        /// The weight of the loss against the size, above 0 and up to 1.
        alpha: f64,
    },
    /// How far the rate, or the mean loss, is from that of all rows.
    Divergence {
        /// Which end is bad.
        direction: Direction,
    },
}

/// The fewest rows of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// So many.
    Rows(u64),
    /// This share of the rows searched, rounded up.
    Share(f64),
    /// This share, and at least so many.
    ShareAndRows(f64, u64),
}

impl Support {
    /// How many rows that is, of so many.
    #[must_use]
    pub fn of(self, rows: u64) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of rows")]
        let share = |share: f64| (number(rows) * share - 1e-9).ceil().max(0.0) as u64;
        match self {
            Self::Rows(rows) => rows,
            Self::Share(part) => share(part),
            Self::ShareAndRows(part, rows) => share(part).max(rows),
        }
        .max(1)
    }
}

/// How p is adjusted for the number of slices looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjust {
    /// Benjamini and Hochberg (1995).
    #[default]
    BenjaminiHochberg,
    /// Benjamini and Yekutieli (2001): holds however slices overlap, and is the more cautious.
    BenjaminiYekutieli,
    /// Not at all, which leaves out the walk through all slices.
    None,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What slices are ranked by.
    pub ranking: Ranking,
    /// The fewest rows of a slice.
    pub support: Support,
    /// The fewest rows of a slice in which the measure must be defined, to be listed by its divergence.
    pub least_defined: u64,
    /// The most items of a slice.
    pub depth: usize,
    /// How many slices are wanted.
    pub top: usize,
    /// A slice is left out when one of its items changes the rate by no more than this; nothing leaves none out.
    pub epsilon: Option<f64>,
    /// How p is adjusted.
    pub adjust: Adjust,
    /// Look in one half of the rows, chosen by this seed, and confirm in the other.
    pub split: Option<u64>,
    /// The most slices that are looked at one by one.
    pub most_slices: u64,
    /// On how many threads; all there are, where it does not say.
    pub threads: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ranking: Ranking::Sliceline { alpha: 0.95 },
            support: Support::ShareAndRows(0.01, 30),
            least_defined: 30,
            depth: 3,
            top: 10,
            epsilon: Some(0.01),
            adjust: Adjust::default(),
            split: None,
            most_slices: MOST_SLICES,
            threads: None,
        }
    }
}

/// Why nothing was found out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SearchError {
    /// A measure of other rows.
    #[error("the measure speaks of {0} rows, the table has {1}")]
    OtherRows(usize, usize),
    /// No alpha.
    #[error("alpha weighs the loss against the size: it is above 0 and at most 1, not {0}")]
    Alpha(f64),
    /// A loss below zero.
    #[error("a loss is zero or more, and one of them is {0}")]
    NegativeLoss(f64),
    /// Nothing to measure.
    #[error("the measure is defined in no row")]
    NothingDefined,
    /// Too many slices.
    #[error(
        "more than {0} slices have enough rows: ask for a larger support, for fewer columns, or for fewer of them in one slice"
    )]
    TooMany(u64),
    /// Somebody asked for an end.
    #[error("Cancelled.")]
    Cancelled,
}
