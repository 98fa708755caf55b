//! What the columns of a file are for, guessed and to be corrected, with the labels that cannot be guessed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::{Said, analysing};
use crate::review::analysis::guess::{Layout, Role as Use};
use crate::slices::Preset;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::{Choose, Take};
use crate::tui::app::layers::prompt::{Prompt, Take as TakeText};
use crate::tui::app::message::{Boxed, Message};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row};
use crate::tui::widgets::list::{Cell, Column, List, Row};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::tui::widgets::popup::Popup;

/// A line of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Column(usize),
    Positive,
    Favourable,
    Threshold,
    Preset,
}

/// The form.
pub struct Setup {
    layout: Layout,
    selected: usize,
}

impl Setup {
    /// The columns of a file, as they were guessed.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        Self { layout, selected: 0 }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = vec![Line::Favourable, Line::Positive];
        if self.layout.threshold.is_some() {
            lines.push(Line::Threshold);
        }
        lines.push(Line::Preset);
        lines.extend((0..self.layout.columns.len()).map(Line::Column));
        lines
    }

    fn go(&mut self, rows: isize) -> Outcome<Ctx, Message> {
        let last = self.lines().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
        Outcome::Consumed
    }

    fn accept(&self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if let Some(why) = self.layout.lacks() {
            return Outcome::Say(vec![Message::Complain(why.to_owned())]);
        }
        let name = self.layout.file.display().to_string();
        let effect = analysing(&self.layout, ctx);
        Outcome::Close(vec![Message::Progress(0, 0, format!("Reading {name}")), Message::Ask(vec![effect])])
    }

    /// What the line under the cursor can be.
    fn change(&self) -> Outcome<Ctx, Message> {
        let Some(line) = self.lines().get(self.selected).copied() else { return Outcome::Consumed };
        let layer: Boxed = match line {
            Line::Column(at) => self.roles(at),
            Line::Positive => self.labels("The positive label is", false),
            Line::Favourable => self.labels("Good for a person is", true),
            Line::Threshold => Box::new(threshold(self.layout.threshold)),
            Line::Preset => presets(self.layout.preset),
        };
        Outcome::Say(vec![Message::Push(layer)])
    }

    fn roles(&self, at: usize) -> Boxed {
        let column = self.layout.columns.get(at);
        let choices = Use::ALL.iter().map(|role| Choice::new(role.word()).about(role.about())).collect();
        let now = column.and_then(|column| Use::ALL.iter().position(|role| *role == column.role)).unwrap_or(0);
        let take: Take = Box::new(move |places, _, _| match places.first().and_then(|place| Use::ALL.get(*place)) {
            Some(role) => vec![Message::Analysis(Said::Assigned(at, *role))],
            None => Vec::new(),
        });
        let title = format!("“{}” holds", column.map(|column| column.name.as_str()).unwrap_or_default());
        Box::new(Choose::new(Picker::new(title, choices).at(now), take))
    }

    fn labels(&self, title: &str, favourable: bool) -> Boxed {
        let labels = self.layout.labels();
        let none = if favourable { "nobody says" } else { "the obvious one of 0/1, −1/1, false/true" };
        let about = if favourable { "impact ratios are then of the positive label" } else { "" };
        let choices = std::iter::once(Choice::new(none).about(about)).chain(labels.iter().map(Choice::new)).collect();
        let take: Take = Box::new(move |places, _, _| {
            let Some(place) = places.first() else { return Vec::new() };
            let label = place.checked_sub(1).and_then(|at| labels.get(at)).cloned();
            vec![Message::Analysis(if favourable { Said::Favourable(label) } else { Said::Positive(label) })]
        });
        Box::new(Choose::new(Picker::new(title, choices), take))
    }

    fn told(&self, line: Line) -> (String, String, String, Role) {
        let said = |label: &Option<String>, none: &str| label.clone().unwrap_or_else(|| none.to_owned());
        match line {
            Line::Favourable => {
                let role = if self.layout.favourable.is_none() { Role::Warn } else { Role::Good };
                let what = said(&self.layout.favourable, "nobody says");
                ("Good for a person".to_owned(), what, "the label that people want, for impact ratios".to_owned(), role)
            }
            Line::Positive => {
                let what = said(&self.layout.positive, "the obvious one");
                ("Positive label".to_owned(), what, "what the model looks for".to_owned(), Role::Good)
            }
            Line::Threshold => {
                let what = self.layout.threshold.map_or_else(String::new, |at| at.to_string());
                ("Score from which".to_owned(), what, "a row counts as predicted positive".to_owned(), Role::Good)
            }
            Line::Preset => {
                let what = preset_word(self.layout.preset).to_owned();
                ("Table of a rule".to_owned(), what, "what a regulator asks for".to_owned(), Role::Dim)
            }
            Line::Column(at) => match self.layout.columns.get(at) {
                Some(column) => {
                    let role = if column.role == Use::Unused { Role::Dim } else { Role::Good };
                    (format!("Column {}", column.name), column.role.word().to_owned(), column.holds(), role)
                }
                None => (String::new(), String::new(), String::new(), Role::Dim),
            },
        }
    }

    fn about(&self) -> String {
        match self.layout.lacks() {
            Some(why) => why.to_owned(),
            None => format!("Groups to compare: {}. C-s analyses.", self.layout.groups().join(", ")),
        }
    }

    fn title(&self) -> String {
        let name = self.layout.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        format!("What the columns of {name} are for")
    }
}

