//! Every bad input: each is refused with words that say where and what to do, or taken as the contract says.

use std::io::Write;
use std::sync::atomic::AtomicBool;

use probity::slices::read::{Missing, Watch};
use probity::slices::{Error, analyse};

use crate::{Sample, asked, group, metric, refused, report, run};

const HEAD: &str = "sex,y_true,y_pred\n";

fn rows(n: usize) -> String {
    (0..n).map(|at| format!("{},{},{}\n", if at % 2 == 0 { "A" } else { "B" }, at % 3 % 2, at % 5 % 2)).collect()
}

fn holds(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "“{part}” is not in: {told}");
    }
}

#[test]
fn nothing_in_it() {
    holds(&refused("", |_| {}), &["the file is empty"]);
    holds(&refused(" \n\n", |_| {}), &["the file is empty"]);
    holds(&refused("\u{feff}", |_| {}), &["the file is empty"]);
    holds(&refused(HEAD, |_| {}), &["a header and no rows"]);
    holds(&refused("sex,y_true,y_pred", |_| {}), &["a header and no rows"]);
    holds(&refused(format!("{HEAD}A,,1\nB,,0\n"), |_| {}), &["none of the 2 rows can be used", "“y_true” is empty: 2"]);
}

#[test]
fn no_such_file_or_a_folder() {
    let missing = run(&asked("/nowhere/at/all.csv".into(), &["sex"])).expect_err("refused");
    assert!(matches!(missing, Error::Read { .. }), "{missing}");
    let folder = run(&asked(std::env::temp_dir(), &["sex"])).expect_err("refused").to_string();
    holds(&folder, &["this is a folder"]);
}

#[test]
fn a_ragged_row_is_named() {
    for (ragged, cells) in [("A,1\n", 2), ("A,1,0,9\n", 4)] {
        let told = refused(format!("{HEAD}{}{ragged}{}", rows(40), rows(40)), |_| {});
        holds(&told, &["line 42", &format!("the row has {cells} cells, and the header 3")]);
        // The first of several, however the file is cut for threads.
        let told = refused(format!("{HEAD}{}{ragged}{}A\n", rows(40), rows(4000)), |request| {
            request.columns.block = 64;
            request.columns.threads = 4;
        });
        holds(&told, &["line 42"]);
    }
}

#[test]
fn lines_are_counted_through_quotes_and_blank_lines() {
    let told = refused(format!("{HEAD}\"A\nand B\",1,0\n\n\r\nA,1\n"), |_| {});
    holds(&told, &["line 6"]);
}

#[test]
fn windows_1252_and_a_mark() {
    let mut bytes = b"\xef\xbb\xbfsex,y_true,y_pred\n".to_vec();
    for at in 0..40 {
        bytes.extend_from_slice(if at % 2 == 0 { "Mädchen,1,1\n".as_bytes() } else { b"Junge,0,1\n" });
    }
    let sample = Sample::of(&bytes);
    let found = run(&asked(sample.path(), &["sex"])).expect("a report");
    assert_eq!(group(&found.attributes[0], "Mädchen").n, Some(20));
    assert_eq!(found.data.file.encoding, "UTF-8");
    let latin: Vec<u8> = String::from_utf8(bytes[3..].to_vec()).expect("text").chars().map(|c| c as u8).collect();
    let sample = Sample::of(&latin);
    let found = run(&asked(sample.path(), &["sex"])).expect("a report");
    assert_eq!(group(&found.attributes[0], "Mädchen").n, Some(20));
    assert_eq!(found.data.file.encoding, "windows-1252");
    let text = String::from_utf8(bytes[3..].to_vec()).expect("text");
    let wide: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let sample = Sample::of(&wide);
    let found = run(&asked(sample.path(), &["sex"])).expect("a report");
    assert_eq!(group(&found.attributes[0], "Mädchen").n, Some(20));
    assert_eq!(found.data.file.encoding, "UTF-8, UTF-16");
}

#[test]
fn a_quote_that_is_never_closed() {
    let told = refused(format!("{HEAD}{}\"A,1,0\n{}", rows(10), rows(10)), |_| {});
    holds(&told, &["line 12", "never closed"]);
    let told = refused("\"sex,y_true,y_pred\nA,1,0\n", |_| {});
    holds(&told, &["a quote opens in the header"]);
}

