//! Evidence: a versioned item that proves something, with its SHA-256.

use super::{Context, Field, FieldKind, Problem, Record, RecordType};

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
            &[
                "evaluation report",
                "fairness report",
                "test log",
                "model card",
                "data sheet",
                "approval",
                "screenshot",
                "external report",
                "notebook",
                "monitoring export",
                "policy document",
                "other",
            ],
            "What sort of proof it is.",
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
    ],
    closed: Some(("status", &["rejected", "superseded"])),
    order: &[("id", true)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    context.inherit(after, "system", "review");
}

fn check(_: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    if after.text("status") == Some("rejected") && after.get("verdict_reason").is_empty() {
        return vec![Problem::of("verdict_reason", "Say why it is rejected.")];
    }
    Vec::new()
}
