//! The work behind the screens: everything that touches the file, off the drawing thread.
//!
//! Jobs are closures over an open workspace; what they return comes back as a message. Two threads take them, one that
//! reads and one that writes, so that a long import does not keep a list from being read. A job that asks again for
//! what an earlier one of the same slot asked for replaces it, and stops it where it runs already: of ten keys held
//! down only the last list is read.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::tui::event::Outbox;
use crate::workspace::Workspace;

/// What a job is for. A later job for the same slot makes the earlier one pointless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Every job of this slot is done, in order.
    Each,
    /// Only the newest job with this name and number matters.
    Newest(&'static str, usize),
}

/// A piece of work on the workspace. None where there is nothing to say.
pub type Job<M> = Box<dyn FnOnce(&mut Workspace, &AtomicBool) -> Option<M> + Send>;

struct Pending<M> {
    jobs: VecDeque<(Slot, Job<M>)>,
    running: Option<Slot>,
    closed: bool,
}

struct Shared<M> {
    pending: Mutex<Pending<M>>,
    wake: Condvar,
    cancel: AtomicBool,
    interrupt: rusqlite::InterruptHandle,
}

/// A place to leave jobs: a thread with a workspace of its own.
pub struct Work<M> {
    shared: Arc<Shared<M>>,
    reads: bool,
    thread: Option<thread::JoinHandle<()>>,
}

impl<M: Send + 'static> Work<M> {
    /// Starts a thread that does jobs on `workspace` and sends what comes of them to `outbox`. A thread that only reads drops
    /// jobs that have become pointless, and stops them where they run; one that writes does what it was given to the end.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(name: &str, reads: bool, mut workspace: Workspace, outbox: Outbox<M>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            pending: Mutex::new(Pending { jobs: VecDeque::new(), running: None, closed: false }),
            wake: Condvar::new(),
            cancel: AtomicBool::new(false),
            interrupt: workspace.interrupt_handle(),
        });
        let inside = shared.clone();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            while let Some(job) = inside.next() {
                if let Some(message) = job(&mut workspace, &inside.cancel) {
                    // Nobody listens any more when the program ends; what must still be written is written all the same.
                    outbox.send(message);
                }
                inside.lock().running = None;
                inside.wake.notify_all();
            }
        })?;
        Ok(Self { shared, reads, thread: Some(thread) })
    }

    /// Leaves a job. One of the same slot that waits is replaced; one that runs is stopped.
    pub fn post(&self, slot: Slot, job: Job<M>) {
        let mut pending = self.shared.lock();
        if slot != Slot::Each {
            pending.jobs.retain(|(waiting, _)| *waiting != slot);
            if self.reads && pending.running == Some(slot) {
                self.shared.interrupt.interrupt();
            }
        }
        pending.jobs.push_back((slot, job));
        drop(pending);
        self.shared.wake.notify_all();
    }

    /// Whether every job is done.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let pending = self.shared.lock();
        pending.jobs.is_empty() && pending.running.is_none()
    }

    /// Waits until every job is done. For scripts and tests, which have nothing else to do.
    pub fn wait_idle(&self) {
        let mut pending = self.shared.lock();
        while !pending.jobs.is_empty() || pending.running.is_some() {
            pending = self.shared.wake.wait(pending).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Asks the job that runs to stop as soon as it can. What it has not saved is not saved.
    pub fn cancel(&self) {
        self.shared.cancel.store(true, Ordering::Relaxed);
        self.shared.interrupt.interrupt();
    }
}

impl<M> Shared<M> {
    fn lock(&self) -> MutexGuard<'_, Pending<M>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Job<M>> {
        let mut pending = self.lock();
        loop {
            if let Some((slot, job)) = pending.jobs.pop_front() {
                pending.running = Some(slot);
                self.cancel.store(false, Ordering::Relaxed);
                return Some(job);
            }
            if pending.closed {
                return None;
            }
            pending = self.wake.wait(pending).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<M> Drop for Work<M> {
    /// Waits for what must be written (saves, drafts); what would only be read is dropped.
    fn drop(&mut self) {
        let mut pending = self.shared.lock();
        pending.closed = true;
        if self.reads {
            pending.jobs.clear();
            self.shared.interrupt.interrupt();
        }
        drop(pending);
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
