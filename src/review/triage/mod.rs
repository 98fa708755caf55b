//! Triage: what the answers of a packet and of a legal classification call for. The tier with every rule that fired, the
//! functions that must look, the documents and checklists that are needed, the class under the law with its duties, and
//! what is missing. Pure: the same answers under the same policy give the same triage.

mod alike;
mod apply;
mod difference;
mod foresee;
mod legal;
mod routes;
mod shift;
mod survey;

use serde::Serialize;

pub use alike::{Alike, Relation, alike};
pub use apply::{Applied, apply};
pub use difference::{Change, Difference, Part, Sign, Told, difference};
pub use foresee::{Foreseen, between, foresee};
pub use legal::{Duty, Gap, Legal, Reason, unanswered};
pub use routes::{missing_routes, route_edits};
pub use shift::{Shift, Shifted, shift};
pub use survey::{Inputs, Surveyed, inputs, survey};

use crate::policy::{NeedRule, Policy, RuleError, TierRule, tier_rank};
use crate::record::{Field, FieldKind, Record};

/// What a triage is made of: a review with its packet and its legal classification, under a policy.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The review's packet.
    pub packet: &'a Record,
    /// The review's legal classification, where there is one.
    pub legal: Option<&'a Record>,
    /// The review.
    pub review: &'a Record,
}

/// What a triage comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Triage {
    /// The tier that the answers suggest; none where nothing was said yet.
    pub proposed_tier: Option<&'static str>,
    /// The tier that was decided.
    pub tier: Option<String>,
    /// The rules of tiers that fired, the highest tier first. Where none did, the policy's default holds.
    pub because: Vec<Because>,
    /// Questions that are open and whose answer may raise the tier.
    pub may_rise: Vec<MayRise>,
    /// How many required answers are there.
    pub answered: usize,
    /// How many answers policy requires of this packet.
    pub required: usize,
    /// The required answers that are missing.
    pub missing: Vec<Missing>,
    /// The functions that must look.
    pub routes: Vec<Route>,
    /// The documents that are needed.
    pub documents: Vec<Need>,
    /// The checklists that are needed.
    pub checklists: Vec<Need>,
    /// The class under the law.
    pub legal: Option<Legal>,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// The rule's id.
    pub rule: String,
    /// The tier that it proposes, where it proposes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<&'static str>,
    /// Why, in one sentence.
    pub reason: String,
    /// Where the law or a framework says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// An open question whose answer may raise the tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MayRise {
    /// The field of the packet.
    pub field: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// The highest tier of a rule that asks about it.
    pub up_to: &'static str,
}

/// A required answer that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field of the packet.
    pub field: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Why it is asked.
    pub reason: String,
    /// Where the law or a framework asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A function that must look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The function.
    pub function: String,
    /// How many calendar days it has to answer.
    pub days: u32,
    /// The rules that ask for it.
    pub because: Vec<Because>,
}

/// A document or a checklist that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The kind of document, or the id of the checklist template.
    pub what: String,
    /// What people call it.
    pub title: String,
    /// The rules that ask for it.
    pub because: Vec<Because>,
}

/// Triages a review: the same as [`Case::assess`].
///
/// # Errors
/// The first rule of the policy that cannot be applied.
pub fn assess(policy: &Policy, packet: &Record, legal: Option<&Record>, review: &Record) -> Result<Triage, RuleError> {
    Case { policy, packet, legal, review }.assess()
}

