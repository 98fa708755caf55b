//! Documents in and out: a Markdown card becomes the sections of a document, and a document becomes Markdown, a page, or a
//! card with front matter.

mod cut;
mod export;
mod front;
mod html;
mod take;

pub use cut::{Card, MOST_BYTES, Placed, place};
pub use export::{Form, export};
pub use front::{Front, read as read_front};
pub use html::page;
pub use take::Source;

use chrono::{DateTime, Utc};

use crate::record::document::{IMPORTED, SECTION, WRITTEN};
use crate::record::{Record, Value};
use crate::review::document::template::OTHER;
use crate::review::document::{Text, sections};
use crate::workspace::{Edit, Result, Workspace, new_id};

/// The edits that put texts of a file into the sections of a document that is there. What somebody wrote by hand stays; the
/// file's text for such a section, and for those that the document lacks, goes to its section for other things.
///
/// # Errors
/// When the file cannot be read.
pub fn into_sections(
    workspace: &Workspace,
    document: &Record,
    texts: &[Text],
    origin: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Edit>> {
    let there = sections(workspace, document)?;
    let find = |code: &str| there.iter().find(|section| section.text("code") == Some(code));
    let said = |text: &str| {
        vec![
            ("text", Value::text(text)),
            ("origin", Value::text(IMPORTED)),
            ("source", Value::text(origin)),
            ("taken_at", Value::Moment(at)),
        ]
    };
    let mut edits = Vec::new();
    let mut rest: Vec<String> = Vec::new();
    for text in texts {
        match find(&text.code).filter(|_| text.code != OTHER) {
            Some(section) if section.text("origin") != Some(WRITTEN) => {
                let (kind, id) = (&SECTION, section.id().to_owned());
                edits.push(Edit::Set { kind, id, version: Some(section.version()), fields: said(&text.text) });
            }
            Some(section) => rest.push(format!("## {}\n\n{}", section.title(), text.text)),
            None => rest.push(text.text.clone()),
        }
    }
    if rest.is_empty() {
        return Ok(edits);
    }
    let rest = rest.join("\n\n");
    if let Some(other) = find(OTHER) {
        let whole = match other.text("text") {
            Some(before) if before.contains(&rest) => before.to_owned(),
            Some(before) => format!("{before}\n\n{rest}"),
            None => rest,
        };
        let (kind, id) = (&SECTION, other.id().to_owned());
        edits.push(Edit::Set { kind, id, version: Some(other.version()), fields: said(&whole) });
    } else {
        let mut fields = said(&rest);
        fields.extend([
            ("document", Value::text(document.id())),
            ("code", Value::text(OTHER)),
            ("heading", Value::text(cut::OTHER_HEADING)),
            ("position", Value::Number(i64::try_from(there.len()).unwrap_or(9999))),
        ]);
        edits.push(Edit::Add { kind: &SECTION, id: new_id(at), fields });
    }
    Ok(edits)
}

#[cfg(test)]
mod tests;