#[test]
fn ten_thousand_columns() {
    let many: Vec<String> = (0..10_000).map(|at| format!("c{at}")).collect();
    let filler = ",x".repeat(10_000);
    let mut text = format!("sex,y_true,y_pred,{}\n", many.join(","));
    (0..30).for_each(|at| text.push_str(&format!("A,{},1{filler}\n", at % 2)));
    let sample = Sample::of(&text);
    let found = run(&asked(sample.path(), &["sex"])).expect("a report");
    assert_eq!(found.data.file.columns, 10_003);
    let told = refused(&text, |request| request.columns.by = many);
    holds(&told, &["10000 columns are grouped by", "name fewer"]);
}

#[test]
fn a_column_twice_or_not_at_all() {
    let told = refused("sex,y_true,y_pred,sex\nA,1,1,B\n", |_| {});
    holds(&told, &["“sex” is the name of the columns 1 and 4", "rename one"]);
    let told = refused(format!("{HEAD}A,1,1\n"), |request| request.columns.y_true = Some("truth".to_owned()));
    holds(&told, &["there is no column “truth”", "“y_pred”"]);
    // One that nothing needs may stand twice.
    let rows: String = (0..20).map(|at| format!("A,{},1,x,y\n", at % 2)).collect();
    assert_eq!(report(&format!("sex,y_true,y_pred,z,z\n{rows}"), &["sex"]).data.file.used, 20);
}

#[test]
fn a_level_a_row() {
    let rows: String = (0..60).map(|at| format!("{at},{},1\n", at % 2)).collect();
    let told = refused(format!("{HEAD}{rows}"), |_| {});
    holds(&told, &["“sex” has more than 50 different values", "--edges sex="]);
    let rows: String = (0..3000).map(|at| format!("{at},{},1\n", at % 2)).collect();
    holds(&refused(format!("{HEAD}{rows}"), |_| {}), &["more than 50"]);
    let rows: String = (0..60).map(|at| format!("A,{at},1\n")).collect();
    holds(&refused(format!("{HEAD}{rows}"), |_| {}), &["more than 50 different labels", "--regression"]);
}

fn scored(scores: &[&str]) -> String {
    let rows: String =
        (0..60).map(|at| format!("A,{},{}\n", at % 2, if at < scores.len() { scores[at] } else { "0.5" })).collect();
    format!("sex,y_true,score\n{rows}")
}

fn by_score(request: &mut probity::slices::Request) {
    request.columns.y_pred = None;
    request.columns.score = Some("score".to_owned());
    request.columns.threshold = Some(0.5);
}

#[test]
fn scores_that_are_none() {
    let told = refused(scored(&["\"0,73\""]), by_score);
    holds(&told, &["line 2", "“0,73” in “score” is no number", "--decimal-comma"]);
    let told = refused(scored(&["0.1", "high"]), by_score);
    holds(&told, &["line 3", "“high”", "--na"]);
    let sample = Sample::of(scored(&["NaN", "inf", "-Infinity", ""]));
    let mut request = asked(sample.path(), &["sex"]);
    by_score(&mut request);
    let found = run(&request).expect("a report");
    assert_eq!(found.data.file.used, 56);
    let dropped: Vec<(String, u64)> =
        found.data.file.dropped.iter().map(|count| (count.what.clone(), count.n)).collect();
    assert_eq!(dropped, [("“score” is empty".to_owned(), 1), ("“score” is NaN or infinite".to_owned(), 3)]);
    assert!(found.data.warnings[0].contains("4 of 60 rows (6.7 %) were left out"), "{:?}", found.data.warnings);
    // Over 1: they rank, and are no probabilities.
    let sample = Sample::of(scored(&["1.5"]));
    let mut request = asked(sample.path(), &["sex"]);
    by_score(&mut request);
    let found = run(&request).expect("a report");
    assert!(
        found.overall.calibration.is_none() && found.overall.metrics.get("auc").is_some_and(|auc| auc.value.is_some())
    );
    request.columns.decimal_comma = true;
    let comma = Sample::of(scored(&["\"0,73\""]));
    request.columns.file = comma.path();
    assert_eq!(run(&request).expect("a report").data.file.used, 60);
}

