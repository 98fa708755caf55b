//! A presented meeting, drawn for a room: what counts in large letters, one thing at a time, and under it whether there is a
//! quorum. The facilitator's own window shows the same meeting with what the room does not see.

mod item;
pub mod pages;

pub use item::time_words;

use chrono::{DateTime, Utc};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use crate::record::meeting::quorum::Quorum;
use crate::tui::app::present::{Page, Presenting};
use crate::tui::app::state::State;
use crate::tui::app::view::page::Page as Text;
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::draw::{Align, put, put_spans, row};
use crate::tui::widgets::frame::{Bar, Hint, Hints, Status, StatusKind};
use crate::tui::widgets::large::put_large;
use pages::Told;

/// The parts of the screen: a line at the top, what it is about, the quorum, and what happened or can be done.
struct Parts {
    bar: Rect,
    body: Rect,
    quorum: Rect,
    bottom: Rect,
}

impl Parts {
    fn of(area: Rect) -> Self {
        let line = |y: u16, height: u16| Rect {
            y: area.y + y.min(area.height),
            height: height.min(area.height.saturating_sub(y)),
            ..area
        };
        match area.height {
            0..=5 => Self { bar: line(0, 0), body: area, quorum: line(0, 0), bottom: line(0, 0) },
            height => {
                // On large screens the text keeps away from the edge.
                let (side, top) = (if area.width >= 100 { 3 } else { 1 }, u16::from(height >= 30));
                let body = Rect {
                    x: area.x + side.min(area.width),
                    width: area.width.saturating_sub(2 * side),
                    ..line(1 + top, height - 4 - top)
                };
                Self { bar: line(0, 1), body, quorum: line(height - 2, 1), bottom: line(height - 1, 1) }
            }
        }
    }
}

/// Draws it.
pub fn draw(state: &State, presenting: &Presenting, frame: &mut Frame<'_>) {
    let parts = Parts::of(frame.area());
    bar(state, presenting, parts.bar, frame);
    bottom(state, presenting, parts.bottom, frame);
    let theme = &state.ctx.theme;
    let Some(read) = &presenting.read else {
        let (text, role) = match &presenting.failure {
            Some(failure) => (failure.as_str(), Role::Error),
            None => ("Reading …", Role::Dim),
        };
        put(frame.buffer_mut(), parts.body, text, theme.style(role), theme);
        return;
    };
    let body =
        Body { state, presenting, told: Told { ctx: &state.ctx, read, cells: 0, rows: 0, now: presenting.now() } };
    let room = presenting.at().map_or(&read.board.room, |held| &held.room);
    if presenting.page() != Page::Over {
        quorum(&room.quorum(), theme, parts.quorum, frame);
    }
    if presenting.own {
        return body.own(parts.body, frame);
    }
    match (presenting.page(), presenting.at()) {
        (Page::Item, Some(held)) => item::draw(&body, held, parts.body, frame),
        (Page::Opening, _) => body.opening(parts.body, frame),
        (Page::Consent, _) => body.consent(parts.body, frame),
        (page, _) => body.closing(page == Page::Over, parts.body, frame),
    }
}

/// What is drawn, with all it is drawn from.
pub(super) struct Body<'a> {
    pub state: &'a State,
    pub presenting: &'a Presenting,
    pub told: Told<'a>,
}

