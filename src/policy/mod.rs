//! Floor 2: what the organisation decided, as data. Policy is layered TOML: the built-in default, under a profile,
//! under the organisation's file, under the workspace's own. Conditions on a packet are written in CEL ([`Condition`]).
//! Everything here is computed from the layers' texts; a policy that is wrong in any way is refused with file, line
//! and what was expected ([`PolicyError`]), and never half applied.
//!
//! To add a concern: one file here that reads its part of the merged tables, one line each in `SECTIONS`,
//! `Parts::read` and the schema, and its default under `assets/policy/`. A list of named things also says in
//! `layer::identity` by which key they are told apart.

mod about;
mod answers;
mod assets;
mod business;
mod checklist;
mod condition;
mod content;
mod control;
mod differ;
mod effective;
mod framework;
mod gather;
pub mod law;
mod layer;
mod limits;
mod meeting;
mod names;
mod operations;
mod pattern;
mod reader;
mod requirement;
mod rights;
mod rules;
mod scales;
mod schema;
mod source;
mod stage;
mod threshold;
mod typing;
mod zone;

use std::sync::{Arc, LazyLock, OnceLock};

pub use about::About;
pub use business::Business;
pub use checklist::{Template, TemplateItem};
pub use condition::{Condition, Facts};
pub use control::Control;
pub use differ::{PolicyChange, differences};
pub use effective::Explained;
pub use framework::{Demand, Framework, Group, Reference};
pub use law::{Classification, Law, LegalGap, LegalReason, Owed};
pub use meeting::MeetingRule;
pub use names::Named;
pub use operations::{Aim, LegalClock, MonitoringRule, Target};
pub use pattern::Pattern;
pub use requirement::{Asked, Requirement};
pub use rights::RightRule;
pub use rules::{Judged, NeedRule, RouteRule, TierRule, tier_rank};
pub use scales::{Level, Step};
pub use schema::json_schema;
pub use source::{Flaw, Layer, PolicyError};
pub use stage::{ANY_TIER, Escalation, PEOPLE};
pub use threshold::{Limit, METRICS, Measured, Threshold};

use chrono::{DateTime, NaiveDate, Utc};

use crate::record::decision::authority::{Matter, Right, Separation};
use crate::record::{Names, Record, Scale, Terms};
use crate::text;
use content::Content;
use effective::Effective;
use layer::Wanted;
use reader::Reader;
use source::Sources;

/// The keys that may stand at the top of a policy file.
const SECTIONS: &[&str] = &[
    "about",
    "scale",
    "level",
    "matrix",
    "category",
    "role",
    "function",
    "requirement",
    "stage",
    "service_level",
    "escalation",
    "evidence",
    "document",
    "risk",
    "framework",
    "control",
    "checklist",
    "pattern",
    "tier",
    "tier_rule",
    "route_rule",
    "document_rule",
    "checklist_rule",
    "law",
    "right",
    "separation",
    "duration",
    "meeting",
    "threshold",
    "business",
    "legal_clock",
    "monitoring_rule",
    "kpi",
];

/// What the organisation decided. Cheap to clone; may be shared between threads.
#[derive(Clone)]
pub struct Policy(Arc<Whole>);

struct Whole {
    parts: Parts,
    warnings: Vec<Flaw>,
    sources: Sources,
    /// Read when somebody first asks for it, unless somebody's own layer says something of it.
    content: OnceLock<Content>,
    /// Made when somebody first asks for it.
    effective: OnceLock<Effective>,
}

/// The concerns of a policy, read and checked.
struct Parts {
    about: About,
    scales: scales::Scales,
    levels: Vec<Level>,
    matrix: scales::Matrix,
    categories: Vec<Named>,
    roles: Vec<Named>,
    functions: Vec<Named>,
    requirements: Vec<Requirement>,
    stages: stage::Stages,
    limits: limits::Limits,
    thresholds: Vec<Threshold>,
    rules: rules::Rules,
    rights: rights::Rights,
    meetings: Vec<MeetingRule>,
    laws: Vec<Law>,
    law_names: Vec<Named>,
    business: Business,
    operations: operations::Operations,
    clock_names: Vec<Named>,
}

/// A rule whose condition failed while it was evaluated. Never taken for “does not hold”.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule “{rule}” of the policy cannot be applied: {message} Its condition is: {condition}")]
pub struct RuleError {
    /// The rule, such as `requirement lawful-basis`.
    pub rule: String,
    /// The condition as it was written.
    pub condition: String,
    /// What went wrong.
    pub message: String,
}

/// The profiles that are shipped, by name.
pub fn profiles() -> impl Iterator<Item = &'static str> {
    assets::profiles()
}

/// The profile of this name, in any case, as a layer to lay under the organisation's own.
#[must_use]
pub fn profile(name: &str) -> Option<Layer> {
    assets::profile(name)
}

