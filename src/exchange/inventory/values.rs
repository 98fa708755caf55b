//! From a mapped row's texts to the values of our fields, as the workspace reads them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::exchange::mapping::{MappedRow, Target, Warning, Why, add_note, list_item};
use crate::record::{FieldKind, RELEASE, REVIEW, Resolve, SYSTEM, Terms, Value, parse};
use crate::workspace::hex;

/// Texts longer than this are remembered by the beginning of their SHA-256.
const SHORT: usize = 80;

/// What a row says, field by field.
pub struct Said {
    /// By the field's name (`system.name`), in an order that does not change.
    pub values: BTreeMap<String, (Target, Value)>,
    /// What the workspace could not read, besides what the mapping could not.
    pub warnings: Vec<Warning>,
}

/// Reads a row's texts. What a field cannot hold, such as the name of somebody unknown here, goes to the notes.
pub fn read(row: &MappedRow, today: NaiveDate, terms: &dyn Terms, resolve: &dyn Resolve) -> Said {
    let mut said = Said { values: BTreeMap::new(), warnings: Vec::new() };
    let mut notes: Vec<(Target, String)> =
        row.texts.iter().filter(|(to, _)| to.field.name == "notes").cloned().collect();
    let nameless_release = row.text(&RELEASE, "name").is_none();
    for (to, text) in row.texts.iter().filter(|(to, _)| to.field.name != "notes") {
        let to = *to;
        let read = if to.kind == &RELEASE && nameless_release {
            Err("The file names no release.".to_owned())
        } else {
            parse(to.field, text, today, terms, resolve).map_err(|problem| problem.message)
        };
        match read {
            Ok(value) if value.is_empty() => {}
            Ok(value) => {
                said.values.insert(to.name(), (to, value));
            }
            Err(message) => {
                let header = to.field.label.to_owned();
                let kind = if to.kind == &SYSTEM { &SYSTEM } else { &REVIEW };
                let note = list_item(&header, text, "");
                match notes.iter_mut().find(|(known, _)| known.kind == kind) {
                    Some((_, notes)) => add_note(notes, &note),
                    None => notes.extend(kind.field("notes").map(|field| (Target { kind, field }, note))),
                }
                let why = Why::NotReadable(message);
                said.warnings.push(Warning { line: row.line, column: None, header, to, text: text.clone(), why });
            }
        }
    }
    for (to, text) in notes {
        if let Ok(value) = parse(to.field, &text, today, terms, resolve) {
            said.values.insert(to.name(), (to, value));
        }
    }
    said
}

/// What stands for a value where it is remembered: the text itself where it is short, else the beginning of its SHA-256. Nothing for an
/// empty value.
pub fn mark(value: &Value) -> Option<String> {
    let text = match value {
        value if value.is_empty() => return None,
        Value::Text(text) => Cow::Borrowed(text.as_str()),
        Value::List(items) => Cow::Owned(items.join("\n")),
        other => Cow::Owned(other.display()),
    };
    if text.len() <= SHORT {
        return Some(text.into_owned());
    }
    // Half of it tells two texts of one field apart as surely as the whole.
    Some(format!("sha256:{}", hex(&Sha256::digest(text.as_bytes())[..16])))
}

/// The value of a field of which nothing is said.
pub fn nothing(target: Target) -> Value {
    match target.field.kind {
        FieldKind::Choices(_) | FieldKind::NamedMany(_) | FieldKind::Words | FieldKind::Links(_) => {
            Value::List(Vec::new())
        }
        _ => Value::Empty,
    }
}
