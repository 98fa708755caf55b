//! Reading single records, and the labels by which records are shown where another one links to them.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params_from_iter};

use super::error::{Error, Result};
use super::row::{column_list, quoted, read_record};
use super::{Workspace, row};
use crate::record::{FieldKind, KINDS, Kind, Look, Record, Value, kind_named, kind_of_reference};

/// How a record is shown where another one links to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The record's id.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// What names it; a person's handle.
    pub title: String,
}

impl Label {
    /// The label of a record at hand.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let title = if record.kind().name == "person" { "handle" } else { record.kind().title };
        Self {
            id: record.id().to_owned(),
            reference: record.reference().to_owned(),
            title: record.text(title).unwrap_or_default().to_owned(),
        }
    }

    /// What people would type to mean this record: a person's `@handle`, the reference of any other.
    #[must_use]
    pub fn typed(&self) -> String {
        if self.reference.starts_with("PER-") { format!("@{}", self.title) } else { self.reference.clone() }
    }

    /// How the record is shown in passing: a person's `@handle`, any other with its title.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.reference.starts_with("PER-") {
            format!("@{}", self.title)
        } else {
            // Some records have no title yet, such as a packet without a use case.
            format!("{} {}", self.reference, self.title.trim()).trim_end().to_owned()
        }
    }
}

/// Reads a record by its id.
pub(super) fn get(conn: &rusqlite::Connection, kind: Kind, id: &str) -> Result<Option<Record>> {
    let sql = format!("SELECT {} FROM {} WHERE id = ?1", column_list(kind), quoted(kind.name));
    Ok(conn.prepare_cached(&sql)?.query_row([id], |row| read_record(kind, row, 0)).optional()?)
}

/// Reads the records of a kind that meet a condition, in its order.
fn several(
    conn: &rusqlite::Connection,
    kind: Kind,
    condition: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<Record>> {
    let sql = format!("SELECT {} FROM {} {condition}", column_list(kind), quoted(kind.name));
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(params, |row| read_record(kind, row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Looks at other records' fields over a connection, inside or outside a transaction.
pub(super) struct Looking<'a>(pub &'a rusqlite::Connection);

impl Look for Looking<'_> {
    fn field(&self, kind: Kind, id: &str, field: &str) -> Value {
        let Some(description) = kind.field(field) else { return Value::Empty };
        let sql = format!("SELECT {} FROM {} WHERE id = ?1", quoted(field), quoted(kind.name));
        self.0
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                statement.query_row([id], |found| Ok(row::from_cell(description, found.get_ref(0)?)))
            })
            .unwrap_or(Value::Empty)
    }

    fn belonging(&self, kind: Kind, link: &str, id: &str) -> Option<Record> {
        let link = kind.field(link)?;
        let sql = format!(
            "SELECT {} FROM {} WHERE {} = ?1 ORDER BY no LIMIT 1",
            column_list(kind),
            quoted(kind.name),
            quoted(link.name)
        );
        self.0.prepare_cached(&sql).ok()?.query_row([id], |row| read_record(kind, row, 0)).ok()
    }

    fn record(&self, kind: Kind, id: &str) -> Option<Record> {
        get(self.0, kind, id).ok().flatten()
    }

    fn named(&self, reference: &str) -> Option<Record> {
        let kind = kind_of_reference(reference)?;
        let sql = format!("SELECT {} FROM {} WHERE ref = ?1", column_list(kind), quoted(kind.name));
        self.0.prepare_cached(&sql).ok()?.query_row([reference], |row| read_record(kind, row, 0)).ok()
    }

    fn all(&self, kind: Kind, link: &str, id: &str) -> Vec<Record> {
        let Some(link) = kind.field(link) else { return Vec::new() };
        let condition = format!("WHERE {} = ?1 ORDER BY no", quoted(link.name));
        several(self.0, kind, &condition, [id]).unwrap_or_default()
    }

    fn every(&self, kind: Kind) -> Vec<Record> {
        several(self.0, kind, "ORDER BY no", []).unwrap_or_default()
    }

    fn owner(&self) -> Option<String> {
        self.0.query_row("SELECT value FROM meta WHERE key = 'owner'", [], |row| row.get(0)).ok()
    }
}

impl Workspace {
    /// What the rules of records may know of the others, outside a change.
    #[must_use]
    pub fn look(&self) -> impl Look + '_ {
        Looking(&self.conn)
    }

    /// The record of this kind with this id.
    ///
    /// # Errors
    /// Where there is none, or the file cannot be read.
    pub fn get(&self, kind: Kind, id: &str) -> Result<Record> {
        get(&self.conn, kind, id)?.ok_or_else(|| Error::NoRecord(id.to_owned(), Some(kind)))
    }

    /// The record with this reference; case does not matter.
    ///
    /// # Errors
    /// Where it is no reference, or there is no such record.
    pub fn find(&self, reference: &str) -> Result<Record> {
        let kind = kind_of_reference(reference).ok_or_else(|| Error::NoRecord(reference.to_owned(), None))?;
        let sql = format!("SELECT {} FROM {} WHERE ref = ?1", column_list(kind), quoted(kind.name));
        let found = self
            .conn
            .prepare_cached(&sql)?
            .query_row([reference.to_uppercase()], |row| read_record(kind, row, 0))
            .optional()?;
        found.ok_or_else(|| Error::NoRecord(reference.to_uppercase(), Some(kind)))
    }

    /// The kind and the record with this id, whatever its kind is.
    ///
    /// # Errors
    /// Where there is none, or the file cannot be read.
    pub fn get_any(&self, id: &str) -> Result<Record> {
        for kind in KINDS {
            if let Some(record) = get(&self.conn, kind, id)? {
                return Ok(record);
            }
        }
        Err(Error::NoRecord(id.to_owned(), None))
    }

    /// The labels of all records that these records link to, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels<'r>(&self, records: impl IntoIterator<Item = &'r Record>) -> Result<HashMap<String, Label>> {
        let mut wanted: HashMap<&'static str, Vec<String>> = HashMap::new();
        for record in records {
            for (field, value) in record.fields() {
                if let (FieldKind::Link(kind), Some(id)) = (field.kind, value.as_text()) {
                    let ids = wanted.entry(kind).or_default();
                    if !ids.iter().any(|known| known == id) {
                        ids.push(id.to_owned());
                    }
                }
            }
        }
        let mut labels = HashMap::new();
        for (kind, ids) in wanted {
            let Some(kind) = kind_named(kind) else { continue };
            for chunk in ids.chunks(200) {
                for label in self.labels_of(kind, chunk)? {
                    labels.insert(label.id.clone(), label);
                }
            }
        }
        Ok(labels)
    }

    /// The labels of these records of a kind; at most 200.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels_of(&self, kind: Kind, ids: &[String]) -> Result<Vec<Label>> {
        let title = if kind.name == "person" { "handle" } else { kind.title };
        // As many places as chunks are long, so that one statement serves all: an unused one matches nothing.
        let sql = format!(
            "SELECT id, ref, {} FROM {} WHERE id IN ({})",
            quoted(title),
            quoted(kind.name),
            vec!["?"; 200].join(",")
        );
        let padded = ids.iter().map(String::as_str).chain(std::iter::repeat("")).take(200);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(padded), |row| {
            let title: Option<String> = row.get(2)?;
            Ok(Label { id: row.get(0)?, reference: row.get(1)?, title: title.unwrap_or_default() })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many records of a kind there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn total(&self, kind: Kind) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {}", quoted(kind.name));
        Ok(self.conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
    }

    /// A fact about the workspace itself, such as `owner` or `site`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?)
    }
}
