//! `probity risk add`: one record from options or from one line, or any number from JSON; all in one change, or none.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{json_in_arg, json_text, options, print_arg, print_receipt, prints_text, why, why_arg};
use crate::cli::exit::{Done, Failure};
use crate::cli::triage::changed;
use crate::cli::{Context, json, special};
use crate::record::{Kind, Value, quick};
use crate::session::Session;
use crate::workspace::{Change, Receipt};

/// What a new record says of its fields.
type Fields = Vec<(&'static str, Value)>;

/// The command.
pub fn command(kind: Kind) -> Command {
    let label = kind.label.to_lowercase();
    let title = kind.field(kind.title).map_or("", |field| field.help);
    Command::new("add")
        .about(format!("Adds a {label}; or several, from JSON."))
        .args([
            Arg::new("words").value_name("TITLE").num_args(0..).help(title),
            Arg::new("quick")
                .long("quick")
                .action(ArgAction::SetTrue)
                .help("Read marks in the title: @owner, #tag or #category, field:value (sev:4 due:fri)."),
            json_in_arg(
                "Read one object or an array of objects from this file; - for standard input. All or none are added.",
            )
            .conflicts_with_all(["words", "quick"]),
            print_arg(),
            why_arg(),
        ])
        .args(options::for_writing(kind))
}

/// Runs it.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let records = match json_text(matches)? {
        Some(text) => from_json(kind, &text, matches, &session)?,
        None => vec![from_options(kind, matches, &session)?],
    };
    add(kind, records, matches, context, &mut session)
}

/// Adds records in one change, with what a record of this kind is never without, and prints them.
///
/// # Errors
/// Where one of them is refused; none is added then.
pub fn add(
    kind: Kind,
    records: Vec<Fields>,
    matches: &ArgMatches,
    context: &mut Context,
    session: &mut Session,
) -> Done {
    if records.is_empty() {
        let nothing = Receipt { change: 0, what: "Nothing to add".to_owned(), records: Vec::new() };
        return print_receipt(&mut context.out, kind, session, &nothing, matches);
    }
    let now = Utc::now();
    let mut edits = Vec::new();
    for fields in records {
        edits.extend(special::edits_for_new(kind, fields, now, session)?);
    }
    let before = if prints_text(matches) { changed::before(&edits, session)? } else { Vec::new() };
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, kind, session, &receipt, matches)?;
    changed::tell(&mut context.out, &before, session)
}

/// What the options and the words say.
///
/// # Errors
/// Where a value cannot be read, or the title is said twice.
pub fn from_options(kind: Kind, matches: &ArgMatches, session: &Session) -> Done<Fields> {
    let words: Vec<&str> = matches.get_many::<String>("words").into_iter().flatten().map(String::as_str).collect();
    let line = words.join(" ");
    let mut fields = options::assignments(kind, matches, session)?;
    let mut spoken = Vec::new();
    if matches.get_flag("quick") {
        for (name, text) in quick::read(kind, &line, &session.policy).assignments(kind) {
            let field = options::field_named(kind, name)?;
            spoken.push((field.name, options::value(field, &text, session)?));
        }
    } else if !line.trim().is_empty() {
        let field = options::field_named(kind, kind.title)?;
        spoken.push((field.name, options::value(field, &line, session)?));
    }
    for (name, _) in &spoken {
        if fields.iter().any(|(known, _)| known == name) {
            return Err(Failure::Usage(format!("{name} is said twice: in words and by an option.")));
        }
    }
    spoken.append(&mut fields);
    Ok(spoken)
}

/// What each object says, over what the options say for all.
///
/// # Errors
/// Where it is no JSON, or says what cannot be read.
pub fn from_json(kind: Kind, text: &str, matches: &ArgMatches, session: &Session) -> Done<Vec<Fields>> {
    let for_all = options::assignments(kind, matches, session)?;
    let objects = json::read(kind, text, session)?;
    Ok(objects
        .into_iter()
        .map(|said| {
            // Null says nothing here: the field then starts as every new record's does.
            let mut fields: Fields = said.fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            for (name, value) in &for_all {
                if !fields.iter().any(|(known, _)| known == name) {
                    fields.push((name, value.clone()));
                }
            }
            fields
        })
        .collect())
}
