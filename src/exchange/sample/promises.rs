//! What the stories promise beyond their number: the faults that were planted, classes of every sort, and that the sample
//! loads on any day.

use std::collections::HashSet;

use chrono::{Days, Local, NaiveDate, Utc};
use proptest::prelude::*;

use super::tests::{date, on, sample, taken_over, tally};
use crate::record::legal::{OUTCOMES, UNDECIDED};
use crate::record::review::STAGES;
use crate::record::{ACTION, CHECKLIST_ITEM, DECISION, EVIDENCE, KINDS, LEGAL, PERSON, REVIEW, RISK, Record, decision};
use crate::review::decide::{State, state};

/// A risk reads cause → event → harm, and says for whom.
#[test]
fn risks_read_as_they_should() {
    let desk = sample();
    let mut nobody = Vec::new();
    let mut statements = HashSet::new();
    for risk in desk.all(&RISK).into_iter().filter(|risk| !taken_over(risk)) {
        let statement = risk.text("statement").unwrap_or_default().to_owned();
        assert!(statement.starts_with("Because ") && statement.contains(", so that "), "{statement}");
        assert!(statements.insert(statement.clone()), "twice: {statement}");
        assert!(!risk.get("level").is_empty() && !risk.get("owner").is_empty(), "{}", risk.title());
        if risk.get("affected_groups").is_empty() {
            nobody.push(risk.title().to_owned());
        }
    }
    assert_eq!(nobody, ["Generated pictures taken for photographs"], "planted once");
}

/// The faults that standing checks are to find. Each is marked as planted where it stands.
#[test]
fn planted_faults_are_there() {
    let desk = sample();
    let said = |record: &Record, field: &str| record.text(field).unwrap_or_default().to_owned();
    let risk = |title| desk.where_is(&RISK, title);
    let action = |title| desk.where_is(&ACTION, title);

    let lowered = risk("Trips reveal visits");
    assert!(lowered.get("controls").is_empty() && !lowered.get("residual_level").is_empty());
    let mitigations: Vec<Record> =
        desk.all(&ACTION).into_iter().filter(|one| one.text("source") == Some(lowered.reference())).collect();
    assert!(mitigations.iter().all(|one| one.text("status") == Some("open")), "none is done");

    let raised = risk("Searches for mental health reach marketing");
    assert_eq!((said(&raised, "inherent_level"), said(&raised, "residual_level")), ("medium".into(), "high".into()));

    let accepted = risk("Older members' claims miss the fast track");
    assert_eq!(accepted.text("status"), Some("accepted"));
    assert_eq!(desk.days_ago(&accepted, "accepted_until"), 9, "the acceptance has run out");

    let condition = action("Prove that transfers to the medical line end the recording");
    assert_eq!((said(&condition, "kind"), said(&condition, "status")), ("condition".into(), "open".into()));
    assert!(desk.days_ago(&condition, "due_on") > 0, "the condition is past due");

    let left = action("First quarterly audit of 300 published pictures");
    let owner = desk.workspace.get(&PERSON, left.text("owner").expect("an owner")).expect("the owner");
    assert!(!owner.get("active").is_set() && !owner.get("active").is_empty(), "the owner has left");

    let blocking = action("Show photos first and the estimate after the assessor's own guess");
    let launched = desk.workspace.get(&REVIEW, blocking.text("review").expect("a review")).expect("the review");
    assert!(blocking.get("launch_blocking").is_set() && launched.text("stage") == Some("launched"));

    let unread = desk.where_is(&REVIEW, "Synthetic policies and claims for testing");
    assert!(unread.get("reviewer").is_empty() && !unread.get("tier").is_empty());
    let late = desk.where_is(&REVIEW, "Shift planner, pilot in Rotterdam");
    assert!(desk.days_ago(&late, "target_on") > 0, "past its milestone");

    let evidence = desk.all(&EVIDENCE);
    let items = desk.all(&CHECKLIST_ITEM);
    let passed = |item: &&Record| item.text("status") == Some("pass");
    let bare = items
        .iter()
        .filter(passed)
        .filter(|item| item.get("evidence").items().is_empty() && !item.get("required_evidence").items().is_empty());
    assert_eq!(bare.map(|item| item.text("code")).collect::<Vec<_>>(), [Some("SEC-02")], "passed with nothing");
    let shown = |item: &Record, test: &dyn Fn(&Record) -> bool| {
        evidence.iter().any(|one| item.get("evidence").items().contains(&one.reference().to_owned()) && test(one))
    };
    let rejected =
        items.iter().filter(passed).filter(|item| shown(item, &|one| one.text("status") == Some("rejected")));
    assert_eq!(rejected.map(|item| item.text("code")).collect::<Vec<_>>(), [Some("TRAN-01")]);
    let stale = desk.where_is(&EVIDENCE, "Fairness report, credit limit 2.3");
    let release = desk.workspace.get(&crate::record::RELEASE, stale.text("release").expect("a release"));
    assert_ne!(release.expect("the release").text("model_version"), stale.text("model_version"));

    let approved = desk.where_is(&REVIEW, "Copy assistant for the brand team");
    let approval = desk.all(&DECISION).into_iter().find(|decision| {
        decision.text("subject") == Some(approved.reference()) && decision.text("kind") == Some(decision::APPROVE)
    });
    let outdated = state(&desk.workspace.look(), &approval.expect("an approval"), desk.today);
    let State::Outdated(differences) = outdated else { panic!("the approval is {}", outdated.word()) };
    let fields: Vec<&str> = differences.iter().map(|difference| difference.field.as_str()).collect();
    assert!(fields.contains(&"personal_data"), "{fields:?}");
}

