//! The one place that enters, leaves, suspends and restores the terminal, panics and signals included.
//!
//! [`Screen`] draws on any [`Console`]: the real terminal ([`Tty`](super::tty::Tty)), or ratatui's `TestBackend`, so that a
//! whole program runs in a test.

use std::io;

use ratatui::backend::{Backend, TestBackend};
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

/// What is switched on while the program owns the terminal. Raw mode and bracketed paste always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// The alternate screen, so that the shell's lines come back afterwards.
    pub alternate: bool,
    /// Reports of the mouse; while on, selecting text takes Shift in most terminals.
    pub mouse: bool,
}

/// What the screens need of a terminal besides drawing.
pub trait Console: Backend {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When it cannot be written to or is none.
    fn enter(&mut self, modes: Modes) -> io::Result<()>;

    /// Gives the terminal back as it was. Does every step, then reports the first that failed.
    ///
    /// # Errors
    /// When it cannot be written to.
    fn leave(&mut self) -> io::Result<()>;

    /// Switches reports of the mouse.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn mouse(&mut self, on: bool) -> io::Result<()>;

    /// From here on, output belongs to one frame.
    fn frame_begins(&mut self);

    /// The frame is complete: out with it.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn frame_ends(&mut self) -> io::Result<()>;

    /// Sends bytes that draw nothing (a clipboard sequence).
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Stops the job, as Ctrl-Z does in a shell.
    ///
    /// # Errors
    /// When there is no shell that could continue it.
    fn stop(&mut self) -> io::Result<()>;
}

impl Console for TestBackend {
    fn enter(&mut self, _: Modes) -> io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn frame_begins(&mut self) {}

    fn frame_ends(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whose the terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// Ours: frames are drawn.
    Us,
    /// The shell's, while the job is stopped; it comes back with a continue signal.
    Shell,
    /// Somebody else's: before entering, after leaving, while an editor runs.
    Other,
}

/// The terminal, entered once and restored whatever happens.
pub struct Screen<B: Console> {
    terminal: Terminal<B>,
    modes: Modes,
    owner: Owner,
}

impl<B: Console> Screen<B>
where
    B::Error: Send + Sync + 'static,
{
    /// A screen on this console, not yet entered.
    ///
    /// # Errors
    /// When the size of the terminal cannot be found out.
    pub fn new(console: B, modes: Modes) -> io::Result<Self> {
        Ok(Self { terminal: Terminal::new(console).map_err(into_io)?, modes, owner: Owner::Other })
    }

    /// Takes the terminal over; the next frame draws everything.
    ///
    /// # Errors
    /// When the terminal cannot be written to; it is left as it was.
    pub fn enter(&mut self) -> io::Result<()> {
        let entered = self.terminal.backend_mut().enter(self.modes);
        if let Err(error) = entered {
            let _ = self.terminal.backend_mut().leave();
            return Err(error);
        }
        self.owner = Owner::Us;
        self.redraw()
    }

    /// Gives the terminal back. Does nothing when it is not ours.
    ///
    /// # Errors
    /// When the terminal cannot be written to; everything else was undone all the same.
    pub fn leave(&mut self) -> io::Result<()> {
        let ours = self.owner == Owner::Us;
        self.owner = Owner::Other;
        if ours { self.terminal.backend_mut().leave() } else { Ok(()) }
    }

    /// Draws one frame; says whether it did, since nothing is drawn on a terminal that is not ours.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<bool> {
        if self.owner != Owner::Us {
            return Ok(false);
        }
        self.terminal.backend_mut().frame_begins();
        let drawn = self.terminal.draw(view).map(|_| ()).map_err(into_io);
        let sent = self.terminal.backend_mut().frame_ends();
        drawn.and(sent).map(|()| true)
    }

    /// Makes the next frame draw every cell, on a cleared screen.
    ///
    /// # Errors
    /// When the size of the terminal cannot be found out.
    pub fn redraw(&mut self) -> io::Result<()> {
        let size = self.size()?;
        self.terminal.backend_mut().frame_begins();
        // Unlike `Terminal::clear`, this does not ask the terminal where its cursor is: the answer would meet the reader
        // of keys. What it clears goes out together with the next frame.
        self.terminal.resize(size.into()).map_err(into_io)
    }

