//! Whether a difference could be chance: tests of counts, the gap that chance alone would give, and p-values that allow
//! for how many tests were made.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

/// The p-value of a χ² statistic.
#[must_use]
pub fn chi_square_p(statistic: f64, degrees: f64) -> f64 {
    ChiSquared::new(degrees).map_or(f64::NAN, |distribution| distribution.sf(statistic)).clamp(0.0, 1.0)
}

/// The two-sided p-value of a normal deviate.
#[must_use]
pub fn normal_p(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).clamp(0.0, 1.0)
}

/// Which test was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Pearson's χ², without Yates' correction.
    ChiSquare,
    /// Fisher's exact test, two-sided.
    Fisher,
    /// McNemar's exact test, for two models on the same rows.
    McNemar,
}

/// Whether two shares differ: `x` of `n` against `y` of `m`. Pearson's χ² where every expected count is 5 or more, and
/// Fisher's exact test otherwise. None where all or none of the rows count, or one side is empty.
#[must_use]
pub fn two_shares(x: f64, n: f64, y: f64, m: f64) -> Option<(Test, f64)> {
    let (total, counted) = (n + m, x + y);
    if n <= 0.0 || m <= 0.0 || counted <= 0.0 || counted >= total {
        return None;
    }
    let least = n.min(m) * counted.min(total - counted) / total;
    if least < 5.0 {
        return Some((Test::Fisher, fisher(x, n, y, m)));
    }
    let determinant = x * (m - y) - y * (n - x);
    let statistic = total * determinant * determinant / (n * m * counted * (total - counted));
    Some((Test::ChiSquare, chi_square_p(statistic, 1.0)))
}

