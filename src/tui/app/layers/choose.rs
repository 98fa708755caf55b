//! Lists to choose from: the choices of a field, an owner, a status, a stage, an order, a theme.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::prompt::{Prompt, Take as TakeText};
use super::{Opened, decide};
use crate::policy::{profile_description, profiles};
use crate::record::decision::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, REJECT, WAIVER};
use crate::record::review::{STAGES, may_move};
use crate::record::{Field, FieldKind, Kind, PERSON, RISK, Record, Scale, kind_named};
use crate::review::decide::Ask;
use crate::session::profile_of;
use crate::tui::app::commands::first_field;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Boxed, Effect, Message, Narrow};
use crate::tui::app::operations;
use crate::tui::app::reads;
use crate::tui::app::writes::{self, Submit};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::Where;
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme_file;
use crate::tui::widgets::picker::{Choice, Picked, Picker};
use crate::workspace::{Label, Sort};

/// What is done with what was chosen: the places of the choices, or the text that was typed.
pub type Take = Box<dyn FnMut(&[usize], &str, &Ctx) -> Vec<Message> + Send>;

/// What is done with the record that was chosen: the text that means it.
pub type TakeRecord = Box<dyn FnMut(&str, &Ctx) -> Vec<Message> + Send>;

/// A list to choose from.
pub struct Choose {
    picker: Picker,
    take: Take,
    problem: Option<String>,
    /// Records that are read as letters are typed: their kind, and the token of the question.
    source: Option<(Kind, u64)>,
    labels: Vec<Label>,
    typed: String,
}

/// Tokens of pickers that read; 0 is for people who are completed elsewhere.
fn token() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Choose {
    /// A list of what is at hand.
    #[must_use]
    pub fn new(picker: Picker, take: Take) -> Self {
        Self { picker, take, problem: None, source: None, labels: Vec::new(), typed: String::new() }
    }

    /// A list of records, read as letters are typed. Returns what to ask for too. Chosen is the text that means the record.
    #[must_use]
    pub fn records(title: &str, kind: Kind, mut take: TakeRecord) -> (Self, Vec<Effect>) {
        let token = token();
        let picker = Picker::new(title, Vec::new()).free();
        let layer =
            Self { source: Some((kind, token)), ..Self::new(picker, Box::new(move |_, text, ctx| take(text, ctx))) };
        (layer, vec![reads::candidates(kind, "", token)])
    }
}

impl Choose {
    /// Takes what was picked. None where nothing was.
    fn taken(&mut self, picked: Picked, ctx: &Ctx) -> Option<Outcome<Ctx, Message>> {
        Some(match picked {
            Picked::Chosen(places) => {
                let text = places.first().and_then(|at| self.labels.get(*at)).map(Label::typed).unwrap_or_default();
                Outcome::Close((self.take)(&places, &text, ctx))
            }
            Picked::Text(text) => Outcome::Close((self.take)(&[], &text, ctx)),
            Picked::Refused(why) => Outcome::Say(vec![Message::Complain(why)]),
            Picked::Ignored | Picked::Consumed => return None,
        })
    }

    /// Asks for the records that contain what was typed, where the choices are records.
    fn narrow(&mut self, typed: &str) -> Outcome<Ctx, Message> {
        match self.source {
            Some((kind, token)) if typed != self.typed => {
                typed.clone_into(&mut self.typed);
                Outcome::Say(vec![Message::Ask(vec![reads::candidates(kind, typed, token)])])
            }
            _ => Outcome::Consumed,
        }
    }
}

