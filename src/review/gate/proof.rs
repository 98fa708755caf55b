//! Checks of what must be proven: documents, checklist items, analyses, monitoring, disclosure.
//!
//! Documents are written here or handed in as evidence. An analysis is evidence too, and a run where it was made or recorded
//! here: what a run comes to must be within thresholds, or explained ([`unexplained`]). What counts as a document is [`document`], as an analysis [`needed_analyses`], as monitoring [`monitoring`]: each is
//! asked in one place.

use super::decided;
use super::intake::counted;
use super::{Facts, Finding, Outcome, finding};
use crate::policy::Policy;
use crate::record::analysis::{BREACHED, UNDECIDED};
use crate::record::{DOCUMENT, Record, signal};
use crate::review::Place;
use crate::review::document::{standing, template};
use crate::review::evidence::Standing;

/// Documents that have a check of their own.
const APART: &[&str] = &[MONITORING_PLAN, DISCLOSURE_NOTES];
pub(in crate::review) const MONITORING_PLAN: &str = "monitoring plan";
pub(in crate::review) const DISCLOSURE_NOTES: &str = "disclosure review notes";

/// Every document that triage finds necessary is there, approved or accepted by somebody else, and not stale.
pub fn documents(facts: &Facts, policy: &Policy) -> Outcome {
    let needed: Vec<_> = facts.triage.documents.iter().filter(|need| !APART.contains(&need.what.as_str())).collect();
    if needed.is_empty() {
        return Outcome::not_required("No rule asks for a document.");
    }
    let findings = needed.iter().filter_map(|need| document(facts, policy, &need.what).err()).collect();
    Outcome::of(findings, || format!("{} approved or accepted, and current.", counted(needed.len(), "document")))
}

/// The document of this kind that counts: one that was written here and approved, or evidence of that kind, or tagged so,
/// that is accepted; either as long as it holds.
///
/// # Errors
/// What is wrong with the newest one, or that there is none.
pub(in crate::review) fn document<'f>(facts: &'f Facts, policy: &Policy, kind: &str) -> Result<&'f Record, Finding> {
    let is_of_kind = |one: &&Record| {
        one.text("kind") == Some(kind) || one.get("tags").items().iter().any(|tag| tag.eq_ignore_ascii_case(kind))
    };
    let doubt_of = |one: &Record| {
        if one.kind() == &DOCUMENT { unfinished(facts, policy, one) } else { doubt(facts, policy, one) }
    };
    let written = facts.documents.iter().filter(|one| one.text("kind") == Some(kind));
    let candidates: Vec<&Record> = written.chain(facts.evidence.iter().filter(is_of_kind)).collect();
    if let Some(good) = candidates.iter().find(|one| doubt_of(one).is_none()) {
        return Ok(good);
    }
    let review = facts.review.reference();
    let open = candidates.iter().find(|one| one.text("status") != Some("superseded"));
    if let Some(bad) = open
        && let Some(doubt) = doubt_of(bad)
    {
        return Err(doubt);
    }
    let why = facts.document(kind).and_then(|need| need.because.first());
    let why = why.map(|why| format!(" Rule {}: {}", why.rule, why.reason)).unwrap_or_default();
    let hand_in = format!("probity evidence add FILE --kind \"{kind}\" --review {review}");
    let (what, command, place) = match template::id_for(kind) {
        Some(id) => {
            let command = format!("probity document new {id} --review {review}");
            (format!("write the {kind}, or hand it in as evidence"), command, Place::Documents)
        }
        None => (format!("hand in the {kind}"), hand_in, Place::Evidence),
    };
    Err(finding(format!("Missing: {kind}.{why}"), None, what, command, place))
}

