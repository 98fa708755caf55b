//! The popups over the screens, and which command opens which.

pub mod choose;
pub mod confirm;
pub mod decide;
#[cfg(test)]
mod decide_tests;
pub mod deciding;
pub mod differs;
pub mod finder;
pub mod findings;
#[cfg(test)]
mod findings_tests;
pub mod form;
pub mod guides;
pub mod library;
#[cfg(test)]
mod library_tests;
pub mod meeting;
pub mod menu;
#[cfg(test)]
mod profile_tests;
pub mod prompt;
pub mod quick;
pub mod reader;
pub mod search;
pub mod sign;

use chrono::Utc;

use super::ctx::Ctx;
use super::documents;
use super::message::{Boxed, Effect, Message, Narrow};
use super::state::{Base, State};
use super::writes::{self, Submit};
use crate::record::document::COMMENT;
use crate::record::{
    ACTION, ANALYSIS, CHECKLIST, CHECKLIST_ITEM, DOCUMENT, EVIDENCE, FieldKind, Kind, PERSON, REVIEW, RISK, Record,
    Resolve, when,
};
use crate::tui::command::CommandId as Id;
use crate::workspace::{Draft, Label, parse_condition};

/// Resolves only what is known without the file: people that were read before, and references by their look. The rest is
/// checked when it is saved.
pub struct Offline<'a>(pub &'a [Label]);

impl Resolve for Offline<'_> {
    fn id_of(&self, kind: Kind, text: &str) -> Result<String, String> {
        let handle = text.trim().trim_start_matches('@');
        if kind != &PERSON || self.0.is_empty() || handle.eq_ignore_ascii_case("me") {
            return Ok(text.to_owned());
        }
        let known = self.0.iter().find(|label| {
            label.title.eq_ignore_ascii_case(handle)
                || label.reference.eq_ignore_ascii_case(handle)
                || label.id == handle
        });
        // People can be meant by their full name too, which only the file knows.
        match known {
            Some(label) => Ok(label.id.clone()),
            None if handle.contains(' ') || self.0.len() >= 50 => Ok(text.to_owned()),
            None => Err(format!("There is no person “{}”.", crate::text::line(handle))),
        }
    }
}

/// A draft to be kept.
fn draft_of(key: &str, title: &str, body: serde_json::Value, ctx: &Ctx) -> Effect {
    writes::keep_draft(Draft {
        key: key.to_owned(),
        by: ctx.me.id.clone(),
        title: title.to_owned(),
        body,
        saved_at: crate::record::rfc3339(Utc::now()),
    })
}

/// Opens the popup of a command. Returns what to ask for.
pub fn open(state: &mut State, id: Id) -> Vec<Effect> {
    match id {
        Id::Add => add(state, false),
        Id::AddForm => add(state, true),
        Id::Edit => edit(state),
        Id::Due => due(state),
        Id::Owner => with_chosen(state, |records, _, ctx| choose::owner(records, ctx)),
        Id::Status => with_chosen(state, |records, _, ctx| choose::status(records, ctx)),
        Id::Move => with_review(state, choose::stage),
        Id::Triage => triage(state),
        Id::Decide => {
            let Some(record) = state.decided_about().cloned() else { return Vec::new() };
            let (layer, effects) = decide::menu(&record, &state.ctx);
            match layer {
                Some(layer) => push(state, layer, effects),
                None => effects,
            }
        }
        Id::Document => documents::at_hand(state).map_or_else(Vec::new, |record| documents::menu(record, &state.ctx)),
        Id::Sign | Id::Verify | Id::Withdraw => on_decision(state, id),
        Id::Delete => delete(state),
        Id::Find => {
            let found = match &state.base {
                Base::History(place) if state.screens.is_empty() => place.filter.find.clone(),
                _ => state.listing().map(|listing| listing.find.clone()).unwrap_or_default(),
            };
            push(state, Box::new(finder::Finder::new(&found)), Vec::new())
        }
        Id::Filter => filter(state),
        Id::Sort => match state.kind() {
            Some(kind) => push(state, choose::sort(kind), Vec::new()),
            None => Vec::new(),
        },
        Id::Guides => push(state, Box::new(guides::Guides::default()), Vec::new()),
        Id::Search => push(state, Box::new(search::Search::default()), Vec::new()),
        Id::Palette => {
            let layer = menu::palette(state);
            push(state, layer, Vec::new())
        }
        Id::Help => {
            let layer = menu::help(state);
            push(state, layer, Vec::new())
        }
        Id::Theme => {
            let layer = choose::theme(&state.ctx);
            push(state, layer, Vec::new())
        }
        Id::Profile => {
            let layer = choose::profile(&state.ctx);
            push(state, layer, Vec::new())
        }
        Id::Import => super::import::open(state),
        Id::ExportPack => super::export::open(state),
        _ => Vec::new(),
    }
}

