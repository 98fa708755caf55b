//! The next meetings by their cadence, and which one comes before and after.
//!
//! A cadence is in local time: “every second Thursday at 14:00” stays at 14:00 across a change of the clocks, because each
//! date is turned into a moment on its own. There is no database of time zones in here: what local time is, the system says
//! (its zone, or `TZ`). Where the clocks skip the hour, the meeting begins when they stop skipping; where they repeat it, it
//! begins the first time.

use chrono::{DateTime, Datelike, Days, Local, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};

use super::{Step, add};
use crate::policy::{MeetingRule, Policy};
use crate::record::meeting::{CANCELLED, ENDED, MEMBER, PLANNED};
use crate::record::{ATTENDANCE, MEETING, PERSON, Record, Value};
use crate::workspace::{Condition, Direction, Edit, Query, Result, Sort, Workspace, new_id};

/// The most meetings of a kind that are planned at once.
const MOST: usize = 60;

/// A meeting that is to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// Its kind.
    pub kind: &'static str,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
}

/// The moment of a local date and time: the first one where the clocks repeat it, the next one that there is where they skip
/// it.
#[must_use]
pub fn moment<Z: TimeZone>(zone: &Z, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let wanted = day.and_time(time);
    // No clock has ever been put forward by more than a day; half hours are the finest change there is.
    (0..=48)
        .filter_map(|halves| wanted.checked_add_signed(TimeDelta::minutes(30 * halves)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| wanted.and_utc(), |local| local.with_timezone(&Utc))
}

/// The days after `last` (a meeting of the kind, where there was one) and not before `today` on which a rule asks for a
/// meeting, up to `until`.
#[must_use]
pub fn next_starts(rule: &MeetingRule, last: Option<NaiveDate>, today: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let Some(weekday) = rule.weekday else { return Vec::new() };
    let step = Days::new(u64::from(rule.every_weeks.max(1)) * 7);
    let first = match last {
        // A meeting that was put off by some days does not put off those after it.
        Some(last) => last.checked_add_days(step).map(|day| nearest(day, weekday)).filter(|day| *day > last),
        None => Some(on_or_after(today, weekday)),
    };
    let days = std::iter::successors(first, |day| day.checked_add_days(step));
    days.skip_while(|day| *day < today).take_while(|day| *day <= until).take(MOST).collect()
}

fn on_or_after(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    let ahead = (7 + weekday.num_days_from_monday() - day.weekday().num_days_from_monday()) % 7;
    day.checked_add_days(Days::new(u64::from(ahead))).unwrap_or(day)
}

fn nearest(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    on_or_after(day.checked_sub_days(Days::new(3)).unwrap_or(day), weekday)
}

/// The step that plans the meetings of these kinds (of all that have a cadence, where none is named) from now up to a day:
/// each with its length and its quorum, and the holders of its roles on the list. What is planned already is not planned again.
///
/// # Errors
/// When the file cannot be read.
pub fn plan(
    workspace: &Workspace,
    policy: &Policy,
    kinds: &[&'static str],
    until: NaiveDate,
    me: &str,
    at: DateTime<Utc>,
) -> Result<(Vec<Coming>, Step)> {
    let today = at.with_timezone(&Local).date_naive();
    let (mut coming, mut edits) = (Vec::new(), Vec::new());
    for rule in policy.meeting_rules().iter().filter(|rule| kinds.is_empty() || kinds.contains(&rule.kind)) {
        let last = newest(workspace, rule.kind)?;
        let last = last.and_then(|meeting| meeting.get("starts_at").as_moment());
        let last = last.map(|moment| moment.with_timezone(&Local).date_naive());
        for day in next_starts(rule, last, today, until) {
            let starts_at = moment(&Local, day, rule.at);
            if starts_at <= at {
                continue;
            }
            let fields = vec![
                ("kind", rule.kind.into()),
                ("starts_at", Value::Moment(starts_at)),
                ("facilitator", Value::text(me)),
            ];
            edits.extend(new_edits(workspace, policy, fields, at)?);
            coming.push(Coming { kind: rule.kind, starts_at });
        }
    }
    let what = match coming.as_slice() {
        [] => "No meeting planned".to_owned(),
        [one] => format!("{} planned", one.kind),
        many => format!("{} meetings planned", many.len()),
    };
    Ok((coming, Step::new(what, edits)))
}

/// What a new meeting has that says no more than these fields: its title, its length and its quorum by the policy.
#[must_use]
fn new_fields(policy: &Policy, mut fields: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    let said = |fields: &[(&'static str, Value)], name: &str| {
        fields.iter().find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value.clone())
    };
    let kind = said(&fields, "kind").map_or_else(|| crate::record::meeting::BOARD.to_owned(), |kind| kind.display());
    let day = said(&fields, "starts_at").and_then(|starts| starts.as_moment());
    let day = day.map(|starts| format!(" {}", starts.with_timezone(&Local).format("%Y-%m-%d"))).unwrap_or_default();
    let mut letters = kind.chars();
    let title = letters.next().map(|first| format!("{}{}{day}", first.to_uppercase(), letters.as_str()));
    let mut more = vec![("title", title.map_or(Value::Empty, Value::text)), ("kind", Value::text(kind.as_str()))];
    if let Some(rule) = policy.meeting_rule(&kind) {
        more.push(("planned", Value::Number(rule.minutes)));
        more.push(("quorum", rule.quorum.map_or(Value::Empty, Value::Number)));
        more.push(("quorum_roles", Value::List(rule.quorum_roles.clone())));
    }
    for (name, value) in more {
        if said(&fields, name).is_none() {
            fields.retain(|(known, _)| *known != name);
            fields.push((name, value));
        }
    }
    fields
}

/// The edits that add a meeting with these fields, with the holders of its kind's roles on the list.
///
/// # Errors
/// When the file cannot be read.
pub fn new_edits(
    workspace: &Workspace,
    policy: &Policy,
    fields: Vec<(&'static str, Value)>,
    at: DateTime<Utc>,
) -> Result<Vec<Edit>> {
    let fields = new_fields(policy, fields);
    let kind = fields.iter().find(|(name, _)| *name == "kind").map(|(_, kind)| kind.display()).unwrap_or_default();
    let meeting = new_id(at);
    let mut edits = vec![Edit::Add { kind: &MEETING, id: meeting.clone(), fields }];
    let roles = policy.meeting_rule(&kind).map(|rule| rule.members.as_slice()).unwrap_or_default();
    for person in workspace.records(&Query::all(&PERSON))? {
        let held: Vec<&str> =
            person.get("roles").items().iter().filter(|role| roles.contains(role)).map(String::as_str).collect();
        if held.is_empty() || person.get("active") == &Value::Flag(false) {
            continue;
        }
        let fields = vec![
            ("meeting", Value::text(meeting.as_str())),
            ("person", Value::text(person.id())),
            ("seat", MEMBER.into()),
            ("role", Value::text(held.join(", "))),
        ];
        edits.push(add(&ATTENDANCE, at, fields));
    }
    Ok(edits)
}

fn one(workspace: &Workspace, query: &Query) -> Result<Option<Record>> {
    Ok(workspace.page(query, None, Direction::After, 1)?.rows.pop().map(|row| row.record))
}

fn of_kind(kind: &str, descending: bool) -> Query {
    Query::all(&MEETING)
        .with(Condition::Is("kind", Value::text(kind)))
        .with(Condition::Not("status", CANCELLED.into()))
        .sorted(vec![Sort { field: "starts_at", descending }])
}

/// The last meeting of a kind that is planned or was held.
fn newest(workspace: &Workspace, kind: &str) -> Result<Option<Record>> {
    one(workspace, &of_kind(kind, true))
}

/// The meeting of the same kind that was held before this one, if there was one.
///
/// # Errors
/// When the file cannot be read.
pub fn last_before(workspace: &Workspace, meeting: &Record) -> Result<Option<Record>> {
    let query = of_kind(meeting.text("kind").unwrap_or_default(), true)
        .with(Condition::Is("status", ENDED.into()))
        .with(Condition::Not("id", Value::text(meeting.id())))
        .with(Condition::AtMost("starts_at", meeting.get("starts_at").clone()));
    one(workspace, &query)
}

/// The meeting of the same kind that is planned after this one, if there is one.
///
/// # Errors
/// When the file cannot be read.
pub fn next_planned(workspace: &Workspace, meeting: &Record) -> Result<Option<Record>> {
    let query = of_kind(meeting.text("kind").unwrap_or_default(), false)
        .with(Condition::Is("status", PLANNED.into()))
        .with(Condition::Not("id", Value::text(meeting.id())))
        .with(Condition::AtLeast("starts_at", meeting.get("starts_at").clone()));
    one(workspace, &query)
}
