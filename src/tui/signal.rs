//! Signals as events: a kill, a closed window or a stop from outside reaches the program as something to handle in its turn,
//! so that it can save drafts and restore the terminal before it ends.

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End, and save what can be saved (SIGTERM and SIGQUIT from outside).
    End,
    /// Ctrl-C in a terminal that is not in raw mode, or SIGINT from outside: stop what is being asked, else end.
    Interrupt,
    /// End: the terminal is gone, so nothing can be asked any more (SIGHUP).
    HangUp,
    /// Give the terminal up and stop (SIGTSTP).
    Stop,
    /// Stopped before, running again (SIGCONT).
    Continue,
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use rustix::process::{getpgrp, getpid, getppid, getsid, kill_current_process_group};
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    use super::Signal;

    /// Listens for signals for as long as the process lives.
    #[derive(Debug, Clone)]
    pub struct Listener {
        lent: Arc<AtomicBool>,
    }

    impl Listener {
        /// Starts to listen. `send` gets each signal, on a thread of its own, until it says that nobody listens any more.
        ///
        /// # Errors
        /// When the handlers cannot be installed.
        pub fn start(send: impl Fn(Signal) -> bool + Send + 'static) -> io::Result<Self> {
            let mut signals = Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT])?;
            let lent = Arc::new(AtomicBool::new(false));
            let other_runs = Arc::clone(&lent);
            thread::Builder::new().name("signals".to_owned()).spawn(move || {
                for number in signals.forever() {
                    if other_runs.load(Ordering::SeqCst) && keyboard(number) {
                        continue;
                    }
                    if !meaning(number).is_none_or(&send) {
                        return;
                    }
                }
            })?;
            Ok(Self { lent })
        }

        /// While another program has the terminal, what its keys send to the whole job (Ctrl-C, Ctrl-Z) is not for us.
        pub fn lend(&self, lent: bool) {
            self.lent.store(lent, Ordering::SeqCst);
        }
    }

    /// Whether the signal came from a key while another program has the terminal; a stop then stops us along with it.
    fn keyboard(number: i32) -> bool {
        if number == SIGTSTP {
            let _ = low_level::emulate_default_handler(SIGTSTP);
        }
        matches!(number, SIGINT | SIGQUIT | SIGTSTP | SIGCONT)
    }

    fn meaning(number: i32) -> Option<Signal> {
        match number {
            SIGTERM | SIGQUIT => Some(Signal::End),
            SIGINT => Some(Signal::Interrupt),
            SIGHUP => Some(Signal::HangUp),
            SIGTSTP => Some(Signal::Stop),
            SIGCONT => Some(Signal::Continue),
            _ => None,
        }
    }

    /// Stops the job: this process and those in front of it, such as the `cargo` that runs it.
    ///
    /// # Errors
    /// When no shell is there that could continue it.
    pub fn stop_job() -> io::Result<()> {
        if alone()? {
            return Err(io::Error::other("Nothing here could continue Probity: it was not started from a shell."));
        }
        kill_current_process_group(rustix::process::Signal::STOP)?;
        Ok(())
    }

    /// Whether the job's parent is outside the session (POSIX: an orphaned process group). A stop would be for ever.
    fn alone() -> io::Result<bool> {
        if getpgrp() != getpid() {
            // Somebody else leads the job, so a shell with job control started that.
            return Ok(false);
        }
        let session = getsid(None)?;
        Ok(session == getpid() || getppid().is_none_or(|parent| getsid(Some(parent)) != Ok(session)))
    }

    /// Wakes whoever waits for terminal events: it sees a resize that is none.
    pub fn nudge() {
        let _ = low_level::raise(SIGWINCH);
    }

    #[cfg(test)]
    mod tests {
        use std::sync::mpsc;

        use super::*;

        #[test]
        fn signals_arrive_as_events_and_not_while_lent() {
            let (send, receive) = mpsc::channel();
            let listener = Listener::start(move |signal| send.send(signal).is_ok()).unwrap();
            // Continue and hang-up only: other tests run in this process too, and may not be stopped.
            low_level::raise(SIGCONT).unwrap();
            assert_eq!(receive.recv().unwrap(), Signal::Continue);
            low_level::raise(SIGINT).unwrap();
            assert_eq!(receive.recv().unwrap(), Signal::Interrupt);
            listener.lend(true);
            low_level::raise(SIGCONT).unwrap();
            low_level::raise(SIGINT).unwrap();
            low_level::raise(SIGHUP).unwrap();
            assert_eq!(receive.recv().unwrap(), Signal::HangUp);
            low_level::raise(SIGTERM).unwrap();
            assert_eq!(receive.recv().unwrap(), Signal::End);
        }
    }
}

#[cfg(unix)]
pub use unix::{Listener, nudge, stop_job};

#[cfg(not(unix))]
mod other {
    use std::io;

    use super::Signal;

    /// Signals are a matter of Unix; elsewhere nothing arrives.
    #[derive(Debug, Clone)]
    pub struct Listener;

    impl Listener {
        /// Does nothing.
        ///
        /// # Errors
        /// Never.
        pub fn start(_: impl Fn(Signal) -> bool + Send + 'static) -> io::Result<Self> {
            Ok(Self)
        }

        /// Does nothing.
        pub fn lend(&self, _: bool) {}
    }

    /// There is no job control here.
    ///
    /// # Errors
    /// Always.
    pub fn stop_job() -> io::Result<()> {
        Err(io::Error::other("This system cannot suspend a program."))
    }

    /// Does nothing: the reader looks from time to time.
    pub fn nudge() {}
}

#[cfg(not(unix))]
pub use other::{Listener, nudge, stop_job};
