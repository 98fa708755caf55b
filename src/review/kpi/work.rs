//! Figures of work: documents that were reworked, fairness issues, mitigations, control improvements.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::data::{Data, Home, once, text};
use super::{Behind, Counted, Period, Scope, number};
use crate::record::document::ROUND;
use crate::record::{ACTION, DOCUMENT, RISK, Value};
use crate::workspace::{Condition, Query, Result};

/// The kind of an action that mends the programme itself.
const IMPROVEMENT: &str = "control improvement";

/// The fairness risks that were found.
#[derive(Default)]
pub(super) struct Fairness {
    found: Vec<Found>,
    /// When the first one was recorded.
    since: Option<NaiveDate>,
}

/// A fairness risk, slim.
struct Found {
    id: String,
    home: Home,
    severity: usize,
    phase: Option<String>,
    on: Option<NaiveDate>,
}

/// The actions that are figures of their own.
#[derive(Default)]
pub(super) struct Duties {
    mitigations: Vec<Mitigation>,
    improvements: Vec<Improvement>,
    /// Whether there is any control improvement, done or not.
    improves: bool,
}

/// A mitigation that was due on a day and was not cancelled, slim.
struct Mitigation {
    id: String,
    home: Home,
    due: NaiveDate,
    done: bool,
    closed: Option<NaiveDate>,
}

/// A control improvement that was done.
struct Improvement {
    id: String,
    home: Home,
    closed: Option<NaiveDate>,
}

/// Artifact rework: documents of which a round was given in the period.
pub(super) fn rework(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let given = Query::all(&ROUND).with(Condition::Not("given_at", Value::Empty));
    let rounds = data.rows("rounds", &given, &["document", "rework", "given_at"])?;
    let homes = once(&data.cached.documents, || {
        let rows = data.workspace.pick(&Query::all(&DOCUMENT), &["id", "review", "system"])?;
        let home = |row: Vec<Value>| match row.as_slice() {
            [id, review, system] => Some((text(id), data.home(review, system))),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(home).collect())
    })?;
    let mut all: Vec<Behind> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rounds.iter() {
        let [document, rework, at] = row.as_slice() else { continue };
        if !data.day(at).is_some_and(|day| period.holds(day)) {
            continue;
        }
        let is_major = rework.as_text() == Some("major");
        let id = text(document);
        if let Some(known) = places.get(&id).and_then(|at| all.get_mut(*at)) {
            known.counts |= is_major;
            continue;
        }
        let counted = homes.get(&id).is_none_or(|home| data.belongs(*home, scope));
        if counted {
            places.insert(id.clone(), all.len());
            all.push(Behind { kind: &DOCUMENT, id, counts: is_major });
        }
    }
    Ok(Counted::share(all))
}

/// Fairness issues found pre-launch.
pub(super) fn fairness_before(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    fairness(data, period, scope, "pre-launch")
}

/// Fairness issues found post-launch.
pub(super) fn fairness_after(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    fairness(data, period, scope, "post-launch")
}

fn fairness(data: &Data<'_>, period: &Period, scope: &Scope, phase: &str) -> Result<Counted> {
    let fairness = once(&data.cached.fairness, || read_fairness(data))?;
    let mut behind = Vec::new();
    let mut severities = [0_usize; 6];
    for one in &fairness.found {
        let recorded = one.on.is_some_and(|on| period.holds(on));
        if !recorded || one.phase.as_deref() != Some(phase) || !data.belongs(one.home, scope) {
            continue;
        }
        if let Some(count) = severities.get_mut(one.severity) {
            *count += 1;
        }
        behind.push(Behind { kind: &RISK, id: one.id.clone(), counts: true });
    }
    let more = (1..=5).rev().filter(|step| severities[*step] > 0);
    let mut more: Vec<(String, f64)> =
        more.map(|step| (format!("severity {step}"), number(severities[step]))).collect();
    more.extend((severities[0] > 0).then(|| ("severity not said".to_owned(), number(severities[0]))));
    // Nothing found is a figure, but only of a programme that looks: where no fairness risk was ever recorded by the end of
    // the period, there is none.
    let looked = fairness.since.is_some_and(|since| since <= period.to);
    let count = number(behind.len());
    Ok(Counted {
        value: looked.then_some(count),
        numerator: Some(count),
        n: behind.len(),
        more,
        behind,
        ..Counted::default()
    })
}

fn read_fairness(data: &Data<'_>) -> Result<Fairness> {
    let query = Query::all(&RISK).with(Condition::Is("category", "fairness".into()));
    let fields = ["id", "review", "system", "severity", "found_phase", "created_at"];
    let mut fairness = Fairness::default();
    for row in data.workspace.pick(&query, &fields)? {
        let [id, review, system, severity, phase, created] = row.as_slice() else { continue };
        fairness.found.push(Found {
            id: text(id),
            home: data.home(review, system),
            severity: severity.as_number().and_then(|step| usize::try_from(step).ok()).unwrap_or(0),
            phase: phase.as_text().map(str::to_owned),
            on: data.day(created),
        });
    }
    fairness.since = fairness.found.iter().filter_map(|one| one.on).min();
    Ok(fairness)
}

/// Reads mitigations and control improvements, which are the most of all actions, at once.
fn read_duties(data: &Data<'_>) -> Result<Duties> {
    let kinds = vec!["mitigation".into(), IMPROVEMENT.into()];
    let query = Query::all(&ACTION).with(Condition::OneOf("kind", kinds));
    let mut duties = Duties::default();
    for row in data.workspace.pick(&query, &["id", "kind", "review", "due_on", "status", "closed_at"])? {
        let [id, kind, review, due, status, closed] = row.as_slice() else { continue };
        let done = status.as_text() == Some("done");
        let (home, closed) = (data.home(review, &Value::Empty), data.day(closed));
        if kind.as_text() == Some(IMPROVEMENT) {
            duties.improves = true;
            duties.improvements.extend(done.then(|| Improvement { id: text(id), home, closed }));
        } else if let Some(due) = due.as_day().filter(|_| status.as_text() != Some("cancelled")) {
            duties.mitigations.push(Mitigation { id: text(id), home, due, done, closed });
        }
    }
    Ok(duties)
}

/// Mitigation closure.
pub(super) fn mitigations(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let duties = once(&data.cached.duties, || read_duties(data))?;
    let mut all = Vec::new();
    for one in duties.mitigations.iter().filter(|one| period.holds(one.due)) {
        // One that is due today and not done is not late yet.
        let pending = !one.done && one.due >= data.today;
        if !pending && data.belongs(one.home, scope) {
            let in_time = one.done && one.closed.is_some_and(|day| day <= one.due);
            all.push(Behind { kind: &ACTION, id: one.id.clone(), counts: in_time });
        }
    }
    Ok(Counted::share(all))
}

/// Control improvements shipped.
pub(super) fn improvements(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let duties = once(&data.cached.duties, || read_duties(data))?;
    if !duties.improves {
        return Ok(Counted::default());
    }
    let shipped = duties.improvements.iter().filter(|one| one.closed.is_some_and(|day| period.holds(day)));
    let shipped = shipped.filter(|one| data.belongs(one.home, scope));
    let behind: Vec<Behind> = shipped.map(|one| Behind { kind: &ACTION, id: one.id.clone(), counts: true }).collect();
    let done = behind.len();
    Ok(Counted::ratio(number(done), period.months_by(data.today) / 6.0, done, behind))
}
