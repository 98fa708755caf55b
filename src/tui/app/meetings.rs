//! Meetings on the desk: the list of those to come, and the screen of one, with its agenda to be put together.

use chrono::{Days, Utc};

use super::ctx::Ctx;
use super::layers::choose::{Choose, TakeRecord};
use super::layers::meeting::step;
use super::layers::prompt::{Prompt, Take as TakeText};
use super::layers::search::{Search, Taken};
use super::list::Listing;
use super::message::{Effect, ListId, Message, Purpose};
use super::reads;
use super::record_screen::Tab;
use super::state::{Base, State};
use super::triage::{Item, Target, Triaged};
use super::walk::Walk;
use super::writes::Submit;
use crate::meeting::{self, Conflict, Proposal, Step};
use crate::policy::Policy;
use crate::record::meeting::{APPROVE_MINUTES, CONSENT, DISCUSSION};
use crate::record::{AGENDA_ITEM, ATTENDANCE, Look as _, MEETING, PERSON, Record, Value};
use crate::tui::command::{Available, CommandId as Id};
use crate::tui::theme::Role;
use crate::workspace::{Condition, Edit, Query, Result, Sort, Workspace};

/// How far ahead the next meetings are planned.
const WEEKS: u64 = 8;

/// The meetings to come, the next one first; or those that were held, the last one first.
#[must_use]
pub fn query(held: bool) -> Query {
    let when = if held { Condition::Closed } else { Condition::Open };
    Query::all(&MEETING).with(when).sorted(vec![Sort { field: "starts_at", descending: held }])
}

/// What a list of meetings is called.
#[must_use]
pub fn title(listing: &Listing) -> &'static str {
    if listing.base.conditions.contains(&Condition::Closed) { "Meetings held" } else { "Meetings to come" }
}

impl State {
    /// Goes to the meetings to come; once more to those that were held.
    pub(super) fn go_to_meetings(&mut self) -> Vec<Effect> {
        let coming =
            |listing: &Listing| listing.base.kind == &MEETING && listing.base.conditions.contains(&Condition::Open);
        let held = self.screens.is_empty() && self.listing().is_some_and(coming);
        self.screens.clear();
        let mut listing = Listing::new(query(held));
        listing.sort.clone_from(&listing.base.sort);
        let want = listing.refresh();
        let effects = vec![
            reads::page(ListId::Place, &listing.list, want, self.ctx.today),
            reads::total(ListId::Place, &listing.list),
        ];
        self.base = Base::List(Box::new(listing));
        effects
    }

    /// The meeting under the cursor, or the one whose screen this is.
    #[must_use]
    pub fn meeting_at_hand(&self) -> Option<&Record> {
        let screen = self.screens.iter().rev().find_map(super::record_screen::RecordScreen::record);
        let chosen = self.chosen().into_iter().next().filter(|record| record.kind() == &MEETING);
        chosen.or_else(|| screen.filter(|record| record.kind() == &MEETING))
    }

    /// The id of the agenda item under the cursor.
    fn item_at_hand(&self) -> Option<String> {
        match self.screens.last()?.target()? {
            Target::Record(id) => Some(id.clone()),
            _ => None,
        }
    }

    /// Whether a command of a meeting's screen can be carried out.
    #[must_use]
    pub(super) fn can_arrange(&self, id: Id) -> Available {
        let on_agenda = matches!(self.tab(), Some(Tab::Walk(Walk::Agenda)));
        match id {
            _ if !on_agenda => Available::No("Go to the tab Agenda first.".to_owned()),
            Id::TakeProposals => Available::Yes,
            _ if self.item_at_hand().is_none() => Available::No("Select an item of the agenda first.".to_owned()),
            _ => Available::Yes,
        }
    }

    /// Carries out a command of a meeting's screen.
    pub(super) fn arrange(&mut self, id: Id) -> Vec<Effect> {
        let Some(screen) = self.screens.last_mut() else { return Vec::new() };
        let meeting = screen.id.clone();
        if id == Id::TakeProposals {
            return vec![take_over(&meeting, None, &self.ctx)];
        }
        let Some(item) = self.item_at_hand() else { return Vec::new() };
        match id {
            Id::ItemUp | Id::ItemDown => {
                let down = id == Id::ItemDown;
                if let Some(screen) = self.screens.last_mut() {
                    screen.on = Some(item.clone());
                }
                vec![step(&self.ctx, Purpose::Other, move |workspace, _| moved(workspace, &item, down))]
            }
            Id::ItemConsent => vec![step(&self.ctx, Purpose::Other, move |workspace, _| {
                let item = workspace.get(&AGENDA_ITEM, &item)?;
                let to = if item.text("section") == Some(CONSENT) { DISCUSSION } else { CONSENT };
                Ok(Step {
                    what: format!("{}: {to}", item.reference()),
                    edits: vec![edit(&item, vec![("section", to.into())])],
                    ..Step::default()
                })
            })],
            _ => {
                let take: TakeText = Box::new(move |text, ctx| {
                    let minutes = text.parse::<i64>().ok().filter(|minutes| (0..=1440).contains(minutes));
                    let minutes = minutes.ok_or("Say a number of minutes, such as 15.")?;
                    let item = item.clone();
                    Ok(vec![Message::Ask(vec![step(ctx, Purpose::Other, move |workspace, _| {
                        let item = workspace.get(&AGENDA_ITEM, &item)?;
                        Ok(Step {
                            what: format!("{}: {minutes} minutes planned", item.reference()),
                            edits: vec![edit(&item, vec![("planned", Value::Number(minutes))])],
                            ..Step::default()
                        })
                    })])])
                });
                self.layers.push(Box::new(Prompt::new("How many minutes?", "How long the item is to take.", take)));
                Vec::new()
            }
        }
    }

