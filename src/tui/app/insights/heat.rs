//! The heat map: two matrices of open risks beside one another, before mitigation and after it, and what the cell under the
//! cursor says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::sheet::reference_cells;
use super::{Insights, Risks};
use crate::record::{Record, Scale};
use crate::review::insights::heat::{Heat, at, in_words};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::view::screen::levels;
use crate::tui::theme::{Level, Role};
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::list::{Cell, Column, List, Row};
use crate::tui::widgets::matrix::{Matrix, Score};

/// The cell under the cursor.
#[must_use]
pub fn cell(place: &Insights) -> (u8, u8) {
    (place.cell.severity, place.cell.likelihood)
}

/// Draws the part.
pub fn draw(place: &Insights, told: &Risks, ctx: &Ctx, area: Rect, buffer: &mut Buffer) {
    let heat = &told.heat;
    let theme = &ctx.theme;
    // Both are as wide, so that they are drawn alike.
    let half = area.width / 2;
    let tall = area.height >= 40;
    let high = if tall { 18 } else { 8.min(area.height) };
    let left = Rect { width: half, height: high, ..area };
    let right = Rect { x: area.x + half, width: half, height: high, ..area };
    matrix(place, heat, ctx, false, left, buffer);
    matrix(place, heat, ctx, true, right, buffer);
    let below = Rect { y: area.y + high, height: area.height - high, ..area };
    let mut y = 0;
    for (text, role) in words(place, heat, ctx) {
        for line in wrap(&text, below.width.saturating_sub(1)) {
            let line_at = row(below, y);
            put(
                buffer,
                Rect { x: line_at.x + 1.min(line_at.width), width: line_at.width.saturating_sub(1), ..line_at },
                &line,
                theme.style(role),
                theme,
            );
            y += 1;
        }
    }
    y += 1;
    let rest = Rect { y: below.y + y.min(below.height), height: below.height.saturating_sub(y), ..below };
    if rest.height < 3 {
        return;
    }
    let tables = u16::try_from(heat.categories.len().max(heat.levels.len())).unwrap_or(8) + 1;
    let (tables, list) = if rest.height > tables + 6 { (tables, rest.height - tables - 1) } else { (rest.height, 0) };
    let top = Rect { height: tables, ..rest };
    if rest.width >= 90 {
        let third = rest.width / 3;
        by_level(heat, ctx, Rect { width: third, ..top }, buffer);
        by_category(heat, ctx, Rect { x: top.x + third, width: top.width - third, ..top }, buffer);
    } else {
        by_category(heat, ctx, top, buffer);
    }
    highest(&told.highest, ctx, Rect { y: rest.bottom() - list, height: list, ..rest }, buffer);
}

/// The risks at the highest levels, as far as they have room.
fn highest(risks: &[Record], ctx: &Ctx, area: Rect, buffer: &mut Buffer) {
    if area.height < 3 || risks.is_empty() {
        return;
    }
    let theme = &ctx.theme;
    let columns = [
        Column::fixed("Highest", 10, 98),
        Column::fixed("Risk", reference_cells(risks.iter().map(Record::reference)), 99),
        Column::flexible("Title", 24, 100, 97),
        Column::fixed("Before", 6, 80).right(),
        Column::fixed("After", 6, 79).right(),
        Column::fixed("Status", 12, 70),
        Column::fixed("Due", 11, 75),
    ];
    let cell = |risk: &Record, one: &str, other: &str| match (risk.number(one), risk.number(other)) {
        (Some(severity), Some(likelihood)) => format!("{severity}x{likelihood}"),
        _ => "-".to_owned(),
    };
    let rows: Vec<Row<'_>> = risks
        .iter()
        .take(usize::from(area.height))
        .map(|risk| {
            let level = risk.text("level").unwrap_or("no level");
            let sign = Level::named(level).map(|level| theme.glyph(level.glyph())).unwrap_or_default();
            let due = risk.get("due_on").as_day();
            let late = due.is_some_and(|due| due < ctx.today);
            Row::of([
                Cell::styled(format!("{sign} {level}"), theme.style(level_role(level))),
                Cell::styled(risk.reference().to_owned(), theme.style(Role::Accent)),
                Cell::from(crate::text::line(risk.title()).into_owned()),
                Cell::from(cell(risk, "severity", "likelihood")),
                Cell::from(cell(risk, "residual_severity", "residual_likelihood")),
                Cell::from(risk.text("status").unwrap_or_default().to_owned()),
                Cell::styled(
                    due.map(|due| ctx.due(due)).unwrap_or_default(),
                    theme.style(if late { Role::Bad } else { Role::Text }),
                ),
            ])
        })
        .collect();
    let list = List { theme, columns: &columns, rows: &rows, selected: None, focused: false, header: true, empty: "" };
    (&list).render(area, buffer);
}

