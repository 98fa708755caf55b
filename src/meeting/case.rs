//! The case of an item, for one screen: what it is, its tier and why, open risks, the gate, evidence, who has a part in it,
//! and who may decide. Nothing private is in it.

use chrono::{DateTime, Local, Utc};

use super::board::item_of;
use crate::policy::Policy;
use crate::record::decision::authority::{Refusal, Standing};
use crate::record::decision::{ACCEPTANCE, APPROVE, KINDS};
use crate::record::meeting::quorum::{self, Room};
use crate::record::{
    ACTION, ANALYSIS, DECISION, EVIDENCE, Look, PACKET, REVIEW, RISK, Record, SYSTEM, Terms as _, Value,
};
use crate::review::decide::{self, Ask, State};
use crate::review::gate::{Gate, gate};
use crate::workspace::{Result, Workspace};

/// Somebody of the meeting who has a part in what is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The id of the person.
    pub person: String,
    /// What follows the @.
    pub handle: String,
    /// Their part: `requester`, `business owner`, or what they declared.
    pub part: String,
    /// Whether they are recused, and so out of quorum and vote.
    pub recused: bool,
    /// Whether the policy keeps them from deciding it.
    pub barred: bool,
}

/// What a room must see of an item.
#[derive(Debug, Clone)]
pub struct Case {
    /// The record that the item is about; none where it is about none, or it is gone.
    pub subject: Option<Record>,
    /// The reference of a record that is gone.
    pub gone: Option<String>,
    /// The review that it is, or belongs to.
    pub review: Option<Record>,
    /// The system.
    pub system: Option<Record>,
    /// The review's packet.
    pub packet: Option<Record>,
    /// The open risks of the review, the highest first; or the one that it is about.
    pub risks: Vec<Record>,
    /// The gate of the review.
    pub gate: Option<Gate>,
    /// Evidence of the review that still counts, reports about fairness first.
    pub evidence: Vec<Record>,
    /// Analysis runs of the review that still count, the newest first, with their verdicts and the figures behind them.
    pub runs: Vec<Record>,
    /// Open actions of the review, those that block the launch first.
    pub actions: Vec<Record>,
    /// Earlier decisions about it, the newest first, each with how it stands.
    pub decisions: Vec<(Record, State)>,
    /// Who of the meeting has a part in it.
    pub conflicts: Vec<Conflict>,
    /// What is asked, where it is a decision.
    pub kind: Option<&'static str>,
    /// Whether whoever sits at the screen may decide that, by which right; otherwise why not, and who may.
    pub may: Option<std::result::Result<Standing, Refusal>>,
}

/// The kind of decision that an item asks for, where it asks for one.
fn asked(item: &Record) -> Option<&'static str> {
    KINDS.iter().copied().find(|kind| item.text("asks") == Some(kind))
}

