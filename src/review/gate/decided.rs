//! Checks of what somebody must have decided: the tier, the launch, acceptances of risk and waivers of items.
//!
//! What makes a decision good (who may make it, whether it still describes what it was about) is asked here and nowhere else.

use super::intake::counted;
use super::{Facts, Finding, Outcome, finding};
use crate::policy::{Policy, tier_rank};
use crate::record::Record;
use crate::review::Place;

/// The tier was decided, and is not lower than the rules propose without a reason.
pub fn tier(facts: &Facts, _: &Policy) -> Outcome {
    let review = &facts.review;
    let reference = review.reference();
    let proposed = facts.triage.proposed_tier;
    let decide = |text: String, tier: &str| {
        let command = format!("probity review set {reference} --tier {tier} --tier-reason REASON");
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
    match proposed {
        Some(proposed) if tier_rank(tier) < tier_rank(proposed) && review.get("tier_reason").is_empty() => decide(
            format!("The tier is {tier}, lower than the {proposed} that the rules propose, and nobody said why."),
            tier,
        ),
        _ => Outcome::pass(format!("The tier is {tier}.")),
    }
}

/// Whether what remains of a risk is accepted by who may, and still is; says why not.
///
/// # Errors
/// Why it does not count, as the end of a sentence.
pub fn acceptance(facts: &Facts, _: &Policy, risk: &Record) -> Result<(), String> {
    if risk.text("status") != Some("accepted") {
        return Err("nobody accepted it".to_owned());
    }
    match risk.get("accepted_until").as_day() {
        Some(until) if until < facts.today => Err(format!("its acceptance ended on {until}")),
        Some(_) => Ok(()),
        None => Err("its acceptance has no end".to_owned()),
    }
}

/// Whether an item is under a live waiver.
///
/// # Errors
/// Why it does not count, as the end of a sentence.
pub fn waiver(_: &Facts, _: &Policy, item: &Record) -> Result<(), String> {
    if item.get("reason").is_empty() { Err("its waiver has no reason".to_owned()) } else { Ok(()) }
}

/// The launch was decided by who may, for this release, and its conditions are met.
pub fn launch(facts: &Facts, _: &Policy) -> Outcome {
    let review = &facts.review;
    let reference = review.reference();
    let stage = review.text("stage").unwrap_or("intake");
    let mut findings: Vec<Finding> = Vec::new();
    if !matches!(stage, "approved" | "approved with conditions" | "launched" | "monitoring") {
        let (what, command) = match stage {
            "decision" => ("have the launch decided", format!("probity review move {reference} approved --why REASON")),
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
    Outcome::of(findings, || match conditions.len() {
        0 => format!("The review is {stage}."),
        met => format!("The review is {stage}; {} met.", counted(met, "condition")),
    })
}
