//! The 5×5 risk matrix: severity upwards, likelihood to the right, each field with its level.
//!
//! A level shows by its letter and sign as well as its colour. One risk is drawn with its inherent ○ and residual ● score,
//! or a register with the count of risks on each field.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::draw::{Align, fill, put, put_right, put_spans, row};
use crate::tui::theme::{Glyph, Level, Role, Theme};

/// Severity and likelihood, each 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// How bad.
    pub severity: u8,
    /// How probable.
    pub likelihood: u8,
}

impl Score {
    /// A score, kept within 1 to 5.
    #[must_use]
    pub fn new(severity: u8, likelihood: u8) -> Self {
        Self { severity: severity.clamp(1, 5), likelihood: likelihood.clamp(1, 5) }
    }

    /// The score so many steps further, kept within the matrix.
    #[must_use]
    pub fn moved(self, severity: i8, likelihood: i8) -> Self {
        let step = |from: u8, by: i8| from.saturating_add_signed(by).clamp(1, 5);
        Self { severity: step(self.severity, severity), likelihood: step(self.likelihood, likelihood) }
    }
}

/// A table of one value for each field: first by severity, then by likelihood, each from 1.
pub type Table<T> = [[T; 5]; 5];

/// The matrix.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// The level of each field, as policy says.
    pub levels: Table<Level>,
    /// The names of the steps of severity, from 1.
    pub severities: [&'a str; 5],
    /// The names of the steps of likelihood, from 1.
    pub likelihoods: [&'a str; 5],
    /// The score before mitigation.
    pub inherent: Option<Score>,
    /// The score after mitigation.
    pub residual: Option<Score>,
    /// How many risks stand on each field.
    pub counts: Option<Table<usize>>,
    /// The field that has the keys.
    pub cursor: Option<Score>,
}

/// How the matrix lies in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// The width of a field.
    wide: u16,
    /// The height of a field.
    high: u16,
    /// The width of the names of severity; 1 when only their numbers fit.
    names: u16,
    /// Whether the names of likelihood stand below.
    axis: bool,
}

impl Plan {
    /// The largest that fits; none when not even single cells do.
    fn of(area: Rect) -> Option<Self> {
        // From the most comfortable to the least: names of 13 cells, or the number alone; fields wide and high, or a sign each.
        for (names, wide) in [(13, 17), (13, 12), (13, 9), (13, 6), (1, 6), (1, 4), (1, 3), (1, 2)] {
            if names + 1 + 5 * wide > area.width {
                continue;
            }
            for high in [3, 2, 1] {
                if wide < 4 * high && high > 1 {
                    continue;
                }
                for axis in [true, false] {
                    if 5 * high + u16::from(axis) <= area.height {
                        return Some(Self { wide, high, names, axis });
                    }
                }
            }
        }
        None
    }

    fn field(self, area: Rect, score: Score) -> Rect {
        Rect {
            x: area.x + self.names + 1 + u16::from(score.likelihood - 1) * self.wide,
            y: area.y + u16::from(5 - score.severity) * self.high,
            width: self.wide,
            height: self.high,
        }
    }
}

fn all() -> impl Iterator<Item = Score> {
    (1..=5).flat_map(|severity| (1..=5).map(move |likelihood| Score { severity, likelihood }))
}

