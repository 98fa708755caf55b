//! Whether each review under way will be ready by its launch, with its interval on a line of dates, and how often such
//! forecasts were right so far.

use chrono::NaiveDate;
use ratatui::text::Span;

use super::Insights;
use super::sheet::{Block, Sheet, reference_cells};
use crate::report::readout::in_words;
use crate::review::insights::Forecast;
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::list::{Cell, Column, Row};

/// From this width on intervals are drawn.
const LINE_FROM: u16 = 110;

/// The sheet of forecasts.
#[must_use]
pub fn sheet<'a>(place: &'a Insights, ctx: &'a Ctx, cells: u16) -> Sheet<'a> {
    let mut sheet = Sheet { theme: ctx.theme.clone(), head: Vec::new(), blocks: Vec::new() };
    let Some(told) = place.flows.get() else { return sheet };
    let count = |word: &str| told.forecasts.iter().filter(|one| one.word == word).count();
    let mut counts: Vec<String> = ["late", "at risk", "uncertain", "ready", "no date", "no basis"]
        .iter()
        .filter(|word| count(word) > 0)
        .map(|word| format!("{} {word}", count(word)))
        .collect();
    if counts.is_empty() {
        counts.push("no review is under way".to_owned());
    }
    sheet.head.push((format!("Decided by their launch? {}.", counts.join(", ")), Role::Text));
    let role = if told.record.forecasts == 0 { Role::Warn } else { Role::Dim };
    sheet.head.push((in_words(&told.record), role));
    if (LINE_FROM..u16::MAX).contains(&cells) && !told.forecasts.is_empty() {
        let glyph = |glyph| ctx.theme.glyph(glyph);
        let legend = format!(
            "{}{}{} when 4 in 5 like it are decided, {} half of them, {} the launch. Ready: 4 in 5 are in time; at risk: not even half.",
            glyph(Glyph::IntervalLow),
            glyph(Glyph::IntervalLine),
            glyph(Glyph::IntervalHigh),
            glyph(Glyph::IntervalPoint),
            glyph(Glyph::Required)
        );
        sheet.head.push((legend, Role::Dim));
    }
    sheet.blocks.push(block(&told.forecasts, ctx, cells));
    sheet
}

fn look(one: &Forecast) -> (Glyph, Role) {
    match one.word {
        "ready" => (Glyph::Check, Role::Good),
        "late" => (Glyph::Cross, Role::Bad),
        "at risk" => (Glyph::Alert, Role::Warn),
        "uncertain" => (Glyph::Waived, Role::Text),
        _ => (Glyph::Open, Role::Dim),
    }
}

fn block<'a>(all: &'a [Forecast], ctx: &'a Ctx, cells: u16) -> Block<'a> {
    let theme = &ctx.theme;
    let line = match cells {
        0..LINE_FROM => 0,
        LINE_FROM..150 => 24,
        u16::MAX => 0,
        _ => 56,
    };
    let axis = Axis::of(all, ctx.today, line);
    let day = |day: Option<NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.format("%d %b").to_string());
    let ends = axis.as_ref().map(Axis::ends).unwrap_or_default();
    let columns = vec![
        Column::fixed("", 11, 99),
        Column::fixed("Review", reference_cells(all.iter().map(|one| one.review.as_str())), 98),
        Column::flexible("Title", 16, 60, 97),
        Column::fixed("Stage", 11, 60),
        Column::fixed("Launch", 6, 96).right(),
        Column::fixed("Likely", 6, 95).right(),
        Column::fixed("4 in 5 cases", 13, 90).right(),
        Column::fixed("Chance", 6, 94).right(),
        Column::fixed("n", 3, 85).right(),
        Column::fixed(ends, line, 50),
    ];
    let make = move |at: usize| {
        let Some(one) = all.get(at) else { return Row::default() };
        let (glyph, role) = look(one);
        let between = match (one.early_on, one.late_on) {
            (Some(early), Some(late)) => format!("{}-{}", early.format("%d %b"), late.format("%d %b")),
            (Some(early), None) => format!("from {}", early.format("%d %b")),
            (None, _) => "too few".to_owned(),
        };
        Row::of([
            Cell::styled(format!("{} {}", theme.glyph(glyph), one.word), theme.style(role)),
            Cell::styled(one.review.clone(), theme.style(Role::Accent)),
            Cell::from(text::line(&one.title).into_owned()),
            Cell::from(one.stage.clone()),
            Cell::from(day(one.launch_on)),
            Cell::from(day(one.likely_on)),
            Cell::from(between),
            Cell::from(one.chance.map_or_else(|| "-".to_owned(), |chance| format!("{:.0} %", chance * 100.0))),
            Cell::from(one.n.to_string()),
            Cell(axis.as_ref().map(|axis| axis.line(one, theme)).unwrap_or_default()),
        ])
    };
    Block {
        title: String::new(),
        notes: Vec::new(),
        columns,
        len: all.len(),
        row: Box::new(make),
        told: Box::new(move |at| all.get(at).map(sentence).unwrap_or_default()),
        empty: "No review is under way.".to_owned(),
        right: false,
    }
}

