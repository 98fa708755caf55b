//! What happens when: each review lives through its stages, and the changes of all come in the order of time.

use std::collections::HashMap;

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};

use super::content::{self, Case, Step};
use super::names::{self, PEOPLE, TEAMS};
use super::random::Random;
use crate::policy::Policy;
use crate::record::{PERSON, Value};
use crate::workspace::{Change, Edit, Result, Source};

/// How far back the past goes, in days.
const PAST: i64 = 540;

/// Where reviews stand in the end, and how many of a hundred.
const ENDS: &[(&str, i64)] = &[
    ("intake", 6),
    ("triage", 6),
    ("assessment", 11),
    ("mitigation", 8),
    ("decision", 4),
    ("approved", 6),
    ("approved with conditions", 4),
    ("rejected", 4),
    ("withdrawn", 3),
    ("launched", 14),
    ("monitoring", 24),
    ("closed", 10),
];

/// The stages that a review goes through before each of the ends, the first one left out.
fn way_to(end: &str) -> &'static [&'static str] {
    match end {
        "triage" => &["triage"],
        "assessment" => &["triage", "assessment"],
        "mitigation" => &["triage", "assessment", "mitigation"],
        "decision" => &["triage", "assessment", "mitigation", "decision"],
        "approved" => &["triage", "assessment", "mitigation", "decision", "approved"],
        "approved with conditions" => &["triage", "assessment", "mitigation", "decision", "approved with conditions"],
        "rejected" => &["triage", "assessment", "decision", "rejected"],
        "withdrawn" => &["triage", "withdrawn"],
        "launched" => &["triage", "assessment", "mitigation", "decision", "approved", "launched"],
        "monitoring" => &["triage", "assessment", "mitigation", "decision", "approved", "launched", "monitoring"],
        "closed" => &["triage", "assessment", "mitigation", "decision", "approved", "launched", "monitoring", "closed"],
        _ => &[],
    }
}

/// One thing that happens to one review.
struct Event {
    at: DateTime<Utc>,
    case: u32,
    step: Step,
}

/// All that happens, to be written piece by piece.
pub struct Programme<'p> {
    policy: &'p Policy,
    seed: u64,
    day: NaiveDate,
    people: Vec<String>,
    events: Vec<Event>,
    next: usize,
    begun: bool,
    cases: HashMap<u32, Case>,
    /// How many records of each kind there are, by which their references count.
    counted: HashMap<&'static str, u32>,
}

impl<'p> Programme<'p> {
    /// The programme of a seed, lived through up to a day.
    pub fn new(policy: &'p Policy, reviews: u32, seed: u64, day: NaiveDate) -> Self {
        let mut events: Vec<Event> = (0..reviews).flat_map(|case| life(seed, case, day)).collect();
        events.sort_by_key(|event| (event.at, event.case, event.step));
        let mut random = Random::new(seed, u64::MAX);
        let founded = moment(day, PAST + 30, &mut random);
        let people = (0..PEOPLE.len()).map(|_| content::id(founded, &mut random)).collect();
        Self {
            policy,
            seed,
            day,
            people,
            events,
            next: 0,
            begun: false,
            cases: HashMap::new(),
            counted: HashMap::new(),
        }
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.events.len() + 1
    }

    /// The next changes, at most so many; none when all are told.
    ///
    /// # Errors
    /// Where a rule of the policy cannot be applied.
    pub fn next_changes(&mut self, most: usize) -> Result<Vec<Change>> {
        let mut changes = Vec::with_capacity(most);
        if !self.begun {
            self.begun = true;
            changes.push(self.founding());
        }
        while changes.len() < most && self.next < self.events.len() {
            let Event { at, case: number, step } = self.events[self.next];
            self.next += 1;
            let new = || Case::new(self.seed, number, end_of(self.seed, number).0, &self.people);
            let case = self.cases.entry(number).or_insert_with(new);
            let (by, why, edits) = case.step(step, at, self.policy)?;
            if edits.is_empty() {
                continue;
            }
            for edit in &edits {
                let Edit::Add { kind, id, .. } = edit else { continue };
                let count = self.counted.entry(kind.name).or_default();
                *count += 1;
                case.introduce(id, format!("{}-{count}", kind.prefix));
            }
            changes.push(Change { by, at, source: Source::Edit, what: None, why, edits });
            if step == Step::Last {
                self.cases.remove(&number);
            }
        }
        Ok(changes)
    }

