//! How far a review has come, as rules ask it.

use super::Facts;
use crate::record::Record;
use crate::record::review::STAGES;

/// Stages in which nothing is expected of a review any more.
const OVER: &[&str] = &["rejected", "withdrawn", "closed"];

/// Whether the review has come to this stage or beyond, and is not over.
pub(super) fn reached(review: &Record, stage: &str) -> bool {
    let at = |stage: &str| STAGES.iter().position(|known| *known == stage);
    let now = review.text("stage").unwrap_or("intake");
    !OVER.contains(&now) && at(now) >= at(stage)
}

/// Whether nothing is expected of the review any more.
pub(super) fn is_over(review: &Record) -> bool {
    OVER.contains(&review.text("stage").unwrap_or("intake"))
}

/// Whether what was reviewed is in use.
pub(super) fn is_live(review: &Record) -> bool {
    matches!(review.text("stage"), Some("launched" | "monitoring"))
}

/// The review of a record, unless nothing is expected of it any more.
pub(super) fn going<'r>(facts: &'r Facts<'_>, record: &'r Record) -> Option<&'r Record> {
    facts.review(record).filter(|review| !is_over(review))
}

/// Whether a record still matters: its review is not over; or it belongs to none, and its system is not retired.
pub(super) fn matters(facts: &Facts<'_>, record: &Record) -> bool {
    match facts.review(record) {
        Some(review) => !is_over(review),
        None => facts.system(record).is_none_or(|system| system.text("lifecycle") != Some("retired")),
    }
}