impl Layer<Ctx, Message> for Choose {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match self.picker.handle(input, &ctx.keymap) {
            Picked::Ignored if matches!(input, Input::Key(_)) => Outcome::Close(Vec::new()),
            Picked::Ignored => Outcome::Consumed,
            Picked::Consumed => {
                let typed = self.picker.typed().to_owned();
                self.narrow(&typed)
            }
            picked => self.taken(picked, ctx).unwrap_or(Outcome::Consumed),
        }
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        match (message, self.source) {
            (Message::Candidates(answered, labels), Some((_, token))) if *answered == token => {
                self.labels.clone_from(labels);
                let choice = |label: &Label| Choice::new(label.shown());
                self.picker.set_choices(labels.iter().map(choice).collect());
                Outcome::Consumed
            }
            _ => Outcome::Ignored,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        if let Some(cursor) = self.picker.draw(area, frame.buffer_mut(), &ctx.theme, &ctx.keymap) {
            frame.set_cursor_position(cursor);
        }
        debug_assert!(self.problem.is_none());
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let reads = self.source.is_some();
        let wants = Wants::Choice {
            choices: self.picker.choices().to_vec(),
            many: self.picker.takes_many(),
            at: self.picker.selected().filter(|_| !reads && !self.picker.takes_many()),
            typed: reads,
        };
        let asked = Asked::new(self.picker.title(), wants);
        Some(match (reads, self.typed.is_empty()) {
            (true, false) => asked.helped(format!("Those that contain “{}”.", self.typed)),
            (true, true) => asked.helped("Other words list only those that contain them."),
            (false, _) => asked,
        })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        // Where several can be taken and none is marked, nothing at all chooses nothing.
        let offered =
            self.source.is_none() && (!self.picker.takes_many() || self.picker.choices().iter().any(|one| one.marked));
        let picked = match answer {
            Answer::Chosen(places) => self.picker.choose(places),
            Answer::Keep if offered => self.picker.accept(),
            // “Me” is nobody's handle, but means somebody all the same.
            Answer::Text(text) if self.source.is_some_and(|(kind, _)| kind == &PERSON) && is_me(text) => {
                return Outcome::Close((self.take)(&[], "me", ctx));
            }
            Answer::Text(text) if self.source.is_some() => return self.narrow(text),
            // Nobody, or none of them.
            Answer::Empty if self.source.is_some() || self.picker.takes_many() => Picked::Chosen(Vec::new()),
            Answer::Keep | Answer::Leave => return Outcome::Close(Vec::new()),
            _ => return Outcome::Ignored,
        };
        self.taken(picked, ctx).unwrap_or(Outcome::Consumed)
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}

fn is_me(text: &str) -> bool {
    text.trim().trim_start_matches('@').eq_ignore_ascii_case("me")
}

fn boxed(picker: Picker, take: Take) -> Boxed {
    Box::new(Choose::new(picker, take))
}

/// The choices of a field as they are shown and as they are typed.
pub(super) fn choices_of(field: &Field, ctx: &Ctx) -> Option<Vec<(Choice, String)>> {
    let plain = |text: &str| (Choice::new(text), text.to_owned());
    Some(match field.kind {
        FieldKind::Choice(choices) | FieldKind::Choices(choices) => choices.iter().map(|text| plain(text)).collect(),
        FieldKind::Named(list) | FieldKind::NamedMany(list) => ctx
            .policy
            .named(list)
            .iter()
            .map(|named| (Choice::new(&named.name).about(&named.definition), named.name.clone()))
            .collect(),
        FieldKind::Step(scale) => steps(scale, ctx),
        FieldKind::Flag => vec![plain("yes"), plain("no")],
        _ => return None,
    })
}

fn steps(scale: Scale, ctx: &Ctx) -> Vec<(Choice, String)> {
    ctx.policy
        .steps(scale)
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let number = (at + 1).to_string();
            let choice = Choice { lead: number.clone(), ..Choice::new(&step.name).about(&step.definition) };
            (choice, number)
        })
        .collect()
}

/// The choices of a form's field, with what to ask for; none for fields that are typed.
#[must_use]
pub fn for_field(field: &'static Field, now: &str, ctx: &Ctx) -> Option<Opened> {
    if let FieldKind::Link(kind) = field.kind {
        let take = Box::new(move |text: &str, _: &Ctx| vec![Message::Filled(field.name, text.to_owned())]);
        let (layer, effects) = Choose::records(field.label, kind_named(kind)?, take);
        return Some((Box::new(layer), effects));
    }
    let choices = choices_of(field, ctx)?;
    let texts: Vec<String> = choices.iter().map(|(_, text)| text.clone()).collect();
    let several = field.is_list();
    let marked: Vec<&str> = now.split(',').map(str::trim).collect();
    let at = texts.iter().position(|text| text == now).unwrap_or(0);
    let choices = choices
        .into_iter()
        .map(|(choice, text)| Choice { marked: several && marked.contains(&text.as_str()), ..choice })
        .collect();
    let picker = Picker::new(field.label, choices).at(at);
    let picker = if several { picker.many() } else { picker };
    let take: Take = Box::new(move |places, _, _| {
        let chosen: Vec<&str> = places.iter().filter_map(|at| texts.get(*at)).map(String::as_str).collect();
        vec![Message::Filled(field.name, chosen.join(", "))]
    });
    Some((boxed(picker, take), Vec::new()))
}

