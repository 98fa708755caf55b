//! `probity meeting vote`: something put to the room, voted by name or by count, and closed.

use chrono::Utc;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{flag, item_named, item_option, meeting_arg, people, said, text_option, the_board, write};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::meeting::{Ballot, Cast, take, withdraw};
use crate::record::decision::KINDS;
use crate::record::meeting::{ABSTAIN, AGAINST, IN_FAVOUR, Tally, forum};
use crate::record::{MOTION, Record};
use crate::session::Session;

/// The command `meeting vote`.
pub fn vote_command() -> Command {
    let many = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("PEOPLE").action(ArgAction::Append).help(help)
    };
    Command::new("vote")
        .about("Puts something to the vote and records how it was voted; a vote that is open goes on.")
        .long_about(
            "Puts something to the vote and records how it was voted; a vote that is open goes on. How it ends follows from \
             the votes and from who is in the room: carried, lost, tied (then nobody has decided), or no quorum. For \
             example:\n\n  \
             probity meeting vote MTG-1 --on approve --for fay,ben --against cleo --because \"The figures are old\"\n  \
             probity meeting vote MTG-1 --on reject --count 4/1/1\n  \
             probity meeting vote MTG-1 --on approve --for fay --keep-open",
        )
        .args([
            meeting_arg(),
            item_option(),
            Arg::new("on")
                .long("on")
                .value_name("KIND")
                .value_parser(PossibleValuesParser::new(KINDS))
                .help("The kind of decision that is put to the vote; what the item asks, where nothing is said."),
            text_option("words", "What is put to the vote, in a line."),
            many("for", "Who votes in favour."),
            many("against", "Who votes against."),
            many("abstain", "Who abstains."),
            text_option("because", "Why those who are against dissent."),
            Arg::new("count")
                .long("count")
                .value_name("FOR/AGAINST/ABSTAINING")
                .conflicts_with_all(["for", "against", "abstain"])
                .help("Vote by count: the numbers, such as 5/1/1."),
            flag("keep-open", "Leave the vote open, for those who have not voted yet."),
            flag("withdraw", "Take the open motion back."),
        ])
}

/// Runs `meeting vote`.
pub fn run_vote(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let board = the_board(matches, &session)?;
    let item = item_named(&board, said(matches, "item"))?;
    let held = board.items.iter().find(|held| held.item.id() == item);
    let open = held.and_then(crate::meeting::Held::open_motion).map(|motion| motion.id().to_owned());
    if matches.get_flag("withdraw") {
        let open = open.ok_or_else(|| Failure::Refused("No vote is open under this item.".to_owned()))?;
        let receipt = write(&mut session, &|workspace, _| withdraw(workspace, &open))?;
        return crate::cli::record::said(&mut context.out, &receipt);
    }
    let counted = counted(said(matches, "count"))?;
    // Everything is read before anything is written.
    let mut votes = Vec::new();
    for (option, choice) in [("for", IN_FAVOUR), ("against", AGAINST), ("abstain", ABSTAIN)] {
        votes.extend(people(matches, option, &session)?.into_iter().map(|person| (person, choice)));
    }
    let asks = held.and_then(|held| held.item.text("asks")).unwrap_or_default();
    let on = if said(matches, "on").is_empty() { asks } else { said(matches, "on") };
    let kind = KINDS.iter().copied().find(|kind| *kind == on);
    let words = said(matches, "words");
    if open.is_none() && kind.is_none() && words.is_empty() {
        return Err(Failure::Usage("Say what is put to the vote: --on KIND or --words TEXT.".to_owned()));
    }
    let because = |choice: &str| if choice == AGAINST { said(matches, "because") } else { "" };
    let votes = votes.iter().map(|(person, choice)| Cast { person, choice, reason: because(choice) }).collect();
    let ballot = Ballot { words, proposes: kind, votes, counted, keep_open: matches.get_flag("keep-open") };
    let receipt = write(&mut session, &|workspace, at| Ok(take(workspace, &item, &ballot, at)?.1))?;
    let motion =
        receipt.records.iter().rev().find(|record| record.kind() == &MOTION).map(|motion| motion.id().to_owned());
    let motion = motion.or(open).unwrap_or_default();
    tell(&session.workspace.get(&MOTION, &motion)?, &session, context)
}

fn tell(motion: &Record, session: &Session, context: &mut Context) -> Done {
    context.out.line(&format!("{}: {}.", forum::in_words(motion), crate::text::line(motion.title())))?;
    match motion.text("status") {
        Some(crate::record::meeting::TIED) => context.out.line("It is a tie: nobody has decided it."),
        Some(crate::record::meeting::NO_QUORUM) => {
            let quorum = motion.text("quorum_then").unwrap_or_default().to_owned();
            context.out.line(&format!("There was {quorum}. At the most it can be recommended."))
        }
        Some(crate::record::meeting::OPEN) => {
            let since = motion.get("moved_at").as_moment().map_or(0, |at| (Utc::now() - at).num_minutes());
            let reference = session.workspace.find(motion.reference())?.reference().to_owned();
            context.out.line(&format!("{reference} is open for {since} min."))
        }
        _ => Ok(()),
    }
}

fn counted(typed: &str) -> Done<Option<Tally>> {
    if typed.is_empty() {
        return Ok(None);
    }
    let numbers: Vec<i64> = typed.split('/').filter_map(|number| number.trim().parse().ok()).collect();
    match numbers.as_slice() {
        [in_favour, against, abstained] if typed.split('/').count() == 3 => {
            Ok(Some(Tally { in_favour: *in_favour, against: *against, abstained: *abstained }))
        }
        _ => Err(Failure::Usage("--count: write three numbers, such as 5/1/1.".to_owned())),
    }
}
