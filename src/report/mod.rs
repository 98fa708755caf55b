//! Floor 5: the governance pack: what a meeting needs to see of a workspace, in five formats from one model.
//!
//! [`Pack::compute`] reads a workspace once and computes everything; [`write_pack`] writes what was computed. No format
//! computes anything of its own, so that all of them agree. Private fields never reach the model.
//!
//! To add a table: one [`Register`] in [`Pack::tables`]. To add a picture: one function in `chart`. What the pages look
//! like is in `assets/reports/`, and can be overridden there; see its README for the model as templates and programs
//! see it.

mod chart;
mod csv;
mod error;
pub mod figures;
pub mod gate;
mod gather;
mod json;
mod manifest;
mod model;
mod page;
mod programme;
pub mod readout;
mod register;
mod tables;
mod template;
#[cfg(test)]
mod tests;
pub mod trend;
mod watch;
mod words;
mod write;
mod xlsx;

use crate::escape;
pub use error::{Error, Result};
pub use gather::agenda::Scope;
pub use gather::{HISTORY_ROWS, Request, SOON_DAYS};
pub use model::{
    About, Asked, Attention, BANDS, FORMAT, Figure, Figures, Grid, HeatCell, HeatMap, Level, OwnerLine, Pack, Period,
    Registers, StageLine, TrendPoint, VERSION,
};
pub use page::ROWS;
pub use programme::{Crossed, KpiLine, Programme, TrendLine, Wanted as ProgrammeWanted};
pub use register::{Cell, Column, Holds, Linked, Register, Row};
pub use template::SHIPPED as TEMPLATES;
pub use watch::{Step, Watch};
pub use write::{Format, Output, page, write_pack};
