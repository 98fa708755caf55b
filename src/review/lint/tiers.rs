//! Tiers that were lowered, and what high tiers must have.

use super::facts::Facts;
use super::stage::{is_over, reached};
use super::words::{any, is_thin};
use super::{About, Fault, Rule, Severity, fault};
use crate::policy::tier_rank;
use crate::record::{ANALYSIS, CHECKLIST_ITEM, REVIEW, RISK, Record};
use crate::review::Place;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    About(&REVIEW, Place::Review).rule(
        "tier-below-proposed",
        Severity::Note,
        "The rules propose a high tier, and a lower one was decided",
        "It may be right, and it is the first thing an auditor asks about. Make sure that the reason answers the rule that \
         proposed the higher tier.",
        "tier",
        below,
    ),
    About(&REVIEW, Place::Review).rule(
        "tier-lowered-thin-reason",
        Severity::Error,
        "Tier lowered with hardly a reason",
        "The rules propose more scrutiny. Whoever sets less says why in a sentence that answers the rule.",
        "tier_reason",
        lowered,
    ),
    About(&REVIEW, Place::Evidence).rule(
        "high-tier-no-fairness",
        Severity::Error,
        "High tier at the decision with no fairness report",
        "At this tier how well it works for whom is measured before anybody decides. Hand in a fairness report about this model \
         version, or say in the checklist why none applies.",
        "",
        no_fairness,
    ),
    About(&REVIEW, Place::Packet).rule(
        "high-tier-no-oversight",
        Severity::Error,
        "High tier with no human oversight",
        "At this tier somebody must be able to see an output and stop it. Say who looks and when, or lower what it may decide.",
        "human_oversight",
        no_oversight,
    ),
    About(&REVIEW, Place::Packet).rule(
        "high-tier-no-fallback",
        Severity::Warning,
        "High tier with no fallback",
        "It will fail or be contested. Say what happens then.",
        "fallback",
        no_fallback,
    ),
    About(&REVIEW, Place::Risks).rule(
        "high-tier-no-risk",
        Severity::Error,
        "High tier past assessment with no risk on record",
        "A system at this tier without a risk was not assessed. Write down what may go wrong, for whom, and how bad it is.",
        "",
        no_risk,
    ),
    About(&REVIEW, Place::Evidence).rule(
        "llm-no-injection-test",
        Severity::Error,
        "Public language model with no prompt-injection test",
        "Strangers will try (OWASP LLM01:2025). Have it attacked by people who want to succeed, and hand in the log.",
        "",
        no_injection_test,
    ),
    About(&REVIEW, Place::Checklist).rule(
        "agent-no-limits",
        Severity::Error,
        "Agent with tools and no limit to its actions",
        "An agent that may do anything does something nobody wanted (OWASP LLM06:2025). Name the control that limits what it \
         may call, with whose rights, and what needs a person's word.",
        "",
        no_limits,
    ),
];

/// The tier that was decided, and the higher one that the rules propose, where they do.
fn below_proposed(review: &Record) -> Option<(&str, &str)> {
    let (tier, proposed) = (review.text("tier")?, review.text("proposed_tier")?);
    (tier_rank(tier) < tier_rank(proposed) && !is_over(review)).then_some((tier, proposed))
}

fn below(_: &Facts<'_>, review: &Record) -> Option<Fault> {
    let (tier, proposed) = below_proposed(review)?;
    if is_thin(review.text("tier_reason")) || tier_rank(proposed) < tier_rank("high") {
        return None;
    }
    fault(
        format!("The tier is {tier}; the rules propose {proposed}."),
        "look whether the reason answers the rule",
        format!("probity triage {}", review.reference()),
    )
}

fn lowered(_: &Facts<'_>, review: &Record) -> Option<Fault> {
    let (tier, proposed) = below_proposed(review)?;
    if !is_thin(review.text("tier_reason")) {
        return None;
    }
    let said = review.text("tier_reason").map_or_else(|| "nothing".to_owned(), |said| format!("“{said}”"));
    fault(
        format!("The tier is {tier}, the rules propose {proposed}, and the reason is: {said}."),
        "decide the tier anew with the reason",
        format!("probity decide {} tier {tier} --why REASON", review.reference()),
    )
}

fn is_high_at(review: &Record, stage: &str) -> bool {
    review.text("tier") == Some("high") && reached(review, stage)
}

