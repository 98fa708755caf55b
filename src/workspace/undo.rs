//! Undo and redo: the entries of a change replayed backwards or forwards, as a new change. Nothing is erased.
//!
//! What somebody has changed since is not clobbered: such an undo is refused, with the change that stands in its way.

use chrono::Utc;
use rusqlite::types::Value as Cell;
use rusqlite::{OptionalExtension, params, params_from_iter};
use serde_json::{Map, Value as Json};

use super::change::{Change, Receipt, Source};
use super::error::{Error, Result};
use super::row::{json_cell, quoted};
use super::write::{Batch, Done, POLICY_LAYER};
use super::{Workspace, read};
use crate::record::decision::{IN_FORCE, POLICY_CHANGE, authority, guard};
use crate::record::{DECISION, FieldKind, KINDS, Record, Written, document, kind_named};

/// A row as the history keeps it.
type Image = Map<String, Json>;

/// Columns that every save changes, and that therefore say nothing about whether a row is as it was.
const BOOKKEEPING: &[&str] = &["version", "updated_at", "updated_by"];

impl Workspace {
    /// Undoes the newest change of a person that is not undone yet.
    ///
    /// # Errors
    /// Where there is none, or something has been changed since that would be lost.
    pub fn undo(&mut self, by: &str) -> Result<Receipt> {
        let target = self.newest_done(by)?;
        let target = target.ok_or_else(|| Error::CannotUndo("There is nothing of yours to undo.".to_owned()))?;
        self.replay(by, target, Source::Undo)
    }

    /// Does again the change that a person undid last, if they have done nothing else since.
    ///
    /// # Errors
    /// Where there is none, or something has been changed since that would be lost.
    pub fn redo(&mut self, by: &str) -> Result<Receipt> {
        let target = self.newest_undone(by)?;
        let target = target.ok_or_else(|| Error::CannotUndo("There is nothing of yours to do again.".to_owned()))?;
        self.replay(by, target, Source::Redo)
    }

    /// Undoes one particular change, whoever made it.
    ///
    /// # Errors
    /// Where there is no such change, it is undone already, or something has been changed since that would be lost.
    pub fn undo_change(&mut self, by: &str, number: i64) -> Result<Receipt> {
        let change = self.history_change(number)?;
        if change.undone {
            return Err(Error::CannotUndo(format!("Change {number} is undone already.")));
        }
        self.replay(by, number, Source::Undo)
    }

    fn newest_done(&self, by: &str) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT c.no FROM history_change c WHERE c.by = ?1 AND c.source IN ('edit', 'import')
                 AND ifnull((SELECT t.source FROM history_change t WHERE t.target = c.no ORDER BY t.no DESC LIMIT 1), '')
                   <> 'undo'
                 ORDER BY c.no DESC LIMIT 1",
            )?
            .query_row([by], |row| row.get(0))
            .optional()?)
    }

    fn newest_undone(&self, by: &str) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT u.target FROM history_change u WHERE u.by = ?1 AND u.source = 'undo'
                 AND u.no > ifnull((SELECT max(e.no) FROM history_change e
                   WHERE e.by = ?1 AND e.source IN ('edit', 'import')), 0)
                 AND NOT EXISTS (SELECT 1 FROM history_change r WHERE r.target = u.target AND r.no > u.no)
                 ORDER BY u.no DESC LIMIT 1",
            )?
            .query_row([by], |row| row.get(0))
            .optional()?)
    }

    fn replay(&mut self, by: &str, target: i64, source: Source) -> Result<Receipt> {
        let original = self.history_change(target)?;
        let verb = if source == Source::Undo { "Undid" } else { "Did again" };
        let change = Change {
            by: by.to_owned(),
            at: Utc::now(),
            source,
            what: Some(format!("{verb}: {}", original.what)),
            why: None,
            edits: Vec::new(),
        };
        self.batch(|batch| {
            let done = batch.replay_entries(&change, target)?;
            batch.finish(&change, Some(target), done)
        })
        .map_err(|error| match error {
            // Links are checked when the transaction ends: a person may have made other records since.
            Error::Sqlite(error) if error.to_string().contains("FOREIGN KEY") => Error::CannotUndo(format!(
                "Change {target} ({}) cannot be {}: records made since belong to what it made. Undo those first.",
                original.what,
                if source == Source::Undo { "undone" } else { "done again" },
            )),
            other => other,
        })
    }
}

