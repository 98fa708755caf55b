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
            line(figure.kpi.name, figure.kpi.unit, &figure.trend, figure.goal.limit()),
        );
    }
    html.push_str("</tbody></table>\n</body></html>\n");
    html
}

const STYLE: &str = "body{font:14px/1.45 system-ui,sans-serif;margin:2em;color:#1d2129;background:#fff}\
h1{font-size:1.4em}table{border-collapse:collapse}td,th{padding:.35em .7em;border-bottom:1px solid #ccd;text-align:left;\
vertical-align:middle}.missed{font-weight:600}svg.spark{width:240px;height:70px}svg.spark polyline{fill:none;stroke:#234;\
stroke-width:1.6}svg.spark circle{fill:#234}svg.spark text{font-size:9px;fill:#445}svg.spark .limit{stroke:#a33;\
stroke-dasharray:4 3}@media print{body{margin:0}}";

/// A chart of a figure over periods: a line that is broken where there is no figure, with what it is held against as a dashed
/// line.
#[must_use]
pub fn line(title: &str, unit: Unit, trend: &[(String, Option<f64>)], limit: Option<f64>) -> String {
    let points: Vec<(f64, f64)> = trend
        .iter()
        .enumerate()
        .filter_map(|(at, (_, value))| Some((f64::from(u32::try_from(at).ok()?), (*value)?)))
        .collect();
    let mut told: Vec<String> = trend
        .iter()
        .map(|(period, value)| format!("{period}: {}", value.map_or("no data".to_owned(), |value| unit.shown(value))))
        .collect();
    told.extend(limit.map(|limit| format!("held against {}", unit.shown(limit))));
    let last = f64::from(u32::try_from(trend.len().saturating_sub(1)).unwrap_or(1)).max(1.0);
    let chart = Chart::of(&points, last, limit);
    let mut svg = Chart::open(title, &told.join("; "));
    chart.limit(&mut svg, limit);
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
    // A mark at each figure, so that one between two gaps is seen too; the last one is the one that is told.
    for (at, (x, y)) in points.iter().enumerate() {
        let (x, y) = chart.place(*x, *y);
        let radius = if at + 1 == points.len() { 2.8 } else { 1.6 };
        let _ = write!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}"/>"#);
    }
    if let (Some((first, _)), Some((last, _))) = (trend.first(), trend.last()) {
        let _ = write!(svg, r#"<text x="4" y="68">{}</text>"#, xml(&short(first)));
        let _ = write!(svg, r#"<text x="236" y="68" text-anchor="end">{}</text>"#, xml(&short(last)));
    }
    svg.push_str("</svg>");
    svg
}

/// A period as it is written under a chart: of a span of days, the last one.
fn short(period: &str) -> String {
    match period.split_once("..") {
        Some((_, to)) => format!("to {to}"),
        None => crate::text::fit(period, 12).into_owned(),
    }
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
    chart.limit(&mut svg, threshold);
    for run in runs {
        chart.stroke(&mut svg, &thinned(&moved(run)));
    }
    if let (Some(from), Some(to)) = (day_of(first), day_of(last)) {
        let _ = write!(svg, r#"<text x="4" y="68">{from}</text><text x="236" y="68" text-anchor="end">{to}</text>"#);
    }
    svg.push_str("</svg>");
    svg
}

/// The day of a moment in milliseconds.
fn day_of(milliseconds: f64) -> Option<NaiveDate> {
    #[expect(clippy::cast_possible_truncation, reason = "a moment that cannot be one has no day")]
    chrono::DateTime::from_timestamp_millis(milliseconds as i64).map(|at| at.date_naive())
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
            r#"<svg class="spark" viewBox="0 0 240 70" role="img" aria-label="{}"><desc>{}</desc>"#,
            xml(title),
            xml(description)
        )
    }

    /// A dashed line at what the values are held against, with its number.
    fn limit(&self, svg: &mut String, limit: Option<f64>) {
        let Some(limit) = limit else { return };
        let (_, y) = self.place(0.0, limit);
        let _ = write!(svg, r#"<line class="limit" x1="4" x2="236" y1="{y:.1}" y2="{y:.1}"/>"#);
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
        let svg = line("T <b>", Unit::Count, &trend, Some(1.5));
        assert_eq!((svg.matches("<polyline").count(), svg.matches("<circle").count()), (2, 3));
        assert!(svg.contains("class=\"limit\"") && svg.contains("held against 2"), "{svg}");
        assert!(svg.contains("c: no data") && svg.contains("T &lt;b&gt;"), "{svg}");
        assert!(!line("T", Unit::Share, &[], None).contains("NaN"));
    }

    #[test]
    fn a_million_points_are_drawn_as_a_few() {
        let run: Vec<(f64, f64)> = (0..1_000_000).map(|at| (f64::from(at), f64::from(at % 97))).collect();
        let svg = series("Big", &[run], Some(50.0));
        assert!(svg.len() < 20_000, "{}", svg.len());
        assert!(svg.contains("class=\"limit\"") && !svg.contains("NaN"));
    }
}
