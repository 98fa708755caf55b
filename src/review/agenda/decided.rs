//! What was decided and does not carry any more: waivers that have ended, approvals whose subject has changed since.

use super::gather::{Draft, Gathering, draft};
use super::{Pressing, decide};
use crate::record::decision::{APPROVE, APPROVE_WITH_CONDITIONS, IN_FORCE, WAIVER};
use crate::record::{DECISION, Record, Value};
use crate::review::Place;
use crate::review::gate::Step;
use crate::workspace::{Condition, Query, Result, Sort};

/// How many approvals, the newest first, are compared with what they were about: each takes reading its review.
const COMPARED: usize = 200;

impl Gathering<'_> {
    /// Waived items whose waiver is over.
    pub fn waivers(&self) -> Result<Vec<Draft>> {
        let query = Query::all(&DECISION)
            .with(Condition::Is("kind", WAIVER.into()))
            .with(Condition::Is("status", IN_FORCE.into()))
            .with(Condition::AtMost("expires_on", self.yesterday()));
        let page = self.page(&Self::by(self.mine(query, None), "expires_on"))?;
        let mut drafts = Vec::new();
        for row in page.rows {
            let Some(item) = self.subject(&row.record)?.filter(|item| item.text("status") == Some("waived")) else {
                continue;
            };
            let until = row.record.get("expires_on").as_day();
            let reference = item.reference().to_owned();
            let why = format!(
                "Its waiver, {}, ended on {}; it counts as failed since.",
                row.record.reference(),
                until.map(|until| until.to_string()).unwrap_or_default()
            );
            let labels = self.workspace.labels([&item])?;
            drafts.push(Draft {
                days_late: self.days_since(until),
                step: Some(Step {
                    what: format!("meet {reference}, or have it waived anew"),
                    command: format!("probity item pass {reference} --evidence EVIDENCE"),
                    place: Place::Checklist,
                }),
                ..draft(0, Pressing::Expired, item, &labels, why)
            });
        }
        Ok(drafts)
    }

    /// Approved reviews in which something that the approval rests on has changed since.
    pub fn outdated(&self) -> Result<Vec<Draft>> {
        let kinds = [APPROVE, APPROVE_WITH_CONDITIONS].map(Value::text).to_vec();
        let query = Query::all(&DECISION)
            .with(Condition::OneOf("kind", kinds))
            .with(Condition::Is("status", IN_FORCE.into()))
            .with(Condition::Linked("review", Box::new(Condition::Open)));
        let mut query = self.mine(query, None);
        query.sort = vec![Sort { field: "decided_at", descending: true }];
        let mut drafts = Vec::new();
        for row in self.workspace.page(&query, None, crate::workspace::Direction::After, COMPARED)?.rows {
            let differences = decide::outdated(self.workspace, &row.record, self.today);
            let Some((first, rest)) = differences.split_first() else { continue };
            let Some(review) = self.subject(&row.record)? else { continue };
            let more = match rest.len() {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let (decision, reference) = (row.record.reference(), review.reference().to_owned());
            let why = format!("{decision} approved something else: {first}{more}.");
            let labels = self.workspace.labels([&review])?;
            drafts.push(Draft {
                step: Some(Step {
                    what: format!("have {reference} decided anew, or put back what changed"),
                    command: format!("probity decide {reference} approve --why WHY"),
                    place: Place::Review,
                }),
                ..draft(1, Pressing::Outdated, review, &labels, why)
            });
            if drafts.len() >= self.limit {
                break;
            }
        }
        Ok(drafts)
    }

    /// The record that a decision is about, if it is still there.
    fn subject(&self, decision: &Record) -> Result<Option<Record>> {
        match decision.text("subject").map(|reference| self.workspace.find(reference)) {
            None | Some(Err(crate::workspace::Error::NoRecord(..))) => Ok(None),
            Some(Err(error)) => Err(error),
            Some(Ok(record)) => Ok(Some(record)),
        }
    }
}
