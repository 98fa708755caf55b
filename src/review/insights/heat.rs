//! The heat map of open risks, before mitigation and after it: counted where they lie, not by loading them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::{RISK, Record, Scale, Terms, Value};
use crate::workspace::{Condition, Direction, Query, Result, Sort, Workspace};

/// A cell of the matrix: severity and likelihood, each from 1 to 5.
pub type Cell = (u8, u8);

/// Counts by severity and likelihood, each from 1: `cells[severity - 1][likelihood - 1]`.
pub type Cells = [[u64; 5]; 5];

/// How many risks went from one cell to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Where they stood before mitigation; none where that was not scored.
    pub from: Option<Cell>,
    /// Where they stand with their mitigations in place; none where that was not assessed.
    pub to: Option<Cell>,
    /// How many.
    pub risks: u64,
}

/// How many risks stand at a level of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtLevel {
    /// The level.
    pub level: String,
    /// Before mitigation.
    pub inherent: u64,
    /// After it, of those whose residual risk was assessed.
    pub residual: u64,
}

/// The open risks of a category, by the level that holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfCategory {
    /// The category; empty where none was given.
    pub category: String,
    /// How many at each level, in the order of [`Heat::levels`].
    pub levels: Vec<u64>,
    /// How many that were not scored.
    pub unscored: u64,
}

impl OfCategory {
    /// All of them.
    #[must_use]
    pub fn risks(&self) -> u64 {
        self.levels.iter().sum::<u64>() + self.unscored
    }
}

/// The heat map.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Heat {
    /// How many risks are open.
    pub open: u64,
    /// Before mitigation.
    pub inherent: Cells,
    /// With the mitigations in place, of those that were assessed so.
    pub residual: Cells,
    /// Open risks without a score before mitigation.
    pub unscored: u64,
    /// Open risks whose residual risk was not assessed.
    pub unassessed: u64,
    /// How many have a lower level after mitigation than before.
    pub lowered: u64,
    /// How many have the same.
    pub same: u64,
    /// How many have a higher one.
    pub raised: u64,
    /// The levels of the policy, the highest first.
    pub levels: Vec<AtLevel>,
    /// From where to where, every one.
    pub moves: Vec<Move>,
    /// By category, the one with most at the highest levels first.
    pub categories: Vec<OfCategory>,
}

impl Heat {
    /// The cell at the highest level that holds a risk before mitigation.
    #[must_use]
    pub fn worst(&self, terms: &dyn Terms) -> Option<Cell> {
        let rank = |(severity, likelihood): Cell| {
            let level = terms.level(severity.into(), likelihood.into()).map(|(_, rank)| rank);
            (level, u32::from(severity) * u32::from(likelihood))
        };
        let all = self.moves.iter().filter_map(|one| one.from);
        all.max_by_key(|cell| rank(*cell))
    }

    /// Where the risks of a cell went, or, of the residual matrix, where they came from: the most first.
    #[must_use]
    pub fn moves_of(&self, cell: Cell, residual: bool) -> Vec<Move> {
        let side = |one: &&Move| if residual { one.to } else { one.from } == Some(cell);
        let mut moves: Vec<Move> = self.moves.iter().filter(side).copied().collect();
        moves.sort_by_key(|one| std::cmp::Reverse(one.risks));
        moves
    }
}

/// The count of a cell.
#[must_use]
pub fn at(cells: &Cells, (severity, likelihood): Cell) -> u64 {
    let place = |step: u8| usize::from(step).checked_sub(1);
    let row = place(severity).and_then(|at| cells.get(at));
    row.zip(place(likelihood)).and_then(|(row, at)| row.get(at)).copied().unwrap_or(0)
}

/// The open risks of a cell of the matrix before mitigation, or of the one after it.
#[must_use]
pub fn risks_of((severity, likelihood): Cell, residual: bool) -> Query {
    let (one, other) = if residual { ("residual_severity", "residual_likelihood") } else { ("severity", "likelihood") };
    Query::all(&RISK)
        .with(Condition::Open)
        .with(Condition::Is(one, i64::from(severity).into()))
        .with(Condition::Is(other, i64::from(likelihood).into()))
}

/// The open risks at the highest levels, by what holds now: at most `most`.
///
/// # Errors
/// When the file cannot be read.
pub fn highest(workspace: &Workspace, most: usize) -> Result<Vec<Record>> {
    let query = Query::all(&RISK).with(Condition::Open).sorted(vec![Sort { field: "rank", descending: true }]);
    let page = workspace.page(&query, None, Direction::After, most)?;
    Ok(page.rows.into_iter().map(|row| row.record).collect())
}

