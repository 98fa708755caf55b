//! The sixteen figures as tables, a figure with its chart beside them, and the records behind it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::sheet::{Block, Sheet};
use super::{Figures, Insights, Over, behind};
use crate::report::figures::{group_name, more};
use crate::review::kpi::{Figure, KPIS, Unit, Verdict};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Effect;
use crate::tui::theme::{Glyph, Role, Theme};
use crate::tui::widgets::chart::{Chart, LEAST_HEIGHT, spark};
use crate::tui::widgets::draw::{Align, put, put_spans, row, wrap};
use crate::tui::widgets::list::{Cell, Column, List, Row};

/// From this width on names are written out.
const ROOMY: u16 = 124;

/// A figure in few cells.
#[must_use]
pub fn short(figure: &Figure) -> String {
    figure.counted.value.map_or_else(|| "no data".to_owned(), |value| short_of(figure.kpi.unit, value))
}

fn short_of(unit: Unit, value: f64) -> String {
    match unit {
        Unit::BusinessDays => format!("{value:.2} workdays"),
        Unit::PerLaunch => format!("{value:.2}/launch"),
        Unit::PerMonth => format!("{value:.1}/month"),
        Unit::PerHalfYear => format!("{value:.1}/half-year"),
        unit => unit.shown(value),
    }
}

/// A name in few cells.
fn short_name(figure: &Figure) -> &'static str {
    match figure.kpi.id {
        "cycle-time" => "Cycle time to approval",
        "fairness-pre-launch" => "Fairness found pre-launch",
        "fairness-post-launch" => "Fairness found post-launch",
        "residual-acceptance" => "Residual risk acceptance",
        "control-improvements" => "Control improvements",
        _ => figure.kpi.name,
    }
}

/// A target in few cells: the sign and the number, without what it is compared with.
fn short_target(figure: &Figure) -> String {
    let words = figure.goal.words.split(" (").next().unwrap_or_default();
    // There is nothing earlier to compare with.
    if let Some((share, _)) = words.split_once(" under ") {
        return format!("{share} less");
    }
    let mut parts = words.split(' ');
    let taken: Vec<&str> = parts.by_ref().take(2).collect();
    let unit = parts.next().filter(|unit| matches!(*unit, "%" | "d"));
    taken.into_iter().chain(unit).collect::<Vec<_>>().join(" ")
}

/// How it stands: the sign and the look, and the word.
#[must_use]
pub fn standing(figure: &Figure) -> (Glyph, Role, &'static str) {
    match figure.verdict {
        Verdict::Met => (Glyph::Check, Role::Good, "met"),
        Verdict::Missed => (Glyph::Cross, Role::Bad, "missed"),
        Verdict::Open if figure.counted.value.is_none() => (Glyph::Open, Role::Dim, "no data"),
        Verdict::Open => (Glyph::Open, Role::Dim, "no limit"),
    }
}

/// The sheet of the figures.
#[must_use]
pub fn sheet<'a>(place: &'a Insights, ctx: &'a Ctx, cells: u16) -> Sheet<'a> {
    let mut sheet = Sheet { theme: ctx.theme.clone(), head: Vec::new(), blocks: Vec::new() };
    let Some(told) = place.kpis.get() else { return sheet };
    sheet.head.push((headline(told), Role::Dim));
    if told.by.is_none() {
        sheet.blocks.push(block(&told.all, told, ctx, cells, false));
        return sheet;
    }
    for kpi in KPIS {
        let from = told.all.iter().position(|figure| figure.kpi.id == kpi.id).unwrap_or(0);
        let ours = told.all.iter().skip(from).take_while(|figure| figure.kpi.id == kpi.id).count();
        let Some(figures) = told.all.get(from..from + ours) else { continue };
        let target = figures.first().map(|figure| figure.goal.words.clone()).unwrap_or_default();
        let block = block(figures, told, ctx, cells, true);
        sheet.blocks.push(Block { title: format!("{} · target {target}", kpi.name), ..block });
    }
    sheet
}

