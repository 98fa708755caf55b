//! Where policy comes from, and where in it something stands. Every complaint about a policy names its file and line,
//! also when several files are merged: their texts lie end to end in one numbering, and [`Sources`] leads a number
//! back to its file, line and column.

use std::fmt;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::text;

/// The largest policy file that is read, in bytes. A policy is written by hand; anything larger is a mistake.
const LARGEST: u64 = 1024 * 1024;

/// The most complaints that one policy is told of at once.
const MOST_FLAWS: usize = 200;

/// Where a layer comes from, and so when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Somebody's file or text: read and checked whole, whatever it says.
    Given,
    /// A profile that is shipped: its content is read at first use.
    Profile,
    /// A part of the built-in default that every policy reads.
    Rules,
    /// The same, of which content needs something too.
    Shared,
    /// A part of the built-in default that holds content only, and is read at first use.
    Content,
}

/// One file of policy, or a text that stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What people call it: a file name, `profile EU`, `workspace`.
    pub name: String,
    /// The file it was read from, where there is one. Files that it extends are looked for beside it.
    pub path: Option<PathBuf>,
    /// The TOML text.
    pub text: String,
    /// Where it comes from.
    pub(super) origin: Origin,
}

impl Layer {
    /// A layer of this name and text, from no file.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::shipped(name, text, Origin::Given)
    }

    /// A layer that is shipped.
    pub(super) fn shipped(name: impl Into<String>, text: impl Into<String>, origin: Origin) -> Self {
        Self { name: name.into(), path: None, text: text.into(), origin }
    }

    /// Reads a policy file.
    ///
    /// # Errors
    /// The file is not there, is not a plain file, is over 1 MiB, or is not UTF-8; the message names it, and for bad
    /// UTF-8 the line.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.display().to_string());
        let mut layer = Self { path: Some(path.to_owned()), ..Self::new(name, "") };
        match read_text(path) {
            Ok(text) => {
                layer.text = text;
                Ok(layer)
            }
            Err((line, message)) => {
                let flaw = Flaw { line, ..Flaw::of(&layer, message) };
                Err(PolicyError { flaws: vec![flaw] })
            }
        }
    }

    /// Line and column, both from 1, of a byte in the text; the column counts characters.
    fn line_column(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }
}

fn read_text(path: &Path) -> Result<String, (Option<usize>, String)> {
    let plain = |message: String| (None, message);
    let about = std::fs::metadata(path).map_err(|error| plain(format!("the policy file cannot be read: {error}.")))?;
    if !about.is_file() {
        return Err(plain("a policy is a plain file; this is something else.".to_owned()));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| plain(format!("the policy file cannot be read: {error}.")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(plain("the file is over 1 MiB, which no policy needs; it is refused unread.".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..valid]).matches('\n').count() + 1;
        (Some(line), "this line is not UTF-8 text; save the file as UTF-8.".to_owned())
    })
}

/// One complaint about a policy: where, what is wrong, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The name of the layer.
    pub layer: String,
    /// The layer's file, where it has one.
    pub path: Option<PathBuf>,
    /// The line, from 1, where the place is known.
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    pub column: Option<usize>,
    /// What is wrong and what was expected, in one safe line.
    pub message: String,
}

impl Flaw {
    /// A complaint about a layer as a whole.
    pub(super) fn of(layer: &Layer, message: impl AsRef<str>) -> Self {
        let message = text::fit(&text::line(message.as_ref()), 600).into_owned();
        Self { layer: layer.name.clone(), path: layer.path.clone(), line: None, column: None, message }
    }

    /// A complaint about what stands at a byte of a layer's text.
    pub(super) fn at(layer: &Layer, at: usize, message: impl AsRef<str>) -> Self {
        let (line, column) = layer.line_column(at);
        Self { line: Some(line), column: Some(column), ..Self::of(layer, message) }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}", text::line(&path.display().to_string()))?,
            None => write!(f, "{}", text::line(&self.layer))?,
        }
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, ":{line}:{column}")?,
            (Some(line), None) => write!(f, ":{line}")?,
            _ => {}
        }
        write!(f, ": {}", self.message)
    }
}

/// A policy that was refused: everything found wrong with it, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// What is wrong, in the order of files and lines.
    pub flaws: Vec<Flaw>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, flaw) in self.flaws.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{flaw}")?;
        }
        Ok(())
    }
}

/// The layers of one policy, the lowest first, numbered end to end.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    layers: Vec<(usize, Layer)>,
}

impl Sources {
    /// Numbers the layers.
    pub(super) fn new(layers: Vec<Layer>) -> Self {
        let mut base = 0;
        let number = |layer: Layer| {
            let here = base;
            base += layer.text.len() + 1;
            (here, layer)
        };
        Self { layers: layers.into_iter().map(number).collect() }
    }

