//! Series as pipelines hand them in: with gaps, twice, with NaN, from the future, and a million at once.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::series::{LeftOut, Readings};
use crate::record::{Record, SIGNAL};

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-28T12:00:00Z").expect("a moment").to_utc()
}

fn signal(bad_when: &str, threshold: &str) -> Record {
    Record::from_said(
        &SIGNAL,
        &[("name", "Drift".into()), ("bad_when", bad_when.into()), ("threshold", threshold.into())],
    )
}

#[test]
fn what_is_no_reading_is_left_out_and_counted() {
    let text = "time,value\n\
                2026-11-27T10:00:00Z,0.1\n\
                2026-11-27T10:00:00Z,0.1\n\
                2026-11-27T10:00:00Z,0.9\n\
                2026-11-27T11:00:00+01:00,0.1\n\
                2026-11-27 12:00:00,NaN\n\
                2026-11-27 13:00:00,\n\
                yesterday,0.4\n\
                2027-01-01T00:00:00Z,0.4\n\
                1764244800;0.3\n\
                2026-11-26,0.2\n";
    let readings = Readings::parse(text, now());
    // 1764244800 is 2025-11-27 12:00 UTC; the fourth line is the moment of the first.
    let told: Vec<f64> = readings.points.iter().map(|(_, value)| *value).collect();
    assert_eq!(told, [0.3, 0.2, 0.1]);
    assert_eq!(readings.left_out, LeftOut { no_time: 1, no_number: 2, future: 1, twice: 2, contradicting: 1 });
    assert_eq!(readings.left_out.sum(), 7);
    assert!(readings.left_out.words().starts_with("1 without a time"), "{}", readings.left_out.words());
    // A clock that goes a minute ahead is another machine's; an hour ahead is wrong.
    let ahead = |minutes: i64| format!("{},1\n", (now() + TimeDelta::minutes(minutes)).to_rfc3339());
    assert_eq!(Readings::parse(&ahead(1), now()).points.len(), 1);
    assert_eq!(Readings::parse(&ahead(60), now()).left_out.future, 1);
    assert!(Readings::parse("", now()).span().is_none());
}

#[test]
fn gaps_part_runs_and_breaches_are_told_once() {
    let hours = [0, 1, 2, 10, 11, 12, 13];
    let values = [0.1, 0.6, 0.7, 0.2, 0.8, 0.3, 0.9];
    let start = now() - TimeDelta::days(2);
    let points =
        hours.iter().zip(values).map(|(hour, value)| ((start + TimeDelta::hours(*hour)).timestamp_millis(), value));
    let readings = Readings { points: points.collect(), left_out: LeftOut::default() };
    assert_eq!(readings.runs(Some(1)).iter().map(Vec::len).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(readings.runs(None).len(), 2, "by the median step");
    assert_eq!(readings.runs(Some(24)).len(), 1);
    let crossed = |bad_when, threshold| readings.breaches(&signal(bad_when, threshold)).len();
    assert_eq!((crossed("above", "0.5"), crossed("below", "0.25"), crossed("above", "")), (3, 2, 0));
}

#[test]
fn a_million_readings_are_taken_in() {
    let start = 1_700_000_000_i64;
    let lines: Vec<String> = (0..1_000_000).map(|at| format!("{},{}", start + at, at % 100)).collect();
    let text = lines.join("\n");
    let readings = Readings::parse(&text, now());
    assert_eq!((readings.points.len(), readings.left_out.sum()), (1_000_000, 0));
    assert_eq!(readings.breaches(&signal("above", "98")).len(), 10_000);
    assert_eq!(readings.runs(Some(1)).len(), 1);
}

proptest! {
    #[test]
    fn what_was_kept_reads_back_the_same(values in proptest::collection::vec((0_i64..2_000_000, -1e9_f64..1e9), 0..60)) {
        let lines: Vec<String> =
            values.iter().map(|(second, value)| format!("{},{value}", 1_700_000_000 + second)).collect();
        let lines = lines.join("\n");
        let readings = Readings::parse(&lines, now());
        prop_assert_eq!(readings.points.len() + readings.left_out.sum(), values.len());
        prop_assert!(readings.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let again = Readings::parse(&readings.to_text(), now());
        prop_assert_eq!(again.points, readings.points);
        prop_assert_eq!(again.left_out.sum(), 0);
    }

    #[test]
    fn any_text_is_taken_without_a_fault(text in any::<String>()) {
        let readings = Readings::parse(&text, now());
        prop_assert!(readings.points.iter().all(|(_, value)| value.is_finite()));
    }
}
