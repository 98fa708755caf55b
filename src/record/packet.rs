//! The intake packet: what a team must say about a system before it can be triaged. One for each review.

use super::{Context, Field, FieldKind, Record, RecordType, check_nothing};

/// Kinds of model.
pub const MODEL_TYPES: &[&str] = &[
    "rules",
    "classical ML",
    "deep learning",
    "recommender",
    "vision",
    "biometric",
    "speech",
    "prompted LLM",
    "fine-tuned LLM",
    "RAG",
    "agent with tools",
    "generative media",
];

/// Where a model comes from.
pub const PROVIDERS: &[&str] = &["in-house", "vendor API", "open weights"];

/// The areas of Annex III of Regulation (EU) 2024/1689 (the EU AI Act), and `other`.
pub const DOMAINS: &[&str] = &[
    "biometrics",
    "critical infrastructure",
    "education and vocational training",
    "employment and workers management",
    "essential services and benefits",
    "law enforcement",
    "migration, asylum and border control",
    "justice and democratic processes",
    "other",
];

/// An intake packet.
pub static PACKET: RecordType = RecordType {
    name: "packet",
    label: "Intake packet",
    plural: "Intake packets",
    prefix: "PKT",
    title: "use_case",
    help: "What a team must say about a system before it can be triaged.",
    fields: &[
        Field::link("review", "Review", "review", "The review it belongs to.").required().settles().column(30),
        Field::prose("use_case", "Use case", "The job the system does, in plain words.").decides().column(40),
        Field::prose("intended_use", "Intended use", "Who is to use it, for what, under which conditions.").decides(),
        Field::prose("out_of_scope_use", "Out-of-scope use", "What it must not be used for.").decides(),
        Field::prose("users", "Users", "Who works with it.").decides(),
        Field::prose("affected_people", "Affected people", "Whom its outputs are about, or fall upon.").decides(),
        Field::choice(
            "decision_role",
            "Role in decisions",
            &["informs", "assists", "decides with review", "decides alone"],
            "How far its output goes towards a decision about people.",
        )
        .decides(),
        Field::choice("domain", "Domain", DOMAINS, "The area of use: Annex III of the EU AI Act, or other.")
            .decides()
            .column(24),
        Field::choice(
            "declared_impact",
            "Declared impact",
            &["rights-impacting", "safety-impacting", "both", "neither"],
            "What the team itself says of its impact on rights and safety (OMB M-24-10).",
        )
        .decides()
        .column(16),
        Field::prose("data_sources", "Data sources", "Where the data it uses comes from.").decides(),
        Field::choice(
            "personal_data",
            "Personal data",
            &["none", "personal", "special category"],
            "Special category: health, beliefs, origin, orientation, biometrics (GDPR Art. 9).",
        )
        .decides()
        .column(16),
        Field::prose(
            "protected_attributes_available",
            "Protected attributes",
            "Which protected attributes are known, for testing or as features.",
        )
        .decides(),
        Field::prose("training_data_provenance", "Training data", "Where training data came from and by what right.")
            .decides(),
        Field::prose("lawful_basis", "Lawful basis", "The lawful basis for processing personal data.").decides(),
        Field::prose("retention", "Retention", "How long inputs, outputs and logs are kept.").decides(),
        Field::choice("model_type", "Model type", MODEL_TYPES, "What kind of model is at its heart.")
            .decides()
            .column(16),
        Field::choice("model_provider", "Model provider", PROVIDERS, "Where the model comes from.").decides(),
        Field::line("deployment_surface", "Deployment surface", "Where people meet it: an app, an API, a call centre.")
            .decides(),
        Field::choice(
            "exposure",
            "Exposure",
            &["internal", "customers", "public", "children"],
            "The widest group that can reach it.",
        )
        .decides()
        .column(10),
        Field::of("geography", "Geography", FieldKind::Words, "Countries or regions of use.").decides(),
        Field::of("languages", "Languages", FieldKind::Words, "Languages in which it is used.").decides(),
        Field::line("scale", "Scale", "How many people or decisions, in what time.").decides(),
        Field::choice(
            "human_oversight",
            "Human oversight",
            &["none", "before action", "after action", "override"],
            "When a person looks at an output, and whether they can stop it.",
        )
        .decides(),
        Field::prose("fallback", "Fallback", "What happens when it fails, or somebody appeals.").decides(),
        Field::prose("disclosure", "Disclosure", "What users and affected people are told.").decides(),
        Field::prose("appeal", "Appeal", "How an affected person can contest an outcome or opt out.").decides(),
        Field::prose("monitoring_plan", "Monitoring plan", "What is watched after launch, and by whom.").decides(),
        Field::prose("known_risks", "Known risks", "Risks that the team already knows, and how they were found."),
        Field::of("stakeholders", "Stakeholders", FieldKind::Words, "Stakeholders by function, as function: name."),
        Field::day("planned_launch_on", "Planned launch", "When the team plans to launch."),
        Field::of("answered", "Answered", FieldKind::Number(0, 999), "Required fields that are answered.").by_rule(),
        Field::of("asked", "Required", FieldKind::Number(0, 999), "Fields that policy requires for these answers.")
            .by_rule(),
    ],
    closed: None,
    order: &[("id", true)],
    settle,
    check: check_nothing,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let (answered, asked) = context.terms.completeness(after);
    after.set("answered", answered);
    after.set("asked", asked);
}
