//! `probity triage`, and the legal answers it rests on.

use serde_json::Value as Json;

use crate::desk::Desk;

/// A review of a hiring screener with the answers that matter.
fn hiring() -> Desk {
    let desk = Desk::new();
    desk.ok([
        "packet",
        "set",
        "REV-1",
        "--use-case",
        "Ranks applicants by their resumes",
        "--domain",
        "employment-and-workers-management",
        "--decision-role",
        "assists",
        "--personal-data",
        "personal",
        "--model-type",
        "prompted-llm",
        "--exposure",
        "internal",
    ]);
    desk
}

fn functions(list: &Json) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|route| route["function"].as_str()).collect()
}

#[test]
fn a_review_is_triaged_with_reasons_in_words_and_as_json() {
    let desk = hiring();
    let told = desk.ok(["triage", "REV-1"]);
    for part in [
        "high; not decided yet",
        "It takes part in decisions about people's work",
        "[EU AI Act Annex III 4; NYC Local Law 144] (employment-decisions)",
        "privacy within 10 days",
        "impact assessment",
        "LLM application",
        "not decided",
        "look at 4a recruitment, 4b decisions on workers",
        "it is not legal advice",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let json = desk.json(["triage", "REV-1", "--json"]);
    assert_eq!(json["ref"], "REV-1");
    assert_eq!(json["proposed_tier"], "high");
    assert_eq!(json["because"][0]["rule"], "employment-decisions");
    assert_eq!(functions(&json["routes"]), ["privacy", "legal", "human resources", "data science"]);
    assert_eq!(json["legal"]["outcome"], "not decided");
    assert!(json["missing"].as_array().is_some_and(|missing| missing.len() > 5));
    let plain = desk.ok(["triage", "REV-1", "--plain"]);
    assert!(plain.contains("Proposed: high; not decided yet"), "{plain}");
}

#[test]
fn applying_adds_routes_once_in_one_change_that_undo_takes_back() {
    let desk = hiring();
    assert_eq!(desk.json(["review", "show", "REV-1", "--json"])["proposed_tier"], "high");
    let told = desk.ok(["triage", "REV-1", "--apply"]);
    assert!(told.contains("REV-1 triaged: proposed tier high, routes privacy, legal, human resources"), "{told}");
    assert_eq!(functions(&desk.json(["route", "list", "--json"])).len(), 4);
    assert!(desk.ok(["triage", "REV-1", "--apply"]).contains("no route to add"));
    desk.ok(["undo"]);
    assert_eq!(functions(&desk.json(["route", "list", "--json"])).len(), 0);
    desk.ok(["doctor"]);
}

#[test]
fn another_answer_or_policy_is_tried_without_being_saved() {
    let desk = hiring();
    let told = desk.ok(["triage", "REV-1", "--if", "packet.decision_role=informs"]);
    for part in ["high → medium", "- rule employment-decisions", "- document impact assessment", "Goes"] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let json = desk.json(["triage", "REV-1", "--if", "exposure=public", "--if", "legal.art_5_a=applies", "--json"]);
    assert_eq!(json["proposed_tier"][1], "prohibited");
    assert_eq!(json["outcome"][1], "prohibited");
    assert!(functions_of(&json["comes"], "route").contains(&"accessibility".to_owned()));
    desk.write("ours.toml", "[[tier_rule]]\nid = \"employment-decisions\"\ntier = \"medium\"\n");
    assert!(desk.ok(["triage", "REV-1", "--if-policy", "ours.toml"]).contains("high → medium"));
    assert!(desk.ok(["triage", "--all", "--if-policy", "ours.toml"]).contains("1 of 1 reviews would be proposed"));
    assert!(
        desk.ok(["triage", "REV-1", "--if", "packet.exposure=internal"]).contains("Nothing comes and nothing goes")
    );
    assert_eq!(desk.json(["packet", "show", "REV-1", "--json"])["exposure"], "internal");
}

fn functions_of(changes: &Json, part: &str) -> Vec<String> {
    let changes = changes.as_array().into_iter().flatten().filter(|change| change["part"] == part);
    changes.filter_map(|change| change["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_change_of_answers_tells_what_came_and_went() {
    let desk = hiring();
    let told = desk.ok(["packet", "set", "REV-1", "--decision-role", "informs"]);
    for part in ["Proposed tier: high → medium", "- rule employment-decisions", "- document impact assessment"] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    assert!(told.contains("items of the checklist launch-readiness"), "{told}");
    let told = desk.ok(["legal", "add", "--review", "REV-1", "--art-5-a", "applies"]);
    assert!(told.contains("Proposed tier: medium → prohibited"), "{told}");
    let told = desk.ok(["legal", "set", "REV-1", "--art-5-a", "ruled-out"]);
    assert!(told.contains("Under the law: prohibited → "), "{told}");
    let told = desk.ok(["packet", "set", "REV-1", "--scale", "400 a day"]);
    assert!(!told.contains("Proposed tier"), "{told}");
    // Programs get what they asked for and no more.
    let json = desk.json(["packet", "set", "REV-1", "--decision-role", "assists", "--print", "json"]);
    assert_eq!(json[0]["decision_role"], "assists");
    assert_eq!(desk.ok(["packet", "set", "REV-1", "--decision-role", "informs", "--print", "ref"]).trim(), "PKT-1");
}

#[test]
fn a_duplicate_is_said_before_it_is_triaged() {
    let desk = hiring();
    let words = "Forecasts grape harvest yields per vineyard parcel from satellite imagery, soil moisture probes and frost \
                 records, so that cellar masters order barrels, bottles and corks early, and pickers hear by Tuesday";
    for title in ["Harvest forecast", "Harvest forecast for vineyards"] {
        let review = desk.json(["review", "add", title, "--system", "SYS-1", "--print", "json"]);
        let reference = review[0]["ref"].as_str().expect("a reference").to_owned();
        if title.ends_with("vineyards") {
            let system = desk.json(["system", "add", title, "--print", "json"]);
            let system = system[0]["ref"].as_str().expect("a reference").to_owned();
            desk.ok(["review", "set", &reference, "--system", &system]);
        }
        desk.ok(["packet", "set", &reference, "--use-case", words, "--intended-use", words]);
    }
    let told = desk.ok(["triage", "REV-3"]);
    let (twin, tier) = (told.find("perhaps of REV-2").expect("said"), told.find("Proposed").expect("a tier"));
    assert!(twin < tier && told.contains("alike by words such as"), "{told}");
    assert!(!desk.ok(["triage", "REV-1"]).contains("perhaps of"));
}

#[test]
fn the_law_is_answered_through_the_commands_of_every_record() {
    let desk = hiring();
    let added = desk.ok(["legal", "add", "--review", "REV-1", "--role", "provider", "--annex-iii", "4a"]);
    assert!(added.starts_with("LGL-1 added"), "{added}");
    let legal = desk.json(["legal", "show", "REV-1", "--json"]);
    assert_eq!((legal["outcome"].as_str(), legal["law"].as_str()), (Some("not decided"), Some("eu-ai-act-2026-06")));
    let practices = ["a", "b", "c", "d", "e", "f", "g", "h", "new"];
    let ruled_out: Vec<String> =
        practices.iter().flat_map(|letter| [format!("--art-5-{letter}"), "ruled-out".to_owned()]).collect();
    let mut args: Vec<&str> = vec!["legal", "set", "REV-1", "--annex-i", "neither"];
    args.extend(ruled_out.iter().map(String::as_str));
    desk.ok(args);
    let told = desk.ok(["triage", "REV-1"]);
    for part in ["high-risk: Annex III", "[Annex III 4(a)]", "2027-12-02", "Art. 4 since 2025-02-02"] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    let begins = || {
        let json = desk.json(["triage", "REV-1", "--json"]);
        let duties = json["legal"]["duties"].as_array().expect("duties").clone();
        let duty = duties.into_iter().find(|duty| duty["id"] == "risk-management").expect("a duty");
        duty["valid_from"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(begins(), "2027-12-02");
    desk.ok(["legal", "set", "REV-1", "--law", "eu-ai-act-2024"]);
    assert_eq!(begins(), "2026-08-02");
    let ground = ["--profiling", "no", "--art-6-3", "d", "--art-6-3-reason", "It only sorts files."];
    desk.ok(["legal", "set", "REV-1"].into_iter().chain(ground));
    assert_eq!(desk.json(["legal", "show", "REV-1", "--json"])["outcome"], "Annex III, not high-risk by Art. 6(3)");
    let told = desk.fails(1, ["legal", "set", "REV-1", "--profiling", "yes"]);
    assert!(told.contains("No ground of Art. 6(3) is open"), "{told}");
    desk.fails(1, ["legal", "set", "REV-1", "--annex-iii", "none,4a"]);
    desk.fails(1, ["legal", "add", "--review", "REV-1"]);
    desk.fails(2, ["legal", "set", "REV-1", "--outcome", "minimal"]);
}

#[test]
fn all_reviews_are_spread_by_tier_and_against_a_field() {
    let desk = hiring();
    desk.ok(["review", "add", "Mail sorter", "--system", "SYS-1"]);
    let json = desk.json(["triage", "--all", "--json"]);
    assert_eq!(json["reviews"], 2);
    assert_eq!(json["by_proposed_tier"]["high"], 1);
    assert_eq!(json["by_proposed_tier"]["none"], 1, "nothing was said of the second one");
    assert_eq!(json["classified"][0]["because"][0]["rule"], "employment-decisions");
    let crossed = desk.json(["triage", "--all", "--by", "packet.exposure", "--json"]);
    assert_eq!(crossed["against"]["rows"][1]["value"], "internal");
    assert_eq!(crossed["against"]["rows"][1]["by_proposed_tier"]["high"], 1);
    let told = desk.ok(["triage", "--all"]);
    assert!(told.contains("2 reviews by proposed tier") && told.contains("employment-decisions"), "{told}");
    assert_eq!(desk.json(["triage", "--all", "--filter", "title~mail", "--json"])["reviews"], 1);
}

#[test]
fn proposals_follow_a_policy_that_changed_when_asked_to() {
    let desk = hiring();
    let ours = desk.write("ours.toml", "[[tier_rule]]\nid = \"employment-decisions\"\ntier = \"low\"\n");
    let policy = ["--policy", ours.to_str().expect("a path")];
    let apply = |args: &[&'static str]| desk.ok(policy.into_iter().chain(args.iter().copied()));
    assert!(apply(&["triage", "--all", "--apply"]).contains("1 of 1 proposed tiers brought up to date"));
    assert_eq!(desk.json(["review", "show", "REV-1", "--json"])["proposed_tier"], "medium");
    assert!(apply(&["triage", "--all", "--apply"]).contains("0 of 1"));
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let desk = hiring();
    for (code, args, words) in [
        (2, vec!["triage"], "Say which reviews"),
        (4, vec!["triage", "REV-9"], "REV-9"),
        (2, vec!["triage", "REV-1", "--if", "packet.exposure"], "write packet.FIELD=VALUE"),
        (2, vec!["triage", "REV-1", "--if", "risk.severity=3"], "write packet.FIELD=VALUE"),
        (2, vec!["triage", "REV-1", "--if", "packet.answered=3"], "follows from the rest"),
        (2, vec!["triage", "REV-1", "--if", "packet.exposure=moon"], "not one of"),
        (2, vec!["triage", "REV-1", "--if", "packet.expo=public"], "have no field"),
        (2, vec!["triage", "--all", "--by", "risk.level"], "name a field of review, packet, legal or system"),
        (8, vec!["triage", "REV-1", "--if-policy", "nowhere.toml"], "nowhere.toml"),
    ] {
        let told = desk.fails(code, &args);
        assert!(told.contains(words), "{args:?}: {told}");
    }
}

#[test]
fn bad_rules_are_refused_with_their_line_and_a_failing_one_is_named() {
    let desk = hiring();
    let rule = |when: &str| format!("[[tier_rule]]\nid = \"x\"\ntier = \"high\"\nreason = \"y\"\nwhen = \"{when}\"\n");
    for (when, words) in [
        ("10 / size(packet.languages) > 1", "it divides by zero"),
        ("packet.expsure == 'public'", "did you mean “exposure”?"),
        ("packet.tags.all(a, packet.tags.all(b, packet.tags.all(c, a == c)))", "nest at most two deep"),
    ] {
        desk.write("bad.toml", rule(when));
        let told = desk.fails(8, ["--policy", "bad.toml", "triage", "REV-1"]);
        assert!(told.contains("bad.toml:5:") && told.contains(words), "{told}");
    }
    // This one fails only on some answers: nothing is judged then, and the rule is named.
    desk.write("late.toml", rule("answered(packet.use_case) && 1 / (size(packet.use_case) - 33) > 0"));
    let told = desk.fails(8, ["--policy", "late.toml", "triage", "REV-1"]);
    assert!(told.contains("tier_rule x") && told.contains("it divides by zero"), "{told}");
    let told = desk.run(["--policy", "late.toml", "triage", "--all"]);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.err.contains("REV-1") && told.err.contains("1 of 1 reviews could not be triaged"), "{}", told.err);
}

#[test]
fn hostile_text_is_shown_safely() {
    let desk = hiring();
    desk.ok(["review", "set", "REV-1", "--title", "Screener \u{1b}[31m\u{202e}evil"]);
    desk.ok(["packet", "set", "REV-1", "--use-case", "\u{1b}]0;title\u{7} \u{200b}Ranks \" OR applicants NEAR("]);
    for args in [vec!["triage", "REV-1"], vec!["triage", "--all"], vec!["triage", "REV-1", "--json"]] {
        let told = desk.ok(&args);
        assert!(!told.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{args:?}");
    }
}

#[test]
fn of_the_real_inventory_everything_is_classified_with_reasons() {
    let desk = Desk::new();
    let excerpt = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/us-federal-2024-excerpt.csv");
    desk.ok(["import", "inventory", excerpt, "--mapping", "us-federal-2024"]);
    let json = desk.json(["triage", "--all", "--by", "packet.declared_impact", "--json"]);
    let classified = json["classified"].as_array().expect("a list");
    let imported = classified.iter().skip(1);
    assert!(classified.len() > 25);
    for row in imported {
        assert!(row["proposed_tier"].is_string(), "{row}");
        let declared = row["because"].as_array().into_iter().flatten();
        for because in declared {
            assert!(because["reason"].as_str().is_some_and(|reason| reason.ends_with('.')), "{because}");
        }
    }
    assert_eq!(json["by_proposed_tier"].get("prohibited"), None, "no row says anything of prohibited practices");
    let stored = desk.json(["review", "list", "--all", "--json"]);
    for review in stored.as_array().into_iter().flatten() {
        let row = classified.iter().find(|row| row["ref"] == review["ref"]).expect("classified");
        assert_eq!(row["proposed_tier"], review["proposed_tier"], "what is stored is what is computed");
    }
    // Three of an agency's fifty-one use cases of one name, each for another purpose; three chatbots of two agencies.
    let named = |title: &str| -> Vec<String> {
        let rows = classified.iter().filter(|row| row["title"] == title);
        rows.filter_map(|row| row["ref"].as_str().map(str::to_owned)).collect()
    };
    for reference in named("Generative AI Usage").iter().chain(&named("Chatbot")) {
        let alike = desk.json(["triage", reference, "--json"]);
        assert_eq!(alike["duplicates"].as_array().map(Vec::len), Some(0), "{reference}: {}", alike["duplicates"]);
        let similar = alike["similar"].as_array().into_iter().flatten();
        assert!(similar.clone().all(|case| case["reason"].as_str().is_some_and(|why| why.contains("alike by words"))));
    }
}
