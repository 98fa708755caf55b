//! The one-line add: what was understood is shown as it is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::record::quick::{self, Meaning, Wanted};
use crate::record::{FieldKind, Kind, Names, PERSON, parse};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::form::Form;
use crate::tui::app::layers::{Offline, draft_of};
use crate::tui::app::message::{Effect, Message, Purpose};
use crate::tui::app::reads;
use crate::tui::app::view::rows::capital;
use crate::tui::app::writes::{self, Submit};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input as Event;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{Align, put, put_spans, row, wrap};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};
use crate::workspace::Label;

/// The line that adds a record.
pub struct Quick {
    kind: Kind,
    input: TextLine,
    /// Fields that where the user is says already: the review, the source.
    given: Vec<(&'static str, String)>,
    people: Vec<Label>,
    problem: Option<String>,
    saving: bool,
    /// Whether the line was given as a whole and waits for a yes.
    agreeing: bool,
    draft: String,
}

/// What a word of the line was taken for.
struct Meant {
    label: &'static str,
    text: String,
    /// Whether the text cannot be what the field holds; it says why then.
    bad: bool,
}

impl Quick {
    /// A line for a new record of a kind. Returns what to ask for too.
    #[must_use]
    pub fn new(kind: Kind, given: Vec<(&'static str, String)>, ctx: &Ctx) -> (Self, Vec<Effect>) {
        let draft = format!("quick/{}", kind.name);
        let effects = vec![reads::candidates(&PERSON, "", 0), reads::draft(&draft, &ctx.me.id)];
        let line = Self {
            kind,
            input: TextLine::default(),
            given,
            people: Vec::new(),
            problem: None,
            saving: false,
            agreeing: false,
            draft,
        };
        (line, effects)
    }

    fn assignments(&self, ctx: &Ctx) -> Vec<(&'static str, String)> {
        let line = quick::read(self.kind, self.input.text(), ctx.terms());
        let mut texts = line.assignments(self.kind);
        for (name, text) in &self.given {
            if !texts.iter().any(|(known, _)| known == name) {
                texts.push((name, text.clone()));
            }
        }
        texts
    }

    fn save(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if self.saving {
            return Outcome::Consumed;
        }
        let texts = self.assignments(ctx);
        if !texts.iter().any(|(name, _)| *name == self.kind.title) {
            let title = self.kind.field(self.kind.title).map_or("title", |field| field.label);
            self.problem = Some(format!("Write the {} first.", title.to_lowercase()));
            return Outcome::Consumed;
        }
        self.saving = true;
        let (kind, why) = (self.kind, String::new());
        let submit = Submit { kind, records: Vec::new(), texts, why, from: None, purpose: Purpose::Quick };
        Outcome::Say(vec![Message::Ask(vec![submit.effect(ctx)])])
    }

    /// Completes the word at the end of the line, where only one thing can be meant.
    fn complete(&mut self, ctx: &Ctx) {
        let text = self.input.text().to_owned();
        let (start, choices): (&str, Vec<String>) = match quick::wanted(&text) {
            Wanted::Person(start) => {
                (start, self.people.iter().map(|label| label.title.clone()).chain(["me".to_owned()]).collect())
            }
            Wanted::Category(start) => (start, ctx.terms().names(Names::Category)),
            Wanted::Value(key, start) => (start, self.values(key, ctx)),
            Wanted::Key(start) if !start.is_empty() => {
                (start, self.kind.editable().map(|field| format!("{}:", field.name)).collect())
            }
            Wanted::Key(_) => return,
        };
        let plain = |text: &str| text.to_lowercase();
        let fitting: Vec<&String> = choices.iter().filter(|choice| plain(choice).starts_with(&plain(start))).collect();
        let whole = match fitting.as_slice() {
            [only] if only.contains(' ') => format!("\"{only}\""),
            [only] => (*only).clone(),
            [] => {
                self.problem = Some(format!("Nothing starts with “{}”.", crate::text::line(start)));
                return;
            }
            many => {
                let shown: Vec<&str> = many.iter().take(8).map(|choice| choice.as_str()).collect();
                self.problem = Some(shown.join("  "));
                return;
            }
        };
        let space = if whole.ends_with(':') { "" } else { " " };
        let at = text.len() - start.len()..text.len();
        self.input.replace(at, &format!("{whole}{space}"));
        self.problem = None;
    }

    fn values(&self, key: &str, ctx: &Ctx) -> Vec<String> {
        match quick::field_for(self.kind, key).map(|field| field.kind) {
            Some(FieldKind::Choice(choices) | FieldKind::Choices(choices)) => {
                choices.iter().map(|choice| (*choice).to_owned()).collect()
            }
            Some(FieldKind::Named(list) | FieldKind::NamedMany(list)) => ctx.terms().names(list),
            Some(FieldKind::Link("person")) => self.people.iter().map(|label| label.title.clone()).collect(),
            Some(FieldKind::Flag) => vec!["yes".to_owned(), "no".to_owned()],
            _ => Vec::new(),
        }
    }

    /// What was understood, field by field, with what is wrong.
    fn meant(&self, ctx: &Ctx) -> Vec<Meant> {
        let mut meant = Vec::new();
        let line = quick::read(self.kind, self.input.text(), ctx.terms());
        for word in &line.words {
            let (label, text, bad) = match &word.meaning {
                Meaning::Tag(tag) => ("tag", tag.clone(), false),
                Meaning::Field(name, text) => {
                    let Some(field) = self.kind.field(name) else { continue };
                    match parse(field, text, ctx.today, ctx.terms(), &Offline(&self.people)) {
                        Ok(value) if matches!(field.kind, FieldKind::Day) => (field.label, value.display(), false),
                        Ok(value) if matches!(field.kind, FieldKind::Step(_)) => {
                            let label = |_: &str| None;
                            (field.label, crate::record::describe(field, &value, ctx.terms(), &label), false)
                        }
                        Ok(_) => (field.label, text.clone(), false),
                        Err(problem) => (field.label, problem.message, true),
                    }
                }
            };
            meant.push(Meant { label, text, bad });
        }
        meant
    }

    /// The same as it is drawn.
    fn understood(&self, ctx: &Ctx) -> Vec<Span<'static>> {
        let theme = &ctx.theme;
        let mut spans = Vec::new();
        for Meant { label, text, bad } in self.meant(ctx) {
            let role = if bad { Role::Error } else { Role::Good };
            spans.push(Span::styled(format!("{label} "), theme.style(Role::Label)));
            spans.push(Span::styled(format!("{text}   "), theme.style(role)));
        }
        for (name, text) in &self.given {
            let label = self.kind.field(name).map_or(*name, |field| field.label);
            spans.push(Span::styled(format!("{label} {text}   "), theme.style(Role::Dim)));
        }
        spans
    }

