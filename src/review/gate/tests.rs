//! Each check on its own, and the gate as a whole, on facts that are made up: no file is needed.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::record::decision::snapshot::Difference;
use crate::record::decision::{ACCEPTANCE, APPROVE, TIER, WAIVER};
use crate::record::{
    ACTION, CHECKLIST, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, Kind, PACKET, RELEASE, REVIEW, RISK, ROUTE,
    SIGNAL, Value,
};
use crate::review::decide::State;
use crate::review::evidence::Subject;
use crate::review::triage::assess;

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
}

fn record(kind: Kind, reference: &str, fields: &[(&str, &str)]) -> Record {
    let mut record = Record::empty(kind);
    record.set("id", format!("id of {reference}"));
    record.set("ref", reference);
    for (name, text) in fields {
        record.set(name, *text);
    }
    record
}

/// Every answer that policy may ask for, of a screener that decides with review.
fn packet() -> Record {
    let mut packet = record(&PACKET, "PKT-1", &[]);
    for field in PACKET.fields.iter().filter(|field| field.is_editable()) {
        if matches!(field.kind, crate::record::FieldKind::Prose | crate::record::FieldKind::Line) {
            packet.set(field.name, "Said in plain words.");
        }
    }
    for (name, choice) in [
        ("decision_role", "decides with review"),
        ("domain", "employment and workers management"),
        ("personal_data", "personal"),
        ("model_type", "classical ML"),
        ("model_provider", "in-house"),
        ("exposure", "public"),
        ("human_oversight", "before action"),
        ("declared_impact", "rights-impacting"),
    ] {
        packet.set(name, choice);
    }
    for list in ["geography", "languages", "stakeholders"] {
        packet.set(list, Value::List(vec!["EU".to_owned()]));
    }
    packet.set("planned_launch_on", day("2026-12-15"));
    packet
}

fn accepted(reference: &str, kind: &str) -> Record {
    let mut evidence = record(
        &EVIDENCE,
        reference,
        &[("title", "Proof"), ("kind", kind), ("status", "accepted"), ("model_version", "2.1")],
    );
    evidence.set("produced_on", day("2026-11-01"));
    evidence
}

fn made(reference: &str, kind: &str, subject: &str, state: State) -> (Record, State) {
    (record(&DECISION, reference, &[("kind", kind), ("subject", subject)]), state)
}

fn outdated() -> State {
    State::Outdated(vec![Difference {
        record: "PKT-1".to_owned(),
        field: "exposure".to_owned(),
        label: "exposure".to_owned(),
        was: "internal".to_owned(),
        is: "public".to_owned(),
    }])
}

/// Puts a decision into another state, or takes it away.
fn lapse(facts: &mut Facts, reference: &str, state: Option<State>) {
    let at = facts.decisions.iter().position(|(one, _)| one.reference() == reference).expect("it is there");
    match state {
        Some(state) => facts.decisions[at].1 = state,
        None => drop(facts.decisions.remove(at)),
    }
}

fn retriage(facts: &mut Facts) {
    facts.triage = assess(&Policy::builtin(), &facts.packet, None, &facts.review).expect("a triage");
}

/// A signal that comes in, with an owner and an alert route.
fn watching() -> Record {
    record(&SIGNAL, "SIG-1", &[("name", "Drift"), ("owner", "ana"), ("alert_route", "#alerts"), ("status", "live")])
}

