//! What comes in: keys, pastes, the mouse, a new size, signals, and the program's own messages, through one channel.
//!
//! The receiving end waits without costing anything, and hands over everything that waits at once: whoever draws handles all
//! of it first and draws once.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{
    self as terminal, Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind as Kind,
};
use ratatui::layout::Position;

use super::keys::Key;
use super::signal::{self, Signal};

/// Something that a person or the system did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed, or repeats because it is held.
    Key(Key),
    /// Text was pasted; never to be read as keys.
    Paste(String),
    /// A whole line was typed, where the terminal is read by lines.
    Line(String),
    /// The mouse was used.
    Mouse(Mouse),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A signal arrived.
    Signal(Signal),
    /// The terminal can no longer be read: why.
    Lost(String),
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Click,
    /// The left button went down twice on the same spot.
    DoubleClick,
    /// The right button went down.
    RightClick,
    /// It moved with the left button held.
    Drag,
    /// The left button was let go.
    Release,
    /// The wheel turned up.
    WheelUp,
    /// The wheel turned down.
    WheelDown,
}

/// A use of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub kind: MouseKind,
    /// The cell under it, from the top left corner of the screen.
    pub at: Position,
    /// Whether Shift or Control was held, as for marking several.
    pub extend: bool,
}

/// Two clicks on the same cell within this time are a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// Turns terminal events into inputs; remembers the last click.
#[derive(Debug, Default)]
pub struct Translator {
    click: Option<(Instant, Position)>,
}

impl Translator {
    /// The input an event stands for; none for events that mean nothing here, such as a key let go.
    pub fn translate(&mut self, event: Event, now: Instant) -> Option<Input> {
        match event {
            Event::Key(key) => Key::from_event(&key).map(Input::Key),
            Event::Paste(text) => Some(Input::Paste(text)),
            Event::Mouse(mouse) => self.mouse(mouse, now).map(Input::Mouse),
            Event::Resize(width, height) => Some(Input::Resize(width, height)),
            Event::FocusGained | Event::FocusLost => None,
        }
    }

    fn mouse(&mut self, event: MouseEvent, now: Instant) -> Option<Mouse> {
        let at = Position::new(event.column, event.row);
        let kind = match event.kind {
            Kind::Down(MouseButton::Left) => {
                let twice = self.click.is_some_and(|(then, spot)| spot == at && now - then <= DOUBLE_CLICK);
                // A third click starts anew instead of being another double click.
                self.click = (!twice).then_some((now, at));
                if twice { MouseKind::DoubleClick } else { MouseKind::Click }
            }
            Kind::Down(MouseButton::Right) => MouseKind::RightClick,
            Kind::Drag(MouseButton::Left) => MouseKind::Drag,
            Kind::Up(MouseButton::Left) => MouseKind::Release,
            Kind::ScrollUp => MouseKind::WheelUp,
            Kind::ScrollDown => MouseKind::WheelDown,
            _ => return None,
        };
        Some(Mouse { kind, at, extend: event.modifiers.intersects(KeyModifiers::SHIFT | KeyModifiers::CONTROL) })
    }
}

/// What the channel carries: what people did, and what the program's own work has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming<M> {
    /// From the terminal or the system.
    Input(Input),
    /// From the program's own work: a query answered, an import one step further.
    Message(M),
}

/// The sending end, for as many threads as like.
#[derive(Debug)]
pub struct Outbox<M>(Sender<Incoming<M>>);

impl<M> Clone for Outbox<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M> Outbox<M> {
    /// Sends a message; says whether somebody still listens.
    pub fn send(&self, message: M) -> bool {
        self.0.send(Incoming::Message(message)).is_ok()
    }

    /// Sends an input; says whether somebody still listens.
    #[expect(clippy::must_use_candidate, reason = "most senders do not care")]
    pub fn input(&self, input: Input) -> bool {
        self.0.send(Incoming::Input(input)).is_ok()
    }
}

/// The receiving end.
#[derive(Debug)]
pub struct Inbox<M>(Receiver<Incoming<M>>);

/// A channel for what comes in.
#[must_use]
pub fn channel<M>() -> (Outbox<M>, Inbox<M>) {
    let (send, receive) = mpsc::channel();
    (Outbox(send), Inbox(receive))
}

