//! Catalogues of frameworks: a standard, a law or a list of risks, with the requirements that it really has. A control or
//! a risk pattern that names another is refused. Ours are identifiers, short titles and summaries in our own words; the
//! standards' own texts are not shipped. Each catalogue says from where it was taken and when that was checked, and marks
//! what could not be confirmed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::reader::{Located, Reader};

/// What sort of list a framework is.
const KINDS: &[&str] = &["requirements", "risks", "areas"];

/// A framework with its catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// Its id, such as `nist-ai-rmf`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The version whose identifiers these are.
    pub version: String,
    /// What it lists: `requirements` that controls meet, `risks` that controls treat, or `areas` that only classify.
    pub kind: &'static str,
    /// Where the identifiers were taken from.
    pub source: String,
    /// When they were checked against that source: a month or a day.
    pub checked_on: String,
    /// Whose text it is, and on which terms we say something of it.
    pub licence: Option<String>,
    /// What else is to be known of it.
    pub note: Option<String>,
    /// From when it holds, where it is known.
    pub valid_from: Option<NaiveDate>,
    /// Until when it holds, where it is known.
    pub valid_to: Option<NaiveDate>,
    /// Its parts, each before those in it.
    pub groups: Vec<Group>,
    /// Its requirements, in its own order.
    pub requirements: Vec<Demand>,
}

/// A part of a framework: a function, a category, a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its identifier, such as `GOVERN 1`.
    pub id: String,
    /// What it is about, in our words.
    pub title: String,
    /// The part that it belongs to, where it belongs to one.
    pub within: Option<String>,
}

/// One requirement, risk or area of a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Its identifier in the framework.
    pub id: String,
    /// What it asks for, in one line of our own words.
    pub summary: String,
    /// The part of the framework in which it stands.
    pub group: Option<String>,
    /// Whether identifier and meaning were confirmed by a source that could be opened.
    pub confirmed: bool,
    /// From when it applies, where it is known and differs from the framework.
    pub valid_from: Option<NaiveDate>,
    /// Until when it applies, where it is known.
    pub valid_to: Option<NaiveDate>,
    /// Where it was taken from, where that differs from the framework's source.
    pub source: Option<String>,
    /// When that was checked, where it differs.
    pub checked_on: Option<String>,
    /// What else is to be known of it, such as what was not confirmed.
    pub note: Option<String>,
}

/// A requirement of a framework, as controls and patterns name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The framework's id.
    pub framework: String,
    /// The requirement's identifier in it.
    pub identifier: String,
}

impl Framework {
    /// The requirement with this identifier.
    #[must_use]
    pub fn demand(&self, id: &str) -> Option<&Demand> {
        self.requirements.iter().find(|demand| demand.id == id)
    }

    /// The part with this identifier.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// How many of its requirements were not confirmed.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.requirements.iter().filter(|demand| !demand.confirmed).count()
    }
}

/// A framework as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct FrameworkForm {
    /// Its id, such as `nist-ai-rmf`.
    id: Located<String>,
    /// What people call it.
    title: String,
    /// The version whose identifiers these are.
    version: String,
    /// What it lists: requirements, risks or areas; requirements, where it is left out.
    kind: Option<Located<String>>,
    /// Where the identifiers were taken from.
    source: String,
    /// When they were checked against that source, as 2026-09 or 2026-09-30.
    checked_on: String,
    /// Whose text it is, and on which terms something is said of it.
    licence: Option<String>,
    /// What else is to be known of it.
    note: Option<String>,
    /// From when it holds, as 2026-08-02.
    valid_from: Option<Located<String>>,
    /// Until when it holds.
    valid_to: Option<Located<String>>,
    /// Its parts, each before those in it.
    #[serde(default)]
    group: Vec<GroupForm>,
    /// Its requirements.
    #[serde(default)]
    requirement: Vec<DemandForm>,
    /// Identifiers of requirements of which no more is said, in short.
    #[serde(default)]
    identifiers: Vec<Located<String>>,
}

/// A part of a framework as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct GroupForm {
    /// Its identifier, such as `GOVERN 1`.
    id: Located<String>,
    /// What it is about.
    title: String,
    /// The part that it belongs to.
    within: Option<Located<String>>,
}

/// A requirement as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct DemandForm {
    /// Its identifier in the framework.
    id: Located<String>,
    /// What it asks for, in one line.
    summary: Located<String>,
    /// The part of the framework in which it stands.
    group: Option<Located<String>>,
    /// Whether it was confirmed by a source that could be opened; it was, where this is left out.
    confirmed: Option<bool>,
    /// From when it applies, as 2026-08-02.
    valid_from: Option<Located<String>>,
    /// Until when it applies.
    valid_to: Option<Located<String>>,
    /// Where it was taken from, where that differs from the framework's source.
    source: Option<String>,
    /// When that was checked, where it differs.
    checked_on: Option<String>,
    /// What else is to be known of it.
    note: Option<String>,
}