fn push(state: &mut State, layer: Boxed, effects: Vec<Effect>) -> Vec<Effect> {
    state.layers.push(layer);
    effects
}

/// Signs the decision at hand, checks its signature, or takes it back.
fn on_decision(state: &mut State, id: Id) -> Vec<Effect> {
    let Some(decision) = state.decision_at_hand() else { return Vec::new() };
    match id {
        Id::Sign => vec![sign::sign(decision)],
        Id::Verify => vec![sign::verify(decision, state.signers.as_deref())],
        _ => {
            let layer = sign::withdraw(decision);
            push(state, layer, Vec::new())
        }
    }
}

type Opened = (Boxed, Vec<Effect>);

fn with_chosen(state: &mut State, make: impl FnOnce(&[&Record], &State, &Ctx) -> Option<Opened>) -> Vec<Effect> {
    let opened = make(&state.chosen(), state, &state.ctx);
    match opened {
        Some((layer, effects)) => push(state, layer, effects),
        None => Vec::new(),
    }
}

fn with_review(state: &mut State, make: impl FnOnce(&Record, &Ctx) -> Option<Opened>) -> Vec<Effect> {
    let opened = state.review_at_hand().and_then(|review| make(review, &state.ctx));
    match opened {
        Some((layer, effects)) => push(state, layer, effects),
        None => Vec::new(),
    }
}

/// What a new record of a kind takes from where the user is.
fn given(state: &State, kind: Kind) -> Vec<(&'static str, String)> {
    let mut given = Vec::new();
    if let Some((_, reference)) = state.review().filter(|_| super::commands::belongs_to_review(kind)) {
        given.push(("review", reference));
    }
    // What is written down of a session is of today, unless the line says another day.
    if kind == &crate::record::ENABLEMENT {
        given.push(("held_on", "today".to_owned()));
    }
    if let Some(screen) = state.screens.last() {
        match screen.kind.name {
            name if name == RISK.name && kind == &ACTION => {
                given.push(("source", screen.reference.clone()));
                given.push(("kind", "mitigation".to_owned()));
            }
            name if name == DOCUMENT.name && kind.field("document").is_some() => {
                given.push(("document", screen.reference.clone()));
            }
            name if name == crate::record::MEETING.name && kind.field("meeting").is_some() => {
                given.push(("meeting", screen.reference.clone()));
            }
            name if name == crate::record::INCIDENT.name && kind == &ACTION => {
                given.push(("source", screen.reference.clone()));
            }
            name if name == crate::record::INCIDENT.name && kind.field("incident").is_some() => {
                given.push(("incident", screen.reference.clone()));
            }
            name if name == crate::record::SIGNAL.name && kind.field("signal").is_some() => {
                given.push(("signal", screen.reference.clone()));
            }
            name if name == crate::record::SYSTEM.name && kind.field("system").is_some() => {
                given.push(("system", screen.reference.clone()));
            }
            _ => {}
        }
    }
    given
}

