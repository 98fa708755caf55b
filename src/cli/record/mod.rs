//! The commands that every kind of record has: list, show, add, set, delete, history. Built from the descriptions of the
//! kinds, so that a new field or a new kind needs nothing here.

mod add;
mod delete;
mod history;
mod list;
pub mod options;
mod related;
mod set;
mod show;

use clap::{Arg, ArgMatches, Command};

use super::exit::{Done, Failure};
use super::json;
use super::out::Out;
use super::{Context, special};
use crate::record::{Field, FieldKind, KINDS, Kind, Record, Value, describe};
use crate::session::Session;
use crate::workspace::Receipt;

pub(super) use add::from_json as records_from_json;
pub(super) use show::labelled;
pub use show::{any_command, show_any};

/// The name of a kind's command: `item` for a checklist item, unless another kind has that name.
#[must_use]
pub fn command_name(kind: Kind) -> &'static str {
    let last = kind.name.rsplit('_').next().unwrap_or(kind.name);
    let taken = KINDS.iter().any(|other| other.name != kind.name && other.name == last);
    if taken { kind.name } else { last }
}

/// The kind that a command's name or one of its aliases means.
#[must_use]
pub fn kind_of_command(name: &str) -> Option<Kind> {
    let wanted = name.to_lowercase().replace('_', "-");
    KINDS.iter().copied().find(|kind| command_name(kind) == wanted || aliases(kind).contains(&wanted))
}

fn aliases(kind: Kind) -> Vec<String> {
    let mut aliases =
        vec![kind.name.replace('_', "-"), kind.name.to_owned(), kind.plural.to_lowercase().replace(' ', "-")];
    if command_name(kind) != kind.name {
        aliases.push(format!("{}s", command_name(kind)));
    }
    aliases.retain(|alias| alias != command_name(kind));
    aliases.dedup();
    aliases
}

/// The command of a kind with its subcommands.
#[must_use]
pub fn command(kind: Kind) -> Command {
    let general = vec![
        list::command(kind),
        show::command(kind),
        add::command(kind),
        set::command(kind),
        delete::command(kind),
        history::command(kind),
    ];
    Command::new(command_name(kind))
        .aliases(aliases(kind))
        .about(format!("{}: {}", kind.plural, kind.help))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(special::extend(kind, general))
}

/// Runs one of a kind's commands.
///
/// # Errors
/// Whatever keeps it from being done.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Failure::Usage(format!("Say what to do with {}.", kind.plural.to_lowercase())));
    };
    if let Some(done) = special::run(kind, name, matches, context) {
        return done;
    }
    match name {
        "list" => list::run(kind, matches, context),
        "show" => show::run(kind, matches, context),
        "add" => add::run(kind, matches, context),
        "set" => set::run(kind, matches, context),
        "delete" => delete::run(kind, matches, context),
        "history" => history::run(kind, matches, context),
        _ => Err(Failure::Usage(format!("{} have no command “{name}”.", kind.plural))),
    }
}

/// The records named on the command line.
pub(super) fn named_args(kind: Kind) -> Arg {
    let example = format!("{}-1", kind.prefix);
    Arg::new("records").value_name("REF").num_args(1..).required(true).help(format!(
        "The {}, by reference such as {example}, or by a title that no other has.",
        kind.label.to_lowercase()
    ))
}

pub(super) fn named(kind: Kind, matches: &ArgMatches, session: &Session) -> Done<Vec<Record>> {
    let mut records: Vec<Record> = Vec::new();
    for name in matches.get_many::<String>("records").into_iter().flatten() {
        let record = session.record(kind, name)?;
        if !records.iter().any(|known| known.id() == record.id()) {
            records.push(record);
        }
    }
    Ok(records)
}

/// The option that says why.
pub(super) fn why_arg() -> Arg {
    Arg::new("why").long("why").value_name("TEXT").help("Why, for the history.").allow_hyphen_values(true)
}

pub(super) fn why(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("why").map_or("", String::as_str)
}

/// The option that says how to print what was written.
pub(super) fn print_arg() -> Arg {
    Arg::new("print")
        .long("print")
        .value_name("FORM")
        .value_parser(["text", "json", "ref"])
        .help("Print what was written in words, as JSON, or as references only.")
}

pub(super) fn json_in_arg(help: &'static str) -> Arg {
    Arg::new("json").long("json").value_name("FILE").help(help)
}

/// The text of the file named by `--json`; `-` is standard input.
pub(super) fn json_text(matches: &ArgMatches) -> Done<Option<String>> {
    let Some(file) = matches.get_one::<String>("json") else { return Ok(None) };
    let failed = |source| Failure::File { action: "Reading", path: file.into(), source };
    let text = if file == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    text.map(Some).map_err(failed)
}

/// Prints what a change did: in words; or its records of this kind as JSON (by default where JSON came in) or as
/// references.
pub(super) fn print_receipt(
    out: &mut Out,
    kind: Kind,
    session: &Session,
    receipt: &Receipt,
    matches: &ArgMatches,
) -> Done {
    let records = receipt.records.iter().filter(|record| record.kind() == kind);
    match form_of(matches) {
        "json" => {
            let labels = session.workspace.labels(&receipt.records)?;
            out.json(&records.map(|record| json::whole(record, &labels)).collect::<Vec<_>>().into())
        }
        "ref" => records.map(Record::reference).try_for_each(|reference| out.line(reference)),
        _ => said(out, receipt),
    }
}

/// In which form a change is printed: `json`, `ref` or `text`.
fn form_of(matches: &ArgMatches) -> &str {
    let json_in = matches.try_get_one::<String>("json").ok().flatten().is_some();
    let form = matches.try_get_one::<String>("print").ok().flatten().map(String::as_str);
    form.unwrap_or(if json_in { "json" } else { "text" })
}

/// Whether a change is told in words, for people.
pub(super) fn prints_text(matches: &ArgMatches) -> bool {
    !matches!(form_of(matches), "json" | "ref")
}

/// Prints what a change did, in words.
///
/// # Errors
/// When it cannot be written.
pub fn said(out: &mut Out, receipt: &Receipt) -> Done {
    out.line(&format!("{}.", receipt.what))
}

/// A moment where the user is, to the minute, as lists show it.
#[must_use]
pub fn local(at: chrono::DateTime<chrono::Utc>) -> String {
    at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string()
}

/// A field's value in words, with the labels of links.
#[must_use]
pub fn in_words(field: &Field, value: &Value, session: &Session, labels: &json::Labels) -> String {
    let label_of = |id: &str| {
        labels.get(id).map(|label| match field.linked_kind() {
            Some("person") => label.title.clone(),
            _ => label.shown(),
        })
    };
    match (field.kind, value) {
        (FieldKind::Flag, Value::Flag(_)) => value.display(),
        _ => describe(field, value, &session.policy, &label_of),
    }
}
