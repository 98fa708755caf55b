//! What scores say of a group: how well they rank (AUC with DeLong's interval) and whether they mean what they say
//! (calibration). One pass over scores in ascending order, for all groups at once.

use serde::{Deserialize, Serialize};

use super::cells::{Cells, SCORE_BINS, ScoreTable, Scores};
use super::interval::{Interval, Z};
use super::metric::{Estimate, STABLE};
use super::tally::{self, FN, FP, TN, TP};

/// How many bins calibration is looked at in.
pub const BINS: usize = 10;
/// The same as a number.
const TEN: f64 = 10.0;

/// The rows of one bin of calibration.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Bin {
    n: u64,
    weight: f64,
    score: f64,
    positive: f64,
}

/// Sums over the scores of one group, taken in ascending order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scored {
    positives: u64,
    negatives: u64,
    positive: f64,
    negative: f64,
    /// What is waiting for the next score: weights of positives and negatives with the last one.
    tied: (f64, f64),
    last: f64,
    wins: f64,
    wins_squared: f64,
    losses: f64,
    losses_squared: f64,
    ties: f64,
    squared_error: f64,
    bins: [Bin; BINS],
}

impl Scored {
    /// Takes rows with one score.
    fn add(&mut self, score: f64, is_positive: bool, n: u64, weight: f64) {
        #[allow(clippy::float_cmp)] // A tie is the very same score.
        if score != self.last {
            self.settle();
            self.last = score;
        }
        let truth = if is_positive {
            self.tied.0 += weight;
            self.positives += n;
            1.0
        } else {
            self.tied.1 += weight;
            self.negatives += n;
            0.0
        };
        self.squared_error += weight * (score - truth) * (score - truth);
        if let Some(bin) = self.bins.get_mut(bin(score)) {
            bin.n += n;
            bin.weight += weight;
            bin.score += weight * score;
            bin.positive += weight * truth;
        }
    }

    /// Ranks the rows with the last score: each positive above the negatives before it, and half above those beside it.
    fn settle(&mut self) {
        let (positive, negative) = std::mem::take(&mut self.tied);
        let under = self.negative + negative / 2.0;
        self.wins += positive * under;
        self.wins_squared += positive * under * under;
        let under = self.positive + positive / 2.0;
        self.losses += negative * under;
        self.losses_squared += negative * under * under;
        self.ties += positive * negative;
        self.positive += positive;
        self.negative += negative;
    }

    /// How many rows.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.positives + self.negatives
    }

    /// AUC: how often a positive has a higher score than a negative, ties counting half; with DeLong's interval (DeLong,
    /// DeLong and Clarke-Pearson 1988, by mid-ranks as in Sun and Xu 2014).
    #[must_use]
    pub fn auc(&self, weighted: bool) -> Estimate {
        let n = self.n();
        if self.positive <= 0.0 {
            return Estimate::none(n, "undefined: no row is truly positive");
        }
        if self.negative <= 0.0 {
            return Estimate::none(n, "undefined: no row is truly negative");
        }
        let auc = (self.wins / (self.positive * self.negative)).clamp(0.0, 1.0);
        let least = self.positives.min(self.negatives);
        let told = |mut estimate: Estimate| {
            estimate.unstable = least < STABLE;
            estimate
        };
        if weighted {
            return told(Estimate::bare(auc, n, "DeLong's interval is not given for weighted rows"));
        }
        if least < 2 {
            return told(Estimate::bare(auc, n, "DeLong's interval takes two rows of each label"));
        }
        let spread = |sum: f64, squares: f64, count: f64, other: f64| {
            ((squares - sum * sum / count) / ((count - 1.0) * other * other)).max(0.0) / count
        };
        let variance = spread(self.wins, self.wins_squared, self.positive, self.negative)
            + spread(self.losses, self.losses_squared, self.negative, self.positive);
        if variance <= 1e-18 {
            return told(Estimate::bare(auc, n, "DeLong's interval has no width where scores separate labels wholly"));
        }
        let half = Z * variance.sqrt();
        told(Estimate::of(auc, Interval { low: (auc - half).max(0.0), high: (auc + half).min(1.0) }, n))
    }

    /// By how much the AUC can be wrong for scores having been counted into bins: half of the pairs that share a bin.
    #[must_use]
    pub fn auc_bound(&self) -> f64 {
        let pairs = self.positive * self.negative;
        if pairs > 0.0 { self.ties / pairs / 2.0 } else { 0.0 }
    }

    /// Whether scores mean what they say.
    #[must_use]
    pub fn calibration(&self) -> Option<Calibration> {
        let total = self.positive + self.negative;
        if total <= 0.0 {
            return None;
        }
        let sum = |of: fn(&Bin) -> f64| self.bins.iter().map(of).sum::<f64>();
        let (score, positive) = (sum(|bin| bin.score), sum(|bin| bin.positive));
        let gap = |bin: &Bin| if bin.weight > 0.0 { (bin.positive - bin.score).abs() / bin.weight } else { 0.0 };
        let width = 1.0 / TEN;
        #[allow(clippy::cast_precision_loss)] // There are ten.
        let shown = |(at, bin): (usize, &Bin)| {
            (bin.weight > 0.0).then(|| CalibrationBin {
                low: at as f64 * width,
                high: (at + 1) as f64 * width,
                n: bin.n,
                mean_score: bin.score / bin.weight,
                observed: bin.positive / bin.weight,
            })
        };
        Some(Calibration {
            n: self.n(),
            ece: self.bins.iter().map(|bin| bin.weight * gap(bin)).sum::<f64>() / total,
            mce: self.bins.iter().map(gap).fold(0.0, f64::max),
            in_the_large: (score - positive) / total,
            observed_to_expected: (score > 0.0).then(|| positive / score),
            brier: self.squared_error / total,
            bins: self.bins.iter().enumerate().filter_map(shown).collect(),
        })
    }
}

