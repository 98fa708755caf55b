//! Risks worth a thought: the patterns of the library whose conditions hold for a review's packet, each with the reason.
//! They are offered and never added by themselves. Whoever adds one gets its statement to adapt; the levels are left open,
//! because how bad and how likely it is here is a judgement about this system, for which the pattern's are only typical.

mod order;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::triage::inputs;
use crate::policy::{Pattern, Policy};
use crate::record::{ACTION, Kind, Problem, RISK, Record, Terms as _, Value};
use crate::workspace::{Condition, Edit, Error, Query, Result, Workspace, new_id};

/// A pattern that is suggested for a review.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// The pattern.
    pub pattern: Pattern,
    /// The level that its typical severity and likelihood come to, where policy has one.
    pub level: Option<String>,
    /// The risks of the review, and of its system, that were drawn from it already.
    pub present: Vec<Record>,
    /// Why it stands where it does among the others, in a line; empty where it is recorded already.
    pub because: String,
}

/// What is usually done about a risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mitigation {
    /// Counted from 1.
    pub number: usize,
    /// What is done.
    pub text: String,
    /// The action that does it, by reference, where there is one.
    pub action: Option<String>,
}

/// The patterns that are suggested for a review: those not recorded yet first, in the order of `suggest/order.rs`, each with why it
/// stands there.
///
/// # Errors
/// Where a pattern's condition cannot be applied, or the file cannot be read.
pub fn suggest(workspace: &Workspace, policy: &Policy, review: &Record) -> Result<Vec<Suggestion>> {
    let packet = inputs(workspace, review.clone())?.packet;
    let patterns = policy.patterns_for(&packet).map_err(|error| Error::Policy(error.to_string()))?;
    let mut of = vec![Condition::Is("review", Value::text(review.id()))];
    of.extend(review.text("system").map(|system| Condition::Is("system", Value::text(system))));
    let mut risks = workspace.records(&Query::all(&RISK).with(Condition::Any(of)))?;
    risks.retain(|risk| risk.text("status") != Some("closed") || !risk.get("pattern").is_empty());
    let suggestions: Vec<Suggestion> = patterns
        .into_iter()
        .map(|pattern| Suggestion {
            level: policy.level(pattern.severity, pattern.likelihood).map(|(level, _)| level),
            present: risks.iter().filter(|risk| risk.text("pattern") == Some(&pattern.id)).cloned().collect(),
            pattern: pattern.clone(),
            because: String::new(),
        })
        .collect();
    Ok(order::order(policy, suggestions, &packet, &risks))
}

/// What a risk says that is drawn from a pattern. Levels are not among it.
#[must_use]
pub fn drawn_from(pattern: &Pattern) -> Vec<(&'static str, Value)> {
    vec![
        ("title", Value::text(pattern.title.as_str())),
        ("statement", Value::text(pattern.statement.as_str())),
        ("affected_groups", Value::text(pattern.affected.as_str())),
        ("category", pattern.category.as_deref().map_or(Value::Empty, Value::text)),
        ("controls", Value::List(pattern.controls.clone())),
        ("pattern", Value::text(pattern.id.as_str())),
    ]
}

/// The fields of a new risk, with what the pattern that it names says where they say nothing. A pattern that the policy does
/// not have is kept as a text, as long as the risk has a title of its own.
///
/// # Errors
/// Where the risk has no title and the policy has no such pattern: names the nearest.
pub fn filled(policy: &Policy, mut fields: Vec<(&'static str, Value)>) -> Result<Vec<(&'static str, Value)>> {
    let said = |fields: &[(&'static str, Value)], name: &str| {
        fields.iter().any(|(known, value)| *known == name && !value.is_empty())
    };
    let named = fields.iter().find(|(name, _)| *name == "pattern").and_then(|(_, value)| value.as_text());
    let Some(named) = named.map(str::to_owned) else { return Ok(fields) };
    match policy.pattern(&named) {
        Some(pattern) => {
            for (name, value) in drawn_from(pattern) {
                if !said(&fields, name) {
                    fields.retain(|(known, _)| *known != name);
                    fields.push((name, value));
                }
            }
            Ok(fields)
        }
        None if said(&fields, "title") => Ok(fields),
        None => {
            let ids: Vec<&str> = policy.patterns().iter().map(|pattern| pattern.id.as_str()).collect();
            let short: String = named.chars().take(60).collect();
            let near = similar::get_close_matches(short.as_str(), &ids, 1, 0.5).first().copied();
            let near = near.map_or_else(|| ".".to_owned(), |near| format!("; did you mean “{near}”?"));
            let message = format!("There is no risk pattern “{}”{near}", crate::text::line(&short));
            let problems = vec![Problem::of("pattern", message)];
            Err(Error::Refused { what: "The risk".to_owned(), kind: Some(&RISK), problems })
        }
    }
}

/// What is usually done about a risk that was drawn from a pattern, with the actions that do it already. Empty where the
/// policy does not have its pattern.
///
/// # Errors
/// When the file cannot be read.
pub fn mitigations(workspace: &Workspace, policy: &Policy, risk: &Record) -> Result<Vec<Mitigation>> {
    let Some(pattern) = risk.text("pattern").and_then(|id| policy.pattern(id)) else { return Ok(Vec::new()) };
    let from_risk = Query::all(&ACTION).with(Condition::Is("source", Value::text(risk.reference())));
    let actions = workspace.records(&from_risk)?;
    let doing = |title: &str| actions.iter().find(|action| action.title() == title);
    let mitigations = pattern.mitigations.iter().enumerate().map(|(at, text)| Mitigation {
        number: at + 1,
        text: text.clone(),
        action: doing(title_of(text)).map(|action| action.reference().to_owned()),
    });
    Ok(mitigations.collect())
}

/// The title of the action that does what a pattern says.
fn title_of(mitigation: &str) -> &str {
    mitigation.trim_end_matches('.')
}

/// The edits that make mitigations of a risk into actions; one that has an action already is left out.
#[must_use]
pub fn mitigation_edits(
    risk: &Record,
    chosen: &[&Mitigation],
    owner: Option<&str>,
    due_on: Option<NaiveDate>,
    at: DateTime<Utc>,
) -> Vec<Edit> {
    let kind: Kind = &ACTION;
    let new = chosen.iter().filter(|mitigation| mitigation.action.is_none());
    new.map(|mitigation| Edit::Add {
        kind,
        id: new_id(at),
        fields: vec![
            ("title", Value::text(title_of(&mitigation.text))),
            ("kind", Value::text("mitigation")),
            ("source", Value::text(risk.reference())),
            ("review", risk.get("review").clone()),
            ("owner", owner.map_or_else(|| risk.get("owner").clone(), Value::text)),
            ("due_on", due_on.map_or_else(|| risk.get("due_on").clone(), Value::Day)),
        ],
    })
    .collect()
}
