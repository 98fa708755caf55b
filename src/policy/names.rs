//! The lists of names that records draw on: risk categories, roles, functions.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::reader::{Located, Reader};

/// A name that records may use, with what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name, as it is stored in records.
    pub name: String,
    /// What it means, in one line.
    pub definition: String,
}

/// A name as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "name"))]
pub(super) struct NamedForm {
    /// The name, as it is stored in records.
    name: Located<String>,
    /// What it means, in one line.
    definition: String,
}

/// Reads a list of names. Names that differ only in case are refused: people type either and mean one.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, list: &str) -> Vec<Named> {
    let forms: Vec<NamedForm> = reader.list(root, list);
    let mut known: HashMap<String, usize> = HashMap::new();
    for form in &forms {
        if let Some(other) = known.insert(form.name.to_lowercase(), form.name.at()) {
            let message = format!("the {list} “{}” differs from another only in upper and lower case.", *form.name);
            reader.flaw(form.name.at().max(other), message);
        }
    }
    forms.into_iter().map(|form| Named { name: form.name.into_inner(), definition: form.definition }).collect()
}
