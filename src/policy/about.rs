//! What a policy says of itself.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::Reader;

/// What a policy says of itself; the highest layer that says it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// The organisation's own version of it.
    #[serde(default)]
    pub version: String,
    /// What it is for, in one line.
    #[serde(default)]
    pub description: String,
}

/// Reads the table `about`.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> About {
    let Some((table, at)) = reader.table(root, "about") else { return About::default() };
    reader.value(Spanned::new(at..at, DeValue::Table(table))).unwrap_or_default()
}
