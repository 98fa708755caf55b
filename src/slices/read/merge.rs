//! What the threads counted, put together in an order that does not depend on them.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::Encoding;

use super::exact::Exact;
use super::intern::Interner;
use super::plan::{Plan, edge_levels};
use super::scores::{ABSOLUTE_SHIFT, Bins, Sums, joined, number_of};
use super::worker::{ABOVE, ABSENT, BELOW, Shared, Worker, too_many_labels, too_many_levels};
use super::{About, Count, FileFacts, Model, Read, decode};
use crate::slices::cells::{
    Cell, Cells, Dimension, EXACT_ROWS, Level, MOST_LEVELS, Moments, ScoreRow, ScoreTable, Scores, Task, ValueRow,
    Values,
};
use crate::slices::error::{Error, Result};
use crate::slices::labels;

/// How one thread's numbers for texts are to be read.
struct Translation {
    /// For each grouping, the final level of each number.
    levels: Vec<Vec<u8>>,
    labels: Vec<u8>,
    models: Vec<u8>,
}

/// A cell's final place.
type Key = (Vec<u8>, Option<u8>, Option<u8>);

/// A cell of one model while it is put together.
#[derive(Default)]
struct Gathered {
    n: u64,
    weight: Exact,
    squared: Exact,
    sums: Option<Sums>,
}

