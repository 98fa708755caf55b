//! The library, renewals and coverage by example, over real records in a real workspace.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use proptest::prelude::*;
use tempfile::TempDir;

use super::coverage::{State, coverage, serving};
use super::renew::{Fate, renewal};
use super::suggest::{drawn_from, filled, mitigation_edits, mitigations, suggest};
use super::{start, start_checklist};
use crate::policy::{Layer, Policy};
use crate::record::{CHECKLIST, CHECKLIST_ITEM, PACKET, PERSON, REVIEW, RISK, Record, SYSTEM, Value};
use crate::workspace::{Change, Condition, Edit, Query, Receipt, Result, Workspace, new_id};

/// A workspace with one person.
struct Place {
    _folder: TempDir,
    workspace: Workspace,
    policy: Policy,
    me: String,
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

fn today() -> NaiveDate {
    chrono::Local::now().date_naive()
}

impl Place {
    fn new(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy::from_layers(&[Layer::new("test", policy)]).unwrap();
        let mut workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).unwrap();
        let me = new_id(now());
        let roles = Value::List(vec!["governance forum".to_owned(), "executive".to_owned()]);
        let fields = vec![("name", "Ana Lima".into()), ("handle", "ana".into()), ("roles", roles)];
        workspace.write(Change::by(&me, vec![Edit::Add { kind: &PERSON, id: me.clone(), fields }])).unwrap();
        Self { _folder: folder, workspace, policy, me }
    }

    /// The same workspace under another policy.
    fn under(&mut self, policy: &str) {
        self.policy = Policy::from_layers(&[Layer::new("test", policy)]).unwrap();
        self.workspace.work_under(Arc::new(self.policy.clone()));
    }

    fn write(&mut self, edits: Vec<Edit>) -> Receipt {
        self.workspace.write(Change::by(&self.me, edits)).unwrap()
    }

    fn system(&mut self, name: &str) -> String {
        let id = new_id(now());
        self.write(vec![Edit::Add { kind: &SYSTEM, id: id.clone(), fields: vec![("name", name.into())] }]);
        id
    }

