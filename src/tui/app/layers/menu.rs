//! Menus: the palette, the keys of where the user is, the steps of a triage, the drafts of the last time.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::choose::{self, Choose, Take};
use super::form::Form;
use crate::record::{Record, kind_named};
use crate::review::agenda::Todo;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Boxed, Message};
use crate::tui::app::state::State;
use crate::tui::app::walk::tab_of;
use crate::tui::app::{documents, operations, reads, writes};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{Available, CommandId, Where};
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::widgets::menu::{Menu, Ran};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::Draft;

struct Commands(Menu);

impl Commands {
    fn ran(ran: Ran, input: Option<&Input>) -> Outcome<Ctx, Message> {
        match ran {
            Ran::Run(id) => Outcome::Close(vec![Message::Run(id)]),
            Ran::Refused(why) => Outcome::Close(vec![Message::Complain(why)]),
            Ran::Ignored if matches!(input, Some(Input::Key(_))) => Outcome::Close(Vec::new()),
            Ran::Ignored | Ran::Consumed => Outcome::Consumed,
        }
    }
}

impl Layer<Ctx, Message> for Commands {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        Self::ran(self.0.handle(input, &ctx.keymap), Some(input))
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        if let Some(cursor) = self.0.draw(area, frame.buffer_mut(), &ctx.theme, &ctx.keymap) {
            frame.set_cursor_position(cursor);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let picker = self.0.picker();
        let choices = picker.choices().to_vec();
        Some(Asked::new(picker.title(), Wants::Choice { choices, many: false, at: None, typed: false }))
    }

