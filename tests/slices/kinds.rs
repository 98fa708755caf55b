//! Kinds of predictions and of questions: scores, weights, numbers, outcomes, edges, control, presets, packed files.

use std::io::Write;

use probity::slices::out::{Format, write};
use probity::slices::{Preset, Reference};

use crate::{Sample, asked, data, group, metric, run};

#[test]
fn auc_and_delong() {
    // sklearn.metrics.roc_auc_score and DeLong's variance by hand (mid-ranks): positives .9 .8 .4, negatives .7 .4 .2 .1.
    let text = "sex,y_true,y_pred,score\nA,1,1,.9\nA,1,1,.8\nA,1,0,.4\nA,0,1,.7\nA,0,0,.4\nA,0,0,.2\nA,0,0,.1\n";
    let sample = Sample::of(text);
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.score = Some("score".to_owned());
    request.min_count = 1;
    let report = run(&request).expect("a report");
    let auc = metric(&report, "sex", "A", "auc");
    // Of 12 pairs, 4 + 4 + 2.5 are won.
    assert!((auc.value.expect("AUC") - 10.5 / 12.0).abs() < 1e-12);
    // V10 = (1, 1, .625), variance .046875; V01 = (2/3, 2.5/3, 1, 1), variance .025463.
    let half = 1.959_963_984_540_054 * (0.046_875_f64 / 3.0 + 0.025_462_962_962_963 / 4.0).sqrt();
    assert!((auc.low.expect("low") - (0.875 - half)).abs() < 1e-9, "{auc:?}");
    assert_eq!(auc.high, Some(1.0));
}

#[test]
fn calibration_has_the_edges_of_sklearn() {
    // 0.2 belongs to (0.1, 0.2], as in sklearn.calibration.calibration_curve; most hand-written code has it in [0.2, 0.3).
    let rows: String =
        (0..20).map(|at| format!("A,{},0,{}\n", i32::from(at < 4), if at < 10 { "0.2" } else { "0.25" })).collect();
    let sample = Sample::of(format!("sex,y_true,y_pred,score\n{rows}"));
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.score = Some("score".to_owned());
    let report = run(&request).expect("a report");
    let found = report.overall.calibration.expect("calibration");
    assert_eq!(found.bins.iter().map(|bin| (bin.low, bin.n)).collect::<Vec<_>>(), [(0.1, 10), (0.2, 10)]);
    // |.4 - .2| and |0 - .25|, half of the rows each.
    assert!((found.ece - 0.225).abs() < 1e-12 && (found.mce - 0.25).abs() < 1e-12, "{found:?}");
    assert!((found.in_the_large - 0.025).abs() < 1e-12);
    assert!((found.brier - (4.0 * 0.64 + 6.0 * 0.04 + 10.0 * 0.0625) / 20.0).abs() < 1e-12);
}

#[test]
fn weights_count_as_what_they_are_worth() {
    let rows: String = (0..60).map(|at| format!("A,1,{},{}\n", at % 2, if at % 2 == 0 { 1 } else { 3 })).collect();
    let sample = Sample::of(format!("sex,y_true,y_pred,w\n{rows}"));
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.weight = Some("w".to_owned());
    let report = run(&request).expect("a report");
    let rate = metric(&report, "sex", "A", "selection_rate");
    assert_eq!((rate.value, rate.n), (Some(0.75), 60));
    // (Σw)²/Σw² = 120²/300 = 48 rows.
    let expected = probity::slices::interval::wilson(0.75, 48.0);
    assert_eq!((rate.low, rate.high), (Some(expected.low), Some(expected.high)));
    assert_eq!(report.data.weights, Some(120.0));
    assert!(report.data.warnings.iter().any(|text| text.contains("no p-values")));
}

