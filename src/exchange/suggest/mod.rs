//! Suggesting a mapping for a file that none is written for: columns matched with fields by what their headers and
//! values look like, to be corrected by hand and saved.
//!
//! A suggestion is never used as such: what runs is the mapping that its TOML makes ([`Draft::to_toml`]), so that what
//! was seen and corrected is what is saved and what is done.

mod likeness;
#[cfg(test)]
mod tests;
mod values;
mod write;

use super::mapping::{Mapping, Target};
use super::table::{Format, Table};
use super::{Error, Result, shown};
use crate::record::{FieldKind, Kind, SYSTEM};
use likeness::Likeness;

/// What a column is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It fills a field.
    Field(Target),
    /// It goes to the notes of a system or a review, after its header.
    Notes(Kind),
    /// Nothing.
    Nothing,
}

/// A column of the file, and what it may be used for.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftColumn {
    /// The header.
    pub header: String,
    /// What it is used for.
    pub used: Use,
    /// How sure the suggestion is, 0 to 100; 100 where a person chose it.
    pub score: u8,
    /// Why, in a few words.
    pub reason: String,
    /// The fields that are most like it, the likeliest first, with their scores.
    pub alternatives: Vec<(Target, u8)>,
    /// For a field of choices: what the column says, how often, and which choice that is, the most frequent first.
    pub values: Vec<(String, usize, Option<&'static str>)>,
    /// A few of its texts.
    pub samples: Vec<String>,
}

/// A mapping in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The mapping's id, from the file's name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The columns, in the file's order.
    pub columns: Vec<DraftColumn>,
    /// The columns that identify a row.
    pub key: Vec<usize>,
    /// The answers in the file that say nothing.
    pub blank: Vec<String>,
    /// The formats in which dates are read.
    pub formats: Vec<String>,
    format: Format,
    /// For each column, its different texts and how often each stands there, the most frequent first.
    texts: Vec<Vec<(String, usize)>>,
}

/// A suggestion below this is none.
const LEAST: u8 = 45;

/// How many rows are looked at.
const ROWS: usize = 2_000;

/// Suggests a mapping for a table.
#[must_use]
pub fn suggest(table: &Table) -> Draft {
    let (texts, filled) = values::distinct(table, ROWS);
    let formats = values::date_formats(&texts);
    let likeness = Likeness::new(&formats, &table.headers);
    let mut ranked: Vec<(u8, usize, Target, String)> = Vec::new();
    let mut columns = Vec::with_capacity(table.headers.len());
    for (at, header) in table.headers.iter().enumerate() {
        let found = likeness.rank(header, &texts[at], filled[at], table.rows.len().min(ROWS));
        ranked.extend(found.iter().map(|(score, target, why)| (*score, at, *target, why.clone())));
        columns.push(DraftColumn {
            header: header.clone(),
            used: Use::Notes(&SYSTEM),
            score: 0,
            reason: "no field is like it".to_owned(),
            alternatives: found.into_iter().take(5).map(|(score, target, _)| (target, score)).collect(),
            values: Vec::new(),
            samples: texts[at].iter().take(3).map(|(text, _)| shown(text)).collect(),
        });
    }
    ranked.sort_by_key(|(score, at, ..)| (std::cmp::Reverse(*score), *at));
    let mut taken: Vec<Target> = Vec::new();
    for (score, at, target, why) in ranked {
        let free = columns[at].score == 0 && !taken.contains(&target);
        if free && score >= LEAST {
            taken.push(target);
            let column = &mut columns[at];
            (column.used, column.score, column.reason) = (Use::Field(target), score, why);
        }
    }
    let mut draft = Draft {
        id: id_of(&table.name),
        title: table.name.clone(),
        columns,
        key: Vec::new(),
        blank: values::blanks(&texts),
        formats,
        format: table.format.clone(),
        texts,
    };
    draft.ensure_name();
    draft.settle();
    draft
}