/// Why a document that is written here does not count, if it does not: not approved, or stale.
fn unfinished(facts: &Facts, policy: &Policy, document: &Record) -> Option<Finding> {
    let reference = document.reference();
    let named = format!("{reference} “{}”", document.title());
    let found = |text: String, what: String, command: String| {
        Some(finding(text, Some(document), what, command, Place::Documents))
    };
    if let Standing::Stale(why) = standing(policy, document, &facts.subject, facts.today) {
        let what = format!("write the next version of {reference}");
        return found(format!("{named} is stale: {why}."), what, format!("probity document version {reference}"));
    }
    let submit = || format!("probity document submit {reference} --reviewer PERSON");
    match document.text("status") {
        Some("approved") => None,
        Some("superseded") => found(
            format!("{named} is superseded."),
            format!("look at the version that took the place of {reference}"),
            format!("probity document show {reference}"),
        ),
        Some("in review") => found(
            format!("{named} is being read by {}.", facts.who(document.text("reviewer"))),
            format!("have {reference} read and approved by somebody who did not write it"),
            format!("probity document approve {reference}"),
        ),
        Some("changes requested") => found(
            format!("{named} was sent back: {} rework.", document.text("rework").unwrap_or("some")),
            format!("rework {reference} and hand it in again"),
            submit(),
        ),
        _ => {
            let (written, all) = (document.number("written").unwrap_or(0), document.number("sections").unwrap_or(0));
            found(
                format!("{named} is a draft; {written} of {all} sections say something."),
                format!("finish {reference} and hand it in for review"),
                submit(),
            )
        }
    }
}

/// Why evidence does not count, if it does not: not accepted, stale or drifted.
pub(in crate::review) fn doubt(facts: &Facts, policy: &Policy, evidence: &Record) -> Option<Finding> {
    let reference = evidence.reference();
    let named = format!("{reference} “{}”", evidence.title());
    let found = |text: String, what: String, command: String| {
        Some(finding(text, Some(evidence), what, command, Place::Evidence))
    };
    let renew = || {
        let command = format!("probity evidence version {reference} FILE --model-version VERSION");
        (format!("hand in a new version of {reference}"), command)
    };
    match facts.standing(policy, evidence) {
        Standing::Stale(why) => {
            let (what, command) = renew();
            return found(format!("{named} is stale: {why}."), what, command);
        }
        Standing::Drifted(why) => {
            let (what, command) = renew();
            return found(format!("{named} drifted: {why}."), what, command);
        }
        Standing::Current | Standing::Over => {}
    }
    match evidence.text("status") {
        Some("accepted") => None,
        Some("rejected") => {
            let why = evidence.text("verdict_reason").unwrap_or("no reason is given");
            let (what, command) = renew();
            found(format!("{named} was rejected: {why}"), what, command)
        }
        Some("superseded") => found(
            format!("{named} is superseded."),
            format!("name the version that took the place of {reference}"),
            format!("probity evidence show {reference}"),
        ),
        _ => found(
            format!("{named} is not accepted yet."),
            format!("have {reference} looked at by somebody who did not make it"),
            format!("probity evidence accept {reference} --reason REASON"),
        ),
    }
}

/// Every checklist that triage finds necessary is there, and every item passed with proof, does not apply, or is waived.
pub fn checklist(facts: &Facts, policy: &Policy) -> Outcome {
    let review = facts.review.reference();
    if facts.triage.checklists.is_empty() && facts.items.is_empty() {
        return Outcome::not_required("No rule asks for a checklist.");
    }
    let mut findings: Vec<Finding> = Vec::new();
    for needed in &facts.triage.checklists {
        if !facts.checklists.iter().any(|checklist| checklist.text("template") == Some(&needed.what)) {
            findings.push(finding(
                format!("The checklist “{}” was not started.", needed.title),
                None,
                format!("start the checklist {}", needed.what),
                format!("probity checklist add --template {} --review {review}", needed.what),
                Place::Checklist,
            ));
        }
    }
    findings.extend(facts.items.iter().filter_map(|item| item_finding(facts, policy, item)));
    Outcome::of(findings, || format!("{} settled.", counted(facts.items.len(), "item")))
}

/// What keeps an item from counting as settled.
fn item_finding(facts: &Facts, policy: &Policy, item: &Record) -> Option<Finding> {
    let (reference, code) = (item.reference(), item.text("code").unwrap_or_default());
    let set = |status: &str| format!("probity item set {reference} --status {status}");
    let at =
        |text: String, what: String, command: String| Some(finding(text, Some(item), what, command, Place::Checklist));
    match item.text("status").unwrap_or("open") {
        "not applicable" => None,
        "waived" => {
            let why = decided::waiver(facts, policy, item).err()?;
            at(format!("{code} ({reference}) is waived, but {why}."), format!("answer {code}"), set("pass"))
        }
        "pass" => unproven(facts, policy, item),
        "fail" => {
            let why = item.text("reason").map(|reason| format!(": {reason}")).unwrap_or_default();
            at(format!("{code} ({reference}) failed{why}"), format!("mend {code} and look again"), set("pass"))
        }
        _ => at(format!("{code} ({reference}) is open."), format!("answer {code}"), set("pass")),
    }
}

