//! Popups, forms and pickers as a stack of layers: drawn from the bottom up, offered input from the top down.
//!
//! A layer answers what became of an input, and what it has to say to the program; it never reaches into the program. `C` is
//! what layers may look at (theme, keys, texts), `M` what they can say: the program decides both.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::asked::{Answer, Asked};
use super::command::Where;
use super::event::Input;

/// What became of an input.
pub enum Outcome<C, M> {
    /// Not for this layer: the one below may have it, unless this one is modal.
    Ignored,
    /// Dealt with.
    Consumed,
    /// Dealt with, and this is for the program.
    Say(Vec<M>),
    /// Dealt with; this layer is done and goes, and this is for the program.
    Close(Vec<M>),
    /// Dealt with; this one comes on top.
    Open(Box<dyn Layer<C, M>>),
    /// Dealt with; this one takes the place of the layer.
    Replace(Box<dyn Layer<C, M>>),
}

/// Something that lies on the screen.
pub trait Layer<C, M> {
    /// Deals with an input, or leaves it.
    fn handle(&mut self, input: &Input, context: &C) -> Outcome<C, M>;

    /// Deals with a message of the program, such as the answer to a query, or leaves it.
    fn hear(&mut self, message: &M, context: &C) -> Outcome<C, M> {
        let _ = (message, context);
        Outcome::Ignored
    }

    /// Draws it. `area` is the whole screen; what lies below is drawn already.
    fn draw(&self, frame: &mut Frame<'_>, area: Rect, context: &C);

    /// What it asks, in words, for front ends that do not draw. None where it has no words for it: such a layer is read
    /// out as it is drawn, and answered with keys.
    fn asked(&self, context: &C) -> Option<Asked> {
        let _ = context;
        None
    }

    /// Deals with an answer to what it asked in words, or leaves it.
    fn answer(&mut self, answer: &Answer, context: &C) -> Outcome<C, M> {
        let _ = (answer, context);
        Outcome::Ignored
    }

    /// What kind of place it is, which decides what keys mean.
    fn place(&self) -> Where;

    /// Whether what it ignores stops here. A popup does; a passing note does not.
    fn modal(&self) -> bool {
        true
    }

    /// Whether it covers the whole screen, so that nothing below need be drawn.
    fn covers(&self) -> bool {
        false
    }
}

/// The stack, the top last.
pub struct Layers<C, M> {
    stack: Vec<Box<dyn Layer<C, M>>>,
}

impl<C, M> Default for Layers<C, M> {
    fn default() -> Self {
        Self { stack: Vec::new() }
    }
}

impl<C, M> Layers<C, M> {
    /// Puts a layer on top.
    pub fn push(&mut self, layer: Box<dyn Layer<C, M>>) {
        self.stack.push(layer);
    }

    /// Takes the top layer away.
    pub fn pop(&mut self) -> Option<Box<dyn Layer<C, M>>> {
        self.stack.pop()
    }

