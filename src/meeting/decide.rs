//! Decisions made in a room, through the same door as all others: `review::decide` with its rights and separations, and
//! over it the rules of the room.

use chrono::{DateTime, Utc};

use super::board::item_of;
use super::plan::next_planned;
use super::room::carried;
use super::{Step, add, set};
use crate::record::decision::DEFER;
use crate::record::meeting::{AGAINST, CARRIED_OVER, DECIDED, RECOMMENDED, forum, quorum};
use crate::record::{AGENDA_ITEM, DECISION, Look, PERSON, RECUSAL, Record, VOTE, Value};
use crate::review::decide::{self, Ask};
use crate::workspace::{Result, Workspace};

/// Makes a decision under an item, or a recommendation where that is asked. The votes and the quorum become part of it, and so
/// do the reasons of those who voted against, where no other dissent is said. What is deferred goes to the next meeting.
///
/// # Errors
/// When the file cannot be read. Whether it may be decided so is judged when it is written.
pub fn decide(workspace: &Workspace, item: &str, ask: &Ask, at: DateTime<Utc>) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    let look = workspace.look();
    let mut ask = ask.clone();
    ask.meeting = Some((meeting.reference().to_owned(), item.id().to_owned()));
    if ask.dissent.trim().is_empty() {
        ask.dissent = dissent(&ask, &item, &look);
    }
    let mut edits = decide::decide(workspace, &ask, at)?;
    let room = quorum::Room::of(&meeting, Some(&item), &look);
    let deferred = ask.kind == DEFER && !ask.recommend;
    let outcome = match (ask.recommend, deferred) {
        (true, _) => RECOMMENDED,
        (false, true) => CARRIED_OVER,
        (false, false) => DECIDED,
    };
    edits.push(set(
        &item,
        vec![
            ("outcome", outcome.into()),
            ("outcome_note", Value::text(crate::text::line(&decide::in_words(&ask)).into_owned())),
            ("quorum_then", Value::text(room.quorum().to_string())),
        ],
    ));
    if deferred && let Some(next) = next_planned(workspace, &meeting)? {
        edits.push(add(&AGENDA_ITEM, at, carried(&item, &meeting, next.id(), &ask.rationale)));
    }
    Ok(Step {
        why: ask.rationale.clone(),
        ..Step::new(format!("{} in {}", decide::in_words(&ask), meeting.reference()), edits)
    })
}

/// The vote under an item that a decision would rest on, where there was one.
#[must_use]
pub fn motion_for(look: &dyn Look, item: &Record, kind: &'static str) -> Option<Record> {
    forum::motion_on(&Record::from_said(&DECISION, &[("kind", kind.into())]), item, look)
}

/// Who voted against, and why: `Ana Anders: The figures are a year old.`, one a line; those who gave no reason by name only.
fn dissent(ask: &Ask, item: &Record, look: &dyn Look) -> String {
    let Some(motion) = motion_for(look, item, ask.resulting_kind()) else { return String::new() };
    let against =
        look.all(&VOTE, "motion", motion.id()).into_iter().filter(|vote| vote.text("choice") == Some(AGAINST));
    let lines: Vec<String> = against
        .map(|vote| {
            let name = crate::text::line(vote.title()).into_owned();
            vote.text("reason").map_or_else(|| name.clone(), |reason| format!("{name}: {}", reason.trim()))
        })
        .collect();
    lines.join("\n")
}

/// Declares somebody's conflict of interest for one item: they are out of its quorum and of its vote.
///
/// # Errors
/// When the file cannot be read.
pub fn recuse(workspace: &Workspace, item: &str, person: &str, why: &str, at: DateTime<Utc>) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    let handle = workspace.get(&PERSON, person)?.text("handle").unwrap_or_default().to_owned();
    let fields = vec![
        ("person", Value::text(person)),
        ("agenda_item", Value::text(item.id())),
        ("reason", Value::text(why.trim())),
    ];
    let what = format!("{}: @{} recused for {}", meeting.reference(), crate::text::line(&handle), item.reference());
    Ok(Step { why: why.trim().to_owned(), ..Step::new(what, vec![add(&RECUSAL, at, fields)]) })
}
