//! Reading the history: who changed what, when and why, field by field.

use std::fmt::Write;

use rusqlite::{Row, params_from_iter};
use serde_json::Value as Json;

use super::Workspace;
use super::error::{Error, Result};
use super::row::json_value;
use crate::record::{Kind, Value, Written, kind_named};

/// One change, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryChange {
    /// Its number.
    pub number: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who: a handle, or `outside`.
    pub by: String,
    /// `edit`, `import`, `undo`, `redo` or `outside`.
    pub source: String,
    /// What it did, in words.
    pub what: String,
    /// Why, where somebody said so.
    pub why: Option<String>,
    /// The change that it undid or did again.
    pub target: Option<i64>,
    /// How many rows it touched.
    pub entries: i64,
    /// Its seal.
    pub hash: String,
    /// Whether it has been undone since.
    pub undone: bool,
}

/// One row that a change touched.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The table's kind of record; none for tables that hold no records.
    pub kind: Option<Kind>,
    /// The table.
    pub table: String,
    /// The record's id.
    pub id: String,
    /// The record's reference, where it has one.
    pub reference: String,
    /// What names the record.
    pub title: String,
    /// `add`, `set` or `delete`.
    pub op: String,
    /// What differs, field by field.
    pub fields: Vec<FieldChange>,
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The field's name.
    pub name: String,
    /// The field's label.
    pub label: String,
    /// Before.
    pub before: Value,
    /// After.
    pub after: Value,
}

/// Which changes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only changes that touched the record with this id.
    pub record: Option<String>,
    /// Only changes by the person with this id.
    pub by: Option<String>,
    /// Only changes at or after this moment (RFC 3339 in UTC).
    pub since: Option<String>,
    /// Only changes before this number; for the next page.
    pub before: Option<i64>,
    /// Only changes whose words contain this.
    pub find: String,
}

impl Workspace {
    /// The newest changes, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self, filter: &HistoryFilter, limit: usize) -> Result<Vec<HistoryChange>> {
        let mut sql = format!("{CHANGES} WHERE 1");
        let mut params: Vec<String> = Vec::new();
        if let Some(record) = &filter.record {
            sql.push_str(
                " AND c.no IN (SELECT (SELECT max(h.no) FROM history_change h WHERE h.first_entry =
                    (SELECT max(f.first_entry) FROM history_change f WHERE f.first_entry <= e.no))
                  FROM history_entry e WHERE e.record = ?)",
            );
            params.push(record.clone());
        }
        if let Some(by) = &filter.by {
            sql.push_str(" AND c.by = ?");
            params.push(by.clone());
        }
        if let Some(since) = &filter.since {
            sql.push_str(" AND c.at >= ?");
            params.push(since.clone());
        }
        if !filter.find.trim().is_empty() {
            sql.push_str(" AND instr(lower(c.what || ' ' || ifnull(c.why, '')), lower(?)) > 0");
            params.push(filter.find.trim().to_owned());
        }
        if let Some(before) = filter.before {
            let _ = write!(sql, " AND c.no < {before}");
        }
        let _ = write!(sql, " ORDER BY c.no DESC LIMIT {limit}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(params), read_change)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many changes there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history_length(&self) -> Result<u64> {
        Ok(self.conn.query_row("SELECT ifnull(max(no), 0) FROM history_change", [], |row| row.get(0))?)
    }

    /// One change.
    ///
    /// # Errors
    /// Where there is none with this number.
    pub fn history_change(&self, number: i64) -> Result<HistoryChange> {
        let sql = format!("{CHANGES} WHERE c.no = ?1");
        let mut rows = self.conn.prepare_cached(&sql)?;
        rows.query_row([number], read_change).map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Error::Query(format!("There is no change {number}.")),
            other => Error::from(other),
        })
    }

    /// What a change did, record by record and field by field. At most `limit` records.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn entries(&self, change: i64, limit: usize) -> Result<Vec<Entry>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT e.kind, e.record, e.op, e.before, e.after FROM history_change c
             JOIN history_entry e ON e.no BETWEEN c.first_entry AND c.last_entry
             WHERE c.no = ?1 ORDER BY e.no LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map([change, limit], read_entry)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What the changes of the newest pages did to one record, newest first: for the record's own history.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn record_history(&self, id: &str, limit: usize) -> Result<Vec<(HistoryChange, Vec<Entry>)>> {
        let filter = HistoryFilter { record: Some(id.to_owned()), ..HistoryFilter::default() };
        self.history(&filter, limit)?
            .into_iter()
            .map(|change| {
                let mut statement = self.conn.prepare_cached(
                    "SELECT e.kind, e.record, e.op, e.before, e.after FROM history_change c
                     JOIN history_entry e ON e.no BETWEEN c.first_entry AND c.last_entry
                     WHERE c.no = ?1 AND e.record = ?2 ORDER BY e.no",
                )?;
                let rows = statement.query_map(rusqlite::params![change.number, id], read_entry)?;
                let entries = rows.collect::<rusqlite::Result<Vec<_>>>()?;
                Ok((change, entries))
            })
            .collect()
    }
}

