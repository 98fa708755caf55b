//! `probity risk list`: some records, in some order, as a table, as JSON or as CSV; page by page, so that any number of
//! them needs no memory.

use std::collections::HashMap;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value as Json;

use super::options;
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::json::{self, Labels};
use crate::cli::out::{Out, note};
use crate::cli::special::{self, Held};
use crate::cli::table::{Column, Table};
use crate::record::{Field, FieldKind, Kind, Record, Value};
use crate::session::Session;
use crate::text;
use crate::workspace::{Condition, Direction, Page, Query, Sort};

/// Rows read at a time: few enough to need little memory, and enough that an order without an index is not sorted often.
const PAGE: usize = 5000;

/// Links are shown by reference in columns up to this width, by title in wider ones.
const REFERENCE: u16 = 10;

/// The command.
pub fn command(kind: Kind) -> Command {
    let plural = kind.plural.to_lowercase();
    let which = match kind.closed {
        Some((field, _)) => {
            format!("Lists open {plural}, unless --all, --closed or a filter on {field} asks for others.")
        }
        None => format!("Lists {plural}."),
    };
    let flag = |name: &'static str, help: String| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let mut command = Command::new("list").visible_alias("ls").about(which).args([
        Arg::new("filter").long("filter").short('f').value_name("FILTER").action(ArgAction::Append).help(
            "Only those that meet this, such as 'severity>=4', 'review.stage=triage' or 'title~chat'. May be repeated.",
        ),
        Arg::new("find").long("find").value_name("WORDS").help("Only those whose text contains these words."),
        Arg::new("sort")
            .long("sort")
            .value_name("FIELDS")
            .allow_hyphen_values(true)
            .help("The order: fields, separated by commas, each with - before it for the greatest first."),
        Arg::new("limit")
            .long("limit")
            .value_name("N")
            .value_parser(clap::value_parser!(usize))
            .help("At most so many."),
        Arg::new("columns")
            .long("columns")
            .value_name("FIELDS")
            .help("The fields to print, separated by commas; `all` for every one."),
        flag("json", "Print a JSON array of objects, each with its ref.".to_owned()).conflicts_with("csv"),
        flag("csv", "Print CSV with a header of field names.".to_owned()),
    ]);
    if kind.ends() {
        command = command.args([
            flag("open", format!("Open {plural} only.")).conflicts_with_all(["closed", "all"]),
            flag("closed", format!("Closed {plural} only.")).conflicts_with("all"),
            flag("all", format!("Open and closed {plural}.")),
        ]);
    } else {
        // So that a script may say it of any kind.
        command = command.arg(flag("all", format!("All {plural}; they are listed anyway.")));
    }
    command.args(options::for_filtering(kind))
}

/// Runs it.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let query = query(kind, matches, &session)?;
    let chosen = matches.get_one::<String>("columns");
    let columns = chosen.map(|typed| columns(kind, typed)).transpose()?;
    let standing = columns.is_none() && special::is_held(kind);
    let mut printer = if matches.get_flag("json") {
        Printer::Json { fields: columns.unwrap_or_else(|| kind.columns().collect()), begun: false, standing }
    } else if matches.get_flag("csv") {
        Printer::Csv { fields: columns.unwrap_or_else(|| reference_first(kind)), begun: false }
    } else {
        table_printer(columns.unwrap_or_else(|| shown(kind, "")), standing)
    };
    let limit = matches.get_one::<usize>("limit").copied().unwrap_or(usize::MAX);
    let rows = each_page(&session, &query, limit, |page| printer.page(&mut context.out, &session, page))?;
    printer.end(&mut context.out)?;
    if matches!(printer, Printer::Table { .. }) && rows == 0 {
        note(&format!("No {} are like that.", kind.plural.to_lowercase()));
    }
    Ok(())
}

