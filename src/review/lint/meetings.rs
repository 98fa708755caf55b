//! Meetings that were not held, not closed or not minuted, and votes on what is one's own.

use super::facts::Facts;
use super::{About, Fault, Faults, Rule, Severity, Test, fault};
use crate::record::meeting::{APPROVED_MINUTES, CIRCULATED, ENDED, IN_FAVOUR, IN_SESSION, PLANNED, quorum};
use crate::record::{AGENDA_ITEM, Look, MEETING, MOTION, REVIEW, Record, SYSTEM, VOTE};
use crate::review::Place;
use crate::workspace::Result;

/// After how many days minutes should have been sent round.
const MINUTES_DAYS: i64 = 7;

const ABOUT: About = About(&MEETING, Place::Review);

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "vote-own-work",
        severity: Severity::Error,
        about: &VOTE,
        title: "Voted in favour of what is their own",
        why: "Nobody approves what they own or submitted. Have them recused for the item, and vote again.",
        place: Place::Review,
        field: "choice",
        test: Test::Whole(own_work),
    },
    ABOUT.rule(
        "meeting-not-held",
        Severity::Warning,
        "Still planned after its day",
        "Nobody knows whether it was held. Record what was decided, or cancel it.",
        "status",
        not_held,
    ),
    ABOUT.rule(
        "meeting-left-open",
        Severity::Warning,
        "In session for more than a day",
        "Its clock runs, and everybody counts as present. Close it, so that its minutes can be made.",
        "status",
        left_open,
    ),
    ABOUT.rule(
        "meeting-no-minutes",
        Severity::Warning,
        "Ended a week ago, and its minutes were not sent round",
        "Who was there remembers less each day. Draft the minutes from the records, and circulate them.",
        "",
        no_minutes,
    ),
];

fn days_since(facts: &Facts<'_>, meeting: &Record, field: &str) -> i64 {
    let day = meeting.get(field).as_moment().map(|at| at.with_timezone(&chrono::Local).date_naive());
    day.map_or(0, |day| (facts.today - day).num_days())
}

fn not_held(facts: &Facts<'_>, meeting: &Record) -> Option<Fault> {
    let days = days_since(facts, meeting, "starts_at");
    if meeting.text("status") != Some(PLANNED) || days < 1 {
        return None;
    }
    let reference = meeting.reference();
    fault(
        format!(
            "It was to be held {} ago, and is still planned.",
            super::counted(usize::try_from(days).unwrap_or(0), "day")
        ),
        "cancel it, or record what was decided",
        format!("probity meeting set {reference} --status cancelled"),
    )
}

fn left_open(facts: &Facts<'_>, meeting: &Record) -> Option<Fault> {
    if meeting.text("status") != Some(IN_SESSION) || days_since(facts, meeting, "began_at") < 2 {
        return None;
    }
    fault("It was opened and never closed.", "close it", format!("probity meeting end {}", meeting.reference()))
}

fn no_minutes(facts: &Facts<'_>, meeting: &Record) -> Option<Fault> {
    let sent = matches!(meeting.text("minutes_status"), Some(CIRCULATED | APPROVED_MINUTES));
    if meeting.text("status") != Some(ENDED) || sent || days_since(facts, meeting, "ended_at") < MINUTES_DAYS {
        return None;
    }
    let reference = meeting.reference();
    let (text, flag) = match meeting.text("minutes") {
        Some(document) => (format!("Its minutes, {document}, are a draft still."), "--circulate"),
        None => ("It has no minutes yet.".to_owned(), "--draft"),
    };
    fault(text, "draft its minutes and circulate them", format!("probity meeting minutes {reference} {flag}"))
}

fn own_work(facts: &Facts<'_>) -> Result<Faults> {
    let mut faults = Vec::new();
    for vote in facts.records(&VOTE).iter().filter(|vote| vote.text("choice") == Some(IN_FAVOUR)) {
        let motion = facts.workspace.get(&MOTION, vote.text("motion").unwrap_or_default())?;
        let item = facts.workspace.get(&AGENDA_ITEM, motion.text("agenda_item").unwrap_or_default())?;
        if !motion.get("proposes").is_empty() {
            faults.extend(own(vote, &item, &facts.workspace.look()).map(|fault| (vote.clone(), fault)));
        }
    }
    Ok(faults)
}

fn own(vote: &Record, item: &Record, look: &dyn Look) -> Option<Fault> {
    let person = vote.text("person")?;
    // Who was recused since has not voted.
    if quorum::recusal(person, Some(item), look).is_some() {
        return None;
    }
    let (review, system) = quorum::about(item, look);
    let review = review.and_then(|id| look.record(&REVIEW, &id));
    let system = system.and_then(|id| look.record(&SYSTEM, &id));
    let parts = [
        ("requester", review.as_ref(), "requester"),
        ("business owner", system.as_ref(), "business_owner"),
        ("technical owner", system.as_ref(), "technical_owner"),
    ];
    let has = |(_, record, field): &(&str, Option<&Record>, &str)| {
        record.is_some_and(|record| record.text(field) == Some(person))
    };
    let (part, ..) = parts.into_iter().find(has)?;
    let name = crate::text::line(vote.title()).into_owned();
    fault(
        format!("{name} voted in favour under {} and is the {part}.", item.reference()),
        "recuse them for the item and vote again",
        format!("probity meeting recuse MEETING PERSON --item {} --why REASON", item.reference()),
    )
}
