//! Worksheets of XLSX workbooks. Cells are read one at a time, so that a sheet that claims a million rows costs
//! nothing but what it holds.

use std::io::Cursor;

use calamine::{CellErrorType, DataRef, Reader, Xlsx, XlsxError};

use super::{Content, Format, ReadOptions, Sink, size};
use crate::exchange::{Error, Progress, Result, shown};

/// Reads one sheet.
pub fn read(name: &str, bytes: &[u8], options: &ReadOptions, progress: &mut Progress<'_>) -> Result<Content> {
    let broken = |error: XlsxError| Error::Input {
        file: name.to_owned(),
        line: None,
        message: format!("the workbook is damaged or incomplete: {}.", shown(&error.to_string())),
    };
    progress.at("Reading", 0, bytes.len())?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets = book.sheet_names();
    let asked = match &options.sheet {
        Some(sheet) => match sheets.iter().find(|known| known.eq_ignore_ascii_case(sheet)) {
            Some(known) => vec![known.clone()],
            None => return Err(no_sheet(name, sheet, &sheets)),
        },
        None => sheets.clone(),
    };
    for sheet in asked {
        let mut sink = Sink::new(name, options);
        match fill(&mut book, &sheet, options, &mut sink, progress) {
            Ok(()) => {}
            Err(Failure::Refused(error)) => return Err(error),
            // A sheet may be a chart.
            Err(Failure::Broken(XlsxError::NotAWorksheet(_))) if options.sheet.is_none() => continue,
            Err(Failure::Broken(error)) => return Err(broken(error)),
        }
        if sink.headers.is_some() || options.sheet.is_some() {
            return sink.finish(Format::Xlsx { sheet, sheets });
        }
    }
    Err(Error::Input { file: name.to_owned(), line: None, message: "the workbook holds no cells.".to_owned() })
}

fn no_sheet(name: &str, sheet: &str, sheets: &[String]) -> Error {
    let known = sheets.iter().map(|sheet| format!("“{}”", shown(sheet))).collect::<Vec<_>>().join(", ");
    let message = format!("there is no worksheet “{}”; there are {known}.", shown(sheet));
    Error::Input { file: name.to_owned(), line: None, message }
}

enum Failure {
    Refused(Error),
    Broken(XlsxError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Gives a sheet's rows to the sink, those that hold anything.
fn fill(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    options: &ReadOptions,
    sink: &mut Sink<'_>,
    progress: &mut Progress<'_>,
) -> Result<(), Failure> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(Failure::Broken)?;
    let mut line = 0_u64;
    let mut cells: Vec<String> = Vec::new();
    let mut total = 0_u64;
    while let Some(cell) = reader.next_cell().map_err(Failure::Broken)? {
        let text = plain(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (u64::from(row) + 1, column as usize);
        if row != line {
            hand_over(sink, line, &mut cells)?;
            if row.is_multiple_of(256) {
                progress.at("Reading", sink.rows.len(), reader.dimensions().end.0 as usize)?;
            }
            line = row;
        }
        total = total.saturating_add(text.len() as u64);
        if total > options.limits.file_bytes {
            let most = size(options.limits.file_bytes);
            return Ok(sink.refuse(line, format!("the sheet holds more than {most} of text."))?);
        }
        if column >= options.limits.columns {
            let message = format!("there are more than {} columns.", options.limits.columns);
            return Ok(sink.refuse(line, message)?);
        }
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    Ok(hand_over(sink, line, &mut cells)?)
}

fn hand_over(sink: &mut Sink<'_>, line: u64, cells: &mut Vec<String>) -> Result<()> {
    if line == 0 {
        return Ok(());
    }
    let mut cells = std::mem::take(cells);
    // A sheet does not store the blank cells at a row's end.
    if let Some(headers) = &sink.headers
        && cells.len() < headers.len()
    {
        cells.resize(headers.len(), String::new());
    }
    sink.push(line, cells)
}

/// A cell as text: dates as ISO 8601, whole numbers without decimals.
fn plain(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        // A formula that found nothing says nothing; other errors are shown, so that somebody mends them.
        DataRef::Error(CellErrorType::NA) | DataRef::Empty => String::new(),
        DataRef::Error(error) => error.to_string(),
    }
}
