//! The organisation's controls, and the requirements of frameworks that each answers to.
//!
//! A framework lists the identifiers that it really has; a control that names another is refused. Ours are the
//! identifiers and summaries; the standards' own texts are not shipped.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::names::Named;
use super::reader::{Located, Reader};

/// A framework: a standard, a law or a catalogue that controls answer to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub struct Framework {
    /// Its id, such as `nist-ai-rmf`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The version whose identifiers these are.
    pub version: String,
    /// Where the identifiers were taken from.
    pub source: String,
    /// When they were checked against that source, as `2026-09-30`.
    pub checked_on: String,
    /// The identifiers of its requirements.
    pub identifiers: Vec<String>,
}

/// A control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its id, such as `FAIR-02`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it consists of, in one line.
    pub description: String,
    /// The category of risk that it mainly treats.
    pub category: Option<String>,
    /// The requirements that it answers to.
    pub references: Vec<Reference>,
}

/// A requirement of a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The framework's id.
    pub framework: String,
    /// The requirement's identifier in it.
    pub identifier: String,
}

/// A control as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct ControlForm {
    /// Its id, such as `FAIR-02`.
    id: Located<String>,
    /// Its title.
    title: String,
    /// What it consists of, in one line.
    description: String,
    /// The category of risk that it mainly treats.
    category: Option<Located<String>>,
    /// The requirements that it answers to: identifiers by framework.
    #[serde(default)]
    references: BTreeMap<String, Vec<Located<String>>>,
}

