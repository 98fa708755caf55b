//! Fairlearn's figures (its output for the same predictions lies in `data/`), to 1e-9 wherever conventions agree.

use probity::slices::Report;

use crate::{Sample, asked, data, metric, report, run, shared};

const FIGURES: [(&str, &str); 9] = [
    ("selection_rate", "selection_rate"),
    ("accuracy", "accuracy"),
    ("precision", "precision"),
    ("recall_tpr", "tpr"),
    ("fpr", "fpr"),
    ("fnr", "fnr"),
    ("tnr", "tnr"),
    ("base_rate", "base_rate"),
    ("f1", "f1"),
];

/// Every figure of Fairlearn's table; a figure that Fairlearn says is 0 for want of rows is null here.
fn agrees(report: &Report, attribute: &str, table: &str, columns: usize) {
    let mut lines = table.lines();
    let head: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let mut compared = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let value = cells[..columns].join(" × ");
        for (theirs, ours) in FIGURES {
            let at = head.iter().position(|name| *name == theirs).expect("a column");
            let expected: f64 = cells[at].parse().expect("a number");
            let found = metric(report, attribute, &value, ours);
            match found.value {
                Some(found) => assert!((found - expected).abs() < 1e-9, "{value} {ours}: {found}, not {expected}"),
                None => assert!(expected == 0.0 && found.n == 0, "{value} {ours}: {found:?}, not {expected}"),
            }
            compared += 1;
        }
    }
    assert!(compared > 9);
}

fn adult(path: std::path::PathBuf) -> Report {
    let mut request = asked(path, &["sex", "race", "age_band"]);
    request.columns.intersect = vec![vec!["sex".to_owned(), "race".to_owned()]];
    run(&request).expect("a report")
}

fn all_agree(report: &Report) {
    agrees(report, "sex", &data("fairlearn_by_group_lr_sex.csv"), 1);
    agrees(report, "race", &data("fairlearn_by_group_lr_race.csv"), 1);
    agrees(report, "age_band", &data("fairlearn_by_group_lr_age_band.csv"), 1);
    agrees(report, "sex × race", &data("fairlearn_by_group_lr_sex_x_race.csv"), 2);
}

#[test]
fn adult_from_counts() {
    let sample = Sample::of_counts(&data("adult_counts.csv"));
    all_agree(&adult(sample.path()));
}

#[test]
fn adult_from_rows() {
    if let Some(path) = shared("predictions/adult_predictions.csv") {
        all_agree(&adult(path));
    }
}

#[test]
fn german_credit_from_rows() {
    let Some(path) = shared("predictions/german_credit_predictions.csv") else { return };
    let report = run(&asked(path, &["sex", "age_band"])).expect("a report");
    for name in ["sex", "age_band"] {
        let Some(table) = shared(&format!("predictions/fairlearn_by_group_german_{name}.csv")) else { return };
        agrees(&report, name, &std::fs::read_to_string(table).expect("a table"), 1);
    }
}

/// A group without positives: Fairlearn says TPR 0 and FNR 0, and that they differ from the others' by all of it.
const ONE_SIDED: &str = "sex,y_true,y_pred,n\nA,1,1,40\nA,0,0,40\nB,0,0,30\nB,0,1,10\n";

#[test]
fn undefined_is_not_zero() {
    let sample = Sample::of_counts(ONE_SIDED);
    let report = run(&asked(sample.path(), &["sex"])).expect("a report");
    for name in ["tpr", "fnr"] {
        let found = metric(&report, "sex", "B", name);
        assert_eq!((found.value, found.low, found.high, found.n), (None, None, None, 0));
        assert!(found.reason.as_deref().is_some_and(|why| why.contains("no row is truly positive")), "{found:?}");
    }
    let tpr = report.attributes[0].disparities.metrics.get("tpr").expect("a disparity");
    assert_eq!(tpr.gap.value, None);
    assert_eq!(tpr.excluded.len(), 1);
    assert_eq!(report.attributes[0].disparities.equalized_odds_difference, None);
}

#[test]
fn fairlearns_conventions_can_be_had() {
    let sample = Sample::of_counts(ONE_SIDED);
    let mut request = asked(sample.path(), &["sex"]);
    request.fairlearn_compatible = true;
    let report = run(&request).expect("a report");
    for name in ["tpr", "fnr"] {
        let found = metric(&report, "sex", "B", name);
        assert_eq!(found.value, Some(0.0));
        assert!(found.reason.as_deref().is_some_and(|why| why.contains("Fairlearn")), "{found:?}");
    }
    let disparities = &report.attributes[0].disparities;
    assert_eq!(disparities.metrics.get("tpr").expect("a disparity").gap.value, Some(1.0));
    assert_eq!(disparities.equalized_odds_difference, Some(1.0));
    // Groups of every size are shown.
    let small = "sex,y_true,y_pred\nA,1,1\nA,0,0\nB,0,1\n";
    assert_eq!(report_of_small(small, true), Some(1.0));
    assert_eq!(report_of_small(small, false), None);
}

fn report_of_small(rows: &str, compatible: bool) -> Option<f64> {
    let sample = Sample::of(rows);
    let mut request = asked(sample.path(), &["sex"]);
    request.fairlearn_compatible = compatible;
    let report = run(&request).expect("a report");
    let group = report.attributes[0].groups.iter().find(|group| group.value == "A").expect("A");
    group.metrics.get("accuracy").and_then(|found| found.value)
}

#[test]
fn fairlearns_refusal_of_missing_groups() {
    let rows = "sex,y_true,y_pred\nA,1,1\n,0,0\n";
    let sample = Sample::of(rows);
    let mut request = asked(sample.path(), &["sex"]);
    request.fairlearn_compatible = true;
    let told = run(&request).expect_err("refused").to_string();
    assert!(told.contains("line 3") && told.contains("“sex” is empty"), "{told}");
    // Here they are a group of their own.
    let mut more = "sex,y_true,y_pred\n".to_owned();
    (0..20).for_each(|at| more.push_str(&format!("A,1,{}\n,0,{}\n", at % 2, at % 3 % 2)));
    let report = report(&more, &["sex"]);
    assert_eq!(crate::group(&report.attributes[0], "(missing)").n, Some(20));
    assert_eq!(report.attributes[0].disparities.reference.as_deref(), Some("A"));
}
