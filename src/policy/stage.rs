//! Stages, how long a review may stay in each, and who hears of it when it stays longer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;
use toml::de::DeValue;

use super::names::Named;
use super::reader::{Located, Reader};
use crate::record::review::{STAGES, TIERS};

/// In place of a tier: for every tier that is not named, and before the tier is decided.
pub const ANY_TIER: &str = "any";

/// The most days that a service level may give: ten years.
const LONGEST: i64 = 3650;

/// The people of a record that an escalation may go to; otherwise it goes to the holders of a role.
pub const PEOPLE: &[&str] = &["owner", "reviewer", "requester", "business owner", "technical owner"];

/// A step of escalation of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Its id, such as `second escalation`.
    pub id: String,
    /// What it is for, in one line.
    pub definition: String,
    /// From how many days after the due date; negative before it.
    pub days: i64,
    /// The same for legal clocks, which nobody can make up for once they ran out.
    pub clock_days: i64,
    /// Whom it goes to: some of [`PEOPLE`], or roles.
    pub to: Vec<String>,
}

/// An escalation as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct EscalationForm {
    /// Its id, such as `second escalation`.
    id: String,
    /// What it is for, in one line.
    definition: String,
    /// From how many days after the due date; negative before it.
    days: Located<i64>,
    /// The same for legal clocks of incidents; as `days`, unless said.
    clock_days: Option<Located<i64>>,
    /// Whom it goes to: owner, reviewer, requester, business owner, technical owner, or a role.
    to: Vec<Located<String>>,
}

/// What policy says of stages.
#[derive(Debug, Clone, Default)]
pub(super) struct Stages {
    /// What each stage is for, in the order of a review's life.
    pub named: Vec<Named>,
    /// Days by stage and tier.
    pub service_levels: BTreeMap<String, BTreeMap<String, u32>>,
    /// The steps of escalation, the earliest first.
    pub escalations: Vec<Escalation>,
}

/// A stage as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "name"))]
pub(super) struct StageForm {
    /// One of the stages of a review's life.
    name: Located<String>,
    /// What happens in it, in one line.
    definition: String,
}

impl Stages {
    /// Reads the lists `stage` and `escalation` and the table `service_level`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, roles: &[Named]) -> Self {
        Self {
            named: read_stages(reader, root),
            service_levels: read_service_levels(reader, root),
            escalations: read_escalations(reader, root, roles),
        }
    }

    /// Days for a stage and a tier.
    pub(super) fn days(&self, stage: &str, tier: Option<&str>) -> Option<u32> {
        let by_tier = self.service_levels.get(stage)?;
        tier.and_then(|tier| by_tier.get(tier)).or_else(|| by_tier.get(ANY_TIER)).copied()
    }
}

fn read_stages(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Named> {
    let forms: Vec<StageForm> = reader.list(root, "stage");
    let mut named = Vec::new();
    for form in forms {
        if STAGES.contains(&form.name.as_str()) {
            named.push(Named { name: form.name.into_inner(), definition: form.definition });
        } else {
            reader.unknown(form.name.at(), &form.name, "a stage", "stage", STAGES);
        }
    }
    named.sort_by_key(|named| STAGES.iter().position(|stage| *stage == named.name));
    named
}

fn read_service_levels(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> BTreeMap<String, BTreeMap<String, u32>> {
    let mut levels = BTreeMap::new();
    let Some((table, _)) = reader.table(root, "service_level") else { return levels };
    let tiers: Vec<&str> = TIERS.iter().copied().chain([ANY_TIER]).collect();
    for (stage, item) in table {
        if !STAGES.contains(&stage.get_ref().as_ref()) {
            reader.unknown(stage.span().start, stage.get_ref(), "a stage", "stage", STAGES);
            continue;
        }
        let at = item.span().start;
        let DeValue::Table(days) = item.into_inner() else {
            reader.flaw(at, format!("give days by tier, under [service_level.{}].", stage.get_ref()));
            continue;
        };
        let mut by_tier = BTreeMap::new();
        for (tier, item) in days {
            if !tiers.contains(&tier.get_ref().as_ref()) {
                reader.unknown(tier.span().start, tier.get_ref(), "a tier", "tier", &tiers);
            } else if let Some(days) = reader.whole(item, "a service level, in days,", 0..=LONGEST) {
                by_tier.insert(tier.get_ref().to_string(), u32::try_from(days).unwrap_or(u32::MAX));
            }
        }
        levels.insert(stage.get_ref().to_string(), by_tier);
    }
    levels
}

fn read_escalations(reader: &mut Reader<'_>, root: &mut DeTable<'_>, roles: &[Named]) -> Vec<Escalation> {
    let forms: Vec<EscalationForm> = reader.list(root, "escalation");
    let known: Vec<&str> = PEOPLE.iter().copied().chain(roles.iter().map(|role| role.name.as_str())).collect();
    let mut escalations = Vec::new();
    for form in forms {
        for days in [Some(&form.days), form.clock_days.as_ref()].into_iter().flatten() {
            if !(-LONGEST..=LONGEST).contains(&**days) {
                reader.flaw(days.at(), format!("days go from -{LONGEST} (before it is due) to {LONGEST}."));
            }
        }
        if form.to.is_empty() {
            reader.warn(form.days.at(), format!("the escalation “{}” goes to nobody.", form.id));
        }
        reader.all_known(&form.to, "somebody an escalation can go to", "role", &known);
        escalations.push(Escalation {
            id: form.id,
            definition: form.definition,
            days: *form.days,
            clock_days: form.clock_days.map_or(*form.days, |days| *days),
            to: form.to.into_iter().map(Located::into_inner).collect(),
        });
    }
    escalations.sort_by_key(|step| step.days);
    escalations
}
