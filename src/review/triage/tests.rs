//! Triage by example, over real records in a real workspace: what is written, what follows, what is found alike.

use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::policy::{Layer, Policy};
use crate::record::{ACTION, PACKET, PERSON, REVIEW, RISK, ROUTE, SYSTEM, Value};
use crate::workspace::{Condition, Edit, Query, Receipt, Workspace, new_id};

/// A packet, a classification and a review from `field = value` pairs.
fn case(said: &str) -> (Record, Option<Record>, Record) {
    let (mut packet, mut legal, mut review) = (Record::empty(&PACKET), None, Record::empty(&REVIEW));
    for (field, value) in said.split(';').filter_map(|pair| pair.split_once('=')) {
        let (field, value) = (field.trim(), value.trim());
        let (record, name) = match field.split_once('.') {
            Some(("legal", name)) => (legal.get_or_insert_with(unanswered), name),
            Some(("review", name)) => (&mut review, name),
            _ => (&mut packet, field),
        };
        assert!(record.kind().field(name).is_some(), "there is no field {field}");
        if record.kind().field(name).is_some_and(Field::is_list) {
            record.set(name, value.split('|').map(|item| item.trim().to_owned()).collect::<Vec<_>>());
        } else {
            record.set(name, value);
        }
    }
    (packet, legal, review)
}

fn triaged(said: &str) -> Triage {
    let (packet, legal, review) = case(said);
    assess(&Policy::builtin(), &packet, legal.as_ref(), &review).unwrap()
}

fn changed(before: &str, after: &str) -> Difference {
    let policy = Policy::builtin();
    let (was, is) = (case(before), case(after));
    let of = |(packet, legal, review): &'static (Record, Option<Record>, Record)| Case {
        policy: Box::leak(Box::new(policy.clone())),
        packet,
        legal: legal.as_ref(),
        review,
    };
    difference(&of(Box::leak(Box::new(was))), &of(Box::leak(Box::new(is)))).unwrap()
}

fn names(changes: &[Change], part: Part) -> Vec<&str> {
    changes.iter().filter(|change| change.part == part).map(|change| change.id.as_str()).collect()
}

#[test]
fn a_resume_screener_is_high_with_reasons_routes_documents_and_checklists() {
    let triage = triaged(
        "use_case = Ranks applicants; domain = employment and workers management; decision_role = assists; \
         personal_data = personal; model_type = prompted LLM; model_provider = vendor API; exposure = internal",
    );
    assert_eq!(triage.proposed_tier, Some("high"));
    assert_eq!(triage.because[0].rule, "employment-decisions");
    assert!(triage.because.iter().any(|because| because.tier == Some("low")), "all that fired are told");
    let functions: Vec<&str> = triage.routes.iter().map(|route| route.function.as_str()).collect();
    assert_eq!(functions, ["privacy", "legal", "human resources", "procurement", "data science"]);
    let documents: Vec<&str> = triage.documents.iter().map(|need| need.what.as_str()).collect();
    assert!(documents.contains(&"impact assessment") && documents.contains(&"model card"), "{documents:?}");
    let checklists: Vec<&str> = triage.checklists.iter().map(|need| need.what.as_str()).collect();
    assert_eq!(checklists, ["launch-readiness", "vendor-api", "llm-application"]);
    assert!(triage.missing.iter().any(|missing| missing.field == "lawful_basis"));
    assert_eq!(triage.answered + triage.missing.len(), triage.required);
    let legal = triage.legal.unwrap();
    assert_eq!((legal.outcome, legal.recorded), ("not decided", false));
    assert!(legal.remarks.iter().any(|remark| remark.contains("look at 4a recruitment")), "{:?}", legal.remarks);
}

#[test]
fn one_function_is_asked_once_by_the_earlier_date_with_both_reasons() {
    let triage = triaged("personal_data = special category");
    let privacy: Vec<&Route> = triage.routes.iter().filter(|route| route.function == "privacy").collect();
    let [privacy] = privacy.as_slice() else { panic!("privacy stands {} times", privacy.len()) };
    assert_eq!((privacy.days, privacy.because.len()), (10, 2));
}

#[test]
fn questions_that_may_raise_the_tier_are_named_until_they_are_answered() {
    let fields = |said: &str| triaged(said).may_rise.iter().map(|open| (open.field, open.up_to)).collect::<Vec<_>>();
    let open = fields("use_case = Sorts mail");
    assert!(open.contains(&("domain", "high")) && open.contains(&("exposure", "high")), "{open:?}");
    assert!(!fields("use_case = Sorts mail; domain = other").iter().any(|(field, _)| *field == "domain"));
    assert_eq!(fields("exposure = children"), [], "nothing is higher but prohibited, which no packet proposes");
}

