//! An inventory into the workspace: what would be done, row by row with reasons, and doing it.
//!
//! Each row becomes a system, a review at intake and its packet (and a release, where the file speaks of one). What
//! was last imported for a row is remembered, so that the next file changes only what nobody has edited here since;
//! where both sides have moved, the row is a conflict, and ours stays.

mod plan;
mod remembered;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;

use chrono::Utc;

use super::mapping::{Bound, Target, Warning};
use super::{Error, Progress, Result, shown};
use crate::record::Value;
use crate::workspace::{Change, Edit, Source, Workspace};

pub use plan::plan;

/// What an import would do, down to the edits.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The id of the mapping.
    pub mapping: String,
    /// The file's name.
    pub file: String,
    /// The file's SHA-256.
    pub sha256: String,
    /// Every row of the file, in its order.
    pub rows: Vec<PlannedRow>,
    /// What was imported through this mapping before and is not in this file. It is left as it is.
    pub gone: Vec<Gone>,
    /// The headers of columns that the mapping does not use.
    pub unused: Vec<String>,
    /// They name no versions: as long as no history entry is newer than `as_of`, no record has moved on.
    edits: Vec<Edit>,
    /// The newest history entry when the plan was made.
    as_of: i64,
}

/// What would be done for one row.
#[derive(Debug, Clone)]
pub struct PlannedRow {
    /// The line in the file.
    pub line: u64,
    /// What names it.
    pub title: String,
    /// What would be done.
    pub doing: Doing,
    /// The reference of the system, where there is one already and it was looked at.
    pub system: Option<String>,
    /// The fields that would change.
    pub changes: Vec<Difference>,
    /// The fields that both the file and somebody here changed: ours stays.
    pub conflicts: Vec<Difference>,
    /// What could not be taken as it stands and goes to the notes.
    pub warnings: Vec<Warning>,
}

/// What would be done for a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// New records.
    Create,
    /// New values for some fields.
    Update,
    /// Nothing: all that the file changed was edited here.
    Conflict,
    /// Nothing: the file says what it said before.
    Same,
    /// Nothing, for this reason.
    Skip(String),
    /// The whole import is refused, for this reason.
    Refuse(String),
}

/// A field whose value in the file is another than here.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The reference of the record.
    pub reference: String,
    /// The field.
    pub target: Target,
    /// What it holds here.
    pub ours: Value,
    /// What the file says.
    pub theirs: Value,
}

/// A system that was imported before and is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Its reference.
    pub reference: String,
    /// Its name.
    pub title: String,
}

/// How many rows would be what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New.
    pub create: usize,
    /// With fields that would change.
    pub update: usize,
    /// With conflicts, whether or not other fields would change.
    pub conflict: usize,
    /// As they were.
    pub same: usize,
    /// Left out.
    pub skip: usize,
    /// For which the whole import is refused.
    pub refuse: usize,
    /// Cells whose text goes to the notes because their field cannot hold it.
    pub warnings: usize,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The number of the change in the history; 0 where there was nothing to do.
    pub change: i64,
    /// What was done, in words.
    pub what: String,
}

