//! Rates: what they are of what, when they are undefined, and how sure they are.

use serde::{Deserialize, Serialize};

use super::cells::Task;
use super::interval::{Interval, wilson};
use super::tally::{ALL, Confusion, FN, FP, TN, TP, Tally};

/// A share of some rows of a group.
#[derive(Debug, PartialEq, Eq)]
pub struct Rate {
    /// Its name in every output.
    pub name: &'static str,
    /// Its name for readers.
    pub label: &'static str,
    /// Which rows are counted.
    pub counted: u8,
    /// Of which rows.
    pub of: u8,
    /// Why there is none, where there are no such rows.
    pub undefined: &'static str,
    /// Whether it is tested against the reference group. One that says the same as another one (FNR is 1 − TPR) is not:
    /// its p-value is the other's.
    pub tested: bool,
    /// What it says, in a few words.
    pub about: &'static str,
}

const fn rate(
    name: &'static str,
    label: &'static str,
    (counted, of): (u8, u8),
    undefined: &'static str,
    tested: bool,
    about: &'static str,
) -> Rate {
    Rate { name, label, counted, of, undefined, tested, about }
}

const NO_POSITIVES: &str = "undefined: no row is truly positive";
const NO_NEGATIVES: &str = "undefined: no row is truly negative";
const NO_SELECTED: &str = "undefined: no row was predicted positive";
const NO_REJECTED: &str = "undefined: no row was predicted negative";
const NO_ROWS: &str = "undefined: no rows";

/// The rates of a classification, in the order in which they are shown.
pub static RATES: &[Rate] = &[
    rate("base_rate", "Base rate", (TP | FN, ALL), NO_ROWS, true, "truly positive, of all"),
    rate("selection_rate", "Selection rate", (TP | FP, ALL), NO_ROWS, true, "predicted positive, of all"),
    rate("tpr", "TPR", (TP, TP | FN), NO_POSITIVES, true, "predicted positive, of the truly positive"),
    rate("fpr", "FPR", (FP, FP | TN), NO_NEGATIVES, true, "predicted positive, of the truly negative"),
    rate("fnr", "FNR", (FN, TP | FN), NO_POSITIVES, false, "predicted negative, of the truly positive"),
    rate("tnr", "TNR", (TN, FP | TN), NO_NEGATIVES, false, "predicted negative, of the truly negative"),
    rate("precision", "Precision", (TP, TP | FP), NO_SELECTED, true, "truly positive, of the predicted positive"),
    rate("fdr", "FDR", (FP, TP | FP), NO_SELECTED, false, "truly negative, of the predicted positive"),
    rate("npv", "NPV", (TN, FN | TN), NO_REJECTED, true, "truly negative, of the predicted negative"),
    rate("for", "FOR", (FN, FN | TN), NO_REJECTED, false, "truly positive, of the predicted negative"),
    rate("accuracy", "Accuracy", (TP | TN, ALL), NO_ROWS, true, "predicted as is true, of all"),
];

/// The rate of plain outcomes.
pub static OUTCOMES: &[Rate] =
    &[rate("rate", "Rate", (TP | FP, ALL), NO_ROWS, true, "with the positive outcome, of all")];

/// The rates of a task.
#[must_use]
pub fn rates(task: Task) -> &'static [Rate] {
    match task {
        Task::Classification => RATES,
        Task::Outcome => OUTCOMES,
        Task::Regression => &[],
    }
}

/// The rate of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rate> {
    RATES.iter().chain(OUTCOMES).find(|rate| rate.name == name)
}

/// A denominator under this is marked unstable: the interval of a share of one half is then ±17 points or wider.
pub const STABLE: u64 = 30;

/// A figure, how sure it is, and of how many rows; or why there is none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure.
    pub value: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many rows it is a figure of: its denominator.
    pub n: u64,
    /// Why the figure, or its interval, is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether so few rows are behind it that it can easily be chance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unstable: bool,
}

impl Estimate {
    /// There is no such figure.
    #[must_use]
    pub fn none(n: u64, reason: impl Into<String>) -> Self {
        Self { n, reason: Some(reason.into()), ..Self::default() }
    }

    /// A figure without an interval.
    #[must_use]
    pub fn bare(value: f64, n: u64, reason: impl Into<String>) -> Self {
        Self { value: Some(value), reason: Some(reason.into()), unstable: n < STABLE, ..Self::none(n, "") }
    }

    /// A figure with its interval.
    #[must_use]
    pub fn of(value: f64, interval: Interval, n: u64) -> Self {
        let Interval { low, high } = interval;
        Self { value: Some(value), low: Some(low), high: Some(high), n, reason: None, unstable: n < STABLE }
    }

    /// The interval, where there is one.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        Some(Interval { low: self.low?, high: self.high? })
    }
}

impl Rate {
    /// What is counted, and of what.
    #[must_use]
    pub fn counts(&self, confusion: &Confusion) -> (Tally, Tally) {
        (confusion.of(self.counted), confusion.of(self.of))
    }

    /// The share; none where it is a share of nothing.
    #[must_use]
    pub fn value(&self, confusion: &Confusion) -> Option<f64> {
        let (counted, of) = self.counts(confusion);
        (of.weight > 0.0).then(|| (counted.weight / of.weight).clamp(0.0, 1.0))
    }

    /// The share with Wilson's interval.
    #[must_use]
    pub fn estimate(&self, confusion: &Confusion) -> Estimate {
        let (_, of) = self.counts(confusion);
        let Some(value) = self.value(confusion) else {
            let reason = if of.n > 0 { "undefined: the weights of these rows are all 0" } else { self.undefined };
            return Estimate::none(of.n, reason);
        };
        Estimate::of(value, wilson(value, of.effective()), of.n)
    }
}

/// F1 = 2TP/(2TP + FP + FN), for which there is no simple interval.
#[must_use]
pub fn f1(confusion: &Confusion) -> Estimate {
    let (tp, wrong) = (confusion.of(TP), confusion.of(FP | FN));
    let n = tp.n + wrong.n;
    let under = 2.0 * tp.weight + wrong.weight;
    if under > 0.0 {
        Estimate::bare(2.0 * tp.weight / under, n, NO_INTERVAL)
    } else {
        Estimate::none(n, "undefined: no row is positive or was predicted so")
    }
}

/// (TPR + TNR)/2.
#[must_use]
pub fn balanced_accuracy(confusion: &Confusion) -> Estimate {
    let n = confusion.of(ALL).n;
    let share = |name: &str| find(name).and_then(|rate| rate.value(confusion));
    match (share("tpr"), share("tnr")) {
        (Some(tpr), Some(tnr)) => Estimate::bare(f64::midpoint(tpr, tnr), n, NO_INTERVAL),
        (None, _) => Estimate::none(n, NO_POSITIVES),
        (_, None) => Estimate::none(n, NO_NEGATIVES),
    }
}

/// Why a figure comes without an interval.
pub const NO_INTERVAL: &str = "no interval is given for this figure";
