//! A form: one column, labels left, help for the field that has the keys at the bottom, what is wrong under the field.
//!
//! What is typed is kept as a draft with every key. A save that meets a newer record shows both texts and can be given
//! again; nothing typed is ever lost.

mod drawing;
mod heard;
mod plain;

use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Offline;
use super::choose;
use super::differs::Differs;
use crate::record::{Field, FieldKind, Kind, LEGAL, PACKET, PERSON, Record, Written, as_typed, parse};
use crate::review::triage::Foreseen;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message, Purpose};
use crate::tui::app::reads;
use crate::tui::app::writes::{self, Submit};
use crate::tui::asked::{Answer, Asked};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::editor::Edited;
use crate::tui::event::Input as Event;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::prose::Prose;
use crate::tui::widgets::text_line::{TextLine, Typed};
use crate::workspace::Label;

/// What is typed for one field.
struct Entry {
    field: &'static Field,
    line: TextLine,
    /// For long text, in place of the line.
    prose: Option<Prose>,
    initial: String,
    problem: Option<String>,
}

impl Entry {
    fn new(field: &'static Field, text: &str) -> Self {
        let prose = matches!(field.kind, FieldKind::Prose).then(|| Prose::with(text));
        // What the editor makes of a text (line ends, unsafe characters) is not a change by the user.
        let initial = prose.as_ref().map_or_else(|| TextLine::with(text).text().to_owned(), Prose::text);
        Self { field, line: TextLine::with(text), prose, initial, problem: None }
    }

    fn text(&self) -> String {
        self.prose.as_ref().map_or_else(|| self.line.text().to_owned(), Prose::text)
    }

    fn set(&mut self, text: &str) {
        match &mut self.prose {
            Some(prose) => prose.set(text),
            None => self.line.set(text),
        }
        self.problem = None;
    }

    fn is_changed(&self) -> bool {
        self.text() != self.initial
    }
}

/// A form.
pub struct Form {
    kind: Kind,
    title: String,
    records: Vec<(String, i64)>,
    entries: Vec<Entry>,
    focus: usize,
    people: Vec<Label>,
    draft: String,
    banner: Option<(String, Role)>,
    saving: bool,
    why: String,
    /// The record that a new one is made from, by its id.
    from: Option<String>,
    /// Whether the last field was answered, where fields are asked one by one.
    ended: bool,
    /// Whether an answer was kept as a draft, where fields are asked one by one.
    drafted: bool,
}

