//! Reading what a triage is made of: of one review, or of all at once.

use std::collections::HashMap;

use super::{Case, Triage};
use crate::policy::{Policy, RuleError};
use crate::record::{Kind, LEGAL, PACKET, REVIEW, Record, Value};
use crate::workspace::{Condition, Direction, Query, Result, Workspace};

/// A review with its packet and its legal classification.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The review.
    pub review: Record,
    /// Its packet; one that says nothing, where it has none.
    pub packet: Record,
    /// Its legal classification, where there is one.
    pub legal: Option<Record>,
}

impl Inputs {
    /// The case that they are under a policy.
    #[must_use]
    pub fn case<'a>(&'a self, policy: &'a Policy) -> Case<'a> {
        Case { policy, packet: &self.packet, legal: self.legal.as_ref(), review: &self.review }
    }
}

/// Reads what the triage of a review is made of.
///
/// # Errors
/// When the file cannot be read.
pub fn inputs(workspace: &Workspace, review: Record) -> Result<Inputs> {
    let of = |kind: Kind| -> Result<Option<Record>> {
        let query = Query::all(kind).with(Condition::Is("review", Value::text(review.id())));
        Ok(workspace.page(&query, None, Direction::After, 1)?.rows.pop().map(|row| row.record))
    };
    let (packet, legal) = (of(&PACKET)?, of(&LEGAL)?);
    Ok(Inputs { packet: packet.unwrap_or_else(|| Record::empty(&PACKET)), legal, review })
}

/// A review and what its triage comes to, or the rule that could not be applied to it.
pub struct Surveyed {
    /// What the triage was made of.
    pub inputs: Inputs,
    /// The triage.
    pub triage: std::result::Result<Triage, RuleError>,
}

/// Triages every review that meets these conditions, in the order in which they were recorded.
///
/// # Errors
/// When the file cannot be read.
pub fn survey(workspace: &Workspace, policy: &Policy, conditions: &[Condition]) -> Result<Vec<Surveyed>> {
    let mut reviews = Query::all(&REVIEW);
    reviews.conditions.extend_from_slice(conditions);
    let mut packets = by_review(workspace, &PACKET)?;
    let mut legals = by_review(workspace, &LEGAL)?;
    let surveyed = workspace.records(&reviews)?.into_iter().map(|review| {
        let packet = packets.remove(review.id()).unwrap_or_else(|| Record::empty(&PACKET));
        let legal = legals.remove(review.id());
        let inputs = Inputs { review, packet, legal };
        let triage = inputs.case(policy).assess();
        Surveyed { inputs, triage }
    });
    Ok(surveyed.collect())
}

fn by_review(workspace: &Workspace, kind: Kind) -> Result<HashMap<String, Record>> {
    let records = workspace.records(&Query::all(kind))?;
    let of = |record: Record| (record.text("review").unwrap_or_default().to_owned(), record);
    Ok(records.into_iter().map(of).collect())
}
