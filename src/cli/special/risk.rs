//! What only risks have: acceptance of what remains.

use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::{Done, of_problem};
use crate::cli::record::{named, named_args, print_arg, print_receipt};
use crate::record::{RISK, Value};
use crate::workspace::{Change, Edit};

/// The command `risk accept`.
pub fn accept_command() -> Command {
    Command::new("accept").about("Accepts what remains of a risk, with the reason and an end.").args([
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
    let mut fields = vec![("status", Value::text("accepted")), ("treatment", Value::text("accept"))];
    for (name, option) in [("acceptance", "reason"), ("accepted_until", "until")] {
        if let Some(field) = RISK.field(name) {
            fields.push((name, session.parse(field, text(option)).map_err(|problem| of_problem(&problem))?));
        }
    }
    let edits = named(&RISK, matches, &session)?
        .iter()
        .map(|risk| Edit::Set { kind: &RISK, id: risk.id().to_owned(), version: None, fields: fields.clone() })
        .collect();
    let change = Change::by(&session.me()?.id, edits).because(text("reason"));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &RISK, &session, &receipt, matches)
}