/// A figure in few words, for who hears all sixteen.
fn brief(figure: &Figure) -> String {
    let name = figure.group.as_deref().map_or_else(|| figure.kpi.name.to_owned(), group_name);
    let ratio = figure.ratio(" of ");
    let rests = if ratio.is_empty() { format!("n {}", figure.counted.n) } else { ratio };
    let shown = figure.counted.value.map_or_else(|| "no data".to_owned(), |_| format!("{}, {rests}", figure.shown()));
    let (_, _, word) = standing(figure);
    match figure.verdict {
        Verdict::Open => format!("{name}: {shown}"),
        _ => format!("{name}: {shown}, {word}, target {}", figure.goal.words),
    }
}

/// How many are met, missed, and of how many there is no data.
fn headline(told: &Figures) -> String {
    let count = |wanted: &str| told.all.iter().filter(|figure| standing(figure).2 == wanted).count();
    let mut words = vec![format!("{} met", count("met")), format!("{} missed", count("missed"))];
    for (word, told) in [("no limit", "without a limit"), ("no data", "without data")] {
        if count(word) > 0 {
            words.push(format!("{} {told}", count(word)));
        }
    }
    format!("{} to {}: {}", told.period.from, told.period.to, words.join(", "))
}

/// What is compared with beside the trend: the period before; or, where a long period is told by its quarters, the last of
/// them. Its title, and how many steps from the end it is.
fn latest(figures: &[Figure], told: &Figures) -> (String, usize) {
    match figures.first().and_then(|figure| figure.trend.last()) {
        Some((name, _)) if *name != told.period.name => (name.clone(), 0),
        _ => ("Before".to_owned(), 1),
    }
}

fn block<'a>(figures: &'a [Figure], told: &'a Figures, ctx: &'a Ctx, cells: u16, grouped: bool) -> Block<'a> {
    let wide = cells >= 100;
    let theme = &ctx.theme;
    let mut columns = vec![
        Column::flexible(if grouped { "Group" } else { "KPI" }, 26, 36, 100),
        Column::fixed("Value", if wide { 19 } else { 13 }, 99).right(),
        Column::fixed("", if wide { 10 } else { 1 }, 98),
        Column::fixed("Target", if wide { 12 } else { 9 }, 97),
        Column::fixed("Counted", if wide { 10 } else { 8 }, 90).right(),
        Column::fixed("n", if wide { 6 } else { 5 }, 80).right(),
        Column::fixed("Trend", 6, 95),
    ];
    if wide {
        columns.push(Column::fixed(latest(figures, told).0, 14, 60).right());
    }
    let make = move |at: usize| {
        let Some(figure) = figures.get(at) else { return Row::default() };
        let (glyph, role, word) = standing(figure);
        let sign = theme.glyph(glyph);
        let name = match &figure.group {
            Some(group) if grouped => group_name(group),
            _ if cells >= ROOMY => figure.kpi.name.to_owned(),
            _ => short_name(figure).to_owned(),
        };
        let trend: Vec<Option<f64>> = figure.trend.iter().map(|(_, value)| *value).collect();
        let before = figure.trend.iter().rev().nth(latest(figures, told).1).and_then(|(_, value)| *value);
        Row::of([
            Cell::from(name),
            Cell::from(if wide { figure.shown() } else { short(figure) }),
            Cell::styled(if wide { format!("{sign} {word}") } else { sign.to_owned() }, theme.style(role)),
            Cell::from(short_target(figure)),
            Cell::from(figure.ratio("/")),
            Cell::from(figure.counted.n.to_string()),
            Cell::styled(spark(&trend, theme), theme.style(Role::Accent)),
            Cell::from(before.map_or_else(|| "-".to_owned(), |value| short_of(figure.kpi.unit, value))),
        ])
    };
    Block {
        title: String::new(),
        notes: Vec::new(),
        columns,
        len: figures.len(),
        row: Box::new(make),
        told: Box::new(move |at| figures.get(at).map(brief).unwrap_or_default()),
        empty: "No system belongs to a group yet.".to_owned(),
        right: false,
    }
}

