//! Which columns of a file are read, and what for.

use std::path::PathBuf;

use super::chunk::Marks;
use super::row::Layout;
use crate::slices::cells::{Role, Task};
use crate::slices::error::{Error, Result};
use crate::text;

/// What happens to rows that do not say which group they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// They are a group of their own, and counted in the whole.
    #[default]
    Group,
    /// They are left out, and counted as left out.
    Drop,
    /// They are refused.
    Error,
}

/// The file and what its columns mean.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// The true label or number.
    pub y_true: Option<String>,
    /// The predicted label or number.
    pub y_pred: Option<String>,
    /// The score of the positive label.
    pub score: Option<String>,
    /// Scores from here on are predicted positive, where there is no column of predicted labels.
    pub threshold: Option<f64>,
    /// The weight of a row.
    pub weight: Option<String>,
    /// Names a row: repeats are counted.
    pub id: Option<String>,
    /// Which model predicted the row.
    pub model: Option<String>,
    /// A single label that says how it went, instead of a true and a predicted one.
    pub outcome: Option<String>,
    /// Whether true and predicted values are numbers.
    pub regression: bool,
    /// The columns whose groups are compared.
    pub by: Vec<String>,
    /// Columns that are crossed.
    pub intersect: Vec<Vec<String>>,
    /// The column within whose values everything is repeated.
    pub control: Option<String>,
    /// Numeric columns that are cut, each at ascending edges.
    pub edges: Vec<(String, Vec<f64>)>,
    /// Rows that do not say which group they are of.
    pub missing: Missing,
    /// Texts that mean that nothing is known, as an empty cell does.
    pub na: Vec<String>,
    /// What separates cells, where it is not found out.
    pub separator: Option<u8>,
    /// Whether a comma stands before decimals.
    pub decimal_comma: bool,
    /// Whether to keep which cell each row is in, so that two files can be compared row by row.
    pub trail: bool,
    /// How many bytes a thread takes at a time; 0 for the usual. No figure depends on it.
    pub block: usize,
    /// How many threads; 0 for one a core. No figure depends on it.
    pub threads: usize,
    /// Up to how many rows scores and numbers are kept one by one; none for the usual.
    pub exact_rows: Option<u64>,
}

impl Columns {
    /// What the predictions are.
    #[must_use]
    pub fn task(&self) -> Task {
        match (self.outcome.is_some(), self.regression) {
            (true, _) => Task::Outcome,
            (false, true) => Task::Regression,
            (false, false) => Task::Classification,
        }
    }

    /// Whether what is asked for makes sense together.
    ///
    /// # Errors
    /// Where it does not, in words that say what to leave out.
    pub fn check(&self) -> Result<()> {
        check(self, self.task())
    }

    /// For which dimensions, together, scores are counted where they are not kept one by one.
    #[must_use]
    pub fn score_sets(&self) -> Vec<Vec<usize>> {
        let names: Vec<String> = self.dimensions().into_iter().map(|(name, _)| name).collect();
        score_sets(self, &names)
    }

    /// The dimensions' names and roles, each once: `--by`, then what only `--intersect` and `--control` name.
    #[must_use]
    pub fn dimensions(&self) -> Vec<(String, Role)> {
        let mut all: Vec<(String, Role)> = Vec::new();
        let attributes = self.by.iter().chain(self.intersect.iter().flatten());
        for name in attributes {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name.clone(), Role::Attribute));
            }
        }
        if let Some(control) = &self.control
            && !all.iter().any(|(known, _)| known == control)
        {
            all.push((control.clone(), Role::Control));
        }
        all
    }
}

/// A column that rows are grouped by.
#[derive(Debug, Clone)]
pub struct Grouping {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The slot of its cells.
    pub slot: usize,
    /// Where numbers are cut.
    pub edges: Option<Vec<f64>>,
}

