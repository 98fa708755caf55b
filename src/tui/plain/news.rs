//! What is new since the last prompt: another place is said whole, another row alone, and what was heard is not said again.

use super::rows;
use super::screen::{self, Meant};
use crate::tui::app::desk;
use crate::tui::app::record_screen::Scoring;
use crate::tui::app::state::{Base, State};

/// What was said last.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// The place, down to the page of a list.
    pub place: String,
    /// The row, the change or the field of the matrix in it.
    pub focus: String,
}

impl Last {
    /// What would be said now.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self { place: place(state), focus: focus(state) }
    }

    /// Whether the numbers that were said there still mean the same here.
    #[must_use]
    pub fn holds_numbers_of(&self, earlier: &Self) -> bool {
        self.place.split('#').next() == earlier.place.split('#').next()
    }
}

/// What tells one screen from another, down to the page of a list. Behind `#` stands what changes while its numbers hold.
fn place(state: &State) -> String {
    if let Some(presenting) = &state.presenting {
        return super::present::place(presenting);
    }
    let base = match &state.base {
        // The queue is the same whichever review in it is selected; the panes beside it are not.
        Base::Desk if state.desk.focus == desk::QUEUE => "queue".to_owned(),
        Base::Desk => format!("desk {} {:?} {:?}", state.desk.focus, state.desk.scope, state.desk.review),
        Base::List(listing) => listing.base.kind.name.to_owned(),
        Base::History(place) => format!("history {:?}", place.filter.find),
        Base::Operations(place) => format!("operations {:?}", place.part),
        Base::Insights(place) => super::insights::place(place),
    };
    let screens: Vec<String> = state.screens.iter().map(|screen| format!("{} {}", screen.id, screen.tab)).collect();
    let listing = state.listing().map(|listing| format!("{} {:?}", listing.narrowing(), listing.sort));
    let page = match (state.screens.last(), &state.base, state.listing()) {
        (_, _, Some(listing)) => listing.list.selected / screen::ROWS,
        (Some(screen), _, None) => screen.scroll,
        (None, Base::History(place), None) => place.selected / screen::ROWS,
        (None, Base::Operations(place), None) => place.lines().map_or(0, |(cursor, _)| cursor / screen::ROWS),
        (None, Base::Insights(place), None) => super::insights::row(place) / screen::ROWS,
        (None, _, None) => 0,
    };
    let failed = state.screens.last().is_some_and(|screen| screen.failure.is_some());
    let empty = state.listing().is_some_and(|listing| listing.list.rows.is_empty());
    format!("{base} {} {}#{page} {failed} {empty}", screens.join(" "), listing.unwrap_or_default())
}

/// What has the cursor in a place.
fn focus(state: &State) -> String {
    if let Some(presenting) = &state.presenting {
        return super::present::version(presenting);
    }
    match (state.screens.last(), &state.base, state.listing()) {
        (_, _, Some(listing)) => listing.list.current().map(|record| record.id().to_owned()).unwrap_or_default(),
        (Some(screen), _, None) => screen.scoring.map(|scoring: Scoring| format!("{scoring:?}")).unwrap_or_default(),
        (None, Base::History(place), None) => place.selected.to_string(),
        (None, Base::Operations(place), None) => format!("{:?}", place.lines()),
        (None, Base::Insights(place), None) => super::insights::focus(place),
        (None, _, None) => String::new(),
    }
}

/// The line about what has the cursor, with its number.
#[must_use]
pub fn focused(state: &State) -> (Vec<String>, Option<(usize, Meant)>) {
    if let Some(presenting) = &state.presenting {
        return (super::present::news(state, presenting), None);
    }
    if let Some(line) = screen::matrix(state) {
        return (vec![line], None);
    }
    if let (None, Base::History(place)) = (state.screens.last(), &state.base) {
        return (screen::change(state, place), None);
    }
    if let (None, Base::Operations(place)) = (state.screens.last(), &state.base)
        && place.lines().is_some()
    {
        return super::operations::focused(state, place);
    }
    if let (None, Base::Insights(place), None) = (state.screens.last(), &state.base, state.listing()) {
        return super::insights::focused(state, place);
    }
    let Some((list, record)) = state.listing().and_then(|listing| Some((&listing.list, listing.list.current()?)))
    else {
        return (Vec::new(), None);
    };
    let number = screen::number(list, list.selected);
    let line = screen::numbered(number, &rows::row(&state.ctx, list, record));
    (vec![line], Some((number, Meant::Record(record.id().to_owned()))))
}

/// The record under the cursor, or the place: a braille line that follows the cursor shows it.
#[must_use]
pub fn here(state: &State) -> String {
    if let Some(presenting) = &state.presenting {
        return presenting.at().map_or_else(|| presenting.reference.clone(), |held| held.item.reference().to_owned());
    }
    let current = state.listing().and_then(|listing| listing.list.current());
    match (current, state.screens.last(), &state.base) {
        (Some(record), _, _) => rows::name(record),
        (None, Some(screen), _) => screen.reference.clone(),
        (None, None, Base::Desk) => "Desk".to_owned(),
        (None, None, Base::List(listing)) => listing.base.kind.plural.to_owned(),
        (None, None, Base::History(_)) => "History".to_owned(),
        (None, None, Base::Operations(place)) => format!("Operations, {}", place.part.title()),
        (None, None, Base::Insights(place)) => format!("Insights, {}", place.part.title()),
    }
}
