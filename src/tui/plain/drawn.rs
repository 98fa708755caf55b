//! Popups that have no words of their own are read out as they would be drawn, without their borders.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::layer::Layers;
use crate::tui::theme::{Glyph, Theme};

/// How large the screen is on which it is drawn.
const SIZE: (u16, u16) = (120, 60);

/// What the popups would show, line by line.
#[must_use]
pub fn lines(layers: &Layers<Ctx, Message>, ctx: &Ctx) -> Vec<String> {
    // A screen in memory cannot fail.
    let Ok(mut terminal) = Terminal::new(TestBackend::new(SIZE.0, SIZE.1));
    let Ok(_) = terminal.draw(|frame| layers.draw(frame, ctx));
    let buffer = terminal.backend().buffer();
    let rows = buffer.content.chunks(usize::from(SIZE.0));
    let lines = rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
    lines.map(|line| without_border(&line, &ctx.theme)).filter(|line| !line.is_empty()).collect()
}

fn without_border(line: &str, theme: &Theme) -> String {
    let borders: Vec<&str> =
        [Glyph::Horizontal, Glyph::Vertical, Glyph::FocusHorizontal, Glyph::FocusVertical, Glyph::TopLeft]
            .into_iter()
            .chain([Glyph::TopRight, Glyph::BottomLeft, Glyph::BottomRight, Glyph::FocusTopLeft])
            .chain([Glyph::FocusTopRight, Glyph::FocusBottomLeft, Glyph::FocusBottomRight])
            .map(|glyph| theme.glyph(glyph))
            .collect();
    let mut rest = line.trim();
    while let Some(shorter) = borders.iter().find_map(|border| rest.strip_prefix(border)) {
        rest = shorter.trim_start();
    }
    while let Some(shorter) = borders.iter().find_map(|border| rest.strip_suffix(border)) {
        rest = shorter.trim_end();
    }
    rest.to_owned()
}

/// The command that takes what was typed in a popup.
#[must_use]
pub const fn accepts(place: Where) -> Id {
    match place {
        Where::Picker => Id::PickerAccept,
        Where::Finder => Id::FinderAccept,
        Where::Form => Id::FieldOpen,
        Where::Prose => Id::FieldNext,
        Where::Confirm => Id::Yes,
        _ => Id::QuickSave,
    }
}
