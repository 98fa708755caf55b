//! A question that is answered with one line: a due date, a filter, a reason, a path.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::writes;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input as Event;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};

/// What an answer is taken for: what to do, or what is wrong with it.
pub type Take = Box<dyn FnMut(&str, &Ctx) -> Result<Vec<Message>, String> + Send>;

/// Says how an answer would be understood, while it is typed.
pub type Understand = Box<dyn Fn(&str, &Ctx) -> Result<String, String> + Send>;

/// A question with one line for the answer.
pub struct Prompt {
    title: String,
    help: String,
    placeholder: String,
    /// What is there now, which an empty answer takes away; none where nothing is being changed.
    present: Option<String>,
    input: TextLine,
    take: Take,
    understand: Option<Understand>,
    problem: Option<String>,
    /// Whether nobody may see what is typed.
    secret: bool,
    /// Where what is typed is kept, and under which title it is offered again.
    draft: Option<(String, String)>,
}

impl Prompt {
    /// A question.
    #[must_use]
    pub fn new(title: &str, help: &str, take: Take) -> Self {
        Self {
            title: title.to_owned(),
            help: help.to_owned(),
            placeholder: String::new(),
            present: None,
            input: TextLine::default(),
            take,
            understand: None,
            problem: None,
            secret: false,
            draft: None,
        }
    }

    /// The same, saying what was wrong with the answer before.
    #[must_use]
    pub fn wrong(self, problem: Option<String>) -> Self {
        Self { problem, ..self }
    }

    /// The same for a passphrase: of what is typed only its length is shown, and it is not trimmed.
    #[must_use]
    pub fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The same, keeping what is typed as a draft. Whoever takes the answer drops the draft once it is written.
    #[must_use]
    pub fn kept(self, key: &str, title: &str) -> Self {
        Self { draft: Some((key.to_owned(), title.to_owned())), ..self }
    }

    /// The same, starting from a text.
    #[must_use]
    pub fn starting(mut self, text: &str) -> Self {
        self.input.set(text);
        self
    }

    /// The same, with what stands there while nothing is typed.
    #[must_use]
    pub fn suggesting(mut self, text: &str) -> Self {
        text.clone_into(&mut self.placeholder);
        self
    }

    /// The same, about something that is there now; an empty answer takes it away.
    #[must_use]
    pub fn changing(self, now: &str) -> Self {
        Self { present: Some(now.to_owned()), ..self.suggesting(now) }
    }

    /// The same, saying how the answer would be understood.
    #[must_use]
    pub fn understanding(mut self, understand: Understand) -> Self {
        self.understand = Some(understand);
        self
    }
}

impl Prompt {
    fn answered(&mut self, text: &str, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match (self.take)(if self.secret { text } else { text.trim() }, ctx) {
            Ok(messages) => Outcome::Close(messages),
            Err(problem) => {
                self.problem = Some(problem);
                Outcome::Consumed
            }
        }
    }

    /// Takes an answer that was given as a whole, and says how it was understood.
    fn given(&mut self, text: &str, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.input.set(text);
        let understood = self.understand.as_ref().and_then(|understand| understand(text, ctx).ok());
        match (self.answered(text, ctx), understood) {
            (Outcome::Close(messages), Some(understood)) => {
                let said = Message::Say(format!("Understood: {understood}"));
                Outcome::Close(std::iter::once(said).chain(messages).collect())
            }
            (outcome, _) => outcome,
        }
    }
}

impl Prompt {
    /// Keeps what was typed, where it is to be kept; nothing typed is no draft.
    fn keep(&self, ctx: &Ctx) -> Vec<Message> {
        let Some((key, title)) = &self.draft else { return Vec::new() };
        let text = self.input.text();
        let effect = if text.trim().is_empty() {
            writes::drop_draft(key)
        } else {
            super::draft_of(key, title, serde_json::json!({ "text": text }), ctx)
        };
        vec![Message::Ask(vec![effect])]
    }

    /// Goes; says where what was typed is.
    fn leave(&self) -> Outcome<Ctx, Message> {
        let is_kept = self.draft.is_some() && !self.input.text().trim().is_empty();
        let said = Message::Say("What you typed is kept: open this again, or Drafts, to go on".to_owned());
        Outcome::Close(is_kept.then_some(said).into_iter().collect())
    }
}

impl Layer<Ctx, Message> for Prompt {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Quick, *key) {
                Some(Id::QuickSave) => {
                    let text = self.input.text().to_owned();
                    return self.answered(&text, ctx);
                }
                Some(Id::Back | Id::Cancel) => return self.leave(),
                _ => self.input.handle(*key),
            },
            Event::Paste(text) => self.input.paste(text),
            _ => Typed::Moved,
        };
        if typed == Typed::Changed {
            self.problem = None;
            let kept = self.keep(ctx);
            return if kept.is_empty() { Outcome::Consumed } else { Outcome::Say(kept) };
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let popup = Popup { theme, title: &self.title, count: "", hint: "Enter takes it · Esc", width: 84, height: 8 };
        let inner = popup.draw(area, frame.buffer_mut());
        let wrong = self.problem.is_some();
        let look = Look { theme, focused: true, wrong, placeholder: &self.placeholder };
        let hidden = self.secret.then(|| TextLine::with(&"*".repeat(self.input.text().chars().count())));
        if let Some(cursor) = hidden.as_ref().unwrap_or(&self.input).draw(row(inner, 0), frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
        let understood = self.understand.as_ref().filter(|_| !self.input.is_empty());
        let (text, role) = match (&self.problem, understood.map(|understand| understand(self.input.text(), ctx))) {
            (Some(problem), _) => (problem.clone(), Role::Error),
            (None, Some(Ok(text))) => (text, Role::Good),
            (None, Some(Err(text))) => (text, Role::Dim),
            (None, None) if self.present.is_some() => (format!("{} Empty takes it away.", self.help), Role::Dim),
            (None, None) => (self.help.clone(), Role::Dim),
        };
        for (at, line) in (2..inner.height).zip(wrap(&text, inner.width)) {
            put(frame.buffer_mut(), row(inner, at), &line, theme.style(role), theme);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        if self.secret {
            let seen = "What you type here can be read on the terminal; `probity decision sign --passphrase-file` \
                        takes it from a file.";
            let asked = Asked::new(&self.title, Wants::Line).helped(&self.help).helped(seen);
            return Some(Asked { problem: self.problem.clone(), ..asked });
        }
        Some(Asked {
            problem: self.problem.clone(),
            now: self.present.clone().unwrap_or_else(|| self.input.text().to_owned()),
            ..Asked::new(&self.title, Wants::Line).helped(&self.help)
        })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Text(text) => self.given(text, ctx),
            Answer::Keep if self.present.is_none() => {
                let text = self.input.text().to_owned();
                self.answered(&text, ctx)
            }
            Answer::Empty => self.answered("", ctx),
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Quick
    }
}
