//! The result of an analysis: one model that every format and every screen reads. Its JSON is described in
//! `docs/SLICES.md`; a figure that is not there is null and says why.

use serde::{Deserialize, Serialize};

use super::cells::Task;
use super::metric::Estimate;
use super::named::Named;
use super::read::{Count, FileFacts};
use super::scored::Calibration;
use super::search::Found;
use super::significance::{Chance, Omnibus, Test};

/// The version of the JSON; it rises when a reader of an older one would misread it.
pub const VERSION: u32 = 1;

/// An analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this format.
    pub version: u32,
    /// What was analysed, and how.
    pub data: Data,
    /// What the figures come to, in words.
    pub findings: Vec<Finding>,
    /// All rows.
    pub overall: Group,
    /// Groups of each attribute.
    pub attributes: Vec<Attribute>,
    /// Groups of crossed attributes.
    pub intersections: Vec<Attribute>,
    /// The same within each value of the control column.
    pub control: Vec<Stratum>,
    /// Criteria that cannot all hold here.
    pub trade_offs: Vec<TradeOff>,
    /// Gaps that turn, or shrink by more than half, within the values of another column.
    pub simpson: Vec<Simpson>,
    /// What the chosen preset asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<PresetTable>,
    /// How another model compares.
    pub comparison: Option<Comparison>,
    /// The worst slices, where they were searched for.
    pub worst_slices: Option<Found>,
}

/// What was analysed, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// The file.
    #[serde(flatten)]
    pub file: FileFacts,
    /// What the predictions are.
    pub task: Task,
    /// The model, where the file holds several.
    pub model: Option<String>,
    /// The columns that were used, by what they were used as.
    pub roles: Named<String>,
    /// For each column that was sliced by, how many used rows say nothing.
    pub missing: Vec<Count>,
    /// All labels.
    pub labels: Vec<String>,
    /// The positive label.
    pub positive: Option<String>,
    /// The label that is good for the person; none where that was not said.
    pub favourable: Option<String>,
    /// Scores from here on were taken for positive.
    pub threshold: Option<f64>,
    /// Whether rows are weighted, and the sum of their weights.
    pub weights: Option<f64>,
    /// How scores were taken: `exact`, `binned`; none without scores.
    pub scores: Option<String>,
    /// By how much an AUC can be wrong for scores having been counted into bins; 0 where they were not.
    pub auc_error_bound: Option<f64>,
    /// The same for calibration.
    pub calibration_error_bound: Option<f64>,
    /// Groups with fewer rows are not shown.
    pub min_count: u64,
    /// What chance was drawn with.
    pub seed: u64,
    /// The level of all intervals.
    pub confidence: f64,
    /// How many tests the adjusted p-values allow for.
    pub tests: u64,
    /// Whether conventions are Fairlearn's.
    pub fairlearn_compatible: bool,
    /// What a reader must know before they read on.
    pub warnings: Vec<String>,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Groups differ by more than chance.
    Differs,
    /// Something to be careful about.
    Caution,
    /// Nothing stands out.
    Calm,
}

/// Something the figures come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// One or two sentences.
    pub text: String,
}

/// One attribute, or several crossed, with all groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name; names of several stand with × between them.
    pub name: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The groups, in the order of their values.
    pub groups: Vec<Group>,
    /// How they differ.
    pub disparities: Disparities,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Group {
    /// Its value; values of several columns stand with × between them.
    pub value: String,
    /// The values, one a column.
    pub values: Vec<String>,
    /// How many rows; none where the group is too small to be shown.
    pub n: Option<u64>,
    /// The share of all rows.
    pub share: Option<f64>,
    /// Why no figure is shown, where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hidden>,
    /// What to be careful about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// The figures.
    pub metrics: Named<Estimate>,
    /// Whether scores mean what they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

/// Why a group shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// It has no rows.
    Empty,
    /// It has fewer than the least number of rows.
    Small,
    /// All small groups together, for the totals.
    Pooled,
}

/// How groups differ.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Disparities {
    /// The group that others are compared with.
    pub reference: Option<String>,
    /// How it was chosen, in words.
    pub reference_rule: String,
    /// By rate.
    pub metrics: Named<Disparity>,
    /// The larger of the gaps in TPR and FPR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equalized_odds_difference: Option<f64>,
    /// The rate of the favourable outcome, against the group where it is highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
}

/// How groups differ in one rate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Disparity {
    /// Each group against the reference.
    pub groups: Vec<Versus>,
    /// The group with the highest rate.
    pub highest: Option<String>,
    /// The group with the lowest rate.
    pub lowest: Option<String>,
    /// The highest rate less the lowest, with Newcombe's interval for these two. They were chosen for being the ends, so
    /// the interval flatters: hold the gap against `chance`.
    pub gap: Estimate,
    /// The lowest rate divided by the highest.
    pub ratio: Option<f64>,
    /// Whether groups differ at all.
    pub omnibus: Option<Omnibus>,
    /// What chance alone would give.
    pub chance: Option<Chance>,
    /// Groups without this rate, and why.
    pub excluded: Vec<Excluded>,
}

