//! `probity meeting start`, `arrive`, `leave`, `excuse`, `item`, `recuse`, `note` and `carry`: what happens in the room.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::{
    done, flag, item_named, item_option, meeting_arg, people, people_arg, said, text_option, the_board, the_meeting,
    write,
};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{print_arg, said as told};
use crate::meeting::{
    Seat, arrive, carry, excuse, finish, go, leave, minute_add, open, recuse, remark_add, resume, stop,
};
use crate::record::meeting::{DISCUSSED, NOTED, SEATS, WITHDRAWN};

/// How an item can be ended without a decision.
const ENDS: &[&str] = &[NOTED, DISCUSSED, WITHDRAWN];

/// The command `meeting start`.
pub fn start_command() -> Command {
    Command::new("start")
        .about("Opens a meeting, at its first open item; the clock of the item runs.")
        .args([meeting_arg(), print_arg()])
}

/// Runs `meeting start`.
pub fn run_start(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let meeting = the_meeting(matches, &session)?;
    done(&mut session, matches, context, &|workspace, at| open(workspace, meeting.id(), at))
}

fn seat_args() -> [Arg; 2] {
    [
        Arg::new("seat")
            .long("seat")
            .value_name("SEAT")
            .value_parser(PossibleValuesParser::new(SEATS))
            .help("Chair and member count for the quorum and vote; a guest does neither."),
        text_option("role", "In which capacity they take part."),
    ]
}

fn seat(matches: &ArgMatches) -> Seat<'_> {
    let given = |name: &str| Some(said(matches, name)).filter(|text| !text.trim().is_empty());
    Seat { seat: given("seat"), role: given("role") }
}

/// The command `meeting arrive`.
pub fn arrive_command() -> Command {
    Command::new("arrive")
        .about("Says that people came: they are in the room, and on the list if they were not.")
        .args([meeting_arg(), people_arg()])
        .args(seat_args())
}

/// Runs `meeting arrive`.
pub fn run_arrive(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let meeting = the_meeting(matches, &session)?;
    for person in people(matches, "people", &session)? {
        let receipt =
            write(&mut session, &|workspace, at| arrive(workspace, meeting.id(), &person, seat(matches), at))?;
        told(&mut context.out, &receipt)?;
    }
    tell_quorum(matches, context, &session)
}

fn tell_quorum(matches: &ArgMatches, context: &mut Context, session: &crate::session::Session) -> Done {
    let board = the_board(matches, session)?;
    let quorum = board.at().map_or_else(|| board.room.quorum(), crate::meeting::Held::quorum);
    let at = board.at().map(|held| format!(" for {}", held.item.reference())).unwrap_or_default();
    context.out.line(&format!("{}{at}: {quorum}.", board.meeting.reference()))
}

/// The command `meeting leave`.
pub fn leave_command() -> Command {
    Command::new("leave")
        .about("Says that people left the room; votes that they cast stay cast.")
        .args([meeting_arg(), people_arg()])
}

/// Runs `meeting leave`.
pub fn run_leave(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let meeting = the_meeting(matches, &session)?;
    for person in people(matches, "people", &session)? {
        let receipt = write(&mut session, &|workspace, at| leave(workspace, meeting.id(), &person, at))?;
        told(&mut context.out, &receipt)?;
    }
    tell_quorum(matches, context, &session)
}

/// The command `meeting excuse`.
pub fn excuse_command() -> Command {
    Command::new("excuse")
        .about("Says that people cannot come; they stay on the list.")
        .args([meeting_arg(), people_arg()])
        .args(seat_args())
}

/// Runs `meeting excuse`.
pub fn run_excuse(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let meeting = the_meeting(matches, &session)?;
    for person in people(matches, "people", &session)? {
        let receipt =
            write(&mut session, &|workspace, at| excuse(workspace, meeting.id(), &person, seat(matches), at))?;
        told(&mut context.out, &receipt)?;
    }
    Ok(())
}

