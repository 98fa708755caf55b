//! Risks whose levels, owners, acceptances or words do not hold.

use super::facts::Facts;
use super::stage::{matters, reached};
use super::twins::twins;
use super::words::{names_cause, names_harm};
use super::{About, Fault, Faults, Rule, Severity, Test, fault, listed, set};
use crate::record::{ACTION, RISK, Record};
use crate::review::Place;
use crate::workspace::{Query, Result};

const ABOUT: About = About(&RISK, Place::Risks);

/// The rules.
pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "risk-residual-above-inherent",
        Severity::Error,
        "Residual level above the inherent one",
        "Mitigations cannot make a risk worse than it is without any. One of the two assessments is wrong, or a mitigation \
         brought a new risk that deserves a record of its own.",
        "residual_severity",
        above_inherent,
    ),
    ABOUT.rule(
        "risk-lowered-without-cause",
        Severity::Warning,
        "Residual level lowered by nothing on record",
        "A lower residual level says that something was done. Name the control that lowers it, or the mitigation that is \
         done; otherwise the residual level is the inherent one.",
        "controls",
        lowered,
    ),
    ABOUT.rule(
        "risk-above-tolerance",
        Severity::Error,
        "Approved or live with a risk above tolerance that nobody accepted",
        "Policy says how much risk may remain. What is above is mitigated further, or accepted by somebody who holds the \
         right, with a reason and an end.",
        "status",
        above_tolerance,
    ),
    ABOUT.rule(
        "risk-acceptance-expired",
        Severity::Error,
        "Acceptance has run out",
        "An acceptance ends so that somebody looks again. After its last day the risk counts as open: treat it, or have it \
         accepted anew on new findings.",
        "accepted_until",
        acceptance_expired,
    ),
    ABOUT.rule(
        "risk-acceptance-no-owner",
        Severity::Warning,
        "Accepted risk that nobody watches",
        "Who accepts a risk answers for the decision; somebody else must notice when the risk changes. Name an owner.",
        "owner",
        acceptance_unowned,
    ),
    ABOUT.rule(
        "risk-no-owner",
        Severity::Warning,
        "Open risk without an owner",
        "A risk that belongs to nobody is treated by nobody.",
        "owner",
        unowned,
    ),
    ABOUT.rule(
        "risk-overdue",
        Severity::Warning,
        "Treatment of a risk past due",
        "Its date was agreed. Finish the treatment, or agree on a new date and say why.",
        "due_on",
        overdue,
    ),
    ABOUT.rule(
        "risk-not-scored",
        Severity::Warning,
        "Risk without a level at the decision",
        "Who decides must know how bad and how probable a risk is. Score its severity and likelihood.",
        "severity",
        unscored,
    ),
    ABOUT.rule(
        "risk-settled-mitigations-open",
        Severity::Error,
        "Risk called mitigated while its mitigations are open",
        "The status says that the work is done and the actions say that it is not. Finish the actions, or set the risk back.",
        "status",
        settled_early,
    ),
    ABOUT.rule(
        "risk-unknown-control",
        Severity::Warning,
        "Risk names a control that policy does not have",
        "A level that rests on a control nobody knows rests on nothing, and coverage does not count it. Mend the id, or add \
         the control to the policy.",
        "controls",
        unknown_control,
    ),
    ABOUT.rule(
        "risk-no-affected-group",
        Severity::Warning,
        "Risk that names nobody",
        "Severity depends on who is harmed. Name the people: users, people whom outputs are about, groups who are hit harder.",
        "affected_groups",
        no_group,
    ),
    ABOUT.rule(
        "risk-no-harm",
        Severity::Note,
        "Statement that names no harm",
        "A risk reads cause → event → harm. Without the harm nobody can say how bad it is. Say what happens to whom.",
        "statement",
        no_harm,
    ),
    ABOUT.rule(
        "risk-no-cause",
        Severity::Note,
        "Statement that names no cause",
        "A risk reads cause → event → harm. Without the cause nobody can say what would prevent it. Say what it comes from.",
        "statement",
        no_cause,
    ),
    Rule {
        id: "risk-statement-copied",
        severity: Severity::Note,
        about: &RISK,
        title: "Statement identical to that of another system",
        why: "A risk that was copied was not thought through for this system. Adapt cause, event, people and levels, or say in \
              the notes why it is the same.",
        place: Place::Risks,
        field: "statement",
        test: Test::Whole(copied),
    },
];

