//! `probity export`: the governance pack, in five formats from one model.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::progress::{self, cancel_flag};
use crate::meeting::{Board, last_before};
use crate::record::when;
use crate::report::{Format, Output, Pack, ProgrammeWanted, ROWS, Request, Scope, Step, TEMPLATES, Watch, write_pack};
use crate::review::kpi::Period;
use crate::session::{Session, today};
use crate::tui::settings::default_file;

#[derive(Subcommand)]
enum Choice {
    /// Writes the pack for a meeting: queue by stage and age, open risks with the heat map, checklist state, actions by
    /// owner, evidence, documents, findings of standing checks, what changed.
    Pack(Options),
    /// Lists the templates of the pack's pages, or prints one, to be changed and put into `templates` beside the settings.
    Templates(Templates),
}

#[derive(Args)]
struct Templates {
    /// Print this one.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

#[derive(Args)]
struct Options {
    /// The folder for the pack; it is made where there is none.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only this format: html, md, xlsx, csv or json. May be repeated, or several separated by commas.
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    format: Vec<String>,
    /// Also list what changed since this day: 2026-11-01, -7d, mon.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    since: Option<String>,
    /// The period of the programme's figures, such as 2026 or 2026-Q3; the last twelve months, unless said.
    #[arg(long, value_name = "PERIOD", allow_hyphen_values = true)]
    period: Option<String>,
    /// The folder of templates that stand in for the shipped ones; without it, `templates` beside the settings, if
    /// there is one.
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// How many rows of a table the HTML and Markdown pages show at the most.
    #[arg(long, value_name = "N", default_value_t = ROWS)]
    rows: usize,
    /// Overwrite files that are in the way, whoever made them.
    #[arg(long)]
    force: bool,
    /// Print a JSON array of the files.
    #[arg(long)]
    json: bool,
}

/// The command.
pub fn command() -> Command {
    let command = Command::new("export").about("Writes what a meeting needs: the governance pack.");
    Choice::augment_subcommands(command.subcommand_required(true).arg_required_else_help(true))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match Choice::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))? {
        Choice::Pack(options) => pack(&options, context),
        Choice::Templates(options) => templates(&options, context),
    }
}

fn templates(options: &Templates, context: &mut Context) -> Done {
    let Some(wanted) = &options.name else {
        return TEMPLATES.iter().try_for_each(|(name, _)| context.out.line(name));
    };
    match TEMPLATES.iter().find(|(name, _)| name == wanted) {
        Some((_, text)) => context.out.text(text),
        None => Err(Failure::NoRecord(format!("There is no template “{wanted}”; without a name, all are listed."))),
    }
}

/// A command with the options of the pack.
pub fn for_meeting(command: Command) -> Command {
    Options::augment_args(command)
}

/// Writes the pack of a meeting: what is on its agenda, with what changed since the last one of its kind, unless another day
/// was said.
pub fn pack_of(matches: &ArgMatches, board: &Board, session: &Session, context: &mut Context) -> Done {
    let options = Options::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))?;
    let last = last_before(&session.workspace, &board.meeting)?;
    let last = last.and_then(|last| last.get("starts_at").as_moment());
    let since = last.map(|at| at.with_timezone(&chrono::Local).date_naive());
    write(&options, session, since, Some(Scope::of(&session.workspace, board)), context)
}

fn pack(options: &Options, context: &mut Context) -> Done {
    let session = context.open()?;
    write(options, &session, None, None, context)
}

fn write(
    options: &Options,
    session: &Session,
    since: Option<NaiveDate>,
    agenda: Option<Scope>,
    context: &mut Context,
) -> Done {
    let formats = options.format.iter().map(|typed| typed.parse()).collect::<Result<Vec<Format>, _>>()?;
    // Whoever may read may make a pack; it then says that it is not known who did.
    let made_by = session.me().map_or_else(|_| "unknown".to_owned(), |me| me.name.clone());
    let mut request = Request::now(&made_by);
    request.policy = Some(session.policy.fingerprint().to_owned());
    request.checks = Some(session.policy.clone());
    request.since = since;
    request.agenda = agenda;
    let period = match &options.period {
        Some(typed) => Period::parse(typed).map_err(|why| Failure::Usage(format!("--period: {why}")))?,
        None => Period::year_to(today()),
    };
    request.programme = Some(ProgrammeWanted { policies: session.policies_over_time()?, period });
    if let Some(typed) = &options.since {
        let day = when::parse_day(typed, today()).map_err(|why| Failure::Usage(format!("--since: {why}")))?;
        request.since = Some(day);
    }
    let beside = default_file().map(|file| file.with_file_name("templates")).filter(|folder| folder.is_dir());
    let templates = options.templates.clone().or(beside);
    let cancel = cancel_flag()?;
    let mut shown = progress::Progress::of("");
    let mut tell = |step: Step| shown.doing(step.what, step.done, step.total);
    let mut watch = Watch::new(&cancel, &mut tell);
    let pack = Pack::compute(&session.workspace, &request, &mut watch)?;
    let output = Output {
        formats: &formats,
        templates: templates.as_deref(),
        force: options.force,
        rows: options.rows,
        ..Output::to(&options.out)
    };
    let files = write_pack(&pack, &output, &mut watch)?;
    drop(shown);
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    if options.json {
        return context.out.json(&names.iter().map(|name| json!(name)).collect::<Vec<Json>>().into());
    }
    names.iter().try_for_each(|name| context.out.line(name))
}
