//! Enablement sessions: what was taught, to how many.

use super::{Context, Field, FieldKind, Problem, Record, RecordType, settle_nothing};

/// A session.
pub static ENABLEMENT: RecordType = RecordType {
    name: "enablement",
    label: "Enablement session",
    plural: "Enablement sessions",
    prefix: "ENA",
    title: "title",
    help: "A training, office hours or a how-to: what it was about, when, and how many came.",
    fields: &[
        Field::line("title", "Title", "What it was about.").required().column(40),
        Field::day("held_on", "Held on", "When it was held.").required().column(10),
        Field::choice("kind", "Kind", &["training", "office hours", "how-to"], "What sort of session it was.")
            .default("training")
            .column(13),
        Field::of("attendees", "Attendees", FieldKind::Number(0, 1_000_000), "How many people came.").column(9),
        Field::line("team", "Team", "The team it was held for; empty for all.").column(20),
        Field::line("product_area", "Product area", "The product area it was held for; empty for all."),
        Field::link("held_by", "Held by", "person", "Who held it.").column(12),
    ],
    closed: None,
    order: &[("held_on", true)],
    settle: settle_nothing,
    check,
};

fn check(_: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let counted = !after.get("attendees").is_empty();
    if counted && after.get("held_on").as_day().is_some_and(|day| day > context.today) {
        return vec![Problem::of("attendees", "Say how many came once the session was held.")];
    }
    Vec::new()
}
