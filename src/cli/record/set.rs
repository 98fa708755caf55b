//! `probity risk set`: new values for fields of one or several records, in one change.

use clap::{Arg, ArgMatches, Command};

use super::{json_in_arg, json_text, named, options, print_arg, print_receipt, prints_text, why, why_arg};
use crate::cli::exit::{Done, Failure};
use crate::cli::triage::changed;
use crate::cli::{Context, json};
use crate::record::{Kind, Record, Value};
use crate::session::Session;
use crate::workspace::{Change, Edit};

/// The command.
pub fn command(kind: Kind) -> Command {
    let label = kind.label.to_lowercase();
    Command::new("set")
        .about(format!("Changes fields of a {label}, or of several. An empty value clears a field."))
        .args([
            Arg::new("records")
                .value_name("REF")
                .num_args(0..)
                .help(format!("Which: by reference such as {}-1.", kind.prefix)),
            json_in_arg(
                "Read an object from this file, or an array of objects that each name their ref; - for standard input. \
                 Where an object names its version, the change is refused if the record has moved on.",
            ),
            Arg::new("if-version")
                .long("if-version")
                .value_name("N")
                .value_parser(clap::value_parser!(i64))
                .help("Only if the record is still at this version."),
            print_arg(),
            why_arg(),
        ])
        .args(options::for_writing(kind))
}

/// Runs it.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let records = named(kind, matches, &session)?;
    let expected = matches.get_one::<i64>("if-version").copied();
    if expected.is_some() && records.len() != 1 {
        return Err(Failure::Usage("--if-version goes with exactly one record.".to_owned()));
    }
    let fields = options::assignments(kind, matches, &session)?;
    let edits = match json_text(matches)? {
        Some(text) => from_json(kind, &text, &records, &fields, expected, &session)?,
        None if records.is_empty() => return Err(Failure::Usage("Name the records to change.".to_owned())),
        None if fields.is_empty() => {
            return Err(Failure::Usage("Say what to change, such as --status or --owner.".to_owned()));
        }
        None => records.iter().map(|record| edit(record, expected, fields.clone())).collect(),
    };
    let before = if prints_text(matches) { changed::before(&edits, &session)? } else { Vec::new() };
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, kind, &session, &receipt, matches)?;
    changed::tell(&mut context.out, &before, &session)
}

fn edit(record: &Record, version: Option<i64>, fields: Vec<(&'static str, Value)>) -> Edit {
    Edit::Set { kind: record.kind(), id: record.id().to_owned(), version, fields }
}

fn from_json(
    kind: Kind,
    text: &str,
    named: &[Record],
    for_all: &[(&'static str, Value)],
    expected: Option<i64>,
    session: &Session,
) -> Done<Vec<Edit>> {
    let mut edits = Vec::new();
    let objects = json::read(kind, text, session)?;
    let several = objects.len() > 1;
    for (at, said) in objects.into_iter().enumerate() {
        let mut fields = said.fields;
        fields.extend(for_all.iter().cloned());
        let version = expected.or(said.version);
        match (&said.reference, named) {
            (_, [_, ..]) if several => {
                return Err(Failure::Usage(
                    "An array of objects names its records itself; leave out those on the command line.".to_owned(),
                ));
            }
            (_, [_, ..]) => edits.extend(named.iter().map(|record| edit(record, version, fields.clone()))),
            (Some(reference), []) => edits.push(edit(&session.record(kind, reference)?, version, fields)),
            (None, []) => {
                return Err(Failure::Usage(format!(
                    "Object {}: it names no ref, so it is not known which record changes.",
                    at + 1
                )));
            }
        }
    }
    Ok(edits)
}
