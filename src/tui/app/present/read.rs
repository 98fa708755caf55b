//! What is read of a meeting to show it, off the drawing thread.

use std::collections::HashMap;

use chrono::Utc;

use crate::meeting::minutes::{minutes, summary};
use crate::meeting::{self, Board, Case, Fit};
use crate::record::meeting::{IN_SESSION, PLANNED};
use crate::record::{MEETING, PERSON, Record, Value};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::Slot;
use crate::workspace::{Condition, Direction, Error, Label, Query, Result, Sort, Workspace};

/// A meeting with what its screen shows.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The meeting, its people and its agenda.
    pub board: Board,
    /// The case of the item that the room is at.
    pub case: Option<Case>,
    /// The people of the workspace, for the line that adds an action and for names.
    pub people: HashMap<String, Label>,
    /// Whether the agenda fits the time.
    pub fit: Fit,
    /// Minutes of the current item that were typed and not saved yet, by this person.
    pub typed: Option<String>,
}

/// The key under which minutes are kept as they are typed; private notes under another one.
#[must_use]
pub fn draft_key(item: &str, private: bool) -> String {
    format!("{}/{item}", if private { "note" } else { "minutes" })
}

/// Reads a meeting to be shown.
///
/// # Errors
/// Where it is not there, or the file cannot be read.
pub fn read(workspace: &Workspace, ctx: &ReadFor, id: &str) -> Result<Presented> {
    let now = Utc::now();
    let board = meeting::read(workspace, id)?;
    let item = board.at().map(|held| held.item.clone());
    let case = item.as_ref().map(|item| meeting::case(workspace, &ctx.policy, item.id(), &ctx.me, now)).transpose()?;
    let draft = match &item {
        Some(item) => workspace.draft(&draft_key(item.reference(), false))?,
        None => None,
    };
    let typed = draft.filter(|draft| draft.by == ctx.me).and_then(|draft| {
        let text = draft.body.get("text")?.as_str()?.to_owned();
        let saved = item.as_ref().and_then(|item| item.text("minutes")).unwrap_or_default();
        (text.trim_end() != saved.trim_end()).then_some(text)
    });
    let mut ids: Vec<String> = board.room.seats.iter().map(|seat| seat.person.clone()).collect();
    ids.extend(board.items.iter().filter_map(|held| held.item.text("presenter")).map(str::to_owned));
    let actions = board.items.iter().flat_map(|held| &held.actions);
    ids.extend(actions.filter_map(|action| action.text("owner")).map(str::to_owned));
    ids.sort();
    ids.dedup();
    let mut people = HashMap::new();
    for some in ids.chunks(200) {
        people.extend(workspace.labels_of(&PERSON, some)?.into_iter().map(|label| (label.id.clone(), label)));
    }
    let fit = meeting::fit(&board.meeting, board.items.iter().map(|held| &held.item));
    Ok(Presented { board, case, people, fit, typed })
}

/// For whom a meeting is read, and under which policy.
#[derive(Debug, Clone)]
pub struct ReadFor {
    /// The policy.
    pub policy: crate::policy::Policy,
    /// The id of the person at the screen.
    pub me: String,
}

/// Asks for a meeting to be shown.
#[must_use]
pub fn presented(id: &str, own: bool, ctx: &Ctx) -> Effect {
    let id = id.to_owned();
    let reads = ReadFor { policy: ctx.policy.clone(), me: ctx.me.id.clone() };
    Effect::Read(
        Slot::Newest("presented", usize::from(own)),
        Box::new(move |workspace, _| match read(workspace, &reads, &id) {
            Err(Error::Cancelled) => None,
            read => Some(Message::Presented(id, Box::new(read))),
        }),
    )
}

/// The meeting to present where none is named: the one in session, else the next that is planned.
///
/// # Errors
/// When the file cannot be read.
pub fn next_one(workspace: &Workspace) -> Result<Option<Record>> {
    for status in [IN_SESSION, PLANNED] {
        let query = Query::all(&MEETING)
            .with(Condition::Is("status", Value::text(status)))
            .sorted(vec![Sort { field: "starts_at", descending: false }]);
        if let Some(row) = workspace.page(&query, None, Direction::After, 1)?.rows.pop() {
            return Ok(Some(row.record));
        }
    }
    Ok(None)
}

/// Looks for the meeting to present: the one that goes on, or the next.
#[must_use]
pub fn begin(own: bool) -> Effect {
    Effect::Read(
        Slot::Newest("present", 0),
        Box::new(move |workspace, _| {
            Some(match next_one(workspace) {
                Ok(Some(meeting)) => Message::Present(Box::new(meeting), own),
                Ok(None) => Message::Complain(
                    "No meeting is planned. 7 goes to the meetings; `probity meeting plan` makes the next ones."
                        .to_owned(),
                ),
                Err(error) => Message::Failed(error),
            })
        }),
    )
}

/// Copies what the meeting came to, fit for a chat message.
#[must_use]
pub fn copy_summary(id: &str) -> Effect {
    let id = id.to_owned();
    Effect::Read(
        Slot::Newest("summary", 0),
        Box::new(move |workspace, _| {
            let made = minutes(workspace, &id, Utc::now()).and_then(|minutes| {
                let items = minutes.board.items.iter().flat_map(|held| &held.actions);
                let mut owners: Vec<String> =
                    items.filter_map(|action| action.text("owner")).map(str::to_owned).collect();
                owners.sort();
                owners.dedup();
                let names: HashMap<String, String> = workspace
                    .labels_of(&PERSON, &owners)?
                    .into_iter()
                    .map(|label| (label.id.clone(), label.shown()))
                    .collect();
                let handle = |id: &str| names.get(id).cloned().unwrap_or_else(|| "somebody".to_owned());
                Ok((summary(&minutes, &handle), minutes.board.meeting.reference().to_owned()))
            });
            Some(match made {
                Ok((text, reference)) => {
                    Message::Ask(vec![Effect::Copy(text, format!("what {reference} came to, ready to paste"))])
                }
                Err(error) => Message::Failed(error),
            })
        }),
    )
}

/// Looks for the meeting of an item that was being minuted, to go on with it.
#[must_use]
pub fn begin_at(item: &str) -> Effect {
    let item = item.to_owned();
    Effect::Read(
        Slot::Newest("present", 0),
        Box::new(move |workspace, _| {
            let found = workspace
                .find(&item)
                .and_then(|item| workspace.get(&MEETING, item.text("meeting").unwrap_or_default()));
            Some(match found {
                Ok(meeting) => Message::Present(Box::new(meeting), false),
                Err(error) => Message::Failed(error),
            })
        }),
    )
}
