//! `probity import`: inventories of use cases from CSV and XLSX through a mapping, the mappings that there are, and a
//! suggestion where none fits.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use serde_json::{Map, Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::out::Out;
use super::progress::{self, cancel_flag};
use super::table::{Column, Table as Columns};
use crate::exchange::inventory::{self, Difference, Doing, Plan, PlannedRow};
use crate::exchange::mapping::{Mapping, find, shipped, tally};
use crate::exchange::suggest::{DraftColumn, Use, suggest};
use crate::exchange::table::{ReadOptions, Table};
use crate::exchange::{Progress, Step};
use crate::text;
use crate::tui::settings::default_file;

#[derive(Subcommand)]
enum Choice {
    /// Imports an inventory of use cases: each row becomes a system, a review at intake and its packet. All of it or
    /// nothing; what was edited here since the last import is kept, and listed as a conflict.
    Inventory(Inventory),
    /// Lists the mappings that there are, or prints one, to be read or copied.
    Mappings(Mappings),
    /// Suggests a mapping for a file that none is written for, as TOML to be corrected.
    Suggest(Suggest),
}

#[derive(Args)]
struct Inventory {
    /// The file: CSV, TSV or XLSX.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The mapping of its columns: the name of one that `probity import mappings` lists, or a TOML file.
    #[arg(long, value_name = "NAME|FILE")]
    mapping: String,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Say for each row what is done with it, and why.
    #[arg(long)]
    rows: bool,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Mappings {
    /// Print the TOML of this one.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Print a JSON array.
    #[arg(long, conflicts_with = "name")]
    json: bool,
}

#[derive(Args)]
struct Suggest {
    /// The file: CSV, TSV or XLSX.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the mapping to this new file instead.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Say instead for each column which field it is taken for, how surely (0 to 100), and why.
    #[arg(long, conflicts_with = "out")]
    columns: bool,
}

/// The command.
pub fn command() -> Command {
    let command =
        Command::new("import").about("Imports inventories from CSV and XLSX, through a mapping of their columns.");
    Choice::augment_subcommands(command.subcommand_required(true).arg_required_else_help(true))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match Choice::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))? {
        Choice::Inventory(options) => inventory(&options, context),
        Choice::Mappings(options) => mappings(&options, context),
        Choice::Suggest(options) => suggested(&options, context),
    }
}

/// The folder of the user's own mappings, beside the settings.
fn own_folder() -> Option<PathBuf> {
    default_file().map(|file| file.with_file_name("mappings"))
}

fn find_mapping(named: &str) -> Done<Mapping> {
    Ok(find(named, own_folder().as_slice())?)
}

fn inventory(options: &Inventory, context: &mut Context) -> Done {
    let mapping = find_mapping(&options.mapping)?;
    let mut session = if options.dry_run { context.open()? } else { context.open_to_write()? };
    let cancel = cancel_flag()?;
    let mut shown = progress::Progress::of("");
    let mut tell = |step: Step| shown.doing(step.doing, step.done, step.total);
    let mut progress = Progress::new(&cancel, &mut tell);
    let table = Table::read(&options.file, &mapping.read_options(), &mut progress)?;
    let bound = mapping.bind(&table)?;
    let (plan, change) = if options.dry_run {
        (inventory::plan(&session.workspace, &bound, session.my_id(), &mut progress)?, None)
    } else {
        let me = session.me()?.id.clone();
        let (plan, applied) = inventory::import(&mut session.workspace, &bound, &me, &mut progress)?;
        (plan, Some(applied.change))
    };
    drop(shown);
    if options.json {
        context.out.json(&plan_json(&plan, change, options.rows))?;
    } else {
        print_plan(&mut context.out, &plan, &table, change, options.rows)?;
    }
    if plan.counts().refuse > 0 { Err(Failure::Found) } else { Ok(()) }
}

