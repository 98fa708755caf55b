//! Documents on the screens: a card in, compared and exported, and what is typed kept.

use crate::record::Value;
use crate::record::document::{IN_REVIEW, ROUND, SECTION};
use crate::tui::app::stage::{Stage, steady};
use crate::workspace::{Direction, Query};

const CARD: &str = "---\nlanguage: en\n---\n# Ranker 2\n\nRanks applicants.\n\n## Limitations\n\nOlder applicants.\n\n## Funding\n\nNobody.\n";

fn card(stage: &Stage, name: &str, text: &str) -> String {
    let folder = stage.workspace().path().parent().expect("a folder").to_owned();
    let file = folder.join(name);
    std::fs::write(&file, text).expect("written");
    file.to_string_lossy().into_owned()
}

/// Begins a document by taking a card in.
fn taken_in(stage: &mut Stage) -> String {
    let file = card(stage, "card.md", CARD);
    stage.keys(":").types("documents").keys("Enter a").types("markdown card").keys("Enter");
    assert!(stage.screen().contains("A card from"), "{}", stage.screen());
    stage.types(&file).keys("Enter");
    file
}

#[test]
fn a_card_becomes_a_document_and_what_fits_nowhere_is_named() {
    let mut stage = Stage::new(120, 36, "dark");
    taken_in(&mut stage);
    assert!(stage.status().contains("DOC-1: card.md imported"), "{}", stage.status());
    assert!(stage.status().contains("no section has such a heading: Funding"), "{}", stage.status());
    stage.keys("Enter");
    assert!(stage.screen().contains("Ranker 2"), "{}", stage.screen());
    let document = stage.workspace().find("DOC-1").expect("the document");
    assert_eq!(document.text("front_matter"), Some("language: en"));
    // Into one that is there, and taken back.
    let file = card(&stage, "again.md", "## Limitations\n\nNight shifts.\n");
    stage.keys("w").types("take a card").keys("Enter").types(&file).keys("Enter");
    assert!(stage.status().contains("DOC-1: again.md imported"), "{}", stage.status());
    stage.keys("C-l");
    assert!(stage.screen().contains("Night shifts."), "{}", stage.screen());
    stage.keys("u C-l");
    assert!(stage.screen().contains("Older applicants."), "{}", stage.screen());
}

#[test]
fn a_file_that_is_no_card_is_refused_and_nothing_is_written() {
    let mut stage = Stage::new(120, 36, "dark");
    let folder = stage.workspace().path().parent().expect("a folder").to_owned();
    let file = folder.join("bad.md");
    std::fs::write(&file, b"\xff\xfe#").expect("written");
    stage.keys(":").types("documents").keys("Enter a").types("markdown card").keys("Enter");
    stage.types(&file.to_string_lossy()).keys("Enter");
    assert!(stage.status().contains("is not UTF-8 text"), "{}", stage.status());
    assert!(stage.workspace().find("DOC-1").is_err());
}

#[test]
fn documents_are_compared_and_exported() {
    let mut stage = Stage::new(120, 36, "dark");
    taken_in(&mut stage);
    let file = card(&stage, "other.md", "# Ranker 3\n\n## Limitations\n\nOlder and younger applicants.\n");
    stage.keys("a").types("markdown card").keys("Enter").types(&file).keys("Enter Enter");
    assert!(stage.screen().contains("Ranker 3"), "{}", stage.screen());
    stage.keys("w").types("compare").keys("Enter Enter");
    let screen = stage.screen();
    assert!(screen.contains("DOC-2 against DOC-1") && screen.contains("{+and younger+}"), "{screen}");
    insta::assert_snapshot!("compared_120x36", steady(&screen));
    stage.keys("Esc w").types("export").keys("Enter").types("html").keys("Enter Enter");
    assert!(stage.status().contains("DOC-2 is in "), "{}", stage.status());
    let folder = stage.workspace().path().parent().expect("a folder").to_owned();
    let page = std::fs::read_to_string(folder.join("DOC-2-Ranker 3.html")).expect("the export");
    assert!(page.contains("Older and younger applicants."), "{page}");
    stage.keys("w").types("export").keys("Enter").types("html").keys("Enter Enter");
    assert!(stage.status().contains("There is a file"), "{}", stage.status());
}

#[test]
fn a_verdict_that_was_not_given_is_kept() {
    let mut stage = Stage::new(120, 36, "dark");
    taken_in(&mut stage);
    let sections = stage.workspace().page(&Query::all(&SECTION), None, Direction::After, 99).expect("sections").rows;
    for section in sections.iter().filter(|section| section.record.get("text").is_empty()) {
        stage.set(&section.record, vec![("text", "Nothing to say of it.".into())]);
    }
    stage.keys("C-l w").types("hand in").keys("Enter").types("@lena").keys("Enter");
    let document = stage.workspace().find("DOC-1").expect("the document");
    assert_eq!(document.text("status"), Some(IN_REVIEW), "{} · {}", stage.status(), stage.screen());
    stage.keys("w").types("comment").keys("Enter").types("Name the rates").keys("Esc");
    assert!(stage.status().contains("What you typed is kept"), "{}", stage.status());
    stage.keys("w").types("comment").keys("Enter");
    assert!(stage.screen().contains("Name the rates"), "{}", stage.screen());
    // It is offered among the drafts too, and is none any more once it is written.
    stage.keys("Esc R");
    assert!(stage.screen().contains("Comment on the whole of DOC-1"), "{}", stage.screen());
    stage.keys("Enter Enter");
    assert!(stage.status().contains("Comment on DOC-1"), "{}", stage.status());
    assert!(stage.workspace().drafts().expect("drafts").is_empty());
    let rounds = stage.workspace().page(&Query::all(&ROUND), None, Direction::After, 9).expect("rounds").rows;
    assert_eq!(rounds.len(), 1);
    assert_eq!(rounds[0].record.get("rework"), &Value::Empty);
}
