//! Whether reviews under way will be ready by their launch, by how long those before them took from the same stage.
//!
//! The days that earlier reviews took from a stage to their decision, of those that took longer than this one has been in it
//! already, are what may still come; reviews that still wait for their decision count for as long as they have waited
//! ([`Survival`]). No curve is fitted: the interval is from the 10th to the 90th percentile. How often such forecasts were
//! right is found by making them again for the [`TRIED`] reviews that were decided last, from what was known then.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

use super::flow::{Flow, Span, days};
use super::survival::{self, Seen, Survival};
use crate::record::review::{ENDED, TIERS};
use crate::review::kpi::number;

/// From how many earlier reviews on a forecast is made.
pub const LEAST: usize = 5;

/// For how many of the reviews that were decided last a forecast is made again: what was right years ago says little of now.
pub const TRIED: usize = 500;

/// From which chance on a review is called ready.
const READY: f64 = 0.8;

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
    /// The day by which half of those like it are decided; none where there is too little to go by.
    pub likely_on: Option<NaiveDate>,
    /// The 10th percentile.
    pub early_on: Option<NaiveDate>,
    /// The 90th percentile; none where so many of those like it still wait that nobody can say.
    pub late_on: Option<NaiveDate>,
    /// The share of those like it that would be decided by the launch; none without a launch date or a forecast.
    pub chance: Option<f64>,
    /// How many decided reviews it rests on.
    pub n: usize,
    /// Of which tiers these are: its own, those next to it too, or all.
    pub asked: &'static str,
    /// How it stands, in a word: ready (four in five like it would be), uncertain, at risk (less than one in two), late, no date,
    /// no basis.
    pub word: &'static str,
}

impl Forecast {
    /// When it is likely to be decided, with the interval, the chance and what it rests on, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let Some(early) = self.early_on else {
            return format!("too few reviews to go by: {}, and a forecast needs {LEAST}", self.n);
        };
        let span = match (self.likely_on, self.late_on) {
            (Some(likely), Some(late)) => format!("likely decided {likely}, 4 in 5 between {early} and {late}"),
            (Some(likely), None) => {
                format!("likely decided {likely}, from {early} on; how late cannot be said, since so many still wait")
            }
            (None, _) => format!("not decided before {early}; more than half of those like it still wait"),
        };
        let chance = self.chance.map(|chance| format!(", in time in {:.0} % of cases", chance * 100.0));
        format!("{span}{} (n {} {})", chance.unwrap_or_default(), self.n, self.asked)
    }
}

/// How often forecasts were right.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Record {
    /// How many were made again.
    pub forecasts: usize,
    /// How many decisions came within the interval; four in five are expected.
    pub within: usize,
    /// How many reviews that were forecast had a launch date.
    pub with_date: usize,
    /// How often what was more likely, ready or not, was so.
    pub right: usize,
}

/// What another review tells: the place of its tier among all, when it came to a stage, and when it was decided, withdrawn, or neither.
struct Case {
    tier: Option<usize>,
    from: DateTime<Utc>,
    decided: Option<DateTime<Utc>>,
    withdrawn: Option<DateTime<Utc>>,
}

impl Case {
    /// How long it was seen by a moment; none where it had not come so far by then.
    fn seen(&self, by: DateTime<Utc>) -> Option<Seen> {
        if self.from >= by {
            return None;
        }
        let ended = self.decided.filter(|decided| *decided < by);
        let until = ended.or(self.withdrawn).map_or(by, |until| until.min(by));
        Some(Seen { days: days(self.from, until), ended: ended.is_some() })
    }
}

/// The place of a tier among all, the least scrutiny first.
fn place(tier: &str) -> Option<usize> {
    TIERS.iter().position(|one| *one == tier)
}

/// What reviews tell, by stage.
type Cases<'f> = HashMap<&'f str, Vec<Case>>;

fn cases(flows: &[Flow]) -> Cases<'_> {
    let mut cases = Cases::new();
    for flow in flows {
        let decided = flow.decided();
        let ended = flow.stages.iter().find(|span| ENDED.contains(&span.what.as_str())).map(|span| span.from);
        let withdrawn = if decided.is_some() { None } else { ended };
        for span in &flow.stages {
            if decided.or(withdrawn).is_none_or(|end| span.from < end) {
                let case = Case { tier: place(&flow.tier), from: span.from, decided, withdrawn };
                cases.entry(span.what.as_str()).or_default().push(case);
            }
        }
    }
    cases
}

/// Which tiers are asked, by how far from a review's own: how much scrutiny a review gets decides how long it takes, so those
/// of its own tier where enough of them are decided, else those of the tiers next to it too, else all.
const TRIES: [(usize, &str); 3] =
    [(0, "of its tier"), (1, "of its tier and those next to it"), (usize::MAX, "of all tiers")];

