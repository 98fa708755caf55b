//! Fields that change only together with a decision: a review's tier, its approval or rejection, an accepted risk, a
//! waived checklist item; and, of what is no record, the workspace's own layers of policy. Whoever writes them in any
//! other way is told what to use instead.

use super::{
    ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DECISION, IN_FORCE, KINDS, POLICY_CHANGE, REJECT, TIER, WAIVER,
    answers_the_same,
};
use crate::record::{Look, Problem, Record, Value};

/// Whether something in this record stands only because of a decision of this kind on it.
pub(super) fn rests_on(kind: &str, about: &Record) -> bool {
    match kind {
        TIER => !about.get("tier").is_empty(),
        APPROVE => matches!(about.text("stage"), Some("approved")),
        APPROVE_WITH_CONDITIONS => about.text("stage") == Some("approved with conditions"),
        REJECT => about.text("stage") == Some("rejected"),
        WAIVER => about.text("status") == Some("waived"),
        ACCEPTANCE => about.text("status") == Some("accepted"),
        _ => false,
    }
}

/// What keeps a record from being saved: fields that only a decision changes, without one among `made`, the decisions
/// that were made earlier in the same change.
#[must_use]
pub fn problems<'r>(
    before: Option<&Record>,
    after: &Record,
    made: &(impl Iterator<Item = &'r Record> + Clone),
) -> Vec<Problem> {
    let decided = |kinds: &[&str], holds: &dyn Fn(&Record) -> bool| {
        made.clone().any(|decision| {
            decision.text("status") == Some(IN_FORCE)
                && decision.text("subject") == Some(after.reference())
                && !after.reference().is_empty()
                && decision.text("kind").is_some_and(|kind| kinds.contains(&kind))
                && holds(decision)
        })
    };
    let is_new = |field: &str| match before {
        Some(before) => before.get(field) != after.get(field),
        None => !after.get(field).is_empty(),
    };
    match after.kind().name {
        "review" => review(before, after, &is_new, &decided),
        "risk" => ending(after, &is_new, "accepted", "accepted_until", &|end| {
            decided(&[ACCEPTANCE], &|decision| decision.get("expires_on") == end)
        }),
        "checklist_item" => ending(after, &is_new, "waived", "waived_until", &|end| {
            decided(&[WAIVER], &|decision| decision.get("expires_on") == end)
        }),
        _ => Vec::new(),
    }
}

/// What keeps the workspace's own layers of policy from being written: no decision of the kind `policy change` among
/// `made`, the decisions that were made in the same change.
#[must_use]
pub fn policy_problem<'r>(mut made: impl Iterator<Item = &'r Record>) -> Option<Problem> {
    let decides =
        |decision: &Record| decision.text("kind") == Some(POLICY_CHANGE) && decision.text("status") == Some(IN_FORCE);
    let message = "The policy is changed by a decision of who holds the right, not written: \
                   `probity policy profile NAME --why …`.";
    (!made.any(decides)).then(|| Problem { field: None, message: message.to_owned() })
}

/// Whether what rests on decisions in this record rests on ones that hold; true where there never was one, as in a
/// file from before there were decisions.
#[must_use]
pub fn stands(record: &Record, records: &dyn Look) -> bool {
    if !matches!(record.kind().name, "review" | "risk" | "checklist_item") {
        return true;
    }
    let made = records.all(&DECISION, "subject", record.reference());
    KINDS.iter().filter(|kind| rests_on(kind, record)).all(|kind| {
        let mut same =
            made.iter().filter(|made| made.text("kind").is_some_and(|made| answers_the_same(kind, made))).peekable();
        same.peek().is_none()
            || same.any(|made| {
                made.text("status") == Some(IN_FORCE)
                    && made.text("kind") == Some(kind)
                    && (*kind != TIER || made.get("outcome") == record.get("tier"))
            })
    })
}

type Decided<'a> = &'a dyn Fn(&[&str], &dyn Fn(&Record) -> bool) -> bool;

fn review(
    before: Option<&Record>,
    after: &Record,
    is_new: &dyn Fn(&str) -> bool,
    decided: Decided<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let named = named(after);
    let tier = after.get("tier");
    if is_new("tier") && !decided(&[TIER], &|decision| decision.get("outcome") == tier) {
        let message = match tier {
            Value::Empty => "A tier that was decided is not cleared: decide another one.".to_owned(),
            tier => format!(
                "A tier is decided by who holds the right, not written: `probity decide {named} tier {} --why …`.",
                tier.display()
            ),
        };
        problems.push(Problem::of("tier", message));
    }
    let stage = after.text("stage").unwrap_or("intake");
    if is_new("stage") {
        let wanted: &[&str] = match stage {
            "approved" => &[APPROVE],
            "approved with conditions" => &[APPROVE_WITH_CONDITIONS],
            "rejected" => &[REJECT],
            _ => &[],
        };
        let was = before.and_then(|before| before.text("stage"));
        if let [kind] = wanted
            && !decided(wanted, &|_| true)
        {
            let verb = if *kind == REJECT { REJECT } else { APPROVE };
            let more = if *kind == APPROVE_WITH_CONDITIONS { " --condition …" } else { "" };
            let message = format!(
                "A review is {stage} by a decision of who holds the right: `probity decide {named} {verb}{more} --why …`."
            );
            problems.push(Problem::of("stage", message));
        }
        let launched = ["launched", "monitoring"];
        let from_approval = was.is_some_and(|was| was.starts_with("approved") || launched.contains(&was));
        if launched.contains(&stage) && !from_approval {
            let message =
                format!("Only an approved review is {stage}: `probity decide {named} approve --why …` first.");
            problems.push(Problem::of("stage", message));
        }
    }
    problems
}

/// The problems of a status that a decision gives, until a day.
fn ending(
    after: &Record,
    is_new: &dyn Fn(&str) -> bool,
    status: &str,
    until: &'static str,
    decided: &dyn Fn(&Value) -> bool,
) -> Vec<Problem> {
    if after.text("status") != Some(status) || !(is_new("status") || is_new(until)) || decided(after.get(until)) {
        return Vec::new();
    }
    let named = named(after);
    let message = if status == "waived" {
        format!(
            "An item is waived by a decision of who holds the right: `probity decide REV-… waive {named} --control … --expires … --why …`."
        )
    } else {
        format!(
            "A risk is accepted by a decision of who holds the right: `probity decide REV-… accept {named} --expires … --why …`."
        )
    };
    vec![Problem::of("status", message)]
}

fn named(record: &Record) -> &str {
    if record.reference().is_empty() { "REF" } else { record.reference() }
}
