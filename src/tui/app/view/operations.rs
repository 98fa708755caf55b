//! The place for what is watched after a launch, drawn: the parts in a line, the part that is shown, and where there is room
//! what is known of the row under the cursor, with the readings of its signal as a chart.

use chrono::{DateTime, Local, TimeDelta, Utc};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::page::{Page, UNBROKEN};
use super::rows::Look;
use super::{PaneOf, record, triage, watched};
use crate::record::{Record, when};
use crate::review::due::{Due, Pressing};
use crate::review::operations::incident::clock_in_words;
use crate::review::operations::readiness::lacks;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::list::List;
use crate::tui::app::load::Detail;
use crate::tui::app::operations::reading::{Series, at};
use crate::tui::app::operations::{Operations, Part, has_room};
use crate::tui::app::state::State;
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::theme::Role;
use crate::tui::widgets::chart::{Chart, LEAST_HEIGHT};
use crate::tui::widgets::draw::{Align, put, put_spans, row};
use crate::tui::widgets::frame::Pane;
use crate::tui::widgets::list::{Cell, Column, List as Table, Row};

/// From this width on, what is selected stands beside the list, not under it.
const WIDE: u16 = 170;

/// Draws the place.
pub fn draw(state: &State, place: &Operations, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    let narrowed = place.listing().filter(|listing| listing.is_narrowed() || !listing.list.marked.is_empty());
    let hint = if place.part == Part::Readiness { "Enter on what is missing adds it" } else { "" };
    let count = narrowed.map_or_else(
        || hint.to_owned(),
        |listing| match listing.list.marked.len() {
            0 => listing.narrowing(),
            marked => format!("{marked} marked"),
        },
    );
    let pane = Pane { theme, number: Some('8'), title: "Operations", count: &count, focused: true, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    put_spans(frame.buffer_mut(), row(inner, 0), &parts(&state.ctx, place), Align::Left, theme);
    let body = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
    let (main, beside) = areas(body, place.part, has_room(state.size));
    match place.part {
        Part::Readiness => readiness(state, place, main, frame),
        Part::Due => due(state, place, main, frame),
        _ => list(state, place, main, frame),
    }
    if let Some(beside) = beside {
        selected(state, place, beside, frame);
    }
}

/// Where the list of the part that is shown stands, in the whole screen's content.
#[must_use]
pub fn list_area(content: Rect, part: Part, room: bool) -> Rect {
    let inner = Pane::inner(content);
    areas(Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner }, part, room).0
}

/// The list, and what is selected beside or under it.
fn areas(area: Rect, part: Part, room: bool) -> (Rect, Option<Rect>) {
    if !room || part == Part::Readiness {
        return (area, None);
    }
    if area.width >= WIDE {
        let left = area.width * 11 / 20;
        let beside = Rect { x: area.x + left + 1, width: area.width - left - 1, ..area };
        return (Rect { width: left, ..area }, Some(beside));
    }
    // A message is short.
    let top = if part == Part::Due { area.height.saturating_sub(9) } else { area.height * 9 / 20 };
    (Rect { height: top, ..area }, Some(Rect { y: area.y + top, height: area.height - top, ..area }))
}

/// The parts on one line, with how much is in each, as far as that is known.
fn parts(ctx: &Ctx, place: &Operations) -> Vec<Span<'static>> {
    let dim = ctx.theme.style(Role::Dim);
    Part::ALL
        .iter()
        .flat_map(|part| {
            let shown = *part == place.part;
            let (style, left, right) = if shown {
                (ctx.theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED), "[", "]")
            } else {
                (dim, " ", " ")
            };
            let words = format!("{}{}", part.title(), count(place, *part).map(|n| format!(" {n}")).unwrap_or_default());
            [Span::styled(left, dim), Span::styled(words, style), Span::styled(right, dim)]
        })
        .collect()
}

fn count(place: &Operations, part: Part) -> Option<u64> {
    match part {
        Part::Readiness => None,
        Part::Due => place.due.all.as_ref().map(|all| all.len() as u64),
        _ => place.listing_of(part)?.list.total,
    }
}

/// What a part says when nothing is in it: what belongs there, and the key that starts it.
#[must_use]
pub fn empty(part: Part, key: &dyn Fn(Id) -> String) -> String {
    match part {
        Part::Alerts => format!(
            "No alert was raised yet. {} adds one by hand, {} reads many from a file; a pipeline calls `probity alert raise`.",
            key(Id::Add),
            key(Id::TakeIn)
        ),
        Part::Incidents => {
            format!("No incident so far. {} opens one by hand, {} from an alert.", key(Id::Add), key(Id::IncidentOpen))
        }
        Part::Signals => format!(
            "Nothing is watched yet. {} adds a signal; the part Readiness says which ones policy asks for.",
            key(Id::Add)
        ),
        Part::Readiness => "No system is in use: none has the lifecycle pilot or production.".to_owned(),
        Part::Due => "Nothing is due. What runs out, is late, or waits for an answer comes here by itself.".to_owned(),
    }
}

