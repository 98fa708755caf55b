//! `probity next`: what to do now, in order, and why.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style, note};
use crate::review::agenda::{Pressing, Todo, Whose, agenda};
use crate::session::today;
use crate::text;

/// How much is told unless said otherwise.
const LIMIT: usize = 20;

/// Cells for why something stands where it does.
const PRESSING: usize = 8;

/// The command.
pub fn command() -> Command {
    Command::new("next")
        .about("Says what to do now, in order, and why, with the command for each.")
        .long_about(
            "Says what to do now, in order, and why: acceptances and waivers that have ended; approvals of \
             what has changed since; evidence that drifted; late actions, those \
             that block a launch first; late routes; reviews past their stage's date; reviews that have waited for more \
             than two weeks; evidence to be judged; then the next step of each other review, in the order of the queue. Next \
             steps come from the checks of the gate. What is late says whom it escalates to by the service levels.",
        )
        .args([
            Arg::new("mine")
                .long("mine")
                .action(ArgAction::SetTrue)
                .conflicts_with("all")
                .help("What you own, and the reviews that you run; this is what you get unless you say --all."),
            Arg::new("all").long("all").action(ArgAction::SetTrue).help("Everybody's work."),
            Arg::new("limit")
                .long("limit")
                .value_name("N")
                .value_parser(clap::value_parser!(u16).range(1..=1000))
                .help("At most so many; 20, unless said."),
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print a JSON array of objects, each with the ref that it is about."),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let all = matches.get_flag("all");
    let whose = if all { Whose::All } else { Whose::Of(&session.me()?.id) };
    let limit = matches.get_one::<u16>("limit").map_or(LIMIT, |limit| usize::from(*limit));
    let todo = agenda(&session.workspace, &session.policy, whose, limit, today())?;
    if matches.get_flag("json") {
        let json = serde_json::to_value(&todo).map_err(|error| Failure::Output(error.into()))?;
        return context.out.json(&json);
    }
    for (at, one) in todo.iter().enumerate() {
        print(at + 1, one, &mut context.out)?;
    }
    if todo.is_empty() {
        note(if all {
            "Nothing is to be done."
        } else {
            "Nothing is to be done by you; --all tells everybody's work."
        });
    }
    Ok(())
}

fn print(number: usize, todo: &Todo, out: &mut Out) -> Done {
    let style = if todo.pressing < Pressing::Waiting { Style::Bad } else { Style::Plain };
    let late = todo.days_late.map(|days| format!(", {days} d late")).unwrap_or_default();
    out.styled(Style::Faint, &format!("{number:>3}. "))?;
    out.styled(style, &text::pad(todo.pressing.word(), PRESSING))?;
    out.styled(Style::Strong, &format!("  {}", todo.record))?;
    let of = todo.review.as_ref().filter(|review| **review != todo.record);
    let of = of.map(|review| format!(" ({review})")).unwrap_or_default();
    out.line(&format!("{of} {}{late}: {}", text::line(&todo.title), text::line(&todo.step.what)))?;
    let indent = PRESSING + 7;
    out.paragraph(indent, &text::line(&todo.why))?;
    if !todo.escalates_to.is_empty() {
        out.paragraph(indent, &format!("Goes to {}.", todo.escalates_to.join(", ")))?;
    }
    out.paragraph(indent, &text::line(&todo.step.command))
}
