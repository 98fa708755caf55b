//! Long text being typed, in soft-wrapped lines.
//!
//! It wraps the text area of the ratatui organisation, and adds what that lacks: the same keys as in a single line, whole
//! graphemes for moving and deleting, a real cursor (which screen readers follow) instead of a painted one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, DataCursor, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

use super::draw::{fill, width};
use super::text_line::{Look, Typed};
use crate::text;
use crate::tui::keys::{Code, Key};
use crate::tui::theme::Role;

/// Long text.
pub struct Prose {
    area: TextArea<'static>,
}

impl Default for Prose {
    fn default() -> Self {
        Self::with("")
    }
}

impl Prose {
    /// This text, the cursor at its start. What must not reach a terminal is left out, and tabs become spaces.
    #[must_use]
    pub fn with(text: &str) -> Self {
        let lines = text::lines(text).split('\n').map(str::to_owned).collect();
        let mut area = TextArea::new(lines);
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        // The terminal's own cursor shows where one is.
        area.set_cursor_style(Style::new());
        area.set_cursor_line_style(Style::new());
        area.set_max_histories(200);
        Self { area }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.lines().iter().all(String::is_empty)
    }

    /// How many lines it has, before wrapping.
    #[must_use]
    pub fn len(&self) -> usize {
        self.area.lines().len()
    }

    /// Replaces the text, as an editor did. Steps before it cannot be taken back.
    pub fn set(&mut self, text: &str) {
        *self = Self::with(text);
    }

    /// Takes in what was pasted.
    pub fn paste(&mut self, pasted: &str) -> Typed {
        let pasted = pasted.replace("\r\n", "\n").replace('\r', "\n");
        let changed = self.area.insert_str(text::lines(&pasted));
        self.snap(true);
        if changed { Typed::Changed } else { Typed::Ignored }
    }

    /// Deals with a key.
    pub fn handle(&mut self, key: Key) -> Typed {
        if let Some(c) = key.types() {
            if text::is_unsafe(c) {
                return Typed::Moved;
            }
            self.area.insert_char(c);
            self.snap(true);
            return Typed::Changed;
        }
        if key.shift {
            return Typed::Ignored;
        }
        let letter = match key.code {
            Code::Char(c) => Some(c),
            _ => None,
        };
        match (key.control, key.alt, letter, key.code) {
            (false, false, _, Code::Enter) | (true, false, Some('j'), _) => {
                self.area.insert_newline();
                Typed::Changed
            }
            (false, false, _, Code::Backspace) => self.backspace(),
            (false, false, _, Code::Delete) | (true, false, Some('d'), _) => self.delete(),
            (true, false, Some('w'), _) | (false, true, _, Code::Backspace) | (true, false, _, Code::Backspace) => {
                let changed = self.area.delete_word();
                self.changed(changed)
            }
            (false, true, Some('d'), _) | (true, false, _, Code::Delete) => {
                let changed = self.area.delete_next_word();
                self.changed(changed)
            }
            (true, false, Some('u'), _) => {
                let changed = self.area.delete_line_by_head();
                self.changed(changed)
            }
            (true, false, Some('k'), _) => {
                let changed = self.area.delete_line_by_end();
                self.changed(changed)
            }
            (true, false, Some('y'), _) => {
                let changed = self.area.paste();
                self.changed(changed)
            }
            (true, false, Some('z' | '_'), _) => {
                let changed = self.area.undo();
                self.changed(changed)
            }
            (true, false, Some('r'), _) => {
                let changed = self.area.redo();
                self.changed(changed)
            }
            _ => self.go(key, letter),
        }
    }

    /// Keys that only move.
    fn go(&mut self, key: Key, letter: Option<char>) -> Typed {
        let (to, forward) = match (key.control, key.alt, letter, key.code) {
            (false, false, _, Code::Left) | (true, false, Some('b'), _) => (CursorMove::Back, false),
            (false, false, _, Code::Right) | (true, false, Some('f'), _) => (CursorMove::Forward, true),
            (false, false, _, Code::Up) => (CursorMove::Up, false),
            (false, false, _, Code::Down) => (CursorMove::Down, true),
            (false, false, _, Code::Home) | (true, false, Some('a'), _) => (CursorMove::Head, false),
            (false, false, _, Code::End) | (true, false, Some('e'), _) => (CursorMove::End, true),
            (true, false, _, Code::Left) | (false, true, _, Code::Left) | (false, true, Some('b'), _) => {
                (CursorMove::WordBack, false)
            }
            (true, false, _, Code::Right) | (false, true, _, Code::Right) | (false, true, Some('f'), _) => {
                (CursorMove::WordForward, true)
            }
            (true, false, _, Code::Home) => {
                self.jump(0, 0);
                return Typed::Moved;
            }
            (true, false, _, Code::End) => {
                self.area.move_cursor(CursorMove::Bottom);
                (CursorMove::End, true)
            }
            (false, false, _, Code::PageUp) => {
                self.area.scroll(tui_textarea::Scrolling::PageUp);
                self.snap(false);
                return Typed::Moved;
            }
            (false, false, _, Code::PageDown) => {
                self.area.scroll(tui_textarea::Scrolling::PageDown);
                self.snap(false);
                return Typed::Moved;
            }
            _ => return Typed::Ignored,
        };
        self.area.move_cursor(to);
        self.snap(forward);
        Typed::Moved
    }

