//! Operations, used as people use them: an alert becomes an incident, a bundle, a review and actions, by keys alone.

use chrono::{DateTime, Local, TimeDelta, Utc};

use crate::record::incident::{ENTRY, MITIGATION, REPORT};
use crate::record::{ACTION, ALERT, DOCUMENT, EVIDENCE, INCIDENT, Record, SERIES, SIGNAL, Value};
use crate::review::operations::incident::{Line, line};
use crate::review::operations::series::{Readings, keep};
use crate::tui::app::stage::{Stage, steady};
use crate::workspace::{Condition, Edit, Query, new_id};

/// A stage on which a system is in use and watched: a signal with readings, and an alert that nobody took up.
fn watched(width: u16, height: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(width, height, theme);
    let now = Utc::now();
    let workspace = stage.workspace();
    let system = workspace.find("SYS-1").expect("the system");
    let me = workspace.find("PER-1").expect("me");
    stage.set(&system, vec![("lifecycle", "production".into())]);
    let add = |kind, fields| Edit::Add { kind, id: new_id(now), fields };
    stage.write(vec![
        add(
            &SIGNAL,
            vec![
                ("name", "Selection rate gap".into()),
                ("system", Value::text(system.id())),
                ("kind", "fairness".into()),
                ("threshold", "0.1".into()),
                ("owner", Value::text(me.id())),
                ("alert_route", "#hiring-alerts".into()),
                ("status", "live".into()),
            ],
        ),
        add(
            &SIGNAL,
            vec![("name", "Complaints".into()), ("system", Value::text(system.id())), ("kind", "abuse".into())],
        ),
    ]);
    let signal = stage.workspace().find("SIG-1").expect("the signal");
    let readings = readings();
    let mut edits = keep(&signal, &readings, "a test", now);
    edits.push(add(
        &ALERT,
        vec![
            ("signal", Value::text(signal.id())),
            ("raised_at", Value::Moment(moment("2026-03-06T12:00:00Z"))),
            ("value", "0.14".into()),
        ],
    ));
    stage.write(edits);
    stage.keys("C-l");
    stage
}

fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a moment").to_utc()
}

/// A reading a day for ten weeks, with a week in which nothing came, and two times beyond the threshold; one line is none.
fn readings() -> Readings {
    let start = moment("2026-01-01T12:00:00Z");
    let mut text = String::from("time,value\n2026-01-01,NaN\n");
    for day in (0..70).filter(|day| !(30..37).contains(day)) {
        let value = if (20..23).contains(&day) || day > 66 { 0.14 } else { 0.05 + f64::from(day % 5) * 0.008 };
        text.push_str(&format!("{},{value}\n", (start + TimeDelta::days(i64::from(day))).to_rfc3339()));
    }
    Readings::parse(&text, Utc::now())
}

/// The screen, with what depends on the day and the zone of the clock left out.
fn still(stage: &Stage) -> String {
    let text = steady(&stage.screen());
    let letters: Vec<char> = text.chars().collect();
    let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let is_time = digit(at) && digit(at + 1) && letters.get(at + 2) == Some(&':') && digit(at + 3) && digit(at + 4);
        if is_time {
            out.push_str("HH:MM");
            at += 5;
        } else {
            out.push(letters[at]);
            at += 1;
        }
    }
    // Hours and days since an alert of last spring.
    out.lines()
        .map(
            |line| if line.contains("d late") || line.contains("days late") { "(a line with days late)" } else { line },
        )
        .collect::<Vec<_>>()
        .join("\n")
}

fn found(stage: &Stage, reference: &str) -> Record {
    stage.workspace().find(reference).unwrap_or_else(|error| panic!("{reference}: {error}; {}", stage.screen()))
}

fn all(stage: &Stage, kind: crate::record::Kind) -> Vec<Record> {
    stage.workspace().records(&Query::all(kind)).expect("read")
}

