//! What one row of a file says, as texts for the fields of our records.

use std::collections::BTreeMap;
use std::fmt;

use super::Target;
use crate::exchange::shown;
use crate::record::Kind;

/// A row, mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedRow {
    /// The line in the file.
    pub line: u64,
    /// What identifies the row, folded: case, spaces and typographic quotes make no difference.
    pub key: Vec<String>,
    /// Which of the rows with this key it is, in the file's order, counted from 1.
    pub occurrence: u32,
    /// Field by field what the row says, in the form that [`crate::record::parse`] reads. Fields of which it says
    /// nothing are absent.
    pub texts: Vec<(Target, String)>,
    /// What could not be taken as it stands.
    pub warnings: Vec<Warning>,
    /// Why this row cannot be imported, where it cannot.
    pub refusal: Option<String>,
}

impl MappedRow {
    /// What the row says for a field.
    #[must_use]
    pub fn text(&self, kind: Kind, field: &str) -> Option<&str> {
        let found = self.texts.iter().find(|(target, _)| target.kind == kind && target.field.name == field);
        found.map(|(_, text)| text.as_str())
    }

    /// What names the row for people: the system's name.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text(&crate::record::SYSTEM, "name").unwrap_or_default()
    }
}

/// Something in a cell that did not become its field's value. It stands in the notes instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line in the file.
    pub line: u64,
    /// The column, counted from 0; none where only the workspace could tell that its text means nothing.
    pub column: Option<usize>,
    /// The column's header, or the field's label.
    pub header: String,
    /// The field it was meant for.
    pub to: Target,
    /// What the cell says.
    pub text: String,
    /// Why that is not the field's value.
    pub why: Why,
}

/// Why a text did not become a field's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is no whole date; with a remark where there is more to say.
    NotADate(Option<String>),
    /// The value map of this name does not list it.
    NotListed(String),
    /// The field cannot hold it.
    NotReadable(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADate(None) => f.write_str("not a whole date"),
            Self::NotADate(Some(remark)) => write!(f, "not read as a date: {remark}"),
            Self::NotListed(map) => write!(f, "not listed in the value map “{map}”"),
            Self::NotReadable(message) => f.write_str(message.trim_end_matches('.')),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (header, text) = (shown(&self.header), shown(&self.text));
        write!(f, "line {}, “{header}”: “{text}” stays in the notes: {}.", self.line, self.why)
    }
}

/// How often the same thing happened in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The column's header.
    pub header: String,
    /// The field it was meant for.
    pub to: Target,
    /// What happened: the first word of [`Why`], without remarks.
    pub what: &'static str,
    /// In how many cells.
    pub cells: usize,
    /// The texts, the most frequent first, each with how often it stands there.
    pub texts: Vec<(String, usize)>,
}

/// Counts warnings by column.
#[must_use]
pub fn tally<'a>(warnings: impl IntoIterator<Item = &'a Warning>) -> Vec<Tally> {
    /// The first warning, and how often each text stands there.
    type Seen<'a> = (&'a Warning, BTreeMap<&'a str, usize>);
    let mut by_column: BTreeMap<(Option<usize>, &str, &'static str), Seen<'_>> = BTreeMap::new();
    for warning in warnings {
        let what = match warning.why {
            Why::NotADate(_) => "not a date",
            Why::NotListed(_) => "not listed",
            Why::NotReadable(_) => "not readable",
        };
        let (_, texts) =
            by_column.entry((warning.column, &warning.header, what)).or_insert_with(|| (warning, BTreeMap::new()));
        *texts.entry(warning.text.as_str()).or_default() += 1;
    }
    let tallies = by_column.into_iter().map(|((_, _, what), (first, texts))| {
        let cells = texts.values().sum();
        let mut texts: Vec<(String, usize)> = texts.into_iter().map(|(text, n)| (text.to_owned(), n)).collect();
        texts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        Tally { header: first.header.clone(), to: first.to, what, cells, texts }
    });
    tallies.collect()
}
