//! From a mapping's TOML to a [`Mapping`] that can be trusted: every name in it is looked up before any row is read.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use toml::Spanned;

use super::raw::{OneOrMore, RawColumnTable, RawDates, RawHeaders, RawMapping, RawPartTable, RawRead, RawRule};
use super::words::{Blanks, Dates, fold, nearest};
use super::{Column, From, Mapping, Otherwise, Part, Rule, Target, ValueMap, When, Which};
use crate::exchange::table::ReadOptions;
use crate::exchange::{Error, Result, shown};
use crate::record::{Field, FieldKind, Kind, Names, Record, Resolve, Scale, Terms, Value, parse};

type Place = std::ops::Range<usize>;

/// Names the line of a place in the mapping's file.
struct File<'a> {
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn line(&self, place: &Place) -> u64 {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        1 + before.bytes().filter(|byte| *byte == b'\n').count() as u64
    }

    fn refuse<T>(&self, place: &Place, message: impl Into<String>) -> Result<T> {
        Err(Error::Mapping { file: self.name.to_owned(), line: Some(self.line(place)), message: message.into() })
    }
}

/// Reads and checks a mapping.
pub fn mapping(name: &str, text: &str) -> Result<Mapping> {
    let file = File { name, text };
    let raw: RawMapping = toml::from_str(text).map_err(|error| Error::Mapping {
        file: name.to_owned(),
        line: error.span().map(|span| file.line(&span)),
        message: error.message().trim_end().replace('\n', " "),
    })?;
    let id = raw.id.get_ref().trim();
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return file.refuse(&raw.id.span(), "the id must be of letters, digits, “-”, “_” and “.”.");
    }
    let blank = Blanks::new(raw.blank.iter().map(String::as_str));
    let blank_dates = match &raw.dates.blank {
        Some(spellings) => Blanks::new(spellings.iter().map(String::as_str)),
        None => blank.clone(),
    };
    let maps = raw.map.iter().map(|(name, values)| value_map(&file, name, values)).collect::<Result<Vec<_>>>()?;
    let headers_are_fields = raw.read.headers == RawHeaders::Fields;
    let mut rules = Vec::new();
    for (notes, rule) in raw.field.iter().map(|rule| (false, rule)).chain(raw.note.iter().map(|rule| (true, rule))) {
        rules.push(Checker { file: &file, raw: &raw, maps: &maps }.rule(rule, notes)?);
    }
    if headers_are_fields {
        if !rules.is_empty() {
            return file
                .refuse(&raw.id.span(), "with headers = \"fields\" the rules follow from the headers; name none.");
        }
    } else {
        if !rules.iter().any(|rule| rule.to.name() == "system.name") {
            return file.refuse(&raw.id.span(), "no rule fills system.name, and every system needs a name.");
        }
        if raw.key.is_empty() {
            let message = "key is missing: name the columns that identify a row, such as key = [\"Agency\", \"Name\"].";
            return file.refuse(&raw.id.span(), message);
        }
    }
    let key = raw.key.iter().map(|column| which(&file, &column.span(), &column.get_ref().0)).collect::<Result<_>>()?;
    Ok(Mapping {
        id: id.to_owned(),
        title: raw.title.clone(),
        description: raw.description.clone(),
        file: name.to_owned(),
        read: read_options(&file, &raw.read)?,
        headers_are_fields,
        key,
        blank,
        blank_dates,
        dates: dates(&file, &raw.dates)?,
        maps,
        rules,
    })
}

fn read_options(file: &File<'_>, read: &RawRead) -> Result<ReadOptions> {
    let expected_encoding = match &read.encoding {
        Some(label) if encoding_rs::Encoding::for_label(label.get_ref().as_bytes()).is_none() => {
            let message = format!("“{}” is not the name of an encoding.", shown(label.get_ref()));
            return file.refuse(&label.span(), message);
        }
        label => label.as_ref().map(|label| label.get_ref().clone()),
    };
    let delimiter = match &read.delimiter {
        Some(given) => {
            let mut characters = given.get_ref().chars();
            match (characters.next(), characters.next()) {
                (Some(one), None) if one.is_ascii() => Some(one),
                _ => {
                    return file
                        .refuse(&given.span(), "the delimiter is one ASCII character, such as \";\" or \"\\t\".");
                }
            }
        }
        None => None,
    };
    let header_row = read.header_row.unwrap_or(0);
    Ok(ReadOptions { expected_encoding, delimiter, sheet: read.sheet.clone(), header_row, ..ReadOptions::default() })
}

