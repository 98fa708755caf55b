//! What the screens ask the reading thread for.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::ctx::Ctx;
use super::layers;
use super::list::{List, Want};
use super::load;
use super::message::{Effect, ListId, Message};
use super::walk::{self, Walk};
use super::work::Slot;
use super::writes::Submit;
use crate::record::{CHECKLIST, Kind, LEGAL, REVIEW, Record, Value, kind_of_reference};
use crate::review;
use crate::review::agenda::{self, Whose};
use crate::session::{may_change_profile, profile_ask, with_profile};
use crate::workspace::{Condition, Direction, Error, HistoryFilter, Label, Query, Result, Workspace};

/// How much of what is to be done now is shown.
const AGENDA: usize = 50;

/// A number that tells lists apart, for their slots.
const fn number(list: ListId) -> usize {
    match list {
        ListId::Pane(pane) => pane,
        ListId::Place => 9,
        ListId::Part(part) => 10 + part,
        ListId::Insight(at) => 20 + at,
        ListId::Tab(depth, tab) => 100 + depth * 20 + tab,
    }
}

/// A page of a list. A page further on does not stop one that is being read.
#[must_use]
pub fn page(id: ListId, list: &List, want: Want, today: NaiveDate) -> Effect {
    let (query, generation) = (list.query.clone(), list.generation);
    let slot = match want {
        Want::After(_) => Slot::Newest("after", number(id)),
        Want::Before(_) => Slot::Newest("before", number(id)),
        _ => Slot::Newest("page", number(id)),
    };
    Effect::Read(
        slot,
        Box::new(move |workspace, _| match load::page(workspace, &query, &want, today) {
            // A newer question stopped this one; its answer is on the way.
            Err(Error::Cancelled) => None,
            arrived => Some(Message::Page { list: id, want, generation, arrived }),
        }),
    )
}

/// The length of a list.
#[must_use]
pub fn total(id: ListId, list: &List) -> Effect {
    let (query, generation) = (list.query.clone(), list.generation);
    Effect::Read(
        Slot::Newest("total", number(id)),
        Box::new(move |workspace, _| {
            let total = workspace.count(&query).ok()?;
            Some(Message::Total { list: id, generation, total })
        }),
    )
}

/// The programme in a line.
#[must_use]
pub fn outlook(today: NaiveDate) -> Effect {
    Effect::Read(
        Slot::Newest("outlook", 0),
        Box::new(move |workspace, _| review::outlook(workspace, today).ok().map(Message::Outlook)),
    )
}

/// A record with what its screen shows.
#[must_use]
pub fn detail(kind: Kind, id: &str, depth: usize, today: NaiveDate) -> Effect {
    let id = id.to_owned();
    Effect::Read(
        Slot::Newest("detail", depth),
        Box::new(move |workspace, _| {
            let detail = workspace.get(kind, &id).and_then(|record| load::detail(workspace, record, today));
            match detail {
                Err(Error::Cancelled) => None,
                detail => Some(Message::Detail { id, detail: Box::new(detail) }),
            }
        }),
    )
}

/// The triage, the gate or the trace of a review, for the screen at a depth.
#[must_use]
pub fn walk(walk: Walk, id: &str, depth: usize, ctx: &Ctx) -> Effect {
    let (id, policy, today) = (id.to_owned(), ctx.policy.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("triage", depth),
        Box::new(move |workspace, _| match walk::read(workspace, &policy, walk, &id, today) {
            Err(Error::Cancelled) => None,
            triaged => Some(Message::Triaged { id, walk, triaged: Box::new(triaged) }),
        }),
    )
}

/// What would come and go if a form were saved; the key of its draft says which form.
#[must_use]
pub fn foresee(submit: &Submit, draft: &str, ctx: &Ctx) -> Effect {
    let (kind, draft, me, today, policy) =
        (submit.kind, draft.to_owned(), ctx.me.id.clone(), ctx.today, ctx.policy.clone());
    let (record, texts) = (submit.records.first().map(|(id, _)| id.clone()), submit.texts.clone());
    Effect::Read(
        Slot::Each,
        Box::new(move |workspace, _| {
            let foreseen = workspace
                .typed(kind, &texts, today, Some(&me))
                .and_then(|fields| review::triage::foresee(workspace, &policy, kind, record.as_deref(), &fields));
            Some(Message::Foreseen(draft, Box::new(foreseen)))
        }),
    )
}

