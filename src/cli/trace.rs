//! `probity trace`: from the model version to the release, link by link, with gaps named.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use super::out::Style;
use crate::record::REVIEW;
use crate::review::gate::facts;
use crate::review::trace::{State, trace};
use crate::session::today;
use crate::text;

/// The command.
pub fn command() -> Command {
    Command::new("trace")
        .about("Shows what a release rests on: model version, data sheet, analyses, documents, checklists, decisions.")
        .long_about(
            "Shows what a release rests on, as a tree: model version, data sheet, analyses, documents, checklists, \
             decisions, release. What triage finds necessary and is not there is named as missing, never left out.",
        )
        .args([
            Arg::new("review").value_name("REVIEW").required(true).help("The review, by reference such as REV-118."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print the tree as JSON."),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let review = session.record(&REVIEW, matches.get_one::<String>("review").map_or("", String::as_str))?;
    let heading = format!("{} {}", review.reference(), review.title());
    let facts = facts(&session.workspace, &session.policy, review, None, today())?;
    let tree = trace(&session.policy, &facts);
    let out = &mut context.out;
    if matches.get_flag("json") {
        return out.json(&serde_json::to_value(&tree).map_err(|error| Failure::Output(error.into()))?);
    }
    out.heading(&heading)?;
    let pieces = if out.is_plain() { ["  ", "  ", "  ", "  "] } else { ["├─ ", "└─ ", "│  ", "   "] };
    for (before, node) in tree.drawn(&pieces) {
        out.styled(Style::Faint, &before)?;
        let style = match node.state {
            State::Missing | State::Doubtful => Style::Bad,
            State::There => Style::Plain,
            State::NotRequired => Style::Faint,
        };
        out.styled(style, &text::line(&node.words()))?;
        out.end()?;
    }
    let gaps = match tree.gaps() {
        0 => "Nothing is missing.".to_owned(),
        1 => "1 link is missing.".to_owned(),
        more => format!("{more} links are missing."),
    };
    out.line(&gaps)
}
