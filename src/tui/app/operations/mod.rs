//! What is watched after a launch: the place for it, with its parts, and what can be done with alerts, incidents and signals,
//! there and on their own screens. Everything is written by the functions of `review/operations`, as the command line does.

mod asks;
mod forms;
mod jobs;
mod place;
pub mod reading;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use asks::{KEY, ending};
pub use forms::{FROM, edits_of};
pub use place::{Made, Operations, Part, has_room};
pub use reading::{pressing, timeline};

use super::message::{Effect, Message, Purpose};
use super::reads;
use super::record_screen::{RecordScreen, Tab};
use super::state::{Base, State};
use super::triage::{Target, Triaged};
use asks::What;
use reading::Series;

use crate::record::incident::{ENTRY, MITIGATION};
use crate::record::{ALERT, INCIDENT, Kind, Record, SIGNAL, SYSTEM};
use crate::review::due::{Due, Pressing};
use crate::tui::command::{Available, CommandId as Id};
use crate::workspace::{Draft, Receipt};

/// What comes back about what is watched.
pub enum Said {
    /// How ready the systems are.
    Readiness(Result<Triaged, String>),
    /// What is due.
    Due(Result<Vec<Due>, String>),
    /// The series of a signal.
    Series(Arc<Series>),
    /// What cannot wait.
    Pressing(Pressing),
    /// A form to be opened, with what it asks for.
    Open(Vec<Message>),
}

/// Whether records of a kind are watched: their screens have the keys of alerts, incidents and signals.
#[must_use]
pub fn is_watched(kind: Kind) -> bool {
    [&ALERT, &INCIDENT, &SIGNAL, &ENTRY, &MITIGATION].contains(&kind)
}