/// Whether a risk still has to be seen to.
fn is_open(risk: &Record) -> bool {
    matches!(risk.text("status").unwrap_or("open"), "open" | "mitigating")
}

fn steps(risk: &Record) -> Option<[i64; 4]> {
    Some([
        risk.number("severity")?,
        risk.number("likelihood")?,
        risk.number("residual_severity")?,
        risk.number("residual_likelihood")?,
    ])
}

/// The ranks of the inherent and the residual level.
fn ranks(facts: &Facts<'_>, risk: &Record) -> Option<(i64, i64)> {
    use crate::record::Terms as _;
    let [severity, likelihood, residual_severity, residual_likelihood] = steps(risk)?;
    let rank = |severity, likelihood| facts.policy.level(severity, likelihood).map(|(_, rank)| rank);
    Some((rank(severity, likelihood)?, rank(residual_severity, residual_likelihood)?))
}

fn above_inherent(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let (inherent, residual) = ranks(facts, risk)?;
    let [severity, likelihood, residual_severity, residual_likelihood] = steps(risk)?;
    let worse = residual_severity >= severity
        && residual_likelihood >= likelihood
        && (residual_severity, residual_likelihood) != (severity, likelihood);
    if !(residual > inherent || worse) || !matters(facts, risk) {
        return None;
    }
    fault(
        format!(
            "Severity and likelihood are {severity} and {likelihood} before mitigation, {residual_severity} and \
             {residual_likelihood} after it."
        ),
        "assess both levels again",
        set(risk, "--residual-severity 1-5 --residual-likelihood 1-5"),
    )
}

fn lowered(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let [severity, likelihood, residual_severity, residual_likelihood] = steps(risk)?;
    let less = residual_severity * residual_likelihood < severity * likelihood;
    if !less
        || !risk.get("controls").is_empty()
        || !matters(facts, risk)
        || mitigations(facts, risk, true).next().is_some()
    {
        return None;
    }
    let open = mitigations(facts, risk, false).count();
    let open = if open > 0 { format!("; {} not done", super::counted(open, "mitigation")) } else { String::new() };
    fault(
        format!(
            "It went from {severity} × {likelihood} to {residual_severity} × {residual_likelihood}, with no control and no \
             mitigation done{open}."
        ),
        "name the control or finish the mitigation",
        set(risk, "--controls CONTROL"),
    )
}

/// The mitigations that came from a risk: those that are done, or those that are not.
fn mitigations<'f>(facts: &'f Facts<'_>, risk: &'f Record, done: bool) -> impl Iterator<Item = &'f Record> {
    let all = facts.records(&ACTION).iter();
    let of_review = risk.text("review").map(|review| facts.of(&ACTION, review));
    let (own, loose) = match of_review {
        Some(own) => (Some(own), None),
        None => (None, Some(all)),
    };
    own.into_iter().flatten().chain(loose.into_iter().flatten()).filter(move |action| {
        let is_done = action.text("status") == Some("done");
        let wanted = if done { is_done } else { !ACTION.is_closed(action) };
        wanted && action.text("source") == Some(risk.reference())
    })
}

fn above_tolerance(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let tolerated = facts.policy.tolerated_level()?;
    let level = risk.text("level")?;
    let rank = facts.policy.levels().iter().find(|known| known.name == level)?.rank;
    let late = match facts.review(risk) {
        Some(review) => reached(review, "approved"),
        None => facts.system(risk).is_some_and(|system| system.text("lifecycle") == Some("production")),
    };
    // What was approved on condition waits for its conditions, and the launch for them.
    let waits = |review: &Record| {
        review.text("stage") == Some("approved with conditions")
            && facts.of(&ACTION, review.id()).any(|action| {
                !ACTION.is_closed(action)
                    && action.get("launch_blocking").is_set()
                    && action.text("source") == Some(risk.reference())
            })
    };
    let late = late && !facts.review(risk).is_some_and(waits);
    if rank <= tolerated.rank || !late || matches!(risk.text("status"), Some("accepted" | "closed")) {
        return None;
    }
    let stage = facts.review(risk).and_then(|review| review.text("stage")).unwrap_or("live");
    fault(
        format!("It is {level}, policy tolerates {}, and the review is {stage}.", tolerated.name),
        "mitigate it further, or have what remains accepted",
        format!("probity risk accept {} --until DATE --reason REASON", risk.reference()),
    )
}

