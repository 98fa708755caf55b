//! The policies that a workspace was under, each from when on: what was decided is judged by the policy of its day.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::policy::Policy;

/// Policies over time.
#[derive(Debug, Clone)]
pub struct Policies {
    /// The policy in force now.
    pub now: Policy,
    /// Earlier and present ones, each with when it came into force; the earliest first.
    versions: Vec<(DateTime<Utc>, Policy)>,
}

impl Policies {
    /// One policy for all time.
    #[must_use]
    pub fn one(policy: &Policy) -> Self {
        Self { now: policy.clone(), versions: Vec::new() }
    }

    /// Policies that took the place of one another.
    #[must_use]
    pub fn over_time(now: &Policy, mut versions: Vec<(DateTime<Utc>, Policy)>) -> Self {
        versions.sort_by_key(|(from, _)| *from);
        Self { now: now.clone(), versions }
    }

    /// The policy in force now, and all earlier ones that are known.
    pub fn all(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(&self.now).chain(self.versions.iter().map(|(_, policy)| policy))
    }

    /// The policy in force at a moment; before the first that is known, the first.
    #[must_use]
    pub fn at(&self, moment: DateTime<Utc>) -> &Policy {
        let version = self.versions.iter().rev().find(|(from, _)| *from <= moment).or_else(|| self.versions.first());
        version.map_or(&self.now, |(_, policy)| policy)
    }

    /// The policy in force at the end of a day, on the clocks of the policy that holds now.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> &Policy {
        self.at(self.end_of(day))
    }

    /// The date at a moment, by the policy that holds now: one clock for all figures.
    #[must_use]
    pub fn date(&self, moment: DateTime<Utc>) -> NaiveDate {
        self.now.business().date(moment)
    }

    /// The last moment of a day.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
        self.now.business().moment(next) - TimeDelta::milliseconds(1)
    }
}
