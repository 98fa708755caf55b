//! Whether reviews under way will be ready by their launch, by how long those before them took from the same stage.
//!
//! The days that earlier reviews took from a stage to their decision, of those that took longer than this one has been in it
//! already, are what may still come. No curve is fitted: the interval is from their 10th to their 90th percentile. How often
//! such forecasts were right is found by making them again for reviews that are decided, from what was known then.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

use super::flow::{Flow, Span, days};
use crate::review::kpi::{number, sorted_percentile};

/// From how many earlier reviews on a forecast is made.
pub const LEAST: usize = 5;

/// From how many earlier reviews of the same tier on only these are asked.
const OF_TIER: usize = 10;

/// A forecast for a review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The review, by reference.
    pub review: String,
    /// Its title.
    pub title: String,
    /// Its stage.
    pub stage: String,
    /// When its team wants to launch.
    pub launch_on: Option<NaiveDate>,
    /// The day by which half of those like it were decided; none where there is too little to go by.
    pub likely_on: Option<NaiveDate>,
    /// The 10th percentile.
    pub early_on: Option<NaiveDate>,
    /// The 90th percentile.
    pub late_on: Option<NaiveDate>,
    /// The share of those like it that would be decided by the launch; none without a launch date or a forecast.
    pub chance: Option<f64>,
    /// How many earlier reviews it rests on.
    pub n: usize,
    /// Whether these were of the same tier.
    pub same_tier: bool,
    /// How it stands, in a word: ready, at risk, late, no date, no basis.
    pub word: &'static str,
}

/// How often forecasts were right.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Record {
    /// How many were made again.
    pub forecasts: usize,
    /// How many decisions came within the interval; four in five are expected.
    pub within: usize,
    /// How many of them had a launch date.
    pub with_date: usize,
    /// How often what was more likely, ready or not, was so.
    pub right: usize,
}

/// What an earlier review tells: its tier, its stage, and the days from there to its decision.
struct Case<'f> {
    tier: &'f str,
    stage: &'f str,
    days: f64,
    decided: DateTime<Utc>,
}

/// What earlier reviews tell, those that were decided first coming first.
fn cases(flows: &[Flow]) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for flow in flows {
        let Some(decided) = flow.decided() else { continue };
        for span in flow.stages.iter().filter(|span| span.from < decided) {
            cases.push(Case { tier: &flow.tier, stage: &span.what, days: days(span.from, decided), decided });
        }
    }
    cases.sort_by_key(|case| case.decided);
    cases
}

/// The days of earlier reviews from a stage to their decision, the fewest first: of all of them, and by tier.
#[derive(Default)]
struct Past<'f> {
    all: HashMap<&'f str, Vec<f64>>,
    by_tier: HashMap<(&'f str, &'f str), Vec<f64>>,
}

impl<'f> Past<'f> {
    fn learn(&mut self, case: &Case<'f>) {
        let of_tier = self.by_tier.entry((case.stage, case.tier)).or_default();
        for known in [self.all.entry(case.stage).or_default(), of_tier] {
            let at = known.partition_point(|days| *days <= case.days);
            known.insert(at, case.days);
        }
    }

    /// What may still come for a review of a tier that has been in a stage for some days: what those took that took as long
    /// at least; and whether they are of the same tier.
    fn like(&self, tier: &'f str, stage: &'f str, so_far: f64) -> (Left<'_>, bool) {
        let own = Left::of(self.by_tier.get(&(stage, tier)), so_far);
        if own.days.len() >= OF_TIER {
            return (own, true);
        }
        (Left::of(self.all.get(stage), so_far), false)
    }
}

/// The days that may still come: those in all, the fewest first, less those that passed already.
struct Left<'p> {
    days: &'p [f64],
    so_far: f64,
}

impl<'p> Left<'p> {
    fn of(known: Option<&'p Vec<f64>>, so_far: f64) -> Self {
        let known = known.map_or(&[][..], Vec::as_slice);
        Self { days: known.get(known.partition_point(|days| *days < so_far)..).unwrap_or_default(), so_far }
    }

    fn percentile(&self, share: f64) -> Option<f64> {
        sorted_percentile(self.days, share, self.so_far)
    }

    /// The share that is over within so many days.
    fn within(&self, room: f64) -> f64 {
        number(self.days.partition_point(|days| days - self.so_far <= room)) / number(self.days.len())
    }
}

