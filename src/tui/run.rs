//! The loop: wait, handle all that came, draw once, wait again.
//!
//! It knows the terminal so that the program need not: a program answers what comes in with [`Request`]s and shows itself
//! in [`App::view`]. The same loop runs on a `TestBackend`, turn by turn, without a terminal, threads or clocks.

use std::io;
use std::time::Instant;

use ratatui::Frame;

use super::clipboard::{self, Through};
use super::editor::{self, Edited, EditorError};
use super::event::{Inbox, Incoming, Input, Reader, Woken};
use super::signal::{Listener, Signal};
use super::terminal::{Console, Screen};

/// A program with a screen.
pub trait App {
    /// What its own work sends it.
    type Message;

    /// Handles one thing that came in. Signals to stop and to continue never arrive here: the loop sees to them.
    fn update(&mut self, incoming: Incoming<Self::Message>) -> Vec<Request<Self::Message>>;

    /// Draws. Reads only; never touches a file.
    fn view(&self, frame: &mut Frame<'_>);

    /// Whether something changed since this was last asked, so that a frame is due.
    fn changed(&mut self) -> bool;

    /// When to wake it although nothing comes in: a draft to save, a message to take away. None costs nothing.
    fn alarm(&self) -> Option<Instant> {
        None
    }

    /// It asked to be suspended, but is not: why. It should say so.
    fn stayed(&mut self, why: &str) {
        let _ = why;
    }

    /// The alarm's time has come.
    fn ring(&mut self, now: Instant) -> Vec<Request<Self::Message>> {
        let _ = now;
        Vec::new()
    }
}

/// Makes a message of how an effect ended.
pub type Then<T, M> = Box<dyn FnOnce(T) -> M>;

/// What a program asks of the terminal.
pub enum Request<M> {
    /// End the loop.
    Quit,
    /// Draw everything again, as after something else wrote on the terminal.
    Redraw,
    /// Give the terminal to the shell and stop, as Ctrl-Z does. Where no shell waits, [`App::stayed`] says so.
    Suspend,
    /// Switch reports of the mouse.
    Mouse(bool),
    /// Copy a text to the clipboard.
    Copy(String, Then<Result<(), String>, M>),
    /// Edit a text in a person's own editor.
    Edit {
        /// The text.
        text: String,
        /// What the file is called, which the editor shows.
        name: String,
        /// The editor's command line.
        editor: String,
        /// What to make of the result.
        then: Then<Result<Edited, EditorError>, M>,
    },
}

/// The threads that feed the inbox; none in tests.
#[derive(Debug, Clone, Default)]
pub struct Feeders {
    /// Reads the terminal.
    pub reader: Option<Reader>,
    /// Hears signals.
    pub signals: Option<Listener>,
}

/// A program, its screen, and what feeds it.
pub struct Run<A: App, B: Console> {
    /// The program.
    pub app: A,
    /// The screen.
    pub screen: Screen<B>,
    inbox: Inbox<A::Message>,
    feeders: Feeders,
    through: Through,
    over: bool,
    due: bool,
}

impl<A: App, B: Console> Run<A, B>
where
    B::Error: Send + Sync + 'static,
{
    /// A program on a screen that was entered.
    pub fn new(app: A, screen: Screen<B>, inbox: Inbox<A::Message>, feeders: Feeders) -> Self {
        Self { app, screen, inbox, feeders, through: Through::detect(), over: false, due: true }
    }

    /// Runs until the program quits or nothing can come in any more. When the terminal is lost, the program hears of it as
    /// [`Input::Lost`] before this returns, so that it can save what is being typed.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn run(&mut self) -> io::Result<()> {
        let ended = self.run_on();
        if let Err(error) = &ended {
            // Nothing that it asks of the terminal can be done any more.
            drop(self.app.update(Incoming::Input(Input::Lost(error.to_string()))));
        }
        ended
    }

    fn run_on(&mut self) -> io::Result<()> {
        while !self.over {
            self.draw()?;
            match self.inbox.wait(self.app.alarm()) {
                Woken::By(all) => self.handle(all)?,
                Woken::Late => self.rung(Instant::now())?,
                Woken::Alone => self.over = true,
            }
        }
        Ok(())
    }

