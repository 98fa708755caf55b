//! Who and what a made-up programme is made of: people, teams, systems, risks, work.

/// How many of the people decide; they own nothing.
pub const DECIDERS: usize = 2;

/// The roles of those who decide.
pub const ROLES: [&str; 4] = ["specialist", "RAI lead", "governance forum", "executive"];

/// Whether this one of [`PEOPLE`] decides.
pub fn decides(name: &str) -> bool {
    PEOPLE.iter().take(DECIDERS).any(|decider| *decider == name)
}

/// Who works here.
pub const PEOPLE: &[&str] = &[
    "Mara Lindqvist",
    "Tomas Okafor",
    "Ines Ferreira",
    "Yuki Tanaka",
    "Priya Raman",
    "Daniel Weiss",
    "Aisha Bello",
    "Marek Novak",
    "Chloe Martin",
    "Ravi Menon",
    "Sofia Rossi",
    "Jonas Berg",
    "Leila Haddad",
    "Owen Clarke",
    "Nadia Petrov",
    "Hugo Silva",
    "Mei Chen",
    "Karim Aziz",
    "Elena Popescu",
    "Lucas Meyer",
    "Fatima Noor",
    "Pavel Dvorak",
    "Amelia Wright",
    "Diego Torres",
    "Hana Kim",
    "Viktor Orlov",
    "Grace Mensah",
    "Felix Braun",
    "Zara Malik",
    "Anton Vogel",
];

/// Where they work.
pub const TEAMS: &[&str] =
    &["Claims", "Hiring", "Payments", "Support", "Search", "Marketing", "Lending", "Logistics", "Clinical", "Platform"];

/// The first words of systems' names.
pub const AREAS: &[&str] = &[
    "Claims",
    "Résumé",
    "Invoice",
    "Loan",
    "Support",
    "Fraud",
    "Churn",
    "Pricing",
    "Document",
    "Image",
    "Voice",
    "Route",
    "Inventory",
    "Returns",
    "Warranty",
    "Patient",
    "Catalogue",
    "Contract",
    "Review",
    "Traffic",
    "Energy",
    "Safety",
];

/// And the second.
pub const JOBS: &[&str] = &[
    "triage",
    "ranking",
    "summaries",
    "assistant",
    "forecast",
    "matching",
    "moderation",
    "extraction",
    "scoring",
    "translation",
    "routing",
    "detection",
    "recommendations",
    "search",
    "drafting",
    "classification",
    "planner",
];

/// Risks: title, category, and who would be harmed.
pub const RISKS: &[(&str, &str, &str)] = &[
    ("Proxy for age in", "fairness", "older people"),
    ("Lower accuracy for accented speech in", "fairness", "people with an accent"),
    ("Unequal error rates by sex in", "fairness", "women"),
    ("Invented facts in answers of", "reliability & safety", "customers"),
    ("Silent failure when a source is missing in", "reliability & safety", "staff"),
    ("Drift after a change of season in", "reliability & safety", "customers"),
    ("Personal data in logs of", "privacy & security", "customers"),
    ("Prompt injection through documents in", "privacy & security", "customers"),
    ("Training data kept longer than agreed for", "privacy & security", "former customers"),
    ("People not told that they deal with", "transparency", "applicants"),
    ("No reason given for outcomes of", "transparency", "applicants"),
    ("No owner for complaints about", "accountability", "affected people"),
    ("Screen readers cannot use", "inclusiveness", "blind users"),
    ("Abuse to write spam through", "misuse & abuse", "the public"),
    ("Scraping of answers of", "misuse & abuse", "the company"),
    ("Reviewers approve without looking in", "human oversight", "applicants"),
    ("No way to stop", "human oversight", "affected people"),
];

/// Actions: title and kind.
pub const ACTIONS: &[(&str, &str)] = &[
    ("Re-run the slices with age bands for", "mitigation"),
    ("Add the limits to the model card of", "mitigation"),
    ("Mask names before ranking in", "mitigation"),
    ("Ask the vendor for test results of", "information request"),
    ("Attach the evaluation report of", "evidence"),
    ("Agree on an alert route for", "condition"),
    ("Write the notice for users of", "condition"),
    ("Check the retention of logs of", "follow-up"),
    ("Train the first line on", "follow-up"),
    ("Add a test for prompt injection to", "control improvement"),
    ("Put a threshold on the score of", "mitigation"),
    ("Explain outcomes to applicants of", "mitigation"),
    ("Log who overrides", "control improvement"),
    ("Collect complaints about", "follow-up"),
    ("Measure latency at peak of", "evidence"),
];

/// Which of [`RISKS`] were drawn from a pattern of the library.
pub const PATTERNS: &[(usize, &str)] = &[(0, "proxy-discrimination"), (2, "unequal-error-rates")];

/// The control by which what was found too late would have been found.
pub const CONTROL: &str = "FAIR-01";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn what_is_named_is_in_the_policy() {
        let policy = Policy::builtin();
        assert!(policy.control(CONTROL).is_some());
        assert!(PATTERNS.iter().all(|(at, id)| policy.pattern(id).is_some() && *at < RISKS.len()));
    }
}
