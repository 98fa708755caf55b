//! Every rule that a profile adds, by example: answers that make it fire, and answers next to them that do not. And what else
//! a profile decides otherwise.

use super::rules::tests::answers;
use super::tests::builtin;
use super::{Policy, differences, profile, profiles};

fn under(name: &str) -> Policy {
    Policy::from_layers(&[profile(name).expect("a profile")]).unwrap_or_else(|error| panic!("{error}"))
}

/// What fires: rules of tiers, and with a word before them those of routes, documents, requirements and checklists.
fn fired(policy: &Policy, said: &str) -> Vec<String> {
    let (packet, legal) = answers(said);
    let judged = policy.judge(&packet, legal.as_ref(), None).expect("judged");
    let mut fired: Vec<String> = judged.fired.iter().map(|rule| rule.id.clone()).collect();
    fired.extend(judged.routes.iter().map(|rule| format!("route {}", rule.id)));
    fired.extend(judged.documents.iter().map(|rule| format!("document {}", rule.id)));
    let asked = policy.requirements_for(&packet).expect("asked");
    fired.extend(asked.iter().map(|asked| format!("requirement {}", asked.requirement.id)));
    let lists = policy.checklists_for(&packet).expect("lists");
    fired.extend(lists.iter().map(|list| format!("checklist {}", list.id)));
    fired
}

const LOAN: &str = "use_case = Decides on loan applications; decision_role = decides with review";
const FORECAST: &str = "use_case = Forecasts the load of call centres; decision_role = informs";

