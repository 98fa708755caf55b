//! The file's schema: migrations by hand, triggers and search tables from the tables' own columns.
//!
//! A migration that has been released is never changed. What is generated here (history triggers, search tables)
//! is made again whenever the tables or the descriptions of the fields changed, within the same transaction.

use rusqlite::{Connection, Transaction, params};
use sha2::{Digest, Sha256};

use super::error::Result;
use super::row::quoted;
use crate::record::{KINDS, Kind};

/// `PROB`, in the file's header: what `file` and other programs know a workspace by.
pub const APPLICATION_ID: i64 = 0x5052_4F42;

/// The migrations, in order. The schema version is how many have run.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_desk", include_str!("../../assets/migrations/0001_desk.sql")),
    ("0002_legal", include_str!("../../assets/migrations/0002_legal.sql")),
    ("0003_decisions", include_str!("../../assets/migrations/0003_decisions.sql")),
    ("0004_evidence", include_str!("../../assets/migrations/0004_evidence.sql")),
    ("0005_documents", include_str!("../../assets/migrations/0005_documents.sql")),
    ("0006_silences", include_str!("../../assets/migrations/0006_silences.sql")),
    ("0007_meetings", include_str!("../../assets/migrations/0007_meetings.sql")),
    ("0008_operations", include_str!("../../assets/migrations/0008_operations.sql")),
    ("0009_analysis", include_str!("../../assets/migrations/0009_analysis.sql")),
    ("0010_learnings", include_str!("../../assets/migrations/0010_learnings.sql")),
];

/// The newest schema version that this program knows.
#[must_use]
pub fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Tables whose rows the history does not follow: the history itself, what is not a record yet (drafts), counters
/// (which only count up), and the content of evidence, which its own SHA-256 guards.
const UNFOLLOWED: &[&str] = &["history_entry", "history_change", "draft", "counter", "content", "meta"];

/// Runs the migrations that are missing, and makes triggers and search tables anew where they changed.
///
/// # Errors
/// Whatever SQLite says; the caller's transaction is then dropped.
pub fn migrate(tx: &Transaction<'_>) -> Result<()> {
    let version: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (_, sql) in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        tx.execute_batch(sql)?;
    }
    tx.execute_batch(&format!("PRAGMA user_version = {}; PRAGMA application_id = {APPLICATION_ID};", newest()))?;
    derive(tx)
}

/// What the generated part of the schema would be now, as one text.
///
/// # Errors
/// Whatever SQLite says.
pub fn derived_sql(conn: &Connection) -> Result<String> {
    let mut sql = triggers(conn)?;
    for kind in KINDS {
        sql.push_str(&search_table(kind));
    }
    Ok(sql)
}

/// The triggers that write the history, for the tables that there are.
///
/// # Errors
/// Whatever SQLite says.
pub fn triggers(conn: &Connection) -> Result<String> {
    let mut sql = String::new();
    for table in followed_tables(conn)? {
        sql.push_str(&history_triggers(&table, &columns_of(conn, &table)?));
    }
    Ok(sql)
}

/// Whether the generated part of the schema is the one that this program would make.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_current(conn: &Connection) -> Result<bool> {
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version != newest() {
        return Ok(false);
    }
    let made: Option<String> =
        conn.query_row("SELECT value FROM meta WHERE key = 'derived'", [], |row| row.get(0)).ok();
    Ok(made.as_deref() == Some(&fingerprint()))
}

/// Tells whether descriptions or migrations changed, without reading the file's schema: opening a file is on the
/// way to the first frame.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for (name, sql) in MIGRATIONS {
        hash.update(name);
        hash.update(sql);
    }
    for kind in KINDS {
        hash.update(search_table(kind));
    }
    hash.update(history_triggers("t", &["id".to_owned()]));
    hex(&hash.finalize())
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn derive(tx: &Transaction<'_>) -> Result<()> {
    let old: Vec<String> = tx
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for name in old {
        tx.execute_batch(&format!("DROP TRIGGER {}", quoted(&name)))?;
    }
    for kind in KINDS {
        let (terms, search) = (terms_name(kind), search_name(kind));
        tx.execute_batch(&format!("DROP TABLE IF EXISTS {terms}; DROP TABLE IF EXISTS {search}"))?;
    }
    tx.execute_batch(&derived_sql(tx)?)?;
    tx.execute_batch(HISTORY_IS_APPEND_ONLY)?;
    for kind in KINDS {
        if has_search(kind) {
            let search = search_name(kind);
            tx.execute_batch(&format!("INSERT INTO {search}({search}) VALUES ('rebuild')"))?;
        }
    }
    tx.execute(
        "INSERT INTO meta(key, value) VALUES ('derived', ?1) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        params![fingerprint()],
    )?;
    Ok(())
}