fn keys(ctx: &Ctx) -> impl Fn(Id) -> String {
    let keymap = ctx.keymap.clone();
    move |id| keymap.key_for(Where::Operations, id).map(|key| key.to_string()).unwrap_or_default()
}

fn list(state: &State, place: &Operations, area: Rect, frame: &mut Frame<'_>) {
    let Some(listing) = place.listing() else { return };
    if listing.list.rows.is_empty() && !listing.list.loading && !listing.is_narrowed() {
        words(&state.ctx, &empty(place.part, &keys(&state.ctx)), Role::Dim, area, frame);
        return;
    }
    let look = Look::long(&state.ctx, listing);
    PaneOf { number: None, focused: true, short: false }.list(state, listing, &look, area, frame);
}

/// A text, broken to the width of the area.
fn words(ctx: &Ctx, text: &str, role: Role, area: Rect, frame: &mut Frame<'_>) {
    let area = Rect { x: area.x + 3.min(area.width), width: area.width.saturating_sub(6), ..area };
    let mut page = Page::new(&ctx.theme, area.width);
    page.paragraph(text, role);
    page.draw(area, 0, frame.buffer_mut());
}

/// Says what is not there yet of what is worked out; true where there is something to be drawn.
fn is_there<T>(
    ctx: &Ctx,
    made: &crate::tui::app::operations::Made<T>,
    is_empty: bool,
    part: Part,
    area: Rect,
    frame: &mut Frame<'_>,
) -> bool {
    match (&made.failure, &made.all) {
        (Some(failure), _) => words(ctx, failure, Role::Error, area, frame),
        (None, None) => words(ctx, "Reading …", Role::Dim, area, frame),
        (None, Some(_)) if is_empty => words(ctx, &empty(part, &keys(ctx)), Role::Dim, area, frame),
        _ => return true,
    }
    false
}

fn readiness(state: &State, place: &Operations, area: Rect, frame: &mut Frame<'_>) {
    let made = &place.readiness;
    let is_empty = made.all.as_ref().is_some_and(|all| all.items.is_empty());
    if is_there(&state.ctx, made, is_empty, Part::Readiness, area, frame)
        && let Some(all) = &made.all
    {
        triage::draw(&state.ctx, all, made.cursor, area, frame);
    }
}

fn due(state: &State, place: &Operations, area: Rect, frame: &mut Frame<'_>) {
    let (ctx, made) = (&state.ctx, &place.due);
    let is_empty = made.all.as_ref().is_some_and(Vec::is_empty);
    if !is_there(ctx, made, is_empty, Part::Due, area, frame) {
        return;
    }
    let all = made.all.as_deref().unwrap_or_default();
    let height = Table::room(area.height, true);
    let cursor = made.cursor.min(all.len().saturating_sub(1));
    let top = cursor.saturating_sub(height / 2).min(all.len().saturating_sub(height));
    let rows: Vec<Row<'_>> = all.iter().skip(top).take(height).map(|due| due_row(ctx, due)).collect();
    let reference = all.iter().map(|due| due.record.len()).max().and_then(|most| u16::try_from(most).ok()).unwrap_or(6);
    let columns = [
        Column::fixed("What", 11, 90),
        Column::fixed("Ref", reference.clamp(6, 16), 100),
        Column::flexible("Title", 20, 80, 99),
        Column::fixed("When", 12, 98).right(),
        Column::fixed("Step", 17, 80),
        Column::flexible("Who is told", 14, 44, 85),
    ];
    let table = Table {
        theme: &ctx.theme,
        columns: &columns,
        rows: &rows,
        selected: Some(cursor - top),
        focused: true,
        header: true,
        empty: "",
    };
    (&table).render(area, frame.buffer_mut());
}

fn due_row(ctx: &Ctx, due: &Due) -> Row<'static> {
    let role = match due.days_late {
        1.. => Role::Bad,
        -2..=0 => Role::Warn,
        _ => Role::Text,
    };
    let styled = |text: String, role| Cell::styled(text, ctx.theme.style(role));
    Row::of([
        styled(due.sort.word().to_owned(), Role::Dim),
        styled(due.record.clone(), Role::Accent),
        Cell::from(due.title.clone()),
        styled(ctx.due(due.due_on), role),
        styled(due.step.clone(), if due.step == "reminder" { Role::Dim } else { role }),
        Cell::from(if due.to.is_empty() { "nobody is named".to_owned() } else { due.to.join(", ") }),
    ])
}