#[test]
fn numbers() {
    let rows: String = (0..40)
        .map(|at| {
            let group = if at % 2 == 0 { "A" } else { "B" };
            let off = if group == "A" { [1.0, -1.0][at / 2 % 2] } else { [5.0, 3.0][at / 2 % 2] };
            format!("{group},{at},{}\n", f64::from(u8::try_from(at).expect("small")) + off)
        })
        .collect();
    let sample = Sample::of(format!("sex,y_true,y_pred\n{rows}"));
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.regression = true;
    for exact in [None, Some(10)] {
        request.columns.exact_rows = exact;
        let report = run(&request).expect("a report");
        let of = |value, name| metric(&report, "sex", value, name).value.expect("a figure");
        let near = |found: f64, expected: f64| {
            assert!((found - expected).abs() <= 0.002 * expected.abs() + 1e-12, "{found} {expected}");
        };
        near(of("A", "mae"), 1.0);
        near(of("B", "mae"), 4.0);
        near(of("A", "bias"), 0.0);
        near(of("B", "bias"), 4.0);
        near(of("B", "rmse"), 17.0_f64.sqrt());
        near(of("B", "median_absolute_error"), 4.0);
        near(of("B", "p90_absolute_error"), 5.0);
        // Σ(y - ȳ)² of 1, 3 … 39 is 2660.
        near(of("B", "r2"), 1.0 - 20.0 * 17.0 / 2660.0);
        let mae = report.attributes[0].disparities.metrics.get("mae").expect("mae");
        assert_eq!(mae.highest.as_deref(), Some("B"));
        assert!(mae.groups[0].p_adjusted.expect("p") < 0.001);
    }
    let constant: String = (0..20).map(|at| format!("A,5,{at}\n")).collect();
    let sample = Sample::of(format!("sex,y_true,y_pred\n{constant}"));
    request.columns.file = sample.path();
    let report = run(&request).expect("a report");
    let r2 = metric(&report, "sex", "A", "r2");
    assert!(r2.value.is_none() && r2.reason.as_deref().is_some_and(|why| why.contains("same in every row")));
}

#[test]
fn a_log_of_tests_by_attack() {
    let mut log = "attack,language,passed,n\n".to_owned();
    for (attack, language, yes, no) in
        [("none", "en", 95, 5), ("none", "de", 93, 7), ("jailbreak", "en", 60, 40), ("jailbreak", "de", 31, 69)]
    {
        log.push_str(&format!("{attack},{language},yes,{yes}\n{attack},{language},no,{no}\n"));
    }
    let sample = Sample::of_counts(&log);
    let mut request = asked(sample.path(), &["attack", "language"]);
    (request.columns.y_true, request.columns.y_pred) = (None, None);
    request.columns.outcome = Some("passed".to_owned());
    request.columns.intersect = vec![vec!["attack".to_owned(), "language".to_owned()]];
    request.positive = Some("yes".to_owned());
    request.favourable = Some("yes".to_owned());
    request.reference = Reference::Best;
    let report = run(&request).expect("a report");
    assert_eq!(metric(&report, "attack", "jailbreak", "rate").value, Some(0.455));
    assert_eq!(report.attributes[0].disparities.reference.as_deref(), Some("none"));
    let cross = &report.intersections[0];
    assert_eq!(group(cross, "jailbreak × de").metrics.get("rate").and_then(|rate| rate.value), Some(0.31));
    assert!(report.findings[0].text.contains("jailbreak"), "{}", report.findings[0].text);
    assert!(metric_names(&report).iter().all(|name| name == "rate"));
}

