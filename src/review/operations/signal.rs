//! A test of a signal's alert route: evidence that somebody was reached, by which a live signal is validated.

use chrono::{DateTime, NaiveDate, Utc};

use crate::record::{Record, SIGNAL, Value, rfc3339, signal};
use crate::workspace::{Edit, Registered, new_id};

/// Why the alert route of a signal cannot be tried; none where it can.
#[must_use]
pub fn why_no_test(of: &Record) -> Option<String> {
    of.get("alert_route").is_empty().then(|| format!("{} has no alert route that could be tried", of.reference()))
}

/// What was done when an alert route was tried, as a log to be kept: by whom, when, and in which words.
#[must_use]
pub fn log(of: &Record, words: &str, by: (&str, &str), at: DateTime<Utc>) -> Registered {
    let text = format!(
        "Test of an alert route\nsignal: {} {}\nroute: {}\nat: {}\nby: {} (@{})\n\n{words}\n",
        of.reference(),
        of.title(),
        of.text("alert_route").unwrap_or_default(),
        rfc3339(at),
        by.0,
        by.1
    );
    Registered::from_bytes(&format!("probity://{}/route-test.txt", of.reference()), text.into_bytes())
}

/// The edits that record a test of a signal's alert route, with a file that proves it.
#[must_use]
pub fn tested(of: &Record, proof: Registered, words: &str, at: DateTime<Utc>, today: NaiveDate) -> Vec<Edit> {
    let evidence = new_id(at);
    let fields = vec![
        ("title", Value::text(format!("Alert route of {} tried", of.reference()))),
        ("kind", "test log".into()),
        ("system", of.get("system").clone()),
        ("produced_on", Value::Day(today)),
        ("method", Value::text(words)),
    ];
    let mut edits = proof.edits(&evidence, fields);
    let mut fields = vec![("route_test", Value::text(evidence)), ("route_tested_at", Value::Moment(at))];
    if of.text("status") == Some(signal::LIVE) {
        fields.push(("status", signal::VALIDATED.into()));
    }
    edits.push(Edit::Set { kind: &SIGNAL, id: of.id().to_owned(), version: Some(of.version()), fields });
    edits
}
