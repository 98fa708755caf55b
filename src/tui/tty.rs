//! The real terminal as a drawing surface: whole frames, and only when something changed.
//!
//! What a frame writes is kept back and sent in one piece, as a synchronized update, so that a terminal never shows half of
//! it; a frame in which nothing changed sends nothing; the cursor is not switched off and on between frames. Nothing here
//! ever asks the terminal a question, since the answer would arrive among the keys.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste};
use ratatui::crossterm::style::{Attribute, ResetColor, SetAttribute, force_color_output};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::crossterm::{Command, cursor, queue};
use ratatui::layout::{Position, Size};

use super::terminal::{Console, Modes, guard};

/// A terminal behind a writer.
pub struct Tty<W: Write> {
    backend: CrosstermBackend<Frames<W>>,
    holding: Arc<AtomicBool>,
    /// The size when the writer is not the terminal of this process.
    size: Option<Size>,
    shown: Option<bool>,
    at: Option<Position>,
    /// Where wide graphemes stand on the terminal now.
    wide: HashSet<(u16, u16)>,
}

impl Tty<io::Stdout> {
    /// The terminal of this process.
    #[must_use]
    pub fn stdout() -> Self {
        // Whether colours are shown is the theme's affair. With NO_COLOR, crossterm would send an empty colour instead,
        // which switches bold and reverse off too.
        force_color_output(true);
        Self::over(io::stdout(), None)
    }
}

impl<W: Write> Tty<W> {
    /// A terminal of this size behind any writer: its raw mode is nobody's business here.
    pub fn to(writer: W, size: Size) -> Self {
        Self::over(writer, Some(size))
    }

    fn over(writer: W, size: Option<Size>) -> Self {
        let holding = Arc::new(AtomicBool::new(false));
        let frames = Frames { writer, held: Vec::new(), holding: Arc::clone(&holding) };
        Self { backend: CrosstermBackend::new(frames), holding, size, shown: None, at: None, wide: HashSet::new() }
    }

    fn real(&self) -> bool {
        self.size.is_none()
    }

    /// The cells to draw, and a blank for each other half of a wide grapheme that they overwrite: not every terminal clears
    /// that by itself. Where it would not be blank, it is among the cells already.
    fn with_halves<'a>(&mut self, content: impl Iterator<Item = (u16, u16, &'a Cell)>) -> Vec<(u16, u16, &'a Cell)> {
        static BLANK: Cell = Cell::EMPTY;
        let mut cells: Vec<(u16, u16, &Cell)> = Vec::new();
        let mut half: Option<(u16, u16)> = None;
        for (x, y, cell) in content {
            if let Some(place) = half.take_if(|place| *place != (x, y)) {
                cells.push((place.0, place.1, &BLANK));
            }
            let width = cell.cell_width().max(1);
            half = half.filter(|place| *place != (x, y));
            for column in x..x.saturating_add(width) {
                if self.wide.remove(&(column, y)) && column + 1 >= x + width {
                    half = Some((column + 1, y));
                }
            }
            if width > 1 {
                self.wide.insert((x, y));
            }
            cells.push((x, y, cell));
        }
        cells.extend(half.map(|(x, y)| (x, y, &BLANK)));
        cells
    }
}

impl<W: Write> Console for Tty<W> {
    fn enter(&mut self, modes: Modes) -> io::Result<()> {
        if self.real() {
            enable_raw_mode()?;
            guard::entered();
        }
        (self.shown, self.at) = (None, None);
        if modes.alternate {
            queue!(self.backend, EnterAlternateScreen)?;
        }
        // Old Windows consoles know no bracketed paste; everything else works there.
        let _ = queue!(self.backend, EnableBracketedPaste);
        if modes.mouse {
            mouse_on(&mut self.backend)?;
        }
        Write::flush(&mut self.backend)
    }

    fn leave(&mut self) -> io::Result<()> {
        if self.real() && !guard::left() {
            // A panic has restored it already, and what it printed stands below: nothing may be written over that.
            return disable_raw_mode();
        }
        self.holding.store(false, Ordering::Relaxed);
        (self.shown, self.at) = (None, None);
        // Every step is tried, whatever became of the one before; the first trouble is reported at the end.
        let written = restore(&mut self.backend).and_then(|()| Write::flush(&mut self.backend));
        let cooked = if self.real() { disable_raw_mode() } else { Ok(()) };
        written.and(cooked)
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        if on {
            mouse_on(&mut self.backend)?;
        } else {
            queue!(self.backend, DisableMouseCapture)?;
        }
        Write::flush(&mut self.backend)
    }

    fn frame_begins(&mut self) {
        self.holding.store(true, Ordering::Relaxed);
    }

