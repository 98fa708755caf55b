//! Reading the list `law`. An amendment is laid over the version that it amends as one layer of policy over another: row by
//! row, key by key.

use std::collections::HashMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Application, Duty, Law, Point, Practice, Provenance};
use crate::policy::layer::Item;
use crate::policy::reader::{Located, Reader};
use crate::record::legal::{ANNEX_III, NONE, PRACTICES, SITUATIONS};
use crate::record::{FieldKind, LEGAL};

/// A version of the law as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(in crate::policy) struct LawForm {
    /// Its id, such as `eu-ai-act-2024`.
    id: Located<String>,
    /// What people call it.
    title: String,
    /// How it is cited.
    citation: String,
    /// The version that it amends: it then gives only what differs.
    amends: Option<Located<String>>,
    /// From when it is law, as `2024-08-01`.
    valid_from: Option<Located<String>>,
    /// Until when it was law.
    valid_to: Option<Located<String>>,
    /// Where it was read.
    source: String,
    /// When it was checked against that.
    checked_on: String,
    /// Whether it is confirmed.
    confirmed: Option<bool>,
    /// What is to be known of it.
    note: Option<String>,
    /// From when its parts apply.
    #[serde(default)]
    application: Vec<ApplicationForm>,
    /// The prohibited practices.
    #[serde(default)]
    practice: Vec<PracticeForm>,
    /// The points of Annex III.
    #[serde(default)]
    point: Vec<PointForm>,
    /// The situations of Art. 50.
    #[serde(default)]
    situation: Vec<SituationForm>,
    /// The duties.
    #[serde(default)]
    duty: Vec<DutyForm>,
}

/// From when a part of a law applies, as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
struct ApplicationForm {
    /// Its id, such as `annex-iii`.
    id: String,
    /// What applies.
    title: String,
    /// For which answers, in CEL on packet and legal.
    when: Option<Located<String>>,
    /// From when, as `2027-12-02`.
    valid_from: Located<String>,
    /// Until when, where it ends.
    valid_to: Option<Located<String>>,
    /// Where it was read.
    source: Option<String>,
    /// When it was checked against that.
    checked_on: Option<String>,
    /// Whether it is confirmed.
    confirmed: Option<bool>,
    /// What is to be known of it.
    note: Option<String>,
}

/// A prohibited practice as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "field"))]
struct PracticeForm {
    /// The field of the classification that asks about it, such as `art_5_a`.
    field: Located<String>,
    /// Where it stands.
    article: String,
    /// What it is, in our own words.
    text: String,
    /// The exception that the law makes.
    exception: Option<String>,
    /// The part of the law that says from when.
    application: Located<String>,
    /// Where it was read.
    source: Option<String>,
    /// When it was checked against that.
    checked_on: Option<String>,
    /// Whether it is confirmed.
    confirmed: Option<bool>,
    /// What is to be known of it.
    note: Option<String>,
}

/// A point of Annex III as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "point"))]
struct PointForm {
    /// The choice that means it, such as `4a recruitment`.
    point: Located<String>,
    /// Where it stands.
    article: String,
    /// What it is, in our own words.
    text: String,
    /// What it does not cover.
    exception: Option<String>,
    /// Where it was read.
    source: Option<String>,
    /// When it was checked against that.
    checked_on: Option<String>,
    /// Whether it is confirmed.
    confirmed: Option<bool>,
    /// What is to be known of it.
    note: Option<String>,
}

/// A situation of Art. 50 as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "situation"))]
struct SituationForm {
    /// The choice that means it, such as `4 deep fakes`.
    situation: Located<String>,
    /// Where it stands.
    article: String,
    /// What it is, in our own words.
    text: String,
    /// Where it was read.
    source: Option<String>,
    /// When it was checked against that.
    checked_on: Option<String>,
    /// Whether it is confirmed.
    confirmed: Option<bool>,
    /// What is to be known of it.
    note: Option<String>,
}

