//! `probity meeting decide` and `consent`: what the room decides.

use chrono::Utc;
use clap::{ArgMatches, Command};

use super::{done, item_named, item_option, meeting_arg, said, the_board, the_meeting, write};
use crate::cli::Context;
use crate::cli::decide;
use crate::cli::exit::{Done, Failure};
use crate::meeting::{self, consent, minutes};
use crate::record::REVIEW;
use crate::record::meeting::quorum;

/// Approves minutes, in place of a kind of decision.
const MINUTES: &str = "minutes";

/// The command `meeting decide`.
pub fn decide_command() -> Command {
    let verbs = || {
        let minutes = Command::new(MINUTES).about("Approves the minutes that the item is about.");
        decide::verbs().into_iter().chain([minutes])
    };
    let recommend = Command::new("recommend")
        .about("Records what the room would decide, where it has no quorum or nobody there holds the right.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(decide::verbs());
    Command::new("decide")
        .about("Makes a decision under an item: with a quorum, by somebody in the room who holds the right, as it was voted.")
        .long_about(
            "Makes a decision under an item. The right to it is the same as anywhere: whoever records it must hold it by the \
             policy, be in the room, and not be recused. Over it the rules of the room: a quorum for the item, and no vote \
             that says otherwise. Quorum and votes become part of the decision; the reasons of those who voted against are \
             its dissent, where --dissent says nothing else. What is deferred goes to the next meeting. For example:\n\n  \
             probity meeting decide MTG-1 approve --why … --condition \"Label 500 cases\" --owner noor --due +30d\n  \
             probity meeting decide MTG-1 --item 4 reject --why …\n  \
             probity meeting decide MTG-1 recommend approve --why …",
        )
        .args([meeting_arg(), item_option()])
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(verbs())
        .subcommand(recommend)
}

/// Runs `meeting decide`.
pub fn run_decide(matches: &ArgMatches, context: &mut Context) -> Done {
    let (verb, options, recommend) = decide::chosen(matches)?;
    let mut session = if decide::is_preview(options) { context.open()? } else { context.open_to_write()? };
    let board = the_board(matches, &session)?;
    let item = item_named(&board, said(matches, "item"))?;
    if verb == MINUTES {
        return done(&mut session, options, context, &|workspace, _| minutes::approve(workspace, &item));
    }
    let look = session.workspace.look();
    let record = session.workspace.get(&crate::record::AGENDA_ITEM, &item)?;
    let (review, _) = quorum::about(&record, &look);
    drop(look);
    let review = review.map(|id| session.workspace.get(&REVIEW, &id)).transpose()?;
    if review.is_none() && !matches!(verb, "policy-change" | "statement") {
        let subject = record.text("subject").unwrap_or("no record");
        return Err(Failure::Refused(format!(
            "{} is about {}, and belongs to no review: a decision of this sort needs one.",
            record.reference(),
            crate::text::line(subject)
        )));
    }
    let mut ask = decide::ask(verb, options, review.as_ref(), &session)?;
    ask.recommend = recommend;
    ask.meeting = Some((board.meeting.reference().to_owned(), item.clone()));
    if decide::is_preview(options) {
        return decide::preview(&ask, &session, context);
    }
    let receipt = write(&mut session, &|workspace, at| meeting::decide(workspace, &item, &ask, at))?;
    decide::told(&receipt, &session, options, context)
}

/// The command `meeting consent`.
pub fn consent_command() -> Command {
    Command::new("consent")
        .about("Passes all routine items at once, each as it proposes; what cannot pass stays, with why.")
        .args([meeting_arg()])
}

/// Runs `meeting consent`.
pub fn run_consent(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let meeting = the_meeting(matches, &session)?;
    let me = session.me()?.id.clone();
    let found = consent(&session.workspace, meeting.id(), &me, Utc::now())?;
    done(&mut session, matches, context, &|workspace, at| Ok(consent(workspace, meeting.id(), &me, at)?.step))?;
    found.left.iter().try_for_each(|(item, why)| context.out.line(&format!("{item} stays: {why}")))
}
