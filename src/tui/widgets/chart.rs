//! A line over time or over periods, with the limit that it is judged by; and the same in one line of text, for tables.
//!
//! Ratatui's own chart draws; this gives it the theme, breaks the line where there is nothing, and keeps to ASCII where the
//! theme does. What is drawn should be thinned before (`report::trend::thinned`): a frame draws every point it is given.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::{self, Marker};
use ratatui::text::Span;
use ratatui::widgets::{Axis, Chart as Lines, Dataset, GraphType, Widget};

use super::draw::{self, Align, put_spans};
use crate::tui::theme::{Glyph, Role, Theme};

/// The lowest height at which a picture says more than its numbers.
pub const LEAST_HEIGHT: u16 = 4;

/// The least width of one.
pub const LEAST_WIDTH: u16 = 16;

/// A line that may have gaps.
pub struct Chart<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// Stretches of the line: time or place, and value. Between two stretches nothing is known.
    pub runs: &'a [Vec<(f64, f64)>],
    /// Points that are picked out: where the limit is crossed.
    pub marks: &'a [(f64, f64)],
    /// A limit, or a target, with the words for it.
    pub limit: Option<(f64, &'a str)>,
    /// What stands under the left and the right end.
    pub ends: (&'a str, &'a str),
    /// A value in words, for the axis.
    pub shown: &'a dyn Fn(f64) -> String,
}

impl Chart<'_> {
    /// From where to where its points and its limit go, along and up; none where there is no point.
    fn bounds(&self) -> Option<([f64; 2], [f64; 2])> {
        let points = || self.runs.iter().flatten().filter(|(x, y)| x.is_finite() && y.is_finite());
        points().next()?;
        let reach = |values: &mut dyn Iterator<Item = f64>| {
            values.fold([f64::MAX, f64::MIN], |[low, high], value| [low.min(value), high.max(value)])
        };
        let limit = self.limit.map(|(limit, _)| limit).filter(|limit| limit.is_finite());
        let along = reach(&mut points().map(|(x, _)| *x));
        let up = reach(&mut points().chain(self.marks).map(|(_, y)| *y).chain(limit));
        // A line that stays where it is lies in the middle.
        let room = |[low, high]: [f64; 2]| if high > low { [low, high] } else { [low - 0.5, high + 0.5] };
        Some((room(along), room(up)))
    }

    /// Whether the theme wants nothing but ASCII.
    fn plain(&self) -> bool {
        self.theme.glyph(Glyph::Horizontal).is_ascii()
    }

    fn marker(&self, fine: Marker, plain: char) -> Marker {
        if self.plain() { Marker::Custom(plain) } else { fine }
    }
}

impl Widget for &Chart<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        if area.width < LEAST_WIDTH || area.height < LEAST_HEIGHT {
            return;
        }
        let theme = self.theme;
        let Some((along, up)) = self.bounds() else {
            put_spans(buffer, area, &[Span::styled("no data", theme.style(Role::Dim))], Align::Left, theme);
            return;
        };
        // Many fonts have no patterns of Braille; quarters of a block are in nearly all.
        let fine = self.marker(Marker::Quadrant, '*');
        let mut sets: Vec<Dataset<'_>> =
            self.runs.iter().map(|run| set(run, fine, GraphType::Line, theme.style(Role::Accent))).collect();
        sets.push(set(self.marks, self.marker(Marker::Dot, 'x'), GraphType::Scatter, theme.style(Role::Bad)));
        let label = |text: String| Span::styled(text, theme.style(Role::Label));
        let ends = [
            label(draw::fit(self.ends.0, area.width / 3, theme)),
            label(draw::fit(self.ends.1, area.width / 3, theme)),
        ];
        let marks = [up[0], f64::midpoint(up[0], up[1]), up[1]];
        let few = if area.height < 7 { vec![marks[0], marks[2]] } else { marks.to_vec() };
        let values: Vec<Span<'_>> = few.into_iter().map(|value| label((self.shown)(value))).collect();
        let border = theme.style(Role::Border);
        Lines::new(sets)
            .style(theme.style(Role::Text))
            .x_axis(Axis::default().style(border).bounds(along).labels(ends))
            .y_axis(Axis::default().style(border).bounds(up).labels(values))
            .legend_position(None)
            .render(area, buffer);
        self.in_glyphs_of_the_theme(area, buffer);
        self.draw_limit(area, up, buffer);
    }
}

fn set(points: &[(f64, f64)], marker: Marker, kind: GraphType, style: ratatui::style::Style) -> Dataset<'_> {
    Dataset::default().data(points).marker(marker).graph_type(kind).style(style)
}