impl Form {
    /// A form for a new record, with what is known already. Returns what to ask for too.
    #[must_use]
    pub fn add(kind: Kind, given: Vec<(&'static str, String)>, ctx: &Ctx) -> (Self, Vec<Effect>) {
        let given: HashMap<&str, String> = given.into_iter().collect();
        let text = |field: &Field| {
            given.get(field.name).cloned().unwrap_or_else(|| field.default.unwrap_or_default().to_owned())
        };
        let entries: Vec<Entry> = shown_fields(kind)
            .map(|field| {
                let mut entry = Entry::new(field, &text(field));
                // A new record is all change: what is given must be saved too.
                entry.initial = String::new();
                entry
            })
            .collect();
        let title = format!("Add {}", kind.label.to_lowercase());
        Self::start(kind, title, Vec::new(), entries, format!("add/{}", kind.name), ctx)
    }

    /// A form for a new record that is made from another one: an incident from an alert. Returns what to ask for too.
    #[must_use]
    pub fn made_from(
        kind: Kind,
        given: Vec<(&'static str, String)>,
        from: &Record,
        title: &str,
        ctx: &Ctx,
    ) -> (Self, Vec<Effect>) {
        let (form, _) = Self::add(kind, given, ctx);
        let draft = format!("from/{}/{}", kind.name, from.reference());
        let (made, effects) = Self::start(kind, title.to_owned(), Vec::new(), form.entries, draft, ctx);
        (Self { from: Some(from.id().to_owned()), ..made }, effects)
    }

    /// A form for a record. Returns what to ask for too.
    #[must_use]
    pub fn edit(record: &Record, labels: &HashMap<String, Label>, ctx: &Ctx) -> (Self, Vec<Effect>) {
        let name_of = |id: &str| labels.get(id).map(Label::typed);
        // What a record belongs to does not change: a packet stays with its review, an item in its checklist.
        let fields =
            shown_fields(record.kind()).filter(|field| !(field.required && matches!(field.kind, FieldKind::Link(_))));
        let entries = fields.map(|field| Entry::new(field, &as_typed(field, record.get(field.name), &name_of)));
        let title = format!("{} {}", record.reference(), crate::text::line(record.title()));
        let records = vec![(record.id().to_owned(), record.version())];
        let key = format!("edit/{}", record.reference());
        let (mut form, effects) = Self::start(record.kind(), title, records, entries.collect(), key, ctx);
        if record.kind() == &crate::record::PACKET {
            // A packet is opened to be completed: the keys go to the first answer that is missing.
            let missing =
                form.entries.iter().position(|entry| entry.text().is_empty() && form.is_asked(entry.field, ctx));
            form.focus = missing.unwrap_or(0);
        }
        (form, effects)
    }

    /// A form for several records of a kind: what is filled in is set in all of them.
    #[must_use]
    pub fn bulk(records: &[&Record], ctx: &Ctx) -> (Self, Vec<Effect>) {
        let kind = records.first().map_or(&PERSON, |record| record.kind());
        let entries = shown_fields(kind).map(|field| Entry::new(field, "")).collect();
        let title = format!("{} {}: what you fill in is set in all of them", records.len(), kind.plural.to_lowercase());
        let ids = records.iter().map(|record| (record.id().to_owned(), record.version())).collect();
        Self::start(kind, title, ids, entries, format!("bulk/{}", kind.name), ctx)
    }

    fn start(
        kind: Kind,
        title: String,
        records: Vec<(String, i64)>,
        entries: Vec<Entry>,
        draft: String,
        ctx: &Ctx,
    ) -> (Self, Vec<Effect>) {
        let effects = vec![reads::candidates(&PERSON, "", 0), reads::draft(&draft, &ctx.me.id)];
        let form = Self {
            kind,
            title,
            records,
            entries,
            focus: 0,
            people: Vec::new(),
            draft,
            banner: None,
            saving: false,
            why: String::new(),
            from: None,
            ended: false,
            drafted: false,
        };
        (form, effects)
    }

    /// The same with the keys on a field.
    #[must_use]
    pub fn on(mut self, field: &str) -> Self {
        self.focus = self.entries.iter().position(|entry| entry.field.name == field).unwrap_or(0);
        self
    }

    /// The same with the keys on a field, where it has such a field.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        if let Some(at) = self.entries.iter().position(|entry| entry.field.name == field) {
            self.focus = at;
        }
        self
    }

    /// The same with the kind's own fields alone, without those that every record has: for what is no record.
    #[must_use]
    pub fn own_fields(mut self) -> Self {
        let own = self.kind.fields;
        self.entries.retain(|entry| own.iter().any(|field| field.name == entry.field.name));
        self
    }

    /// The same with these fields first, in this order: what is to be said at once.
    #[must_use]
    pub fn leading(mut self, names: &[&str]) -> Self {
        let rank = |entry: &Entry| names.iter().position(|name| *name == entry.field.name).unwrap_or(names.len());
        self.entries.sort_by_key(rank);
        self
    }

    /// The same with a reason for the history.
    #[must_use]
    pub fn because(mut self, why: &str) -> Self {
        why.clone_into(&mut self.why);
        self
    }

    fn entry(&mut self) -> &mut Entry {
        let at = self.focus.min(self.entries.len().saturating_sub(1));
        &mut self.entries[at]
    }

    fn changed(&self) -> Vec<(&'static str, String)> {
        self.entries.iter().filter(|entry| entry.is_changed()).map(|entry| (entry.field.name, entry.text())).collect()
    }