/// Takes what came back.
pub fn hear(state: &mut State, said: Said) -> Vec<Effect> {
    match (said, &mut state.base) {
        (Said::Pressing(pressing), _) => state.pressing = Some(pressing),
        (Said::Open(said), _) => return said.into_iter().flat_map(|one| state.act(one)).collect(),
        (Said::Readiness(made), Base::Operations(place)) => place.readiness.take(made),
        (Said::Due(made), Base::Operations(place)) => place.due.take(made),
        (Said::Series(series), base) => {
            let shows = |screen: &&mut RecordScreen| screen.signal() == Some(series.signal.as_str());
            for screen in state.screens.iter_mut().filter(shows) {
                screen.series = Some(series.clone());
            }
            if let Base::Operations(place) = base {
                place.take_series(series);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// What follows when something was written: an incident that was opened is gone to, for what comes next is its timeline.
#[must_use]
pub fn after(purpose: &Purpose, receipt: &Receipt) -> Vec<Effect> {
    let opened = receipt.records.iter().find(|record| record.kind() == &INCIDENT && record.version() == 1);
    match (purpose, opened) {
        (Purpose::Form(_), Some(incident)) => vec![reads::open(incident.id())],
        _ => Vec::new(),
    }
}

/// Opens what a draft belongs to.
#[must_use]
pub fn reopen(draft: &Draft, ctx: &super::ctx::Ctx) -> Option<Effect> {
    match draft.key.split_once('/') {
        Some((FROM, about)) => forms::reopen(about, ctx),
        _ => asks::reopen(draft),
    }
}

/// On a larger screen there is room for the readings of what is selected.
pub fn resized(state: &mut State) -> Vec<Effect> {
    match &mut state.base {
        Base::Operations(place) => place.follow(state.size),
        _ => Vec::new(),
    }
}

/// The place, where it is what is shown.
fn place(state: &State) -> Option<&Operations> {
    match (&state.base, state.screens.is_empty()) {
        (Base::Operations(place), true) => Some(place),
        _ => None,
    }
}

/// Whether a command is carried out here.
#[must_use]
pub fn is_ours(state: &State, id: Id) -> bool {
    match id {
        id if writes(id) => true,
        Id::PlaceOperations | Id::PlaceDue | Id::PartNext | Id::PartPrevious | Id::IncidentBundle => true,
        Id::Open | Id::CopyReference | Id::CopySummary => place(state).is_some_and(|place| place.lines().is_some()),
        Id::Add | Id::AddForm => {
            place(state).is_some_and(|place| matches!(place.part, Part::Incidents | Part::Readiness | Part::Due))
        }
        Id::Status => matches!(under_cursor(state), Some(kind) if kind == &ALERT || kind == &MITIGATION),
        Id::Owner => matches!(under_cursor(state), Some(kind) if kind == &ALERT || kind == &INCIDENT),
        _ => false,
    }
}

/// The kind of what a command is about.
fn under_cursor(state: &State) -> Option<Kind> {
    state.chosen().first().map(|record| record.kind())
}

/// Whether a command changes the workspace.
#[must_use]
pub const fn writes(id: Id) -> bool {
    matches!(
        id,
        Id::AlertAck
            | Id::IncidentOpen
            | Id::IncidentNote
            | Id::IncidentMitigate
            | Id::IncidentReport
            | Id::IncidentLearn
            | Id::IncidentDocument
            | Id::TakeLearnt
            | Id::RouteTest
            | Id::TakeIn
    )
}

/// The records of a kind that a command is about: the marked ones or the one under the cursor, else the one whose screen this
/// is, or under that.
fn at_hand(state: &State, kind: Kind) -> Vec<Record> {
    let chosen: Vec<Record> = state.chosen().into_iter().filter(|record| record.kind() == kind).cloned().collect();
    if !chosen.is_empty() {
        return chosen;
    }
    let screens = state.screens.iter().rev().filter_map(RecordScreen::record);
    screens.filter(|record| record.kind() == kind).take(1).cloned().collect()
}

fn one_at_hand(state: &State, kind: Kind) -> Option<Record> {
    at_hand(state, kind).into_iter().next()
}

/// Whether a command can be carried out now.
#[must_use]
pub fn available(state: &State, id: Id) -> Available {
    let no = |why: &str| Available::No(why.to_owned());
    let has = |kind| !at_hand(state, kind).is_empty();
    match id {
        Id::AlertAck if !has(&ALERT) => no("Select an alert first; 8 goes to them."),
        Id::IncidentNote
        | Id::IncidentMitigate
        | Id::IncidentReport
        | Id::IncidentLearn
        | Id::IncidentDocument
        | Id::IncidentBundle
            if !has(&INCIDENT) =>
        {
            no("Select an incident first; 8 8 goes to them.")
        }
        Id::RouteTest => match one_at_hand(state, &SIGNAL) {
            None => no("Select a signal first; 8 8 8 goes to them."),
            Some(signal) => match crate::review::operations::signal::why_no_test(&signal) {
                Some(why) => Available::No(format!("{why}; e sets its field “Alert route”.")),
                None => Available::Yes,
            },
        },
        Id::Open | Id::CopyReference | Id::CopySummary => match place(state) {
            Some(place) if place.lines().is_some_and(|(_, count)| count == 0) => no("Nothing is selected here."),
            _ => Available::Yes,
        },
        Id::Add | Id::AddForm if place(state).is_some_and(|place| place.part == Part::Due) => {
            no("What is due comes from other records; nothing is added here.")
        }
        _ => Available::Yes,
    }
}

/// Carries a command out.
pub fn run(state: &mut State, id: Id) -> Vec<Effect> {
    let incident = one_at_hand(state, &INCIDENT);
    match (id, incident) {
        (Id::PlaceOperations, _) => go(state, None),
        (Id::PlaceDue, _) => go(state, Some(Part::Due)),
        (Id::PartNext, _) => turn(state, true),
        (Id::PartPrevious, _) => turn(state, false),
        (Id::Open, _) => open(state),
        (Id::Add | Id::AddForm, _) => add(state).unwrap_or_default(),
        (Id::CopyReference | Id::CopySummary, _) => copy(state, id),
        (Id::AlertAck, _) => vec![asks::acknowledge(at_hand(state, &ALERT), &state.ctx)],
        (Id::Owner, _) => {
            let chosen: Vec<Record> = state.chosen().into_iter().cloned().collect();
            let Some((layer, effects)) = asks::who(chosen) else { return Vec::new() };
            state.layers.push(layer);
            effects
        }
        (Id::Status, _) => settle(state),
        (Id::IncidentOpen, _) => open_incident(state),
        (Id::IncidentNote, Some(of)) => asks::ask(What::Note, vec![of]).into_iter().collect(),
        (Id::IncidentMitigate, Some(of)) => {
            let given = vec![("incident", of.reference().to_owned())];
            state.act(Message::AddTo(&MITIGATION, given, "title"))
        }
        (Id::IncidentReport, Some(of)) => vec![asks::report(&of)],
        (Id::IncidentLearn, Some(of)) => say_all(state, |state| forms::learn(&of, &state.ctx)),
        (Id::IncidentDocument, Some(of)) => vec![jobs::start_document(&of, &state.ctx)],
        (Id::IncidentBundle, Some(of)) => {
            let layer = jobs::ask_bundle(&of, &state.workspace_path);
            state.layers.push(layer);
            Vec::new()
        }
        (Id::TakeLearnt, of) => vec![asks::take_learnt(of, &state.ctx)],
        (Id::RouteTest, _) => {
            let signal = one_at_hand(state, &SIGNAL);
            signal.and_then(|signal| asks::ask(What::Test, vec![signal])).into_iter().collect()
        }
        (Id::TakeIn, _) => {
            let (layer, effects) = match one_at_hand(state, &SIGNAL) {
                Some(signal) => jobs::pick_readings(&signal),
                None => jobs::pick_alerts(),
            };
            state.layers.push(layer);
            effects
        }
        _ => Vec::new(),
    }
}

fn say_all(state: &mut State, said: impl FnOnce(&State) -> Vec<Message>) -> Vec<Effect> {
    let said = said(state);
    said.into_iter().flat_map(|one| state.act(one)).collect()
}

/// Goes to the place: at a part; or at its first one, and from there to the next.
fn go(state: &mut State, part: Option<Part>) -> Vec<Effect> {
    let here = place(state).is_some();
    state.screens.clear();
    if let (Base::Operations(place), true) = (&mut state.base, here || part.is_some()) {
        let mut effects = match part {
            Some(part) => place.show(part, &state.ctx),
            None => place.turn(true, &state.ctx),
        };
        effects.extend(place.follow(state.size));
        return effects;
    }
    let mut place = Operations::at(part.unwrap_or(Part::Alerts));
    let effects = place.start(&state.ctx);
    state.base = Base::Operations(Box::new(place));
    effects
}

fn turn(state: &mut State, forwards: bool) -> Vec<Effect> {
    let Base::Operations(place) = &mut state.base else { return Vec::new() };
    let mut effects = place.turn(forwards, &state.ctx);
    effects.extend(place.follow(state.size));
    effects
}

/// Opens what a line of readiness, or of what is due, is about.
fn open(state: &mut State) -> Vec<Effect> {
    let Some(place) = place(state) else { return Vec::new() };
    if let Some(due) = place.due_at_hand() {
        return vec![reads::open(&due.record)];
    }
    match place.target().cloned() {
        Some(Target::Record(id)) => vec![reads::open(&id)],
        Some(Target::Signal { .. }) if state.ctx.read_only => {
            state.complain("The workspace is read-only; nothing can be changed here.");
            Vec::new()
        }
        Some(Target::Signal { system, kind }) => say_all(state, |state| forms::signal(&system, &kind, &state.ctx)),
        _ => Vec::new(),
    }
}

/// Copies the message that is ready for what is due, or the reference of a line of readiness.
fn copy(state: &State, id: Id) -> Vec<Effect> {
    let Some(place) = place(state) else { return Vec::new() };
    if let Some(due) = place.due_at_hand() {
        if id == Id::CopyReference {
            return vec![Effect::Copy(due.record.clone(), due.record.clone())];
        }
        return vec![Effect::Copy(due.message.clone(), format!("the message about {}, ready to paste", due.record))];
    }
    match place.target() {
        Some(Target::Record(name) | Target::Signal { system: name, .. }) => {
            vec![Effect::Copy(name.clone(), name.clone())]
        }
        _ => Vec::new(),
    }
}

/// Adds what belongs where the user is, where that is more than a record of the list: an entry of a timeline on an
/// incident's screen, a signal that is missing. None where it is not.
pub fn add(state: &mut State) -> Option<Vec<Effect>> {
    if let Some(place) = place(state) {
        return match (place.part, place.target().cloned()) {
            (Part::Incidents, _) => Some(say_all(state, |state| forms::by_hand(None, &state.ctx))),
            (Part::Readiness, Some(Target::Signal { system, kind })) => {
                Some(say_all(state, |state| forms::signal(&system, &kind, &state.ctx)))
            }
            (Part::Readiness, _) => {
                let effects = state.act(Message::AddTo(&SIGNAL, Vec::new(), "name"));
                Some(effects)
            }
            _ => None,
        };
    }
    let screen = state.screens.last()?;
    if screen.kind == &SYSTEM && screen.listing().is_some_and(|listing| listing.base.kind == &INCIDENT) {
        let system = screen.reference.clone();
        return Some(say_all(state, |state| forms::by_hand(Some(system), &state.ctx)));
    }
    if screen.kind != &INCIDENT {
        return None;
    }
    match screen.listing().map(|listing| listing.base.kind) {
        None => Some(run(state, Id::IncidentNote)),
        Some(kind) if kind == &MITIGATION => Some(run(state, Id::IncidentMitigate)),
        Some(_) => None,
    }
}

/// Says what alerts turned out to be, or ends a mitigation: whichever is under the cursor.
fn settle(state: &mut State) -> Vec<Effect> {
    let Some(one) = state.chosen().into_iter().next().cloned() else { return Vec::new() };
    if one.kind() == &ALERT {
        let layer = asks::dispose(at_hand(state, &ALERT));
        state.layers.push(layer);
        return Vec::new();
    }
    if MITIGATION.is_closed(&one) {
        state.complain(format!("{} has ended already.", one.reference()));
        return Vec::new();
    }
    asks::ask(What::End, vec![one]).into_iter().collect()
}

/// Opens the form of an incident: from the alert under the cursor, or by hand.
fn open_incident(state: &mut State) -> Vec<Effect> {
    let alert = one_at_hand(state, &ALERT);
    if let Some(taken) = alert.as_ref().filter(|alert| !alert.get("incident").is_empty()) {
        state.complain(format!("{} belongs to an incident already; Enter shows it.", taken.reference()));
        return Vec::new();
    }
    let empty = std::collections::HashMap::new();
    let said = match alert {
        Some(alert) => {
            let labels = match (state.listing(), state.screens.last()) {
                (Some(listing), _) => &listing.list.labels,
                (None, Some(screen)) => screen.detail.as_ref().map_or(&empty, |detail| &detail.labels),
                (None, None) => &empty,
            };
            forms::from_alert(&alert, labels, &state.ctx)
        }
        None => forms::by_hand(None, &state.ctx),
    };
    say_all(state, |_| said)
}

/// The keys worth knowing in the place and on the screens of what is watched, the most important first.
#[must_use]
pub fn hints(state: &State) -> &'static [Id] {
    if let Some(place) = place(state) {
        return match place.part {
            Part::Alerts => &[
                Id::AlertAck,
                Id::IncidentOpen,
                Id::Status,
                Id::PartNext,
                Id::Help,
                Id::Open,
                Id::Owner,
                Id::Add,
                Id::TakeIn,
                Id::Filter,
                Id::Undo,
                Id::Back,
            ],
            Part::Incidents => &[
                Id::Open,
                Id::Add,
                Id::IncidentNote,
                Id::PartNext,
                Id::Help,
                Id::IncidentMitigate,
                Id::IncidentReport,
                Id::Status,
                Id::IncidentLearn,
                Id::IncidentBundle,
                Id::Undo,
                Id::Back,
            ],
            Part::Signals => &[
                Id::Open,
                Id::Add,
                Id::TakeIn,
                Id::RouteTest,
                Id::PartNext,
                Id::Help,
                Id::Edit,
                Id::Find,
                Id::Undo,
                Id::Back,
            ],
            Part::Readiness => &[Id::Open, Id::Add, Id::PartNext, Id::Help, Id::Undo, Id::Back],
            Part::Due => &[Id::Open, Id::CopySummary, Id::PartNext, Id::Help, Id::Reload, Id::Back],
        };
    }
    let watched = state.screens.last().map(|screen| screen.kind);
    match watched.map(|kind| kind.name) {
        Some(name) if name == INCIDENT.name => match state.tab() {
            Some(Tab::List(_, listing)) if listing.base.kind == &MITIGATION => {
                &[Id::Add, Id::Status, Id::Open, Id::TabNext, Id::Help, Id::Due, Id::Edit, Id::Undo, Id::Back]
            }
            Some(Tab::List(..)) => &[
                Id::Open,
                Id::Add,
                Id::TabNext,
                Id::IncidentNote,
                Id::Help,
                Id::IncidentLearn,
                Id::IncidentDocument,
                Id::TakeLearnt,
                Id::Edit,
                Id::Undo,
                Id::Back,
            ],
            _ => &[
                Id::IncidentNote,
                Id::IncidentMitigate,
                Id::IncidentReport,
                Id::Status,
                Id::TabNext,
                Id::Help,
                Id::IncidentLearn,
                Id::IncidentBundle,
                Id::IncidentDocument,
                Id::Edit,
                Id::Undo,
                Id::Back,
            ],
        },
        Some(name) if name == SIGNAL.name => {
            &[Id::TabNext, Id::TakeIn, Id::RouteTest, Id::Edit, Id::Help, Id::Add, Id::Undo, Id::Back]
        }
        Some(name) if name == ALERT.name => {
            &[Id::AlertAck, Id::IncidentOpen, Id::Status, Id::Owner, Id::Help, Id::Edit, Id::Undo, Id::Back]
        }
        _ => &[Id::Status, Id::Edit, Id::Help, Id::TabNext, Id::Undo, Id::Back],
    }
}
