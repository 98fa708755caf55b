//! Checks of risks and of actions.

use super::decided;
use super::intake::counted;
use super::{Facts, Finding, Outcome, finding};
use crate::policy::Policy;
use crate::record::{ACTION, Record};
use crate::review::Place;

/// Every risk is at or under the level that policy tolerates, or accepted by who may and still so.
pub fn risks(facts: &Facts, policy: &Policy) -> Outcome {
    let Some(tolerated) = policy.tolerated_level() else {
        return Outcome::not_required("Policy sets no limit to the risk that may remain.");
    };
    let mut accepted = 0;
    let mut findings: Vec<Finding> = Vec::new();
    for risk in facts.risks.iter().filter(|risk| risk.text("status") != Some("closed")) {
        let (reference, title) = (risk.reference(), risk.title());
        let Some(level) = risk.text("level") else {
            findings.push(finding(
                format!("{reference} “{title}” is not scored."),
                Some(risk),
                format!("score {reference}"),
                format!("probity risk set {reference} --severity 1-5 --likelihood 1-5"),
                Place::Risks,
            ));
            continue;
        };
        let rank = policy.levels().iter().find(|known| known.name == level).map(|known| known.rank);
        if rank.is_some_and(|rank| rank <= tolerated.rank) {
            continue;
        }
        match decided::acceptance(facts, policy, risk) {
            Ok(()) => accepted += 1,
            Err(why) => findings.push(above(risk, level, &tolerated.name, &why)),
        }
    }
    Outcome::of(findings, || match (facts.risks.len(), accepted) {
        (0, _) => "No risk is registered.".to_owned(),
        (all, 0) => format!("{} at or under {}.", counted(all, "risk"), tolerated.name),
        (all, accepted) => {
            format!("{} at or under {}, or accepted ({accepted}).", counted(all, "risk"), tolerated.name)
        }
    })
}

fn above(risk: &Record, level: &str, tolerated: &str, why: &str) -> Finding {
    let reference = risk.reference();
    let what = format!("mitigate {reference} to {tolerated} or under, or have what remains accepted");
    finding(
        format!("{reference} “{}” is {level}, over {tolerated}, and {why}.", risk.title()),
        Some(risk),
        what,
        format!("probity risk accept {reference} --until DATE --reason REASON"),
        Place::Risks,
    )
}

/// No action that the launch waits for is open.
pub fn actions(facts: &Facts, _: &Policy) -> Outcome {
    let blocking: Vec<&Record> = facts.actions.iter().filter(|action| action.get("launch_blocking").is_set()).collect();
    if blocking.is_empty() {
        return Outcome::not_required("No action blocks the launch.");
    }
    let findings = blocking
        .iter()
        .filter(|action| !ACTION.is_closed(action))
        .map(|action| {
            let reference = action.reference();
            let late = action.get("due_on").as_day().filter(|due| *due < facts.today);
            let late = late.map(|due| format!(", due since {due}")).unwrap_or_default();
            let owner = facts.who(action.text("owner"));
            finding(
                format!("{reference} “{}” is {} with {owner}{late}.", action.title(), status(action)),
                Some(action),
                format!("close {reference}"),
                format!("probity action done {reference} --note NOTE"),
                Place::Actions,
            )
        })
        .collect();
    Outcome::of(findings, || format!("{} closed that the launch waited for.", counted(blocking.len(), "action")))
}

fn status(action: &Record) -> &str {
    action.text("status").unwrap_or("open")
}