/// What is known at a moment, in order of days, by stage, tier and how far other tiers may be from it: looked up once for all
/// reviews that are alike.
struct Known<'c, 'f> {
    cases: &'c Cases<'f>,
    at: DateTime<Utc>,
    alike: HashMap<(&'f str, Option<usize>, usize), Vec<Seen>>,
}

impl<'c, 'f> Known<'c, 'f> {
    fn new(cases: &'c Cases<'f>, at: DateTime<Utc>) -> Self {
        Self { cases, at, alike: HashMap::new() }
    }

    /// The days that may still come for a review of a tier that has been in a stage for some days; and which tiers are asked.
    fn remaining(&mut self, tier: Option<usize>, stage: &'f str, so_far: f64) -> (Survival, &'static str) {
        let mut last = (Survival::default(), "");
        for (reach, words) in TRIES {
            let (cases, at) = (self.cases, self.at);
            let seen = self.alike.entry((stage, tier, reach)).or_insert_with(|| {
                let near = |case: &&Case| match (tier, case.tier) {
                    (Some(one), Some(other)) => one.abs_diff(other) <= reach,
                    _ => reach >= TIERS.len(),
                };
                let of = cases.get(stage).map_or(&[][..], Vec::as_slice).iter().filter(near);
                survival::in_order(of.filter_map(|case| case.seen(at)))
            });
            let from = seen.partition_point(|one| one.days < so_far);
            last = (Survival::of_sorted(seen.get(from..).unwrap_or_default(), so_far), words);
            if last.0.ended >= LEAST {
                break;
            }
        }
        last
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
    let mut known = Known::new(&cases, now);
    let mut all: Vec<Forecast> =
        flows.iter().filter(|flow| flow.is_active()).map(|flow| forecast(&mut known, flow, now, today)).collect();
    let rank = |one: &Forecast| {
        ["late", "at risk", "uncertain", "ready", "no date", "no basis"].iter().position(|word| *word == one.word)
    };
    all.sort_by(|one, other| {
        let chance = |one: &Forecast| one.chance.unwrap_or(2.0);
        rank(one).cmp(&rank(other)).then_with(|| chance(one).total_cmp(&chance(other)))
    });
    (all, track_record(&cases, flows))
}

fn forecast<'f>(known: &mut Known<'_, 'f>, flow: &'f Flow, now: DateTime<Utc>, today: NaiveDate) -> Forecast {
    let so_far = flow.stages.last().map_or(0.0, |span| days(span.from, now).max(0.0));
    let (left, asked) = known.remaining(place(&flow.tier), &flow.stage, so_far);
    let enough = left.ended >= LEAST;
    let at = |share: f64| left.after(share).filter(|_| enough).and_then(|days| after(today, days));
    let chance = flow.launch_on.filter(|_| enough).map(|launch| match (launch - today).num_days() {
        ..0 => 0.0,
        room => left.within(number(usize::try_from(room).unwrap_or(0))),
    });
    let word = match (flow.launch_on, chance) {
        (None, _) => "no date",
        (Some(launch), _) if launch < today => "late",
        (Some(_), None) => "no basis",
        (Some(_), Some(chance)) if chance >= READY - 1e-9 => "ready",
        (Some(_), Some(chance)) if chance >= 0.5 => "uncertain",
        (Some(_), Some(_)) => "at risk",
    };
    Forecast {
        review: flow.reference.clone(),
        title: flow.title.clone(),
        stage: flow.stage.clone(),
        launch_on: flow.launch_on,
        likely_on: at(0.5),
        early_on: at(0.1),
        late_on: at(0.9),
        chance,
        n: left.ended,
        asked,
        word,
    }
}

/// Forecasts made again for what is decided, at the moment at which each review came to its assessment, or where it came to
/// none, to its triage.
fn track_record<'f>(cases: &Cases<'f>, flows: &'f [Flow]) -> Record {
    let mut tried: Vec<(DateTime<Utc>, &Flow, &Span)> = Vec::new();
    for flow in flows {
        let Some(decided) = flow.decided() else { continue };
        let came_to = |stage: &str| flow.stages.iter().find(|span| span.what == stage && span.from < decided);
        tried.extend(came_to("assessment").or_else(|| came_to("triage")).map(|span| (decided, flow, span)));
    }
    tried.sort_by_key(|(decided, _, _)| std::cmp::Reverse(*decided));
    let mut record = Record::default();
    for (decided, flow, span) in tried.into_iter().take(TRIED) {
        let (left, _) = Known::new(cases, span.from).remaining(place(&flow.tier), &span.what, 0.0);
        if left.ended < LEAST {
            continue;
        }
        let took = days(span.from, decided);
        let (early, late) = (left.after(0.1).unwrap_or(0.0), left.after(0.9).unwrap_or(f64::INFINITY));
        record.forecasts += 1;
        record.within += usize::from((early..=late).contains(&took));
        if let Some(launch) = flow.launch_on {
            let room = number(usize::try_from((launch - span.from.date_naive()).num_days()).unwrap_or(0));
            record.with_date += 1;
            record.right += usize::from((left.within(room) >= 0.5) == (decided.date_naive() <= launch));
        }
    }
    record
}
