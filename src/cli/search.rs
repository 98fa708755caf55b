//! `probity search`: the records that contain words, the best matches first.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style, note};
use super::record::kind_of_command;
use crate::record::Kind;
use crate::workspace::Hit;

/// The command.
pub fn command() -> Command {
    Command::new("search")
        .about("Finds records of every kind by words in their text; the last word may be unfinished.")
        .args([
            Arg::new("words")
                .value_name("WORDS")
                .num_args(1..)
                .required(true)
                .help("What to look for; a reference finds its record."),
            Arg::new("kind")
                .long("kind")
                .value_name("KIND")
                .action(ArgAction::Append)
                .help("Only among records of this kind, such as risk. May be repeated."),
            Arg::new("limit")
                .long("limit")
                .value_name("N")
                .value_parser(clap::value_parser!(usize))
                .default_value("20")
                .help("At most so many."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON array."),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let words: Vec<&str> = matches.get_many::<String>("words").into_iter().flatten().map(String::as_str).collect();
    let mut kinds: Vec<Kind> = Vec::new();
    for name in matches.get_many::<String>("kind").into_iter().flatten() {
        let unknown = || Failure::Usage(format!("--kind: there is no kind “{name}”; `probity --help` lists them."));
        kinds.push(kind_of_command(name).ok_or_else(unknown)?);
    }
    let limit = matches.get_one::<usize>("limit").copied().unwrap_or(20);
    let session = context.open()?;
    let hits = session.workspace.search(&words.join(" "), &kinds, limit)?;
    if matches.get_flag("json") {
        return context.out.json(&hits.iter().map(as_json).collect::<Vec<Json>>().into());
    }
    if hits.is_empty() {
        note("Nothing contains that.");
    }
    hits.iter().try_for_each(|hit| print(&mut context.out, hit))
}

fn as_json(hit: &Hit) -> Json {
    json!({
        "ref": hit.reference,
        "kind": hit.kind.name,
        "title": hit.title,
        "passage": hit.passage.replace(['\u{1}', '\u{2}'], ""),
    })
}

/// The record on one line, the passage under it with the matches marked.
fn print(out: &mut Out, hit: &Hit) -> Done {
    out.styled(Style::Strong, &hit.reference)?;
    out.line(&format!("  {}", hit.title))?;
    let bare = hit.passage.replace(['\u{1}', '\u{2}'], "");
    if bare.trim().is_empty() || bare == hit.title {
        return Ok(());
    }
    out.styled(Style::Plain, "    ")?;
    let mut marked = false;
    for part in hit.passage.split(['\u{1}', '\u{2}']) {
        out.styled(if marked { Style::Strong } else { Style::Faint }, part)?;
        marked = !marked;
    }
    out.end()
}
