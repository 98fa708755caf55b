//! Business hours: the working days, hours and holidays by which the acknowledgement of alerts is counted.
//!
//! Hours are counted on the clocks of one time zone, which policy names by its rule, so that the same file gives the same
//! figure on every machine. Where clocks change, an hour that was skipped is not counted, and one that came twice counts
//! twice: what is counted is time, not the clock's face.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::reader::{Located, Reader};
use super::zone::Zone;

/// After so many days without a working hour the count is given up: holidays may cover a year and more.
const MOST_DAYS: u32 = 3 * 366;

/// The most hours that an alert may be left without an answer: half a year of days and nights.
const LONGEST: i64 = 4392;

/// When people work.
#[derive(Debug, Clone, PartialEq)]
pub struct Business {
    days: Vec<Weekday>,
    from: NaiveTime,
    to: NaiveTime,
    zone: Zone,
    /// First and last day of each span.
    holidays: Vec<(NaiveDate, NaiveDate)>,
    /// Within how many business hours an alert is to be acknowledged.
    pub acknowledge_hours: u32,
    /// How many days before something ends somebody is told.
    pub expiry_notice_days: u32,
}

impl Default for Business {
    fn default() -> Self {
        Self {
            days: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
            from: hour(9),
            to: hour(17),
            zone: Zone::default(),
            holidays: Vec::new(),
            acknowledge_hours: 8,
            expiry_notice_days: 14,
        }
    }
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

/// Business hours as they are written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BusinessForm {
    /// Working days: mon, tue, wed, thu, fri, sat, sun.
    days: Vec<Located<String>>,
    /// When work begins, such as 09:00.
    from: Located<String>,
    /// When work ends, such as 17:00.
    to: Located<String>,
    /// The time zone as POSIX writes it, such as CET-1CEST,M3.5.0,M10.5.0/3.
    time_zone: Located<String>,
    /// Days without work, such as 2026-12-25 or 2026-12-24..2027-01-01.
    holidays: Vec<Located<String>>,
    /// Within how many business hours an alert is to be acknowledged.
    acknowledge_hours: Located<i64>,
    /// How many days before a waiver, an acceptance or a temporary mitigation ends somebody is told.
    expiry_notice_days: Located<i64>,
}

impl Business {
    /// Reads the table `business`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Self {
        if !root.contains_key("business") {
            // Also flags that it was removed.
            reader.needed_table(root, "business");
            return Self::default();
        }
        let Some(item) = root.remove("business") else { return Self::default() };
        let Some(form) = reader.value::<BusinessForm>(item) else { return Self::default() };
        let mut business = Self { days: Vec::new(), ..Self::default() };
        for day in &form.days {
            match day.parse::<Weekday>() {
                Ok(day) => business.days.push(day),
                Err(_) => reader.flaw(day.at(), format!("“{}” is no day; write mon, tue, wed and so on.", **day)),
            }
        }
        business.from = read_time(reader, &form.from).unwrap_or(business.from);
        business.to = read_time(reader, &form.to).unwrap_or(business.to);
        if business.to <= business.from {
            reader.flaw(form.to.at(), "work must end after it begins, on the same day.");
        }
        match Zone::parse(&form.time_zone) {
            Ok(zone) => business.zone = zone,
            Err(why) => reader.flaw(form.time_zone.at(), why),
        }
        for span in &form.holidays {
            match read_span(span) {
                Some(span) => business.holidays.push(span),
                None => reader.flaw(
                    span.at(),
                    format!("“{}” is no day and no span; write 2026-12-25 or 2026-12-24..2027-01-01.", **span),
                ),
            }
        }
        business.acknowledge_hours = within(reader, &form.acknowledge_hours, "hours to acknowledge an alert", LONGEST);
        business.expiry_notice_days = within(reader, &form.expiry_notice_days, "days of notice", 366);
        business
    }

    /// Whether people work on a day.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        let holiday = self.holidays.iter().any(|(first, last)| (*first..=*last).contains(&day));
        self.days.contains(&day.weekday()) && !holiday
    }

    /// How long a working day is.
    #[must_use]
    pub fn day_length(&self) -> TimeDelta {
        self.to - self.from
    }

    /// The working hours of a day, as moments; none on a day without work.
    fn hours_of(&self, day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        if !self.is_working(day) {
            return None;
        }
        Some((self.zone.to_utc(day.and_time(self.from)), self.zone.to_utc(day.and_time(self.to))))
    }

    /// The business time between two moments; nothing where the second is not after the first.
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let mut sum = TimeDelta::zero();
        let (mut day, last) = (self.zone.date(from), self.zone.date(to));
        while day <= last {
            if let Some((opens, closes)) = self.hours_of(day) {
                let (begins, ends) = (opens.max(from), closes.min(to));
                if ends > begins {
                    sum += ends - begins;
                }
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
        }
        sum
    }

    /// The moment at which so much business time has passed since another; none where no work is done for three years on
    /// end, because every day is a holiday.
    #[must_use]
    pub fn after(&self, from: DateTime<Utc>, time: TimeDelta) -> Option<DateTime<Utc>> {
        let (mut left, mut day, mut idle) = (time, self.zone.date(from), 0);
        while idle < MOST_DAYS {
            idle += 1;
            if let Some((opens, closes)) = self.hours_of(day) {
                let begins = opens.max(from);
                if closes > begins {
                    idle = 0;
                    if closes - begins >= left {
                        return Some(begins + left);
                    }
                    left -= closes - begins;
                }
            }
            day = day.checked_add_days(Days::new(1))?;
        }
        None
    }

    /// When an alert that was raised at a moment is late; none where nobody works for years.
    #[must_use]
    pub fn acknowledge_by(&self, raised: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.after(raised, TimeDelta::hours(i64::from(self.acknowledge_hours)))
    }

    /// The moment of a time on the clocks of the policy's time zone.
    #[must_use]
    pub fn moment(&self, local: chrono::NaiveDateTime) -> DateTime<Utc> {
        self.zone.to_utc(local)
    }

    /// The date at a moment, on the clocks of the policy's time zone.
    #[must_use]
    pub fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.zone.date(at)
    }
}

