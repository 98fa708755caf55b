//! The effective policy, as text that loads again to the same, with its fingerprint; and where each value comes from.

use serde::Deserialize as _;
use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Value};

use super::gather::parse;
use super::layer::{Item, Wanted, identity, is_named, merge, normalise};
use super::scales::rows_again;
use super::source::Sources;

/// One layer's say in a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The name of the layer.
    pub layer: String,
    /// The line on which the value stands, from 1.
    pub line: Option<usize>,
    /// What this layer says: a value, or a table of what it changes. None where it takes the thing away.
    pub value: Option<Value>,
}

/// The effective policy.
#[derive(Debug, Default)]
pub(super) struct Effective {
    /// As a table.
    pub table: toml::Table,
    /// As a text.
    pub text: String,
    /// The SHA-256 of the text.
    pub fingerprint: String,
}

impl Effective {
    /// What comes out where the layers of a policy that was read without a complaint meet.
    pub(super) fn of(sources: &Sources) -> Self {
        let made = table(&merge(sources, Wanted::Whole).root).map(|table| (toml::to_string_pretty(&table), table));
        // Every value of a policy without a complaint was read as what it should be, so each can be written again.
        debug_assert!(matches!(made, Ok((Ok(_), _))), "{made:?}");
        let Ok((Ok(text), table)) = made else { return Self::default() };
        Self { fingerprint: fingerprint(&text), table, text }
    }
}

/// The merged tables as a plain TOML table, marked as standing alone.
fn table(root: &DeTable<'_>) -> Result<toml::Table, toml::de::Error> {
    let whole = Spanned::new(0..0, DeValue::Table(root.clone()));
    let mut merged = toml::Table::deserialize(ValueDeserializer::from(whole))?;
    rows_again(&mut merged);
    let mut table = toml::Table::new();
    table.insert("complete".to_owned(), Value::Boolean(true));
    table.extend(merged);
    Ok(table)
}

/// SHA-256 of a text, in hexadecimal.
fn fingerprint(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String never fails.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What each layer says of the thing at a dotted path, the lowest layer first. Things in lists are found by name, as
/// in `requirement.lawful-basis.reason`; a name may itself contain dots.
pub(super) fn explain(sources: &Sources, path: &str) -> Vec<Explained> {
    let segments: Vec<&str> = path.trim().trim_matches('.').split('.').collect();
    let mut explained = Vec::new();
    for (base, layer) in sources.layers() {
        let Ok(table) = parse(layer) else { continue };
        let table = normalise(table, base);
        let Some(item) = find_in_table(&table, &segments, "") else { continue };
        explained.push(Explained {
            layer: layer.name.clone(),
            line: sources.flaw(item.span().start, "").line,
            value: value_of(item),
        });
    }
    explained
}

fn value_of(item: &Item<'_>) -> Option<Value> {
    let removed = item.get_ref().get("remove").and_then(|item| item.get_ref().as_bool());
    if removed == Some(true) {
        return None;
    }
    let mut outer = toml::Table::new();
    outer.insert("matrix".to_owned(), Value::deserialize(ValueDeserializer::from(item.clone())).ok()?);
    // The matrix as a whole is shown as it is written, in rows.
    rows_again(&mut outer);
    outer.remove("matrix")
}

/// The item at a path below a table; `at` is the path of the table without the names of things in lists.
fn find_in_table<'t, 'a>(table: &'t DeTable<'a>, segments: &[&str], at: &str) -> Option<&'t Item<'a>> {
    // The longest key first: a name may contain dots.
    (1..=segments.len()).rev().find_map(|taken| {
        let key = segments[..taken].join(".");
        let item = table.get(key.as_str())?;
        let below = if at.is_empty() { key } else { format!("{at}.{key}") };
        find_in_item(item, &segments[taken..], &below)
    })
}

fn find_in_item<'t, 'a>(item: &'t Item<'a>, segments: &[&str], at: &str) -> Option<&'t Item<'a>> {
    if segments.is_empty() {
        return Some(item);
    }
    match item.get_ref() {
        DeValue::Table(table) => find_in_table(table, segments, at),
        DeValue::Array(array) => {
            let identity = identity(at)?;
            (1..=segments.len()).rev().find_map(|taken| {
                let name = segments[..taken].join(".");
                let found = array.iter().find(|item| is_named(item, identity, &name))?;
                if let (Some(inner), rest @ [_, ..]) = (found.get_ref().as_table(), &segments[taken..]) {
                    find_in_table(inner, rest, at)
                } else {
                    Some(found)
                }
            })
        }
        _ => None,
    }
}
