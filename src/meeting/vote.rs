//! Votes: put to the room, cast by name or counted, and closed.

use chrono::{DateTime, Utc};

use super::board::item_of;
use super::{Step, add, named, refuse, set};
use crate::record::meeting::{AGAINST, BY_COUNT, BY_NAME, IN_FAVOUR, Tally, WITHDRAWN, quorum, result, tally};
use crate::record::{AGENDA_ITEM, Look, MEETING, MOTION, PERSON, Record, VOTE, Value};
use crate::workspace::{Edit, Result, Workspace};

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

/// A vote as a whole: what is put, how it was voted, and whether it is closed with that.
#[derive(Debug, Clone, Default)]
pub struct Ballot<'a> {
    /// What is put to the vote, in words.
    pub words: &'a str,
    /// The kind of decision it is about, where it is about one.
    pub proposes: Option<&'static str>,
    /// The votes, where it is voted by name.
    pub votes: Vec<Cast<'a>>,
    /// The numbers, where it is voted by count.
    pub counted: Option<Tally>,
    /// Whether it stays open, for those who have not voted yet.
    pub keep_open: bool,
}

/// Puts something to the vote, records the votes and closes it, in one change: all of it, or none where a vote is refused. A
/// vote that is open under the item goes on. Gives the motion's id too.
///
/// # Errors
/// Where numbers and names are mixed, or the file cannot be read. Whether the votes may be cast is judged when they are
/// written.
pub fn take(workspace: &Workspace, item: &str, ballot: &Ballot<'_>, at: DateTime<Utc>) -> Result<(String, Step)> {
    let look = workspace.look();
    let (meeting, record) = item_of(workspace, item)?;
    let open = look.all(&MOTION, "agenda_item", item).into_iter().find(|motion| !MOTION.is_closed(motion));
    let mut edits = Vec::new();
    let (motion, by_count) = match &open {
        Some(motion) => (motion.id().to_owned(), motion.text("method") == Some(BY_COUNT)),
        None => {
            let by_count = ballot.counted.is_some();
            let step = put(workspace, item, ballot.words, ballot.proposes, !by_count, at)?;
            let id = step
                .edits
                .first()
                .and_then(|edit| if let Edit::Add { id, .. } = edit { Some(id.clone()) } else { None });
            edits.extend(step.edits);
            (id.unwrap_or_default(), by_count)
        }
    };
    let named = open.as_ref().map_or_else(|| record.reference().to_owned(), |motion| motion.reference().to_owned());
    let there = look.all(&VOTE, "motion", &motion);
    for cast in &ballot.votes {
        edits.push(cast_edit(&there, &motion, *cast, at));
    }
    if ballot.keep_open {
        return Ok((motion, Step::new(format!("{}: vote under {named}", meeting.reference()), edits)));
    }
    let (votes, mut fields) = match (by_count, ballot.counted) {
        (true, Some(counted)) => (counted, counted_fields(counted)),
        (true, None) => return Err(refuse(&named, "Say how many voted: in favour, against, abstaining.")),
        (false, Some(_)) => return Err(refuse(&named, "It is voted by name: the names are counted.")),
        (false, None) => (tally_with(&there, &ballot.votes, &record, &look), Vec::new()),
    };
    let room = quorum::Room::of(&meeting, Some(&record), &look);
    let ended = result(&votes, room.quorum().is_met());
    fields.push(("status", ended.into()));
    edits.push(Edit::Set { kind: &MOTION, id: motion.clone(), version: None, fields });
    Ok((motion, Step::new(format!("{}: vote under {named}: {ended}, {votes}", meeting.reference()), edits)))
}

/// What the votes come to with these, those of people who are recused left out.
fn tally_with(there: &[Record], new: &[Cast<'_>], item: &Record, look: &dyn Look) -> Tally {
    let mut all: Vec<(&str, &str)> =
        there.iter().filter_map(|vote| Some((vote.text("person")?, vote.text("choice")?))).collect();
    for cast in new {
        all.retain(|(person, _)| *person != cast.person);
        all.push((cast.person, cast.choice));
    }
    let mut tally = Tally::default();
    for (person, choice) in all {
        match choice {
            _ if quorum::recusal(person, Some(item), look).is_some() => {}
            IN_FAVOUR => tally.in_favour += 1,
            AGAINST => tally.against += 1,
            _ => tally.abstained += 1,
        }
    }
    tally
}

fn counted_fields(counted: Tally) -> Vec<(&'static str, Value)> {
    vec![
        ("in_favour", Value::Number(counted.in_favour)),
        ("against", Value::Number(counted.against)),
        ("abstained", Value::Number(counted.abstained)),
    ]
}

fn cast_edit(there: &[Record], motion: &str, cast: Cast<'_>, at: DateTime<Utc>) -> Edit {
    let mut fields = vec![("choice", Value::text(cast.choice)), ("reason", Value::text(cast.reason.trim()))];
    match there.iter().find(|vote| vote.text("person") == Some(cast.person)) {
        Some(vote) => set(vote, fields),
        None => {
            fields.extend([("motion", Value::text(motion)), ("person", Value::text(cast.person))]);
            add(&VOTE, at, fields)
        }
    }
}

/// Records how a member votes; while the vote is open, they may still change it.
///
/// # Errors
/// When the file cannot be read. Whether they may vote is judged when it is written.
pub fn cast(workspace: &Workspace, motion: &str, cast: Cast<'_>, at: DateTime<Utc>) -> Result<Step> {
    let motion = workspace.get(&MOTION, motion)?;
    let handle = workspace.get(&PERSON, cast.person)?.text("handle").unwrap_or_default().to_owned();
    let votes = workspace.look().all(&VOTE, "motion", motion.id());
    let edit = cast_edit(&votes, motion.id(), cast, at);
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
        (true, Some(counted)) => (counted, counted_fields(counted)),
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
