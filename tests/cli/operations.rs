//! After the launch, on the command line: signals, alerts, incidents, what is due, figures and insights.

use serde_json::Value as Json;

use crate::desk::Desk;

/// A desk with a signal of Ana's that is live.
fn watched() -> Desk {
    let desk = Desk::new();
    desk.ok(["system", "set", "SYS-1", "--lifecycle", "production"]);
    desk.ok([
        "signal",
        "add",
        "Selection rate gap",
        "--system",
        "SYS-1",
        "--kind",
        "fairness",
        "--threshold",
        "0.1",
        "--owner",
        "me",
        "--alert-route",
        "#hiring-alerts",
        "--status",
        "live",
    ]);
    desk
}

#[test]
fn alerts_are_raised_answered_and_closed() {
    let desk = watched();
    desk.ok(["alert", "raise", "SIG-1", "--value", "0.14", "--at", "2026-03-06T16:00:00Z"]);
    let shown = desk.json(["alert", "show", "ALR-1", "--json"]);
    assert_eq!(shown["title"], "Selection rate gap: 0.14");
    assert_eq!((&shown["status"], &shown["routed_to"]), (&"open".into(), &"ana".into()));
    assert_eq!(shown["answer"]["late"], true);
    // Friday 16:00 to Monday 11:00 is three business hours.
    desk.ok(["alert", "ack", "ALR-1", "--at", "2026-03-09T11:00:00Z"]);
    let shown = desk.json(["alert", "show", "ALR-1", "--json"]);
    assert_eq!((&shown["answer"]["business_hours"], &shown["status"]), (&3.0.into(), &"acknowledged".into()));
    desk.ok(["person", "add", "Bo Berg", "--handle", "bo"]);
    desk.ok(["alert", "route", "ALR-1", "--to", "bo"]);
    desk.ok(["alert", "close", "ALR-1", "--disposition", "false alarm", "--note", "A holiday week"]);
    assert_eq!(desk.json(["alert", "show", "ALR-1", "--json"])["status"], "closed");
}

