//! The place, drawn: its parts as tabs, and below them the part that is shown or what lies over it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::behind::Behind;
use super::sheet::{Sheet, WIDE, reference_cells};
use super::{Insights, Over, Part, Risks, coverage, flow, forecast, heat, kpis, patterns};
use crate::report::figures;
use crate::review::kpi::By;
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::state::State;
use crate::tui::app::view::PaneOf;
use crate::tui::app::view::rows::Look;
use crate::tui::command::CommandId as Id;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{Align, put, put_spans, row, wrap};
use crate::tui::widgets::frame::Pane;
use crate::tui::widgets::list::{Cell, Column, List, Row};

/// The keys worth knowing where the user is in the place, the most important first.
#[must_use]
pub fn hints(place: &Insights) -> &'static [Id] {
    match (&place.over, place.part) {
        (Some(Over::Figure(..) | Over::Behind(_)), _) => {
            &[Id::Open, Id::Back, Id::Help, Id::InsightsMissing, Id::CopySummary, Id::InsightsExport, Id::Palette]
        }
        (Some(Over::List(..)), _) => {
            &[Id::Open, Id::Back, Id::Help, Id::Find, Id::Filter, Id::Sort, Id::Edit, Id::Status, Id::Palette]
        }
        (None, Part::Enablement) => &[
            Id::Add,
            Id::Open,
            Id::InsightsNext,
            Id::Help,
            Id::Edit,
            Id::InsightsPeriod,
            Id::Find,
            Id::InsightsExport,
            Id::Back,
        ],
        (None, Part::Kpis) => &[
            Id::Open,
            Id::InsightsNext,
            Id::Help,
            Id::InsightsPeriod,
            Id::InsightsBy,
            Id::InsightsExport,
            Id::CopySummary,
            Id::InsightsEarlier,
            Id::Back,
            Id::Palette,
        ],
        (None, part) if part.is_timed() => &[
            Id::Open,
            Id::InsightsNext,
            Id::Help,
            Id::InsightsPeriod,
            Id::InsightsEarlier,
            Id::CopySummary,
            Id::Back,
            Id::Palette,
        ],
        _ => &[Id::Open, Id::InsightsNext, Id::Help, Id::CopySummary, Id::InsightsExport, Id::Back, Id::Palette],
    }
}

/// The sheet of the part that is shown, for a space this wide; one without tables, where the part is no sheet.
#[must_use]
pub fn sheet<'a>(place: &'a Insights, ctx: &'a Ctx, cells: u16) -> Sheet<'a> {
    match place.part {
        Part::Kpis => kpis::sheet(place, ctx, cells),
        Part::Flow => flow::sheet(place, ctx, cells),
        Part::Forecast => forecast::sheet(place, ctx, cells),
        Part::Patterns => patterns::sheet(place, ctx, cells),
        Part::Coverage => coverage::sheet(place, ctx, cells),
        Part::Risks | Part::Enablement => Sheet { theme: ctx.theme.clone(), head: Vec::new(), blocks: Vec::new() },
    }
}

/// The part whose name stands at a position of the screen, where the place has this area.
#[must_use]
pub fn part_at(area: Rect, at: Position) -> Option<Part> {
    let inner = Pane::inner(area);
    let mut from = inner.x;
    for part in Part::ALL {
        let cells = u16::try_from(part.title().len() + 2).unwrap_or(u16::MAX);
        if inner.height > 6 && at.y == inner.y && (from..from + cells).contains(&at.x) {
            return Some(part);
        }
        from += cells;
    }
    None
}

/// What is told at the right of the title: the period, by what, and whether it is being read.
#[must_use]
pub fn about(place: &Insights) -> String {
    let mut parts = Vec::new();
    if place.is_reading() {
        parts.push("… reading".to_owned());
    }
    if place.part.is_timed() {
        parts.push(place.period.name.clone());
    }
    let by = match place.by.filter(|_| place.part == Part::Kpis) {
        Some(By::Team) => "by team",
        Some(By::Tier) => "by tier",
        Some(By::Area) => "by product area",
        None => "",
    };
    parts.extend((!by.is_empty()).then(|| by.to_owned()));
    parts.join(" · ")
}

