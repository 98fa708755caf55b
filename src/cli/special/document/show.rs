//! What `probity document show` tells beyond a document's fields; `diff` and `templates`.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value as Json, json};

use super::work::copy_in_words;
use super::write::share_in_words;
use super::{document_arg, said, the_document};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, Style};
use crate::cli::record::labelled;
use crate::record::{DOCUMENT, Record};
use crate::review::document::{
    Piece, Template, Words, comments, compare, copied, predecessor, rounds, sections, share,
};
use crate::session::Session;
use crate::text;

/// Tells a document's sections with where each text came from, what reviewers said, and what was copied.
pub fn tell(document: &Record, session: &Session, out: &mut Out) -> Done {
    let workspace = &session.workspace;
    labelled(out, "Filled", &share_in_words(document, session)?, false)?;
    let sections = sections(workspace, document)?;
    for copy in copied(workspace, document, &sections)? {
        out.styled(Style::Bad, "  ! ")?;
        out.line(&copy_in_words(&copy))?;
    }
    for round in rounds(workspace, document)? {
        let rework = round.text("rework").map_or("open".to_owned(), |rework| format!("rework {rework}"));
        let summary = round.text("summary").map(|summary| format!(": {summary}")).unwrap_or_default();
        labelled(out, &format!("Round {}", round.number("number").unwrap_or(0)), &format!("{rework}{summary}"), true)?;
    }
    let comments = comments(workspace, document)?;
    let template = session.library().get(document.text("template").unwrap_or_default()).ok();
    for section in &sections {
        out.end()?;
        out.styled(Style::Strong, &format!("  {}", text::line(section.title())))?;
        out.styled(Style::Faint, &format!("  {}", origin(section, template.as_ref())))?;
        out.end()?;
        if let Some(text) = section.text("text") {
            out.paragraph(4, text)?;
        }
        for comment in comments.iter().filter(|comment| comment.text("section") == section.text("code")) {
            let status = comment.text("status").unwrap_or("open");
            out.styled(Style::Faint, &format!("    {} ({status}): ", comment.reference()))?;
            out.line(&text::line(comment.title()))?;
        }
    }
    Ok(())
}

/// Where a section's text came from, in words.
fn origin(section: &Record, template: Option<&Template>) -> String {
    let code = section.text("code").unwrap_or_default();
    let from = section.text("source").map(|source| format!(" from {}", text::line(source))).unwrap_or_default();
    let origin = section.text("origin").unwrap_or("empty");
    let needed = if section.get("required").is_set() && section.get("text").is_empty() { ", required" } else { "" };
    let dropped = template.is_some_and(|template| template.section(code).is_none());
    let dropped = if dropped { ", not in the template" } else { "" };
    format!("{code}: {origin}{from}{needed}{dropped}")
}

/// The same for a program: `sections`, `rounds`, `comments`, `copied`, and how much is filled.
pub fn tell_json(document: &Record, session: &Session, object: &mut Map<String, Json>) {
    let workspace = &session.workspace;
    let sections = sections(workspace, document).unwrap_or_default();
    let each = |records: &[Record], fields: &[&str]| -> Json {
        let one = |record: &Record| -> Json {
            let said = fields.iter().map(|name| {
                let field = record.kind().field(name);
                (
                    (*name).to_owned(),
                    field.map_or(Json::Null, |_| crate::record::decision::snapshot::json(record.get(name))),
                )
            });
            said.collect::<Map<String, Json>>().into()
        };
        records.iter().map(one).collect()
    };
    let (filled, other, all) = share(&sections);
    object.insert("filled".to_owned(), json!({"from_records": filled, "otherwise": other, "sections": all}));
    let fields = ["ref", "version", "code", "heading", "origin", "source", "required", "text"];
    object.insert("sections".to_owned(), each(&sections, &fields));
    let rounds = rounds(workspace, document).unwrap_or_default();
    object.insert("rounds".to_owned(), each(&rounds, &["ref", "number", "rework", "summary", "asked_at", "given_at"]));
    let comments = comments(workspace, document).unwrap_or_default();
    object.insert("comments".to_owned(), each(&comments, &["ref", "section", "text", "status", "answer"]));
    let copied = copied(workspace, document, &sections).unwrap_or_default();
    let copied =
        copied.iter().map(|copy| json!({"section": copy.code, "document": copy.document, "system": copy.system}));
    object.insert("copied".to_owned(), copied.collect());
}

