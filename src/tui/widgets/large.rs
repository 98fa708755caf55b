//! Large letters, to be read from the back of a room: each is five dots high, drawn in half blocks, or in whole ones where
//! there is room for twice the size. Themes of plain ASCII draw a dot as their sign of a full bar.
//!
//! A font of our own, because a title must have as many letters as fit: these are three or four dots wide, where fonts of
//! eight by eight dots take twice the room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{Align, put_spans, row, wrap};
use crate::text;
use crate::tui::theme::{Glyph, Theme};

/// A letter: its width in dots, and its five rows from the top, the last dot in the lowest bit.
type Letter = (char, u8, [u8; 5]);

/// Dots from the top to the bottom of a letter.
const HIGH: u16 = 5;

#[rustfmt::skip]
const FONT: &[Letter] = &[
    ('A', 3, [0b010, 0b101, 0b111, 0b101, 0b101]),
    ('B', 3, [0b110, 0b101, 0b110, 0b101, 0b110]),
    ('C', 3, [0b011, 0b100, 0b100, 0b100, 0b011]),
    ('D', 3, [0b110, 0b101, 0b101, 0b101, 0b110]),
    ('E', 3, [0b111, 0b100, 0b110, 0b100, 0b111]),
    ('F', 3, [0b111, 0b100, 0b110, 0b100, 0b100]),
    ('G', 4, [0b0111, 0b1000, 0b1011, 0b1001, 0b0111]),
    ('H', 3, [0b101, 0b101, 0b111, 0b101, 0b101]),
    ('I', 1, [0b1, 0b1, 0b1, 0b1, 0b1]),
    ('J', 3, [0b001, 0b001, 0b001, 0b101, 0b010]),
    ('K', 3, [0b101, 0b101, 0b110, 0b101, 0b101]),
    ('L', 3, [0b100, 0b100, 0b100, 0b100, 0b111]),
    ('M', 5, [0b10001, 0b11011, 0b10101, 0b10001, 0b10001]),
    ('N', 4, [0b1001, 0b1101, 0b1011, 0b1001, 0b1001]),
    ('O', 4, [0b0110, 0b1001, 0b1001, 0b1001, 0b0110]),
    ('P', 3, [0b110, 0b101, 0b110, 0b100, 0b100]),
    ('Q', 4, [0b0110, 0b1001, 0b1001, 0b1011, 0b0111]),
    ('R', 3, [0b110, 0b101, 0b110, 0b101, 0b101]),
    ('S', 3, [0b011, 0b100, 0b010, 0b001, 0b110]),
    ('T', 3, [0b111, 0b010, 0b010, 0b010, 0b010]),
    ('U', 4, [0b1001, 0b1001, 0b1001, 0b1001, 0b0110]),
    ('V', 3, [0b101, 0b101, 0b101, 0b101, 0b010]),
    ('W', 5, [0b10001, 0b10001, 0b10101, 0b10101, 0b01010]),
    ('X', 3, [0b101, 0b101, 0b010, 0b101, 0b101]),
    ('Y', 3, [0b101, 0b101, 0b010, 0b010, 0b010]),
    ('Z', 3, [0b111, 0b001, 0b010, 0b100, 0b111]),
    ('0', 3, [0b111, 0b101, 0b101, 0b101, 0b111]),
    ('1', 3, [0b010, 0b110, 0b010, 0b010, 0b111]),
    ('2', 3, [0b111, 0b001, 0b111, 0b100, 0b111]),
    ('3', 3, [0b111, 0b001, 0b011, 0b001, 0b111]),
    ('4', 3, [0b101, 0b101, 0b111, 0b001, 0b001]),
    ('5', 3, [0b111, 0b100, 0b111, 0b001, 0b111]),
    ('6', 3, [0b111, 0b100, 0b111, 0b101, 0b111]),
    ('7', 3, [0b111, 0b001, 0b010, 0b010, 0b010]),
    ('8', 3, [0b111, 0b101, 0b111, 0b101, 0b111]),
    ('9', 3, [0b111, 0b101, 0b111, 0b001, 0b111]),
    (' ', 2, [0b00, 0b00, 0b00, 0b00, 0b00]),
    (':', 1, [0b0, 0b1, 0b0, 0b1, 0b0]),
    ('.', 1, [0b0, 0b0, 0b0, 0b0, 0b1]),
    (',', 2, [0b00, 0b00, 0b00, 0b01, 0b10]),
    ('-', 3, [0b000, 0b000, 0b111, 0b000, 0b000]),
    ('/', 3, [0b001, 0b001, 0b010, 0b100, 0b100]),
    ('!', 1, [0b1, 0b1, 0b1, 0b0, 0b1]),
    ('?', 3, [0b110, 0b001, 0b010, 0b000, 0b010]),
    ('(', 2, [0b01, 0b10, 0b10, 0b10, 0b01]),
    (')', 2, [0b10, 0b01, 0b01, 0b01, 0b10]),
    ('+', 3, [0b000, 0b010, 0b111, 0b010, 0b000]),
    ('&', 4, [0b0100, 0b1010, 0b0101, 0b1010, 0b0101]),
    ('%', 3, [0b101, 0b001, 0b010, 0b100, 0b101]),
    ('\'', 1, [0b1, 0b1, 0b0, 0b0, 0b0]),
    ('"', 3, [0b101, 0b101, 0b000, 0b000, 0b000]),
    ('#', 5, [0b01010, 0b11111, 0b01010, 0b11111, 0b01010]),
    ('=', 3, [0b000, 0b111, 0b000, 0b111, 0b000]),
    ('_', 3, [0b000, 0b000, 0b000, 0b000, 0b111]),
];

