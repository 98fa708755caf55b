//! The data that is searched: columns as dictionaries, and what is measured in each row.

use std::collections::HashMap;
use std::hash::Hash;

/// A column as a dictionary: what levels it has, and which of them each row holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// The name in the file's header.
    pub name: String,
    /// The levels, in the order in which they are shown; a missing value is a level too.
    pub levels: Vec<String>,
    /// For each row, the place of its level in `levels`.
    pub codes: Vec<u32>,
}

/// Rows to search. Equal rows may stand once, with how often they occur.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    counts: Option<Vec<u64>>,
    entries: usize,
    rows: u64,
}

/// Why columns do not make a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A column is longer or shorter than the first, or than the counts.
    #[error("the column “{0}” has {1} rows where the others have {2}")]
    Ragged(String, usize, usize),
    /// A code that is the place of no level.
    #[error("the column “{0}” holds the code {1}, but has {2} levels")]
    NoLevel(String, u32, usize),
}

impl Table {
    /// A table of these columns; `counts` says how often each row occurs, once each without it.
    ///
    /// # Errors
    /// When lengths differ, or a code is the place of no level.
    pub fn new(columns: Vec<Column>, counts: Option<Vec<u64>>) -> Result<Self, TableError> {
        let entries = counts.as_ref().map(Vec::len).or_else(|| columns.first().map(|column| column.codes.len()));
        let entries = entries.unwrap_or(0);
        for column in &columns {
            if column.codes.len() != entries {
                return Err(TableError::Ragged(column.name.clone(), column.codes.len(), entries));
            }
            let levels = column.levels.len();
            if let Some(code) = column.codes.iter().find(|code| **code as usize >= levels) {
                return Err(TableError::NoLevel(column.name.clone(), *code, levels));
            }
        }
        let rows = counts.as_ref().map_or(entries as u64, |counts| counts.iter().sum());
        Ok(Self { columns, counts, entries, rows })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many entries it holds: distinct rows where it has counts, otherwise rows.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.entries
    }

    /// How many rows it stands for.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How often each entry occurs, where that is not once each.
    #[must_use]
    pub fn counts(&self) -> Option<&[u64]> {
        self.counts.as_deref()
    }

    /// The same rows with these columns only, in this order; nothing where one of them is not there.
    #[must_use]
    pub fn select(&self, names: &[String]) -> Option<Self> {
        let find = |name: &String| self.columns.iter().find(|column| column.name == *name).cloned();
        let columns = names.iter().map(find).collect::<Option<_>>()?;
        Some(Self { columns, counts: self.counts.clone(), entries: self.entries, rows: self.rows })
    }

    /// The rows in two halves by chance: which half a row falls in follows from the seed and its number, and so is the
    /// same on every run. Beside each half stands which entry of this table each of its entries was.
    #[must_use]
    pub fn halves(&self, seed: u64) -> [(Self, Vec<usize>); 2] {
        let mut taken: [(Vec<usize>, Vec<u64>); 2] = Default::default();
        let mut row = 0_u64;
        for entry in 0..self.entries {
            let count = self.counts.as_ref().and_then(|counts| counts.get(entry)).copied().unwrap_or(1);
            let second = (row..row + count).filter(|row| is_second(seed, *row)).count() as u64;
            row += count;
            for ((entries, counts), count) in taken.iter_mut().zip([count - second, second]) {
                if count > 0 {
                    entries.push(entry);
                    counts.push(count);
                }
            }
        }
        taken.map(|(entries, counts)| {
            let column = |column: &Column| Column {
                name: column.name.clone(),
                levels: column.levels.clone(),
                codes: entries.iter().filter_map(|entry| column.codes.get(*entry).copied()).collect(),
            };
            let rows = counts.iter().sum();
            let columns = self.columns.iter().map(column).collect();
            let counts = self.counts.is_some().then_some(counts);
            (Self { columns, counts, entries: entries.len(), rows }, entries)
        })
    }
}

/// Whether a row falls in the second half: a bit of its number, mixed with the seed (SplitMix64, Steele and others 2014).
const fn is_second(seed: u64, row: u64) -> bool {
    let mut mixed = seed.wrapping_add(row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) & 1 == 1
}

/// Counts equal rows, and lists each once.
#[derive(Debug, Clone)]
pub struct Grouping<Key> {
    places: HashMap<Key, usize>,
    counts: Vec<u64>,
}

impl<Key: Eq + Hash + Ord + Clone> Default for Grouping<Key> {
    fn default() -> Self {
        Self { places: HashMap::new(), counts: Vec::new() }
    }
}

impl<Key: Eq + Hash + Ord + Clone> Grouping<Key> {
    /// Counts a row, `times` over.
    pub fn add<Row>(&mut self, row: &Row, times: u64)
    where
        Key: std::borrow::Borrow<Row>,
        Row: ?Sized + Hash + Eq + ToOwned<Owned = Key>,
    {
        if let Some(count) = self.places.get(row).and_then(|place| self.counts.get_mut(*place)) {
            *count += times;
        } else {
            self.places.insert(row.to_owned(), self.counts.len());
            self.counts.push(times);
        }
    }

    /// How many distinct rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The distinct rows and how often each occurs, in the rows' own order, whatever order they came in.
    #[must_use]
    pub fn sorted(self) -> Vec<(Key, u64)> {
        let mut rows: Vec<(Key, u64)> =
            self.places.into_iter().filter_map(|(key, at)| Some((key, *self.counts.get(at)?))).collect();
        rows.sort_unstable();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(codes: &[u32]) -> Column {
        Column { name: "x".to_owned(), levels: vec!["a".to_owned(), "b".to_owned()], codes: codes.to_vec() }
    }

    #[test]
    fn columns_must_be_of_one_length_and_hold_levels() {
        let ragged = Table::new(vec![column(&[0, 1]), column(&[0])], None);
        assert_eq!(ragged, Err(TableError::Ragged("x".to_owned(), 1, 2)));
        assert_eq!(Table::new(vec![column(&[0, 2])], None), Err(TableError::NoLevel("x".to_owned(), 2, 2)));
        let counted = Table::new(vec![column(&[0, 1])], Some(vec![3, 4])).unwrap();
        assert_eq!((counted.rows(), counted.entries()), (7, 2));
    }

    #[test]
    fn halves_hold_every_row_once_and_are_the_same_for_rows_and_for_counts() {
        let counted = Table::new(vec![column(&[0, 1])], Some(vec![300, 701])).unwrap();
        let rows: Vec<u32> = std::iter::repeat_n(0, 300).chain(std::iter::repeat_n(1, 701)).collect();
        let listed = Table::new(vec![column(&rows)], None).unwrap();
        let [(first, _), (second, _)] = counted.halves(7);
        let [(same, entries), _] = listed.halves(7);
        assert_eq!(first.rows() + second.rows(), 1001);
        assert!((400..600).contains(&first.rows()), "{}", first.rows());
        assert_eq!(first.rows(), same.rows());
        let zeros = entries.iter().filter(|entry| **entry < 300).count() as u64;
        assert_eq!(first.counts().unwrap()[0], zeros);
        assert_ne!(counted.halves(8)[0].0, first);
    }

    #[test]
    fn equal_rows_are_counted_together_in_the_order_of_their_values() {
        let mut rows = Grouping::<Vec<u32>>::default();
        for row in [[2, 1], [1, 5], [2, 1]] {
            rows.add(row.as_slice(), 1);
        }
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.sorted(), [(vec![1, 5], 1), (vec![2, 1], 2)]);
    }
}
