//! What a column's texts show: which say nothing, how dates are written, which choice is meant.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::exchange::mapping::words::{Blanks, fold};
use crate::exchange::table::Table;

/// Answers that often say nothing, offered where a file has them.
const BLANKS: [&str; 8] =
    ["n/a", "na", "not applicable", "none given", "tbd", "unknown", "not reported", "not provided"];

/// Formats that are tried, the order of day and month both ways.
const FORMATS: [&str; 10] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
];

/// How many different texts of a column are compared with fields.
const KEPT: usize = 200;

/// How many rows of a column say something, and how many different texts they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// Rows with a text.
    pub rows: usize,
    /// Different texts.
    pub texts: usize,
}

/// For each column its different texts and how often each stands there, the most frequent first and no more than some; and
/// how many there are of all.
pub fn distinct(table: &Table, rows: usize) -> (Vec<Vec<(String, usize)>>, Vec<Filled>) {
    let columns = (0..table.headers.len()).map(|column| {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for row in table.rows.iter().take(rows) {
            let text = row.cells[column].trim();
            if !text.is_empty() {
                *counts.entry(text).or_default() += 1;
            }
        }
        let filled = Filled { rows: counts.values().sum(), texts: counts.len() };
        let mut texts: Vec<(String, usize)> = counts.into_iter().map(|(text, n)| (text.to_owned(), n)).collect();
        texts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        texts.truncate(KEPT);
        (texts, filled)
    });
    columns.unzip()
}

/// The answers that say nothing and stand in the file.
pub fn blanks(texts: &[Vec<(String, usize)>]) -> Vec<String> {
    let there = |spelling: &&&str| {
        let blank = Blanks::new([**spelling]);
        texts.iter().flatten().any(|(text, _)| text.chars().any(char::is_alphanumeric) && blank.hold(text))
    };
    BLANKS.iter().filter(there).map(|spelling| (*spelling).to_owned()).collect()
}

/// The formats in which dates are written, as far as the file shows. Where it does not show whether the day or the
/// month comes first, neither is taken.
pub fn date_formats(texts: &[Vec<(String, usize)>]) -> Vec<String> {
    let all: Vec<&str> =
        texts.iter().flatten().map(|(text, _)| text.as_str()).filter(|text| text.len() <= 20).collect();
    let read = |format: &str| all.iter().filter(|text| NaiveDate::parse_from_str(text, format).is_ok()).count();
    let mut formats: Vec<&str> = FORMATS.into_iter().filter(|format| read(format) > 0).collect();
    let (american, european) = (read("%m/%d/%Y"), read("%d/%m/%Y"));
    let wrong = match american.cmp(&european) {
        std::cmp::Ordering::Greater => vec!["%d/%m/%Y"],
        std::cmp::Ordering::Less => vec!["%m/%d/%Y"],
        std::cmp::Ordering::Equal => vec!["%d/%m/%Y", "%m/%d/%Y"],
    };
    // ISO 8601 is read in any case.
    formats.retain(|format| !wrong.contains(format) && *format != "%Y-%m-%d");
    formats.into_iter().map(str::to_owned).collect()
}

/// What a column says and which choice that is.
pub fn choices(
    texts: &[(String, usize)],
    choices: &'static [&'static str],
    blank: &[String],
) -> Vec<(String, usize, Option<&'static str>)> {
    if choices.is_empty() {
        return Vec::new();
    }
    let blanks = Blanks::new(blank.iter().map(String::as_str));
    let said = texts.iter().filter(|(text, _)| !blanks.hold(text)).take(60);
    said.map(|(text, n)| (text.clone(), *n, choice(text, choices))).collect()
}

/// The choice that a text means: it says all words of exactly one, or it is the whole of its beginning.
pub fn choice(text: &str, choices: &'static [&'static str]) -> Option<&'static str> {
    let words = |text: &str| -> Vec<String> {
        let folded = fold(text);
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let said = words(text);
    if said.is_empty() || said.len() > 8 {
        return None;
    }
    if let Some(exact) = choices.iter().find(|choice| words(choice) == said) {
        return Some(exact);
    }
    let meant: Vec<&'static str> =
        choices.iter().copied().filter(|choice| words(choice).iter().all(|word| said.contains(word))).collect();
    match meant.as_slice() {
        [only] if !said.iter().any(|word| matches!(word.as_str(), "not" | "no" | "non" | "neither")) => Some(only),
        _ => None,
    }
}

/// How much a column's texts are like names: short and nearly all different. None where they are not at all.
pub fn name_likeness(texts: &[(String, usize)]) -> Option<usize> {
    let total: usize = texts.iter().map(|(_, n)| n).sum();
    let short = texts.iter().filter(|(text, _)| text.len() <= 120 && text.chars().any(char::is_alphabetic)).count();
    (total > 0 && short * 2 > texts.len()).then(|| texts.len() * 100 / total + short * 100 / texts.len().max(1))
}
