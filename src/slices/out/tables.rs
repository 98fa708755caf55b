//! The tables of a report.

use super::blocks::Table;
use super::figure::{self, NONE, Unit, estimate, label, unit};
use crate::slices::cells::Task;
use crate::slices::metric::Estimate;
use crate::slices::report::{Attribute, Changed, Group, Hidden, Impact, PresetGroups, Report};
use crate::text::thousands;

/// The figures of a group that a table shows, as far as the group has them.
const SHOWN: [&str; 16] = [
    "base_rate",
    "selection_rate",
    "tpr",
    "fpr",
    "precision",
    "accuracy",
    "auc",
    "rate",
    "mae",
    "rmse",
    "bias",
    "r2",
    "median_absolute_error",
    "p90_absolute_error",
    "mean_true",
    "mean_predicted",
];

/// The rates of which differences are shown.
pub const COMPARED: [&str; 8] = ["base_rate", "selection_rate", "tpr", "fpr", "precision", "rate", "mae", "bias"];

/// The groups of an attribute.
#[must_use]
pub fn groups(attribute: &Attribute, task: Task) -> Table {
    let has = |name: &&&str| attribute.groups.iter().any(|group| group.metrics.get(name).is_some());
    let names: Vec<&str> = SHOWN.iter().filter(has).copied().collect();
    let calibrated = attribute.groups.iter().any(|group| group.calibration.is_some());
    let mut head = vec![attribute.name.clone(), "n".to_owned(), "share".to_owned()];
    head.extend(names.iter().map(|name| label(name).to_owned()));
    if calibrated {
        head.extend(["ECE", "Score − truth", "Brier"].map(str::to_owned));
    }
    head.push("Notes".to_owned());
    let rows = attribute.groups.iter().map(|group| group_row(group, &names, calibrated, task, attribute));
    Table { title: format!("Groups of {}", attribute.name), head, rows: rows.collect() }
}

fn group_row(group: &Group, names: &[&str], calibrated: bool, task: Task, attribute: &Attribute) -> Vec<String> {
    let n = match (group.hidden, group.n) {
        (Some(Hidden::Small), _) | (_, None) => "few".to_owned(),
        (_, Some(n)) => thousands(n),
    };
    let share = group.share.map_or_else(|| NONE.to_owned(), |share| format!("{:.1} %", 100.0 * share));
    let mut row = vec![group.value.clone(), n, share];
    for name in names {
        let shown = group.metrics.get(name).map(|found| estimate(found, unit(name, task), false));
        row.push(shown.unwrap_or_else(|| NONE.to_owned()));
    }
    if calibrated {
        match &group.calibration {
            Some(of) => {
                let number = |value: f64| format!("{value:.3}");
                row.extend([number(of.ece), figure::signed(of.in_the_large, Unit::Number), number(of.brier)]);
            }
            None => row.extend([NONE, NONE, NONE].map(str::to_owned)),
        }
    }
    row.push(notes(group, names, attribute));
    row
}

/// What is to be known of a group: why figures are missing, and what to be careful about.
fn notes(group: &Group, names: &[&str], attribute: &Attribute) -> String {
    let mut notes: Vec<String> = Vec::new();
    if Some(&group.value) == attribute.disparities.reference.as_ref() {
        notes.push("reference".to_owned());
    }
    match group.hidden {
        Some(Hidden::Empty) => notes.push("no rows".to_owned()),
        Some(Hidden::Small) => notes.push("too few rows to be shown".to_owned()),
        Some(Hidden::Pooled) => notes.push("small groups together".to_owned()),
        None => {}
    }
    let undefined = |name: &&str| {
        let found = group.metrics.get(name).filter(|found| found.value.is_none())?;
        Some(format!("{} {}", label(name), found.reason.clone().unwrap_or_default()))
    };
    notes.extend(names.iter().filter_map(undefined));
    notes.extend(group.flags.iter().cloned());
    notes.join("; ")
}

/// Each group against the reference.
#[must_use]
pub fn versus(attribute: &Attribute, task: Task) -> Option<Table> {
    let reference = attribute.disparities.reference.as_ref()?;
    let mut rows = Vec::new();
    for name in COMPARED {
        let Some(disparity) = attribute.disparities.metrics.get(name) else { continue };
        for versus in &disparity.groups {
            let why = versus.difference.reason.clone().filter(|_| versus.difference.value.is_none());
            rows.push(vec![
                label(name).to_owned(),
                versus.value.clone(),
                thousands(versus.difference.n),
                estimate(&versus.difference, unit(name, task), true),
                ratio_of(&versus.ratio),
                figure::p(versus.p),
                figure::p(versus.p_adjusted),
                why.unwrap_or_default(),
            ]);
        }
    }
    let unit = if task == Task::Regression { "Difference" } else { "Difference, points" };
    let head = ["Rate", "Group", "n", unit, "Ratio", "p", "p adjusted", "Notes"].map(str::to_owned).to_vec();
    (!rows.is_empty()).then(|| Table { title: format!("{}: against {reference}", attribute.name), head, rows })
}

fn ratio_of(ratio: &Estimate) -> String {
    let Some(value) = ratio.value else { return NONE.to_owned() };
    match ratio.interval() {
        Some(interval) => format!("{value:.2} [{:.2} to {:.2}]", interval.low, interval.high),
        None => format!("{value:.2}"),
    }
}

