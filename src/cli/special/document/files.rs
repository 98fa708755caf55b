//! `probity document export` and `import`: documents out of and into the workspace.

use std::path::PathBuf;

use chrono::Utc;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::{desk, document_arg, said, text_arg, the_document};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::note;
use crate::cli::record::{options, print_arg, print_receipt, prints_text, why, why_arg};
use crate::exchange::document::{Form, Source, export};
use crate::exchange::file::write_new;
use crate::record::DOCUMENT;
use crate::text;
use crate::workspace::Change;

/// The command `document export`.
pub fn export_command() -> Command {
    Command::new("export").about("Writes a document as Markdown, as a page, or as a card with front matter.").args([
        document_arg(),
        Arg::new("form")
            .long("form")
            .value_name("FORM")
            .default_value("markdown")
            .value_parser(PossibleValuesParser::new(Form::ALL.iter().map(|(name, ..)| *name)))
            .help("The form; huggingface is Markdown with the front matter of a model card."),
        Arg::new("out")
            .long("out")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("The new file, or a folder for it; without it, standard output. What is there already is left."),
    ])
}

/// Runs `document export`.
pub fn run_export(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let document = the_document(matches, &session)?;
    let name = said(matches, "form").unwrap_or("markdown");
    let form = Form::named(name).unwrap_or(Form::Markdown);
    let whole = export(&session.workspace, &document, form)?;
    let Some(path) = matches.get_one::<PathBuf>("out") else { return context.out.text(&whole) };
    let mut path = path.clone();
    if path.is_dir() {
        let end = Form::ALL.iter().find(|(known, ..)| *known == name).map_or("md", |(.., end)| *end);
        path.push(text::file_name(&format!("{}-{}.{end}", document.reference(), document.title())));
    }
    write_new(&path, whole.as_bytes())?;
    context.out.line(&format!("{} is in {} ({} bytes).", document.reference(), path.display(), whole.len()))
}

/// The command `document import`.
pub fn import_command() -> Command {
    let fields = options::for_writing(&DOCUMENT).into_iter().map(|arg| {
        let is_given = arg.get_long() == Some("status");
        arg.hide(is_given)
    });
    Command::new("import")
        .about("Takes a Markdown card into the sections of a new document, or of one that is there, by its headings.")
        .long_about(
            "Takes a Markdown card into sections by its headings. What fits no section is kept in a section “Other” and \
             named. Front matter is kept with the document; where it cannot be read, it is kept as text, and what is \
             wrong is said. Without --template, the card is a model-card. With --into, sections that somebody wrote \
             by hand stay, and the file's text for them goes to “Other”.",
        )
        .args([
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("The card, in UTF-8; - for standard input."),
            text_arg("into", "REF", "Into this document, instead of a new one."),
            print_arg(),
            why_arg(),
        ])
        .args(fields)
}

/// Runs `document import`.
pub fn run_import(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let Some(file) = matches.get_one::<PathBuf>("file") else { return Ok(()) };
    let mut fields = options::assignments(&DOCUMENT, matches, &session)?;
    fields.retain(|(name, _)| *name != "status");
    let source = Source::read(file)?;
    let into = said(matches, "into").map(|named| session.record(&DOCUMENT, named)).transpose()?;
    if into.is_some() && !fields.is_empty() {
        return Err(Failure::Usage("--into takes the text alone; change other fields with `document set`.".to_owned()));
    }
    let library = session.library();
    let (placed, edits) = source.taken(&desk(&session, &library), into.as_ref(), fields, Utc::now())?;
    let what = format!("{} imported", source.origin);
    let change = Change::by(&session.me()?.id, edits).called(what).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &DOCUMENT, &session, &receipt, matches)?;
    let document = match into {
        Some(document) => Some(document),
        None => receipt.records.iter().find(|record| record.kind() == &DOCUMENT).cloned(),
    };
    for sentence in source.warnings() {
        note(&sentence);
    }
    let Some(document) = document.filter(|_| prints_text(matches)) else { return Ok(()) };
    let headings = placed.texts.iter().map(|text| text.heading.as_str()).collect::<Vec<_>>().join("; ");
    context.out.line(&format!("{}: text in {}.", document.reference(), headings))?;
    placed.left_over().map_or(Ok(()), |rest| context.out.line(&rest))
}
