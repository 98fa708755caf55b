//! The worst slices for readers.

use super::blocks::{Block, Table};
use super::figure::{NONE, Unit, estimate, label, number, p, signed, unit};
use crate::slices::cells::Task;
use crate::slices::search::{Adjust, Direction, Found, ItemFound, Ranking, SliceFound};
use crate::text::thousands;

/// What was searched, and what was found.
#[must_use]
pub fn blocks(found: &Found, task: Task) -> Vec<Block> {
    let mut all = vec![Block::Heading(2, "Worst slices".to_owned()), Block::Text(about(found, task))];
    if found.slices.is_empty() {
        all.push(Block::Text("No slice is worse than all rows together.".to_owned()));
        return all;
    }
    all.push(Block::Table(table(found, task)));
    if found.split.is_some() {
        all.push(Block::Table(confirmed(found, task)));
    }
    if found.tied > 0 {
        all.push(Block::Text(format!("{} more are exactly as bad as the last of these.", found.tied)));
    }
    all
}

fn measure(found: &Found) -> &str {
    match found.measure.as_str() {
        "error" => "Error rate",
        "absolute_error" => "Mean absolute error",
        "not_favourable" => "Rate without the favourable outcome",
        name => label(name),
    }
}

fn about(found: &Found, task: Task) -> String {
    let unit = unit(&found.measure, task);
    let percent = if unit == Unit::Percent { " %" } else { "" };
    let ranked = match found.ranking {
        Ranking::Sliceline { alpha } => format!("by SliceLine's score (α {alpha}): high error in many rows"),
        Ranking::Divergence { direction: Direction::Highest } => "by how far it is above all rows".to_owned(),
        Ranking::Divergence { direction: Direction::Lowest } => "by how far it is below all rows".to_owned(),
        Ranking::Divergence { direction: Direction::Either } => "by how far it is from all rows, either way".to_owned(),
    };
    let overall = found.overall.value.map_or_else(|| NONE.to_owned(), |value| number(value, unit));
    let examined = match (found.examined, found.examined_exact) {
        (Some(examined), true) => format!("{} slices have that many rows", thousands(examined)),
        (Some(examined), false) => format!("At most {} slices have that many rows", thousands(examined)),
        (None, _) => "They were not counted".to_owned(),
    };
    let adjusted = match found.adjust {
        Adjust::BenjaminiHochberg => "; p is adjusted over all of these (Benjamini–Hochberg)",
        Adjust::BenjaminiYekutieli => "; p is adjusted over all of these (Benjamini–Yekutieli)",
        Adjust::None => "; p is not adjusted",
    };
    let pruned = found.epsilon.map_or_else(String::new, |epsilon| {
        format!(" Left out: slices whose figure one value less would change by no more than {epsilon}.")
    });
    let split = found.split.map_or_else(
        || {
            " What is found in rows looks worse in them than in others: confirm it with --split, or on new data."
                .to_owned()
        },
        |split| {
            format!(
                " Searched in a half of {} rows, drawn by seed {}; confirmed in the other {}.",
                thousands(split.searched),
                split.seed,
                thousands(split.confirmed_in)
            )
        },
    );
    format!(
        "{}, {overall}{percent} in all rows, ranked {ranked}. Searched exactly: up to {} values of {}, at least {} rows. {examined}{adjusted}.{pruned}{split}",
        measure(found),
        found.depth,
        found.columns.join(", "),
        thousands(found.min_support),
    )
}

fn table(found: &Found, task: Task) -> Table {
    let unit = unit(&found.measure, task);
    let (percent, points) = if unit == Unit::Percent { (", %", ", points") } else { ("", "") };
    let scored = matches!(found.ranking, Ranking::Sliceline { .. });
    let mut head =
        vec!["Slice".to_owned(), "Rows".to_owned(), "Share".to_owned(), format!("{}{percent}", measure(found))];
    head.extend([format!("Gap to the rest{points}"), "p adjusted".to_owned()]);
    if scored {
        head.push("Score".to_owned());
    }
    head.push("Notes".to_owned());
    let row = |(rank, slice): (usize, &SliceFound)| {
        let mut row = vec![
            (rank + 1).to_string(),
            thousands(slice.n),
            format!("{:.1} %", 100.0 * slice.share),
            estimate(&slice.figure, unit, false),
            estimate(&slice.gap, unit, true),
            p(slice.p_adjusted),
        ];
        if scored {
            row.push(slice.score.map_or_else(|| NONE.to_owned(), |score| format!("{score:.3}")));
        }
        row.push(notes(slice, unit));
        row
    };
    Table {
        title: "The worst slices, worst first".to_owned(),
        head,
        rows: found.slices.iter().enumerate().map(row).collect(),
    }
}

/// The slice by name, and what each value brings to its divergence.
fn notes(slice: &SliceFound, unit: Unit) -> String {
    let Some(divergence) = slice.divergence.filter(|_| slice.items.len() > 1) else { return slice.name() };
    let share = |item: &ItemFound| match item.share {
        Some(share) => format!("{} = {} ({})", item.column, item.value, signed(share, unit)),
        None => format!("{} = {}", item.column, item.value),
    };
    let named: Vec<String> = slice.items.iter().map(share).collect();
    format!("{}, together {} against all rows", named.join(" and "), signed(divergence, unit))
}

fn confirmed(found: &Found, task: Task) -> Table {
    let unit = unit(&found.measure, task);
    let row = |(rank, slice): (usize, &SliceFound)| {
        let Some(of) = &slice.confirmed else { return vec![(rank + 1).to_string()] };
        let verdict = if of.holds { "confirmed" } else { "not confirmed" };
        vec![
            (rank + 1).to_string(),
            thousands(of.n),
            estimate(&of.figure, unit, false),
            estimate(&of.gap, unit, true),
            p(of.p_adjusted),
            verdict.to_owned(),
        ]
    };
    let head = ["Slice", "Rows", measure(found), "Gap to the rest", "p adjusted (Holm)", "Verdict"];
    Table {
        title: "The same slices in the half that was not searched".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: found.slices.iter().enumerate().map(row).collect(),
    }
}
