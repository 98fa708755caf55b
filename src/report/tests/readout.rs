//! The readout: what it tells of a programme, and that what people typed stays text in it.

use super::desk::{Desk, day, now};
use super::hostile::{HOSTILE, hostile};
use super::programme::programme;
use crate::policy::Policy;
use crate::record::{INCIDENT, RELEASE, RISK, SURVEY};
use crate::report::readout;
use crate::review::kpi::{Period, Policies};
use crate::text;

fn of(desk: &Desk, period: &str) -> String {
    let (policies, period) = (Policies::one(&Policy::builtin()), Period::parse(period).expect("a period"));
    readout::of(&desk.workspace, &policies, &period, now().to_utc(), now().date_naive(), None).expect("a readout")
}

#[test]
fn the_readout_of_a_programme() {
    let mut desk = programme();
    desk.on("2026-11-21");
    let system = |desk: &Desk, review: &str| {
        let review = desk.id(review);
        let id = review.as_text().expect("an id");
        desk.workspace.get(&crate::record::REVIEW, id).expect("the review").get("system").clone()
    };
    // A launch that nothing allowed, an incident, a risk that was found too late, and a team that was not content.
    let fraud = system(&desk, "fraud");
    let fields = vec![("system", fraud.clone()), ("name", "7.2".into()), ("launched_on", day("2026-11-03").into())];
    desk.add(&RELEASE, "release", fields);
    let fields = vec![
        ("title", "Cards blocked in the wrong country".into()),
        ("system", fraud.clone()),
        ("severity", "SEV2".into()),
        ("detected_at", now().to_utc().into()),
        ("people_affected", 120.into()),
    ];
    desk.on("2026-11-25");
    desk.add(&INCIDENT, "incident", fields);
    let fields = vec![
        ("title", "Blocks fall on travellers".into()),
        ("system", fraud),
        ("category", "fairness".into()),
        ("found_phase", "post-launch".into()),
        ("controls", vec!["FAIR-01".to_owned()].into()),
    ];
    desk.add(&RISK, "found late", fields);
    desk.add(
        &SURVEY,
        "survey",
        vec![("review", desk.id("notes")), ("given_on", day("2026-11-20").into()), ("score", 2.into())],
    );
    insta::assert_snapshot!("readout", of(&desk, "2026-Q4"));
}

#[test]
fn an_empty_programme_has_a_readout_too() {
    let told = of(&Desk::empty(), "2026-Q4");
    assert!(told.contains("Nothing waits for a decision.") && told.contains("No figure misses its target."), "{told}");
    assert!(told.contains("Of 16 figures, 0 met their target and 0 missed it."), "{told}");
}

#[test]
fn what_people_typed_stays_text() {
    let told = of(&hostile(), "2026-Q4");
    assert!(!told.chars().any(|c| text::is_unsafe(c) && c != '\n'), "control characters");
    for text in HOSTILE.iter().filter(|text| text.contains('<')) {
        assert!(!told.contains(text), "{text}");
    }
}
