//! Applying a triage: the proposed tier is written anew, and the functions that must look are asked, in one change.

use chrono::{DateTime, Utc};

use super::{Inputs, missing_routes, route_edits};
use crate::policy::{Policy, RuleError};
use crate::record::{REVIEW, Record};
use crate::workspace::{Change, Edit, Error, Receipt, Result, Workspace};

/// What was applied to a review.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The review as it was.
    pub review: Record,
    /// The tier that is proposed.
    pub tier: Option<&'static str>,
    /// The functions that were asked.
    pub routes: Vec<String>,
}

impl Applied {
    fn words(&self) -> String {
        let tier = self.tier.map_or("no tier can be proposed yet".to_owned(), |tier| format!("proposed tier {tier}"));
        let routes = match self.routes.as_slice() {
            [] => "no route to add".to_owned(),
            routes => format!("routes {}", routes.join(", ")),
        };
        format!("{} triaged: {tier}, {routes}", self.review.reference())
    }
}

/// Writes the proposed tiers of reviews, and adds the routes that they do not have yet, in one change of a person.
///
/// # Errors
/// Where a rule of the policy cannot be applied, or the file cannot be written; nothing is written then.
pub fn apply(
    workspace: &mut Workspace,
    policy: &Policy,
    cases: &[Inputs],
    by: &str,
    at: DateTime<Utc>,
) -> Result<(Receipt, Vec<Applied>)> {
    let mut edits = Vec::new();
    let mut applied = Vec::new();
    for case in cases {
        let triage = case.case(policy).assess().map_err(|error| of_rule(&error))?;
        let routes = missing_routes(workspace, &case.review, &triage)?;
        edits.push(Edit::Settle { kind: &REVIEW, id: case.review.id().to_owned() });
        edits.extend(route_edits(&case.review, &routes, at));
        let routes = routes.iter().map(|route| route.function.clone()).collect();
        applied.push(Applied { review: case.review.clone(), tier: triage.proposed_tier, routes });
    }
    let words: Vec<String> = applied.iter().map(Applied::words).collect();
    let change = Change { at, ..Change::by(by, edits) };
    Ok((workspace.write(change.called(words.join("; ")))?, applied))
}

/// A rule that cannot be applied is a mistake of the policy.
fn of_rule(error: &RuleError) -> Error {
    Error::Policy(error.to_string())
}
