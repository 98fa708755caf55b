//! The line that finds: the list under it shows what matches as it is typed.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Message, Narrow};
use crate::tui::app::view::Parts;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input as Event;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{after, put};
use crate::tui::widgets::text_line::{Look, TextLine, Typed};

/// The line that finds.
pub struct Finder {
    input: TextLine,
}

impl Finder {
    /// A line that goes on from what is found already.
    #[must_use]
    pub fn new(found: &str) -> Self {
        Self { input: TextLine::with(found) }
    }
}

impl Layer<Ctx, Message> for Finder {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Finder, *key) {
                Some(Id::FinderAccept) => return Outcome::Close(Vec::new()),
                Some(Id::FinderDown) => return Outcome::Say(vec![Message::Move(1)]),
                Some(Id::FinderUp) => return Outcome::Say(vec![Message::Move(-1)]),
                Some(Id::Back | Id::Cancel) => {
                    return Outcome::Close(vec![Message::Narrow(Narrow::Find(String::new()))]);
                }
                _ => self.input.handle(*key),
            },
            Event::Paste(text) => self.input.paste(text),
            _ => return Outcome::Consumed,
        };
        if typed == Typed::Changed {
            return Outcome::Say(vec![Message::Narrow(Narrow::Find(self.input.text().trim().to_owned()))]);
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let line = Parts::of(area).bottom;
        crate::tui::widgets::draw::blank(frame.buffer_mut(), line, &ctx.theme);
        let used = put(frame.buffer_mut(), line, " / ", ctx.theme.style(Role::Key), &ctx.theme);
        let look = Look {
            theme: &ctx.theme,
            focused: true,
            wrong: false,
            placeholder: "words, the last one may be unfinished; Enter keeps, Esc shows all",
        };
        if let Some(cursor) = self.input.draw(after(line, used), frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let asked =
            Asked::new("Find", Wants::Line).helped("Words that rows must contain; the last one may be unfinished.");
        Some(Asked { now: self.input.text().to_owned(), ..asked })
    }

    fn answer(&mut self, answer: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        let find = |text: &str| Outcome::Close(vec![Message::Narrow(Narrow::Find(text.trim().to_owned()))]);
        match answer {
            Answer::Text(text) => find(text),
            Answer::Empty => find(""),
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Finder
    }
}