/// Why waiting ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Woken<M> {
    /// Something came: everything that waited, in order.
    By(Vec<Incoming<M>>),
    /// Nothing came until the time that was asked for.
    Late,
    /// Nothing can come any more: every sender is gone.
    Alone,
}

/// How much is taken at once, so that a flood of messages cannot keep the screen from being drawn.
const AT_ONCE: usize = 10_000;

impl<M> Inbox<M> {
    /// Waits until something comes, at most until `alarm`, and takes all that waits.
    #[must_use]
    pub fn wait(&self, alarm: Option<Instant>) -> Woken<M> {
        let first = match alarm {
            None => self.0.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(alarm) => self.0.recv_timeout(alarm.saturating_duration_since(Instant::now())),
        };
        match first {
            Ok(first) => Woken::By(self.all(Some(first))),
            Err(RecvTimeoutError::Timeout) => Woken::Late,
            Err(RecvTimeoutError::Disconnected) => Woken::Alone,
        }
    }

    /// What waits now, without waiting.
    #[must_use]
    pub fn take(&self) -> Woken<M> {
        match self.0.try_recv() {
            Ok(first) => Woken::By(self.all(Some(first))),
            Err(TryRecvError::Empty) => Woken::Late,
            Err(TryRecvError::Disconnected) => Woken::Alone,
        }
    }

    /// Throws away keys, pastes and mouse events that wait; keeps everything else, in order.
    #[must_use]
    pub fn without_typing(&self) -> Vec<Incoming<M>> {
        let mut kept = self.all(None);
        kept.retain(|one| !matches!(one, Incoming::Input(Input::Key(_) | Input::Paste(_) | Input::Mouse(_))));
        kept
    }

    fn all(&self, first: Option<Incoming<M>>) -> Vec<Incoming<M>> {
        let mut all: Vec<Incoming<M>> = first.into_iter().chain(self.0.try_iter()).take(AT_ONCE).collect();
        // Of several sizes only the last matters.
        let last = all.iter().rposition(|one| matches!(one, Incoming::Input(Input::Resize(..))));
        let mut at = 0;
        all.retain(|one| {
            at += 1;
            !matches!(one, Incoming::Input(Input::Resize(..))) || Some(at - 1) == last
        });
        all
    }
}

#[derive(Debug, Default)]
struct Gate {
    /// Whether the reader should keep its hands off the terminal.
    closed: bool,
    /// Whether it does.
    parked: bool,
    /// Whether it has ended.
    ended: bool,
}

/// The thread that reads the terminal. It can be made to keep its hands off while another program has it.
#[derive(Debug, Clone)]
pub struct Reader {
    gate: Arc<(Mutex<Gate>, Condvar)>,
}

/// How long to wait for the reader before it is nudged again: a nudge can drown in a key that arrives at the same time.
const NUDGE: Duration = Duration::from_millis(50);

