//! What is told of an incident, and its evidence bundle.

use std::path::Path;

use chrono::Utc;
use clap::{ArgMatches, Command};
use serde_json::{Map, Value as Json, json};

use super::{incident_arg, said, text_arg, the_incident};
use crate::cli::Context;
use crate::cli::exit::Done;
use crate::cli::out::{Out, note};
use crate::cli::record::labelled;
use crate::exchange::bundle::bundle;
use crate::record::{Record, rfc3339, when};
use crate::review::operations::incident::{clock_in_words, whole};
use crate::session::Session;

/// The command `incident bundle`.
pub fn bundle_command() -> Command {
    Command::new("bundle")
        .about("Gathers everything known about the system, the release, its decisions and documents into a folder with hashes.")
        .args([incident_arg(), text_arg("out", "FOLDER", "The new folder; named after the incident, unless said.")])
}

/// Runs `incident bundle`.
pub fn run_bundle(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let incident = the_incident(matches, &session)?;
    let named = if said(matches, "out").is_empty() { incident.reference() } else { said(matches, "out") };
    let folder = Path::new(named).to_owned();
    let whole = whole(&session.workspace, incident)?;
    let made = bundle(&session.workspace, &whole, &folder, &mut |_, _| true)?;
    context.out.line(&format!(
        "{} holds {} files, {} bytes; SHA256SUMS itself has {}.",
        made.folder.display(),
        made.files,
        made.bytes,
        made.sha256
    ))?;
    if !made.without_copy.is_empty() {
        note(&format!("No copy is kept of {}; only their hashes are in it.", made.without_copy.join(", ")));
    }
    Ok(())
}

/// Tells the legal clocks, the timeline and what was put in for a while.
pub fn tell(incident: &Record, session: &Session, out: &mut Out) -> Done {
    let whole = whole(&session.workspace, incident.clone())?;
    let today = Utc::now().date_naive();
    for clock in &whole.clocks {
        let (words, bad) = clock_in_words(clock, today);
        labelled(out, &clock.name, &words, bad)?;
    }
    for one in &whole.mitigations {
        let state = match (one.text("status"), one.get("ends_on").as_day()) {
            (Some("active"), Some(ends)) => format!("until {ends} ({})", when::spoken(ends, today)),
            _ => "ended".to_owned(),
        };
        let bad = one.text("status") == Some("active") && one.get("ends_on").as_day().is_some_and(|day| day < today);
        labelled(out, one.reference(), &format!("{}, {state}", one.title()), bad)?;
    }
    for entry in &whole.entries {
        let at = entry.get("at").as_moment().map(rfc3339).unwrap_or_default();
        labelled(
            out,
            entry.text("kind").unwrap_or_default(),
            &format!("{at} {}", entry.text("text").unwrap_or_default()),
            false,
        )?;
    }
    Ok(())
}

/// The same as JSON.
pub fn tell_json(incident: &Record, session: &Session, object: &mut Map<String, Json>) {
    let Ok(whole) = whole(&session.workspace, incident.clone()) else { return };
    let today = Utc::now().date_naive();
    let clocks = whole.clocks.iter().map(|clock| {
        let reported = clock.reported_at.map(rfc3339);
        json!({
            "clock": clock.name, "due_on": clock.due_on.to_string(), "reported_at": reported,
            "days_left": (clock.due_on - today).num_days(),
        })
    });
    object.insert("legal_clocks".to_owned(), clocks.collect::<Vec<_>>().into());
    let timeline = whole.entries.iter().map(|entry| {
        json!({"ref": entry.reference(), "at": entry.get("at").display(), "kind": entry.text("kind"), "text": entry.text("text")})
    });
    object.insert("timeline".to_owned(), timeline.collect::<Vec<_>>().into());
}