/// Tells one section with what belongs in it.
pub(super) fn one_section(document: &Record, section: &Record, session: &Session, context: &mut Context) -> Done {
    let out = &mut context.out;
    out.heading(&format!("{} {}", document.reference(), section.title()))?;
    let template = session.library().get(document.text("template").unwrap_or_default()).ok();
    out.styled(Style::Faint, &format!("  {}", origin(section, template.as_ref())))?;
    out.end()?;
    let known = template.as_ref().and_then(|template| template.section(section.text("code").unwrap_or_default()));
    if let Some(known) = known {
        labelled(out, "Guidance", &known.guidance, true)?;
        if !known.people.is_empty() {
            labelled(out, "For people", &known.people, true)?;
        }
    }
    out.end()?;
    match section.text("text") {
        Some(text) => out.paragraph(2, text),
        None => out.line("  It says nothing yet."),
    }
}

/// The command `document diff`.
pub fn diff_command() -> Command {
    Command::new("diff").about("Lays a document beside the version before it, or another one, word by word.").args([
        document_arg(),
        Arg::new("other").value_name("OTHER").help("The older document; without it, the version before."),
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Print a JSON array of the sections that differ."),
    ])
}

/// Runs `document diff`.
pub fn run_diff(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let newer = the_document(matches, &session)?;
    let older = match said(matches, "other") {
        Some(other) => session.record(&DOCUMENT, other)?,
        None => predecessor(&session.workspace, &newer)?.ok_or_else(|| {
            let reference = newer.reference();
            Failure::NoRecord(format!("{reference} is the first version; name another document to lay beside it."))
        })?,
    };
    let parts = compare(&sections(&session.workspace, &older)?, &sections(&session.workspace, &newer)?);
    let out = &mut context.out;
    if matches.get_flag("json") {
        return out.json(&serde_json::to_value(&parts).unwrap_or_default());
    }
    let name = |one: &Record| format!("{} (version {})", one.reference(), one.number("number").unwrap_or(1));
    if parts.is_empty() {
        return out.line(&format!("{} and {} say the same.", name(&older), name(&newer)));
    }
    out.heading(&format!("{} → {}: {} sections differ", name(&older), name(&newer), parts.len()))?;
    for part in &parts {
        out.end()?;
        out.heading(&part.heading)?;
        for piece in &part.pieces {
            say_piece(piece, out)?;
        }
        out.end()?;
    }
    Ok(())
}

/// Some words, marked with braces as well as by colour, so that they can be told apart without it.
fn say_piece(piece: &Piece, out: &mut Out) -> Done {
    let (style, before, after) = match piece.is {
        Words::Same => (Style::Plain, "", ""),
        Words::Gone => (Style::Bad, "[-", "-]"),
        Words::New => (Style::Good, "{+", "+}"),
    };
    let marked = format!("{before}{}{after}", piece.text);
    let mut lines = marked.split('\n').peekable();
    while let Some(line) = lines.next() {
        out.styled(style, line)?;
        if lines.peek().is_some() {
            out.end()?;
        }
    }
    Ok(())
}

/// The command `document templates`.
pub fn templates_command() -> Command {
    Command::new("templates")
        .about("Lists the templates of documents, or prints one to start from.")
        .long_about(
            "Lists the templates of documents, or prints one. A file of the same name (ID.toml) in the folder `documents` \
             beside the settings stands in for a shipped one; other files there are templates of your own.",
        )
        .args([
            Arg::new("id").value_name("TEMPLATE").help("Print this one as it is."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON."),
        ])
}

/// Runs `document templates`.
pub fn run_templates(matches: &ArgMatches, context: &mut Context) -> Done {
    let library = context.library();
    let out = &mut context.out;
    if let Some(id) = said(matches, "id") {
        return out.text(&library.source(id)?);
    }
    let templates = library.ids().iter().map(|id| Ok(library.get(id)?)).collect::<Done<Vec<_>>>()?;
    if matches.get_flag("json") {
        return out.json(&templates.iter().map(as_json).collect::<Vec<_>>().into());
    }
    for template in &templates {
        out.styled(Style::Strong, &text::pad(&template.id, 28))?;
        out.line(&format!("{} sections. {}", template.sections.len(), template.about))?;
    }
    Ok(())
}

fn as_json(template: &Template) -> Json {
    let section = |section: &crate::review::document::template::Section| {
        json!({
            "code": section.code,
            "heading": section.heading,
            "required": section.required,
            "guidance": section.guidance,
            "fills": !section.fill.trim().is_empty(),
        })
    };
    json!({
        "id": template.id,
        "version": template.version,
        "title": template.title,
        "kind": template.kind,
        "about": template.about,
        "sections": template.sections.iter().map(section).collect::<Vec<_>>(),
    })
}