    fn frame_ends(&mut self) -> io::Result<()> {
        self.holding.store(false, Ordering::Relaxed);
        Write::flush(&mut self.backend)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.backend.write_all(bytes)?;
        Write::flush(&mut self.backend)
    }

    fn stop(&mut self) -> io::Result<()> {
        if self.real() { super::signal::stop_job() } else { Ok(()) }
    }
}

/// Undoes whatever may be on. Safe to send twice, and to a terminal that knows none of it.
pub(super) fn restore(out: &mut impl Write) -> io::Result<()> {
    queue!(out, EndSynchronizedUpdate, SetAttribute(Attribute::Reset), ResetColor, DisableMouseCapture)?;
    let _ = queue!(out, DisableBracketedPaste);
    queue!(out, LeaveAlternateScreen, cursor::Show)
}

/// Reports of buttons, drags and the wheel, but not of mere movement, which would wake the program at every twitch.
fn mouse_on(out: &mut impl Write) -> io::Result<()> {
    struct Buttons;
    impl Command for Buttons {
        fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
            f.write_str("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
        }

        #[cfg(windows)]
        fn execute_winapi(&self) -> io::Result<()> {
            ratatui::crossterm::event::EnableMouseCapture.execute_winapi()
        }

        #[cfg(windows)]
        fn is_ansi_code_supported(&self) -> bool {
            false
        }
    }
    queue!(out, Buttons)
}

impl<W: Write> Backend for Tty<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let cells = self.with_halves(content);
        if !cells.is_empty() {
            self.at = None;
        }
        // Each run starts by saying where it stands.
        for run in cells.split_inclusive(|(_, _, cell)| doubtful(cell.symbol())) {
            self.backend.draw(run.iter().copied())?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.shown == Some(false) {
            return Ok(());
        }
        self.shown = Some(false);
        self.backend.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.shown == Some(true) {
            return Ok(());
        }
        self.shown = Some(true);
        self.backend.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.at.unwrap_or(Position::ORIGIN))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.at == Some(position) {
            return Ok(());
        }
        self.at = Some(position);
        self.backend.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.wide.clear();
        self.backend.clear()
    }

    fn clear_region(&mut self, what: ClearType) -> io::Result<()> {
        if what == ClearType::All {
            self.wide.clear();
        }
        self.backend.clear_region(what)
    }

    fn size(&self) -> io::Result<Size> {
        self.size.map_or_else(|| self.backend.size(), Ok)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.backend.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.backend)
    }
}

/// Whether terminals disagree about the width of a grapheme: emoji, flags, families, piles of marks. What follows one on the
/// same line is placed anew, so that columns stay straight on all of them.
fn doubtful(symbol: &str) -> bool {
    symbol.len() > 3
}

/// A writer that keeps everything back while a frame is made, and sends it as one synchronized update.
struct Frames<W> {
    writer: W,
    held: Vec<u8>,
    holding: Arc<AtomicBool>,
}

