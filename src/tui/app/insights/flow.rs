//! How reviews flow: the funnel, how old is what is under way, and how long stages and waits lasted.

use super::behind::{Behind, Entry};
use super::sheet::{Block, Sheet, meter};
use super::{Flows, Insights, Over};
use crate::record::REVIEW;
use crate::review::insights::{Flow, Lasting, behind_funnel, behind_lasting, in_stage};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Effect;
use crate::tui::app::view::rows::capital;
use crate::tui::theme::Role;
use crate::tui::widgets::list::{Cell, Column, Row};

fn days(days: f64) -> String {
    format!("{days:.1}")
}

/// The sheet of the flow.
#[must_use]
pub fn sheet<'a>(place: &'a Insights, ctx: &'a Ctx, cells: u16) -> Sheet<'a> {
    let mut sheet = Sheet { theme: ctx.theme.clone(), head: Vec::new(), blocks: Vec::new() };
    let Some(told) = place.flows.get() else { return sheet };
    // In two columns each has half of the room.
    let cells = if cells >= super::sheet::WIDE { cells / 2 } else { cells };
    let bar = if cells >= 90 { 24 } else { 12 };
    sheet.blocks = vec![
        funnel(told, ctx, bar),
        ageing(told, ctx, bar),
        lasting("How long reviews stayed in each stage", "Stage", &told.stages, told, ctx, bar),
        lasting("For what they waited", "Waited for", &told.waits, told, ctx, bar),
    ];
    sheet
}

fn funnel<'a>(told: &'a Flows, ctx: &'a Ctx, bar: u16) -> Block<'a> {
    let theme = &ctx.theme;
    let share =
        |share: Option<f64>| share.map_or_else(|| "no data".to_owned(), |share| format!("{:.0} %", share * 100.0));
    Block {
        title: format!("Funnel: reviews that began in {}, and how far they came", told.period.name),
        notes: Vec::new(),
        columns: vec![
            Column::flexible("Stage", 12, 26, 99),
            Column::fixed("Reached", 7, 98).right(),
            Column::fixed("Share", 7, 97).right(),
            Column::fixed("", bar, 50),
        ],
        len: told.funnel.len(),
        row: Box::new(move |at| {
            let Some(line) = told.funnel.get(at) else { return Row::default() };
            let bar = meter(theme, line.share.unwrap_or(0.0), 1.0, bar);
            Row::of([
                Cell::from(capital(&line.stage)),
                Cell::from(line.reached.to_string()),
                Cell::from(share(line.share)),
                Cell(bar),
            ])
        }),
        told: Box::new(move |at| {
            let Some(line) = told.funnel.get(at) else { return String::new() };
            format!("{}: {} reviews came so far, {}", line.stage, line.reached, share(line.share))
        }),
        empty: String::new(),
        right: false,
    }
}

fn ageing<'a>(told: &'a Flows, ctx: &'a Ctx, bar: u16) -> Block<'a> {
    let theme = &ctx.theme;
    let most = told.ageing.iter().map(|line| line.p90).fold(0.0, f64::max);
    Block {
        title: "Ageing: what is under way now, and for how long in its stage".to_owned(),
        notes: Vec::new(),
        columns: vec![
            Column::flexible("Stage", 12, 26, 99),
            Column::fixed("n", 4, 98).right(),
            Column::fixed("Late", 4, 97).right(),
            Column::fixed("Median d", 8, 96).right(),
            Column::fixed("90 % d", 7, 95).right(),
            Column::fixed("Oldest", 14, 80),
            Column::fixed("", bar, 50),
        ],
        len: told.ageing.len(),
        row: Box::new(move |at| {
            let Some(line) = told.ageing.get(at) else { return Row::default() };
            let late = if line.late > 0 { Role::Bad } else { Role::Dim };
            Row::of([
                Cell::from(capital(&line.stage)),
                Cell::from(line.n.to_string()),
                Cell::styled(line.late.to_string(), theme.style(late)),
                Cell::from(days(line.median)),
                Cell::from(days(line.p90)),
                Cell::from(format!("{} {:.0} d", line.oldest, line.oldest_days)),
                Cell(meter(theme, line.median, most, bar)),
            ])
        }),
        told: Box::new(move |at| {
            let Some(line) = told.ageing.get(at) else { return String::new() };
            format!(
                "{}: {} reviews, {} past the stage's date, in it for a median of {} days, 90 in 100 for up to {}; the oldest is {} with {:.0} days",
                line.stage,
                line.n,
                line.late,
                days(line.median),
                days(line.p90),
                line.oldest,
                line.oldest_days
            )
        }),
        empty: "No review is under way.".to_owned(),
        right: false,
    }
}

