//! CSV, TSV and their kin.

use csv::{ByteRecord, ReaderBuilder};

use super::{Content, Format, ReadOptions, Sink, encoding};
use crate::exchange::{Error, Progress, Result};

/// Delimiters that are tried where none is given, the likeliest first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Reads a delimited text.
pub fn read(name: &str, bytes: &[u8], options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Content> {
    let (text, encoding) = encoding::decode(name, bytes, options)?;
    let delimiter = match options.delimiter {
        Some(delimiter) if delimiter.is_ascii() && !matches!(delimiter, '"' | '\n' | '\r') => delimiter,
        Some(delimiter) => {
            let message = format!("“{}” cannot separate cells; one ASCII character can.", delimiter.escape_debug());
            return Err(Error::Input { file: name.to_owned(), line: None, message });
        }
        None => detect(&text, options.header_row),
    };
    // An ASCII character is one byte.
    let separator = delimiter as u8;
    if let Some(line) = open_quote(&text, separator) {
        let message = "a quote opens here and is never closed; the file may be cut off.".to_owned();
        return Err(Error::Input { file: name.to_owned(), line: Some(line), message });
    }
    let mut sink = Sink::new(name, options);
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut reader = builder(separator).from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut count = 0_usize;
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        if count.is_multiple_of(256) {
            progress.at("Reading", start.min(text.len()), text.len())?;
        }
        count += 1;
        let more = reader.read_byte_record(&mut record).map_err(|error| Error::Input {
            file: name.to_owned(),
            line: Some(lines.line),
            message: format!("the row cannot be read: {error}."),
        })?;
        if !more {
            break;
        }
        let line = lines.of(start);
        if record.len() > options.limits.columns {
            return sink.refuse(line, format!("there are more than {} columns.", options.limits.columns));
        }
        // The text is UTF-8 and is cut at ASCII characters only, so nothing is replaced.
        sink.push(line, record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())?;
    }
    sink.finish(Format::Delimited { delimiter, encoding: encoding.name() })
}

fn builder(separator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator).has_headers(false).flexible(true);
    builder
}

/// Counts lines while rows go by. The csv crate leaves line ends that precede a row to that row.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that starts at this byte or at the first one after it that is no line end.
    fn of(&mut self, start: usize) -> u64 {
        while let Some(byte) = self.text.get(self.at)
            && (self.at < start || matches!(byte, b'\n' | b'\r'))
        {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// The delimiter that cuts the headers into the most cells, and the first rows into as many.
fn detect(text: &str, header_row: u64) -> char {
    let above = usize::try_from(header_row.saturating_sub(1)).unwrap_or(usize::MAX);
    let start: usize = text.split_inclusive('\n').take(above).map(str::len).sum();
    let mut best = (DELIMITERS[0], 0, 0);
    for delimiter in DELIMITERS {
        let mut reader = builder(delimiter as u8).from_reader(&text.as_bytes()[start..]);
        let mut widths = Vec::new();
        let mut record = ByteRecord::new();
        while widths.len() < 11 && reader.read_byte_record(&mut record).unwrap_or(false) {
            widths.push(record.len());
        }
        let header = widths.first().copied().unwrap_or(0);
        let agreeing = widths.iter().skip(1).filter(|width| **width == header).count();
        if header > 1 && (agreeing, header) > (best.1, best.2) {
            best = (delimiter, agreeing, header);
        }
    }
    best.0
}

/// The line of a quote that is never closed. The csv crate takes all that follows such a quote for one cell and
/// says nothing. Follows the same rules: a quote opens only at the start of a cell, and two in it mean one.
fn open_quote(text: &str, separator: u8) -> Option<u64> {
    enum At {
        Start,
        Plain,
        Quoted,
        Closing,
    }
    let mut at = At::Start;
    let mut line = 1;
    let mut opened = 1;
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Start, b'"') => {
                opened = line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Closing,
            (At::Quoted, _) | (At::Closing, b'"') => At::Quoted,
            (_, b'\n' | b'\r') => At::Start,
            (_, byte) if byte == separator => At::Start,
            (At::Start | At::Plain | At::Closing, _) => At::Plain,
        };
        line += u64::from(byte == b'\n');
    }
    matches!(at, At::Quoted).then_some(opened)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn open_quotes_are_found_where_they_open() {
        assert_eq!(open_quote("a,b\n\"c\nd\",e\n", b','), None);
        assert_eq!(open_quote("a,b\nc,\"d\ne\n", b','), Some(2));
        assert_eq!(open_quote("5\" pipe,b\n", b','), None, "a quote inside a plain cell is a character");
        assert_eq!(open_quote("\"a \"\"b\"\" c\",d", b','), None);
        assert_eq!(open_quote("\"a\"\"", b','), Some(1));
    }

    #[test]
    fn delimiters_are_found() {
        assert_eq!(detect("a;b;c\n1,5;2;3\n", 0), ';');
        assert_eq!(detect("a\tb\n1, 2, 3\t4\n", 0), '\t');
        assert_eq!(detect("\"a;b;c;d\",e\n1,2\n", 0), ',');
        assert_eq!(detect("Inventory, of; all\na|b\n1|2\n", 2), '|');
        assert_eq!(detect("alone\n1\n", 0), ',');
    }

    proptest! {
        // If the two readings of quotes ever differed, a line appended after closed quotes would not come out whole.
        #[test]
        fn quotes_are_read_as_the_csv_crate_reads_them(text in "[\"a,\n\r ]{0,40}") {
            let whole = format!("{text}\nend,of,it");
            let mut reader = builder(b',').from_reader(whole.as_bytes());
            let last = reader.byte_records().map_while(Result::ok).last();
            let came_out = last.is_some_and(|record| record == *["end", "of", "it"].as_slice());
            prop_assert_eq!(open_quote(&whole, b',').is_none(), came_out);
        }
    }
}
