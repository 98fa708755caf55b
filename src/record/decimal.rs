//! Decimal numbers, kept as they were typed: 0.10 stays 0.10, and no figure gains digits that nobody measured.

use super::{Problem, Record};

/// The number that a text says; none where it says none, or one that no measurement has (NaN, infinite).
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // What Rust reads beyond plain decimals ("inf", "nan") has letters other than the exponent's.
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'));
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

/// A problem where a field says something that is no number.
#[must_use]
pub fn problem(record: &Record, field: &'static str) -> Option<Problem> {
    let said = record.text(field)?;
    number(said).is_none().then(|| {
        let said = crate::text::line(said);
        Problem::of(field, format!("“{said}” is not a number; write one such as 0.93 or 120."))
    })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn only_numbers_are_numbers() {
        assert_eq!(number(" 0.10 "), Some(0.1));
        assert_eq!(number("-3e2"), Some(-300.0));
        for not in ["", "NaN", "nan", "inf", "-infinity", "1e999", "0,93", "12 %", "0x10"] {
            assert_eq!(number(not), None, "{not}");
        }
    }
}
