//! What the columns of a predictions file are for, guessed by their names and by what the first rows hold. A guess is to be
//! corrected: nothing here decides what is read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::slices::cells::MOST_LEVELS;
use crate::slices::labels::canonical;
use crate::slices::read::Columns;
use crate::slices::{Preset, Request};

/// How much of a file is looked at, in bytes of text.
const BEGINNING: u64 = 1 << 20;

/// How many values of a column are remembered.
const REMEMBERED: usize = 60;

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Unused,
    /// The true label.
    True,
    /// The predicted label.
    Predicted,
    /// The score.
    Score,
    /// How it went, where there is no true label to compare with.
    Outcome,
    /// Its groups are compared.
    Group,
    /// Everything is repeated within its values.
    Control,
    /// The weight of a row.
    Weight,
    /// Which model predicted.
    Model,
    /// Names a row.
    Id,
}

impl Role {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::Unused,
        Self::Group,
        Self::True,
        Self::Predicted,
        Self::Score,
        Self::Outcome,
        Self::Control,
        Self::Weight,
        Self::Model,
        Self::Id,
    ];

    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unused => "not used",
            Self::True => "true label",
            Self::Predicted => "predicted label",
            Self::Score => "score",
            Self::Outcome => "outcome",
            Self::Group => "groups to compare",
            Self::Control => "repeat within",
            Self::Weight => "weight",
            Self::Model => "model",
            Self::Id => "row id",
        }
    }

    /// What that means.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Unused => "left out",
            Self::True => "what really was; it is compared with the prediction",
            Self::Predicted => "what the model said, as a label",
            Self::Score => "how sure the model was: for AUC and calibration",
            Self::Outcome => "how a test went, where nothing is true or false",
            Self::Group => "sex, race, age band, language …",
            Self::Control => "everything again within each of its values",
            Self::Weight => "how much a row counts",
            Self::Model => "which model or version predicted the row",
            Self::Id => "repeats are counted",
        }
    }

    /// Whether only one column can have it.
    #[must_use]
    pub const fn is_single(self) -> bool {
        !matches!(self, Self::Unused | Self::Group)
    }
}

/// A column as the first rows show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Its values with how often they occur, the most frequent first.
    pub values: Vec<(String, u64)>,
    /// Whether there are more values than are remembered.
    pub more: bool,
    /// Whether every value is a number.
    pub numeric: bool,
    /// How many cells are empty.
    pub empty: u64,
    /// What it is for.
    pub role: Role,
}

impl Seen {
    fn is(&self, words: &[&str]) -> bool {
        let name = self.name.to_lowercase().replace(['-', ' ', '.'], "_");
        words.iter().any(|word| name == *word || name.split('_').any(|part| part == *word))
    }

    fn has_few(&self) -> bool {
        !self.more && self.values.len() <= MOST_LEVELS.min(20) && self.values.len() > 1
    }

    /// What it holds, in few words.
    #[must_use]
    pub fn holds(&self) -> String {
        if self.more {
            return if self.numeric { "numbers".to_owned() } else { format!("over {REMEMBERED} values") };
        }
        let told: Vec<&str> = self.values.iter().take(4).map(|(value, _)| value.as_str()).collect();
        let more = self.values.len().saturating_sub(told.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{rest}", told.join(", "))
    }
}

/// A file with what its columns are for.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The file.
    pub file: PathBuf,
    /// How many rows were looked at.
    pub rows: u64,
    /// The columns.
    pub columns: Vec<Seen>,
    /// The positive label; none where it is obvious.
    pub positive: Option<String>,
    /// The label that is good for the person; none where nobody said.
    pub favourable: Option<String>,
    /// Scores from here on are predicted positive, where no column holds the predicted label.
    pub threshold: Option<f64>,
    /// Whether attributes are crossed two by two.
    pub cross: bool,
    /// A table that a rule asks for.
    pub preset: Option<Preset>,
    /// The id of the review that the analysis is for.
    pub review: Option<String>,
}

const TRUE: &[&str] = &["true", "label", "target", "truth", "actual", "observed", "y", "gold"];
const PREDICTED: &[&str] = &["pred", "predicted", "prediction", "yhat", "decision", "decided"];
const SCORE: &[&str] = &["score", "prob", "proba", "probability", "p", "confidence"];
const OUTCOME: &[&str] = &["outcome", "passed", "pass", "result", "success", "refused", "blocked", "verdict"];
const GROUP: &[&str] = &[
    "sex",
    "gender",
    "race",
    "ethnicity",
    "ethnic",
    "age",
    "band",
    "language",
    "lang",
    "locale",
    "dialect",
    "accent",
    "disability",
    "religion",
    "nationality",
    "citizenship",
    "region",
    "country",
    "marital",
    "education",
    "attack",
    "persona",
    "category",
    "channel",
    "device",
    "script",
    "skin",
];

