//! Releases: a product release of a system, or a model version going live.

use super::{Context, Field, Problem, Record, RecordType, settle_nothing};

/// A release.
pub static RELEASE: RecordType = RecordType {
    name: "release",
    label: "Release",
    plural: "Releases",
    prefix: "REL",
    title: "name",
    help: "A product release of a system, or a model version going live.",
    fields: &[
        Field::link("system", "System", "system", "The system that is released.").required().column(26),
        Field::line("name", "Name", "The release's name or number.").required().column(16),
        Field::line("model_version", "Model version", "The model version that goes live with it.").column(14),
        Field::day("planned_on", "Planned on", "When it is to go live.").column(12),
        Field::day("launched_on", "Launched on", "When it went live.").column(12),
        Field::day("rolled_back_on", "Rolled back on", "When it was taken back.").column(14),
    ],
    closed: None,
    order: &[("planned_on", true)],
    settle: settle_nothing,
    check,
};

fn check(_: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    match (after.get("launched_on").as_day(), after.get("rolled_back_on").as_day()) {
        (None, Some(_)) => {
            vec![Problem::of(
                "rolled_back_on",
                "A release that never went live cannot be rolled back; say when it was launched.",
            )]
        }
        (Some(launched), Some(back)) if back < launched => {
            vec![Problem::of(
                "rolled_back_on",
                format!("It cannot be rolled back before it was launched ({launched})."),
            )]
        }
        _ => Vec::new(),
    }
}
