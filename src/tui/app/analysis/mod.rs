//! Analyses on the screen: a file is picked, its columns are guessed and corrected, it is analysed off the drawing thread with
//! progress and cancel, and what comes of it is shown, judged, written about and attached to a review. Runs that are kept open
//! on the same screen.

mod hunt;
mod keep;
mod screen;
mod setup;
#[cfg(test)]
mod tests;
pub mod view;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::ctx::Ctx;
use super::files;
use super::message::{Effect, Message};
use super::state::State;
use super::work::Slot;
use crate::policy::Threshold;
use crate::record::{ANALYSIS, REVIEW, Record};
use crate::review::analysis::guess::{Layout, Role, look};
use crate::review::analysis::{Changed, TOOL, changes, general_thresholds, report_of, thresholds};
use crate::slices::options::MIN_COUNT;
use crate::slices::read::Watch;
use crate::slices::search::{Found, Searcher};
use crate::slices::worst::Encoded;
use crate::slices::{self, Preset, Report};
use crate::workspace::{Error, Workspace};

pub use screen::Analysis;

/// What is said of analyses, between their threads and popups.
pub enum Said {
    /// What the columns of a file are for, as far as they can be guessed.
    Looked(Result<Box<Layout>, String>),
    /// A column is for something else.
    Assigned(usize, Role),
    /// This label is the positive one.
    Positive(Option<String>),
    /// This label is good for a person; none where nobody says.
    Favourable(Option<String>),
    /// Scores from here on are predicted positive.
    Threshold(f64),
    /// A table that a rule asks for.
    Preset(Option<Preset>),
    /// An analysis, to be shown.
    Opened(Result<Box<Opened>, String>),
    /// The worst slices, for the search that asked with this number.
    Found(u64, Result<Box<Found>, String>),
    /// The analysis is for this review, by these thresholds.
    For(Result<Box<(Record, Vec<Threshold>)>, String>),
    /// What the analysis does not show, before it is kept.
    Limitations(String),
    /// It is to be attached now.
    Attach,
}

/// Rows laid out for searches.
#[derive(Clone)]
pub struct Searched {
    /// The rows.
    pub encoded: Arc<Encoded>,
    /// The searcher of their table, which keeps what it worked out.
    pub searcher: Arc<Mutex<Searcher>>,
}

/// An analysis with all that its screen shows.
pub struct Opened {
    /// The report.
    pub report: Report,
    /// The run that keeps it; none where it is not kept yet.
    pub run: Option<Record>,
    /// The review that it is for.
    pub review: Option<Record>,
    /// The thresholds that apply.
    pub thresholds: Vec<Threshold>,
    /// What changed since the run before.
    pub changes: Vec<Changed>,
    /// The run before, by reference.
    pub before: Option<String>,
    /// The rows for further searches; none where only the report is at hand.
    pub searched: Option<Searched>,
}

/// The ends of names of predictions files.
const ENDS: &[&str] = &[".csv", ".tsv", ".csv.gz", ".tsv.gz", ".txt"];

/// Opens the file picker. The review at hand is the one that the analysis is for.
pub fn start(state: &mut State) -> Vec<Effect> {
    let review = state.review().or_else(|| state.desk.review.clone()).map(|(id, _)| id);
    let take: files::Take = Box::new(move |path, _| vec![Message::Ask(vec![looking(path, review.clone())])]);
    let (layer, effects) = files::Files::new("Analyse the predictions in", ENDS, take);
    state.layers.push(Box::new(layer));
    effects
}

/// Looks at a file, off the drawing thread.
fn looking(path: PathBuf, review: Option<String>) -> Effect {
    Effect::Read(
        Slot::Newest("analysis", 0),
        Box::new(move |_, _| {
            let layout = look(&path).map(|layout| Box::new(layout.for_review(review)));
            Some(Message::Analysis(Said::Looked(layout)))
        }),
    )
}

