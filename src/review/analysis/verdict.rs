//! What an analysis comes to against the thresholds of policy. A figure beyond its limit breaks it only where chance is no
//! good explanation: with enough rows, an interval that leaves out "no difference", and a p-value that says so after all
//! tests are allowed for. Otherwise nothing is decided, and that is said.

use super::words::{figure, gap, group_name, label, metric_of, points, unit, whole};
use crate::policy::{Limit, Measured, Threshold};
use crate::record::analysis::{BREACHED, NOT_JUDGED, UNDECIDED, WITHIN};
use crate::slices::Report;
use crate::slices::cells::Task;
use crate::slices::metric::Estimate;
use crate::slices::report::{Attribute, Group, Versus};
use crate::text::thousands;

/// Above this adjusted p-value chance can explain a difference.
const LEVEL: f64 = 0.05;

/// How one figure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Beyond its limit by more than chance.
    Breached,
    /// Not to be told.
    Undecided,
    /// Within its limit.
    Within,
}

/// One figure held against one threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The threshold's id.
    pub threshold: String,
    /// How it stands.
    pub standing: Standing,
    /// The attribute, or several crossed; empty for all rows.
    pub attribute: String,
    /// The group's value.
    pub group: String,
    /// The figure's name, as reports call it.
    pub metric: String,
    /// What of the figure was judged.
    pub of: Measured,
    /// The group's own figure, and that of the group it is held against, with that group.
    pub value: Option<f64>,
    /// The group that it is held against, and its figure.
    pub against: Option<(String, f64)>,
    /// How many rows it rests on: the smaller of the two denominators where two groups are compared.
    pub n: u64,
    /// Why, in one sentence with figure, interval and n.
    pub text: String,
}

/// What an analysis comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// Every figure that a threshold applies to, breaches first, then what is undecided.
    pub judged: Vec<Judged>,
}