#[test]
fn the_parts_at_three_sizes_and_in_ascii() {
    let mut stage = watched(80, 24, "dark");
    for (width, height) in [(80, 24), (120, 36), (200, 60)] {
        stage.resize(width, height);
        stage.keys("1 8 j k");
        insta::assert_snapshot!(format!("alerts_{width}x{height}"), still(&stage));
        stage.keys("Tab");
        insta::assert_snapshot!(format!("incidents_empty_{width}x{height}"), still(&stage));
        stage.keys("Tab j");
        insta::assert_snapshot!(format!("signals_{width}x{height}"), still(&stage));
        stage.keys("8");
        insta::assert_snapshot!(format!("readiness_{width}x{height}"), still(&stage));
        stage.keys("8");
        insta::assert_snapshot!(format!("due_{width}x{height}"), still(&stage));
    }
    let mut stage = watched(120, 36, "ascii");
    stage.keys("8 8 8 j");
    insta::assert_snapshot!("signals_ascii", still(&stage));
}

#[test]
fn an_alert_becomes_an_incident_a_bundle_and_what_was_learnt_by_keys() {
    let mut stage = watched(120, 36, "dark");
    stage.keys("8");
    assert!(stage.screen().contains("late since"), "{}", stage.screen());
    stage.keys("c");
    assert_eq!(found(&stage, "ALR-1").text("status"), Some("acknowledged"), "{}", stage.status());

    // An incident: three keys are enough; here the legal clock is said as well.
    stage.keys("E Tab").types("AI Act: serious incident").keys("C-s");
    let incident = found(&stage, "INC-1");
    assert_eq!(found(&stage, "ALR-1").get("incident").as_text(), Some(incident.id()), "{}", stage.screen());
    assert!(!incident.get("report_due_on").is_empty());
    assert!(stage.screen().contains("[Overview]") && stage.screen().contains("Legal clocks"), "{}", stage.screen());

    // Its timeline, typed live; the time and the kind can be said.
    stage.keys("a").types("00:00 action: The order is switched off").keys("Enter Tab");
    let entries = all(&stage, &ENTRY);
    assert_eq!(entries.iter().filter(|entry| entry.text("kind") == Some("action")).count(), 1, "{}", stage.screen());
    assert!(stage.screen().contains("action: The order is switched off"), "{}", stage.screen());

    stage.keys("s").types("Order by date of application").keys("Tab Tab Tab Tab Tab").types("+14d").keys("C-s");
    assert_eq!(found(&stage, "TMP-1").text("status"), Some("active"), "{}", stage.screen());

    // It cannot be resolved while the legal clock runs; the report stops that.
    stage.keys("x").types("resolved").keys("Enter");
    assert!(stage.screen().contains("a report is due by"), "{}", stage.screen());
    stage.keys("Enter").types("Market surveillance authority, no. 17").keys("Enter");
    assert!(all(&stage, &ENTRY).iter().any(|entry| entry.text("kind") == Some(REPORT)), "{}", stage.screen());
    stage.keys("x").types("resolved").keys("Enter");
    assert_eq!(found(&stage, "INC-1").text("status"), Some("resolved"), "{}", stage.status());

    stage.keys("b Enter");
    assert!(stage.status().contains("files"), "{}", stage.status());
    assert!(stage.folder.path().join("INC-1-bundle/SHA256SUMS").exists());

    stage.keys("H").types("No slice by age").keys("Tab Tab").types("No alert by age band");
    stage.keys("Tab Tab").types("launch-readiness: Ranks are compared by age band.").keys("C-s");
    assert_eq!(found(&stage, "INC-1").text("status"), Some("reviewed"), "{}", stage.screen());
    let actions = stage.workspace().records(&Query::all(&ACTION).with(Condition::Is("source", "INC-1".into())));
    assert_eq!(actions.expect("read").len(), 2);

    stage.keys("Tab");
    assert!(stage.screen().contains("[Mitigations 1]"), "{}", stage.screen());
    stage.keys("x").types("The model was trained anew").keys("Enter");
    assert_eq!(found(&stage, "TMP-1").text("status"), Some("ended"), "{}", stage.screen());
    stage.keys("Tab Tab");
    assert!(stage.screen().contains("Add to the checklist launch-readiness"), "{}", stage.screen());
    // The proposal becomes the checklist's next version, by a decision; the checklist in work follows.
    stage.keys("Z");
    assert!(stage.screen().contains("launch-readiness: version 1"), "{}", stage.screen());
    stage.keys("y").types("Learnt the hard way").keys("Enter");
    assert!(stage.program.state.ctx.policy.checklist("launch-readiness").is_some_and(|one| one.version == 2));
    assert_eq!(found(&stage, "ACT-3").text("status"), Some("done"), "{}", stage.status());
    stage.keys("J Tab");
    assert_eq!(all(&stage, &DOCUMENT).len(), 1, "{}", stage.status());
    assert!(stage.screen().contains("Learnings from INC-1"), "{}", stage.screen());
}