/// A group that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// The group.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// One group against the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Versus {
    /// The group.
    pub value: String,
    /// The group's rate less the reference's, with Newcombe's interval.
    pub difference: Estimate,
    /// The group's rate divided by the reference's, with Katz' interval.
    pub ratio: Estimate,
    /// Which test was made.
    pub test: Option<Test>,
    /// Its p-value.
    pub p: Option<f64>,
    /// Holm's adjusted p-value over all tests of the report.
    pub p_adjusted: Option<f64>,
}

/// The rate of the favourable outcome by group, against the highest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Impact {
    /// The outcome.
    pub outcome: String,
    /// The group where it is most frequent.
    pub highest: Option<String>,
    /// Each group's ratio.
    pub groups: Vec<ImpactRatio>,
}

/// One group's impact ratio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpactRatio {
    /// The group.
    pub value: String,
    /// How many rows.
    pub n: u64,
    /// How many with the favourable outcome.
    pub favourable: u64,
    /// The rate.
    pub rate: Estimate,
    /// The rate divided by that of the highest group, with Katz' interval.
    pub ratio: Estimate,
}

/// One value of the control column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// The control column.
    pub column: String,
    /// The value.
    pub value: String,
    /// All rows with it.
    pub overall: Group,
    /// Groups within it.
    pub attributes: Vec<Attribute>,
}

/// Criteria that cannot all hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeOff {
    /// The attribute.
    pub attribute: String,
    /// The group.
    pub value: String,
    /// The reference.
    pub reference: String,
    /// How the base rates differ.
    pub base_rates: Estimate,
    /// How far each criterion is from holding.
    pub criteria: Vec<Criterion>,
    /// What this means, in words.
    pub text: String,
}

/// A criterion of fairness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its name.
    pub name: String,
    /// The difference that would have to be 0.
    pub difference: Estimate,
    /// Whether it is within the tolerance.
    pub holds: bool,
}

/// A gap that looks different within the values of another column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simpson {
    /// The attribute.
    pub attribute: String,
    /// The group.
    pub value: String,
    /// The reference.
    pub reference: String,
    /// The rate.
    pub metric: String,
    /// The other column.
    pub within: String,
    /// The gap over all rows that are compared.
    pub aggregate: f64,
    /// The gap within the other column's values, each weighted by its rows.
    pub standardised: f64,
    /// Whether the gap has the opposite sign within every value.
    pub full_reversal: bool,
    /// The Cochran–Mantel–Haenszel test of no difference within values.
    pub cmh_p: Option<f64>,
    /// The Mantel–Haenszel odds ratio.
    pub odds_ratio: Option<f64>,
    /// The gap in each value.
    pub strata: Vec<StratumGap>,
    /// What this means, in words.
    pub text: String,
}

/// A gap within one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StratumGap {
    /// The value.
    pub value: String,
    /// How many rows of both groups.
    pub n: u64,
    /// The gap.
    pub gap: f64,
}

/// What a preset asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresetTable {
    /// Its name.
    pub name: String,
    /// The rule, in words, and where it stands.
    pub about: String,
    /// What the table does not say.
    pub caveats: Vec<String>,
    /// One table an attribute or intersection.
    pub tables: Vec<PresetGroups>,
}

/// The groups of a preset's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresetGroups {
    /// The attribute or intersection.
    pub name: String,
    /// The columns' names of the rate: `selection rate` or `scoring rate`.
    pub rate: String,
    /// How many rows have no known category.
    pub unknown: u64,
    /// The groups.
    pub groups: Vec<PresetGroup>,
}

/// A row of a preset's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresetGroup {
    /// The group.
    pub value: String,
    /// How many rows.
    pub n: u64,
    /// How many selected, or scored above the median; none where the group is too small to be shown.
    pub selected: Option<u64>,
    /// The rate.
    pub rate: Option<f64>,
    /// The rate divided by the highest.
    pub impact_ratio: Option<f64>,
    /// Whether it is under four fifths.
    pub under_four_fifths: Option<bool>,
    /// The p-value against the highest group.
    pub p: Option<f64>,
    /// What else to know, in words.
    pub notes: Vec<String>,
}

/// How two models compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The model or file that is the measure.
    pub baseline: String,
    /// The file of the measure, where it is another one.
    pub file: Option<FileFacts>,
    /// The model or file that is looked at.
    pub candidate: String,
    /// Whether the same rows were compared one by one.
    pub paired: bool,
    /// Why, in words.
    pub how: String,
    /// All rows.
    pub overall: Changed,
    /// The groups of attributes and intersections.
    pub groups: Vec<Changed>,
}

/// How one group's figures changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// The attribute, or several crossed; none for all rows.
    pub attribute: Option<String>,
    /// The group.
    pub value: String,
    /// By rate.
    pub metrics: Named<Change>,
}

/// How one figure changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The measure's.
    pub baseline: Option<f64>,
    /// The new one.
    pub candidate: Option<f64>,
    /// The new one less the measure's.
    pub difference: Estimate,
    /// The p-value.
    pub p: Option<f64>,
    /// Holm's adjusted p-value over all changes that were tested.
    pub p_adjusted: Option<f64>,
    /// `better`, `worse`, `no clear change`, or `changed` for a rate of which neither is better.
    pub verdict: String,
}
