//! A file of rows, whatever its format: what every import starts from.
//!
//! Reading is suspicious. A file is looked at before it is believed, is never read past the stated limits, and is
//! refused as a whole, with the line, where any of it is torn: half an inventory is worse than none.

mod delimited;
mod encoding;
mod seen;
mod xlsx;

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Error, Progress, Result};
use seen::Seen;

/// How to read a file. What is left open is found out from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The encoding that the user insists on, by any label of the WHATWG Encoding Standard: `windows-1252`.
    pub encoding: Option<String>,
    /// The encoding that a mapping expects: used where the file is neither marked by a byte-order mark nor UTF-8.
    pub expected_encoding: Option<String>,
    /// What stands between cells.
    pub delimiter: Option<char>,
    /// The worksheet, by name; otherwise the first one that holds anything.
    pub sheet: Option<String>,
    /// The line of a text, or the row of a sheet, from which on the headers are looked for, counted from 1. They are
    /// the first row there that holds anything.
    pub header_row: u64,
    /// What is too much.
    pub limits: Limits,
}

/// What is too much to be an inventory. Keeps memory bounded: a table takes a few times its file's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in the file, and in all that a workbook unpacks to (times 8).
    pub file_bytes: u64,
    /// Bytes in one line of a text file, whatever quotes say.
    pub line_bytes: usize,
    /// Bytes in one cell.
    pub cell_bytes: usize,
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 100 << 20, line_bytes: 8 << 20, cell_bytes: 1 << 20, columns: 1_000, rows: 200_000 }
    }
}

/// How a table was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Text with a delimiter between cells.
    Delimited {
        /// The delimiter.
        delimiter: char,
        /// The encoding's name in the WHATWG Encoding Standard.
        encoding: &'static str,
    },
    /// A worksheet of a workbook.
    Xlsx {
        /// The sheet that was read.
        sheet: String,
        /// All sheets of the workbook.
        sheets: Vec<String>,
    },
}

/// A file's headers and rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The file's name, without its folder.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The file's size in bytes.
    pub bytes: u64,
    /// How it was written.
    pub format: Format,
    /// The headers: trimmed, on one line. Several may be the same, and some blank.
    pub headers: Vec<String>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line in the file, or the row of the sheet, where it starts, counted from 1.
    pub line: u64,
    /// As many cells as there are headers.
    pub cells: Vec<String>,
}

