//! What crosses the concerns of policy: layering, refusals, packets.

use super::*;
use crate::record::PACKET;

pub(super) fn builtin() -> Policy {
    Policy::builtin()
}

/// The default under one layer named `test`.
pub(super) fn policy_of(text: &str) -> Policy {
    match Policy::from_layers(&[Layer::new("test", text)]) {
        Ok(policy) => policy,
        Err(error) => panic!("{text}\nis refused: {error}"),
    }
}

/// What is wrong with one layer named `test` over the default.
pub(super) fn flaws_of(text: &str) -> Vec<Flaw> {
    match Policy::from_layers(&[Layer::new("test", text)]) {
        Ok(_) => panic!("{text}\nis taken"),
        Err(error) => error.flaws,
    }
}

pub(super) fn packet(values: &[(&str, &str)]) -> Record {
    let mut packet = Record::empty(&PACKET);
    for (field, value) in values {
        packet.set(field, *value);
    }
    packet
}

/// The ids of the requirements that a packet has not met.
fn missing(policy: &Policy, packet: &Record) -> Vec<String> {
    let asked = policy.requirements_for(packet).unwrap();
    asked.iter().filter(|asked| !asked.answered).map(|asked| asked.requirement.id.clone()).collect()
}

#[test]
fn the_default_loads_without_a_warning() {
    let policy = Policy::from_layers(&[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(policy.warnings(), &[]);
}

#[test]
fn a_policy_may_go_to_another_thread() {
    fn sendable<T: Send + Sync + 'static>() {}
    sendable::<Policy>();
}

#[test]
fn an_llm_must_name_its_fallback() {
    let policy = builtin();
    let asks =
        |model: &str| missing(&policy, &packet(&[("model_type", model)])).contains(&"fallback-generative".to_owned());
    assert!(asks("prompted LLM") && asks("agent with tools"));
    assert!(!asks("rules"));
    let told = packet(&[("model_type", "RAG"), ("fallback", "An agent takes over the chat.")]);
    assert!(!missing(&policy, &told).contains(&"fallback-generative".to_owned()));
}

#[test]
fn personal_data_needs_a_lawful_basis() {
    let policy = builtin();
    let asks = |data: &str| missing(&policy, &packet(&[("personal_data", data)])).contains(&"lawful-basis".to_owned());
    assert!(asks("personal") && asks("special category"));
    assert!(!asks("none"));
}

#[test]
fn completeness_counts_fields_once() {
    let policy = builtin();
    let (answered, asked) = policy.completeness(&Record::empty(&PACKET));
    assert_eq!(answered, 0);
    let unconditional = policy.requirements().iter().filter(|rule| rule.when.is_none()).count();
    assert_eq!(usize::try_from(asked).unwrap(), unconditional);
    let mut full = Record::empty(&PACKET);
    for field in PACKET.editable() {
        match field.kind {
            crate::record::FieldKind::Choice(choices) => full.set(field.name, choices[choices.len() - 1]),
            crate::record::FieldKind::Words => full.set(field.name, vec!["one".to_owned()]),
            crate::record::FieldKind::Day => full.set(field.name, chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()),
            _ => full.set(field.name, "said"),
        }
    }
    let (answered, asked) = policy.completeness(&full);
    assert_eq!(answered, asked);
    let distinct: std::collections::HashSet<_> =
        policy.requirements_for(&full).unwrap().iter().map(|asked| asked.requirement.field.name).collect();
    assert_eq!(distinct.len(), usize::try_from(asked).unwrap());
}

#[test]
fn the_effective_policy_loads_again_to_the_same() {
    let text = "[matrix.4]\n5 = \"high\"\n[[requirement]]\nid = \"stakeholders\"\nremove = true\n";
    for policy in [builtin(), policy_of(text)] {
        let again = policy_of(policy.to_toml());
        assert_eq!(again.to_toml(), policy.to_toml());
        assert_eq!(again.fingerprint(), policy.fingerprint());
        assert_eq!(again.layers().count(), 1, "a complete policy lies on nothing");
        assert_eq!(again.requirements().len(), policy.requirements().len());
    }
    assert_ne!(builtin().fingerprint(), policy_of(text).fingerprint());
}

#[test]
fn each_value_names_the_layers_that_gave_it() {
    let organisation = Layer::new("acme.toml", "[matrix]\n4 = [\"low\", \"low\", \"low\", \"low\", \"high\"]\n");
    let workspace = Layer::new("workspace", "\n[matrix.4]\n5 = \"critical\"\n[service_level.assessment]\nhigh = 40\n");
    let policy = Policy::from_layers(&[organisation, workspace]).unwrap();
    let said = |path: &str| -> Vec<(String, Option<usize>, String)> {
        let explained = policy.explain(path).into_iter();
        explained
            .map(|said| (said.layer, said.line, said.value.map(|value| value.to_string()).unwrap_or_default()))
            .collect()
    };
    let cell = said("matrix.4.5");
    assert_eq!(cell.len(), 3);
    assert_eq!(cell[0].0, "built-in scales");
    assert_eq!(cell[1], ("acme.toml".to_owned(), Some(2), "\"high\"".to_owned()));
    assert_eq!(cell[2], ("workspace".to_owned(), Some(3), "\"critical\"".to_owned()));
    assert_eq!(said("service_level.assessment.high")[1], ("workspace".to_owned(), Some(5), "40".to_owned()));
    assert_eq!(said("requirement.lawful-basis").len(), 1);
    assert_eq!(said("requirement.lawful-basis.field")[0].2, "\"lawful_basis\"");
    assert_eq!(said("category.misuse & abuse").len(), 1);
    assert_eq!(said("nothing.of.the.kind"), vec![]);
    assert_eq!(said(""), vec![]);
    assert_eq!(policy.level(4, 5).unwrap().0, "critical");
    assert_eq!(policy.level(4, 4).unwrap().0, "low");
    assert_eq!(policy.stage_days("assessment", Some("high")), Some(40));
    assert_eq!(policy.stage_days("assessment", Some("low")), builtin().stage_days("assessment", Some("low")));
    assert_eq!(policy.stage_days("triage", None), Some(5));
    assert_eq!(policy.stage_days("monitoring", Some("high")), None);
}