/// The bin of a score: (0, 0.1], (0.1, 0.2] …, the first one with 0, as scikit-learn's `calibration_curve` has them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It is from 0 to 10.
fn bin(score: f64) -> usize {
    ((score * TEN).ceil() as usize).saturating_sub(1).min(BINS - 1)
}

/// Whether scores mean what they say: of those with a score of 0.7, are 70 % positive?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How many rows.
    pub n: u64,
    /// The expected calibration error: Σ n_b/n · |share of positives − mean score| over ten bins (l, u] of equal width. It
    /// is biased upwards where n is small, so do not compare it between groups of very different sizes.
    pub ece: f64,
    /// The largest such difference of a bin.
    pub mce: f64,
    /// Calibration in the large: mean score − share of positives. Above 0, scores are too high.
    pub in_the_large: f64,
    /// Positives over the sum of scores.
    pub observed_to_expected: Option<f64>,
    /// The Brier score: mean squared difference between score and truth.
    pub brier: f64,
    /// The bins that have rows.
    pub bins: Vec<CalibrationBin>,
}

/// The rows whose scores lie in (`low`, `high`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The lower end, which is not in it but for 0.
    pub low: f64,
    /// The upper end, which is.
    pub high: f64,
    /// How many rows; one with fewer than ten says little.
    pub n: u64,
    /// The mean score.
    pub mean_score: f64,
    /// The share of positives.
    pub observed: f64,
}

/// By how much calibration can be wrong for scores having been counted into bins: half of a bin's width for the mean score
/// and the calibration error, twice that for the Brier score.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn calibration_bound() -> f64 {
    1.0 / SCORE_BINS as f64
}

/// Whether all scores are from 0 to 1, so that calibration has a meaning.
#[must_use]
pub fn are_probabilities(scores: &Scores) -> bool {
    match scores {
        Scores::None | Scores::Unusable(_) => false,
        Scores::Binned(_) => true,
        Scores::Exact(rows) => {
            // They are in ascending order.
            rows.first().is_none_or(|row| row.score >= 0.0) && rows.last().is_none_or(|row| row.score <= 1.0)
        }
    }
}

