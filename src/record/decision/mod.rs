//! Decisions: judgements made by somebody who holds the right to make them, each bound to a snapshot of what was decided.
//!
//! Whether somebody holds a right is checked where every write is checked, so it stands here, on the floor of the
//! records: [`authority`] says who may, [`guard`] which fields change only with a decision, [`snapshot`] what was decided.

pub mod authority;
pub mod guard;
pub mod snapshot;

use chrono::NaiveDate;

use super::{
    Context, Field, FieldKind, Problem, REVIEW, RISK, Record, RecordType, Value, kind_of_reference, meeting,
    review::TIERS,
};

/// How much scrutiny a review gets.
pub const TIER: &str = "tier";
/// It may launch.
pub const APPROVE: &str = "approve";
/// It may launch once conditions are met.
pub const APPROVE_WITH_CONDITIONS: &str = "approve with conditions";
/// It may not launch.
pub const REJECT: &str = "reject";
/// Not decided yet, on purpose.
pub const DEFER: &str = "defer";
/// A checklist item is let pass for a while, with something else in its place.
pub const WAIVER: &str = "waiver";
/// A risk that remains is accepted for a while.
pub const ACCEPTANCE: &str = "risk acceptance";
/// A metric that the policy does not name is used.
pub const METRIC: &str = "non-standard metric";
/// The policy, a template or a threshold is changed.
pub const POLICY_CHANGE: &str = "policy change";
/// Something is said or promised outside the organisation.
pub const STATEMENT: &str = "external statement";

/// Kinds of decision.
pub const KINDS: &[&str] =
    &[TIER, APPROVE, APPROVE_WITH_CONDITIONS, REJECT, DEFER, WAIVER, ACCEPTANCE, METRIC, POLICY_CHANGE, STATEMENT];

/// It holds.
pub const IN_FORCE: &str = "in force";
/// Made by somebody without the right: it says what they would decide, and changes nothing.
pub const RECOMMENDED: &str = "recommended";
/// A newer decision of the same kind on the same subject holds.
pub const SUPERSEDED: &str = "superseded";
/// Taken back by somebody who holds the right.
pub const WITHDRAWN: &str = "withdrawn";

/// A decision.
pub static DECISION: RecordType = RecordType {
    name: "decision",
    label: "Decision",
    plural: "Decisions",
    prefix: "DEC",
    title: "title",
    help: "A judgement by somebody who holds the right to it, bound to a snapshot of what was decided.",
    fields: &[
        Field::line("title", "Title", "What was decided, about what.").by_rule().column(40),
        Field::choice("kind", "Kind", KINDS, "What sort of decision it is.").by_rule().column(16).decides(),
        Field::link("review", "Review", "review", "The review it belongs to.").by_rule().column(10).decides(),
        Field::of(
            "subject",
            "Subject",
            FieldKind::Reference,
            "What it is about, by reference: a review, a risk, an item.",
        )
        .by_rule()
        .column(9)
        .decides(),
        Field::line("outcome", "Outcome", "What was decided: a tier, approved, rejected, waived, accepted.")
            .by_rule()
            .decides(),
        Field::choice("status", "Status", &[IN_FORCE, RECOMMENDED, SUPERSEDED, WITHDRAWN], "Whether it holds.")
            .default(IN_FORCE)
            .seldom()
            .column(12),
        Field::prose("rationale", "Rationale", "Why it was decided so.").by_rule().decides(),
        Field::prose("conditions", "Conditions", "What must be done; each is an action too.").by_rule().decides(),
        Field::prose("compensating_control", "Compensating control", "What protects people while the waiver lasts.")
            .by_rule()
            .decides(),
        Field::prose("dissent", "Dissent", "Who disagreed, and why.").by_rule().decides(),
        Field::day("expires_on", "Expires", "The last day on which it holds.").by_rule().column(10).decides(),
        Field::link("decided_by", "Decided by", "person", "Who decided.").by_rule().column(12).decides(),
        Field::line("role", "Role", "The role in which they hold the right.").by_rule().decides(),
        Field::line("rule", "Rule", "The rule of the policy that gives the right.").by_rule().decides(),
        Field::link("on_behalf_of", "On behalf of", "person", "Whose right was delegated to them, where it was.")
            .by_rule()
            .decides(),
        Field::of("delegation", "Delegation", FieldKind::Reference, "The delegation under which they decided.")
            .by_rule()
            .decides(),
        Field::moment("decided_at", "Decided at", "When.").by_rule().decides(),
        Field::of(
            "meeting",
            "Meeting",
            FieldKind::Reference,
            "The meeting in which it was decided, where it was in one.",
        )
        .by_rule()
        .decides(),
        Field::link("agenda_item", "Item", "agenda", "The item of that meeting under which it was decided.")
            .by_rule()
            .decides(),
        Field::line("quorum", "Quorum", "Who made up the quorum when it was decided.").by_rule().decides(),
        Field::line("votes", "Votes", "How the meeting voted, where it did.").by_rule().decides(),
        Field::line("digest", "Digest", "SHA-256 of the snapshot, in hexadecimal.").by_workspace().decides(),
        Field::prose("snapshot", "Snapshot", "What was decided on, as canonical JSON: sorted keys, no spaces.")
            .by_workspace(),
        Field::prose("withdrawn_reason", "Why withdrawn", "Why it was taken back, where it was.").seldom(),
        Field::prose(
            "signature",
            "Signature",
            "An SSH signature over the decision's digest text, where it was signed.",
        )
        .seldom(),
    ],
    closed: Some(("status", &[SUPERSEDED, WITHDRAWN])),
    order: &[("decided_at", true)],
    settle,
    check,
};

