//! Documents that nobody reads or reworks, and approved ones that no longer say what the records say.

use std::collections::HashMap;

use chrono::{Local, NaiveDate};

use super::facts::Facts;
use super::stage::{is_over, matters, reached};
use super::{About, Fault, Faults, Rule, Severity, Test, counted, fault, listed};
use crate::record::document::{APPROVED, CHANGES_REQUESTED, DOCUMENT, FILLED, IN_REVIEW, SECTION};
use crate::record::{
    ACTION, CHECKLIST_ITEM, DECISION, EVIDENCE, LEGAL, Look, PACKET, RELEASE, REVIEW, RISK, ROUTE, Record, Value,
};
use crate::review::Place;
use crate::review::document::template::Template;
use crate::review::document::{Desk, Library, stale_sections};
use crate::workspace::{Condition, Query, Result};

const ABOUT: About = About(&DOCUMENT, Place::Documents);

/// Kinds of documents that say how a system is, as long as it is used. Others are about a moment, such as a summary for a
/// decision: once that has passed, they say what was so then.
const STANDING: &[&str] = &[
    "model card",
    "system card",
    "data sheet",
    "impact assessment",
    "monitoring plan",
    "customer questionnaire answers",
    "plain-language summary",
];

/// The rules.
pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "document-unread",
        Severity::Warning,
        "Document in review for longer than policy gives its reader",
        "Somebody was asked to read it and has not answered, and nobody can change it meanwhile. Ask once more, or name \
         another reader.",
        "reviewer",
        unread,
    ),
    ABOUT.rule(
        "document-rework-untouched",
        Severity::Warning,
        "Rework of a document asked for, and nobody has touched it since",
        "A reader said what is missing, and it still is. Rework the document and hand it in again, or withdraw what it was \
         written for.",
        "status",
        untouched,
    ),
    Rule {
        id: "document-section-empty",
        severity: Severity::Error,
        about: &DOCUMENT,
        title: "Approved document with a required section that says nothing",
        why: "A section that the template requires is empty, so it was not handed in and approved here: another program wrote \
              it, or it is older than the rule. Write its next version.",
        place: Place::Documents,
        field: "",
        test: Test::Whole(section_empty),
    },
    Rule {
        id: "document-outdated",
        severity: Severity::Note,
        about: &DOCUMENT,
        title: "Approved document whose records say something else now",
        why: "Sections that were filled from the records would read differently today. Whoever relies on the document is told \
              what was so when it was approved. Write its next version.",
        place: Place::Documents,
        field: "status",
        test: Test::Whole(outdated),
    },
];

/// The date of a moment where the user is.
fn day_of(moment: &Value) -> Option<NaiveDate> {
    moment.as_moment().map(|moment| moment.with_timezone(&Local).date_naive())
}

/// For how many days something has lain that may lie for as long as policy says; none where it has not.
fn lain(facts: &Facts<'_>, since: &Value) -> Option<usize> {
    let days = (facts.today - day_of(since)?).num_days();
    usize::try_from(days).ok().filter(|_| days > i64::from(facts.policy.document_days()))
}

fn unread(facts: &Facts<'_>, document: &Record) -> Option<Fault> {
    if document.text("status") != Some(IN_REVIEW) || !matters(facts, document) {
        return None;
    }
    let days = lain(facts, document.get("submitted_at"))?;
    fault(
        format!(
            "{} was asked to read it {} ago; policy gives {}.",
            facts.who(document.text("reviewer")),
            counted(days, "day"),
            facts.policy.document_days()
        ),
        "ask once more, or name another reader",
        format!("probity document review {} --rework none", document.reference()),
    )
}

fn untouched(facts: &Facts<'_>, document: &Record) -> Option<Fault> {
    if document.text("status") != Some(CHANGES_REQUESTED) || !matters(facts, document) {
        return None;
    }
    let sections = facts.all(&SECTION, "document", document.id());
    let moments = sections.iter().chain([document]).filter_map(|record| record.get("updated_at").as_moment());
    let days = lain(facts, &moments.max().map_or(Value::Empty, Value::Moment))?;
    fault(
        format!(
            "A reader asked {} for {} rework, and nothing has changed for {}.",
            facts.who(document.text("author")),
            document.text("rework").unwrap_or("some"),
            counted(days, "day")
        ),
        "rework it, and hand it in again",
        format!("probity document submit {}", document.reference()),
    )
}

