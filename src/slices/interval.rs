//! Intervals of 95 % for shares, for their differences and for their ratios.

use serde::{Deserialize, Serialize};

/// The 97.5 % point of the normal distribution.
pub const Z: f64 = 1.959_963_984_540_054;

/// A figure between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Wilson's score interval for a share `p` of `n` (Wilson 1927; Brown, Cai and DasGupta 2001). `n` need not be whole: for
/// weighted data it is the effective number, (Σw)²/Σw² (Kish 1965).
#[must_use]
pub fn wilson(p: f64, n: f64) -> Interval {
    let square = Z * Z;
    let middle = p + square / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + square / (4.0 * n * n)).max(0.0).sqrt();
    let under = 1.0 + square / n;
    // At 0 and 1 the ends are 0 and 1, which rounding must not miss; and the share itself is always within.
    let low = if p <= 0.0 { 0.0 } else { ((middle - half) / under).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { ((middle + half) / under).clamp(p, 1.0) };
    Interval { low, high }
}

/// Newcombe's hybrid score interval for the difference of two independent shares `p − q`, from the Wilson interval of each
/// (Newcombe 1998, Statistics in Medicine 17:873, method 10).
#[must_use]
pub fn newcombe(p: f64, of_p: Interval, q: f64, of_q: Interval) -> Interval {
    let difference = p - q;
    let under = ((p - of_p.low).powi(2) + (of_q.high - q).powi(2)).sqrt();
    let over = ((of_p.high - p).powi(2) + (q - of_q.low).powi(2)).sqrt();
    Interval { low: (difference - under).max(-1.0), high: (difference + over).min(1.0) }
}

/// Newcombe's interval for the difference of two shares of the same `n` rows, of which `both` have the first and the second,
/// `first` only the first, `second` only the second, `neither` none (Newcombe 1998, Statistics in Medicine 17:2635,
/// method 10): the Wilson intervals of both, with the correlation φ between them, where φ takes a continuity correction.
#[must_use]
pub fn newcombe_paired(both: f64, first: f64, second: f64, neither: f64) -> Interval {
    let n = both + first + second + neither;
    let (p, q) = ((both + first) / n, (both + second) / n);
    let (of_p, of_q) = (wilson(p, n), wilson(q, n));
    let product = (both + first) * (second + neither) * (both + second) * (first + neither);
    let phi = if product <= 0.0 {
        0.0
    } else {
        let determinant = both * neither - first * second;
        let corrected = if determinant > n / 2.0 {
            determinant - n / 2.0
        } else if determinant >= 0.0 {
            0.0
        } else {
            determinant
        };
        corrected / product.sqrt()
    };
    let (dl, eu) = (p - of_p.low, of_q.high - q);
    let (du, el) = (of_p.high - p, q - of_q.low);
    let under = (dl * dl - 2.0 * phi * dl * eu + eu * eu).max(0.0).sqrt();
    let over = (el * el - 2.0 * phi * el * du + du * du).max(0.0).sqrt();
    Interval { low: (p - q - under).max(-1.0), high: (p - q + over).min(1.0) }
}

/// Katz' log interval for the ratio of two independent shares `(x/n) / (y/m)` (Katz and others 1978); none where one of
/// the counts is 0.
#[must_use]
pub fn katz(x: f64, n: f64, y: f64, m: f64) -> Option<Interval> {
    if x <= 0.0 || y <= 0.0 || n <= 0.0 || m <= 0.0 {
        return None;
    }
    let ratio = (x / n) / (y / m);
    let spread = (1.0 / x - 1.0 / n + 1.0 / y - 1.0 / m).max(0.0).sqrt();
    Some(Interval { low: ratio * (-Z * spread).exp(), high: ratio * (Z * spread).exp() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: Interval, low: f64, high: f64) {
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}, not {low} to {high}");
    }

    #[test]
    fn wilson_at_the_ends_and_between() {
        near(wilson(0.0, 5.0), 0.0, 0.4345);
        near(wilson(0.0, 10.0), 0.0, 0.2775);
        near(wilson(0.0, 30.0), 0.0, 0.1135);
        near(wilson(0.5, 10.0), 0.2366, 0.7634);
        near(wilson(0.5, 100.0), 0.4038, 0.5962);
        // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        near(wilson(81.0 / 263.0, 263.0), 0.2553, 0.3662);
        near(wilson(15.0 / 148.0, 148.0), 0.0624, 0.1605);
        near(wilson(0.0, 20.0), 0.0, 0.1611);
        near(wilson(1.0 / 29.0, 29.0), 0.0061, 0.1718);
    }

    fn difference(x: f64, n: f64, y: f64, m: f64) -> Interval {
        newcombe(x / n, wilson(x / n, n), y / m, wilson(y / m, m))
    }

    #[test]
    fn newcombe_as_in_his_paper() {
        // Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
        near(difference(56.0, 70.0, 48.0, 80.0), 0.0524, 0.3339);
        near(difference(9.0, 10.0, 3.0, 10.0), 0.1705, 0.8090);
        near(difference(6.0, 7.0, 2.0, 7.0), 0.0582, 0.8062);
        near(difference(5.0, 56.0, 0.0, 29.0), -0.0381, 0.1926);
        near(difference(0.0, 10.0, 0.0, 20.0), -0.1611, 0.2775);
        near(difference(0.0, 10.0, 0.0, 10.0), -0.2775, 0.2775);
        near(difference(10.0, 10.0, 0.0, 20.0), 0.6791, 1.0);
        near(difference(10.0, 10.0, 0.0, 10.0), 0.6075, 1.0);
    }

    proptest! {
        #[test]
        fn an_interval_contains_its_estimate(x in 0_u32..500, more in 0_u32..500, y in 0_u32..500, rest in 0_u32..500) {
            let (n, m) = (f64::from(x + more), f64::from(y + rest));
            prop_assume!(n > 0.0 && m > 0.0);
            let (p, q) = (f64::from(x) / n, f64::from(y) / m);
            let (of_p, of_q) = (wilson(p, n), wilson(q, m));
            prop_assert!(0.0 <= of_p.low && of_p.low <= p && p <= of_p.high && of_p.high <= 1.0);
            let of = newcombe(p, of_p, q, of_q);
            prop_assert!(-1.0 <= of.low && of.low <= p - q && p - q <= of.high && of.high <= 1.0);
            if let Some(of) = katz(f64::from(x), n, f64::from(y), m) {
                prop_assert!(of.low <= p / q + 1e-12 && p / q <= of.high + 1e-12);
            }
            let paired = newcombe_paired(f64::from(x), f64::from(more), f64::from(y), f64::from(rest));
            let d = (f64::from(more) - f64::from(y)) / (n + m);
            prop_assert!(paired.low <= d + 1e-12 && d <= paired.high + 1e-12);
        }
    }
}
