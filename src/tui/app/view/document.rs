//! The text of a document's screen: how far it is, what reviewers found, its sections with where each text came from, and
//! what differs from the version before; and of a section's: its text, what belongs in it and what was said of it.

use super::page::Page;
use super::record::{fields, is_kept};
use super::rows::capital;
use crate::record::Record;
use crate::review::document::{Copied, Part, Words, share};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::load::{Detail, Written};
use crate::tui::theme::{Glyph, Role};

/// A document.
pub(super) fn document(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    let Some(written) = &detail.document else { return };
    let status = detail.record.text("status").unwrap_or("draft");
    let role = match status {
        "approved" => Role::Good,
        "superseded" => Role::Dim,
        _ => Role::Warn,
    };
    page.field("Status", &capital(status), role);
    let (filled, other, all) = share(&written.sections);
    let percent = (filled * 100).checked_div(all).unwrap_or(0);
    let words = format!("{filled} of {all} sections from the records ({percent} %), {other} written or imported");
    page.field("Filled", &words, Role::Text);
    copies(page, &written.copied);
    rounds(page, written);
    page.heading("Sections");
    for section in &written.sections {
        contents(page, section, written);
    }
    if let Some((before, parts)) = &written.differs {
        differs(page, before, parts);
    }
    page.heading("Details");
    let told = ["title", "status", "written", "sections", "rounds", "rework"];
    let shown = |field: &crate::record::Field| !told.contains(&field.name) && !is_kept(detail, field);
    fields(page, ctx, &detail.record, &detail.labels, &shown);
}

fn copies(page: &mut Page, copied: &[Copied]) {
    for copy in copied {
        let sign = page.glyph(Glyph::Alert);
        let (heading, system) = (crate::text::line(&copy.heading), crate::text::line(&copy.system));
        let words = format!("{sign} “{heading}” says word for word what {} says of {system}.", copy.document);
        page.paragraph(&words, Role::Bad);
    }
}

fn rounds(page: &mut Page, written: &Written) {
    if written.rounds.is_empty() {
        return;
    }
    page.heading("Rounds of review");
    for round in &written.rounds {
        let (words, role) = match round.text("rework") {
            None => ("open".to_owned(), Role::Warn),
            Some("none") => ("no rework".to_owned(), Role::Good),
            Some(rework) => (format!("{rework} rework"), Role::Warn),
        };
        let summary = round.text("summary").map(|summary| format!(": {summary}")).unwrap_or_default();
        page.field(&format!("Round {}", round.number("number").unwrap_or(0)), &format!("{words}{summary}"), role);
    }
}

/// One section with its text, and the comments on it.
fn contents(page: &mut Page, section: &Record, written: &Written) {
    page.gap();
    let (glyph, role) = sign(section);
    let glyph = page.glyph(glyph);
    let line = vec![
        page.piece(format!("{glyph} "), role),
        page.piece(crate::text::line(section.title()).into_owned(), Role::Label),
        page.piece(format!("  {}", origin(section)), Role::Dim),
    ];
    page.line(line);
    if let Some(text) = section.text("text") {
        page.markdown(text);
    }
    let on_it = written.comments.iter().filter(|comment| comment.get("section") == section.get("code"));
    comments(page, on_it);
}

fn comments<'c>(page: &mut Page, comments: impl Iterator<Item = &'c Record>) {
    for comment in comments {
        let is_open = comment.text("status") != Some("resolved");
        let answer = comment.text("answer").map(|answer| format!(" Answer: {answer}")).unwrap_or_default();
        let words = format!("{} {}{answer}", comment.reference(), comment.title());
        page.paragraph(&words, if is_open { Role::Warn } else { Role::Dim });
    }
}

/// The sign and the colour of a section: filled, written, imported or empty.
fn sign(section: &Record) -> (Glyph, Role) {
    match section.text("origin") {
        Some("filled" | "written" | "imported") => (Glyph::Check, Role::Good),
        _ if section.get("required").is_set() => (Glyph::Alert, Role::Warn),
        _ => (Glyph::Open, Role::Dim),
    }
}

/// Where a section's text came from, in words.
fn origin(section: &Record) -> String {
    let from = section.text("source").map(|source| format!(" from {}", crate::text::line(source))).unwrap_or_default();
    let needed = section.get("required").is_set() && section.get("text").is_empty();
    format!("{}{from}{}", section.text("origin").unwrap_or("empty"), if needed { ", required" } else { "" })
}

/// What differs from the version before.
fn differs(page: &mut Page, before: &str, parts: &[Part]) {
    page.heading(&format!("What differs from {before}"));
    differences(page, parts);
}

/// What differs between two documents, word by word: marked with braces as well as by colour.
pub fn differences(page: &mut Page, parts: &[Part]) {
    if parts.is_empty() {
        page.paragraph("Nothing yet.", Role::Dim);
    }
    for part in parts {
        page.gap();
        let heading = page.piece(crate::text::line(&part.heading).into_owned(), Role::Label);
        page.line(vec![heading]);
        for piece in part.pieces.iter().filter(|piece| !piece.text.trim().is_empty()) {
            let (role, text) = match piece.is {
                Words::Same => (Role::Dim, shortened(piece.text.trim())),
                Words::Gone => (Role::Bad, format!("[-{}-]", piece.text.trim())),
                Words::New => (Role::Good, format!("{{+{}+}}", piece.text.trim())),
            };
            page.paragraph(&text, role);
        }
    }
}

/// Words that are in both versions, so far as they show where one is.
fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= 24 {
        return words.join(" ");
    }
    format!("{} … {}", words[..10].join(" "), words[words.len() - 10..].join(" "))
}

/// A section.
pub(super) fn section(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    let Some(written) = &detail.document else { return };
    let section = &detail.record;
    let (glyph, role) = sign(section);
    let glyph = page.glyph(glyph);
    page.field("Text", &format!("{glyph} {}", origin(section)), role);
    copies(page, &written.copied);
    if let Some(guidance) = section.text("guidance") {
        page.heading("What belongs in it");
        page.paragraph(guidance, Role::Dim);
    }
    page.heading("What it says");
    match section.text("text") {
        Some(text) => page.markdown(text),
        None => page.paragraph("Nothing yet.", Role::Dim),
    }
    if !written.comments.is_empty() {
        page.heading("Comments");
        comments(page, written.comments.iter());
    }
    page.heading("Details");
    let told = ["text", "heading"];
    let shown = |field: &crate::record::Field| !told.contains(&field.name) && !is_kept(detail, field);
    fields(page, ctx, section, &detail.labels, &shown);
}
