//! What a policy answers: what follows from it for checklists, evidence and risks, for the triage, and for operations.

use super::{
    Aim, Business, Control, Framework, Judged, Law, LegalClock, Level, MeetingRule, MonitoringRule, NeedRule, Owed,
    Pattern, Policy, Reference, RightRule, RouteRule, RuleError, Template, TemplateItem, Threshold, TierRule,
    checklist, pattern, threshold,
};
use crate::record::Record;

/// What follows from policy for work on checklists, evidence and risks.
impl Policy {
    /// The highest level that may remain without being accepted by who may.
    #[must_use]
    pub fn tolerated_level(&self) -> Option<&Level> {
        self.0.parts.limits.tolerated.as_ref()
    }

    /// The rules that give the right to decide, in the policy's order.
    #[must_use]
    pub fn right_rules(&self) -> &[RightRule] {
        &self.0.parts.rights.rules
    }

    /// The kinds of meeting, in the policy's order.
    #[must_use]
    pub fn meeting_rules(&self) -> &[MeetingRule] {
        &self.0.parts.meetings
    }

    /// What policy says of a kind of meeting.
    #[must_use]
    pub fn meeting_rule(&self, kind: &str) -> Option<&MeetingRule> {
        self.meeting_rules().iter().find(|rule| rule.kind == kind)
    }

    /// Files up to this many bytes are copied into the workspace as evidence.
    #[must_use]
    pub fn evidence_copy_limit(&self) -> u64 {
        self.0.parts.limits.evidence_copy_bytes
    }

    /// Within how many days a document is read by its reviewer, and reworked by its author.
    #[must_use]
    pub fn document_days(&self) -> u32 {
        self.0.parts.limits.document_days
    }

    /// All thresholds for the figures of analyses, in the policy's order.
    #[must_use]
    pub fn all_thresholds(&self) -> &[Threshold] {
        &self.0.parts.thresholds
    }

    /// The thresholds that apply to an analysis for a review of this tier with these answers; of several about the same
    /// figures the strictest.
    ///
    /// # Errors
    /// The first threshold whose condition failed.
    pub fn thresholds(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        tier: Option<&str>,
    ) -> Result<Vec<&Threshold>, RuleError> {
        threshold::applying(&self.0.parts.thresholds, packet, legal, tier)
    }

    /// How many days old evidence of a kind may be; none where policy sets no limit.
    #[must_use]
    pub fn evidence_max_age(&self, kind: &str) -> Option<u32> {
        self.0.parts.limits.age(kind)
    }

    /// The frameworks that controls answer to.
    #[must_use]
    pub fn frameworks(&self) -> &[Framework] {
        &self.content().frameworks
    }

    /// The framework with this id.
    #[must_use]
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks().iter().find(|framework| framework.id == id)
    }

    /// The organisation's controls, in the policy's order.
    #[must_use]
    pub fn controls(&self) -> &[Control] {
        &self.content().controls
    }

    /// The control with this id.
    #[must_use]
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls().iter().find(|control| control.id == id)
    }

    /// The controls that answer to a requirement of a framework: those that name it, and, where the framework lists risks,
    /// those that treat a pattern of it.
    #[must_use]
    pub fn controls_for(&self, framework: &Framework, requirement: &str) -> Vec<&Control> {
        let names = |references: &[Reference]| {
            references.iter().any(|one| one.framework == framework.id && one.identifier == requirement)
        };
        let patterns: Vec<&Pattern> = match framework.kind {
            "risks" => self.patterns().iter().filter(|pattern| names(&pattern.references)).collect(),
            _ => Vec::new(),
        };
        let treats = |control: &Control| patterns.iter().any(|pattern| pattern.controls.contains(&control.id));
        self.controls().iter().filter(|control| names(&control.references) || treats(control)).collect()
    }

    /// The checklist templates, in the policy's order.
    #[must_use]
    pub fn checklists(&self) -> &[Template] {
        &self.content().checklists
    }

    /// The checklist template with this id.
    #[must_use]
    pub fn checklist(&self, id: &str) -> Option<&Template> {
        self.checklists().iter().find(|template| template.id == id)
    }

    /// The risk patterns, in the policy's order.
    #[must_use]
    pub fn patterns(&self) -> &[Pattern] {
        &self.content().patterns
    }

    /// The risk pattern with this id.
    #[must_use]
    pub fn pattern(&self, id: &str) -> Option<&Pattern> {
        self.patterns().iter().find(|pattern| pattern.id == id)
    }

    /// The risk patterns that are worth a thought for a packet.
    ///
    /// # Errors
    /// The first pattern whose condition failed.
    pub fn patterns_for(&self, packet: &Record) -> Result<Vec<&Pattern>, RuleError> {
        pattern::suggested(self.patterns(), packet)
    }

    /// The checklist templates that a packet must have.
    ///
    /// # Errors
    /// The first template whose condition failed.
    pub fn checklists_for(&self, packet: &Record) -> Result<Vec<&Template>, RuleError> {
        checklist::required_for(self.checklists(), packet)
    }

    /// The items of a template that apply to a packet, in order.
    ///
    /// # Errors
    /// The first item whose condition failed.
    pub fn items_for<'t>(&self, template: &'t Template, packet: &Record) -> Result<Vec<&'t TemplateItem>, RuleError> {
        checklist::items_for(template, packet)
    }
}

