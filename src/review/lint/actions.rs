//! Actions that hold up what has already happened, or that end without showing it.

use super::facts::Facts;
use super::stage::{going, is_live, matters};
use super::{About, Fault, Rule, Severity, fault, set};
use crate::record::{ACTION, Record};
use crate::review::Place;

const ABOUT: About = About(&ACTION, Place::Actions);

/// The rules.
pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "condition-past-due",
        Severity::Error,
        "Condition of an approval past due",
        "It was approved on this condition. Meet it, or go back to who decided: an approval whose conditions are not met does \
         not hold.",
        "due_on",
        condition_late,
    ),
    ABOUT.rule(
        "action-blocking-live",
        Severity::Error,
        "Live with an open action that blocks the launch",
        "The launch was to wait for it and did not. Finish it, take the system back, or decide that it need not wait.",
        "launch_blocking",
        blocking,
    ),
    ABOUT.rule(
        "action-done-unproven",
        Severity::Warning,
        "Evidence was to be brought, and none is named",
        "The action is done and what it was to bring is not there. Name the evidence that closes it.",
        "closing_evidence",
        unproven,
    ),
    ABOUT.rule(
        "action-no-criteria",
        Severity::Note,
        "Blocks the launch and nobody said when it is done",
        "Without criteria it is done when somebody says so. Say what must be true.",
        "acceptance_criteria",
        no_criteria,
    ),
    ABOUT.rule(
        "action-no-owner",
        Severity::Warning,
        "Open action without an owner",
        "What belongs to nobody is done by nobody.",
        "owner",
        unowned,
    ),
];

fn status(action: &Record) -> &str {
    action.text("status").unwrap_or("open")
}

fn is_blocking(action: &Record) -> bool {
    action.get("launch_blocking").is_set()
}

fn condition_late(facts: &Facts<'_>, action: &Record) -> Option<Fault> {
    let due = action.get("due_on").as_day().filter(|due| *due < facts.today)?;
    let open = !ACTION.is_closed(action) && action.text("kind") == Some("condition");
    if !open || going(facts, action).is_none() {
        return None;
    }
    fault(
        format!("It was due on {due}, and is {} with {}.", status(action), facts.who(action.text("owner"))),
        "meet the condition",
        format!("probity action done {} --note NOTE", action.reference()),
    )
}

fn blocking(facts: &Facts<'_>, action: &Record) -> Option<Fault> {
    let review = facts.review(action).filter(|review| is_live(review))?;
    // A condition may be due after the launch; one that is late is told by a rule of its own.
    let open = !ACTION.is_closed(action) && is_blocking(action) && action.text("kind") != Some("condition");
    if !open {
        return None;
    }
    fault(
        format!("{} is {}, and it is {}.", review.reference(), review.text("stage").unwrap_or("live"), status(action)),
        "finish it, or decide that the launch need not wait",
        format!("probity action done {} --note NOTE", action.reference()),
    )
}

fn unproven(facts: &Facts<'_>, action: &Record) -> Option<Fault> {
    let done = action.text("kind") == Some("evidence") && action.text("status") == Some("done");
    if !done || !action.get("closing_evidence").is_empty() || !matters(facts, action) {
        return None;
    }
    fault(
        "It is done, and names no evidence.",
        "name the evidence that closes it",
        set(action, "--closing-evidence EVIDENCE"),
    )
}

fn no_criteria(facts: &Facts<'_>, action: &Record) -> Option<Fault> {
    let open = !ACTION.is_closed(action) && is_blocking(action) && action.get("acceptance_criteria").is_empty();
    // A condition says what must be true itself; a request is answered or not.
    let plain = matches!(action.text("kind"), Some("condition" | "information request"));
    if !open || plain || !matters(facts, action) {
        return None;
    }
    fault(
        "The launch waits for it, and it does not say when it is done.",
        "say what must be true",
        set(action, "--acceptance-criteria TEXT"),
    )
}

fn unowned(facts: &Facts<'_>, action: &Record) -> Option<Fault> {
    if ACTION.is_closed(action) || !action.get("owner").is_empty() || !matters(facts, action) {
        return None;
    }
    fault("Nobody does it.", "name an owner", set(action, "--owner PERSON"))
}
