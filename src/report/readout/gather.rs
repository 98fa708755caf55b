//! What a readout is made of, gathered from the workspace.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use super::words::{NAMED, amiss};
use super::{Exception, Known, Missed, filled};
use crate::record::decision::{ACCEPTANCE, IN_FORCE, WAIVER};
use crate::record::{DECISION, INCIDENT, Record, Value};
use crate::report::Result;
use crate::review::due;
use crate::review::insights::{by_stage, by_waiting, forecasts, funnel, late_finds, read_flow, recurring};
use crate::review::kpi::{self, Data, Figure, KPIS, Period, Policies, Scope, Verdict};
use crate::workspace::{self, Condition, Query, Workspace};

/// The readout of a period as Markdown; a template `readout.md.j2` in `folder` stands in for the shipped one.
///
/// # Errors
/// When the file cannot be read, or the template cannot be filled: that names its file and line.
pub fn of(
    workspace: &Workspace,
    policies: &Policies,
    period: &Period,
    now: DateTime<Utc>,
    today: NaiveDate,
    folder: Option<&Path>,
) -> Result<String> {
    let policy = &policies.now;
    let data = Data::read(workspace, policies, today)?;
    let figures = KPIS
        .iter()
        .map(|kpi| kpi::figure(&data, kpi, period, &Scope::default()))
        .collect::<workspace::Result<Vec<Figure>>>()?;
    let earlier = period.before();
    let before = KPIS
        .iter()
        .map(|kpi| earlier.as_ref().map_or(Ok(None), |earlier| kpi::value(&data, kpi, earlier, &Scope::default())))
        .collect::<workspace::Result<Vec<Option<f64>>>>()?;
    let flows = read_flow(workspace)?;
    let (all, record) = forecasts(&flows, now, today);
    let escalations = policy.escalations();
    filled(
        &Known {
            workspace: workspace.name(),
            period,
            period_before: earlier.map_or_else(|| "the period before".to_owned(), |earlier| earlier.name),
            today,
            figures: &figures,
            before: &before,
            missed: missed(workspace, &figures)?,
            funnel: &funnel(&flows, period),
            stages: &by_stage(&flows, period),
            waits: &by_waiting(&flows, period),
            forecasts: &all,
            record: &record,
            incidents: &incidents(workspace, policies, period)?,
            late: &late_finds(workspace, policy, period)?,
            recurring: &recurring(workspace, policy, Some(period))?,
            exceptions: &exceptions(workspace, policies, period, today)?,
            due: &due::due(workspace, policy, now, today)?,
            last_step: escalations.last().map(|step| step.id.as_str()),
        },
        folder,
    )
}

/// The figures that miss their target, each with the records that keep it from it; of these only as many are looked up as
/// are named.
fn missed<'a>(workspace: &Workspace, figures: &'a [Figure]) -> workspace::Result<Vec<Missed<'a>>> {
    let mut all = Vec::new();
    for figure in figures.iter().filter(|figure| figure.verdict == Verdict::Missed) {
        let (words, counts) = amiss(figure.kpi).unwrap_or(("", true));
        let behind = figure.counted.behind.iter().filter(|one| !words.is_empty() && one.counts == counts);
        let mut records = Vec::new();
        for (at, one) in behind.enumerate() {
            // Only how many the others are is said.
            records.push(if at < NAMED {
                workspace.get(one.kind, &one.id)?.reference().to_owned()
            } else {
                String::new()
            });
        }
        all.push(Missed { figure, amiss: words, records });
    }
    Ok(all)
}

/// From the first moment of a period to its last, on the clocks of the policy.
fn span(policies: &Policies, period: &Period) -> (Value, Value) {
    let first = period.from.pred_opt().map_or(DateTime::<Utc>::MIN_UTC, |day| policies.end_of(day));
    (Value::Moment(first + chrono::TimeDelta::milliseconds(1)), Value::Moment(policies.end_of(period.to)))
}

/// The incidents that were detected in a period.
fn incidents(workspace: &Workspace, policies: &Policies, period: &Period) -> workspace::Result<Vec<Record>> {
    let (first, last) = span(policies, period);
    let query = Query::all(&INCIDENT)
        .with(Condition::AtLeast("detected_at", first))
        .with(Condition::AtMost("detected_at", last));
    workspace.records(&query)
}

/// The waivers and acceptances that were approved in a period, the newest first.
fn exceptions(
    workspace: &Workspace,
    policies: &Policies,
    period: &Period,
    today: NaiveDate,
) -> workspace::Result<Vec<Exception>> {
    let (first, last) = span(policies, period);
    let kinds = vec![Value::text(WAIVER), Value::text(ACCEPTANCE)];
    let query = Query::all(&DECISION)
        .with(Condition::OneOf("kind", kinds))
        // A recommendation has no rule that gives the right.
        .with(Condition::Not("rule", Value::Empty))
        .with(Condition::AtLeast("decided_at", first))
        .with(Condition::AtMost("decided_at", last));
    let fields = ["ref", "kind", "subject", "title", "expires_on", "status"];
    let mut all = Vec::new();
    for row in workspace.pick(&query, &fields)? {
        let [reference, kind, subject, title, until, status] = row.as_slice() else { continue };
        let (said, until) = (|value: &Value| value.as_text().unwrap_or_default().to_owned(), until.as_day());
        all.push(Exception {
            reference: said(reference),
            what: if kind.as_text() == Some(WAIVER) { "waiver" } else { "acceptance" },
            subject: said(subject),
            title: said(title),
            until,
            holds: status.as_text() == Some(IN_FORCE) && until.is_none_or(|until| until >= today),
        });
    }
    all.reverse();
    Ok(all)
}
