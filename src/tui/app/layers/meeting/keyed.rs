//! A short list of which each line has a key of its own: one key chooses, so that a decision takes three.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{Align, put, put_spans, row, wrap};
use crate::tui::widgets::picker::Choice;
use crate::tui::widgets::popup::Popup;

/// A line of it.
pub struct Key {
    /// The letter that chooses it.
    pub letter: char,
    /// What it is.
    pub label: String,
    /// A line about it.
    pub about: String,
}

impl Key {
    /// A line.
    pub fn new(letter: char, label: impl Into<String>, about: impl Into<String>) -> Self {
        Self { letter, label: label.into(), about: about.into() }
    }
}

/// What is done with the line that was chosen, by its place.
pub type Take = Box<dyn Fn(usize, &Ctx) -> Vec<Message> + Send>;

/// The list.
pub struct Keyed {
    title: String,
    /// What should be known before anything is chosen.
    notice: Option<String>,
    keys: Vec<Key>,
    selected: usize,
    take: Take,
}

impl Keyed {
    /// A list.
    #[must_use]
    pub fn new(title: impl Into<String>, keys: Vec<Key>, take: Take) -> Self {
        Self { title: title.into(), notice: None, keys, selected: 0, take }
    }

    /// The same with the line selected that Enter takes.
    #[must_use]
    pub fn at(self, selected: usize) -> Self {
        Self { selected: selected.min(self.keys.len().saturating_sub(1)), ..self }
    }

    /// The same with a word of warning.
    #[must_use]
    pub fn warning(self, notice: Option<String>) -> Self {
        Self { notice, ..self }
    }

    fn choose(&self, at: usize, ctx: &Ctx) -> Outcome<Ctx, Message> {
        Outcome::Close((self.take)(at, ctx))
    }
}

impl Layer<Ctx, Message> for Keyed {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let Input::Key(key) = input else { return Outcome::Consumed };
        if let Some(at) = key.types().and_then(|c| self.keys.iter().position(|line| line.letter == c)) {
            return self.choose(at, ctx);
        }
        match ctx.keymap.lookup(Where::Picker, *key) {
            Some(Id::PickerUp) => self.selected = self.selected.saturating_sub(1),
            Some(Id::PickerDown) => self.selected = (self.selected + 1).min(self.keys.len().saturating_sub(1)),
            Some(Id::PickerAccept) => return self.choose(self.selected, ctx),
            Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
            _ => {}
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let width = 84.min(area.width);
        let notice = self.notice.as_deref().map(|text| wrap(text, width.saturating_sub(4))).unwrap_or_default();
        let told = u16::try_from(notice.len()).unwrap_or(0);
        let lines = u16::try_from(self.keys.len()).unwrap_or(u16::MAX);
        let popup = Popup {
            theme,
            title: &self.title,
            count: "",
            hint: "a letter, or Enter · Esc",
            width,
            height: lines.saturating_add(told).saturating_add(2 + u16::from(told > 0)),
        };
        let inner = popup.draw(area, frame.buffer_mut());
        for (at, line) in (0..inner.height).zip(&notice) {
            put(frame.buffer_mut(), row(inner, at), line, theme.style(Role::Warn), theme);
        }
        let top = if told > 0 { told + 1 } else { 0 };
        let room = usize::from(inner.height.saturating_sub(top));
        let first = (self.selected + 1).saturating_sub(room.max(1));
        for (y, (at, key)) in (top..inner.height).zip(self.keys.iter().enumerate().skip(first)) {
            let here = at == self.selected;
            let marker = if here { theme.glyph(Glyph::Marker) } else { " " };
            let spans = [
                Span::styled(format!("{marker} "), theme.style(Role::Accent)),
                Span::styled(format!("{}  ", key.letter), theme.style(Role::Key)),
                Span::styled(format!("{:<24}", key.label), theme.style(Role::Text)),
                Span::styled(format!("  {}", key.about), theme.style(Role::Dim)),
            ];
            let place = row(inner, y);
            put_spans(frame.buffer_mut(), place, &spans, Align::Left, theme);
            if here {
                frame.buffer_mut().set_style(place, theme.style(Role::Selection));
                frame.set_cursor_position(place.as_position());
            }
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let choices = self.keys.iter().map(|key| Choice::new(&key.label).about(&key.about)).collect();
        let wants = Wants::Choice { choices, many: false, at: Some(self.selected), typed: true };
        let asked = Asked { notice: self.notice.clone(), ..Asked::new(&self.title, wants) };
        let letters: Vec<String> = self.keys.iter().map(|key| format!("{} {}", key.letter, key.label)).collect();
        Some(asked.helped(format!("Letters: {}.", letters.join(", "))))
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Chosen(places) => match places.first() {
                Some(at) if *at < self.keys.len() => self.choose(*at, ctx),
                _ => Outcome::Consumed,
            },
            Answer::Text(text) => {
                let (text, mut letters) = (text.trim().to_lowercase(), text.trim().chars());
                let letter = letters.next().filter(|_| letters.next().is_none());
                let named = self.keys.iter().position(|key| {
                    Some(key.letter) == letter || !text.is_empty() && key.label.to_lowercase().starts_with(&text)
                });
                match named {
                    Some(at) => self.choose(at, ctx),
                    None => Outcome::Say(vec![Message::Complain(format!("“{text}” is none of these."))]),
                }
            }
            Answer::Keep => self.choose(self.selected, ctx),
            Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}
