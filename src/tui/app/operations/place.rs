//! The place for what is watched after a launch, with its parts: three lists that are read page by page, and two that are
//! worked out on the reading thread.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ratatui::layout::Size;

use super::reading::{self, Series};
use crate::record::{ALERT, INCIDENT, Record, SIGNAL};
use crate::review::due::Due;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::list::{List, Listing, Want};
use crate::tui::app::message::{Effect, ListId};
use crate::tui::app::reads;
use crate::tui::app::triage::{Target, Triaged};
use crate::workspace::{Query, Sort};

/// Series that are kept at hand, thinned as they are.
const KEPT: usize = 64;

/// A part of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Alerts, those that nobody took up first.
    Alerts,
    /// Incidents, the newest first.
    Incidents,
    /// Monitoring signals.
    Signals,
    /// Which signals policy asks for, by system, and what is missing.
    Readiness,
    /// What is due, and who is told.
    Due,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Alerts, Self::Incidents, Self::Signals, Self::Readiness, Self::Due];

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Alerts => "Alerts",
            Self::Incidents => "Incidents",
            Self::Signals => "Signals",
            Self::Readiness => "Readiness",
            Self::Due => "Due",
        }
    }
}

/// What was worked out on the reading thread: nothing yet, what came of it, or why nothing did.
#[derive(Debug)]
pub struct Made<T> {
    /// What came of it.
    pub all: Option<T>,
    /// Why nothing did.
    pub failure: Option<String>,
    /// The line that has the cursor.
    pub cursor: usize,
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self { all: None, failure: None, cursor: 0 }
    }
}

impl<T> Made<T> {
    /// Takes what was worked out.
    pub fn take(&mut self, made: Result<T, String>) {
        match made {
            Ok(all) => (self.all, self.failure) = (Some(all), None),
            Err(why) => (self.all, self.failure) = (None, Some(why)),
        }
    }
}

/// The place.
pub struct Operations {
    /// The part that is shown.
    pub part: Part,
    lists: [Listing; 3],
    /// How ready the systems are, as lines.
    pub readiness: Made<Triaged>,
    /// What is due.
    pub due: Made<Vec<Due>>,
    /// Series that were read, by the signal's id. What was read before something was written is shown until it is read anew.
    series: HashMap<String, Arc<Series>>,
    /// Ids of signals whose series were read since then.
    fresh: HashSet<String>,
    asked: Option<String>,
}

impl Operations {
    /// The place at a part, before anything was read.
    #[must_use]
    pub fn at(part: Part) -> Self {
        let sorted = |kind, sort: &[(&'static str, bool)]| {
            let sort: Vec<Sort> =
                sort.iter().map(|(field, descending)| Sort { field, descending: *descending }).collect();
            let mut listing = Listing::new(Query::all(kind).sorted(sort));
            listing.sort.clone_from(&listing.base.sort);
            listing
        };
        Self {
            part,
            lists: [
                sorted(&ALERT, &[("status", false), ("raised_at", true)]),
                sorted(&INCIDENT, &[("detected_at", true)]),
                sorted(&SIGNAL, &[("name", false)]),
            ],
            readiness: Made::default(),
            due: Made::default(),
            series: HashMap::new(),
            fresh: HashSet::new(),
            asked: None,
        }
    }

    /// Asks for what it shows, and for how long its lists are.
    pub fn start(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (at, listing) in self.lists.iter_mut().enumerate() {
            let want = listing.refresh();
            let id = ListId::Part(at);
            effects.extend([reads::page(id, &listing.list, want, ctx.today), reads::total(id, &listing.list)]);
        }
        effects.extend(self.made(ctx));
        effects
    }

    /// Asks for everything anew, staying where it is.
    pub fn reload(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (at, listing) in self.lists.iter_mut().enumerate() {
            let want = listing.list.reload();
            let id = ListId::Part(at);
            effects.extend([reads::page(id, &listing.list, want, ctx.today), reads::total(id, &listing.list)]);
        }
        // What was read of series may have grown.
        self.fresh.clear();
        self.asked = None;
        effects.extend(self.made(ctx));
        effects
    }

    /// Shows another part, and asks for what is worked out for it.
    pub fn show(&mut self, part: Part, ctx: &Ctx) -> Vec<Effect> {
        self.part = part;
        self.made(ctx).into_iter().collect()
    }

    /// Shows the next part, or the one before.
    pub fn turn(&mut self, forwards: bool, ctx: &Ctx) -> Vec<Effect> {
        let (at, count) = (self.part as usize, Part::ALL.len());
        let next = (at + if forwards { 1 } else { count - 1 }) % count;
        self.show(Part::ALL[next], ctx)
    }

    /// What is worked out for the part that is shown.
    fn made(&self, ctx: &Ctx) -> Option<Effect> {
        match self.part {
            Part::Readiness => Some(reading::readiness(ctx)),
            Part::Due => Some(reading::due(ctx)),
            _ => None,
        }
    }

    /// The list of a part; none where it is worked out.
    #[must_use]
    pub fn listing_of(&self, part: Part) -> Option<&Listing> {
        self.lists.get(part as usize)
    }

    /// The list that is shown.
    #[must_use]
    pub fn listing(&self) -> Option<&Listing> {
        self.listing_of(self.part)
    }

    /// The list that is shown, to be moved in.
    pub fn listing_mut(&mut self) -> Option<&mut Listing> {
        self.lists.get_mut(self.part as usize)
    }

    /// The list of a part, by its place.
    pub fn list_mut(&mut self, part: usize) -> Option<&mut List> {
        self.lists.get_mut(part).map(|listing| &mut listing.list)
    }

    /// Asks for a page of the list that is shown.
    #[must_use]
    pub fn read(&self, want: Want, ctx: &Ctx) -> Option<Effect> {
        let listing = self.listing()?;
        Some(reads::page(ListId::Part(self.part as usize), &listing.list, want, ctx.today))
    }

    /// Shows what the list is asked for now, from its start.
    pub fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let id = ListId::Part(self.part as usize);
        let Some(listing) = self.listing_mut() else { return self.reload(ctx) };
        let want = listing.refresh();
        vec![reads::page(id, &listing.list, want, ctx.today), reads::total(id, &listing.list)]
    }