#[test]
fn an_incident_on_its_own_screen() {
    let mut stage = watched(120, 36, "dark");
    stage.keys("8 E C-s");
    assert_eq!(found(&stage, "INC-1").text("severity"), Some("SEV3"), "three keys from anywhere");
    assert!(stage.screen().contains("None runs"), "{}", stage.screen());
    stage.keys("F");
    assert!(stage.status().contains("no legal clock that runs"), "{}", stage.status());
    stage.keys("a").types("decision: It stays off").keys("Enter Tab");
    insta::assert_snapshot!("incident_timeline_120x36", still(&stage));
    stage.resize(80, 24);
    stage.keys("S-Tab");
    insta::assert_snapshot!("incident_80x24", still(&stage));
    // Its alert is not opened from once more, and its own clock says how long the answer took.
    stage.keys("Tab Tab Tab");
    stage.keys("E");
    assert!(stage.status().contains("belongs to an incident already"), "{}", stage.status());
    stage.keys("Enter");
    assert!(stage.screen().contains("business hours"), "{}", stage.screen());
    stage.keys("Tab");
    assert!(stage.screen().contains("crossed 2 times"), "{}", stage.screen());
}

#[test]
fn what_is_typed_survives_a_kill() {
    let mut stage = watched(120, 36, "dark");
    stage.keys("8 E C-s a").types("Half a sentence about");
    let mut stage = stage.reopen();
    stage.keys("R Enter");
    assert!(stage.screen().contains("Half a sentence about"), "{}", stage.screen());
    stage.types(" the order").keys("Enter");
    assert!(all(&stage, &ENTRY).iter().any(|entry| entry.title() == "Half a sentence about the order"));
    assert!(stage.workspace().drafts().expect("read").is_empty());
    // So does what was learnt, in its form.
    stage.keys("8 8 H").types("No slice by age");
    let mut stage = stage.reopen();
    stage.keys("R Enter C-s");
    assert_eq!(found(&stage, "INC-1").text("root_cause"), Some("No slice by age"), "{}", stage.screen());
}

#[test]
fn a_refusal_names_the_field_and_keeps_what_was_typed() {
    let mut stage = watched(120, 36, "dark");
    stage.keys("8 E Tab").types("AI Act: serious incident").keys("C-s");
    // In the form, somebody sets the status by hand and types the harm.
    stage.keys("e");
    let status = |stage: &mut Stage| {
        for _ in 0..30 {
            if stage.screen().contains("▸ Status") {
                return;
            }
            stage.keys("Tab");
        }
        panic!("{}", stage.screen());
    };
    status(&mut stage);
    stage.keys("C-u").types("resolved").keys("Tab Tab Tab").types("Nobody asked").keys("C-s");
    let screen = stage.screen();
    assert!(screen.contains("Why unreported") && screen.contains("A legal clock still runs"), "{screen}");
    assert!(screen.contains("Nobody asked"), "{screen}");
    assert_eq!(found(&stage, "INC-1").text("status"), Some("open"));
    // Learnt from with an item for a checklist that is not there: the words stay.
    stage
        .keys("Esc Down Down Enter H")
        .types("A cause")
        .keys("Tab Tab Tab Tab")
        .types("no-such: Something")
        .keys("C-s");
    let screen = stage.screen();
    assert!(screen.contains("no checklist") && screen.contains("A cause"), "{screen}");
    assert_eq!(found(&stage, "INC-1").text("status"), Some("open"));
}

