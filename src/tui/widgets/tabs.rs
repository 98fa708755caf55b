//! One line of tabs, and the line that shows how far a review has come.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::draw::{Align, after, put, put_spans, width};
use crate::text;
use crate::tui::theme::{Glyph, Role, Theme};

/// Tabs on one line. The current one is bold, underlined and marked; when not all fit, it stays visible.
#[derive(Debug, Clone, Copy)]
pub struct Tabs<'a> {
    /// How they look.
    pub theme: &'a Theme,
    /// Their titles, with a count where there is one: `Risks 4`.
    pub titles: &'a [String],
    /// The current one.
    pub current: usize,
}

/// Between two tabs.
const BETWEEN: u16 = 2;

impl Tabs<'_> {
    /// Where each visible tab stands.
    fn places(&self, area: Rect) -> Vec<(usize, Rect)> {
        // The marker stands before the current tab only, but every tab keeps a place for it, so that none moves.
        let wide = |at: usize| {
            let cells = width(&text::line(&self.titles[at])) + 1;
            u16::try_from(cells).unwrap_or(u16::MAX)
        };
        let current = self.current.min(self.titles.len().saturating_sub(1));
        let mut first = 0;
        let span = |from: usize| (from..=current).map(|at| u32::from(wide(at)) + u32::from(BETWEEN)).sum::<u32>();
        while first < current && span(first) > u32::from(area.width) {
            first += 1;
        }
        let mut places = Vec::new();
        let mut rest = Rect { height: 1.min(area.height), ..area };
        for at in first..self.titles.len() {
            if rest.is_empty() || (at > current && wide(at) > rest.width) {
                break;
            }
            let cells = wide(at).min(rest.width);
            places.push((at, Rect { width: cells, ..rest }));
            rest = after(rest, cells.saturating_add(BETWEEN));
        }
        places
    }

    /// The tab at a position on the screen.
    #[must_use]
    pub fn hit(&self, area: Rect, position: Position) -> Option<usize> {
        self.places(area).into_iter().find(|(_, place)| place.contains(position)).map(|(at, _)| at)
    }
}

impl Widget for &Tabs<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        for (at, place) in self.places(area.intersection(buffer.area)) {
            let title = &self.titles[at];
            if at == self.current {
                let style = self.theme.style(Role::Accent).add_modifier(Modifier::BOLD);
                put(buffer, Rect { width: 1, ..place }, self.theme.glyph(Glyph::Marker), style, self.theme);
                put(buffer, after(place, 1), title, style.add_modifier(Modifier::UNDERLINED), self.theme);
            } else {
                put(buffer, after(place, 1), title, self.theme.style(Role::Text), self.theme);
            }
        }
    }
}

/// The stages of a life, with the current one: `Intake ━━ Triage ━━ ● Assessment ── Decision`.
#[derive(Debug, Clone, Copy)]
pub struct Stages<'a> {
    /// How they look.
    pub theme: &'a Theme,
    /// Their names, in order.
    pub names: &'a [&'a str],
    /// The current one.
    pub current: usize,
}

impl Widget for &Stages<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let line = Rect { height: 1.min(area.height), ..area };
        let Some(name) = self.names.get(self.current) else { return };
        let dim = self.theme.style(Role::Dim);
        let strong = self.theme.style(Role::Accent).add_modifier(Modifier::BOLD);
        let point = format!("{} {name}", self.theme.glyph(Glyph::Point));
        let mut spans = Vec::new();
        for (at, name) in self.names.iter().enumerate() {
            if at > 0 {
                let done = at <= self.current;
                let line = self.theme.glyph(if done { Glyph::StageDone } else { Glyph::StageAhead });
                spans.push(Span::styled(
                    format!(" {line}{line} "),
                    if done { self.theme.style(Role::Accent) } else { dim },
                ));
            }
            match at.cmp(&self.current) {
                std::cmp::Ordering::Equal => spans.push(Span::styled(point.as_str(), strong)),
                std::cmp::Ordering::Less => spans.push(Span::styled(*name, self.theme.style(Role::Text))),
                std::cmp::Ordering::Greater => spans.push(Span::styled(*name, dim)),
            }
        }
        let needed: usize = spans.iter().map(|span| width(&text::line(&span.content))).sum();
        if needed > usize::from(line.width) {
            // Where it does not fit: the current one, and how far that is.
            let far = format!("  stage {} of {}", self.current + 1, self.names.len());
            spans = vec![Span::styled(point.as_str(), strong), Span::styled(far, dim)];
        }
        put_spans(buffer, line, &spans, Align::Left, self.theme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn titles() -> Vec<String> {
        ["Overview", "Packet", "Risks 4", "Checklist 9/24", "Actions 6"].map(str::to_owned).to_vec()
    }

    fn at(current: usize, width: u16) -> String {
        let (theme, titles) = (theme("dark"), titles());
        drawn(width, 1, |area, buffer| Tabs { theme: &theme, titles: &titles, current }.render(area, buffer))
    }

    #[test]
    fn the_current_tab_is_marked_and_stays_visible() {
        assert_eq!(at(2, 70), " Overview   Packet  ▸Risks 4   Checklist 9/24   Actions 6");
        assert_eq!(at(0, 30), "▸Overview   Packet   Risks 4");
        assert_eq!(at(3, 30), " Risks 4  ▸Checklist 9/24");
        assert_eq!(at(4, 8), "▸Action…");
        assert_eq!(at(9, 30), " Checklist 9/24   Actions 6");
    }

    #[test]
    fn clicks_find_their_tab() {
        let (theme, titles) = (theme("dark"), titles());
        let tabs = Tabs { theme: &theme, titles: &titles, current: 0 };
        let area = Rect::new(1, 1, 40, 1);
        assert_eq!(tabs.hit(area, Position::new(14, 1)), Some(1));
        assert_eq!(tabs.hit(area, Position::new(11, 1)), None);
        assert_eq!(tabs.hit(area, Position::new(14, 0)), None);
    }

    const STAGES: [&str; 5] = ["Intake", "Triage", "Assessment", "Decision", "Launch"];

    #[test]
    fn stages_behind_and_ahead() {
        let theme = theme("dark");
        let at = |current, width| {
            drawn(width, 1, |area, buffer| Stages { theme: &theme, names: &STAGES, current }.render(area, buffer))
        };
        assert_eq!(at(2, 70), "Intake ━━ Triage ━━ ● Assessment ── Decision ── Launch");
        assert_eq!(at(2, 30), "● Assessment  stage 3 of 5");
        assert_eq!(at(9, 30), "");
    }

    #[test]
    fn no_size_breaks_them() {
        let (theme, titles) = (theme("dark"), titles());
        for current in [0, 3, 99] {
            every_size(|area, buffer| Tabs { theme: &theme, titles: &titles, current }.render(area, buffer));
            every_size(|area, buffer| Stages { theme: &theme, names: &STAGES, current }.render(area, buffer));
        }
        every_size(|area, buffer| Tabs { theme: &theme, titles: &[], current: 0 }.render(area, buffer));
        let ascii = crate::tui::widgets::testing::theme("ascii");
        is_ascii(70, 1, |area, buffer| Stages { theme: &ascii, names: &STAGES, current: 1 }.render(area, buffer));
        is_ascii(50, 1, |area, buffer| Tabs { theme: &ascii, titles: &titles, current: 1 }.render(area, buffer));
    }
}
