//! What the screens ask the writing thread for. Every one ends in `Workspace::write`, the way that all writes go.

use std::path::PathBuf;

use chrono::Utc;

use super::ctx::Ctx;
use super::layers::deciding::Typing;
use super::message::{Effect, Message, Purpose};
use super::operations;
use super::work::Slot;
use crate::policy::Policy;
use crate::record::evidence::kind_of_name;
use crate::record::{ACTION, CHECKLIST, EVIDENCE, Kind, MEETING, REVIEW, RISK, Record, Value};
use crate::review;
use crate::review::decide::{self, Ask, Condition};
use crate::review::renew::Renewal;
use crate::review::suggest::Mitigation;
use crate::session::profile_change;
use crate::workspace::{Change, Draft, Edit, Error, Receipt, Registered, Result, Workspace, new_id};

/// Something to save, as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// The kind of record.
    pub kind: Kind,
    /// The records to change, with the version that was read; none to add one.
    pub records: Vec<(String, i64)>,
    /// The fields that were typed.
    pub texts: Vec<(&'static str, String)>,
    /// Why, where it was asked for.
    pub why: String,
    /// The record that it is made from, by its id: the alert of an incident, the incident that is learnt from.
    pub from: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
}

impl Submit {
    /// A change of these records.
    #[must_use]
    pub fn set(records: &[&Record], texts: Vec<(&'static str, String)>) -> Option<Self> {
        let kind = records.first()?.kind();
        Some(Self {
            kind,
            records: records.iter().map(|record| (record.id().to_owned(), record.version())).collect(),
            texts,
            why: String::new(),
            from: None,
            purpose: Purpose::Other,
        })
    }

    /// Asks for it to be saved.
    #[must_use]
    pub fn effect(self, ctx: &Ctx) -> Effect {
        let (me, today, policy) = (ctx.me.id.clone(), ctx.today, ctx.policy.clone());
        let purpose = self.purpose.clone();
        write(purpose, move |workspace| {
            let fields = workspace.typed(self.kind, &self.texts, today, Some(&me))?;
            let now = Utc::now();
            let edits = if !self.records.is_empty() {
                self.records
                    .iter()
                    .map(|(id, version)| Edit::Set {
                        kind: self.kind,
                        id: id.clone(),
                        version: Some(*version),
                        fields: fields.clone(),
                    })
                    .collect()
            } else if let Some(edits) = operations::edits_of(workspace, &policy, &self, &fields, now)? {
                edits
            } else if self.kind == &REVIEW {
                review::start(now, fields).1
            } else if self.kind == &CHECKLIST {
                review::start_checklist(workspace, &policy, now, &fields)?
            } else if self.kind == &MEETING {
                crate::meeting::new_edits(workspace, &policy, fields, now)?
            } else if self.kind == &RISK {
                vec![Edit::Add { kind: &RISK, id: new_id(now), fields: review::suggest::filled(&policy, fields)? }]
            } else {
                vec![Edit::Add { kind: self.kind, id: new_id(now), fields }]
            };
            let receipt = workspace.write(Change::by(&me, edits).because(&self.why))?;
            if let Purpose::Form(draft) = &self.purpose {
                workspace.drop_draft(draft)?;
            }
            Ok(receipt)
        })
    }
}

/// Asks for a write.
#[must_use]
pub fn write(purpose: Purpose, work: impl FnOnce(&mut Workspace) -> Result<Receipt> + Send + 'static) -> Effect {
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| {
            let result = work(workspace);
            Some(Message::Wrote { purpose, result })
        }),
    )
}

/// Makes a decision with its effects, on conditions as they were typed.
#[must_use]
pub fn decide(ask: Ask, conditions: Vec<Typing>, purpose: Purpose, ctx: &Ctx) -> Effect {
    let (me, today) = (ctx.me.id.clone(), ctx.today);
    write(purpose, move |workspace| {
        let mut ask = ask;
        for typed in conditions {
            let fields = workspace.typed(&ACTION, &typed, today, Some(&me))?;
            let value = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
            let text = |name: &str| value(name).and_then(Value::as_text).map(str::to_owned);
            ask.conditions.push(Condition {
                text: text(ACTION.title).unwrap_or_default(),
                owner: text("owner"),
                due_on: value("due_on").and_then(Value::as_day),
            });
        }
        // In a meeting the quorum and the votes become part of it.
        if let Some((_, item)) = ask.meeting.clone() {
            let at = Utc::now();
            return crate::meeting::perform(workspace, &me, at, &|workspace| {
                crate::meeting::decide(workspace, &item, &ask, at)
            });
        }
        let edits = decide::decide(workspace, &ask, Utc::now())?;
        workspace.write(Change::by(&me, edits).because(&ask.rationale).called(decide::in_words(&ask)))
    })
}

/// Deletes records, with those that cannot be without them, in one change.
#[must_use]
pub fn delete(records: &[&Record], ctx: &Ctx) -> Effect {
    let edits: Vec<Edit> =
        records.iter().map(|record| Edit::Delete { kind: record.kind(), id: record.id().to_owned() }).collect();
    let me = ctx.me.id.clone();
    write(Purpose::Other, move |workspace| workspace.write(Change::by(&me, edits)))
}

/// Undoes the last change of this person, or does it again.
#[must_use]
pub fn undo(again: bool, ctx: &Ctx) -> Effect {
    let me = ctx.me.id.clone();
    write(Purpose::Undo, move |workspace| if again { workspace.redo(&me) } else { workspace.undo(&me) })
}

