//! The shipped catalogues are what they claim to be, and an organisation's own are refused where they are wrong.

use std::collections::HashSet;

use super::super::layer::Wanted;
use super::super::source::Sources;
use super::super::tests::{builtin, flaws_of, policy_of};
use super::super::{Layer, Policy, PolicyError, gather, profile, profiles};

/// A policy with its content, read and checked at once.
fn read_whole(layers: &[Layer], trusting: bool) -> Result<Policy, PolicyError> {
    Policy::load(Sources::new(gather::gather(layers)?.layers), Wanted::Whole, trusting)
}

/// Whether an identifier has the form that its framework gives to identifiers.
fn is_well_formed(framework: &str, identifier: &str) -> bool {
    let numbers = |text: &str, parts: std::ops::RangeInclusive<usize>| {
        parts.contains(&text.split('.').count()) && text.split('.').all(|part| part.parse::<u8>().is_ok_and(|n| n > 0))
    };
    match framework {
        "nist-ai-rmf" => identifier.split_once(' ').is_some_and(|(function, rest)| {
            ["GOVERN", "MAP", "MEASURE", "MANAGE"].contains(&function) && numbers(rest, 2..=2)
        }),
        "nist-ai-600-1" => identifier.starts_with("2.") && numbers(identifier, 2..=2),
        "iso-42001" => identifier.strip_prefix("A.").is_some_and(|rest| numbers(rest, 2..=3)),
        "iso-23894" => identifier
            .strip_prefix("Clause ")
            .or(identifier.strip_prefix("B."))
            .is_some_and(|rest| numbers(rest, 1..=1)),
        "soc-2" => numbers(identifier.trim_start_matches(|c: char| c.is_ascii_uppercase()), 2..=2),
        "eu-ai-act" => {
            identifier.strip_prefix("Art. ").is_some_and(|rest| numbers(rest, 1..=1))
                || matches!(identifier, "Annex III" | "Annex IV")
        }
        "eu-annex-iii" => {
            let bytes = identifier.as_bytes();
            matches!(bytes, [b'1'..=b'8', b'(', b'a'..=b'e', b')'])
        }
        "ms-rai" => numbers(identifier.trim_start_matches(|c: char| c.is_ascii_uppercase()), 1..=1),
        "mit-risk" => numbers(identifier, 2..=2),
        "owasp-llm" => identifier.starts_with("LLM") && identifier.ends_with(":2025") && identifier.len() == 10,
        "owasp-asi" => identifier.starts_with("ASI") && identifier.len() == 5,
        _ => false,
    }
}

#[test]
fn catalogues_have_as_many_groups_and_requirements_as_they_really_have() {
    let policy = builtin();
    let counts = [
        ("nist-ai-rmf", 23, 72),
        ("nist-ai-600-1", 0, 12),
        ("eu-ai-act", 7, 29),
        ("eu-annex-iii", 8, 25),
        ("iso-42001", 9, 38),
        ("iso-23894", 2, 10),
        ("soc-2", 20, 61),
        ("ms-rai", 6, 17),
        ("mit-risk", 7, 24),
        ("owasp-llm", 0, 10),
        ("owasp-asi", 0, 10),
    ];
    assert_eq!(policy.frameworks().len(), counts.len());
    for (id, groups, requirements) in counts {
        let framework = policy.framework(id).unwrap();
        assert_eq!((framework.groups.len(), framework.requirements.len()), (groups, requirements), "{id}");
    }
    let rmf = policy.framework("nist-ai-rmf").unwrap();
    assert_eq!(rmf.groups.iter().filter(|group| group.within.is_none()).count(), 4, "functions");
    assert_eq!(rmf.groups.iter().filter(|group| group.within.is_some()).count(), 19, "categories");
    let within = |function: &str| rmf.requirements.iter().filter(|one| one.id.starts_with(function)).count();
    assert_eq!([within("GOVERN"), within("MAP"), within("MEASURE"), within("MANAGE")], [19, 18, 22, 13]);
    let soc = policy.framework("soc-2").unwrap();
    assert_eq!(soc.requirements.iter().filter(|one| one.id.starts_with("CC")).count(), 33, "the common criteria");
    let per_group: Vec<usize> = policy
        .framework("iso-42001")
        .map(|iso| {
            let of = |id: &str| iso.requirements.iter().filter(|one| one.group.as_deref() == Some(id)).count();
            iso.groups.iter().map(|group| of(&group.id)).collect()
        })
        .unwrap();
    assert_eq!(per_group, [3, 2, 5, 4, 9, 5, 4, 3, 3]);
}