impl Verdict {
    /// The word that the record keeps. Crossed groups count where they break a threshold; that many of them are too small
    /// is said, and decides nothing, since there are always smaller ones.
    #[must_use]
    pub fn word(&self) -> &'static str {
        let counts = |one: &&Judged| one.standing != Standing::Undecided || !one.attribute.contains(" × ");
        match self.judged.iter().filter(counts).map(|one| one.standing).min() {
            Some(Standing::Breached) => BREACHED,
            Some(Standing::Undecided) => UNDECIDED,
            Some(Standing::Within) => WITHIN,
            None => NOT_JUDGED,
        }
    }

    /// The figures that stand so.
    pub fn those(&self, standing: Standing) -> impl Iterator<Item = &Judged> {
        self.judged.iter().filter(move |one| one.standing == standing)
    }

    /// For whom thresholds are broken, or nothing can be told: groups in order, each with the labels of the figures.
    #[must_use]
    pub fn whom(&self, standing: Standing) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for one in self.those(standing).filter(|one| !one.attribute.contains(" × ")) {
            let name = if one.attribute.is_empty() {
                "all rows".to_owned()
            } else {
                format!("{} = {}", one.attribute, one.group)
            };
            let what = if one.of == Measured::Impact { label("impact") } else { label(&one.metric) };
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some((_, labels)) if !labels.contains(&what) => labels.push(what),
                Some(_) => {}
                None => found.push((name, vec![what])),
            }
        }
        found
    }

    /// Between whom thresholds are broken: for each attribute and figure the groups that are furthest apart, and how many more
    /// groups are concerned.
    fn apart(&self) -> Vec<String> {
        let mut found: Vec<(String, String, Vec<&Judged>)> = Vec::new();
        for one in self.those(Standing::Breached).filter(|one| !one.attribute.contains(" × ")) {
            let what = if one.of == Measured::Impact { label("impact") } else { label(&one.metric) };
            match found.iter_mut().find(|(attribute, known, _)| *attribute == one.attribute && *known == what) {
                Some((_, _, all)) => all.push(one),
                None => found.push((one.attribute.clone(), what, vec![one])),
            }
        }
        let told = |(attribute, what, all): &(String, String, Vec<&Judged>)| {
            let own = all.iter().filter_map(|one| Some((one.group.as_str(), one.value?)));
            let base = all.iter().filter_map(|one| one.against.as_ref()).map(|(name, value)| (name.as_str(), *value));
            let every: Vec<(&str, f64)> = own.chain(base).collect();
            let metric = all.first().map_or("", |one| one.metric.as_str());
            let low = every.iter().min_by(|one, other| one.1.total_cmp(&other.1))?;
            let high = every.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
            let groups = if all.len() == 1 { "1 group".to_owned() } else { format!("{} groups", all.len()) };
            let is_value = all.iter().any(|one| one.of == Measured::Value);
            if is_value || low.0 == high.0 {
                let names: Vec<&str> = all.iter().map(|one| one.group.as_str()).collect();
                return Some(format!("{attribute}, {what}: {}", names.join(", ")));
            }
            let of = if all.iter().any(|one| one.of == Measured::Impact) { " of favourable outcomes" } else { "" };
            Some(format!(
                "{attribute}, {what}: from {} ({}) to {} ({}){of}; {groups} beyond the limit",
                figure(metric, low.1),
                low.0,
                figure(metric, high.1),
                high.0
            ))
        };
        found.iter().filter_map(told).collect()
    }

    /// The answer in a few lines: fair enough or not, for whom not, and how sure that is.
    #[must_use]
    pub fn answer(&self) -> Vec<String> {
        let told = |whom: &[(String, Vec<String>)]| {
            whom.iter().map(|(name, what)| format!("{name} ({})", what.join(", "))).collect::<Vec<_>>().join("; ")
        };
        let open = self.whom(Standing::Undecided);
        let crossed = self.those(Standing::Breached).filter(|one| one.attribute.contains(" × ")).count();
        let kept = self.those(Standing::Within).count();
        let mut lines = vec![match self.word() {
            BREACHED => "Not within thresholds: somebody must explain or mend before a launch.".to_owned(),
            UNDECIDED => {
                "Not to be told from this data: no threshold is broken for sure, and not all are kept.".to_owned()
            }
            WITHIN => format!("Within all thresholds that apply: {} comparisons.", thousands(kept as u64)),
            _ => "No threshold of the policy applies to these figures.".to_owned(),
        }];
        lines.extend(self.apart().into_iter().map(|text| format!("Broken: {text}.")));
        if crossed > 0 {
            lines.push(format!("Broken for {crossed} figures of crossed groups too; the tables name them."));
        }
        if !open.is_empty() {
            lines.push(format!("Undecided for: {}.", told(&open)));
        }
        if kept > 0 && self.word() != WITHIN {
            lines.push(format!("{} other comparisons are within their thresholds.", thousands(kept as u64)));
        }
        lines
    }

    /// The reasons that the record keeps, one a line; what is within its threshold is counted.
    #[must_use]
    pub fn reasons(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (standing, word) in [(Standing::Breached, "Breached"), (Standing::Undecided, "Undecided")] {
            let all: Vec<&Judged> = self.those(standing).collect();
            lines.extend(all.iter().take(MOST).map(|one| format!("{word}: {}", one.text)));
            if all.len() > MOST {
                lines.push(format!("{word}: {} more figures; the results hold them.", all.len() - MOST));
            }
        }
        let kept = self.those(Standing::Within).count();
        if kept > 0 {
            lines.push(format!("Within: {kept} comparisons."));
        }
        lines.join("\n")
    }
}

/// How many reasons of a sort the record keeps.
const MOST: usize = 30;

/// Judges a report by thresholds.
#[must_use]
pub fn judge(report: &Report, thresholds: &[Threshold]) -> Verdict {
    let mut judged = Vec::new();
    for threshold in thresholds {
        // A ratio of the outcome that is bad for people says the opposite of what it is meant to.
        if threshold.of == Measured::Impact && report.data.favourable.is_none() {
            if report.data.task != Task::Regression {
                judged.push(unsaid(threshold));
            }
            continue;
        }
        let wanted = |attribute: &&Attribute| {
            threshold.attributes.is_empty() || attribute.columns.iter().all(|name| threshold.attributes.contains(name))
        };
        for attribute in report.attributes.iter().chain(&report.intersections).filter(wanted) {
            judged.extend(match threshold.of {
                Measured::Difference => differences(threshold, attribute),
                Measured::Impact => impacts(threshold, attribute),
                Measured::Value => values(threshold, attribute),
            });
        }
    }
    // Stable: within one standing they stay in the order of the policy and of the report.
    judged.sort_by_key(|one| (one.standing, one.attribute.contains(" × ")));
    Verdict { judged }
}

fn unsaid(threshold: &Threshold) -> Judged {
    Judged {
        threshold: threshold.id.clone(),
        standing: Standing::Undecided,
        attribute: String::new(),
        group: String::new(),
        metric: threshold.metric.clone(),
        of: threshold.of,
        value: None,
        against: None,
        n: 0,
        text: format!(
            "Impact ratio: nobody said which outcome is good for a person, so {} says nothing; analyse again and say it.",
            threshold.id
        ),
    }
}

