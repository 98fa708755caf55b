//! Registers: the pack's tables. Their columns come from the descriptions of the records, so that a field added there
//! stands in every format of the pack; only what is computed for the pack is described here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::record::{Field, FieldKind, Kind, Record, Value, Written, rfc3339};
use crate::text;

/// What one cell holds. Text has been made safe: no control characters, no bidirectional overrides.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing was said.
    Empty,
    /// Text.
    Text(Arc<str>),
    /// A whole number.
    Number(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// Yes or no.
    Flag(bool),
    /// A date.
    Day(NaiveDate),
    /// A moment, in UTC.
    Moment(DateTime<Utc>),
    /// Another record.
    Link(Arc<Linked>),
    /// Several texts.
    List(Arc<[Arc<str>]>),
}

/// Another record, as a cell shows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Linked {
    /// Its reference.
    #[serde(rename = "ref")]
    pub reference: Arc<str>,
    /// What names it.
    pub title: Arc<str>,
}

impl Cell {
    /// Text, made safe; nothing where it is blank.
    #[must_use]
    pub fn text(raw: &str) -> Self {
        let safe = text::lines(raw);
        if safe.trim().is_empty() { Self::Empty } else { Self::Text(Arc::from(safe.trim_end())) }
    }

    /// A number, or nothing.
    #[must_use]
    pub fn number(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// A number with a fraction, or nothing; to the ninth decimal, since what comes after is the noise of dividing.
    #[must_use]
    pub fn decimal(number: Option<f64>) -> Self {
        let number = number.filter(|number| number.is_finite());
        number.map_or(Self::Empty, |number| Self::Decimal((number * 1e9).round() / 1e9))
    }

    /// A count.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A date, or nothing.
    #[must_use]
    pub fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }

    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// The cell as people read it: dates as `2026-12-01`, moments to the minute in the pack's own zone.
    #[must_use]
    pub fn shown(&self, zone: FixedOffset) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::Day(day) => day.format("%Y-%m-%d").to_string(),
            Self::Moment(moment) => moment.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
            Self::Link(linked) => format!("{} {}", linked.reference, linked.title).trim_end().to_owned(),
            Self::List(items) => items.join(", "),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Decimal(number) => serializer.serialize_f64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Day(day) => serializer.collect_str(&day.format("%Y-%m-%d")),
            Self::Moment(moment) => serializer.serialize_str(&rfc3339(*moment)),
            Self::Link(linked) => linked.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items.iter().map(AsRef::<str>::as_ref)),
        }
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// The record's own reference.
    Reference,
    /// A line of text.
    Line,
    /// Text of several lines.
    Prose,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Decimal,
    /// Yes or no.
    Flag,
    /// A date.
    Day,
    /// A moment.
    Moment,
    /// Another record.
    Link,
    /// Several texts.
    List,
}

/// A column of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Column {
    /// The name: the key in JSON, the header in CSV.
    pub name: &'static str,
    /// What people read above it.
    pub label: &'static str,
    /// What its cells hold.
    pub holds: Holds,
}

impl Column {
    /// A column that the pack computes.
    #[must_use]
    pub const fn new(name: &'static str, label: &'static str, holds: Holds) -> Self {
        Self { name, label, holds }
    }

    fn of(field: &Field) -> Self {
        let holds = match field.kind {
            _ if field.name == "ref" => Holds::Reference,
            FieldKind::Prose => Holds::Prose,
            FieldKind::Step(_) | FieldKind::Number(..) => Holds::Number,
            FieldKind::Flag => Holds::Flag,
            FieldKind::Day => Holds::Day,
            FieldKind::Moment => Holds::Moment,
            // People are shown by name, as text.
            FieldKind::Link("person") => Holds::Line,
            FieldKind::Link(_) => Holds::Link,
            _ if field.is_list() => Holds::List,
            _ => Holds::Line,
        };
        Self { name: field.name, label: field.label, holds }
    }
}

/// A row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// How much it matters: where a page has no room for all rows, it shows those that weigh most.
    pub weight: i64,
}

/// A table of the pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// The name: the key in JSON, the name of the CSV file.
    pub name: &'static str,
    /// What people read above it, and the name of the sheet; at most 31 characters.
    pub title: &'static str,
    /// One line that says what is in it.
    pub help: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, in the order in which they are shown.
    pub rows: Vec<Row>,
}

impl Register {
    /// A register with no rows yet.
    #[must_use]
    pub fn new(name: &'static str, title: &'static str, help: &'static str, columns: Vec<Column>) -> Self {
        Self { name, title, help, columns, rows: Vec::new() }
    }

    /// Adds a row of equal weight.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells, weight: 0 });
    }

    /// Where a column stands.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// A cell of a row, by its column.
    #[must_use]
    pub fn cell<'r>(&self, row: &'r Row, column: &str) -> &'r Cell {
        static EMPTY: Cell = Cell::Empty;
        self.position(column).and_then(|at| row.cells.get(at)).unwrap_or(&EMPTY)
    }
}