impl Plan {
    /// Counts rows by what would be done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            match row.doing {
                Doing::Create => counts.create += 1,
                Doing::Update => counts.update += 1,
                Doing::Conflict => {}
                Doing::Same => counts.same += 1,
                Doing::Skip(_) => counts.skip += 1,
                Doing::Refuse(_) => counts.refuse += 1,
            }
            counts.conflict += usize::from(!row.conflicts.is_empty());
            counts.warnings += row.warnings.len();
        }
        counts
    }

    /// All warnings, in the file's order; [`super::mapping::tally`] counts them by column.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.rows.iter().flat_map(|row| &row.warnings)
    }

    /// Whether there is nothing to save.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.edits.is_empty()
    }

    /// Saves what was planned, as one change: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Input`] where a row refuses the import; [`Error::Moved`] where the workspace was written to since the
    /// plan was made; [`Error::Cancelled`]; and what the workspace refuses. The workspace is then as it was.
    pub fn apply(&self, workspace: &mut Workspace, by: &str, progress: &mut Progress<'_>) -> Result<Applied> {
        let refused = self.rows.iter().find_map(|row| match &row.doing {
            Doing::Refuse(why) => Some((row.line, why)),
            _ => None,
        });
        if let Some((line, why)) = refused {
            let message = format!("{} Nothing was imported.", why.trim_end());
            return Err(Error::Input { file: self.file.clone(), line: Some(line), message });
        }
        if self.is_idle() {
            return Ok(Applied { change: 0, what: self.in_words() });
        }
        let change = Change {
            by: by.to_owned(),
            at: Utc::now(),
            source: Source::Import,
            what: Some(self.in_words()),
            why: Some(format!("Mapping {}; SHA-256 of the file {}.", self.mapping, self.sha256)),
            edits: Vec::new(),
        };
        let saved = workspace.batch(|batch| {
            if batch.newest_entry()? != self.as_of {
                return Ok(None);
            }
            let receipt = batch
                .write_watched(change, &self.edits, &mut |done, total| progress.at("Saving", done, total).is_ok())?;
            Ok(Some(receipt.change))
        });
        match saved? {
            Some(change) => Ok(Applied { change, what: self.in_words() }),
            None => Err(Error::Moved),
        }
    }

    /// What would be done, in a line: `inventory.csv: 2,133 use cases added`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let counts = self.counts();
        let cases = |n: usize| if n == 1 { "1 use case".to_owned() } else { format!("{n} use cases") };
        let mut parts = Vec::new();
        if counts.create > 0 {
            parts.push(format!("{} added", cases(counts.create)));
        }
        if counts.update > 0 {
            parts.push(format!("{} updated", cases(counts.update)));
        }
        if parts.is_empty() {
            parts.push("nothing new".to_owned());
        }
        if counts.conflict > 0 {
            parts.push(format!("{} in conflict", counts.conflict));
        }
        if counts.skip > 0 {
            parts.push(format!("{} left out", counts.skip));
        }
        format!("{}: {}", shown(&self.file), parts.join(", "))
    }
}

/// Plans and applies, and plans again where somebody wrote to the workspace in between.
///
/// # Errors
/// As [`plan()`] and [`Plan::apply`].
pub fn import(
    workspace: &mut Workspace,
    bound: &Bound<'_>,
    by: &str,
    progress: &mut Progress<'_>,
) -> Result<(Plan, Applied)> {
    let mut tries = 0;
    loop {
        let plan = plan(workspace, bound, Some(by), progress)?;
        match plan.apply(workspace, by, progress) {
            Err(Error::Moved) if tries < 3 => tries += 1,
            Err(error) => return Err(error),
            Ok(applied) => return Ok((plan, applied)),
        }
    }
}

impl Doing {
    /// The word for it, for tables and filters.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Conflict => "conflict",
            Self::Same => "same",
            Self::Skip(_) => "skip",
            Self::Refuse(_) => "refuse",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |value: &Value| {
            if value.is_empty() { "nothing".to_owned() } else { format!("“{}”", shown(&value.display())) }
        };
        let label = self.target.field.label.to_lowercase();
        write!(f, "{} {label}: {} here, {} in the file", self.reference, said(&self.ours), said(&self.theirs))
    }
}

impl fmt::Display for PlannedRow {
    /// One line for the row, and one indented under it for each field or warning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {:<6} {:<8} ", self.line, self.doing.word())?;
        if let Some(system) = &self.system {
            write!(f, "{system} ")?;
        }
        f.write_str(&shown(&self.title))?;
        if let Doing::Skip(why) | Doing::Refuse(why) = &self.doing {
            write!(f, ": {why}")?;
        }
        for change in &self.changes {
            write!(f, "\n  changes   {change}")?;
        }
        for conflict in &self.conflicts {
            write!(f, "\n  conflict  {conflict}; ours stays")?;
        }
        for warning in &self.warnings {
            let (header, text) = (shown(&warning.header), shown(&warning.text));
            write!(f, "\n  in notes  {header}: “{text}” ({})", warning.why)?;
        }
        Ok(())
    }
}
