//! What to say of a record in a chat message or a mail: a few lines, ready to paste.

use std::collections::HashMap;
use std::fmt::Write;

use crate::record::{Field, FieldKind, Record, Terms, describe};
use crate::text;
use crate::workspace::Label;

/// A record in a few lines: its reference and title, then what its lists show. Private fields stay out.
#[must_use]
pub fn paste(record: &Record, labels: &HashMap<String, Label>, terms: &dyn Terms) -> String {
    let label_of = |id: &str| labels.get(id).map(Label::shown);
    let title = text::line(record.title());
    let mut out = format!("{} {title}", record.reference()).trim_end().to_owned();
    for (field, value) in record.fields() {
        if value.is_empty() || !is_told(record, field) {
            continue;
        }
        let shown = describe(field, value, terms, &label_of);
        let _ = write!(out, "\n{}: {}", field.label, text::line(&shown));
    }
    out
}

fn is_told(record: &Record, field: &Field) -> bool {
    let telling = field.column.is_some() || matches!(field.kind, FieldKind::Prose);
    telling && !field.private && field.name != "ref" && field.name != record.kind().title
}