impl Serialize for Register {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut register = serializer.serialize_struct("Register", 5)?;
        register.serialize_field("title", self.title)?;
        register.serialize_field("help", self.help)?;
        register.serialize_field("count", &self.rows.len())?;
        register.serialize_field("columns", &self.columns)?;
        register.serialize_field("rows", &Rows(self))?;
        register.end()
    }
}

/// The rows of a register, each as an object with the columns' names as keys.
struct Rows<'a>(&'a Register);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows.iter().map(|row| Keyed(&self.0.columns, row)))
    }
}

struct Keyed<'a>(&'a [Column], &'a Row);

impl Serialize for Keyed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, cell) in self.0.iter().zip(&self.1.cells) {
            map.serialize_entry(column.name, cell)?;
        }
        map.end()
    }
}

/// Turns records of a kind into rows of a register: first the columns that are named, then every other field that
/// may leave the workspace.
pub struct Layout {
    sources: Vec<Source>,
}

enum Source {
    Field(&'static Field),
    Computed(Column),
}

impl Layout {
    /// The columns `first` in that order, each a field of `kind` or one of `computed`, then the kind's other fields
    /// without those in `without`. Private fields and the workspace's own bookkeeping stay out.
    #[must_use]
    pub fn new(kind: Kind, first: &[&str], computed: &[Column], without: &[&str]) -> Self {
        let mut sources = Vec::new();
        for name in first {
            if let Some(field) = kind.field(name).filter(|field| !field.private) {
                sources.push(Source::Field(field));
            } else if let Some(column) = computed.iter().find(|column| column.name == *name) {
                sources.push(Source::Computed(*column));
            }
        }
        let others = kind.columns().filter(|field| {
            !field.private
                && field.written != Written::ByWorkspace
                && !first.contains(&field.name)
                && !without.contains(&field.name)
        });
        sources.extend(others.map(Source::Field));
        Self { sources }
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.sources
            .iter()
            .map(|source| match source {
                Source::Field(field) => Column::of(field),
                Source::Computed(column) => *column,
            })
            .collect()
    }

    /// The cells of a record; `computed` gives those that the pack computes, by the column's name.
    pub fn cells(&self, record: &Record, names: &mut Labels, computed: impl Fn(&str) -> Cell) -> Vec<Cell> {
        self.sources
            .iter()
            .map(|source| match source {
                Source::Field(field) => names.cell(field, record.get(field.name)),
                Source::Computed(column) => computed(column.name),
            })
            .collect()
    }
}

/// The names of the records that others link to, and every text that is likely to come again, kept once.
#[derive(Default)]
pub struct Labels {
    people: HashMap<String, Arc<str>>,
    records: HashMap<String, Arc<Linked>>,
    texts: HashSet<Arc<str>>,
}

impl Labels {
    /// Makes a person's name known.
    pub fn know_person(&mut self, id: &str, name: &str) {
        let name = self.kept(&text::line(name));
        self.people.insert(id.to_owned(), name);
    }

    /// Makes a record known by its reference and title.
    pub fn know(&mut self, id: &str, reference: &str, title: &str) {
        if !self.records.contains_key(id) {
            let linked = Linked { reference: self.kept(reference), title: self.kept(&text::line(title)) };
            self.records.insert(id.to_owned(), Arc::new(linked));
        }
    }

    /// A person's name; the id where nobody is known by it.
    #[must_use]
    pub fn person(&self, id: &str) -> Arc<str> {
        self.people.get(id).cloned().unwrap_or_else(|| Arc::from(text::line(id).as_ref()))
    }

    /// A record that is known by this id.
    #[must_use]
    pub fn record(&self, id: &str) -> Option<Arc<Linked>> {
        self.records.get(id).cloned()
    }

    /// The text, shared with every other cell that holds the same.
    pub fn kept(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new: Arc<str> = Arc::from(text);
        self.texts.insert(new.clone());
        new
    }

    /// A field's value as a cell.
    pub fn cell(&mut self, field: &Field, value: &Value) -> Cell {
        match (value, field.kind) {
            _ if value.is_empty() => Cell::Empty,
            (Value::Text(id), FieldKind::Link("person")) => Cell::Text(self.person(id)),
            (Value::Text(id), FieldKind::Link(_)) => self.record(id).map_or_else(|| Cell::text(id), Cell::Link),
            (Value::Text(text), FieldKind::Prose) => Cell::text(text),
            (Value::Text(text), _) => match text::line(text).trim() {
                "" => Cell::Empty,
                safe => Cell::Text(self.kept(safe)),
            },
            (Value::Number(number), _) => Cell::Number(*number),
            (Value::Flag(flag), _) => Cell::Flag(*flag),
            (Value::Day(day), _) => Cell::Day(*day),
            (Value::Moment(moment), _) => Cell::Moment(*moment),
            (Value::List(items), _) => {
                Cell::List(items.iter().map(|item| self.kept(text::line(item).trim())).collect())
            }
            (Value::Empty, _) => Cell::Empty,
        }
    }
}
