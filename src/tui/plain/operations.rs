//! The place for what is watched after a launch, read out: the part with its rows or lines by number, and the other parts.

use super::screen::{self, Meant, ROWS, Shown, numbered};
use crate::review::due::Due;
use crate::tui::app::operations::{Made, Operations, Part};
use crate::tui::app::state::State;
use crate::tui::app::triage::Triaged;
use crate::tui::app::view::operations::empty;
use crate::tui::app::view::triage;
use crate::tui::command::CommandId as Id;

/// What stands in the place.
pub fn screen(shown: &mut Shown, state: &State, place: &Operations) {
    shown.say(format!("Operations, {}.", place.part.title()));
    match place.part {
        Part::Readiness => readiness(shown, state, place),
        Part::Due => due(shown, place),
        _ => {
            let listing = place.listing();
            if listing
                .is_some_and(|listing| listing.list.rows.is_empty() && !listing.list.loading && !listing.is_narrowed())
            {
                shown.say(empty(place.part, &word));
            } else if let Some(listing) = listing {
                screen::list(shown, state, listing, place.part.title());
            }
        }
    }
    let others = Part::ALL.iter().filter(|part| **part != place.part).map(|part| {
        let total = place.listing_of(*part).and_then(|listing| listing.list.total);
        format!("{}{}", part.title(), total.map(|total| format!(" {total}")).unwrap_or_default())
    });
    shown.beside.push(format!("Other parts: {}.", others.collect::<Vec<_>>().join(", ")));
}

/// The word for a command, where keys have no place.
fn word(id: Id) -> String {
    format!("\"{}\"", id.command().title.to_lowercase())
}

/// Says what is not there yet; true where there is something to be read out.
fn is_there<T>(shown: &mut Shown, made: &Made<T>, is_empty: bool, part: Part) -> bool {
    match (&made.failure, &made.all) {
        (Some(failure), _) => shown.say(failure),
        (None, None) => shown.say("Reading ..."),
        (None, Some(_)) if is_empty => shown.say(empty(part, &word)),
        _ => return true,
    }
    false
}

fn readiness(shown: &mut Shown, state: &State, place: &Operations) {
    let made = &place.readiness;
    let is_empty = made.all.as_ref().is_some_and(|all| all.items.is_empty());
    if !is_there(shown, made, is_empty, Part::Readiness) {
        return;
    }
    let Some(all) = &made.all else { return };
    let from = made.cursor - made.cursor % ROWS;
    let to = (from + ROWS).min(all.items.len());
    let (lines, numbers) = told_of(state, all, from, to);
    shown.lines.extend(lines);
    shown.numbers.extend(numbers.into_iter().map(|(number, name)| (number, Meant::Record(name))));
    if to < all.items.len() {
        shown.say(format!("Lines {} to {to} of {}; Enter shows the next.", from + 1, all.items.len()));
    }
}

/// Some lines of readiness, numbered as they are among all of them.
fn told_of(state: &State, all: &Triaged, from: usize, to: usize) -> (Vec<String>, Vec<(usize, String)>) {
    let before = all.items.iter().take(from).filter(|item| item.target.name().is_some()).count();
    triage::told_from(&state.ctx, all.items.get(from..to).unwrap_or_default(), before)
}

fn due(shown: &mut Shown, place: &Operations) {
    let made = &place.due;
    if !is_there(shown, made, made.all.as_ref().is_some_and(Vec::is_empty), Part::Due) {
        return;
    }
    let all = made.all.as_deref().unwrap_or_default();
    let from = made.cursor - made.cursor % ROWS;
    let to = (from + ROWS).min(all.len());
    for (at, due) in all.iter().enumerate().take(to).skip(from) {
        shown.say(numbered(at + 1, &told(due)));
        shown.numbers.push((at + 1, Meant::Record(due.record.clone())));
    }
    if to < all.len() {
        shown.say(format!("Rows {} to {to} of {}; Enter shows the next.", from + 1, all.len()));
    }
}

fn told(due: &Due) -> String {
    let late = match due.days_late {
        0 => "due today".to_owned(),
        1 => "1 day late".to_owned(),
        late if late > 0 => format!("{late} days late"),
        -1 => "due tomorrow".to_owned(),
        early => format!("due in {} days", -early),
    };
    let to = if due.to.is_empty() { "nobody is named".to_owned() } else { due.to.join(", ") };
    format!("{} {} {}, {late}, {} to {to}", due.sort.word(), due.record, due.title, due.step)
}

/// The line that has the cursor, with its number.
#[must_use]
pub fn focused(state: &State, place: &Operations) -> (Vec<String>, Option<(usize, Meant)>) {
    if let (Some(due), Some((cursor, _))) = (place.due_at_hand(), place.lines()) {
        let lines = vec![numbered(cursor + 1, &told(due)), due.message.clone()];
        return (lines, Some((cursor + 1, Meant::Record(due.record.clone()))));
    }
    let Some(all) = &place.readiness.all else { return (Vec::new(), None) };
    let at = place.readiness.cursor.min(all.items.len().saturating_sub(1));
    let (lines, mut numbers) = told_of(state, all, at, all.items.len().min(at + 1));
    (lines, numbers.pop().map(|(number, name)| (number, Meant::Record(name))))
}