/// The history can be added to, by anybody, but not altered by accident. Who drops these triggers on purpose is
/// caught by the chain of hashes.
const HISTORY_IS_APPEND_ONLY: &str = "
CREATE TRIGGER history_entry_stays BEFORE UPDATE ON history_entry
  BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
CREATE TRIGGER history_entry_remains BEFORE DELETE ON history_entry
  BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER history_change_stays BEFORE UPDATE ON history_change
  BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
CREATE TRIGGER history_change_remains BEFORE DELETE ON history_change
  BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
";

/// The tables whose rows the history follows.
///
/// # Errors
/// Whatever SQLite says.
pub fn followed_tables(conn: &Connection) -> Result<Vec<String>> {
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(tables.into_iter().filter(|name| !name.starts_with("sqlite_") && !UNFOLLOWED.contains(&name.as_str())).collect())
}

/// The real columns of a table: generated ones are left out, since they follow from the rest.
///
/// # Errors
/// Whatever SQLite says.
pub fn columns_of(conn: &Connection, table: &str) -> Result<Vec<String>> {
    Ok(conn
        .prepare("SELECT name FROM pragma_table_info(?1)")?
        .query_map([table], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

fn history_triggers(table: &str, columns: &[String]) -> String {
    let image = |side: &str| {
        let pairs: Vec<String> = columns
            .iter()
            .map(|column| format!("'{}', {side}.{}", column.replace('\'', "''"), quoted(column)))
            .collect();
        format!("json_object({})", pairs.join(", "))
    };
    let quoted_table = quoted(table);
    let insert = "INSERT INTO history_entry(kind, record, op, before, after) VALUES";
    format!(
        "CREATE TRIGGER {ai} AFTER INSERT ON {quoted_table} BEGIN {insert} ('{table}', NEW.id, 'add', NULL, {new}); END;
CREATE TRIGGER {au} AFTER UPDATE ON {quoted_table} BEGIN {insert} ('{table}', NEW.id, 'set', {old}, {new}); END;
CREATE TRIGGER {ad} AFTER DELETE ON {quoted_table} BEGIN {insert} ('{table}', OLD.id, 'delete', {old}, NULL); END;\n",
        ai = quoted(&format!("{table}_added")),
        au = quoted(&format!("{table}_set")),
        ad = quoted(&format!("{table}_deleted")),
        old = image("OLD"),
        new = image("NEW"),
    )
}

/// The name of a kind's search table.
#[must_use]
pub fn search_name(kind: Kind) -> String {
    format!("{}_search", kind.name)
}

/// A fact that holds within a transaction only: what is added goes into the search tables at the end of it.
pub const SEARCH_LATER: &str = "search_later";

/// The name of the table that counts in how many of a kind's records each word occurs.
#[must_use]
pub fn terms_name(kind: Kind) -> String {
    format!("{}_terms", kind.name)
}

/// Whether a kind has text to search.
#[must_use]
pub fn has_search(kind: Kind) -> bool {
    kind.columns().any(crate::record::Field::is_searched)
}

/// An FTS5 table over the kind's text, with the kind's own table as its content, so that no text is kept twice.
fn search_table(kind: Kind) -> String {
    if !has_search(kind) {
        return String::new();
    }
    let names: Vec<String> =
        kind.columns().filter(|field| field.is_searched()).map(|field| quoted(field.name)).collect();
    let columns = names.join(", ");
    let side = |side: &str| names.iter().map(|name| format!("{side}.{name}")).collect::<Vec<_>>().join(", ");
    let changed = names.iter().map(|name| format!("OLD.{name} IS NOT NEW.{name}")).collect::<Vec<_>>().join(" OR ");
    let (table, search, terms) = (quoted(kind.name), search_name(kind), terms_name(kind));
    let add = format!("INSERT INTO {search}(rowid, {columns}) VALUES (NEW.no, {});", side("NEW"));
    let remove =
        format!("INSERT INTO {search}({search}, rowid, {columns}) VALUES ('delete', OLD.no, {});", side("OLD"));
    format!(
        "CREATE VIRTUAL TABLE {search} USING fts5({columns}, content={table}, content_rowid='no',
  tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER {search}_added AFTER INSERT ON {table}
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = '{SEARCH_LATER}') BEGIN {add} END;
CREATE VIRTUAL TABLE {terms} USING fts5vocab({search}, row);
CREATE TRIGGER {search}_set AFTER UPDATE ON {table} WHEN {changed} BEGIN {remove} {add} END;
CREATE TRIGGER {search}_deleted AFTER DELETE ON {table} BEGIN {remove} END;\n"
    )
}
