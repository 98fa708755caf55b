//! What is figured of documents, risks and actions. The working stands beside each case.

use super::*;

#[test]
fn documents_are_reworked() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    let give = |desk: &mut Desk, title: &str, rounds: &[(&str, &'static str)]| {
        let fields = vec![
            ("title", title.into()),
            ("template", "model-card".into()),
            ("review", Value::text(review.id())),
            ("author", Value::text(desk.me.as_str())),
        ];
        let document = desk.add("2026-03-02", &DOCUMENT, fields);
        let section = vec![
            ("document", Value::text(document.id())),
            ("code", "a".into()),
            ("heading", "A".into()),
            ("text", "Says it.".into()),
        ];
        desk.add("2026-03-02", &SECTION, section);
        for (when, rework) in rounds {
            let other = Value::text(desk.other.as_str());
            let round =
                desk.add(when, &ROUND, vec![("document", Value::text(document.id())), ("reviewer", other.clone())]);
            desk.set(when, &document, vec![("status", "in review".into()), ("reviewer", other)]);
            desk.by_the_other(|desk| {
                desk.set(when, &round, vec![("rework", (*rework).into()), ("summary", "Said.".into())]);
            });
        }
    };
    give(&mut desk, "One", &[("2026-03-10", "major"), ("2026-03-20", "none")]);
    give(&mut desk, "Two", &[("2026-03-10", "minor")]);
    give(&mut desk, "Three", &[("2026-04-10", "none")]);
    give(&mut desk, "Never read", &[]);
    let march = desk.figure("artifact-rework", "2026-03");
    close(march.value, 0.5);
    assert_eq!((march.numerator, march.denominator), (Some(1.0), Some(2.0)));
    close(desk.figure("artifact-rework", "2026").value, 1.0 / 3.0);
    assert_eq!(desk.figure("artifact-rework", "2026-05").value, None);
}

#[test]
fn fairness_issues_are_counted_by_severity_and_phase() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    for (severity, phase) in [(4, "pre-launch"), (4, "pre-launch"), (2, "pre-launch"), (5, "post-launch")] {
        let fields = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("category", "fairness".into()),
            ("severity", Value::Number(severity)),
            ("found_phase", phase.into()),
        ];
        desk.add("2026-03-05", &RISK, fields);
    }
    desk.add(
        "2026-03-05",
        &RISK,
        vec![("title", "Other".into()), ("review", Value::text(review.id())), ("category", "transparency".into())],
    );
    let before = desk.figure("fairness-pre-launch", "2026-Q1");
    assert_eq!((before.value, before.n), (Some(3.0), 3));
    assert_eq!(before.more, [("severity 4".to_owned(), 2.0), ("severity 2".to_owned(), 1.0)]);
    assert_eq!(desk.figure("fairness-post-launch", "2026-Q1").value, Some(1.0));
    // None found in a programme that looks is a figure; before it looked it is not.
    assert_eq!(desk.figure("fairness-post-launch", "2026-Q2").value, Some(0.0));
    assert_eq!(desk.figure("fairness-post-launch", "2025").value, None);
    assert_eq!(desk.whole("fairness-post-launch", "2026-Q2").verdict, Verdict::Met, "downward from 1 to 0");
}

#[test]
fn mitigations_are_closed_in_time_and_improvements_shipped() {
    let mut desk = Desk::new();
    let mut action = |kind: &'static str, due: &str, closed: Option<(&str, &'static str)>| {
        let action = desk.add(
            "2026-03-01",
            &ACTION,
            vec![("title", "Do".into()), ("kind", kind.into()), ("due_on", day(due).into())],
        );
        if let Some((when, status)) = closed {
            desk.set(when, &action, vec![("status", status.into()), ("closing_note", "Said.".into())]);
        }
    };
    action("mitigation", "2026-04-10", Some(("2026-04-10", "done")));
    action("mitigation", "2026-04-10", Some(("2026-04-11", "done")));
    action("mitigation", "2026-04-20", None);
    action("mitigation", "2026-04-20", Some(("2026-04-01", "cancelled")));
    action("mitigation", "2027-04-20", None);
    action("follow-up", "2026-04-20", None);
    action("control improvement", "2026-05-01", Some(("2026-05-20", "done")));
    action("control improvement", "2026-05-01", Some(("2026-06-20", "done")));
    action("control improvement", "2026-05-01", None);
    let closed = desk.figure("mitigation-closure", "2026-04");
    close(closed.value, 1.0 / 3.0);
    assert_eq!((closed.numerator, closed.denominator), (Some(1.0), Some(3.0)));
    assert_eq!(desk.figure("mitigation-closure", "2027").value, None, "still in time");
    // Two in a half-year; in the second quarter, half a half-year, that is four a half-year.
    close(desk.figure("control-improvements", "2026-H1").value, 2.0);
    close(desk.figure("control-improvements", "2026-Q2").value, 4.0);
    close(desk.figure("control-improvements", "2026-H2").value, 0.0);
}

#[test]
fn downward_is_less_than_before_or_nothing() {
    let mut desk = Desk::new();
    let review = desk.review("2026-01-01", Vec::new());
    let mut found = |month: &str| {
        let fields = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("category", "fairness".into()),
            ("found_phase", "post-launch".into()),
        ];
        desk.add(&format!("{month}-05"), &RISK, fields);
    };
    for month in ["2026-01", "2026-01", "2026-02", "2026-03"] {
        found(month);
    }
    let verdict = |month: &str| desk.whole("fairness-post-launch", month).verdict;
    // Two, one, one, none, none; before January nobody looked.
    assert_eq!(verdict("2026-01"), Verdict::Open);
    assert_eq!(verdict("2026-02"), Verdict::Met);
    assert_eq!(verdict("2026-03"), Verdict::Missed, "one after one is not downward");
    assert_eq!(verdict("2026-04"), Verdict::Met);
    assert_eq!(verdict("2026-05"), Verdict::Met, "none after none leaves nothing to lower");
}
