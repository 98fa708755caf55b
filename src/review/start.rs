//! Starting a review: the review and its empty packet, together.

use chrono::{DateTime, Utc};

use crate::record::{PACKET, REVIEW, Value};
use crate::workspace::{Edit, new_id};

/// The edits that start a review with these fields: a review is never without its intake packet. Returns its id too.
#[must_use]
pub fn start(at: DateTime<Utc>, fields: Vec<(&'static str, Value)>) -> (String, Vec<Edit>) {
    let review = new_id(at);
    let edits = vec![
        Edit::Add { kind: &REVIEW, id: review.clone(), fields },
        Edit::Add { kind: &PACKET, id: new_id(at), fields: vec![("review", Value::text(review.as_str()))] },
    ];
    (review, edits)
}
