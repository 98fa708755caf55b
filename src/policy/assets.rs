//! The policy that is shipped: the default in several files by concern, and the profiles, under `assets/policy/`; and the
//! content that no start needs: catalogues of frameworks, controls, checklists, risk patterns.

use super::source::{Layer, Origin};

/// The files of the built-in default, in the order in which they are laid.
const DEFAULT: &[(&str, &str)] = &[
    ("about", include_str!("../../assets/policy/about.toml")),
    ("scales", include_str!("../../assets/policy/scales.toml")),
    ("names", include_str!("../../assets/policy/names.toml")),
    ("requirements", include_str!("../../assets/policy/requirements.toml")),
    ("stages", include_str!("../../assets/policy/stages.toml")),
    ("limits", include_str!("../../assets/policy/limits.toml")),
    ("thresholds", include_str!("../../assets/policy/thresholds.toml")),
    ("tiers", include_str!("../../assets/policy/tiers.toml")),
    ("routes", include_str!("../../assets/policy/routes.toml")),
    ("needs", include_str!("../../assets/policy/needs.toml")),
    ("rights", include_str!("../../assets/policy/rights.toml")),
    ("meetings", include_str!("../../assets/policy/meetings.toml")),
    ("operations", include_str!("../../assets/policy/operations.toml")),
    ("law EU AI Act 2024", include_str!("../../assets/policy/law-eu-ai-act-2024.toml")),
    ("law EU AI Act 2026", include_str!("../../assets/policy/law-eu-ai-act-2026.toml")),
];

/// The files of the built-in content, in the order in which they are laid.
const CONTENT: &[(&str, &str)] = &[
    ("framework NIST AI RMF", include_str!("../../assets/frameworks/nist-ai-rmf.toml")),
    ("framework NIST AI 600-1", include_str!("../../assets/frameworks/nist-ai-600-1.toml")),
    ("framework EU AI Act", include_str!("../../assets/frameworks/eu-ai-act.toml")),
    ("framework EU AI Act Annex III", include_str!("../../assets/frameworks/eu-annex-iii.toml")),
    ("framework ISO/IEC 42001", include_str!("../../assets/frameworks/iso-42001.toml")),
    ("framework ISO/IEC 23894", include_str!("../../assets/frameworks/iso-23894.toml")),
    ("framework SOC 2", include_str!("../../assets/frameworks/soc-2.toml")),
    ("framework Microsoft RAI", include_str!("../../assets/frameworks/ms-rai.toml")),
    ("framework MIT", include_str!("../../assets/frameworks/mit-risk.toml")),
    ("framework OWASP LLM", include_str!("../../assets/frameworks/owasp-llm.toml")),
    ("framework OWASP agents", include_str!("../../assets/frameworks/owasp-asi.toml")),
    ("controls", include_str!("../../assets/policy/controls.toml")),
    ("checklist launch-readiness", include_str!("../../assets/policy/checklists/launch-readiness.toml")),
    ("checklist llm-application", include_str!("../../assets/policy/checklists/llm-application.toml")),
    ("checklist classical-ml", include_str!("../../assets/policy/checklists/classical-ml.toml")),
    ("checklist agent-with-tools", include_str!("../../assets/policy/checklists/agent-with-tools.toml")),
    ("checklist vision-biometric", include_str!("../../assets/policy/checklists/vision-biometric.toml")),
    ("checklist recommender", include_str!("../../assets/policy/checklists/recommender.toml")),
    ("checklist generative-media", include_str!("../../assets/policy/checklists/generative-media.toml")),
    ("checklist vendor-api", include_str!("../../assets/policy/checklists/vendor-api.toml")),
    ("patterns of fairness", include_str!("../../assets/patterns/fairness.toml")),
    ("patterns of reliability & safety", include_str!("../../assets/patterns/reliability.toml")),
    ("patterns of privacy & security", include_str!("../../assets/patterns/privacy-security.toml")),
    ("patterns of transparency", include_str!("../../assets/patterns/transparency.toml")),
    ("patterns of accountability", include_str!("../../assets/patterns/accountability.toml")),
    ("patterns of inclusiveness", include_str!("../../assets/patterns/inclusiveness.toml")),
    ("patterns of misuse & abuse", include_str!("../../assets/patterns/misuse.toml")),
    ("patterns of human oversight", include_str!("../../assets/patterns/oversight.toml")),
];

/// The profiles by name.
const PROFILES: &[(&str, &str)] = &[
    ("startup", include_str!("../../assets/policy/profiles/startup.toml")),
    ("enterprise", include_str!("../../assets/policy/profiles/enterprise.toml")),
    ("financial services", include_str!("../../assets/policy/profiles/financial-services.toml")),
    ("healthcare", include_str!("../../assets/policy/profiles/healthcare.toml")),
    ("consumer platform", include_str!("../../assets/policy/profiles/consumer-platform.toml")),
    ("EU", include_str!("../../assets/policy/profiles/eu.toml")),
];

/// The built-in default, the lowest layers of every policy.
pub(super) fn default_layers() -> Vec<Layer> {
    let rules = DEFAULT.iter().map(|(name, text)| {
        let origin = if *name == "names" { Origin::Shared } else { Origin::Rules };
        Layer::shipped(format!("built-in {name}"), *text, origin)
    });
    let content = CONTENT.iter().map(|(name, text)| {
        let name = format!("built-in {name}");
        Layer::shipped(name, *text, Origin::Content)
    });
    rules.chain(content).collect()
}

/// The names of the profiles that are shipped.
pub(super) fn profiles() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|(name, _)| *name)
}

/// The profile of a name, in any case.
pub(super) fn profile(name: &str) -> Option<Layer> {
    let (name, text) = PROFILES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))?;
    Some(Layer::shipped(format!("profile {name}"), *text, Origin::Profile))
}
