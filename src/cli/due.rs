//! `probity due`: what is due, who is told now, and the message for them.

use std::io::Write as _;
use std::process::{Command as Process, Stdio};

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Style, note};
use crate::review::due::{Due, Sort, calendar, due};
use crate::session::today;
use crate::text;

/// The command.
pub fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("due")
        .about("Says what is due, who is told now by the policy's steps of escalation, and in which words.")
        .long_about(
            "Says what is due: stages of reviews, actions, routes without an answer, waivers, acceptances and temporary \
             mitigations that end, legal clocks of incidents, alerts that nobody acknowledged. Each with who is told now \
             (reminder, escalation, second escalation, by the policy) and a message ready to paste. Nothing is sent. \
             --exec hands each to a program of yours: the object as JSON on its standard input, and PROBITY_REF, \
             PROBITY_TO and PROBITY_MESSAGE in its environment; the first that fails ends it.",
        )
        .args([
            flag("json", "Print a JSON array of objects, each with its message.").conflicts_with("ics"),
            flag("ics", "Print a calendar (RFC 5545)."),
            flag("messages", "Print the messages only."),
            Arg::new("for").long("for").value_name("WHO").help("Only what goes to this person (@handle) or role."),
            Arg::new("exec").long("exec").value_name("CMD").help("Hand each to this command, run by the shell."),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let mut all = due(&session.workspace, &session.policy, Utc::now(), today())?;
    if let Some(who) = matches.get_one::<String>("for") {
        let who = who.trim().to_lowercase();
        all.retain(|one| {
            one.to.iter().any(|to| to.trim_start_matches('@').to_lowercase() == who.trim_start_matches('@'))
        });
    }
    if let Some(line) = matches.get_one::<String>("exec") {
        return hand_over(&all, line);
    }
    let out = &mut context.out;
    if matches.get_flag("json") {
        return out.json(&serde_json::to_value(&all).map_err(|error| Failure::Output(error.into()))?);
    }
    if matches.get_flag("ics") {
        return out.raw(calendar(&all, &session.workspace.name(), Utc::now()).as_bytes());
    }
    if matches.get_flag("messages") {
        return all.iter().try_for_each(|one| out.line(&one.message));
    }
    for one in &all {
        let bad = one.days_late > 0 || one.sort == Sort::LegalClock;
        out.styled(if bad { Style::Bad } else { Style::Plain }, &text::pad(one.sort.word(), 12))?;
        out.styled(Style::Strong, &format!("{} ", one.record))?;
        let when = match one.days_late {
            0 => "due today".to_owned(),
            late if late > 0 => format!("{late} d late"),
            early => format!("due in {} d", -early),
        };
        out.line(&format!("{}: {when} ({})", one.title, one.due_on))?;
        let to = if one.to.is_empty() { "nobody".to_owned() } else { one.to.join(", ") };
        out.paragraph(12, &format!("{} to {to}", one.step))?;
        out.paragraph(12, &one.command)?;
    }
    if all.is_empty() {
        note("Nothing is due.");
    }
    Ok(())
}

/// Hands each to a command of the user's; the first that fails ends it, and is told with what was handed over and what not.
fn hand_over(all: &[Due], line: &str) -> Done {
    for (at, one) in all.iter().enumerate() {
        let Err(why) = hand_one(one, line)? else { continue };
        let (before, after) = (all.get(..at).unwrap_or_default(), all.get(at + 1..).unwrap_or_default());
        return Err(Failure::Refused(format!(
            "{} was not handed over: the command {why}. Handed over before it: {}. Not handed over after it: {}. Nothing was \
             written in the workspace.",
            one.record,
            named(before),
            named(after)
        )));
    }
    note(&format!("{} handed over.", all.len()));
    Ok(())
}

/// How many are named; more are counted.
const NAMED: usize = 10;

fn named(all: &[Due]) -> String {
    let first: Vec<&str> = all.iter().take(NAMED).map(|one| one.record.as_str()).collect();
    match all.len().saturating_sub(NAMED) {
        _ if all.is_empty() => "none".to_owned(),
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Hands one to a command; what it did where it failed.
fn hand_one(one: &Due, line: &str) -> Done<Result<(), String>> {
    let failed = |source| Failure::File { action: "Running", path: line.into(), source };
    let json = serde_json::to_vec(one).map_err(|error| Failure::Output(error.into()))?;
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Process::new(shell)
        .args([flag, line])
        .env("PROBITY_REF", &one.record)
        .env("PROBITY_TO", one.to.join(", "))
        .env("PROBITY_MESSAGE", &one.message)
        .stdin(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read what it is given may still do its work.
        let _ = stdin.write_all(&json);
    }
    let status = child.wait().map_err(failed)?;
    Ok(match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(format!("ended with code {code}")),
        None => Err("was ended by a signal".to_owned()),
    })
}
