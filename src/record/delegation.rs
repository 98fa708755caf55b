//! Delegations: somebody lets another decide in their place, for a time.

use super::{Context, Field, FieldKind, Problem, Record, RecordType, Value, decision, settle_nothing};

/// A delegation.
pub static DELEGATION: RecordType = RecordType {
    name: "delegation",
    label: "Delegation",
    plural: "Delegations",
    prefix: "DLG",
    title: "reason",
    help: "Somebody lets another decide in their place, from one day to another.",
    fields: &[
        Field::link("delegator", "From", "person", "Whose right it is.").required().column(14),
        Field::link("delegate", "To", "person", "Who decides in their place.").required().column(14),
        Field::of(
            "kinds",
            "Kinds",
            FieldKind::Choices(decision::KINDS),
            "Kinds of decision; all, where none is named.",
        )
        .column(24),
        Field::day("starts_on", "From day", "The first day on which it holds.").required().default("today").column(10),
        Field::day("ends_on", "To day", "The last day on which it holds.").required().column(10),
        Field::line("reason", "Reason", "Why, such as a leave.").required().column(30),
    ],
    closed: None,
    order: &[("ends_on", true)],
    settle: settle_nothing,
    check,
};

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if after.text("delegator") != Some(context.actor)
        || before.is_some_and(|before| before.text("delegator") != Some(context.actor))
    {
        problems.push(Problem::of("delegator", "Only who holds a right delegates it: nobody does so for another."));
    }
    if after.get("delegator") == after.get("delegate") {
        problems.push(Problem::of("delegate", "Nobody delegates to themselves."));
    }
    let (starts, ends) = (after.get("starts_on").as_day(), after.get("ends_on").as_day());
    if let (Some(starts), Some(ends)) = (starts, ends) {
        let newly = before.is_none_or(|before| before.get("ends_on") != &Value::Day(ends));
        let yesterday = context.today.pred_opt().unwrap_or(context.today);
        if ends < starts {
            problems.push(Problem::of("ends_on", format!("It cannot end before it starts ({starts}).")));
        } else if newly && ends < yesterday {
            problems.push(Problem::of("ends_on", format!("It cannot end in the past ({ends}).")));
        } else if let Some(most) = context.terms.most_days("delegation")
            && (ends - starts).num_days() > i64::from(most)
        {
            problems.push(Problem::of("ends_on", format!("Policy lets a delegation last {most} days at most.")));
        }
    }
    problems
}
