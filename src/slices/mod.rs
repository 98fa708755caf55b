//! Floor 3: fairness and performance by slices of the data: what a predictions file says of each group, how sure that
//! is, and where it differs. Knows neither workspace, screens nor command line.

pub mod cells;
pub mod error;
pub mod interval;
pub mod labels;
pub mod metric;
pub mod named;
pub mod read;
pub mod scored;
pub mod significance;
pub mod tally;

pub use cells::Cells;
pub use error::{Error, Result};