/// Profile, rule, answers that make it fire, answers that leave it quiet.
const EXAMPLES: &[(&str, &str, &str, &str)] = &[
    (
        "enterprise",
        "watches-employees",
        "use_case = Plans a shift plan; exposure = internal",
        "use_case = Plans a shift plan; exposure = public",
    ),
    (
        "enterprise",
        "vendor-decides",
        "model_provider = vendor API; decision_role = assists",
        "model_provider = vendor API; decision_role = informs",
    ),
    (
        "enterprise",
        "agent-inside",
        "model_type = agent with tools; exposure = internal",
        "model_type = RAG; exposure = internal",
    ),
    (
        "enterprise",
        "route vendor-security",
        "model_provider = vendor API; personal_data = personal",
        "model_provider = in-house; personal_data = personal",
    ),
    (
        "enterprise",
        "route risk-management",
        "decision_role = decides alone",
        "decision_role = assists; exposure = internal",
    ),
    ("enterprise", "route records-management", "decision_role = decides alone", "decision_role = assists"),
    ("enterprise", "document vendor-assessment", "model_provider = vendor API", "model_provider = open weights"),
    (
        "enterprise",
        "document customer-questionnaire-answers",
        "exposure = customers; model_type = RAG",
        "exposure = internal; model_type = RAG",
    ),
    ("enterprise", "requirement fallback-of-vendors", "model_provider = vendor API", "model_provider = in-house"),
    ("enterprise", "requirement retention-always", "decision_role = assists", "decision_role = informs"),
    (
        "enterprise",
        "requirement disclosure-to-employees",
        "exposure = internal; decision_role = assists",
        "exposure = internal; decision_role = informs",
    ),
    ("enterprise", "checklist vendor-model", "model_provider = vendor API", "model_provider = in-house"),
    ("financial services", "credit-decisions", LOAN, FORECAST),
    (
        "financial services",
        "cut-off-from-money",
        "use_case = Blocks payments that look like fraud; decision_role = decides alone",
        "use_case = Counts fraud by region; decision_role = informs",
    ),
    (
        "financial services",
        "advice-to-customers",
        "use_case = Gives investment advice; exposure = customers",
        "use_case = Gives investment advice; exposure = internal",
    ),
    ("financial services", "trading", "use_case = Runs an execution algorithm", "use_case = Files trade confirmations"),
    (
        "financial services",
        "pricing",
        "use_case = Sets the premium; personal_data = personal",
        "use_case = Sets the premium; personal_data = none",
    ),
    ("financial services", "route model-validation", LOAN, FORECAST),
    ("financial services", "route fair-lending", LOAN, FORECAST),
    ("financial services", "route financial-crime", "use_case = Screens sanctions lists", FORECAST),
    ("financial services", "document validation-report", LOAN, FORECAST),
    ("financial services", "document adverse-action-reasons", LOAN, FORECAST),
    ("financial services", "requirement known-limits", LOAN, FORECAST),
    ("financial services", "requirement adverse-action", LOAN, FORECAST),
    ("financial services", "requirement records-of-applications", LOAN, FORECAST),
    (
        "financial services",
        "requirement fallback-when-the-vendor-fails",
        "model_provider = vendor API",
        "model_provider = in-house",
    ),
    ("financial services", "checklist model-risk", LOAN, FORECAST),
    (
        "healthcare",
        "care",
        "use_case = Flags sepsis; decision_role = assists",
        "use_case = Screens resumes; decision_role = assists",
    ),
    (
        "healthcare",
        "advice-to-patients",
        "use_case = Answers questions on symptoms; exposure = public",
        "use_case = Answers questions on parking; exposure = public",
    ),
    (
        "healthcare",
        "coverage-of-care",
        "use_case = Judges prior authorisation; decision_role = assists",
        "use_case = Measures code coverage; decision_role = assists",
    ),
    ("healthcare", "care-informed", "use_case = Dictation for the ward", FORECAST),
    ("healthcare", "route clinical-governance", "use_case = Suggests a dose", FORECAST),
    ("healthcare", "route medical-device", "use_case = Detects disease in images", "use_case = Detects spam"),
    ("healthcare", "route health-data", "personal_data = special category", "personal_data = personal"),
    (
        "healthcare",
        "route health-data-security",
        "personal_data = special category; model_provider = vendor API",
        "personal_data = special category; model_provider = in-house",
    ),
    ("healthcare", "document clinical-hazard-log", "affected_people = Patients", "affected_people = Drivers"),
    (
        "healthcare",
        "document clinical-validation-report",
        "affected_people = Patients; decision_role = assists",
        "affected_people = Drivers; decision_role = assists",
    ),
    (
        "healthcare",
        "document change-control-plan",
        "use_case = Suggests a dose for patients; decision_role = assists; model_provider = in-house",
        "use_case = Suggests a dose for patients; decision_role = assists; model_provider = vendor API",
    ),
    ("healthcare", "requirement equal-care", "affected_people = Patients", "affected_people = Drivers"),
    ("healthcare", "requirement population-it-learnt-from", "affected_people = Patients", "affected_people = Drivers"),
    ("healthcare", "requirement fallback-in-care", "affected_people = Patients", "affected_people = Drivers"),
    ("healthcare", "requirement known-hazards", "affected_people = Patients", "affected_people = Drivers"),
    ("healthcare", "checklist clinical-safety", "affected_people = Patients", "affected_people = Drivers"),
    (
        "consumer platform",
        "removes-or-suspends",
        "use_case = Removes posts; decision_role = decides alone; exposure = public",
        "use_case = Runs the bank; decision_role = decides alone; exposure = public",
    ),
    (
        "consumer platform",
        "minors-among-users",
        "users = Teenagers; exposure = public",
        "users = Adults; exposure = public",
    ),
    (
        "consumer platform",
        "companion",
        "use_case = A companion to talk to; model_type = prompted LLM; exposure = public",
        "use_case = A user-friendly help desk; model_type = prompted LLM; exposure = public",
    ),
    (
        "consumer platform",
        "ranks-at-scale",
        "model_type = recommender; exposure = public",
        "use_case = Collects feedback; exposure = public",
    ),
    ("consumer platform", "advertising", "use_case = Targets adverts", "use_case = Adversarial tests"),
    (
        "consumer platform",
        "route policy-and-enforcement",
        "use_case = Moderates posts; exposure = public",
        "use_case = Moderates posts; exposure = internal",
    ),
    ("consumer platform", "route child-safety-review", "exposure = children", "exposure = public"),
    (
        "consumer platform",
        "document abuse-case-analysis",
        "exposure = public; model_type = RAG",
        "exposure = internal; model_type = RAG",
    ),
    ("consumer platform", "document child-rights-assessment", "exposure = children", "exposure = public"),
    (
        "consumer platform",
        "requirement appeal-of-moderation",
        "use_case = Moderates posts; exposure = public",
        "use_case = Ranks posts; exposure = public",
    ),
    ("consumer platform", "requirement main-parameters", "model_type = recommender", "model_type = rules"),
    ("consumer platform", "requirement languages-of-the-public", "exposure = public", "exposure = internal"),
    ("consumer platform", "requirement misuse-expected", "exposure = public", "exposure = customers"),
    (
        "consumer platform",
        "checklist platform-safety",
        "model_type = recommender; exposure = public",
        "model_type = recommender; exposure = internal",
    ),
    (
        "EU",
        "eu-essential-informs",
        "personal_data = special category; domain = biometrics",
        "personal_data = special category; domain = other",
    ),
    (
        "EU",
        "route fundamental-rights",
        "domain = law enforcement; decision_role = assists",
        "domain = law enforcement; decision_role = informs",
    ),
    ("EU", "route works-council", "domain = employment and workers management", "domain = law enforcement"),
    (
        "EU",
        "document logging-plan",
        "domain = law enforcement; decision_role = assists",
        "domain = law enforcement; decision_role = informs",
    ),
    (
        "EU",
        "document post-market-monitoring-plan",
        "legal.outcome = high-risk: Annex III; legal.role = provider",
        "legal.outcome = high-risk: Annex III; legal.role = deployer",
    ),
    ("EU", "requirement appeal-annex-iii", "domain = biometrics", "domain = other"),
    ("EU", "requirement disclosure-annex-iii", "domain = biometrics", "domain = other"),
    ("EU", "requirement retention-annex-iii", "domain = biometrics", "domain = other"),
    ("EU", "requirement training-data-annex-iii", "domain = biometrics", "domain = other"),
    ("EU", "requirement fallback-annex-iii", "domain = biometrics", "domain = other"),
    ("EU", "checklist eu-high-risk", "domain = biometrics", "domain = other"),
];

