//! What only incidents have: being opened from an alert, a timeline, mitigations for a while, legal clocks, an evidence bundle,
//! and what is learnt.

mod learn;
mod live;
mod propose;
mod show;

pub(super) use learn::{document_command, review_command, run_document, run_review};
pub(super) use live::{
    end_command, mitigate_command, note_command, open_command, report_command, run_end, run_mitigate, run_note,
    run_open, run_report,
};
pub(super) use propose::{proposals_command, run_proposals};
pub(super) use show::{bundle_command, run_bundle, tell, tell_json};

use clap::{Arg, ArgMatches};

use crate::cli::exit::{Done, of_problem};
use crate::record::{Field, INCIDENT, Record, Value};
use crate::session::Session;

fn incident_arg() -> Arg {
    Arg::new("incident").value_name("REF").required(true).help("The incident, such as INC-2.")
}

fn the_incident(matches: &ArgMatches, session: &Session) -> Done<Record> {
    let named = matches.get_one::<String>("incident").map_or("", String::as_str);
    Ok(session.record(&INCIDENT, named)?)
}

fn text_arg(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).allow_hyphen_values(true).help(help)
}

fn said<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

/// What an option says for a field; empty where it is not said.
fn typed(matches: &ArgMatches, option: &str, field: Option<&'static Field>, session: &Session) -> Done<Value> {
    match (matches.get_one::<String>(option), field) {
        (Some(text), Some(field)) => session.parse(field, text).map_err(|problem| of_problem(&problem)),
        _ => Ok(Value::Empty),
    }
}
