//! Monitoring signals: what is watched after a launch, when it is too much, who hears of it, and by what way.

use super::alert::CLOCKS_APART;
use super::{Context, Field, FieldKind, Problem, Record, RecordType, Value, decimal, settle_nothing};

/// What a signal watches.
pub const KINDS: &[&str] =
    &["drift", "performance", "fairness", "safety filter", "user feedback", "abuse", "incident trigger"];

/// It is written down, and nothing comes in yet.
pub const DEFINED: &str = "defined";
/// It comes in.
pub const LIVE: &str = "live";
/// It comes in, and its alert route was tried.
pub const VALIDATED: &str = "validated";

/// A monitoring signal.
pub static SIGNAL: RecordType = RecordType {
    name: "signal",
    label: "Signal",
    plural: "Signals",
    prefix: "SIG",
    title: "name",
    help: "What is watched after a launch: a figure with a threshold, an owner, an alert route and a runbook.",
    fields: &[
        Field::line("name", "Name", "What is watched, in a few words.").required().column(34),
        Field::link("system", "System", "system", "The system that is watched.").required().column(24),
        Field::choice("kind", "Kind", KINDS, "What sort of harm it would show.").column(16),
        Field::prose("definition", "Definition", "How the figure is computed, over which data and span."),
        Field::choice("bad_when", "Bad when", &["above", "below"], "On which side of the threshold it is bad.")
            .default("above")
            .column(6),
        Field::line("threshold", "Threshold", "The value from which on somebody is called.").column(9),
        Field::line("unit", "Unit", "The unit of the value, such as % or seconds."),
        Field::of("every_hours", "Hours apart", FieldKind::Number(1, 8784), "Hours from one reading to the next.")
            .seldom(),
        Field::link("owner", "Owner", "person", "Who answers for it and takes its alerts.").column(12),
        Field::line("alert_route", "Alert route", "The way an alert takes: a channel, a rota, a queue.").column(20),
        Field::line("runbook", "Runbook", "Where it stands what to do when it alerts."),
        Field::choice(
            "status",
            "Status",
            &[DEFINED, LIVE, VALIDATED, "retired"],
            "Whether it comes in, and was tried.",
        )
        .default(DEFINED)
        .column(10),
        Field::link("route_test", "Route test", "evidence", "Evidence of the last test of its alert route.").seldom(),
        Field::moment("route_tested_at", "Route tested", "When its alert route was last tried.").seldom(),
    ],
    closed: Some(("status", &["retired"])),
    order: &[("name", false)],
    settle: settle_nothing,
    check,
};

/// Whether it watches: it comes in, somebody answers for it, and an alert finds its way.
#[must_use]
pub fn is_ready(signal: &Record) -> bool {
    is_live(signal) && !signal.get("owner").is_empty() && !signal.get("alert_route").is_empty()
}

/// Whether it comes in.
#[must_use]
pub fn is_live(signal: &Record) -> bool {
    matches!(signal.text("status"), Some(LIVE | VALIDATED))
}

/// Whether a value is on the bad side of the signal's threshold; none where it has no threshold.
#[must_use]
pub fn is_breach(signal: &Record, value: f64) -> Option<bool> {
    let threshold = decimal::number(signal.text("threshold")?)?;
    Some(if signal.text("bad_when") == Some("below") { value < threshold } else { value > threshold })
}

fn check(_: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = decimal::problem(after, "threshold").into_iter().collect();
    if after.text("status") == Some(VALIDATED) && after.get("route_test").is_empty() {
        problems.push(Problem::of(
            "status",
            "It is validated once its alert route was tried: `probity signal test SIGNAL --note …` records that.",
        ));
    }
    if matches!(after.get("route_tested_at"), Value::Moment(at) if *at > context.now + CLOCKS_APART) {
        problems.push(Problem::of("route_tested_at", "A test cannot have been made in the future."));
    }
    problems
}
