//! Dates as people type them, and as they like to read them.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// What can be typed, for messages and help.
pub const EXAMPLES: &str = "today, tomorrow, fri, +3d, +2w, +1m, 31 dec, 31 dec 2026, 2026-12-31";

/// Reads a date phrase, relative to `today`.
///
/// A weekday means the coming one, never today. A day and month without a year means the coming one too.
///
/// # Errors
/// Says what was typed and what can be.
pub fn parse_day(text: &str, today: NaiveDate) -> Result<NaiveDate, String> {
    let phrase = text.trim().to_lowercase();
    let found = match phrase.as_str() {
        "today" | "now" => Some(today),
        "tomorrow" | "tom" => today.succ_opt(),
        "yesterday" => today.pred_opt(),
        "eow" => Some(coming(today.pred_opt().unwrap_or(today), Weekday::Fri)),
        "eom" => end_of_month(today),
        _ => offset(&phrase, today)
            .or_else(|| weekday(&phrase).map(|day| coming(today, day)))
            .or_else(|| numeric(&phrase))
            .or_else(|| named_month(&phrase, today)),
    };
    found
        .filter(|day| (1900..=2200).contains(&day.year()))
        .ok_or_else(|| format!("“{}” is not a date; try {EXAMPLES}.", crate::text::line(text.trim())))
}

fn coming(today: NaiveDate, day: Weekday) -> NaiveDate {
    let ahead = (7 + day.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    today + Days::new(u64::from(if ahead == 0 { 7 } else { ahead }))
}

fn end_of_month(today: NaiveDate) -> Option<NaiveDate> {
    today.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

fn offset(phrase: &str, today: NaiveDate) -> Option<NaiveDate> {
    let (back, rest) = match phrase.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, phrase.strip_prefix('+').or_else(|| phrase.strip_prefix("in "))?),
    };
    let rest = rest.trim();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let count: u32 = rest[..digits].parse().ok()?;
    let unit = rest[digits..].trim();
    match (unit, back) {
        ("" | "d" | "day" | "days", false) => today.checked_add_days(Days::new(u64::from(count))),
        ("" | "d" | "day" | "days", true) => today.checked_sub_days(Days::new(u64::from(count))),
        ("w" | "week" | "weeks", false) => today.checked_add_days(Days::new(u64::from(count) * 7)),
        ("w" | "week" | "weeks", true) => today.checked_sub_days(Days::new(u64::from(count) * 7)),
        ("m" | "mo" | "month" | "months", false) => today.checked_add_months(Months::new(count)),
        ("m" | "mo" | "month" | "months", true) => today.checked_sub_months(Months::new(count)),
        ("y" | "year" | "years", false) => today.checked_add_months(Months::new(count.checked_mul(12)?)),
        ("y" | "year" | "years", true) => today.checked_sub_months(Months::new(count.checked_mul(12)?)),
        _ => None,
    }
}

fn weekday(phrase: &str) -> Option<Weekday> {
    let phrase = phrase.strip_prefix("next ").unwrap_or(phrase);
    if phrase.len() < 2 {
        return None;
    }
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let at = days.iter().position(|day| day.starts_with(phrase))?;
    Weekday::try_from(u8::try_from(at).ok()?).ok()
}

fn numeric(phrase: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"].iter().find_map(|format| NaiveDate::parse_from_str(phrase, format).ok())
}

fn named_month(phrase: &str, today: NaiveDate) -> Option<NaiveDate> {
    let parts: Vec<&str> = phrase.split([' ', '-', ',']).filter(|part| !part.is_empty()).collect();
    let (&first, &second) = (parts.first()?, parts.get(1)?);
    let (day, month) = match (first.parse::<u32>(), month(second)) {
        (Ok(day), Some(month)) => (day, month),
        _ => (second.parse().ok()?, month(first)?),
    };
    match parts.get(2) {
        Some(year) if parts.len() == 3 => NaiveDate::from_ymd_opt(year.parse().ok()?, month, day),
        None => {
            let this = NaiveDate::from_ymd_opt(today.year(), month, day);
            match this {
                Some(date) if date >= today => Some(date),
                _ => NaiveDate::from_ymd_opt(today.year() + 1, month, day),
            }
        }
        Some(_) => None,
    }
}

fn month(word: &str) -> Option<u32> {
    let months = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if word.len() < 3 {
        return None;
    }
    months.iter().position(|month| month.starts_with(word)).and_then(|at| u32::try_from(at + 1).ok())
}

/// A date as a short distance from today: `today`, `in 3d`, `4d late`; beyond eight weeks day and month, beyond the year
/// month and year. Never longer than eight characters, but for very late ones.
#[must_use]
pub fn distance(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        ahead @ 2..=56 => format!("in {ahead}d"),
        late @ -999..=-1 => format!("{}d late", -late),
        _ if day.year() == today.year() => day.format("%-d %b").to_string(),
        _ => day.format("%b %Y").to_string(),
    }
}

/// The same distance in words, for those who listen: `today`, `in 3 days`, `4 days late`; beyond eight weeks the date.
#[must_use]
pub fn spoken(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        ahead @ 2..=56 => format!("in {ahead} days"),
        -1 => "1 day late".to_owned(),
        late @ ..=-2 => format!("{} days late", -late),
        _ => day.format("on %-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        // 2026-11-24 is a Tuesday.
        parse_day(text, NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default()).unwrap_or_default()
    }

    #[test]
    fn phrases_are_understood() {
        for (text, date) in [
            ("today", "2026-11-24"),
            ("tomorrow", "2026-11-25"),
            ("fri", "2026-11-27"),
            ("Tue", "2026-12-01"),
            ("next monday", "2026-11-30"),
            ("+2w", "2026-12-08"),
            ("-3d", "2026-11-21"),
            ("in 5 days", "2026-11-29"),
            ("+1m", "2026-12-24"),
            ("31 dec", "2026-12-31"),
            ("Jan 15", "2027-01-15"),
            ("29 feb 2028", "2028-02-29"),
            ("31.12.2026", "2026-12-31"),
            ("eom", "2026-11-30"),
        ] {
            assert_eq!(day(text).to_string(), date, "{text}");
        }
    }

    #[test]
    fn distances_are_spoken() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        let spoken = |text: &str| spoken(day(text), today);
        assert_eq!(spoken("today"), "today");
        assert_eq!(spoken("fri"), "in 3 days");
        assert_eq!(spoken("-1d"), "1 day late");
        assert_eq!(spoken("-400d"), "400 days late");
        assert_eq!(spoken("2027-11-24"), "on 24 November 2027");
    }

    #[test]
    fn nonsense_is_refused_with_help() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        for text in ["", "soon", "32 dec", "2026-02-30", "+99999999999d", "t", "31 dec 2026 5", "+9m9"] {
            let error = parse_day(text, today).expect_err(text);
            assert!(error.contains("try today"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn dates_round_trip_and_nothing_panics(text in "\\PC{0,20}", days in 0u64..20_000) {
            let today = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
            let _ = parse_day(&text, today);
            let date = today + Days::new(days);
            prop_assert_eq!(parse_day(&date.to_string(), today), Ok(date));
        }
    }
}