fn shown<'a>(attribute: &'a Attribute, value: &str) -> Option<&'a Group> {
    attribute.groups.iter().find(|group| group.value == value)
}

fn made(threshold: &Threshold, attribute: &Attribute, group: &str, standing: Standing, n: u64, text: String) -> Judged {
    Judged {
        threshold: threshold.id.clone(),
        standing,
        attribute: attribute.name.clone(),
        group: group.to_owned(),
        metric: threshold.metric.clone(),
        of: threshold.of,
        value: None,
        against: None,
        n,
        text,
    }
}

/// Groups that are too small to be shown are too small to be judged.
fn hidden(threshold: &Threshold, attribute: &Attribute) -> Vec<Judged> {
    let small = attribute.groups.iter().filter(|group| group.hidden == Some(crate::slices::report::Hidden::Small));
    small
        .map(|group| {
            let text = format!(
                "{}: too few rows to be shown, so {} says nothing.",
                group_name(attribute, group),
                threshold.id
            );
            made(threshold, attribute, &group.value, Standing::Undecided, 0, text)
        })
        .collect()
}

fn differences(threshold: &Threshold, attribute: &Attribute) -> Vec<Judged> {
    let Limit::AtMost(limit) = threshold.limit else { return Vec::new() };
    let metric = threshold.metric.as_str();
    let disparities = &attribute.disparities;
    let (Some(disparity), Some(reference)) = (disparities.metrics.get(metric), disparities.reference.as_deref()) else {
        return Vec::new();
    };
    let mut all = hidden(threshold, attribute);
    let Some(base) = shown(attribute, reference) else { return all };
    for versus in disparity.groups.iter().filter(|versus| versus.value != reference) {
        let Some(group) = shown(attribute, &versus.value) else { continue };
        let of = |group: &Group| group.metrics.get(metric).cloned().unwrap_or_default();
        let (mine, its) = (of(group), of(base));
        let n = mine.n.min(its.n);
        let (standing, why) = difference_stands(threshold, limit, versus, n);
        let text = format!(
            "{}: {} is {}, {} for {reference}: {}; {why}.",
            group_name(attribute, group),
            label(metric),
            whole(metric, &mine),
            whole(metric, &its),
            gap(metric, &versus.difference)
        );
        let mut one = made(threshold, attribute, &versus.value, standing, n, text);
        (one.value, one.against) = (mine.value, its.value.map(|value| (reference.to_owned(), value)));
        all.push(one);
    }
    for excluded in &disparity.excluded {
        let text = format!("{} = {}: {} is {}.", attribute.name, excluded.value, label(metric), excluded.reason);
        all.push(made(threshold, attribute, &excluded.value, Standing::Undecided, 0, text));
    }
    all
}

fn difference_stands(threshold: &Threshold, limit: f64, versus: &Versus, n: u64) -> (Standing, String) {
    let metric = threshold.metric.as_str();
    let id = threshold.id.as_str();
    let allowed = format!("{}{}", points(metric, limit).trim_start_matches('+'), unit(metric));
    let Some(value) = versus.difference.value else {
        return (Standing::Undecided, format!("{id} says nothing of what is undefined"));
    };
    if n < threshold.least_n {
        let least = threshold.least_n;
        return (
            Standing::Undecided,
            format!("undecided, because {id} wants {least} rows on both sides and there are {n}"),
        );
    }
    let Some(interval) = versus.difference.interval() else {
        let word = if value.abs() > limit { Standing::Undecided } else { Standing::Within };
        return (word, format!("there is no interval, and {id} allows {allowed}"));
    };
    if value.abs() <= limit {
        let most = interval.low.abs().max(interval.high.abs());
        let sure = if most <= limit { "within" } else { "within, though more is not ruled out:" };
        return (Standing::Within, format!("{sure} the {allowed} that {id} allows"));
    }
    if interval.low <= 0.0 && interval.high >= 0.0 {
        return (Standing::Undecided, format!("undecided, because the interval includes zero; {id} allows {allowed}"));
    }
    if let Some(p) = versus.p_adjusted.filter(|p| *p >= LEVEL) {
        return (
            Standing::Undecided,
            format!(
                "undecided, because chance can explain it once all tests are allowed for (adjusted p = {p:.2}); {id} allows {allowed}"
            ),
        );
    }
    (Standing::Breached, format!("more than the {allowed} that {id} allows"))
}

