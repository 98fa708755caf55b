//! Facts about the workspace itself, and the layers of policy that it carries.
//!
//! The policy decides how records are checked, and a part of the policy lies inside the workspace: so a workspace is
//! opened under what is known outside it, asked for its own layers, and then put under the whole.

use rusqlite::{Connection, params};

use super::error::Result;
use super::{Batch, Lawgiver, SharedTerms, Workspace};

impl Workspace {
    /// The layers of policy that belong to this workspace, the lowest first: the id and the TOML text of each.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn policy_layers(&self) -> Result<Vec<(String, String)>> {
        policy_layers(&self.conn)
    }

    /// Puts the workspace under other terms: what is written from now on is checked against these.
    pub fn work_under(&mut self, terms: SharedTerms) {
        self.terms = terms;
    }

    /// Says which terms follow from the workspace's own layers. A change of a layer is then judged by what it makes: what
    /// rules write by policy is written anew in the same change, also where it is undone.
    pub fn governed_by(&mut self, lawgiver: Lawgiver) {
        self.lawgiver = Some(lawgiver);
    }
}

/// The workspace's own layers of policy, the lowest first.
pub(super) fn policy_layers(conn: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = conn.prepare_cached("SELECT id, text FROM policy_layer ORDER BY no")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Batch<'_> {
    /// Writes down a fact about the workspace itself, such as its `owner`. Facts are no records: the history does not
    /// follow them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO meta(key, value) VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![key, value])?;
        Ok(())
    }
}
