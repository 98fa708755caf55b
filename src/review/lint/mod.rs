//! Standing checks: rules that say where the records contradict themselves or the policy, each with why it matters and
//! where it is mended.
//!
//! A rule is pure. Most are asked of one record at a time (`Test::Each`), with all that belongs to its review at hand; the
//! few that need everything at once (`Test::Whole`) ask the workspace in sets. Records are read in bulk, some hundred
//! reviews at a time ([`Facts`]), never one by one, and every kind of record that belongs to a review comes along by its
//! description.
//!
//! To add rules about a concern, or about a new kind of record: one file here with a list `RULES`, one line in `GROUPS`.

mod actions;
mod analyses;
#[cfg(test)]
mod cases;
mod checklists;
mod decisions;
mod documents;
mod evidence;
mod facts;
mod finding;
mod items;
mod legal;
mod meetings;
mod operations;
mod packets;
mod people;
mod reviews;
mod risks;
mod run;
mod silences;
mod stage;
mod systems;
#[cfg(test)]
mod tests;
mod tiers;
mod twins;
mod words;

pub use facts::Facts;
pub use finding::{Finding, Severity, Silenced};
pub use run::{Report, Scope, lint};
pub use silences::{silence, unsilence};

use super::Place;
use crate::record::{Kind, Record};
use crate::workspace::Result;

/// The rules by concern, in the order in which they are listed.
const GROUPS: &[&[Rule]] = &[
    risks::RULES,
    items::RULES,
    checklists::RULES,
    evidence::RULES,
    analyses::RULES,
    decisions::RULES,
    tiers::RULES,
    reviews::RULES,
    legal::RULES,
    packets::RULES,
    documents::RULES,
    actions::RULES,
    people::RULES,
    systems::RULES,
    meetings::RULES,
    operations::RULES,
];

/// A standing check.
pub struct Rule {
    /// Its id, which never changes: silences name it.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The kind of record that it is about.
    pub about: Kind,
    /// What is wrong, in one line.
    pub title: &'static str,
    /// Why it matters, and what to do.
    pub why: &'static str,
    /// Where on the review's screen it is mended.
    pub place: Place,
    /// The field to mend; empty where the record as a whole is meant.
    pub field: &'static str,
    test: Test,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// What rules of one concern have in common: the kind of record that they are about, and where it is mended.
#[derive(Clone, Copy)]
struct About(Kind, Place);

impl About {
    /// A rule that is asked of each record.
    const fn rule(
        self,
        id: &'static str,
        severity: Severity,
        title: &'static str,
        why: &'static str,
        field: &'static str,
        test: fn(&Facts<'_>, &Record) -> Option<Fault>,
    ) -> Rule {
        Rule { id, severity, about: self.0, title, why, place: self.1, field, test: Test::Each(test) }
    }
}

/// How a rule is asked.
enum Test {
    /// Of each record of the kind it is about.
    Each(fn(&Facts<'_>, &Record) -> Option<Fault>),
    /// Of everything at once: the records it finds fault with.
    Whole(fn(&Facts<'_>) -> Result<Faults>),
}

/// What is wrong with one record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// As a sentence.
    text: String,
    /// What to do, as an order.
    what: &'static str,
    /// The command that does it; words in capitals stand for what only a person knows.
    command: String,
}

/// Faults with the records that have them.
type Faults = Vec<(Record, Fault)>;

/// A fault, where there is one.
#[expect(clippy::unnecessary_wraps, reason = "it ends the tests of rules, which find something or nothing")]
fn fault(text: impl Into<String>, what: &'static str, command: impl Into<String>) -> Option<Fault> {
    Some(Fault { text: text.into(), what, command: command.into() })
}

/// The command that sets fields of a record whose command is named as its kind.
fn set(record: &Record, rest: &str) -> String {
    format!("probity {} set {} {rest}", record.kind().name, record.reference())
}

/// Every rule, in the order in which they are listed.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().copied().flatten()
}

/// The rule with this id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id.eq_ignore_ascii_case(id.trim()))
}

/// A count with its noun.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The first few of these names.
fn listed(names: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = names.collect();
    let more = all.len().saturating_sub(5);
    let shown = all.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