    /// Waits for a yes, unless something in the line is wrong.
    fn agree(&mut self, ctx: &Ctx) {
        let wrong = self.meant(ctx).into_iter().find(|meant| meant.bad);
        self.problem = wrong.map(|meant| format!("{}: {}", capital(meant.label), meant.text));
        self.agreeing = self.problem.is_none();
    }

    /// What was understood in words, a line each, the title first.
    fn told(&self, ctx: &Ctx) -> Vec<String> {
        let line = quick::read(self.kind, self.input.text(), ctx.terms());
        let label = self.kind.field(self.kind.title).map_or("Title", |field| field.label);
        let title = format!("{label}: {}", if line.title.is_empty() { "nothing yet" } else { &line.title });
        let meant = self.meant(ctx).into_iter().map(|meant| format!("{}: {}", capital(meant.label), meant.text));
        let given = self.given.iter().map(|(name, text)| {
            let label = self.kind.field(name).map_or(*name, |field| field.label);
            format!("{label}: {text}, from where you are")
        });
        std::iter::once(title).chain(meant).chain(given).collect()
    }

    fn keep(&self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let body = serde_json::json!({ "line": self.input.text() });
        let title = format!("New {}", self.kind.label.to_lowercase());
        Outcome::Say(vec![Message::Ask(vec![draft_of(&self.draft, &title, body, ctx)])])
    }

    fn example(&self) -> &'static str {
        match self.kind.name {
            "risk" => "Bias against older applicants @me sev:4 lik:3 due:fri #fairness",
            "action" => "Re-run slices with age bands @me due:+2w kind:mitigation",
            _ => "Title, then @person field:value due:fri #tag",
        }
    }

