//! Pictures as inline SVG. Each is legible in print and without colour: every bar carries its number, every cell of the
//! heat map its count and its level, and what colour says, a pattern says too. Colours come from the page's style.

use std::fmt::Write;

use super::escape::xml;
use super::model::{BANDS, Grid, HeatMap, OwnerLine, StageLine, TrendPoint};
use crate::review::insights::Funnel;
use crate::text::thousands;

/// How many shades of level the page's style knows.
const SHADES: i64 = 4;

/// How many owners the picture of open actions shows at the most.
const OWNERS: usize = 12;

/// The patterns that the pictures share; stands once in a page.
#[must_use]
pub fn patterns() -> &'static str {
    r#"<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="5" height="5"/><line class="hatch-line" x1="0" y1="0" x2="0" y2="5"/></pattern>
<pattern id="level-1" width="7" height="7" patternUnits="userSpaceOnUse"><circle class="level-mark" cx="2" cy="2" r="0.8"/></pattern>
<pattern id="level-2" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="level-mark" x1="0" y1="0" x2="0" y2="6"/></pattern>
</defs></svg>"#
}

/// A level's shade: 0 for the least, 3 for the highest, whatever the policy calls them and however many there are.
#[must_use]
pub fn shade(rank: i64, heat: &HeatMap) -> i64 {
    let (first, last) =
        (heat.levels.first().map_or(0, |level| level.rank), heat.levels.last().map_or(0, |level| level.rank));
    if last <= first { SHADES - 1 } else { ((rank - first) * (SHADES - 1) + (last - first) / 2) / (last - first) }
}

