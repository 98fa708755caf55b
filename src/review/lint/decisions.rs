//! Decisions that no longer fit, or that the policy would not let be made so.

use super::facts::Facts;
use super::stage::going;
use super::words::is_thin;
use super::{About, Fault, Rule, Severity, fault};
use crate::record::decision::authority::Matter;
use crate::record::decision::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DECISION, TIER, WAIVER, is_live};
use crate::record::{DELEGATION, Look, RECUSAL, Record, Terms};
use crate::review::Place;
use crate::review::decide::{State, state};
use chrono::Local;

const ABOUT: About = About(&DECISION, Place::Review);

/// The rules.
pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "approval-outdated",
        Severity::Error,
        "Approval outdated by what changed since",
        "It was decided on answers, risks and evidence that are different now. Look at the differences, and have the launch \
         decided anew.",
        "snapshot",
        outdated_approval,
    ),
    ABOUT.rule(
        "tier-outdated",
        Severity::Warning,
        "Tier decided on answers that changed since",
        "How much scrutiny a review gets follows from what is said of it. Look at what changed, and decide the tier anew.",
        "snapshot",
        outdated_tier,
    ),
    ABOUT.rule(
        "acceptance-outdated",
        Severity::Error,
        "Risk accepted at another level than it has now",
        "Somebody accepted what they were shown. The risk was assessed differently since: have it accepted anew.",
        "snapshot",
        outdated_acceptance,
    ),
    ABOUT.rule(
        "decision-without-right",
        Severity::Error,
        "Decided in a role that does not hold the right",
        "By the policy in force now, and for the tier or level as it is now, the role in which it was decided does not hold \
         the right. Have it decided by who does.",
        "role",
        without_right,
    ),
    ABOUT.rule(
        "decision-own-work",
        Severity::Error,
        "Decided about one's own work",
        "Policy keeps people from deciding about what they own or submitted. Have it decided by somebody else.",
        "decided_by",
        own_work,
    ),
    ABOUT.rule(
        "decision-by-recused",
        Severity::Error,
        "Decided by somebody who was recused",
        "Who declared a conflict of interest neither decides nor votes on it. Have it decided by somebody else.",
        "decided_by",
        by_recused,
    ),
    ABOUT.rule(
        "decision-delegation-over",
        Severity::Error,
        "Decided under a delegation that did not hold",
        "The delegation had ended, or had not begun, on the day of the decision. Have it confirmed by who holds the right.",
        "delegation",
        delegation_over,
    ),
    ABOUT.rule(
        "decision-thin-rationale",
        Severity::Warning,
        "Decision with hardly a rationale",
        "In a year somebody asks why. A word is no answer: decide anew with the reason, or write it into the notes.",
        "rationale",
        thin,
    ),
];

/// A decision in force that still matters.
fn counts(facts: &Facts<'_>, decision: &Record) -> bool {
    is_live(decision, facts.today) && (decision.get("review").is_empty() || going(facts, decision).is_some())
}

fn is_of(decision: &Record, kinds: &[&str]) -> bool {
    decision.text("kind").is_some_and(|kind| kinds.contains(&kind))
}

fn again(decision: &Record) -> String {
    let subject = decision.text("subject").unwrap_or("REVIEW");
    match decision.text("kind").unwrap_or_default() {
        TIER => format!("probity decide {subject} tier TIER --why REASON"),
        ACCEPTANCE => format!("probity risk accept {subject} --until DATE --reason REASON"),
        WAIVER => format!("probity decide REVIEW waive {subject} --control CONTROL --expires DATE --why REASON"),
        _ => format!("probity decide {subject} approve --why REASON"),
    }
}

/// What is different now, in words; none while the decision fits.
fn differences(facts: &Facts<'_>, decision: &Record, kinds: &[&str]) -> Option<String> {
    if !is_of(decision, kinds) || !counts(facts, decision) {
        return None;
    }
    let State::Outdated(mut differences) = state(facts, decision, facts.today) else { return None };
    // What has run out is told by rules of its own.
    differences.retain(|difference| {
        !(difference.field == "accepted" && difference.is == "no"
            || difference.was == "waived" && difference.is == "fail")
    });
    if differences.is_empty() {
        return None;
    }
    let told: Vec<String> = differences.iter().take(3).map(ToString::to_string).collect();
    let more = differences.len().saturating_sub(3);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Some(format!("{}{more}.", told.join("; ")))
}

fn outdated_approval(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    let told = differences(facts, decision, &[APPROVE, APPROVE_WITH_CONDITIONS])?;
    fault(told, "have the launch decided anew", again(decision))
}

fn outdated_tier(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    let told = differences(facts, decision, &[TIER])?;
    fault(told, "decide the tier anew", again(decision))
}

fn outdated_acceptance(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    let told = differences(facts, decision, &[ACCEPTANCE])?;
    fault(told, "have the risk accepted anew", again(decision))
}

