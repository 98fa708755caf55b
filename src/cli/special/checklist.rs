//! What only checklists have: being brought to the template as it is now.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, Style};
use crate::cli::record::{labelled, said};
use crate::record::{CHECKLIST, Record};
use crate::review::renew::{Fate, Renewal, renewal};
use crate::session::Session;
use crate::text;
use crate::workspace::{Change, Error};

/// The command `checklist renew`.
pub fn renew_command() -> Command {
    Command::new("renew")
        .about("Brings a checklist to its template, and its packet, as they are now: only what changed needs a new look.")
        .long_about(
            "Brings a checklist to its template, and its packet, as they are now. Items that say the same keep their \
             verdict; changed ones are open again, with the old verdict in their reason and in the history; new ones are \
             added; those that went are not applicable, with the reason. One change, which undo takes back.",
        )
        .args([
            Arg::new("checklist").value_name("REF").required(true).help("The checklist, such as CHK-1."),
            Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Only show what would change."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON object."),
        ])
}

/// Runs `checklist renew`.
pub fn run_renew(matches: &ArgMatches, context: &mut Context) -> Done {
    let dry = matches.get_flag("dry-run");
    let mut session = if dry { context.open()? } else { context.open_to_write()? };
    let named = matches.get_one::<String>("checklist").map_or("", String::as_str);
    let checklist = session.record(&CHECKLIST, named)?;
    let found = renewal(&session.workspace, &session.policy, &checklist, Utc::now()).map_err(|error| match error {
        Error::Query(message) => Failure::Refused(message),
        other => other.into(),
    })?;
    let in_json = matches.get_flag("json");
    if in_json {
        context.out.json(&as_json(&found, dry))?;
    } else {
        show(&found, &mut context.out)?;
    }
    if dry || !found.is_needed() {
        return Ok(());
    }
    let called = found.called();
    let receipt = session.workspace.write(Change::by(&session.me()?.id, found.edits()).called(called))?;
    if in_json { Ok(()) } else { said(&mut context.out, &receipt) }
}

fn as_json(found: &Renewal, dry: bool) -> serde_json::Value {
    json!({
        "checklist": found.checklist.reference(),
        "template": found.checklist.text("template"),
        "from": found.from,
        "to": found.to,
        "needed": found.is_needed(),
        "written": found.is_needed() && !dry,
        "items": found.items,
    })
}

fn show(found: &Renewal, out: &mut Out) -> Done {
    let (reference, title) = (found.checklist.reference(), text::line(found.checklist.title()));
    if !found.is_needed() {
        return out.line(&format!("{reference} {title} is up to date, at version {}.", found.to));
    }
    let versions = if found.from == found.to {
        format!("version {}", found.to)
    } else {
        format!("version {} to {}", found.from, found.to)
    };
    out.styled(Style::Strong, &format!("{reference} {title}, {versions}"))?;
    out.line(&format!(": {}.", found.in_words()))?;
    for item in found.items.iter().filter(|item| item.fate != Fate::Unchanged) {
        let style = if item.fate == Fate::Added { Style::Good } else { Style::Plain };
        out.styled(style, &text::pad(item.fate.word(), 9))?;
        let was = if item.status == "open" { String::new() } else { format!(" (was {})", item.status) };
        let what = if item.what.is_empty() { String::new() } else { format!(" [{}]", item.what) };
        out.line(&format!("{}  {}{was}{what}", text::line(&item.code), text::line(&item.text)))?;
    }
    Ok(())
}

/// Tells where a checklist stands on an older version of its template.
pub fn tell(checklist: &Record, session: &Session, out: &mut Out) -> Done {
    let template = session.policy.checklist(checklist.text("template").unwrap_or_default());
    match (template, checklist.number("template_version")) {
        (Some(template), Some(version)) if version != i64::from(template.version) => {
            let reference = checklist.reference();
            let told = format!("is now at version {}: probity checklist renew {reference}", template.version);
            labelled(out, "Template", &told, false)
        }
        _ => Ok(()),
    }
}
