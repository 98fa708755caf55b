//! Mappings: which columns of a file go to which fields of our records, written in TOML so that people may read,
//! correct and share them.
//!
//! ```toml
//! id = "our-inventory"
//! title = "Our inventory"
//! blank = ["n/a", "not applicable"]         # answers that say nothing, in any case, spaces and closing punctuation
//! key = ["Agency", "Use case"]              # what identifies a row when the next file comes
//!
//! [read]                                    # all of it may be left out and is then found out
//! encoding = "windows-1252"
//! delimiter = ","
//! sheet = "Use cases"
//! header_row = 1
//!
//! [dates]
//! formats = ["%m/%d/%Y"]                    # tried in order, after 2024-09-30
//! earliest = "1950-01-01"
//!
//! [map.stage]                               # what a column says = what the field holds; "" says nothing
//! "In production" = "production"
//!
//! [[field]]
//! to = "system.name"
//! from = "Use case"
//!
//! [[field]]
//! to = "system.lifecycle"
//! from = "Stage"
//! map = "stage"
//! else = "note"                             # what is not listed: note (the default), keep, skip or error
//!
//! [[field]]
//! to = "packet.disclosure"
//! join = ": "
//! from = ["Notice", { after = "Notice", label = "Explanation" }]
//! when = { column = "Stage", not = ["Retired"] }
//!
//! [[note]]                                  # columns that go to the notes, each after its header or label
//! to = "system.notes"
//! from = ["Topic", { column = "If other, explain", nth = 2, label = "Topic, explained" }]
//! ```
//!
//! A rule reads one column or several; `label` stands before what a column says, `join` between two. `split = [","]`
//! cuts an answer into items, each looked up in the value map; `take = "addresses"` takes only web addresses;
//! `date = true` reads a date where the field holds text; `blank` replaces the list of answers that say nothing;
//! `value = "…"` in place of `from` is the same for every row.
//!
//! A column is named by its header; by its header and `nth`, where several have the same; as the one that stands
//! `after` another; or by its `number`, counted from 1. The first of several rules for a field that finds something
//! wins, except that notes add up. What cannot be read as the field's value is never lost: it goes to the notes of
//! the record with its header, and is counted.

mod bound;
mod check;
mod plain;
mod raw;
mod row;
mod shipped;
pub mod words;

pub use bound::Bound;
pub(super) use bound::{add_note, list_item};
pub(super) use check::fit;
pub use raw::{Otherwise, Take};
pub use row::{MappedRow, Tally, Warning, Why, tally};
pub use shipped::{Shipped, find, named, shipped};

use crate::exchange::table::{ReadOptions, Table};
use crate::exchange::{Error, Result};
use crate::record::{Field, Kind, PACKET, RELEASE, REVIEW, SYSTEM};
use words::{Blanks, Dates};

/// The kinds of record that a row may fill, in the order in which they are made.
pub static KINDS: [Kind; 4] = [&SYSTEM, &RELEASE, &REVIEW, &PACKET];

/// A field of one of the records that a row becomes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The kind of record.
    pub kind: Kind,
    /// The field.
    pub field: &'static Field,
}

impl Target {
    /// The field of this name: `system.name`.
    ///
    /// # Errors
    /// Says that there is none, or that an import may not fill it, and what may be meant.
    pub fn named(name: &str) -> Result<Self, String> {
        let shown = crate::exchange::shown(name);
        let found = name.split_once('.').and_then(|(kind, field)| {
            let kind = KINDS.iter().copied().find(|known| known.name == kind)?;
            Some(Self { kind, field: kind.field(field)? })
        });
        match found {
            Some(target) if target.is_open() => Ok(target),
            Some(_) => Err(format!("“{shown}” is not for a file to fill: Probity does.")),
            None => {
                let all: Vec<String> = Self::all().map(|target| target.name()).collect();
                let hint = match words::nearest(name, all.iter().map(String::as_str)) {
                    Some(near) => format!("Did you mean {near}?"),
                    None => "Fields are named like system.name, review.title or packet.use_case.".to_owned(),
                };
                Err(format!("there is no field “{shown}”. {hint}"))
            }
        }
    }

