//! Reading typed things out of merged policy, one at a time, so that one mistake does not hide the next.

use std::collections::HashMap;
use std::ops::{Deref, Range};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::condition::{Condition, ON_BOTH, ON_PACKET, Subjects};
use super::layer::{Item, kind_name, lay_over};
use super::source::{Flaw, Sources, unknown};
use super::text;

/// A value with where it stands, so that what is found wrong with it later still names its line.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    value: T,
    span: Range<usize>,
}

impl<T> Located<T> {
    /// Where it stands.
    pub(super) fn at(&self) -> usize {
        self.span.start
    }

    /// From where to where it stands.
    pub(super) fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// The value alone.
    pub(super) fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { span: spanned.span(), value: spanned.into_inner() })
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Reads merged policy and keeps what it finds wrong.
pub(super) struct Reader<'s> {
    sources: &'s Sources,
    removed: Vec<(String, usize)>,
    conditions: HashMap<(usize, String), Condition>,
    /// Whether what is shipped is taken to be sound.
    trusting: bool,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// What is odd, but not wrong.
    pub warnings: Vec<Flaw>,
}

impl<'s> Reader<'s> {
    /// Reads values that stand in these sources.
    pub(super) fn new(sources: &'s Sources, removed: Vec<(String, usize)>, trusting: bool) -> Self {
        Self { sources, removed, conditions: HashMap::new(), trusting, flaws: Vec::new(), warnings: Vec::new() }
    }

    /// Keeps a complaint.
    pub(super) fn flaw(&mut self, at: usize, message: impl AsRef<str>) {
        self.sources.keep(&mut self.flaws, at, message);
    }

    /// Keeps a warning.
    pub(super) fn warn(&mut self, at: usize, message: impl AsRef<str>) {
        self.sources.keep(&mut self.warnings, at, message);
    }

    /// Reads one value as a `T`.
    pub(super) fn value<T: DeserializeOwned>(&mut self, item: Item<'_>) -> Option<T> {
        let start = item.span().start;
        match T::deserialize(ValueDeserializer::from(item)) {
            Ok(value) => Some(value),
            Err(error) => {
                let at = error.span().map_or(start, |span| span.start);
                self.flaw(at, plain(error.message()));
                None
            }
        }
    }

    /// Reads the list under a key; what cannot be read is left out and complained of.
    pub(super) fn list<T: DeserializeOwned>(&mut self, table: &mut DeTable<'_>, key: &str) -> Vec<T> {
        let Some(item) = table.remove(key) else { return Vec::new() };
        let start = item.span().start;
        match item.into_inner() {
            DeValue::Array(items) => items.into_iter().filter_map(|item| self.value(item)).collect(),
            other => {
                let had = kind_name(other.type_str());
                self.flaw(start, format!("“{key}” is a list of tables, each under [[{key}]], not {had}."));
                Vec::new()
            }
        }
    }

