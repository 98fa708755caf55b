//! Copying by OSC 52: the terminal itself puts the text on the clipboard, so that it works over SSH too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most that is copied, in bytes: what common terminals take in one sequence (about 100,000 after encoding).
pub const LIMIT: usize = 74_994;

/// Which multiplexer stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// None.
    Nothing,
    /// tmux, which keeps a clipboard of its own and passes on what is wrapped for it.
    Tmux,
    /// GNU screen, which passes on short pieces that are wrapped for it.
    Screen,
}

impl Through {
    /// What the environment (`TMUX`, `STY`, `TERM`) says.
    #[must_use]
    pub fn detect() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self::from(set("TMUX"), set("STY"))
    }

    fn from(tmux: bool, screen: bool) -> Self {
        match (tmux, screen) {
            (true, _) => Self::Tmux,
            (false, true) => Self::Screen,
            (false, false) => Self::Nothing,
        }
    }
}

/// The bytes that copy `text` when they are sent to the terminal.
///
/// Whether the terminal obeys cannot be known; some (and tmux without `set-clipboard on`) ask or refuse by their settings.
///
/// # Errors
/// When the text is longer than [`LIMIT`].
pub fn copy(text: &str, through: Through) -> Result<Vec<u8>, String> {
    if text.len() > LIMIT {
        return Err(format!(
            "Too long to copy: {} bytes; a terminal takes {LIMIT}. Export it to a file instead.",
            text.len()
        ));
    }
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    Ok(match through {
        Through::Nothing => plain,
        // Both ways: the first reaches tmux's own clipboard, the second the terminal outside. Either may be switched off.
        Through::Tmux => format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        // Screen forgets what is longer than 768 bytes, so the sequence goes in pieces.
        Through::Screen => pieces(&plain, 700).flat_map(|piece| ["\x1bP", piece, "\x1b\\"]).collect(),
    }
    .into_bytes())
}

fn pieces(text: &str, length: usize) -> impl Iterator<Item = &str> {
    // The sequence is ASCII, so that every byte is a boundary.
    (0..text.len()).step_by(length).map(move |at| &text[at..text.len().min(at + length)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded_and_cannot_break_out() {
        let sent = String::from_utf8(copy("\x1b]0;evil\x07", Through::Nothing).unwrap()).unwrap();
        assert_eq!(sent, "\x1b]52;c;G10wO2V2aWwH\x07");
    }

    #[test]
    fn tmux_gets_it_twice_and_screen_in_pieces() {
        let tmux = String::from_utf8(copy("hi", Through::Tmux).unwrap()).unwrap();
        assert_eq!(tmux, "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\");
        let screen = String::from_utf8(copy(&"x".repeat(3_000), Through::Screen).unwrap()).unwrap();
        let pieces: Vec<&str> = screen.split_terminator("\x1b\\").collect();
        assert!(pieces.len() > 3 && pieces.iter().all(|piece| piece.len() < 768 && piece.starts_with("\x1bP")));
        let joined: String = pieces.iter().map(|piece| &piece[2..]).collect();
        assert_eq!(joined.into_bytes(), copy(&"x".repeat(3_000), Through::Nothing).unwrap());
    }

    #[test]
    fn what_is_too_long_is_refused_with_its_length() {
        assert!(copy(&"é".repeat(LIMIT), Through::Nothing).unwrap_err().contains("149988 bytes"));
        assert!(copy(&"x".repeat(LIMIT), Through::Nothing).unwrap().len() < 100_020);
    }

    #[test]
    fn tmux_goes_before_screen() {
        assert_eq!(Through::from(true, true), Through::Tmux);
        assert_eq!(Through::from(false, true), Through::Screen);
        assert_eq!(Through::from(false, false), Through::Nothing);
    }
}