/// What the readers of the formats hand back.
struct Content {
    format: Format,
    headers: Vec<String>,
    rows: Vec<Row>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Input`] where the file cannot be read, is not a table, is too large, or is torn;
    /// [`Error::Cancelled`] where the user stopped it.
    pub fn read(path: &Path, options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Self> {
        let shown = path.display().to_string();
        let bytes = read_bytes(path, &shown, options.limits, progress)?;
        let mut table = Self::from_bytes(&shown, &bytes, options, progress)?;
        if let Some(name) = path.file_name() {
            table.name = name.to_string_lossy().into_owned();
        }
        Ok(table)
    }

    /// Reads a file that is in memory already.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn from_bytes(name: &str, bytes: &[u8], options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Self> {
        let refused =
            |message: &str| Err(Error::Input { file: name.to_owned(), line: None, message: message.to_owned() });
        let content = match seen::look(bytes) {
            Seen::Nothing => return refused("the file is empty."),
            Seen::Workbook { unpacked } => {
                if unpacked > options.limits.file_bytes.saturating_mul(8) {
                    return refused(&format!(
                        "the workbook unpacks to {}, and at most {} are read. Save the sheet as CSV.",
                        size(unpacked),
                        size(options.limits.file_bytes.saturating_mul(8))
                    ));
                }
                xlsx::read(name, bytes, options, progress)?
            }
            Seen::Other(what) => {
                return refused(&format!("this is {what}, not a table. CSV, TSV and XLSX are read{}.", named_as(name)));
            }
            Seen::Text => delimited::read(name, bytes, options, progress)?,
        };
        if content.rows.is_empty() {
            return refused("there are headers and no rows under them.");
        }
        let sha256 = crate::workspace::hex(&Sha256::digest(bytes));
        let Content { format, headers, rows } = content;
        Ok(Self { name: name.to_owned(), sha256, bytes: bytes.len() as u64, format, headers, rows })
    }

    /// How it was read, in words: `windows-1252, separated by “,”`.
    #[must_use]
    pub fn read_as(&self) -> String {
        match &self.format {
            Format::Delimited { delimiter: '\t', encoding } => format!("{encoding}, separated by tabs"),
            Format::Delimited { delimiter, encoding } => format!("{encoding}, separated by “{delimiter}”"),
            Format::Xlsx { sheet, .. } => format!("the worksheet “{}”", super::shown(sheet)),
        }
    }
}

/// Where a name promises a workbook, says that it does not hold.
fn named_as(name: &str) -> &'static str {
    let is = |ending| Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    if is("xlsx") || is("xlsm") {
        ", whatever its name ends in"
    } else if is("xls") || is("ods") || is("xlsb") {
        "; save it as XLSX or CSV"
    } else {
        ""
    }
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let bytes = bytes as f64;
    let units = [(1_f64, "B"), (1024_f64, "KiB"), (1024_f64 * 1024_f64, "MiB"), (1024_f64.powi(3), "GiB")];
    let (unit, name) = units.into_iter().rev().find(|(unit, _)| bytes >= *unit).unwrap_or((1_f64, "B"));
    let digits = usize::from(bytes / unit < 10.0 && unit > 1.0);
    format!("{:.digits$} {name}", bytes / unit)
}

/// The file's bytes. Never reads more than the limits allow.
fn read_bytes(path: &Path, shown: &str, limits: Limits, progress: &mut Progress<'_>) -> Result<Vec<u8>> {
    let refused = |line, message| Error::Input { file: shown.to_owned(), line, message };
    let failed = |error: &std::io::Error| {
        let message = match error.kind() {
            ErrorKind::NotFound => "there is no such file.".to_owned(),
            ErrorKind::PermissionDenied => "you are not permitted to read this file.".to_owned(),
            ErrorKind::IsADirectory => "this is a folder; name a file in it.".to_owned(),
            _ => format!("it cannot be read: {error}."),
        };
        refused(None, message)
    };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let found = std::fs::metadata(path).map_err(|error| failed(&error))?;
    if found.is_dir() {
        return Err(refused(None, "this is a folder; name a file in it.".to_owned()));
    }
    if !found.is_file() {
        return Err(refused(None, "this is a device or a pipe; save it as a file first.".to_owned()));
    }
    let too_large = |bytes| {
        let most = size(limits.file_bytes);
        refused(None, format!("the file is {}, and at most {most} are read. Split it into parts.", size(bytes)))
    };
    if found.len() > limits.file_bytes {
        return Err(too_large(found.len()));
    }
    let total = usize::try_from(found.len()).unwrap_or(usize::MAX);
    let mut file = File::open(path).map_err(|error| failed(&error))?;
    let mut bytes = Vec::with_capacity(total.saturating_add(1));
    let mut chunk = vec![0; 1 << 16];
    let mut since_break = 0;
    let mut line = 1;
    loop {
        progress.at("Reading", bytes.len(), total)?;
        let got = match file.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(got) => got,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(&error)),
        };
        bytes.extend_from_slice(&chunk[..got]);
        // The file may have grown since it was measured.
        if bytes.len() as u64 > limits.file_bytes {
            return Err(too_large(bytes.len() as u64));
        }
        for part in chunk[..got].split_inclusive(|byte| *byte == b'\n') {
            since_break += part.len();
            if part.ends_with(b"\n") {
                since_break = 0;
                line += 1;
            }
        }
        if since_break > limits.line_bytes && matches!(seen::look(&bytes), Seen::Text) {
            let message = format!("the line is longer than {}, so this is no table.", size(limits.line_bytes as u64));
            return Err(refused(Some(line), message));
        }
    }
}

/// A header as it is kept: on one line, without spaces around it or doubled in it.
fn header(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fills a table's rows under its headers, and refuses what is too much or torn.
struct Sink<'a> {
    name: &'a str,
    options: &'a ReadOptions,
    headers: Option<Vec<String>>,
    rows: Vec<Row>,
}

impl<'a> Sink<'a> {
    fn new(name: &'a str, options: &'a ReadOptions) -> Self {
        Self { name, options, headers: None, rows: Vec::new() }
    }

    fn refuse<T>(&self, line: u64, message: String) -> Result<T> {
        Err(Error::Input { file: self.name.to_owned(), line: Some(line), message })
    }

    /// Takes the next row, blank ones included. Rows above the headers are passed over, and so are blank ones.
    fn push(&mut self, line: u64, mut cells: Vec<String>) -> Result<()> {
        let limits = self.options.limits;
        if cells.len() > limits.columns {
            return self.refuse(line, format!("there are more than {} columns.", limits.columns));
        }
        if let Some(at) = cells.iter().position(|cell| cell.len() > limits.cell_bytes) {
            let most = size(limits.cell_bytes as u64);
            return self.refuse(line, format!("cell {} holds more than {most}; is a quote missing?", at + 1));
        }
        let blank = cells.iter().all(|cell| cell.trim().is_empty());
        let Some(headers) = &self.headers else {
            if !blank && line >= self.options.header_row {
                self.headers = Some(cells.iter().map(|cell| header(cell)).collect());
            }
            return Ok(());
        };
        if blank {
            return Ok(());
        }
        let columns = headers.len();
        // Spreadsheets end a row where its last filled cell is, or add blank cells to its right.
        while cells.len() > columns && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.len() != columns {
            let has = cells.len();
            let cells = if has == 1 { "cell" } else { "cells" };
            let hint = if has < columns {
                "is the file cut off, or a quote out of place?"
            } else {
                "is a quote out of place, or do the headers stand in another row?"
            };
            return self.refuse(line, format!("this row has {has} {cells} where the headers are {columns}; {hint}"));
        }
        if self.rows.len() >= limits.rows {
            return self.refuse(line, format!("there are more than {} rows. Split the file into parts.", limits.rows));
        }
        self.rows.push(Row { line, cells });
        Ok(())
    }

    fn finish(self, format: Format) -> Result<Content> {
        let Some(headers) = self.headers else {
            let message = match self.options.header_row {
                0 | 1 => "the file holds nothing but blanks.".to_owned(),
                row => format!("from row {row} on, where the headers should stand, there are only blanks."),
            };
            return Err(Error::Input { file: self.name.to_owned(), line: None, message });
        };
        Ok(Content { format, headers, rows: self.rows })
    }
}

#[cfg(test)]
mod tests;
