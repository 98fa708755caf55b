//! How far something is: a small bar for a share, and a line for work that runs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::draw::{Align, after, put_spans};
use crate::text::thousands;
use crate::tui::theme::{Glyph, Role, Theme};

/// A bar of so many cells, filled by `done` of `total`. It is full only when all is done, and empty only when nothing is.
#[must_use]
pub fn meter(theme: &Theme, done: usize, total: usize, cells: u16) -> Vec<Span<'static>> {
    let cells = usize::from(cells);
    let full = if total == 0 { 0 } else { (cells as u128 * done.min(total) as u128 / total as u128) as usize };
    let full = if done > 0 && full == 0 && cells > 1 { 1 } else { full };
    vec![
        Span::styled(theme.glyph(Glyph::BarFull).repeat(full), theme.style(Role::BarFull)),
        Span::styled(theme.glyph(Glyph::BarEmpty).repeat(cells - full), theme.style(Role::BarEmpty)),
    ]
}

/// The share in whole percent, rounded down so that 100 % means all.
#[must_use]
pub fn percent(done: usize, total: usize) -> usize {
    if total == 0 { 0 } else { (100 * done.min(total) as u128 / total as u128) as usize }
}

/// A line about work that runs.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// What runs: `Importing inventory.csv`.
    pub what: &'a str,
    /// How much is done.
    pub done: usize,
    /// Of how much; none when that is not known yet.
    pub total: Option<usize>,
    /// How to cancel it: `C-c cancels`.
    pub cancel: &'a str,
}

/// The widest bar.
const WIDEST: u16 = 24;

impl Widget for &Progress<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let line = after(Rect { height: 1.min(area.height), ..area }, u16::from(area.width > 2));
        let dim = self.theme.style(Role::Dim);
        let mut spans = Vec::new();
        if let Some(total) = self.total {
            // The bar first, so that it does not wander while the numbers grow.
            spans.extend(meter(self.theme, self.done, total, (line.width / 4).min(WIDEST)));
            spans.push(Span::raw(format!(" {:>3} % ", percent(self.done, total))));
        }
        spans.push(Span::raw(self.what));
        let of = self.total.map(|total| format!(" of {}", thousands(total as u64))).unwrap_or_default();
        spans.push(Span::styled(format!("  {}{of}", thousands(self.done as u64)), dim));
        if !self.cancel.is_empty() {
            spans.push(Span::styled(format!("  {}", self.cancel), dim));
        }
        put_spans(buffer, line, &spans, Align::Left, self.theme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn bar(done: usize, total: usize, cells: u16) -> String {
        meter(&theme("dark"), done, total, cells).iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn a_bar_is_full_only_when_all_is_done() {
        assert_eq!(bar(0, 4, 4), "▱▱▱▱");
        assert_eq!(bar(1, 1_000, 4), "▰▱▱▱");
        assert_eq!(bar(3, 4, 4), "▰▰▰▱");
        assert_eq!(bar(999, 1_000, 4), "▰▰▰▱");
        assert_eq!(bar(9, 4, 4), "▰▰▰▰");
        assert_eq!(bar(0, 0, 2), "▱▱");
        assert_eq!(bar(usize::MAX, usize::MAX, 2), "▰▰");
        assert_eq!((percent(999, 1_000), percent(0, 0), percent(5, 5)), (99, 0, 100));
    }

    #[test]
    fn work_with_and_without_a_known_end() {
        let theme = theme("dark");
        let progress =
            Progress { theme: &theme, what: "Importing a.csv", done: 1_204, total: Some(2_133), cancel: "C-c cancels" };
        let at = |progress: Progress<'_>, width| drawn(width, 1, |area, buffer| (&progress).render(area, buffer));
        assert_eq!(at(progress, 70), " ▰▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱  56 % Importing a.csv  1,204 of 2,133  C-c cancels");
        assert_eq!(at(Progress { total: None, ..progress }, 70), " Importing a.csv  1,204  C-c cancels");
        assert_eq!(at(progress, 21), " ▰▰▱▱▱  56 % Importi…");
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("ascii");
        let progress = Progress { theme: &theme, what: "x", done: 1, total: Some(3), cancel: "C-c" };
        every_size(|area, buffer| (&progress).render(area, buffer));
        is_ascii(50, 1, |area, buffer| (&progress).render(area, buffer));
    }
}