/// Whether it holds on this day: in force, and not run out. Whether what was decided has changed since is
/// [`snapshot::outdated`].
#[must_use]
pub fn is_live(decision: &Record, today: NaiveDate) -> bool {
    decision.text("status") == Some(IN_FORCE) && !has_expired(decision, today)
}

/// Whether its last day is over.
#[must_use]
pub fn has_expired(decision: &Record, today: NaiveDate) -> bool {
    decision.get("expires_on").as_day().is_some_and(|last| last < today)
}

/// Whether a decision of this kind has an end, and must.
#[must_use]
pub fn expires(kind: &str) -> bool {
    matches!(kind, WAIVER | ACCEPTANCE)
}

/// Whether two kinds of decision answer the same question, so that the newer one stands in place of the older.
#[must_use]
pub fn answers_the_same(one: &str, other: &str) -> bool {
    let launch = |kind: &str| matches!(kind, APPROVE | APPROVE_WITH_CONDITIONS | REJECT | DEFER);
    one == other && !matches!(one, METRIC | POLICY_CHANGE | STATEMENT) || launch(one) && launch(other)
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if before.is_some() {
        return;
    }
    let about = after.text("subject").and_then(|reference| context.records.named(reference));
    if let Some(about) = about.as_ref().filter(|_| after.get("review").is_empty()) {
        let review = if about.kind() == &REVIEW { Value::text(about.id()) } else { about.get("review").clone() };
        after.set("review", review);
    }
    after.set("decided_by", context.actor);
    after.set("decided_at", context.now);
    let said = after.text("outcome").unwrap_or_default();
    let title = match (after.text("kind"), after.text("subject")) {
        (Some(TIER), Some(subject)) => format!("{subject}: tier {said}"),
        (_, Some(subject)) => format!("{subject}: {said}"),
        _ => said.to_owned(),
    };
    after.set("title", crate::text::fit(&title, 200).into_owned());
    if let Some((quorum, votes)) = meeting::forum::said(after, context.records) {
        after.set("quorum", quorum);
        after.set("votes", votes.map_or(Value::Empty, Value::text));
    }
    if after.get("snapshot").is_empty() {
        after.set("snapshot", snapshot::taken(after, context.records, context.today));
    }
    after.set("digest", snapshot::digest(after.text("snapshot").unwrap_or_default()));
    if after.text("status") == Some(IN_FORCE)
        && let Ok(standing) = authority::standing(after, context)
    {
        after.set("role", standing.role);
        after.set("rule", standing.rule);
        after.set("on_behalf_of", standing.on_behalf_of.map_or(Value::Empty, Value::text));
        after.set("delegation", standing.delegation.map_or(Value::Empty, Value::text));
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    match before {
        None => check_new(after, context),
        Some(before) => check_changed(before, after, context),
    }
}

/// What keeps a decision from being made, the right to it left out: that is [`authority::standing`]'s to say.
fn check_new(after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let kind = after.text("kind").unwrap_or_default();
    if !KINDS.contains(&kind) {
        let message = "A decision is made with its effects: use `probity decide`, or “decide” in the review.";
        return vec![Problem { field: None, message: message.to_owned() }];
    }
    let mut problems = Vec::new();
    if after.get("rationale").is_empty() {
        problems.push(Problem::of("rationale", "Say why it is decided so."));
    }
    if !matches!(after.text("status"), Some(IN_FORCE | RECOMMENDED)) {
        problems.push(Problem::of("status", "A new decision is in force, or recommended."));
    }
    let about = after.text("subject").map(|reference| (reference, context.records.named(reference)));
    match &about {
        Some((reference, None)) => {
            problems.push(Problem::of("subject", format!("There is no {}.", crate::text::line(reference))));
        }
        None if !matches!(kind, POLICY_CHANGE | STATEMENT) => {
            problems.push(Problem::of("subject", "Say what it is about."));
        }
        _ => {}
    }
    let about = about.and_then(|(_, record)| record);
    problems.extend(about.as_ref().and_then(|about| unfit(kind, about, after)));
    problems.extend(check_end(kind, after, context));
    problems.extend(meeting::forum::problems(after, context));
    problems
}

/// What keeps this record from being decided about in this way.
fn unfit(kind: &str, about: &Record, after: &Record) -> Option<Problem> {
    let wanted = match kind {
        TIER | APPROVE | APPROVE_WITH_CONDITIONS | REJECT | DEFER => "review",
        WAIVER => "checklist_item",
        ACCEPTANCE => "risk",
        _ => about.kind().name,
    };
    let subject = |message: String| Some(Problem::of("subject", message));
    if about.kind().name != wanted {
        return subject(format!(
            "A decision of the kind “{kind}” is not about a {}.",
            about.kind().label.to_lowercase()
        ));
    }
    let outcome = after.text("outcome").unwrap_or_default();
    match kind {
        TIER if !TIERS.contains(&outcome) => {
            Some(Problem::of("outcome", format!("The tier is one of {}.", TIERS.join(", "))))
        }
        APPROVE | APPROVE_WITH_CONDITIONS if about.get("tier").is_empty() => {
            subject(format!("Decide the tier of {} before it is approved.", about.reference()))
        }
        APPROVE_WITH_CONDITIONS if after.get("conditions").is_empty() => {
            Some(Problem::of("conditions", "Say the conditions."))
        }
        WAIVER if after.get("compensating_control").is_empty() => {
            Some(Problem::of("compensating_control", "Say what protects people while the waiver lasts."))
        }
        ACCEPTANCE if about.get("level").is_empty() => {
            subject(format!("Assess {} first: nobody can accept a risk whose level is not known.", about.reference()))
        }
        ACCEPTANCE if RISK.is_closed(about) && about.text("status") != Some("accepted") => {
            subject(format!("{} is {} already.", about.reference(), about.text("status").unwrap_or_default()))
        }
        _ => None,
    }
}

fn check_end(kind: &str, after: &Record, context: &Context<'_>) -> Option<Problem> {
    let end = |message: String| Some(Problem::of("expires_on", message));
    let Some(last) = after.get("expires_on").as_day() else {
        return if expires(kind) { end(format!("A {kind} has an end; say until when.")) } else { None };
    };
    if last < context.today {
        return end(format!("It cannot end in the past ({last})."));
    }
    let most = context.terms.most_days(kind)?;
    let latest = context.today.checked_add_days(chrono::Days::new(u64::from(most)))?;
    if last > latest {
        return end(format!("Policy lets a {kind} last {most} days at most: until {latest}."));
    }
    None
}

/// A decision is never rewritten: it is superseded by another one, taken back, signed, or given notes and tags.
fn check_changed(before: &Record, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let open = ["status", "signature", "withdrawn_reason"];
    for (field, value) in after.fields() {
        let fixed = DECISION.fields.iter().any(|own| own.name == field.name) && !open.contains(&field.name);
        if fixed && before.get(field.name) != value {
            let message = "A decision is not rewritten. Decide anew, or withdraw it.";
            return vec![Problem::of(field.name, message)];
        }
    }
    let mut problems = Vec::new();
    if before.get("signature") != after.get("signature") && after.text("decided_by") != Some(context.actor) {
        problems.push(Problem::of("signature", "Only who decided signs the decision."));
    }
    let (was, now) = (before.text("status").unwrap_or_default(), after.text("status").unwrap_or_default());
    match (was, now) {
        _ if was == now => {}
        (IN_FORCE | RECOMMENDED, SUPERSEDED) if is_replaced(after, context) => {}
        (IN_FORCE | RECOMMENDED, SUPERSEDED) => {
            problems.push(Problem::of(
                "status",
                "A decision is superseded by a newer one on the same subject, and there is none.",
            ));
        }
        (IN_FORCE | RECOMMENDED, WITHDRAWN) => problems.extend(check_withdrawal(was, after, context)),
        _ => problems.push(Problem::of("status", format!("It cannot go from {was} to {now}. Decide anew."))),
    }
    problems
}

fn is_replaced(old: &Record, context: &Context<'_>) -> bool {
    let Some(review) = old.text("review") else { return false };
    context.records.all(&DECISION, "review", review).iter().any(|newer| {
        newer.id() != old.id()
            && newer.text("status") == Some(IN_FORCE)
            && newer.get("subject") == old.get("subject")
            && newer.get("decided_at").as_moment() >= old.get("decided_at").as_moment()
            && newer.text("kind").zip(old.text("kind")).is_some_and(|(one, other)| answers_the_same(one, other))
    })
}

fn check_withdrawal(was: &str, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if after.get("withdrawn_reason").is_empty() {
        problems.push(Problem::of("withdrawn_reason", "Say why it is withdrawn."));
    }
    let kind = after.text("kind").unwrap_or_default();
    if kind == POLICY_CHANGE && was == IN_FORCE {
        // The policy would stay as the decision made it, resting on nothing.
        let message = "A change of policy is not withdrawn: decide another one, such as by switching the profile back.";
        problems.push(Problem::of("status", message));
    }
    let about = after.text("subject").and_then(|reference| context.records.named(reference));
    if let Some(about) = about.filter(|about| guard::rests_on(kind, about)) {
        let message = if kind == TIER {
            "A tier is not withdrawn: decide another one.".to_owned()
        } else {
            format!("{} still rests on it. Take that back in the same step.", about.reference())
        };
        problems.push(Problem::of("status", message));
    }
    problems
}

/// The kind of record that a decision's subject is; none where it has none.
#[must_use]
pub fn kind_of_subject(decision: &Record) -> Option<super::Kind> {
    decision.text("subject").and_then(kind_of_reference)
}
