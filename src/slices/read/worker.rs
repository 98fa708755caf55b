//! One thread's share of the rows, counted.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use super::chunk::Block;
use super::exact::Exact;
use super::intern::Interner;
use super::number::{self, Number};
use super::plan::{Missing, Plan};
use super::row::{self, Fault, Span};
use super::scores::{ScoreStore, ValueStore};
use crate::slices::cells::{EXACT_ROWS, MOST_CELLS, MOST_LEVELS, Task};

/// Marks a value that is not there.
pub const ABSENT: u8 = u8::MAX;
/// Marks a prediction by score, from the threshold on.
pub const ABOVE: u8 = u8::MAX - 1;
/// Marks a prediction by score, under the threshold.
pub const BELOW: u8 = u8::MAX - 2;

/// Mixes one 128-bit key.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn write_u128(&mut self, key: u128) {
        let folded = (key ^ (key >> 64).wrapping_mul(0xD6E8_FEB8_6659_FD93)) & u128::from(u64::MAX);
        let mixed = folded.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = u64::try_from((mixed ^ (mixed >> 64)) & u128::from(u64::MAX)).unwrap_or_default();
    }
}

/// A map from keys.
pub type Keyed<T> = HashMap<u128, T, BuildHasherDefault<Mix>>;

/// Why rows were left out, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dropped {
    /// For each slot, rows in which it is empty.
    pub missing: Vec<u64>,
    /// For each slot, rows in which it is infinite or not a number.
    pub not_finite: Vec<u64>,
}

/// Settings that all threads share.
pub struct Shared<'a> {
    /// What is read.
    pub plan: &'a Plan,
    /// Rows that do not say which group they are of.
    pub missing: Missing,
    /// Whether a comma stands before decimals.
    pub comma: bool,
    /// Scores from here on are positive.
    pub threshold: Option<f64>,
    /// Whether to keep each row's cell.
    pub trail: bool,
    /// Up to how many rows are kept one by one.
    pub exact_rows: u64,
    /// How many rows are kept one by one so far.
    pub kept: AtomicU64,
}

/// One thread's counts.
pub struct Worker<'a> {
    shared: &'a Shared<'a>,
    /// The texts of labels, true and predicted.
    pub labels: Interner,
    /// The texts of models.
    pub models: Interner,
    /// The texts of each grouping.
    pub levels: Vec<Interner>,
    index: Keyed<u32>,
    /// The key of each cell: a byte a grouping, then true label, predicted label, model.
    pub keys: Vec<u128>,
    /// How many rows each cell has.
    pub n: Vec<u64>,
    /// The sums of weights and of their squares.
    pub weights: Vec<[Exact; 2]>,
    /// Scores.
    pub scores: ScoreStore,
    /// Numbers.
    pub values: ValueStore,
    /// Rows that were left out.
    pub dropped: Dropped,
    /// How many rows there were.
    pub rows: u64,
    /// Hashes of the rows' names.
    pub ids: Vec<u64>,
    /// For each block, the cell of each row; [`u32::MAX`] for one that was left out.
    pub trail: Vec<(u64, Vec<u32>)>,
}

/// What a row comes to, before it is counted.
struct Found {
    key: u128,
    score: f64,
    weight: f64,
    y_true: f64,
    y_pred: f64,
}

/// Whether a row is used.
enum Verdict {
    Used(Found),
    Left,
}

impl<'a> Worker<'a> {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(shared: &'a Shared<'a>) -> Self {
        let slots = shared.plan.layout.wanted;
        let plan = shared.plan;
        let sets: &[Vec<usize>] = if plan.score.is_some() { &plan.score_sets } else { &[] };
        Self {
            shared,
            labels: Interner::default(),
            models: Interner::default(),
            levels: vec![Interner::default(); plan.groupings.len()],
            index: Keyed::default(),
            keys: Vec::new(),
            n: Vec::new(),
            weights: Vec::new(),
            scores: ScoreStore::new(sets, plan.groupings.len(), plan.weight.is_some()),
            values: ValueStore::default(),
            dropped: Dropped { missing: vec![0; slots], not_finite: vec![0; slots] },
            rows: 0,
            ids: Vec::new(),
            trail: Vec::new(),
        }
    }