/// Counts the open risks by the policy's levels.
///
/// # Errors
/// When the file cannot be read.
pub fn heat(workspace: &Workspace, terms: &dyn Terms) -> Result<Heat> {
    let open = Query::all(&RISK).with(Condition::Open);
    let fields = ["severity", "likelihood", "residual_severity", "residual_likelihood"];
    let mut heat = Heat { levels: levels(terms), ..Heat::default() };
    for (values, risks) in workspace.tally(&open, &fields)? {
        let [severity, likelihood, later_severity, later_likelihood] = values.as_slice() else { continue };
        let (from, to) = (cell(severity, likelihood), cell(later_severity, later_likelihood));
        heat.count(Move { from, to, risks }, terms);
    }
    let mut categories: BTreeMap<String, OfCategory> = BTreeMap::new();
    for (values, risks) in workspace.tally(&open, &["category", "level"])? {
        let [category, level] = values.as_slice() else { continue };
        let name = category.as_text().unwrap_or_default().to_owned();
        let none = || OfCategory { category: name.clone(), levels: vec![0; heat.levels.len()], unscored: 0 };
        let line = categories.entry(name.clone()).or_insert_with(none);
        let place = level.as_text().and_then(|level| heat.levels.iter().position(|known| known.level == level));
        match place.and_then(|at| line.levels.get_mut(at)) {
            Some(count) => *count += risks,
            None => line.unscored += risks,
        }
    }
    heat.categories = categories.into_values().collect();
    heat.categories.sort_by(|one, other| (&other.levels, other.risks()).cmp(&(&one.levels, one.risks())));
    Ok(heat)
}

impl Heat {
    fn count(&mut self, one: Move, terms: &dyn Terms) {
        self.open += one.risks;
        let level = |cell: Option<Cell>| {
            cell.and_then(|(severity, likelihood)| terms.level(severity.into(), likelihood.into()))
        };
        let (before, after) = (level(one.from), level(one.to));
        match one.from {
            Some(cell) => add(&mut self.inherent, cell, one.risks),
            None => self.unscored += one.risks,
        }
        match one.to {
            Some(cell) => add(&mut self.residual, cell, one.risks),
            None => self.unassessed += one.risks,
        }
        for line in &mut self.levels {
            let is_it = |level: &Option<(String, i64)>| level.as_ref().is_some_and(|(name, _)| *name == line.level);
            line.inherent += if is_it(&before) { one.risks } else { 0 };
            line.residual += if is_it(&after) { one.risks } else { 0 };
        }
        if let (Some((_, before)), Some((_, after))) = (before, after) {
            let side = match after.cmp(&before) {
                std::cmp::Ordering::Less => &mut self.lowered,
                std::cmp::Ordering::Equal => &mut self.same,
                std::cmp::Ordering::Greater => &mut self.raised,
            };
            *side += one.risks;
        }
        self.moves.push(one);
    }
}

fn add(cells: &mut Cells, (severity, likelihood): Cell, risks: u64) {
    let row = cells.get_mut(usize::from(severity) - 1);
    if let Some(count) = row.and_then(|row| row.get_mut(usize::from(likelihood) - 1)) {
        *count += risks;
    }
}

/// The cell of two scores; none where one is missing or is no step of its scale.
fn cell(severity: &Value, likelihood: &Value) -> Option<Cell> {
    let step = |value: &Value| u8::try_from(value.as_number()?).ok().filter(|step| (1..=5).contains(step));
    Some((step(severity)?, step(likelihood)?))
}

/// The levels of the policy's matrix, the highest first.
fn levels(terms: &dyn Terms) -> Vec<AtLevel> {
    let mut ranks: BTreeMap<i64, String> = BTreeMap::new();
    for severity in 1..=5 {
        for likelihood in 1..=5 {
            ranks.extend(terms.level(severity, likelihood).map(|(name, rank)| (rank, name)));
        }
    }
    ranks.into_values().rev().map(|level| AtLevel { level, inherent: 0, residual: 0 }).collect()
}

/// A cell in words: `severity 4 Major, likelihood 2 Unlikely`.
#[must_use]
pub fn in_words((severity, likelihood): Cell, terms: &dyn Terms) -> String {
    let name = |scale, step: u8| terms.step(scale, step.into()).unwrap_or_default();
    format!(
        "severity {severity} {}, likelihood {likelihood} {}",
        name(Scale::Severity, severity),
        name(Scale::Likelihood, likelihood)
    )
}
