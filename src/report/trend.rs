//! The programme's figures as a page: a table with a picture of each trend, and a chart with its target for each. Inline SVG,
//! legible in print and without colour.

use std::fmt::Write;

use chrono::NaiveDate;

use super::escape::xml;
use crate::review::kpi::{Figure, Period, Unit, Verdict};

/// A page with these figures, standing alone.
#[must_use]
pub fn page(workspace: &str, period: &Period, figures: &[Figure], today: NaiveDate) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1><p>{} to {}; {}; computed on {today}.</p>\n",
        period.from,
        period.to,
        xml(workspace),
        title = xml(&format!("Figures of the programme, {}", period.name)),
    );
    html.push_str(
        "<table><thead><tr><th>Figure</th><th>Group</th><th>Value</th><th>Target</th><th>Target met</th>\
         <th>Numerator / denominator</th><th>n</th><th>Trend</th></tr></thead><tbody>\n",
    );
    for figure in figures {
        let verdict = match figure.verdict {
            Verdict::Met => "✓ met",
            Verdict::Missed => "✗ missed",
            Verdict::Open => "–",
        };
        let _ = writeln!(
            html,
            "<tr><td title=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"{}\">{verdict}</td><td>{}</td>\
             <td>{}</td><td>{}</td></tr>",
            xml(figure.kpi.formula),
            xml(figure.kpi.name),
            xml(figure.group.as_deref().unwrap_or("all")),
            xml(&figure.shown()),
            xml(&figure.goal.words),
            figure.verdict.word(),
            figure.ratio(" / "),
            figure.counted.n,
            line(figure.kpi.name, figure.kpi.unit, &figure.trend),
        );
    }
    html.push_str("</tbody></table>\n</body></html>\n");
    html
}

const STYLE: &str = "body{font:14px/1.45 system-ui,sans-serif;margin:2em;color:#1d2129;background:#fff}\
h1{font-size:1.4em}table{border-collapse:collapse}td,th{padding:.35em .7em;border-bottom:1px solid #ccd;text-align:left;\
vertical-align:middle}.missed{font-weight:600}svg.trend{width:240px;height:70px}svg.trend polyline{fill:none;stroke:#234;\
stroke-width:1.6}svg.trend circle{fill:#234}svg.trend text{font-size:9px;fill:#445}svg.trend .limit{stroke:#a33;\
stroke-dasharray:4 3}@media print{body{margin:0}}";