impl Case<'_> {
    /// Triages it.
    ///
    /// # Errors
    /// The first rule of the policy that cannot be applied.
    pub fn assess(&self) -> Result<Triage, RuleError> {
        let classified = self.classified();
        let legal = classified.as_ref();
        let decided = self.review.text("tier");
        let judged = self.policy.judge(self.packet, legal, decided)?;
        let mut triage = Triage {
            proposed_tier: judged.tier,
            tier: decided.map(str::to_owned),
            because: judged
                .fired
                .iter()
                .map(|rule| because(&rule.id, Some(rule.tier), &rule.reason, rule.reference.as_ref()))
                .collect(),
            may_rise: self.may_rise(judged.tier),
            answered: 0,
            required: 0,
            missing: Vec::new(),
            routes: Vec::new(),
            documents: gathered(&judged.documents, |_| None),
            checklists: gathered(&judged.checklists, |id| self.policy.checklist(id).map(|one| one.title.clone())),
            legal: legal::legal(self, legal)?,
        };
        for rule in judged.routes {
            let why = because(&rule.id, None, &rule.reason, rule.reference.as_ref());
            match triage.routes.iter_mut().find(|route| route.function == rule.function) {
                Some(route) => {
                    route.days = route.days.min(rule.days);
                    route.because.push(why);
                }
                None => {
                    triage.routes.push(Route { function: rule.function.clone(), days: rule.days, because: vec![why] });
                }
            }
        }
        self.completeness(&mut triage)?;
        self.templates(&mut triage)?;
        Ok(triage)
    }

    /// The legal classification with the outcome that follows from its answers now: what is stored may be older than the
    /// policy.
    fn classified(&self) -> Option<Record> {
        let mut legal = self.legal?.clone();
        if let Some(law) = self.policy.law_of(Some(&legal)) {
            let outcome = law.classify(&legal).outcome;
            legal.set("outcome", outcome);
        }
        Some(legal)
    }

    /// Open questions that rules of a higher tier ask about, the highest first.
    fn may_rise(&self, tier: Option<&str>) -> Vec<MayRise> {
        let mut rising: Vec<MayRise> = Vec::new();
        let above = |rule: &&TierRule| tier.is_none_or(|tier| tier_rank(rule.tier) > tier_rank(tier));
        for rule in self.policy.tier_rules().iter().filter(above) {
            let choices = |field: &&'static Field| !matches!(field.kind, FieldKind::Prose);
            for field in rule.unanswered(self.packet).filter(choices) {
                match rising.iter_mut().find(|known| known.field == field.name) {
                    Some(known) if tier_rank(rule.tier) > tier_rank(known.up_to) => known.up_to = rule.tier,
                    Some(_) => {}
                    None => rising.push(MayRise { field: field.name, label: field.label, up_to: rule.tier }),
                }
            }
        }
        rising.sort_by_key(|open| std::cmp::Reverse(tier_rank(open.up_to)));
        rising
    }

    fn completeness(&self, triage: &mut Triage) -> Result<(), RuleError> {
        let mut seen: Vec<&str> = Vec::new();
        for asked in self.policy.requirements_for(self.packet)? {
            let rule = asked.requirement;
            if seen.contains(&rule.field.name) {
                continue;
            }
            seen.push(rule.field.name);
            if asked.answered {
                triage.answered += 1;
            } else {
                triage.missing.push(Missing {
                    field: rule.field.name,
                    label: rule.field.label,
                    reason: rule.reason.clone(),
                    reference: rule.reference.clone(),
                });
            }
        }
        triage.required = seen.len();
        Ok(())
    }

    /// Adds the checklists that a condition of their own asks for.
    fn templates(&self, triage: &mut Triage) -> Result<(), RuleError> {
        if triage.proposed_tier.is_none() && triage.tier.is_none() {
            return Ok(());
        }
        for template in self.policy.checklists_for(self.packet)? {
            if !triage.checklists.iter().any(|need| need.what == template.id) {
                let why = because(&template.id, None, &template.description, None);
                triage.checklists.push(Need {
                    what: template.id.clone(),
                    title: template.title.clone(),
                    because: vec![why],
                });
            }
        }
        Ok(())
    }
}

fn because(rule: &str, tier: Option<&'static str>, reason: &str, reference: Option<&String>) -> Because {
    Because { rule: rule.to_owned(), tier, reason: reason.to_owned(), reference: reference.cloned() }
}

/// What rules ask for, each once, with all rules that ask for it.
fn gathered(rules: &[&NeedRule], title: impl Fn(&str) -> Option<String>) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for rule in rules {
        let why = because(&rule.id, None, &rule.reason, rule.reference.as_ref());
        match needs.iter_mut().find(|need| need.what == rule.what) {
            Some(need) => need.because.push(why),
            None => needs.push(Need {
                what: rule.what.clone(),
                title: title(&rule.what).unwrap_or_else(|| rule.what.clone()),
                because: vec![why],
            }),
        }
    }
    needs
}

#[cfg(test)]
mod tests;
