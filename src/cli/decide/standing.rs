//! `probity decision show`, `decision withdraw`, `delegate` and `recuse`: how decisions stand, and who may make them.

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value as Json, json};

use super::shown;
use crate::cli::Context;
use crate::cli::exit::{Done, Failure, of_problem};
use crate::cli::out::{Out, Style};
use crate::cli::record::{labelled, print_arg, print_receipt, why, why_arg};
use crate::record::{DECISION, DELEGATION, Kind, RECUSAL, Record, Value};
use crate::review::decide::{State, state, withdraw};
use crate::session::{Session, today};
use crate::workspace::{Change, Edit, new_id};

/// Tells how a decision stands: in force, outdated with the fields that differ, expired, recommended.
pub fn tell(decision: &Record, session: &Session, out: &mut Out) -> Done {
    let standing = state(&session.workspace.look(), decision, today());
    let more = match &standing {
        State::Expired(last) => format!(": its last day was {last}; what it let pass counts as failed or open again"),
        State::Outdated(_) => ": what it was about has changed since; decide anew. What differs:".to_owned(),
        State::InForce if !decision.get("expires_on").is_empty() => {
            format!(", until {}", shown(decision, "expires_on", session))
        }
        _ => String::new(),
    };
    labelled(out, "Stands", &format!("{}{more}", standing.word()), false)?;
    if let State::Outdated(differences) = &standing {
        for difference in differences {
            out.styled(Style::Bad, "  - ")?;
            out.line(&difference.to_string())?;
        }
    }
    Ok(())
}

/// The same for a program: `standing` and, where it is outdated, `differences`.
pub fn tell_json(decision: &Record, session: &Session, object: &mut Map<String, Json>) {
    let standing = state(&session.workspace.look(), decision, today());
    object.insert("standing".to_owned(), Json::from(standing.word()));
    let differences = if let State::Outdated(differences) = &standing { differences.as_slice() } else { &[] };
    let each = differences.iter().map(|difference| {
        json!({
            "record": difference.record,
            "field": difference.field,
            "was": difference.was,
            "is": difference.is,
            "in_words": difference.to_string(),
        })
    });
    object.insert("differences".to_owned(), each.collect());
}

/// The command `decision withdraw`.
pub fn withdraw_command() -> Command {
    Command::new("withdraw")
        .about("Takes a decision back, if you hold the right to it; what rests on it goes back to where it was.")
        .args([
            Arg::new("decision").value_name("REF").required(true).help("The decision, such as DEC-1."),
            why_arg().required(true),
            print_arg(),
        ])
}

/// Runs `decision withdraw`.
pub fn run_withdraw(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let decision = session.record(&DECISION, matches.get_one::<String>("decision").map_or("", String::as_str))?;
    let edits = withdraw(&session.workspace.look(), &decision, why(matches));
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change.called(format!("{} withdrawn", decision.reference())))?;
    print_receipt(&mut context.out, &DECISION, &session, &receipt, matches)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).allow_hyphen_values(true).help(help)
}

/// The command `delegate`.
pub fn delegate_command() -> Command {
    Command::new("delegate")
        .about("Lets somebody decide in your place, from one day to another; neither may decide about their own work.")
        .args([
            Arg::new("delegate").value_name("PERSON").required(true).help("Who decides in your place."),
            option("until", "DATE", "The last day on which it holds.").required(true),
            option("from", "DATE", "The first day on which it holds; without it, today."),
            option("kinds", "KINDS", "Kinds of decision, such as “waiver, approve”; without it, all."),
            option("why", "TEXT", "Why, such as a leave.").required(true),
            print_arg(),
        ])
}

/// Runs `delegate`.
pub fn run_delegate(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let mut fields = vec![("delegator", Value::text(session.me()?.id.as_str()))];
    fields.extend(typed(
        &DELEGATION,
        &[("delegate", "delegate"), ("ends_on", "until"), ("starts_on", "from"), ("kinds", "kinds"), ("reason", "why")],
        matches,
        &session,
    )?);
    add(&DELEGATION, fields, matches, &mut session, context)
}

/// The command `recuse`.
pub fn recuse_command() -> Command {
    Command::new("recuse")
        .about("Declares a conflict of interest: who has it decides nothing about this review, or about any of this system.")
        .args([
            Arg::new("about").value_name("REF").required(true).help("A review or a system, such as REV-1 or SYS-4."),
            option("who", "PERSON", "Who has the conflict; without it, you."),
            option("why", "TEXT", "What the conflict is.").required(true),
            print_arg(),
        ])
}

/// Runs `recuse`.
pub fn run_recuse(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let about = session.workspace.find(matches.get_one::<String>("about").map_or("", String::as_str))?;
    let field = match about.kind().name {
        "review" => "review",
        "system" => "system",
        _ => return Err(Failure::Usage("A recusal is about a review or a system.".to_owned())),
    };
    let mut fields = vec![(field, Value::text(about.id())), ("person", Value::text(session.me()?.id.as_str()))];
    fields.extend(typed(&RECUSAL, &[("person", "who"), ("reason", "why")], matches, &session)?);
    add(&RECUSAL, fields, matches, &mut session, context)
}

/// The fields that options say.
fn typed(
    kind: Kind,
    options: &[(&'static str, &str)],
    matches: &ArgMatches,
    session: &Session,
) -> Done<Vec<(&'static str, Value)>> {
    let mut fields = Vec::new();
    for (name, option) in options {
        let Some((field, text)) = kind.field(name).zip(matches.get_one::<String>(option)) else { continue };
        fields.push((*name, session.parse(field, text).map_err(|problem| of_problem(&problem))?));
    }
    Ok(fields)
}

fn add(
    kind: Kind,
    fields: Vec<(&'static str, Value)>,
    matches: &ArgMatches,
    session: &mut Session,
    context: &mut Context,
) -> Done {
    let edits = vec![Edit::Add { kind, id: new_id(Utc::now()), fields }];
    let receipt = session.workspace.write(Change::by(&session.me()?.id, edits).because(why(matches)))?;
    print_receipt(&mut context.out, kind, session, &receipt, matches)
}