/// What a profile says of itself, in one line; empty where there is no such profile.
#[must_use]
pub fn profile_description(name: &str) -> String {
    let table: Option<toml::Table> = profile(name).and_then(|layer| layer.text.parse().ok());
    let about = table.as_ref().and_then(|table| table.get("about")?.get("description")?.as_str());
    about.unwrap_or_default().to_owned()
}

impl Policy {
    /// The policy that is shipped.
    ///
    /// # Panics
    /// Never: that the shipped policy loads is tested.
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<Policy> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the text is compiled in, and a test loads it")]
            Policy::from_layers(&[]).expect("the shipped policy loads")
        });
        BUILTIN.clone()
    }

    /// The policy that comes out when `layers`, the lowest first, are laid over the built-in default.
    ///
    /// # Errors
    /// Everything that is wrong, each with file, line and what was expected.
    pub fn from_layers(layers: &[Layer]) -> Result<Self, PolicyError> {
        let gathered = gather::gather(layers)?;
        let wanted = if gathered.says_content { Wanted::Whole } else { Wanted::Rules };
        Self::load(Sources::new(gathered.layers), wanted, true)
    }

    /// Checks everything once more, and with it what is shipped: its conditions are otherwise compiled when they are first
    /// asked, and its content is otherwise read when somebody first asks for it.
    ///
    /// # Errors
    /// Everything that is wrong, each with file, line and what was expected.
    pub fn check(&self) -> Result<(), PolicyError> {
        Self::load(self.0.sources.clone(), Wanted::Whole, false).map(drop)
    }

    fn load(sources: Sources, wanted: Wanted, trusting: bool) -> Result<Self, PolicyError> {
        let merged = layer::merge(&sources, wanted);
        let mut root = merged.root;
        let mut reader = Reader::new(&sources, merged.removed, trusting);
        let content = OnceLock::new();
        let parts = Parts::read(&mut reader, &mut root, wanted, &content);
        let mut flaws = merged.flaws;
        flaws.append(&mut reader.flaws);
        let mut warnings = merged.warnings;
        warnings.append(&mut reader.warnings);
        drop(root);
        if !flaws.is_empty() {
            return Err(PolicyError { flaws });
        }
        Ok(Self(Arc::new(Whole { parts, warnings, sources, content, effective: OnceLock::new() })))
    }

    fn content(&self) -> &Content {
        let Whole { content, sources, parts, .. } = &*self.0;
        content.get_or_init(|| Content::of(sources, &parts.categories))
    }

    fn effective(&self) -> &Effective {
        self.0.effective.get_or_init(|| Effective::of(&self.0.sources))
    }

    /// What is odd in the layers, but not wrong.
    #[must_use]
    pub fn warnings(&self) -> &[Flaw] {
        &self.0.warnings
    }

    /// What it says of itself.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.0.parts.about
    }

    /// The layers it was made of, the lowest first: the shipped ones, and what the given ones extend, included.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.0.sources.layers().map(|(_, layer)| layer)
    }

    /// What each layer says of the thing at a dotted path, the lowest first; the last one holds. Things in lists are
    /// found by name: `matrix.4.5`, `requirement.lawful-basis`, `service_level.assessment.high`. Empty where no layer
    /// says anything.
    #[must_use]
    pub fn explain(&self, path: &str) -> Vec<Explained> {
        effective::explain(&self.0.sources, path)
    }

    /// The effective policy as one TOML text, which loads again to the same.
    #[must_use]
    pub fn to_toml(&self) -> &str {
        &self.effective().text
    }

    /// The effective policy as a table, for JSON.
    #[must_use]
    pub fn to_table(&self) -> &toml::Table {
        &self.effective().table
    }

    /// SHA-256 of [`Policy::to_toml`], in hexadecimal: two policies with the same one decide the same.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.effective().fingerprint
    }

    /// The levels that the matrix can give, the least first.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.0.parts.levels
    }

    /// The steps of a scale, 1 first.
    #[must_use]
    pub fn steps(&self, scale: Scale) -> &[Step] {
        self.0.parts.scales.steps(scale)
    }

    /// A list of names with what each means, in the policy's order.
    #[must_use]
    pub fn named(&self, list: Names) -> &[Named] {
        match list {
            Names::Category => &self.0.parts.categories,
            Names::Role => &self.0.parts.roles,
            Names::Function => &self.0.parts.functions,
            Names::Law => &self.0.parts.law_names,
            Names::Clock => &self.0.parts.clock_names,
        }
    }

    /// All requirements on packets, in the policy's order.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.0.parts.requirements
    }

    /// The requirements that hold for a packet, each with whether it is answered.
    ///
    /// # Errors
    /// The first rule whose condition failed, such as by a division by zero.
    pub fn requirements_for(&self, packet: &Record) -> Result<Vec<Asked<'_>>, RuleError> {
        requirement::asked(&self.0.parts.requirements, packet)
    }

    /// The stages of a review with what each is for, in order.
    #[must_use]
    pub fn stages(&self) -> &[Named] {
        &self.0.parts.stages.named
    }

    /// How many calendar days a review of a tier may stay in a stage; without a tier, what holds for any. None where
    /// policy sets no limit.
    #[must_use]
    pub fn service_level(&self, stage: &str, tier: Option<&str>) -> Option<u32> {
        self.0.parts.stages.days(stage, tier)
    }

    /// The steps of escalation, the earliest first.
    #[must_use]
    pub fn escalations(&self) -> &[Escalation] {
        &self.0.parts.stages.escalations
    }

    /// The step of escalation that something has reached `days` after it was due (negative: before); none while it is
    /// too early even for a reminder.
    #[must_use]
    pub fn escalation(&self, days: i64) -> Option<&Escalation> {
        self.escalations().iter().rev().find(|step| step.days <= days)
    }

    /// The same for a legal clock.
    #[must_use]
    pub fn clock_escalation(&self, days: i64) -> Option<&Escalation> {
        self.escalations().iter().rev().find(|step| step.clock_days <= days)
    }
}

