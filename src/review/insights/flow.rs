//! How reviews flow: through which stages, how long in each, and for what they waited, as the history tells.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::record::review::{DECIDED, ENDED, STAGES};
use crate::record::{REVIEW, Value};
use crate::review::kpi::{Period, number, percentile};
use crate::workspace::{Query, Result, Workspace};

/// A span of a review's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The stage, or what was waited for.
    pub what: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; none while it goes on.
    pub to: Option<DateTime<Utc>>,
}

impl Span {
    /// How many days it lasted; none while it goes on.
    #[must_use]
    pub fn days(&self) -> Option<f64> {
        self.to.map(|to| days(self.from, to))
    }
}

/// Days between two moments, with their parts.
pub(super) fn days(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).as_seconds_f64() / 86_400.0
}

/// A review's life.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// The review, by reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Its tier.
    pub tier: String,
    /// Where it stands.
    pub stage: String,
    /// When its team wants to launch.
    pub launch_on: Option<NaiveDate>,
    /// By when its stage is due.
    pub due_on: Option<NaiveDate>,
    /// Through which stages it went, in order of time.
    pub stages: Vec<Span>,
    /// For what it waited.
    pub waits: Vec<Span>,
}

impl Flow {
    /// When it was first decided.
    #[must_use]
    pub fn decided(&self) -> Option<DateTime<Utc>> {
        self.stages.iter().find(|span| DECIDED.contains(&span.what.as_str())).map(|span| span.from)
    }

    /// Whether it is under way: neither decided nor withdrawn.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !DECIDED.contains(&self.stage.as_str()) && !ENDED.contains(&self.stage.as_str())
    }

    /// When it began.
    #[must_use]
    pub fn begun(&self) -> Option<DateTime<Utc>> {
        self.stages.first().map(|span| span.from)
    }
}

/// Reads the lives of all reviews, in the order in which they were recorded.
///
/// # Errors
/// When the file cannot be read.
pub fn read(workspace: &Workspace) -> Result<Vec<Flow>> {
    let fields = ["id", "ref", "title", "tier", "stage", "launch_on", "due_on"];
    let mut flows = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for row in workspace.pick(&Query::all(&REVIEW), &fields)? {
        let [id, reference, title, tier, stage, launch, due] = row.as_slice() else { continue };
        let said = |value: &Value| value.as_text().unwrap_or_default().to_owned();
        place.insert(said(id), flows.len());
        flows.push(Flow {
            reference: said(reference),
            title: said(title),
            tier: said(tier),
            stage: said(stage),
            launch_on: launch.as_day(),
            due_on: due.as_day(),
            ..Flow::default()
        });
    }
    for (id, at, values) in workspace.images(&REVIEW, &["stage", "waiting_on"])? {
        let Some(flow) = place.get(&id).and_then(|at| flows.get_mut(*at)) else { continue };
        let [stage, waiting] = values.as_slice() else { continue };
        follow(&mut flow.stages, stage.as_deref(), at);
        follow(&mut flow.waits, waiting.as_deref().filter(|what| !what.trim().is_empty()), at);
    }
    Ok(flows)
}

/// Ends the span that goes on where something else begins.
fn follow(spans: &mut Vec<Span>, what: Option<&str>, at: DateTime<Utc>) {
    if let Some(last) = spans.last_mut().filter(|last| last.to.is_none()) {
        if Some(last.what.as_str()) == what {
            return;
        }
        last.to = Some(at);
    }
    spans.extend(what.map(|what| Span { what: what.to_owned(), from: at, to: None }));
}

/// How many of the reviews of a period reached a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Funnel {
    /// The stage.
    pub stage: String,
    /// How many came to it or beyond.
    pub reached: usize,
    /// As a share of all that began; none of nothing.
    pub share: Option<f64>,
}

/// The funnel of the reviews that began in a period: how many reached each stage or one beyond; and how many were rejected
/// or withdrawn.
#[must_use]
pub fn funnel(flows: &[Flow], period: &Period) -> Vec<Funnel> {
    let begun: Vec<&Flow> = flows.iter().filter(|flow| began(flow, period)).collect();
    let line = |stage: &&str| {
        let count = begun.iter().filter(|flow| came_to(flow, stage)).count();
        let share = (!begun.is_empty()).then(|| number(count) / number(begun.len()));
        Funnel { stage: (*stage).to_owned(), reached: count, share }
    };
    FUNNEL.iter().map(line).collect()
}

/// What the funnel tells, in the order of a review's life.
const FUNNEL: [&str; 8] =
    ["intake", "triage", "assessment", "decision", "approved", "launched", "rejected", "withdrawn"];

fn began(flow: &Flow, period: &Period) -> bool {
    flow.begun().is_some_and(|at| period.holds(at.date_naive()))
}

/// Whether a review came to what a line of the funnel counts.
fn came_to(flow: &Flow, stage: &str) -> bool {
    let at = |stage: &str| STAGES.iter().position(|known| *known == stage).unwrap_or(0);
    flow.stages.iter().any(|span| match (stage, span.what.as_str()) {
        ("approved", what) => matches!(what, "approved" | "approved with conditions"),
        ("launched", what) => matches!(what, "launched" | "monitoring"),
        ("rejected" | "withdrawn", what) => what == stage,
        // One that was withdrawn or closed came no farther than it did before.
        (_, "withdrawn" | "closed") => false,
        (_, what) => at(what) >= at(stage),
    })
}