/// A chart of a figure over periods: a line that is broken where there is no figure, with the first and the last value
/// beside it.
#[must_use]
pub fn line(title: &str, unit: Unit, trend: &[(String, Option<f64>)]) -> String {
    let points: Vec<(f64, f64)> = trend
        .iter()
        .enumerate()
        .filter_map(|(at, (_, value))| Some((f64::from(u32::try_from(at).ok()?), (*value)?)))
        .collect();
    let told: Vec<String> = trend
        .iter()
        .map(|(period, value)| format!("{period}: {}", value.map_or("no data".to_owned(), |value| unit.shown(value))))
        .collect();
    let last = f64::from(u32::try_from(trend.len().saturating_sub(1)).unwrap_or(1)).max(1.0);
    let chart = Chart::of(&points, last, None);
    let mut svg = Chart::open(title, &told.join("; "));
    let mut run: Vec<(f64, f64)> = Vec::new();
    let mut before = None;
    for point in &points {
        if before.is_some_and(|before: f64| point.0 - before > 1.0) {
            chart.stroke(&mut svg, &run);
            run.clear();
        }
        before = Some(point.0);
        run.push(*point);
    }
    chart.stroke(&mut svg, &run);
    if let Some((x, y)) = points.last() {
        let (x, y) = chart.place(*x, *y);
        let _ = write!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="2.5"/>"#);
    }
    if let (Some((first, _)), Some((last, _))) = (trend.first(), trend.last()) {
        let _ = write!(svg, r#"<text x="4" y="68">{}</text>"#, xml(&crate::text::fit(first, 12)));
        let _ = write!(svg, r#"<text x="236" y="68" text-anchor="end">{}</text>"#, xml(&crate::text::fit(last, 12)));
    }
    svg.push_str("</svg>");
    svg
}

/// A chart of a series of readings with the signal's threshold. A gap is a break of the line. Of many points only as many
/// are drawn as can be seen: the lowest and the highest of each column.
#[must_use]
pub fn series(title: &str, runs: &[Vec<(f64, f64)>], threshold: Option<f64>) -> String {
    const COLUMNS: f64 = 220.0;
    let all: Vec<(f64, f64)> = runs.iter().flatten().copied().collect();
    let (first, last) = all.iter().fold((f64::MAX, f64::MIN), |(a, b), (x, _)| (a.min(*x), b.max(*x)));
    let span = (last - first).max(f64::MIN_POSITIVE);
    let moved = |run: &Vec<(f64, f64)>| run.iter().map(|(x, y)| ((x - first) / span * COLUMNS, *y)).collect::<Vec<_>>();
    let chart = Chart::of(&moved(&all), COLUMNS, threshold);
    let mut svg = Chart::open(title, &format!("{} readings in {} runs", all.len(), runs.len()));
    if let Some(threshold) = threshold {
        let (_, y) = chart.place(0.0, threshold);
        let _ = write!(svg, r#"<line class="limit" x1="4" x2="236" y1="{y:.1}" y2="{y:.1}"/>"#);
    }
    for run in runs {
        chart.stroke(&mut svg, &thinned(&moved(run)));
    }
    svg.push_str("</svg>");
    svg
}

/// Of each column the lowest and the highest point, in the order of time.
#[must_use]
pub fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    let mut column: Vec<(f64, f64)> = Vec::new();
    let flush = |column: &mut Vec<(f64, f64)>, out: &mut Vec<(f64, f64)>| {
        let low = column.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = column.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut both: Vec<(f64, f64)> = low.into_iter().chain(high).collect();
        both.sort_by(|a, b| a.0.total_cmp(&b.0));
        both.dedup();
        out.extend(both);
        column.clear();
    };
    for point in points {
        if column.first().is_some_and(|first| first.0.floor() < point.0.floor()) {
            flush(&mut column, &mut out);
        }
        column.push(*point);
    }
    flush(&mut column, &mut out);
    out
}

/// Where points come to lie.
struct Chart {
    width: f64,
    low: f64,
    high: f64,
}

impl Chart {
    fn of(points: &[(f64, f64)], width: f64, also: Option<f64>) -> Self {
        let values = points.iter().map(|(_, y)| *y).chain(also);
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        let room = if high > low { 0.0 } else { 0.5_f64.max(high.abs() / 10.0) };
        Self { width, low: low - room, high: high + room }
    }

    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        (4.0 + x / self.width * 232.0, 54.0 - (y - self.low) / (self.high - self.low) * 48.0)
    }

    fn open(title: &str, description: &str) -> String {
        format!(
            r#"<svg class="trend" viewBox="0 0 240 70" role="img" aria-label="{}"><desc>{}</desc>"#,
            xml(title),
            xml(description)
        )
    }

    fn stroke(&self, svg: &mut String, run: &[(f64, f64)]) {
        if run.is_empty() {
            return;
        }
        svg.push_str("<polyline points=\"");
        for (x, y) in run {
            let (x, y) = self.place(*x, *y);
            let _ = write!(svg, "{x:.1},{y:.1} ");
        }
        svg.push_str("\"/>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_where_there_is_no_figure() {
        let trend = [("a", Some(1.0)), ("b", Some(2.0)), ("c", None), ("d", Some(1.5))];
        let trend: Vec<(String, Option<f64>)> = trend.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let svg = line("T <b>", Unit::Count, &trend);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("c: no data") && svg.contains("T &lt;b&gt;"), "{svg}");
        assert!(!line("T", Unit::Share, &[]).contains("NaN"));
    }

    #[test]
    fn a_million_points_are_drawn_as_a_few() {
        let run: Vec<(f64, f64)> = (0..1_000_000).map(|at| (f64::from(at), f64::from(at % 97))).collect();
        let svg = series("Big", &[run], Some(50.0));
        assert!(svg.len() < 20_000, "{}", svg.len());
        assert!(svg.contains("class=\"limit\"") && !svg.contains("NaN"));
    }
}
