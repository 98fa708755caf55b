//! The model of a pack: everything that any of its formats shows, computed once. What is not here is in no format.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::programme::Programme;
use super::register::Register;

/// The name of the format, in JSON.
pub const FORMAT: &str = "probity-pack";

/// The version of the format: it goes up when something that was there goes away or changes its meaning.
pub const VERSION: u32 = 1;

/// A governance pack: the state of a workspace at a moment, and what changed since a date.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pack {
    /// [`FORMAT`].
    pub format: &'static str,
    /// [`VERSION`].
    pub version: u32,
    /// Of what, when, by whom.
    pub about: About,
    /// The counts.
    pub figures: Figures,
    /// What needs the board's attention, the most pressing first.
    pub attention: Vec<Attention>,
    /// The stages, in order, with how many reviews are in each and for how long.
    pub stages: Vec<StageLine>,
    /// The open risks on the matrix.
    pub heat: HeatMap,
    /// How many risks were open at the end of each of the last months, the earliest first, and now.
    pub trend: Vec<TrendPoint>,
    /// Who has how many actions open, those who are most late first.
    pub owners: Vec<OwnerLine>,
    /// What changed; none where no date was given.
    pub changes: Option<Period>,
    /// The programme as a whole; none where it was not asked for.
    pub programme: Option<Programme>,
    /// The tables of records.
    pub registers: Registers,
}

/// Of what, when, by whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct About {
    /// The workspace's name.
    pub workspace: Arc<str>,
    /// The moment for which it was made, in the zone of whoever made it.
    pub made_at: DateTime<FixedOffset>,
    /// The date there: what is overdue is overdue on this date.
    pub today: NaiveDate,
    /// Who made it.
    pub made_by: Arc<str>,
    /// The version of the program that made it.
    pub program: &'static str,
    /// The last seal of the history: a SHA-256 that stands for every change up to then.
    pub history_head: String,
    /// How many changes the history holds.
    pub history_changes: u64,
    /// The SHA-256 of the policy in force, where it is known.
    pub policy: Option<String>,
    /// The first day of the period whose changes are listed.
    pub since: Option<NaiveDate>,
    /// What a reader must know about this pack, such as that something was left out.
    pub notices: Vec<String>,
}

/// One count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name: the key in JSON.
    pub name: String,
    /// What people read before it.
    pub label: String,
    /// The count.
    pub value: u64,
}

/// The counts, in the order in which they are shown. In JSON, an object from name to count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures(pub Vec<Figure>);

impl Figures {
    /// Adds a count.
    pub fn add(&mut self, name: impl Into<String>, label: impl Into<String>, value: u64) {
        self.0.push(Figure { name: name.into(), label: label.into(), value });
    }

    /// A count by its name; 0 where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> u64 {
        self.0.iter().find(|figure| figure.name == name).map_or(0, |figure| figure.value)
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for figure in &self.0 {
            map.serialize_entry(&figure.name, &figure.value)?;
        }
        map.end()
    }
}

/// What is asked of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    /// A decision.
    Decide,
    /// A look at a risk.
    Risk,
    /// A look at a launch that is in doubt.
    Launch,
    /// A push for something that is late.
    Late,
    /// A look at the record itself.
    Record,
}

impl Asked {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 5] = [Self::Decide, Self::Risk, Self::Launch, Self::Late, Self::Record];

    /// What people read above it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Decide => "For decision",
            Self::Risk => "Risks to look at",
            Self::Launch => "Launches in doubt",
            Self::Late => "Late or stuck",
            Self::Record => "The record itself",
        }
    }
}

/// Something that needs the board's attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attention {
    /// What is asked.
    pub asked: Asked,
    /// The record's reference; empty where the workspace as a whole is meant.
    #[serde(rename = "ref")]
    pub reference: Arc<str>,
    /// What names the record.
    pub title: Arc<str>,
    /// Why it is here, as a sentence.
    pub reason: String,
    /// Whose it is.
    pub who: Option<Arc<str>>,
    /// The date that matters.
    pub by: Option<NaiveDate>,
    /// Orders those of which the same is asked.
    #[serde(skip)]
    pub weight: i64,
}

