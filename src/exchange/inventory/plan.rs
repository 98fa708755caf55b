//! Comparing an inventory with the workspace: nothing is written here.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Local, Utc};

use super::remembered::{Marks, Memory, Remembered};
use super::values::{self, Said, mark, nothing};
use super::{Difference, Doing, Gone, Plan, PlannedRow};
use crate::exchange::mapping::{Bound, KINDS, MappedRow, Target};
use crate::exchange::{Progress, Result};
use crate::record::{Kind, PACKET, RELEASE, REVIEW, Record, SYSTEM, Value};
use crate::review;
use crate::workspace::{Edit, Error, Workspace, new_id};

/// Says what importing a table would do. `me` is the id of the person for whom `me` in the file stands.
///
/// # Errors
/// [`crate::exchange::Error::Cancelled`], and where the workspace cannot be read.
pub fn plan(workspace: &Workspace, bound: &Bound<'_>, me: Option<&str>, progress: &mut Progress<'_>) -> Result<Plan> {
    let as_of = workspace.newest_entry()?;
    let mapped = bound.rows(progress)?;
    let mapping = bound.mapping().id.clone();
    let mut memory = Memory::new(workspace.import_rows(&mapping)?);
    let said = read_all(workspace, &mapped, me, progress)?;
    let matched = match_all(&mapped, &said, &mut memory);
    let mut planner = Planner {
        workspace,
        at: Utc::now(),
        mapping: &mapping,
        file: &bound.table().name,
        edits: Vec::new(),
        occurrences: highest_occurrences(&mapped, &matched),
        matched,
    };
    let mut rows = Vec::with_capacity(mapped.len());
    for (at, (row, said)) in mapped.iter().zip(said).enumerate() {
        if at.is_multiple_of(256) {
            progress.at("Comparing", at, bound.table().rows.len())?;
        }
        rows.push(planner.row(at, row, said)?);
    }
    let edits = planner.edits;
    let gone = memory.rest().filter_map(|row| planner_gone(workspace, &row).transpose()).collect::<Result<_>>()?;
    let table = bound.table();
    Ok(Plan {
        file: table.name.clone(),
        sha256: table.sha256.clone(),
        unused: bound.unused().map(str::to_owned).collect(),
        mapping,
        rows,
        gone,
        edits,
        as_of,
    })
}

/// A system that is not in the file, unless somebody deleted it here as well.
fn planner_gone(workspace: &Workspace, row: &Remembered) -> Result<Option<Gone>> {
    let system = get(workspace, &SYSTEM, &row.system)?;
    Ok(system.map(|system| Gone { reference: system.reference().to_owned(), title: system.title().to_owned() }))
}

fn get(workspace: &Workspace, kind: Kind, id: &str) -> Result<Option<Record>> {
    match workspace.get(kind, id) {
        Ok(record) => Ok(Some(record)),
        Err(Error::NoRecord(..)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read_all(
    workspace: &Workspace,
    rows: &[MappedRow],
    me: Option<&str>,
    progress: &mut Progress<'_>,
) -> Result<Vec<(Said, Marks)>> {
    let today = Local::now().date_naive();
    let resolver = workspace.resolver(me);
    let mut all = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if at.is_multiple_of(256) {
            progress.at("Comparing", 0, rows.len())?;
        }
        let said = values::read(row, today, workspace.terms().as_ref(), &resolver);
        let marks = said.values.iter().filter_map(|(name, (_, value))| Some((name.clone(), mark(value)?))).collect();
        all.push((said, marks));
    }
    Ok(all)
}

/// Finds, for each row, what was imported for it before.
fn match_all(rows: &[MappedRow], said: &[(Said, Marks)], memory: &mut Memory) -> Vec<Option<Remembered>> {
    let mut by_key: HashMap<&[String], Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| why_not(row).is_none()) {
        by_key.entry(&row.key).or_default().push(at);
    }
    let mut matched = vec![None; rows.len()];
    for (key, places) in by_key {
        let marks: Vec<&Marks> = places.iter().map(|at| &said[*at].1).collect();
        for (at, found) in places.iter().zip(memory.match_up(key, &marks)) {
            matched[*at] = found;
        }
    }
    matched
}

/// For each key, the highest occurrence that is taken.
fn highest_occurrences(rows: &[MappedRow], matched: &[Option<Remembered>]) -> HashMap<Vec<String>, u32> {
    let mut highest: HashMap<Vec<String>, u32> = HashMap::new();
    for (row, old) in rows.iter().zip(matched) {
        if let Some(old) = old {
            let taken = highest.entry(row.key.clone()).or_default();
            *taken = old.occurrence.max(*taken);
        }
    }
    highest
}

/// Why a row cannot be imported, whatever is there.
fn why_not(row: &MappedRow) -> Option<Doing> {
    if let Some(why) = &row.refusal {
        return Some(Doing::Refuse(why.clone()));
    }
    if row.title().is_empty() {
        return Some(Doing::Skip("it has no name".to_owned()));
    }
    let unkeyed = row.key.iter().all(String::is_empty);
    unkeyed.then(|| Doing::Skip("the columns that identify a row are blank".to_owned()))
}

struct Planner<'a> {
    workspace: &'a Workspace,
    at: DateTime<Utc>,
    mapping: &'a str,
    file: &'a str,
    edits: Vec<Edit>,
    matched: Vec<Option<Remembered>>,
    /// For each key, the highest occurrence that was given.
    occurrences: HashMap<Vec<String>, u32>,
}

