//! Scores and numbers of rows: kept one by one while they are few, then counted into bins for each reported group.

use std::collections::BTreeMap;

use super::exact::Exact;
use crate::slices::cells::SCORE_BINS;

/// A weight in a bin is a whole number of 2^−70, so that sums do not depend on the order.
#[allow(clippy::cast_precision_loss)] // A power of two is exact.
const GRAIN: f64 = (1_u128 << 70) as f64;

/// The most tables of bins: some 160 MB, twice that with weights.
const MOST_TABLES: usize = 1_000;

/// How many scores are held back before they are counted.
const PENDING: usize = 1 << 15;

/// Scores.
pub struct ScoreStore {
    masks: Vec<u128>,
    weighted: bool,
    /// Each row's score (in an order-preserving form) and cell.
    pub rows: Vec<(u64, u32)>,
    /// The rows' weights, where there are some.
    pub weights: Vec<f64>,
    /// Whether a score lies outside of 0 to 1.
    pub outside: bool,
    /// Whether scores are counted into bins.
    pub spilled: bool,
    index: BTreeMap<(usize, u128), u32>,
    of_cell: Vec<u32>,
    light: Vec<u32>,
    heavy: Vec<u128>,
    pending: Vec<(u32, u32)>,
    pending_weights: Vec<f64>,
}

/// A number as one that is ordered as it is.
#[must_use]
pub fn ordered(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// The number that [`ordered`] was made of.
#[must_use]
pub fn number_of(ordered: u64) -> f64 {
    f64::from_bits(if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered })
}

/// The bin of a score from 0 to 1: those in (b/40000, (b+1)/40000] are in bin b.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // It is from 0 to 40000.
pub fn bin(score: f64) -> u32 {
    ((score * SCORE_BINS as f64).ceil() as u32).saturating_sub(1).min(SCORE_BINS as u32 - 1)
}

impl ScoreStore {
    /// No scores yet; bins will be made for these sets of the groupings.
    #[must_use]
    pub fn new(sets: &[Vec<usize>], groupings: usize, weighted: bool) -> Self {
        // The key's lowest bytes are model, predicted label and true label; bins are kept apart by model and true label.
        let place = |at: usize| 0xff_u128 << (8 * (3 + groupings - 1 - at));
        let masks = sets.iter().map(|set| set.iter().fold(0xff_00ff, |mask, at| mask | place(*at))).collect();
        Self {
            masks,
            weighted,
            rows: Vec::new(),
            weights: Vec::new(),
            outside: false,
            spilled: false,
            index: BTreeMap::new(),
            of_cell: Vec::new(),
            light: Vec::new(),
            heavy: Vec::new(),
            pending: Vec::new(),
            pending_weights: Vec::new(),
        }
    }

    /// How many are kept one by one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Makes room for a new cell with this key.
    ///
    /// # Errors
    /// Where there are too many groups.
    pub fn cell(&mut self, key: u128) -> Result<(), String> {
        if !self.spilled {
            return Ok(());
        }
        for set in 0..self.masks.len() {
            let group = key & self.masks.get(set).copied().unwrap_or_default();
            let next = u32::try_from(self.index.len()).unwrap_or(u32::MAX);
            let table = *self.index.entry((set, group)).or_insert(next);
            self.of_cell.push(table);
        }
        if self.index.len() > MOST_TABLES {
            return Err(
                "more than a million rows have scores, in more than 500 groups. Leave --intersect out, or --score."
                    .to_owned(),
            );
        }
        let size = self.index.len() * SCORE_BINS;
        if self.weighted {
            self.heavy.resize(size, 0);
        } else {
            self.light.resize(size, 0);
        }
        Ok(())
    }

    /// Takes a score.
    #[inline]
    pub fn add(&mut self, cell: u32, score: f64, weight: f64) {
        self.outside |= !(0.0..=1.0).contains(&score);
        if self.spilled {
            self.count(cell, score, weight);
        } else {
            self.rows.push((ordered(score), cell));
            if self.weighted {
                self.weights.push(weight);
            }
        }
    }

    /// Holds a score back, to be counted with others: one group's bins after another's stay in the processor's cache.
    #[inline]
    fn count(&mut self, cell: u32, score: f64, weight: f64) {
        if self.outside {
            return;
        }
        self.pending.push((cell, bin(score)));
        if self.weighted {
            self.pending_weights.push(weight);
        }
        if self.pending.len() >= PENDING {
            self.flush();
        }
    }