/// The bands of age in days, each up to and with its number; the last one is open.
pub const BANDS: [(u32, &str); 5] =
    [(7, "up to 7 days"), (14, "8–14 days"), (30, "15–30 days"), (60, "31–60 days"), (u32::MAX, "over 60 days")];

/// The band of an age.
#[must_use]
pub fn band(days: i64) -> usize {
    BANDS.iter().position(|(most, _)| days <= i64::from(*most)).unwrap_or(BANDS.len() - 1)
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageLine {
    /// The stage.
    pub stage: Arc<str>,
    /// Whether a review in it needs no more work.
    pub ended: bool,
    /// Reviews in it.
    pub reviews: u64,
    /// Of those, reviews whose stage is past its date.
    pub overdue: u64,
    /// Reviews by days in the stage, a count for each of [`BANDS`]; all 0 for ended stages.
    pub ages: [u64; BANDS.len()],
}

/// A level of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Its name.
    pub name: Arc<str>,
    /// Its place among the levels, 0 the least.
    pub rank: i64,
    /// Open risks at this level now.
    pub open: u64,
}

/// The open risks on the matrix of severity and likelihood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeatMap {
    /// The names of the severities 1 to 5.
    pub severities: Vec<Arc<str>>,
    /// The names of the likelihoods 1 to 5.
    pub likelihoods: Vec<Arc<str>>,
    /// The levels, the least first.
    pub levels: Vec<Level>,
    /// Before mitigation.
    pub inherent: Grid,
    /// With the mitigations in place.
    pub residual: Grid,
}

/// One matrix of risks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grid {
    /// Risks that have a place in it.
    pub placed: u64,
    /// Open risks that have none, because severity or likelihood was not assessed.
    pub unplaced: u64,
    /// The 25 cells: severity 5 first, and in it likelihood 1 first.
    pub cells: Vec<HeatCell>,
}

/// One cell of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeatCell {
    /// The severity, 1 to 5.
    pub severity: i64,
    /// The likelihood, 1 to 5.
    pub likelihood: i64,
    /// The level that the matrix gives.
    pub level: Option<Arc<str>>,
    /// That level's rank.
    pub rank: Option<i64>,
    /// How many risks are in it.
    pub count: u64,
    /// Which ones.
    pub risks: Vec<Arc<str>>,
}

/// How many risks were open on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrendPoint {
    /// The day.
    pub day: NaiveDate,
    /// Risks that had been recorded by its end and were not mitigated, accepted or closed by then. A risk that was closed
    /// and opened again counts as open throughout.
    pub open: u64,
}

/// One owner's open actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnerLine {
    /// The owner; none for actions that nobody owns.
    pub owner: Option<Arc<str>>,
    /// Open actions.
    pub open: u64,
    /// Of those, past their date.
    pub overdue: u64,
    /// Of those, due within the next days.
    pub due_soon: u64,
    /// Of those, blocked.
    pub blocked: u64,
    /// Of those, actions that a launch waits for.
    pub launch_blocking: u64,
    /// The oldest date that has passed.
    pub overdue_since: Option<NaiveDate>,
}

/// What changed in a period, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub since: NaiveDate,
    /// Changes that the history holds for it.
    pub changes: u64,
    /// People who made them.
    pub people: u64,
    /// Changes that were made by other programs than this one.
    pub outside: u64,
    /// What happened, counted: the rows of the register `changes` by what they tell.
    pub counts: Figures,
    /// Whether the history was too long to be read in full; the notices say what is missing.
    pub cut: bool,
}

/// The tables of records. In JSON, an object from the register's name to the register.
#[derive(Debug, Clone, PartialEq)]
pub struct Registers(pub Vec<Register>);

impl Registers {
    /// A register by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Register> {
        self.0.iter().find(|register| register.name == name)
    }
}

impl Serialize for Registers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for register in &self.0 {
            map.serialize_entry(register.name, register)?;
        }
        map.end()
    }
}
