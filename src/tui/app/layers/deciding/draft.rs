//! What was typed into the form of a decision and not decided yet: kept with every key, and back when the form opens again.

use serde_json::{Value as Json, json};

use super::{Deciding, Part};
use crate::record::Record;
use crate::record::decision::KINDS;
use crate::review::decide::Ask;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::{choose, decide, draft_of};
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::Slot;
use crate::tui::app::writes;
use crate::tui::layer::Outcome;
use crate::tui::widgets::text_line::TextLine;
use crate::workspace::Draft;

/// The first part of the keys of these drafts.
pub const KEY: &str = "decide";

impl Deciding {
    /// What its draft is kept under: the record and the kind of decision.
    #[must_use]
    pub fn draft_key(&self) -> String {
        let subject = self.ask.subject.as_ref().map_or("", Record::reference);
        format!("{KEY}/{subject}/{}", self.ask.kind)
    }

    /// Keeps what was typed.
    pub(super) fn keep(&self, ctx: &Ctx) -> Effect {
        let lines: Vec<Json> = self.lines.iter().map(|(part, line)| json!([part.label(), line.text()])).collect();
        let body = json!({ "outcome": self.ask.outcome, "lines": lines });
        draft_of(&self.draft_key(), &self.title(), body, ctx)
    }

    pub(super) fn drop_draft(&self) -> Effect {
        writes::drop_draft(&self.draft_key())
    }

    /// Goes, or asks what becomes of what was typed.
    pub(super) fn leave(&self) -> Outcome<Ctx, Message> {
        if self.saving || self.texts() == self.begun || self.lines.iter().all(|(_, line)| line.text().trim().is_empty())
        {
            return Outcome::Close(Vec::new());
        }
        Outcome::Open(choose::leaving())
    }

    /// Takes up what this person typed before.
    #[must_use]
    pub fn going_on(mut self, draft: Option<Draft>, me: &str) -> Self {
        let draft = draft.filter(|draft| draft.key == self.draft_key() && draft.by == me);
        let Some(draft) = draft else { return self };
        let lines = draft.body.get("lines").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let said = |line: &Json| {
            let (label, text) = (line.get(0)?.as_str()?, line.get(1)?.as_str()?);
            (!text.trim().is_empty()).then(|| (label.to_owned(), text.to_owned()))
        };
        let mut conditions = 0;
        for (label, text) in lines.iter().filter_map(said) {
            let Some(at) = self.lines.iter().position(|(part, _)| part.label() == label) else { continue };
            let mut line = TextLine::default();
            line.set(&text);
            if self.lines[at].0 == Part::Condition {
                self.lines.insert(at + conditions, (Part::Condition, line));
                conditions += 1;
            } else {
                self.lines[at].1 = line;
            }
        }
        let when = crate::tui::app::view::record::local(&draft.saved_at);
        self.back = Some(format!("Your draft of {when} is back. Esc can throw it away."));
        self
    }
}

/// Opens the form that a draft belongs to, by the second part of its key; nothing where its record is gone.
pub fn reopen(about: &str, draft: &Draft, ctx: &Ctx) -> Option<Effect> {
    let (subject, kind) = about.split_once('/')?;
    let kind = KINDS.iter().copied().find(|known| *known == kind)?;
    let outcome = draft.body.get("outcome").and_then(Json::as_str).unwrap_or_default().to_owned();
    let (subject, me, today) = (subject.to_owned(), ctx.me.id.clone(), ctx.today);
    Some(Effect::Read(
        Slot::Newest("decide", 0),
        Box::new(move |workspace, _| {
            let subject = match workspace.find(&subject) {
                Ok(subject) => subject,
                Err(error) => return Some(Message::Failed(error)),
            };
            decide::form(workspace, Ask { outcome, ..Ask::new(kind, Some(&subject), "") }, &me, today)
        }),
    ))
}
