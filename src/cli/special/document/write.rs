//! `probity document new`, `fill` and `section`: how a document comes to its text.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{desk, document_arg, said, text_arg, the_document};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{options, print_arg, print_receipt, prints_text, why, why_arg};
use crate::record::document::SECTION;
use crate::record::{DOCUMENT, Record, Value};
use crate::review::document::{refill, sections, share, start};
use crate::session::Session;
use crate::text;
use crate::tui::editor::{self, Edited};
use crate::workspace::{Change, Edit};

/// The most that is taken as the text of one section, in bytes.
const MOST_TEXT: u64 = 1 << 20;

/// The command `document new`.
pub fn new_command() -> Command {
    // The template is said without an option.
    let others = options::for_writing(&DOCUMENT).into_iter().map(|arg| {
        let is_said = arg.get_long() == Some("template");
        arg.hide(is_said)
    });
    Command::new("new")
        .about("Starts a document from a template, with the sections that the records know filled from them.")
        .args([
            Arg::new("from")
                .value_name("TEMPLATE")
                .required(true)
                .help("The template, such as model-card; `probity document templates` lists them."),
            print_arg(),
            why_arg(),
        ])
        .args(others)
}

/// Runs `document new`.
pub fn run_new(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let mut fields = options::assignments(&DOCUMENT, matches, &session)?;
    fields.retain(|(name, _)| *name != "template");
    fields.push(("template", Value::text(said(matches, "from").unwrap_or_default())));
    let edits = start_from(fields, Utc::now(), &session)?;
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &DOCUMENT, &session, &receipt, matches)?;
    match receipt.records.iter().rev().find(|record| record.kind() == &DOCUMENT) {
        Some(document) if prints_text(matches) => say_share(document, &session, context),
        _ => Ok(()),
    }
}

/// The edits that start a document with these fields, from the shipped templates or the organisation's.
///
/// # Errors
/// As [`start`].
pub fn start_from(fields: Vec<(&'static str, Value)>, at: DateTime<Utc>, session: &Session) -> Done<Vec<Edit>> {
    let library = session.library();
    Ok(start(&desk(session, &library), at, fields, None)?.1)
}

fn say_share(document: &Record, session: &Session, context: &mut Context) -> Done {
    context.out.line(&format!("{}: {}.", document.reference(), share_in_words(document, session)?))
}

/// How much of a document says something, in words.
pub(super) fn share_in_words(document: &Record, session: &Session) -> Done<String> {
    let (filled, other, all) = share(&sections(&session.workspace, document)?);
    let percent = (filled * 100).checked_div(all).unwrap_or(0);
    let other = if other == 0 { String::new() } else { format!(", {other} written or imported") };
    Ok(format!("{filled} of {all} sections filled from the records ({percent} %){other}"))
}

/// The command `document fill`.
pub fn fill_command() -> Command {
    Command::new("fill")
        .about("Fills a document's sections anew from the records; what was written or imported stays.")
        .args([document_arg(), print_arg(), why_arg()])
}

/// Runs `document fill`.
pub fn run_fill(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let document = the_document(matches, &session)?;
    let library = session.library();
    let refill = refill(&desk(&session, &library), &document, Utc::now())?;
    if !refill.edits.is_empty() {
        let what = format!("{}: filled from the records", document.reference());
        let change = Change::by(&session.me()?.id, refill.edits).called(what).because(why(matches));
        let receipt = session.workspace.write(change)?;
        print_receipt(&mut context.out, &DOCUMENT, &session, &receipt, matches)?;
    }
    if !prints_text(matches) {
        return Ok(());
    }
    for (what, headings) in [
        ("New from the records", &refill.changed),
        ("Left as written, though the records say something else", &refill.kept),
        ("No longer in the template, and kept", &refill.dropped),
    ] {
        if !headings.is_empty() {
            context.out.line(&format!("{what}: {}.", headings.join("; ")))?;
        }
    }
    if refill.changed.is_empty() {
        context.out.line("The records say nothing new.")?;
    }
    say_share(&document, &session, context)
}

/// The command `document section`.
pub fn section_command() -> Command {
    Command::new("section")
        .about("Shows a section with its guidance, or writes its text.")
        .long_about(
            "Shows a section with its guidance; with --text, --file or --edit, writes its text. Where somebody saved the \
             section since it was read, the save is refused and both texts are shown.",
        )
        .args([
            document_arg(),
            Arg::new("section").value_name("CODE").required(true).help("The section's code, such as limitations."),
            text_arg("text", "TEXT", "The new text, in Markdown; an empty one empties the section."),
            Arg::new("file")
                .long("file")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .conflicts_with("text")
                .help("Read the text from this file; - for standard input."),
            Arg::new("edit")
                .long("edit")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["text", "file"])
                .help("Write it in the editor: the setting, VISUAL or EDITOR."),
            Arg::new("if-version")
                .long("if-version")
                .value_name("N")
                .value_parser(clap::value_parser!(i64))
                .help("Write only if the section is still at this version."),
            print_arg(),
            why_arg(),
        ])
}

/// Runs `document section`.
pub fn run_section(matches: &ArgMatches, context: &mut Context) -> Done {
    let writes = matches.get_flag("edit") || said(matches, "text").is_some() || matches.contains_id("file");
    let mut session = if writes { context.open_to_write()? } else { context.open()? };
    let document = the_document(matches, &session)?;
    let section = the_section(&document, said(matches, "section").unwrap_or_default(), &session)?;
    if !writes {
        return super::show::one_section(&document, &section, &session, context);
    }
    let Some(text) = new_text(&section, matches, &session)? else {
        return context.out.line("Nothing was changed.");
    };
    let version = matches.get_one::<i64>("if-version").copied().unwrap_or_else(|| section.version());
    let fields = vec![("text", Value::text(text))];
    let edit = Edit::Set { kind: &SECTION, id: section.id().to_owned(), version: Some(version), fields };
    let what = format!("{}: “{}” written", document.reference(), text::line(section.title()));
    let change = Change::by(&session.me()?.id, vec![edit]).called(what).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &SECTION, &session, &receipt, matches)
}

fn the_section(document: &Record, code: &str, session: &Session) -> Done<Record> {
    let all = sections(&session.workspace, document)?;
    let known = all.iter().filter_map(|section| section.text("code")).collect::<Vec<_>>().join(", ");
    let found = all.iter().find(|section| section.text("code") == Some(code) || section.reference() == code).cloned();
    found.ok_or_else(|| {
        let code = text::line(code);
        Failure::NoRecord(format!("{} has no section “{code}”; there are: {known}.", document.reference()))
    })
}

/// The text that is to be written; none where the editor was left without a change.
fn new_text(section: &Record, matches: &ArgMatches, session: &Session) -> Done<Option<String>> {
    if let Some(text) = said(matches, "text") {
        return Ok(Some(text.to_owned()));
    }
    if let Some(file) = matches.get_one::<PathBuf>("file") {
        return Ok(Some(crate::exchange::file::text_of(file, MOST_TEXT)?));
    }
    let command = editor::configured(session.settings.editor.as_deref());
    let name = section.text("code").unwrap_or("section");
    match editor::edit(section.text("text").unwrap_or_default(), name, &command) {
        Ok(Edited::Changed(text)) => Ok(Some(text)),
        Ok(Edited::Unchanged) => Ok(None),
        Err(error) => Err(Failure::Refused(error.to_string())),
    }
}