#[test]
fn a_third_label() {
    let rows: String = (0..60).map(|at| format!("A,{},{}\n", at % 3, at % 3)).collect();
    let told = refused(format!("{HEAD}{rows}"), |_| {});
    holds(&told, &["There are 3 labels", "“0”, “1”, “2”", "--positive"]);
    let sample = Sample::of(format!("{HEAD}{rows}"));
    let mut request = asked(sample.path(), &["sex"]);
    request.positive = Some("2".to_owned());
    let found = run(&request).expect("a report");
    assert_eq!(metric(&found, "sex", "A", "base_rate").value, Some(20.0 / 60.0));
    assert!(found.data.warnings.iter().any(|text| text.contains("all others together")));
    request.positive = Some("3".to_owned());
    holds(&run(&request).expect_err("refused").to_string(), &["--positive 3: no row has this label"]);
    let rows: String = (0..60).map(|at| format!("A,{0},{0}\n", if at % 2 == 0 { "yes" } else { "no" })).collect();
    holds(&refused(format!("{HEAD}{rows}"), |_| {}), &["Say which one is positive"]);
}

#[test]
fn weights_that_cannot_be() {
    let weighted = |weight: &dyn Fn(usize) -> String| {
        let rows: String = (0..60).map(|at| format!("A,{},1,{}\n", at % 2, weight(at))).collect();
        format!("sex,y_true,y_pred,w\n{rows}")
    };
    let with = |request: &mut probity::slices::Request| request.columns.weight = Some("w".to_owned());
    let told = refused(weighted(&|at| if at == 7 { "-1".to_owned() } else { "1".to_owned() }), with);
    holds(&told, &["line 9", "the weight -1 in “w” is negative"]);
    holds(&refused(weighted(&|_| "0".to_owned()), with), &["sum to zero"]);
    // Weights of 0 in one group only: its rates are undefined, the others' are not.
    let rows: String =
        (0..60).map(|at| format!("{},{},1,{}\n", if at % 2 == 0 { "A" } else { "B" }, at % 3 % 2, at % 2)).collect();
    let sample = Sample::of(format!("sex,y_true,y_pred,w\n{rows}"));
    let mut request = asked(sample.path(), &["sex"]);
    with(&mut request);
    let found = run(&request).expect("a report");
    let of = metric(&found, "sex", "A", "selection_rate");
    assert!(of.value.is_none() && of.reason.as_deref().is_some_and(|why| why.contains("weights")), "{of:?}");
    assert_eq!(metric(&found, "sex", "B", "selection_rate").value, Some(1.0));
}

#[test]
fn one_group_or_no_positive() {
    let one: String = (0..40).map(|at| format!("A,{},{}\n", at % 2, at % 3 % 2)).collect();
    let found = report(&format!("{HEAD}{one}"), &["sex"]);
    let tpr = found.attributes[0].disparities.metrics.get("tpr").expect("a disparity");
    assert!(
        tpr.groups.is_empty() && tpr.gap.value.is_none() && tpr.omnibus.as_ref().is_some_and(|test| test.p.is_none())
    );
    assert!(found.findings.iter().any(|finding| finding.text.contains("fewer than two groups")));
    let none: String = (0..40).map(|at| format!("{},0,0\n", if at % 2 == 0 { "A" } else { "B" })).collect();
    let found = report(&format!("{HEAD}{none}"), &["sex"]);
    assert_eq!(metric(&found, "sex", "A", "tpr").value, None);
    assert_eq!(metric(&found, "sex", "A", "precision").value, None);
    assert_eq!(metric(&found, "sex", "A", "fpr").value, Some(0.0));
    assert_eq!(found.data.positive.as_deref(), Some("1"));
}

