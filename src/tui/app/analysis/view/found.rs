//! The worst slices: what their rows have in common, n, the figure, and the gap against all others on a shared axis.

use super::axis::Axis;
use super::{Brush, Drawn, pad, pad_left};
use crate::review::analysis::words::{figure, points};
use crate::text::thousands;
use crate::tui::app::analysis::screen::Analysis;
use crate::tui::theme::Role;

const N: usize = 7;
const VALUE: usize = 8;
const GAP: usize = 7;
const P: usize = 7;

/// The slices, the worst first.
pub fn lines(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    if let Some(why) = &analysis.failed {
        return brush.wrapped(why, Role::Error);
    }
    let Some(found) = &analysis.found else {
        return vec![brush.text(
            "Nothing was searched yet: + and - change the least size, > and < the depth, s the measure.",
            Role::Dim,
        )];
    };
    if found.slices.is_empty() {
        return vec![brush.text("No slice of that size is worse than the rest.", Role::Dim)];
    }
    let metric = found.measure.as_str();
    let axis = Axis::of(metric, true, found.slices.iter().map(|slice| &slice.gap));
    let fixed = N + VALUE + GAP + P + 5;
    let axis_cells = (brush.cells.saturating_sub(fixed) / 3).min(48);
    let range = if brush.cells >= 104 { 17 } else { 0 };
    let name = brush.cells.saturating_sub(fixed + axis_cells + range + usize::from(range > 0));
    let (low, high) = axis.map(|axis| axis.ends(metric)).unwrap_or_default();
    let between = axis_cells.saturating_sub(low.chars().count() + high.chars().count());
    let ends = format!("{low}{}{high}", " ".repeat(between));
    let mut head = format!(
        "{} {} {} {} {}",
        pad("slice", name),
        pad_left("n", N),
        pad_left("figure", VALUE),
        pad(&ends, axis_cells),
        pad_left("gap", GAP)
    );
    if range > 0 {
        head.push_str(&format!(" {}", pad("95 % of the gap", range)));
    }
    head.push_str(&format!(" {}", pad_left("adj. p", P)));
    let mut lines = vec![brush.text(&head, Role::Header)];
    for (at, slice) in found.slices.iter().enumerate() {
        let value = slice.figure.value.map_or_else(|| "undef.".to_owned(), |value| figure(metric, value));
        let gap = slice.gap.value.map_or_else(|| "undef.".to_owned(), |gap| points(metric, gap));
        let clear = slice.gap.interval().is_some_and(|it| it.low > 0.0 || it.high < 0.0);
        let p = match slice.p_adjusted {
            None => "none".to_owned(),
            Some(p) if p < 0.001 => "<0.001".to_owned(),
            Some(p) => format!("{p:.3}"),
        };
        let drawn = axis.map_or_else(String::new, |axis| axis.drawn(&slice.gap, axis_cells, true, brush.theme));
        let mut spans = vec![
            brush.piece(pad(&slice.name(), name), Role::Text),
            brush.piece(format!(" {}", pad_left(&thousands(slice.n), N)), Role::Text),
            brush.piece(format!(" {}", pad_left(&value, VALUE)), Role::Text),
            brush.piece(format!(" {}", pad(&drawn, axis_cells)), Role::Accent),
            brush.piece(format!(" {}", pad_left(&gap, GAP)), if clear { Role::Bad } else { Role::Dim }),
        ];
        if range > 0 {
            let told = slice.gap.interval().map_or_else(String::new, |interval| {
                format!("{} to {}", points(metric, interval.low), points(metric, interval.high))
            });
            spans.push(brush.piece(format!(" {}", pad(&told, range)), Role::Dim));
        }
        spans.push(brush.piece(format!(" {}", pad_left(&p, P)), Role::Dim));
        lines.push(Drawn { spans, item: Some(at) });
    }
    if found.tied > 0 {
        lines.push(
            brush.text(&format!("{} more slices are exactly as bad as the last of these.", found.tied), Role::Dim),
        );
    }
    lines
}