impl<'a> Body<'a> {
    /// The same for a place of this size.
    pub fn at(&self, area: Rect) -> Told<'a> {
        let told = &self.told;
        Told { ctx: told.ctx, read: told.read, cells: area.width, rows: area.height, now: told.now }
    }

    pub fn theme(&self) -> &Theme {
        &self.state.ctx.theme
    }

    /// Draws a page from where it is scrolled to.
    pub fn page(&self, page: &Text, area: Rect, frame: &mut Frame<'_>) {
        if !area.is_empty() {
            page.draw(area, self.presenting.scroll, frame.buffer_mut());
        }
    }

    fn title(&self, text: &str, most: u16, role: Role, area: Rect, frame: &mut Frame<'_>) -> u16 {
        let theme = self.theme();
        let style = theme.style(role).add_modifier(Modifier::BOLD);
        let place = Rect { height: area.height.min(most), ..area };
        put_large(frame.buffer_mut(), place, text, (2, Align::Left), style, theme)
    }

    fn opening(&self, area: Rect, frame: &mut Frame<'_>) {
        let theme = self.theme();
        let board = &self.told.read.board;
        let used = self.title(board.meeting.title(), large_title(area), Role::Title, area, frame);
        let area = below(area, used + u16::from(area.height > 12));
        let facts = self.at(area).opening();
        let lines = u16::try_from(facts.lines.len()).unwrap_or(2);
        self.page(&facts, Rect { height: area.height.min(lines), ..area }, frame);
        let area = below(area, lines + 1);
        let quorum = board.room.quorum();
        let (said, role) = if quorum.is_met() {
            (format!("Quorum: {} of {}", quorum.present, quorum.members), Role::Good)
        } else {
            (format!("No quorum yet: {} of {}", quorum.present, quorum.needed), Role::Bad)
        };
        let style = theme.style(role).add_modifier(Modifier::BOLD);
        let place = Rect { height: area.height.min(if area.height >= 24 { 5 } else { 3 }), ..area };
        let used = if area.height >= 12 {
            put_large(frame.buffer_mut(), place, &said, (1, Align::Left), style, theme) + 1
        } else {
            0
        };
        self.people(below(area, used), frame);
    }

    /// The people in as many columns as there is room for.
    fn people(&self, area: Rect, frame: &mut Frame<'_>) {
        let people = self.at(area).people();
        let columns = (area.width / 40).max(1);
        let wide = area.width / columns;
        let high = people.lines.len().div_ceil(usize::from(columns)).max(1);
        for (column, lines) in (0..columns).zip(people.lines.chunks(high)) {
            let place = Rect { x: area.x + column * wide, width: wide.saturating_sub(1), ..area };
            for (at, line) in (0..place.height).zip(lines) {
                put_spans(frame.buffer_mut(), row(place, at), line, Align::Left, self.theme());
            }
        }
    }

    fn consent(&self, area: Rect, frame: &mut Frame<'_>) {
        let open =
            self.told.read.board.items.iter().filter(|held| crate::tui::app::present::is_open_consent(held)).count();
        let used = self.title("Consent agenda", large_title(area), Role::Title, area, frame);
        let area = below(area, used + 1);
        let key = self.key(Id::PresentConsent);
        let what = match open {
            1 => format!("One item passes without discussion, unless somebody objects: {key} passes it."),
            many => {
                format!("{many} items pass together without discussion, unless somebody objects: {key} passes them.")
            }
        };
        put(frame.buffer_mut(), row(area, 0), &what, self.theme().style(Role::Accent), self.theme());
        let area = below(area, 2);
        self.page(&self.at(area).consent(), area, frame);
    }

    fn closing(&self, over: bool, area: Rect, frame: &mut Frame<'_>) {
        let title = if over { "The meeting is over" } else { "What came of it" };
        let used = self.title(title, large_title(area), Role::Title, area, frame);
        let area = below(area, used + 1);
        self.page(&self.at(area).outcomes(), area, frame);
    }

    /// The facilitator's own window: what is led at the left, the agenda at the right.
    fn own(&self, area: Rect, frame: &mut Frame<'_>) {
        let theme = self.theme();
        let held = self.presenting.at();
        let page = self.presenting.page();
        let name = match (held, page) {
            (Some(held), _) => held.item.title().to_owned(),
            (None, Page::Opening) => "Opening".to_owned(),
            (None, Page::Over) => "The meeting is over".to_owned(),
            (None, _) => "Closing".to_owned(),
        };
        let style = theme.style(Role::Title).add_modifier(Modifier::BOLD);
        put(frame.buffer_mut(), row(area, 0), &name, style, theme);
        if let Some(held) = held {
            let line = item::time_words(&held.item, self.told.now);
            put(frame.buffer_mut(), row(area, 1), &line.0, theme.style(line.1), theme);
        }
        let area = below(area, 3);
        let (left, right) = if area.width >= 100 {
            let wide = area.width * 3 / 5;
            (Rect { width: wide - 2, ..area }, Rect { x: area.x + wide, width: area.width - wide, ..area })
        } else {
            let high = area.height / 3;
            (Rect { height: area.height - high, ..area }, Rect { y: area.bottom() - high, height: high, ..area })
        };
        let told = self.at(left);
        let text = match page {
            Page::Opening => told.people(),
            Page::Closing | Page::Over => told.outcomes(),
            Page::Item | Page::Consent => told.own(held, self.presenting.next()),
        };
        self.page(&text, left, frame);
        let agenda = self.at(right).agenda();
        put(frame.buffer_mut(), row(right, 0), "Agenda", theme.style(Role::Title), theme);
        let place = below(right, 1);
        // The item that the room is at stays in sight.
        let at = self.told.read.board.current.unwrap_or(0);
        agenda.draw(place, (at + 2).saturating_sub(usize::from(place.height)), frame.buffer_mut());
    }

    fn key(&self, id: Id) -> String {
        self.state.ctx.keymap.key_for(Where::Presenting, id).map(|key| key.to_string()).unwrap_or_default()
    }
}

