//! Two attributes crossed: a heat map of the gaps from the reference, and below it the same groups with all numbers.

use super::{Brush, Drawn, groups, pad, pad_left};
use crate::review::analysis::words::{figure, points};
use crate::slices::report::{Attribute, Group, Hidden};
use crate::tui::app::analysis::screen::Analysis;
use crate::tui::theme::{Glyph, Role};

/// How wide a cell is.
const CELL: usize = 10;

/// The map and its table.
pub fn lines(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    let Some(attribute) = analysis.opened.report.intersections.get(analysis.crossing) else { return Vec::new() };
    let mut lines = map(attribute, analysis.shown_metric(), brush);
    lines.push(Brush::gap());
    let mut item = 0;
    lines.extend(groups::table(attribute, std::slice::from_ref(attribute), analysis.shown_metric(), &mut item, brush));
    lines
}

/// The values of one of the columns, in the order in which groups come.
fn values(attribute: &Attribute, at: usize) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for value in attribute.groups.iter().filter_map(|group| group.values.get(at)) {
        if !all.contains(&value.as_str()) {
            all.push(value);
        }
    }
    all
}

fn map(attribute: &Attribute, metric: &str, brush: &Brush<'_>) -> Vec<Drawn> {
    let (mut down, mut across) = ((0, values(attribute, 0)), (1, values(attribute, 1)));
    // The shorter one goes across, so that the map fits.
    if across.1.len() > down.1.len() {
        std::mem::swap(&mut down, &mut across);
    }
    let name = (brush.cells / 5).clamp(10, 24);
    let fits = brush.cells.saturating_sub(name) / (CELL + 1);
    let mut head = pad("", name);
    for value in across.1.iter().take(fits) {
        head.push_str(&format!(" {}", pad_left(&crate::text::fit(&crate::text::line(value), CELL), CELL)));
    }
    let mut lines = vec![brush.text(&head, Role::Header)];
    for row in &down.1 {
        let mut spans = vec![brush.piece(pad(row, name), Role::Label)];
        for column in across.1.iter().take(fits) {
            let is_it = |group: &&Group| {
                group.values.get(down.0).map(String::as_str) == Some(*row)
                    && group.values.get(across.0).map(String::as_str) == Some(*column)
            };
            let (text, role) = cell(attribute, attribute.groups.iter().find(is_it), metric, brush);
            spans.push(brush.piece(format!(" {}", pad_left(&text, CELL)), role));
        }
        lines.push(Drawn { spans, item: None });
    }
    if across.1.len() > fits {
        lines.push(brush.text(&format!("{} more columns; the table has them all", across.1.len() - fits), Role::Dim));
    }
    let sign = |glyph| brush.theme.glyph(glyph).to_owned();
    let legend = format!(
        "gap from the reference: {} 20 points and over  {} 10  {} 5  {} less  {} could be chance",
        sign(Glyph::Critical),
        sign(Glyph::High),
        sign(Glyph::Medium),
        sign(Glyph::Low),
        sign(Glyph::Open)
    );
    lines.push(brush.text(&legend, Role::Dim));
    lines
}

fn cell(attribute: &Attribute, group: Option<&Group>, metric: &str, brush: &Brush<'_>) -> (String, Role) {
    let Some(group) = group else { return ("empty".to_owned(), Role::Dim) };
    match group.hidden {
        Some(Hidden::Empty) => return ("empty".to_owned(), Role::Dim),
        Some(_) => return ("too few".to_owned(), Role::Dim),
        None => {}
    }
    let Some(value) = group.metrics.get(metric).and_then(|estimate| estimate.value) else {
        return ("undefined".to_owned(), Role::Warn);
    };
    if attribute.disparities.reference.as_deref() == Some(group.value.as_str()) {
        return (format!("ref {}", figure(metric, value).trim_end_matches(" %")), Role::Dim);
    }
    let versus = attribute.disparities.metrics.get(metric);
    let versus = versus.and_then(|disparity| disparity.groups.iter().find(|versus| versus.value == group.value));
    let Some(gap) = versus.and_then(|versus| versus.difference.value) else {
        return (figure(metric, value), Role::Text);
    };
    let clear = versus
        .and_then(|versus| versus.difference.interval())
        .is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0);
    let (glyph, role) = match gap.abs() {
        _ if !clear => (Glyph::Open, Role::Dim),
        size if size >= 0.2 => (Glyph::Critical, Role::Critical),
        size if size >= 0.1 => (Glyph::High, Role::High),
        size if size >= 0.05 => (Glyph::Medium, Role::Medium),
        _ => (Glyph::Low, Role::Low),
    };
    (format!("{} {}", brush.theme.glyph(glyph), points(metric, gap)), role)
}