#[test]
fn signals_are_read_from_files_tested_and_missing_ones_added() {
    let mut stage = watched(120, 36, "dark");
    // Complaints: no route, no readings.
    stage.keys("8 8 8");
    assert!(stage.screen().contains("none yet"), "{}", stage.screen());
    stage.keys("z");
    assert!(stage.status().contains("no alert route") && stage.status().contains("Alert route"), "{}", stage.status());
    stage.keys("j z").types("Paged the rota; answered after 4 minutes").keys("Enter");
    let signal = found(&stage, "SIG-1");
    assert_eq!(signal.text("status"), Some("validated"), "{}", stage.status());
    assert_eq!(all(&stage, &EVIDENCE).len(), 2);

    let file = stage.folder.path().join("readings.csv");
    std::fs::write(&file, "time,value\n2026-04-01,0.2\n2026-04-02,NaN\n2026-04-03,0.2\n2027-01-01,1\n")
        .expect("written");
    stage.keys("<").paste(&file.display().to_string()).keys("Enter Down Enter");
    assert!(stage.status().contains("2 readings taken in, 1 alerts raised"), "{}", stage.status());
    assert!(stage.status().contains("1 whose value is no number, 1 of the future"), "{}", stage.status());
    assert_eq!((all(&stage, &SERIES).len(), all(&stage, &ALERT).len()), (2, 2));
    stage.keys("<").paste(&file.display().to_string()).keys("Enter Enter");
    assert!(stage.status().contains("no new readings"), "{}", stage.status());

    let file = stage.folder.path().join("alerts.csv");
    std::fs::write(&file, "signal,value,key\nSIG-1,0.3,a\nSIG-2,4,b\n").expect("written");
    stage.keys("1 8 <").paste(&file.display().to_string()).keys("Enter");
    assert!(stage.status().contains("2 alerts raised"), "{}", stage.status());
    std::fs::write(&file, "signal,value\nSIG-1,0.3\nSIG-9,4\n").expect("written");
    stage.keys("<").paste(&file.display().to_string()).keys("Enter");
    assert!(stage.status().contains("Alert 2") && stage.status().contains("Nothing was written"), "{}", stage.status());
    assert_eq!(all(&stage, &ALERT).len(), 4);
}

#[test]
fn what_policy_asks_for_is_added_from_readiness() {
    let mut stage = watched(120, 36, "dark");
    let review = found(&stage, "REV-1");
    let packet = crate::review::packet_of(&stage.workspace(), review.id()).expect("the packet");
    stage.set(&packet, vec![("exposure", "public".into()), ("model_type", "classical ML".into())]);
    stage.keys("8 8 8 8");
    assert!(stage.screen().contains("missing."), "{}", stage.screen());
    let target = |stage: &Stage| match &stage.program.state.base {
        crate::tui::app::state::Base::Operations(place) => place.target().cloned(),
        _ => None,
    };
    for _ in 0..20 {
        if matches!(target(&stage), Some(crate::tui::app::triage::Target::Signal { .. })) {
            break;
        }
        stage.keys("j");
    }
    let Some(crate::tui::app::triage::Target::Signal { kind, .. }) = target(&stage) else {
        panic!("{}", stage.screen())
    };
    stage.keys("a").types("What is missing").keys("C-s");
    let added = found(&stage, "SIG-3");
    assert_eq!((added.text("kind"), added.title()), (Some(kind.as_str()), "What is missing"));
    assert_eq!(added.text("system"), Some(found(&stage, "SYS-1").id()));
    // Enter on a line leads to its record.
    stage.keys("g Enter");
    assert!(stage.screen().contains("SYS-1 Resume screener v2"), "{}", stage.screen());
}

#[test]
fn what_is_due_comes_first_and_its_message_is_copied() {
    let mut stage = watched(120, 36, "dark");
    assert!(stage.screen().contains("! 1 alert late"), "{}", stage.screen());
    stage.keys("!");
    assert!(stage.screen().contains("[Due"), "{}", stage.screen());
    stage.keys("Y");
    assert!(stage.copied.last().is_some_and(|text| text.contains("ALR-1")), "{:?}", stage.copied);
    stage.keys("Enter");
    assert!(stage.screen().contains("ALR-1 Selection rate gap: 0.14"), "{}", stage.screen());
    stage.keys("c Esc");
    assert!(!stage.screen().contains("alert late"), "{}", stage.screen());
    // What is due a narrow screen says too.
    let stage = watched(80, 24, "dark");
    assert!(stage.screen().contains("1 alert late"), "{}", stage.screen());
}