#[test]
fn every_entry_is_well_formed_told_and_dated() {
    for framework in builtin().frameworks() {
        let id = &framework.id;
        assert!(framework.source.len() > 20 && framework.licence.is_some(), "{id}");
        assert!(framework.checked_on.starts_with("2026-"), "{id}");
        let mut seen = HashSet::new();
        for demand in &framework.requirements {
            assert!(is_well_formed(id, &demand.id), "{id}: {}", demand.id);
            assert!(seen.insert(&demand.id), "{id}: {} stands twice", demand.id);
            let length = demand.summary.chars().count();
            assert!(demand.summary.ends_with('.') && (10..=140).contains(&length), "{id}: {}", demand.summary);
            assert!(demand.confirmed || demand.note.is_some() || framework.source.contains("not confirmed"), "{id}");
            assert_eq!(demand.group.is_some(), !framework.groups.is_empty(), "{id}: {}", demand.id);
        }
        for group in &framework.groups {
            let used = framework.requirements.iter().any(|one| one.group.as_deref() == Some(&group.id));
            let parent = framework.groups.iter().any(|other| other.within.as_deref() == Some(&group.id));
            assert!(used || parent, "{id}: {} is empty", group.id);
        }
    }
}

#[test]
fn annex_iii_is_the_one_that_systems_are_classified_by() {
    let policy = builtin();
    let catalogue = policy.framework("eu-annex-iii").unwrap();
    // The law's points are named as “1a remote biometric identification”.
    let law: Vec<String> = policy.laws()[0].points.iter().map(|point| point.choice[..2].to_owned()).collect();
    let shipped: Vec<String> = catalogue.requirements.iter().map(|one| one.id.replace(['(', ')'], "")).collect();
    assert_eq!(shipped, law);
}

#[test]
fn shipped_content_is_read_whole_without_a_complaint() {
    let whole = |layers: &[Layer]| read_whole(layers, false).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(whole(&[]).warnings(), &[]);
    for name in profiles() {
        assert_eq!(whole(&[profile(name).unwrap()]).warnings(), &[], "{name}");
    }
    let all: Vec<Layer> = profiles().filter_map(profile).collect();
    whole(&all);
}

#[test]
fn content_is_read_when_it_is_asked_for_or_spoken_of() {
    let is_read = |policy: &Policy| policy.0.content.get().is_some();
    let policy = Policy::from_layers(&[profile("EU").unwrap()]).unwrap();
    assert!(!is_read(&policy), "a profile that is shipped is known to be right");
    assert!(policy.control("EU-01").is_some() && is_read(&policy));
    assert!(!is_read(&policy_of("[service_level.triage]\nany = 3\n")));
    assert!(is_read(&policy_of(
        "[[role]]\nname = \"x\"\ndefinition = \"\"\n[[control]]\nid = \"FAIR-01\"\ntitle = \"y\"\n"
    )));
    let eager = read_whole(&[profile("EU").unwrap()], true).unwrap();
    assert_eq!(format!("{:?}", eager.content()), format!("{:?}", policy.content()), "early or late, it is the same");
}

