//! How far reviews have come, counted for a whole page of them at once.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::record::{ACTION, CHECKLIST_ITEM, Kind, PACKET, REVIEW, RISK, Value};
use crate::workspace::{Condition, Direction, Query, Result, Workspace};

/// How far one review has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Fields of the packet that policy requires and that are answered.
    pub answered: i64,
    /// Fields of the packet that policy requires.
    pub asked: i64,
    /// Checklist items that passed, do not apply or are waived for now.
    pub settled: u64,
    /// Checklist items that failed.
    pub failed: u64,
    /// Of the failed items, those whose waiver has run out.
    pub expired_waivers: u64,
    /// Checklist items.
    pub items: u64,
    /// Risks that still need work.
    pub open_risks: u64,
    /// Of the open risks, those whose acceptance has run out.
    pub expired_acceptances: u64,
    /// All risks.
    pub risks: u64,
    /// Actions that still need work.
    pub open_actions: u64,
    /// Open actions whose due date has passed.
    pub overdue: u64,
    /// Open actions that the launch waits for.
    pub blocking: u64,
}

impl Progress {
    /// Whether every required field of the packet is answered.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.answered >= self.asked
    }
}

/// The progress of these reviews, by id.
///
/// # Errors
/// When the file cannot be read.
pub fn progress(workspace: &Workspace, reviews: &[String], today: NaiveDate) -> Result<HashMap<String, Progress>> {
    let mut all: HashMap<String, Progress> =
        reviews.iter().map(|review| (review.clone(), Progress::default())).collect();
    if reviews.is_empty() {
        return Ok(all);
    }
    let of = |kind: Kind| {
        let ids = reviews.iter().map(|id| Value::text(id.as_str())).collect();
        Query::all(kind).with(Condition::OneOf("review", ids))
    };
    for row in workspace.page(&of(&PACKET), None, Direction::After, reviews.len())?.rows {
        if let Some(progress) = row.record.text("review").and_then(|review| all.get_mut(review)) {
            progress.answered = row.record.number("answered").unwrap_or(0);
            progress.asked = row.record.number("asked").unwrap_or(0);
        }
    }
    for (values, count) in workspace.tally(&of(&CHECKLIST_ITEM), &["review", "status"])? {
        let Some((progress, status)) = cell(&mut all, &values) else { continue };
        progress.items += count;
        match status {
            "pass" | "not applicable" | "waived" => progress.settled += count,
            "fail" => progress.failed += count,
            _ => {}
        }
    }
    for (values, count) in workspace.tally(&of(&RISK), &["review", "status"])? {
        let Some((progress, status)) = cell(&mut all, &values) else { continue };
        progress.risks += count;
        if matches!(status, "open" | "mitigating") {
            progress.open_risks += count;
        }
    }
    // What has run out stands in the file as it was decided, and counts by the date: a waived item as failed, an accepted
    // risk as open.
    let run_out = |kind| of(kind).with(Condition::RunOut(today));
    add_counts(workspace, &run_out(&CHECKLIST_ITEM), &mut all, |progress| &mut progress.expired_waivers)?;
    add_counts(workspace, &run_out(&RISK), &mut all, |progress| &mut progress.expired_acceptances)?;
    for progress in all.values_mut() {
        progress.settled -= progress.expired_waivers.min(progress.settled);
        progress.failed += progress.expired_waivers;
        progress.open_risks += progress.expired_acceptances;
    }
    let open = of(&ACTION).with(Condition::Open);
    let late = open.clone().with(Condition::AtMost("due_on", before(today)));
    let blocking = open.clone().with(Condition::Is("launch_blocking", Value::Flag(true)));
    add_counts(workspace, &open, &mut all, |progress| &mut progress.open_actions)?;
    add_counts(workspace, &late, &mut all, |progress| &mut progress.overdue)?;
    add_counts(workspace, &blocking, &mut all, |progress| &mut progress.blocking)?;
    Ok(all)
}

fn add_counts(
    workspace: &Workspace,
    query: &Query,
    all: &mut HashMap<String, Progress>,
    place: impl Fn(&mut Progress) -> &mut u64,
) -> Result<()> {
    for (review, count) in workspace.counts_by(query, "review")? {
        if let Some(progress) = review.as_text().and_then(|review| all.get_mut(review)) {
            *place(progress) += count;
        }
    }
    Ok(())
}

fn cell<'p, 'v>(all: &'p mut HashMap<String, Progress>, values: &'v [Value]) -> Option<(&'p mut Progress, &'v str)> {
    let (review, status) = (values.first()?.as_text()?, values.get(1)?.as_text()?);
    Some((all.get_mut(review)?, status))
}

fn before(day: NaiveDate) -> Value {
    Value::Day(day.pred_opt().unwrap_or(day))
}

/// The programme in a line: what stands at the top of every screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outlook {
    /// Reviews that still need work.
    pub queue: u64,
    /// Of those, reviews whose stage is past its date.
    pub late_reviews: u64,
    /// Risks that still need work.
    pub open_risks: u64,
    /// Actions that still need work.
    pub open_actions: u64,
    /// Of those, actions whose due date has passed.
    pub overdue: u64,
}

/// Counts the programme's open work.
///
/// # Errors
/// When the file cannot be read.
pub fn outlook(workspace: &Workspace, today: NaiveDate) -> Result<Outlook> {
    let late = |kind| Query::open(kind).with(Condition::AtMost("due_on", before(today)));
    Ok(Outlook {
        queue: workspace.count(&Query::open(&REVIEW))?,
        late_reviews: workspace.count(&late(&REVIEW))?,
        open_risks: workspace.count(&Query::open(&RISK))?,
        open_actions: workspace.count(&Query::open(&ACTION))?,
        overdue: workspace.count(&late(&ACTION))?,
    })
}
