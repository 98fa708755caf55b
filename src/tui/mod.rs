//! Floor 6: the screens.
//!
//! A program is an [`App`](run::App): it answers what comes in with requests, and draws itself. [`Run`](run::Run) waits,
//! hands over everything that came, and draws once. How a screen is put together:
//!
//! 1. [`settings::Setup::load`] reads settings, keys and theme.
//! 2. A [`Screen`](terminal::Screen) on a [`Tty`](tty::Tty) is entered; an [`event::channel`] is fed by a
//!    [`Reader`](event::Reader) and a [`Listener`](signal::Listener), and by the program's own threads.
//! 3. An input goes to the [`Layers`](layer::Layers) first. What they leave, the [`Keymap`](keymap::Keymap) turns into a
//!    [`CommandId`](command::CommandId) for the [`Where`](command::Where) of the place that has the keys.
//! 4. The view blanks the frame with the theme, draws panes and [widgets] with styles and glyphs by role, then the layers.
//!
//! In a test the same program runs on a `TestBackend`: put keys into the channel, [`Run::settle`](run::Run::settle), look.

pub mod app;
pub mod asked;
pub mod clipboard;
pub mod colour;
pub mod command;
pub mod editor;
pub mod event;
pub mod fault;
pub mod keymap;
pub mod keys;
pub mod layer;
pub mod plain;
pub mod run;
pub mod settings;
pub mod signal;
pub mod terminal;
pub mod theme;
pub mod theme_file;
pub mod tty;
pub mod widgets;
