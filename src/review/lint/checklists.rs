//! Checklists that are missing, out of date, or unfinished where the system is in use.

use super::facts::Facts;
use super::stage::{is_live, reached};
use super::{Fault, Rule, Severity, Test, fault, listed};
use crate::record::{CHECKLIST, CHECKLIST_ITEM, LEGAL, REVIEW, Record, checklist_item};
use crate::review::Place;
use crate::review::triage::assess;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "checklist-unfinished-live",
        severity: Severity::Error,
        about: &CHECKLIST,
        title: "Live with items open or failed",
        why: "What was to be checked before the launch was not, and people are using the system. Answer the items; what fails \
              needs an action, a waiver, or a step back.",
        place: Place::Checklist,
        field: "",
        test: Test::Each(unfinished),
    },
    Rule {
        id: "checklist-superseded-template",
        severity: Severity::Warning,
        about: &CHECKLIST,
        title: "Checklist made from a superseded template",
        why: "The template has a newer version: what it asks now was not asked here. Start a checklist from the newer version, \
              and answer what is new.",
        place: Place::Checklist,
        field: "template_version",
        test: Test::Each(superseded),
    },
    Rule {
        id: "checklist-missing",
        severity: Severity::Error,
        about: &REVIEW,
        title: "At the decision without a checklist that policy asks for",
        why: "Policy says what must be checked for such answers. Start the checklist and answer it before anybody decides.",
        place: Place::Checklist,
        field: "",
        test: Test::Each(missing),
    },
];

fn unfinished(facts: &Facts<'_>, checklist: &Record) -> Option<Fault> {
    let review = facts.review(checklist).filter(|review| is_live(review))?;
    let of_it = |item: &&Record| item.text("checklist") == Some(checklist.id());
    // A waiver that has run out is told by a rule of its own.
    let undone = |item: &&Record| {
        matches!(checklist_item::standing(item, facts.today), "open" | "fail") && item.text("status") != Some("waived")
    };
    let codes: Vec<String> = facts
        .of(&CHECKLIST_ITEM, review.id())
        .filter(of_it)
        .filter(undone)
        .map(|item| item.text("code").unwrap_or_default().to_owned())
        .collect();
    if codes.is_empty() {
        return None;
    }
    let count = super::counted(codes.len(), "item");
    fault(
        format!(
            "{count} open or failed while it is {}: {}.",
            review.text("stage").unwrap_or("live"),
            listed(codes.into_iter())
        ),
        "answer the items",
        format!("probity item list checklist={} status!=pass", checklist.reference()),
    )
}

fn superseded(facts: &Facts<'_>, checklist: &Record) -> Option<Fault> {
    let review = facts.review(checklist)?;
    if REVIEW.is_closed(review) {
        return None;
    }
    let template = facts.policy.checklist(checklist.text("template")?)?;
    let made = checklist.number("template_version")?;
    if i64::from(template.version) <= made {
        return None;
    }
    fault(
        format!("It was made from version {made} of {}; version {} is there.", template.id, template.version),
        "start a checklist from the newer version",
        format!("probity checklist add --template {} --review {}", template.id, review.reference()),
    )
}

fn missing(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !reached(review, "decision") || is_live(review) {
        return None;
    }
    let packet = facts.packet(review)?;
    let triage = assess(facts.policy, packet, facts.of(&LEGAL, review.id()).next(), review).ok()?;
    let has = |id: &str| facts.of(&CHECKLIST, review.id()).any(|checklist| checklist.text("template") == Some(id));
    let missing: Vec<_> = triage.checklists.iter().filter(|need| !has(&need.what)).collect();
    let first = missing.first()?;
    let command = format!("probity checklist add --template {} --review {}", first.what, review.reference());
    let why = first.because.first().map(|why| format!(" {} (rule {})", why.reason, why.rule)).unwrap_or_default();
    let names = listed(missing.iter().map(|need| need.title.clone()));
    fault(format!("Nobody started: {names}.{why}"), "start the checklist", command)
}