fn metric_names(report: &probity::slices::Report) -> Vec<String> {
    report.overall.metrics.iter().map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn numbers_are_cut_only_where_said() {
    let rows: String = (0..90).map(|at| format!("{}.5,{},1\n", at, at % 2)).collect();
    let sample = Sample::of(format!("age,y_true,y_pred\n{rows}"));
    let mut request = asked(sample.path(), &["age"]);
    assert!(run(&request).expect_err("refused").to_string().contains("--edges age="));
    request.columns.edges = vec![("age".to_owned(), vec![30.0, 60.5])];
    let report = run(&request).expect("a report");
    let found: Vec<(&str, Option<u64>)> =
        report.attributes[0].groups.iter().map(|group| (group.value.as_str(), group.n)).collect();
    assert_eq!(found, [("under 30", Some(30)), ("30 to under 60.5", Some(30)), ("60.5 and over", Some(30))]);
}

#[test]
fn control_repeats_everything_within() {
    let sample = Sample::of_counts(&data("adult_counts.csv"));
    let mut request = asked(sample.path(), &["race"]);
    request.columns.control = Some("sex".to_owned());
    let report = run(&request).expect("a report");
    assert_eq!(report.control.iter().map(|stratum| stratum.value.as_str()).collect::<Vec<_>>(), ["Female", "Male"]);
    // Within women, as Fairlearn has it for sex × race.
    let of = group(&report.control[0].attributes[0], "Black").metrics.get("tpr").expect("tpr");
    assert!((of.value.expect("tpr") - 0.523_809_523_809_523_8).abs() < 1e-9);
    let all: u64 = report.control.iter().filter_map(|stratum| stratum.overall.n).sum();
    assert_eq!(all, 16_281);
}

#[test]
fn small_groups_are_not_shown() {
    let sample = Sample::of_counts("sex,y_true,y_pred,n\nA,1,1,40\nB,1,0,3\nC,0,0,4\nD,0,1,25\n");
    let report = run(&asked(sample.path(), &["sex"])).expect("a report");
    let attribute = &report.attributes[0];
    for small in ["B", "C"] {
        let group = group(attribute, small);
        assert!(group.n.is_none() && group.metrics.is_empty(), "{group:?}");
    }
    assert_eq!(group(attribute, "other (2 groups)").n, Some(7));
    assert!(group(attribute, "D").flags.iter().any(|flag| flag == "fewer than 30 rows"));
    assert!(group(attribute, "D").metrics.get("selection_rate").is_some_and(|rate| rate.unstable));
    let rate = attribute.disparities.metrics.get("selection_rate").expect("a disparity");
    assert!(rate.groups.iter().all(|versus| versus.value == "D"), "{:?}", rate.groups);
    let page = write(&report, Format::Csv, 100);
    assert!(page.contains("too few rows to be shown"));
}

#[test]
fn local_law_144() {
    let mut counts = "sex,race,selected,n\n".to_owned();
    for (sex, race, yes, no) in [
        ("F", "White", 40, 60),
        ("F", "Black", 20, 80),
        ("M", "White", 60, 40),
        ("M", "Black", 45, 55),
        ("", "White", 3, 4),
        ("M", "Native", 1, 2),
    ] {
        counts.push_str(&format!("{sex},{race},1,{yes}\n{sex},{race},0,{no}\n"));
    }
    let sample = Sample::of_counts(&counts);
    let mut request = asked(sample.path(), &["sex", "race"]);
    (request.columns.y_true, request.columns.y_pred) = (None, None);
    request.columns.outcome = Some("selected".to_owned());
    request.columns.intersect = vec![vec!["sex".to_owned(), "race".to_owned()]];
    request.preset = Some(Preset::NycLl144);
    let preset = run(&request).expect("a report").preset.expect("a table");
    assert_eq!(preset.tables.len(), 3);
    let sex = &preset.tables[0];
    assert_eq!(sex.unknown, 7);
    let women = sex.groups.iter().find(|group| group.value == "F").expect("F");
    assert_eq!((women.n, women.selected, women.rate), (200, Some(60), Some(0.3)));
    let men_rate = 106.0 / 203.0;
    assert!((women.impact_ratio.expect("a ratio") - 0.3 / men_rate).abs() < 1e-12);
    assert_eq!(women.under_four_fifths, Some(true));
    let native = preset.tables[1].groups.iter().find(|group| group.value == "Native").expect("Native");
    assert!(native.rate.is_none() && native.notes.iter().any(|note| note.contains("2 %")), "{native:?}");
    request.preset = Some(Preset::UsFourFifths);
    let preset = run(&request).expect("a report").preset.expect("a table");
    assert!(preset.caveats.iter().any(|text| text.contains("1607.4(D)")));
}

#[test]
fn packed_tabs_and_old_line_ends() {
    let rows: String = (0..40).map(|at| format!("A\t{}\t1\r", at % 2)).collect();
    let text = format!("sex\ty_true\ty_pred\r{rows}");
    let sample = Sample::of(&text);
    let report = run(&asked(sample.path(), &["sex"])).expect("a report");
    assert_eq!((report.data.file.used, report.data.file.separator), (40, '\t'));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).expect("packed");
    let mut packed = packer.finish().expect("packed");
    // Several packed files after one another are one, as gzip itself has it.
    let mut more = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    more.write_all(rows.as_bytes()).expect("packed");
    packed.extend(more.finish().expect("packed"));
    let sample = Sample::of(packed);
    let report = run(&asked(sample.path(), &["sex"])).expect("a report");
    assert_eq!((report.data.file.used, report.data.file.encoding.as_str()), (80, "UTF-8, gzip"));
}

