//! The shipped risk library is whole, each pattern is suggested for some packets and not for all, and an organisation's own
//! patterns are refused where they are wrong.

use std::collections::HashSet;

use super::super::tests::{builtin, flaws_of, packet, policy_of};
use super::super::{Policy, Reference};
use super::*;
use crate::record::{Field, FieldKind, Names, PACKET, Terms as _, Value};

/// The answers that a condition may tell apart for a field: none, each choice, or something said.
fn answers(field: &Field) -> Vec<Value> {
    let said = match field.kind {
        FieldKind::Choice(choices) => choices.iter().map(|choice| Value::text(*choice)).collect(),
        FieldKind::Words => {
            let words = |count: usize| Value::List((0..count).map(|at| format!("word {at}")).collect());
            vec![words(1), words(2)]
        }
        _ => vec![Value::text("said")],
    };
    std::iter::once(Value::Empty).chain(said).collect()
}

/// All packets that differ in the fields that a pattern asks about.
fn packets_of(pattern: &Pattern) -> Vec<Record> {
    let mut packets = vec![Record::empty(&PACKET)];
    for field in pattern.when.packet_fields() {
        let mut next = Vec::new();
        for packet in &packets {
            for answer in answers(field) {
                let mut packet = packet.clone();
                packet.set(field.name, answer);
                next.push(packet);
            }
        }
        packets = next;
    }
    packets
}

#[test]
fn the_library_covers_every_category_and_every_risk_of_the_generative_profile() {
    let policy = builtin();
    assert!(policy.patterns().len() >= 60, "{}", policy.patterns().len());
    for category in policy.names(Names::Category) {
        let count = policy.patterns().iter().filter(|one| one.category.as_deref() == Some(&category)).count();
        assert!(count >= 5, "{category}: {count}");
    }
    // Welfare of the AI itself harms nobody whom a review protects.
    let left_out = [("mit-risk", "7.5")];
    for framework in ["nist-ai-600-1", "owasp-llm", "owasp-asi", "mit-risk"] {
        for demand in &policy.framework(framework).unwrap().requirements {
            let reference = Reference { framework: framework.to_owned(), identifier: demand.id.clone() };
            let named = policy.patterns().iter().any(|one| one.references.contains(&reference));
            let excused = left_out.contains(&(framework, demand.id.as_str()));
            // Supply chains of agents are those of models, and trust in agents is over-reliance.
            let same = ["ASI04", "ASI09"].contains(&demand.id.as_str());
            assert_eq!(named, !excused && !same, "{framework} {}", demand.id);
        }
    }
}