/// A duty as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
struct DutyForm {
    /// Its id, such as `risk-management`.
    id: String,
    /// Where it stands.
    article: String,
    /// What is owed, in one line.
    title: String,
    /// The roles that owe it; everybody, where there is none.
    #[serde(default)]
    to: Vec<Located<String>>,
    /// For which answers, in CEL on packet and legal.
    when: Option<Located<String>>,
    /// The parts of the law that say from when: the first that holds counts.
    application: Vec<Located<String>>,
    /// Where it was read.
    source: Option<String>,
    /// When it was checked against that.
    checked_on: Option<String>,
    /// Whether it is confirmed.
    confirmed: Option<bool>,
    /// What is to be known of it.
    note: Option<String>,
}

/// Reads the list `law`.
pub(in crate::policy) fn read<'s>(reader: &mut Reader<'s>, root: &mut DeTable<'s>) -> Vec<Law> {
    let Some(item) = root.remove("law") else { return Vec::new() };
    let at = item.span().start;
    let DeValue::Array(items) = item.into_inner() else {
        reader.flaw(at, "“law” is a list of tables, each under [[law]].");
        return Vec::new();
    };
    let mut whole: HashMap<String, DeTable<'s>> = HashMap::new();
    let mut laws = Vec::new();
    for item in items {
        let span = item.span();
        let DeValue::Table(own) = item.into_inner() else { continue };
        let Some(table) = amended(reader, own, &whole) else { continue };
        if let Some(id) = table.get("id").and_then(|id| id.get_ref().as_str()) {
            whole.insert(id.to_owned(), table.clone());
        }
        let item: Item<'s> = Spanned::new(span, DeValue::Table(table));
        laws.extend(reader.value(item).map(|form| read_law(reader, form)));
    }
    laws
}

/// A version whole: laid over the one that it amends, if it amends one.
fn amended<'s>(reader: &mut Reader<'s>, own: DeTable<'s>, whole: &HashMap<String, DeTable<'s>>) -> Option<DeTable<'s>> {
    let Some(amends) = own.get("amends") else { return Some(own) };
    let at = amends.span().start;
    let name = amends.get_ref().as_str().unwrap_or_default().to_owned();
    let Some(lower) = whole.get(&name) else {
        let known: Vec<&String> = whole.keys().collect();
        reader.unknown(at, &name, "a law that stands before this one", "law", &known);
        return None;
    };
    let mut lower = lower.clone();
    // What is said of the amended version as a whole is not said of the amendment.
    for key in ["valid_from", "valid_to", "note", "confirmed"] {
        lower.remove(key);
    }
    reader.lay_over(&mut lower, own, "law");
    Some(lower)
}

fn read_law(reader: &mut Reader<'_>, form: LawForm) -> Law {
    let own = Provenance {
        source: form.source,
        checked_on: form.checked_on,
        confirmed: form.confirmed.unwrap_or(true),
        note: form.note,
    };
    let from = |source: Option<String>, checked_on: Option<String>, confirmed: Option<bool>, note: Option<String>| {
        Provenance {
            source: source.unwrap_or_else(|| own.source.clone()),
            checked_on: checked_on.unwrap_or_else(|| own.checked_on.clone()),
            confirmed: confirmed.unwrap_or(true),
            note,
        }
    };
    let applications = read_applications(reader, form.application, &from);
    let known: Vec<String> = applications.iter().map(|application| application.id.clone()).collect();
    let mut practices = Vec::new();
    for row in form.practice {
        reader.all_known(std::slice::from_ref(&row.application), "a part of this law", "application", &known);
        let field = LEGAL.field(&row.field).filter(|field| PRACTICES.contains(&field.name));
        let Some(field) = field else {
            reader.unknown(row.field.at(), &row.field, "a question about a practice", "practice", PRACTICES);
            continue;
        };
        let provenance = from(row.source, row.checked_on, row.confirmed, row.note);
        let (article, text, exception) = (row.article, row.text, row.exception);
        practices.push(Practice {
            field,
            article,
            text,
            exception,
            application: row.application.into_inner(),
            provenance,
        });
    }
    let mut points = Vec::new();
    for row in form.point {
        let provenance = from(row.source, row.checked_on, row.confirmed, row.note);
        let Some(choice) = choice(reader, &row.point, "a point of Annex III", ANNEX_III) else { continue };
        points.push(Point { choice, article: row.article, text: row.text, exception: row.exception, provenance });
    }
    let mut situations = Vec::new();
    for row in form.situation {
        let provenance = from(row.source, row.checked_on, row.confirmed, row.note);
        let Some(choice) = choice(reader, &row.situation, "a situation of Art. 50", SITUATIONS) else { continue };
        situations.push(Point { choice, article: row.article, text: row.text, exception: None, provenance });
    }
    let duties = read_duties(reader, form.duty, &known, &from);
    check_whole(reader, &form.id, &points, ANNEX_III, "point");
    check_whole(reader, &form.id, &situations, SITUATIONS, "situation");
    Law {
        id: form.id.into_inner(),
        title: form.title,
        citation: form.citation,
        amends: form.amends.map(Located::into_inner),
        valid_from: form.valid_from.and_then(|day| read_day(reader, &day)),
        valid_to: form.valid_to.and_then(|day| read_day(reader, &day)),
        provenance: own,
        applications,
        practices,
        points,
        situations,
        duties,
    }
}

