//! Who is in the room, who counts, and whether they are enough.
//!
//! A quorum is met where so many members are there as the meeting asks for (more than half of them, where it asks for no
//! number), and where each of the roles it names is held by one of them. Members who are recused for an item are there, but
//! count neither for its quorum nor in its vote. Without members there is no quorum.

use super::{ATTENDANCE, is_voting};
use crate::record::{Look, PERSON, RECUSAL, REVIEW, Record};
use crate::text;

/// Somebody of a meeting, as the room sees them at one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// Their attendance.
    pub attendance: Record,
    /// The id of the person.
    pub person: String,
    /// What they are called after @.
    pub handle: String,
    /// The roles they hold in the organisation.
    pub roles: Vec<String>,
    /// Whether they count and vote, where they are there and not recused.
    pub votes: bool,
    /// Whether they are in the room.
    pub present: bool,
    /// Why they are out for this item, where they are.
    pub recused: Option<String>,
}

impl Seat {
    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.attendance.title()
    }

    /// Whether they count for the quorum and may vote now.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.votes && self.present && self.recused.is_none()
    }
}

/// The people of a meeting at one of its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// Everybody on the list, in the order in which they were put on it.
    pub seats: Vec<Seat>,
    needed: Option<usize>,
    roles: Vec<String>,
    meeting: String,
}

/// Whether there is a quorum, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// Members on the list.
    pub members: usize,
    /// Members who count: there, and not recused.
    pub present: usize,
    /// Members who are there but recused.
    pub recused: usize,
    /// How many are needed.
    pub needed: usize,
    /// Roles that are needed and held by somebody who counts.
    pub held: Vec<String>,
    /// Roles that are needed and held by nobody who counts.
    pub missing: Vec<String>,
}

impl Quorum {
    /// Whether there is one.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.present >= self.needed.max(1) && self.missing.is_empty()
    }
}

impl std::fmt::Display for Quorum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_met() { "quorum" } else { "no quorum" })?;
        write!(f, ": {} of {} members count, {} needed", self.present, self.members, self.needed)?;
        if self.recused > 0 {
            write!(f, "; {} recused", self.recused)?;
        }
        if !self.held.is_empty() {
            write!(f, "; with {}", self.held.join(", "))?;
        }
        if !self.missing.is_empty() {
            write!(f, "; nobody as {}", self.missing.join(", "))?;
        }
        Ok(())
    }
}

impl Room {
    /// The people of a meeting; for an item, with who is recused for it.
    #[must_use]
    pub fn of(meeting: &Record, item: Option<&Record>, records: &dyn Look) -> Self {
        let seats = records.all(&ATTENDANCE, "meeting", meeting.id()).into_iter().map(|attendance| {
            let person = attendance.text("person").unwrap_or_default().to_owned();
            let record = records.record(&PERSON, &person);
            let handle = record.as_ref().and_then(|person| person.text("handle")).unwrap_or_default();
            Seat {
                handle: text::line(handle).into_owned(),
                roles: record.as_ref().map(|person| person.get("roles").items().to_vec()).unwrap_or_default(),
                votes: is_voting(&attendance),
                present: attendance.get("present").is_set(),
                recused: recusal(&person, item, records).map(|recusal| recusal.title().to_owned()),
                person,
                attendance,
            }
        });
        Self {
            seats: seats.collect(),
            needed: meeting.number("quorum").and_then(|needed| usize::try_from(needed).ok()),
            roles: meeting.get("quorum_roles").items().to_vec(),
            meeting: meeting.reference().to_owned(),
        }
    }

    /// The seat of a person.
    #[must_use]
    pub fn seat(&self, person: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.person == person)
    }

    /// Whether those who are there are enough.
    #[must_use]
    pub fn quorum(&self) -> Quorum {
        let members = self.seats.iter().filter(|seat| seat.votes).count();
        let counting = || self.seats.iter().filter(|seat| seat.counts());
        let holds = |role: &&String| counting().any(|seat| seat.roles.contains(*role));
        let (held, missing): (Vec<&String>, Vec<&String>) = self.roles.iter().partition(holds);
        Quorum {
            members,
            present: counting().count(),
            recused: self.seats.iter().filter(|seat| seat.votes && seat.present && seat.recused.is_some()).count(),
            needed: self.needed.unwrap_or(members / 2 + 1),
            held: held.into_iter().cloned().collect(),
            missing: missing.into_iter().cloned().collect(),
        }
    }

    /// Why somebody may not vote now; none where they may.
    #[must_use]
    pub fn why_no_vote(&self, person: &str) -> Option<String> {
        let Some(seat) = self.seat(person) else {
            return Some(format!("They are not on the list of {}.", self.meeting));
        };
        let name = text::line(seat.name());
        if !seat.votes {
            return Some(format!("{name} is a guest and does not vote."));
        }
        if let Some(why) = &seat.recused {
            return Some(format!("{name} is recused for this item: {}.", text::line(why).trim_end_matches('.')));
        }
        (!seat.present).then(|| format!("{name} is not in the room."))
    }
}

/// The recusal that keeps somebody out of an item, where there is one: for the item itself, for the review it is about, or
/// for that review's system.
#[must_use]
pub fn recusal(person: &str, item: Option<&Record>, records: &dyn Look) -> Option<Record> {
    let item = item?;
    let declared = records.all(&RECUSAL, "person", person);
    if declared.is_empty() {
        return None;
    }
    let (review, system) = about(item, records);
    declared.into_iter().find(|recusal| {
        let on = |field: &str, id: Option<&str>| id.is_some() && recusal.text(field) == id;
        let named =
            on("agenda_item", Some(item.id())) || on("review", review.as_deref()) || on("system", system.as_deref());
        named && recusal.get("ended_on").is_empty()
    })
}

/// The ids of the review and of the system that an item is about, as far as it is about any.
#[must_use]
pub fn about(item: &Record, records: &dyn Look) -> (Option<String>, Option<String>) {
    let Some(subject) = item.text("subject").and_then(|reference| records.named(reference)) else {
        return (None, None);
    };
    let said = |record: &Record, field: &str| record.text(field).map(str::to_owned);
    let own = |kind: &str| (subject.kind().name == kind).then(|| subject.id().to_owned());
    let review = own("review").or_else(|| said(&subject, "review"));
    let of_review = || {
        let review = records.record(&REVIEW, review.as_deref()?)?;
        said(&review, "system")
    };
    let system = own("system").or_else(|| said(&subject, "system")).or_else(of_review);
    (review, system)
}
