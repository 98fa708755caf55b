//! What only documents have: being started from a template, filled from the records, written section by section, read by a
//! peer, approved, written anew in versions, laid side by side, exported and imported.

mod files;
mod show;
mod work;
mod write;

pub(super) use files::{export_command, import_command, run_export, run_import};
pub(super) use show::{diff_command, run_diff, run_templates, tell, tell_json, templates_command};
pub(super) use work::{
    approve_command, review_command, run_approve, run_review, run_submit, run_version, submit_command, version_command,
};
pub(super) use write::{fill_command, new_command, run_fill, run_new, run_section, section_command, start_from};

use clap::{Arg, ArgMatches};

use crate::cli::exit::Done;
use crate::record::{DOCUMENT, Record};
use crate::review::document::{Desk, Library};
use crate::session::{Session, today};

/// The document that a command is about.
fn document_arg() -> Arg {
    Arg::new("document").value_name("REF").required(true).help("The document, such as DOC-1.")
}

fn the_document(matches: &ArgMatches, session: &Session) -> Done<Record> {
    let named = matches.get_one::<String>("document").map_or("", String::as_str);
    Ok(session.record(&DOCUMENT, named)?)
}

fn text_arg(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).allow_hyphen_values(true).help(help)
}

fn said<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// What documents are made with, with the organisation's templates.
fn desk<'s>(session: &'s Session, library: &'s Library) -> Desk<'s> {
    Desk { workspace: &session.workspace, policy: &session.policy, library, today: today() }
}
