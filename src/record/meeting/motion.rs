//! Motions and votes: what was put to the room, and how it was voted, by name or by count.
//!
//! A vote ends in one of four ways, and which one is not anybody's to say: it follows from the votes and from who is in the
//! room when it is closed. A tie decides nothing. Whoever left after voting has voted; whoever recused themselves has not.

use super::{ATTENDANCE, is_in_session, meeting_of, quorum};
use crate::record::decision::KINDS;
use crate::record::{Context, Field, FieldKind, Look, PERSON, Problem, Record, RecordType, Value};

/// The vote goes on.
pub const OPEN: &str = "open";
/// More were in favour than against, with a quorum.
pub const CARRIED: &str = "carried";
/// More were against than in favour.
pub const LOST: &str = "lost";
/// As many in favour as against: nobody has decided.
pub const TIED: &str = "tied";
/// There was no quorum when the vote was closed.
pub const NO_QUORUM: &str = "no quorum";
/// It was taken back before the vote was closed.
pub const WITHDRAWN: &str = "withdrawn";

const STATUSES: &[&str] = &[OPEN, CARRIED, LOST, TIED, NO_QUORUM, WITHDRAWN];

/// Each vote is recorded with its name.
pub const BY_NAME: &str = "by name";
/// Only how many there were of each.
pub const BY_COUNT: &str = "by count";

/// For it.
pub const IN_FAVOUR: &str = "in favour";
/// Against it.
pub const AGAINST: &str = "against";
/// Neither.
pub const ABSTAIN: &str = "abstain";

/// A motion.
pub static MOTION: RecordType = RecordType {
    name: "motion",
    label: "Motion",
    plural: "Motions",
    prefix: "MOT",
    title: "title",
    help: "What was put to the vote under an item, and how the vote ended.",
    fields: &[
        Field::line("title", "Motion", "What was moved.").required().column(36),
        Field::link("agenda_item", "Item", "agenda", "The item under which it was moved.").required().column(12),
        Field::link("meeting", "Meeting", "meeting", "The meeting.").by_rule().column(12),
        Field::choice("proposes", "Proposes", KINDS, "The kind of decision it is about, where it is about one.")
            .by_workspace()
            .column(14),
        Field::choice("method", "Method", &[BY_NAME, BY_COUNT], "Whether votes are recorded with names.")
            .default(BY_NAME)
            .by_workspace()
            .column(9),
        Field::choice("status", "Status", STATUSES, "How the vote ended.").default(OPEN).by_workspace().column(10),
        Field::of("in_favour", "In favour", FieldKind::Number(0, 9999), "Votes in favour.").by_workspace().column(5),
        Field::of("against", "Against", FieldKind::Number(0, 9999), "Votes against.").by_workspace().column(5),
        Field::of("abstained", "Abstained", FieldKind::Number(0, 9999), "Abstentions.").by_workspace().column(5),
        Field::of(
            "eligible",
            "Could vote",
            FieldKind::Number(0, 9999),
            "How many members could vote when it was closed.",
        )
        .by_rule(),
        Field::line("quorum_then", "Quorum", "Who made up the quorum when it was closed.").by_rule(),
        Field::link("moved_by", "Put by", "person", "Who put it to the vote.").by_rule(),
        Field::moment("moved_at", "Put at", "When it was put to the vote.").by_rule(),
        Field::moment("closed_at", "Closed", "When the vote was closed.").by_rule(),
    ],
    closed: Some(("status", &[CARRIED, LOST, TIED, NO_QUORUM, WITHDRAWN])),
    order: &[("id", true)],
    settle,
    check,
};

