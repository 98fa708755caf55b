//! `probity document submit`, `review`, `approve` and `version`: a document's way from hand to hand.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{document_arg, said, text_arg, the_document};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::note;
use crate::cli::record::{options, print_arg, print_receipt, prints_text, why, why_arg};
use crate::record::document::REWORK;
use crate::record::{DOCUMENT, PERSON, Record, Resolve};
use crate::review::document::{Verdict, approve, copied, next_version, review, sections, submit};
use crate::session::Session;
use crate::workspace::{Change, Edit};

/// The command `document submit`.
pub fn submit_command() -> Command {
    Command::new("submit").about("Hands a document in for review by a peer.").args([
        document_arg(),
        text_arg("reviewer", "PERSON", "Who is to read it; without it, who read it last."),
        print_arg(),
        why_arg(),
    ])
}

/// Runs `document submit`.
pub fn run_submit(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let document = the_document(matches, &session)?;
    let reviewer = said(matches, "reviewer").map(|who| session.resolver().id_of(&PERSON, who)).transpose();
    let reviewer = reviewer.map_err(|why| Failure::NoRecord(format!("--reviewer: {why}")))?;
    warn_of_copies(&document, &session)?;
    let edits = submit(&session.workspace, &document, reviewer.as_deref(), Utc::now())?;
    write(&mut session, edits, format!("{}: handed in for review", document.reference()), matches, context)
}

/// Says which sections another system's document has word for word.
fn warn_of_copies(document: &Record, session: &Session) -> Done {
    for copy in copied(&session.workspace, document, &sections(&session.workspace, document)?)? {
        note(&copy_in_words(&copy));
    }
    Ok(())
}

/// A copied section, in words.
pub(super) fn copy_in_words(copy: &crate::review::document::Copied) -> String {
    let (heading, system) = (crate::text::line(&copy.heading), crate::text::line(&copy.system));
    format!("“{heading}” says word for word what {} says of {system}; is it true here?", copy.document)
}

fn write(session: &mut Session, edits: Vec<Edit>, what: String, matches: &ArgMatches, context: &mut Context) -> Done {
    let change = Change::by(&session.me()?.id, edits).called(what).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &DOCUMENT, session, &receipt, matches)
}

/// The command `document review`.
pub fn review_command() -> Command {
    Command::new("review")
        .about("Closes a document's round of review: how much rework it needs, with comments by section.")
        .args([
            document_arg(),
            Arg::new("rework")
                .long("rework")
                .value_name("HOW MUCH")
                .required(true)
                .value_parser(clap::builder::PossibleValuesParser::new(REWORK))
                .help("How much must be done again; none lets it be approved."),
            text_arg("summary", "TEXT", "What you found, as a whole."),
            text_arg("comment", "CODE:TEXT", "A comment on a section, by its code. May be repeated.")
                .action(ArgAction::Append),
            print_arg(),
            why_arg(),
        ])
}

/// Runs `document review`.
pub fn run_review(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let document = the_document(matches, &session)?;
    let rework = said(matches, "rework").unwrap_or_default().to_owned();
    let comments = matches.get_many::<String>("comment").into_iter().flatten();
    let comments = comments.map(|typed| comment(typed)).collect::<Done<Vec<_>>>()?;
    let what = format!("{}: reviewed, rework {rework}", document.reference());
    let summary = said(matches, "summary").unwrap_or_default().to_owned();
    let edits = review(&session.workspace, &document, &Verdict { rework, summary, comments }, Utc::now())?;
    write(&mut session, edits, what, matches, context)
}

fn comment(typed: &str) -> Done<(String, String)> {
    let parts = typed.split_once(':').filter(|(_, text)| !text.trim().is_empty());
    let (code, text) =
        parts.ok_or_else(|| Failure::Usage("--comment: write the section's code, a colon and the text.".to_owned()))?;
    Ok((code.trim().to_owned(), text.trim().to_owned()))
}

/// The command `document approve`.
pub fn approve_command() -> Command {
    Command::new("approve")
        .about("Approves a document that somebody else wrote: it is frozen, and its version before is superseded.")
        .args([document_arg(), print_arg(), why_arg()])
}

/// Runs `document approve`.
pub fn run_approve(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let document = the_document(matches, &session)?;
    warn_of_copies(&document, &session)?;
    let edits = approve(&session.workspace, &document)?;
    write(&mut session, edits, format!("{} approved", document.reference()), matches, context)
}

/// The command `document version`.
pub fn version_command() -> Command {
    // A version has the template of the one before it, and is a draft.
    let fields = options::for_writing(&DOCUMENT).into_iter().map(|arg| {
        let is_given = matches!(arg.get_long(), Some("template" | "status"));
        arg.hide(is_given)
    });
    Command::new("version")
        .about("Begins the next version of an approved document, with its text; that one holds until this one is approved.")
        .args([document_arg(), print_arg(), why_arg()])
        .args(fields)
}

/// Runs `document version`.
pub fn run_version(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let before = the_document(matches, &session)?;
    let mut fields = options::assignments(&DOCUMENT, matches, &session)?;
    fields.retain(|(name, _)| !matches!(*name, "template" | "status"));
    let (id, edits) = next_version(&session.workspace, &before, fields, Utc::now())?;
    write(&mut session, edits, format!("{}: next version begun", before.reference()), matches, context)?;
    let new = session.workspace.get(&DOCUMENT, &id)?;
    if prints_text(matches) {
        let line = format!("{} is version {}.", new.reference(), new.number("number").unwrap_or(1));
        return context.out.line(&line);
    }
    Ok(())
}