struct Step {
    table: String,
    id: String,
    from: Option<Image>,
    to: Option<Image>,
}

impl Step {
    /// Whether a rule writes this column: it then follows from the rest, and never stands in the way.
    fn is_by_rule(&self, column: &str) -> bool {
        let field = kind_named(&self.table).and_then(|kind| kind.field(column));
        field.is_some_and(|field| field.written == Written::ByRule)
    }
}

impl Batch<'_> {
    fn replay_entries(&mut self, change: &Change, target: i64) -> Result<Vec<Done>> {
        let backwards = change.source == Source::Undo;
        let mut done = Vec::new();
        let steps = self.steps(target, backwards)?;
        let touches_policy = steps.iter().any(|step| step.table == POLICY_LAYER);
        if touches_policy {
            // Asked now, under the policy in force: not under the one that the replay brings.
            self.check_right_to_policy(change)?;
        }
        let mut before = Vec::new();
        for step in &steps {
            if let Some(kind) = kind_named(&step.table) {
                before.push(read::get(&self.tx, kind, &step.id)?);
            }
            if backwards {
                check_whose_decision(step, &change.by)?;
            }
            match (&step.from, &step.to) {
                (Some(from), None) => self.take_out(step, from, target)?,
                (None, Some(to)) => self.put_back(step, to)?,
                (Some(from), Some(to)) => self.turn(step, from, to, target, change)?,
                (None, None) => {}
            }
            if let Some(kind) = kind_named(&step.table)
                && let Some(record) = read::get(&self.tx, kind, &step.id)?
            {
                done.push(Done { before: None, record, deleted: false, follows: false });
            }
        }
        // Only now: what belonged to a record may have gone after it.
        for step in &steps {
            if let (Some(from), None) = (&step.from, &step.to) {
                self.check_nothing_points_here(step, from)?;
            }
        }
        if touches_policy {
            self.obey(change, &mut |_, _| true, &mut done)?;
        }
        // What rules write is not replayed but follows anew from what stands now.
        for record in done.iter().map(|done| done.record.clone()).collect::<Vec<_>>() {
            if !backwards && record.kind() == &DECISION && !(touches_policy && decides_policy(&record)) {
                self.check_right_again(&record, change)?;
            }
            self.follow(&record, change, &mut done)?;
        }
        self.check_documents(&before, &done, change)?;
        let looking = read::Looking(&self.tx);
        if let Some(baseless) = done.iter().find(|done| !guard::stands(&done.record, &looking)) {
            let name = baseless.record.reference();
            return Err(Error::CannotUndo(format!("{name} would rest on a decision that does not hold. Decide anew.")));
        }
        Ok(done)
    }

    /// What was approved does not change by an undo either; and to approve again is to approve: whoever does it again must
    /// be somebody who may.
    fn check_documents(&self, before: &[Option<Record>], done: &[Done], change: &Change) -> Result<()> {
        let looking = read::Looking(&self.tx);
        let context = self.context(change, &looking);
        for was in before.iter().flatten() {
            let Some(now) = done.iter().map(|done| &done.record).find(|now| now.id() == was.id()) else { continue };
            let is_judged = match was.kind().name {
                "document_section" => true,
                "document" => !document::is_frozen(was) && document::is_frozen(now),
                _ => false,
            };
            let problem =
                if is_judged { (was.kind().check)(Some(was), now, &context).into_iter().next() } else { None };
            let why = problem.map(|problem| problem.message).or_else(|| document::own_verdict(was, now, &context));
            if let Some(why) = why {
                return Err(Error::CannotUndo(format!("{}: {why}", was.reference())));
            }
        }
        for was in before.iter().flatten().filter(|was| done.iter().all(|done| done.record.id() != was.id())) {
            if let Some(why) = document::kept(was, &looking) {
                return Err(Error::CannotUndo(format!("{why}.")));
            }
        }
        Ok(())
    }

    /// A decision that is made again needs the right again: it may have been lost since.
    fn check_right_again(&self, decision: &Record, change: &Change) -> Result<()> {
        let looking = read::Looking(&self.tx);
        let refused = if decision.text("status") == Some(IN_FORCE) {
            authority::standing(decision, &self.context(change, &looking)).err()
        } else {
            None
        };
        match refused {
            Some(refusal) => Err(Error::NoRight { what: decision.title().to_owned(), refusal }),
            None => Ok(()),
        }
    }

    /// Whoever turns the workspace's own layers of policy back or forth needs the right to change the policy.
    fn check_right_to_policy(&self, change: &Change) -> Result<()> {
        let mut decision = Record::empty(&DECISION);
        decision.set("kind", POLICY_CHANGE);
        let looking = read::Looking(&self.tx);
        let standing = authority::standing(&decision, &self.context(change, &looking));
        standing.map(|_| ()).map_err(|refusal| {
            let how = if change.source == Source::Undo { "back" } else { "forth again" };
            Error::NoRight { what: format!("A change of the policy, turned {how}"), refusal }
        })
    }

    fn steps(&self, target: i64, backwards: bool) -> Result<Vec<Step>> {
        let order = if backwards { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT e.kind, e.record, e.before, e.after FROM history_change c
             JOIN history_entry e ON e.no BETWEEN c.first_entry AND c.last_entry
             WHERE c.no = ?1 ORDER BY e.no {order}"
        );
        let image = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let steps = self
            .tx
            .prepare_cached(&sql)?
            .query_map([target], |row| {
                let (before, after) = (image(row.get(2)?), image(row.get(3)?));
                let (from, to) = if backwards { (after, before) } else { (before, after) };
                Ok(Step { table: row.get(0)?, id: row.get(1)?, from, to })
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(steps)
    }

    /// The row as it stands, as an image.
    fn current(&self, step: &Step, like: &Image) -> Result<Option<Image>> {
        let pairs: Vec<String> =
            like.keys().map(|name| format!("'{}', {}", name.replace('\'', "''"), quoted(name))).collect();
        let sql = format!("SELECT json_object({}) FROM {} WHERE id = ?1", pairs.join(", "), quoted(&step.table));
        let text: Option<String> = self.tx.prepare_cached(&sql)?.query_row([&step.id], |row| row.get(0)).optional()?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn take_out(&self, step: &Step, from: &Image, target: i64) -> Result<()> {
        let Some(now) = self.current(step, from)? else {
            return Err(self.in_the_way(step, target, "is gone"));
        };
        let own = |name: &str| !BOOKKEEPING.contains(&name) && !step.is_by_rule(name);
        if from.iter().any(|(name, value)| own(name) && now.get(name) != Some(value)) {
            return Err(self.in_the_way(step, target, "was changed since"));
        }
        self.check_not_the_owner(step, from)?;
        self.tx.execute(&format!("DELETE FROM {} WHERE id = ?1", quoted(&step.table)), [&step.id])?;
        Ok(())
    }

    /// The workspace without its owner would be nobody's.
    fn check_not_the_owner(&self, step: &Step, image: &Image) -> Result<()> {
        let owner: Option<String> =
            self.tx.query_row("SELECT value FROM meta WHERE key = 'owner'", [], |row| row.get(0)).optional()?;
        if owner.as_deref() == Some(&step.id) {
            let name = name_of(image);
            return Err(Error::CannotUndo(format!("{name} cannot be taken back: the workspace is theirs.")));
        }
        Ok(())
    }

    fn check_nothing_points_here(&self, step: &Step, image: &Image) -> Result<()> {
        for other in KINDS {
            for field in
                other.fields.iter().filter(|field| matches!(field.kind, FieldKind::Link(kind) if kind == step.table))
            {
                let sql = format!("SELECT ref FROM {} WHERE {} = ?1 LIMIT 1", quoted(other.name), quoted(field.name));
                let pointing: Option<String> =
                    self.tx.prepare_cached(&sql)?.query_row([&step.id], |row| row.get(0)).optional()?;
                if let Some(pointing) = pointing.filter(|_| step.table != "person") {
                    let name = name_of(image);
                    return Err(Error::CannotUndo(format!(
                        "{name} cannot be taken back: {pointing} was added since and belongs to it. Undo that first."
                    )));
                }
            }
        }
        Ok(())
    }

    fn put_back(&self, step: &Step, to: &Image) -> Result<()> {
        if self.current(step, to)?.is_some() {
            return Err(Error::CannotUndo(format!("{} is there already.", name_of(to))));
        }
        let names: Vec<String> = to.keys().map(|name| quoted(name)).collect();
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(&step.table), names.join(", "));
        let cells = to.iter().map(|(name, value)| match (name.as_str(), value.as_i64()) {
            ("version", Some(version)) => Cell::Integer(version + 1),
            _ => json_cell(value),
        });
        self.tx.prepare_cached(&sql)?.execute(params_from_iter(cells))?;
        Ok(())
    }

    fn turn(&self, step: &Step, from: &Image, to: &Image, target: i64, change: &Change) -> Result<()> {
        let Some(now) = self.current(step, from)? else {
            return Err(self.in_the_way(step, target, "was deleted since"));
        };
        let different: Vec<&String> = from
            .iter()
            .filter(|(name, value)| !BOOKKEEPING.contains(&name.as_str()) && to.get(*name) != Some(value))
            .map(|(name, _)| name)
            .collect();
        if different.iter().all(|name| step.is_by_rule(name)) {
            return Ok(());
        }
        if different.iter().any(|name| now.get(*name) != from.get(*name) && !step.is_by_rule(name)) {
            return Err(self.in_the_way(step, target, "was changed since"));
        }
        let mut assignments: Vec<String> = different.iter().map(|name| format!("{} = ?", quoted(name))).collect();
        let mut cells: Vec<Cell> = different.iter().map(|name| to.get(*name).map_or(Cell::Null, json_cell)).collect();
        if kind_named(&step.table).is_some() {
            assignments.extend(["version = version + 1".to_owned(), "updated_at = ?".into(), "updated_by = ?".into()]);
            cells.extend([Cell::Text(crate::record::rfc3339(change.at)), Cell::Text(change.by.clone())]);
        }
        cells.push(Cell::Text(step.id.clone()));
        let sql = format!("UPDATE {} SET {} WHERE id = ?", quoted(&step.table), assignments.join(", "));
        self.tx.prepare_cached(&sql)?.execute(params_from_iter(cells))?;
        Ok(())
    }

    /// Says which later change stands in the way.
    fn in_the_way(&self, step: &Step, target: i64, how: &str) -> Error {
        let later: Option<(i64, String, String)> = self
            .tx
            .query_row(
                "SELECT c.no, c.what, ifnull((SELECT p.handle FROM person p WHERE p.id = c.by), c.by)
                 FROM history_entry e JOIN history_change c ON e.no BETWEEN c.first_entry AND c.last_entry
                 WHERE e.record = ?1 AND c.no > ?2 ORDER BY e.no DESC LIMIT 1",
                params![step.id, target],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .unwrap_or(None);
        let name = step.from.as_ref().or(step.to.as_ref()).map_or_else(|| step.id.clone(), name_of);
        Error::CannotUndo(match later {
            Some((number, what, by)) => format!("{name} {how}, in change {number} by {by} ({what}). Undo that first."),
            None => format!("{name} {how}."),
        })
    }
}

fn decides_policy(decision: &Record) -> bool {
    decision.text("kind") == Some(POLICY_CHANGE)
}

/// A decision is taken back by undo only by who made it; anybody else with the right to it withdraws it, or decides anew.
fn check_whose_decision(step: &Step, by: &str) -> Result<()> {
    let made = step.from.as_ref().filter(|_| step.table == DECISION.name && step.to.is_none());
    match made.and_then(|image| image.get("decided_by")).and_then(Json::as_str) {
        Some(decided_by) if decided_by != by => {
            let name = made.map_or_else(|| "A decision".to_owned(), name_of);
            Err(Error::CannotUndo(format!("{name} was decided by somebody else. Withdraw it, or decide anew.")))
        }
        _ => Ok(()),
    }
}

fn name_of(image: &Image) -> String {
    image.get("ref").or_else(|| image.get("id")).and_then(Json::as_str).unwrap_or("A row").to_owned()
}
