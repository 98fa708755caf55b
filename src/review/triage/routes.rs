//! Asking the functions that must look: routes that a triage finds necessary and that a review does not have yet.

use chrono::{DateTime, Days, Local, Utc};

use super::{Route, Triage};
use crate::record::{ROUTE, Record, Value};
use crate::workspace::{Condition, Direction, Edit, Query, Result, Workspace, new_id};

/// The routes of a triage that a review does not have yet. A function that was asked already is not asked again, whatever it
/// answered.
///
/// # Errors
/// When the file cannot be read.
pub fn missing_routes<'t>(workspace: &Workspace, review: &Record, triage: &'t Triage) -> Result<Vec<&'t Route>> {
    let query = Query::all(&ROUTE).with(Condition::Is("review", Value::text(review.id())));
    let there = workspace.page(&query, None, Direction::After, 1000)?.rows;
    let has = |function: &str| there.iter().any(|row| row.record.text("function") == Some(function));
    Ok(triage.routes.iter().filter(|route| !has(&route.function)).collect())
}

/// The edits that add routes to a review, each due as many days from now as policy gives.
#[must_use]
pub fn route_edits(review: &Record, routes: &[&Route], at: DateTime<Utc>) -> Vec<Edit> {
    let today = at.with_timezone(&Local).date_naive();
    let edit = |route: &&Route| {
        let reasons: Vec<String> =
            route.because.iter().map(|why| format!("{} (rule {})", why.reason, why.rule)).collect();
        let due = today.checked_add_days(Days::new(u64::from(route.days)));
        Edit::Add {
            kind: &ROUTE,
            id: new_id(at),
            fields: vec![
                ("review", Value::text(review.id())),
                ("function", Value::text(route.function.as_str())),
                ("reason", Value::text(reasons.join("\n"))),
                ("due_on", due.map_or(Value::Empty, Value::Day)),
            ],
        }
    };
    routes.iter().map(edit).collect()
}