    /// A review of a system with answers in its packet.
    fn review(&mut self, system: &str, answers: &[(&'static str, &str)]) -> Record {
        let (id, mut edits) = start(now(), vec![("title", "A review".into()), ("system", system.into())]);
        for edit in &mut edits {
            if let Edit::Add { kind, fields, .. } = edit
                && *kind == &PACKET
            {
                fields.extend(answers.iter().map(|(name, value)| (*name, Value::text(*value))));
            }
        }
        self.write(edits);
        self.workspace.get(&REVIEW, &id).unwrap()
    }

    fn checklist(&mut self, review: &Record, template: &str) -> Record {
        let fields = [("review", Value::text(review.id())), ("template", Value::text(template))];
        let edits = start_checklist(&self.workspace, &self.policy, now(), &fields).unwrap();
        let receipt = self.write(edits);
        receipt.records.into_iter().find(|record| record.kind() == &CHECKLIST).unwrap()
    }

    fn items(&self, checklist: &Record) -> Vec<Record> {
        let of = Condition::Is("checklist", Value::text(checklist.id()));
        self.workspace.records(&Query::all(&CHECKLIST_ITEM).with(of)).unwrap()
    }

    fn item(&self, checklist: &Record, code: &str) -> Record {
        self.items(checklist).into_iter().find(|item| item.text("code") == Some(code)).unwrap()
    }

    fn set(&mut self, record: &Record, fields: Vec<(&'static str, Value)>) {
        let (kind, id) = (record.kind(), record.id().to_owned());
        self.write(vec![Edit::Set { kind, id, version: None, fields }]);
    }

    fn answer(&mut self, checklist: &Record, code: &str, status: &'static str) {
        let item = self.item(checklist, code);
        self.set(&item, vec![("status", status.into()), ("reason", "Looked at.".into())]);
    }

    fn renew(&mut self, checklist: &Record) -> Result<String> {
        let checklist = self.workspace.get(&CHECKLIST, checklist.id())?;
        let found = renewal(&self.workspace, &self.policy, &checklist, now())?;
        let words = found.in_words();
        if found.is_needed() {
            let called = found.called();
            self.workspace.write(Change::by(&self.me, found.edits()).called(called))?;
        }
        Ok(words)
    }
}

const ASSISTANT: &[(&str, &str)] =
    &[("use_case", "Answers customers"), ("model_type", "RAG"), ("exposure", "public"), ("decision_role", "informs")];

#[test]
fn suggestions_name_what_the_review_or_its_system_has_already() {
    let mut place = Place::new("");
    let system = place.system("Assistant");
    let review = place.review(&system, ASSISTANT);
    let ids = |place: &Place, review: &Record| -> Vec<(String, usize)> {
        let found = suggest(&place.workspace, &place.policy, review).unwrap();
        found.into_iter().map(|one| (one.pattern.id, one.present.len())).collect()
    };
    let before = ids(&place, &review);
    assert!(before.len() > 10 && before.iter().all(|(_, present)| *present == 0), "{before:?}");
    let first = before[0].0.clone();
    let mut fields = drawn_from(place.policy.pattern(&first).unwrap());
    fields.push(("review", Value::text(review.id())));
    let risk = place.write(vec![Edit::Add { kind: &RISK, id: new_id(now()), fields }]).records.remove(0);
    assert_eq!(risk.text("category"), place.policy.pattern(&first).unwrap().category.as_deref());
    assert!(risk.get("severity").is_empty() && !risk.get("controls").is_empty(), "levels are a judgement");
    let after = ids(&place, &review);
    assert_eq!(after.len(), before.len());
    assert_eq!(after.last(), Some(&(first.clone(), 1)), "what is recorded comes last");
    let later = place.review(&system, ASSISTANT);
    assert!(ids(&place, &later).contains(&(first, 1)), "another review of the system sees it");
    let other = place.system("Other");
    let other = place.review(&other, ASSISTANT);
    assert!(ids(&place, &other).iter().all(|(_, present)| *present == 0));
    let silent = place.system("Silent");
    let silent = place.review(&silent, &[]);
    assert!(ids(&place, &silent).is_empty());
}

#[test]
fn suggestions_begin_with_different_things_and_say_why() {
    let mut place = Place::new("");
    let system = place.system("Assistant");
    let review = place.review(&system, ASSISTANT);
    let found = suggest(&place.workspace, &place.policy, &review).unwrap();
    let categories: std::collections::HashSet<_> = found[..5].iter().map(|one| one.pattern.category.clone()).collect();
    assert_eq!(categories.len(), 5, "the first five are about five categories");
    assert!(found.iter().all(|one| one.because.ends_with('.')), "each says why");
    let first = &found[0];
    let category = first.pattern.category.clone().unwrap();
    assert!(first.because.contains(&format!("the first about {category}")), "{}", first.because);
    assert!(first.because.contains("called for by"), "{}", first.because);
    let agent = place.system("Agent");
    let agent = place.review(&agent, &[("model_type", "agent with tools"), ("exposure", "public")]);
    let found = suggest(&place.workspace, &place.policy, &agent).unwrap();
    let very = found.iter().position(|one| one.because.contains("by this very model type")).unwrap();
    assert!(very < found.len() / 4, "what only an agent with tools calls for comes early: {very}");
    assert!(found.iter().filter(|one| one.because.contains("by this very model type")).count() < found.len() / 2);
    // What is recorded in a category, in whatever words, takes that ground.
    let fields = vec![
        ("title", Value::text("Ours")),
        ("review", Value::text(review.id())),
        ("category", Value::text(category.as_str())),
    ];
    place.write(vec![Edit::Add { kind: &RISK, id: new_id(now()), fields }]);
    let after = suggest(&place.workspace, &place.policy, &review).unwrap();
    assert!(after.iter().all(|one| !one.because.contains(&format!("the first about {category}"))));
    assert_ne!(after[0].pattern.category, Some(category));
    let again = suggest(&place.workspace, &place.policy, &review).unwrap();
    let ids = |found: &[super::suggest::Suggestion]| found.iter().map(|one| one.pattern.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&again), "always the same order");
}

#[test]
fn a_pattern_fills_what_a_risk_does_not_say() {
    let policy = Policy::builtin();
    let said = vec![("pattern", Value::text("prompt-injection")), ("title", Value::text("Ours"))];
    let fields = filled(&policy, said).unwrap();
    let value = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    assert_eq!(value("title"), Some(Value::text("Ours")));
    assert_eq!(value("category"), Some(Value::text("privacy & security")));
    assert!(value("severity").is_none());
    let named = vec![("pattern", Value::text("an older one")), ("title", Value::text("Ours"))];
    assert_eq!(filled(&policy, named.clone()).unwrap(), named, "a text of its own stays");
    let error = filled(&policy, vec![("pattern", Value::text("prompt-injektion"))]).unwrap_err().to_string();
    assert!(error.contains("There is no risk pattern “prompt-injektion”; did you mean “prompt-injection”?"), "{error}");
}

#[test]
fn mitigations_become_actions_once() {
    let mut place = Place::new("");
    let system = place.system("Assistant");
    let review = place.review(&system, ASSISTANT);
    let mut fields = drawn_from(place.policy.pattern("prompt-injection").unwrap());
    fields.push(("review", Value::text(review.id())));
    let risk = place.write(vec![Edit::Add { kind: &RISK, id: new_id(now()), fields }]).records.remove(0);
    let found = mitigations(&place.workspace, &place.policy, &risk).unwrap();
    assert!(found.len() >= 3 && found.iter().all(|one| one.action.is_none()));
    let edits = mitigation_edits(&risk, &[&found[1]], None, Some(today() + Days::new(9)), now());
    let action = place.write(edits).records.remove(0);
    assert_eq!((action.text("kind"), action.text("source")), (Some("mitigation"), Some(risk.reference())));
    assert_eq!(action.text("review"), Some(review.id()));
    let again = mitigations(&place.workspace, &place.policy, &risk).unwrap();
    assert_eq!(again[1].action.as_deref(), Some(action.reference()));
    let all: Vec<_> = again.iter().collect();
    assert_eq!(mitigation_edits(&risk, &all, None, None, now()).len(), found.len() - 1);
}

fn template(version: u32, items: &[(&str, &str, &str)]) -> String {
    let mut text =
        format!("[[checklist]]\nid = \"ours\"\ntitle = \"Ours\"\nversion = {version}\ndescription = \"Ours.\"\n");
    for (code, says, when) in items {
        let when = if when.is_empty() { String::new() } else { format!("when = \"{when}\"\n") };
        text.push_str(&format!(
            "[[checklist.item]]\ncode = \"{code}\"\ntext = \"{says}\"\nguidance = \"Look.\"\ncontrols = [\"GOV-01\"]\n{when}"
        ));
    }
    text
}

#[test]
fn a_renewal_keeps_what_stays_and_opens_what_changed() {
    let mut place = Place::new(&template(1, &[("A", "One.", ""), ("B", "Two.", ""), ("C", "Three.", "")]));
    let system = place.system("Scores");
    let review = place.review(&system, &[("use_case", "Scores")]);
    let checklist = place.checklist(&review, "ours");
    for code in ["A", "B", "C"] {
        place.answer(&checklist, code, "pass");
    }
    assert_eq!(place.renew(&checklist).unwrap(), "0 added, 0 changed, 0 gone, 3 unchanged");
    let public = "packet.exposure == 'public'";
    place.under(&template(
        2,
        &[("D", "New.", ""), ("B", "Two, and a half.", ""), ("A", "One.", ""), ("E", "If.", public)],
    ));
    assert_eq!(place.renew(&checklist).unwrap(), "1 added, 1 changed, 1 gone, 1 unchanged");
    let status = |place: &Place, code: &str| place.item(&checklist, code).text("status").unwrap().to_owned();
    assert_eq!(["A", "B", "C", "D"].map(|code| status(&place, code)), ["pass", "open", "not applicable", "open"]);
    let (changed, gone) = (place.item(&checklist, "B"), place.item(&checklist, "C"));
    assert_eq!(changed.text("text"), Some("Two, and a half."));
    assert_eq!(changed.text("reason"), Some("Under version 1 it was pass: Looked at."));
    assert!(changed.get("assessed_by").is_empty());
    let reason = gone.text("reason").unwrap();
    assert!(
        reason.starts_with("No longer asked: version 2") && reason.ends_with("it was pass: Looked at."),
        "{reason}"
    );
    let stands = place.workspace.get(&CHECKLIST, checklist.id()).unwrap();
    assert_eq!(stands.number("template_version"), Some(2));
    let mut order: Vec<(i64, String)> = place
        .items(&checklist)
        .iter()
        .map(|item| (item.number("position").unwrap(), item.text("code").unwrap().to_owned()))
        .collect();
    order.sort();
    assert_eq!(order.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>(), ["D", "B", "A", "C"]);
    assert_eq!(place.renew(&checklist).unwrap(), "0 added, 0 changed, 0 gone, 4 unchanged");

    // The packet calls for another item, and the third version asks again what the second did not.
    let packet = super::packet_of(&place.workspace, review.id()).unwrap();
    place.set(&packet, vec![("exposure", "public".into())]);
    assert_eq!(place.renew(&checklist).unwrap(), "1 added, 0 changed, 0 gone, 4 unchanged");
    place.under(&template(3, &[("A", "One.", ""), ("B", "Two, and a half.", ""), ("C", "Three.", "")]));
    assert_eq!(place.renew(&checklist).unwrap(), "0 added, 1 changed, 2 gone, 2 unchanged");
    assert_eq!(status(&place, "C"), "open");
}

#[test]
fn a_renewal_is_undone_as_one_change() {
    let mut place = Place::new(&template(1, &[("A", "One.", ""), ("B", "Two.", "")]));
    let system = place.system("Scores");
    let review = place.review(&system, &[("use_case", "Scores")]);
    let checklist = place.checklist(&review, "ours");
    place.answer(&checklist, "A", "fail");
    let before = place.items(&checklist);
    place.under(&template(2, &[("A", "Other.", ""), ("C", "New.", "")]));
    place.renew(&checklist).unwrap();
    assert_ne!(place.items(&checklist).len(), before.len());
    let me = place.me.clone();
    let undone = place.workspace.undo(&me).unwrap();
    assert!(undone.what.contains("renewed to version 2"), "{}", undone.what);
    let said = |items: &[Record]| -> Vec<(Option<String>, Option<String>)> {
        let text = |item: &Record, name: &str| item.text(name).map(str::to_owned);
        items.iter().map(|item| (text(item, "text"), text(item, "status"))).collect()
    };
    assert_eq!(said(&place.items(&checklist)), said(&before));
    place.under("");
    let error = place.renew(&checklist).unwrap_err().to_string();
    assert!(error.contains("the policy has no checklist “ours” any more"), "{error}");
}

#[test]
fn coverage_counts_the_newest_assessment_of_each_system() {
    let mut place = Place::new("");
    let (one, other) = (place.system("One"), place.system("Other"));
    let requirement = |place: &Place, system: Option<&str>, id: &str| {
        let framework = place.policy.framework("nist-ai-rmf").unwrap();
        let system = system.map(|id| place.workspace.get(&SYSTEM, id).unwrap());
        let found = coverage(&place.workspace, &place.policy, &[framework], system.as_ref(), today()).unwrap();
        assert_eq!(found[0].requirements.len(), 72);
        assert_eq!(State::ALL.iter().map(|state| found[0].count(*state)).sum::<usize>(), 72);
        found[0].requirements.iter().find(|one| one.id == id).unwrap().state
    };
    assert_eq!(requirement(&place, None, "GOVERN 1.1"), State::NeverAssessed);
    let review = place.review(&one, ASSISTANT);
    let checklist = place.checklist(&review, "launch-readiness");
    assert_eq!(requirement(&place, None, "GOVERN 1.1"), State::NeverAssessed, "an open item is no assessment");
    place.answer(&checklist, "GOV-04", "fail");
    assert_eq!(requirement(&place, Some(&one), "GOVERN 1.1"), State::Failed);
    assert_eq!(requirement(&place, Some(&other), "GOVERN 1.1"), State::NeverAssessed);
    // A newer review begins; until somebody looks, the older finding holds.
    let next = place.review(&one, ASSISTANT);
    let newer = place.checklist(&next, "launch-readiness");
    assert_eq!(requirement(&place, Some(&one), "GOVERN 1.1"), State::Failed);
    place.answer(&newer, "GOV-04", "pass");
    assert_eq!(requirement(&place, Some(&one), "GOVERN 1.1"), State::Passed);
    // What another system failed shows in the programme.
    let third = place.review(&other, ASSISTANT);
    let third = place.checklist(&third, "launch-readiness");
    place.answer(&third, "GOV-04", "fail");
    assert_eq!(requirement(&place, None, "GOVERN 1.1"), State::Failed);
    assert_eq!(requirement(&place, Some(&one), "GOVERN 1.1"), State::Passed);
    place.answer(&third, "GOV-04", "not applicable");
    assert_eq!(requirement(&place, Some(&other), "GOVERN 1.1"), State::NotApplicable);
    let items = serving(&place.workspace, &["GOV-04".to_owned()], Some(&one), 10).unwrap();
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|item| item.get("controls").items().contains(&"GOV-04".to_owned())));
}