fn print_plan(out: &mut Out, plan: &Plan, table: &Table, change: Option<i64>, rows: bool) -> Done {
    if rows {
        for row in &plan.rows {
            out.text(&row.to_string())?;
        }
    }
    let counts = plan.counts();
    let headers = table.headers.len();
    out.line(&format!("Read {} rows and {headers} columns of {} ({}).", plan.rows.len(), plan.file, table.read_as()))?;
    for tally in tally(plan.warnings()) {
        let examples: Vec<String> = tally
            .texts
            .iter()
            .take(3)
            .map(|(text, count)| format!("“{}” {count}×", text::fit(&text::line(text), 40)))
            .collect();
        let (cells, what) = (tally.cells, tally.what);
        out.line(&format!("  In notes: {cells} cells of “{}”, {what}: {}", tally.header, examples.join(", ")))?;
    }
    if !plan.unused.is_empty() {
        let names: Vec<&str> = plan.unused.iter().map(String::as_str).collect();
        out.line(&format!("  Not used: {}", names.join(", ")))?;
    }
    if !plan.gone.is_empty() {
        let names: Vec<&str> = plan.gone.iter().take(5).map(|gone| gone.reference.as_str()).collect();
        let more = if plan.gone.len() > names.len() { " …" } else { "" };
        let gone = plan.gone.len();
        out.line(&format!("  No longer in the file, left as they are: {gone} ({}{more})", names.join(", ")))?;
    }
    if counts.conflict > 0 && !rows {
        for row in plan.rows.iter().filter(|row| !row.conflicts.is_empty()).take(20) {
            out.text(&row.to_string())?;
        }
    }
    let told = format!(
        "create {}, update {}, same {}, conflict {}, skip {}, refuse {}",
        counts.create, counts.update, counts.same, counts.conflict, counts.skip, counts.refuse
    );
    match change {
        None => {
            out.line(&format!("Would do: {told}."))?;
            if !rows {
                out.line("--rows says for each row what and why. Nothing was written.")?;
            }
            Ok(())
        }
        Some(0) => out.line(&format!("Nothing to do: {told}.")),
        Some(number) => out.line(&format!("Done: {told}. `probity undo {number}` takes it back.")),
    }
}

fn plan_json(plan: &Plan, change: Option<i64>, rows: bool) -> Json {
    let counts = plan.counts();
    let mut object = json!({
        "file": plan.file,
        "sha256": plan.sha256,
        "mapping": plan.mapping,
        "dry_run": change.is_none(),
        "change": change.filter(|number| *number > 0),
        "counts": {
            "rows": plan.rows.len(), "create": counts.create, "update": counts.update, "same": counts.same,
            "conflict": counts.conflict, "skip": counts.skip, "refuse": counts.refuse, "warnings": counts.warnings,
        },
        "warnings": tally(plan.warnings()).iter().map(|tally| json!({
            "header": tally.header, "field": tally.to.name(), "what": tally.what, "cells": tally.cells,
            "texts": tally.texts.iter().map(|(text, count)| (text.clone(), Json::from(*count))).collect::<Map<_, _>>(),
        })).collect::<Vec<_>>(),
        "unused": plan.unused,
        "gone": plan.gone.iter().map(|gone| json!({ "ref": gone.reference, "title": gone.title })).collect::<Vec<_>>(),
    });
    if let (true, Json::Object(object)) = (rows, &mut object) {
        object.insert("rows".to_owned(), plan.rows.iter().map(row_json).collect());
    }
    object
}