/// The legal classification of a review, to be edited in a form at a field; or a form for one, where there is none.
#[must_use]
pub fn edit_legal(review: &str, reference: &str, field: &'static str) -> Effect {
    let (review, reference) = (review.to_owned(), reference.to_owned());
    Effect::Read(
        Slot::Newest("edit", 0),
        Box::new(move |workspace, _| {
            let query = Query::all(&LEGAL).with(Condition::Is("review", Value::text(review.as_str())));
            Some(match workspace.page(&query, None, Direction::After, 1).map(|mut page| page.rows.pop()) {
                Ok(Some(row)) => match with_labels(workspace, row.record) {
                    Ok((record, labels)) => Message::EditAt(record, labels, field),
                    Err(error) => Message::Failed(error),
                },
                Ok(None) => Message::AddTo(&LEGAL, vec![("review", reference)], field),
                Err(error) => Message::Failed(error),
            })
        }),
    )
}

/// The packet of a review, to be edited in a form at a field.
#[must_use]
pub fn edit_packet_at(review: &str, field: &'static str) -> Effect {
    let review = review.to_owned();
    Effect::Read(
        Slot::Newest("edit", 0),
        Box::new(move |workspace, _| {
            let packet = review::packet_of(workspace, &review).and_then(|record| with_labels(workspace, record));
            Some(match packet {
                Ok((record, labels)) => Message::EditAt(record, labels, field),
                Err(error) => Message::Failed(error),
            })
        }),
    )
}

/// What another profile would change, of the policy and of the reviews; or, for who may not choose one, why not, with a
/// form for recommending it.
#[must_use]
pub fn shift(name: Option<&'static str>, ctx: &Ctx) -> Effect {
    let (policies, before) = (ctx.policies.clone(), ctx.policy.clone());
    let (me, today) = (ctx.me.id.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("shift", 0),
        Box::new(move |workspace, _| {
            if may_change_profile(workspace, &me, name).is_err() {
                return layers::decide::form(workspace, profile_ask(name, ""), &me, today);
            }
            let found = workspace.policy_layers().and_then(|own| {
                let after = policies(&with_profile(&own, name)).map_err(|error| Error::Policy(error.to_string()))?;
                review::triage::shift(workspace, &before, &after)
            });
            match found {
                Err(Error::Cancelled) => None,
                found => Some(Message::Shifted(name, Box::new(found))),
            }
        }),
    )
}

/// The policy, where the workspace's own layers are no longer those that it was made of.
#[must_use]
pub fn policy(ctx: &Ctx) -> Effect {
    let (policies, known) = (ctx.policies.clone(), ctx.own_layers.clone());
    Effect::Read(
        Slot::Newest("policy", 0),
        Box::new(move |workspace, _| {
            let own = workspace.policy_layers().ok()?;
            if own == known {
                return None;
            }
            Some(match policies(&own) {
                Ok(policy) => {
                    workspace.work_under(std::sync::Arc::new(policy.clone()));
                    Message::Policy(Box::new(policy), own)
                }
                Err(error) => Message::Failed(Error::Policy(error.to_string())),
            })
        }),
    )
}

/// A record by its reference or id, to be opened.
#[must_use]
pub fn open(name: &str) -> Effect {
    let name = name.to_owned();
    Effect::Read(
        Slot::Newest("open", 0),
        Box::new(move |workspace, _| {
            Some(Message::Open(match kind_of_reference(&name) {
                Some(_) => workspace.find(&name),
                None => workspace.get_any(&name),
            }))
        }),
    )
}

/// A record by its reference, to be opened at one of its tabs.
#[must_use]
pub fn open_at(reference: &str, tab: &'static str) -> Effect {
    let reference = reference.to_owned();
    Effect::Read(
        Slot::Newest("open", 0),
        Box::new(move |workspace, _| {
            Some(match workspace.find(&reference) {
                Ok(record) => Message::OpenAt(Box::new(record), tab),
                Err(error) => Message::Open(Err(error)),
            })
        }),
    )
}

