//! Evidence that does not say what it is about, or that was made for something else.

use super::facts::Facts;
use super::stage::{matters, reached};
use super::twins::twins;
use super::{Fault, Faults, Rule, Severity, Test, fault};
use crate::record::{EVIDENCE, Record, Value};
use crate::review::Place;
use crate::workspace::{Condition, Query, Result};

/// Kinds of evidence that say something of one model version.
const MEASURED: &[&str] = &["evaluation report", "fairness report", "model card", "test log"];

/// Kinds of evidence that describe one system.
const CARDS: &[&str] = &["model card", "system card", "data sheet", "impact assessment"];

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "evidence-no-version",
        severity: Severity::Warning,
        about: &EVIDENCE,
        title: "Measurement that names no model version",
        why: "Figures are about one version. Without it nobody can tell when they stop holding, and no check can call them \
              stale.",
        place: Place::Evidence,
        field: "model_version",
        test: Test::Each(no_version),
    },
    Rule {
        id: "evidence-no-method",
        severity: Severity::Note,
        about: &EVIDENCE,
        title: "High tier on an analysis that nobody could repeat",
        why: "Who doubts a figure must be able to make it again: say data, sample, metric and tool, or name the notebook.",
        place: Place::Evidence,
        field: "method",
        test: Test::Each(no_method),
    },
    Rule {
        id: "evidence-copied",
        severity: Severity::Warning,
        about: &EVIDENCE,
        title: "Card of one system handed in for another",
        why: "The same file, byte for byte, describes two systems. A copied card hides what is different: write this system's \
              own.",
        place: Place::Evidence,
        field: "sha256",
        test: Test::Whole(copied),
    },
];

fn is_one_of(evidence: &Record, kinds: &[&str]) -> bool {
    evidence.text("kind").is_some_and(|kind| kinds.contains(&kind))
}

fn no_version(facts: &Facts<'_>, evidence: &Record) -> Option<Fault> {
    let bound = !evidence.get("model_version").is_empty() || !evidence.get("release").is_empty();
    if bound || !is_one_of(evidence, MEASURED) || EVIDENCE.is_closed(evidence) || !matters(facts, evidence) {
        return None;
    }
    let reference = evidence.reference();
    fault(
        format!(
            "It is a {} and names neither a model version nor a release.",
            evidence.text("kind").unwrap_or_default()
        ),
        "say which version it is about",
        format!("probity evidence set {reference} --model-version VERSION"),
    )
}

fn no_method(facts: &Facts<'_>, evidence: &Record) -> Option<Fault> {
    let wanted = is_one_of(evidence, &["evaluation report", "fairness report"]);
    if !wanted || evidence.text("status") != Some("accepted") || !evidence.get("method").is_empty() {
        return None;
    }
    let high = |review: &&Record| reached(review, "decision") && review.text("tier") == Some("high");
    let review = facts.review(evidence).filter(high)?;
    let reference = evidence.reference();
    fault(
        format!("{} rests on it, and it does not say how it was made.", review.reference()),
        "say how it was made",
        format!("probity evidence set {reference} --method TEXT"),
    )
}

fn copied(facts: &Facts<'_>) -> Result<Faults> {
    let cards = Query::all(&EVIDENCE)
        .with(Condition::OneOf("kind", CARDS.iter().map(|kind| Value::text(*kind)).collect()))
        .with(Condition::OneOf("status", vec![Value::text("submitted"), Value::text("accepted")]));
    let copies = twins(facts, &cards, "sha256", 64, |_, _| true)?;
    let told = copies.into_iter().filter_map(|copy| {
        let reference = copy.record.reference();
        fault(
            format!("It is the same file, byte for byte, as {}{}.", copy.first.reference(), copy.of_system()),
            "hand in this system's own",
            format!("probity evidence version {reference} FILE"),
        )
        .map(|fault| (copy.record, fault))
    });
    Ok(told.collect())
}
