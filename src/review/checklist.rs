//! Starting a checklist from a template of the policy, with the items that the review's packet calls for.

use chrono::{DateTime, Utc};

use super::packet_of;
use crate::policy::{Policy, Template};
use crate::record::{CHECKLIST, CHECKLIST_ITEM, Problem, Record, Value};
use crate::workspace::{Edit, Error, Result, Workspace, new_id};

/// The edits that start a checklist: the checklist with these fields (`review` and `template` at the least) and its items.
///
/// # Errors
/// Where the template is not in the policy, the review has no packet, or a rule of the policy cannot be applied.
pub fn start_checklist(
    workspace: &Workspace,
    policy: &Policy,
    at: DateTime<Utc>,
    fields: &[(&'static str, Value)],
) -> Result<Vec<Edit>> {
    let text = |name: &str| {
        fields.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_text()).unwrap_or_default()
    };
    let (review, wanted) = (text("review").to_owned(), text("template"));
    let template = policy.checklist(wanted).ok_or_else(|| {
        let known: Vec<&str> = policy.checklists().iter().map(|template| template.id.as_str()).collect();
        Error::Refused {
            what: "The checklist".to_owned(),
            kind: Some(&CHECKLIST),
            problems: vec![Problem::of(
                "template",
                format!("There is no template “{}”; there are: {}.", crate::text::line(wanted), known.join(", ")),
            )],
        }
    })?;
    let packet = packet_of(workspace, &review)?;
    checklist_from(policy, template, &packet, at, fields)
}

/// The same for a template and a packet that are at hand: the packet need not be saved yet.
///
/// # Errors
/// Where a rule of the policy cannot be applied.
pub fn checklist_from(
    policy: &Policy,
    template: &Template,
    packet: &Record,
    at: DateTime<Utc>,
    fields: &[(&'static str, Value)],
) -> Result<Vec<Edit>> {
    let said = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let review = said("review").unwrap_or_default();
    let items = policy.items_for(template, packet).map_err(|error| Error::Policy(error.to_string()))?;
    let checklist = new_id(at);
    let mut fields: Vec<(&'static str, Value)> =
        fields.iter().filter(|(name, _)| *name != "template_version").cloned().collect();
    if said("title").is_none_or(|title| title.is_empty()) {
        fields.push(("title", Value::text(template.title.as_str())));
    }
    fields.push(("template_version", Value::Number(i64::from(template.version))));
    let mut edits = vec![Edit::Add { kind: &CHECKLIST, id: checklist.clone(), fields }];
    for (position, item) in items.into_iter().enumerate() {
        edits.push(Edit::Add {
            kind: &CHECKLIST_ITEM,
            id: new_id(at),
            fields: vec![
                ("checklist", Value::text(checklist.as_str())),
                ("review", review.clone()),
                ("code", Value::text(item.code.as_str())),
                ("text", Value::text(item.text.as_str())),
                ("guidance", Value::text(item.guidance.as_str())),
                ("controls", Value::List(item.controls.clone())),
                ("required_evidence", Value::List(item.required_evidence.clone())),
                ("position", Value::Number(i64::try_from(position).unwrap_or(0))),
            ],
        });
    }
    Ok(edits)
}
