//! Every shipped rule by example: answers that make it fire, and answers next to them that do not. And what is refused.

mod examples;

use proptest::prelude::*;

use self::examples::{NEEDS_BY_EXAMPLE, ROUTES_BY_EXAMPLE, TIERS_BY_EXAMPLE};
use super::super::tests::{builtin, flaws_of, policy_of};
use super::super::{Policy, profile, profiles};
use super::*;
use crate::record::LEGAL;

/// Answers as `field = value`, of the packet, or of the classification where they begin with `legal.`; `|` parts a list.
pub(crate) fn answers(said: &str) -> (Record, Option<Record>) {
    let (mut packet, mut legal) = (Record::empty(&PACKET), None);
    for (field, value) in said.split(';').filter_map(|pair| pair.split_once('=')) {
        let (field, value) = (field.trim(), value.trim());
        let (record, name) = match field.strip_prefix("legal.") {
            Some(name) => (legal.get_or_insert_with(|| Record::empty(&LEGAL)), name),
            None => (&mut packet, field),
        };
        let known = record.kind().field(name).unwrap_or_else(|| panic!("there is no field {field}"));
        if known.is_list() {
            record.set(name, value.split('|').map(|item| item.trim().to_owned()).collect::<Vec<_>>());
        } else {
            record.set(name, value);
        }
    }
    (packet, legal)
}

fn fired(policy: &Policy, said: &str) -> Vec<String> {
    let (packet, legal) = answers(said);
    let judged = policy.judge(&packet, legal.as_ref(), None).unwrap();
    let tiers = judged.fired.iter().map(|rule| rule.id.clone());
    let routes = judged.routes.iter().map(|rule| format!("route {}", rule.id));
    let documents = judged.documents.iter().map(|rule| format!("document {}", rule.id));
    let checklists = judged.checklists.iter().map(|rule| format!("checklist {}", rule.id));
    tiers.chain(routes).chain(documents).chain(checklists).collect()
}

fn check(examples: &[(&str, &str, &str)], list: &str, ids: &[String]) {
    let policy = builtin();
    let named: Vec<String> = examples.iter().map(|(id, ..)| format!("{list}{id}")).collect();
    assert_eq!(named, ids, "every shipped rule has its example, in the policy's order");
    for (id, yes, no) in examples {
        let id = format!("{list}{id}");
        assert!(fired(&policy, yes).contains(&id), "{id} is quiet for {yes}");
        assert!(!fired(&policy, no).contains(&id), "{id} fires for {no}");
    }
}

#[test]
fn every_rule_of_tiers_fires_and_stays_quiet() {
    let ids: Vec<String> = builtin().tier_rules().iter().map(|rule| rule.id.clone()).collect();
    check(TIERS_BY_EXAMPLE, "", &ids);
}

#[test]
fn every_rule_of_routes_fires_and_stays_quiet() {
    let ids: Vec<String> = builtin().route_rules().iter().map(|rule| format!("route {}", rule.id)).collect();
    check(ROUTES_BY_EXAMPLE, "route ", &ids);
}

#[test]
fn every_rule_of_documents_and_checklists_fires_and_stays_quiet() {
    let policy = builtin();
    let documents = policy.document_rules().iter().map(|rule| format!("document {}", rule.id));
    let checklists = policy.checklist_rules().iter().map(|rule| format!("checklist {}", rule.id));
    check(NEEDS_BY_EXAMPLE, "", &documents.chain(checklists).collect::<Vec<_>>());
}

#[test]
fn rules_read_well() {
    let policy = builtin();
    let mut reasons: Vec<&str> = policy.tier_rules().iter().map(|rule| rule.reason.as_str()).collect();
    reasons.extend(policy.route_rules().iter().map(|rule| rule.reason.as_str()));
    reasons.extend(policy.document_rules().iter().map(|rule| rule.reason.as_str()));
    for reason in reasons {
        assert!(reason.ends_with('.') && reason.len() > 20, "{reason}");
    }
    assert!(policy.tier_rules().iter().all(|rule| rule.reference.is_some()));
}

#[test]
fn the_highest_tier_wins_and_all_that_fired_are_told() {
    let policy = builtin();
    let said = "domain = employment and workers management; decision_role = decides alone; personal_data = personal";
    let (packet, _) = answers(said);
    let judged = policy.judge(&packet, None, None).unwrap();
    assert_eq!(judged.tier, Some("high"));
    let ids: Vec<&str> = judged.fired.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["employment-decisions", "alone-about-people", "annex-area", "decides", "personal-data"]);
    let ranks: Vec<usize> = judged.fired.iter().map(|rule| tier_rank(rule.tier)).collect();
    assert!(ranks.is_sorted_by(|one, other| one >= other));
}