#[test]
fn an_empty_packet_proposes_nothing() {
    let triage = triaged("");
    assert_eq!((triage.proposed_tier, triage.because.len(), triage.answered), (None, 0, 0));
    assert_eq!((triage.documents.len(), triage.checklists.len()), (0, 0));
    assert!(triage.required > 10);
}

#[test]
fn the_outcome_is_computed_anew_whatever_is_stored() {
    let triage = triaged("legal.outcome = minimal; legal.art_5_c = applies");
    assert_eq!(triage.proposed_tier, Some("prohibited"));
    assert_eq!(triage.legal.unwrap().outcome, "prohibited");
    let triage = triaged("legal.outcome = prohibited");
    assert_eq!(triage.legal.unwrap().outcome, "not decided");
    assert_ne!(triage.proposed_tier, Some("prohibited"));
}

#[test]
fn duties_are_told_with_dates_and_set_against_the_launch() {
    let ruled_out: Vec<String> =
        crate::record::legal::PRACTICES.iter().map(|name| format!("legal.{name} = ruled out; ")).collect();
    let ruled_out = ruled_out.concat();
    let (packet, legal, mut review) = case(&format!(
        "{ruled_out} legal.annex_i = neither; legal.annex_iii = 4a recruitment; legal.role = deployer; \
         domain = employment and workers management"
    ));
    review.set("launch_on", NaiveDate::from_ymd_opt(2026, 12, 15).unwrap());
    let triage = assess(&Policy::builtin(), &packet, legal.as_ref(), &review).unwrap();
    let legal = triage.legal.unwrap();
    assert_eq!(legal.outcome, "high-risk: Annex III");
    let duty = |id: &str| legal.duties.iter().find(|duty| duty.id == id).unwrap();
    let literacy = duty("literacy");
    assert_eq!((literacy.valid_from.to_string().as_str(), literacy.at_launch), ("2025-02-02", Some(true)));
    let workers = duty("inform-workers");
    assert_eq!((workers.valid_from.to_string().as_str(), workers.at_launch), ("2027-12-02", Some(false)));
    assert!(workers.note.as_ref().unwrap().contains("Was 2 August 2026."));
    assert!(legal.remarks.iter().any(|remark| remark.starts_with("Not confirmed:")));
    assert_eq!(legal.caveat, "It supports a judgement; it is not legal advice.");
}

#[test]
fn a_classification_that_does_not_fit_the_packet_is_remarked() {
    let remarks = |said: &str| triaged(said).legal.unwrap().remarks.join(" ");
    assert!(remarks("domain = law enforcement; legal.annex_iii = none").contains("no point of that area is named"));
    assert!(remarks("domain = other; legal.annex_iii = 8b elections").contains("the packet's domain is other"));
    assert!(remarks("model_type = biometric; legal.annex_iii = none").contains("The model is biometric"));
    assert!(remarks("legal.law = nowhere-2030").is_empty());
    assert!(triaged("legal.law = nowhere-2030").legal.unwrap().missing[0].asks.contains("no law “nowhere-2030”"));
}

#[test]
fn another_answer_shows_what_comes_and_goes() {
    let base = "use_case = Answers questions; model_type = RAG; personal_data = personal; decision_role = informs";
    let found = changed(&format!("{base}; exposure = internal"), &format!("{base}; exposure = public"));
    assert_eq!(found.proposed_tier, (Some("low"), Some("medium")));
    assert!(names(&found.comes, Part::Rule).contains(&"language-model-outside"));
    assert_eq!(names(&found.comes, Part::Route), ["security", "legal", "trust & safety", "accessibility"]);
    assert!(names(&found.comes, Part::Document).contains(&"disclosure review notes"));
    assert!(names(&found.comes, Part::Question).contains(&"disclosure"));
    assert!(found.goes.is_empty(), "{:?}", found.goes);
    let back = changed(&format!("{base}; exposure = public"), &format!("{base}; exposure = internal"));
    assert_eq!(back.goes, found.comes);
    assert!(changed(base, base).is_none());
}

#[test]
fn checklists_items_and_duties_come_and_go_too() {
    let found = changed("model_type = classical ML", "model_type = agent with tools");
    assert!(names(&found.comes, Part::Checklist).contains(&"llm-application"));
    assert!(names(&found.comes, Part::ChecklistItem).contains(&"llm-application AGT-01"));
    let found = changed(
        "legal.art_50 = none; legal.role = provider",
        "legal.art_50 = 1 interacts with people; legal.role = provider",
    );
    assert_eq!(names(&found.comes, Part::Duty), ["tell-interaction from 2026-08-02"]);
}

