//! The lists of names that records draw on: risk categories, roles, functions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use super::reader::Reader;

/// A name that records may use, with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name, as it is stored in records.
    pub name: String,
    /// What it means, in one line.
    pub definition: String,
}

/// Reads a list of names.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, list: &str) -> Vec<Named> {
    reader.list(root, list)
}