impl<W: Write> Write for Frames<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.holding.load(Ordering::Relaxed) && self.held.is_empty() {
            queue!(self.held, BeginSynchronizedUpdate)?;
        }
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.holding.load(Ordering::Relaxed) || self.held.is_empty() {
            return Ok(());
        }
        let mut begin = Vec::new();
        queue!(begin, BeginSynchronizedUpdate)?;
        if self.held.starts_with(&begin) {
            queue!(self.held, EndSynchronizedUpdate)?;
        }
        // Even after a failure: what could not be sent now must not come out in the middle of something else later.
        let held = std::mem::take(&mut self.held);
        self.writer.write_all(&held)?;
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;
    use std::sync::Mutex;

    use proptest::prelude::*;
    use ratatui::widgets::{Paragraph, Widget};

    use super::*;
    use crate::tui::terminal::Screen;

    /// A writer that counts how often it was written to.
    #[derive(Clone, Default)]
    struct Wire(Arc<Mutex<Vec<Vec<u8>>>>);

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Wire {
        fn take(&self) -> Vec<String> {
            let pieces = std::mem::take(&mut *self.0.lock().unwrap());
            pieces.into_iter().map(|piece| String::from_utf8(piece).unwrap()).collect()
        }
    }

    fn screen(wire: &Wire) -> Screen<Tty<Wire>> {
        let modes = Modes { alternate: true, mouse: true };
        let mut screen = Screen::new(Tty::to(wire.clone(), Size::new(20, 3)), modes).unwrap();
        screen.enter().unwrap();
        screen
    }

    fn draw(screen: &mut Screen<Tty<Wire>>, text: &str) {
        screen.draw(|frame| frame.render_widget(Paragraph::new(text), frame.area())).unwrap();
    }

    #[test]
    fn a_frame_is_one_synchronized_write() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        wire.take();
        draw(&mut screen, "one\ntwo");
        let frames = wire.take();
        assert_eq!(frames.len(), 1, "{frames:?}");
        assert!(frames[0].starts_with("\x1b[?2026h") && frames[0].ends_with("\x1b[?2026l"), "{frames:?}");
        assert!(frames[0].contains("one") && frames[0].contains("two"));
    }

    #[test]
    fn an_unchanged_frame_sends_nothing() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        for cursor in [false, true] {
            let draw = |screen: &mut Screen<Tty<Wire>>| {
                screen
                    .draw(|frame| {
                        frame.render_widget(Paragraph::new("still"), frame.area());
                        if cursor {
                            frame.set_cursor_position((2, 1));
                        }
                    })
                    .unwrap()
            };
            draw(&mut screen);
            wire.take();
            draw(&mut screen);
            assert_eq!(wire.take(), Vec::<String>::new());
        }
    }

    #[test]
    fn what_follows_an_emoji_is_placed_anew() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        draw(&mut screen, "a👩‍👩‍👧‍👦b語c");
        let sent = wire.take().concat();
        assert!(sent.contains("\x1b[1;4Hb語"), "{sent:?}");
        assert!(!sent.contains("\x1b[1;5H"), "{sent:?}");
    }

    #[test]
    fn no_half_of_a_wide_character_is_left() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        for (before, now, halves) in [("日本", "a 本", 1), ("x日", "日 ", 1), ("日本", "ab本", 0), ("日本", "本日", 0)]
        {
            draw(&mut screen, before);
            wire.take();
            draw(&mut screen, now);
            let sent = wire.take().concat();
            assert_eq!(sent.matches(' ').count(), halves, "{before} to {now}: {sent:?}");
        }
    }

    proptest! {
        #[test]
        fn a_terminal_shows_what_was_drawn(frames in proptest::collection::vec("[ab日本👩é ]{0,20}\n[ab日 ]{0,12}", 1..6)) {
            let wire = Wire::default();
            let mut screen = screen(&wire);
            let mut terminal = vt100::Parser::new(NonZero::new(3).unwrap(), NonZero::new(20).unwrap(), 0);
            for frame in frames {
                draw(&mut screen, &frame);
                terminal.process(wire.take().concat().as_bytes());
                let shown: Vec<String> = terminal.screen().rows(0, 20).map(|row| row.trim_end().to_owned()).collect();
                let drawn = crate::tui::widgets::testing::drawn(20, 3, |area, buffer| Paragraph::new(frame.as_str()).render(area, buffer));
                prop_assert_eq!(shown.join("\n"), drawn);
            }
        }
    }

    #[test]
    fn the_cursor_is_not_switched_between_frames() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        let mut sent = Vec::new();
        for text in ["a", "b", "c"] {
            screen
                .draw(|frame| {
                    frame.render_widget(Paragraph::new(text), frame.area());
                    frame.set_cursor_position((1, 1));
                })
                .unwrap();
            sent = wire.take();
        }
        assert!(!sent[0].contains("\x1b[?25"), "{sent:?}");
        assert!(sent[0].contains("\x1b[2;2H"), "the cursor goes back to its place: {sent:?}");
    }

    #[test]
    fn entering_and_leaving_mirror_each_other() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        draw(&mut screen, "");
        let entered = wire.take().concat();
        screen.leave().unwrap();
        let left = wire.take().concat();
        for mode in ["?1049", "?1000", "?1002", "?1006", "?2004"] {
            assert!(entered.contains(&format!("\x1b[{mode}h")), "{mode} is never switched on");
            assert!(left.contains(&format!("\x1b[{mode}l")), "{mode} is left on");
        }
        assert!(left.contains("\x1b[?25h") && !entered.contains("?1003h"));
        screen.leave().unwrap();
        assert_eq!(wire.take().concat(), "", "leaving twice says nothing twice");
    }

    #[test]
    fn the_mouse_can_be_switched() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        draw(&mut screen, "");
        wire.take();
        screen.mouse(false).unwrap();
        assert!(wire.take().concat().contains("\x1b[?1000l"));
        screen.mouse(true).unwrap();
        assert!(wire.take().concat().contains("\x1b[?1000h"));
    }

    #[test]
    fn bytes_can_be_sent_beside_the_frames() {
        let wire = Wire::default();
        let mut screen = screen(&wire);
        draw(&mut screen, "");
        wire.take();
        screen.send(b"\x1b]52;c;aGk=\x07").unwrap();
        assert_eq!(wire.take(), ["\x1b]52;c;aGk=\x07"]);
    }
}