/// A review that may launch: whatever a rule asks for is there.
pub(in crate::review) fn ready() -> Facts {
    let policy = Policy::builtin();
    let review = record(&REVIEW, "REV-1", &[("title", "Screener"), ("stage", "approved"), ("tier", "high")]);
    let packet = packet();
    let triage = assess(&policy, &packet, None, &review).expect("a triage");
    let of_function = |(at, route): (usize, &crate::review::triage::Route)| {
        record(&ROUTE, &format!("RTE-{at}"), &[("function", &route.function), ("status", "cleared")])
    };
    let mut evidence: Vec<Record> =
        triage.documents.iter().enumerate().map(|(at, need)| accepted(&format!("EVD-{at}"), &need.what)).collect();
    evidence.extend([accepted("EVD-90", "evaluation report"), accepted("EVD-91", "fairness report")]);
    for (at, need) in triage.documents.iter().enumerate() {
        // A policy may name a document that is no kind of evidence: a tag then says what it is.
        evidence[at].set("tags", Value::List(vec![need.what.clone()]));
    }
    let checklists = triage.checklists.iter().map(|need| record(&CHECKLIST, "CHK-1", &[("template", &need.what)]));
    let mut item = record(&CHECKLIST_ITEM, "ITM-1", &[("code", "FAIR-02"), ("status", "pass")]);
    item.set("required_evidence", Value::List(vec!["fairness report".to_owned()]));
    item.set("evidence", Value::List(vec!["EVD-91".to_owned()]));
    let mut risk = record(&RISK, "RSK-1", &[("title", "Proxy for age"), ("level", "high"), ("status", "accepted")]);
    risk.set("accepted_until", day("2027-01-01"));
    let mut blocking = record(&ACTION, "ACT-1", &[("title", "Mask"), ("kind", "condition"), ("status", "done")]);
    blocking.set("launch_blocking", Value::Flag(true));
    Facts {
        signals: vec![watching()],
        incidents: Vec::new(),
        today: day("2026-11-24"),
        release: Some(record(&RELEASE, "REL-1", &[("name", "2.1"), ("model_version", "2.1")])),
        subject: Subject { release: Some("id of REL-1".to_owned()), model_version: Some("2.1".to_owned()) },
        routes: triage.routes.iter().enumerate().map(of_function).collect(),
        checklists: checklists.collect(),
        items: vec![item],
        risks: vec![risk, record(&RISK, "RSK-2", &[("level", "low"), ("status", "open")])],
        actions: vec![blocking],
        cited: HashMap::from([("EVD-91".to_owned(), accepted("EVD-91", "fairness report"))]),
        decisions: vec![
            made("DEC-1", TIER, "REV-1", State::InForce),
            made("DEC-2", ACCEPTANCE, "RSK-1", State::InForce),
            made("DEC-3", APPROVE, "REV-1", State::InForce),
        ],
        handles: HashMap::new(),
        evidence,
        documents: Vec::new(),
        runs: Vec::new(),
        packet,
        triage,
        review,
    }
}

fn of<'g>(gate: &'g Gate, id: &str) -> &'g Check {
    gate.checks.iter().find(|check| check.id == id).expect("a check")
}

/// Judges facts that were changed, and asserts that this check alone keeps the gate shut; returns it.
fn broken(id: &str, change: impl FnOnce(&mut Facts)) -> Check {
    let mut facts = ready();
    change(&mut facts);
    let gate = judge(&Policy::builtin(), &facts);
    let failing: Vec<&str> =
        gate.checks.iter().filter(|check| check.verdict == Verdict::Fail).map(|check| check.id).collect();
    assert_eq!(failing, [id], "{gate:#?}");
    assert!(!gate.open);
    of(&gate, id).clone()
}

#[test]
fn what_is_ready_may_launch() {
    let gate = judge(&Policy::builtin(), &ready());
    assert!(gate.open, "{gate:#?}");
    assert_eq!(gate.count(Verdict::Pass), gate.checks.len(), "every check is asked of a high tier: {gate:#?}");
    assert_eq!(gate.summary(), format!("open: all {} checks pass", gate.checks.len()));
}

#[test]
fn checks_have_names_of_their_own_and_say_what_mends_them() {
    let mut empty = ready();
    empty.routes.clear();
    empty.checklists.clear();
    empty.evidence.clear();
    empty.packet.set("monitoring_plan", Value::Empty);
    empty.review.set("tier", Value::Empty);
    retriage(&mut empty);
    for check in judge(&Policy::builtin(), &empty).checks {
        assert_eq!(check.findings.is_empty(), check.verdict != Verdict::Fail, "{check:?}");
        assert!(check.reason.ends_with('.'), "{check:?}");
        for finding in check.findings {
            assert!(finding.next.command.starts_with("probity "), "{finding:?}");
        }
    }
    let ids: Vec<&str> = checks().map(|(id, _)| id).collect();
    assert!(ids.iter().enumerate().all(|(at, id)| !ids[..at].contains(id)));
}

#[test]
fn an_answer_that_is_missing_closes_it() {
    let check = broken("packet", |facts| {
        facts.packet.set("lawful_basis", Value::Empty);
        retriage(facts);
    });
    assert!(check.reason.contains("Lawful basis is not answered"), "{}", check.reason);
    assert_eq!(check.findings[0].next.command, "probity packet set REV-1 --lawful-basis ANSWER");
}

#[test]
fn the_tier_must_be_decided_and_explained_where_it_is_lower() {
    let check = broken("tier", |facts| facts.review.set("tier", Value::Empty));
    assert!(check.reason.contains("the rules propose"), "{}", check.reason);
    assert!(broken("tier", |facts| facts.review.set("tier", "prohibited")).reason.contains("cannot launch"));
    let mut facts = ready();
    facts.review.set("tier", "minimal");
    let gate = judge(&Policy::builtin(), &facts);
    assert!(gate.open && of(&gate, "tier").reason.contains("lower than the high that the rules propose"));
}

