//! What is figured of reviews. The working stands beside each case.

use super::*;

#[test]
fn reviews_are_in_time_and_take_days() {
    let mut desk = Desk::new();
    // Submitted on the first of March; approved after 10, 20 and 60 days; targets met, met on the day, missed.
    for (approved, target) in [("2026-03-11", "2026-04-01"), ("2026-03-21", "2026-03-21"), ("2026-04-30", "2026-04-01")]
    {
        let review = desk.review("2026-03-01", vec![("target_on", day(target).into())]);
        desk.approve(approved, &review);
    }
    // Decided without a target; and one that is not decided.
    let review = desk.review("2026-03-01", Vec::new());
    desk.approve("2026-03-31", &review);
    desk.review("2026-03-01", vec![("target_on", day("2026-03-05").into())]);
    let on_time = desk.figure("on-time-completion", "2026-H1");
    close(on_time.value, 2.0 / 3.0);
    assert_eq!((on_time.numerator, on_time.denominator, on_time.n), (Some(2.0), Some(3.0), 3));
    // 10, 20, 30 and 60 days: the median is 25, the 90th percentile 30 + 0.7 × 30 = 51.
    let cycle = desk.figure("cycle-time", "2026-H1");
    close(cycle.value, 25.0);
    assert_eq!(cycle.more.len(), 1);
    close(Some(cycle.more[0].1), 51.0);
    // A period of a single review.
    let one = desk.figure("cycle-time", "2026-03-11..2026-03-11");
    close(one.value, 10.0);
    assert_eq!(one.n, 1);
    close(Some(one.more[0].1), 10.0);
    // It opens again: what was decided in March was decided in March.
    desk.stage("2026-06-01", &review, &["assessment"]);
    assert_eq!(desk.figure("cycle-time", "2026-H1").n, 4);
    // By tier, everything is low.
    let period = Period::parse("2026-H1").expect("a period");
    let only = [kpi("cycle-time").expect("a figure")];
    let by = |by| {
        let all =
            figures(&desk.workspace, &desk.policies, &period, Some(by), &only, day("2026-12-31")).expect("computed");
        all.into_iter().map(|figure| (figure.group.unwrap_or_default(), figure.counted.n)).collect::<Vec<_>>()
    };
    assert_eq!(by(By::Tier), [("low".to_owned(), 4)]);
    assert_eq!(by(By::Team), [("Hiring".to_owned(), 4)]);
    assert_eq!(by(By::Area), [("People".to_owned(), 4)]);
}

#[test]
fn a_target_may_look_back() {
    let mut desk = Desk::new();
    // 40 days in the first quarter, 30 in the third: 36 was asked for, ten percent under.
    for (submitted, approved) in [("2026-01-01", "2026-02-10"), ("2026-08-01", "2026-08-31")] {
        let review = desk.review(submitted, Vec::new());
        desk.approve(approved, &review);
    }
    let figure = desk.whole("cycle-time", "2026-Q3");
    assert_eq!(figure.goal.words, "≤ 36.0 d (10 % under 6 months before)");
    assert_eq!(figure.verdict, Verdict::Met);
    assert_eq!(figure.trend.last().map(|(name, value)| (name.as_str(), *value)), Some(("2026-Q3", Some(30.0))));
    assert_eq!(desk.whole("cycle-time", "2026-Q1").verdict, Verdict::Open, "nothing to compare with");
}

#[test]
fn templates_are_used_or_not() {
    let mut desk = Desk::new();
    let (one, two) = (desk.review("2026-03-01", Vec::new()), desk.review("2026-03-02", Vec::new()));
    desk.review("2026-03-03", Vec::new());
    for (review, template) in [(&one, "launch-readiness"), (&two, "launch-readiness"), (&two, "our-own-list")] {
        let fields = vec![
            ("title", "L".into()),
            ("review", Value::text(review.id())),
            ("template", template.into()),
            ("template_version", 1.into()),
        ];
        desk.add("2026-03-04", &CHECKLIST, fields);
    }
    let adopted = desk.figure("template-adoption", "2026-Q1");
    assert_eq!((adopted.value, adopted.numerator, adopted.denominator), (Some(0.5), Some(1.0), Some(2.0)));
    // A card that was made elsewhere.
    desk.add(
        "2026-03-05",
        &EVIDENCE,
        vec![("title", "Card".into()), ("kind", "model card".into()), ("review", Value::text(one.id()))],
    );
    close(desk.figure("template-adoption", "2026-Q1").value, 0.0);
}

#[test]
fn what_was_only_recommended_decided_nothing() {
    let mut desk = Desk::new();
    // Submitted on the first; recommended on the eleventh, approved on the thirty-first: thirty days, and late.
    let review = desk.review("2026-03-01", vec![("target_on", day("2026-03-20").into())]);
    desk.stage("2026-03-10", &review, &["triage", "assessment", "decision"]);
    let ask = |desk: &Desk, recommend: bool| {
        let review = desk.workspace.get(&REVIEW, review.id()).expect("the review");
        crate::review::decide::Ask {
            recommend,
            ..crate::review::decide::Ask::new(decision::APPROVE, Some(&review), "Good.")
        }
    };
    desk.decide("2026-03-11", &ask(&desk, true));
    assert_eq!(desk.figure("cycle-time", "2026-03").value, None);
    desk.decide("2026-03-31", &ask(&desk, false));
    close(desk.figure("cycle-time", "2026-03").value, 30.0);
    close(desk.figure("on-time-completion", "2026-03").value, 0.0);
    // Nor does it make a launch a reviewed one.
    let release = desk.release("2026-03-15");
    desk.set("2026-03-14", &review, vec![("release", Value::text(release.id()))]);
    close(desk.figure("assessment-coverage", "2026-03").value, 0.0);
}

#[test]
fn a_review_that_was_withdrawn_was_not_decided() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", vec![("target_on", day("2026-03-20").into())]);
    desk.stage("2026-03-10", &review, &["withdrawn"]);
    for id in ["on-time-completion", "cycle-time"] {
        assert_eq!(desk.figure(id, "2026").value, None, "{id}");
    }
    // An approval that was taken back decided nothing in the end.
    let review = desk.review("2026-04-01", Vec::new());
    desk.approve("2026-04-11", &review);
    close(desk.figure("cycle-time", "2026-04").value, 10.0);
    let made = desk.workspace.look().all(&DECISION, "subject", review.reference());
    let approval = made.iter().find(|one| one.text("kind") == Some(decision::APPROVE)).expect("the approval");
    let edits = crate::review::decide::withdraw(&desk.workspace.look(), approval, "A mistake.");
    desk.write("2026-04-20", edits);
    assert_eq!(desk.figure("cycle-time", "2026-04").value, None);
}
