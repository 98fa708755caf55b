//! Monitoring readiness by system: which signals policy asks for, by tier and answers, which are there, and what each lacks.

use serde::Serialize;

use crate::policy::Policy;
use crate::record::{LEGAL, Look, PACKET, REVIEW, Record, SIGNAL, SYSTEM, Value, signal};
use crate::workspace::{Condition, Error, Query, Result, Workspace};

/// A kind of signal that policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Required {
    /// The kind.
    pub kind: String,
    /// The rule that asks for it.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The signals of this kind that watch, by reference.
    pub ready: Vec<String>,
    /// What is missing; empty where it is watched.
    pub lacks: String,
}

/// How ready a system is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// The system, by reference.
    pub system: String,
    /// Its name.
    pub name: String,
    /// The review by which it is judged, by reference.
    pub review: Option<String>,
    /// The tier of that review.
    pub tier: Option<String>,
    /// What policy asks for.
    pub required: Vec<Required>,
    /// Its signals that do not watch, each with what it lacks.
    pub unready: Vec<(String, String)>,
    /// How many of its signals watch.
    pub watching: usize,
    /// Whether everything that is asked for watches, something does, and nothing that is live lacks an owner or a route.
    pub ready: bool,
}

/// What keeps a signal from watching; none where it does.
#[must_use]
pub fn lacks(of: &Record) -> Option<String> {
    let mut missing = Vec::new();
    if !signal::is_live(of) {
        missing.push(if of.text("status") == Some("retired") { "retired" } else { "not live yet" }.to_owned());
    }
    for (field, what) in [("owner", "no owner"), ("alert_route", "no alert route"), ("threshold", "no threshold")] {
        if of.get(field).is_empty() {
            missing.push(what.to_owned());
        }
    }
    (!missing.is_empty()).then(|| missing.join(", "))
}

/// The review by which a system's monitoring is judged: the newest that was decided in its favour or is in use, or otherwise
/// the newest.
fn review_of(reviews: &[Record]) -> Option<&Record> {
    let lives = |review: &&Record| {
        matches!(review.text("stage"), Some("approved" | "approved with conditions" | "launched" | "monitoring"))
    };
    reviews.iter().rev().find(lives).or_else(|| reviews.last())
}

/// How ready a system is.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn of_system(workspace: &Workspace, policy: &Policy, system: &Record) -> Result<Readiness> {
    let of = |kind| workspace.records(&Query::all(kind).with(Condition::Is("system", Value::text(system.id()))));
    let (signals, reviews) = (of(&SIGNAL)?, of(&REVIEW)?);
    let review = review_of(&reviews);
    let look = workspace.look();
    let mut required = Vec::new();
    let tier = review.and_then(|review| review.text("tier").or_else(|| review.text("proposed_tier")));
    if let Some(packet) = review.and_then(|review| look.belonging(&PACKET, "review", review.id())) {
        let legal = review.and_then(|review| look.belonging(&LEGAL, "review", review.id()));
        let rules = policy.monitoring_for(&packet, legal.as_ref(), tier);
        for rule in rules.map_err(|error| Error::Policy(error.to_string()))? {
            required.extend(rule.kinds.iter().map(|kind| of_kind(kind, &rule.id, &rule.reason, &signals)));
        }
    }
    let alive = || signals.iter().filter(|signal| !SIGNAL.is_closed(signal));
    let unready: Vec<(String, String)> =
        alive().filter_map(|signal| Some((signal.reference().to_owned(), lacks(signal)?))).collect();
    let watching = alive().filter(|signal| lacks(signal).is_none()).count();
    let broken = alive().any(|one| signal::is_live(one) && !signal::is_ready(one));
    Ok(Readiness {
        system: system.reference().to_owned(),
        name: system.title().to_owned(),
        review: review.map(|review| review.reference().to_owned()),
        tier: tier.map(str::to_owned),
        ready: watching > 0 && !broken && required.iter().all(|one: &Required| one.lacks.is_empty()),
        required,
        unready,
        watching,
    })
}

fn of_kind(kind: &str, rule: &str, reason: &str, signals: &[Record]) -> Required {
    let of_kind: Vec<&Record> =
        signals.iter().filter(|one| one.text("kind") == Some(kind) && !SIGNAL.is_closed(one)).collect();
    let ready: Vec<String> =
        of_kind.iter().filter(|one| lacks(one).is_none()).map(|one| one.reference().to_owned()).collect();
    let lacks = if !ready.is_empty() {
        String::new()
    } else if let Some(one) = of_kind.first() {
        format!("{}: {}", one.reference(), lacks(one).unwrap_or_default())
    } else {
        "no such signal".to_owned()
    };
    Required { kind: kind.to_owned(), rule: rule.to_owned(), reason: reason.to_owned(), ready, lacks }
}

/// How ready the systems in use are, those that are not ready first.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn of_all(workspace: &Workspace, policy: &Policy) -> Result<Vec<Readiness>> {
    let live = Condition::OneOf("lifecycle", vec!["production".into(), "pilot".into()]);
    let mut all = Vec::new();
    for system in workspace.records(&Query::all(&SYSTEM).with(live))? {
        all.push(of_system(workspace, policy, &system)?);
    }
    all.sort_by_key(|one| (one.ready, one.name.to_lowercase()));
    Ok(all)
}
