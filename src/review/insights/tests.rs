//! Flow and forecasts against cases worked by hand.

use chrono::{DateTime, TimeDelta, Utc};

use super::flow::{Flow, Span};
use super::*;
use crate::review::kpi::Period;

fn at(day: i64) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("a moment").to_utc() + TimeDelta::days(day)
}

/// A review that came to these stages on these days.
fn flow(name: &str, launch: Option<i64>, stages: &[(&str, i64)]) -> Flow {
    let mut spans: Vec<Span> = Vec::new();
    for (stage, day) in stages {
        if let Some(last) = spans.last_mut() {
            last.to = Some(at(*day));
        }
        spans.push(Span { what: (*stage).to_owned(), from: at(*day), to: None });
    }
    Flow {
        reference: name.to_owned(),
        tier: "low".to_owned(),
        stage: stages.last().map_or("intake", |(stage, _)| stage).to_owned(),
        launch_on: launch.map(|day| at(day).date_naive()),
        stages: spans,
        ..Flow::default()
    }
}

fn year() -> Period {
    Period::parse("2026").expect("a period")
}

#[test]
fn stages_and_waits_are_told_by_median_and_percentile() {
    let flows = [
        flow("A", None, &[("intake", 0), ("triage", 2), ("assessment", 4)]),
        flow("B", None, &[("intake", 0), ("triage", 4), ("assessment", 14)]),
        flow("C", None, &[("intake", 0), ("withdrawn", 9)]),
    ];
    let lines = by_stage(&flows, &year());
    let told: Vec<(&str, usize, f64)> = lines.iter().map(|line| (line.what.as_str(), line.n, line.median)).collect();
    // Intake: 2, 4 and 9 days; triage: 2 and 10. What goes on is not counted.
    assert_eq!(told, [("intake", 3, 4.0), ("triage", 2, 6.0)]);
    assert!((lines[0].p90 - 8.0).abs() < 1e-9, "4 + 0.8 × 5");
    let reached: Vec<(String, usize)> =
        funnel(&flows, &year()).into_iter().map(|line| (line.stage, line.reached)).collect();
    let expected = [
        ("intake", 3),
        ("triage", 2),
        ("assessment", 2),
        ("decision", 0),
        ("approved", 0),
        ("launched", 0),
        ("rejected", 0),
        ("withdrawn", 1),
    ];
    assert_eq!(reached, expected.map(|(stage, count)| (stage.to_owned(), count)));
    assert_eq!(funnel(&[], &year())[0].share, None, "no data");
    let old = ageing(&flows, at(24), at(24).date_naive());
    assert_eq!(old.len(), 1);
    assert_eq!((old[0].stage.as_str(), old[0].n, old[0].median, old[0].oldest.as_str()), ("assessment", 2, 15.0, "A"));
}

#[test]
fn forecasts_rest_on_those_that_took_as_long_at_least() {
    // Five earlier reviews took 10, 20, 30, 40 and 50 days from assessment to decision.
    let mut flows: Vec<Flow> =
        [10, 20, 30, 40, 50].iter().map(|days| flow("past", None, &[("assessment", 0), ("approved", *days)])).collect();
    flows.push(flow("NEW", Some(125), &[("assessment", 100)]));
    let (all, _) = forecasts(&flows, at(100), at(100).date_naive());
    let [new] = all.as_slice() else { panic!("{all:?}") };
    // Nothing has passed yet: half of them took 30 days; two of five would be ready in 25.
    assert_eq!(new.likely_on, Some(at(130).date_naive()));
    assert_eq!((new.early_on, new.late_on), (Some(at(110).date_naive()), Some(at(150).date_naive())));
    assert!((new.chance.expect("a chance") - 0.4).abs() < 1e-9);
    assert_eq!((new.word, new.n), ("at risk", 5));
    // After 35 days only two are left that took longer: too few to say.
    let (later, _) = forecasts(&flows, at(135), at(135).date_naive());
    assert_eq!((later[0].likely_on, later[0].word, later[0].n), (None, "late", 2));
    // A sixth that has waited since long before says that it may well take longer than any of them did.
    flows.push(flow("SLOW", None, &[("assessment", 0)]));
    let (all, _) = forecasts(&flows, at(100), at(100).date_naive());
    let new = all.iter().find(|one| one.review == "NEW").expect("it is there");
    assert_eq!((new.likely_on, new.late_on, new.n), (Some(at(130).date_naive()), None, 5));
    assert!((new.chance.expect("a chance") - 2.0 / 6.0).abs() < 1e-9);
    assert_eq!(new.asked, "of its tier");
    // A review of another tier asks those of the tiers next to it, where its own has too few.
    flows.push(Flow { tier: "medium".to_owned(), ..flow("MIDDLE", Some(125), &[("assessment", 100)]) });
    flows.push(Flow { tier: "high".to_owned(), ..flow("FAR", Some(125), &[("assessment", 100)]) });
    let (all, _) = forecasts(&flows, at(101), at(101).date_naive());
    let asked = |name: &str| all.iter().find(|one| one.review == name).map(|one| (one.asked, one.n));
    assert_eq!(asked("MIDDLE"), Some(("of its tier and those next to it", 5)));
    assert_eq!(asked("FAR"), Some(("of all tiers", 5)));
    let (none, record) = forecasts(&[], at(0), at(0).date_naive());
    assert!(none.is_empty() && record.forecasts == 0);
}

