//! What a packet must answer before it is complete, and for which answers each field is needed.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::condition::{Condition, Facts};
use super::reader::{Located, Reader};
use crate::record::{Field, PACKET, Record};

/// A field that policy requires of a packet.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The rule's id, such as `lawful-basis`.
    pub id: String,
    /// The field of the packet.
    pub field: &'static Field,
    /// For which packets; all, where there is none.
    pub when: Option<Condition>,
    /// Why it is asked, in one sentence.
    pub reason: String,
    /// Where the law or a framework asks for it.
    pub reference: Option<String>,
}

/// A requirement as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct RequirementForm {
    /// The rule's id, such as `lawful-basis`.
    id: String,
    /// The field of the packet that must be answered.
    field: Located<String>,
    /// For which packets, in CEL; all, where there is none.
    when: Option<Located<String>>,
    /// Why it is asked, in one sentence.
    reason: String,
    /// Where the law or a framework asks for it.
    reference: Option<String>,
}

/// A requirement that holds for a packet, and whether the packet meets it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'p> {
    /// The requirement.
    pub requirement: &'p Requirement,
    /// Whether the packet answers it.
    pub answered: bool,
}

/// Reads the list `requirement`.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Requirement> {
    let forms: Vec<RequirementForm> = reader.list(root, "requirement");
    let names: Vec<&str> = PACKET.editable().map(|field| field.name).collect();
    let mut requirements = Vec::new();
    for form in forms {
        let when = form.when.as_ref().map(|when| reader.condition(when));
        let field = PACKET.field(&form.field).filter(|field| field.is_editable());
        if field.is_none() {
            reader.unknown(form.field.at(), &form.field, "a field that a packet answers", "field", &names);
        }
        if let Some(field) = field {
            // A condition that did not compile is a flaw, and a policy with flaws is refused.
            requirements.push(Requirement {
                id: form.id,
                field,
                when: when.flatten(),
                reason: form.reason,
                reference: form.reference,
            });
        }
    }
    requirements
}

/// The requirements that hold for a packet.
///
/// # Errors
/// The first rule whose condition failed.
pub(super) fn asked<'p>(requirements: &'p [Requirement], packet: &Record) -> Result<Vec<Asked<'p>>, RuleError> {
    let facts = Facts::of_packet(packet);
    let mut asked = Vec::new();
    for requirement in requirements {
        let holds = match &requirement.when {
            None => true,
            Some(when) => when.holds(&facts).map_err(|message| RuleError {
                rule: format!("requirement {}", requirement.id),
                condition: when.source().to_owned(),
                message,
            })?,
        };
        if holds {
            asked.push(Asked { requirement, answered: !packet.get(requirement.field.name).is_empty() });
        }
    }
    Ok(asked)
}

/// How many required fields are answered, and how many are required. A field that several rules require counts once.
/// A rule whose condition fails counts as required and not answered: a broken rule never makes a packet complete.
pub(super) fn completeness(requirements: &[Requirement], packet: &Record) -> (i64, i64) {
    let facts = Facts::of_packet(packet);
    let mut counted: Vec<&str> = Vec::with_capacity(requirements.len());
    let mut answered = 0;
    let mut failed = 0;
    for requirement in requirements {
        let name = requirement.field.name;
        if counted.contains(&name) {
            continue;
        }
        match requirement.when.as_ref().map_or(Ok(true), |when| when.holds(&facts)) {
            Ok(false) => {}
            Ok(true) => {
                counted.push(name);
                answered += i64::from(!packet.get(name).is_empty());
            }
            Err(_) => failed += 1,
        }
    }
    (answered, i64::try_from(counted.len()).unwrap_or(i64::MAX).saturating_add(failed))
}
