//! Two models, in one file and in two.

use crate::{Sample, asked, run, shared};

/// Forty positives and forty negatives a group; the new model finds fewer positives of B.
fn rows(worse: bool) -> Vec<String> {
    (0..160)
        .map(|at| {
            let (sex, truth) = (if at % 2 == 0 { "A" } else { "B" }, at / 2 % 2);
            let missed = if worse && sex == "B" { at % 20 < 14 } else { at % 20 < 2 };
            let predicted = if truth == 1 { i32::from(!missed) } else { 0 };
            format!("{sex},{truth},{predicted}")
        })
        .collect()
}

fn file(rows: &[String]) -> Sample {
    Sample::of(format!("sex,y_true,y_pred\n{}\n", rows.join("\n")))
}

#[test]
fn the_same_rows_are_compared_one_by_one() {
    let (new, old) = (file(&rows(true)), file(&rows(false)));
    let mut request = asked(new.path(), &["sex"]);
    request.against = Some(old.path());
    let comparison = run(&request).expect("a report").comparison.expect("a comparison");
    assert!(comparison.paired, "{}", comparison.how);
    let of = |value: &str| comparison.groups.iter().find(|changed| changed.value == value).expect("a group");
    let tpr = |value: &str| of(value).metrics.get("tpr").expect("tpr").clone();
    assert_eq!(tpr("B").verdict, "worse");
    assert_eq!(tpr("A").verdict, "no clear change");
    assert_eq!(tpr("A").difference.value, Some(0.0));
    let b = tpr("B");
    let change = b.difference.value.expect("a change");
    assert!((b.candidate.expect("now") - b.baseline.expect("before") - change).abs() < 1e-12);
    assert!(b.p.expect("p") < 0.001);
}

#[test]
fn other_rows_are_compared_by_counts() {
    let mut turned = rows(false);
    turned.reverse();
    let (new, old) = (file(&rows(true)), file(&turned));
    let mut request = asked(new.path(), &["sex"]);
    request.against = Some(old.path());
    let by_counts = run(&request).expect("a report").comparison.expect("a comparison");
    assert!(!by_counts.paired && by_counts.how.contains("row 1 has another group"), "{}", by_counts.how);
    let old = file(&rows(false)[..100]);
    request.against = Some(old.path());
    let shorter = run(&request).expect("a report").comparison.expect("a comparison");
    assert!(shorter.how.contains("160 rows and the other 100"), "{}", shorter.how);
}

#[test]
fn two_models_in_one_file() {
    let with = |rows: Vec<String>, name: &str| rows.iter().map(|row| format!("{row},{name}\n")).collect::<String>();
    let text = format!("sex,y_true,y_pred,model\n{}{}", with(rows(true), "new"), with(rows(false), "old"));
    let sample = Sample::of(text);
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.model = Some("model".to_owned());
    let told = run(&request).expect_err("refused").to_string();
    assert!(told.contains("2 models: “new”, “old”") && told.contains("--baseline"), "{told}");
    request.baseline = Some("old".to_owned());
    let report = run(&request).expect("a report");
    assert_eq!(report.data.model.as_deref(), Some("new"));
    let comparison = report.comparison.expect("a comparison");
    let b = comparison.groups.iter().find(|changed| changed.value == "B").expect("B");
    assert_eq!(b.metrics.get("tpr").expect("tpr").verdict, "worse");
    assert!(report.findings[0].text.starts_with("Worse than old"), "{}", report.findings[0].text);
}

#[test]
fn adult_against_its_candidate() {
    let (Some(new), Some(old)) =
        (shared("predictions/adult_predictions_candidate_hgb.csv"), shared("predictions/adult_predictions.csv"))
    else {
        return;
    };
    let mut request = asked(new, &["sex", "race", "age_band"]);
    request.against = Some(old);
    let comparison = run(&request).expect("a report").comparison.expect("a comparison");
    assert!(comparison.paired, "{}", comparison.how);
    let accuracy = comparison.overall.metrics.get("accuracy").expect("accuracy");
    assert_eq!(accuracy.verdict, "better");
    let old_people = comparison.groups.iter().find(|changed| changed.value == "65+").expect("65+");
    assert_eq!(old_people.metrics.get("tpr").expect("tpr").verdict, "worse");
}