/// How large letters are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A dot is half a cell: letters are three rows high.
    Half,
    /// A dot is a cell: letters are five rows high. What themes of plain ASCII have in place of halves.
    Whole,
    /// A dot is two cells beside one another: five rows high, and as wide as a room needs.
    Double,
}

impl Size {
    const fn dot(self) -> u16 {
        if matches!(self, Self::Double) { 2 } else { 1 }
    }

    /// Rows that a line of letters takes.
    #[must_use]
    pub const fn height(self) -> u16 {
        if matches!(self, Self::Half) { HIGH.div_ceil(2) } else { HIGH }
    }
}

/// The sizes that a theme can draw, the largest first.
fn sizes(theme: &Theme) -> &'static [Size] {
    if is_plain(theme) { &[Size::Double, Size::Whole] } else { &[Size::Double, Size::Half] }
}

fn is_plain(theme: &Theme) -> bool {
    theme.glyph(Glyph::BarFull).is_ascii()
}

fn letter(c: char) -> Option<&'static Letter> {
    let plain = match c {
        '‘' | '’' | '`' => '\'',
        '“' | '”' | '„' => '"',
        '–' | '—' | '‑' => '-',
        'ß' => 'S',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let upper = plain.to_uppercase().next().unwrap_or(plain);
    // A letter with a mark is drawn without it.
    let bare = match upper {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => 'A',
        'Ç' | 'Ć' | 'Č' => 'C',
        'Ď' | 'Đ' => 'D',
        'È'..='Ë' | 'Ē' | 'Ę' | 'Ě' => 'E',
        'Ğ' => 'G',
        'Ì'..='Ï' | 'Ī' | 'İ' => 'I',
        'Ñ' | 'Ń' | 'Ň' => 'N',
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ő' => 'O',
        'Ř' => 'R',
        'Ś' | 'Š' | 'Ş' | 'ẞ' => 'S',
        'Ť' | 'Ţ' => 'T',
        'Ù'..='Ü' | 'Ū' | 'Ů' | 'Ű' => 'U',
        'Ý' | 'Ÿ' => 'Y',
        'Ź' | 'Ż' | 'Ž' => 'Z',
        'Ł' => 'L',
        other => other,
    };
    FONT.iter().find(|(known, ..)| *known == bare)
}

/// The width of a text in dots, with a dot between letters; none where one of its letters is not in the font.
fn dots(line: &str) -> Option<u16> {
    let mut all = 0_u16;
    for c in line.chars() {
        all = all.saturating_add(u16::from(letter(c)?.1)).saturating_add(1);
    }
    Some(all.saturating_sub(1))
}

/// A text in large letters: its lines, and how large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Large {
    lines: Vec<String>,
    size: Size,
}

impl Large {
    /// The largest letters in which a text fits a place, on at most so many lines; none where it does not fit, or has letters
    /// that are not in the font, and so is better written the usual way.
    #[must_use]
    pub fn fit(line: &str, area: Rect, most_lines: u16, theme: &Theme) -> Option<Self> {
        let line = text::line(line);
        let line = line.trim();
        if line.is_empty() || area.is_empty() {
            return None;
        }
        dots(line)?;
        sizes(theme).iter().find_map(|size| {
            let lines = broken(line, area.width / size.dot())?;
            let count = u16::try_from(lines.len()).ok()?;
            let height = count * (size.height() + 1) - 1;
            (count <= most_lines && height <= area.height).then_some(Self { lines, size: *size })
        })
    }