/// What policy says of triage: tiers, routes, what a review needs, and the law.
impl Policy {
    /// The tier that is proposed where no rule fires.
    #[must_use]
    pub fn default_tier(&self) -> &'static str {
        self.0.parts.rules.default
    }

    /// The rules that propose tiers, in the policy's order.
    #[must_use]
    pub fn tier_rules(&self) -> &[TierRule] {
        &self.0.parts.rules.tiers
    }

    /// The rules that ask for other functions' reviews, in the policy's order.
    #[must_use]
    pub fn route_rules(&self) -> &[RouteRule] {
        &self.0.parts.rules.routes
    }

    /// The rules that ask for documents, in the policy's order.
    #[must_use]
    pub fn document_rules(&self) -> &[NeedRule] {
        &self.0.parts.rules.documents
    }

    /// The rules that ask for checklists, in the policy's order.
    #[must_use]
    pub fn checklist_rules(&self) -> &[NeedRule] {
        &self.0.parts.rules.checklists
    }

    /// The rules that ask for documents, and those that ask for checklists, for a packet whose tier was decided: a part of
    /// [`Policy::judge`], for figures over many.
    ///
    /// # Errors
    /// The first rule whose condition failed.
    pub fn needs_for(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        tier: Option<&str>,
    ) -> Result<[Vec<&NeedRule>; 2], RuleError> {
        self.0.parts.rules.needs_for(packet, legal, tier)
    }

    /// What the rules say of a packet, and of a legal classification where there is one. `decided` is the tier of the review
    /// where it was decided: what it needs follows from that, and before from the proposed one.
    ///
    /// # Errors
    /// The first rule whose condition failed.
    pub fn judge(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        decided: Option<&str>,
    ) -> Result<Judged<'_>, RuleError> {
        self.0.parts.rules.judge(packet, legal, decided)
    }

    /// The versions of the law that systems are classified under, the newest last.
    #[must_use]
    pub fn laws(&self) -> &[Law] {
        &self.0.parts.laws
    }

    /// The version of the law with this id.
    #[must_use]
    pub fn law(&self, id: &str) -> Option<&Law> {
        self.laws().iter().find(|law| law.id == id)
    }

    /// The version of the law under which a classification stands; the newest, where it names none.
    #[must_use]
    pub fn law_of(&self, legal: Option<&Record>) -> Option<&Law> {
        match legal.and_then(|legal| legal.text("law")) {
            Some(id) => self.law(id),
            None => self.laws().last(),
        }
    }

    /// The duties that follow from a packet and a legal classification, in the law's order.
    ///
    /// # Errors
    /// The first duty whose condition failed.
    pub fn duties(&self, packet: &Record, legal: &Record) -> Result<Vec<Owed<'_>>, RuleError> {
        self.law_of(Some(legal)).map_or_else(|| Ok(Vec::new()), |law| law.owed(packet, legal))
    }
}

/// What policy says of the time after a launch.
impl Policy {
    /// When people work.
    #[must_use]
    pub fn business(&self) -> &Business {
        &self.0.parts.business
    }

    /// The duties to report an incident.
    #[must_use]
    pub fn legal_clocks(&self) -> &[LegalClock] {
        &self.0.parts.operations.clocks
    }

    /// The rules that ask for signals, in the policy's order.
    #[must_use]
    pub fn monitoring_rules(&self) -> &[MonitoringRule] {
        &self.0.parts.operations.monitoring
    }

    /// The rules that ask for signals for a packet at a tier.
    ///
    /// # Errors
    /// The first rule whose condition failed.
    pub fn monitoring_for(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        tier: Option<&str>,
    ) -> Result<Vec<&MonitoringRule>, RuleError> {
        self.0.parts.operations.monitoring_for(packet, legal, tier)
    }

    /// What a figure of the programme must come to; none where policy wants nothing of it.
    #[must_use]
    pub fn target(&self, figure: &str) -> Option<Aim> {
        self.0.parts.operations.targets.iter().find(|target| target.id == figure)?.aim
    }
}
