//! After the launch: signals that reach nobody, alerts that nobody takes up, incidents whose clock has run out or from which
//! nothing was learnt.

use super::facts::Facts;
use super::stage::is_live;
use super::{Fault, Rule, Severity, Test, fault};
use crate::policy::tier_rank;
use crate::record::incident::{self, MITIGATION};
use crate::record::{ALERT, INCIDENT, REVIEW, Record, SIGNAL, signal};
use crate::review::Place;

const fn rule(
    id: &'static str,
    severity: Severity,
    about: crate::record::Kind,
    title: &'static str,
    why: &'static str,
    field: &'static str,
    test: fn(&Facts<'_>, &Record) -> Option<Fault>,
) -> Rule {
    Rule { id, severity, about, title, why, place: Place::Review, field, test: Test::Each(test) }
}

/// The rules.
pub(super) const RULES: &[Rule] = &[
    rule(
        "review-live-no-signal",
        Severity::Warning,
        &REVIEW,
        "Live with no live signal",
        "A plan watches nothing. Define a signal with a threshold, an owner and an alert route, and let it come in.",
        "stage",
        no_signal,
    ),
    rule(
        "signal-no-owner",
        Severity::Error,
        &SIGNAL,
        "Live signal with no owner or no alert route",
        "An alert that reaches nobody is no alert. Name who answers for it, and by what way they are called.",
        "owner",
        no_owner,
    ),
    rule(
        "signal-owner-left",
        Severity::Warning,
        &SIGNAL,
        "Signal of somebody who has left",
        "Its alerts go to nobody. Name another owner.",
        "owner",
        owner_left,
    ),
    rule(
        "alert-unacknowledged",
        Severity::Error,
        &ALERT,
        "Alert past its acknowledgement time",
        "Somebody was to take it up within the hours that the policy gives. Acknowledge it, or route it.",
        "acknowledged_at",
        unacknowledged,
    ),
    rule(
        "incident-past-legal-clock",
        Severity::Error,
        &INCIDENT,
        "Incident past its legal clock",
        "A report to the authority was due and none is in the timeline. Report it, and record that, however late.",
        "report_due_on",
        past_clock,
    ),
    rule(
        "incident-no-learning",
        Severity::Warning,
        &INCIDENT,
        "Incident closed with no learning",
        "What is not written down happens again. Say the root cause, the gaps in control and what changes.",
        "learnings",
        no_learning,
    ),
    rule(
        "mitigation-past-end",
        Severity::Error,
        &MITIGATION,
        "Temporary mitigation past its end",
        "What was put in for a while is still in. Make it last, or take it out and say what took its place.",
        "ends_on",
        past_end,
    ),
];

fn no_signal(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let tier = review.text("tier")?;
    if !is_live(review) || tier_rank(tier) < tier_rank("medium") {
        return None;
    }
    let system = facts.system(review)?;
    let own = |one: &&Record| one.text("system") == Some(system.id());
    if facts.records(&SIGNAL).iter().filter(own).any(signal::is_live) {
        return None;
    }
    let stage = review.text("stage").unwrap_or("live");
    fault(
        format!("It is {stage} at tier {tier}, and no signal of {} comes in.", system.reference()),
        "define a signal and let it come in",
        format!(
            "probity signal add NAME --system {} --threshold NUMBER --owner PERSON --alert-route ROUTE --status live",
            system.reference()
        ),
    )
}

fn no_owner(_: &Facts<'_>, of: &Record) -> Option<Fault> {
    if !signal::is_live(of) || signal::is_ready(of) {
        return None;
    }
    let reference = of.reference();
    let (what, command) = if of.get("owner").is_empty() {
        ("owner", format!("probity signal set {reference} --owner PERSON"))
    } else {
        ("alert route", format!("probity signal set {reference} --alert-route ROUTE"))
    };
    fault(format!("It comes in, and has no {what}."), "say who is called, and how", command)
}

fn owner_left(facts: &Facts<'_>, of: &Record) -> Option<Fault> {
    let owner = of.text("owner").filter(|owner| facts.has_left(Some(owner)))?;
    if SIGNAL.is_closed(of) {
        return None;
    }
    fault(
        format!("It belongs to {}, who has left.", facts.who(Some(owner))),
        "name another owner",
        format!("probity signal set {} --owner PERSON", of.reference()),
    )
}

fn unacknowledged(facts: &Facts<'_>, alert: &Record) -> Option<Fault> {
    if ALERT.is_closed(alert) || !alert.get("acknowledged_at").is_empty() {
        return None;
    }
    let business = facts.policy.business();
    let due = business.acknowledge_by(alert.get("raised_at").as_moment()?)?;
    let day = business.date(due);
    if day >= facts.today {
        return None;
    }
    fault(
        format!("It was to be acknowledged by {day}, and is with {}.", facts.who(alert.text("routed_to"))),
        "take it up, or route it",
        format!("probity alert ack {}", alert.reference()),
    )
}

fn past_clock(facts: &Facts<'_>, one: &Record) -> Option<Fault> {
    let due = one.get("report_due_on").as_day().filter(|due| *due < facts.today)?;
    if incident::is_over(one) && !one.get("clock_note").is_empty() {
        return None;
    }
    fault(
        format!("A report was due by {due}, and none is in its timeline."),
        "report it, and record that",
        format!("probity incident report {} TEXT", one.reference()),
    )
}

fn no_learning(_: &Facts<'_>, one: &Record) -> Option<Fault> {
    if !incident::is_over(one) || !one.get("learnings").is_empty() {
        return None;
    }
    let status = one.text("status").unwrap_or("over");
    fault(
        format!("It is {status}, and nothing is written down as learnt."),
        "write down what was learnt",
        format!("probity incident review {} --root-cause TEXT --learnings TEXT", one.reference()),
    )
}

fn past_end(facts: &Facts<'_>, one: &Record) -> Option<Fault> {
    let ends = one.get("ends_on").as_day().filter(|ends| *ends < facts.today)?;
    if MITIGATION.is_closed(one) || !one.get("ended_at").is_empty() {
        return None;
    }
    fault(
        format!("It was to end on {ends}, and is still in."),
        "make it last, or take it out",
        format!("probity incident end {} --note TEXT", one.reference()),
    )
}
