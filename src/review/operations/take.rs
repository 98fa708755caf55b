//! What incidents propose for checklists: printed as a layer of policy, or taken into the workspace's own policy by a decision.
//!
//! What is taken changes the template: it has the items in its next version, and checklists in work are brought to it by
//! [`crate::review::renew`]. The actions that proposed them are done in the same change.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use toml::{Table, Value as Toml};

use super::learn::PROPOSAL;
use crate::policy::{Policy, PolicyError};
use crate::record::decision::POLICY_CHANGE;
use crate::record::{ACTION, CHECKLIST, REVIEW, Record, Value};
use crate::review::decide::{self, Ask};
use crate::review::triage::{Sign, Told};
use crate::workspace::{Change, Condition, Edit, Error, Query, Result, Workspace};

/// The row of the workspace's own policy that holds what it decides itself.
pub const OWN_LAYER: &str = "workspace";

/// Layers of a workspace's own policy, by id and text.
type Layers = Vec<(String, String)>;

/// What makes a policy of a workspace's own layers.
pub type Governing<'p> = &'p dyn Fn(&[(String, String)]) -> Result<Policy, PolicyError>;

/// A template with what is proposed for it.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// The template's id.
    pub template: String,
    /// Its version so far; with the items it is the next one.
    pub version: u32,
    /// The actions that propose an item each.
    pub actions: Vec<Record>,
}

/// What incidents propose and no template has yet, by template: of one incident, or of all. What was cancelled is left out.
///
/// # Errors
/// When the file cannot be read.
pub fn proposed(workspace: &Workspace, policy: &Policy, incident: Option<&Record>) -> Result<Vec<Proposed>> {
    let mut query = Query::all(&ACTION)
        .with(Condition::Is("kind", "control improvement".into()))
        .with(Condition::Contains("tags", PROPOSAL.to_owned()));
    if let Some(incident) = incident {
        query = query.with(Condition::Is("source", Value::text(incident.reference())));
    }
    let mut by_template: BTreeMap<String, Proposed> = BTreeMap::new();
    for action in workspace.records(&query)?.into_iter().filter(|action| action.text("status") != Some("cancelled")) {
        let named = action.get("tags").items().iter().find_map(|tag| policy.checklist(tag));
        let Some(template) = named.filter(|one| one.items.iter().all(|item| item.code != action.reference())) else {
            continue;
        };
        let new = || Proposed { template: template.id.clone(), version: template.version, actions: Vec::new() };
        by_template.entry(template.id.clone()).or_insert_with(new).actions.push(action);
    }
    Ok(by_template.into_values().collect())
}