#[test]
fn pipelines_raise_alerts_as_json_and_in_bulk() {
    let desk = watched();
    // Two of one millisecond are two alerts; one key is one alert, however often it is tried.
    let two = r#"[{"signal": "SIG-1", "value": 0.2, "at": "2026-03-02T10:00:00.123Z"},
                  {"signal": "SIG-1", "value": 0.2, "at": "2026-03-02T10:00:00.123Z"},
                  {"signal": "SIG-1", "value": 0.3, "at": "2026-03-02T11:00:00Z", "key": "run-7"}]"#;
    let told = desk.run_with(["alert", "raise", "--json", "-"], two);
    assert_eq!(told.code, 0, "{}", told.err);
    let raised: Json = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(raised.as_array().map(Vec::len), Some(3));
    let again =
        desk.run_with(["alert", "raise", "--json", "-"], r#"{"signal": "SIG-1", "value": 0.3, "key": "run-7"}"#);
    assert!(again.code == 0 && again.err.contains("1 of 1 was raised before"), "{}", again.err);
    desk.write(
        "alerts.csv",
        "Signal,Value,At,Key\nSIG-1,0.4,2026-03-03 09:00,run-8\nSIG-1,0.5,2026-03-03 10:00,run-9\n",
    );
    desk.ok(["alert", "raise", "--csv", "alerts.csv"]);
    assert_eq!(desk.json(["alert", "list", "--all", "--json"]).as_array().map(Vec::len), Some(5));
    // All or none.
    desk.write("bad.csv", "signal,value\nSIG-1,0.4\nSIG-1,NaN\n");
    assert!(desk.fails(1, ["alert", "raise", "--csv", "bad.csv"]).contains("“NaN” is not a number"));
    assert!(desk.fails(1, ["alert", "raise", "SIG-1", "--at", "2099-01-01T00:00:00Z"]).contains("in the future"));
    desk.write("odd.json", r#"[{"signal": "SIG-1"}, {"signal": "SIG-9"}]"#);
    assert!(desk.fails(4, ["alert", "raise", "--json", "odd.json"]).contains("Alert 2"));
    desk.write("odd.json", r#"[{"signal": "SIG-1", "colour": "red"}]"#);
    assert!(desk.fails(2, ["alert", "raise", "--json", "odd.json"]).contains("alerts have no “colour”"));
    desk.fails(2, ["alert", "raise"]);
}

#[test]
fn readings_are_taken_in_and_cross_the_threshold() {
    let desk = watched();
    let lines = "time,value\n2026-03-01T00:00:00Z,0.05\n2026-03-02T00:00:00Z,0.12\n2026-03-03T00:00:00Z,0.13\n\
                 2026-03-03T00:00:00Z,0.13\n2026-03-09T00:00:00Z,NaN\n2026-03-10T00:00:00Z,0.2\n2099-01-01T00:00:00Z,0.1\n";
    desk.write("gap.csv", lines);
    let told = desk.ok(["signal", "read", "SIG-1", "gap.csv", "--raise"]);
    assert!(told.contains("SIG-1: 4 readings taken in, 1 alert raised."), "{told}");
    assert!(told.contains("Left out: 1 whose value is no number, 1 of the future, 1 there already."), "{told}");
    let shown = desk.ok(["signal", "series", "SIG-1"]);
    assert!(shown.contains("4 from 2026-03-01") && shown.contains("Crossed"), "{shown}");
    assert!(desk.ok(["signal", "series", "SIG-1", "--format", "svg"]).starts_with("<svg"));
    let csv = desk.ok(["signal", "series", "SIG-1", "--format", "csv"]);
    assert_eq!(csv.lines().next(), Some("2026-03-01T00:00:00.000Z,0.05"));
    assert!(desk.fails(1, ["signal", "read", "SIG-1", "gap.csv"]).contains("no new readings"));
    desk.ok(["doctor"]);
}

#[test]
fn readiness_says_what_is_missing_and_a_test_is_evidence() {
    let desk = watched();
    desk.ok([
        "packet",
        "set",
        "REV-1",
        "--exposure",
        "public",
        "--model-type",
        "classical ML",
        "--decision-role",
        "assists",
    ]);
    let ready = desk.json(["signal", "readiness", "--json"]);
    assert_eq!(
        (&ready[0]["system"], &ready[0]["ready"], &ready[0]["watching"]),
        (&"SYS-1".into(), &false.into(), &1.into())
    );
    let told = desk.ok(["signal", "readiness"]);
    assert!(told.contains("user feedback: no such signal (feedback-of-the-public)"), "{told}");
    desk.ok(["signal", "test", "SIG-1", "--note", "Paged the rota; Ana answered after 4 minutes."]);
    let signal = desk.json(["signal", "show", "SIG-1", "--json"]);
    assert_eq!((&signal["status"], &signal["route_test"]), (&"validated".into(), &"EVD-1".into()));
    assert!(desk.ok(["evidence", "show", "EVD-1"]).contains("Alert route of SIG-1 tried"));
    desk.ok(["signal", "add", "Bare", "--system", "SYS-1"]);
    assert!(desk.fails(1, ["signal", "test", "SIG-2", "--note", "x"]).contains("no alert route"));
    assert!(desk.fails(1, ["signal", "set", "SIG-2", "--status", "validated"]).contains("alert route was tried"));
    assert!(desk.fails(1, ["signal", "set", "SIG-2", "--threshold", "a lot"]).contains("not a number"));
}

#[test]
fn an_alert_becomes_an_incident_a_bundle_a_review_and_a_changed_checklist() {
    let desk = watched();
    desk.ok(["packet", "set", "REV-1", "--use-case", "Ranks resumes", "--model-type", "classical ML"]);
    desk.ok(["checklist", "add", "--template", "launch-readiness", "--review", "REV-1"]);
    desk.ok(["alert", "raise", "SIG-1", "--value", "0.3"]);
    let clock = "AI Act: serious incident";
    desk.ok([
        "incident",
        "open",
        "--from",
        "ALR-1",
        "--severity",
        "SEV2",
        "--clocks",
        clock,
        "--people-affected",
        "41",
        "--harm",
        "Older applicants were ranked lower for a week.",
    ]);
    let shown = desk.json(["incident", "show", "INC-1", "--json"]);
    assert_eq!((&shown["title"], &shown["system"]), (&"Selection rate gap: 0.3".into(), &"SYS-1".into()));
    assert_eq!(shown["legal_clocks"][0]["days_left"], 15);
    assert_eq!(shown["timeline"].as_array().map(Vec::len), Some(1));
    let alert = desk.json(["alert", "show", "ALR-1", "--json"]);
    assert_eq!((&alert["incident"], &alert["disposition"]), (&"INC-1".into(), &"incident".into()));
    desk.ok(["incident", "note", "INC-1", "The order is switched off", "--kind", "action"]);
    desk.ok([
        "incident",
        "mitigate",
        "INC-1",
        "Order by date of application",
        "--ends",
        "+14d",
        "--kind",
        "feature flag",
    ]);
    assert!(desk.fails(1, ["incident", "note", "INC-1", "Soon", "--at", "2099-01-01"]).contains("future"));
    // Not over while the clock runs, unless somebody says why.
    let refused = desk.fails(1, ["incident", "set", "INC-1", "--status", "resolved"]);
    assert!(refused.contains("A legal clock still runs: a report is due by"), "{refused}");
    let due = desk.json(["due", "--json"]);
    assert_eq!((&due[0]["sort"], &due[0]["ref"]), (&"legal-clock".into(), &"INC-1".into()));
    desk.ok(["incident", "report", "INC-1", "Market surveillance authority, by form, no. 17"]);
    assert!(desk.json(["incident", "show", "INC-1", "--json"])["report_due_on"].is_null());
    desk.ok(["incident", "set", "INC-1", "--status", "resolved"]);
    // The bundle, with hashes that hold.
    let told = desk.ok(["incident", "bundle", "INC-1", "--out", "bundle"]);
    assert!(told.starts_with("bundle holds "), "{told}");
    let sums = std::fs::read_to_string(desk.folder.path().join("bundle/SHA256SUMS")).expect("sums");
    assert!(
        sums.contains("records/packet.json") && sums.contains("README.md") && sums.contains("history.json"),
        "{sums}"
    );
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").expect("a line of sums");
        assert_eq!(crate::desk::hash(&desk.folder.path().join("bundle").join(name)), hash, "{name}");
    }
    assert!(desk.fails(7, ["incident", "bundle", "INC-1", "--out", "bundle"]).contains("bundle"));
    // What is learnt becomes actions, and a changed checklist.
    let item = "launch-readiness: Rankings are compared by age band every week.";
    let refused = desk.fails(1, ["incident", "review", "INC-1", "--root-cause", "x", "--item", "no-such: y"]);
    assert!(refused.contains("no checklist “no-such”"), "{refused}");
    desk.ok([
        "incident",
        "review",
        "INC-1",
        "--root-cause",
        "No slice by age in the weekly check",
        "--gap",
        "No alert by age band",
        "--test",
        "Ranks by age band",
        "--item",
        item,
        "--learnings",
        "Age is watched",
        "--owner",
        "me",
        "--due",
        "+30d",
    ]);
    let actions = desk.json(["action", "list", "--json"]);
    let kinds: Vec<&str> =
        actions.as_array().expect("a list").iter().filter_map(|action| action["kind"].as_str()).collect();
    assert_eq!(kinds, ["control improvement"; 3]);
    desk.ok(["incident", "document", "INC-1"]);
    let document = desk.ok(["document", "export", "DOC-1"]);
    for part in ["The order is switched off", "Older applicants were ranked lower", "No slice by age", "Close the gap"]
    {
        assert!(document.contains(part), "{part}: {document}");
    }
    let layer = desk.ok(["incident", "proposals", "INC-1"]);
    let policy = desk.write("proposed.toml", &layer);
    let renewed = desk.ok(["checklist", "renew", "CHK-1", "--dry-run", "--policy", policy.to_str().expect("a path")]);
    assert!(renewed.contains("ACT-3"), "{renewed}");
    take_in(&desk);
    desk.ok(["doctor"]);
    desk.ok(["audit", "verify"]);
}

/// The end of the chain: what INC-1 proposes is taken into the policy, and CHK-1 is renewed.
fn take_in(desk: &Desk) {
    desk.ok(["person", "add", "Vic Sand", "--handle", "vic", "--roles", "executive"]);
    let shown = desk.ok(["incident", "proposals", "INC-1", "--take", "--dry-run"]);
    for part in [
        "* checklist launch-readiness: version 1 → 2",
        "+ ACT-3: Rankings are compared by age band every week.",
        "* CHK-1 Launch readiness stands on version 1, and can be renewed",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let refused = desk.fails(9, ["incident", "proposals", "INC-1", "--take", "--why", "Learnt"]);
    for part in ["rule policy-change", "@vic", "can recommend it"] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    desk.ok(["incident", "proposals", "INC-1", "--recommend", "--why", "It would have been seen"]);
    let decision = desk.json(["decision", "show", "DEC-1", "--json"]);
    assert_eq!((&decision["kind"], &decision["subject"]), (&"policy change".into(), &"INC-1".into()));
    assert_eq!(decision["status"], "recommended");
    assert!(desk.ok(["incident", "proposals"]).contains("ACT-3"), "a recommendation takes nothing in");
    assert!(desk.fails(2, ["--as", "vic", "incident", "proposals", "INC-1", "--take"]).contains("--why"));
    let take = ["--as", "vic", "incident", "proposals", "INC-1", "--take", "--why", "It would have been seen"];
    assert!(desk.ok(take).contains("Checklist launch-readiness version 2: ACT-3 added."));
    assert_eq!(desk.json(["action", "show", "ACT-3", "--json"])["status"], "done");
    assert_eq!(desk.json(["policy", "show", "checklist.launch-readiness.version", "--json"]), 2);
    assert_eq!(desk.ok(["incident", "proposals"]), "", "nothing is left to take in");
    // Undo takes it back as a whole.
    desk.ok(["--as", "vic", "undo"]);
    assert_eq!(desk.json(["policy", "show", "checklist.launch-readiness.version", "--json"]), 1);
    assert_eq!(desk.json(["action", "show", "ACT-3", "--json"])["status"], "open");
    desk.ok(take);
    let renewed = desk.ok(["checklist", "renew", "CHK-1"]);
    assert!(renewed.contains("1 added, 0 changed, 0 gone"), "{renewed}");
    let items = desk.json(["checklist-item", "list", "--review", "REV-1", "--json"]);
    let new = items.as_array().expect("a list").iter().find(|item| item["code"] == "ACT-3").expect("the new item");
    assert_eq!(new["text"], "Rankings are compared by age band every week.");
    assert_eq!(desk.json(["incident", "proposals", "--json"])["checklists"], serde_json::json!([]));
}

#[test]
fn what_is_proposed_later_is_laid_over_what_was_taken_in() {
    let desk = watched();
    desk.ok(["person", "set", "me", "--roles", "specialist,executive"]);
    let learn = |title: &str, item: &str| {
        desk.ok(["incident", "open", title, "--system", "SYS-1"]);
        let incident = desk.json(["incident", "list", "--all", "--json"]).as_array().map_or(0, Vec::len);
        desk.ok(["incident", "review", &format!("INC-{incident}"), "--root-cause", "x", "--item", item]);
    };
    learn("First", "launch-readiness: One.");
    desk.ok(["incident", "proposals", "--take", "--why", "One"]);
    learn("Second", "launch-readiness: Two, with a \"quote\" and = signs.");
    learn("Third", "llm-application: Three.");
    // Of one incident, then of all.
    let told = desk.json(["incident", "proposals", "INC-3", "--dry-run", "--json"]);
    assert_eq!((&told["checklists"][0]["checklist"], told["dry_run"] == true), (&"llm-application".into(), true));
    let told = desk.ok(["incident", "proposals", "--take", "--why", "Both"]);
    assert!(told.contains("Checklists launch-readiness version 3: ACT-2 added; llm-application version"), "{told}");
    let template = desk.json(["policy", "show", "checklist.launch-readiness", "--json"]);
    assert_eq!(template["version"], 3);
    let texts: Vec<&str> =
        template["item"].as_array().expect("items").iter().filter_map(|item| item["text"].as_str()).collect();
    assert_eq!(texts[texts.len() - 2..], ["One.", "Two, with a \"quote\" and = signs."]);
    // A cancelled proposal is none.
    learn("Fourth", "launch-readiness: Four.");
    desk.ok(["action", "set", "ACT-4", "--status", "cancelled", "--closing-note", "Not needed"]);
    assert_eq!(desk.ok(["incident", "proposals"]), "");
    desk.ok(["audit", "verify"]);
}

#[test]
fn an_incident_opens_its_review_again() {
    let desk = watched();
    desk.ok(["packet", "set", "REV-1", "--use-case", "Ranks resumes"]);
    desk.ok(["person", "set", "me", "--roles", "specialist,governance forum,executive"]);
    desk.ok(["review", "move", "REV-1", "triage", "--why", "Complete"]);
    desk.ok(["decide", "REV-1", "tier", "low", "--why", "Small"]);
    desk.ok(["review", "move", "REV-1", "assessment"]);
    desk.ok(["review", "move", "REV-1", "decision"]);
    desk.ok(["decide", "REV-1", "approve", "--why", "Good"]);
    desk.ok(["review", "move", "REV-1", "launched"]);
    desk.ok(["incident", "open", "Wrong letters", "--system", "SYS-1", "--keep-review"]);
    assert_eq!(desk.json(["review", "show", "REV-1", "--json"])["stage"], "launched");
    desk.ok(["incident", "open", "Wrong letters again", "--system", "SYS-1"]);
    let review = desk.json(["review", "show", "REV-1", "--json"]);
    assert_eq!(review["stage"], "assessment");
    assert_eq!(review["stage_reason"], "Opened again after an incident: Wrong letters again");
    assert_eq!(desk.json(["incident", "show", "INC-2", "--json"])["review"], "REV-1");
    desk.fails(2, ["incident", "open", "Nowhere"]);
}

#[test]
fn what_is_due_is_told_in_three_steps() {
    let desk = Desk::new();
    desk.ok(["person", "add", "Bo Berg", "--handle", "bo", "--email", "bo@example.org"]);
    let add = |title: &str, due: &str| {
        desk.ok(["action", "add", title, "--review", "REV-1", "--owner", "bo", "--due", due]);
    };
    add("Soon", "+2d");
    add("Late", "-1d");
    add("Very late", "-7d");
    add("Not yet", "+3d");
    let due = desk.json(["due", "--json"]);
    let steps: Vec<(&str, &str)> = due
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["sort"] == "action")
        .filter_map(|one| Some((one["title"].as_str()?, one["step"].as_str()?)))
        .collect();
    assert_eq!(steps, [("Very late", "second escalation"), ("Late", "escalation"), ("Soon", "reminder")]);
    let last = &due[0];
    assert_eq!(last["to"], serde_json::json!(["RAI lead", "executive"]));
    let late = due.as_array().expect("a list").iter().find(|one| one["title"] == "Late").expect("it is there");
    assert_eq!(late["addresses"], serde_json::json!(["bo@example.org"]));
    assert!(late["message"].as_str().is_some_and(|text| text.contains("It is 1 day late")), "{late}");
    let ics = desk.ok(["due", "--ics"]);
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.contains("UID:ACT-2-action@"), "{ics}");
    assert_eq!(desk.json(["due", "--json", "--for", "@bo"]).as_array().map(Vec::len), Some(2));
    let handed = desk.run(["due", "--exec", "cat >> got.jsonl; echo >> got.jsonl; test \"$PROBITY_REF\" != ACT-9"]);
    assert_eq!(handed.code, 0, "{}", handed.err);
    let got = std::fs::read_to_string(desk.folder.path().join("got.jsonl")).expect("it was handed over");
    assert_eq!(got.lines().filter(|line| line.contains("\"sort\":\"action\"")).count(), 3);
    // A program that fails ends it: what was handed over is told, and what not. Nothing is written.
    let told = desk.fails(1, ["due", "--exec", "cat > /dev/null; test \"$PROBITY_REF\" != ACT-2 || exit 3"]);
    for part in ["ACT-2 was not handed over: the command ended with code 3", "before it: ACT-3.", "after it: ACT-1."] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(desk.fails(1, ["due", "--exec", "kill -9 $$"]).contains("was ended by a signal"));
    assert!(desk.fails(1, ["due", "--exec", "no-such-program-here 2> /dev/null"]).contains("ended with code 127"));
}

