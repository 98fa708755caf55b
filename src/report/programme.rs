//! What a pack tells of the programme as a whole: its figures with target and trend, how far reviews came, and the signals
//! whose readings crossed their threshold.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::model::Pack;
use super::register::{Cell, Column, Holds, Register};
use crate::review::insights::Funnel;
use crate::review::kpi::{Figure, Policies, Unit};

/// What the figures of a pack are computed by, and for when.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The policies that the workspace was under.
    pub policies: Policies,
    /// The period.
    pub period: crate::review::kpi::Period,
}

/// The programme in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Programme {
    /// What people call the period.
    pub period: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// The sixteen figures.
    pub kpis: Vec<KpiLine>,
    /// How far the reviews came that began in the period.
    pub funnel: Vec<Funnel>,
    /// The signals whose readings crossed their threshold in the period, the one that did so last first.
    pub crossed: Vec<Crossed>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KpiLine {
    /// Its id.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// In what it is told.
    #[serde(skip)]
    pub unit: Unit,
    /// The word for that.
    #[serde(rename = "unit")]
    pub unit_word: &'static str,
    /// The figure; none where there is nothing to count.
    pub value: Option<f64>,
    /// The same as people read it.
    pub shown: String,
    /// The target in words.
    pub target: String,
    /// The number that it is held against, where there is one.
    pub limit: Option<f64>,
    /// Whether it is met.
    pub verdict: &'static str,
    /// Over the line.
    pub numerator: Option<f64>,
    /// Under the line.
    pub denominator: Option<f64>,
    /// The two as people read them; empty where the figure is no ratio.
    pub counted: String,
    /// How many records it rests on.
    pub n: usize,
    /// The figure of earlier periods, the earliest first, this one last.
    pub trend: Vec<TrendLine>,
}

/// A figure of one period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendLine {
    /// The period.
    pub period: String,
    /// The figure; none where there was nothing to count.
    pub value: Option<f64>,
    /// The same as people read it.
    pub shown: String,
}

impl KpiLine {
    /// A computed figure as a line.
    pub(super) fn of(figure: &Figure) -> Self {
        let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| figure.kpi.unit.shown(value));
        let trend = figure.trend.iter().map(|(period, value)| TrendLine {
            period: period.clone(),
            value: *value,
            shown: shown(*value),
        });
        Self {
            id: figure.kpi.id,
            name: figure.kpi.name,
            unit: figure.kpi.unit,
            unit_word: figure.kpi.unit.word(),
            value: figure.counted.value,
            shown: figure.shown(),
            target: figure.goal.words.clone(),
            limit: figure.goal.limit(),
            verdict: figure.verdict.word(),
            numerator: figure.counted.numerator,
            denominator: figure.counted.denominator,
            counted: figure.ratio(" / "),
            n: figure.counted.n,
            trend: trend.collect(),
        }
    }
}

/// A signal whose readings crossed its threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossed {
    /// The signal, by reference.
    #[serde(rename = "ref")]
    pub reference: Arc<str>,
    /// What it watches.
    pub name: Arc<str>,
    /// The system, by reference.
    pub system: Arc<str>,
    /// On which side of the threshold it is bad: `above` or `below`.
    pub bad_when: String,
    /// The threshold.
    pub threshold: f64,
    /// How many readings there are of the period.
    pub readings: usize,
    /// How often they crossed it.
    pub times: usize,
    /// When they did last.
    pub last_at: DateTime<Utc>,
    /// The lowest reading.
    pub lowest: f64,
    /// The highest one.
    pub highest: f64,
    /// The readings as a picture of them needs them: runs without a gap, in milliseconds and values. Only of the first ones.
    #[serde(skip)]
    pub runs: Vec<Vec<(f64, f64)>>,
}

