//! The programme's figures as CSV, as JSON and in a sentence: for the command line and for the screens.

use std::io;

use serde_json::{Value as Json, json};

use crate::review::kpi::{Figure, Period, Verdict};
use crate::text;

/// What stands above the columns of the CSV.
const HEADER: [&str; 11] =
    ["period", "id", "name", "group", "value", "unit", "target", "verdict", "numerator", "denominator", "n"];

/// Figures as CSV, a line each.
///
/// # Errors
/// When it cannot be written down.
pub fn csv(period: &Period, figures: &[Figure]) -> io::Result<String> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for figure in figures {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let group = figure.group.clone().unwrap_or_default();
        let line = [
            period.name.as_str(),
            figure.kpi.id,
            figure.kpi.name,
            &text::spreadsheet_cell(&group),
            &number(figure.counted.value),
            figure.kpi.unit.word(),
            &figure.goal.words,
            figure.verdict.word(),
            &number(figure.counted.numerator),
            &number(figure.counted.denominator),
            &figure.counted.n.to_string(),
        ];
        writer.write_record(line)?;
    }
    let bytes = writer.into_inner().map_err(::csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A figure as JSON.
#[must_use]
pub fn json(figure: &Figure) -> Json {
    let counted = &figure.counted;
    let more: serde_json::Map<String, Json> =
        counted.more.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let trend: Vec<Json> =
        figure.trend.iter().map(|(period, value)| json!({"period": period, "value": value})).collect();
    json!({
        "id": figure.kpi.id,
        "name": figure.kpi.name,
        "group": figure.group,
        "value": counted.value,
        "unit": figure.kpi.unit.word(),
        "shown": figure.shown(),
        "target": figure.goal.words,
        "verdict": figure.verdict.word(),
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "n": counted.n,
        "more": more,
        "trend": trend,
        "formula": figure.kpi.formula,
    })
}

/// More of a figure in words, such as its 90th percentile or its counts by severity; empty where there is no more.
#[must_use]
pub fn more(figure: &Figure) -> String {
    let told = |(name, value): &(String, f64)| match name.as_str() {
        "90th percentile" => format!("{name} {}", figure.kpi.unit.shown(*value)),
        name if name.starts_with("share") => format!("{:.0} % {}", value * 100.0, name.trim_start_matches("share ")),
        name if name.starts_with("of ") => format!("{:.0} % {name}", value * 100.0),
        name => format!("{value:.0} {name}"),
    };
    figure.counted.more.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// The name of a group, also where it is nobody's.
#[must_use]
pub fn group_name(group: &str) -> String {
    if group.is_empty() { "(none)".to_owned() } else { text::line(group).into_owned() }
}

/// A figure in a sentence that can be pasted: what it is, what it rests on, what it must come to, and how it was before.
#[must_use]
pub fn sentence(figure: &Figure, period: &Period) -> String {
    let group = figure.group.as_ref().map(|group| format!(", {}", group_name(group))).unwrap_or_default();
    let mut said = format!("{}{group}, {}: {}", figure.kpi.name, period.name, figure.shown());
    let ratio = figure.ratio(" of ");
    let rests = match (ratio.is_empty(), figure.counted.n) {
        (true, n) => format!(" (n {n})"),
        (false, n) => format!(" ({ratio}, n {n})"),
    };
    said.push_str(&rests);
    let more = more(figure);
    if !more.is_empty() {
        said.push_str(&format!("; {more}"));
    }
    said.push_str(&match figure.verdict {
        Verdict::Open => format!(". Target: {}.", figure.goal.words),
        verdict => format!(". Target {}: {}.", figure.goal.words, verdict.word()),
    });
    let shown = |value: Option<f64>| value.map_or_else(|| "no data".to_owned(), |value| figure.kpi.unit.shown(value));
    // A long period is told by its quarters, another by those before it.
    let others = figure.trend.iter().rev().filter(|(name, _)| *name != period.name);
    let others: Vec<String> = others.map(|(name, value)| format!("{name} {}", shown(*value))).collect();
    if !others.is_empty() {
        let by = if others.len() == figure.trend.len() { "By quarter" } else { "Before" };
        said.push_str(&format!(" {by}: {}.", others.join(", ")));
    }
    said
}