/// Reads the list `framework`.
pub(super) fn read_frameworks(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Framework> {
    reader.list(root, "framework")
}

/// Reads the list `control`.
pub(super) fn read_controls(
    reader: &mut Reader<'_>,
    root: &mut DeTable<'_>,
    frameworks: &[Framework],
    categories: &[Named],
) -> Vec<Control> {
    let forms: Vec<ControlForm> = reader.list(root, "control");
    let categories: Vec<&str> = categories.iter().map(|named| named.name.as_str()).collect();
    let mut controls = Vec::new();
    for form in forms {
        if form.references.values().all(Vec::is_empty) {
            reader.warn(form.id.at(), format!("the control “{}” answers to no framework.", *form.id));
        }
        let category =
            form.category.as_ref().and_then(|category| read_category(reader, &form.id, category, &categories));
        let references = read_references(reader, &form, frameworks);
        controls.push(Control {
            id: form.id.into_inner(),
            title: form.title,
            description: form.description,
            category,
            references,
        });
    }
    controls
}

/// A control's category. It only sorts controls, so one that a layer takes away is let go with a warning.
fn read_category(reader: &mut Reader<'_>, id: &str, category: &Located<String>, known: &[&str]) -> Option<String> {
    if known.contains(&category.as_str()) {
        return Some(category.as_str().to_owned());
    }
    match reader.removed(category.at(), "category", category) {
        Some(place) => {
            let message = format!("the control “{id}” has no category now: “{}” was removed.", **category);
            reader.warn(place, message);
        }
        None => reader.unknown(category.at(), category, "a category", "category", known),
    }
    None
}

fn read_references(reader: &mut Reader<'_>, form: &ControlForm, frameworks: &[Framework]) -> Vec<Reference> {
    let mut references = Vec::new();
    for (name, identifiers) in &form.references {
        let Some(framework) = frameworks.iter().find(|framework| framework.id == *name) else {
            let known: Vec<&str> = frameworks.iter().map(|framework| framework.id.as_str()).collect();
            let at = identifiers.first().map_or(form.id.at(), Located::at);
            reader.unknown(at, name, "a framework", "framework", &known);
            continue;
        };
        let what = format!("an identifier of {}", framework.title);
        reader.all_known(identifiers, &what, "identifier", &framework.identifiers);
        references.extend(
            identifiers
                .iter()
                .map(|identifier| Reference { framework: name.clone(), identifier: identifier.as_str().to_owned() }),
        );
    }
    references
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};

    /// Whether an identifier has the form that its framework gives to identifiers.
    fn is_well_formed(framework: &str, identifier: &str) -> bool {
        let numbers = |text: &str, parts: std::ops::RangeInclusive<usize>| {
            parts.contains(&text.split('.').count())
                && text.split('.').all(|part| part.parse::<u8>().is_ok_and(|n| n > 0))
        };
        match framework {
            "nist-ai-rmf" => identifier.split_once(' ').is_some_and(|(function, rest)| {
                ["GOVERN", "MAP", "MEASURE", "MANAGE"].contains(&function) && numbers(rest, 2..=2)
            }),
            "nist-ai-600-1" => identifier.starts_with("2.") && numbers(identifier, 2..=2),
            "iso-42001" => identifier.strip_prefix("A.").is_some_and(|rest| numbers(rest, 2..=3)),
            "iso-23894" => identifier.strip_prefix("Clause ").is_some_and(|rest| numbers(rest, 1..=1)),
            "soc-2" => numbers(identifier.trim_start_matches(|c: char| c.is_ascii_uppercase()), 2..=2),
            "eu-ai-act" => {
                identifier.strip_prefix("Art. ").is_some_and(|rest| numbers(rest, 1..=1))
                    || matches!(identifier, "Annex III" | "Annex IV")
            }
            "ms-rai" => numbers(identifier.trim_start_matches(|c: char| c.is_ascii_uppercase()), 1..=1),
            "owasp-llm" => identifier.starts_with("LLM") && identifier.ends_with(":2025") && identifier.len() == 10,
            _ => false,
        }
    }

    #[test]
    fn frameworks_have_as_many_identifiers_as_they_really_have() {
        let policy = builtin();
        for (id, count) in [
            ("nist-ai-rmf", 72),
            ("nist-ai-600-1", 12),
            ("iso-42001", 38),
            ("soc-2", 61),
            ("ms-rai", 17),
            ("owasp-llm", 10),
        ] {
            assert_eq!(policy.framework(id).unwrap().identifiers.len(), count, "{id}");
        }
        for framework in policy.frameworks() {
            for identifier in &framework.identifiers {
                assert!(is_well_formed(&framework.id, identifier), "{}: {identifier}", framework.id);
            }
        }
    }

    #[test]
    fn every_control_answers_to_requirements_that_exist() {
        let policy = builtin();
        assert!(policy.controls().len() >= 60);
        for control in policy.controls() {
            assert!(!control.references.is_empty(), "{}", control.id);
            assert!(control.category.is_some() && control.description.ends_with('.'), "{}", control.id);
            for reference in &control.references {
                let framework = policy.framework(&reference.framework).unwrap();
                assert!(framework.identifiers.contains(&reference.identifier), "{}", control.id);
            }
        }
    }

    #[test]
    fn an_organisation_adds_its_own_controls() {
        let policy = policy_of(
            "[[framework]]\nid = \"house\"\ntitle = \"House rules\"\nversion = \"1\"\nsource = \"us\"\n\
             checked_on = \"2026-11\"\nidentifiers = [\"H1\"]\n[[control]]\nid = \"HOUSE-1\"\ntitle = \"Ours\"\n\
             description = \"Ours.\"\nreferences = { house = [\"H1\"], soc-2 = [\"CC8.1\"] }\n",
        );
        assert_eq!(policy.control("HOUSE-1").unwrap().references.len(), 2);
        assert!(policy.warnings().is_empty());
    }

    #[test]
    fn identifiers_that_do_not_exist_are_refused_with_their_line() {
        let control = "[[control]]\nid = \"X-1\"\ntitle = \"x\"\ndescription = \"x\"\n";
        for (rest, line, words) in [
            ("references = { nist-ai-rmf = [\"MANAGE 4.4\"] }\n", 5, "not an identifier of NIST AI RMF"),
            ("references = { nist = [\"MANAGE 4.3\"] }\n", 5, "not a framework"),
            ("category = \"justice\"\n", 5, "not a category"),
            ("owner = \"me\"\n", 5, "unknown key “owner”"),
            ("references = [\"MANAGE 4.3\"]\n", 5, "wrong type: a list, expected a table"),
        ] {
            let flaws = flaws_of(&format!("{control}{rest}"));
            assert_eq!(flaws[0].line, Some(line), "{rest}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{rest}: {flaws:#?}");
        }
        assert!(policy_of(control).warnings()[0].message.contains("answers to no framework"));
    }
}
