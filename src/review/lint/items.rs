//! Checklist items whose answer rests on nothing, or on something that does not hold.

use super::facts::Facts;
use super::stage::{going, reached};
use super::words::is_thin;
use super::{About, Fault, Rule, Severity, fault, listed};
use crate::record::{CHECKLIST_ITEM, DECISION, Look, Record};
use crate::review::Place;
use crate::review::evidence::Standing;

const ABOUT: About = About(&CHECKLIST_ITEM, Place::Checklist);

/// The rules.
pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "item-no-evidence",
        Severity::Error,
        "Item passed with no evidence",
        "The template says what the item must be shown with. A pass that nothing shows is an opinion: name the evidence, or \
         set the item back to open.",
        "evidence",
        no_evidence,
    ),
    ABOUT.rule(
        "item-evidence-stale",
        Severity::Error,
        "Item passed on stale evidence",
        "What was measured on another model version, or too long ago, says nothing of what is to launch. Measure again and \
         hand in the next version.",
        "evidence",
        stale,
    ),
    ABOUT.rule(
        "item-evidence-drifted",
        Severity::Error,
        "Item passed on evidence that changed since",
        "The file at the origin is not the one that was registered and looked at. Register what is there now, or find out \
         who changed it.",
        "evidence",
        drifted,
    ),
    ABOUT.rule(
        "item-evidence-rejected",
        Severity::Error,
        "Item passed on rejected evidence",
        "Somebody looked at the evidence and found that it does not show this. Hand in better evidence, or set the item to \
         fail.",
        "evidence",
        rejected,
    ),
    ABOUT.rule(
        "item-evidence-unjudged",
        Severity::Warning,
        "Approved on evidence that nobody looked at",
        "Evidence counts once somebody other than its maker found it good. Look at it, and accept or reject it.",
        "evidence",
        unjudged,
    ),
    ABOUT.rule(
        "item-waiver-expired",
        Severity::Error,
        "Waiver has run out",
        "A waiver lets something pass for a while. After its last day the item counts as failed: do what was waived, or have \
         it waived anew.",
        "waived_until",
        waiver_expired,
    ),
    ABOUT.rule(
        "item-waiver-no-control",
        Severity::Warning,
        "Waiver that puts nothing in its place",
        "While an item is waived something else protects people, or nothing does. Decide the waiver anew with a compensating \
         control that somebody can check.",
        "waiver",
        bare_waiver,
    ),
    ABOUT.rule(
        "item-not-applicable-thin",
        Severity::Warning,
        "Not applicable, with hardly a reason",
        "“Not applicable” takes an item out of every count. Say in a sentence what of this system makes it so.",
        "reason",
        thin_reason,
    ),
];

fn code(item: &Record) -> &str {
    item.text("code").unwrap_or_default()
}

fn prove(item: &Record) -> String {
    format!("probity evidence prove EVIDENCE {}", item.reference())
}

fn waive_anew(facts: &Facts<'_>, item: &Record) -> String {
    let review = facts.review(item).map_or("REVIEW", Record::reference);
    format!("probity decide {review} waive {} --control CONTROL --expires DATE --why REASON", item.reference())
}

fn no_evidence(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    let wanted = item.get("required_evidence").items();
    if item.text("status") != Some("pass") || wanted.is_empty() || going(facts, item).is_none() {
        return None;
    }
    if !facts.cited(item).is_empty() {
        return None;
    }
    fault(format!("{} passed, and asks for: {}.", code(item), wanted.join(" or ")), "name the evidence", prove(item))
}

/// What is wrong with the evidence of a passed item, where no piece of it holds: the first piece, and how it stands.
fn doubtful(facts: &Facts<'_>, item: &Record) -> Option<(Record, Standing)> {
    if item.text("status") != Some("pass") {
        return None;
    }
    let review = going(facts, item)?;
    let cited = facts.cited(item);
    let judged: Vec<(Record, Standing)> = cited
        .into_iter()
        .map(|evidence| {
            let standing = facts.standing(&evidence, review);
            (evidence, standing)
        })
        .collect();
    if judged.iter().any(|(_, standing)| *standing == Standing::Current) {
        return None;
    }
    judged.into_iter().next()
}

fn stale(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    let (evidence, Standing::Stale(why)) = doubtful(facts, item)? else { return None };
    fault(
        format!("{} passed on {}, and {why}.", code(item), evidence.reference()),
        "hand in a new version of the evidence",
        format!("probity evidence version {} FILE --model-version VERSION", evidence.reference()),
    )
}

fn drifted(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    let (evidence, Standing::Drifted(why)) = doubtful(facts, item)? else { return None };
    fault(
        format!("{} passed on {}, and {why}.", code(item), evidence.reference()),
        "register what is there now",
        format!("probity evidence version {} FILE", evidence.reference()),
    )
}

fn rejected(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    let (evidence, Standing::Over) = doubtful(facts, item)? else { return None };
    if evidence.text("status") != Some("rejected") {
        return None;
    }
    let why = evidence.text("verdict_reason").map(|why| format!(": {why}")).unwrap_or_default();
    fault(
        format!("{} passed on {}, which was rejected{why}", code(item), evidence.reference()),
        "hand in better evidence, or set the item to fail",
        format!("probity item set {} --status fail --reason REASON", item.reference()),
    )
}

fn unjudged(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    let review = facts.review(item)?;
    if item.text("status") != Some("pass") || !reached(review, "approved") {
        return None;
    }
    let cited = facts.cited(item);
    let submitted = |evidence: &&Record| matches!(evidence.text("status"), Some("submitted") | None);
    if cited.is_empty() || !cited.iter().all(|evidence| submitted(&evidence)) {
        return None;
    }
    let named = listed(cited.iter().map(|evidence| evidence.reference().to_owned()));
    let first = cited[0].reference();
    fault(
        format!("{} passed on {named}, which nobody judged.", code(item)),
        "look at the evidence and judge it",
        format!("probity evidence accept {first} --reason REASON"),
    )
}

fn waiver_expired(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    let until = item.get("waived_until").as_day().filter(|until| *until < facts.today)?;
    if item.text("status") != Some("waived") || going(facts, item).is_none() {
        return None;
    }
    fault(
        format!("{} was waived until {until}, and counts as failed since.", code(item)),
        "do it, or have it waived anew",
        waive_anew(facts, item),
    )
}

fn bare_waiver(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    if item.text("status") != Some("waived") || going(facts, item).is_none() {
        return None;
    }
    let waiver = facts.record(&DECISION, item.text("waiver")?)?;
    if !is_thin(waiver.text("compensating_control")) {
        return None;
    }
    let said = waiver.text("compensating_control").map_or_else(|| "nothing".to_owned(), |said| format!("“{said}”"));
    fault(
        format!("{} is waived by {}; what protects people meanwhile: {said}.", code(item), waiver.reference()),
        "decide the waiver anew with a control",
        waive_anew(facts, item),
    )
}

fn thin_reason(facts: &Facts<'_>, item: &Record) -> Option<Fault> {
    if item.text("status") != Some("not applicable") || !is_thin(item.text("reason")) || going(facts, item).is_none() {
        return None;
    }
    let said = item.text("reason").map_or_else(|| "nothing".to_owned(), |said| format!("“{said}”"));
    fault(
        format!("{} does not apply, for the reason: {said}.", code(item)),
        "say why in a sentence",
        format!("probity item set {} --reason REASON", item.reference()),
    )
}
