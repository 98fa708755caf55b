//! Putting text into cells: the only way from a string to the screen.
//!
//! Everything is made safe by [`text::line`], cut to its place with a sign where something was cut, and never drawn
//! outside of it. Widths are those that ratatui gives to cells, so that columns stay straight whatever stands in them.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

use crate::text;
use crate::tui::theme::{Glyph, Theme};

/// Where a text stands in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// The longest grapheme that is drawn whole, in bytes. Longer ones are a letter under a pile of marks, put there to spill over.
const LONGEST: usize = 64;

/// A grapheme as it is drawn.
fn drawn(grapheme: &str) -> &str {
    if grapheme.len() <= LONGEST {
        return grapheme;
    }
    let first = grapheme.chars().next().map_or(0, char::len_utf8);
    &grapheme[..first]
}

/// The graphemes of a safe text that take a cell, with the bytes they stand at and their widths.
pub(crate) fn cells(text: &str) -> impl Iterator<Item = (Range<usize>, &str, u16)> {
    text.grapheme_indices(true).map(|(at, grapheme)| {
        let shown = drawn(grapheme);
        (at..at + grapheme.len(), shown, if shown.contains(char::is_control) { 0 } else { shown.cell_width() })
    })
}

/// The width of a safe text in cells, as it is drawn.
#[must_use]
pub fn width(text: &str) -> usize {
    cells(text).map(|(_, _, width)| usize::from(width)).sum()
}

/// A text cut to so many cells, with the theme's sign where it was cut.
#[must_use]
pub fn fit(text: &str, most: u16, theme: &Theme) -> String {
    let text = text::line(text);
    if width(&text) <= usize::from(most) {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for (_, grapheme, wide) in cells(&text) {
        if used + wide >= most {
            break;
        }
        out.push_str(grapheme);
        used += wide;
    }
    if most > 0 {
        out.push_str(theme.glyph(Glyph::Ellipsis));
    }
    out
}

/// A row of a rectangle, counted from its top; empty below its bottom.
#[must_use]
pub fn row(area: Rect, row: u16) -> Rect {
    if row < area.height { Rect { y: area.y + row, height: 1, ..area } } else { Rect { height: 0, ..area } }
}

/// A rectangle without so many columns at its left.
#[must_use]
pub fn after(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect { x: area.x + columns, width: area.width - columns, ..area }
}

/// Draws a text on the first row of a rectangle, with a sign where it was cut. Says how many cells it took.
pub fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style, theme: &Theme) -> u16 {
    put_spans(buffer, area, &[Span::styled(text, style)], Align::Left, theme)
}

/// As [`put`], at the right edge.
pub fn put_right(buffer: &mut Buffer, area: Rect, text: &str, style: Style, theme: &Theme) -> u16 {
    put_spans(buffer, area, &[Span::styled(text, style)], Align::Right, theme)
}

/// Draws texts one after another on the first row of a rectangle, with a sign where they were cut. Says how many cells they took.
pub fn put_spans(buffer: &mut Buffer, area: Rect, spans: &[Span<'_>], align: Align, theme: &Theme) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let safe: Vec<(Cow<'_, str>, Style)> = spans.iter().map(|span| (text::line(&span.content), span.style)).collect();
    let total: usize = safe.iter().map(|(text, _)| width(text)).sum();
    let room = usize::from(area.width);
    let fits = total <= room;
    let spare = area.width - u16::try_from(total.min(room)).unwrap_or(area.width);
    let start = match align {
        Align::Left => 0,
        Align::Centre => spare / 2,
        Align::Right => spare,
    };
    let mut x = area.x + start;
    let end = if fits { area.right() } else { area.right() - 1 };
    for (text, style) in &safe {
        for (_, grapheme, width) in cells(text) {
            if width == 0 {
                continue;
            }
            if x + width > end {
                cut(buffer, x, area, *style, theme);
                return area.right() - area.x - start;
            }
            set(buffer, x, area.y, grapheme, width, *style);
            x += width;
        }
    }
    x - area.x - start
}

