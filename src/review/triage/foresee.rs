//! What would come and go if answers were saved: asked before a packet or a legal classification is written.

use super::{Difference, Inputs, difference, inputs, unanswered};
use crate::policy::{Policy, RuleError};
use crate::record::{Kind, LEGAL, PACKET, REVIEW, Record, Value};
use crate::workspace::{Result, Workspace};

/// What saving answers would bring.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// The review that the answers belong to.
    pub review: Record,
    /// What would come and go; or the rule that cannot be applied to the old or the new answers.
    pub difference: std::result::Result<Difference, RuleError>,
}

/// What would come and go if these fields of a packet or a legal classification were saved. `record` is the id of the
/// record that changes; without one, a legal classification is added to the review that its fields name. None where a
/// triage does not rest on that kind of record.
///
/// # Errors
/// Where the record is not there, or the file cannot be read.
pub fn foresee(
    workspace: &Workspace,
    policy: &Policy,
    kind: Kind,
    record: Option<&str>,
    fields: &[(&'static str, Value)],
) -> Result<Option<Foreseen>> {
    if ![&PACKET, &LEGAL].contains(&kind) {
        return Ok(None);
    }
    let review = match record {
        Some(id) => workspace.get(kind, id)?.text("review").map(str::to_owned),
        None => {
            fields.iter().find(|(name, _)| *name == "review").and_then(|(_, value)| value.as_text().map(str::to_owned))
        }
    };
    let Some(review) = review else { return Ok(None) };
    let before = inputs(workspace, workspace.get(&REVIEW, &review)?)?;
    let mut after = before.clone();
    let answers = if kind == &PACKET { &mut after.packet } else { after.legal.get_or_insert_with(unanswered) };
    for (name, value) in fields {
        answers.set(name, value.clone());
    }
    let difference = between(policy, &before, &after);
    Ok(Some(Foreseen { review: before.review, difference }))
}

/// What comes and goes between the same review then and now, under one policy.
///
/// # Errors
/// The first rule of the policy that cannot be applied.
pub fn between(policy: &Policy, before: &Inputs, after: &Inputs) -> std::result::Result<Difference, RuleError> {
    difference(&before.case(policy), &after.case(policy))
}
