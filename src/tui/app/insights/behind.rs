//! The records behind something: known by id, read a page at a time where they are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Said;
use crate::record::{Kind, Record};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::Slot;
use crate::workspace::{Error, Result, Workspace};

/// How many records are read at a time.
pub const PAGE: usize = 50;

/// A record behind something.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// Its id, or its reference.
    pub name: String,
    /// Whether it counts; none where that is not asked.
    pub counts: Option<bool>,
    /// What is told of it besides, such as days.
    pub note: String,
}

/// A record as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its id; empty where it is not there any more.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Where it stands: its stage, status or level.
    pub state: String,
}

/// The list.
pub struct Behind {
    /// What it is behind.
    pub title: String,
    /// What it means that a record counts, and that it does not.
    pub words: (&'static str, &'static str),
    /// What stands above the notes; empty where there are none.
    pub noted: &'static str,
    all: Arc<Vec<Entry>>,
    /// Those that are shown, by their places.
    places: Vec<usize>,
    /// Whether only those are shown that do not count.
    pub missing: bool,
    /// The row under the cursor.
    pub selected: usize,
    read: BTreeMap<usize, Vec<Shown>>,
    asked: BTreeSet<usize>,
    token: u64,
}

impl Behind {
    /// The list of these records.
    #[must_use]
    pub fn new(title: String, words: (&'static str, &'static str), noted: &'static str, all: Vec<Entry>) -> Self {
        Self {
            title,
            words,
            noted,
            places: (0..all.len()).collect(),
            all: Arc::new(all),
            missing: false,
            selected: 0,
            read: BTreeMap::new(),
            asked: BTreeSet::new(),
            token: 0,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.places.len()
    }

    /// How many there are in all, and how many of them count.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.all.len(), self.all.iter().filter(|entry| entry.counts == Some(true)).count())
    }

    /// The entry of a row.
    #[must_use]
    pub fn entry(&self, at: usize) -> Option<&Entry> {
        self.all.get(*self.places.get(at)?)
    }

    /// What is known of the record of a row, once it was read.
    #[must_use]
    pub fn shown(&self, at: usize) -> Option<&Shown> {
        self.read.get(&(at / PAGE))?.get(at % PAGE)
    }

    /// What is known of the record under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&Shown> {
        self.shown(self.selected).filter(|shown| !shown.id.is_empty())
    }

    /// Moves the cursor to a row, and asks for the pages around it that were not read.
    pub fn go_to(&mut self, row: usize, ctx: &Ctx) -> Vec<Effect> {
        let last = self.rows().saturating_sub(1);
        self.selected = row.min(last);
        // As much as a high screen shows before and after the cursor.
        let pages = self.selected.saturating_sub(PAGE) / PAGE..=self.selected.saturating_add(PAGE).min(last) / PAGE;
        let wanted: Vec<usize> = pages.filter(|page| self.asked.insert(*page)).collect();
        if self.rows() == 0 {
            return Vec::new();
        }
        wanted.into_iter().map(|page| self.ask(page, ctx)).collect()
    }

    /// Moves the cursor by rows.
    pub fn move_by(&mut self, rows: isize, ctx: &Ctx) -> Vec<Effect> {
        self.go_to(self.selected.saturating_add_signed(rows), ctx)
    }

    /// Shows only what does not count, or everything again.
    pub fn turn_missing(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.missing = !self.missing;
        let wanted = |entry: &Entry| !self.missing || entry.counts == Some(false);
        self.places = (0..self.all.len()).filter(|at| self.all.get(*at).is_some_and(wanted)).collect();
        self.selected = 0;
        self.reload(ctx)
    }

    /// Reads anew what is shown.
    pub fn reload(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.token += 1;
        self.asked.clear();
        self.read.clear();
        self.go_to(self.selected, ctx)
    }

    /// Takes a page that was asked for.
    pub fn take(&mut self, token: u64, page: usize, told: Result<Vec<Shown>>) {
        if token != self.token {
            return;
        }
        match told {
            Ok(rows) => {
                self.read.insert(page, rows);
            }
            // It is asked for again when the cursor moves.
            Err(_) => {
                self.asked.remove(&page);
            }
        }
    }

    fn ask(&self, page: usize, ctx: &Ctx) -> Effect {
        let (token, today) = (self.token, ctx.today);
        let rows = page * PAGE..((page + 1) * PAGE).min(self.rows());
        let wanted: Vec<(Kind, String)> =
            rows.filter_map(|at| self.entry(at)).map(|entry| (entry.kind, entry.name.clone())).collect();
        Effect::Read(
            Slot::Newest("insight records", page),
            Box::new(move |workspace, _| {
                let rows = wanted.iter().map(|(kind, name)| shown(workspace, kind, name, today)).collect();
                Some(Message::Insights(Said::Records(token, page, rows)))
            }),
        )
    }
}

fn shown(workspace: &Workspace, kind: Kind, name: &str, today: chrono::NaiveDate) -> Result<Shown> {
    let found =
        if crate::record::kind_of_reference(name).is_some() { workspace.find(name) } else { workspace.get(kind, name) };
    match found {
        Ok(record) => Ok(Shown {
            id: record.id().to_owned(),
            reference: record.reference().to_owned(),
            title: record.title().to_owned(),
            state: state(&record, today),
        }),
        Err(Error::NoRecord(..)) => {
            let title = format!("{} that is not there any more", kind.label);
            Ok(Shown { id: String::new(), reference: "–".to_owned(), title, state: String::new() })
        }
        Err(error) => Err(error),
    }
}

/// Where a record stands, in a word or two.
fn state(record: &Record, today: chrono::NaiveDate) -> String {
    let day = ["launched_on", "held_on", "given_on"].iter().find_map(|field| record.get(field).as_day());
    if let Some(day) = day {
        return day.to_string();
    }
    let word = ["stage", "status", "level"].iter().find_map(|field| record.text(field)).unwrap_or_default();
    let due = record.get("due_on").as_day().filter(|due| *due < today && !record.kind().is_closed(record));
    if due.is_some() && !word.is_empty() { format!("{word}, late") } else { word.to_owned() }
}
