//! People: who asks, reviews, owns, decides and attends.

use super::decision::authority::may_appoint;
use super::{Context, Field, FieldKind, Names, Problem, Record, RecordType, settle_nothing};

/// A person.
pub static PERSON: RecordType = RecordType {
    name: "person",
    label: "Person",
    plural: "People",
    prefix: "PER",
    title: "name",
    help: "Somebody who asks for, reviews, owns, decides or attends.",
    fields: &[
        Field::line("name", "Name", "The full name.").required().column(24),
        Field::line("handle", "Handle", "A short name without spaces: what follows @.").required().column(14),
        Field::line("email", "E-mail", "Where messages go.").column(26),
        Field::of("function", "Function", FieldKind::Named(Names::Function), "The function this person reviews for.")
            .column(16),
        Field::line("team", "Team", "The team or department.").column(18),
        Field::of("roles", "Roles", FieldKind::NamedMany(Names::Role), "Roles held; decision rights go by them.")
            .column(22),
        Field::flag("active", "Active", "No once somebody has left.").default("yes").column(6),
    ],
    closed: None,
    order: &[("name", false)],
    settle: settle_nothing,
    check,
};

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let changed = before.map_or(!after.get("roles").is_empty(), |before| before.get("roles") != after.get("roles"));
    match may_appoint(after, context) {
        Err(why) if changed => vec![Problem::of("roles", why)],
        _ => Vec::new(),
    }
}
