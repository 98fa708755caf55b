//! What a search found, as the report holds it.

use serde::{Deserialize, Serialize};

use super::options::{Adjust, Ranking};
use crate::slices::metric::Estimate;

/// One column = value of a slice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemFound {
    /// The column.
    pub column: String,
    /// The value.
    pub value: String,
    /// What it brings to the slice's divergence from the whole (Shapley); the items' shares add up to it.
    pub share: Option<f64>,
}

/// What the half that was not searched says of a slice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// How many of its rows are there.
    pub n: u64,
    /// The rate or mean loss there.
    pub figure: Estimate,
    /// The gap against the rest of that half.
    pub gap: Estimate,
    /// The p of that gap; nothing where the measure is not defined on both sides.
    pub p: Option<f64>,
    /// The same after Holm, over the slices listed.
    pub p_adjusted: Option<f64>,
    /// Whether the gap is there too: on the same side, with an adjusted p below 0.05.
    pub holds: bool,
}

/// A slice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SliceFound {
    /// What its rows have in common, in the order of the columns.
    pub items: Vec<ItemFound>,
    /// How many rows it has.
    pub n: u64,
    /// The share of the rows searched.
    pub share: f64,
    /// Its rate (with Wilson's interval) or mean loss (by its standard error).
    pub figure: Estimate,
    /// The rate or mean loss of the rows outside of it.
    pub rest: Estimate,
    /// Its figure less the rest's, with Newcombe's interval for a rate and by Welch's standard error for a loss.
    pub gap: Estimate,
    /// Its figure less that of all rows, the slice among them (DivExplorer's Δ).
    pub divergence: Option<f64>,
    /// SliceLine's score, where slices are ranked by it.
    pub score: Option<f64>,
    /// For a rate, DivExplorer's t of the divergence; for a loss, Welch's t against the rest.
    pub t: Option<f64>,
    /// The two-sided p of the gap: chi-square or Fisher for a rate, Welch for a loss.
    pub p: Option<f64>,
    /// The same, adjusted for the number of slices looked at.
    pub p_adjusted: Option<f64>,
    /// What the half that was not searched says of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub confirmed: Option<Confirmed>,
}

impl SliceFound {
    /// The slice in words: `sex = Male and race = Other`.
    #[must_use]
    pub fn name(&self) -> String {
        let named = |item: &ItemFound| format!("{} = {}", item.column, item.value);
        self.items.iter().map(named).collect::<Vec<_>>().join(" and ")
    }
}

/// How the rows were split for a confirmation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The seed that says which row falls in which half.
    pub seed: u64,
    /// The rows that were searched.
    pub searched: u64,
    /// The rows that finds were confirmed in.
    pub confirmed_in: u64,
}

/// Slices, worst first, and what was looked at to find them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What slices are ranked by.
    #[serde(flatten)]
    pub ranking: Ranking,
    /// What is measured, such as `fpr`; empty until the caller names it.
    pub measure: String,
    /// The columns whose values slices are made of.
    pub columns: Vec<String>,
    /// The rows searched.
    pub rows: u64,
    /// The fewest rows of a slice.
    pub min_support: u64,
    /// The most items of a slice.
    pub depth: usize,
    /// Below which change an item adds nothing, so that the slice was left out.
    pub epsilon: Option<f64>,
    /// How rows were split, where finds are confirmed.
    pub split: Option<Split>,
    /// The figure of all rows searched.
    pub overall: Estimate,
    /// How many slices have enough rows; p is adjusted over these. An upper limit where it is not exact.
    pub examined: Option<u64>,
    /// Whether `examined` was counted, and is not an upper limit.
    pub examined_exact: bool,
    /// How p is adjusted.
    pub adjust: Adjust,
    /// How many more slices are exactly as bad as the last of these.
    pub tied: u64,
    /// The slices. Of equals the one with more rows stands first, then the one with fewer items, then by columns and
    /// levels.
    pub slices: Vec<SliceFound>,
}
