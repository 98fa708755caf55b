//! Both formats as their readers see them.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::review::Place;
use crate::review::gate::{Gate, Step, Verdict};

fn gate(title: &str, text: &str) -> Gate {
    let check = |id, title, verdict, findings| Check { id, title, verdict, reason: text.to_owned(), findings };
    let finding = Finding {
        text: text.to_owned(),
        record: Some("RTE-1".to_owned()),
        next: Step { what: text.to_owned(), command: "probity route set RTE-1".to_owned(), place: Place::Review },
    };
    let mut bare = finding.clone();
    bare.record = None;
    let mut checks: Vec<Check> =
        crate::review::gate::checks().map(|(id, title)| check(id, title, Verdict::Pass, Vec::new())).collect();
    checks[2] = check("routes", "Routes cleared", Verdict::Fail, vec![finding, bare]);
    checks[3] = check("documents", "Documents", Verdict::NotRequired, Vec::new());
    Gate {
        review: "REV-1".to_owned(),
        title: title.to_owned(),
        release: Some("2.1".to_owned()),
        model_version: None,
        tier: Some("high".to_owned()),
        open: false,
        checks,
    }
}

/// The elements of a document, each with its attributes; fails where it is not well formed.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    let mut depth = 0_i32;
    loop {
        match reader.read_event().expect("well-formed XML") {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                let (Event::Start(start) | Event::Empty(start)) = &event else { continue };
                depth += i32::from(matches!(event, Event::Start(_)));
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    let value = quick_xml::escape::unescape(&attribute.value).expect("a value").into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                found.push((start.name().as_ref().to_owned(), attributes.collect()));
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element is closed");
    found
}

#[test]
fn junit_counts_what_it_holds() {
    let xml = junit(&gate("Screener <v2> & \"more\"", "Privacy was not asked."), "2026-11-24T10:00:00");
    let all = elements(&xml);
    let named = |name: &str| all.iter().filter(|(element, _)| element == name).collect::<Vec<_>>();
    let suite = &named("testsuite")[0].1;
    let attribute = |name: &str| suite.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(attribute("name"), Some("REV-1 Screener <v2> & \"more\", release 2.1"));
    assert_eq!(attribute("tests"), Some(named("testcase").len().to_string().as_str()));
    assert_eq!((attribute("failures"), named("failure").len()), (Some("1"), 1));
    assert_eq!((attribute("skipped"), named("skipped").len()), (Some("1"), 1));
    assert!(xml.contains("Next: Privacy was not asked. (probity route set RTE-1)"));
}

/// The members that SARIF 2.1.0 requires, with their types; the schema itself is not shipped.
#[test]
fn sarif_has_the_members_that_it_requires() {
    let log = sarif(&gate("Screener", "Privacy was not asked."), "acme rai.db");
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string());
    let rules = driver["rules"].as_array().expect("rules");
    for (at, rule) in rules.iter().enumerate() {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
        assert!(rules[..at].iter().all(|other| other["id"] != rule["id"]), "section 3.19.23: ids differ");
    }
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 2, "one for each finding");
    for result in results {
        assert!(result["message"]["text"].is_string(), "section 3.27.11");
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("it fits");
        assert_eq!(rules[index]["id"], result["ruleId"], "section 3.27.6");
        assert_eq!((result["kind"].as_str(), result["level"].as_str()), (Some("fail"), Some("error")));
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "acme%20rai.db");
        assert_eq!(physical["artifactLocation"]["index"], 0, "an index into the artifacts of the run");
        assert!(physical["region"]["startLine"].as_u64() >= Some(1));
        assert!(result["partialFingerprints"]["probityFinding/v1"].is_string());
    }
    assert_eq!(results[0]["locations"][0]["logicalLocations"][0]["name"], "RTE-1");
    assert_eq!(run["properties"]["checks"].as_array().map(Vec::len), Some(rules.len()), "no check is left out");
}

proptest! {
    #[test]
    fn whatever_people_typed_stays_text(title in any::<String>(), said in any::<String>()) {
        let gate = gate(&title, &said);
        let all = elements(&junit(&gate, "2026-11-24T10:00:00"));
        prop_assert_eq!(all.iter().filter(|(name, _)| name == "testcase").count(), gate.checks.len());
        let log = sarif(&gate, &title);
        let uri = log["runs"][0]["artifacts"][0]["location"]["uri"].as_str().unwrap_or_default();
        prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
