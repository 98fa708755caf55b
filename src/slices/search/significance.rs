//! How sure a difference is, and what is left of that when many slices were looked at.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::index::{Tally, number};
use crate::slices::interval::{Interval, Z};
use crate::slices::significance::two_shares;

/// Welch's t and its two-sided p for the difference of two means; nothing where one of them has fewer than two rows or
/// nothing varies.
#[must_use]
pub fn welch(left: &Tally, right: &Tally) -> Option<(f64, f64)> {
    let (mean, variance, rows) = moments(left)?;
    let (other, other_variance, other_rows) = moments(right)?;
    let (a, b) = (variance / rows, other_variance / other_rows);
    if a + b <= 0.0 {
        return None;
    }
    let t = (mean - other) / (a + b).sqrt();
    let freedom = (a + b) * (a + b) / (a * a / (rows - 1.0) + b * b / (other_rows - 1.0));
    let distribution = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some((t, (2.0 * distribution.sf(t.abs())).clamp(0.0, 1.0)))
}

/// The 95 % interval of the difference of two means by Welch's standard error and the normal deviate.
#[must_use]
pub fn welch_ends(left: &Tally, right: &Tally) -> Option<Interval> {
    let (mean, variance, rows) = moments(left)?;
    let (other, other_variance, other_rows) = moments(right)?;
    let half = Z * (variance / rows + other_variance / other_rows).sqrt();
    Some(Interval { low: mean - other - half, high: mean - other + half })
}

/// The 95 % interval of a mean by its standard error and the normal deviate.
#[must_use]
pub fn mean_ends(tally: &Tally) -> Option<Interval> {
    let (mean, variance, rows) = moments(tally)?;
    let half = Z * (variance / rows).sqrt();
    Some(Interval { low: mean - half, high: mean + half })
}

/// Mean, variance and number of rows; nothing of fewer than two.
fn moments(tally: &Tally) -> Option<(f64, f64, f64)> {
    let rows = number(tally.defined);
    let mean = tally.value()?;
    (tally.defined > 1).then(|| (mean, ((tally.squares - tally.sum * mean) / (rows - 1.0)).max(0.0), rows))
}

/// The p of a slice against the rest of the table: two proportions for a rate, Welch's test for a loss. Nothing where
/// the measure is defined in no row of one of them.
#[must_use]
pub fn p_against_rest(slice: &Tally, all: &Tally, is_rate: bool) -> Option<f64> {
    let rest = all.without(slice);
    if slice.defined == 0 || rest.defined == 0 {
        return None;
    }
    if is_rate {
        // Where all rows are alike, nothing differs.
        let tested = two_shares(slice.sum, number(slice.defined), rest.sum, number(rest.defined));
        return Some(tested.map_or(1.0, |(_, p)| p));
    }
    let defined = slice.defined > 1 && rest.defined > 1;
    defined.then(|| welch(slice, &rest).map_or(1.0, |(_, p)| p))
}

/// DivExplorer's t of a slice's rate against the whole's: both as Beta(true + 1, false + 1), and as if the slice were no
/// part of the whole, which makes it smaller than a test against the rest.
#[must_use]
pub fn t_against_whole(slice: &Tally, all: &Tally) -> f64 {
    let beta = |tally: &Tally| {
        let (a, b) = (tally.sum + 1.0, number(tally.defined) - tally.sum + 1.0);
        (a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1.0)))
    };
    let ((mean, variance), (whole, whole_variance)) = (beta(slice), beta(all));
    (mean - whole).abs() / (variance + whole_variance).sqrt()
}

/// The chances of all the slices looked at, for what is left of one of them.
#[derive(Debug, Clone, Default)]
pub struct Family {
    /// Ascending, and for each the adjusted p by Benjamini and Hochberg.
    sorted: Vec<(f64, f64)>,
    /// How many there are: at least as many as `sorted`.
    tests: u64,
}

impl Family {
    /// The family of these. Where `tests` were made of which only these are known, every adjusted p comes out too large
    /// rather than too small.
    #[must_use]
    pub fn new(mut chances: Vec<f64>, tests: u64) -> Self {
        chances.sort_unstable_by(f64::total_cmp);
        let tests = tests.max(chances.len() as u64);
        let mut sorted: Vec<(f64, f64)> = chances.into_iter().map(|p| (p, 1.0)).collect();
        let (mut least, mut rank) = (1.0_f64, number(sorted.len() as u64));
        for (p, adjusted) in sorted.iter_mut().rev() {
            least = least.min(*p * number(tests) / rank);
            // Never below p itself, whatever rounding does.
            *adjusted = least.max(*p);
            rank -= 1.0;
        }
        Self { sorted, tests }
    }

    /// How many tests were made.
    #[must_use]
    pub const fn tests(&self) -> u64 {
        self.tests
    }

    /// A member's p adjusted by Benjamini and Hochberg (1995): the share of false finds expected among it and all that
    /// are as unlikely.
    #[must_use]
    pub fn benjamini_hochberg(&self, p: f64) -> f64 {
        let at = self.sorted.partition_point(|(other, _)| *other < p);
        self.sorted.get(at).map_or(1.0, |(_, adjusted)| *adjusted)
    }

    /// The same by Benjamini and Yekutieli (2001), which holds however the slices overlap.
    #[must_use]
    pub fn benjamini_yekutieli(&self, p: f64) -> f64 {
        (self.benjamini_hochberg(p) * harmonic(self.tests)).min(1.0)
    }
}

/// 1 + 1/2 + … + 1/n.
fn harmonic(n: u64) -> f64 {
    const EXACT: u64 = 100_000;
    const EULER: f64 = 0.577_215_664_901_532_9;
    if n <= EXACT {
        return (1..=n).map(|at| 1.0 / number(at)).sum();
    }
    let n = number(n);
    n.ln() + EULER + 1.0 / (2.0 * n) - 1.0 / (12.0 * n * n)
}