/// The scores of each of the groups of a set of dimensions, in the order of [`tally::groups`]; none where they are not
/// known for that set. `only` keeps to one level of a dimension.
#[must_use]
pub fn scored(cells: &Cells, set: &[usize], positive: Option<u8>, only: Option<(usize, u8)>) -> Option<Vec<Scored>> {
    let size = |at: usize| cells.dimensions.get(at).map_or(0, |dimension| dimension.levels.len());
    let mut all = vec![Scored::default(); set.iter().map(|at| size(*at)).product()];
    match &cells.scores {
        Scores::None | Scores::Unusable(_) => return None,
        Scores::Exact(rows) => {
            let within = |levels: &[u8]| only.is_none_or(|(at, level)| levels.get(at) == Some(&level));
            let places: Vec<(usize, bool)> = tally::places(cells, set)
                .into_iter()
                .zip(&cells.cells)
                .map(|(place, cell)| {
                    let place = if within(&cell.levels) { place } else { usize::MAX };
                    (place, cell.y_true.is_some() && cell.y_true == positive)
                })
                .collect();
            for row in rows {
                let Some((place, is_positive)) = places.get(row.cell as usize) else { continue };
                if let Some(group) = all.get_mut(*place) {
                    group.add(row.score, *is_positive, 1, row.weight);
                }
            }
        }
        Scores::Binned(tables) => {
            let mut wanted = set.to_vec();
            wanted.extend(only.map(|(at, _)| at));
            wanted.sort_unstable();
            wanted.dedup();
            let of = Tables { cells, all: tables, set, only };
            if !of.fill(&wanted, positive, &mut all) {
                return None;
            }
            // Bins hold weights, which need not be whole; the cells say how many rows there are.
            let groups = tally::groups(cells, set, positive, only);
            for (group, scored) in groups.iter().zip(&mut all) {
                scored.positives = group.confusion.of(TP | FN).n;
                scored.negatives = group.confusion.of(FP | TN).n;
            }
        }
    }
    all.iter_mut().for_each(Scored::settle);
    Some(all)
}

struct Tables<'a> {
    cells: &'a Cells,
    all: &'a [ScoreTable],
    set: &'a [usize],
    only: Option<(usize, u8)>,
}

impl Tables<'_> {
    /// Fills groups from tables of these dimensions; all rows from those of whichever set comes first. False where there
    /// are no such tables.
    fn fill(&self, wanted: &[usize], positive: Option<u8>, groups: &mut [Scored]) -> bool {
        let first = self.all.first().map(|table| table.dimensions.as_slice());
        let from = if wanted.is_empty() { first } else { Some(wanted) };
        let mut any = false;
        let mut merged: Vec<[Vec<f64>; 2]> = vec![<[Vec<f64>; 2]>::default(); groups.len()];
        for table in self.all.iter().filter(|table| Some(table.dimensions.as_slice()) == from) {
            any = true;
            if !self.is_within(table) {
                continue;
            }
            let Some(sides) = merged.get_mut(self.place(table)) else { continue };
            let [negative, positives] = sides;
            let side = if Some(table.y_true) == positive { positives } else { negative };
            side.resize(table.bins.len(), 0.0);
            for (sum, more) in side.iter_mut().zip(&table.bins) {
                *sum += more;
            }
        }
        for (group, [negative, positive]) in groups.iter_mut().zip(&merged) {
            for bin in 0..SCORE_BINS {
                #[allow(clippy::cast_precision_loss)]
                let score = (bin as f64 + 0.5) / SCORE_BINS as f64;
                for (side, is_positive) in [(negative, false), (positive, true)] {
                    let weight = side.get(bin).copied().unwrap_or(0.0);
                    if weight > 0.0 {
                        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Counts, or weights.
                        group.add(score, is_positive, weight.round() as u64, weight);
                    }
                }
            }
        }
        any
    }

    fn is_within(&self, table: &ScoreTable) -> bool {
        self.only.is_none_or(|(at, level)| Self::level(table, at) == Some(level))
    }

    fn level(table: &ScoreTable, dimension: usize) -> Option<u8> {
        let at = table.dimensions.iter().position(|known| *known == dimension)?;
        table.levels.get(at).copied()
    }

    fn place(&self, table: &ScoreTable) -> usize {
        let size = |at: usize| self.cells.dimensions.get(at).map_or(0, |dimension| dimension.levels.len());
        let level = |at: usize| Self::level(table, at).map_or(0, usize::from);
        self.set.iter().fold(0, |place, at| place * size(*at) + level(*at))
    }
}
