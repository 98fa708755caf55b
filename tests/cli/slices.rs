//! `probity slices`: what it prints, its exit codes, and how it ends when interrupted.

use crate::desk::Desk;

/// Forty rows of two groups; one row says nothing of its group.
fn rows() -> String {
    let row = |at: usize| {
        let sex = if at == 7 { "" } else { ["Female", "Male"][at % 2] };
        format!("{sex},{},{},{}\n", at % 3 % 2, at % 5 % 2, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9][at % 10])
    };
    let rows: Vec<String> = (0..40).map(row).collect();
    format!("sex,y_true,y_pred,score\n{}", rows.concat())
}

const ASKED: [&str; 7] = ["slices", "p.csv", "--y-true", "y_true", "--y-pred", "y_pred", "--by=sex"];

#[test]
fn every_format_is_printed_and_written() {
    let desk = Desk::empty();
    desk.write("p.csv", rows());
    let text = desk.ok(ASKED);
    for part in ["SHA-256", "What stands out", "Groups of sex", "(missing)", "reference"] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    let json = desk.json([&ASKED[..], &["--format", "json", "--score", "score"]].concat());
    let female = &json["attributes"][0]["groups"][0];
    assert_eq!((female["value"].as_str(), female["n"].as_u64()), (Some("Female"), Some(20)));
    assert_eq!(female["metrics"]["fpr"]["n"].as_u64().map(|n| n > 0), Some(true));
    assert!(json["worst_slices"].is_null() && json["intersections"].as_array().is_some_and(Vec::is_empty));
    let csv = desk.ok([&ASKED[..], &["--format", "csv"]].concat());
    assert!(csv.starts_with("kind,within,attribute,value,"), "{csv}");
    assert!(desk.ok([&ASKED[..], &["--format", "md"]].concat()).starts_with("# Slices"));
    desk.ok([&ASKED[..], &["--format", "html", "--out", "page.html"]].concat());
    let page = std::fs::read_to_string(desk.folder.path().join("page.html")).expect("a page");
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg"));
    // The same bytes again; and a file that is there is not written over.
    assert_eq!(desk.ok([&ASKED[..], &["--format", "html"]].concat()), page);
    assert_eq!(desk.run([&ASKED[..], &["--format", "html", "--out", "page.html"]].concat()).code, 7);
}

#[test]
fn standard_input_is_a_file_too() {
    let desk = Desk::empty();
    let mut asked = ASKED;
    asked[1] = "-";
    let told = desk.run_with(asked, &rows());
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("standard input"), "{}", told.out);
}

#[test]
fn exit_codes_say_whose_fault_it_is() {
    let desk = Desk::empty();
    desk.write("p.csv", rows());
    desk.write("ragged.csv", format!("{}Male,1\n", rows()));
    desk.write("labels.csv", "sex,y_true,y_pred\nA,yes,no\nA,no,yes\n");
    let with = |file: &'static str, more: &[&'static str]| {
        let mut asked = ASKED.to_vec();
        asked[1] = file;
        asked.extend(more);
        let told = desk.run(asked);
        (told.code, told.err)
    };
    for (file, more, code, part) in [
        ("none.csv", vec![], 7, "Reading none.csv failed"),
        ("ragged.csv", vec![], 7, "ragged.csv, line 42: the row has 2 cells"),
        ("labels.csv", vec![], 2, "--positive LABEL"),
        ("p.csv", vec!["--by", "race"], 7, "there is no column “race”"),
        ("p.csv", vec!["--threshold", "0.5", "--score", "score"], 2, "leave one out"),
        ("p.csv", vec!["--missing", "error"], 7, "line 9"),
        ("p.csv", vec!["--missing", "perhaps"], 2, "group, drop or error"),
        ("p.csv", vec!["--reference", "sex=Other"], 2, "no row has this value"),
        ("p.csv", vec!["--preset", "eu"], 2, "nyc-ll144"),
        ("p.csv", vec!["--edges", "sex"], 2, "COLUMN=NUMBER"),
        ("p.csv", vec!["--format", "pdf"], 2, "is no format"),
    ] {
        let (found, told) = with(file, &more);
        assert_eq!(found, code, "{file} {more:?}: {told}");
        assert!(told.contains(part), "{file} {more:?}: {told}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_analysis_ends_cleanly() {
    use std::process::{Command, Stdio};

    let desk = Desk::empty();
    // A pipe that is never written to: the analysis is in the middle of reading for as long as it takes.
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("probity"))
        .args(["slices", "-", "--y-true", "y_true", "--y-pred", "y_pred", "--by", "sex"])
        .current_dir(desk.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || {
        use std::io::Write;
        let block = "A,1,1\n".repeat(100_000);
        let begun = input.write_all(b"sex,y_true,y_pred\n");
        // Until the other side has gone.
        while begun.is_ok() && input.write_all(block.as_bytes()).is_ok() {}
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let ended = child.wait_with_output().expect("an end");
    writer.join().expect("the writer ends");
    assert_eq!(ended.status.code(), Some(130), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(ended.stdout.is_empty());
    assert!(String::from_utf8_lossy(&ended.stderr).contains("Cancelled"));
}
