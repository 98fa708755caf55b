//! The walk through the lattice of conjunctions: every slice once, its rows an AND away from its parent's.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::bits::Bits;
use super::index::{Index, Marked, Tally};

/// How far a walk goes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The fewest rows of a slice.
    pub least: u64,
    /// The most items of a slice.
    pub depth: usize,
}

/// What a walk tells, and what may cut it short. A visitor belongs to one thread.
pub trait Visit: Send {
    /// Whether a slice below these two of its parents can still matter.
    fn may_matter(&self, _left: &Tally, _right: &Tally) -> bool {
        true
    }

    /// A slice that has enough rows: its items by their places in the index, in the order of the walk, and what was measured.
    /// Says whether slices below it can still matter.
    fn visit(&mut self, items: &[usize], tally: &Tally) -> bool;

    /// Whether the walk is to end.
    fn is_over(&self) -> bool {
        false
    }
}

/// How a walk is going, for whoever watches or ends it.
#[derive(Debug, Default)]
pub struct Watch<'a> {
    /// Set to end the walk early.
    pub cancelled: Option<&'a AtomicBool>,
    /// How many of the branches at the root are done.
    pub done: AtomicUsize,
    /// How many there are.
    pub all: AtomicUsize,
}

impl Watch<'_> {
    /// Whether somebody asked for an end.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

/// An item and what was measured where it and the prefix hold.
type Branch = (usize, Tally);

/// Walks through all conjunctions of these items within the limits, on `visitors.len()` threads. Items are tried in the
/// order in which they are given; a slice is visited after one of its parents, and by one visitor only.
pub fn walk<V: Visit>(
    index: &Index,
    marked: &Marked,
    order: &[Branch],
    limits: Limits,
    visitors: &mut [V],
    watch: &Watch,
) {
    let next = AtomicUsize::new(0);
    watch.done.store(0, Ordering::Relaxed);
    watch.all.store(order.len(), Ordering::Relaxed);
    let work = |visitor: &mut V| {
        let mut walker = Walker { index, marked, limits, watch, visitor, scratch: Vec::new(), items: Vec::new() };
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((item, later)) = order.get(at..).and_then(<[Branch]>::split_first) else { break };
            if walker.is_over() {
                break;
            }
            walker.root(item, later);
            watch.done.fetch_add(1, Ordering::Relaxed);
        }
    };
    if let [visitor] = visitors {
        work(visitor);
        return;
    }
    thread::scope(|scope| {
        for visitor in visitors {
            scope.spawn(|| work(visitor));
        }
    });
}

struct Walker<'a, V> {
    index: &'a Index,
    marked: &'a Marked,
    limits: Limits,
    watch: &'a Watch<'a>,
    visitor: &'a mut V,
    /// Sets that are not in use, to be filled anew.
    scratch: Vec<Bits>,
    items: Vec<usize>,
}

impl<V: Visit> Walker<'_, V> {
    fn is_over(&self) -> bool {
        self.watch.is_cancelled() || self.visitor.is_over()
    }

    /// The slices that begin with this item.
    fn root(&mut self, (item, tally): &Branch, later: &[Branch]) {
        let index = self.index;
        let Some(found) = index.items().get(*item) else { return };
        self.items.push(*item);
        if self.visitor.visit(&self.items, tally) && self.limits.depth > 1 {
            self.below(&found.bits, tally, later);
        }
        self.items.pop();
    }

    /// The slices below the one at hand: with each of the later branches, then below each of those.
    fn below(&mut self, rows: &Bits, tally: &Tally, later: &[Branch]) {
        let index = self.index;
        let column = self.items.last().and_then(|item| index.items().get(*item)).map(|item| item.column);
        let mut found = self.scratch.pop().unwrap_or_default();
        let mut branches: Vec<Branch> = Vec::new();
        for (place, other) in later {
            let Some(item) = index.items().get(*place).filter(|item| Some(item.column) != column) else { continue };
            if !self.visitor.may_matter(tally, other) {
                continue;
            }
            found.set_both(rows, &item.bits);
            let count = index.count(&found);
            if count < self.limits.least {
                continue;
            }
            let told = index.tally(&found, count, self.marked);
            self.items.push(*place);
            let extends = self.visitor.visit(&self.items, &told);
            self.items.pop();
            if extends {
                branches.push((*place, told));
            }
        }
        if self.items.len() + 1 < self.limits.depth {
            for at in 0..branches.len() {
                let Some(((place, told), later)) = branches.get(at..).and_then(<[Branch]>::split_first) else { break };
                if later.is_empty() || self.is_over() {
                    break;
                }
                let Some(item) = index.items().get(*place) else { continue };
                found.set_both(rows, &item.bits);
                self.items.push(*place);
                self.below(&found, told, later);
                self.items.pop();
            }
        }
        self.scratch.push(found);
    }
}