fn add(state: &mut State, whole: bool) -> Vec<Effect> {
    if let Some(effects) = if whole { None } else { state.add_to_meeting() } {
        return effects;
    }
    if let Some(effects) = super::operations::add(state) {
        return effects;
    }
    let Some(mut kind) = state.kind() else { return Vec::new() };
    // On a risk's own screen, what is added is a mitigation; on a list of items, a checklist.
    if state.listing().is_none() && kind == &RISK {
        kind = &ACTION;
    }
    // On a meeting's own screen, an item without a record.
    if state.screens.last().is_some_and(|screen| screen.kind == &crate::record::MEETING) && state.listing().is_none() {
        kind = &crate::record::AGENDA_ITEM;
    }
    if kind == &CHECKLIST_ITEM || kind == &CHECKLIST {
        return if let Some((_, reference)) = state.review() {
            let layer = choose::template(&reference, &state.ctx);
            push(state, layer, Vec::new())
        } else {
            state.complain("Select a review first: a checklist is worked in one review.");
            Vec::new()
        };
    }
    if kind == &DOCUMENT {
        let layer = documents::template(given(state, kind), &state.ctx);
        return push(state, layer, Vec::new());
    }
    if kind == &COMMENT
        && let Some(record) = documents::at_hand(state)
    {
        return documents::menu(record, &state.ctx);
    }
    if kind == &ANALYSIS && !whole {
        return super::analysis::start(state);
    }
    if kind == &EVIDENCE {
        let layer = choose::evidence(given(state, kind));
        return push(state, layer, Vec::new());
    }
    let given = given(state, kind);
    let needs_form = kind
        .editable()
        .any(|field| field.required && field.name != kind.title && !given.iter().any(|(name, _)| *name == field.name));
    if whole || needs_form {
        let (form, effects) = form::Form::add(kind, given, &state.ctx);
        return push(state, Box::new(form), effects);
    }
    let (line, effects) = quick::Quick::new(kind, given, &state.ctx);
    push(state, Box::new(line), effects)
}

fn edit(state: &mut State) -> Vec<Effect> {
    let empty = std::collections::HashMap::new();
    let labels = match (state.listing(), state.screens.last()) {
        (Some(listing), _) => &listing.list.labels,
        (None, Some(screen)) => screen.detail.as_ref().map_or(&empty, |detail| &detail.labels),
        (None, None) => &empty,
    };
    let chosen = state.chosen();
    let (form, effects) = match chosen.as_slice() {
        [] => return Vec::new(),
        [only] => form::Form::edit(only, labels, &state.ctx),
        several => form::Form::bulk(several, &state.ctx),
    };
    push(state, Box::new(form), effects)
}

fn due(state: &mut State) -> Vec<Effect> {
    let chosen = state.chosen();
    let Some(record) = chosen.first() else { return Vec::new() };
    let Some(field) = super::commands::first_field(record, &["due_on", "target_on", "planned_on"]) else {
        return Vec::new();
    };
    let name = field.name;
    let records: Vec<Record> = chosen.iter().map(|record| (*record).clone()).collect();
    let now = record.get(name).display();
    let title = format!("{} of {}", field.label, subject(&chosen));
    let take: prompt::Take = Box::new(move |text, ctx| {
        if !text.is_empty() {
            when::parse_day(text, ctx.today)?;
        }
        let records: Vec<&Record> = records.iter().collect();
        let submit = Submit::set(&records, vec![(name, text.to_owned())]);
        Ok(vec![Message::Ask(submit.map(|submit| submit.effect(ctx)).into_iter().collect())])
    });
    let help = format!("A date: {}.", when::EXAMPLES);
    let understand: prompt::Understand = Box::new(|text, ctx| {
        let day = when::parse_day(text, ctx.today)?;
        Ok(format!("{} ({})", day.format("%A %-d %B %Y"), when::distance(day, ctx.today)))
    });
    let layer = prompt::Prompt::new(&title, &help, take).changing(&now).understanding(understand);
    push(state, Box::new(layer), Vec::new())
}

fn subject(records: &[&Record]) -> String {
    match records {
        [only] => only.reference().to_owned(),
        many => format!("{} records", many.len()),
    }
}

fn delete(state: &mut State) -> Vec<Effect> {
    let chosen = state.chosen();
    let effects = vec![writes::delete(&chosen, &state.ctx)];
    let mut text = match chosen.as_slice() {
        [only] => format!("Delete {} {}?", only.reference(), crate::text::line(only.title())),
        many => format!("Delete {} records?", many.len()),
    };
    if chosen.iter().any(|record| [REVIEW.name, CHECKLIST.name].contains(&record.kind().name)) {
        text.push_str(" What cannot be without it (its packet, checklists and routes) goes along.");
    }
    text.push_str(" Undo brings everything back.");
    push(state, Box::new(confirm::Confirm::new("Delete", &text, effects)), Vec::new())
}

