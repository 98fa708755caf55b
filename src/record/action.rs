//! Actions: pieces of work with an owner and a due date.

use super::{Context, Field, FieldKind, Problem, Record, RecordType, Scale, Value};

/// An action.
pub static ACTION: RecordType = RecordType {
    name: "action",
    label: "Action",
    plural: "Actions",
    prefix: "ACT",
    title: "title",
    help: "A piece of work with an owner and a due date: a mitigation, a follow-up, a request.",
    fields: &[
        Field::line("title", "Title", "What is to be done.").required().column(44),
        Field::choice(
            "kind",
            "Kind",
            &["mitigation", "information request", "evidence", "condition", "follow-up", "control improvement"],
            "What sort of work it is.",
        )
        .default("follow-up")
        .column(16),
        Field::of("source", "Source", FieldKind::Reference, "The record it came from, by reference such as RSK-31.")
            .column(9),
        Field::link("review", "Review", "review", "The review it belongs to.").column(10),
        Field::link("decision", "Decision", "decision", "The decision of which it is a condition.").seldom(),
        Field::of("severity", "Severity", FieldKind::Step(Scale::Severity), "How bad it is while undone: 1 to 5."),
        Field::prose("repro_steps", "Steps to reproduce", "How to see the problem, for a fault that was found."),
        Field::prose("acceptance_criteria", "Acceptance criteria", "What must be true for it to be done."),
        Field::link("owner", "Owner", "person", "Who does it.").column(12),
        Field::day("due_on", "Due", "When it must be done.").column(10),
        Field::choice("status", "Status", &["open", "in progress", "blocked", "done", "cancelled"], "Where it stands.")
            .default("open")
            .column(11),
        Field::flag("launch_blocking", "Blocks the launch", "Whether the launch waits for it.").default("no").column(5),
        Field::link("closing_evidence", "Closing evidence", "evidence", "What proves that it is done."),
        Field::line("ticket", "Ticket", "Its key in an outside tracker.").seldom(),
        Field::line("ticket_url", "Ticket address", "Its address in an outside tracker.").seldom(),
        Field::prose("closing_note", "Closing note", "What was done, or why it was cancelled."),
        Field::moment("closed_at", "Closed", "When it was done or cancelled.").by_rule(),
    ],
    closed: Some(("status", &["done", "cancelled"])),
    order: &[("due_on", false)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    match (ACTION.is_closed(after), after.get("closed_at").is_empty()) {
        (true, true) => after.set("closed_at", context.now),
        (false, false) => after.set("closed_at", Value::Empty),
        _ => {}
    }
}

fn check(before: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    let newly = before.and_then(|before| before.text("status")) != after.text("status");
    if newly && after.text("status") == Some("cancelled") && after.get("closing_note").is_empty() {
        return vec![Problem::of("closing_note", "Say why the action is cancelled.")];
    }
    Vec::new()
}