#[test]
fn repeated_ids_are_told() {
    let rows: String = (0..40).map(|at| format!("A,{},1,{}\n", at % 2, at % 38)).collect();
    let sample = Sample::of(format!("sex,y_true,y_pred,id\n{rows}"));
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.id = Some("id".to_owned());
    let report = run(&request).expect("a report");
    assert_eq!(report.data.file.repeated_ids, Some(4));
    assert!(report.data.warnings.iter().any(|text| text.contains("share their id")));
}

#[test]
fn hostile_text_is_data() {
    let evil = "<script>alert(1)</script>\u{1b}[31m|=cmd()";
    let rows: String =
        (0..40).map(|at| format!("\"{}\",{},1\n", if at % 2 == 0 { evil } else { "=1+1" }, at % 3 % 2)).collect();
    let sample = Sample::of(format!("sex,y_true,y_pred\n{rows}"));
    let report = run(&asked(sample.path(), &["sex"])).expect("a report");
    let html = write(&report, Format::Html, 100);
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;") && !html.contains('\u{1b}'));
    assert!(
        !["http:", "https:", "src=", "@import", "url("].iter().any(|part| html.contains(part)),
        "nothing is loaded from elsewhere"
    );
    let text = write(&report, Format::Text, 80);
    assert!(!text.contains('\u{1b}'));
    let csv = write(&report, Format::Csv, 80);
    assert!(csv.contains("'=1+1") && !csv.contains(",=1+1"));
    let markdown = write(&report, Format::Markdown, 80);
    assert!(!markdown.contains("<script"));
}

#[test]
fn bins_serve_intersections_and_control_too() {
    let rows: String = (0..900_u32)
        .map(|at| {
            let (sex, race, site) = (["F", "M"][at as usize % 2], ["a", "b", "c"][at as usize % 3], at / 7 % 2);
            let score = f64::from(at * 7_919 % 1_000) / 1_000.0;
            format!("{sex},{race},s{site},{},{},{score}\n", u32::from(at * 31 % 1_000 < at * 7_919 % 1_000), at % 4 % 2)
        })
        .collect();
    let sample = Sample::of(format!("sex,race,site,y_true,y_pred,score\n{rows}"));
    let mut request = asked(sample.path(), &["sex", "race"]);
    request.columns.score = Some("score".to_owned());
    request.columns.intersect = vec![vec!["race".to_owned(), "sex".to_owned()]];
    request.columns.control = Some("site".to_owned());
    let exact = run(&request).expect("a report");
    request.columns.exact_rows = Some(100);
    let binned = run(&request).expect("a report");
    let bound = binned.data.auc_error_bound.expect("a bound");
    let all = |report: &probity::slices::Report| -> Vec<(String, f64, u64)> {
        let within = report.control.iter().flat_map(|stratum| {
            stratum.attributes.iter().flat_map(|attribute| &attribute.groups).chain([&stratum.overall])
        });
        let attributes = report.attributes.iter().chain(&report.intersections);
        let groups = attributes.flat_map(|attribute| &attribute.groups).chain([&report.overall]).chain(within);
        let auc = |group: &probity::slices::report::Group| {
            let auc = group.metrics.get("auc").expect("an AUC");
            (group.value.clone(), auc.value.expect("a figure"), auc.n)
        };
        groups.map(auc).collect()
    };
    let (one, other) = (all(&exact), all(&binned));
    // Two sexes, three races, six crossed and all; and the same within each of two sites.
    assert_eq!(one.len(), 36);
    for (one, other) in one.iter().zip(&other) {
        assert_eq!((&one.0, one.2), (&other.0, other.2));
        assert!((one.1 - other.1).abs() <= bound + 1e-12, "{one:?} {other:?}");
    }
}