/// Undoes one particular change.
#[must_use]
pub fn undo_change(change: i64, ctx: &Ctx) -> Effect {
    let me = ctx.me.id.clone();
    write(Purpose::Undo, move |workspace| workspace.undo_change(&me, change))
}

/// Writes what the triage of a review asks for: the proposed tier, and the routes that are missing.
#[must_use]
pub fn apply_triage(review: &Record, ctx: &Ctx) -> Effect {
    let (me, policy, id) = (ctx.me.id.clone(), ctx.policy.clone(), review.id().to_owned());
    write(Purpose::Other, move |workspace| {
        let case = review::triage::inputs(workspace, workspace.get(&REVIEW, &id)?)?;
        let (receipt, _) = review::triage::apply(workspace, &policy, &[case], &me, Utc::now())?;
        Ok(receipt)
    })
}

/// Puts the workspace under another profile, or under none, by a decision.
#[must_use]
pub fn switch_profile(name: Option<&'static str>, why: &str, ctx: &Ctx) -> Effect {
    let (me, why) = (ctx.me.id.clone(), why.to_owned());
    write(Purpose::Other, move |workspace| {
        let change = profile_change(workspace, &me, name, &why)?;
        workspace.write(change)
    })
}

/// From now on writes are judged by this policy: somebody changed the workspace's own layers.
#[must_use]
pub fn work_under(policy: &Policy) -> Effect {
    let policy = policy.clone();
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| {
            workspace.work_under(std::sync::Arc::new(policy));
            None
        }),
    )
}

/// Makes actions of mitigations of a risk.
#[must_use]
pub fn mitigate(risk: &Record, chosen: Vec<Mitigation>, ctx: &Ctx) -> Effect {
    let (me, risk) = (ctx.me.id.clone(), risk.clone());
    write(Purpose::Other, move |workspace| {
        let chosen: Vec<&Mitigation> = chosen.iter().collect();
        let edits = review::suggest::mitigation_edits(&risk, &chosen, None, None, Utc::now());
        workspace.write(Change::by(&me, edits))
    })
}

/// Brings a checklist to its template as it is now.
#[must_use]
pub fn renew(found: Renewal, me: &str) -> Effect {
    let me = me.to_owned();
    write(Purpose::Other, move |workspace| {
        let called = found.called();
        workspace.write(Change::by(&me, found.edits()).called(called))
    })
}

/// Asks the team of a review for the answers that are missing: an action, and a text on the clipboard.
#[must_use]
pub fn ask_team(review: &Record, ctx: &Ctx) -> Effect {
    let (me, policy, review) = (ctx.me.id.clone(), ctx.policy.clone(), review.clone());
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| {
            let asked = review::information_request(workspace, &policy, &review, Utc::now());
            let result = asked.and_then(|(text, edits)| Ok((text, workspace.write(Change::by(&me, edits))?)));
            Some(match result {
                Ok((text, receipt)) => Message::Asked(text, receipt),
                Err(error) => Message::Failed(error),
            })
        }),
    )
}

/// Registers a file or an address as evidence. The file is read here, off the drawing thread.
#[must_use]
pub fn register(origin: &str, given: Vec<(&'static str, String)>, ctx: &Ctx) -> Effect {
    let (me, today, limit) = (ctx.me.id.clone(), ctx.today, ctx.policy.evidence_copy_limit());
    let origin = origin.to_owned();
    write(Purpose::Other, move |workspace| {
        let mut fields = workspace.typed(&EVIDENCE, &given, today, Some(&me))?;
        let id = new_id(Utc::now());
        let is_link = origin.starts_with("https://") || origin.starts_with("http://");
        let edits = if is_link {
            fields.extend([("title", Value::text(origin.as_str())), ("origin", Value::text(origin.as_str()))]);
            vec![Edit::Add { kind: &EVIDENCE, id, fields }]
        } else {
            let path = at_home(&origin);
            let read = Registered::read(&path, limit)?;
            let name = path.file_name().map_or_else(|| origin.clone(), |name| name.to_string_lossy().into_owned());
            fields.push(("title", Value::text(crate::text::line(&name).into_owned())));
            if let Some(kind) = kind_of_name(&name).filter(|_| !fields.iter().any(|(name, _)| *name == "kind")) {
                fields.push(("kind", kind.into()));
            }
            read.edits(&id, fields)
        };
        workspace.write(Change::by(&me, edits))
    })
}

/// A path as a shell would read its `~`.
#[must_use]
pub fn at_home(path: &str) -> PathBuf {
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Keeps what is being typed.
#[must_use]
pub fn keep_draft(draft: Draft) -> Effect {
    // Of a draft only the newest text matters: while one is written, the next ones replace each other.
    Effect::Write(
        Slot::Newest("draft", 0),
        Box::new(move |workspace, _| {
            match workspace.save_draft(&draft.key, &draft.by, &draft.title, &draft.body) {
                // Where nothing can be written, nothing can be kept either; that is known from the title line.
                Ok(()) | Err(Error::ReadOnly) => None,
                Err(error) => Some(Message::Failed(error)),
            }
        }),
    )
}

/// Throws a draft away.
#[must_use]
pub fn drop_draft(key: &str) -> Effect {
    let key = key.to_owned();
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| match workspace.drop_draft(&key) {
            Ok(()) | Err(Error::ReadOnly) => None,
            Err(error) => Some(Message::Failed(error)),
        }),
    )
}