/// Reads the case of an item, as it stands at a moment, for somebody.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn case(workspace: &Workspace, policy: &Policy, item: &str, me: &str, now: DateTime<Utc>) -> Result<Case> {
    let (meeting, item) = item_of(workspace, item)?;
    let look = workspace.look();
    let today = now.with_timezone(&Local).date_naive();
    let subject = item.text("subject").and_then(|reference| look.named(reference));
    let (review, system) = quorum::about(&item, &look);
    let review = review.and_then(|id| look.record(&REVIEW, &id));
    let of = |kind| review.as_ref().map(|review| look.all(kind, "review", review.id())).unwrap_or_default();
    let mut risks = match &subject {
        Some(risk) if risk.kind() == &RISK => vec![risk.clone()],
        _ => of(&RISK),
    };
    risks.retain(|risk| !RISK.is_closed(risk) || subject.as_ref().is_some_and(|subject| subject.id() == risk.id()));
    let rank =
        |risk: &Record| risk.text("level").and_then(|level| policy.levels().iter().find(|known| known.name == level));
    risks.sort_by_key(|risk| std::cmp::Reverse(rank(risk).map_or(i64::MIN, |level| level.rank)));
    let mut evidence = of(&EVIDENCE);
    evidence.retain(|evidence| !EVIDENCE.is_closed(evidence));
    evidence.sort_by_key(|evidence| evidence.text("kind") != Some("fairness report"));
    let mut runs = of(&ANALYSIS);
    runs.retain(|run| !ANALYSIS.is_closed(run));
    runs.reverse();
    let mut actions = of(&ACTION);
    actions.retain(|action| !ACTION.is_closed(action));
    actions.sort_by_key(|action| !action.get("launch_blocking").is_set());
    let mut decisions =
        subject.as_ref().map(|subject| look.all(&DECISION, "subject", subject.reference())).unwrap_or_default();
    decisions.reverse();
    let decisions = decisions.into_iter().map(|decision| (decision.clone(), decide::state(&look, &decision, today)));
    let kind = asked(&item);
    let may = kind.filter(|_| subject.is_some()).map(|kind| {
        let ask = Ask {
            outcome: item.text("proposed").unwrap_or_default().to_owned(),
            meeting: Some((meeting.reference().to_owned(), item.id().to_owned())),
            ..Ask::new(kind, subject.as_ref(), "")
        };
        decide::may(workspace, &ask, me, now)
    });
    let gate = review.clone().map(|review| gate(workspace, policy, review, None, today)).transpose()?;
    Ok(Case {
        gone: item.text("subject").filter(|_| subject.is_none()).map(str::to_owned),
        system: system.and_then(|id| look.record(&SYSTEM, &id)),
        packet: of(&PACKET).pop(),
        decisions: decisions.collect(),
        conflicts: conflicts_in(&Room::of(&meeting, Some(&item), &look), &item, policy, &look),
        subject,
        review,
        risks,
        gate,
        evidence,
        runs,
        actions,
        kind,
        may,
    })
}

/// Who of a meeting has a part in an item: those who asked for it, review it, own the system or the risk, and those who
/// declared a conflict.
///
/// # Errors
/// When the file cannot be read.
pub fn conflicts(workspace: &Workspace, policy: &Policy, item: &str) -> Result<Vec<Conflict>> {
    let (meeting, item) = item_of(workspace, item)?;
    let look = workspace.look();
    Ok(conflicts_in(&Room::of(&meeting, Some(&item), &look), &item, policy, &look))
}

fn conflicts_in(room: &Room, item: &Record, policy: &Policy, look: &dyn Look) -> Vec<Conflict> {
    let parts = parts(item, look);
    let separations = policy.separations(asked(item).unwrap_or(APPROVE));
    let mut found = Vec::new();
    for seat in &room.seats {
        let own: Vec<&str> = parts.iter().filter(|(_, id)| *id == seat.person).map(|(part, _)| *part).collect();
        if own.is_empty() && seat.recused.is_none() {
            continue;
        }
        let barred = separations.iter().any(|rule| rule.who.iter().any(|who| own.contains(&who.as_str())));
        let declared = seat.recused.as_ref().map(|why| crate::text::line(why).into_owned());
        let part = own.iter().map(|part| (*part).to_owned()).chain(declared).collect::<Vec<_>>().join("; ");
        found.push(Conflict {
            person: seat.person.clone(),
            handle: seat.handle.clone(),
            part,
            recused: seat.recused.is_some(),
            barred,
        });
    }
    found
}

/// The people who have a part in what an item is about: the part, and the id.
fn parts(item: &Record, look: &dyn Look) -> Vec<(&'static str, String)> {
    let subject = item.text("subject").and_then(|reference| look.named(reference));
    let (review, system) = quorum::about(item, look);
    let review = review.and_then(|id| look.record(&REVIEW, &id));
    let system = system.and_then(|id| look.record(&SYSTEM, &id));
    let mut parts = Vec::new();
    let mut part = |what: &'static str, record: Option<&Record>, field: &str| {
        if let Some(Value::Text(id)) = record.map(|record| record.get(field)) {
            parts.push((what, id.clone()));
        }
    };
    part("requester", review.as_ref(), "requester");
    part("reviewer", review.as_ref(), "reviewer");
    part("business owner", system.as_ref(), "business_owner");
    part("technical owner", system.as_ref(), "technical_owner");
    let risk = subject.as_ref().filter(|subject| subject.kind() == &RISK);
    part("risk owner", risk.filter(|_| item.text("asks") == Some(ACCEPTANCE) || risk.is_some()), "owner");
    parts
}
