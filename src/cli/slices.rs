//! `probity slices`: what a predictions file says of each group.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::Context;
use super::exit::{Done, Failure};
use super::hunt::{HuntOptions, WarehouseOptions};
use super::progress::{self, cancel_flag};
use super::special::analysis;
use crate::exchange::file::write_new;
use crate::slices::options::{MIN_COUNT, SEED};
use crate::slices::out::{Format, write};
use crate::slices::read::{Columns, Missing, Watch};
use crate::slices::{self, Preset, Reference, Request};

/// How wide text is where no terminal says so.
const WIDTH: usize = 100;

#[derive(Args)]
struct Options {
    /// The predictions: CSV or TSV, also packed with gzip; - is standard input.
    #[arg(value_name = "FILE", required_unless_present_any = ["from_counts", "emit_sql"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnOptions,
    #[command(flatten)]
    reading: ReadingOptions,
    #[command(flatten)]
    judging: JudgingOptions,
    #[command(flatten)]
    hunt: HuntOptions,
    #[command(flatten)]
    warehouse: WarehouseOptions,
    /// How to print it: text, json, csv, markdown or html.
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    format: Format,
    /// Write it to this new file instead.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Columns")]
struct ColumnOptions {
    /// The true label, or number.
    #[arg(long, value_name = "COLUMN")]
    y_true: Option<String>,
    /// The predicted label, or number.
    #[arg(long, value_name = "COLUMN")]
    y_pred: Option<String>,
    /// The score of the positive label: for AUC and calibration, and for predictions with --threshold.
    #[arg(long, value_name = "COLUMN")]
    score: Option<String>,
    /// Predict positive from this score on, instead of --y-pred.
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true)]
    threshold: Option<f64>,
    /// The weight of a row.
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,
    /// Groups of these columns are compared: sex,race,age_band.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', required = true)]
    by: Vec<String>,
    /// Cross these columns too: sex,race. May be repeated.
    #[arg(long, value_name = "COLUMN,…")]
    intersect: Vec<String>,
    /// Repeat everything within each value of this column.
    #[arg(long, value_name = "COLUMN")]
    control: Option<String>,
    /// A plain outcome instead of a true and a predicted label: passed.
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["y_true", "y_pred", "score"])]
    outcome: Option<String>,
    /// True and predicted values are numbers, not labels.
    #[arg(long, requires = "y_true", requires = "y_pred")]
    regression: bool,
    /// Names a row; rows that share one are counted. Keeps eight bytes of memory a row.
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Which model predicted the row, where the file holds several.
    #[arg(long, value_name = "COLUMN")]
    model_column: Option<String>,
    /// The model that is looked at.
    #[arg(long, value_name = "NAME", requires = "model_column")]
    model: Option<String>,
    /// The model in the same file that it is compared with.
    #[arg(long, value_name = "NAME", requires = "model_column", conflicts_with = "against")]
    baseline: Option<String>,
    /// A file of another model's or version's predictions to compare with, with the same columns. Where both hold the
    /// same rows in the same order, rows are compared one by one.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Reading")]
struct ReadingOptions {
    /// What becomes of rows that do not say their group: group (one of their own), drop or error.
    #[arg(long, value_name = "WHAT", default_value = "group", value_parser = missing)]
    missing: Missing,
    /// Leave rows out that do not say their group; the same as --missing drop.
    #[arg(long, conflicts_with = "missing")]
    drop_missing: bool,
    /// Texts that mean that nothing is known, as an empty cell does: NA,nan.
    #[arg(long, value_name = "TEXT,…", value_delimiter = ',')]
    na: Vec<String>,
    /// Cut a numeric column at these numbers: age=25,35,45. May be repeated.
    #[arg(long, value_name = "COLUMN=NUMBER,…", value_parser = edges)]
    edges: Vec<(String, Vec<f64>)>,
    /// What separates cells, where it is not found out: one character, or tab.
    #[arg(long, value_name = "CHARACTER", value_parser = separator)]
    separator: Option<u8>,
    /// A comma stands before decimals: 0,73.
    #[arg(long)]
    decimal_comma: bool,
}

#[derive(Args)]
#[command(next_help_heading = "Judging")]
struct JudgingOptions {
    /// The positive label, where it is not 1 or true. Of more than two labels, it is compared with all others together.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    positive: Option<String>,
    /// The label that is good for the person, for impact ratios.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    favourable: Option<String>,
    /// Which group others are compared with: largest, best, or a value a column: sex=Male,race=White.
    #[arg(long, value_name = "WHICH", default_value = "largest", value_parser = reference)]
    reference: Reference,
    /// Groups with fewer rows are not shown.
    #[arg(long, value_name = "N", default_value_t = MIN_COUNT)]
    min_count: u64,
    /// What chance is drawn with.
    #[arg(long, value_name = "NUMBER", default_value_t = SEED)]
    seed: u64,
    /// A table that a rule asks for: nyc-ll144 or us-four-fifths.
    #[arg(long, value_name = "NAME", value_parser = preset)]
    preset: Option<Preset>,
    /// Use Fairlearn's conventions, so that figures can be held against its own: a rate of no rows is 0, groups of every
    /// size are shown, rows that do not say their group are refused.
    #[arg(long, conflicts_with = "drop_missing")]
    fairlearn_compatible: bool,
}

