//! Floor 3: fairness and performance by slices of the data: what a predictions file says of each group, how sure that
//! is, and where it differs. Knows neither workspace, screens nor command line.
//!
//! [`analyse`] reads a file (`read`) into [`Cells`], and makes the [`Report`] of it (`build`), which every format (`out`) and
//! every screen reads. Figures come from [`Cells`] alone, so that counts that a warehouse made give the same report.

mod analyse;
pub mod build;
pub mod cells;
pub mod error;
pub mod interval;
pub mod labels;
pub mod metric;
pub mod named;
pub mod options;
pub mod out;
pub mod read;
pub mod report;
pub mod scored;
pub mod search;
pub mod significance;
pub mod tally;
pub mod warehouse;
pub mod worst;

pub use analyse::analyse;
pub use cells::Cells;
pub use error::{Error, Result};
pub use options::{Preset, Reference, Request};
pub use report::Report;
