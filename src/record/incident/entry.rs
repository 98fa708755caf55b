//! Entries of an incident's timeline: what happened when, typed while it happens.

use super::INCIDENT;
use crate::record::alert::CLOCKS_APART;
use crate::record::{Context, Field, FieldKind, Names, Problem, Record, RecordType, Value};

/// An authority was told.
pub const REPORT: &str = "report to authority";

/// An entry.
pub static ENTRY: RecordType = RecordType {
    name: "incident_entry",
    label: "Timeline entry",
    plural: "Timeline entries",
    prefix: "TLE",
    title: "text",
    help: "One line of an incident's timeline: what happened, was seen, decided, said or done, and when.",
    fields: &[
        Field::link("incident", "Incident", "incident", "The incident it belongs to.").required().settles().column(10),
        Field::moment("at", "At", "When it happened; now, unless said.").column(16),
        Field::choice(
            "kind",
            "Kind",
            &["observation", "action", "decision", "communication", REPORT],
            "What sort of thing it is.",
        )
        .default("observation")
        .column(14),
        Field::prose("text", "Text", "What happened, in a sentence.").required().column(44),
        Field::of(
            "clock",
            "Legal clock",
            FieldKind::Named(Names::Clock),
            "The clock that a report stops; all of them, unless said.",
        )
        .seldom(),
    ],
    closed: None,
    order: &[("at", false)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if after.get("at").is_empty() {
        after.set("at", context.now);
    }
}

fn check(_: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if matches!(after.get("at"), Value::Moment(at) if *at > context.now + CLOCKS_APART) {
        problems.push(Problem::of("at", "A timeline says what happened; it holds nothing of the future."));
    }
    let clock = after.text("clock");
    if clock.is_some() && after.text("kind") != Some(REPORT) {
        problems.push(Problem::of("clock", format!("Only an entry of the kind “{REPORT}” stops a legal clock.")));
    }
    let incident = after.text("incident").and_then(|id| context.records.record(&INCIDENT, id));
    if let (Some(clock), Some(incident)) = (clock, incident)
        && !incident.get("clocks").items().iter().any(|running| running == clock)
    {
        problems.push(Problem::of("clock", format!("{} has no such clock.", incident.reference())));
    }
    problems
}
