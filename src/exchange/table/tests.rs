//! Reading tables: what is understood, and what is refused with which words.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};

use super::*;

fn read(name: &str, bytes: &[u8]) -> Result<Table> {
    Table::from_bytes(name, bytes, &ReadOptions::default(), &mut Progress::silent())
}

fn refusal(bytes: &[u8]) -> String {
    read("list.csv", bytes).expect_err("must be refused").to_string()
}

fn rows(table: &Table) -> Vec<(u64, Vec<&str>)> {
    table.rows.iter().map(|row| (row.line, row.cells.iter().map(String::as_str).collect())).collect()
}

#[test]
fn rows_know_their_line() {
    let table =
        read("list.csv", b"name,why\r\n\r\n\"a\",\"one\r\ntwo\"\r\n,\r\nb,\"say \"\"no\"\"\"\r\n  \r\n").expect("fit");
    assert_eq!(table.headers, ["name", "why"]);
    assert_eq!(rows(&table), [(3, vec!["a", "one\r\ntwo"]), (6, vec!["b", "say \"no\""])]);
    assert_eq!(table.sha256.len(), 64);
    assert_eq!(table.read_as(), "UTF-8, separated by “,”");
}

#[test]
fn old_line_ends_and_other_delimiters_are_read() {
    let table = read("list.csv", b"name;why\ra;1,5\rb;2").expect("fit");
    assert_eq!(rows(&table).iter().map(|(_, cells)| cells.clone()).collect::<Vec<_>>(), [["a", "1,5"], ["b", "2"]]);
}

#[test]
fn headers_may_repeat_and_stand_lower() {
    let options = ReadOptions { header_row: 2, ..ReadOptions::default() };
    let bytes = b"Inventory of 2024\n\nname,If other,If  other\na,b,c\n";
    let table = Table::from_bytes("list.csv", bytes, &options, &mut Progress::silent()).expect("fit");
    assert_eq!(table.headers, ["name", "If other", "If other"]);
    assert_eq!(rows(&table), [(4, vec!["a", "b", "c"])]);
}

#[test]
fn encodings_are_found_and_honoured() {
    let windows = b"name,why\na,it\x92s \x96 here\n";
    let expecting = |label: &str| ReadOptions { expected_encoding: Some(label.to_owned()), ..ReadOptions::default() };
    let insisting = |label: &str| ReadOptions { encoding: Some(label.to_owned()), ..ReadOptions::default() };
    let with = |bytes: &[u8], options: &ReadOptions| {
        Table::from_bytes("list.csv", bytes, options, &mut Progress::silent()).map_err(|e| e.to_string()).map(|table| {
            let Format::Delimited { encoding, .. } = table.format else { panic!("text") };
            (encoding, table.rows[0].cells[1].clone())
        })
    };
    let right = ("windows-1252", "it’s – here".to_owned());
    assert_eq!(with(windows, &ReadOptions::default()), Ok(right.clone()));
    assert_eq!(with(windows, &expecting("windows-1252")), Ok(right.clone()));
    assert_eq!(with(windows, &expecting("utf-8")), Ok(right), "an expectation that does not hold is let go");
    let utf8 = "\u{feff}name,why\na,it’s\n".as_bytes();
    assert_eq!(with(utf8, &expecting("windows-1252")), Ok(("UTF-8", "it’s".to_owned())));
    assert_eq!(with(&utf8[3..], &expecting("windows-1252")), Ok(("UTF-8", "it’s".to_owned())));
    let utf16: Vec<u8> = "\u{feff}name\twhy\na\tit’s\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(with(&utf16, &ReadOptions::default()), Ok(("UTF-16LE", "it’s".to_owned())));
    let error = with(windows, &insisting("utf-8")).expect_err("not UTF-8");
    assert_eq!(error, "list.csv, line 2: the bytes 92 are not UTF-8. It looks like windows-1252.");
    let error = with(windows, &insisting("klingon")).expect_err("no encoding");
    assert!(error.contains("“klingon” is not the name of an encoding"), "{error}");
}

