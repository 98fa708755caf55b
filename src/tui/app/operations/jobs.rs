//! Longer work on incidents and signals: the evidence bundle, readings and alerts out of files, the document of what was
//! learnt. All of it runs off the drawing thread.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use chrono::Utc;

use crate::exchange::file::text_of;
use crate::exchange::{alerts, bundle};
use crate::record::{ALERT, INCIDENT, Record, SIGNAL, Value};
use crate::review::document::{self, Desk, Library};
use crate::review::operations::alert::{Raised, raise};
use crate::review::operations::{incident, series};
use crate::text::counted;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::files::{Files, Take as TakeFile};
use crate::tui::app::layers::choose::{Choose, Take as TakeChoice};
use crate::tui::app::layers::prompt::{Prompt, Take};
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::work::Slot;
use crate::tui::app::writes::{self, at_home};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Change, Error, Result, Workspace};

/// The most that is read of a file at once, in bytes.
const MOST_BYTES: u64 = 128 << 20;

/// Ends of names of files with rows.
const ROWS: &[&str] = &[".csv", ".tsv", ".txt"];

/// Asks for the folder of an incident's evidence bundle: beside the workspace, unless another is named.
#[must_use]
pub fn ask_bundle(of: &Record, workspace: &Path) -> Boxed {
    let beside = workspace.parent().unwrap_or(Path::new("")).to_owned();
    let suggested = beside.join(format!("{}-bundle", of.reference())).to_string_lossy().into_owned();
    let help = "A new folder. What is known about the system, its releases, decisions, documents and readings is written there, \
                with the SHA-256 of each file. Private notes stay out.";
    let of = of.clone();
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Name a folder that is not there yet.".to_owned());
        }
        let folder = beside.join(at_home(text));
        if std::fs::symlink_metadata(&folder).is_ok() {
            return Err(format!("There is something at {} already; name another folder.", folder.display()));
        }
        Ok(vec![
            Message::Progress(0, 0, "Reading what is known".to_owned()),
            Message::Ask(vec![write_bundle(&of, folder, ctx)]),
        ])
    });
    Box::new(Prompt::new("Write the evidence bundle to", help, take).starting(&suggested))
}

fn write_bundle(of: &Record, folder: PathBuf, ctx: &Ctx) -> Effect {
    let (id, tell) = (of.id().to_owned(), ctx.tell.clone());
    Effect::Read(
        Slot::Newest("bundle", 0),
        Box::new(move |workspace, stop| {
            let mut watch = |done: u64, of: u64| {
                tell(Message::Progress(done, of, "Writing the evidence bundle".to_owned()));
                !stop.load(Ordering::Relaxed)
            };
            let made = workspace
                .get(&INCIDENT, &id)
                .and_then(|of| incident::whole(workspace, of))
                .and_then(|whole| bundle::bundle(workspace, &whole, &folder, &mut watch));
            Some(Message::Finished(match made {
                Ok(made) => {
                    let without = match made.without_copy.len() {
                        0 => String::new(),
                        many => format!("; of {} of evidence only the hash", counted(many, "piece")),
                    };
                    let folder = made.folder.display();
                    Ok(format!("{}, {} bytes, in {folder}{without}", counted(made.files, "file"), made.bytes))
                }
                Err(Error::Cancelled) => Err("Cancelled; nothing of the bundle was left behind.".to_owned()),
                Err(error) => Err(error.to_string()),
            }))
        }),
    )
}

/// Starts the document of what was learnt from an incident, filled from it.
#[must_use]
pub fn start_document(of: &Record, ctx: &Ctx) -> Effect {
    let (id, me, policy, today) = (of.id().to_owned(), ctx.me.id.clone(), ctx.policy.clone(), ctx.today);
    let library = Library::new(Some(ctx.config.join("documents")));
    writes::write(Purpose::Other, move |workspace| {
        let fields = incident::document_of(&workspace.get(&INCIDENT, &id)?);
        let desk = Desk { workspace, policy: &policy, library: &library, today };
        let (_, edits) = document::start(&desk, Utc::now(), fields, None)?;
        workspace.write(Change::by(&me, edits))
    })
}

/// Chooses a file of readings of a signal; then whether they raise alerts.
#[must_use]
pub fn pick_readings(of: &Record) -> (Boxed, Vec<Effect>) {
    let (of, verb) = (of.clone(), format!("Read readings of {} from", of.reference()));
    let take: TakeFile = Box::new(move |path, _| vec![Message::Push(alerts_or_not(of.clone(), path))]);
    let (layer, effects) = Files::new(&verb, ROWS, take);
    (Box::new(layer), effects)
}

