//! Rows of a block: where the cells of the columns that are wanted begin and end.

use super::chunk::{Block, Marks};

/// Where one cell is in the bytes that it comes with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The cell's bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }
}

/// What is wrong with a row, and where the row starts in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row's first byte in the block.
    pub at: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Which columns are wanted.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// For each column of the file, which slot it fills; [`Layout::UNUSED`] where none.
    pub slots: Vec<u16>,
    /// How many slots there are.
    pub wanted: usize,
}

impl Layout {
    /// A column that nothing needs.
    pub const UNUSED: u16 = u16::MAX;

    fn slot(&self, column: usize) -> usize {
        self.slots.get(column).map_or(usize::MAX, |slot| usize::from(*slot))
    }

    fn check(&self, columns: usize) -> Result<(), String> {
        if columns == self.slots.len() {
            return Ok(());
        }
        Err(format!("the row has {columns} cells, and the header {}. Correct it, or take it out.", self.slots.len()))
    }
}

/// What is done with a row: its bytes and a cell a slot.
pub trait Row: FnMut(&[u8], &[Span]) -> Result<(), String> {}
impl<T: FnMut(&[u8], &[Span]) -> Result<(), String>> Row for T {}

/// Hands over each row of a block.
///
/// # Errors
/// The first row that has another number of cells than the header, or that is refused.
pub fn each(block: &Block, marks: Marks, layout: &Layout, row: &mut impl Row) -> Result<(), Fault> {
    if block.quoted { quoted(&block.bytes, marks, layout, row) } else { plain(&block.bytes, marks, layout, row) }
}

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// The high bit of each byte that is zero (Warren, Hacker's Delight, section 6-1).
const fn zero_bytes(word: u64) -> u64 {
    !(((word & LOW) + LOW) | word | LOW)
}

/// A byte in all places of a word.
const fn repeated(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Rows without quotation marks: eight bytes at a time.
fn plain(bytes: &[u8], marks: Marks, layout: &Layout, row: &mut impl Row) -> Result<(), Fault> {
    let (cells, rows) = (repeated(marks.cell), repeated(marks.row));
    let mut spans = vec![Span::default(); layout.wanted];
    let (mut begun, mut start, mut column) = (0, 0, 0);
    let mut base = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0_u8; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    for word in words.iter().chain(std::iter::once(&last)) {
        let word = u64::from_le_bytes(*word);
        let ends = zero_bytes(word ^ rows);
        let mut found = zero_bytes(word ^ cells) | ends;
        while found != 0 {
            let bit = found.trailing_zeros();
            let at = base + (bit >> 3) as usize;
            let is_end = (ends >> bit) & 1 == 1;
            let slot = layout.slot(column);
            if let Some(span) = spans.get_mut(slot) {
                *span = Span { start, end: at };
            }
            column += 1;
            start = at + 1;
            if is_end {
                finish(bytes, Whole { begun, end: at, columns: column, slot }, layout, &mut spans, row)?;
                (begun, column) = (at + 1, 0);
            }
            found &= found - 1;
        }
        base += 8;
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Whole {
    begun: usize,
    end: usize,
    columns: usize,
    slot: usize,
}

/// A carriage return before a line feed belongs to the row's end; a line with nothing on it is no row.
fn finish(bytes: &[u8], whole: Whole, layout: &Layout, spans: &mut [Span], row: &mut impl Row) -> Result<(), Fault> {
    let returned = whole.end > whole.begun && bytes.get(whole.end - 1) == Some(&b'\r');
    if whole.end - usize::from(returned) == whole.begun && layout.slots.len() != 1 {
        return Ok(());
    }
    if returned && let Some(span) = spans.get_mut(whole.slot) {
        span.end = span.end.saturating_sub(1).max(span.start);
    }
    layout.check(whole.columns).and_then(|()| row(bytes, spans)).map_err(|message| Fault { at: whole.begun, message })
}

/// Rows with quotation marks: byte by byte, the wanted cells copied without them.
fn quoted(bytes: &[u8], marks: Marks, layout: &Layout, row: &mut impl Row) -> Result<(), Fault> {
    let mut reader = Quoted { bytes, marks, at: 0, open: false };
    let mut spans = vec![Span::default(); layout.wanted];
    let mut copied = Vec::new();
    while reader.at < bytes.len() {
        let begun = reader.at;
        copied.clear();
        let mut columns = 0;
        let mut whole_row = true;
        loop {
            let start = copied.len();
            let is_last = reader.cell(&mut copied);
            let empty_row = is_last && columns == 0 && copied.is_empty() && layout.slots.len() != 1;
            whole_row &= !(empty_row && bytes.get(begun) != Some(&b'"'));
            match spans.get_mut(layout.slot(columns)) {
                Some(span) => *span = Span { start, end: copied.len() },
                None => copied.truncate(start),
            }
            columns += 1;
            if is_last {
                break;
            }
        }
        if whole_row {
            layout
                .check(columns)
                .and_then(|()| row(&copied, &spans))
                .map_err(|message| Fault { at: begun, message })?;
        }
    }
    Ok(())
}

struct Quoted<'a> {
    bytes: &'a [u8],
    marks: Marks,
    at: usize,
    /// Whether the bytes ended within quotes.
    open: bool,
}

impl Quoted<'_> {
    /// Copies one cell without its quotes, and goes past its end; whether it was its row's last.
    fn cell(&mut self, to: &mut Vec<u8>) -> bool {
        let start = to.len();
        if self.bytes.get(self.at) == Some(&b'"') {
            self.at += 1;
            self.open = true;
            while let Some(byte) = self.bytes.get(self.at).copied() {
                self.at += 1;
                if byte == b'"' {
                    if self.bytes.get(self.at) != Some(&b'"') {
                        self.open = false;
                        break;
                    }
                    self.at += 1;
                }
                to.push(byte);
            }
        }
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            if byte == self.marks.cell {
                return false;
            }
            if byte == self.marks.row {
                break;
            }
            to.push(byte);
        }
        if to.len() > start && to.last() == Some(&b'\r') && self.bytes.get(self.at.wrapping_sub(2)) == Some(&b'\r') {
            to.pop();
        }
        true
    }
}

/// The cells of the first row, without quotes, and where the next row begins; none where a quote is still open.
#[must_use]
pub fn header(bytes: &[u8], marks: Marks) -> Option<(Vec<Vec<u8>>, usize)> {
    let mut reader = Quoted { bytes, marks, at: 0, open: false };
    let mut cells = Vec::new();
    loop {
        let mut cell = Vec::new();
        let is_last = reader.cell(&mut cell);
        cells.push(cell);
        if is_last {
            return (!reader.open).then_some((cells, reader.at));
        }
    }
}
