//! What needs the board's attention, and why: found by plain rules over what the other parts read, and ranked.

use std::sync::Arc;

use chrono::NaiveDate;

use super::super::model::{Asked, Attention, Period};
use super::queue::{ReviewFact, is_undecided};
use super::{Reading, counted};

/// A launch within this many days is looked at.
const LAUNCH_DAYS: i64 = 14;

/// An acceptance that ends within this many days is looked at.
const ACCEPTANCE_DAYS: i64 = 30;

/// A review that has waited for more days than this is looked at.
const WAITING_DAYS: i64 = 14;

/// What the other parts found.
#[derive(Default)]
pub(super) struct Found {
    pub risks: Vec<RiskFact>,
    pub acceptances: Vec<AcceptanceFact>,
    pub actions: Vec<ActionFact>,
}

/// An open risk at one of the two highest levels.
pub(super) struct RiskFact {
    pub reference: Arc<str>,
    pub title: Arc<str>,
    pub level: String,
    pub highest: bool,
    pub owner: Option<Arc<str>>,
    pub due_on: Option<NaiveDate>,
    pub rank: i64,
}

/// An accepted risk.
pub(super) struct AcceptanceFact {
    pub reference: Arc<str>,
    pub title: Arc<str>,
    pub level: Option<String>,
    pub owner: Option<Arc<str>>,
    pub until: Option<NaiveDate>,
    pub weight: i64,
}

/// An open action that is late or blocked, and matters.
pub(super) struct ActionFact {
    pub reference: Arc<str>,
    pub title: Arc<str>,
    pub owner: Option<Arc<str>>,
    pub due_on: Option<NaiveDate>,
    pub blocking: bool,
    pub blocked: bool,
}

/// Ranks everything that was found.
pub(super) fn rank(reading: &mut Reading<'_, '_>, reviews: &[ReviewFact], period: Option<&Period>) -> Vec<Attention> {
    let found = std::mem::take(&mut reading.found);
    let mut all: Vec<Attention> = reviews.iter().filter_map(|fact| review(reading, fact)).collect();
    all.extend(found.risks.iter().filter_map(|fact| risk(reading, fact)));
    all.extend(found.acceptances.iter().filter_map(|fact| acceptance(reading, fact)));
    all.extend(found.actions.iter().map(|fact| action(reading, fact)));
    all.extend(period.and_then(outside));
    all.sort_by(|one, other| {
        (one.asked, -one.weight, one.by.unwrap_or(NaiveDate::MAX), &one.reference).cmp(&(
            other.asked,
            -other.weight,
            other.by.unwrap_or(NaiveDate::MAX),
            &other.reference,
        ))
    });
    all
}

/// A review stands once, under what is most pressing about it, with every reason.
fn review(reading: &Reading<'_, '_>, fact: &ReviewFact) -> Option<Attention> {
    let mut reasons: Vec<(Asked, i64, String)> = Vec::new();
    if fact.tier.as_deref() == Some("prohibited") {
        // Nothing else about it matters.
        return Some(Attention {
            asked: Asked::Decide,
            reference: fact.reference.clone(),
            title: fact.title.clone(),
            reason: "A prohibited use is still in the queue: reject it, or have it withdrawn.".to_owned(),
            who: fact.reviewer.clone(),
            by: fact.target_on.or(fact.due_on),
            weight: 2_000,
        });
    }
    if fact.stage == "decision" {
        let tier = fact.tier.as_deref().map_or("No tier".to_owned(), |tier| format!("Tier {tier}"));
        let left = remaining(fact);
        let ready =
            if left.is_empty() { "ready for a decision".to_owned() } else { format!("to be decided with {left}") };
        reasons.push((Asked::Decide, 1_000, format!("{tier}, {ready}")));
    }
    reasons.extend(launch(reading, fact));
    let late = |day: Option<NaiveDate>| day.map(|day| reading.days_since(day)).filter(|days| *days > 0);
    match (late(fact.target_on).filter(|_| is_undecided(fact)), late(fact.due_on)) {
        (Some(days), _) => {
            reasons.push((Asked::Late, days, format!("Its milestone passed {} ago", counted(days, "day"))));
        }
        (None, Some(days)) => {
            let reason = format!("{} past the date of its stage, {}", counted(days, "day"), fact.stage);
            reasons.push((Asked::Late, days, reason));
        }
        (None, None) => {}
    }
    if let Some((on, days)) = fact.waiting.as_ref().filter(|(_, days)| *days > WAITING_DAYS) {
        reasons.push((Asked::Late, *days, format!("Waiting for {} for {}", on.trim(), counted(*days, "day"))));
    }
    let (asked, _, _) = reasons.iter().min_by_key(|(asked, _, _)| *asked)?;
    let asked = *asked;
    let weight = reasons.iter().filter(|(of, _, _)| *of == asked).map(|(_, weight, _)| *weight).max().unwrap_or(0);
    let by = if asked == Asked::Launch { fact.launch_on } else { fact.target_on.or(fact.due_on) };
    let reason = reasons.iter().map(|(_, _, reason)| reason.as_str()).collect::<Vec<_>>().join(". ");
    Some(Attention {
        asked,
        reference: fact.reference.clone(),
        title: fact.title.clone(),
        reason: reason + ".",
        who: fact.reviewer.clone(),
        by,
        weight,
    })
}