#[test]
fn another_policy_shows_what_comes_and_goes() {
    let (packet, _, review) = case("exposure = customers; domain = other");
    let before = Policy::builtin();
    let layer =
        "[[tier_rule]]\nid = \"outside\"\ntier = \"high\"\n[[route_rule]]\nid = \"accessibility\"\nremove = true\n";
    let after = Policy::from_layers(&[Layer::new("ours", layer)]).unwrap();
    let of = |policy| Case { policy, packet: &packet, legal: None, review: &review };
    let found = difference(&of(&before), &of(&after)).unwrap();
    assert_eq!(found.proposed_tier, (Some("low"), Some("high")));
    assert_eq!(names(&found.goes, Part::Route), ["accessibility"]);
    assert!(names(&found.comes, Part::Document).contains(&"impact assessment"));
}

struct Desk {
    _folder: TempDir,
    workspace: Workspace,
    policy: Policy,
    me: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy::builtin();
        let mut workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).unwrap();
        let me = new_id(Utc::now());
        let person =
            Edit::Add { kind: &PERSON, id: me.clone(), fields: vec![("name", "Ana".into()), ("handle", "ana".into())] };
        workspace.write(crate::workspace::Change::by(&me, vec![person])).unwrap();
        Self { _folder: folder, workspace, policy, me }
    }

    fn write(&mut self, edits: Vec<Edit>) -> Receipt {
        self.workspace.write(crate::workspace::Change::by(&self.me, edits)).unwrap()
    }

    /// A system with a review and a packet; returns the review's id.
    fn submit(&mut self, title: &str, area: &str, use_case: &str, more: &[(&'static str, &str)]) -> String {
        let system = new_id(Utc::now());
        let fields = vec![("title", Value::text(title)), ("system", Value::text(system.as_str()))];
        let (review, mut edits) = crate::review::start(Utc::now(), fields);
        let said = vec![("name", Value::text(title)), ("product_area", Value::text(area))];
        edits.insert(0, Edit::Add { kind: &SYSTEM, id: system, fields: said });
        if let Some(Edit::Add { fields, .. }) = edits.last_mut() {
            fields.push(("use_case", Value::text(use_case)));
            fields.extend(more.iter().map(|(name, value)| (*name, Value::text(*value))));
        }
        self.write(edits);
        review
    }

    fn review(&self, id: &str) -> Record {
        self.workspace.get(&REVIEW, id).unwrap()
    }

    fn packet(&self, review: &str) -> Record {
        crate::review::packet_of(&self.workspace, review).unwrap()
    }

    fn set(&mut self, record: &Record, field: &'static str, value: impl Into<Value>) -> Receipt {
        let fields = vec![(field, value.into())];
        let edit = Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields };
        self.write(vec![edit])
    }

    fn proposed(&self, review: &str) -> Option<String> {
        self.review(review).text("proposed_tier").map(str::to_owned)
    }

    fn alike(&self, review: &str) -> Vec<Alike> {
        let inputs = inputs(&self.workspace, self.review(review)).unwrap();
        alike(&self.workspace, &inputs, 5).unwrap()
    }
}

#[test]
fn the_proposed_tier_follows_the_packet_and_the_classification() {
    let mut desk = Desk::new();
    let review = desk.submit("Mail sorter", "Post", "Sorts mail", &[]);
    assert_eq!(desk.proposed(&review).as_deref(), Some("low"));
    let packet = desk.packet(&review);
    let receipt = desk.set(&packet, "exposure", "children");
    assert_eq!(desk.proposed(&review).as_deref(), Some("high"));
    assert!(receipt.what.ends_with("exposure children; REV-1 proposed tier high"), "{}", receipt.what);
    let legal = new_id(Utc::now());
    let fields = vec![("review", Value::text(review.as_str())), ("art_5_b", "applies".into())];
    desk.write(vec![Edit::Add { kind: &crate::record::LEGAL, id: legal.clone(), fields }]);
    assert_eq!(desk.proposed(&review).as_deref(), Some("prohibited"));
    let record = desk.workspace.get(&crate::record::LEGAL, &legal).unwrap();
    assert_eq!(record.text("outcome"), Some("prohibited"));
    assert_eq!(record.text("law"), Some("eu-ai-act-2026-06"), "the newest, where none was named");
    desk.write(vec![Edit::Delete { kind: &crate::record::LEGAL, id: legal }]);
    assert_eq!(desk.proposed(&review).as_deref(), Some("high"));
}

