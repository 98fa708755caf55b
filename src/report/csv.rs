//! The pack as CSV files, one a table: RFC 4180 with CRLF, UTF-8 without a byte-order mark, since these files are for
//! programs and the spreadsheet is for people. Text that a spreadsheet could take for a formula is neutralised.

use std::io::{self, Write};

use chrono::FixedOffset;

use super::register::{Cell, Register};
use crate::record::rfc3339;
use crate::text;

/// Writes a table: a header with the columns' names, then the rows. Moments are RFC 3339 in UTC.
///
/// # Errors
/// What writing says.
pub fn write(table: &Register, zone: FixedOffset, to: impl Write) -> io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(to);
    writer.write_record(table.columns.iter().map(|column| column.name))?;
    for row in &table.rows {
        writer.write_record(row.cells.iter().map(|cell| shown(cell, zone)))?;
    }
    writer.flush()
}

fn shown(cell: &Cell, zone: FixedOffset) -> String {
    match cell {
        // Numbers are ours, and a negative one is no formula.
        Cell::Number(number) => number.to_string(),
        Cell::Decimal(number) => number.to_string(),
        Cell::Moment(moment) => rfc3339(*moment),
        cell => text::spreadsheet_cell(&cell.shown(zone)).into_owned(),
    }
}