#[test]
fn decisions_must_be_on_record_and_still_stand() {
    for (id, reference) in [("tier", "DEC-1"), ("risks", "DEC-2"), ("decision", "DEC-3")] {
        let check = broken(id, |facts| lapse(facts, reference, None));
        assert!(check.reason.contains("is on record"), "{}", check.reason);
        let check = broken(id, |facts| lapse(facts, reference, Some(outdated())));
        let said = format!("{reference} is outdated: PKT-1 exposure was “internal”, is “public”");
        assert!(check.reason.contains(&said), "{}", check.reason);
        let check = broken(id, |facts| lapse(facts, reference, Some(State::Expired(day("2026-11-20")))));
        assert!(check.reason.contains("ended on 2026-11-20"), "{}", check.reason);
        for state in [State::Recommended, State::Superseded, State::Withdrawn] {
            broken(id, |facts| lapse(facts, reference, Some(state)));
        }
    }
}

#[test]
fn a_waiver_is_a_decision_that_stands() {
    let waived = |state: Option<State>| {
        let mut facts = ready();
        facts.items[0].set("status", "waived");
        // What is waived is not asked for by an analysis of its own any more.
        facts.items[0].set("reason", "No figures yet.");
        facts.decisions.extend(state.map(|state| made("DEC-9", WAIVER, "ITM-1", state)));
        judge(&Policy::builtin(), &facts)
    };
    assert!(waived(Some(State::InForce)).open);
    assert!(!waived(None).open);
    let over = waived(Some(State::Expired(day("2026-11-01"))));
    assert!(of(&over, "checklist").reason.contains("is waived, but DEC-9 ended on 2026-11-01"), "{over:#?}");
}

#[test]
fn routes_must_be_asked_and_cleared() {
    assert!(broken("routes", |facts| facts.routes.truncate(0)).findings.len() > 1);
    let check = broken("routes", |facts| {
        facts.routes[0].set("status", "in progress");
        facts.routes[0].set("due_on", day("2026-11-20"));
    });
    assert!(check.reason.contains("due since 2026-11-20"), "{}", check.reason);
    assert_eq!(check.findings[0].record.as_deref(), Some("RTE-0"));
    broken("routes", |facts| facts.routes[0].set("status", "blocked"));
    let mut facts = ready();
    facts.routes.clear();
    facts.triage.routes.clear();
    assert_eq!(of(&judge(&Policy::builtin(), &facts), "routes").verdict, Verdict::NotRequired);
}

/// The place of a document in the evidence of [`ready`].
fn place(facts: &Facts, kind: &str) -> usize {
    facts.triage.documents.iter().position(|need| need.what == kind).expect("the document is asked for")
}

#[test]
fn documents_must_be_there_accepted_and_current() {
    let change = |what: &'static str, value: &'static str| {
        broken("documents", |facts| {
            let at = place(facts, "system card");
            facts.evidence[at].set(what, value);
        })
    };
    assert!(change("status", "submitted").reason.contains("not accepted yet"));
    assert!(change("status", "rejected").reason.contains("was rejected"));
    assert!(change("model_version", "2.0").reason.contains("model version 2.0, and 2.1 is under review"));
    assert!(change("drift", "changed").reason.contains("drifted"));
    assert!(change("status", "superseded").reason.contains("Missing: system card."));
    let old = broken("documents", |facts| {
        let at = place(facts, "system card");
        facts.evidence[at].set("produced_on", day("2020-01-01"));
    });
    assert!(old.reason.contains("policy allows"), "{}", old.reason);
    let none = broken("documents", |facts| {
        let at = place(facts, "system card");
        facts.evidence.remove(at);
    });
    assert_eq!(none.findings[0].next.command, "probity document new system-card --review REV-1");
}