fn impacts(threshold: &Threshold, attribute: &Attribute) -> Vec<Judged> {
    let Limit::AtLeast(limit) = threshold.limit else { return Vec::new() };
    let Some(impact) = &attribute.disparities.impact else { return Vec::new() };
    let mut all = hidden(threshold, attribute);
    let highest = impact.highest.as_deref().unwrap_or_default();
    let base = impact.groups.iter().find(|group| group.value == highest);
    for group in impact.groups.iter().filter(|group| group.value != highest) {
        let n = base.map_or(group.n, |base| base.n.min(group.n));
        let (standing, why) = ratio_stands(threshold, limit, &group.ratio, n);
        let told = group.ratio.value.map_or_else(|| "undefined".to_owned(), |ratio| format!("{ratio:.2}"));
        let range = group.ratio.interval().map_or_else(String::new, |it| format!(" [{:.2} to {:.2}]", it.low, it.high));
        let text = format!(
            "{} = {}: rate of “{}” is {}, {} for {highest}: impact ratio {told}{range}; {why}.",
            attribute.name,
            group.value,
            impact.outcome,
            whole("rate", &group.rate),
            base.map_or_else(String::new, |base| whole("rate", &base.rate)),
        );
        let mut one = made(threshold, attribute, &group.value, standing, n, text);
        one.value = group.rate.value;
        one.against = base.and_then(|base| base.rate.value).map(|value| (highest.to_owned(), value));
        all.push(one);
    }
    all
}

fn ratio_stands(threshold: &Threshold, limit: f64, ratio: &Estimate, n: u64) -> (Standing, String) {
    let id = threshold.id.as_str();
    let Some(value) = ratio.value else {
        return (Standing::Undecided, format!("{id} says nothing of what is undefined"));
    };
    if n < threshold.least_n {
        let least = threshold.least_n;
        return (
            Standing::Undecided,
            format!("undecided, because {id} wants {least} rows on both sides and there are {n}"),
        );
    }
    if value >= limit {
        return (Standing::Within, format!("within the {limit:.2} that {id} asks for"));
    }
    match ratio.interval() {
        Some(interval) if interval.high >= 1.0 => {
            (Standing::Undecided, format!("undecided, because the interval includes 1; {id} asks for {limit:.2}"))
        }
        Some(_) => (Standing::Breached, format!("less than the {limit:.2} that {id} asks for")),
        None => (Standing::Undecided, format!("undecided, because there is no interval; {id} asks for {limit:.2}")),
    }
}

fn values(threshold: &Threshold, attribute: &Attribute) -> Vec<Judged> {
    let metric = threshold.metric.as_str();
    let mut all = Vec::new();
    for group in attribute.groups.iter().filter(|group| group.hidden.is_none()) {
        let Some(estimate) = metric_of(group, metric) else { continue };
        let (standing, why) = value_stands(threshold, &estimate);
        let text =
            format!("{}: {} is {}; {why}.", group_name(attribute, group), label(metric), whole(metric, &estimate));
        let mut one = made(threshold, attribute, &group.value, standing, estimate.n, text);
        one.value = estimate.value;
        all.push(one);
    }
    all
}

fn value_stands(threshold: &Threshold, estimate: &Estimate) -> (Standing, String) {
    let (metric, id) = (threshold.metric.as_str(), threshold.id.as_str());
    let Some(value) = estimate.value else {
        return (Standing::Undecided, format!("{id} says nothing of what is undefined"));
    };
    if estimate.n < threshold.least_n || estimate.unstable {
        let (least, n) = (threshold.least_n, estimate.n);
        return (
            Standing::Undecided,
            format!("undecided, because {id} wants {least} rows of each label and there are {n} in all"),
        );
    }
    // What is bounded from above is bounded on both sides of zero: a calibration gap may be of either sign.
    let (is_beyond, is_surely_beyond, words) = match threshold.limit {
        Limit::AtMost(most) => (
            value.abs() > most,
            estimate.interval().map(|it| it.low > most || it.high < -most),
            format!("{} that {id} allows", figure(metric, most)),
        ),
        Limit::AtLeast(least) => (
            value < least,
            estimate.interval().map(|it| it.high < least),
            format!("{} that {id} asks for", figure(metric, least)),
        ),
    };
    match (is_beyond, is_surely_beyond) {
        (false, _) => (Standing::Within, format!("within the {words}")),
        (true, Some(true)) => (Standing::Breached, format!("beyond the {words}")),
        (true, Some(false)) => {
            (Standing::Undecided, format!("undecided, because its interval reaches back to the {words}"))
        }
        (true, None) => (Standing::Undecided, format!("undecided, because there is no interval, and not the {words}")),
    }
}