fn query(kind: Kind, matches: &ArgMatches, session: &Session) -> Done<Query> {
    let mut query = Query::all(kind);
    query.conditions = options::conditions(kind, matches, session)?;
    for typed in matches.get_many::<String>("filter").into_iter().flatten() {
        query.conditions.push(options::condition(kind, typed, session)?);
    }
    if let Some((field, _)) = kind.closed {
        let flag = |name: &str| matches.get_flag(name);
        if flag("closed") {
            query.conditions.push(Condition::Closed);
        } else if flag("open") || !(flag("all") || query.conditions.iter().any(|condition| is_about(condition, field)))
        {
            query.conditions.push(Condition::Open);
        }
    }
    if let Some(words) = matches.get_one::<String>("find") {
        query = query.finding(words);
    }
    if let Some(typed) = matches.get_one::<String>("sort") {
        query.sort = typed.split(',').map(|word| sort(kind, word)).collect::<Done<_>>()?;
    }
    Ok(query)
}

/// Whether a filter says itself whether open or closed records are wanted.
fn is_about(condition: &Condition, field: &str) -> bool {
    match condition {
        Condition::Is(name, _) | Condition::Not(name, _) | Condition::AtMost(name, _) | Condition::AtLeast(name, _) => {
            *name == field
        }
        Condition::OneOf(name, _)
        | Condition::Contains(name, _)
        | Condition::Cites(name, _)
        | Condition::Lists(name) => *name == field,
        Condition::Open | Condition::Closed | Condition::RunOut(_) => true,
        Condition::Linked(..) => false,
        Condition::Any(conditions) => conditions.iter().any(|condition| is_about(condition, field)),
    }
}

fn sort(kind: Kind, typed: &str) -> Done<Sort> {
    let typed = typed.trim();
    let (descending, name) = match typed.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, typed.strip_prefix('+').unwrap_or(typed)),
    };
    Ok(Sort { field: options::field_named(kind, name)?.name, descending })
}

fn columns(kind: Kind, typed: &str) -> Done<Vec<&'static Field>> {
    if typed.trim().eq_ignore_ascii_case("all") {
        return Ok(kind.columns().collect());
    }
    typed.split(',').map(|name| options::field_named(kind, name)).collect()
}

/// The fields that tables show: the reference, and what the descriptions give a width; all but one.
fn shown(kind: Kind, without: &str) -> Vec<&'static Field> {
    kind.columns().filter(|field| field.column.is_some() && field.name != without).collect()
}

fn reference_first(kind: Kind) -> Vec<&'static Field> {
    let (mut first, rest): (Vec<_>, Vec<_>) = kind.columns().partition(|field| field.name == "ref");
    first.extend(rest);
    first
}

/// Goes through a list page by page; says how many rows there were.
///
/// # Errors
/// When a page cannot be read, and what `work` returns.
pub fn each_page(session: &Session, query: &Query, limit: usize, mut work: impl FnMut(&Page) -> Done) -> Done<usize> {
    let mut done = 0;
    let mut place = None;
    loop {
        let rows = PAGE.min(limit - done);
        if rows == 0 {
            return Ok(done);
        }
        let page = session.workspace.page(query, place.as_ref(), Direction::After, rows)?;
        done += page.rows.len();
        place = page.rows.last().map(|row| row.cursor.clone());
        let more = page.more;
        if !page.rows.is_empty() {
            work(&page)?;
        }
        if !more || place.is_none() {
            return Ok(done);
        }
    }
}

/// Prints some records as a table, as `list` does, without the column that says the same in every row.
///
/// # Errors
/// When they cannot be read or written.
pub fn print_records(out: &mut Out, session: &Session, query: &Query, without: &str, limit: usize) -> Done<usize> {
    let mut printer = table_printer(shown(query.kind, without), special::is_held(query.kind));
    each_page(session, query, limit, |page| printer.page(out, session, page))
}

/// Whether each record of a page still holds, where records of its kind can cease to.
fn standings(page: &Page, session: &Session) -> Done<Option<(&'static str, HashMap<String, Held>)>> {
    let Some(first) = page.rows.first() else { return Ok(None) };
    special::holding(first.record.kind(), page.rows.iter().map(|row| &row.record), session)
}

fn table_printer(fields: Vec<&'static Field>, standing: bool) -> Printer {
    let mut columns: Vec<Column> = fields
        .iter()
        .map(|field| match field.column {
            _ if field.name == "ref" => Column::whole("Ref"),
            Some(width) => Column::new(heading(field), usize::from(width)),
            None => Column::new(field.label, 30),
        })
        .collect();
    if standing {
        columns.push(Column::whole("Standing"));
    }
    Printer::Table { fields, table: Table::new(columns), standing }
}

