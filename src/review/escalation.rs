//! Whom something that is due goes to now, by a step of escalation of the policy: one answer for everything that tells it.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::policy::Escalation;
use crate::record::incident::MITIGATION;
use crate::record::{INCIDENT, PERSON, REVIEW, ROUTE, Record, SYSTEM};
use crate::workspace::{Result, Workspace};

/// Whom something goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipients {
    /// People by `@handle`, and roles; each once, in the policy's order.
    pub to: Vec<String>,
    /// The addresses of the people, where they are known.
    pub addresses: Vec<String>,
}

/// Finds whom things go to; a person is read once.
pub struct Escalating<'w> {
    workspace: &'w Workspace,
    /// Handle and address by id.
    people: RefCell<HashMap<String, (String, String)>>,
}

impl<'w> Escalating<'w> {
    /// In this workspace.
    #[must_use]
    pub fn new(workspace: &'w Workspace) -> Self {
        Self { workspace, people: RefCell::default() }
    }

    /// Whom a record goes to at a step: its own people first, then those of its review and of its system.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn recipients(&self, record: &Record, step: &Escalation) -> Result<Recipients> {
        let review = match record.text("review") {
            Some(id) => Some(self.workspace.get(&REVIEW, id)?),
            None if record.kind() == &REVIEW => Some(record.clone()),
            None => None,
        };
        let parent = record.text("incident").filter(|_| record.kind() == &MITIGATION);
        let parent = parent.map(|id| self.workspace.get(&INCIDENT, id)).transpose()?;
        let system =
            [Some(record), parent.as_ref(), review.as_ref()].into_iter().flatten().find_map(|one| one.text("system"));
        let system = system.map(|id| self.workspace.get(&SYSTEM, id)).transpose()?;
        let mut found = Recipients::default();
        for wanted in &step.to {
            let id = match wanted.as_str() {
                "owner" => owner_of(record, parent.as_ref()),
                "reviewer" if record.kind() == &ROUTE => record.text("reviewer"),
                "reviewer" | "requester" => review.as_ref().and_then(|review| review.text(wanted)),
                "business owner" => system.as_ref().and_then(|system| system.text("business_owner")),
                "technical owner" => system.as_ref().and_then(|system| system.text("technical_owner")),
                role => {
                    if !found.to.iter().any(|known| known == role) {
                        found.to.push(role.to_owned());
                    }
                    continue;
                }
            };
            let Some(id) = id else { continue };
            let (handle, address) = self.person(id)?;
            let handle = format!("@{handle}");
            if !found.to.contains(&handle) {
                found.to.push(handle);
                found.addresses.extend(Some(address).filter(|address| !address.is_empty()));
            }
        }
        Ok(found)
    }

    fn person(&self, id: &str) -> Result<(String, String)> {
        if let Some(known) = self.people.borrow().get(id) {
            return Ok(known.clone());
        }
        let person = self.workspace.get(&PERSON, id)?;
        let said = |field: &str| person.text(field).unwrap_or_default().to_owned();
        let told = (said("handle"), said("email"));
        self.people.borrow_mut().insert(id.to_owned(), told.clone());
        Ok(told)
    }
}

/// Who answers for a record.
fn owner_of<'r>(record: &'r Record, parent: Option<&'r Record>) -> Option<&'r str> {
    let fields = ["owner", "routed_to", "commander", "put_in_by", "assessed_by"];
    let own = fields.iter().find_map(|field| record.text(field));
    own.or_else(|| parent.and_then(|parent| parent.text("commander")))
}
