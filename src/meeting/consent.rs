//! The consent agenda: routine items that pass together, with one order, each by what it proposes.

use chrono::{DateTime, Utc};

use super::{Step, refuse, set};
use crate::record::decision::KINDS;
use crate::record::meeting::{self, APPROVE_MINUTES, CONSENT, DECIDED, DISCUSS, NOTE, NOTED, is_in_session, quorum};
use crate::record::{AGENDA_ITEM, DOCUMENT, MEETING, Record, Value};
use crate::review::decide::{self, Ask};
use crate::review::document;
use crate::workspace::{Edit, Result, Workspace};

/// What passes by consent, and what does not.
#[derive(Debug, Clone, Default)]
pub struct Consent {
    /// What passes, as one step.
    pub step: Step,
    /// The items that pass, by reference.
    pub passed: Vec<String>,
    /// The items that do not, by reference, each with why.
    pub left: Vec<(String, String)>,
}

/// The step that passes the open consent items of a meeting. What cannot pass (no quorum for the item, no right of whoever
/// records it, a question left open) stays on the agenda, with why.
///
/// # Errors
/// Where the meeting is not in session, has no open consent item, none of them can pass, or the file cannot be read.
pub fn consent(workspace: &Workspace, meeting: &str, me: &str, at: DateTime<Utc>) -> Result<Consent> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let reference = meeting.reference();
    if !is_in_session(&meeting) {
        return Err(refuse(reference, "It is not in session; nothing is passed in it."));
    }
    let mut consent = Consent::default();
    let mut edits = Vec::new();
    let mut touched: Vec<String> = Vec::new();
    for item in meeting::items(meeting.id(), &workspace.look()) {
        if item.text("section") != Some(CONSENT) || AGENDA_ITEM.is_closed(&item) {
            continue;
        }
        let subject = item.text("subject").unwrap_or_default().to_owned();
        let passing = if !subject.is_empty() && touched.contains(&subject) {
            Err(format!("{subject} stands in another item that passes now; pass again."))
        } else {
            pass(workspace, &meeting, &item, me, at)?
        };
        match passing {
            Ok(more) => {
                edits.extend(more);
                touched.push(subject);
                consent.passed.push(item.reference().to_owned());
            }
            Err(why) => consent.left.push((item.reference().to_owned(), why)),
        }
    }
    if consent.passed.is_empty() {
        let why: Vec<String> = consent.left.iter().map(|(item, why)| format!("{item}: {why}")).collect();
        let why = if why.is_empty() { "It has no open consent item.".to_owned() } else { why.join(" ") };
        return Err(refuse(reference, why));
    }
    consent.step = Step::new(format!("{reference}: passed by consent: {}", consent.passed.join(", ")), edits);
    Ok(consent)
}

type Passing = std::result::Result<Vec<Edit>, String>;

fn pass(workspace: &Workspace, meeting: &Record, item: &Record, me: &str, at: DateTime<Utc>) -> Result<Passing> {
    let look = workspace.look();
    let quorum = quorum::Room::of(meeting, Some(item), &look).quorum();
    let asks = item.text("asks").unwrap_or(DISCUSS);
    let subject = item.text("subject").and_then(|reference| crate::record::Look::named(&look, reference));
    if subject.is_none() && !item.get("subject").is_empty() {
        return Ok(Err(format!("{} is not there any more.", item.text("subject").unwrap_or_default())));
    }
    if asks == DISCUSS {
        return Ok(Err("It asks for a discussion.".to_owned()));
    }
    if asks != NOTE && !quorum.is_met() {
        return Ok(Err(format!("There is {quorum}.")));
    }
    let ended = |outcome: &'static str, edits: Vec<Edit>| {
        let fields = vec![
            ("outcome", outcome.into()),
            ("outcome_note", "Passed by consent.".into()),
            ("quorum_then", Value::text(quorum.to_string())),
        ];
        Ok(Ok(edits.into_iter().chain([set(item, fields)]).collect()))
    };
    if asks == NOTE {
        return ended(NOTED, Vec::new());
    }
    if asks == APPROVE_MINUTES {
        return match subject.filter(|subject| subject.kind() == &DOCUMENT) {
            Some(document) => ended(DECIDED, document::approve(workspace, &document)?),
            None => Ok(Err("It names no minutes.".to_owned())),
        };
    }
    let Some(kind) = KINDS.iter().copied().find(|kind| *kind == asks) else {
        return Ok(Err(format!("“{}” is nothing that passes.", crate::text::line(asks))));
    };
    let rationale =
        item.text("proposal").map_or_else(|| format!("Passed by consent in {}.", meeting.reference()), str::to_owned);
    let ask = Ask {
        outcome: item.text("proposed").unwrap_or_default().to_owned(),
        control: item.text("control").unwrap_or_default().to_owned(),
        expires_on: item.get("until").as_day(),
        meeting: Some((meeting.reference().to_owned(), item.id().to_owned())),
        ..Ask::new(kind, subject.as_ref(), &rationale)
    };
    if decide::needs_end(kind) && ask.expires_on.is_none() {
        return Ok(Err("It does not say until when.".to_owned()));
    }
    match decide::may(workspace, &ask, me, at) {
        Ok(_) => ended(DECIDED, decide::decide(workspace, &ask, at)?),
        Err(refusal) => Ok(Err(refusal.to_string())),
    }
}