#[test]
fn undoing_an_answer_takes_the_proposal_back_whatever_came_between() {
    let mut desk = Desk::new();
    let review = desk.submit("Mail sorter", "Post", "Sorts mail", &[]);
    let packet = desk.packet(&review);
    let first = desk.set(&packet, "exposure", "public").change;
    desk.set(&packet, "personal_data", "special category");
    assert_eq!(desk.proposed(&review).as_deref(), Some("medium"));
    let me = desk.me.clone();
    desk.workspace.undo_change(&me, first).unwrap();
    assert_eq!(desk.packet(&review).text("exposure"), None);
    assert_eq!(desk.proposed(&review).as_deref(), Some("medium"), "the other answer still asks for it");
    desk.workspace.undo(&me).unwrap();
    assert_eq!(desk.proposed(&review).as_deref(), Some("low"));
    desk.workspace.redo(&me).unwrap();
    assert_eq!(desk.proposed(&review).as_deref(), Some("medium"));
    desk.workspace.undo(&me).unwrap();
    desk.workspace.undo(&me).unwrap();
    assert!(desk.workspace.get(&REVIEW, &review).is_err(), "the review itself is taken back");
}

#[test]
fn another_policy_is_written_into_proposals_when_they_are_settled() {
    let mut desk = Desk::new();
    let review = desk.submit("Mail sorter", "Post", "Sorts mail", &[("exposure", "customers")]);
    let layer = Layer::new("ours", "[[tier_rule]]\nid = \"outside\"\ntier = \"high\"\n");
    desk.policy = Policy::from_layers(&[layer]).unwrap();
    desk.workspace.work_under(Arc::new(desk.policy.clone()));
    assert_eq!(desk.proposed(&review).as_deref(), Some("low"), "until somebody asks for it");
    let receipt = desk.write(vec![Edit::Settle { kind: &REVIEW, id: review.clone() }]);
    assert_eq!((desk.proposed(&review).as_deref(), receipt.what.as_str()), (Some("high"), "REV-1 proposed tier high"));
    let receipt = desk.write(vec![Edit::Settle { kind: &REVIEW, id: review }]);
    assert_eq!(receipt.change, 0, "nothing was different");
}

#[test]
fn routes_are_added_once_and_with_their_dates() {
    let mut desk = Desk::new();
    let review = desk.submit("Chat", "Support", "Answers", &[("personal_data", "personal"), ("model_type", "RAG")]);
    let add = |desk: &mut Desk| {
        let inputs = inputs(&desk.workspace, desk.review(&review)).unwrap();
        let triage = inputs.case(&desk.policy).assess().unwrap();
        let routes = missing_routes(&desk.workspace, &inputs.review, &triage).unwrap();
        let edits = route_edits(&inputs.review, &routes, Utc::now());
        let count = edits.len();
        if count > 0 {
            desk.write(edits);
        }
        count
    };
    assert_eq!(add(&mut desk), 1);
    assert_eq!(add(&mut desk), 0);
    let query = Query::all(&ROUTE).with(Condition::Is("review", Value::text(review.as_str())));
    let route = desk.workspace.records(&query).unwrap().remove(0);
    assert_eq!((route.text("function"), route.text("status")), (Some("privacy"), Some("needed")));
    assert!(route.text("reason").unwrap().contains("(rule privacy)"));
    assert!(route.get("due_on").as_day().is_some());
}

#[test]
fn what_is_handed_in_twice_is_found_but_not_across_areas() {
    let mut desk = Desk::new();
    let text = "When prompted with written paragraphs, it drafts outlines and summaries for presentations.";
    let first = desk.submit("Generative AI usage", "Department of Education", text, &[]);
    let twin = desk.submit("Generative AI usage", "Department of Education", text, &[]);
    let elsewhere = desk.submit("Generative AI usage", "Department of Labor", text, &[]);
    let code = "Suggests snippets of program code in several languages to developers who describe a task.";
    let namesake = desk.submit("Generative AI usage", "Department of Education", code, &[]);
    for (title, text) in
        [("Fraud scores", "Scores card payments for fraud"), ("Parking", "Reads licence plates at gates")]
    {
        desk.submit(title, "Department of Education", text, &[]);
    }
    let found = desk.alike(&first);
    let of = |relation: Relation| -> Vec<String> {
        let of = found.iter().filter(|alike| alike.relation == relation);
        of.map(|alike| alike.review.id().to_owned()).collect()
    };
    assert_eq!(of(Relation::Duplicate), [twin]);
    let similar = of(Relation::Similar);
    assert!(similar.contains(&elsewhere), "the same words in another area resemble, and are no duplicate");
    assert!(!of(Relation::Duplicate).contains(&namesake), "the same name is not the same system");
    let duplicate = &found[0];
    assert!(duplicate.likeness > 0.99 && duplicate.reason().contains("same title"), "{}", duplicate.reason());
    assert!(!duplicate.shared.is_empty());
}

