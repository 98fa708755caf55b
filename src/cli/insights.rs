//! `probity insights`: what the programme's own history tells.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;
use serde_json::json;

use super::Context;
use super::exit::{Done, Failure};
use super::kpi::{period_arg, period_of};
use super::out::{Out, Style, note};
use super::table::{Column, Table};
use crate::record::{Scale, Terms};
use crate::report::readout::{self, in_words};
use crate::review::insights::{
    Lasting, ageing, by_stage, by_waiting, forecasts, funnel, heat, late_finds, read_flow, recurring,
};
use crate::session::{Session, today};
use crate::text;
use crate::workspace::Workspace;

/// The command.
pub fn command() -> Command {
    let sub = |name: &'static str, about: &'static str, timed: bool| {
        let json = Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print it as JSON.");
        Command::new(name).about(about).args(timed.then(period_arg)).arg(json)
    };
    let folder = Arg::new("templates")
        .long("templates")
        .value_name("FOLDER")
        .value_parser(clap::value_parser!(PathBuf))
        .help("A folder whose readout.md.j2 stands in for the shipped one.");
    Command::new("insights")
        .about("Tells what the programme's own history tells: flow, waiting, forecasts, recurring risks, late finds.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            sub("funnel", "How many of the reviews that began in a period reached each stage.", true),
            sub("ageing", "How long reviews under way have been in their stage.", false),
            sub("cycle", "How long reviews stayed in each stage, and for what they waited.", true),
            sub(
                "forecast",
                "Whether reviews under way will be ready by their launch, and how often that was right.",
                false,
            ),
            sub("heatmap", "The open risks on the matrix, before mitigation and after it.", false),
            sub("recurring", "Risks that come again across systems.", true),
            sub("late", "What was found only after a launch, and which control would have caught it.", true),
            Command::new("readout")
                .about("Writes the readout for the lead of the programme, as Markdown.")
                .args([period_arg(), folder]),
        ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let out = &mut context.out;
    match matches.subcommand() {
        Some(("funnel", matches)) => {
            let lines = funnel(&read_flow(&session.workspace)?, &period_of(matches)?);
            let row = |line: &crate::review::insights::Funnel| {
                let share = line.share.map_or_else(|| "no data".to_owned(), |share| format!("{:.0} %", share * 100.0));
                vec![line.stage.clone(), line.reached.to_string(), share]
            };
            show(matches, out, &lines, &["Stage", "Reached", "Share"], row)
        }
        Some(("ageing", matches)) => {
            let lines = ageing(&read_flow(&session.workspace)?, Utc::now(), today());
            let row = |line: &crate::review::insights::Ageing| {
                let oldest = format!("{} ({:.0} d)", line.oldest, line.oldest_days);
                let days = |days: f64| format!("{days:.1}");
                vec![
                    line.stage.clone(),
                    line.n.to_string(),
                    line.late.to_string(),
                    days(line.median),
                    days(line.p90),
                    oldest,
                ]
            };
            show(matches, out, &lines, &["Stage", "n", "Late", "Median days", "90 %", "Oldest"], row)
        }
        Some(("cycle", matches)) => cycle(matches, &session, out),
        Some(("forecast", matches)) => forecast(matches, &session, out),
        Some(("heatmap", matches)) => heatmap(matches, &session, out),
        Some(("recurring", matches)) => {
            let period = matches.contains_id("period").then(|| period_of(matches)).transpose()?;
            let lines = recurring(&session.workspace, &session.policy, period.as_ref())?;
            let row = |line: &crate::review::insights::Recurring| {
                let counts = [line.systems, line.risks, line.before, line.after].map(|count| count.to_string());
                let mut row = vec![line.name.clone(), line.category.clone()];
                row.extend(counts);
                row.push(line.controls.join(", "));
                row.push(line.teams.join(", "));
                row
            };
            let titles = ["Risk", "Category", "Systems", "Risks", "Before", "After", "Controls", "Teams"];
            show(matches, out, &lines, &titles, row)
        }
        Some(("late", matches)) => late(matches, &session, out),
        Some(("readout", matches)) => write(matches, &session, out),
        _ => Ok(()),
    }
}

/// Prints lines as a table, or as JSON.
fn show<T: Serialize>(
    matches: &ArgMatches,
    out: &mut Out,
    lines: &[T],
    titles: &[&str],
    row: impl Fn(&T) -> Vec<String>,
) -> Done {
    if matches.get_flag("json") {
        return out.json(&serde_json::to_value(lines).map_err(|error| Failure::Output(error.into()))?);
    }
    if lines.is_empty() {
        note("There is nothing to tell.");
    }
    let columns = titles
        .iter()
        .enumerate()
        .map(|(at, title)| if at == 0 { Column::new(title, 40) } else { Column::new(title, 24) });
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    Table::new(columns.collect()).print(out, &rows)
}

fn lasting(line: &Lasting) -> Vec<String> {
    let days = |days: f64| format!("{days:.1}");
    vec![line.what.clone(), line.n.to_string(), days(line.median), days(line.p90), days(line.days)]
}

fn cycle(matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    let (flows, period) = (read_flow(&session.workspace)?, period_of(matches)?);
    let (stages, waits) = (by_stage(&flows, &period), by_waiting(&flows, &period));
    if matches.get_flag("json") {
        return out.json(&json!({"stages": stages, "waiting": waits}));
    }
    show(matches, out, &stages, &["Stage", "n", "Median days", "90 %", "Days in all"], lasting)?;
    out.end()?;
    show(matches, out, &waits, &["Waited for", "n", "Median days", "90 %", "Days in all"], lasting)
}

fn forecast(matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    let (all, record) = forecasts(&read_flow(&session.workspace)?, Utc::now(), today());
    if matches.get_flag("json") {
        return out.json(&json!({"forecasts": all, "track_record": record}));
    }
    for one in &all {
        let style = if matches!(one.word, "late" | "at risk") { Style::Bad } else { Style::Plain };
        out.styled(style, &text::pad(one.word, 9))?;
        out.styled(Style::Strong, &format!(" {}", one.review))?;
        out.line(&format!(" {} ({})", text::line(&one.title), one.stage))?;
        let launch = one.launch_on.map_or("no launch date".to_owned(), |day| format!("launch {day}"));
        out.paragraph(10, &format!("{launch}; {}", one.words()))?;
    }
    out.line(&in_words(&record))
}

fn late(matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    let finds = late_finds(&session.workspace, &session.policy, &period_of(matches)?)?;
    if matches.get_flag("json") {
        return out.json(&serde_json::to_value(&finds).map_err(|error| Failure::Output(error.into()))?);
    }
    if finds.is_empty() {
        note("Nothing was found after a launch in this period.");
    }
    for find in &finds {
        out.styled(Style::Strong, &find.risk)?;
        out.line(&format!(" {} ({}, {})", text::line(&find.title), find.system, find.category))?;
        if find.caught_by.is_empty() {
            out.paragraph(2, "No control is named that would have caught it.")?;
        }
        for by in &find.caught_by {
            out.paragraph(2, &format!("{} {}: {}", by.control, by.title, by.stood))?;
        }
    }
    Ok(())
}

fn write(matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    let (period, policies) = (period_of(matches)?, session.policies_over_time()?);
    let folder = matches.get_one::<PathBuf>("templates").map(PathBuf::as_path);
    // One state of the file for all that is told.
    let of = |workspace: &Workspace| readout::of(workspace, &policies, &period, Utc::now(), today(), folder);
    out.text(&session.workspace.snapshot(of)?)
}

/// The open risks on the matrix, before mitigation and after it, with how they moved.
fn heatmap(matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    let terms = &session.policy;
    let heat = heat::heat(&session.workspace, terms)?;
    if matches.get_flag("json") {
        return out.json(&serde_json::to_value(&heat).map_err(|error| Failure::Output(error.into()))?);
    }
    for (title, cells, left_out) in [
        ("Before mitigation", &heat.inherent, (heat.unscored, "not scored")),
        ("After mitigation", &heat.residual, (heat.unassessed, "not assessed")),
    ] {
        out.heading(&format!("{title} ({} open risks, {} {})", heat.open, left_out.0, left_out.1))?;
        let step = |scale, step: u8| format!("{step} {}", terms.step(scale, step.into()).unwrap_or_default());
        let mut columns = vec![Column::whole("Severity")];
        let names: Vec<String> = (1..=5).map(|at| step(Scale::Likelihood, at)).collect();
        columns.extend(names.iter().map(|name| Column::whole(name)));
        let count = |severity: u8, likelihood: u8| {
            let level = terms.level(severity.into(), likelihood.into()).map(|(name, _)| name).unwrap_or_default();
            match heat::at(cells, (severity, likelihood)) {
                0 => "0".to_owned(),
                risks => format!("{risks} {level}"),
            }
        };
        let row = |severity: u8| {
            let counts = (1..=5).map(|likelihood| count(severity, likelihood));
            std::iter::once(step(Scale::Severity, severity)).chain(counts).collect::<Vec<String>>()
        };
        Table::new(columns).print(out, &(1..=5).rev().map(row).collect::<Vec<_>>())?;
        out.end()?;
    }
    out.line(&format!("Mitigation lowered the level of {}, left {}, raised {}.", heat.lowered, heat.same, heat.raised))
}