/// An id from a file's name: its letters and digits in lower case, the rest as hyphens.
fn id_of(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let id: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if id.is_empty() { "inventory".to_owned() } else { id.join("-").chars().take(60).collect() }
}

impl Draft {
    /// Uses a column for something else. A field that takes one value only is taken from the column that had it.
    pub fn assign(&mut self, column: usize, to: Use) {
        let single = matches!(to, Use::Field(target) if !takes_several(target));
        for (at, other) in self.columns.iter_mut().enumerate() {
            if single && at != column && other.used == to {
                other.used = Use::Notes(&SYSTEM);
                other.score = 0;
                "given to another column".clone_into(&mut other.reason);
            }
        }
        if let Some(chosen) = self.columns.get_mut(column) {
            chosen.used = to;
            chosen.score = 100;
            "chosen by hand".clone_into(&mut chosen.reason);
        }
        self.settle();
    }

    /// Says which choice a text of a column means; none sends it to the notes.
    pub fn choose(&mut self, column: usize, text: &str, choice: Option<&'static str>) {
        let known = self.columns.get_mut(column).and_then(|c| c.values.iter_mut().find(|(known, ..)| known == text));
        if let Some((_, _, chosen)) = known {
            *chosen = choice;
        }
    }

    /// The mapping that this makes.
    ///
    /// # Errors
    /// [`Error::Mapping`] where something is still missing, such as the column that holds the name.
    pub fn mapping(&self) -> Result<Mapping> {
        if !self
            .columns
            .iter()
            .any(|column| matches!(column.used, Use::Field(target) if target.name() == "system.name"))
        {
            let message = "choose the column that holds the system's name.".to_owned();
            return Err(Error::Mapping { file: self.id.clone(), line: None, message });
        }
        Mapping::parse(&format!("{}.toml", self.id), &self.to_toml())
    }

    /// Gives the system's name to the column that looks most like one, where no header did.
    fn ensure_name(&mut self) {
        let Ok(name) = Target::named("system.name") else { return };
        if self.columns.iter().any(|column| column.used == Use::Field(name)) {
            return;
        }
        let likeliest = (0..self.columns.len())
            .filter(|at| !matches!(self.columns[*at].used, Use::Field(_)))
            .filter_map(|at| Some((values::name_likeness(self.texts.get(at)?)?, at)))
            .max_by_key(|(likeness, at)| (*likeness, std::cmp::Reverse(*at)));
        if let Some((_, at)) = likeliest {
            let column = &mut self.columns[at];
            (column.used, column.score) = (Use::Field(name), LEAST);
            "short texts, nearly all of them different".clone_into(&mut column.reason);
        }
    }

    /// What follows from what the columns are used for: value maps and the key.
    fn settle(&mut self) {
        for (column, texts) in self.columns.iter_mut().zip(&self.texts) {
            let choices = match column.used {
                Use::Field(Target { field, .. }) => match field.kind {
                    FieldKind::Choice(choices) | FieldKind::Choices(choices) => choices,
                    _ => &[],
                },
                _ => &[],
            };
            let fits = column.values.iter().all(|(.., chosen)| chosen.is_none_or(|choice| choices.contains(&choice)));
            // What was chosen by hand stays as long as it can.
            if choices.is_empty() || !fits || column.values.is_empty() {
                column.values = values::choices(texts, choices, &self.blank);
            }
        }
        let identifying = ["system.name", "system.product_area", "system.team"];
        let identifies = |column: &DraftColumn| matches!(column.used, Use::Field(target) if identifying.contains(&target.name().as_str()));
        self.key = (0..self.columns.len()).filter(|at| identifies(&self.columns[*at])).collect();
    }
}

/// Whether several columns can fill a field together.
fn takes_several(target: Target) -> bool {
    matches!(target.field.kind, FieldKind::Line | FieldKind::Prose) || target.field.is_list()
}