impl Chart<'_> {
    /// Draws the limit as a broken line behind the values, and its name over or under it where nothing else stands.
    fn draw_limit(&self, area: Rect, up: [f64; 2], buffer: &mut Buffer) {
        let Some((limit, name)) = self.limit.filter(|(limit, _)| limit.is_finite()) else { return };
        let style = self.theme.style(Role::Warn);
        // Two rows belong to the axis; the columns behind the upright line are those of the values.
        let last = f64::from(area.height.saturating_sub(3));
        let share = ((limit - up[0]) / (up[1] - up[0])).clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the height of the area")]
        let row = area.y + (last * (1.0 - share)).round() as u16;
        let upright = self.theme.glyph(Glyph::Vertical);
        let axis = (area.left()..area.right()).find(|x| buffer[(*x, area.y)].symbol() == upright);
        let left = axis.map_or(area.left(), |x| x + 1);
        for x in (left..area.right()).step_by(2).filter(|x| is_blank(buffer, *x, row)).collect::<Vec<_>>() {
            buffer[(x, row)].set_symbol(self.theme.glyph(Glyph::Horizontal)).set_style(style);
        }
        let text = draw::fit(name, area.width / 2, self.theme);
        let wide = u16::try_from(draw::width(&text)).unwrap_or(area.width);
        let from = area.right().saturating_sub(wide).max(left);
        let rows = [row.checked_sub(1), row.checked_add(1)].into_iter().flatten();
        let mut rows = rows.filter(|row| (area.top()..area.bottom().saturating_sub(2)).contains(row));
        let free = rows.find(|row| (from..area.right()).all(|x| is_blank(buffer, x, *row)));
        if let Some(y) = free {
            let place = Rect { x: from, y, width: area.right() - from, height: 1 };
            put_spans(buffer, place, &[Span::styled(text, style)], Align::Right, self.theme);
        }
    }

    /// The axes are drawn in the lines of the theme.
    fn in_glyphs_of_the_theme(&self, area: Rect, buffer: &mut Buffer) {
        for position in area.positions() {
            let Some(cell) = buffer.cell_mut(position) else { continue };
            let glyph = match cell.symbol() {
                symbols::line::HORIZONTAL => Glyph::Horizontal,
                symbols::line::VERTICAL => Glyph::Vertical,
                symbols::line::BOTTOM_LEFT => Glyph::BottomLeft,
                _ => continue,
            };
            cell.set_symbol(self.theme.glyph(glyph));
        }
    }
}

/// Whether nothing is drawn in a cell: a space, or a pattern of no dots.
fn is_blank(buffer: &Buffer, x: u16, y: u16) -> bool {
    buffer.cell((x, y)).is_some_and(|cell| matches!(cell.symbol(), " " | "\u{2800}"))
}

/// Values as bars of eight heights, a cell each, between the lowest and the highest of them; where there is no value, a
/// dot. Values that are all the same stand in the middle.
#[must_use]
pub fn spark(values: &[Option<f64>], theme: &Theme) -> String {
    const FINE: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const PLAIN: [&str; 8] = ["_", "_", ".", ".", "-", "-", "=", "#"];
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = known().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    let bars = if theme.glyph(Glyph::BarFull).is_ascii() { PLAIN } else { FINE };
    let bar = |value: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 7")]
        bars.get((share * 7.0).round() as usize).copied().unwrap_or(" ")
    };
    let gap = theme.glyph(Glyph::Open);
    values.iter().map(|value| value.filter(|value| value.is_finite()).map_or(gap, bar)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn runs() -> Vec<Vec<(f64, f64)>> {
        let value = |x: f64| 0.06 + 0.05 * (x / 9.0).sin();
        vec![
            (0..30).map(f64::from).map(|x| (x, value(x))).collect(),
            (42..60).map(f64::from).map(|x| (x, value(x))).collect(),
        ]
    }

    fn shown(value: f64) -> String {
        format!("{value:.2}")
    }

    fn picture(chart: &Chart<'_>, width: u16, height: u16) -> String {
        drawn(width, height, |area, buffer| chart.render(area, buffer))
    }

    #[test]
    fn a_series_with_a_gap_and_its_threshold() {
        let (dark, ascii, runs) = (theme("dark"), theme("ascii"), runs());
        let marks = [(14.0, 0.11)];
        let limit = Some((0.1, "threshold 0.10"));
        let chart = |theme| Chart { theme, runs: &runs, marks: &marks, limit, ends: ("2 Mar", "1 May"), shown: &shown };
        insta::assert_snapshot!("chart_wide", picture(&chart(&dark), 76, 14));
        insta::assert_snapshot!("chart_small", picture(&chart(&dark), 30, 5));
        insta::assert_snapshot!("chart_ascii", picture(&chart(&ascii), 60, 10));
        is_ascii(60, 10, |area, buffer| (&chart(&ascii)).render(area, buffer));
    }

    #[test]
    fn nothing_one_point_and_what_is_no_number_are_drawn_as_such() {
        let dark = theme("dark");
        let drawn_of = |runs: &[Vec<(f64, f64)>]| {
            let chart = Chart { theme: &dark, runs, marks: &[], limit: None, ends: ("a", "b"), shown: &shown };
            picture(&chart, 30, 6)
        };
        assert_eq!(drawn_of(&[]).trim(), "no data");
        assert_eq!(drawn_of(&[vec![(f64::NAN, 1.0), (0.0, f64::INFINITY)]]).trim(), "no data");
        let one = drawn_of(&[vec![(5.0, 3.0)]]);
        assert!(one.contains("2.50") && one.contains("3.50"), "{one}");
    }

    #[test]
    fn no_size_breaks_it() {
        let (dark, runs) = (theme("dark"), runs());
        let limit = Some((9.0, "a limit with a name that is longer than the picture is wide"));
        let chart =
            Chart { theme: &dark, runs: &runs, marks: &[(3.0, 0.0)], limit, ends: ("2 Mar", "1 May"), shown: &shown };
        every_size(|area, buffer| (&chart).render(area, buffer));
    }

    #[test]
    fn a_line_of_text_shows_the_way_and_what_is_missing() {
        let dark = theme("dark");
        let values = [Some(0.0), Some(0.5), None, Some(1.0)];
        assert_eq!(spark(&values, &dark), "▁▅·█");
        assert!(spark(&values, &theme("ascii")).is_ascii());
        assert_eq!(spark(&[Some(3.0), Some(3.0)], &dark), "▅▅");
        assert_eq!(spark(&[None, Some(f64::NAN)], &dark), "··");
        assert_eq!(spark(&[], &dark), "");
    }
}
