//! The one query that an engine runs where the data is: it gives counts, and no row leaves.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use crate::slices::cells::{SCORE_BINS, Task};
use crate::slices::error::{Error, Result};
use crate::slices::read::{Columns, Missing};

/// What a query was made for: stands in its result, so that nothing else is taken for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// The version of the result's form.
    pub probity: u32,
    /// The columns that rows are grouped by.
    pub by: Vec<String>,
    /// Where numbers are cut.
    pub edges: Vec<(String, Vec<f64>)>,
    /// The true label.
    pub y_true: Option<String>,
    /// The predicted label.
    pub y_pred: Option<String>,
    /// The outcome.
    pub outcome: Option<String>,
    /// The score.
    pub score: Option<String>,
    /// From where on a score is positive.
    pub threshold: Option<f64>,
    /// The weight.
    pub weight: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Of which columns together scores are counted.
    pub score_sets: Vec<Vec<usize>>,
    /// What means that nothing is known.
    pub na: Vec<String>,
    /// What happens to rows that do not say their group: `group`, `drop` or `error`.
    pub missing: String,
}

/// [`SCORE_BINS`] to reckon with.
#[expect(clippy::cast_precision_loss, reason = "there are 40,000")]
const BINS: f64 = SCORE_BINS as f64;

/// The version of the result's form.
pub const VERSION: u32 = 1;

impl Params {
    /// What a query for these columns would be made for.
    ///
    /// # Errors
    /// Where the columns cannot be counted in an engine.
    pub fn of(columns: &Columns) -> Result<Self> {
        columns.check()?;
        if columns.task() == Task::Regression {
            return Err(Error::Asked(
                "The errors of a regression are not counts, so no query gives them. Analyse the rows, or a sample of them."
                    .to_owned(),
            ));
        }
        if columns.id.is_some() || columns.decimal_comma {
            return Err(Error::Asked("--id and --decimal-comma are for rows; leave them out of a query.".to_owned()));
        }
        let by: Vec<String> = columns.dimensions().into_iter().map(|(name, _)| name).collect();
        let score_sets = if columns.score.is_some() { columns.score_sets() } else { Vec::new() };
        let edges = by.iter().filter_map(|name| columns.edges.iter().find(|(column, _)| column == name).cloned());
        let missing = match columns.missing {
            Missing::Group => "group",
            Missing::Drop => "drop",
            Missing::Error => "error",
        };
        Ok(Self {
            probity: VERSION,
            edges: edges.collect(),
            by,
            y_true: columns.y_true.clone(),
            y_pred: columns.y_pred.clone(),
            outcome: columns.outcome.clone(),
            score: columns.score.clone(),
            threshold: columns.threshold.filter(|_| columns.y_pred.is_none()),
            weight: columns.weight.clone(),
            model: columns.model.clone(),
            score_sets,
            na: columns.na.clone(),
            missing: missing.to_owned(),
        })
    }

    /// The column of predicted labels or outcomes.
    #[must_use]
    pub fn said(&self) -> Option<&String> {
        self.outcome.as_ref().or(self.y_pred.as_ref())
    }
}

/// The names of the result's columns before and after those of the groups.
pub const BEFORE: [&str; 2] = ["p_kind", "p_set"];
/// See [`BEFORE`].
pub const AFTER: [&str; 9] =
    ["p_true", "p_pred", "p_model", "p_why", "p_bin", "p_n", "p_weight", "p_squared", "p_note"];

/// Where rows come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From<'a> {
    /// A table, with dots between the parts of its name.
    Table(&'a str),
    /// A CSV file that DuckDB reads, every cell as text.
    File(&'a str),
}

/// Writes the query.
///
/// # Errors
/// Where the columns cannot be counted in an engine, or a name cannot be written in SQL.
pub fn sql(params: &Params, dialect: Dialect, from: From<'_>) -> Result<String> {
    let writer = Writer { params, dialect };
    let relation = match (from, dialect) {
        (From::Table(name), _) => dialect.table(name)?,
        (From::File(path), Dialect::Duckdb) => {
            format!("read_csv({}, header = true, all_varchar = true)", dialect.literal(path)?)
        }
        (From::File(_), _) => {
            return Err(Error::Asked(format!(
                "{} reads no file by its name; say which table holds the rows, with --table NAME.",
                dialect.name()
            )));
        }
    };
    let mut sql = writer.preamble();
    // Writing to a String never fails.
    let _ = write!(
        sql,
        "WITH probity_source AS (\n  SELECT\n    {}\n  FROM {relation}\n),\nprobity_rows AS (\n  SELECT\n    {}\n  FROM probity_source\n)\n",
        writer.source()?.join(",\n    "),
        writer.rows()?.join(",\n    ")
    );
    let parts = [vec![writer.total()?, writer.cells()], writer.scores()].concat();
    sql.push_str(&parts.join("UNION ALL\n"));
    sql.push_str(";\n");
    Ok(sql)
}

/// Writes the parts. A column has another name on every level (`s_`, `r_`, `p_`), so that no engine can take one for
/// another.
struct Writer<'a> {
    params: &'a Params,
    dialect: Dialect,
}

