//! The open risks with their levels, the accepted ones with the end of their acceptance, and the heat map.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::error::Result;
use super::super::model::{Grid, HeatCell, HeatMap, Level};
use super::super::register::{Cell, Column, Holds, Layout, Register, Row};
use super::{Reading, attention, title_of};
use crate::record::{RISK, Record, Scale, Value};
use crate::text;
use crate::workspace::{Condition, Query};

const FIRST: &[&str] = &[
    "ref",
    "title",
    "level",
    "inherent_level",
    "residual_level",
    "category",
    "review",
    "system",
    "status",
    "owner",
    "due_on",
    "days_late",
    "statement",
    "affected_groups",
    "treatment",
    "controls",
    "severity",
    "likelihood",
    "residual_severity",
    "residual_likelihood",
    "evidence",
];

const LATE: &[Column] = &[Column::new("days_late", "Days late", Holds::Number)];

const ACCEPTED_FIRST: &[&str] =
    &["ref", "title", "level", "review", "system", "owner", "accepted_until", "days_left", "acceptance", "statement"];

const LEFT: &[Column] = &[Column::new("days_left", "Days left", Holds::Number)];

/// The matrix as the policy has it, and the risks put into it.
struct Matrix {
    cells: HashMap<(i64, i64), Vec<Arc<str>>>,
    unplaced: u64,
}

impl Matrix {
    fn new() -> Self {
        Self { cells: HashMap::new(), unplaced: 0 }
    }

    fn put(&mut self, risk: &Record, severity: &str, likelihood: &str) {
        match (risk.number(severity), risk.number(likelihood)) {
            (Some(severity @ 1..=5), Some(likelihood @ 1..=5)) => {
                self.cells.entry((severity, likelihood)).or_default().push(Arc::from(risk.reference()));
            }
            _ => self.unplaced += 1,
        }
    }

    fn into_grid(mut self, reading: &mut Reading<'_, '_>) -> Grid {
        let terms = reading.workspace.terms().clone();
        let mut cells = Vec::with_capacity(25);
        for severity in (1..=5).rev() {
            for likelihood in 1..=5 {
                let level = terms.level(severity, likelihood);
                let risks = self.cells.remove(&(severity, likelihood)).unwrap_or_default();
                cells.push(HeatCell {
                    severity,
                    likelihood,
                    rank: level.as_ref().map(|(_, rank)| *rank),
                    level: level.map(|(name, _)| reading.labels.kept(&text::line(&name))),
                    count: risks.len() as u64,
                    risks,
                });
            }
        }
        Grid { placed: cells.iter().map(|cell| cell.count).sum(), unplaced: self.unplaced, cells }
    }
}

/// The register of open risks, that of accepted ones, and the heat map.
pub(super) fn read(reading: &mut Reading<'_, '_>) -> Result<(Register, Register, HeatMap)> {
    let mut levels = levels(reading);
    let (mut inherent, mut residual) = (Matrix::new(), Matrix::new());
    let (mut overdue, mut unowned, mut unassessed) = (0_u64, 0_u64, 0_u64);
    let layout = Layout::new(&RISK, FIRST, LATE, &["rank", "closed_on", "acceptance", "accepted_until"]);
    let help = "Risks that still need work, the highest level first.";
    let mut risks = Register::new("risks", "Open risks", help, layout.columns());
    reading.each(&reading.narrowed(Query::open(&RISK)), "Reading risks", |reading, risk| {
        inherent.put(risk, "severity", "likelihood");
        residual.put(risk, "residual_severity", "residual_likelihood");
        let late = reading.days_late(risk.get("due_on").as_day());
        overdue += u64::from(!late.is_empty());
        unowned += u64::from(risk.get("owner").is_empty());
        match risk.text("level") {
            None => unassessed += 1,
            Some(level) => count_level(&mut levels, &text::line(level)),
        }
        note(reading, risk, &levels);
        let cells = layout.cells(risk, &mut reading.labels, |_| late.clone());
        risks.rows.push(Row { cells, weight: risk.number("rank").unwrap_or(0) });
        Ok(())
    })?;
    let figures = &mut reading.figures;
    figures.add("risks_open", "Open risks", risks.rows.len() as u64);
    for level in levels.iter().rev() {
        let name = format!("risks_open_{}", level.name.replace(' ', "_"));
        figures.add(name, format!("Open risks, {}", level.name), level.open);
    }
    figures.add("risks_open_unassessed", "Open risks, not assessed", unassessed);
    figures.add("risks_overdue", "Open risks past their date", overdue);
    figures.add("risks_unowned", "Open risks that nobody owns", unowned);
    let accepted = accepted(reading, &levels)?;
    let (inherent, residual) = (inherent.into_grid(reading), residual.into_grid(reading));
    let heat = HeatMap {
        severities: steps(reading, Scale::Severity),
        likelihoods: steps(reading, Scale::Likelihood),
        levels,
        inherent,
        residual,
    };
    Ok((risks, accepted, heat))
}

