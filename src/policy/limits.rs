//! Limits: how large a file evidence is copied up to, how old evidence may be, how long a document may lie, how much risk
//! may remain.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use toml::de::{DeTable, DeValue};

use super::reader::Reader;
use super::scales::Level;
use crate::record::{EVIDENCE, FieldKind};

/// In place of a kind of evidence: for every kind that is not named.
const ANY_KIND: &str = "any";

/// The most that a copy inside the workspace may hold: SQLite's own limit is near.
const LARGEST_COPY: i64 = 1_000_000_000;

/// The most days that evidence may be let age: a hundred years.
const OLDEST: i64 = 36_500;

/// The limits.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    /// Files up to this many bytes are copied into the workspace.
    pub evidence_copy_bytes: u64,
    /// Days by kind of evidence, and `any`.
    pub evidence_days: BTreeMap<String, u32>,
    /// Days within which a document is read by its reviewer, and reworked by its author.
    pub document_days: u32,
    /// The highest level that may remain without being accepted.
    pub tolerated: Option<Level>,
}

/// The kinds of evidence that records know.
pub(super) fn evidence_kinds() -> &'static [&'static str] {
    match EVIDENCE.field("kind").map(|field| field.kind) {
        Some(FieldKind::Choice(kinds)) => kinds,
        _ => &[],
    }
}

impl Limits {
    /// Reads the tables `evidence`, `document` and `risk`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, levels: &[Level]) -> Self {
        let mut limits = Self::default();
        if let Some((mut table, at)) = reader.needed_table(root, "evidence") {
            match table.remove("copy_limit_bytes") {
                Some(item) => {
                    let bytes = reader.whole(item, "the limit for copies, in bytes,", 0..=LARGEST_COPY);
                    limits.evidence_copy_bytes = bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0);
                }
                None => reader.flaw(at, "evidence needs “copy_limit_bytes”, the size up to which files are copied."),
            }
            limits.evidence_days = read_ages(reader, &mut table);
            reader.leftover(&table, &["copy_limit_bytes", "max_age_days"]);
        }
        if let Some((mut table, at)) = reader.needed_table(root, "document") {
            match table.remove("review_days") {
                Some(item) => {
                    let days = reader.whole(item, "the time for reading a document, in days,", 1..=OLDEST);
                    limits.document_days = days.and_then(|days| u32::try_from(days).ok()).unwrap_or(0);
                }
                None => reader.flaw(at, "document needs “review_days”, within which a reviewer reads it."),
            }
            reader.leftover(&table, &["review_days"]);
        }
        if let Some((mut table, at)) = reader.needed_table(root, "risk") {
            match table.remove("tolerated_level") {
                Some(item) => limits.tolerated = read_level(reader, item, levels),
                None => reader.flaw(at, "risk needs “tolerated_level”, the highest level that may remain."),
            }
            reader.leftover(&table, &["tolerated_level"]);
        }
        limits
    }
}

fn read_level(reader: &mut Reader<'_>, item: super::layer::Item<'_>, levels: &[Level]) -> Option<Level> {
    let at = item.span().start;
    let name: String = reader.value(item)?;
    let found = levels.iter().find(|level| level.name == name).cloned();
    if found.is_none() {
        let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
        reader.unknown(at, &name, "a level", "level", &names);
    }
    found
}

fn read_ages(reader: &mut Reader<'_>, table: &mut DeTable<'_>) -> BTreeMap<String, u32> {
    let mut ages = BTreeMap::new();
    let known: Vec<&str> = evidence_kinds().iter().copied().chain([ANY_KIND]).collect();
    let Some(item) = table.remove("max_age_days") else { return ages };
    let at = item.span().start;
    let DeValue::Table(by_kind) = item.into_inner() else {
        reader.flaw(at, "give days by kind of evidence, under [evidence.max_age_days].");
        return ages;
    };
    for (kind, item) in by_kind {
        if !known.contains(&kind.get_ref().as_ref()) {
            reader.unknown(kind.span().start, kind.get_ref(), "a kind of evidence", "evidence", &known);
        } else if let Some(days) = reader.whole(item, "the age of evidence, in days,", 1..=OLDEST) {
            ages.insert(kind.get_ref().to_string(), u32::try_from(days).unwrap_or(u32::MAX));
        }
    }
    ages
}

impl Limits {
    /// How many days old evidence of a kind may be; none where policy sets no limit.
    pub(super) fn age(&self, kind: &str) -> Option<u32> {
        self.evidence_days.get(kind).or_else(|| self.evidence_days.get(ANY_KIND)).copied()
    }
}

/// For [`super::schema`]: limits on evidence, as they are written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct EvidenceForm {
    /// Files up to this many bytes are copied into the workspace; larger ones are kept by reference.
    copy_limit_bytes: u64,
    /// How many days old evidence may be, by kind; `any` holds for kinds that are not named.
    max_age_days: BTreeMap<String, u32>,
}

/// For [`super::schema`]: limits on documents, as they are written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct DocumentForm {
    /// Within how many days a document is read by its reviewer, and reworked by its author.
    review_days: u32,
}

/// For [`super::schema`]: limits on risk, as they are written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RiskForm {
    /// The highest level that may remain without being accepted by who may.
    tolerated_level: String,
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};

    #[test]
    fn limits_come_from_policy() {
        let policy = builtin();
        assert_eq!(policy.evidence_copy_limit(), 25_000_000);
        assert_eq!(policy.document_days(), 7);
        assert_eq!(policy_of("[document]\nreview_days = 3\n").document_days(), 3);
        assert_eq!(policy.tolerated_level().unwrap().name, "medium");
        assert!(policy.evidence_max_age("fairness report") < policy.evidence_max_age("data sheet"));
        let policy = policy_of("[evidence.max_age_days]\nany = { remove = true }\n[risk]\ntolerated_level = \"low\"\n");
        assert_eq!(policy.evidence_max_age("screenshot"), None);
        assert_eq!(policy.tolerated_level().unwrap().rank, 0);
    }

    #[test]
    fn wrong_limits_are_refused_with_their_line() {
        for (text, line, words) in [
            ("[evidence]\ncopy_limit_bytes = -1\n", 2, "whole number from 0"),
            ("[evidence]\ncopy_limit_bytes = \"25 MB\"\n", 2, "whole number from 0"),
            ("[evidence]\ncopy_limit = 3\n", 2, "not a key"),
            ("[evidence.max_age_days]\nselfie = 3\n", 2, "not a kind of evidence"),
            ("[evidence.max_age_days]\nany = 0\n", 2, "whole number from 1"),
            ("[document]\nreview_days = 0\n", 2, "whole number from 1"),
            ("[document]\ndays = 3\n", 2, "not a key"),
            ("[risk]\ntolerated_level = \"tiny\"\n", 2, "not a level"),
            ("[risk]\ntolerated_level = 3\n", 2, "wrong type"),
            ("risk = 3\n", 1, "holds a table"),
        ] {
            let flaws = flaws_of(text);
            assert_eq!(flaws[0].line, Some(line), "{text}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{text}: {flaws:#?}");
        }
    }
}