fn count(count: usize) -> Cell {
    Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

impl Pack {
    /// The tables of the programme; none where the pack tells nothing of it.
    pub(super) fn programme_tables(&self) -> Vec<Register> {
        let Some(programme) = &self.programme else { return Vec::new() };
        vec![kpis(programme), trends(programme), funnel(programme), crossed(programme)]
    }
}

fn kpis(of: &Programme) -> Register {
    let columns = vec![
        Column::new("id", "Id", Holds::Line),
        Column::new("name", "Figure", Holds::Line),
        Column::new("value", "Value", Holds::Decimal),
        Column::new("unit", "In", Holds::Line),
        Column::new("target", "Target", Holds::Line),
        Column::new("limit", "Held against", Holds::Decimal),
        Column::new("verdict", "Target met", Holds::Line),
        Column::new("numerator", "Numerator", Holds::Decimal),
        Column::new("denominator", "Denominator", Holds::Decimal),
        Column::new("n", "n", Holds::Number),
        Column::new("from", "From", Holds::Day),
        Column::new("to", "To", Holds::Day),
    ];
    let help = "The figures of the programme; a share is from 0 to 1, and an empty value says that there was nothing to count.";
    let mut table = Register::new("kpis", "KPIs", help, columns);
    for kpi in &of.kpis {
        table.push(vec![
            Cell::text(kpi.id),
            Cell::text(kpi.name),
            Cell::decimal(kpi.value),
            Cell::text(kpi.unit_word),
            Cell::text(&kpi.target),
            Cell::decimal(kpi.limit),
            Cell::text(kpi.verdict),
            Cell::decimal(kpi.numerator),
            Cell::decimal(kpi.denominator),
            count(kpi.n),
            Cell::Day(of.from),
            Cell::Day(of.to),
        ]);
    }
    table
}

fn trends(of: &Programme) -> Register {
    let columns = vec![
        Column::new("id", "Id", Holds::Line),
        Column::new("name", "Figure", Holds::Line),
        Column::new("period", "Period", Holds::Line),
        Column::new("value", "Value", Holds::Decimal),
    ];
    let help = "The figures of the programme over the quarters up to its end; of a quarter or less, over periods of that length.";
    let mut table = Register::new("kpi_trends", "KPI trends", help, columns);
    for kpi in &of.kpis {
        for point in &kpi.trend {
            let row = [Cell::text(kpi.id), Cell::text(kpi.name), Cell::text(&point.period), Cell::decimal(point.value)];
            table.push(row.to_vec());
        }
    }
    table
}

fn funnel(of: &Programme) -> Register {
    let columns = vec![
        Column::new("stage", "Stage", Holds::Line),
        Column::new("reached", "Reviews that came so far", Holds::Number),
        Column::new("share", "Share", Holds::Decimal),
    ];
    let help = "How far the reviews came that began in the period.";
    let mut table = Register::new("funnel", "Funnel", help, columns);
    for line in &of.funnel {
        table.push(vec![Cell::text(&line.stage), count(line.reached), Cell::decimal(line.share)]);
    }
    table
}

fn crossed(of: &Programme) -> Register {
    let columns = vec![
        Column::new("ref", "Signal", Holds::Reference),
        Column::new("name", "What is watched", Holds::Line),
        Column::new("system", "System", Holds::Line),
        Column::new("bad_when", "Bad when", Holds::Line),
        Column::new("threshold", "Threshold", Holds::Decimal),
        Column::new("readings", "Readings", Holds::Number),
        Column::new("times", "Crossed", Holds::Number),
        Column::new("last_at", "Last crossed", Holds::Moment),
        Column::new("lowest", "Lowest", Holds::Decimal),
        Column::new("highest", "Highest", Holds::Decimal),
    ];
    let help = "Signals whose readings crossed their threshold in the period.";
    let mut table = Register::new("crossed", "Signals over threshold", help, columns);
    for one in &of.crossed {
        table.push(vec![
            Cell::text(&one.reference),
            Cell::text(&one.name),
            Cell::text(&one.system),
            Cell::text(&one.bad_when),
            Cell::Decimal(one.threshold),
            count(one.readings),
            count(one.times),
            Cell::Moment(one.last_at),
            Cell::Decimal(one.lowest),
            Cell::Decimal(one.highest),
        ]);
    }
    table
}
