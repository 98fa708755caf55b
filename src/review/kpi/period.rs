//! Periods: a year, a half, a quarter, a month, or from one day to another, both included.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::text;

/// What can be written, for messages and help.
pub const EXAMPLES: &str = "2026, 2026-H2, 2026-Q3, 2026-09, 2026-07-01..2026-09-30";

/// A span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What people call it.
    pub name: String,
    /// How many whole calendar months it is; none for a span of days.
    months: Option<u32>,
}

impl Period {
    /// Reads a period.
    ///
    /// # Errors
    /// Says what was typed and what can be.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let wrong = || format!("“{}” is no period; write one such as {EXAMPLES}.", text::line(typed.trim()));
        let said = typed.trim().to_uppercase();
        if let Some((from, to)) = said.split_once("..") {
            let day = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
            let (from, to) = day(from).zip(day(to)).ok_or_else(wrong)?;
            if to < from {
                return Err(format!("The period ends ({to}) before it begins ({from})."));
            }
            return Ok(Self { from, to, name: format!("{from}..{to}"), months: None });
        }
        let (year, part) = said.split_once('-').map_or((said.as_str(), None), |(year, part)| (year, Some(part)));
        let whole = |text: &str| (text.chars().all(|c| c.is_ascii_digit())).then(|| text.parse::<u32>().ok()).flatten();
        let year = whole(year).filter(|year| (1900..=2200).contains(year)).ok_or_else(wrong)?;
        let (month, months) = match part {
            None => (1, 12),
            Some(part) => match (part.strip_prefix('Q'), part.strip_prefix('H')) {
                (Some(quarter), _) => (whole(quarter).map_or(0, |quarter| quarter * 3).saturating_sub(2), 3),
                (_, Some(half)) => (whole(half).map_or(0, |half| half * 6).saturating_sub(5), 6),
                _ => (whole(part).filter(|_| part.len() == 2).unwrap_or(0), 1),
            },
        };
        let fits = (1..=12).contains(&month) && month - 1 + months <= 12;
        let from = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, 1).filter(|_| fits);
        Self::of_months(from.ok_or_else(wrong)?, months).ok_or_else(wrong)
    }

    /// So many months from the first day of one on.
    fn of_months(from: NaiveDate, months: u32) -> Option<Self> {
        let to = from.checked_add_months(Months::new(months))?.pred_opt()?;
        let year = from.year();
        let name = match months {
            12 => format!("{year}"),
            6 => format!("{year}-H{}", from.month0() / 6 + 1),
            3 => format!("{year}-Q{}", from.month0() / 3 + 1),
            _ => from.format("%Y-%m").to_string(),
        };
        Some(Self { from, to, name, months: Some(months) })
    }

    /// The year that ends today, in whole months: what is told where no period is named.
    #[must_use]
    pub fn year_to(today: NaiveDate) -> Self {
        let first = today.with_day(1).unwrap_or(today);
        let from = first.checked_sub_months(Months::new(11)).unwrap_or(first);
        Self { from, to: today, name: format!("{from}..{today}"), months: None }
    }

    /// The quarter in which a day lies.
    #[must_use]
    pub fn quarter_of(day: NaiveDate) -> Self {
        let month = day.month0() / 3 * 3 + 1;
        let from = NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day);
        Self::of_months(from, 3).unwrap_or(Self { from: day, to: day, name: day.to_string(), months: None })
    }

    /// The same so many months earlier.
    #[must_use]
    pub fn earlier(&self, months: u32) -> Option<Self> {
        let back = Months::new(months);
        match self.months {
            Some(length) if self.from.day() == 1 => {
                let from = self.from.checked_sub_months(back)?;
                // A span that is no longer named by the calendar keeps its length.
                Self::of_months(from, length)
            }
            _ => {
                let (from, to) = (self.from.checked_sub_months(back)?, self.to.checked_sub_months(back)?);
                Some(Self { from, to, name: format!("{from}..{to}"), months: None })
            }
        }
    }

    /// The period before, of the same length.
    #[must_use]
    pub fn before(&self) -> Option<Self> {
        if let Some(months) = self.months {
            return self.earlier(months);
        }
        let to = self.from.pred_opt()?;
        let from = to.checked_sub_days(Days::new(u64::try_from(self.days() - 1).ok()?))?;
        Some(Self { from, to, name: format!("{from}..{to}"), months: None })
    }

    /// The periods by which a trend up to this one is told, the earliest first, `count` of them. What is longer than a
    /// quarter is told by quarters, up to the one in which it ends: a programme is seldom older than two years. Anything else
    /// is told by periods of its own length.
    #[must_use]
    pub fn steps(&self, count: usize) -> Vec<Self> {
        let last = if self.days() > 92 { Self::quarter_of(self.to) } else { self.clone() };
        let mut steps: Vec<Self> = std::iter::successors(Some(last), Self::before).take(count).collect();
        steps.reverse();
        steps
    }

    /// The period after, of the same length.
    #[must_use]
    pub fn after(&self) -> Option<Self> {
        let from = self.to.succ_opt()?;
        if let Some(months) = self.months {
            return Self::of_months(from, months);
        }
        let to = from.checked_add_days(Days::new(u64::try_from(self.days() - 1).ok()?))?;
        Some(Self { from, to, name: format!("{from}..{to}"), months: None })
    }

    /// How many days it has.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// How many months it has, as a share where they are not whole.
    #[must_use]
    pub fn months(&self) -> f64 {
        // A mean month of the Gregorian calendar has 30.436875 days.
        #[expect(clippy::cast_precision_loss, reason = "a span of days is far below 2^52")]
        self.months.map_or_else(|| self.days() as f64 / 30.436_875, f64::from)
    }

    /// How many of its months have passed by a day, what is going on counted as one at least: a quarter that began last week
    /// is not held to three months.
    #[must_use]
    pub fn months_by(&self, today: NaiveDate) -> f64 {
        if self.to <= today {
            return self.months();
        }
        let so_far = Self { to: today.max(self.from), name: String::new(), months: None, ..*self };
        so_far.months().max(1.0_f64.min(self.months())).min(self.months())
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(typed: &str) -> (String, String, String) {
        let period = Period::parse(typed).expect(typed);
        (period.from.to_string(), period.to.to_string(), period.name)
    }

    #[test]
    fn periods_are_understood() {
        for (typed, from, to, name) in [
            ("2026", "2026-01-01", "2026-12-31", "2026"),
            ("2026-q3", "2026-07-01", "2026-09-30", "2026-Q3"),
            ("2026-H1", "2026-01-01", "2026-06-30", "2026-H1"),
            ("2024-02", "2024-02-01", "2024-02-29", "2024-02"),
            ("2026-03-05..2026-03-05", "2026-03-05", "2026-03-05", "2026-03-05..2026-03-05"),
        ] {
            assert_eq!(span(typed), (from.to_owned(), to.to_owned(), name.to_owned()));
        }
        for wrong in ["", "26", "2026-Q5", "2026-Q0", "2026-H3", "2026-13", "2026-00", "2026-9", "2026-1-1", "x..y"] {
            assert!(Period::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Period::parse("2026-02-01..2026-01-01").expect_err("backwards").contains("before it begins"));
    }

    #[test]
    fn the_period_before_has_the_same_length() {
        let before = |typed: &str| Period::parse(typed).expect(typed).before().expect("there is one").name;
        assert_eq!(before("2026-Q1"), "2025-Q4");
        assert_eq!(before("2026"), "2025");
        assert_eq!(before("2026-03"), "2026-02");
        assert_eq!(before("2026-03-11..2026-03-20"), "2026-03-01..2026-03-10");
        let after = |typed: &str| Period::parse(typed).expect(typed).after().expect("there is one").name;
        assert_eq!(["2026-Q4", "2026", "2026-12", "2026-H2"].map(after), ["2027-Q1", "2027", "2027-01", "2027-H1"]);
        assert_eq!(after("2026-03-01..2026-03-10"), "2026-03-11..2026-03-20");
        let earlier = Period::parse("2026-Q3").expect("a quarter").earlier(6).expect("there is one");
        assert_eq!(earlier.name, "2026-Q1");
    }

    #[test]
    fn a_period_that_goes_on_is_held_to_what_has_passed_of_it() {
        let quarter = Period::parse("2026-Q4").expect("a quarter");
        let by = |day: &str| quarter.months_by(day.parse().expect("a day"));
        assert!((by("2026-11-28") - 59.0 / 30.436_875).abs() < 1e-9, "31 and 28 days");
        let near = |found: f64, wanted: f64| (found - wanted).abs() < 1e-9;
        assert!(near(by("2026-10-02"), 1.0) && near(by("2026-12-31"), 3.0) && near(by("2027-05-01"), 3.0));
        assert!(near(by("2026-01-01"), 1.0), "one that is still to come");
    }

    #[test]
    fn a_trend_is_told_by_quarters_where_the_period_is_longer() {
        let steps = |typed: &str, count| {
            let steps = Period::parse(typed).expect(typed).steps(count);
            steps.into_iter().map(|step| step.name).collect::<Vec<_>>()
        };
        assert_eq!(steps("2026", 3), ["2026-Q2", "2026-Q3", "2026-Q4"]);
        assert_eq!(steps("2025-12-01..2026-11-28", 2), ["2026-Q3", "2026-Q4"]);
        assert_eq!(steps("2026-Q1", 2), ["2025-Q4", "2026-Q1"]);
        assert_eq!(steps("2026-03", 3), ["2026-01", "2026-02", "2026-03"]);
        assert_eq!(steps("2026-03-11..2026-03-20", 2), ["2026-03-01..2026-03-10", "2026-03-11..2026-03-20"]);
    }

    proptest! {
        #[test]
        fn spans_join_without_a_gap(start in 0_u64..20_000, length in 0_u64..800) {
            let from = NaiveDate::from_ymd_opt(1990, 1, 1).expect("a day") + Days::new(start);
            let typed = format!("{from}..{}", from + Days::new(length));
            let period = Period::parse(&typed).expect("a period");
            let before = period.before().expect("there is one");
            prop_assert_eq!(before.to.succ_opt(), Some(period.from));
            prop_assert_eq!(before.days(), period.days());
            prop_assert_eq!(before.after(), Some(period));
            prop_assert_eq!(Period::parse(&before.name).expect("again"), before);
        }
    }
}
