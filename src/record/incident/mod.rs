//! Incidents: something went wrong with a system in use. What happened when is in [`ENTRY`]s, what was put in for a while in
//! [`MITIGATION`]s.
//!
//! Legal clocks run from when the organisation knew ([`aware`]) until a report to the authority stands in the timeline.
//! Which there are, and how long they run, policy says ([`super::Terms::clock_days`]).

mod entry;
mod mitigation;

use chrono::{DateTime, Days, NaiveDate, Utc};

pub use entry::{ENTRY, REPORT};
pub use mitigation::MITIGATION;

use super::alert::CLOCKS_APART;
use super::{Context, Field, FieldKind, Names, Problem, Record, RecordType, Terms, Value};

/// How bad an incident is, the worst first.
pub const SEVERITIES: &[&str] = &["SEV1", "SEV2", "SEV3", "SEV4"];

/// Where an incident can stand.
pub const STATUSES: &[&str] = &["open", "contained", "resolved", "reviewed"];

/// An incident.
pub static INCIDENT: RecordType = RecordType {
    name: "incident",
    label: "Incident",
    plural: "Incidents",
    prefix: "INC",
    title: "title",
    help: "Something went wrong with a system in use: who was harmed, what was done, and what was learnt.",
    fields: &[
        Field::line("title", "Title", "What happened, in a few words.").required().column(38),
        Field::link("system", "System", "system", "The system it happened with.").required().column(22),
        Field::link("release", "Release", "release", "The release that was live."),
        Field::link("review", "Review", "review", "The review that let that release launch.").column(10),
        Field::choice("severity", "Severity", SEVERITIES, "How bad it is; SEV1 is the worst.")
            .default("SEV3")
            .column(5),
        Field::moment("detected_at", "Detected", "When it was first noticed.").required().column(16),
        Field::moment("aware_at", "Known", "When the organisation knew that it happened; legal clocks run from here.")
            .seldom(),
        Field::choice(
            "detected_by",
            "Detected by",
            &["monitoring", "user report", "staff", "audit", "vendor", "press", "authority"],
            "What noticed it.",
        ),
        Field::prose("harm", "Harm", "What harm was done, to whom."),
        Field::of("people_affected", "People affected", FieldKind::Number(0, 9_999_999_999), "How many people.")
            .column(8),
        Field::choice("status", "Status", STATUSES, "Where it stands.").default("open").column(10),
        Field::link("commander", "Commander", "person", "Who leads the response.").column(12),
        Field::of("clocks", "Legal clocks", FieldKind::NamedMany(Names::Clock), "Duties to report that this starts."),
        Field::prose("clock_note", "Why unreported", "Why it ends with a legal clock running, where it does.").seldom(),
        Field::day("report_due_on", "Report due", "The last day of the earliest clock that still runs.")
            .by_rule()
            .column(10),
        Field::prose("root_cause", "Root cause", "What made it possible, not who."),
        Field::prose("control_gaps", "Control gaps", "Which control was missing, or did not work."),
        Field::prose("learnings", "Learnings", "What is done differently from now on."),
        Field::of("risks", "Risks", FieldKind::Links("risk"), "Risks that it showed, by reference."),
        Field::moment("contained_at", "Contained", "When no more harm was done.").by_rule(),
        Field::moment("resolved_at", "Resolved", "When it was over.").by_rule(),
    ],
    closed: Some(("status", &["resolved", "reviewed"])),
    order: &[("detected_at", true)],
    settle,
    check,
};

/// When the organisation knew: legal clocks run from then.
#[must_use]
pub fn aware(incident: &Record) -> Option<DateTime<Utc>> {
    incident.get("aware_at").as_moment().or_else(|| incident.get("detected_at").as_moment())
}

/// A legal clock of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Its name in the policy.
    pub name: String,
    /// The last day on which a report is in time.
    pub due_on: NaiveDate,
    /// When the authority was told, if it was.
    pub reported_at: Option<DateTime<Utc>>,
    /// The day of that, by which it is in time or late.
    pub reported_on: Option<NaiveDate>,
}

impl Clock {
    /// Whether it runs: nobody told the authority.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.reported_at.is_none()
    }
}

/// The legal clocks of an incident with these entries, the earliest first. A clock that policy does not know any more is
/// left out.
#[must_use]
pub fn clocks(incident: &Record, entries: &[Record], terms: &dyn Terms) -> Vec<Clock> {
    // The day is that of the policy's time zone, so that the same file gives the same day everywhere.
    let Some(from) = aware(incident).map(|at| terms.date(at)) else { return Vec::new() };
    let mut clocks: Vec<Clock> = incident
        .get("clocks")
        .items()
        .iter()
        .filter_map(|name| {
            let due_on = from.checked_add_days(Days::new(u64::from(terms.clock_days(name)?)))?;
            let told = entries.iter().filter(|entry| entry.text("kind") == Some(REPORT));
            let told = told.filter(|entry| entry.get("clock").as_text().is_none_or(|clock| clock == name));
            let reported_at = told.filter_map(|entry| entry.get("at").as_moment()).min();
            let reported_on = reported_at.map(|at| terms.date(at));
            Some(Clock { name: name.clone(), due_on, reported_at, reported_on })
        })
        .collect();
    clocks.sort_by_key(|clock| clock.due_on);
    clocks
}

/// Whether somebody is still at work on it.
#[must_use]
pub fn is_over(incident: &Record) -> bool {
    matches!(incident.text("status"), Some("resolved" | "reviewed"))
}

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    context.inherit(after, "review", "release");
    let status = after.text("status").unwrap_or("open").to_owned();
    for (field, reached) in [("contained_at", status != "open"), ("resolved_at", is_over(after))] {
        match (reached, after.get(field).is_empty()) {
            (true, true) => after.set(field, context.now),
            (false, false) => after.set(field, Value::Empty),
            _ => {}
        }
    }
    let entries = context.records.all(&ENTRY, "incident", after.id());
    let due = clocks(after, &entries, context.terms).into_iter().find(Clock::runs).map(|clock| clock.due_on);
    after.set("report_due_on", due.map_or(Value::Empty, Value::Day));
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let detected = after.get("detected_at").as_moment();
    if detected.is_some_and(|at| at > context.now + CLOCKS_APART) {
        problems.push(Problem::of("detected_at", "An incident cannot be detected in the future."));
    }
    if let (Some(detected), Some(aware)) = (detected, after.get("aware_at").as_moment())
        && aware < detected
    {
        problems.push(Problem::of("aware_at", "It cannot have been known before it was detected."));
    }
    let newly_over = is_over(after) && !before.is_some_and(is_over);
    if let (true, Some(due), true) =
        (newly_over, after.get("report_due_on").as_day(), after.get("clock_note").is_empty())
    {
        let message = format!(
            "A legal clock still runs: a report is due by {due}. Record the report in the timeline \
             (`probity incident report`), or say under “Why unreported” (--clock-note) why none is made."
        );
        problems.push(Problem::of("clock_note", message));
    }
    let unlearnt = after.text("status") == Some("reviewed") && after.get("root_cause").is_empty();
    if unlearnt && before.and_then(|before| before.text("status")) != Some("reviewed") {
        problems.push(Problem::of("root_cause", "An incident is reviewed once its root cause is known; say it."));
    }
    problems
}
