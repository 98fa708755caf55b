//! What is wrong with a text file that people write (settings, keys, themes): which file, which line, what to do.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Something wrong in a file, or with the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as people know it.
    pub file: PathBuf,
    /// The line, from 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong and what was expected.
    pub what: String,
}

impl Fault {
    /// A fault of the whole file.
    #[must_use]
    pub fn of(file: &Path, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, what: what.into() }
    }

    /// A fault at these bytes of the file's text.
    #[must_use]
    pub fn at(file: &Path, text: &str, span: Range<usize>, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line_of(text, span.start)), what: what.into() }
    }

    /// What the TOML reader has to say of this text.
    #[must_use]
    pub fn of_toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let what = error.message().replace('\n', "; ");
        Self { file: file.to_owned(), line: error.span().map(|span| line_of(text, span.start)), what }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display().to_string();
        write!(f, "{}", crate::text::line(&file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", crate::text::line(&self.what))
    }
}

impl std::error::Error for Fault {}

/// The line, from 1, on which a byte of the text stands.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_file_and_line() {
        let fault = Fault::at(Path::new("a.toml"), "one\ntwo\nthree", 5..6, "“two” is not a number.");
        assert_eq!(fault.to_string(), "a.toml:2: “two” is not a number.");
        assert_eq!(Fault::of(Path::new("b\x1b.toml"), "cannot be read").to_string(), "b.toml: cannot be read");
    }

    #[test]
    fn the_reader_of_toml_says_where() {
        let text = "a = 1\nb = = 2\n";
        let error = toml::from_str::<toml::Table>(text).unwrap_err();
        assert_eq!(Fault::of_toml(Path::new("c.toml"), text, &error).line, Some(2));
    }
}