fn filter(state: &mut State) -> Vec<Effect> {
    let Some(listing) = state.listing() else { return Vec::new() };
    let kind = listing.base.kind;
    let fields: Vec<&str> =
        kind.columns().filter(|field| field.column.is_some() && field.name != "ref").map(|field| field.name).collect();
    let help = format!(
        "A field and a value: status=open, severity>=4, owner=me, due_on<fri, title~chat, owner= (nobody). Empty shows \
         everything again. Fields: {}.",
        fields.join(", ")
    );
    let take: prompt::Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Ok(vec![Message::Narrow(Narrow::Clear)]);
        }
        let mut condition =
            parse_condition(kind, text, ctx.today, ctx.terms(), &Me(ctx)).map_err(|error| error.to_string())?;
        settle(&mut condition);
        Ok(vec![Message::Narrow(Narrow::Filter(text.to_owned(), condition))])
    });
    push(state, Box::new(prompt::Prompt::new("Filter", &help, take)), Vec::new())
}

/// Resolves `me`; other names are compared by handle or reference in the query itself.
struct Me<'a>(&'a Ctx);

impl Resolve for Me<'_> {
    fn id_of(&self, kind: Kind, text: &str) -> Result<String, String> {
        let handle = text.trim().trim_start_matches('@');
        if kind == &PERSON && (handle.eq_ignore_ascii_case("me") || handle.eq_ignore_ascii_case(&self.0.me.handle)) {
            return Ok(self.0.me.id.clone());
        }
        Ok(format!("{NAMED}{handle}"))
    }
}

/// Marks a link's value that is a name, not an id yet.
const NAMED: &str = "\u{1}name:";

/// Turns links to names into conditions on the linked record: the query finds it, without reading here.
fn settle(condition: &mut crate::workspace::Condition) {
    use crate::record::Value;
    use crate::workspace::Condition as C;
    if let C::Is(field, Value::Text(text)) = condition
        && let Some(name) = text.strip_prefix(NAMED)
    {
        let name = Value::text(name.to_owned());
        let upper = Value::text(name.display().to_uppercase());
        let by = if *field == "system" || *field == "review" || *field == "release" { "ref" } else { "handle" };
        let value = if by == "ref" { upper } else { name };
        *condition = C::Linked(field, Box::new(C::Is(by, value)));
    }
}

/// Triage: the packet is worked through when it is incomplete; the tier, the reviewer and the stage are decided when it
/// is not.
fn triage(state: &mut State) -> Vec<Effect> {
    let Some(review) = state.review_at_hand().cloned() else { return Vec::new() };
    let layer = menu::triage(&review, state);
    push(state, layer, Vec::new())
}

impl State {
    /// Offers what was being typed: as a list where it was asked for, else with a word in the line at the bottom.
    pub(super) fn offer_drafts(&mut self, drafts: Vec<Draft>, asked: bool) -> Vec<Effect> {
        match (drafts.as_slice(), asked) {
            ([], true) => self.say("Nothing is kept: everything you typed was saved or thrown away"),
            ([], false) => {}
            (_, true) => return push(self, menu::drafts(drafts), Vec::new()),
            ([first, ..], false) => {
                let key = self.ctx.keymap.key_for(self.place(), Id::Drafts).map(|key| key.to_string());
                let title = crate::text::line(&first.title).into_owned();
                self.say(format!("You were typing “{title}”: {} goes on with it", key.unwrap_or_default()));
            }
        }
        Vec::new()
    }
}

/// Whether a kind has a field that can be chosen from a list.
#[must_use]
pub fn has_choices(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Choice(_)
            | FieldKind::Choices(_)
            | FieldKind::Named(_)
            | FieldKind::NamedMany(_)
            | FieldKind::Step(_)
            | FieldKind::Flag
            | FieldKind::Link(_)
    )
}