/// One horizontal bar: what stands before it, its parts (class and size), and what stands after it.
struct Bar {
    label: String,
    parts: Vec<(&'static str, u64)>,
    note: String,
}

/// Bars under one another on one scale.
fn bars(title: &str, description: &str, label_width: u32, bars: &[Bar]) -> String {
    const WIDTH: u32 = 340;
    const ROW: usize = 20;
    const NOTE: u32 = 74;
    let most = bars.iter().map(|bar| bar.parts.iter().map(|(_, size)| size).sum::<u64>()).max().unwrap_or(0).max(1);
    let room = f64::from(WIDTH - label_width - NOTE);
    let height = bars.len() * ROW + 4;
    let mut svg = format!(
        r#"<svg class="chart bars" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{}"><desc>{}</desc>"#,
        xml(title),
        xml(description)
    );
    for (at, bar) in bars.iter().enumerate() {
        let top = at * ROW + 4;
        let middle = top + 11;
        let _ = write!(
            svg,
            r#"<text class="label" x="{}" y="{middle}" text-anchor="end">{}</text>"#,
            label_width - 7,
            xml(&bar.label)
        );
        let mut left = f64::from(label_width);
        for (class, size) in bar.parts.iter().filter(|(_, size)| *size > 0) {
            let width = (share(*size, most) * room).max(1.5);
            let _ = write!(svg, r#"<rect class="{class}" x="{left:.1}" y="{top}" width="{width:.1}" height="14"/>"#);
            left += width;
        }
        let _ = write!(svg, r#"<text class="value" x="{:.1}" y="{middle}">{}</text>"#, left + 5.0, xml(&bar.note));
    }
    svg.push_str("</svg>");
    svg
}

fn share(part: u64, whole: u64) -> f64 {
    // Counts are far under 2^52, where a double is exact.
    #[expect(clippy::cast_precision_loss, reason = "a picture's bar needs no more than a double holds")]
    let ratio = part as f64 / whole as f64;
    ratio
}

/// Reviews by stage: those that still need work, then the others; the part that is past the stage's date is hatched.
#[must_use]
pub fn stages(lines: &[StageLine]) -> String {
    let rows: Vec<Bar> = lines
        .iter()
        .filter(|line| !line.ended || line.reviews > 0)
        .map(|line| {
            let count = thousands(line.reviews);
            Bar {
                label: line.stage.to_string(),
                parts: if line.ended {
                    vec![("bar-ended", line.reviews)]
                } else {
                    vec![("bar-late", line.overdue), ("bar", line.reviews.saturating_sub(line.overdue))]
                },
                note: if line.overdue > 0 { format!("{count} ({} late)", thousands(line.overdue)) } else { count },
            }
        })
        .collect();
    let description = "One bar for each stage, with the number of reviews in it; hatched: past the date of the stage.";
    bars("Reviews by stage", description, 128, &rows)
}

/// Reviews of the queue by days in their stage.
#[must_use]
pub fn ages(lines: &[StageLine]) -> String {
    let rows: Vec<Bar> = BANDS
        .iter()
        .enumerate()
        .map(|(at, (_, label))| {
            let count: u64 = lines.iter().map(|line| line.ages[at]).sum();
            Bar { label: (*label).to_owned(), parts: vec![("bar", count)], note: thousands(count) }
        })
        .collect();
    bars("Reviews by days in their stage", "One bar for each span of days, with the number of reviews.", 92, &rows)
}

/// Open actions by owner: overdue, due soon, and the others.
#[must_use]
pub fn owners(lines: &[OwnerLine]) -> String {
    let mut rows: Vec<Bar> = lines
        .iter()
        .take(OWNERS)
        .map(|line| {
            let name = line.owner.as_deref().unwrap_or("nobody");
            owner_bar(crate::text::fit(name, 22).into_owned(), line.overdue, line.due_soon, line.open)
        })
        .collect();
    let rest = lines.get(OWNERS..).unwrap_or_default();
    if !rest.is_empty() {
        let sum = |part: fn(&OwnerLine) -> u64| rest.iter().map(part).sum();
        let label = format!("{} others", rest.len());
        rows.push(owner_bar(label, sum(|line| line.overdue), sum(|line| line.due_soon), sum(|line| line.open)));
    }
    let description = "One bar for each owner: hatched what is overdue, dark what is due soon, light the others.";
    bars("Open actions by owner", description, 134, &rows)
}

fn owner_bar(label: String, overdue: u64, soon: u64, open: u64) -> Bar {
    let later = open.saturating_sub(overdue + soon);
    let count = thousands(open);
    Bar {
        label,
        parts: vec![("bar-late", overdue), ("bar", soon), ("bar-later", later)],
        note: if overdue > 0 { format!("{count} ({} late)", thousands(overdue)) } else { count },
    }
}

/// How far reviews came: a bar for each stage, as long as its share of all that began.
#[must_use]
pub fn funnel(lines: &[Funnel]) -> String {
    let bar = |line: &Funnel| {
        let (reached, share) = (u64::try_from(line.reached).unwrap_or(u64::MAX), line.share.unwrap_or(0.0));
        let class = if matches!(line.stage.as_str(), "rejected" | "withdrawn") { "bar-ended" } else { "bar" };
        let note = format!("{} ({:.0} %)", thousands(reached), share * 100.0);
        Bar { label: line.stage.clone(), parts: vec![(class, reached)], note }
    };
    let rows: Vec<Bar> = lines.iter().map(bar).collect();
    let description = "One bar for each stage, with how many of the reviews that began in the period came so far.";
    bars("How far reviews came", description, 92, &rows)
}

/// A matrix of severity and likelihood with the number of open risks in each cell.
#[must_use]
pub fn heat(title: &str, grid: &Grid, map: &HeatMap) -> String {
    const LEFT: i64 = 74;
    const TOP: i64 = 4;
    const WIDTH: i64 = 58;
    const HEIGHT: i64 = 44;
    let (width, height) = (LEFT + 5 * WIDTH + 2, TOP + 5 * HEIGHT + 34);
    let mut svg = format!(
        r#"<svg class="chart heat" viewBox="0 0 {width} {height}" role="img" aria-label="{}"><desc>{}</desc>"#,
        xml(title),
        "Severity from top to bottom, likelihood from left to right; each cell has the number of open risks and the level."
    );
    for (at, cell) in grid.cells.iter().enumerate() {
        let at = i64::try_from(at).unwrap_or(0);
        let (x, y) = (LEFT + at % 5 * WIDTH, TOP + at / 5 * HEIGHT);
        let shade = cell.rank.map_or(0, |rank| shade(rank, map));
        let level = cell.level.as_deref().unwrap_or("");
        let tip = format!("{level}: {}", if cell.count == 0 { "none".to_owned() } else { named(&cell.risks) });
        let filled = if cell.count > 0 { "filled" } else { "empty" };
        let _ = write!(svg, r#"<g class="cell shade-{shade} {filled}"><title>{}</title>"#, xml(&tip));
        let _ = write!(svg, r#"<rect class="ground" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>"#);
        let _ = write!(svg, r#"<rect class="pattern" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>"#);
        if cell.count > 0 {
            let (cx, cy) = (x + WIDTH / 2, y + 17);
            let half = if cell.count > 999 { 22 } else { 13 };
            let _ = write!(
                svg,
                r#"<rect class="badge" x="{}" y="{}" width="{}" height="20" rx="10"/>"#,
                cx - half,
                cy - 10,
                half * 2
            );
            let _ = write!(
                svg,
                r#"<text class="count" x="{cx}" y="{}" text-anchor="middle">{}</text>"#,
                cy + 5,
                thousands(cell.count)
            );
        }
        let short = crate::text::fit(level, 9);
        let _ = write!(
            svg,
            r#"<text class="level" x="{}" y="{}" text-anchor="middle">{}</text></g>"#,
            x + WIDTH / 2,
            y + HEIGHT - 6,
            xml(&short)
        );
    }
    for (at, name) in map.severities.iter().rev().enumerate() {
        let y = TOP + i64::try_from(at).unwrap_or(0) * HEIGHT + HEIGHT / 2 + 3;
        let _ = write!(
            svg,
            r#"<text class="axis" x="{}" y="{y}" text-anchor="end">{}</text>"#,
            LEFT - 6,
            xml(&crate::text::fit(name, 14))
        );
    }
    for (at, name) in map.likelihoods.iter().enumerate() {
        let x = LEFT + i64::try_from(at).unwrap_or(0) * WIDTH + WIDTH / 2;
        let y = TOP + 5 * HEIGHT + 12;
        let _ = write!(
            svg,
            r#"<text class="axis" x="{x}" y="{y}" text-anchor="middle">{}</text>"#,
            xml(&crate::text::fit(name, 14))
        );
    }
    let _ = write!(
        svg,
        r#"<text class="axis-name" x="{}" y="{}" text-anchor="middle">Likelihood →</text>"#,
        LEFT + WIDTH * 5 / 2,
        height - 5
    );
    let _ = write!(svg, r#"<text class="axis-name" x="{}" y="{}">Severity ↑</text>"#, 2, height - 18);
    svg.push_str("</svg>");
    svg
}

/// How many risks were open at the end of each month: a column each, with its number over it.
#[must_use]
pub fn trend(points: &[TrendPoint]) -> String {
    const WIDTH: usize = 44;
    const HEIGHT: f64 = 96.0;
    const TOP: f64 = 18.0;
    let most = points.iter().map(|point| point.open).max().unwrap_or(0).max(1);
    let width = points.len().max(1) * WIDTH;
    let mut svg = format!(
        r#"<svg class="chart trend" viewBox="0 0 {width} 140" role="img" aria-label="Open risks by month"><desc>{}</desc>"#,
        "One column for the end of each month and one for today, with the number of risks that were open."
    );
    for (at, point) in points.iter().enumerate() {
        let middle = at * WIDTH + WIDTH / 2;
        let height = share(point.open, most) * HEIGHT;
        let top = TOP + HEIGHT - height;
        let last = at + 1 == points.len();
        let (class, label) =
            if last { ("bar", "today".to_owned()) } else { ("bar-later", point.day.format("%b %y").to_string()) };
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{}" y="{top:.1}" width="26" height="{height:.1}"><title>{}: {}</title></rect>"#,
            middle - 13,
            point.day,
            point.open
        );
        let _ = write!(
            svg,
            r#"<text class="value" x="{middle}" y="{:.1}" text-anchor="middle">{}</text>"#,
            top - 5.0,
            thousands(point.open)
        );
        let _ = write!(svg, r#"<text class="label" x="{middle}" y="132" text-anchor="middle">{}</text>"#, xml(&label));
    }
    let floor = TOP + HEIGHT;
    let _ = write!(svg, r#"<line class="floor" x1="0" y1="{floor}" x2="{width}" y2="{floor}"/></svg>"#);
    svg
}

/// Some references, and how many more there are.
fn named(references: &[std::sync::Arc<str>]) -> String {
    const MOST: usize = 12;
    let shown = references.iter().take(MOST).map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    match references.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// How far a checklist is, as one thin bar: passed, not applicable or waived, failed, and the rest open.
#[must_use]
pub fn meter(passed: u64, settled: u64, failed: u64, total: u64) -> String {
    let mut svg = r#"<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="meter-ground" width="100" height="8"/>"#.to_owned();
    let mut left = 0.0;
    for (class, count) in [("bar", passed), ("bar-later", settled), ("bar-late", failed)] {
        if count > 0 && total > 0 {
            let width = share(count, total) * 100.0;
            let _ = write!(svg, r#"<rect class="{class}" x="{left:.1}" width="{width:.1}" height="8"/>"#);
            left += width;
        }
    }
    svg.push_str("</svg>");
    svg
}
