//! `probity doctor`: is the file whole, does it agree with its history, was it changed by another program?

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::out::Style;
use super::progress::{Progress, cancel_flag};

/// The command.
pub fn command() -> Command {
    Command::new("doctor")
        .about(
            "Checks the workspace: pages, links, history, changes by other programs, evidence, search. Writes nothing.",
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON array of checks."))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let cancel = cancel_flag()?;
    let mut progress = Progress::of("Checking");
    let findings = session.workspace.doctor(&cancel, |step| progress.step(step))?;
    drop(progress);
    let all_well = findings.iter().all(|finding| finding.ok);
    let out = &mut context.out;
    if matches.get_flag("json") {
        let checks: Vec<Json> = findings
            .iter()
            .map(|finding| json!({ "check": finding.check, "ok": finding.ok, "detail": finding.detail }))
            .collect();
        out.json(&checks.into())?;
    } else {
        for finding in &findings {
            let (style, word) = if finding.ok { (Style::Good, "ok  ") } else { (Style::Bad, "BAD ") };
            out.styled(style, word)?;
            out.line(&format!(" {:<12} {}", finding.check, finding.detail))?;
        }
    }
    if all_well { Ok(()) } else { Err(Failure::Found) }
}
