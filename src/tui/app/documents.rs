//! Work on documents from the screens: begun from a template, filled, handed in, read, approved and written anew. What can be
//! done depends on where the document stands; the rules that judge it are those of the one way to write.

use chrono::Utc;

use super::ctx::Ctx;
use super::layers::choose::{Choose, Take};
use super::layers::prompt::{Prompt, Take as TakeText};
use super::message::{Boxed, Effect, Message, Purpose};
use super::state::State;
use super::writes;
use crate::record::document::{COMMENT, IN_REVIEW, SECTION, is_frozen, own};
use crate::record::{DOCUMENT, PERSON, Record, Resolve, Value};
use crate::review::document::{self, Desk, Library, Verdict};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Change, Edit, Error, Result, Workspace, new_id};

/// What can be done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Fill,
    Submit,
    Verdict(&'static str),
    Approve,
    Version,
    Comment,
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
        super::work::Slot::Newest("document", 0),
        Box::new(move |workspace, _| match workspace.get(&DOCUMENT, &id) {
            Ok(_) if read_only => None,
            Ok(document) => {
                // Who may not judge it is told before they type anything.
                let own = own(&document, &me, &workspace.look());
                Some(Message::Push(choices(document, code, own.as_deref())))
            }
            Err(error) => Some(Message::Failed(error)),
        }),
    )]
}

/// What can be done where the document stands.
fn choices(document: Record, code: Option<String>, own: Option<&str>) -> Boxed {
    let mut all: Vec<(Work, &str, &str)> = Vec::new();
    if is_frozen(&document) {
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
        ]);
    }
    let title = format!("{} {}", document.reference(), crate::text::fit(document.title(), 48));
    let choice = |(work, title, about): &(Work, &str, &str)| {
        let judges = matches!(work, Work::Approve | Work::Verdict(_));
        let why_not = own.filter(|_| judges).map(|why| format!("Somebody else does that: {why}."));
        Choice { why_not, ..Choice::new(*title).about(*about) }
    };
    let picker = Picker::new(title, all.iter().map(choice).collect());
    let take: Take = Box::new(move |places, _, ctx| {
        let Some((work, ..)) = places.first().and_then(|at| all.get(*at)) else { return Vec::new() };
        begin(*work, &document, code.as_deref(), ctx)
    });
    Box::new(Choose::new(picker, take))
}

fn begin(work: Work, document: &Record, code: Option<&str>, ctx: &Ctx) -> Vec<Message> {
    let reference = document.reference().to_owned();
    let id = document.id().to_owned();
    let ask = |effect: Effect| vec![Message::Ask(vec![effect])];
    match work {
        Work::Fill => ask(fill(document, ctx)),
        Work::Approve => ask(act(document, format!("{reference} approved"), ctx, document::approve)),
        Work::Version => ask(act(document, format!("{reference}: next version begun"), ctx, |workspace, document| {
            Ok(document::next_version(workspace, document, Vec::new(), Utc::now())?.1)
        })),
        Work::Submit => {
            let help = "A handle or a name. Empty: who read it last. Nobody reviews their own document.";
            let document = document.clone();
            let take: TakeText = Box::new(move |who, ctx| Ok(vec![Message::Ask(vec![submit(&document, who, ctx)])]));
            vec![Message::Push(Box::new(Prompt::new("Who is to read it?", help, take).suggesting("@handle")))]
        }
        Work::Verdict(rework) => {
            let help =
                "What you found, as a whole. Comments on sections come first: they are added while it is in review.";
            let document = document.clone();
            let take: TakeText = Box::new(move |summary, ctx| {
                if summary.is_empty() && rework != "none" {
                    return Err("Say what must be done again.".to_owned());
                }
                Ok(vec![Message::Ask(vec![judge(&document, rework, summary, ctx)])])
            });
            vec![Message::Push(Box::new(Prompt::new(&format!("{reference}: rework {rework}"), help, take)))]
        }
        Work::Comment => {
            let code = code.unwrap_or_default().to_owned();
            let about = if code.is_empty() { "the whole".to_owned() } else { format!("“{code}”") };
            let take: TakeText = Box::new(move |text, ctx| {
                if text.is_empty() {
                    return Err("Say what is missing, wrong or unclear.".to_owned());
                }
                Ok(vec![Message::Ask(vec![comment(&id, &code, text, ctx)])])
            });
            let title = format!("Comment on {about} of {reference}");
            let help = "What is missing, wrong or unclear. Open a section to comment on it alone.";
            vec![Message::Push(Box::new(Prompt::new(&title, help, take)))]
        }
    }
}