/// The command `meeting item`.
pub fn item_command() -> Command {
    Command::new("item")
        .about("Goes to an item: its clock runs, that of the one before stops; or ends it without a decision.")
        .args([
            meeting_arg(),
            Arg::new("item")
                .value_name("ITEM")
                .required(true)
                .help("Its place on the agenda or its reference; or next, previous, stop (for a break), resume."),
            Arg::new("end")
                .long("end")
                .value_name("HOW")
                .value_parser(PossibleValuesParser::new(ENDS))
                .help("End it, instead of going to it."),
            text_option("note", "How it ended, in a line.").requires("end"),
            print_arg(),
        ])
}

/// Runs `meeting item`.
pub fn run_item(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let board = the_board(matches, &session)?;
    let meeting = board.meeting.id();
    let named = said(matches, "item");
    let at = board.current;
    let item = match named {
        "stop" => return done(&mut session, matches, context, &|workspace, at| stop(workspace, meeting, at)),
        "resume" => return done(&mut session, matches, context, &|workspace, at| resume(workspace, meeting, at)),
        "next" => board.items.get(at.map_or(0, |at| at + 1)).map(|held| held.item.id().to_owned()),
        "previous" => at.and_then(|at| board.items.get(at.checked_sub(1)?)).map(|held| held.item.id().to_owned()),
        named => Some(item_named(&board, named)?),
    };
    let item = item.ok_or_else(|| Failure::Refused(format!("{} has no {named} item.", board.meeting.reference())))?;
    let end = ENDS.iter().copied().find(|end| said(matches, "end") == *end);
    match end {
        Some(end) => {
            done(&mut session, matches, context, &|workspace, _| finish(workspace, &item, end, said(matches, "note")))
        }
        None => done(&mut session, matches, context, &|workspace, at| go(workspace, &item, at)),
    }
}

/// The command `meeting recuse`.
pub fn recuse_command() -> Command {
    Command::new("recuse")
        .about(
            "Recuses somebody for one item: they are out of its quorum and of its vote, and decide nothing under it.",
        )
        .args([
            meeting_arg(),
            people_arg().num_args(1),
            item_option(),
            text_option("why", "What the conflict is.").required(true),
            print_arg(),
        ])
}

/// Runs `meeting recuse`.
pub fn run_recuse(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let board = the_board(matches, &session)?;
    let item = item_named(&board, said(matches, "item"))?;
    for person in people(matches, "people", &session)? {
        done(&mut session, matches, context, &|workspace, at| {
            recuse(workspace, &item, &person, said(matches, "why"), at)
        })?;
    }
    let board = the_board(matches, &session)?;
    let held = board.items.iter().find(|held| held.item.id() == item);
    match held {
        Some(held) => context.out.line(&format!("{}: {}.", held.item.reference(), held.quorum())),
        None => Ok(()),
    }
}

/// The command `meeting note`.
pub fn note_command() -> Command {
    Command::new("note")
        .about("Adds a paragraph to the minutes of an item, or to the remarks of the meeting where it is at none.")
        .args([
            meeting_arg(),
            Arg::new("text").value_name("TEXT").required(true).allow_hyphen_values(true).help("What was said."),
            item_option(),
            flag("private", "A note of your own: it is never shown to the room, and in no minutes and no pack."),
        ])
}

/// Runs `meeting note`.
pub fn run_note(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let board = the_board(matches, &session)?;
    let (text, private) = (said(matches, "text"), matches.get_flag("private"));
    if said(matches, "item").is_empty() && board.at().is_none() {
        let meeting = board.meeting.id();
        return done(&mut session, matches, context, &|workspace, _| remark_add(workspace, meeting, text, private));
    }
    let item = item_named(&board, said(matches, "item"))?;
    done(&mut session, matches, context, &|workspace, _| minute_add(workspace, &item, text, private))
}

/// The command `meeting carry`.
pub fn carry_command() -> Command {
    Command::new("carry").about("Carries an item over to the next meeting of the kind.").args([
        meeting_arg(),
        item_option(),
        text_option("why", "Why it is carried over.").required(true),
        print_arg(),
    ])
}

/// Runs `meeting carry`.
pub fn run_carry(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let board = the_board(matches, &session)?;
    let item = item_named(&board, said(matches, "item"))?;
    done(&mut session, matches, context, &|workspace, at| carry(workspace, &item, said(matches, "why"), at))
}
