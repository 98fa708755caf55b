//! Sets of rows as bitmaps: AND and count, the two things that a search does all day.

/// How many words are added up side by side.
const WIDE: usize = 2;

/// A set of rows: one bit a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The set of those of `len` rows for which `holds` says so.
    #[must_use]
    pub fn of(len: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let word = |start: usize| {
            let end = len.min(start + 64);
            (start..end).filter(|row| holds(*row)).fold(0, |word, row| word | (1_u64 << (row - start)))
        };
        Self { words: (0..len).step_by(64).map(word).collect() }
    }

    /// The empty set of so many rows.
    #[must_use]
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)] }
    }

    /// Puts a row into the set; a row beyond its length is let be.
    pub fn insert(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// How many rows are in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        count([&self.words])
    }

    /// How many rows are in both.
    #[must_use]
    pub fn both(&self, other: &Self) -> u64 {
        count([&self.words, &other.words])
    }

    /// How many rows are in all three.
    #[must_use]
    pub fn all_three(&self, other: &Self, third: &Self) -> u64 {
        count([&self.words, &other.words, &third.words])
    }

    /// Makes this the set of rows that are in `left` and in `right`.
    pub fn set_both(&mut self, left: &Self, right: &Self) {
        self.words.clear();
        self.words.extend(left.words.iter().zip(&right.words).map(|(left, right)| left & right));
    }

    /// Keeps the rows that are in `other` too.
    pub fn keep(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// The rows in it, ascending.
    #[inline]
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                (left != 0).then(|| {
                    left &= left - 1;
                    at * 64 + bit
                })
            })
        })
    }
}

// Written out, and inlined by word: the release is built without optimisation across units, which would leave calls to
// iterators in the innermost loop.
type Lane = [u64; WIDE];

/// Three bits a position, added: the carry and the sum.
#[inline]
const fn add([a0, a1]: Lane, [b0, b1]: Lane, [c0, c1]: Lane) -> (Lane, Lane) {
    let (either0, either1) = (a0 ^ b0, a1 ^ b1);
    ([(a0 & b0) | (either0 & c0), (a1 & b1) | (either1 & c1)], [either0 ^ c0, either1 ^ c1])
}

#[inline]
fn ones([first, second]: Lane) -> u64 {
    u64::from(first.count_ones() + second.count_ones())
}

/// The words' conjunction, `WIDE` of them from the front of each of the blocks, which move on.
#[inline]
fn next<const SETS: usize>(blocks: &mut [&[u64]; SETS]) -> Lane {
    let [mut first, mut second] = [u64::MAX; WIDE];
    for block in blocks {
        if let [one, other, rest @ ..] = *block {
            first &= one;
            second &= other;
            *block = rest;
        }
    }
    [first, second]
}

/// How many rows are in all the sets, by carry-save addition: eight words are added up into one before bits are counted,
/// which makes up for a processor whose count of bits may not be relied on (Harley and Seal; Muła, Kurz, Lemire 2018).
fn count<const SETS: usize>(sets: [&[u64]; SETS]) -> u64 {
    let len = sets.iter().map(|words| words.len()).min().unwrap_or(0);
    let mut blocks = sets.map(|words| words.get(..len).unwrap_or(words));
    let (mut one, mut two, mut four) = ([0; WIDE], [0; WIDE], [0; WIDE]);
    let mut total = 0;
    for _ in 0..len / (8 * WIDE) {
        let (a, sum) = add(one, next(&mut blocks), next(&mut blocks));
        let (b, sum) = add(sum, next(&mut blocks), next(&mut blocks));
        let (c, twos) = add(two, a, b);
        let (a, sum) = add(sum, next(&mut blocks), next(&mut blocks));
        let (b, sum) = add(sum, next(&mut blocks), next(&mut blocks));
        let (d, twos) = add(twos, a, b);
        let (eight, fours) = add(four, c, d);
        (one, two, four) = (sum, twos, fours);
        total += 8 * ones(eight);
    }
    total += 4 * ones(four) + 2 * ones(two) + ones(one);
    let left = blocks.first().map_or(0, |words| words.len());
    let word = |at: usize| blocks.iter().fold(u64::MAX, |word, block| word & block.get(at).copied().unwrap_or(0));
    total + (0..left).map(|at| u64::from(word(at).count_ones())).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_are_those_of_sets(rows in proptest::collection::vec(any::<[bool; 3]>(), 0..3000)) {
            let set = |at: usize| Bits::of(rows.len(), |row| rows[row][at]);
            let (a, b, c) = (set(0), set(1), set(2));
            let told = |holds: fn(&[bool; 3]) -> bool| rows.iter().filter(|row| holds(row)).count() as u64;
            prop_assert_eq!(a.count(), told(|row| row[0]));
            prop_assert_eq!(a.both(&b), told(|row| row[0] && row[1]));
            prop_assert_eq!(a.all_three(&b, &c), told(|row| row[0] && row[1] && row[2]));
            let mut both = Bits::default();
            both.set_both(&a, &b);
            prop_assert_eq!(both.count(), a.both(&b));
            let listed: Vec<usize> = both.rows().collect();
            let expected: Vec<usize> = (0..rows.len()).filter(|row| rows[*row][0] && rows[*row][1]).collect();
            prop_assert_eq!(listed, expected);
            both.keep(&c);
            prop_assert_eq!(both.count(), a.all_three(&b, &c));
        }
    }

    #[test]
    fn a_row_is_put_in_once_and_never_beyond_the_end() {
        let mut bits = Bits::none(65);
        for row in [0, 64, 64, 500] {
            bits.insert(row);
        }
        assert_eq!(bits.rows().collect::<Vec<_>>(), [0, 64]);
    }
}