/// What is to be read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where cells and rows end.
    pub marks: Marks,
    /// Which columns fill which slots.
    pub layout: Layout,
    /// What the predictions are.
    pub task: Task,
    /// Slots, where there are such columns.
    pub y_true: Option<usize>,
    /// The predicted label or number, or the outcome.
    pub y_pred: Option<usize>,
    /// The score.
    pub score: Option<usize>,
    /// The weight.
    pub weight: Option<usize>,
    /// The model.
    pub model: Option<usize>,
    /// The row's name.
    pub id: Option<usize>,
    /// The columns that rows are grouped by.
    pub groupings: Vec<Grouping>,
    /// For which of them, together, scores are counted once there are too many to be kept.
    pub score_sets: Vec<Vec<usize>>,
    /// The names of the columns in slots.
    pub names: Vec<String>,
    /// What means that nothing is known.
    pub na: Vec<Vec<u8>>,
}

/// The most columns that are grouped by at once.
pub const MOST_DIMENSIONS: usize = 12;

impl Plan {
    /// Finds the columns by the file's header.
    ///
    /// # Errors
    /// Where a column is not there or there twice, or columns were asked for that make no sense together.
    pub fn of(columns: &Columns, header: &[String], marks: Marks, file: &str) -> Result<Self> {
        let task = columns.task();
        check(columns, task)?;
        let mut slots = Slots {
            header,
            file,
            layout: Layout { slots: vec![Layout::UNUSED; header.len()], wanted: 0 },
            names: vec![],
        };
        let y_pred = if task == Task::Outcome { &columns.outcome } else { &columns.y_pred };
        let y_true = if task == Task::Outcome { &None } else { &columns.y_true };
        let mut one = |name: &Option<String>| name.as_ref().map(|name| slots.find(name)).transpose();
        let (y_true, y_pred) = (one(y_true)?, one(y_pred)?);
        let (score, weight) = (one(&columns.score)?, one(&columns.weight)?);
        let (model, id) = (one(&columns.model)?, one(&columns.id)?);
        let mut groupings = Vec::new();
        for (name, role) in columns.dimensions() {
            let edges = columns.edges.iter().find(|(column, _)| *column == name).map(|(_, edges)| edges.clone());
            groupings.push(Grouping { slot: slots.find(&name)?, name, role, edges });
        }
        let names = std::mem::take(&mut slots.names);
        let layout = slots.layout;
        let na = columns.na.iter().map(|text| text.as_bytes().to_owned()).collect();
        let score_sets = columns.score_sets();
        Ok(Self { marks, layout, task, y_true, y_pred, score, weight, model, id, groupings, score_sets, names, na })
    }

    /// The name of the column in a slot.
    #[must_use]
    pub fn name(&self, slot: usize) -> &str {
        self.names.get(slot).map_or("", String::as_str)
    }
}

/// Each attribute; each intersection; the control alone, and each of those within it. All rows are those of any attribute.
fn score_sets(columns: &Columns, names: &[String]) -> Vec<Vec<usize>> {
    let at = |name: &String| names.iter().position(|known| known == name);
    let mut sets: Vec<Vec<usize>> = columns.by.iter().filter_map(|name| at(name).map(|at| vec![at])).collect();
    sets.extend(columns.intersect.iter().map(|names| names.iter().filter_map(at).collect()));
    if let Some(control) = columns.control.as_ref().and_then(at) {
        // All rows of each of its values.
        sets.push(vec![control]);
        for mut set in sets.clone() {
            if !set.contains(&control) {
                set.push(control);
                sets.push(set);
            }
        }
    }
    for set in &mut sets {
        set.sort_unstable();
        set.dedup();
    }
    let mut once: Vec<Vec<usize>> = Vec::new();
    for set in sets {
        if !once.contains(&set) {
            once.push(set);
        }
    }
    once
}

struct Slots<'a> {
    header: &'a [String],
    file: &'a str,
    layout: Layout,
    names: Vec<String>,
}

