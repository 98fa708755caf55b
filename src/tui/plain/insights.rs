//! The place of insights, line by line: the same sheets as the drawn screens, each row a sentence with its number.

use super::screen::{self, Meant, ROWS, Shown};
use crate::text;
use crate::tui::app::insights::{Behind, Insights, Over, Part, view};
use crate::tui::app::message::Effect;
use crate::tui::app::state::{Base, State};

/// Tells the place.
pub fn tell(shown: &mut Shown, state: &State, place: &Insights) {
    let others = Part::ALL.iter().filter(|part| **part != place.part).map(|part| part.title());
    let about = view::about(place);
    let about = if about.is_empty() { String::new() } else { format!(", {about}") };
    shown.say(format!("Insights, {}{about}.", place.part.title()));
    match &place.over {
        Some(Over::Figure(at, behind)) => {
            let figure = place.figure(*at).zip(place.kpis.get());
            if let Some((figure, told)) = figure {
                shown.say(crate::report::figures::sentence(figure, &told.period));
                shown.say(format!("Formula: {}.", figure.kpi.formula));
            }
            records(shown, behind);
            return;
        }
        Some(Over::Behind(behind)) => return records(shown, behind),
        Some(Over::List(title, listing)) => return screen::list(shown, state, listing, title),
        None => {}
    }
    if place.cursor() < ROWS {
        shown.say(format!("Other parts: {}; tab goes to the next.", others.collect::<Vec<_>>().join(", ")));
    }
    if let Some(why) = view::nothing(place) {
        shown.say(why);
        return;
    }
    match (place.part, place.heat.get()) {
        (Part::Risks, Some(heat)) => shown.lines.extend(view::heat_told(place, heat, &state.ctx)),
        (Part::Enablement, _) => {
            shown.lines.extend(view::reach(place));
            if let Some((_, listing)) = place.listing() {
                screen::list(shown, state, listing, listing.base.kind.plural);
            }
            shown.say("left shows the sessions, right the survey responses.");
        }
        _ => sheet(shown, state, place),
    }
}

fn sheet(shown: &mut Shown, state: &State, place: &Insights) {
    let sheet = view::sheet(place, &state.ctx, u16::MAX);
    let cursor = place.cursor();
    let (from, rows) = (cursor - cursor % ROWS, sheet.rows());
    // What stands over the tables is said once, with their beginning.
    if from == 0 {
        shown.lines.extend(sheet.head.iter().map(|(text, _)| text.clone()));
    }
    let to = (from + ROWS).min(rows);
    let mut at = 0;
    for block in &sheet.blocks {
        let begins = at;
        at += block.len;
        let seen = begins.max(from)..at.min(to);
        let is_empty = block.len == 0 && (from..=to).contains(&begins);
        if (!seen.is_empty() || is_empty) && !block.title.is_empty() {
            shown.say(format!("{}:", text::line(&block.title)));
        }
        if is_empty {
            shown.say(block.empty.clone());
        }
        for row in seen {
            shown.say(screen::numbered(row + 1, &(block.told)(row - begins)));
            shown.numbers.push((row + 1, Meant::Insight(row)));
        }
    }
    paging(shown, from, to, rows);
}

fn paging(shown: &mut Shown, from: usize, to: usize, rows: usize) {
    if from > 0 || to < rows {
        let more = if to < rows { "; Enter shows the next" } else { ", the last" };
        shown.say(format!("Rows {} to {to} of {rows}{more}.", from + 1));
    }
}

fn records(shown: &mut Shown, behind: &Behind) {
    shown.say(format!("{}.", view::over_records(behind)));
    let from = behind.selected - behind.selected % ROWS;
    let to = (from + ROWS).min(behind.rows());
    for at in from..to {
        shown.say(screen::numbered(at + 1, &record(behind, at)));
        shown.numbers.push((at + 1, Meant::Insight(at)));
    }
    paging(shown, from, to, behind.rows());
}

fn record(behind: &Behind, at: usize) -> String {
    let entry = behind.entry(at);
    let mut parts = match behind.shown(at) {
        Some(shown) => vec![format!("{} {}", shown.reference, text::line(&shown.title)), shown.state.clone()],
        None => vec!["not read yet".to_owned()],
    };
    let (counts, does_not) = behind.words;
    parts.extend(entry.and_then(|entry| entry.counts).map(|is| if is { counts } else { does_not }.to_owned()));
    parts.extend(entry.map(|entry| entry.note.clone()));
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

/// The row under the cursor.
#[must_use]
pub fn row(place: &Insights) -> usize {
    place.row()
}

/// What tells one screen of the place from another, down to the page.
#[must_use]
pub fn place(place: &Insights) -> String {
    let over = match &place.over {
        Some(Over::Figure(at, behind)) => format!("figure {at} {}", behind.missing),
        Some(Over::Behind(behind)) => format!("{} {}", behind.title, behind.missing),
        Some(Over::List(title, _)) => title.clone(),
        None => String::new(),
    };
    let (part, framework, about) = (place.part.title(), place.framework, view::about(place));
    format!("insights {part} {about} {framework} {} {over}", place.list)
}

/// What has the cursor.
#[must_use]
pub fn focus(place: &Insights) -> String {
    format!("{} {:?} {}", place.row(), place.cell, place.residual)
}

/// The line about what has the cursor, with its number.
#[must_use]
pub fn focused(state: &State, place: &Insights) -> (Vec<String>, Option<(usize, Meant)>) {
    let row = place.row();
    let number = Some((row + 1, Meant::Insight(row)));
    match (&place.over, place.part, place.heat.get()) {
        (Some(Over::Figure(_, behind) | Over::Behind(behind)), ..) => {
            (vec![screen::numbered(row + 1, &record(behind, row))], number)
        }
        (None, Part::Risks, Some(heat)) => (view::heat_words(place, heat, &state.ctx), None),
        _ => match view::sheet(place, &state.ctx, u16::MAX).told(row) {
            Some(told) => (vec![screen::numbered(row + 1, &told)], number),
            None => (Vec::new(), None),
        },
    }
}

/// Puts the cursor on a row.
pub fn select(state: &mut State, row: usize) -> Vec<Effect> {
    match &mut state.base {
        Base::Insights(place) => place.move_by(row.cast_signed() - place.row().cast_signed(), &state.ctx),
        _ => Vec::new(),
    }
}