    /// Counts the rows of a block.
    ///
    /// # Errors
    /// The first row that cannot be taken in.
    pub fn block(&mut self, number: u64, block: &Block) -> Result<(), Fault> {
        if self.shared.kept.load(Ordering::Relaxed) > self.shared.exact_rows {
            self.spill();
        }
        let before = self.kept();
        if self.shared.trail && self.rows <= EXACT_ROWS {
            self.trail.push((number, Vec::new()));
        } else {
            self.trail.clear();
        }
        let plan = self.shared.plan;
        row::each(block, plan.marks, &plan.layout, &mut |bytes: &[u8], spans: &[Span]| self.row(bytes, spans))?;
        self.shared.kept.fetch_add(self.kept().saturating_sub(before), Ordering::Relaxed);
        Ok(())
    }

    fn kept(&self) -> u64 {
        (self.scores.len() + self.values.len()) as u64
    }

    /// Counts into bins what was kept one by one.
    pub fn spill(&mut self) {
        self.scores.spill(&self.keys);
        self.scores.flush();
        self.values.spill(self.keys.len());
    }

    fn row(&mut self, bytes: &[u8], spans: &[Span]) -> Result<(), String> {
        self.rows += 1;
        let verdict = self.look(bytes, spans)?;
        let cell = match &verdict {
            Verdict::Used(found) => self.count(found)?,
            Verdict::Left => u32::MAX,
        };
        if let Some((_, trail)) = self.trail.last_mut() {
            trail.push(cell);
        }
        Ok(())
    }

