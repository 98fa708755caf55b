//! The form of a decision: its conditions, its rationale, and what else its kind needs.
//!
//! What is typed is kept as a draft with every key. A write that is refused leaves it with all that was typed, says why, and which fields differ where somebody changed what
//! the decision rests on; given again, it decides on what is there now.

pub mod draft;

use chrono::NaiveDate;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::Offline;
use super::decide::look_again;
use crate::record::decision::{APPROVE, APPROVE_WITH_CONDITIONS, DECISION, WAIVER, snapshot};
use crate::record::quick::{self, Meaning};
use crate::record::{ACTION, Record, describe, parse, when};
use crate::review::decide::{self, Ask};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Message, Purpose};
use crate::tui::app::writes;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input as Event;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{after, put, row, wrap};
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};
use crate::workspace::{Error, Label};

/// What a line of the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Condition,
    Rationale,
    Control,
    End,
    Dissent,
}

impl Part {
    const fn label(self) -> &'static str {
        match self {
            Self::Condition => "Condition",
            Self::Rationale => "Why",
            Self::Control => "In its place",
            Self::End => "Until",
            Self::Dissent => "Dissent",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::Condition => {
                "What must be done before the launch, with @person and due:fri in it. Enter adds another; an empty line ends."
            }
            Self::Rationale => "The rationale, kept with the decision and a snapshot of what it rests on.",
            Self::Control => "What protects people meanwhile: the compensating control.",
            Self::End => "The last day on which it holds, such as +60d or 31 dec.",
            Self::Dissent => "Who disagreed, and why; may stay empty.",
        }
    }

    const fn placeholder(self) -> &'static str {
        match self {
            Self::Condition => "Label 500 cases @noor due:+30d",
            Self::End => "+60d",
            Self::Dissent => "nobody disagreed",
            _ => "",
        }
    }
}

/// The form of a decision.
pub struct Deciding {
    ask: Ask,
    /// Why it can only be recommended.
    refused: Option<String>,
    people: Vec<Label>,
    lines: Vec<(Part, TextLine)>,
    focus: usize,
    problem: Option<String>,
    /// What stood in the lines at the start, where the agenda said it already.
    begun: Vec<String>,
    /// That a draft came back; told until something is typed.
    back: Option<String>,
    saving: bool,
}

/// How wide labels are.
const LABEL: u16 = 15;

