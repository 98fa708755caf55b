//! What the rules of a policy ask of a review: documents and checklists. Many packets answer the questions of a rule alike, and a
//! rule asks few questions: so each rule is reckoned once for each combination of answers to its own questions.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::data::Review;
use crate::policy::{Condition, Facts, NeedRule, Policy, RuleError, Template, tier_rank};
use crate::record::Record;
use crate::workspace::{Error, Result};

/// What is asked of a review.
#[derive(Default)]
pub(super) struct Asked {
    /// Kinds of document.
    pub documents: Vec<String>,
    /// Checklists by id, each with how many of its items always ask for evidence.
    pub checklists: Vec<(String, usize)>,
}

/// The answers of one review.
pub(super) struct Answers<'a> {
    pub packet: &'a Record,
    pub legal: Option<&'a Record>,
    facts: OnceCell<Facts<'a>>,
}

impl<'a> Answers<'a> {
    pub fn new(packet: &'a Record, legal: Option<&'a Record>) -> Self {
        Self { packet, legal, facts: OnceCell::new() }
    }
}

/// Which conditions held for which answers to their own questions; a condition stands for itself by where it lies.
#[derive(Default)]
pub(super) struct Held(HashMap<(usize, String), bool>);

fn failed(error: &RuleError) -> Error {
    Error::Policy(error.to_string())
}

impl Held {
    /// Whether a condition of a rule holds.
    fn holds(&mut self, when: &Condition, answers: &Answers<'_>, rule: impl FnOnce() -> String) -> Result<bool> {
        let mut said = String::new();
        let legal = when.legal_fields().filter_map(|field| Some(answers.legal?.get(field.name)));
        for value in when.packet_fields().map(|field| answers.packet.get(field.name)).chain(legal) {
            said.push_str(&value.display());
            said.push('\u{1}');
        }
        // No classification at all is another answer than one that says nothing.
        said.push(if answers.legal.is_some() { '+' } else { '-' });
        let key = (std::ptr::from_ref(when).addr(), said);
        if let Some(known) = self.0.get(&key) {
            return Ok(*known);
        }
        let facts = answers.facts.get_or_init(|| Facts::of(answers.packet, answers.legal));
        let told = |message| RuleError { rule: rule(), condition: when.source().to_owned(), message };
        let holds = when.holds(facts).map_err(|message| failed(&told(message)))?;
        self.0.insert(key, holds);
        Ok(holds)
    }

    fn needs(&mut self, rule: &NeedRule, tier: Option<&str>, answers: &Answers<'_>, list: &str) -> Result<bool> {
        let reached = rule.from_tier.is_none_or(|from| tier.is_some_and(|tier| tier_rank(tier) >= tier_rank(from)));
        match &rule.when {
            _ if !reached => Ok(false),
            None => Ok(true),
            Some(when) => self.holds(when, answers, || format!("{list} {}", rule.id)),
        }
    }

    /// What a policy asks of a review with these answers.
    pub fn asked(&mut self, policy: &Policy, review: &Review, answers: &Answers<'_>) -> Result<Asked> {
        let tier = match review.tier.as_deref() {
            Some(tier) => Some(tier),
            None => policy.judge(answers.packet, answers.legal, None).map_err(|error| failed(&error))?.tier,
        };
        let mut documents = Vec::new();
        for rule in policy.document_rules() {
            if self.needs(rule, tier, answers, "document_rule")? {
                documents.push(rule.what.clone());
            }
        }
        // Where a plan of an evaluation is asked for, so is what came of it.
        documents.extend(documents.contains(&"evaluation plan".to_owned()).then(|| "evaluation report".to_owned()));
        documents.sort();
        documents.dedup();
        let mut templates: Vec<&Template> = Vec::new();
        for rule in policy.checklist_rules() {
            if self.needs(rule, tier, answers, "checklist_rule")? {
                templates.extend(policy.checklist(&rule.what));
            }
        }
        for template in policy.checklists() {
            if let Some(when) = &template.when
                && self.holds(when, answers, || format!("checklist {}", template.id))?
            {
                templates.push(template);
            }
        }
        let mut seen = HashSet::new();
        templates.retain(|template| seen.insert(template.id.as_str()));
        let always = |template: &Template| {
            template.items.iter().filter(|item| item.when.is_none() && !item.required_evidence.is_empty()).count()
        };
        let checklists = templates.into_iter().map(|template| (template.id.clone(), always(template))).collect();
        Ok(Asked { documents, checklists })
    }
}
