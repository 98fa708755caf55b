//! Every slice with enough rows: how far its rate is from the whole's (DivExplorer: Pastor, de Alfaro, Baralis, SIGMOD
//! 2021), and how unlikely that is by chance.

use std::sync::atomic::{AtomicU64, Ordering};

use super::best::{Best, Ranked};
use super::index::{Index, Marked, Tally};
use super::measure::Direction;
use super::prune::is_redundant;
use super::significance::p_against_rest;
use super::walk::Visit;

/// How far two values that ought to be equal may be apart.
const SAME: f64 = 1e-12;

/// A walk through all slices.
pub struct Every<'a> {
    /// The table's index.
    pub index: &'a Index,
    /// What is measured.
    pub marked: &'a Marked,
    /// Where the worst are kept, when they are looked for.
    pub worst: Option<Worst<'a>>,
    /// How many slices all threads have seen.
    pub seen: &'a AtomicU64,
    /// How many they may see.
    pub most: u64,
    /// The chance of each slice's difference from the rest, where wanted.
    pub chances: Option<Vec<f64>>,
    /// All slices, where wanted.
    pub listed: Option<Vec<Ranked>>,
}

/// What makes a slice one of the worst.
#[derive(Clone, Copy)]
pub struct Worst<'a> {
    /// The worst so far.
    pub best: &'a Best,
    /// Which end is bad.
    pub direction: Direction,
    /// The fewest rows in which the measure must be defined.
    pub least_defined: u64,
    /// Below which change a slice says nothing that a shorter one does not say.
    pub epsilon: Option<f64>,
}

impl Worst<'_> {
    fn offer(&self, index: &Index, marked: &Marked, items: &[usize], tally: &Tally) {
        let (Some(value), Some(whole)) = (tally.value(), marked.all.value()) else { return };
        let badness = self.direction.badness(value - whole);
        if tally.defined < self.least_defined || badness <= SAME || !self.best.takes(badness) {
            return;
        }
        let mut items = items.to_vec();
        items.sort_unstable();
        if !self.epsilon.is_some_and(|epsilon| is_redundant(index, marked, &items, tally, epsilon)) {
            self.best.offer(Ranked { badness, items, tally: *tally });
        }
    }
}

impl Visit for Every<'_> {
    fn visit(&mut self, items: &[usize], tally: &Tally) -> bool {
        self.seen.fetch_add(1, Ordering::Relaxed);
        if let Some(worst) = &self.worst {
            worst.offer(self.index, self.marked, items, tally);
        }
        if let Some(chances) = &mut self.chances {
            chances.extend(p_against_rest(tally, &self.marked.all, self.marked.is_rate()));
        }
        if let Some(listed) = &mut self.listed {
            let mut items = items.to_vec();
            items.sort_unstable();
            let divergence =
                tally.value().zip(self.marked.all.value()).map_or(f64::NAN, |(value, whole)| value - whole);
            listed.push(Ranked { badness: divergence, items, tally: *tally });
        }
        true
    }

    fn is_over(&self) -> bool {
        self.seen.load(Ordering::Relaxed) > self.most
    }
}