    /// Whether policy asks for this field of a packet, given what is typed so far.
    fn is_asked(&self, field: &Field, ctx: &Ctx) -> bool {
        self.kind == &crate::record::PACKET
            && ctx
                .policy
                .requirements()
                .iter()
                .any(|requirement| requirement.field.name == field.name && requirement.when.is_none())
    }

    fn go(&mut self, fields: isize, ctx: &Ctx) {
        self.leave_field(ctx);
        let count = isize::try_from(self.entries.len()).unwrap_or(1).max(1);
        let at = isize::try_from(self.focus).unwrap_or(0);
        self.focus = usize::try_from((at + fields).rem_euclid(count)).unwrap_or(0);
    }

    /// Checks what was typed in the field that is left.
    fn leave_field(&mut self, ctx: &Ctx) {
        let people = std::mem::take(&mut self.people);
        let entry = self.entry();
        let text = entry.text();
        let parsed = parse(entry.field, &text, ctx.today, ctx.terms(), &Offline(&people));
        entry.problem = match parsed {
            Err(problem) => Some(problem.message),
            Ok(_) => None,
        };
        self.people = people;
    }

    fn save(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if self.saving {
            return Outcome::Consumed;
        }
        self.leave_field(ctx);
        let texts = self.changed();
        if texts.is_empty() {
            return Outcome::Close(vec![
                Message::Ask(vec![writes::drop_draft(&self.draft)]),
                Message::Say("Nothing was different; nothing was saved".to_owned()),
            ]);
        }
        self.saving = true;
        self.banner = None;
        let submit = self.submit(texts);
        // What answers call for is looked at before they are saved.
        let looks = [&PACKET, &LEGAL].contains(&self.kind) && self.records.len() <= 1;
        let effect = if looks { reads::foresee(&submit, &self.draft, ctx) } else { submit.effect(ctx) };
        Outcome::Say(vec![Message::Ask(vec![effect])])
    }

    fn submit(&self, texts: Vec<(&'static str, String)>) -> Submit {
        Submit {
            kind: self.kind,
            records: self.records.clone(),
            texts,
            why: self.why.clone(),
            from: self.from.clone(),
            purpose: Purpose::Form(self.draft.clone()),
        }
    }

    /// Saves where nothing weighty comes or goes, and shows it first where it does.
    fn foreseen(&mut self, foreseen: &crate::workspace::Result<Option<Foreseen>>, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let shown = match foreseen {
            Err(error) => {
                self.refused(error, ctx);
                return Outcome::Consumed;
            }
            Ok(foreseen) => foreseen.as_ref().and_then(|foreseen| Differs::weigh(foreseen, &self.draft)),
        };
        match shown {
            Some(layer) => {
                self.saving = false;
                Outcome::Open(Box::new(layer))
            }
            None => self.save_now(ctx),
        }
    }

    fn save_now(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.saving = true;
        Outcome::Say(vec![Message::Ask(vec![self.submit(self.changed()).effect(ctx)])])
    }

    /// Goes, or asks what becomes of what was typed.
    fn leave(&self) -> Outcome<Ctx, Message> {
        if self.changed().is_empty() || self.saving {
            return Outcome::Close(Vec::new());
        }
        Outcome::Open(choose::leaving())
    }

    /// Opens the choices of the field, or goes on where there are none.
    fn open(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let entry = self.entry();
        let (field, text) = (entry.field, entry.text());
        if let Some((picker, effects)) = choose::for_field(field, &text, ctx) {
            if effects.is_empty() {
                return Outcome::Open(picker);
            }
            Outcome::Say(vec![Message::Push(picker), Message::Ask(effects)])
        } else {
            self.go(1, ctx);
            Outcome::Consumed
        }
    }

    fn typed(&mut self, typed: Typed, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if typed != Typed::Changed {
            return Outcome::Consumed;
        }
        self.entry().problem = None;
        Outcome::Say(vec![Message::Ask(vec![self.keep(ctx)])])
    }
}

/// The fields that a form shows: those that people write; the rare ones come last.
fn shown_fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    let often = kind.editable().filter(|field| field.written == Written::ByHand);
    often.chain(kind.editable().filter(|field| field.written == Written::Seldom))
}

