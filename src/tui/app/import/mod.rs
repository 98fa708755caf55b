//! Importing an inventory: a file, a mapping (one that is there, or columns matched by likeness and corrected by hand),
//! a preview, and then all of it or nothing. Every file is read off the drawing thread, and can be stopped.

mod columns;
mod preview;

use std::path::PathBuf;

use super::ctx::Ctx;
use super::files;
use super::layers::choose::{Choose, Take};
use super::message::{Boxed, Effect, Message};
use super::state::State;
use super::work::Slot;
use crate::exchange::mapping::{Mapping, find, shipped};
use crate::exchange::suggest::{Draft, suggest};
use crate::exchange::table::{ReadOptions, Table};
use crate::exchange::{Progress, Step, inventory};
use crate::tui::widgets::picker::{Choice, Picker};

/// A file with a suggestion for its columns.
#[derive(Debug)]
pub struct Matched {
    /// The file.
    pub path: PathBuf,
    /// How it was read.
    pub read_as: String,
    /// The suggestion.
    pub draft: Draft,
}

/// Opens the file picker in the folder where the program was started.
pub fn open(state: &mut State) -> Vec<Effect> {
    let take: files::Take = Box::new(|path, ctx| vec![Message::Push(choose_mapping(path, ctx))]);
    let (layer, effects) = files::Files::new("Import from", &[".csv", ".tsv", ".xlsx"], take);
    state.layers.push(Box::new(layer));
    effects
}

/// Where the user's own mappings are.
fn mappings(ctx: &Ctx) -> PathBuf {
    ctx.config.join("mappings")
}

/// Chooses the mapping for a file: one of the user's, a shipped one, or columns matched by likeness.
fn choose_mapping(path: PathBuf, ctx: &Ctx) -> Boxed {
    let mut names: Vec<(String, Choice)> = Vec::new();
    let own = std::fs::read_dir(mappings(ctx)).into_iter().flatten().flatten();
    for entry in own {
        let file = entry.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            names.push((file.to_string_lossy().into_owned(), Choice::new(name).about("yours")));
        }
    }
    for mapping in shipped() {
        names.push((mapping.name.to_owned(), Choice::new(mapping.name).about(shipped_title(mapping.name))));
    }
    let match_them =
        Choice::new("Match the columns by likeness").about("then correct them by hand, and keep the mapping");
    let choices = std::iter::once(match_them).chain(names.iter().map(|(_, choice)| choice.clone())).collect();
    let title = format!("How to read {}", path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default());
    let take: Take = Box::new(move |places, _, ctx| {
        let effect = match places.first() {
            None => return Vec::new(),
            Some(0) => match_columns(path.clone(), ctx),
            Some(at) => plan(path.clone(), names[at - 1].0.clone(), ctx),
        };
        vec![Message::Progress(0, 0, "Reading the file".to_owned()), Message::Ask(vec![effect])]
    });
    Box::new(Choose::new(Picker::new(title, choices), take))
}

/// Tells the screens how far a long job is, now and then.
fn teller(ctx: &Ctx) -> impl FnMut(Step) + Send + use<> {
    let tell = ctx.tell.clone();
    let mut last = (0, "");
    move |step: Step| {
        let hundredth = (step.done * 100).checked_div(step.total).unwrap_or(0);
        if (hundredth, step.doing) != last {
            last = (hundredth, step.doing);
            tell(Message::Progress(step.done, step.total, step.doing.to_owned()));
        }
    }
}

fn match_columns(path: PathBuf, ctx: &Ctx) -> Effect {
    let mut tell = teller(ctx);
    Effect::Read(
        Slot::Newest("import", 0),
        Box::new(move |_, stop| {
            let table = Table::read(&path, &ReadOptions::default(), &mut Progress::new(stop, &mut tell));
            Some(Message::Columns(match table {
                Ok(table) => Ok(Box::new(Matched { path, read_as: table.read_as(), draft: suggest(&table) })),
                Err(error) => Err(error.to_string()),
            }))
        }),
    )
}

/// Plans an import through a mapping by its name or file.
fn plan(path: PathBuf, mapping: String, ctx: &Ctx) -> Effect {
    let folder = mappings(ctx);
    plan_through(path, ctx, move || find(&mapping, std::slice::from_ref(&folder)))
}

/// Plans an import through a mapping that is made on the reading thread.
fn plan_through(
    path: PathBuf,
    ctx: &Ctx,
    mapping: impl FnOnce() -> crate::exchange::Result<Mapping> + Send + 'static,
) -> Effect {
    let mut tell = teller(ctx);
    let me = ctx.me.id.clone();
    Effect::Read(
        Slot::Newest("import", 0),
        Box::new(move |workspace, stop| {
            let mut progress = Progress::new(stop, &mut tell);
            let planned = mapping().and_then(|mapping| {
                let table = Table::read(&path, &mapping.read_options(), &mut progress)?;
                let bound = mapping.bind(&table)?;
                inventory::plan(workspace, &bound, Some(&me), &mut progress)
            });
            Some(Message::Planned(planned.map(Box::new).map_err(|error| error.to_string())))
        }),
    )
}

/// Carries a plan out: all of it or nothing.
fn apply(plan: Box<inventory::Plan>, ctx: &Ctx) -> Effect {
    let mut tell = teller(ctx);
    let me = ctx.me.id.clone();
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, stop| {
            let applied = plan.apply(workspace, &me, &mut Progress::new(stop, &mut tell));
            Some(Message::Finished(match applied {
                Ok(applied) => Ok(format!("{} · u undo", applied.what)),
                Err(error) => Err(error.to_string()),
            }))
        }),
    )
}

/// What comes back while an import is prepared: the next step's popup.
pub fn hear(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Columns(Ok(matched)) => {
            state.running = None;
            state.layers.push(Box::new(columns::Columns::new(*matched)));
        }
        Message::Planned(Ok(plan)) => {
            state.running = None;
            state.layers.push(Box::new(preview::Preview::new(plan)));
        }
        Message::Columns(Err(why)) | Message::Planned(Err(why)) => {
            state.running = None;
            state.complain(why);
        }
        _ => {}
    }
    Vec::new()
}

/// What a shipped mapping says of itself.
fn shipped_title(name: &str) -> String {
    find(name, &[]).map(|mapping| mapping.title).unwrap_or_default()
}
