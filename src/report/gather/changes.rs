//! What changed since a date, out of the history: what began, what moved, what ended, with who, when and why.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};

use super::super::error::Result;
use super::super::model::{Figures, Period};
use super::super::register::{Cell, Column, Holds, Register, Row};
use super::Reading;
use crate::record::{ACTION, EVIDENCE, Kind, REVIEW, RISK, Value, rfc3339};
use crate::text;
use crate::workspace::{Entry, FieldChange, HistoryChange, HistoryFilter};

/// How many rows of the history are read at the most, unless asked otherwise; what is older is left out, and that is
/// said.
pub const HISTORY_ROWS: usize = 400_000;

/// How many rows of one change are read at the most: an import may have touched every record.
const ONE_CHANGE: usize = 20_000;

/// How many changes are read at a time.
const PAGE: usize = 500;

const COLUMNS: &[Column] = &[
    Column::new("at", "When", Holds::Moment),
    Column::new("who", "Who", Holds::Line),
    Column::new("what", "What", Holds::Line),
    Column::new("ref", "Reference", Holds::Reference),
    Column::new("title", "Title", Holds::Line),
    Column::new("before", "Before", Holds::Line),
    Column::new("after", "After", Holds::Line),
    Column::new("why", "Why", Holds::Prose),
    Column::new("change", "Change", Holds::Number),
];

/// What can happen, in the order in which it is shown: its name, what people read, and how much it weighs where a page
/// has no room for all.
pub const EVENTS: &[(&str, &str, i64)] = &[
    ("new_reviews", "New reviews", 8),
    ("stage_moves", "Stage moves", 9),
    ("tiers_set", "Tiers decided or changed", 7),
    ("new_risks", "New risks", 5),
    ("risk_levels", "Risk levels changed", 6),
    ("risks_closed", "Risks closed, mitigated or accepted", 7),
    ("risks_reopened", "Risks opened again", 7),
    ("new_actions", "New actions", 2),
    ("actions_closed", "Actions closed", 3),
    ("actions_reopened", "Actions opened again", 4),
    ("new_evidence", "New evidence", 1),
    ("evidence_verdicts", "Evidence accepted, rejected or superseded", 3),
    ("deleted", "Records deleted", 6),
];

/// The register of what happened, and the counts. Where no date is given, the register is empty and says so.
pub(super) fn read(
    reading: &mut Reading<'_, '_>,
    since: Option<NaiveDate>,
    rows: usize,
) -> Result<(Register, Option<Period>)> {
    let register = |help| Register::new("changes", "Changes", help, COLUMNS.to_vec());
    let Some(since) = since else {
        return Ok((register("No date was given from which on changes are listed."), None));
    };
    let mut log = Log { left: rows, ..Log::default() };
    let filter = HistoryFilter { since: Some(rfc3339(beginning(reading, since))), ..HistoryFilter::default() };
    log.read(reading, filter)?;
    let mut counts = Figures::default();
    let mut events = log.standing();
    if let Some(scope) = &reading.scope {
        events.retain(|event| scope.has(&event.reference));
    }
    for (name, label, _) in EVENTS {
        let count = events.iter().filter(|event| event.what == *name).count() as u64;
        counts.add(format!("since_{name}"), *label, count);
    }
    let period = Period {
        since,
        changes: log.seen.len() as u64,
        people: log.people.len() as u64,
        outside: log.outside,
        counts,
        cut: log.cut.or(log.large).is_some(),
    };
    if let Some(number) = log.cut {
        reading.notices.push(format!(
            "The history since {since} is too long for this pack: changes before number {number} are not listed or \
             counted. Choose a later date."
        ));
    }
    if let Some(number) = log.large {
        reading.notices.push(format!(
            "Change number {number} touched so many records that only the first {ONE_CHANGE} of them are listed and \
             counted under what changed."
        ));
    }
    let mut register =
        register("What began, moved and ended in the period, the newest first. What was undone since is left out.");
    for event in events {
        register.rows.push(Row { cells: event.cells(reading), weight: event.weight() });
    }
    Ok((register, Some(period)))
}

/// The first moment of a day where the pack is made.
fn beginning(reading: &Reading<'_, '_>, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    reading
        .zone
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}

/// One thing that happened.
struct Event {
    number: i64,
    at: String,
    who: String,
    source: String,
    target: Option<i64>,
    what: &'static str,
    reference: String,
    title: String,
    before: String,
    after: String,
    why: String,
}

impl Event {
    fn label(&self) -> &'static str {
        EVENTS.iter().find(|(name, ..)| *name == self.what).map_or(self.what, |(_, label, _)| *label)
    }

    fn weight(&self) -> i64 {
        EVENTS.iter().find(|(name, ..)| *name == self.what).map_or(0, |(.., weight)| *weight)
    }

    fn cells(&self, reading: &mut Reading<'_, '_>) -> Vec<Cell> {
        let at = DateTime::parse_from_rfc3339(&self.at).map(|at| at.with_timezone(&Utc));
        let who = reading.handles.get(&self.who).cloned().unwrap_or_else(|| Arc::from(text::line(&self.who).as_ref()));
        let mut kept = |raw: &str| match text::line(raw).trim() {
            "" => Cell::Empty,
            safe => Cell::Text(reading.labels.kept(safe)),
        };
        vec![
            at.map_or_else(|_| Cell::text(&self.at), Cell::Moment),
            Cell::Text(who),
            kept(self.label()),
            kept(&self.reference),
            kept(&self.title),
            kept(&self.before),
            kept(&self.after),
            Cell::text(&self.why),
            Cell::Number(self.number),
        ]
    }
}