impl Layer<Ctx, Message> for Form {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(self.place(), *key) {
                Some(Id::Save) => return self.save(ctx),
                Some(Id::FieldNext | Id::FieldDown) => {
                    self.go(1, ctx);
                    return Outcome::Consumed;
                }
                Some(Id::FieldPrevious | Id::FieldUp) => {
                    self.go(-1, ctx);
                    return Outcome::Consumed;
                }
                Some(Id::FormPageDown) => {
                    self.go(8, ctx);
                    return Outcome::Consumed;
                }
                Some(Id::FormPageUp) => {
                    self.go(-8, ctx);
                    return Outcome::Consumed;
                }
                Some(Id::FieldOpen) => return self.open(ctx),
                Some(Id::Editor) => {
                    let entry = self.entry();
                    let effect = Effect::Edit(entry.text(), format!("{}.md", entry.field.name));
                    return Outcome::Say(vec![Message::Ask(vec![effect])]);
                }
                Some(Id::Help) => return Outcome::Say(vec![Message::Run(Id::Help)]),
                Some(Id::Back | Id::Cancel) => return self.leave(),
                _ => {
                    let entry = self.entry();
                    match &mut entry.prose {
                        Some(prose) => prose.handle(*key),
                        None => entry.line.handle(*key),
                    }
                }
            },
            Event::Paste(text) => {
                let entry = self.entry();
                match &mut entry.prose {
                    Some(prose) => prose.paste(text),
                    None => entry.line.paste(text),
                }
            }
            Event::Mouse(mouse) => {
                self.click(*mouse, ctx.screen.get(), ctx);
                return Outcome::Consumed;
            }
            _ => return Outcome::Consumed,
        };
        self.typed(typed, ctx)
    }

    fn hear(&mut self, message: &Message, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match message {
            Message::Candidates(0, labels) => self.people.clone_from(labels),
            Message::Filled(name, text) => {
                if let Some(entry) = self.entries.iter_mut().find(|entry| entry.field.name == *name) {
                    entry.set(text);
                    return Outcome::Say(vec![Message::Ask(vec![self.keep(ctx)])]);
                }
            }
            Message::Edited(edited) => match edited {
                Ok(Edited::Changed(text)) => {
                    let text = text.trim_end().to_owned();
                    self.entry().set(&text);
                    return Outcome::Say(vec![Message::Ask(vec![self.keep(ctx)])]);
                }
                Ok(Edited::Unchanged) => {}
                Err(error) => self.banner = Some((error.to_string(), Role::Error)),
            },
            Message::Leave { keep } => {
                let effects = if *keep { Vec::new() } else { vec![writes::drop_draft(&self.draft)] };
                let said =
                    if *keep { "The draft is kept; it comes back when you open the form again" } else { "Thrown away" };
                return Outcome::Close(vec![Message::Ask(effects), Message::Say(said.to_owned())]);
            }
            Message::Foreseen(key, foreseen) if *key == self.draft => return self.foreseen(foreseen, ctx),
            Message::SaveAnyway(key) if *key == self.draft => return self.save_now(ctx),
            Message::Draft(Some(draft)) if draft.key == self.draft => self.take_draft(draft),
            Message::Wrote { purpose: Purpose::Form(key), result } if *key == self.draft => match result {
                Ok(_) => return Outcome::Close(Vec::new()),
                Err(error) => self.refused(error, ctx),
            },
            _ => return Outcome::Ignored,
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        self.drawn(frame, area, ctx);
    }

    fn asked(&self, ctx: &Ctx) -> Option<Asked> {
        self.question(ctx)
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.answered(answer, ctx)
    }

    fn place(&self) -> Where {
        match self.entries.get(self.focus) {
            Some(entry) if entry.prose.is_some() => Where::Prose,
            _ => Where::Form,
        }
    }
}
