//! What comes back to a form, and what it keeps: drafts, refusals, and somebody else's newer text.

use super::Form;
use crate::record::{Problem, Record, as_typed, describe};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::draft_of;
use crate::tui::app::message::Effect;
use crate::tui::theme::Role;
use crate::workspace::Error;

impl Form {
    /// Keeps what was typed.
    pub(super) fn keep(&self, ctx: &Ctx) -> Effect {
        let fields: serde_json::Map<String, serde_json::Value> =
            self.changed().into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        let body = serde_json::json!({ "kind": self.kind.name, "records": self.records, "fields": fields });
        draft_of(&self.draft, &self.title, body, ctx)
    }

    /// Takes up what was typed before.
    pub(super) fn take_draft(&mut self, draft: &crate::workspace::Draft) {
        let Some(fields) = draft.body.get("fields").and_then(serde_json::Value::as_object) else { return };
        let mut some = false;
        for entry in &mut self.entries {
            if let Some(text) = fields.get(entry.field.name).and_then(serde_json::Value::as_str)
                && text != entry.text()
            {
                entry.set(text);
                some = true;
            }
        }
        if some {
            let when = crate::tui::app::view::record::local(&draft.saved_at);
            self.banner = Some((format!("Your draft of {when} is back. Esc can throw it away."), Role::Warn));
        }
    }

    /// Says why a save was refused, at the fields that are to blame.
    pub(super) fn refused(&mut self, error: &Error, ctx: &Ctx) {
        self.saving = false;
        match error {
            Error::Refused { problems, .. } => self.take_problems(problems),
            Error::Stale { theirs, .. } => self.meet(theirs, ctx),
            other => self.banner = Some((other.to_string(), Role::Error)),
        }
    }

    fn take_problems(&mut self, problems: &[Problem]) {
        let mut elsewhere = Vec::new();
        let mut first = None;
        for problem in problems {
            let at = self.entries.iter().position(|entry| Some(entry.field.name) == problem.field);
            match at {
                Some(at) => {
                    self.entries[at].problem = Some(problem.message.clone());
                    first = first.or(Some(at));
                }
                None => elsewhere.push(problem.message.as_str()),
            }
        }
        if let Some(first) = first {
            self.focus = first;
        }
        let text = if elsewhere.is_empty() { "Not saved: see below.".to_owned() } else { elsewhere.join(" ") };
        self.banner = Some((text, Role::Error));
    }

    /// Somebody saved the record meanwhile: their text is shown under ours where the two differ.
    fn meet(&mut self, theirs: &Record, ctx: &Ctx) {
        self.records = vec![(theirs.id().to_owned(), theirs.version())];
        for entry in &mut self.entries {
            let label = |_: &str| None;
            let value = theirs.get(entry.field.name);
            let typed = as_typed(entry.field, value, &label);
            if entry.field.linked_kind().is_some() || typed == entry.initial {
                continue;
            }
            if entry.is_changed() && typed != entry.text() {
                let shown = describe(entry.field, value, ctx.terms(), &label);
                let shown = if shown.is_empty() { "nothing".to_owned() } else { shown };
                entry.problem = Some(format!("Theirs now: {shown}"));
            } else {
                entry.set(&typed);
            }
            entry.initial = typed;
        }
        let text = "Somebody saved this record while you typed. Their text stands under yours; save again to put yours in \
                    its place, or Esc to leave theirs.";
        self.banner = Some((text.to_owned(), Role::Error));
    }
}