/// Analyses a file, off the drawing thread, with progress; the same thread then reads what applies to its review.
fn analysing(layout: &Layout, ctx: &Ctx) -> Effect {
    let (tell, policy) = (ctx.tell.clone(), ctx.policy.clone());
    let mut request = layout.request(MIN_COUNT);
    request.worst = Some(hunt::Sought::default().hunt(request.columns.task()));
    let review = layout.review.clone();
    let name = layout.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Effect::Read(
        Slot::Newest("analysis", 0),
        Box::new(move |workspace, stop| {
            let mut last = 0;
            let mut told = |done: u64, all: Option<u64>| {
                let hundredth = all.map_or(done >> 22, |all| (done * 100).checked_div(all).unwrap_or(0));
                if hundredth != last {
                    last = hundredth;
                    tell(Message::Progress(done >> 10, all.unwrap_or(0) >> 10, format!("Reading {name}, KiB")));
                }
            };
            let mut watch = Watch { cancel: stop, tell: &mut told };
            let made = slices::analyse(&request, &mut watch).map(|report| {
                let names = request.columns.by.clone();
                let rows = Encoded::read(
                    &request.columns,
                    &names,
                    request.positive.as_deref(),
                    report.data.model.as_deref(),
                    &mut watch,
                );
                // What is too large to be searched again is still a report.
                let searched = rows.ok().map(|encoded| Searched {
                    searcher: Arc::new(Mutex::new(Searcher::new(encoded.table.clone()))),
                    encoded: Arc::new(encoded),
                });
                (report, searched)
            });
            let opened = made.map_err(|error| error.to_string()).and_then(|(report, searched)| {
                around(workspace, &policy, report, None, review.as_deref(), searched).map_err(|error| error.to_string())
            });
            Some(Message::Analysis(Said::Opened(opened.map(Box::new))))
        }),
    )
}

/// What stands around a report: its review with the thresholds that apply, and the run before.
fn around(
    workspace: &Workspace,
    policy: &crate::policy::Policy,
    report: Report,
    run: Option<Record>,
    review: Option<&str>,
    searched: Option<Searched>,
) -> Result<Opened, Error> {
    let review = review.map(|id| workspace.get(&REVIEW, id)).transpose()?;
    let thresholds = match &review {
        Some(review) => thresholds(workspace, policy, review)?,
        None => general_thresholds(policy),
    };
    let before = match run.as_ref().and_then(|run| run.text("supersedes")) {
        Some(id) => Some(workspace.get(&ANALYSIS, id)?),
        None => None,
    };
    let old = before.as_ref().map(|before| report_of(workspace, before)).transpose()?.flatten();
    let changes = old.map(|old| changes(&old, &report)).unwrap_or_default();
    let before = before.map(|before| before.reference().to_owned());
    Ok(Opened { report, run, review, thresholds, changes, before, searched })
}

/// Reads a run that is kept, and shows it.
#[must_use]
pub fn opening(run: &Record, ctx: &Ctx) -> Effect {
    let (run, policy) = (run.clone(), ctx.policy.clone());
    Effect::Read(
        Slot::Newest("analysis", 0),
        Box::new(move |workspace, _| {
            let read = report_of(workspace, &run).and_then(|report| match report {
                None => Ok(None),
                Some(report) => {
                    let review = run.text("review").map(str::to_owned);
                    around(workspace, &policy, report, Some(run.clone()), review.as_deref(), None).map(Some)
                }
            });
            match read {
                Ok(Some(opened)) => Some(Message::Analysis(Said::Opened(Ok(Box::new(opened))))),
                // Of another tool there is the record.
                Ok(None) => Some(Message::Open(Ok(run))),
                Err(error) => Some(Message::Failed(error)),
            }
        }),
    )
}

/// Whether a run is shown on this screen: it is one of the engine's.
#[must_use]
pub fn is_shown(record: &Record) -> bool {
    record.kind() == &ANALYSIS && record.text("tool") == Some(TOOL) && !record.get("results").is_empty()
}

/// What comes back: the next step's popup.
pub fn hear(state: &mut State, said: Said) -> Vec<Effect> {
    match said {
        Said::Looked(Ok(layout)) => state.layers.push(Box::new(setup::Setup::new(*layout))),
        Said::Opened(Ok(opened)) => {
            state.running = None;
            state.layers.push(Box::new(Analysis::new(*opened)));
        }
        Said::Looked(Err(why)) | Said::Opened(Err(why)) | Said::For(Err(why)) => {
            state.running = None;
            state.complain(why);
        }
        _ => {}
    }
    Vec::new()
}
