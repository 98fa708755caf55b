//! What a front end does to the state that hands on no keys: answers as a whole, rows by their record, tabs by their title.

use super::message::Effect;
use super::operations::Part;
use super::record_screen::{RecordScreen, Scoring};
use super::state::{Base, State};
use crate::record::Record;
use crate::review::Progress;
use crate::tui::asked::Answer;

impl State {
    /// Gives the popup on top an answer. None when it is no answer to what that asked.
    pub fn answer(&mut self, answer: &Answer) -> Option<Vec<Effect>> {
        self.changed = true;
        let said = self.layers.answer(answer, &self.ctx)?;
        Some(said.into_iter().flat_map(|one| self.act(one)).collect())
    }

    /// Puts the cursor of the list that has the keys, or of a triage, on the record with this id. None when it is not there.
    pub fn select(&mut self, id: &str) -> Option<Vec<Effect>> {
        self.changed = true;
        if let Some(screen) = self.screens.last_mut().filter(|screen| screen.target().is_some()) {
            screen.cursor = screen.triaged.as_ref()?.place_of(id)?;
            return Some(Vec::new());
        }
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base)
            && place.lines().is_some()
        {
            return place.select(id).then(Vec::new);
        }
        let list = &mut self.listing_mut()?.list;
        let row = list.rows.iter().position(|row| row.record.id() == id)?;
        let want = list.select(row);
        Some(self.wanted(want))
    }

    /// Puts the cursor of the history on the change with this number. None when that is not at hand.
    pub fn select_change(&mut self, number: i64) -> Option<Vec<Effect>> {
        self.changed = true;
        let Base::History(place) = &mut self.base else { return None };
        let at = place.changes.iter().position(|change| change.number == number)?;
        Some(place.move_by(at.cast_signed() - place.selected.cast_signed()))
    }

    /// Puts the cursor on the first row of the next page, or of the one before, where pages have so many rows. None where
    /// there is none.
    pub fn page(&mut self, rows: usize, forwards: bool) -> Option<Vec<Effect>> {
        let (at, count) = match (self.screens.last(), &self.base) {
            (None, Base::History(place)) => (place.selected, place.changes.len()),
            (None, Base::Operations(place)) if place.lines().is_some() => place.lines()?,
            (None, Base::Insights(place)) if place.listing().is_none() => (place.row(), place.rows(&self.ctx)),
            _ => self.listing().map(|listing| (listing.list.selected, listing.list.rows.len()))?,
        };
        let first = at - at % rows;
        let to = if forwards { Some(first + rows) } else { first.checked_sub(rows) };
        let to = to.filter(|to| *to < count)?;
        self.changed = true;
        if let (None, Base::History(place)) = (self.screens.last(), &mut self.base) {
            return Some(place.move_by(to.cast_signed() - at.cast_signed()));
        }
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base)
            && place.lines().is_some()
        {
            place.go(to);
            return Some(Vec::new());
        }
        if let (None, Base::Insights(place)) = (self.screens.last(), &mut self.base)
            && place.listing().is_none()
        {
            return Some(place.move_by(to.cast_signed() - at.cast_signed(), &self.ctx));
        }
        let want = self.listing_mut()?.list.select(to);
        Some(self.wanted(want))
    }

    /// Shows the tab with this title, or the only one that starts so, on the screen on top. None where there is none.
    pub fn show_tab(&mut self, title: &str) -> Option<Vec<Effect>> {
        let wanted = title.trim().to_lowercase();
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base) {
            let part = Part::ALL.into_iter().find(|part| part.title().to_lowercase() == wanted)?;
            self.changed = true;
            return Some(place.show(part, &self.ctx));
        }
        let screen = self.screens.last_mut()?;
        let titles = screen.tabs.iter().map(super::record_screen::Tab::title);
        let starting: Vec<&str> =
            titles.filter(|title| !wanted.is_empty() && title.to_lowercase().starts_with(&wanted)).collect();
        let exact = starting.iter().find(|title| title.len() == wanted.len());
        let title = exact.or(starting.first().filter(|_| starting.len() == 1))?;
        screen.show_tab(title);
        self.changed = true;
        Some(self.tab_shown())
    }

    /// Sets both scores on the matrix, when it has the keys and both are steps of its scales.
    pub fn score(&mut self, severity: i64, likelihood: i64) -> bool {
        let fits = (1..=5).contains(&severity) && (1..=5).contains(&likelihood);
        let Some(scoring) = self.screens.last_mut().and_then(|screen| screen.scoring.as_mut()) else { return false };
        if fits {
            *scoring = Scoring { severity, likelihood, ..*scoring };
            self.changed = true;
        }
        fits
    }

    /// How far a review has come, as far as the queue or its own screen knows.
    #[must_use]
    pub fn progress_of(&self, review: &Record) -> Option<Progress> {
        let queue = &self.desk.panes[super::desk::QUEUE].list.progress;
        let read = |screen: &RecordScreen| screen.detail.as_ref().map(|detail| detail.progress);
        queue.get(review.id()).copied().or_else(|| {
            let screen = self.screens.iter().rev().find(|screen| screen.id == review.id());
            screen.and_then(read)
        })
    }
}
