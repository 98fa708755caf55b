//! Many new records in one change: their text goes into the search tables at once, at the end.
//!
//! FTS5 writes what it has gathered to disk at every savepoint, and each insert into a table with triggers is one. Row
//! by row, that makes a segment for every record and spends a third of an import on merging them.

use std::collections::HashSet;

use rusqlite::{Transaction, params};

use super::change::Edit;
use super::error::Result;
use super::row::quoted;
use super::schema::{SEARCH_LATER, has_search, search_name};
use crate::record::{KINDS, Kind};

/// From how many new records on it is worth it.
const MANY: usize = 200;

/// Kinds whose new records are not in their search table yet, each with its counter before the first of them.
pub(super) struct Later {
    kinds: Vec<(Kind, i64)>,
}

impl Later {
    /// Puts the search off, where the edits add many records and touch none of them again: what is not in the search
    /// table cannot be taken out of it.
    pub fn begin(tx: &Transaction<'_>, edits: &[Edit]) -> Result<Option<Self>> {
        let added: HashSet<&str> = edits
            .iter()
            .filter_map(|edit| if let Edit::Add { id, .. } = edit { Some(id.as_str()) } else { None })
            .collect();
        let touched_again = edits.iter().any(|edit| match edit {
            Edit::Set { id, .. } => added.contains(id.as_str()),
            // A record's dependents go with it, and may be new ones.
            Edit::Delete { .. } => true,
            _ => false,
        });
        if added.len() < MANY || touched_again {
            return Ok(None);
        }
        let mut kinds = Vec::new();
        for kind in KINDS.iter().copied().filter(|kind| has_search(kind)) {
            if edits.iter().any(|edit| matches!(edit, Edit::Add { kind: added, .. } if *added == kind)) {
                kinds.push((kind, counter(tx, kind)?));
            }
        }
        tx.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?1, 'yes')", [SEARCH_LATER])?;
        Ok(Some(Self { kinds }))
    }

    /// Makes up for it.
    pub fn end(self, tx: &Transaction<'_>) -> Result<()> {
        for (kind, first) in self.kinds {
            let names: Vec<String> =
                kind.columns().filter(|field| field.is_searched()).map(|field| quoted(field.name)).collect();
            let (columns, search, table) = (names.join(", "), search_name(kind), quoted(kind.name));
            // New records have the numbers that the counter gave since, and nobody else has any of these.
            let sql = format!(
                "INSERT INTO {search}(rowid, {columns}) SELECT no, {columns} FROM {table}
                 WHERE no >= ?1 AND no < ?2 ORDER BY no"
            );
            tx.execute(&sql, params![first, counter(tx, kind)?])?;
        }
        tx.execute("DELETE FROM meta WHERE key = ?1", [SEARCH_LATER])?;
        Ok(())
    }
}

/// The next number of a kind's records.
fn counter(tx: &Transaction<'_>, kind: Kind) -> Result<i64> {
    let sql = "SELECT ifnull((SELECT next FROM counter WHERE kind = ?1), 1)";
    Ok(tx.query_row(sql, [kind.name], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use chrono::Utc;

    use super::*;
    use crate::policy::Policy;
    use crate::record::{PERSON, SYSTEM, Value};
    use crate::workspace::{Change, Error, Workspace, new_id};

    fn workspace(folder: &tempfile::TempDir) -> (Workspace, String) {
        let path = folder.path().join("w.db");
        let mut workspace = Workspace::create(&path, Arc::new(Policy::builtin())).expect("a workspace");
        let me = new_id(Utc::now());
        let fields = vec![("name", "Ana".into()), ("handle", "ana".into())];
        let edits = vec![Edit::Add { kind: &PERSON, id: me.clone(), fields }];
        workspace.write(Change::by(&me, edits)).expect("the first person");
        (workspace, me)
    }

    fn systems(names: &[&str], times: usize) -> Vec<Edit> {
        let of =
            |name: &str| Edit::Add { kind: &SYSTEM, id: new_id(Utc::now()), fields: vec![("name", Value::text(name))] };
        names.iter().cycle().take(times).map(|name| of(name)).collect()
    }

    fn found(workspace: &Workspace, word: &str) -> u64 {
        let query = crate::workspace::Query::all(&SYSTEM).finding(word);
        workspace.count(&query).expect("counted")
    }

    #[test]
    fn what_is_added_in_bulk_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut workspace, me) = workspace(&folder);
        workspace.write(Change::by(&me, systems(&["heron"], 3))).expect("few");
        workspace.write(Change::by(&me, systems(&["heron", "bittern"], 2 * MANY))).expect("many");
        workspace.write(Change::by(&me, systems(&["bittern"], 1))).expect("one more");
        assert_eq!((found(&workspace, "heron"), found(&workspace, "bittern")), (3 + MANY as u64, 1 + MANY as u64));
        assert_eq!(workspace.meta(SEARCH_LATER).expect("read"), None);
        let findings = workspace.doctor(&AtomicBool::new(false), |_| {}).expect("looked at");
        assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");
        workspace.undo(&me).expect("undone");
        workspace.undo(&me).expect("undone");
        assert_eq!((found(&workspace, "heron"), found(&workspace, "bittern")), (3, 0));
    }

    #[test]
    fn a_refused_bulk_leaves_no_trace_even_in_a_batch_that_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut workspace, me) = workspace(&folder);
        let mut edits = systems(&["heron"], 2 * MANY);
        edits.push(Edit::Add { kind: &SYSTEM, id: new_id(Utc::now()), fields: Vec::new() });
        let refused = workspace.write(Change::by(&me, edits.clone()));
        assert!(matches!(refused, Err(Error::Refused { .. })));
        assert_eq!((found(&workspace, "heron"), workspace.meta(SEARCH_LATER).expect("read")), (0, None));
        let kept = workspace.batch(|batch| {
            assert!(batch.write(Change::by(&me, edits)).is_err());
            batch.write(Change::by(&me, systems(&["bittern"], 1)))
        });
        kept.expect("the caller went on");
        assert_eq!((found(&workspace, "bittern"), workspace.meta(SEARCH_LATER).expect("read")), (1, None));
        let findings = workspace.doctor(&AtomicBool::new(false), |_| {}).expect("looked at");
        assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");
    }
}
