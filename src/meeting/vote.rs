//! Votes: put to the room, cast by name or counted, and closed.

use chrono::{DateTime, Utc};

use super::board::item_of;
use super::{Step, add, named, refuse, set};
use crate::record::meeting::{BY_COUNT, BY_NAME, Tally, WITHDRAWN, quorum, result, tally};
use crate::record::{AGENDA_ITEM, Look, MEETING, MOTION, PERSON, Record, VOTE, Value};
use crate::workspace::{Result, Workspace};

/// How somebody votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast<'a> {
    /// The id of the member.
    pub person: &'a str,
    /// In favour, against, or abstaining.
    pub choice: &'a str,
    /// Why, where they dissent.
    pub reason: &'a str,
}

/// Puts something to the vote under an item. `proposes` is the kind of decision it is about, where it is about one.
///
/// # Errors
/// When the file cannot be read. Whether it may be put to the vote is judged when it is written.
pub fn put(
    workspace: &Workspace,
    item: &str,
    words: &str,
    proposes: Option<&'static str>,
    by_name: bool,
    at: DateTime<Utc>,
) -> Result<Step> {
    let (meeting, item) = item_of(workspace, item)?;
    let title = match (words.trim(), proposes) {
        ("", Some(kind)) => format!("{kind}: {}", named(&item)),
        ("", None) => named(&item),
        (words, _) => words.to_owned(),
    };
    let fields = vec![
        ("title", Value::text(crate::text::fit(&crate::text::line(&title), 300).into_owned())),
        ("agenda_item", Value::text(item.id())),
        ("proposes", proposes.map_or(Value::Empty, Value::from)),
        ("method", if by_name { BY_NAME } else { BY_COUNT }.into()),
    ];
    let what = format!("{}: put to the vote under {}: {title}", meeting.reference(), item.reference());
    Ok(Step::new(what, vec![add(&MOTION, at, fields)]))
}

/// Records how a member votes; while the vote is open, they may still change it.
///
/// # Errors
/// When the file cannot be read. Whether they may vote is judged when it is written.
pub fn cast(workspace: &Workspace, motion: &str, cast: Cast<'_>, at: DateTime<Utc>) -> Result<Step> {
    let motion = workspace.get(&MOTION, motion)?;
    let handle = workspace.get(&PERSON, cast.person)?.text("handle").unwrap_or_default().to_owned();
    let fields = vec![("choice", Value::text(cast.choice)), ("reason", Value::text(cast.reason.trim()))];
    let votes = workspace.look().all(&VOTE, "motion", motion.id());
    let edit = match votes.iter().find(|vote| vote.text("person") == Some(cast.person)) {
        Some(vote) => set(vote, fields),
        None => {
            let mut fields = fields;
            fields.extend([("motion", Value::text(motion.id())), ("person", Value::text(cast.person))]);
            add(&VOTE, at, fields)
        }
    };
    let what = format!("{}: @{} {}", motion.reference(), crate::text::line(&handle), cast.choice);
    Ok(Step::new(what, vec![edit]))
}

/// Closes a vote; of one by count, with the numbers. How it ends follows from the votes and from who is in the room.
///
/// # Errors
/// Where it is closed already, numbers are missing, or the file cannot be read. More votes than members are refused when it
/// is written.
pub fn close(workspace: &Workspace, motion: &str, counted: Option<Tally>) -> Result<Step> {
    let motion = workspace.get(&MOTION, motion)?;
    let reference = motion.reference().to_owned();
    if MOTION.is_closed(&motion) {
        return Err(refuse(&reference, "The vote is closed already."));
    }
    let by_count = motion.text("method") == Some(BY_COUNT);
    let (votes, mut fields) = match (by_count, counted) {
        (true, Some(counted)) => {
            let fields = vec![
                ("in_favour", Value::Number(counted.in_favour)),
                ("against", Value::Number(counted.against)),
                ("abstained", Value::Number(counted.abstained)),
            ];
            (counted, fields)
        }
        (true, None) => return Err(refuse(&reference, "Say how many voted: in favour, against, abstaining.")),
        (false, Some(_)) => return Err(refuse(&reference, "It is voted by name: the names are counted.")),
        (false, None) => (tally(&motion, &workspace.look()), Vec::new()),
    };
    let ended = result(&votes, quorum_of(workspace, &motion)?.is_met());
    fields.push(("status", ended.into()));
    Ok(Step::new(format!("{reference}: {ended}, {votes}"), vec![set(&motion, fields)]))
}

fn quorum_of(workspace: &Workspace, motion: &Record) -> Result<quorum::Quorum> {
    let item = workspace.get(&AGENDA_ITEM, motion.text("agenda_item").unwrap_or_default())?;
    let meeting = workspace.get(&MEETING, item.text("meeting").unwrap_or_default())?;
    Ok(quorum::Room::of(&meeting, Some(&item), &workspace.look()).quorum())
}

/// Takes a motion back before its vote is closed.
///
/// # Errors
/// Where it is closed, or the file cannot be read.
pub fn withdraw(workspace: &Workspace, motion: &str) -> Result<Step> {
    let motion = workspace.get(&MOTION, motion)?;
    if MOTION.is_closed(&motion) {
        return Err(refuse(motion.reference(), "The vote is closed already."));
    }
    Ok(Step::new(format!("{}: taken back", motion.reference()), vec![set(&motion, vec![("status", WITHDRAWN.into())])]))
}
