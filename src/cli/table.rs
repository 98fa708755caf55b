//! Aligned columns: cut to a terminal's width where a person looks at them, in full length otherwise.
//!
//! A table is printed in blocks, one a page of a list, so that a long list needs no memory. The first block sets the
//! widths.

use super::exit::Done;
use super::out::{Out, Style};
use crate::text;

/// The space between two columns.
const GAP: usize = 2;

/// The least width to which a column is cut before the last columns are left out.
const LEAST: usize = 8;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands over it.
    pub title: String,
    /// The width it is cut to on a terminal when there is not room for all of it, in cells; none when it is never cut.
    pub most: Option<usize>,
}

impl Column {
    /// A column that is cut at `most` cells where room is short.
    #[must_use]
    pub fn new(title: &str, most: usize) -> Self {
        Self { title: title.to_owned(), most: Some(most) }
    }

    /// A column that is never cut.
    #[must_use]
    pub fn whole(title: &str) -> Self {
        Self { title: title.to_owned(), most: None }
    }
}

/// A table that is printed block by block.
pub struct Table {
    columns: Vec<Column>,
    widths: Vec<usize>,
    begun: bool,
}

impl Table {
    /// An empty table with these columns.
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, widths: Vec::new(), begun: false }
    }

    /// Prints some rows, under the titles where they are the first.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn print(&mut self, out: &mut Out, rows: &[Vec<String>]) -> Done {
        if rows.is_empty() {
            return Ok(());
        }
        if !self.begun {
            self.begun = true;
            let natural = self.natural(rows);
            self.widths = match out.width() {
                Some(room) if !out.is_plain() => fitted(&self.columns, &natural, room),
                _ => natural,
            };
            let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
            self.row(out, Style::Strong, &titles)?;
        }
        for row in rows {
            self.row(out, Style::Plain, row)?;
        }
        Ok(())
    }

    fn natural(&self, rows: &[Vec<String>]) -> Vec<usize> {
        let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| text::width(cell)).max();
        self.columns
            .iter()
            .enumerate()
            .map(|(at, column)| text::width(&column.title).max(widest(at).unwrap_or(0)))
            .collect()
    }

    fn row(&self, out: &mut Out, style: Style, cells: &[String]) -> Done {
        if out.is_plain() {
            let said: Vec<&str> = cells.iter().map(|cell| if cell.is_empty() { "-" } else { cell.as_str() }).collect();
            return out.line(&said.join(" | "));
        }
        let cut = out.width().is_some();
        let shown = self.widths.len().min(cells.len());
        let mut line = String::new();
        for (at, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
            let cell = if cut { text::fit(cell, *width) } else { cell.as_str().into() };
            line.push_str(&cell);
            if at + 1 < shown {
                let used = text::width(&cell);
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(used) + GAP));
            }
        }
        out.styled(style, line.trim_end())?;
        out.end()
    }
}

/// Widths that fit into `room`: the widest columns are cut first, down to what they ask for, then further; what still
/// has no room is left out at the end.
fn fitted(columns: &[Column], natural: &[usize], room: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    let total = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let shrink = |widths: &mut Vec<usize>, least: &dyn Fn(usize) -> usize| {
        while total(widths) > room {
            let widest = (0..widths.len())
                .filter(|at| columns[*at].most.is_some() && widths[*at] > least(*at))
                .max_by_key(|at| widths[*at]);
            let Some(at) = widest else { break };
            widths[at] -= 1;
        }
    };
    shrink(&mut widths, &|at| columns[at].most.unwrap_or(usize::MAX).max(LEAST));
    shrink(&mut widths, &|_| LEAST);
    while widths.len() > 1 && total(&widths) > room {
        widths.pop();
    }
    if let [only] = widths.as_mut_slice() {
        *only = (*only).min(room);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        vec![Column::whole("Ref"), Column::new("Title", 20), Column::new("Owner", 10)]
    }

    #[test]
    fn the_widest_column_is_cut_first() {
        assert_eq!(fitted(&columns(), &[6, 50, 10], 100), [6, 50, 10]);
        assert_eq!(fitted(&columns(), &[6, 50, 10], 60), [6, 40, 10]);
        assert_eq!(fitted(&columns(), &[6, 50, 10], 30), [6, 10, 10]);
    }

    #[test]
    fn what_has_no_room_is_left_out_at_the_end() {
        assert_eq!(fitted(&columns(), &[6, 50, 10], 20), [6, 8]);
        assert_eq!(fitted(&columns(), &[6, 50, 10], 3), [3]);
    }
}
