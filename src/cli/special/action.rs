//! What only actions have: being done.

use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::Done;
use crate::cli::record::{named, named_args, print_arg, print_receipt};
use crate::record::{ACTION, EVIDENCE, Value};
use crate::workspace::{Change, Edit};

/// The command `action done`.
pub fn done_command() -> Command {
    Command::new("done").about("Closes actions as done.").args([
        named_args(&ACTION),
        Arg::new("note").long("note").value_name("TEXT").allow_hyphen_values(true).help("What was done."),
        Arg::new("evidence")
            .long("evidence")
            .value_name("EVIDENCE")
            .help("What proves that it is done, such as EVD-1."),
        print_arg(),
    ])
}

/// Runs `action done`.
pub fn run_done(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let mut fields = vec![("status", Value::text("done"))];
    if let Some(note) = matches.get_one::<String>("note") {
        fields.push(("closing_note", Value::text(note.as_str())));
    }
    if let Some(named) = matches.get_one::<String>("evidence") {
        fields.push(("closing_evidence", Value::text(session.record(&EVIDENCE, named)?.id())));
    }
    let edits = named(&ACTION, matches, &session)?
        .iter()
        .map(|action| Edit::Set { kind: &ACTION, id: action.id().to_owned(), version: None, fields: fields.clone() })
        .collect();
    let receipt = session.workspace.write(Change::by(&session.me()?.id, edits))?;
    print_receipt(&mut context.out, &ACTION, &session, &receipt, matches)
}