/// A figure as a panel: what it is, what it rests on, its chart, and the numbers of the chart. Where the panel is wide and low
/// the chart stands beside the words.
pub fn panel(figure: &Figure, ctx: &Ctx, area: Rect, buffer: &mut Buffer) {
    if area.width >= 90 && area.height < 16 {
        let half = area.width / 2;
        about(figure, ctx, Rect { width: half - 2, ..area }, false, buffer);
        chart(figure, &ctx.theme, Rect { x: area.x + half, width: area.width - half, ..area }, buffer);
        return;
    }
    about(figure, ctx, area, true, buffer);
}

/// The words of a panel, and below them the chart, where it is `drawn` there, and its numbers.
fn about(figure: &Figure, ctx: &Ctx, area: Rect, drawn: bool, buffer: &mut Buffer) {
    let theme = &ctx.theme;
    let mut y = 0;
    let say = |text: &str, role: Role, buffer: &mut Buffer, y: &mut u16| {
        for line in wrap(text, area.width) {
            put(buffer, row(area, *y), &line, theme.style(role), theme);
            *y += 1;
        }
    };
    let name = match &figure.group {
        Some(group) => format!("{}, {}", figure.kpi.name, group_name(group)),
        None => figure.kpi.name.to_owned(),
    };
    say(&name, Role::Title, buffer, &mut y);
    let (glyph, role, word) = standing(figure);
    // Without a figure that is said once.
    let standing = figure.counted.value.map(|_| format!("{} {word}", theme.glyph(glyph))).unwrap_or_default();
    let spans = [
        Span::styled(format!("{}  ", figure.shown()), theme.style(Role::Title)),
        Span::styled(standing, theme.style(role)),
        Span::styled(format!("  target {}", figure.goal.words), theme.style(Role::Dim)),
    ];
    put_spans(buffer, row(area, y), &spans, Align::Left, theme);
    y += 1;
    say(&rests_on(figure), Role::Text, buffer, &mut y);
    let more = more(figure);
    if !more.is_empty() {
        say(&format!("Of these: {more}."), Role::Text, buffer, &mut y);
    }
    say(figure.kpi.formula, Role::Dim, buffer, &mut y);
    y += u16::from(area.height > 12 && drawn);
    let numbers = u16::try_from(figure.trend.len()).unwrap_or(0);
    let left = area.height.saturating_sub(y);
    // The numbers stand under the chart a line each where there is room, else in one line.
    let listed = left >= numbers + if drawn { LEAST_HEIGHT + 3 } else { 1 };
    let below = if listed { numbers + 1 } else { u16::from(left > LEAST_HEIGHT) };
    let high = if drawn { left.saturating_sub(below).min(16) } else { 0 };
    if high >= LEAST_HEIGHT {
        chart(figure, theme, Rect { y: area.y + y, height: high, ..area }, buffer);
        y += high;
    }
    if listed {
        y += 1;
        trend_lines(
            figure,
            theme,
            Rect { y: area.y + y.min(area.height), height: area.height.saturating_sub(y), ..area },
            buffer,
        );
    } else if y < area.height {
        put(buffer, row(area, y), &trend_line(figure), theme.style(Role::Dim), theme);
    }
}

/// On how many records it rests.
fn rests_on(figure: &Figure) -> String {
    let ratio = figure.ratio(" ÷ ");
    let n = figure.counted.n;
    if ratio.is_empty() { format!("n {n}") } else { format!("{ratio}, n {n}") }
}

/// The chart of a figure's trend with its target.
pub fn chart(figure: &Figure, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    let mut at = 0.0;
    for (_, value) in &figure.trend {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((at, *value)),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
        at += 1.0;
    }
    runs.retain(|run| !run.is_empty());
    let known = figure.trend.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.as_str());
    let known: Vec<&str> = known.collect();
    let ends = (known.first().copied().unwrap_or_default(), known.last().copied().unwrap_or_default());
    let shown = |value: f64| short_of(figure.kpi.unit, value);
    let limit = figure.goal.limit().map(|limit| (limit, figure.goal.words.as_str()));
    let chart = Chart { theme, runs: &runs, marks: &[], limit, ends, shown: &shown };
    (&chart).render(area, buffer);
}

