//! SliceLine's score and the bound that makes an exact search short (Sagadeeva and Boehm, SIGMOD 2021).
//!
//! score(S) = α · (ē_S / ē − 1) − (1 − α) · (n / |S| − 1), where ē is the mean loss and n the number of rows. Size and total
//! loss only shrink down the lattice, so a slice below S scores at most what the best size between the smallest allowed
//! and |S| would give with all the loss that fits into it. The reference programs put the number of one-hot columns for
//! n into the bound, where the paper's equation 3 has rows; that bound holds too, but lets three times as many through.

use super::best::{Best, Ranked};
use super::index::{Index, Marked, Tally, number};
use super::prune::is_redundant;
use super::walk::Visit;

/// What rounding may take from a bound.
const SLACK: f64 = 1e-9;

/// The score of slices of one table by one measure.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    /// The weight of the loss against the size, above 0 and up to 1.
    pub alpha: f64,
    /// How many rows there are.
    pub rows: f64,
    /// The loss of all of them.
    pub loss: f64,
    /// The fewest rows of a slice.
    pub least: f64,
}

impl Score {
    /// The score by these sums over all rows.
    #[must_use]
    pub fn new(alpha: f64, all: &Tally, least: u64) -> Self {
        Self { alpha, rows: number(all.rows), loss: all.sum, least: number(least) }
    }

    /// The score of so many rows with so much loss.
    #[must_use]
    pub fn of(&self, rows: f64, loss: f64) -> f64 {
        self.alpha * (self.rows * loss / (rows * self.loss) - 1.0) - (1.0 - self.alpha) * (self.rows / rows - 1.0)
    }

    /// The most that a slice can score whose rows, loss, and largest loss in one row are at most these.
    #[must_use]
    pub fn bound(&self, rows: f64, loss: f64, most: f64) -> f64 {
        if rows < self.least || most <= 0.0 {
            return f64::NEG_INFINITY;
        }
        // In the size, the bound rises while every row can have the largest loss, and then goes one way: its highest
        // point is at one of the ends or where the loss is used up.
        let full = (loss / most).clamp(self.least, rows);
        let at = |rows: f64| self.of(rows, loss.min(rows * most));
        at(self.least).max(at(full)).max(at(rows))
    }

    /// The most that a slice below this one can score.
    #[must_use]
    pub fn below(&self, slice: &Tally) -> f64 {
        self.bound(number(slice.rows), slice.sum, slice.most)
    }
}

/// A search for the highest scores.
pub struct Search<'a> {
    /// The score.
    pub score: Score,
    /// The worst so far.
    pub best: &'a Best,
    /// The table's index.
    pub index: &'a Index,
    /// What is measured.
    pub marked: &'a Marked,
    /// Below which change of the mean a slice says nothing that a shorter one does not say.
    pub epsilon: Option<f64>,
}

impl Visit for Search<'_> {
    fn may_matter(&self, left: &Tally, right: &Tally) -> bool {
        let rows = number(left.rows.min(right.rows));
        self.score.bound(rows, left.sum.min(right.sum), left.most.min(right.most)) + SLACK >= self.best.floor()
    }

    fn visit(&mut self, items: &[usize], tally: &Tally) -> bool {
        let badness = self.score.of(number(tally.rows), tally.sum);
        if self.best.takes(badness) {
            let mut items = items.to_vec();
            items.sort_unstable();
            if !self.epsilon.is_some_and(|epsilon| is_redundant(self.index, self.marked, &items, tally, epsilon)) {
                self.best.offer(Ranked { badness, items, tally: *tally });
            }
        }
        let bound = self.score.below(tally) + SLACK;
        bound > 0.0 && bound >= self.best.floor()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_smaller_slice_scores_above_the_bound(
            losses in proptest::collection::vec(0.0_f64..3.0, 2..60), taken in proptest::collection::vec(any::<bool>(), 60),
            alpha in 0.01_f64..1.0, least in 1_u64..6,
        ) {
            let all = Tally { rows: 200, defined: 200, sum: losses.iter().sum::<f64>() + 20.0, ..Tally::default() };
            let score = Score::new(alpha, &all, least);
            let most = losses.iter().copied().fold(0.0, f64::max);
            let bound = score.bound(number(losses.len() as u64), losses.iter().sum(), most);
            let part: Vec<f64> = losses.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(loss, _)| *loss).collect();
            prop_assume!(part.len() as u64 >= least);
            let reached = score.of(number(part.len() as u64), part.iter().sum());
            prop_assert!(reached <= bound + SLACK, "{reached} above {bound}");
        }
    }

    #[test]
    fn the_whole_scores_nothing_and_a_slice_with_the_mean_loss_less() {
        let all = Tally { rows: 1000, defined: 1000, sum: 100.0, ..Tally::default() };
        let score = Score::new(0.95, &all, 10);
        assert!(score.of(1000.0, 100.0).abs() < 1e-12);
        assert!(score.of(100.0, 10.0) < 0.0);
        assert!((score.of(100.0, 50.0) - (0.95 * 4.0 - 0.05 * 9.0)).abs() < 1e-12);
    }
}