type From<'f> = &'f dyn Fn(Option<String>, Option<String>, Option<bool>, Option<String>) -> Provenance;

fn read_applications(reader: &mut Reader<'_>, rows: Vec<ApplicationForm>, from: From<'_>) -> Vec<Application> {
    let mut applications = Vec::new();
    for row in rows {
        let when = row.when.and_then(|when| reader.legal_condition(&when));
        let valid_to = row.valid_to.and_then(|day| read_day(reader, &day));
        if let Some(valid_from) = read_day(reader, &row.valid_from) {
            if valid_to.is_some_and(|to| to < valid_from) {
                reader.flaw(row.valid_from.at(), "“valid_from” lies after “valid_to”.");
            }
            let provenance = from(row.source, row.checked_on, row.confirmed, row.note);
            applications.push(Application { id: row.id, title: row.title, when, valid_from, valid_to, provenance });
        }
    }
    applications
}

fn read_duties(reader: &mut Reader<'_>, rows: Vec<DutyForm>, known: &[String], from: From<'_>) -> Vec<Duty> {
    let roles: &[&str] = match LEGAL.field("role").map(|field| field.kind) {
        Some(FieldKind::Choice(roles)) => roles,
        _ => &[],
    };
    let mut duties = Vec::new();
    for row in rows {
        reader.all_known(&row.application, "a part of this law", "application", known);
        reader.all_known(&row.to, "a role", "role", roles);
        let to = row.to.iter().filter_map(|role| roles.iter().copied().find(|known| *known == role.as_str()));
        duties.push(Duty {
            id: row.id,
            article: row.article,
            title: row.title,
            to: to.collect(),
            when: row.when.and_then(|when| reader.legal_condition(&when)),
            applications: row.application.into_iter().map(Located::into_inner).collect(),
            provenance: from(row.source, row.checked_on, row.confirmed, row.note),
        });
    }
    duties
}

/// The choice that a row explains.
fn choice(
    reader: &mut Reader<'_>,
    said: &Located<String>,
    what: &str,
    choices: &'static [&'static str],
) -> Option<&'static str> {
    let found = choices.iter().copied().find(|choice| *choice == said.as_str() && *choice != NONE);
    if found.is_none() {
        reader.unknown(said.at(), said, what, "law", choices);
    }
    found
}

/// Every choice of a list must be explained: an answer of which the law says nothing would be lost.
fn check_whole(reader: &mut Reader<'_>, id: &Located<String>, rows: &[Point], choices: &[&str], what: &str) {
    for choice in choices {
        if *choice != NONE && !rows.iter().any(|row| row.choice == *choice) {
            reader.flaw(id.at(), format!("the law “{}” has no {what} “{choice}”; every one must be explained.", **id));
        }
    }
}

fn read_day(reader: &mut Reader<'_>, said: &Located<String>) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(said, "%Y-%m-%d").ok();
    if day.is_none() {
        reader.flaw(said.at(), format!("“{}” is not a date; write it as 2027-12-02, in quotes.", said.as_str()));
    }
    day
}
