//! The one way to write: what to change, who changes it and why; checked, saved in one transaction, sealed.

use std::collections::HashMap;

use chrono::{Local, SubsecRound};
use rusqlite::types::Value as Cell;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params, params_from_iter};

use super::bulk::Later;
use super::change::{Change, Edit, Receipt};
use super::error::{Error, Result};
use super::read::{Looking, get};
use super::row::{column_list, quoted, to_cell};
use super::words::in_words;
use super::{Lawgiver, SharedTerms, Workspace, seal};
use crate::record::decision::{IN_FORCE, WITHDRAWN, authority, guard, snapshot};
use crate::record::{
    Context, DECISION, Field, FieldKind, Kind, LEGAL, PACKET, PERSON, Problem, REVIEW, RISK, Record, Resolve, Value,
    check_value, document, kind_named, kind_of_reference, meeting, parse,
};

/// The table of the workspace's own layers of policy.
pub(super) const POLICY_LAYER: &str = "policy_layer";

/// The kinds in which rules write what rests on policy, each after those it rests on.
const BY_POLICY: [Kind; 4] = [&PACKET, &LEGAL, &REVIEW, &RISK];

/// A write transaction: several changes, each sealed on its own, all saved or none.
pub struct Batch<'a> {
    pub(super) tx: Transaction<'a>,
    pub(super) terms: SharedTerms,
    lawgiver: Option<Lawgiver>,
    site: String,
    /// The statements that insert and update a record of a kind, by the kind's name: made once, used for thousands.
    inserts: HashMap<&'static str, String>,
    updates: HashMap<&'static str, String>,
    /// The records that the change at hand adds, by id: it may link to one before it comes to it.
    coming: HashMap<String, Kind>,
}

impl Workspace {
    /// Saves one change.
    ///
    /// # Errors
    /// Where the policy or the records' rules refuse it, a record has moved on, or the file cannot be written. The
    /// workspace is then as it was.
    pub fn write(&mut self, change: Change) -> Result<Receipt> {
        self.batch(|batch| batch.write(change))
    }

    /// Saves several changes in one transaction: all, or none where `work` fails.
    ///
    /// # Errors
    /// What `work` returns, and what [`Workspace::write`] can.
    pub fn batch<T>(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Result<T>) -> Result<T> {
        if self.read_only {
            return Err(Error::ReadOnly);
        }
        let site = self.meta("site")?.unwrap_or_default();
        let (terms, lawgiver) = (self.terms.clone(), self.lawgiver.clone());
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch {
            tx,
            terms,
            lawgiver,
            site,
            inserts: HashMap::new(),
            updates: HashMap::new(),
            coming: HashMap::new(),
        };
        seal::seal_outside(&batch.tx)?;
        let done = work(&mut batch)?;
        let Batch { tx, terms, .. } = batch;
        tx.commit()?;
        // Where the policy was changed, what comes next is judged by the new one.
        self.terms = terms;
        Ok(done)
    }
}