    /// Every field that a file may fill.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS
            .iter()
            .copied()
            .flat_map(|kind| kind.columns().map(move |field| Self { kind, field }))
            .filter(Self::is_open)
    }

    /// The name: `system.name`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.kind.name, self.field.name)
    }

    /// Whether a file may fill it: what people write, but neither the links between the records of one row, nor where
    /// the record came from, nor the stage, in which every review starts at intake.
    fn is_open(&self) -> bool {
        let own_link = self.field.linked_kind().is_some_and(|kind| KINDS.iter().any(|own| own.name == kind));
        let ours = matches!(
            (self.kind.name, self.field.name),
            ("review", "stage" | "stage_reason" | "tier" | "tier_reason") | ("system", "source")
        );
        self.field.is_editable() && !own_link && !ours
    }

    /// Whether it is a record's notes, to which several rules may add.
    fn is_notes(&self) -> bool {
        self.field.name == "notes"
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.field.name == other.field.name
    }
}

impl Eq for Target {}

/// A column, as a mapping names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    which: Which,
    line: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    /// The header, and which of several that have it, counted from 1.
    Named(String, Option<usize>),
    /// The one after the one of this header, and which of several.
    After(String, Option<usize>),
    /// Counted from 1.
    Number(usize),
}

/// One `[[field]]` or `[[note]]`.
#[derive(Debug, Clone)]
struct Rule {
    to: Target,
    from: From,
    when: Option<When>,
}

#[derive(Debug, Clone)]
enum From {
    Constant(String),
    Columns { parts: Vec<Part>, join: String },
}

/// A column that a rule reads, and what is done to what it says.
#[derive(Debug, Clone)]
struct Part {
    column: Column,
    label: Option<String>,
    /// Whether the header is the label where none is given.
    labelled: bool,
    /// Which of the mapping's value maps.
    map: Option<usize>,
    default: Option<String>,
    otherwise: Otherwise,
    split: Vec<String>,
    take: Option<Take>,
    date: bool,
    blank: Option<Blanks>,
}

#[derive(Debug, Clone)]
struct When {
    column: Column,
    is: Option<Vec<String>>,
    not: Vec<String>,
    said: Option<bool>,
}

/// A named value map: folded text in the file, text for the field.
#[derive(Debug, Clone)]
struct ValueMap {
    name: String,
    values: std::collections::HashMap<String, String>,
    longest: usize,
}

/// A mapping that was checked: it names only fields that there are, and only values that they can hold.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The name: what remembers rows from one file to the next.
    pub id: String,
    /// What people read.
    pub title: String,
    /// A few sentences.
    pub description: String,
    /// The file it was read from, or the name of a shipped one; for messages.
    pub file: String,
    read: ReadOptions,
    /// Whether the headers are names of our own fields, so that the rules follow from the file.
    headers_are_fields: bool,
    key: Vec<Column>,
    blank: Blanks,
    blank_dates: Blanks,
    dates: Dates,
    maps: Vec<ValueMap>,
    rules: Vec<Rule>,
}

impl Mapping {
    /// Reads a mapping. `file` names it in messages.
    ///
    /// # Errors
    /// [`Error::Mapping`] with the line, what is wrong and what was expected.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        check::mapping(file, text)
    }

    /// How a file for this mapping is to be read, unless the user knows better.
    #[must_use]
    pub fn read_options(&self) -> ReadOptions {
        self.read.clone()
    }

    /// Finds the mapping's columns in a table.
    ///
    /// # Errors
    /// [`Error::Mapping`] names a column that the table lacks, or has several times.
    pub fn bind<'a>(&'a self, table: &'a Table) -> Result<Bound<'a>> {
        Bound::new(self, table)
    }

    fn refuse<T>(&self, line: u64, message: String) -> Result<T> {
        Err(Error::Mapping { file: self.file.clone(), line: Some(line), message })
    }
}

#[cfg(test)]
mod tests;