/// What keeps the proof of a passed item from counting. One piece that holds is enough.
fn unproven(facts: &Facts, policy: &Policy, item: &Record) -> Option<Finding> {
    let (reference, code) = (item.reference(), item.text("code").unwrap_or_default());
    let wanted = item.get("required_evidence").items();
    let named = item.get("evidence").items();
    if wanted.is_empty() && named.is_empty() {
        return None;
    }
    let mut doubts = Vec::new();
    for evidence in named.iter().filter_map(|name| facts.cited.get(name)) {
        match doubt(facts, policy, evidence) {
            None => return None,
            Some(doubt) => doubts.push(doubt),
        }
    }
    if let Some(mut worst) = doubts.into_iter().next() {
        worst.text = format!("{code} ({reference}) passed, but {}", worst.text);
        return Some(worst);
    }
    let kinds = if wanted.is_empty() { "evidence".to_owned() } else { wanted.join(" or ") };
    Some(finding(
        format!("{code} ({reference}) passed, and nothing shows it; it asks for: {kinds}."),
        Some(item),
        format!("name the evidence for {code}"),
        format!("probity evidence prove EVIDENCE {reference}"),
        Place::Checklist,
    ))
}

/// The kinds of analysis that the policy's rules ask for: an evaluation where they ask for a plan of one, and what the items
/// that apply must be shown with.
pub(in crate::review) fn needed_analyses(facts: &Facts) -> Vec<&'static str> {
    let applies = |item: &&Record| !matches!(item.text("status"), Some("not applicable" | "waived"));
    let asked = |kind: &str| {
        let wants = |item: &Record| item.get("required_evidence").items().iter().any(|wanted| wanted == kind);
        facts.items.iter().filter(applies).any(wants)
    };
    let planned = facts.document("evaluation plan").is_some();
    let needed = |kind: &&str| asked(kind) || *kind == "evaluation report" && planned;
    ["evaluation report", "fairness report"].into_iter().filter(|kind| needed(kind)).collect()
}

/// Every analysis that is needed is there, and somebody else found it good; and every run is within thresholds or explained.
pub fn analysis(facts: &Facts, policy: &Policy) -> Outcome {
    let needed = needed_analyses(facts);
    if needed.is_empty() && facts.runs.is_empty() {
        return Outcome::not_required("No rule and no item asks for an analysis.");
    }
    let missing = needed.iter().filter_map(|kind| document(facts, policy, kind).err());
    let findings = missing.chain(facts.runs.iter().filter_map(|run| unexplained(facts, run))).collect();
    let runs = match facts.runs.len() {
        0 => String::new(),
        runs => format!(" {} within thresholds or explained.", counted(runs, "run")),
    };
    Outcome::of(findings, || {
        if needed.is_empty() {
            return runs.trim().to_owned();
        }
        format!("Accepted and current: {}.{runs}", needed.join(", "))
    })
}

/// What keeps a run from counting: it is about another model version, says nothing of its limitations, or breaks a threshold,
/// or cannot tell, and nobody explains why a launch is right all the same.
pub(in crate::review) fn unexplained(facts: &Facts, run: &Record) -> Option<Finding> {
    let reference = run.reference();
    let named = format!("{reference} “{}”", run.title());
    let at =
        |text: String, what: String, command: String| Some(finding(text, Some(run), what, command, Place::Analysis));
    let set = |field: &str| format!("probity analysis set {reference} --{field} TEXT");
    let same = |one: &str, other: &str| one.trim().eq_ignore_ascii_case(other.trim());
    if let (Some(about), Some(wanted)) = (run.text("model_version"), facts.subject.model_version.as_deref())
        && !same(about, wanted)
    {
        return at(
            format!("{named} is stale: it is about model version {about}, and {wanted} is under review."),
            format!("run {reference} again on {wanted}"),
            format!("probity slices FILE --review {}", facts.review.reference()),
        );
    }
    if run.get("limitations").is_empty() {
        return at(
            format!("{named} says nothing of its limitations."),
            format!("write what {reference} does not show"),
            set("limitations"),
        );
    }
    let verdict = run.text("verdict").filter(|verdict| [BREACHED, UNDECIDED].contains(verdict))?;
    if !run.get("explanation").is_empty() {
        return None;
    }
    let first = run.text("reasons").and_then(|reasons| reasons.lines().next()).unwrap_or("no reason is given");
    at(
        format!("{named} is {verdict}, and nobody explains it. {first}"),
        format!("mend what {reference} found, or explain why a launch is right"),
        set("explanation"),
    )
}

