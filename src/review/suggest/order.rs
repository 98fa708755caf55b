//! In which order suggestions are shown, and why. A packet of a public assistant calls for some thirty patterns, and whoever
//! reads three of them is to have read the three that matter.
//!
//! Each is given points: for its typical severity and likelihood, for the answers of the packet that it rests on, more where no other answer
//! would do, and for ground that no risk of the system covers yet. Ground counts once: after the first suggestion about a category, or about a risk of NIST AI 600-1, the
//! next one about the same waits behind others. So the first ones are about different things.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::Suggestion;
use crate::policy::{Pattern, Policy};
use crate::record::{FieldKind, Record, Terms as _, Value};

/// The framework whose risks are ground to cover.
const GROUND: &str = "nist-ai-600-1";

/// What the typical severity times the typical likelihood, 1 to 25, is divided by to make points of it.
const TYPICAL: i64 = 2;

/// Points for a category in which nothing is recorded or suggested before.
const CATEGORY: i64 = 3;

/// Points for a risk of the framework that nothing recorded or suggested before names.
const REFERENCE: i64 = 2;

/// Points for an answer without which the pattern would not be suggested.
const ANSWER: i64 = 1;

/// Points more where no other answer in its place would do.
const ONLY: i64 = 2;

/// The most points for answers: a condition that looks at more is not better for it.
const MOST_ANSWERS: i64 = 4;

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

/// What of the packet a pattern rests on: the labels of those answers without which it would not be suggested, and whether any
/// other answer in its place would do as well.
struct Grounds(Vec<(&'static str, bool)>);

impl Grounds {
    /// Asks the condition again with each choice that the packet could have made instead. Answers that are no choice, such as
    /// a text that is there or is not, count as one without which it would not hold.
    fn of(pattern: &Pattern, packet: &Record) -> Self {
        let mut grounds: Vec<(&'static str, bool)> = Vec::new();
        for field in pattern.when.packet_fields() {
            if packet.get(field.name).is_empty() || grounds.iter().any(|(label, _)| *label == field.label) {
                continue;
            }
            let FieldKind::Choice(choices) = field.kind else {
                grounds.push((field.label, false));
                continue;
            };
            let others = choices.iter().filter(|choice| packet.text(field.name) != Some(**choice));
            let (mut would, mut all) = (0, 0);
            for choice in others {
                let mut instead = packet.clone();
                instead.set(field.name, Value::text(*choice));
                all += 1;
                would += usize::from(pattern.holds(&instead).unwrap_or(false));
            }
            if would < all {
                grounds.push((field.label, would == 0));
            }
        }
        Self(grounds)
    }

    fn points(&self) -> i64 {
        let each = self.0.iter().map(|(_, only)| ANSWER + if *only { ONLY } else { 0 });
        each.sum::<i64>().min(MOST_ANSWERS)
    }

    /// In words: `called for by exposure, and by model type alone`.
    fn in_words(&self) -> Option<String> {
        let labels = |only: bool| -> Vec<String> {
            self.0.iter().filter(|(_, one)| *one == only).map(|(label, _)| label.to_lowercase()).collect()
        };
        let (some, only) = (labels(false), labels(true));
        match (some.is_empty(), only.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("called for by {}", in_a_row(&some))),
            (true, false) => Some(format!("called for by this very {}", in_a_row(&only))),
            (false, false) => Some(format!("called for by {}, and by this very {}", in_a_row(&some), in_a_row(&only))),
        }
    }
}

/// Why a suggestion stands where it does, with its points.
fn judge(policy: &Policy, pattern: &Pattern, grounds: &Grounds, covered: &Covered) -> (i64, String) {
    let level = policy.level(pattern.severity, pattern.likelihood).map(|(level, _)| level).unwrap_or_default();
    let mut points = pattern.severity * pattern.likelihood / TYPICAL + grounds.points();
    let mut why = Vec::new();
    if !level.is_empty() {
        why.push(format!("typically {level}"));
    }
    why.extend(grounds.in_words());
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

fn in_a_row(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
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
    let (open, mut recorded): (Vec<_>, Vec<_>) = suggestions.into_iter().partition(|one| one.present.is_empty());
    let mut ordered = Vec::with_capacity(open.len() + recorded.len());
    let mut open: Vec<(Suggestion, Grounds)> = open
        .into_iter()
        .map(|one| {
            let grounds = Grounds::of(&one.pattern, packet);
            (one, grounds)
        })
        .collect();
    while !open.is_empty() {
        let judged = open.iter().enumerate().map(|(at, (one, grounds))| {
            let (points, because) = judge(policy, &one.pattern, grounds, &covered);
            // Of two that are worth the same, the typically worse one; then the one that the policy names first.
            ((points, one.pattern.severity * one.pattern.likelihood, Reverse(at)), because)
        });
        let Some(((_, _, Reverse(at)), because)) = judged.max_by_key(|(order, _)| *order) else { break };
        let (mut suggestion, _) = open.remove(at);
        suggestion.because = because;
        covered.take(&suggestion.pattern);
        ordered.push(suggestion);
    }
    let rank = |one: &Suggestion| {
        let level = policy.level(one.pattern.severity, one.pattern.likelihood).map_or(0, |(_, rank)| rank);
        Reverse((level, one.pattern.severity * one.pattern.likelihood))
    };
    // Stable: what ranks alike stays in the policy's order.
    recorded.sort_by_key(rank);
    ordered.extend(recorded);
    ordered
}