/// Looks at the beginning of a file.
///
/// # Errors
/// Where it cannot be read or has no header.
pub fn look(file: &Path) -> Result<Layout, String> {
    let text = beginning(file)?;
    let header = text.lines().next().unwrap_or_default();
    let separator = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|mark| {
        // The first of several that occur as often.
        (header.bytes().filter(|byte| byte == mark).count(), u8::MAX - mark)
    });
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator.unwrap_or(b',')).flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => return Err(format!("The header of {} cannot be read: {error}.", file.display())),
    };
    if names.iter().all(String::is_empty) {
        return Err(format!("{} is empty, or has no header.", file.display()));
    }
    if names.len() > MOST_COLUMNS {
        return Err(format!(
            "{} has {} columns; choosing among more than {MOST_COLUMNS} is done with `probity slices`.",
            file.display(),
            names.len()
        ));
    }
    let blank =
        |name: String| Seen { name, values: Vec::new(), more: false, numeric: true, empty: 0, role: Role::Unused };
    let mut columns: Vec<Seen> = names.into_iter().map(blank).collect();
    let mut rows = 0;
    for record in reader.records() {
        // What cannot be read in the first rows is told, with its line, when the file is analysed.
        let Ok(record) = record else { break };
        rows += 1;
        for (column, cell) in columns.iter_mut().zip(record.iter()) {
            note(column, cell);
        }
    }
    for column in &mut columns {
        column.values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    }
    let mut layout = Layout {
        file: file.to_owned(),
        rows,
        columns,
        positive: None,
        favourable: None,
        threshold: None,
        cross: true,
        preset: None,
        review: None,
    };
    layout.guess();
    Ok(layout)
}

/// The most columns that a person can be asked about.
const MOST_COLUMNS: usize = 200;

fn note(column: &mut Seen, cell: &str) {
    let value = canonical(cell);
    if value.is_empty() {
        column.empty += 1;
        return;
    }
    column.numeric &= value.parse::<f64>().is_ok();
    let has_room = column.values.len() < REMEMBERED;
    match column.values.iter_mut().find(|(known, _)| *known == value) {
        Some((_, count)) => *count += 1,
        None if has_room => column.values.push((value.into_owned(), 1)),
        None => column.more = true,
    }
}

/// The first whole lines of a file, unpacked and as text.
fn beginning(file: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}.", file.display());
    let info = std::fs::metadata(file).map_err(failed)?;
    if !info.is_file() {
        return Err(format!("{} is no regular file.", file.display()));
    }
    let mut bytes = Vec::new();
    let mut plain = File::open(file).map_err(failed)?;
    plain.by_ref().take(2).read_to_end(&mut bytes).map_err(failed)?;
    if bytes == [0x1f, 0x8b] {
        bytes.clear();
        let packed = File::open(file).map_err(failed)?;
        flate2::read::MultiGzDecoder::new(packed).take(BEGINNING).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        plain.take(BEGINNING).read_to_end(&mut bytes).map_err(failed)?;
    }
    let whole = bytes.len() as u64 >= BEGINNING;
    let text = match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding.decode(&bytes).0.into_owned(),
        None => match std::str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned(),
        },
    };
    if text.contains('\0') {
        return Err(format!("{} is no text; save it as CSV or TSV, which may be packed with gzip.", file.display()));
    }
    let end = if whole { text.rfind('\n').unwrap_or(text.len()) } else { text.len() };
    Ok(text.get(..end).unwrap_or_default().to_owned())
}

impl Layout {
    /// The same for a review, by its id.
    #[must_use]
    pub fn for_review(self, review: Option<String>) -> Self {
        Self { review, ..self }
    }

    /// Guesses all roles anew.
    fn guess(&mut self) {
        // "Predicted true" is predicted: the more telling word is looked for first.
        self.first(Role::Predicted, |column| column.is(PREDICTED) && column.has_few());
        self.first(Role::Score, |column| column.is(SCORE) && column.numeric && !column.values.is_empty());
        self.first(Role::Id, |column| column.is(&["id", "uuid", "row"]) && column.more);
        self.first(Role::Model, |column| column.is(&["model"]) && column.has_few());
        self.first(Role::Weight, |column| column.is(&["weight", "weights"]) && column.numeric);
        let named = |column: &Seen| column.is(&["true"]) && column.has_few();
        if !self.first(Role::True, named) {
            self.first(Role::True, |column| column.is(TRUE) && column.has_few());
        }
        if self.of(Role::True).is_none() {
            self.first(Role::Outcome, |column| column.is(OUTCOME) && column.has_few());
        }
        for column in self.columns.iter_mut().filter(|column| column.role == Role::Unused) {
            if column.is(GROUP) && column.has_few() {
                column.role = Role::Group;
            }
        }
        if self.of(Role::Predicted).is_none() && self.of(Role::Score).is_some() {
            self.threshold = Some(0.5);
        }
        self.positive = self.likely_positive();
    }

