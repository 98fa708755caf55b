//! What screens are made of. Each draws into the rectangle it is given, at any size, and nowhere else.

pub mod chart;
pub mod draw;
pub mod frame;
pub mod fuzzy;
pub mod large;
pub mod list;
pub mod matrix;
pub mod menu;
pub mod picker;
mod picker_view;
pub mod popup;
pub mod progress;
pub mod prose;
pub mod question;
pub mod scroll;
#[cfg(test)]
pub(crate) mod testing;
pub mod text_line;
mod text_line_view;
