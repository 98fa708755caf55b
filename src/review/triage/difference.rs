//! What comes and goes when an answer or the policy changes: shown before it is saved.

use serde::Serialize;

use super::{Because, Case, Triage};
use crate::policy::RuleError;

/// What sort of thing comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A rule that proposes a tier.
    Rule,
    /// A function that must look.
    Route,
    /// A document that is needed.
    Document,
    /// A checklist that is needed.
    Checklist,
    /// An item of a needed checklist.
    ChecklistItem,
    /// A duty under the law.
    Duty,
    /// A required answer.
    Question,
}

impl Part {
    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Route => "route",
            Self::Document => "document",
            Self::Checklist => "checklist",
            Self::ChecklistItem => "checklist item",
            Self::Duty => "duty",
            Self::Question => "question",
        }
    }
}

/// Something that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What sort of thing.
    pub part: Part,
    /// What tells it from others of its sort.
    pub id: String,
    /// What it is, and why.
    pub text: String,
}

/// What comes and goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The tier that the answers suggested, and suggest then.
    pub proposed_tier: (Option<&'static str>, Option<&'static str>),
    /// The class under the law, and what it is then.
    pub outcome: (Option<&'static str>, Option<&'static str>),
    /// What comes.
    pub comes: Vec<Change>,
    /// What goes.
    pub goes: Vec<Change>,
}

/// Which way something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It is another one then.
    Changes,
    /// It comes.
    Comes,
    /// It goes.
    Goes,
}

/// A line about what changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which way.
    pub sign: Sign,
    /// What, and why.
    pub text: String,
}

/// How many items of a checklist are named; more are counted.
const ITEMS: usize = 3;

impl Difference {
    /// Whether somebody should see it before answers are saved: all but questions, which come and go as answers are given.
    #[must_use]
    pub fn weighs(&self) -> bool {
        self.proposed_tier.0 != self.proposed_tier.1
            || self.outcome.0 != self.outcome.1
            || self.comes.iter().chain(&self.goes).any(|change| change.part != Part::Question)
    }

    /// All of it, a line each. The items of a checklist stand together.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let mut told = Vec::new();
        for (what, pair) in [("Proposed tier", self.proposed_tier), ("Under the law", self.outcome)] {
            if pair.0 != pair.1 {
                let text = format!("{what}: {} → {}", pair.0.unwrap_or("none"), pair.1.unwrap_or("none"));
                told.push(Told { sign: Sign::Changes, text });
            }
        }
        for (sign, changes) in [(Sign::Comes, &self.comes), (Sign::Goes, &self.goes)] {
            let plain = changes.iter().filter(|change| change.part != Part::ChecklistItem);
            let line = |change: &Change| format!("{} {}: {}", change.part.label(), change.id, change.text);
            told.extend(plain.map(|change| Told { sign, text: line(change) }));
            told.extend(items(changes).into_iter().map(|text| Told { sign, text }));
        }
        told
    }

    /// Whether nothing comes, goes or changes.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.proposed_tier.0 == self.proposed_tier.1
            && self.outcome.0 == self.outcome.1
            && self.comes.is_empty()
            && self.goes.is_empty()
    }
}

/// The items of checklists among changes, a line for each checklist.
fn items(changes: &[Change]) -> Vec<String> {
    let mut lists: Vec<(&str, Vec<&str>)> = Vec::new();
    for change in changes.iter().filter(|change| change.part == Part::ChecklistItem) {
        let (list, code) = change.id.split_once(' ').unwrap_or((&change.id, ""));
        match lists.iter_mut().find(|(known, _)| *known == list) {
            Some((_, codes)) => codes.push(code),
            None => lists.push((list, vec![code])),
        }
    }
    let line = |(list, codes): (&str, Vec<&str>)| {
        let word = if codes.len() == 1 { "item" } else { "items" };
        let more = if codes.len() > ITEMS { " …" } else { "" };
        let named = codes.iter().take(ITEMS).copied().collect::<Vec<_>>().join(", ");
        format!("{} {word} of the checklist {list}: {named}{more}", codes.len())
    };
    lists.into_iter().map(line).collect()
}

/// What comes and goes between two cases: the same review with another answer, or under another policy.
///
/// # Errors
/// The first rule of a policy that cannot be applied.
pub fn difference(before: &Case<'_>, after: &Case<'_>) -> Result<Difference, RuleError> {
    let (was, is) = (before.assess()?, after.assess()?);
    let (had, has) = (things(before, &was)?, things(after, &is)?);
    let outcome = |triage: &Triage| triage.legal.as_ref().map(|legal| legal.outcome);
    let without = |these: &[Change], those: &[Change]| -> Vec<Change> {
        let known = |change: &Change| those.iter().any(|other| other.part == change.part && other.id == change.id);
        these.iter().filter(|change| !known(change)).cloned().collect()
    };
    Ok(Difference {
        proposed_tier: (was.proposed_tier, is.proposed_tier),
        outcome: (outcome(&was), outcome(&is)),
        comes: without(&has, &had),
        goes: without(&had, &has),
    })
}

/// Everything that a triage calls for, as one list.
fn things(case: &Case<'_>, triage: &Triage) -> Result<Vec<Change>, RuleError> {
    let reasons = |because: &[Because]| because.iter().map(|why| why.reason.as_str()).collect::<Vec<_>>().join(" ");
    let mut things = Vec::new();
    let mut add = |part: Part, id: &str, text: String| things.push(Change { part, id: id.to_owned(), text });
    for why in &triage.because {
        add(Part::Rule, &why.rule, format!("{}: {}", why.tier.unwrap_or_default(), why.reason));
    }
    for route in &triage.routes {
        add(Part::Route, &route.function, reasons(&route.because));
    }
    for need in &triage.documents {
        add(Part::Document, &need.what, reasons(&need.because));
    }
    for need in &triage.checklists {
        add(Part::Checklist, &need.what, need.title.clone());
        if let Some(template) = case.policy.checklist(&need.what) {
            for item in case.policy.items_for(template, case.packet)? {
                add(Part::ChecklistItem, &format!("{} {}", need.what, item.code), item.text.clone());
            }
        }
    }
    for duty in triage.legal.iter().flat_map(|legal| &legal.duties) {
        // A duty that moves to another day goes and comes: its date is part of what it is.
        let id = format!("{} from {}", duty.id, duty.valid_from);
        add(Part::Duty, &id, format!("{}: {} From {}.", duty.article, duty.title, duty.valid_from));
    }
    for missing in &triage.missing {
        add(Part::Question, missing.field, missing.reason.clone());
    }
    Ok(things)
}
