//! Series of readings: taken in from text, kept as content by its hash, read again as one series in order of time.
//!
//! A pipeline hands in what it has: twice, out of order, with holes, with NaN where nothing was measured, now and then from a
//! clock that goes ahead. What is no reading is left out and counted by why; nothing is made up for it.

use std::fmt::Write;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use super::alert::{Raised, raise};
use crate::record::alert::CLOCKS_APART;
use crate::record::{ALERT, Record, SERIES, Value, decimal, rfc3339, signal};
use crate::workspace::{Condition, Edit, Query, Result, Workspace, hex, new_id};

/// The most lines of one batch: about four weeks of a reading a second.
pub const MOST_LINES: usize = 2_500_000;

/// A reading: milliseconds since 1970 in UTC, and the value.
pub type Point = (i64, f64);

/// What was left out of a batch, by why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// The time cannot be read.
    pub no_time: usize,
    /// The value is no number: NaN, infinite, blank, words.
    pub no_number: usize,
    /// The time is still to come.
    pub future: usize,
    /// The same reading stands there already.
    pub twice: usize,
    /// Another value stands there for the same moment; the first one holds.
    pub contradicting: usize,
}

impl LeftOut {
    /// How many in all.
    #[must_use]
    pub const fn sum(&self) -> usize {
        self.no_time + self.no_number + self.future + self.twice + self.contradicting
    }

    /// In words; empty where nothing was left out.
    #[must_use]
    pub fn words(&self) -> String {
        let parts = [
            (self.no_time, "without a time that can be read"),
            (self.no_number, "whose value is no number"),
            (self.future, "of the future"),
            (self.twice, "there already"),
            (self.contradicting, "with another value for a moment that has one"),
        ];
        let told = parts.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}"));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Readings in order of time, one for each moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readings {
    /// The readings.
    pub points: Vec<Point>,
    /// What was left out.
    pub left_out: LeftOut,
}

impl Readings {
    /// Reads lines of `time,value`, as a pipeline writes them; a first line that names the columns is passed over.
    #[must_use]
    pub fn parse(text: &str, now: DateTime<Utc>) -> Self {
        let mut readings = Self::default();
        let latest = (now + CLOCKS_APART).timestamp_millis();
        for (at, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
            let (time, value) = line.split_once([',', ';', '\t']).unwrap_or((line, ""));
            let Some(time) = moment(time.trim().trim_matches('"')) else {
                // Titles stand in the first line.
                readings.left_out.no_time += usize::from(at > 0 || decimal::number(value).is_some());
                continue;
            };
            let Some(value) = decimal::number(value.trim().trim_matches('"')) else {
                readings.left_out.no_number += 1;
                continue;
            };
            if time > latest {
                readings.left_out.future += 1;
                continue;
            }
            readings.points.push((time, value));
        }
        readings.settle();
        readings
    }

