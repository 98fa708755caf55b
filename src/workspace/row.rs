//! Between a record's values and a row's columns.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::{Value as Cell, ValueRef};

use crate::record::{Field, FieldKind, KINDS, Kind, Record, Value, rfc3339};

/// A name as SQL writes it: `release` and `action` are words of the language.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// All columns of a kind, quoted, in the order of its description.
#[must_use]
pub fn column_list(kind: Kind) -> &'static str {
    // Made once: every read and write of a record asks for it.
    static LISTS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
        let list = |kind: Kind| kind.columns().map(|field| quoted(field.name)).collect::<Vec<_>>().join(", ");
        KINDS.iter().map(|kind| (kind.name, list(kind))).collect()
    });
    LISTS.get(kind.name).map_or("", String::as_str)
}

/// A value as a column holds it. Lists are JSON arrays; an empty list is `[]`, never NULL.
#[must_use]
pub fn to_cell(field: &Field, value: &Value) -> Cell {
    match value {
        Value::Empty if field.is_list() => Cell::Text("[]".to_owned()),
        Value::Empty => Cell::Null,
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Number(number) => Cell::Integer(*number),
        Value::Flag(flag) => Cell::Integer(i64::from(*flag)),
        Value::Day(day) => Cell::Text(day.format("%Y-%m-%d").to_string()),
        Value::Moment(moment) => Cell::Text(rfc3339(*moment)),
        Value::List(items) => Cell::Text(serde_json::Value::from(items.clone()).to_string()),
    }
}

/// A column's content as a value. What another program wrote in a form that the field cannot hold is kept as text,
/// so that it is shown and not lost.
#[must_use]
pub fn from_cell(field: &Field, cell: ValueRef<'_>) -> Value {
    match (cell, field.kind) {
        (ValueRef::Null, _) => {
            if field.is_list() {
                Value::List(Vec::new())
            } else {
                Value::Empty
            }
        }
        (ValueRef::Integer(number), FieldKind::Flag) => Value::Flag(number != 0),
        (ValueRef::Integer(number), _) => Value::Number(number),
        (ValueRef::Real(number), _) => Value::Text(number.to_string()),
        (ValueRef::Blob(bytes), _) => Value::Text(format!("{} bytes", bytes.len())),
        (ValueRef::Text(bytes), _) => from_text(field, String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn from_text(field: &Field, text: String) -> Value {
    let read = match field.kind {
        FieldKind::Day => NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().map(Value::Day),
        FieldKind::Moment => {
            DateTime::parse_from_rfc3339(&text).ok().map(|moment| Value::Moment(moment.with_timezone(&Utc)))
        }
        _ if field.is_list() => serde_json::from_str(&text).ok().map(Value::List),
        _ => None,
    };
    read.unwrap_or(Value::Text(text))
}

/// Reads a record from a row whose columns from `first` on are those of [`column_list`].
///
/// # Errors
/// Where the row has fewer columns.
pub fn read_record(kind: Kind, row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Record> {
    let mut values = Vec::new();
    for (at, field) in kind.columns().enumerate() {
        values.push(from_cell(field, row.get_ref(first + at)?));
    }
    Ok(Record::from_values(kind, values))
}

/// A cell out of a history entry's JSON.
#[must_use]
pub fn json_cell(value: &serde_json::Value) -> Cell {
    match value {
        serde_json::Value::Null => Cell::Null,
        serde_json::Value::Bool(flag) => Cell::Integer(i64::from(*flag)),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => Cell::Real(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Cell::Text(text.clone()),
        other => Cell::Text(other.to_string()),
    }
}

/// A value in a history entry's JSON, as the field holds it.
#[must_use]
pub fn json_value(field: &Field, value: &serde_json::Value) -> Value {
    from_cell(field, ValueRef::from(&json_cell(value)))
}
