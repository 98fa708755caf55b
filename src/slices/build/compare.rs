//! Two models, or two versions of one: for which groups did it get better, for which worse.

use std::collections::BTreeMap;

use super::{Context, Only, Sets, group::Member, group::members};
use crate::slices::cells::{Cells, Task};
use crate::slices::interval::{newcombe, newcombe_paired, wilson};
use crate::slices::metric::{self, Estimate, Rate, rates};
use crate::slices::named::Named;
use crate::slices::read::FileFacts;
use crate::slices::report::{Change, Changed, Comparison};
use crate::slices::significance::{holm, mcnemar, two_shares};
use crate::slices::tally::{FN, FP, TN, TP};

/// The same rows as two models have them: for each group (by the candidate's levels), quarter under the baseline and
/// quarter under the candidate, how many.
pub type Pairs = BTreeMap<Pair, u64>;

/// The key of [`Pairs`].
type Pair = (Vec<u8>, u8, u8);

/// Another model to compare with.
pub struct Baseline<'a> {
    /// Its name.
    pub name: String,
    /// The name of the one that is looked at.
    pub candidate: String,
    /// Its file, where it is another one.
    pub file: Option<FileFacts>,
    /// Its counts.
    pub cells: &'a Cells,
    /// The rows one by one, where they are the same.
    pub pairs: Option<Pairs>,
    /// How rows were compared, in words.
    pub how: String,
}

/// Pairs the rows of two files that hold the same rows in the same order.
///
/// # Errors
/// Why they cannot be paired, in words.
pub fn pair(
    candidate: (&Cells, &[Option<u32>]),
    baseline: (&Cells, &[Option<u32>]),
    positive: &str,
) -> Result<Pairs, String> {
    let ((cells, trail), (other, old_trail)) = (candidate, baseline);
    if cells.weighted || other.weighted {
        return Err("rows are weighted".to_owned());
    }
    if trail.is_empty() || old_trail.is_empty() {
        return Err("there are more than a million rows".to_owned());
    }
    if trail.len() != old_trail.len() {
        return Err(format!("one file has {} rows and the other {}", trail.len(), old_trail.len()));
    }
    let truth = |cells: &Cells, at: Option<u8>| at.and_then(|at| cells.labels.get(usize::from(at)).cloned());
    let mut pairs = Pairs::new();
    let mut known: BTreeMap<(u32, u32), Option<Pair>> = BTreeMap::new();
    for (row, (new, old)) in trail.iter().zip(old_trail).enumerate() {
        let (new, old) = match (new, old) {
            (None, None) => continue,
            (Some(new), Some(old)) => (*new, *old),
            _ => return Err(format!("row {} is left out of one file only", row + 1)),
        };
        let entry = known.entry((new, old)).or_insert_with(|| {
            let (cell, before) = (cells.cells.get(new as usize)?, other.cells.get(old as usize)?);
            let same_group = texts(cells, &cell.levels) == texts(other, &before.levels);
            let same_truth = truth(cells, cell.y_true) == truth(other, before.y_true);
            let quarter = |cells: &Cells, cell: &crate::slices::cells::Cell| {
                let is = |at: Option<u8>| truth(cells, at).as_deref() == Some(positive);
                match (cells.task == Task::Outcome || is(cell.y_true), is(cell.y_pred)) {
                    (true, true) => TP,
                    (false, true) => FP,
                    (true, false) => FN,
                    (false, false) => TN,
                }
            };
            (same_group && same_truth).then(|| (cell.levels.clone(), quarter(other, before), quarter(cells, cell)))
        });
        match entry {
            Some(key) => *pairs.entry(key.clone()).or_default() += 1,
            None => return Err(format!("row {} has another group or another true label in the other file", row + 1)),
        }
    }
    Ok(pairs)
}

