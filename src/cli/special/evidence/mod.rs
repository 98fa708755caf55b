//! What only evidence has: being registered from a file in versions, being checked against its origin, judged, and named as
//! proof; and giving back the copy that is kept inside.

mod check;
mod judge;
mod prove;
mod version;

pub(super) use check::{check_command, run_check};
pub(super) use judge::{accept_command, reject_command, run_accept, run_reject};
pub(super) use prove::{prove_command, run_prove, standings, tell};
pub(super) use version::{run_version, version_command};

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};
use sha2::{Digest, Sha256};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::note;
use crate::cli::progress::{Progress, cancel_flag, is_cancelled};
use crate::cli::record::{json_in_arg, json_text, options, print_arg, print_receipt, records_from_json, why, why_arg};
use crate::record::evidence::kind_of_name;
use crate::record::{EVIDENCE, Record, Value};
use crate::session::Session;
use crate::text;
use crate::workspace::{Change, Edit, Error, Registered, hex, leads_to, new_id};

/// The command `evidence add`.
pub fn add_command() -> Command {
    Command::new("add")
        .about("Registers a file or a link as evidence: its SHA-256, and a copy where policy's size limit allows.")
        .args([
            Arg::new("file")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("The file. Without --title, its name is the title."),
            Arg::new("link")
                .long("link")
                .value_name("URL")
                .conflicts_with("file")
                .help("An address instead of a file: nothing is read from it."),
            json_in_arg(
                "Read one object or an array of objects from this file; - for standard input. No file is read.",
            )
            .conflicts_with_all(["file", "link"]),
            print_arg(),
            why_arg(),
        ])
        .args(options::for_writing(&EVIDENCE))
}

/// Runs `evidence add`.
pub fn run_add(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let edits = match (json_text(matches)?, matches.get_one::<PathBuf>("file")) {
        (Some(text), _) => records_from_json(&EVIDENCE, &text, matches, &session)?
            .into_iter()
            .map(|fields| Edit::Add { kind: &EVIDENCE, id: new_id(Utc::now()), fields })
            .collect(),
        (None, Some(file)) => of_file(file, matches, &session)?,
        (None, None) => of_link(matches, &session)?,
    };
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &EVIDENCE, &session, &receipt, matches)
}

fn of_file(file: &Path, matches: &ArgMatches, session: &Session) -> Done<Vec<Edit>> {
    let mut fields = options::assignments(&EVIDENCE, matches, session)?;
    let registered = read(file, session)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let unsaid = |wanted: &str| !fields.iter().any(|(said, _)| *said == wanted);
    let title = unsaid("title").then(|| ("title", Value::text(text::line(&name))));
    let kind = kind_of_name(&name).filter(|_| unsaid("kind")).map(|kind| ("kind", kind.into()));
    fields.extend(title.into_iter().chain(kind));
    Ok(registered.edits(&new_id(Utc::now()), fields))
}

/// Reads a file for registration, with progress; says so where it is a link, or too large for a copy.
fn read(file: &Path, session: &Session) -> Done<Registered> {
    let cancel = cancel_flag()?;
    let mut progress = Progress::of("Bytes read:");
    let limit = session.policy.evidence_copy_limit();
    let registered = Registered::read_watched(file, limit, &mut |done, all| {
        progress.at(done, Some(all));
        !is_cancelled(&cancel)
    })?;
    drop(progress);
    if leads_to(file).is_some() {
        note(&format!("{} is a link; what is registered is {}.", file.display(), registered.origin.display()));
    }
    if registered.data.is_none() {
        let bytes = registered.bytes;
        note(&format!(
            "{bytes} bytes are over the limit of {limit}: no copy is kept, only its SHA-256 and where it is."
        ));
    }
    Ok(registered)
}

fn of_link(matches: &ArgMatches, session: &Session) -> Done<Vec<Edit>> {
    let mut fields = options::assignments(&EVIDENCE, matches, session)?;
    let Some(link) = matches.get_one::<String>("link") else {
        return Err(Failure::Usage("Name a file, or an address with --link.".to_owned()));
    };
    if fields.iter().any(|(name, _)| *name == "origin") {
        return Err(Failure::Usage("--link and --origin say the same; use one of them.".to_owned()));
    }
    fields.push(("origin", Value::text(text::line(link).trim())));
    if !fields.iter().any(|(name, _)| *name == "title") {
        fields.push(("title", Value::text(text::line(link).trim())));
    }
    Ok(vec![Edit::Add { kind: &EVIDENCE, id: new_id(Utc::now()), fields }])
}

/// The command `evidence export`.
pub fn export_command() -> Command {
    Command::new("export").about("Writes the copy that the workspace keeps of evidence to a new file.").args([
        Arg::new("evidence").value_name("REF").required(true).help("The evidence, such as EVD-1."),
        Arg::new("out")
            .long("out")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("The new file, or a folder for it; without it, this folder. What is there already is left as it is."),
    ])
}

/// Runs `evidence export`.
pub fn run_export(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let named = matches.get_one::<String>("evidence").map_or("", String::as_str);
    let evidence = session.record(&EVIDENCE, named)?;
    let data = copy_of(&evidence, &session)?;
    let mut path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_else(|| PathBuf::from("."));
    if path.is_dir() {
        path.push(name_for(&evidence));
    }
    crate::exchange::file::write_new(&path, &data)?;
    context.out.line(&format!("{} is in {} ({} bytes).", evidence.reference(), path.display(), data.len()))
}

/// The copy inside, checked against the hash that it was registered with.
fn copy_of(evidence: &Record, session: &Session) -> Done<Vec<u8>> {
    let reference = evidence.reference();
    let hash = evidence.text("sha256").unwrap_or_default();
    let data = if hash.is_empty() { None } else { session.workspace.content(hash)? };
    let Some(data) = data else {
        let origin = text::line(evidence.text("origin").unwrap_or("nowhere that is known")).into_owned();
        return Err(Failure::Refused(format!("The workspace keeps no copy of {reference}; it came from {origin}.")));
    };
    if hex(&Sha256::digest(&data)) == hash {
        Ok(data)
    } else {
        let why = format!("the copy of {reference} is not what was registered");
        Err(Failure::Workspace(Error::Damaged(why)))
    }
}

/// A file name that is safe anywhere: the origin's, after the reference.
fn name_for(evidence: &Record) -> String {
    let origin = evidence.text("origin").unwrap_or_default();
    let name = origin.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or_else(|| evidence.title());
    text::file_name(&format!("{}-{name}", evidence.reference()))
}
