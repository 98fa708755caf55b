//! Reading the files of a pack again, each by a reader that knows nothing of how they were made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use chrono::NaiveDate;
use pulldown_cmark::{Event as Mark, Options, Parser, Tag, TagEnd};
use quick_xml::events::Event;
use tempfile::TempDir;

use crate::report::{Output, Pack, Watch, write_pack};

/// A pack that was written, in a folder of its own.
pub struct Written {
    pub folder: TempDir,
    pub files: Vec<PathBuf>,
}

impl Written {
    pub fn new(pack: &Pack) -> Self {
        Self::with_rows(pack, 10_000)
    }

    pub fn with_rows(pack: &Pack, rows: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut output = Output::to(folder.path());
        output.rows = rows;
        let files = write_pack(pack, &output, &mut Watch::nobody()).unwrap_or_else(|error| panic!("{error}"));
        Self { folder, files }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text("pack.json")).expect("JSON")
    }

    /// The rows of a CSV file, its header first.
    pub fn csv(&self, name: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(self.path(&format!("csv/{name}.csv")))
            .expect("a CSV file");
        reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
    }

    /// The cells of a sheet, its header first, without what is empty at the end.
    pub fn sheet(&self, title: &str) -> Vec<Vec<Data>> {
        let mut book: Xlsx<_> = open_workbook(self.path("pack.xlsx")).expect("a workbook");
        let range = book.worksheet_range(title).expect("a sheet");
        range.rows().map(<[Data]>::to_vec).collect()
    }

    pub fn html(&self) -> Html {
        Html::read(&self.text("pack.html"))
    }

    pub fn markdown(&self) -> Vec<Table> {
        tables(&self.text("pack.md"))
    }
}

/// What a page says of itself.
#[derive(Default)]
pub struct Html {
    /// Every element with its attributes, in order.
    pub elements: Vec<(String, Vec<(String, String)>)>,
    /// The figures by name, as they are shown.
    pub figures: BTreeMap<String, String>,
    /// The references of the rows of each register.
    pub refs: BTreeMap<String, Vec<String>>,
    /// The first cells of the rows with these attributes: stages and owners.
    pub lines: BTreeMap<String, Vec<Vec<String>>>,
    /// All text, without markup.
    pub text: String,
    /// All titles of rows.
    pub titles: Vec<String>,
}

impl Html {
    /// Reads a page as XML, which is stricter than a browser: whatever is not escaped or not closed is an error.
    pub fn read(page: &str) -> Self {
        let mut reader = quick_xml::Reader::from_str(page);
        reader.config_mut().check_end_names = true;
        let mut html = Self::default();
        let mut open: Vec<(String, Vec<(String, String)>)> = Vec::new();
        let mut register = String::new();
        let mut row: Option<Vec<String>> = None;
        let mut title = String::new();
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position())) {
                Event::Start(tag) => {
                    let (name, attributes) = element(&tag);
                    let get = |wanted: &str| {
                        attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
                    };
                    if let Some(name) = get("data-register") {
                        register = name;
                    }
                    if let Some(reference) = get("data-ref") {
                        html.refs.entry(register.clone()).or_default().push(reference);
                    }
                    if ["data-stage", "data-owner", "data-kpi", "data-funnel"].iter().any(|name| get(name).is_some()) {
                        row = Some(Vec::new());
                    }
                    if name == "td"
                        && let Some(row) = &mut row
                    {
                        row.push(String::new());
                    }
                    html.elements.push((name.clone(), attributes.clone()));
                    open.push((name, attributes));
                }
                Event::Empty(tag) => html.elements.push(element(&tag)),
                Event::End(_) => {
                    let (name, attributes) = open.pop().expect("an open element");
                    if name == "tr"
                        && let Some(row) = row.take()
                    {
                        let list = match attributes.first().map(|(name, _)| name.as_str()) {
                            Some("data-stage") => "stages",
                            Some("data-kpi") => "kpis",
                            Some("data-funnel") => "funnel",
                            _ => "owners",
                        };
                        html.lines.entry(list.to_owned()).or_default().push(row);
                    }
                    if attributes.iter().any(|(name, value)| name == "class" && value == "title") {
                        html.titles.push(std::mem::take(&mut title));
                    }
                }
                Event::Text(text) => html.take(&open, &mut row, &mut title, &text),
                Event::GeneralRef(reference) => {
                    let name = reference.to_string();
                    let text = match reference.resolve_char_ref().expect("a character") {
                        Some(c) => c.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&name).expect("a known entity").to_owned(),
                    };
                    html.take(&open, &mut row, &mut title, &text);
                }
                Event::Eof => break,
                Event::DocType(_) | Event::Decl(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
        assert!(open.is_empty(), "unclosed: {open:?}");
        html
    }

    fn take(
        &mut self,
        open: &[(String, Vec<(String, String)>)],
        row: &mut Option<Vec<String>>,
        title: &mut String,
        text: &str,
    ) {
        let Some((name, attributes)) = open.last() else { return };
        if name == "style" {
            return;
        }
        self.text.push_str(text);
        if let Some(cell) = row.as_mut().and_then(|row| row.last_mut()) {
            cell.push_str(text);
        }
        for (attribute, value) in attributes {
            if attribute == "data-figure" {
                self.figures.entry(value.clone()).or_default().push_str(text);
            }
            if attribute == "class" && value == "title" {
                title.push_str(text);
            }
        }
    }
}

