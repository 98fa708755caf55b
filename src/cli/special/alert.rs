//! What only alerts have: being raised by a pipeline, answered, routed and closed.

use std::path::Path;

use chrono::{DateTime, Utc};
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value as Json, json};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure, NO_RECORD, of_problem};
use crate::cli::out::{Out, note};
use crate::cli::record::{labelled, local, named, named_args, print_arg, print_receipt, why, why_arg};
use crate::exchange::file::text_of;
use crate::record::alert::DISPOSITIONS;
use crate::record::{ALERT, PERSON, Record, SIGNAL, Value};
use crate::review::operations::alert::{Raised, raise};
use crate::review::operations::incident::Said;
use crate::session::Session;
use crate::text;
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
    let rows: Vec<Map<String, Json>> = if let Some(file) = said("json") {
        from_json(&text_of(Path::new(&file), MOST_BYTES)?)?
    } else if let Some(file) = said("csv") {
        from_csv(&text_of(Path::new(&file), MOST_BYTES)?)?
    } else {
        let fields = ["signal", "value", "at", "key", "detail"];
        let row = fields.iter().filter_map(|name| Some(((*name).to_owned(), Json::from(said(name)?))));
        vec![row.collect()]
    };
    let many = rows.len() > 1;
    let mut alerts = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        alerts.push(read(row, now, &session).map_err(|failure| match failure {
            Failure::Usage(why) if many => Failure::Usage(format!("Alert {}: {why}", at + 1)),
            other if many && other.code() == NO_RECORD => Failure::NoRecord(format!("Alert {}: {other}", at + 1)),
            other => other,
        })?);
    }
    let (edits, known) = raise(&session.workspace, &alerts, now)?;
    if known > 0 {
        note(&format!(
            "{known} of {} {} raised before under the same key; nothing was added for {}.",
            alerts.len(),
            if known == 1 { "was" } else { "were" },
            if known == 1 { "it" } else { "them" }
        ));
    }
    if edits.is_empty() {
        return Ok(());
    }
    let change = Change::by(&session.me()?.id, edits);
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &ALERT, &session, &receipt, matches)
}

fn from_json(text: &str) -> Done<Vec<Map<String, Json>>> {
    let parsed: Json =
        serde_json::from_str(text).map_err(|error| Failure::Usage(format!("This is not JSON: {error}.")))?;
    let objects = match parsed {
        Json::Array(objects) => objects,
        object => vec![object],
    };
    let wrong = || Failure::Usage("an alert is an object, such as {\"signal\": \"SIG-5\", \"value\": 0.4}.".to_owned());
    objects
        .into_iter()
        .map(|object| if let Json::Object(object) = object { Ok(object) } else { Err(wrong()) })
        .collect()
}

fn from_csv(text: &str) -> Done<Vec<Map<String, Json>>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |error: csv::Error| Failure::Usage(format!("This is no CSV: {error}."));
    let titles = reader.headers().map_err(wrong)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let cells = titles.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        rows.push(cells.map(|(title, cell)| (title.to_lowercase(), Json::from(cell))).collect());
    }
    Ok(rows)
}

fn read(row: &Map<String, Json>, now: DateTime<Utc>, session: &Session) -> Done<Raised> {
    const FIELDS: [&str; 5] = ["signal", "value", "at", "key", "detail"];
    if let Some(other) = row.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        let other = text::line(other);
        return Err(Failure::Usage(format!("alerts have no “{other}”; they have: {}.", FIELDS.join(", "))));
    }
    let said = |name: &str| match row.get(name) {
        Some(Json::String(text)) => text.trim().to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    if said("signal").is_empty() {
        return Err(Failure::Usage("say which signal it is of: signal is missing.".to_owned()));
    }
    let at = match (said("at"), ALERT.field("raised_at")) {
        (typed, Some(field)) if !typed.is_empty() => {
            let parsed = session.parse(field, &typed).map_err(|problem| of_problem(&problem))?;
            parsed.as_moment().unwrap_or(now)
        }
        _ => now,
    };
    let signal = session.record(&SIGNAL, &said("signal"))?;
    Ok(Raised { signal, at, value: said("value"), key: said("key"), detail: said("detail") })
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
        Ok(vec![("acknowledged_at", at)])
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
        Ok(vec![("routed_to", Value::text(session.record(&PERSON, to)?.id()))])
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
        let said = |name: &str| Value::text(matches.get_one::<String>(name).cloned().unwrap_or_default());
        let mut fields = vec![("disposition", said("disposition"))];
        if matches.contains_id("note") {
            fields.push(("disposition_note", said("note")));
        }
        Ok(fields)
    })
}

/// When an open alert must be answered, or how long it took, in business hours.
fn clock(alert: &Record, session: &Session) -> Option<(String, bool, f64)> {
    let business = session.policy.business();
    let raised = alert.get("raised_at").as_moment()?;
    let hours = |until: DateTime<Utc>| business.between(raised, until).as_seconds_f64() / 3600.0;
    if let Some(at) = alert.get("acknowledged_at").as_moment() {
        let taken = hours(at);
        let late = taken > f64::from(business.acknowledge_hours);
        return Some((format!("after {taken:.1} business hours"), late, taken));
    }
    let taken = hours(Utc::now());
    Some(match business.acknowledge_by(raised) {
        Some(due) if due < Utc::now() => (format!("late since {}", local(due)), true, taken),
        Some(due) => (format!("due by {}", local(due)), false, taken),
        None => ("never due: the policy names no working day".to_owned(), false, taken),
    })
}

/// Tells how the clock of an alert stands.
pub fn tell(alert: &Record, session: &Session, out: &mut Out) -> Done {
    match clock(alert, session) {
        Some((words, late, _)) => labelled(out, "Answer", &words, late),
        None => Ok(()),
    }
}

/// The same as JSON.
pub fn tell_json(alert: &Record, session: &Session, object: &mut Map<String, Json>) {
    let clock = clock(alert, session);
    object.insert(
        "answer".to_owned(),
        clock.map_or(Json::Null, |(words, late, hours)| json!({"words": words, "late": late, "business_hours": hours})),
    );
}
