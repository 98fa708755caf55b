//! A mapping and a table together: columns found, rows mapped.

use std::borrow::Cow;
use std::collections::HashMap;

use super::check::{fit, is_text};
use super::words::{Blanks, addresses, fold, nearest, split};
use super::{
    Column, From, KINDS, MappedRow, Mapping, Otherwise, Part, Rule, Take, Target, Warning, When, Which, Why, plain,
};
use crate::exchange::table::{Row, Table};
use crate::exchange::{Error, Progress, Result, shown};
use crate::record::{FieldKind, REVIEW, SYSTEM};

/// A mapping whose columns were all found in a table.
#[derive(Debug)]
pub struct Bound<'a> {
    mapping: Cow<'a, Mapping>,
    table: &'a Table,
    key: Vec<usize>,
    rules: Vec<BoundRule>,
    /// For each column, whether a rule, a condition or the key reads it.
    used: Vec<bool>,
}

/// Where a rule's columns stand in the table. Its words stay in the mapping's rule of the same number.
#[derive(Debug)]
struct BoundRule {
    parts: Vec<usize>,
    when: Option<usize>,
}

impl<'a> Bound<'a> {
    /// Finds the columns.
    pub(super) fn new(mapping: &'a Mapping, table: &'a Table) -> Result<Self> {
        let mapping =
            if mapping.headers_are_fields { Cow::Owned(plain::rules(mapping, table)?) } else { Cow::Borrowed(mapping) };
        let headers = Headers { mapping: &mapping, table, folded: table.headers.iter().map(|h| fold(h)).collect() };
        let key = mapping.key.iter().map(|column| headers.find(column)).collect::<Result<Vec<_>>>()?;
        let rules = mapping.rules.iter().map(|rule| headers.rule(rule)).collect::<Result<Vec<_>>>()?;
        let mut used = vec![false; table.headers.len()];
        for at in rules.iter().flat_map(|rule| rule.parts.iter().chain(&rule.when)).chain(&key) {
            used[*at] = true;
        }
        Ok(Self { mapping, table, key, rules, used })
    }

    /// The mapping.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &Table {
        self.table
    }

    /// The headers of columns that nothing reads.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.table.headers.iter().zip(&self.used).filter(|(_, used)| !**used).map(|(header, _)| header.as_str())
    }

    /// Maps every row.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn rows(&self, progress: &mut Progress<'_>) -> Result<Vec<MappedRow>> {
        let mut seen: HashMap<Vec<String>, u32> = HashMap::new();
        let mut rows = Vec::with_capacity(self.table.rows.len());
        for (at, row) in self.table.rows.iter().enumerate() {
            if at.is_multiple_of(256) {
                progress.at("Mapping", at, self.table.rows.len())?;
            }
            let mut mapped = self.row(row);
            let occurrence = seen.entry(mapped.key.clone()).or_default();
            *occurrence += 1;
            mapped.occurrence = *occurrence;
            rows.push(mapped);
        }
        Ok(rows)
    }

    fn row(&self, row: &Row) -> MappedRow {
        let key = self.key.iter().map(|at| fold(&row.cells[*at]).into_owned()).collect();
        let mut reader = Reader {
            bound: self,
            row,
            out: MappedRow {
                line: row.line,
                key,
                occurrence: 1,
                texts: Vec::new(),
                warnings: Vec::new(),
                refusal: None,
            },
            noted: Vec::new(),
            left_over: Vec::new(),
        };
        for (rule, bound) in self.mapping.rules.iter().zip(&self.rules) {
            reader.follow(rule, bound);
        }
        reader.finish()
    }
}

/// A table's headers, folded, for finding columns.
struct Headers<'a> {
    mapping: &'a Mapping,
    table: &'a Table,
    folded: Vec<Cow<'a, str>>,
}