fn lasting<'a>(
    title: &str,
    what: &'static str,
    lines: &'a [Lasting],
    told: &'a Flows,
    ctx: &'a Ctx,
    bar: u16,
) -> Block<'a> {
    let theme = &ctx.theme;
    let most = lines.iter().map(|line| line.p90).fold(0.0, f64::max);
    Block {
        title: format!("{title}, ended in {}", told.period.name),
        notes: Vec::new(),
        columns: vec![
            Column::flexible(what, 14, 26, 99),
            Column::fixed("n", 4, 98).right(),
            Column::fixed("Median d", 8, 97).right(),
            Column::fixed("90 % d", 7, 96).right(),
            Column::fixed("All d", 7, 90).right(),
            Column::fixed("", bar, 50),
        ],
        len: lines.len(),
        row: Box::new(move |at| {
            let Some(line) = lines.get(at) else { return Row::default() };
            Row::of([
                Cell::from(capital(&line.what)),
                Cell::from(line.n.to_string()),
                Cell::from(days(line.median)),
                Cell::from(days(line.p90)),
                Cell::from(format!("{:.0}", line.days)),
                Cell(meter(theme, line.median, most, bar)),
            ])
        }),
        told: Box::new(move |at| {
            let Some(line) = lines.get(at) else { return String::new() };
            let (median, p90) = (days(line.median), days(line.p90));
            format!(
                "{}: median {median} days, 90 in 100 up to {p90}, n {}, {:.0} days in all",
                line.what, line.n, line.days
            )
        }),
        empty: "Nothing of it ended in this period.".to_owned(),
        right: true,
    }
}

fn entry(flow: &Flow, counts: Option<bool>, note: String) -> Entry {
    Entry { kind: &REVIEW, name: flow.reference.clone(), counts, note }
}

impl Insights {
    /// Opens the reviews behind a line of the flow.
    pub(super) fn open_flow(&mut self, block: usize, row: usize, ctx: &Ctx) -> Vec<Effect> {
        let Some(told) = self.flows.get().cloned() else { return Vec::new() };
        let with_days = |all: Vec<(&Flow, f64)>| -> Vec<Entry> {
            all.into_iter().map(|(flow, lasted)| entry(flow, None, format!("{} d", days(lasted)))).collect()
        };
        let flows = &told.flows;
        let (title, words, noted, all) = match block {
            0 => {
                let Some(line) = told.funnel.get(row) else { return Vec::new() };
                let all = behind_funnel(flows, &told.period, &line.stage);
                let all = all.into_iter().map(|(flow, came)| entry(flow, Some(came), String::new())).collect();
                let title = format!("Reviews that began in {}: came to {}", told.period.name, line.stage);
                (title, ("came so far", "did not"), "", all)
            }
            1 => {
                let Some(line) = told.ageing.get(row) else { return Vec::new() };
                let title = format!("Reviews in {}, the longest there first", line.stage);
                (title, ("", ""), "In it for", with_days(in_stage(flows, &line.stage, told.now)))
            }
            _ => {
                let waits = block == 3;
                let Some(line) = (if waits { &told.waits } else { &told.stages }).get(row) else { return Vec::new() };
                let all = with_days(behind_lasting(flows, &told.period, &line.what, waits));
                let verb = if waits { "Waits for" } else { "Stays in" };
                (
                    format!("{verb} {} that ended in {}, the longest first", line.what, told.period.name),
                    ("", ""),
                    "Lasted",
                    all,
                )
            }
        };
        let mut behind = Behind::new(title, words, noted, all);
        let effects = behind.go_to(0, ctx);
        self.over = Some(Over::Behind(behind));
        effects
    }
}
