//! Labels however they are spelt: which of them mean the same, and which one is positive.

use std::borrow::Cow;

use super::error::{Error, Result};

/// A label's one spelling: `1.0` and `+1` are `1`, `TRUE` is `true`; anything else is itself without spaces around it.
#[must_use]
pub fn canonical(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("true") {
        return Cow::Borrowed("true");
    }
    if trimmed.eq_ignore_ascii_case("false") {
        return Cow::Borrowed("false");
    }
    let unsigned = trimmed.strip_prefix('+').unwrap_or(trimmed);
    let Some((whole, part)) = unsigned.split_once('.') else { return Cow::Borrowed(digits_or(unsigned, trimmed)) };
    let zeros = !part.is_empty() && part.bytes().all(|byte| byte == b'0');
    Cow::Borrowed(if zeros { digits_or(whole, trimmed) } else { trimmed })
}

/// The whole number, where it is one; the other text otherwise.
fn digits_or<'a>(number: &'a str, other: &'a str) -> &'a str {
    let digits = number.strip_prefix('-').unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return other;
    }
    if digits.bytes().all(|byte| byte == b'0') { "0" } else { number }
}

/// Pairs of labels whose second one is positive without anybody saying so.
const KNOWN: [(&str, &str); 3] = [("0", "1"), ("-1", "1"), ("false", "true")];

/// Which label counts as positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its text.
    pub label: String,
    /// Where it stands among the labels; none where no row has it.
    pub at: Option<u8>,
}

/// Which label is positive: the one that was named, or the obvious one of 0/1, −1/1 and false/true.
///
/// # Errors
/// Where the named label does not occur, or none was named and it is not obvious.
pub fn positive(labels: &[String], named: Option<&str>, option: &str) -> Result<Chosen> {
    let find = |text: &str| labels.iter().position(|label| label == text).and_then(|at| u8::try_from(at).ok());
    if let Some(named) = named {
        let label = canonical(named).into_owned();
        let Some(at) = find(&label) else {
            let listed = list(labels);
            return Err(Error::Asked(format!("{option} {named}: no row has this label; there are {listed}.")));
        };
        return Ok(Chosen { label, at: Some(at) });
    }
    for (negative, positive) in KNOWN {
        if labels.iter().all(|label| label == negative || label == positive) {
            return Ok(Chosen { label: positive.to_owned(), at: find(positive) });
        }
    }
    let (count, listed) = (labels.len(), list(labels));
    let others = if count > 2 { "; it is then compared with all others together" } else { "" };
    Err(Error::Asked(format!(
        "There are {count} labels: {listed}. Say which one is positive, with {option} LABEL{others}."
    )))
}

/// The labels that scores from a threshold on, and those under it, are predicted as.
///
/// # Errors
/// Where it is not clear which label is positive.
pub fn predicted(labels: &[String], named: Option<&str>) -> Result<(String, String)> {
    let above = positive(labels, named, "--positive")?.label;
    let others: Vec<&String> = labels.iter().filter(|label| **label != above).collect();
    let below = match others.as_slice() {
        [other] => (*other).clone(),
        _ if above == "1" => "0".to_owned(),
        _ => format!("not {above}"),
    };
    Ok((above, below))
}

/// Labels in words, the first few of them.
#[must_use]
pub fn list(labels: &[String]) -> String {
    let mut told: Vec<String> = labels.iter().take(8).map(|label| format!("“{label}”")).collect();
    if labels.len() > told.len() {
        told.push(format!("{} more", labels.len() - told.len()));
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_label_are_one() {
        for (text, meant) in [
            ("1.0", "1"),
            ("+1", "1"),
            (" 1 ", "1"),
            ("-0.0", "0"),
            ("00", "0"),
            ("-1.00", "-1"),
            ("TRUE", "true"),
            ("False", "false"),
            ("1.5", "1.5"),
            ("1.", "1."),
            ("yes", "yes"),
            (".0", ".0"),
            ("+", "+"),
            ("", ""),
            ("a.0", "a.0"),
        ] {
            assert_eq!(canonical(text), meant, "{text:?}");
        }
    }

    fn labels(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_positive_label_is_known_or_asked_for() {
        let at = |texts: &[&str], named| positive(&labels(texts), named, "--positive").ok().and_then(|it| it.at);
        assert_eq!(at(&["0", "1"], None), Some(1));
        assert_eq!(at(&["-1", "1"], None), Some(1));
        assert_eq!(at(&["false", "true"], None), Some(1));
        assert_eq!(at(&["no", "yes"], Some("yes")), Some(1));
        assert_eq!(at(&["0", "1"], Some("0.0")), Some(0));
        let none = positive(&labels(&["0"]), None, "--positive").expect("known");
        assert_eq!((none.label.as_str(), none.at), ("1", None), "no row is positive, which is no error");
        let told = positive(&labels(&["no", "yes"]), None, "--positive").expect_err("asked").to_string();
        assert!(told.contains("--positive") && told.contains("“yes”"), "{told}");
        let told = positive(&labels(&["0", "1", "2"]), None, "--positive").expect_err("asked").to_string();
        assert!(told.contains("3 labels") && told.contains("--positive"), "{told}");
        assert!(positive(&labels(&["0", "1"]), Some("yes"), "--positive").is_err());
    }
}
