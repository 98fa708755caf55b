//! How many risks were open at the end of each of the last months.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc};

use super::super::error::Result;
use super::super::model::TrendPoint;
use super::Reading;
use crate::record::{RISK, Value};
use crate::workspace::{Condition, Query};

/// How many months are looked back on.
const MONTHS: u32 = 11;

/// The ends of the last months, the earliest first, and today.
pub(super) fn days(today: NaiveDate) -> Vec<NaiveDate> {
    let first = today.with_day(1).unwrap_or(today);
    let ends = (0..MONTHS).rev().filter_map(|back| first.checked_sub_months(chrono::Months::new(back))?.pred_opt());
    ends.chain([today]).collect()
}

/// Counts the open risks on each of these days.
pub(super) fn read(reading: &mut Reading<'_, '_>) -> Result<Vec<TrendPoint>> {
    let days = days(reading.today);
    let mut points = Vec::with_capacity(days.len());
    for day in days {
        let after = day.checked_add_days(Days::new(1)).unwrap_or(day);
        let midnight = after.and_time(NaiveTime::MIN);
        let end = reading.zone.from_local_datetime(&midnight).earliest();
        let end = end.map_or_else(|| midnight.and_utc(), |end| end.with_timezone(&Utc));
        let query =
            Query::all(&RISK).with(Condition::AtMost("created_at", Value::Moment(end))).with(Condition::Any(vec![
                Condition::Is("closed_on", Value::Empty),
                Condition::AtLeast("closed_on", Value::Day(after)),
            ]));
        let open = reading.workspace.count(&reading.narrowed(query))?;
        points.push(TrendPoint { day, open });
    }
    Ok(points)
}
