//! Tables that a rule asks for.

use super::group::{Member, SMALL_SHARE, members_by};
use super::{Context, Sets, impact};
use crate::slices::cells::{Scores, Task};
use crate::slices::error::{Error, Result};
use crate::slices::metric::Rate;
use crate::slices::options::Preset;
use crate::slices::report::{PresetGroup, PresetGroups, PresetTable};
use crate::slices::significance::two_shares;
use crate::slices::tally;

/// The line that the Uniform Guidelines draw.
const FOUR_FIFTHS: f64 = 0.8;

/// One group of a table, before ratios are taken.
struct Row {
    value: String,
    n: u64,
    selected: u64,
    missing: bool,
}

impl Row {
    #[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
    fn rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.selected as f64 / self.n as f64)
    }
}

/// The table of a preset.
///
/// # Errors
/// Where the data does not serve for it.
pub fn table(context: &Context<'_>, sets: &Sets, preset: Preset) -> Result<PresetTable> {
    if context.cells.task == Task::Regression {
        return Err(Error::Asked("A preset needs outcomes: leave --regression or --preset out.".to_owned()));
    }
    let all = || sets.attributes.iter().chain(&sets.intersections);
    let mut tables: Vec<PresetGroups> = all().map(|set| selection(context, set)).collect();
    let mut caveats = vec![
        "Counts are of rows; weights do not enter.".to_owned(),
        "A ratio of few rows is mostly noise: with two groups of 100 and equal rates, it falls under four fifths about three times in ten.".to_owned(),
    ];
    let (name, about) = match preset {
        Preset::NycLl144 => {
            match scoring(context, sets) {
                Some(more) => tables.extend(more),
                None if !matches!(context.cells.scores, Scores::None) => caveats.push(
                    "Scoring rates are not given: they take the median of scores that were kept one by one.".to_owned(),
                ),
                None => {}
            }
            if sets.intersections.is_empty() {
                caveats.push(
                    "The rules also ask for sex crossed with race or ethnicity: say --intersect with these two columns.".to_owned(),
                );
            }
            (
                "nyc-ll144",
                "New York City, Local Law 144 of 2021 and 6 RCNY § 5-300 to 5-304: the selection rate of each category, or the share with a score above the median of all, and its ratio to that of the category with the highest. The rules set no limit for the ratio.",
            )
        }
        Preset::UsFourFifths => {
            caveats.push(
                "Under four fifths is generally regarded as evidence of adverse impact; smaller differences may be so where they matter in practice and are more than chance, greater ones may not be where numbers are small (29 CFR 1607.4(D)).".to_owned(),
            );
            (
                "us-four-fifths",
                "Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D): the selection rate of each group against four fifths of the highest.",
            )
        }
    };
    if context.request.favourable.is_none() {
        caveats.push("It was not said which outcome is the selection; the positive label was taken for it.".to_owned());
    }
    Ok(PresetTable { name: name.to_owned(), about: about.to_owned(), caveats, tables })
}

fn selection(context: &Context<'_>, set: &[usize]) -> PresetGroups {
    let favourable = context.favourable.as_ref().and_then(|chosen| chosen.at);
    let selected = |rate: &Rate, member: &Member| rate.counts(&member.confusion).0.n;
    let row = |member: &Member| Row {
        value: member.value.clone(),
        n: member.n(),
        selected: impact::favourable_rate().map_or(0, |rate| selected(rate, member)),
        missing: member.missing,
    };
    let rows: Vec<Row> = members_by(context, set, None, favourable).iter().map(row).collect();
    finish(context, set, "selection rate", &rows)
}

/// The share of each group with a score above the median of all scores.
fn scoring(context: &Context<'_>, sets: &Sets) -> Option<Vec<PresetGroups>> {
    let Scores::Exact(scores) = &context.cells.scores else { return None };
    let middle = scores.len() / 2;
    let upper = scores.get(middle)?.score;
    let lower = if scores.len().is_multiple_of(2) { scores.get(middle.checked_sub(1)?)?.score } else { upper };
    let median = f64::midpoint(lower, upper);
    let of_set = |set: &Vec<usize>| {
        let places = tally::places(context.cells, set);
        let members = members_by(context, set, None, None);
        let mut above = vec![0_u64; members.len()];
        for row in scores.iter().rev().take_while(|row| row.score > median) {
            let place = places.get(row.cell as usize).copied().unwrap_or(usize::MAX);
            if let Some(count) = above.get_mut(place) {
                *count += 1;
            }
        }
        let row = |(member, above): (&Member, u64)| Row {
            value: member.value.clone(),
            n: member.n(),
            selected: above,
            missing: member.missing,
        };
        let rows: Vec<Row> = members.iter().zip(above).map(row).collect();
        finish(context, set, "scoring rate", &rows)
    };
    Some(sets.attributes.iter().chain(&sets.intersections).map(of_set).collect())
}

/// Ratios to the highest rate. Small categories are listed, and do not set the highest rate.
#[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
fn finish(context: &Context<'_>, set: &[usize], rate: &str, rows: &[Row]) -> PresetGroups {
    let total: u64 = rows.iter().map(|row| row.n).sum();
    let unknown = rows.iter().filter(|row| row.missing).map(|row| row.n).sum();
    let is_small = |row: &Row| (row.n as f64) < SMALL_SHARE * total as f64;
    let counts = |row: &&Row| !row.missing && row.n > 0;
    let candidates: Vec<&Row> = rows.iter().filter(counts).filter(|row| !is_small(row)).collect();
    let highest = candidates.iter().rev().max_by(|one, other| {
        let rate = |row: &Row| row.rate().unwrap_or(0.0);
        rate(one).total_cmp(&rate(other))
    });
    let group = |row: &Row| {
        let top = highest.and_then(|highest| highest.rate()).filter(|top| *top > 0.0);
        let ratio = row.rate().zip(top).map(|(rate, top)| rate / top);
        let mut notes = Vec::new();
        if is_small(row) {
            notes.push("under 2 % of all: may be left out, with the reason".to_owned());
        }
        if row.n < context.request.min_count {
            notes.push(format!("fewer than {} rows: no rate is shown", context.request.min_count));
        }
        let p = highest.filter(|highest| highest.value != row.value).and_then(|highest| {
            let (x, n) = (row.selected as f64, row.n as f64);
            two_shares(x, n, highest.selected as f64, highest.n as f64).map(|(_, p)| p)
        });
        if let (Some(ratio), Some(p)) = (ratio, p)
            && ratio < FOUR_FIFTHS
            && p >= 0.05
        {
            notes.push("under four fifths, and could be chance".to_owned());
        }
        let shown = row.n >= context.request.min_count;
        PresetGroup {
            value: row.value.clone(),
            n: row.n,
            selected: shown.then_some(row.selected),
            rate: row.rate().filter(|_| shown),
            impact_ratio: ratio.filter(|_| shown),
            under_four_fifths: ratio.filter(|_| shown).map(|ratio| ratio < FOUR_FIFTHS),
            p: p.filter(|_| shown),
            notes,
        }
    };
    PresetGroups {
        name: context.name_of(set),
        rate: rate.to_owned(),
        unknown,
        groups: rows.iter().filter(counts).map(group).collect(),
    }
}