    /// Adds to a meeting what its tab shows: somebody who takes part, or an item from a record found by typing.
    pub(super) fn add_to_meeting(&mut self) -> Option<Vec<Effect>> {
        let screen = self.screens.last().filter(|screen| screen.kind == &MEETING)?;
        let (id, reference) = (screen.id.clone(), screen.reference.clone());
        let listed = screen.listing().map(|listing| listing.base.kind);
        if listed == Some(&ATTENDANCE) {
            let take: TakeRecord = Box::new(move |who, ctx| {
                let texts = vec![("meeting", reference.clone()), ("person", who.to_owned())];
                let submit = Submit {
                    kind: &ATTENDANCE,
                    records: Vec::new(),
                    texts,
                    why: String::new(),
                    from: None,
                    purpose: Purpose::Other,
                };
                vec![Message::Ask(vec![submit.effect(ctx)])]
            });
            let (layer, effects) = Choose::records("Who takes part?", &PERSON, take);
            self.layers.push(Box::new(layer));
            return Some(effects);
        }
        if listed.is_some() {
            return None;
        }
        let take: Taken = Box::new(move |what, ctx| {
            let (id, what) = (id.clone(), what.to_owned());
            vec![Message::Ask(vec![step(ctx, Purpose::Other, move |workspace, at| put_on(workspace, &id, &what, at))])]
        });
        self.layers.push(Box::new(Search::taking("Put on the agenda", take)));
        Some(Vec::new())
    }
}

/// The edit that sets fields of a record as it was read.
fn edit(record: &Record, fields: Vec<(&'static str, Value)>) -> Edit {
    Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: Some(record.version()), fields }
}

/// Puts a record on the agenda, by its id; or an item of this title, where it is none.
fn put_on(workspace: &Workspace, meeting: &str, what: &str, at: chrono::DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let mut fields = vec![("meeting", Value::text(meeting.id()))];
    let named = match workspace.get_any(what) {
        Ok(record) => {
            let asks = match (record.kind().name, record.text("stage")) {
                ("review", Some("decision")) => crate::record::decision::APPROVE,
                ("review", Some("triage")) => crate::record::decision::TIER,
                ("document", _) if record.text("template") == Some(meeting::minutes::TEMPLATE) => APPROVE_MINUTES,
                _ => crate::record::meeting::DISCUSS,
            };
            fields.extend([("subject", Value::text(record.reference())), ("asks", asks.into())]);
            record.reference().to_owned()
        }
        Err(_) => {
            fields.push(("title", Value::text(crate::text::fit(&crate::text::line(what), 200).into_owned())));
            crate::text::line(what).into_owned()
        }
    };
    let edits = vec![Edit::Add { kind: &AGENDA_ITEM, id: crate::workspace::new_id(at), fields }];
    Ok(Step {
        what: format!("{}: {} on the agenda", meeting.reference(), crate::text::fit(&named, 80)),
        edits,
        ..Step::default()
    })
}

/// An item changes places with the one before or after it; all places are counted anew where two shared one.
fn moved(workspace: &Workspace, item: &str, down: bool) -> Result<Step> {
    let item = workspace.get(&AGENDA_ITEM, item)?;
    let mut items = crate::record::meeting::items(item.text("meeting").unwrap_or_default(), &workspace.look());
    let at = items.iter().position(|other| other.id() == item.id()).unwrap_or(0);
    let to = if down { at + 1 } else { at.saturating_sub(1) };
    if to < items.len() {
        items.swap(at, to);
    }
    let mut edits = Vec::new();
    for (place, item) in (1_i64..).zip(&items) {
        if item.number("position") != Some(place) {
            edits.push(edit(item, vec![("position", Value::Number(place))]));
        }
    }
    Ok(Step {
        what: format!("{} moved {}", item.reference(), if down { "down" } else { "up" }),
        edits,
        ..Step::default()
    })
}

