//! A form that is asked field by field, for front ends that do not draw.

use super::super::choose::choices_of;
use super::Form;
use super::drawing::placeholder;
use crate::record::{Field, FieldKind};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::view::rows::capital;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::layer::Outcome;
use crate::tui::widgets::picker::Choice;

impl Form {
    /// What is asked now: a field, or whether to save when all of them were.
    pub(super) fn question(&self, ctx: &Ctx) -> Option<Asked> {
        let notice = self.notice();
        let kept = self.drafted;
        if self.ended {
            let changed: Vec<&str> =
                self.entries.iter().filter(|entry| entry.is_changed()).map(|entry| entry.field.label).collect();
            let help = match changed.as_slice() {
                [] => "Nothing was changed.".to_owned(),
                changed => format!("Filled in or changed: {}.", changed.join(", ")),
            };
            let asked = Asked::new(&self.title, Wants::YesOrNo { enter: true, text: false }).helped(help);
            let topic = "Save".to_owned();
            return Some(Asked { topic, notice, fields: true, kept, overview: self.overview(ctx), ..asked });
        }
        let at = self.focus.min(self.entries.len().checked_sub(1)?);
        let (field, text) = (self.entries[at].field, self.entries[at].text());
        let required = if field.required || self.is_asked(field, ctx) { ", required" } else { "" };
        let choices = choices_of(field, ctx);
        Some(Asked {
            title: self.title.clone(),
            topic: format!("{}, field {} of {}{required}", field.label, at + 1, self.entries.len()),
            help: std::iter::once(field.help.to_owned()).chain(how(field)).collect(),
            notice,
            problem: self.entries[at].problem.clone(),
            now: shown(choices.as_deref(), &text),
            wants: wants(field, choices, &text),
            fields: true,
            kept,
            overview: self.overview(ctx),
        })
    }

    /// What is said of the form as a whole, with what is wrong in fields that are not asked now.
    fn notice(&self) -> Option<String> {
        let (banner, _) = self.banner.as_ref()?;
        let others = self.entries.iter().enumerate().filter(|(at, _)| *at != self.focus);
        let problems = others
            .filter_map(|(_, entry)| entry.problem.as_ref().map(|problem| format!("{}: {problem}", entry.field.label)));
        Some(std::iter::once(banner.clone()).chain(problems).collect::<Vec<_>>().join("\n"))
    }

    /// Every field with what stands in it.
    fn overview(&self, ctx: &Ctx) -> Vec<String> {
        self.entries
            .iter()
            .enumerate()
            .map(|(at, entry)| {
                let text = shown(choices_of(entry.field, ctx).as_deref(), &entry.text());
                let text = if text.is_empty() { "nothing" } else { &text };
                let problem = entry.problem.as_ref().map(|problem| format!(". Problem: {problem}"));
                format!("{}. {}: {text}{}", at + 1, entry.field.label, problem.unwrap_or_default())
            })
            .collect()
    }

    /// Takes an answer to the field that is asked.
    pub(super) fn answered(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let ended = std::mem::take(&mut self.ended);
        match answer {
            Answer::Yes | Answer::Finish => return self.save(ctx),
            Answer::Leave => return self.leave(),
            Answer::Keep if ended => return self.save(ctx),
            Answer::Keep => self.go_on(),
            Answer::No => self.focus = 0,
            Answer::Previous if ended => {}
            Answer::Previous => self.focus = self.focus.saturating_sub(1),
            Answer::Field(name) => {
                let Some(at) = self.named(name) else {
                    self.ended = ended;
                    return Outcome::Ignored;
                };
                self.focus = at;
            }
            Answer::Text(text) => return self.fill(text, ctx),
            Answer::SoFar(text) => {
                self.entry().set(text);
                return self.draft(ctx);
            }
            Answer::Empty => return self.fill("", ctx),
            Answer::Chosen(places) => {
                let texts = choices_of(self.entry().field, ctx).unwrap_or_default();
                let chosen: Vec<&str> =
                    places.iter().filter_map(|at| texts.get(*at)).map(|(_, text)| text.as_str()).collect();
                return self.fill(&chosen.join(", "), ctx);
            }
        }
        Outcome::Consumed
    }

    fn fill(&mut self, text: &str, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.entry().set(text);
        self.leave_field(ctx);
        if self.entry().problem.is_none() {
            self.go_on();
        }
        self.draft(ctx)
    }

    fn draft(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.drafted = true;
        Outcome::Say(vec![Message::Ask(vec![self.keep(ctx)])])
    }

    /// Goes to the next field; behind the last one it asks whether to save.
    fn go_on(&mut self) {
        if self.focus + 1 < self.entries.len() {
            self.focus += 1;
        } else {
            self.ended = true;
        }
    }

    /// The field that is meant: by its number, its name, or the start of its label.
    fn named(&self, text: &str) -> Option<usize> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return None;
        }
        if let Ok(number) = wanted.parse::<usize>() {
            return number.checked_sub(1).filter(|at| *at < self.entries.len());
        }
        let place = |fits: &dyn Fn(&Field) -> bool| self.entries.iter().position(|entry| fits(entry.field));
        place(&|field| field.name == wanted || field.label.to_lowercase() == wanted).or_else(|| {
            place(&|field| field.label.to_lowercase().starts_with(&wanted) || field.name.starts_with(&wanted))
        })
    }
}

/// What is wanted for a field that holds this text.
fn wants(field: &Field, choices: Option<Vec<(Choice, String)>>, text: &str) -> Wants {
    let Some(choices) = choices else {
        return if matches!(field.kind, FieldKind::Prose) { Wants::Text } else { Wants::Line };
    };
    let many = field.is_list();
    let now: Vec<&str> = text.split(',').map(str::trim).collect();
    let choices = choices
        .into_iter()
        .map(|(choice, text)| Choice { marked: many && now.contains(&text.as_str()), ..choice })
        .collect();
    Wants::Choice { choices, many, at: None, typed: true }
}

/// What stands in a field as people read it: of a choice its name, not its number.
fn shown(choices: Option<&[(Choice, String)]>, text: &str) -> String {
    let chosen = choices.and_then(|choices| choices.iter().find(|(_, known)| known == text));
    match chosen {
        Some((choice, known)) if *known != choice.label => format!("{known} {}", choice.label),
        _ => text.to_owned(),
    }
}

/// How to answer a field, where its kind has a way of its own.
fn how(field: &Field) -> Option<String> {
    match field.kind {
        FieldKind::Choice(_)
        | FieldKind::Choices(_)
        | FieldKind::Named(_)
        | FieldKind::NamedMany(_)
        | FieldKind::Step(_)
        | FieldKind::Flag => None,
        FieldKind::Prose => Some("As many lines as you like; a line with nothing but a dot ends the text.".to_owned()),
        FieldKind::Link("person") => Some("A handle, or me; :choose lists people.".to_owned()),
        FieldKind::Link(_) => Some("A reference; :choose lists them.".to_owned()),
        FieldKind::Day | FieldKind::Moment => Some(format!("Such as {}.", placeholder(field))),
        _ => Some(capital(placeholder(field)) + ".").filter(|text| text.len() > 1),
    }
}
