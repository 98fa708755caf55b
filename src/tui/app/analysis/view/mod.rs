//! The screen of an analysis, drawn. Every chart has its numbers beside it, and nothing is said by colour alone.

mod axis;
mod data;
mod found;
mod groups;
mod heat;
mod panel;
mod verdict;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

pub use data::lines as data_lines;

use super::screen::{Analysis, Item, View};
use crate::record::analysis::{BREACHED, UNDECIDED, WITHIN};
use crate::review::analysis::words::{file_name, label, of_which};
use crate::text::line;
use crate::text::thousands;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::view::page::Line;
use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::draw::{Align, put, put_right, put_spans, row, wrap};
use crate::tui::widgets::frame::Pane;
use crate::tui::widgets::scroll::bar;

/// A line under construction: pieces, and which item it belongs to, if any.
pub struct Drawn {
    /// The pieces.
    pub spans: Line,
    /// The item, counted among the part's items.
    pub item: Option<usize>,
}

/// What draws the parts: how things look, and how wide they are.
pub struct Brush<'a> {
    /// The theme.
    pub theme: &'a Theme,
    /// How many cells a line has.
    pub cells: usize,
}

impl Brush<'_> {
    /// A piece in a role's look.
    #[must_use]
    pub fn piece(&self, text: impl Into<String>, role: Role) -> Span<'static> {
        Span::styled(text.into(), self.theme.style(role))
    }

    /// A line of text.
    #[must_use]
    pub fn text(&self, text: &str, role: Role) -> Drawn {
        Drawn { spans: vec![self.piece(line(text), role)], item: None }
    }

    /// A text in as many lines as it takes.
    #[must_use]
    pub fn wrapped(&self, text: &str, role: Role) -> Vec<Drawn> {
        let cells = u16::try_from(self.cells).unwrap_or(u16::MAX);
        wrap(text, cells).iter().map(|line| self.text(line, role)).collect()
    }

    /// A heading.
    #[must_use]
    pub fn heading(&self, text: &str) -> Drawn {
        self.text(text, Role::Title)
    }

    /// An empty line.
    #[must_use]
    pub const fn gap() -> Drawn {
        Drawn { spans: Vec::new(), item: None }
    }
}

/// A text cut or padded to so many cells.
#[must_use]
pub fn pad(text: &str, cells: usize) -> String {
    crate::text::pad(&line(text), cells)
}

/// The same at the right edge.
#[must_use]
pub fn pad_left(text: &str, cells: usize) -> String {
    let wide = crate::text::width(text);
    format!("{}{text}", " ".repeat(cells.saturating_sub(wide)))
}

/// How a verdict looks, with its sign.
#[must_use]
pub fn look_of(verdict: &str) -> (Role, Glyph) {
    match verdict {
        BREACHED => (Role::Bad, Glyph::Cross),
        UNDECIDED => (Role::Warn, Glyph::Waived),
        WITHIN => (Role::Good, Glyph::Check),
        _ => (Role::Dim, Glyph::Open),
    }
}

/// How many lines explain what has the cursor.
fn panel_height(height: u16) -> u16 {
    match height {
        0..=11 => 0,
        12..=17 => 3,
        18..=25 => 5,
        26..=39 => 6,
        _ => 12,
    }
}

