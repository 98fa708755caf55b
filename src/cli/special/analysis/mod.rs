//! What only analysis runs have: results that come in as JSON, reports of `probity slices` that are attached to a review, what
//! changed since the run before, the verdict under the policy as it is now, and a risk proposed from a group.

mod attach;
mod look;

pub use attach::{Keep, attach_command, keep, keep_options, run_attach};
pub(super) use look::{
    changes_command, report_command, risk_command, run_changes, run_report, run_risk, run_verdict, verdict_command,
};

use std::path::PathBuf;

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::progress::{Progress, cancel_flag, is_cancelled};
use crate::cli::record::{json_in_arg, json_text, options, print_arg, print_receipt, records_from_json, why, why_arg};
use crate::record::analysis::{LARGEST, not_json};
use crate::record::decision::snapshot::digest;
use crate::record::{ANALYSIS, Value};
use crate::workspace::{Change, Edit, Registered, new_id};

/// The command `analysis add`.
pub fn add_command() -> Command {
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(clap::value_parser!(PathBuf)).help(help)
    };
    Command::new("add")
        .about("Records a run of any tool: what was measured, on which data, with what result.")
        .args([
            Arg::new("named")
                .value_name("TITLE")
                .help("What was measured; the same as --title.")
                .conflicts_with("json"),
            file("results", "The results, as JSON; kept as they are. No rows of data."),
            file("parameters", "With what it was run, as JSON."),
            file("data", "The file it was measured on: its name and SHA-256 are kept, nothing of what it holds."),
            json_in_arg("Read one object or an array of objects from this file; - for standard input.")
                .conflicts_with_all(["results", "parameters", "data"]),
            print_arg(),
            why_arg(),
        ])
        .args(options::for_writing(&ANALYSIS))
}

/// Runs `analysis add`.
pub fn run_add(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let now = Utc::now();
    let add = |fields| Edit::Add { kind: &ANALYSIS, id: new_id(now), fields };
    let edits = match json_text(matches)? {
        Some(text) => records_from_json(&ANALYSIS, &text, matches, &session)?.into_iter().map(add).collect(),
        None => {
            let mut fields = options::assignments(&ANALYSIS, matches, &session)?;
            if let Some(title) = matches.get_one::<String>("named").filter(|_| !said(&fields, "title")) {
                fields.push(("title", Value::text(crate::text::line(title))));
            }
            let mut edits = Vec::new();
            if let Some(text) = json_file(matches, "results")? {
                let sha256 = digest(&text);
                fields.push(("results", Value::text(sha256.as_str())));
                edits.push(Edit::KeepContent { sha256, data: text.into_bytes() });
            }
            if let Some(text) = json_file(matches, "parameters")? {
                fields.push(("parameters", Value::text(text)));
            }
            fields.extend(of_data(matches, &fields)?);
            edits.push(add(fields));
            edits
        }
    };
    let change = Change::by(&session.me()?.id, edits).because(why(matches));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &ANALYSIS, &session, &receipt, matches)
}

fn said(fields: &[(&'static str, Value)], name: &str) -> bool {
    fields.iter().any(|(known, value)| *known == name && !value.is_empty())
}

/// The text of a JSON file, where one is named.
fn json_file(matches: &ArgMatches, option: &str) -> Done<Option<String>> {
    let Some(path) = matches.get_one::<PathBuf>(option) else { return Ok(None) };
    let text = read_text(path)?;
    match not_json(&text) {
        Some(why) => Err(Failure::Refused(format!("--{option} {}: {why}", path.display()))),
        None => Ok(Some(text.trim().to_owned())),
    }
}

/// The text of a file that may not be larger than what is kept.
fn read_text(path: &std::path::Path) -> Done<String> {
    use std::io::Read as _;
    let failed = |source| Failure::File { action: "Reading", path: path.to_owned(), source };
    let mut text = String::new();
    let most = LARGEST as u64 + 1;
    if path.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_string(&mut text).map_err(failed)?;
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_string(&mut text)).map_err(failed)?;
    }
    Ok(text)
}

/// The name and the hash of the data, where its file is named.
fn of_data(matches: &ArgMatches, said: &[(&'static str, Value)]) -> Done<Vec<(&'static str, Value)>> {
    let Some(path) = matches.get_one::<PathBuf>("data") else { return Ok(Vec::new()) };
    let cancel = cancel_flag()?;
    let mut progress = Progress::of("Bytes read:");
    let file = Registered::read_watched(path, 0, &mut |done, all| {
        progress.at(done, Some(all));
        !is_cancelled(&cancel)
    })?;
    let name = file.origin.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let all = [("dataset", Value::text(crate::text::line(&name))), ("sha256", Value::text(file.sha256))];
    Ok(all.into_iter().filter(|(field, _)| !said.iter().any(|(known, _)| known == field)).collect())
}
