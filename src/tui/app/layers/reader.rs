//! A page to read: a guide, or what differs between two texts. It scrolls; any other key closes it.

use std::cell::Cell;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::view::page::{Page, UNBROKEN};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input as Event, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::scroll::bar;

/// How wide the popup is on wide screens.
const WIDTH: u16 = 136;

/// The widest line: longer ones are hard to read.
const MEASURE: u16 = 110;

/// What puts the text on a page, for any width.
pub type Write = Box<dyn Fn(&mut Page) + Send>;

/// A page to read.
pub struct Reader {
    title: String,
    write: Write,
    /// The first line that is shown.
    first: usize,
    /// How far it can be scrolled, and by how much at a time: drawing knows it.
    most: Cell<(usize, usize)>,
}

impl Reader {
    /// A page with a title.
    #[must_use]
    pub fn new(title: &str, write: Write) -> Self {
        Self { title: title.to_owned(), write, first: 0, most: Cell::new((0, 1)) }
    }

    fn go(&mut self, lines: isize) -> Outcome<Ctx, Message> {
        self.first = self.first.saturating_add_signed(lines).min(self.most.get().0);
        Outcome::Consumed
    }

    fn page(&self, ctx: &Ctx, cells: u16) -> Page {
        let mut page = Page::new(&ctx.theme, cells);
        (self.write)(&mut page);
        page
    }
}

impl Layer<Ctx, Message> for Reader {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let page = isize::try_from(self.most.get().1).unwrap_or(1);
        match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Confirm, *key) {
                Some(Id::PickerDown) => self.go(1),
                Some(Id::PickerUp) => self.go(-1),
                Some(Id::PickerPageDown) => self.go(page),
                Some(Id::PickerPageUp) => self.go(-page),
                Some(Id::Back | Id::Cancel | Id::No | Id::Yes) => Outcome::Close(Vec::new()),
                _ => Outcome::Consumed,
            },
            Event::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelDown => self.go(3),
                MouseKind::WheelUp => self.go(-3),
                _ => Outcome::Consumed,
            },
            _ => Outcome::Consumed,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let height = area.height.saturating_sub(2).max(6);
        let popup = Popup { theme, title: &self.title, count: "", hint: "Down, PgDn · Esc", width: WIDTH, height };
        let inner = popup.draw(area, frame.buffer_mut());
        let text = Rect { width: inner.width.saturating_sub(2), ..inner };
        let page = self.page(ctx, text.width.min(MEASURE));
        let room = usize::from(text.height);
        let most = page.draw(text, self.first, frame.buffer_mut());
        self.most.set((most, room.max(2) - 1));
        let first = self.first.min(most);
        let lines = page.lines.len();
        let track = Rect { x: inner.right().saturating_sub(1), ..inner };
        bar(frame.buffer_mut(), track, &(first..lines.min(first + room)), lines, theme);
        if !inner.is_empty() {
            frame.set_cursor_position(text.as_position());
        }
    }

    fn asked(&self, ctx: &Ctx) -> Option<Asked> {
        let mut asked = Asked::new(&self.title, Wants::YesOrNo { enter: true, text: false });
        let page = self.page(ctx, UNBROKEN).text();
        asked.help.extend(page.lines().filter(|line| !line.is_empty()).map(str::to_owned));
        asked.topic = "Read?".to_owned();
        Some(asked)
    }

    fn answer(&mut self, _: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        Outcome::Close(Vec::new())
    }

    fn place(&self) -> Where {
        Where::Confirm
    }
}
