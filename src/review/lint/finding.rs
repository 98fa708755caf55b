//! What standing checks find, and how bad it is.

use chrono::NaiveDate;
use serde::Serialize;

use super::Rule;
use crate::record::Kind;
use crate::review::gate::Step;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The records contradict themselves or the policy: it would not stand before an auditor.
    Error,
    /// Something is missing or late that somebody will ask for.
    Warning,
    /// It could be better.
    Note,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    /// The severity with this name, or whose name starts so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|severity| !name.is_empty() && severity.word().starts_with(name.trim_end_matches('s')))
    }
}

/// A silence that holds on a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silenced {
    /// The silence, by reference.
    pub silence: String,
    /// The handle of who silenced it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: NaiveDate,
}

/// One thing that a standing check found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The kind of the record.
    pub kind: Kind,
    /// The record's id.
    pub id: String,
    /// The record, by reference.
    pub record: String,
    /// What names the record.
    pub title: String,
    /// The review it belongs to, by id and reference, where it belongs to one.
    pub review: Option<(String, String)>,
    /// What is wrong, as a sentence.
    pub text: String,
    /// What mends it, and where.
    pub next: Step,
    /// Who lets it be, while somebody does.
    pub silenced: Option<Silenced>,
    /// The last day of a silence that has run out, so that the finding came back.
    pub lapsed: Option<NaiveDate>,
}

impl Finding {
    /// The finding as a JSON object.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "rule": self.rule.id,
            "severity": self.rule.severity,
            "title": self.rule.title,
            "record": self.record,
            "kind": self.kind.name,
            "record_title": self.title,
            "review": self.review.as_ref().map(|(_, reference)| reference),
            "field": Some(self.rule.field).filter(|field| !field.is_empty()),
            "text": self.text,
            "why": self.rule.why,
            "next": self.next,
            "silenced": self.silenced,
            "silence_ended_on": self.lapsed,
        })
    }
}