/// A condition as it was typed: the fields of its action, by name.
pub type Typing = Vec<(&'static str, String)>;

impl Deciding {
    /// The form of what is asked; `refused` says why it can only be recommended.
    #[must_use]
    pub fn new(ask: Ask, refused: Option<String>, people: Vec<Label>) -> Self {
        let mut parts = match ask.kind {
            APPROVE | APPROVE_WITH_CONDITIONS => vec![Part::Condition, Part::Dissent, Part::Rationale],
            WAIVER => vec![Part::Rationale, Part::Control, Part::End, Part::Dissent],
            kind if decide::needs_end(kind) => vec![Part::Rationale, Part::End, Part::Dissent],
            _ => vec![Part::Rationale, Part::Dissent],
        };
        let lines = parts.drain(..).map(|part| (part, TextLine::default())).collect();
        Self { ask, refused, people, lines, focus: 0, begun: Vec::new(), problem: None, back: None, saving: false }
    }

    /// Filled with what is proposed, the cursor on the first line that still needs something; where none does, on the last
    /// one, so that Enter decides.
    #[must_use]
    pub fn as_proposed(mut self) -> Self {
        if self.ask.meeting.is_none() {
            return self;
        }
        let end = self.ask.expires_on.map(|day| day.to_string()).unwrap_or_default();
        for (part, line) in &mut self.lines {
            match part {
                Part::Rationale => line.set(&self.ask.rationale),
                Part::Control => line.set(&self.ask.control),
                Part::End => line.set(&end),
                Part::Condition | Part::Dissent => {}
            }
        }
        let needed = |part: Part| match part {
            Part::Dissent => false,
            Part::Condition => self.ask.kind == APPROVE_WITH_CONDITIONS,
            _ => true,
        };
        let missing = self.lines.iter().position(|(part, line)| needed(*part) && line.is_empty());
        self.focus = missing.or_else(|| self.lines.iter().rposition(|(part, _)| needed(*part))).unwrap_or(0);
        self.begun = self.texts();
        self
    }

    fn texts(&self) -> Vec<String> {
        self.lines.iter().map(|(_, line)| line.text().to_owned()).collect()
    }

    fn title(&self) -> String {
        let what = decide::in_words(&Ask { recommend: false, ..self.ask.clone() });
        if self.refused.is_some() { format!("You may only recommend: {what}") } else { format!("Why? {what}") }
    }

    fn part(&self) -> Part {
        self.lines[self.focus].0
    }

    fn said(&self, part: Part) -> &str {
        self.lines.iter().find(|(known, _)| *known == part).map_or("", |(_, line)| line.text().trim())
    }

    /// Goes on from the line that has the keys: to another condition, to the next part, and in the last part that is
    /// needed to the decision itself.
    fn advance(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if let Err(problem) = self.understood(self.focus, ctx) {
            self.problem = Some(problem);
            return Outcome::Consumed;
        }
        let here = self.focus;
        let next_is_one = self.lines.get(here + 1).is_some_and(|(part, _)| *part == Part::Condition);
        if self.part() == Part::Condition && !self.lines[here].1.is_empty() && !next_is_one {
            self.lines.insert(here + 1, (Part::Condition, TextLine::default()));
        }
        let needed = self.lines.iter().rposition(|(part, _)| *part != Part::Dissent).unwrap_or(0);
        if here >= needed {
            return self.decide(ctx);
        }
        self.focus = here + 1;
        Outcome::Consumed
    }

    fn go(&mut self, lines: isize) {
        let count = self.lines.len().cast_signed();
        self.focus = usize::try_from((self.focus.cast_signed() + lines).rem_euclid(count)).unwrap_or(0);
    }

    fn decide(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if self.saving {
            return Outcome::Consumed;
        }
        for at in 0..self.lines.len() {
            if let Err(problem) = self.understood(at, ctx).and_then(|_| self.missing(at)) {
                (self.focus, self.problem) = (at, Some(problem));
                return Outcome::Consumed;
            }
        }
        let conditions: Vec<Typing> = self
            .lines
            .iter()
            .filter(|(part, line)| *part == Part::Condition && !line.is_empty())
            .map(|(_, line)| quick::read(&ACTION, line.text(), ctx.terms()).assignments(&ACTION))
            .collect();
        let ask = Ask {
            rationale: self.said(Part::Rationale).to_owned(),
            control: self.said(Part::Control).to_owned(),
            dissent: self.said(Part::Dissent).to_owned(),
            expires_on: day(self.said(Part::End), ctx).ok(),
            ..self.ask.clone()
        };
        (self.saving, self.problem) = (true, None);
        Outcome::Say(vec![Message::Ask(vec![writes::decide(ask, conditions, Purpose::Decision, ctx)])])
    }

    /// What a line lacks.
    fn missing(&self, at: usize) -> Result<(), String> {
        let (part, line) = &self.lines[at];
        let first = self.lines.iter().position(|(known, _)| known == part) == Some(at);
        match part {
            _ if !line.text().trim().is_empty() => Ok(()),
            Part::Rationale => Err("Say why: an auditor will ask.".to_owned()),
            Part::Control => Err("Say what stands in its place.".to_owned()),
            Part::End => Err("Say until when.".to_owned()),
            Part::Condition if first && self.ask.kind == APPROVE_WITH_CONDITIONS => {
                Err("Say at least one condition.".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// How a line is understood, in words; nothing where there is nothing to say of it.
    fn understood(&self, at: usize, ctx: &Ctx) -> Result<String, String> {
        let (part, line) = &self.lines[at];
        match part {
            _ if line.text().trim().is_empty() => Ok(String::new()),
            Part::Condition => self.condition(line.text(), ctx),
            Part::End => {
                let day = day(line.text(), ctx)?;
                let most = ctx.terms().most_days(self.ask.kind);
                match most.filter(|most| (day - ctx.today).num_days() > i64::from(*most)) {
                    Some(most) => Err(format!("Policy lets a {} last {most} days at most.", self.ask.kind)),
                    None => Ok(format!("{day}: {}", when::distance(day, ctx.today))),
                }
            }
            _ => Ok(String::new()),
        }
    }

    fn condition(&self, text: &str, ctx: &Ctx) -> Result<String, String> {
        let line = quick::read(&ACTION, text, ctx.terms());
        if line.title.is_empty() {
            return Err("Say what must be done.".to_owned());
        }
        let mut told = Vec::new();
        for (name, text) in line.assignments(&ACTION).iter().filter(|(name, _)| *name != ACTION.title) {
            let field = ACTION.field(name).filter(|field| matches!(field.name, "owner" | "due_on"));
            let Some(field) = field else {
                return Err(format!("A condition has @owner and due: only; {name} is set in its action later."));
            };
            let value = parse(field, text, ctx.today, ctx.terms(), &Offline(&self.people))
                .map_err(|problem| format!("{}: {}", field.label, problem.message))?;
            if value.as_day().is_some_and(|day| day < ctx.today) {
                return Err(format!("{}: {} is over.", field.label, value.display()));
            }
            let known = self.people.iter().find(|label| Some(label.id.as_str()) == value.as_text());
            let words = match (known, value.as_day()) {
                (Some(person), _) => person.shown(),
                (_, Some(day)) => format!("{day} ({})", when::distance(day, ctx.today)),
                _ => text.clone(),
            };
            told.push(format!("{} {words}", field.label.to_lowercase()));
        }
        let lacks = |sign: &str| {
            !line.words.iter().any(|word| matches!(&word.meaning, Meaning::Field(name, _) if *name == sign))
        };
        if lacks("owner") {
            told.push("nobody's yet".to_owned());
        }
        if lacks("due_on") {
            told.push("no date yet".to_owned());
        }
        Ok(told.join(" · "))
    }

    /// Keeps everything, says what happened, and looks at what is there now where something was changed meanwhile.
    fn met(&mut self, error: &Error, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.saving = false;
        self.problem = Some(match error {
            Error::Stale { theirs, .. } => {
                let told = self.ask.subject.as_ref().map(|seen| differing(seen, theirs, ctx)).unwrap_or_default();
                format!(
                    "{} was changed by somebody else meanwhile; nothing was decided. {told}. Save again to decide on what \
                     is there now.",
                    theirs.reference()
                )
            }
            Error::Overtaken { .. } => format!("{error} Save again to decide on what is there now."),
            other => other.to_string(),
        });
        if matches!(error, Error::Stale { .. } | Error::Overtaken { .. } | Error::NoRight { .. }) {
            return Outcome::Say(vec![Message::Ask(vec![look_again(self.ask.clone(), ctx)])]);
        }
        Outcome::Consumed
    }

    /// Lines of text under the fields: what is wrong, or what helps.
    fn told(&self, ctx: &Ctx) -> (String, Role) {
        if let Some(problem) = &self.problem {
            return (problem.clone(), Role::Error);
        }
        if self.saving {
            return ("Saving …".to_owned(), Role::Dim);
        }
        if let Some(back) = &self.back {
            return (back.clone(), Role::Warn);
        }
        match self.understood(self.focus, ctx) {
            Ok(text) if !text.is_empty() => (text, Role::Good),
            Err(text) => (text, Role::Warn),
            Ok(_) => match &self.refused {
                Some(refusal) if self.part() == Part::Rationale => {
                    (format!("{refusal} Say why you recommend it, or Esc."), Role::Warn)
                }
                _ => (self.part().help().to_owned(), Role::Dim),
            },
        }
    }
}

/// Which fields of a record differ between what was seen and what is there now.
fn differing(seen: &Record, now: &Record, ctx: &Ctx) -> String {
    let words = |record: &Record, field| describe(field, record.get(field.name), ctx.terms(), &|_| None);
    let shown = |text: String| {
        if text.is_empty() { "nothing".to_owned() } else { format!("“{}”", crate::text::fit(&text, 60)) }
    };
    let fields = seen.fields().filter(|(field, value)| field.is_editable() && now.get(field.name) != *value);
    let told = fields.map(|(field, _)| {
        format!("{} was {}, is {}", field.label, shown(words(seen, field)), shown(words(now, field)))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { "What it says is the same".to_owned() } else { format!("What differs: {}", told.join("; ")) }
}

/// The last day of a decision, as it was typed.
fn day(text: &str, ctx: &Ctx) -> Result<NaiveDate, String> {
    let field = DECISION.field("expires_on").ok_or("There is no such field.")?;
    let value = parse(field, text, ctx.today, ctx.terms(), &Offline(&[])).map_err(|problem| problem.message)?;
    value.as_day().filter(|day| *day >= ctx.today).ok_or_else(|| "Say a day that is not over, such as +60d.".to_owned())
}

impl Layer<Ctx, Message> for Deciding {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Form, *key) {
                Some(Id::Save) => return self.decide(ctx),
                Some(Id::FieldOpen) => return self.advance(ctx),
                Some(Id::FieldNext | Id::FieldDown) => {
                    self.go(1);
                    return Outcome::Consumed;
                }
                Some(Id::FieldPrevious | Id::FieldUp) => {
                    self.go(-1);
                    return Outcome::Consumed;
                }
                Some(Id::Back | Id::Cancel) => return self.leave(),
                _ => self.lines[self.focus].1.handle(*key),
            },
            Event::Paste(text) => self.lines[self.focus].1.paste(text),
            _ => Typed::Moved,
        };
        if typed != Typed::Changed {
            return Outcome::Consumed;
        }
        (self.problem, self.back) = (None, None);
        Outcome::Say(vec![Message::Ask(vec![self.keep(ctx)])])
    }

    fn hear(&mut self, message: &Message, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match message {
            Message::Wrote { purpose: Purpose::Decision, result: Ok(_) } => {
                return Outcome::Close(vec![Message::Ask(vec![self.drop_draft()])]);
            }
            Message::Leave { keep } => {
                let effects = if *keep { Vec::new() } else { vec![self.drop_draft()] };
                let said =
                    if *keep { "The draft is kept; it comes back when you open the form again" } else { "Thrown away" };
                return Outcome::Close(vec![Message::Ask(effects), Message::Say(said.to_owned())]);
            }
            Message::Wrote { purpose: Purpose::Decision, result: Err(error) } => return self.met(error, ctx),
            Message::LookedAgain(ask, refused) => {
                // What the refusal named may be less than what has changed by now.
                let more =
                    self.ask.seen.as_deref().zip(ask.seen.as_deref()).map(|(then, now)| snapshot::between(then, now));
                for difference in more.unwrap_or_default().iter().map(ToString::to_string) {
                    if let Some(problem) = self.problem.as_mut().filter(|problem| !problem.contains(&difference)) {
                        problem.push(' ');
                        problem.push_str(&difference);
                        problem.push('.');
                    }
                }
                (self.ask, self.refused) = ((**ask).clone(), refused.clone());
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let (text, role) = self.told(ctx);
        let (title, width) = (self.title(), 100);
        let told = wrap(&text, width.min(area.width).saturating_sub(2).max(1));
        let lines = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        let height = lines.saturating_add(u16::try_from(told.len().max(2)).unwrap_or(2)).saturating_add(3);
        let what = if self.refused.is_some() { "recommends" } else { "decides" };
        let hint = format!("Enter goes on · C-s {what} · Esc");
        let hint = hint.as_str();
        let inner = Popup { theme, title: &title, count: "", hint, width, height }.draw(area, frame.buffer_mut());
        let room = inner.height.saturating_sub(u16::try_from(told.len()).unwrap_or(1).min(inner.height / 2) + 1).max(1);
        let first = (u16::try_from(self.focus).unwrap_or(0) + 1).saturating_sub(room);
        for (at, (part, line)) in self.lines.iter().enumerate().skip(usize::from(first)).take(usize::from(room)) {
            let place = row(inner, u16::try_from(at).unwrap_or(0) - first);
            let focused = at == self.focus;
            let marker = if focused { theme.glyph(Glyph::Marker) } else { " " };
            let look = theme.style(if focused { Role::Accent } else { Role::Label });
            put(frame.buffer_mut(), place, &format!("{marker} {}", part.label()), look, theme);
            let wrong = self.understood(at, ctx).is_err();
            let look = Look { theme, focused, wrong, placeholder: part.placeholder() };
            if let Some(cursor) = line.draw(after(place, LABEL.min(place.width)), frame.buffer_mut(), &look) {
                frame.set_cursor_position(cursor);
            }
        }
        for (at, line) in (lines.min(room) + 1..inner.height).zip(&told) {
            put(frame.buffer_mut(), row(inner, at), line, theme.style(role), theme);
        }
    }

    fn asked(&self, ctx: &Ctx) -> Option<Asked> {
        let (part, line) = &self.lines[self.focus];
        let help = match &self.refused {
            Some(refusal) if *part == Part::Rationale => format!("{refusal} Say why you recommend it."),
            _ => part.help().to_owned(),
        };
        let overview = self.lines.iter().map(|(part, line)| format!("{}: {}", part.label(), line.text())).collect();
        let asked = Asked::new(self.title(), Wants::Line).helped(help);
        let problem = self.problem.clone().or_else(|| self.understood(self.focus, ctx).err());
        Some(Asked {
            topic: part.label().to_owned(),
            problem,
            now: line.text().to_owned(),
            fields: true,
            overview,
            ..asked
        })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Text(text) => {
                self.problem = None;
                self.lines[self.focus].1.set(text);
                let keep = Message::Ask(vec![self.keep(ctx)]);
                let understood = self.understood(self.focus, ctx).ok().filter(|text| !text.is_empty());
                let outcome = self.advance(ctx);
                return match (outcome, understood) {
                    (Outcome::Consumed, Some(text)) => {
                        Outcome::Say(vec![keep, Message::Say(format!("Understood: {text}"))])
                    }
                    (Outcome::Consumed, None) => Outcome::Say(vec![keep]),
                    (outcome, _) => outcome,
                };
            }
            Answer::Keep => return self.advance(ctx),
            Answer::Finish => return self.decide(ctx),
            Answer::Leave => return self.leave(),
            Answer::Empty => self.lines[self.focus].1.set(""),
            Answer::Previous => self.go(-1),
            Answer::Field(name) => {
                let wanted = name.to_lowercase();
                let at = self.lines.iter().position(|(part, _)| part.label().to_lowercase().starts_with(&wanted));
                let Some(at) = at else { return Outcome::Ignored };
                self.focus = at;
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Consumed
    }

    fn place(&self) -> Where {
        Where::Form
    }
}