#[test]
fn figures_are_printed_in_every_form() {
    let desk = watched();
    desk.ok(["survey", "add", "--review", "REV-1", "--score", "4", "--given-on", "2026-08-03"]);
    let json = desk.json(["kpi", "--period", "2026-Q3", "--format", "json"]);
    let all = json.as_array().expect("an array");
    assert_eq!(all.len(), 16);
    for key in ["id", "name", "value", "target", "numerator", "denominator", "n"] {
        assert!(all.iter().all(|figure| figure.get(key).is_some()), "{key}");
    }
    let satisfied = all.iter().find(|figure| figure["id"] == "satisfaction").expect("it is there");
    assert_eq!(
        (&satisfied["value"], &satisfied["n"], &satisfied["verdict"]),
        (&4.0.into(), &1.into(), &"missed".into())
    );
    let table = desk.ok(["kpi", "--period", "2026-Q3"]);
    assert!(table.contains("4.00 of 5") && table.contains("no data"), "{table}");
    assert!(desk.ok(["kpi", "satisfaction", "--format", "csv"]).starts_with("period,id,name"));
    let page = desk.ok(["kpi", "--period", "2026", "--format", "html"]);
    assert!(page.contains("<svg class=\"spark\"") && page.contains("Stakeholder satisfaction"));
    assert!(desk.ok(["kpi", "--by", "team", "--period", "2026-Q3"]).contains("Hiring"));
    let records = desk.ok(["kpi", "records", "satisfaction", "--period", "2026-Q3"]);
    assert!(records.contains("SUR-1") && records.contains("counts"), "{records}");
    assert!(desk.ok(["kpi", "formulas"]).contains("sum of survey scores"));
    assert!(desk.fails(2, ["kpi", "--period", "2026-Q7"]).contains("is no period"));
    assert!(desk.fails(2, ["kpi", "records", "happiness"]).contains("There is no figure"));
    desk.fails(1, ["survey", "add", "--review", "REV-1", "--score", "4", "--given-on", "2099-08-03"]);
}

#[test]
fn insights_are_told_and_written_down() {
    let desk = watched();
    for sub in ["funnel", "ageing", "cycle", "forecast", "recurring", "late"] {
        desk.json(["insights", sub, "--json"]);
        desk.ok(["insights", sub]);
    }
    let readout = desk.ok(["insights", "readout", "--period", "2026"]);
    assert!(
        readout.starts_with("# Readout of the Responsible AI programme, 2026") && readout.contains("- No data, "),
        "{readout}"
    );
}