/// What is watched after the launch is said, its plan or a first export was accepted, and it is watched: a signal comes in, with
/// an owner and an alert route; where triage asks for it.
pub fn monitoring(facts: &Facts, policy: &Policy) -> Outcome {
    if facts.document(MONITORING_PLAN).is_none() {
        return Outcome::not_required("No rule asks for a monitoring plan.");
    }
    let mut findings = said(facts, "monitoring_plan", "Nobody said what is watched after the launch.");
    let export = document(facts, policy, "monitoring export");
    if export.is_err() {
        findings.extend(document(facts, policy, MONITORING_PLAN).err());
    }
    findings.extend(watching(facts, export.is_ok()));
    let watched = facts.signals.iter().filter(|one| signal::is_ready(one)).count();
    Outcome::of(findings, || match watched {
        0 => "What is watched is said, and was looked at by somebody else.".to_owned(),
        watched => format!(
            "What is watched is said and was looked at; {} with owner and alert route.",
            counted(watched, "live signal")
        ),
    })
}

/// What keeps the system from being watched: live signals that reach nobody, or none that is live. A system whose signals are
/// kept elsewhere, of which none stands here, shows by an accepted export that it is watched.
fn watching(facts: &Facts, exported: bool) -> Vec<Finding> {
    let found = |text: String, about: Option<&Record>, command: String| {
        finding(text, about, "let a signal come in, with an owner and an alert route", command, Place::Review)
    };
    let bare = facts.signals.iter().filter(|one| signal::is_live(one) && !signal::is_ready(one));
    let mut findings: Vec<Finding> = bare
        .map(|one| {
            let reference = one.reference();
            let text = format!("{reference} “{}” comes in, and an alert of it reaches nobody.", one.title());
            found(text, Some(one), format!("probity signal set {reference} --owner PERSON --alert-route ROUTE"))
        })
        .collect();
    let ready = facts.signals.iter().any(signal::is_ready);
    if !ready && findings.is_empty() && !(exported && facts.signals.is_empty()) {
        match facts.signals.first() {
            Some(one) => {
                let reference = one.reference();
                let text = format!("No signal comes in; {reference} “{}” is {}.", one.title(), one.text("status").unwrap_or("not live"));
                let command = format!("probity signal set {reference} --status live --owner PERSON --alert-route ROUTE");
                findings.push(found(text, Some(one), command));
            }
            None => findings.push(found(
                "No signal watches the system.".to_owned(),
                None,
                "probity signal add NAME --system SYSTEM --threshold NUMBER --owner PERSON --alert-route ROUTE --status live"
                    .to_owned(),
            )),
        }
    }
    findings
}

/// What people are told is said, and was reviewed, where triage asks for it.
pub fn disclosure(facts: &Facts, policy: &Policy) -> Outcome {
    if facts.document(DISCLOSURE_NOTES).is_none() {
        return Outcome::not_required("No rule asks for a review of what people are told.");
    }
    let mut findings = said(facts, "disclosure", "Nobody said what users and affected people are told.");
    findings.extend(document(facts, policy, DISCLOSURE_NOTES).err());
    Outcome::of(findings, || "What people are told is said, and was reviewed.".to_owned())
}

/// A finding where the packet leaves this field empty.
fn said(facts: &Facts, field: &str, otherwise: &str) -> Vec<Finding> {
    if !facts.packet.get(field).is_empty() {
        return Vec::new();
    }
    let command = format!("probity packet set {} --{} TEXT", facts.review.reference(), field.replace('_', "-"));
    vec![finding(otherwise, None, "say it in the packet", command, Place::Packet)]
}