/// What the history tells, while it is read from the newest change to the oldest.
#[derive(Default)]
struct Log {
    events: Vec<Event>,
    seen: HashSet<i64>,
    people: HashSet<String>,
    outside: u64,
    /// How many rows may still be read.
    left: usize,
    /// The change before which nothing was read any more.
    cut: Option<i64>,
    /// A change that was not read to its end.
    large: Option<i64>,
}

impl Log {
    fn read(&mut self, reading: &mut Reading<'_, '_>, mut filter: HistoryFilter) -> Result<()> {
        loop {
            reading.watch.at("Reading history", self.seen.len() as u64, 0)?;
            let changes = reading.workspace.history(&filter, PAGE)?;
            let last = changes.len() < PAGE;
            filter.before = changes.last().map(|change| change.number);
            for change in changes {
                if self.left == 0 {
                    self.cut = Some(change.number + 1);
                    return Ok(());
                }
                self.add(reading, &change)?;
            }
            if last {
                return Ok(());
            }
        }
    }

    fn add(&mut self, reading: &mut Reading<'_, '_>, change: &HistoryChange) -> Result<()> {
        self.seen.insert(change.number);
        if change.source == "outside" {
            self.outside += 1;
        } else {
            self.people.insert(change.by.clone());
        }
        self.left = self.left.saturating_sub(1);
        if change.undone {
            return Ok(());
        }
        let entries = reading.workspace.entries(change.number, ONE_CHANGE)?;
        if usize::try_from(change.entries).is_ok_and(|all| all > entries.len()) {
            self.large = Some(change.number);
        }
        for entry in &entries {
            if let Some(kind) = entry.kind {
                self.tell(change, entry, kind);
            }
        }
        self.left = self.left.saturating_sub(entries.len());
        Ok(())
    }

    fn tell(&mut self, change: &HistoryChange, entry: &Entry, kind: Kind) {
        let mut happened = |what: &'static str, before: &Value, after: &Value, why: Option<&str>| {
            self.events.push(Event {
                number: change.number,
                at: change.at.clone(),
                who: change.by.clone(),
                source: change.source.clone(),
                target: change.target,
                what,
                reference: text::line(&entry.reference).into_owned(),
                title: entry.title.clone(),
                before: before.display(),
                after: after.display(),
                why: change.why.as_deref().or(why).unwrap_or_default().to_owned(),
            });
        };
        let field = |name: &str| entry.fields.iter().find(|field| field.name == name);
        let kept =
            [(&REVIEW, "new_reviews"), (&RISK, "new_risks"), (&ACTION, "new_actions"), (&EVIDENCE, "new_evidence")];
        let Some((_, new)) = kept.iter().find(|(known, _)| **known == *kind) else { return };
        match entry.op.as_str() {
            "add" => {
                let shown = field(headline(kind)).map_or(Value::Empty, |field| field.after.clone());
                happened(new, &Value::Empty, &shown, None);
            }
            "delete" => happened("deleted", &Value::text(kind.label), &Value::Empty, None),
            _ => {
                let reason = field("stage_reason").and_then(|field| field.after.as_text());
                for changed in &entry.fields {
                    if let Some(what) = told_as(kind, changed) {
                        let why = if changed.name == "stage" { reason } else { None };
                        happened(what, &changed.before, &changed.after, why);
                    }
                }
            }
        }
    }

    /// What happened and still stands: an undo and what it undid cancel out where both lie in the period.
    fn standing(&mut self) -> Vec<Event> {
        let seen = &self.seen;
        let replayed = |event: &Event| {
            matches!(event.source.as_str(), "undo" | "redo")
                && event.target.is_some_and(|target| seen.contains(&target))
        };
        std::mem::take(&mut self.events).into_iter().filter(|event| !replayed(event)).collect()
    }
}

/// The field that says most about a new record.
fn headline(kind: Kind) -> &'static str {
    match kind.name {
        "review" => "stage",
        "risk" => "level",
        "action" => "due_on",
        _ => "kind",
    }
}

/// Under what a change of a field is told; none where it is not.
fn told_as(kind: Kind, changed: &FieldChange) -> Option<&'static str> {
    let closed =
        |value: &Value| kind.closed.is_some_and(|(_, over)| value.as_text().is_some_and(|now| over.contains(&now)));
    match (kind.name, changed.name.as_str()) {
        ("review", "stage") => Some("stage_moves"),
        ("review", "tier") => Some("tiers_set"),
        ("risk", "level") => Some("risk_levels"),
        ("risk", "status") if closed(&changed.after) && !closed(&changed.before) => Some("risks_closed"),
        ("risk", "status") if closed(&changed.before) && !closed(&changed.after) => Some("risks_reopened"),
        ("action", "status") if closed(&changed.after) && !closed(&changed.before) => Some("actions_closed"),
        ("action", "status") if closed(&changed.before) && !closed(&changed.after) => Some("actions_reopened"),
        ("evidence", "status") => Some("evidence_verdicts"),
        _ => None,
    }
}
