//! Systems that are in use and that nobody answers for, or nobody reviewed.

use std::collections::HashSet;

use super::facts::Facts;
use super::{Fault, Faults, Rule, Severity, Test, fault};
use crate::record::{REVIEW, Record, SYSTEM, Value};
use crate::review::Place;
use crate::workspace::{Condition, Query, Result};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "system-no-owner",
        severity: Severity::Warning,
        about: &SYSTEM,
        title: "In production and nobody answers for it",
        why: "Somebody must answer for its use and be able to stop it. Name the business owner.",
        place: Place::Review,
        field: "business_owner",
        test: Test::Each(no_owner),
    },
    Rule {
        id: "system-live-unreviewed",
        severity: Severity::Warning,
        about: &SYSTEM,
        title: "In production and never approved",
        why: "People depend on it, and no review of it came to a decision. Open a review, or bring the open one to its end.",
        place: Place::Review,
        field: "lifecycle",
        test: Test::Whole(unreviewed),
    },
];

fn is_live(system: &Record) -> bool {
    system.text("lifecycle") == Some("production")
}

fn no_owner(_: &Facts<'_>, system: &Record) -> Option<Fault> {
    if !is_live(system) || !system.get("business_owner").is_empty() || !system.get("technical_owner").is_empty() {
        return None;
    }
    fault(
        "It is in production, with neither a business owner nor a technical one.",
        "name an owner",
        format!("probity system set {} --business-owner PERSON", system.reference()),
    )
}

fn unreviewed(facts: &Facts<'_>) -> Result<Faults> {
    // One that was closed had its time too: it was approved before, or found not to be in scope.
    let stages = ["approved", "approved with conditions", "launched", "monitoring", "closed"];
    let approved = Query::all(&REVIEW).with(Condition::OneOf("stage", stages.map(Value::text).to_vec()));
    let approved = facts.workspace.counts_by(&approved, "system")?;
    let approved: HashSet<String> =
        approved.into_iter().filter_map(|(system, _)| system.as_text().map(str::to_owned)).collect();
    let begun = facts.workspace.counts_by(&Query::open(&REVIEW), "system")?;
    let begun: HashSet<String> =
        begun.into_iter().filter_map(|(system, _)| system.as_text().map(str::to_owned)).collect();
    let bare = facts.records(&SYSTEM).iter().filter(|system| is_live(system) && !approved.contains(system.id()));
    let told = bare.filter_map(|system| {
        let reference = system.reference();
        let told = if begun.contains(system.id()) {
            fault(
                "It is in production, and its review is still open.",
                "bring the review to its end",
                format!("probity review list system={reference}"),
            )
        } else {
            fault(
                "It is in production, and no review approved it.",
                "open a review",
                format!("probity review add TITLE --system {reference}"),
            )
        };
        told.map(|fault| (system.clone(), fault))
    });
    Ok(told.collect())
}