fn element(tag: &quick_xml::events::BytesStart<'_>) -> (String, Vec<(String, String)>) {
    let name = tag.name().as_ref().to_owned();
    let attributes = tag
        .attributes()
        .map(|attribute| {
            let attribute = attribute.expect("an attribute");
            let key = attribute.key.as_ref().to_owned();
            (key, quick_xml::escape::unescape(&attribute.value).expect("a value").into_owned())
        })
        .collect();
    (name, attributes)
}

/// A table of a Markdown page.
#[derive(Debug)]
pub struct Table {
    /// The last heading above it.
    pub heading: String,
    /// The rows, the header first.
    pub rows: Vec<Vec<String>>,
}

/// The tables of a Markdown page, in order. Anything that is neither ours nor plain text is an error.
pub fn tables(page: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let (mut heading, mut in_heading, mut cell, mut row) = (String::new(), false, String::new(), Vec::new());
    for event in
        Parser::new_ext(page, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES)
    {
        match event {
            Mark::Start(Tag::Heading { .. }) => {
                heading.clear();
                in_heading = true;
            }
            Mark::End(TagEnd::Heading(_)) => in_heading = false,
            Mark::Start(Tag::Table(_)) => tables.push(Table { heading: heading.clone(), rows: Vec::new() }),
            Mark::Text(text) if in_heading => heading.push_str(&text),
            Mark::Text(text) => cell.push_str(&text),
            Mark::Start(Tag::TableCell) => cell.clear(),
            Mark::End(TagEnd::TableCell) => row.push(std::mem::take(&mut cell)),
            Mark::End(TagEnd::TableRow | TagEnd::TableHead) => {
                tables.last_mut().expect("a table").rows.push(std::mem::take(&mut row));
            }
            Mark::Html(_) | Mark::InlineHtml(_) | Mark::FootnoteReference(_) => panic!("{event:?}"),
            Mark::Start(
                Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock | Tag::CodeBlock(_) | Tag::Strikethrough,
            ) => {
                panic!("{event:?}")
            }
            _ => {}
        }
    }
    tables
}

/// A cell of a sheet as text: numbers as they are, dates as `2026-12-01`, moments to the minute.
pub fn shown(cell: &Data) -> String {
    match cell {
        Data::Float(number) => number.to_string(),
        Data::DateTime(at) => {
            // Serial days since the end of 1899, as ECMA-376 counts them from March 1900 on.
            let seconds = (at.as_f64() * 86_400.0).round();
            let days = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date").and_time(chrono::NaiveTime::MIN);
            let at = days + chrono::TimeDelta::seconds(format!("{seconds:.0}").parse().expect("seconds"));
            at.format(if seconds % 86_400.0 == 0.0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" }).to_string()
        }
        other => other.to_string(),
    }
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
