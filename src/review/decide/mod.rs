//! Decisions as work: what is asked, the edits that make it so, and whether what was decided still stands.
//!
//! Rights are checked by the one way to write (`record::decision::authority`); here the same is asked beforehand, so that
//! nobody types a rationale for nothing.

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};

use crate::record::decision::authority::{self, Refusal, Standing};
use crate::record::decision::snapshot::{self, Difference};
use crate::record::decision::{
    ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DECISION, DEFER, IN_FORCE, METRIC, POLICY_CHANGE, RECOMMENDED,
    REJECT, STATEMENT, SUPERSEDED, TIER, WAIVER, WITHDRAWN, answers_the_same, expires, has_expired,
};
use crate::record::{ACTION, CHECKLIST_ITEM, Kind, Look, PERSON, REVIEW, RISK, Record, Value};
use crate::workspace::{Edit, Result, Workspace, new_id};

/// A condition of an approval.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// What must be done.
    pub text: String,
    /// The id of the person who does it.
    pub owner: Option<String>,
    /// Until when.
    pub due_on: Option<NaiveDate>,
}

/// A decision that somebody wants to make.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What sort of decision: one of [`crate::record::decision::KINDS`].
    pub kind: &'static str,
    /// What it is about: a review, a risk, a checklist item; none for a change of policy or a statement.
    pub subject: Option<Record>,
    /// The tier; or, in a word or a sentence, what is decided. Made from the kind where it is empty.
    pub outcome: String,
    /// Why.
    pub rationale: String,
    /// The conditions of an approval: with any, it is an approval with conditions.
    pub conditions: Vec<Condition>,
    /// What protects people while a waiver lasts.
    pub control: String,
    /// Who disagreed, and why.
    pub dissent: String,
    /// The last day on which it holds.
    pub expires_on: Option<NaiveDate>,
    /// Whether it is only recommended: nothing follows from it.
    pub recommend: bool,
    /// The snapshot on which whoever decides has looked ([`basis`]); the decision is refused where it has changed since.
    pub seen: Option<String>,
    /// The meeting, by reference, and the id of its item, where it is decided in one.
    pub meeting: Option<(String, String)>,
}

impl Ask {
    /// A decision of this kind about this record, for this reason.
    #[must_use]
    pub fn new(kind: &'static str, subject: Option<&Record>, rationale: &str) -> Self {
        Self {
            kind,
            subject: subject.cloned(),
            outcome: String::new(),
            rationale: rationale.to_owned(),
            conditions: Vec::new(),
            control: String::new(),
            dissent: String::new(),
            expires_on: None,
            recommend: false,
            seen: None,
            meeting: None,
        }
    }

    /// A tier for a review.
    #[must_use]
    pub fn tier(review: &Record, tier: &str, rationale: &str) -> Self {
        Self { outcome: tier.to_owned(), ..Self::new(TIER, Some(review), rationale) }
    }

