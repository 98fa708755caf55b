//! Groups of attributes as tables: n, the figure with its interval in numbers and on a shared axis, and the difference from the
//! reference.

use super::axis::Axis;
use super::{Brush, Drawn, pad, pad_left};
use crate::review::analysis::words::{figure, label, metric_of, points};
use crate::slices::metric::Estimate;
use crate::slices::report::{Attribute, Group, Hidden, Versus};
use crate::text::thousands;
use crate::tui::app::analysis::screen::Analysis;
use crate::tui::theme::{Glyph, Role};

/// How wide the columns are.
struct Widths {
    name: usize,
    range: usize,
    axis: usize,
    /// Room for the difference; 0 where there is none.
    gap: usize,
    /// Room for its interval; 0 where there is none.
    gap_range: usize,
}

const N: usize = 7;
const VALUE: usize = 8;
const GAP: usize = 7;
const WARN: usize = 2;

impl Widths {
    fn of(cells: usize, compared: bool) -> Self {
        let gap = if compared { GAP } else { 0 };
        let gap_range = if compared && cells >= 104 { 18 } else { 0 };
        let name = (cells / 5).clamp(10, 34);
        let range = if cells >= 60 { 14 } else { 0 };
        // One cell between columns.
        let used = name + N + VALUE + range + gap + gap_range + WARN + 6;
        Self { name, range, axis: cells.saturating_sub(used).min(80), gap, gap_range }
    }
}

/// All attributes below one another, on one axis.
pub fn lines(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    let mut lines = Vec::new();
    let mut item = 0;
    let attributes = &analysis.opened.report.attributes;
    for attribute in attributes {
        if !lines.is_empty() {
            lines.push(Brush::gap());
        }
        lines.extend(table(attribute, attributes, analysis.shown_metric(), &mut item, brush));
    }
    lines
}

/// One attribute's groups; `all` share the axis. `item` counts the groups on.
pub fn table(
    attribute: &Attribute,
    all: &[Attribute],
    metric: &str,
    item: &mut usize,
    brush: &Brush<'_>,
) -> Vec<Drawn> {
    let compared = attribute.disparities.metrics.get(metric).is_some();
    let widths = Widths::of(brush.cells, compared);
    let shown = all.iter().flat_map(|attribute| &attribute.groups).filter(|group| group.hidden.is_none());
    let estimates: Vec<Estimate> = shown.filter_map(|group| metric_of(group, metric)).collect();
    let axis = Axis::of(metric, is_signed(metric), estimates.iter());
    let reference = attribute.disparities.reference.as_deref();
    let mut heading = attribute.name.clone();
    if let Some(reference) = reference.filter(|_| compared) {
        heading.push_str(&format!(" · against {reference}, {}", attribute.disparities.reference_rule));
    }
    let mut lines = vec![brush.heading(&heading), header(metric, axis.as_ref(), &widths, brush)];
    for group in &attribute.groups {
        let mut line = of_group(attribute, group, metric, axis.as_ref(), &widths, brush);
        line.item = Some(*item);
        *item += 1;
        lines.push(line);
    }
    lines
}

/// Whether zero is what a figure should be, and it may lie on either side.
fn is_signed(metric: &str) -> bool {
    matches!(metric, "calibration" | "bias")
}

fn header(metric: &str, axis: Option<&Axis>, widths: &Widths, brush: &Brush<'_>) -> Drawn {
    let (low, high) = axis.map(|axis| axis.ends(metric)).unwrap_or_default();
    let between = widths.axis.saturating_sub(low.chars().count() + high.chars().count());
    let ends = format!("{low}{}{high}", " ".repeat(between));
    let mut text = format!("{} {} {}", pad("group", widths.name), pad_left("n", N), pad_left(&short(metric), VALUE));
    if widths.range > 0 {
        text.push_str(&format!(" {}", pad("95 %", widths.range)));
    }
    text.push_str(&format!(" {}", pad(&ends, widths.axis)));
    if widths.gap > 0 {
        text.push_str(&format!(" {}", pad_left("gap", GAP)));
    }
    if widths.gap_range > 0 {
        text.push_str(&format!(" {}", pad("95 % of the gap", widths.gap_range)));
    }
    brush.text(&text, Role::Header)
}

