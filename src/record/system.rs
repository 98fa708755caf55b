//! Systems: the AI features, models and applications that are reviewed.

use super::{Field, FieldKind, RecordType, check_nothing, packet::MODEL_TYPES, packet::PROVIDERS, settle_nothing};

/// Where a system stands in its life.
pub const LIFECYCLES: &[&str] = &["idea", "development", "pilot", "production", "retired"];

/// A system.
pub static SYSTEM: RecordType = RecordType {
    name: "system",
    label: "System",
    plural: "Systems",
    prefix: "SYS",
    title: "name",
    help: "An AI feature, model or application that is reviewed, over its whole life.",
    fields: &[
        Field::line("name", "Name", "What people call it.").decides().required().column(36),
        Field::prose("summary", "Summary", "What it does and for whom, in a few sentences."),
        Field::line("product_area", "Product area", "The product or part of the organisation it belongs to.")
            .column(22),
        Field::line("team", "Team", "The team that builds or runs it.").column(18),
        Field::link("business_owner", "Business owner", "person", "Who answers for its use.").column(14),
        Field::link("technical_owner", "Technical owner", "person", "Who answers for how it works."),
        Field::choice("lifecycle", "Lifecycle", LIFECYCLES, "Where it stands in its life.").column(12),
        Field::choice("model_type", "Model type", MODEL_TYPES, "What kind of model is at its heart.")
            .decides()
            .column(16),
        Field::choice("model_provider", "Model provider", PROVIDERS, "Where the model comes from.").decides(),
        Field::line("model_name", "Model name", "The model's own name.").decides(),
        Field::line("model_version", "Model version", "The version that runs today.").decides().column(12),
        Field::of("links", "Links", FieldKind::Words, "Addresses of designs, repositories, dashboards."),
        Field::line("source", "Source", "The inventory and row it was imported from.").seldom(),
    ],
    closed: Some(("lifecycle", &["retired"])),
    order: &[("name", false)],
    settle: settle_nothing,
    check: check_nothing,
};