fn alerts_or_not(of: Record, path: PathBuf) -> Boxed {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let threshold = if of.get("threshold").is_empty() {
        Some(format!("{} has no threshold that could be crossed", of.reference()))
    } else {
        None
    };
    let raises = Choice::new("Take them in, and raise alerts").about("one each time that they cross the threshold");
    let choices = vec![
        Choice::new("Take them in").about("lines of time and value; what is no reading is left out and counted"),
        Choice { why_not: threshold, ..raises },
    ];
    let take: TakeChoice = Box::new(move |places, _, ctx| match places.first() {
        Some(at) => vec![
            Message::Progress(0, 0, "Taking readings in".to_owned()),
            Message::Ask(vec![read_readings(&of, path.clone(), *at == 1, ctx)]),
        ],
        None => Vec::new(),
    });
    Box::new(Choose::new(Picker::new(format!("Readings of {name}"), choices), take))
}

fn read_readings(of: &Record, path: PathBuf, alert: bool, ctx: &Ctx) -> Effect {
    let (id, me) = (of.id().to_owned(), ctx.me.id.clone());
    finishing(move |workspace| {
        let text = text_of(&path, MOST_BYTES).map_err(|error| error.to_string())?;
        let of = workspace.get(&SIGNAL, &id).map_err(|error| error.to_string())?;
        let source = path.display().to_string();
        let taken =
            series::take_in(workspace, &of, &text, &source, alert, Utc::now()).map_err(|error| error.to_string())??;
        let (called, left_out) = (taken.called(&of), taken.left_out.words());
        workspace.write(Change::by(&me, taken.edits).called(called.clone())).map_err(|error| error.to_string())?;
        let left_out = if left_out.is_empty() { left_out } else { format!(". Left out: {left_out}") };
        Ok(format!("{called}{left_out} · u undo"))
    })
}

/// Chooses a file of alerts.
#[must_use]
pub fn pick_alerts() -> (Boxed, Vec<Effect>) {
    let take: TakeFile = Box::new(move |path, ctx| {
        let (me, today) = (ctx.me.id.clone(), ctx.today);
        let effect = finishing(move |workspace| {
            let text = text_of(&path, MOST_BYTES).map_err(|error| error.to_string())?;
            take_alerts(workspace, &text, &me, today)
        });
        vec![Message::Progress(0, 0, "Taking alerts in".to_owned()), Message::Ask(vec![effect])]
    });
    let (layer, effects) = Files::new("Read alerts from", &[".csv", ".json"], take);
    (Box::new(layer), effects)
}

/// Raises the alerts of a text, all or none.
fn take_alerts(
    workspace: &mut Workspace,
    text: &str,
    me: &str,
    today: chrono::NaiveDate,
) -> std::result::Result<String, String> {
    let now = Utc::now();
    let is_json = text.trim_start().starts_with(['{', '[']);
    let rows = if is_json { alerts::from_json(text)? } else { alerts::from_csv(text)? };
    let mut raised = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let read = alerts::said(row)
            .and_then(|said| of_row(workspace, said, me, today, now).map_err(|error| error.to_string()));
        raised.push(read.map_err(|why| format!("Alert {}: {why} Nothing was written.", at + 1))?);
    }
    let (edits, known) = raise(workspace, &raised, now).map_err(|error| error.to_string())?;
    if edits.is_empty() {
        return Err(format!("There are no new alerts: {known} raised before under the same key."));
    }
    let new = counted(edits.len(), "alert");
    workspace.write(Change::by(me, edits)).map_err(|error| error.to_string())?;
    let before = if known > 0 { format!("; {known} raised before") } else { String::new() };
    Ok(format!("{new} raised{before} · u undo"))
}

fn of_row(
    workspace: &Workspace,
    said: alerts::Said,
    me: &str,
    today: chrono::NaiveDate,
    now: chrono::DateTime<Utc>,
) -> Result<Raised> {
    let texts = [("signal", said.signal), ("raised_at", said.at)];
    let fields = workspace.typed(&ALERT, &texts, today, Some(me))?;
    let value = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let signal = workspace.get(&SIGNAL, value("signal").and_then(Value::as_text).unwrap_or_default())?;
    let at = value("raised_at").and_then(Value::as_moment).unwrap_or(now);
    Ok(Raised { signal, at, value: said.value, key: said.key, detail: said.detail })
}

/// Long work on the writing thread, that says at its end what came of it.
fn finishing(work: impl FnOnce(&mut Workspace) -> std::result::Result<String, String> + Send + 'static) -> Effect {
    Effect::Write(Slot::Each, Box::new(move |workspace, _| Some(Message::Finished(work(workspace)))))
}
