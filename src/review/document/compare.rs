//! Two versions of a document side by side: section by section, word by word.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::record::Record;

/// Whether words stand in both versions, or came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Words {
    /// In both.
    Same,
    /// Only in the older one.
    Gone,
    /// Only in the newer one.
    New,
}

/// Some words in a row that share a fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Which fate.
    pub is: Words,
    /// The words, with the blanks between them.
    pub text: String,
}

/// A section that differs between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its code.
    pub code: String,
    /// Its heading.
    pub heading: String,
    /// Its words, in order.
    pub pieces: Vec<Piece>,
}

/// What differs between the sections of two versions, in the order of the newer one; sections that are the same are left
/// out.
#[must_use]
pub fn compare(older: &[Record], newer: &[Record]) -> Vec<Part> {
    let text =
        |section: Option<&Record>| section.and_then(|section| section.text("text")).unwrap_or_default().to_owned();
    let with =
        |sections: &[Record], code: &str| sections.iter().find(|section| section.text("code") == Some(code)).cloned();
    let gone = older.iter().filter(|section| with(newer, section.text("code").unwrap_or_default()).is_none());
    newer
        .iter()
        .chain(gone)
        .filter_map(|section| {
            let code = section.text("code").unwrap_or_default();
            let (was, is) = (text(with(older, code).as_ref()), text(with(newer, code).as_ref()));
            let part = |pieces| Part { code: code.to_owned(), heading: section.title().to_owned(), pieces };
            (was != is).then(|| part(words(&was, &is)))
        })
        .collect()
}

/// Two texts word by word.
fn words(was: &str, is: &str) -> Vec<Piece> {
    let diff = TextDiff::from_words(was, is);
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Words::Same,
            ChangeTag::Delete => Words::Gone,
            ChangeTag::Insert => Words::New,
        };
        match pieces.last_mut() {
            Some(last) if last.is == fate => last.text.push_str(change.value()),
            _ => pieces.push(Piece { is: fate, text: change.value().to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::document::SECTION;

    fn section(code: &str, text: &str) -> Record {
        let mut section = Record::empty(&SECTION);
        section.set("code", code);
        section.set("heading", code.to_uppercase());
        section.set("text", text);
        section
    }

    #[test]
    fn only_what_differs_is_shown_and_sections_that_went_come_last() {
        let older = [section("a", "The same."), section("b", "Used by ten people."), section("c", "Old words.")];
        let newer = [section("d", "New words."), section("b", "Used by two people."), section("a", "The same.")];
        let parts = compare(&older, &newer);
        let codes: Vec<&str> = parts.iter().map(|part| part.code.as_str()).collect();
        assert_eq!(codes, ["d", "b", "c"]);
        let shown: String = parts[1]
            .pieces
            .iter()
            .map(|piece| match piece.is {
                Words::Same => piece.text.clone(),
                Words::Gone => format!("[-{}-]", piece.text),
                Words::New => format!("{{+{}+}}", piece.text),
            })
            .collect();
        assert_eq!(shown, "Used by [-ten-]{+two+} people.");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_difference(was in "[a-c \\n]{0,60}", is in "[a-c \\n]{0,60}") {
            let pieces = words(&was, &is);
            let read = |without: Words| -> String {
                pieces.iter().filter(|piece| piece.is != without).map(|piece| piece.text.as_str()).collect()
            };
            prop_assert_eq!(read(Words::New), was);
            prop_assert_eq!(read(Words::Gone), is);
        }
    }
}
