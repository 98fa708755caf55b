//! Markdown on a page: guides, and the texts of documents. Headings, lists, tables, code and emphasis are shown as what they
//! mean; HTML is shown as the text it is, pictures by their words, and links with where they lead.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use super::page::{Line, Page, UNBROKEN};
use crate::text;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{width, wrap};

/// Between two columns of a table.
const BETWEEN: u16 = 2;
/// The least width of a column that gives way.
const LEAST: u16 = 6;

impl Page {
    /// A text in Markdown, broken to the page's width.
    pub fn markdown(&mut self, text: &str) {
        let mut writer = Writer::new(self);
        for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            writer.take(event);
        }
        writer.flush();
    }
}

/// A list that is being written: the number of its next item, where items are numbered.
type List = Option<u64>;

/// A table that is being written: its rows, the first one its header.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Vec<Span<'static>>>>,
}

/// What turns the events of a text into lines.
struct Writer<'p> {
    page: &'p mut Page,
    /// The pieces of the paragraph at hand.
    pieces: Vec<Span<'static>>,
    /// What stands before the next line: the bullet of an item that has just begun.
    bullet: Option<String>,
    lists: Vec<List>,
    quotes: usize,
    looks: Vec<Style>,
    links: Vec<String>,
    table: Option<Table>,
    in_code: bool,
    /// Whether a block was written: what comes first stands right under what is there.
    begun: bool,
}

impl<'p> Writer<'p> {
    fn new(page: &'p mut Page) -> Self {
        let looks = vec![page.style(Role::Text)];
        let (pieces, lists, links) = (Vec::new(), Vec::new(), Vec::new());
        Self { page, pieces, bullet: None, lists, quotes: 0, looks, links, table: None, in_code: false, begun: false }
    }

    fn look(&self) -> Style {
        self.looks.last().copied().unwrap_or_default()
    }

