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
        if let Some(category) = &form.category {
            reader.all_known(std::slice::from_ref(category), "a category", "category", &categories);
        }
        let references = read_references(reader, &form, frameworks);
        controls.push(Control {
            id: form.id.into_inner(),
            title: form.title,
            description: form.description,
            category: form.category.map(Located::into_inner),
            references,
        });
    }
    controls
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
