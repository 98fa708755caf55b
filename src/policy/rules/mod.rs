//! The rules of triage: which tier the answers suggest, which functions must look, which documents and checklists a
//! review needs. Each rule is a condition with a reason; the highest tier that a rule proposes wins, and every rule that
//! fired is told.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::checklist::Template;
use super::condition::{Condition, Facts};
use super::names::Named;
use super::reader::{Located, Reader};
use crate::record::legal::PRACTICES;
use crate::record::review::TIERS;
use crate::record::{Field, PACKET, Record};

/// The most days that a route may be given: a year.
const LONGEST: i64 = 365;

/// A rule that proposes a tier.
#[derive(Debug, Clone)]
pub struct TierRule {
    /// Its id, such as `employment-decisions`.
    pub id: String,
    /// The tier that it proposes.
    pub tier: &'static str,
    /// For which answers.
    pub when: Condition,
    /// Why, in one sentence.
    pub reason: String,
    /// Where the law or a framework says so.
    pub reference: Option<String>,
}

/// A rule that asks for another function's review.
#[derive(Debug, Clone)]
pub struct RouteRule {
    /// Its id, such as `privacy`.
    pub id: String,
    /// The function that must look.
    pub function: String,
    /// For which answers.
    pub when: Condition,
    /// Why, in one sentence.
    pub reason: String,
    /// How many calendar days that function has to answer.
    pub days: u32,
    /// Where the law or a framework says so.
    pub reference: Option<String>,
}

/// A rule that asks for a document or a checklist.
#[derive(Debug, Clone)]
pub struct NeedRule {
    /// Its id.
    pub id: String,
    /// The kind of document, or the id of the checklist template.
    pub what: String,
    /// From which tier on; for any, where there is none.
    pub from_tier: Option<&'static str>,
    /// For which answers; for all, where there is none.
    pub when: Option<Condition>,
    /// Why, in one sentence.
    pub reason: String,
    /// Where the law or a framework says so.
    pub reference: Option<String>,
}

/// A rule of tiers as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct TierRuleForm {
    /// Its id, such as `employment-decisions`.
    id: Located<String>,
    /// The tier that it proposes: minimal, low, medium, high or prohibited.
    tier: Located<String>,
    /// For which answers, in CEL on packet and legal.
    when: Located<String>,
    /// Why, in one sentence.
    reason: String,
    /// Where the law or a framework says so.
    reference: Option<String>,
}

/// A rule of routes as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct RouteRuleForm {
    /// Its id, such as `privacy`.
    id: String,
    /// The function that must look.
    function: Located<String>,
    /// For which answers, in CEL on packet and legal.
    when: Located<String>,
    /// Why, in one sentence.
    reason: String,
    /// How many calendar days that function has to answer.
    days: Located<i64>,
    /// Where the law or a framework says so.
    reference: Option<String>,
}

/// A rule of documents as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct DocumentRuleForm {
    /// Its id.
    id: String,
    /// The kind of document, such as `impact assessment`.
    document: Located<String>,
    /// From which tier on; for any, where it is left out.
    from_tier: Option<Located<String>>,
    /// For which answers, in CEL on packet and legal; for all, where it is left out.
    when: Option<Located<String>>,
    /// Why, in one sentence.
    reason: String,
    /// Where the law or a framework says so.
    reference: Option<String>,
}

/// A rule of checklists as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct ChecklistRuleForm {
    /// Its id.
    id: String,
    /// The id of a checklist template.
    checklist: Located<String>,
    /// From which tier on; for any, where it is left out.
    from_tier: Option<Located<String>>,
    /// For which answers, in CEL on packet and legal; for all, where it is left out.
    when: Option<Located<String>>,
    /// Why, in one sentence.
    reason: String,
    /// Where the law or a framework says so.
    reference: Option<String>,
}

/// For [`super::schema`]: what holds where no rule fires, as it is written.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct TierForm {
    /// The tier that is proposed where no rule fires.
    default: String,
}

/// All rules of triage.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// The tier that is proposed where no rule fires.
    pub default: &'static str,
    pub tiers: Vec<TierRule>,
    pub routes: Vec<RouteRule>,
    pub documents: Vec<NeedRule>,
    pub checklists: Vec<NeedRule>,
}