/// What to do with a form that is left with changes.
#[must_use]
pub fn leaving() -> Boxed {
    let choices = vec![
        Choice::new("Go on editing"),
        Choice::new("Leave, and keep a draft").about("it comes back when you open this form again"),
        Choice::new("Throw the changes away").about("the record stays as it is"),
    ];
    let take: Take = Box::new(|places, _, _| match places.first() {
        Some(1) => vec![Message::Leave { keep: true }],
        Some(2) => vec![Message::Leave { keep: false }],
        _ => Vec::new(),
    });
    boxed(Picker::new("Not saved yet", choices), take)
}

fn set_all(records: &[Record], name: &'static str, text: &str, ctx: &Ctx) -> Vec<Message> {
    let records: Vec<&Record> = records.iter().collect();
    let submit = Submit::set(&records, vec![(name, text.to_owned())]);
    vec![Message::Ask(submit.map(|submit| submit.effect(ctx)).into_iter().collect())]
}

fn owned(records: &[&Record]) -> Vec<Record> {
    records.iter().map(|record| (*record).clone()).collect()
}

/// Chooses who owns records.
#[must_use]
pub fn owner(records: &[&Record], _: &Ctx) -> Option<Opened> {
    let field = first_field(records.first()?, &["owner", "reviewer", "technical_owner"])?;
    let records = owned(records);
    let title = format!("{} of {}", field.label, subject(&records));
    let take = Box::new(move |text: &str, ctx: &Ctx| set_all(&records, field.name, text, ctx));
    let (layer, effects) = Choose::records(&title, &PERSON, take);
    Some((Box::new(layer), effects))
}

fn subject(records: &[Record]) -> String {
    match records {
        [only] => only.reference().to_owned(),
        many => format!("{} records", many.len()),
    }
}

/// Chooses the status of records. What needs a reason asks for it; a review goes to another stage.
#[must_use]
pub fn status(records: &[&Record], ctx: &Ctx) -> Option<Opened> {
    let first = records.first()?;
    if first.kind().field("stage").is_some() {
        return stage(first, ctx);
    }
    let field = first_field(first, &["status", "lifecycle"])?;
    let FieldKind::Choice(choices) = field.kind else { return None };
    let at = choices.iter().position(|choice| first.text(field.name) == Some(choice)).unwrap_or(0);
    let records = owned(records);
    let title = format!("{} of {}", field.label, subject(&records));
    let picker = Picker::new(title, choices.iter().map(|choice| Choice::new(*choice)).collect()).at(at);
    let take: Take = Box::new(move |places, _, ctx| {
        let Some(chosen) = places.first().and_then(|at| choices.get(*at)).copied() else { return Vec::new() };
        let decided = match (records.as_slice(), chosen) {
            ([item], "waived") => Some(Ask::new(WAIVER, Some(item), "")),
            ([risk], "accepted") if risk.kind() == &RISK => Some(Ask::new(ACCEPTANCE, Some(risk), "")),
            _ => None,
        };
        if let Some(ask) = decided {
            return vec![Message::Ask(vec![decide::begin(ask, ctx)])];
        }
        if let Some(said) = operations::ending(&records, chosen, ctx) {
            return said;
        }
        match reason_for(&records, chosen) {
            Some((reason, question)) => vec![ask_reason(records.clone(), field.name, chosen, reason, question)],
            None => set_all(&records, field.name, chosen, ctx),
        }
    });
    Some((boxed(picker, take), Vec::new()))
}

/// The field that holds the reason for a status, where it needs one.
fn reason_for(records: &[Record], status: &str) -> Option<(&'static str, &'static str)> {
    let kind = records.first()?.kind();
    let names = match status {
        "not applicable" | "waived" => ["reason", ""],
        "cancelled" => ["closing_note", ""],
        "accepted" | "rejected" => ["verdict_reason", ""],
        "blocked" | "cleared with conditions" | "not needed" => ["outcome_note", ""],
        _ => return None,
    };
    let field = names.iter().find_map(|name| kind.field(name))?;
    Some((field.name, field.help))
}

