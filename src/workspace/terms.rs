//! Which words are rare, and which records share them: what finding similar records needs of the full-text search.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::error::Result;
use super::row::quoted;
use super::{Workspace, schema};
use crate::record::Kind;

impl Workspace {
    /// In how many records of a kind each of these words occurs, in the form in which the search keeps words (lower case,
    /// no diacritics). Words that occur nowhere are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn occurrences<'w>(
        &self,
        kind: Kind,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Result<HashMap<&'w str, u64>> {
        let mut counts = HashMap::new();
        let table = schema::terms_name(kind);
        // A file that is only read may have been made before there was such a table: then no word is known to be rare.
        let known = "SELECT 1 FROM sqlite_schema WHERE name = ?1";
        if self.conn.prepare_cached(known)?.query_row([&table], |_| Ok(())).optional()?.is_none() {
            return Ok(counts);
        }
        let mut statement = self.conn.prepare_cached(&format!("SELECT doc FROM {table} WHERE term = ?1"))?;
        for word in words {
            if let Some(count) = statement.query_row([word], |row| row.get(0)).optional()? {
                counts.insert(word, count);
            }
        }
        Ok(counts)
    }

    /// The ids of the records of a kind that share any of these words in these fields, those that share most and the
    /// rarest (by BM25) first.
    ///
    /// # Errors
    /// When the file cannot be read, or the search was interrupted.
    pub fn sharing(&self, kind: Kind, fields: &[&str], words: &[&str], limit: usize) -> Result<Vec<String>> {
        let safe = |word: &&&str| !word.is_empty() && word.chars().all(char::is_alphanumeric);
        let words: Vec<String> = words.iter().filter(safe).map(|word| format!("\"{word}\"")).collect();
        let searched = |name: &&&str| kind.field(name).is_some_and(crate::record::Field::is_searched);
        let fields: Vec<String> = fields.iter().filter(searched).map(|name| quoted(name)).collect();
        if words.is_empty() || fields.is_empty() {
            return Ok(Vec::new());
        }
        let search = schema::search_name(kind);
        let sql = format!(
            "SELECT t.id FROM {search} JOIN {} t ON t.no = {search}.rowid WHERE {search} MATCH ?1
             ORDER BY {search}.rank LIMIT ?2",
            quoted(kind.name)
        );
        let wanted = format!("{{{}}} : ({})", fields.join(" "), words.join(" OR "));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params![wanted, limit], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