/// Classes of every sort, decided before the tier, so that no tier decision is outdated by its own classification.
#[test]
fn classifications_are_reasoned_and_come_before_the_tier() {
    let desk = sample();
    let classified = desk.all(&LEGAL);
    let outcomes = tally(&classified, "outcome");
    for (name, count) in OUTCOMES.iter().zip([2, 1, 4, 1, 9, 18, 1, 3]) {
        assert_eq!(outcomes.get(name), Some(&count), "{name}");
    }
    for legal in &classified {
        let review = desk.workspace.get(&REVIEW, legal.text("review").expect("a review")).expect("the review");
        let within = legal.text("scope") == Some("within the Act");
        assert!(
            !within || taken_over(&review) || legal.text("art_5_reason").is_some(),
            "{} has no reasons",
            review.title()
        );
        assert!(!legal.get("assessed_by").is_empty() && !legal.get("assessed_on").is_empty());
        let grounds = legal.get("annex_iii").items();
        assert!(grounds.is_empty() || legal.text("annex_iii_reason").is_some(), "{}", review.title());
    }
    let reviews = desk.all(&REVIEW);
    let decided = desk.all(&DECISION);
    let past = |review: &&Record| !matches!(review.text("stage"), Some("intake" | "triage"));
    for review in reviews.iter().filter(past).filter(|review| !taken_over(review)) {
        let legal = classified.iter().find(|legal| legal.text("review") == Some(review.id()));
        let legal = legal.unwrap_or_else(|| panic!("{} has no classification", review.title()));
        assert_ne!(legal.text("outcome"), Some(UNDECIDED), "{}", review.title());
        let tier = decided.iter().find(|decision| {
            decision.text("review") == Some(review.id()) && decision.text("kind") == Some(decision::TIER)
        });
        let tier = tier.unwrap_or_else(|| panic!("{} has no tier", review.title()));
        assert!(legal.get("created_at").as_moment() < tier.get("decided_at").as_moment(), "{}", review.title());
    }
}

/// Whatever the day, the sample loads, lies in the past and is the same.
fn loads_on(today: NaiveDate) {
    let desk = on(today);
    let reviews = desk.all(&REVIEW);
    assert_eq!(reviews.len(), 46);
    assert_eq!(tally(&reviews, "stage").len(), STAGES.len());
    for record in KINDS.iter().flat_map(|kind| desk.all(kind)) {
        let updated = record.get("updated_at").as_moment().expect("a moment").with_timezone(&Local);
        assert!(updated.date_naive() < today, "{} was written on {updated}", record.reference());
    }
    let first = &desk.all(&PERSON)[0];
    assert!(first.get("created_at").as_moment().is_some_and(|at| at < Utc::now() + Days::new(40_000)));
}

