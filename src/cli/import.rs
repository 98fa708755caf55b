//! `probity import`: an inventory from a file, through a mapping; what it would do first, row by row on request.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::Context;
use super::exit::{Done, Failure};
use super::progress::{Progress as Line, cancel_flag};
use crate::exchange::inventory::{self, Difference, Doing, Plan, PlannedRow};
use crate::exchange::mapping::{Mapping, find, shipped, tally};
use crate::exchange::suggest::{Use, suggest};
use crate::exchange::table::{ReadOptions, Table};
use crate::exchange::{Progress, Step};
use crate::tui::settings::default_file;

/// The command.
pub fn command() -> Command {
    let file = || {
        Arg::new("file")
            .value_name("FILE")
            .required(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help("A CSV, TSV or XLSX file.")
    };
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("import")
        .about("Imports an inventory of AI use cases from a file.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("inventory")
                .about("Makes a system, a review at intake and its packet of each row; all of it or nothing.")
                .arg(file())
                .arg(
                    Arg::new("mapping")
                        .long("mapping")
                        .value_name("NAME|FILE")
                        .required(true)
                        .help("How columns go to fields: a shipped mapping, one of yours, or a TOML file."),
                )
                .arg(flag("dry-run", "Says what would be done, and does nothing."))
                .arg(flag("rows", "Says it row by row, with reasons."))
                .arg(flag("json", "Prints JSON.")),
        )
        .subcommand(Command::new("mappings").about("Lists the mappings that there are."))
        .subcommand(
            Command::new("suggest")
                .about("Matches the columns of a file to fields by likeness, and prints the mapping to be corrected.")
                .arg(file())
                .arg(flag("columns", "Prints the columns with reasons instead of the mapping.")),
        )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match matches.subcommand() {
        Some(("inventory", matches)) => import(matches, context),
        Some(("suggest", matches)) => suggestion(matches, context),
        _ => mappings(context),
    }
}

/// Where the user's own mappings are: beside the settings.
fn folders() -> Vec<PathBuf> {
    default_file().and_then(|file| Some(file.parent()?.join("mappings"))).into_iter().collect()
}

fn mappings(context: &mut Context) -> Done {
    for folder in folders() {
        let mut own: Vec<PathBuf> =
            std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        own.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        own.sort();
        for path in own {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            match find(&path.to_string_lossy(), &[]) {
                Ok(mapping) => context.out.line(&format!("{name}: {} (yours, {})", mapping.title, path.display()))?,
                Err(error) => context.out.line(&format!("{name}: not usable: {error}"))?,
            }
        }
    }
    for one in shipped() {
        let mapping = find(one.name, &[])?;
        context.out.line(&format!("{}: {}", mapping.id, mapping.title))?;
    }
    Ok(())
}

fn suggestion(matches: &ArgMatches, context: &mut Context) -> Done {
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(()) };
    let table = Table::read(path, &ReadOptions::default(), &mut Progress::silent())?;
    let draft = suggest(&table);
    if !matches.get_flag("columns") {
        return context.out.line(draft.to_toml().trim_end());
    }
    for column in &draft.columns {
        let used = match column.used {
            Use::Field(target) => target.name(),
            Use::Notes(kind) => format!("notes of the {}", kind.label.to_lowercase()),
            Use::Nothing => "nothing".to_owned(),
        };
        context.out.line(&format!("{} -> {used} ({}, {})", column.header, column.score, column.reason))?;
    }
    Ok(())
}

