//! What the programme came to in a period: figures, the funnel, and the signals that crossed their threshold.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::super::error::Result;
use super::super::programme::{Crossed, KpiLine, Programme, Wanted};
use super::{Reading, title_of};
use crate::record::{Record, SERIES, SIGNAL, Value, decimal, signal};
use crate::review::insights::{funnel, read_flow};
use crate::review::kpi;
use crate::review::operations::series::{self, Point};
use crate::workspace::{Condition, Query};

/// How many signals that crossed their threshold are drawn.
pub(super) const DRAWN: usize = 8;

/// Computes it; nothing where it is not wanted, or where the pack is narrowed to a meeting.
pub(super) fn read(reading: &mut Reading<'_, '_>, wanted: Option<&Wanted>) -> Result<Option<Programme>> {
    let Some(Wanted { policies, period }) = wanted.filter(|_| reading.scope.is_none()) else { return Ok(None) };
    reading.watch.at("Computing figures", 0, 0)?;
    let figures = kpi::figures(reading.workspace, policies, period, None, &[], reading.today)?;
    reading.watch.at("Reading how reviews went", 0, 0)?;
    let flows = read_flow(reading.workspace)?;
    Ok(Some(Programme {
        period: period.name.clone(),
        from: period.from,
        to: period.to,
        kpis: figures.iter().map(KpiLine::of).collect(),
        funnel: funnel(&flows, period),
        crossed: crossed(reading, policies, period)?,
    }))
}

/// The signals with readings of the period, some of which may have been on the bad side, by id.
fn candidates(reading: &Reading<'_, '_>, period: &kpi::Period) -> Result<HashMap<String, (f64, f64)>> {
    let day = |day: NaiveDate| Value::Moment(day.and_time(chrono::NaiveTime::MIN).and_utc());
    // A day more at each end: which day a moment belongs to depends on the zone of the policy.
    let query = Query::all(&SERIES)
        .with(Condition::AtLeast("last_at", day(period.from.pred_opt().unwrap_or(period.from))))
        .with(Condition::AtMost("first_at", day(period.to + chrono::Days::new(2))));
    let mut spans: HashMap<String, (f64, f64)> = HashMap::new();
    for row in reading.workspace.pick(&query, &["signal", "lowest", "highest"])? {
        let [signal, lowest, highest] = row.as_slice() else { continue };
        let number = |value: &Value| value.as_text().and_then(decimal::number);
        let (Some(signal), Some(lowest), Some(highest)) = (signal.as_text(), number(lowest), number(highest)) else {
            continue;
        };
        let span = spans.entry(signal.to_owned()).or_insert((lowest, highest));
        *span = (span.0.min(lowest), span.1.max(highest));
    }
    Ok(spans)
}

fn crossed(reading: &mut Reading<'_, '_>, policies: &kpi::Policies, period: &kpi::Period) -> Result<Vec<Crossed>> {
    let spans = candidates(reading, period)?;
    let mut all: Vec<(Crossed, Record)> = Vec::new();
    for (done, (id, (lowest, highest))) in spans.iter().enumerate() {
        reading.watch.at("Reading series", done as u64, spans.len() as u64)?;
        let signal = reading.workspace.get(&SIGNAL, id)?;
        let is_bad = |value: f64| signal::is_breach(&signal, value) == Some(true);
        if is_bad(*lowest) || is_bad(*highest) {
            all.extend(cross(reading, policies, period, &signal)?.map(|crossed| (crossed, signal)));
        }
    }
    all.sort_by(|(one, _), (other, _)| (other.last_at, &one.reference).cmp(&(one.last_at, &other.reference)));
    for (one, signal) in all.iter_mut().take(DRAWN) {
        let points = of_period(reading, policies, period, signal)?;
        one.runs = runs(signal, points);
    }
    Ok(all.into_iter().map(|(one, _)| one).collect())
}

fn of_period(
    reading: &Reading<'_, '_>,
    policies: &kpi::Policies,
    period: &kpi::Period,
    signal: &Record,
) -> Result<Vec<Point>> {
    let mut points = series::read(reading.workspace, signal)?.points;
    points.retain(|point| moment(point).is_some_and(|at| period.holds(policies.date(at))));
    Ok(points)
}

fn moment(point: &Point) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(point.0)
}

/// How a signal's readings crossed its threshold in a period; none where they did not.
fn cross(
    reading: &mut Reading<'_, '_>,
    policies: &kpi::Policies,
    period: &kpi::Period,
    signal: &Record,
) -> Result<Option<Crossed>> {
    let readings = series::Readings { points: of_period(reading, policies, period, signal)?, ..Default::default() };
    let breaches = readings.breaches(signal);
    let last = breaches.last().and_then(moment);
    let (Some(last_at), Some(threshold)) = (last, signal.text("threshold").and_then(decimal::number)) else {
        return Ok(None);
    };
    let values = || readings.points.iter().map(|(_, value)| *value);
    let system = signal.text("system").map(|id| reading.workspace.get(&crate::record::SYSTEM, id)).transpose()?;
    Ok(Some(Crossed {
        reference: signal.reference().into(),
        name: title_of(signal),
        system: system.map_or_else(|| "".into(), |system| system.reference().into()),
        bad_when: signal.text("bad_when").unwrap_or("above").to_owned(),
        threshold,
        readings: readings.points.len(),
        times: breaches.len(),
        last_at,
        lowest: values().fold(f64::MAX, f64::min),
        highest: values().fold(f64::MIN, f64::max),
        runs: Vec::new(),
    }))
}

/// Runs without a gap, as a chart takes them.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this era are below 2^52")]
fn runs(signal: &Record, points: Vec<Point>) -> Vec<Vec<(f64, f64)>> {
    let readings = series::Readings { points, ..Default::default() };
    let runs = readings.runs(signal.number("every_hours"));
    runs.iter().map(|run| run.iter().map(|(time, value)| (*time as f64, *value)).collect()).collect()
}
