//! What each item of a slice has to do with it: slices that say nothing new, and Shapley shares.

use super::index::{Index, Marked, Tally};

/// The most items whose shares are worked out: every subset of them is looked at.
pub const MOST_SHARED: usize = 12;

/// Whether an item could be left out without moving the measure by more than `epsilon` (DivExplorer's ε): then the slice
/// without it tells the same.
#[must_use]
pub fn is_redundant(index: &Index, marked: &Marked, items: &[usize], tally: &Tally, epsilon: f64) -> bool {
    let Some(value) = tally.value() else { return false };
    (0..items.len()).any(|left_out| {
        let others: Vec<usize> =
            items.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, item)| *item).collect();
        index.tally_of(&others, marked).value().is_some_and(|other| (value - other).abs() <= epsilon)
    })
}

/// How much of the slice's divergence from the whole each item brings: Shapley values over its subsets, which add up to
/// the divergence (DivExplorer's local contribution). Nothing where the measure is undefined or the items are too many.
#[must_use]
pub fn shares(index: &Index, marked: &Marked, items: &[usize]) -> Option<Vec<f64>> {
    let count = items.len();
    if count > MOST_SHARED {
        return None;
    }
    let whole = marked.all.value()?;
    let divergence = |subset: usize| {
        let chosen: Vec<usize> =
            items.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1).map(|(_, item)| *item).collect();
        index.tally_of(&chosen, marked).value().map(|value| value - whole)
    };
    let divergences: Vec<f64> = (0..1_usize << count).map(divergence).collect::<Option<_>>()?;
    let of = |subset: usize| divergences.get(subset).copied().unwrap_or(0.0);
    let share = |item: usize| {
        let without = (0..divergences.len()).filter(|subset| subset >> item & 1 == 0);
        without.map(|subset| weight(subset.count_ones(), count) * (of(subset | 1 << item) - of(subset))).sum()
    };
    Some((0..count).map(share).collect())
}

/// |J|! (k − |J| − 1)! / k!: the share of the orders of k items in which just these J come before the one at hand.
fn weight(before: u32, count: usize) -> f64 {
    // 1 / (k · C(k − 1, |J|)), factor by factor.
    let all = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    (0..before).fold(1.0 / all, |weight, at| weight * f64::from(at + 1) / (all - 1.0 - f64::from(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_all_subsets_come_to_one() {
        for count in 1..=8_usize {
            let total: f64 = (0..1_u32 << (count - 1)).map(|subset| weight(subset.count_ones(), count)).sum();
            assert!((total - 1.0).abs() < 1e-12, "{count}: {total}");
        }
        assert!((weight(1, 3) - 1.0 / 6.0).abs() < 1e-15);
    }
}
