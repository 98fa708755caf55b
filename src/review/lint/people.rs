//! Offices of people who have left.

use super::facts::Facts;
use super::stage::matters;
use super::{About, Fault, Rule, Severity, fault};
use crate::record::{ACTION, REVIEW, RISK, ROUTE, Record, SYSTEM};
use crate::review::Place;

const WHY: &str =
    "Whoever has left does nothing about it, and everybody else believes that somebody does. Hand it over.";

/// The rules.
pub(super) const RULES: &[Rule] = &[
    About(&ACTION, Place::Actions).rule(
        "action-owner-left",
        Severity::Warning,
        "Open action of somebody who has left",
        WHY,
        "owner",
        action,
    ),
    About(&RISK, Place::Risks).rule(
        "risk-owner-left",
        Severity::Warning,
        "Risk of somebody who has left",
        WHY,
        "owner",
        risk,
    ),
    About(&REVIEW, Place::Review).rule(
        "reviewer-left",
        Severity::Warning,
        "Reviewer who has left",
        WHY,
        "reviewer",
        review,
    ),
    About(&ROUTE, Place::Review).rule(
        "route-reviewer-left",
        Severity::Warning,
        "Another function's reviewer who has left",
        WHY,
        "reviewer",
        route,
    ),
    About(&SYSTEM, Place::Review).rule(
        "system-owner-left",
        Severity::Warning,
        "System of somebody who has left",
        WHY,
        "business_owner",
        system,
    ),
];

fn left(facts: &Facts<'_>, record: &Record, field: &str, command: String) -> Option<Fault> {
    let person = record.text(field);
    if !facts.has_left(person) || !matters(facts, record) {
        return None;
    }
    let label = record.kind().field(field).map_or(field, |field| field.label);
    fault(format!("{} is {}, who has left.", label, facts.who(person)), "hand it over", command)
}

fn action(facts: &Facts<'_>, action: &Record) -> Option<Fault> {
    let command = format!("probity action set {} --owner PERSON", action.reference());
    left(facts, action, "owner", command).filter(|_| !ACTION.is_closed(action))
}

fn risk(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let command = format!("probity risk set {} --owner PERSON", risk.reference());
    left(facts, risk, "owner", command).filter(|_| risk.text("status") != Some("closed"))
}

fn review(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let command = format!("probity review set {} --reviewer PERSON", review.reference());
    left(facts, review, "reviewer", command).filter(|_| !REVIEW.is_closed(review))
}

fn route(facts: &Facts<'_>, route: &Record) -> Option<Fault> {
    let command = format!("probity route set {} --reviewer PERSON", route.reference());
    left(facts, route, "reviewer", command).filter(|_| !ROUTE.is_closed(route))
}

fn system(facts: &Facts<'_>, system: &Record) -> Option<Fault> {
    let of = |field: &'static str| {
        let option = field.replace('_', "-");
        left(facts, system, field, format!("probity system set {} --{option} PERSON", system.reference()))
    };
    of("business_owner").or_else(|| of("technical_owner")).filter(|_| !SYSTEM.is_closed(system))
}