fn short(metric: &str) -> String {
    match metric {
        "selection_rate" => "selected".to_owned(),
        "calibration" => "gap to 0".to_owned(),
        "balanced_accuracy" => "bal.acc.".to_owned(),
        other => crate::text::fit(&label(other), VALUE).into_owned(),
    }
}

fn of_group(
    attribute: &Attribute,
    group: &Group,
    metric: &str,
    axis: Option<&Axis>,
    widths: &Widths,
    brush: &Brush<'_>,
) -> Drawn {
    let name = brush.piece(pad(&group.value, widths.name), Role::Text);
    let n = brush.piece(format!(" {}", pad_left(&group.n.map_or_else(|| "few".to_owned(), thousands), N)), Role::Text);
    if let Some(hidden) = group.hidden {
        let why = match hidden {
            Hidden::Empty => "no rows",
            Hidden::Small => "too few rows to be shown",
            Hidden::Pooled => "small groups together",
        };
        return Drawn { spans: vec![name, n, brush.piece(format!(" {why}"), Role::Dim)], item: None };
    }
    let estimate = metric_of(group, metric).unwrap_or_else(|| Estimate::none(0, "not measured"));
    let Some(value) = estimate.value else {
        let why = estimate.reason.as_deref().unwrap_or("undefined");
        return Drawn { spans: vec![name, n, brush.piece(format!(" {why}"), Role::Warn)], item: None };
    };
    let mut spans = vec![name, n, brush.piece(format!(" {}", pad_left(&figure(metric, value), VALUE)), Role::Text)];
    if widths.range > 0 {
        spans.push(brush.piece(format!(" {}", pad(&range(metric, &estimate), widths.range)), Role::Dim));
    }
    let drawn =
        axis.map_or_else(String::new, |axis| axis.drawn(&estimate, widths.axis, is_signed(metric), brush.theme));
    let is_reference = attribute.disparities.reference.as_deref() == Some(group.value.as_str());
    let role = if is_reference && widths.gap > 0 { Role::Dim } else { Role::Accent };
    spans.push(brush.piece(format!(" {}", pad(&drawn, widths.axis)), role));
    let versus = attribute.disparities.metrics.get(metric);
    let versus = versus.and_then(|disparity| disparity.groups.iter().find(|versus| versus.value == group.value));
    spans.extend(of_gap(versus.filter(|_| !is_reference), is_reference, metric, widths, brush));
    let careful = estimate.unstable || !group.flags.is_empty();
    let sign = if careful { brush.theme.glyph(Glyph::Alert) } else { " " };
    spans.push(brush.piece(format!(" {sign}"), Role::Warn));
    Drawn { spans, item: None }
}

fn range(metric: &str, estimate: &Estimate) -> String {
    estimate.interval().map_or_else(
        || "no interval".to_owned(),
        |interval| {
            let (low, high) = (figure(metric, interval.low), figure(metric, interval.high));
            format!("{} to {}", low.trim_end_matches(" %"), high.trim_end_matches(" %"))
        },
    )
}

/// The difference from the reference: bold in words and colour where its interval leaves out zero.
fn of_gap(
    versus: Option<&Versus>,
    is_reference: bool,
    metric: &str,
    widths: &Widths,
    brush: &Brush<'_>,
) -> Vec<ratatui::text::Span<'static>> {
    if widths.gap == 0 {
        return Vec::new();
    }
    let Some(versus) = versus else {
        let word = if is_reference { "ref." } else { "" };
        return vec![brush.piece(format!(" {}{}", pad_left(word, GAP), " ".repeat(widths.gap_range)), Role::Dim)];
    };
    let told = versus.difference.value.map_or_else(|| "undef.".to_owned(), |value| points(metric, value));
    let clear = versus.difference.interval().is_some_and(|it| it.low > 0.0 || it.high < 0.0);
    let role = if clear { Role::Bad } else { Role::Dim };
    let mut spans = vec![brush.piece(format!(" {}", pad_left(&told, GAP)), role)];
    if widths.gap_range > 0 {
        let range = versus.difference.interval().map_or_else(String::new, |interval| {
            format!("{} to {}", points(metric, interval.low), points(metric, interval.high))
        });
        spans.push(brush.piece(format!(" {}", pad(&range, widths.gap_range)), Role::Dim));
    }
    spans
}