/// Puts together what the threads counted.
///
/// # Errors
/// Where there are no rows to be used, or more levels than a column may have.
pub fn merge(workers: &[Worker<'_>], shared: &Shared<'_>, about: &About<'_>) -> Result<Read> {
    let plan = shared.plan;
    let refuse = |message: String| Err(Error::Content { file: about.name.clone(), line: None, message });
    let rows: u64 = workers.iter().map(|worker| worker.rows).sum();
    let used: u64 = workers.iter().flat_map(|worker| &worker.n).sum();
    let dropped = dropped(workers, plan);
    if rows == 0 {
        return refuse("the file has a header and no rows.".to_owned());
    }
    if used == 0 {
        let why: Vec<String> = dropped.iter().map(|count| format!("{}: {}", count.what, count.n)).collect();
        return refuse(format!("none of the {rows} rows can be used ({}).", why.join("; ")));
    }
    let encoding = encoding_of(workers, &about.header);
    let names = Names::of(workers, plan, encoding, shared.threshold.filter(|_| plan.y_pred.is_none()), about.positive)?;
    let translations: Vec<Translation> = workers.iter().map(|worker| names.translation(worker, encoding)).collect();
    let mut builder = Builder { plan, names: &names, workers, translations: &translations };
    let (models, trail) = builder.build()?;
    let repeated_ids = plan.id.map(|_| repeats(workers));
    let facts = FileFacts {
        file: about.name.clone(),
        sha256: about.stamp.sha256.clone(),
        bytes: about.stamp.bytes,
        encoding: encoding_name(encoding, about.form),
        separator: char::from(plan.marks.cell),
        columns: about.header.len(),
        rows,
        used,
        dropped,
        repeated_ids,
    };
    Ok(Read { facts, models, trail })
}

fn encoding_name(encoding: &'static Encoding, form: Option<&str>) -> String {
    match form {
        Some(form) => format!("{}, {form}", encoding.name()),
        None => encoding.name().to_owned(),
    }
}

fn encoding_of(workers: &[Worker<'_>], header: &[Vec<u8>]) -> &'static Encoding {
    let texts: BTreeSet<&[u8]> = workers
        .iter()
        .flat_map(|worker| worker.levels.iter().chain([&worker.labels, &worker.models]))
        .flat_map(|interner| interner.texts().iter().map(Vec::as_slice))
        .chain(header.iter().map(Vec::as_slice))
        .collect();
    decode::encoding(texts.iter().copied())
}

fn dropped(workers: &[Worker<'_>], plan: &Plan) -> Vec<Count> {
    let mut counts = Vec::new();
    for slot in 0..plan.layout.wanted {
        let sum = |of: &dyn Fn(&Worker<'_>) -> u64| workers.iter().map(of).sum::<u64>();
        let missing = sum(&|worker| worker.dropped.missing.get(slot).copied().unwrap_or(0));
        let not_finite = sum(&|worker| worker.dropped.not_finite.get(slot).copied().unwrap_or(0));
        let name = plan.name(slot);
        for (n, what) in [(missing, "is empty"), (not_finite, "is NaN or infinite")] {
            if n > 0 {
                counts.push(Count { what: format!("“{name}” {what}"), n });
            }
        }
    }
    counts
}

/// How many rows share their name with another one.
fn repeats(workers: &[Worker<'_>]) -> u64 {
    let mut all: Vec<u64> = workers.iter().flat_map(|worker| worker.ids.iter().copied()).collect();
    all.sort_unstable();
    let runs = all.chunk_by(|one, other| one == other);
    runs.filter(|run| run.len() > 1).map(|run| run.len() as u64).sum()
}

/// All texts, in their final order.
struct Names {
    levels: Vec<Vec<String>>,
    labels: Vec<String>,
    models: Vec<String>,
    above: u8,
    below: u8,
}

fn place(all: &[String], text: &str) -> u8 {
    all.binary_search_by(|known| known.as_str().cmp(text)).ok().and_then(|at| u8::try_from(at).ok()).unwrap_or(ABSENT)
}

impl Names {
    fn of(
        workers: &[Worker<'_>],
        plan: &Plan,
        encoding: &'static Encoding,
        threshold: Option<f64>,
        positive: Option<&str>,
    ) -> Result<Self> {
        let sorted = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>();
        let mut levels = Vec::new();
        for (at, grouping) in plan.groupings.iter().enumerate() {
            if let Some(edges) = &grouping.edges {
                levels.push(edge_levels(edges));
                continue;
            }
            let all = workers.iter().filter_map(|worker| worker.levels.get(at)).flat_map(Interner::texts);
            let texts = sorted(all.map(|bytes| decode::text(bytes, encoding)).collect());
            if texts.len() > MOST_LEVELS {
                return Err(Error::Asked(too_many_levels(&grouping.name)));
            }
            levels.push(texts);
        }
        let spelled = workers.iter().flat_map(|worker| worker.labels.texts());
        let label = |bytes: &Vec<u8>| labels::canonical(&decode::text(bytes, encoding)).into_owned();
        let mut all: BTreeSet<String> = spelled.map(label).collect();
        if all.len() > MOST_LEVELS {
            return Err(Error::Asked(too_many_labels(plan.y_true.or(plan.y_pred).map_or("", |slot| plan.name(slot)))));
        }
        let mut predicted = (String::new(), String::new());
        if threshold.is_some() && plan.task == Task::Classification {
            let list: Vec<String> = all.iter().cloned().collect();
            predicted = labels::predicted(&list, positive)?;
            all.extend([predicted.0.clone(), predicted.1.clone()]);
        }
        let models = workers.iter().flat_map(|worker| worker.models.texts());
        let models = sorted(models.map(|bytes| decode::text(bytes, encoding)).collect());
        let labels = sorted(all);
        let (above, below) = (place(&labels, &predicted.0), place(&labels, &predicted.1));
        Ok(Self { levels, labels, models, above, below })
    }

    fn translation(&self, worker: &Worker<'_>, encoding: &'static Encoding) -> Translation {
        let read = |bytes: &Vec<u8>| decode::text(bytes, encoding);
        let levels = worker.levels.iter().zip(&self.levels);
        Translation {
            levels: levels
                .map(|(interner, all)| interner.texts().iter().map(|bytes| place(all, &read(bytes))).collect())
                .collect(),
            labels: worker
                .labels
                .texts()
                .iter()
                .map(|bytes| place(&self.labels, &labels::canonical(&read(bytes))))
                .collect(),
            models: worker.models.texts().iter().map(|bytes| place(&self.models, &read(bytes))).collect(),
        }
    }
}

struct Builder<'a, 'b> {
    plan: &'a Plan,
    names: &'a Names,
    workers: &'a [Worker<'b>],
    translations: &'a [Translation],
}

/// For each thread and each of its cells, the model and the cell's final place.
type Places = Vec<Vec<(usize, u32)>>;

impl Builder<'_, '_> {
    fn build(&mut self) -> Result<(Vec<Model>, Vec<Option<u32>>)> {
        let (missing, mut gathered) = self.gather();
        let count = self.names.models.len().max(1);
        let mut finished = Vec::new();
        for (number, cells) in gathered.iter_mut().enumerate().take(count) {
            let weighted = self.plan.weight.is_some();
            let list: Vec<Cell> = cells.iter().map(|(key, cell)| finish(key, cell, weighted)).collect();
            let total: f64 = list.iter().map(|cell| cell.weight).sum();
            if weighted && total <= 0.0 {
                let name = self.plan.weight.map_or("", |slot| self.plan.name(slot));
                return Err(Error::Asked(format!(
                    "The weights in “{name}” sum to zero, so there is nothing to weigh. Leave --weight out, or correct them."
                )));
            }
            let moments = cells.values().filter_map(|cell| cell.sums.as_ref().map(moments)).collect();
            let cells = Cells {
                task: self.plan.task,
                dimensions: self.dimensions(&missing),
                labels: self.names.labels.clone(),
                weighted,
                cells: list,
                scores: Scores::None,
                values: if self.workers.iter().any(|worker| worker.values.spilled) {
                    Values::Moments(moments)
                } else {
                    Values::None
                },
            };
            finished.push(Model { name: self.names.models.get(number).cloned(), cells });
        }
        let places = self.places(&missing, &gathered);
        self.scores(&missing, &places, &mut finished);
        self.values(&places, &mut finished);
        let trail = self.trail(&places);
        Ok((finished, trail))
    }

    /// The level of one grouping in a key, and whether it is missing.
    fn level(&self, key: u128, thread: usize, at: usize) -> Option<u8> {
        let shift = 8 * (3 + self.plan.groupings.len() - 1 - at);
        let raw = byte(key, shift);
        if raw == ABSENT {
            return None;
        }
        if self.plan.groupings.get(at).is_some_and(|grouping| grouping.edges.is_some()) {
            return Some(raw);
        }
        let translation = self.translations.get(thread)?;
        translation.levels.get(at)?.get(usize::from(raw)).copied()
    }

    fn label(&self, raw: u8, thread: usize) -> Option<u8> {
        match raw {
            ABSENT => None,
            ABOVE => Some(self.names.above),
            BELOW => Some(self.names.below),
            raw => self.translations.get(thread)?.labels.get(usize::from(raw)).copied(),
        }
    }

    fn model(&self, key: u128, thread: usize) -> usize {
        let raw = usize::from(byte(key, 0));
        let translated = self.translations.get(thread).and_then(|translation| translation.models.get(raw));
        translated.map_or(0, |model| usize::from(*model))
    }

    fn key(&self, key: u128, thread: usize, missing: &[bool]) -> Key {
        let levels = (0..self.plan.groupings.len()).map(|at| self.final_level(key, thread, at, missing)).collect();
        (levels, self.label(byte(key, 16), thread), self.label(byte(key, 8), thread))
    }

    fn final_level(&self, key: u128, thread: usize, at: usize, missing: &[bool]) -> u8 {
        let last = self.names.levels.get(at).map_or(0, Vec::len);
        debug_assert!(missing.len() > at);
        self.level(key, thread, at).unwrap_or_else(|| u8::try_from(last).unwrap_or(ABSENT))
    }

    /// The cells of each model, and which groupings have rows that say nothing.
    fn gather(&self) -> (Vec<bool>, Vec<BTreeMap<Key, Gathered>>) {
        let mut missing = vec![false; self.plan.groupings.len()];
        for (thread, worker) in self.workers.iter().enumerate() {
            for key in &worker.keys {
                for (at, missing) in missing.iter_mut().enumerate() {
                    *missing |= self.level(*key, thread, at).is_none();
                }
            }
        }
        let mut models: Vec<BTreeMap<Key, Gathered>> = Vec::new();
        models.resize_with(self.names.models.len().max(1), BTreeMap::new);
        for (thread, worker) in self.workers.iter().enumerate() {
            for (at, key) in worker.keys.iter().enumerate() {
                let Some(cells) = models.get_mut(self.model(*key, thread)) else { continue };
                let cell = cells.entry(self.key(*key, thread, &missing)).or_default();
                cell.n += worker.n.get(at).copied().unwrap_or(0);
                if let Some([weight, squared]) = worker.weights.get(at) {
                    cell.weight.join(weight);
                    cell.squared.join(squared);
                }
                if let Some(sums) = worker.values.sums.get(at) {
                    join(cell.sums.get_or_insert_with(Sums::default), sums);
                }
            }
        }
        (missing, models)
    }

    fn dimensions(&self, missing: &[bool]) -> Vec<Dimension> {
        let all = self.plan.groupings.iter().zip(&self.names.levels).zip(missing);
        all.map(|((grouping, texts), missing)| {
            let mut levels: Vec<Level> = texts.iter().map(Level::of).collect();
            if *missing {
                levels.push(Level::missing());
            }
            Dimension { name: grouping.name.clone(), role: grouping.role, levels }
        })
        .collect()
    }

    fn places(&self, missing: &[bool], gathered: &[BTreeMap<Key, Gathered>]) -> Places {
        let order: Vec<BTreeMap<&Key, u32>> =
            gathered.iter().map(|cells| cells.keys().zip(0_u32..).collect()).collect();
        let of_worker = |(thread, worker): (usize, &Worker<'_>)| {
            let of_key = |key: &u128| {
                let model = self.model(*key, thread);
                let place = order.get(model).and_then(|cells| cells.get(&self.key(*key, thread, missing)));
                (model, place.copied().unwrap_or(u32::MAX))
            };
            worker.keys.iter().map(of_key).collect()
        };
        self.workers.iter().enumerate().map(of_worker).collect()
    }

    fn scores(&self, missing: &[bool], places: &Places, models: &mut [Model]) {
        if self.plan.score.is_none() {
            return;
        }
        let outside = self.workers.iter().any(|worker| worker.scores.outside);
        if self.workers.iter().any(|worker| worker.scores.spilled) {
            for (number, model) in models.iter_mut().enumerate() {
                model.cells.scores = if outside {
                    Scores::Unusable(format!(
                        "scores lie outside of 0 to 1, and there are more than {EXACT_ROWS} of them"
                    ))
                } else {
                    Scores::Binned(self.tables(number, missing))
                };
            }
            return;
        }
        let mut all: Vec<Vec<(u64, u32, f64)>> = vec![Vec::new(); models.len()];
        for (worker, places) in self.workers.iter().zip(places) {
            for (at, (score, cell)) in worker.scores.rows.iter().enumerate() {
                let Some((model, place)) = places.get(*cell as usize) else { continue };
                let weight = worker.scores.weights.get(at).copied().unwrap_or(1.0);
                if let Some(rows) = all.get_mut(*model) {
                    rows.push((*score, *place, weight));
                }
            }
        }
        for (model, mut rows) in models.iter_mut().zip(all) {
            if model.cells.weighted {
                rows.sort_unstable_by(|one, other| {
                    (one.0, one.1).cmp(&(other.0, other.1)).then(one.2.total_cmp(&other.2))
                });
            } else {
                rows.sort_unstable_by_key(|row| (row.0, row.1));
            }
            let row = |(score, cell, weight): (u64, u32, f64)| ScoreRow { cell, score: number_of(score), weight };
            model.cells.scores = Scores::Exact(rows.into_iter().map(row).collect());
        }
    }

    /// The tables of one model: those of several threads, and of spellings of one label, joined.
    fn tables(&self, number: usize, missing: &[bool]) -> Vec<ScoreTable> {
        let mut parts: BTreeMap<(usize, Vec<u8>, u8), Vec<Bins<'_>>> = BTreeMap::new();
        for (thread, worker) in self.workers.iter().enumerate() {
            for (set, key, bins) in worker.scores.tables() {
                if self.model(key, thread) != number {
                    continue;
                }
                let Some(dimensions) = self.plan.score_sets.get(set) else { continue };
                let levels = dimensions.iter().map(|at| self.final_level(key, thread, *at, missing)).collect();
                let Some(label) = self.label(byte(key, 16), thread) else { continue };
                parts.entry((set, levels, label)).or_default().push(bins);
            }
        }
        let table = |((set, levels, y_true), parts): ((usize, Vec<u8>, u8), Vec<Bins<'_>>)| {
            let dimensions = self.plan.score_sets.get(set)?.clone();
            Some(ScoreTable { dimensions, levels, y_true, bins: joined(&parts) })
        };
        parts.into_iter().filter_map(table).collect()
    }

    fn values(&self, places: &Places, models: &mut [Model]) {
        if self.plan.task != Task::Regression || self.workers.iter().any(|worker| worker.values.spilled) {
            return;
        }
        let mut all: Vec<Vec<ValueRow>> = vec![Vec::new(); models.len()];
        for (worker, places) in self.workers.iter().zip(places) {
            for (cell, y_true, y_pred, weight) in &worker.values.rows {
                let Some((model, place)) = places.get(*cell as usize) else { continue };
                if let Some(rows) = all.get_mut(*model) {
                    rows.push(ValueRow { cell: *place, y_true: *y_true, y_pred: *y_pred, weight: *weight });
                }
            }
        }
        for (model, mut rows) in models.iter_mut().zip(all) {
            rows.sort_unstable_by(|one, other| {
                let by = |row: &ValueRow| (row.cell, row.y_true, row.y_pred, row.weight);
                let (one, other) = (by(one), by(other));
                one.0
                    .cmp(&other.0)
                    .then(one.1.total_cmp(&other.1))
                    .then(one.2.total_cmp(&other.2))
                    .then(one.3.total_cmp(&other.3))
            });
            model.cells.values = Values::Exact(rows);
        }
    }

    fn trail(&self, places: &Places) -> Vec<Option<u32>> {
        if self.workers.iter().map(|worker| worker.rows).sum::<u64>() > EXACT_ROWS {
            return Vec::new();
        }
        let mut blocks: BTreeMap<u64, (usize, &Vec<u32>)> = BTreeMap::new();
        for (thread, worker) in self.workers.iter().enumerate() {
            for (number, cells) in &worker.trail {
                blocks.insert(*number, (thread, cells));
            }
        }
        let cell = |thread: usize, cell: u32| {
            let place = places.get(thread).and_then(|places| places.get(cell as usize));
            place.filter(|(model, _)| *model == 0).map(|(_, place)| *place)
        };
        blocks.values().flat_map(|(thread, cells)| cells.iter().map(move |at| cell(*thread, *at))).collect()
    }
}

/// A byte of a key.
fn byte(key: u128, shift: usize) -> u8 {
    u8::try_from((key >> shift) & 0xff).unwrap_or_default()
}

#[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
fn finish(key: &Key, cell: &Gathered, weighted: bool) -> Cell {
    let (weight, weight_squared) =
        if weighted { (cell.weight.value(), cell.squared.value()) } else { (cell.n as f64, cell.n as f64) };
    Cell { levels: key.0.clone(), y_true: key.1, y_pred: key.2, n: cell.n, weight, weight_squared }
}

fn join(to: &mut Sums, from: &Sums) {
    for (to, from) in to.sums.iter_mut().zip(&from.sums) {
        to.join(from);
    }
    for (bin, weight) in &from.absolute {
        to.absolute.entry(*bin).or_default().join(weight);
    }
}

fn moments(sums: &Sums) -> Moments {
    let [y_true, y_true_squared, y_pred, error, error_squared, error_absolute] = sums.sums.each_ref().map(Exact::value);
    let upper = |bin: u64| f64::from_bits(((bin + 1) << ABSOLUTE_SHIFT) - 1);
    let absolute =
        sums.absolute.iter().map(|(bin, weight)| (if *bin == 0 { 0.0 } else { upper(*bin) }, weight.value())).collect();
    Moments { y_true, y_true_squared, y_pred, error, error_squared, error_absolute, absolute }
}
