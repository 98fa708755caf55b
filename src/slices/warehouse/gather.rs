//! Counts put together into [`Cells`], in the order in which reading rows puts them.

use std::collections::{BTreeMap, BTreeSet};

use super::counts::{Row, Rows};
use super::query::Params;
use crate::slices::cells::{Cell, Cells, Dimension, Level, MOST_LEVELS, SCORE_BINS, ScoreTable, Scores, Values};
use crate::slices::error::{Error, Result};
use crate::slices::labels;
use crate::slices::read::plan::edge_levels;
use crate::slices::read::{Columns, Model};

/// A cell's levels, true and predicted label.
type Key = (Vec<u8>, Option<u8>, Option<u8>);

/// All texts, in the order in which reading rows puts them.
pub struct Names {
    levels: Vec<Vec<String>>,
    missing: Vec<bool>,
    labels: Vec<String>,
    /// The models.
    pub models: Vec<String>,
    above: String,
    below: String,
}

impl Names {
    /// The texts of all counts.
    ///
    /// # Errors
    /// Where a column has too many levels, or groups may not be missing and are, or it is not clear which label is positive.
    pub fn of(rows: &Rows, params: &Params, positive: Option<&str>) -> Result<Self> {
        let used: Vec<&Row> = rows.cells.iter().filter(|row| row.why.is_empty()).collect();
        let (mut levels, mut missing) = (Vec::new(), Vec::new());
        for (at, name) in params.by.iter().enumerate() {
            let texts: BTreeSet<&String> = used.iter().filter_map(|row| row.groups.get(at)).collect();
            let says_nothing = texts.iter().any(|text| text.is_empty());
            if says_nothing && params.missing == "error" {
                return Err(Error::Asked(format!(
                    "“{name}” is empty in some rows. Fill it, or leave --missing error out, so that such rows are a group of their own."
                )));
            }
            missing.push(says_nothing);
            let edges = params.edges.iter().find(|(column, _)| column == name);
            levels.push(match edges {
                Some((_, edges)) => edge_levels(edges),
                None => texts.into_iter().filter(|text| !text.is_empty()).cloned().collect(),
            });
            if levels.last().is_some_and(|levels| levels.len() > MOST_LEVELS) {
                return Err(Error::Asked(format!(
                    "“{name}” has more than {MOST_LEVELS} different values. Leave it out, or cut numbers into ranges, with --edges {name}=18,25,40."
                )));
            }
        }
        let threshold = params.threshold.is_some();
        let mut said: BTreeSet<String> = BTreeSet::new();
        for row in &used {
            let texts =
                [Some(&row.y_true).filter(|_| params.y_true.is_some()), Some(&row.y_pred).filter(|_| !threshold)];
            said.extend(texts.into_iter().flatten().map(|text| labels::canonical(text).into_owned()));
        }
        let (mut above, mut below) = (String::new(), String::new());
        if threshold {
            (above, below) = labels::predicted(&said.iter().cloned().collect::<Vec<_>>(), positive)?;
            said.extend([above.clone(), below.clone()]);
        }
        if said.len() > MOST_LEVELS {
            return Err(Error::Asked(format!("There are more than {MOST_LEVELS} different labels.")));
        }
        let models: BTreeSet<String> = used.iter().map(|row| row.model.clone()).collect();
        Ok(Self {
            levels,
            missing,
            labels: said.into_iter().collect(),
            models: models.into_iter().collect(),
            above,
            below,
        })
    }

    fn label(&self, text: &str) -> Option<u8> {
        let text = match text {
            "above" if !self.above.is_empty() => self.above.as_str().into(),
            "below" if !self.above.is_empty() => self.below.as_str().into(),
            text => labels::canonical(text),
        };
        place(&self.labels, &text)
    }

    /// The place of a group's text among the levels of its column; after all of them for one that says nothing.
    fn level(&self, at: usize, text: &str, is_cut: bool) -> Option<u8> {
        let levels = self.levels.get(at)?;
        if text.is_empty() {
            return u8::try_from(levels.len()).ok();
        }
        if is_cut { text.parse().ok().filter(|place| usize::from(*place) < levels.len()) } else { place(levels, text) }
    }