fn ln_choose(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

/// Fisher's exact test: the probability of all tables with these margins that are no likelier than the one seen.
fn fisher(x: f64, n: f64, y: f64, m: f64) -> f64 {
    let counted = x + y;
    let least = (counted - m).max(0.0);
    let most = counted.min(n);
    let whole = ln_choose(n + m, counted);
    let likelihood = |at: f64| (ln_choose(n, at) + ln_choose(m, counted - at) - whole).exp();
    // Tables that are as likely as the one seen must not be missed for the last bit.
    let limit = likelihood(x) * (1.0 + 1e-7);
    let mut sum = 0.0;
    let mut at = least;
    while at <= most {
        let likely = likelihood(at);
        if likely <= limit {
            sum += likely;
        }
        at += 1.0;
    }
    sum.clamp(0.0, 1.0)
}

/// McNemar's exact test: whether of the rows on which two models differ, one model has more than half.
#[must_use]
pub fn mcnemar(first: f64, second: f64) -> Option<f64> {
    let n = first + second;
    if n <= 0.0 {
        return None;
    }
    let least = first.min(second);
    if n > 100_000.0 {
        return Some(normal_p((first - second) / n.sqrt()));
    }
    let mut sum = 0.0;
    let mut at = 0.0;
    while at <= least {
        sum += (ln_choose(n, at) - n * std::f64::consts::LN_2).exp();
        at += 1.0;
    }
    Some((2.0 * sum).clamp(0.0, 1.0))
}

/// Whether any of several groups differs from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Omnibus {
    /// Which test.
    pub test: Test,
    /// The statistic of χ²; none for Fisher's test.
    pub statistic: Option<f64>,
    /// Its degrees of freedom.
    pub degrees: Option<u64>,
    /// The p-value.
    pub p: Option<f64>,
    /// Cramér's V: how strongly group and rate hang together, from 0 to 1.
    pub cramers_v: Option<f64>,
    /// Why there is none, or why it is rough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Tests whether groups differ at all, each given as counted and of how many.
#[must_use]
#[allow(clippy::cast_precision_loss)] // Few groups.
pub fn omnibus(groups: &[(f64, f64)]) -> Omnibus {
    let none = |reason: &str| Omnibus {
        test: Test::ChiSquare,
        statistic: None,
        degrees: None,
        p: None,
        cramers_v: None,
        reason: Some(reason.to_owned()),
    };
    let groups: Vec<(f64, f64)> = groups.iter().copied().filter(|(_, of)| *of > 0.0).collect();
    if groups.len() < 2 {
        return none("undefined: fewer than two groups have rows for it");
    }
    let counted: f64 = groups.iter().map(|(counted, _)| counted).sum();
    let total: f64 = groups.iter().map(|(_, of)| of).sum();
    let share = counted / total;
    if counted <= 0.0 || counted >= total {
        return none("undefined: the rate is 0 or 1 in every group");
    }
    let statistic: f64 = groups.iter().map(|(x, n)| (x - n * share).powi(2) / (n * share * (1.0 - share))).sum();
    let degrees = groups.len() as u64 - 1;
    let cramers_v = Some((statistic / total).sqrt().min(1.0));
    let least = groups.iter().map(|(_, n)| n * share.min(1.0 - share)).fold(f64::INFINITY, f64::min);
    if let ([(x, n), (y, m)], true) = (groups.as_slice(), least < 5.0) {
        let p = Some(fisher(*x, *n, *y, *m));
        return Omnibus { test: Test::Fisher, statistic: None, degrees: None, p, cramers_v, reason: None };
    }
    let reason = (least < 5.0).then(|| "rough: some groups would be expected to count fewer than 5 rows".to_owned());
    let p = Some(chi_square_p(statistic, degrees as f64));
    Omnibus { test: Test::ChiSquare, statistic: Some(statistic), degrees: Some(degrees), p, cramers_v, reason }
}

/// Holm's step-down adjustment (Holm 1979): each p-value times the number of those that are no smaller, never falling.
/// Those that are none stay none and are no tests.
#[must_use]
#[allow(clippy::cast_precision_loss)] // Few tests.
pub fn holm(all: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> = all.iter().enumerate().filter_map(|(at, p)| p.map(|p| (p, at))).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut adjusted = vec![None; all.len()];
    let mut least: f64 = 0.0;
    for (rank, (p, at)) in order.iter().enumerate() {
        least = least.max(p * (order.len() - rank) as f64).min(1.0);
        if let Some(place) = adjusted.get_mut(*at) {
            *place = Some(least);
        }
    }
    adjusted
}

/// A repeatable sequence of numbers: SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence of a seed and of what it is used for.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(Self(seed).bits() ^ Self(mixed).bits().rotate_left(23))
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to under 1.
    #[allow(clippy::cast_precision_loss)] // 53 bits are kept.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A binomial distribution that is drawn from often: cumulated around its middle, as far as it counts.
struct Binomial {
    first: f64,
    cumulated: Vec<f64>,
}

impl Binomial {
    fn new(n: f64, p: f64) -> Self {
        let middle = ((n + 1.0) * p).floor().min(n);
        let odds = p / (1.0 - p);
        let (mut under, mut over) = (Vec::new(), Vec::new());
        let (mut at, mut weight) = (middle, 1.0);
        while at > 0.0 && weight > 1e-17 {
            weight *= at / ((n - at + 1.0) * odds);
            under.push(weight);
            at -= 1.0;
        }
        let first = at;
        (at, weight) = (middle, 1.0);
        while at < n && weight > 1e-17 {
            weight *= (n - at) * odds / (at + 1.0);
            over.push(weight);
            at += 1.0;
        }
        let mut sum = 0.0;
        let all = under.iter().rev().copied().chain(std::iter::once(1.0)).chain(over);
        let mut cumulated: Vec<f64> = all
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        for share in &mut cumulated {
            *share /= sum;
        }
        Self { first, cumulated }
    }

    #[allow(clippy::cast_precision_loss)] // Under 2^53.
    fn draw(&self, random: &mut Random) -> f64 {
        let share = random.share();
        self.first + self.cumulated.partition_point(|under| *under <= share).min(self.cumulated.len() - 1) as f64
    }
}

/// The gap between the highest and the lowest group that chance alone would give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// The mean gap over all draws.
    pub expected_gap: f64,
    /// 95 % of all gaps are no larger.
    pub p95_gap: f64,
    /// The share of gaps that are no smaller than the one seen, itself counted: a p-value.
    pub p: f64,
    /// How many draws.
    pub draws: u64,
}

/// How often chance is asked.
pub const DRAWS: u64 = 2_000;

