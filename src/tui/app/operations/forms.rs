//! Forms of what is made from something else: an incident from an alert, what was learnt from an incident; and what is
//! written when they are saved, by the functions of the command line.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::policy::Policy;
use crate::record::{ALERT, INCIDENT, Record, SIGNAL, Value};
use crate::review::operations::{incident, learn};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::form::Form;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::Slot;
use crate::tui::app::writes::Submit;
use crate::workspace::{Edit, Error, Label, Result, Workspace};

/// How a draft's key begins that belongs to a form of what is made from something else.
pub const FROM: &str = "from";

/// What is said first of an incident, while it goes on.
const FIRST: &[&str] = &["title", "system", "severity", "clocks", "people_affected", "harm", "commander"];

/// The edits for what is made in another way than by adding one record; none for every other kind.
///
/// # Errors
/// When the file cannot be read, or what was said cannot be.
pub fn edits_of(
    workspace: &Workspace,
    policy: &Policy,
    submit: &Submit,
    fields: &[(&'static str, Value)],
    now: DateTime<Utc>,
) -> Result<Option<Vec<Edit>>> {
    if submit.kind == &INCIDENT {
        let alert = submit.from.as_deref().map(|id| workspace.get(&ALERT, id)).transpose()?;
        return incident::opened(workspace, alert.as_ref(), fields.to_vec(), false, now).map(Some);
    }
    if submit.kind == &learn::LEARNT {
        let of = workspace.get(&INCIDENT, submit.from.as_deref().unwrap_or_default())?;
        let refused = |problem| Error::Refused {
            what: of.reference().to_owned(),
            kind: Some(&learn::LEARNT),
            problems: vec![problem],
        };
        let learnt = learn::learnt(fields).map_err(refused)?;
        let edits = learn::edits(policy, &of, &learnt, now);
        return edits.map(Some).map_err(|why| refused(crate::record::Problem::of("items", why)));
    }
    Ok(None)
}

/// The form of an incident that is opened from an alert: what the alert says stands in it.
#[must_use]
pub fn from_alert(alert: &Record, labels: &HashMap<String, Label>, ctx: &Ctx) -> Vec<Message> {
    let named = |field: &str| alert.text(field).and_then(|id| labels.get(id)).map(Label::typed);
    let mut given: Vec<(&'static str, String)> = vec![
        ("title", alert.title().to_owned()),
        ("detected_at", alert.get("raised_at").as_moment().map(super::reading::at).unwrap_or_default()),
        ("detected_by", "monitoring".to_owned()),
    ];
    given.extend(named("system").map(|system| ("system", system)));
    given.extend(named("routed_to").map(|person| ("commander", person)));
    let title = format!("Open an incident from {}", alert.reference());
    let (form, effects) = Form::made_from(&INCIDENT, given, alert, &title, ctx);
    vec![Message::Push(Box::new(form.leading(FIRST).at("severity"))), Message::Ask(effects)]
}

/// The form of an incident that is opened by hand.
#[must_use]
pub fn by_hand(system: Option<String>, ctx: &Ctx) -> Vec<Message> {
    let detected = super::reading::at(Utc::now());
    let mut given = vec![("detected_at", detected)];
    given.extend(system.map(|system| ("system", system)));
    let (form, effects) = Form::add(&INCIDENT, given, ctx);
    vec![Message::Push(Box::new(form.leading(FIRST).at("title"))), Message::Ask(effects)]
}

/// The form of what was learnt from an incident, with what it says already.
#[must_use]
pub fn learn(of: &Record, ctx: &Ctx) -> Vec<Message> {
    let said = |name: &'static str| of.text(name).map(|text| (name, text.to_owned()));
    let given = [said("root_cause"), said("learnings")].into_iter().flatten().collect();
    let title = format!("What was learnt from {}", of.reference());
    let (form, effects) = Form::made_from(&learn::LEARNT, given, of, &title, ctx);
    vec![Message::Push(Box::new(form.own_fields())), Message::Ask(effects)]
}

/// The form of a signal that policy asks for, of a system by its reference.
#[must_use]
pub fn signal(system: &str, kind: &str, ctx: &Ctx) -> Vec<Message> {
    let given = vec![("system", system.to_owned()), ("kind", kind.to_owned())];
    let (form, effects) = Form::add(&SIGNAL, given, ctx);
    vec![Message::Push(Box::new(form)), Message::Ask(effects)]
}

/// Opens the form that a draft belongs to, by the kind and the reference in its key.
#[must_use]
pub fn reopen(about: &str, ctx: &Ctx) -> Option<Effect> {
    let (kind, reference) = about.split_once('/')?;
    let (learns, reference, ctx) = (kind == learn::LEARNT.name, reference.to_owned(), ctx.clone());
    Some(Effect::Read(
        Slot::Newest("form", 0),
        Box::new(move |workspace, _| {
            let found = workspace.find(&reference).and_then(|record| {
                let labels = workspace.labels([&record])?;
                Ok((record, labels))
            });
            let said = match found {
                Ok((record, _)) if learns => learn(&record, &ctx),
                Ok((record, labels)) => from_alert(&record, &labels, &ctx),
                Err(error) => return Some(Message::Failed(error)),
            };
            Some(Message::Operations(super::Said::Open(said)))
        }),
    ))
}