    fn cell<'b>(bytes: &'b [u8], spans: &[Span], slot: usize) -> &'b [u8] {
        spans.get(slot).copied().unwrap_or_default().of(bytes)
    }

    fn is_missing(&self, text: &[u8]) -> bool {
        text.is_empty() || (!self.shared.plan.na.is_empty() && self.shared.plan.na.iter().any(|na| na == text))
    }

    /// The number in a slot; none where the row is to be left out.
    fn number(&mut self, text: &[u8], slot: usize) -> Result<Option<f64>, String> {
        match number::read(text, self.shared.comma) {
            Number::Finite(number) => Ok(Some(number)),
            Number::NotFinite => {
                if let Some(count) = self.dropped.not_finite.get_mut(slot) {
                    *count += 1;
                }
                Ok(None)
            }
            Number::Text => Err(number::complaint(self.shared.plan.name(slot), text)),
        }
    }

    fn look(&mut self, bytes: &[u8], spans: &[Span]) -> Result<Verdict, String> {
        let plan = self.shared.plan;
        for slot in [plan.y_true, plan.y_pred, plan.score, plan.weight, plan.model].into_iter().flatten() {
            if self.is_missing(Self::cell(bytes, spans, slot)) {
                return Ok(self.leave(slot));
            }
        }
        let mut found = Found { key: 0, score: 0.0, weight: 1.0, y_true: 0.0, y_pred: 0.0 };
        for (slot, value) in [(plan.score, &mut found.score), (plan.weight, &mut found.weight)] {
            let Some(slot) = slot else { continue };
            match self.number(Self::cell(bytes, spans, slot), slot)? {
                Some(number) => *value = number,
                None => return Ok(Verdict::Left),
            }
        }
        if found.weight < 0.0 {
            let name = plan.weight.map_or("", |slot| plan.name(slot));
            return Err(format!(
                "the weight {} in “{name}” is negative. Correct it, or leave --weight out.",
                found.weight
            ));
        }
        let (mut y_true, mut y_pred) = (ABSENT, ABSENT);
        if plan.task == Task::Regression {
            for (slot, value) in [(plan.y_true, &mut found.y_true), (plan.y_pred, &mut found.y_pred)] {
                let Some(slot) = slot else { continue };
                match self.number(Self::cell(bytes, spans, slot), slot)? {
                    Some(number) => *value = number,
                    None => return Ok(Verdict::Left),
                }
            }
        } else {
            for (slot, label) in [(plan.y_true, &mut y_true), (plan.y_pred, &mut y_pred)] {
                let Some(slot) = slot else { continue };
                *label = self
                    .labels
                    .number(Self::cell(bytes, spans, slot))
                    .ok_or_else(|| too_many_labels(plan.name(slot)))?;
            }
            if let (None, Some(threshold)) = (plan.y_pred, self.shared.threshold) {
                y_pred = if found.score >= threshold { ABOVE } else { BELOW };
            }
        }
        let mut key = 0_u128;
        for at in 0..plan.groupings.len() {
            let Some(level) = self.level(bytes, spans, at)? else { return Ok(Verdict::Left) };
            key = (key << 8) | u128::from(level);
        }
        let model = match plan.model {
            Some(slot) => {
                self.models.number(Self::cell(bytes, spans, slot)).ok_or_else(|| too_many_levels(plan.name(slot)))?
            }
            None => 0,
        };
        found.key = (((key << 8) | u128::from(y_true)) << 16) | (u128::from(y_pred) << 8) | u128::from(model);
        if let Some(slot) = plan.id {
            self.ids.push(hash(Self::cell(bytes, spans, slot), model));
        }
        Ok(Verdict::Used(found))
    }

    fn leave(&mut self, slot: usize) -> Verdict {
        if let Some(count) = self.dropped.missing.get_mut(slot) {
            *count += 1;
        }
        Verdict::Left
    }

    /// Which level of a grouping the row has; none where it is left out for having none.
    #[inline]
    fn level(&mut self, bytes: &[u8], spans: &[Span], at: usize) -> Result<Option<u8>, String> {
        let plan = self.shared.plan;
        let Some(grouping) = plan.groupings.get(at) else { return Ok(None) };
        let text = Self::cell(bytes, spans, grouping.slot);
        if self.is_missing(text) {
            return match self.shared.missing {
                Missing::Group => Ok(Some(ABSENT)),
                Missing::Drop => {
                    self.leave(grouping.slot);
                    Ok(None)
                }
                Missing::Error => Err(format!(
                    "“{}” is empty. Fill it, or leave --missing error out, so that such rows are a group of their own.",
                    grouping.name
                )),
            };
        }
        if let Some(edges) = &grouping.edges {
            let Some(number) = self.number(text, grouping.slot)? else { return Ok(None) };
            let passed = edges.iter().filter(|edge| number >= **edge).count();
            return Ok(u8::try_from(passed).ok());
        }
        let number = self.levels.get_mut(at).and_then(|levels| levels.number(text));
        number.map(Some).ok_or_else(|| too_many_levels(&grouping.name))
    }

    fn count(&mut self, found: &Found) -> Result<u32, String> {
        let cell = match self.index.get(&found.key) {
            Some(cell) => *cell,
            None => self.add(found.key)?,
        };
        let at = cell as usize;
        if let Some(n) = self.n.get_mut(at) {
            *n += 1;
        }
        let plan = self.shared.plan;
        if plan.weight.is_some()
            && let Some([sum, squares]) = self.weights.get_mut(at)
        {
            sum.add(found.weight);
            squares.add(found.weight * found.weight);
        }
        if plan.score.is_some() {
            self.scores.add(cell, found.score, found.weight);
        }
        if plan.task == Task::Regression {
            self.values.add(cell, found.y_true, found.y_pred, found.weight);
        }
        Ok(cell)
    }

    #[cold]
    fn add(&mut self, key: u128) -> Result<u32, String> {
        if self.keys.len() >= MOST_CELLS {
            return Err("the columns of --by have more than a million combinations of values. Name fewer.".to_owned());
        }
        let cell = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.index.insert(key, cell);
        self.keys.push(key);
        self.n.push(0);
        if self.shared.plan.weight.is_some() {
            self.weights.push(<[Exact; 2]>::default());
        }
        if self.shared.plan.score.is_some() {
            self.scores.cell(key)?;
        }
        self.values.cell();
        Ok(cell)
    }
}

/// A row's name as a number (FNV-1a of 64 bits, mixed); two models may each have a row of one name.
fn hash(text: &[u8], model: u8) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ u64::from(model);
    let hash = text.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^ (mixed >> 32)
}

/// The message for a column that names rows rather than groups.
#[must_use]
pub fn too_many_levels(name: &str) -> String {
    format!(
        "“{name}” has more than {MOST_LEVELS} different values, as a name or a number has. Leave it out, or cut numbers into ranges, with --edges {name}=18,25,40."
    )
}

/// The message for a column that holds numbers rather than labels.
#[must_use]
pub fn too_many_labels(name: &str) -> String {
    format!("“{name}” has more than {MOST_LEVELS} different labels. For numbers say --regression.")
}