const CHANGES: &str = "SELECT c.no, c.at, ifnull((SELECT p.handle FROM person p WHERE p.id = c.by), c.by), c.source,
  c.what, c.why, c.target, c.last_entry - c.first_entry + 1, c.hash,
  ifnull((SELECT t.source FROM history_change t WHERE t.target = c.no ORDER BY t.no DESC LIMIT 1), '') = 'undo'
  FROM history_change c";

fn read_change(row: &Row<'_>) -> rusqlite::Result<HistoryChange> {
    Ok(HistoryChange {
        number: row.get(0)?,
        at: row.get(1)?,
        by: row.get(2)?,
        source: row.get(3)?,
        what: row.get(4)?,
        why: row.get(5)?,
        target: row.get(6)?,
        entries: row.get(7)?,
        hash: row.get(8)?,
        undone: row.get(9)?,
    })
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let table: String = row.get(0)?;
    let kind = kind_named(&table);
    let image = |column: usize| -> rusqlite::Result<Json> {
        let text: Option<String> = row.get(column)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Json::Null))
    };
    let (before, after) = (image(3)?, image(4)?);
    let newest = if after.is_null() { &before } else { &after };
    let text = |name: &str| newest.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Entry {
        kind,
        id: row.get(1)?,
        op: row.get(2)?,
        reference: text("ref"),
        title: kind.map(|kind| text(kind.title)).unwrap_or_default(),
        fields: differences(kind, &before, &after),
        table,
    })
}

/// What differs between two images of a row. Who and when, which every change has, are left out.
fn differences(kind: Option<Kind>, before: &Json, after: &Json) -> Vec<FieldChange> {
    let cell = |image: &Json, name: &str| image.get(name).cloned().unwrap_or(Json::Null);
    if let Some(kind) = kind {
        kind.columns()
            .filter(|field| field.written != Written::ByWorkspace)
            .filter_map(|field| {
                let (old, new) =
                    (json_value(field, &cell(before, field.name)), json_value(field, &cell(after, field.name)));
                (old != new).then(|| FieldChange {
                    name: field.name.to_owned(),
                    label: field.label.to_owned(),
                    before: old,
                    after: new,
                })
            })
            .collect()
    } else {
        let names: Vec<String> = [before, after]
            .iter()
            .filter_map(|image| image.as_object())
            .flat_map(|object| object.keys().cloned())
            .fold(Vec::new(), |mut names, name| {
                if name != "no" && name != "id" && !names.contains(&name) {
                    names.push(name);
                }
                names
            });
        let plain = |image: &Json, name: &str| Value::text(cell(image, name).as_str().unwrap_or_default());
        names
            .into_iter()
            .filter(|name| cell(before, name) != cell(after, name))
            .map(|name| FieldChange {
                before: plain(before, &name),
                after: plain(after, &name),
                label: name.clone(),
                name,
            })
            .collect()
    }
}
