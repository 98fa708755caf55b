//! Alerts: a signal called, somebody answered, and it was found out what it was.

use chrono::TimeDelta;

use super::{Context, Field, Problem, Record, RecordType, SIGNAL, SYSTEM, Value, decimal};

/// What an alert turned out to be.
pub const DISPOSITIONS: &[&str] = &["confirmed", "false alarm", "expected", "duplicate", "incident"];

/// How far ahead of ours another machine's clock may be: what happened within it is not of the future.
pub const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// An alert.
pub static ALERT: RecordType = RecordType {
    name: "alert",
    label: "Alert",
    plural: "Alerts",
    prefix: "ALR",
    title: "title",
    help: "A call of a monitoring signal: when, at which value, who answered, and what it turned out to be.",
    fields: &[
        Field::line("title", "Title", "Which signal called, at which value.").by_rule().column(40),
        Field::link("signal", "Signal", "signal", "The signal that called.").required().column(24),
        Field::link("system", "System", "system", "The system of the signal.").by_rule(),
        Field::moment("raised_at", "Raised", "When it was raised.").required().column(16),
        Field::line("value", "Value", "The value at that time.").column(9),
        Field::line("key", "Key", "The pipeline's own id for it: the same alert handed in twice is one alert.")
            .seldom(),
        Field::prose("detail", "Detail", "What the pipeline says of it."),
        Field::choice("status", "Status", &["open", "acknowledged", "closed"], "Where it stands.").by_rule().column(12),
        Field::moment("acknowledged_at", "Acknowledged", "When somebody took it up.").column(16),
        Field::link("acknowledged_by", "Acknowledged by", "person", "Who took it up."),
        Field::link("routed_to", "Routed to", "person", "Who looks into it now; the signal's owner, unless said.")
            .column(12),
        Field::choice("disposition", "Disposition", DISPOSITIONS, "What it turned out to be.").column(12),
        Field::prose("disposition_note", "What was found", "What was found, and what was done."),
        Field::link("incident", "Incident", "incident", "The incident that was opened from it, or that it belongs to.")
            .column(10),
        Field::moment("closed_at", "Closed", "When it was known what it is.").by_rule(),
    ],
    closed: Some(("status", &["closed"])),
    order: &[("raised_at", true)],
    settle,
    check,
};

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let signal = after.text("signal").and_then(|id| context.records.record(&SIGNAL, id));
    if let Some(signal) = &signal {
        let unit = signal.text("unit").map(|unit| format!(" {unit}")).unwrap_or_default();
        let value = after.text("value").map(|value| format!(": {value}{unit}")).unwrap_or_default();
        after.set("title", format!("{}{value}", signal.title()));
        after.set("system", signal.get("system").clone());
        if before.is_none() && after.get("routed_to").is_empty() {
            after.set("routed_to", signal.get("owner").clone());
        }
    }
    if !after.get("incident").is_empty() && after.get("disposition").is_empty() {
        after.set("disposition", "incident");
    }
    let decided = !after.get("disposition").is_empty();
    if decided && after.get("acknowledged_at").is_empty() {
        // Whoever says what it was has looked at it.
        after.set("acknowledged_at", context.now.max(after.get("raised_at").as_moment().unwrap_or(context.now)));
    }
    match (after.get("acknowledged_at").is_empty(), after.get("acknowledged_by").is_empty()) {
        (false, true) => after.set("acknowledged_by", context.actor),
        (true, false) => after.set("acknowledged_by", Value::Empty),
        _ => {}
    }
    match (decided, after.get("closed_at").is_empty()) {
        (true, true) => after.set("closed_at", context.now),
        (false, false) => after.set("closed_at", Value::Empty),
        _ => {}
    }
    let status = match (decided, after.get("acknowledged_at").is_empty()) {
        (true, _) => "closed",
        (false, false) => "acknowledged",
        (false, true) => "open",
    };
    after.set("status", status);
}

fn check(_: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = decimal::problem(after, "value").into_iter().collect();
    let latest = context.now + CLOCKS_APART;
    let moment = |field: &str| after.get(field).as_moment();
    if let Some(raised) = moment("raised_at") {
        if raised > latest {
            let message = format!("An alert cannot be raised in the future ({}).", after.get("raised_at").display());
            problems.push(Problem::of("raised_at", message));
        }
        if moment("acknowledged_at").is_some_and(|at| at < raised) {
            problems.push(Problem::of("acknowledged_at", "It cannot be acknowledged before it was raised."));
        }
    }
    if moment("acknowledged_at").is_some_and(|at| at > latest) {
        problems.push(Problem::of("acknowledged_at", "It cannot be acknowledged in the future."));
    }
    let system = after.text("incident").map(|id| context.records.field(&super::INCIDENT, id, "system"));
    if system.is_some_and(|system| !system.is_empty() && &system != after.get("system")) {
        let of = after.text("system").map(|id| context.records.field(&SYSTEM, id, "ref").display());
        let of = of.unwrap_or_default();
        problems.push(Problem::of("incident", format!("That incident is about another system than {of}.")));
    }
    problems
}
