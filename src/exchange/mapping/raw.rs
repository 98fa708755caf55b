//! The shape of a mapping's TOML, before anything in it is checked. Every name that can be wrong keeps its place in
//! the file, so that a refusal can name the line.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// A mapping's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMapping {
    pub id: Spanned<String>,
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub read: RawRead,
    #[serde(default)]
    pub key: Vec<Spanned<RawColumn>>,
    #[serde(default)]
    pub blank: Vec<String>,
    #[serde(default)]
    pub dates: RawDates,
    #[serde(default)]
    pub map: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<String>>>,
    #[serde(default)]
    pub field: Vec<Spanned<RawRule>>,
    #[serde(default)]
    pub note: Vec<Spanned<RawRule>>,
}

/// `[read]`: how the file is read.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct RawRead {
    pub encoding: Option<Spanned<String>>,
    pub delimiter: Option<Spanned<String>>,
    pub sheet: Option<String>,
    pub header_row: Option<u64>,
    #[serde(default)]
    pub headers: RawHeaders,
}

/// What headers mean.
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum RawHeaders {
    /// Names that the mapping gives a meaning.
    #[default]
    Named,
    /// Names of our own fields.
    Fields,
}

/// `[dates]`: how dates are written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct RawDates {
    #[serde(default)]
    pub formats: Vec<Spanned<String>>,
    pub earliest: Option<Spanned<String>>,
    pub latest: Option<Spanned<String>>,
    pub blank: Option<Vec<String>>,
}

/// What becomes of a value that its value map does not list.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// It stays as it is.
    Keep,
    /// It goes to the notes, and is counted.
    #[default]
    Note,
    /// It is left out and not counted: for a column that goes to the notes in any case.
    Skip,
    /// The file is refused.
    Error,
}

/// `[[field]]` and `[[note]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    pub to: Spanned<String>,
    pub from: Option<Spanned<OneOrMore>>,
    pub value: Option<Spanned<String>>,
    pub join: Option<String>,
    pub when: Option<Spanned<RawWhen>>,
    pub map: Option<Spanned<String>>,
    pub default: Option<Spanned<String>>,
    #[serde(rename = "else")]
    pub otherwise: Option<Otherwise>,
    pub split: Option<Vec<String>>,
    pub take: Option<Take>,
    pub date: Option<bool>,
    pub blank: Option<Vec<String>>,
}

/// What is taken out of a cell.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// The web addresses in it.
    Addresses,
}

/// A column, as one of: its header; its header and which of several it is; the column that follows another; its number.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct RawColumnTable {
    pub column: Option<String>,
    pub nth: Option<usize>,
    pub after: Option<String>,
    pub number: Option<usize>,
}

/// A column: a header, or a table that says which.
#[derive(Clone, Default)]
pub struct RawColumn(pub RawColumnTable);

/// A column that a rule reads, with what is done to it.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct RawPartTable {
    pub column: Option<String>,
    pub nth: Option<usize>,
    pub after: Option<String>,
    pub number: Option<usize>,
    pub label: Option<String>,
    pub map: Option<Spanned<String>>,
    pub default: Option<Spanned<String>>,
    #[serde(rename = "else")]
    pub otherwise: Option<Otherwise>,
    pub split: Option<Vec<String>>,
    pub take: Option<Take>,
    pub date: Option<bool>,
    pub blank: Option<Vec<String>>,
}

/// A part: a header, or a table.
#[derive(Default)]
pub struct RawPart(pub RawPartTable);

/// One part, or a list of them.
pub struct OneOrMore(pub Vec<Spanned<RawPart>>);

/// `when`: the rule holds only for rows in which a column has a certain value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWhen {
    pub column: Option<String>,
    pub nth: Option<usize>,
    pub after: Option<String>,
    pub number: Option<usize>,
    pub is: Option<Vec<String>>,
    pub not: Option<Vec<String>>,
    pub said: Option<bool>,
}

impl RawPartTable {
    /// The column alone.
    pub fn which(&self) -> RawColumnTable {
        RawColumnTable { column: self.column.clone(), nth: self.nth, after: self.after.clone(), number: self.number }
    }
}

impl RawWhen {
    /// The column alone.
    pub fn which(&self) -> RawColumnTable {
        RawColumnTable { column: self.column.clone(), nth: self.nth, after: self.after.clone(), number: self.number }
    }
}

impl<'de> Deserialize<'de> for RawColumn {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawColumn;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header, or a table such as { column = \"…\", nth = 2 } or { after = \"…\" }")
            }
            fn visit_str<E: Error>(self, header: &str) -> Result<RawColumn, E> {
                Ok(RawColumn(RawColumnTable { column: Some(header.to_owned()), ..RawColumnTable::default() }))
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<RawColumn, M::Error> {
                RawColumnTable::deserialize(MapAccessDeserializer::new(map)).map(RawColumn)
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for RawPart {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawPart;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header, or a table such as { column = \"…\", label = \"…\" }")
            }
            fn visit_str<E: Error>(self, header: &str) -> Result<RawPart, E> {
                Ok(RawPart(RawPartTable { column: Some(header.to_owned()), ..RawPartTable::default() }))
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<RawPart, M::Error> {
                RawPartTable::deserialize(MapAccessDeserializer::new(map)).map(RawPart)
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = OneOrMore;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header, a table such as { column = \"…\" }, or a list of these")
            }
            fn visit_str<E: Error>(self, header: &str) -> Result<OneOrMore, E> {
                let part = RawPartTable { column: Some(header.to_owned()), ..RawPartTable::default() };
                Ok(OneOrMore(vec![Spanned::new(0..0, RawPart(part))]))
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<OneOrMore, M::Error> {
                let part = RawPartTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(OneOrMore(vec![Spanned::new(0..0, RawPart(part))]))
            }
            fn visit_seq<S: SeqAccess<'de>>(self, seq: S) -> Result<OneOrMore, S::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(OneOrMore)
            }
        }
        from.deserialize_any(Any)
    }
}