#[test]
fn a_document_that_is_written_here_counts_once_it_is_approved_and_while_it_is_current() {
    let with = |said: &'static [(&'static str, &'static str)]| {
        let mut facts = ready();
        let at = place(&facts, "system card");
        facts.evidence.remove(at);
        let mut document = record(&DOCUMENT, "DOC-1", &[("title", "System card"), ("kind", "system card")]);
        document.set("model_version", "2.1");
        document.set("approved_at", Value::Moment("2026-11-01T09:00:00Z".parse().expect("a moment")));
        for (field, value) in said {
            document.set(field, *value);
        }
        facts.documents.push(document);
        facts
    };
    let reason = |said| {
        let gate = judge(&Policy::builtin(), &with(said));
        of(&gate, "documents").reason.clone()
    };
    let approved = with(&[("status", "approved")]);
    assert!(judge(&Policy::builtin(), &approved).open);
    let trace = crate::review::trace::trace(&Policy::builtin(), &approved);
    let cards = trace.children.iter().flat_map(|link| &link.children).filter(|node| node.link == "system card");
    assert_eq!(cards.map(|card| card.record.as_deref()).collect::<Vec<_>>(), [Some("DOC-1")]);
    assert!(reason(&[("status", "draft")]).contains("is a draft"));
    assert!(reason(&[("status", "in review")]).contains("is being read by nobody"));
    assert!(reason(&[("status", "changes requested"), ("rework", "major")]).contains("sent back: major rework"));
    assert!(reason(&[("status", "superseded")]).contains("Missing: system card"));
    let stale = reason(&[("status", "approved"), ("model_version", "2.0")]);
    assert!(stale.contains("is stale: it is about model version 2.0"), "{stale}");
    assert!(reason(&[("status", "approved"), ("kind", "model card")]).contains("Missing: system card"));
}

#[test]
fn items_must_be_settled_with_proof() {
    let change = |what: &'static str, value: Value| broken("checklist", move |facts| facts.items[0].set(what, value));
    assert!(change("status", "open".into()).reason.contains("is open"));
    assert!(change("status", "fail".into()).reason.contains("failed"));
    assert!(change("evidence", Value::List(Vec::new())).reason.contains("nothing shows it"));
    assert!(change("evidence", Value::List(vec!["EVD-7".to_owned()])).reason.contains("nothing shows it"));
    let stale = broken("checklist", |facts| {
        facts.cited.get_mut("EVD-91").expect("it is cited").set("model_version", "1.0");
    });
    assert!(stale.reason.starts_with("FAIR-02 (ITM-1) passed, but EVD-91"), "{}", stale.reason);
    assert!(broken("checklist", |facts| facts.checklists.clear()).reason.contains("was not started"));
    let mut facts = ready();
    facts.items[0].set("status", "not applicable");
    assert!(judge(&Policy::builtin(), &facts).open);
}

#[test]
fn analyses_must_be_there_where_they_are_asked_for() {
    let check = broken("analysis", |facts| facts.evidence.retain(|one| one.text("kind") != Some("fairness report")));
    assert!(check.reason.contains("Missing: fairness report."), "{}", check.reason);
    let mut facts = ready();
    facts.triage.documents.retain(|need| need.what != "evaluation plan");
    facts.items[0].set("required_evidence", Value::List(Vec::new()));
    assert_eq!(of(&judge(&Policy::builtin(), &facts), "analysis").verdict, Verdict::NotRequired);
}

#[test]
fn risks_must_be_tolerated_or_accepted_and_still_so() {
    let change =
        |what: &'static str, value: Value| broken("risks", move |facts| facts.risks[0].set(what, value)).reason;
    assert!(change("status", "mitigated".into()).contains("over medium, and nobody accepted it"));
    assert!(change("accepted_until", day("2026-11-23").into()).contains("ended on 2026-11-23"));
    assert!(change("level", Value::Empty).contains("is not scored"));
    let mut facts = ready();
    facts.risks[0].set("accepted_until", facts.today);
    assert!(judge(&Policy::builtin(), &facts).open, "it holds on its last day");
}

#[test]
fn actions_that_block_must_be_done() {
    let check = broken("actions", |facts| {
        facts.actions[0].set("kind", "mitigation");
        facts.actions[0].set("status", "blocked");
    });
    assert!(check.reason.contains("is blocked with nobody"), "{}", check.reason);
    let mut facts = ready();
    facts.actions[0].set("launch_blocking", Value::Flag(false));
    assert_eq!(of(&judge(&Policy::builtin(), &facts), "actions").verdict, Verdict::NotRequired);
}

#[test]
fn monitoring_and_disclosure_must_be_said_and_looked_at() {
    for (id, kind) in [("monitoring", "monitoring plan"), ("disclosure", "disclosure review notes")] {
        let check = broken(id, |facts| {
            let at = place(facts, kind);
            facts.evidence[at].set("status", "submitted");
        });
        assert!(check.reason.contains("not accepted yet"), "{}", check.reason);
        let mut facts = ready();
        facts.triage.documents.retain(|need| need.what != kind);
        assert_eq!(of(&judge(&Policy::builtin(), &facts), id).verdict, Verdict::NotRequired);
    }
    let mut facts = ready();
    let at = place(&facts, "monitoring plan");
    facts.evidence[at] = accepted("EVD-99", "monitoring export");
    assert!(judge(&Policy::builtin(), &facts).open, "a first export shows more than a plan");
    facts.signals.clear();
    assert!(judge(&Policy::builtin(), &facts).open, "signals may be kept elsewhere, of which an export is proof");
    facts.packet.set("monitoring_plan", Value::Empty);
    assert_eq!(of(&judge(&Policy::builtin(), &facts), "monitoring").verdict, Verdict::Fail);
}

