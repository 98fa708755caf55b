//! Risks: what may go wrong, for whom, how bad, and what is done about it.

use chrono::NaiveDate;

use super::{Context, Field, FieldKind, Names, Problem, Record, RecordType, Scale, Value};

/// A risk.
pub static RISK: RecordType = RecordType {
    name: "risk",
    label: "Risk",
    plural: "Risks",
    prefix: "RSK",
    title: "title",
    help: "What may go wrong, for whom, how bad it would be, and what is done about it.",
    fields: &[
        Field::line("title", "Title", "The risk in a few words.").required().column(40),
        Field::link("review", "Review", "review", "The review in which it was found.").column(10),
        Field::link("system", "System", "system", "The system it belongs to; the review's, unless said.").column(22),
        Field::of("category", "Category", FieldKind::Named(Names::Category), "The kind of harm.").column(18),
        Field::prose("statement", "Statement", "Cause → event → harm: because of …, … may happen, so that …."),
        Field::line("affected_groups", "Affected groups", "Who would be harmed."),
        Field::of("severity", "Severity", FieldKind::Step(Scale::Severity), "How bad, before any mitigation: 1 to 5.")
            .decides()
            .column(3),
        Field::of(
            "likelihood",
            "Likelihood",
            FieldKind::Step(Scale::Likelihood),
            "How probable, before any mitigation: 1 to 5.",
        )
        .decides()
        .column(3),
        Field::of(
            "residual_severity",
            "Residual severity",
            FieldKind::Step(Scale::Severity),
            "How bad, with the mitigations in place: 1 to 5.",
        )
        .decides(),
        Field::of(
            "residual_likelihood",
            "Residual likelihood",
            FieldKind::Step(Scale::Likelihood),
            "How probable, with the mitigations in place: 1 to 5.",
        )
        .decides(),
        Field::choice("treatment", "Treatment", &["mitigate", "accept", "transfer", "avoid"], "What is to be done."),
        Field::choice(
            "status",
            "Status",
            &["open", "mitigating", "mitigated", "accepted", "closed"],
            "Where it stands.",
        )
        .default("open")
        .column(10),
        Field::link("owner", "Owner", "person", "Who sees to it.").column(12),
        Field::day("due_on", "Due", "When its treatment is due.").column(10),
        Field::choice("found_phase", "Found", &["pre-launch", "post-launch"], "Before or after the launch.")
            .default("pre-launch"),
        Field::link("found_by", "Found by", "person", "Who found it.").seldom(),
        Field::line("pattern", "Pattern", "The library pattern it was drawn from.").seldom(),
        Field::of("controls", "Controls", FieldKind::Words, "Ids of the controls that treat it."),
        Field::of("evidence", "Evidence", FieldKind::Links("evidence"), "Evidence for its levels, by reference."),
        Field::prose("acceptance", "Acceptance", "Why the remaining risk is accepted, and by whom."),
        Field::day(
            "accepted_until",
            "Accepted until",
            "The last day of the acceptance; after it the risk counts as open.",
        ),
        Field::link("acceptance_decision", "Acceptance decision", "decision", "The decision by which it is accepted.")
            .seldom(),
        Field::line("inherent_level", "Inherent level", "The matrix's level before mitigation.").by_rule(),
        Field::line("residual_level", "Residual level", "The matrix's level with the mitigations in place.").by_rule(),
        Field::line("level", "Level", "The level that holds now: the residual one, where it was assessed.")
            .by_rule()
            .column(8),
        Field::of("rank", "Rank", FieldKind::Number(0, 999), "Orders the register: level first, then the product.")
            .by_rule(),
        Field::day("closed_on", "Closed", "When it was mitigated, accepted or closed.").by_rule(),
    ],
    closed: Some(("status", &["mitigated", "accepted", "closed"])),
    order: &[("rank", true), ("due_on", false)],
    settle,
    check,
};

/// Where it stands on a day: a risk whose acceptance has run out counts as open again.
#[must_use]
pub fn standing(risk: &Record, today: NaiveDate) -> &str {
    match risk.text("status").unwrap_or("open") {
        "accepted" if risk.get("accepted_until").as_day().is_some_and(|last| last < today) => "open",
        status => status,
    }
}

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    context.inherit(after, "system", "review");
    if after.text("status") != Some("accepted") {
        after.set("acceptance_decision", Value::Empty);
    }
    let level =
        |severity: &str, likelihood: &str| context.terms.level(after.number(severity)?, after.number(likelihood)?);
    let inherent = level("severity", "likelihood");
    let residual = level("residual_severity", "residual_likelihood");
    let product =
        |severity: &str, likelihood: &str| after.number(severity).unwrap_or(0) * after.number(likelihood).unwrap_or(0);
    let rank = match (&residual, &inherent) {
        (Some((_, rank)), _) => (rank + 1) * 100 + product("residual_severity", "residual_likelihood"),
        (None, Some((_, rank))) => (rank + 1) * 100 + product("severity", "likelihood"),
        (None, None) => 0,
    };
    let name = |level: &Option<(String, i64)>| level.as_ref().map_or(Value::Empty, |(name, _)| Value::text(name));
    after.set("inherent_level", name(&inherent));
    after.set("residual_level", name(&residual));
    after.set("level", name(if residual.is_some() { &residual } else { &inherent }));
    after.set("rank", rank);
    match (RISK.is_closed(after), after.get("closed_on").is_empty()) {
        (true, true) => after.set("closed_on", context.today),
        (false, false) => after.set("closed_on", Value::Empty),
        _ => {}
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if after.get("review").is_empty() && after.get("system").is_empty() {
        problems.push(Problem::of("review", "A risk belongs to a review or a system; name one."));
    }
    for (one, other) in [("residual_severity", "residual_likelihood"), ("residual_likelihood", "residual_severity")] {
        if after.get(one).is_empty() && !after.get(other).is_empty() {
            problems.push(Problem::of(one, "A residual level needs both a severity and a likelihood."));
        }
    }
    if after.text("status") == Some("accepted") {
        if after.get("acceptance").is_empty() {
            problems.push(Problem::of("acceptance", "Say why the remaining risk is accepted."));
        }
        let newly = before.is_none_or(|before| {
            before.text("status") != Some("accepted") || before.get("accepted_until") != after.get("accepted_until")
        });
        match after.get("accepted_until").as_day() {
            None => problems.push(Problem::of("accepted_until", "An acceptance has an end; say until when.")),
            Some(until) if newly && until < context.today => {
                problems
                    .push(Problem::of("accepted_until", format!("An acceptance cannot end in the past ({until}).")));
            }
            Some(_) => {}
        }
    }
    problems
}
