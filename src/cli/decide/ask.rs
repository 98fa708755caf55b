//! From the options of `probity decide` to what is asked.

use clap::{Arg, ArgAction, ArgMatches};

use super::general;
use crate::cli::exit::{Done, Failure, of_problem};
use crate::record::decision::{
    ACCEPTANCE, APPROVE, DEFER, METRIC, POLICY_CHANGE, REJECT, STATEMENT, TIER, WAIVER, snapshot,
};
use crate::record::{ACTION, CHECKLIST_ITEM, DECISION, Kind, RISK, Record, Value};
use crate::review::decide::{Ask, Condition, basis};
use crate::session::{Session, today};
use crate::workspace::{Condition as Where, Direction, Query};

/// An option that takes a text.
pub fn text(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TEXT").allow_hyphen_values(true).help(help)
}

/// The option that says until when.
pub fn expires() -> Arg {
    Arg::new("expires")
        .long("expires")
        .value_name("DATE")
        .allow_hyphen_values(true)
        .help("The last day on which it holds.")
}

/// The options that every decision takes.
pub fn options() -> Vec<Arg> {
    let mut all = vec![
        text("why", "The rationale: why it is decided so."),
        text("dissent", "Who disagreed, and why."),
        Arg::new("seen").long("seen").value_name("SHA-256").help(
            "The snapshot you have looked at, as --preview prints it (its first digits will do): refused if what it rests \
             on has changed since.",
        ),
        Arg::new("if-version")
            .long("if-version")
            .value_name("N")
            .value_parser(clap::value_parser!(i64))
            .help("Only if the record that is decided about is still at this version."),
    ];
    all.extend(general());
    all
}

/// The options of conditions; an owner and a due date belong to the condition before them.
pub fn conditions() -> Vec<Arg> {
    let many = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).action(ArgAction::Append).allow_hyphen_values(true).help(help)
    };
    vec![
        many("condition", "TEXT", "What must be done before the launch; may be said several times."),
        many("owner", "PERSON", "Who sees to the condition before it."),
        many("due", "DATE", "When the condition before it is due."),
    ]
}

/// What is asked.
///
/// # Errors
/// Where an option makes no sense, or names no record.
pub fn read(verb: &str, options: &ArgMatches, review: Option<&Record>, session: &Session) -> Done<Ask> {
    let said = |name: &str| options.try_get_one::<String>(name).ok().flatten().map_or("", String::as_str);
    let (kind, subject) = match verb {
        "tier" => (TIER, review.cloned()),
        "approve" => (APPROVE, review.cloned()),
        "reject" => (REJECT, review.cloned()),
        "defer" => (DEFER, review.cloned()),
        "waive" => (WAIVER, Some(part_of(review, &CHECKLIST_ITEM, said("item"), session)?)),
        "accept" => (ACCEPTANCE, Some(part_of(review, &RISK, said("risk"), session)?)),
        "metric" => (METRIC, review.cloned()),
        "statement" => (STATEMENT, review.cloned()),
        "policy-change" => (POLICY_CHANGE, review.cloned()),
        other => return Err(Failure::Usage(format!("There is no decision “{other}”."))),
    };
    let why = said("why").trim();
    if why.is_empty() && !options.get_flag("preview") {
        return Err(Failure::Usage("Say why it is decided so: --why TEXT.".to_owned()));
    }
    let outcome = match verb {
        "tier" => said("tier").to_lowercase(),
        _ => said("what").to_owned(),
    };
    let mut ask = Ask {
        outcome,
        control: said("control").to_owned(),
        dissent: said("dissent").to_owned(),
        expires_on: day(&DECISION, "expires_on", said("expires"), session)?,
        conditions: read_conditions(options, session)?,
        ..Ask::new(kind, subject.as_ref(), why)
    };
    if let (Some(version), Some(subject)) = (options.get_one::<i64>("if-version"), &mut ask.subject) {
        subject.set("version", *version);
    }
    if let Some(seen) = options.get_one::<String>("seen") {
        ask.seen = Some(looked_at(seen, &ask, session)?);
    }
    Ok(ask)
}

