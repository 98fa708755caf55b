//! What the figures come to, in words: what differs by more than chance, what to be careful about, and where nothing
//! stands out.

use super::tradeoff::differs;
use crate::slices::cells::Task;
use crate::slices::metric::{Estimate, find};
use crate::slices::report::{Attribute, Comparison, Disparity, Finding, Group, Report, Versus, Weight};

/// The rates that findings are told of, in this order.
const TOLD: [&str; 7] = ["selection_rate", "fpr", "tpr", "precision", "rate", "mae", "bias"];

/// How many findings of differences are told; tables hold the others.
const MOST: usize = 12;

/// All findings.
#[must_use]
pub fn findings(report: &Report) -> Vec<Finding> {
    let mut differing = Vec::new();
    let mut calm = Vec::new();
    for attribute in report.attributes.iter().chain(&report.intersections) {
        let before = differing.len();
        for name in TOLD {
            if let Some(disparity) = attribute.disparities.metrics.get(name) {
                differing.extend(difference(attribute, name, disparity, report.data.task));
            }
        }
        if differing.len() == before {
            calm.push(nothing(attribute));
        }
    }
    let more = differing.len().saturating_sub(MOST);
    differing.truncate(MOST);
    let of = |weight: Weight| move |text: String| Finding { weight, text };
    let mut all: Vec<Finding> = differing.into_iter().map(of(Weight::Differs)).collect();
    if more > 0 {
        all.push(Finding { weight: Weight::Differs, text: format!("{more} more differences are in the tables.") });
    }
    all.extend(calm.into_iter().map(of(Weight::Calm)));
    all.extend(cautions(report).into_iter().map(of(Weight::Caution)));
    all
}

fn figure(task: Task, value: f64) -> String {
    if task == Task::Regression { format!("{value:.4}") } else { format!("{:.1} %", 100.0 * value) }
}

/// A figure with its interval and n.
fn whole(task: Task, estimate: &Estimate) -> String {
    let value = estimate.value.map_or_else(|| "undefined".to_owned(), |value| figure(task, value));
    match estimate.interval() {
        Some(interval) => {
            let (low, high) = (figure(task, interval.low), figure(task, interval.high));
            format!("{value} [{} to {high}, n {}]", low.trim_end_matches(" %"), estimate.n)
        }
        None => format!("{value} [n {}]", estimate.n),
    }
}

