//! The pack's promises: every format says the same, no text becomes markup, and no half pack is left behind.

mod agree;
mod desk;
mod hostile;
mod model;
mod programme;
mod read;
mod readout;
mod templates;
mod writing;