/// A vote by name.
pub static VOTE: RecordType = RecordType {
    name: "vote",
    label: "Vote",
    plural: "Votes",
    prefix: "VOT",
    title: "name",
    help: "How a member voted on a motion, and why where they dissented.",
    fields: &[
        Field::line("name", "Name", "Who voted, by the name they had then.").by_rule().column(24),
        Field::link("motion", "Motion", "motion", "What was voted on.").required().settles().column(24),
        Field::link("person", "Person", "person", "Who voted.").required().column(14),
        Field::choice("choice", "Vote", &[IN_FAVOUR, AGAINST, ABSTAIN], "How they voted.").required().column(10),
        Field::prose("reason", "Reason", "Why, where they dissented."),
        Field::moment("cast_at", "Cast", "When.").by_rule().column(11),
    ],
    closed: None,
    order: &[("id", false)],
    settle: settle_vote,
    check: check_vote,
};

/// How many voted in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// In favour.
    pub in_favour: i64,
    /// Against.
    pub against: i64,
    /// Neither.
    pub abstained: i64,
}

impl Tally {
    /// All votes.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.in_favour.saturating_add(self.against).saturating_add(self.abstained)
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in favour, {} against, {} abstaining", self.in_favour, self.against, self.abstained)
    }
}

/// The votes on a motion: of a vote by name, those that count, of one by count, as they were given.
#[must_use]
pub fn tally(motion: &Record, records: &dyn Look) -> Tally {
    if motion.text("method") == Some(BY_COUNT) {
        let said = |field: &str| motion.number(field).unwrap_or(0);
        return Tally { in_favour: said("in_favour"), against: said("against"), abstained: said("abstained") };
    }
    let item = motion.text("agenda_item").and_then(|id| records.record(&super::AGENDA_ITEM, id));
    let mut tally = Tally::default();
    for vote in records.all(&VOTE, "motion", motion.id()) {
        let recused =
            vote.text("person").is_some_and(|person| quorum::recusal(person, item.as_ref(), records).is_some());
        match vote.text("choice").filter(|_| !recused) {
            Some(IN_FAVOUR) => tally.in_favour += 1,
            Some(AGAINST) => tally.against += 1,
            Some(ABSTAIN) => tally.abstained += 1,
            _ => {}
        }
    }
    tally
}

/// How a vote ends: without a quorum in nothing, and with as many in favour as against in a tie.
#[must_use]
pub fn result(tally: &Tally, has_quorum: bool) -> &'static str {
    match tally.in_favour.cmp(&tally.against) {
        _ if !has_quorum => NO_QUORUM,
        std::cmp::Ordering::Greater => CARRIED,
        std::cmp::Ordering::Equal => TIED,
        std::cmp::Ordering::Less => LOST,
    }
}