    /// Counts what was held back.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Weights are not negative.
    pub fn flush(&mut self) {
        let sets = self.masks.len();
        for set in 0..sets {
            for (at, (cell, bin)) in self.pending.iter().enumerate() {
                let Some(table) = self.of_cell.get(*cell as usize * sets + set) else { continue };
                let place = *table as usize * SCORE_BINS + *bin as usize;
                if self.weighted {
                    let weight = self.pending_weights.get(at).copied().unwrap_or(1.0);
                    if let Some(sum) = self.heavy.get_mut(place) {
                        *sum = sum.saturating_add((weight * GRAIN) as u128);
                    }
                } else if let Some(count) = self.light.get_mut(place) {
                    *count = count.saturating_add(1);
                }
            }
        }
        self.pending.clear();
        self.pending_weights.clear();
    }

    /// Counts into bins what was kept one by one.
    pub fn spill(&mut self, keys: &[u128]) {
        if self.spilled || self.masks.is_empty() {
            return;
        }
        self.spilled = true;
        for key in keys {
            // Too many groups are refused with the next new cell.
            let _ = self.cell(*key);
        }
        let rows = std::mem::take(&mut self.rows);
        let weights = std::mem::take(&mut self.weights);
        for (at, (score, cell)) in rows.iter().enumerate() {
            self.count(*cell, number_of(*score), weights.get(at).copied().unwrap_or(1.0));
        }
    }

    /// The tables: the set of groupings, the key of the group (with true label and model), and what reads its bins.
    pub fn tables(&self) -> impl Iterator<Item = (usize, u128, Bins<'_>)> {
        self.index.iter().map(|((set, group), table)| (*set, *group, Bins { store: self, table: *table as usize }))
    }
}

/// The bins of one group.
#[derive(Clone, Copy)]
pub struct Bins<'a> {
    store: &'a ScoreStore,
    table: usize,
}

/// One weight per bin over several threads' tables of one group: sums are made of whole numbers, and rounded once.
#[must_use]
#[allow(clippy::cast_precision_loss)] // That is the one rounding.
pub fn joined(parts: &[Bins<'_>]) -> Vec<f64> {
    (0..SCORE_BINS)
        .map(|bin| {
            let place = |part: &Bins<'_>| part.table * SCORE_BINS + bin;
            let light: u64 =
                parts.iter().filter_map(|part| part.store.light.get(place(part))).copied().map(u64::from).sum();
            let heavy: u128 = parts.iter().filter_map(|part| part.store.heavy.get(place(part))).sum();
            if heavy == 0 { light as f64 } else { heavy as f64 / GRAIN }
        })
        .collect()
}

/// Sums over the rows of one cell.
#[derive(Clone, Default)]
pub struct Sums {
    /// In the order of [`crate::slices::cells::Moments`].
    pub sums: [Exact; 6],
    /// Weights by |ŷ − y|, in bins whose numbers are the upper bits of the number.
    pub absolute: BTreeMap<u64, Exact>,
}

/// Numbers of a regression.
#[derive(Default)]
pub struct ValueStore {
    /// Each row: cell, true number, predicted number, weight.
    pub rows: Vec<(u32, f64, f64, f64)>,
    /// Sums a cell, once there are too many rows.
    pub sums: Vec<Sums>,
    /// Whether there are too many rows.
    pub spilled: bool,
}

/// How many bits of a number tell its bin of absolute errors: ten of the fraction, so that a bin is 0.1 % wide.
pub const ABSOLUTE_SHIFT: u32 = 42;

impl ValueStore {
    /// How many are kept one by one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Makes room for a new cell.
    pub fn cell(&mut self) {
        if self.spilled {
            self.sums.push(Sums::default());
        }
    }

    /// Takes a pair of numbers.
    pub fn add(&mut self, cell: u32, y_true: f64, y_pred: f64, weight: f64) {
        if !self.spilled {
            self.rows.push((cell, y_true, y_pred, weight));
            return;
        }
        let Some(sums) = self.sums.get_mut(cell as usize) else { return };
        let error = y_pred - y_true;
        let terms = [y_true, y_true * y_true, y_pred, error, error * error, error.abs()];
        for (sum, term) in sums.sums.iter_mut().zip(terms) {
            sum.add(weight * term);
        }
        sums.absolute.entry(error.abs().to_bits() >> ABSOLUTE_SHIFT).or_default().add(weight);
    }

    /// Sums up what was kept one by one.
    pub fn spill(&mut self, cells: usize) {
        if self.spilled || self.rows.is_empty() {
            return;
        }
        self.spilled = true;
        self.sums.resize_with(cells, Sums::default);
        for (cell, y_true, y_pred, weight) in std::mem::take(&mut self.rows) {
            self.add(cell, y_true, y_pred, weight);
        }
    }
}
