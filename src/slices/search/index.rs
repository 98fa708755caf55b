//! The table turned on its side: a bitmap of rows for each column = value, so that a slice's rows are an AND away.

use std::collections::BTreeSet;

use super::bits::Bits;
use super::measure::{Measure, Outcome};
use super::table::{Column, Table};

/// One column = value.
#[derive(Debug, Clone)]
pub struct Item {
    /// The column's place in the table.
    pub column: usize,
    /// The level's place in the column.
    pub level: usize,
    /// The rows that hold it.
    pub bits: Bits,
    /// How many rows those are.
    pub rows: u64,
}

/// How rows that occur more than once are kept.
#[derive(Debug, Clone)]
enum Repeats {
    /// A bit for each row; beside it which entry a bit belongs to, where an entry has several.
    Spread(Option<Vec<usize>>),
    /// A bit for each entry; how often it occurs, by the bits of that number: rows are then counted exactly as
    /// Σ 2ᵏ · |set ∧ planeₖ|.
    Planes { planes: Vec<Bits>, counts: Vec<u64> },
}

/// What a search needs of a table, made once and asked as often as wanted.
#[derive(Debug, Clone)]
pub struct Index {
    items: Vec<Item>,
    repeats: Repeats,
    bits: usize,
    rows: u64,
    least: u64,
}

/// What is told of a set of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// How many rows there are.
    pub rows: u64,
    /// In how many of them the measure is defined.
    pub defined: u64,
    /// The sum of the measure: how often a rate's outcome is true, or the total loss.
    pub sum: f64,
    /// The sum of its squares.
    pub squares: f64,
    /// The largest in one row.
    pub most: f64,
}

impl Tally {
    /// The rate, or the mean loss; nothing where it is defined in no row.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.defined > 0).then(|| self.sum / number(self.defined))
    }

    /// What is left of this without `part`, which must be a part of it.
    #[must_use]
    pub fn without(&self, part: &Self) -> Self {
        Self {
            rows: self.rows.saturating_sub(part.rows),
            defined: self.defined.saturating_sub(part.defined),
            sum: (self.sum - part.sum).max(0.0),
            squares: (self.squares - part.squares).max(0.0),
            most: self.most,
        }
    }
}

/// A count as a number to reckon with.
#[must_use]
pub const fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
    let number = count as f64;
    number
}

/// A measure laid out as the index lays out rows.
#[derive(Debug, Clone)]
pub struct Marked {
    /// Where it is defined; nothing when that is everywhere.
    defined: Option<Bits>,
    /// Where a rate's outcome is true.
    holds: Bits,
    /// The losses, where it is no rate.
    losses: Option<Vec<f64>>,
    /// What is told of all rows.
    pub all: Tally,
}

impl Marked {
    /// Whether it is a rate, and not a loss.
    #[must_use]
    pub const fn is_rate(&self) -> bool {
        self.losses.is_none()
    }
}

impl Index {
    /// An index of a table, for slices of at least `least` rows: rarer values get no bitmap.
    #[must_use]
    pub fn new(table: &Table, least: u64) -> Self {
        let least = least.max(1);
        Self { least, ..Self::of(table, |_, _, rows| rows >= least) }
    }

    /// An index of these items only, as (column, level), however few rows they have.
    #[must_use]
    pub fn of_items(table: &Table, wanted: &BTreeSet<(usize, usize)>) -> Self {
        Self::of(table, |column, level, _| wanted.contains(&(column, level)))
    }

    /// An index of the items that `keep` says of by column, level and number of rows.
    fn of(table: &Table, keep: impl Fn(usize, usize, u64) -> bool) -> Self {
        let repeats = Repeats::of(table);
        let bits = match &repeats {
            Repeats::Spread(Some(entries)) => entries.len(),
            Repeats::Spread(None) | Repeats::Planes { .. } => table.entries(),
        };
        let mut index = Self { items: Vec::new(), repeats, bits, rows: table.rows(), least: 1 };
        for (at, column) in table.columns().iter().enumerate() {
            index.add(at, column, table.counts(), |level, rows| keep(at, level, rows));
        }
        index
    }

    /// Adds the items of a column.
    fn add(&mut self, at: usize, column: &Column, counts: Option<&[u64]>, keep: impl Fn(usize, u64) -> bool) {
        let codes = &column.codes;
        let mut rows = vec![0_u64; column.levels.len()];
        for (entry, code) in codes.iter().enumerate() {
            if let Some(rows) = rows.get_mut(*code as usize) {
                *rows += counts.and_then(|counts| counts.get(entry)).copied().unwrap_or(1);
            }
        }
        let set = |(level, rows): (usize, &u64)| keep(level, *rows).then(|| Bits::none(self.bits));
        let mut sets: Vec<Option<Bits>> = rows.iter().enumerate().map(set).collect();
        let mut put = |bit: usize, code: u32| {
            if let Some(Some(set)) = sets.get_mut(code as usize) {
                set.insert(bit);
            }
        };
        match &self.repeats {
            Repeats::Spread(Some(entries)) => {
                for (bit, entry) in entries.iter().enumerate() {
                    codes.get(*entry).into_iter().for_each(|code| put(bit, *code));
                }
            }
            _ => codes.iter().enumerate().for_each(|(bit, code)| put(bit, *code)),
        }
        for (level, (bits, rows)) in sets.into_iter().zip(rows).enumerate() {
            if let Some(bits) = bits {
                self.items.push(Item { column: at, level, bits, rows });
            }
        }
    }

