//! The worst slices: an exact search over conjunctions of column = value, by SliceLine's score or by the divergence of
//! any rate.
//!
//! It knows columns as dictionaries and a measure for each row, and reads no file. A [`Searcher`] holds the data turned on
//! its side (a bitmap for each value), so that another support, depth or measure is answered in milliseconds.
//!
//! Everything found is the same on every run, on any number of threads.

mod best;
mod bits;
mod divergence;
mod found;
mod index;
mod measure;
mod options;
mod prune;
#[cfg(test)]
#[allow(clippy::cast_precision_loss)] // Small counts.
mod published;
mod searcher;
mod significance;
mod sliceline;
mod table;
#[cfg(test)]
#[allow(clippy::cast_precision_loss)] // Small counts.
mod tests;
mod walk;

pub use found::{Confirmed, Found, ItemFound, SliceFound, Split};
pub use measure::{Direction, ERROR, Measure, Outcome, outcome, rate, worst};
pub use options::{Adjust, Options, Ranking, SearchError, Support};
pub use searcher::Searcher;
pub use table::{Column, Grouping, Table, TableError};
pub use walk::Watch;
