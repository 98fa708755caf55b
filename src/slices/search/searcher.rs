//! A search from beginning to end: the worst slices, what is sure of them, and what the other half of the rows says.

use std::sync::atomic::AtomicU64;
use std::thread;

use super::best::{Best, Ranked};
use super::divergence::{Every, Worst};
use super::found::{Confirmed, Found, ItemFound, SliceFound, Split};
use super::index::{Index, Marked, Tally, number};
use super::measure::Measure;
use super::options::{Adjust, Options, Ranking, SearchError};
use super::prune::shares;
use super::significance::{Family, mean_ends, p_against_rest, t_against_whole, welch, welch_ends};
use super::sliceline::{Score, Search};
use super::table::Table;
use super::walk::{Limits, Visit, Watch, walk};
use crate::slices::interval::{newcombe, wilson};
use crate::slices::metric::Estimate;
use crate::slices::significance::holm;

/// Below which adjusted p a find counts as confirmed.
const CONFIRMED: f64 = 0.05;

/// A table that is searched, as often as wanted: what was worked out for one search serves the next.
#[derive(Debug, Clone)]
pub struct Searcher {
    table: Table,
    whole: Option<Index>,
    halves: Option<Halves>,
}

#[derive(Debug, Clone)]
struct Halves {
    seed: u64,
    searched: Half,
    other: Half,
}

#[derive(Debug, Clone)]
struct Half {
    table: Table,
    /// Which of the whole table's entries each of its own was.
    entries: Vec<usize>,
    index: Option<Index>,
}

/// An index of the table that holds slices of so few rows; the one at hand, if it does.
fn indexed<'a>(slot: &'a mut Option<Index>, table: &Table, least: u64) -> &'a Index {
    let index = slot.take().filter(|index| index.least() <= least).unwrap_or_else(|| Index::new(table, least));
    slot.insert(index)
}

impl Searcher {
    /// A searcher of this table.
    #[must_use]
    pub const fn new(table: Table) -> Self {
        Self { table, whole: None, halves: None }
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Makes ready for slices of at least so many rows, which the first search would do otherwise.
    pub fn prepare(&mut self, least: u64) {
        indexed(&mut self.whole, &self.table, least);
    }

    /// Looks for the worst slices.
    ///
    /// # Errors
    /// When the measure speaks of other rows, is defined in none, or is a negative loss; when too many slices have enough
    /// rows to look at each; when the watcher asked for an end.
    pub fn search(&mut self, measure: &Measure, options: &Options, watch: &Watch) -> Result<Found, SearchError> {
        check(measure, options, &self.table)?;
        let Some(seed) = options.split else {
            let least = options.support.of(self.table.rows());
            let index = indexed(&mut self.whole, &self.table, least);
            return Hunt::new(index, measure, options, &self.table, watch)?.run().map(|(found, _)| found);
        };
        if self.halves.as_ref().is_none_or(|halves| halves.seed != seed) {
            let [searched, other] =
                self.table.halves(seed).map(|(table, entries)| Half { table, entries, index: None });
            self.halves = Some(Halves { seed, searched, other });
        }
        let Some(Halves { searched, other, .. }) = &mut self.halves else { return Err(SearchError::NothingDefined) };
        let least = options.support.of(searched.table.rows());
        let index = indexed(&mut searched.index, &searched.table, least);
        let (mut found, ranked) =
            Hunt::new(index, &measure.of_entries(&searched.entries), options, &searched.table, watch)?.run()?;
        let levels: Vec<Vec<(usize, usize)>> = ranked.iter().map(|slice| levels_of(index, &slice.items)).collect();
        found.split = Some(Split { seed, searched: searched.table.rows(), confirmed_in: other.table.rows() });
        let wanted = levels.iter().flatten().copied().collect();
        let index = Index::of_items(&other.table, &wanted);
        confirm(&mut found, &levels, &index, &index.mark(&measure.of_entries(&other.entries)));
        Ok(found)
    }

    /// Every slice with at least `least` rows and at most `depth` items, with its divergence, in the order of columns and
    /// levels: by column and value, the rows, in how many the measure is defined, and its sum there.
    ///
    /// # Errors
    /// As [`Searcher::search`].
    pub fn every(
        &mut self,
        measure: &Measure,
        options: &Options,
        watch: &Watch,
    ) -> Result<Vec<SliceFound>, SearchError> {
        check(measure, options, &self.table)?;
        let least = options.support.of(self.table.rows());
        let index = indexed(&mut self.whole, &self.table, least);
        let hunt = Hunt::new(index, measure, options, &self.table, watch)?;
        let seen = AtomicU64::new(0);
        let mut visitors: Vec<Every> = hunt.everyone(&seen, None, false, true);
        hunt.walk_all(&mut visitors)?;
        let mut listed: Vec<Ranked> =
            visitors.into_iter().flat_map(|visitor| visitor.listed.unwrap_or_default()).collect();
        listed.sort_unstable_by(|left, right| left.items.cmp(&right.items));
        if let Some(epsilon) = options.epsilon {
            listed
                .retain(|slice| !super::prune::is_redundant(index, &hunt.marked, &slice.items, &slice.tally, epsilon));
        }
        Ok(listed.iter().map(|slice| hunt.told(slice)).collect())
    }
}

fn check(measure: &Measure, options: &Options, table: &Table) -> Result<(), SearchError> {
    if measure.len() != table.entries() {
        return Err(SearchError::OtherRows(measure.len(), table.entries()));
    }
    if let Ranking::Sliceline { alpha } = options.ranking
        && !(alpha > 0.0 && alpha <= 1.0)
    {
        return Err(SearchError::Alpha(alpha));
    }
    match measure {
        Measure::Loss(losses) => match losses.iter().find(|loss| **loss < 0.0) {
            Some(loss) => Err(SearchError::NegativeLoss(*loss)),
            None => Ok(()),
        },
        Measure::Rate(_) => Ok(()),
    }
}

/// Items as (column, level), which mean the same in every index of the same columns.
fn levels_of(index: &Index, items: &[usize]) -> Vec<(usize, usize)> {
    items.iter().filter_map(|item| index.items().get(*item)).map(|item| (item.column, item.level)).collect()
}

/// One search of one table.
struct Hunt<'a> {
    index: &'a Index,
    marked: Marked,
    options: &'a Options,
    table: &'a Table,
    watch: &'a Watch<'a>,
    limits: Limits,
    threads: usize,
}

