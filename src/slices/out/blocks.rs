//! What a reader sees, in order, before it is text, Markdown or HTML.

use super::{tables, worst};
use crate::slices::report::{Attribute, Data, Report, Weight};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// The columns' titles; the first column names the row.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading, 1 for the page's own.
    Heading(usize, String),
    /// Prose.
    Text(String),
    /// Names with what they are.
    Card(Vec<(String, String)>),
    /// Findings: what stands before them, and what they say.
    Findings(Vec<(&'static str, String)>),
    /// A table.
    Table(Table),
    /// Pictures of one of [`Report::attributes`], or of the intersections that follow them.
    Chart(usize),
}

/// The whole report.
#[must_use]
pub fn blocks(report: &Report) -> Vec<Block> {
    let task = report.data.task;
    let mut all = vec![Block::Heading(1, "Slices".to_owned()), Block::Card(card(&report.data))];
    all.push(Block::Heading(2, "What stands out".to_owned()));
    let mark = |weight: Weight| match weight {
        Weight::Differs => "!",
        Weight::Caution => "?",
        Weight::Calm => "=",
    };
    all.push(Block::Findings(
        report.findings.iter().map(|finding| (mark(finding.weight), finding.text.clone())).collect(),
    ));
    all.push(Block::Text(HOW_TO_READ.to_owned()));
    if let Some(comparison) = &report.comparison {
        all.push(Block::Heading(2, format!("{} against {}", comparison.candidate, comparison.baseline)));
        all.push(Block::Text(format!("Compared {}.", comparison.how)));
        all.extend(tables::comparison(report).map(Block::Table));
    }
    if let Some(preset) = &report.preset {
        all.push(Block::Heading(2, preset.name.clone()));
        all.push(Block::Text(preset.about.clone()));
        all.extend(preset.tables.iter().map(|groups| Block::Table(tables::preset(groups))));
        all.extend(preset.caveats.iter().map(|caveat| Block::Text(caveat.clone())));
    }
    for (at, attribute) in report.attributes.iter().chain(&report.intersections).enumerate() {
        all.push(Block::Heading(2, attribute.name.clone()));
        all.push(Block::Chart(at));
        of_attribute(&mut all, attribute, task);
    }
    if let Some(found) = &report.worst_slices {
        all.extend(worst::blocks(found, task));
    }
    if !report.trade_offs.is_empty() {
        all.push(Block::Heading(2, "Criteria that cannot all hold".to_owned()));
        all.extend(report.trade_offs.iter().map(|one| Block::Text(format!("{}: {}", one.attribute, one.text))));
    }
    if !report.simpson.is_empty() {
        all.push(Block::Heading(2, "Gaps that look different within another column".to_owned()));
        all.extend(report.simpson.iter().map(|one| Block::Text(format!("{}: {}", one.attribute, one.text))));
    }
    for stratum in &report.control {
        all.push(Block::Heading(2, format!("Within {}: {}", stratum.column, stratum.value)));
        for attribute in &stratum.attributes {
            all.push(Block::Heading(3, attribute.name.clone()));
            of_attribute(&mut all, attribute, task);
        }
    }
    all
}

const HOW_TO_READ: &str = "Percentages with 95 % intervals in brackets. A figure marked * rests on fewer than 30 rows. – stands for a figure that is undefined or not shown; the notes say why. Adjusted p-values allow for all tests of this report (Holm).";

fn of_attribute(all: &mut Vec<Block>, attribute: &Attribute, task: crate::slices::cells::Task) {
    all.push(Block::Table(tables::groups(attribute, task)));
    all.extend(tables::gaps(attribute, task).map(Block::Table));
    all.extend(tables::versus(attribute, task).map(Block::Table));
    let impact = attribute.disparities.impact.as_ref().and_then(|impact| tables::impact(attribute, impact));
    all.extend(impact.map(Block::Table));
}

fn card(data: &Data) -> Vec<(String, String)> {
    let mut card: Vec<(String, String)> = Vec::new();
    let mut say = |what: &str, text: String| card.push((what.to_owned(), text));
    let file = &data.file;
    say("File", format!("{} ({} bytes, {}, {} columns)", file.file, file.bytes, file.encoding, file.columns));
    say("SHA-256", file.sha256.clone());
    if let Some(model) = &data.model {
        say("Model", model.clone());
    }
    let columns: Vec<String> = data.roles.iter().map(|(role, column)| format!("{role} = {column}")).collect();
    say("Columns", columns.join(", "));
    let left: Vec<String> = file.dropped.iter().map(|count| format!("{} {}", count.n, count.what)).collect();
    let left = if left.is_empty() { "none left out".to_owned() } else { format!("left out: {}", left.join("; ")) };
    say("Rows", format!("{} read, {} used; {left}", file.rows, file.used));
    let missing: Vec<String> = data.missing.iter().map(|count| format!("{} {}", count.what, count.n)).collect();
    say("Missing", missing.join(", "));
    if let Some(positive) = &data.positive {
        let favourable = match &data.favourable {
            Some(label) => format!("good for the person: “{label}”"),
            None => "which one is good for the person was not said".to_owned(),
        };
        let labels: Vec<String> = data.labels.iter().map(|label| format!("“{label}”")).collect();
        say("Labels", format!("{}; positive: “{positive}”; {favourable}", labels.join(", ")));
    }
    if let Some(threshold) = data.threshold {
        say("Threshold", format!("scores from {threshold} on are predicted positive"));
    }
    say("Weights", data.weights.map_or_else(|| "none".to_owned(), |sum| format!("yes, they sum to {sum:.3}")));
    if let Some(scores) = &data.scores {
        let bound = |bound: Option<f64>| bound.map_or_else(|| "–".to_owned(), |bound| format!("{bound:.1e}"));
        let how = if scores == "exact" {
            "each one kept".to_owned()
        } else {
            let (auc, calibration) = (bound(data.auc_error_bound), bound(data.calibration_error_bound));
            format!("counted into 40000 bins: AUC right to {auc}, calibration to {calibration}")
        };
        say("Scores", how);
    }
    if let Some(repeated) = file.repeated_ids {
        say("Ids", format!("{repeated} rows share theirs with another"));
    }
    let tests = format!("{} tests, adjusted by Holm", data.tests);
    say(
        "Statistics",
        format!("95 % intervals; {tests}; seed {}; groups under {} rows are not shown", data.seed, data.min_count),
    );
    card
}