fn row_json(row: &PlannedRow) -> Json {
    let reason = match &row.doing {
        Doing::Skip(why) | Doing::Refuse(why) => Some(why),
        _ => None,
    };
    let differences = |all: &[Difference]| -> Vec<Json> {
        all.iter()
            .map(|one| {
                let said = |value: &crate::record::Value| (!value.is_empty()).then(|| value.display());
                let (ours, theirs) = (said(&one.ours), said(&one.theirs));
                json!({ "ref": one.reference, "field": one.target.name(), "ours": ours, "theirs": theirs })
            })
            .collect()
    };
    json!({
        "line": row.line,
        "title": row.title,
        "doing": row.doing.word(),
        "reason": reason,
        "system": row.system,
        "changes": differences(&row.changes),
        "conflicts": differences(&row.conflicts),
        "warnings": row.warnings.iter().map(|warning| json!({
            "header": warning.header, "field": warning.to.name(), "text": warning.text, "why": warning.why.to_string(),
        })).collect::<Vec<_>>(),
    })
}

fn mappings(options: &Mappings, context: &mut Context) -> Done {
    if let Some(name) = &options.name {
        return context.out.text(&text_of(name)?);
    }
    let mut all: Vec<(String, &str)> = own_names().into_iter().map(|name| (name, "yours")).collect();
    all.extend(shipped().iter().map(|mapping| (mapping.name.to_owned(), "shipped")));
    let mut rows = Vec::new();
    for (name, whose) in all {
        // One of the user's that is wrong is listed too, with what is wrong with it.
        let about = match find_mapping(&name) {
            Ok(mapping) => mapping.title,
            Err(failure) => failure.to_string(),
        };
        rows.push(vec![name, whose.to_owned(), about]);
    }
    if options.json {
        let of = |row: &Vec<String>| json!({ "name": row[0], "whose": row[1], "title": row[2] });
        return context.out.json(&rows.iter().map(of).collect::<Vec<_>>().into());
    }
    let columns = vec![Column::whole("Name"), Column::new("Whose", 8), Column::new("Title", 60)];
    Columns::new(columns).print(&mut context.out, &rows)
}

/// The names of the mappings that the user keeps.
fn own_names() -> Vec<String> {
    let entries = own_folder().and_then(|folder| std::fs::read_dir(folder).ok());
    let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

/// The TOML of a mapping by its name or file.
fn text_of(name: &str) -> Done<String> {
    let mapping = find_mapping(name)?;
    if let Some(known) = shipped().iter().find(|known| known.name == mapping.file) {
        return Ok(known.text.to_owned());
    }
    let path = Path::new(&mapping.file);
    std::fs::read_to_string(path).map_err(|source| Failure::File { action: "Reading", path: path.to_owned(), source })
}

fn taken_for(column: &DraftColumn) -> Vec<String> {
    let used = match column.used {
        Use::Field(target) => target.name(),
        Use::Notes(kind) => format!("notes of the {}", kind.label.to_lowercase()),
        Use::Nothing => "nothing".to_owned(),
    };
    let header = text::line(&column.header).into_owned();
    vec![header, used, column.score.to_string(), text::line(&column.reason).into_owned()]
}

fn suggested(options: &Suggest, context: &mut Context) -> Done {
    let cancel = cancel_flag()?;
    let mut shown = progress::Progress::of("");
    let mut tell = |step: Step| shown.doing(step.doing, step.done, step.total);
    let table = Table::read(&options.file, &ReadOptions::default(), &mut Progress::new(&cancel, &mut tell))?;
    drop(shown);
    let draft = suggest(&table);
    if options.columns {
        let rows: Vec<Vec<String>> = draft.columns.iter().map(taken_for).collect();
        let titles = ["Column", "Field", "Sure", "Why"].map(|title| Column::new(title, 30));
        return Columns::new(titles.to_vec()).print(&mut context.out, &rows);
    }
    let Some(path) = &options.out else { return context.out.text(&draft.to_toml()) };
    crate::exchange::file::write_new(path, draft.to_toml().as_bytes())?;
    let file = options.file.display();
    context.out.line(&format!("{} holds a suggestion; look at it, then try:", path.display()))?;
    context.out.line(&format!("probity import inventory {file} --mapping {} --dry-run", path.display()))
}
