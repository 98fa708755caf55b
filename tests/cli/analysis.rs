//! Analyses in a review: from a predictions file to an accepted run, its successor, a risk and a document; and what is refused.

use crate::desk::Desk;

/// Predictions of two groups, of whom one is alarmed about twice as often.
fn rows(alarms: usize) -> String {
    let mut text = "y_true,y_pred,sex\n".to_owned();
    for (sex, cells) in [("Female", [200, 300, alarms, 500 - alarms]), ("Male", [400, 600, 200, 800])] {
        for (count, cell) in cells.into_iter().zip(["1,1", "1,0", "0,1", "0,0"]) {
            text.push_str(&format!("{cell},{sex}\n").repeat(count));
        }
    }
    text
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(["person", "add", "Bo Berg", "--handle", "bo"]);
    desk.ok(["system", "set", "SYS-1", "--model-version", "1.0"]);
    desk.write("one.csv", rows(200));
    desk
}

fn slices<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let known = ["slices", file, "--y-true", "y_true", "--y-pred", "y_pred", "--by", "sex", "--favourable", "1"];
    known.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn a_file_becomes_an_accepted_run_and_the_next_version_takes_its_place() {
    let desk = desk();
    let said = desk.ok(slices("one.csv", &["--review", "REV-1"]));
    assert!(said.contains("RUN-1 is attached to REV-1 as EVD-1: breached."), "{said}");
    assert!(said.contains("sex, FPR: from 20.0 % (Male) to 40.0 % (Female)"), "{said}");
    let refused = desk.fails(1, ["--as", "bo", "evidence", "accept", "EVD-1", "--reason", "Read."]);
    assert!(refused.contains("RUN-1 says nothing of its limitations"), "{refused}");
    desk.ok(["analysis", "set", "RUN-1", "--limitations", "One county."]);
    desk.ok(["--as", "bo", "evidence", "accept", "EVD-1", "--reason", "Read."]);
    assert!(desk.ok(["analysis", "verdict", "RUN-1"]).contains("more than the 10.0 points that fpr-gap allows"));
    assert!(desk.ok(["analysis", "report", "RUN-1", "--format", "json"]).contains("\"version\""));
    desk.ok(["system", "set", "SYS-1", "--model-version", "1.1"]);
    desk.write("two.csv", rows(110));
    // The report through a pipe, as a warehouse's job hands it over.
    let report = desk.ok(slices("two.csv", &["--format", "json"]));
    let said =
        desk.run_with(["analysis", "attach", "-", "--review", "REV-1", "--limitations", "One county."], &report).out;
    assert!(said.contains("RUN-2 is attached") && said.contains("RUN-1 is stale"), "{said}");
    let said = desk.ok(["analysis", "changes", "RUN-2"]);
    assert!(said.contains("sex = Female: FPR went from 40.0 % to 22.0 %: -18.0 points ["), "{said}");
    assert_eq!(desk.json(["evidence", "show", "EVD-1", "--json"])["status"], "superseded");
    let group = ["analysis", "risk", "RUN-2", "--group", "sex=Female", "--metric", "tpr", "--harm", "they lose offers"];
    desk.ok(group);
    let statement = desk.json(["risk", "show", "RSK-1", "--json"])["statement"].as_str().unwrap_or_default().to_owned();
    assert!(statement.contains("n 500]") && statement.contains("so that they lose offers"), "{statement}");
    assert!(desk.fails(1, slices("two.csv", &["--review", "REV-1"])).contains("RUN-2 is this very analysis"));
}

#[test]
fn runs_of_other_tools_come_in_as_json_and_wrong_ones_are_refused() {
    let desk = desk();
    desk.write("results.json", "{\"passed\": 397, \"of\": 400}");
    desk.write("broken.json", "{");
    let add = ["analysis", "add", "garak, first round", "--kind", "safety", "--tool", "garak", "--review", "REV-1"];
    let with = |more: &[&'static str]| add.into_iter().chain(more.iter().copied()).collect::<Vec<_>>();
    desk.ok(with(&["--results", "results.json", "--data", "one.csv", "--n", "400"]));
    let run = desk.json(["analysis", "show", "RUN-1", "--json"]);
    assert_eq!((run["dataset"].as_str(), run["sha256"].as_str().map(str::len)), (Some("one.csv"), Some(64)));
    assert!(desk.ok(["analysis", "report", "RUN-1"]).contains("397"));
    assert!(desk.fails(1, with(&["--results", "broken.json"])).contains("not JSON"));
    assert!(desk.fails(1, ["analysis", "attach", "results.json", "--review", "REV-1"]).contains("no report"));
    assert!(desk.fails(1, ["analysis", "verdict", "RUN-1"]).contains("no report of `probity slices`"));
    assert!(desk.fails(2, ["analysis", "changes", "RUN-1"]).contains("name the one to compare with"));
}