/// The next step of a review, by the checks of the gate once it is past triage.
#[must_use]
pub fn next_step(review: &str, ctx: &Ctx) -> Effect {
    let (review, policy, today) = (review.to_owned(), ctx.policy.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("open", 0),
        Box::new(move |workspace, _| {
            let step = || {
                let record = workspace.get(&REVIEW, &review)?;
                let known = crate::review::progress(workspace, std::slice::from_ref(&review), today)?;
                let progress = known.get(&review).copied().unwrap_or_default();
                let (step, why) = agenda::review_step(workspace, &policy, &record, &progress, today)?;
                Ok((record, step, why))
            };
            Some(match step() {
                Ok((record, step, why)) => {
                    let tab = super::walk::tab_of(step.place);
                    let said = if why.is_empty() && REVIEW.is_closed(&record) {
                        format!("{}: nothing is left to do", record.reference())
                    } else {
                        format!("Next: {}. {why}", step.what).trim_end().to_owned()
                    };
                    Message::NextStep(Box::new(record), tab, said)
                }
                Err(error) => Message::Open(Err(error)),
            })
        }),
    )
}

/// What this person is to do now.
#[must_use]
pub fn agenda(ctx: &Ctx) -> Effect {
    let (policy, me, today) = (ctx.policy.clone(), ctx.me.id.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("agenda", 0),
        Box::new(move |workspace, _| match agenda::agenda(workspace, &policy, Whose::Of(&me), AGENDA, today) {
            Err(Error::Cancelled) => None,
            Ok(todo) => Some(Message::Agenda(todo)),
            Err(error) => Some(Message::Failed(error)),
        }),
    )
}

/// What standing checks find: in a review, or everywhere.
#[must_use]
pub fn lint(review: Option<&Record>, ctx: &Ctx) -> Effect {
    let (policy, review, today) = (ctx.policy.clone(), review.cloned(), ctx.today);
    Effect::Read(
        Slot::Newest("lint", 0),
        Box::new(move |workspace, _| {
            let reference = review.as_ref().map(|review| review.reference().to_owned());
            let scope = review::lint::Scope { review, rules: Vec::new() };
            match review::lint::lint(workspace, &policy, &scope, today) {
                Err(Error::Cancelled) => None,
                report => Some(Message::Linted(reference, Box::new(report))),
            }
        }),
    )
}

/// Records of a kind whose text contains `typed`, to choose from.
#[must_use]
pub fn candidates(kind: Kind, typed: &str, token: u64) -> Effect {
    let query = Query::all(kind).finding(typed);
    Effect::Read(
        Slot::Newest("candidates", 0),
        Box::new(move |workspace, _| {
            let page = workspace.page(&query, None, Direction::After, 50).ok()?;
            let labels = page.rows.iter().map(|row| Label::of(&row.record)).collect();
            Some(Message::Candidates(token, labels))
        }),
    )
}

/// The best matches in the whole workspace.
#[must_use]
pub fn search(typed: &str, token: u64) -> Effect {
    let typed = typed.to_owned();
    Effect::Read(
        Slot::Newest("search", 0),
        Box::new(move |workspace, _| match workspace.search(&typed, &[], 100) {
            Err(Error::Cancelled) => None,
            found => Some(Message::Found(token, found)),
        }),
    )
}

/// A page of the history.
#[must_use]
pub fn history(filter: HistoryFilter) -> Effect {
    let next = filter.before.is_some();
    Effect::Read(
        Slot::Newest("history", 0),
        Box::new(move |workspace, _| Some(Message::History(next, workspace.history(&filter, super::list::PAGE)))),
    )
}

/// What a change did.
#[must_use]
pub fn entries(change: i64) -> Effect {
    Effect::Read(
        Slot::Newest("entries", 0),
        Box::new(move |workspace, _| Some(Message::Entries(change, load::entries(workspace, change)))),
    )
}

/// Whether another process changed the file since it had this version.
#[must_use]
pub fn file_version(known: i64) -> Effect {
    Effect::Read(
        Slot::Newest("version", 0),
        Box::new(move |workspace, _| {
            let now = workspace.data_version().ok()?;
            (now != known).then_some(Message::FileVersion(now, known != 0))
        }),
    )
}

/// What was being typed before, by this person; whether they asked for it.
#[must_use]
pub fn drafts(me: &str, asked: bool) -> Effect {
    let me = me.to_owned();
    Effect::Read(
        Slot::Newest("drafts", 0),
        Box::new(move |workspace, _| {
            let mut drafts = workspace.drafts().ok()?;
            drafts.retain(|draft| draft.by == me);
            Some(Message::Drafts(drafts, asked))
        }),
    )
}

