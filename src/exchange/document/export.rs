//! A document as a file: Markdown, a page, or a model card with front matter.

use super::front::{self, Front};
use super::html;
use crate::record::{PACKET, PERSON, Record, SYSTEM, Value};
use crate::review::document::sections;
use crate::text;
use crate::workspace::{Condition, Query, Result, Workspace};

/// In which form a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Markdown, with where each section came from.
    Markdown,
    /// One page of HTML for a browser and for print.
    Html,
    /// Markdown with the front matter of a model card as Hugging Face reads it.
    HuggingFace,
}

impl Form {
    /// Every form by its name on the command line, with the end of its files' names.
    pub const ALL: &'static [(&'static str, Self, &'static str)] =
        &[("markdown", Self::Markdown, "md"), ("html", Self::Html, "html"), ("huggingface", Self::HuggingFace, "md")];

    /// The form with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, ..)| *known == name).map(|(_, form, _)| *form)
    }
}

/// Codes of languages (ISO 639-1) by their English names: what front matter asks for.
const LANGUAGES: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("bulgarian", "bg"),
    ("chinese", "zh"),
    ("croatian", "hr"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("estonian", "et"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("irish", "ga"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("latvian", "lv"),
    ("lithuanian", "lt"),
    ("maltese", "mt"),
    ("norwegian", "no"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("slovak", "sk"),
    ("slovenian", "sl"),
    ("spanish", "es"),
    ("swedish", "sv"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("vietnamese", "vi"),
];

/// A document as the text of a file.
///
/// # Errors
/// When the workspace cannot be read.
pub fn export(workspace: &Workspace, document: &Record, form: Form) -> Result<String> {
    let mut out = String::new();
    if form == Form::HuggingFace {
        let front = match document.text("front_matter") {
            Some(kept) => format!("{}\n", kept.trim_end()),
            None => front::write(&front_of(workspace, document)?),
        };
        out.push_str(&format!("---\n{front}---\n\n"));
    }
    out.push_str(&format!("# {}\n\n", text::line(document.title())));
    if form != Form::HuggingFace {
        out.push_str(&format!("*{}*\n\n", about(workspace, document)?));
    }
    for section in sections(workspace, document)? {
        let said = section.text("text").map(|said| text::lines(said.trim()).into_owned());
        if said.is_none() && form == Form::HuggingFace {
            continue;
        }
        out.push_str(&format!("## {}\n\n", text::line(section.title())));
        match said {
            Some(said) => out.push_str(&format!("{said}\n\n")),
            None => out.push_str("*Nothing is said here yet.*\n\n"),
        }
        if let (true, Some(source)) = (form != Form::HuggingFace, section.text("source")) {
            out.push_str(&format!("*From {}.*\n\n", text::line(source)));
        }
    }
    let out = format!("{}\n", out.trim_end());
    Ok(if form == Form::Html { html::page(document.title(), &out) } else { out })
}

/// What a document is and how it stands, in a sentence.
fn about(workspace: &Workspace, document: &Record) -> Result<String> {
    let who = |field: &str| -> Result<String> {
        let person = document.text(field).map(|id| workspace.get(&PERSON, id)).transpose()?;
        Ok(person.map(|person| text::line(person.title()).into_owned()).unwrap_or_default())
    };
    let mut parts = vec![format!("{}, version {}", document.reference(), document.number("number").unwrap_or(1))];
    if let Some(version) = document.text("model_version") {
        parts.push(format!("about model version {}", text::line(version)));
    }
    parts.push(match (document.text("status").unwrap_or("draft"), document.get("approved_at").as_moment()) {
        ("approved", Some(at)) => format!("approved by {} on {}", who("approved_by")?, at.date_naive()),
        (status, _) => status.to_owned(),
    });
    parts.push(format!("written by {}", who("author")?));
    Ok(format!("{}.", parts.join("; ")))
}

/// What the records know of a card's front matter. What they do not know, such as a licence, is left out.
fn front_of(workspace: &Workspace, document: &Record) -> Result<Vec<(String, Front)>> {
    let packet = match document.text("review") {
        Some(review) => {
            workspace.records(&Query::all(&PACKET).with(Condition::Is("review", Value::text(review))))?.pop()
        }
        None => None,
    };
    let system = document.text("system").map(|id| workspace.get(&SYSTEM, id)).transpose()?;
    let mut fields = Vec::new();
    let languages: Vec<String> = packet
        .iter()
        .flat_map(|packet| packet.get("languages").items())
        .filter_map(|said| LANGUAGES.iter().find(|(name, code)| said.eq_ignore_ascii_case(name) || said == code))
        .map(|(_, code)| (*code).to_owned())
        .collect();
    if !languages.is_empty() {
        fields.push(("language".to_owned(), Front::List(languages)));
    }
    let mut tags: Vec<String> = document.get("tags").items().to_vec();
    let known = |field: &str| packet.as_ref().and_then(|packet| packet.text(field));
    let kind = known("model_type").or_else(|| system.as_ref().and_then(|system| system.text("model_type")));
    tags.extend(kind.map(|kind| kind.to_lowercase().replace(' ', "-")));
    if !tags.is_empty() {
        fields.push(("tags".to_owned(), Front::List(tags)));
    }
    if let Some(name) = system.as_ref().and_then(|system| system.text("model_name")) {
        fields.push(("model_name".to_owned(), Front::One(text::line(name).into_owned())));
    }
    if let Some(version) = document.text("model_version") {
        fields.push(("model_version".to_owned(), Front::One(text::line(version).into_owned())));
    }
    Ok(fields)
}
