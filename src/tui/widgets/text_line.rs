//! One line of text being typed, with the keys that shells have for it.
//!
//! The cursor stands between graphemes, never inside one. What is pasted is text: line breaks become spaces.

use std::cell::Cell;

use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use super::draw::cells;
pub use super::text_line_view::Look;
use crate::text;
use crate::tui::keys::{Code, Key};

/// What a key did to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// Nothing: the key is none of the text's.
    Ignored,
    /// Nothing but the cursor changed.
    Moved,
    /// The text changed.
    Changed,
}

/// How many steps can be taken back.
const HISTORY: usize = 100;

/// The longest text, in bytes; what is pasted beyond it is cut.
const LONGEST: usize = 64 * 1024;

/// One line of text.
#[derive(Debug, Clone, Default)]
pub struct TextLine {
    pub(super) text: String,
    /// Where the cursor stands, in bytes; always between two graphemes.
    pub(super) cursor: usize,
    /// The text that was cut last.
    cut: String,
    undo: Vec<(String, usize)>,
    /// Whether the last change was typing, so that a word is taken back at once.
    typing: bool,
    /// The first visible byte; kept by drawing, so that the text does not jump.
    pub(super) first: Cell<usize>,
}

impl TextLine {
    /// A line with this text, the cursor at its end.
    #[must_use]
    pub fn with(text: &str) -> Self {
        let text = text::line(text).into_owned();
        Self { cursor: text.len(), text, ..Self::default() }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor stands, in bytes.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text, as one step that can be taken back; the cursor goes to the end.
    pub fn set(&mut self, text: &str) {
        self.remember(false);
        self.text = text::line(text).into_owned();
        self.cursor = self.text.len();
    }

    /// Replaces some bytes of the text, as one step that can be taken back: a completion. The cursor goes behind them.
    pub fn replace(&mut self, bytes: std::ops::Range<usize>, with: &str) {
        if self.text.get(bytes.clone()).is_none() {
            return;
        }
        self.remember(false);
        let with = text::line(with);
        self.text.replace_range(bytes.clone(), &with);
        self.cursor = self.boundary(bytes.start + with.len());
    }

    /// Takes in what was pasted.
    pub fn paste(&mut self, pasted: &str) -> Typed {
        let pasted = text::line(pasted);
        if pasted.is_empty() {
            return Typed::Ignored;
        }
        self.remember(false);
        self.insert(&pasted);
        Typed::Changed
    }

    /// Deals with a key.
    pub fn handle(&mut self, key: Key) -> Typed {
        if let Some(c) = key.types() {
            if text::is_unsafe(c) || self.text.len() + c.len_utf8() > LONGEST {
                return Typed::Moved;
            }
            // A space ends a word, and so a step.
            self.remember(c != ' ');
            self.insert(c.encode_utf8(&mut [0; 4]));
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
            (true, false, Some('a'), _) | (false, false, _, Code::Home) => self.go(0),
            (true, false, Some('e'), _) | (false, false, _, Code::End) => self.go(self.text.len()),
            (true, false, Some('b'), _) | (false, false, _, Code::Left) => self.go(self.before()),
            (true, false, Some('f'), _) | (false, false, _, Code::Right) => self.go(self.behind()),
            (false, true, Some('b'), _) | (true, false, _, Code::Left) | (false, true, _, Code::Left) => {
                self.go(self.word_before())
            }
            (false, true, Some('f'), _) | (true, false, _, Code::Right) | (false, true, _, Code::Right) => {
                self.go(self.word_behind())
            }
            (false, false, _, Code::Backspace) => self.remove(self.before(), self.cursor),
            (true, false, Some('d'), _) | (false, false, _, Code::Delete) => self.remove(self.cursor, self.behind()),
            (true, false, Some('w'), _) => self.cut(self.blank_before(), self.cursor),
            (false, true, _, Code::Backspace) | (true, false, _, Code::Backspace) => {
                self.cut(self.word_before(), self.cursor)
            }
            (false, true, Some('d'), _) | (true, false, _, Code::Delete) => self.cut(self.cursor, self.word_behind()),
            (true, false, Some('u'), _) => self.cut(0, self.cursor),
            (true, false, Some('k'), _) => self.cut(self.cursor, self.text.len()),
            (true, false, Some('y'), _) => {
                let cut = self.cut.clone();
                self.paste(&cut)
            }
            (true, false, Some('z' | '_'), _) => self.undo(),
            _ => Typed::Ignored,
        }
    }

    /// Puts the cursor where the mouse clicked.
    pub fn click(&mut self, area: Rect, at: Position) -> Typed {
        if !area.contains(at) {
            return Typed::Ignored;
        }
        let mut x = area.x;
        let mut target = self.text.len();
        let first = self.first.get().min(self.text.len());
        for (bytes, _, wide) in cells(&self.text[first..]) {
            if x + wide > at.x {
                target = first + bytes.start;
                break;
            }
            x += wide;
        }
        self.go(target)
    }

    fn remember(&mut self, typing: bool) {
        if !(typing && self.typing) {
            if self.undo.len() == HISTORY {
                self.undo.remove(0);
            }
            self.undo.push((self.text.clone(), self.cursor));
        }
        self.typing = typing;
    }

    fn undo(&mut self) -> Typed {
        self.typing = false;
        match self.undo.pop() {
            Some((text, cursor)) => {
                (self.text, self.cursor) = (text, cursor);
                Typed::Changed
            }
            None => Typed::Moved,
        }
    }

    fn insert(&mut self, text: &str) {
        let mut room = LONGEST.saturating_sub(self.text.len()).min(text.len());
        while !text.is_char_boundary(room) {
            room -= 1;
        }
        self.text.insert_str(self.cursor, &text[..room]);
        // What was typed may join the grapheme before or behind it.
        self.cursor = self.boundary(self.cursor + room);
    }

    fn go(&mut self, to: usize) -> Typed {
        self.typing = false;
        self.cursor = to;
        Typed::Moved
    }

    fn remove(&mut self, from: usize, to: usize) -> Typed {
        if from == to {
            return Typed::Moved;
        }
        self.remember(false);
        self.text.replace_range(from..to, "");
        self.cursor = self.boundary(from);
        Typed::Changed
    }

    fn cut(&mut self, from: usize, to: usize) -> Typed {
        if from != to {
            self.text[from..to].clone_into(&mut self.cut);
        }
        self.remove(from, to)
    }

    /// The next place between graphemes, from a byte on.
    pub(super) fn boundary(&self, at: usize) -> usize {
        self.text.grapheme_indices(true).map(|(start, _)| start).find(|start| *start >= at).unwrap_or(self.text.len())
    }

    /// The last place between graphemes up to a byte.
    fn boundary_before(&self, at: usize) -> usize {
        self.text.grapheme_indices(true).map(|(start, _)| start).take_while(|start| *start <= at).last().unwrap_or(0)
    }

    pub(super) fn before(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn behind(&self) -> usize {
        let next = self.text[self.cursor..].graphemes(true).next();
        self.cursor + next.map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let mut words = self.text[..self.cursor].unicode_word_indices();
        // Words are parted by other rules than graphemes, and may begin within one.
        self.boundary_before(words.next_back().map_or(0, |(at, _)| at))
    }

    fn word_behind(&self) -> usize {
        let mut words = self.text[self.cursor..].unicode_word_indices();
        self.boundary(words.next().map_or(self.text.len(), |(at, word)| self.cursor + at + word.len()))
    }

    /// The start of what stands before the cursor since the last blank: what Ctrl-W takes in a shell.
    fn blank_before(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.rfind(' ').map_or(0, |at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, theme};

    /// Types keys into a text whose cursor is shown as `|`.
    fn type_keys(before: &str, keys: &str) -> String {
        let at = before.find('|').unwrap();
        let mut input = TextLine::with(&before.replace('|', ""));
        input.cursor = at;
        for key in Key::parse_all(keys).unwrap() {
            input.handle(key);
        }
        let mut text = input.text.clone();
        text.insert(input.cursor, '|');
        text
    }

    #[test]
    fn the_keys_of_a_shell() {
        for (before, keys, after) in [
            ("ab|cd", "x", "abx|cd"),
            ("ab|cd", "Space", "ab |cd"),
            ("ab|cd", "C-a x", "x|abcd"),
            ("ab|cd", "C-e x", "abcdx|"),
            ("ab|cd", "Home Delete", "|bcd"),
            ("ab|cd", "End Backspace", "abc|"),
            ("ab|cd", "C-u", "|cd"),
            ("ab|cd", "C-k", "ab|"),
            ("ab|cd", "C-k C-a C-y", "cd|ab"),
            ("one two-three|", "C-w", "one |"),
            ("one two-three|", "A-Backspace", "one two-|"),
            ("one two  |", "C-w", "one |"),
            ("one| two", "A-f x", "one twox|"),
            ("one two|", "A-b x", "one x|two"),
            ("one two|", "C-Left C-Left x", "x|one two"),
            ("|one two", "C-Right x", "onex| two"),
            ("|one two", "A-d", "| two"),
            ("|ab", "Left Backspace C-w", "|ab"),
            ("ab|", "Right Delete A-d", "ab|"),
            ("ab|c", "C-d C-d", "ab|"),
        ] {
            assert_eq!(type_keys(before, keys), after, "{before} {keys}");
        }
    }

    #[test]
    fn what_was_typed_is_taken_back_word_by_word() {
        let mut input = TextLine::default();
        for key in Key::parse_all("o n e Space t w o C-w").unwrap() {
            input.handle(key);
        }
        let mut seen = vec![input.text().to_owned()];
        while input.handle(Key::control('z')) == Typed::Changed {
            seen.push(input.text().to_owned());
        }
        assert_eq!(seen, ["one ", "one two", "one ", "one", ""]);
    }

    #[test]
    fn graphemes_stay_whole() {
        assert_eq!(type_keys("👩‍👩‍👧‍👦é|x", "Backspace Backspace"), "|x");
        assert_eq!(type_keys("|👩‍👩‍👧‍👦x", "Right y"), "👩‍👩‍👧‍👦y|x");
        let mut input = TextLine::with("e");
        input.handle(Key::char('\u{301}'));
        assert_eq!((input.text(), input.cursor()), ("e\u{301}", 3));
    }

    #[test]
    fn a_paste_is_text() {
        let mut input = TextLine::with("a");
        assert_eq!(input.paste("b\nc\x1b[2J\r\nq"), Typed::Changed);
        assert_eq!(input.text(), "ab c[2J q");
        assert_eq!(input.paste("\x1b"), Typed::Ignored);
        input.paste(&"é".repeat(LONGEST));
        // One byte is left, too little for another é.
        assert_eq!(input.text().len(), LONGEST - 1);
        assert_eq!(input.handle(Key::char('x')), Typed::Changed);
        assert_eq!(input.handle(Key::char('x')), Typed::Moved);
    }

    #[test]
    fn words_end_between_graphemes() {
        // Two flags' halves and a mark: words, counted from the middle of the text, end within a flag.
        let mut input = TextLine::with("🇩\u{c81}🇩🇩¡¡¡0\u{3347a}");
        for key in Key::parse_all("A-b C-Left C-Right").unwrap() {
            input.handle(key);
            let at = input.cursor;
            let between = at == input.text.len() || input.text.grapheme_indices(true).any(|(start, _)| start == at);
            assert!(between, "{key} goes to {at}");
        }
    }

    #[test]
    fn keys_of_others_are_left_alone() {
        let mut input = TextLine::with("a");
        for key in ["Tab", "S-Tab", "Enter", "Esc", "C-s", "A-x", "F2", "Up", "PgDn"] {
            assert_eq!(input.handle(key.parse().unwrap()), Typed::Ignored, "{key}");
        }
    }

    #[test]
    fn a_completion_is_one_step() {
        let mut input = TextLine::with("Bias @an due:fri");
        input.replace(5..8, "@ana");
        assert_eq!((input.text(), input.cursor()), ("Bias @ana due:fri", 9));
        input.replace(90..99, "x");
        input.handle(Key::control('z'));
        assert_eq!(input.text(), "Bias @an due:fri");
    }

    fn picture(input: &TextLine, room: u16) -> (String, Option<u16>) {
        let theme = theme("dark");
        let look = Look { theme: &theme, focused: true, wrong: false, placeholder: "nothing yet" };
        let mut cursor = None;
        let text = drawn(room, 1, |area, buffer| cursor = input.draw(area, buffer, &look));
        (text, cursor.map(|at| at.x))
    }

    #[test]
    fn long_texts_scroll_with_the_cursor() {
        let mut input = TextLine::with("abcdefghij");
        assert_eq!(picture(&input, 20), ("abcdefghij".to_owned(), Some(10)));
        assert_eq!(picture(&input, 6), ("…ghij".to_owned(), Some(5)));
        input.handle(Key::plain(Code::Left));
        assert_eq!(picture(&input, 6), ("…ghij".to_owned(), Some(4)));
        input.handle(Key::plain(Code::Home));
        assert_eq!(picture(&input, 6), ("abcdef".to_owned(), Some(0)));
        assert_eq!(picture(&TextLine::default(), 20), ("nothing yet".to_owned(), Some(0)));
        assert_eq!(picture(&TextLine::with("日本語"), 6), ("… 語".to_owned(), Some(4)));
        assert_eq!(picture(&TextLine::with("abc"), 1).1, Some(0));
    }

    #[test]
    fn a_click_puts_the_cursor_there() {
        let mut input = TextLine::with("日本語");
        let area = Rect::new(2, 0, 10, 1);
        assert_eq!(input.click(area, Position::new(5, 0)), Typed::Moved);
        assert_eq!(input.cursor(), "日".len());
        input.click(area, Position::new(11, 0));
        assert_eq!(input.cursor(), input.text().len());
        assert_eq!(input.click(area, Position::new(0, 0)), Typed::Ignored);
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("dark");
        for (focused, wrong) in [(true, false), (false, true)] {
            let look = Look { theme: &theme, focused, wrong, placeholder: "empty" };
            for text in ["", "日本語 and more", "👩‍👩‍👧‍👦"] {
                let input = TextLine::with(text);
                every_size(|area, buffer| {
                    let cursor = input.draw(area, buffer, &look);
                    assert!(cursor.is_none_or(|at| area.contains(at) && buffer.area.contains(at)));
                });
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_cursor_is_always_between_graphemes_and_visible(
            text in "(\\PC|[a-z ]|\u{200d}|\u{301}|👩|🇩|🇪){0,20}",
            keys in proptest::collection::vec(
                prop_oneof![
                    (any::<char>()).prop_map(Key::char),
                    prop::sample::select(vec![
                        "C-a", "C-e", "C-b", "C-f", "A-b", "A-f", "C-w", "C-u", "C-k", "C-y", "C-d", "A-d", "C-z",
                        "Backspace", "A-Backspace", "Delete", "Left", "Right", "C-Left", "C-Right",
                    ]).prop_map(|key| key.parse().unwrap()),
                ],
                0..30,
            ),
            room in 1u16..12,
        ) {
            let mut input = TextLine::with(&text);
            for key in keys {
                input.handle(key);
                prop_assert!(!input.text.chars().any(text::is_unsafe));
                let boundary = input.cursor == input.text.len()
                    || input.text.grapheme_indices(true).any(|(at, _)| at == input.cursor);
                prop_assert!(boundary, "{:?} at {}", input.text, input.cursor);
                let (_, cursor) = picture(&input, room);
                prop_assert!(cursor.is_some_and(|x| x < room));
            }
        }
    }
}
