//! The gate: may this release launch? One check for each thing that must be true, with the reason and the next step.
//!
//! Every check is a pure function of [`Facts`], which are read once. The gate is open when no check fails; nothing is left
//! out, and what policy does not ask for is said to be not required.

pub(in crate::review) mod decided;
mod facts;
mod intake;
pub(super) mod proof;
mod work;

use serde::Serialize;

pub use facts::{Facts, facts};

use super::Place;
use crate::policy::Policy;
use crate::record::Record;
use crate::workspace::{Result, Workspace};
use chrono::NaiveDate;

/// What a check comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// It holds.
    #[serde(rename = "pass")]
    Pass,
    /// It does not hold.
    #[serde(rename = "fail")]
    Fail,
    /// Nothing asks for it.
    #[serde(rename = "not required")]
    NotRequired,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotRequired => "not required",
        }
    }
}

/// What mends something, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What to do, as an order.
    pub what: String,
    /// The command that does it; words in capitals stand for what only a person knows.
    pub command: String,
    /// Where on the review's screen it is done.
    pub place: Place,
}

/// One thing that keeps a check from passing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong, as a sentence.
    pub text: String,
    /// The record that it is about, by reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What mends it.
    pub next: Step,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its id, such as `routes`.
    pub id: &'static str,
    /// What must be true.
    pub title: &'static str,
    /// What it comes to.
    pub verdict: Verdict,
    /// Why, as a sentence.
    pub reason: String,
    /// What keeps it from passing; empty unless it fails.
    pub findings: Vec<Finding>,
}

/// A gate with all its checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// The review, by reference.
    pub review: String,
    /// What is under review.
    pub title: String,
    /// The release that may launch or not, by name.
    pub release: Option<String>,
    /// Its model version.
    pub model_version: Option<String>,
    /// The tier that was decided.
    pub tier: Option<String>,
    /// Whether the release may launch.
    pub open: bool,
    /// The checks, in the order in which they are best worked.
    pub checks: Vec<Check>,
}

impl Gate {
    /// How many checks have this verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }

    /// The first thing to do, with the check that asks for it.
    #[must_use]
    pub fn next(&self) -> Option<(&Check, &Finding)> {
        self.checks.iter().find_map(|check| check.findings.first().map(|finding| (check, finding)))
    }

    /// The answer in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let required = self.checks.len() - self.count(Verdict::NotRequired);
        let passed = self.count(Verdict::Pass);
        if self.open {
            format!("open: all {required} checks pass")
        } else {
            format!("closed: {passed} of {required} checks pass, {} to go", required - passed)
        }
    }
}

/// What a check found, before it has its name.
pub(super) struct Outcome {
    verdict: Verdict,
    reason: String,
    findings: Vec<Finding>,
}

impl Outcome {
    fn pass(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Pass, reason: reason.into(), findings: Vec::new() }
    }

    fn not_required(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::NotRequired, reason: reason.into(), findings: Vec::new() }
    }

    /// Passes where nothing was found; fails with what was found otherwise.
    fn of(findings: Vec<Finding>, passed: impl FnOnce() -> String) -> Self {
        let reason = match findings.as_slice() {
            [] => return Self::pass(passed()),
            [only] => only.text.clone(),
            [first, rest @ ..] => format!("{} And {} more.", first.text, rest.len()),
        };
        Self { verdict: Verdict::Fail, reason, findings }
    }
}

/// Makes a finding: what is wrong with which record, what to do, with which command, where.
fn finding(
    text: impl Into<String>,
    record: Option<&Record>,
    what: impl Into<String>,
    command: impl Into<String>,
    place: Place,
) -> Finding {
    Finding {
        text: text.into(),
        // A packet that was never begun has no reference.
        record: record.map(|record| record.reference().to_owned()).filter(|reference| !reference.is_empty()),
        next: Step { what: what.into(), command: command.into(), place },
    }
}

type Test = fn(&Facts, &Policy) -> Outcome;

/// Every check there is, in the order in which they are best worked.
const CHECKS: &[(&str, &str, Test)] = &[
    ("packet", "Packet complete", intake::packet),
    ("tier", "Tier decided by who may", decided::tier),
    ("routes", "Routes cleared", intake::routes),
    ("documents", "Required documents approved and not stale", proof::documents),
    ("checklist", "Checklist items passed, not applicable or waived", proof::checklist),
    ("analysis", "Analysis within thresholds or explained", proof::analysis),
    ("risks", "Risks tolerated or accepted by who may", work::risks),
    ("actions", "Launch-blocking actions done", work::actions),
    ("monitoring", "Monitoring ready", proof::monitoring),
    ("disclosure", "Disclosure reviewed", proof::disclosure),
    ("decision", "Launch decided by who may, conditions met", decided::launch),
];

/// The ids of all checks with what each asks, in order.
pub fn checks() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHECKS.iter().map(|(id, title, _)| (*id, *title))
}

/// Judges facts.
#[must_use]
pub fn judge(policy: &Policy, facts: &Facts) -> Gate {
    let checks: Vec<Check> = CHECKS
        .iter()
        .map(|(id, title, test)| {
            let Outcome { verdict, reason, findings } = test(facts, policy);
            Check { id, title, verdict, reason, findings }
        })
        .collect();
    Gate {
        review: facts.review.reference().to_owned(),
        title: facts.review.title().to_owned(),
        release: facts.release.as_ref().map(|release| release.title().to_owned()),
        model_version: facts.subject.model_version.clone(),
        tier: facts.review.text("tier").map(str::to_owned),
        open: checks.iter().all(|check| check.verdict != Verdict::Fail),
        checks,
    }
}

/// The gate of a review, for its own release or for another one of its system.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn gate(
    workspace: &Workspace,
    policy: &Policy,
    review: Record,
    release: Option<Record>,
    today: NaiveDate,
) -> Result<Gate> {
    Ok(judge(policy, &facts(workspace, policy, review, release, today)?))
}

#[cfg(test)]
pub(super) mod tests;
