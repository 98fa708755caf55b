//! A made-up review's life from the launch on: releases, signals with readings and alerts, incidents, surveys, sessions.

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::content::{Case, Fields, add, id};
use super::names::{CONTROL, TEAMS};
use crate::record::incident::{ENTRY, MITIGATION};
use crate::record::{ALERT, ENABLEMENT, INCIDENT, RELEASE, REVIEW, Record, SIGNAL, SURVEY, Value};
use crate::review::operations::series::{Readings, keep};
use crate::workspace::Edit;

/// What a session was about.
const SESSIONS: [&str; 4] =
    ["How to fill in a packet", "Writing model cards", "Slices and their intervals", "Office hours of the programme"];

/// Hours from one reading of a series to the next.
const EVERY: i64 = 6;

impl Case {
    /// The release goes live, watched or not, and the team says what it thought of the review.
    pub(super) fn launch(&mut self, mut fields: Fields, at: DateTime<Utc>) -> Vec<Edit> {
        let day = at.date_naive();
        let random = &mut self.random;
        let (release, survey) = (id(at, random), id(at, random));
        let (watched, asked) = (random.chance(85), random.chance(60));
        let score = *random.weighted(&[(2, 1), (3, 3), (4, 8), (5, 5)]);
        let of_release =
            vec![("system", Value::text(self.system.as_str())), ("name", "1.0".into()), ("launched_on", day.into())];
        let mut edits = vec![add(&RELEASE, release.clone(), of_release)];
        self.release.clone_from(&release);
        fields.push(("release", Value::text(release)));
        edits.push(self.set(&REVIEW, fields));
        if watched {
            edits.push(self.signal("performance", "Share of wrong answers of", at));
            edits.extend(
                self.random.chance(30).then(|| self.signal("fairness", "Gap between groups in answers of", at)),
            );
        }
        if asked {
            let of_survey = vec![
                ("review", Value::text(self.review.as_str())),
                ("given_on", day.into()),
                ("score", Value::Number(score)),
            ];
            edits.push(add(&SURVEY, survey, of_survey));
        }
        edits
    }

    /// A signal that comes in; now and then nobody said where its alerts go.
    fn signal(&mut self, kind: &'static str, what: &str, at: DateTime<Utc>) -> Edit {
        let signal = id(at, &mut self.random);
        let routed = self.random.chance(92);
        let fields = vec![
            ("name", Value::text(format!("{what} {}", self.name))),
            ("system", Value::text(self.system.as_str())),
            ("kind", kind.into()),
            ("threshold", "0.1".into()),
            ("every_hours", EVERY.into()),
            ("owner", self.someone()),
            ("alert_route", if routed { "#alerts".into() } else { Value::Empty }),
            ("status", "live".into()),
        ];
        self.signal = Some(signal.clone());
        add(&SIGNAL, signal, fields)
    }

    /// What happens while the release is watched: alerts, readings, and now and then something that nobody foresaw.
    pub(super) fn watch(&mut self, at: DateTime<Utc>) -> Vec<Edit> {
        let mut edits = Vec::new();
        if let Some(signal) = self.signal.clone() {
            for _ in 0..*self.random.weighted(&[(0, 5), (1, 4), (3, 3), (6, 1)]) {
                edits.push(self.alert(&signal, at));
            }
            if self.random.chance(5) {
                edits.extend(self.series(&signal, at));
            }
        }
        if self.random.chance(4) {
            let mut risk = self.risk(0, at);
            if let Edit::Add { fields, .. } = &mut risk {
                fields.push(("found_phase", "post-launch".into()));
                fields.push(("controls", Value::List(vec![CONTROL.to_owned()])));
            }
            edits.push(risk);
        }
        if self.random.chance(5) {
            edits.extend(self.incident(at));
        }
        edits
    }

