//! What stands around the content: panes with their number and title, the line at the top, the line that says what happened,
//! and the hints at the bottom.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::draw::{Align, after, fill, put, put_right, put_spans, width};
use super::scroll::{Scroll, bar};
use crate::tui::command::{CommandId, Where};
use crate::tui::keymap::Keymap;
use crate::tui::theme::{Glyph, Role, Theme};

/// A pane: a border with what is in it. The one that has the keys has another border, not only another colour.
#[derive(Debug, Clone, Copy)]
pub struct Pane<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// The key that leads to it.
    pub number: Option<char>,
    /// What it shows.
    pub title: &'a str,
    /// What stands at the right of the title, such as a count.
    pub count: &'a str,
    /// Whether it has the keys.
    pub focused: bool,
    /// Where its list stands, for a scroll bar on the border.
    pub scroll: Option<&'a Scroll>,
}

impl Pane<'_> {
    /// The space inside the border. A pane too small for a border is only its title.
    #[must_use]
    pub fn inner(area: Rect) -> Rect {
        if area.width < 3 || area.height < 3 {
            return Rect {
                y: area.y.saturating_add(1.min(area.height)),
                height: area.height.saturating_sub(1),
                ..area
            };
        }
        Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
    }

    fn glyph(&self, idle: Glyph, focused: Glyph) -> &str {
        self.theme.glyph(if self.focused { focused } else { idle })
    }

    fn draw_border(&self, area: Rect, style: Style, buffer: &mut Buffer) {
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        let horizontal = self.glyph(Glyph::Horizontal, Glyph::FocusHorizontal);
        let vertical = self.glyph(Glyph::Vertical, Glyph::FocusVertical);
        for y in [area.y, bottom] {
            fill(buffer, Rect { y, height: 1, ..area }, horizontal, style);
        }
        for x in [area.x, right] {
            fill(buffer, Rect { x, width: 1, ..area }, vertical, style);
        }
        for (x, y, idle, focused) in [
            (area.x, area.y, Glyph::TopLeft, Glyph::FocusTopLeft),
            (right, area.y, Glyph::TopRight, Glyph::FocusTopRight),
            (area.x, bottom, Glyph::BottomLeft, Glyph::FocusBottomLeft),
            (right, bottom, Glyph::BottomRight, Glyph::FocusBottomRight),
        ] {
            fill(buffer, Rect::new(x, y, 1, 1), self.glyph(idle, focused), style);
        }
    }

    fn draw_title(&self, line: Rect, border: Style, buffer: &mut Buffer) {
        let number = self.number.map(|number| format!("{number} ")).unwrap_or_default();
        let count = if self.count.is_empty() { String::new() } else { format!(" {} ", self.count) };
        let cells = |text: &str| u16::try_from(width(&crate::text::line(text))).unwrap_or(u16::MAX);
        // The count gives way when the title would have less than half.
        let room = if cells(&count) <= line.width / 2 { line.width - cells(&count) } else { line.width };
        let style =
            if self.focused { border.patch(self.theme.style(Role::Title)) } else { self.theme.style(Role::Title) };
        let spans = [
            Span::styled(number, self.theme.style(Role::Key)),
            Span::styled(self.title, style),
            Span::styled(" ", style),
        ];
        put_spans(buffer, Rect { width: room, ..line }, &spans, Align::Left, self.theme);
        if room < line.width {
            put_right(buffer, line, &count, border, self.theme);
        }
    }
}

impl Widget for &Pane<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let border = self.theme.style(if self.focused { Role::BorderFocus } else { Role::Border });
        if area.width < 3 || area.height < 3 {
            return self.draw_title(Rect { height: 1, ..area }, border, buffer);
        }
        self.draw_border(area, border, buffer);
        self.draw_title(Rect { x: area.x + 1, width: area.width - 2, height: 1, ..area }, border, buffer);
        if let Some(scroll) = self.scroll {
            let right = Rect { x: area.right() - 1, y: area.y + 1, width: 1, height: area.height - 2 };
            bar(buffer, right, &scroll.visible(), scroll.total(), self.theme);
        }
    }
}

/// A line with something at its left, in its middle and at its right. When there is too little room, the right goes first, then
/// the middle, and the left is cut.
#[derive(Debug, Clone)]
pub struct Bar<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// How all of it looks.
    pub role: Role,
    /// At the left.
    pub left: Vec<Span<'a>>,
    /// In the middle.
    pub middle: Vec<Span<'a>>,
    /// At the right.
    pub right: Vec<Span<'a>>,
}

