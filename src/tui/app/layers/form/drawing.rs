//! How a form is drawn: the fields from the first that fits, the one that has the keys with room for its text, its help at the
//! bottom.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Form;
use crate::record::{Field, FieldKind};
use crate::tui::app::ctx::Ctx;
use crate::tui::event::{Mouse, MouseKind};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{after, blank, put, row, wrap};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::Look;

/// How wide labels are.
const LABEL: u16 = 27;

impl Form {
    /// Draws the form; the field that has the keys stays in sight.
    pub(super) fn drawn(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        ctx.screen.set(area);
        let theme = &ctx.theme;
        let count =
            if self.saving { "saving …".to_owned() } else { format!("{} of {}", self.focus + 1, self.entries.len()) };
        let inner = self.popup(ctx, area, &count).draw(area, frame.buffer_mut());
        if inner.is_empty() {
            return;
        }
        let (body, help) = self.body(inner);
        if let Some((text, role)) = &self.banner {
            for (at, line) in (0..body.y - inner.y).zip(wrap(text, inner.width)) {
                put(frame.buffer_mut(), row(inner, at), &line, theme.style(*role), theme);
            }
        }
        for (at, place) in self.places(body).into_iter().enumerate().filter(|(_, place)| !place.is_empty()) {
            if let Some(cursor) = self.draw_field(at, place, ctx, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        if let Some(entry) = self.entries.get(self.focus) {
            blank(frame.buffer_mut(), help, theme);
            for (at, line) in (0..help.height).zip(wrap(entry.field.help, help.width)) {
                put(frame.buffer_mut(), row(help, at), &line, theme.style(Role::Dim), theme);
            }
        }
    }

    fn rows_of(&self, at: usize, cells: u16, tall: u16) -> u16 {
        let entry = &self.entries[at];
        let problem = entry.problem.as_ref().map_or(0, |problem| wrap(problem, cells).len().min(6));
        let text = match &entry.prose {
            Some(_) if at == self.focus => tall,
            Some(prose) => {
                let lines = wrap(&prose.text(), cells).len().clamp(1, 3);
                u16::try_from(lines).unwrap_or(1)
            }
            None => 1,
        };
        text + u16::try_from(problem).unwrap_or(0)
    }

    /// Where each field stands, from the first that is drawn; fields out of sight are empty.
    fn places(&self, area: Rect) -> Vec<Rect> {
        let cells = area.width.saturating_sub(LABEL).max(1);
        let tall = (area.height / 3).clamp(3, 12);
        let heights: Vec<u16> = (0..self.entries.len()).map(|at| self.rows_of(at, cells, tall)).collect();
        let before: u16 = heights[..self.focus.min(heights.len())].iter().sum();
        let own = heights.get(self.focus).copied().unwrap_or(1);
        let total: u16 = heights.iter().sum();
        // The field that has the keys stands in the upper two thirds, unless the form's ends say otherwise.
        let wanted = (before + own).saturating_sub(area.height * 2 / 3);
        let scroll = wanted.min(total.saturating_sub(area.height)).min(before);
        let mut y = -i32::from(scroll);
        heights
            .iter()
            .map(|height| {
                let top = y;
                y += i32::from(*height);
                let (Ok(start), visible) = (u16::try_from(top.max(0)), top >= 0 && top < i32::from(area.height)) else {
                    return Rect::ZERO;
                };
                if !visible {
                    return Rect::ZERO;
                }
                Rect { y: area.y + start, height: (*height).min(area.height - start), ..area }
            })
            .collect()
    }

    fn popup<'a>(&'a self, ctx: &'a Ctx, area: Rect, count: &'a str) -> Popup<'a> {
        Popup {
            theme: &ctx.theme,
            title: &self.title,
            count,
            hint: "C-s saves · Enter chooses · C-o editor · Esc",
            // On common screens the form has all of it; on wide ones what it is about stays in sight beside it.
            width: if area.width <= 130 { area.width } else { 116 },
            height: area.height,
        }
    }

    /// The fields' part of the form: what is left of the box when the banner and the help have theirs.
    fn body(&self, inner: Rect) -> (Rect, Rect) {
        let help = 2.min(inner.height / 4);
        let banner = self.banner.as_ref().map_or(0, |(text, _)| wrap(text, inner.width).len().min(3));
        let top = u16::try_from(banner).unwrap_or(0).min(inner.height / 3);
        let body = Rect { y: inner.y + top, height: inner.height - top - help, ..inner };
        (body, Rect { y: inner.bottom() - help, height: help, ..inner })
    }

    fn draw_field(&self, at: usize, place: Rect, ctx: &Ctx, buffer: &mut Buffer) -> Option<Position> {
        let theme = &ctx.theme;
        let entry = &self.entries[at];
        let focused = at == self.focus;
        let label_style = theme.style(if focused { Role::Accent } else { Role::Label });
        let required = entry.field.required || self.is_asked(entry.field, ctx);
        let sign = if required { theme.glyph(Glyph::Required) } else { " " };
        let marker = if focused { theme.glyph(Glyph::Marker) } else { " " };
        let label = Rect { width: LABEL.min(place.width), height: 1.min(place.height), ..place };
        put(buffer, label, &format!("{marker}{sign}{}", entry.field.label), label_style, theme);
        let value = after(place, LABEL.min(place.width));
        let problem_rows = entry.problem.as_ref().map_or(0, |problem| wrap(problem, value.width).len().min(6));
        let problem_rows = u16::try_from(problem_rows).unwrap_or(0).min(value.height.saturating_sub(1));
        let text = Rect { height: value.height - problem_rows, ..value };
        let look = Look { theme, focused, wrong: entry.problem.is_some(), placeholder: placeholder(entry.field) };
        let cursor = match &entry.prose {
            Some(prose) if focused => prose.draw(text, buffer, &look),
            Some(prose) => {
                let style = theme.style(Role::Text);
                for (line, words) in (0..text.height).zip(wrap(&prose.text(), text.width)) {
                    put(buffer, row(text, line), &words, style, theme);
                }
                None
            }
            None => entry.line.draw(row(text, 0), buffer, &look),
        };
        if let Some(problem) = &entry.problem {
            for (line, words) in (text.height..value.height).zip(wrap(problem, value.width)) {
                put(buffer, row(value, line), &words, theme.style(Role::Error), theme);
            }
        }
        cursor
    }

    /// Goes to the field that was clicked.
    pub(super) fn click(&mut self, mouse: Mouse, screen: Rect, ctx: &Ctx) {
        let inner = self.popup(ctx, screen, "").inner(screen);
        let (body, _) = self.body(inner);
        let at = self.places(body).iter().position(|place| place.contains(mouse.at));
        if let (Some(at), MouseKind::Click | MouseKind::DoubleClick) = (at, mouse.kind) {
            self.leave_field(ctx);
            self.focus = at;
        }
    }
}

/// What an empty field says: in which form it wants its value.
pub(super) fn placeholder(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Day => "fri, +2w, 31 dec, 2026-12-31",
        FieldKind::Moment => "2026-12-31 14:30",
        FieldKind::Link("person") => "@handle or me; Enter lists people",
        FieldKind::Link(_) => "a reference; Enter lists them",
        FieldKind::Links(_) | FieldKind::Reference => "references, such as EVD-3",
        FieldKind::Words => "words, with commas between",
        FieldKind::Choice(_) | FieldKind::Named(_) | FieldKind::Step(_) | FieldKind::Flag => "Enter lists the choices",
        FieldKind::Choices(_) | FieldKind::NamedMany(_) => "Enter lists the choices; several are fine",
        _ => "",
    }
}
