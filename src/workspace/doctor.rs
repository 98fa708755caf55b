//! A full look at the file: is it whole, does it agree with its history, was it changed by another program?

use std::sync::atomic::AtomicBool;

use rusqlite::params;
use sha2::{Digest, Sha256};

use super::Workspace;
use super::error::Result;
use super::row::quoted;
use super::schema::{self, hex};
use crate::record::{FieldKind, KINDS, kind_of_reference};

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// Whether all is well.
    pub ok: bool,
    /// What was found, in a sentence.
    pub detail: String,
}

impl Workspace {
    /// Runs every check. Writes nothing.
    ///
    /// # Errors
    /// When the file cannot be read at all, or `cancel` was set.
    pub fn doctor(&self, cancel: &AtomicBool, mut progress: impl FnMut(&str)) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut add = |check, problems: Vec<String>, fine: String| {
            let ok = problems.is_empty();
            let shown = problems.len().min(5);
            let more =
                if problems.len() > shown { format!("; and {} more", problems.len() - shown) } else { String::new() };
            let detail = if ok { fine } else { problems[..shown].join("; ") + &more };
            findings.push(Finding { check, ok, detail });
        };
        progress("pages");
        add("pages", self.damaged_pages()?, "Every page and index of the file is whole.".to_owned());
        progress("links");
        add("links", self.broken_links()?, "Every record that another one links to is there.".to_owned());
        progress("history");
        let verified = self.verify_history(cancel, |_| {})?;
        let broken = verified.broken.iter().map(|broken| {
            format!("the chain breaks at change {} of {} ({}): {}", broken.change, broken.at, broken.what, broken.why)
        });
        add(
            "history",
            broken.collect(),
            format!("{} changes with {} entries; head {}.", verified.changes, verified.entries, &verified.head[..16]),
        );
        progress("outside");
        let mut outside = Vec::new();
        if verified.unsealed > 0 {
            outside.push(format!("{} rows were changed by another program since the last write", verified.unsealed));
        }
        if !verified.outside.is_empty() {
            let numbers: Vec<String> = verified.outside.iter().map(i64::to_string).collect();
            outside.push(format!("made by another program, sealed as such: change {}", numbers.join(", ")));
        }
        add("outside", outside, "No change was made outside Probity.".to_owned());
        progress("state");
        add("state", self.rows_unlike_history()?, "Every row is as its history left it.".to_owned());
        progress("evidence");
        add(
            "evidence",
            self.spoilt_content()?,
            "Every copy of evidence has the hash it was registered with.".to_owned(),
        );
        progress("search");
        add("search", self.stale_search()?, "The search tables hold what the records say.".to_owned());
        add("permissions", self.open_permissions(), "Only its owner can read the file.".to_owned());
        Ok(findings)
    }

    fn damaged_pages(&self) -> Result<Vec<String>> {
        let rows: Vec<String> = self
            .conn
            .prepare("PRAGMA integrity_check(20)")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter(|row| row != "ok").collect())
    }

    fn broken_links(&self) -> Result<Vec<String>> {
        let mut broken: Vec<String> = self
            .conn
            .prepare("PRAGMA foreign_key_check")?
            .query_map([], |row| {
                let (table, rowid, parent): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(format!("row {rowid} of {table} links to a missing {parent}"))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for kind in KINDS {
            for field in kind.fields {
                let (table, column) = (quoted(kind.name), quoted(field.name));
                let sql = match field.kind {
                    FieldKind::Links(_) => format!("SELECT t.ref, j.value FROM {table} t, json_each(t.{column}) j"),
                    FieldKind::Reference => format!("SELECT ref, {column} FROM {table} WHERE {column} IS NOT NULL"),
                    _ => continue,
                };
                let pairs: Vec<(String, String)> = self
                    .conn
                    .prepare(&sql)?
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect::<rusqlite::Result<_>>()?;
                for (reference, target) in pairs {
                    if !self.has_reference(&target)? {
                        broken.push(format!(
                            "{reference} names {target} as {}, which is gone",
                            field.label.to_lowercase()
                        ));
                    }
                }
            }
        }
        Ok(broken)
    }

    fn has_reference(&self, reference: &str) -> Result<bool> {
        let Some(kind) = kind_of_reference(reference) else { return Ok(false) };
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE ref = ?1)", quoted(kind.name));
        Ok(self.conn.prepare_cached(&sql)?.query_row([reference], |row| row.get(0))?)
    }

    /// Rows that differ from the last image in their history, or are there without one, or are gone without one.
    fn rows_unlike_history(&self) -> Result<Vec<String>> {
        let mut unlike = Vec::new();
        for table in schema::followed_tables(&self.conn)? {
            let pairs: Vec<String> = schema::columns_of(&self.conn, &table)?
                .iter()
                .map(|column| format!("'{}', t.{}", column.replace('\'', "''"), quoted(column)))
                .collect();
            // The history may hold columns that came later as missing, so images are compared value by value.
            let sql = format!(
                "SELECT t.id, json_object({}), (SELECT e.after FROM history_entry e WHERE e.record = t.id AND e.kind = ?1
                   ORDER BY e.no DESC LIMIT 1) FROM {} t",
                pairs.join(", "),
                quoted(&table)
            );
            let mut statement = self.conn.prepare(&sql)?;
            let mut rows = statement.query(params![table])?;
            let mut seen = 0_i64;
            while let Some(row) = rows.next()? {
                seen += 1;
                let (id, now, then): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
                if then.as_deref() != Some(&now) && !same_image(&now, then.as_deref()) {
                    unlike.push(format!("{table} {id} is not as its history left it"));
                }
            }
            let living: i64 = self.conn.query_row(
                "SELECT count(*) FROM (SELECT record, max(no) AS newest FROM history_entry WHERE kind = ?1 GROUP BY record)
                 g JOIN history_entry e ON e.no = g.newest WHERE e.op <> 'delete'",
                params![table],
                |row| row.get(0),
            )?;
            if living > seen {
                unlike.push(format!("{} rows of {table} are gone without a trace in the history", living - seen));
            }
        }
        Ok(unlike)
    }

    fn spoilt_content(&self) -> Result<Vec<String>> {
        let mut spoilt = Vec::new();
        let mut statement = self.conn.prepare("SELECT sha256, data FROM content")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let wanted: String = row.get(0)?;
            if hex(&Sha256::digest(row.get_ref(1)?.as_blob().unwrap_or_default())) != wanted {
                spoilt.push(format!("the copy with SHA-256 {wanted} is not what was registered"));
            }
        }
        let missing: Vec<String> = self
            .conn
            .prepare(
                "SELECT ref FROM evidence WHERE stored = 1 AND NOT EXISTS
                 (SELECT 1 FROM content WHERE content.sha256 = evidence.sha256)",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        spoilt.extend(missing.into_iter().map(|reference| format!("the copy of {reference} is gone")));
        Ok(spoilt)
    }

    fn stale_search(&self) -> Result<Vec<String>> {
        let mut stale = Vec::new();
        if !schema::is_current(&self.conn)? {
            stale.push("the search tables are of another version; open the workspace to write once".to_owned());
        }
        if self.read_only {
            return Ok(stale);
        }
        for kind in KINDS.iter().filter(|kind| schema::has_search(kind)) {
            let search = schema::search_name(kind);
            // Rank 1 compares the index with the content table too (FTS5, "integrity-check").
            let sql = format!("INSERT INTO {search}({search}, rank) VALUES ('integrity-check', 1)");
            if self.conn.execute(&sql, []).is_err() {
                stale.push(format!("the search table of {} does not hold what they say", kind.plural.to_lowercase()));
            }
        }
        Ok(stale)
    }

    #[cfg(unix)]
    fn open_permissions(&self) -> Vec<String> {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&self.path).map_or(0, |info| info.permissions().mode() & 0o077);
        if mode == 0 {
            return Vec::new();
        }
        vec![format!("others can read the file; `chmod 600 {}` stops that", self.path.display())]
    }

    #[cfg(not(unix))]
    fn open_permissions(&self) -> Vec<String> {
        Vec::new()
    }
}

fn same_image(now: &str, then: Option<&str>) -> bool {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok();
    let (Some(now), Some(then)) = (parsed(now), then.and_then(parsed)) else { return false };
    now.iter()
        .all(|(name, value)| then.get(name).unwrap_or(&serde_json::Value::Null) == value || !then.contains_key(name))
}