fn texts(cells: &Cells, levels: &[u8]) -> Vec<String> {
    let text = |(dimension, level): (&crate::slices::cells::Dimension, &u8)| {
        dimension.levels.get(usize::from(*level)).map(|level| level.text.clone()).unwrap_or_default()
    };
    cells.dimensions.iter().zip(levels).map(text).collect()
}

/// The comparison.
#[must_use]
pub fn compare(context: &Context<'_>, old: &Context<'_>, sets: &Sets, baseline: Baseline<'_>) -> Comparison {
    let mut groups = Vec::new();
    for set in sets.attributes.iter().chain(&sets.intersections) {
        let old_set: Option<Vec<usize>> =
            context.columns_of(set).iter().map(|name| old.cells.dimension(name)).collect();
        let Some(old_set) = old_set else { continue };
        let before = members(old, &old_set, None);
        for member in members(context, set, None).iter().filter(|member| member.hidden.is_none()) {
            let Some(earlier) = before.iter().find(|other| other.values == member.values && other.hidden.is_none())
            else {
                continue;
            };
            let pairs = baseline.pairs.as_ref().map(|pairs| Within { pairs, set, levels: &member.levels });
            let name = context.name_of(set);
            groups.push(changed(context, Some(name), member, earlier, pairs.as_ref()));
        }
    }
    let only: Only = None;
    let (all, before) = (members(context, &[], only), members(old, &[], only));
    let pairs = baseline.pairs.as_ref().map(|pairs| Within { pairs, set: &[], levels: &[] });
    let mut overall = match all.first().zip(before.first()) {
        Some((member, earlier)) => changed(context, None, member, earlier, pairs.as_ref()),
        None => Changed { attribute: None, value: "all".to_owned(), metrics: Named::default() },
    };
    overall.value = "all".to_owned();
    let mut comparison = Comparison {
        baseline: baseline.name,
        file: baseline.file,
        candidate: baseline.candidate,
        paired: baseline.pairs.is_some(),
        how: baseline.how,
        overall,
        groups,
    };
    judge(context, &mut comparison);
    comparison
}

/// The paired rows of one group.
struct Within<'a> {
    pairs: &'a Pairs,
    set: &'a [usize],
    levels: &'a [u8],
}

impl Within<'_> {
    /// How many rows of these quarters are counted under (both, the candidate only, the baseline only, neither).
    #[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
    fn counted(&self, rate: &Rate) -> (f64, f64, f64, f64) {
        let mut sums = (0.0, 0.0, 0.0, 0.0);
        for ((levels, old, new), n) in self.pairs {
            let is_in = self.set.iter().zip(self.levels).all(|(at, level)| levels.get(*at) == Some(level));
            if !is_in || new & rate.of == 0 {
                continue;
            }
            let to = match (new & rate.counted != 0, old & rate.counted != 0) {
                (true, true) => &mut sums.0,
                (true, false) => &mut sums.1,
                (false, true) => &mut sums.2,
                (false, false) => &mut sums.3,
            };
            *to += *n as f64;
        }
        sums
    }
}

/// Whether the rows that the rate is of are the same under any model: all, or those of one true label.
fn is_of_truth(rate: &Rate) -> bool {
    let whole = |mask: u8| rate.of & mask == 0 || rate.of & mask == mask;
    whole(TP | FN) && whole(FP | TN)
}

