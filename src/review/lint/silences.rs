//! Letting one finding be, and hearing it again.

use chrono::{DateTime, Utc};

use super::Rule;
use crate::record::{Record, SILENCE, Value};
use crate::workspace::{Condition, Edit, Query, Result, Workspace, new_id};

/// The edits that silence a rule on a record, with the fields as they were typed and read: a reason and an end. A silence that
/// is there already is given the new reason and end.
///
/// # Errors
/// When the file cannot be read.
pub fn silence(
    workspace: &Workspace,
    rule: &Rule,
    record: &Record,
    reason: Value,
    until: Value,
    at: DateTime<Utc>,
) -> Result<Vec<Edit>> {
    if let Some(known) = on(workspace, rule, record)?.pop() {
        let fields = vec![("reason", reason), ("until", until)];
        let (id, version) = (known.id().to_owned(), Some(known.version()));
        return Ok(vec![Edit::Set { kind: &SILENCE, id, version, fields }]);
    }
    let fields = vec![
        ("rule", Value::text(rule.id)),
        ("subject", Value::text(record.reference())),
        ("reason", reason),
        ("until", until),
    ];
    Ok(vec![Edit::Add { kind: &SILENCE, id: new_id(at), fields }])
}

/// The edits that let a rule be heard again on a record; none where nothing silences it.
///
/// # Errors
/// When the file cannot be read.
pub fn unsilence(workspace: &Workspace, rule: &Rule, record: &Record) -> Result<Vec<Edit>> {
    let known = on(workspace, rule, record)?;
    Ok(known.into_iter().map(|silence| Edit::Delete { kind: &SILENCE, id: silence.id().to_owned() }).collect())
}

fn on(workspace: &Workspace, rule: &Rule, record: &Record) -> Result<Vec<Record>> {
    let query = Query::all(&SILENCE)
        .with(Condition::Is("subject", Value::text(record.reference())))
        .with(Condition::Is("rule", Value::text(rule.id)));
    workspace.records(&query)
}
