//! What only alerts have: being raised by a pipeline, answered, routed and closed.

use std::path::Path;

use chrono::{DateTime, Utc};
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value as Json, json};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure, NO_RECORD, of_problem};
use crate::cli::out::{Out, note};
use crate::cli::record::{labelled, named, named_args, print_arg, print_receipt, why, why_arg};
use crate::exchange::alerts;
use crate::exchange::file::text_of;
use crate::record::alert::DISPOSITIONS;
use crate::record::{ALERT, PERSON, Record, SIGNAL, Value};
use crate::review::operations::alert::{Answer, Raised, acknowledged, answer, closed, raise, routed};
use crate::review::operations::incident::Said;
use crate::session::Session;
use crate::workspace::{Change, Edit};

/// The most that is read of alerts at once, in bytes.
const MOST_BYTES: u64 = 64 << 20;

fn text_arg(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).allow_hyphen_values(true).help(help)
}

/// The command `alert raise`.
pub fn raise_command() -> Command {
    Command::new("raise")
        .about("Raises an alert of a signal; from the command line, or from JSON or CSV, for pipelines.")
        .long_about(
            "Raises an alert of a signal. A pipeline gives one object or an array of objects as JSON (`--json -` reads \
             standard input), or a CSV file with the columns signal, value, at, key and detail. An alert whose key its \
             signal has already is not raised again, so that a pipeline may try again. All alerts come in one change, or \
             none.",
        )
        .args([
            Arg::new("signal")
                .value_name("SIGNAL")
                .required_unless_present_any(["json", "csv"])
                .help("The signal, such as SIG-5."),
            text_arg("value", "NUMBER", "The value at that time."),
            text_arg("at", "TIME", "When it was raised, in RFC 3339 or as `2026-11-28 10:30`; now, unless said."),
            text_arg("key", "KEY", "The pipeline's own id: the same key is the same alert."),
            text_arg("detail", "TEXT", "What the pipeline says of it."),
            text_arg("json", "FILE", "Read alerts from JSON; - is standard input.").conflicts_with_all(["signal", "csv"]),
            text_arg("csv", "FILE", "Read alerts from CSV; - is standard input.").conflicts_with("signal"),
            print_arg(),
        ])
}

/// Runs `alert raise`.
pub fn run_raise(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let now = Utc::now();
    let said = |name: &str| matches.get_one::<String>(name).cloned();
    let rows: Vec<alerts::Row> = if let Some(file) = said("json") {
        alerts::from_json(&text_of(Path::new(&file), MOST_BYTES)?).map_err(Failure::Usage)?
    } else if let Some(file) = said("csv") {
        alerts::from_csv(&text_of(Path::new(&file), MOST_BYTES)?).map_err(Failure::Usage)?
    } else {
        let fields = ["signal", "value", "at", "key", "detail"];
        let row = fields.iter().filter_map(|name| Some(((*name).to_owned(), Json::from(said(name)?))));
        vec![row.collect()]
    };
    let many = rows.len() > 1;
    let mut raised = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        raised.push(read(row, now, &session).map_err(|failure| match failure {
            Failure::Usage(why) if many => Failure::Usage(format!("Alert {}: {why}", at + 1)),
            other if many && other.code() == NO_RECORD => Failure::NoRecord(format!("Alert {}: {other}", at + 1)),
            other => other,
        })?);
    }
    let (edits, known) = raise(&session.workspace, &raised, now)?;
    if known > 0 {
        note(&format!(
            "{known} of {} were raised before under the same key; nothing was added for them.",
            raised.len()
        ));
    }
    if edits.is_empty() {
        return Ok(());
    }
    let change = Change::by(&session.me()?.id, edits);
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &ALERT, &session, &receipt, matches)
}

