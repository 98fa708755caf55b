//! Figures of reviews: in time, how long, by which templates.

use std::collections::HashMap;

use super::data::{Data, Review, once};
use super::{Behind, Counted, Period, Scope, percentile};
use crate::record::{DOCUMENT, EVIDENCE, REVIEW, Value};
use crate::review::document::template;
use crate::workspace::{Condition, Query, Result};

pub(super) fn behind(review: &Review, counts: bool) -> Behind {
    Behind { kind: &REVIEW, id: review.id.clone(), counts }
}

/// On-time review completion.
#[expect(clippy::unnecessary_wraps, reason = "figures that read more may fail")]
pub(super) fn on_time(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let decided = data.reviews.iter().filter_map(|review| {
        let (decided, target) = (review.decided?, review.target?);
        (period.holds(decided) && data.review_in(review, scope)).then(|| behind(review, decided <= target))
    });
    Ok(Counted::share(decided.collect()))
}

/// Cycle time, intake to approval.
#[expect(clippy::unnecessary_wraps, reason = "figures that read more may fail")]
pub(super) fn cycle_time(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let mut all = Vec::new();
    let mut days = Vec::new();
    for review in &data.reviews {
        let (Some(submitted), Some(approved)) = (review.submitted, review.approved) else { continue };
        if period.holds(approved) && approved >= submitted && data.review_in(review, scope) {
            all.push(behind(review, true));
            days.push(f64::from(i32::try_from((approved - submitted).num_days()).unwrap_or(i32::MAX)));
        }
    }
    let value = percentile(&mut days, 0.5);
    let more = percentile(&mut days, 0.9).map(|days| ("90th percentile".to_owned(), days)).into_iter().collect();
    Ok(Counted { value, n: all.len(), more, behind: all, ..Counted::default() })
}

/// Kinds of document that are cards.
const CARDS: &[&str] = &["model card", "system card", "data sheet"];

/// Template adoption.
pub(super) fn templates(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let standard = once(&data.cached.standard, || read_standard(data))?;
    let all = data.reviews.iter().enumerate().filter_map(|(at, review)| {
        let begun = review.submitted.is_some_and(|day| period.holds(day)) && data.review_in(review, scope);
        standard.get(&at).filter(|_| begun).map(|is_standard| behind(review, *is_standard))
    });
    Ok(Counted::share(all.collect()))
}

/// Of the reviews that have cards or checklists, by their places, whether all of these are standard.
fn read_standard(data: &Data<'_>) -> Result<HashMap<usize, bool>> {
    let mut standard: HashMap<usize, bool> = HashMap::new();
    let mut put = |review: &Value, is_standard: bool| {
        if let Some(review) = data.review_at(review) {
            let all = standard.entry(review).or_insert(true);
            *all &= is_standard;
        }
    };
    // By the policy of the day on which the checklist was started: a template that went since was a standard one then.
    for row in data.checklists()?.iter() {
        if let [review, id, created] = row.as_slice() {
            let policy = created.as_moment().map_or(&data.policies.now, |at| data.policies.at(at));
            put(review, id.as_text().is_some_and(|id| policy.checklist(id).is_some()));
        }
    }
    let cards = || Condition::OneOf("kind", CARDS.iter().map(|kind| Value::text(*kind)).collect());
    for row in data.workspace.pick(&Query::all(&DOCUMENT).with(cards()), &["review", "kind", "template"])? {
        if let [review, kind, id] = row.as_slice() {
            put(review, kind.as_text().and_then(template::id_for) == id.as_text());
        }
    }
    for row in data.workspace.pick(&Query::all(&EVIDENCE).with(cards()), &["review", "status"])? {
        if let [review, status] = row.as_slice()
            && !matches!(status.as_text(), Some("rejected" | "superseded"))
        {
            // A card that was made elsewhere follows no template of ours.
            put(review, false);
        }
    }
    Ok(standard)
}