    /// A line between two blocks.
    fn gap(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.page.gap();
        }
    }

    fn push(&mut self, text: impl AsRef<str>, look: Style) {
        self.pieces.push(Span::styled(text::lines(text.as_ref()).into_owned(), look));
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_code => self.code(&text),
            Event::Text(text) | Event::InlineHtml(text) => {
                let look = self.look();
                self.push(&*text, look);
            }
            Event::Html(text) => {
                let look = self.look();
                self.push(text.trim_end_matches('\n'), look);
                self.flush();
            }
            Event::Code(text) => {
                let look = self.page.style(Role::Key);
                self.push(&*text, look);
            }
            Event::SoftBreak => self.push(" ", Style::default()),
            Event::HardBreak => self.push("\n", Style::default()),
            Event::Rule => {
                self.gap();
                let rule = self.page.piece(self.page.glyph(Glyph::Horizontal).repeat(3), Role::Dim);
                self.page.line(vec![rule]);
            }
            Event::TaskListMarker(done) => self.push(if done { "[x] " } else { "[ ] " }, Style::default()),
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock if self.bullet.is_none() => self.gap(),
            Tag::Heading { level, .. } => {
                self.gap();
                let role = if level <= HeadingLevel::H2 { Role::Title } else { Role::Label };
                self.looks.push(self.page.style(role));
            }
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::CodeBlock(_) => {
                self.flush();
                self.gap();
                self.in_code = true;
            }
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(first);
            }
            Tag::Item => self.bullet = Some(self.next_bullet()),
            Tag::Table(_) => self.table = Some(Table::default()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis => self.looks.push(self.look().add_modifier(Modifier::ITALIC)),
            Tag::Strong => self.looks.push(self.look().add_modifier(Modifier::BOLD)),
            Tag::Strikethrough => self.looks.push(self.look().add_modifier(Modifier::CROSSED_OUT)),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.looks.push(self.page.style(Role::Accent));
                self.links.push(dest_url.to_string());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(_) => {
                self.flush();
                self.looks.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.pieces);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.rows(&table);
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.looks.pop();
            }
            TagEnd::Link | TagEnd::Image => {
                self.looks.pop();
                if let Some(to) = self.links.pop() {
                    let said: String = self.pieces.last().map(|piece| piece.content.to_string()).unwrap_or_default();
                    if !to.is_empty() && said != to {
                        let dim = self.page.style(Role::Dim);
                        self.push(format!(" ({to})"), dim);
                    }
                }
            }
            _ => {}
        }
    }

    /// The bullet or the number of the next item.
    fn next_bullet(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", number.saturating_sub(1))
            }
            _ => "- ".to_owned(),
        }
    }

    /// Code, line by line as it is: a line that is too long is cut by the screen, not broken.
    fn code(&mut self, code: &str) {
        let style = self.page.style(Role::Key);
        for line in code.lines() {
            self.page.line(vec![Span::raw("  "), Span::styled(text::line(line).into_owned(), style)]);
        }
    }

    /// What stands before the lines of the paragraph at hand: the first line, and those after it.
    fn margins(&mut self) -> (String, String) {
        let quote = format!("{} ", self.page.glyph(Glyph::Vertical)).repeat(self.quotes);
        let depth = self.lists.len().saturating_sub(1);
        let bullet = self.bullet.take();
        let inner = if self.lists.is_empty() { 0 } else { bullet.as_deref().map_or(2, width) };
        let outer = "  ".repeat(depth);
        let first = format!("{quote}{outer}{}", bullet.unwrap_or_else(|| " ".repeat(inner)));
        (first, format!("{quote}{outer}{}", " ".repeat(inner)))
    }

    /// Writes the paragraph at hand.
    fn flush(&mut self) {
        if self.pieces.iter().all(|piece| piece.content.trim().is_empty()) {
            self.pieces.clear();
            return;
        }
        let pieces = std::mem::take(&mut self.pieces);
        let (first, rest) = self.margins();
        let room = self.page.room().saturating_sub(cells(&first));
        for (at, line) in broken(&pieces, room).into_iter().enumerate() {
            let margin = Span::styled(if at == 0 { first.clone() } else { rest.clone() }, self.page.style(Role::Dim));
            self.page.line(std::iter::once(margin).chain(line).collect());
        }
    }

    /// Writes a table: columns as wide as they need to be, and where that is too much, the widest ones give way.
    fn rows(&mut self, table: &Table) {
        self.gap();
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let natural = |column: usize| {
            let wide = |row: &Vec<Vec<Span<'_>>>| {
                row.get(column).map_or(0, |cell| cell.iter().map(|piece| width(&piece.content)).sum::<usize>())
            };
            table.rows.iter().map(wide).max().unwrap_or(0)
        };
        let mut widths: Vec<u16> = (0..columns).map(|at| u16::try_from(natural(at)).unwrap_or(u16::MAX)).collect();
        let gaps = BETWEEN.saturating_mul(u16::try_from(columns.saturating_sub(1)).unwrap_or(0));
        let room = self.page.room().saturating_sub(gaps);
        while widths.iter().map(|wide| u32::from(*wide)).sum::<u32>() > u32::from(room) {
            match widths.iter_mut().max() {
                Some(widest) if *widest > LEAST => *widest -= 1,
                _ => break,
            }
        }
        for (at, row) in table.rows.iter().enumerate() {
            self.row(row, &widths, at == 0);
        }
    }

    fn row(&mut self, row: &[Vec<Span<'static>>], widths: &[u16], header: bool) {
        let role = self.page.style(Role::Header);
        let cells: Vec<Vec<Line>> = row
            .iter()
            .zip(widths)
            .map(|(cell, wide)| {
                let cell: Vec<Span<'static>> =
                    cell.iter().map(|piece| if header { piece.clone().style(role) } else { piece.clone() }).collect();
                broken(&cell, *wide)
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let mut line = Line::new();
            for (column, (cell, wide)) in cells.iter().zip(widths).enumerate() {
                let part = cell.get(at).cloned().unwrap_or_default();
                let used: usize = part.iter().map(|piece| width(&piece.content)).sum();
                line.extend(part);
                if column + 1 == cells.len() {
                    continue;
                }
                if self.page.room() == UNBROKEN {
                    line.push(Span::raw("  "));
                } else {
                    line.push(Span::raw(" ".repeat((usize::from(*wide) + usize::from(BETWEEN)).saturating_sub(used))));
                }
            }
            self.page.line(line);
        }
    }
}

fn cells(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap_or(u16::MAX)
}

/// Breaks pieces of text into lines of so many cells: what each piece looks like stays with its words.
fn broken(pieces: &[Span<'static>], room: u16) -> Vec<Line> {
    let whole: String = pieces.iter().map(|piece| piece.content.as_ref()).collect();
    if whole.is_empty() {
        return vec![Line::new()];
    }
    let lines: Vec<String> =
        if room == UNBROKEN { whole.split('\n').map(str::to_owned).collect() } else { wrap(&whole, room.max(1)) };
    let mut marked = pieces.iter().flat_map(|piece| piece.content.chars().map(|c| (c, piece.style))).peekable();
    let mut all = Vec::new();
    for line in lines {
        let mut out: Line = Line::new();
        for wanted in line.chars() {
            // Where a line was broken, the space is gone.
            while marked.peek().is_some_and(|(c, _)| *c != wanted && c.is_whitespace()) {
                marked.next();
            }
            let style = marked.next().map(|(_, style)| style).unwrap_or_default();
            match out.last_mut() {
                Some(last) if last.style == style => last.content.to_mut().push(wanted),
                _ => out.push(Span::styled(wanted.to_string(), style)),
            }
        }
        all.push(out);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::widgets::testing::theme;
    use std::sync::Arc;

    fn page(text: &str, cells: u16) -> Page {
        let mut page = Page::new(&Arc::new(theme("dark")), cells);
        page.markdown(text);
        page
    }

    const EVERYTHING: &str = "# Title\n\nA *paragraph* with **strong** words, `code`, and a [link](https://a.example/x) \
        that is long enough to be broken.\n\n- one\n- two, which goes on for quite a while\n  1. first\n  2. second\n\n\
        > quoted words\n\n| figure | why |\n| --- | --- |\n| n | without it nothing means anything at all |\n| the metric \
        | with an interval |\n\n```\nprobity lint\n```\n\n<script>alert(1)</script>\n\n---\nend\n";

    #[test]
    fn what_it_means_is_shown() {
        insta::assert_snapshot!("markdown_at_60", page(EVERYTHING, 60).text());
        insta::assert_snapshot!("markdown_at_24", page(EVERYTHING, 24).text());
        insta::assert_snapshot!("markdown_read_out", page(EVERYTHING, UNBROKEN).text());
    }

    #[test]
    fn looks_stay_with_their_words() {
        let page = page("plain **strong words** plain", 12);
        let strong: String = page
            .lines
            .iter()
            .flatten()
            .filter(|span| span.style.add_modifier.contains(Modifier::BOLD))
            .map(|span| span.content.as_ref())
            .collect();
        assert_eq!(strong.replace(' ', ""), "strongwords");
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_too_wide(words in prop::collection::vec("[a-z]{1,12}", 1..40), cells in 14u16..90) {
            let text = words.join(" ");
            let page = page(&text, cells);
            let shown: Vec<String> = page.text().split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(shown.concat(), words.concat());
            for line in &page.lines {
                let wide: usize = line.iter().map(|span| width(&span.content)).sum();
                prop_assert!(wide <= usize::from(cells), "{wide} > {cells}");
            }
        }

        #[test]
        fn no_text_breaks_it(text in "(?s).{0,200}", cells in 1u16..50) {
            let page = page(&text, cells);
            prop_assert!(page.lines.iter().flatten().all(|span| !span.content.chars().any(char::is_control)));
        }
    }
}