fn missing(word: &str) -> Result<Missing, String> {
    match word {
        "group" => Ok(Missing::Group),
        "drop" => Ok(Missing::Drop),
        "error" => Ok(Missing::Error),
        _ => Err("say group, drop or error".to_owned()),
    }
}

fn edges(typed: &str) -> Result<(String, Vec<f64>), String> {
    let (column, numbers) = typed.split_once('=').ok_or("say COLUMN=NUMBER,NUMBER: age=25,35,45")?;
    let number = |text: &str| text.trim().parse().map_err(|_| format!("“{text}” is no number"));
    let numbers: Result<Vec<f64>, String> = numbers.split(',').map(number).collect();
    Ok((column.to_owned(), numbers?))
}

fn separator(typed: &str) -> Result<u8, String> {
    match typed {
        "tab" | "\\t" => Ok(b'\t'),
        typed => match typed.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
            _ => Err("one ASCII character separates cells, or tab".to_owned()),
        },
    }
}

fn reference(typed: &str) -> Result<Reference, String> {
    match typed {
        "largest" => return Ok(Reference::Largest),
        "best" => return Ok(Reference::Best),
        _ => {}
    }
    let pair = |text: &str| {
        let (column, value) = text.split_once('=').ok_or("say largest, best, or COLUMN=VALUE,COLUMN=VALUE")?;
        Ok((column.to_owned(), value.to_owned()))
    };
    Ok(Reference::Named(typed.split(',').map(pair).collect::<Result<_, String>>()?))
}

fn preset(typed: &str) -> Result<Preset, String> {
    match typed {
        "nyc-ll144" => Ok(Preset::NycLl144),
        "us-four-fifths" => Ok(Preset::UsFourFifths),
        _ => Err("there are nyc-ll144 and us-four-fifths".to_owned()),
    }
}

/// The command.
pub fn command() -> Command {
    let command = Command::new("slices").about(
        "Analyses a predictions file by group: rates with intervals, differences that are more than chance, trade-offs.",
    );
    Options::augment_args(command.arg_required_else_help(true)).args(analysis::keep_options(false))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let options = Options::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))?;
    let (format, out) = (options.format, options.out.clone());
    let (request, query) = request(options)?;
    if let Some(query) = query {
        return match out {
            Some(path) => Ok(write_new(&path, query.as_bytes())?),
            None => context.out.raw(query.as_bytes()),
        };
    }
    let cancel = cancel_flag()?;
    let mut shown = progress::Progress::of("");
    let mut tell = |done: u64, all: Option<u64>| shown.doing("Reading bytes", done, all.unwrap_or(0));
    let report = slices::analyse(&request, &mut Watch { cancel: &cancel, tell: &mut tell });
    drop(shown);
    let report = report?;
    if let Some(said) = analysis::Keep::of(matches) {
        let mut session = context.open_to_write()?;
        let (_, lines) = analysis::keep(&report, &said, "", &mut session)?;
        lines.iter().try_for_each(|line| context.out.line(line))?;
        if out.is_none() {
            return Ok(());
        }
    }
    let width = context.out.width().unwrap_or(WIDTH);
    let page = write(&report, format, width);
    match out {
        Some(path) => Ok(write_new(&path, page.as_bytes())?),
        None if format == Format::Text => context.out.text(&page),
        None if format == Format::Json => context.out.raw(super::out::safe_json(&page).as_bytes()),
        None => context.out.raw(page.as_bytes()),
    }
}

/// What is asked for, and the query where that is all.
fn request(options: Options) -> Done<(Request, Option<String>)> {
    let Options { file, columns, reading, judging, hunt, warehouse, .. } = options;
    let crossed = |names: &String| names.split(',').map(|name| name.trim().to_owned()).collect();
    let request = Request {
        columns: Columns {
            file: file.clone().unwrap_or_default(),
            y_true: columns.y_true,
            y_pred: columns.y_pred,
            score: columns.score,
            threshold: columns.threshold,
            weight: columns.weight,
            id: columns.id,
            model: columns.model_column,
            outcome: columns.outcome,
            regression: columns.regression,
            by: columns.by,
            intersect: columns.intersect.iter().map(crossed).collect(),
            control: columns.control,
            edges: reading.edges,
            missing: if reading.drop_missing { Missing::Drop } else { reading.missing },
            na: reading.na,
            separator: reading.separator,
            decimal_comma: reading.decimal_comma,
            ..Columns::default()
        },
        positive: judging.positive,
        favourable: judging.favourable,
        reference: judging.reference,
        min_count: judging.min_count,
        seed: judging.seed,
        model: columns.model,
        baseline: columns.baseline,
        against: columns.against,
        preset: judging.preset,
        fairlearn_compatible: judging.fairlearn_compatible,
        worst: hunt.hunt(judging.min_count, judging.seed),
        counts: warehouse.from_counts.clone(),
    };
    let query = warehouse.query(&request.columns, file.as_deref())?;
    Ok((request, query))
}