impl<'a> Hunt<'a> {
    fn new(
        index: &'a Index,
        measure: &Measure,
        options: &'a Options,
        table: &'a Table,
        watch: &'a Watch<'a>,
    ) -> Result<Self, SearchError> {
        let marked = index.mark(measure);
        if marked.all.defined == 0 {
            return Err(SearchError::NothingDefined);
        }
        let limits = Limits { least: options.support.of(table.rows()), depth: options.depth.max(1) };
        let threads = options.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
        Ok(Self { index, marked, options, table, watch, limits, threads })
    }

    fn run(&self) -> Result<(Found, Vec<Ranked>), SearchError> {
        let best = Best::new(self.options.top);
        let family = match self.options.ranking {
            Ranking::Sliceline { alpha } => {
                self.hunt(alpha, &best)?;
                self.family(None)?
            }
            Ranking::Divergence { direction } => {
                let (least_defined, epsilon) = (self.options.least_defined, self.options.epsilon);
                self.family(Some(Worst { best: &best, direction, least_defined, epsilon }))?
            }
        };
        let (ranked, tied) = best.into_list();
        let mut slices: Vec<SliceFound> = ranked.iter().map(|slice| self.told(slice)).collect();
        let (examined, examined_exact) = self.adjust(&mut slices, family);
        let found = Found {
            ranking: self.options.ranking,
            measure: String::new(),
            columns: self.table.columns().iter().map(|column| column.name.clone()).collect(),
            rows: self.table.rows(),
            min_support: self.limits.least,
            depth: self.limits.depth,
            epsilon: self.options.epsilon,
            split: None,
            overall: figure(&self.marked.all, self.marked.is_rate()),
            examined,
            examined_exact,
            adjust: self.options.adjust,
            tied,
            slices,
        };
        Ok((found, ranked))
    }

    /// The items with enough rows and what is measured in them.
    fn items(&self) -> Vec<(usize, Tally)> {
        let tally = |(at, item): (usize, &super::index::Item)| {
            (item.rows >= self.limits.least).then(|| (at, self.index.tally(&item.bits, item.rows, &self.marked)))
        };
        self.index.items().iter().enumerate().filter_map(tally).collect()
    }