impl Headers<'_> {
    fn rule(&self, rule: &Rule) -> Result<BoundRule> {
        let parts = match &rule.from {
            From::Constant(_) => Vec::new(),
            From::Columns { parts, .. } => parts.iter().map(|part| self.find(&part.column)).collect::<Result<_>>()?,
        };
        let when = rule.when.as_ref().map(|when| self.find(&when.column)).transpose()?;
        Ok(BoundRule { parts, when })
    }

    fn find(&self, column: &Column) -> Result<usize> {
        let (header, nth, beyond) = match &column.which {
            Which::Named(header, nth) => (header, *nth, 0),
            Which::After(header, nth) => (header, *nth, 1),
            Which::Number(number) if *number <= self.folded.len() => return Ok(number - 1),
            Which::Number(number) => {
                let columns = self.folded.len();
                return self
                    .mapping
                    .refuse(column.line, format!("{} has no column {number}: it has {columns}.", self.name()));
            }
        };
        let wanted = fold(header);
        let found: Vec<usize> = (0..self.folded.len()).filter(|at| self.folded[*at] == wanted).collect();
        let at = match (found.as_slice(), nth) {
            ([], _) => return self.mapping.refuse(column.line, self.lacks(header)),
            ([only], None) => *only,
            (several, None) => {
                let message = format!(
                    "{} columns of {} have the header “{}”: say which with nth, or by after = \"the header before it\".",
                    several.len(),
                    self.name(),
                    shown(header)
                );
                return self.mapping.refuse(column.line, message);
            }
            (several, Some(nth)) => {
                let Some(at) = several.get(nth - 1) else {
                    let (name, header, times) = (self.name(), shown(header), several.len());
                    let message = format!("{name} has the header “{header}” only {times} times, not {nth}.");
                    return self.mapping.refuse(column.line, message);
                };
                *at
            }
        };
        if at + beyond >= self.folded.len() {
            return self
                .mapping
                .refuse(column.line, format!("“{}” is the last column of {}.", shown(header), self.name()));
        }
        Ok(at + beyond)
    }

    fn name(&self) -> String {
        shown(&self.table.name)
    }

    fn lacks(&self, header: &str) -> String {
        let hint = nearest(header, self.table.headers.iter().map(String::as_str)).map_or_else(
            || {
                let some: Vec<String> = self.table.headers.iter().take(5).map(|h| format!("“{}”", shown(h))).collect();
                format!("Its columns begin with {}.", some.join(", "))
            },
            |near| format!("The nearest is “{}”.", shown(near)),
        );
        format!("{} has no column “{}”. {hint}", self.name(), shown(header))
    }
}

/// Follows the rules through one row.
struct Reader<'a> {
    bound: &'a Bound<'a>,
    row: &'a Row,
    out: MappedRow,
    /// Columns that stand in notes as they are.
    noted: Vec<usize>,
    /// What goes to notes because its field cannot hold it: the column, the record whose notes, and the text.
    left_over: Vec<(usize, Target, String)>,
}