fn changed(
    context: &Context<'_>,
    attribute: Option<String>,
    member: &Member,
    earlier: &Member,
    pairs: Option<&Within<'_>>,
) -> Changed {
    let metrics = rates(context.cells.task).iter().filter(|rate| rate.name != "base_rate").map(|rate| {
        let (new, old) = (rate.value(&member.confusion), rate.value(&earlier.confusion));
        let (difference, p) = match (new, old, pairs) {
            (Some(_), Some(_), Some(pairs)) if is_of_truth(rate) => paired(rate, pairs),
            (Some(new), Some(old), _) => independent(context, rate, member, earlier, (new, old)),
            _ => (Estimate::none(rate.counts(&member.confusion).1.n, rate.undefined), None),
        };
        let change = Change { baseline: old, candidate: new, difference, p, p_adjusted: None, verdict: String::new() };
        (rate.name.to_owned(), change)
    });
    Changed { attribute, value: member.value.clone(), metrics: metrics.collect() }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Counts.
fn paired(rate: &Rate, pairs: &Within<'_>) -> (Estimate, Option<f64>) {
    let (both, new, old, neither) = pairs.counted(rate);
    let n = both + new + old + neither;
    if n <= 0.0 {
        return (Estimate::none(0, rate.undefined), None);
    }
    let interval = newcombe_paired(both, new, old, neither);
    (Estimate::of((new - old) / n, interval, n as u64), mcnemar(new, old).or(Some(1.0)))
}

fn independent(
    context: &Context<'_>,
    rate: &Rate,
    member: &Member,
    earlier: &Member,
    (new, old): (f64, f64),
) -> (Estimate, Option<f64>) {
    let (x, n) = rate.counts(&member.confusion);
    let (y, m) = rate.counts(&earlier.confusion);
    let interval = newcombe(new, wilson(new, n.effective()), old, wilson(old, m.effective()));
    let mut estimate = Estimate::of(new - old, interval, n.n);
    estimate.unstable = n.n.min(m.n) < metric::STABLE;
    let tested = if context.cells.weighted { None } else { two_shares(x.weight, n.weight, y.weight, m.weight) };
    (estimate, tested.map(|(_, p)| p))
}

/// Whether more of a rate is better: `Some(true)`; worse: `Some(false)`; neither: none.
fn more_is_better(context: &Context<'_>, name: &str) -> Option<bool> {
    match name {
        "tpr" | "tnr" | "precision" | "npv" | "accuracy" => Some(true),
        "fpr" | "fnr" | "fdr" | "for" => Some(false),
        "rate" => {
            let favourable = context.request.favourable.as_ref().and(context.favourable.as_ref())?;
            Some(context.positive.as_ref().is_some_and(|positive| positive == favourable))
        }
        _ => None,
    }
}

/// Adjusts p-values by Holm, and says what got better and what worse.
fn judge(context: &Context<'_>, comparison: &mut Comparison) {
    let mut all: Vec<&mut Changed> = std::iter::once(&mut comparison.overall).chain(&mut comparison.groups).collect();
    let is_tested = |name: &str| metric::find(name).is_some_and(|rate| rate.tested);
    let mut ps = Vec::new();
    for changed in &all {
        ps.extend(changed.metrics.iter().filter(|(name, _)| is_tested(name)).map(|(_, change)| change.p));
    }
    let mut adjusted = holm(&ps).into_iter();
    for changed in &mut all {
        for (_, change) in changed.metrics.iter_mut().filter(|(name, _)| is_tested(name)) {
            change.p_adjusted = adjusted.next().flatten();
        }
        for (name, twin) in [("fnr", "tpr"), ("tnr", "fpr"), ("fdr", "precision"), ("for", "npv")] {
            let p = changed.metrics.get(twin).and_then(|change| change.p_adjusted);
            if let Some((_, change)) = changed.metrics.iter_mut().find(|(known, _)| *known == name) {
                change.p_adjusted = p;
            }
        }
        for (name, change) in changed.metrics.iter_mut() {
            change.verdict = verdict(change, more_is_better(context, name)).to_owned();
        }
    }
}

fn verdict(change: &Change, more_is_better: Option<bool>) -> &'static str {
    let Some(difference) = change.difference.value else { return "no clear change" };
    let clear = match change.p_adjusted {
        Some(p) => p < 0.05,
        None => change.difference.interval().is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0),
    };
    match (clear, more_is_better) {
        (false, _) => "no clear change",
        (true, None) => "changed",
        (true, Some(better)) if better == (difference > 0.0) => "better",
        (true, Some(_)) => "worse",
    }
}
