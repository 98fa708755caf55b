//! The functions of probability that tests are made of.

/// What is left of a continued fraction when it is as exact as a double.
const CLOSE: f64 = 1e-15;
/// Stands in for zero in a continued fraction (Lentz's method).
const TINY: f64 = 1e-300;
/// The most terms; all come to an end far earlier.
const TERMS: u32 = 10_000;

/// The logarithm of the gamma function for x > 0 (Lanczos, g = 7, nine terms).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let (mut sum, mut at) = (FIRST, x);
    for term in TERMS {
        sum += term / at;
        at += 1.0;
    }
    let base = x + 6.5;
    (x - 0.5) * base.ln() - base + (std::f64::consts::TAU.sqrt() * sum).ln()
}

/// The chance that a chi-square variable of so many degrees of freedom is above x.
#[must_use]
pub fn chi_square_above(x: f64, freedom: f64) -> f64 {
    gamma_above(freedom / 2.0, x / 2.0)
}

/// The upper regularised incomplete gamma function Q(a, x).
fn gamma_above(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x >= a + 1.0 {
        return (front * gamma_fraction(a, x)).clamp(0.0, 1.0);
    }
    let (mut term, mut sum, mut at) = (1.0 / a, 1.0 / a, a);
    for _ in 0..TERMS {
        at += 1.0;
        term *= x / at;
        sum += term;
        if term < sum * CLOSE {
            break;
        }
    }
    (1.0 - sum * front).clamp(0.0, 1.0)
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    let mut last = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / last);
    let mut fraction = d;
    for at in 1..TERMS {
        let at = f64::from(at);
        let step = -at * (at - a);
        last += 2.0;
        d = 1.0 / away_from_zero(step * d + last);
        c = away_from_zero(last + step / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < CLOSE {
            break;
        }
    }
    fraction
}

/// The regularised incomplete beta function Iₓ(a, b).
#[must_use]
pub fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    let below = if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(x, a, b) / a
    } else {
        1.0 - front * beta_fraction(1.0 - x, b, a) / b
    };
    below.clamp(0.0, 1.0)
}

fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let (mut over, mut under) = (1.0, 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = under;
    for at in 1..TERMS {
        let at = f64::from(at);
        let even = at * (b - at) * x / ((a + 2.0 * at - 1.0) * (a + 2.0 * at));
        let odd = -(a + at) * (a + b + at) * x / ((a + 2.0 * at) * (a + 2.0 * at + 1.0));
        let mut step = 1.0;
        for term in [even, odd] {
            under = 1.0 / away_from_zero(1.0 + term * under);
            over = away_from_zero(1.0 + term / over);
            step = under * over;
            fraction *= step;
        }
        if (step - 1.0).abs() < CLOSE {
            break;
        }
    }
    fraction
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(told: f64, expected: f64) {
        assert!((told - expected).abs() <= 1e-10 * expected.abs().max(1e-300), "{told:e} is not {expected:e}");
    }

    /// Expected values by SciPy 1.17: `gammaln`, `chi2.sf`, `betainc`.
    #[test]
    fn they_come_to_what_scipy_says() {
        close(ln_gamma(0.5), 0.572_364_942_924_7);
        close(ln_gamma(11.5), 16.292_000_476_567_242);
        close(ln_gamma(32_562.0), 305_782.249_774_527_27);
        close(chi_square_above(0.01, 1.0), 0.920_344_325_445_942);
        close(chi_square_above(1.0, 1.0), 0.317_310_507_862_911_15);
        close(chi_square_above(3.84, 1.0), 0.050_043_521_248_705_19);
        close(chi_square_above(30.0, 1.0), 4.320_463_057_827_495_5e-8);
        close(chi_square_above(300.0, 1.0), 3.294_362_383_313_978_4e-67);
        close(chi_square_above(1000.0, 1.0), 1.795_832_784_800_736_3e-219);
        close(chi_square_above(5.0, 4.0), 0.287_297_495_183_645_8);
        close(chi_square_above(40.0, 19.0), 0.003_272_317_118_779_744);
        close(beta_below(0.3, 2.0, 3.0), 0.3483);
        close(beta_below(0.99, 50.0, 0.5), 0.317_304_397_874_197_3);
        close(beta_below(0.9999, 16_000.0, 0.5), 0.073_633_317_028_874_48);
    }

    #[test]
    fn beyond_the_ends_nothing_is_left() {
        assert!((chi_square_above(0.0, 1.0) - 1.0).abs() < f64::EPSILON);
        assert!(chi_square_above(1e6, 1.0).abs() < f64::EPSILON);
        assert!(beta_below(0.0, 2.0, 3.0).abs() < f64::EPSILON);
        assert!((beta_below(1.0, 2.0, 3.0) - 1.0).abs() < f64::EPSILON);
    }
}
