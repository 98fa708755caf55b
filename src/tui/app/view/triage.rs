//! The triage of a review, drawn: one column, or two side by side where there is room. The item that has the cursor is kept
//! in sight.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::page::{Page, UNBROKEN};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::triage::{Item, Triaged};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::put;
use crate::tui::widgets::scroll::bar;

/// From this width on there are two columns.
const WIDE: u16 = 150;

/// Draws a triage with the cursor on an item.
pub fn draw(ctx: &Ctx, triaged: &Triaged, cursor: usize, area: Rect, frame: &mut Frame<'_>) {
    let cursor = cursor.min(triaged.items.len().saturating_sub(1));
    if area.width < WIDE {
        column(ctx, triaged, cursor, &|_| true, area, frame);
        return;
    }
    let width = area.width / 2 - 1;
    let left = Rect { width, ..area };
    let right = Rect { x: area.x + width + 2, width: area.width - width - 2, ..area };
    column(ctx, triaged, cursor, &|item| !item.right, left, frame);
    column(ctx, triaged, cursor, &|item| item.right, right, frame);
}

/// Draws some of the items below one another, from a line on that keeps the cursor in sight.
fn column(
    ctx: &Ctx,
    triaged: &Triaged,
    cursor: usize,
    wanted: &dyn Fn(&Item) -> bool,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    // The cursor's sign stands in the two cells before the text, the scroll bar after it.
    let text = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(4), ..area };
    let mut page = Page::new(&ctx.theme, text.width);
    let mut at_cursor: Range<usize> = 0..0;
    for (at, item) in triaged.items.iter().enumerate().filter(|(_, item)| wanted(item)) {
        let begins = page.lines.len();
        add(&mut page, item);
        if at == cursor {
            let first = page.lines.len() - own_lines(ctx, item, text.width);
            at_cursor = first.max(begins)..page.lines.len();
        }
    }
    let height = usize::from(text.height);
    let most = page.lines.len().saturating_sub(height);
    // The item stands in the upper half, so that its heading and what comes next are seen; all of it, where it fits.
    let scroll = at_cursor.start.saturating_sub(height / 2).max(at_cursor.end.saturating_sub(height)).min(most);
    page.draw(text, scroll, frame.buffer_mut());
    if let Some(y) = at_cursor.start.checked_sub(scroll).and_then(|y| u16::try_from(y).ok())
        && !at_cursor.is_empty()
        && y < area.height
    {
        let place = Rect { y: area.y + y, height: 1, width: 1.min(area.width), ..area };
        put(frame.buffer_mut(), place, ctx.theme.glyph(Glyph::Marker), ctx.theme.style(Role::Accent), &ctx.theme);
    }
    let track = Rect { x: area.right().saturating_sub(1), ..area };
    bar(frame.buffer_mut(), track, &(scroll..page.lines.len().min(scroll + height)), page.lines.len(), &ctx.theme);
}

fn add(page: &mut Page, item: &Item) {
    if let Some(heading) = &item.heading {
        page.heading(heading);
    }
    page.field(&item.label, &item.text, item.role);
}

/// How many lines an item has without its heading.
fn own_lines(ctx: &Ctx, item: &Item, cells: u16) -> usize {
    let mut page = Page::new(&ctx.theme, cells);
    page.field(&item.label, &item.text, item.role);
    page.lines.len()
}

/// The triage as lines that are read out, with numbers at the records that can be opened.
#[must_use]
pub fn told(ctx: &Ctx, triaged: &Triaged) -> (Vec<String>, Vec<(usize, String)>) {
    told_from(ctx, &triaged.items, 0)
}

/// The same of some lines, before which so many numbers were given.
#[must_use]
pub fn told_from(ctx: &Ctx, items: &[Item], before: usize) -> (Vec<String>, Vec<(usize, String)>) {
    let mut lines = Vec::new();
    let mut numbers = Vec::new();
    for item in items {
        let mut page = Page::new(&ctx.theme, UNBROKEN);
        if let Some(heading) = &item.heading {
            page.heading(heading);
        }
        page.field(item.label.trim(), &item.text, item.role);
        let mut own: Vec<String> = page.text().lines().map(str::to_owned).collect();
        if let (Some(name), Some(last)) = (item.target.name(), own.last_mut()) {
            let number = before + numbers.len() + 1;
            *last = format!("{number}. {last}");
            numbers.push((number, name));
        }
        lines.extend(own.into_iter().filter(|line| !line.trim().is_empty()));
    }
    (lines, numbers)
}
