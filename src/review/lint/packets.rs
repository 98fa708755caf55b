//! Packets that are incomplete where it is too late for that, or that were copied.

use super::facts::Facts;
use super::stage::{is_over, reached};
use super::twins::twins;
use super::{Fault, Faults, Rule, Severity, Test, fault};
use crate::record::{Look, PACKET, REVIEW, Record};
use crate::review::Place;
use crate::workspace::{Query, Result};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "packet-incomplete",
        severity: Severity::Warning,
        about: &PACKET,
        title: "Packet incomplete past triage",
        why: "Tier, routes and checklists follow from the answers. What is missing may change them: ask the team, or answer it.",
        place: Place::Packet,
        field: "",
        test: Test::Each(incomplete),
    },
    Rule {
        id: "packet-copied",
        severity: Severity::Note,
        about: &PACKET,
        title: "Use case identical to that of another system",
        why: "Two systems are described word for word the same: either they are one, or one of them was not described.",
        place: Place::Packet,
        field: "use_case",
        test: Test::Whole(copied),
    },
];

fn incomplete(facts: &Facts<'_>, packet: &Record) -> Option<Fault> {
    let review = facts.review(packet)?;
    let (answered, asked) = (packet.number("answered").unwrap_or(0), packet.number("asked").unwrap_or(0));
    if answered >= asked || !reached(review, "assessment") {
        return None;
    }
    fault(
        format!(
            "{answered} of {asked} required answers are there, and the review is in {}.",
            review.text("stage").unwrap_or_default()
        ),
        "answer what is missing, or ask the team",
        format!("probity review request {}", review.reference()),
    )
}

fn copied(facts: &Facts<'_>) -> Result<Faults> {
    let open = |facts: &Facts<'_>, packet: &Record| {
        let review = packet.text("review").and_then(|id| facts.record(&REVIEW, id));
        review.is_some_and(|review| !is_over(&review))
    };
    let copies = twins(facts, &Query::all(&PACKET), "use_case", 60, open)?;
    let told = copies.into_iter().filter_map(|copy| {
        let review = copy.record.text("review").and_then(|id| facts.record(&REVIEW, id));
        let review = review.map_or_else(|| "REVIEW".to_owned(), |review| review.reference().to_owned());
        fault(
            format!("It reads word for word as {}{}.", copy.first.reference(), copy.of_system()),
            "describe this system",
            format!("probity packet set {review} --use-case TEXT"),
        )
        .map(|fault| (copy.record, fault))
    });
    Ok(told.collect())
}
