//! What crosses the concerns of policy: layering, refusals, packets.

use proptest::prelude::*;

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
fn what_is_shipped_is_sound_to_its_last_condition() {
    assert_eq!(builtin().check(), Ok(()));
    for name in profiles() {
        let profile = profile(name).unwrap();
        let policy = Policy::from_layers(&[profile]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(policy.check(), Ok(()), "{name}");
    }
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
fn a_complete_policy_must_be_complete() {
    let messages: Vec<String> = flaws_of("complete = true\n").into_iter().map(|flaw| flaw.message).collect();
    for section in ["[scale]", "[matrix]", "[evidence]", "[risk]"] {
        assert!(messages.iter().any(|message| message.contains(section)), "{section}: {messages:?}");
    }
    let removed = &flaws_of("\n[matrix]\nremove = true\n")[0];
    assert_eq!((removed.layer.as_str(), removed.line), ("test", Some(2)), "{removed}");
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

#[test]
fn a_broken_rule_neither_holds_nor_passes() {
    let policy = policy_of(
        "[[requirement]]\nid = \"odd\"\nfield = \"notes\"\nreason = \"x\"\n\
         when = \"answered(packet.scale) && 1 / (size(packet.scale) - 1) > 0\"\n",
    );
    let bare = packet(&[]);
    assert_eq!(policy.completeness(&bare), builtin().completeness(&bare));
    let broken = packet(&[("scale", "x")]);
    let error = policy.requirements_for(&broken).unwrap_err();
    assert_eq!(error.rule, "requirement odd");
    assert!(error.to_string().contains("it divides by zero"), "{error}");
    let (answered, asked) = builtin().completeness(&broken);
    assert_eq!(policy.completeness(&broken), (answered, asked + 1), "it counts as not answered");
}

#[test]
fn what_is_late_escalates_step_by_step() {
    let policy = builtin();
    let step = |days: i64| policy.escalation(days).map(|step| step.id.clone());
    assert_eq!(step(-3), None);
    assert_eq!(step(-2).as_deref(), Some("reminder"));
    assert_eq!(step(0).as_deref(), Some("reminder"));
    assert_eq!(step(1).as_deref(), Some("escalation"));
    assert_eq!(step(6).as_deref(), Some("escalation"));
    assert_eq!(step(400).as_deref(), Some("second escalation"));
    assert!(policy.escalation(400).unwrap().to.contains(&"executive".to_owned()));
}

#[test]
fn profiles_load_without_a_warning_and_differ() {
    let mut seen = vec![builtin().fingerprint().to_owned()];
    for name in profiles() {
        let policy = Policy::from_layers(&[profile(name).unwrap()]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(policy.warnings(), &[], "{name}");
        assert_eq!(policy.about().name, name);
        assert!(!seen.contains(&policy.fingerprint().to_owned()), "{name}");
        seen.push(policy.fingerprint().to_owned());
    }
    assert!(profile("nobody").is_none());
    let eu = Policy::from_layers(&[profile("eu").unwrap()]).unwrap();
    let hiring = packet(&[("domain", "employment and workers management")]);
    assert!(missing(&eu, &hiring).contains(&"appeal-annex-iii".to_owned()));
    assert!(eu.checklists_for(&hiring).unwrap().iter().any(|one| one.id == "eu-high-risk"));
    assert!(!eu.checklists_for(&packet(&[("domain", "other")])).unwrap().iter().any(|one| one.id == "eu-high-risk"));
    assert_eq!(eu.level(4, 2).unwrap().0, "high");
    let startup = Policy::from_layers(&[profile("startup").unwrap()]).unwrap();
    assert!(!missing(&startup, &packet(&[])).contains(&"stakeholders".to_owned()));
    assert_eq!(startup.escalations().len(), 2);
    let taken_away = startup.explain("requirement.stakeholders");
    assert_eq!(taken_away.last().map(|said| (said.layer.as_str(), &said.value)), Some(("profile startup", &None)));
    let item = startup.explain("checklist.launch-readiness.item.FAIR-02.controls");
    assert_eq!(item[0].value.as_ref().map(ToString::to_string).as_deref(), Some("[\"FAIR-02\", \"FAIR-06\"]"));
}

#[test]
fn the_example_for_organisations_loads() {
    let policy = policy_of(include_str!("../../assets/policy/example.toml"));
    assert_eq!(policy.warnings(), &[]);
    assert_eq!(policy.about().name, "Acme");
    assert_eq!(policy.level(3, 3).unwrap().0, "high");
    let school = packet(&[("users", "Teachers and PUPILS of primary schools")]);
    assert!(missing(&policy, &school).contains(&"acme-minors".to_owned()));
    let agents = policy.checklist("acme-agents").unwrap();
    assert_eq!(agents.items.len(), policy.checklist("llm-application").unwrap().items.len() + 1);
}

#[test]
fn all_profiles_may_lie_over_one_another() {
    let all: Vec<Layer> = profiles().filter_map(profile).collect();
    assert!(Policy::from_layers(&all).is_ok());
}

/// The shipped text, every line of it, as one source of nearly right policies.
fn shipped_lines() -> Vec<String> {
    let policy = builtin();
    policy.layers().flat_map(|layer| layer.text.lines()).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_makes_loading_panic(text in any::<String>()) {
        let _ = Policy::from_layers(&[Layer::new("hostile", text)]);
    }

    #[test]
    fn no_shuffle_of_real_lines_makes_loading_panic(
        picks in prop::collection::vec((any::<prop::sample::Index>(), "[\"=\\[\\]{}.# a1\n]{0,3}"), 0..40),
        complete in any::<bool>(),
    ) {
        let lines = shipped_lines();
        let mut text = if complete { "complete = true\n".to_owned() } else { String::new() };
        for (pick, noise) in picks {
            let line: &String = pick.get(&lines);
            text.push_str(line);
            text.push_str(&noise);
            text.push('\n');
        }
        if let Err(error) = Policy::from_layers(&[Layer::new("hostile", text)]) {
            prop_assert!(!error.flaws.is_empty());
            for flaw in &error.flaws {
                prop_assert!(flaw.line.is_some(), "{}", flaw);
                prop_assert!(!flaw.message.chars().any(text::is_unsafe));
            }
        }
    }

    #[test]
    fn any_whole_matrix_is_looked_up_cell_by_cell(cells in prop::collection::vec(0usize..4, 25)) {
        let names = ["low", "medium", "high", "critical"];
        let mut lines = vec!["[matrix]".to_owned()];
        for (severity, row) in cells.chunks(5).enumerate() {
            let row: Vec<String> = row.iter().map(|cell| format!("\"{}\"", names[*cell])).collect();
            lines.push(format!("{} = [{}]", severity + 1, row.join(", ")));
        }
        let policy = policy_of(&lines.join("\n"));
        for (at, cell) in cells.iter().enumerate() {
            let (severity, likelihood) = (i64::try_from(at / 5 + 1).unwrap(), i64::try_from(at % 5 + 1).unwrap());
            let level = policy.level(severity, likelihood).unwrap();
            prop_assert_eq!((level.0.as_str(), usize::try_from(level.1).unwrap()), (names[*cell], *cell));
        }
        let again = policy_of(policy.to_toml());
        prop_assert_eq!(again.fingerprint(), policy.fingerprint());
    }

    #[test]
    fn any_severity_and_likelihood_has_an_answer(severity in any::<i64>(), likelihood in any::<i64>()) {
        let inside = (1..=5).contains(&severity) && (1..=5).contains(&likelihood);
        prop_assert_eq!(builtin().level(severity, likelihood).is_some(), inside);
    }
}
