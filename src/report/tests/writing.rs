//! All of a pack or none of it; nobody's work is overwritten; and what goes wrong is said.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::desk::Desk;
use super::programme::{programme, programme_pack, small, small_pack};
use super::read::{Written, files};
use crate::report::{Error, Format, Output, Step, Watch, page, write_pack};

fn names(folder: &Path) -> Vec<String> {
    files(folder).iter().map(|path| path.strip_prefix(folder).expect("below").to_string_lossy().into_owned()).collect()
}

#[test]
fn a_pack_is_what_it_says_it_is_and_nothing_more() {
    let pack = small_pack();
    let written = Written::new(pack);
    let mut made: Vec<String> = written
        .files
        .iter()
        .map(|path| path.strip_prefix(written.folder.path()).expect("below").to_string_lossy().into_owned())
        .collect();
    made.sort();
    assert_eq!(names(written.folder.path()), made);
    assert_eq!(made.iter().filter(|name| name.starts_with("csv/")).count(), pack.tables().len());
    for name in ["pack.html", "pack.md", "pack.xlsx", "pack.json", "pack.manifest.json"] {
        assert!(made.iter().any(|known| known == name), "{name}");
    }
    for name in ["pack.html", "pack.md", "pack.json", "csv/about.csv"] {
        let text = written.text(name);
        for part in [pack.about.workspace.as_ref(), "Ana Lima", "2026-11-24"] {
            assert!(text.contains(part), "{name} does not name {part}");
        }
        assert!(text.contains(&pack.about.history_head), "{name} does not name the head of the history");
    }
    let sheet = format!("{:?}", written.sheet("About"));
    assert!(sheet.contains(&pack.about.history_head) && sheet.contains("Ana Lima"));
}

#[test]
fn the_same_workspace_and_moment_give_the_same_bytes() {
    let desk = programme();
    let (one, two) = (Written::new(&desk.pack()), Written::new(&desk.pack()));
    for name in names(one.folder.path()) {
        assert!(
            fs::read(one.path(&name)).expect("a file") == fs::read(two.path(&name)).expect("a file"),
            "{name} differs"
        );
    }
}

#[test]
fn a_later_pack_replaces_an_earlier_one_but_not_what_somebody_wrote() {
    let mut desk = small();
    let written = Written::new(&desk.pack());
    desk.on("2026-11-22");
    desk.add(&crate::record::ACTION, "new", vec![("title", "Something new".into())]);
    let later = desk.pack();
    let output = Output::to(written.folder.path());
    write_pack(&later, &output, &mut Watch::nobody()).expect("replaced");
    assert!(written.text("pack.md").contains("Something new"));

    let edited = written.text("pack.md") + "\nMy own remarks.\n";
    fs::write(written.path("pack.md"), &edited).expect("an edit");
    let before: Vec<Vec<u8>> =
        files(written.folder.path()).iter().map(|file| fs::read(file).expect("a file")).collect();
    let error = write_pack(&later, &output, &mut Watch::nobody()).expect_err("refused");
    assert!(matches!(&error, Error::Exists { path, .. } if path.ends_with("pack.md")), "{error}");
    assert!(error.to_string().contains("was changed since it was exported"), "{error}");
    let after: Vec<Vec<u8>> = files(written.folder.path()).iter().map(|file| fs::read(file).expect("a file")).collect();
    assert!(before == after, "nothing else was touched");

    let forced = Output { force: true, ..output };
    write_pack(&later, &forced, &mut Watch::nobody()).expect("overwritten on purpose");
    assert!(!written.text("pack.md").contains("My own remarks"));
}

#[test]
fn a_file_of_another_origin_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("pack.html"), "mine").expect("a file");
    let error = write_pack(small_pack(), &Output::to(folder.path()), &mut Watch::nobody()).expect_err("refused");
    assert!(error.to_string().contains("pack.html is there already and was not made by an export"), "{error}");
    assert_eq!(names(folder.path()), ["pack.html"]);
    assert_eq!(fs::read_to_string(folder.path().join("pack.html")).expect("a file"), "mine");

    fs::remove_file(folder.path().join("pack.html")).expect("removed");
    fs::create_dir(folder.path().join("pack.json")).expect("a folder");
    let forced = Output { force: true, ..Output::to(folder.path()) };
    let error = write_pack(small_pack(), &forced, &mut Watch::nobody()).expect_err("refused");
    assert!(error.to_string().contains("pack.json is there already and is a folder"), "{error}");
}

#[test]
fn files_of_an_earlier_pack_stay_known() {
    let written = Written::new(small_pack());
    let only = Output { formats: &[Format::Html], ..Output::to(written.folder.path()) };
    let made = write_pack(small_pack(), &only, &mut Watch::nobody()).expect("one page");
    assert_eq!(made.len(), 2, "{made:?}");
    write_pack(small_pack(), &Output::to(written.folder.path()), &mut Watch::nobody()).expect("all of them again");
}