    /// An alert, which most times somebody answered.
    fn alert(&mut self, signal: &str, at: DateTime<Utc>) -> Edit {
        let random = &mut self.random;
        let (alert, hours, part) = (id(at, random), random.between(2, 200), random.between(1, 100));
        let raised = at - TimeDelta::hours(hours);
        let mut fields = vec![("signal", Value::text(signal)), ("raised_at", raised.into()), ("value", "0.12".into())];
        if random.chance(94) {
            let answered = raised + TimeDelta::minutes(hours * 60 * part / 100);
            let disposition = *random.of(&["confirmed", "false alarm", "expected"]);
            fields.extend([("acknowledged_at", answered.into()), ("disposition", disposition.into())]);
        }
        add(&ALERT, alert, fields)
    }

    /// Readings of the sixty days before, which cross the threshold here and there.
    fn series(&mut self, signal: &str, at: DateTime<Utc>) -> Vec<Edit> {
        let first = at.timestamp_millis() - 60 * 24 * 3_600_000;
        let points = (0..240).map(|step| {
            let thousandths = i32::try_from(self.random.between(40, 104)).unwrap_or(0);
            (first + step * EVERY * 3_600_000, f64::from(thousandths) / 1000.0)
        });
        let readings = Readings { points: points.collect(), ..Readings::default() };
        let mut of = Record::empty(&SIGNAL);
        of.set("id", signal);
        of.set("name", format!("Share of wrong answers of {}", self.name));
        of.set("system", self.system.as_str());
        let mut edits = keep(&of, &readings, "the pipeline", at);
        for edit in &mut edits {
            // Ids come from the seed.
            if let Edit::Add { id: own, .. } = edit {
                *own = id(at, &mut self.random);
            }
        }
        edits
    }

    /// An incident with its timeline; most are over.
    fn incident(&mut self, at: DateTime<Utc>) -> Vec<Edit> {
        let random = &mut self.random;
        let (incident, over) = (id(at, random), random.chance(80));
        let detected = at - TimeDelta::hours(random.between(1, 48));
        let severity = *random.weighted(&[("SEV1", 1), ("SEV2", 2), ("SEV3", 5), ("SEV4", 4)]);
        let mut fields: Fields = vec![
            ("title", format!("Wrong answers of {}", self.name).into()),
            ("system", self.system.as_str().into()),
            ("release", self.release.as_str().into()),
            ("severity", severity.into()),
            ("detected_at", detected.into()),
            ("detected_by", "monitoring".into()),
            ("commander", self.reviewer.as_str().into()),
            ("people_affected", self.random.between(0, 400).into()),
        ];
        if over {
            fields.push(("status", "resolved".into()));
            fields.push(("root_cause", "A source had changed its format.".into()));
        }
        let mut edits = vec![add(&INCIDENT, incident.clone(), fields)];
        for (minutes, text) in [(5, "The share of wrong answers doubled."), (40, "The old version is back.")] {
            let entry = id(at, &mut self.random);
            let fields = vec![
                ("incident", incident.as_str().into()),
                ("at", (detected + TimeDelta::minutes(minutes)).into()),
                ("text", text.into()),
            ];
            edits.push(add(&ENTRY, entry, fields));
        }
        if !over {
            let ends = at.date_naive().checked_add_days(Days::new(21)).unwrap_or_default();
            let fields = vec![
                ("title", "The old version answers".into()),
                ("incident", incident.into()),
                ("kind", "rollback".into()),
                ("put_in_at", detected.into()),
                ("ends_on", ends.into()),
            ];
            edits.push(add(&MITIGATION, id(at, &mut self.random), fields));
        }
        edits
    }

    /// A session that was held for somebody, once for about eighty reviews.
    pub(super) fn session(&mut self, at: DateTime<Utc>) -> Option<Edit> {
        if self.random.between(0, 79) > 0 {
            return None;
        }
        let fields = vec![
            ("title", (*self.random.of(&SESSIONS)).into()),
            ("held_on", at.date_naive().into()),
            ("attendees", self.random.between(3, 60).into()),
            ("team", (*self.random.of(TEAMS)).into()),
        ];
        Some(add(&ENABLEMENT, id(at, &mut self.random), fields))
    }
}