    fn first(&mut self, role: Role, fits: impl Fn(&Seen) -> bool) -> bool {
        let found = self.columns.iter_mut().find(|column| column.role == Role::Unused && fits(column));
        let is_found = found.is_some();
        if let Some(column) = found {
            column.role = role;
        }
        is_found
    }

    /// The column with a role.
    #[must_use]
    pub fn of(&self, role: Role) -> Option<&Seen> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// Gives a column a role; one that only one column can have is taken from the other.
    pub fn assign(&mut self, at: usize, role: Role) {
        if role.is_single() {
            for column in self.columns.iter_mut().filter(|column| column.role == role) {
                column.role = Role::Unused;
            }
        }
        if let Some(column) = self.columns.get_mut(at) {
            column.role = role;
        }
        self.threshold = match (self.of(Role::Predicted), self.of(Role::Score), self.threshold) {
            (None, Some(_), known) => known.or(Some(0.5)),
            _ => None,
        };
        let labels = self.labels();
        let is_known = |label: &Option<String>| label.as_ref().is_none_or(|label| labels.contains(label));
        if !is_known(&self.positive) || self.positive.is_none() {
            self.positive = self.likely_positive();
        }
        if !is_known(&self.favourable) {
            self.favourable = None;
        }
    }

    /// The labels that occur in the first rows.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        let column = self.of(Role::True).or_else(|| self.of(Role::Outcome)).or_else(|| self.of(Role::Predicted));
        let mut labels: Vec<String> =
            column.map(|column| column.values.iter().map(|(value, _)| value.clone()).collect()).unwrap_or_default();
        labels.sort();
        labels
    }

    /// The positive label where it must be said, as well as it can be told.
    fn likely_positive(&self) -> Option<String> {
        let labels = self.labels();
        let is = |one: &str| labels.iter().any(|label| label == one);
        if labels.is_empty()
            || [["0", "1"], ["-1", "1"], ["false", "true"]].iter().any(|pair| pair.iter().all(|one| is(one)))
                && labels.len() == 2
        {
            return None;
        }
        let likely = ["yes", "pass", "passed", "positive", "approved", "accept", "accepted", "hired", "good", ">50k"];
        let found = labels.iter().find(|label| likely.contains(&label.to_lowercase().as_str()));
        found.or_else(|| labels.last()).cloned()
    }

    /// The columns whose groups are compared.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let of = self.columns.iter().filter(|column| column.role == Role::Group);
        of.map(|column| column.name.clone()).collect()
    }

    /// What is still to be said before the file can be analysed, if anything is.
    #[must_use]
    pub fn lacks(&self) -> Option<&'static str> {
        if self.groups().is_empty() {
            return Some("Say which columns hold the groups to compare, such as sex or language.");
        }
        if self.of(Role::Outcome).is_some() {
            return (self.of(Role::True).is_some() || self.of(Role::Predicted).is_some())
                .then_some("An outcome stands instead of true and predicted labels: leave one or the other out.");
        }
        if self.of(Role::True).is_none() {
            return Some("Say which column holds the true label, or the outcome.");
        }
        if self.of(Role::Predicted).is_none() && self.of(Role::Score).is_none() {
            return Some("Say which column holds the predicted label or the score.");
        }
        None
    }

    /// What is asked of the engine.
    #[must_use]
    pub fn request(&self, min_count: u64) -> Request {
        let name = |role: Role| self.of(role).map(|column| column.name.clone());
        let by = self.groups();
        let mut intersect = Vec::new();
        for (at, one) in by.iter().enumerate() {
            for other in by.iter().skip(at + 1) {
                if self.cross && intersect.len() < MOST_PAIRS {
                    intersect.push(vec![one.clone(), other.clone()]);
                }
            }
        }
        let is_outcome = name(Role::Outcome).is_some();
        Request {
            columns: Columns {
                file: self.file.clone(),
                y_true: name(Role::True),
                y_pred: name(Role::Predicted),
                score: name(Role::Score).filter(|_| !is_outcome),
                threshold: self.threshold.filter(|_| !is_outcome),
                weight: name(Role::Weight),
                id: name(Role::Id),
                model: name(Role::Model),
                outcome: name(Role::Outcome),
                control: name(Role::Control),
                by,
                intersect,
                ..Columns::default()
            },
            positive: self.positive.clone(),
            favourable: self.favourable.clone(),
            min_count,
            preset: self.preset,
            ..Request::default()
        }
    }
}

/// How many pairs of attributes are crossed.
const MOST_PAIRS: usize = 6;