fn without_right(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    if !counts(facts, decision) {
        return None;
    }
    let kind = decision.text("kind")?;
    let role = decision.text("role")?;
    let review = facts.review(decision);
    let subject = decision.text("subject").and_then(|reference| facts.named(reference));
    let level = subject.as_ref().and_then(|subject| subject.text("level")).filter(|_| kind == ACCEPTANCE);
    // Of a tier, whoever holds the right to the tier that was decided or to the one that the rules propose may decide it.
    let said = |field| review.and_then(|review| review.text(field));
    let tiers = if kind == TIER { vec![decision.text("outcome"), said("proposed_tier")] } else { vec![said("tier")] };
    let mut holders: Vec<String> = Vec::new();
    for tier in &tiers {
        let rights = facts.policy.rights(&Matter { kind, tier: *tier, level });
        if !rights.iter().any(|right| right.roles.is_empty()) {
            holders.extend(rights.into_iter().flat_map(|right| right.roles));
        }
    }
    if holders.iter().any(|holder| holder == role) {
        return None;
    }
    holders.dedup();
    let tier = tiers.first().copied().flatten();
    let now = tier.filter(|_| level.is_none()).map(|tier| format!(" at tier {tier}"));
    let now = level.map(|level| format!(" of a {level} risk")).or(now).unwrap_or_default();
    let holders = if holders.is_empty() { "nobody".to_owned() } else { holders.join(" or ") };
    fault(
        format!("{} decided as {role}; a {kind}{now} is for {holders}.", facts.who(decision.text("decided_by"))),
        "have it decided by who holds the right",
        again(decision),
    )
}

fn own_work(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    if !counts(facts, decision) {
        return None;
    }
    let kind = decision.text("kind")?;
    let by = decision.text("decided_by")?;
    let review = facts.review(decision);
    let system = facts.system(decision);
    let subject = decision.text("subject").and_then(|reference| facts.named(reference));
    for separation in facts.policy.separations(kind) {
        let part = separation.who.iter().find(|who| {
            let holder = match who.as_str() {
                part @ ("requester" | "reviewer") => review.and_then(|review| review.text(part)),
                "business owner" => system.and_then(|system| system.text("business_owner")),
                "technical owner" => system.and_then(|system| system.text("technical_owner")),
                "risk owner" if kind == ACCEPTANCE => subject.as_ref().and_then(|risk| risk.text("owner")),
                _ => None,
            };
            holder == Some(by)
        });
        if let Some(part) = part {
            let reason = separation.reason.trim_end_matches('.');
            return fault(
                format!("{} decided and is the {part}: {reason} (rule {}).", facts.who(Some(by)), separation.id),
                "have it decided by somebody else",
                again(decision),
            );
        }
    }
    None
}

fn by_recused(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    if !counts(facts, decision) {
        return None;
    }
    let by = decision.text("decided_by")?;
    let at = decision.get("decided_at").as_moment()?;
    let day = at.with_timezone(&Local).date_naive();
    let review = facts.review(decision).map(Record::id);
    let system = facts.system(decision).map(Record::id);
    let recusal = facts.records(&RECUSAL).iter().find(|recusal| {
        let on_it = recusal.text("review").is_some_and(|id| review == Some(id))
            || recusal.text("system").is_some_and(|id| system == Some(id));
        let held = recusal.get("declared_at").as_moment().is_some_and(|declared| declared <= at)
            && recusal.get("ended_on").as_day().is_none_or(|ended| ended > day);
        on_it && held && recusal.text("person") == Some(by)
    })?;
    fault(
        format!("{} decided, and was recused by {}: {}", facts.who(Some(by)), recusal.reference(), recusal.title()),
        "have it decided by somebody else",
        again(decision),
    )
}

fn delegation_over(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    if !counts(facts, decision) {
        return None;
    }
    let reference = decision.text("delegation")?;
    let delegation = facts.records(&DELEGATION).iter().find(|known| known.reference() == reference);
    let day = decision.get("decided_at").as_moment()?.with_timezone(&Local).date_naive();
    let Some(delegation) = delegation else {
        let text = format!("It was decided under {reference}, which is not there any more.");
        return fault(text, "have it confirmed by who holds the right", again(decision));
    };
    let (starts, ends) = (delegation.get("starts_on").as_day()?, delegation.get("ends_on").as_day()?);
    if starts <= day && day <= ends {
        return None;
    }
    fault(
        format!("It was decided on {day} under {reference}, which held from {starts} to {ends}."),
        "have it confirmed by who holds the right",
        again(decision),
    )
}

fn thin(facts: &Facts<'_>, decision: &Record) -> Option<Fault> {
    if !counts(facts, decision) || !is_thin(decision.text("rationale")) {
        return None;
    }
    let said = decision.text("rationale").map_or_else(|| "nothing".to_owned(), |said| format!("“{said}”"));
    fault(format!("Its rationale: {said}."), "decide anew with the reason", again(decision))
}
