//! How sure a difference is: intervals, tests, and what is left of them when many slices were looked at.

use super::index::{Tally, number};
use super::special::{beta_below, chi_square_above, ln_gamma};

/// The normal deviate of a two-sided interval of 95 %.
pub const Z: f64 = 1.959_963_984_540_054;

/// Below which expected count the chi-square test gives way to Fisher's.
const FEW_EXPECTED: f64 = 5.0;

/// How much of a probability rounding may take, when those as small as the one observed are added up.
const ROUNDING: f64 = 1e-7;

/// The two ends of an interval.
pub type Ends = (f64, f64);

/// Wilson's score interval of a proportion of `count` in `of`; nothing for `of` zero.
#[must_use]
pub fn wilson(count: f64, of: f64) -> Option<Ends> {
    if of <= 0.0 {
        return None;
    }
    let (share, z2) = (count / of, Z * Z);
    let middle = share + z2 / (2.0 * of);
    let half = Z * (share * (1.0 - share) / of + z2 / (4.0 * of * of)).max(0.0).sqrt();
    let scale = 1.0 + z2 / of;
    // At the ends the formula gives 0 and 1 but for rounding.
    let low = if count <= 0.0 { 0.0 } else { (middle - half) / scale };
    let high = if count >= of { 1.0 } else { (middle + half) / scale };
    Some((low, high))
}

/// Newcombe's hybrid score interval (1998, method 10) of the difference of two proportions.
#[must_use]
pub fn newcombe((count, of): (f64, f64), (other, other_of): (f64, f64)) -> Option<Ends> {
    let ((low, high), (other_low, other_high)) = (wilson(count, of)?, wilson(other, other_of)?);
    let (p, q) = (count / of, other / other_of);
    let difference = p - q;
    Some((difference - (p - low).hypot(other_high - q), difference + (high - p).hypot(q - other_low)))
}

/// The two-sided p of two proportions: Pearson's chi-square without correction where five are expected in each of the
/// four cells, Fisher's exact test otherwise. Nothing where one of them is of no rows.
#[must_use]
pub fn p_two_proportions((count, of): (f64, f64), (other, other_of): (f64, f64)) -> Option<f64> {
    if of <= 0.0 || other_of <= 0.0 {
        return None;
    }
    let (total, all) = (count + other, of + other_of);
    if total <= 0.0 || total >= all {
        return Some(1.0);
    }
    let least = of.min(other_of) * total.min(all - total) / all;
    if least < FEW_EXPECTED {
        return Some(fisher((count, of), (other, other_of)));
    }
    let difference = count / of - other / other_of;
    let variance = total / all * (1.0 - total / all) * (1.0 / of + 1.0 / other_of);
    Some(chi_square_above(difference * difference / variance, 1.0))
}

/// Fisher's exact test, two-sided: the chance of all tables with these margins that are no likelier than the one seen.
fn fisher((count, of): (f64, f64), (other, other_of): (f64, f64)) -> f64 {
    let total = count + other;
    let choose = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    let all = choose(of + other_of, total);
    let chance = |at: f64| (choose(of, at) + choose(other_of, total - at) - all).exp();
    let observed = chance(count) * (1.0 + ROUNDING);
    let (first, last) = ((total - other_of).max(0.0), total.min(of));
    let mut p = 0.0;
    let mut at = first;
    while at <= last {
        let this = chance(at);
        if this <= observed {
            p += this;
        }
        at += 1.0;
    }
    p.min(1.0)
}

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
    Some((t, beta_below(freedom / (freedom + t * t), freedom / 2.0, 0.5)))
}

/// The 95 % interval of the difference of two means by Welch's standard error and the normal deviate.
#[must_use]
pub fn welch_ends(left: &Tally, right: &Tally) -> Option<Ends> {
    let (mean, variance, rows) = moments(left)?;
    let (other, other_variance, other_rows) = moments(right)?;
    let half = Z * (variance / rows + other_variance / other_rows).sqrt();
    Some((mean - other - half, mean - other + half))
}

/// The 95 % interval of a mean by its standard error and the normal deviate.
#[must_use]
pub fn mean_ends(tally: &Tally) -> Option<Ends> {
    let (mean, variance, rows) = moments(tally)?;
    let half = Z * (variance / rows).sqrt();
    Some((mean - half, mean + half))
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
    if is_rate {
        return p_two_proportions((slice.sum, number(slice.defined)), (rest.sum, number(rest.defined)));
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

/// Holm's adjusted p of each of a few tests (1979), in their order.
#[must_use]
pub fn holm(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = chances.iter().copied().enumerate().collect();
    order.sort_by(|left, right| left.1.total_cmp(&right.1));
    let mut adjusted = vec![1.0; chances.len()];
    let (mut most, mut left) = (0.0_f64, number(chances.len() as u64));
    for (at, p) in order {
        most = most.max((p * left).min(1.0));
        left -= 1.0;
        if let Some(adjusted) = adjusted.get_mut(at) {
            *adjusted = most;
        }
    }
    adjusted
}
