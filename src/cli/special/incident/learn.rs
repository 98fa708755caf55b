//! `probity incident review` and `document`: what is learnt.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{incident_arg, said, text_arg, the_incident, typed};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::note;
use crate::cli::record::{print_arg, print_receipt, why, why_arg};
use crate::cli::special::document;
use crate::record::{ACTION, DOCUMENT, INCIDENT};
use crate::review::operations::incident::document_of;
use crate::review::operations::learn::{Learnt, edits};
use crate::workspace::Change;

fn many(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    text_arg(name, value, help).action(ArgAction::Append)
}

/// The command `incident review`.
pub fn review_command() -> Command {
    Command::new("review")
        .about("Writes down what was learnt from an incident; each gap, test and item becomes an action.")
        .args([
            incident_arg(),
            text_arg("root-cause", "TEXT", "What made it possible, not who."),
            text_arg("learnings", "TEXT", "What is done differently from now on."),
            many("gap", "TEXT", "A control that was missing or did not work; may be said again."),
            many("test", "TEXT", "A test that is made from now on; may be said again."),
            many("item", "CHECKLIST: TEXT", "An item to propose for a checklist, such as `llm-application: …`."),
            text_arg("owner", "PERSON", "Who does what follows."),
            text_arg("due", "DATE", "Until when."),
            print_arg(),
            why_arg(),
        ])
}

/// Runs `incident review`.
pub fn run_review(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let incident = the_incident(matches, &session)?;
    let all = |name: &str| matches.get_many::<String>(name).into_iter().flatten().cloned().collect::<Vec<_>>();
    let mut items = Vec::new();
    for item in all("item") {
        let (template, text) = item.split_once(':').ok_or_else(|| {
            Failure::Usage("--item names a checklist and what must be true: `llm-application: …`.".to_owned())
        })?;
        items.push((template.trim().to_owned(), text.trim().to_owned()));
    }
    let learnt = Learnt {
        root_cause: said(matches, "root-cause").to_owned(),
        learnings: said(matches, "learnings").to_owned(),
        gaps: all("gap"),
        tests: all("test"),
        items,
        owner: typed(matches, "owner", ACTION.field("owner"), &session)?.as_text().map(str::to_owned),
        due_on: typed(matches, "due", ACTION.field("due_on"), &session)?.as_day(),
    };
    let edits = edits(&session.policy, &incident, &learnt, Utc::now()).map_err(Failure::Refused)?;
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &INCIDENT, &session, &receipt, matches)?;
    let proposed = !learnt.items.is_empty();
    if proposed {
        note(&format!(
            "`probity incident proposals {}` prints what it proposes for checklists; with --take it is taken into the policy.",
            incident.reference()
        ));
    }
    Ok(())
}

/// The command `incident document`.
pub fn document_command() -> Command {
    Command::new("document")
        .about("Starts the post-incident document, filled from the incident, its timeline and what was known before.")
        .args([incident_arg(), print_arg(), why_arg()])
}

/// Runs `incident document`.
pub fn run_document(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let incident = the_incident(matches, &session)?;
    let edits = document::start_from(document_of(&incident), Utc::now(), &session)?;
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &DOCUMENT, &session, &receipt, matches)
}