#[test]
fn a_signal_must_come_in_and_reach_somebody() {
    for (change, words) in [
        ("status", "No signal comes in; SIG-1 “Drift” is nothing"),
        ("owner", "SIG-1 “Drift” comes in, and an alert of it reaches nobody."),
        ("alert_route", "SIG-1 “Drift” comes in, and an alert of it reaches nobody."),
    ] {
        let check = broken("monitoring", |facts| {
            facts.signals[0].set(change, if change == "status" { Value::text("nothing") } else { Value::Empty });
        });
        assert!(check.reason.contains(words), "{}", check.reason);
    }
    let check = broken("monitoring", |facts| facts.signals.clear());
    assert!(check.reason.contains("No signal watches the system."), "{}", check.reason);
}

#[test]
fn the_launch_must_be_approved_for_this_release_with_its_conditions_met() {
    let check = broken("decision", |facts| facts.review.set("stage", "decision"));
    assert!(check.reason.contains("The launch is not approved"), "{}", check.reason);
    let check = broken("decision", |facts| facts.review.set("release", "id of REL-7"));
    assert!(check.reason.contains("another release"), "{}", check.reason);
    let condition = broken("decision", |facts| {
        facts.actions[0].set("launch_blocking", Value::Flag(false));
        facts.actions[0].set("status", "cancelled");
    });
    assert!(condition.reason.contains("The condition ACT-1 “Mask” is cancelled"), "{}", condition.reason);
}

#[derive(Debug, Clone, Copy)]
enum Harm {
    Packet,
    Tier,
    Route,
    Document,
    Item,
    Analysis,
    Risk,
    Action,
    Stage,
    Drift,
}

fn harm(facts: &mut Facts, harm: Harm) {
    match harm {
        Harm::Packet => {
            facts.packet.set("lawful_basis", Value::Empty);
            retriage(facts);
        }
        Harm::Tier => facts.review.set("tier", Value::Empty),
        Harm::Route => facts.routes[0].set("status", "requested"),
        Harm::Document => facts.evidence[0].set("status", "submitted"),
        Harm::Item => facts.items[0].set("status", "open"),
        Harm::Analysis => facts.evidence.retain(|one| one.text("kind") != Some("evaluation report")),
        Harm::Risk => facts.risks[0].set("status", "open"),
        Harm::Action => facts.actions.push(blocking(7, "open")),
        Harm::Stage => facts.review.set("stage", "mitigation"),
        Harm::Drift => facts.evidence[0].set("drift", "missing"),
    }
}

fn blocking(number: u32, status: &str) -> Record {
    let mut action = record(&ACTION, &format!("ACT-{number}"), &[("title", "More"), ("status", status)]);
    action.set("launch_blocking", Value::Flag(true));
    action
}

fn harms() -> impl Strategy<Value = Vec<Harm>> {
    use Harm::{Action, Analysis, Document, Drift, Item, Packet, Risk, Route, Stage, Tier};
    let all = vec![Packet, Tier, Route, Document, Item, Analysis, Risk, Action, Stage, Drift];
    proptest::sample::subsequence(all, 0..=10)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_gate_is_open_exactly_when_no_check_fails(harms in harms()) {
        let mut facts = ready();
        for one in &harms {
            harm(&mut facts, *one);
        }
        let gate = judge(&Policy::builtin(), &facts);
        prop_assert_eq!(gate.open, gate.count(Verdict::Fail) == 0);
        prop_assert_eq!(gate.open, harms.is_empty(), "every harm closes it");
        prop_assert_eq!(gate.next().is_none(), gate.open);
        prop_assert_eq!(gate.checks.len(), CHECKS.len(), "no check is left out");
    }

    #[test]
    fn a_blocking_action_closes_any_gate(harms in harms(), status in "open|in progress|blocked") {
        let mut facts = ready();
        for one in &harms {
            harm(&mut facts, *one);
        }
        facts.actions.push(blocking(8, &status));
        let gate = judge(&Policy::builtin(), &facts);
        prop_assert!(!gate.open);
        prop_assert_eq!(of(&gate, "actions").verdict, Verdict::Fail);
    }
}