    /// Takes all layers away.
    pub fn clear(&mut self) {
        self.stack.clear();
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stack.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    /// What kind of place the keys go to; none when no layer takes them.
    #[must_use]
    pub fn place(&self) -> Option<Where> {
        self.stack.iter().rev().find(|layer| layer.modal()).map(|layer| layer.place())
    }

    /// Whether the screen below is hidden whole.
    #[must_use]
    pub fn covered(&self) -> bool {
        self.stack.iter().any(|layer| layer.covers())
    }

    /// Offers an input from the top down. None when no layer wanted it and none keeps it from the screen below; else what the
    /// layers have to say.
    pub fn handle(&mut self, input: &Input, context: &C) -> Option<Vec<M>> {
        self.offer(|layer| (layer.handle(input, context), layer.modal()))
    }

    /// Offers a message of the program from the top down. None when no layer was waiting for it.
    pub fn hear(&mut self, message: &M, context: &C) -> Option<Vec<M>> {
        self.offer(|layer| (layer.hear(message, context), false))
    }

    fn offer(&mut self, mut ask: impl FnMut(&mut dyn Layer<C, M>) -> (Outcome<C, M>, bool)) -> Option<Vec<M>> {
        for at in (0..self.stack.len()).rev() {
            let (outcome, stops) = ask(self.stack[at].as_mut());
            match self.take(at, outcome) {
                None if stops => return Some(Vec::new()),
                None => {}
                said => return said,
            }
        }
        None
    }

    /// Does what a layer wants done to the stack. None where it left the input.
    fn take(&mut self, at: usize, outcome: Outcome<C, M>) -> Option<Vec<M>> {
        match outcome {
            Outcome::Ignored => return None,
            Outcome::Consumed => {}
            Outcome::Say(messages) => return Some(messages),
            Outcome::Close(messages) => {
                self.stack.remove(at);
                return Some(messages);
            }
            Outcome::Open(layer) => self.stack.insert(at + 1, layer),
            Outcome::Replace(layer) => self.stack[at] = layer,
        }
        Some(Vec::new())
    }

    /// What the top layer asks, in words; none when there is no layer, or it has no words for it.
    #[must_use]
    pub fn asked(&self, context: &C) -> Option<Asked> {
        self.stack.last()?.asked(context)
    }

    /// Gives the top layer an answer. None when it is no answer to what it asked; else what it has to say.
    pub fn answer(&mut self, answer: &Answer, context: &C) -> Option<Vec<M>> {
        let at = self.stack.len().checked_sub(1)?;
        let outcome = self.stack[at].answer(answer, context);
        self.take(at, outcome)
    }

    /// Draws all layers that can be seen, from the bottom up.
    pub fn draw(&self, frame: &mut Frame<'_>, context: &C) {
        let area = frame.area();
        let first = self.stack.iter().rposition(|layer| layer.covers()).unwrap_or(0);
        for layer in &self.stack[first..] {
            layer.draw(frame, area, context);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::widgets::Paragraph;

    use super::*;
    use crate::tui::keys::Key;

    /// Shows its letter in its column; says its letter to its own key, and has a few keys for the rest.
    struct Letter {
        sign: char,
        modal: bool,
        covers: bool,
    }

    fn letter(sign: char) -> Letter {
        Letter { sign, modal: false, covers: false }
    }

    impl Layer<(), String> for Letter {
        fn handle(&mut self, input: &Input, (): &()) -> Outcome<(), String> {
            match input {
                Input::Key(key) if *key == Key::char(self.sign) => Outcome::Say(vec![self.sign.to_string()]),
                Input::Key(key) if *key == Key::char('x') => Outcome::Close(vec![format!("bye {}", self.sign)]),
                Input::Key(key) if *key == Key::char('o') => Outcome::Open(Box::new(letter('n'))),
                Input::Key(key) if *key == Key::char('r') => Outcome::Replace(Box::new(letter('s'))),
                Input::Key(key) if *key == Key::char('c') => Outcome::Consumed,
                _ => Outcome::Ignored,
            }
        }

        fn hear(&mut self, message: &String, (): &()) -> Outcome<(), String> {
            if message.starts_with(self.sign) { Outcome::Close(Vec::new()) } else { Outcome::Ignored }
        }

        fn draw(&self, frame: &mut Frame<'_>, area: Rect, (): &()) {
            if self.covers {
                frame.render_widget(Paragraph::new("...."), area);
            }
            let column = Rect { x: u16::from(self.sign as u8 - b'a').min(3), width: 1, ..area };
            frame.render_widget(Paragraph::new(self.sign.to_string()), column.intersection(area));
        }

        fn place(&self) -> Where {
            if self.sign == 'a' { Where::Form } else { Where::Picker }
        }

        fn modal(&self) -> bool {
            self.modal
        }

        fn covers(&self) -> bool {
            self.covers
        }
    }

    fn stack(layers: Vec<Letter>) -> Layers<(), String> {
        let mut stack = Layers::default();
        for layer in layers {
            stack.push(Box::new(layer));
        }
        stack
    }

    fn press(stack: &mut Layers<(), String>, c: char) -> Option<Vec<String>> {
        stack.handle(&Input::Key(Key::char(c)), &())
    }

    fn screen(stack: &Layers<(), String>) -> String {
        let mut terminal = Terminal::new(TestBackend::new(4, 1)).unwrap();
        terminal.draw(|frame| stack.draw(frame, &())).unwrap();
        terminal.backend().to_string().trim_matches(['"', '\n']).to_owned()
    }

    #[test]
    fn keys_go_from_the_top_down() {
        let mut stack = stack(vec![letter('a'), letter('b')]);
        assert_eq!(press(&mut stack, 'b'), Some(vec!["b".to_owned()]));
        assert_eq!(press(&mut stack, 'a'), Some(vec!["a".to_owned()]));
        assert_eq!(press(&mut stack, 'z'), None);
        assert_eq!(press(&mut stack, 'c'), Some(Vec::new()));
        assert_eq!(press(&mut stack, 'x'), Some(vec!["bye b".to_owned()]));
        assert_eq!((stack.len(), screen(&stack).as_str()), (1, "a   "));
    }

    #[test]
    fn a_modal_layer_keeps_what_it_does_not_want() {
        let mut stack = stack(vec![letter('a'), Letter { modal: true, ..letter('b') }]);
        assert_eq!(press(&mut stack, 'a'), Some(Vec::new()));
        assert_eq!(stack.place(), Some(Where::Picker));
    }

    #[test]
    fn layers_open_and_replace_layers() {
        let mut stack = stack(vec![letter('a'), letter('b')]);
        press(&mut stack, 'o');
        assert_eq!((stack.len(), screen(&stack).as_str()), (3, "ab n"));
        press(&mut stack, 'r');
        assert_eq!((stack.len(), screen(&stack).as_str()), (3, "ab s"));
        stack.clear();
        assert!(stack.is_empty() && press(&mut stack, 'o').is_none());
    }

    #[test]
    fn messages_reach_the_layer_that_waits() {
        let mut stack = stack(vec![letter('a'), Letter { modal: true, ..letter('b') }]);
        assert_eq!(stack.hear(&"a is answered".to_owned(), &()), Some(Vec::new()));
        assert_eq!(screen(&stack), " b  ");
        assert_eq!(stack.hear(&"z".to_owned(), &()), None);
    }

    #[test]
    fn what_is_covered_is_not_drawn() {
        let mut stack = stack(vec![letter('a'), Letter { covers: true, ..letter('b') }, letter('c')]);
        assert_eq!(screen(&stack), ".bc.");
        assert!(stack.covered());
        assert_eq!(stack.pop().map(|layer| layer.place()), Some(Where::Picker));
    }
}
