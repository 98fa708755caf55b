//! A table that is given only the rows that are visible.
//!
//! Its columns adapt to the pane: the least important go first when there is no room for all, and those that can take more share
//! what is left. The selected row has a marker besides its style, marked rows have a sign, and what is cut shows so.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::draw::{Align, after, put, put_spans, row};
use crate::tui::theme::{Glyph, Role, Theme};

/// How wide a column is, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Always this wide.
    Exactly(u16),
    /// Between these two; what is left over is shared by parts.
    Between {
        /// At least this wide.
        least: u16,
        /// At most this wide.
        most: u16,
        /// Its part of what is left over.
        part: u16,
    },
}

impl Width {
    fn least(self) -> u16 {
        match self {
            Self::Exactly(cells) => cells,
            Self::Between { least, .. } => least,
        }
    }
}

/// Which way a list is sorted by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column<'a> {
    /// What stands above it.
    pub title: Cow<'a, str>,
    /// How wide it is.
    pub width: Width,
    /// Where its texts stand.
    pub align: Align,
    /// How long it stays when there is too little room: the least goes first.
    pub keep: u8,
    /// Whether the list is sorted by it.
    pub sorted: Option<Sorted>,
}

impl<'a> Column<'a> {
    /// A column of fixed width.
    pub fn fixed(title: impl Into<Cow<'a, str>>, cells: u16, keep: u8) -> Self {
        Self { title: title.into(), width: Width::Exactly(cells), align: Align::Left, keep, sorted: None }
    }

    /// A column that takes its part of what is left over.
    pub fn flexible(title: impl Into<Cow<'a, str>>, least: u16, most: u16, keep: u8) -> Self {
        let width = Width::Between { least, most, part: 1 };
        Self { title: title.into(), width, align: Align::Left, keep, sorted: None }
    }

    /// The same, with its texts at the right edge: for numbers and days.
    #[must_use]
    pub fn right(self) -> Self {
        Self { align: Align::Right, ..self }
    }
}

/// What stands in one column of one row.
#[derive(Debug, Clone, Default)]
pub struct Cell<'a>(pub Vec<Span<'a>>);

impl<'a> Cell<'a> {
    /// A text in a style.
    pub fn styled(text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        Self(vec![Span::styled(text, style)])
    }
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Cell<'a> {
    fn from(text: T) -> Self {
        Self(vec![Span::raw(text)])
    }
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Row<'a> {
    /// One cell for each column, in their order.
    pub cells: Vec<Cell<'a>>,
    /// Whether it is marked.
    pub marked: bool,
    /// Whether it matters less, such as what is closed.
    pub dim: bool,
}

impl<'a> Row<'a> {
    /// A row of these cells.
    pub fn of(cells: impl IntoIterator<Item = Cell<'a>>) -> Self {
        Self { cells: cells.into_iter().collect(), marked: false, dim: false }
    }
}

/// A list.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// Its columns.
    pub columns: &'a [Column<'a>],
    /// The rows that are visible, and no others.
    pub rows: &'a [Row<'a>],
    /// The selected one of them.
    pub selected: Option<usize>,
    /// Whether it has the keys.
    pub focused: bool,
    /// Whether the columns' titles stand above.
    pub header: bool,
    /// What to say when there are no rows: what belongs here, and the key that starts it.
    pub empty: &'a str,
}

/// The space before a row: the marker of the selection and the sign of a mark.
const GUTTER: u16 = 3;
/// Below this width the gutter shrinks to the marker alone.
const NARROW: u16 = 24;
/// Between two columns.
const GAP: u16 = 1;

fn gutter(width: u16) -> u16 {
    if width < NARROW { 1.min(width) } else { GUTTER }
}

