//! Offices of people who have left.

use super::facts::Facts;
use super::stage::matters;
use super::{Fault, Rule, Severity, Test, fault};
use crate::record::{ACTION, Kind, REVIEW, RISK, ROUTE, Record, SYSTEM};
use crate::review::Place;

const fn rule(
    id: &'static str,
    about: Kind,
    title: &'static str,
    (place, field): (Place, &'static str),
    test: fn(&Facts<'_>, &Record) -> Option<Fault>,
) -> Rule {
    let why = "Whoever has left does nothing about it, and everybody else believes that somebody does. Hand it over.";
    Rule { id, severity: Severity::Warning, about, title, why, place, field, test: Test::Each(test) }
}

/// The rules.
pub(super) const RULES: &[Rule] = &[
    rule("action-owner-left", &ACTION, "Open action of somebody who has left", (Place::Actions, "owner"), action),
    rule("risk-owner-left", &RISK, "Risk of somebody who has left", (Place::Risks, "owner"), risk),
    rule("reviewer-left", &REVIEW, "Reviewer who has left", (Place::Review, "reviewer"), review),
    rule("route-reviewer-left", &ROUTE, "Another function's reviewer who has left", (Place::Review, "reviewer"), route),
    rule("system-owner-left", &SYSTEM, "System of somebody who has left", (Place::Review, "business_owner"), system),
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
