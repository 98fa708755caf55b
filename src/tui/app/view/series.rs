//! The readings of a signal: a chart with the threshold and the gaps, and the figures beside it.

use chrono::{DateTime, Local, TimeDelta, Utc};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::page::{Page, UNBROKEN};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::operations::reading::{Series, at};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::theme::Role;
use crate::tui::widgets::chart::{Chart, LEAST_HEIGHT};
use crate::tui::widgets::draw::put;

/// The figures of a series, a line each: a label and what it says, with how that looks.
#[must_use]
pub fn figures(ctx: &Ctx, series: &Series) -> Vec<(&'static str, String, Role)> {
    let shown = |value: f64| in_words(value, &series.unit);
    let Some(summary) = &series.summary else {
        return vec![("Readings", format!("none yet; {} reads them from a file", key(ctx, Id::TakeIn)), Role::Dim)];
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
pub fn draw(ctx: &Ctx, series: &Series, area: Rect, frame: &mut Frame<'_>) {
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
pub fn tab(ctx: &Ctx, series: Option<&Series>, area: Rect, frame: &mut Frame<'_>) {
    match series {
        Some(series) => draw(ctx, series, area, frame),
        None => {
            put(frame.buffer_mut(), area, "Reading …", ctx.theme.style(Role::Dim), &ctx.theme);
        }
    }
}

/// A series that is read out: its figures, a line each.
#[must_use]
pub fn told(ctx: &Ctx, series: Option<&Series>) -> Page {
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

fn key(ctx: &Ctx, id: Id) -> String {
    ctx.keymap.key_for(Where::Operations, id).map(|key| key.to_string()).unwrap_or_default()
}
