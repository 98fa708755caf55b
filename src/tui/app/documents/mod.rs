//! Work on documents from the screens: begun from a template or a card, filled, handed in, read, approved, written anew,
//! compared and exported. What can be done depends on where the document stands; the rules that judge it are those of the
//! one way to write.

mod compare;
mod files;
mod judge;
mod start;
#[cfg(test)]
mod tests;

pub use judge::{KEY, reopen};
pub use start::template;

use std::path::{Path, PathBuf};

use chrono::Utc;

use super::ctx::Ctx;
use super::layers::choose::{Choose, Take};
use super::message::{Boxed, Effect, Message, Purpose};
use super::state::State;
use super::work::Slot;
use super::writes;
use crate::record::document::{IN_REVIEW, SECTION, is_frozen, own};
use crate::record::{DOCUMENT, Record};
use crate::review::document::{self, Desk, Library};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Change, Draft, Edit, Result, Workspace};

/// What can be done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Fill,
    Submit,
    Verdict(&'static str),
    Approve,
    Version,
    Comment,
    Compare,
    Import,
    Export,
}

/// Where a document stands, as far as what can be done with it depends on that.
struct Standing {
    document: Record,
    /// The section under the cursor.
    code: Option<String>,
    /// Why this person may not judge it; nothing where they may.
    own: Option<String>,
    /// What this person was typing about it.
    drafts: Vec<Draft>,
    /// Documents that it can be compared with, the nearest first.
    others: Vec<Record>,
    /// The folder of the workspace: exports go there.
    beside: PathBuf,
}

/// The document that a record is, or is a part of.
fn id_of(record: &Record) -> Option<&str> {
    match record.kind().name {
        "document" => Some(record.id()),
        "document_section" | "document_round" | "document_comment" => record.text("document"),
        _ => None,
    }
}

/// The record under the cursor that is a document or a part of one; otherwise the one whose screen this is.
#[must_use]
pub fn at_hand(state: &State) -> Option<&Record> {
    let about = |record: &&Record| id_of(record).is_some();
    let screen = || state.screens.last().and_then(super::record_screen::RecordScreen::record);
    state.chosen().into_iter().next().filter(about).or_else(|| screen().filter(about))
}

/// Chooses what to do with a document; which of it there is, is read first.
#[must_use]
pub fn menu(record: &Record, ctx: &Ctx) -> Vec<Effect> {
    let Some(id) = id_of(record).map(str::to_owned) else { return Vec::new() };
    let code = if record.kind() == &SECTION { record.text("code").map(str::to_owned) } else { None };
    let (read_only, me) = (ctx.read_only, ctx.me.id.clone());
    vec![Effect::Read(
        Slot::Newest("document", 0),
        Box::new(move |workspace, _| match standing(workspace, &id, code, &me) {
            Ok(standing) => Some(Message::Push(choices(standing, read_only))),
            Err(error) => Some(Message::Failed(error)),
        }),
    )]
}

fn standing(workspace: &Workspace, id: &str, code: Option<String>, me: &str) -> Result<Standing> {
    let document = workspace.get(&DOCUMENT, id)?;
    // Who may not judge it is told before they type anything.
    let own = own(&document, me, &workspace.look());
    let of_it = format!("{KEY}/{}/", document.reference());
    let mut drafts = workspace.drafts()?;
    drafts.retain(|draft| draft.by == me && draft.key.starts_with(&of_it));
    let others = compare::others(workspace, &document)?;
    let beside = workspace.path().parent().unwrap_or(Path::new("")).to_owned();
    Ok(Standing { document, code, own, drafts, others, beside })
}