/// What is known of the row under the cursor.
fn selected(state: &State, place: &Operations, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    if let Some(due) = place.due_at_hand() {
        let inner = boxed(ctx, &format!("Message about {}", due.record), "", area, frame);
        let mut page = Page::new(&ctx.theme, inner.width);
        page.paragraph(&due.message, Role::Text);
        page.gap();
        page.field(
            "Addresses",
            &if due.addresses.is_empty() { "none are known".to_owned() } else { due.addresses.join(", ") },
            Role::Dim,
        );
        page.field("Nothing is sent", &format!("{} copies the message", keys(ctx)(Id::CopySummary)), Role::Dim);
        page.draw(inner, 0, frame.buffer_mut());
        return;
    }
    let (Some(listing), Some(one)) = (place.listing(), place.current()) else { return };
    if place.part == Part::Incidents {
        let title = format!("{} {}", one.reference(), crate::text::line(one.title()));
        let inner = boxed(ctx, &title, "", area, frame);
        of_fields(ctx, one, &listing.list, inner.width).draw(inner, 0, frame.buffer_mut());
        return;
    }
    let title = format!("{} {}", one.reference(), crate::text::line(one.title()));
    let named = if place.part == Part::Alerts { place.series().map(|series| series.title.as_str()) } else { None };
    let inner = boxed(ctx, &title, named.unwrap_or_default(), area, frame);
    let (facts, chart) = halves(place.series(), inner);
    of_fields(ctx, one, &listing.list, facts.width).draw(facts, 0, frame.buffer_mut());
    match place.series() {
        Some(series) => draw_series(ctx, series, chart, frame),
        None => words(ctx, "Reading …", Role::Dim, chart, frame),
    }
}

/// Where what is known of an alert or a signal stands, and where its readings: side by side where it is low, one over the
/// other where it is high. What has no readings needs no more than a line for that.
fn halves(series: Option<&Series>, area: Rect) -> (Rect, Rect) {
    let is_empty = series.is_some_and(|series| series.summary.is_none());
    if is_empty {
        let facts = Rect { height: area.height.saturating_sub(2), ..area };
        return (facts, Rect { y: facts.bottom() + 1, height: area.height.min(1), ..area });
    }
    if area.height >= 24 {
        let chart = Rect { height: area.height * 3 / 5, ..area };
        let y = chart.bottom() + 1;
        return (Rect { y, height: area.bottom().saturating_sub(y), ..area }, chart);
    }
    // Labels stand beside what they say from fifty cells on.
    let left = (area.width * 2 / 5).max(51).min(area.width);
    (Rect { width: left, ..area }, Rect { x: area.x + left + 2, width: area.width.saturating_sub(left + 2), ..area })
}

fn boxed(ctx: &Ctx, title: &str, count: &str, area: Rect, frame: &mut Frame<'_>) -> Rect {
    let pane = Pane { theme: &ctx.theme, number: None, title, count, focused: false, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner }
}

fn of_fields(ctx: &Ctx, one: &Record, list: &List, cells: u16) -> Page {
    let mut page = Page::new(&ctx.theme, cells);
    let own = |name: &str| one.kind().fields.iter().any(|field| field.name == name);
    record::fields(&mut page, ctx, one, &list.labels, &|field| field.name != one.kind().title && own(field.name));
    page
}

/// The figures of a series, a line each: a label and what it says, with how that looks.
#[must_use]
pub fn figures(ctx: &Ctx, series: &Series) -> Vec<(&'static str, String, Role)> {
    let shown = |value: f64| in_words(value, &series.unit);
    let Some(summary) = &series.summary else {
        return vec![("Readings", format!("none yet; {} reads them from a file", keys(ctx)(Id::TakeIn)), Role::Dim)];
    };
    let crossed = match (series.threshold, summary.crossed) {
        (None, _) => "no threshold to cross".to_owned(),
        (_, 1) => "once".to_owned(),
        (_, times) => format!("{times} times"),
    };
    let gaps = match summary.gaps {
        0 => "no gap".to_owned(),
        1 => "1 gap".to_owned(),
        many => format!("{many} gaps"),
    };
    let beyond = if summary.last_is_bad { ", beyond" } else { "" };
    let (first, last) = summary.span;
    // Of what took weeks, the days are enough.
    let day = |moment| {
        let text = at(moment);
        if (last - first).num_days() > 3 { text.chars().take(10).collect() } else { text }
    };
    vec![
        ("Readings", format!("n {} · {} to {} · {gaps}", summary.n, day(first), day(last)), Role::Text),
        (
            "Last",
            format!(
                "{}{beyond} · lowest {} · highest {}",
                shown(summary.last),
                shown(summary.lowest),
                shown(summary.highest)
            ),
            if summary.last_is_bad { Role::Bad } else { Role::Text },
        ),
        (
            "Bad when",
            format!("{} · crossed {crossed}", series.limit),
            if summary.crossed > 0 { Role::Warn } else { Role::Text },
        ),
        (
            "Left out",
            if series.left_out.is_empty() { "nothing".to_owned() } else { series.left_out.clone() },
            Role::Dim,
        ),
    ]
}