fn dates(file: &File<'_>, dates: &RawDates) -> Result<Dates> {
    let day = |given: &Option<Spanned<String>>, year: i32| match given {
        None => Ok(NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()),
        Some(text) => NaiveDate::parse_from_str(text.get_ref(), "%Y-%m-%d")
            .or_else(|_| file.refuse(&text.span(), "a date is expected, in quotes and written as \"1950-01-01\".")),
    };
    let probe = NaiveDate::from_ymd_opt(2024, 11, 30).unwrap_or_default();
    for format in &dates.formats {
        // Formatting with a wrong format fails inside chrono, so the items are looked at first.
        let items = chrono::format::StrftimeItems::new(format.get_ref());
        let wrong = items.clone().any(|item| matches!(item, chrono::format::Item::Error));
        if wrong || !gives_whole_dates(format.get_ref(), probe) {
            let message = format!(
                "“{}” does not give a whole date; formats are written as \"%m/%d/%Y\" (year, month and day).",
                shown(format.get_ref())
            );
            return file.refuse(&format.span(), message);
        }
    }
    let formats = dates.formats.iter().map(|format| format.get_ref().clone()).collect();
    Ok(Dates { formats, earliest: day(&dates.earliest, 1950)?, latest: day(&dates.latest, 2100)? })
}

/// Whether a date written in this format can be read back.
fn gives_whole_dates(format: &str, probe: NaiveDate) -> bool {
    use std::fmt::Write;
    let mut written = String::new();
    // A format that asks for hours cannot be written from a date.
    write!(written, "{}", probe.format(format)).is_ok() && NaiveDate::parse_from_str(&written, format) == Ok(probe)
}

fn value_map(
    file: &File<'_>,
    name: &Spanned<String>,
    raw: &BTreeMap<Spanned<String>, Spanned<String>>,
) -> Result<ValueMap> {
    let mut values: HashMap<String, String> = HashMap::new();
    let mut in_order: Vec<_> = raw.iter().collect();
    in_order.sort_by_key(|(from, _)| from.span().start);
    for (from, to) in in_order {
        let folded = fold(from.get_ref()).into_owned();
        if let Some(other) = values.insert(folded, to.get_ref().clone())
            && other != *to.get_ref()
        {
            let message = format!("“{}” stands twice, for different values.", shown(from.get_ref()));
            return file.refuse(&from.span(), message);
        }
    }
    let longest = values.keys().map(String::len).max().unwrap_or(0);
    Ok(ValueMap { name: name.get_ref().clone(), values, longest })
}

fn which(file: &File<'_>, place: &Place, raw: &RawColumnTable) -> Result<Column> {
    let which = match (&raw.column, &raw.after, raw.number) {
        (Some(header), None, None) => Which::Named(header.clone(), raw.nth),
        (None, Some(header), None) => Which::After(header.clone(), raw.nth),
        (None, None, Some(number)) if number > 0 && raw.nth.is_none() => Which::Number(number),
        _ => {
            let message = "name a column by one of: column = \"…\" (with nth, where several have the header), \
                           after = \"…\", number = 7 (counted from 1).";
            return file.refuse(place, message);
        }
    };
    if raw.nth == Some(0) {
        return file.refuse(place, "nth counts from 1.");
    }
    Ok(Column { which, line: file.line(place) })
}

/// Checks rules against the fields they fill and the value maps they use.
struct Checker<'a> {
    file: &'a File<'a>,
    raw: &'a RawMapping,
    maps: &'a [ValueMap],
}

