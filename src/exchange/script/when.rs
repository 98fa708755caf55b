//! Times and dates of a script: all of them are counted from the day of loading, so that a sample never ages.

use chrono::{DateTime, Datelike, Days, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};

/// When a step happens, as it is written: days before the day of loading, and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    days_before: u32,
    time: NaiveTime,
}

/// What can be written.
const EXPECTED: &str = "Write it as “-84d 09:12”: days before the day of loading, one at least, and a time between \
                        08:00 and 18:00.";

impl At {
    /// Reads a step's time.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let wrong = || format!("“{}” is not a step's time. {EXPECTED}", crate::text::line(written));
        let (days, time) = written.split_once(' ').ok_or_else(wrong)?;
        let days = days.strip_prefix('-').and_then(|days| days.strip_suffix('d')).ok_or_else(wrong)?;
        let days_before: u32 = days.parse().map_err(|_| wrong())?;
        let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| wrong())?;
        let working = hour(8) <= time && time <= hour(18);
        if days_before == 0 || days_before > 20_000 || !working {
            return Err(wrong());
        }
        Ok(Self { days_before, time })
    }

    /// What orders steps: the earliest first.
    pub(super) fn key(self) -> (i64, NaiveTime) {
        (-i64::from(self.days_before), self.time)
    }

    /// The moment, where the user is. Nobody works at weekends in a sample: both days are squeezed into the Friday
    /// evening before, so that the order of steps stays.
    pub(super) fn moment(self, today: NaiveDate) -> Option<DateTime<Utc>> {
        let day = today.checked_sub_days(Days::new(u64::from(self.days_before)))?;
        let local = match day.weekday() {
            Weekday::Sat => friday_evening(day.pred_opt()?, 0, self.time),
            Weekday::Sun => friday_evening(day.checked_sub_days(Days::new(2))?, 1, self.time),
            _ => day.and_time(self.time),
        };
        // An hour that the clocks skip is taken as UTC: near enough for a sample.
        Some(Local.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc)))
    }
}

/// When a reading was taken, written as `-84d 06:00`: machines read at night and at weekends too, so it is counted in UTC.
pub(super) fn taken_at(written: &str, today: NaiveDate) -> Result<DateTime<Utc>, String> {
    let wrong = || format!("“{}” is no time of a reading. Write it as “-84d 06:00”.", crate::text::line(written));
    let (days, time) = written.split_once(' ').ok_or_else(wrong)?;
    let days = days.strip_prefix('-').and_then(|days| days.strip_suffix('d')).ok_or_else(wrong)?;
    let days: u32 = days.parse().map_err(|_| wrong())?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| wrong())?;
    let day = today.checked_sub_days(Days::new(u64::from(days))).ok_or_else(wrong)?;
    Ok(day.and_time(time).and_utc())
}

/// An hour of the day; midnight for what is none.
fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

/// Squeezes a time of the first or second day of a weekend into Friday, 18:00 to 20:00.
fn friday_evening(friday: NaiveDate, day: i64, time: NaiveTime) -> NaiveDateTime {
    let minutes = day * 24 * 60 + (time - NaiveTime::default()).num_minutes();
    friday.and_time(hour(18)) + TimeDelta::minutes(minutes / 24)
}

/// Replaces each `{{-84d}}` by that date.
pub(super) fn dated(written: &str, today: NaiveDate) -> Result<String, String> {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((phrase, after)) = after.split_once("}}") else {
            return Err("“{{” is never closed by “}}”.".to_owned());
        };
        out.push_str(before);
        out.push_str(&crate::record::when::parse_day(phrase, today)?.to_string());
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(days: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default() + Days::new(days)
    }

    #[test]
    fn times_are_read_strictly() {
        for wrong in ["", "-3d", "3d 09:00", "-3d 9", "-0d 09:00", "-3d 07:59", "-3d 18:01", "-99999999999d 09:00"] {
            assert!(At::parse(wrong).expect_err(wrong).contains("is not a step's time"), "{wrong}");
        }
        assert!(At::parse("-3d 09:00").is_ok());
    }

    #[test]
    fn dates_stand_in_for_their_phrase() {
        let today = NaiveDate::from_ymd_opt(2028, 3, 1).unwrap_or_default();
        assert_eq!(dated("from {{-1d}} to {{+1y}}.", today).as_deref(), Ok("from 2028-02-29 to 2029-03-01."));
        assert!(dated("{{soon}}", today).is_err());
        assert!(dated("{{-1d", today).is_err());
    }

    proptest! {
        #[test]
        fn steps_keep_their_order_and_are_past(
            today in 0_u64..30_000,
            days in proptest::collection::vec((1_u32..500, 0_u32..=600), 2),
        ) {
            let at: Vec<At> = days
                .iter()
                .map(|(days, minutes)| At::parse(&format!("-{days}d {:02}:{:02}", 8 + minutes / 60, minutes % 60)))
                .collect::<Result<_, _>>()
                .expect("well written");
            let moments: Vec<_> = at.iter().filter_map(|at| at.moment(date(today))).collect();
            prop_assert_eq!(moments.len(), 2);
            if at[0].key() < at[1].key() {
                prop_assert!(moments[0] <= moments[1]);
            }
            for moment in moments {
                let local = moment.with_timezone(&Local);
                prop_assert!(local.date_naive() < date(today));
                prop_assert!(!matches!(local.weekday(), Weekday::Sat | Weekday::Sun));
            }
        }
    }
}
