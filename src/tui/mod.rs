//! Floor 6: the screens.

pub mod app;
pub mod clipboard;
pub mod colour;
pub mod command;
pub mod editor;
pub mod event;
pub mod fault;
pub mod keymap;
pub mod keys;
pub mod layer;
pub mod run;
pub mod settings;
pub mod signal;
pub mod terminal;
pub mod theme;
pub mod theme_file;
pub mod tty;
pub mod widgets;