#[test]
fn where_nothing_fires_the_default_holds_and_where_nothing_was_said_no_tier_does() {
    let policy = builtin();
    let tier = |said: &str| {
        let (packet, legal) = answers(said);
        let judged = policy.judge(&packet, legal.as_ref(), None).unwrap().tier;
        assert_eq!(judged, policy.0.parts.rules.proposed(&packet, legal.as_ref()), "{said}");
        judged
    };
    assert_eq!(tier("use_case = Sorts mail"), Some("low"));
    assert_eq!(tier(""), None);
    assert_eq!(tier("legal.outcome = not decided"), Some("low"));
    assert_eq!(tier("decision_role = informs; exposure = internal; personal_data = none"), Some("minimal"));
    let policy = policy_of("[tier]\ndefault = \"medium\"\n");
    assert_eq!(policy.judge(&answers("use_case = Sorts mail").0, None, None).unwrap().tier, Some("medium"));
}

#[test]
fn what_a_review_needs_follows_from_the_tier_that_was_decided() {
    let policy = builtin();
    let (packet, _) = answers("use_case = Sorts mail");
    let documents = |decided: Option<&str>| {
        let judged = policy.judge(&packet, None, decided).unwrap();
        judged.documents.iter().map(|rule| rule.what.clone()).collect::<Vec<_>>()
    };
    assert_eq!(documents(None), ["system card"]);
    assert!(documents(Some("high")).contains(&"impact assessment".to_owned()));
    assert_eq!(documents(Some("minimal")), Vec::<String>::new());
}

#[test]
fn a_layer_changes_one_rule_takes_one_away_and_adds_one() {
    let policy = policy_of(
        "[[tier_rule]]\nid = \"outside\"\ntier = \"medium\"\n[[tier_rule]]\nid = \"declared-rights\"\nremove = true\n\
         [[tier_rule]]\nid = \"ours\"\ntier = \"high\"\nwhen = \"packet.scale == 'huge'\"\nreason = \"Ours.\"\n",
    );
    assert_eq!(policy.warnings(), &[]);
    assert_eq!(policy.tier_rules().len(), builtin().tier_rules().len());
    let tier = |said: &str| policy.judge(&answers(said).0, None, None).unwrap().tier;
    assert_eq!(tier("exposure = customers"), Some("medium"));
    assert_eq!(tier("declared_impact = rights-impacting"), Some("low"));
    assert_eq!(tier("scale = huge"), Some("high"));
    let said = policy.explain("tier_rule.outside.tier");
    assert_eq!(said.last().and_then(|said| said.value.clone()), Some(toml::Value::from("medium")));
}

fn rule(tier: &str, when: &str) -> String {
    format!("[[tier_rule]]\nid = \"x\"\ntier = \"{tier}\"\nreason = \"y\"\nwhen = {when}\n")
}

#[test]
fn bad_rules_are_refused_with_their_line_and_what_was_expected() {
    for (text, line, words) in [
        (rule("high", "\"10 / size(packet.languages) > 2\""), 5, "it divides by zero"),
        (rule("high", "\"packet.expsure == 'public'\""), 5, "did you mean “exposure”?"),
        (rule("high", "\"legal.art_5_z == 'applies'\""), 5, "did you mean “art_5_"),
        (rule("high", "\"legal.outcome == 'high risk'\""), 5, "not a choice of outcome"),
        (rule("high", "\"risk.severity > 3\""), 5, "“risk” is not a name"),
        (
            rule("high", "\"packet.tags.all(a, packet.languages.all(b, packet.geography.all(c, a == c)))\""),
            5,
            "list tests nest at most two deep",
        ),
        (rule("hgih", "\"true\""), 3, "“hgih” is not a tier; expected one of: minimal, low, medium"),
        (rule("prohibited", "\"packet.domain == 'law enforcement'\""), 5, "only from explicit answers"),
        (rule("prohibited", "\"legal.art_5_a != 'ruled out'\""), 5, "only from explicit answers"),
        (rule("prohibited", "\"true\""), 5, "only from explicit answers"),
        ("[[tier_rule]]\nid = \"x\"\n".to_owned(), 1, "needs the key"),
        ("[tier]\ndefault = \"none\"\n".to_owned(), 2, "not a tier"),
        ("[tier]\nfallback = \"low\"\n".to_owned(), 2, "expected one of: default"),
        ("tier = \"low\"\n".to_owned(), 1, "holds a table"),
        (
            "[[route_rule]]\nid = \"x\"\nfunction = \"privvacy\"\nwhen = \"true\"\nreason = \"y\"\ndays = 3\n"
                .to_owned(),
            3,
            "did you mean “privacy”?",
        ),
        ("[[route_rule]]\nid = \"privacy\"\ndays = 900\n".to_owned(), 3, "from 0 to 365"),
        ("[[checklist_rule]]\nid = \"generative-media\"\nchecklist = \"llm\"\n".to_owned(), 3, "not a checklist"),
        ("[[document_rule]]\nid = \"model-card\"\ndocument = \" \"\n".to_owned(), 3, "names a kind of document"),
        ("[[document_rule]]\nid = \"model-card\"\nfrom_tier = \"top\"\n".to_owned(), 3, "not a tier"),
        ("[[function]]\nname = \"privacy\"\nremove = true\n".to_owned(), 0, "removed it; change this too"),
    ] {
        let flaws = flaws_of(&text);
        let flaw = flaws.iter().find(|flaw| flaw.message.contains(words));
        let flaw = flaw.unwrap_or_else(|| panic!("{text}: {flaws:#?}"));
        if line > 0 {
            assert_eq!((flaw.layer.as_str(), flaw.line), ("test", Some(line)), "{text}: {flaws:#?}");
        }
    }
}