fn preset_word(preset: Option<Preset>) -> &'static str {
    match preset {
        None => "none",
        Some(Preset::NycLl144) => "New York City Local Law 144",
        Some(Preset::UsFourFifths) => "US four-fifths rule",
    }
}

fn presets(now: Option<Preset>) -> Boxed {
    let all = [None, Some(Preset::NycLl144), Some(Preset::UsFourFifths)];
    let choices = all.iter().map(|preset| Choice::new(preset_word(*preset))).collect();
    let at = all.iter().position(|preset| *preset == now).unwrap_or(0);
    let take: Take = Box::new(move |places, _, _| match places.first().and_then(|place| all.get(*place)) {
        Some(preset) => vec![Message::Analysis(Said::Preset(*preset))],
        None => Vec::new(),
    });
    Box::new(Choose::new(Picker::new("Table of a rule", choices).at(at), take))
}

fn threshold(now: Option<f64>) -> Prompt {
    let take: TakeText = Box::new(|text, _| match text.replace(',', ".").parse::<f64>() {
        Ok(at) if at.is_finite() => Ok(vec![Message::Analysis(Said::Threshold(at))]),
        _ => Err("A number, such as 0.5.".to_owned()),
    });
    let help = "Rows with this score or a higher one count as predicted positive.";
    Prompt::new("Score from which", help, take).starting(&now.unwrap_or(0.5).to_string())
}

impl Layer<Ctx, Message> for Setup {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match input {
            Input::Key(key) => match ctx.keymap.lookup(Where::Form, *key) {
                Some(Id::FieldDown | Id::FieldNext) => self.go(1),
                Some(Id::FieldUp | Id::FieldPrevious) => self.go(-1),
                Some(Id::FormPageDown) => self.go(15),
                Some(Id::FormPageUp) => self.go(-15),
                Some(Id::FieldOpen) => self.change(),
                Some(Id::Save) => self.accept(ctx),
                Some(Id::Back | Id::Cancel) => Outcome::Close(Vec::new()),
                _ => Outcome::Consumed,
            },
            Input::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelDown => self.go(3),
                MouseKind::WheelUp => self.go(-3),
                _ => Outcome::Consumed,
            },
            _ => Outcome::Consumed,
        }
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        let Message::Analysis(said) = message else { return Outcome::Ignored };
        match said {
            Said::Assigned(column, role) => {
                self.layout.assign(*column, *role);
                self.selected = self.selected.min(self.lines().len().saturating_sub(1));
                return self.go(1);
            }
            Said::Positive(label) => self.layout.positive.clone_from(label),
            Said::Favourable(label) => self.layout.favourable.clone_from(label),
            Said::Threshold(at) => self.layout.threshold = Some(*at),
            Said::Preset(preset) => self.layout.preset = *preset,
            _ => return Outcome::Ignored,
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let title = self.title();
        let hint = "Enter changes · C-s analyses · Esc";
        let popup = Popup { theme, title: &title, count: "", hint, width: area.width, height: area.height };
        let inner = popup.draw(area, frame.buffer_mut());
        let role = if self.layout.lacks().is_some() { Role::Warn } else { Role::Dim };
        put(frame.buffer_mut(), row(inner, 0), &self.about(), theme.style(role), theme);
        let body = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        let lines = self.lines();
        let room = List::room(body.height, true).max(1);
        let top = self.selected.saturating_sub(room / 2).min(lines.len().saturating_sub(room));
        let told: Vec<_> = lines.iter().skip(top).take(room).map(|line| self.told(*line)).collect();
        let rows: Vec<Row<'_>> = told
            .iter()
            .map(|(name, what, holds, role)| {
                Row::of([
                    Cell::from(name.as_str()),
                    Cell::styled(what.as_str(), theme.style(*role)),
                    Cell::styled(holds.as_str(), theme.style(Role::Dim)),
                ])
            })
            .collect();
        let columns = [
            Column::flexible("", 18, 40, 9),
            Column::flexible("is for", 16, 30, 8),
            Column::flexible("holds", 10, 120, 3),
        ];
        let selected = (!rows.is_empty()).then(|| self.selected - top);
        let list = List { theme, columns: &columns, rows: &rows, selected, focused: true, header: true, empty: "" };
        (&list).render(body, frame.buffer_mut());
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let choice = |line: &Line| {
            let (name, what, holds, _) = self.told(*line);
            Choice::new(name).about(format!("{what}; {holds}"))
        };
        let choices = self.lines().iter().map(choice).collect();
        let wants = Wants::Choice { choices, many: false, at: None, typed: false };
        let asked = Asked::new(self.title(), wants)
            .helped(self.about())
            .helped("A number changes what that line says; a dot analyses.");
        Some(Asked { fields: true, ..asked })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Chosen(places) => {
                self.selected = places.first().copied().unwrap_or(0);
                self.change()
            }
            Answer::Finish => self.accept(ctx),
            Answer::Keep => Outcome::Consumed,
            Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Form
    }

    fn covers(&self) -> bool {
        true
    }
}