    /// Puts the readings in order, and keeps the first one of each moment.
    fn settle(&mut self) {
        // Stable: of two readings of one moment, the one that came first stays first.
        self.points.sort_by_key(|(time, _)| *time);
        let (mut twice, mut contradicting) = (0, 0);
        self.points.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same && next.1.to_bits() == kept.1.to_bits() {
                twice += 1;
            } else if same {
                contradicting += 1;
            }
            same
        });
        self.left_out.twice += twice;
        self.left_out.contradicting += contradicting;
    }

    /// As they are kept: a line for each, the time in RFC 3339 to the millisecond.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.points.len() * 34);
        for (time, value) in &self.points {
            let at = DateTime::from_timestamp_millis(*time).unwrap_or_default();
            // Writing to a String never fails.
            let _ = writeln!(text, "{},{value}", at.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
        text
    }

    /// The first and the last moment.
    #[must_use]
    pub fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let at = |point: &Point| DateTime::from_timestamp_millis(point.0);
        Some((at(self.points.first()?)?, at(self.points.last()?)?))
    }

    /// Runs without a gap. A gap is more than one and a half of the time from one reading to the next: what the signal says
    /// it is, or otherwise three times the median of what it was.
    #[must_use]
    pub fn runs(&self, every_hours: Option<i64>) -> Vec<Vec<Point>> {
        let mut steps: Vec<i64> =
            self.points.windows(2).filter_map(|pair| Some(pair.get(1)?.0 - pair.first()?.0)).collect();
        let most = match every_hours {
            Some(hours) => hours.saturating_mul(5_400_000),
            None => {
                steps.sort_unstable();
                steps.get(steps.len() / 2).map_or(i64::MAX, |step| step.saturating_mul(3))
            }
        };
        let mut runs: Vec<Vec<Point>> = Vec::new();
        for point in &self.points {
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|last| point.0 - last.0 <= most) => run.push(*point),
                _ => runs.push(vec![*point]),
            }
        }
        runs
    }

    /// The first reading of each run beyond the threshold: the moments at which somebody is to be called.
    #[must_use]
    pub fn breaches(&self, of: &Record) -> Vec<Point> {
        let mut before = false;
        let mut found = Vec::new();
        for point in &self.points {
            let now = signal::is_breach(of, point.1) == Some(true);
            if now && !before {
                found.push(*point);
            }
            before = now;
        }
        found
    }
}

/// A time as pipelines write it: RFC 3339, the same without a zone (UTC), a date, or seconds or milliseconds since 1970.
fn moment(text: &str) -> Option<i64> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp_millis());
    }
    if let Ok(number) = text.parse::<i64>() {
        // Seconds until the year 5138, milliseconds beyond.
        return Some(if number.abs() < 100_000_000_000 { number * 1000 } else { number });
    }
    let plain = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let at = plain.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day =
        || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(chrono::NaiveTime::MIN));
    at.or_else(day).map(|at| at.and_utc().timestamp_millis())
}

/// The edits that keep a batch of readings of a signal. Nothing where it holds none.
#[must_use]
pub fn keep(of: &Record, readings: &Readings, source: &str, at: DateTime<Utc>) -> Vec<Edit> {
    let Some((first, last)) = readings.span() else { return Vec::new() };
    let data = readings.to_text().into_bytes();
    let sha256 = hex(&Sha256::digest(&data));
    let values = || readings.points.iter().map(|(_, value)| *value);
    let count = |count: usize| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    let fields = vec![
        ("title", Value::text(format!("{}: {} to {}", of.title(), day(first), day(last)))),
        ("signal", Value::text(of.id())),
        ("system", of.get("system").clone()),
        ("source", Value::text(source)),
        ("first_at", Value::Moment(first)),
        ("last_at", Value::Moment(last)),
        ("points", count(readings.points.len())),
        ("left_out", count(readings.left_out.sum())),
        ("left_out_note", Value::text(readings.left_out.words())),
        ("lowest", Value::text(values().fold(f64::MAX, f64::min).to_string())),
        ("highest", Value::text(values().fold(f64::MIN, f64::max).to_string())),
        ("sha256", Value::text(sha256.as_str())),
    ];
    vec![Edit::KeepContent { sha256, data }, Edit::Add { kind: &SERIES, id: new_id(at), fields }]
}

/// What came of readings that were handed in.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The edits that keep them, and raise what is to be raised.
    pub edits: Vec<Edit>,
    /// How many readings are new.
    pub readings: usize,
    /// How many alerts are raised.
    pub raised: usize,
    /// What was left out.
    pub left_out: LeftOut,
}

impl Taken {
    /// What was done, in words.
    #[must_use]
    pub fn called(&self, signal: &Record) -> String {
        let raised = if self.raised > 0 { format!(", {} alerts raised", self.raised) } else { String::new() };
        format!("{}: {} readings taken in{raised}", signal.reference(), self.readings)
    }
}