/// A column's title; a number's column is as wide as the number, not as its name.
fn heading(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Step(_) if field.column.is_some_and(|width| width <= 3) => {
            field.label.get(..3).unwrap_or(field.label)
        }
        _ => field.label,
    }
}

/// A form of output that takes page after page.
enum Printer {
    /// `standing`: with the word that follows from other records, where the kind has one.
    Table {
        fields: Vec<&'static Field>,
        table: Table,
        standing: bool,
    },
    Json {
        fields: Vec<&'static Field>,
        begun: bool,
        standing: bool,
    },
    Csv {
        fields: Vec<&'static Field>,
        begun: bool,
    },
}

impl Printer {
    fn page(&mut self, out: &mut Out, session: &Session, page: &Page) -> Done {
        match self {
            Self::Table { fields, table, standing } => {
                let known = if *standing { standings(page, session)? } else { None };
                let rows: Vec<Vec<String>> = page
                    .rows
                    .iter()
                    .map(|row| {
                        let mut cells = cells(fields, &row.record, session, &page.labels);
                        if let Some((_, known)) = &known {
                            cells.push(known.get(row.record.id()).map_or("", |held| held.word).to_owned());
                        }
                        cells
                    })
                    .collect();
                table.print(out, &rows)
            }
            Self::Json { fields, begun, standing } => {
                let known = if *standing { standings(page, session)? } else { None };
                for row in &page.rows {
                    out.raw(if *begun { b",\n" } else { b"[\n" })?;
                    *begun = true;
                    let mut object = json::object(&row.record, &page.labels, fields);
                    if let (Some((name, known)), Json::Object(object)) = (&known, &mut object) {
                        let word = known.get(row.record.id()).map_or("", |held| held.word);
                        object.insert((*name).to_owned(), word.into());
                    }
                    out.json_inline(&object)?;
                }
                Ok(())
            }
            Self::Csv { fields, begun } => {
                let mut writer = csv::Writer::from_writer(Vec::new());
                if !*begun {
                    *begun = true;
                    writer.write_record(fields.iter().map(|field| field.name)).map_err(unwritten)?;
                }
                for row in &page.rows {
                    let cells = fields.iter().map(|field| csv_cell(field, row.record.get(field.name), &page.labels));
                    writer.write_record(cells).map_err(unwritten)?;
                }
                out.raw(&writer.into_inner().map_err(|error| Failure::Output(error.into_error()))?)
            }
        }
    }

    fn end(&mut self, out: &mut Out) -> Done {
        match self {
            Self::Table { .. } => Ok(()),
            Self::Json { begun, .. } => out.raw(if *begun { b"\n]\n" } else { b"[]\n" }),
            Self::Csv { fields, begun } => {
                if *begun {
                    return Ok(());
                }
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                out.line(&names.join(","))
            }
        }
    }
}

fn unwritten(error: csv::Error) -> Failure {
    Failure::Output(error.into())
}

fn cells(fields: &[&'static Field], record: &Record, session: &Session, labels: &Labels) -> Vec<String> {
    fields.iter().map(|field| text::line(&cell(field, record.get(field.name), session, labels)).into_owned()).collect()
}

fn cell(field: &'static Field, value: &Value, session: &Session, labels: &Labels) -> String {
    match (field.kind, value) {
        (FieldKind::Step(_), Value::Number(step)) => step.to_string(),
        (FieldKind::Link(_), Value::Text(id)) => match labels.get(id) {
            Some(label) if field.linked_kind() == Some("person") => label.title.clone(),
            Some(label) if field.column.is_none_or(|width| width > REFERENCE) => label.title.clone(),
            Some(label) => label.reference.clone(),
            None => id.clone(),
        },
        _ => super::in_words(field, value, session, labels),
    }
}

/// A cell of CSV: what JSON says, lists joined by semicolons; nothing that a spreadsheet runs or a terminal obeys.
fn csv_cell(field: &Field, value: &Value, labels: &Labels) -> String {
    let said = match (field.kind, value) {
        (FieldKind::Link(_), Value::Text(id)) => json::link(field, id, labels),
        (_, Value::List(items)) => items.join("; "),
        _ => value.display(),
    };
    text::spreadsheet_cell(&text::lines(&said)).into_owned()
}