impl Reader<'_> {
    fn follow(&mut self, rule: &Rule, bound: &BoundRule) {
        let taken = !rule.to.is_notes() && self.out.texts.iter().any(|(target, _)| *target == rule.to);
        if taken || !self.holds(rule.when.as_ref(), bound.when) {
            return;
        }
        let said = match &rule.from {
            From::Constant(text) => Some(text.clone()),
            From::Columns { parts, join } => self.columns(rule, parts, &bound.parts, join),
        };
        if let Some(said) = said {
            self.add(rule.to, said);
        }
    }

    fn add(&mut self, to: Target, said: String) {
        match self.out.texts.iter_mut().find(|(target, _)| *target == to) {
            Some((_, text)) => add_note(text, &said),
            None => self.out.texts.push((to, said)),
        }
    }

    fn holds(&self, when: Option<&When>, at: Option<usize>) -> bool {
        let (Some(when), Some(at)) = (when, at) else { return true };
        let cell = self.row.cells[at].as_str();
        let said = !self.bound.mapping.blank.hold(cell);
        let folded = fold(cell);
        when.said.is_none_or(|wanted| wanted == said)
            && when.is.as_ref().is_none_or(|values| values.iter().any(|value| *value == folded))
            && !when.not.iter().any(|value| *value == folded)
    }

    /// What the parts of a rule say together.
    fn columns(&mut self, rule: &Rule, parts: &[Part], columns: &[usize], join: &str) -> Option<String> {
        let field = rule.to.field;
        let single = !is_text(field) && !field.is_list();
        let mut said: Vec<String> = Vec::new();
        for (part, column) in parts.iter().zip(columns) {
            let Some(text) = self.part(rule, part, *column) else { continue };
            said.push(text);
            if single {
                break;
            }
        }
        if said.is_empty() {
            return None;
        }
        let joined = said.join(if field.is_list() || rule.to.is_notes() { "\n" } else { join });
        Some(if field.kind == FieldKind::Line {
            joined.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            joined
        })
    }

    /// What one column says for a rule's field, with its label.
    fn part(&mut self, rule: &Rule, part: &Part, column: usize) -> Option<String> {
        let cell = self.row.cells[column].trim();
        let mapping = &self.bound.mapping;
        let blanks: &Blanks = match &part.blank {
            Some(own) => own,
            None if part.date => &mapping.blank_dates,
            None => &mapping.blank,
        };
        if cell.is_empty() || blanks.hold(cell) {
            return None;
        }
        let text =
            if cell.contains('\r') { Cow::Owned(cell.replace("\r\n", "\n").replace('\r', "\n")) } else { cell.into() };
        let items = match part.take {
            Some(Take::Addresses) => addresses(&text),
            None if part.split.is_empty() => vec![text.into_owned()],
            None => split(&text, &part.split),
        };
        if items.is_empty() {
            return self.leave(rule, part, column, cell, Why::NotReadable("there is no web address in it".to_owned()));
        }
        let texts: Vec<String> = items.into_iter().filter_map(|item| self.item(rule, part, column, item)).collect();
        if texts.is_empty() {
            return None;
        }
        let text = texts.join(if rule.to.field.is_list() { "\n" } else { ", " });
        if rule.to.is_notes() {
            self.noted.push(column);
        }
        Some(match self.label(part, column) {
            Some(label) if rule.to.is_notes() => list_item(&label, &text, ""),
            Some(label) => format!("{label}: {text}"),
            None => text,
        })
    }

    fn label(&self, part: &Part, column: usize) -> Option<String> {
        let header = || part.labelled.then(|| self.bound.table.headers[column].clone());
        part.label.clone().or_else(header).map(|label| label.trim_end_matches([':', ' ']).to_owned())
    }

    /// One item of a cell as the field's value.
    fn item(&mut self, rule: &Rule, part: &Part, column: usize, item: String) -> Option<String> {
        let mapping = &self.bound.mapping;
        let item = match part.map.map(|at| &mapping.maps[at]) {
            None => item,
            Some(map) => {
                // Folding is dear for long answers, which no map lists.
                let listed =
                    (item.len() <= map.longest * 3 + 30).then(|| map.values.get(fold(&item).as_ref())).flatten();
                match (listed, &part.default, part.otherwise) {
                    (Some(value), _, _) if value.is_empty() => return None,
                    (Some(value), _, _) => value.clone(),
                    (None, Some(default), _) => default.clone(),
                    (None, None, Otherwise::Keep) => item,
                    (None, None, Otherwise::Skip) => return None,
                    (None, None, Otherwise::Note) => {
                        let why = Why::NotListed(map.name.clone());
                        return self.leave(rule, part, column, &item, why);
                    }
                    (None, None, Otherwise::Error) => {
                        let header = shown(&self.bound.table.headers[column]);
                        let message =
                            format!("“{}” in “{header}” is not listed in the value map “{}”.", shown(&item), map.name);
                        self.out.refusal.get_or_insert(message);
                        return None;
                    }
                }
            }
        };
        if part.date {
            return match mapping.dates.read(&item) {
                Ok(day) => Some(day.to_string()),
                Err(remark) => self.leave(rule, part, column, &item, Why::NotADate(remark)),
            };
        }
        if is_text(rule.to.field) {
            return Some(item);
        }
        match fit(rule.to.field, &item) {
            Ok(text) => Some(text),
            Err(message) => self.leave(rule, part, column, &item, Why::NotReadable(message)),
        }
    }

    /// Counts what a field cannot hold, and keeps it for the notes. Always nothing, for the field.
    fn leave(&mut self, rule: &Rule, part: &Part, column: usize, text: &str, why: Why) -> Option<String> {
        let header = self.bound.table.headers[column].clone();
        let label = self.label(part, column).unwrap_or_else(|| header.clone());
        let remark = match &why {
            Why::NotADate(Some(remark)) => format!(" ({remark})"),
            _ => String::new(),
        };
        // A packet's and a release's notes are seldom looked at; a review's are.
        let kind = if rule.to.kind == &SYSTEM { KINDS[0] } else { &REVIEW };
        if let Some(field) = kind.field("notes") {
            self.left_over.push((column, Target { kind, field }, list_item(&label, text, &remark)));
        }
        let column = Some(column);
        let warning = Warning { line: self.row.line, column, header, to: rule.to, text: text.to_owned(), why };
        self.out.warnings.push(warning);
        None
    }

    fn finish(mut self) -> MappedRow {
        for (column, to, text) in std::mem::take(&mut self.left_over) {
            // The whole answer may stand there already.
            if !self.noted.contains(&column) {
                self.add(to, text);
            }
        }
        // A review must have a title; where the file gives none, it is the system's name.
        if self.out.text(&REVIEW, "title").is_none()
            && let (Some(name), Some(field)) = (self.out.text(&SYSTEM, "name"), REVIEW.field("title"))
        {
            let title = name.to_owned();
            self.out.texts.push((Target { kind: &REVIEW, field }, title));
        }
        self.out
    }
}

/// Adds to notes: items of one list stand under one another, anything else is a paragraph of its own.
pub fn add_note(notes: &mut String, said: &str) {
    let last = notes.rsplit('\n').next().unwrap_or_default();
    let in_list = said.starts_with("- ") && (last.starts_with("- ") || last.starts_with("  "));
    notes.push_str(match (notes.is_empty(), in_list) {
        (true, _) => "",
        (false, true) => "\n",
        (false, false) => "\n\n",
    });
    notes.push_str(said);
}

/// A labelled text as an item of a Markdown list, further lines indented so that they stay in it.
pub fn list_item(label: &str, text: &str, remark: &str) -> String {
    let mut out = format!("- {label}: ");
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str("  ");
            }
        }
        out.push_str(line);
    }
    out.push_str(remark);
    out
}

impl Mapping {
    /// Refuses a table whose headers are to be fields: no line of the mapping is to blame.
    pub(super) fn refuse_table<T>(&self, message: String) -> Result<T> {
        Err(Error::Mapping { file: self.file.clone(), line: None, message })
    }
}
