//! How texts of files are compared and read: spellings that mean the same, answers that say nothing, dates.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::NaiveDate;

/// A text as it is compared: lower case, on one line, spaces single, typographic quotes and dashes plain.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    let as_is = |c: char| c.is_ascii() && !c.is_ascii_uppercase() && (!c.is_ascii_whitespace() || c == ' ');
    let trimmed = text.trim();
    if trimmed.chars().all(as_is) && !trimmed.contains("  ") {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' => space(&mut out),
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            c if c.is_whitespace() => space(&mut out),
            c => out.extend(plain(c).to_lowercase()),
        }
    }
    Cow::Owned(out)
}

/// The plain character for a typographic quote or dash.
fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‛' | 'ʼ' => '\'',
        '“' | '”' | '„' => '"',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        other => other,
    }
}

/// One space, however many there were.
fn space(out: &mut String) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Answers that say nothing: `N/A`, `not applicable` and the like, whatever their case, spaces and closing
/// punctuation. A text of nothing but punctuation says nothing either.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blanks {
    folded: HashSet<String>,
    longest: usize,
    /// How they begin, for telling most answers apart without folding them.
    beginnings: HashSet<[char; 3]>,
}

impl Blanks {
    /// From spellings.
    pub fn new<'a>(spellings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut blanks = Self::default();
        for spelling in spellings {
            let folded = bare(&fold(spelling)).to_owned();
            blanks.longest = blanks.longest.max(folded.len());
            blanks.beginnings.insert(beginning(&folded));
            blanks.folded.insert(folded);
        }
        blanks
    }

    /// Whether this text says nothing.
    #[must_use]
    pub fn hold(&self, text: &str) -> bool {
        let trimmed = text.trim();
        // Folding is dear. It never makes a text shorter than a third, and changes three letters quickly.
        let begins = beginning(trimmed);
        let nothing = begins[0] == '\0';
        if trimmed.len() > self.longest.saturating_mul(3) + 30 || !(nothing || self.beginnings.contains(&begins)) {
            return false;
        }
        let folded = fold(trimmed);
        let bare = bare(&folded);
        bare.is_empty() || self.folded.contains(bare)
    }
}

/// The first three characters that are neither spaces nor the punctuation that [`bare`] takes off, in lower case.
fn beginning(text: &str) -> [char; 3] {
    let kept = text.chars().map(plain).filter(|c| !c.is_whitespace() && !is_trim(*c));
    let mut letters = kept.flat_map(char::to_lowercase);
    std::array::from_fn(|_| letters.next().unwrap_or('\0'))
}

fn is_trim(c: char) -> bool {
    matches!(c, ' ' | '.' | ',' | ';' | ':' | '-' | '_')
}

fn bare(folded: &str) -> &str {
    folded.trim_matches(is_trim)
}

/// How a file writes dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dates {
    /// In chrono's notation, tried in order, after ISO 8601.
    pub formats: Vec<String>,
    /// A date before this is a slip.
    pub earliest: NaiveDate,
    /// A date after this is a slip.
    pub latest: NaiveDate,
}

impl Dates {
    /// Reads a whole date: year, month and day. A month and a year, or a day and a month, are not one.
    ///
    /// # Errors
    /// A remark, where there is something to say about why it is none.
    pub fn read(&self, text: &str) -> Result<NaiveDate, Option<String>> {
        let text = text.trim();
        let iso = text.split_once([' ', 'T']).filter(|(_, time)| is_time(time)).map_or(text, |(day, _)| day);
        let read = NaiveDate::parse_from_str(iso, "%Y-%m-%d")
            .ok()
            .or_else(|| self.formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok()))
            .ok_or(None)?;
        if (self.earliest..=self.latest).contains(&read) {
            return Ok(read);
        }
        Err(Some(remark(read)))
    }
}

fn is_time(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z'))
}

/// What a date outside the range most likely was. A spreadsheet that is told that a cell holds a date takes the year
/// 2024 for its day 2,024, which is 16 July 1905.
fn remark(read: NaiveDate) -> String {
    let serial = NaiveDate::from_ymd_opt(1899, 12, 30).map_or(0, |epoch| (read - epoch).num_days());
    if (1950..=2100).contains(&serial) {
        format!("day {serial} of a spreadsheet's calendar: probably the year {serial}")
    } else {
        "outside the range of dates that the mapping allows".to_owned()
    }
}

/// The items of an answer that lists several: cut at any of `separators`, or a JSON array of texts.
#[must_use]
pub fn split(text: &str, separators: &[String]) -> Vec<String> {
    if let Some(inner) = text.trim().strip_prefix('[')
        && inner.ends_with(']')
        && let Ok(items) = serde_json::from_str::<Vec<String>>(text.trim())
    {
        return tidy(items.iter().map(String::as_str));
    }
    let mut items = vec![text];
    for separator in separators.iter().filter(|separator| !separator.is_empty()) {
        items = items.into_iter().flat_map(|item| item.split(separator.as_str())).collect();
    }
    tidy(items)
}

