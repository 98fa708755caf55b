//! Time zones by their rule, as POSIX writes them in TZ (IEEE Std 1003.1, section 8.3): `UTC0`, `CET-1CEST,M3.5.0,M10.5.0/3`.
//! A rule needs no data base of zones, and gives the same hours on every machine.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// What can be written, for messages.
const EXPECTED: &str =
    "is no time zone by rule; write one such as UTC0, CET-1CEST,M3.5.0,M10.5.0/3 or EST5EDT,M3.2.0,M11.1.0.";

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Zone {
    /// Seconds that are added to UTC.
    standard: i64,
    summer: Option<Summer>,
}

/// Summer time: how far from UTC, and from when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summer {
    offset: i64,
    begins: Rule,
    ends: Rule,
}

/// `M3.5.0/2`: the fifth (last) Sunday of March, at two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    month: u32,
    week: u32,
    weekday: u32,
    seconds: i64,
}

impl Zone {
    /// Reads a zone.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        read(text.trim()).ok_or_else(|| format!("the time zone “{}” {EXPECTED}", crate::text::line(text)))
    }

    /// Seconds from UTC at a moment.
    fn offset(&self, at: DateTime<Utc>) -> i64 {
        let Some(summer) = self.summer else { return self.standard };
        let year = (at.naive_utc() + TimeDelta::seconds(self.standard)).year();
        // A change stands on the clock that goes until then.
        let begins = summer.begins.in_year(year).map(|change| change - TimeDelta::seconds(self.standard));
        let ends = summer.ends.in_year(year).map(|change| change - TimeDelta::seconds(summer.offset));
        let (Some(begins), Some(ends)) = (begins, ends) else { return self.standard };
        let now = at.naive_utc();
        let is_summer = if begins <= ends { (begins..ends).contains(&now) } else { !(ends..begins).contains(&now) };
        if is_summer { summer.offset } else { self.standard }
    }

    /// The date on the zone's clocks.
    pub(super) fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        (at.naive_utc() + TimeDelta::seconds(self.offset(at))).date()
    }

    /// The moment of a time on the zone's clocks: the first one, where the clocks show it twice; the moment of the change,
    /// where they skip it.
    pub(super) fn to_utc(self, local: NaiveDateTime) -> DateTime<Utc> {
        let by = |offset: i64| (local - TimeDelta::seconds(offset)).and_utc();
        let Some(summer) = self.summer else { return by(self.standard) };
        // The greater offset gives the earlier moment.
        let (near, far) = (summer.offset.max(self.standard), summer.offset.min(self.standard));
        let (early, late) = (by(near), by(far));
        if self.offset(early) == near {
            early
        } else if self.offset(late) == far {
            late
        } else {
            // Skipped: what would have been before the change is after it.
            by(far).min(by(near) + TimeDelta::seconds(near - far))
        }
    }
}

impl Rule {
    /// When the change is in a year, on the clock.
    fn in_year(self, year: i32) -> Option<NaiveDateTime> {
        let first = NaiveDate::from_ymd_opt(year, self.month, 1)?;
        let ahead = (7 + self.weekday - first.weekday().num_days_from_sunday()) % 7;
        let mut day = first.checked_add_days(Days::new(u64::from(ahead + 7 * (self.week - 1))))?;
        while day.month() != self.month {
            day = day.checked_sub_days(Days::new(7))?;
        }
        Some(day.and_time(chrono::NaiveTime::MIN) + TimeDelta::seconds(self.seconds))
    }
}

fn read(text: &str) -> Option<Zone> {
    let (zone, rules) = text.split_once(',').map_or((text, None), |(zone, rules)| (zone, Some(rules)));
    let rest = name(zone)?;
    let (standard, rest) = offset(rest)?;
    if rest.is_empty() {
        return rules.is_none().then_some(Zone { standard, summer: None });
    }
    let rest = name(rest)?;
    let summer = if rest.is_empty() { standard + 3600 } else { offset(rest).filter(|(_, rest)| rest.is_empty())?.0 };
    let (begins, ends) = rules?.split_once(',')?;
    Some(Zone { standard, summer: Some(Summer { offset: summer, begins: rule(begins)?, ends: rule(ends)? }) })
}

/// What comes after a zone's name.
fn name(text: &str) -> Option<&str> {
    let (name, rest) = match text.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?,
        None => text.split_at(text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())),
    };
    (name.len() >= 3).then_some(rest)
}

/// Seconds to add to UTC (POSIX writes what is to be subtracted), and what comes after.
fn offset(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '+' | '-'))).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let seconds = clock(number)?;
    (seconds.abs() <= 24 * 3600).then_some((-seconds, rest))
}

/// `2`, `-1:30`, `02:00:00` in seconds.
fn clock(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in digits.splitn(3, ':') {
        seconds += part.parse::<u32>().ok().filter(|part| *part <= 167).map(i64::from)? * unit;
        unit /= 60;
    }
    Some(sign * seconds)
}

fn rule(text: &str) -> Option<Rule> {
    let (day, time) = text.split_once('/').map_or((text, "2"), |(day, time)| (day, time));
    let mut parts = day.strip_prefix('M')?.splitn(3, '.').map(|part| part.parse::<u32>().ok());
    let rule = Rule { month: parts.next()??, week: parts.next()??, weekday: parts.next()??, seconds: clock(time)? };
    let sound = (1..=12).contains(&rule.month) && (1..=5).contains(&rule.week) && rule.weekday <= 6;
    sound.then_some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect(text).to_utc()
    }

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect(text)
    }

    #[test]
    fn zones_north_and_south_change_when_they_do() {
        let berlin = Zone::parse("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
        assert_eq!(berlin.to_utc(local("2026-01-15 09:00")), at("2026-01-15T08:00:00Z"));
        assert_eq!(berlin.to_utc(local("2026-07-15 09:00")), at("2026-07-15T07:00:00Z"));
        // Skipped at two; shown twice at two.
        assert_eq!(berlin.to_utc(local("2026-03-29 02:30")), at("2026-03-29T01:30:00Z"));
        assert_eq!(berlin.to_utc(local("2026-10-25 02:30")), at("2026-10-25T00:30:00Z"));
        let sydney = Zone::parse("AEST-10AEDT,M10.1.0,M4.1.0/3").expect("a zone");
        assert_eq!(sydney.to_utc(local("2026-01-15 09:00")), at("2026-01-14T22:00:00Z"));
        assert_eq!(sydney.to_utc(local("2026-07-15 09:00")), at("2026-07-14T23:00:00Z"));
        let new_york = Zone::parse("EST5EDT,M3.2.0,M11.1.0").expect("a zone");
        assert_eq!(new_york.to_utc(local("2026-11-02 09:00")), at("2026-11-02T14:00:00Z"));
        assert_eq!(new_york.date(at("2026-11-02T03:00:00Z")).to_string(), "2026-11-01");
        let india = Zone::parse("<+0530>-5:30").expect("a zone");
        assert_eq!(india.to_utc(local("2026-11-02 09:00")), at("2026-11-02T03:30:00Z"));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in ["", "UTC", "Europe/Berlin", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0", "CET-99", "CET-1,M3.5.0"] {
            assert!(Zone::parse(wrong).is_err(), "{wrong}");
        }
    }
}
