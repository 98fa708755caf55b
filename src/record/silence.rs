//! Silences: one finding of a standing check that somebody lets be, for a reason and for a time.
//!
//! A silence is about one rule and one record. Which rules there are is known higher up; here stands what no silence may
//! lack: why, and until when. After its last day the finding comes back.

use chrono::{Days, NaiveDate};

use super::{Context, Field, FieldKind, Problem, Record, RecordType, settle_nothing};

/// The most days that a finding stays silent: a silence that nobody looks at again is an exception that nobody decided.
pub const MOST_DAYS: u64 = 365;

/// A silence.
pub static SILENCE: RecordType = RecordType {
    name: "silence",
    label: "Silenced finding",
    plural: "Silenced findings",
    prefix: "SIL",
    title: "rule",
    help: "A finding of a standing check that is let be on one record, for a reason and for a time.",
    fields: &[
        Field::line("rule", "Rule", "The id of the rule, such as risk-overdue.").required().column(32),
        Field::of("subject", "Record", FieldKind::Reference, "The record it is let be on, by reference.")
            .required()
            .column(9),
        Field::prose("reason", "Reason", "Why the finding may stand.").required().column(40),
        Field::day("until", "Until", "The last day; after it the finding comes back.").required().column(10),
    ],
    closed: None,
    order: &[("until", false)],
    settle: settle_nothing,
    check,
};

/// Whether it holds on a day.
#[must_use]
pub fn holds(silence: &Record, today: NaiveDate) -> bool {
    silence.get("until").as_day().is_some_and(|last| last >= today)
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let Some(until) = after.get("until").as_day() else { return Vec::new() };
    let newly = before.is_none_or(|before| before.get("until") != after.get("until"));
    let latest = context.today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(context.today);
    if newly && until < context.today {
        return vec![Problem::of("until", format!("A finding cannot be silenced until a day that is over ({until})."))];
    }
    if newly && until > latest {
        let message = format!("A finding is silenced for {MOST_DAYS} days at most: until {latest}.");
        return vec![Problem::of("until", message)];
    }
    Vec::new()
}
