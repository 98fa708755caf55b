//! What was imported before: what an import must know to change only what nobody has edited since.

use super::error::Result;
use super::{Batch, Workspace};

/// What was last imported for a row of an outside inventory: a row of `import_row`, written by
/// [`super::Edit::PutRow`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its id.
    pub id: String,
    /// What identifies the row among those of its mapping; the import's own notation.
    pub key: String,
    /// The id of the system that it became.
    pub system: String,
    /// The id of the review.
    pub review: String,
    /// The id of the packet.
    pub packet: String,
    /// What was imported: JSON, in the import's own notation.
    pub imported: String,
}

impl Workspace {
    /// What was imported through a mapping, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn import_rows(&self, mapping: &str) -> Result<Vec<ImportRow>> {
        let sql = "SELECT id, key, system, review, packet, imported FROM import_row WHERE mapping = ?1 ORDER BY no";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([mapping], |row| {
            Ok(ImportRow {
                id: row.get(0)?,
                key: row.get(1)?,
                system: row.get(2)?,
                review: row.get(3)?,
                packet: row.get(4)?,
                imported: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of the newest history entry. As long as it stays the same, no record has changed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest_entry(&self) -> Result<i64> {
        newest_entry(&self.conn)
    }
}

impl Batch<'_> {
    /// As [`Workspace::newest_entry`], within the transaction.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest_entry(&self) -> Result<i64> {
        newest_entry(&self.tx)
    }
}

fn newest_entry(conn: &rusqlite::Connection) -> Result<i64> {
    let sql = "SELECT ifnull(max(no), 0) FROM history_entry";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}