fn acceptance_expired(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let until = risk.get("accepted_until").as_day().filter(|until| *until < facts.today)?;
    if risk.text("status") != Some("accepted") || !matters(facts, risk) {
        return None;
    }
    fault(
        format!("The acceptance ended on {until}."),
        "treat it, or have it accepted anew",
        format!("probity risk accept {} --until DATE --reason REASON", risk.reference()),
    )
}

fn acceptance_unowned(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let bare = risk.text("status") == Some("accepted") && risk.get("owner").is_empty() && matters(facts, risk);
    if !bare {
        return None;
    }
    fault("It is accepted, and nobody watches it.", "name an owner", set(risk, "--owner PERSON"))
}

fn unowned(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    if !is_open(risk) || !risk.get("owner").is_empty() || !matters(facts, risk) {
        return None;
    }
    fault("Nobody sees to it.", "name an owner", set(risk, "--owner PERSON"))
}

fn overdue(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let due = risk.get("due_on").as_day().filter(|due| *due < facts.today)?;
    if !is_open(risk) || !matters(facts, risk) {
        return None;
    }
    let owner = facts.who(risk.text("owner"));
    fault(
        format!("It was due on {due}, and is {} with {owner}.", risk.text("status").unwrap_or("open")),
        "finish the treatment or agree on a new date",
        set(risk, "--due-on DATE"),
    )
}

fn unscored(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let review = facts.review(risk)?;
    if !risk.get("level").is_empty() || risk.text("status") == Some("closed") || !reached(review, "decision") {
        return None;
    }
    fault("It has no level.", "score it", set(risk, "--severity 1-5 --likelihood 1-5"))
}

fn settled_early(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    if !matches!(risk.text("status"), Some("mitigated" | "closed")) || !matters(facts, risk) {
        return None;
    }
    let open = |action: &&Record| action.text("kind") == Some("mitigation");
    let open: Vec<String> =
        mitigations(facts, risk, false).filter(open).map(|action| action.reference().to_owned()).collect();
    if open.is_empty() {
        return None;
    }
    let command = set(risk, "--status mitigating");
    fault(
        format!("It is {}, and still open: {}.", risk.text("status").unwrap_or_default(), listed(open.into_iter())),
        "finish the mitigations, or set the risk back",
        command,
    )
}

fn unknown_control(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let known = |id: &&String| facts.policy.controls().iter().any(|control| control.id.eq_ignore_ascii_case(id));
    let unknown: Vec<&String> = risk.get("controls").items().iter().filter(|id| !known(id)).collect();
    if unknown.is_empty() || !matters(facts, risk) {
        return None;
    }
    fault(
        format!("Policy has no control {}.", listed(unknown.into_iter().cloned())),
        "mend the control's id",
        set(risk, "--controls CONTROL"),
    )
}

fn no_group(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    if !risk.get("affected_groups").is_empty() || !matters(facts, risk) {
        return None;
    }
    fault("It does not say who would be harmed.", "name the people", set(risk, "--affected-groups WHO"))
}

fn no_harm(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    let statement = risk.text("statement").unwrap_or_default();
    if names_harm(statement) || !matters(facts, risk) {
        return None;
    }
    let text =
        if statement.is_empty() { "It has no statement." } else { "The statement does not say what comes of it." };
    fault(text, "say what happens to whom", set(risk, "--statement \"Because …, … may happen, so that …\""))
}

fn no_cause(facts: &Facts<'_>, risk: &Record) -> Option<Fault> {
    // One that says nothing at all is told once, by the rule about the harm.
    let statement = risk.text("statement")?;
    if names_cause(statement) || !matters(facts, risk) {
        return None;
    }
    let command = set(risk, "--statement \"Because …, … may happen, so that …\"");
    fault("The statement does not say where it comes from.", "say the cause", command)
}

fn copied(facts: &Facts<'_>) -> Result<Faults> {
    let copies = twins(facts, &Query::all(&RISK), "statement", 20, matters)?;
    let told = copies.into_iter().filter_map(|copy| {
        let text = format!("It reads word for word as {}{}.", copy.first.reference(), copy.of_system());
        let command = set(&copy.record, "--statement TEXT");
        fault(text, "adapt it to this system", command).map(|fault| (copy.record, fault))
    });
    Ok(told.collect())
}
