//! What changed from one run to the next: group by group and figure by figure, with the interval of the difference.

use super::words::{figure, gap, label};
use crate::slices::Report;
use crate::slices::interval::newcombe;
use crate::slices::metric::{Estimate, find};
use crate::slices::report::{Attribute, Group};

/// One figure of one group in two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The attribute; empty for all rows.
    pub attribute: String,
    /// The group.
    pub group: String,
    /// The figure.
    pub metric: String,
    /// What it was; none where the older run has no such group.
    pub before: Option<f64>,
    /// What it is.
    pub after: Option<f64>,
    /// The new figure less the old one, with Newcombe's interval, as if both rested on different rows: where they rest on
    /// the same ones the interval is wider than it need be.
    pub difference: Estimate,
}

impl Changed {
    /// Whether it changed by more than chance.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.difference.interval().is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        let group = if self.attribute.is_empty() {
            "all rows".to_owned()
        } else {
            format!("{} = {}", self.attribute, self.group)
        };
        let told = |value: Option<f64>| value.map_or_else(|| "nothing".to_owned(), |value| figure(&self.metric, value));
        format!(
            "{group}: {} went from {} to {}: {}.",
            label(&self.metric),
            told(self.before),
            told(self.after),
            gap(&self.metric, &self.difference)
        )
    }
}

/// What changed from an older report to a newer one, for the rates of all rows and of each attribute's groups; what changed
/// by more than chance first, by how much.
#[must_use]
pub fn changes(before: &Report, after: &Report) -> Vec<Changed> {
    let mut all = of_group("", &before.overall, &after.overall);
    for attribute in &after.attributes {
        let Some(old) = before.attributes.iter().find(|old| old.name == attribute.name) else { continue };
        all.extend(of_attribute(old, attribute));
    }
    let size = |one: &Changed| one.difference.value.map_or(0.0, f64::abs);
    all.sort_by(|one, other| other.is_clear().cmp(&one.is_clear()).then(size(other).total_cmp(&size(one))));
    all
}

fn of_attribute(before: &Attribute, after: &Attribute) -> Vec<Changed> {
    let mut all = Vec::new();
    for group in after.groups.iter().filter(|group| group.hidden.is_none()) {
        if let Some(old) = before.groups.iter().find(|old| old.value == group.value && old.hidden.is_none()) {
            all.extend(of_group(&after.name, old, group));
        }
    }
    all
}

fn of_group(attribute: &str, before: &Group, after: &Group) -> Vec<Changed> {
    let mut all = Vec::new();
    for (metric, new) in after.metrics.iter().filter(|(metric, _)| find(metric).is_some_and(|rate| rate.tested)) {
        let Some(old) = before.metrics.get(metric) else { continue };
        all.push(Changed {
            attribute: attribute.to_owned(),
            group: after.value.clone(),
            metric: metric.to_owned(),
            before: old.value,
            after: new.value,
            difference: difference(old, new),
        });
    }
    all
}

fn difference(before: &Estimate, after: &Estimate) -> Estimate {
    let n = before.n.min(after.n);
    match (before.value, before.interval(), after.value, after.interval()) {
        (Some(old), Some(of_old), Some(new), Some(of_new)) => {
            Estimate::of(new - old, newcombe(new, of_new, old, of_old), n)
        }
        _ => Estimate::none(n, "undefined in one of the two runs"),
    }
}
