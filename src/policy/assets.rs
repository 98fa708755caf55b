//! The policy that is shipped: the default in several files by concern, and the profiles, all under `assets/policy/`.

use super::source::Layer;

/// The files of the built-in default, in the order in which they are laid.
const DEFAULT: &[(&str, &str)] = &[
    ("about", include_str!("../../assets/policy/about.toml")),
    ("scales", include_str!("../../assets/policy/scales.toml")),
    ("names", include_str!("../../assets/policy/names.toml")),
    ("requirements", include_str!("../../assets/policy/requirements.toml")),
    ("stages", include_str!("../../assets/policy/stages.toml")),
    ("limits", include_str!("../../assets/policy/limits.toml")),
    ("frameworks", include_str!("../../assets/policy/frameworks.toml")),
    ("controls", include_str!("../../assets/policy/controls.toml")),
    ("checklist launch-readiness", include_str!("../../assets/policy/checklists/launch-readiness.toml")),
    ("checklist llm-application", include_str!("../../assets/policy/checklists/llm-application.toml")),
    ("tiers", include_str!("../../assets/policy/tiers.toml")),
    ("routes", include_str!("../../assets/policy/routes.toml")),
    ("needs", include_str!("../../assets/policy/needs.toml")),
    ("rights", include_str!("../../assets/policy/rights.toml")),
    ("law EU AI Act 2024", include_str!("../../assets/policy/law-eu-ai-act-2024.toml")),
    ("law EU AI Act 2026", include_str!("../../assets/policy/law-eu-ai-act-2026.toml")),
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
    DEFAULT.iter().map(|(name, text)| Layer::new(format!("built-in {name}"), *text)).collect()
}

/// Whether this is the text of a layer that is shipped, word for word: nobody has to check it again.
pub(super) fn is_shipped(text: &str) -> bool {
    DEFAULT.iter().chain(PROFILES).any(|(_, shipped)| *shipped == text)
}

/// The names of the profiles that are shipped.
pub(super) fn profiles() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|(name, _)| *name)
}

/// The profile of a name, in any case.
pub(super) fn profile(name: &str) -> Option<Layer> {
    let (name, text) = PROFILES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))?;
    Some(Layer::new(format!("profile {name}"), *text))
}