#[test]
fn torn_files_are_refused_with_the_line() {
    assert_eq!(refusal(b""), "list.csv: the file is empty.");
    assert_eq!(refusal(b" \n\n"), "list.csv: the file holds nothing but blanks.");
    assert_eq!(refusal(b"name,why\n"), "list.csv: there are headers and no rows under them.");
    let error = refusal(b"name,why\n\"a\nb\",c\nd,\"e\nf,g\n");
    assert_eq!(error, "list.csv, line 4: a quote opens here and is never closed; the file may be cut off.");
    let error = refusal(b"name,why,when\n\"a\nb\",c,d\ne\n");
    assert!(error.starts_with("list.csv, line 4: this row has 1 cell where the headers are 3; "), "{error}");
    let error = refusal(b"name,why\na,b,c\n");
    assert!(error.starts_with("list.csv, line 2: this row has 3 cells where the headers are 2; "), "{error}");
    let error = refusal(b"name,why\na,b\nc,\0d\n");
    assert!(error.starts_with("list.csv, line 3: there is a NUL byte"), "{error}");
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let pdf = read("inventory.xlsx", b"%PDF-1.7\n...").expect_err("a PDF").to_string();
    assert_eq!(
        pdf,
        "inventory.xlsx: this is a PDF document, not a table. CSV, TSV and XLSX are read, whatever its name ends in."
    );
    let cut = read("inventory.xlsx", &workbook()[..400]).expect_err("cut").to_string();
    assert!(cut.contains("cut off or damaged"), "{cut}");
    let old = read("inventory.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....").expect_err("old").to_string();
    assert!(old.contains("an old Office file") && old.ends_with("; save it as XLSX or CSV."), "{old}");
    let page = read("inventory.csv", b"\n<!DOCTYPE html><html>").expect_err("a page").to_string();
    assert!(page.contains("a web page"), "{page}");
}

#[test]
fn what_is_not_a_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |path: &Path| Table::read(path, &ReadOptions::default(), &mut Progress::silent());
    let error = read(folder.path()).expect_err("a folder").to_string();
    assert!(error.ends_with(": this is a folder; name a file in it."), "{error}");
    let error = read(&folder.path().join("none.csv")).expect_err("no file").to_string();
    assert!(error.ends_with(": there is no such file."), "{error}");
    #[cfg(unix)]
    {
        let error = read(Path::new("/dev/zero")).expect_err("a device").to_string();
        assert_eq!(error, "/dev/zero: this is a device or a pipe; save it as a file first.");
    }
}

#[test]
fn a_gigabyte_on_one_line_is_refused_unread() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    // Sparse: it takes no room on the disk, and would take a while to read.
    file.as_file().set_len(1 << 30).expect("a large file");
    let error = Table::read(file.path(), &ReadOptions::default(), &mut Progress::silent()).expect_err("too large");
    assert!(error.to_string().ends_with(": the file is 1.0 GiB, and at most 100 MiB are read. Split it into parts."));
}

#[test]
fn limits_hold_before_all_is_read() {
    let limits = Limits { file_bytes: 1 << 20, line_bytes: 5_000, cell_bytes: 1_000, columns: 10, rows: 3 };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let with = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("written");
        let error = Table::read(file.path(), &options, &mut Progress::silent()).expect_err("too much").to_string();
        assert!(error.starts_with(&file.path().display().to_string()), "{error}");
        error.rsplit_once('/').expect("a path").1.split_once(", ").expect("a line").1.to_owned()
    };
    let long = format!("name,why\na,{}\n", "x".repeat(200_000));
    assert_eq!(with(long.as_bytes()), "line 2: the line is longer than 4.9 KiB, so this is no table.");
    let wide = "a,".repeat(20);
    assert_eq!(with(format!("{wide}\n{wide}\n").as_bytes()), "line 1: there are more than 10 columns.");
    let from_memory = |bytes: &[u8]| {
        Table::from_bytes("list.csv", bytes, &options, &mut Progress::silent()).expect_err("too much").to_string()
    };
    let cell = format!("name,why\na,{}\n", "x".repeat(2_000));
    assert_eq!(from_memory(cell.as_bytes()), "list.csv, line 2: cell 2 holds more than 1000 B; is a quote missing?");
    let error = from_memory(b"name\na\nb\nc\nd\n");
    assert_eq!(error, "list.csv, line 5: there are more than 3 rows. Split the file into parts.");
}

