//! The rounds of review: handed in to a reader, who says how much rework is needed and comments on sections. What is typed is
//! kept as a draft until it is written.

use chrono::Utc;

use super::act;
use crate::record::document::COMMENT;
use crate::record::{PERSON, Record, Resolve, Value};
use crate::review::document::{self, Verdict};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::prompt::{Prompt, Take};
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::Slot;
use crate::workspace::{Draft, Edit, Error, new_id};

/// The first part of the keys of drafts that are typed about documents.
pub const KEY: &str = "document";

/// Asks who is to read a document.
pub fn reader(document: &Record) -> Prompt {
    let help = "A handle or a name. Empty: who read it last. Nobody reviews their own document.";
    let document = document.clone();
    let take: Take = Box::new(move |who, ctx| Ok(vec![Message::Ask(vec![submit(&document, who, ctx)])]));
    Prompt::new("Who is to read it?", help, take).suggesting("@handle")
}

fn submit(document: &Record, who: &str, ctx: &Ctx) -> Effect {
    let (who, me) = (who.trim().to_owned(), ctx.me.id.clone());
    let what = format!("{}: handed in for review", document.reference());
    act(document, what, None, ctx, move |workspace, document| {
        let named = |who: &str| workspace.resolver(Some(&me)).id_of(&PERSON, who).map_err(Error::Unresolved);
        let reviewer = if who.is_empty() { None } else { Some(named(&who)?) };
        document::submit(workspace, document, reviewer.as_deref(), Utc::now())
    })
}

/// Asks for the summary of a verdict.
pub fn verdict(document: &Record, rework: &'static str, drafts: &[Draft]) -> Prompt {
    let help = "What you found, as a whole. Comments on sections come first: they are added while it is in review.";
    let title = format!("{}: rework {rework}", document.reference());
    let key = format!("{KEY}/{}/{rework}", document.reference());
    let (document, draft) = (document.clone(), key.clone());
    let take: Take = Box::new(move |summary, ctx| {
        if summary.is_empty() && rework != "none" {
            return Err("Say what must be done again.".to_owned());
        }
        let verdict = Verdict { rework: rework.to_owned(), summary: summary.to_owned(), comments: Vec::new() };
        let what = format!("{}: reviewed, rework {rework}", document.reference());
        let make = move |workspace: &_, document: &_| document::review(workspace, document, &verdict, Utc::now());
        Ok(vec![Message::Ask(vec![act(&document, what, Some(draft.clone()), ctx, make)])])
    });
    going_on(Prompt::new(&title, help, take), &key, &title, drafts)
}

/// Asks for a comment on a section, or on the whole where none is named.
pub fn comment(document: &Record, code: &str, drafts: &[Draft]) -> Prompt {
    let about = if code.is_empty() { "the whole".to_owned() } else { format!("“{code}”") };
    let title = format!("Comment on {about} of {}", document.reference());
    let key = format!("{KEY}/{}/comment:{code}", document.reference());
    let (document, code, draft) = (document.clone(), code.to_owned(), key.clone());
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Say what is missing, wrong or unclear.".to_owned());
        }
        Ok(vec![Message::Ask(vec![say(&document, &code, text, draft.clone(), ctx)])])
    });
    let help = "What is missing, wrong or unclear. Open a section to comment on it alone.";
    going_on(Prompt::new(&title, help, take), &key, &title, drafts)
}

/// Adds a comment to the round of review that is open.
fn say(document: &Record, code: &str, text: &str, draft: String, ctx: &Ctx) -> Effect {
    let (code, text) = (code.to_owned(), text.to_owned());
    let what = format!("Comment on {}", document.reference());
    act(document, what, Some(draft), ctx, move |workspace, document| {
        let rounds = document::rounds(workspace, document)?;
        let Some(round) = rounds.iter().find(|round| round.get("rework").is_empty()) else {
            return Err(Error::Unresolved(format!("No round of review of {} is open.", document.reference())));
        };
        let fields = vec![
            ("round", Value::text(round.id())),
            ("section", Value::text(code.as_str())),
            ("text", Value::text(text.as_str())),
        ];
        Ok(vec![Edit::Add { kind: &COMMENT, id: new_id(Utc::now()), fields }])
    })
}

/// The same question, with what was typed before.
fn going_on(prompt: Prompt, key: &str, title: &str, drafts: &[Draft]) -> Prompt {
    let draft = drafts.iter().find(|draft| draft.key == key);
    let typed = draft.and_then(|draft| draft.body.get("text")).and_then(serde_json::Value::as_str).unwrap_or_default();
    prompt.kept(key, title).starting(typed)
}

/// Opens the question that a draft belongs to, by what follows the first part of its key; nothing where it is none.
#[must_use]
pub fn reopen(about: &str, draft: &Draft) -> Option<Effect> {
    let (reference, what) = about.split_once('/')?;
    let (reference, what, drafts) = (reference.to_owned(), what.to_owned(), vec![draft.clone()]);
    Some(Effect::Read(
        Slot::Newest("document", 0),
        Box::new(move |workspace, _| {
            let document = match workspace.find(&reference) {
                Ok(document) => document,
                Err(error) => return Some(Message::Failed(error)),
            };
            let prompt = match what.strip_prefix("comment:") {
                Some(code) => comment(&document, code, &drafts),
                None => {
                    let rework = ["none", "minor", "major"].into_iter().find(|known| *known == what)?;
                    verdict(&document, rework, &drafts)
                }
            };
            Some(Message::Push(Box::new(prompt)))
        }),
    ))
}