    /// The items with enough rows, by column and level.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The fewest rows of an item that is in it: smaller slices are not found with it.
    #[must_use]
    pub const fn least(&self) -> u64 {
        self.least
    }

    /// The set of all rows.
    #[must_use]
    pub fn everything(&self) -> Bits {
        Bits::of(self.bits, |_| true)
    }

    /// Lays out a measure of the table's entries; an entry that it does not speak of is undefined.
    #[must_use]
    pub fn mark(&self, measure: &Measure) -> Marked {
        let entry = |bit: usize| match &self.repeats {
            Repeats::Spread(Some(entries)) => entries.get(bit).copied(),
            _ => Some(bit),
        };
        let mut marked = match measure {
            Measure::Rate(outcomes) => {
                let of = |bit: usize| entry(bit).and_then(|entry| outcomes.get(entry)).copied();
                let is_defined = |bit| !matches!(of(bit), None | Some(Outcome::Undefined));
                let defined = Bits::of(self.bits, is_defined);
                let holds = Bits::of(self.bits, |bit| of(bit) == Some(Outcome::True));
                Marked { defined: Some(defined), holds, losses: None, all: Tally::default() }
            }
            Measure::Loss(losses) => {
                let of = |bit: usize| entry(bit).and_then(|entry| losses.get(entry)).copied().unwrap_or(f64::NAN);
                let losses: Vec<f64> = (0..self.bits).map(of).collect();
                let is_defined = |bit: usize| losses.get(bit).is_some_and(|loss| loss.is_finite());
                let defined = Some(Bits::of(self.bits, is_defined));
                Marked { defined, holds: Bits::none(self.bits), losses: Some(losses), all: Tally::default() }
            }
        };
        let everything = self.everything();
        if marked.defined.as_ref() == Some(&everything) {
            marked.defined = None;
        }
        marked.all = self.tally(&everything, self.rows, &marked);
        marked
    }

    /// How many rows are in a set.
    #[must_use]
    pub fn count(&self, set: &Bits) -> u64 {
        match &self.repeats {
            Repeats::Spread(_) => set.count(),
            Repeats::Planes { planes, .. } => weighed(planes, |plane| set.both(plane)),
        }
    }

    fn count_both(&self, set: &Bits, other: &Bits) -> u64 {
        match &self.repeats {
            Repeats::Spread(_) => set.both(other),
            Repeats::Planes { planes, .. } => weighed(planes, |plane| set.all_three(other, plane)),
        }
    }

    /// What a measure comes to in a set of so many rows.
    #[must_use]
    pub fn tally(&self, set: &Bits, rows: u64, marked: &Marked) -> Tally {
        let defined = marked.defined.as_ref().map_or(rows, |defined| self.count_both(set, defined));
        let Some(losses) = &marked.losses else {
            let holds = number(self.count_both(set, &marked.holds));
            return Tally { rows, defined, sum: holds, squares: holds, most: holds.min(1.0) };
        };
        let mut tally = Tally { rows, defined, ..Tally::default() };
        for (bit, loss) in
            set.rows().filter_map(|bit| Some((bit, *losses.get(bit)?))).filter(|(_, loss)| loss.is_finite())
        {
            let times = match &self.repeats {
                Repeats::Spread(_) => 1.0,
                Repeats::Planes { counts, .. } => number(counts.get(bit).copied().unwrap_or(0)),
            };
            tally.sum += times * loss;
            tally.squares += times * loss * loss;
            tally.most = tally.most.max(loss);
        }
        tally
    }

    /// The rows of a conjunction of items, by their places in [`Index::items`].
    #[must_use]
    pub fn rows_of(&self, items: &[usize]) -> Bits {
        let mut sets = items.iter().filter_map(|item| self.items.get(*item)).map(|item| &item.bits);
        let Some(first) = sets.next() else { return self.everything() };
        sets.fold(first.clone(), |mut rows, set| {
            rows.keep(set);
            rows
        })
    }

    /// What a measure comes to in a conjunction of items.
    #[must_use]
    pub fn tally_of(&self, items: &[usize], marked: &Marked) -> Tally {
        let rows = self.rows_of(items);
        self.tally(&rows, self.count(&rows), marked)
    }
}

fn weighed(planes: &[Bits], count: impl Fn(&Bits) -> u64) -> u64 {
    planes.iter().enumerate().map(|(place, plane)| count(plane) << place).sum()
}

impl Repeats {
    /// The cheaper of the two ways to keep the table's counts.
    fn of(table: &Table) -> Self {
        let Some(counts) = table.counts() else { return Self::Spread(None) };
        let most = counts.iter().copied().max().unwrap_or(0);
        let places = u64::from(u64::BITS - most.leading_zeros());
        if table.rows() <= places.saturating_mul(table.entries() as u64) {
            let spread = |(entry, count): (usize, &u64)| {
                std::iter::repeat_n(entry, usize::try_from(*count).unwrap_or(usize::MAX))
            };
            return Self::Spread(Some(counts.iter().enumerate().flat_map(spread).collect()));
        }
        let plane =
            |place: u64| Bits::of(counts.len(), |entry| counts.get(entry).is_some_and(|count| count >> place & 1 == 1));
        Self::Planes { planes: (0..places).map(plane).collect(), counts: counts.to_vec() }
    }
}
