//! From what people type, or a file says, to a field's value and back: one way for forms, the command line, the
//! one-line add, CSV and JSON.

use chrono::{DateTime, Local, NaiveDate, NaiveTime, TimeZone, Utc};

use super::{Field, FieldKind, Kind, Problem, Scale, Terms, Value, kind_of_reference, when};
use crate::text;

/// Finds the records that a text means. The workspace implements it.
pub trait Resolve {
    /// The id of the record of `kind` that `text` names: a reference, an id, a person's handle (with or without
    /// `@`) or `me`, or a title that only one record has.
    ///
    /// # Errors
    /// Says that there is none, or that several are meant, and which.
    fn id_of(&self, kind: Kind, text: &str) -> Result<String, String>;
}

/// Reads what was typed for a field. A blank text is [`Value::Empty`].
///
/// # Errors
/// A problem of this field that says what was expected.
pub fn parse(
    field: &Field,
    text: &str,
    today: NaiveDate,
    terms: &dyn Terms,
    resolve: &dyn Resolve,
) -> Result<Value, Problem> {
    let typed = text.trim();
    if typed.is_empty() {
        return Ok(if field.is_list() { Value::List(Vec::new()) } else { Value::Empty });
    }
    let wrong = |message: String| Problem { field: Some(field.name), message };
    let value = match field.kind {
        FieldKind::Line => Value::text(typed.replace(['\r', '\n', '\t'], " ")),
        FieldKind::Prose => Value::text(text.replace("\r\n", "\n").trim_end()),
        FieldKind::Choice(choices) => Value::text(one_of(typed, choices).map_err(wrong)?),
        FieldKind::Named(list) => Value::text(one_of(typed, &terms.names(list)).map_err(wrong)?),
        FieldKind::Choices(choices) => Value::List(each_of(typed, choices).map_err(wrong)?),
        FieldKind::NamedMany(list) => Value::List(each_of(typed, &terms.names(list)).map_err(wrong)?),
        FieldKind::Words => Value::List(split(typed)),
        FieldKind::Step(scale) => Value::Number(step(typed, scale, terms).map_err(wrong)?),
        FieldKind::Number(least, most) => Value::Number(number(typed, least, most).map_err(wrong)?),
        FieldKind::Flag => Value::Flag(flag(typed).map_err(wrong)?),
        FieldKind::Day => Value::Day(when::parse_day(typed, today).map_err(wrong)?),
        FieldKind::Moment => Value::Moment(moment(typed, today).map_err(wrong)?),
        FieldKind::Link(kind) => match super::kind_named(kind) {
            Some(kind) => Value::text(resolve.id_of(kind, typed).map_err(wrong)?),
            None => Value::Empty,
        },
        FieldKind::Links(_) | FieldKind::Reference => {
            let references = split(&typed.to_uppercase());
            if let Some(bad) = references.iter().find(|reference| kind_of_reference(reference).is_none()) {
                return Err(wrong(format!("“{}” is not a reference; they look like RSK-31.", text::line(bad))));
            }
            match field.kind {
                FieldKind::Reference if references.len() == 1 => Value::text(references.concat()),
                FieldKind::Reference => return Err(wrong("Name one record only.".to_owned())),
                _ => Value::List(references),
            }
        }
    };
    Ok(value)
}

/// Checks a value against what its field's description says, whatever way it came.
#[must_use]
pub fn check_value(field: &Field, value: &Value, terms: &dyn Terms) -> Option<Problem> {
    if value.is_empty() {
        let message = format!("{} is needed. {}", field.label, field.help);
        return field.required.then(|| Problem::of(field.name, message));
    }
    let among = |names: &[String], said: &[String]| {
        said.iter().find(|word| !names.contains(word)).map(|word| unknown(word, names))
    };
    let owned = |choices: &[&str]| choices.iter().map(|choice| (*choice).to_owned()).collect::<Vec<_>>();
    let single = |value: &Value| value.as_text().map(|text| vec![text.to_owned()]).unwrap_or_default();
    let wrong_type = || Some(format!("{} cannot hold “{}”.", field.label, text::line(&value.display())));
    let message = match (field.kind, value) {
        // Most values are right; names are gathered for a refusal only.
        (FieldKind::Choice(choices), Value::Text(text)) if choices.contains(&text.as_str()) => None,
        (FieldKind::Choice(choices), Value::Text(_)) => among(&owned(choices), &single(value)),
        (FieldKind::Named(list), Value::Text(_)) => among(&terms.names(list), &single(value)),
        (FieldKind::Choices(choices), Value::List(items)) => among(&owned(choices), items),
        (FieldKind::NamedMany(list), Value::List(items)) => among(&terms.names(list), items),
        (FieldKind::Step(_), Value::Number(step)) => {
            (!(1..=5).contains(step)).then(|| format!("{} goes from 1 to 5, not {step}.", field.label))
        }
        (FieldKind::Number(least, most), Value::Number(number)) => (!(least..=most).contains(number))
            .then(|| format!("{} goes from {least} to {most}, not {number}.", field.label)),
        (FieldKind::Line, Value::Text(line)) if line.contains('\n') => Some(format!("{} is one line.", field.label)),
        (FieldKind::Line | FieldKind::Prose | FieldKind::Link(_) | FieldKind::Reference, Value::Text(_))
        | (FieldKind::Words | FieldKind::Links(_), Value::List(_))
        | (FieldKind::Flag, Value::Flag(_))
        | (FieldKind::Day, Value::Day(_))
        | (FieldKind::Moment, Value::Moment(_)) => None,
        _ => wrong_type(),
    };
    message.map(|message| Problem { field: Some(field.name), message })
}