impl Rules {
    /// Reads the table `tier` and the lists `tier_rule`, `route_rule`, `document_rule` and `checklist_rule`.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        root: &mut DeTable<'_>,
        functions: &[Named],
        templates: Option<&[Template]>,
    ) -> Self {
        Self {
            default: read_default(reader, root).unwrap_or(TIERS[0]),
            tiers: read_tiers(reader, root),
            routes: read_routes(reader, root, functions),
            documents: read_documents(reader, root),
            checklists: read_checklists(reader, root, templates),
        }
    }
}

/// What the rules say of a packet.
#[derive(Debug, Clone, Default)]
pub struct Judged<'p> {
    /// The tier that the answers suggest; none where nothing was said yet.
    pub tier: Option<&'static str>,
    /// The rules of tiers that fired, the highest tier first.
    pub fired: Vec<&'p TierRule>,
    /// The rules of routes that fired, in the policy's order.
    pub routes: Vec<&'p RouteRule>,
    /// The rules of documents that fired.
    pub documents: Vec<&'p NeedRule>,
    /// The rules of checklists that fired.
    pub checklists: Vec<&'p NeedRule>,
}

impl Rules {
    /// What the rules say of a packet. What a review needs follows from the tier that was decided, and before that from the
    /// one that is proposed.
    ///
    /// # Errors
    /// The first rule whose condition failed.
    pub(super) fn judge(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        decided: Option<&str>,
    ) -> Result<Judged<'_>, RuleError> {
        if !says_anything(packet) && legal.is_none() {
            return Ok(Judged::default());
        }
        let facts = Facts::of(packet, legal);
        let mut judged = Judged::default();
        for rule in &self.tiers {
            if holds(&rule.when, &facts, "tier_rule", &rule.id)? {
                judged.fired.push(rule);
            }
        }
        // Stable: rules of one tier stay in the policy's order.
        judged.fired.sort_by_key(|rule| std::cmp::Reverse(tier_rank(rule.tier)));
        judged.tier = Some(judged.fired.first().map_or(self.default, |rule| rule.tier));
        for rule in &self.routes {
            if holds(&rule.when, &facts, "route_rule", &rule.id)? {
                judged.routes.push(rule);
            }
        }
        let tier = decided.or(judged.tier);
        for rule in &self.documents {
            if rule.holds(tier, &facts, "document_rule")? {
                judged.documents.push(rule);
            }
        }
        for rule in &self.checklists {
            if rule.holds(tier, &facts, "checklist_rule")? {
                judged.checklists.push(rule);
            }
        }
        Ok(judged)
    }

    /// The rules of documents, and of checklists, that fire for a tier and these answers.
    ///
    /// # Errors
    /// The first rule whose condition failed.
    pub(super) fn needs_for(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        tier: Option<&str>,
    ) -> Result<[Vec<&NeedRule>; 2], RuleError> {
        let facts = Facts::of(packet, legal);
        let mut fired = [Vec::new(), Vec::new()];
        let rules = [(&self.documents, "document_rule"), (&self.checklists, "checklist_rule")];
        for ((rules, sort), fired) in rules.into_iter().zip(&mut fired) {
            for rule in rules {
                if rule.holds(tier, &facts, sort)? {
                    fired.push(rule);
                }
            }
        }
        Ok(fired)
    }

    /// The tier that the answers suggest; none where nothing was said yet, or where a rule cannot be applied: a broken rule
    /// is never taken for one that does not hold.
    pub(super) fn proposed(&self, packet: &Record, legal: Option<&Record>) -> Option<&'static str> {
        if !says_anything(packet) && legal.is_none() {
            return None;
        }
        let facts = Facts::of(packet, legal);
        // From the highest tier down: once a rule fires, those of lower tiers change nothing. An import asks this for every row.
        for tier in TIERS.iter().rev() {
            for rule in self.tiers.iter().filter(|rule| rule.tier == *tier) {
                if rule.when.holds(&facts).ok()? {
                    return Some(rule.tier);
                }
            }
        }
        Some(self.default)
    }
}

/// Where a tier stands among the tiers, the least first.
#[must_use]
pub fn tier_rank(tier: &str) -> usize {
    TIERS.iter().position(|known| *known == tier).unwrap_or(0)
}

