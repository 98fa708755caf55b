//! The report in five formats. None computes anything: text, Markdown and HTML show the same blocks, CSV and JSON hold
//! every figure.

mod blocks;
mod chart;
mod csv;
mod figure;
mod html;
mod markdown;
mod tables;
mod text;
mod worst;

use std::str::FromStr;

use super::report::Report;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// Every figure, as `docs/SLICES.md` describes.
    Json,
    /// Every figure, one a row.
    Csv,
    /// For a page that is edited further.
    Markdown,
    /// One page with pictures.
    Html,
}

impl Format {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("csv", Self::Csv),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name) || (*known == "markdown" && name == "md"));
        found
            .map(|(_, format)| *format)
            .ok_or_else(|| format!("“{name}” is no format; there are text, json, csv, markdown and html."))
    }
}

/// The report in a format, ending with a line end. `width` is that of a terminal, in cells.
#[must_use]
pub fn write(report: &Report, format: Format, width: usize) -> String {
    match format {
        Format::Text => text::write(&blocks::blocks(report), width),
        Format::Json => json(report),
        Format::Csv => csv::write(report),
        Format::Markdown => markdown::write(&blocks::blocks(report)),
        Format::Html => html::write(report, &blocks::blocks(report)),
    }
}

fn json(report: &Report) -> String {
    // A report is made of maps with text keys and finite numbers, so this cannot fail.
    let mut shown = serde_json::to_string_pretty(report).unwrap_or_default();
    shown.push('\n');
    shown
}