    /// SliceLine's search: the most promising items first, so that the others are soon seen to be hopeless.
    fn hunt(&self, alpha: f64, best: &Best) -> Result<(), SearchError> {
        if self.marked.all.sum <= 0.0 {
            return Ok(());
        }
        let score = Score::new(alpha, &self.marked.all, self.limits.least);
        let mut order = self.items();
        order.sort_by(|left, right| score.below(&right.1).total_cmp(&score.below(&left.1)).then(left.0.cmp(&right.0)));
        let visitor = || Search { score, best, index: self.index, marked: &self.marked, epsilon: self.options.epsilon };
        let mut visitors: Vec<Search> = (0..self.threads).map(|_| visitor()).collect();
        walk(self.index, &self.marked, &order, self.limits, &mut visitors, self.watch);
        self.is_whole()
    }

    fn everyone<'b>(
        &'b self,
        seen: &'b AtomicU64,
        worst: Option<Worst<'b>>,
        chances: bool,
        listed: bool,
    ) -> Vec<Every<'b>> {
        let visitor = || Every {
            index: self.index,
            marked: &self.marked,
            worst,
            seen,
            most: self.options.most_slices,
            chances: chances.then(Vec::new),
            listed: listed.then(Vec::new),
        };
        (0..self.threads).map(|_| visitor()).collect()
    }

    /// Walks through all slices, the rarest items first, which keeps branches narrow.
    fn walk_all(&self, visitors: &mut [Every]) -> Result<(), SearchError> {
        let mut order = self.items();
        order.sort_by_key(|(at, tally)| (tally.rows, *at));
        walk(self.index, &self.marked, &order, self.limits, visitors, self.watch);
        self.is_whole()?;
        if visitors.first().is_some_and(Visit::is_over) {
            Err(SearchError::TooMany(self.options.most_slices))
        } else {
            Ok(())
        }
    }

    fn is_whole(&self) -> Result<(), SearchError> {
        if self.watch.is_cancelled() { Err(SearchError::Cancelled) } else { Ok(()) }
    }

    /// The chances of all slices, and the worst of them where they are wanted. Nothing where there are too many for the
    /// chances alone.
    fn family(&self, worst: Option<Worst>) -> Result<Option<Family>, SearchError> {
        let adjusts = self.options.adjust != Adjust::None;
        if worst.is_none() && !adjusts {
            return Ok(None);
        }
        let seen = AtomicU64::new(0);
        let mut visitors = self.everyone(&seen, worst, adjusts, false);
        match self.walk_all(&mut visitors) {
            Ok(()) => {}
            Err(SearchError::TooMany(_)) if worst.is_none() => return Ok(None),
            Err(error) => return Err(error),
        }
        let seen = visitors.first().map_or(0, |visitor| visitor.seen.load(std::sync::atomic::Ordering::Relaxed));
        let chances = visitors.into_iter().flat_map(|visitor| visitor.chances.unwrap_or_default()).collect();
        Ok(Some(Family::new(chances, seen)))
    }

    /// Adjusts the slices' p. Says how many slices there were, and whether that is exact.
    fn adjust(&self, slices: &mut [SliceFound], family: Option<Family>) -> (Option<u64>, bool) {
        let (family, exact) = match (family, self.options.adjust) {
            (None, Adjust::None) => return (None, false),
            (Some(family), Adjust::None) => return (Some(family.tests()), true),
            (Some(family), _) => (family, true),
            (None, _) => {
                let known = slices.iter().filter_map(|slice| slice.p).collect();
                (Family::new(known, self.conjunctions().max(self.options.most_slices)), false)
            }
        };
        for slice in slices {
            slice.p_adjusted = slice.p.map(|p| match self.options.adjust {
                Adjust::BenjaminiYekutieli => family.benjamini_yekutieli(p),
                Adjust::BenjaminiHochberg | Adjust::None => family.benjamini_hochberg(p),
            });
        }
        (Some(family.tests()), exact)
    }

    /// How many conjunctions the items with enough rows can form within the depth: no fewer than there are slices.
    fn conjunctions(&self) -> u64 {
        let mut levels = vec![0_u64; self.table.columns().len()];
        for (at, _) in self.items() {
            if let Some(levels) = self.index.items().get(at).and_then(|item| levels.get_mut(item.column)) {
                *levels += 1;
            }
        }
        let mut of_size = vec![0_u64; self.limits.depth.min(levels.len())];
        for levels in levels {
            for size in (0..of_size.len()).rev() {
                let shorter = if size == 0 { 1 } else { of_size.get(size - 1).copied().unwrap_or(0) };
                if let Some(count) = of_size.get_mut(size) {
                    *count = count.saturating_add(shorter.saturating_mul(levels));
                }
            }
        }
        of_size.into_iter().fold(0, u64::saturating_add)
    }

    /// A slice with all that is told of it, but for what depends on the others.
    fn told(&self, slice: &Ranked) -> SliceFound {
        let (tally, all, is_rate) = (&slice.tally, &self.marked.all, self.marked.is_rate());
        let rest = all.without(tally);
        let brought = shares(self.index, &self.marked, &slice.items);
        let items = levels_of(self.index, &slice.items).into_iter().enumerate().filter_map(|(at, (column, level))| {
            let column = self.table.columns().get(column)?;
            let share = brought.as_ref().and_then(|shares| shares.get(at)).copied();
            Some(ItemFound { column: column.name.clone(), value: column.levels.get(level)?.clone(), share })
        });
        let score = match self.options.ranking {
            Ranking::Sliceline { .. } => Some(slice.badness),
            Ranking::Divergence { .. } => None,
        };
        let t = if is_rate {
            tally.value().map(|_| t_against_whole(tally, all))
        } else {
            welch(tally, &rest).map(|it| it.0)
        };
        SliceFound {
            items: items.collect(),
            n: tally.rows,
            share: number(tally.rows) / number(all.rows),
            figure: figure(tally, is_rate),
            rest: figure(&rest, is_rate),
            gap: gap(tally, &rest, is_rate),
            divergence: tally.value().zip(all.value()).map(|(value, whole)| value - whole),
            score,
            t,
            p: p_against_rest(tally, all, is_rate),
            p_adjusted: None,
            confirmed: None,
        }
    }
}

