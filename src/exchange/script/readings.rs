//! Readings of a signal that a script tells, as a job would have handed them in: kept by the same function as `signal read`.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

use super::Readings;
use super::play::Player;
use super::when::taken_at;
use crate::record::{SERIES, SIGNAL};
use crate::review::operations::series;
use crate::workspace::Edit;

/// What stands for a reading that the job did not bring.
const NONE: &str = "-";

impl Player<'_> {
    /// The edits that keep a batch of readings.
    pub(super) fn readings(
        &mut self,
        chapter: usize,
        readings: &Readings,
        at: DateTime<Utc>,
    ) -> Result<Vec<Edit>, String> {
        let (kind, id) = self.meant(chapter, &readings.of)?;
        if kind != &SIGNAL {
            return Err(format!("{} is no signal; only signals have readings.", readings.of));
        }
        let first = taken_at(&readings.from, self.today)?;
        let step = match readings.every_hours {
            hours @ 1..=8784 => TimeDelta::hours(hours),
            other => return Err(format!("every_hours goes from 1 to 8784, and is {other}.")),
        };
        let (mut text, mut moment) = (String::new(), first);
        for value in readings.values.split_whitespace() {
            if value != NONE {
                // Writing to a String never fails.
                let _ = writeln!(text, "{},{value}", moment.to_rfc3339());
            }
            moment += step;
        }
        let read = series::Readings::parse(&text, at);
        if read.left_out.sum() > 0 {
            return Err(format!("Some of the readings are none: {}.", read.left_out.words()));
        }
        let signal = self.records.get(&id).ok_or("The signal is made in an earlier step.")?;
        let edits = series::keep(signal, &read, &readings.source, at);
        for edit in &edits {
            if let Edit::Add { id, .. } = edit {
                self.introduce(chapter, &SERIES, id, None);
            }
        }
        Ok(edits)
    }
}