/// The widest gap of each rate, and whether groups differ at all.
#[must_use]
pub fn gaps(attribute: &Attribute, task: Task) -> Option<Table> {
    let mut rows = Vec::new();
    for name in COMPARED {
        let Some(disparity) = attribute.disparities.metrics.get(name) else { continue };
        let ends = match (&disparity.highest, &disparity.lowest) {
            (Some(high), Some(low)) if high != low => format!("{high} over {low}"),
            _ => NONE.to_owned(),
        };
        let chance = disparity.chance.as_ref();
        let omnibus = disparity.omnibus.as_ref();
        rows.push(vec![
            label(name).to_owned(),
            ends,
            estimate(&disparity.gap, unit(name, task), false),
            figure::ratio(disparity.ratio),
            chance.map_or_else(|| NONE.to_owned(), |chance| figure::number(chance.expected_gap, Unit::Percent)),
            chance.map_or_else(|| NONE.to_owned(), |chance| figure::number(chance.p95_gap, Unit::Percent)),
            figure::p(omnibus.and_then(|omnibus| omnibus.p)),
            omnibus.and_then(|omnibus| omnibus.cramers_v).map_or_else(|| NONE.to_owned(), |v| format!("{v:.2}")),
            omnibus.and_then(|omnibus| omnibus.reason.clone()).unwrap_or_default(),
        ]);
    }
    let head = [
        "Rate",
        "Widest gap",
        "Gap",
        "Lowest/highest",
        "Chance gives",
        "95 % of chance",
        "Any difference, p",
        "Cramér's V",
        "Notes",
    ];
    let title = format!("{}: the widest gaps", attribute.name);
    (!rows.is_empty()).then(|| Table { title, head: head.map(str::to_owned).to_vec(), rows })
}

/// Impact ratios.
#[must_use]
pub fn impact(attribute: &Attribute, impact: &Impact) -> Option<Table> {
    let row = |group: &crate::slices::report::ImpactRatio| {
        vec![
            group.value.clone(),
            thousands(group.n),
            thousands(group.favourable),
            estimate(&group.rate, Unit::Percent, false),
            ratio_of(&group.ratio),
        ]
    };
    let head = ["Group", "n", "With the outcome", "Rate, %", "Ratio to the highest"].map(str::to_owned).to_vec();
    let title = format!("{}: impact ratios of outcome “{}”", attribute.name, impact.outcome);
    (impact.groups.len() > 1).then(|| Table { title, head, rows: impact.groups.iter().map(row).collect() })
}

/// A table of a preset.
#[must_use]
pub fn preset(groups: &PresetGroups) -> Table {
    let percent =
        |share: Option<f64>| share.map_or_else(|| NONE.to_owned(), |share| figure::number(share, Unit::Percent));
    let row = |group: &crate::slices::report::PresetGroup| {
        vec![
            group.value.clone(),
            thousands(group.n),
            group.selected.map_or_else(|| NONE.to_owned(), thousands),
            percent(group.rate),
            figure::ratio(group.impact_ratio),
            group.under_four_fifths.map_or(NONE, |under| if under { "yes" } else { "no" }).to_owned(),
            figure::p(group.p),
            group.notes.join("; "),
        ]
    };
    let counted = if groups.rate == "scoring rate" { "Above the median" } else { "Selected" };
    let rate = format!("{}, %", groups.rate);
    let head = ["Category", "n", counted, &rate, "Impact ratio", "Under 4/5", "p", "Notes"].map(str::to_owned).to_vec();
    let unknown =
        if groups.unknown > 0 { format!("; {} rows of unknown category", groups.unknown) } else { String::new() };
    Table {
        title: format!("{}: {}{unknown}", groups.name, groups.rate),
        head,
        rows: groups.groups.iter().map(row).collect(),
    }
}

/// How groups changed from one model to another.
#[must_use]
pub fn comparison(report: &Report) -> Option<Table> {
    let comparison = report.comparison.as_ref()?;
    let mut rows = Vec::new();
    for changed in std::iter::once(&comparison.overall).chain(&comparison.groups) {
        rows.extend(changed_rows(changed));
    }
    let head = ["Slice", "Rate", "n", "Before, %", "Now, %", "Change, points", "p adjusted", "Verdict"];
    let title = format!("Against {}", comparison.baseline);
    Some(Table { title, head: head.map(str::to_owned).to_vec(), rows })
}

fn changed_rows(changed: &Changed) -> Vec<Vec<String>> {
    let name = match &changed.attribute {
        Some(attribute) => format!("{attribute}: {}", changed.value),
        None => changed.value.clone(),
    };
    let percent =
        |share: Option<f64>| share.map_or_else(|| NONE.to_owned(), |share| figure::number(share, Unit::Percent));
    let told = ["selection_rate", "tpr", "fpr", "precision", "accuracy", "rate"];
    let row = |(rate, change): (&str, &crate::slices::report::Change)| {
        vec![
            name.clone(),
            label(rate).to_owned(),
            thousands(change.difference.n),
            percent(change.baseline),
            percent(change.candidate),
            estimate(&change.difference, Unit::Percent, true),
            figure::p(change.p_adjusted),
            change.verdict.clone(),
        ]
    };
    changed.metrics.iter().filter(|(rate, _)| told.contains(rate)).map(row).collect()
}