/// The day so many days after another.
fn after(day: NaiveDate, days: f64) -> Option<NaiveDate> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "days of a review are few and positive"
    )]
    day.checked_add_days(Days::new(days.max(0.0).ceil() as u64))
}

/// A forecast for each review under way, those that are least likely to be ready first; and how often such forecasts were
/// right so far.
#[must_use]
pub fn forecasts(flows: &[Flow], now: DateTime<Utc>, today: NaiveDate) -> (Vec<Forecast>, Record) {
    let cases = cases(flows);
    let mut past = Past::default();
    cases.iter().filter(|case| case.decided < now).for_each(|case| past.learn(case));
    let mut all: Vec<Forecast> =
        flows.iter().filter(|flow| flow.is_active()).map(|flow| forecast(&past, flow, now, today)).collect();
    let rank =
        |one: &Forecast| ["late", "at risk", "ready", "no date", "no basis"].iter().position(|word| *word == one.word);
    all.sort_by(|one, other| {
        let chance = |one: &Forecast| one.chance.unwrap_or(2.0);
        rank(one).cmp(&rank(other)).then_with(|| chance(one).total_cmp(&chance(other)))
    });
    (all, track_record(&cases, flows))
}

fn forecast<'f>(past: &Past<'f>, flow: &'f Flow, now: DateTime<Utc>, today: NaiveDate) -> Forecast {
    let so_far = flow.stages.last().map_or(0.0, |span| days(span.from, now).max(0.0));
    let (left, same_tier) = past.like(&flow.tier, &flow.stage, so_far);
    let enough = left.days.len() >= LEAST;
    let at = |share: f64| left.percentile(share).filter(|_| enough).and_then(|days| after(today, days));
    let (early_on, likely_on, late_on) = (at(0.1), at(0.5), at(0.9));
    let chance = flow.launch_on.filter(|_| enough).map(|launch| {
        let room = number(usize::try_from((launch - today).num_days()).unwrap_or(0));
        if launch >= today { left.within(room) } else { 0.0 }
    });
    let word = match (flow.launch_on, chance) {
        (None, _) => "no date",
        (Some(launch), _) if launch < today => "late",
        (Some(_), None) => "no basis",
        (Some(_), Some(chance)) if chance >= 0.5 => "ready",
        (Some(_), Some(_)) => "at risk",
    };
    Forecast {
        review: flow.reference.clone(),
        title: flow.title.clone(),
        stage: flow.stage.clone(),
        launch_on: flow.launch_on,
        likely_on,
        early_on,
        late_on,
        chance,
        n: left.days.len(),
        same_tier,
        word,
    }
}

/// Forecasts made again for what is decided, at the moment at which each review came to its assessment, or where it came to
/// none, to its triage.
fn track_record<'f>(cases: &[Case<'f>], flows: &'f [Flow]) -> Record {
    let mut tried: Vec<(&Flow, &Span, DateTime<Utc>)> = Vec::new();
    for flow in flows {
        let Some(decided) = flow.decided() else { continue };
        let came_to = |stage: &str| flow.stages.iter().find(|span| span.what == stage && span.from < decided);
        tried.extend(came_to("assessment").or_else(|| came_to("triage")).map(|span| (flow, span, decided)));
    }
    tried.sort_by_key(|(_, span, _)| span.from);
    let (mut record, mut past, mut to_come) = (Record::default(), Past::default(), cases.iter().peekable());
    for (flow, span, decided) in tried {
        // Only what was decided by then was known.
        while let Some(case) = to_come.next_if(|case| case.decided < span.from) {
            past.learn(case);
        }
        let (left, _) = past.like(&flow.tier, &span.what, 0.0);
        let (Some(early), Some(late)) = (left.percentile(0.1), left.percentile(0.9)) else { continue };
        if left.days.len() < LEAST {
            continue;
        }
        record.forecasts += 1;
        record.within += usize::from((early..=late).contains(&days(span.from, decided)));
        if let Some(launch) = flow.launch_on {
            let room = number(usize::try_from((launch - span.from.date_naive()).num_days()).unwrap_or(0));
            let expected = left.within(room) >= 0.5;
            record.with_date += 1;
            record.right += usize::from(expected == (decided.date_naive() <= launch));
        }
    }
    record
}