    /// The kind that it comes to: an approval with conditions is one with conditions.
    #[must_use]
    pub fn resulting_kind(&self) -> &'static str {
        if self.kind == APPROVE && !self.conditions.is_empty() { APPROVE_WITH_CONDITIONS } else { self.kind }
    }

    fn outcome(&self) -> String {
        let said = self.outcome.trim();
        if !said.is_empty() {
            return said.to_owned();
        }
        match self.resulting_kind() {
            APPROVE => "approved",
            APPROVE_WITH_CONDITIONS => "approved with conditions",
            REJECT => "rejected",
            DEFER => "deferred",
            WAIVER => "waived",
            ACCEPTANCE => "accepted",
            METRIC => "non-standard metric allowed",
            POLICY_CHANGE => "policy changed",
            STATEMENT => "statement allowed",
            other => other,
        }
        .to_owned()
    }

    /// The decision as a record that is not saved yet.
    fn record(&self) -> Record {
        let mut record = Record::empty(&DECISION);
        for (field, value) in self.fields(&[]) {
            record.set(field, value);
        }
        record
    }

    fn fields(&self, conditions: &[String]) -> Vec<(&'static str, Value)> {
        let subject = self.subject.as_ref();
        let review = subject.map_or(Value::Empty, |subject| {
            if subject.kind() == &REVIEW { Value::text(subject.id()) } else { subject.get("review").clone() }
        });
        vec![
            ("kind", Value::text(self.resulting_kind())),
            ("subject", subject.map_or(Value::Empty, |subject| Value::text(subject.reference()))),
            ("review", review),
            ("outcome", Value::text(self.outcome())),
            ("status", Value::text(if self.recommend { RECOMMENDED } else { IN_FORCE })),
            ("rationale", Value::text(self.rationale.trim())),
            ("conditions", Value::text(conditions.join("\n"))),
            ("compensating_control", Value::text(self.control.trim())),
            ("dissent", Value::text(self.dissent.trim())),
            ("expires_on", self.expires_on.map_or(Value::Empty, Value::Day)),
            ("snapshot", self.seen.as_deref().map_or(Value::Empty, Value::text)),
            ("meeting", self.meeting.as_ref().map_or(Value::Empty, |(meeting, _)| Value::text(meeting.as_str()))),
            ("agenda_item", self.meeting.as_ref().map_or(Value::Empty, |(_, item)| Value::text(item.as_str()))),
        ]
    }
}

/// The edits that make a decision, with all that follows from it, in one change. `earlier` are the decisions on the same
/// subject: those that it replaces are superseded. `new_id` gives the ids of new records; `handle` names a person by id,
/// in the text of conditions. A subject without a version was not read from the file, and is not held to one.
pub fn edits(
    ask: &Ask,
    new_id: &mut dyn FnMut() -> String,
    earlier: &[Record],
    handle: &dyn Fn(&str) -> String,
) -> Vec<Edit> {
    let id = new_id();
    let conditions: Vec<String> =
        ask.conditions.iter().map(|condition| condition_in_words(condition, handle)).collect();
    let mut edits = vec![Edit::Add { kind: &DECISION, id: id.clone(), fields: ask.fields(&conditions) }];
    let Some(subject) = &ask.subject else { return edits };
    let mut effects = if ask.recommend { Vec::new() } else { effects(ask, &id) };
    if subject.kind() == &REVIEW
        && matches!(effects.iter().find(|(name, _)| *name == "tier"), Some((_, tier)) if tier == subject.get("tier"))
    {
        // The same tier once more: only its reason is new.
        effects.retain(|(name, _)| *name != "tier");
    }
    // Also where nothing is set: a record that has moved on is noticed by its version.
    let (kind, version) = (subject.kind(), Some(subject.version()).filter(|version| *version > 0));
    edits.push(Edit::Set { kind, id: subject.id().to_owned(), version, fields: effects });
    if !ask.recommend {
        for old in earlier.iter().filter(|old| is_replaced(ask, old)) {
            edits.push(set_decision(old, vec![("status", SUPERSEDED.into())]));
        }
        edits.extend(ask.conditions.iter().map(|condition| action(condition, subject, &id, new_id())));
    }
    edits
}

/// What a decision does, in words for the history: `REV-1: tier high decided`.
#[must_use]
pub fn in_words(ask: &Ask) -> String {
    let about = ask.subject.as_ref().map(|subject| format!("{}: ", subject.reference())).unwrap_or_default();
    let what = if ask.kind == TIER { format!("tier {}", ask.outcome.trim()) } else { ask.outcome() };
    let done = match (ask.recommend, ask.kind) {
        (true, _) => " recommended",
        (false, TIER) => " decided",
        (false, _) => "",
    };
    crate::text::fit(&crate::text::line(&format!("{about}{what}{done}")), 200).into_owned()
}

/// Whether a stage rests on a decision that can be put off again.
fn is_decided(stage: &str) -> bool {
    matches!(stage, "approved" | "approved with conditions" | "rejected")
}

