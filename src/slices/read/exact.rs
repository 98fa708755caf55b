//! Sums of floating-point numbers that do not depend on the order: every bit of every term is kept, and the sum is
//! rounded once (Kulisch, "Very fast and exact accumulation of products", 2011).

/// The bits of a digit that are in use; the other 31 are room for carries.
const DIGIT: u32 = 32;
/// Bit 0 stands for 2^−1074, the least that a number of 64 bits can be.
const LEAST: i32 = -1074;
/// 2098 bits from the least to the largest number, and room for 2^63 terms.
const DIGITS: usize = 68;
/// After so many terms carries are settled, long before they could overflow.
const SETTLE: u32 = 1 << 29;

/// A sum.
#[derive(Debug, Clone)]
pub struct Exact {
    digits: Box<[i64; DIGITS]>,
    terms: u32,
}

impl Default for Exact {
    fn default() -> Self {
        Self { digits: Box::new([0; DIGITS]), terms: 0 }
    }
}

impl Exact {
    /// Adds a finite number.
    #[inline]
    pub fn add(&mut self, number: f64) {
        let bits = number.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, shift) = if exponent == 0 {
            (fraction, 0)
        } else {
            (fraction | (1 << 52), u32::try_from(exponent).unwrap_or(1) - 1)
        };
        let at = (shift / DIGIT) as usize;
        let wide = u128::from(mantissa) << (shift % DIGIT);
        let sign = if number.is_sign_negative() { -1 } else { 1 };
        let mask = u128::from(u32::MAX);
        for (step, digit) in self.digits.iter_mut().skip(at).take(3).enumerate() {
            let part = (wide >> (DIGIT as usize * step)) & mask;
            *digit += sign * i64::try_from(part).unwrap_or(0);
        }
        self.terms += 1;
        if self.terms >= SETTLE {
            self.settle();
        }
    }

    /// Adds another sum.
    pub fn join(&mut self, other: &Self) {
        let mut other = other.clone();
        other.settle();
        self.settle();
        for (digit, more) in self.digits.iter_mut().zip(other.digits.iter()) {
            *digit += more;
        }
        self.settle();
    }

    /// Brings every digit but the last into 0 to 2^32 − 1.
    fn settle(&mut self) {
        let mut carry = 0;
        for digit in self.digits.iter_mut().take(DIGITS - 1) {
            let whole = *digit + carry;
            carry = whole >> DIGIT;
            *digit = whole & i64::from(u32::MAX);
        }
        if let Some(last) = self.digits.last_mut() {
            *last += carry;
        }
        self.terms = 0;
    }

    /// The sum as a number: from the highest digits down, which depends on their values alone.
    #[must_use]
    pub fn value(&self) -> f64 {
        let mut settled = self.clone();
        settled.settle();
        let negative = settled.digits.last().is_some_and(|last| *last < 0);
        if negative {
            for digit in settled.digits.iter_mut() {
                *digit = -*digit;
            }
            settled.settle();
        }
        let mut value = 0.0;
        let top = settled.digits.iter().rposition(|digit| *digit != 0).unwrap_or(0);
        // Three digits hold more than the 53 bits of a number; what lies under them cannot move it by more than its
        // last bit.
        for at in (top.saturating_sub(2)..=top).rev() {
            let digit = settled.digits.get(at).copied().unwrap_or(0);
            let exponent = i32::try_from(at).unwrap_or(0) * DIGIT.cast_signed() + LEAST;
            #[allow(clippy::cast_precision_loss)] // A digit has 32 bits.
            let scaled = scale(digit as f64, exponent);
            value += scaled;
        }
        if negative { -value } else { value }
    }
}

/// A number times a power of two, also where the power alone would be no number.
fn scale(number: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    number * 2_f64.powi(half) * 2_f64.powi(exponent - half)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(numbers: &[f64]) -> Exact {
        let mut sum = Exact::default();
        for number in numbers {
            sum.add(*number);
        }
        sum
    }

    #[test]
    fn nothing_is_lost() {
        for (numbers, expected) in [
            (vec![], 0.0),
            (vec![1e300, 1.0, -1e300], 1.0),
            (vec![0.1; 10], 1.0),
            (vec![-0.5, 0.25], -0.25),
            (vec![f64::MIN_POSITIVE, -f64::MIN_POSITIVE], 0.0),
            (vec![5e-324, 5e-324], 1e-323),
            (vec![f64::MAX, -f64::MAX, 3.5], 3.5),
        ] {
            assert_eq!(sum(&numbers).value().to_bits(), f64::to_bits(expected), "{numbers:?}");
        }
    }

    proptest! {
        #[test]
        fn order_does_not_matter(numbers in prop::collection::vec(-1e12_f64..1e12, 0..60), cut in 0_usize..60) {
            let mut turned = numbers.clone();
            turned.reverse();
            let cut = cut.min(numbers.len());
            let mut parts = sum(&numbers[..cut]);
            parts.join(&sum(&numbers[cut..]));
            prop_assert_eq!(sum(&numbers).value().to_bits(), sum(&turned).value().to_bits());
            prop_assert_eq!(sum(&numbers).value().to_bits(), parts.value().to_bits());
            let plain: f64 = numbers.iter().sum();
            prop_assert!((sum(&numbers).value() - plain).abs() <= 1e-2);
        }

        #[test]
        fn a_single_number_comes_back(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            let found = sum(&[number]).value();
            prop_assert!(found.to_bits() == number.to_bits() || number == 0.0, "{found}");
        }
    }
}