/// Asked of the sections that are blank, which are few, and not of all documents.
fn section_empty(facts: &Facts<'_>) -> Result<Faults> {
    let blank = Query::all(&SECTION)
        .with(Condition::Is("required", Value::Flag(true)))
        .with(Condition::Is("text", Value::Empty));
    let mut headings: Vec<(String, Vec<String>)> = Vec::new();
    for section in facts.workspace.records(&blank)? {
        let document = section.text("document").unwrap_or_default();
        let heading = format!("“{}”", crate::text::line(section.title()));
        match headings.iter_mut().find(|(known, _)| known == document) {
            Some((_, all)) => all.push(heading),
            None => headings.push((document.to_owned(), vec![heading])),
        }
    }
    let told = headings.into_iter().filter_map(|(document, headings)| {
        let document = facts.record(&DOCUMENT, &document)?;
        if document.text("status") != Some(APPROVED) {
            return None;
        }
        fault(
            format!("It is approved, and says nothing in {}.", listed(headings.into_iter())),
            "write its next version",
            format!("probity document version {}", document.reference()),
        )
        .map(|fault| (document, fault))
    });
    Ok(told.collect())
}

/// Whether a document has to say what is so today.
fn must_hold(review: Option<&Record>, document: &Record) -> bool {
    let standing = document.text("kind").is_some_and(|kind| STANDING.contains(&kind));
    match review {
        Some(review) if is_over(review) => false,
        Some(review) => standing || !reached(review, "approved"),
        None => standing,
    }
}

/// Whether anything that a document is filled from was saved since it was approved.
fn is_touched(facts: &Facts<'_>, document: &Record, review: Option<&Record>) -> bool {
    let Some(approved) = document.get("approved_at").as_moment() else { return false };
    let newer = |record: &Record| record.get("updated_at").as_moment().is_some_and(|moment| moment > approved);
    let single = [facts.system(document).cloned(), document.text("release").and_then(|id| facts.record(&RELEASE, id))];
    if single.into_iter().flatten().any(|record| newer(&record)) || review.is_some_and(newer) {
        return true;
    }
    let kinds = [&PACKET, &LEGAL, &ROUTE, &RISK, &CHECKLIST_ITEM, &EVIDENCE, &ACTION, &DECISION];
    let Some(review) = review else { return false };
    kinds.into_iter().any(|kind| facts.all(kind, "review", review.id()).iter().any(newer))
}

fn outdated(facts: &Facts<'_>) -> Result<Faults> {
    let approved = Query::all(&DOCUMENT).with(Condition::Is("status", Value::text(APPROVED)));
    // Templates are parsed once, and sections laid to their documents once: there may be thousands of either.
    let library = Library::default();
    let desk = Desk { workspace: facts.workspace, policy: facts.policy, library: &library, today: facts.today };
    let mut templates: HashMap<String, Option<Template>> = HashMap::new();
    let counts = |section: &&Record| section.text("origin") == Some(FILLED) && section.get("required").is_set();
    let mut filled: HashMap<&str, Vec<&Record>> = HashMap::new();
    for section in facts.records(&SECTION).iter().filter(counts) {
        filled.entry(section.text("document").unwrap_or_default()).or_default().push(section);
    }
    let mut found = Vec::new();
    for document in facts.workspace.records(&approved)? {
        let review = document.text("review").and_then(|id| facts.record(&REVIEW, id));
        if !must_hold(review.as_ref(), &document) || !is_touched(facts, &document, review.as_ref()) {
            continue;
        }
        let Some(sections) = filled.get(document.id()) else { continue };
        let name = document.text("template").unwrap_or_default();
        let template = templates.entry(name.to_owned()).or_insert_with(|| library.get(name).ok());
        let Some(template) = template else { continue };
        let stale = stale_sections(&desk, template, &document, sections)?;
        if stale.is_empty() {
            continue;
        }
        let day = day_of(document.get("approved_at")).map(|day| day.to_string()).unwrap_or_default();
        let text = format!(
            "Filled anew, {} would read differently than on {day}: {}.",
            counted(stale.len(), "section"),
            listed(stale.into_iter())
        );
        let command = format!("probity document version {}", document.reference());
        found.extend(fault(text, "write its next version", command).map(|fault| (document, fault)));
    }
    Ok(found)
}