fn no_fairness(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !is_high_at(review, "decision") {
        return None;
    }
    let asks = |item: &&Record| item.get("required_evidence").items().iter().any(|kind| kind == "fairness report");
    let mut asking = facts.of(&CHECKLIST_ITEM, review.id()).filter(asks).peekable();
    let excused = asking.peek().is_some()
        && asking.all(|item| match item.text("status") {
            Some("not applicable" | "waived") => true,
            // The template takes other proof too.
            Some("pass") => !item.get("evidence").is_empty(),
            _ => false,
        });
    let run = |run: &Record| run.text("kind") == Some("slices") && !ANALYSIS.is_closed(run);
    if excused
        || facts.of(&ANALYSIS, review.id()).any(run)
        || facts.proofs(review).iter().any(|evidence| evidence.text("kind") == Some("fairness report"))
    {
        return None;
    }
    fault(
        format!(
            "The tier is high, it is in {}, and there is no fairness report.",
            review.text("stage").unwrap_or_default()
        ),
        "hand in a fairness report",
        format!("probity evidence add FILE --kind \"fairness report\" --review {}", review.reference()),
    )
}

fn no_oversight(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !is_high_at(review, "assessment") {
        return None;
    }
    let said = facts.packet(review).and_then(|packet| packet.text("human_oversight"));
    if !matches!(said, None | Some("none")) {
        return None;
    }
    fault(
        format!("Human oversight: {}.", said.unwrap_or("not answered")),
        "say who looks at an output and can stop it",
        format!("probity packet set {} --human-oversight \"before action\"", review.reference()),
    )
}

fn no_fallback(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let packet = facts.packet(review)?;
    if !is_high_at(review, "assessment") || !packet.get("fallback").is_empty() {
        return None;
    }
    fault(
        "Nobody said what happens when it fails or somebody appeals.",
        "say it in the packet",
        format!("probity packet set {} --fallback TEXT", review.reference()),
    )
}

fn no_risk(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !is_high_at(review, "mitigation") || facts.of(&RISK, review.id()).next().is_some() {
        return None;
    }
    fault(
        "No risk is on record.",
        "write down the risks",
        format!("probity risk add TITLE --review {}", review.reference()),
    )
}

/// Whether a passed item that serves a control starting so is shown with something.
fn passed_with_proof(facts: &Facts<'_>, review: &Record, control: &str) -> bool {
    facts.of(&CHECKLIST_ITEM, review.id()).any(|item| {
        item.text("status") == Some("pass")
            && item.get("controls").items().iter().any(|id| id.starts_with(control))
            && !item.get("evidence").is_empty()
    })
}

fn no_injection_test(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !reached(review, "decision") {
        return None;
    }
    let packet = facts.packet(review)?;
    let is_llm =
        matches!(packet.text("model_type"), Some("prompted LLM" | "fine-tuned LLM" | "RAG" | "agent with tools"));
    let is_public = matches!(packet.text("exposure"), Some("customers" | "public" | "children"));
    if !is_llm || !is_public || passed_with_proof(facts, review, "SEC-03") {
        return None;
    }
    let tells = |evidence: &Record| {
        let said = |field| evidence.text(field).unwrap_or_default();
        any(
            &format!("{} {} {}", said("title"), said("method"), evidence.get("tags").display()),
            &["injection", "red team", "red-team", "jailbreak", "adversarial"],
        )
    };
    let attacked = |run: &Record| {
        let by_attack =
            run.get("sliced_by").items().iter().any(|name| any(name, &["attack", "injection", "jailbreak"]));
        run.text("kind") == Some("safety") && !ANALYSIS.is_closed(run) && (by_attack || tells(run))
    };
    if facts.proofs(review).iter().any(tells) || facts.of(&ANALYSIS, review.id()).any(attacked) {
        return None;
    }
    let said = |field| packet.text(field).unwrap_or_default();
    fault(
        format!(
            "Model type {}, exposure {}, and nothing shows that it was attacked.",
            said("model_type"),
            said("exposure")
        ),
        "have it attacked and hand in the log",
        format!(
            "probity evidence add FILE --kind \"test log\" --title \"Prompt-injection test\" --review {}",
            review.reference()
        ),
    )
}

fn no_limits(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !reached(review, "decision") || facts.packet(review)?.text("model_type") != Some("agent with tools") {
        return None;
    }
    let names = |risk: &Record| {
        let treats = risk.get("controls").items().iter().any(|id| id.starts_with("AGT-"));
        let said = format!("{} {}", risk.title(), risk.text("statement").unwrap_or_default());
        treats || any(&said, &["tool call", "permission", "sandbox", "allow-list", "allowlist", "excessive agency"])
    };
    if facts.of(&RISK, review.id()).any(names) || passed_with_proof(facts, review, "AGT-") {
        return None;
    }
    fault(
        "No risk and no passed item says what it may do, with whose rights, and what needs a person's word.",
        "answer the items on agents, or write down the risk",
        format!("probity risk add TITLE --review {} --controls AGT-01", review.reference()),
    )
}