    fn answer(&mut self, answer: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Chosen(places) => Self::ran(self.0.choose(places), None),
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}

/// The palette: everything that can be done here, by its name.
#[must_use]
pub fn palette(state: &State) -> Boxed {
    Box::new(Commands(Menu::palette(&state.ctx.keymap, state.place(), |id| state.available(id))))
}

/// The keys of where the user is.
#[must_use]
pub fn help(state: &State) -> Boxed {
    help_without(state, &[])
}

/// The same without some commands, for front ends in which they mean nothing.
#[must_use]
pub fn help_without(state: &State, left_out: &[CommandId]) -> Boxed {
    let available = |id| if left_out.contains(&id) { Available::Hidden } else { state.available(id) };
    Box::new(Commands(Menu::help(&state.ctx.keymap, state.place(), available)))
}

/// The steps of a triage, each one key away.
#[must_use]
pub fn triage(review: &Record, state: &State) -> Boxed {
    let progress = state.desk.panes[0].list.progress.get(review.id()).copied().or_else(|| {
        state
            .screens
            .iter()
            .rev()
            .find(|screen| screen.id == review.id())?
            .detail
            .as_ref()
            .map(|detail| detail.progress)
    });
    let missing = progress.map_or(0, |progress| progress.asked - progress.answered);
    let packet = match (progress, missing) {
        (None, _) => String::new(),
        (Some(_), 0) => "every required answer is there".to_owned(),
        (Some(progress), missing) => format!("{missing} of {} required answers missing", progress.asked),
    };
    let tier = review.text("tier").map_or("not decided".to_owned(), |tier| format!("now {tier}"));
    let reviewer = if review.get("reviewer").is_empty() { "nobody yet" } else { "named; choose another" };
    let stage = review.text("stage").unwrap_or("intake").to_owned();
    let ask = Choice {
        why_not: (missing == 0).then(|| "nothing is missing".to_owned()),
        ..Choice::new("Ask the team for what is missing")
            .about("an information request, as an action and on the clipboard")
    };
    let choices = vec![
        Choice::new("Work through the packet").about(packet),
        ask,
        Choice::new("Decide the tier").about(tier),
        Choice::new("Name a reviewer").about(reviewer),
        Choice::new("Start a checklist").about("from a template of the policy"),
        Choice::new("Move to another stage").about(format!("now in {stage}")),
        Choice::new("See what the answers call for").about("tier, routes, documents, the law, similar cases"),
        Choice::new("Ask the functions that must look").about("adds the routes that are missing"),
        Choice::new("Answer the legal classification").about("the EU AI Act, question by question"),
    ];
    // The first step that is not done yet is the one to offer.
    let at = match (missing > 0, review.get("tier").is_empty(), review.get("reviewer").is_empty()) {
        (true, ..) => 0,
        (_, true, _) => 2,
        (_, _, true) => 3,
        _ => 5,
    };
    let review = review.clone();
    let title = format!("Triage {} {}", review.reference(), crate::text::fit(review.title(), 48));
    let take: Take = Box::new(move |places, _, ctx| match places.first() {
        Some(0) => vec![Message::Ask(vec![reads::edit_packet(review.id())])],
        Some(1) => vec![Message::Ask(vec![writes::ask_team(&review, ctx)])],
        Some(2) => vec![Message::Push(super::decide::tier(&review))],
        Some(3) => match choose::owner(&[&review], ctx) {
            Some((layer, effects)) => vec![Message::Push(layer), Message::Ask(effects)],
            None => Vec::new(),
        },
        Some(4) => vec![Message::Push(choose::template(review.reference(), ctx))],
        Some(5) => match choose::stage(&review, ctx) {
            Some((layer, _)) => vec![Message::Push(layer)],
            None => Vec::new(),
        },
        Some(6) => vec![Message::OpenAt(Box::new(review.clone()), "Triage")],
        Some(7) => vec![Message::Ask(vec![writes::apply_triage(&review, ctx)])],
        Some(8) => vec![Message::Ask(vec![reads::edit_legal(review.id(), review.reference(), "")])],
        _ => Vec::new(),
    });
    Box::new(Choose::new(Picker::new(title, choices).at(at), take))
}

/// What was being typed when the program ended: each can be gone on with.
#[must_use]
pub fn drafts(drafts: Vec<Draft>) -> Boxed {
    let choices = drafts
        .iter()
        .map(|draft| {
            let when = crate::tui::app::view::record::local(&draft.saved_at);
            Choice { tail: when, ..Choice::new(&draft.title) }
        })
        .chain(std::iter::once(Choice::new("Later").about("each comes back when you open its form again")))
        .collect();
    let take: Take = Box::new(move |places, _, ctx| match places.first().and_then(|at| drafts.get(*at)) {
        Some(draft) => go_on(draft, ctx),
        None => Vec::new(),
    });
    Box::new(Choose::new(Picker::new("You were typing this; go on?", choices), take))
}

/// What is to be done now, in order: each is one key away from its place.
#[must_use]
pub fn agenda(todo: Vec<Todo>) -> Boxed {
    let choices = todo
        .iter()
        .map(|one| {
            let late = one.days_late.map(|days| format!("{days} d late")).unwrap_or_default();
            let label = format!("{} {} {}", one.pressing.word(), one.record, one.title);
            Choice { tail: late, ..Choice::new(label).about(format!("{}. {}", one.step.what, one.why)) }
        })
        .collect();
    let take: Take = Box::new(move |places, _, _| {
        let Some(one) = places.first().and_then(|at| todo.get(*at)) else { return Vec::new() };
        // A review is opened where its next step is done, any other record on its own screen.
        if one.review.as_deref() == Some(one.record.as_str()) {
            return vec![Message::Ask(vec![reads::open_at(&one.record, tab_of(one.step.place))])];
        }
        vec![Message::OpenNamed(one.record.clone())]
    });
    Box::new(Choose::new(Picker::new("What to do now", choices), take))
}

/// Opens the form or the line that a draft belongs to; it asks for the draft itself.
fn go_on(draft: &Draft, ctx: &Ctx) -> Vec<Message> {
    match draft.key.split_once('/') {
        Some(("edit", reference)) => vec![Message::Ask(vec![reads::edit(reference)])],
        Some(("add", kind)) => match kind_named(kind) {
            Some(kind) => {
                let (form, effects) = Form::add(kind, Vec::new(), ctx);
                vec![Message::Push(Box::new(form)), Message::Ask(effects)]
            }
            None => Vec::new(),
        },
        Some(("quick", kind)) => match kind_named(kind) {
            Some(kind) => {
                let (line, effects) = super::quick::Quick::new(kind, Vec::new(), ctx);
                vec![Message::Push(Box::new(line)), Message::Ask(effects)]
            }
            None => Vec::new(),
        },
        Some((super::deciding::draft::KEY, about)) => {
            vec![Message::Ask(super::deciding::draft::reopen(about, draft, ctx).into_iter().collect())]
        }
        Some((operations::KEY | operations::FROM, _)) => {
            vec![Message::Ask(operations::reopen(draft, ctx).into_iter().collect())]
        }
        Some((documents::KEY, about)) => {
            vec![Message::Ask(documents::reopen(about, draft).into_iter().collect())]
        }
        Some(("minutes" | "note", item)) => vec![Message::Ask(vec![crate::tui::app::present::read::begin_at(item)])],
        _ => vec![Message::Say("Mark the records again and press e: the draft comes back".to_owned())],
    }
}
