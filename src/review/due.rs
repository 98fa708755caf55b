//! What is due, who is told now, and in which words: stages of reviews, actions, routes without an answer, waivers and
//! acceptances that end, temporary mitigations, legal clocks, alerts that nobody acknowledged.
//!
//! Who hears of it goes by the policy's steps of escalation: a reminder before, an escalation after, a second one later.
//! Nothing is sent: each comes with a message that is ready to paste.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::Serialize;

use super::escalation::{Escalating, Recipients};
use crate::policy::Policy;
use crate::record::incident::{self, ENTRY, MITIGATION};
use crate::record::{ACTION, ALERT, CHECKLIST_ITEM, INCIDENT, Kind, REVIEW, RISK, ROUTE, Record, Value, rfc3339};
use crate::text;
use crate::workspace::{Condition, Query, Result, Workspace};

/// What sort of thing is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A report to an authority.
    LegalClock,
    /// An alert that nobody acknowledged.
    Alert,
    /// A temporary mitigation that ends.
    Mitigation,
    /// An acceptance of a risk that ends or has ended.
    Acceptance,
    /// A waiver that ends or has ended.
    Waiver,
    /// An action.
    Action,
    /// A route without an answer.
    Route,
    /// A review in its stage.
    Stage,
}

impl Sort {
    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LegalClock => "legal clock",
            Self::Alert => "alert",
            Self::Mitigation => "mitigation",
            Self::Acceptance => "acceptance",
            Self::Waiver => "waiver",
            Self::Action => "action",
            Self::Route => "route",
            Self::Stage => "stage",
        }
    }
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What sort.
    pub sort: Sort,
    /// The record, by reference.
    #[serde(rename = "ref")]
    pub record: String,
    /// Its title.
    pub title: String,
    /// The legal clock that runs, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// When it is due, RFC 3339: a moment for alerts, the end of the day for the rest.
    pub due: String,
    /// The day on which it is due.
    pub due_on: NaiveDate,
    /// For how many days it has been late; negative before.
    pub days_late: i64,
    /// The step of escalation that it has reached: reminder, escalation, second escalation, by the policy.
    pub step: String,
    /// Whom it goes to: people by handle, or roles.
    pub to: Vec<String>,
    /// Their addresses, where they are known.
    pub addresses: Vec<String>,
    /// What it is and what to do, ready to paste.
    pub message: String,
    /// The command that does it; words in capitals stand for what only a person knows.
    pub command: String,
}

/// Something that is due, before it is known who is told.
struct Draft {
    sort: Sort,
    record: Record,
    due: DateTime<Utc>,
    due_on: NaiveDate,
    what: String,
    command: String,
    clock: Option<String>,
}

/// What is due now, by the policy's service levels, the most pressing first: what must be reported to an authority, alerts
/// that nobody took up, then by how late it is.
///
/// # Errors
/// When the file cannot be read.
pub fn due(workspace: &Workspace, policy: &Policy, now: DateTime<Utc>, today: NaiveDate) -> Result<Vec<Due>> {
    let gather = Gather { workspace, policy, now, today, escalating: Escalating::new(workspace) };
    let mut all = Vec::new();
    for draft in gather.drafts()? {
        all.extend(gather.told(draft)?);
    }
    all.sort_by(|one, other| {
        let rank = |due: &Due| match due.sort {
            Sort::LegalClock => 0,
            Sort::Alert => 1,
            _ => 2,
        };
        let key = |due: &Due| (rank(due), std::cmp::Reverse(due.days_late), due.sort);
        key(one).cmp(&key(other)).then_with(|| one.record.cmp(&other.record))
    });
    Ok(all)
}

/// What cannot wait: alerts that are late, and legal clocks that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pressing {
    /// Alerts that nobody took up in time.
    pub alerts: usize,
    /// Legal clocks that run.
    pub clocks: usize,
    /// The last day of the first of them.
    pub first: Option<NaiveDate>,
}

/// What cannot wait: a few rows of two kinds, so that it is cheap to ask at any time.
///
/// # Errors
/// When the file cannot be read.
pub fn pressing(workspace: &Workspace, policy: &Policy, now: DateTime<Utc>, today: NaiveDate) -> Result<Pressing> {
    let gather = Gather { workspace, policy, now, today, escalating: Escalating::new(workspace) };
    let clocks = gather.clocks()?;
    let alerts = gather.alerts()?.iter().filter(|alert| alert.due < now).count();
    Ok(Pressing { alerts, clocks: clocks.len(), first: clocks.iter().map(|clock| clock.due_on).min() })
}

struct Gather<'a> {
    workspace: &'a Workspace,
    policy: &'a Policy,
    now: DateTime<Utc>,
    today: NaiveDate,
    escalating: Escalating<'a>,
}

