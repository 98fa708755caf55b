//! Text to read: headings, labelled fields, paragraphs, lines with signs, wrapped to the width and scrolled.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::draw::{Align, fit, put_spans, row, width, wrap};
use crate::text;
use crate::tui::theme::{Role, Theme};

/// A text that is put together line by line, for one width.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    theme: &'a Theme,
    width: u16,
    lines: Vec<Vec<Span<'static>>>,
}

/// The widest line of a paragraph: longer ones are hard to read.
const MEASURE: u16 = 100;
/// The widest label.
const LABEL: u16 = 20;

impl<'a> Reading<'a> {
    /// A text with nothing in it yet, for a space this wide.
    #[must_use]
    pub fn new(theme: &'a Theme, width: u16) -> Self {
        Self { theme, width, lines: Vec::new() }
    }

    /// A heading, with an empty line before it unless it is the first.
    pub fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Vec::new());
        }
        self.styled(text, self.theme.style(Role::Title));
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.lines.push(Vec::new());
    }

    /// A paragraph, or several.
    pub fn text(&mut self, text: &str) {
        self.styled(text, self.theme.style(Role::Text));
    }

    /// A paragraph in a style.
    pub fn styled(&mut self, text: &str, style: Style) {
        for line in wrap(text, self.width.min(MEASURE)) {
            self.lines.push(vec![Span::styled(line, style)]);
        }
    }

    /// One line that is cut, not wrapped.
    pub fn line(&mut self, spans: Vec<Span<'static>>) {
        self.lines.push(spans);
    }

    /// A label with its value, which is wrapped beside it; where that would be too narrow, below it.
    pub fn field(&mut self, label: &str, value: &str, style: Style) {
        let label_style = self.theme.style(Role::Label);
        let label = text::line(label);
        if self.width < LABEL + 12 {
            self.lines.push(vec![Span::styled(label.into_owned(), label_style)]);
            for line in wrap(value, self.width.saturating_sub(2)) {
                self.lines.push(vec![Span::raw("  "), Span::styled(line, style)]);
            }
            return;
        }
        let measure = (self.width - LABEL).min(MEASURE);
        for (at, line) in wrap(value, measure).into_iter().enumerate() {
            let label = if at == 0 { label.as_ref() } else { "" };
            let cut = fit(label, LABEL - 1, self.theme);
            let fill = " ".repeat(usize::from(LABEL).saturating_sub(width(&cut)));
            self.lines.push(vec![Span::styled(format!("{cut}{fill}"), label_style), Span::styled(line, style)]);
        }
    }

    /// How many lines it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Draws it from a line on.
    pub fn draw(&self, area: Rect, first: usize, buffer: &mut Buffer) {
        for (at, spans) in (0..area.height).zip(self.lines.iter().skip(first)) {
            put_spans(buffer, row(area, at), spans, Align::Left, self.theme);
        }
    }

    /// Its lines as plain text: for the clipboard, and for those who cannot see the screen.
    #[must_use]
    pub fn plain(&self) -> String {
        let line = |spans: &Vec<Span<'_>>| {
            let text: String = spans.iter().map(|span| span.content.as_ref()).collect();
            text::line(&text).trim_end().to_owned()
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn reading(theme: &Theme, width: u16) -> Reading<'_> {
        let mut reading = Reading::new(theme, width);
        reading.heading("What it is");
        reading.text("Ranks applicants by how well their words match a job's.\n\nSecond paragraph.");
        reading.heading("Facts");
        reading.field("Reviewer", "Ana Lima", Style::new());
        reading.field("A label that is far too long", "a value that is long enough to be wrapped", Style::new());
        reading.line(vec![Span::raw("one line\nthat is cut and not wrapped at all")]);
        reading
    }

    fn picture(width: u16, height: u16, first: usize) -> String {
        let theme = theme("dark");
        drawn(width, height, |area, buffer| reading(&theme, width).draw(area, first, buffer))
    }

    #[test]
    fn texts_and_fields_are_wrapped() {
        insta::assert_snapshot!("reading_at_40", picture(40, 12, 0));
        insta::assert_snapshot!("reading_at_20", picture(20, 18, 0));
        assert!(picture(40, 3, 7).starts_with("Reviewer            Ana Lima\n"));
        assert_eq!(picture(40, 2, 99), "\n");
    }

    #[test]
    fn it_can_be_read_without_a_screen() {
        let theme = theme("dark");
        let plain = reading(&theme, 60).plain();
        assert!(plain.contains("Reviewer            Ana Lima\n") && plain.ends_with("not wrapped at all"), "{plain}");
        assert!(Reading::new(&theme, 10).is_empty());
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("ascii");
        every_size(|area, buffer| reading(&theme, area.width).draw(area, 0, buffer));
        is_ascii(40, 12, |area, buffer| reading(&theme, 40).draw(area, 0, buffer));
    }
}
