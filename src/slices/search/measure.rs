//! What is measured in each row, and which of the two ends is bad.

use serde::{Deserialize, Serialize};

use crate::slices::metric::{self, Rate};
use crate::slices::tally::{ALL, FN, FP, TN, TP};

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

/// The share of rows that were predicted wrongly: what SliceLine takes for the loss of a classification.
pub static ERROR: Rate = Rate {
    name: "error",
    label: "Error rate",
    counted: FP | FN,
    of: ALL,
    undefined: "undefined: no rows",
    tested: false,
    about: "predicted other than is true, of all",
};

/// The rate of this name: one of the report's, or `error`.
#[must_use]
pub fn rate(name: &str) -> Option<&'static Rate> {
    if name == ERROR.name { Some(&ERROR) } else { metric::find(name) }
}

/// What a rate makes of a row with this label and this prediction.
#[must_use]
pub const fn outcome(rate: &Rate, actual: bool, predicted: bool) -> Outcome {
    let row = match (actual, predicted) {
        (true, true) => TP,
        (true, false) => FN,
        (false, true) => FP,
        (false, false) => TN,
    };
    match (rate.of & row != 0, rate.counted & row != 0) {
        (false, _) => Outcome::Undefined,
        (true, true) => Outcome::True,
        (true, false) => Outcome::False,
    }
}

/// Which end of a rate is worst: the high one where it counts mistakes, the low one where it counts what was right. A
/// selection rate, a base rate and the rate of an outcome are told either way.
#[must_use]
pub const fn worst(rate: &Rate) -> Direction {
    let mistakes = rate.counted & !(FP | FN) == 0;
    let right = rate.counted & !(TP | TN) == 0;
    match (mistakes, right) {
        (true, false) => Direction::Highest,
        (false, true) => Direction::Lowest,
        _ => Direction::Either,
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
    fn the_error_rate_is_what_accuracy_is_not() {
        let accuracy = rate("accuracy").unwrap();
        for (actual, predicted) in [(true, true), (true, false), (false, true), (false, false)] {
            let told = (outcome(&ERROR, actual, predicted), outcome(accuracy, actual, predicted));
            let wrong = actual != predicted;
            assert_eq!(told, if wrong { (Outcome::True, Outcome::False) } else { (Outcome::False, Outcome::True) });
        }
        assert!(rate("recall").is_none());
    }

    #[test]
    fn rates_are_shares_of_the_right_rows() {
        use Outcome::{False, True, Undefined};
        // In the order: true positive, false negative, false positive, true negative.
        let of = |name: &str| {
            [(true, true), (true, false), (false, true), (false, false)]
                .map(|(a, p)| outcome(rate(name).unwrap(), a, p))
        };
        assert_eq!(of("fpr"), [Undefined, Undefined, True, False]);
        assert_eq!(of("fnr"), [False, True, Undefined, Undefined]);
        assert_eq!(of("precision"), [True, Undefined, False, Undefined]);
        assert_eq!(of("npv"), [Undefined, False, Undefined, True]);
        assert_eq!(of("selection_rate"), [True, False, True, False]);
        assert_eq!(of("base_rate"), [True, True, False, False]);
    }

    #[test]
    fn the_worst_end_depends_on_the_rate() {
        let worst = |name: &str| worst(rate(name).unwrap());
        for name in ["error", "fpr", "fnr", "fdr", "for"] {
            assert_eq!(worst(name), Direction::Highest, "{name}");
        }
        for name in ["accuracy", "tpr", "tnr", "precision", "npv"] {
            assert_eq!(worst(name), Direction::Lowest, "{name}");
        }
        for name in ["selection_rate", "base_rate", "rate"] {
            assert_eq!(worst(name), Direction::Either, "{name}");
        }
        assert!(Direction::Lowest.badness(-0.1) > Direction::Lowest.badness(0.2));
        assert!(Direction::Either.badness(-0.2) > Direction::Either.badness(0.1));
    }
}
