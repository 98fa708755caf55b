//! `probity guide`: how-to guides, read and searched.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style};
use crate::guide::{Guide, guide, guides, passage, search};
use crate::text;

/// Cells for a guide's name.
const NAME: usize = 34;

/// The command.
pub fn command() -> Command {
    Command::new("guide")
        .about("Shows how-to guides (slice metrics, thresholds, limitations, risk statements …) and examples of documents.")
        .long_about(
            "Shows how-to guides on work that is done rarely, and an annotated example of each type of document from the sample \
             workspace (example-model-card and so on). Without a name lists them; with a name prints that guide; with words \
             lists the guides that say all of them, or prints the only one that does.",
        )
        .args([
            Arg::new("words").value_name("NAME|WORDS").num_args(0..).help("A guide's name, or words to search for."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print the guides as a JSON array."),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let words: Vec<&str> = matches.get_many::<String>("words").into_iter().flatten().map(String::as_str).collect();
    let words = words.join(" ");
    let found = match guide(&words) {
        Some(one) => vec![one],
        None => search(&words),
    };
    let out = &mut context.out;
    if found.is_empty() {
        let names: Vec<&str> = guides().map(|guide| guide.name).collect();
        let words = text::line(&words);
        return Err(Failure::NoRecord(format!("No guide says “{words}”; there are: {}.", names.join(", "))));
    }
    if matches.get_flag("json") {
        let all = found.iter().map(
            |guide| json!({ "name": guide.name, "title": guide.title(), "summary": guide.summary(), "text": guide.text }),
        );
        return out.json(&all.collect::<Vec<_>>().into());
    }
    match found.as_slice() {
        [only] if !words.is_empty() => out.text(only.text),
        _ => found.iter().try_for_each(|guide| listed(*guide, &words, out)),
    }
}

fn listed(guide: Guide, words: &str, out: &mut Out) -> Done {
    out.styled(Style::Strong, &text::pad(guide.name, NAME))?;
    out.line(guide.title())?;
    let told = passage(guide, words).map(str::to_owned).filter(|_| !words.is_empty());
    out.paragraph(NAME, &told.unwrap_or_else(|| guide.summary()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that guides name are commands that there are.
    #[test]
    fn guides_name_commands_that_there_are() {
        let command = crate::cli::command();
        let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        for guide in guides() {
            for after in guide.text.split("`probity ").skip(1) {
                let name = after.split([' ', '`', '\n']).next().unwrap_or_default();
                assert!(known.contains(&name), "{} names `probity {name}`", guide.name);
            }
        }
    }
}