    /// The table under a key, with where it stands; complains where something else stands there.
    pub(super) fn table<'t>(&mut self, table: &mut DeTable<'t>, key: &str) -> Option<(DeTable<'t>, usize)> {
        let item = table.remove(key)?;
        let start = item.span().start;
        match item.into_inner() {
            DeValue::Table(inner) => Some((inner, start)),
            other => {
                let had = kind_name(other.type_str());
                self.flaw(start, format!("“{key}” is a table, under [{key}], not {had}."));
                None
            }
        }
    }

    /// The table under a key that policy cannot do without.
    pub(super) fn needed_table<'t>(&mut self, table: &mut DeTable<'t>, key: &str) -> Option<(DeTable<'t>, usize)> {
        if !table.contains_key(key) {
            let removed = self.removed.iter().rev().find(|(removed, _)| removed == key).map(|(_, at)| *at);
            let how = if removed.is_some() { "this removes it" } else { "no layer has one" };
            self.flaw(removed.unwrap_or(0), format!("policy needs a table [{key}]; {how}."));
        }
        self.table(table, key)
    }

    /// The whole number in a range that a value is.
    pub(super) fn whole(&mut self, item: Item<'_>, what: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let at = item.span().start;
        let number: Option<i64> = match item.get_ref() {
            DeValue::Integer(_) => self.value(item),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            _ => {
                self.flaw(at, format!("{what} is a whole number from {} to {}.", range.start(), range.end()));
                None
            }
        }
    }

    /// Lays one table over another, both at this dotted path, and keeps what is found on the way.
    pub(super) fn lay_over(&mut self, lower: &mut DeTable<'s>, upper: DeTable<'s>, path: &str) {
        let (flaws, warnings) = lay_over(self.sources, lower, upper, path);
        self.flaws.extend(flaws);
        self.warnings.extend(warnings);
    }

    /// Where a thing in a list was taken away by a layer above the one that names it at `at`.
    pub(super) fn removed(&self, at: usize, list: &str, name: &str) -> Option<usize> {
        let thing = format!("{list} {name}");
        self.removed.iter().rev().find(|(removed, place)| *removed == thing && *place > at).map(|(_, place)| *place)
    }

    /// Complains of a word that names nothing, and of where it was taken away, if it was.
    pub(super) fn unknown<S: AsRef<str>>(&mut self, at: usize, word: &str, what: &str, list: &str, known: &[S]) {
        let message = match self.removed(at, list, word) {
            Some(place) => {
                let place = self.sources.place(place);
                format!("“{}” was {what} until {place} removed it; change this too.", text::line(word))
            }
            None => unknown(word, what, known),
        };
        self.flaw(at, message);
    }

    /// Whether all words are known; complains of those that are not.
    pub(super) fn all_known<S: AsRef<str>>(&mut self, words: &[Located<String>], what: &str, list: &str, known: &[S]) {
        for word in words {
            if !known.iter().any(|name| name.as_ref() == **word) {
                self.unknown(word.at(), word, what, list, known);
            }
        }
    }

    /// Compiles a condition on the packet; complains of everything wrong with it, each at its place in the condition.
    pub(super) fn condition(&mut self, source: &Located<String>) -> Option<Condition> {
        self.condition_on(source, ON_PACKET)
    }

    /// Compiles a condition on the packet and the legal classification; complains as [`Reader::condition`].
    pub(super) fn legal_condition(&mut self, source: &Located<String>) -> Option<Condition> {
        self.condition_on(source, ON_BOTH)
    }

    fn condition_on(&mut self, source: &Located<String>, subjects: Subjects) -> Option<Condition> {
        let key = (subjects.len(), source.as_str().to_owned());
        if let Some(known) = self.conditions.get(&key) {
            return Some(known.clone());
        }
        if self.trusting && self.sources.is_shipped(source.at()) {
            return Some(Condition::trusted(source, subjects));
        }
        match Condition::compile(source, subjects) {
            Ok(condition) => {
                self.conditions.insert(key, condition.clone());
                Some(condition)
            }
            Err(problems) => {
                for problem in problems {
                    let at = self.sources.within(source.span(), source, problem.offset);
                    self.flaw(at, problem.message);
                }
                None
            }
        }
    }

    /// Complains of keys that were left in a table: nothing reads them.
    pub(super) fn leftover(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for (key, _) in table {
            self.flaw(key.span().start, unknown(key.get_ref(), "a key that policy has here", known));
        }
    }
}

/// Says in plain words what the deserialiser found.
fn plain(message: &str) -> String {
    let words = message
        .replace("unknown field", "unknown key")
        .replace("missing field", "this needs the key")
        .replace("invalid type: ", "wrong type: ")
        .replace("invalid value: ", "wrong value: ")
        .replace(": string ", ": the text ")
        .replace(": integer ", ": the number ")
        .replace(": floating point ", ": the number ")
        .replace(": boolean ", ": ")
        .replace(": sequence", ": a list")
        .replace(": map", ": a table")
        .replace("expected a string", "expected a text in quotes")
        .replace("expected a sequence", "expected a list")
        .replace("expected a map", "expected a table")
        .replace("expected a boolean", "expected true or false");
    let words = ["i64", "u64", "u32", "usize"]
        .iter()
        .fold(words, |words, number| words.replace(&format!("expected {number}"), "expected a whole number"));
    let words = match words.find("expected struct ") {
        Some(at) => format!("{}expected a table", &words[..at]),
        None => words,
    };
    // Names stand between pairs of backticks.
    let mut out = String::new();
    for (at, part) in words.split('`').enumerate() {
        if at > 0 {
            out.push(if at % 2 == 1 { '“' } else { '”' });
        }
        out.push_str(part);
    }
    out.push('.');
    out
}
