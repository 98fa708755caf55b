//! What a page's template sees of a pack: the model, cut to what a page has room for, with what was cut and where the
//! rest is.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::FixedOffset;
use minijinja::Value;
use minijinja::value::Serde;

use super::gather::EVENTS;
use super::model::{Asked, Attention, Grid, HeatCell, Pack};
use super::programme::{Crossed, KpiLine};
use super::register::{Cell, Register, Row};
use super::write::Format;
use super::{chart, trend};

/// How many rows of a register a page shows at the most, unless asked otherwise.
pub const ROWS: usize = 50;

/// How many things the summary names, so that it stays on one page.
const SUMMARY: usize = 10;

/// How many of each sort it names at the least, where there are so many.
const OF_EACH: usize = 2;

/// How many references a line of the heat map's list names.
const REFERENCES: usize = 20;

/// By which column the rows of a register are shown in groups.
const GROUPS: &[(&str, &str)] = &[("queue", "stage"), ("actions", "owner"), ("items", "review"), ("changes", "what")];

/// What a page is made for: how much room it has, and which other files lie beside it.
pub struct Room<'a> {
    /// Rows of a register.
    pub rows: usize,
    /// The formats in which the pack is written.
    pub formats: &'a [Format],
    /// Whether the page shows pictures.
    pub pictures: bool,
}

/// The values that a template is filled from.
pub fn context(pack: &Pack, room: &Room<'_>) -> Value {
    let mut values: BTreeMap<&str, Value> = BTreeMap::new();
    values.insert("about", about(pack));
    values.insert("empty", Value::from(pack.is_empty()));
    values.insert("words", pack.in_words().into_iter().collect());
    values.insert("figures", Value::from(Serde(&pack.figures)));
    values.insert("figure_lines", figure_lines(pack));
    values.insert("attention", attention(pack, room));
    values.insert("stages", Value::from(Serde(&pack.stages)));
    values.insert("bands", super::model::BANDS.iter().map(|(_, label)| Value::from(*label)).collect());
    values.insert("heat", heat(pack));
    values.insert("trend", Value::from(Serde(&pack.trend)));
    values.insert("owners", owners(pack, room));
    values.insert("changes", Value::from(Serde(&pack.changes)));
    values.insert("registers", registers(pack, room));
    values.insert("programme", programme(pack, room));
    values.insert("soon_days", Value::from(super::SOON_DAYS));
    if room.pictures {
        values.insert("charts", charts(pack));
    }
    map(values)
}

fn map<K: AsRef<str>>(values: impl IntoIterator<Item = (K, Value)>) -> Value {
    let values: BTreeMap<String, Value> =
        values.into_iter().map(|(key, value)| (key.as_ref().to_owned(), value)).collect();
    Value::from(values)
}

fn about(pack: &Pack) -> Value {
    let about = &pack.about;
    let at = about.made_at;
    let mut values: BTreeMap<&str, Value> = BTreeMap::from([
        ("workspace", Value::from(about.workspace.as_ref())),
        ("made_at", Value::from(at.format("%Y-%m-%d %H:%M").to_string())),
        ("made_on", Value::from(at.format("%-d %B %Y").to_string())),
        ("made_time", Value::from(at.format("%H:%M").to_string())),
        ("zone", Value::from(format!("UTC{}", at.format("%:z")))),
        ("today", Value::from(about.today.to_string())),
        ("made_by", Value::from(about.made_by.as_ref())),
        ("program", Value::from(about.program)),
        ("history_head", Value::from(about.history_head.as_str())),
        ("history_changes", Value::from(about.history_changes)),
        ("notices", about.notices.iter().map(|notice| Value::from(notice.as_str())).collect()),
    ]);
    values.insert("policy", Value::from(about.policy.clone()));
    values.insert("since", Value::from(about.since.map(|since| since.to_string())));
    map(values)
}

