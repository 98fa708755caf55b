//! A card into the workspace: as a new document, or into one that is there.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Card, MOST_BYTES, Placed, into_sections, place};
use crate::exchange::file::{FileError, text_of};
use crate::record::{Record, Value};
use crate::review::document::{Desk, start};
use crate::text;
use crate::workspace::{Edit, Result};

/// The template of a card that names none.
const CARD: &str = "model-card";

/// A card that was read from a file.
#[derive(Debug)]
pub struct Source {
    /// What the file is called.
    pub origin: String,
    /// The card.
    pub card: Card,
    /// Whether it holds a script, which is text here.
    pub scripted: bool,
}

impl Source {
    /// Reads a card; `-` is standard input.
    ///
    /// # Errors
    /// Where the file cannot be read, is too large, is no text, or says nothing.
    pub fn read(file: &Path) -> std::result::Result<Self, FileError> {
        let source = text_of(file, MOST_BYTES)?;
        if source.trim().is_empty() {
            return Err(FileError::Unfit(format!("{} says nothing. Nothing was written.", file.display())));
        }
        let name = file.file_name().filter(|name| *name != "-");
        let origin = name.map_or_else(|| "standard input".to_owned(), |name| name.to_string_lossy().into_owned());
        let scripted = source.to_lowercase().contains("<script");
        Ok(Self { origin: text::line(&origin).into_owned(), card: Card::read(&source), scripted })
    }

    /// The edits that put the card into a document that is there, or into a new one with these fields; and where its text went.
    ///
    /// # Errors
    /// Where there is no such template, or the workspace cannot be read.
    pub fn taken(
        &self,
        desk: &Desk<'_>,
        into: Option<&Record>,
        mut fields: Vec<(&'static str, Value)>,
        at: DateTime<Utc>,
    ) -> Result<(Placed, Vec<Edit>)> {
        let wanted = fields.iter().find(|(name, _)| *name == "template").map(|(_, value)| value.display());
        let id = into.and_then(|document| document.text("template")).map(str::to_owned).or(wanted);
        let template = desk.library.get(&id.unwrap_or_else(|| CARD.to_owned()))?;
        let placed = place(&self.card, &template);
        if let Some(document) = into {
            let edits = into_sections(desk.workspace, document, &placed.texts, &self.origin, at)?;
            return Ok((placed, edits));
        }
        let is_said = |fields: &[(&'static str, Value)], name: &str| fields.iter().any(|(known, _)| *known == name);
        if !is_said(&fields, "template") {
            fields.push(("template", Value::text(template.id.as_str())));
        }
        if let (false, Some(title)) = (is_said(&fields, "title"), &placed.title) {
            fields.push(("title", Value::text(title.as_str())));
        }
        fields.push(("origin", Value::text(self.origin.as_str())));
        fields.push(("front_matter", self.card.front.as_deref().map_or(Value::Empty, Value::text)));
        let edits = start(desk, at, fields, Some(&placed.texts))?.1;
        Ok((placed, edits))
    }

    /// What is to be known of the card: sentences.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let fault = self
            .card
            .fault
            .as_deref()
            .map(text::line)
            .map(|fault| format!("The front matter cannot be read: {fault}. It is kept as text in “Other”."));
        let script = self
            .scripted
            .then(|| "It holds a script. It is kept as text, and runs nowhere: exports show it as text.".to_owned());
        fault.into_iter().chain(script).collect()
    }
}

impl Placed {
    /// Which headings fitted no section, in a sentence; none where all did.
    #[must_use]
    pub fn left_over(&self) -> Option<String> {
        let rest = self.unplaced.join("; ");
        (!rest.is_empty()).then(|| format!("Kept in “Other”, because no section has such a heading: {rest}."))
    }
}
