//! The chain: each change is sealed by a SHA-256 over what it wrote and over the seal before it.
//!
//! Triggers write the entries, whatever program changes a row; a seal says which of them one change of this program
//! made. Entries that no change sealed were made outside; the next write seals them as such, so that they too stay
//! as they are from then on.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::Utc;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};

use super::change::{Change, Source};
use super::error::{Error, Result};
use super::schema::hex;
use super::{Workspace, new_id};
use crate::record::rfc3339;

/// What stands for a seal before the first one.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The result of recomputing the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Changes whose seal is right.
    pub changes: u64,
    /// Entries under those seals.
    pub entries: u64,
    /// The last right seal: a short text that stands for the whole history.
    pub head: String,
    /// The numbers of changes that were made outside this program.
    pub outside: Vec<i64>,
    /// Entries that no change has sealed yet: made outside since the last write.
    pub unsealed: u64,
    /// The first place at which the chain does not hold, if there is one.
    pub broken: Option<Break>,
}

/// The first place at which the history is not what was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The number of the change.
    pub change: i64,
    /// When it was made, as it says.
    pub at: String,
    /// What it did, as it says.
    pub what: String,
    /// What is wrong.
    pub why: String,
}

/// Seals all entries since the last change. Returns the number of the change, or 0 where there are none.
pub(super) fn seal(tx: &Transaction<'_>, change: &Change, what: &str, target: Option<i64>) -> Result<i64> {
    let (number, sealed, previous) = last_seal(tx)?;
    let newest: i64 =
        tx.prepare_cached("SELECT ifnull(max(no), 0) FROM history_entry")?.query_row([], |row| row.get(0))?;
    if newest <= sealed {
        return Ok(0);
    }
    let head = Head {
        number: number + 1,
        id: new_id(change.at),
        at: rfc3339(change.at),
        by: change.by.clone(),
        source: change.source.word().to_owned(),
        what: what.to_owned(),
        why: change.why.clone(),
        target,
        first: sealed + 1,
        last: newest,
        previous,
    };
    let mut hash = head.begin();
    let mut entries = tx.prepare_cached(
        "SELECT no, kind, record, op, before, after FROM history_entry WHERE no BETWEEN ?1 AND ?2 ORDER BY no",
    )?;
    let mut rows = entries.query([head.first, head.last])?;
    while let Some(row) = rows.next()? {
        add_entry(&mut hash, row)?;
    }
    tx.prepare_cached(
        "INSERT INTO history_change(no, id, at, by, source, what, why, target, first_entry, last_entry, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        head.number,
        head.id,
        head.at,
        head.by,
        head.source,
        head.what,
        head.why,
        head.target,
        head.first,
        head.last,
        head.previous,
        hex(&hash.finalize()),
    ])?;
    Ok(head.number)
}

/// Seals what other programs wrote since the last change, so that it cannot be altered unnoticed from now on.
pub(super) fn seal_outside(tx: &Transaction<'_>) -> Result<()> {
    let (_, sealed, _) = last_seal(tx)?;
    let count: i64 =
        tx.prepare_cached("SELECT count(*) FROM history_entry WHERE no > ?1")?.query_row([sealed], |row| row.get(0))?;
    if count == 0 {
        return Ok(());
    }
    let change = Change {
        by: "outside".to_owned(),
        at: Utc::now(),
        source: Source::Outside,
        what: None,
        why: Some("Noticed and sealed at the next write by Probity.".to_owned()),
        edits: Vec::new(),
    };
    let rows = if count == 1 { "row" } else { "rows" };
    seal(tx, &change, &format!("{count} {rows} changed outside Probity"), None)?;
    Ok(())
}

fn last_seal(conn: &Connection) -> Result<(i64, i64, String)> {
    Ok(conn
        .prepare_cached("SELECT no, last_entry, hash FROM history_change ORDER BY no DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?
        .unwrap_or((0, 0, GENESIS.to_owned())))
}

/// What a change says of itself; sealed together with its entries.
struct Head {
    number: i64,
    id: String,
    at: String,
    by: String,
    source: String,
    what: String,
    why: Option<String>,
    target: Option<i64>,
    first: i64,
    last: i64,
    previous: String,
}

impl Head {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            id: row.get(1)?,
            at: row.get(2)?,
            by: row.get(3)?,
            source: row.get(4)?,
            what: row.get(5)?,
            why: row.get(6)?,
            target: row.get(7)?,
            first: row.get(8)?,
            last: row.get(9)?,
            previous: row.get(10)?,
        })
    }

    /// Every part goes in with its length before it, so that no two heads give the same bytes.
    fn begin(&self) -> Sha256 {
        let mut hash = Sha256::new();
        add(&mut hash, b"probity-history-1");
        add(&mut hash, self.previous.as_bytes());
        for number in [self.number, self.first, self.last, self.target.unwrap_or(0)] {
            add(&mut hash, &number.to_be_bytes());
        }
        for text in [&self.id, &self.at, &self.by, &self.source, &self.what] {
            add(&mut hash, text.as_bytes());
        }
        add(&mut hash, self.why.as_deref().unwrap_or_default().as_bytes());
        hash
    }

    fn broken(&self, why: String) -> Break {
        Break { change: self.number, at: self.at.clone(), what: self.what.clone(), why }
    }
}

fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn add_entry(hash: &mut Sha256, row: &Row<'_>) -> rusqlite::Result<()> {
    let number: i64 = row.get(0)?;
    add(hash, &number.to_be_bytes());
    for column in 1..6 {
        let cell = row.get_ref(column)?;
        // NULL and an empty text differ.
        hash.update([u8::from(cell != rusqlite::types::ValueRef::Null)]);
        add(hash, cell.as_bytes_or_null()?.unwrap_or_default());
    }
    Ok(())
}

impl Workspace {
    /// The last seal: a short text that stands for the whole history so far.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn chain_head(&self) -> Result<String> {
        Ok(last_seal(&self.conn)?.2)
    }

    /// The number of the change with this seal, or a seal that starts so (eight characters at the least): tells
    /// whether a printed head is part of this history.
    ///
    /// # Errors
    /// When the file cannot be read, or the text is no seal.
    pub fn change_with_seal(&self, seal: &str) -> Result<Option<i64>> {
        let seal = seal.trim().to_lowercase();
        if seal.len() < 8 || seal.len() > 64 || !seal.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(Error::Query(
                "A seal is 8 to 64 hexadecimal digits, as printed in exports and minutes.".into(),
            ));
        }
        Ok(self
            .conn
            .query_row("SELECT no FROM history_change WHERE hash LIKE ?1 || '%'", [seal], |row| row.get(0))
            .optional()?)
    }

    /// Recomputes the chain from its beginning, and names the first place at which it does not hold. `progress` is told
    /// how many entries are done.
    ///
    /// # Errors
    /// When the file cannot be read, or `cancel` was set.
    pub fn verify_history(&self, cancel: &AtomicBool, mut progress: impl FnMut(u64)) -> Result<Verified> {
        let mut verified = Verified { head: GENESIS.to_owned(), ..Verified::default() };
        let mut heads = self.conn.prepare(
            "SELECT no, id, at, by, source, what, why, target, first_entry, last_entry, previous, hash
             FROM history_change ORDER BY no",
        )?;
        let mut entries =
            self.conn.prepare("SELECT no, kind, record, op, before, after FROM history_entry ORDER BY no")?;
        let mut rows = entries.query([])?;
        let mut next = rows.next()?;
        let mut heads = heads.query([])?;
        let mut sealed = 0_i64;
        while let Some(row) = heads.next()? {
            let head = Head::read(row)?;
            let stored: String = row.get(11)?;
            let mut hash = head.begin();
            let mut count = 0_u64;
            if head.previous != verified.head {
                verified.broken = Some(head.broken("it does not follow from the change before it".to_owned()));
                return Ok(verified);
            }
            if head.first != sealed + 1 || head.last < head.first {
                verified.broken =
                    Some(head.broken("its entries do not follow those of the change before it".to_owned()));
                return Ok(verified);
            }
            while let Some(entry) = next {
                let number: i64 = entry.get(0)?;
                if number > head.last {
                    break;
                }
                add_entry(&mut hash, entry)?;
                count += 1;
                if count.is_multiple_of(1024) {
                    progress(verified.entries + count);
                    if cancel.load(Ordering::Relaxed) {
                        return Err(Error::Cancelled);
                    }
                }
                next = rows.next()?;
            }
            let computed = hex(&hash.finalize());
            if computed != stored {
                let why = format!("its {count} entries are not those that were sealed (seal {stored}, now {computed})");
                verified.broken = Some(head.broken(why));
                return Ok(verified);
            }
            if head.source == Source::Outside.word() {
                verified.outside.push(head.number);
            }
            sealed = head.last;
            verified.changes += 1;
            verified.entries += count;
            verified.head = stored;
        }
        while next.is_some() {
            verified.unsealed += 1;
            next = rows.next()?;
        }
        progress(verified.entries);
        Ok(verified)
    }
}