#[test]
fn a_waiver_that_ran_out_counts_as_failed() {
    let mut place = Place::new("");
    let system = place.system("One");
    let review = place.review(&system, ASSISTANT);
    let checklist = place.checklist(&review, "launch-readiness");
    let item = place.item(&checklist, "GOV-04");
    let ask = super::decide::Ask {
        expires_on: Some(today() + Days::new(5)),
        control: "Checked by hand each week".to_owned(),
        ..super::decide::Ask::new(crate::record::decision::WAIVER, Some(&item), "For the pilot")
    };
    let edits = super::decide::decide(&place.workspace, &ask, now()).unwrap();
    place.write(edits);
    let state = |day: NaiveDate| {
        let framework = place.policy.framework("nist-ai-rmf").unwrap();
        let found = coverage(&place.workspace, &place.policy, &[framework], None, day).unwrap();
        found[0].requirements.iter().find(|one| one.id == "GOVERN 1.1").unwrap().state
    };
    assert_eq!([state(today()), state(today() + Days::new(5))], [State::Waived, State::Waived]);
    assert_eq!(state(today() + Days::new(6)), State::Failed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever two versions hold, a renewal ends with the template's items and the old verdicts of those that stayed, and
    /// a second one has nothing to do.
    #[test]
    fn a_second_renewal_has_nothing_to_do(
        old in prop::collection::btree_map("[A-F]", 0..3u8, 1..6),
        new in prop::collection::btree_map("[A-F]", 0..3u8, 1..6),
    ) {
        let text = |version: u32, items: &std::collections::BTreeMap<String, u8>| {
            let items: Vec<(String, String)> =
                items.iter().map(|(code, says)| (code.clone(), format!("Says {says}."))).collect();
            let items: Vec<(&str, &str, &str)> =
                items.iter().map(|(code, says)| (code.as_str(), says.as_str(), "")).collect();
            template(version, &items)
        };
        let mut place = Place::new(&text(1, &old));
        let system = place.system("Scores");
        let review = place.review(&system, &[("use_case", "Scores")]);
        let checklist = place.checklist(&review, "ours");
        for code in old.keys() {
            place.answer(&checklist, code, "pass");
        }
        place.under(&text(2, &new));
        place.renew(&checklist).unwrap();
        for item in place.items(&checklist) {
            let code = item.text("code").unwrap();
            let expected = match (old.get(code), new.get(code)) {
                (Some(_), None) => "not applicable",
                (Some(was), Some(is)) if was == is => "pass",
                _ => "open",
            };
            prop_assert_eq!(item.text("status"), Some(expected), "{}", code);
        }
        let stands = place.workspace.get(&CHECKLIST, checklist.id()).unwrap();
        let again = renewal(&place.workspace, &place.policy, &stands, now()).unwrap();
        prop_assert!(!again.is_needed());
        prop_assert!(again.items.iter().all(|item| item.fate == Fate::Unchanged));
    }
}