    /// Handles all that waits and draws if something changed, until nothing waits. Never waits itself; says whether the program
    /// still runs. For tests: put keys into the outbox, settle, look at the screen.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn settle(&mut self) -> io::Result<bool> {
        while !self.over {
            match self.inbox.take() {
                Woken::By(all) => self.handle(all)?,
                Woken::Late => break,
                Woken::Alone => self.over = true,
            }
        }
        self.draw()?;
        Ok(!self.over)
    }

    /// Rings the program's alarm, if it is set for this time or earlier.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn rung(&mut self, now: Instant) -> io::Result<()> {
        if self.app.alarm().is_some_and(|alarm| alarm <= now) {
            let requests = self.app.ring(now);
            self.serve(requests)?;
        }
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let changed = self.app.changed();
        if (changed || self.due) && !self.over {
            let app = &self.app;
            // Kept for later when the terminal is not ours now.
            self.due = !self.screen.draw(|frame| app.view(frame))?;
        }
        Ok(())
    }

    fn handle(&mut self, all: Vec<Incoming<A::Message>>) -> io::Result<()> {
        for one in all {
            if self.over {
                break;
            }
            let requests = match one {
                Incoming::Input(Input::Signal(Signal::Stop)) => {
                    // Without a shell there is nowhere to go, and the screen stays as it is.
                    let _ = self.screen.suspend();
                    self.due = true;
                    continue;
                }
                Incoming::Input(Input::Signal(Signal::Continue)) => {
                    self.screen.resume()?;
                    self.due = true;
                    continue;
                }
                one => {
                    self.due |= matches!(one, Incoming::Input(Input::Resize(..)));
                    self.app.update(one)
                }
            };
            self.serve(requests)?;
        }
        Ok(())
    }

    fn serve(&mut self, requests: Vec<Request<A::Message>>) -> io::Result<()> {
        for request in requests {
            let answer = match request {
                Request::Quit => {
                    self.over = true;
                    return Ok(());
                }
                Request::Redraw => {
                    self.screen.redraw()?;
                    self.due = true;
                    continue;
                }
                Request::Suspend => {
                    self.due = true;
                    if let Err(why) = self.screen.suspend() {
                        self.app.stayed(&why.to_string());
                    }
                    continue;
                }
                Request::Mouse(on) => {
                    self.screen.mouse(on)?;
                    continue;
                }
                Request::Copy(text, then) => then(self.copy(&text)),
                Request::Edit { text, name, editor, then } => then(self.edit(&text, &name, &editor)?),
            };
            let more = self.app.update(Incoming::Message(answer));
            self.serve(more)?;
        }
        Ok(())
    }

    fn copy(&mut self, text: &str) -> Result<(), String> {
        let bytes = clipboard::copy(text, self.through)?;
        self.screen.send(&bytes).map_err(|error| format!("The terminal did not take it: {error}."))
    }

    fn edit(&mut self, text: &str, name: &str, command: &str) -> io::Result<Result<Edited, EditorError>> {
        if let Some(reader) = &self.feeders.reader {
            reader.pause();
        }
        if let Some(signals) = &self.feeders.signals {
            signals.lend(true);
        }
        let edited = self.screen.lend(|| editor::edit(text, name, command));
        if let Some(signals) = &self.feeders.signals {
            signals.lend(false);
        }
        if let Some(reader) = &self.feeders.reader {
            reader.resume();
        }
        self.due = true;
        // Keys typed while the editor started or ended were not meant for us.
        let waiting = self.inbox.without_typing();
        self.handle(waiting)?;
        edited
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ratatui::backend::TestBackend;
    use ratatui::widgets::Paragraph;

    use super::*;
    use crate::tui::event::{Outbox, channel};
    use crate::tui::keys::Key;
    use crate::tui::terminal::Modes;

    /// Shows what was typed; `Q` quits, `E` edits, `C` copies, `Z` suspends.
    #[derive(Default)]
    struct Typed {
        text: String,
        changed: bool,
        drawn: Cell<usize>,
        alarm: Option<Instant>,
        editor: String,
    }

    impl App for Typed {
        type Message = String;

        fn update(&mut self, incoming: Incoming<String>) -> Vec<Request<String>> {
            self.changed = true;
            match incoming {
                Incoming::Input(Input::Key(key)) => match key.types() {
                    Some('Q') => return vec![Request::Quit],
                    Some('Z') => return vec![Request::Suspend],
                    Some('C') => {
                        let then = Box::new(|copied: Result<(), String>| format!("{copied:?}"));
                        return vec![Request::Copy("x".repeat(clipboard::LIMIT + 1), then)];
                    }
                    Some('E') => {
                        return vec![Request::Edit {
                            text: self.text.clone(),
                            name: "typed".to_owned(),
                            editor: self.editor.clone(),
                            then: Box::new(|edited| match edited {
                                Ok(Edited::Changed(text)) => text,
                                other => format!("{other:?}"),
                            }),
                        }];
                    }
                    typed => self.text.extend(typed),
                },
                Incoming::Input(Input::Signal(Signal::End)) => return vec![Request::Quit],
                Incoming::Input(Input::Lost(why)) => self.text = format!("saved: {why}"),
                Incoming::Message(text) => self.text = text,
                Incoming::Input(_) => self.changed = false,
            }
            Vec::new()
        }

        fn view(&self, frame: &mut Frame<'_>) {
            self.drawn.set(self.drawn.get() + 1);
            frame.render_widget(Paragraph::new(self.text.as_str()), frame.area());
        }

        fn changed(&mut self) -> bool {
            std::mem::take(&mut self.changed)
        }

        fn alarm(&self) -> Option<Instant> {
            self.alarm
        }

        fn ring(&mut self, _: Instant) -> Vec<Request<String>> {
            self.alarm = None;
            self.text = "rung".to_owned();
            self.changed = true;
            Vec::new()
        }
    }

    fn start() -> (Outbox<String>, Run<Typed, TestBackend>) {
        let (outbox, inbox) = channel();
        let modes = Modes { alternate: true, mouse: false };
        let mut screen = Screen::new(TestBackend::new(6, 1), modes).unwrap();
        screen.enter().unwrap();
        (outbox, Run::new(Typed::default(), screen, inbox, Feeders::default()))
    }

    fn keys(outbox: &Outbox<String>, keys: &str) {
        for key in Key::parse_all(keys).unwrap() {
            outbox.input(Input::Key(key));
        }
    }

    #[test]
    fn all_that_waits_is_handled_before_one_draw() {
        let (outbox, mut run) = start();
        keys(&outbox, "a b c");
        outbox.input(Input::Resize(6, 1));
        assert!(run.settle().unwrap());
        assert_eq!(run.app.drawn.get(), 1);
        run.screen.console().assert_buffer_lines(["abc   "]);
    }

    #[test]
    fn nothing_is_drawn_when_nothing_changed() {
        let (outbox, mut run) = start();
        run.settle().unwrap();
        outbox.input(Input::Paste("ignored by this program".to_owned()));
        run.settle().unwrap();
        run.settle().unwrap();
        assert_eq!(run.app.drawn.get(), 1);
    }

    #[test]
    fn what_comes_after_quitting_is_left_alone() {
        let (outbox, mut run) = start();
        keys(&outbox, "a Q b");
        assert!(!run.settle().unwrap());
        assert_eq!(run.app.text, "a");
    }

    #[test]
    fn a_stopped_program_draws_when_it_is_continued() {
        let (outbox, mut run) = start();
        keys(&outbox, "a Z b");
        run.settle().unwrap();
        assert_eq!(run.app.drawn.get(), 0);
        outbox.input(Input::Signal(Signal::Continue));
        run.settle().unwrap();
        run.screen.console().assert_buffer_lines(["ab    "]);
        outbox.input(Input::Signal(Signal::Stop));
        keys(&outbox, "c");
        run.settle().unwrap();
        run.screen.console().assert_buffer_lines(["ab    "]);
    }

    #[test]
    fn an_alarm_rings_when_it_is_time() {
        let (_outbox, mut run) = start();
        let now = Instant::now();
        run.app.alarm = Some(now + std::time::Duration::from_secs(1));
        run.rung(now).unwrap();
        assert_eq!(run.app.text, "");
        run.rung(now + std::time::Duration::from_secs(1)).unwrap();
        assert_eq!(run.app.text, "rung");
    }

    #[test]
    fn the_loop_ends_when_nothing_can_come() {
        let (outbox, mut run) = start();
        run.app.alarm = Some(Instant::now());
        keys(&outbox, "x");
        drop(outbox);
        run.run().unwrap();
        assert!(run.app.drawn.get() >= 1);
    }

    #[test]
    fn a_lost_terminal_is_heard_of() {
        /// A wire that is cut.
        struct Cut;
        impl io::Write for Cut {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let (_outbox, inbox) = channel();
        let tty = crate::tui::tty::Tty::to(Cut, ratatui::layout::Size::new(6, 1));
        let mut screen = Screen::new(tty, Modes { alternate: true, mouse: false }).unwrap();
        assert_eq!(screen.enter().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        let mut run = Run::new(Typed::default(), screen, inbox, Feeders::default());
        run.screen.pretend_entered();
        assert_eq!(run.run().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert!(run.app.text.starts_with("saved: "), "{}", run.app.text);
    }

    #[test]
    fn copying_too_much_is_an_answer() {
        let (outbox, mut run) = start();
        keys(&outbox, "C");
        run.settle().unwrap();
        assert!(run.app.text.contains("Too long to copy"), "{}", run.app.text);
    }

    #[cfg(unix)]
    #[test]
    fn an_edit_drops_stray_typing_but_not_messages() {
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("editor.sh");
        std::fs::write(&script, "printf edited > \"$1\"\n").unwrap();
        let (outbox, mut run) = start();
        run.app.editor = format!("sh '{}'", script.display());
        // Handled together with the key that starts the editor, so these come after it.
        keys(&outbox, "a E");
        run.settle().unwrap();
        assert_eq!(run.app.text, "edited");
        run.screen.console().assert_buffer_lines(["edited"]);
    }
}