/// A place without so many rows at its top.
pub(super) fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// How many rows a large title may take.
pub(super) fn large_title(area: Rect) -> u16 {
    match area.height {
        0..=17 => 3,
        18..=39 => 7,
        _ => 11,
    }
}

fn bar(state: &State, presenting: &Presenting, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    let meeting = presenting.board().map(|board| board.meeting.title().to_owned()).unwrap_or_default();
    let place = presenting
        .board()
        .zip(presenting.at())
        .and_then(|(board, held)| board.place(held.item.id()).map(|at| format!("item {at} of {}", board.items.len())));
    let middle = match (presenting.page(), place) {
        (Page::Item | Page::Consent, Some(place)) => place,
        (Page::Opening, _) => "opening".to_owned(),
        (Page::Over, _) => "over".to_owned(),
        _ => "closing".to_owned(),
    };
    let right = if presenting.own { "facilitator's own window: not for the room" } else { "" };
    let bar = Bar {
        theme,
        role: Role::Bar,
        left: vec![
            Span::styled(presenting.reference.clone(), theme.style(Role::Title)),
            Span::raw(format!(" {meeting}")),
        ],
        middle: vec![Span::raw(middle)],
        right: vec![Span::styled(right, theme.style(Role::Warn))],
    };
    bar.render(area, frame.buffer_mut());
}

fn quorum(quorum: &Quorum, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let (glyph, role) = if quorum.is_met() { (Glyph::Check, Role::Good) } else { (Glyph::Cross, Role::Bad) };
    let style = theme.style(role).add_modifier(Modifier::BOLD);
    let spans = [Span::styled(format!(" {} {quorum}", theme.glyph(glyph)), style)];
    put_spans(frame.buffer_mut(), area, &spans, Align::Left, theme);
}

fn bottom(state: &State, presenting: &Presenting, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    if !state.status.text.is_empty() {
        let kind = if state.status.bad { StatusKind::Failure } else { StatusKind::Done };
        (&Status { theme, text: &state.status.text, kind }).render(area, frame.buffer_mut());
        return;
    }
    let place = if presenting.own { Where::Leading } else { Where::Presenting };
    let ids: &[Id] = match presenting.page() {
        Page::Opening => &[Id::PresentNext, Id::PresentRoom, Id::Help, Id::Undo, Id::Back],
        Page::Consent => &[
            Id::PresentConsent,
            Id::PresentNext,
            Id::PresentSection,
            Id::Help,
            Id::PresentRoom,
            Id::PresentRecuse,
            Id::Undo,
            Id::PresentGo,
        ],
        Page::Item => &[
            Id::PresentDecide,
            Id::PresentNext,
            Id::PresentVote,
            Id::PresentLook,
            Id::Help,
            Id::PresentAction,
            Id::PresentMinutes,
            Id::PresentRecuse,
            Id::PresentRoom,
            Id::Undo,
            Id::PresentPrevious,
            Id::PresentNote,
            Id::PresentClock,
        ],
        Page::Closing => &[Id::PresentEnd, Id::PresentPrevious, Id::PresentGo, Id::PresentCopy, Id::Help, Id::Undo],
        Page::Over => &[Id::PresentCopy, Id::Back, Id::Help],
    };
    let hints = Hint::of(&state.ctx.keymap, place, ids);
    Hints { theme, hints: &hints }.render(area, frame.buffer_mut());
}

impl Presenting {
    /// The moment that clocks show.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        #[cfg(test)]
        if let Some(now) = self.fixed {
            return now;
        }
        Utc::now()
    }
}
