//! Where a list stands: which rows are visible and which one is selected, by numbers alone.
//!
//! So a list of 100,000 costs no more than one of ten: whoever draws fetches [`Scroll::visible`] and nothing else.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw::fill;
use crate::tui::theme::{Glyph, Role, Theme};

/// The position of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    first: usize,
    selected: usize,
    total: usize,
    height: usize,
}

impl Scroll {
    /// The first visible row.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// The selected row; none in an empty list.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        (self.total > 0).then_some(self.selected)
    }

    /// The selected row among the visible ones.
    #[must_use]
    pub fn selected_visible(&self) -> Option<usize> {
        self.selected().and_then(|selected| selected.checked_sub(self.first)).filter(|row| *row < self.height)
    }

    /// How many rows there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many rows fit.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The rows to fetch and draw.
    #[must_use]
    pub fn visible(&self) -> Range<usize> {
        self.first..self.total.min(self.first + self.height)
    }

    /// Says how many rows fit; says whether that changed what is visible.
    pub fn set_height(&mut self, height: usize) -> bool {
        self.change(|scroll| scroll.height = height)
    }

    /// Says how many rows there are; says whether that changed what is visible.
    pub fn set_total(&mut self, total: usize) -> bool {
        self.change(|scroll| scroll.total = total)
    }

    /// Selects a row; says whether that changed what is visible.
    pub fn select(&mut self, row: usize) -> bool {
        self.change(|scroll| scroll.selected = row)
    }

    /// Goes so many rows up (negative) or down; says whether that changed what is visible.
    pub fn go(&mut self, rows: isize) -> bool {
        self.select(self.selected.saturating_add_signed(rows))
    }

    /// Goes so many pages up (negative) or down; one row stays for orientation.
    pub fn page(&mut self, pages: isize) -> bool {
        let rows = isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(isize::MAX);
        self.go(pages.saturating_mul(rows))
    }

    /// Goes to the first row.
    pub fn top(&mut self) -> bool {
        self.select(0)
    }

    /// Goes to the last row.
    pub fn bottom(&mut self) -> bool {
        self.select(usize::MAX)
    }

    /// Moves what is visible as a wheel does; the selection goes along only when it would be lost from sight.
    pub fn wheel(&mut self, rows: isize) -> bool {
        self.change(|scroll| {
            scroll.first = scroll.first.saturating_add_signed(rows).min(scroll.total.saturating_sub(scroll.height));
            let last = (scroll.first + scroll.height).saturating_sub(1).max(scroll.first);
            scroll.selected = scroll.selected.clamp(scroll.first, last);
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Self)) -> bool {
        let before = self.visible();
        change(self);
        self.selected = self.selected.min(self.total.saturating_sub(1));
        let height = self.height.max(1);
        self.first = self.first.min(self.selected).max((self.selected + 1).saturating_sub(height));
        self.first = self.first.min(self.total.saturating_sub(height));
        self.visible() != before
    }
}

/// Draws a scroll bar on the first column of `area` when not all of `total` rows are visible.
pub fn bar(buffer: &mut Buffer, area: Rect, visible: &Range<usize>, total: usize, theme: &Theme) {
    let length = usize::from(area.height);
    if area.is_empty() || visible.len() >= total {
        return;
    }
    let column = Rect { width: 1, ..area };
    fill(buffer, column, theme.glyph(Glyph::Track), theme.style(Role::Border));
    let thumb = (length * visible.len() / total).clamp(1, length);
    let way = length - thumb;
    // At the ends only when there really is nothing beyond.
    let hidden = total - visible.len();
    let mut at = way * visible.start / hidden;
    if way > 1 {
        at = at.clamp(usize::from(visible.start > 0), way - usize::from(visible.end < total));
    }
    let cells = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
    let place = Rect { y: column.y + cells(at), height: cells(thumb), ..column };
    fill(buffer, place.intersection(column), theme.glyph(Glyph::Thumb), theme.style(Role::Accent));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, theme};

    fn scroll(total: usize, height: usize) -> Scroll {
        let mut scroll = Scroll::default();
        scroll.set_total(total);
        scroll.set_height(height);
        scroll
    }

    #[test]
    fn moving_past_the_edge_scrolls() {
        let mut scroll = scroll(10, 4);
        assert!(!scroll.go(3) && scroll.visible() == (0..4));
        assert!(scroll.go(1) && scroll.visible() == (1..5));
        assert!(scroll.page(1) && scroll.selected() == Some(7));
        assert!(scroll.bottom() && scroll.visible() == (6..10) && scroll.selected() == Some(9));
        assert!(!scroll.go(5) && scroll.selected() == Some(9));
        assert!(scroll.top() && scroll.visible() == (0..4) && scroll.selected_visible() == Some(0));
    }

    #[test]
    fn an_empty_list_has_nothing_selected() {
        let mut scroll = scroll(0, 5);
        assert_eq!((scroll.selected(), scroll.visible()), (None, 0..0));
        scroll.go(-1);
        scroll.set_total(3);
        assert_eq!(scroll.selected(), Some(0));
    }

    #[test]
    fn the_wheel_keeps_the_selection_in_sight() {
        let mut scroll = scroll(100, 10);
        scroll.select(5);
        scroll.wheel(3);
        assert_eq!((scroll.first(), scroll.selected()), (3, Some(5)));
        scroll.wheel(10);
        assert_eq!((scroll.first(), scroll.selected()), (13, Some(13)));
        scroll.wheel(-100);
        assert_eq!((scroll.first(), scroll.selected()), (0, Some(9)));
        scroll.wheel(1_000);
        assert_eq!(scroll.visible(), 90..100);
    }

    #[test]
    fn the_bar_reaches_its_ends_only_at_the_ends() {
        let bar_at = |start: usize| {
            let bar = drawn(1, 5, |area, buffer| bar(buffer, area, &(start..start + 10), 1_000, &theme("ascii")));
            bar.replace('\n', "")
        };
        assert_eq!(bar_at(0), "#||||");
        assert_eq!(bar_at(1), "|#|||");
        assert_eq!(bar_at(989), "|||#|");
        assert_eq!(bar_at(990), "||||#");
        every_size(|area, buffer| bar(buffer, area, &(3..9), 20, &theme("dark")));
    }

    proptest! {
        #[test]
        fn the_selection_is_always_visible(
            total in 0usize..50, height in 0usize..20,
            moves in proptest::collection::vec((0..6, -60isize..60), 0..30),
        ) {
            let mut scroll = scroll(total, height);
            for (kind, by) in moves {
                match kind {
                    0 => scroll.go(by),
                    1 => scroll.page(by % 4),
                    2 => scroll.wheel(by),
                    3 => scroll.set_total(by.unsigned_abs()),
                    4 => scroll.set_height(by.unsigned_abs() % 20),
                    _ => scroll.select(by.unsigned_abs()),
                };
                prop_assert!(scroll.visible().end <= scroll.total());
                if let Some(selected) = scroll.selected() {
                    prop_assert!(selected < scroll.total());
                    prop_assert!(scroll.height() == 0 || scroll.visible().contains(&selected), "{:?}", scroll);
                    // No empty rows while there are more above.
                    prop_assert!(scroll.visible().len() == scroll.height().min(scroll.total()));
                }
            }
        }
    }
}
