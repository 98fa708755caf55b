//! What has the cursor, in whole sentences under the table.

use super::{Brush, Drawn, data, pad_left};
use crate::review::analysis::words::{gap, group_name, label, metric_of, of_which, whole};
use crate::slices::report::{Attribute, Group};
use crate::slices::scored::Calibration;
use crate::text::thousands;
use crate::tui::app::analysis::screen::{Analysis, Item, View};
use crate::tui::theme::{Glyph, Role};

/// The lines about what has the cursor.
pub fn lines(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    lines_of(analysis, analysis.item(), brush)
}

/// The lines about an item.
pub fn lines_of(analysis: &Analysis, item: Option<Item>, brush: &Brush<'_>) -> Vec<Drawn> {
    let said = |text: String| brush.wrapped(&text, Role::Text);
    match item {
        None => Vec::new(),
        Some(Item::Judged(at)) => match analysis.verdict.judged.get(at) {
            Some(one) => {
                let mut lines = said(one.text.clone());
                let threshold = analysis.opened.thresholds.iter().find(|known| known.id == one.threshold);
                if let Some(threshold) = threshold {
                    let from = threshold.reference.as_ref().map(|from| format!(" ({from})")).unwrap_or_default();
                    lines.extend(brush.wrapped(&format!("{}: {}{from}", threshold.id, threshold.reason), Role::Dim));
                }
                lines
            }
            None => Vec::new(),
        },
        Some(Item::Group(crossed, attribute, group)) => match analysis.group(crossed, attribute, group) {
            Some((attribute, group)) => of_group(analysis, attribute, group, brush),
            None => Vec::new(),
        },
        Some(Item::Slice(at)) => analysis.slice(at).map(|slice| of_slice(analysis, slice, brush)).unwrap_or_default(),
        Some(Item::Change(at)) => analysis.opened.changes.get(at).map(|one| said(one.text())).unwrap_or_default(),
        Some(Item::Text(at)) => data::lines(analysis).get(at).cloned().map(said).unwrap_or_default(),
    }
}

fn of_group(analysis: &Analysis, attribute: &Attribute, group: &Group, brush: &Brush<'_>) -> Vec<Drawn> {
    let metric = analysis.shown_metric();
    let Some(estimate) = metric_of(group, metric) else {
        return brush.wrapped(&format!("{}: nothing is shown of it.", group_name(attribute, group)), Role::Dim);
    };
    let about = of_which(metric, analysis.opened.report.data.task);
    let mut text =
        format!("{}: {} {} ({about})", group_name(attribute, group), label(metric), whole(metric, &estimate));
    let disparity = attribute.disparities.metrics.get(metric);
    let versus = disparity.and_then(|disparity| disparity.groups.iter().find(|versus| versus.value == group.value));
    let reference = attribute.disparities.reference.as_deref().unwrap_or_default();
    if let Some(versus) = versus.filter(|_| group.value != reference) {
        text.push_str(&format!("; against {reference} {}", gap(metric, &versus.difference)));
        if let Some(p) = versus.p_adjusted {
            text.push_str(&if p < 0.001 {
                ", adjusted p < 0.001".to_owned()
            } else {
                format!(", adjusted p = {p:.3}")
            });
        }
    }
    text.push('.');
    let mut lines = brush.wrapped(&text, Role::Text);
    if let Some(calibration) = group.calibration.as_ref().filter(|_| analysis.view == View::Calibration) {
        lines.extend(bins(calibration, brush));
    }
    if !group.flags.is_empty() {
        let sign = brush.theme.glyph(Glyph::Alert);
        lines.extend(brush.wrapped(&format!("{sign} {}", group.flags.join("; ")), Role::Warn));
    }
    if let Some(disparity) = disparity.filter(|_| analysis.view != View::Calibration)
        && let (Some(chance), Some(widest)) = (&disparity.chance, disparity.gap.value)
    {
        let told = format!(
            "Widest gap of all groups {:.1} points; chance alone would give about {:.1}.",
            100.0 * widest,
            100.0 * chance.expected_gap
        );
        lines.extend(brush.wrapped(&told, Role::Dim));
    }
    lines
}

/// How wide the bar of a bin is.
const BAR: usize = 20;

/// The bins of scores: how many rows, the mean score, and the share that came true, with a bar.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn bins(calibration: &Calibration, brush: &Brush<'_>) -> Vec<Drawn> {
    let told = format!(
        "Calibration error {:.3} over {} rows (10 bins of equal width)",
        calibration.ece,
        thousands(calibration.n)
    );
    let mut lines = vec![brush.text(&told, Role::Dim)];
    for bin in &calibration.bins {
        let full = (bin.observed.clamp(0.0, 1.0) * BAR as f64).round() as usize;
        let at = (bin.mean_score.clamp(0.0, 1.0) * (BAR - 1) as f64).round() as usize;
        let sign = |place: usize| match place {
            place if place == at => brush.theme.glyph(Glyph::IntervalPoint),
            place if place < full => brush.theme.glyph(Glyph::BarFull),
            _ => brush.theme.glyph(Glyph::BarEmpty),
        };
        let drawn: String = (0..BAR).map(sign).collect();
        let careful = if bin.n < 10 { "  few" } else { "" };
        let text = format!(
            "{:.1} to {:.1}  n {}  score {:.3}  came true {:.3}  ",
            bin.low,
            bin.high,
            pad_left(&thousands(bin.n), 7),
            bin.mean_score,
            bin.observed
        );
        let role = if bin.n < 10 { Role::Dim } else { Role::Text };
        lines.push(Drawn {
            spans: vec![brush.piece(text, role), brush.piece(drawn, Role::BarFull), brush.piece(careful, Role::Dim)],
            item: None,
        });
    }
    lines
}

fn of_slice(analysis: &Analysis, slice: &crate::slices::search::SliceFound, brush: &Brush<'_>) -> Vec<Drawn> {
    let metric = analysis.found.as_ref().map(|found| found.measure.as_str()).unwrap_or_default();
    let text = format!(
        "{}: {} of {} rows ({:.1} %). {} {}, {} for all others: a gap of {}.",
        slice.name(),
        label(metric),
        thousands(slice.n),
        100.0 * slice.share,
        label(metric),
        whole(metric, &slice.figure),
        whole(metric, &slice.rest),
        gap(metric, &slice.gap)
    );
    let mut lines = brush.wrapped(&text, Role::Text);
    let shares: Vec<String> = slice
        .items
        .iter()
        .filter_map(|item| Some(format!("{} = {} {:+.3}", item.column, item.value, item.share?)))
        .collect();
    if !shares.is_empty() {
        lines.extend(brush.wrapped(&format!("What each brings (Shapley): {}", shares.join(", ")), Role::Dim));
    }
    if let Some(confirmed) = &slice.confirmed {
        let word = if confirmed.holds { "holds" } else { "does not hold" };
        let told = format!("In the half that was not searched it {word}: {}", gap(metric, &confirmed.gap));
        lines.extend(brush.wrapped(&told, Role::Text));
    }
    lines
}
