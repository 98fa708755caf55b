//! What an import would do, row by row with reasons, before it does it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::apply;
use crate::exchange::inventory::{Doing, Plan, PlannedRow};
use crate::exchange::mapping::tally;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::list::{Cell, Column, List, Row};
use crate::tui::widgets::popup::Popup;

/// A preview.
pub struct Preview {
    plan: Option<Box<Plan>>,
    lines: Vec<String>,
    selected: usize,
}

impl Preview {
    /// A preview of a plan.
    #[must_use]
    pub fn new(plan: Box<Plan>) -> Self {
        let lines = summary(&plan);
        Self { plan: Some(plan), lines, selected: 0 }
    }

    fn rows(&self) -> &[PlannedRow] {
        self.plan.as_ref().map_or(&[], |plan| &plan.rows)
    }

    fn import(&mut self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let Some(plan) = self.plan.take() else { return Outcome::Close(Vec::new()) };
        Outcome::Close(vec![Message::Progress(0, 0, "Saving".to_owned()), Message::Ask(vec![apply(plan, ctx)])])
    }

    fn title(&self) -> String {
        format!("What importing {} would do", self.plan.as_ref().map(|plan| plan.file.clone()).unwrap_or_default())
    }

    fn go(&mut self, rows: isize) {
        let last = self.rows().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
    }
}

/// What the plan comes to, in a few lines.
fn summary(plan: &Plan) -> Vec<String> {
    let counts = plan.counts();
    let mut lines = vec![format!(
        "{} rows: {} new, {} with changes, {} as before, {} in conflict (yours stays), {} left out, {} refused.",
        plan.rows.len(),
        counts.create,
        counts.update,
        counts.same,
        counts.conflict,
        counts.skip,
        counts.refuse,
    )];
    let warnings: Vec<_> = plan.warnings().collect();
    if !warnings.is_empty() {
        let words: Vec<String> = tally(warnings.iter().copied())
            .iter()
            .take(4)
            .map(|line| format!("“{}” {} {} times", crate::text::fit(&line.header, 30), line.what, line.cells))
            .collect();
        lines.push(format!("{} values go to the notes as they stand: {}", warnings.len(), words.join("; ")));
    }
    if !plan.unused.is_empty() {
        lines.push(format!("{} columns are not used by the mapping.", plan.unused.len()));
    }
    if !plan.gone.is_empty() {
        lines.push(format!(
            "{} systems of an earlier import are not in this file; they stay as they are.",
            plan.gone.len()
        ));
    }
    lines
}

fn nothing() -> Outcome<Ctx, Message> {
    Outcome::Close(vec![Message::Say("Nothing was imported".to_owned())])
}

fn details(row: &PlannedRow) -> Vec<String> {
    let mut lines = Vec::new();
    match &row.doing {
        Doing::Skip(why) | Doing::Refuse(why) => lines.push(why.clone()),
        _ => {}
    }
    for (differences, word) in [(&row.changes, "changes"), (&row.conflicts, "conflict: yours stays")] {
        for one in differences {
            lines.push(format!(
                "{} {} ({word}): here “{}”, in the file “{}”",
                one.reference,
                one.target.name(),
                crate::text::fit(&one.ours.display(), 60),
                crate::text::fit(&one.theirs.display(), 60),
            ));
        }
    }
    lines.extend(row.warnings.iter().map(ToString::to_string));
    lines
}

impl Layer<Ctx, Message> for Preview {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match input {
            Input::Key(key) => match ctx.keymap.lookup(Where::Form, *key) {
                Some(Id::FieldDown | Id::FieldNext) => self.go(1),
                Some(Id::FieldUp | Id::FieldPrevious) => self.go(-1),
                Some(Id::FormPageDown) => self.go(15),
                Some(Id::FormPageUp) => self.go(-15),
                Some(Id::FieldOpen | Id::Save) => return self.import(ctx),
                Some(Id::Back | Id::Cancel) => return nothing(),
                _ => {}
            },
            Input::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelDown => self.go(3),
                MouseKind::WheelUp => self.go(-3),
                _ => {}
            },
            _ => {}
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let title = self.title();
        let popup = Popup {
            theme,
            title: &title,
            count: "",
            hint: "Enter imports all of it · Esc imports nothing",
            width: area.width,
            height: area.height,
        };
        let inner = popup.draw(area, frame.buffer_mut());
        let mut top = 0;
        for line in self.lines.iter().flat_map(|line| wrap(line, inner.width)) {
            put(frame.buffer_mut(), row(inner, top), &line, theme.style(Role::Text), theme);
            top += 1;
        }
        let below = 6.min(inner.height / 4);
        let body = Rect {
            y: inner.y + (top + 1).min(inner.height),
            height: inner.height.saturating_sub(top + 1 + below),
            ..inner
        };
        let room = List::room(body.height, true).max(1);
        let first = self.selected.saturating_sub(room / 2).min(self.rows().len().saturating_sub(room));
        let rows: Vec<Row<'_>> = self
            .rows()
            .iter()
            .skip(first)
            .take(room)
            .map(|row| {
                let role = match row.doing {
                    Doing::Create => Role::Good,
                    Doing::Update => Role::Accent,
                    Doing::Conflict => Role::Warn,
                    Doing::Refuse(_) => Role::Bad,
                    Doing::Same | Doing::Skip(_) => Role::Dim,
                };
                let notes = row.warnings.len();
                Row::of([
                    Cell::from(row.line.to_string()),
                    Cell::styled(row.doing.word(), theme.style(role)),
                    Cell::from(row.title.as_str()),
                    Cell::from(if notes == 0 { String::new() } else { notes.to_string() }),
                ])
            })
            .collect();
        let columns = [
            Column::fixed("Line", 7, 5).right(),
            Column::fixed("Would", 8, 8),
            Column::flexible("Use case", 16, 160, 9),
            Column::fixed("To notes", 8, 2).right(),
        ];
        let selected = (!rows.is_empty()).then(|| self.selected - first);
        let list = List {
            theme,
            columns: &columns,
            rows: &rows,
            selected,
            focused: true,
            header: true,
            empty: "The file has no rows.",
        };
        (&list).render(body, frame.buffer_mut());
        let under = Rect { y: inner.bottom() - below, height: below, ..inner };
        if let Some(current) = self.rows().get(self.selected) {
            for (at, line) in (0..under.height).zip(details(current).iter().flat_map(|line| wrap(line, under.width))) {
                put(frame.buffer_mut(), row(under, at), &line, theme.style(Role::Dim), theme);
            }
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let told = |row: &PlannedRow| {
            let first = format!("Line {}, {}: {}", row.line, row.doing.word(), row.title);
            std::iter::once(first).chain(details(row))
        };
        let asked = Asked::new(self.title(), Wants::YesOrNo { enter: false, text: false });
        Some(Asked {
            topic: "Import all of it".to_owned(),
            help: self.lines.clone(),
            overview: self.rows().iter().flat_map(told).collect(),
            ..asked
        })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Yes => self.import(ctx),
            Answer::No | Answer::Leave => nothing(),
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
