//! A page of text under construction: headings, labelled values, paragraphs. Drawn from any line on, or read out as
//! plain text.

use std::sync::Arc;

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::record::when;
use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::draw::{Align, put_spans, row, width, wrap};

/// A line: pieces of text with their looks.
pub type Line = Vec<Span<'static>>;

/// A page of text.
pub struct Page {
    theme: Arc<Theme>,
    cells: u16,
    /// The lines so far.
    pub lines: Vec<Line>,
}

/// How wide labels are, in cells.
const LABEL: u16 = 20;

/// The width of a page that is read out, not drawn: nothing is broken or padded.
pub const UNBROKEN: u16 = u16::MAX;

impl Page {
    /// An empty page, `cells` wide.
    #[must_use]
    pub fn new(theme: &Arc<Theme>, cells: u16) -> Self {
        Self { theme: theme.clone(), cells, lines: Vec::new() }
    }

    /// How a role looks.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// A sign.
    #[must_use]
    pub fn glyph(&self, glyph: Glyph) -> String {
        self.theme.glyph(glyph).to_owned()
    }

    /// A piece of text in a role's look.
    #[must_use]
    pub fn piece(&self, text: impl Into<String>, role: Role) -> Span<'static> {
        Span::styled(text.into(), self.style(role))
    }

    /// How far off a day is: in few cells where it is drawn, in words where it is read out.
    #[must_use]
    pub fn distance(&self, day: NaiveDate, today: NaiveDate) -> String {
        if self.cells == UNBROKEN { when::spoken(day, today) } else { when::distance(day, today) }
    }

    /// How wide the page is, in cells; [`UNBROKEN`] where it is read out.
    #[must_use]
    pub fn room(&self) -> u16 {
        self.cells
    }

    fn broken(&self, text: &str, cells: u16) -> Vec<String> {
        if self.cells == UNBROKEN {
            return crate::text::lines(text).split('\n').map(str::to_owned).collect();
        }
        wrap(text, cells)
    }

    /// An empty line, unless there is one already.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Line::new());
        }
    }

    /// A heading, with space above.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        let heading = self.piece(text, Role::Title);
        self.lines.push(vec![heading]);
    }

    /// A line of pieces, drawn as it is.
    pub fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// A paragraph, broken to the page's width.
    pub fn paragraph(&mut self, text: &str, role: Role) {
        let style = self.style(role);
        for line in self.broken(text, self.cells) {
            self.lines.push(vec![Span::styled(line, style)]);
        }
    }

    /// A label and a value. Long values go on under themselves.
    pub fn field(&mut self, label: &str, value: &str, role: Role) {
        let style = self.style(role);
        self.field_of(label, &[Span::styled(value.to_owned(), style)]);
    }

    /// A label and a value in pieces; a value of one piece is broken to the page's width.
    pub fn field_of(&mut self, label: &str, value: &[Span<'static>]) {
        let indent = if self.cells >= LABEL * 5 / 2 { LABEL } else { 2 };
        let label_style = self.style(Role::Label);
        let unbroken = self.cells == UNBROKEN;
        let pad = |text: &str| match text.trim() {
            "" if unbroken => String::new(),
            label if unbroken => format!("{label}: "),
            _ => format!("{text}{}", " ".repeat(usize::from(indent).saturating_sub(width(text)).max(1))),
        };
        let room = self.cells.saturating_sub(indent).max(1);
        let mut lines: Vec<Line> = match value {
            [only] => {
                self.broken(&only.content, room).into_iter().map(|line| vec![Span::styled(line, only.style)]).collect()
            }
            many => vec![many.to_vec()],
        };
        if !unbroken && width(label) >= usize::from(indent) {
            self.lines.push(vec![Span::styled(label.to_owned(), label_style)]);
        } else if let Some(first) = lines.first_mut() {
            first.insert(0, Span::styled(pad(label), label_style));
            let first = lines.remove(0);
            self.lines.push(first);
        }
        for mut line in lines {
            if !unbroken {
                line.insert(0, Span::raw(" ".repeat(usize::from(indent))));
            }
            self.lines.push(line);
        }
    }

    /// Draws the lines from `scroll` on; returns how far it can be scrolled.
    pub fn draw(&self, area: Rect, scroll: usize, buffer: &mut Buffer) -> usize {
        let most = self.lines.len().saturating_sub(usize::from(area.height));
        let from = scroll.min(most);
        for (at, line) in (0..area.height).zip(self.lines.iter().skip(from)) {
            put_spans(buffer, row(area, at), line, Align::Left, &self.theme);
        }
        most
    }

    /// The page as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| line.iter().map(|span| crate::text::line(&span.content).into_owned()).collect::<String>())
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.join("\n")
    }
}