/// A value with as many digits as are worth reading.
fn in_words(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        large if large >= 1000.0 => 0,
        middle if middle >= 10.0 => 1,
        one if one >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

/// A moment under the end of a chart, as short as the span allows: what stands there takes room from the chart.
fn end(moment: DateTime<Utc>, span: TimeDelta) -> String {
    let form = match span.num_days() {
        0..=2 => "%-d %b %H:%M",
        3..=330 => "%-d %b",
        _ => "%b %Y",
    };
    moment.with_timezone(&Local).format(form).to_string()
}

/// Draws a series: the chart, and its figures under it.
pub fn draw_series(ctx: &Ctx, series: &Series, area: Rect, frame: &mut Frame<'_>) {
    let mut page = Page::new(&ctx.theme, area.width);
    for (label, text, role) in figures(ctx, series) {
        page.field(label, &text, role);
    }
    let lines = u16::try_from(page.lines.len()).unwrap_or(u16::MAX);
    let height = area.height.saturating_sub(lines + 1);
    let drawn = series.summary.is_some() && height >= LEAST_HEIGHT;
    if drawn {
        let (first, last) = series.summary.as_ref().map(|summary| summary.span).unwrap_or_default();
        let chart = Chart {
            theme: &ctx.theme,
            runs: &series.runs,
            marks: &series.crossed,
            limit: series.threshold.map(|threshold| (threshold, series.limit.as_str())),
            ends: (&end(first, last - first), &end(last, last - first)),
            shown: &|value| in_words(value, ""),
        };
        (&chart).render(Rect { height, ..area }, frame.buffer_mut());
    }
    let top = if drawn { height + 1 } else { 0 };
    let below = Rect { y: area.y + top, height: area.height.saturating_sub(top), ..area };
    page.draw(below, 0, frame.buffer_mut());
}

/// The series of a signal on its own screen.
pub fn series_tab(ctx: &Ctx, series: Option<&Series>, area: Rect, frame: &mut Frame<'_>) {
    match series {
        Some(series) => draw_series(ctx, series, area, frame),
        None => {
            put(frame.buffer_mut(), area, "Reading …", ctx.theme.style(Role::Dim), &ctx.theme);
        }
    }
}

/// A series that is read out: its figures, a line each.
#[must_use]
pub fn series_page(ctx: &Ctx, series: Option<&Series>) -> Page {
    let mut page = Page::new(&ctx.theme, UNBROKEN);
    match series {
        Some(series) => {
            for (label, text, role) in figures(ctx, series) {
                page.field(label, &text, role);
            }
        }
        None => page.paragraph("Reading ...", Role::Dim),
    }
    page
}

/// What cannot wait, in the line at the top.
#[must_use]
pub fn pressing(ctx: &Ctx, pressing: &Pressing) -> Option<String> {
    let parts = pressing_parts(ctx, pressing);
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn pressing_parts(ctx: &Ctx, pressing: &Pressing) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(first) = pressing.first {
        let many = if pressing.clocks > 1 { format!("{} reports", pressing.clocks) } else { "report".to_owned() };
        parts.push(match (first - ctx.today).num_days() {
            0 => format!("{many} due today"),
            late if late < 0 => format!("{many} {} d late", -late),
            left => format!("{many} due in {left} d"),
        });
    }
    match pressing.alerts {
        0 => {}
        1 => parts.push("1 alert late".to_owned()),
        many => parts.push(format!("{many} alerts late")),
    }
    parts
}

/// What stands at the right of the line at the top, in so many cells: what cannot wait comes first and goes last.
#[must_use]
pub fn outlook(state: &State, room: usize) -> Vec<Span<'static>> {
    let theme = &state.ctx.theme;
    let bad = |text: String| Span::styled(text, theme.style(Role::Bad));
    let key = state.ctx.keymap.key_for(Where::Desk, Id::PlaceDue).map(|key| format!("{key} ")).unwrap_or_default();
    let pressing = state.pressing.as_ref().map(|pressing| pressing_parts(&state.ctx, pressing)).unwrap_or_default();
    let key = Span::styled(key, theme.style(Role::Key));
    let urgent = |some: &[String]| (!some.is_empty()).then(|| vec![key.clone(), bad(some.join(" · "))]);
    let queue = state.outlook.map(|outlook| vec![Span::raw(format!("{} in queue", outlook.queue))]);
    let overdue = state.outlook.filter(|outlook| outlook.overdue > 0);
    let overdue = overdue.map(|outlook| vec![bad(format!("{} overdue", outlook.overdue))]);
    let all = |parts: &[Option<Vec<Span<'static>>>]| -> Vec<Span<'static>> {
        let mut spans = Vec::new();
        for part in parts.iter().flatten() {
            if !spans.is_empty() {
                spans.push(Span::raw(" · "));
            }
            spans.extend(part.iter().cloned());
        }
        spans
    };
    let choices = [
        all(&[urgent(&pressing), queue.clone(), overdue.clone()]),
        all(&[urgent(&pressing), overdue]),
        all(&[urgent(&pressing)]),
        all(&[urgent(pressing.get(..1).unwrap_or_default())]),
    ];
    let cells =
        |spans: &[Span<'_>]| spans.iter().map(|span| crate::tui::widgets::draw::width(&span.content)).sum::<usize>();
    choices.into_iter().find(|spans| cells(spans) <= room).unwrap_or_default()
}

/// The overview of an incident: its legal clocks first, then where it stands.
pub fn incident(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    let one = &detail.record;
    page.heading("Legal clocks");
    let clocks = detail.incident.as_ref().map(|whole| whole.clocks.as_slice()).unwrap_or_default();
    if clocks.is_empty() {
        page.paragraph("None runs: the incident names no duty to report. e sets its “Legal clocks”.", Role::Dim);
    }
    for clock in clocks {
        let (words, bad) = clock_in_words(clock, ctx.today);
        let soon = clock.runs() && (clock.due_on - ctx.today).num_days() <= 3;
        let role = match (bad || soon, clock.runs()) {
            (true, _) => Role::Bad,
            (false, true) => Role::Warn,
            (false, false) => Role::Good,
        };
        let label = if clock.runs() { "Report" } else { "Stopped" };
        page.field(label, &format!("{words}: {}", clock.name), role);
    }
    page.heading("Where it stands");
    let told = ["status", "severity", "people_affected", "commander", "harm", "contained_at", "resolved_at"];
    record::fields(page, ctx, one, &detail.labels, &|field| told.contains(&field.name));
    let active = detail.incident.iter().flat_map(|whole| &whole.mitigations);
    for one in active.filter(|one| one.text("status") == Some("active")) {
        let Some(ends) = one.get("ends_on").as_day() else { continue };
        let role = if ends < ctx.today { Role::Bad } else { Role::Warn };
        let words = format!("{}, until {ends} ({})", crate::text::line(one.title()), when::spoken(ends, ctx.today));
        page.field(one.reference(), &words, role);
    }
    page.heading("Details");
    let apart = ["title", "clocks", "report_due_on"];
    record::fields(page, ctx, one, &detail.labels, &|field| {
        !told.contains(&field.name) && !apart.contains(&field.name)
    });
}

/// The overview of an alert: how its answer stands, then what it says.
pub fn alert(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    if let Some((answer, words)) = watched::answered(ctx, &detail.record, at) {
        let role = match (answer.late, answer.acknowledged_at) {
            (true, _) => Role::Bad,
            (false, None) => Role::Warn,
            (false, Some(_)) => Role::Good,
        };
        let taken = answer.acknowledged_at.is_none().then(|| format!(" ({:.1} business hours so far)", answer.hours));
        page.field("Answer", &format!("{words}{}", taken.unwrap_or_default()), role);
    }
    record::fields(page, ctx, &detail.record, &detail.labels, &|field| field.name != "title");
}

/// The overview of a signal: whether it watches, then what it is.
pub fn signal(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    match lacks(&detail.record) {
        Some(lacks) => page.field("Watches", &format!("no: {lacks}"), Role::Bad),
        None => page.field("Watches", "yes", Role::Good),
    }
    record::fields(page, ctx, &detail.record, &detail.labels, &|field| field.name != "name");
}