/// Draws the screen.
pub fn draw(analysis: &Analysis, area: Rect, frame: &mut Frame<'_>, ctx: &Ctx) {
    let theme = &ctx.theme;
    theme.blank(area, frame.buffer_mut());
    let file = &analysis.opened.report.data.file;
    let name = file_name(&analysis.opened.report);
    let run = analysis.opened.run.as_ref().map_or("not kept yet", |run| run.reference());
    let review = analysis.opened.review.as_ref().map_or("no review", |review| review.reference());
    let title = format!("Analysis · {} · {} rows", line(&name), thousands(file.used));
    let kept = format!("{run} · for {review}");
    let pane = Pane { theme, number: Some('6'), title: &title, count: &kept, focused: true, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    let inner = Rect { x: inner.x + u16::from(inner.width > 4), width: inner.width.saturating_sub(2), ..inner };
    put_spans(frame.buffer_mut(), row(inner, 0), &tabs(analysis, theme), Align::Left, theme);
    let (word, role) = stands(analysis, theme);
    put_right(frame.buffer_mut(), row(inner, 0), &word, theme.style(role), theme);
    put(frame.buffer_mut(), row(inner, 1), &about(analysis), theme.style(Role::Dim), theme);
    let panel = panel_height(inner.height);
    let body = Rect {
        y: inner.y + 3.min(inner.height),
        height: inner.height.saturating_sub(3 + panel + u16::from(panel > 0)),
        ..inner
    };
    let brush = Brush { theme, cells: usize::from(body.width.saturating_sub(4)) };
    let lines = lines(analysis, &brush);
    draw_lines(&lines, analysis.cursor, body, frame, theme);
    if panel > 0 {
        let below = Rect { y: body.bottom() + 1, height: panel, ..inner };
        let explained = panel::lines(analysis, &Brush { theme, cells: usize::from(inner.width) });
        for (at, line) in (0..panel).zip(explained) {
            put_spans(frame.buffer_mut(), row(below, at), &line.spans, Align::Left, theme);
        }
    }
}

/// An item in whole sentences, for front ends that do not draw.
#[must_use]
pub fn told(analysis: &Analysis, item: Item, theme: &Theme) -> String {
    let lines = panel::lines_of(analysis, Some(item), &Brush { theme, cells: usize::from(u16::MAX) });
    let text = |line: &Drawn| line.spans.iter().map(|span| span.content.as_ref()).collect::<String>();
    lines.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// What this part shows, for front ends that do not draw: the verdict with its answer.
#[must_use]
pub fn summary(analysis: &Analysis) -> Vec<String> {
    let mut lines = vec![about(analysis)];
    if analysis.view == View::Verdict {
        lines.extend(analysis.verdict.answer());
        let limitations = analysis.limitations.trim();
        let limitations = if limitations.is_empty() { "not written yet" } else { limitations };
        lines.push(format!("Limitations: {limitations}"));
    }
    lines
}

/// The verdict in a word with its sign: the one that was kept, and beside it the one of today where it is another.
fn stands(analysis: &Analysis, theme: &Theme) -> (String, Role) {
    let now = analysis.verdict.word();
    let kept = analysis.opened.run.as_ref().and_then(|run| run.text("verdict")).filter(|kept| *kept != now);
    let (role, glyph) = look_of(now);
    let word = format!("{} {now}", theme.glyph(glyph));
    match kept {
        Some(kept) => (format!("{word} (kept as {kept})"), role),
        None => (word, role),
    }
}

fn tabs(analysis: &Analysis, theme: &Theme) -> Line {
    let dim = theme.style(Role::Dim);
    let accent = theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    analysis
        .views()
        .into_iter()
        .flat_map(|view| {
            let (style, left, right) = if view == analysis.view { (accent, "[", "]") } else { (dim, " ", " ") };
            [Span::styled(left, dim), Span::styled(view.title(), style), Span::styled(right, dim)]
        })
        .collect()
}

/// What this part shows, in a line.
fn about(analysis: &Analysis) -> String {
    let report = &analysis.opened.report;
    match analysis.view {
        View::Groups | View::Crossed => {
            let metrics = analysis.metrics();
            let at = metrics.iter().position(|metric| *metric == analysis.metric).unwrap_or(0);
            format!(
                "{}: {} · figure {} of {} · 95 % intervals",
                label(&analysis.metric),
                of_which(&analysis.metric, report.data.task),
                at + 1,
                metrics.len()
            )
        }
        View::Calibration => {
            "Mean score less the share that came true, by group, with 95 % intervals: 0 is calibrated".to_owned()
        }
        View::Worst => match &analysis.found {
            Some(found) => format!(
                "{} · {} slices examined",
                analysis.sought.words(report.data.task),
                found.examined.map_or_else(|| "all".to_owned(), thousands)
            ),
            None => analysis.sought.words(report.data.task),
        },
        View::Verdict => format!(
            "{} thresholds of the policy apply to {}",
            analysis.opened.thresholds.len(),
            analysis.opened.review.as_ref().map_or("a review without tier and packet", |review| review.reference())
        ),
        View::Changes => format!(
            "From {} to this run; what changed by more than chance first",
            analysis.opened.before.as_deref().unwrap_or("the run before")
        ),
        View::Data => format!("SHA-256 {}", report.data.file.sha256),
    }
}

fn lines(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    match analysis.view {
        View::Verdict => verdict::lines(analysis, brush),
        View::Groups | View::Calibration => groups::lines(analysis, brush),
        View::Crossed => heat::lines(analysis, brush),
        View::Worst => found::lines(analysis, brush),
        View::Changes => verdict::changes(analysis, brush),
        View::Data => data::drawn(analysis, brush),
    }
}

/// Draws lines from one on that keeps the cursor in sight.
fn draw_lines(lines: &[Drawn], cursor: usize, area: Rect, frame: &mut Frame<'_>, theme: &Theme) {
    let height = usize::from(area.height);
    let at = lines.iter().position(|line| line.item == Some(cursor)).unwrap_or(0);
    let most = lines.len().saturating_sub(height);
    // Before the first item come headings and, in the verdict, the answer: with the cursor there, the top is shown.
    let scroll = if cursor == 0 { 0 } else { at.saturating_sub(height / 2).min(most) };
    for (y, (place, line)) in (0..area.height).zip(lines.iter().enumerate().skip(scroll)) {
        let here = row(area, y);
        let text = Rect { x: here.x + 2.min(here.width), width: here.width.saturating_sub(3), ..here };
        put_spans(frame.buffer_mut(), text, &line.spans, Align::Left, theme);
        if place == at && line.item.is_some() {
            put(frame.buffer_mut(), here, theme.glyph(Glyph::Marker), theme.style(Role::Accent), theme);
            frame
                .buffer_mut()
                .set_style(Rect { width: here.width.saturating_sub(1), ..here }, theme.style(Role::Selection));
        }
    }
    let track = Rect { x: area.right().saturating_sub(1), width: 1.min(area.width), ..area };
    bar(frame.buffer_mut(), track, &(scroll..lines.len().min(scroll + height)), lines.len(), theme);
}
