//! Asking a team for the answers that its packet lacks: a text that is ready to send, and an action to chase.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use crate::policy::Policy;
use crate::record::{ACTION, PACKET, Record, Value};
use crate::workspace::{Condition, Direction, Edit, Error, Query, Result, Workspace, new_id};

/// The packet of the review with this id.
///
/// # Errors
/// Where there is none, or the file cannot be read.
pub fn packet_of(workspace: &Workspace, review: &str) -> Result<Record> {
    let query = Query::all(&PACKET).with(Condition::Is("review", Value::text(review)));
    let row = workspace.page(&query, None, Direction::After, 1)?.rows.pop();
    row.map(|row| row.record).ok_or_else(|| Error::NoRecord("of this review".to_owned(), Some(&PACKET)))
}

/// The text that asks for what is missing, and the edits that make it an action.
///
/// # Errors
/// Where nothing is missing, a rule of the policy cannot be applied, or the file cannot be read.
pub fn information_request(
    workspace: &Workspace,
    policy: &Policy,
    review: &Record,
    at: DateTime<Utc>,
) -> Result<(String, Vec<Edit>)> {
    let packet = packet_of(workspace, review.id())?;
    let asked = policy.requirements_for(&packet).map_err(|error| Error::Policy(error.to_string()))?;
    let missing: Vec<_> = asked.into_iter().filter(|asked| !asked.answered).collect();
    if missing.is_empty() {
        return Err(Error::Query(format!(
            "The packet of {} is complete; there is nothing to ask for.",
            review.reference()
        )));
    }
    let mut text = format!(
        "For the review {} “{}” we still need these answers:\n",
        review.reference(),
        crate::text::line(review.title())
    );
    for asked in &missing {
        let field = asked.requirement.field;
        let _ = write!(text, "\n- {}: {} ({})", field.label, asked.requirement.reason, field.help);
    }
    text.push_str("\n\nThank you. The review goes on as soon as they are there.");
    // What it is about comes first: in a narrow pane only the first words are seen, and the kind says what it is.
    let about = crate::text::fit(review.title(), 60);
    let title = format!("{about}: {} missing in {}", counted(missing.len()), review.reference());
    // The answers are wanted before the review's stage is due; once that is past, whoever asks names a day.
    let due = review.get("due_on").as_day().filter(|due| *due >= at.date_naive()).map_or(Value::Empty, Value::Day);
    let fields = vec![
        ("title", Value::text(title)),
        ("kind", Value::text("information request")),
        ("review", Value::text(review.id())),
        ("source", Value::text(review.reference())),
        ("acceptance_criteria", Value::text(text.as_str())),
        ("owner", review.get("requester").clone()),
        ("due_on", due),
    ];
    Ok((text, vec![Edit::Add { kind: &ACTION, id: new_id(at), fields }]))
}

fn counted(missing: usize) -> String {
    if missing == 1 { "1 answer".to_owned() } else { format!("{missing} answers") }
}
