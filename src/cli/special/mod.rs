//! The few commands and habits that only some kinds of record have.

mod action;
mod alert;
pub mod analysis;
mod checklist;
mod document;
mod evidence;
mod incident;
mod meeting;
mod review;
mod risk;
mod signal;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use clap::{ArgMatches, Command};
use serde_json::{Map, Value as Json};

use super::Context;
use super::decide::{signing, standing};
use super::exit::{Done, Failure};
use super::out::Out;
use crate::meeting::new_edits;
use crate::record::{
    ALERT, CHECKLIST, DECISION, DOCUMENT, EVIDENCE, INCIDENT, Kind, MEETING, REVIEW, RISK, Record, Value,
};
use crate::review as work;
use crate::review::decide;
use crate::session::{Session, today};
use crate::workspace::{Edit, new_id};

/// A command that only one kind of record has.
struct Special {
    kind: &'static str,
    name: &'static str,
    command: fn() -> Command,
    run: fn(&ArgMatches, &mut Context) -> Done,
}

/// All of them. One with the name of a command that every kind has stands in its place.
const SPECIALS: &[Special] = &[
    Special { kind: "review", name: "move", command: review::move_command, run: review::run_move },
    Special { kind: "review", name: "request", command: review::request_command, run: review::run_request },
    Special { kind: "risk", name: "accept", command: risk::accept_command, run: risk::run_accept },
    Special { kind: "risk", name: "suggest", command: risk::suggest_command, run: risk::run_suggest },
    Special { kind: "risk", name: "mitigations", command: risk::mitigations_command, run: risk::run_mitigations },
    Special { kind: "checklist", name: "renew", command: checklist::renew_command, run: checklist::run_renew },
    Special { kind: "meeting", name: "plan", command: meeting::plan_command, run: meeting::run_plan },
    Special { kind: "meeting", name: "agenda", command: meeting::agenda_command, run: meeting::run_agenda },
    Special { kind: "meeting", name: "start", command: meeting::start_command, run: meeting::run_start },
    Special { kind: "meeting", name: "arrive", command: meeting::arrive_command, run: meeting::run_arrive },
    Special { kind: "meeting", name: "leave", command: meeting::leave_command, run: meeting::run_leave },
    Special { kind: "meeting", name: "excuse", command: meeting::excuse_command, run: meeting::run_excuse },
    Special { kind: "meeting", name: "item", command: meeting::item_command, run: meeting::run_item },
    Special { kind: "meeting", name: "recuse", command: meeting::recuse_command, run: meeting::run_recuse },
    Special { kind: "meeting", name: "vote", command: meeting::vote_command, run: meeting::run_vote },
    Special { kind: "meeting", name: "decide", command: meeting::decide_command, run: meeting::run_decide },
    Special { kind: "meeting", name: "consent", command: meeting::consent_command, run: meeting::run_consent },
    Special { kind: "meeting", name: "carry", command: meeting::carry_command, run: meeting::run_carry },
    Special { kind: "meeting", name: "note", command: meeting::note_command, run: meeting::run_note },
    Special { kind: "meeting", name: "end", command: meeting::end_command, run: meeting::run_end },
    Special { kind: "meeting", name: "minutes", command: meeting::minutes_command, run: meeting::run_minutes },
    Special { kind: "meeting", name: "summary", command: meeting::summary_command, run: meeting::run_summary },
    Special { kind: "meeting", name: "ics", command: meeting::ics_command, run: meeting::run_ics },
    Special { kind: "meeting", name: "pack", command: meeting::pack_command, run: meeting::run_pack },
    Special { kind: "decision", name: "withdraw", command: standing::withdraw_command, run: standing::run_withdraw },
    Special { kind: "decision", name: "payload", command: signing::payload_command, run: signing::run_payload },
    Special { kind: "decision", name: "sign", command: signing::sign_command, run: signing::run_sign },
    Special { kind: "decision", name: "verify", command: signing::verify_command, run: signing::run_verify },
    Special { kind: "analysis", name: "add", command: analysis::add_command, run: analysis::run_add },
    Special { kind: "analysis", name: "attach", command: analysis::attach_command, run: analysis::run_attach },
    Special { kind: "analysis", name: "report", command: analysis::report_command, run: analysis::run_report },
    Special { kind: "analysis", name: "verdict", command: analysis::verdict_command, run: analysis::run_verdict },
    Special { kind: "analysis", name: "changes", command: analysis::changes_command, run: analysis::run_changes },
    Special { kind: "analysis", name: "risk", command: analysis::risk_command, run: analysis::run_risk },
    Special { kind: "action", name: "done", command: action::done_command, run: action::run_done },
    Special { kind: "document", name: "new", command: document::new_command, run: document::run_new },
    Special { kind: "document", name: "fill", command: document::fill_command, run: document::run_fill },
    Special { kind: "document", name: "section", command: document::section_command, run: document::run_section },
    Special { kind: "document", name: "submit", command: document::submit_command, run: document::run_submit },
    Special { kind: "document", name: "review", command: document::review_command, run: document::run_review },
    Special { kind: "document", name: "approve", command: document::approve_command, run: document::run_approve },
    Special { kind: "document", name: "version", command: document::version_command, run: document::run_version },
    Special { kind: "document", name: "diff", command: document::diff_command, run: document::run_diff },
    Special { kind: "document", name: "export", command: document::export_command, run: document::run_export },
    Special { kind: "document", name: "import", command: document::import_command, run: document::run_import },
    Special { kind: "document", name: "templates", command: document::templates_command, run: document::run_templates },
    Special { kind: "evidence", name: "add", command: evidence::add_command, run: evidence::run_add },
    Special { kind: "evidence", name: "version", command: evidence::version_command, run: evidence::run_version },
    Special { kind: "evidence", name: "check", command: evidence::check_command, run: evidence::run_check },
    Special { kind: "evidence", name: "accept", command: evidence::accept_command, run: evidence::run_accept },
    Special { kind: "evidence", name: "reject", command: evidence::reject_command, run: evidence::run_reject },
    Special { kind: "evidence", name: "prove", command: evidence::prove_command, run: evidence::run_prove },
    Special { kind: "evidence", name: "export", command: evidence::export_command, run: evidence::run_export },
    Special { kind: "alert", name: "raise", command: alert::raise_command, run: alert::run_raise },
    Special { kind: "alert", name: "ack", command: alert::ack_command, run: alert::run_ack },
    Special { kind: "alert", name: "route", command: alert::route_command, run: alert::run_route },
    Special { kind: "alert", name: "close", command: alert::close_command, run: alert::run_close },
    Special { kind: "signal", name: "read", command: signal::read_command, run: signal::run_read },
    Special { kind: "signal", name: "series", command: signal::series_command, run: signal::run_series },
    Special { kind: "signal", name: "test", command: signal::test_command, run: signal::run_test },
    Special { kind: "signal", name: "readiness", command: signal::readiness_command, run: signal::run_readiness },
    Special { kind: "incident", name: "open", command: incident::open_command, run: incident::run_open },
    Special { kind: "incident", name: "note", command: incident::note_command, run: incident::run_note },
    Special { kind: "incident", name: "report", command: incident::report_command, run: incident::run_report },
    Special { kind: "incident", name: "mitigate", command: incident::mitigate_command, run: incident::run_mitigate },
    Special { kind: "incident", name: "end", command: incident::end_command, run: incident::run_end },
    Special { kind: "incident", name: "bundle", command: incident::bundle_command, run: incident::run_bundle },
    Special { kind: "incident", name: "review", command: incident::review_command, run: incident::run_review },
    Special { kind: "incident", name: "proposals", command: incident::proposals_command, run: incident::run_proposals },
    Special { kind: "incident", name: "document", command: incident::document_command, run: incident::run_document },
];