/// Writes what is made of the document as it is now.
fn act(
    document: &Record,
    what: String,
    ctx: &Ctx,
    make: impl FnOnce(&Workspace, &Record) -> Result<Vec<Edit>> + Send + 'static,
) -> Effect {
    let (me, document) = (ctx.me.id.clone(), document.clone());
    writes::write(Purpose::Other, move |workspace| {
        let edits = make(workspace, &document)?;
        workspace.write(Change::by(&me, edits).called(what))
    })
}

fn fill(document: &Record, ctx: &Ctx) -> Effect {
    let (policy, library, today) = (ctx.policy.clone(), library(ctx), ctx.today);
    let what = format!("{}: filled from the records", document.reference());
    act(document, what, ctx, move |workspace, document| {
        let desk = Desk { workspace, policy: &policy, library: &library, today };
        Ok(document::refill(&desk, document, Utc::now())?.edits)
    })
}

fn submit(document: &Record, who: &str, ctx: &Ctx) -> Effect {
    let (who, me) = (who.trim().to_owned(), ctx.me.id.clone());
    act(document, format!("{}: handed in for review", document.reference()), ctx, move |workspace, document| {
        let named = |who: &str| workspace.resolver(Some(&me)).id_of(&PERSON, who).map_err(Error::Unresolved);
        let reviewer = if who.is_empty() { None } else { Some(named(&who)?) };
        document::submit(workspace, document, reviewer.as_deref(), Utc::now())
    })
}

fn judge(document: &Record, rework: &'static str, summary: &str, ctx: &Ctx) -> Effect {
    let verdict = Verdict { rework: rework.to_owned(), summary: summary.to_owned(), comments: Vec::new() };
    act(document, format!("{}: reviewed, rework {rework}", document.reference()), ctx, move |workspace, document| {
        document::review(workspace, document, &verdict, Utc::now())
    })
}

/// Adds a comment to the round of review that is open.
fn comment(document: &str, code: &str, text: &str, ctx: &Ctx) -> Effect {
    let (me, id, code, text) = (ctx.me.id.clone(), document.to_owned(), code.to_owned(), text.to_owned());
    writes::write(Purpose::Other, move |workspace| {
        let document = workspace.get(&DOCUMENT, &id)?;
        let rounds = document::rounds(workspace, &document)?;
        let Some(round) = rounds.iter().find(|round| round.get("rework").is_empty()) else {
            return Err(Error::Unresolved(format!("No round of review of {} is open.", document.reference())));
        };
        let fields = vec![
            ("round", Value::text(round.id())),
            ("section", Value::text(code.as_str())),
            ("text", Value::text(text.as_str())),
        ];
        let edit = Edit::Add { kind: &COMMENT, id: new_id(Utc::now()), fields };
        workspace.write(Change::by(&me, vec![edit]))
    })
}

/// The templates: the shipped ones, and those in the folder beside the settings.
fn library(ctx: &Ctx) -> Library {
    Library::new(Some(ctx.config.join("documents")))
}

/// Chooses the template of a new document about what is at hand. Templates that cannot be read say why.
#[must_use]
pub fn template(given: Vec<(&'static str, String)>, ctx: &Ctx) -> Boxed {
    let library = library(ctx);
    let ids = library.ids();
    let choices = ids
        .iter()
        .map(|id| match library.get(id) {
            Ok(template) => Choice::new(template.title).about(template.about),
            Err(error) => Choice { why_not: Some(error.to_string()), ..Choice::new(id) },
        })
        .collect();
    let about = given.first().map_or("", |(_, reference)| reference.as_str());
    let title = if about.is_empty() { "New document".to_owned() } else { format!("New document about {about}") };
    let take: Take = Box::new(move |places, _, ctx| {
        let Some(id) = places.first().and_then(|at| ids.get(*at)) else { return Vec::new() };
        vec![Message::Ask(vec![start(id, &given, ctx)])]
    });
    Box::new(Choose::new(Picker::new(title, choices), take))
}

fn start(template: &str, given: &[(&'static str, String)], ctx: &Ctx) -> Effect {
    let (me, policy, library, today) = (ctx.me.id.clone(), ctx.policy.clone(), library(ctx), ctx.today);
    let (template, given) = (template.to_owned(), given.to_vec());
    writes::write(Purpose::Other, move |workspace| {
        let mut fields = workspace.typed(&DOCUMENT, &given, today, Some(&me))?;
        fields.push(("template", Value::text(template)));
        let desk = Desk { workspace, policy: &policy, library: &library, today };
        let (_, edits) = document::start(&desk, Utc::now(), fields, None)?;
        workspace.write(Change::by(&me, edits))
    })
}
