//! The report as Markdown.

use super::blocks::{Block, Table};
use crate::escape::markdown;

/// The blocks as Markdown, with tables as GitHub has them.
#[must_use]
pub fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, text) => out.push_str(&format!("{} {}\n\n", "#".repeat(*level), markdown(text))),
            Block::Text(text) => out.push_str(&format!("{}\n\n", markdown(text))),
            Block::Card(entries) => {
                let rows = entries.iter().map(|(name, text)| vec![name.clone(), text.clone()]);
                let head = ["Data", ""].map(str::to_owned).to_vec();
                table(&mut out, &Table { title: String::new(), head, rows: rows.collect() });
            }
            Block::Findings(findings) => {
                for (mark, text) in findings {
                    let word = match *mark {
                        "!" => "Differs",
                        "?" => "Caution",
                        _ => "Calm",
                    };
                    out.push_str(&format!("- **{word}:** {}\n", markdown(text)));
                }
                out.push('\n');
            }
            Block::Table(of) => {
                out.push_str(&format!("**{}**\n\n", markdown(&of.title)));
                table(&mut out, of);
            }
            Block::Chart(_) => {}
        }
    }
    out
}

fn table(out: &mut String, table: &Table) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| markdown(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    out.push_str(&row(&table.head));
    out.push_str(&format!("|{}\n", " --- |".repeat(table.head.len())));
    table.rows.iter().for_each(|cells| out.push_str(&row(cells)));
    out.push('\n');
}
