//! A form: one column, labels left, help for the field that has the keys at the bottom, what is wrong under the field.
//!
//! What is typed is kept as a draft with every key. A save that meets a newer record shows both texts and can be given
//! again; nothing typed is ever lost.

mod plain;

use std::collections::HashMap;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::choose;
use super::differs::Differs;
use super::{Offline, draft_of};
use crate::record::{
    Field, FieldKind, Kind, LEGAL, PACKET, PERSON, Problem, Record, Written, as_typed, describe, parse,
};
use crate::review::triage::Foreseen;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message, Purpose};
use crate::tui::app::reads;
use crate::tui::app::writes::{self, Submit};
use crate::tui::asked::{Answer, Asked};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::editor::Edited;
use crate::tui::event::{Input as Event, Mouse, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{after, blank, put, row, wrap};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::prose::Prose;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};
use crate::workspace::{Error, Label};

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
    /// Whether the last field was answered, where fields are asked one by one.
    ended: bool,
    /// Whether an answer was kept as a draft, where fields are asked one by one.
    drafted: bool,
}

/// How wide labels are.
const LABEL: u16 = 27;

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

    fn keep(&self, ctx: &Ctx) -> Effect {
        let fields: serde_json::Map<String, serde_json::Value> =
            self.changed().into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        let body = serde_json::json!({ "kind": self.kind.name, "records": self.records, "fields": fields });
        draft_of(&self.draft, &self.title, body, ctx)
    }

    fn take_draft(&mut self, draft: &crate::workspace::Draft) {
        let Some(fields) = draft.body.get("fields").and_then(serde_json::Value::as_object) else { return };
        let mut some = false;
        for entry in &mut self.entries {
            if let Some(text) = fields.get(entry.field.name).and_then(serde_json::Value::as_str)
                && text != entry.text()
            {
                entry.set(text);
                some = true;
            }
        }
        if some {
            let when = crate::tui::app::view::record::local(&draft.saved_at);
            self.banner = Some((format!("Your draft of {when} is back. Esc can throw it away."), Role::Warn));
        }
    }

    fn refused(&mut self, error: &Error, ctx: &Ctx) {
        self.saving = false;
        match error {
            Error::Refused { problems, .. } => self.take_problems(problems),
            Error::Stale { theirs, .. } => self.meet(theirs, ctx),
            other => self.banner = Some((other.to_string(), Role::Error)),
        }
    }

    fn take_problems(&mut self, problems: &[Problem]) {
        let mut elsewhere = Vec::new();
        let mut first = None;
        for problem in problems {
            let at = self.entries.iter().position(|entry| Some(entry.field.name) == problem.field);
            match at {
                Some(at) => {
                    self.entries[at].problem = Some(problem.message.clone());
                    first = first.or(Some(at));
                }
                None => elsewhere.push(problem.message.as_str()),
            }
        }
        if let Some(first) = first {
            self.focus = first;
        }
        let text = if elsewhere.is_empty() { "Not saved: see below.".to_owned() } else { elsewhere.join(" ") };
        self.banner = Some((text, Role::Error));
    }

    /// Somebody saved the record meanwhile: their text is shown under ours where the two differ.
    fn meet(&mut self, theirs: &Record, ctx: &Ctx) {
        self.records = vec![(theirs.id().to_owned(), theirs.version())];
        for entry in &mut self.entries {
            let label = |_: &str| None;
            let value = theirs.get(entry.field.name);
            let typed = as_typed(entry.field, value, &label);
            if entry.field.linked_kind().is_some() || typed == entry.initial {
                continue;
            }
            if entry.is_changed() && typed != entry.text() {
                let shown = describe(entry.field, value, ctx.terms(), &label);
                let shown = if shown.is_empty() { "nothing".to_owned() } else { shown };
                entry.problem = Some(format!("Theirs now: {shown}"));
            } else {
                entry.set(&typed);
            }
            entry.initial = typed;
        }
        let text = "Somebody saved this record while you typed. Their text stands under yours; save again to put yours in \
                    its place, or Esc to leave theirs.";
        self.banner = Some((text.to_owned(), Role::Error));
    }

    fn rows_of(&self, at: usize, cells: u16, tall: u16) -> u16 {
        let entry = &self.entries[at];
        let problem = entry.problem.as_ref().map_or(0, |problem| wrap(problem, cells).len().min(6));
        let text = match &entry.prose {
            Some(_) if at == self.focus => tall,
            Some(prose) => {
                let lines = wrap(&prose.text(), cells).len().clamp(1, 3);
                u16::try_from(lines).unwrap_or(1)
            }
            None => 1,
        };
        text + u16::try_from(problem).unwrap_or(0)
    }

    /// Where each field stands, from the first that is drawn; fields out of sight are empty.
    fn places(&self, area: Rect) -> Vec<Rect> {
        let cells = area.width.saturating_sub(LABEL).max(1);
        let tall = (area.height / 3).clamp(3, 12);
        let heights: Vec<u16> = (0..self.entries.len()).map(|at| self.rows_of(at, cells, tall)).collect();
        let before: u16 = heights[..self.focus.min(heights.len())].iter().sum();
        let own = heights.get(self.focus).copied().unwrap_or(1);
        let total: u16 = heights.iter().sum();
        // The field that has the keys stands in the upper two thirds, unless the form's ends say otherwise.
        let wanted = (before + own).saturating_sub(area.height * 2 / 3);
        let scroll = wanted.min(total.saturating_sub(area.height)).min(before);
        let mut y = -i32::from(scroll);
        heights
            .iter()
            .map(|height| {
                let top = y;
                y += i32::from(*height);
                let (Ok(start), visible) = (u16::try_from(top.max(0)), top >= 0 && top < i32::from(area.height)) else {
                    return Rect::ZERO;
                };
                if !visible {
                    return Rect::ZERO;
                }
                Rect { y: area.y + start, height: (*height).min(area.height - start), ..area }
            })
            .collect()
    }

    fn popup<'a>(&'a self, ctx: &'a Ctx, area: Rect, count: &'a str) -> Popup<'a> {
        Popup {
            theme: &ctx.theme,
            title: &self.title,
            count,
            hint: "C-s saves · Enter chooses · C-o editor · Esc",
            // On common screens the form has all of it; on wide ones what it is about stays in sight beside it.
            width: if area.width <= 130 { area.width } else { 116 },
            height: area.height,
        }
    }

    /// The fields' part of the form: what is left of the box when the banner and the help have theirs.
    fn body(&self, inner: Rect) -> (Rect, Rect) {
        let help = 2.min(inner.height / 4);
        let banner = self.banner.as_ref().map_or(0, |(text, _)| wrap(text, inner.width).len().min(3));
        let top = u16::try_from(banner).unwrap_or(0).min(inner.height / 3);
        let body = Rect { y: inner.y + top, height: inner.height - top - help, ..inner };
        (body, Rect { y: inner.bottom() - help, height: help, ..inner })
    }

    fn draw_field(&self, at: usize, place: Rect, ctx: &Ctx, buffer: &mut Buffer) -> Option<Position> {
        let theme = &ctx.theme;
        let entry = &self.entries[at];
        let focused = at == self.focus;
        let label_style = theme.style(if focused { Role::Accent } else { Role::Label });
        let required = entry.field.required || self.is_asked(entry.field, ctx);
        let sign = if required { theme.glyph(Glyph::Required) } else { " " };
        let marker = if focused { theme.glyph(Glyph::Marker) } else { " " };
        let label = Rect { width: LABEL.min(place.width), height: 1.min(place.height), ..place };
        put(buffer, label, &format!("{marker}{sign}{}", entry.field.label), label_style, theme);
        let value = after(place, LABEL.min(place.width));
        let problem_rows = entry.problem.as_ref().map_or(0, |problem| wrap(problem, value.width).len().min(6));
        let problem_rows = u16::try_from(problem_rows).unwrap_or(0).min(value.height.saturating_sub(1));
        let text = Rect { height: value.height - problem_rows, ..value };
        let look = Look { theme, focused, wrong: entry.problem.is_some(), placeholder: placeholder(entry.field) };
        let cursor = match &entry.prose {
            Some(prose) if focused => prose.draw(text, buffer, &look),
            Some(prose) => {
                let style = theme.style(Role::Text);
                for (line, words) in (0..text.height).zip(wrap(&prose.text(), text.width)) {
                    put(buffer, row(text, line), &words, style, theme);
                }
                None
            }
            None => entry.line.draw(row(text, 0), buffer, &look),
        };
        if let Some(problem) = &entry.problem {
            for (line, words) in (text.height..value.height).zip(wrap(problem, value.width)) {
                put(buffer, row(value, line), &words, theme.style(Role::Error), theme);
            }
        }
        cursor
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

    fn click(&mut self, mouse: Mouse, screen: Rect, ctx: &Ctx) {
        let inner = self.popup(ctx, screen, "").inner(screen);
        let (body, _) = self.body(inner);
        let at = self.places(body).iter().position(|place| place.contains(mouse.at));
        if let (Some(at), MouseKind::Click | MouseKind::DoubleClick) = (at, mouse.kind) {
            self.leave_field(ctx);
            self.focus = at;
        }
    }
}