/// A kind's commands with those that only it has.
#[must_use]
pub fn extend(kind: Kind, general: Vec<Command>) -> Vec<Command> {
    let own: Vec<&Special> = SPECIALS.iter().filter(|special| special.kind == kind.name).collect();
    let is_replaced = |command: &Command| own.iter().any(|special| special.name == command.get_name());
    let mut commands: Vec<Command> = general.into_iter().filter(|command| !is_replaced(command)).collect();
    commands.extend(own.iter().map(|special| (special.command)()));
    commands
}

/// Runs a command if only this kind has it.
pub fn run(kind: Kind, name: &str, matches: &ArgMatches, context: &mut Context) -> Option<Done> {
    let special = SPECIALS.iter().find(|special| special.kind == kind.name && special.name == name)?;
    Some((special.run)(matches, context))
}

/// The edits that add a record, with what a record of its kind is never without: a review's packet, a checklist's items, a
/// document's sections.
///
/// # Errors
/// Where a checklist names no template of the policy, or the file cannot be read.
pub fn edits_for_new(
    kind: Kind,
    fields: Vec<(&'static str, Value)>,
    now: DateTime<Utc>,
    session: &Session,
) -> Done<Vec<Edit>> {
    if kind == &REVIEW {
        return Ok(work::start(now, fields).1);
    }
    if kind == &CHECKLIST {
        for needed in ["template", "review"] {
            if !fields.iter().any(|(name, value)| *name == needed && !value.is_empty()) {
                return Err(Failure::Usage(format!("A checklist needs a {needed}: say --{needed}.")));
            }
        }
        return Ok(work::start_checklist(&session.workspace, &session.policy, now, &fields)?);
    }
    // What a library pattern says stands where the risk says nothing of its own.
    let fields = if kind == &RISK { work::suggest::filled(&session.policy, fields)? } else { fields };
    if kind == &DOCUMENT {
        return document::start_from(fields, now, session);
    }
    if kind == &MEETING {
        return Ok(new_edits(&session.workspace, &session.policy, fields, now)?);
    }
    Ok(vec![Edit::Add { kind, id: new_id(now), fields }])
}

/// Tells what only records of this kind have to tell: how far a review has come and what to do next; whether evidence still
/// holds, and what it proves.
///
/// # Errors
/// When the file cannot be read, or the output not be written.
pub fn tell(record: &Record, session: &Session, out: &mut Out) -> Done {
    match record.kind().name {
        "review" => review::tell(record, session, out),
        "decision" => standing::tell(record, session, out),
        "evidence" => evidence::tell(record, session, out),
        "checklist" => checklist::tell(record, session, out),
        "document" => document::tell(record, session, out),
        "meeting" => meeting::tell(record, session, out),
        "alert" => alert::tell(record, session, out),
        "signal" => signal::tell(record, out),
        "incident" => incident::tell(record, session, out),
        _ => Ok(()),
    }
}

/// The same for a record as an object.
pub fn tell_json(record: &Record, session: &Session, object: &mut Map<String, Json>) {
    if record.kind() == &DECISION {
        standing::tell_json(record, session, object);
    }
    if record.kind() == &DOCUMENT {
        document::tell_json(record, session, object);
    }
    if record.kind() == &ALERT {
        alert::tell_json(record, session, object);
    }
    if record.kind() == &INCIDENT {
        incident::tell_json(record, session, object);
    }
}

/// A word for each of these records that follows from others and from the day, under the name of its column: whether
/// evidence still holds, how a decision stands. None for other kinds.
///
/// # Errors
/// When the file cannot be read.
pub fn holding<'r>(
    kind: Kind,
    records: impl IntoIterator<Item = &'r Record>,
    session: &Session,
) -> Done<Option<(&'static str, HashMap<String, Held>)>> {
    let held: HashMap<String, Held> = match kind.name {
        name if name == EVIDENCE.name => {
            let standings = evidence::standings(records, session)?.into_iter();
            standings.map(|(id, standing)| (id, Held::of(standing.word(), standing.reason()))).collect()
        }
        name if name == DECISION.name => {
            let look = session.workspace.look();
            let state = |decision: &Record| Held::of(decide::state(&look, decision, today()).word(), "");
            records.into_iter().map(|decision| (decision.id().to_owned(), state(decision))).collect()
        }
        _ => return Ok(None),
    };
    Ok(Some(("standing", held)))
}

/// Whether kinds of this sort have such a word.
pub fn is_held(kind: Kind) -> bool {
    kind == &EVIDENCE || kind == &DECISION
}

/// How something stands: a word, and why where it is not plain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// The word.
    pub word: &'static str,
    /// Why.
    pub reason: String,
}

impl Held {
    fn of(word: &'static str, reason: &str) -> Self {
        Self { word, reason: reason.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind_named;

    #[test]
    fn specials_belong_to_kinds_and_have_the_names_they_are_found_by() {
        for special in SPECIALS {
            assert!(kind_named(special.kind).is_some(), "{}", special.kind);
            assert_eq!((special.command)().get_name(), special.name);
        }
    }
}
