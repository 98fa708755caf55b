//! Waiting: for work that was asked for, and for the next line; and what comes in meanwhile.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use super::session::Session;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::{Job, Slot};
use crate::tui::asked::Answer;
use crate::tui::command::CommandId as Id;
use crate::tui::event::{Incoming, Input, Woken};
use crate::tui::signal::{Signal, stop_job};

/// How often a long job says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

impl Session {
    /// Waits until everything that was asked for is done and heard of. Ctrl-C ends the waiting.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        while self.wait_once()? {}
        Ok(())
    }

    /// Waits until both threads have come to where they are asked to say so; says whether there was news meanwhile, which
    /// may have asked for more.
    fn wait_once(&mut self) -> io::Result<bool> {
        self.waits += 1;
        let now = self.waits;
        let reached = || -> Job<Message> { Box::new(move |_, _| Some(Message::Reached(now))) };
        self.with(|_| vec![Effect::Read(Slot::Each, reached()), Effect::Write(Slot::Each, reached())])?;
        let (mut left, mut news) = (2, false);
        while left > 0 && !self.interrupted {
            let woken = self.inbox.wait(Some(Instant::now() + PROGRESS));
            self.progress()?;
            let Woken::By(all) = woken else { continue };
            for one in all {
                match one {
                    Incoming::Message(Message::Reached(number)) => left -= u8::from(number == now),
                    one => {
                        news |= matches!(one, Incoming::Message(_));
                        self.hear(one)?;
                    }
                }
            }
        }
        Ok(news && !self.interrupted)
    }

    /// Takes what came while nothing was asked, or while a line was.
    fn hear(&mut self, incoming: Incoming<Message>) -> io::Result<()> {
        match incoming {
            Incoming::Message(Message::Reached(_)) => Ok(()),
            Incoming::Message(message) => self.update(Incoming::Message(message)),
            Incoming::Input(Input::Line(line)) => {
                self.asked = false;
                self.waiting.push_back(line);
                Ok(())
            }
            Incoming::Input(Input::Lost(why)) => self.lost(&why),
            Incoming::Input(Input::Signal(signal)) => self.signal(signal),
            Incoming::Input(_) => Ok(()),
        }
    }

    fn signal(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::Interrupt if self.state().running.is_some() => {
                self.say("Stopping; nothing of it is saved.")?;
                self.with(|_| vec![Effect::Cancel])
            }
            Signal::Interrupt => {
                self.interrupted = true;
                Ok(())
            }
            Signal::End => self.lost("Ended from outside."),
            Signal::HangUp => {
                // Nobody is there to be told.
                self.over = true;
                Ok(())
            }
            Signal::Stop => self.stop(),
            Signal::Continue => self.prompt(),
        }
    }

    /// Stops the job, as Ctrl-Z does.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        match stop_job() {
            Ok(()) => Ok(()),
            Err(why) => {
                writeln!(self.around.out)?;
                self.say(&format!("Problem: {why}"))?;
                self.prompt()
            }
        }
    }

    /// The input has ended.
    fn lost(&mut self, why: &str) -> io::Result<()> {
        writeln!(self.around.out)?;
        let state = self.state();
        let kept = state.layers.asked(&state.ctx).is_some_and(|asked| asked.kept);
        let draft = if kept { " What was answered so far is kept as a draft." } else { "" };
        self.say(&format!("{why}{draft}"))?;
        self.leave()
    }

    /// Says now and then how far a long job is.
    fn progress(&mut self) -> io::Result<()> {
        let Some(running) = &self.state().running else {
            self.told = None;
            return Ok(());
        };
        // Every step would be too much to listen to.
        if self.told.is_some_and(|at| at.elapsed() < PROGRESS) {
            return Ok(());
        }
        let far = if running.of > 0 { format!(": {} of {}", running.done, running.of) } else { String::new() };
        let line = format!("{}{far} ...", running.what);
        self.told = Some(Instant::now());
        self.say(&line)
    }

    /// The next line; none when Ctrl-C was pressed, or the session is over.
    pub(super) fn next_line(&mut self) -> io::Result<Option<String>> {
        loop {
            if std::mem::take(&mut self.interrupted) || self.over {
                return Ok(None);
            }
            if let Some(line) = self.waiting.pop_front() {
                return Ok(Some(line));
            }
            if !std::mem::replace(&mut self.asked, true) {
                (self.around.ask)();
            }
            match self.inbox.wait(None) {
                Woken::By(all) => all.into_iter().try_for_each(|one| self.hear(one))?,
                Woken::Late => {}
                Woken::Alone => self.over = true,
            }
        }
    }

    /// Ctrl-C: leaves what is being asked; at the main prompt, leaves.
    pub(super) fn interrupt(&mut self) -> io::Result<()> {
        writeln!(self.around.out)?;
        if let Some((_, before)) = self.text.take() {
            self.keep(&before)?;
            return self.say("The text is dropped; what was there stays.");
        }
        if !self.state().layers.is_empty() {
            return self.give(&Answer::Leave);
        }
        if self.state().screens.last().is_some_and(|screen| screen.scoring.is_some()) {
            return self.with(|state| state.run(Id::Back));
        }
        self.leave()
    }
}
