//! A box in the middle of the screen, never larger than the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use super::draw::{blank, put_right};
use super::frame::Pane;
use crate::tui::theme::{Role, Theme};

/// A popup.
#[derive(Debug, Clone, Copy)]
pub struct Popup<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// What it is.
    pub title: &'a str,
    /// What stands at the right of the title, such as a count.
    pub count: &'a str,
    /// What can be done, on the lower border.
    pub hint: &'a str,
    /// The width it would like, with its border.
    pub width: u16,
    /// The height it would like, with its border.
    pub height: u16,
}

impl Popup<'_> {
    /// Where it stands on a screen: in the middle, with a margin where there is room for one.
    #[must_use]
    pub fn place(&self, screen: Rect) -> Rect {
        let fit =
            |wanted: u16, room: u16, margin: u16| if wanted + 2 * margin <= room { wanted } else { wanted.min(room) };
        let width = fit(self.width.min(500), screen.width, 2);
        let height = fit(self.height.min(500), screen.height, 1);
        Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
    }

    /// The space inside it on a screen.
    #[must_use]
    pub fn inner(&self, screen: Rect) -> Rect {
        Pane::inner(self.place(screen))
    }

    /// Whether a position on the screen is on it.
    #[must_use]
    pub fn holds(&self, screen: Rect, at: Position) -> bool {
        self.place(screen).contains(at)
    }

    /// Draws the box on a screen and says where its inside is.
    pub fn draw(&self, screen: Rect, buffer: &mut Buffer) -> Rect {
        let screen = screen.intersection(buffer.area);
        let place = self.place(screen);
        blank(buffer, place, self.theme);
        let pane =
            Pane { theme: self.theme, number: None, title: self.title, count: self.count, focused: true, scroll: None };
        pane.render(place, buffer);
        if !self.hint.is_empty() && place.height >= 3 && place.width >= 12 {
            let line = Rect { x: place.x + 2, y: place.bottom() - 1, width: place.width - 4, height: 1 };
            put_right(buffer, line, &format!(" {} ", self.hint), self.theme.style(Role::Dim), self.theme);
        }
        Pane::inner(place)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;
    use crate::tui::widgets::draw::fill;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn popup(theme: &Theme) -> Popup<'_> {
        Popup { theme, title: "Owner", count: "3", hint: "Enter choose", width: 24, height: 5 }
    }

    #[test]
    fn it_stands_in_the_middle() {
        let picture = drawn(40, 9, |area, buffer| {
            fill(buffer, area, ".", Style::new());
            popup(&theme("dark")).draw(area, buffer);
        });
        insta::assert_snapshot!(picture);
    }

    #[test]
    fn it_is_cut_to_the_screen() {
        let theme = theme("dark");
        let popup = Popup { width: u16::MAX, height: u16::MAX, ..popup(&theme) };
        let screen = Rect::new(3, 2, 10, 4);
        assert_eq!(popup.place(screen), screen);
        assert_eq!(popup.inner(screen), Rect::new(4, 3, 8, 2));
        assert!(popup.holds(screen, Position::new(3, 2)) && !popup.holds(screen, Position::new(2, 2)));
    }

    #[test]
    fn it_hides_what_is_below_also_half_of_a_wide_character() {
        let picture = drawn(9, 5, |area, buffer| {
            for y in 0..5 {
                buffer.set_string(1, y, "日日日日", Style::new());
            }
            Popup { width: 5, height: 3, hint: "", title: "a", count: "", ..popup(&theme("ascii")) }.draw(area, buffer);
        });
        assert_eq!(picture, " 日日日日\n  #a =#日\n  |   |日\n  #===#日\n 日日日日");
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("dark");
        every_size(|area, buffer| {
            popup(&theme).draw(area, buffer);
        });
        let ascii = crate::tui::widgets::testing::theme("ascii");
        is_ascii(30, 6, |area, buffer| {
            popup(&ascii).draw(area, buffer);
        });
    }
}
