//! Whether reviews under way will be ready by their launch, by how long those before them took from the same stage.
//!
//! The days that earlier reviews took from a stage to their decision, of those that took longer than this one has been in it
//! already, are what may still come. No curve is fitted: the interval is from their 10th to their 90th percentile. How often
//! such forecasts were right is found by making them again for reviews that are decided, from what was known then.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

use super::flow::{Flow, days};
use crate::review::kpi::{number, percentile};

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

fn cases(flows: &[Flow]) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for flow in flows {
        let Some(decided) = flow.decided() else { continue };
        for span in flow.stages.iter().filter(|span| span.from < decided) {
            cases.push(Case { tier: &flow.tier, stage: &span.what, days: days(span.from, decided), decided });
        }
    }
    cases
}

/// The days that may still come for a review of a tier that has been in a stage for some days, by what was decided before a
/// moment; and whether they are of the same tier.
fn remaining(cases: &[Case<'_>], tier: &str, stage: &str, so_far: f64, before: DateTime<Utc>) -> (Vec<f64>, bool) {
    let like = |same_tier: bool| -> Vec<f64> {
        let of = cases.iter().filter(|case| case.stage == stage && case.decided < before && case.days >= so_far);
        of.filter(|case| !same_tier || case.tier == tier).map(|case| case.days - so_far).collect()
    };
    let own = like(true);
    if own.len() >= OF_TIER { (own, true) } else { (like(false), false) }
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
    let mut all: Vec<Forecast> =
        flows.iter().filter(|flow| flow.is_active()).map(|flow| forecast(&cases, flow, now, today)).collect();
    let rank =
        |one: &Forecast| ["late", "at risk", "ready", "no date", "no basis"].iter().position(|word| *word == one.word);
    all.sort_by(|one, other| {
        let chance = |one: &Forecast| one.chance.unwrap_or(2.0);
        rank(one).cmp(&rank(other)).then_with(|| chance(one).total_cmp(&chance(other)))
    });
    (all, track_record(&cases, flows))
}

fn forecast(cases: &[Case<'_>], flow: &Flow, now: DateTime<Utc>, today: NaiveDate) -> Forecast {
    let so_far = flow.stages.last().map_or(0.0, |span| days(span.from, now).max(0.0));
    let (mut left, same_tier) = remaining(cases, &flow.tier, &flow.stage, so_far, now);
    let enough = left.len() >= LEAST;
    let mut at = |share: f64| percentile(&mut left, share).filter(|_| enough).and_then(|days| after(today, days));
    let (early_on, likely_on, late_on) = (at(0.1), at(0.5), at(0.9));
    let chance = flow.launch_on.filter(|_| enough).map(|launch| {
        let room = number(usize::try_from((launch - today).num_days()).unwrap_or(0));
        let in_time = left.iter().filter(|days| **days <= room && launch >= today).count();
        number(in_time) / number(left.len())
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
        n: left.len(),
        same_tier,
        word,
    }
}

/// Forecasts made again for what is decided, at the moment at which each review came to its assessment, or where it came to
/// none, to its triage.
fn track_record(cases: &[Case<'_>], flows: &[Flow]) -> Record {
    let mut record = Record::default();
    for flow in flows {
        let Some(decided) = flow.decided() else { continue };
        let came_to = |stage: &str| flow.stages.iter().find(|span| span.what == stage && span.from < decided);
        let Some(span) = came_to("assessment").or_else(|| came_to("triage")) else { continue };
        let (mut left, _) = remaining(cases, &flow.tier, &span.what, 0.0, span.from);
        if left.len() < LEAST {
            continue;
        }
        let took = days(span.from, decided);
        let (early, late) = (percentile(&mut left, 0.1).unwrap_or(0.0), percentile(&mut left, 0.9).unwrap_or(0.0));
        record.forecasts += 1;
        record.within += usize::from((early..=late).contains(&took));
        if let Some(launch) = flow.launch_on {
            let room = number(usize::try_from((launch - span.from.date_naive()).num_days()).unwrap_or(0));
            let in_time = left.iter().filter(|days| **days <= room).count();
            let expected = number(in_time) / number(left.len()) >= 0.5;
            record.with_date += 1;
            record.right += usize::from(expected == (decided.date_naive() <= launch));
        }
    }
    record
}
