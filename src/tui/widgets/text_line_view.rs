//! How a line of text looks while it is typed: scrolled so that the cursor is visible, with a sign where it was cut.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::draw::{after, cells, fill, put, width};
use super::text_line::TextLine;
use crate::tui::theme::{Glyph, Role, Theme};

/// How a line of text looks.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The theme.
    pub theme: &'a Theme,
    /// Whether it has the keys.
    pub focused: bool,
    /// Whether something is wrong with what was typed.
    pub wrong: bool,
    /// What stands there while nothing is typed.
    pub placeholder: &'a str,
}

impl TextLine {
    /// Draws the text; says where the cursor is when it has the keys.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: &Look<'_>) -> Option<Position> {
        let area = Rect { height: 1.min(area.height), ..area }.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        let role = match (look.wrong, look.focused) {
            (true, _) => Role::Error,
            (false, true) => Role::InputFocus,
            (false, false) => Role::Input,
        };
        let style = look.theme.style(role);
        fill(buffer, area, " ", style);
        if self.text.is_empty() && !look.placeholder.is_empty() {
            put(buffer, area, look.placeholder, look.theme.style(Role::Placeholder), look.theme);
        } else if look.focused {
            return Some(self.draw_scrolled(area, buffer, style, look.theme));
        } else {
            self.first.set(0);
            put(buffer, area, &self.text, style, look.theme);
        }
        look.focused.then(|| area.as_position())
    }

    /// Draws the part of the text around the cursor.
    fn draw_scrolled(&self, area: Rect, buffer: &mut Buffer, style: Style, theme: &Theme) -> Position {
        let first = self.first_visible(area.width);
        self.first.set(first);
        let room = usize::from(area.width);
        let mut x = 0;
        let mut cursor = None;
        for (bytes, grapheme, wide) in cells(&self.text[first..]) {
            if first + bytes.start == self.cursor {
                cursor = Some(x);
            }
            if usize::from(x + wide) > room {
                break;
            }
            put(buffer, after(area, x), grapheme, style, theme);
            x += wide;
        }
        let at = cursor.unwrap_or(x).min(area.width - 1);
        if first > 0 && at > 0 {
            put(buffer, Rect { width: 1, ..area }, theme.glyph(Glyph::Ellipsis), theme.style(Role::Dim), theme);
        }
        Position::new(area.x + at, area.y)
    }

    /// The first byte to draw so that the cursor is visible, with a cell for it at the end of the text.
    fn first_visible(&self, room: u16) -> usize {
        let room = usize::from(room);
        let mut first = self.boundary(self.first.get().min(self.cursor));
        if first > self.cursor {
            first = self.cursor;
        }
        // All of it, when it fits with the cursor behind it.
        if width(&self.text) < room {
            return 0;
        }
        // One grapheme before the cursor stays visible.
        if first >= self.cursor {
            first = self.before();
        }
        while first < self.cursor && width(&self.text[first..self.cursor]) + 1 > room {
            first += self.text[first..].graphemes(true).next().map_or(1, str::len);
        }
        first
    }
}