/// What a tally says, with its interval.
fn figure(tally: &Tally, is_rate: bool) -> Estimate {
    let Some(value) = tally.value() else {
        return Estimate::none(0, if tally.rows == 0 { "undefined: no rows" } else { "undefined in every row" });
    };
    let ends = if is_rate { Some(wilson(value, number(tally.defined))) } else { mean_ends(tally) };
    match ends {
        Some(ends) => Estimate::of(value, ends, tally.defined),
        None => Estimate::bare(value, tally.defined, "no interval: one row"),
    }
}

/// What a slice's figure is more than the rest's.
fn gap(slice: &Tally, rest: &Tally, is_rate: bool) -> Estimate {
    let n = slice.defined.min(rest.defined);
    let (Some(value), Some(other)) = (slice.value(), rest.value()) else {
        let side = if slice.defined == 0 { "of the slice" } else { "outside of it" };
        return Estimate::none(n, format!("undefined: the measure is defined in no row {side}"));
    };
    let share = |value: f64, tally: &Tally| wilson(value, number(tally.defined));
    let ends = if is_rate {
        Some(newcombe(value, share(value, slice), other, share(other, rest)))
    } else {
        welch_ends(slice, rest)
    };
    match ends {
        Some(ends) => Estimate::of(value - other, ends, n),
        None => Estimate::bare(value - other, n, "no interval: one row on one side"),
    }
}

/// Measures the slices found in one half of the rows anew in the other.
fn confirm(found: &mut Found, levels: &[Vec<(usize, usize)>], index: &Index, marked: &Marked) {
    let place = |wanted: &(usize, usize)| index.items().iter().position(|item| (item.column, item.level) == *wanted);
    for (slice, levels) in found.slices.iter_mut().zip(levels) {
        // A value that no row of this half has makes the slice empty here.
        let items: Option<Vec<usize>> = levels.iter().map(place).collect();
        let tally = items.map_or_else(Tally::default, |items| index.tally_of(&items, marked));
        let (rest, is_rate) = (marked.all.without(&tally), marked.is_rate());
        slice.confirmed = Some(Confirmed {
            n: tally.rows,
            figure: figure(&tally, is_rate),
            gap: gap(&tally, &rest, is_rate),
            p: p_against_rest(&tally, &marked.all, is_rate),
            p_adjusted: None,
            holds: false,
        });
    }
    let chances: Vec<Option<f64>> = found.slices.iter().map(|slice| slice.confirmed.as_ref()?.p).collect();
    for (slice, adjusted) in found.slices.iter_mut().zip(holm(&chances)) {
        let side = slice.gap.value.map(|gap| gap > 0.0);
        let Some(confirmed) = &mut slice.confirmed else { continue };
        confirmed.p_adjusted = adjusted;
        let same_side = side.is_some() && confirmed.gap.value.map(|gap| gap > 0.0) == side;
        confirmed.holds = same_side && confirmed.p_adjusted.is_some_and(|p| p < CONFIRMED);
    }
}