fn within(reader: &mut Reader<'_>, number: &Located<i64>, what: &str, most: i64) -> u32 {
    if !(1..=most).contains(&**number) {
        reader.flaw(number.at(), format!("{what} go from 1 to {most}."));
    }
    u32::try_from(**number).unwrap_or(1)
}

fn read_time(reader: &mut Reader<'_>, text: &Located<String>) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    if time.is_none() {
        reader.flaw(text.at(), format!("“{}” is no time of day; write one such as 09:00.", **text));
    }
    time
}

fn read_span(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let day = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    match text.split_once("..") {
        Some((first, last)) => Some((day(first)?, day(last)?)).filter(|(first, last)| first <= last),
        None => day(text).map(|day| (day, day)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{flaws_of, policy_of};
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect(text).to_utc()
    }

    fn business(text: &str) -> Business {
        policy_of(&format!("[business]\n{text}\n")).business().clone()
    }

    #[test]
    fn nights_weekends_and_holidays_do_not_count() {
        let plain = business("");
        // Friday 16:00 to Monday 10:00: one hour and one hour.
        assert_eq!(plain.between(at("2026-11-27T16:00:00Z"), at("2026-11-30T10:00:00Z")), TimeDelta::hours(2));
        assert_eq!(plain.acknowledge_by(at("2026-11-27T16:00:00Z")), Some(at("2026-11-30T16:00:00Z")));
        assert_eq!(plain.between(at("2026-11-30T10:00:00Z"), at("2026-11-27T16:00:00Z")), TimeDelta::zero());
        let festive = business("holidays = [\"2026-11-30\"]");
        assert_eq!(festive.acknowledge_by(at("2026-11-27T16:00:00Z")), Some(at("2026-12-01T16:00:00Z")));
    }

    #[test]
    fn holidays_may_cover_the_whole_year_and_more() {
        let year = business("holidays = [\"2026-01-01..2026-12-31\"]");
        assert_eq!(year.between(at("2026-02-01T00:00:00Z"), at("2026-11-01T00:00:00Z")), TimeDelta::zero());
        assert_eq!(year.acknowledge_by(at("2026-02-01T00:00:00Z")), Some(at("2027-01-01T17:00:00Z")));
        let ever = business("holidays = [\"2000-01-01..2099-12-31\"]");
        assert_eq!(ever.acknowledge_by(at("2026-02-01T00:00:00Z")), None);
        assert_eq!(business("days = []").acknowledge_by(at("2026-02-01T00:00:00Z")), None);
    }

    #[test]
    fn clocks_may_change_meanwhile() {
        let berlin = "days = [\"sat\", \"sun\", \"mon\"]\nfrom = \"00:00\"\nto = \"08:00\"\ntime_zone = \"CET-1CEST,M3.5.0,M10.5.0/3\"";
        let berlin = business(berlin);
        // 29 March 2026, 02:00 to 03:00 is skipped: the working day has seven hours. 25 October has nine.
        let spring = berlin.between(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z"));
        assert_eq!(spring, TimeDelta::hours(7));
        let autumn = berlin.between(at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z"));
        assert_eq!(autumn, TimeDelta::hours(9));
        // An alert of Friday afternoon in the week in which the clocks change, in ordinary office hours.
        let office = business("time_zone = \"CET-1CEST,M3.5.0,M10.5.0/3\"");
        assert_eq!(office.acknowledge_by(at("2026-03-27T15:00:00Z")), Some(at("2026-03-30T14:00:00Z")));
    }

    #[test]
    fn wrong_hours_are_refused_with_their_line() {
        for (text, line, words) in [
            ("[business]\ndays = [\"moon\"]\n", 2, "is no day"),
            ("[business]\nfrom = \"9\"\n", 2, "no time of day"),
            ("[business]\nfrom = \"18:00\"\n", 0, "end after it begins"),
            ("[business]\nholidays = [\"25.12.\"]\n", 2, "no day and no span"),
            ("[business]\nholidays = [\"2026-12-25..2026-12-24\"]\n", 2, "no day and no span"),
            ("[business]\ntime_zone = \"Europe/Berlin\"\n", 2, "time zone"),
            ("[business]\nacknowledge_hours = 0\n", 2, "go from 1"),
            ("[business]\nlunch = 1\n", 2, "unknown key"),
            ("business = { remove = true }\n", 1, "business"),
        ] {
            let flaws = flaws_of(text);
            assert!(line == 0 || flaws[0].line == Some(line), "{text}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{text}: {flaws:#?}");
        }
    }

    proptest! {
        #[test]
        fn what_has_passed_is_what_was_waited_for(start in 0_i64..400 * 86400, minutes in 1_i64..6000) {
            let berlin = business("time_zone = \"CET-1CEST,M3.5.0,M10.5.0/3\"\nholidays = [\"2026-12-24..2027-01-01\"]");
            let from = at("2026-01-01T00:00:00Z") + TimeDelta::seconds(start);
            let wanted = TimeDelta::minutes(minutes);
            let to = berlin.after(from, wanted).expect("somebody works");
            prop_assert_eq!(berlin.between(from, to), wanted);
        }
    }
}