    /// Scrolls as a wheel does.
    pub fn wheel(&mut self, rows: i16) {
        self.area.scroll((rows, 0));
        self.snap(false);
    }

    /// Puts the cursor where the mouse clicked.
    pub fn click(&mut self, area: Rect, at: Position) -> Typed {
        if !area.contains(at) {
            return Typed::Ignored;
        }
        let (top, left) = self.area.scroll_offset();
        let row = usize::from(at.y - area.y) + usize::from(top);
        let DataCursor(row, column) = self.area.screen_to_data(row, usize::from(at.x - area.x) + usize::from(left));
        self.jump(row, column);
        self.snap(false);
        Typed::Moved
    }

    fn changed(&mut self, changed: bool) -> Typed {
        self.snap(false);
        if changed { Typed::Changed } else { Typed::Moved }
    }

    fn backspace(&mut self) -> Typed {
        let DataCursor(row, column) = self.area.cursor();
        let before = self.graphemes(row).into_iter().rfind(|start| *start < column);
        let changed = match before {
            // All characters of the grapheme, as one step.
            Some(start) => {
                self.jump(row, start);
                self.area.delete_str(column - start)
            }
            None => self.area.delete_newline(),
        };
        self.changed(changed)
    }

    fn delete(&mut self) -> Typed {
        let DataCursor(row, column) = self.area.cursor();
        let behind = self.graphemes(row).into_iter().find(|start| *start > column);
        let changed = match behind {
            Some(end) => self.area.delete_str(end - column),
            None => self.area.delete_next_char(),
        };
        self.changed(changed)
    }

    /// The places between graphemes of a line, in characters, from 0 to its end.
    fn graphemes(&self, row: usize) -> Vec<usize> {
        let mut at = 0;
        let mut starts = vec![0];
        for grapheme in self.area.lines().get(row).map_or("", String::as_str).graphemes(true) {
            at += grapheme.chars().count();
            starts.push(at);
        }
        starts
    }

    /// Moves the cursor out of a grapheme, in the direction it came.
    fn snap(&mut self, forward: bool) {
        let DataCursor(row, column) = self.area.cursor();
        let starts = self.graphemes(row);
        if starts.contains(&column) {
            return;
        }
        let near = if forward {
            starts.into_iter().find(|start| *start > column)
        } else {
            starts.into_iter().rfind(|start| *start < column)
        };
        if let Some(near) = near {
            self.jump(row, near);
        }
    }