/// The last day on which something is worth a thought today.
fn horizon(today: NaiveDate, days: u64) -> Value {
    Value::Day(today.checked_add_days(Days::new(days)).unwrap_or(today))
}

impl Gather<'_> {
    fn drafts(&self) -> Result<Vec<Draft>> {
        let mut all = self.clocks()?;
        all.extend(self.alerts()?);
        let notice = u64::from(self.policy.business().expiry_notice_days);
        let reminder = self.policy.escalations().first().map_or(0, |step| u64::try_from(-step.days).unwrap_or(0));
        let soon = |kind: Kind, field: &'static str, days: u64| {
            Query::open(kind).with(Condition::AtMost(field, horizon(self.today, days)))
        };
        all.extend(self.days(Sort::Mitigation, &soon(&MITIGATION, "ends_on", notice), "ends_on", |one, day| {
            let words = format!("what was put in for a while ends on {day}; make it last, or take it out");
            (words, format!("probity incident end {} --note TEXT", one.reference()))
        })?);
        let accepted = Query::all(&RISK)
            .with(Condition::AtMost("accepted_until", horizon(self.today, notice)))
            .with(Condition::Is("status", "accepted".into()));
        all.extend(self.days(Sort::Acceptance, &accepted, "accepted_until", |one, day| {
            let words = format!("what remains of this risk is accepted until {day}; accept it anew, or treat it");
            (words, format!("probity risk accept {} --until DATE --reason REASON", one.reference()))
        })?);
        let waived = Query::all(&CHECKLIST_ITEM)
            .with(Condition::AtMost("waived_until", horizon(self.today, notice)))
            .with(Condition::Is("status", "waived".into()));
        all.extend(self.days(Sort::Waiver, &waived, "waived_until", |one, day| {
            let words = format!("this item is waived until {day}; answer it, or have it waived anew");
            (words, format!("probity item set {} --status pass", one.reference()))
        })?);
        all.extend(self.days(Sort::Action, &soon(&ACTION, "due_on", reminder), "due_on", |one, day| {
            let blocking = if one.get("launch_blocking").is_set() { "; a launch waits for it" } else { "" };
            (
                format!("this action is due on {day}{blocking}"),
                format!("probity action done {} --note NOTE", one.reference()),
            )
        })?);
        all.extend(self.days(Sort::Route, &soon(&ROUTE, "due_on", reminder), "due_on", |one, day| {
            let words = format!("the answer of {} is due on {day}", one.title());
            (words, format!("probity route set {} --status cleared", one.reference()))
        })?);
        all.extend(self.days(Sort::Stage, &soon(&REVIEW, "due_on", reminder), "due_on", |one, day| {
            let stage = one.text("stage").unwrap_or("its stage");
            (format!("this review is to leave {stage} by {day}"), format!("probity review show {}", one.reference()))
        })?);
        Ok(all)
    }

    fn days(
        &self,
        sort: Sort,
        query: &Query,
        field: &'static str,
        words: impl Fn(&Record, NaiveDate) -> (String, String),
    ) -> Result<Vec<Draft>> {
        let mut drafts = Vec::new();
        for record in self.workspace.records(query)? {
            let Some(due_on) = record.get(field).as_day() else { continue };
            let (what, command) = words(&record, due_on);
            drafts.push(Draft { sort, due: end_of(due_on), due_on, what, command, clock: None, record });
        }
        Ok(drafts)
    }

    /// Legal clocks that run, from the first day on, each for itself.
    fn clocks(&self) -> Result<Vec<Draft>> {
        let query = Query::all(&INCIDENT).with(Condition::Not("report_due_on", Value::Empty));
        let mut drafts = Vec::new();
        for record in self.workspace.records(&query)? {
            // One that ended with its clock running says why: that was decided, and is no more asked for.
            if incident::is_over(&record) && !record.get("clock_note").is_empty() {
                continue;
            }
            let of = Query::all(&ENTRY).with(Condition::Is("incident", Value::text(record.id())));
            let entries = self.workspace.records(&of)?;
            for clock in incident::clocks(&record, &entries, self.policy).into_iter().filter(incident::Clock::runs) {
                let due_on = clock.due_on;
                let what = format!("a report to the authority is due by {due_on} ({})", clock.name);
                let command = format!("probity incident report {} TEXT --clock \"{}\"", record.reference(), clock.name);
                let (sort, due, clock, record) = (Sort::LegalClock, end_of(due_on), Some(clock.name), record.clone());
                drafts.push(Draft { sort, record, due, due_on, what, command, clock });
            }
        }
        Ok(drafts)
    }

    fn alerts(&self) -> Result<Vec<Draft>> {
        let business = self.policy.business();
        let open = Query::open(&ALERT).with(Condition::Is("acknowledged_at", Value::Empty));
        let mut drafts = Vec::new();
        for record in self.workspace.records(&open)? {
            let Some(raised) = record.get("raised_at").as_moment() else { continue };
            // Where nobody works for years, nothing is ever due.
            let Some(due) = business.acknowledge_by(raised) else { continue };
            let what = format!("this alert was raised at {}, and nobody has taken it up", rfc3339(raised));
            let command = format!("probity alert ack {}", record.reference());
            let (sort, due_on) = (Sort::Alert, business.date(due));
            drafts.push(Draft { sort, due, due_on, what, command, clock: None, record });
        }
        Ok(drafts)
    }

    /// Who is told of something, and in which words; none while it is too early even for a reminder.
    fn told(&self, draft: Draft) -> Result<Option<Due>> {
        let days_late = if draft.sort == Sort::Alert && draft.due < self.now {
            // Late within the day is late.
            (self.today - draft.due_on).num_days().max(1)
        } else {
            (self.today - draft.due_on).num_days()
        };
        let always = matches!(draft.sort, Sort::LegalClock | Sort::Alert)
            || matches!(draft.sort, Sort::Mitigation | Sort::Acceptance | Sort::Waiver);
        let reached = match draft.sort {
            Sort::LegalClock => self.policy.clock_escalation(days_late),
            _ => self.policy.escalation(days_late),
        };
        let step = reached.or_else(|| self.policy.escalations().first().filter(|_| always));
        let Some(step) = step else { return Ok(None) };
        let Recipients { to, addresses } = self.escalating.recipients(&draft.record, step)?;
        let record = &draft.record;
        let when = match days_late {
            0 => "It is due today".to_owned(),
            1 => "It is 1 day late".to_owned(),
            late if late > 0 => format!("It is {late} days late"),
            -1 => "It is due tomorrow".to_owned(),
            early => format!("It is due in {} days", -early),
        };
        let title = text::line(record.title()).into_owned();
        let names = if to.is_empty() { "whom it concerns".to_owned() } else { to.join(", ") };
        let message = format!(
            "To {names} ({}): {} “{title}”: {}. {when}. {} `{}`",
            step.id,
            record.reference(),
            draft.what,
            "Next:",
            draft.command
        );
        Ok(Some(Due {
            sort: draft.sort,
            record: record.reference().to_owned(),
            title,
            clock: draft.clock,
            due: rfc3339(draft.due),
            due_on: draft.due_on,
            days_late,
            step: step.id.clone(),
            to,
            addresses,
            message,
            command: draft.command,
        }))
    }
}