    /// The size of the terminal.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub fn size(&self) -> io::Result<Size> {
        self.terminal.size().map_err(into_io)
    }

    /// Gives the terminal to the shell and stops the job. [`Screen::resume`] takes it back when the job is continued.
    ///
    /// # Errors
    /// When there is no shell to go back to (the program is the only one in its window); it then stays on the screen.
    pub fn suspend(&mut self) -> io::Result<()> {
        if self.owner != Owner::Us {
            return Ok(());
        }
        self.leave()?;
        self.owner = Owner::Shell;
        if let Err(error) = self.terminal.backend_mut().stop() {
            self.enter()?;
            return Err(error);
        }
        Ok(())
    }

    /// Takes the terminal back after the job was continued: also after a stop that could not be seen coming.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn resume(&mut self) -> io::Result<()> {
        match self.owner {
            Owner::Us | Owner::Shell => self.enter(),
            Owner::Other => Ok(()),
        }
    }

    /// Gives the terminal to another program while `run` runs, and takes it back.
    ///
    /// # Errors
    /// When the terminal cannot be given up or taken back. `run` does not run when it cannot be given up.
    pub fn lend<R>(&mut self, run: impl FnOnce() -> R) -> io::Result<R> {
        let ours = self.owner == Owner::Us;
        self.leave()?;
        let result = run();
        if ours {
            self.enter()?;
        }
        Ok(result)
    }

    /// Switches reports of the mouse, now and whenever the terminal is entered again.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.modes.mouse = on;
        if self.owner == Owner::Us { self.terminal.backend_mut().mouse(on) } else { Ok(()) }
    }

    /// Sends bytes that draw nothing. Does nothing while the terminal is not ours.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.owner == Owner::Us { self.terminal.backend_mut().send(bytes) } else { Ok(()) }
    }

    /// As if it had been entered, for tests of what happens when the terminal goes away.
    #[cfg(test)]
    pub(super) fn pretend_entered(&mut self) {
        self.owner = Owner::Us;
    }

    /// What is drawn on.
    pub fn console(&self) -> &B {
        self.terminal.backend()
    }

    /// What is drawn on, to be changed: a test resizes its backend with this.
    pub fn console_mut(&mut self) -> &mut B {
        self.terminal.backend_mut()
    }
}

impl<B: Console> Drop for Screen<B> {
    fn drop(&mut self) {
        if self.owner == Owner::Us {
            let _ = self.terminal.backend_mut().leave();
        }
    }
}

/// A backend's error, as an error of input and output.
fn into_io<E: std::error::Error + Send + Sync + 'static>(error: E) -> io::Error {
    let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
    match boxed.downcast::<io::Error>() {
        Ok(error) => *error,
        Err(other) => io::Error::other(other),
    }
}

/// Restores the real terminal when something ends the program before the screen is left, from whatever thread.
pub mod guard {
    use std::io::{self, Write};
    use std::sync::atomic::{AtomicBool, Ordering};

    use ratatui::crossterm::terminal::disable_raw_mode;

    static ENTERED: AtomicBool = AtomicBool::new(false);

    pub(in crate::tui) fn entered() {
        ENTERED.store(true, Ordering::SeqCst);
    }

    /// Says whether it was still entered.
    pub(in crate::tui) fn left() -> bool {
        ENTERED.swap(false, Ordering::SeqCst)
    }

    /// Restores the terminal at once, if it was entered.
    pub fn restore() {
        if ENTERED.swap(false, Ordering::SeqCst) {
            let mut out = io::stdout();
            let _ = super::super::tty::restore(&mut out);
            let _ = out.flush();
            let _ = disable_raw_mode();
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::Paragraph;

    use super::*;

    fn screen() -> Screen<TestBackend> {
        Screen::new(TestBackend::new(12, 2), Modes { alternate: true, mouse: true }).unwrap()
    }

    fn say(screen: &mut Screen<TestBackend>, text: &str) -> bool {
        screen.draw(|frame| frame.render_widget(Paragraph::new(text), frame.area())).unwrap()
    }

    #[test]
    fn nothing_is_drawn_on_a_terminal_that_is_not_ours() {
        let mut screen = screen();
        assert!(!say(&mut screen, "too early"));
        screen.enter().unwrap();
        assert!(say(&mut screen, "hello"));
        screen.suspend().unwrap();
        assert!(!say(&mut screen, "suspended"));
        screen.resume().unwrap();
        assert!(say(&mut screen, "again"));
        screen.leave().unwrap();
        assert!(!say(&mut screen, "too late"));
        screen.resume().unwrap();
        assert!(!say(&mut screen, "left for good"));
    }

    #[test]
    fn a_continue_that_was_not_expected_draws_everything_again() {
        let mut screen = screen();
        screen.enter().unwrap();
        say(&mut screen, "hello");
        // As after SIGSTOP and SIGCONT from outside: the terminal shows something else by now.
        screen.console_mut().clear().unwrap();
        screen.resume().unwrap();
        say(&mut screen, "hello");
        screen.console().assert_buffer_lines(["hello       ", "            "]);
    }

    #[test]
    fn a_lent_terminal_comes_back() {
        let mut screen = screen();
        screen.enter().unwrap();
        say(&mut screen, "before");
        assert_eq!(screen.lend(|| 7).unwrap(), 7);
        assert!(say(&mut screen, "after"));
        screen.console().assert_buffer_lines(["after       ", "            "]);
    }

    #[test]
    fn a_resized_terminal_is_drawn_whole() {
        let mut screen = screen();
        screen.enter().unwrap();
        say(&mut screen, "hello");
        for (width, height) in [(3, 1), (0, 0), (1, 1), (7, 1)] {
            screen.console_mut().resize(width, height);
            assert!(say(&mut screen, "hello"));
        }
        screen.console().assert_buffer_lines(["hello  "]);
    }

    #[test]
    fn errors_keep_their_kind() {
        let error = into_io(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
