//! `probity present`: a meeting on the screen, for a room or for who leads it.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::desk;
use super::exit::{Done, Failure};
use crate::record::MEETING;
use crate::tui::app::Opening;
use crate::tui::app::present::next_one;

/// The command.
pub fn command() -> Command {
    Command::new("present")
        .about("Presents a meeting to a room, or follows and leads it from the facilitator's own window.")
        .long_about(
            "Presents a meeting to a room: one item at a time, in large letters, with its clock, the quorum and what is to \
             be decided; private fields and notes are not shown. With --follow it opens the facilitator's own window on the \
             same workspace: it follows and leads the presented item, and shows private notes, questions, votes and what \
             comes next. Without a meeting, the one in session is meant, or the next that is planned. Keys: ?",
        )
        .args([
            Arg::new("meeting").value_name("MTG").help("The meeting, by its reference."),
            Arg::new("follow")
                .long("follow")
                .action(ArgAction::SetTrue)
                .help("The facilitator's own window, not for the room."),
        ])
        .after_help(
            "Examples:\n  probity present\n  probity present MTG-4\n  probity present MTG-4 --follow\n  \
             probity --plain present MTG-4",
        )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    if !desk::is_possible(context) {
        return Err(Failure::Usage(
            "A meeting is presented on a terminal. Without one, use `probity meeting`, or --plain, which works line by line."
                .to_owned(),
        ));
    }
    let session = context.open()?;
    let meeting = match matches.get_one::<String>("meeting") {
        Some(named) => {
            let record = session.workspace.find(named)?;
            if record.kind() != &MEETING {
                let what = record.kind().label.to_lowercase();
                return Err(Failure::Usage(format!(
                    "{} is no meeting but a record of the kind {what}. `probity meeting list` lists meetings.",
                    record.reference()
                )));
            }
            record
        }
        None => next_one(&session.workspace)?.ok_or_else(|| {
            Failure::Usage("No meeting is planned. `probity meeting plan` makes the next ones.".to_owned())
        })?,
    };
    let opening = Opening { meeting, own: matches.get_flag("follow") };
    desk::show_at(session, Some(opening), context)
}