/// The last second of a day, in UTC.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default()).and_utc()
}

/// Everything that is due as a calendar that other programs can subscribe to (RFC 5545): an entry a day, its id the same
/// each time, so that it moves rather than doubles.
#[must_use]
pub fn calendar(all: &[Due], workspace: &str, now: DateTime<Utc>) -> String {
    let mut lines =
        vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), "PRODID:-//Probity//due//EN".to_owned()];
    let stamp = now.format("%Y%m%dT%H%M%SZ").to_string();
    for due in all {
        let next = due.due_on.succ_opt().unwrap_or(due.due_on);
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}-{}@{}", due.record, uid(due), text::file_name(workspace)),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", due.due_on.format("%Y%m%d")),
            format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")),
            format!("SUMMARY:{}", escaped(&format!("{} {} ({})", due.record, due.title, due.sort.word()))),
            format!("DESCRIPTION:{}", escaped(&due.message)),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

/// What tells an entry from the others of its record: an incident may have several clocks.
fn uid(due: &Due) -> String {
    let said = format!("{} {}", due.sort.word(), due.clock.as_deref().unwrap_or_default());
    let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Text as a calendar holds it (RFC 5545, section 3.3.11).
fn escaped(text: &str) -> String {
    text::line(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 bytes, continued on the next (RFC 5545, section 3.1).
fn folded(line: &str) -> String {
    let (mut out, mut used) = (String::with_capacity(line.len() + 8), 0);
    for c in line.chars() {
        if used + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_calendar_are_folded_and_escaped() {
        let long = "ä".repeat(100);
        let line = folded(&format!("SUMMARY:{}", escaped(&format!("{long}, a; b\\c"))));
        assert!(line.split("\r\n").all(|part| part.len() <= 75), "{line}");
        assert_eq!(line.replace("\r\n ", ""), format!("SUMMARY:{long}\\, a\\; b\\\\c\r\n"));
    }
}