impl Matrix<'_> {
    /// The level of a score.
    #[must_use]
    pub fn level(&self, score: Score) -> Level {
        *at(&self.levels, score)
    }

    /// The field at a position on the screen.
    #[must_use]
    pub fn hit(area: Rect, position: Position) -> Option<Score> {
        let plan = Plan::of(area)?;
        all().find(|score| plan.field(area, *score).contains(position))
    }

    /// Where the field with the keys begins, for the cursor.
    #[must_use]
    pub fn place(&self, area: Rect) -> Option<Position> {
        let field = Plan::of(area)?.field(area, self.cursor?);
        Some(Position::new(field.x, field.y))
    }

    /// What the matrix says, in words: for lines that have no room for it, and for those who cannot see it.
    #[must_use]
    pub fn words(&self) -> String {
        let say = |what: &str, score: Option<Score>| {
            score.map_or_else(
                || format!("{what}: not scored"),
                |score| {
                    let names = (self.severities[index(score.severity)], self.likelihoods[index(score.likelihood)]);
                    let level = self.level(score).name();
                    format!(
                        "{what}: {level} (severity {} {}, likelihood {} {})",
                        score.severity, names.0, score.likelihood, names.1
                    )
                },
            )
        };
        format!("{}; {}", say("Inherent", self.inherent), say("residual", self.residual))
    }

    fn signs(&self, score: Score) -> String {
        let mut signs = String::new();
        if self.inherent == Some(score) {
            signs.push_str(self.theme.glyph(Glyph::Inherent));
        }
        if self.residual == Some(score) {
            signs.push_str(self.theme.glyph(Glyph::Residual));
        }
        signs
    }

    fn draw_field(&self, score: Score, field: Rect, buffer: &mut Buffer) {
        let level = self.level(score);
        let style = self.theme.style(level.role());
        let signs = self.signs(score);
        let letter = &level.name()[..1].to_uppercase();
        let count =
            self.counts.map(|counts| *at(&counts, score)).filter(|count| *count > 0).map(|count| count.to_string());
        let middle = row(field, field.height / 2);
        // The last column stays free, so that fields stand apart.
        let middle = Rect { width: middle.width - 1, ..middle };
        let strong = style.add_modifier(Modifier::BOLD);
        let spans = if field.width < 3 {
            let sign = if signs.is_empty() { letter.as_str() } else { signs.as_str() };
            vec![Span::styled(sign, style)]
        } else if !signs.is_empty() {
            vec![Span::styled(signs, strong), Span::styled(letter, style)]
        } else if let Some(count) = count {
            vec![Span::styled(count, strong), Span::styled(letter, style)]
        } else {
            vec![Span::styled(self.theme.glyph(level.glyph()), style), Span::styled(letter, style)]
        };
        put_spans(buffer, middle, &spans, Align::Centre, self.theme);
        if self.cursor == Some(score) {
            self.draw_cursor(field, buffer);
        }
    }

    /// Reversed, with markers where there is room: a field with the keys shows without colour.
    fn draw_cursor(&self, field: Rect, buffer: &mut Buffer) {
        let inside = Rect { width: field.width - 1, ..field };
        if field.width >= 5 {
            put(buffer, row(inside, field.height / 2), self.theme.glyph(Glyph::Marker), Style::new(), self.theme);
        }
        buffer.set_style(inside.intersection(buffer.area), self.theme.style(Role::Selection));
    }
}

fn index(step: u8) -> usize {
    usize::from(step.clamp(1, 5) - 1)
}

fn at<T>(table: &Table<T>, score: Score) -> &T {
    &table[index(score.severity)][index(score.likelihood)]
}

