//! What the tests of widgets share: a picture of what was drawn, and every size there is.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::draw::fill;
use crate::tui::theme::Theme;
use crate::tui::theme_file::built_in;

/// A theme that comes along.
pub(crate) fn theme(name: &str) -> Theme {
    built_in(name).unwrap()
}

/// What stands on the screen, without spaces at the ends of lines.
pub(crate) fn screen(buffer: &Buffer) -> String {
    let mut lines = Vec::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let cell = &buffer[(x, y)];
            line.push_str(cell.symbol());
            x += cell.cell_width().max(1);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// The screen after drawing on all of it.
pub(crate) fn drawn(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    draw(buffer.area, &mut buffer);
    screen(&buffer)
}

/// The texts drawn with this modifier, in order.
pub(crate) fn with(modifier: Modifier, buffer: &Buffer) -> String {
    buffer.content.iter().filter(|cell| cell.modifier.contains(modifier)).map(ratatui::buffer::Cell::symbol).collect()
}

/// Draws at every small size, and at many sizes up to 200 by 200, at the edge of the screen, in its middle and hanging over
/// its end: nothing panics, and nothing is drawn outside.
pub(crate) fn every_size(draw: impl Fn(Rect, &mut Buffer)) {
    let check = |area: Rect, screen: Rect| -> Result<(), TestCaseError> {
        let mut buffer = Buffer::empty(screen);
        fill(&mut buffer, screen, "§", Style::new());
        draw(area, &mut buffer);
        let mut outside = screen.positions().filter(|position| !area.contains(*position));
        let touched = outside.find(|position| buffer[*position].symbol() != "§");
        prop_assert_eq!(touched, None, "outside of {:?}", area);
        Ok(())
    };
    for width in 0..8 {
        for height in 0..6 {
            for (x, y) in [(0, 0), (2, 1)] {
                check(Rect::new(x, y, width, height), Rect::new(0, 0, 12, 8)).unwrap();
                check(Rect::new(x, y, width, height), Rect::new(0, 0, 4, 3)).unwrap();
            }
        }
    }
    let sizes = (0u16..=200, 0u16..=200, 0u16..4, 0u16..4, 0u16..=200, 0u16..=200);
    TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() })
        .run(&sizes, |(width, height, x, y, screen_width, screen_height)| {
            check(Rect::new(x, y, width, height), Rect::new(0, 0, screen_width, screen_height))
        })
        .unwrap();
}

/// Draws with the plain theme and makes sure that all of it is ASCII.
pub(crate) fn is_ascii(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) {
    let screen = drawn(width, height, draw);
    assert!(screen.is_ascii(), "{screen}");
}
