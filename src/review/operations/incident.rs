//! Incidents: opened from an alert or by hand, with the review that let the release launch opened again.

use chrono::{DateTime, Local, NaiveDate, NaiveTime, Utc};

use crate::record::alert::CLOCKS_APART;
use crate::record::incident::{self, Clock, ENTRY, MITIGATION};
use crate::record::{ALERT, INCIDENT, RELEASE, REVIEW, Record, SIGNAL, SYSTEM, Value, when};
use crate::text;
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

/// The edits that open an incident, with the review that it came from opened again, unless that is to stay where it stands.
///
/// # Errors
/// When the file cannot be read.
pub fn opened(
    workspace: &Workspace,
    alert: Option<&Record>,
    fields: Said,
    keep_review: bool,
    at: DateTime<Utc>,
) -> Result<Vec<Edit>> {
    let (id, mut edits) = open(workspace, alert, fields, at)?;
    let of = |wanted: &str| {
        edits.iter().find_map(|edit| match edit {
            Edit::Add { id: known, fields, .. } if *known == id => {
                fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.display())
            }
            _ => None,
        })
    };
    if let (Some(review), false) = (of("review"), keep_review) {
        let review = workspace.get(&REVIEW, &review)?;
        edits.extend(reopen(&review, &of("title").unwrap_or_default()));
    }
    Ok(edits)
}

/// The edit that records that an authority was told: of one legal clock, or of all.
#[must_use]
pub fn reported(incident: &Record, text: &str, clock: Value, at: Value, now: DateTime<Utc>) -> Edit {
    let fields = vec![
        ("incident", Value::text(incident.id())),
        ("kind", incident::REPORT.into()),
        ("text", Value::text(text)),
        ("clock", clock),
        ("at", at),
    ];
    Edit::Add { kind: &ENTRY, id: new_id(now), fields }
}

/// The edit that ends a temporary mitigation, with what took its place.
#[must_use]
pub fn ended(mitigation: &Record, note: &str, at: DateTime<Utc>) -> Edit {
    let fields = vec![("ended_at", Value::Moment(at)), ("end_note", Value::text(note))];
    Edit::Set { kind: &MITIGATION, id: mitigation.id().to_owned(), version: Some(mitigation.version()), fields }
}

/// A line of a timeline as it is typed: what happened, after a time (`14:05`, `2026-11-28 14:05`) where it was not now, and
/// after a kind with a colon (`decision: …`) where it is no observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What sort of thing it is.
    pub kind: &'static str,
    /// When, where that is said.
    pub at: Option<DateTime<Utc>>,
    /// What happened.
    pub text: String,
}

/// Understands a line of a timeline that is typed at a moment of local time. A time of day that is still to come today was
/// yesterday's: a timeline holds nothing of the future.
#[must_use]
pub fn line(typed: &str, now: DateTime<Local>) -> Line {
    let mut rest = typed.trim();
    let mut at = None;
    let mut words = rest.splitn(3, ' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let day = NaiveDate::parse_from_str(first, "%Y-%m-%d").ok();
    let time = |text: &str| NaiveTime::parse_from_str(text.trim_end_matches([',', ':']), "%H:%M").ok();
    let local = |day: NaiveDate, time: NaiveTime| day.and_time(time).and_local_timezone(Local).earliest();
    let said = match (day, time(first), time(second)) {
        (Some(day), _, Some(time)) => local(day, time).map(|at| (at, first.len() + 1 + second.len())),
        (None, Some(time), _) => {
            let today = local(now.date_naive(), time);
            let before = now.date_naive().pred_opt().and_then(|day| local(day, time));
            let known = today.filter(|at| *at <= now + CLOCKS_APART).or(before);
            known.map(|at| (at, first.len()))
        }
        _ => None,
    };
    if let Some((moment, length)) = said {
        at = Some(moment.to_utc());
        rest = rest.get(length..).unwrap_or_default().trim();
    }
    let kinds = ["observation", "action", "decision", "communication"];
    let named = rest.split_once(':').and_then(|(before, after)| {
        let kind = kinds.iter().find(|kind| before.trim().eq_ignore_ascii_case(kind))?;
        Some((*kind, after.trim()))
    });
    let (kind, text) = named.unwrap_or(("observation", rest));
    Line { kind, at, text: text.to_owned() }
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

/// How a legal clock stands on a day, in words, and whether that is bad.
#[must_use]
pub fn clock_in_words(clock: &Clock, today: NaiveDate) -> (String, bool) {
    match clock.reported_on {
        Some(on) if on <= clock.due_on => (format!("reported {on}, in time"), false),
        Some(on) => (format!("reported {on}, {} late", text::counted((on - clock.due_on).num_days(), "day")), true),
        None => (format!("due {} ({})", clock.due_on, when::spoken(clock.due_on, today)), clock.due_on <= today),
    }
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
#[derive(Debug, Clone)]
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