/// The item that an action proposes, as policy writes it.
fn item(action: &Record) -> Table {
    let text = action.text("acceptance_criteria").unwrap_or_else(|| action.title());
    let why = format!("Proposed after {}.", action.text("source").unwrap_or("an incident"));
    // A code that no template has: the action's own reference.
    let said: [(&str, Toml); 3] =
        [("code", action.reference().into()), ("text", text.into()), ("guidance", why.into())];
    said.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Lays what is proposed over a layer: the version of each template goes up by one, so that checklists in work notice.
fn lay(layer: &mut Table, proposed: &[Proposed]) {
    let mut templates = taken_out(layer, "checklist");
    for one in proposed {
        let named = |known: &Toml| known.get("id").and_then(Toml::as_str) == Some(one.template.as_str());
        let mut table = match templates.iter().position(named).map(|at| templates.remove(at)) {
            Some(Toml::Table(table)) => table,
            _ => Table::from_iter([("id".to_owned(), one.template.as_str().into())]),
        };
        table.insert("version".to_owned(), (i64::from(one.version) + 1).into());
        let mut items = taken_out(&mut table, "item");
        items.extend(one.actions.iter().map(|action| Toml::Table(item(action))));
        table.insert("item".to_owned(), items.into());
        templates.push(Toml::Table(table));
    }
    layer.insert("checklist".to_owned(), templates.into());
}

/// The list under a key, taken out of its table; empty where there is none.
fn taken_out(table: &mut Table, key: &str) -> Vec<Toml> {
    match table.remove(key) {
        Some(Toml::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// What incidents propose, as a layer of policy that can be laid over the others as it is; empty where nothing is.
///
/// # Errors
/// When the file cannot be read.
pub fn proposals(workspace: &Workspace, policy: &Policy, incident: Option<&Record>) -> Result<String> {
    let mut layer = Table::new();
    let proposed = proposed(workspace, policy, incident)?;
    if proposed.is_empty() {
        return Ok(String::new());
    }
    lay(&mut layer, &proposed);
    Ok(toml::to_string(&layer).unwrap_or_default())
}

/// What taking proposals in would come to: shown first, then decided or recommended.
#[derive(Debug, Clone)]
pub struct Taking {
    /// What is taken in, by template.
    pub proposed: Vec<Proposed>,
    /// Checklists of these templates in reviews that are still going on, with the version each stands on: to be renewed after.
    pub in_work: Vec<(Record, i64)>,
    /// The policy that it makes.
    pub after: Policy,
    incident: Option<Record>,
    was: Layers,
    text: String,
}

/// Works out what taking the proposals of an incident, or of all, into the workspace's own policy would come to; nothing where
/// nothing is proposed that the templates do not have.
///
/// # Errors
/// When the file cannot be read, or the policy does not load with what is proposed.
pub fn taking(
    workspace: &Workspace,
    policy: &Policy,
    governing: Governing<'_>,
    incident: Option<&Record>,
) -> Result<Option<Taking>> {
    let proposed = proposed(workspace, policy, incident)?;
    if proposed.is_empty() {
        return Ok(None);
    }
    let was = workspace.policy_layers()?;
    let own = was.iter().find(|(id, _)| id == OWN_LAYER).map_or("", |(_, text)| text);
    let wrong = |why: String| Error::Policy(format!("The workspace's own policy cannot take it in: {why}"));
    let mut layer: Table = own.parse().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
    lay(&mut layer, &proposed);
    let text = toml::to_string(&layer).map_err(|error| wrong(error.to_string()))?;
    let mut layers: Layers = was.iter().filter(|(id, _)| id != OWN_LAYER).cloned().collect();
    layers.push((OWN_LAYER.to_owned(), text.clone()));
    let after = governing(&layers).map_err(|error| wrong(error.to_string()))?;
    let in_work = in_work(workspace, &proposed)?;
    Ok(Some(Taking { proposed, in_work, after, incident: incident.cloned(), was, text }))
}

/// The checklists of these templates in reviews that are going on.
fn in_work(workspace: &Workspace, proposed: &[Proposed]) -> Result<Vec<(Record, i64)>> {
    let templates = proposed.iter().map(|one| Value::text(one.template.as_str())).collect();
    let mut all = Vec::new();
    for checklist in workspace.records(&Query::all(&CHECKLIST).with(Condition::OneOf("template", templates)))? {
        let review = workspace.get(&REVIEW, checklist.text("review").unwrap_or_default())?;
        if !REVIEW.is_closed(&review) {
            let version = checklist.number("template_version").unwrap_or(0);
            all.push((checklist, version));
        }
    }
    Ok(all)
}

impl Taking {
    /// What it changes, a line each: the templates with their versions, the items, and the checklists that can be renewed.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let mut told = Vec::new();
        for one in &self.proposed {
            let text = format!("checklist {}: version {} → {}", one.template, one.version, one.version + 1);
            told.push(Told { sign: Sign::Changes, text });
            told.extend(one.actions.iter().map(|action| {
                let text = action.text("acceptance_criteria").unwrap_or_else(|| action.title());
                Told { sign: Sign::Comes, text: format!("{}: {}", action.reference(), crate::text::line(text)) }
            }));
        }
        told.extend(self.in_work.iter().map(|(checklist, version)| {
            let text = format!(
                "{} {} stands on version {version}, and can be renewed",
                checklist.reference(),
                checklist.title()
            );
            Told { sign: Sign::Changes, text }
        }));
        told
    }

    /// What is decided, in a few words: `Checklist launch-readiness: ACT-2 added`.
    #[must_use]
    pub fn outcome(&self) -> String {
        let of = |one: &Proposed| {
            let items: Vec<&str> = one.actions.iter().map(Record::reference).collect();
            format!("{} version {}: {} added", one.template, one.version + 1, items.join(", "))
        };
        let all: Vec<String> = self.proposed.iter().map(of).collect();
        let what = if let [_] = self.proposed.as_slice() { "Checklist" } else { "Checklists" };
        format!("{what} {}", all.join("; "))
    }

    /// The decision that it is: a change of the policy, about the incident where it is one incident's.
    fn ask(&self, why: &str) -> Ask {
        let outcome = crate::text::fit(&self.outcome(), 200).into_owned();
        Ask { outcome, ..Ask::new(POLICY_CHANGE, self.incident.as_ref(), why) }
    }

    /// That somebody may decide it, asked before anything is typed.
    ///
    /// # Errors
    /// Why not, by which rule, and who may.
    pub fn may(&self, workspace: &Workspace, by: &str) -> Result<()> {
        let standing = decide::may(workspace, &self.ask(""), by, Utc::now());
        standing.map(|_| ()).map_err(|refusal| Error::NoRight { what: self.outcome(), refusal })
    }

    /// The change that takes it in: the decision, the workspace's layer, and the actions that are done by it.
    ///
    /// # Errors
    /// When the file cannot be read, or the workspace's policy is another one than when this was worked out.
    pub fn change(&self, workspace: &Workspace, by: &str, why: &str, at: DateTime<Utc>) -> Result<Change> {
        if workspace.policy_layers()? != self.was {
            let message = "The workspace's policy has changed since this was shown. Nothing was taken in; look again.";
            return Err(Error::Policy(message.to_owned()));
        }
        let mut edits = decide::decide(workspace, &self.ask(why), at)?;
        let columns = vec![("text", self.text.clone())];
        edits.push(Edit::PutRow { table: "policy_layer", id: OWN_LAYER.to_owned(), columns });
        for one in &self.proposed {
            let note = format!("In the checklist {} since its version {}.", one.template, one.version + 1);
            edits.extend(one.actions.iter().map(|action| done(action, &note)));
        }
        Ok(Change { at, ..Change::by(by, edits) }.because(why).called(self.outcome()))
    }

    /// The change that only recommends it, for whoever may not decide it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn recommendation(&self, workspace: &Workspace, by: &str, why: &str, at: DateTime<Utc>) -> Result<Change> {
        let ask = Ask { recommend: true, ..self.ask(why) };
        let edits = decide::decide(workspace, &ask, at)?;
        let called = format!("{}, recommended", self.outcome());
        Ok(Change { at, ..Change::by(by, edits) }.because(why).called(called))
    }
}

/// An action that is done by having been taken in; one that was done before only says where it stands now.
fn done(action: &Record, note: &str) -> Edit {
    let said = action.text("closing_note").map(|said| format!("{said}\n{note}"));
    let mut fields = vec![("closing_note", Value::text(said.unwrap_or_else(|| note.to_owned())))];
    if action.text("status") != Some("done") {
        fields.push(("status", "done".into()));
    }
    Edit::Set { kind: &ACTION, id: action.id().to_owned(), version: Some(action.version()), fields }
}
