//! Pictures as inline SVG, legible in print and without colour: every mark has its number beside it.

use std::fmt::Write;

use super::figure::{self, Unit, label, unit};
use crate::escape::xml;
use crate::slices::cells::Task;
use crate::slices::report::{Attribute, Group, Hidden};
use crate::text::thousands;
use crate::text::{fit, line, width};

/// The figures that pictures are drawn of.
const DRAWN: [&str; 6] = ["selection_rate", "tpr", "fpr", "precision", "rate", "mae"];

/// The height of a row.
const ROW: f64 = 22.0;
/// Where the axis begins.
const LEFT: f64 = 190.0;
/// How long it is.
const AXIS: f64 = 300.0;
/// The width of a picture.
const WIDTH: f64 = 680.0;

/// All pictures of an attribute.
#[must_use]
pub fn all(attribute: &Attribute, task: Task) -> String {
    let mut out = String::new();
    for name in DRAWN {
        out.push_str(&intervals(attribute, name, task).unwrap_or_default());
    }
    if let [rows, columns] = attribute.columns.as_slice() {
        for name in ["selection_rate", "tpr", "fpr", "rate"] {
            out.push_str(&heat(attribute, (rows, columns), name).unwrap_or_default());
        }
    }
    out.push_str(&calibration(attribute));
    out
}

fn safe(text: &str, cells: usize) -> String {
    xml(&fit(&line(text), cells))
}

/// One figure of all groups, with intervals on one axis, and a line where the reference is.
fn intervals(attribute: &Attribute, name: &str, task: Task) -> Option<String> {
    let shown: Vec<&Group> = attribute.groups.iter().filter(|group| group.metrics.get(name).is_some()).collect();
    let known = |group: &&Group| group.metrics.get(name).and_then(|estimate| estimate.value);
    if shown.iter().filter_map(known).count() < 2 {
        return None;
    }
    let unit = unit(name, task);
    let most = match unit {
        Unit::Percent => 1.0,
        Unit::Number => {
            let ends =
                shown.iter().filter_map(|group| group.metrics.get(name)).filter_map(|found| found.high.or(found.value));
            ends.fold(0.0, f64::max).max(f64::MIN_POSITIVE)
        }
    };
    let place = |value: f64| LEFT + AXIS * (value / most).clamp(0.0, 1.0);
    #[allow(clippy::cast_precision_loss)] // Few groups.
    let height = ROW * shown.len() as f64 + 34.0;
    let title = format!("{} by {}", label(name), attribute.name);
    let mut svg = format!(
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        safe(&title, 80),
        safe(&title, 80)
    );
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let (x, bottom) = (place(value), height - 26.0);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"4\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/><text class=\"axis\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            height - 10.0,
            tick(value, unit)
        );
    }
    let reference = attribute.disparities.reference.as_ref();
    let measure = shown.iter().find(|group| Some(&group.value) == reference).and_then(known);
    if let Some(value) = measure {
        let (x, bottom) = (place(value), height - 26.0);
        let _ = write!(svg, "<line class=\"reference\" x1=\"{x:.1}\" y1=\"4\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>");
    }
    for (at, group) in shown.iter().enumerate() {
        #[allow(clippy::cast_precision_loss)] // Few groups.
        let y = ROW * at as f64 + 16.0;
        let Some(estimate) = group.metrics.get(name) else { continue };
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            y + 4.0,
            safe(&group.value, 26)
        );
        if let Some(interval) = estimate.interval() {
            let (low, high) = (place(interval.low), place(interval.high));
            let class = if estimate.unstable { "interval unstable" } else { "interval" };
            let _ = write!(
                svg,
                "<path class=\"{class}\" d=\"M{low:.1} {y:.1}H{high:.1}M{low:.1} {:.1}v8M{high:.1} {:.1}v8\"/>",
                y - 4.0,
                y - 4.0
            );
        }
        if let Some(value) = estimate.value {
            let _ = write!(svg, "<circle class=\"point\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>", place(value));
        }
        let shown = match estimate.value {
            Some(_) => format!("{} n {}", figure::estimate(estimate, unit, false), thousands(estimate.n)),
            None => "undefined".to_owned(),
        };
        let _ = write!(
            svg,
            "<text class=\"value\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT + AXIS + 10.0,
            y + 4.0,
            xml(&shown)
        );
    }
    svg.push_str("</svg></figure>\n");
    Some(svg)
}

fn tick(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{:.0} %", 100.0 * value),
        Unit::Number => figure::number(value, unit),
    }
}