/// What is not done yet of a review, in words.
fn remaining(fact: &ReviewFact) -> String {
    let progress = &fact.progress;
    let open = progress.items.saturating_sub(progress.settled + progress.failed);
    let parts: Vec<String> = [
        (progress.open_risks, "open risk"),
        (progress.failed, "failed item"),
        (open, "open item"),
        (progress.blocking, "launch-blocking action"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| counted(i64::try_from(count).unwrap_or(i64::MAX), what))
    .collect();
    parts.join(", ")
}

fn launch(reading: &Reading<'_, '_>, fact: &ReviewFact) -> Option<(Asked, i64, String)> {
    let launch = fact.launch_on?;
    let ahead = -reading.days_since(launch);
    if ahead > LAUNCH_DAYS {
        return None;
    }
    let when = match ahead {
        0 => "Launch today".to_owned(),
        ahead if ahead > 0 => format!("Launch in {}", counted(ahead, "day")),
        past => format!("Launch was planned for {} ago", counted(-past, "day")),
    };
    let blocking = fact.progress.blocking;
    let doubt = if fact.stage == "decision" {
        // What is left was said with the decision.
        return Some((Asked::Launch, 100 - ahead, when));
    } else if is_undecided(fact) {
        let left = remaining(fact);
        let with = if left.is_empty() { String::new() } else { format!(" with {left}") };
        format!("still in {}{with}", fact.stage)
    } else if blocking > 0 {
        let count = i64::try_from(blocking).unwrap_or(i64::MAX);
        format!("it waits for {}", counted(count, "open action"))
    } else if ahead < 0 {
        "it is approved, and no launch is recorded".to_owned()
    } else {
        return None;
    };
    Some((Asked::Launch, 100 - ahead, format!("{when}, {doubt}")))
}

/// A risk of the highest level always; one of the next level where it is late or nobody's.
fn risk(reading: &Reading<'_, '_>, fact: &RiskFact) -> Option<Attention> {
    let late = fact.due_on.map(|due| reading.days_since(due)).filter(|days| *days > 0);
    let mut reasons = vec![capital(&fact.level)];
    match (late, fact.due_on) {
        (Some(days), _) => reasons.push(format!("{} past its date", counted(days, "day"))),
        (None, Some(due)) => reasons.push(format!("due {}", due.format("%-d %B %Y"))),
        (None, None) => reasons.push("no date is set".to_owned()),
    }
    if fact.owner.is_none() {
        reasons.push("nobody owns it".to_owned());
    }
    let pressing = fact.highest || late.is_some() || fact.owner.is_none();
    pressing.then(|| Attention {
        asked: Asked::Risk,
        reference: fact.reference.clone(),
        title: fact.title.clone(),
        reason: reasons.join(", ") + ".",
        who: fact.owner.clone(),
        by: fact.due_on,
        weight: fact.rank,
    })
}

fn acceptance(reading: &Reading<'_, '_>, fact: &AcceptanceFact) -> Option<Attention> {
    let level = fact.level.as_deref().map_or_else(|| "risk".to_owned(), |level| format!("{level} risk"));
    let (weight, reason) = match fact.until.map(|until| -reading.days_since(until)) {
        None => (600, format!("The acceptance of this {level} has no end: set one, or treat the risk.")),
        Some(left) if left < 0 => {
            let ago = counted(-left, "day");
            (900, format!("The acceptance of this {level} ended {ago} ago: renew it, or treat the risk."))
        }
        Some(left) if left <= ACCEPTANCE_DAYS => {
            let left = counted(left, "day");
            (500, format!("The acceptance of this {level} ends in {left}: renew it, or treat the risk."))
        }
        Some(_) => return None,
    };
    Some(Attention {
        asked: Asked::Decide,
        reference: fact.reference.clone(),
        title: fact.title.clone(),
        reason,
        who: fact.owner.clone(),
        by: fact.until,
        weight: weight + fact.weight,
    })
}

fn action(reading: &Reading<'_, '_>, fact: &ActionFact) -> Attention {
    let late = fact.due_on.map(|due| reading.days_since(due)).filter(|days| *days > 0);
    let mut reasons = Vec::new();
    if fact.blocking {
        reasons.push("a launch waits for it".to_owned());
    }
    if fact.blocked {
        reasons.push("it is blocked".to_owned());
    }
    if let Some(days) = late {
        reasons.push(format!("{} past its date", counted(days, "day")));
    }
    if fact.owner.is_none() {
        reasons.push("nobody owns it".to_owned());
    }
    Attention {
        asked: Asked::Late,
        reference: fact.reference.clone(),
        title: fact.title.clone(),
        reason: capital(&reasons.join(", ")) + ".",
        who: fact.owner.clone(),
        by: fact.due_on,
        weight: late.unwrap_or(0) + i64::from(fact.blocking) * 20,
    }
}

/// Changes that were made by other programs than this one are the board's business too.
fn outside(period: &Period) -> Option<Attention> {
    let count = i64::try_from(period.outside).unwrap_or(i64::MAX);
    (count > 0).then(|| Attention {
        asked: Asked::Record,
        reference: Arc::from(""),
        title: Arc::from("Changes made outside Probity"),
        reason: format!(
            "The history holds {} since {} that another program made in the workspace's file.",
            counted(count, "change"),
            period.since
        ),
        who: None,
        by: None,
        weight: count,
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