impl Widget for &Matrix<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let visible = area.intersection(buffer.area);
        if visible.is_empty() {
            return;
        }
        // A screen that ends in the middle of the area is a smaller area.
        let area = visible;
        let Some(plan) = Plan::of(area) else {
            put(buffer, area, &self.words(), self.theme.style(Role::Text), self.theme);
            return;
        };
        let label = self.theme.style(Role::Label);
        for severity in 1..=5 {
            let field = plan.field(area, Score::new(severity, 1));
            let place = Rect { x: area.x, width: plan.names, ..row(field, plan.high / 2) };
            let name = self.severities[index(severity)];
            let text = if plan.names > 1 { format!("{severity} {name}") } else { severity.to_string() };
            put(buffer, place, &text, label, self.theme);
            fill(
                buffer,
                Rect { x: area.x + plan.names, width: 1, ..field },
                self.theme.glyph(Glyph::Vertical),
                self.theme.style(Role::Border),
            );
        }
        for score in all() {
            self.draw_field(score, plan.field(area, score), buffer);
        }
        if plan.axis {
            for likelihood in 1..=5 {
                let field = plan.field(area, Score::new(1, likelihood));
                let place = Rect { y: area.y + 5 * plan.high, height: 1, width: plan.wide - 1, ..field };
                let name = self.likelihoods[index(likelihood)];
                let text = if plan.wide >= 9 { format!("{likelihood} {name}") } else { likelihood.to_string() };
                put_spans(buffer, place, &[Span::styled(text, label)], Align::Centre, self.theme);
            }
            if plan.names > 1 {
                let place = Rect { y: area.y + 5 * plan.high, height: 1, width: plan.names, ..area };
                put_right(buffer, place, "likelihood", label, self.theme);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme, with};

    fn matrix(theme: &Theme) -> Matrix<'_> {
        use Level::{Critical as C, High as H, Low as L, Medium as M};
        Matrix {
            theme,
            levels: [[L, L, L, M, M], [L, L, M, M, H], [L, M, M, H, H], [M, M, H, H, C], [M, H, H, C, C]],
            severities: ["Negligible", "Minor", "Moderate", "Major", "Severe"],
            likelihoods: ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"],
            inherent: Some(Score::new(4, 5)),
            residual: Some(Score::new(3, 2)),
            counts: None,
            cursor: None,
        }
    }

    fn picture(matrix: &Matrix<'_>, width: u16, height: u16) -> String {
        drawn(width, height, |area, buffer| matrix.render(area, buffer))
    }

    #[test]
    fn one_risk_on_the_matrix() {
        let theme = theme("dark");
        let matrix = matrix(&theme);
        insta::assert_snapshot!("matrix_wide", picture(&matrix, 76, 16));
        insta::assert_snapshot!("matrix_middle", picture(&Matrix { cursor: Some(Score::new(2, 3)), ..matrix }, 46, 6));
        insta::assert_snapshot!("matrix_small", picture(&matrix, 14, 5));
    }

    #[test]
    fn a_register_on_the_matrix_in_ascii() {
        let ascii = theme("ascii");
        let mut counts = [[0; 5]; 5];
        counts[3][4] = 12;
        counts[0][0] = 100_000;
        let matrix = Matrix { counts: Some(counts), inherent: None, residual: None, ..matrix(&ascii) };
        insta::assert_snapshot!("matrix_counts", picture(&matrix, 60, 6));
        is_ascii(60, 6, |area, buffer| matrix.render(area, buffer));
    }

    #[test]
    fn both_scores_on_one_field_show() {
        let theme = theme("dark");
        let score = Some(Score::new(1, 1));
        let matrix = Matrix { inherent: score, residual: score, ..matrix(&theme) };
        assert!(picture(&matrix, 30, 6).contains("○●L"));
    }

    #[test]
    fn where_there_is_no_room_words_remain() {
        let theme = theme("dark");
        assert_eq!(
            matrix(&theme).words(),
            "Inherent: critical (severity 4 Major, likelihood 5 Almost certain); residual: medium (severity 3 Moderate, likelihood 2 Unlikely)"
        );
        assert_eq!(picture(&matrix(&theme), 20, 1), "Inherent: critical …");
    }

    #[test]
    fn moving_stays_on_the_matrix() {
        let score = Score::new(5, 1);
        assert_eq!(score.moved(1, -1), score);
        assert_eq!(score.moved(-1, 1), Score::new(4, 2));
        assert_eq!(score.moved(-100, 100), Score::new(1, 5));
        assert_eq!(Score::new(0, 9), Score { severity: 1, likelihood: 5 });
    }

    #[test]
    fn the_field_with_the_keys_is_reversed_and_can_be_clicked() {
        let theme = theme("ascii");
        let matrix = Matrix { cursor: Some(Score::new(5, 5)), ..matrix(&theme) };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 46, 6));
        let area = buffer.area;
        matrix.render(area, &mut buffer);
        assert!(with(Modifier::REVERSED, &buffer).contains("#C"), "{}", with(Modifier::REVERSED, &buffer));
        for score in all() {
            let field = Plan::of(area).unwrap().field(area, score);
            assert_eq!(Matrix::hit(area, field.as_position()), Some(score));
        }
        assert_eq!(Matrix::hit(area, Position::new(0, 0)), None);
        assert_eq!(
            matrix.place(area),
            Matrix::hit(area, matrix.place(area).unwrap()).map(|_| matrix.place(area).unwrap())
        );
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("dark");
        let matrix = Matrix { cursor: Some(Score::new(3, 3)), counts: Some([[7; 5]; 5]), ..matrix(&theme) };
        every_size(|area, buffer| matrix.render(area, buffer));
    }
}
