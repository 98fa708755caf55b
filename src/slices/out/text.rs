//! The report for a terminal.

use super::blocks::{Block, Table};
use crate::text::{line, pad, width as cells};

/// The space between columns.
const GAP: usize = 2;

/// The blocks as plain text, at most `width` cells wide where words allow it.
#[must_use]
pub fn write(blocks: &[Block], width: usize) -> String {
    let width = width.max(40);
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(1, _) | Block::Chart(_) => {}
            Block::Heading(level, text) => {
                let rule = if *level == 2 { "=" } else { "-" };
                out.push_str(&format!("\n{}\n{}\n", line(text), rule.repeat(cells(&line(text)).min(width))));
            }
            Block::Text(text) => {
                wrap(&mut out, "", &line(text), width);
            }
            Block::Card(entries) => {
                let first = entries.iter().map(|(name, _)| cells(name)).max().unwrap_or(0);
                for (name, text) in entries {
                    wrap(&mut out, &pad(name, first + GAP), &line(text), width);
                }
            }
            Block::Findings(findings) => {
                for (mark, text) in findings {
                    wrap(&mut out, &format!("{mark} "), &line(text), width);
                }
            }
            Block::Table(of) => table(&mut out, of, width),
        }
    }
    out
}

/// Words behind something that stands before the first line; further lines are indented as much.
fn wrap(out: &mut String, before: &str, text: &str, width: usize) {
    let indent = cells(before);
    let room = width.saturating_sub(indent).max(20);
    let mut started = false;
    let mut used = 0;
    out.push_str(before);
    for word in text.split(' ') {
        let wide = cells(word);
        if started && used + 1 + wide > room {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            used = 0;
            started = false;
        }
        if started {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += wide;
        started = true;
    }
    out.push('\n');
}

/// A table; where it is too wide, its columns go on under one another, each part with the first column. The notes, which
/// are prose, stand under it.
fn table(out: &mut String, table: &Table, width: usize) {
    out.push_str(&format!("\n{}\n", line(&table.title)));
    let has_notes = table.head.last().is_some_and(|head| head == "Notes");
    let columns = table.head.len() - usize::from(has_notes);
    let cell = |row: &[String], at: usize| row.get(at).map(|text| line(text).into_owned()).unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            let widest = table.rows.iter().map(|row| cells(&cell(row, at))).max().unwrap_or(0);
            let head = table.head.get(at).map_or(0, |head| cells(&line(head)));
            widest.max(head).min(if at == 0 { 32 } else { width })
        })
        .collect();
    // A column of words stays with the first one, so that rows can be told apart in every part.
    let kept = if table.head.get(1).is_some_and(|head| head == "Group" || head == "Rate") { 2 } else { 1 };
    let fixed: usize = widths.iter().take(kept).map(|width| width + GAP).sum();
    let mut from = kept;
    while from < columns {
        let mut to = from;
        let mut used = fixed;
        while to < columns && (to == from || used + widths.get(to).copied().unwrap_or(0) <= width) {
            used += widths.get(to).copied().unwrap_or(0) + GAP;
            to += 1;
        }
        let shown: Vec<usize> = (0..kept).chain(from..to).collect();
        let mut print = |row: &[String]| {
            let parts: Vec<String> = shown
                .iter()
                .map(|at| {
                    let wide = widths.get(*at).copied().unwrap_or(0);
                    let text = cell(row, *at);
                    if *at < kept { pad(&text, wide) } else { right(&text, wide) }
                })
                .collect();
            out.push_str(parts.join("  ").trim_end());
            out.push('\n');
        };
        print(&table.head);
        table.rows.iter().for_each(|row| print(row));
        if to < columns {
            out.push('\n');
        }
        from = to;
    }
    if has_notes {
        for row in &table.rows {
            let notes = cell(row, columns);
            if !notes.is_empty() {
                let named: Vec<String> = (0..kept).map(|at| cell(row, at)).collect();
                wrap(out, "  ", &format!("{}: {notes}", named.join(", ")), width);
            }
        }
    }
}

fn right(text: &str, width: usize) -> String {
    let mut out: String = std::iter::repeat_n(' ', width.saturating_sub(cells(text))).collect();
    out.push_str(text);
    out
}
