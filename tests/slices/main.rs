//! The analysis of predictions by group: published figures, other programs' figures, properties, and every bad input.

// Rows are written one a line; that reads better than folding them into one text.
#![allow(clippy::format_collect)]

mod bad_input;
mod compared;
mod fairlearn;
mod kinds;
mod properties;
mod published;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use probity::slices::metric::Estimate;
use probity::slices::read::{Columns, Watch};
use probity::slices::report::{Attribute, Group};
use probity::slices::{Report, Request, Result, analyse};

/// A file of predictions that goes when this is dropped.
struct Sample(tempfile::NamedTempFile);

impl Sample {
    /// A file of these bytes.
    fn of(bytes: impl AsRef<[u8]>) -> Self {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes.as_ref()).expect("written");
        file.flush().expect("written");
        Self(file)
    }

    /// Rows made of counts: the last column says how many times its row stands.
    fn of_counts(csv: &str) -> Self {
        let mut lines = csv.lines();
        let head = lines.next().and_then(|line| line.rsplit_once(',')).expect("a header").0;
        let mut rows = format!("{head}\n");
        for line in lines {
            let (row, n) = line.rsplit_once(',').expect("a count");
            (0..n.parse::<usize>().expect("a count")).for_each(|_| rows.push_str(&format!("{row}\n")));
        }
        Self::of(rows)
    }

    /// Where it is.
    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}

/// A file of `data/`.
fn data(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slices/data").join(name);
    std::fs::read_to_string(path).expect("a test file")
}

/// A real input that lies beside the repository, where it does.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new("/work/shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {} is not here", path.display());
    None
}

/// What is asked of a classification with the usual column names.
fn asked(path: PathBuf, by: &[&str]) -> Request {
    let columns = Columns {
        file: path,
        y_true: Some("y_true".to_owned()),
        y_pred: Some("y_pred".to_owned()),
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        ..Columns::default()
    };
    Request { columns, ..Request::default() }
}

/// The report, or why there is none.
///
/// # Errors
/// As [`analyse`].
fn run(request: &Request) -> Result<Report> {
    let cancel = AtomicBool::new(false);
    analyse(request, &mut Watch { cancel: &cancel, tell: &mut |_, _| {} })
}

/// The report of rows, by one column.
fn report(rows: &str, by: &[&str]) -> Report {
    let sample = Sample::of(rows);
    run(&asked(sample.path(), by)).expect("a report")
}

/// What a refused file is told.
fn refused(bytes: impl AsRef<[u8]>, change: impl FnOnce(&mut Request)) -> String {
    let sample = Sample::of(bytes);
    let mut request = asked(sample.path(), &["sex"]);
    change(&mut request);
    run(&request).expect_err("refused").to_string()
}

/// The group of this value.
fn group<'a>(attribute: &'a Attribute, value: &str) -> &'a Group {
    attribute.groups.iter().find(|group| group.value == value).unwrap_or_else(|| panic!("no {value}"))
}

/// The figure of a group.
fn metric<'a>(report: &'a Report, attribute: &str, value: &str, name: &str) -> &'a Estimate {
    let all = report.attributes.iter().chain(&report.intersections);
    let attribute = all.into_iter().find(|known| known.name == attribute).expect("an attribute");
    group(attribute, value).metrics.get(name).unwrap_or_else(|| panic!("no {name}"))
}
