//! Drafts: what is being typed, kept every second or so, and offered after a crash.

use chrono::Utc;
use rusqlite::{OptionalExtension, params};

use super::Workspace;
use super::error::{Error, Result};
use crate::record::rfc3339;

/// Something that was being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is a draft of: `edit/RSK-31`, `add/risk`.
    pub key: String,
    /// The id of the person who was typing.
    pub by: String,
    /// What people would call it.
    pub title: String,
    /// The fields typed so far, as JSON.
    pub body: serde_json::Value,
    /// When it was kept, RFC 3339 in UTC.
    pub saved_at: String,
}

impl Workspace {
    /// Keeps what is being typed, in place of what was kept under the same key.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_draft(&mut self, key: &str, by: &str, title: &str, body: &serde_json::Value) -> Result<()> {
        if self.read_only {
            return Err(Error::ReadOnly);
        }
        self.conn
            .prepare_cached(
                "INSERT INTO draft(key, by, title, body, saved_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(key) DO UPDATE SET by = excluded.by, title = excluded.title, body = excluded.body,
                   saved_at = excluded.saved_at",
            )?
            .execute(params![key, by, title, body.to_string(), rfc3339(Utc::now())])?;
        Ok(())
    }

    /// Throws a draft away, because it was saved or is not wanted.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn drop_draft(&mut self, key: &str) -> Result<()> {
        if self.read_only {
            return Err(Error::ReadOnly);
        }
        self.conn.prepare_cached("DELETE FROM draft WHERE key = ?1")?.execute([key])?;
        Ok(())
    }

    /// The draft under a key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn draft(&self, key: &str) -> Result<Option<Draft>> {
        let sql = "SELECT key, by, title, body, saved_at FROM draft WHERE key = ?1";
        Ok(self.conn.prepare_cached(sql)?.query_row([key], read).optional()?)
    }

    /// All drafts, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        let sql = "SELECT key, by, title, body, saved_at FROM draft ORDER BY saved_at DESC LIMIT 100";
        Ok(self.conn.prepare_cached(sql)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Draft> {
    let body: String = row.get(3)?;
    Ok(Draft {
        key: row.get(0)?,
        by: row.get(1)?,
        title: row.get(2)?,
        body: serde_json::from_str(&body).unwrap_or_default(),
        saved_at: row.get(4)?,
    })
}