#[test]
fn forecasts_are_tried_on_the_past_with_what_was_known_then() {
    // Eight reviews, one after the other, ten days each; from the sixth on there are five to go by.
    let mut flows: Vec<Flow> = (0..8)
        .map(|at| flow("past", Some(at * 20 + 10), &[("assessment", at * 20), ("approved", at * 20 + 10)]))
        .collect();
    let (_, record) = forecasts(&flows, at(400), at(400).date_naive());
    assert_eq!((record.forecasts, record.within, record.with_date, record.right), (3, 3, 3, 3));
    // A ninth that took four times as long: not within, and thought to be ready when it was not.
    flows.push(flow("slow", Some(310), &[("assessment", 300), ("approved", 340)]));
    let (_, record) = forecasts(&flows, at(400), at(400).date_naive());
    assert_eq!((record.forecasts, record.within, record.right), (4, 3, 3));
}

#[test]
fn risks_come_again_and_late_finds_name_the_control_that_would_have_caught_them() {
    use crate::policy::Policy;
    use crate::record::{CHECKLIST, CHECKLIST_ITEM, PERSON, RISK, SYSTEM, Value};
    use crate::workspace::{Change, Edit, Workspace, new_id};

    let policy = Policy::builtin();
    let pattern = policy.patterns().iter().find(|pattern| !pattern.controls.is_empty()).expect("a pattern");
    let control = pattern.controls[0].clone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut workspace =
        Workspace::create(&folder.path().join("w.db"), std::sync::Arc::new(policy.clone())).expect("a workspace");
    let me = new_id(at(0));
    let add = |kind, id: &str, fields: Vec<(&'static str, Value)>| Edit::Add { kind, id: id.to_owned(), fields };
    let mut write = |day: i64, edits: Vec<Edit>| {
        workspace.write(Change { at: at(day), ..Change::by(&me, edits) }).expect("it is saved");
    };
    let (one, other) = (new_id(at(0)), new_id(at(0)));
    let system =
        |id: &str, name: &str, team: &str| add(&SYSTEM, id, vec![("name", name.into()), ("team", team.into())]);
    write(
        0,
        vec![
            add(&PERSON, &me, vec![("name", "Ana".into()), ("handle", "ana".into())]),
            system(&one, "One", "Hiring"),
            system(&other, "Other", "Claims"),
        ],
    );
    let (review, edits) =
        crate::review::start(at(1), vec![("title", "R".into()), ("system", Value::text(one.as_str()))]);
    write(1, edits);
    let list = new_id(at(2));
    write(
        2,
        vec![
            add(
                &CHECKLIST,
                &list,
                vec![
                    ("title", "L".into()),
                    ("review", Value::text(review.as_str())),
                    ("template", "launch-readiness".into()),
                    ("template_version", 1.into()),
                ],
            ),
            add(
                &CHECKLIST_ITEM,
                &new_id(at(2)),
                vec![
                    ("code", "A-1".into()),
                    ("text", "T".into()),
                    ("checklist", Value::text(list.as_str())),
                    ("review", Value::text(review.as_str())),
                    ("controls", Value::List(vec![control.clone()])),
                    ("status", "pass".into()),
                ],
            ),
        ],
    );
    let risk = |title: &str, system: &str, pattern: &str, phase: &'static str| {
        let fields = vec![
            ("title", title.into()),
            ("system", Value::text(system)),
            ("category", "fairness".into()),
            ("pattern", pattern.into()),
            ("found_phase", phase.into()),
        ];
        add(&RISK, &new_id(at(3)), fields)
    };
    write(
        30,
        vec![
            risk("In one", &one, &pattern.id, "post-launch"),
            risk("In the other", &other, &pattern.id, "pre-launch"),
            // By its title, in one system only: it does not come again.
            risk("Alone", &one, "", "pre-launch"),
            risk("Alone", &one, "", "pre-launch"),
        ],
    );
    let again = recurring(&workspace, &policy, None).expect("read");
    let [only] = again.as_slice() else { panic!("{again:?}") };
    assert_eq!(
        (only.name.as_str(), only.systems, only.risks, only.before, only.after),
        (pattern.title.as_str(), 2, 2, 1, 1)
    );
    assert_eq!(only.teams, ["Claims", "Hiring"]);
    assert!(only.controls.contains(&control));
    let late = late_finds(&workspace, &policy, &year()).expect("read");
    let [find] = late.as_slice() else { panic!("{late:?}") };
    let caught = find.caught_by.iter().find(|by| by.control == control).expect("the control");
    assert_eq!((find.title.as_str(), caught.stood.as_str()), ("In one", "pass (ITM-1)"));
    assert!(late_finds(&workspace, &policy, &Period::parse("2025").expect("a period")).expect("read").is_empty());
}