impl Reader {
    /// Starts to read. `send` gets each input, on a thread of its own, until it says that nobody listens any more.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn start(send: impl Fn(Input) -> bool + Send + 'static) -> io::Result<Self> {
        // Makes crossterm install its handler for changes of size, so that the first nudge is not lost.
        terminal::poll(Duration::ZERO)?;
        let reader = Self { gate: Arc::default() };
        let inside = reader.clone();
        thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            inside.read_on(&send);
            inside.gate().ended = true;
            inside.gate.1.notify_all();
        })?;
        Ok(reader)
    }

    fn read_on(&self, send: &dyn Fn(Input) -> bool) {
        let mut translator = Translator::default();
        loop {
            self.park();
            let event = match self.next() {
                Ok(Some(event)) => event,
                Ok(None) => continue,
                Err(error) => {
                    send(Input::Lost(error.to_string()));
                    return;
                }
            };
            let listened = translator.translate(event, Instant::now()).is_none_or(send);
            if !listened {
                return;
            }
        }
    }

    /// The next event. Where no nudge wakes it, looks up now and then.
    #[cfg_attr(unix, expect(clippy::unused_self, reason = "the other systems need it"))]
    fn next(&self) -> io::Result<Option<Event>> {
        #[cfg(unix)]
        return terminal::read().map(Some);
        #[cfg(not(unix))]
        return if terminal::poll(NUDGE)? { terminal::read().map(Some) } else { Ok(None) };
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while the gate is closed.
    fn park(&self) {
        let mut gate = self.gate();
        while gate.closed {
            gate.parked = true;
            self.gate.1.notify_all();
            gate = self.gate.1.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
        gate.parked = false;
    }

    /// Makes the reader keep its hands off the terminal; returns when it does.
    pub fn pause(&self) {
        let mut gate = self.gate();
        gate.closed = true;
        while !gate.parked && !gate.ended {
            signal::nudge();
            gate = self.gate.1.wait_timeout(gate, NUDGE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Lets the reader read again, after throwing away what was typed meanwhile and nobody took.
    pub fn resume(&self) {
        while terminal::poll(Duration::ZERO).unwrap_or(false) {
            if terminal::read().is_err() {
                break;
            }
        }
        self.gate().closed = false;
        self.gate.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

    use super::*;

    fn mouse(kind: Kind, column: u16) -> Event {
        Event::Mouse(MouseEvent { kind, column, row: 1, modifiers: KeyModifiers::NONE })
    }

    fn kind(input: Option<&Input>) -> Option<MouseKind> {
        match input {
            Some(Input::Mouse(mouse)) => Some(mouse.kind),
            _ => None,
        }
    }

    #[test]
    fn a_double_click_is_two_clicks_on_one_spot_in_time() {
        let down = Kind::Down(MouseButton::Left);
        let start = Instant::now();
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut translator = Translator::default();
        let mut click = |column, at| kind(translator.translate(mouse(down, column), after(at)).as_ref());
        assert_eq!(click(3, 0), Some(MouseKind::Click));
        assert_eq!(click(3, 200), Some(MouseKind::DoubleClick));
        assert_eq!(click(3, 300), Some(MouseKind::Click));
        assert_eq!(click(4, 400), Some(MouseKind::Click));
        assert_eq!(click(4, 900), Some(MouseKind::Click));
    }

    #[test]
    fn moves_and_releases_of_keys_are_nothing() {
        let mut translator = Translator::default();
        assert_eq!(translator.translate(mouse(Kind::Moved, 1), Instant::now()), None);
        let release = KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(translator.translate(Event::Key(release), Instant::now()), None);
        let pasted = translator.translate(Event::Paste("q\nD".to_owned()), Instant::now());
        assert_eq!(pasted, Some(Input::Paste("q\nD".to_owned())));
    }

    #[test]
    fn everything_that_waits_comes_at_once_with_one_size() {
        let (outbox, inbox) = channel::<u8>();
        outbox.input(Input::Resize(1, 1));
        outbox.send(1);
        outbox.input(Input::Resize(2, 2));
        outbox.send(2);
        assert_eq!(
            inbox.wait(None),
            Woken::By(vec![Incoming::Message(1), Incoming::Input(Input::Resize(2, 2)), Incoming::Message(2)])
        );
        assert_eq!(inbox.take(), Woken::Late);
        assert_eq!(inbox.wait(Some(Instant::now())), Woken::Late);
        drop(outbox);
        assert_eq!(inbox.take(), Woken::Alone);
    }

    #[test]
    fn a_flood_comes_in_pieces() {
        let (outbox, inbox) = channel::<usize>();
        for n in 0..=AT_ONCE {
            outbox.send(n);
        }
        let Woken::By(first) = inbox.take() else { panic!("nothing came") };
        assert_eq!(first.len(), AT_ONCE);
        assert_eq!(inbox.take(), Woken::By(vec![Incoming::Message(AT_ONCE)]));
    }

    #[test]
    fn stray_typing_is_thrown_away_but_nothing_else() {
        let (outbox, inbox) = channel::<u8>();
        outbox.input(Input::Key(Key::char('q')));
        outbox.send(1);
        outbox.input(Input::Paste("x".to_owned()));
        outbox.input(Input::Signal(Signal::End));
        assert_eq!(inbox.without_typing(), [Incoming::Message(1), Incoming::Input(Input::Signal(Signal::End))]);
    }
}
