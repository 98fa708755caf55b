//! Lists: which records, in which order, one page at a time.
//!
//! Pages are found by key, not by counting: the next page starts after the last row's place in the order, so that
//! the cost of a page does not grow with how far down it is. Counts are asked for apart.

use std::collections::HashMap;
use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Cell;

use super::error::{Error, Result};
use super::read::Label;
use super::row::{column_list, quoted, read_record, to_cell};
use super::{Workspace, schema, search};
use crate::record::{Field, FieldKind, Kind, Record, Value, kind_named};

/// The year of the day that stands in a sort key for none.
const LAST_YEAR: i32 = 9999;

/// Tells some records from others.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The field holds this; [`Value::Empty`] means that nothing was said.
    Is(&'static str, Value),
    /// The field does not hold this.
    Not(&'static str, Value),
    /// The field holds something at or under this.
    AtMost(&'static str, Value),
    /// The field holds something at or over this.
    AtLeast(&'static str, Value),
    /// The field holds one of these.
    OneOf(&'static str, Vec<Value>),
    /// The text or the list contains this, whatever the case.
    Contains(&'static str, String),
    /// The list of references holds this one.
    Cites(&'static str, String),
    /// The list holds anything.
    Lists(&'static str),
    /// The record still needs work.
    Open,
    /// The record needs no more work.
    Closed,
    /// A decision, or what one let pass, whose last day was before this one: a waived item, an accepted risk.
    RunOut(NaiveDate),
    /// The record that the field links to meets a condition.
    Linked(&'static str, Box<Condition>),
    /// Any of these holds.
    Any(Vec<Condition>),
}

/// One key of an order. Records in which it is empty come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The field.
    pub field: &'static str,
    /// The greatest first.
    pub descending: bool,
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The kind of record.
    pub kind: Kind,
    /// All of these hold.
    pub conditions: Vec<Condition>,
    /// Words that the record's text contains, the last one perhaps unfinished. Empty for all.
    pub find: String,
    /// The order; empty for the kind's own.
    pub sort: Vec<Sort>,
}

/// A place in an order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cursor(Vec<Cell>);

/// Which way a page goes from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The rows after it.
    After,
    /// The rows before it; they still come in the list's order.
    Before,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The record.
    pub record: Record,
    /// Its place in the order.
    pub cursor: Cursor,
}

/// Some consecutive rows of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The rows, in the list's order.
    pub rows: Vec<Row>,
    /// Labels of the records they link to, by id.
    pub labels: HashMap<String, Label>,
    /// Whether there are more rows beyond this page, in the direction it was asked for.
    pub more: bool,
}

impl Query {
    /// All records of a kind, in its own order.
    #[must_use]
    pub fn all(kind: Kind) -> Self {
        Self { kind, conditions: Vec::new(), find: String::new(), sort: Vec::new() }
    }

    /// Those that still need work; all, where the kind has no end.
    #[must_use]
    pub fn open(kind: Kind) -> Self {
        let query = Self::all(kind);
        if kind.ends() { query.with(Condition::Open) } else { query }
    }

    /// The same with one more condition.
    #[must_use]
    pub fn with(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The same in another order.
    #[must_use]
    pub fn sorted(mut self, sort: Vec<Sort>) -> Self {
        self.sort = sort;
        self
    }

    /// The same for records that contain these words.
    #[must_use]
    pub fn finding(mut self, words: &str) -> Self {
        words.clone_into(&mut self.find);
        self
    }

    /// The SQL that reads these columns of what it finds, in no order; for tests of how SQLite goes about it.
    #[cfg(test)]
    pub(super) fn sql(&self, columns: &str) -> Result<String> {
        let mut sql = Sql { text: format!("SELECT {columns} FROM {} t", quoted(self.kind.name)), params: Vec::new() };
        sql.all_conditions(self)?;
        Ok(sql.text)
    }

    /// The SQL that reads these fields of what it finds, in the order in which it was recorded, with its parameters.
    pub(super) fn picking(&self, fields: &[&str]) -> Result<(String, Vec<Cell>, Vec<&'static Field>)> {
        let fields: Vec<&'static Field> = fields.iter().map(|name| known(self.kind, name)).collect::<Result<_>>()?;
        let columns = fields.iter().map(|field| quoted(field.name)).collect::<Vec<_>>().join(", ");
        let mut sql = Sql { text: format!("SELECT {columns} FROM {} t", quoted(self.kind.name)), params: Vec::new() };
        sql.all_conditions(self)?;
        sql.text.push_str(" ORDER BY no");
        Ok((sql.text, sql.params, fields))
    }

    fn order(&self) -> Result<Vec<(String, bool)>> {
        if self.sort.is_empty() {
            // The kind's own order is stored order, which an index serves; links go by id there, not by title.
            return self
                .kind
                .order
                .iter()
                .map(|(name, down)| Ok((stored_key(known(self.kind, name)?, *down), *down)))
                .collect();
        }
        self.sort
            .iter()
            .map(|sort| Ok((shown_key(known(self.kind, sort.field)?, sort.descending), sort.descending)))
            .collect()
    }
}

fn known(kind: Kind, name: &str) -> Result<&'static Field> {
    kind.field(name).ok_or_else(|| Error::Query(format!("{} have no field “{name}”.", kind.plural)))
}

/// A sort key that has no NULL, so that keys can be compared, with the empty ones last. The indexes in the
/// migrations are written in the same form.
pub(super) fn stored_key(field: &Field, descending: bool) -> String {
    let column = quoted(field.name);
    match (field.kind, descending) {
        (FieldKind::Number(..) | FieldKind::Step(_) | FieldKind::Flag, false) => {
            format!("ifnull({column}, 9223372036854775807)")
        }
        (FieldKind::Number(..) | FieldKind::Step(_) | FieldKind::Flag, true) => format!("ifnull({column}, -1)"),
        (FieldKind::Day | FieldKind::Moment, false) => format!("ifnull({column}, '9999-12-31')"),
        (_, true) => format!("ifnull({column}, '')"),
        (_, false) => format!("ifnull({column}, '\u{10FFFD}')"),
    }
}

/// The same as people see it: links by the title they are shown with, choices in the order of their description,
/// text whatever its case.
fn shown_key(field: &Field, descending: bool) -> String {
    let last = if descending { "''" } else { "'\u{10FFFD}'" };
    let column = quoted(field.name);
    match field.kind {
        FieldKind::Link(kind) => match kind_named(kind) {
            Some(kind) => {
                let title = if kind.name == "person" { "handle" } else { kind.title };
                let (title, table) = (quoted(title), quoted(kind.name));
                format!("ifnull((SELECT lower(o.{title}) FROM {table} o WHERE o.id = t.{column}), {last})")
            }
            None => stored_key(field, descending),
        },
        FieldKind::Choice(choices) => {
            let mut sql = format!("CASE {column}");
            for (at, choice) in choices.iter().enumerate() {
                let _ = write!(sql, " WHEN '{}' THEN {at}", choice.replace('\'', "''"));
            }
            sql + if descending { " ELSE -1 END" } else { " ELSE 999 END" }
        }
        FieldKind::Line | FieldKind::Prose | FieldKind::Named(_) if field.name != "id" => {
            format!("ifnull(lower({column}), {last})")
        }
        _ => stored_key(field, descending),
    }
}

/// Whether a condition leaves only what belongs to one record, or to a few. People do not count: much belongs to them.
fn is_pin(kind: Kind, condition: &Condition) -> bool {
    let (Condition::Is(name, _) | Condition::OneOf(name, _)) = condition else { return false };
    let linked = kind.field(name).map(|field| field.kind);
    matches!(linked, Some(FieldKind::Link(other)) if other != "person") || *name == "id"
}

/// The status of a kind that has a last day, and the field that holds it.
fn runs_out(kind: Kind) -> Result<(&'static str, &'static str)> {
    match kind.name {
        "decision" => Ok(("in force", "expires_on")),
        "checklist_item" => Ok(("waived", "waived_until")),
        "risk" => Ok(("accepted", "accepted_until")),
        _ => Err(Error::Query(format!("{} do not run out; decisions, risks and checklist items do.", kind.plural))),
    }
}

/// SQL under construction: text and the parameters in it.
struct Sql {
    text: String,
    params: Vec<Cell>,
}

impl Sql {
    fn condition(&mut self, kind: Kind, condition: &Condition) -> Result<()> {
        match condition {
            Condition::Open | Condition::Closed if !kind.ends() => {
                return Err(Error::Query(format!("{} are neither open nor closed.", kind.plural)));
            }
            Condition::Open => self.text.push_str("is_open = 1"),
            Condition::Closed => self.text.push_str("is_open = 0"),
            Condition::RunOut(today) => {
                let (status, until) = runs_out(kind)?;
                let _ = write!(self.text, "(\"status\" = '{status}' AND {} < ?)", quoted(until));
                self.params.push(Cell::Text(today.format("%Y-%m-%d").to_string()));
            }
            Condition::Is(name, value) => self.comparison(known(kind, name)?, "IS", value),
            Condition::Not(name, value) => self.comparison(known(kind, name)?, "IS NOT", value),
            Condition::AtMost(name, value @ Value::Day(day)) if day.year() < LAST_YEAR => {
                // By the expression that the lists' indexes are made of, so that counting what is late reads an index alone.
                // What has no date comes last there, and so is not counted.
                let field = known(kind, name)?;
                let _ = write!(self.text, "{} <= ?", stored_key(field, false));
                self.params.push(to_cell(field, value));
            }
            Condition::AtMost(name, value) => self.comparison(known(kind, name)?, "<=", value),
            Condition::AtLeast(name, value) => self.comparison(known(kind, name)?, ">=", value),
            Condition::OneOf(name, values) => {
                let field = known(kind, name)?;
                let places = vec!["?"; values.len()].join(",");
                let _ = write!(self.text, "{} IN ({places})", quoted(field.name));
                self.params.extend(values.iter().map(|value| to_cell(field, value)));
            }
            Condition::Contains(name, text) => {
                let column = quoted(known(kind, name)?.name);
                let _ = write!(self.text, "instr(lower(ifnull({column}, '')), lower(?)) > 0");
                self.params.push(Cell::Text(text.clone()));
            }
            Condition::Cites(name, reference) => {
                // The first half is written as in the partial indexes of the migrations.
                let column = quoted(known(kind, name)?.name);
                let _ = write!(self.text, "({column} <> '[]' AND instr({column}, ?) > 0)");
                self.params.push(Cell::Text(format!("\"{reference}\"")));
            }
            Condition::Lists(name) => {
                // Written as in the partial indexes of the migrations.
                let _ = write!(self.text, "{} <> '[]'", quoted(known(kind, name)?.name));
            }
            Condition::Linked(name, inner) => {
                let field = known(kind, name)?;
                let Some(other) = field.linked_kind().and_then(kind_named) else {
                    return Err(Error::Query(format!("{} does not lead to another record.", field.label)));
                };
                let _ = write!(self.text, "{} IN (SELECT id FROM {} WHERE ", quoted(field.name), quoted(other.name));
                self.condition(other, inner)?;
                self.text.push(')');
            }
            Condition::Any(conditions) => {
                self.text.push_str("(0");
                for condition in conditions {
                    self.text.push_str(" OR ");
                    self.condition(kind, condition)?;
                }
                self.text.push(')');
            }
        }
        Ok(())
    }

    fn comparison(&mut self, field: &Field, operator: &str, value: &Value) {
        let _ = write!(self.text, "{} {operator} ?", quoted(field.name));
        self.params.push(to_cell(field, value));
    }

    fn all_conditions(&mut self, query: &Query) -> Result<()> {
        self.text.push_str(" WHERE 1");
        // What belongs to one record is far less than what is open, which SQLite cannot know: it is then found by that
        // record, and the `+` keeps the index of open records out of it.
        let pinned = query.conditions.iter().any(|condition| is_pin(query.kind, condition));
        for condition in &query.conditions {
            self.text.push_str(" AND ");
            match condition {
                Condition::Open | Condition::Closed if pinned => {
                    self.text.push('+');
                    self.condition(query.kind, condition)?;
                }
                _ => self.condition(query.kind, condition)?,
            }
        }
        let found = query.find.trim();
        if !found.is_empty() {
            let words = search::match_expression(found);
            self.text.push_str(" AND (ref LIKE ? ESCAPE '\\'");
            self.params
                .push(Cell::Text(format!("{}%", found.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))));
            if let (Some(words), true) = (words, schema::has_search(query.kind)) {
                let table = schema::search_name(query.kind);
                let _ = write!(self.text, " OR no IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)");
                self.params.push(Cell::Text(words));
            }
            self.text.push(')');
        }
        Ok(())
    }

    /// Only rows beyond a place in the order. The first key's plain comparison lets an index find the start.
    fn beyond(&mut self, order: &[(String, bool)], cursor: &Cursor, direction: Direction) {
        let sign = |descending: bool| if descending == (direction == Direction::Before) { ">" } else { "<" };
        if let (Some((key, down)), Some(value)) = (order.first(), cursor.0.first()) {
            let _ = write!(self.text, " AND {key} {}= ?", sign(*down));
            self.params.push(value.clone());
        }
        self.text.push_str(" AND (");
        for (at, (key, down)) in order.iter().enumerate() {
            let _ = write!(self.text, "{key} {} ? OR ({key} = ? AND (", sign(*down));
            self.params.extend([cursor.0[at].clone(), cursor.0[at].clone()]);
        }
        let _ = write!(self.text, "no {} ?", sign(false));
        self.params.push(cursor.0[order.len()].clone());
        self.text.push_str(&"))".repeat(order.len()));
        self.text.push(')');
    }
}

impl Workspace {
    /// A page of a list: the first rows after a place, or the last rows before it; from the start or the end where no
    /// place is given.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn page(&self, query: &Query, from: Option<&Cursor>, direction: Direction, rows: usize) -> Result<Page> {
        let kind = query.kind;
        let order = query.order()?;
        let keys: Vec<String> = order.iter().map(|(key, _)| key.clone()).collect();
        let keys = if keys.is_empty() { "no".to_owned() } else { format!("{}, no", keys.join(", ")) };
        let mut sql = Sql {
            text: format!("SELECT {}, {keys} FROM {} t", column_list(kind), quoted(kind.name)),
            params: Vec::new(),
        };
        sql.all_conditions(query)?;
        if let Some(cursor) = from.filter(|cursor| cursor.0.len() == order.len() + 1) {
            sql.beyond(&order, cursor, direction);
        }
        let way = |descending: bool| if descending == (direction == Direction::Before) { "ASC" } else { "DESC" };
        sql.text.push_str(" ORDER BY ");
        for (key, descending) in &order {
            let _ = write!(sql.text, "{key} {}, ", way(*descending));
        }
        let _ = write!(sql.text, "no {} LIMIT {}", way(false), rows.saturating_add(1));
        let columns = kind.columns().count();
        let mut statement = self.conn.prepare_cached(&sql.text)?;
        let found = statement.query_map(params_from_iter(sql.params), |row| {
            let cursor = (columns..=columns + order.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
            Ok(Row { record: read_record(kind, row, 0)?, cursor: Cursor(cursor) })
        })?;
        let mut page = Page { rows: found.collect::<rusqlite::Result<_>>()?, ..Page::default() };
        page.more = page.rows.len() > rows;
        page.rows.truncate(rows);
        if direction == Direction::Before {
            page.rows.reverse();
        }
        page.labels = self.labels(page.rows.iter().map(|row| &row.record))?;
        Ok(page)
    }

    /// All records of a list, without labels, in the order in which they were recorded: for what goes through everything.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn records(&self, query: &Query) -> Result<Vec<Record>> {
        let kind = query.kind;
        let mut sql =
            Sql { text: format!("SELECT {} FROM {} t", column_list(kind), quoted(kind.name)), params: Vec::new() };
        sql.all_conditions(query)?;
        sql.text.push_str(" ORDER BY no");
        let mut statement = self.conn.prepare_cached(&sql.text)?;
        let rows = statement.query_map(params_from_iter(sql.params), |row| read_record(kind, row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many records a list would show.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn count(&self, query: &Query) -> Result<u64> {
        let mut sql = Sql { text: format!("SELECT count(*) FROM {} t", quoted(query.kind.name)), params: Vec::new() };
        sql.all_conditions(query)?;
        let mut statement = self.conn.prepare_cached(&sql.text)?;
        Ok(statement.query_row(params_from_iter(sql.params), |row| row.get(0))?)
    }

    /// The pages before and after a record, as one, with where the record stands in it and whether there are more rows
    /// before; none, if the list does not show the record.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn around(&self, query: &Query, id: &str, rows: usize) -> Result<Option<(Page, usize, bool)>> {
        let only = query.clone().with(Condition::Is("id", Value::text(id)));
        let here = self.page(&only, None, Direction::After, 1)?;
        let Some(row) = here.rows.first() else { return Ok(None) };
        let before = self.page(query, Some(&row.cursor), Direction::Before, rows)?;
        let after = self.page(query, Some(&row.cursor), Direction::After, rows)?;
        let at = before.rows.len();
        let mut page = Page { rows: before.rows, labels: before.labels, more: after.more };
        page.rows.extend(here.rows);
        page.rows.extend(after.rows);
        page.labels.extend(here.labels);
        page.labels.extend(after.labels);
        Ok(Some((page, at, before.more)))
    }

    /// How many records of a list hold each value of a field, by value.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn counts_by(&self, query: &Query, field: &str) -> Result<Vec<(Value, u64)>> {
        let tally = self.tally(query, &[field])?;
        Ok(tally.into_iter().map(|(mut values, count)| (values.pop().unwrap_or_default(), count)).collect())
    }

    /// How many records of a list hold each combination of values of several fields, in the order of those values.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn tally(&self, query: &Query, fields: &[&str]) -> Result<Vec<(Vec<Value>, u64)>> {
        let fields: Vec<&Field> = fields.iter().map(|name| known(query.kind, name)).collect::<Result<_>>()?;
        let columns = fields.iter().map(|field| quoted(field.name)).collect::<Vec<_>>().join(", ");
        let mut sql =
            Sql { text: format!("SELECT count(*), {columns} FROM {} t", quoted(query.kind.name)), params: Vec::new() };
        sql.all_conditions(query)?;
        let _ = write!(sql.text, " GROUP BY {columns} ORDER BY {columns}");
        let mut statement = self.conn.prepare_cached(&sql.text)?;
        let rows = statement.query_map(params_from_iter(sql.params), |row| {
            let values = fields
                .iter()
                .enumerate()
                .map(|(at, field)| Ok(super::row::from_cell(field, row.get_ref(at + 1)?)))
                .collect::<rusqlite::Result<_>>()?;
            Ok((values, row.get(0)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
