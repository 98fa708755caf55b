//! What comes again across systems, what was found only after a launch, and which controls would have caught it.

use std::collections::BTreeMap;

use super::behind::{Behind, Entry};
use super::sheet::{Block, Sheet, reference_cells};
use super::{Insights, Over, Patterns};
use crate::record::RISK;
use crate::review::insights::{LateFind, Recurring};
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Effect;
use crate::tui::app::reads;
use crate::tui::theme::Role;
use crate::tui::widgets::list::{Cell, Column, Row};

/// A control that would have caught what was found late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catching {
    /// Its id.
    pub control: String,
    /// Its name.
    pub title: String,
    /// The risks that it would have caught, by reference.
    pub risks: Vec<String>,
    /// In how many of these cases nobody had asked for it.
    pub not_asked: usize,
    /// In how many it had been passed.
    pub passed: usize,
}

/// The controls that would have caught late finds, those of most finds first.
#[must_use]
pub fn catching(late: &[LateFind]) -> Vec<Catching> {
    let mut by: BTreeMap<&str, Catching> = BTreeMap::new();
    for find in late {
        for caught in &find.caught_by {
            let line = by.entry(&caught.control).or_insert_with(|| Catching {
                control: caught.control.clone(),
                title: caught.title.clone(),
                risks: Vec::new(),
                not_asked: 0,
                passed: 0,
            });
            line.risks.push(find.risk.clone());
            line.not_asked += usize::from(caught.stood == "not asked");
            line.passed += usize::from(caught.stood.starts_with("pass"));
        }
    }
    let mut all: Vec<Catching> = by.into_values().collect();
    all.sort_by(|one, other| other.risks.len().cmp(&one.risks.len()).then_with(|| one.control.cmp(&other.control)));
    all
}

/// The sheet of patterns.
#[must_use]
pub fn sheet<'a>(place: &'a Insights, ctx: &'a Ctx, _: u16) -> Sheet<'a> {
    let mut sheet = Sheet { theme: ctx.theme.clone(), head: Vec::new(), blocks: Vec::new() };
    let Some(told) = place.patterns.get() else { return sheet };
    sheet.blocks = vec![recurring(told, ctx), late(told, ctx), controls(told)];
    sheet
}

fn recurring<'a>(told: &'a Patterns, ctx: &'a Ctx) -> Block<'a> {
    let theme = &ctx.theme;
    let all = &told.recurring;
    let after = move |line: &Recurring| {
        let role = if line.after > 0 { Role::Warn } else { Role::Dim };
        Cell::styled(line.after.to_string(), theme.style(role))
    };
    Block {
        title: "Risks that came up in two systems or more, of all time".to_owned(),
        notes: Vec::new(),
        columns: vec![
            Column::flexible("Risk", 20, 60, 99),
            Column::flexible("Category", 12, 22, 80),
            Column::fixed("Systems", 7, 98).right(),
            Column::fixed("Risks", 5, 97).right(),
            Column::fixed("Before", 6, 90).right(),
            Column::fixed("After", 5, 96).right(),
            Column::flexible("Teams", 12, 30, 50),
            Column::flexible("Controls that catch it", 18, 40, 85),
        ],
        len: all.len(),
        row: Box::new(move |at| {
            let Some(line) = all.get(at) else { return Row::default() };
            Row::of([
                Cell::from(text::line(&line.name).into_owned()),
                Cell::from(line.category.clone()),
                Cell::from(line.systems.to_string()),
                Cell::from(line.risks.to_string()),
                Cell::from(line.before.to_string()),
                after(line),
                Cell::from(text::line(&line.teams.join(", ")).into_owned()),
                Cell::from(line.controls.join(", ")),
            ])
        }),
        told: Box::new(move |at| {
            let Some(line) = all.get(at) else { return String::new() };
            let or_none = |list: &[String]| if list.is_empty() { "none named".to_owned() } else { list.join(", ") };
            format!(
                "{} ({}): {} risks in {} systems, {} found before a launch, {} after; teams: {}; controls: {}",
                text::line(&line.name),
                line.category,
                line.risks,
                line.systems,
                line.before,
                line.after,
                text::line(&or_none(&line.teams)),
                or_none(&line.controls)
            )
        }),
        empty: "No risk came up in two systems yet. Risks are told apart by the pattern of the library that they were drawn \
                from, or by category and title."
            .to_owned(),
        right: false,
    }
}