/// Reads the list `framework`.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Framework> {
    let forms: Vec<FrameworkForm> = reader.list(root, "framework");
    forms.into_iter().map(|form| read_one(reader, form)).collect()
}

fn read_one(reader: &mut Reader<'_>, form: FrameworkForm) -> Framework {
    let kind = form.kind.as_ref().map_or(Some(KINDS[0]), |said| {
        let known = KINDS.iter().copied().find(|known| *known == said.as_str());
        if known.is_none() {
            reader.unknown(said.at(), said, "a kind of framework", "kind", KINDS);
        }
        known
    });
    let groups = read_groups(reader, form.group);
    let names: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
    let mut requirements: Vec<Demand> =
        form.requirement.into_iter().map(|form| read_demand(reader, form, &names)).collect();
    for id in form.identifiers {
        if requirements.iter().any(|demand| demand.id == *id) {
            reader.flaw(id.at(), format!("the identifier “{}” stands twice in this framework.", *id));
        } else {
            requirements.push(Demand::bare(id.into_inner()));
        }
    }
    Framework {
        id: form.id.into_inner(),
        title: form.title,
        version: form.version,
        kind: kind.unwrap_or(KINDS[0]),
        source: form.source,
        checked_on: form.checked_on,
        licence: form.licence,
        note: form.note,
        valid_from: read_day(reader, form.valid_from.as_ref()),
        valid_to: read_day(reader, form.valid_to.as_ref()),
        groups,
        requirements,
    }
}

impl Demand {
    /// A requirement of which only the identifier is said.
    fn bare(id: String) -> Self {
        Self {
            id,
            summary: String::new(),
            group: None,
            confirmed: true,
            valid_from: None,
            valid_to: None,
            source: None,
            checked_on: None,
            note: None,
        }
    }
}

fn read_groups(reader: &mut Reader<'_>, forms: Vec<GroupForm>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for form in forms {
        if let Some(within) = &form.within
            && !groups.iter().any(|group| group.id == within.as_str())
        {
            let above: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
            reader.unknown(within.at(), within, "a group that stands above this one", "framework.group", &above);
        }
        groups.push(Group {
            id: form.id.into_inner(),
            title: form.title,
            within: form.within.map(Located::into_inner),
        });
    }
    groups
}

fn read_demand(reader: &mut Reader<'_>, form: DemandForm, groups: &[&str]) -> Demand {
    if let Some(group) = form.group.as_ref().filter(|group| !groups.contains(&group.as_str())) {
        reader.unknown(group.at(), group, "a group of this framework", "framework.group", groups);
    }
    if form.summary.trim().is_empty() {
        reader.flaw(form.summary.at(), format!("the requirement “{}” needs a summary in one line.", *form.id));
    }
    Demand {
        valid_from: read_day(reader, form.valid_from.as_ref()),
        valid_to: read_day(reader, form.valid_to.as_ref()),
        id: form.id.into_inner(),
        summary: form.summary.into_inner(),
        group: form.group.map(Located::into_inner),
        confirmed: form.confirmed.unwrap_or(true),
        source: form.source,
        checked_on: form.checked_on,
        note: form.note,
    }
}

fn read_day(reader: &mut Reader<'_>, day: Option<&Located<String>>) -> Option<NaiveDate> {
    let day = day?;
    let read = day.parse().ok();
    if read.is_none() {
        reader.flaw(day.at(), "a day is written as \"2026-08-02\".");
    }
    read
}

/// Reads what a control or a pattern refers to; complains, at its place, of what no framework has. `owner` is where the
/// thing itself stands.
pub(super) fn read_references(
    reader: &mut Reader<'_>,
    references: &BTreeMap<String, Vec<Located<String>>>,
    owner: usize,
    frameworks: &[Framework],
) -> Vec<Reference> {
    let mut found = Vec::new();
    for (name, identifiers) in references {
        let Some(framework) = frameworks.iter().find(|framework| framework.id == *name) else {
            let known: Vec<&str> = frameworks.iter().map(|framework| framework.id.as_str()).collect();
            let at = identifiers.first().map_or(owner, Located::at);
            reader.unknown(at, name, "a framework", "framework", &known);
            continue;
        };
        let what = format!("an identifier of {}", framework.title);
        let known: Vec<&str> = framework.requirements.iter().map(|demand| demand.id.as_str()).collect();
        reader.all_known(identifiers, &what, "framework.requirement", &known);
        let reference = |identifier: &Located<String>| Reference {
            framework: name.clone(),
            identifier: identifier.as_str().to_owned(),
        };
        found.extend(identifiers.iter().map(reference));
    }
    found
}

#[cfg(test)]
#[path = "framework_tests.rs"]
mod tests;
