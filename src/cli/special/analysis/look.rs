//! Looking at a run again: its report in any form, its verdict under the policy as it is now, what changed since the run
//! before it; and a risk proposed from one of its groups.

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{print_arg, print_receipt};
use crate::record::{ANALYSIS, EVIDENCE, REVIEW, RISK, Record};
use crate::review::analysis::{
    CAUSE, HARM, changes, from_group, general_thresholds, judge, report_of, results, thresholds,
};
use crate::session::{Session, today};
use crate::slices::Report;
use crate::slices::out::{Format, write};
use crate::workspace::{Change, Edit, new_id};

/// How wide text is where no terminal says so.
const WIDTH: usize = 100;

fn run_arg() -> Arg {
    Arg::new("run").value_name("RUN").required(true).help("The run, such as RUN-1.")
}

/// The command `analysis report`.
pub fn report_command() -> Command {
    Command::new("report").about("Prints the report of a run as it was kept.").args([
        run_arg(),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .default_value("text")
            .help("How to print it: text, json, csv, markdown or html. Results of another tool are JSON."),
    ])
}

/// Runs `analysis report`.
pub fn run_report(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let run = named(matches, "run", &session)?;
    let word = matches.get_one::<String>("format").map_or("text", String::as_str);
    let format: Format = word.parse().map_err(Failure::Usage)?;
    let Some(report) = report_of(&session.workspace, &run)? else {
        let Some(text) = results(&session.workspace, &run)? else {
            return Err(Failure::Refused(format!("{} keeps no results.", run.reference())));
        };
        return context.out.raw(crate::cli::out::safe_json(&format!("{text}\n")).as_bytes());
    };
    let page = write(&report, format, context.out.width().unwrap_or(WIDTH));
    match format {
        Format::Text => context.out.text(&page),
        Format::Json => context.out.raw(crate::cli::out::safe_json(&page).as_bytes()),
        _ => context.out.raw(page.as_bytes()),
    }
}

fn named(matches: &ArgMatches, arg: &str, session: &Session) -> Done<Record> {
    let name = matches.get_one::<String>(arg).map_or("", String::as_str);
    Ok(session.record(&ANALYSIS, name)?)
}

fn report(run: &Record, session: &Session) -> Done<Report> {
    report_of(&session.workspace, run)?.ok_or_else(|| {
        let tool = crate::text::line(run.text("tool").unwrap_or("another tool")).into_owned();
        Failure::Refused(format!("{} holds no report of `probity slices`; it is of {tool}.", run.reference()))
    })
}

/// The command `analysis verdict`.
pub fn verdict_command() -> Command {
    Command::new("verdict")
        .about("Says what a run comes to under the policy's thresholds as they are now, figure by figure.")
        .arg(run_arg())
}

/// Runs `analysis verdict`.
pub fn run_verdict(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let run = named(matches, "run", &session)?;
    let report = report(&run, &session)?;
    let limits = match run.text("review") {
        Some(review) => thresholds(&session.workspace, &session.policy, &session.workspace.get(&REVIEW, review)?)?,
        None => general_thresholds(&session.policy),
    };
    let verdict = judge(&report, &limits);
    context.out.line(&format!("{}: {}", run.reference(), verdict.word()))?;
    if run.text("verdict") != Some(verdict.word()) {
        let kept = run.text("verdict").unwrap_or("nothing");
        context.out.line(&format!("It was kept as {kept}; the policy or the review's tier has changed since."))?;
    }
    for line in verdict.answer() {
        context.out.line(&line)?;
    }
    verdict.reasons().lines().try_for_each(|line| context.out.line(line))
}

/// The command `analysis changes`.
pub fn changes_command() -> Command {
    Command::new("changes").about("Says what changed from the run before to this one, group by group.").args([
        run_arg(),
        Arg::new("against").value_name("OTHER").help("The run to compare with; the one it took the place of."),
        Arg::new("all")
            .long("all")
            .action(clap::ArgAction::SetTrue)
            .help("Also what did not change by more than chance."),
    ])
}