#[test]
fn a_condition_on_the_packet_alone_may_not_speak_of_the_law() {
    let flaws = flaws_of(
        "[[requirement]]\nid = \"x\"\nfield = \"scale\"\nreason = \"y\"\nwhen = \"legal.outcome == 'minimal'\"\n",
    );
    assert!(flaws[0].message.contains("“legal” is not a name"), "{flaws:#?}");
}

#[test]
fn rules_that_contradict_are_told_and_the_higher_one_wins() {
    let policy = policy_of(
        "[[tier_rule]]\nid = \"a\"\ntier = \"high\"\nwhen = \"packet.scale == 'x'\"\nreason = \"A.\"\n\
         [[tier_rule]]\nid = \"b\"\ntier = \"minimal\"\nwhen = \"packet.scale == 'x'\"\nreason = \"B.\"\n",
    );
    let warning = &policy.warnings()[0];
    assert_eq!(warning.line, Some(7));
    assert!(warning.message.contains("“a” and “b” contradict"), "{warning}");
    let (packet, _) = answers("scale = x");
    let judged = policy.judge(&packet, None, None).unwrap();
    assert_eq!((judged.tier, judged.fired.len()), (Some("high"), 2));
}

#[test]
fn routes_and_needs_that_contradict_are_told() {
    let route = |id: &str, days: u32| {
        format!(
            "[[route_rule]]\nid = \"{id}\"\nfunction = \"legal\"\nwhen = \"packet.scale == 'x'\"\nreason = \"A.\"\n\
             days = {days}\n"
        )
    };
    let policy = policy_of(&(route("a", 5) + &route("b", 9)));
    let warning = &policy.warnings()[0];
    assert_eq!((warning.line, policy.warnings().len()), (Some(10), 1));
    assert!(warning.message.contains("“a” and “b” contradict") && warning.message.contains("shorter"), "{warning}");
    assert_eq!(policy_of(&(route("a", 5) + &route("b", 5))).warnings(), []);
    let need = |id: &str, tier: &str| {
        format!("[[document_rule]]\nid = \"{id}\"\ndocument = \"memo\"\nfrom_tier = \"{tier}\"\nreason = \"A.\"\n")
    };
    let policy = policy_of(&(need("a", "low") + &need("b", "high")));
    assert_eq!(policy.warnings()[0].line, Some(8));
    assert!(policy.warnings()[0].message.contains("from the tier low on, the other from the tier high"));
    // The same id twice in one file is refused, whatever the list.
    for text in [route("a", 5) + &route("a", 5), need("a", "low") + &need("a", "high")] {
        assert!(flaws_of(&text)[0].message.contains("stands twice in this file"), "{text}");
    }
}