/// The periods of the trend with their figures, a line each.
fn trend_lines(figure: &Figure, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let columns = [Column::flexible("Period", 10, 26, 9), Column::fixed("Value", 19, 9).right()];
    let rows: Vec<Row<'_>> = figure
        .trend
        .iter()
        .map(|(name, value)| {
            let shown = value.map_or_else(|| "no data".to_owned(), |value| figure.kpi.unit.shown(value));
            Row { dim: value.is_none(), ..Row::of([Cell::from(name.as_str()), Cell::from(shown)]) }
        })
        .collect();
    let list = List { theme, columns: &columns, rows: &rows, selected: None, focused: false, header: false, empty: "" };
    (&list).render(area, buffer);
}

/// The same in one line.
fn trend_line(figure: &Figure) -> String {
    let told = figure.trend.iter().filter(|(_, value)| value.is_some()).map(|(name, value)| {
        format!("{name} {}", value.map(|value| short_of(figure.kpi.unit, value)).unwrap_or_default())
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// What a lead would say first: what is met, what is missed, and what cannot be said.
pub fn headlines(told: &Figures, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut y = 0;
    for (word, title) in [("missed", "Missed"), ("met", "Met"), ("no limit", "Without a limit"), ("no data", "No data")]
    {
        let those = told.all.iter().filter(|figure| standing(figure).2 == word);
        let named: Vec<String> = those.map(|figure| format!("{} {}", figure.kpi.name, short(figure))).collect();
        if named.is_empty() {
            continue;
        }
        let (glyph, role) = match word {
            "missed" => (Glyph::Cross, Role::Bad),
            "met" => (Glyph::Check, Role::Good),
            _ => (Glyph::Open, Role::Dim),
        };
        let head = format!("{} {title}: {} of {}", theme.glyph(glyph), named.len(), told.all.len());
        put(buffer, row(area, y), &head, theme.style(role), theme);
        y += 1;
        for line in wrap(&named.join(" · "), area.width.saturating_sub(2)) {
            let place = row(area, y);
            put(
                buffer,
                Rect { x: place.x + 2, width: place.width.saturating_sub(2), ..place },
                &line,
                theme.style(Role::Text),
                theme,
            );
            y += 1;
        }
    }
}

/// The figures of the trend in a table, a period a column: what the small pictures show, in numbers.
pub fn numbers(told: &Figures, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let periods: Vec<&str> =
        told.all.first().map(|figure| figure.trend.iter().map(|(name, _)| name.as_str()).collect()).unwrap_or_default();
    let mut columns = vec![Column::flexible("KPI", 24, 36, 100)];
    // The newest periods stay longest.
    columns.extend(periods.iter().zip(50..).map(|(name, keep)| Column::fixed(*name, 14, keep).right()));
    let rows: Vec<Row<'_>> = told
        .all
        .iter()
        .map(|figure| {
            let value =
                |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), |value| short_of(figure.kpi.unit, value));
            let cells = figure.trend.iter().map(|(_, one)| Cell::from(value(one)));
            Row::of(std::iter::once(Cell::from(short_name(figure))).chain(cells))
        })
        .collect();
    put(buffer, row(area, 0), "The trend in numbers", theme.style(Role::Title), theme);
    let list = List { theme, columns: &columns, rows: &rows, selected: None, focused: false, header: true, empty: "" };
    (&list).render(Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area }, buffer);
}

impl Insights {
    /// Opens a figure with the records behind it.
    pub(super) fn open_figure(&mut self, at: usize, ctx: &Ctx) -> Vec<Effect> {
        let Some(figure) = self.figure(at) else { return Vec::new() };
        let entry = |one: &crate::review::kpi::Behind| behind::Entry {
            kind: one.kind,
            name: one.id.clone(),
            counts: Some(one.counts),
            note: String::new(),
        };
        let all = figure.counted.behind.iter().map(entry).collect();
        let mut behind = behind::Behind::new(String::new(), ("counted", "not counted"), "", all);
        let effects = behind.go_to(0, ctx);
        self.over = Some(Over::Figure(at, behind));
        effects
    }
}
