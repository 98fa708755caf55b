//! What a part shows: tables under one another, with words over them. One cursor goes along all their rows. The same sheet is
//! drawn, in one column or in two, and read out line by line.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::list::{Column, List, Row};
use crate::tui::widgets::scroll::bar;

/// Makes a row of a table.
pub type MakeRow<'a> = Box<dyn Fn(usize) -> Row<'static> + 'a>;

/// Says a row of a table in words.
pub type Tell<'a> = Box<dyn Fn(usize) -> String + 'a>;

/// A table of a sheet.
pub struct Block<'a> {
    /// What stands over it; empty where the part says it already.
    pub title: String,
    /// What must be known to read it, a paragraph each.
    pub notes: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column<'static>>,
    /// How many rows it has.
    pub len: usize,
    /// Makes a row.
    pub row: MakeRow<'a>,
    /// Says a row in words.
    pub told: Tell<'a>,
    /// What it says where it has none.
    pub empty: String,
    /// Whether it stands in the second column, where there are two.
    pub right: bool,
}

/// A sheet.
pub struct Sheet<'a> {
    /// How it looks.
    pub theme: Arc<Theme>,
    /// What stands over all tables, each with its look.
    pub head: Vec<(String, Role)>,
    /// The tables.
    pub blocks: Vec<Block<'a>>,
}

/// A line of a column.
enum Line {
    Title(usize),
    Note(String),
    Head(usize),
    Row(usize, usize),
    Empty(String),
    Gap,
}

impl Sheet<'_> {
    /// How many rows all tables have.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.blocks.iter().map(|block| block.len).sum()
    }

    /// The table of a row of the sheet, and the row in it.
    #[must_use]
    pub fn at(&self, cursor: usize) -> Option<(usize, usize)> {
        let mut left = cursor;
        for (at, block) in self.blocks.iter().enumerate() {
            if left < block.len {
                return Some((at, left));
            }
            left -= block.len;
        }
        None
    }

    /// A row of the sheet in words.
    #[must_use]
    pub fn told(&self, cursor: usize) -> Option<String> {
        let (block, row) = self.at(cursor)?;
        self.blocks.get(block).map(|block| (block.told)(row))
    }

    /// Draws it in one column, or, where it is wide, in two.
    pub fn draw(&self, cursor: usize, area: Rect, buffer: &mut Buffer) {
        let mut top = 0;
        for (text, role) in &self.head {
            for line in wrap(text, area.width.saturating_sub(1)) {
                let place = row(area, top);
                put(
                    buffer,
                    Rect { x: place.x + 1.min(place.width), width: place.width.saturating_sub(1), ..place },
                    &line,
                    self.theme.style(*role),
                    &self.theme,
                );
                top += 1;
            }
        }
        top += u16::from(top > 0 && area.height > 20);
        let area = Rect { y: area.y + top.min(area.height), height: area.height.saturating_sub(top), ..area };
        if area.width < WIDE || self.blocks.iter().all(|block| !block.right) {
            return self.column(cursor, None, area, buffer);
        }
        let width = area.width / 2 - 1;
        self.column(cursor, Some(false), Rect { width, ..area }, buffer);
        let right = Rect { x: area.x + width + 2, width: area.width - width - 2, ..area };
        self.column(cursor, Some(true), right, buffer);
    }

    /// Draws some of the tables under one another, from a line on that keeps the cursor in sight.
    fn column(&self, cursor: usize, right: Option<bool>, area: Rect, buffer: &mut Buffer) {
        let at = self.at(cursor);
        let lines = self.lines(right, area.width.saturating_sub(2));
        let height = usize::from(area.height);
        let here = lines.iter().position(|line| matches!(line, Line::Row(block, row) if Some((*block, *row)) == at));
        let most = lines.len().saturating_sub(height);
        let from = here.map_or(0, |line| line.saturating_sub(height * 2 / 3)).min(most);
        let text = Rect { width: area.width.saturating_sub(1), ..area };
        for (y, line) in (0..area.height).zip(lines.iter().skip(from)) {
            self.line(line, at, row(text, y), buffer);
        }
        let track = Rect { x: area.right().saturating_sub(1), ..area };
        bar(buffer, track, &(from..lines.len().min(from + height)), lines.len(), &self.theme);
    }

    fn lines(&self, right: Option<bool>, cells: u16) -> Vec<Line> {
        let mut lines = Vec::new();
        let ours = |block: &&Block<'_>| right.is_none_or(|right| block.right == right);
        for (at, block) in self.blocks.iter().enumerate().filter(|(_, block)| ours(block)) {
            if !lines.is_empty() {
                lines.push(Line::Gap);
            }
            if !block.title.is_empty() {
                lines.push(Line::Title(at));
            }
            lines.extend(block.notes.iter().flat_map(|note| wrap(note, cells)).map(Line::Note));
            if block.len == 0 {
                lines.extend(wrap(&block.empty, cells.saturating_sub(1)).into_iter().map(Line::Empty));
                continue;
            }
            lines.push(Line::Head(at));
            lines.extend((0..block.len).map(|row| Line::Row(at, row)));
        }
        lines
    }

    fn line(&self, line: &Line, at: Option<(usize, usize)>, area: Rect, buffer: &mut Buffer) {
        let indented = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        let theme = &self.theme;
        match line {
            Line::Title(block) => {
                let title = self.blocks.get(*block).map(|block| block.title.as_str()).unwrap_or_default();
                put(buffer, indented, title, theme.style(Role::Title), theme);
            }
            Line::Note(text) | Line::Empty(text) => {
                put(buffer, indented, text, theme.style(Role::Dim), theme);
            }
            Line::Head(block) => {
                let Some(block) = self.blocks.get(*block) else { return };
                self.table(block, &[], None).draw_head(area, buffer);
            }
            Line::Row(block, row) => {
                let selected = at == Some((*block, *row));
                let Some(block) = self.blocks.get(*block) else { return };
                let rows = [(block.row)(*row)];
                (&self.table(block, &rows, selected.then_some(0))).render(area, buffer);
            }
            Line::Gap => {}
        }
    }

    fn table<'t>(&'t self, block: &'t Block<'_>, rows: &'t [Row<'static>], selected: Option<usize>) -> List<'t> {
        let theme = &*self.theme;
        List { theme, columns: &block.columns, rows, selected, focused: true, header: false, empty: "" }
    }
}

/// From this width on there are two columns.
pub const WIDE: u16 = 150;

/// A bar of so many cells for a part of a whole, at least one cell where there is something.
#[must_use]
pub fn meter(theme: &Theme, part: f64, whole: f64, cells: u16) -> Vec<Span<'static>> {
    let share = if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few cells")]
    let full = (share * f64::from(cells)).round() as u16;
    let full = if part > 0.0 { full.max(1) } else { 0 };
    vec![Span::styled(theme.glyph(Glyph::BarFull).repeat(usize::from(full)), theme.style(Role::BarFull))]
}

/// How wide a column of these references is: they are never cut.
#[must_use]
pub fn reference_cells<'r>(references: impl Iterator<Item = &'r str>) -> u16 {
    references.map(|reference| u16::try_from(reference.len()).unwrap_or(u16::MAX)).max().unwrap_or(0).clamp(8, 16)
}
