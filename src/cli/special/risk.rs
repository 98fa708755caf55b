//! What only risks have: acceptance of what remains.

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::{Done, of_problem};
use crate::cli::record::{named, named_args, print_arg, print_receipt};
use crate::record::RISK;
use crate::record::decision::ACCEPTANCE;
use crate::review::decide::{Ask, decide};
use crate::workspace::Change;

/// The command `risk accept`.
pub fn accept_command() -> Command {
    Command::new("accept").about("Accepts what remains of a risk by a decision, with the reason and an end.").args([
        named_args(&RISK),
        Arg::new("until")
            .long("until")
            .value_name("DATE")
            .required(true)
            .allow_hyphen_values(true)
            .help("When the acceptance ends."),
        Arg::new("reason")
            .long("reason")
            .value_name("TEXT")
            .required(true)
            .allow_hyphen_values(true)
            .help("Why it is accepted, and by whom."),
        print_arg(),
    ])
}

/// Runs `risk accept`.
pub fn run_accept(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let Some(field) = RISK.field("accepted_until") else { return Ok(()) };
    let until = session.parse(field, text("until")).map_err(|problem| of_problem(&problem))?.as_day();
    let mut edits = Vec::new();
    for risk in named(&RISK, matches, &session)? {
        let ask = Ask { expires_on: until, ..Ask::new(ACCEPTANCE, Some(&risk), text("reason")) };
        edits.extend(decide(&session.workspace, &ask, Utc::now())?);
    }
    let change = Change::by(&session.me()?.id, edits).because(text("reason"));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &RISK, &session, &receipt, matches)
}