impl List<'_> {
    /// How many rows a list of this height shows.
    #[must_use]
    pub fn room(height: u16, header: bool) -> usize {
        usize::from(height.saturating_sub(u16::from(header && height > 1)))
    }

    /// The visible row at a position on the screen.
    #[must_use]
    pub fn hit(area: Rect, header: bool, at: Position) -> Option<usize> {
        let body = body(area, header);
        body.contains(at).then(|| usize::from(at.y - body.y))
    }

    /// Where the selected row begins: the place for the cursor, for those who follow it with a screen reader.
    #[must_use]
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let body = body(area, self.header);
        let at = u16::try_from(self.selected?).ok()?;
        (at < body.height && body.width > 0).then(|| Position::new(body.x, body.y + at))
    }

    /// Draws the columns' titles alone, on the first row of an area, where they stand over rows of the same width.
    pub fn draw_head(&self, area: Rect, buffer: &mut Buffer) {
        self.draw_header(row(area, 0), &self.places(area.width), buffer);
    }

    fn places(&self, width: u16) -> Vec<Option<(u16, u16)>> {
        let start = gutter(width);
        let places = layout(self.columns, width - start);
        places.into_iter().map(|place| place.map(|(x, width)| (x + start, width))).collect()
    }

    fn draw_header(&self, area: Rect, places: &[Option<(u16, u16)>], buffer: &mut Buffer) {
        let style = self.theme.style(Role::Header);
        for (column, place) in self.columns.iter().zip(places) {
            let Some((x, width)) = place else { continue };
            let sign = column.sorted.map(|sorted| match sorted {
                Sorted::Ascending => self.theme.glyph(Glyph::Ascending),
                Sorted::Descending => self.theme.glyph(Glyph::Descending),
            });
            let spans = [Span::styled(column.title.as_ref(), style), Span::styled(sign.unwrap_or_default(), style)];
            put_spans(buffer, cell(area, *x, *width), &spans, column.align, self.theme);
        }
    }

    fn draw_row(&self, at: usize, content: &Row<'_>, area: Rect, places: &[Option<(u16, u16)>], buffer: &mut Buffer) {
        let base = if content.dim { self.theme.style(Role::Dim) } else { Style::new() };
        for ((column, content), place) in self.columns.iter().zip(&content.cells).zip(places) {
            let Some((x, width)) = place else { continue };
            let spans: Vec<Span<'_>> =
                content.0.iter().map(|span| Span::styled(span.content.as_ref(), base.patch(span.style))).collect();
            put_spans(buffer, cell(area, *x, *width), &spans, column.align, self.theme);
        }
        let selected = self.selected == Some(at);
        let narrow = gutter(area.width) < GUTTER;
        if content.marked && !(narrow && selected) {
            let sign = self.theme.glyph(Glyph::Marked);
            put(buffer, Rect { width: 1.min(area.width), ..area }, sign, self.theme.style(Role::Mark), self.theme);
        }
        if selected {
            let marker = cell(area, u16::from(!narrow), 1);
            put(buffer, marker, self.theme.glyph(Glyph::Marker), Style::new(), self.theme);
            let role = if self.focused { Role::Selection } else { Role::SelectionIdle };
            buffer.set_style(area.intersection(buffer.area), self.theme.style(role));
        }
    }

    fn draw_empty(&self, area: Rect, buffer: &mut Buffer) {
        let inner = after(area, gutter(area.width));
        let style = self.theme.style(Role::Dim);
        for (at, line) in super::draw::wrap(self.empty, inner.width).iter().enumerate() {
            let Ok(at) = u16::try_from(at) else { break };
            put(buffer, row(inner, at), line, style, self.theme);
        }
    }
}

impl Widget for &List<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        if self.rows.is_empty() {
            return self.draw_empty(area, buffer);
        }
        let places = self.places(area.width);
        let body = body(area, self.header);
        if body.y > area.y {
            self.draw_header(row(area, 0), &places, buffer);
        }
        for (at, (line, content)) in (0..body.height).zip(self.rows).enumerate() {
            self.draw_row(at, content, row(body, line), &places, buffer);
        }
    }
}

/// The part of a list where its rows are.
fn body(area: Rect, header: bool) -> Rect {
    let top = u16::from(header && area.height > 1);
    Rect { y: area.y + top, height: area.height - top, ..area }
}

fn cell(area: Rect, x: u16, width: u16) -> Rect {
    Rect { x: area.x.saturating_add(x), width, ..area }.intersection(area)
}

