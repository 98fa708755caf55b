//! Filters as people type them, on the command line and in the screens: `status=open`, `severity>=4`, `owner=@lena`,
//! `due_on<fri`, `review.reviewer=me`, `tier=high,medium`, `fallback=` (nothing said), `title~chat`.

use chrono::NaiveDate;

use super::error::{Error, Result};
use super::query::Condition;
use crate::record::{FieldKind, Kind, Resolve, Terms, Value, kind_named, parse};

/// Reads one condition on records of `kind`. `open`, `closed` and `expired` stand alone.
///
/// # Errors
/// Says what cannot be read and what can be written.
pub fn parse_condition(
    kind: Kind,
    text: &str,
    today: NaiveDate,
    terms: &dyn Terms,
    resolve: &dyn Resolve,
) -> Result<Condition> {
    let typed = text.trim();
    match typed.to_lowercase().as_str() {
        "open" if kind.ends() => return Ok(Condition::Open),
        "closed" if kind.ends() => return Ok(Condition::Closed),
        "expired" => return Ok(Condition::RunOut(today)),
        _ => {}
    }
    let Some(at) = typed.find(['=', '<', '>', '!', '~', ':']) else {
        let shown = crate::text::line(typed);
        return Err(Error::Query(format!(
            "“{shown}” is not a filter; write a field and a value: status=open, severity>=4, owner=me, due_on<fri."
        )));
    };
    let (name, rest) = typed.split_at(at);
    let operator = ["<=", ">=", "!=", "<", ">", "=", "~", ":"].into_iter().find(|sign| rest.starts_with(sign));
    let Some(operator) = operator else {
        return Err(Error::Query(format!(
            "“{}” has no comparison that is known: = != < <= > >= ~.",
            crate::text::line(typed)
        )));
    };
    let value = rest[operator.len()..].trim();
    if let Some((link, inner)) = name.trim().split_once('.') {
        let field = field_named(kind, link)?;
        let Some(other) = field.linked_kind().and_then(kind_named) else {
            return Err(Error::Query(format!("{} does not lead to another record.", field.label)));
        };
        let inner = parse_condition(other, &format!("{inner}{operator}{value}"), today, terms, resolve)?;
        return Ok(Condition::Linked(field.name, Box::new(inner)));
    }
    let field = field_named(kind, name.trim())?;
    let one = |text: &str| {
        parse(field, text, today, terms, resolve)
            .map_err(|problem| Error::Query(format!("{}: {}", field.name, problem.message)))
    };
    Ok(match operator {
        "~" => Condition::Contains(field.name, value.to_owned()),
        "=" | ":" if field.is_list() && !value.is_empty() => {
            Condition::Contains(field.name, serde_json::Value::from(value).to_string())
        }
        "=" | ":" if value.contains(',') && !matches!(field.kind, FieldKind::Line | FieldKind::Prose) => {
            // A choice may itself contain a comma.
            match one(value) {
                Ok(whole) => Condition::Is(field.name, whole),
                Err(_) => Condition::OneOf(field.name, value.split(',').map(one).collect::<Result<_>>()?),
            }
        }
        "=" | ":" => Condition::Is(field.name, one(value)?),
        "!=" => Condition::Not(field.name, one(value)?),
        "<=" => Condition::AtMost(field.name, one(value)?),
        ">=" => Condition::AtLeast(field.name, one(value)?),
        strict => {
            let bound = one(value)?;

            match (strict, &bound) {
                ("<", Value::Number(number)) => Condition::AtMost(field.name, Value::Number(number.saturating_sub(1))),
                (_, Value::Number(number)) => Condition::AtLeast(field.name, Value::Number(number.saturating_add(1))),
                ("<", Value::Day(day)) => Condition::AtMost(field.name, Value::Day(day.pred_opt().unwrap_or(*day))),
                (_, Value::Day(day)) => Condition::AtLeast(field.name, Value::Day(day.succ_opt().unwrap_or(*day))),
                ("<", _) => Condition::AtMost(field.name, bound),
                _ => Condition::AtLeast(field.name, bound),
            }
        }
    })
}

/// The field with this name, or the only one that starts like it.
fn field_named(kind: Kind, name: &str) -> Result<&'static crate::record::Field> {
    let name = name.to_lowercase().replace('-', "_");
    if let Some(field) = kind.field(&name) {
        return Ok(field);
    }
    let mut starting = kind.columns().filter(|field| !name.is_empty() && field.name.starts_with(&name));
    if let (Some(only), None) = (starting.next(), starting.next()) {
        Ok(only)
    } else {
        let names: Vec<&str> = kind.columns().map(|field| field.name).collect();
        let shown = crate::text::line(&name).into_owned();
        Err(Error::Query(format!("{} have no field “{shown}”; there are: {}.", kind.plural, names.join(", "))))
    }
}