/// A p-value as it is read.
#[must_use]
pub fn p_value(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

fn label(name: &str) -> &str {
    match name {
        "mae" => "Mean absolute error",
        "bias" => "Bias",
        name => find(name).map_or(name, |rate| rate.label),
    }
}

/// The surest difference to the reference of those that are more than chance.
fn difference(attribute: &Attribute, name: &str, disparity: &Disparity, task: Task) -> Option<String> {
    // By how much it is at least, so that a small group is not told of before a large one for its wide interval.
    let size = |versus: &&Versus| {
        versus.difference.interval().map_or(0.0, |interval| interval.low.max(-interval.high).max(0.0))
    };
    let clear = disparity.groups.iter().filter(|versus| differs(versus));
    let widest = clear.clone().max_by(|one, other| size(one).total_cmp(&size(other)))?;
    let find_group = |value: &String| attribute.groups.iter().find(|group| group.value == *value);
    let group = find_group(&widest.value)?;
    let reference = find_group(attribute.disparities.reference.as_ref()?)?;
    let of = |group: &Group| group.metrics.get(name).map(|estimate| whole(task, estimate));
    let gap = widest.difference.interval()?;
    let points = |share: f64| {
        if task == Task::Regression { format!("{share:+.4}") } else { format!("{:+.1}", 100.0 * share) }
    };
    let unit = if task == Task::Regression { "" } else { " points" };
    let mut text = format!(
        "{}: {} is {} for {} and {} for {}: {}{unit} [{} to {}]",
        attribute.name,
        label(name),
        of(group)?,
        group.value,
        of(reference)?,
        reference.value,
        points(widest.difference.value?),
        points(gap.low),
        points(gap.high)
    );
    if let Some(p) = widest.p_adjusted {
        text.push_str(&format!(", adjusted {}", p_value(p)));
    }
    text.push('.');
    let others = clear.count() - 1;
    if others > 0 {
        let groups = if others == 1 { "group differs" } else { "groups differ" };
        text.push_str(&format!(" {others} more {groups} from {} too.", reference.value));
    }
    if let (Some(chance), Some(gap)) = (&disparity.chance, disparity.gap.value) {
        text.push_str(&format!(
            " Widest gap of all groups {:.1} points; chance alone would give about {:.1}.",
            100.0 * gap,
            100.0 * chance.expected_gap
        ));
    }
    Some(text)
}

fn nothing(attribute: &Attribute) -> String {
    let shown = attribute.groups.iter().filter(|group| group.hidden.is_none()).count();
    if shown < 2 {
        return format!("{}: fewer than two groups are large enough to be compared.", attribute.name);
    }
    let small = attribute.groups.iter().filter(|group| !group.flags.is_empty() && group.hidden.is_none()).count();
    let careful = if small > 0 {
        format!(" {small} of {shown} groups are small, so a difference there could go unseen.")
    } else {
        String::new()
    };
    format!(
        "{}: no group differs from {} by more than chance.{careful}",
        attribute.name,
        attribute.disparities.reference.as_deref().unwrap_or("the reference")
    )
}

fn cautions(report: &Report) -> Vec<String> {
    let mut all = report.data.warnings.clone();
    for attribute in &report.attributes {
        let excluded: Vec<String> = attribute
            .disparities
            .metrics
            .iter()
            .filter(|(name, _)| TOLD.contains(name))
            .flat_map(|(name, disparity)| {
                disparity.excluded.iter().map(move |one| format!("{} of {}", label(name), one.value))
            })
            .collect();
        if !excluded.is_empty() {
            let listed = excluded.join(", ");
            all.push(format!("{}: undefined, and so in no comparison: {listed}.", attribute.name));
        }
    }
    for count in report.data.missing.iter().filter(|count| count.n > 0) {
        all.push(format!("{} rows say nothing in “{}”; they are a group of their own.", count.n, count.what));
    }
    if let Some(bound) = report.data.auc_error_bound.filter(|bound| *bound >= 1e-4) {
        all.push(format!(
            "Scores lie so close together that an AUC can be wrong by {bound:.1e} for having been counted into bins."
        ));
    }
    all
}

/// What a comparison comes to.
#[must_use]
pub fn compared(comparison: &Comparison) -> Vec<Finding> {
    let mut all = Vec::new();
    for wanted in ["worse", "better", "changed"] {
        let clear = std::iter::once(&comparison.overall).chain(&comparison.groups).flat_map(|changed| {
            let is_told = |name: &str| TOLD.contains(&name) || name == "accuracy";
            let metrics =
                changed.metrics.iter().filter(move |(name, change)| change.verdict == wanted && is_told(name));
            metrics.map(move |(name, change)| (changed, name, change))
        });
        for (changed, name, change) in clear.take(MOST) {
            let Some(((value, interval), (old, new))) =
                change.difference.value.zip(change.difference.interval()).zip(change.baseline.zip(change.candidate))
            else {
                continue;
            };
            let group = match &changed.attribute {
                Some(attribute) => format!("{attribute}, {}", changed.value),
                None => "all rows".to_owned(),
            };
            let weight = if wanted == "worse" { Weight::Differs } else { Weight::Calm };
            let p = change.p_adjusted.map_or_else(String::new, |p| format!(", adjusted {}", p_value(p)));
            all.push(Finding {
                weight,
                text: format!(
                    "{} than {}: {group}: {} went from {:.1} % to {:.1} %: {:+.1} points [{:+.1} to {:+.1}, n {}]{p}.",
                    match wanted {
                        "worse" => "Worse",
                        "better" => "Better",
                        _ => "Other",
                    },
                    comparison.baseline,
                    label(name),
                    100.0 * old,
                    100.0 * new,
                    100.0 * value,
                    100.0 * interval.low,
                    100.0 * interval.high,
                    change.difference.n
                ),
            });
        }
    }
    if all.is_empty() {
        let text = format!("Against {}: no group changed by more than chance.", comparison.baseline);
        all.push(Finding { weight: Weight::Calm, text });
    }
    all
}
