//! Checks of what somebody must have decided: the tier, the launch, acceptances of risk and waivers of items.
//!
//! Whether somebody holds a right is checked when a decision is written; here is asked whether there is such a decision, and
//! whether it still stands: not over, and not outdated by a change of what it was about.

use super::intake::counted;
use super::{Facts, Finding, Outcome, finding};
use crate::policy::{Policy, tier_rank};
use crate::record::Record;
use crate::record::decision::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, TIER, WAIVER};
use crate::review::Place;
use crate::review::decide::State;

/// The decision of one of these kinds on a record that counts: the newest that is neither taken back, replaced, nor only
/// recommended.
pub(in crate::review) fn decision<'f>(
    facts: &'f Facts,
    kinds: &[&str],
    subject: &Record,
) -> Option<&'f (Record, State)> {
    facts.decisions.iter().rev().find(|(decision, state)| {
        decision.text("subject") == Some(subject.reference())
            && decision.text("kind").is_some_and(|kind| kinds.contains(&kind))
            && matches!(state, State::InForce | State::Outdated(_) | State::Expired(_))
    })
}

/// Why a decision does not count any more, as the end of a sentence; none while it does.
fn lapsed(decision: &Record, state: &State) -> Option<String> {
    let reference = decision.reference();
    match state {
        State::Outdated(differences) => {
            let told: Vec<String> = differences.iter().take(3).map(ToString::to_string).collect();
            let more = differences.len().saturating_sub(3);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            Some(format!("{reference} is outdated: {}{more}", told.join("; ")))
        }
        State::Expired(last) => Some(format!("{reference} ended on {last}")),
        _ => None,
    }
}

/// Who decided, and in which role.
fn by(facts: &Facts, decision: &Record) -> String {
    let role = decision.text("role").map(|role| format!(" as {role}")).unwrap_or_default();
    format!("decided by {}{role} ({})", facts.who(decision.text("decided_by")), decision.reference())
}

/// The tier was decided by who may, and what it was decided on is as it was.
pub fn tier(facts: &Facts, _: &Policy) -> Outcome {
    let review = &facts.review;
    let reference = review.reference();
    let proposed = facts.triage.proposed_tier;
    let decide = |text: String, tier: &str| {
        let command = format!("probity decide {reference} tier {tier} --why REASON");
        Outcome::of(vec![finding(text, Some(review), "decide the tier", command, Place::Review)], String::new)
    };
    let Some(tier) = review.text("tier") else {
        let rules = proposed.map_or("no rule proposes one yet".to_owned(), |tier| format!("the rules propose {tier}"));
        return decide(format!("No tier was decided; {rules}."), proposed.unwrap_or("TIER"));
    };
    if tier == "prohibited" {
        let text = "The use is prohibited; it cannot launch.";
        let command = format!("probity review move {reference} withdrawn --why REASON");
        return Outcome::of(vec![finding(text, Some(review), "stop it", command, Place::Review)], String::new);
    }
    let Some((decision, state)) = decision(facts, &[TIER], review) else {
        return decide(format!("The tier is {tier}, and no decision of who may decide it is on record."), tier);
    };
    if let Some(why) = lapsed(decision, state) {
        return decide(format!("The tier is {tier}, but {why}."), tier);
    }
    let lower = proposed.filter(|proposed| tier_rank(tier) < tier_rank(proposed));
    let lower = lower.map(|proposed| format!(", lower than the {proposed} that the rules propose")).unwrap_or_default();
    Outcome::pass(format!("The tier is {tier}{lower}, {}.", by(facts, decision)))
}

/// Whether what remains of a risk is accepted by who may, and still is; says why not.
///
/// # Errors
/// Why it does not count, as the end of a sentence.
pub fn acceptance(facts: &Facts, _: &Policy, risk: &Record) -> Result<(), String> {
    if risk.text("status") != Some("accepted") {
        return Err("nobody accepted it".to_owned());
    }
    if let Some(until) = risk.get("accepted_until").as_day().filter(|until| *until < facts.today) {
        return Err(format!("its acceptance ended on {until}"));
    }
    match decision(facts, &[ACCEPTANCE], risk) {
        Some((decision, state)) => lapsed(decision, state).map_or(Ok(()), Err),
        None => Err("no decision of who may accept it is on record".to_owned()),
    }
}

/// Whether an item is under a live waiver.
///
/// # Errors
/// Why it does not count, as the end of a sentence.
pub fn waiver(facts: &Facts, _: &Policy, item: &Record) -> Result<(), String> {
    match decision(facts, &[WAIVER], item) {
        Some((decision, state)) => lapsed(decision, state).map_or(Ok(()), Err),
        None => Err("no decision of who may waive it is on record".to_owned()),
    }
}

/// The launch was decided by who may, for this release, what it was decided on is as it was, and its conditions are met.
pub fn launch(facts: &Facts, _: &Policy) -> Outcome {
    let review = &facts.review;
    let reference = review.reference();
    let stage = review.text("stage").unwrap_or("intake");
    let mut findings: Vec<Finding> = Vec::new();
    let made = decision(facts, &[APPROVE, APPROVE_WITH_CONDITIONS], review);
    let anew = format!("probity decide {reference} approve --why REASON");
    if !matches!(stage, "approved" | "approved with conditions" | "launched" | "monitoring") {
        let (what, command) = match stage {
            "decision" => ("have the launch decided", anew),
            "rejected" | "withdrawn" | "closed" => {
                ("open the review again", format!("probity review move {reference} assessment --why REASON"))
            }
            // A review goes forwards one stage at a time.
            "intake" => ("take it into triage", format!("probity review move {reference} triage")),
            "triage" => ("take it into assessment", format!("probity review move {reference} assessment")),
            _ => ("bring it to the decision", format!("probity review move {reference} decision")),
        };
        let text = format!("The launch is not approved; the review is in {stage}.");
        findings.push(finding(text, Some(review), what, command, Place::Review));
    } else if let Some((decision, state)) = made {
        if let Some(why) = lapsed(decision, state) {
            let text = format!("The review is {stage}, but {why}.");
            findings.push(finding(text, Some(decision), "have the launch decided anew", anew, Place::Review));
        }
    } else {
        let text = format!("The review is {stage}, and no decision of who may approve it is on record.");
        findings.push(finding(text, Some(review), "have the launch decided", anew, Place::Review));
    }
    if let (Some(release), Some(own)) = (&facts.release, review.text("release"))
        && release.id() != own
    {
        findings.push(finding(
            format!("The review is of another release than {}.", release.title()),
            Some(review),
            "have this release reviewed",
            format!("probity review add TITLE --system {} --release {} --kind change", "SYSTEM", release.reference()),
            Place::Review,
        ));
    }
    let conditions: Vec<&Record> =
        facts.actions.iter().filter(|action| action.text("kind") == Some("condition")).collect();
    for condition in conditions.iter().filter(|condition| condition.text("status") != Some("done")) {
        let status = condition.text("status").unwrap_or("open");
        let reference = condition.reference();
        findings.push(finding(
            format!("The condition {reference} “{}” is {status}.", condition.title()),
            Some(condition),
            format!("meet the condition {reference}"),
            format!("probity action done {reference} --note NOTE"),
            Place::Actions,
        ));
    }
    let by = made.map(|(decision, _)| format!(", {}", by(facts, decision))).unwrap_or_default();
    Outcome::of(findings, || match conditions.len() {
        0 => format!("The review is {stage}{by}."),
        met => format!("The review is {stage}{by}; {} met.", counted(met, "condition")),
    })
}
