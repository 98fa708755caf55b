//! Minutes as they are typed, and notes that the room does not see.
//!
//! Every key is kept as a draft, so that a kill loses nothing; what was typed becomes one change of the record when the line
//! is left, so that undo takes it back as a whole and the history stays legible. Where somebody else wrote meanwhile, both
//! texts are kept, one after the other.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::step;
use crate::meeting;
use crate::record::{AGENDA_ITEM, Record, Value};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::draft_of;
use crate::tui::app::message::{Message, Purpose};
use crate::tui::app::present::read::draft_key;
use crate::tui::app::writes;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input;
use crate::tui::keys::{Code, Key};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::prose::Prose;
use crate::tui::widgets::text_line::{Look, Typed};
use crate::workspace::Error;

/// Minutes, or notes, being typed.
pub struct Typing {
    item: String,
    reference: String,
    title: String,
    private: bool,
    /// The text that typing began from.
    seen: String,
    prose: Prose,
    problem: Option<String>,
    /// Whether it could not be saved as it stands; leaving once more then keeps the draft.
    failed: bool,
    saving: bool,
}

impl Typing {
    /// Goes on with the minutes of an item, or with the notes on it; `typed` is what was typed before and not saved.
    #[must_use]
    pub fn new(item: &Record, private: bool, typed: Option<&str>) -> Self {
        let field = if private { "notes" } else { "minutes" };
        let seen = item.text(field).unwrap_or_default().to_owned();
        let mut prose = Prose::with(typed.unwrap_or(&seen));
        prose.handle(Key { control: true, ..Key::plain(Code::End) });
        let what = if private { "Notes that the room does not see" } else { "Minutes" };
        Self {
            item: item.id().to_owned(),
            reference: item.reference().to_owned(),
            title: format!("{what}: {}", crate::text::fit(item.title(), 60)),
            private,
            seen,
            prose,
            problem: None,
            failed: false,
            saving: false,
        }
    }

    fn key(&self) -> String {
        draft_key(&self.reference, self.private)
    }

    /// Keeps what was typed so far.
    fn keep(&self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let body = serde_json::json!({ "text": self.prose.text() });
        Outcome::Say(vec![Message::Ask(vec![draft_of(&self.key(), &self.title, body, ctx)])])
    }

    /// Saves what was typed, and goes when that is done.
    fn save(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if self.saving {
            return Outcome::Consumed;
        }
        let text = self.prose.text();
        if text.trim_end() == self.seen.trim_end() {
            return Outcome::Close(vec![Message::Ask(vec![writes::drop_draft(&self.key())])]);
        }
        self.saving = true;
        let (item, seen, private) = (self.item.clone(), self.seen.clone(), self.private);
        let effect = step(ctx, Purpose::Minutes, move |workspace, _| {
            if !private {
                return meeting::minute(workspace, &item, &seen, &text);
            }
            let item = workspace.get(&AGENDA_ITEM, &item)?;
            let edits = vec![super::edit(&item, vec![("notes", Value::text(text.trim_end()))])];
            Ok(meeting::Step { what: format!("{}: a note of one's own", item.reference()), why: String::new(), edits })
        });
        Outcome::Say(vec![Message::Ask(vec![effect])])
    }

    /// Puts what somebody else wrote meanwhile before what was typed here.
    fn merge(&mut self, theirs: &Record) {
        let theirs = theirs.text(if self.private { "notes" } else { "minutes" }).unwrap_or_default().to_owned();
        let ours = self.prose.text();
        let new = ours.strip_prefix(self.seen.trim_end()).map_or(ours.as_str(), |rest| rest.trim_start_matches('\n'));
        self.prose.set(format!("{}\n{}", theirs.trim_end(), new.trim_end()).trim_start());
        self.prose.handle(Key { control: true, ..Key::plain(Code::End) });
        self.seen = theirs;
        self.problem =
            Some("Somebody else wrote here meanwhile. Their text stands before yours now; save again.".to_owned());
    }
}

impl Layer<Ctx, Message> for Typing {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Input::Key(key) => match ctx.keymap.lookup(Where::Prose, *key) {
                Some(Id::Back | Id::Cancel) if self.failed => {
                    return Outcome::Close(vec![Message::Say(
                        "Not saved; what you typed is kept as a draft".to_owned(),
                    )]);
                }
                Some(Id::Save | Id::Back | Id::Cancel) => return self.save(ctx),
                _ => self.prose.handle(*key),
            },
            Input::Paste(text) => self.prose.paste(text),
            _ => Typed::Moved,
        };
        if typed != Typed::Changed {
            return Outcome::Consumed;
        }
        (self.problem, self.failed) = (None, false);
        self.keep(ctx)
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        let Message::Wrote { purpose: Purpose::Minutes, result } = message else { return Outcome::Ignored };
        self.saving = false;
        match result {
            Ok(_) => return Outcome::Close(vec![Message::Ask(vec![writes::drop_draft(&self.key())])]),
            Err(Error::Stale { theirs, .. }) => {
                let theirs = theirs.clone();
                self.merge(&theirs);
            }
            Err(error) => {
                self.failed = true;
                self.problem = Some(format!("{error} Esc keeps the draft and goes back."));
            }
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let height = (area.height / 2).max(10);
        let popup = Popup {
            theme,
            title: &self.title,
            count: if self.saving { "saving …" } else { "kept as you type" },
            hint: "Esc saves and goes back",
            width: area.width.saturating_sub(8).max(40),
            height,
        };
        let inner = popup.draw(area, frame.buffer_mut());
        let told = u16::from(self.problem.is_some()).min(inner.height);
        let text = Rect { height: inner.height - told, ..inner };
        let look = Look { theme, focused: true, wrong: false, placeholder: "What was said and agreed" };
        if let Some(cursor) = self.prose.draw(text, frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
        if let Some(problem) = &self.problem {
            put(frame.buffer_mut(), row(inner, text.height), problem, theme.style(Role::Error), theme);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let asked = Asked::new(&self.title, Wants::Text);
        Some(Asked { now: self.prose.text(), problem: self.problem.clone(), kept: true, ..asked })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::SoFar(text) => {
                self.prose.set(text);
                self.keep(ctx)
            }
            Answer::Text(text) => {
                self.prose.set(text);
                self.save(ctx)
            }
            Answer::Empty => {
                self.prose.set("");
                self.save(ctx)
            }
            Answer::Keep | Answer::Leave | Answer::Finish => self.save(ctx),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Prose
    }
}
