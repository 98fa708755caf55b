//! Comments: what a reviewer wants changed, section by section.

use super::ROUND;
use crate::record::{Context, Field, Record, RecordType, check_nothing};

/// A comment.
pub static COMMENT: RecordType = RecordType {
    name: "document_comment",
    label: "Comment",
    plural: "Comments",
    prefix: "CMT",
    title: "text",
    help: "What a reviewer says of one section of a document, and whether it was answered.",
    fields: &[
        Field::prose("text", "Text", "What is missing, wrong or unclear.").required().column(44),
        Field::link("round", "Review round", "document_round", "The round it was made in.").required().column(14),
        Field::link("document", "Document", "document", "The document it is about.").column(14),
        Field::line("section", "Section", "The code of the section; none where the whole is meant.").column(20),
        Field::choice("status", "Status", &["open", "resolved"], "Whether it was answered.").default("open").column(9),
        Field::prose("answer", "Answer", "What was done about it, or why nothing was."),
    ],
    closed: Some(("status", &["resolved"])),
    order: &[("id", true)],
    settle,
    check: check_nothing,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let round = after.text("round").and_then(|id| context.records.record(&ROUND, id));
    if let Some(round) = round {
        after.set("document", round.get("document").clone());
    }
}
