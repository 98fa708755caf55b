//! How a list to choose from looks: columns for what stands before, the name, the line about it, and what stands behind.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::draw::{Align, after, highlight, put, put_right, put_spans, row, width};
use super::picker::{Choice, Picker};
use super::popup::Popup;
use super::scroll::bar;
use super::text_line::Look;
use crate::text::thousands;
use crate::tui::command::{CommandId, Where};
use crate::tui::keymap::Keymap;
use crate::tui::theme::{Glyph, Role, Theme};

impl Picker {
    /// Draws it in the middle of a screen; says where the cursor is.
    pub fn draw(&self, screen: Rect, buffer: &mut Buffer, theme: &Theme, keymap: &Keymap) -> Option<Position> {
        let widths = Widths::of(&self.choices, self.many);
        let count = if self.line.is_empty() {
            thousands(self.choices.len() as u64)
        } else {
            format!("{} of {}", thousands(self.found.len() as u64), thousands(self.choices.len() as u64))
        };
        let popup = Popup {
            theme,
            title: &self.title,
            count: &count,
            hint: &self.hint(keymap),
            width: (widths.wanted() + 4).clamp(36, 110),
            height: u16::try_from(self.choices.len()).unwrap_or(u16::MAX).clamp(1, 30).saturating_add(3),
        };
        let inner = popup.draw(screen, buffer);
        let look = Look { theme, focused: true, wrong: false, placeholder: "Type to narrow the list" };
        let prompt = put(buffer, row(inner, 0), "/", theme.style(Role::Accent), theme);
        let cursor = self.line.draw(after(row(inner, 0), prompt + u16::from(prompt > 0)), buffer, &look);
        let rows = Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner };
        self.rows.set(rows);
        self.scroll_by(|scroll| scroll.set_height(usize::from(rows.height)));
        self.draw_rows(rows, buffer, theme, widths);
        let place = popup.place(screen);
        if place.width >= 3 && place.height >= 4 {
            let right = Rect { x: place.right() - 1, y: rows.y, width: 1, height: rows.height };
            bar(buffer, right, &self.scroll.get().visible(), self.found.len(), theme);
        }
        cursor
    }

    fn hint(&self, keymap: &Keymap) -> String {
        let hint = |id, what| keymap.key_for(Where::Picker, id).map(|key| format!("{key} {what}"));
        let mark = hint(CommandId::PickerMark, "mark").filter(|_| self.many);
        let accept = hint(CommandId::PickerAccept, if self.many { "take" } else { "choose" });
        [mark, accept].into_iter().flatten().collect::<Vec<_>>().join("  ")
    }

    fn draw_rows(&self, rows: Rect, buffer: &mut Buffer, theme: &Theme, widths: Widths) {
        let scroll = self.scroll.get();
        if self.found.is_empty() {
            let text = if self.free && !self.line.is_empty() {
                format!("Enter takes “{}”.", self.line.text())
            } else if self.choices.is_empty() {
                "There is nothing to choose from.".to_owned()
            } else {
                "Nothing matches.".to_owned()
            };
            put(buffer, after(row(rows, 0), 2), &text, theme.style(Role::Dim), theme);
            return;
        }
        for (line, at) in (0..rows.height).zip(scroll.visible()) {
            let Some(choice) = self.found.get(at).and_then(|found| self.choices.get(*found)) else { break };
            let place = row(rows, line);
            self.draw_choice(choice, place, buffer, theme, widths);
            if scroll.selected() == Some(at) {
                let marker = Rect { width: 1.min(place.width), ..place };
                put(buffer, marker, theme.glyph(Glyph::Marker), Style::new(), theme);
                buffer.set_style(place.intersection(buffer.area), theme.style(Role::Selection));
            }
        }
    }

    fn draw_choice(&self, choice: &Choice, place: Rect, buffer: &mut Buffer, theme: &Theme, widths: Widths) {
        let dim = theme.style(Role::Dim);
        let label = if choice.why_not.is_some() { dim } else { theme.style(Role::Text) };
        let (label_spans, detail_spans) = self.spans(choice, label, theme);
        let mut place = after(place, 2);
        if self.many {
            put(buffer, place, if choice.marked { "[x]" } else { "[ ]" }, theme.style(Role::Mark), theme);
            place = after(place, 4);
        }
        if widths.lead > 0 {
            put(
                buffer,
                Rect { width: widths.lead.min(place.width), ..place },
                &choice.lead,
                theme.style(Role::Key),
                theme,
            );
            place = after(place, widths.lead + 1);
        }
        if widths.tail > 0 && place.width > widths.tail + 12 {
            place.width -= 1;
            put_right(buffer, place, &choice.tail, dim, theme);
            place.width -= widths.tail + 1;
        }
        // The label gets what it needs, at most three fifths when something stands behind it.
        let most =
            if detail_spans.is_empty() && widths.detail == 0 { place.width } else { (place.width / 5 * 3).max(12) };
        let label_width = widths.label.min(most).min(place.width);
        put_spans(buffer, Rect { width: label_width, ..place }, &label_spans, Align::Left, theme);
        if place.width > label_width + 10 {
            put_spans(buffer, after(place, label_width + 2), &detail_spans, Align::Left, theme);
        }
    }

    /// Label and detail, with what matched.
    fn spans(&self, choice: &Choice, label: Style, theme: &Theme) -> (Vec<Span<'static>>, Vec<Span<'static>>) {
        let (dim, strong) = (theme.style(Role::Dim), theme.style(Role::Match));
        let mut fuzzy = self.fuzzy.borrow_mut();
        let matched = if fuzzy.is_empty() { Vec::new() } else { fuzzy.matched(&choice.label) };
        let behind = choice.label.len() + 1;
        let both =
            if matched.is_empty() && !fuzzy.is_empty() { fuzzy.matched_text(&choice.haystack()) } else { matched };
        let in_label: Vec<Range<usize>> = both
            .iter()
            .filter(|range| range.start < choice.label.len())
            .map(|range| range.start..range.end.min(choice.label.len()))
            .collect();
        let in_detail: Vec<Range<usize>> = both
            .iter()
            .filter(|range| range.end > behind)
            .map(|range| range.start.saturating_sub(behind)..range.end - behind)
            .collect();
        let detail = match &choice.why_not {
            Some(why) => vec![Span::styled(format!("{} {why}", theme.glyph(Glyph::Cross)), dim)],
            None => highlight(&choice.detail, &in_detail, dim, strong),
        };
        (highlight(&choice.label, &in_label, label, strong), detail)
    }
}

/// How wide the columns of the choices are.
#[derive(Debug, Clone, Copy)]
struct Widths {
    lead: u16,
    label: u16,
    detail: u16,
    tail: u16,
    marks: u16,
}

impl Widths {
    fn of(choices: &[Choice], many: bool) -> Self {
        // Enough of a long list tells how wide it is.
        let widest = |text: fn(&Choice) -> &str, most: usize| {
            let widest = choices.iter().take(1_000).map(|choice| width(text(choice))).max().unwrap_or(0);
            u16::try_from(widest.min(most)).unwrap_or(u16::MAX)
        };
        Self {
            lead: widest(|choice| &choice.lead, 14),
            label: widest(|choice| &choice.label, 60),
            detail: widest(|choice| choice.why_not.as_deref().unwrap_or(&choice.detail), 80),
            tail: widest(|choice| &choice.tail, 20),
            marks: if many { 4 } else { 0 },
        }
    }

    /// The width at which nothing is cut.
    fn wanted(self) -> u16 {
        let column = |cells: u16, gap: u16| if cells > 0 { cells + gap } else { 0 };
        2 + self.marks + column(self.lead, 1) + self.label + column(self.detail, 4) + column(self.tail, 2)
    }
}