/// A forecast in a sentence.
#[must_use]
pub fn sentence(one: &Forecast) -> String {
    let launch = one.launch_on.map_or_else(|| "no launch date".to_owned(), |day| format!("launch {day}"));
    format!("{}: {} {} ({}), {launch}; {}", one.word, one.review, text::line(&one.title), one.stage, one.words())
}

/// The line of dates.
struct Axis {
    from: NaiveDate,
    days: i64,
    cells: u16,
}

impl Axis {
    /// From today to the last date that is told; none where it has no room or there is no date.
    fn of(all: &[Forecast], today: NaiveDate, cells: u16) -> Option<Self> {
        let dates = all.iter().flat_map(|one| [one.late_on, one.launch_on, one.likely_on]).flatten();
        let last = dates.max().filter(|last| *last > today && cells > 0)?;
        Some(Self { from: today, days: (last - today).num_days().max(1), cells })
    }

    fn ends(&self) -> String {
        let last = self.from + chrono::TimeDelta::days(self.days);
        let (first, last) = (self.from.format("%d %b").to_string(), last.format("%d %b").to_string());
        let between = usize::from(self.cells).saturating_sub(first.len() + last.len());
        format!("{first}{}{last}", " ".repeat(between))
    }

    fn at(&self, day: NaiveDate) -> usize {
        let last = i64::from(self.cells.saturating_sub(1));
        usize::try_from(((day - self.from).num_days() * last / self.days).clamp(0, last)).unwrap_or(0)
    }

    /// The interval with the likely day in it, and the launch.
    fn line(&self, one: &Forecast, theme: &Theme) -> Vec<Span<'static>> {
        let mut cells: Vec<(Option<Glyph>, Role)> = vec![(None, Role::Text); usize::from(self.cells)];
        if let Some(early) = one.early_on {
            // Where nobody can say how late it may be, the line goes on to the end.
            let (first, last) = (self.at(early), one.late_on.map_or(cells.len(), |late| self.at(late)));
            for cell in cells.iter_mut().take(last + 1).skip(first) {
                *cell = (Some(Glyph::IntervalLine), Role::Accent);
            }
            let likely = one.likely_on.map(|likely| (self.at(likely), Glyph::IntervalPoint));
            let ends = [(first, Glyph::IntervalLow), (last, Glyph::IntervalHigh)];
            for (at, glyph) in ends.into_iter().chain(likely) {
                if let Some(cell) = cells.get_mut(at) {
                    *cell = (Some(glyph), Role::Accent);
                }
            }
        }
        if let Some(cell) = one.launch_on.and_then(|launch| cells.get_mut(self.at(launch))) {
            let (_, role) = look(one);
            *cell = (Some(Glyph::Required), role);
        }
        cells
            .into_iter()
            .map(|(glyph, role)| {
                Span::styled(glyph.map_or(" ", |glyph| theme.glyph(glyph)).to_owned(), theme.style(role))
            })
            .collect()
    }
}