    fn founding(&self) -> Change {
        let mut random = Random::new(self.seed, u64::MAX - 1);
        let edits = PEOPLE
            .iter()
            .zip(&self.people)
            .map(|(name, id)| {
                let handle = name.split(' ').next().unwrap_or(name).to_lowercase();
                let mut fields = vec![
                    ("name", Value::text(*name)),
                    ("handle", Value::text(handle.as_str())),
                    ("email", Value::text(format!("{handle}@example.org"))),
                    ("team", Value::text(*random.of(TEAMS))),
                ];
                if names::decides(name) {
                    fields.push(("roles", Value::List(names::ROLES.map(str::to_owned).to_vec())));
                }
                Edit::Add { kind: &PERSON, id: id.clone(), fields }
            })
            .collect();
        let by = self.people.first().cloned().unwrap_or_default();
        let at = moment(self.day, PAST + 30, &mut random);
        Change { by, at, source: Source::Edit, what: Some("The people".to_owned()), why: None, edits }
    }
}

/// A moment in working hours, so many days before a day.
fn moment(day: NaiveDate, before: i64, random: &mut Random) -> DateTime<Utc> {
    let days = u64::try_from(before.max(1)).unwrap_or(1);
    let date = day.checked_sub_days(Days::new(days)).unwrap_or(day);
    date.and_time(NaiveTime::MIN).and_utc() + Duration::milliseconds(random.between(8 * 3_600_000, 18 * 3_600_000 - 1))
}

/// Where a review stands in the end, and the chance that the rest of its life goes on from.
fn end_of(seed: u64, case: u32) -> (&'static str, Random) {
    let mut random = Random::new(seed, u64::from(case) << 1);
    (*random.weighted(ENDS), random)
}

/// What happens to one review, and when: the end first, then the days between the stages backwards from it.
fn life(seed: u64, case: u32, day: NaiveDate) -> Vec<Event> {
    let (end, mut random) = end_of(seed, case);
    let way = way_to(end);
    let mut steps: Vec<Step> = vec![Step::Intake];
    steps.extend(way.iter().take(2).filter_map(|stage| Step::to(stage)));
    steps.extend([Step::Risks, Step::Checklists, Step::Actions, Step::Write]);
    if way.len() > 1 && end != "withdrawn" {
        steps.extend([Step::Read, Step::Again, Step::Work]);
    }
    steps.extend(way.iter().skip(2).filter_map(|stage| Step::to(stage)));
    steps.push(Step::Last);
    let ended = crate::record::review::ENDED.contains(&end);
    let mut before = if ended { random.between(1, PAST - 120) } else { random.between(1, 35) };
    let mut events: Vec<Event> = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        events.push(Event { at: moment(day, before, &mut random), case, step: *step });
        before += if matches!(step, Step::Intake | Step::Stage(_) | Step::Work) {
            random.between(2, 14)
        } else {
            random.between(1, 2)
        };
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::review::{STAGES, may_move};

    #[test]
    fn every_way_is_one_that_reviews_may_go() {
        for (end, _) in ENDS {
            assert!(STAGES.contains(end));
            let mut stage = "intake";
            for next in way_to(end) {
                assert!(may_move(stage, next), "{stage} to {next}, on the way to {end}");
                stage = next;
            }
            assert_eq!(stage, *end);
        }
    }

    #[test]
    fn lives_go_forwards_and_end_before_the_day() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        for case in 0..200 {
            let mut events = life(5, case, day);
            events.reverse();
            assert!(events.windows(2).all(|pair| pair[0].at < pair[1].at), "case {case}");
            assert!(events.iter().all(|event| event.at.date_naive() < day));
            assert_eq!(events.first().map(|event| event.step), Some(Step::Intake));
        }
    }
}