#[test]
fn an_organisation_adds_and_changes_catalogues() {
    let policy = policy_of(
        "[[framework]]\nid = \"house\"\ntitle = \"House rules\"\nversion = \"1\"\nsource = \"us\"\nchecked_on = \"2026-11\"\n\
         identifiers = [\"H2\"]\n[[framework.group]]\nid = \"H\"\ntitle = \"Ours\"\n[[framework.requirement]]\nid = \"H1\"\n\
         summary = \"Ask first.\"\ngroup = \"H\"\nvalid_from = \"2026-01-01\"\n\
         [[framework]]\nid = \"ms-rai\"\n[[framework.requirement]]\nid = \"A1\"\nsummary = \"Ours.\"\n\
         [[framework.requirement]]\nid = \"I1\"\nsummary = \"Ours too.\"\nconfirmed = false\n\
         [[control]]\nid = \"HOUSE-1\"\ntitle = \"Ours\"\ndescription = \"Ours.\"\nreferences = { house = [\"H1\", \"H2\"] }\n",
    );
    let house = policy.framework("house").unwrap();
    assert_eq!(house.requirements.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["H1", "H2"]);
    assert_eq!(house.demand("H1").unwrap().valid_from.unwrap().to_string(), "2026-01-01");
    let goals = policy.framework("ms-rai").unwrap();
    assert_eq!((goals.requirements.len(), goals.unconfirmed()), (17, 1));
    assert_eq!(goals.demand("A1").map(|one| (one.summary.as_str(), one.group.as_deref())), Some(("Ours.", Some("A"))));
    assert!(policy.warnings().is_empty());
    let again = policy_of(policy.to_toml());
    assert_eq!(again.framework("house"), Some(house));
    assert_eq!(again.fingerprint(), policy.fingerprint());
}

#[test]
fn wrong_catalogues_are_refused_with_their_line() {
    let head = "[[framework]]\nid = \"x\"\ntitle = \"x\"\nversion = \"1\"\nsource = \"x\"\nchecked_on = \"2026-11\"\n";
    let one = "[[framework.requirement]]\nid = \"R1\"\nsummary = \"One.\"\n";
    for (rest, line, words) in [
        (format!("{one}{one}"), 11, "the framework.requirement “R1” stands twice in this file"),
        ("[[framework.requirement]]\nsummary = \"No id.\"\n".to_owned(), 7, "needs the key “id”, which names it"),
        (format!("{one}group = \"G\"\n"), 10, "not a group of this framework"),
        (
            "[[framework.group]]\nid = \"G1\"\ntitle = \"x\"\nwithin = \"G\"\n".to_owned(),
            10,
            "not a group that stands above",
        ),
        ("[[framework.requirement]]\nid = \"R1\"\nsummary = \" \"\n".to_owned(), 9, "needs a summary in one line"),
        ("[[framework.requirement]]\nid = \"R1\"\n".to_owned(), 7, "this needs the key “summary”"),
        (format!("{one}valid_to = \"soon\"\n"), 10, "a day is written as"),
        ("kind = \"poem\"\n".to_owned(), 7, "not a kind of framework; expected one of: requirements, risks, areas"),
        (format!("identifiers = [\"R1\"]\n{one}"), 7, "stands twice in this framework"),
        (format!("{one}texts = \"x\"\n"), 10, "unknown key “texts”"),
    ] {
        let flaws = flaws_of(&format!("{head}{rest}"));
        assert!(flaws[0].message.contains(words), "{rest}{flaws:#?}");
        assert_eq!((flaws[0].layer.as_str(), flaws[0].line), ("test", Some(line)), "{rest}{flaws:#?}");
    }
    let gone = flaws_of("\n[[framework]]\nid = \"soc-2\"\nremove = true\n");
    assert!(gone[0].message.contains("“soc-2” was a framework until test:3 removed it"), "{gone:#?}");
}

#[test]
fn the_page_about_content_tells_what_is_shipped() {
    let page = include_str!("../../docs/CONTENT.md");
    let policy = builtin();
    let own = |template: &&crate::policy::Template| !template.items.is_empty();
    for (what, count) in [
        ("`assets/frameworks/`", policy.frameworks().len()),
        ("`assets/policy/controls.toml`", policy.controls().len()),
        ("`assets/patterns/`", policy.patterns().len()),
        ("`assets/policy/checklists/`", policy.checklists().iter().filter(own).count()),
    ] {
        let row = page.lines().find(|line| line.starts_with('|') && line.contains(what)).unwrap();
        assert!(row.contains(&format!("| {count}")), "{what}: {count} and not as in {row}");
    }
    for framework in policy.frameworks() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", framework.id))).unwrap();
        assert!(framework.id == "iso-23894" || row.contains(&framework.requirements.len().to_string()), "{row}");
    }
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let policy = policy_of(example);
    assert_eq!(policy.warnings(), &[]);
    assert!(policy.control("HOUSE-1").is_some() && policy.pattern("crowding-out-human-work").is_none());
}
