//! Checks of what comes first: the packet, and the functions that must look.

use super::{Facts, Finding, Outcome, finding};
use crate::policy::Policy;
use crate::record::ROUTE;
use crate::review::Place;

/// Every answer that policy requires of the packet is there.
pub fn packet(facts: &Facts, _: &Policy) -> Outcome {
    let review = facts.review.reference();
    let triage = &facts.triage;
    let findings: Vec<Finding> = triage
        .missing
        .iter()
        .map(|missing| {
            finding(
                format!("{} is not answered: {}", missing.label, missing.reason),
                Some(&facts.packet),
                format!("answer {}, or ask the team", missing.label.to_lowercase()),
                format!("probity packet set {review} --{} ANSWER", missing.field.replace('_', "-")),
                Place::Packet,
            )
        })
        .collect();
    Outcome::of(findings, || format!("All {} required answers are there.", triage.required))
}

/// Every function that triage finds necessary was asked, and every route is cleared or not needed.
pub fn routes(facts: &Facts, _: &Policy) -> Outcome {
    let review = facts.review.reference();
    if facts.routes.is_empty() && facts.triage.routes.is_empty() {
        return Outcome::not_required("No rule asks for another function's review.");
    }
    let mut findings: Vec<Finding> = Vec::new();
    for needed in &facts.triage.routes {
        if facts.routes.iter().any(|route| route.title() == needed.function) {
            continue;
        }
        let why = needed.because.first().map(|why| format!(": {} (rule {})", why.reason, why.rule));
        findings.push(finding(
            format!("{} was not asked{}", capital(&needed.function), why.unwrap_or_else(|| ".".to_owned())),
            None,
            format!("ask {}", needed.function),
            format!("probity triage {review} --apply"),
            Place::Review,
        ));
    }
    for route in facts.routes.iter().filter(|route| !ROUTE.is_closed(route)) {
        let status = route.text("status").unwrap_or("needed");
        let function = route.title();
        let late = route.get("due_on").as_day().filter(|due| *due < facts.today);
        let late = late.map(|due| format!(", due since {due}")).unwrap_or_default();
        let note = route.text("outcome_note").map(|note| format!(": {note}")).unwrap_or_default();
        let (what, status_next) = match status {
            "needed" => (format!("ask {function}"), "requested"),
            "blocked" => (format!("mend what {function} found, and ask again"), "cleared"),
            _ => (format!("get the answer of {function} from {}", facts.who(route.text("reviewer"))), "cleared"),
        };
        findings.push(finding(
            format!("{} is {status}{late}{note}", capital(function)),
            Some(route),
            what,
            format!("probity route set {} --status {status_next}", route.reference()),
            Place::Review,
        ));
    }
    Outcome::of(findings, || format!("{} cleared or not needed.", counted(facts.routes.len(), "route")))
}

/// A count with its noun.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