/// Why nothing is shown of the part; none where something is.
#[must_use]
pub fn nothing(place: &Insights) -> Option<String> {
    let (there, failure) = match place.part {
        Part::Kpis => (place.kpis.get().is_some(), place.kpis.failure()),
        Part::Risks => (place.heat.get().is_some(), place.heat.failure()),
        Part::Flow | Part::Forecast => (place.flows.get().is_some(), place.flows.failure()),
        Part::Patterns => (place.patterns.get().is_some(), place.patterns.failure()),
        Part::Coverage => (place.coverage.get().is_some(), place.coverage.failure()),
        Part::Enablement => return None,
    };
    match (there, failure) {
        (true, _) => None,
        (false, Some(failure)) => Some(failure.to_owned()),
        (false, None) if place.is_reading() => Some("Reading …".to_owned()),
        (false, None) => Some("It was not read; C-l reads it.".to_owned()),
    }
}

/// Draws the place.
pub fn draw(state: &State, place: &Insights, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    let about = about(place);
    let title = format!("Insights · {}", place.part.title());
    let pane = Pane { theme: &ctx.theme, number: Some('9'), title: &title, count: &about, focused: true, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    let mut top = 0;
    if inner.height > 6 {
        tabs(place, ctx, row(inner, 0), frame);
        top = if inner.height > 33 { 2 } else { 1 };
    }
    let body = Rect { y: inner.y + top, height: inner.height - top, ..inner };
    match &place.over {
        Some(Over::Figure(at, behind)) => figure(state, place, *at, behind, body, frame),
        Some(Over::Behind(behind)) => records(ctx, behind, body, frame),
        Some(Over::List(title, listing)) => {
            put(frame.buffer_mut(), row(body, 0), &counted(title, listing), ctx.theme.style(Role::Title), &ctx.theme);
            let list = Rect { y: body.y + 1.min(body.height), height: body.height.saturating_sub(1), ..body };
            let look = Look::long(ctx, listing);
            PaneOf { number: None, focused: true, short: false }.list(state, listing, &look, list, frame);
        }
        None => part(state, place, body, frame),
    }
}

fn counted(title: &str, listing: &crate::tui::app::list::Listing) -> String {
    let count = listing.list.total.map(|total| format!(" · {total}")).unwrap_or_default();
    let narrowed = if listing.is_narrowed() { format!(" · {}", listing.narrowing()) } else { String::new() };
    format!(" {title}{count}{narrowed}")
}

fn tabs(place: &Insights, ctx: &Ctx, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    let dim = theme.style(Role::Dim);
    let spans: Vec<Span<'_>> = Part::ALL
        .iter()
        .flat_map(|part| {
            let (style, left, right) = if *part == place.part {
                (theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED), "[", "]")
            } else {
                (dim, " ", " ")
            };
            [Span::styled(left, dim), Span::styled(part.title(), style), Span::styled(right, dim)]
        })
        .collect();
    put_spans(frame.buffer_mut(), area, &spans, Align::Left, theme);
}

fn part(state: &State, place: &Insights, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    if let Some(why) = nothing(place) {
        let place = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        put(frame.buffer_mut(), row(place, 0), &why, ctx.theme.style(Role::Dim), &ctx.theme);
        return;
    }
    match place.part {
        Part::Kpis => table(place, ctx, area, frame),
        Part::Risks => {
            if let Some(told) = place.heat.get() {
                heat::draw(place, told, ctx, area, frame.buffer_mut());
            }
        }
        Part::Coverage if area.width >= WIDE => {
            let left = 74;
            coverage::frameworks(place, ctx, Rect { width: left, ..area }, frame.buffer_mut());
            let right = Rect { x: area.x + left + 1, width: area.width - left - 1, ..area };
            told(place, ctx, right, frame);
        }
        Part::Enablement => enablement(state, place, area, frame),
        _ => told(place, ctx, area, frame),
    }
}

/// A sheet, and where there is room, below it the line under the cursor in words: all of what columns cut.
fn told(place: &Insights, ctx: &Ctx, area: Rect, frame: &mut Frame<'_>) {
    let sheet = sheet(place, ctx, area.width);
    let words = sheet.told(place.cursor().min(sheet.rows().saturating_sub(1))).unwrap_or_default();
    let lines = wrap(&words, area.width.saturating_sub(2));
    let below = u16::try_from(lines.len()).unwrap_or(0).min(4) + 1;
    let below = if area.height >= 24 && !words.is_empty() { below } else { 0 };
    sheet.draw(place.cursor(), Rect { height: area.height - below, ..area }, frame.buffer_mut());
    for (y, line) in (area.bottom() - below..area.bottom()).skip(1).zip(&lines) {
        let place = Rect { x: area.x + 1, y, width: area.width.saturating_sub(1), height: 1 };
        put(frame.buffer_mut(), place, line, ctx.theme.style(Role::Dim), &ctx.theme);
    }
}

