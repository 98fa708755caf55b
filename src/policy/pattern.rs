//! Risk patterns: what went wrong elsewhere, ready to be adapted. A pattern says for which packets it is worth a thought,
//! and why; it is suggested, and never becomes a risk by itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::condition::{Condition, Facts};
use super::control::Control;
use super::framework::{Framework, Reference, read_references};
use super::names::Named;
use super::reader::{Located, Reader};
use crate::record::Record;

/// A risk pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Its id, such as `proxy-discrimination`; risks keep it.
    pub id: String,
    /// The risk in a few words.
    pub title: String,
    /// The category of risk; none where the policy took it away.
    pub category: Option<String>,
    /// The statement to adapt: cause, event and harm, with who is affected.
    pub statement: String,
    /// Who would be harmed.
    pub affected: String,
    /// For which packets it is suggested.
    pub when: Condition,
    /// Why it is suggested for them, in one sentence.
    pub why: String,
    /// What is usually done about it; each may become an action.
    pub mitigations: Vec<String>,
    /// Ids of the controls that treat it.
    pub controls: Vec<String>,
    /// What it is called in frameworks.
    pub references: Vec<Reference>,
    /// How bad it usually is before mitigation, 1 to 5.
    pub severity: i64,
    /// How likely it usually is before mitigation, 1 to 5.
    pub likelihood: i64,
}

impl Pattern {
    /// Whether it is suggested for a packet.
    ///
    /// # Errors
    /// Where its condition failed.
    pub fn holds(&self, packet: &Record) -> Result<bool, RuleError> {
        self.when.holds(&Facts::of_packet(packet)).map_err(|message| RuleError {
            rule: format!("pattern {}", self.id),
            condition: self.when.source().to_owned(),
            message,
        })
    }
}

/// A pattern as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct PatternForm {
    /// Its id, such as `proxy-discrimination`; risks keep it.
    id: Located<String>,
    /// The risk in a few words.
    title: String,
    /// The category of risk.
    category: Located<String>,
    /// The statement to adapt: Because of …, … may happen, so that … are harmed.
    statement: Located<String>,
    /// Who would be harmed.
    affected: String,
    /// For which packets it is suggested, in CEL on packet.
    when: Located<String>,
    /// Why it is suggested for them, in one sentence.
    why: String,
    /// What is usually done about it; each may become an action.
    mitigations: Vec<Located<String>>,
    /// Ids of the controls that treat it.
    controls: Vec<Located<String>>,
    /// What it is called in frameworks: identifiers by framework.
    #[serde(default)]
    references: BTreeMap<String, Vec<Located<String>>>,
    /// How bad it usually is before mitigation, 1 to 5.
    severity: Located<i64>,
    /// How likely it usually is before mitigation, 1 to 5.
    likelihood: Located<i64>,
}

/// Reads the list `pattern`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    root: &mut DeTable<'_>,
    frameworks: &[Framework],
    controls: &[Control],
    categories: &[Named],
) -> Vec<Pattern> {
    let forms: Vec<PatternForm> = reader.list(root, "pattern");
    let controls: Vec<&str> = controls.iter().map(|control| control.id.as_str()).collect();
    let categories: Vec<&str> = categories.iter().map(|named| named.name.as_str()).collect();
    forms.into_iter().filter_map(|form| read_one(reader, form, frameworks, &controls, &categories)).collect()
}

fn read_one(
    reader: &mut Reader<'_>,
    form: PatternForm,
    frameworks: &[Framework],
    controls: &[&str],
    categories: &[&str],
) -> Option<Pattern> {
    let category = read_category(reader, &form, categories);
    let treated = read_controls(reader, &form, controls);
    for (number, what) in [(&form.severity, "a severity"), (&form.likelihood, "a likelihood")] {
        if !(1..=5).contains(&**number) {
            reader.flaw(number.at(), format!("{what} is a whole number from 1 to 5."));
        }
    }
    if form.statement.trim().is_empty() {
        reader.flaw(form.statement.at(), format!("the pattern “{}” needs a statement to adapt.", *form.id));
    }
    if form.mitigations.is_empty() {
        reader.warn(form.id.at(), format!("the pattern “{}” names no mitigation.", *form.id));
    }
    let references = read_references(reader, &form.references, form.id.at(), frameworks);
    // A condition that did not compile is a flaw, and a policy with flaws is refused.
    let when = reader.condition(&form.when)?;
    let plain = |words: Vec<Located<String>>| words.into_iter().map(Located::into_inner).collect();
    Some(Pattern {
        id: form.id.into_inner(),
        title: form.title,
        category,
        statement: form.statement.into_inner(),
        affected: form.affected,
        when,
        why: form.why,
        mitigations: plain(form.mitigations),
        controls: treated,
        references,
        severity: form.severity.into_inner(),
        likelihood: form.likelihood.into_inner(),
    })
}

/// A pattern's category. One that a layer takes away leaves the pattern without, with a warning; an unknown one is refused.
fn read_category(reader: &mut Reader<'_>, form: &PatternForm, known: &[&str]) -> Option<String> {
    let category = &form.category;
    if known.contains(&category.as_str()) {
        return Some(category.as_str().to_owned());
    }
    match reader.removed(category.at(), "category", category) {
        Some(place) => {
            let message = format!("the pattern “{}” has no category now: “{}” was removed.", *form.id, **category);
            reader.warn(place, message);
        }
        None => reader.unknown(category.at(), category, "a category", "category", known),
    }
    None
}

/// A pattern's controls. One that a layer takes away is let go with a warning; an unknown one is refused.
fn read_controls(reader: &mut Reader<'_>, form: &PatternForm, known: &[&str]) -> Vec<String> {
    let mut controls = Vec::new();
    for control in &form.controls {
        if known.contains(&control.as_str()) {
            controls.push(control.as_str().to_owned());
        } else if let Some(place) = reader.removed(control.at(), "control", control) {
            let message = format!("the pattern “{}” loses its control “{}”, which was removed.", *form.id, **control);
            reader.warn(place, message);
        } else {
            reader.unknown(control.at(), control, "a control", "control", known);
        }
    }
    controls
}

/// The patterns that are suggested for a packet, in the policy's order.
///
/// # Errors
/// The first pattern whose condition failed.
pub(super) fn suggested<'p>(patterns: &'p [Pattern], packet: &Record) -> Result<Vec<&'p Pattern>, RuleError> {
    let facts = Facts::of_packet(packet);
    let mut suggested = Vec::new();
    for pattern in patterns {
        let holds = pattern.when.holds(&facts).map_err(|message| RuleError {
            rule: format!("pattern {}", pattern.id),
            condition: pattern.when.source().to_owned(),
            message,
        })?;
        if holds {
            suggested.push(pattern);
        }
    }
    Ok(suggested)
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