/// Takes in a text of readings of a signal, leaving out what it has already. With `alert`, each time that they cross the
/// threshold raises an alert, once.
///
/// # Errors
/// Says why there is nothing to be taken in; or the file cannot be read.
pub fn take_in(
    workspace: &Workspace,
    of: &Record,
    text: &str,
    source: &str,
    alert: bool,
    now: DateTime<Utc>,
) -> Result<Result<Taken, String>> {
    if text.lines().count() > MOST_LINES {
        return Ok(Err(format!("One batch has at most {MOST_LINES} lines; hand in several files.")));
    }
    let mut readings = Readings::parse(text, now);
    // What the signal has already is not taken in twice.
    let known = read(workspace, of)?;
    let there: std::collections::HashSet<i64> = known.points.iter().map(|(time, _)| *time).collect();
    let before = readings.points.len();
    readings.points.retain(|(time, _)| !there.contains(time));
    readings.left_out.twice += before - readings.points.len();
    if readings.points.is_empty() {
        let why = readings.left_out.words();
        let why = if why.is_empty() { "it holds none".to_owned() } else { why };
        return Ok(Err(format!("There are no new readings: {why}. Nothing was written.")));
    }
    let mut edits = keep(of, &readings, source, now);
    if alert {
        let detail = format!("Read from {}.", crate::text::line(source));
        let alerts: Vec<Raised> = readings
            .breaches(of)
            .iter()
            .map(|point| Raised {
                signal: of.clone(),
                at: DateTime::from_timestamp_millis(point.0).unwrap_or(now),
                value: point.1.to_string(),
                key: format!("reading {}", shown(point)),
                detail: detail.clone(),
            })
            .collect();
        edits.extend(raise(workspace, &alerts, now)?.0);
    }
    let raised = edits.iter().filter(|edit| matches!(edit, Edit::Add { kind, .. } if *kind == &ALERT)).count();
    Ok(Ok(Taken { edits, readings: readings.points.len(), raised, left_out: readings.left_out }))
}

/// A series in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many readings there are.
    pub n: usize,
    /// The first and the last moment.
    pub span: (DateTime<Utc>, DateTime<Utc>),
    /// How many gaps there are.
    pub gaps: usize,
    /// How often the threshold was crossed.
    pub crossed: usize,
    /// The last value.
    pub last: f64,
    /// Whether that is beyond the threshold.
    pub last_is_bad: bool,
    /// The least value.
    pub lowest: f64,
    /// The greatest value.
    pub highest: f64,
}

/// A series in figures, with its runs; none where it has no readings.
#[must_use]
pub fn summary(of: &Record, readings: &Readings, runs: usize) -> Option<Summary> {
    let values = || readings.points.iter().map(|(_, value)| *value);
    let last = values().next_back()?;
    Some(Summary {
        n: readings.points.len(),
        span: readings.span()?,
        gaps: runs.saturating_sub(1),
        crossed: readings.breaches(of).len(),
        last,
        last_is_bad: signal::is_breach(of, last) == Some(true),
        lowest: values().fold(f64::MAX, f64::min),
        highest: values().fold(f64::MIN, f64::max),
    })
}

/// All readings of a signal, over its batches; of two readings of one moment, the one that was handed in first.
///
/// # Errors
/// When the file cannot be read.
pub fn read(workspace: &Workspace, signal: &Record) -> Result<Readings> {
    let query = Query::all(&SERIES).with(Condition::Is("signal", Value::text(signal.id())));
    let mut all = Readings::default();
    for batch in workspace.records(&query)? {
        let Some(data) = batch.text("sha256").map(|hash| workspace.content(hash)).transpose()?.flatten() else {
            continue;
        };
        let text = String::from_utf8_lossy(&data);
        all.points.extend(text.lines().filter_map(|line| {
            let (time, value) = line.split_once(',')?;
            Some((moment(time)?, decimal::number(value)?))
        }));
    }
    all.settle();
    Ok(all)
}

/// The moment of a reading, as it is stored.
#[must_use]
pub fn shown(point: &Point) -> String {
    DateTime::from_timestamp_millis(point.0).map(rfc3339).unwrap_or_default()
}
