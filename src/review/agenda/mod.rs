//! What to do now, across reviews, in order, and why.
//!
//! The order: what was allowed and is over; approvals whose subject has changed; evidence that drifted; late actions, those that block a launch first; late routes;
//! reviews past their stage's date; reviews that have waited long; evidence to be judged; documents to be read by whoever was
//! asked, to be approved, to be reworked by their authors; then the next step of each other
//! review, in the order of the queue. Within each of these, the latest first. Next steps come from the checks of the gate.
//!
//! Each register is asked for its first few rows by an index of its own, so that the cost does not grow with the workspace.

mod decided;
mod documents;
mod gather;

use chrono::NaiveDate;
use serde::Serialize;

use super::gate::Step;
use super::{Place, Progress, decide, gate, next, progress};
use crate::policy::Policy;
use crate::record::{REVIEW, Record};
use crate::workspace::{Result, Workspace};
use gather::Gathering;

/// From how many days of waiting on it is worth asking.
pub const WAITING_DAYS: i64 = 14;

/// Whose work is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// That of one person, by id: what they own, and the reviews that they run.
    Of(&'a str),
    /// Everybody's.
    All,
}

/// Why something stands where it does in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pressing {
    /// Something was allowed until a day that has passed.
    Expired,
    /// What was approved is not what is there now.
    Outdated,
    /// The origin of evidence is not what was registered any more.
    Drifted,
    /// A launch waits for it, and it is late.
    Blocking,
    /// It is late.
    Late,
    /// It has waited long.
    Waiting,
    /// Somebody other than its maker must look at it.
    Judge,
    /// Somebody waits for it to be read.
    Read,
    /// It was read and found good, and waits to be approved.
    Approve,
    /// A reader asked for rework.
    Rework,
    /// It is next.
    Next,
}

impl Pressing {
    /// The word that lists show.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Outdated => "outdated",
            Self::Drifted => "drifted",
            Self::Blocking => "blocking",
            Self::Late => "late",
            Self::Waiting => "waiting",
            Self::Judge => "judge",
            Self::Read => "read",
            Self::Approve => "approve",
            Self::Rework => "rework",
            Self::Next => "next",
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Todo {
    /// Why it stands here.
    pub pressing: Pressing,
    /// The record that it is about, by reference.
    #[serde(rename = "ref")]
    pub record: String,
    /// Its title.
    pub title: String,
    /// The review that it belongs to, by reference.
    pub review: Option<String>,
    /// Why, as a sentence.
    pub why: String,
    /// For how many days it has been late; none where it is not.
    pub days_late: Option<i64>,
    /// Whom it goes to now by the service levels: people by handle, or roles.
    pub escalates_to: Vec<String>,
    /// What to do, with which command, where.
    #[serde(flatten)]
    pub step: Step,
}

/// What to do now, the first `limit` of it.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn agenda(
    workspace: &Workspace,
    policy: &Policy,
    whose: Whose<'_>,
    limit: usize,
    today: NaiveDate,
) -> Result<Vec<Todo>> {
    let mut drafts = Gathering { workspace, policy, whose, limit, today }.all()?;
    // A review stands once, where it is most pressing.
    drafts.sort_by_key(|draft| (draft.order, std::cmp::Reverse(draft.days_late.unwrap_or(0))));
    let mut seen: Vec<String> = Vec::new();
    drafts.retain(|draft| {
        let new = !seen.iter().any(|id| id == draft.record.id());
        seen.push(draft.record.id().to_owned());
        new
    });
    drafts.truncate(limit);
    let reviews: Vec<String> =
        drafts.iter().filter(|draft| draft.step.is_none()).map(|draft| draft.record.id().to_owned()).collect();
    let known = progress(workspace, &reviews, today)?;
    drafts
        .into_iter()
        .map(|draft| {
            let (step, why) = match draft.step {
                Some(step) => (step, draft.why),
                None => {
                    let progress = known.get(draft.record.id()).copied().unwrap_or_default();
                    let (step, because) = review_step(workspace, policy, &draft.record, &progress, today)?;
                    (
                        step,
                        [draft.why, because].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
                    )
                }
            };
            Ok(Todo {
                pressing: draft.pressing,
                record: draft.record.reference().to_owned(),
                title: draft.record.title().to_owned(),
                review: draft.review,
                why,
                days_late: draft.days_late,
                escalates_to: draft.escalates_to,
                step,
            })
        })
        .collect()
}

/// The next step of a review with the command that does it, and why: from the gate's checks once it is past triage.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn review_step(
    workspace: &Workspace,
    policy: &Policy,
    review: &Record,
    progress: &Progress,
    today: NaiveDate,
) -> Result<(Step, String)> {
    if !matches!(review.text("stage"), Some("intake" | "triage") | None) && !REVIEW.is_closed(review) {
        let gate = gate::gate(workspace, policy, review.clone(), None, today)?;
        if let Some((_, finding)) = gate.next() {
            let more = match gate.count(gate::Verdict::Fail) - 1 {
                0 => String::new(),
                1 => " 1 more check of the gate fails.".to_owned(),
                more => format!(" {more} more checks of the gate fail."),
            };
            return Ok((finding.next.clone(), format!("{}{more}", finding.text)));
        }
    }
    let reference = review.reference();
    let Some(found) = next(review, progress) else {
        let command = format!("probity show {reference}");
        return Ok((Step { what: "look at it".to_owned(), command, place: Place::Review }, String::new()));
    };
    let command = match (review.text("stage").unwrap_or("intake"), found.place) {
        (_, Place::Packet) => format!("probity review request {reference}"),
        ("intake", _) => format!("probity review move {reference} triage"),
        ("triage", _) if review.get("reviewer").is_empty() => {
            format!("probity review set {reference} --reviewer PERSON")
        }
        ("triage", _) if review.get("tier").is_empty() => format!("probity triage {reference}"),
        ("triage", _) => format!("probity review move {reference} assessment"),
        ("approved" | "approved with conditions", _) => format!("probity review move {reference} launched"),
        _ => format!("probity show {reference}"),
    };
    Ok((Step { what: found.what, command, place: found.place }, found.why))
}

#[cfg(test)]
mod tests;