impl Batch<'_> {
    /// Saves one of the batch's changes.
    ///
    /// # Errors
    /// As [`Workspace::write`].
    pub fn write(&mut self, mut change: Change) -> Result<Receipt> {
        let edits = std::mem::take(&mut change.edits);
        self.write_watched(change, &edits, &mut |_, _| true)
    }

    /// Saves one of the batch's changes, a long one, with these edits: `watch` is told now and then how many of how
    /// many are done, and says whether to go on.
    ///
    /// # Errors
    /// As [`Workspace::write`], and [`Error::Cancelled`] where `watch` said no.
    pub fn write_watched(
        &mut self,
        mut change: Change,
        edits: &[Edit],
        watch: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Receipt> {
        // What is handed back is what is stored: moments have milliseconds.
        change.at = change.at.trunc_subsecs(3);
        let mut done = Vec::with_capacity(edits.len());
        let added = |edit: &Edit| if let Edit::Add { kind, id, .. } = edit { Some((id.clone(), *kind)) } else { None };
        self.coming = edits.iter().filter_map(added).collect();
        let later = Later::begin(&self.tx, edits)?;
        let applied = edits.iter().enumerate().try_for_each(|(at, edit)| {
            if at.is_multiple_of(64) && !watch(at, edits.len()) {
                return Err(Error::Cancelled);
            }
            self.apply(edit, &change, &mut done)
        });
        // Also where it failed: the caller may go on with the batch.
        later.map_or(Ok(()), |later| later.end(&self.tx))?;
        applied?;
        let layers = |edit: &Edit| matches!(edit, Edit::PutRow { table, .. } | Edit::DropRow { table, .. } if *table == POLICY_LAYER);
        if edits.iter().any(layers) {
            self.check_policy_decided(&change, &done)?;
            self.obey(&change, watch, &mut done)?;
        }
        self.finish(&change, None, done)
    }

    /// The workspace's own layers of policy come with a decision in the same change, but for the change that begins the
    /// workspace with the person who makes it: there is nobody else yet who could hold the right.
    fn check_policy_decided(&self, change: &Change, done: &[Done]) -> Result<()> {
        let added = |kind: Kind| {
            let new = move |done: &&Done| done.before.is_none() && !done.deleted && done.record.kind() == kind;
            done.iter().filter(new).map(|done| &done.record)
        };
        let begins = added(&PERSON).any(|person| person.id() == change.by);
        if begins {
            let sql = "SELECT count(*) FROM person WHERE id <> ?1";
            let others: i64 = self.tx.query_row(sql, [&change.by], |row| row.get(0))?;
            if others == 0 {
                return Ok(());
            }
        }
        match guard::policy_problem(added(&DECISION)) {
            Some(problem) => Err(Error::Refused { what: "The policy".to_owned(), kind: None, problems: vec![problem] }),
            None => Ok(()),
        }
    }

    /// Works under the policy that the workspace's layers make now, and writes anew what rules write by it.
    pub(super) fn obey(
        &mut self,
        change: &Change,
        watch: &mut dyn FnMut(usize, usize) -> bool,
        done: &mut Vec<Done>,
    ) -> Result<()> {
        let Some(lawgiver) = self.lawgiver.clone() else { return Ok(()) };
        self.terms = lawgiver(&super::facts::policy_layers(&self.tx)?)?;
        for kind in BY_POLICY {
            let sql = format!("SELECT id FROM {} ORDER BY no", quoted(kind.name));
            let ids: Vec<String> =
                self.tx.prepare(&sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for (at, id) in ids.iter().enumerate() {
                if at.is_multiple_of(64) && !watch(at, ids.len()) {
                    return Err(Error::Cancelled);
                }
                self.settle(kind, id, change, done)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, change: &Change, target: Option<i64>, done: Vec<Done>) -> Result<Receipt> {
        let what = change.what.clone().unwrap_or_else(|| in_words(&done));
        let number = seal::seal(&self.tx, change, &what, target)?;
        Ok(Receipt { change: number, what, records: done.into_iter().map(|done| done.record).collect() })
    }

    fn apply(&mut self, edit: &Edit, change: &Change, done: &mut Vec<Done>) -> Result<()> {
        match edit {
            Edit::Add { kind, id, fields } => {
                let mut record = Record::empty(kind);
                for field in kind.columns() {
                    if let Some(text) = field.default {
                        record.set(field.name, self.default(field, text, change));
                    }
                }
                set_fields(&mut record, fields)?;
                record.set("id", id.as_str());
                self.save(None, record, change, done)
            }
            Edit::Set { kind, id, version, fields } => {
                let Some(before) = get(&self.tx, kind, id)? else {
                    return Err(Error::NoRecord(id.clone(), Some(kind)));
                };
                let mut after = before.clone();
                set_fields(&mut after, fields)?;
                if version.is_some_and(|version| version != before.version()) {
                    return Err(Error::Stale { theirs: Box::new(before), ours: Box::new(after) });
                }
                if after == before { Ok(()) } else { self.save(Some(before), after, change, done) }
            }
            Edit::Settle { kind, id } => self.settle(kind, id, change, done),
            Edit::Delete { kind, id } => {
                let deleted = get(&self.tx, kind, id)?;
                if let Some(record) = &deleted
                    && let Some(why) =
                        document::kept(record, &Looking(&self.tx)).or_else(|| meeting::kept(record, &Looking(&self.tx)))
                {
                    return Err(Error::InUse(record.reference().to_owned(), why));
                }
                self.delete(kind, id, done)?;
                // What belonged to the record is gone with it; what the record itself belonged to is still there.
                deleted.map_or(Ok(()), |deleted| self.follow(&deleted, change, done))
            }
            Edit::PutRow { table, id, columns } => self.put_row(table, id, columns),
            Edit::DropRow { table, id } => {
                self.tx.execute(&format!("DELETE FROM {} WHERE id = ?1", quoted(table)), [id])?;
                Ok(())
            }
            Edit::KeepContent { sha256, data } => {
                let sql = "INSERT INTO content(sha256, bytes, data) VALUES (?1, ?2, ?3) ON CONFLICT(sha256) DO NOTHING";
                self.tx.execute(sql, params![sha256, i64::try_from(data.len()).unwrap_or(i64::MAX), data])?;
                Ok(())
            }
        }
    }

    fn default(&self, field: &Field, text: &str, change: &Change) -> Value {
        parse(field, text, change.at.date_naive(), self.terms.as_ref(), &NoRecords).unwrap_or(Value::Empty)
    }

    /// Settles, checks and stores one record.
    fn save(&mut self, before: Option<Record>, mut after: Record, change: &Change, done: &mut Vec<Done>) -> Result<()> {
        let kind = after.kind();
        let looking = Looking(&self.tx);
        let context = self.context(change, &looking);
        (kind.settle)(before.as_ref(), &mut after, &context);
        let mut problems = self.check_fields(before.as_ref(), &after)?;
        if problems.is_empty() {
            problems = (kind.check)(before.as_ref(), &after, &context);
        }
        if problems.is_empty() {
            let made = done.iter().filter(|done| done.before.is_none() && !done.deleted).map(|done| &done.record);
            problems = guard::problems(before.as_ref(), &after, &made.filter(|record| record.kind() == &DECISION));
        }
        if !problems.is_empty() {
            return Err(Error::Refused { what: name_of(&after), kind: Some(kind), problems });
        }
        if kind == &DECISION {
            check_decision(before.as_ref(), &after, &context)?;
        }
        after.set("version", before.as_ref().map_or(0, Record::version) + 1);
        after.set("updated_at", change.at);
        after.set("updated_by", change.by.as_str());
        if before.is_some() {
            self.update(&after)?;
        } else {
            after.set("created_at", change.at);
            after.set("created_by", change.by.as_str());
            self.insert(&mut after)?;
        }
        done.push(Done { before, record: after.clone(), deleted: false, follows: false });
        self.follow(&after, change, done)
    }

    /// Settles anew the records of which a rule says that they follow from this one.
    pub(super) fn follow(&mut self, record: &Record, change: &Change, done: &mut Vec<Done>) -> Result<()> {
        for field in record.kind().fields.iter().filter(|field| field.settles) {
            let target = field.linked_kind().and_then(kind_named).zip(record.text(field.name));
            if let Some((kind, id)) = target {
                self.settle(kind, id, change, done)?;
            }
        }
        Ok(())
    }

    /// Writes anew what rules write in a record. What people wrote stays, so there is nothing to check.
    fn settle(&mut self, kind: Kind, id: &str, change: &Change, done: &mut Vec<Done>) -> Result<()> {
        let Some(before) = get(&self.tx, kind, id)? else { return Ok(()) };
        let mut after = before.clone();
        let looking = Looking(&self.tx);
        (kind.settle)(Some(&before), &mut after, &self.context(change, &looking));
        if after == before {
            return Ok(());
        }
        after.set("version", before.version() + 1);
        after.set("updated_at", change.at);
        after.set("updated_by", change.by.as_str());
        self.update(&after)?;
        done.push(Done { before: Some(before), record: after, deleted: false, follows: true });
        Ok(())
    }

    pub(super) fn context<'c>(&'c self, change: &'c Change, records: &'c Looking<'c>) -> Context<'c> {
        Context {
            now: change.at,
            today: change.at.with_timezone(&Local).date_naive(),
            actor: &change.by,
            terms: self.terms.as_ref(),
            records,
        }
    }

    /// What the descriptions of the fields say against the new values, and links that lead nowhere.
    fn check_fields(&self, before: Option<&Record>, after: &Record) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for (field, value) in after.fields() {
            if !field.is_editable() {
                continue;
            }
            let unchanged = before.is_some_and(|before| before.get(field.name) == value);
            if unchanged && !field.required {
                continue;
            }
            if let Some(problem) = check_value(field, value, self.terms.as_ref()) {
                problems.push(problem);
            } else if !unchanged {
                problems.extend(self.check_links(field, value)?);
            }
        }
        Ok(problems)
    }

    fn check_links(&self, field: &Field, value: &Value) -> Result<Option<Problem>> {
        let there = |kind: Kind, column: &str, text: &str| -> Result<bool> {
            let sql = format!("SELECT 1 FROM {} WHERE {column} = ?1", quoted(kind.name));
            Ok(self.tx.prepare_cached(&sql)?.query_row([text], |_| Ok(())).optional()?.is_some())
        };
        match (field.kind, value) {
            (FieldKind::Link(kind), Value::Text(id)) => {
                let Some(kind) = kind_named(kind) else { return Ok(None) };
                let missing = self.coming.get(id) != Some(&kind) && !there(kind, "id", id)?;
                Ok(missing.then(|| Problem {
                    field: Some(field.name),
                    message: format!("There is no such {} any more.", kind.label.to_lowercase()),
                }))
            }
            (FieldKind::Links(_) | FieldKind::Reference, Value::Text(_) | Value::List(_)) => {
                let only = field.linked_kind();
                for reference in value.as_text().into_iter().chain(value.items().iter().map(String::as_str)) {
                    let kind = kind_of_reference(reference).filter(|kind| only.is_none_or(|only| kind.name == only));
                    let found = match kind {
                        Some(kind) => there(kind, "ref", reference)?,
                        None => false,
                    };
                    if !found {
                        let wanted = only.and_then(kind_named).map_or("record", |kind| kind.label).to_lowercase();
                        let shown = crate::text::line(reference).into_owned();
                        return Ok(Some(Problem {
                            field: Some(field.name),
                            message: format!("There is no {wanted} {shown}."),
                        }));
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn insert(&mut self, record: &mut Record) -> Result<()> {
        let kind = record.kind();
        let number: i64 = self
            .tx
            .prepare_cached(
                "INSERT INTO counter(kind, next) VALUES (?1, 2)
                 ON CONFLICT(kind) DO UPDATE SET next = next + 1 RETURNING next - 1",
            )?
            .query_row([kind.name], |row| row.get(0))?;
        record.set("ref", format!("{}-{}{number}", kind.prefix, self.site));
        let sql = self.inserts.entry(kind.name).or_insert_with(|| {
            let places = vec!["?"; kind.columns().count() + 1].join(", ");
            format!("INSERT INTO {} (no, {}) VALUES ({places})", quoted(kind.name), column_list(kind))
        });
        let cells =
            std::iter::once(Cell::Integer(number)).chain(record.fields().map(|(field, value)| to_cell(field, value)));
        self.tx.prepare_cached(sql)?.execute(params_from_iter(cells)).map_err(|error| taken(record, error))?;
        Ok(())
    }

    fn update(&mut self, record: &Record) -> Result<()> {
        let kind = record.kind();
        let sql = self.updates.entry(kind.name).or_insert_with(|| {
            let assignments: Vec<String> = kind.columns().map(|field| format!("{} = ?", quoted(field.name))).collect();
            format!("UPDATE {} SET {} WHERE id = ?", quoted(kind.name), assignments.join(", "))
        });
        let cells = record
            .fields()
            .map(|(field, value)| to_cell(field, value))
            .chain(std::iter::once(Cell::Text(record.id().to_owned())));
        self.tx.prepare_cached(sql)?.execute(params_from_iter(cells)).map_err(|error| taken(record, error))?;
        Ok(())
    }

    fn put_row(&mut self, table: &str, id: &str, columns: &[(&'static str, String)]) -> Result<()> {
        let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
        let updates: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let different: Vec<String> = names.iter().map(|name| format!("{name} IS NOT excluded.{name}")).collect();
        let sql = format!(
            "INSERT INTO {table} (id, {}) VALUES (?, {}) ON CONFLICT(id) DO UPDATE SET {} WHERE {}",
            names.join(", "),
            vec!["?"; names.len()].join(", "),
            updates.join(", "),
            different.join(" OR "),
            table = quoted(table),
        );
        let values = std::iter::once(id).chain(columns.iter().map(|(_, value)| value.as_str()));
        self.tx.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        Ok(())
    }
}

/// Whether a decision may be made, or taken back, by who makes the change; and whether what it rests on is still as it
/// was seen.
pub(super) fn check_decision(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Result<()> {
    let what = || after.title().to_owned();
    let taken_back = before.is_some() && after.text("status") == Some(WITHDRAWN);
    let made = before.is_none() && after.text("status") == Some(IN_FORCE);
    if made || taken_back && before.is_some_and(|before| before.text("status") == Some(IN_FORCE)) {
        authority::standing(after, context).map_err(|refusal| Error::NoRight { what: what(), refusal })?;
    }
    if before.is_none() {
        let now = snapshot::taken(after, context.records, context.today);
        let seen = after.text("snapshot").unwrap_or_default();
        if seen != now {
            return Err(Error::Overtaken { what: what(), differences: snapshot::between(seen, &now) });
        }
    }
    Ok(())
}

/// Resolves nothing: the defaults of fields name no records.
struct NoRecords;

impl Resolve for NoRecords {
    fn id_of(&self, kind: Kind, _: &str) -> Result<String, String> {
        Err(format!("No {} can be named here.", kind.label.to_lowercase()))
    }
}

/// One record that a change touched.
pub(super) struct Done {
    pub before: Option<Record>,
    pub record: Record,
    pub deleted: bool,
    /// Whether nobody wrote to it: only what follows from another record was written anew.
    pub follows: bool,
}

fn set_fields(record: &mut Record, fields: &[(&'static str, Value)]) -> Result<()> {
    for (name, value) in fields {
        if record.kind().position(name).is_none() {
            return Err(Error::Query(format!("{} have no field “{name}”.", record.kind().plural)));
        }
        record.set(name, value.clone());
    }
    Ok(())
}

fn name_of(record: &Record) -> String {
    let title = crate::text::line(record.title());
    match (record.reference(), title.as_ref()) {
        ("", "") => format!("The {}", record.kind().label.to_lowercase()),
        ("", title) => format!("The {} “{}”", record.kind().label.to_lowercase(), crate::text::fit(title, 60)),
        (reference, _) => reference.to_owned(),
    }
}

fn taken(record: &Record, error: rusqlite::Error) -> Error {
    let text = error.to_string();
    if text.contains("UNIQUE") {
        let column = text.rsplit(['.', ' ']).next().unwrap_or_default().to_owned();
        let field = record.kind().field(&column).map(|field| field.name);
        let shown = field.map(|name| crate::text::line(&record.get(name).display()).into_owned()).unwrap_or_default();
        let message = match field {
            Some("review") => "That review has one already.".to_owned(),
            _ => format!("“{shown}” is taken already."),
        };
        let (what, kind) = (name_of(record), Some(record.kind()));
        return Error::Refused { what, kind, problems: vec![Problem { field, message }] };
    }
    Error::from(error)
}
