//! How the requirements of a framework stand: covered, partly, or a gap, by the checklist items of the controls that answer to
//! them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::sheet::{Block, Sheet, meter};
use super::{Insights, Over};
use crate::review::coverage::{Coverage, Covered, Degree, Standing, State, serving_query};
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::list::Listing;
use crate::tui::app::message::Effect;
use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::list::{Cell, Column, List, Row};

/// The framework that is shown.
#[must_use]
pub fn shown(place: &Insights) -> Option<&Coverage> {
    place.coverage.get()?.get(place.framework)
}

fn look(degree: Degree) -> (Glyph, Role) {
    match degree {
        Degree::Covered => (Glyph::Check, Role::Good),
        Degree::Partly => (Glyph::Waived, Role::Warn),
        Degree::Gap => (Glyph::Cross, Role::Bad),
        Degree::Outside => (Glyph::NotApplicable, Role::Dim),
    }
}

/// The counts of a framework in words.
fn counts(one: &Coverage) -> String {
    let degrees = [Degree::Covered, Degree::Partly, Degree::Gap, Degree::Outside];
    let told = degrees.iter().filter(|degree| one.degree(**degree) > 0 || **degree != Degree::Outside);
    let many = |degree: Degree, count: usize| match degree {
        Degree::Gap if count != 1 => "gaps",
        degree => degree.word(),
    };
    told.map(|degree| format!("{} {}", one.degree(*degree), many(*degree, one.degree(*degree))))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The sheet of the framework that is shown.
#[must_use]
pub fn sheet<'a>(place: &'a Insights, ctx: &'a Ctx, cells: u16) -> Sheet<'a> {
    let mut sheet = Sheet { theme: ctx.theme.clone(), head: Vec::new(), blocks: Vec::new() };
    let Some(one) = shown(place) else { return sheet };
    let of = place.coverage.get().map_or(0, |all| all.len());
    let which = format!("{} ({} of {of}; left and right go to the others)", one.title, place.framework + 1);
    sheet.head.push((which, Role::Title));
    sheet.head.push((format!("{} requirements: {}.", one.requirements.len(), counts(one)), Role::Text));
    if cells >= 100 {
        sheet
            .head
            .push((format!("{}, checked {}. {}", one.version, one.checked_on, text::line(&one.source)), Role::Dim));
    }
    sheet.blocks.push(requirements(one, ctx));
    sheet
}

fn requirements<'a>(one: &'a Coverage, ctx: &'a Ctx) -> Block<'a> {
    let theme = &ctx.theme;
    let all = &one.requirements;
    let longest = all.iter().map(|line| crate::tui::widgets::draw::width(&line.id)).max().unwrap_or(0);
    let ids = u16::try_from(longest).unwrap_or(16).clamp(4, 16);
    Block {
        title: String::new(),
        notes: Vec::new(),
        columns: vec![
            Column::fixed("", 9, 99),
            Column::fixed("Id", ids, 98),
            Column::flexible("What it asks for", 30, 120, 97),
            Column::fixed("Items", 15, 90),
            Column::flexible("Controls", 14, 32, 60),
        ],
        len: all.len(),
        row: Box::new(move |at| {
            let Some(line) = all.get(at) else { return Row::default() };
            let (glyph, role) = look(line.degree());
            let mark = if line.confirmed { "" } else { " (not confirmed)" };
            Row::of([
                Cell::styled(format!("{} {}", theme.glyph(glyph), line.degree().word()), theme.style(role)),
                Cell::from(line.id.clone()),
                Cell::from(format!("{}{mark}", text::line(&line.summary))),
                Cell(signs(line, theme)),
                Cell::from(controls(line)),
            ])
        }),
        told: Box::new(move |at| {
            let Some(line) = all.get(at) else { return String::new() };
            let by = controls(line);
            let by = if by.is_empty() {
                "no control answers to it".to_owned()
            } else {
                format!("controls {by}; {}", items(line))
            };
            format!("{}: {} {}; {by}", line.degree().word(), line.id, text::line(line.summary.trim_end_matches('.')))
        }),
        empty: "This framework asks for nothing.".to_owned(),
        right: false,
    }
}

fn controls(line: &Covered) -> String {
    line.controls.iter().map(|control| control.control.as_str()).collect::<Vec<_>>().join(", ")
}

/// How many items of its controls failed, passed, are waived or open, each with the word, the sign and the look for it.
fn counted(line: &Covered) -> Vec<(u64, &'static str, Glyph, Role)> {
    let sum = |count: fn(&Standing) -> u64| line.controls.iter().map(count).sum::<u64>();
    let all = [
        (sum(|control| control.failed), "failed", Glyph::Cross, Role::Bad),
        (sum(|control| control.passed), "passed", Glyph::Check, Role::Good),
        (sum(|control| control.waived), "waived", Glyph::Waived, Role::Warn),
        (sum(|control| control.open), "open", Glyph::Open, Role::Dim),
    ];
    all.into_iter().filter(|(count, ..)| *count > 0).collect()
}

/// What is said where there are no items.
fn without(line: &Covered) -> &'static str {
    if line.controls.is_empty() { State::NoControl.word() } else { "no item yet" }
}

