//! Evidence: a versioned item that proves something, with its SHA-256.

use super::{Context, Field, FieldKind, PERSON, Problem, Record, RecordType, Value};

/// Kinds of evidence. Documents that are written elsewhere and handed in are kinds of their own.
pub const KINDS: &[&str] = &[
    "evaluation report",
    "fairness report",
    "test log",
    "model card",
    "system card",
    "data sheet",
    "impact assessment",
    "evaluation plan",
    "monitoring plan",
    "launch readiness summary",
    "disclosure review notes",
    "plain-language summary",
    "data protection impact assessment",
    "fundamental rights impact assessment",
    "classification memo",
    "technical documentation",
    "instructions for use",
    "approval",
    "screenshot",
    "external report",
    "notebook",
    "monitoring export",
    "policy document",
    "other",
];

/// The kind that a file's name speaks of, the longest where it speaks of several: `model-card_v2.md` of a model card. None
/// where it speaks of none.
#[must_use]
pub fn kind_of_name(name: &str) -> Option<&'static str> {
    let plain = |text: &str| {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        format!(" {} ", words.collect::<Vec<_>>().join(" "))
    };
    let name = plain(name);
    let spoken_of = KINDS.iter().copied().filter(|kind| *kind != "other" && name.contains(&plain(kind)));
    spoken_of.max_by_key(|kind| kind.len())
}

/// What a look at an origin can find.
pub const DRIFT: &[&str] = &["unchanged", "changed", "missing", "unreadable", "not checked"];

/// Evidence.
pub static EVIDENCE: RecordType = RecordType {
    name: "evidence",
    label: "Evidence",
    plural: "Evidence",
    prefix: "EVD",
    title: "title",
    help: "A file, a link, a log or a report that proves something, with its SHA-256.",
    fields: &[
        Field::line("title", "Title", "What it is.").required().column(38),
        Field::choice(
            "kind",
            "Kind",
            KINDS,
            "What sort of proof it is; a document that policy asks for is of the kind of that name.",
        )
        .default("other")
        .column(18),
        Field::link("review", "Review", "review", "The review it was handed in for.").column(10),
        Field::link("system", "System", "system", "The system it is about.").column(22),
        Field::of("number", "Version number", FieldKind::Number(1, 9999), "Which version of this evidence it is.")
            .default("1")
            .column(4),
        Field::choice("status", "Status", &["submitted", "accepted", "rejected", "superseded"], "Where it stands.")
            .default("submitted")
            .column(11),
        Field::line("origin", "Origin", "The path or the address it came from.").column(30),
        Field::line("sha256", "SHA-256", "The hash of the file as it was registered.").by_workspace(),
        Field::of("bytes", "Bytes", FieldKind::Number(0, i64::MAX), "The size of the file as it was registered.")
            .by_workspace(),
        Field::line("media_type", "Media type", "The type of the file, as its name tells it.").by_workspace(),
        Field::flag("stored", "Copy kept inside", "Whether the workspace holds a copy.").by_workspace().column(6),
        Field::line("model_version", "Model version", "The model version it is about.").column(12),
        Field::link("release", "Release", "release", "The release it is about."),
        Field::day("produced_on", "Produced on", "When it was made.").column(11),
        Field::line("produced_by", "Produced by", "Who or what made it."),
        Field::prose("method", "Method", "How to make it again."),
        Field::prose("verdict_reason", "Reason", "Why it was accepted or rejected."),
        Field::of(
            "evidence",
            "Rests on",
            FieldKind::Links("evidence"),
            "Other evidence that it rests on, by reference.",
        )
        .seldom(),
        Field::link("supersedes", "Supersedes", "evidence", "The version that it took the place of.").by_workspace(),
        Field::link("judged_by", "Judged by", "person", "Who accepted or rejected it.").by_rule(),
        Field::moment("judged_at", "Judged", "When it was accepted or rejected.").by_rule(),
        Field::choice("drift", "Origin", DRIFT, "What the last look at its origin found.").by_workspace(),
        Field::line("drift_note", "About the origin", "What exactly the last look at its origin found.").by_workspace(),
        Field::moment("checked_at", "Origin checked", "When its origin was last looked at.").by_workspace(),
    ],
    closed: Some(("status", &["rejected", "superseded"])),
    order: &[("id", true)],
    settle,
    check,
};

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    context.inherit(after, "system", "review");
    match (newly_judged(before, after), after.text("status")) {
        (true, _) => {
            after.set("judged_by", context.actor);
            after.set("judged_at", context.now);
        }
        (false, Some("submitted") | None) => {
            after.set("judged_by", Value::Empty);
            after.set("judged_at", Value::Empty);
        }
        _ => {}
    }
}

/// Whether this change is the one that accepts or rejects it.
fn newly_judged(before: Option<&Record>, after: &Record) -> bool {
    let now = after.text("status");
    matches!(now, Some("accepted" | "rejected")) && before.and_then(|before| before.text("status")) != now
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    if !newly_judged(before, after) {
        let unexplained = after.text("status") == Some("rejected") && after.get("verdict_reason").is_empty();
        return if unexplained { vec![Problem::of("verdict_reason", "Say why it is rejected.")] } else { Vec::new() };
    }
    let mut problems = Vec::new();
    let status = after.text("status").unwrap_or_default();
    // A reason that was given for the opposite verdict does not explain this one.
    let old = before.is_some_and(|before| {
        before.text("status") != Some("submitted") && before.get("verdict_reason") == after.get("verdict_reason")
    });
    if after.get("verdict_reason").is_empty() || old {
        problems.push(Problem::of("verdict_reason", format!("Say why it is {status}.")));
    }
    if status == "accepted"
        && let Some(why) = super::analysis::unlimited(after, context)
    {
        problems.push(Problem::of("status", why));
    }
    if status == "accepted"
        && let Some(why) = own(before, after, context)
    {
        let message = format!("Nobody accepts their own evidence, and {why}; ask somebody else to look at it.");
        problems.push(Problem::of("status", message));
    }
    problems
}

/// Why the evidence is that of the person who makes the change, if it is.
fn own(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Option<&'static str> {
    let registered_by = before.map_or(Some(context.actor), |before| before.text("created_by"));
    if registered_by == Some(context.actor) {
        return Some("you registered this");
    }
    let maker = after.text("produced_by").map(|maker| maker.trim().trim_start_matches('@').to_lowercase())?;
    let is_maker = |field: &str| {
        let mine = context.records.field(&PERSON, context.actor, field);
        mine.as_text().is_some_and(|mine| mine.trim().to_lowercase() == maker)
    };
    (is_maker("name") || is_maker("handle")).then_some("you made this")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_speaks_of_a_kind_in_whole_words() {
        for (name, kind) in [
            ("model-card_v2.md", Some("model card")),
            ("Fairness Report 2026.PDF", Some("fairness report")),
            ("data_protection-impact.assessment.docx", Some("data protection impact assessment")),
            ("remodel-cards.md", None),
            ("other.txt", None),
            ("", None),
        ] {
            assert_eq!(kind_of_name(name), kind, "{name}");
        }
    }
}
