//! Figures of people: how soon alerts are answered, what teams think, who was taught.

use super::data::{Data, text};
use super::{Behind, By, Counted, Period, Scope, number, percentile};
use crate::record::{ALERT, ENABLEMENT, SURVEY, Value};
use crate::workspace::{Query, Result};

/// Alert response. Each alert is counted in the business hours of the policy that was in force when it was raised.
pub(super) fn alert_response(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let alerts = data.rows("alerts", &Query::all(&ALERT), &["id", "system", "raised_at", "acknowledged_at"])?;
    let now = data.policies.end_of(data.today).min(chrono::Utc::now());
    let (mut all, mut days) = (Vec::new(), Vec::new());
    for row in alerts.iter() {
        let [id, system, raised, acknowledged] = row.as_slice() else { continue };
        let Some(raised) = raised.as_moment() else { continue };
        if !period.holds(data.policies.date(raised)) || !data.belongs(data.home(&Value::Empty, system), scope) {
            continue;
        }
        let business = data.policies.at(raised).business();
        let day = business.day_length();
        let taken = business.between(raised, acknowledged.as_moment().unwrap_or(now));
        match acknowledged {
            Value::Moment(_) => {
                let length = day.num_seconds().max(1);
                let length = f64::from(i32::try_from(length).unwrap_or(i32::MAX));
                days.push(taken.as_seconds_f64() / length);
                all.push(Behind { kind: &ALERT, id: text(id), counts: taken < day });
            }
            // One that nobody answered counts against the programme once its day is over, not before.
            _ if taken >= day => all.push(Behind { kind: &ALERT, id: text(id), counts: false }),
            _ => {}
        }
    }
    let value = percentile(&mut days, 0.5);
    let counts = all.iter().filter(|one| one.counts).count();
    let counted = Counted::ratio(number(counts), number(all.len()), all.len(), all);
    let more = counted.value.map(|share| ("share under one business day".to_owned(), share)).into_iter().collect();
    Ok(Counted { value, more, ..counted })
}

/// Stakeholder satisfaction.
pub(super) fn satisfaction(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let responses = data.rows("responses", &Query::all(&SURVEY), &["id", "review", "given_on", "score"])?;
    let (mut sum, mut behind) = (0, Vec::new());
    for row in responses.iter() {
        let [id, review, given, score] = row.as_slice() else { continue };
        let Some(score) = score.as_number() else { continue };
        if given.as_day().is_some_and(|day| period.holds(day)) && data.belongs(data.home(review, &Value::Empty), scope)
        {
            sum += score;
            behind.push(Behind { kind: &SURVEY, id: text(id), counts: true });
        }
    }
    let sum = number(usize::try_from(sum).unwrap_or(0));
    Ok(Counted::ratio(sum, number(behind.len()), behind.len(), behind))
}

/// Enablement reach.
pub(super) fn enablement(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let fields = ["id", "held_on", "attendees", "team", "product_area"];
    let sessions = data.rows("sessions", &Query::all(&ENABLEMENT), &fields)?;
    let (mut people, mut behind) = (0, Vec::new());
    for row in sessions.iter() {
        let [id, held, attendees, team, area] = row.as_slice() else { continue };
        let counted = match &scope.0 {
            None => true,
            Some((By::Team, name)) => text(team) == *name,
            Some((By::Area, name)) => text(area) == *name,
            // A session is held for people, not for a tier.
            Some((By::Tier, _)) => false,
        };
        // One that is still to come was not held.
        if counted && held.as_day().is_some_and(|day| period.holds(day) && day <= data.today) {
            people += attendees.as_number().unwrap_or(0);
            behind.push(Behind { kind: &ENABLEMENT, id: text(id), counts: true });
        }
    }
    if sessions.is_empty() || matches!(scope.0, Some((By::Tier, _))) {
        return Ok(Counted::default());
    }
    let held = behind.len();
    let more = vec![("people reached".to_owned(), number(usize::try_from(people).unwrap_or(0)))];
    Ok(Counted { more, ..Counted::ratio(number(held), period.months_by(data.today), held, behind) })
}
