//! Checklists: one use of a versioned template in one review. The items are records of their own.

use super::{Field, FieldKind, RecordType, check_nothing, settle_nothing};

/// A checklist.
pub static CHECKLIST: RecordType = RecordType {
    name: "checklist",
    label: "Checklist",
    plural: "Checklists",
    prefix: "CHK",
    title: "title",
    help: "One use of a versioned checklist template in one review.",
    fields: &[
        Field::line("title", "Title", "The template's title.").required().column(30),
        Field::link("review", "Review", "review", "The review it is worked in.").required().column(30),
        Field::line("template", "Template", "The id of the template.").required().column(20),
        Field::of("template_version", "Template version", FieldKind::Number(1, 9999), "The version it was made from.")
            .required()
            .column(4),
    ],
    closed: None,
    order: &[("id", true)],
    settle: settle_nothing,
    check: check_nothing,
};
