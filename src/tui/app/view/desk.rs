//! The Desk: four panes, and on wide screens what the selected record says beside them.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use super::PaneOf;
use super::page::Page;
use super::record;
use crate::record::CHECKLIST_ITEM;
use crate::tui::app::desk::{CHECKLIST, Desk, QUEUE, Scope};
use crate::tui::app::state::State;
use crate::tui::theme::Role;
use crate::tui::widgets::frame::Pane;

/// From this width on, the selected record stands beside the panes.
const WIDE: u16 = 150;
/// Below this size one pane has the whole screen.
const NARROW: (u16, u16) = (64, 12);

/// Where the panes are, and where the selected record is shown; empty rectangles are not shown.
#[must_use]
pub fn areas(desk: &Desk, area: Rect) -> ([Rect; 4], Rect) {
    let mut panes = [Rect::ZERO; 4];
    if desk.enlarged || area.width < NARROW.0 || area.height < NARROW.1 {
        panes[desk.focus] = area;
        return (panes, Rect::ZERO);
    }
    let beside = if area.width >= WIDE { area.width * 3 / 10 } else { 0 };
    let grid = Rect { width: area.width - beside, ..area };
    let (left, top) = (grid.width / 2, grid.height.div_ceil(2));
    for (at, pane) in panes.iter_mut().enumerate() {
        let (column, line) = (at % 2, at / 2);
        *pane = Rect {
            x: grid.x + if column == 0 { 0 } else { left },
            y: grid.y + if line == 0 { 0 } else { top },
            width: if column == 0 { left } else { grid.width - left },
            height: if line == 0 { top } else { grid.height - top },
        };
    }
    (panes, Rect { x: grid.right(), width: beside, ..area })
}

/// The pane at a position on the screen.
#[must_use]
pub fn pane_at(desk: &Desk, area: Rect, at: Position) -> Option<(usize, Rect)> {
    let (panes, _) = areas(desk, area);
    panes.into_iter().enumerate().find(|(_, pane)| pane.contains(at))
}

/// What stands above a pane.
#[must_use]
pub fn pane_title(desk: &Desk, pane: usize) -> String {
    let name = ["Intake queue", "Risk register", "Checklist", "Action items"][pane];
    let review = desk.review.as_ref().map(|(_, reference)| reference.as_str()).unwrap_or_default();
    match (pane, desk.scope) {
        (QUEUE, _) => name.to_owned(),
        (_, Scope::Review) if !review.is_empty() => format!("{name} · {review}"),
        (_, Scope::Mine) => format!("{name} · mine"),
        (_, Scope::Everything) => format!("{name} · all"),
        _ => name.to_owned(),
    }
}

/// Draws the Desk.
pub fn draw(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let (panes, beside) = areas(&state.desk, area);
    for (at, place) in panes.into_iter().enumerate().filter(|(_, place)| !place.is_empty()) {
        let number = char::from_digit(u32::try_from(at + 1).unwrap_or(0), 10);
        let pane = PaneOf { number, focused: at == state.desk.focus, short: !state.desk.enlarged };
        let title = pane_title(&state.desk, at);
        pane.draw(state, &state.desk.panes[at], &progress(state, at, title), place, frame);
    }
    if !beside.is_empty() {
        selected(state, beside, frame);
    }
}

/// The checklist's title says how far the review has come.
fn progress(state: &State, pane: usize, title: String) -> String {
    let review = state.desk.review.as_ref().filter(|_| pane == CHECKLIST && state.desk.scope == Scope::Review);
    let progress = review.and_then(|(id, _)| state.desk.panes[QUEUE].list.progress.get(id));
    match progress {
        Some(progress) if progress.items > 0 => {
            format!("{title} · {} of {} settled", progress.settled, progress.items)
        }
        _ => title,
    }
}

/// What the selected record says, as far as the list read it.
fn selected(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    let listing = &state.desk.panes[state.desk.focus];
    let Some(selected) = listing.list.current() else { return };
    let title = format!("{} · {}", selected.reference(), selected.kind().label);
    let pane = Pane { theme: &ctx.theme, number: None, title: &title, count: "", focused: false, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut page = Page::new(&ctx.theme, inner.width);
    page.paragraph(selected.title(), Role::Title);
    page.gap();
    let own = if selected.kind() == &CHECKLIST_ITEM { "text" } else { selected.kind().title };
    record::fields(&mut page, ctx, selected, &listing.list.labels, &|field| {
        field.name != own && !field.name.starts_with("created") && !field.name.starts_with("updated")
    });
    page.draw(inner, 0, frame.buffer_mut());
}