fn ask_reason(
    records: Vec<Record>,
    field: &'static str,
    chosen: &'static str,
    reason: &'static str,
    question: &str,
) -> Message {
    let take: TakeText = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("A reason is needed here; it stands in the record and in its history.".to_owned());
        }
        let records: Vec<&Record> = records.iter().collect();
        let texts = vec![(field, chosen.to_owned()), (reason, text.to_owned())];
        let submit = Submit::set(&records, texts).map(|submit| Submit { why: text.to_owned(), ..submit });
        Ok(vec![Message::Ask(submit.map(|submit| submit.effect(ctx)).into_iter().collect())])
    });
    Message::Push(Box::new(Prompt::new(&format!("Why {chosen}?"), question, take)))
}

/// Chooses the stage of a review; the reason is asked for after.
#[must_use]
pub fn stage(review: &Record, _: &Ctx) -> Option<Opened> {
    let now = review.text("stage")?.to_owned();
    let choices = STAGES
        .iter()
        .map(|stage| Choice {
            why_not: if *stage == now {
                Some("it is there now".to_owned())
            } else if may_move(&now, stage) {
                None
            } else {
                Some(format!("not straight from {now}"))
            },
            ..Choice::new(*stage)
        })
        .collect();
    let at = STAGES.iter().position(|stage| *stage == now).map_or(0, |at| at + 1);
    let record = review.clone();
    let picker = Picker::new(format!("Move {} from {now} to", review.reference()), choices).at(at);
    let take: Take = Box::new(move |places, _, ctx| {
        let Some(stage) = places.first().and_then(|at| STAGES.get(*at)).copied() else { return Vec::new() };
        let decided =
            [("approved", APPROVE), ("approved with conditions", APPROVE_WITH_CONDITIONS), ("rejected", REJECT)];
        if let Some((_, kind)) = decided.into_iter().find(|(outcome, _)| *outcome == stage) {
            return vec![Message::Ask(vec![decide::begin(Ask::new(kind, Some(&record), ""), ctx)])];
        }
        vec![ask_move(record.clone(), stage)]
    });
    Some((boxed(picker, take), Vec::new()))
}

fn ask_move(review: Record, stage: &'static str) -> Message {
    let title = format!("Why does {} go to {stage}?", review.reference());
    let take: TakeText = Box::new(move |text, ctx| {
        let texts = vec![("stage", stage.to_owned()), ("stage_reason", text.to_owned())];
        let submit = Submit::set(&[&review], texts).map(|submit| Submit { why: text.to_owned(), ..submit });
        Ok(vec![Message::Ask(submit.map(|submit| submit.effect(ctx)).into_iter().collect())])
    });
    let help = "A sentence for the history; may be empty where the step is plain.";
    Message::Push(Box::new(Prompt::new(&title, help, take)))
}

/// Chooses the order of a list.
#[must_use]
pub fn sort(kind: Kind) -> Boxed {
    let fields: Vec<&'static Field> =
        kind.columns().filter(|field| field.column.is_some() || field.name.ends_with("_at")).collect();
    let mut choices = vec![Choice::new("The usual order")];
    for field in &fields {
        choices.push(Choice::new(format!("{}, the least first", field.label)));
        choices.push(Choice::new(format!("{}, the greatest first", field.label)));
    }
    let take: Take = Box::new(move |places, _, _| {
        let Some(at) = places.first() else { return Vec::new() };
        let sort = match at.checked_sub(1) {
            None => Vec::new(),
            Some(at) => fields
                .get(at / 2)
                .map(|field| Sort { field: field.name, descending: at % 2 == 1 })
                .into_iter()
                .collect(),
        };
        vec![Message::Narrow(Narrow::Sort(sort))]
    });
    boxed(Picker::new("Order by", choices), take)
}