#[test]
fn alerts_are_routed_and_closed_several_at_once() {
    let mut stage = watched(120, 36, "dark");
    let signal = found(&stage, "SIG-1");
    let raised = |value: &str| Edit::Add {
        kind: &ALERT,
        id: new_id(Utc::now()),
        fields: vec![
            ("signal", Value::text(signal.id())),
            ("raised_at", Value::Moment(moment("2026-03-07T12:00:00Z"))),
            ("value", Value::text(value)),
        ],
    };
    stage.write(vec![raised("0.2"), raised("0.2")]);
    stage.keys("8 *");
    stage.keys("@").types("lena").keys("Enter");
    let lena = found(&stage, "PER-2");
    assert!(all(&stage, &ALERT).iter().all(|alert| alert.text("routed_to") == Some(lena.id())), "{}", stage.status());
    stage.keys("* x").types("false").keys("Enter").types("A holiday week").keys("Enter");
    assert!(
        all(&stage, &ALERT).iter().all(|alert| alert.text("disposition") == Some("false alarm")),
        "{}",
        stage.screen()
    );
    assert!(all(&stage, &INCIDENT).is_empty() && all(&stage, &MITIGATION).is_empty());
    stage.keys("u");
    assert!(all(&stage, &ALERT).iter().all(|alert| alert.get("disposition").is_empty()), "{}", stage.status());
}

#[test]
fn a_bundle_that_is_cancelled_leaves_nothing_behind() {
    let mut stage = watched(120, 36, "dark");
    stage.keys("8 E C-s");
    let workspace = stage.workspace();
    let whole = crate::review::operations::incident::whole(&workspace, found(&stage, "INC-1")).expect("read");
    let folder = stage.folder.path().join("bundle");
    let mut seen = Vec::new();
    let made = crate::exchange::bundle::bundle(&workspace, &whole, &folder, &mut |done, of| {
        seen.push((done, of));
        done < 4
    });
    assert!(matches!(made, Err(crate::workspace::Error::Cancelled)), "{made:?}");
    assert!(!folder.exists() && seen.len() == 5 && seen.iter().all(|(done, of)| done <= of), "{seen:?}");
    let mut last = (0, 0);
    let made = crate::exchange::bundle::bundle(&workspace, &whole, &folder, &mut |done, of| {
        last = (done, of);
        true
    });
    // Evidence without a copy has no file of its own.
    assert!(made.expect("written").files as u64 <= last.1, "{last:?}");
}

#[test]
fn a_screen_that_grows_shows_the_readings() {
    let mut stage = watched(80, 24, "dark");
    stage.keys("8");
    assert!(!stage.screen().contains("crossed 2 times"));
    stage.resize(120, 36);
    assert!(stage.screen().contains("crossed 2 times"), "{}", stage.screen());
}

#[test]
fn a_line_of_a_timeline_is_understood() {
    let now = Local::now();
    let said = |typed: &str| line(typed, now);
    assert_eq!(said("It stays off"), Line { kind: "observation", at: None, text: "It stays off".to_owned() });
    assert_eq!(said("Decision: it stays off"), Line { kind: "decision", at: None, text: "it stays off".to_owned() });
    let midnight = said("00:00, action: off");
    assert_eq!((midnight.kind, midnight.text.as_str()), ("action", "off"));
    assert!(midnight.at.is_some_and(|at| at <= now.to_utc() && now.to_utc() - at <= TimeDelta::hours(26)));
    let dated = said("2026-03-06 14:05 the queue grew");
    assert_eq!(dated.text, "the queue grew");
    assert_eq!(
        dated.at.map(|at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string()).as_deref(),
        Some("2026-03-06 14:05")
    );
    // What only looks like a time is a part of the sentence.
    assert_eq!(said("25:99 off").text, "25:99 off");
    assert_eq!(said("2026-03-06 was bad").at, None);
    assert_eq!(said("").text, "");
}