#[test]
fn a_place_that_is_no_folder_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    for place in [file.clone(), file.join("below")] {
        let error = write_pack(small_pack(), &Output::to(&place), &mut Watch::nobody()).expect_err("refused");
        assert!(matches!(error, Error::NotAFolder(_)), "{error}");
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn whoever_watches_can_stop_it_at_any_step_and_nothing_is_left() {
    let pack = small_pack();
    let outer = tempfile::tempdir().expect("a folder");
    let place = outer.path().join("a/b/pack");
    let count = |stop_at: usize| {
        let cancel = AtomicBool::new(false);
        let mut steps = Vec::new();
        let mut tell = |step: Step| {
            steps.push(step.what);
            if steps.len() == stop_at {
                cancel.store(true, Ordering::Relaxed);
            }
        };
        let done = write_pack(pack, &Output::to(&place), &mut Watch::new(&cancel, &mut tell));
        (done, steps)
    };
    for stop_at in 1.. {
        let (done, steps) = count(stop_at);
        if done.is_ok() {
            assert!(steps.contains(&"Writing pack.xlsx") && steps.contains(&"Putting the files in place"));
            break;
        }
        assert!(matches!(done, Err(Error::Cancelled)), "{done:?}");
        assert!(!outer.path().join("a").exists(), "step {stop_at} left something behind");
    }
}

#[test]
fn reading_can_be_stopped_too() {
    let desk = programme();
    let cancel = AtomicBool::new(true);
    let request = crate::report::Request::now("Ana");
    let pack = crate::report::Pack::compute(&desk.workspace, &request, &mut Watch::new(&cancel, &mut |_| {}));
    assert!(matches!(pack, Err(Error::Cancelled)));
}

#[test]
fn failures_are_told_apart() {
    use std::io::{Error as Io, ErrorKind};
    let path = Path::new("out/pack.html");
    let said = |kind: ErrorKind| Error::writing(path, Io::from(kind)).to_string();
    assert_eq!(
        said(ErrorKind::StorageFull),
        "The disk is full: the pack could not be written to out. Nothing was left there; make room and try again."
    );
    assert!(said(ErrorKind::ReadOnlyFilesystem).contains("out cannot be written"));
    let scratch = Path::new("out/.scratch");
    let made = Error::writing(&scratch.join("csv/risks.csv"), Io::from(ErrorKind::StorageFull));
    let said_in_place = made.in_place(scratch, Path::new("out")).to_string();
    assert!(said_in_place.contains("could not be written to out/csv. Nothing"), "{said_in_place}");
    assert!(said(ErrorKind::TimedOut).contains("Writing out/pack.html failed"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_as_such() {
    use crate::report::write::{write_file, write_spreadsheet};
    let folder = tempfile::tempdir().expect("a folder");
    // A disk that is always full.
    let full = Path::new("/dev/full");
    let mut watch = Watch::nobody();
    let error = write_spreadsheet(programme_pack(), full, folder.path(), &mut watch).expect_err("no room");
    assert!(matches!(error, Error::DiskFull(_)), "{error}");
    let error = write_file(full, &watch, |to| to.write_all(b"some text")).expect_err("no room");
    assert!(matches!(error, Error::DiskFull(_)), "{error}");
}

#[test]
fn formats_are_named_as_people_type_them() {
    for (typed, format) in
        [("html", Format::Html), (" MD ", Format::Markdown), ("markdown", Format::Markdown), ("XLSX", Format::Xlsx)]
    {
        assert_eq!(typed.parse::<Format>().expect("a format"), format);
    }
    let error = "docx".parse::<Format>().expect_err("refused").to_string();
    assert!(error.contains("html, md, xlsx, csv, json"), "{error}");
    assert!(page(&Desk::empty().pack(), Format::Csv, &[], None, 10).is_err());
}

#[test]
fn an_empty_workspace_says_so() {
    let pack = Desk::empty().pack_since(None);
    assert!(pack.is_empty());
    let written = Written::new(&pack);
    for page in [written.html().text, written.text("pack.md")] {
        for part in [
            "there is nothing to report",
            "No review needs work.",
            "No risk is open.",
            "No action is open.",
            "No date was given",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    assert_eq!(written.sheet("Review queue").len(), 1, "a header and nothing under it");
    insta::assert_snapshot!("empty", steady(&pack));
}

#[test]
fn the_markdown_of_a_small_workspace() {
    insta::assert_snapshot!("small", steady(small_pack()));
}

/// The Markdown page without what is different in each run: the history's seals hang on random ids.
fn steady(pack: &crate::report::Pack) -> String {
    let mut pack = pack.clone();
    pack.about.history_head = "0".repeat(64);
    pack.about.policy = Some("1".repeat(64));
    pack.about.program = "0.0.0";
    page(&pack, Format::Markdown, &Format::ALL, None, 50).expect("a page")
}