fn read(row: &alerts::Row, now: DateTime<Utc>, session: &Session) -> Done<Raised> {
    let said = alerts::said(row).map_err(Failure::Usage)?;
    let at = match (said.at.as_str(), ALERT.field("raised_at")) {
        (typed, Some(field)) if !typed.is_empty() => {
            let parsed = session.parse(field, typed).map_err(|problem| of_problem(&problem))?;
            parsed.as_moment().unwrap_or(now)
        }
        _ => now,
    };
    let signal = session.record(&SIGNAL, &said.signal)?;
    Ok(Raised { signal, at, value: said.value, key: said.key, detail: said.detail })
}

fn set(matches: &ArgMatches, context: &mut Context, fields: &dyn Fn(&Session) -> Done<Said>) -> Done {
    let mut session = context.open_to_write()?;
    let fields = fields(&session)?;
    let edits = named(&ALERT, matches, &session)?
        .iter()
        .map(|alert| Edit::Set { kind: &ALERT, id: alert.id().to_owned(), version: None, fields: fields.clone() })
        .collect();
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &ALERT, &session, &receipt, matches)
}

/// The command `alert ack`.
pub fn ack_command() -> Command {
    Command::new("ack").about("Acknowledges alerts: somebody has taken them up.").args([
        named_args(&ALERT),
        text_arg("at", "TIME", "When; now, unless said."),
        print_arg(),
        why_arg(),
    ])
}

/// Runs `alert ack`.
pub fn run_ack(matches: &ArgMatches, context: &mut Context) -> Done {
    set(matches, context, &|session| {
        let typed = matches.get_one::<String>("at").map(String::as_str);
        let at = match (typed, ALERT.field("acknowledged_at")) {
            (Some(typed), Some(field)) => session.parse(field, typed).map_err(|problem| of_problem(&problem))?,
            _ => Value::Moment(Utc::now()),
        };
        Ok(acknowledged(at.as_moment().unwrap_or_else(Utc::now)))
    })
}

/// The command `alert route`.
pub fn route_command() -> Command {
    Command::new("route").about("Routes alerts to somebody who looks into them.").args([
        named_args(&ALERT),
        text_arg("to", "PERSON", "Who looks into them.").required(true),
        print_arg(),
        why_arg(),
    ])
}

/// Runs `alert route`.
pub fn run_route(matches: &ArgMatches, context: &mut Context) -> Done {
    set(matches, context, &|session| {
        let to = matches.get_one::<String>("to").map_or("", String::as_str);
        Ok(routed(session.record(&PERSON, to)?.id()))
    })
}

/// The command `alert close`.
pub fn close_command() -> Command {
    Command::new("close").about("Closes alerts: says what they turned out to be.").args([
        named_args(&ALERT),
        text_arg("disposition", "WHAT", "What it was: confirmed, false alarm, expected, duplicate, incident.")
            .required(true)
            .value_parser(clap::builder::PossibleValuesParser::new(DISPOSITIONS)),
        text_arg("note", "TEXT", "What was found, and what was done."),
        print_arg(),
        why_arg(),
    ])
}

/// Runs `alert close`.
pub fn run_close(matches: &ArgMatches, context: &mut Context) -> Done {
    set(matches, context, &|_| {
        let said = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        Ok(closed(said("disposition").unwrap_or_default(), said("note")))
    })
}

fn clock(alert: &Record, session: &Session) -> Option<Answer> {
    answer(session.policy.business(), alert, Utc::now())
}

/// Tells how the clock of an alert stands.
pub fn tell(alert: &Record, session: &Session, out: &mut Out) -> Done {
    match clock(alert, session) {
        Some(answer) => labelled(out, "Answer", &answer.told(), answer.late),
        None => Ok(()),
    }
}

/// The same as JSON.
pub fn tell_json(alert: &Record, session: &Session, object: &mut Map<String, Json>) {
    let clock = clock(alert, session);
    object.insert(
        "answer".to_owned(),
        clock.map_or(
            Json::Null,
            |answer| json!({"words": answer.told(), "late": answer.late, "business_hours": answer.hours}),
        ),
    );
}