/// The rules that a profile adds, named as [`fired`] names them.
fn added(name: &str) -> Vec<String> {
    let lists = [
        ("tier_rule", ""),
        ("route_rule", "route "),
        ("document_rule", "document "),
        ("requirement", "requirement "),
        ("checklist", "checklist "),
    ];
    let changes = differences(&builtin(), &under(name));
    let new = |path: &str| {
        let (list, id) = path.split_once('.')?;
        let (_, word) = lists.iter().find(|(known, _)| *known == list)?;
        (!id.contains('.')).then(|| format!("{word}{id}"))
    };
    changes.iter().filter(|change| change.before.is_none()).filter_map(|change| new(&change.path)).collect()
}

#[test]
fn every_rule_of_a_profile_fires_and_stays_quiet() {
    for name in profiles() {
        let policy = under(name);
        let examples: Vec<_> = EXAMPLES.iter().filter(|(profile, ..)| *profile == name).collect();
        let mut named: Vec<String> = examples.iter().map(|(_, rule, ..)| (*rule).to_owned()).collect();
        let mut there = added(name);
        named.sort();
        there.sort();
        assert_eq!(named, there, "{name}: every rule that it adds has its example");
        for (_, rule, yes, no) in examples {
            assert!(fired(&policy, yes).iter().any(|id| id == rule), "{name}: {rule} is quiet for {yes}");
            assert!(!fired(&policy, no).iter().any(|id| id == rule), "{name}: {rule} fires for {no}");
        }
    }
}

#[test]
fn what_a_profile_adds_reads_well_and_says_where_it_comes_from() {
    for name in profiles() {
        for change in differences(&builtin(), &under(name)) {
            let Some(after) = change.after.filter(|_| change.before.is_none() && change.path.ends_with("_rule")) else {
                continue;
            };
            assert!(after.ends_with('.'), "{name}: {} {after}", change.path);
        }
        let policy = under(name);
        let rules = policy.tier_rules().iter().map(|rule| (&rule.id, &rule.reason, &rule.reference));
        let routes = policy.route_rules().iter().map(|rule| (&rule.id, &rule.reason, &rule.reference));
        for (id, reason, reference) in rules.chain(routes) {
            assert!(reason.ends_with('.') && reason.len() < 160, "{name}: {id}: {reason}");
            assert!(reference.as_ref().is_some_and(|reference| !reference.is_empty()), "{name}: {id}");
        }
    }
}

#[test]
fn profiles_weigh_time_and_risk_otherwise() {
    let days = |name: &str, tier| under(name).service_level("assessment", Some(tier)).expect("days");
    assert!(days("startup", "high") < days("consumer platform", "high"));
    assert!(days("consumer platform", "high") < days("EU", "high"));
    assert!(days("EU", "high") < days("enterprise", "high"));
    assert_eq!(under("healthcare").tolerated_level().expect("a level").name, "low");
    assert_eq!(under("enterprise").escalations().len(), builtin().escalations().len() + 1);
    let age = |name: &str| under(name).evidence_max_age("monitoring export").expect("days");
    assert!(age("consumer platform") < age("financial services") && age("financial services") < age("enterprise"));
    // In each, something that no other says.
    for name in profiles() {
        let own = added(name);
        assert!(name == "startup" || own.len() > 8, "{name}: {own:?}");
    }
}
