//! In which order suggestions are shown, and why. A packet of a public assistant calls for some thirty patterns, and whoever
//! reads three of them is to have read the three that matter.
//!
//! Each is given points: for its typical level, for how much of the packet speaks for it, and for ground that no risk of the
//! system covers yet. Ground counts once: after the first suggestion about a category, or about a risk of NIST AI 600-1, the
//! next one about the same waits behind others. So the first ones are about different things.

use std::collections::HashSet;

use super::Suggestion;
use crate::policy::{Pattern, Policy};
use crate::record::{Record, Terms as _};

/// The framework whose risks are ground to cover.
const GROUND: &str = "nist-ai-600-1";

/// Points for each step of the typical level.
const LEVEL: i64 = 2;

/// Points for a category in which nothing is recorded or suggested before.
const CATEGORY: i64 = 3;

/// Points for a risk of the framework that nothing recorded or suggested before names.
const REFERENCE: i64 = 2;

/// So many answers count, a point each: a condition that looks at more is not better for it.
const MOST_ANSWERS: usize = 3;

/// What is covered: by risks that are recorded, and by suggestions that stand before.
#[derive(Default)]
struct Covered {
    categories: HashSet<String>,
    references: HashSet<String>,
}

impl Covered {
    fn take(&mut self, pattern: &Pattern) {
        self.categories.extend(pattern.category.clone());
        self.references.extend(references(pattern).map(str::to_owned));
    }
}

fn references(pattern: &Pattern) -> impl Iterator<Item = &str> {
    let of_ground = pattern.references.iter().filter(|reference| reference.framework == GROUND);
    of_ground.map(|reference| reference.identifier.as_str())
}

/// The labels of the answers of the packet that a pattern's condition looks at.
fn answers(pattern: &Pattern, packet: &Record) -> Vec<&'static str> {
    let mut labels = Vec::new();
    for field in pattern.when.packet_fields() {
        if !packet.get(field.name).is_empty() && !labels.contains(&field.label) {
            labels.push(field.label);
        }
    }
    labels
}

/// Why a suggestion stands where it does, with its points.
fn judge(policy: &Policy, suggestion: &Suggestion, packet: &Record, covered: &Covered) -> (i64, String) {
    let pattern = &suggestion.pattern;
    let (level, rank) = policy.level(pattern.severity, pattern.likelihood).unwrap_or_default();
    let answers = answers(pattern, packet);
    let mut points = rank * LEVEL + i64::try_from(answers.len().min(MOST_ANSWERS)).unwrap_or(0);
    let mut why = Vec::new();
    if !level.is_empty() {
        why.push(format!("typically {level}"));
    }
    if !answers.is_empty() {
        why.push(format!("called for by {}", in_a_row(&answers)));
    }
    if let Some(category) = pattern.category.as_ref().filter(|category| !covered.categories.contains(*category)) {
        points += CATEGORY;
        why.push(format!("the first about {category}"));
    }
    let new: Vec<&str> = references(pattern).filter(|reference| !covered.references.contains(*reference)).collect();
    if !new.is_empty() {
        points += REFERENCE;
        why.push(format!("NIST AI 600-1 {} not covered yet", new.join(", ")));
    }
    let mut why = why.join("; ");
    if let Some(first) = why.get(..1).map(str::to_uppercase) {
        why.replace_range(..1, &first);
        why.push('.');
    }
    (points, why)
}

fn in_a_row(labels: &[&str]) -> String {
    let lower: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
    match lower.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => lower.join(""),
    }
}

/// Orders suggestions, and says of each why it stands there: those that are not recorded first, each time the one with the most
/// points; then those that are, in the order of their levels.
pub(super) fn order(
    policy: &Policy,
    suggestions: Vec<Suggestion>,
    packet: &Record,
    risks: &[Record],
) -> Vec<Suggestion> {
    let mut covered = Covered::default();
    for risk in risks {
        covered.categories.extend(risk.text("category").map(str::to_owned));
        if let Some(pattern) = risk.text("pattern").and_then(|id| policy.pattern(id)) {
            covered.take(pattern);
        }
    }
    let (mut open, mut recorded): (Vec<_>, Vec<_>) = suggestions.into_iter().partition(|one| one.present.is_empty());
    let mut ordered = Vec::with_capacity(open.len() + recorded.len());
    while !open.is_empty() {
        let judged = open.iter().enumerate().map(|(at, one)| (at, judge(policy, one, packet, &covered)));
        // Of two that are worth the same, the typically worse one; then the one that the policy names first.
        let best = judged.max_by_key(|(at, (points, _))| {
            let typical = open.get(*at).map_or(0, |one| one.pattern.severity * one.pattern.likelihood);
            (*points, typical, std::cmp::Reverse(*at))
        });
        let Some((at, (_, because))) = best else { break };
        let mut suggestion = open.remove(at);
        suggestion.because = because;
        covered.take(&suggestion.pattern);
        ordered.push(suggestion);
    }
    let rank = |one: &Suggestion| {
        let level = policy.level(one.pattern.severity, one.pattern.likelihood).map_or(0, |(_, rank)| rank);
        std::cmp::Reverse((level, one.pattern.severity * one.pattern.likelihood))
    };
    // Stable: what ranks alike stays in the policy's order.
    recorded.sort_by_key(rank);
    ordered.extend(recorded);
    ordered
}
