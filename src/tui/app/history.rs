//! The history place: who changed what, field by field, with a jump to the record.

use super::message::Effect;
use super::reads;
use crate::workspace::{Entry, Error, HistoryChange, HistoryFilter};

/// The history.
#[derive(Default)]
pub struct HistoryPlace {
    /// Which changes are listed.
    pub filter: HistoryFilter,
    /// The changes, the newest first.
    pub changes: Vec<HistoryChange>,
    /// The change under the cursor.
    pub selected: usize,
    /// What that change did, once it was read.
    pub entries: Option<(i64, Vec<Entry>)>,
    /// The entry that Enter opens.
    pub entry: usize,
    /// Why nothing could be read.
    pub failure: Option<String>,
    /// Whether there are older changes that have not been read.
    pub more: bool,
    asked: bool,
}

/// How close to the last change the cursor comes before older ones are asked for.
const AHEAD: usize = 20;

impl HistoryPlace {
    /// Asks for the newest changes.
    pub fn start(&mut self) -> Vec<Effect> {
        self.filter.before = None;
        self.asked = true;
        vec![reads::history(self.filter.clone())]
    }

    /// Asks for the newest changes again; the cursor goes to the first.
    pub fn reload(&mut self) -> Vec<Effect> {
        self.selected = 0;
        self.start()
    }

    /// Takes changes that were asked for.
    pub fn take(&mut self, next: bool, changes: Result<Vec<HistoryChange>, Error>) -> Vec<Effect> {
        self.asked = false;
        match changes {
            Ok(changes) => {
                self.failure = None;
                self.more = changes.len() >= super::list::PAGE;
                if next {
                    self.changes.extend(changes);
                    return Vec::new();
                }
                self.changes = changes;
                self.look()
            }
            Err(error) => {
                self.failure = Some(error.to_string());
                Vec::new()
            }
        }
    }

    /// Takes what a change did.
    pub fn take_entries(&mut self, change: i64, entries: Result<Vec<Entry>, Error>) {
        match entries {
            Ok(entries) => self.entries = Some((change, entries)),
            Err(error) => self.failure = Some(error.to_string()),
        }
        self.entry = 0;
    }

    /// The change under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&HistoryChange> {
        self.changes.get(self.selected)
    }

    /// What the change under the cursor did, if that was read.
    #[must_use]
    pub fn shown(&self) -> &[Entry] {
        match (&self.entries, self.current()) {
            (Some((number, entries)), Some(change)) if *number == change.number => entries,
            _ => &[],
        }
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows: isize) -> Vec<Effect> {
        let last = self.changes.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
        self.look()
    }

    /// Moves among the records of the change.
    pub fn next_entry(&mut self, forwards: bool) {
        let count = self.shown().len().max(1);
        self.entry = (self.entry + if forwards { 1 } else { count - 1 }) % count;
    }

    fn look(&mut self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self.current().map(|change| reads::entries(change.number)).into_iter().collect();
        if self.more && !self.asked && self.selected + AHEAD >= self.changes.len() {
            self.asked = true;
            let before = self.changes.last().map(|change| change.number);
            effects.push(reads::history(HistoryFilter { before, ..self.filter.clone() }));
        }
        effects
    }
}