/// The figures: the table, and the one under the cursor beside it or below it, where there is room.
fn table(place: &Insights, ctx: &Ctx, area: Rect, frame: &mut Frame<'_>) {
    let buffer = frame.buffer_mut();
    let Some(told) = place.kpis.get() else { return };
    let cursor = place.cursor().min(told.all.len().saturating_sub(1));
    let current = told.all.get(cursor);
    if area.width >= WIDE {
        let right_width = 72.min(area.width * 2 / 5);
        let left = Rect { width: area.width - right_width - 2, ..area };
        let right = Rect { x: left.right() + 2, width: right_width, ..area };
        let drawn = sheet(place, ctx, left.width);
        let rows = u16::try_from(told.all.len()).unwrap_or(u16::MAX).saturating_add(4);
        let spare = left.height.saturating_sub(rows);
        if told.by.is_none() && spare >= rows {
            drawn.draw(cursor, Rect { height: rows, ..left }, buffer);
            let below = Rect { x: left.x + 1, y: left.y + rows, width: left.width - 1, height: spare };
            kpis::numbers(told, &ctx.theme, Rect { height: rows - 2, ..below }, buffer);
            let words = Rect { y: below.y + rows - 1, height: spare.saturating_sub(rows - 1), ..below };
            kpis::headlines(told, &ctx.theme, words, buffer);
        } else {
            drawn.draw(cursor, left, buffer);
        }
        if let Some(figure) = current {
            kpis::panel(figure, ctx, right, buffer);
        }
        return;
    }
    let panel = area.height.saturating_sub(18).min(14);
    let panel = if panel >= 9 { panel } else { 0 };
    let table = Rect { height: area.height - panel, ..area };
    sheet(place, ctx, area.width).draw(cursor, table, buffer);
    if let Some(figure) = current.filter(|_| panel > 0) {
        let below = Rect { x: area.x + 1, y: table.bottom(), width: area.width.saturating_sub(2), height: panel };
        kpis::panel(figure, ctx, below, buffer);
    }
}

/// A figure that is open: what it is above, the records behind it below or beside.
fn figure(state: &State, place: &Insights, at: usize, behind: &Behind, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    let Some(figure) = place.figure(at) else { return };
    let (about, list) = if area.width >= 110 {
        let width = (area.width * 2 / 5).max(48);
        (
            Rect { x: area.x + 1, width: width - 2, ..area },
            Rect { x: area.x + width, width: area.width - width, ..area },
        )
    } else {
        let height = (area.height * 3 / 5).min(14);
        (
            Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), height, ..area },
            Rect { y: area.y + height, height: area.height - height, ..area },
        )
    };
    kpis::panel(figure, ctx, about, frame.buffer_mut());
    records(ctx, behind, list, frame);
}

/// What stands over the records: how many there are, and how many of them count.
#[must_use]
pub fn over_records(behind: &Behind) -> String {
    let (all, counting) = behind.counts();
    let what = if behind.title.is_empty() { "The records behind it" } else { behind.title.as_str() };
    let (counts, does_not) = behind.words;
    let parts = match (counts.is_empty(), behind.missing) {
        (true, _) => format!("{all}"),
        (false, false) => format!("{all}: {counting} {counts}, {} {does_not}", all - counting),
        (false, true) => format!("{} of {all}: only what {does_not}", behind.rows()),
    };
    format!("{what} · {parts}")
}

fn records(ctx: &Ctx, behind: &Behind, area: Rect, frame: &mut Frame<'_>) {
    let theme = &ctx.theme;
    let head = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
    put(frame.buffer_mut(), row(head, 0), &over_records(behind), theme.style(Role::Title), theme);
    let body = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    let height = List::room(body.height, true);
    let from = behind.selected.saturating_sub(height / 2).min(behind.rows().saturating_sub(height));
    let rows: Vec<Row<'_>> = (from..behind.rows().min(from + height)).map(|at| record(ctx, behind, at)).collect();
    let marked = u16::from(!behind.words.0.is_empty()) * 15;
    let noted = u16::from(!behind.noted.is_empty()) * 10;
    let shown = (from..from + rows.len()).filter_map(|at| behind.shown(at));
    let reference = reference_cells(shown.map(|shown| shown.reference.as_str()));
    let columns = [
        Column::fixed("", marked, 98),
        Column::fixed(behind.noted, noted, 97).right(),
        Column::fixed("Ref", reference, 99),
        Column::flexible("Title", 16, 100, 96),
        Column::fixed("Stands", 14, 60),
    ];
    let list = List {
        theme,
        columns: &columns,
        rows: &rows,
        selected: (!rows.is_empty()).then(|| behind.selected - from),
        focused: true,
        header: true,
        empty: "No record is behind it.",
    };
    (&list).render(body, frame.buffer_mut());
}