#[test]
fn it_loads_at_the_turn_of_years_and_on_leap_days() {
    for today in ["2027-01-01", "2026-12-31", "2028-02-29", "2029-02-28", "2028-03-01", "2026-03-30", "2026-10-25"] {
        loads_on(date(today));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn it_loads_on_any_day(days in 0_u64..15_000) {
        loads_on(date("2020-01-01") + Days::new(days));
    }
}

/// What crossed a threshold was called, and what called had crossed it; a job that stood still leaves a gap.
#[test]
fn readings_and_alerts_tell_one_story() {
    use crate::record::{ALERT, SERIES, SIGNAL, signal};
    use crate::review::operations::series;
    let sample = sample();
    let (alerts, mut told) = (sample.all(&ALERT), 0);
    assert!(sample.all(&SERIES).len() >= 25);
    for signal in sample.all(&SIGNAL).iter().filter(|one| signal::is_live(one)) {
        let readings = series::read(&sample.workspace, signal).expect("read");
        if readings.points.is_empty() {
            continue;
        }
        told += 1;
        let raised: Vec<i64> = alerts
            .iter()
            .filter(|alert| alert.text("signal") == Some(signal.id()))
            .filter_map(|alert| Some(alert.get("raised_at").as_moment()?.timestamp_millis()))
            .collect();
        let breaches = readings.breaches(signal);
        assert_eq!(breaches.len(), raised.len(), "{}: {breaches:?}", signal.title());
        let day = 24 * 3_600_000;
        for (at, value) in breaches {
            assert!(raised.iter().any(|alert| (alert - at).abs() <= day), "{}: {value}", signal.title());
        }
        let gaps = readings.runs(signal.number("every_hours")).len() - 1;
        assert_eq!(
            gaps,
            usize::from(signal.title() == "Hours until a person sees an urgent claim"),
            "{}",
            signal.title()
        );
    }
    assert!(told >= 12, "{told} signals have readings");
}

/// Every figure of the programme has something to show in each of the last four quarters, and not all is well.
#[test]
fn sixteen_figures_tell_a_year() {
    use crate::review::kpi::{KPIS, Period, Policies, Verdict, figures};
    let sample = sample();
    let policies = Policies::one(&crate::policy::Policy::builtin());
    let mut verdicts = Vec::new();
    let mut told = String::new();
    for quarter in ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"] {
        let period = Period::parse(quarter).expect("a quarter");
        let all = figures(&sample.workspace, &policies, &period, None, &[], sample.today).expect("computed");
        assert_eq!(all.len(), KPIS.len());
        for figure in all {
            told += &format!(
                "{quarter} {} {} {} {} n={}\n",
                figure.kpi.id,
                figure.shown(),
                figure.goal.words,
                figure.verdict.word(),
                figure.counted.n
            );
            verdicts.push((quarter, figure.kpi.id, figure.counted.value, figure.verdict));
        }
    }
    // Where nothing happened there is no figure: no approval, no document read, no launch with much left in these quarters.
    let empty: Vec<(&str, &str)> =
        verdicts.iter().filter(|one| one.0 != "2025-Q4" && one.2.is_none()).map(|one| (one.0, one.1)).collect();
    let none = [
        ("2026-Q1", "artifact-rework"),
        ("2026-Q1", "residual-acceptance"),
        ("2026-Q3", "cycle-time"),
        ("2026-Q3", "artifact-rework"),
        ("2026-Q3", "residual-acceptance"),
        ("2026-Q4", "residual-acceptance"),
    ];
    assert_eq!(empty, none, "{told}");
    let last = |verdict| verdicts.iter().filter(|one| one.0 == "2026-Q3" && one.3 == verdict).count();
    assert!(last(Verdict::Met) >= 5 && last(Verdict::Missed) >= 4, "{told}");
}
