//! Slim reading: a few fields of many records, and records as they were at a moment, for figures over everything.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params, params_from_iter};

use super::Workspace;
use super::error::Result;
use super::row::{from_cell, json_value, quoted};
use crate::record::{Kind, Record, Value, rfc3339};

/// When a history entry was made: the time of the change that sealed it. One that none sealed yet has none.
const MADE_AT: &str = "(SELECT c.at FROM history_change c WHERE c.first_entry =
    (SELECT max(f.first_entry) FROM history_change f WHERE f.first_entry <= e.no))";

/// The history's entries of the workspace's own layers of policy. Their table is small and has no index by kind, while the
/// history is long: so they are found by the index of records. Ids of records are UUIDs of version 7, which begin with 0
/// until the year 2527; those of layers are words (`profile`), and whatever layer is there now is found by its own id.
const LAYER_ENTRIES: &str = "e.kind = 'policy_layer' AND e.no IN (
    SELECT no FROM history_entry WHERE record < '0'
    UNION ALL SELECT no FROM history_entry WHERE record >= '1'
    UNION ALL SELECT no FROM history_entry WHERE record IN (SELECT id FROM policy_layer))";

/// A workspace's own layers of policy, by id and text, from a moment on.
pub type Layers = (DateTime<Utc>, Vec<(String, String)>);

impl Workspace {
    /// These fields of all records of a list, in the order in which they were recorded; nothing else of them is read.
    ///
    /// # Errors
    /// Where the query makes no sense, or the file cannot be read.
    pub fn pick(&self, query: &super::Query, fields: &[&str]) -> Result<Vec<Vec<Value>>> {
        let (sql, params, fields) = query.picking(fields)?;
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(params), |row| {
            fields.iter().enumerate().map(|(at, field)| Ok(from_cell(field, row.get_ref(at)?))).collect()
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A record as it was at a moment, by the history; none where it was not there yet, or not any more.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn as_of(&self, kind: Kind, id: &str, at: DateTime<Utc>) -> Result<Option<Record>> {
        let sql = format!(
            "SELECT e.after FROM history_entry e WHERE e.record = ?1 AND {MADE_AT} <= ?2 ORDER BY e.no DESC LIMIT 1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let image: Option<Option<String>> =
            statement.query_row(params![id, rfc3339(at)], |row| row.get(0)).optional()?;
        let Some(image) = image.flatten().and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok()) else {
            return Ok(None);
        };
        let mut record = Record::empty(kind);
        for field in kind.columns() {
            // A column that came later says nothing of then.
            record.set(field.name, image.get(field.name).map_or(Value::Empty, |value| json_value(field, value)));
        }
        Ok(Some(record))
    }

    /// The workspace's own layers of policy, by id and text, from each moment on at which they changed, the earliest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn policy_layers_over_time(&self) -> Result<Vec<Layers>> {
        let sql = format!(
            "SELECT e.record, json_extract(e.after, '$.text'), {MADE_AT} FROM history_entry e
             WHERE {LAYER_ENTRIES} ORDER BY e.no"
        );
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?))
        })?;
        let mut layers: Vec<(String, String)> = Vec::new();
        let mut states: Vec<Layers> = Vec::new();
        for row in rows {
            let (id, text, at) = row?;
            let place = layers.iter().position(|(known, _)| *known == id);
            match (place, text) {
                (Some(place), Some(text)) => layers[place].1 = text,
                (None, Some(text)) => layers.push((id, text)),
                (Some(place), None) => drop(layers.remove(place)),
                (None, None) => {}
            }
            let Some(at) = at.and_then(|at| DateTime::parse_from_rfc3339(&at).ok()) else { continue };
            let at = at.to_utc();
            match states.last_mut() {
                Some((last, state)) if *last == at => *state = layers.clone(),
                _ => states.push((at, layers.clone())),
            }
        }
        Ok(states)
    }
}

/// One state of a record: when, and what these fields held as text.
pub type Image = (String, DateTime<Utc>, Vec<Option<String>>);