fn read_tier(reader: &mut Reader<'_>, tier: &Located<String>) -> Option<&'static str> {
    let found = TIERS.iter().copied().find(|known| *known == tier.as_str());
    if found.is_none() {
        reader.unknown(tier.at(), tier, "a tier", "tier", TIERS);
    }
    found
}

fn read_default(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Option<&'static str> {
    let (mut table, at) = reader.needed_table(root, "tier")?;
    let item = table.remove("default");
    reader.leftover(&table, &["default"]);
    let Some(item) = item else {
        reader.flaw(at, "tier needs “default”, the tier that is proposed where no rule fires.");
        return None;
    };
    let tier: Located<String> = reader.value(item)?;
    read_tier(reader, &tier)
}

fn read_tiers(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<TierRule> {
    let forms: Vec<TierRuleForm> = reader.list(root, "tier_rule");
    let mut rules: Vec<TierRule> = Vec::new();
    for form in forms {
        let (tier, when) = (read_tier(reader, &form.tier), reader.legal_condition(&form.when));
        let (Some(tier), Some(when)) = (tier, when) else { continue };
        if tier == "prohibited" {
            check_prohibition(reader, &form, &when);
        }
        if let Some(other) = rules.iter().find(|other| other.when == when && other.tier != tier) {
            let message = format!(
                "the rules “{}” and “{}” contradict: for the same answers one proposes {}, the other {tier}. The higher \
                 one wins; take one away.",
                other.id, *form.id, other.tier
            );
            reader.warn(form.id.at(), message);
        }
        let id = form.id.into_inner();
        rules.push(TierRule { id, tier, when, reason: form.reason, reference: form.reference });
    }
    rules
}

/// That something is forbidden is never guessed: such a rule rests on nothing but answers about prohibited practices.
fn check_prohibition(reader: &mut Reader<'_>, form: &TierRuleForm, when: &Condition) {
    let answers = |field: &Field| PRACTICES.contains(&field.name) || field.name == "outcome";
    let explicit = when.packet_fields().next().is_none() && when.legal_fields().all(answers);
    let silent = when.holds(&Facts::silent()).unwrap_or(true);
    if !explicit || silent || when.legal_fields().next().is_none() {
        reader.flaw(
            form.when.at(),
            "a rule may propose prohibited only from explicit answers about prohibited practices: legal.art_5_a and \
             the like, or legal.outcome; and not where nothing was answered.",
        );
    }
}

fn read_routes(reader: &mut Reader<'_>, root: &mut DeTable<'_>, functions: &[Named]) -> Vec<RouteRule> {
    let forms: Vec<RouteRuleForm> = reader.list(root, "route_rule");
    let known: Vec<&str> = functions.iter().map(|named| named.name.as_str()).collect();
    let mut rules: Vec<RouteRule> = Vec::new();
    for form in forms {
        if !known.contains(&form.function.as_str()) {
            reader.unknown(form.function.at(), &form.function, "a function", "function", &known);
        }
        if !(0..=LONGEST).contains(&*form.days) {
            reader.flaw(form.days.at(), format!("days, for a route, go from 0 to {LONGEST}."));
        }
        if let Some(when) = reader.legal_condition(&form.when) {
            let same = |other: &&RouteRule| other.function == *form.function && other.when == when;
            if let Some(other) = rules.iter().find(same).filter(|other| i64::from(other.days) != *form.days) {
                let message = format!(
                    "the rules “{}” and “{}” contradict: for the same answers one gives {} {} days, the other {}. The \
                     shorter holds; take one away.",
                    other.id, form.id, *form.function, other.days, *form.days
                );
                reader.warn(form.when.at(), message);
            }
            rules.push(RouteRule {
                id: form.id,
                function: form.function.into_inner(),
                when,
                reason: form.reason,
                days: u32::try_from(*form.days).unwrap_or(0),
                reference: form.reference,
            });
        }
    }
    rules
}

fn read_documents(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<NeedRule> {
    let forms: Vec<DocumentRuleForm> = reader.list(root, "document_rule");
    let mut rules = Vec::new();
    for form in forms {
        let at = form.document.at();
        if form.document.trim().is_empty() {
            reader.flaw(at, "“document” names a kind of document, such as “impact assessment”.");
        }
        let need = (form.id, form.document.into_inner(), form.reason, form.reference);
        let rule = read_need(reader, need, form.from_tier.as_ref(), form.when.as_ref());
        contradicts(reader, &rules, &rule, at);
        rules.push(rule);
    }
    rules
}

/// Warns where another rule asks for the same thing, for the same answers, from another tier on.
fn contradicts(reader: &mut Reader<'_>, rules: &[NeedRule], rule: &NeedRule, at: usize) {
    let same = |other: &&NeedRule| other.what == rule.what && other.when == rule.when;
    if let Some(other) = rules.iter().find(same).filter(|other| other.from_tier != rule.from_tier) {
        let from = |rule: &NeedRule| rule.from_tier.map_or("any tier".to_owned(), |tier| format!("the tier {tier}"));
        let message = format!(
            "the rules “{}” and “{}” contradict: for the same answers one asks for {} from {} on, the other from {}. \
             Both are applied; take one away.",
            other.id,
            rule.id,
            rule.what,
            from(other),
            from(rule)
        );
        reader.warn(at, message);
    }
}

/// Reads the rules of checklists. Whether the templates are known is asked where content is read too.
fn read_checklists(reader: &mut Reader<'_>, root: &mut DeTable<'_>, templates: Option<&[Template]>) -> Vec<NeedRule> {
    let forms: Vec<ChecklistRuleForm> = reader.list(root, "checklist_rule");
    let known: Option<Vec<&str>> = templates.map(|all| all.iter().map(|template| template.id.as_str()).collect());
    let mut rules = Vec::new();
    for form in forms {
        if let Some(known) = known.as_ref().filter(|known| !known.contains(&form.checklist.as_str())) {
            reader.unknown(form.checklist.at(), &form.checklist, "a checklist", "checklist", known);
        }
        let at = form.checklist.at();
        let need = (form.id, form.checklist.into_inner(), form.reason, form.reference);
        let rule = read_need(reader, need, form.from_tier.as_ref(), form.when.as_ref());
        contradicts(reader, &rules, &rule, at);
        rules.push(rule);
    }
    rules
}

fn read_need(
    reader: &mut Reader<'_>,
    (id, what, reason, reference): (String, String, String, Option<String>),
    from_tier: Option<&Located<String>>,
    when: Option<&Located<String>>,
) -> NeedRule {
    NeedRule {
        id,
        what,
        from_tier: from_tier.and_then(|tier| read_tier(reader, tier)),
        when: when.and_then(|when| reader.legal_condition(when)),
        reason,
        reference,
    }
}

/// Whether a rule's condition holds; an error names the rule.
pub(super) fn holds(when: &Condition, facts: &Facts<'_>, list: &str, id: &str) -> Result<bool, RuleError> {
    when.holds(facts).map_err(|message| RuleError {
        rule: format!("{list} {id}"),
        condition: when.source().to_owned(),
        message,
    })
}

impl TierRule {
    /// The fields of the packet that this rule asks about and that a packet does not answer: answers to these may make it
    /// fire.
    pub fn unanswered<'p>(&'p self, packet: &'p Record) -> impl Iterator<Item = &'static Field> + use<'p> {
        self.when.packet_fields().filter(|field| field.is_editable() && packet.get(field.name).is_empty())
    }
}

impl NeedRule {
    /// Whether what it asks for is needed for a tier and these answers.
    ///
    /// # Errors
    /// Where its condition fails.
    fn holds(&self, tier: Option<&str>, facts: &Facts<'_>, list: &str) -> Result<bool, RuleError> {
        let reached = self.from_tier.is_none_or(|from| tier.is_some_and(|tier| tier_rank(tier) >= tier_rank(from)));
        match (&self.when, reached) {
            (_, false) => Ok(false),
            (None, true) => Ok(true),
            (Some(when), true) => holds(when, facts, list, &self.id),
        }
    }
}

/// Whether a packet says anything at all: no tier can be proposed before it does.
pub(super) fn says_anything(packet: &Record) -> bool {
    let told = |field: &Field| field.is_editable() && !matches!(field.name, "review" | "notes" | "tags");
    packet.kind() == &PACKET && packet.fields().any(|(field, value)| told(field) && !value.is_empty())
}

#[cfg(test)]
pub(super) mod tests;