/// A value as people read it: choices and text as they are, links by `label_of`, moments in local time, steps
/// with their name.
#[must_use]
pub fn describe(field: &Field, value: &Value, terms: &dyn Terms, label_of: &dyn Fn(&str) -> Option<String>) -> String {
    match (field.kind, value) {
        (FieldKind::Link(_), Value::Text(id)) => label_of(id).unwrap_or_else(|| id.clone()),
        (FieldKind::Step(scale), Value::Number(step)) => match terms.step(scale, *step) {
            Some(name) => format!("{step} {name}"),
            None => step.to_string(),
        },
        (_, Value::Moment(moment)) => moment.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string(),
        _ => value.display(),
    }
}

/// A value as people would type it, such that [`parse`] reads it back; `name_of` gives a linked record's reference, or
/// a person's handle.
#[must_use]
pub fn as_typed(field: &Field, value: &Value, name_of: &dyn Fn(&str) -> Option<String>) -> String {
    match (field.kind, value) {
        (FieldKind::Link(_), Value::Text(id)) => name_of(id).unwrap_or_else(|| id.clone()),
        _ => value.display(),
    }
}

fn unknown(word: &str, names: &[String]) -> String {
    let word = text::fit(&text::line(word), 60).into_owned();
    format!("“{word}” is not one of: {}.", names.join(", "))
}

/// The choice that was meant: the same but for case, spaces and hyphens, or the only one that starts like it.
fn one_of<S: AsRef<str>>(typed: &str, choices: &[S]) -> Result<String, String> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], " ");
    let wanted = plain(typed);
    if let Some(exact) = choices.iter().find(|choice| plain(choice.as_ref()) == wanted) {
        return Ok(exact.as_ref().to_owned());
    }
    let starting: Vec<&S> = choices.iter().filter(|choice| plain(choice.as_ref()).starts_with(&wanted)).collect();
    match starting.as_slice() {
        [only] => Ok(only.as_ref().to_owned()),
        _ => Err(unknown(typed, &choices.iter().map(|choice| choice.as_ref().to_owned()).collect::<Vec<_>>())),
    }
}

fn each_of<S: AsRef<str>>(typed: &str, choices: &[S]) -> Result<Vec<String>, String> {
    // A choice may itself contain a comma ("migration, asylum and border control").
    if let Ok(whole) = one_of(typed, choices) {
        return Ok(vec![whole]);
    }
    split(typed).iter().map(|word| one_of(word, choices)).collect()
}

/// Splits at commas, semicolons and line ends.
fn split(typed: &str) -> Vec<String> {
    typed.split([',', ';', '\n']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn step(typed: &str, scale: Scale, terms: &dyn Terms) -> Result<i64, String> {
    let first = typed.split_whitespace().next().unwrap_or_default();
    if let Ok(step) = first.parse::<i64>() {
        return if (1..=5).contains(&step) {
            Ok(step)
        } else {
            Err(format!("The scale goes from 1 to 5, not {step}."))
        };
    }
    let names: Vec<String> = (1..=5).filter_map(|step| terms.step(scale, step)).collect();
    let name = one_of(typed, &names)?;
    let at = names.iter().position(|known| *known == name).unwrap_or(0);
    i64::try_from(at + 1).map_err(|error| error.to_string())
}

fn number(typed: &str, least: i64, most: i64) -> Result<i64, String> {
    match typed.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("“{}” is not a whole number from {least} to {most}.", text::line(typed))),
    }
}

fn flag(typed: &str) -> Result<bool, String> {
    match typed.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "on" => Ok(true),
        "no" | "n" | "false" | "0" | "off" => Ok(false),
        _ => Err(format!("“{}” is neither yes nor no.", text::line(typed))),
    }
}

fn moment(typed: &str, today: NaiveDate) -> Result<DateTime<Utc>, String> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(typed) {
        return Ok(moment.with_timezone(&Utc));
    }
    let (date, time) = match typed.rsplit_once(' ') {
        Some((date, time)) if time.contains(':') => (date, time),
        _ => (typed, "00:00"),
    };
    let day = when::parse_day(date, today)?;
    let time = NaiveTime::parse_from_str(time, "%H:%M")
        .map_err(|_| format!("“{}” is not a time; write it as 14:30.", text::line(time)))?;
    match Local.from_local_datetime(&day.and_time(time)).earliest() {
        Some(local) => Ok(local.with_timezone(&Utc)),
        None => Err("That hour does not exist on that day: the clocks change.".to_owned()),
    }
}