impl Workspace {
    /// What these fields of the records of a kind that are there now have held, one row for each time that a record was
    /// written, in the order of the history of each.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images(&self, kind: Kind, fields: &[&'static str]) -> Result<Vec<Image>> {
        let times = self.times()?;
        let columns: Vec<String> = fields.iter().map(|field| format!("json_extract(e.after, '$.{field}')")).collect();
        // Record by record: the history has an index of these, and none of kinds.
        let sql = format!(
            "SELECT t.id, e.no, {} FROM {} t CROSS JOIN history_entry e ON e.record = t.id
             WHERE e.after IS NOT NULL ORDER BY t.no, e.no",
            columns.join(", "),
            quoted(kind.name)
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| {
            let values =
                (0..fields.len()).map(|at| row.get::<_, Option<String>>(at + 2)).collect::<rusqlite::Result<_>>()?;
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, values))
        })?;
        let mut images = Vec::new();
        for row in rows {
            let (id, entry, values) = row?;
            let change =
                times.partition_point(|(first, _)| *first <= entry).checked_sub(1).and_then(|at| times.get(at));
            images.extend(change.map(|(_, at)| (id, *at, values)));
        }
        Ok(images)
    }

    /// From which entry on a change was made, and when, in the order of entries.
    fn times(&self) -> Result<Vec<(i64, DateTime<Utc>)>> {
        let mut statement =
            self.conn.prepare_cached("SELECT first_entry, at FROM history_change ORDER BY first_entry, no")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut times = Vec::new();
        for row in rows {
            let (first, at) = row?;
            times.extend(DateTime::parse_from_rfc3339(&at).ok().map(|at| (first, at.to_utc())));
        }
        Ok(times)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::policy::Policy;
    use crate::record::{PERSON, SYSTEM};
    use crate::workspace::{Change, Edit, Query, new_id};

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect(text).to_utc()
    }

    #[test]
    fn records_and_policy_are_read_as_they_were() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut workspace =
            Workspace::create(&folder.path().join("w.db"), Arc::new(Policy::builtin())).expect("a workspace");
        let (first, second) = (at("2026-03-01T10:00:00Z"), at("2026-06-01T10:00:00Z"));
        let (me, system) = (new_id(first), new_id(first));
        let layer = "extends = \"EU\"\n".to_owned();
        let edits = vec![
            Edit::Add { kind: &PERSON, id: me.clone(), fields: vec![("name", "Ana".into()), ("handle", "ana".into())] },
            Edit::Add {
                kind: &SYSTEM,
                id: system.clone(),
                fields: vec![("name", "Old".into()), ("team", "Hiring".into())],
            },
            Edit::PutRow { table: "policy_layer", id: "profile".to_owned(), columns: vec![("text", layer.clone())] },
        ];
        workspace.write(Change { at: first, ..Change::by(&me, edits) }).expect("the beginning");
        let renamed =
            Edit::Set { kind: &SYSTEM, id: system.clone(), version: None, fields: vec![("name", "New".into())] };
        workspace.write(Change { at: second, ..Change::by(&me, vec![renamed]) }).expect("a new name");
        let name = |when: &str| {
            let then = workspace.as_of(&SYSTEM, &system, at(when)).expect("read");
            then.map(|then| (then.title().to_owned(), then.text("team").map(str::to_owned)))
        };
        let hiring = Some("Hiring".to_owned());
        assert_eq!(name("2026-02-01T00:00:00Z"), None, "not there yet");
        assert_eq!(name("2026-03-01T10:00:00Z"), Some(("Old".to_owned(), hiring.clone())));
        assert_eq!(name("2026-05-31T00:00:00Z"), Some(("Old".to_owned(), hiring.clone())));
        assert_eq!(name("2026-06-01T10:00:00Z"), Some(("New".to_owned(), hiring)));
        let images = workspace.images(&SYSTEM, &["name"]).expect("read");
        let told: Vec<(DateTime<Utc>, Option<&str>)> =
            images.iter().map(|(_, at, values)| (*at, values[0].as_deref())).collect();
        assert_eq!(told, [(first, Some("Old")), (second, Some("New"))]);
        let layers = workspace.policy_layers_over_time().expect("read");
        assert_eq!(layers, [(first, vec![("profile".to_owned(), layer)])]);
        let rows = workspace.pick(&Query::all(&SYSTEM), &["name", "team"]).expect("read");
        assert_eq!(rows, [[Value::text("New"), Value::text("Hiring")]]);
        assert!(workspace.pick(&Query::all(&SYSTEM), &["nonsense"]).is_err());
    }
}