    /// The counts of one model.
    ///
    /// # Errors
    /// Where a count is of a group or label that no cell has, or weights sum to zero.
    pub fn model(&self, name: &String, rows: &Rows, params: &Params, columns: &Columns) -> Result<Model> {
        let is_cut =
            |at: usize| params.by.get(at).is_some_and(|name| params.edges.iter().any(|(column, _)| column == name));
        let strange = || {
            Error::Asked("The counts hold a range or a label that no row of them has: they were changed.".to_owned())
        };
        let mut cells: BTreeMap<Key, (u64, f64, f64)> = BTreeMap::new();
        for row in rows.cells.iter().filter(|row| row.why.is_empty() && row.model == *name) {
            let levels: Option<Vec<u8>> =
                row.groups.iter().enumerate().map(|(at, text)| self.level(at, text, is_cut(at))).collect();
            let y_true = params.y_true.as_ref().and_then(|_| self.label(&row.y_true));
            let key = (levels.ok_or_else(strange)?, y_true, self.label(&row.y_pred));
            let cell = cells.entry(key).or_default();
            cell.0 += row.n;
            cell.1 += row.weight;
            cell.2 += row.squared;
        }
        let weighted = params.weight.is_some();
        let cell = |((levels, y_true, y_pred), (n, weight, weight_squared)): (Key, (u64, f64, f64))| {
            #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
            let (weight, weight_squared) = if weighted { (weight, weight_squared) } else { (n as f64, n as f64) };
            Cell { levels, y_true, y_pred, n, weight, weight_squared }
        };
        let cells: Vec<Cell> = cells.into_iter().map(cell).collect();
        if weighted && cells.iter().map(|cell| cell.weight).sum::<f64>() <= 0.0 {
            return Err(Error::Asked(
                "The weights sum to zero, so there is nothing to weigh. Leave --weight out.".to_owned(),
            ));
        }
        let dimension = |(((name, role), texts), missing): (((String, _), &Vec<String>), &bool)| {
            let mut levels: Vec<Level> = texts.iter().map(Level::of).collect();
            levels.extend(missing.then(Level::missing));
            Dimension { name, role, levels }
        };
        let dimensions = columns.dimensions().into_iter().zip(&self.levels).zip(&self.missing).map(dimension).collect();
        let scores = self.scores(name, rows, params, &is_cut).ok_or_else(strange)?;
        let cells = Cells {
            task: columns.task(),
            dimensions,
            labels: self.labels.clone(),
            weighted,
            cells,
            scores,
            values: Values::None,
        };
        Ok(Model { name: params.model.as_ref().map(|_| name.clone()), cells })
    }

    /// The tables of one model; none where a row is of no group.
    fn scores(&self, model: &String, rows: &Rows, params: &Params, is_cut: &dyn Fn(usize) -> bool) -> Option<Scores> {
        if params.score.is_none() {
            return Some(Scores::None);
        }
        let of_model = || rows.scores.iter().filter(|((_, _, _, name), _)| name == model);
        if of_model().any(|(_, histogram)| histogram.outside > 0) {
            let why = "scores lie outside of 0 to 1, so that the query has no bins for them";
            return Some(Scores::Unusable(why.to_owned()));
        }
        let mut tables: BTreeMap<(usize, Vec<u8>, u8), Vec<f64>> = BTreeMap::new();
        for ((set, group, y_true, _), histogram) in of_model() {
            let columns = params.score_sets.get(*set)?.iter().zip(group);
            let levels: Option<Vec<u8>> = columns.map(|(at, text)| self.level(*at, text, is_cut(*at))).collect();
            let bins = tables.entry((*set, levels?, self.label(y_true)?)).or_insert_with(|| vec![0.0; SCORE_BINS]);
            let weighted = params.weight.is_some();
            for (at, (bin, count)) in bins.iter_mut().zip(&histogram.counts).enumerate() {
                #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
                let n = *count as f64;
                *bin += if weighted { histogram.weights.get(at).copied().unwrap_or(0.0) } else { n };
            }
        }
        let table = |((set, levels, y_true), bins): ((usize, Vec<u8>, u8), Vec<f64>)| {
            Some(ScoreTable { dimensions: params.score_sets.get(set)?.clone(), levels, y_true, bins })
        };
        tables.into_iter().map(table).collect::<Option<_>>().map(Scores::Binned)
    }
}

fn place(all: &[String], text: &str) -> Option<u8> {
    all.binary_search_by(|known| known.as_str().cmp(text)).ok().and_then(|at| u8::try_from(at).ok())
}