/// The sign of a cut at the last cell, and nothing between.
fn cut(buffer: &mut Buffer, from: u16, area: Rect, style: Style, theme: &Theme) {
    for x in from..area.right() - 1 {
        set(buffer, x, area.y, " ", 1, style);
    }
    set(buffer, area.right() - 1, area.y, theme.glyph(Glyph::Ellipsis), 1, style);
}

fn set(buffer: &mut Buffer, x: u16, y: u16, symbol: &str, width: u16, style: Style) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        cell.set_symbol(symbol).set_style(style);
    }
    for x in x + 1..x + width {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            // What a wide grapheme hides; drawn over it, it would push the row out of line.
            cell.set_symbol(" ").set_style(style);
        }
    }
}

/// Fills a rectangle with one sign.
pub fn fill(buffer: &mut Buffer, area: Rect, symbol: &str, style: Style) {
    for position in area.intersection(buffer.area).positions() {
        buffer[position].set_symbol(symbol).set_style(style);
    }
}

/// Makes a rectangle blank to draw something new there. A wide grapheme that would reach into it from the left goes, since
/// it would hide the first column.
pub fn blank(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        if area.x > buffer.area.x
            && let Some(cell) = buffer.cell_mut((area.x - 1, y))
            && cell.cell_width() > 1
        {
            cell.set_symbol(" ");
        }
    }
    theme.blank(area, buffer);
}

/// A text in pieces: those at `matched` bytes with `strong` on top of the style.
#[must_use]
pub fn highlight(text: &str, matched: &[Range<usize>], style: Style, strong: Style) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut done = 0;
    for range in matched {
        let (start, end) = (range.start.max(done), range.end.min(text.len()));
        let (Some(before), Some(inside)) = (text.get(done..start), text.get(start..end)) else { continue };
        if !before.is_empty() {
            spans.push(Span::styled(before.to_owned(), style));
        }
        if !inside.is_empty() {
            spans.push(Span::styled(inside.to_owned(), style.patch(strong)));
        }
        done = end;
    }
    if let Some(rest) = text.get(done..)
        && !rest.is_empty()
    {
        spans.push(Span::styled(rest.to_owned(), style));
    }
    spans
}

/// The parts of a text between which it may be broken: words with the punctuation that belongs to them, and spaces.
fn words(text: &str) -> Vec<&str> {
    let opens = |part: &str| part.ends_with(['(', '[', '{', '“', '‘', '«', '‹']);
    let closes = |part: &str| !opens(part) && !part.contains(|c: char| c.is_alphanumeric() || c.is_whitespace());
    let mut parts: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, part) in text.split_word_bound_indices() {
        let end = at + part.len();
        match parts.last_mut() {
            Some(last) if !last.trim().is_empty() && !part.trim().is_empty() && (closes(part) || opens(last)) => {
                *last = &text[start..end];
            }
            _ => {
                start = at;
                parts.push(part);
            }
        }
    }
    parts
}