/// The first control that would have caught it, and how many more there are.
fn first(find: &LateFind) -> String {
    let Some(by) = find.caught_by.first() else { return "no control is named".to_owned() };
    let more = find.caught_by.len() - 1;
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    format!("{}: {}{more}", by.control, by.stood)
}

fn late<'a>(told: &'a Patterns, ctx: &'a Ctx) -> Block<'a> {
    let theme = &ctx.theme;
    let all = &told.late;
    Block {
        title: format!("Found only after a launch, in {}", told.period.name),
        notes: Vec::new(),
        columns: vec![
            Column::fixed("Risk", reference_cells(all.iter().map(|find| find.risk.as_str())), 99),
            Column::flexible("Title", 20, 70, 98),
            Column::fixed("System", reference_cells(all.iter().map(|find| find.system.as_str())), 80),
            Column::flexible("Category", 12, 22, 70),
            Column::flexible("Would have been caught by", 26, 44, 97),
        ],
        len: all.len(),
        row: Box::new(move |at| {
            let Some(find) = all.get(at) else { return Row::default() };
            Row::of([
                Cell::styled(find.risk.clone(), theme.style(Role::Accent)),
                Cell::from(text::line(&find.title).into_owned()),
                Cell::from(find.system.clone()),
                Cell::from(find.category.clone()),
                Cell::from(first(find)),
            ])
        }),
        told: Box::new(move |at| {
            let Some(find) = all.get(at) else { return String::new() };
            let by: Vec<String> =
                find.caught_by.iter().map(|by| format!("{} {}, {}", by.control, by.title, by.stood)).collect();
            let by = if by.is_empty() { "no control is named".to_owned() } else { by.join("; ") };
            let title = text::line(&find.title);
            format!("{} {title} ({}, {}). Would have been caught by: {by}", find.risk, find.system, find.category)
        }),
        empty: "Nothing was found after a launch in this period.".to_owned(),
        right: false,
    }
}

fn controls(told: &Patterns) -> Block<'_> {
    let all = &told.controls;
    Block {
        title: "The controls that would have caught it".to_owned(),
        notes: Vec::new(),
        columns: vec![
            Column::fixed("Control", 9, 99),
            Column::flexible("Title", 20, 60, 98),
            Column::fixed("Finds", 5, 97).right(),
            Column::fixed("Not asked", 9, 96).right(),
            Column::fixed("Passed", 6, 95).right(),
        ],
        len: all.len(),
        row: Box::new(move |at| {
            let Some(line) = all.get(at) else { return Row::default() };
            Row::of([
                Cell::from(line.control.clone()),
                Cell::from(line.title.clone()),
                Cell::from(line.risks.len().to_string()),
                Cell::from(line.not_asked.to_string()),
                Cell::from(line.passed.to_string()),
            ])
        }),
        told: Box::new(move |at| {
            let Some(line) = all.get(at) else { return String::new() };
            format!(
                "{} {}: {} finds; nobody had asked for it in {}, it had been passed in {}",
                line.control,
                line.title,
                line.risks.len(),
                line.not_asked,
                line.passed
            )
        }),
        empty: "No control is named.".to_owned(),
        right: false,
    }
}

impl Insights {
    /// Opens what is behind a line of the patterns: a risk, or all risks of it.
    pub(super) fn open_pattern(&mut self, block: usize, row: usize, ctx: &Ctx) -> Vec<Effect> {
        let Some(told) = self.patterns.get().cloned() else { return Vec::new() };
        let entry = |name: &str, counts: Option<bool>| Entry {
            kind: &RISK,
            name: name.to_owned(),
            counts,
            note: String::new(),
        };
        let mut behind = match block {
            0 => {
                let Some(line) = told.recurring.get(row) else { return Vec::new() };
                let all = line.behind.iter().map(|(id, late)| entry(id, Some(*late))).collect();
                let title = format!("{}: {} risks in {} systems", text::line(&line.name), line.risks, line.systems);
                Behind::new(title, ("after launch", "before"), "", all)
            }
            1 => return told.late.get(row).map(|find| reads::open(&find.risk)).into_iter().collect(),
            _ => {
                let Some(line) = told.controls.get(row) else { return Vec::new() };
                let all = line.risks.iter().map(|risk| entry(risk, None)).collect();
                Behind::new(format!("{} {} would have caught", line.control, line.title), ("", ""), "", all)
            }
        };
        let effects = behind.go_to(0, ctx);
        self.over = Some(Over::Behind(behind));
        effects
    }
}