#[test]
fn similar_cases_come_with_what_they_ended_with() {
    let mut desk = Desk::new();
    let llm = &[("model_type", "RAG"), ("domain", "employment and workers management")][..];
    let old = desk.submit("Résumé ranking", "Hiring", "Ranks applicants for warehouse jobs by their résumés", llm);
    let new =
        desk.submit("Candidate shortlist", "Talent", "Shortlists applicants from resumes for warehouse shifts", llm);
    desk.submit("Invoice reader", "Finance", "Reads totals from scanned invoices", &[]);
    let link = || ("review", Value::text(old.as_str()));
    desk.write(vec![
        Edit::Add {
            kind: &RISK,
            id: new_id(Utc::now()),
            fields: vec![link(), ("title", "Proxy for age".into()), ("severity", 4.into()), ("likelihood", 3.into())],
        },
        Edit::Add {
            kind: &ACTION,
            id: new_id(Utc::now()),
            fields: vec![link(), ("title", "Drop graduation year".into()), ("kind", "mitigation".into())],
        },
    ]);
    let found = desk.alike(&new);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].review.id(), found[0].relation), (old.as_str(), Relation::Similar));
    assert_eq!(found[0].risks[0].title(), "Proxy for age");
    assert_eq!(found[0].mitigations[0].title(), "Drop graduation year");
    let reason = found[0].reason();
    assert!(reason.contains("same model type (RAG)") && reason.contains("same domain"), "{reason}");
    assert!(found[0].shared.contains(&"resumes".to_owned()), "found whatever the diacritics: {:?}", found[0].shared);
}

#[test]
fn hostile_and_empty_text_finds_nothing_and_breaks_nothing() {
    let mut desk = Desk::new();
    let odd = desk.submit("\" OR * NEAR(", "x", "\u{202e}{} : () \"\" 123 456 ~ ' ; DROP TABLE review", &[]);
    let empty = desk.submit("—", "x", "!", &[]);
    assert_eq!(desk.alike(&empty), vec![]);
    assert!(desk.alike(&odd).len() <= 1);
}

#[test]
fn all_reviews_are_surveyed_and_a_broken_rule_is_told_for_each() {
    let mut desk = Desk::new();
    desk.submit("Mail sorter", "Post", "Sorts mail", &[]);
    let rated = desk.submit("Chat", "Support", "Answers", &[("scale", "x"), ("exposure", "children")]);
    let surveyed = survey(&desk.workspace, &desk.policy, &[]).unwrap();
    let tiers: Vec<_> = surveyed.iter().map(|one| one.triage.as_ref().unwrap().proposed_tier).collect();
    assert_eq!(tiers, [Some("low"), Some("high")]);
    let only = survey(&desk.workspace, &desk.policy, &[Condition::Is("id", Value::text(rated.as_str()))]).unwrap();
    assert_eq!(only.len(), 1);
    let broken = "[[tier_rule]]\nid = \"odd\"\ntier = \"high\"\nreason = \"x\"\n\
                  when = \"answered(packet.scale) && 1 / (size(packet.scale) - 1) > 0\"\n";
    let policy = Policy::from_layers(&[Layer::new("ours", broken)]).unwrap();
    let surveyed = survey(&desk.workspace, &policy, &[]).unwrap();
    assert!(surveyed[0].triage.is_ok());
    let error = surveyed[1].triage.as_ref().unwrap_err();
    assert!(error.to_string().contains("tier_rule odd") && error.to_string().contains("divides by zero"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_change_of_an_answer_is_told_both_ways(
        exposure in prop::sample::select(vec!["internal", "customers", "public", "children"]),
        model in prop::sample::select(crate::record::packet::MODEL_TYPES),
        role in prop::sample::select(vec!["informs", "assists", "decides alone"]),
        domain in prop::sample::select(crate::record::packet::DOMAINS),
    ) {
        let before = "use_case = Anything; exposure = internal";
        let after = format!("use_case = Anything; exposure = {exposure}; model_type = {model}; decision_role = {role}; domain = {domain}");
        let (there, back) = (changed(before, &after), changed(&after, before));
        prop_assert_eq!(&there.comes, &back.goes);
        prop_assert_eq!(&there.goes, &back.comes);
        prop_assert_eq!(there.proposed_tier, (back.proposed_tier.1, back.proposed_tier.0));
    }
}