/// Chooses the profile that the workspace is to be under; what it changes is shown before it is.
#[must_use]
pub fn profile(ctx: &Ctx) -> Boxed {
    let now = profile_of(&ctx.own_layers);
    let names: Vec<Option<&'static str>> = std::iter::once(None).chain(profiles().map(Some)).collect();
    let is_now = |name: Option<&str>| now.as_deref().map(str::to_lowercase) == name.map(str::to_lowercase);
    let choices = names
        .iter()
        .map(|name| {
            let about = name.map_or("what is shipped, with nothing over it".to_owned(), profile_description);
            let choice = Choice::new(name.unwrap_or("default")).about(about);
            if is_now(*name) { Choice { why_not: Some("it is in force".to_owned()), ..choice } } else { choice }
        })
        .collect();
    let take: Take = Box::new(move |places, _, ctx| match places.first().and_then(|at| names.get(*at)) {
        Some(name) => {
            vec![Message::Say("Working out what it changes …".to_owned()), Message::Ask(vec![reads::shift(*name, ctx)])]
        }
        None => Vec::new(),
    });
    boxed(Picker::new("Policy profile", choices), take)
}

/// Asks why the workspace goes under another profile, and makes the decision.
#[must_use]
pub fn why_profile(name: Option<&'static str>) -> Boxed {
    let take = Box::new(move |text: &str, ctx: &Ctx| {
        if text.is_empty() {
            return Err("Say why it is decided so.".to_owned());
        }
        Ok(vec![Message::Ask(vec![writes::switch_profile(name, text, ctx)])])
    });
    let title = format!("Why the profile {}?", name.unwrap_or("default"));
    Box::new(Prompt::new(&title, "The reason of the decision; it is kept with it.", take))
}

/// Chooses how everything looks.
#[must_use]
pub fn theme(ctx: &Ctx) -> Boxed {
    let folder = ctx.config.join("themes");
    let names = theme_file::all(&folder);
    let at = names.iter().position(|name| *name == ctx.theme.name).unwrap_or(0);
    let choices = names
        .iter()
        .map(|name| match theme_file::load(name, &folder) {
            Ok(theme) => Choice::new(name).about(theme.title),
            Err(fault) => Choice { why_not: Some(fault.to_string()), ..Choice::new(name) },
        })
        .collect();
    let take: Take = Box::new(move |places, _, ctx| {
        let Some(name) = places.first().and_then(|at| names.get(*at)) else { return Vec::new() };
        match theme_file::load(name, &ctx.config.join("themes")) {
            Ok(theme) => vec![
                Message::Dress(Arc::new(theme.at(crate::tui::colour::Depth::detect()))),
                Message::Say(format!("Theme {name}; `theme = \"{name}\"` in the settings keeps it")),
            ],
            Err(fault) => vec![Message::Complain(fault.to_string())],
        }
    });
    boxed(Picker::new("Theme", choices).at(at), take)
}

/// Chooses the template of a new checklist.
#[must_use]
pub fn template(review: &str, ctx: &Ctx) -> Boxed {
    let templates: Vec<(String, String, i64)> = ctx
        .policy
        .checklists()
        .iter()
        .map(|template| (template.id.clone(), template.title.clone(), i64::from(template.version)))
        .collect();
    let choices = templates
        .iter()
        .map(|(id, title, version)| Choice { tail: format!("v{version}"), ..Choice::new(title).about(id) })
        .collect();
    let review = review.to_owned();
    let title = format!("Start a checklist in {review}");
    let take: Take = Box::new(move |places, _, ctx| {
        let Some((id, title, version)) = places.first().and_then(|at| templates.get(*at)) else { return Vec::new() };
        let submit = Submit {
            kind: &crate::record::CHECKLIST,
            records: Vec::new(),
            texts: vec![
                ("title", title.clone()),
                ("review", review.clone()),
                ("template", id.clone()),
                ("template_version", version.to_string()),
            ],
            why: String::new(),
            from: None,
            purpose: crate::tui::app::message::Purpose::Other,
        };
        vec![Message::Ask(vec![submit.effect(ctx)])]
    });
    boxed(Picker::new(title, choices), take)
}

/// Asks for the file or the address of new evidence.
#[must_use]
pub fn evidence(given: Vec<(&'static str, String)>) -> Boxed {
    let help = "A path to a file, which is read once: its SHA-256 is kept, and a copy when it is small enough. Or an \
                address that starts with https://.";
    let take: TakeText = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Name a file, or an address.".to_owned());
        }
        Ok(vec![Message::Ask(vec![writes::register(text, given.clone(), ctx)])])
    });
    Box::new(Prompt::new("Register evidence", help, take).suggesting("~/reports/fairness.pdf"))
}
