//! What must hold whatever the rows are.

use probity::slices::out::{Format, write};
use probity::slices::{Report, Request};
use proptest::prelude::*;

use crate::{Sample, asked, run};

/// One row: sex, race (sometimes missing), true and predicted label, score in hundredths, weight in tenths.
type Row = (u8, u8, bool, bool, u8, u8);

fn row() -> impl Strategy<Value = Row> {
    (0_u8..3, 0_u8..4, any::<bool>(), any::<bool>(), 0_u8..=100, 0_u8..30)
}

fn text(rows: &[Row], quoted: bool) -> String {
    let mut out = "sex,race,y_true,y_pred,score,w\n".to_owned();
    for (sex, race, y_true, y_pred, score, weight) in rows {
        let race = ["", "red, green", "blue", "say \"\"so\"\""][usize::from(*race)];
        let race = if quoted || race.contains([',', '"']) { format!("\"{race}\"") } else { race.to_owned() };
        let (y_true, y_pred) = (u8::from(*y_true), if *y_pred { "1.0" } else { "0" });
        out.push_str(&format!(
            "S{sex},{race},{y_true},{y_pred},{},{}\n",
            f64::from(*score) / 100.0,
            f64::from(*weight) / 10.0
        ));
    }
    out
}

fn request(sample: &Sample, weighted: bool) -> Request {
    let mut request = asked(sample.path(), &["sex", "race"]);
    request.columns.score = Some("score".to_owned());
    request.columns.weight = weighted.then(|| "w".to_owned());
    request.columns.intersect = vec![vec!["sex".to_owned(), "race".to_owned()]];
    request.min_count = 3;
    request
}

/// The report in every format, but for what names the file.
fn shown(report: &Report) -> String {
    let mut report = report.clone();
    report.data.file.file = "file".to_owned();
    report.data.file.sha256 = String::new();
    Format::ALL.iter().map(|(_, format)| write(&report, *format, 100)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn order_blocks_threads_and_bins_change_no_byte(
        rows in prop::collection::vec(row(), 1..120),
        seed in any::<u64>(),
        block in 20_usize..600,
        weighted in any::<bool>(),
        exact in prop::option::of(Just(5_u64)),
    ) {
        let sample = Sample::of(text(&rows, false));
        let mut one = request(&sample, weighted);
        one.columns.exact_rows = exact;
        let mut turned = rows.clone();
        let mut state = seed;
        for at in (1..turned.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            turned.swap(at, (state >> 33) as usize % (at + 1));
        }
        let other_sample = Sample::of(text(&turned, true));
        let mut other = request(&other_sample, weighted);
        other.columns.exact_rows = exact;
        other.columns.block = block;
        other.columns.threads = 3;
        match (run(&one), run(&other)) {
            (Ok(mut one), Ok(mut other)) => {
                one.data.file.bytes = 0;
                other.data.file.bytes = 0;
                prop_assert!(shown(&one) == shown(&other), "the reports differ");
            }
            (Err(one), Err(other)) => prop_assert_eq!(one.to_string(), other.to_string()),
            (one, other) => prop_assert!(false, "{one:?} and {other:?}"),
        }
    }

    #[test]
    fn figures_are_within_their_intervals_and_undefined_is_no_number(
        rows in prop::collection::vec(row(), 4..200),
        weighted in any::<bool>(),
    ) {
        let sample = Sample::of(text(&rows, false));
        let Ok(report) = run(&request(&sample, weighted)) else { return Ok(()) };
        let all = report.attributes.iter().chain(&report.intersections);
        for attribute in all {
            for group in attribute.groups.iter().chain([&report.overall]) {
                for (name, found) in group.metrics.iter() {
                    if let (Some(value), Some(interval)) = (found.value, found.interval()) {
                        prop_assert!((0.0..=1.0).contains(&value), "{name} {found:?}");
                        prop_assert!(interval.low <= value && value <= interval.high, "{name} {found:?}");
                    }
                    prop_assert!(found.value.is_some() || found.reason.is_some(), "{name} {found:?}");
                    prop_assert!(found.n > 0 || found.value.is_none(), "{name} {found:?}");
                    for number in [found.value, found.low, found.high].into_iter().flatten() {
                        prop_assert!(number.is_finite(), "{name} {found:?}");
                    }
                }
            }
            for (name, disparity) in attribute.disparities.metrics.iter() {
                for versus in &disparity.groups {
                    if let (Some(value), Some(interval)) = (versus.difference.value, versus.difference.interval()) {
                        prop_assert!(interval.low <= value && value <= interval.high, "{name} {versus:?}");
                    }
                    prop_assert_eq!(versus.p.is_some() && weighted, false);
                }
            }
        }
        let json = write(&report, Format::Json, 100);
        prop_assert!(!json.contains("NaN") && !json.contains("inf"));
        let again: Report = serde_json::from_str(&json).expect("the same report");
        prop_assert!(again == report, "what is read is not what was written");
    }

    #[test]
    fn weights_of_one_change_no_rate(rows in prop::collection::vec(row(), 20..120)) {
        let even: Vec<Row> = rows.iter().map(|row| (row.0, row.1, row.2, row.3, row.4, 10)).collect();
        let sample = Sample::of(text(&even, false));
        let (plain, weighted) = (run(&request(&sample, false)), run(&request(&sample, true)));
        let (Ok(plain), Ok(weighted)) = (plain, weighted) else { return Ok(()) };
        for (one, other) in plain.attributes.iter().zip(&weighted.attributes) {
            for (one, other) in one.groups.iter().zip(&other.groups) {
                for (name, found) in one.metrics.iter().filter(|(name, _)| *name != "auc") {
                    prop_assert_eq!(Some(found), other.metrics.get(name));
                }
                let auc = |group: &probity::slices::report::Group| group.metrics.get("auc").and_then(|auc| auc.value);
                prop_assert_eq!(auc(one), auc(other));
            }
        }
    }

    #[test]
    fn bins_are_as_near_as_they_say(rows in prop::collection::vec((0_u8..2, any::<bool>(), 0_u32..=1_000_000), 40..200)) {
        let mut out = "sex,y_true,y_pred,score\n".to_owned();
        for (sex, truth, score) in &rows {
            out.push_str(&format!("S{sex},{},1,{}\n", u8::from(*truth), f64::from(*score) / 1e6));
        }
        let sample = Sample::of(out);
        let mut request = asked(sample.path(), &["sex"]);
        request.columns.score = Some("score".to_owned());
        let exact = run(&request).expect("a report");
        request.columns.exact_rows = Some(10);
        let binned = run(&request).expect("a report");
        prop_assert_eq!(binned.data.scores.as_deref(), Some("binned"));
        let bound = binned.data.auc_error_bound.expect("a bound");
        let slack = binned.data.calibration_error_bound.expect("a bound");
        for (one, other) in exact.attributes[0].groups.iter().zip(&binned.attributes[0].groups) {
            let auc = |group: &probity::slices::report::Group| group.metrics.get("auc").and_then(|auc| auc.value);
            if let (Some(one), Some(other)) = (auc(one), auc(other)) {
                prop_assert!((one - other).abs() <= bound + 1e-12, "{one} {other} {bound}");
            }
            if let (Some(one), Some(other)) = (&one.calibration, &other.calibration) {
                prop_assert!((one.ece - other.ece).abs() <= slack, "{one:?} {other:?}");
                prop_assert!((one.in_the_large - other.in_the_large).abs() <= slack);
                prop_assert!((one.brier - other.brier).abs() <= slack);
            }
        }
    }
}