/// Where each column stands in a space this wide, and how wide it is there; none for those that have no room.
#[must_use]
pub fn layout(columns: &[Column<'_>], available: u16) -> Vec<Option<(u16, u16)>> {
    // What has no width has no gap either.
    let mut stay: Vec<usize> =
        (0..columns.len()).filter(|at| !matches!(columns[*at].width, Width::Exactly(0))).collect();
    let needed = |stay: &[usize]| -> u32 {
        let cells: u32 = stay.iter().map(|at| u32::from(columns[*at].width.least())).sum();
        cells + u32::from(GAP) * u32::try_from(stay.len().saturating_sub(1)).unwrap_or(u32::MAX)
    };
    while stay.len() > 1 && needed(&stay) > u32::from(available) {
        // Of equals, the last goes first.
        let worst = stay.iter().enumerate().rev().min_by_key(|(_, at)| columns[**at].keep).map(|(place, _)| place);
        stay.remove(worst.unwrap_or(0));
    }
    let mut widths: Vec<u16> = stay.iter().map(|at| columns[*at].width.least()).collect();
    if let [only] = widths.as_mut_slice() {
        *only = (*only).min(available);
    }
    let left = u32::from(available).saturating_sub(needed(&stay));
    share(&mut widths, &stay.iter().map(|at| columns[*at].width).collect::<Vec<_>>(), left);
    let mut places = vec![None; columns.len()];
    let mut x = 0;
    for (at, width) in stay.into_iter().zip(widths) {
        if width > 0 {
            places[at] = Some((x, width));
            x += width + GAP;
        }
    }
    places
}

/// Shares out what is left over, by parts, until it is gone or nobody can take more.
fn share(widths: &mut [u16], wanted: &[Width], mut left: u32) {
    while left > 0 {
        let hungry: Vec<(usize, u16, u32)> = wanted
            .iter()
            .enumerate()
            .filter_map(|(at, width)| match *width {
                Width::Between { most, part, .. } if widths[at] < most && part > 0 => {
                    Some((at, most - widths[at], u32::from(part)))
                }
                _ => None,
            })
            .collect();
        let parts: u32 = hungry.iter().map(|(_, _, part)| part).sum();
        if parts == 0 {
            return;
        }
        let round = left;
        for (at, room, part) in hungry {
            // At least one cell, so that every round comes nearer to the end.
            let piece = (round * part / parts).max(1).min(u32::from(room)).min(left);
            widths[at] += u16::try_from(piece).unwrap_or(0);
            left -= piece;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Modifier;

    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme, with};

    fn columns() -> Vec<Column<'static>> {
        vec![
            Column::fixed("ref", 7, 9),
            Column::flexible("title", 8, 40, 8),
            Column { sorted: Some(Sorted::Descending), ..Column::fixed("level", 8, 5) },
            Column::fixed("due", 4, 6).right(),
            Column::flexible("owner", 6, 12, 2),
        ]
    }

    fn rows() -> Vec<Row<'static>> {
        let row = |reference, title, level, due, owner| {
            Row::of([reference, title, level, due, owner].map(|text: &'static str| Cell::from(text)))
        };
        let mut rows = vec![
            row("RSK-31", "Proxy discrimination by postcode in job titles", "critical", "4d!", "ana"),
            row("RSK-27", "日本語のリスク 👩‍👩‍👧‍👦 family", "high", "2d", "Łukasz"),
            row("RSK-40", "evil\x1b[2J\ttext\nhere", "low", "", "me"),
        ];
        rows[1].marked = true;
        rows[2].dim = true;
        rows
    }

    fn picture(theme_name: &str, width: u16, height: u16) -> String {
        let (theme, columns, rows) = (theme(theme_name), columns(), rows());
        let list = List {
            theme: &theme,
            columns: &columns,
            rows: &rows,
            selected: Some(0),
            focused: true,
            header: true,
            empty: "",
        };
        drawn(width, height, |area, buffer| list.render(area, buffer))
    }

    #[test]
    fn a_list_at_a_sensible_width() {
        insta::assert_snapshot!(picture("dark", 76, 5));
        insta::assert_snapshot!("list_in_ascii", picture("ascii", 76, 5));
    }

    #[test]
    fn a_narrow_list_drops_the_least_important_columns() {
        insta::assert_snapshot!("list_at_40", picture("dark", 40, 4));
        insta::assert_snapshot!("list_at_20", picture("dark", 20, 4));
        assert_eq!(picture("dark", 5, 2), " ref\n▸RSK…");
    }

    #[test]
    fn the_selection_is_reversed_with_the_keys_and_bold_without() {
        let (theme, columns, rows) = (theme("light"), columns(), rows());
        for (focused, modifier) in [(true, Modifier::REVERSED), (false, Modifier::BOLD)] {
            let list = List {
                theme: &theme,
                columns: &columns,
                rows: &rows,
                selected: Some(2),
                focused,
                header: false,
                empty: "",
            };
            let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 3));
            list.render(buffer.area, &mut buffer);
            assert!(with(modifier, &buffer).contains("▸ RSK-40"), "{focused}");
            assert_eq!(list.cursor(buffer.area), Some(Position::new(0, 2)));
        }
    }

    #[test]
    fn an_empty_list_says_what_belongs_there() {
        let (theme, columns) = (theme("dark"), columns());
        let list = List {
            theme: &theme,
            columns: &columns,
            rows: &[],
            selected: None,
            focused: true,
            header: true,
            empty: "No risks yet. Press a to add the first one.",
        };
        assert_eq!(
            drawn(30, 2, |area, buffer| list.render(area, buffer)),
            "   No risks yet. Press a to\n   add the first one."
        );
    }

    #[test]
    fn clicks_find_their_row() {
        let area = Rect::new(2, 1, 20, 4);
        assert_eq!(List::hit(area, true, Position::new(3, 1)), None);
        assert_eq!(List::hit(area, true, Position::new(3, 2)), Some(0));
        assert_eq!(List::hit(area, false, Position::new(3, 4)), Some(3));
        assert_eq!(List::hit(area, true, Position::new(1, 2)), None);
        assert_eq!((List::room(4, true), List::room(1, true), List::room(0, true)), (3, 1, 0));
    }

    #[test]
    fn no_size_breaks_it() {
        let (theme, columns, rows) = (theme("dark"), columns(), rows());
        for empty in [true, false] {
            let rows: &[Row<'_>] = if empty { &[] } else { &rows };
            let list = List {
                theme: &theme,
                columns: &columns,
                rows,
                selected: Some(1),
                focused: true,
                header: true,
                empty: "Nothing here. Press a.",
            };
            every_size(|area, buffer| list.render(area, buffer));
        }
        let ascii = crate::tui::widgets::testing::theme("ascii");
        let rows = [Row::of([Cell::from("a long text that is cut")])];
        let list = List {
            theme: &ascii,
            columns: &columns,
            rows: &rows,
            selected: Some(0),
            focused: true,
            header: true,
            empty: "",
        };
        is_ascii(30, 3, |area, buffer| list.render(area, buffer));
    }

    proptest! {
        #[test]
        fn columns_never_overlap_or_leave(
            widths in proptest::collection::vec((0u16..30, 0u16..40, 0u16..4, any::<u8>(), any::<bool>()), 0..8),
            available in 0u16..=200,
        ) {
            let columns: Vec<Column<'_>> = widths
                .iter()
                .map(|(least, more, part, keep, fixed)| Column {
                    width: if *fixed {
                        Width::Exactly(*least)
                    } else {
                        Width::Between { least: *least, most: least + more, part: *part }
                    },
                    ..Column::fixed("x", 0, *keep)
                })
                .collect();
            let mut end = 0;
            for (place, column) in layout(&columns, available).into_iter().zip(&columns) {
                let Some((x, width)) = place else { continue };
                prop_assert!(x >= end && x + width <= available);
                let most = match column.width {
                    Width::Exactly(cells) => cells,
                    Width::Between { most, .. } => most,
                };
                prop_assert!(width <= most);
                end = x + width;
            }
        }
    }
}