fn matrix(place: &Insights, heat: &Heat, ctx: &Ctx, residual: bool, area: Rect, buffer: &mut Buffer) {
    let theme = &ctx.theme;
    let (title, cells, left_out) = if residual {
        ("After mitigation", &heat.residual, format!("{} not assessed", heat.unassessed))
    } else {
        ("Before mitigation", &heat.inherent, format!("{} not scored", heat.unscored))
    };
    let here = place.residual == residual;
    let role = if here { Role::Accent } else { Role::Title };
    let title = if here { format!("[{title}] {left_out}") } else { format!(" {title}  {left_out}") };
    put(buffer, row(area, 0), &title, theme.style(role), theme);
    let names = |scale| -> [String; 5] {
        std::array::from_fn(|step| ctx.terms().step(scale, i64::try_from(step + 1).unwrap_or(1)).unwrap_or_default())
    };
    let (severities, likelihoods) = (names(Scale::Severity), names(Scale::Likelihood));
    let matrix = Matrix {
        theme,
        levels: levels(ctx),
        severities: severities.each_ref().map(String::as_str),
        likelihoods: likelihoods.each_ref().map(String::as_str),
        inherent: None,
        residual: None,
        counts: Some(cells.map(|row| row.map(|count| usize::try_from(count).unwrap_or(usize::MAX)))),
        cursor: here.then_some(place.cell),
    };
    let body = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    (&matrix).render(body, buffer);
}

/// What the cell under the cursor says, and how mitigation moved the whole.
#[must_use]
pub fn words(place: &Insights, heat: &Heat, ctx: &Ctx) -> Vec<(String, Role)> {
    let terms = ctx.terms();
    let cell = cell(place);
    let (cells, side) = if place.residual { (&heat.residual, "after") } else { (&heat.inherent, "before") };
    let level = terms.level(cell.0.into(), cell.1.into()).map(|(name, _)| name).unwrap_or_default();
    let risks = at(cells, cell);
    let mut lines = vec![(
        format!("{}: {level}. {} {side} mitigation.", capital(&in_words(cell, terms)), counted(risks)),
        Role::Text,
    )];
    let moves = heat.moves_of(cell, place.residual);
    if risks > 0 {
        let told: Vec<String> = moves
            .iter()
            .take(6)
            .map(|one| {
                let other = if place.residual { one.from } else { one.to };
                let place = other.map_or_else(
                    || if place.residual { "not scored before" } else { "not assessed after" }.to_owned(),
                    |(severity, likelihood)| {
                        let level = terms.level(severity.into(), likelihood.into()).map(|(name, _)| name);
                        let verb = if place.residual { "from" } else { "to" };
                        format!("{verb} {severity}×{likelihood} {}", level.unwrap_or_default())
                    },
                );
                format!("{} {place}", one.risks)
            })
            .collect();
        let verb = if place.residual { "They came" } else { "They went" };
        lines.push((format!("{verb}, by severity×likelihood: {}.", told.join(", ")), Role::Dim));
    }
    lines.push((
        format!(
            "{} open. Mitigation lowered the level of {}, left {} as they were, raised {}.",
            counted(heat.open),
            heat.lowered,
            heat.same,
            heat.raised
        ),
        Role::Text,
    ));
    lines
}

fn capital(text: &str) -> String {
    crate::tui::app::view::rows::capital(text)
}

fn counted(risks: u64) -> String {
    if risks == 1 { "1 risk".to_owned() } else { format!("{risks} risks") }
}

