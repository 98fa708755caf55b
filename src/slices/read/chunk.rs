//! Blocks of whole rows, so that several threads can read one file: cut at line ends that are in no quotes.

use memchr::{memchr, memchr_iter, memrchr};

use super::source::Source;
use crate::slices::error::{Error, Result};

/// How many bytes a block has, but for a row that is longer.
pub const BLOCK: usize = 1 << 20;

/// The longest row that is taken in.
const LONGEST: usize = 64 << 20;

/// What separates cells and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Separates cells.
    pub cell: u8,
    /// Ends rows: a line feed, or a carriage return where the file knows no other.
    pub row: u8,
}

/// Whole rows.
#[derive(Debug, Default)]
pub struct Block {
    /// The rows, each with its end.
    pub bytes: Vec<u8>,
    /// The line that the first of them starts at, from 1.
    pub line: u64,
    /// Whether there is a quotation mark in them.
    pub quoted: bool,
}

/// Where the cutting of a stream stands.
pub struct Chunker {
    marks: Marks,
    size: usize,
    rest: Vec<u8>,
    line: u64,
    ended: bool,
}

impl Chunker {
    /// A cutter of a stream that begins with these bytes, in this line.
    #[must_use]
    pub fn new(marks: Marks, begins: Vec<u8>, size: usize, line: u64) -> Self {
        Self { marks, size: size.max(1), rest: begins, line, ended: false }
    }

    /// The next block, in the memory of an old one; none at the end.
    ///
    /// # Errors
    /// Where the file cannot be read, a quote is never closed, or a row has no end.
    pub fn next(&mut self, source: &mut Source, mut block: Block) -> Result<Option<Block>> {
        block.bytes.clear();
        std::mem::swap(&mut block.bytes, &mut self.rest);
        loop {
            let room = self.size.saturating_sub(block.bytes.len()).max(self.size / 4).max(1);
            if !self.ended && block.bytes.len() < self.size {
                self.ended = !source.fill(&mut block.bytes, room)?;
            }
            if block.bytes.is_empty() && self.ended {
                return Ok(None);
            }
            let cut = self.cut(&block.bytes);
            if self.ended {
                if let Some(opened) = cut.open {
                    return Err(self.never_closed(source, &block.bytes, opened));
                }
                if block.bytes.last() != Some(&self.marks.row) {
                    block.bytes.push(self.marks.row);
                }
            } else if let Some(end) = cut.end {
                self.rest.clear();
                self.rest.extend_from_slice(block.bytes.get(end..).unwrap_or_default());
                block.bytes.truncate(end);
            } else if block.bytes.len() > LONGEST {
                return Err(match cut.open {
                    Some(opened) => self.never_closed(source, &block.bytes, opened),
                    None => Self::refuse(source, self.line, "the row is longer than 64 MB. Is this a table?"),
                });
            } else {
                self.ended = !source.fill(&mut block.bytes, self.size)?;
                continue;
            }
            block.line = self.line;
            block.quoted = cut.quoted;
            self.line += memchr_iter(self.marks.row, &block.bytes).count() as u64;
            return Ok(Some(block));
        }
    }

    fn never_closed(&self, source: &Source, bytes: &[u8], opened: usize) -> Error {
        let before = bytes.get(..opened).unwrap_or_default();
        let line = self.line + memchr_iter(self.marks.row, before).count() as u64;
        Self::refuse(source, line, "a quote opens here and is never closed; the file may be cut off.")
    }

    fn refuse(source: &Source, line: u64, message: &str) -> Error {
        Error::Content { file: source.name.clone(), line: Some(line), message: message.to_owned() }
    }

    /// Where the last whole row ends. A quote opens only at the start of a cell; two in it mean one.
    fn cut(&self, bytes: &[u8]) -> Cut {
        let mut cut = Cut::default();
        let mut from = 0;
        loop {
            let tail = bytes.get(from..).unwrap_or_default();
            let Some(quote) = memchr(b'"', tail).map(|at| from + at) else {
                cut.end = memrchr(self.marks.row, tail).map(|at| from + at + 1).or(cut.end);
                return cut;
            };
            cut.quoted = true;
            let plain = bytes.get(from..quote).unwrap_or_default();
            cut.end = memrchr(self.marks.row, plain).map(|at| from + at + 1).or(cut.end);
            from = quote + 1;
            if !self.opens(bytes, quote) {
                continue;
            }
            match closes(bytes, from) {
                Some(after) => from = after,
                None => {
                    cut.open = Some(quote);
                    return cut;
                }
            }
        }
    }

    /// Whether a quotation mark stands at the start of a cell.
    fn opens(&self, bytes: &[u8], at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        before.is_none_or(|byte| byte == self.marks.cell || byte == self.marks.row)
    }
}

/// Where the text after a quote goes on when the quote, opened just before `from`, has been closed.
fn closes(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let end = from + memchr(b'"', bytes.get(from..)?)?;
        if bytes.get(end + 1) != Some(&b'"') {
            return Some(end + 1);
        }
        from = end + 2;
    }
}

#[derive(Default)]
struct Cut {
    end: Option<usize>,
    open: Option<usize>,
    quoted: bool,
}
