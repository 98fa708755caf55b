//! Where lines come from: a thread that reads one line when it is asked for one, so that nothing is taken from an editor
//! that has the terminal meanwhile.

use std::io::{self, BufRead, Read};
use std::sync::mpsc;
use std::thread;

use crate::tui::app::message::Message;
use crate::tui::event::{Input, Outbox};

/// The longest line that is read, in bytes; what is longer is cut there.
const LONGEST: u64 = 1 << 20;

/// Asks for a line. It comes as [`Input::Line`]; [`Input::Lost`] when there are no more.
pub type Ask = Box<dyn FnMut()>;

/// Starts to read lines from `from`, each when it is asked for.
///
/// # Errors
/// When the system gives no thread.
pub fn start(mut from: impl BufRead + Send + 'static, outbox: Outbox<Message>) -> io::Result<Ask> {
    let (ask, asked) = mpsc::channel();
    thread::Builder::new().name("lines".to_owned()).spawn(move || {
        for () in asked {
            let (input, last) = match line(&mut from) {
                Ok(Some(line)) => (Input::Line(line), false),
                Ok(None) => (Input::Lost("The input has ended.".to_owned()), true),
                Err(error) => (Input::Lost(format!("The input cannot be read: {error}.")), true),
            };
            if !outbox.input(input) || last {
                return;
            }
        }
    })?;
    // When the thread has ended, it has said so.
    Ok(Box::new(move || {
        let _ = ask.send(());
    }))
}

/// The next line, without its end; none at the end. What is no UTF-8 is shown as such, never an error.
fn line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && read as u64 == LONGEST {
        skip(from)?;
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Skips the rest of a line that is too long, without keeping it.
fn skip(from: &mut impl BufRead) -> io::Result<()> {
    loop {
        let chunk = from.fill_buf()?;
        if chunk.is_empty() {
            return Ok(());
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(chunk.len(), |at| at + 1);
        from.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_whatever_they_hold() {
        let mut long = vec![b'x'; usize::try_from(LONGEST).expect("fits") + 5];
        long.extend(b"\nlast");
        let text = [b"one\r\n\xff\n\n".as_slice(), &long].concat();
        let mut from = text.as_slice();
        let mut next = || line(&mut from).expect("read");
        assert_eq!(next().as_deref(), Some("one"));
        assert_eq!(next().as_deref(), Some("\u{fffd}"));
        assert_eq!(next().as_deref(), Some(""));
        assert_eq!(next().map(|line| line.len() as u64), Some(LONGEST));
        assert_eq!(next().as_deref(), Some("last"));
        assert_eq!(next(), None);
    }
}