    /// The layers with the number of their first byte, the lowest first.
    pub(super) fn layers(&self) -> impl Iterator<Item = (usize, &Layer)> {
        self.layers.iter().map(|(base, layer)| (*base, layer))
    }

    /// Whether a number lies in a layer that is shipped.
    pub(super) fn is_shipped(&self, at: usize) -> bool {
        self.find(at).is_some_and(|(layer, _)| layer.origin != Origin::Given)
    }

    /// The layer in which a number lies, with the byte within it.
    fn find(&self, at: usize) -> Option<(&Layer, usize)> {
        let after = self.layers.partition_point(|(base, _)| *base <= at);
        let (base, layer) = self.layers.get(after.checked_sub(1)?)?;
        Some((layer, at - base))
    }

    /// A complaint about what stands at a number.
    pub(super) fn flaw(&self, at: usize, message: impl AsRef<str>) -> Flaw {
        match self.find(at) {
            Some((layer, within)) => Flaw::at(layer, within, message),
            None => Flaw::of(&Layer::new("policy", ""), message),
        }
    }

    /// Keeps a complaint, unless there are so many already that one more helps nobody.
    pub(super) fn keep(&self, flaws: &mut Vec<Flaw>, at: usize, message: impl AsRef<str>) {
        if flaws.len() < MOST_FLAWS {
            flaws.push(self.flaw(at, message));
        }
    }

    /// Where people would look for a number: `acme.toml:12`.
    pub(super) fn place(&self, at: usize) -> String {
        let flaw = self.flaw(at, "");
        flaw.line.map_or_else(|| flaw.layer.clone(), |line| format!("{}:{line}", flaw.layer))
    }

    /// The number of a byte within a quoted value: exact where the value stands in the text as it is, otherwise
    /// (it holds escapes) where the value begins.
    pub(super) fn within(&self, quoted: &Range<usize>, value: &str, offset: usize) -> usize {
        let Some((layer, start)) = self.find(quoted.start) else { return quoted.start };
        let raw = layer.text.get(start..start + quoted.len()).unwrap_or_default();
        raw.find(value).map_or(quoted.start, |inside| quoted.start + inside + offset)
    }
}

/// Complains of a word that names nothing known, with the nearest known one, or all where they are few.
pub(super) fn unknown<S: AsRef<str>>(word: &str, what: &str, known: &[S]) -> String {
    let shown = text::fit(&text::line(word), 60).into_owned();
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let short: String = word.chars().take(60).collect();
    if known.len() <= 12 {
        return format!("“{shown}” is not {what}; expected one of: {}.", known.join(", "));
    }
    match similar::get_close_matches(short.as_str(), &known, 1, 0.6).first() {
        Some(near) => format!("“{shown}” is not {what}; did you mean “{near}”?"),
        None => format!("“{shown}” is not {what}; expected one of: {}.", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_lines() {
        let sources = Sources::new(vec![Layer::new("a", "x\ny"), Layer::new("b", "é=1\nz")]);
        assert_eq!(sources.place(0), "a:1");
        assert_eq!(sources.place(2), "a:2");
        assert_eq!(sources.place(4), "b:1");
        let flaw = sources.flaw(4 + 2, "wrong");
        assert_eq!((flaw.line, flaw.column), (Some(1), Some(2)), "columns count characters");
        assert_eq!(sources.flaw(9, "wrong").to_string(), "b:2:1: wrong");
    }

    #[test]
    fn files_that_are_no_policy_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let bad = folder.path().join("bad.toml");
        std::fs::write(&bad, b"a = 1\nb = \"\xff\"\n").unwrap();
        assert_eq!(Layer::read(&bad).unwrap_err().flaws[0].line, Some(2));
        let large = folder.path().join("large.toml");
        std::fs::write(&large, vec![b'\n'; 1024 * 1024 + 1]).unwrap();
        assert!(Layer::read(&large).unwrap_err().to_string().contains("1 MiB"));
        assert!(Layer::read(folder.path()).unwrap_err().to_string().contains("plain file"));
        assert!(Layer::read(&folder.path().join("none.toml")).unwrap_err().to_string().contains("none.toml"));
    }

    #[test]
    fn unknown_words_are_answered_with_the_nearest() {
        assert!(unknown("hihg", "a level", &["low", "high"]).contains("expected one of: low, high"));
        let many: Vec<String> = (10..40).map(|n| format!("FAIR-{n}")).collect();
        assert!(unknown("FAIR-1O", "a control", &many).contains("did you mean “FAIR-1"));
        let hostile = "x".repeat(100_000);
        assert!(unknown(&hostile, "a control", &many).len() < 1000);
    }
}