fn room_of(motion: &Record, context: &Context<'_>) -> Option<quorum::Room> {
    let meeting = meeting_of(motion, context)?;
    let item = motion.text("agenda_item").and_then(|id| context.records.record(&super::AGENDA_ITEM, id));
    Some(quorum::Room::of(&meeting, item.as_ref(), context.records))
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if before.is_none() {
        context.inherit(after, "meeting", "agenda_item");
        after.set("moved_by", context.actor);
        after.set("moved_at", context.now);
    }
    let was_open = before.is_none_or(|before| before.text("status") == Some(OPEN));
    if !was_open {
        return;
    }
    if after.text("method") != Some(BY_COUNT) {
        let tally = tally(after, context.records);
        for (field, number) in
            [("in_favour", tally.in_favour), ("against", tally.against), ("abstained", tally.abstained)]
        {
            after.set(field, number);
        }
    }
    let is_open = after.text("status") == Some(OPEN);
    if is_open {
        return;
    }
    after.set("closed_at", context.now);
    if let Some(room) = room_of(after, context) {
        let quorum = room.quorum();
        after.set("eligible", i64::try_from(quorum.present).unwrap_or(i64::MAX));
        after.set("quorum_then", quorum.to_string());
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let Some(room) = room_of(after, context) else { return Vec::new() };
    let Some(before) = before else { return check_moved(after, context) };
    let was_open = before.text("status") == Some(OPEN);
    let own = |field: &&Field| MOTION.fields.iter().any(|own| own.name == field.name);
    let changed = MOTION.columns().filter(own).find(|field| before.get(field.name) != after.get(field.name));
    if let Some(field) = changed.filter(|_| !was_open) {
        let message = format!("The vote on {} is closed; put it to the vote again.", after.reference());
        return vec![Problem::of(field.name, message)];
    }
    let status = after.text("status").unwrap_or(OPEN);
    if status == OPEN || status == WITHDRAWN {
        return Vec::new();
    }
    let tally = tally(after, context.records);
    let quorum = room.quorum();
    let eligible = i64::try_from(quorum.present).unwrap_or(i64::MAX);
    if [tally.in_favour, tally.against, tally.abstained].iter().any(|count| *count < 0) {
        return vec![Problem::of("in_favour", "Nobody votes less than not at all: count from 0.")];
    }
    if after.text("method") == Some(BY_COUNT) && tally.all() > eligible {
        let message =
            format!("These are {} votes, but {eligible} members in the room may vote. Count again.", tally.all());
        return vec![Problem::of("in_favour", message)];
    }
    let expected = result(&tally, quorum.is_met());
    if status != expected {
        let message = format!("The vote is {expected} ({tally}), not {status}.");
        return vec![Problem::of("status", message)];
    }
    Vec::new()
}

fn check_moved(after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let Some(meeting) = meeting_of(after, context) else { return Vec::new() };
    if !is_in_session(&meeting) {
        let message = format!("{} is not in session; nothing is put to the vote outside of it.", meeting.reference());
        return vec![Problem { field: None, message }];
    }
    let item = after.text("agenda_item").unwrap_or_default();
    let others = context.records.all(&MOTION, "agenda_item", item);
    let open = others.iter().find(|motion| motion.id() != after.id() && motion.text("status") == Some(OPEN));
    open.map_or_else(Vec::new, |open| {
        let message = format!("The vote on {} ({}) is still open.", open.reference(), crate::text::line(open.title()));
        vec![Problem { field: None, message }]
    })
}

fn settle_vote(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if before.is_none() {
        let name = after.text("person").map(|id| context.records.field(&PERSON, id, "name"));
        after.set("name", name.unwrap_or_default());
    }
    if before.is_none_or(|before| before.get("choice") != after.get("choice")) {
        after.set("cast_at", context.now);
    }
}

fn check_vote(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let motion = after.text("motion").and_then(|id| context.records.record(&MOTION, id));
    let Some(motion) = motion else { return Vec::new() };
    let same = |field: &str| before.is_some_and(|before| before.get(field) == after.get(field));
    if before.is_some() && !(same("motion") && same("person")) {
        return vec![Problem { field: None, message: "A vote stays with its motion and its member.".to_owned() }];
    }
    if same("choice") {
        return Vec::new();
    }
    let refused = |message: String| vec![Problem::of("person", message)];
    let reference = motion.reference();
    if motion.text("status") != Some(OPEN) {
        return refused(format!("The vote on {reference} is closed."));
    }
    if motion.text("method") == Some(BY_COUNT) {
        return refused(format!("{reference} is voted by count: give the numbers when you close it."));
    }
    let others = context.records.all(&VOTE, "motion", motion.id());
    if others.iter().any(|vote| vote.id() != after.id() && vote.get("person") == after.get("person")) {
        return refused(format!("{} has voted already.", crate::text::line(after.title())));
    }
    let (Some(room), Some(person)) = (room_of(&motion, context), after.text("person")) else { return Vec::new() };
    match room.why_no_vote(person) {
        Some(why) => refused(why),
        None => Vec::new(),
    }
}

/// The attendance of somebody in a meeting.
pub(super) fn attendance_of(meeting: &str, person: &str, records: &dyn Look) -> Option<Record> {
    records.all(&ATTENDANCE, "meeting", meeting).into_iter().find(|seat| seat.get("person") == &Value::text(person))
}
