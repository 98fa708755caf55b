//! Figures of work: documents that were reworked, fairness issues, mitigations, control improvements.

use std::collections::HashMap;

use super::data::{Data, text};
use super::{Behind, Counted, Period, Scope, number};
use crate::record::document::ROUND;
use crate::record::{ACTION, DOCUMENT, RISK, Value};
use crate::workspace::{Condition, Query, Result};

/// Artifact rework: documents of which a round was given in the period.
pub(super) fn rework(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let given = Query::all(&ROUND).with(Condition::Not("given_at", Value::Empty));
    let rounds = data.rows("rounds", &given, &["document", "rework", "given_at"])?;
    let documents = data.rows("documents", &Query::all(&DOCUMENT), &["id", "review", "system"])?;
    let of: HashMap<&str, &Vec<Value>> =
        documents.iter().filter_map(|row| Some((row.first()?.as_text()?, row))).collect();
    let mut all: Vec<Behind> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rounds.iter() {
        let [document, rework, at] = row.as_slice() else { continue };
        if !at.as_moment().is_some_and(|at| period.holds(data.policies.date(at))) {
            continue;
        }
        let is_major = rework.as_text() == Some("major");
        let id = text(document);
        if let Some(known) = places.get(&id).and_then(|at| all.get_mut(*at)) {
            known.counts |= is_major;
            continue;
        }
        let counted = of.get(id.as_str()).is_none_or(|row| match row.as_slice() {
            [_, review, system] => data.belongs(review, system, scope),
            _ => true,
        });
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
    let query = Query::all(&RISK).with(Condition::Is("category", "fairness".into()));
    let fields = ["id", "review", "system", "severity", "found_phase", "created_at"];
    let risks = data.rows("fairness", &query, &fields)?;
    let mut behind = Vec::new();
    let mut severities = [0_usize; 6];
    for row in risks.iter() {
        let [id, review, system, severity, found, created] = row.as_slice() else { continue };
        let recorded = created.as_moment().is_some_and(|at| period.holds(data.policies.date(at)));
        if found.as_text() != Some(phase) || !recorded || !data.belongs(review, system, scope) {
            continue;
        }
        let step = severity.as_number().and_then(|step| usize::try_from(step).ok()).unwrap_or(0);
        if let Some(count) = severities.get_mut(step) {
            *count += 1;
        }
        behind.push(Behind { kind: &RISK, id: text(id), counts: true });
    }
    let more = (1..=5).rev().filter(|step| severities[*step] > 0);
    let mut more: Vec<(String, f64)> =
        more.map(|step| (format!("severity {step}"), number(severities[step]))).collect();
    more.extend((severities[0] > 0).then(|| ("severity not said".to_owned(), number(severities[0]))));
    // Nothing found is a figure, but only of a programme that looks: where no fairness risk was ever recorded by the end of
    // the period, there is none.
    let looked = risks
        .iter()
        .any(|row| row.last().and_then(Value::as_moment).is_some_and(|at| data.policies.date(at) <= period.to));
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

/// Mitigation closure.
pub(super) fn mitigations(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let query = Query::all(&ACTION).with(Condition::Is("kind", "mitigation".into()));
    let actions = data.rows("mitigations", &query, &["id", "review", "due_on", "status", "closed_at"])?;
    let mut all = Vec::new();
    for row in actions.iter() {
        let [id, review, due, status, closed] = row.as_slice() else { continue };
        let Some(due) = due.as_day().filter(|due| period.holds(*due)) else { continue };
        let closed = closed.as_moment().map(|at| data.policies.date(at));
        let done = status.as_text() == Some("done");
        let in_time = done && closed.is_some_and(|day| day <= due);
        // One that is due today and not done is not late yet.
        let pending = !done && due >= data.today;
        if status.as_text() == Some("cancelled") || pending || !data.belongs(review, &Value::Empty, scope) {
            continue;
        }
        all.push(Behind { kind: &ACTION, id: text(id), counts: in_time });
    }
    Ok(Counted::share(all))
}

/// Control improvements shipped.
pub(super) fn improvements(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let query = Query::all(&ACTION).with(Condition::Is("kind", "control improvement".into()));
    let actions = data.rows("improvements", &query, &["id", "review", "status", "closed_at"])?;
    let mut behind = Vec::new();
    for row in actions.iter() {
        let [id, review, status, closed] = row.as_slice() else { continue };
        let closed = closed.as_moment().is_some_and(|at| period.holds(data.policies.date(at)));
        if status.as_text() == Some("done") && closed && data.belongs(review, &Value::Empty, scope) {
            behind.push(Behind { kind: &ACTION, id: text(id), counts: true });
        }
    }
    if actions.is_empty() {
        return Ok(Counted::default());
    }
    let done = behind.len();
    Ok(Counted::ratio(number(done), period.months() / 6.0, done, behind))
}
