//! The pack as a spreadsheet, one sheet a table: real dates and numbers, filters, a header that stays, wrapped text.
//!
//! Text is written as text, never as a formula, and marked so that it stays text when somebody edits the cell. Only
//! plain web addresses become links.

use std::io::Write;
use std::path::Path;

use chrono::{Datelike, FixedOffset};
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet, XlsxError};

use super::escape;
use super::model::Pack;
use super::register::{Cell, Column, Holds, Register};
use crate::text;

/// The longest text that a cell takes, in UTF-16 units (Microsoft, "Excel specifications and limits").
const MOST_TEXT: usize = 32_767;

/// The most rows that a sheet takes, the header included.
const MOST_ROWS: usize = 1_048_576;

/// The most links that a sheet takes.
const MOST_LINKS: usize = 65_530;

/// Above so many rows a sheet goes to the disk row by row, so that memory does not grow with it.
const LARGE: usize = 5_000;

/// Writes the workbook; what does not fit in memory goes through files in `temporary`. `at` is told of every row and
/// may stop the work.
///
/// # Errors
/// What the spreadsheet's writer says, and what `at` returns.
pub fn write<E: From<XlsxError>>(
    pack: &Pack,
    to: impl Write + Send,
    temporary: &Path,
    mut at: impl FnMut(u64) -> Result<(), E>,
) -> Result<(), E> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(temporary)?;
    workbook.set_properties(&properties(pack));
    let styles = Styles::new();
    let zone = *pack.about.made_at.offset();
    let mut written = 0;
    for table in pack.tables() {
        let sheet = if table.rows.len() > LARGE {
            workbook.add_worksheet_with_constant_memory()?
        } else {
            workbook.add_worksheet()
        };
        begin(sheet, &table, pack, &styles)?;
        let mut links = 0;
        for (number, row) in table.rows.iter().take(MOST_ROWS - 1).enumerate() {
            for (column, cell) in row.cells.iter().enumerate() {
                let place = (u32::try_from(number + 1).unwrap_or(u32::MAX), u16::try_from(column).unwrap_or(u16::MAX));
                put(sheet, place, cell, zone, &styles, &mut links)?;
            }
            written += 1;
            if number % 512 == 0 {
                at(written)?;
            }
        }
    }
    workbook.save_to_writer(to)?;
    Ok(())
}

fn properties(pack: &Pack) -> DocProperties {
    let about = &pack.about;
    DocProperties::new()
        .set_title(format!("AI governance pack: {}", about.workspace))
        .set_author(about.made_by.as_ref())
        .set_comment(format!("History head {} after {} changes", about.history_head, about.history_changes))
        .set_creation_datetime(&about.made_at.naive_utc())
}

/// How cells look.
struct Styles {
    header: Format,
    plain: Format,
    guarded: Format,
    number: Format,
    decimal: Format,
    day: Format,
    moment: Format,
    link: Format,
}

impl Styles {
    fn new() -> Self {
        let cell = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        Self {
            header: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(0x00E8_EDF2)
                .set_border_bottom(FormatBorder::Thin),
            guarded: cell.clone().set_quote_prefix(),
            number: cell.clone().set_num_format("0"),
            decimal: cell.clone().set_num_format("0.####"),
            day: cell.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            moment: cell.clone().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Left),
            link: cell.clone().set_hyperlink(),
            plain: cell,
        }
    }
}

fn begin(sheet: &mut Worksheet, table: &Register, pack: &Pack, styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name(table.title)?;
    for (at, column) in table.columns.iter().enumerate() {
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        sheet.set_column_width(at, width(table, column))?;
        sheet.write_string_with_format(0, at, column.label, &styles.header)?;
    }
    sheet.set_freeze_panes(1, frozen(table))?;
    let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let rows = u32::try_from(table.rows.len().min(MOST_ROWS - 1)).unwrap_or(u32::MAX);
    sheet.autofilter(0, 0, rows, last)?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    let about = &pack.about;
    let name = text::fit(&about.workspace, 60).replace('&', "&&");
    sheet.set_footer(format!("&L{name}&C{}&RPage &P of &N", about.made_at.format("%Y-%m-%d %H:%M")));
    Ok(())
}

/// The columns that stay in sight: up to the title.
fn frozen(table: &Register) -> u16 {
    match table.position("title") {
        Some(at @ 0..=2) => u16::try_from(at + 1).unwrap_or(0),
        _ => 0,
    }
}

/// A column's width, in characters.
fn width(table: &Register, column: &Column) -> f64 {
    match (column.name, column.holds) {
        ("sha256" | "value", _) => 66.0,
        ("title" | "text" | "next_step" | "risks", _) => 44.0,
        (_, Holds::Prose) => 56.0,
        (_, Holds::Link) => 30.0,
        (_, Holds::List) => 26.0,
        (_, Holds::Line) if table.name == "about" || column.name == "label" => 36.0,
        (_, Holds::Line) => 20.0,
        (_, Holds::Moment) => 17.0,
        (_, Holds::Day | Holds::Reference) => 12.0,
        (_, Holds::Number | Holds::Decimal | Holds::Flag) => 11.0,
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    zone: FixedOffset,
    styles: &Styles,
    links: &mut usize,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // A spreadsheet's number is a double: beyond 2^53 it would show another one.
        Cell::Number(number) if number.unsigned_abs() < 1 << 53 => {
            #[expect(clippy::cast_precision_loss, reason = "under 2^53 a double is exact")]
            sheet.write_number_with_format(row, column, *number as f64, &styles.number)?;
        }
        Cell::Decimal(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, &styles.decimal)?;
        }
        Cell::Day(day) if (1900..=9999).contains(&day.year()) => {
            sheet.write_datetime_with_format(row, column, *day, &styles.day)?;
        }
        Cell::Moment(moment) if (1900..=9999).contains(&moment.year()) => {
            let local = moment.with_timezone(&zone).naive_local();
            sheet.write_datetime_with_format(row, column, local, &styles.moment)?;
        }
        cell => {
            let shown = fitting(&cell.shown(zone));
            if *links < MOST_LINKS
                && let Some(address) = escape::safe_link(&shown)
                && sheet.write_url_with_format(row, column, Url::new(address), &styles.link).is_ok()
            {
                *links += 1;
                return Ok(());
            }
            let style = if text::looks_like_formula(&shown) { &styles.guarded } else { &styles.plain };
            sheet.write_string_with_format(row, column, shown, style)?;
        }
    }
    Ok(())
}

/// The text as far as a cell takes it, with a word where something is missing.
fn fitting(shown: &str) -> String {
    const NOTE: &str = " … (cut: the rest is in the JSON and CSV files of the pack)";
    if shown.len() <= MOST_TEXT || shown.encode_utf16().count() <= MOST_TEXT {
        return shown.to_owned();
    }
    let room = MOST_TEXT - NOTE.encode_utf16().count();
    let mut used = 0;
    let kept: String = shown
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= room
        })
        .collect();
    kept + NOTE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_takes_what_it_can_and_says_what_is_missing() {
        assert_eq!(fitting("short"), "short");
        for long in ["x".repeat(40_000), "😀".repeat(20_000)] {
            let cut = fitting(&long);
            assert!(cut.encode_utf16().count() <= MOST_TEXT && cut.ends_with("of the pack)"));
        }
    }
}