impl Widget for &Bar<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let line = Rect { height: 1.min(area.height), ..area }.intersection(buffer.area);
        if line.is_empty() {
            return;
        }
        let style = self.theme.style(self.role);
        buffer.set_style(line, style);
        let line = if line.width > 2 { Rect { x: line.x + 1, width: line.width - 2, ..line } } else { line };
        let cells =
            |spans: &[Span<'_>]| spans.iter().map(|span| width(&crate::text::line(&span.content))).sum::<usize>();
        let (left, middle, right) = (cells(&self.left), cells(&self.middle), cells(&self.right));
        let room = usize::from(line.width);
        put_spans(buffer, line, &self.left, Align::Left, self.theme);
        // In the middle of the whole line, unless what stands at the sides pushes it away.
        let centred = (room.saturating_sub(middle)) / 2;
        let at = centred.max(left + 2);
        let mut free = left + 2;
        if middle > 0 && at + middle <= room {
            let shift = u16::try_from(at).unwrap_or(u16::MAX);
            put_spans(buffer, after(line, shift), &self.middle, Align::Left, self.theme);
            free = at + middle + 2;
        }
        if right > 0 && free + right <= room {
            put_spans(buffer, line, &self.right, Align::Right, self.theme);
        }
    }
}

/// What happened, or what went wrong; a sign says which of the two without colour.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// What it says.
    pub text: &'a str,
    /// What kind of thing it says.
    pub kind: StatusKind,
}

/// What kind of thing a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// Something worth knowing.
    Info,
    /// Something was done.
    Done,
    /// Something needs attention.
    Warning,
    /// Something failed or was refused.
    Failure,
}

impl Widget for &Status<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let (role, glyph) = match self.kind {
            StatusKind::Info => (Role::Text, None),
            StatusKind::Done => (Role::Good, Some(Glyph::Check)),
            StatusKind::Warning => (Role::Warn, Some(Glyph::Alert)),
            StatusKind::Failure => (Role::Error, Some(Glyph::Cross)),
        };
        let style = self.theme.style(role);
        let sign = glyph.map(|glyph| format!("{} ", self.theme.glyph(glyph))).unwrap_or_default();
        let spans = [Span::styled(sign, style), Span::styled(self.text, style)];
        let line = Rect { height: 1.min(area.height), ..area };
        put_spans(buffer, after(line, u16::from(line.width > 2)), &spans, Align::Left, self.theme);
    }
}

/// One hint: a key and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The key.
    pub key: String,
    /// What it does, in a word or two.
    pub what: String,
    /// How long it stays when there is too little room: the least goes first.
    pub keep: u8,
}

impl Hint {
    /// The hints for these commands where the keys go, the most important first. Commands without a key there are left out.
    #[must_use]
    pub fn of(keymap: &Keymap, place: Where, commands: &[CommandId]) -> Vec<Self> {
        commands
            .iter()
            .zip((0..u8::MAX).rev())
            .filter_map(|(id, keep)| {
                let key = keymap.key_for(place, *id)?.to_string();
                let what = id.command().title;
                // Short words are enough at the bottom of the screen.
                let what = what
                    .chars()
                    .next()
                    .map_or(String::new(), |c| c.to_lowercase().chain(what.chars().skip(1)).collect());
                Some(Self { key, what, keep })
            })
            .collect()
    }
}

/// The hints at the bottom, cut to the width by importance, in the order given.
#[derive(Debug, Clone, Copy)]
pub struct Hints<'a> {
    /// How they look.
    pub theme: &'a Theme,
    /// The hints.
    pub hints: &'a [Hint],
}

/// Between two hints.
const BETWEEN: usize = 2;

impl Widget for &Hints<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let line = after(Rect { height: 1.min(area.height), ..area }, u16::from(area.width > 2));
        let wide = |hint: &Hint| width(&hint.key) + 1 + width(&hint.what);
        let mut stay: Vec<&Hint> = self.hints.iter().collect();
        let needed = |stay: &[&Hint]| -> usize {
            stay.iter().map(|hint| wide(hint)).sum::<usize>() + BETWEEN * stay.len().saturating_sub(1)
        };
        while stay.len() > 1 && needed(&stay) > usize::from(line.width) {
            let least = stay.iter().enumerate().rev().min_by_key(|(_, hint)| hint.keep).map_or(0, |(at, _)| at);
            stay.remove(least);
        }
        let mut spans = Vec::new();
        for hint in stay {
            if !spans.is_empty() {
                spans.push(Span::raw(" ".repeat(BETWEEN)));
            }
            spans.push(Span::styled(hint.key.as_str(), self.theme.style(Role::Key)));
            spans.push(Span::styled(format!(" {}", hint.what), self.theme.style(Role::Dim)));
        }
        put_spans(buffer, line, &spans, Align::Left, self.theme);
    }
}

