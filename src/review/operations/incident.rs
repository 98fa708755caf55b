//! Incidents: opened from an alert or by hand, with the review that let the release launch opened again.

use chrono::{DateTime, Utc};

use crate::record::incident::{self, Clock, ENTRY, MITIGATION};
use crate::record::{ALERT, INCIDENT, RELEASE, REVIEW, Record, SIGNAL, SYSTEM, Value};
use crate::workspace::{Condition, Edit, Query, Result, Workspace, new_id};

/// Stages of a review that an incident opens again.
const OPENED_AGAIN: &[&str] = &["approved", "approved with conditions", "launched", "monitoring", "closed"];

/// Fields as they are said.
pub type Said = Vec<(&'static str, Value)>;

/// The edits that open an incident with these fields; with an alert, what it says stands where nothing else is said, and the
/// alert belongs to it from then on. Returns the incident's id too.
///
/// # Errors
/// When the file cannot be read.
pub fn open(
    workspace: &Workspace,
    alert: Option<&Record>,
    mut fields: Said,
    at: DateTime<Utc>,
) -> Result<(String, Vec<Edit>)> {
    let id = new_id(at);
    let put = |fields: &mut Said, name: &'static str, value: Value| {
        if !value.is_empty() && !fields.iter().any(|(known, _)| *known == name) {
            fields.push((name, value));
        }
    };
    if let Some(alert) = alert {
        put(&mut fields, "system", alert.get("system").clone());
        put(&mut fields, "title", alert.get("title").clone());
        put(&mut fields, "detected_at", alert.get("raised_at").clone());
        put(&mut fields, "detected_by", "monitoring".into());
        put(&mut fields, "commander", alert.get("routed_to").clone());
    }
    put(&mut fields, "detected_at", Value::Moment(at));
    let system = fields.iter().find(|(name, _)| *name == "system").and_then(|(_, value)| value.as_text());
    if let Some(system) = system.map(str::to_owned) {
        if let Some(review) = launched(workspace, &system)? {
            put(&mut fields, "review", Value::text(review.id()));
            put(&mut fields, "release", review.get("release").clone());
        }
        if let Some(release) = live_release(workspace, &system)? {
            put(&mut fields, "release", Value::text(release.id()));
        }
    }
    let mut edits = vec![Edit::Add { kind: &INCIDENT, id: id.clone(), fields }];
    if let Some(alert) = alert {
        let text = format!("{} was raised: {}.", alert.reference(), alert.title());
        edits.push(entry(&id, "observation", &text, alert.get("raised_at").clone(), at));
        let fields = vec![("incident", Value::text(id.as_str()))];
        edits.push(Edit::Set { kind: &ALERT, id: alert.id().to_owned(), version: Some(alert.version()), fields });
    }
    Ok((id, edits))
}

/// The edit that adds a line to an incident's timeline.
#[must_use]
pub fn entry(incident: &str, kind: &'static str, text: &str, at: Value, now: DateTime<Utc>) -> Edit {
    let fields =
        vec![("incident", Value::text(incident)), ("kind", kind.into()), ("text", Value::text(text)), ("at", at)];
    Edit::Add { kind: &ENTRY, id: new_id(now), fields }
}

/// The review that let a system launch: the newest that was.
fn launched(workspace: &Workspace, system: &str) -> Result<Option<Record>> {
    let stages = OPENED_AGAIN.iter().map(|stage| Value::text(*stage)).collect();
    let query =
        Query::all(&REVIEW).with(Condition::Is("system", Value::text(system))).with(Condition::OneOf("stage", stages));
    Ok(workspace.records(&query)?.pop())
}

/// The release of a system that is live: the last that was launched and not taken back.
fn live_release(workspace: &Workspace, system: &str) -> Result<Option<Record>> {
    let query = Query::all(&RELEASE)
        .with(Condition::Is("system", Value::text(system)))
        .with(Condition::Not("launched_on", Value::Empty))
        .with(Condition::Is("rolled_back_on", Value::Empty));
    let mut releases = workspace.records(&query)?;
    releases.sort_by_key(|release| release.get("launched_on").as_day());
    Ok(releases.pop())
}

/// The edit that opens again the review from which an incident came; none where it came from none, or that is open.
#[must_use]
pub fn reopen(review: &Record, title: &str) -> Option<Edit> {
    if !review.text("stage").is_some_and(|stage| OPENED_AGAIN.contains(&stage)) {
        return None;
    }
    let why = format!("Opened again after an incident: {}", crate::text::fit(&crate::text::line(title), 120));
    let fields = vec![("stage", "assessment".into()), ("stage_reason", Value::text(why))];
    Some(Edit::Set { kind: &REVIEW, id: review.id().to_owned(), version: Some(review.version()), fields })
}

/// What the post-incident document of an incident says of itself; its sections are filled from the records that it links to.
#[must_use]
pub fn document_of(incident: &Record) -> Said {
    vec![
        ("template", "post-incident-learnings".into()),
        ("title", Value::text(format!("Learnings from {}", incident.reference()))),
        ("incident", Value::text(incident.id())),
        ("system", incident.get("system").clone()),
        ("review", incident.get("review").clone()),
        ("release", incident.get("release").clone()),
    ]
}

/// An incident with all that belongs to it.
pub struct Whole {
    /// The incident.
    pub incident: Record,
    /// Its timeline, in order of time.
    pub entries: Vec<Record>,
    /// What was put in for a while.
    pub mitigations: Vec<Record>,
    /// The alerts that belong to it.
    pub alerts: Vec<Record>,
    /// Their signals.
    pub signals: Vec<Record>,
    /// The system.
    pub system: Record,
    /// Its legal clocks, the earliest first.
    pub clocks: Vec<Clock>,
}

/// Reads an incident with all that belongs to it.
///
/// # Errors
/// When the file cannot be read.
pub fn whole(workspace: &Workspace, incident: Record) -> Result<Whole> {
    let of = |kind| workspace.records(&Query::all(kind).with(Condition::Is("incident", Value::text(incident.id()))));
    let mut entries = of(&ENTRY)?;
    entries.sort_by_key(|entry| entry.get("at").as_moment());
    let alerts = of(&ALERT)?;
    let mut signals: Vec<Record> = Vec::new();
    for id in alerts.iter().filter_map(|alert| alert.text("signal")) {
        if !signals.iter().any(|known| known.id() == id) {
            signals.push(workspace.get(&SIGNAL, id)?);
        }
    }
    Ok(Whole {
        mitigations: of(&MITIGATION)?,
        system: workspace.get(&SYSTEM, incident.text("system").unwrap_or_default())?,
        clocks: incident::clocks(&incident, &entries, workspace.terms().as_ref()),
        entries,
        alerts,
        signals,
        incident,
    })
}
