//! Figures that others have printed.

use probity::slices::report::Report;

use crate::{Sample, asked, data, metric, run, shared};

fn near(found: Option<f64>, expected: f64, digits: f64) {
    let found = found.expect("a figure");
    assert!((found - expected).abs() <= 0.5 * 10_f64.powf(-digits), "{found}, not {expected}");
}

/// Larson, Mattu, Kirchner and Angwin, "How We Analyzed the COMPAS Recidivism Algorithm", ProPublica 2016: the tables of
/// all defendants, for black and for white ones.
fn as_propublica_printed(report: &Report) {
    for (race, n, fpr, fnr, ppv, npv) in
        [("African-American", 3696, 0.4485, 0.2799, 0.63, 0.65), ("Caucasian", 2454, 0.2345, 0.4772, 0.59, 0.71)]
    {
        let of = |name| metric(report, "race", race, name);
        near(of("fpr").value, fpr, 4.0);
        near(of("fnr").value, fnr, 4.0);
        near(of("precision").value, ppv, 2.0);
        near(of("npv").value, npv, 2.0);
        assert_eq!(of("selection_rate").n, n);
    }
    near(metric(report, "race", "African-American", "base_rate").value, 0.51, 2.0);
    near(metric(report, "race", "Caucasian", "base_rate").value, 0.39, 2.0);
    // The AUC of the decile, as scikit-learn computes it.
    near(metric(report, "race", "African-American", "auc").value, 0.692, 3.0);
    near(metric(report, "race", "Caucasian", "auc").value, 0.693, 3.0);
}

fn compas(path: std::path::PathBuf) -> Report {
    let mut request = asked(path, &["race", "sex"]);
    request.columns.score = Some("decile_score".to_owned());
    request.favourable = Some("0".to_owned());
    run(&request).expect("a report")
}

#[test]
fn compas_from_counts() {
    let sample = Sample::of_counts(&data("compas_counts.csv"));
    as_propublica_printed(&compas(sample.path()));
}

#[test]
fn compas_from_rows() {
    if let Some(path) = shared("compas/compas_predictions.csv") {
        as_propublica_printed(&compas(path));
    }
}

#[test]
fn compas_is_told_in_words() {
    let sample = Sample::of_counts(&data("compas_counts.csv"));
    let report = compas(sample.path());
    let trade_off = report.trade_offs.iter().find(|one| one.value == "Caucasian").expect("a trade-off");
    assert!(trade_off.text.contains("cannot all hold"), "{}", trade_off.text);
    assert!(trade_off.text.contains("within 5 points: precision"), "{}", trade_off.text);
    let told: Vec<&str> = report.findings.iter().map(|finding| finding.text.as_str()).collect();
    assert!(told.iter().any(|text| text.starts_with("race: FPR")), "{told:#?}");
    // Scores are deciles: they rank, and are no probabilities.
    assert!(report.overall.calibration.is_none());
    assert!(told.iter().any(|text| text.contains("no probabilities")), "{told:#?}");
    // The favourable outcome is not to be predicted to reoffend.
    let impact = report.attributes[0].disparities.impact.as_ref().expect("impact ratios");
    assert_eq!(impact.outcome, "0");
    assert_eq!(impact.highest.as_deref(), Some("Other"));
}

#[test]
fn simpson_in_berkeley() {
    // Bickel, Hammel and O'Connell, "Sex bias in graduate admissions", Science 187 (1975): the six largest departments.
    let admitted = [
        ("A", "Male", 512, 313),
        ("A", "Female", 89, 19),
        ("B", "Male", 353, 207),
        ("B", "Female", 17, 8),
        ("C", "Male", 120, 205),
        ("C", "Female", 202, 391),
        ("D", "Male", 138, 279),
        ("D", "Female", 131, 244),
        ("E", "Male", 53, 138),
        ("E", "Female", 94, 299),
        ("F", "Male", 22, 351),
        ("F", "Female", 24, 317),
    ];
    let mut counts = "department,sex,admitted,n\n".to_owned();
    for (department, sex, yes, no) in admitted {
        counts.push_str(&format!("{department},{sex},yes,{yes}\n{department},{sex},no,{no}\n"));
    }
    let sample = Sample::of_counts(&counts);
    let mut request = asked(sample.path(), &["sex", "department"]);
    (request.columns.y_true, request.columns.y_pred) = (None, None);
    request.columns.outcome = Some("admitted".to_owned());
    request.positive = Some("yes".to_owned());
    let report = run(&request).expect("a report");
    near(metric(&report, "sex", "Male", "rate").value, 0.445, 3.0);
    near(metric(&report, "sex", "Female", "rate").value, 0.304, 3.0);
    let found =
        report.simpson.iter().find(|one| one.attribute == "sex" && one.within == "department").expect("Simpson");
    assert!(found.aggregate < -0.13 && found.standardised > 0.0, "{found:?}");
    assert!(!found.full_reversal, "in C and E, men are admitted a little more often");
    // statsmodels.stats.contingency_tables.StratifiedTable: chi² 1.52 without correction, odds ratio (male) 0.905.
    let odds = found.odds_ratio.expect("an odds ratio");
    assert!((1.0 / odds - 0.9047).abs() < 5e-4, "{odds}");
    assert!((found.cmh_p.expect("p") - 0.2169).abs() < 5e-3, "{found:?}");
}