/// What a screen says that is smaller than it needs, on its last line: it keeps working where it can.
pub fn too_small(area: Rect, buffer: &mut Buffer, theme: &Theme) {
    if area.is_empty() || (area.width >= 80 && area.height >= 24) {
        return;
    }
    let text = format!("{}x{}: needs 80x24  ", area.width, area.height);
    let last = Rect { y: area.bottom() - 1, height: 1, ..area };
    put(buffer, last, &text, theme.style(Role::Warn), theme);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn pane<'a>(theme: &'a Theme, focused: bool, scroll: &'a Scroll) -> Pane<'a> {
        Pane { theme, number: Some('2'), title: "Risk register", count: "31 open", focused, scroll: Some(scroll) }
    }

    fn half() -> Scroll {
        let mut scroll = Scroll::default();
        scroll.set_total(8);
        scroll.set_height(4);
        scroll
    }

    #[test]
    fn panes_with_and_without_the_keys() {
        let scroll = half();
        let picture =
            |name, focused| drawn(36, 6, |area, buffer| pane(&theme(name), focused, &scroll).render(area, buffer));
        insta::assert_snapshot!("pane_idle", picture("dark", false));
        insta::assert_snapshot!("pane_focused", picture("dark", true));
        insta::assert_snapshot!("pane_in_ascii", picture("ascii", true));
        assert_ne!(picture("ascii", true), picture("ascii", false));
    }

    #[test]
    fn a_small_pane_is_its_title() {
        let (theme, scroll) = (theme("dark"), half());
        let pane = pane(&theme, true, &scroll);
        assert_eq!(drawn(14, 2, |area, buffer| pane.render(area, buffer)), "2 Risk regist…\n");
        assert_eq!(Pane::inner(Rect::new(0, 0, 14, 2)), Rect::new(0, 1, 14, 1));
        assert_eq!(Pane::inner(Rect::new(0, 0, 14, 4)), Rect::new(1, 1, 12, 2));
        assert!(Pane::inner(Rect::ZERO).is_empty());
    }

    #[test]
    fn a_bar_loses_its_right_first() {
        let theme = theme("dark");
        let bar = Bar {
            theme: &theme,
            role: Role::Bar,
            left: vec![Span::raw("Probity")],
            middle: vec![Span::raw("Desk")],
            right: vec![Span::raw("42 in queue")],
        };
        let at = |width| drawn(width, 1, |area, buffer| bar.render(area, buffer));
        assert_eq!(at(50), " Probity               Desk           42 in queue");
        assert_eq!(at(30), " Probity     Desk");
        assert_eq!(at(13), " Probity");
        assert_eq!(at(5), " Pr…");
    }

    #[test]
    fn a_status_says_its_kind_without_colour() {
        let theme = theme("ascii");
        let say = |kind| {
            let status = Status { theme: &theme, text: "RSK-41 added", kind };
            drawn(16, 1, |area, buffer| status.render(area, buffer))
        };
        assert_eq!(say(StatusKind::Info), " RSK-41 added");
        assert_eq!(say(StatusKind::Done), " + RSK-41 added");
        assert_eq!(say(StatusKind::Warning), " ! RSK-41 added");
        assert_eq!(say(StatusKind::Failure), " x RSK-41 added");
    }

    #[test]
    fn hints_are_cut_by_importance() {
        let theme = theme("dark");
        let commands = [CommandId::Open, CommandId::Add, CommandId::Help, CommandId::Find, CommandId::Save];
        let mut hints = Hint::of(&Keymap::default(), Where::Desk, &commands);
        hints[2].keep = u8::MAX;
        let at = |width| drawn(width, 1, |area, buffer| Hints { theme: &theme, hints: &hints }.render(area, buffer));
        assert_eq!(at(60), " Enter open  a add  ? keys  / find");
        assert_eq!(at(30), " Enter open  a add  ? keys");
        assert_eq!(at(15), " ? keys");
        assert_eq!(at(5), " ? k…");
    }

    #[test]
    fn no_size_breaks_them() {
        let (theme, scroll) = (theme("dark"), half());
        let hints = Hint::of(&Keymap::default(), Where::Desk, &[CommandId::Open, CommandId::Help]);
        for focused in [true, false] {
            every_size(|area, buffer| pane(&theme, focused, &scroll).render(area, buffer));
        }
        every_size(|area, buffer| Hints { theme: &theme, hints: &hints }.render(area, buffer));
        let status = Status { theme: &theme, text: "日本語 done", kind: StatusKind::Done };
        every_size(|area, buffer| status.render(area, buffer));
        let spans = || vec![Span::raw("日本語"), Span::raw("b")];
        let bar = Bar { theme: &theme, role: Role::Bar, left: spans(), middle: spans(), right: spans() };
        every_size(|area, buffer| bar.render(area, buffer));
        every_size(|area, buffer| too_small(area, buffer, &theme));
        let ascii = crate::tui::widgets::testing::theme("ascii");
        is_ascii(20, 5, |area, buffer| pane(&ascii, true, &scroll).render(area, buffer));
    }

    #[test]
    fn a_screen_that_is_too_small_says_what_it_needs() {
        let theme = theme("dark");
        assert_eq!(drawn(22, 1, |area, buffer| too_small(area, buffer, &theme)), "22x1: needs 80x24");
        assert_eq!(drawn(80, 24, |area, buffer| too_small(area, buffer, &theme)).trim(), "");
    }
}
