//! A question that wants a yes, given with another key than the one that asked.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::asked::{Answer as Said, Asked, Wants};
use crate::tui::command::Where;
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::widgets::question::{Answer, Question};

/// A question.
pub struct Confirm {
    question: Question,
    effects: Vec<Effect>,
}

impl Confirm {
    /// A question; a yes brings about the effects.
    #[must_use]
    pub fn new(title: &str, text: &str, effects: Vec<Effect>) -> Self {
        Self { question: Question { title: title.to_owned(), text: text.to_owned() }, effects }
    }
}

impl Layer<Ctx, Message> for Confirm {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match self.question.handle(input, &ctx.keymap) {
            Answer::Yes => Outcome::Close(vec![Message::Ask(std::mem::take(&mut self.effects))]),
            Answer::No => Outcome::Close(Vec::new()),
            Answer::Open => Outcome::Consumed,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        if let Some(cursor) = self.question.draw(area, frame.buffer_mut(), &ctx.theme, &ctx.keymap) {
            frame.set_cursor_position(cursor);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let wants = Wants::YesOrNo { enter: false, text: false };
        Some(Asked::new(&self.question.title, wants).helped(&self.question.text))
    }

    fn answer(&mut self, answer: &Said, _: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Said::Yes => Outcome::Close(vec![Message::Ask(std::mem::take(&mut self.effects))]),
            Said::No | Said::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Confirm
    }
}