fn figure_lines(pack: &Pack) -> Value {
    let changes = pack.changes.iter().flat_map(|period| &period.counts.0);
    pack.figures
        .0
        .iter()
        .chain(changes)
        .map(|figure| {
            map([
                ("name", Value::from(figure.name.as_str())),
                ("label", Value::from(figure.label.as_str())),
                ("value", Value::from(figure.value)),
            ])
        })
        .collect()
}

/// The groups of what needs attention, each cut to what a summary has room for: some of each, and of what room is left
/// the more pressing groups take first.
fn attention(pack: &Pack, room: &Room<'_>) -> Value {
    let groups: Vec<(&Asked, Vec<&Attention>)> = Asked::ALL
        .iter()
        .map(|asked| (asked, pack.attention.iter().filter(|attention| attention.asked == *asked).collect()))
        .filter(|(_, all): &(_, Vec<_>)| !all.is_empty())
        .collect();
    let mut left = SUMMARY.saturating_sub(groups.iter().map(|(_, all)| all.len().min(OF_EACH)).sum());
    let groups = groups.iter().map(|(asked, all)| {
        let more = all.len().saturating_sub(OF_EACH).min(left);
        left -= more;
        let shown = all.len().min(OF_EACH) + more;
        map([
            ("label", Value::from(asked.label())),
            ("total", Value::from(all.len())),
            ("cut", Value::from(all.len() - shown)),
            ("rows", all.iter().take(shown).map(|attention| Value::from(Serde(*attention))).collect()),
        ])
    });
    map([
        ("total", Value::from(pack.attention.len())),
        ("groups", groups.collect()),
        ("elsewhere", Value::from(elsewhere("attention", "Attention", "attention", room.formats))),
    ])
}

fn heat(pack: &Pack) -> Value {
    let heat = &pack.heat;
    let levels = heat.levels.iter().rev().map(|level| {
        map([
            ("name", Value::from(level.name.as_ref())),
            ("shade", Value::from(chart::shade(level.rank, heat))),
            ("open", Value::from(level.open)),
        ])
    });
    map([
        ("levels", levels.collect()),
        ("severities", Value::from(Serde(&heat.severities))),
        ("likelihoods", Value::from(Serde(&heat.likelihoods))),
        ("inherent", grid(pack, &heat.inherent)),
        ("residual", grid(pack, &heat.residual)),
        ("shades", shades(pack)),
    ])
}

/// The shade of each level by its name, for badges.
fn shades(pack: &Pack) -> Value {
    map(pack.heat.levels.iter().map(|level| (&level.name, Value::from(chart::shade(level.rank, &pack.heat)))))
}

fn grid(pack: &Pack, grid: &Grid) -> Value {
    let cell = |cell: &HeatCell| {
        let name = |names: &[std::sync::Arc<str>], step: i64| {
            usize::try_from(step - 1)
                .ok()
                .and_then(|at| names.get(at))
                .map_or(Value::from(step), |name| Value::from(name.as_ref()))
        };
        map([
            ("severity", Value::from(cell.severity)),
            ("likelihood", Value::from(cell.likelihood)),
            ("severity_name", name(&pack.heat.severities, cell.severity)),
            ("likelihood_name", name(&pack.heat.likelihoods, cell.likelihood)),
            ("level", Value::from(cell.level.as_deref())),
            ("shade", Value::from(cell.rank.map_or(0, |rank| chart::shade(rank, &pack.heat)))),
            ("count", Value::from(cell.count)),
            ("risks", cell.risks.iter().take(REFERENCES).map(|risk| Value::from(risk.as_ref())).collect()),
            ("cut", Value::from(cell.risks.len().saturating_sub(REFERENCES))),
        ])
    };
    let mut filled: Vec<&HeatCell> = grid.cells.iter().filter(|cell| cell.count > 0).collect();
    filled.sort_by_key(|cell| (-cell.rank.unwrap_or(-1), -(cell.severity * cell.likelihood), -cell.severity));
    map([
        ("placed", Value::from(grid.placed)),
        ("unplaced", Value::from(grid.unplaced)),
        ("cells", grid.cells.iter().map(cell).collect()),
        ("filled", filled.into_iter().map(cell).collect()),
    ])
}