/// The items of its controls in words.
fn items(line: &Covered) -> String {
    let told: Vec<String> = counted(line).iter().map(|(count, word, ..)| format!("{count} {word}")).collect();
    if told.is_empty() { without(line).to_owned() } else { told.join(", ") }
}

/// The same in signs.
fn signs(line: &Covered, theme: &Theme) -> Vec<Span<'static>> {
    let told: Vec<Span<'static>> = counted(line)
        .into_iter()
        .map(|(count, _, glyph, role)| Span::styled(format!("{}{count} ", theme.glyph(glyph)), theme.style(role)))
        .collect();
    if told.is_empty() { vec![Span::styled(without(line), theme.style(Role::Dim))] } else { told }
}

/// All frameworks with their counts, the one that is shown marked: beside its requirements, where there is room.
pub fn frameworks(place: &Insights, ctx: &Ctx, area: Rect, buffer: &mut Buffer) {
    let theme = &ctx.theme;
    let Some(all) = place.coverage.get() else { return };
    let columns = [
        Column::flexible("Framework", 16, 40, 99),
        Column::fixed("Covered", 7, 90).right(),
        Column::fixed("Partly", 6, 89).right(),
        Column::fixed("Gap", 4, 88).right(),
        Column::fixed("", 10, 40),
    ];
    let rows: Vec<Row<'_>> = all
        .iter()
        .map(|one| {
            let count = |degree: Degree| Cell::from(one.degree(degree).to_string());
            #[expect(clippy::cast_precision_loss, reason = "requirements are few")]
            let (covered, of) = (one.degree(Degree::Covered) as f64, one.requirements.len() as f64);
            Row::of([
                Cell::from(one.title.as_str()),
                count(Degree::Covered),
                count(Degree::Partly),
                count(Degree::Gap),
                Cell(meter(theme, covered, of, 10)),
            ])
        })
        .collect();
    let list = List {
        theme,
        columns: &columns,
        rows: &rows,
        selected: Some(place.framework),
        focused: false,
        header: true,
        empty: "The policy names no framework.",
    };
    (&list).render(area, buffer);
}

impl Insights {
    /// Shows the next framework, or the one before.
    pub(super) fn turn_framework(&mut self, forwards: bool) {
        let count = self.coverage.get().map_or(1, |all| all.len().max(1));
        self.framework = (self.framework + if forwards { 1 } else { count - 1 }) % count;
        self.put_cursor(0);
    }

    /// Opens the checklist items that serve the controls of the requirement under the cursor.
    pub(super) fn open_requirement(&mut self, row: usize, ctx: &Ctx) -> Result<Vec<Effect>, String> {
        let Some(one) = shown(self).and_then(|one| one.requirements.get(row)) else { return Ok(Vec::new()) };
        if one.controls.is_empty() {
            return Err(format!(
                "No control of the policy answers to {} yet; `probity policy explain` shows them.",
                one.id
            ));
        }
        let controls: Vec<String> = one.controls.iter().map(|control| control.control.clone()).collect();
        let title = format!("Items that cover {}", one.id);
        self.over = Some(Over::List(title, Box::new(Listing::new(serving_query(&controls, None)))));
        Ok(self.refresh(ctx))
    }
}
