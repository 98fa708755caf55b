//! Figures as they are read.

use crate::slices::cells::Task;
use crate::slices::metric::{Estimate, find};

/// Stands for a figure that is not there; why is said beside it or in a note.
pub const NONE: &str = "–";

/// How a figure of this name is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share, as a percentage.
    Percent,
    /// A number.
    Number,
}

/// The unit of a figure.
#[must_use]
pub fn unit(name: &str, task: Task) -> Unit {
    if task == Task::Regression || name == "auc" { Unit::Number } else { Unit::Percent }
}

/// The name of a figure for readers.
#[must_use]
pub fn label(name: &str) -> &str {
    match name {
        "f1" => "F1",
        "balanced_accuracy" => "Balanced accuracy",
        "auc" => "AUC",
        "mae" => "Mean absolute error",
        "rmse" => "Root mean squared error",
        "bias" => "Bias",
        "r2" => "R²",
        "median_absolute_error" => "Median absolute error",
        "p90_absolute_error" => "90 % of errors are under",
        "mean_true" => "Mean true value",
        "mean_predicted" => "Mean prediction",
        name => find(name).map_or(name, |rate| rate.label),
    }
}

/// One number.
#[must_use]
pub fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{:.1}", 100.0 * value),
        Unit::Number if value.abs() >= 1000.0 => format!("{value:.1}"),
        Unit::Number => format!("{value:.3}"),
    }
}

/// A number with its sign.
#[must_use]
pub fn signed(value: f64, unit: Unit) -> String {
    let shown = number(value, unit);
    if value > 0.0 { format!("+{shown}") } else { shown }
}

/// A figure with its interval, and a mark where few rows are behind it.
#[must_use]
pub fn estimate(estimate: &Estimate, unit: Unit, with_sign: bool) -> String {
    let show = |value: f64| if with_sign { signed(value, unit) } else { number(value, unit) };
    let Some(value) = estimate.value else { return NONE.to_owned() };
    let mut shown = show(value);
    if let Some(interval) = estimate.interval() {
        shown.push_str(&format!(" [{} to {}]", show(interval.low), show(interval.high)));
    }
    if estimate.unstable {
        shown.push('*');
    }
    shown
}

/// A p-value.
#[must_use]
pub fn p(p: Option<f64>) -> String {
    match p {
        None => NONE.to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

/// A ratio.
#[must_use]
pub fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.2}"))
}