fn level_role(name: &str) -> Role {
    Level::named(name).map_or(Role::Text, Level::role)
}

fn by_level(heat: &Heat, ctx: &Ctx, area: Rect, buffer: &mut Buffer) {
    let theme = &ctx.theme;
    let columns = [
        Column::flexible("Level", 12, 20, 9),
        Column::fixed("Before", 7, 9).right(),
        Column::fixed("After", 7, 9).right(),
    ];
    let rows: Vec<Row<'_>> = heat
        .levels
        .iter()
        .map(|line| {
            let sign = Level::named(&line.level).map(|level| theme.glyph(level.glyph())).unwrap_or_default();
            Row::of([
                Cell::styled(format!("{sign} {}", line.level), theme.style(level_role(&line.level))),
                Cell::from(line.inherent.to_string()),
                Cell::from(line.residual.to_string()),
            ])
        })
        .collect();
    let list = List { theme, columns: &columns, rows: &rows, selected: None, focused: false, header: true, empty: "" };
    (&list).render(area, buffer);
}

fn by_category(heat: &Heat, ctx: &Ctx, area: Rect, buffer: &mut Buffer) {
    let theme = &ctx.theme;
    let mut columns = vec![Column::flexible("Category, by the level of now", 16, 34, 99)];
    columns.extend(
        heat.levels.iter().zip((50..90).rev()).map(|(line, keep)| Column::fixed(line.level.as_str(), 8, keep).right()),
    );
    columns.push(Column::fixed("none", 5, 40).right());
    columns.push(Column::fixed("All", 6, 95).right());
    let rows: Vec<Row<'_>> = heat
        .categories
        .iter()
        .map(|line| {
            let name = if line.category.is_empty() { "(none)" } else { line.category.as_str() };
            let dot = |count: u64| if count == 0 { "·".to_owned() } else { count.to_string() };
            let counts = line.levels.iter().zip(&heat.levels).map(|(count, level)| {
                let role = if *count == 0 { Role::Dim } else { level_role(&level.level) };
                Cell::styled(dot(*count), theme.style(role))
            });
            let ends = [Cell::from(dot(line.unscored)), Cell::from(line.risks().to_string())];
            Row::of(std::iter::once(Cell::from(name)).chain(counts).chain(ends))
        })
        .collect();
    let list = List {
        theme,
        columns: &columns,
        rows: &rows,
        selected: None,
        focused: false,
        header: true,
        empty: "No risk is open.",
    };
    (&list).render(area, buffer);
}

/// The heat map line by line: each level, each cell that holds a risk, and how mitigation moved them.
#[must_use]
pub fn told(place: &Insights, heat: &Heat, ctx: &Ctx) -> Vec<String> {
    let mut lines: Vec<String> = words(place, heat, ctx).into_iter().map(|(text, _)| text).collect();
    for line in &heat.levels {
        lines.push(format!("{}: {} before mitigation, {} after.", line.level, line.inherent, line.residual));
    }
    for (name, cells) in [("Before mitigation", &heat.inherent), ("After mitigation", &heat.residual)] {
        let all = (1..=5).rev().flat_map(|severity| (1..=5).rev().map(move |likelihood| (severity, likelihood)));
        let told = all
            .filter(|cell| at(cells, *cell) > 0)
            .map(|cell| format!("{} at {}", at(cells, cell), in_words(cell, ctx.terms())));
        let told: Vec<String> = told.collect();
        lines.push(format!("{name}: {}.", if told.is_empty() { "none".to_owned() } else { told.join("; ") }));
    }
    lines
}

impl Insights {
    /// Moves the cursor on the matrices; past the edge it goes to the other one.
    pub(super) fn move_cell(&mut self, up: i8, right: i8) {
        let edge = if right > 0 { 5 } else { 1 };
        if right != 0 && self.cell.likelihood == edge && self.residual == (right < 0) {
            self.residual = !self.residual;
            self.cell = Score::new(self.cell.severity, if right > 0 { 1 } else { 5 });
            return;
        }
        self.cell = self.cell.moved(up, right);
    }
}
