//! The search over everything: the best matches as it is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::reads;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input as Event, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::list::{Cell, Column, List, Row};
use crate::tui::widgets::picker::Choice;
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};
use crate::workspace::Hit;

/// What is done with what was chosen: the id of a record, or the text where nothing says it.
pub type Taken = Box<dyn Fn(&str, &Ctx) -> Vec<Message> + Send>;

/// The search.
#[derive(Default)]
pub struct Search {
    /// What it is for, and what becomes of what was chosen; opens it, where nothing is said.
    take: Option<(String, Taken)>,
    input: TextLine,
    hits: Vec<Hit>,
    selected: usize,
    asked: u64,
    answered: u64,
    failure: Option<String>,
}

impl Search {
    /// A search for something to be taken rather than opened. What is typed is taken as it is where nothing says it.
    #[must_use]
    pub fn taking(title: &str, take: Taken) -> Self {
        Self { take: Some((title.to_owned(), take)), ..Self::default() }
    }

    fn title(&self) -> &str {
        self.take.as_ref().map_or("Search everything", |(title, _)| title.as_str())
    }

    fn go(&mut self, rows: isize) {
        self.selected = self.selected.saturating_add_signed(rows).min(self.hits.len().saturating_sub(1));
    }

    fn ask(&mut self) -> Outcome<Ctx, Message> {
        self.selected = 0;
        if self.input.text().trim().is_empty() {
            self.hits.clear();
            return Outcome::Consumed;
        }
        self.asked += 1;
        Outcome::Say(vec![Message::Ask(vec![reads::search(self.input.text(), self.asked)])])
    }

    /// A hit in words: what it is, and the passage without the signs around its matches.
    fn choice(hit: &Hit) -> Choice {
        let passage: String = hit.passage.split(['\u{1}', '\u{2}']).collect();
        Choice::new(format!("{} {}", hit.reference, hit.title)).about(format!("{}: {passage}", hit.kind.label))
    }

    fn open(&self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if let Some((_, take)) = &self.take {
            let typed = self.input.text().trim();
            return match self.hits.get(self.selected) {
                Some(hit) => Outcome::Close(take(&hit.id, ctx)),
                // Its answer is still on the way.
                None if typed.is_empty() || self.answered < self.asked => Outcome::Consumed,
                None => Outcome::Close(take(typed, ctx)),
            };
        }
        match self.hits.get(self.selected) {
            Some(hit) => Outcome::Close(vec![Message::OpenNamed(hit.id.clone())]),
            None => Outcome::Consumed,
        }
    }

    fn row<'a>(hit: &'a Hit, ctx: &'a Ctx) -> Row<'a> {
        let theme = &ctx.theme;
        let mut passage = Vec::new();
        for (at, piece) in hit.passage.split(['\u{1}', '\u{2}']).enumerate() {
            // Pieces between U+0001 and U+0002 are matches.
            let role = if at % 2 == 1 { Role::Match } else { Role::Dim };
            passage.push(Span::styled(piece, theme.style(role)));
        }
        Row::of([
            Cell::styled(hit.reference.as_str(), theme.style(Role::Accent)),
            Cell::styled(hit.kind.label, theme.style(Role::Dim)),
            Cell::from(hit.title.as_str()),
            Cell(passage),
        ])
    }
}

impl Layer<Ctx, Message> for Search {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Picker, *key) {
                Some(Id::PickerAccept) => return self.open(ctx),
                Some(Id::PickerDown) => {
                    self.go(1);
                    return Outcome::Consumed;
                }
                Some(Id::PickerUp) => {
                    self.go(-1);
                    return Outcome::Consumed;
                }
                Some(Id::PickerPageDown) => {
                    self.go(10);
                    return Outcome::Consumed;
                }
                Some(Id::PickerPageUp) => {
                    self.go(-10);
                    return Outcome::Consumed;
                }
                Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
                _ => self.input.handle(*key),
            },
            Event::Paste(text) => self.input.paste(text),
            Event::Mouse(mouse) => {
                match mouse.kind {
                    MouseKind::WheelDown => self.go(3),
                    MouseKind::WheelUp => self.go(-3),
                    _ => {}
                }
                return Outcome::Consumed;
            }
            _ => return Outcome::Consumed,
        };
        if typed != Typed::Changed {
            return Outcome::Consumed;
        }
        self.ask()
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        let Message::Found(token, found) = message else { return Outcome::Ignored };
        if *token >= self.answered {
            self.answered = *token;
            match found {
                Ok(hits) => {
                    self.hits.clone_from(hits);
                    self.failure = None;
                }
                Err(error) => self.failure = Some(error.to_string()),
            }
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let count = if self.hits.len() >= 100 { "100 or more".to_owned() } else { self.hits.len().to_string() };
        let popup = Popup {
            theme,
            title: self.title(),
            count: if self.input.is_empty() { "" } else { &count },
            hint: if self.take.is_some() { "Enter takes it · Esc" } else { "Enter opens · Esc" },
            width: 150,
            height: area.height.saturating_sub(4).max(10),
        };
        let inner = popup.draw(area, frame.buffer_mut());
        let look = Look { theme, focused: true, wrong: false, placeholder: "a word, or the start of one; a reference" };
        let line = Rect { height: 1.min(inner.height), ..inner };
        if let Some(cursor) = self.input.draw(line, frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
        let body = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        let room = List::room(body.height, false);
        let top = (self.selected + 1).saturating_sub(room.max(1));
        let rows: Vec<Row<'_>> = self.hits.iter().skip(top).take(room).map(|hit| Self::row(hit, ctx)).collect();
        let columns = [
            Column::fixed("", 9, 9),
            Column::fixed("", 14, 3),
            Column::flexible("", 12, 60, 8),
            Column::flexible("", 12, 90, 5),
        ];
        let empty = match (&self.failure, self.input.is_empty(), self.answered < self.asked) {
            (Some(failure), ..) => failure.as_str(),
            (_, true, _) => "Every text field of every record is searched.",
            (_, _, true) => "Searching …",
            _ => "Nothing says that.",
        };
        let selected = (!rows.is_empty()).then(|| self.selected - top);
        let list = List { theme, columns: &columns, rows: &rows, selected, focused: true, header: false, empty };
        (&list).render(body, frame.buffer_mut());
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let wants = if self.hits.is_empty() {
            Wants::Line
        } else {
            let choices = self.hits.iter().map(Self::choice).collect();
            Wants::Choice { choices, many: false, at: None, typed: true }
        };
        let help = match (self.input.is_empty(), self.hits.is_empty()) {
            (true, _) => {
                "A word, or the start of one; a reference. Every text field of every record is searched.".to_owned()
            }
            (false, true) => format!("Nothing says “{}”.", self.input.text()),
            (false, false) => format!("What says “{}”, the best first. Other words search again.", self.input.text()),
        };
        Some(Asked { problem: self.failure.clone(), ..Asked::new(self.title(), wants).helped(help) })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Text(text) => {
                self.input.set(text);
                self.ask()
            }
            Answer::Chosen(places) => {
                self.selected = places.first().copied().unwrap_or(0);
                self.open(ctx)
            }
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}
