//! The popups of a meeting: what is decided, who is here, how they vote, minutes as they are typed.

mod count;
mod decide;
mod keyed;
mod sheet;
mod typing;

pub use count::{after_vote, count};
pub use decide::{decide, finish};
pub use sheet::Sheet;
pub use typing::Typing;

use chrono::{DateTime, Utc};

use super::choose::{Choose, Take};
use super::prompt::{Prompt, Take as TakeText};
use crate::meeting::{self, Board, Case, Held, Step};
use crate::record::meeting::{CONSENT, DISCUSSION};
use crate::record::{AGENDA_ITEM, Value};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::present::{clock, spent};
use crate::tui::app::writes;
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Edit, Result, Workspace};

/// Writes a step of a meeting, made anew where somebody else wrote meanwhile.
#[must_use]
pub fn step(
    ctx: &Ctx,
    purpose: Purpose,
    make: impl Fn(&Workspace, DateTime<Utc>) -> Result<Step> + Send + 'static,
) -> Effect {
    let me = ctx.me.id.clone();
    writes::write(purpose, move |workspace| {
        let at = Utc::now();
        meeting::perform(workspace, &me, at, &|workspace| make(workspace, at))
    })
}

/// Several steps that do not touch the same records, as one.
pub(super) fn together(what: String, steps: Vec<Step>) -> Step {
    Step { what, why: String::new(), edits: steps.into_iter().flat_map(|step| step.edits).collect() }
}

/// Chooses who is recused for the item, members with a part in it first; then asks why.
#[must_use]
pub fn recuse(held: &Held, case: Option<&Case>) -> Boxed {
    let part_of = |person: &str| {
        let conflict = case?.conflicts.iter().find(|conflict| conflict.person == person)?;
        Some(conflict.part.clone())
    };
    // Who has a part in it and is here comes first.
    let mut listed: Vec<&crate::record::meeting::quorum::Seat> = held.room.seats.iter().collect();
    listed.sort_by_key(|seat| (part_of(&seat.person).is_none(), !seat.present));
    let seats: Vec<(String, String, Option<String>)> = listed
        .into_iter()
        .filter(|seat| seat.recused.is_none())
        .map(|seat| (seat.person.clone(), format!("{} @{}", seat.name(), seat.handle), part_of(&seat.person)))
        .collect();
    let choices = seats
        .iter()
        .map(|(_, name, part)| {
            Choice::new(name).about(part.clone().unwrap_or_else(|| "no part in it is known".to_owned()))
        })
        .collect();
    let item = held.item.clone();
    let take: Take = Box::new(move |places, _, _| {
        let Some((person, name, part)) = places.first().and_then(|at| seats.get(*at)) else { return Vec::new() };
        let (item, person) = (item.clone(), person.clone());
        let why = part.as_ref().map(|part| format!("Is the {part}.")).unwrap_or_default();
        let take: TakeText = Box::new(move |why, ctx| {
            if why.is_empty() {
                return Err("Say what the conflict is.".to_owned());
            }
            let (item, person, why) = (item.id().to_owned(), person.clone(), why.to_owned());
            let effect =
                step(ctx, Purpose::Other, move |workspace, at| meeting::recuse(workspace, &item, &person, &why, at));
            Ok(vec![Message::Ask(vec![effect])])
        });
        let help = "Out of this item's quorum and of its vote. It stands in the minutes.";
        vec![Message::Push(Box::new(Prompt::new(&format!("Why is {name} recused?"), help, take).starting(&why)))]
    });
    Box::new(Choose::new(Picker::new("Who is recused for this item?", choices), take))
}

/// Chooses the item that the room goes to.
#[must_use]
pub fn agenda(board: &Board) -> Boxed {
    let now = Utc::now();
    let choices = board
        .items
        .iter()
        .enumerate()
        .map(|(at, held)| {
            let (used, planned) = spent(&held.item, now);
            let state = held.item.text("outcome").unwrap_or(if board.current == Some(at) { "here" } else { "open" });
            let tail = format!("{} of {} min", clock(used), planned / 60);
            Choice { tail, ..Choice::new(format!("{}. {}", at + 1, held.item.title())).about(state) }
        })
        .collect();
    let ids: Vec<String> = board.items.iter().map(|held| held.item.id().to_owned()).collect();
    let take: Take = Box::new(move |places, _, ctx| match places.first().and_then(|at| ids.get(*at)) {
        Some(id) => {
            let id = id.clone();
            vec![Message::Ask(vec![step(ctx, Purpose::Walk, move |workspace, at| meeting::go(workspace, &id, at))])]
        }
        None => Vec::new(),
    });
    Box::new(Choose::new(Picker::new("Go to which item?", choices).at(board.current.unwrap_or(0)), take))
}

/// Takes an item out of those that pass by consent, or puts it back among them.
#[must_use]
pub fn consent_or_not(item: &crate::record::Record, ctx: &Ctx) -> Effect {
    let id = item.id().to_owned();
    step(ctx, Purpose::Other, move |workspace, _| {
        let item = workspace.get(&AGENDA_ITEM, &id)?;
        let to = if item.text("section") == Some(CONSENT) { DISCUSSION } else { CONSENT };
        let what = match to {
            CONSENT => format!("{}: to pass by consent", item.reference()),
            _ => format!("{}: to be discussed", item.reference()),
        };
        Ok(Step { what, why: String::new(), edits: vec![edit(&item, vec![("section", to.into())])] })
    })
}

/// The edit that sets fields of a record as it was read.
pub(super) fn edit(record: &crate::record::Record, fields: Vec<(&'static str, Value)>) -> Edit {
    Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: Some(record.version()), fields }
}
