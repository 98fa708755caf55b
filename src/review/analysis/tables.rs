//! The figures of a report as Markdown tables, for documents: each group with its n, its rates with intervals, and how it
//! differs from the reference.

use super::propose::surely;
use super::words::{gap, label, metric_of, whole};
use crate::escape::markdown;
use crate::slices::Report;
use crate::slices::report::{Attribute, Hidden};
use crate::text::thousands;

/// The figures that documents show, those that there are.
const SHOWN: [&str; 6] = ["selection_rate", "tpr", "fpr", "precision", "rate", "mae"];

/// How many groups of an attribute a document shows.
const MOST: usize = 30;

/// One table an attribute.
#[must_use]
pub fn tables(report: &Report) -> String {
    report.attributes.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn table(attribute: &Attribute) -> String {
    let metrics: Vec<&str> = SHOWN
        .into_iter()
        .filter(|metric| attribute.groups.iter().any(|group| group.metrics.get(metric).is_some()))
        .collect();
    let heads: Vec<String> = metrics.iter().map(|metric| label(metric)).collect();
    let mut lines = vec![
        format!("| {} | n | {} |", markdown(&attribute.name), heads.join(" | ")),
        format!("| --- | --- | {} |", vec!["---"; metrics.len()].join(" | ")),
    ];
    for group in attribute.groups.iter().take(MOST) {
        let n = group.n.map_or_else(|| "too few".to_owned(), thousands);
        let cells: Vec<String> = metrics
            .iter()
            .map(|metric| match (group.hidden, metric_of(group, metric)) {
                (Some(Hidden::Small | Hidden::Pooled), _) => "not shown".to_owned(),
                (_, Some(estimate)) => whole(metric, &estimate),
                (_, None) => String::new(),
            })
            .collect();
        lines.push(format!("| {} | {n} | {} |", markdown(&group.value), cells.join(" | ")));
    }
    if attribute.groups.len() > MOST {
        lines.push(format!("\n{} more groups are in the results.", attribute.groups.len() - MOST));
    }
    if let Some(reference) = &attribute.disparities.reference {
        let widest: Vec<String> = metrics
            .iter()
            .filter_map(|metric| {
                let disparity = attribute.disparities.metrics.get(metric)?;
                let others = disparity.groups.iter().filter(|versus| versus.value != *reference);
                let most = others.max_by(|one, other| surely(&one.difference).total_cmp(&surely(&other.difference)))?;
                most.difference.value.filter(|_| surely(&most.difference) > 0.0)?;
                Some(format!("{} {} ({})", label(metric), gap(metric, &most.difference), markdown(&most.value)))
            })
            .collect();
        if !widest.is_empty() {
            lines.push(format!("\nFurthest for sure from {}: {}.", markdown(reference), widest.join("; ")));
        }
    }
    lines.join("\n") + "\n"
}
