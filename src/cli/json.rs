//! Records as JSON, out and in, by their descriptions. What is printed can be read again.
//!
//! Links are references (`REV-121`), people are handles, dates are `YYYY-MM-DD`, moments RFC 3339 in UTC, numbers are
//! numbers; what nobody said is null, a list with nothing in it is `[]`.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::exit::{Done, Failure, of_problem};
use super::record::options::field_named;
use crate::record::{Field, FieldKind, Kind, Record, Value};
use crate::session::Session;
use crate::workspace::Label;

/// Labels of linked records, by id.
pub type Labels = HashMap<String, Label>;

/// A record as an object: its reference first, then these fields.
#[must_use]
pub fn object(record: &Record, labels: &Labels, fields: &[&'static Field]) -> Json {
    let mut object = Map::new();
    object.insert("ref".to_owned(), Json::from(record.reference()));
    for field in fields {
        if field.name != "ref" {
            object.insert(field.name.to_owned(), value(field, record.get(field.name), labels));
        }
    }
    Json::Object(object)
}

/// A whole record as an object.
#[must_use]
pub fn whole(record: &Record, labels: &Labels) -> Json {
    object(record, labels, &record.kind().columns().collect::<Vec<_>>())
}

/// A field's value.
#[must_use]
pub fn value(field: &Field, value: &Value, labels: &Labels) -> Json {
    match (field.kind, value) {
        (_, Value::Empty) => Json::Null,
        (FieldKind::Link(_), Value::Text(id)) => Json::from(link(field, id, labels)),
        (_, Value::Text(text)) => Json::from(text.as_str()),
        (_, Value::Number(number)) => Json::from(*number),
        (_, Value::Flag(flag)) => Json::from(*flag),
        (_, Value::Day(_) | Value::Moment(_)) => Json::from(value.display()),
        (_, Value::List(items)) => Json::from(items.clone()),
    }
}

/// What stands for a linked record: a person's handle, another record's reference.
#[must_use]
pub fn link(field: &Field, id: &str, labels: &Labels) -> String {
    match labels.get(id) {
        Some(label) if field.linked_kind() == Some("person") => label.title.clone(),
        Some(label) => label.reference.clone(),
        None => id.to_owned(),
    }
}

/// One object that was read: which record it says it is, and what it says of its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Its `ref`, where it has one.
    pub reference: Option<String>,
    /// Its `version`, where it has one.
    pub version: Option<i64>,
    /// The fields that people may write, in the order of the object. Null is an empty value.
    pub fields: Vec<(&'static str, Value)>,
}

/// Reads one object or an array of objects.
///
/// # Errors
/// Where it is no JSON, holds something else, a key is unknown, or a value cannot be read; says in which object.
pub fn read(kind: Kind, text: &str, session: &Session) -> Done<Vec<Said>> {
    let parsed: Json =
        serde_json::from_str(text).map_err(|error| Failure::Usage(format!("This is not JSON: {error}.")))?;
    let objects = match parsed {
        Json::Array(objects) => objects,
        object => vec![object],
    };
    objects
        .into_iter()
        .enumerate()
        .map(|(at, object)| {
            said(kind, &object, session).map_err(|failure| match failure {
                Failure::Usage(message) => Failure::Usage(format!("Object {}: {message}", at + 1)),
                Failure::NoRecord(message) => Failure::NoRecord(format!("Object {}: {message}", at + 1)),
                other => other,
            })
        })
        .collect()
}

fn said(kind: Kind, object: &Json, session: &Session) -> Done<Said> {
    let Json::Object(object) = object else {
        return Err(Failure::Usage(format!("a record is an object, such as {{\"{}\": \"…\"}}.", kind.title)));
    };
    let mut said = Said { reference: None, version: None, fields: Vec::new() };
    for (key, value) in object {
        let field = field_named(kind, key)?;
        match field.name {
            "ref" => said.reference = value.as_str().map(str::to_owned),
            "version" => said.version = value.as_i64(),
            _ if !field.is_editable() => {}
            _ => said.fields.push((field.name, read_value(field, value, session)?)),
        }
    }
    Ok(said)
}

/// Reads a field's value: a text in any form that people may type, or JSON's own form of what the field holds.
///
/// # Errors
/// Where it cannot be read as what the field holds.
pub fn read_value(field: &'static Field, value: &Json, session: &Session) -> Done<Value> {
    let parse = |text: &str| session.parse(field, text).map_err(|problem| of_problem(&problem));
    match value {
        Json::Null => Ok(if field.is_list() { Value::List(Vec::new()) } else { Value::Empty }),
        Json::String(text) => parse(text),
        Json::Bool(flag) if field.kind == FieldKind::Flag => Ok(Value::Flag(*flag)),
        Json::Number(number) if matches!(field.kind, FieldKind::Number(..) | FieldKind::Step(_)) => {
            parse(&number.to_string())
        }
        Json::Array(items) if field.is_list() => {
            let mut list = Vec::new();
            for item in items {
                let Some(text) = item.as_str() else { return Err(wrong(field, item)) };
                // A word may hold a comma, which would split it if it were typed.
                if field.kind == FieldKind::Words {
                    list.push(text.trim().to_owned());
                } else {
                    list.extend(parse(text)?.items().iter().cloned());
                }
            }
            list.retain(|word| !word.is_empty());
            Ok(Value::List(list))
        }
        other => Err(wrong(field, other)),
    }
}

fn wrong(field: &Field, value: &Json) -> Failure {
    let shown = crate::text::fit(&value.to_string(), 60).into_owned();
    Failure::Usage(format!("{}: {shown} cannot be read. {}", field.name, field.help))
}