/// The reviews behind a line of the funnel: all that began in the period, with whether they came so far.
#[must_use]
pub fn behind_funnel<'f>(flows: &'f [Flow], period: &Period, stage: &str) -> Vec<(&'f Flow, bool)> {
    flows.iter().filter(|flow| began(flow, period)).map(|flow| (flow, came_to(flow, stage))).collect()
}

/// The reviews that are in a stage, with the days since they came to it, the longest first.
#[must_use]
pub fn in_stage<'f>(flows: &'f [Flow], stage: &str, now: DateTime<Utc>) -> Vec<(&'f Flow, f64)> {
    let here = flows.iter().filter(|flow| flow.stage == stage);
    longest_first(here.filter_map(|flow| Some((flow, days(flow.stages.last()?.from, now).max(0.0)))).collect())
}

/// The reviews that left a stage in a period, or, of `waits`, whose wait ended in it: with the days, the longest first.
#[must_use]
pub fn behind_lasting<'f>(flows: &'f [Flow], period: &Period, what: &str, waits: bool) -> Vec<(&'f Flow, f64)> {
    let mut all = Vec::new();
    for flow in flows {
        let spans = if waits { &flow.waits } else { &flow.stages };
        let ours = spans.iter().filter(|span| if waits { waited_for(span) == what } else { span.what == what });
        let ended = ours.filter(|span| span.to.is_some_and(|to| period.holds(to.date_naive())));
        all.extend(ended.filter_map(|span| Some((flow, span.days()?))));
    }
    longest_first(all)
}

fn longest_first(mut all: Vec<(&Flow, f64)>) -> Vec<(&Flow, f64)> {
    all.sort_by(|one, other| other.1.total_cmp(&one.1));
    all
}

/// What a wait was for: “privacy: Inês Carvalho” is a wait for privacy.
fn waited_for(span: &Span) -> String {
    span.what.split(':').next().unwrap_or(&span.what).trim().to_lowercase()
}

/// How long something lasted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lasting {
    /// The stage, or what was waited for.
    pub what: String,
    /// How many times.
    pub n: usize,
    /// Median days.
    pub median: f64,
    /// The 90th percentile of the days.
    pub p90: f64,
    /// Days in all.
    pub days: f64,
}

fn lasting(spans: impl Iterator<Item = Span>, period: &Period) -> BTreeMap<String, Vec<f64>> {
    let mut by: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for span in spans.filter(|span| span.to.is_some_and(|to| period.holds(to.date_naive()))) {
        if let Some(days) = span.days() {
            by.entry(span.what).or_default().push(days);
        }
    }
    by
}

fn told(by: BTreeMap<String, Vec<f64>>) -> Vec<Lasting> {
    let lines = by.into_iter().filter_map(|(what, mut days)| {
        let (median, p90) = (percentile(&mut days, 0.5)?, percentile(&mut days, 0.9)?);
        Some(Lasting { what, n: days.len(), median, p90, days: days.iter().sum() })
    });
    lines.collect()
}

/// How long reviews stayed in each stage that they left in a period, in the order of a review's life.
#[must_use]
pub fn by_stage(flows: &[Flow], period: &Period) -> Vec<Lasting> {
    let mut lines = told(lasting(flows.iter().flat_map(|flow| flow.stages.clone()), period));
    lines.retain(|line| !ENDED.contains(&line.what.as_str()));
    lines.sort_by_key(|line| STAGES.iter().position(|stage| *stage == line.what));
    lines
}

/// How long reviews waited for each thing, where the wait ended in a period; what cost most days in all first.
#[must_use]
pub fn by_waiting(flows: &[Flow], period: &Period) -> Vec<Lasting> {
    let whole = |span: &Span| Span { what: waited_for(span), ..span.clone() };
    let mut lines = told(lasting(flows.iter().flat_map(|flow| flow.waits.iter().map(whole)), period));
    lines.sort_by(|one, other| other.days.total_cmp(&one.days));
    lines
}

/// How old what is under way is, in one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ageing {
    /// The stage.
    pub stage: String,
    /// How many reviews are in it.
    pub n: usize,
    /// How many of them are past the stage's date.
    pub late: usize,
    /// Median days in it so far.
    pub median: f64,
    /// The 90th percentile.
    pub p90: f64,
    /// The one that has been in it longest, by reference.
    pub oldest: String,
    /// For how many days.
    pub oldest_days: f64,
}

/// How long what is under way has been in its stage, in the order of a review's life.
#[must_use]
pub fn ageing(flows: &[Flow], now: DateTime<Utc>, today: NaiveDate) -> Vec<Ageing> {
    let mut lines = Vec::new();
    for stage in STAGES.iter().filter(|stage| !ENDED.contains(stage)) {
        let here: Vec<(&Flow, f64)> = flows
            .iter()
            .filter(|flow| flow.stage == *stage)
            .filter_map(|flow| Some((flow, days(flow.stages.last()?.from, now).max(0.0))))
            .collect();
        let mut ages: Vec<f64> = here.iter().map(|(_, days)| *days).collect();
        let (Some(median), Some(p90)) = (percentile(&mut ages, 0.5), percentile(&mut ages, 0.9)) else { continue };
        let Some((oldest, oldest_days)) = here.iter().max_by(|one, other| one.1.total_cmp(&other.1)) else { continue };
        lines.push(Ageing {
            stage: (*stage).to_owned(),
            n: here.len(),
            late: here.iter().filter(|(flow, _)| flow.due_on.is_some_and(|due| due < today)).count(),
            median,
            p90,
            oldest: oldest.reference.clone(),
            oldest_days: *oldest_days,
        });
    }
    lines
}