fn owners(pack: &Pack, room: &Room<'_>) -> Value {
    map([
        ("total", Value::from(pack.owners.len())),
        ("cut", Value::from(pack.owners.len().saturating_sub(room.rows))),
        ("rows", pack.owners.iter().take(room.rows).map(|line| Value::from(Serde(line))).collect()),
        ("elsewhere", Value::from(elsewhere("owners", "Actions by owner", "owners", room.formats))),
    ])
}

/// The programme, with what was cut of the signals that crossed their threshold; none where the pack tells nothing of it.
fn programme(pack: &Pack, room: &Room<'_>) -> Value {
    let Some(programme) = pack.programme.as_ref().filter(|_| !pack.is_empty()) else { return Value::from(()) };
    let crossed = programme.crossed.iter().take(room.rows);
    map([
        ("period", Value::from(programme.period.as_str())),
        ("from", Value::from(programme.from.to_string())),
        ("to", Value::from(programme.to.to_string())),
        ("kpis", programme.kpis.iter().map(|kpi| Value::from(Serde(kpi))).collect()),
        ("funnel", programme.funnel.iter().map(|line| Value::from(Serde(line))).collect()),
        ("crossed", crossed.map(|one| Value::from(Serde(one))).collect()),
        ("crossed_total", Value::from(programme.crossed.len())),
        (
            "crossed_elsewhere",
            Value::from(elsewhere("crossed", "Signals over threshold", "programme.crossed", room.formats)),
        ),
    ])
}

/// The pictures of the programme, in the order of its lists.
fn programme_charts(pack: &Pack) -> Vec<(&'static str, Value)> {
    let Some(programme) = &pack.programme else { return Vec::new() };
    let safe = Value::from_safe_string;
    let kpi = |kpi: &KpiLine| {
        let points: Vec<(String, Option<f64>)> =
            kpi.trend.iter().map(|point| (point.period.clone(), point.value)).collect();
        safe(trend::line(kpi.name, kpi.unit, &points, kpi.limit))
    };
    let drawn = programme.crossed.iter().filter(|one| !one.runs.is_empty());
    let series = |one: &Crossed| {
        map([
            ("ref", Value::from(one.reference.as_ref())),
            ("name", Value::from(one.name.as_ref())),
            ("svg", safe(trend::series(&one.name, &one.runs, Some(one.threshold)))),
        ])
    };
    vec![
        ("kpis", programme.kpis.iter().map(kpi).collect()),
        ("funnel", safe(chart::funnel(&programme.funnel))),
        ("crossed", drawn.map(series).collect()),
    ]
}

fn charts(pack: &Pack) -> Value {
    let safe = Value::from_safe_string;
    let own = [
        ("patterns", safe(chart::patterns().to_owned())),
        ("stages", safe(chart::stages(&pack.stages))),
        ("ages", safe(chart::ages(&pack.stages))),
        ("heat_inherent", safe(chart::heat("Open risks before mitigation", &pack.heat.inherent, &pack.heat))),
        ("heat_residual", safe(chart::heat("Open risks with mitigations in place", &pack.heat.residual, &pack.heat))),
        ("owners", safe(chart::owners(&pack.owners))),
        ("trend", safe(chart::trend(&pack.trend))),
    ];
    map(own.into_iter().chain(programme_charts(pack)))
}

fn registers(pack: &Pack, room: &Room<'_>) -> Value {
    let zone = *pack.about.made_at.offset();
    map(pack.registers.0.iter().map(|register| (register.name, view(register, room, zone))))
}