/// Runs `analysis changes`.
pub fn run_changes(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let run = named(matches, "run", &session)?;
    let before = match (matches.contains_id("against"), run.text("supersedes")) {
        (true, _) => named(matches, "against", &session)?,
        (false, Some(id)) => session.workspace.get(&ANALYSIS, id)?,
        (false, None) => {
            let reference = run.reference();
            return Err(Failure::Usage(format!("{reference} took no run's place; name the one to compare with.")));
        }
    };
    let found = changes(&report(&before, &session)?, &report(&run, &session)?);
    let all = matches.get_flag("all");
    let clear = found.iter().filter(|one| one.is_clear()).count();
    context.out.line(&format!(
        "From {} to {}: {clear} of {} figures changed by more than chance.",
        before.reference(),
        run.reference(),
        found.len()
    ))?;
    for one in found.iter().filter(|one| all || one.is_clear()) {
        context.out.line(&one.text())?;
    }
    Ok(())
}

/// The command `analysis risk`.
pub fn risk_command() -> Command {
    let text = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("TEXT").help(help).allow_hyphen_values(true)
    };
    Command::new("risk").about("Adds a risk from a figure of a group, with n, gap and interval in its statement.").args(
        [
            run_arg(),
            Arg::new("group")
                .long("group")
                .value_name("ATTRIBUTE=VALUE")
                .required(true)
                .help("The group: race=Other; of crossed attributes \"sex × race=Male × Other\"."),
            Arg::new("metric")
                .long("metric")
                .value_name("NAME")
                .required(true)
                .help("The figure: fpr, tpr, selection_rate …"),
            text("cause", "Why the model does this; left open where nobody says."),
            text("harm", "What that does to them; left open where nobody says."),
            print_arg(),
        ],
    )
}

/// Runs `analysis risk`.
pub fn run_risk(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let run = named(matches, "run", &session)?;
    let report = report(&run, &session)?;
    let said = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let typed = proposed(&report, &run, said("group"), said("metric"))?;
    let mut typed: Vec<(&'static str, String)> = typed;
    for (name, place) in [("cause", CAUSE), ("harm", HARM)] {
        let words = said(name).trim();
        for (_, text) in typed.iter_mut().filter(|(field, _)| *field == "statement" && !words.is_empty()) {
            *text = text.replace(place, words);
        }
    }
    if let Some(review) = run.text("review") {
        typed.push(("review", session.workspace.get(&REVIEW, review)?.reference().to_owned()));
    }
    if let Some(evidence) = run.text("evidence") {
        typed.push(("evidence", session.workspace.get(&EVIDENCE, evidence)?.reference().to_owned()));
    }
    let me = session.me()?.id.clone();
    let fields = session.workspace.typed(&RISK, &typed, today(), Some(&me))?;
    let edit = Edit::Add { kind: &RISK, id: new_id(Utc::now()), fields };
    let receipt = session.workspace.write(Change::by(&me, vec![edit]).because(&format!("From {}", run.reference())))?;
    print_receipt(&mut context.out, &RISK, &session, &receipt, matches)
}

fn proposed(report: &Report, run: &Record, wanted: &str, metric: &str) -> Done<Vec<(&'static str, String)>> {
    let Some((name, value)) = wanted.split_once('=') else {
        return Err(Failure::Usage("Say --group ATTRIBUTE=VALUE, such as race=Other.".to_owned()));
    };
    let (name, value) = (name.trim(), value.trim());
    let attribute = report.attributes.iter().chain(&report.intersections).find(|attribute| attribute.name == name);
    let Some(attribute) = attribute else {
        let names: Vec<&str> = report.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        return Err(Failure::Usage(format!(
            "{} has no attribute “{name}”; there are {}.",
            run.reference(),
            names.join(", ")
        )));
    };
    let group = attribute.groups.iter().find(|group| group.value == value);
    let found = group.and_then(|group| from_group(report, attribute, group, metric, run.reference()));
    found.ok_or_else(|| {
        let groups: Vec<&str> = attribute.groups.iter().map(|group| group.value.as_str()).collect();
        let metrics: Vec<&str> = report.overall.metrics.iter().map(|(name, _)| name).collect();
        Failure::Usage(format!(
            "{} has no figure “{metric}” of {name}={value}. Groups: {}. Figures: {}.",
            run.reference(),
            groups.join(", "),
            metrics.join(", ")
        ))
    })
}
