//! The JSON schema of a policy file, for editors that complete and check TOML as it is typed. Made from the very types
//! that files are read into. A layer gives only what it changes, so nothing but a thing's own name is required.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Value, json};

use super::about::About;
use super::business::BusinessForm;
use super::checklist::TemplateForm;
use super::control::ControlForm;
use super::framework::FrameworkForm;
use super::law::LawForm;
use super::limits::{DocumentForm, EvidenceForm, RiskForm};
use super::meeting::MeetingForm;
use super::names::NamedForm;
use super::operations::{KpiForm, LegalClockForm, MonitoringRuleForm};
use super::pattern::PatternForm;
use super::requirement::RequirementForm;
use super::rights::{RightForm, SeparationForm};
use super::rules::{ChecklistRuleForm, DocumentRuleForm, RouteRuleForm, TierForm, TierRuleForm};
use super::scales::{LevelForm, RowForm, ScalesForm};
use super::stage::{EscalationForm, StageForm};
use super::threshold::ThresholdForm;

/// A policy file.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Probity policy")]
#[expect(dead_code, reason = "only its schema is used")]
struct PolicyFile {
    /// The profile, or the file beside this one, over which this file lies.
    extends: String,
    /// Whether this file is the whole policy, with nothing under it.
    complete: bool,
    /// What this policy says of itself.
    about: About,
    /// The two scales, steps 1 to 5 each.
    scale: ScalesForm,
    /// The levels that the matrix can give.
    level: Vec<LevelForm>,
    /// For each severity, 1 to 5, the levels by likelihood.
    matrix: BTreeMap<String, RowForm>,
    /// Categories of risk.
    category: Vec<NamedForm>,
    /// Roles that people hold.
    role: Vec<NamedForm>,
    /// Functions that review.
    function: Vec<NamedForm>,
    /// What a packet must answer.
    requirement: Vec<RequirementForm>,
    /// The stages of a review.
    stage: Vec<StageForm>,
    /// Calendar days that a review may stay in a stage, by tier; `any` holds for the rest.
    service_level: BTreeMap<String, BTreeMap<String, u32>>,
    /// Who hears of what is due.
    escalation: Vec<EscalationForm>,
    /// Limits on evidence.
    evidence: EvidenceForm,
    /// Limits on documents.
    document: DocumentForm,
    /// Limits on risk.
    risk: RiskForm,
    /// Frameworks that controls answer to.
    framework: Vec<FrameworkForm>,
    /// The organisation's controls.
    control: Vec<ControlForm>,
    /// Checklist templates.
    checklist: Vec<TemplateForm>,
    /// Risk patterns that are suggested for packets.
    pattern: Vec<PatternForm>,
    /// What holds where no rule of tiers fires.
    tier: TierForm,
    /// Which tier the answers suggest; the highest one wins.
    tier_rule: Vec<TierRuleForm>,
    /// Which functions must look.
    route_rule: Vec<RouteRuleForm>,
    /// Which documents a review needs.
    document_rule: Vec<DocumentRuleForm>,
    /// Which checklists a review needs.
    checklist_rule: Vec<ChecklistRuleForm>,
    /// Who may decide what.
    right: Vec<RightForm>,
    /// Who may not decide about their own work.
    separation: Vec<SeparationForm>,
    /// The most days that a waiver, a risk acceptance or a delegation may last.
    duration: BTreeMap<String, u32>,
    /// Kinds of meeting: how often, how long, who belongs to them, what makes a quorum.
    meeting: Vec<MeetingForm>,
    /// What the figures of analyses may be.
    threshold: Vec<ThresholdForm>,
    /// The law that systems are classified under, in versions; the newest last.
    law: Vec<LawForm>,
    /// When people work: how the acknowledgement of alerts is counted.
    business: BusinessForm,
    /// Duties to report an incident.
    legal_clock: Vec<LegalClockForm>,
    /// Which signals a system needs once it is live.
    monitoring_rule: Vec<MonitoringRuleForm>,
    /// What the programme wants of its own figures.
    kpi: Vec<KpiForm>,
}

/// The JSON schema of a policy file.
#[must_use]
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(PolicyFile);
    RecursiveTransform(loosen).transform(&mut schema);
    schema.to_value()
}

/// Requires of a table no more than the key that names it, and lets a named one be removed.
fn loosen(schema: &mut schemars::Schema) {
    schema.remove("required");
    let Some(identity) = schema.remove("x-named-by") else { return };
    schema.insert("required".to_owned(), json!([identity]));
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let remove = json!({"type": "boolean", "const": true, "description": "Take this away from the layers below."});
        properties.insert("remove".to_owned(), remove);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SECTIONS, profiles};
    use super::*;

    #[test]
    fn the_schema_has_every_section_and_nothing_else() {
        let schema = json_schema();
        let properties = schema["properties"].as_object().unwrap();
        let mut names: Vec<&str> = properties.keys().map(String::as_str).collect();
        names.retain(|name| !["extends", "complete"].contains(name));
        names.sort_unstable();
        let mut sections = SECTIONS.to_vec();
        sections.sort_unstable();
        assert_eq!(names, sections);
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema.get("required"), None);
        let requirement = &schema["$defs"]["RequirementForm"];
        assert_eq!(requirement["required"], json!(["id"]));
        assert!(requirement["properties"].get("remove").is_some());
        assert!(!schema.to_string().contains("x-named-by"));
        assert!(profiles().count() >= 2);
    }
}
