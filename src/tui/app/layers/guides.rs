//! How-to guides: a list that words narrow, and the text of one to read.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::reader::Reader;
use crate::guide::{Guide, guides, passage, search};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::view::page::{Page, UNBROKEN};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input as Event;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::picker::Choice;
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};

/// The list of guides.
#[derive(Default)]
pub struct Guides {
    input: TextLine,
    selected: usize,
}

impl Guides {
    fn found(&self) -> Vec<Guide> {
        search(self.input.text())
    }

    fn go(&mut self, rows: isize) -> Outcome<Ctx, Message> {
        let last = self.found().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
        Outcome::Consumed
    }

    fn open(&self) -> Outcome<Ctx, Message> {
        match self.found().get(self.selected) {
            Some(guide) => {
                let body = guide.body();
                Outcome::Open(Box::new(Reader::new(guide.title(), Box::new(move |page| page.markdown(body)))))
            }
            None => Outcome::Consumed,
        }
    }

    /// What a guide is about, or where it says the words: without the marks of Markdown.
    fn told(&self, guide: Guide, ctx: &Ctx) -> String {
        let words = self.input.text();
        let found = passage(guide, words).filter(|_| !words.trim().is_empty());
        let mut page = Page::new(&ctx.theme, UNBROKEN);
        page.markdown(&found.map_or_else(|| guide.summary(), str::to_owned));
        page.text().trim_start_matches("- ").to_owned()
    }
}

impl Layer<Ctx, Message> for Guides {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Picker, *key) {
                Some(Id::PickerAccept) => return self.open(),
                Some(Id::PickerDown) => return self.go(1),
                Some(Id::PickerUp) => return self.go(-1),
                Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
                _ => self.input.handle(*key),
            },
            Event::Paste(text) => self.input.paste(text),
            _ => return Outcome::Consumed,
        };
        if typed == Typed::Changed {
            self.selected = 0;
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let tall = u16::try_from(guides().count() * 2 + 5).unwrap_or(u16::MAX);
        let popup =
            Popup { theme, title: "How-to guides", count: "", hint: "Enter reads · Esc", width: 110, height: tall };
        let inner = popup.draw(area, frame.buffer_mut());
        let look = Look { theme, focused: true, wrong: false, placeholder: "words to search the guides for" };
        let line = Rect { height: 1.min(inner.height), ..inner };
        if let Some(cursor) = self.input.draw(line, frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
        let body = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        let found = self.found();
        if found.is_empty() {
            put(frame.buffer_mut(), row(body, 0), "No guide says that.", theme.style(Role::Dim), theme);
        }
        let first = (self.selected + 1).saturating_sub(usize::from(body.height / 2).max(1));
        for (at, guide) in found.iter().enumerate().skip(first) {
            let Ok(place) = u16::try_from((at - first) * 2) else { break };
            if place >= body.height {
                break;
            }
            let role = if at == self.selected { Role::Selection } else { Role::Text };
            put(frame.buffer_mut(), row(body, place), guide.title(), theme.style(role), theme);
            if place + 1 < body.height {
                let told =
                    wrap(&self.told(*guide, ctx), body.width.saturating_sub(2)).into_iter().next().unwrap_or_default();
                put(frame.buffer_mut(), row(body, place + 1), &format!("  {told}"), theme.style(Role::Dim), theme);
            }
        }
    }

    fn asked(&self, ctx: &Ctx) -> Option<Asked> {
        let choices =
            self.found().iter().map(|guide| Choice::new(guide.title()).about(self.told(*guide, ctx))).collect();
        let wants = Wants::Choice { choices, many: false, at: None, typed: true };
        Some(Asked::new("How-to guides", wants).helped("Words search the guides."))
    }

    fn answer(&mut self, answer: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Text(text) => {
                self.input.set(text);
                self.selected = 0;
                Outcome::Consumed
            }
            Answer::Chosen(places) => {
                self.selected = places.first().copied().unwrap_or(0);
                self.open()
            }
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}
