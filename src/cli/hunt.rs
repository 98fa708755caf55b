//! Options of `probity slices` for the worst slices, and for counts that a warehouse makes.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Done, Failure};
use crate::slices::read::Columns;
use crate::slices::search::{Adjust, Options, Support};
use crate::slices::warehouse::{Dialect, From, Params, sql};
use crate::slices::worst::{By, Hunt};

/// A table's name where none is given.
const TABLE: &str = "predictions";

// No description in the documentation's form: clap would take it for the command's.
#[derive(Args)]
#[command(next_help_heading = "Worst slices")]
pub struct HuntOptions {
    /// Search for so many of the worst slices: conjunctions of values such as sex = Male and race = Other.
    #[arg(long, value_name = "K")]
    worst: Option<usize>,
    /// What makes a slice bad: sliceline (high error in many rows), or how far a rate is from that of all rows: error,
    /// fpr, fnr, tpr, tnr, precision, npv, accuracy, selection, base-rate; loss for a regression.
    #[arg(long, value_name = "NAME", default_value = "sliceline", value_parser = by, requires = "worst")]
    search_by: By,
    /// The fewest rows of a slice: a number, or a share of the rows searched such as 1%.
    #[arg(long, value_name = "N|SHARE", default_value = "1%", value_parser = support, requires = "worst")]
    min_support: Support,
    /// The most values in one slice.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "worst")]
    depth: usize,
    /// Search these columns instead of those of --by.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', requires = "worst")]
    columns: Vec<String>,
    /// How much the error weighs against the size in SliceLine's score, above 0 and up to 1.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95, requires = "worst")]
    alpha: f64,
    /// Leave a slice out when a value less changes its rate by no more than this; off leaves none out.
    #[arg(long, value_name = "NUMBER|off", default_value = "0.01", value_parser = redundancy, requires = "worst")]
    redundancy: Redundancy,
    /// How p-values allow for the number of slices: bh (Benjamini and Hochberg), by (Benjamini and Yekutieli, holds
    /// however slices overlap) or none.
    #[arg(long, value_name = "NAME", default_value = "bh", value_parser = adjust, requires = "worst")]
    adjust: Adjust,
    /// Search one half of the rows, drawn by --seed, and confirm what is found in the other.
    #[arg(long, requires = "worst")]
    split: bool,
}

// The same holds here.
#[derive(Args)]
#[command(next_help_heading = "Where the data is too large, or must not leave")]
pub struct WarehouseOptions {
    /// Instead of reading rows, write the query that counts them in duckdb, spark, bigquery, snowflake, postgres or trino.
    #[arg(long, value_name = "ENGINE", value_parser = dialect, conflicts_with_all = ["from_counts", "worst", "against"])]
    emit_sql: Option<Dialect>,
    /// The table that the query reads, such as lake.predictions; for duckdb FILE, where none is named.
    #[arg(long, value_name = "NAME", requires = "emit_sql")]
    table: Option<String>,
    /// Instead of rows, read the result of that query, saved as CSV with its header. Give the same options as for the query.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "against", "id"])]
    pub from_counts: Option<PathBuf>,
}

/// Below which change a value says nothing; none for off.
type Redundancy = Threshold;

/// A number, or off.
#[derive(Debug, Clone, Copy)]
pub struct Threshold(Option<f64>);

fn by(name: &str) -> Result<By, String> {
    By::named(name).ok_or_else(|| "say sliceline, loss, or a rate: error, fpr, fnr, precision, …".to_owned())
}

fn dialect(name: &str) -> Result<Dialect, String> {
    let names: Vec<&str> = Dialect::ALL.iter().map(|(name, _)| *name).collect();
    Dialect::named(name).ok_or_else(|| format!("there are {}", names.join(", ")))
}

fn adjust(name: &str) -> Result<Adjust, String> {
    match name {
        "bh" => Ok(Adjust::BenjaminiHochberg),
        "by" => Ok(Adjust::BenjaminiYekutieli),
        "none" => Ok(Adjust::None),
        _ => Err("say bh, by or none".to_owned()),
    }
}

fn support(typed: &str) -> Result<Support, String> {
    let wrong = || "say a number of rows such as 300, or a share such as 1%".to_owned();
    match typed.strip_suffix('%') {
        Some(share) => {
            let share: f64 = share.trim().parse().map_err(|_| wrong())?;
            if (0.0..=100.0).contains(&share) { Ok(Support::Share(share / 100.0)) } else { Err(wrong()) }
        }
        None => typed.parse().map(Support::Rows).map_err(|_| wrong()),
    }
}

fn redundancy(typed: &str) -> Result<Threshold, String> {
    match typed {
        "off" => Ok(Threshold(None)),
        number => match number.parse::<f64>() {
            Ok(number) if number >= 0.0 => Ok(Threshold(Some(number))),
            _ => Err("say a number such as 0.01, or off".to_owned()),
        },
    }
}

impl HuntOptions {
    /// What is searched for, if anything is. No slice under `min_count` rows is told of.
    #[must_use]
    pub fn hunt(self, min_count: u64, seed: u64) -> Option<Hunt> {
        let top = self.worst?;
        let support = match self.min_support {
            Support::Rows(rows) => Support::Rows(rows.max(min_count)),
            Support::Share(share) | Support::ShareAndRows(share, _) => Support::ShareAndRows(share, min_count.max(30)),
        };
        let options = Options {
            ranking: self.search_by.ranking(self.alpha),
            support,
            depth: self.depth.max(1),
            top,
            epsilon: self.redundancy.0,
            adjust: self.adjust,
            split: self.split.then_some(seed),
            ..Options::default()
        };
        Some(Hunt { columns: self.columns, by: self.search_by, options })
    }
}

impl WarehouseOptions {
    /// The query, where one is asked for.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn query(&self, columns: &Columns, file: Option<&Path>) -> Done<Option<String>> {
        let Some(dialect) = self.emit_sql else { return Ok(None) };
        let path =
            file.map(|file| file.to_str().ok_or_else(|| Failure::Usage("FILE is no text.".to_owned()))).transpose()?;
        let from = match (&self.table, path) {
            (Some(table), _) => From::Table(table),
            (None, Some(path)) if dialect == Dialect::Duckdb => From::File(path),
            (None, _) => From::Table(TABLE),
        };
        Ok(Some(sql(&Params::of(columns)?, dialect, from)?))
    }
}