/// The snapshot with this digest, if what is there still has it. Of one that has gone only the digest is known: the
/// refusal cannot say what differed.
fn looked_at(seen: &str, ask: &Ask, session: &Session) -> Done<String> {
    let now = basis(&session.workspace, ask, today());
    let seen = seen.trim().to_lowercase();
    if seen.len() >= 8 && snapshot::digest(&now).starts_with(&seen) {
        return Ok(now);
    }
    Err(Failure::Overtaken(
        "What the decision rests on has changed since you looked at it: the snapshot is another one. Nothing was decided; \
         look again with --preview."
            .to_owned(),
    ))
}

fn day(kind: Kind, field: &'static str, typed: &str, session: &Session) -> Done<Option<chrono::NaiveDate>> {
    let Some(description) = kind.field(field).filter(|_| !typed.trim().is_empty()) else { return Ok(None) };
    let value = session.parse(description, typed).map_err(|problem| of_problem(&problem))?;
    Ok(value.as_day())
}

/// A risk or an item of the review; an item by its code too.
fn part_of(review: Option<&Record>, kind: Kind, named: &str, session: &Session) -> Done<Record> {
    let id = review.map(Record::id).unwrap_or_default();
    let belongs = |record: &Record| record.text("review") == Some(id);
    let label = kind.label.to_lowercase();
    let reference = review.map(Record::reference).unwrap_or_default();
    match session.record(kind, named) {
        Ok(record) if belongs(&record) => return Ok(record),
        Ok(record) => {
            let why = format!("{} is no {label} of {reference}.", record.reference());
            return Err(Failure::NoRecord(why));
        }
        Err(error) if kind.field("code").is_none() => return Err(error.into()),
        Err(_) => {}
    }
    let query = Query::all(kind)
        .with(Where::Is("review", Value::text(id)))
        .with(Where::Is("code", Value::text(named.trim().to_uppercase())));
    let mut rows = session.workspace.page(&query, None, Direction::After, 2)?.rows;
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row.record),
        (Some(_), false) => Err(Failure::NoRecord(format!(
            "Several items of {reference} have the code {named}; name one by its reference."
        ))),
        (None, _) => Err(Failure::NoRecord(format!("There is no {label} “{named}” in {reference}."))),
    }
}

/// The conditions, each with the owner and the due date that were said after it.
fn read_conditions(options: &ArgMatches, session: &Session) -> Done<Vec<Condition>> {
    let mut said: Vec<(usize, &str, &str)> = Vec::new();
    for name in ["condition", "owner", "due"] {
        let Ok(Some(values)) = options.try_get_many::<String>(name) else { continue };
        let places = options.indices_of(name).into_iter().flatten();
        said.extend(places.zip(values).map(|(place, value)| (place, name, value.as_str())));
    }
    said.sort_unstable_by_key(|(place, ..)| *place);
    let mut conditions: Vec<Condition> = Vec::new();
    for (_, name, value) in said {
        if name == "condition" {
            conditions.push(Condition { text: value.to_owned(), ..Condition::default() });
            continue;
        }
        let Some(condition) = conditions.last_mut() else {
            return Err(Failure::Usage(format!("--{name} belongs to a --condition before it.")));
        };
        if name == "due" {
            condition.due_on = day(&ACTION, "due_on", value, session)?;
        } else if let Some(field) = ACTION.field("owner") {
            let person = session.parse(field, value).map_err(|problem| of_problem(&problem))?;
            condition.owner = person.as_text().map(str::to_owned);
        }
    }
    if conditions.iter().any(|condition| condition.text.trim().is_empty()) {
        return Err(Failure::Usage("--condition: say what must be done.".to_owned()));
    }
    Ok(conditions)
}
