//! The organisation's controls: what it does so that risks do not come true, and the requirements of frameworks that each
//! answers to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::framework::{Framework, Reference, read_references};
use super::limits::evidence_kinds;
use super::names::Named;
use super::reader::{Located, Reader};

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
    /// The kinds of evidence that show it.
    pub evidence: Vec<String>,
    /// The requirements that it answers to.
    pub references: Vec<Reference>,
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
    /// The kinds of evidence that show it.
    #[serde(default)]
    evidence: Vec<Located<String>>,
    /// The requirements that it answers to: identifiers by framework.
    #[serde(default)]
    references: BTreeMap<String, Vec<Located<String>>>,
}

/// Reads the list `control`.
pub(super) fn read(
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
        reader.all_known(&form.evidence, "a kind of evidence", "evidence", evidence_kinds());
        let references = read_references(reader, &form.references, form.id.at(), frameworks);
        controls.push(Control {
            id: form.id.into_inner(),
            title: form.title,
            description: form.description,
            category,
            evidence: form.evidence.into_iter().map(Located::into_inner).collect(),
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

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};

    #[test]
    fn every_control_answers_to_requirements_that_exist() {
        let policy = builtin();
        assert!(policy.controls().len() >= 60);
        for control in policy.controls() {
            assert!(!control.references.is_empty(), "{}", control.id);
            assert!(control.category.is_some() && control.description.ends_with('.'), "{}", control.id);
            for reference in &control.references {
                let framework = policy.framework(&reference.framework).unwrap();
                assert!(framework.demand(&reference.identifier).is_some(), "{}", control.id);
            }
        }
    }

    #[test]
    fn every_risk_and_every_category_has_a_control() {
        let policy = builtin();
        for id in ["nist-ai-600-1", "owasp-llm", "nist-ai-rmf", "ms-rai"] {
            let framework = policy.framework(id).unwrap();
            for demand in &framework.requirements {
                let named = policy.controls().iter().any(|control| {
                    control.references.iter().any(|one| one.framework == id && one.identifier == demand.id)
                });
                assert!(named, "{id} {}", demand.id);
            }
        }
        for category in policy.named(crate::record::Names::Category) {
            let of = |control: &&crate::policy::Control| control.category.as_deref() == Some(&category.name);
            assert!(policy.controls().iter().filter(of).count() >= 4, "{}", category.name);
        }
        assert!(policy.controls().iter().all(|control| !control.evidence.is_empty()));
    }

    #[test]
    fn risks_are_also_treated_by_the_controls_of_their_patterns() {
        let policy = builtin();
        let mit = policy.framework("mit-risk").unwrap();
        let ids: Vec<&str> = policy.controls_for(mit, "2.2").iter().map(|control| control.id.as_str()).collect();
        assert!(ids.contains(&"SEC-03") && !ids.contains(&"INCL-01"), "{ids:?}");
        let soc = policy.framework("soc-2").unwrap();
        assert!(policy.controls_for(soc, "CC1.2").is_empty(), "requirements only by controls that name them");
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
