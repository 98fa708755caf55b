//! Documents out of the workspace and cards into it.

use std::path::{Path, PathBuf};

use chrono::Utc;

use super::library;
use crate::exchange::document::{Form, Source, export as written};
use crate::exchange::file::write_new;
use crate::record::{DOCUMENT, Record};
use crate::review::document::Desk;
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::files::{Files, Take as TakeFile};
use crate::tui::app::layers::choose::{Choose, Take};
use crate::tui::app::layers::prompt::{Prompt, Take as TakeText};
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::work::Slot;
use crate::tui::app::writes::at_home;
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Change, Workspace};

/// The ends of the names of cards.
const CARDS: &[&str] = &[".md", ".markdown"];

/// Chooses the form of an export, and then the file.
pub fn export(document: &Record, beside: PathBuf) -> Boxed {
    let about = |form| match form {
        Form::Markdown => "with where each section came from",
        Form::Html => "one page for a browser and for print",
        Form::HuggingFace => "Markdown with the front matter of a model card",
    };
    let choices = Form::ALL.iter().map(|(name, form, _)| Choice::new(*name).about(about(*form))).collect();
    let picker = Picker::new(format!("Export {} as", document.reference()), choices);
    let document = document.clone();
    let take: Take = Box::new(move |places, _, _| {
        let Some((_, form, end)) = places.first().and_then(|at| Form::ALL.get(*at)) else { return Vec::new() };
        vec![Message::Push(Box::new(target(&document, *form, end, beside.clone())))]
    });
    Box::new(Choose::new(picker, take))
}

/// Asks for the file.
fn target(document: &Record, form: Form, end: &str, beside: PathBuf) -> Prompt {
    let name = text::file_name(&format!("{}-{}.{end}", document.reference(), document.title()));
    let suggested = beside.join(name).to_string_lossy().into_owned();
    let document = document.clone();
    let take: TakeText = Box::new(move |typed, _| {
        if typed.is_empty() {
            return Err("Name a file.".to_owned());
        }
        let (document, path) = (document.clone(), beside.join(at_home(typed)));
        Ok(vec![Message::Ask(vec![Effect::Read(
            Slot::Newest("export", 0),
            Box::new(move |workspace, _| Some(Message::Finished(save(workspace, &document, form, &path)))),
        )])])
    });
    Prompt::new("Export to", "A new file. What is there already is left.", take).starting(&suggested)
}

fn save(workspace: &Workspace, document: &Record, form: Form, path: &Path) -> Result<String, String> {
    let whole = written(workspace, document, form).map_err(|error| error.to_string())?;
    write_new(path, whole.as_bytes()).map_err(|error| error.to_string())?;
    Ok(format!("{} is in {} ({} bytes)", document.reference(), path.display(), whole.len()))
}

/// Takes a card into a document that is there.
pub fn import_into(document: &Record) -> Vec<Message> {
    let document = document.clone();
    pick(move |path, ctx| take_in(path, Some(document.clone()), Vec::new(), ctx))
}

/// Takes a card in as a new document about what is at hand.
pub fn import_new(given: Vec<(&'static str, String)>) -> Vec<Message> {
    pick(move |path, ctx| take_in(path, None, given.clone(), ctx))
}

fn pick(mut taken: impl FnMut(PathBuf, &Ctx) -> Effect + Send + 'static) -> Vec<Message> {
    let take: TakeFile = Box::new(move |path, ctx| vec![Message::Ask(vec![taken(path, ctx)])]);
    let (layer, effects) = Files::new("A card from", CARDS, take);
    vec![Message::Push(Box::new(layer)), Message::Ask(effects)]
}

fn take_in(path: PathBuf, into: Option<Record>, given: Vec<(&'static str, String)>, ctx: &Ctx) -> Effect {
    let (me, policy, library, today) = (ctx.me.id.clone(), ctx.policy.clone(), library(ctx), ctx.today);
    let tell = ctx.tell.clone();
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| {
            let source = match Source::read(&path) {
                Ok(source) => source,
                Err(error) => return Some(Message::Finished(Err(error.to_string()))),
            };
            let done = workspace.typed(&DOCUMENT, &given, today, Some(&me)).and_then(|fields| {
                let desk = Desk { workspace, policy: &policy, library: &library, today };
                let (placed, edits) = source.taken(&desk, into.as_ref(), fields, Utc::now())?;
                let change = Change::by(&me, edits).called(format!("{} imported", source.origin));
                Ok((placed, workspace.write(change)?))
            });
            let (placed, receipt) = match done {
                Ok(done) => done,
                Err(error) => return Some(Message::Wrote { purpose: Purpose::Other, result: Err(error) }),
            };
            let new = receipt.records.iter().find(|record| record.kind() == &DOCUMENT);
            let reference = into.as_ref().or(new).map(Record::reference).unwrap_or_default();
            let known = source.warnings().into_iter().chain(placed.left_over());
            let first = format!("{reference}: {} imported · u undo", source.origin);
            let said = std::iter::once(first).chain(known).collect::<Vec<_>>().join(". ");
            // The lists are read anew and the cursor goes to what is new; then comes what is to be known of the card.
            tell(Message::Wrote { purpose: Purpose::Other, result: Ok(receipt) });
            Some(Message::Say(said))
        }),
    )
}