#[test]
fn the_heat_map_counts_open_risks_and_how_they_moved() {
    use crate::policy::Policy;
    use crate::record::{PERSON, RISK, SYSTEM, Value};
    use crate::workspace::{Change, Edit, Workspace, new_id};

    let policy = Policy::builtin();
    let folder = tempfile::tempdir().expect("a folder");
    let mut workspace =
        Workspace::create(&folder.path().join("w.db"), std::sync::Arc::new(policy.clone())).expect("a workspace");
    let empty = heat::heat(&workspace, &policy).expect("read");
    assert_eq!((empty.open, empty.worst(&policy), empty.categories.len()), (0, None, 0));
    let (me, system) = (new_id(at(0)), new_id(at(0)));
    let mut edits = vec![
        Edit::Add { kind: &PERSON, id: me.clone(), fields: vec![("name", "Ana".into()), ("handle", "ana".into())] },
        Edit::Add { kind: &SYSTEM, id: system.clone(), fields: vec![("name", "S".into())] },
    ];
    let scores = ["severity", "likelihood", "residual_severity", "residual_likelihood"];
    // Two went from 4×4 to 2×2, one stayed at 5×5, one rose from 1×1 to 3×3, one was not assessed after, one not scored at
    // all; and one is closed.
    for (title, values, status, category) in [
        ("a", [4, 4, 2, 2], "open", "fairness"),
        ("b", [4, 4, 2, 2], "open", "fairness"),
        ("c", [5, 5, 5, 5], "open", "privacy & security"),
        ("d", [1, 1, 3, 3], "open", "fairness"),
        ("e", [3, 2, 0, 0], "open", "fairness"),
        ("f", [0, 0, 0, 0], "open", "transparency"),
        ("g", [5, 5, 0, 0], "closed", "fairness"),
    ] {
        let mut fields: Vec<(&'static str, Value)> = vec![
            ("title", title.into()),
            ("system", Value::text(system.as_str())),
            ("status", status.into()),
            ("category", category.into()),
        ];
        fields.extend(
            scores
                .into_iter()
                .zip(values)
                .filter(|(_, value)| *value > 0)
                .map(|(name, value)| (name, Value::Number(value))),
        );
        edits.push(Edit::Add { kind: &RISK, id: new_id(at(0)), fields });
    }
    workspace.write(Change::by(&me, edits)).expect("it is saved");
    let told = heat::heat(&workspace, &policy).expect("read");
    assert_eq!((told.open, told.unscored, told.unassessed), (6, 1, 2));
    assert_eq!((told.lowered, told.same, told.raised), (2, 1, 1));
    assert_eq!((heat::at(&told.inherent, (4, 4)), heat::at(&told.residual, (2, 2))), (2, 2));
    assert_eq!((heat::at(&told.inherent, (5, 5)), heat::at(&told.inherent, (9, 0))), (1, 0), "the closed one is out");
    assert_eq!(told.worst(&policy), Some((5, 5)));
    let went = told.moves_of((4, 4), false);
    assert_eq!(went, [heat::Move { from: Some((4, 4)), to: Some((2, 2)), risks: 2 }]);
    assert_eq!(told.moves_of((2, 2), true), went);
    // Every open risk stands in a cell or is said to stand in none.
    let sum = |cells: &heat::Cells| cells.iter().flatten().sum::<u64>();
    assert_eq!((sum(&told.inherent) + told.unscored, sum(&told.residual) + told.unassessed), (6, 6));
    assert_eq!(told.levels.iter().map(|line| line.inherent).sum::<u64>(), 5);
    assert_eq!(told.categories.iter().map(heat::OfCategory::risks).sum::<u64>(), 6);
    assert_eq!(told.categories.last().map(|line| (line.category.as_str(), line.unscored)), Some(("transparency", 1)));
    for (cell, residual) in [((4, 4), false), ((2, 2), true), ((5, 5), true), ((3, 1), false)] {
        let cells = if residual { &told.residual } else { &told.inherent };
        let listed = workspace.count(&heat::risks_of(cell, residual)).expect("counted");
        assert_eq!(listed, heat::at(cells, cell), "{cell:?}");
    }
    let highest = heat::highest(&workspace, 2).expect("read");
    assert_eq!(highest.iter().map(crate::record::Record::title).collect::<Vec<_>>(), ["c", "d"]);
}
