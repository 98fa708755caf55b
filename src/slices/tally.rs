//! Rows of a group by what is true and what was predicted.

use super::cells::{Cell, Cells, Task};

/// Some rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// The sum of their weights.
    pub weight: f64,
    /// The sum of their squared weights.
    pub squared: f64,
}

impl Tally {
    /// These rows and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { n: self.n + other.n, weight: self.weight + other.weight, squared: self.squared + other.squared }
    }

    /// How many rows of equal weight would say as much: (Σw)²/Σw².
    #[must_use]
    pub fn effective(self) -> f64 {
        if self.squared > 0.0 { self.weight * self.weight / self.squared } else { 0.0 }
    }

    fn of(cell: &Cell) -> Self {
        Self { n: cell.n, weight: cell.weight, squared: cell.weight_squared }
    }
}

/// Positive and predicted positive.
pub const TP: u8 = 1;
/// Negative and predicted positive.
pub const FP: u8 = 2;
/// Positive and predicted negative.
pub const FN: u8 = 4;
/// Negative and predicted negative.
pub const TN: u8 = 8;
/// All rows.
pub const ALL: u8 = TP | FP | FN | TN;

/// The rows of one group.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Confusion {
    quarters: [Tally; 4],
}

impl Confusion {
    /// The rows in the quarters of a mask: [`TP`], [`FP`], [`FN`], [`TN`].
    #[must_use]
    pub fn of(&self, mask: u8) -> Tally {
        let quarters = self.quarters.iter().enumerate().filter(|(at, _)| (mask >> at) & 1 == 1);
        quarters.fold(Tally::default(), |sum, (_, tally)| sum.and(*tally))
    }

    /// Counts a cell, of which it is known whether it is positive and whether it was predicted so. An outcome has no truth
    /// apart from itself: it counts as both.
    pub fn add(&mut self, cell: &Cell, task: Task, positive: Option<u8>) {
        let predicted = cell.y_pred.is_some() && cell.y_pred == positive;
        let truly = if task == Task::Outcome { predicted } else { cell.y_true.is_some() && cell.y_true == positive };
        let at = match (truly, predicted) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        };
        if let Some(quarter) = self.quarters.get_mut(at) {
            *quarter = quarter.and(Tally::of(cell));
        }
    }

    /// These rows and those.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut sum = *self;
        for (quarter, more) in sum.quarters.iter_mut().zip(other.quarters) {
            *quarter = quarter.and(more);
        }
        sum
    }
}

/// One group of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    /// Its level in each of the dimensions that it is made of.
    pub levels: Vec<u8>,
    /// Its rows.
    pub confusion: Confusion,
}

/// The groups of a set of dimensions, also those without rows, in the order of their levels.
#[must_use]
pub fn groups(cells: &Cells, set: &[usize], positive: Option<u8>, only: Option<(usize, u8)>) -> Vec<Grouped> {
    let sizes: Vec<usize> =
        set.iter().map(|at| cells.dimensions.get(*at).map_or(0, |dimension| dimension.levels.len())).collect();
    let mut groups: Vec<Grouped> = Vec::new();
    for number in 0..sizes.iter().product() {
        groups.push(Grouped { levels: levels_of(number, &sizes), confusion: Confusion::default() });
    }
    let places = places(cells, set);
    for (cell, place) in cells.cells.iter().zip(places) {
        let within = only.is_none_or(|(at, level)| cell.levels.get(at) == Some(&level));
        if within && let Some(group) = groups.get_mut(place) {
            group.confusion.add(cell, cells.task, positive);
        }
    }
    groups
}

/// For each cell, which of the [`groups`] it is in.
#[must_use]
pub fn places(cells: &Cells, set: &[usize]) -> Vec<usize> {
    let size = |at: &usize| cells.dimensions.get(*at).map_or(0, |dimension| dimension.levels.len());
    let level = |cell: &Cell, at: usize| cell.levels.get(at).copied().map_or(0, usize::from);
    cells.cells.iter().map(|cell| set.iter().fold(0, |place, at| place * size(at) + level(cell, *at))).collect()
}

/// The levels of the group with this number.
fn levels_of(mut number: usize, sizes: &[usize]) -> Vec<u8> {
    let mut levels: Vec<u8> = Vec::with_capacity(sizes.len());
    for size in sizes.iter().rev() {
        levels.push(u8::try_from(number % size.max(&1)).unwrap_or(u8::MAX));
        number /= size.max(&1);
    }
    levels.reverse();
    levels
}
