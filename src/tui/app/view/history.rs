//! The history place: the changes, and beside or below them what the selected one did, field by field.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::page::Page;
use super::record::{change_line, differences};
use crate::tui::app::history::HistoryPlace;
use crate::tui::app::state::State;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::frame::Pane;
use crate::tui::widgets::list::{Cell, Column, List, Row};

/// Where the changes are, and where the selected one is shown.
#[must_use]
pub fn areas(area: Rect) -> (Rect, Rect) {
    if area.width >= 110 {
        let left = area.width * 11 / 20;
        return (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area });
    }
    let top = area.height * 11 / 20;
    (Rect { height: top, ..area }, Rect { y: area.y + top, height: area.height - top, ..area })
}

/// The first change that is drawn: the selected one stands in the middle where that is possible.
fn first_row(place: &HistoryPlace, height: usize) -> usize {
    place.selected.saturating_sub(height / 2).min(place.changes.len().saturating_sub(height))
}

/// On which row of the list the selected change stands.
#[must_use]
pub fn selected_row(place: &HistoryPlace, area: Rect) -> usize {
    let height = List::room(Pane::inner(area).height, true);
    place.selected - first_row(place, height)
}

/// Draws the history.
pub fn draw(state: &State, place: &HistoryPlace, area: Rect, frame: &mut Frame<'_>) {
    let (changes, one) = areas(area);
    draw_changes(state, place, changes, frame);
    draw_change(state, place, one, frame);
}

fn draw_changes(state: &State, place: &HistoryPlace, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    let find = &place.filter.find;
    let count = if find.is_empty() { String::new() } else { format!("“{find}”") };
    let pane = Pane { theme, number: Some('0'), title: "History", count: &count, focused: true, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    let height = List::room(inner.height, true);
    let top = first_row(place, height);
    let rows: Vec<Row<'_>> = place
        .changes
        .iter()
        .skip(top)
        .take(height)
        .map(|change| Row {
            dim: change.undone || change.source == "undo",
            ..Row::of([
                Cell::from(super::record::local(&change.at)),
                Cell::styled(
                    change.by.clone(),
                    theme.style(if change.by == "outside" { Role::Warn } else { Role::Accent }),
                ),
                Cell::from(format!("{}{}", change.what, if change.undone { " (undone)" } else { "" })),
                Cell::from(change.entries.to_string()),
            ])
        })
        .collect();
    let columns = [
        Column::fixed("When", 16, 7),
        Column::fixed("Who", 10, 6),
        Column::flexible("What", 12, 200, 9),
        Column::fixed("Rows", 5, 2).right(),
    ];
    let empty = match &place.failure {
        Some(failure) => failure.as_str(),
        None if find.is_empty() => "Nothing has happened here yet: every change you make is kept in the history.",
        None => "No change says that. Esc shows all changes again.",
    };
    let selected = (!rows.is_empty()).then(|| place.selected - top);
    let list = List { theme, columns: &columns, rows: &rows, selected, focused: true, header: true, empty };
    (&list).render(inner, frame.buffer_mut());
}

fn draw_change(state: &State, place: &HistoryPlace, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    let Some(change) = place.current() else { return };
    let title = format!("Change {}", change.number);
    let pane =
        Pane { theme: &ctx.theme, number: None, title: &title, count: &change.source, focused: false, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut page = Page::new(&ctx.theme, inner.width);
    let line = change_line(&page, change);
    page.line(line);
    page.field("Seal", &change.hash, Role::Dim);
    let mut scroll = 0;
    for (at, entry) in place.shown().iter().enumerate() {
        page.gap();
        if at == place.entry {
            scroll = page.lines.len().saturating_sub(3);
        }
        let marker = if at == place.entry { format!("{} ", page.glyph(Glyph::Marker)) } else { "  ".to_owned() };
        let verb = match entry.op.as_str() {
            "add" => "added",
            "delete" => "deleted",
            _ => "changed",
        };
        let name = if entry.reference.is_empty() { entry.table.clone() } else { entry.reference.clone() };
        let line = vec![
            page.piece(marker, Role::Key),
            page.piece(format!("{name} "), Role::Accent),
            page.piece(verb, Role::Dim),
            page.piece(format!(" {}", entry.title), Role::Text),
        ];
        page.line(line);
        differences(&mut page, ctx, entry);
    }
    page.draw(inner, scroll, frame.buffer_mut());
}