#[test]
fn missing_groups_as_asked() {
    let rows: String = (0..60).map(|at| format!("{},{},1\n", ["A", "", "NA"][at % 3], at % 2)).collect();
    let text = format!("{HEAD}{rows}");
    let values = |report: &probity::slices::Report| -> Vec<(String, Option<u64>)> {
        report.attributes[0].groups.iter().map(|group| (group.value.clone(), group.n)).collect()
    };
    let named = |value: &str| (value.to_owned(), Some(20));
    assert_eq!(values(&report(&text, &["sex"])), [named("A"), named("NA"), named("(missing)")]);
    let sample = Sample::of(&text);
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.na = vec!["NA".to_owned()];
    let found = run(&request).expect("a report");
    assert_eq!(values(&found), [named("A"), ("(missing)".to_owned(), Some(40))]);
    request.columns.missing = Missing::Drop;
    let found = run(&request).expect("a report");
    assert_eq!((values(&found), found.data.file.used), (vec![named("A")], 20));
    request.columns.missing = Missing::Error;
    holds(&run(&request).expect_err("refused").to_string(), &["line 3", "“sex” is empty"]);
}

#[test]
fn other_formats_are_named() {
    for (bytes, what) in [
        (b"PK\x03\x04rest of it".as_slice(), "Excel workbook"),
        (b"PAR1rest of it", "Parquet"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
        (b"\0\0\0\0\0\0\0\0\0\n", "no text"),
    ] {
        holds(&refused(bytes, |_| {}), &[what, "save it as CSV"]);
    }
    holds(&refused(b"\x1f\x8b\x08\x00broken", |_| {}), &["Reading", "failed"]);
}

#[test]
fn cancelled_in_the_middle() {
    let sample = Sample::of(format!("{HEAD}{}", rows(200_000)));
    let cancel = AtomicBool::new(false);
    let mut blocks = 0;
    let mut tell = |_: u64, _: Option<u64>| {
        blocks += 1;
        if blocks == 2 {
            cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.block = 10_000;
    let ended = analyse(&request, &mut Watch { cancel: &cancel, tell: &mut tell });
    assert!(matches!(ended, Err(Error::Cancelled)), "{ended:?}");
    assert!(blocks < 10);
}

#[test]
fn a_file_that_grows() {
    let mut sample = Sample::of(format!("{HEAD}{}", rows(50_000)));
    let mut request = asked(sample.path(), &["sex"]);
    request.columns.block = 10_000;
    let cancel = AtomicBool::new(false);
    let mut file = sample.0.as_file_mut().try_clone().expect("a file");
    let mut written = false;
    let mut tell = |_: u64, _: Option<u64>| {
        if !written {
            written = true;
            file.write_all(rows(10).as_bytes()).expect("written");
        }
    };
    let ended = analyse(&request, &mut Watch { cancel: &cancel, tell: &mut tell });
    assert!(matches!(ended, Err(Error::Changed(_))), "{ended:?}");
}

type Change = Box<dyn FnOnce(&mut probity::slices::Request)>;

#[test]
fn questions_that_make_no_sense() {
    let text = format!("{HEAD}{}", rows(40));
    let cases: Vec<(Change, &str)> = vec![
        (Box::new(|asked| asked.columns.by.clear()), "--by"),
        (Box::new(|asked| asked.columns.y_true = None), "--y-true"),
        (Box::new(|asked| asked.columns.y_pred = None), "--y-pred"),
        (Box::new(|asked| asked.columns.threshold = Some(0.5)), "leave one out"),
        (Box::new(|asked| asked.columns.outcome = Some("y_pred".to_owned())), "--outcome"),
        (Box::new(|asked| asked.columns.intersect = vec![vec!["sex".to_owned()]]), "two columns or more"),
        (Box::new(|asked| asked.columns.edges = vec![("age".to_owned(), vec![1.0])]), "not sliced by"),
        (Box::new(|asked| asked.columns.edges = vec![("sex".to_owned(), vec![2.0, 1.0])]), "ascending"),
        (
            Box::new(|asked| {
                asked.reference = probity::slices::Reference::Named(vec![("sex".to_owned(), "C".to_owned())]);
            }),
            "no row has this value",
        ),
        (
            Box::new(|asked| {
                asked.reference = probity::slices::Reference::Named(vec![("race".to_owned(), "C".to_owned())]);
            }),
            "not sliced by",
        ),
    ];
    for (change, part) in cases {
        holds(&refused(&text, change), &[part]);
    }
}
