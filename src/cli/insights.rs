//! `probity insights`: what the programme's own history tells.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;
use serde_json::json;

use super::Context;
use super::exit::{Done, Failure};
use super::kpi::{compute, period_arg, period_of};
use super::out::{Out, Style, note};
use super::table::{Column, Table};
use crate::record::{INCIDENT, Record, Value};
use crate::report::readout::{Readout, in_words, readout};
use crate::review::insights::{
    Lasting, ageing, by_stage, by_waiting, forecasts, funnel, late_finds, read_flow, recurring,
};
use crate::review::kpi::Period;
use crate::session::{Session, today};
use crate::text;
use crate::workspace::{Condition, Query};

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
        let words = match (one.likely_on, one.early_on, one.late_on) {
            (Some(likely), Some(early), Some(late)) => {
                let chance = one.chance.map(|chance| format!(", in time in {:.0} % of cases", chance * 100.0));
                let tier = if one.same_tier { " of its tier" } else { "" };
                format!(
                    "{launch}; likely decided {likely}, between {early} and {late}{} (n {}{tier})",
                    chance.unwrap_or_default(),
                    one.n
                )
            }
            _ => format!("{launch}; too few reviews to go by (n {})", one.n),
        };
        out.paragraph(10, &words)?;
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

/// The incidents that were detected in a period.
fn incidents(session: &Session, period: &Period) -> Done<Vec<Record>> {
    let day = |day: chrono::NaiveDate, time: chrono::NaiveTime| Value::Moment(day.and_time(time).and_utc());
    let last = chrono::NaiveTime::from_hms_milli_opt(23, 59, 59, 999).unwrap_or_default();
    let query = Query::all(&INCIDENT)
        .with(Condition::AtLeast("detected_at", day(period.from, chrono::NaiveTime::MIN)))
        .with(Condition::AtMost("detected_at", day(period.to, last)));
    Ok(session.workspace.records(&query)?)
}

fn write(matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    let period = period_of(matches)?;
    let flows = read_flow(&session.workspace)?;
    let figures = compute(session, &period, None, &[])?;
    let (all, record) = forecasts(&flows, Utc::now(), today());
    let told = Readout {
        workspace: session.workspace.name(),
        period: &period,
        today: today(),
        figures: &figures,
        funnel: &funnel(&flows, &period),
        stages: &by_stage(&flows, &period),
        waits: &by_waiting(&flows, &period),
        forecasts: &all,
        record: &record,
        incidents: &incidents(session, &period)?,
        late: &late_finds(&session.workspace, &session.policy, &period)?,
        recurring: &recurring(&session.workspace, &session.policy, Some(&period))?,
    };
    out.text(&readout(&told, matches.get_one::<PathBuf>("templates").map(PathBuf::as_path))?)
}
