//! Alerts: raised by a pipeline or by hand, once for each key, however often a pipeline tries.

use chrono::{DateTime, Utc};

use crate::record::{ALERT, Record, Value};
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
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for alert in alerts {
        let key = (alert.signal.id(), alert.key.as_str());
        if !alert.key.is_empty() {
            let there = Query::all(&ALERT)
                .with(Condition::Is("signal", Value::text(alert.signal.id())))
                .with(Condition::Is("key", Value::text(alert.key.as_str())));
            if keys.contains(&key) || workspace.count(&there)? > 0 {
                known += 1;
                continue;
            }
            keys.push(key);
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
