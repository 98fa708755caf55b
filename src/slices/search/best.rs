//! The few worst slices so far, shared by the threads of a walk, in an order that no thread decides.

use std::cmp::Ordering;
use std::sync::atomic::{AtomicU64, Ordering as Memory};
use std::sync::{Mutex, PoisonError};

use super::index::Tally;

/// A slice and how bad it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// What slices are ranked by, the worse the larger.
    pub badness: f64,
    /// Its items, by their places in the index, ascending.
    pub items: Vec<usize>,
    /// What was measured in it.
    pub tally: Tally,
}

impl Ranked {
    /// The worse first; of equals the larger, then the one with fewer items, then by columns and levels.
    fn order(&self, other: &Self) -> Ordering {
        other
            .badness
            .total_cmp(&self.badness)
            .then_with(|| other.tally.rows.cmp(&self.tally.rows))
            .then_with(|| self.items.len().cmp(&other.items.len()))
            .then_with(|| self.items.cmp(&other.items))
    }
}

/// The worst slices, `most` of them, and how many more tie with the last of these.
#[derive(Debug)]
pub struct Best {
    most: usize,
    floor: AtomicU64,
    list: Mutex<(Vec<Ranked>, u64)>,
}

impl Best {
    /// An empty list of the `most` worst slices whose badness is above zero.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { most, floor: AtomicU64::new(0), list: Mutex::new((Vec::new(), 0)) }
    }

    /// What a slice must reach to be among the worst; above zero in any case.
    #[must_use]
    pub fn floor(&self) -> f64 {
        f64::from_bits(self.floor.load(Memory::Relaxed))
    }

    /// Whether a slice as bad as this would be taken in.
    #[must_use]
    pub fn takes(&self, badness: f64) -> bool {
        badness > 0.0 && badness >= self.floor()
    }

    /// Takes in a slice, if it is bad enough.
    pub fn offer(&self, slice: Ranked) {
        if self.takes(slice.badness) && self.most > 0 {
            self.insert(slice);
        }
    }

    fn insert(&self, slice: Ranked) {
        let mut guard = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let (list, tied) = &mut *guard;
        // Another thread may have raised the floor since it was looked at.
        if list.len() == self.most && list.last().is_some_and(|last| slice.badness < last.badness) {
            return;
        }
        let at = list.partition_point(|other| other.order(&slice) == Ordering::Less);
        list.insert(at, slice);
        let left_out = if list.len() > self.most { list.pop() } else { None };
        let Some(floor) = list.get(self.most - 1).map(|last| last.badness) else { return };
        // What is left out is as bad as the last one that stays, or all that tied with it are below that now.
        match left_out {
            Some(slice) if slice.badness >= floor => *tied += 1,
            _ => *tied = 0,
        }
        self.floor.store(floor.to_bits(), Memory::Relaxed);
    }

    /// The worst slices, worst first, and how many more tie with the last of them.
    #[must_use]
    pub fn into_list(self) -> (Vec<Ranked>, u64) {
        self.list.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranked(badness: f64, item: usize) -> Ranked {
        Ranked { badness, items: vec![item], tally: Tally::default() }
    }

    #[test]
    fn what_comes_too_late_leaves_the_ties_alone() {
        let best = Best::new(1);
        best.offer(ranked(2.0, 0));
        best.offer(ranked(2.0, 1));
        // A thread that looked at the floor before it was raised.
        best.insert(ranked(1.0, 2));
        let (kept, tied) = best.into_list();
        assert_eq!((kept.len(), kept[0].items.clone(), tied), (1, vec![0], 1));
    }

    proptest! {
        #[test]
        fn the_worst_are_kept_whatever_the_order(mut badness in proptest::collection::vec(-3_i8..6, 0..40), most in 1_usize..8) {
            let best = Best::new(most);
            for (item, badness) in badness.iter().enumerate() {
                best.offer(ranked(f64::from(*badness), item));
            }
            let (kept, tied) = best.into_list();
            badness.retain(|badness| *badness > 0);
            badness.sort_unstable_by(|a, b| b.cmp(a));
            let expected: Vec<f64> = badness.iter().take(most).map(|badness| f64::from(*badness)).collect();
            let told: Vec<f64> = kept.iter().map(|slice| slice.badness).collect();
            prop_assert_eq!(&told, &expected);
            let last = expected.last().copied();
            let same = badness.iter().filter(|badness| Some(f64::from(**badness)) == last).count();
            prop_assert_eq!(usize::try_from(tied).unwrap(), same - told.iter().filter(|told| Some(**told) == last).count());
        }
    }
}
