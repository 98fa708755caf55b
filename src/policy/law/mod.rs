//! The law that systems are classified under, as data in versions: what is asked, which duties follow, and from when. A
//! version may amend an earlier one and then lists only what differs.
//!
//! Which outcome follows from which answers is the law's own logic and stands in `classify`; every date, duty and text is
//! data of the policy, with its source. All of it supports a judgement. It is not legal advice.

mod classify;
mod read;

use chrono::NaiveDate;

pub use classify::{Classification, LegalGap, LegalReason};
pub(super) use read::{LawForm, read};

use super::RuleError;
use super::condition::{Condition, Facts};
use super::rules;
use crate::record::{Field, Record};

/// What is told with every outcome.
pub const NOT_ADVICE: &str = "It supports a judgement; it is not legal advice.";

/// Where a row of the law comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Where it was read.
    pub source: String,
    /// When it was checked against that, as `2026-09`.
    pub checked_on: String,
    /// Whether it is confirmed; what is not is told in the note.
    pub confirmed: bool,
    /// What is to be known of it.
    pub note: Option<String>,
}

/// A version of the law.
#[derive(Debug, Clone)]
pub struct Law {
    /// Its id, such as `eu-ai-act-2024`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// How it is cited.
    pub citation: String,
    /// The version that it amends.
    pub amends: Option<String>,
    /// From when it is law, where that is known.
    pub valid_from: Option<NaiveDate>,
    /// Until when it was law.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// From when its parts apply.
    pub applications: Vec<Application>,
    /// The prohibited practices.
    pub practices: Vec<Practice>,
    /// The points of Annex III.
    pub points: Vec<Point>,
    /// The situations of Art. 50.
    pub situations: Vec<Point>,
    /// The duties.
    pub duties: Vec<Duty>,
}

/// From when a part of a law applies.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its id, such as `annex-iii`.
    pub id: String,
    /// What applies.
    pub title: String,
    /// For which answers; for all, where there is none.
    pub when: Option<Condition>,
    /// From when.
    pub valid_from: NaiveDate,
    /// Until when, where it ends.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A prohibited practice.
#[derive(Debug, Clone)]
pub struct Practice {
    /// The field of the classification that asks about it.
    pub field: &'static Field,
    /// Where it stands.
    pub article: String,
    /// What it is, in our own words.
    pub text: String,
    /// The exception that the law makes, where it makes one.
    pub exception: Option<String>,
    /// The id of the [`Application`] that says from when.
    pub application: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A point of Annex III, or a situation of Art. 50.
#[derive(Debug, Clone)]
pub struct Point {
    /// The choice that means it.
    pub choice: &'static str,
    /// Where it stands.
    pub article: String,
    /// What it is, in our own words.
    pub text: String,
    /// What it does not cover.
    pub exception: Option<String>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A duty.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Its id, such as `risk-management`.
    pub id: String,
    /// Where it stands.
    pub article: String,
    /// What is owed, in one line.
    pub title: String,
    /// The roles that owe it; everybody, where there is none.
    pub to: Vec<&'static str>,
    /// For which answers; for all, where there is none.
    pub when: Option<Condition>,
    /// The ids of the [`Application`]s that say from when: the first that holds counts.
    pub applications: Vec<String>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A duty that follows from the answers.
#[derive(Debug, Clone, Copy)]
pub struct Owed<'p> {
    /// The duty.
    pub duty: &'p Duty,
    /// What says from when it applies.
    pub application: &'p Application,
    /// Whether it is owed only if we have one of its roles: ours is not answered.
    pub role_open: bool,
}

impl Law {
    /// The part with this id.
    #[must_use]
    pub fn application(&self, id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.id == id)
    }

    /// The duties that follow from a packet and a classification, in the law's order.
    ///
    /// # Errors
    /// The first duty or date whose condition failed.
    pub(super) fn owed(&self, packet: &Record, legal: &Record) -> Result<Vec<Owed<'_>>, RuleError> {
        let facts = Facts::of(packet, Some(legal));
        let holds = |when: &Option<Condition>, list: &str, id: &str| match when {
            None => Ok(true),
            Some(when) => rules::holds(when, &facts, list, id),
        };
        let role = legal.text("role");
        let mut owed = Vec::new();
        for duty in &self.duties {
            let ours = duty.to.is_empty() || role.is_none_or(|role| duty.to.contains(&role));
            if !ours || !holds(&duty.when, "duty", &duty.id)? {
                continue;
            }
            for application in duty.applications.iter().filter_map(|id| self.application(id)) {
                if holds(&application.when, "application", &application.id)? {
                    owed.push(Owed { duty, application, role_open: role.is_none() && !duty.to.is_empty() });
                    break;
                }
            }
        }
        Ok(owed)
    }
}

#[cfg(test)]
mod tests;
