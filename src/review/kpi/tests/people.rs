//! What is figured of people: alerts, surveys, sessions, waivers. The working stands beside each case.

use super::*;

#[test]
fn alerts_are_answered_in_business_time() {
    let mut desk = Desk::new();
    let signal =
        desk.add("2026-01-05", &SIGNAL, vec![("name", "Drift".into()), ("system", Value::text(desk.system.as_str()))]);
    let mut alert = |raised: &str, answered: Option<&str>| {
        let fields =
            vec![("signal", Value::text(signal.id())), ("raised_at", at(raised).into()), ("value", "0.4".into())];
        let alert = desk.add("2026-03-31", &ALERT, fields);
        if let Some(answered) = answered {
            desk.set("2026-03-31", &alert, vec![("acknowledged_at", at(answered).into())]);
        }
    };
    // Monday to Friday, 9 to 17. Within the hour; Friday 16:00 to Monday 11:00, three hours; two days.
    alert("2026-03-02T10:00:00Z", Some("2026-03-02T11:00:00Z"));
    alert("2026-03-06T16:00:00Z", Some("2026-03-09T11:00:00Z"));
    alert("2026-03-10T09:00:00Z", Some("2026-03-11T17:00:00Z"));
    // Two in the same millisecond, one of them never answered.
    alert("2026-03-12T09:00:00.123Z", Some("2026-03-12T09:00:00.123Z"));
    alert("2026-03-12T09:00:00.123Z", None);
    let march = desk.figure("alert-response", "2026-03");
    // 0, 1/8, 3/8 and 2 business days: the median is 2/8.
    close(march.value, 0.25);
    assert_eq!((march.numerator, march.denominator, march.n), (Some(3.0), Some(5.0), 5));
    assert_eq!(desk.whole("alert-response", "2026-03").verdict, Verdict::Met);
}

#[test]
fn teams_are_asked_taught_and_let_pass() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    for (given, score) in [("2026-03-10", 5), ("2026-03-20", 4), ("2026-04-01", 1)] {
        desk.add(
            "2026-04-02",
            &SURVEY,
            vec![("review", Value::text(review.id())), ("given_on", day(given).into()), ("score", score.into())],
        );
    }
    let march = desk.figure("satisfaction", "2026-03");
    assert_eq!((march.value, march.numerator, march.denominator, march.n), (Some(4.5), Some(9.0), Some(2.0), 2));
    for (held, people) in [("2026-03-10", 12), ("2026-05-20", 30)] {
        desk.add(
            "2026-06-01",
            &ENABLEMENT,
            vec![("title", "T".into()), ("held_on", day(held).into()), ("attendees", people.into())],
        );
    }
    let half = desk.figure("enablement-reach", "2026-H1");
    close(half.value, 2.0 / 6.0);
    assert_eq!((half.n, half.more.first().map(|(_, people)| *people)), (2, Some(42.0)));
    close(desk.figure("enablement-reach", "2026-04").value, 0.0);
    // Two waivers, one of them only recommended; two launches.
    let list = desk.add(
        "2026-03-03",
        &CHECKLIST,
        vec![
            ("title", "L".into()),
            ("review", Value::text(review.id())),
            ("template", "launch-readiness".into()),
            ("template_version", 1.into()),
        ],
    );
    for (code, recommend) in [("A-1", false), ("A-2", true)] {
        let fields = vec![
            ("code", code.into()),
            ("text", "T".into()),
            ("checklist", Value::text(list.id())),
            ("review", Value::text(review.id())),
        ];
        let item = desk.add("2026-03-03", &CHECKLIST_ITEM, fields);
        let ask = crate::review::decide::Ask {
            expires_on: Some(day("2026-06-30")),
            control: "By hand.".to_owned(),
            recommend,
            ..crate::review::decide::Ask::new(decision::WAIVER, Some(&item), "For now.")
        };
        desk.decide("2026-03-04", &ask);
    }
    assert_eq!(desk.figure("policy-exceptions", "2026-03").value, None, "no launch to set them against");
    desk.release("2026-03-20");
    desk.release("2026-03-21");
    let waived = desk.figure("policy-exceptions", "2026-03");
    assert_eq!((waived.value, waived.numerator, waived.denominator, waived.n), (Some(0.5), Some(1.0), Some(2.0), 2));
}

#[test]
fn a_waiver_that_was_recommended_and_granted_was_asked_for_once() {
    let mut desk = Desk::new();
    let review = desk.review("2026-03-01", Vec::new());
    let fields = vec![
        ("title", "L".into()),
        ("review", Value::text(review.id())),
        ("template", "launch-readiness".into()),
        ("template_version", 1.into()),
    ];
    let list = desk.add("2026-03-03", &CHECKLIST, fields);
    let fields = vec![
        ("code", "A-1".into()),
        ("text", "T".into()),
        ("checklist", Value::text(list.id())),
        ("review", Value::text(review.id())),
    ];
    let item = desk.add("2026-03-03", &CHECKLIST_ITEM, fields);
    desk.release("2026-03-20");
    let waive = |desk: &mut Desk, when: &str, last: &str, recommend: bool| {
        let item = desk.workspace.get(&CHECKLIST_ITEM, item.id()).expect("the item");
        let ask = crate::review::decide::Ask {
            expires_on: Some(day(last)),
            control: "By hand.".to_owned(),
            recommend,
            ..crate::review::decide::Ask::new(decision::WAIVER, Some(&item), "For now.")
        };
        desk.decide(when, &ask);
    };
    let told = |desk: &Desk| {
        let waived = desk.figure("policy-exceptions", "2026-03");
        (waived.numerator, waived.n)
    };
    waive(&mut desk, "2026-03-04", "2026-04-30", true);
    assert_eq!(told(&desk), (Some(0.0), 1), "asked for");
    waive(&mut desk, "2026-03-05", "2026-04-30", false);
    assert_eq!(told(&desk), (Some(1.0), 1), "asked for once, and granted");
    waive(&mut desk, "2026-03-25", "2026-06-30", false);
    assert_eq!(told(&desk), (Some(2.0), 2), "renewed: once more");
}

#[test]
fn in_a_year_of_holidays_no_business_day_passes() {
    let mut desk = Desk::new();
    desk.policies = Policies::one(&policy("[business]\nholidays = [\"2026-01-01..2026-12-31\"]\n"));
    let fields = vec![("name", "Drift".into()), ("system", Value::text(desk.system.as_str()))];
    let signal = desk.add("2026-01-05", &SIGNAL, fields);
    for (raised, answered) in [("2026-03-02", Some("2026-06-02")), ("2026-03-03", None)] {
        let mut fields =
            vec![("signal", Value::text(signal.id())), ("raised_at", at(raised).into()), ("value", "1".into())];
        fields.extend(answered.map(|answered| ("acknowledged_at", at(answered).into())));
        desk.add("2026-06-03", &ALERT, fields);
    }
    // The one that was answered took no business time; the other is not late, for no day of its clock has passed.
    let year = desk.figure("alert-response", "2026");
    assert_eq!((year.value, year.numerator, year.denominator), (Some(0.0), Some(1.0), Some(1.0)));
}