impl Planner<'_> {
    fn row(&mut self, at: usize, row: &MappedRow, (said, marks): (Said, Marks)) -> Result<PlannedRow> {
        let mut planned = PlannedRow {
            line: row.line,
            title: row.title().to_owned(),
            doing: Doing::Same,
            system: None,
            changes: Vec::new(),
            conflicts: Vec::new(),
            warnings: row.warnings.iter().cloned().chain(said.warnings.iter().cloned()).collect(),
        };
        if let Some(doing) = why_not(row) {
            planned.doing = doing;
            return Ok(planned);
        }
        match self.matched[at].take() {
            None => {
                self.create(row, &said, marks);
                planned.doing = Doing::Create;
            }
            Some(old) if old.marks == marks => {}
            Some(old) => self.update(row, &said, &marks, old, &mut planned)?,
        }
        Ok(planned)
    }

    /// Where a row came from, for people.
    fn source(&self, line: u64) -> String {
        format!("{}, line {line}", self.file)
    }

    fn create(&mut self, row: &MappedRow, said: &Said, marks: Marks) {
        let of = |kind: Kind| -> Vec<(&'static str, Value)> {
            let own = said.values.values().filter(|(to, _)| to.kind == kind);
            own.map(|(to, value)| (to.field.name, value.clone())).collect()
        };
        let system = new_id(self.at);
        let mut fields = of(&SYSTEM);
        fields.push(("source", Value::text(self.source(row.line))));
        self.edits.push(Edit::Add { kind: &SYSTEM, id: system.clone(), fields });
        let mut review = of(&REVIEW);
        review.push(("system", Value::text(system.as_str())));
        let mut release = of(&RELEASE);
        let release = (!release.is_empty()).then(|| {
            let id = new_id(self.at);
            release.push(("system", Value::text(system.as_str())));
            review.push(("release", Value::text(id.as_str())));
            self.edits.push(Edit::Add { kind: &RELEASE, id: id.clone(), fields: release });
            id
        });
        let (review, mut edits) = review::start(self.at, review);
        let mut packet = String::new();
        for edit in &mut edits {
            if let Edit::Add { kind, id, fields } = edit
                && *kind == &PACKET
            {
                packet.clone_from(id);
                fields.extend(of(&PACKET));
            }
        }
        // The packet first: its review, of which a part follows from it, is then written once.
        edits.reverse();
        self.edits.append(&mut edits);
        let highest = self.occurrences.entry(row.key.clone()).or_default();
        *highest += 1;
        let occurrence = *highest;
        let kept = Remembered { id: new_id(self.at), occurrence, system, review, packet, release, marks };
        self.remember(row, &kept);
    }

    fn remember(&mut self, row: &MappedRow, kept: &Remembered) {
        let columns = kept.columns(self.mapping, &row.key, &self.source(row.line));
        self.edits.push(Edit::PutRow { table: "import_row", id: kept.id.clone(), columns });
    }

    /// Compares a row that says something else than last time with the records as they are now.
    fn update(
        &mut self,
        row: &MappedRow,
        said: &Said,
        marks: &Marks,
        mut old: Remembered,
        planned: &mut PlannedRow,
    ) -> Result<()> {
        let before = old.marks.clone();
        let names: BTreeSet<&String> = before.keys().chain(marks.keys()).collect();
        let different = names.into_iter().filter(|name| before.get(*name) != marks.get(*name));
        let targets: Vec<Target> = different.filter_map(|name| Target::named(name).ok()).collect();
        let Some(system) = get(self.workspace, &SYSTEM, &old.system)? else {
            planned.doing = Doing::Skip("its system was deleted here".to_owned());
            return Ok(());
        };
        planned.system = Some(system.reference().to_owned());
        for kind in KINDS {
            let of_kind: Vec<Target> = targets.iter().copied().filter(|target| target.kind == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let id = match kind.name {
                "system" => Some(old.system.as_str()),
                "review" => Some(old.review.as_str()),
                "packet" => Some(old.packet.as_str()),
                _ => old.release.as_deref(),
            };
            let record = match id {
                Some(id) => get(self.workspace, kind, id)?,
                None => None,
            };
            match record {
                Some(record) => self.compare(&record, &of_kind, said, marks, &mut old, planned),
                None if kind == &RELEASE && old.release.is_none() => {
                    self.add_release(said, marks, &mut old, planned)?;
                }
                // What was deleted here stays deleted.
                None => {}
            }
        }
        planned.doing = match (planned.changes.is_empty(), planned.conflicts.is_empty()) {
            (false, _) => Doing::Update,
            (true, false) => Doing::Conflict,
            (true, true) => Doing::Same,
        };
        if old.marks != before {
            self.remember(row, &old);
        }
        Ok(())
    }

    /// Field by field: what nobody edited here changes, what is the same by now is remembered, the rest is a conflict.
    fn compare(
        &mut self,
        record: &Record,
        targets: &[Target],
        said: &Said,
        marks: &Marks,
        old: &mut Remembered,
        planned: &mut PlannedRow,
    ) {
        let mut fields = Vec::new();
        for target in targets {
            let name = target.name();
            let theirs = said.values.get(&name).map_or_else(|| nothing(*target), |(_, value)| value.clone());
            let ours = record.get(target.field.name);
            let now = mark(ours);
            let difference = || Difference {
                reference: record.reference().to_owned(),
                target: *target,
                ours: ours.clone(),
                theirs: theirs.clone(),
            };
            let edited_here = now.as_ref() != old.marks.get(&name);
            if now.as_ref() != marks.get(&name) {
                if edited_here {
                    planned.conflicts.push(difference());
                    continue;
                }
                planned.changes.push(difference());
                fields.push((target.field.name, theirs));
            }
            match marks.get(&name) {
                Some(mark) => old.marks.insert(name, mark.clone()),
                None => old.marks.remove(&name),
            };
        }
        if !fields.is_empty() {
            self.edits.push(Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields });
        }
    }

    /// A release that the file speaks of for the first time.
    fn add_release(
        &mut self,
        said: &Said,
        marks: &Marks,
        old: &mut Remembered,
        planned: &mut PlannedRow,
    ) -> Result<()> {
        let id = new_id(self.at);
        let mut fields = vec![("system", Value::text(old.system.as_str()))];
        for (name, (target, value)) in said.values.iter().filter(|(_, (to, _))| to.kind == &RELEASE) {
            fields.push((target.field.name, value.clone()));
            old.marks.extend(marks.get(name).map(|mark| (name.clone(), mark.clone())));
            let (reference, ours, theirs) = ("new release".to_owned(), Value::Empty, value.clone());
            planned.changes.push(Difference { reference, target: *target, ours, theirs });
        }
        self.edits.push(Edit::Add { kind: &RELEASE, id: id.clone(), fields });
        if let Some(review) =
            get(self.workspace, &REVIEW, &old.review)?.filter(|review| review.get("release").is_empty())
        {
            let fields = vec![("release", Value::text(id.as_str()))];
            self.edits.push(Edit::Set { kind: &REVIEW, id: review.id().to_owned(), version: None, fields });
        }
        old.release = Some(id);
        Ok(())
    }
}