impl Checker<'_> {
    fn rule(&self, spanned: &Spanned<RawRule>, notes: bool) -> Result<Rule> {
        let raw = spanned.get_ref();
        let to = Target::named(raw.to.get_ref()).or_else(|message| self.file.refuse(&raw.to.span(), message))?;
        if notes && !to.is_notes() {
            return self
                .file
                .refuse(&raw.to.span(), "a [[note]] goes to system.notes, review.notes or another's notes.");
        }
        let from = match (&raw.from, &raw.value) {
            (None, Some(constant)) => {
                self.fits(to, constant)?;
                From::Constant(constant.get_ref().clone())
            }
            (Some(from), None) => From::Columns {
                parts: self.parts(raw, from, to, notes)?,
                join: raw.join.clone().unwrap_or_else(|| "\n\n".to_owned()),
            },
            _ => {
                return self
                    .file
                    .refuse(&raw.to.span(), "a rule needs either from = \"a column\" or value = \"a text\".");
            }
        };
        let when = raw.when.as_ref().map(|when| {
            let place = when.span();
            let when = when.get_ref();
            if when.is.is_none() && when.not.is_none() && when.said.is_none() {
                return self.file.refuse(&place, "when needs is = [\"…\"], not = [\"…\"] or said = true.");
            }
            let folded = |values: &Vec<String>| values.iter().map(|value| fold(value).into_owned()).collect();
            Ok(When {
                column: which(self.file, &place, &when.which())?,
                is: when.is.as_ref().map(folded),
                not: when.not.as_ref().map(folded).unwrap_or_default(),
                said: when.said,
            })
        });
        Ok(Rule { to, from, when: when.transpose()? })
    }

    fn parts(&self, rule: &RawRule, from: &Spanned<OneOrMore>, to: Target, notes: bool) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for part in &from.get_ref().0 {
            // A part that stands alone has no place of its own.
            let place = if part.span().is_empty() { from.span() } else { part.span() };
            parts.push(self.part(rule, &part.get_ref().0, &place, to, notes)?);
        }
        if parts.is_empty() {
            return self.file.refuse(&from.span(), "from names no column.");
        }
        Ok(parts)
    }

    fn part(&self, rule: &RawRule, raw: &RawPartTable, place: &Place, to: Target, notes: bool) -> Result<Part> {
        let map = match raw.map.as_ref().or(rule.map.as_ref()) {
            Some(name) => {
                let Some(at) = self.maps.iter().position(|map| map.name == *name.get_ref()) else {
                    let known = self.maps.iter().map(|map| map.name.as_str());
                    let hint = match nearest(name.get_ref(), known) {
                        Some(near) => format!("Did you mean “{near}”?"),
                        None => format!("Write its values under [map.{}].", shown(name.get_ref())),
                    };
                    let message = format!("there is no value map “{}”. {hint}", shown(name.get_ref()));
                    return self.file.refuse(&name.span(), message);
                };
                if let Some((_, values)) = self.raw.map.iter().find(|(known, _)| known.get_ref() == name.get_ref()) {
                    values.values().filter(|value| !value.get_ref().is_empty()).try_for_each(|v| self.fits(to, v))?;
                }
                Some(at)
            }
            None => None,
        };
        let default = raw.default.as_ref().or(rule.default.as_ref());
        default.map(|default| self.fits(to, default)).transpose()?;
        let otherwise = raw.otherwise.or(rule.otherwise);
        if map.is_none() && (otherwise.is_some() || default.is_some()) {
            return self.file.refuse(place, "else and default say what a value map does not list; name one with map.");
        }
        if otherwise == Some(Otherwise::Keep) && !is_text(to.field) {
            let message = format!("{} cannot keep any text; use else = \"note\" or \"error\".", to.name());
            return self.file.refuse(place, message);
        }
        let asked = raw.date.or(rule.date).unwrap_or(false);
        if asked && !is_text(to.field) && to.field.kind != FieldKind::Day {
            return self.file.refuse(place, format!("{} cannot hold a date.", to.name()));
        }
        Ok(Part {
            column: which(self.file, place, &raw.which())?,
            label: raw.label.clone(),
            labelled: notes,
            map,
            default: default.map(|default| default.get_ref().clone()),
            otherwise: otherwise.unwrap_or_default(),
            split: raw.split.clone().or_else(|| rule.split.clone()).unwrap_or_default(),
            take: raw.take.or(rule.take),
            date: asked || to.field.kind == FieldKind::Day,
            blank: raw
                .blank
                .as_ref()
                .or(rule.blank.as_ref())
                .map(|spellings| Blanks::new(spellings.iter().map(String::as_str))),
        })
    }

    fn fits(&self, to: Target, value: &Spanned<String>) -> Result<()> {
        match fit(to.field, value.get_ref()) {
            Ok(_) => Ok(()),
            Err(message) => self.file.refuse(&value.span(), format!("{}: {message}", to.name())),
        }
    }
}

/// Whether a field holds any text.
pub fn is_text(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Line | FieldKind::Prose | FieldKind::Words)
}

/// A text in the form in which a field keeps it, as far as that can be said without a workspace: links to people and
/// names that policy defines are left for the import.
pub fn fit(field: &Field, text: &str) -> Result<String, String> {
    match field.kind {
        FieldKind::Link(_)
        | FieldKind::Links(_)
        | FieldKind::Reference
        | FieldKind::Named(_)
        | FieldKind::NamedMany(_) => Ok(text.to_owned()),
        _ => match parse(field, text, NaiveDate::default(), &Nobody, &Nobody) {
            // Several texts in one, each on its line: a choice may hold a comma.
            Ok(Value::List(items)) => Ok(items.join("\n")),
            Ok(value) => Ok(value.display()),
            Err(problem) => Err(problem.message),
        },
    }
}

/// No policy and no workspace: what [`fit`] asks needs neither.
struct Nobody;

impl Terms for Nobody {
    fn names(&self, _: Names) -> Vec<String> {
        Vec::new()
    }
    fn level(&self, _: i64, _: i64) -> Option<(String, i64)> {
        None
    }
    fn step(&self, _: Scale, _: i64) -> Option<String> {
        None
    }
    fn completeness(&self, _: &Record) -> (i64, i64) {
        (0, 0)
    }
    fn stage_days(&self, _: &str, _: Option<&str>) -> Option<u32> {
        None
    }
}

impl Resolve for Nobody {
    fn id_of(&self, kind: Kind, text: &str) -> Result<String, String> {
        Err(format!("“{}” names no {}.", shown(text), kind.label))
    }
}
