//! Full-text search over every text field of every kind.

use super::Workspace;
use super::error::Result;
use super::row::quoted;
use super::schema;
use crate::record::{KINDS, Kind, kind_of_reference};

/// A record that contains what was searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// What names it.
    pub title: String,
    /// The passage, with each match between U+0001 and U+0002.
    pub passage: String,
    /// How well it matches; the smaller the better (BM25, negative).
    pub rank: f64,
}

/// What the user typed as an FTS5 expression: every word must occur, the last one may be unfinished. None where
/// nothing but punctuation was typed.
#[must_use]
pub fn match_expression(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    if words.is_empty() {
        return None;
    }
    let unfinished = typed.chars().last().is_some_and(char::is_alphanumeric);
    Some(words.join(" ") + if unfinished { "*" } else { "" })
}

impl Workspace {
    /// The best matches for what was typed, among these kinds (all, where none is given). A reference finds its
    /// record first.
    ///
    /// # Errors
    /// When the file cannot be read, or the search was interrupted.
    pub fn search(&self, typed: &str, kinds: &[Kind], limit: usize) -> Result<Vec<Hit>> {
        let mut hits = Vec::new();
        if let Some(kind) = kind_of_reference(typed.trim())
            && let Ok(record) = self.find(typed.trim())
        {
            hits.push(Hit {
                kind,
                id: record.id().to_owned(),
                reference: record.reference().to_owned(),
                title: record.title().to_owned(),
                passage: String::new(),
                rank: f64::MIN,
            });
        }
        let Some(expression) = match_expression(typed) else { return Ok(hits) };
        let kinds = if kinds.is_empty() { KINDS } else { kinds };
        for kind in kinds.iter().filter(|kind| schema::has_search(kind)) {
            self.search_kind(kind, &expression, limit, &mut hits)?;
        }
        hits.sort_by(|one, other| one.rank.total_cmp(&other.rank).then_with(|| one.reference.cmp(&other.reference)));
        hits.truncate(limit);
        Ok(hits)
    }

    fn search_kind(&self, kind: Kind, expression: &str, limit: usize, hits: &mut Vec<Hit>) -> Result<()> {
        let search = schema::search_name(kind);
        // The title may be a link (a packet's is not, but kinds to come may): then the reference has to do.
        let sql = format!(
            "SELECT t.id, t.ref, t.{title}, snippet({search}, -1, char(1), char(2), '…', 16), {search}.rank
             FROM {search} JOIN {table} t ON t.no = {search}.rowid
             WHERE {search} MATCH ?1 ORDER BY {search}.rank LIMIT ?2",
            title = quoted(kind.title),
            table = quoted(kind.name),
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(rusqlite::params![expression, limit], |row| {
            let title: Option<String> = row.get(2)?;
            Ok(Hit {
                kind,
                id: row.get(0)?,
                reference: row.get(1)?,
                title: title.unwrap_or_default(),
                passage: row.get(3)?,
                rank: row.get(4)?,
            })
        })?;
        for row in rows {
            hits.push(row?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_taken_for_syntax() {
        assert_eq!(match_expression("chat bo"), Some("\"chat\" \"bo\"*".to_owned()));
        assert_eq!(match_expression("a\" OR NEAR( *"), Some("\"a\" \"OR\" \"NEAR\"".to_owned()));
        assert_eq!(match_expression("--- !"), None);
    }
}
