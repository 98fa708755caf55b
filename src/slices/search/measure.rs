//! What is measured in each row, and which of the two ends is bad.

use serde::{Deserialize, Serialize};

/// What a rate makes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It counts towards the rate.
    True,
    /// It counts against it.
    False,
    /// It is not among what the rate is a share of.
    Undefined,
}

/// What is measured in each entry of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// A rate: the share of `True` among what is not `Undefined`.
    Rate(Vec<Outcome>),
    /// A loss of zero or more, such as an absolute error; its mean is told. What is not a number is undefined.
    Loss(Vec<f64>),
}

impl Measure {
    /// How many entries it speaks of.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Rate(outcomes) => outcomes.len(),
            Self::Loss(losses) => losses.len(),
        }
    }

    /// Whether it speaks of none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same measure of these entries, in this order.
    #[must_use]
    pub fn of_entries(&self, entries: &[usize]) -> Self {
        fn pick<T: Copy>(from: &[T], entries: &[usize]) -> Vec<T> {
            entries.iter().filter_map(|entry| from.get(*entry).copied()).collect()
        }
        match self {
            Self::Rate(outcomes) => Self::Rate(pick(outcomes, entries)),
            Self::Loss(losses) => Self::Loss(pick(losses, entries)),
        }
    }
}

/// A rate of a confusion matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// Share of rows that were predicted wrongly.
    Error,
    /// Share of rows that were predicted rightly.
    Accuracy,
    /// False positive rate: share predicted positive among the actual negatives.
    Fpr,
    /// False negative rate: share predicted negative among the actual positives.
    Fnr,
    /// True positive rate (recall): share predicted positive among the actual positives.
    Tpr,
    /// True negative rate: share predicted negative among the actual negatives.
    Tnr,
    /// Positive predictive value (precision): share of actual positives among those predicted positive.
    Precision,
    /// Negative predictive value: share of actual negatives among those predicted negative.
    Npv,
    /// Selection rate: share predicted positive.
    Selection,
    /// Base rate: share of actual positives.
    BaseRate,
}

impl Rate {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::Error,
        Self::Accuracy,
        Self::Fpr,
        Self::Fnr,
        Self::Tpr,
        Self::Tnr,
        Self::Precision,
        Self::Npv,
        Self::Selection,
        Self::BaseRate,
    ];

    /// The name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Accuracy => "accuracy",
            Self::Fpr => "fpr",
            Self::Fnr => "fnr",
            Self::Tpr => "tpr",
            Self::Tnr => "tnr",
            Self::Precision => "precision",
            Self::Npv => "npv",
            Self::Selection => "selection",
            Self::BaseRate => "base-rate",
        }
    }

    /// The rate of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.name() == name)
    }

    /// What it makes of a row with this label and this prediction.
    #[must_use]
    pub const fn outcome(self, actual: bool, predicted: bool) -> Outcome {
        let (among, counts) = match self {
            Self::Error => (true, actual != predicted),
            Self::Accuracy => (true, actual == predicted),
            Self::Fpr => (!actual, predicted),
            Self::Fnr => (actual, !predicted),
            Self::Tpr => (actual, predicted),
            Self::Tnr => (!actual, !predicted),
            Self::Precision => (predicted, actual),
            Self::Npv => (!predicted, !actual),
            Self::Selection => (true, predicted),
            Self::BaseRate => (true, actual),
        };
        match (among, counts) {
            (false, _) => Outcome::Undefined,
            (true, true) => Outcome::True,
            (true, false) => Outcome::False,
        }
    }

    /// Which end of it is worst for the people concerned; a selection or base rate is told either way.
    #[must_use]
    pub const fn worst(self) -> Direction {
        match self {
            Self::Error | Self::Fpr | Self::Fnr => Direction::Highest,
            Self::Accuracy | Self::Tpr | Self::Tnr | Self::Precision | Self::Npv => Direction::Lowest,
            Self::Selection | Self::BaseRate => Direction::Either,
        }
    }
}

/// Which divergence is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Above the whole.
    Highest,
    /// Below the whole.
    Lowest,
    /// The farther from the whole, the worse.
    Either,
}

impl Direction {
    /// How bad this divergence is, the worse the larger.
    #[must_use]
    pub const fn badness(self, divergence: f64) -> f64 {
        match self {
            Self::Highest => divergence,
            Self::Lowest => -divergence,
            Self::Either => divergence.abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_named_once_and_found_by_name() {
        for rate in Rate::ALL {
            assert_eq!(Rate::named(rate.name()), Some(rate));
        }
        assert_eq!(Rate::named("recall"), None);
    }

    #[test]
    fn rates_are_shares_of_the_right_rows() {
        use Outcome::{False, True, Undefined};
        // In the order: true positive, false negative, false positive, true negative.
        let of =
            |rate: Rate| [(true, true), (true, false), (false, true), (false, false)].map(|(a, p)| rate.outcome(a, p));
        assert_eq!(of(Rate::Error), [False, True, True, False]);
        assert_eq!(of(Rate::Accuracy), [True, False, False, True]);
        assert_eq!(of(Rate::Fpr), [Undefined, Undefined, True, False]);
        assert_eq!(of(Rate::Fnr), [False, True, Undefined, Undefined]);
        assert_eq!(of(Rate::Tpr), [True, False, Undefined, Undefined]);
        assert_eq!(of(Rate::Tnr), [Undefined, Undefined, False, True]);
        assert_eq!(of(Rate::Precision), [True, Undefined, False, Undefined]);
        assert_eq!(of(Rate::Npv), [Undefined, False, Undefined, True]);
        assert_eq!(of(Rate::Selection), [True, False, True, False]);
        assert_eq!(of(Rate::BaseRate), [True, True, False, False]);
    }

    #[test]
    fn the_worst_end_depends_on_the_rate() {
        assert!(Rate::Fpr.worst().badness(0.1) > Rate::Fpr.worst().badness(-0.2));
        assert!(Rate::Precision.worst().badness(-0.1) > Rate::Precision.worst().badness(0.2));
        assert!(Rate::Selection.worst().badness(-0.2) > Rate::Selection.worst().badness(0.1));
    }
}