impl Slots<'_> {
    /// The slot of the column with this name; one that is used twice has one slot.
    fn find(&mut self, name: &str) -> Result<usize> {
        let matching: Vec<usize> =
            self.header.iter().enumerate().filter(|(_, known)| *known == name).map(|(at, _)| at).collect();
        let refuse = |message| Err(Error::Content { file: self.file.to_owned(), line: Some(1), message });
        let [column] = matching.as_slice() else {
            let shown = text::line(name);
            if matching.is_empty() {
                let columns = listed(self.header);
                return refuse(format!("there is no column “{shown}”; there are {columns}."));
            }
            let places: Vec<String> = matching.iter().map(|at| (at + 1).to_string()).collect();
            return refuse(format!(
                "“{shown}” is the name of the columns {}; rename one, so that it is clear which is meant.",
                places.join(" and ")
            ));
        };
        let Some(slot) = self.layout.slots.get_mut(*column) else {
            return refuse("the header cannot be read.".to_owned());
        };
        if *slot == Layout::UNUSED {
            *slot = u16::try_from(self.layout.wanted).unwrap_or(Layout::UNUSED);
            self.layout.wanted += 1;
            self.names.push(name.to_owned());
        }
        Ok(usize::from(*slot))
    }
}

fn listed(header: &[String]) -> String {
    let mut told: Vec<String> =
        header.iter().take(20).map(|name| format!("“{}”", text::fit(&text::line(name), 40))).collect();
    if header.len() > told.len() {
        told.push(format!("{} more", header.len() - told.len()));
    }
    told.join(", ")
}

fn check(columns: &Columns, task: Task) -> Result<()> {
    let refuse = |message: &str| Err(Error::Asked(message.to_owned()));
    match task {
        Task::Outcome if columns.y_true.is_some() || columns.y_pred.is_some() => {
            return refuse("--outcome stands instead of --y-true and --y-pred; leave one or the other out.");
        }
        Task::Outcome if columns.score.is_some() => {
            return refuse("--score needs --y-true: it is measured against what is true.");
        }
        Task::Classification | Task::Regression if columns.y_true.is_none() => {
            return refuse("Say which column holds the true label, with --y-true COLUMN, or say --outcome COLUMN.");
        }
        Task::Regression if columns.score.is_some() || columns.threshold.is_some() => {
            return refuse("--regression compares numbers; leave --score and --threshold out.");
        }
        Task::Regression if columns.y_pred.is_none() => return refuse("--regression needs --y-pred COLUMN."),
        Task::Outcome | Task::Regression => {}
        Task::Classification => match (&columns.y_pred, &columns.score, columns.threshold) {
            (None, None, _) => {
                return refuse(
                    "Say which column holds the predicted label, with --y-pred COLUMN, or --score COLUMN --threshold T.",
                );
            }
            (None, Some(_), None) => {
                return refuse(
                    "Without --y-pred, --score needs --threshold T: scores from T on are predicted positive.",
                );
            }
            (Some(_), _, Some(_)) => {
                return refuse("--y-pred and --threshold both say what is predicted; leave one out.");
            }
            _ => {}
        },
    }
    let dimensions = columns.dimensions();
    if dimensions.is_empty() {
        return refuse("Say which columns to slice by, with --by COLUMN,COLUMN.");
    }
    if dimensions.len() > MOST_DIMENSIONS {
        return Err(Error::Asked(format!(
            "{} columns are grouped by, and {MOST_DIMENSIONS} can be at once; name fewer with --by.",
            dimensions.len()
        )));
    }
    if let Some(lone) = columns.intersect.iter().find(|names| names.len() < 2) {
        let named = lone.join(",");
        return Err(Error::Asked(format!("--intersect {named}: name two columns or more, with commas between them.")));
    }
    for (name, edges) in &columns.edges {
        if !dimensions.iter().any(|(known, _)| known == name) {
            return Err(Error::Asked(format!("--edges {name}=…: “{name}” is not sliced by; name it with --by too.")));
        }
        if edges.is_empty() || edges.len() >= 49 || !edges.windows(2).all(|pair| pair.first() < pair.get(1)) {
            return Err(Error::Asked(format!("--edges {name}=…: give up to 48 numbers in ascending order.")));
        }
    }
    Ok(())
}

/// The names of the groups that numbers are cut into.
#[must_use]
pub fn edge_levels(edges: &[f64]) -> Vec<String> {
    let first = edges.first().map(|edge| format!("under {edge}"));
    let between = edges.windows(2).filter_map(|pair| Some(format!("{} to under {}", pair.first()?, pair.get(1)?)));
    let last = edges.last().map(|edge| format!("{edge} and over"));
    first.into_iter().chain(between).chain(last).collect()
}