    fn jump(&mut self, row: usize, column: usize) {
        let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(short(row), short(column)));
    }

    /// Draws the text; says where the cursor is when it has the keys.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: &Look<'_>) -> Option<Position> {
        let area = area.intersection(buffer.area);
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
        (&self.area).render(area, buffer);
        buffer.set_style(area, style);
        if self.is_empty() && self.len() == 1 && !look.placeholder.is_empty() {
            super::draw::put(buffer, area, look.placeholder, look.theme.style(Role::Placeholder), look.theme);
        }
        look.focused.then(|| self.position(area))
    }

    /// Where the cursor is on the screen, counted in graphemes as they are drawn.
    fn position(&self, area: Rect) -> Position {
        let DataCursor(row, column) = self.area.cursor();
        let screen = self.area.screen_cursor().row;
        let DataCursor(first_row, first) = self.area.screen_to_data(screen, 0);
        let first = if first_row == row { first } else { 0 };
        let line = self.area.lines().get(row).map_or("", String::as_str);
        let before: String = line.chars().skip(first).take(column.saturating_sub(first)).collect();
        let (top, _) = self.area.scroll_offset();
        let x = u16::try_from(width(&before)).unwrap_or(u16::MAX).min(area.width - 1);
        let y = u16::try_from(screen.saturating_sub(usize::from(top))).unwrap_or(u16::MAX).min(area.height - 1);
        Position::new(area.x + x, area.y + y)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, theme};

    fn press(prose: &mut Prose, keys: &str) {
        for key in Key::parse_all(keys).unwrap() {
            prose.handle(key);
        }
    }

    fn picture(prose: &Prose, width: u16, height: u16) -> (String, Option<Position>) {
        let theme = theme("dark");
        let look = Look { theme: &theme, focused: true, wrong: false, placeholder: "Say why." };
        let mut cursor = None;
        let screen = drawn(width, height, |area, buffer| cursor = prose.draw(area, buffer, &look));
        (screen, cursor)
    }

    #[test]
    fn typing_moves_the_cursor() {
        let mut prose = Prose::default();
        assert_eq!(picture(&prose, 20, 2), ("Say why.\n".to_owned(), Some(Position::new(0, 0))));
        press(&mut prose, "a b Enter c");
        assert_eq!(prose.text(), "ab\nc");
        assert_eq!(picture(&prose, 20, 2), ("ab\nc".to_owned(), Some(Position::new(1, 1))));
        press(&mut prose, "Backspace Backspace Backspace");
        assert_eq!(prose.text(), "a");
        press(&mut prose, "C-z C-z");
        assert_eq!(prose.text(), "ab\n");
    }

    #[test]
    fn long_lines_are_wrapped_and_the_cursor_follows() {
        let mut prose = Prose::with("The model ranks applicants by postcode.");
        press(&mut prose, "C-End");
        let (screen, cursor) = picture(&prose, 16, 4);
        assert_eq!(screen, "The model ranks\napplicants by\npostcode.\n");
        assert_eq!(cursor, Some(Position::new(9, 2)));
        let (screen, cursor) = picture(&prose, 16, 2);
        assert_eq!(screen, "applicants by\npostcode.");
        assert_eq!(cursor, Some(Position::new(9, 1)));
    }

    #[test]
    fn graphemes_stay_whole() {
        let mut prose = Prose::with("👩‍👩‍👧‍👦é");
        press(&mut prose, "Right");
        assert_eq!(picture(&prose, 10, 1).1, Some(Position::new(2, 0)));
        press(&mut prose, "x");
        assert_eq!(prose.text(), "👩‍👩‍👧‍👦xé");
        press(&mut prose, "Backspace Backspace");
        assert_eq!(prose.text(), "é");
        press(&mut prose, "Delete Delete");
        assert!(prose.is_empty());
    }

    #[test]
    fn a_paste_is_text_and_hostile_text_is_harmless() {
        let mut prose = Prose::with("x\x1b[2J\ty");
        assert_eq!(prose.text(), "x[2J    y");
        assert_eq!(prose.paste("one\r\ntwo\rthree\x1b"), Typed::Changed);
        assert_eq!(prose.text(), "one\ntwo\nthreex[2J    y");
        assert_eq!(prose.len(), 3);
        prose.set("new");
        assert_eq!(prose.text(), "new");
    }

    #[test]
    fn the_keys_of_a_shell() {
        for (keys, after) in [
            ("C-e C-w", "one two-"),
            ("C-e C-u", ""),
            ("C-Right C-k", "one "),
            ("C-k C-y", "one two-three"),
            ("End Left x", "one two-threxe"),
            ("A-f x", "one xtwo-three"),
        ] {
            let mut prose = Prose::with("one two-three");
            press(&mut prose, keys);
            assert_eq!(prose.text(), after, "{keys}");
        }
        let mut prose = Prose::default();
        for key in ["Tab", "S-Tab", "Esc", "C-s", "C-o", "F2"] {
            assert_eq!(prose.handle(key.parse().unwrap()), Typed::Ignored, "{key}");
        }
    }

    #[test]
    fn a_click_puts_the_cursor_there() {
        let mut prose = Prose::with("one two three\nfour");
        let area = Rect::new(3, 2, 8, 4);
        let theme = theme("dark");
        let look = Look { theme: &theme, focused: true, wrong: false, placeholder: "" };
        prose.draw(area, &mut Buffer::empty(Rect::new(0, 0, 20, 10)), &look);
        prose.click(area, Position::new(5, 3));
        press(&mut prose, "x");
        assert_eq!(prose.text(), "one two thxree\nfour");
        assert_eq!(prose.click(area, Position::new(0, 0)), Typed::Ignored);
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("dark");
        for focused in [true, false] {
            let look = Look { theme: &theme, focused, wrong: !focused, placeholder: "empty" };
            for text in ["", "日本語 and more\n\nwords without-an-end", "👩‍👩‍👧‍👦"] {
                let mut prose = Prose::with(text);
                press(&mut prose, "C-End");
                every_size(|area, buffer| {
                    let cursor = prose.draw(area, buffer, &look);
                    assert!(cursor.is_none_or(|at| area.contains(at) && buffer.area.contains(at)));
                });
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_keys_break_it(
            text in "(\\PC|[a-z \n]|\u{200d}|\u{301}|👩|🇩|🇪|ﾞ){0,40}",
            keys in proptest::collection::vec(
                prop_oneof![
                    (any::<char>()).prop_map(Key::char),
                    prop::sample::select(vec![
                        "C-a", "C-e", "A-b", "A-f", "C-w", "C-u", "C-k", "C-y", "C-d", "A-d", "C-z", "C-r", "Enter",
                        "Backspace", "Delete", "Left", "Right", "Up", "Down", "PgUp", "PgDn", "C-Home", "C-End",
                    ]).prop_map(|key| key.parse().unwrap()),
                ],
                0..30,
            ),
            size in (1u16..12, 1u16..4),
        ) {
            let mut prose = Prose::with(&text);
            for key in keys {
                prose.handle(key);
                prop_assert!(!prose.text().chars().any(|c| c != '\n' && text::is_unsafe(c)));
                let (_, cursor) = picture(&prose, size.0, size.1);
                prop_assert!(cursor.is_some());
                let DataCursor(row, column) = prose.area.cursor();
                prop_assert!(prose.graphemes(row).contains(&column));
            }
        }
    }
}