/// A register cut to the rows that weigh most, in their order, and the groups that they fall into.
fn view(register: &Register, room: &Room<'_>, zone: FixedOffset) -> Value {
    let in_json = format!("registers.{}", register.name);
    let shown = heaviest(&register.rows, room.rows);
    let rows: Vec<Value> = shown.iter().map(|row| row_value(register, row, zone)).collect();
    let cut = register.rows.len() - shown.len();
    let column =
        GROUPS.iter().find(|(name, _)| *name == register.name).and_then(|(_, column)| register.position(column));
    let groups = column.map(|column| groups(register, column, &shown, &rows, zone)).unwrap_or_default();
    map([
        ("title", Value::from(register.title)),
        ("help", Value::from(register.help)),
        ("total", Value::from(register.rows.len())),
        ("shown", Value::from(shown.len())),
        ("cut", Value::from(cut)),
        ("elsewhere", Value::from(elsewhere(register.name, register.title, &in_json, room.formats))),
        ("rows", rows.into_iter().collect()),
        ("groups", groups.into_iter().collect()),
    ])
}

/// The rows that weigh most, in the register's order.
fn heaviest(rows: &[Row], most: usize) -> Cow<'_, [Row]> {
    if rows.len() <= most {
        return Cow::Borrowed(rows);
    }
    let mut by_weight: Vec<usize> = (0..rows.len()).collect();
    by_weight.sort_by_key(|at| std::cmp::Reverse(rows[*at].weight));
    by_weight.truncate(most);
    by_weight.sort_unstable();
    Cow::Owned(by_weight.into_iter().map(|at| rows[at].clone()).collect())
}

fn groups(register: &Register, column: usize, shown: &[Row], values: &[Value], zone: FixedOffset) -> Vec<Value> {
    let key = |row: &Row| row.cells.get(column).map(|cell| cell.shown(zone)).unwrap_or_default();
    let mut totals: HashMap<String, u64> = HashMap::new();
    for row in &register.rows {
        *totals.entry(key(row)).or_default() += 1;
    }
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (row, value) in shown.iter().zip(values) {
        let key = key(row);
        let at = *places.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(value.clone());
    }
    if register.name == "changes" {
        groups.sort_by_key(|(key, _)| EVENTS.iter().position(|(_, label, _)| label == key));
    }
    groups
        .into_iter()
        .map(|(key, rows)| {
            let total = totals.get(&key).copied().unwrap_or(0);
            map([("key", Value::from(key)), ("total", Value::from(total)), ("rows", rows.into_iter().collect())])
        })
        .collect()
}

fn row_value(register: &Register, row: &Row, zone: FixedOffset) -> Value {
    map(register.columns.iter().zip(&row.cells).map(|(column, cell)| (column.name, cell_value(cell, zone))))
}

fn cell_value(cell: &Cell, zone: FixedOffset) -> Value {
    match cell {
        Cell::Empty => Value::from(()),
        Cell::Number(number) => Value::from(*number),
        Cell::Decimal(number) => Value::from(*number),
        Cell::Flag(flag) => Value::from(*flag),
        Cell::Link(linked) => {
            map([("ref", Value::from(linked.reference.as_ref())), ("title", Value::from(linked.title.as_ref()))])
        }
        Cell::List(items) => items.iter().map(|item| Value::from(item.as_ref())).collect(),
        Cell::Text(_) | Cell::Day(_) | Cell::Moment(_) => Value::from(cell.shown(zone)),
    }
}

/// Where all rows of a table are, among the files that are written together.
fn elsewhere(name: &str, title: &str, in_json: &str, formats: &[Format]) -> String {
    let mut places = Vec::new();
    for format in formats {
        match format {
            Format::Xlsx => places.push(format!("the sheet “{title}” of {}", Format::Xlsx.file_name())),
            Format::Csv => places.push(format!("{}/{name}.csv", Format::Csv.file_name())),
            Format::Json => places.push(format!("“{in_json}” of {}", Format::Json.file_name())),
            Format::Html | Format::Markdown => {}
        }
    }
    if places.is_empty() {
        "an export of this pack as XLSX, CSV or JSON, which was not asked for this time".to_owned()
    } else {
        places.join(", and in ")
    }
}
