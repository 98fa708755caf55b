//! Items of an agenda: what stands on it, what is asked, for how long it was planned and how long it took, and how it ended.
//!
//! The clock is two fields: seconds used, and since when it runs. So a program that was killed comes back to the same item
//! with the same clock, and two windows show the same.

use super::{ENDED, is_approved, meeting_of};
use crate::record::decision::{
    ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DEFER, METRIC, POLICY_CHANGE, REJECT, STATEMENT, TIER, WAIVER,
};
use crate::record::{Context, Field, FieldKind, Problem, Record, RecordType, Value};

/// Passed together with the others of its sort, without a word.
pub const CONSENT: &str = "consent";
/// Talked about.
pub const DISCUSSION: &str = "discussion";

/// The room is to talk about it.
pub const DISCUSS: &str = "discuss";
/// The room is to know it.
pub const NOTE: &str = "note";
/// The minutes of an earlier meeting are to be approved.
pub const APPROVE_MINUTES: &str = "approve minutes";

/// What can be asked of a room.
pub const ASKS: &[&str] = &[
    DISCUSS,
    NOTE,
    APPROVE_MINUTES,
    TIER,
    APPROVE,
    APPROVE_WITH_CONDITIONS,
    REJECT,
    DEFER,
    WAIVER,
    ACCEPTANCE,
    METRIC,
    POLICY_CHANGE,
    STATEMENT,
];

/// A decision was made.
pub const DECIDED: &str = "decided";
/// Something was recommended to who may decide.
pub const RECOMMENDED: &str = "recommended";
/// It was taken note of.
pub const NOTED: &str = "noted";
/// It was talked about, and nothing was decided.
pub const DISCUSSED: &str = "discussed";
/// It goes to the next meeting.
pub const CARRIED_OVER: &str = "carried over";
/// The meeting ended before it.
pub const NOT_REACHED: &str = "not reached";
/// It was taken off the agenda.
pub const WITHDRAWN: &str = "withdrawn";

/// How an item can end.
pub const OUTCOMES: &[&str] = &[DECIDED, RECOMMENDED, NOTED, DISCUSSED, CARRIED_OVER, NOT_REACHED, WITHDRAWN];

/// An item of an agenda.
pub static AGENDA_ITEM: RecordType = RecordType {
    name: "agenda",
    label: "Agenda item",
    plural: "Agenda items",
    prefix: "AGI",
    title: "title",
    help: "What a meeting is to talk about or decide, with the time planned for it and how it ended.",
    fields: &[
        Field::line("title", "Title", "What it is about; the record's own title, where nothing is said.")
            .required()
            .column(36),
        Field::link("meeting", "Meeting", "meeting", "The meeting.").required().column(12),
        Field::of("position", "Place", FieldKind::Number(1, 9999), "Its place on the agenda.").column(5),
        Field::choice(
            "section",
            "Part",
            &[CONSENT, DISCUSSION],
            "Whether it passes with the routine items, or is talked about.",
        )
        .default(DISCUSSION)
        .column(10),
        Field::of("subject", "Record", FieldKind::Reference, "The record it is about, by reference.").column(9),
        Field::choice("asks", "Asked", ASKS, "What the room is to do.").default(DISCUSS).column(14),
        Field::line("proposed", "Proposed", "The tier, or what is proposed, in a line."),
        Field::prose(
            "proposal",
            "Why",
            "Why it is proposed so; the rationale of the decision, where it passes by consent.",
        ),
        Field::prose("control", "Compensating control", "What protects people while a proposed waiver lasts.").seldom(),
        Field::day("until", "Until", "The last day of a proposed waiver or acceptance.").seldom(),
        Field::prose("questions", "Questions", "What the room should ask, one a line."),
        Field::of("planned", "Minutes planned", FieldKind::Number(0, 1440), "How long it is to take, in minutes.")
            .default("10")
            .column(7),
        Field::link("presenter", "Presenter", "person", "Who presents it.").column(14),
        Field::line("reason", "On the agenda because", "Why it was put on the agenda.").seldom(),
        Field::link(
            "carried_from",
            "Carried over from",
            "agenda",
            "The item of an earlier meeting that it goes on with.",
        )
        .seldom(),
        Field::prose("minutes", "Minutes", "What was said and agreed; it stands in the minutes."),
        Field::choice("outcome", "Outcome", OUTCOMES, "How it ended.").by_workspace().column(12),
        Field::line("outcome_note", "Outcome, in words", "Why it was carried over or taken off, or how it passed.")
            .by_workspace(),
        Field::line("quorum_then", "Quorum", "Who made up the quorum when it ended.").by_workspace(),
        Field::of(
            "seconds",
            "Seconds used",
            FieldKind::Number(0, 1_000_000),
            "How long the room was at it, up to its last stop.",
        )
        .by_workspace(),
        Field::moment("running_since", "Runs since", "Since when the clock runs; empty while it stands.")
            .by_workspace(),
        Field::moment("closed_at", "Closed", "When it ended.").by_rule(),
    ],
    closed: Some(("outcome", OUTCOMES)),
    order: &[("meeting", true), ("position", false)],
    settle,
    check,
};

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if after.get("title").is_empty() {
        let subject = after.text("subject").and_then(|reference| context.records.named(reference));
        if let Some(subject) = subject {
            let title = format!("{} {}", subject.reference(), subject.title());
            after.set("title", crate::text::fit(&crate::text::line(&title), 200).into_owned());
        }
    }
    if before.is_none() && after.get("position").is_empty() {
        let others = after.text("meeting").map(|id| super::items(id, context.records)).unwrap_or_default();
        let last = others.iter().filter_map(|item| item.number("position")).max().unwrap_or(0);
        after.set("position", (last + 1).min(9999));
    }
    match (AGENDA_ITEM.is_closed(after), after.get("closed_at").is_empty()) {
        (true, true) => after.set("closed_at", context.now),
        (false, false) => after.set("closed_at", Value::Empty),
        _ => {}
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let Some(meeting) = meeting_of(after, context) else { return Vec::new() };
    let reference = meeting.reference();
    let is_over = meeting.text("status") == Some(ENDED);
    let Some(before) = before else {
        return if is_over {
            vec![Problem::of("meeting", format!("{reference} is over; put it on the agenda of the next one."))]
        } else {
            Vec::new()
        };
    };
    if before.get("meeting") != after.get("meeting") {
        return vec![Problem::of("meeting", "An item stays in its meeting; carry it over to the next one.")];
    }
    if is_over {
        let open = |name: &str| name == "minutes" && !is_approved(&meeting);
        let changed = |field: &&Field| before.get(field.name) != after.get(field.name) && !open(field.name);
        if let Some(field) = AGENDA_ITEM.fields.iter().find(changed) {
            let how = if field.name == "minutes" {
                "its minutes are approved and are amended only by a new version"
            } else {
                "what was is not rewritten"
            };
            return vec![Problem::of(field.name, format!("{reference} is over; {how}."))];
        }
    }
    Vec::new()
}