/// A text in lines of at most `cells` cells, broken between words where that is possible. Line feeds break too.
#[must_use]
pub fn wrap(text: &str, cells: u16) -> Vec<String> {
    let room = usize::from(cells.max(1));
    let mut lines = Vec::new();
    for paragraph in text::lines(text).split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in words(paragraph) {
            let wide = width(word);
            if used + wide > room && used > 0 {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
                if word.trim().is_empty() {
                    continue;
                }
            }
            for (_, grapheme, wide) in self::cells(word) {
                let wide = usize::from(wide);
                if used + wide > room && used > 0 {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(grapheme);
                used += wide;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::widgets::testing::{drawn, theme};

    #[test]
    fn what_is_cut_is_shown_as_cut() {
        let put_in = |text: &'static str, width| {
            drawn(width, 1, |area, buffer| {
                put(buffer, area, text, Style::new(), &theme("dark"));
            })
        };
        assert_eq!(put_in("abc", 3), "abc");
        assert_eq!(put_in("abcd", 3), "ab…");
        assert_eq!(put_in("日本語", 5), "日本…");
        assert_eq!(put_in("日本語", 4), "日 …");
        assert_eq!(put_in("日本", 1), "…");
        assert_eq!(put_in("a\x1b[2Jb\nc", 9), "a[2Jb c");
        assert_eq!(put_in("", 2), "");
    }

    #[test]
    fn a_text_is_fitted_with_the_sign_of_the_theme() {
        assert_eq!(fit("abcd", 3, &theme("ascii")), "ab~");
        assert_eq!(fit("日本", 3, &theme("dark")), "日…");
        assert_eq!(fit("日本", 2, &theme("dark")), "…");
        assert_eq!((fit("ab", 2, &theme("dark")), fit("ab", 0, &theme("dark"))), ("ab".to_owned(), String::new()));
    }

    #[test]
    fn texts_stand_where_they_should() {
        let spans = [Span::raw("a"), Span::raw("bc")];
        let align = |align| {
            drawn(7, 1, |area, buffer| {
                put_spans(buffer, area, &spans, align, &theme("dark"));
            })
        };
        assert_eq!(align(Align::Left), "abc");
        assert_eq!(align(Align::Centre), "  abc");
        assert_eq!(align(Align::Right), "    abc");
    }

    #[test]
    fn a_pile_of_marks_is_a_letter() {
        let zalgo = format!("a{}b", "\u{0301}".repeat(500));
        assert_eq!(
            drawn(4, 1, |area, buffer| {
                put(buffer, area, &zalgo, Style::new(), &theme("dark"));
            }),
            "ab"
        );
    }

    #[test]
    fn what_covers_half_a_wide_character_takes_all_of_it() {
        let screen = drawn(6, 1, |area, buffer| {
            put(buffer, area, "日本語", Style::new(), &theme("dark"));
            blank(buffer, Rect { x: 3, width: 2, ..area }, &theme("dark"));
            put(buffer, Rect { x: 3, width: 2, ..area }, "ab", Style::new(), &theme("dark"));
        });
        assert_eq!(screen, "日 ab");
    }

    #[test]
    fn matches_are_cut_out() {
        let strong = Style::new().bold();
        let spans = highlight("añb", &[1..3, 3..4], Style::new(), strong);
        let pieces: Vec<_> = spans.iter().map(|span| (span.content.as_ref(), span.style == strong)).collect();
        assert_eq!(pieces, [("a", false), ("ñ", true), ("b", true)]);
        assert_eq!(highlight("ñ", &[1..2, 5..9], Style::new(), strong).len(), 1);
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\nlong-word-without-end", 6), ["a", "long-", "word-", "withou", "t-end"]);
        assert_eq!(wrap("日本語", 1), ["日", "本", "語"]);
        assert_eq!(wrap("", 3), [""]);
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_place(text in any::<String>(), x in 0u16..5, width in 0u16..12, align in 0usize..3) {
            let theme = theme("dark");
            let align = [Align::Left, Align::Centre, Align::Right][align];
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
            let all = buffer.area;
            fill(&mut buffer, all, "#", Style::new());
            let place = Rect::new(x, 1, width, 1);
            let used = put_spans(&mut buffer, place, &[Span::raw(&text)], align, &theme);
            prop_assert!(used <= width);
            for position in buffer.area.positions().filter(|position| !place.contains(*position)) {
                prop_assert_eq!(buffer[position].symbol(), "#");
            }
            // No wide character hangs over the edge.
            if width > 0 {
                let last = &buffer[(x + width - 1, 1)];
                prop_assert!(last.cell_width() <= 1);
            }
        }

        #[test]
        fn wrapped_lines_fit_and_keep_every_word(text in "[a-z日 ]{0,60}", cells in 2u16..20) {
            let lines = wrap(&text, cells);
            prop_assert!(lines.iter().all(|line| width(line) <= usize::from(cells)));
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