/// What tells a proposal from the others: the record, or the title of an item that has none.
fn key_of(proposal: &Proposal) -> String {
    proposal.subject.as_ref().map_or_else(|| proposal.title.clone(), |subject| subject.reference().to_owned())
}

/// Puts on the agenda what is proposed: one proposal, or all.
#[must_use]
pub fn take_over(meeting: &str, only: Option<&str>, ctx: &Ctx) -> Effect {
    let (id, only, policy) = (meeting.to_owned(), only.map(str::to_owned), ctx.policy.clone());
    step(ctx, Purpose::Other, move |workspace, at| {
        let meeting = workspace.get(&MEETING, &id)?;
        let all = meeting::propose(workspace, &policy, &meeting, at)?;
        let wanted: Vec<&Proposal> =
            all.iter().filter(|proposal| only.as_ref().is_none_or(|only| *only == key_of(proposal))).collect();
        meeting::put_on(workspace, meeting.id(), &wanted, at)
    })
}

/// Plans the next meetings of every kind that has a cadence.
#[must_use]
pub fn plan(ctx: &Ctx) -> Effect {
    let (policy, me) = (ctx.policy.clone(), ctx.me.id.clone());
    let until = ctx.today.checked_add_days(Days::new(7 * WEEKS)).unwrap_or(ctx.today);
    step(ctx, Purpose::Other, move |workspace, at| Ok(meeting::plan(workspace, &policy, &[], until, &me, at)?.1))
}

/// The agenda of a meeting with what is proposed for it, as lines to go along.
///
/// # Errors
/// When it is not there, the file cannot be read, or a rule of the policy cannot be applied.
pub fn agenda(workspace: &Workspace, policy: &Policy, id: &str) -> Result<Triaged> {
    let meeting = workspace.get(&MEETING, id)?;
    let items = crate::record::meeting::items(id, &workspace.look());
    let fit = meeting::fit(&meeting, &items);
    let mut lines = Vec::new();
    let head =
        if items.is_empty() { "Nothing is on the agenda yet".to_owned() } else { format!("On the agenda: {fit}") };
    let blank = Item {
        heading: None,
        label: String::new(),
        text: String::new(),
        role: Role::Text,
        target: Target::Nothing,
        right: false,
    };
    if items.is_empty() {
        let text = "a puts a record on it that you find by typing; Enter takes a proposal over, + all of them.";
        lines.push(Item { heading: Some(head.clone()), text: text.to_owned(), role: Role::Dim, ..blank.clone() });
    }
    let look = workspace.look();
    for (at, item) in items.iter().enumerate() {
        let section = if item.text("section") == Some(CONSENT) { "consent" } else { "discussed" };
        let planned = item.number("planned").unwrap_or(0);
        let state = item.text("outcome").map(|outcome| format!(" · {outcome}")).unwrap_or_default();
        let asks = crate::text::line(item.text("asks").unwrap_or_default()).into_owned();
        let title = crate::text::line(item.title()).into_owned();
        let subject = item.text("subject");
        let gone = subject.is_some_and(|reference| look.named(reference).is_none());
        let gone = if gone { " · its record is not there any more" } else { "" };
        lines.push(Item {
            heading: (at == 0).then(|| head.clone()),
            label: format!("{}. {section}", at + 1),
            text: format!("{planned} min · {title} · {asks}{state}{gone}"),
            role: if gone.is_empty() { Role::Text } else { Role::Bad },
            target: Target::Record(item.id().to_owned()),
            ..blank.clone()
        });
        for conflict in meeting::conflicts(workspace, policy, item.id())? {
            lines.push(Item { text: conflict_words(&conflict), role: Role::Warn, ..blank.clone() });
        }
    }
    if MEETING.is_closed(&meeting) {
        return Ok(Triaged { items: lines });
    }
    let proposals = meeting::propose(workspace, policy, &meeting, Utc::now())?;
    for (at, proposal) in proposals.iter().enumerate() {
        let section = if proposal.consent { "consent" } else { "propose" };
        lines.push(Item {
            heading: (at == 0).then(|| format!("Proposed, the most pressing first: {}", proposals.len())),
            label: format!("+ {section}"),
            text: format!("{} min · {} · {}. {}", proposal.minutes, proposal.title, proposal.asks, proposal.reason),
            target: Target::Proposal(key_of(proposal)),
            right: true,
            ..blank.clone()
        });
    }
    if proposals.is_empty() {
        let text = "Nothing in the records asks for this meeting.".to_owned();
        lines.push(Item { heading: Some("Proposed".to_owned()), text, role: Role::Dim, right: true, ..blank });
    }
    Ok(Triaged { items: lines })
}

fn conflict_words(conflict: &Conflict) -> String {
    let state = match (conflict.recused, conflict.barred) {
        (true, _) => "is recused",
        (false, true) => "may not decide this",
        (false, false) => "has a part in it",
    };
    format!("@{} {state}: {}", conflict.handle, conflict.part)
}
