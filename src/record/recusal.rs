//! Recusals: somebody declares a conflict of interest, and then neither decides nor votes.

use super::{Context, Field, Problem, Record, RecordType, Value};

/// A recusal.
pub static RECUSAL: RecordType = RecordType {
    name: "recusal",
    label: "Recusal",
    plural: "Recusals",
    prefix: "RCU",
    title: "reason",
    help: "A conflict of interest that somebody declared: they do not decide about this review, system or item.",
    fields: &[
        Field::link("person", "Person", "person", "Who has the conflict of interest.").required().column(14),
        Field::link("review", "Review", "review", "The review it is about; a system says more.").column(10),
        Field::link("system", "System", "system", "The system it is about, in every review of it.").column(22),
        Field::link("agenda_item", "Item", "agenda", "The one item of one meeting it is about.").column(12),
        Field::line("reason", "Reason", "What the conflict is.").required().column(36),
        Field::moment("declared_at", "Declared", "When it was declared.").by_rule(),
        Field::day("ended_on", "Ended", "When the conflict ended; somebody else says so.").column(10),
    ],
    closed: None,
    order: &[("id", true)],
    settle,
    check,
};

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if before.is_none() {
        after.set("declared_at", context.now);
        if after.get("person").is_empty() {
            after.set("person", context.actor);
        }
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if ["review", "system", "agenda_item"].iter().all(|field| after.get(field).is_empty()) {
        problems
            .push(Problem::of("review", "A recusal is about a review, a system or an item of a meeting; name one."));
    }
    if let Some(before) = before {
        for field in ["person", "review", "system", "agenda_item"] {
            if before.get(field) != after.get(field) {
                problems.push(Problem::of(field, "A recusal is not rewritten: end it, and declare another."));
            }
        }
        let changed = before.get("ended_on") != after.get("ended_on");
        if changed && after.text("person") == Some(context.actor) {
            problems.push(Problem::of("ended_on", "Somebody else says when your conflict of interest has ended."));
        }
    } else if matches!(after.get("ended_on"), Value::Day(_)) {
        problems.push(Problem::of("ended_on", "A new recusal has not ended yet."));
    }
    problems
}