/// A figure of two crossed attributes: the darker, the higher; numbers say what colour says.
fn heat(attribute: &Attribute, (down, across): (&str, &str), name: &str) -> Option<String> {
    const CELL: (f64, f64) = (92.0, 34.0);
    let any = attribute.groups.iter().any(|group| group.metrics.get(name).is_some());
    if !any {
        return None;
    }
    let names = |at: usize| {
        let mut all: Vec<&String> = Vec::new();
        for value in attribute.groups.iter().filter_map(|group| group.values.get(at)) {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        all
    };
    let (rows, columns) = (names(0), names(1));
    let left = rows.iter().map(|name| width(name)).max().unwrap_or(0).min(24);
    #[allow(clippy::cast_precision_loss)] // Few groups.
    let (left, across_count, down_count) = (left as f64 * 7.5 + 20.0, columns.len() as f64, rows.len() as f64);
    let title = format!("{}: {down} down, {across} across", label(name));
    let mut svg = format!(
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {:.1} {:.1}\" style=\"max-width:{:.0}px\" role=\"img\" aria-label=\"{}\">",
        safe(&title, 100),
        left + CELL.0 * across_count + 4.0,
        24.0 + CELL.1 * down_count + 4.0,
        left + CELL.0 * across_count + 4.0,
        safe(&title, 100)
    );
    for (at, column) in columns.iter().enumerate() {
        #[allow(clippy::cast_precision_loss)] // Few groups.
        let x = left + CELL.0 * (at as f64 + 0.5);
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{x:.1}\" y=\"16\" text-anchor=\"middle\">{}</text>",
            safe(column, 13)
        );
    }
    for (down, row) in rows.iter().enumerate() {
        #[allow(clippy::cast_precision_loss)] // Few groups.
        let y = 24.0 + CELL.1 * down as f64;
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            y + CELL.1 / 2.0 + 4.0,
            safe(row, 24)
        );
        for (at, column) in columns.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)] // Few groups.
            let x = left + CELL.0 * at as f64;
            let is_it = |group: &&Group| group.values.first() == Some(*row) && group.values.get(1) == Some(*column);
            let group = attribute.groups.iter().find(is_it);
            cell(&mut svg, (x, y, CELL.0, CELL.1), group, name);
        }
    }
    svg.push_str("</svg></figure>\n");
    Some(svg)
}

fn cell(svg: &mut String, (x, y, w, h): (f64, f64, f64, f64), group: Option<&Group>, name: &str) {
    let estimate = group.and_then(|group| group.metrics.get(name));
    let value = estimate.and_then(|estimate| estimate.value);
    let shade = value.unwrap_or(0.0);
    let hidden = group.map_or(Some(Hidden::Empty), |group| group.hidden);
    let (first, second) = match (hidden, estimate.zip(value)) {
        (Some(Hidden::Empty), _) => ("no rows".to_owned(), String::new()),
        (Some(_), _) => ("too few".to_owned(), String::new()),
        (None, Some((estimate, value))) => {
            let mark = if estimate.unstable { "*" } else { "" };
            (format!("{}{mark}", figure::number(value, Unit::Percent)), format!("n {}", thousands(estimate.n)))
        }
        (None, None) => ("undefined".to_owned(), String::new()),
    };
    // Text on the darker half is light.
    let class = if shade > 0.5 { "dark" } else { "pale" };
    let _ = write!(
        svg,
        "<rect class=\"cell\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill-opacity=\"{shade:.3}\"/><text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text><text class=\"small {class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        x + w / 2.0,
        y + 15.0,
        xml(&first),
        x + w / 2.0,
        y + 28.0,
        xml(&second)
    );
}

/// What scores say against what is so, one small picture a group.
fn calibration(attribute: &Attribute) -> String {
    const SIDE: f64 = 120.0;
    let mut out = String::new();
    for group in &attribute.groups {
        let Some(calibration) = &group.calibration else { continue };
        let title = format!("Calibration of {}", group.value);
        let _ = write!(
            out,
            "<svg class=\"square\" viewBox=\"0 0 150 160\" role=\"img\" aria-label=\"{}\"><text class=\"label\" x=\"20\" y=\"12\">{}</text><path class=\"grid\" d=\"M20 140V20M20 140H140M20 140L140 20\"/>",
            safe(&title, 80),
            safe(&group.value, 20)
        );
        let place =
            |bin: &crate::slices::scored::CalibrationBin| (20.0 + SIDE * bin.mean_score, 140.0 - SIDE * bin.observed);
        let path: Vec<String> = calibration
            .bins
            .iter()
            .map(place)
            .enumerate()
            .map(|(at, (x, y))| format!("{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" }))
            .collect();
        let _ = write!(out, "<path class=\"curve\" d=\"{}\"/>", path.join(""));
        for bin in &calibration.bins {
            let (x, y) = place(bin);
            let class = if bin.n < 10 { "few" } else { "point" };
            let _ = write!(out, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>");
        }
        let _ =
            writeln!(out, "<text class=\"axis\" x=\"20\" y=\"154\">score → · ECE {:.3}</text></svg>", calibration.ece);
    }
    if out.is_empty() {
        return out;
    }
    format!(
        "<figure><figcaption>Calibration by {}: share of positives over mean score; on the diagonal, scores mean what they say; hollow points have fewer than ten rows</figcaption>{out}</figure>\n",
        safe(&attribute.name, 60)
    )
}
