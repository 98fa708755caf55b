//! Alerts: raised by a pipeline or by hand, once for each key, however often a pipeline tries.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::policy::Business;
use crate::record::{ALERT, Record, Value, rfc3339};
use crate::workspace::{Condition, Edit, Query, Result, Workspace, new_id};

/// An alert that is to be raised.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// The signal.
    pub signal: Record,
    /// When.
    pub at: DateTime<Utc>,
    /// The value, as it was written.
    pub value: String,
    /// The pipeline's own id for it.
    pub key: String,
    /// What the pipeline says of it.
    pub detail: String,
}

/// The edits that raise alerts, and how many were raised before under the same key. Alerts of the same millisecond are as many
/// alerts, unless they bear one key.
///
/// # Errors
/// When the file cannot be read.
pub fn raise(workspace: &Workspace, alerts: &[Raised], now: DateTime<Utc>) -> Result<(Vec<Edit>, usize)> {
    let (mut edits, mut known) = (Vec::new(), 0);
    let mut keys: HashSet<(&str, &str)> = HashSet::new();
    for alert in alerts {
        let key = (alert.signal.id(), alert.key.as_str());
        if !alert.key.is_empty() {
            let there = Query::all(&ALERT)
                .with(Condition::Is("signal", Value::text(alert.signal.id())))
                .with(Condition::Is("key", Value::text(alert.key.as_str())));
            if !keys.insert(key) || workspace.count(&there)? > 0 {
                known += 1;
                continue;
            }
        }
        let fields = vec![
            ("signal", Value::text(alert.signal.id())),
            ("raised_at", Value::Moment(alert.at)),
            ("value", Value::text(alert.value.as_str())),
            ("key", Value::text(alert.key.as_str())),
            ("detail", Value::text(alert.detail.as_str())),
        ];
        edits.push(Edit::Add { kind: &ALERT, id: new_id(now), fields });
    }
    Ok((edits, known))
}

/// How the answer to an alert stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// When somebody took it up, if anybody did.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Until when somebody is to take it up; none where nobody works for years.
    pub due: Option<DateTime<Utc>>,
    /// The business hours until it was taken up, or until now.
    pub hours: f64,
    /// Whether it was taken up late, or is late now.
    pub late: bool,
}

impl Answer {
    /// In words, with moments written as `at` writes them.
    #[must_use]
    pub fn words(&self, at: &dyn Fn(DateTime<Utc>) -> String) -> String {
        match (self.acknowledged_at, self.due) {
            (Some(_), _) => format!("after {:.1} business hours", self.hours),
            (None, Some(due)) if self.late => format!("late since {}", at(due)),
            (None, Some(due)) => format!("due by {}", at(due)),
            (None, None) => "never due: the policy names no working day".to_owned(),
        }
    }

    /// The same with moments in RFC 3339.
    #[must_use]
    pub fn told(&self) -> String {
        self.words(&rfc3339)
    }
}

/// How the answer to an alert stands at a moment, in business hours; none where it does not say when it was raised.
#[must_use]
pub fn answer(business: &Business, alert: &Record, now: DateTime<Utc>) -> Option<Answer> {
    let raised = alert.get("raised_at").as_moment()?;
    let acknowledged_at = alert.get("acknowledged_at").as_moment();
    let hours = business.between(raised, acknowledged_at.unwrap_or(now)).as_seconds_f64() / 3600.0;
    let due = business.acknowledge_by(raised);
    let late = match acknowledged_at {
        Some(_) => hours > f64::from(business.acknowledge_hours),
        None => due.is_some_and(|due| due < now),
    };
    Some(Answer { acknowledged_at, due, hours, late })
}

/// The fields that say that somebody took an alert up.
#[must_use]
pub fn acknowledged(at: DateTime<Utc>) -> Vec<(&'static str, Value)> {
    vec![("acknowledged_at", Value::Moment(at))]
}

/// The fields that route an alert to a person, by id.
#[must_use]
pub fn routed(person: &str) -> Vec<(&'static str, Value)> {
    vec![("routed_to", Value::text(person))]
}

/// The fields that say what an alert turned out to be; without a note, what was noted before stays.
#[must_use]
pub fn closed(disposition: &str, note: Option<&str>) -> Vec<(&'static str, Value)> {
    let mut fields = vec![("disposition", Value::text(disposition))];
    fields.extend(note.map(|note| ("disposition_note", Value::text(note))));
    fields
}
