//! A presented meeting, read out: the same pages as on the drawn screens, unbroken, and what can be done.

use crate::tui::app::present::{Look, Page, Presenting};
use crate::tui::app::state::State;
use crate::tui::app::view::page::UNBROKEN;
use crate::tui::app::view::present::pages::{Told, asked};
use crate::tui::app::view::present::time_words;

/// What is shown of a meeting, as lines.
#[must_use]
pub fn lines(state: &State, presenting: &Presenting) -> Vec<String> {
    let Some(read) = &presenting.read else {
        return vec![presenting.failure.clone().unwrap_or_else(|| "Reading ...".to_owned())];
    };
    let told = Told { ctx: &state.ctx, read, cells: UNBROKEN, rows: u16::MAX, now: presenting.now() };
    let board = &read.board;
    let mut lines = vec![format!("{} {}.", board.meeting.reference(), board.meeting.title())];
    let held = presenting.at();
    let quorum = held.map_or_else(|| board.room.quorum(), crate::meeting::Held::quorum);
    let said = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
    match (presenting.page(), held) {
        (Page::Opening, _) => {
            lines.extend(said(told.opening().text()));
            lines.extend(said(told.people().text()));
        }
        (Page::Consent, _) => {
            lines.push("Consent agenda: these pass together, unless somebody objects; c passes them.".to_owned());
            lines.extend(said(told.consent().text()));
        }
        (Page::Item, Some(held)) => {
            let place = board.place(held.item.id()).unwrap_or(0);
            let time = time_words(&held.item, presenting.now()).0;
            lines.push(format!(
                "Item {place} of {}: {}. {}. {time}.",
                board.items.len(),
                held.item.title(),
                asked(&held.item)
            ));
            let page = match presenting.look {
                _ if presenting.own => told.own(Some(held), presenting.next()),
                Look::Case => told.case(held, true),
                Look::Risks => told.risks(),
                Look::Evidence => told.evidence(None),
                Look::Decision => told.decision(held),
            };
            if !presenting.own {
                lines.push(format!("{}; tab shows the next side.", presenting.look.title()));
            }
            lines.extend(said(page.text()));
            if !presenting.own && presenting.look == Look::Case {
                let mut page = crate::tui::app::view::page::Page::new(&state.ctx.theme, UNBROKEN);
                told.to_decide(&mut page, held);
                lines.extend(said(page.text()));
            }
        }
        (page, _) => {
            lines.push(if page == Page::Over { "The meeting is over." } else { "What came of it:" }.to_owned());
            lines.extend(said(told.outcomes().text()));
        }
    }
    if presenting.page() != Page::Over {
        lines.push(sentence(&quorum.to_string()));
    }
    lines
}

/// A phrase as a sentence.
fn sentence(phrase: &str) -> String {
    format!("{}.", crate::tui::app::view::rows::capital(phrase))
}

/// What is new of the side that was read out: how the item stands, how it is voted, the quorum.
#[must_use]
pub fn news(state: &State, presenting: &Presenting) -> Vec<String> {
    let Some(read) = &presenting.read else { return Vec::new() };
    let told = Told { ctx: &state.ctx, read, cells: UNBROKEN, rows: u16::MAX, now: presenting.now() };
    let Some(held) = presenting.at() else { return vec![sentence(&read.board.room.quorum().to_string())] };
    let mut lines: Vec<String> = told.decision(held).text().lines().map(str::to_owned).collect();
    lines.push(sentence(&held.quorum().to_string()));
    lines
}

/// What tells one side of a meeting from another.
#[must_use]
pub fn place(presenting: &Presenting) -> String {
    let at = presenting.at().map(|held| held.item.id().to_owned()).unwrap_or_default();
    let shown = (presenting.page(), presenting.look, presenting.scroll);
    format!("meeting {} {shown:?} {at}", presenting.id)
}

/// What of it changes while it is shown; the seconds of a clock are not said again.
#[must_use]
pub fn version(presenting: &Presenting) -> String {
    let Some(board) = presenting.board() else { return String::new() };
    let held = presenting.at();
    let room = held.map_or(&board.room, |held| &held.room);
    let seats: Vec<bool> = room.seats.iter().map(|seat| seat.present).collect();
    let item = held.map(|held| {
        let votes: usize = held.votes.values().map(Vec::len).sum();
        let motions: Vec<Option<&str>> = held.motions.iter().map(|motion| motion.text("status")).collect();
        let said = (held.item.text("outcome"), held.item.text("minutes"), held.actions.len(), held.decisions.len());
        format!("{said:?} {motions:?} {votes}")
    });
    format!("{} {seats:?} {}", room.quorum(), item.unwrap_or_default())
}