#[test]
fn conditions_that_would_never_end_are_refused_with_their_line() {
    let nested = format!("\"{}packet.scale == 'x'{}\"", "!(".repeat(400), ")".repeat(400));
    let long = format!("\"{}\"", vec!["packet.scale == 'x'"; 200].join(" || "));
    let many = "\"packet.tags.all(a, packet.tags.all(b, a == b))\"".to_owned();
    for (when, words) in
        [(nested, "nested too deep"), (long, "at most 2000 bytes"), (many, "only one of them over a list")]
    {
        let flaws = flaws_of(&rule("high", &when));
        assert_eq!((flaws[0].layer.as_str(), flaws[0].line), ("test", Some(5)), "{flaws:#?}");
        assert!(flaws[0].message.contains(words), "{flaws:#?}");
    }
    // A list that is written out counts as written: there are no ranges to count up.
    assert!(flaws_of(&rule("high", "\"range(1000000000).all(x, x > 0)\""))[0].message.contains("not a function"));
}

#[test]
fn a_rule_that_fails_on_some_answers_stops_the_judgement_and_proposes_nothing() {
    let policy = policy_of(&rule("high", "\"answered(packet.scale) && 1 / (size(packet.scale) - 1) > 0\""));
    let (packet, _) = answers("scale = x; exposure = public");
    let error = policy.judge(&packet, None, None).unwrap_err();
    assert_eq!(error.rule, "tier_rule x");
    assert!(error.to_string().contains("it divides by zero"), "{error}");
    assert_eq!(policy.0.parts.rules.proposed(&packet, None), None, "a broken rule is not one that does not hold");
    let (packet, _) = answers("exposure = public");
    assert_eq!(policy.judge(&packet, None, None).unwrap().tier, Some("low"));
}

#[test]
fn profiles_keep_every_rule() {
    for name in profiles() {
        let policy = Policy::from_layers(&[profile(name).unwrap()]).unwrap();
        assert!(policy.tier_rules().len() >= builtin().tier_rules().len(), "{name}");
        assert!(policy.route_rules().len() >= builtin().route_rules().len(), "{name}");
    }
}

/// Answers in the order in which they call for more scrutiny, where one certainly calls for no less than the one before.
/// What was not said stands first only where nothing said calls for less.
const RISING: &[(&str, &[&str])] = &[
    ("decision_role", &["informs", "assists", "decides with review", "decides alone"]),
    ("exposure", &["internal", "customers", "public", "children"]),
    ("personal_data", &["none", "personal", "special category"]),
    ("human_oversight", &["", "override", "none"]),
    ("declared_impact", &["", "rights-impacting", "both"]),
    ("declared_impact", &["neither", "safety-impacting", "both"]),
    ("domain", &["", "law enforcement"]),
    ("domain", &["other", "employment and workers management"]),
    ("domain", &["other", "critical infrastructure"]),
    ("domain", &["", "biometrics"]),
    ("model_type", &["", "agent with tools"]),
    ("model_type", &["rules", "biometric"]),
    ("use_case", &["Sorts mail", "Sorts mail of patients by facial recognition at the border"]),
    ("legal.outcome", &["minimal", "transparency duties", "high-risk: Annex III", "prohibited"]),
    ("legal.outcome", &["not decided", "high-risk: product", "prohibited"]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_risk_factor_that_is_added_never_lowers_the_tier(
        base in prop::collection::vec((0..RISING.len(), 0..4usize), 0..8),
        added in 0..RISING.len(),
    ) {
        let policy = builtin();
        let mut said: Vec<(&str, &str)> = Vec::new();
        for (field, at) in base {
            let (name, values) = RISING[field];
            said.retain(|(known, _)| *known != name);
            said.push((name, values[at.min(values.len() - 1)]));
        }
        let (name, values) = RISING[added];
        said.retain(|(known, _)| *known != name);
        let rank = |value: &str| {
            let all = said.iter().copied().chain([(name, value)]).map(|(field, value)| format!("{field} = {value}"));
            let (packet, legal) = answers(&all.collect::<Vec<_>>().join(";"));
            policy.judge(&packet, legal.as_ref(), None).unwrap().tier.map(tier_rank)
        };
        let ranks: Vec<_> = values.iter().map(|value| rank(value)).collect();
        prop_assert!(ranks.is_sorted(), "{name} over {values:?} with {said:?}: {ranks:?}");
    }

    #[test]
    fn only_answers_about_prohibited_practices_prohibit(
        picks in prop::collection::vec((0..RISING.len(), 0..4usize), 0..10),
    ) {
        let policy = builtin();
        let mut said = Vec::new();
        for (field, at) in picks {
            let (name, values) = RISING[field];
            if !name.starts_with("legal.") {
                said.push(format!("{name} = {}", values[at.min(values.len() - 1)]));
            }
        }
        let (packet, legal) = answers(&said.join(";"));
        prop_assert_ne!(policy.judge(&packet, legal.as_ref(), None).unwrap().tier, Some("prohibited"));
    }
}
