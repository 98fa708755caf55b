//! Deleting: what goes with a record, what keeps it here, and what is kept whatever comes of it.

use rusqlite::OptionalExtension;

use super::error::{Error, Result};
use super::read::get;
use super::row::quoted;
use super::write::{Batch, Done};
use crate::record::{DECISION, DELEGATION, Field, FieldKind, KINDS, Kind, PERSON, RECUSAL, Record};

/// Kinds of which a record is kept, whatever comes of it.
const KEPT: &[Kind] = &[&DECISION, &DELEGATION, &RECUSAL];

impl Batch<'_> {
    /// Deletes a record, with the records that cannot be without it.
    pub(super) fn delete(&mut self, kind: Kind, id: &str, done: &mut Vec<Done>) -> Result<()> {
        let Some(record) = get(&self.tx, kind, id)? else {
            return Err(Error::NoRecord(id.to_owned(), Some(kind)));
        };
        if KEPT.contains(&kind) {
            let how = "it is kept for whoever asks later; withdraw or end it instead";
            return Err(Error::InUse(record.reference().to_owned(), how.to_owned()));
        }
        if kind == &PERSON {
            self.check_wrote_nothing(&record)?;
        }
        for other in KINDS {
            for field in other.fields.iter().filter(|field| field.kind == FieldKind::Link(kind.name)) {
                self.delete_dependents(&record, other, field, done)?;
            }
        }
        self.tx.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", quoted(kind.name)))?.execute([id])?;
        done.push(Done { before: None, record, deleted: true, follows: false });
        Ok(())
    }

    /// Refuses to delete somebody whose work is here, or whose workspace it is: the history names them.
    fn check_wrote_nothing(&self, person: &Record) -> Result<()> {
        let reason = "set active to no instead, so that the history still knows who it was";
        let owner: Option<String> =
            self.tx.query_row("SELECT value FROM meta WHERE key = 'owner'", [], |row| row.get(0)).optional()?;
        if owner.as_deref() == Some(person.id()) {
            return Err(Error::InUse(person.reference().to_owned(), format!("the workspace is theirs; {reason}")));
        }
        for kind in KINDS {
            let sql = format!(
                "SELECT ref FROM {} WHERE (created_by = ?1 OR updated_by = ?1) AND id <> ?1 LIMIT 1",
                quoted(kind.name)
            );
            let written: Option<String> =
                self.tx.prepare_cached(&sql)?.query_row([person.id()], |row| row.get(0)).optional()?;
            if let Some(written) = written {
                let why = format!("{written} was written by them; {reason}");
                return Err(Error::InUse(person.reference().to_owned(), why));
            }
        }
        Ok(())
    }

    /// Deletes the records that cannot be without this one; refuses where others merely point to it.
    fn delete_dependents(&mut self, record: &Record, other: Kind, field: &Field, done: &mut Vec<Done>) -> Result<()> {
        let sql = format!("SELECT id, ref FROM {} WHERE {} = ?1 ORDER BY no", quoted(other.name), quoted(field.name));
        let dependents: Vec<(String, String)> = self
            .tx
            .prepare_cached(&sql)?
            .query_map([record.id()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        if !field.required
            && let Some((_, first)) = dependents.first()
        {
            let more = if dependents.len() > 1 { format!(" and {} more", dependents.len() - 1) } else { String::new() };
            return Err(Error::InUse(
                record.reference().to_owned(),
                format!("{first}{more} still {} to it as {}; change that first", "point", field.label.to_lowercase()),
            ));
        }
        for (id, _) in dependents {
            self.delete(other, &id, done)?;
        }
        Ok(())
    }
}
