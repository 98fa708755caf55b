//! What comes and goes, shown before it is written, with a question: a yes writes it, anything else goes back to where it was
//! typed, which keeps all of it.

use std::cell::Cell;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::review::triage::{Foreseen, Sign, Told};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::scroll::bar;

/// How wide it is on wide screens.
const WIDTH: u16 = 100;

/// The question.
pub struct Differs {
    title: String,
    /// What a yes does, above the lines.
    question: String,
    told: Vec<Told>,
    yes: Option<Message>,
    /// The first line that is shown.
    first: usize,
    /// How far it can be scrolled, and by how much at a time: drawing knows it.
    most: Cell<(usize, usize)>,
}

impl Differs {
    /// A question about what comes and goes; a yes says `yes`.
    #[must_use]
    pub fn new(title: String, question: String, told: Vec<Told>, yes: Message) -> Self {
        Self { title, question, told, yes: Some(yes), first: 0, most: Cell::new((0, 1)) }
    }

    /// The question before answers are saved; none where nothing weighty comes or goes.
    #[must_use]
    pub fn weigh(foreseen: &Foreseen, draft: &str) -> Option<Self> {
        let reference = foreseen.review.reference();
        let (question, told) = match &foreseen.difference {
            Ok(difference) if !difference.weighs() => return None,
            Ok(difference) => (format!("Saving this changes what {reference} needs. Save it?"), difference.told()),
            Err(error) => {
                let told = vec![Told { sign: Sign::Changes, text: error.to_string() }];
                (format!("What saving this would change for {reference} cannot be told. Save it all the same?"), told)
            }
        };
        let title = format!("What comes and goes: {reference}");
        Some(Self::new(title, question, told, Message::SaveAnyway(draft.to_owned())))
    }

    fn yes(&mut self) -> Outcome<Ctx, Message> {
        Outcome::Close(self.yes.take().into_iter().collect())
    }

    fn go(&mut self, lines: isize) -> Outcome<Ctx, Message> {
        self.first = self.first.saturating_add_signed(lines).min(self.most.get().0);
        Outcome::Consumed
    }

    /// The lines at a width, each with its look.
    fn lines(&self, cells: u16, theme: &Theme) -> Vec<(String, ratatui::style::Style)> {
        let mut lines = Vec::new();
        for told in &self.told {
            let (sign, role) = look(told.sign);
            for (at, line) in wrap(&told.text, cells.saturating_sub(2)).into_iter().enumerate() {
                let before = if at == 0 { sign } else { " " };
                lines.push((format!("{before} {line}"), theme.style(role)));
            }
        }
        lines
    }
}

/// The sign and the look of a line: the sign says it without colour.
const fn look(sign: Sign) -> (&'static str, Role) {
    match sign {
        Sign::Changes => ("*", Role::Accent),
        Sign::Comes => ("+", Role::Warn),
        Sign::Goes => ("-", Role::Dim),
    }
}

impl Layer<Ctx, Message> for Differs {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let page = isize::try_from(self.most.get().1).unwrap_or(1);
        match input {
            Input::Key(key) => match ctx.keymap.lookup(Where::Confirm, *key) {
                Some(Id::Yes) => self.yes(),
                Some(Id::No | Id::Back | Id::Cancel) => Outcome::Close(Vec::new()),
                Some(Id::PickerDown) => self.go(1),
                Some(Id::PickerUp) => self.go(-1),
                Some(Id::PickerPageDown) => self.go(page),
                Some(Id::PickerPageUp) => self.go(-page),
                _ => Outcome::Consumed,
            },
            Input::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelDown => self.go(3),
                MouseKind::WheelUp => self.go(-3),
                MouseKind::RightClick => Outcome::Close(Vec::new()),
                _ => Outcome::Consumed,
            },
            _ => Outcome::Consumed,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let key = |id| ctx.keymap.key_for(Where::Confirm, id).map(|key| key.to_string()).unwrap_or_default();
        let hint = format!("{} yes · {} no, nothing changes", key(Id::Yes), key(Id::No));
        let cells = WIDTH.min(area.width).saturating_sub(5);
        let question = wrap(&self.question, cells);
        let lines = self.lines(cells, theme);
        let tall = u16::try_from(question.len() + lines.len() + 3).unwrap_or(u16::MAX);
        let count = self.told.len().to_string();
        let popup = Popup { theme, title: &self.title, count: &count, hint: &hint, width: WIDTH, height: tall };
        let inner = popup.draw(area, frame.buffer_mut());
        let text = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        for (at, line) in (0..text.height).zip(&question) {
            put(frame.buffer_mut(), row(text, at), line, theme.style(Role::Text), theme);
        }
        let top = u16::try_from(question.len() + 1).unwrap_or(0).min(text.height);
        let body = Rect { y: text.y + top, height: text.height - top, ..text };
        let room = usize::from(body.height);
        let most = lines.len().saturating_sub(room);
        self.most.set((most, room.max(2) - 1));
        let first = self.first.min(most);
        for (at, (line, style)) in (0..body.height).zip(lines.iter().skip(first)) {
            put(frame.buffer_mut(), row(body, at), line, *style, theme);
        }
        let track = Rect { x: inner.right().saturating_sub(1), ..body };
        bar(frame.buffer_mut(), track, &(first..lines.len().min(first + room)), lines.len(), theme);
        if !inner.is_empty() {
            frame.set_cursor_position(text.as_position());
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let mut asked = Asked::new(&self.title, Wants::YesOrNo { enter: false, text: false });
        asked.help.extend(self.told.iter().map(|told| {
            let word = match told.sign {
                Sign::Changes => "Changes",
                Sign::Comes => "Comes",
                Sign::Goes => "Goes",
            };
            format!("{word}: {}", told.text)
        }));
        Some(asked.helped(&self.question))
    }

    fn answer(&mut self, answer: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Yes => self.yes(),
            Answer::No | Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Confirm
    }
}