#[test]
fn reading_can_be_watched_and_stopped() {
    let bytes = b"name,why\na,b\n";
    let stop = AtomicBool::new(true);
    let mut tell = |_: crate::exchange::Step| {};
    let stopped = Table::from_bytes("list.csv", bytes, &ReadOptions::default(), &mut Progress::new(&stop, &mut tell));
    assert!(matches!(stopped, Err(Error::Cancelled)));
    let stop = AtomicBool::new(false);
    let mut steps = Vec::new();
    let mut tell = |step: crate::exchange::Step| steps.push(step.doing);
    let read = Table::from_bytes("list.csv", bytes, &ReadOptions::default(), &mut Progress::new(&stop, &mut tell));
    assert!(read.is_ok() && steps.contains(&"Reading"));
}

/// A workbook with a blank sheet, and one of a title, headers, and rows with a date, a number and a gap.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Read me").expect("a name");
    let sheet = book.add_worksheet().set_name("Use cases").expect("a name");
    let day = CellFormat::new().set_num_format("m/d/yyyy");
    sheet.write(1, 0, "Name").expect("written");
    sheet.write(1, 1, "Since").expect("written");
    sheet.write(1, 2, "Rows").expect("written");
    sheet.write(3, 0, "Claims\ntriage").expect("written");
    let date = ExcelDateTime::parse_from_str("2024-09-30").expect("a date");
    sheet.write_datetime_with_format(3, 1, &date, &day).expect("written");
    sheet.write(3, 2, 12.0).expect("written");
    sheet.write(4, 0, "Chat").expect("written");
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn worksheets_are_read() {
    let table = read("list.xlsx", &workbook()).expect("fit");
    assert_eq!(table.headers, ["Name", "Since", "Rows"]);
    assert_eq!(rows(&table), [(4, vec!["Claims\ntriage", "2024-09-30", "12"]), (5, vec!["Chat", "", ""])]);
    let Format::Xlsx { sheet, sheets } = &table.format else { panic!("a workbook") };
    assert_eq!((sheet.as_str(), sheets.len()), ("Use cases", 2));
    let misnamed = read("list.csv", &workbook()).expect("a workbook is read whatever its name ends in");
    assert_eq!(misnamed.rows, table.rows);
    let by_number = ReadOptions { header_row: 2, sheet: Some("use cases".to_owned()), ..ReadOptions::default() };
    let again = Table::from_bytes("list.xlsx", &workbook(), &by_number, &mut Progress::silent()).expect("fit");
    assert_eq!(again.rows, table.rows);
    let missing = ReadOptions { sheet: Some("Nowhere".to_owned()), ..ReadOptions::default() };
    let error = Table::from_bytes("list.xlsx", &workbook(), &missing, &mut Progress::silent()).expect_err("no sheet");
    assert_eq!(error.to_string(), "list.xlsx: there is no worksheet “Nowhere”; there are “Read me”, “Use cases”.");
}

#[test]
fn workbooks_that_unpack_to_much_are_refused_packed() {
    let options = ReadOptions { limits: Limits { file_bytes: 100, ..Limits::default() }, ..ReadOptions::default() };
    let error = Table::from_bytes("list.xlsx", &workbook(), &options, &mut Progress::silent()).expect_err("too much");
    assert!(error.to_string().contains("and at most 800 B are read. Save the sheet as CSV."), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read("list.csv", &bytes);
    }

    #[test]
    fn no_text_makes_it_panic_and_cells_fill_the_headers(text in "[a-c\",;\t\n\r é]{0,60}") {
        if let Ok(table) = read("list.csv", text.as_bytes()) {
            prop_assert!(table.rows.iter().all(|row| row.cells.len() == table.headers.len()));
            prop_assert!(table.rows.windows(2).all(|pair| pair[0].line <= pair[1].line));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_damaged_workbook_makes_it_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in 0_usize..50) {
        let mut bytes = workbook();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(bytes.len() - cut * cut.min(1));
        let _ = read("list.xlsx", &bytes);
    }
}