    /// Rows that it takes.
    #[must_use]
    pub fn height(&self) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(1) * (self.size.height() + 1) - 1
    }

    /// Cells that its longest line takes.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.lines.iter().filter_map(|line| dots(line)).max().unwrap_or(0) * self.size.dot()
    }

    /// Draws it at the top of a place.
    pub fn draw(&self, area: Rect, align: Align, style: Style, theme: &Theme, buffer: &mut Buffer) {
        let mut top = 0;
        for line in &self.lines {
            let wide = dots(line).unwrap_or(0) * self.size.dot();
            let spare = area.width.saturating_sub(wide);
            let shift = match align {
                Align::Left => 0,
                Align::Centre => spare / 2,
                Align::Right => spare,
            };
            for at in 0..self.size.height() {
                let place = row(area, top + at);
                let place = Rect { x: place.x + shift, width: place.width.saturating_sub(shift), ..place };
                let drawn = self.row_of(line, at, theme);
                put_spans(buffer, place, &[ratatui::text::Span::styled(drawn, style)], Align::Left, theme);
            }
            top += self.size.height() + 1;
        }
    }

    /// One row of cells of a line of letters.
    fn row_of(&self, line: &str, at: u16, theme: &Theme) -> String {
        let full = if is_plain(theme) { theme.glyph(Glyph::BarFull) } else { "█" };
        let mut out = String::new();
        for (place, c) in line.chars().enumerate() {
            let Some((_, wide, rows)) = letter(c) else { continue };
            if place > 0 {
                (0..self.size.dot()).for_each(|_| out.push(' '));
            }
            for dot in (0..*wide).rev() {
                let on = |row: u16| rows.get(usize::from(row)).is_some_and(|bits| bits >> dot & 1 == 1);
                let cell = match self.size {
                    Size::Half => match (on(at * 2), on(at * 2 + 1)) {
                        (true, true) => "█",
                        (true, false) => "▀",
                        (false, true) => "▄",
                        (false, false) => " ",
                    },
                    _ if on(at) => full,
                    _ => " ",
                };
                (0..self.size.dot()).for_each(|_| out.push_str(cell));
            }
        }
        out
    }
}

/// A text broken between words into lines of at most so many dots; none where a word is wider.
fn broken(line: &str, room: u16) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let joined = lines.last().map(|last| format!("{last} {word}"));
        match joined.filter(|joined| dots(joined).is_some_and(|wide| wide <= room)) {
            Some(joined) => {
                lines.pop();
                lines.push(joined);
            }
            None if dots(word)? <= room => lines.push(word.to_owned()),
            None => return None,
        }
    }
    Some(lines)
}

/// Draws a text as large as its place allows, or in the usual letters, broken between words. Says how many rows it took.
pub fn put_large(
    buffer: &mut Buffer,
    area: Rect,
    line: &str,
    (most_lines, align): (u16, Align),
    style: Style,
    theme: &Theme,
) -> u16 {
    if let Some(large) = Large::fit(line, area, most_lines, theme) {
        large.draw(area, align, style, theme, buffer);
        return large.height();
    }
    let lines = wrap(&text::line(line), area.width);
    let room = area.height.min(most_lines.max(2));
    for (at, text) in (0..room).zip(&lines) {
        let last = at + 1 == room && lines.len() > usize::from(room);
        let text = if last { format!("{text} {}", theme.glyph(Glyph::Ellipsis)) } else { text.clone() };
        put_spans(buffer, row(area, at), &[ratatui::text::Span::styled(text, style)], align, theme);
    }
    room.min(u16::try_from(lines.len()).unwrap_or(room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn picture(text: &str, width: u16, height: u16, name: &str) -> String {
        let theme = theme(name);
        drawn(width, height, |area, buffer| {
            put_large(buffer, area, text, (2, Align::Left), Style::new(), &theme);
        })
    }

    #[test]
    fn letters_are_as_large_as_fits() {
        insta::assert_snapshot!("large_half", picture("Board 12:05", 46, 7, "dark"));
        insta::assert_snapshot!("large_double", picture("12:05", 46, 7, "dark"));
        insta::assert_snapshot!("large_ascii", picture("12:05", 46, 7, "ascii"));
        insta::assert_snapshot!("large_two_lines", picture("Résumé screening", 40, 7, "dark"));
    }

    #[test]
    fn what_does_not_fit_or_is_not_in_the_font_is_written_the_usual_way() {
        assert_eq!(picture("A title that is far too long", 12, 3, "dark").trim_end(), "A title that\nis far too …");
        assert!(picture("審査", 40, 6, "dark").starts_with("審査"));
        assert_eq!(picture("", 10, 1, "dark").trim(), "");
    }

    #[test]
    fn every_letter_is_of_one_width_from_top_to_bottom() {
        for (c, wide, rows) in FONT {
            assert!(rows.iter().all(|row| u16::from(*row) < 1 << wide), "{c}");
            assert_eq!(FONT.iter().filter(|(other, ..)| other == c).count(), 1, "{c}");
        }
        for c in ('A'..='Z').chain('0'..='9') {
            assert!(letter(c).is_some() && letter(c.to_ascii_lowercase()).is_some(), "{c}");
        }
    }

    #[test]
    fn no_size_breaks_it() {
        for name in ["dark", "ascii"] {
            let theme = theme(name);
            every_size(|area, buffer| {
                put_large(buffer, area, "Review board: 12:05", (3, Align::Centre), Style::new(), &theme);
            });
        }
        let plain = theme("ascii");
        is_ascii(60, 12, |area, buffer| {
            put_large(buffer, area, "Review 12", (2, Align::Right), Style::new(), &plain);
        });
    }
}
