//! Probity runs Responsible AI (RAI) reviews in the terminal, on one SQLite file.
//!
//! The house has floors; a floor knows only the floors under it:
//!
//! 0. [`text`]: text from outside, made safe and measured.
//! 1. [`record`]: what is kept. Fields, lifecycle and rules of each kind of record, described once. Pure.
//! 6. [`tui`]: the screens.

pub mod record;
pub mod text;
pub mod tui;