fn is_replaced(ask: &Ask, old: &Record) -> bool {
    // What has launched rests on its approval, whatever is put off afterwards.
    let launched = |review: &Record| matches!(review.text("stage"), Some("launched" | "monitoring" | "closed"));
    if ask.kind == DEFER && ask.subject.as_ref().is_some_and(launched) {
        return false;
    }
    matches!(old.text("status"), Some(IN_FORCE | RECOMMENDED))
        && old.text("kind").is_some_and(|kind| answers_the_same(kind, ask.resulting_kind()))
}

fn set_decision(decision: &Record, fields: Vec<(&'static str, Value)>) -> Edit {
    Edit::Set { kind: &DECISION, id: decision.id().to_owned(), version: Some(decision.version()), fields }
}

/// What a decision brings about in its subject.
fn effects(ask: &Ask, decision: &str) -> Vec<(&'static str, Value)> {
    let why = || Value::text(ask.rationale.trim());
    let end = || ask.expires_on.map_or(Value::Empty, Value::Day);
    let stage = |stage: &str| vec![("stage", Value::text(stage)), ("stage_reason", Value::Empty), ("outcome", why())];
    match ask.resulting_kind() {
        TIER => vec![("tier", Value::text(ask.outcome.trim())), ("tier_reason", why())],
        APPROVE => stage("approved"),
        APPROVE_WITH_CONDITIONS => stage("approved with conditions"),
        REJECT => stage("rejected"),
        // What was decided before does not hold any more, so the review waits for a decision again.
        DEFER if ask.subject.as_ref().and_then(|review| review.text("stage")).is_some_and(is_decided) => {
            stage("decision")
        }
        WAIVER => vec![
            ("status", "waived".into()),
            ("reason", why()),
            ("waived_until", end()),
            ("waiver", Value::text(decision)),
        ],
        ACCEPTANCE => vec![
            ("status", "accepted".into()),
            ("treatment", "accept".into()),
            ("acceptance", why()),
            ("accepted_until", end()),
            ("acceptance_decision", Value::text(decision)),
        ],
        _ => Vec::new(),
    }
}

fn condition_in_words(condition: &Condition, handle: &dyn Fn(&str) -> String) -> String {
    let mut more = Vec::new();
    more.extend(condition.owner.as_deref().map(|owner| format!("@{}", handle(owner))));
    more.extend(condition.due_on.map(|due| format!("by {due}")));
    let text = condition.text.trim();
    if more.is_empty() { format!("- {text}") } else { format!("- {text} ({})", more.join(", ")) }
}

fn action(condition: &Condition, subject: &Record, decision: &str, id: String) -> Edit {
    let review = if subject.kind() == &REVIEW { Value::text(subject.id()) } else { subject.get("review").clone() };
    let fields = vec![
        ("title", Value::text(condition.text.trim())),
        ("kind", "condition".into()),
        ("review", review),
        ("source", Value::text(subject.reference())),
        ("decision", Value::text(decision)),
        ("owner", condition.owner.as_deref().map_or(Value::Empty, Value::text)),
        ("due_on", condition.due_on.map_or(Value::Empty, Value::Day)),
        ("launch_blocking", Value::Flag(true)),
    ];
    Edit::Add { kind: &ACTION, id, fields }
}

/// The edits that make a decision in this workspace.
///
/// # Errors
/// When the file cannot be read.
pub fn decide(workspace: &Workspace, ask: &Ask, at: DateTime<Utc>) -> Result<Vec<Edit>> {
    let look = workspace.look();
    let earlier = earlier(&look, ask.subject.as_ref());
    let handle = |id: &str| look.field(&PERSON, id, "handle").display();
    Ok(edits(ask, &mut || new_id(at), &earlier, &handle))
}

/// The decisions on a record, the oldest first.
pub fn earlier(look: &dyn Look, subject: Option<&Record>) -> Vec<Record> {
    subject.map(|subject| look.all(&DECISION, "subject", subject.reference())).unwrap_or_default()
}

/// The edits that take a decision back: what rests on it goes back to where it was before, its conditions stay.
#[must_use]
pub fn withdraw(look: &dyn Look, decision: &Record, why: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let subject = decision.text("subject").and_then(|reference| look.named(reference));
    let back: Option<(Kind, &str, &str, &str)> = match decision.text("kind").unwrap_or_default() {
        APPROVE => Some((&REVIEW, "stage", "approved", "decision")),
        APPROVE_WITH_CONDITIONS => Some((&REVIEW, "stage", "approved with conditions", "decision")),
        REJECT => Some((&REVIEW, "stage", "rejected", "decision")),
        WAIVER => Some((&CHECKLIST_ITEM, "status", "waived", "open")),
        ACCEPTANCE => Some((&RISK, "status", "accepted", "open")),
        _ => None,
    };
    if let (Some(subject), Some((kind, field, from, to)), Some(IN_FORCE)) = (subject, back, decision.text("status"))
        && subject.kind() == kind
        && subject.text(field) == Some(from)
    {
        let fields = vec![(field, Value::text(to))];
        edits.push(Edit::Set { kind, id: subject.id().to_owned(), version: Some(subject.version()), fields });
    }
    edits.push(set_decision(
        decision,
        vec![("status", WITHDRAWN.into()), ("withdrawn_reason", Value::text(why.trim()))],
    ));
    edits
}

/// By what somebody may make a decision, asked before anything is written.
///
/// # Errors
/// Why not, by which rule, and who may.
pub fn may(workspace: &Workspace, ask: &Ask, actor: &str, at: DateTime<Utc>) -> Result<Standing, Refusal> {
    let look = workspace.look();
    authority::standing(&ask.record(), &workspace.context(actor, &look, at))
}

/// The snapshot of what a decision would be about, as it stands now: for [`Ask::seen`].
#[must_use]
pub fn basis(workspace: &Workspace, ask: &Ask, today: NaiveDate) -> String {
    snapshot::taken(&ask.record(), &workspace.look(), today)
}

/// What of what a decision was about is different now, each in words by its `Display`; nothing while it fits.
#[must_use]
pub fn outdated(workspace: &Workspace, decision: &Record, today: NaiveDate) -> Vec<Difference> {
    snapshot::outdated(decision, &workspace.look(), today)
}

/// How a decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It holds.
    InForce,
    /// It holds on paper, but what it was about has changed: a new one is needed.
    Outdated(Vec<Difference>),
    /// Its last day is over.
    Expired(NaiveDate),
    /// It was recommended by somebody who may not decide.
    Recommended,
    /// A newer one holds.
    Superseded,
    /// It was taken back.
    Withdrawn,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::InForce => IN_FORCE,
            Self::Outdated(_) => "outdated",
            Self::Expired(_) => "expired",
            Self::Recommended => RECOMMENDED,
            Self::Superseded => SUPERSEDED,
            Self::Withdrawn => WITHDRAWN,
        }
    }
}

/// How a decision stands on a day.
#[must_use]
pub fn state(look: &dyn Look, decision: &Record, today: NaiveDate) -> State {
    match decision.text("status") {
        Some(RECOMMENDED) => return State::Recommended,
        Some(SUPERSEDED) => return State::Superseded,
        Some(WITHDRAWN) => return State::Withdrawn,
        _ => {}
    }
    if let Some(last) = decision.get("expires_on").as_day().filter(|_| has_expired(decision, today)) {
        return State::Expired(last);
    }
    let differences = snapshot::outdated(decision, look, today);
    if differences.is_empty() { State::InForce } else { State::Outdated(differences) }
}

/// Whether a decision of this kind must say until when it holds.
#[must_use]
pub fn needs_end(kind: &str) -> bool {
    expires(kind)
}
