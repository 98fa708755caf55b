//! Rounds of peer review: who was asked to read a document, and how much rework they asked for.

use super::{DOCUMENT, own_verdict};
use crate::record::{Context, Field, FieldKind, Problem, Record, RecordType};

/// How much rework a round can ask for, the least first.
pub const REWORK: &[&str] = &["none", "minor", "major"];

/// A round of review.
pub static ROUND: RecordType = RecordType {
    name: "document_round",
    label: "Review round",
    plural: "Review rounds",
    prefix: "RND",
    title: "title",
    help: "One reading of a document by a peer, with how much rework they asked for.",
    fields: &[
        Field::line("title", "Title", "Which round of which document it is.").by_rule().column(24),
        Field::link("document", "Document", "document", "The document that is read.").required().settles().column(14),
        Field::of("number", "Round", FieldKind::Number(1, 9999), "Counts the rounds of the document.").by_rule(),
        Field::link("reviewer", "Reviewer", "person", "Who reads it.").required().column(14),
        Field::choice("rework", "Rework", REWORK, "How much must be done again; none lets it be approved.").column(8),
        Field::prose("summary", "Summary", "What the reviewer found, as a whole."),
        Field::moment("asked_at", "Asked", "When the document was handed in for it.").by_rule().column(11),
        Field::link("given_by", "Given by", "person", "Who said how much rework is needed.").by_rule(),
        Field::moment("given_at", "Given", "When they said so.").by_rule().column(11),
    ],
    closed: Some(("rework", REWORK)),
    order: &[("id", true)],
    settle,
    check,
};

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if before.is_none() {
        let earlier = after.text("document").map(|id| context.records.all(&ROUND, "document", id)).unwrap_or_default();
        let last = earlier.iter().filter_map(|round| round.number("number")).max().unwrap_or(0);
        after.set("number", last + 1);
        after.set("asked_at", context.now);
        let document = after.text("document").map(|id| context.records.field(&DOCUMENT, id, "ref").display());
        after.set("title", format!("{} round {}", document.unwrap_or_default(), last + 1));
    }
    let was_open = before.is_none_or(|before| before.get("rework").is_empty());
    if was_open && !after.get("rework").is_empty() {
        after.set("given_by", context.actor);
        after.set("given_at", context.now);
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let document = after.text("document").and_then(|id| context.records.record(&DOCUMENT, id));
    let Some(document) = document else { return Vec::new() };
    let Some(before) = before else {
        if document.text("author") == after.text("reviewer") {
            return vec![Problem::of("reviewer", "Nobody reviews their own document; name somebody else.")];
        }
        return Vec::new();
    };
    if !before.get("rework").is_empty() {
        let said = ["rework", "summary", "reviewer"].into_iter().find(|field| before.get(field) != after.get(field));
        return said.map_or_else(Vec::new, |field| {
            vec![Problem::of(field, "A verdict is not rewritten: hand the document in again for another round.")]
        });
    }
    if after.get("rework").is_empty() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if document.text("status") != Some(super::IN_REVIEW) {
        let message = format!("{} is not in review; hand it in first.", document.reference());
        problems.push(Problem::of("rework", message));
    }
    problems.extend(own_verdict(before, after, context).map(|why| Problem::of("rework", why)));
    if after.text("rework") != Some("none") && after.get("summary").is_empty() {
        problems.push(Problem::of("summary", "Say what must be done again."));
    }
    problems
}
