//! What commands print: safe text on standard output, coloured only where a person looks at it, and never a panic when
//! the reader goes away.

use std::io::{self, BufWriter, IsTerminal, Write};

use serde_json::Value as Json;

use super::exit::{Done, Failure};
use crate::text;

/// How a piece of text looks on a terminal that shows colours. What a style says, the text says too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// A heading, or what matters most.
    Strong,
    /// What matters less.
    Faint,
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\x1b[1m",
            Self::Faint => "\x1b[2m",
            Self::Good => "\x1b[32m",
            Self::Bad => "\x1b[1;31m",
        }
    }
}

/// Standard output, and how it looks.
pub struct Out {
    stream: BufWriter<io::Stdout>,
    terminal: bool,
    coloured: bool,
    plain: bool,
    width: Option<usize>,
}

impl Out {
    /// Standard output. `plain` asks for text without colours, symbols and columns.
    #[must_use]
    pub fn new(plain: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let width = terminal.then(terminal_width).flatten();
        Self {
            stream: BufWriter::with_capacity(1 << 16, io::stdout()),
            terminal,
            coloured: terminal && !plain && !unwanted,
            plain,
            width,
        }
    }

    /// Whether a person looks at it.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether it is to be read aloud, or by a simple program: no symbols, no columns.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// The terminal's width in cells; none where lines may be as long as they are.
    #[must_use]
    pub const fn width(&self) -> Option<usize> {
        self.width
    }

    /// Prints one line of safe text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &str) -> Done {
        self.styled(Style::Plain, line)?;
        self.end()
    }

    /// Prints a heading.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn heading(&mut self, line: &str) -> Done {
        // A record without a title, such as a packet without a use case, leaves a blank after its reference.
        self.styled(Style::Strong, line.trim_end())?;
        self.end()
    }

    /// Prints a piece of a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn styled(&mut self, style: Style, piece: &str) -> Done {
        let safe = text::line(piece);
        if self.coloured && style != Style::Plain && !safe.is_empty() {
            write!(self.stream, "{}{safe}\x1b[0m", style.code())?;
        } else {
            self.stream.write_all(safe.as_bytes())?;
        }
        Ok(())
    }

    /// Ends a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(&mut self) -> Done {
        self.stream.write_all(b"\n")?;
        Ok(())
    }

    /// Prints text of several lines, each `indent` cells in; on a terminal wrapped at its width.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn paragraph(&mut self, indent: usize, prose: &str) -> Done {
        let room = self.width.map(|width| width.saturating_sub(indent).max(20));
        for line in text::lines(prose).lines() {
            for part in wrapped(line, room) {
                let gap = if part.is_empty() { 0 } else { indent };
                writeln!(self.stream, "{:gap$}{part}", "")?;
            }
        }
        Ok(())
    }

    /// Prints a label, faint and `width` cells wide, and text beside it; on a terminal wrapped at its width.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn beside(&mut self, label: &str, width: usize, prose: &str) -> Done {
        let indent = width + 3;
        let room = self.width.map(|width| width.saturating_sub(indent).max(20));
        let mut label = label;
        for line in text::lines(prose).lines() {
            for part in wrapped(line, room) {
                self.styled(Style::Faint, &format!("  {} ", text::pad(label, width)))?;
                self.stream.write_all(part.as_bytes())?;
                self.end()?;
                label = "";
            }
        }
        Ok(())
    }

    /// Prints text of several lines as they are.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&mut self, lines: &str) -> Done {
        for line in text::lines(lines).lines() {
            writeln!(self.stream, "{line}")?;
        }
        Ok(())
    }

    /// Prints JSON, indented, ending the line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json(&mut self, value: &Json) -> Done {
        let shown = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        self.stream.write_all(safe_json(&shown).as_bytes())?;
        self.end()
    }

    /// Prints JSON on one line, without ending it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json_inline(&mut self, value: &Json) -> Done {
        self.stream.write_all(safe_json(&value.to_string()).as_bytes())?;
        Ok(())
    }

    /// Prints text that this program made itself and that no record had a part in: completions, manual pages.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn raw(&mut self, bytes: &[u8]) -> Done {
        self.stream.write_all(bytes)?;
        Ok(())
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&mut self) -> Done {
        self.stream.flush().map_err(Failure::Output)
    }
}

/// Says something on standard error that belongs to no output: what was found empty, what goes on.
pub fn note(line: &str) {
    // Nobody to tell that standard error is gone.
    let _ = writeln!(io::stderr(), "{}", text::line(line));
}

fn terminal_width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    let found = || ratatui::crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
    said.or_else(found).filter(|columns| *columns > 0)
}

/// The line in parts of at most `room` cells, broken at spaces.
fn wrapped(line: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room else { return vec![line.to_owned()] };
    if text::width(line) <= room {
        return vec![line.to_owned()];
    }
    let mut parts = Vec::new();
    let mut part = String::new();
    for word in line.split(' ') {
        if !part.is_empty() && text::width(&part) + 1 + text::width(word) > room {
            parts.push(std::mem::take(&mut part));
        }
        if !part.is_empty() {
            part.push(' ');
        }
        part.push_str(word);
    }
    parts.push(part);
    parts
}

/// JSON whose strings hold no character that a terminal could take for a command: those are escaped, so that the value
/// stays what it is.
#[must_use]
pub fn safe_json(json: &str) -> String {
    if !json.chars().any(|c| c != '\n' && text::is_unsafe(c)) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if c != '\n' && text::is_unsafe(c) {
            let mut units = [0_u16; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String never fails.
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrapped("one two three", Some(8)), ["one two", "three"]);
        assert_eq!(wrapped("one two three", None), ["one two three"]);
        assert_eq!(wrapped("unbreakable", Some(4)), ["unbreakable"]);
    }

    proptest! {
        #[test]
        fn json_stays_the_same_value_and_is_safe(text in any::<String>()) {
            let value = Json::String(text);
            let shown = safe_json(&value.to_string());
            prop_assert!(!shown.chars().any(text::is_unsafe));
            prop_assert_eq!(serde_json::from_str::<Json>(&shown).ok(), Some(value));
        }
    }
}