impl Writer<'_> {
    fn preamble(&self) -> String {
        let mut told = format!(
            "-- Counts for Probity ({}): one row a combination of groups, labels and reasons to leave rows out.\n\
             -- Save the result as CSV with a header, then: probity slices --from-counts FILE with the same options.\n",
            self.dialect.name()
        );
        if self.params.score.is_some() {
            let _ = write!(
                told,
                "-- Scores are counted into {SCORE_BINS} bins of equal width. An AUC of the result is wrong by at most half the\n\
                 -- share of (positive, negative) pairs that fall into one bin, which the report states; a mean score, and so\n\
                 -- calibration, by at most half a bin: {}.\n",
                1.25e-5
            );
        }
        told
    }

    fn edges(&self, name: &str) -> Option<&[f64]> {
        self.params.edges.iter().find(|(column, _)| column == name).map(|(_, edges)| edges.as_slice())
    }

    /// The columns as they are, as texts and numbers.
    fn source(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        let cast = |name: &str, kind: &str, alias: &str| -> Result<String> {
            Ok(format!("CAST({} AS {kind}) AS {alias}", self.dialect.identifier(name)?))
        };
        for (at, name) in self.params.by.iter().enumerate() {
            let kind = if self.edges(name).is_some() { self.dialect.float() } else { self.dialect.text() };
            lines.push(cast(name, kind, &format!("s_g{at}"))?);
        }
        let texts = [
            (&self.params.y_true, "s_true"),
            (&self.params.said().cloned(), "s_pred"),
            (&self.params.model, "s_model"),
        ]
        .map(|(name, alias)| name.as_ref().map(|name| cast(name, self.dialect.text(), alias)));
        let numbers = [(&self.params.score, "s_score"), (&self.params.weight, "s_weight")]
            .map(|(name, alias)| name.as_ref().map(|name| cast(name, self.dialect.float(), alias)));
        for line in texts.into_iter().chain(numbers).flatten() {
            lines.push(line?);
        }
        Ok(lines)
    }

    /// Whether a column of texts says nothing.
    fn says_nothing(&self, column: &str) -> Result<String> {
        let mut condition = format!("{column} IS NULL OR {column} = ''");
        if !self.params.na.is_empty() {
            let texts: Result<Vec<String>> = self.params.na.iter().map(|text| self.dialect.literal(text)).collect();
            let _ = write!(condition, " OR {column} IN ({})", texts?.join(", "));
        }
        Ok(condition)
    }

    /// Rows with one text a group (none is ''), the reason to leave them out, and the bin of the score.
    fn rows(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for (at, name) in self.params.by.iter().enumerate() {
            lines.push(format!("{} AS r_g{at}", self.group(at, name)?));
        }
        let has = |name: bool, column: &str| if name { format!("COALESCE({column}, '')") } else { "''".to_owned() };
        lines.push(format!("{} AS r_true", has(self.params.y_true.is_some(), "s_true")));
        let predicted = match self.params.threshold {
            Some(threshold) => format!("CASE WHEN s_score >= {} THEN 'above' ELSE 'below' END", self.number(threshold)),
            None => has(self.params.said().is_some(), "s_pred"),
        };
        lines.push(format!("{predicted} AS r_pred"));
        lines.push(format!("{} AS r_model", has(self.params.model.is_some(), "s_model")));
        let weight = if self.params.weight.is_some() { "s_weight".to_owned() } else { self.number(1.0) };
        lines.push(format!("{weight} AS r_weight"));
        let whole = self.dialect.whole();
        let bin = match self.params.score {
            Some(_) => format!(
                "CASE WHEN s_score >= 0 AND s_score <= 1 THEN GREATEST(CAST(CEIL(s_score * {}) AS {whole}) - 1, 0) ELSE -1 END",
                self.number(BINS)
            ),
            None => "0".to_owned(),
        };
        lines.push(format!("{bin} AS r_bin"));
        lines.push(format!("{} AS r_why", self.why()?));
        Ok(lines)
    }

    /// The text of a group: the column's, or the place of the range that its number is in.
    fn group(&self, at: usize, name: &str) -> Result<String> {
        let Some(edges) = self.edges(name) else {
            return Ok(format!("CASE WHEN {} THEN '' ELSE s_g{at} END", self.says_nothing(&format!("s_g{at}"))?));
        };
        let mut case = format!("CASE WHEN s_g{at} IS NULL THEN ''");
        for (place, edge) in edges.iter().enumerate() {
            let _ = write!(case, " WHEN s_g{at} < {} THEN '{place}'", self.number(*edge));
        }
        let _ = write!(case, " ELSE '{}' END", edges.len());
        Ok(case)
    }

    /// A number as the engine's double.
    fn number(&self, number: f64) -> String {
        // With an exponent it is a double in every engine, and no decimal.
        format!("CAST({number:e} AS {})", self.dialect.float())
    }

    /// Why a row is left out, or '': in the order in which rows are looked at.
    fn why(&self) -> Result<String> {
        let mut cases = Vec::new();
        let mut case = |condition: String, why: &str| cases.push(format!("WHEN {condition} THEN '{why}'"));
        if self.params.y_true.is_some() {
            case(self.says_nothing("s_true")?, "empty true");
        }
        if self.params.said().is_some() {
            case(self.says_nothing("s_pred")?, "empty pred");
        }
        let numbers = [(&self.params.score, "score"), (&self.params.weight, "weight")];
        for (_, role) in numbers.iter().filter(|(name, _)| name.is_some()) {
            case(format!("s_{role} IS NULL"), &format!("empty {role}"));
        }
        if self.params.model.is_some() {
            case(self.says_nothing("s_model")?, "empty model");
        }
        for (_, role) in numbers.iter().filter(|(name, _)| name.is_some()) {
            // NaN is above every number in some engines and compares with none in others: it is outside of these in all.
            let (least, most) = (self.number(-1e308), self.number(1e308));
            case(format!("NOT (s_{role} >= {least} AND s_{role} <= {most})"), &format!("infinite {role}"));
        }
        if self.params.weight.is_some() {
            case("s_weight < 0".to_owned(), "negative weight");
        }
        for (at, name) in self.params.by.iter().enumerate() {
            if self.edges(name).is_some() {
                let (least, most) = (self.number(-1e308), self.number(1e308));
                case(format!("NOT (s_g{at} >= {least} AND s_g{at} <= {most})"), &format!("infinite g{at}"));
            }
            if self.params.missing == "drop" {
                let missing = if self.edges(name).is_some() {
                    format!("s_g{at} IS NULL")
                } else {
                    self.says_nothing(&format!("s_g{at}"))?
                };
                case(missing, &format!("empty g{at}"));
            }
        }
        Ok(if cases.is_empty() { "''".to_owned() } else { format!("CASE {} ELSE '' END", cases.join(" ")) })
    }

    /// One SELECT of the result.
    fn select(&self, before: [&str; 2], groups: &dyn Fn(usize) -> String, after: [&str; 9], rest: &str) -> String {
        let groups = (0..self.params.by.len()).map(|at| format!("{} AS g{at}", groups(at)));
        let named = |(value, name): (&str, &str)| format!("{value} AS {name}");
        let first: Vec<String> = before.into_iter().zip(BEFORE).map(named).collect();
        let last: Vec<String> = after.into_iter().zip(AFTER).map(named).collect();
        let columns: Vec<String> = first.into_iter().chain(groups).chain(last).collect();
        format!("SELECT {}\nFROM probity_rows\n{rest}", columns.join(", "))
    }

    fn total(&self) -> Result<String> {
        let note = serde_json::to_string(self.params).map_err(|error| Error::Asked(error.to_string()))?;
        let note = self.dialect.literal(&note)?;
        let zero = self.number(0.0);
        let after = ["''", "''", "''", "''", "0", "COUNT(*)", &zero, &zero, &note];
        Ok(self.select(["'total'", "0"], &|_| "''".to_owned(), after, ""))
    }

    fn groups(&self) -> Vec<String> {
        (0..self.params.by.len()).map(|at| format!("r_g{at}")).collect()
    }

    fn sums(&self) -> [String; 2] {
        if self.params.weight.is_none() {
            return [self.number(0.0), self.number(0.0)];
        }
        let sum = |what: &str| format!("SUM(CASE WHEN r_why = '' THEN {what} ELSE {} END)", self.number(0.0));
        [sum("r_weight"), sum("r_weight * r_weight")]
    }

    fn cells(&self) -> String {
        let [weight, squared] = self.sums();
        let after = ["r_true", "r_pred", "r_model", "r_why", "0", "COUNT(*)", &weight, &squared, "''"];
        let by = [self.groups(), ["r_true", "r_pred", "r_model", "r_why"].map(str::to_owned).to_vec()].concat();
        self.select(["'cell'", "0"], &|at| format!("r_g{at}"), after, &format!("GROUP BY {}\n", by.join(", ")))
    }

    fn scores(&self) -> Vec<String> {
        let [weight, _] = self.sums();
        let zero = self.number(0.0);
        let part = |(number, set): (usize, &Vec<usize>)| {
            let after = ["r_true", "''", "r_model", "''", "r_bin", "COUNT(*)", &weight, &zero, "''"];
            let mut by: Vec<String> = set.iter().map(|at| format!("r_g{at}")).collect();
            by.extend(["r_true", "r_model", "r_bin"].map(str::to_owned));
            let groups = |at: usize| if set.contains(&at) { format!("r_g{at}") } else { "''".to_owned() };
            let rest = format!("WHERE r_why = ''\nGROUP BY {}\n", by.join(", "));
            self.select(["'score'", &number.to_string()], &groups, after, &rest)
        };
        self.params.score_sets.iter().enumerate().map(part).collect()
    }
}