fn record(ctx: &Ctx, behind: &Behind, at: usize) -> Row<'static> {
    let theme = &ctx.theme;
    let entry = behind.entry(at);
    let sign = match entry.and_then(|entry| entry.counts) {
        Some(true) => {
            Cell::styled(format!("{} {}", theme.glyph(Glyph::Check), behind.words.0), theme.style(Role::Good))
        }
        Some(false) => {
            Cell::styled(format!("{} {}", theme.glyph(Glyph::Open), behind.words.1), theme.style(Role::Warn))
        }
        None => Cell::default(),
    };
    let note = entry.map(|entry| entry.note.clone()).unwrap_or_default();
    let Some(shown) = behind.shown(at) else {
        return Row {
            dim: true,
            ..Row::of([sign, Cell::from(note), Cell::from("…"), Cell::default(), Cell::default()])
        };
    };
    Row::of([
        sign,
        Cell::from(note),
        Cell::styled(shown.reference.clone(), theme.style(Role::Accent)),
        Cell::from(text::line(&shown.title).into_owned()),
        Cell::from(shown.state.clone()),
    ])
}

/// What sessions and surveys come to in the period, in words.
#[must_use]
pub fn reach(place: &Insights) -> Vec<String> {
    if let Some(failure) = place.reach.failure() {
        return vec![failure.to_owned()];
    }
    let Some(told) = place.reach.get() else { return vec!["Reading …".to_owned()] };
    told.iter()
        .map(|figure| {
            let ratio = match figure.kpi.id {
                "enablement-reach" => format!("{:.0} held", figure.counted.numerator.unwrap_or(0.0)),
                _ => format!("n {}", figure.counted.n),
            };
            let more = figures::more(figure);
            let more = if more.is_empty() { String::new() } else { format!(", {more}") };
            let (_, _, word) = kpis::standing(figure);
            let target = &figure.goal.words;
            format!(
                "{} in {}: {} ({ratio}{more}); target {target}: {word}.",
                figure.kpi.name,
                place.period.name,
                figure.shown()
            )
        })
        .collect()
}

fn enablement(state: &State, place: &Insights, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    let mut top = 0;
    let text = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    let how = "Left and right choose between sessions and responses.".to_owned();
    for said in reach(place).into_iter().chain((area.height > 24).then_some(how)) {
        for line in wrap(&said, text.width) {
            put(frame.buffer_mut(), row(text, top), &line, ctx.theme.style(Role::Text), &ctx.theme);
            top += 1;
        }
    }
    top += u16::from(area.height > 24);
    let body = Rect { y: area.y + top.min(area.height), height: area.height.saturating_sub(top), ..area };
    let areas = if body.width >= WIDE {
        let half = body.width / 2;
        [Rect { width: half, ..body }, Rect { x: body.x + half, width: body.width - half, ..body }]
    } else {
        let half = body.height / 2;
        [Rect { height: half, ..body }, Rect { y: body.y + half, height: body.height - half, ..body }]
    };
    for (at, (listing, area)) in place.lists.iter().zip(areas).enumerate() {
        let pane = PaneOf { number: None, focused: at == place.list, short: false };
        pane.draw(state, listing, listing.base.kind.plural, area, frame);
    }
}

/// The heat map line by line.
#[must_use]
pub fn heat_told(place: &Insights, told: &Risks, ctx: &Ctx) -> Vec<String> {
    heat::told(place, &told.heat, ctx)
}

/// What the cell under the cursor says.
#[must_use]
pub fn heat_words(place: &Insights, told: &Risks, ctx: &Ctx) -> Vec<String> {
    heat::words(place, &told.heat, ctx).into_iter().take(2).map(|(text, _)| text).collect()
}