/// Draws each group's count from the rate of all groups together, with its own number of rows, again and again. This is
/// what resampling all rows would give if no group differed, at the cost of groups instead of rows. None where fewer than
/// two groups have rows.
#[must_use]
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Few draws.
pub fn chance(groups: &[(f64, f64)], seed: u64, purpose: &str) -> Option<Chance> {
    let groups: Vec<(f64, f64)> = groups.iter().copied().filter(|(_, of)| *of > 0.0).collect();
    let counted: f64 = groups.iter().map(|(counted, _)| counted).sum();
    let total: f64 = groups.iter().map(|(_, of)| of).sum();
    if groups.len() < 2 || counted <= 0.0 || counted >= total {
        return None;
    }
    let gap = |shares: &mut dyn Iterator<Item = f64>| {
        let (low, high) =
            shares.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), share| (low.min(share), high.max(share)));
        high - low
    };
    let seen = gap(&mut groups.iter().map(|(counted, of)| counted / of));
    let distributions: Vec<(Binomial, f64)> =
        groups.iter().map(|(_, of)| (Binomial::new(of.round(), counted / total), *of)).collect();
    let mut random = Random::new(seed, purpose);
    let mut gaps: Vec<f64> = (0..DRAWS)
        .map(|_| gap(&mut distributions.iter().map(|(binomial, of)| binomial.draw(&mut random) / of)))
        .collect();
    gaps.sort_by(f64::total_cmp);
    let at_least = gaps.iter().filter(|gap| **gap >= seen - 1e-12).count();
    let at = ((0.95 * gaps.len() as f64).ceil() as usize).saturating_sub(1);
    Some(Chance {
        expected_gap: gaps.iter().sum::<f64>() / gaps.len() as f64,
        p95_gap: gaps.get(at).copied().unwrap_or(seen),
        p: (at_least + 1) as f64 / (gaps.len() + 1) as f64,
        draws: DRAWS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_agree_with_scipy() {
        // scipy.stats.chi2_contingency(correction=False) and fisher_exact, 1.17.
        let (test, p) = two_shares(30.0, 100.0, 45.0, 100.0).expect("a test");
        assert_eq!(test, Test::ChiSquare);
        assert!((p - 0.028_459_736_916_310_6).abs() < 1e-12, "{p}");
        let (test, p) = two_shares(1.0, 8.0, 6.0, 9.0).expect("a test");
        assert_eq!(test, Test::Fisher);
        assert!((p - 0.049_773_755_656_108_594).abs() < 1e-12, "{p}");
        // More than one table is as likely as the one seen.
        let (test, p) = two_shares(0.0, 10.0, 4.0, 40.0).expect("a test");
        assert_eq!(test, Test::Fisher);
        assert!((p - 0.570_994_355_188_884_1).abs() < 1e-12, "{p}");
        // Every expected count is 5 or more: 5 exactly is enough.
        assert_eq!(two_shares(1.0, 10.0, 11.0, 14.0).map(|(test, _)| test), Some(Test::ChiSquare));
        assert_eq!(two_shares(0.0, 10.0, 0.0, 10.0), None);
        assert_eq!(two_shares(3.0, 3.0, 0.0, 0.0), None);
    }

    #[test]
    fn mcnemar_is_a_sign_test() {
        assert!((mcnemar(1.0, 9.0).expect("p") - 0.021_484_375).abs() < 1e-12);
        assert_eq!(mcnemar(5.0, 5.0), Some(1.0));
        assert_eq!(mcnemar(0.0, 0.0), None);
    }

    #[test]
    fn holm_steps_down() {
        let adjusted = holm(&[Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)]);
        let expected = [Some(0.03), None, Some(0.06), Some(0.06), Some(0.02)];
        for (found, expected) in adjusted.iter().zip(expected) {
            assert_eq!(found.is_some(), expected.is_some());
            assert!((found.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-12, "{adjusted:?}");
        }
    }

    #[test]
    fn chance_gives_the_gap_that_simulation_gave() {
        // As another simulation found it: rate .30 everywhere; E[max - min] = .052, .106, .034, .212.
        for (groups, n, expected) in [(2, 100.0, 0.052), (5, 100.0, 0.106), (5, 1000.0, 0.034), (60, 100.0, 0.212)] {
            let chance = chance(&vec![(0.3 * n, n); groups], 1, "test").expect("groups");
            assert!((chance.expected_gap - expected).abs() < 0.003, "{groups} × {n}: {chance:?}");
            assert!(chance.p > 0.99 && chance.p95_gap > chance.expected_gap);
        }
        assert_eq!(chance(&[(0.0, 10.0), (0.0, 10.0)], 1, "test"), None);
    }

    #[test]
    fn a_test_of_several_groups() {
        let of = omnibus(&[(30.0, 100.0), (45.0, 100.0), (0.0, 0.0), (25.0, 100.0)]);
        // scipy.stats.chi2_contingency([[30, 70], [45, 55], [25, 75]], correction=False)
        assert!((of.statistic.unwrap_or(0.0) - 9.75).abs() < 1e-9, "{of:?}");
        assert!((of.p.unwrap_or(0.0) - 0.007_635_094_218_859_962).abs() < 1e-9, "{of:?}");
        assert_eq!(of.degrees, Some(2));
        assert!(omnibus(&[(0.0, 10.0), (0.0, 10.0)]).p.is_none());
        assert!(omnibus(&[(1.0, 10.0)]).p.is_none());
    }
}