/// The fields that a form shows: those that people write; the rare ones come last.
fn shown_fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    let often = kind.editable().filter(|field| field.written == Written::ByHand);
    often.chain(kind.editable().filter(|field| field.written == Written::Seldom))
}

fn placeholder(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Day => "fri, +2w, 31 dec, 2026-12-31",
        FieldKind::Moment => "2026-12-31 14:30",
        FieldKind::Link("person") => "@handle or me; Enter lists people",
        FieldKind::Link(_) => "a reference; Enter lists them",
        FieldKind::Links(_) | FieldKind::Reference => "references, such as EVD-3",
        FieldKind::Words => "words, with commas between",
        FieldKind::Choice(_) | FieldKind::Named(_) | FieldKind::Step(_) | FieldKind::Flag => "Enter lists the choices",
        FieldKind::Choices(_) | FieldKind::NamedMany(_) => "Enter lists the choices; several are fine",
        _ => "",
    }
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
        ctx.screen.set(area);
        let theme = &ctx.theme;
        let count =
            if self.saving { "saving …".to_owned() } else { format!("{} of {}", self.focus + 1, self.entries.len()) };
        let inner = self.popup(ctx, area, &count).draw(area, frame.buffer_mut());
        if inner.is_empty() {
            return;
        }
        let (body, help) = self.body(inner);
        if let Some((text, role)) = &self.banner {
            for (at, line) in (0..body.y - inner.y).zip(wrap(text, inner.width)) {
                put(frame.buffer_mut(), row(inner, at), &line, theme.style(*role), theme);
            }
        }
        for (at, place) in self.places(body).into_iter().enumerate().filter(|(_, place)| !place.is_empty()) {
            if let Some(cursor) = self.draw_field(at, place, ctx, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        }
        if let Some(entry) = self.entries.get(self.focus) {
            blank(frame.buffer_mut(), help, theme);
            for (at, line) in (0..help.height).zip(wrap(entry.field.help, help.width)) {
                put(frame.buffer_mut(), row(help, at), &line, theme.style(Role::Dim), theme);
            }
        }
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
