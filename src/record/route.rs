//! Routes: additional reviews that triage finds necessary.

use super::{Context, Field, FieldKind, Names, Problem, Record, RecordType};

/// A route.
pub static ROUTE: RecordType = RecordType {
    name: "route",
    label: "Route",
    plural: "Routes",
    prefix: "RTE",
    title: "function",
    help: "An additional review that triage finds necessary: privacy, security, legal …",
    fields: &[
        Field::link("review", "Review", "review", "The review that needs it.").required().column(30),
        Field::of("function", "Function", FieldKind::Named(Names::Function), "Who is to look.").required().column(18),
        Field::prose("reason", "Reason", "The rule or the judgement that asked for it."),
        Field::link("reviewer", "Reviewer", "person", "Who looks, for that function.").column(14),
        Field::day("requested_at", "Requested", "When that function was asked.").column(10),
        Field::day("due_on", "Due", "When an answer is due.").column(10),
        Field::choice(
            "status",
            "Status",
            &["needed", "requested", "in progress", "cleared", "cleared with conditions", "blocked", "not needed"],
            "Where it stands.",
        )
        .default("needed")
        .column(14),
        Field::prose("outcome_note", "Outcome", "What was found, and under which conditions it is cleared."),
    ],
    closed: Some(("status", &["cleared", "cleared with conditions", "not needed"])),
    order: &[("due_on", false)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let asked = !matches!(after.text("status"), Some("needed" | "not needed") | None);
    if asked && after.get("requested_at").is_empty() {
        after.set("requested_at", context.today);
    }
}

fn check(_: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    let told = !after.get("outcome_note").is_empty();
    match after.text("status") {
        Some(status @ ("cleared with conditions" | "blocked")) if !told => {
            vec![Problem::of("outcome_note", format!("Say why it is {status}."))]
        }
        Some("not needed") if !told && after.get("reason").is_empty() => {
            vec![Problem::of("outcome_note", "Say why this route is not needed.")]
        }
        _ => Vec::new(),
    }
}