/// The levels that the matrix can give, the least first.
fn levels(reading: &mut Reading<'_, '_>) -> Vec<Level> {
    let terms = reading.workspace.terms().clone();
    let mut levels: Vec<Level> = Vec::new();
    for severity in 1..=5 {
        for likelihood in 1..=5 {
            if let Some((name, rank)) = terms.level(severity, likelihood)
                && !levels.iter().any(|level| level.rank == rank)
            {
                levels.push(Level { name: reading.labels.kept(&text::line(&name)), rank, open: 0 });
            }
        }
    }
    levels.sort_by_key(|level| level.rank);
    levels
}

/// A level of another policy than the one in force is counted too, under the least.
fn count_level(levels: &mut Vec<Level>, name: &str) {
    if let Some(level) = levels.iter_mut().find(|level| *level.name == *name) {
        level.open += 1;
    } else {
        let rank = levels.first().map_or(0, |level| level.rank) - 1;
        levels.insert(0, Level { name: Arc::from(name), rank, open: 1 });
    }
}

fn steps(reading: &Reading<'_, '_>, scale: Scale) -> Vec<Arc<str>> {
    let terms = reading.workspace.terms();
    let name = |step: i64| terms.step(scale, step).unwrap_or_else(|| step.to_string());
    (1..=5).map(|step| Arc::from(text::line(&name(step)).as_ref())).collect()
}

/// How far under the top of the matrix a risk's level is: 0 for the highest.
fn below_top(risk: &Record, levels: &[Level]) -> Option<usize> {
    let name = risk.text("level")?;
    levels.iter().rev().position(|level| *level.name == *text::line(name))
}

/// Notes an open risk at one of the two highest levels for the ranking.
fn note(reading: &mut Reading<'_, '_>, risk: &Record, levels: &[Level]) {
    let Some(below @ 0..=1) = below_top(risk, levels) else { return };
    let fact = attention::RiskFact {
        reference: Arc::from(risk.reference()),
        title: title_of(risk),
        level: text::line(risk.text("level").unwrap_or_default()).into_owned(),
        highest: below == 0,
        owner: reading.person(risk, "owner"),
        due_on: risk.get("due_on").as_day(),
        rank: risk.number("rank").unwrap_or(0),
    };
    reading.found.risks.push(fact);
}

fn accepted(reading: &mut Reading<'_, '_>, levels: &[Level]) -> Result<Register> {
    let layout = Layout::new(&RISK, ACCEPTED_FIRST, LEFT, &["rank", "status", "due_on"]);
    let help = "Risks that were accepted, with the day on which the acceptance ends; the first to end first.";
    let mut register = Register::new("acceptances", "Accepted risks", help, layout.columns());
    // In the register's own order, which an index serves; by the end of the acceptance afterwards.
    let query = Query::all(&RISK).with(Condition::Closed).with(Condition::Is("status", Value::text("accepted")));
    let query = reading.narrowed(query);
    let mut ended = 0_u64;
    reading.each(&query, "Reading accepted risks", |reading, risk| {
        let until = risk.get("accepted_until").as_day();
        let left = until.map(|until| -reading.days_since(until));
        ended += u64::from(left.is_some_and(|left| left < 0));
        reading.found.acceptances.push(attention::AcceptanceFact {
            reference: Arc::from(risk.reference()),
            title: title_of(risk),
            level: risk.text("level").map(|level| text::line(level).into_owned()),
            owner: reading.person(risk, "owner"),
            until,
            weight: below_top(risk, levels).map_or(0, |below| -i64::try_from(below).unwrap_or(9)),
        });
        let cells = layout.cells(risk, &mut reading.labels, |_| Cell::number(left));
        register.rows.push(Row { cells, weight: -left.unwrap_or(99_999) });
        Ok(())
    })?;
    register.rows.sort_by_key(|row| -row.weight);
    reading.figures.add("risks_accepted", "Accepted risks", register.rows.len() as u64);
    reading.figures.add("acceptances_ended", "Acceptances that have ended", ended);
    Ok(register)
}
