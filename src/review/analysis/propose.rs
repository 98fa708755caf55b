//! A risk proposed from a slice: the event is what was measured, with n, gap and interval; why it happens and whom it harms
//! how is for a person to say.

use super::words::{file_name, gap, group_name, label, metric_of, of_which, whole};
use crate::slices::Report;
use crate::slices::metric::Estimate;
use crate::slices::report::{Attribute, Group, Versus};
use crate::text::thousands;

/// What stands where the cause must be said.
pub const CAUSE: &str = "[cause: why does the model do this?]";

/// What stands where the harm must be said.
pub const HARM: &str = "[harm: what does that do to them?]";

/// The fields of a new risk, as they would be typed, from the figure of one group; none where the report has no such
/// figure. `run` names where it was measured, and may be empty.
#[must_use]
pub fn from_group(
    report: &Report,
    attribute: &Attribute,
    group: &Group,
    metric: &str,
    run: &str,
) -> Option<Vec<Typed>> {
    let mine = metric_of(group, metric)?;
    let named = group_name(attribute, group);
    let disparities = &attribute.disparities;
    let is_reference = disparities.reference.as_deref() == Some(group.value.as_str());
    let all = disparities.metrics.get(metric).map(|disparity| disparity.groups.as_slice()).unwrap_or_default();
    // The reference itself is held against the group that differs from it the most for sure.
    let versus = if is_reference {
        all.iter().max_by(|one, other| surely(&one.difference).total_cmp(&surely(&other.difference))).map(turned)
    } else {
        all.iter().find(|versus| versus.value == group.value).cloned()
    };
    let other = if is_reference {
        versus.as_ref().map(|versus| versus.value.as_str())
    } else {
        disparities.reference.as_deref()
    };
    let against = other.and_then(|other| attribute.groups.iter().find(|group| group.value == other));
    let about = of_which(metric, report.data.task);
    let mut event = format!("{} for {named} is {} ({about})", label(metric), whole(metric, &mine));
    let mut title = format!("{} of {named}", label(metric));
    if let (Some(against), Some(versus)) = (against, &versus) {
        let its = metric_of(against, metric).unwrap_or_default();
        event.push_str(&format!(
            ", against {} for {}: a gap of {}",
            whole(metric, &its),
            against.value,
            gap(metric, &versus.difference)
        ));
        if let Some(p) = versus.p_adjusted {
            event.push_str(&if p < 0.001 {
                ", adjusted p < 0.001".to_owned()
            } else {
                format!(", adjusted p = {p:.3}")
            });
        }
        if let Some(value) = versus.difference.value {
            let side = if value < 0.0 { "below" } else { "above" };
            title = format!("{} of {named} is {side} that of {}", label(metric), against.value);
        }
    }
    Some(fields(report, &title, &event, &named, run))
}

/// By how much groups differ at least, so that a small group is not taken for a large difference.
#[must_use]
pub fn surely(difference: &Estimate) -> f64 {
    difference.interval().map_or(0.0, |interval| interval.low.max(-interval.high).max(0.0))
}

/// The same comparison from the other side.
fn turned(versus: &Versus) -> Versus {
    let difference = &versus.difference;
    let minus = |value: Option<f64>| value.map(|value| -value);
    let difference = Estimate {
        value: minus(difference.value),
        low: minus(difference.high),
        high: minus(difference.low),
        ..difference.clone()
    };
    Versus { difference, ..versus.clone() }
}

/// A field with its text.
pub type Typed = (&'static str, String);

/// The fields of a new risk from an event in words.
#[must_use]
pub fn fields(report: &Report, title: &str, event: &str, whom: &str, run: &str) -> Vec<Typed> {
    let file = &report.data.file;
    let hash: String = file.sha256.chars().take(12).collect();
    let from = if run.is_empty() { String::new() } else { format!("{run}, ") };
    let statement = format!(
        "Because of {CAUSE}, {event}, so that {HARM}. Measured on {} rows of {} (SHA-256 {hash}…; {from}intervals 95 %).",
        thousands(file.used),
        file_name(report)
    );
    vec![
        ("title", crate::text::line(title).into_owned()),
        ("category", "fairness".to_owned()),
        ("statement", crate::text::line(&statement).into_owned()),
        ("affected_groups", crate::text::line(whom).into_owned()),
    ]
}