/// The draft under a key, if this person was typing it.
#[must_use]
pub fn draft(key: &str, me: &str) -> Effect {
    let (key, me) = (key.to_owned(), me.to_owned());
    Effect::Read(
        Slot::Newest("draft", 0),
        Box::new(move |workspace, _| {
            let draft = workspace.draft(&key).ok()??;
            (draft.by == me).then_some(Message::Draft(Some(draft)))
        }),
    )
}

/// A record by its reference, to be edited in a form.
#[must_use]
pub fn edit(reference: &str) -> Effect {
    let reference = reference.to_owned();
    Effect::Read(
        Slot::Newest("edit", 0),
        Box::new(move |workspace, _| {
            let found = workspace.find(&reference);
            Some(Message::Edit(found.and_then(|record| with_labels(workspace, record))))
        }),
    )
}

/// The packet of a review, to be edited in a form.
#[must_use]
pub fn edit_packet(review: &str) -> Effect {
    let review = review.to_owned();
    Effect::Read(
        Slot::Newest("edit", 0),
        Box::new(move |workspace, _| {
            let packet = review::packet_of(workspace, &review);
            Some(Message::Edit(packet.and_then(|record| with_labels(workspace, record))))
        }),
    )
}

fn with_labels(workspace: &Workspace, record: Record) -> Result<(Record, HashMap<String, Label>)> {
    let labels = workspace.labels([&record])?;
    Ok((record, labels))
}

/// Risks that the library suggests for a review, to choose from.
#[must_use]
pub fn suggestions(review: &str, ctx: &Ctx) -> Effect {
    let (review, policy, read_only) = (review.to_owned(), ctx.policy.clone(), ctx.read_only);
    content(move |workspace| {
        let review = workspace.get(&REVIEW, &review)?;
        let found = review::suggest::suggest(workspace, &policy, &review)?;
        Ok(layers::library::suggestions(&review, found, read_only))
    })
}

/// What is usually done about a risk, to choose from.
#[must_use]
pub fn mitigations(risk: &Record, ctx: &Ctx) -> Effect {
    let (risk, policy) = (risk.clone(), ctx.policy.clone());
    content(move |workspace| {
        let found = review::suggest::mitigations(workspace, &policy, &risk)?;
        Ok(layers::library::mitigations(risk, found))
    })
}

/// What comes of bringing a checklist to its template, with the question whether to.
#[must_use]
pub fn renewal(checklist: &str, ctx: &Ctx) -> Effect {
    let (checklist, policy, me) = (checklist.to_owned(), ctx.policy.clone(), ctx.me.id.clone());
    content(move |workspace| {
        let checklist = workspace.get(&CHECKLIST, &checklist)?;
        let found = review::renew::renewal(workspace, &policy, &checklist, chrono::Utc::now())?;
        Ok(layers::library::renewal(found, &me))
    })
}

/// How the frameworks stand, for a system or for the programme, to choose from.
#[must_use]
pub fn frameworks(system: Option<&Record>, ctx: &Ctx) -> Effect {
    let (system, policy, today) = (system.cloned(), ctx.policy.clone(), ctx.today);
    content(move |workspace| {
        let frameworks: Vec<_> = policy.frameworks().iter().collect();
        let found = review::coverage::coverage(workspace, &policy, &frameworks, system.as_ref(), today)?;
        Ok(layers::library::frameworks(found, system.as_ref()))
    })
}

/// The checklist items that serve controls, of a system or of all, to choose from.
#[must_use]
pub fn serving(title: String, controls: Vec<String>, system: Option<String>) -> Effect {
    content(move |workspace| {
        let items = review::coverage::serving(workspace, &controls, system.as_deref(), 200)?;
        let labels = workspace.labels(&items)?;
        Ok(layers::library::items(&title, &items, &labels))
    })
}

/// Reads something and answers with a message.
fn content(read: impl FnOnce(&Workspace) -> Result<Message> + Send + 'static) -> Effect {
    Effect::Read(
        Slot::Newest("content", 0),
        Box::new(move |workspace, _| match read(workspace) {
            Err(Error::Cancelled) => None,
            Ok(message) => Some(message),
            Err(error) => Some(Message::Failed(error)),
        }),
    )
}