    /// The cursor of a part that is worked out, and how many lines it has.
    #[must_use]
    pub fn lines(&self) -> Option<(usize, usize)> {
        match self.part {
            Part::Readiness => {
                Some((self.readiness.cursor, self.readiness.all.as_ref().map_or(0, |all| all.items.len())))
            }
            Part::Due => Some((self.due.cursor, self.due.all.as_ref().map_or(0, Vec::len))),
            _ => None,
        }
    }

    /// Puts the cursor of a part that is worked out on a line.
    pub fn go(&mut self, line: usize) {
        match self.part {
            Part::Readiness => self.readiness.cursor = line,
            Part::Due => self.due.cursor = line,
            _ => {}
        }
    }

    /// Moves in a part that is worked out; says whether one is shown.
    pub fn move_by(&mut self, rows: isize) -> bool {
        let Some((cursor, count)) = self.lines() else { return false };
        let last = count.saturating_sub(1);
        self.go(cursor.min(last).saturating_add_signed(rows).min(last));
        true
    }

    /// Puts the cursor of a part that is worked out on the line with this name; says whether there is one.
    pub fn select(&mut self, name: &str) -> bool {
        let at = match self.part {
            Part::Readiness => self
                .readiness
                .all
                .as_ref()
                .and_then(|all| all.items.iter().position(|item| item.target.name().as_deref() == Some(name))),
            Part::Due => self.due.all.as_ref().and_then(|all| all.iter().position(|due| due.record == name)),
            _ => None,
        };
        if let Some(at) = at {
            self.go(at);
        }
        at.is_some()
    }

    /// What is due under the cursor.
    #[must_use]
    pub fn due_at_hand(&self) -> Option<&Due> {
        let all = self.due.all.as_ref().filter(|_| self.part == Part::Due)?;
        all.get(self.due.cursor.min(all.len().saturating_sub(1)))
    }

    /// What the line of readiness under the cursor opens.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        let all = self.readiness.all.as_ref().filter(|_| self.part == Part::Readiness)?;
        Some(&all.item(self.readiness.cursor)?.target)
    }

    /// The id of the signal that the row under the cursor is about.
    fn signal(&self) -> Option<&str> {
        let record = self.listing()?.list.current()?;
        match self.part {
            Part::Signals => Some(record.id()),
            Part::Alerts => record.text("signal"),
            _ => None,
        }
    }

    /// Asks for the series of the row under the cursor, where there is room to show it and it is not at hand.
    pub fn follow(&mut self, size: Size) -> Vec<Effect> {
        let Some(signal) = self.signal().filter(|_| has_room(size)).map(str::to_owned) else { return Vec::new() };
        if self.fresh.contains(&signal) || self.asked.as_deref() == Some(&signal) {
            return Vec::new();
        }
        let effect = reading::series(&signal, 0);
        self.asked = Some(signal);
        vec![effect]
    }

    /// Keeps a series that was read.
    pub fn take_series(&mut self, series: Arc<Series>) {
        if self.series.len() >= KEPT {
            self.series.clear();
        }
        self.asked = None;
        self.fresh.insert(series.signal.clone());
        self.series.insert(series.signal.clone(), series);
    }

    /// The series of the row under the cursor, once it was read.
    #[must_use]
    pub fn series(&self) -> Option<&Series> {
        self.series.get(self.signal()?).map(Arc::as_ref)
    }

    /// The record under the cursor of the list that is shown.
    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        self.listing()?.list.current()
    }
}

/// Whether there is room for more than a list.
#[must_use]
pub const fn has_room(size: Size) -> bool {
    size.width >= 110 && size.height >= 30
}