impl Parts {
    fn read<'s>(
        reader: &mut Reader<'s>,
        root: &mut toml::de::DeTable<'s>,
        wanted: Wanted,
        content: &OnceLock<Content>,
    ) -> Self {
        let levels = scales::read_levels(reader, root);
        let matrix = scales::Matrix::read(reader, root, &levels);
        let categories = names::read(reader, root, "category");
        let roles = names::read(reader, root, "role");
        let functions = names::read(reader, root, "function");
        let content = (wanted == Wanted::Whole)
            .then(|| content.get_or_init(|| Content::read(reader, root, &categories)).checklists.as_slice());
        let laws = law::read(reader, root);
        let law_names = laws.iter().map(|law| Named { name: law.id.clone(), definition: law.title.clone() });
        let operations = operations::Operations::read(reader, root);
        let named_clock = |clock: &LegalClock| Named { name: clock.name.clone(), definition: clock.definition.clone() };
        let parts = Self {
            about: about::read(reader, root),
            scales: scales::Scales::read(reader, root),
            matrix,
            requirements: requirement::read(reader, root),
            stages: stage::Stages::read(reader, root, &roles),
            limits: limits::Limits::read(reader, root, &levels),
            thresholds: threshold::read(reader, root),
            rules: rules::Rules::read(reader, root, &functions, content),
            rights: rights::Rights::read(reader, root, &roles, &levels),
            meetings: meeting::read(reader, root, &roles),
            law_names: law_names.collect(),
            business: Business::read(reader, root),
            clock_names: operations.clocks.iter().map(named_clock).collect(),
            operations,
            functions,
            laws,
            levels,
            categories,
            roles,
        };
        reader.leftover(root, SECTIONS);
        parts
    }
}

impl Terms for Policy {
    fn names(&self, list: Names) -> Vec<String> {
        self.named(list).iter().map(|named| named.name.clone()).collect()
    }

    fn level(&self, severity: i64, likelihood: i64) -> Option<(String, i64)> {
        let level = self.levels().get(self.0.parts.matrix.rank(severity, likelihood)?)?;
        Some((level.name.clone(), level.rank))
    }

    fn step(&self, scale: Scale, step: i64) -> Option<String> {
        let index = usize::try_from(step.checked_sub(1)?).ok()?;
        self.steps(scale).get(index).map(|step| step.name.clone())
    }

    fn completeness(&self, packet: &Record) -> (i64, i64) {
        requirement::completeness(&self.0.parts.requirements, packet)
    }

    fn stage_days(&self, stage: &str, tier: Option<&str>) -> Option<u32> {
        self.service_level(stage, tier)
    }

    fn evidence_days(&self, kind: &str) -> Option<u32> {
        self.evidence_max_age(kind)
    }

    fn proposed_tier(&self, packet: &Record, legal: Option<&Record>) -> Option<&'static str> {
        self.0.parts.rules.proposed(packet, legal)
    }

    fn legal_outcome(&self, legal: &Record) -> Option<(&'static str, i64)> {
        let found = self.law_of(Some(legal))?.classify(legal);
        Some((found.outcome, i64::try_from(found.missing.len()).unwrap_or(i64::MAX)))
    }

    fn rights(&self, matter: &Matter<'_>) -> Vec<Right> {
        self.0.parts.rights.of(matter)
    }

    fn separations(&self, kind: &str) -> Vec<Separation> {
        self.0.parts.rights.separations(kind)
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.business().date(at)
    }

    fn clock_days(&self, clock: &str) -> Option<u32> {
        self.legal_clocks().iter().find(|known| known.name == clock).map(|clock| clock.days)
    }

    fn most_days(&self, kind: &str) -> Option<u32> {
        self.0.parts.rights.days(kind)
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod tests;