#[test]
fn every_pattern_reads_as_cause_event_and_harm() {
    let mut seen = HashSet::new();
    for pattern in builtin().patterns() {
        let id = &pattern.id;
        let says = |part: &str| pattern.statement.contains(part);
        assert!(
            pattern.statement.starts_with("Because ") && says(", so that ") && says(" may ") || says(" could "),
            "{id}"
        );
        assert!(pattern.statement.ends_with('.') && pattern.why.ends_with('.'), "{id}");
        assert!((2..=5).contains(&pattern.mitigations.len()), "{id}");
        assert!(pattern.mitigations.iter().all(|one| one.ends_with('.') && one.len() > 8), "{id}");
        assert!(!pattern.controls.is_empty() && !pattern.references.is_empty() && !pattern.affected.is_empty(), "{id}");
        assert!(pattern.title.chars().count() <= 60 && !pattern.title.ends_with('.'), "{id}");
        assert!(id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{id}");
        assert!(seen.insert(&pattern.title), "{id}: another pattern has its title");
    }
}

#[test]
fn every_pattern_is_suggested_for_some_packets_and_not_for_all() {
    let policy = builtin();
    for pattern in policy.patterns() {
        let packets = packets_of(pattern);
        let holds = |packet: &Record| pattern.when.holds(&Facts::of_packet(packet)).unwrap();
        assert!(packets.iter().any(holds), "{} is never suggested", pattern.id);
        assert!(!packets.iter().all(holds), "{} is always suggested", pattern.id);
    }
    assert!(policy.patterns_for(&packet(&[])).unwrap().is_empty(), "nothing is suggested where nothing was said");
}

#[test]
fn suggestions_follow_the_answers() {
    let policy = builtin();
    let ids = |policy: &Policy, answers: &[(&str, &str)]| -> Vec<String> {
        policy.patterns_for(&packet(answers)).unwrap().iter().map(|one| one.id.clone()).collect()
    };
    let assistant = ids(&policy, &[("model_type", "RAG"), ("exposure", "public"), ("decision_role", "informs")]);
    for expected in ["confabulated-answer", "prompt-injection", "unsafe-advice", "retrieval-bypasses-access"] {
        assert!(assistant.contains(&expected.to_owned()), "{expected} of {assistant:?}");
    }
    assert!(!assistant.contains(&"excessive-agency".to_owned()));
    let hiring = [
        ("model_type", "classical ML"),
        ("domain", "employment and workers management"),
        ("decision_role", "decides alone"),
    ];
    let hiring = ids(&policy, &hiring);
    assert!(hiring.contains(&"proxy-discrimination".to_owned()) && hiring.contains(&"no-appeal".to_owned()));
    assert!(!hiring.contains(&"confabulated-answer".to_owned()));
    let agent = ids(&policy, &[("model_type", "agent with tools")]);
    assert!(agent.contains(&"excessive-agency".to_owned()) && agent.contains(&"agents-interacting".to_owned()));
}

#[test]
fn an_organisation_changes_adds_and_removes_patterns() {
    let policy = policy_of(
        "[[pattern]]\nid = \"prompt-injection\"\nseverity = 5\n[[pattern]]\nid = \"ip-infringement\"\nremove = true\n\
         [[pattern]]\nid = \"acme-brand\"\ntitle = \"Off brand\"\ncategory = \"transparency\"\naffected = \"customers\"\n\
         statement = \"Because …, … may …, so that ….\"\nwhen = \"packet.exposure == 'customers'\"\nwhy = \"It speaks for us.\"\n\
         mitigations = [\"Review.\"]\ncontrols = [\"TRAN-06\"]\nseverity = 2\nlikelihood = 2\n",
    );
    assert_eq!(policy.pattern("prompt-injection").map(|one| (one.severity, one.likelihood)), Some((5, 4)));
    assert!(policy.pattern("ip-infringement").is_none());
    assert_eq!(policy.patterns().len(), builtin().patterns().len());
    assert_eq!(policy.patterns().last().map(|one| one.id.as_str()), Some("acme-brand"));
    assert_eq!(policy_of(policy.to_toml()).patterns().len(), policy.patterns().len());
    let gone = policy_of("[[category]]\nname = \"inclusiveness\"\nremove = true\n");
    assert!(gone.pattern("language-gap").unwrap().category.is_none());
    assert!(gone.warnings().iter().any(|flaw| flaw.message.contains("“language-gap” has no category now")));
}

#[test]
fn wrong_patterns_are_refused_with_their_line() {
    let head = "[[pattern]]\nid = \"x\"\ntitle = \"x\"\naffected = \"x\"\nwhy = \"x\"\nmitigations = [\"x\"]\n";
    let rest = |category: &str, when: &str, control: &str, severity: &str, more: &str| {
        format!(
            "{head}category = \"{category}\"\nstatement = \"x\"\nwhen = \"{when}\"\ncontrols = [\"{control}\"]\n\
             severity = {severity}\nlikelihood = 2\n{more}"
        )
    };
    let holds = "packet.exposure == 'public'";
    for (text, line, words) in [
        (rest("fairness", "packet.exposure == 'pubic'", "FAIR-01", "2", ""), 9, "pubic"),
        (rest("fairness", "legal.role == 'provider'", "FAIR-01", "2", ""), 9, "legal"),
        (rest("fairness", "1 +", "FAIR-01", "2", ""), 9, ""),
        (rest("justice", holds, "FAIR-01", "2", ""), 7, "not a category"),
        (rest("fairness", holds, "FAIR-99", "2", ""), 10, "not a control; did you mean “FAIR-0"),
        (rest("fairness", holds, "FAIR-01", "6", ""), 11, "a severity is a whole number from 1 to 5"),
        (
            rest("fairness", holds, "FAIR-01", "2", "references = { mit-risk = [\"9.1\"] }\n"),
            13,
            "not an identifier of MIT",
        ),
        (rest("fairness", holds, "FAIR-01", "2", "references = { mit = [\"1.1\"] }\n"), 13, "not a framework"),
        (rest("fairness", holds, "FAIR-01", "2", "trigger = \"x\"\n"), 13, "unknown key “trigger”"),
        (head.to_owned(), 1, "this needs the key"),
        ("[[pattern]]\ntitle = \"x\"\n".to_owned(), 1, "needs the key “id”"),
    ] {
        let flaws = flaws_of(&text);
        assert_eq!((flaws[0].layer.as_str(), flaws[0].line), ("test", Some(line)), "{text}{flaws:#?}");
        assert!(flaws[0].message.contains(words), "{text}{flaws:#?}");
    }
}