fn import(matches: &ArgMatches, context: &mut Context) -> Done {
    let (Some(path), Some(name)) = (matches.get_one::<PathBuf>("file"), matches.get_one::<String>("mapping")) else {
        return Ok(());
    };
    let dry = matches.get_flag("dry-run");
    let mapping = find(name, &folders())?;
    let stop = cancel_flag()?;
    let mut line = Line::of("Importing:");
    let mut tell = |step: Step| line.at(step.done, Some(step.total).filter(|total| *total > 0));
    let mut progress = Progress::new(&stop, &mut tell);
    let mut session = if dry { context.open()? } else { context.open_to_write()? };
    let table = Table::read(path, &mapping.read_options(), &mut progress)?;
    let bound = mapping.bind(&table)?;
    let me = session.my_id().map(str::to_owned);
    let (plan, change) = if dry {
        (inventory::plan(&session.workspace, &bound, me.as_deref(), &mut progress)?, 0)
    } else {
        let me = me.unwrap_or_default();
        let (plan, applied) = inventory::import(&mut session.workspace, &bound, &me, &mut progress)?;
        (plan, applied.change)
    };
    drop(line);
    if matches.get_flag("json") {
        return context.out.line(&as_json(&plan, change, matches.get_flag("rows")).to_string());
    }
    report(&plan, &mapping, &table, dry, matches.get_flag("rows"), context)?;
    // A plan that would be refused is no success, even where it is only looked at.
    match plan.rows.iter().find(|row| matches!(row.doing, Doing::Refuse(_))) {
        Some(row) => Err(Failure::Refused(format!("{}, line {}: the import would be refused.", plan.file, row.line))),
        None => Ok(()),
    }
}

fn report(plan: &Plan, mapping: &Mapping, table: &Table, dry: bool, rows: bool, context: &mut Context) -> Done {
    let counts = plan.counts();
    let out = &mut context.out;
    if rows {
        for row in &plan.rows {
            out.line(&format!("{}: {} {}", row.line, row.doing.word(), row.title))?;
            for reason in reasons(row) {
                out.line(&format!("    {reason}"))?;
            }
        }
    }
    out.line(&format!("{} ({}, mapping {})", plan.file, table.read_as(), mapping.id))?;
    let verb = if dry { "would be" } else { "were" };
    let lines = [
        (counts.create, "created: a system, a review and a packet each"),
        (counts.update, "updated, in fields that nobody edited here"),
        (counts.conflict, "left with a conflict: both the file and somebody here changed a field, and ours stays"),
        (counts.same, "left as they are: the file says what it said before"),
        (counts.skip, "left out"),
        (counts.refuse, "refused"),
    ];
    out.line(&format!("{} rows, of which", plan.rows.len()))?;
    for (count, what) in lines.into_iter().filter(|(count, _)| *count > 0) {
        out.line(&format!("  {count:>6} {verb} {what}"))?;
    }
    let warnings: Vec<_> = plan.warnings().collect();
    if !warnings.is_empty() {
        out.line(&format!("{} values stand as text in the notes, because they could not be read:", warnings.len()))?;
        for line in tally(warnings.iter().copied()) {
            out.line(&format!("  {:>6} {}: {}", line.cells, crate::text::fit(&line.header, 60), line.what))?;
        }
    }
    if !plan.gone.is_empty() {
        out.line(&format!(
            "{} systems of an earlier import are not in this file; they stay as they are.",
            plan.gone.len()
        ))?;
    }
    if plan.is_idle() && !dry {
        out.line("Nothing was different; nothing was saved.")?;
    }
    Ok(())
}

fn reasons(row: &PlannedRow) -> Vec<String> {
    let mut lines = Vec::new();
    if let Doing::Skip(why) | Doing::Refuse(why) = &row.doing {
        lines.push(why.clone());
    }
    let differ = |one: &Difference, word: &str| {
        let (ours, theirs) = (one.ours.display(), one.theirs.display());
        format!("{} {} {word}: here “{ours}”, in the file “{theirs}”", one.reference, one.target.name())
    };
    lines.extend(row.changes.iter().map(|one| differ(one, "changes")));
    lines.extend(row.conflicts.iter().map(|one| differ(one, "is in conflict")));
    lines.extend(row.warnings.iter().map(ToString::to_string));
    lines
}

fn as_json(plan: &Plan, change: i64, rows: bool) -> serde_json::Value {
    let counts = plan.counts();
    let mut out = json!({
        "file": plan.file, "sha256": plan.sha256, "mapping": plan.mapping, "change": change,
        "rows": plan.rows.len(), "create": counts.create, "update": counts.update, "conflict": counts.conflict,
        "same": counts.same, "skip": counts.skip, "refuse": counts.refuse, "warnings": counts.warnings,
        "gone": plan.gone.iter().map(|gone| &gone.reference).collect::<Vec<_>>(),
    });
    if rows {
        let each = |row: &PlannedRow| json!({ "line": row.line, "title": row.title, "doing": row.doing.word(), "reasons": reasons(row) });
        out["each"] = plan.rows.iter().map(each).collect();
    }
    out
}