    fn popup<'a>(ctx: &'a Ctx, title: &'a str) -> Popup<'a> {
        Popup {
            theme: &ctx.theme,
            title,
            count: "",
            hint: "Enter saves · Tab completes · C-e full form",
            width: 110,
            height: 9,
        }
    }
}

impl Layer<Ctx, Message> for Quick {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Quick, *key) {
                Some(Id::QuickSave) => return self.save(ctx),
                Some(Id::QuickComplete) => {
                    self.complete(ctx);
                    return Outcome::Consumed;
                }
                Some(Id::QuickForm) => {
                    let (form, effects) = Form::add(self.kind, self.assignments(ctx), ctx);
                    return Outcome::Close(vec![
                        Message::Push(Box::new(form)),
                        Message::Ask(vec![writes::drop_draft(&self.draft)]),
                        Message::Ask(effects),
                    ]);
                }
                // Nothing is lost: the draft is kept, and comes back the next time.
                Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
                _ => self.input.handle(*key),
            },
            Event::Paste(text) => self.input.paste(text),
            _ => return Outcome::Consumed,
        };
        if typed == Typed::Changed {
            self.problem = None;
            return self.keep(ctx);
        }
        Outcome::Consumed
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        match message {
            Message::Candidates(0, labels) => self.people.clone_from(labels),
            Message::Draft(Some(draft)) if draft.key == self.draft => {
                if let Some(line) = draft.body.get("line").and_then(serde_json::Value::as_str)
                    && self.input.is_empty()
                {
                    self.input.set(line);
                }
            }
            Message::Wrote { purpose: Purpose::Quick, result: Ok(_) } => {
                return Outcome::Close(vec![Message::Ask(vec![writes::drop_draft(&self.draft)])]);
            }
            Message::Wrote { purpose: Purpose::Quick, result: Err(error) } => {
                self.saving = false;
                self.problem = Some(error.to_string());
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let title = format!("Add {}", self.kind.label.to_lowercase());
        let inner = Self::popup(ctx, &title).draw(area, frame.buffer_mut());
        let look = Look { theme: &ctx.theme, focused: true, wrong: false, placeholder: self.example() };
        if let Some(cursor) = self.input.draw(row(inner, 0), frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
        put_spans(frame.buffer_mut(), row(inner, 2), &self.understood(ctx), Align::Left, &ctx.theme);
        if let Some(problem) = &self.problem {
            for (at, line) in (3..inner.height).zip(wrap(problem, inner.width)) {
                put(frame.buffer_mut(), row(inner, at), &line, ctx.theme.style(Role::Error), &ctx.theme);
            }
        } else if self.saving {
            put(frame.buffer_mut(), row(inner, 4), "Saving …", ctx.theme.style(Role::Dim), &ctx.theme);
        }
    }

    fn asked(&self, ctx: &Ctx) -> Option<Asked> {
        let title = format!("Add {} in one line", self.kind.label.to_lowercase());
        if self.agreeing {
            let asked = Asked::new(title, Wants::YesOrNo { enter: true, text: true });
            return Some(Asked { topic: "Save it".to_owned(), help: self.told(ctx), kept: true, ..asked });
        }
        let asked = Asked::new(title, Wants::Line)
            .helped(format!("The title, with @person, field:value and #tag in it. For example: {}", self.example()));
        let now = self.input.text().to_owned();
        Some(Asked { problem: self.problem.clone(), kept: !now.is_empty(), now, ..asked })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let agreeing = std::mem::take(&mut self.agreeing);
        match answer {
            Answer::Text(text) => {
                self.input.set(text);
                self.agree(ctx);
                return self.keep(ctx);
            }
            Answer::Keep if !agreeing && !self.input.is_empty() => self.agree(ctx),
            Answer::Yes => return self.save(ctx),
            Answer::No => {}
            Answer::Empty => {
                self.input.set("");
                return self.keep(ctx);
            }
            Answer::Keep | Answer::Leave => return Outcome::Close(Vec::new()),
            _ => return Outcome::Ignored,
        }
        Outcome::Consumed
    }

    fn place(&self) -> Where {
        Where::Quick
    }
}
