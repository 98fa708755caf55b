//! Sections: the text of documents. Each is a record of its own, so that two people can write in one document at once, and
//! each says whether its text came from the records, from a person or from a file.

use super::{DOCUMENT, is_frozen};
use crate::record::{Context, Field, FieldKind, Problem, Record, RecordType, Value};

/// Its text was made from the records.
pub const FILLED: &str = "filled";
/// A person wrote its text.
pub const WRITTEN: &str = "written";
/// Its text came from a file.
pub const IMPORTED: &str = "imported";

/// Where the text of a section can come from.
pub const ORIGINS: &[&str] = &["empty", FILLED, WRITTEN, IMPORTED];

/// A section.
pub static SECTION: RecordType = RecordType {
    name: "document_section",
    label: "Section",
    plural: "Sections",
    prefix: "SEC",
    title: "heading",
    help: "One part of a document, with where its text came from.",
    fields: &[
        // First, so that editing a section begins with its text.
        Field::prose("text", "Text", "What it says, in Markdown."),
        Field::line("heading", "Heading", "What stands over it.").required().column(34),
        Field::line("code", "Code", "Its id in the template.").required().column(20),
        Field::link("document", "Document", "document", "The document it stands in.").required().settles().column(12),
        Field::prose("guidance", "Guidance", "What belongs in it.").by_workspace(),
        Field::choice("origin", "Origin", ORIGINS, "Where its text came from: the records, a person or a file.")
            .default("empty")
            .by_workspace()
            .column(9),
        Field::line("source", "From", "The records, or the file, that its text came from.").by_workspace().column(30),
        Field::moment("taken_at", "Taken", "When its text was last taken from the records or a file.").by_workspace(),
        Field::flag("required", "Required", "Whether it must say something before the document is handed in.")
            .by_workspace(),
        Field::link("written_by", "Written by", "person", "Who last wrote it by hand.").by_rule(),
        Field::of("position", "Position", FieldKind::Number(0, 9999), "Its place in the document.").by_workspace(),
    ],
    closed: None,
    order: &[("document", true), ("position", false)],
    settle,
    check,
};

/// Whoever changes a text by hand has written it; a text that was taken from somewhere says when it was.
fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let nothing = Record::empty(&SECTION);
    let before = before.unwrap_or(&nothing);
    let taken = before.get("taken_at") != after.get("taken_at");
    if before.get("text") != after.get("text") && !taken {
        let is_blank = after.get("text").is_empty();
        after.set("origin", if is_blank { "empty" } else { WRITTEN });
        after.set("source", Value::Empty);
        after.set("written_by", if is_blank { Value::Empty } else { Value::text(context.actor) });
    } else if taken {
        after.set("written_by", Value::Empty);
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let document = after.text("document").and_then(|id| context.records.record(&DOCUMENT, id));
    let Some(document) = document else { return Vec::new() };
    let reference = document.reference();
    if is_frozen(&document) {
        let message = format!(
            "{reference} is approved and its text does not change; write its next version \
                               (`probity document version {reference}`)."
        );
        return vec![Problem { field: None, message }];
    }
    if document.text("status") == Some(super::IN_REVIEW) {
        let message = format!(
            "{reference} is being read; its text does not change meanwhile. Take it back first \
                               (`probity document set {reference} --status draft`)."
        );
        return vec![Problem { field: None, message }];
    }
    if before.is_some_and(|before| before.get("document") != after.get("document")) {
        return vec![Problem::of("document", "A section stays in its document.")];
    }
    Vec::new()
}
