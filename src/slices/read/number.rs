//! Numbers as people and programs write them.

/// What a cell says where a number is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A finite number.
    Finite(f64),
    /// Infinite, or the word for what is not a number.
    NotFinite,
    /// No number.
    Text,
}

/// Reads a number. `comma` says that a comma stands before the decimals.
#[must_use]
pub fn read(text: &[u8], comma: bool) -> Number {
    let trimmed = text.trim_ascii();
    let parsed = if comma && trimmed.contains(&b',') {
        let pointed: Vec<u8> = trimmed.iter().map(|byte| if *byte == b',' { b'.' } else { *byte }).collect();
        fast_float2::parse::<f64, _>(&pointed)
    } else {
        fast_float2::parse::<f64, _>(trimmed)
    };
    match parsed {
        Ok(number) if number.is_finite() => Number::Finite(if number == 0.0 { 0.0 } else { number }),
        Ok(_) => Number::NotFinite,
        Err(_) => Number::Text,
    }
}

/// Why a cell is no number, and what to do.
#[must_use]
pub fn complaint(column: &str, text: &[u8]) -> String {
    let shown = crate::text::fit(&crate::text::line(&String::from_utf8_lossy(text)), 40).into_owned();
    let is_comma = read(text, true) != Number::Text;
    let hint = if is_comma {
        "Write a point before the decimals, or say --decimal-comma."
    } else {
        "Correct it, or name it with --na where it means that nothing is known."
    };
    format!("“{shown}” in “{column}” is no number. {hint}")
}
