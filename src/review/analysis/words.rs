//! Figures of an analysis in words: each with what it is a figure of, its interval and its n.

use crate::slices::Report;
use crate::slices::cells::Task;
use crate::slices::metric::{Estimate, find};
use crate::slices::report::{Attribute, Group};
use crate::text::thousands;

/// What people call a figure.
#[must_use]
pub fn label(metric: &str) -> String {
    match metric {
        "auc" => "AUC".to_owned(),
        "f1" => "F1".to_owned(),
        "error" => "Error rate".to_owned(),
        "not_favourable" => "Share without the favourable outcome".to_owned(),
        "mae" | "absolute_error" => "Mean absolute error".to_owned(),
        "rmse" => "Root mean squared error".to_owned(),
        "calibration" => "Calibration gap".to_owned(),
        "impact" => "Impact ratio".to_owned(),
        name => find(name).map_or_else(|| name.replace('_', " "), |rate| rate.label.to_owned()),
    }
}

/// Whether a figure is a share, and read in percent.
#[must_use]
pub fn is_share(metric: &str) -> bool {
    find(metric).is_some() || matches!(metric, "f1" | "balanced_accuracy" | "calibration" | "error" | "not_favourable")
}

/// A figure as it is read.
#[must_use]
pub fn figure(metric: &str, value: f64) -> String {
    match metric {
        // What rounds to zero has no sign.
        name if is_share(name) && value.abs() < 0.0005 => "0.0 %".to_owned(),
        name if is_share(name) => format!("{:.1} %", 100.0 * value),
        "impact" => format!("{value:.2}"),
        "auc" => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}

/// A difference as it is read, in points where it is one of shares.
#[must_use]
pub fn points(metric: &str, value: f64) -> String {
    if is_share(metric) { format!("{:+.1}", 100.0 * value) } else { format!("{value:+.4}") }
}

/// The unit that differences are read in.
#[must_use]
pub fn unit(metric: &str) -> &'static str {
    if is_share(metric) { " points" } else { "" }
}

/// A figure with its interval and n: `44.8 % [42.3 to 47.4, n 1,795]`.
#[must_use]
pub fn whole(metric: &str, estimate: &Estimate) -> String {
    let n = thousands(estimate.n);
    let Some(value) = estimate.value else {
        let why = estimate.reason.as_deref().unwrap_or("undefined");
        return format!("{why} [n {n}]");
    };
    match estimate.interval() {
        Some(interval) => {
            let (low, high) = (figure(metric, interval.low), figure(metric, interval.high));
            format!(
                "{} [{} to {}, n {n}]",
                figure(metric, value),
                low.trim_end_matches(" %"),
                high.trim_end_matches(" %")
            )
        }
        None => format!("{} [n {n}]", figure(metric, value)),
    }
}

/// A gap with its interval: `+21.4 points [+18.2 to +24.6]`.
#[must_use]
pub fn gap(metric: &str, estimate: &Estimate) -> String {
    let Some(value) = estimate.value else {
        return estimate.reason.clone().unwrap_or_else(|| "undefined".to_owned());
    };
    let told = format!("{}{}", points(metric, value), unit(metric));
    match estimate.interval() {
        Some(interval) => format!("{told} [{} to {}]", points(metric, interval.low), points(metric, interval.high)),
        None => told,
    }
}

/// The rows that a figure is one of, in words.
#[must_use]
pub fn of_which(metric: &str, task: Task) -> &'static str {
    if metric == "calibration" {
        return "mean score less the share that came true";
    }
    match (task, find(metric)) {
        (Task::Classification | Task::Outcome, Some(rate)) => rate.about,
        _ => "of all",
    }
}

/// The name of the file that was analysed, without its folders: where it lay is nobody's business.
#[must_use]
pub fn file_name(report: &Report) -> String {
    let file = report.data.file.file.as_str();
    crate::text::line(file.rsplit(['/', '\\']).next().unwrap_or(file)).into_owned()
}

/// A group by its attribute: `race = Other`, or `sex × race = Male × Other`.
#[must_use]
pub fn group_name(attribute: &Attribute, group: &Group) -> String {
    if attribute.columns.len() < 2 || attribute.columns.len() != group.values.len() {
        return format!("{} = {}", attribute.name, group.value);
    }
    let pairs: Vec<String> =
        attribute.columns.iter().zip(&group.values).map(|(column, value)| format!("{column} = {value}")).collect();
    pairs.join(" and ")
}

/// The group's figure of this name; the calibration gap too, with the interval that the share observed gives it.
#[must_use]
pub fn metric_of(group: &Group, metric: &str) -> Option<Estimate> {
    if metric != "calibration" {
        return group.metrics.get(metric).cloned();
    }
    let calibration = group.calibration.as_ref()?;
    let observed = group.metrics.get("base_rate")?;
    let gap = calibration.in_the_large;
    let mean_score = observed.value? + gap;
    let mut estimate =
        Estimate { value: Some(gap), n: calibration.n, unstable: observed.unstable, ..Estimate::default() };
    // Scores are given; what is uncertain is the share that they are held against.
    estimate.low = observed.high.map(|high| mean_score - high);
    estimate.high = observed.low.map(|low| mean_score - low);
    Some(estimate)
}
