//! Floor 3: fairness and performance by slices of the data: what a predictions file says of each group, how sure that
//! is, and where it differs. Knows neither workspace, screens nor command line.

pub mod cells;
pub mod error;
pub mod labels;
pub mod read;

pub use cells::Cells;
pub use error::{Error, Result};
