//! `probity gate`: may this release launch? Made to stand in a release pipeline: the exit code is the answer.

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style};
use crate::record::{RELEASE, REVIEW, Record, Value, rfc3339};
use crate::report::gate::{junit, sarif};
use crate::review::gate::{Check, Gate, Verdict, gate};
use crate::session::{Session, today};
use crate::text;
use crate::workspace::{Condition, Error, Query};

/// Cells for the verdict of a check.
const VERDICT: usize = 12;

/// The command.
pub fn command() -> Command {
    Command::new("gate")
        .about("Says whether a release may launch, and for each check why, and what mends it.")
        .long_about(
            "Says whether a release may launch: every check with pass, fail or not required, the reason, and the next step. \
             Exit code 0 when the gate is open, 3 when it is closed, another one when it could not be judged. Nothing is \
             written.",
        )
        .args([
            Arg::new("review").value_name("REVIEW").required(true).help("The review, by reference such as REV-118."),
            Arg::new("release")
                .long("release")
                .value_name("RELEASE")
                .help("The release that is to launch, by name or reference; without it, the review's own."),
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "json", "junit", "sarif"])
                .conflicts_with("json")
                .help("How to print it; text, unless said."),
            Arg::new("json").long("json").action(clap::ArgAction::SetTrue).help("The same as --format json."),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let review = session.record(&REVIEW, matches.get_one::<String>("review").map_or("", String::as_str))?;
    let named = matches.get_one::<String>("release");
    let release = named.map(|named| release_of(&review, named, &session)).transpose()?;
    let found = gate(&session.workspace, &session.policy, review, release, today())?;
    let format = if matches.get_flag("json") { Some("json") } else { matches.get_one("format").map(String::as_str) };
    let now = Utc::now();
    match format {
        Some("json") => {
            let mut object = serde_json::to_value(&found).map_err(|error| Failure::Output(error.into()))?;
            if let Json::Object(object) = &mut object {
                object.insert("judged_at".to_owned(), rfc3339(now).into());
                object.insert("policy".to_owned(), json!(session.policy.fingerprint()));
            }
            context.out.json(&object)?;
        }
        Some("junit") => {
            context.out.raw(junit(&found, &now.format("%Y-%m-%dT%H:%M:%S").to_string()).as_bytes())?;
        }
        Some("sarif") => context.out.json(&sarif(&found, &session.workspace.name()))?,
        _ => print(&found, &mut context.out)?,
    }
    if found.open { Ok(()) } else { Err(Failure::Closed) }
}

/// A release of the review's system, by its name or its reference.
fn release_of(review: &Record, named: &str, session: &Session) -> Done<Record> {
    let system = review.text("system").unwrap_or_default();
    let of_system = Query::all(&RELEASE).with(Condition::Is("system", Value::text(system)));
    let releases = session.workspace.records(&of_system)?;
    let named = named.trim();
    let meant = |release: &&Record| release.title().trim() == named || release.reference().eq_ignore_ascii_case(named);
    let mut found = releases.iter().filter(meant);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only.clone()),
        (Some(_), Some(_)) => Err(Failure::NoRecord(format!(
            "The system of {} has several releases called {}; name it by its reference.",
            review.reference(),
            text::line(named)
        ))),
        (None, _) => {
            let known: Vec<_> = releases.iter().map(|release| text::line(release.title()).into_owned()).collect();
            let known =
                if known.is_empty() { "it has none".to_owned() } else { format!("it has: {}", known.join(", ")) };
            Err(Failure::Workspace(Error::Unresolved(format!(
                "The system of {} has no release {}; {known}.",
                review.reference(),
                text::line(named)
            ))))
        }
    }
}

fn print(found: &Gate, out: &mut Out) -> Done {
    let release = found.release.as_ref().map(|release| format!(", release {release}")).unwrap_or_default();
    let model = found.model_version.as_ref().map(|version| format!(", model {version}")).unwrap_or_default();
    out.heading(&format!("{} {}{release}{model}", found.review, found.title))?;
    out.styled(Style::Plain, "The gate is ")?;
    let (answer, rest) = if found.open { ("open", "open") } else { ("closed", "closed") };
    out.styled(if found.open { Style::Good } else { Style::Bad }, answer)?;
    let summary = found.summary();
    out.line(&format!("{}.", summary.strip_prefix(rest).unwrap_or(&summary)))?;
    out.end()?;
    found.checks.iter().try_for_each(|check| one(check, out))
}

fn one(check: &Check, out: &mut Out) -> Done {
    let style = match check.verdict {
        Verdict::Pass => Style::Good,
        Verdict::Fail => Style::Bad,
        Verdict::NotRequired => Style::Faint,
    };
    out.styled(style, &text::pad(check.verdict.word(), VERDICT))?;
    out.styled(Style::Plain, "  ")?;
    out.styled(Style::Strong, check.title)?;
    out.end()?;
    if check.findings.is_empty() {
        return out.paragraph(VERDICT + 2, &check.reason);
    }
    for finding in &check.findings {
        out.paragraph(VERDICT + 2, &finding.text)?;
        out.paragraph(VERDICT + 4, &format!("Next: {} ({})", finding.next.what, finding.next.command))?;
    }
    Ok(())
}
