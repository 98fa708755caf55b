//! Floor 6: the screens.

pub mod clipboard;
pub mod editor;
pub mod event;
pub mod fault;
pub mod keys;
pub mod run;
pub mod signal;
pub mod terminal;
pub mod tty;
