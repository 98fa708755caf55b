//! What the place for operations asks the reading thread for: what is worked out there comes back ready to be shown.

use std::sync::Arc;

use chrono::{DateTime, Local, Utc};

use super::Said;
use crate::policy::Policy;
use crate::record::{SERIES, SIGNAL, Value, decimal};
use crate::report::trend::thinned;
use crate::review::due;
use crate::review::operations::incident::whole;
use crate::review::operations::readiness::{Readiness, of_all};
use crate::review::operations::series::{Point, Summary, read, summary};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::triage::{Item, Target, Triaged};
use crate::tui::app::work::Slot;
use crate::tui::theme::Role;
use crate::workspace::{Condition, Error, Query, Result, Workspace};

/// Columns for which a series is thinned: two points for each are as many as the widest screen shows.
const COLUMNS: f64 = 400.0;

/// What is due at the most; nobody reads on.
const MOST: usize = 2000;

fn asked(slot: (&'static str, usize), read: impl FnOnce(&Workspace) -> Result<Said> + Send + 'static) -> Effect {
    Effect::Read(
        Slot::Newest(slot.0, slot.1),
        Box::new(move |workspace, _| match read(workspace) {
            Err(Error::Cancelled) => None,
            Ok(said) => Some(Message::Operations(said)),
            Err(error) => Some(Message::Failed(error)),
        }),
    )
}

/// What cannot wait, for the line at the top.
#[must_use]
pub fn pressing(ctx: &Ctx) -> Effect {
    let (policy, today) = (ctx.policy.clone(), ctx.today);
    asked(("pressing", 0), move |workspace| Ok(Said::Pressing(due::pressing(workspace, &policy, Utc::now(), today)?)))
}

/// What is due.
#[must_use]
pub fn due(ctx: &Ctx) -> Effect {
    let (policy, today) = (ctx.policy.clone(), ctx.today);
    asked(("due", 0), move |workspace| match due::due(workspace, &policy, Utc::now(), today) {
        Err(Error::Cancelled) => Err(Error::Cancelled),
        Ok(mut all) => {
            all.truncate(MOST);
            Ok(Said::Due(Ok(all)))
        }
        Err(error) => Ok(Said::Due(Err(error.to_string()))),
    })
}

/// How ready the systems in use are.
#[must_use]
pub fn readiness(ctx: &Ctx) -> Effect {
    let policy = ctx.policy.clone();
    asked(("readiness", 0), move |workspace| match all_lines(workspace, &policy) {
        Err(Error::Cancelled) => Err(Error::Cancelled),
        Ok(all) => Ok(Said::Readiness(Ok(all))),
        Err(error) => Ok(Said::Readiness(Err(error.to_string()))),
    })
}

fn all_lines(workspace: &Workspace, policy: &Policy) -> Result<Triaged> {
    let all = of_all(workspace, policy)?;
    let half = all.len().div_ceil(2);
    let mut items = Vec::new();
    for (at, one) in all.iter().enumerate() {
        add_lines(&mut items, one, at >= half);
    }
    Ok(Triaged { items })
}

/// The lines of a system: whether it is ready, what policy asks for, and what else it has that does not watch.
fn add_lines(items: &mut Vec<Item>, one: &Readiness, right: bool) {
    let tier = one.tier.as_deref().map_or("no tier".to_owned(), |tier| format!("{tier} tier"));
    let line = |label: &str, text: String, role: Role, target: Target| Item {
        heading: None,
        label: label.to_owned(),
        text,
        role,
        target,
        right,
    };
    let (word, role) = if one.ready { ("ready", Role::Good) } else { ("not ready", Role::Bad) };
    let why = if one.required.is_empty() { "; policy asks for nothing in particular" } else { "" };
    let watching = match one.watching {
        0 => "nothing watches it".to_owned(),
        1 => "1 signal watches".to_owned(),
        many => format!("{many} signals watch"),
    };
    let title = format!("{} {} ({tier})", one.system, crate::text::line(&one.name));
    let first = line(word, format!("{watching}{why}"), role, Target::Record(one.system.clone()));
    items.push(Item { heading: Some(title), ..first });
    for required in &one.required {
        if let Some(first) = required.ready.first() {
            let text = format!("{}: {}", required.ready.join(", "), required.reason);
            items.push(line(&required.kind, text, Role::Good, Target::Record(first.clone())));
            continue;
        }
        // What is there but does not watch is mended; what is not there is added.
        let there = one.unready.iter().find(|(reference, _)| required.lacks.starts_with(&format!("{reference}:")));
        let target = match there {
            Some((reference, _)) => Target::Record(reference.clone()),
            None => Target::Signal { system: one.system.clone(), kind: required.kind.clone() },
        };
        let lacks = if there.is_some() { required.lacks.as_str() } else { "missing" };
        items.push(line(&required.kind, format!("{lacks}. {}", required.reason), Role::Bad, target));
    }
    let told =
        |reference: &str| one.required.iter().any(|required| required.lacks.starts_with(&format!("{reference}:")));
    for (reference, lacks) in one.unready.iter().filter(|(reference, _)| !told(reference)) {
        items.push(line(reference, format!("does not watch: {lacks}"), Role::Warn, Target::Record(reference.clone())));
    }
}

/// The series of a signal, thinned to what can be seen, with its figures.
#[derive(Debug, Clone)]
pub struct Series {
    /// The signal's id.
    pub signal: String,
    /// Its reference and title.
    pub title: String,
    /// Its threshold, where it has one.
    pub threshold: Option<f64>,
    /// The threshold in words: `above 0.1 %`.
    pub limit: String,
    /// The unit of its values.
    pub unit: String,
    /// Runs without a gap: seconds since 1970, and the value.
    pub runs: Vec<Vec<(f64, f64)>>,
    /// The readings at which the threshold was crossed.
    pub crossed: Vec<(f64, f64)>,
    /// In figures; none where it has no readings.
    pub summary: Option<Summary>,
    /// What was left out of its batches, in words.
    pub left_out: String,
}

/// Reads the series of a signal, for the place or for the screen at a depth.
#[must_use]
pub fn series(signal: &str, depth: usize) -> Effect {
    let signal = signal.to_owned();
    asked(("series", depth), move |workspace| Ok(Said::Series(Arc::new(of_signal(workspace, &signal)?))))
}

/// The series of a signal as it is shown.
///
/// # Errors
/// When there is no such signal, or the file cannot be read.
pub fn of_signal(workspace: &Workspace, id: &str) -> Result<Series> {
    let signal = workspace.get(&SIGNAL, id)?;
    let readings = read(workspace, &signal)?;
    let batches = workspace.records(&Query::all(&SERIES).with(Condition::Is("signal", Value::text(id))))?;
    let notes: Vec<String> =
        batches.iter().filter_map(|batch| batch.text("left_out_note")).map(str::to_owned).collect();
    let runs = readings.runs(signal.number("every_hours"));
    let figures = summary(&signal, &readings, runs.len());
    let unit = signal.text("unit").unwrap_or_default().to_owned();
    let threshold = signal.text("threshold").and_then(decimal::number);
    let words = signal.text("threshold").map_or_else(
        || "no threshold".to_owned(),
        |text| format!("{} {text} {unit}", signal.text("bad_when").unwrap_or("above")).trim_end().to_owned(),
    );
    let first = readings.points.first().map_or(0, |point| point.0);
    let span = readings.points.last().map_or(0, |point| point.0) - first;
    let scale = seconds(span).max(1.0) / COLUMNS;
    let placed = |point: &Point| (seconds(point.0 - first) / scale, point.1);
    let back = |(x, y): (f64, f64)| (seconds(first) + x * scale, y);
    let thin = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> { thinned(&points).into_iter().map(back).collect() };
    // A gap that is narrower than a column cannot be seen, and a series may have as many of them as readings.
    let mut seen: Vec<Vec<(f64, f64)>> = Vec::new();
    for run in &runs {
        let begins = run.first().map_or(0.0, |point| placed(point).0);
        match seen.last_mut() {
            Some(last) if last.last().is_some_and(|(x, _)| begins - x < 1.0) => last.extend(run.iter().map(placed)),
            _ => seen.push(run.iter().map(placed).collect()),
        }
    }
    let crossed = readings.breaches(&signal).iter().map(placed).collect();
    Ok(Series {
        signal: id.to_owned(),
        title: format!("{} {}", signal.reference(), crate::text::line(signal.title())),
        threshold,
        limit: words,
        unit,
        runs: seen.into_iter().map(thin).collect(),
        crossed: thin(crossed),
        summary: figures,
        left_out: notes.join("; "),
    })
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this era are below 2^52")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// A moment in local time in few cells, for tables: the day of the year and the time.
#[must_use]
pub fn short(moment: DateTime<Utc>) -> String {
    moment.with_timezone(&Local).format("%-d %b %H:%M").to_string()
}

/// A moment in local time, as it is shown.
#[must_use]
pub fn at(moment: DateTime<Utc>) -> String {
    moment.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string()
}

/// The timeline of an incident as lines, the oldest first.
///
/// # Errors
/// When the incident is not there, or the file cannot be read.
pub fn timeline(workspace: &Workspace, id: &str) -> Result<Triaged> {
    let whole = whole(workspace, workspace.get(&crate::record::INCIDENT, id)?)?;
    let mut items: Vec<Item> = whole
        .entries
        .iter()
        .map(|entry| {
            let kind = entry.text("kind").unwrap_or("observation");
            let named = if kind == "observation" { String::new() } else { format!("{kind}: ") };
            let clock = entry.text("clock").map(|clock| format!(" ({clock})")).unwrap_or_default();
            let role = if kind == crate::record::incident::REPORT { Role::Accent } else { Role::Text };
            Item {
                heading: None,
                label: entry.get("at").as_moment().map(at).unwrap_or_default(),
                text: format!("{named}{}{clock}", entry.text("text").unwrap_or_default()),
                role,
                target: Target::Record(entry.id().to_owned()),
                right: false,
            }
        })
        .collect();
    let head = match items.len() {
        0 => "Nothing stands here yet".to_owned(),
        1 => "1 entry".to_owned(),
        many => format!("{many} entries, the oldest first"),
    };
    if items.is_empty() {
        items.push(Item {
            heading: None,
            label: String::new(),
            text:
                "a types what happens, in one line, with the time of now; begin with a time for another one, and with \
                   decision: or action: for what it is."
                    .to_owned(),
            role: Role::Dim,
            target: Target::Nothing,
            right: false,
        });
    }
    if let Some(first) = items.first_mut() {
        first.heading = Some(head);
    }
    Ok(Triaged { items })
}