fn tidy<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// The web addresses in a text, in order, each once.
#[must_use]
pub fn addresses(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ',' | ';' | '|' | '\'' | '(' | ')');
    for word in text.split(ends) {
        let word = word.trim_end_matches('.');
        let lower = word.get(..8).unwrap_or(word).to_ascii_lowercase();
        if (lower.starts_with("https://") || lower.starts_with("http://")) && word.len() > 10 {
            let address = word.to_owned();
            if !found.contains(&address) {
                found.push(address);
            }
        }
    }
    found
}

/// The candidate that looks most like a name that was not found, where one does.
#[must_use]
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(wanted).into_owned();
    let near = candidates.into_iter().filter_map(|candidate| {
        let ratio = similar::TextDiff::from_chars(wanted.as_str(), fold(candidate).as_ref()).ratio();
        (ratio > 0.6).then_some((candidate, ratio))
    });
    near.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(candidate, _)| candidate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dates() -> Dates {
        Dates {
            formats: vec!["%m/%d/%Y".to_owned()],
            earliest: NaiveDate::from_ymd_opt(1950, 1, 1).expect("a date"),
            latest: NaiveDate::from_ymd_opt(2100, 1, 1).expect("a date"),
        }
    }

    #[test]
    fn not_applicable_is_known_in_every_spelling_of_the_inventory() {
        let blanks = Blanks::new(["n/a", "na", "not applicable"]);
        for said in [
            "N/A",
            "NA",
            "n/a",
            "n/A",
            "N/a",
            "N/A ",
            "NA\n",
            "\nN/A",
            "\nN/A\n",
            "N/A.",
            "N/a -",
            "Not Applicable",
            "Not applicable",
            "not applicable",
            "\nnot applicable",
            "Not applicable.",
            "Not applicable. ",
            "not applicable.  ",
            "",
            " ",
            "\u{a0}",
            "-",
        ] {
            assert!(blanks.hold(said), "{said:?}");
        }
        for said in ["N/A - the model is agnostic to demographics.", "None", "No", "Nada", "0"] {
            assert!(!blanks.hold(said), "{said:?}");
        }
    }

    #[test]
    fn whole_dates_are_read_and_half_ones_are_not() {
        let read = |text: &str| dates().read(text).map(|day| day.to_string());
        assert_eq!(read("9/30/2024"), Ok("2024-09-30".to_owned()));
        assert_eq!(read("2024-09-30"), Ok("2024-09-30".to_owned()));
        assert_eq!(read("2024-09-30 00:00:00"), Ok("2024-09-30".to_owned()));
        for text in ["19-Nov", "Q2FY24", "Pre-2020", "TBD", "10/12023", "13/1/2024", "2024-08 (estimated)", "9/30", ""]
        {
            assert_eq!(read(text), Err(None), "{text}");
        }
        let remark = read("7/16/1905").expect_err("a slip").expect("a remark");
        assert_eq!(remark, "day 2024 of a spreadsheet's calendar: probably the year 2024");
        assert!(read("1/1/0024").expect_err("a slip").expect("a remark").contains("outside the range"));
    }

    #[test]
    fn lists_are_cut_however_they_are_written() {
        let separators = [",".to_owned(), "\n".to_owned()];
        assert_eq!(split("[\"Age\",\"Sex/Gender\"]", &separators), ["Age", "Sex/Gender"]);
        assert_eq!(split("Age, Sex/Gender\nIncome", &separators), ["Age", "Sex/Gender", "Income"]);
        assert_eq!(split("[not json", &separators), ["[not json"]);
        assert_eq!(split("a, b", &[]), ["a, b"]);
    }

    #[test]
    fn addresses_are_taken_out_of_text() {
        assert_eq!(
            addresses("see https://a.example/x.<br>HTTP://b.example (or not)"),
            ["https://a.example/x", "HTTP://b.example"]
        );
        assert!(addresses("RASA 3.1, BERT; https://").is_empty());
    }

    #[test]
    fn near_misses_are_recognised() {
        assert_eq!(nearest("Agency Abreviation", ["Agency", "Agency Abbreviation"]), Some("Agency Abbreviation"));
        assert_eq!(nearest("zzz", ["Agency"]), None);
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_blind_to_case(text in "\\PC{0,40}") {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once).into_owned(), once.clone());
            let blanks = Blanks::new([text.as_str()]);
            let padded = format!("  {text}\n");
            prop_assert!(blanks.hold(&padded));
            let _ = dates().read(&text);
            let _ = addresses(&text);
        }
    }
}