/// What can be done where the document stands.
fn choices(standing: Standing, read_only: bool) -> Boxed {
    let mut all: Vec<(Work, &str, &str)> = Vec::new();
    let document = &standing.document;
    if !read_only {
        if is_frozen(document) {
            all.push((Work::Version, "Begin the next version", "this one holds until that is approved"));
        } else if document.text("status") == Some(IN_REVIEW) {
            all.extend([
                (Work::Approve, "Approve", "no rework is needed; the text is frozen"),
                (Work::Verdict("none"), "No rework needed", "somebody else approves"),
                (Work::Verdict("minor"), "Minor rework", "send it back with what is missing"),
                (Work::Verdict("major"), "Major rework", "send it back with what is wrong"),
                (Work::Comment, "Comment", "on this section, or on the whole"),
            ]);
        } else {
            all.extend([
                (Work::Fill, "Fill from the records", "what was written by hand stays"),
                (Work::Submit, "Hand in for review", "to a peer who did not write it"),
                (Work::Import, "Take a card in", "a Markdown file, by its headings; what was written by hand stays"),
            ]);
        }
    }
    if !standing.others.is_empty() {
        all.push((Work::Compare, "Compare", "with another version, or another document of its kind, word by word"));
    }
    all.push((Work::Export, "Export", "as Markdown, as a page, or as a card with front matter"));
    let title = format!("{} {}", document.reference(), crate::text::fit(document.title(), 48));
    let choice = |(work, title, about): &(Work, &str, &str)| {
        let judges = matches!(work, Work::Approve | Work::Verdict(_));
        let why_not = standing.own.as_ref().filter(|_| judges).map(|why| format!("Somebody else does that: {why}."));
        Choice { why_not, ..Choice::new(*title).about(*about) }
    };
    let picker = Picker::new(title, all.iter().map(choice).collect());
    let take: Take = Box::new(move |places, _, ctx| {
        let Some((work, ..)) = places.first().and_then(|at| all.get(*at)) else { return Vec::new() };
        begin(*work, &standing, ctx)
    });
    Box::new(Choose::new(picker, take))
}

fn begin(work: Work, standing: &Standing, ctx: &Ctx) -> Vec<Message> {
    let document = &standing.document;
    let reference = document.reference();
    let ask = |effect: Effect| vec![Message::Ask(vec![effect])];
    match work {
        Work::Fill => ask(fill(document, ctx)),
        Work::Approve => ask(act(document, format!("{reference} approved"), None, ctx, document::approve)),
        Work::Version => {
            ask(act(document, format!("{reference}: next version begun"), None, ctx, |workspace, document| {
                Ok(document::next_version(workspace, document, Vec::new(), Utc::now())?.1)
            }))
        }
        Work::Submit => vec![Message::Push(Box::new(judge::reader(document)))],
        Work::Verdict(rework) => vec![Message::Push(Box::new(judge::verdict(document, rework, &standing.drafts)))],
        Work::Comment => {
            let code = standing.code.as_deref().unwrap_or_default();
            vec![Message::Push(Box::new(judge::comment(document, code, &standing.drafts)))]
        }
        Work::Compare => vec![Message::Push(compare::choose(document, standing.others.clone()))],
        Work::Import => files::import_into(document),
        Work::Export => vec![Message::Push(files::export(document, standing.beside.clone()))],
    }
}

/// Writes what is made of the document as it is now; what was typed for it is a draft no longer once that is done.
fn act(
    document: &Record,
    what: String,
    draft: Option<String>,
    ctx: &Ctx,
    make: impl FnOnce(&Workspace, &Record) -> Result<Vec<Edit>> + Send + 'static,
) -> Effect {
    let (me, document) = (ctx.me.id.clone(), document.clone());
    writes::write(Purpose::Other, move |workspace| {
        let edits = make(workspace, &document)?;
        let receipt = workspace.write(Change::by(&me, edits).called(what))?;
        if let Some(draft) = draft {
            workspace.drop_draft(&draft)?;
        }
        Ok(receipt)
    })
}

fn fill(document: &Record, ctx: &Ctx) -> Effect {
    let (policy, library, today) = (ctx.policy.clone(), library(ctx), ctx.today);
    let what = format!("{}: filled from the records", document.reference());
    act(document, what, None, ctx, move |workspace, document| {
        let desk = Desk { workspace, policy: &policy, library: &library, today };
        Ok(document::refill(&desk, document, Utc::now())?.edits)
    })
}

/// The templates: the shipped ones, and those in the folder beside the settings.
fn library(ctx: &Ctx) -> Library {
    Library::new(Some(ctx.config.join("documents")))
}
