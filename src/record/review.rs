//! Reviews: one passage of a system, or of one release, from intake to decision.

use super::{Context, Field, FieldKind, LEGAL, PACKET, Problem, Record, RecordType, Value};

/// The stages, in order; the outcomes stand after `decision`.
pub const STAGES: &[&str] = &[
    "intake",
    "triage",
    "assessment",
    "mitigation",
    "decision",
    "approved",
    "approved with conditions",
    "rejected",
    "withdrawn",
    "launched",
    "monitoring",
    "closed",
];

/// The stages in which a review waits for nobody's work any more.
pub const ENDED: &[&str] = &["rejected", "withdrawn", "launched", "monitoring", "closed"];

/// The stages in which a decision has been made.
pub const DECIDED: &[&str] = &["approved", "approved with conditions", "rejected", "launched", "monitoring", "closed"];

/// How much scrutiny a review gets, the least first.
pub const TIERS: &[&str] = &["minimal", "low", "medium", "high", "prohibited"];

/// A review.
pub static REVIEW: RecordType = RecordType {
    name: "review",
    label: "Review",
    plural: "Reviews",
    prefix: "REV",
    title: "title",
    help: "One passage of a system, or of one release of it, from intake to decision.",
    fields: &[
        Field::line("title", "Title", "What is under review.").required().column(34),
        Field::link("system", "System", "system", "The system under review.").required().column(24),
        Field::link("release", "Release", "release", "The release under review, where there is one."),
        Field::choice("kind", "Kind", &["launch", "change", "periodic", "incident"], "What made it necessary.")
            .default("launch")
            .column(9),
        Field::choice("stage", "Stage", STAGES, "Where it stands.").default("intake").column(12),
        Field::choice("priority", "Priority", &["urgent", "high", "normal", "low"], "What to take up first.")
            .default("normal")
            .column(8),
        Field::link("reviewer", "Reviewer", "person", "The specialist who runs it.").column(14),
        Field::link("requester", "Requester", "person", "Who asked for it."),
        Field::day("submitted_at", "Submitted", "When the team handed it in.").column(10),
        Field::day("target_on", "Target", "The milestone agreed for the decision.").column(10),
        Field::day("launch_on", "Launch", "When the team wants to launch.").column(10),
        Field::choice("proposed_tier", "Proposed tier", TIERS, "The tier that the answers suggest.").by_rule(),
        Field::choice("tier", "Tier", TIERS, "How much scrutiny it gets.").decides().column(10),
        Field::prose("tier_reason", "Reason for the tier", "Why this tier; needed when it is set by hand."),
        Field::line("waiting_on", "Waiting on", "Who or what it waits for; stops nothing, but is timed.").column(16),
        Field::day("waiting_since", "Waiting since", "Since when it waits.").seldom(),
        Field::prose(
            "stage_reason",
            "Reason for the last move",
            "Why it went to this stage, where that was not plain.",
        ),
        Field::moment("stage_since", "In this stage since", "When it came to this stage.").by_rule(),
        Field::day("due_on", "Stage due", "When this stage is due, by the policy's service levels.")
            .by_rule()
            .column(10),
        Field::day("decided_at", "Decided", "When it was decided.").by_rule(),
        Field::prose("outcome", "Outcome", "What was decided, in a sentence or two."),
        Field::of("urgency", "Urgency", FieldKind::Number(0, 9), "Orders the queue: priority, the most urgent first.")
            .by_rule(),
    ],
    closed: Some(("stage", ENDED)),
    order: &[("urgency", false), ("due_on", false)],
    settle,
    check,
};

/// Whether a review may go from one stage to another. It may always go back, be withdrawn, or be opened again;
/// forwards it goes one stage at a time, and only a decided one may launch.
#[must_use]
pub fn may_move(from: &str, to: &str) -> bool {
    let at = |stage: &str| STAGES.iter().position(|known| *known == stage);
    let (Some(here), Some(there)) = (at(from), at(to)) else { return false };
    if there <= here || to == "withdrawn" || to == "closed" {
        return true;
    }
    match from {
        "intake" | "triage" | "assessment" => there == here + 1 || (from == "assessment" && to == "decision"),
        "mitigation" => to == "decision",
        "decision" => matches!(to, "approved" | "approved with conditions" | "rejected"),
        "approved" | "approved with conditions" => matches!(to, "approved with conditions" | "rejected" | "launched"),
        "launched" => to == "monitoring",
        _ => false,
    }
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    let was = before.and_then(|before| before.text("stage"));
    if was != after.text("stage") || after.get("stage_since").is_empty() {
        after.set("stage_since", context.now);
        let decided = after.text("stage").is_some_and(|stage| DECIDED.contains(&stage));
        match (decided, after.get("decided_at").is_empty()) {
            (true, true) => after.set("decided_at", context.today),
            (false, false) => after.set("decided_at", Value::Empty),
            _ => {}
        }
    }
    match (after.get("waiting_on").is_empty(), after.get("waiting_since").is_empty()) {
        (false, true) => after.set("waiting_since", context.today),
        (true, false) => after.set("waiting_since", Value::Empty),
        _ => {}
    }
    let due = after.get("stage_since").as_moment().and_then(|since| {
        let days = context.terms.stage_days(after.text("stage")?, after.text("tier"))?;
        since.date_naive().checked_add_days(chrono::Days::new(u64::from(days)))
    });
    after.set("due_on", due.map_or(Value::Empty, Value::Day));
    let urgency = match after.text("priority") {
        Some("urgent") => 0,
        Some("high") => 1,
        Some("low") => 3,
        _ => 2,
    };
    after.set("urgency", urgency);
    let belonging = |kind| context.records.belonging(kind, "review", after.id());
    let proposed =
        belonging(&PACKET).and_then(|packet| context.terms.proposed_tier(&packet, belonging(&LEGAL).as_ref()));
    after.set("proposed_tier", proposed.map_or(Value::Empty, Value::text));
}

fn check(before: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let stage = after.text("stage").unwrap_or("intake");
    if let Some(was) = before.and_then(|before| before.text("stage"))
        && was != stage
        && !may_move(was, stage)
    {
        problems.push(Problem::of(
            "stage",
            format!("A review cannot go from {was} to {stage}: the next stage comes after {was}, one at a time."),
        ));
    }
    let tier = after.text("tier");
    let past_triage = STAGES.iter().position(|known| *known == stage).is_some_and(|at| at > 1) && stage != "withdrawn";
    if past_triage && stage != "closed" && tier.is_none() {
        problems.push(Problem::of("tier", format!("Decide the tier before the review goes to {stage}.")));
    }
    if tier == Some("prohibited")
        && matches!(stage, "approved" | "approved with conditions" | "launched" | "monitoring")
    {
        problems.push(Problem::of("stage", "A prohibited use cannot be approved or launched."));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_one_another() {
        assert!(may_move("intake", "triage"));
        assert!(!may_move("intake", "decision"));
        assert!(may_move("assessment", "decision"));
        assert!(may_move("decision", "triage"), "a review may go back");
        assert!(!may_move("intake", "launched"));
        assert!(may_move("approved", "launched"));
        assert!(may_move("triage", "withdrawn"));
        assert!(!may_move("triage", "nowhere"));
    }
}
